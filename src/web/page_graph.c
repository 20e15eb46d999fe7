/*
 * The references around a cable as a drawing whose nodes are links, laid out by a program of its own, and as nested
 * lists that say the same to whoever does not see it.
 */
#include "web/cable_page.h"
#include "worker/worker.h"

enum {
	NODES_MOST = 120,
	EDGES_MOST = 400,
	NODE_WIDTH = 168,
	NODE_HEIGHT = 44,
	MARGIN = 12,
	LAYOUT_MS = 5000,
	LEVELS_MOST = 3
};

/* What is drawn of a graph: its nearest nodes, and each reference once. */
struct drawing {
	struct request *rq;
	const struct ref_graph *g;
	size_t *place; /* of each node of g; SIZE_MAX: left out */
	size_t *nodes;
	size_t n_nodes;
	const struct ref_edge **edges;
	size_t n_edges;
	struct layout layout;
};

static int level_of(const struct ref_node *n)
{
	int out = n->walk[REFS_OUT].level, in = n->walk[REFS_IN].level;

	return out < 0 ? in : in < 0 ? out : out < in ? out : in;
}

static void nodes_choose(struct drawing *d)
{
	struct arena *a = &d->rq->arena;

	d->place = arena_new(a, size_t, d->g->n + 1);
	d->nodes = arena_new(a, size_t, NODES_MOST);
	for (size_t i = 0; i < d->g->n; i++)
		d->place[i] = SIZE_MAX;
	for (int level = 0; level <= LEVELS_MOST; level++)
		for (size_t i = 0; i < d->g->n && d->n_nodes < NODES_MOST; i++)
			if (level_of(&d->g->v[i]) == level) {
				d->place[i] = d->n_nodes;
				d->nodes[d->n_nodes++] = i;
			}
}

/* The two walks may meet the same reference. */
static bool edge_known(const struct drawing *d, const struct ref_edge *e)
{
	for (size_t i = 0; i < d->n_edges; i++)
		if (d->edges[i]->from == e->from && d->edges[i]->to == e->to)
			return true;
	return false;
}

static void edges_choose(struct drawing *d)
{
	d->edges = arena_new(&d->rq->arena, const struct ref_edge *, EDGES_MOST);
	for (int way = REFS_OUT; way <= REFS_IN; way++)
		for (size_t i = 0; i < d->g->edges[way].n && d->n_edges < EDGES_MOST; i++) {
			const struct ref_edge *e = &d->g->edges[way].v[i];

			if (d->place[e->from] != SIZE_MAX && d->place[e->to] != SIZE_MAX && !edge_known(d, e))
				d->edges[d->n_edges++] = e;
		}
}

static int drawing_lay_out(struct drawing *d, struct err *e)
{
	struct arena *a = &d->rq->arena;
	struct worker_options o = {.time_ms = LAYOUT_MS, .stop = &d->rq->stop};

	nodes_choose(d);
	edges_choose(d);
	d->layout = (struct layout){.nodes = arena_new(a, struct layout_node, d->n_nodes + 1),
				    .n_nodes = d->n_nodes,
				    .edges = arena_new(a, struct layout_edge, d->n_edges + 1),
				    .n_edges = d->n_edges};
	for (size_t i = 0; i < d->n_nodes; i++)
		d->layout.nodes[i] = (struct layout_node){.w = NODE_WIDTH, .h = NODE_HEIGHT};
	for (size_t i = 0; i < d->n_edges; i++) {
		d->layout.edges[i].from = d->place[d->edges[i]->from];
		d->layout.edges[i].to = d->place[d->edges[i]->to];
	}
	return worker_layout(a, &d->layout, &o, e);
}

/* ---- as SVG ------------------------------------------------------------------------------------------------------ */

static void put_edge(const struct drawing *d, struct buf *b, size_t i)
{
	const struct layout_edge *e = &d->layout.edges[i];

	if (e->n_points < 4)
		return;
	html(b, "<path class=\"edge\" marker-end=\"url(#head)\" d=\"M%.1f %.1f", e->points[0].x, e->points[0].y);
	for (size_t k = 1; k < e->n_points; k++)
		html(b, k % 3 == 1 ? " C%.1f %.1f" : " %.1f %.1f", e->points[k].x, e->points[k].y);
	html(b, "\"/>");
}

