/* Any bytes as the answer of the worker that lays out graphs: taken only where every number is there and in bounds. */
#include "worker/worker_priv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(const struct layout *g)
{
	if (!(g->width >= 0 && g->width < 1e8 && g->height >= 0 && g->height < 1e8))
		abort();
	for (size_t i = 0; i < g->n_nodes; i++)
		if (!(g->nodes[i].x > -1e8 && g->nodes[i].x < 1e8 && g->nodes[i].y > -1e8 && g->nodes[i].y < 1e8))
			abort();
	for (size_t i = 0; i < g->n_edges; i++) {
		double sum = 0;

		if (g->edges[i].n_points < 4 || g->edges[i].n_points % 3 != 1)
			abort();
		for (size_t k = 0; k < g->edges[i].n_points; k++)
			sum += g->edges[i].points[k].x + g->edges[i].points[k].y;
		if (!(sum > -1e12 && sum < 1e12))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct layout_node nodes[3] = {0};
	struct layout_edge edges[2] = {0};
	struct layout g = {.nodes = nodes, .n_nodes = 3, .edges = edges, .n_edges = 2};
	struct arena a = {0};

	if (layout_take_answer(&a, (struct str){(const char *)data, size}, &g, NULL) == REFTEL_OK)
		hold(&g);
	arena_free(&a);
	return 0;
}
