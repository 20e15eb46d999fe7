/*
 * The references around a cable as an object: nodes, held and missing, and edges.
 */
#include "view/view.h"

static json_t *level_json(int level)
{
	return level >= 0 ? json_integer(level) : json_null();
}

static json_t *node_json(const struct ref_node *n)
{
	json_t *o = n->row.key ? json_object() : view_missing(n->missing);
	char date[32], class[64];

	if (n->row.key) {
		cable_date_format(n->row.date, date);
		class_format(n->row.class, class);
		json_object_set_new(o, "id", view_str(n->id));
		view_set(o, "date", str_of(date));
		view_set(o, "origin", n->row.origin);
		view_set(o, "classification", str_of(class));
		view_set(o, "subject", n->row.subject);
	}
	json_object_set_new(o, "held", json_boolean(n->row.key != 0));
	json_object_set_new(o, "steps_from", level_json(n->walk[REFS_OUT].level));
	json_object_set_new(o, "steps_to", level_json(n->walk[REFS_IN].level));
	return o;
}

static json_t *edges_json(const struct ref_graph *g)
{
	json_t *list = json_array();

	for (int d = REFS_OUT; d <= REFS_IN; d++)
		for (size_t i = 0; i < g->edges[d].n; i++) {
			const struct ref_edge *e = &g->edges[d].v[i];
			char letter[2] = {e->letter, '\0'};
			json_t *o;

			/* The walk outwards has all references of a cable that it expanded. */
			if (d == REFS_IN && g->v[e->from].walk[REFS_OUT].n)
				continue;
			o = json_object();
			json_object_set_new(o, "from", view_str(g->v[e->from].id));
			json_object_set_new(o, "to", view_str(g->v[e->to].id));
			view_set(o, "letter", str_of(letter));
			json_object_set_new(o, "year_implied", json_boolean(e->year_implied));
			json_object_set_new(o, "and_previous", json_boolean(e->and_previous));
			json_array_append_new(list, o);
		}
	return list;
}

json_t *view_graph(const struct ref_graph *g)
{
	json_t *o = json_object(), *nodes = json_array(), *others = json_array();

	for (size_t i = 0; i < g->n; i++)
		json_array_append_new(nodes, node_json(&g->v[i]));
	for (size_t i = 0; i < g->others.n; i++) {
		const struct reference *r = &g->others.v[i].ref;
		char letter[2] = {r->letter, '\0'};
		json_t *x = json_object();

		json_object_set_new(x, "kind", json_string(ref_kind_name(r->kind)));
		view_set(x, "letter", str_of(letter));
		json_object_set_new(x, "text", view_str(r->text));
		json_array_append_new(others, x);
	}
	json_object_set_new(o, "id", view_str(g->v[0].id));
	json_object_set_new(o, "nodes", nodes);
	json_object_set_new(o, "edges", edges_json(g));
	json_object_set_new(o, "others", others);
	return o;
}