/* In the middle of the middle curve, over whatever else is there. */
static void put_letter(const struct drawing *d, struct buf *b, size_t i)
{
	const struct layout_edge *e = &d->layout.edges[i];
	const struct layout_point *p;

	if (!d->edges[i]->letter || e->n_points < 4)
		return;
	p = &e->points[(e->n_points - 1) / 3 / 2 * 3];
	html(b, "<text class=\"letter\" x=\"%.1f\" y=\"%.1f\">%c</text>",
	     (p[0].x + 3 * p[1].x + 3 * p[2].x + p[3].x) / 8, (p[0].y + 3 * p[1].y + 3 * p[2].y + p[3].y) / 8 + 4,
	     d->edges[i]->letter);
}

static void put_node(const struct drawing *d, struct buf *b, size_t i)
{
	const struct ref_node *n = &d->g->v[d->nodes[i]];
	const struct layout_node *at = &d->layout.nodes[i];
	bool held = n->row.key != 0;
	char date[32];

	cable_date_format(n->row.date, date);
	html(b,
	     "<a href=\"%s\"><title>%.*s%s%.*s</title><rect class=\"node%s%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	     "height=\"%.1f\" rx=\"6\"/>",
	     cable_path(d->rq, n->id), STR_ARG(n->id), held ? ": " : ", not held", STR_ARG(n->row.subject),
	     held ? "" : " missing", d->nodes[i] == 0 ? " start" : "", at->x - at->w / 2, at->y - at->h / 2, at->w,
	     at->h);
	html(b,
	     "<text class=\"id\" x=\"%.1f\" y=\"%.1f\">%.*s</text><text class=\"date\" x=\"%.1f\" "
	     "y=\"%.1f\">%s</text></a>",
	     at->x, at->y - 3, STR_ARG(n->id), at->x, at->y + 14, held ? date : "not held");
}

static void put_svg(const struct drawing *d, struct buf *b)
{
	double w = d->layout.width + 2 * MARGIN, h = d->layout.height + 2 * MARGIN;

	html(b,
	     "<div class=\"scroll drawing\" tabindex=\"0\" role=\"region\" aria-label=\"Drawing of the "
	     "references\"><svg "
	     "xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"%d %d %.0f %.0f\" "
	     "data-test=\"graph\"><defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
	     "markerWidth=\"7\" "
	     "markerHeight=\"7\" orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker></defs>",
	     w, h, -MARGIN, -MARGIN, w, h);
	for (size_t i = 0; i < d->n_edges; i++)
		put_edge(d, b, i);
	for (size_t i = 0; i < d->n_nodes; i++)
		put_node(d, b, i);
	for (size_t i = 0; i < d->n_edges; i++)
		put_letter(d, b, i);
	html(b, "</svg></div>");
}

/* ---- as lists ---------------------------------------------------------------------------------------------------- */

static void put_item(const struct drawing *d, struct buf *b, const struct ref_edge *e, size_t at)
{
	const struct ref_node *n = &d->g->v[at];

	html(b, "<li>");
	if (e->letter)
		html(b, "<span class=\"letter\">%c.</span> ", e->letter);
	if (n->row.key)
		put_cable_line(d->rq, b, &n->row);
	else
		html(b, "<a class=\"mono missing\" href=\"%s\">%.*s</a> <span class=\"soft\">not held</span>",
		     cable_path(d->rq, n->id), STR_ARG(n->id));
}

