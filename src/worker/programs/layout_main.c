/*
 * reftel-worker-layout: a graph on the standard input, places for its nodes and edges on the standard output, in the
 * lines that src/worker/layout.c describes. The layers are made by Graphviz' dot. Its plugin is linked, not looked for,
 * so that nothing is opened once the program has shut itself in.
 */
#include "worker/programs/confine.h"

#include <graphviz/gvc.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QUESTION_MAX = 1 << 20, LARGE_FROM = 400 /* edges: beyond this fine work costs more than it shows */ };

static const double points_per_inch = 72;

/* The name is Graphviz'. */
extern gvplugin_library_t gvplugin_dot_layout_LTX_library;

struct drawing {
	Agraph_t *graph;
	Agnode_t *nodes[LAYOUT_NODES_MAX];
	Agedge_t *edges[LAYOUT_EDGES_MAX];
	unsigned n_nodes, n_edges;
};

static int nonsense(struct err *e)
{
	return err_set(e, REFTEL_EINVAL, "the graph to be drawn cannot be read");
}

/* Set on the object itself; Graphviz takes a copy. */
static void set(void *object, const char *name, const char *value)
{
	agsafeset(object, (char *)(uintptr_t)name, (char *)(uintptr_t)value, (char *)(uintptr_t) "");
}

static void default_set(Agraph_t *g, int kind, const char *name, const char *value)
{
	agattr(g, kind, (char *)(uintptr_t)name, (char *)(uintptr_t)value);
}

static void graph_begin(struct drawing *d, const char *direction)
{
	bool large = d->n_edges > LARGE_FROM;

	d->graph = agopen((char[]){"g"}, Agdirected, NULL);
	default_set(d->graph, AGRAPH, "rankdir", direction);
	default_set(d->graph, AGRAPH, "splines", large ? "line" : "true");
	default_set(d->graph, AGRAPH, "nodesep", "0.3");
	default_set(d->graph, AGRAPH, "ranksep", "0.7");
	/* A few rounds of the simplex method, and of looking for fewer crossings, give most of what many would. */
	default_set(d->graph, AGRAPH, "nslimit", large ? "0.1" : "2");
	default_set(d->graph, AGRAPH, "nslimit1", large ? "0.1" : "2");
	default_set(d->graph, AGRAPH, "mclimit", large ? "0.1" : "1");
	default_set(d->graph, AGNODE, "shape", "box");
	default_set(d->graph, AGNODE, "label", "");
	default_set(d->graph, AGNODE, "fixedsize", "true");
	/* The caller draws the arrow; the line is to reach the node. */
	default_set(d->graph, AGEDGE, "arrowhead", "none");
}

static void inches_set(Agnode_t *n, const char *name, double points)
{
	char text[32];

	snprintf(text, sizeof(text), "%.4f", points / points_per_inch);
	set(n, name, text);
}

static bool node_read(struct drawing *d, const char *line, unsigned i)
{
	double w, h;
	char name[16];

	if (sscanf(line, "node %lf %lf", &w, &h) != 2 || !(w > 0 && w <= LAYOUT_SIDE_MAX) ||
	    !(h > 0 && h <= LAYOUT_SIDE_MAX))
		return false;
	snprintf(name, sizeof(name), "%u", i);
	d->nodes[i] = agnode(d->graph, name, 1);
	inches_set(d->nodes[i], "width", w);
	inches_set(d->nodes[i], "height", h);
	return true;
}

static bool edge_read(struct drawing *d, const char *line, unsigned i)
{
	char name[16];
	unsigned from, to;

	if (sscanf(line, "edge %u %u", &from, &to) != 2 || from >= d->n_nodes || to >= d->n_nodes)
		return false;
	snprintf(name, sizeof(name), "%u", i);
	d->edges[i] = agedge(d->graph, d->nodes[from], d->nodes[to], name, 1);
	return true;
}

