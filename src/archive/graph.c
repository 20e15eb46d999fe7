/*
 * The walk along references, breadth first, so that every cable is expanded where it is nearest to the start. Cables
 * that are not held take part: they have no list of their own, but others lead to them and from them on to more.
 */
#include "archive/archive_priv.h"

#include <string.h>

struct walk_state {
	struct archive *ar;
	struct arena *a;
	struct ref_graph *g;
	struct names ids; /* of the nodes, in their order */
	struct serials serials;
	struct names wanted; /* "KALVIK 412": numbers whose missing cables were looked up */
	VEC(struct missing_list) lists;
	struct err *e;
};

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* The node of that id, made where there is none yet. */
static size_t node_of(struct walk_state *w, struct str id)
{
	size_t at = names_add(&w->ids, id);

	if (at == w->g->n) {
		struct ref_node *n = VEC_PUSH(w->a, w->g);

		n->id = w->ids.v[at];
		n->walk[REFS_OUT].level = n->walk[REFS_IN].level = -1;
	}
	return at;
}

static int node_of_held(struct walk_state *w, int64_t key, struct str id, size_t *at)
{
	*at = node_of(w, id);
	if (w->g->v[*at].row.key)
		return REFTEL_OK;
	return archive_row(w->ar, w->a, key, &w->g->v[*at].row, w->e);
}

static size_t node_of_missing(struct walk_state *w, const struct missing *m)
{
	size_t at = node_of(w, m->id);

	if (!w->g->v[at].missing)
		w->g->v[at].missing = m;
	return at;
}

/* The missing cables of a post and number, looked up once. */
static int missing_list_of(struct walk_state *w, const struct mrn *m, struct missing_list *out)
{
	struct mrn yearless = *m;
	char name[MRN_MAX];
	size_t at;
	int rc;

	yearless.year = 0;
	mrn_format(&yearless, name);
	at = names_add(&w->wanted, str_of(name));
	if (at == w->lists.n) {
		rc = missing_of(&w->serials, str_of(m->post), m->serial, VEC_PUSH(w->a, &w->lists), w->e);
		if (rc != REFTEL_OK)
			return rc;
	}
	*out = w->lists.v[at];
	return REFTEL_OK;
}

/* Which of them a citing cable means: the one among whose citers it is. */
static const struct missing *missing_meant(const struct missing_list *list, int64_t by, const struct reference *r)
{
	const struct missing *found = NULL;

	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < list->v[i].n_citers; k++) {
			if (list->v[i].citers[k].key != by)
				continue;
			if (!found || list->v[i].mrn.year == r->mrn.year)
				found = &list->v[i];
		}
	return found;
}

/* ---- one step ---------------------------------------------------------------------------------------------------- */

static void edge_add(struct walk_state *w, enum ref_direction d, const struct ref_edge *edge)
{
	struct ref_edges *edges = &w->g->edges[d];
	size_t far = d == REFS_OUT ? edge->to : edge->from, near = d == REFS_OUT ? edge->from : edge->to;
	struct ref_walk *walk = &w->g->v[far].walk[d];

	*VEC_PUSH(w->a, edges) = *edge;
	w->g->v[near].walk[d].n++;
	if (walk->level >= 0)
		return;
	walk->level = w->g->v[near].walk[d].level + 1;
	walk->via = edges->n - 1;
}

static int target_of(struct walk_state *w, int64_t by, const struct ref_row *r, size_t *to)
{
	struct missing_list list;
	const struct missing *m;
	int rc;

	if (r->key)
		return node_of_held(w, r->key, r->id, to);
	rc = missing_list_of(w, &r->ref.mrn, &list);
	if (rc != REFTEL_OK)
		return rc;
	m = missing_meant(&list, by, &r->ref);
	/* Only a writer that works beside us can take a citation away between the two questions. */
	*to = m ? node_of_missing(w, m) : SIZE_MAX;
	return REFTEL_OK;
}

