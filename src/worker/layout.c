/*
 * A graph to the worker that lays it out, and its answer back, in lines of numbers:
 *
 *     graph LR|TB NODES EDGES         size WIDTH HEIGHT
 *     node WIDTH HEIGHT               node X Y
 *     edge FROM TO                    edge POINTS X Y X Y ...
 *
 * The answer is believed as little as a file: every number is read within bounds, and there must be as many as the
 * graph has.
 */
#include "worker/worker_priv.h"

enum { POINTS_MAX = 3000, COORDINATE_MAX = 10000000 };

/* ---- the question ------------------------------------------------------------------------------------------------ */

static int graph_hold(const struct layout *g, struct err *e)
{
	if (g->n_nodes > LAYOUT_NODES_MAX || g->n_edges > LAYOUT_EDGES_MAX)
		return err_set(e, REFTEL_ELIMIT,
			       "a graph of %zu cables and %zu references is too large to be drawn: up to %d and %d are",
			       g->n_nodes, g->n_edges, LAYOUT_NODES_MAX, LAYOUT_EDGES_MAX);
	for (size_t i = 0; i < g->n_nodes; i++)
		if (!(g->nodes[i].w > 0 && g->nodes[i].w <= LAYOUT_SIDE_MAX && g->nodes[i].h > 0 &&
		      g->nodes[i].h <= LAYOUT_SIDE_MAX))
			return err_set(e, REFTEL_EINVAL, "node %zu of the graph has no size that can be drawn", i);
	for (size_t i = 0; i < g->n_edges; i++)
		if (g->edges[i].from >= g->n_nodes || g->edges[i].to >= g->n_nodes)
			return err_set(e, REFTEL_EINVAL, "edge %zu of the graph leads to no node", i);
	return REFTEL_OK;
}

/* Hundredths, because printf's %f would write a comma where the program's locale has one. */
static void put_number(struct buf *b, double x)
{
	long hundredths = (long)(x * 100 + 0.5);

	buf_printf(b, " %ld.%02ld", hundredths / 100, hundredths % 100);
}

static void graph_put(struct buf *b, const struct layout *g)
{
	buf_printf(b, "graph %s %zu %zu\n", g->top_down ? "TB" : "LR", g->n_nodes, g->n_edges);
	for (size_t i = 0; i < g->n_nodes; i++) {
		buf_puts(b, "node");
		put_number(b, g->nodes[i].w);
		put_number(b, g->nodes[i].h);
		buf_putc(b, '\n');
	}
	for (size_t i = 0; i < g->n_edges; i++)
		buf_printf(b, "edge %zu %zu\n", g->edges[i].from, g->edges[i].to);
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static bool take_word(struct str *line, struct str word)
{
	if (!str_starts(*line, word))
		return false;
	*line = str_sub(*line, word.n, line->n);
	return true;
}

static unsigned take_digits(struct str *s, long long *value)
{
	unsigned n = 0;

	for (; n < 12 && n < s->n && ascii_digit((unsigned char)s->p[n]); n++)
		*value = *value * 10 + (s->p[n] - '0');
	*s = str_sub(*s, n, s->n);
	return n;
}

/* " -12.34": a blank, digits, a point and two digits at most. */
static bool take_number(struct str *line, double *out)
{
	long long whole = 0, part = 0;
	unsigned digits;
	bool minus;

	if (!take_word(line, STR(" ")))
		return false;
	minus = take_word(line, STR("-"));
	if (!take_digits(line, &whole) || whole > COORDINATE_MAX)
		return false;
	if (take_word(line, STR("."))) {
		digits = take_digits(line, &part);
		if (!digits || digits > 2)
			return false;
		part *= digits == 1 ? 10 : 1;
	}
	*out = (double)whole + (double)part / 100;
	*out = minus ? -*out : *out;
	return true;
}

static bool take_point(struct str *line, double *x, double *y)
{
	return take_number(line, x) && take_number(line, y);
}

static bool take_edge(struct arena *a, struct str *line, struct layout_edge *edge)
{
	double count;

	if (!take_word(line, STR("edge")) || !take_number(line, &count) || count < 4 || count > POINTS_MAX)
		return false;
	edge->n_points = (size_t)count;
	/* The line must be long enough for them before there is memory for them. */
	if (edge->n_points % 3 != 1 || line->n < edge->n_points * 4)
		return false;
	edge->points = arena_new(a, struct layout_point, edge->n_points);
	for (size_t i = 0; i < edge->n_points; i++)
		if (!take_point(line, &edge->points[i].x, &edge->points[i].y))
			return false;
	return line->n == 0;
}

static bool take_all(struct arena *a, struct str rest, struct layout *g)
{
	struct str line;

	if (!str_line(&rest, &line) || !take_word(&line, STR("size")) || !take_point(&line, &g->width, &g->height) ||
	    line.n || g->width < 0 || g->height < 0)
		return false;
	for (size_t i = 0; i < g->n_nodes; i++)
		if (!str_line(&rest, &line) || !take_word(&line, STR("node")) ||
		    !take_point(&line, &g->nodes[i].x, &g->nodes[i].y) || line.n)
			return false;
	for (size_t i = 0; i < g->n_edges; i++)
		if (!str_line(&rest, &line) || !take_edge(a, &line, &g->edges[i]))
			return false;
	return rest.n == 0;
}

int layout_take_answer(struct arena *a, struct str answer, struct layout *g, struct err *e)
{
	if (take_all(a, answer, g))
		return REFTEL_OK;
	return err_set(e, REFTEL_EIO, "drawing the graph gave places that make no sense");
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

int worker_layout(struct arena *a, struct layout *g, const struct worker_options *o, struct err *e)
{
	struct worker_call c = {
		.program = WORKER_LAYOUT,
		.what = "drawing the graph",
		.bounds = {.time_ms = 15000, .memory = (size_t)512 << 20, .output = 16 << 20},
		.options = o,
	};
	struct buf question = {0};
	struct str answer;
	int rc = graph_hold(g, e);

	g->width = g->height = 0;
	if (rc != REFTEL_OK || !g->n_nodes)
		return rc;
	graph_put(&question, g);
	c.input = buf_view(&question);
	rc = worker_run(a, &c, &answer, e);
	if (rc == REFTEL_OK)
		rc = layout_take_answer(a, answer, g, e);
	buf_free(&question);
	return rc;
}