/* Depth first over what the walk found; at most LEVELS_MOST lists stand within each other. */
static void put_tree(const struct drawing *d, struct buf *b, enum ref_direction way)
{
	size_t next[LEVELS_MOST + 1] = {d->g->v[0].walk[way].first}, nodes[LEVELS_MOST + 1] = {0};
	int level = 0;

	html(b, "<ul class=\"tree\">");
	while (level >= 0) {
		const struct ref_walk *w = &d->g->v[nodes[level]].walk[way];
		size_t i = next[level]++, at;
		const struct ref_edge *e;

		if (i >= w->first + w->n) {
			buf_puts(b, level ? "</ul></li>" : "</ul>");
			level--;
			continue;
		}
		e = &d->g->edges[way].v[i];
		at = way == REFS_OUT ? e->to : e->from;
		if (d->place[at] == SIZE_MAX)
			continue;
		put_item(d, b, e, at);
		if (at == 0 || d->g->v[at].walk[way].via != i || !d->g->v[at].walk[way].n || level == LEVELS_MOST) {
			html(b, "</li>");
			continue;
		}
		html(b, "<ul>");
		level++;
		nodes[level] = at;
		next[level] = d->g->v[at].walk[way].first;
	}
}

static void put_lists(const struct drawing *d, struct buf *b)
{
	html(b, "<h2>As lists</h2><div class=\"two\"><section aria-labelledby=\"out\"><h3 id=\"out\">Refers to</h3>");
	if (d->g->v[0].walk[REFS_OUT].n)
		put_tree(d, b, REFS_OUT);
	else
		html(b, "<p class=\"soft\">%s</p>",
		     d->g->v[0].row.key ? "No cable." : "Not known: its text is not held.");
	html(b, "</section><section aria-labelledby=\"in\"><h3 id=\"in\">Cited by</h3>");
	if (d->g->v[0].walk[REFS_IN].n)
		put_tree(d, b, REFS_IN);
	else
		html(b, "<p class=\"soft\">No cable that is held.</p>");
	html(b, "</section></div>");
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static void put_depths(struct request *rq, struct buf *b, int depth)
{
	html(b, "<nav class=\"depths row no-print\" aria-label=\"How far\"><span>Steps from it:</span>");
	for (int i = 1; i <= LEVELS_MOST; i++) {
		html(b, "<a class=\"button second\" href=\"?depth=%d\"", i);
		buf_puts(b, i == depth ? " aria-current=\"true\">" : ">");
		html(b, "%d</a>", i);
	}
	html(b, "</nav>");
	(void)rq;
}

static void put_graph(struct drawing *d, struct answer *an, int depth)
{
	struct request *rq = d->rq;
	struct str id = d->g->v[0].id;
	struct page p = {.title = arena_printf(&rq->arena, "References around %.*s", STR_ARG(id)),
			 .body_class = "cable"};
	struct buf *b = &an->body;
	struct err why = {0};

	page_begin(rq, an, &p);
	html(b,
	     "<p class=\"back\"><a href=\"%s\">\u2190 <bdi>%.*s</bdi></a></p><h1>References around <bdi "
	     "class=\"mono\">%.*s</bdi></h1>",
	     cable_path(rq, id), STR_ARG(id), STR_ARG(id));
	put_depths(rq, b, depth);
	if (drawing_lay_out(d, &why) == REFTEL_OK) {
		html(b,
		     "<p class=\"soft\">An arrow goes from a cable to one that it refers to; its letter is that of the "
		     "reference. What is dashed is not held.</p>");
		put_svg(d, b);
	} else {
		html(b, "<p class=\"note\">It cannot be drawn now: %s.</p>", why.msg);
	}
	if (d->n_nodes < d->g->n)
		html(b, "<p class=\"note\">There are %zu cables around it: the %zu nearest are shown.</p>", d->g->n,
		     d->n_nodes);
	put_lists(d, b);
	page_end(rq, an);
}

int page_cable_graph(struct request *rq, struct answer *an, struct err *e)
{
	int depth = (int)params_number(&rq->query, "depth", 1, LEVELS_MOST, 1);
	struct ref_question q = {.out = true, .in = true, .depth = depth};
	struct cable_found f;
	struct ref_graph g;
	struct drawing d = {.rq = rq, .g = &g};
	int rc = cable_find(rq, an, "/graph", &f, e);

	if (rc != REFTEL_OK || f.done)
		return rc;
	q.key = f.row.key;
	q.missing = f.missing;
	rc = archive_ref_graph(rq->in->archive, &rq->arena, &q, &g, e);
	if (rc != REFTEL_OK)
		return rc;
	if (rq->json)
		return answer_json(an, view_graph(&g));
	put_graph(&d, an, depth);
	return REFTEL_OK;
}