static int step_out(struct walk_state *w, size_t at)
{
	int64_t key = w->g->v[at].row.key;
	struct ref_rows refs = {0};
	VEC(struct ref_row) others = {0};
	int rc = key ? archive_refs_from(w->ar, w->a, key, &refs, w->e) : REFTEL_OK;

	for (size_t i = 0; i < refs.n && rc == REFTEL_OK; i++) {
		const struct reference *r = &refs.v[i].ref;
		struct ref_edge edge = {.from = at,
					.letter = r->letter,
					.year_implied = r->year_implied,
					.and_previous = r->and_previous};

		if (r->kind != REF_CABLE) {
			if (at == 0)
				*VEC_PUSH(w->a, &others) = refs.v[i];
			continue;
		}
		rc = target_of(w, key, &refs.v[i], &edge.to);
		if (rc == REFTEL_OK && edge.to != SIZE_MAX)
			edge_add(w, REFS_OUT, &edge);
	}
	if (at == 0)
		w->g->others = (struct ref_rows){others.v, others.n};
	return rc;
}

static int step_in_missing(struct walk_state *w, size_t at)
{
	const struct missing *m = w->g->v[at].missing;
	int rc = REFTEL_OK;

	for (size_t i = 0; m && i < m->n_citers && rc == REFTEL_OK; i++) {
		const struct missing_citer *c = &m->citers[i];
		struct ref_edge edge = {.to = at,
					.letter = c->letter,
					.year_implied = c->year_implied,
					.and_previous = c->and_previous};

		rc = node_of_held(w, c->key, c->id, &edge.from);
		if (rc == REFTEL_OK)
			edge_add(w, REFS_IN, &edge);
	}
	return rc;
}

static int step_in(struct walk_state *w, size_t at)
{
	struct ref_rows refs;
	int rc;

	if (!w->g->v[at].row.key)
		return step_in_missing(w, at);
	rc = archive_refs_to(w->ar, w->a, w->g->v[at].id, &refs, w->e);
	for (size_t i = 0; i < refs.n && rc == REFTEL_OK; i++) {
		const struct reference *r = &refs.v[i].ref;
		struct ref_edge edge = {.to = at,
					.letter = r->letter,
					.year_implied = r->year_implied,
					.and_previous = r->and_previous};

		if (i && refs.v[i].key == refs.v[i - 1].key) /* it stands in that list more than once */
			continue;
		rc = node_of_held(w, refs.v[i].key, refs.v[i].id, &edge.from);
		if (rc == REFTEL_OK)
			edge_add(w, REFS_IN, &edge);
	}
	return rc;
}

/* ---- the walk ---------------------------------------------------------------------------------------------------- */

static int walk(struct walk_state *w, enum ref_direction d, int depth)
{
	VEC(size_t) queue = {0};
	size_t taken = 0;
	int rc = REFTEL_OK;

	w->g->v[0].walk[d].level = 0;
	*VEC_PUSH(w->a, &queue) = 0;
	for (size_t i = 0; i < queue.n && rc == REFTEL_OK; i++) {
		size_t at = queue.v[i];

		if (depth && w->g->v[at].walk[d].level >= depth)
			continue;
		w->g->v[at].walk[d].first = w->g->edges[d].n;
		rc = d == REFS_OUT ? step_out(w, at) : step_in(w, at);
		for (; taken < w->g->edges[d].n; taken++) {
			const struct ref_edge *edge = &w->g->edges[d].v[taken];
			size_t far = d == REFS_OUT ? edge->to : edge->from;

			if (far && w->g->v[far].walk[d].via == taken)
				*VEC_PUSH(w->a, &queue) = far;
		}
	}
	return rc;
}

int archive_ref_graph(struct archive *ar, struct arena *a, const struct ref_question *q, struct ref_graph *out,
		      struct err *e)
{
	struct walk_state w = {.ar = ar, .a = a, .g = out, .ids = {.a = a}, .wanted = {.a = a}, .e = e};
	struct cable_row row;
	size_t start;
	int rc;

	*out = (struct ref_graph){0};
	serials_init(&w.serials, ar, a);
	rc = archive_read_begin(ar, e);
	if (rc != REFTEL_OK)
		return rc;
	if (q->missing)
		node_of_missing(&w, q->missing);
	else if ((rc = archive_row(ar, a, q->key, &row, e)) == REFTEL_OK)
		rc = node_of_held(&w, q->key, row.id, &start);
	if (rc == REFTEL_OK && q->out)
		rc = walk(&w, REFS_OUT, q->depth);
	if (rc == REFTEL_OK && q->in)
		rc = walk(&w, REFS_IN, q->depth);
	archive_read_end(ar);
	return rc;
}