static int drawing_read(struct drawing *d, char *text, struct err *e)
{
	char *rest = text, *line = strsep(&rest, "\n"), direction[3];

	if (sscanf(line, "graph %2s %u %u", direction, &d->n_nodes, &d->n_edges) != 3 || !d->n_nodes ||
	    d->n_nodes > LAYOUT_NODES_MAX || d->n_edges > LAYOUT_EDGES_MAX)
		return nonsense(e);
	graph_begin(d, strcmp(direction, "TB") == 0 ? "TB" : "LR");
	for (unsigned i = 0; i < d->n_nodes; i++) {
		line = strsep(&rest, "\n");
		if (!line || !node_read(d, line, i))
			return nonsense(e);
	}
	for (unsigned i = 0; i < d->n_edges; i++) {
		line = strsep(&rest, "\n");
		if (!line || !edge_read(d, line, i))
			return nonsense(e);
	}
	return REFTEL_OK;
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static void put_point(struct buf *b, const boxf *box, pointf p)
{
	buf_printf(b, " %.2f %.2f", p.x - box->LL.x, box->UR.y - p.y); /* Graphviz' y grows upwards */
}

/* Where no curve was found, a straight line between the middles is better than none. */
static void put_line(struct buf *b, const boxf *box, pointf from, pointf to)
{
	buf_puts(b, "edge 4");
	for (int i = 0; i < 4; i++)
		put_point(b, box, (pointf){from.x + (to.x - from.x) * i / 3, from.y + (to.y - from.y) * i / 3});
	buf_putc(b, '\n');
}

static void put_edge(struct buf *b, const boxf *box, Agedge_t *edge)
{
	const splines *s = ED_spl(edge);

	if (!s || s->size < 1 || s->list[0].size < 4 || s->list[0].size % 3 != 1) {
		put_line(b, box, ND_coord(agtail(edge)), ND_coord(aghead(edge)));
		return;
	}
	buf_printf(b, "edge %d", s->list[0].size);
	for (int i = 0; i < s->list[0].size; i++)
		put_point(b, box, s->list[0].list[i]);
	buf_putc(b, '\n');
}

/* Curves may swing out of the box that Graphviz gives. */
static boxf drawing_box(const struct drawing *d)
{
	boxf box = GD_bb(d->graph);

	for (unsigned i = 0; i < d->n_edges; i++) {
		const splines *s = ED_spl(d->edges[i]);

		for (int k = 0; s && s->size > 0 && k < s->list[0].size; k++) {
			pointf p = s->list[0].list[k];

			box.LL.x = fmin(box.LL.x, p.x);
			box.LL.y = fmin(box.LL.y, p.y);
			box.UR.x = fmax(box.UR.x, p.x);
			box.UR.y = fmax(box.UR.y, p.y);
		}
	}
	return box;
}

static void drawing_put(const struct drawing *d, struct buf *b)
{
	boxf box = drawing_box(d);

	buf_printf(b, "size %.2f %.2f\n", box.UR.x - box.LL.x, box.UR.y - box.LL.y);
	for (unsigned i = 0; i < d->n_nodes; i++) {
		buf_puts(b, "node");
		put_point(b, &box, ND_coord(d->nodes[i]));
		buf_putc(b, '\n');
	}
	for (unsigned i = 0; i < d->n_edges; i++)
		put_edge(b, &box, d->edges[i]);
}

/* Warnings, of a label that does not fit for one, are not for the reader of a graph. */
static int quiet(char *message)
{
	(void)message;
	return 0;
}

int main(int argc, char **argv)
{
	const lt_symlist_t plugins[] = {{"gvplugin_dot_layout_LTX_library", &gvplugin_dot_layout_LTX_library}, {0, 0}};
	static struct drawing d;
	struct buf question = {0}, answer = {0};
	struct err e = {0};
	GVC_t *gvc = gvContextPlugins(plugins, 0);
	int rc;

	agseterrf(quiet);
	confine(argc, argv);
	rc = input_read(QUESTION_MAX, &question, &e);
	if (rc == REFTEL_OK)
		rc = drawing_read(&d, question.p, &e);
	if (rc == REFTEL_OK && gvLayout(gvc, d.graph, "dot") != 0)
		rc = err_set(&e, REFTEL_EINVAL, "the graph could not be drawn");
	if (rc != REFTEL_OK)
		return output_refuse(&e);
	drawing_put(&d, &answer);
	/* The memory goes with the process. */
	return output_write(buf_view(&answer)) ? WORKER_DONE : WORKER_REFUSED;
}
