/*
 * The layout of a graph: nodes apart, edges from rim to rim, the same every time, bounds kept; and its answer read with
 * no belief in it.
 */
#include "worker/made.h"

#include "worker/worker_priv.h"

#include <math.h>

static uint32_t random_next(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 8;
}

/* References mostly go from later cables to earlier ones, some few to many. */
static struct layout graph_made(struct arena *a, size_t n_nodes, size_t n_edges, uint32_t seed)
{
	struct layout g = {.n_nodes = n_nodes, .n_edges = n_edges};

	g.nodes = arena_new(a, struct layout_node, n_nodes);
	g.edges = arena_new(a, struct layout_edge, n_edges);
	for (size_t i = 0; i < n_nodes; i++)
		g.nodes[i] = (struct layout_node){.w = 80 + random_next(&seed) % 60, .h = 24 + random_next(&seed) % 20};
	for (size_t i = 0; i < n_edges; i++) {
		g.edges[i].from = random_next(&seed) % n_nodes;
		g.edges[i].to = random_next(&seed) % (i % 5 ? g.edges[i].from + 1 : n_nodes);
	}
	return g;
}

static bool overlap(const struct layout_node *a, const struct layout_node *b)
{
	return fabs(a->x - b->x) < (a->w + b->w) / 2 - 1 && fabs(a->y - b->y) < (a->h + b->h) / 2 - 1;
}

static bool touches(const struct layout_node *n, struct layout_point p)
{
	return fabs(p.x - n->x) <= n->w / 2 + 3 && fabs(p.y - n->y) <= n->h / 2 + 3;
}

static void hold(const struct layout *g)
{
	for (size_t i = 0; i < g->n_nodes; i++) {
		const struct layout_node *n = &g->nodes[i];

		assert_true(n->x - n->w / 2 >= -0.02 && n->x + n->w / 2 <= g->width + 0.02);
		assert_true(n->y - n->h / 2 >= -0.02 && n->y + n->h / 2 <= g->height + 0.02);
		for (size_t k = 0; k < i; k++)
			assert_false(overlap(n, &g->nodes[k]));
	}
	for (size_t i = 0; i < g->n_edges; i++) {
		const struct layout_edge *e = &g->edges[i];

		assert_true(e->n_points >= 4 && e->n_points % 3 == 1);
		assert_true(touches(&g->nodes[e->from], e->points[0]));
		assert_true(touches(&g->nodes[e->to], e->points[e->n_points - 1]));
	}
}

static void test_small(void **state)
{
	struct arena a = {0};
	struct err e = {0};

	(void)state;
	for (int top_down = 0; top_down < 2; top_down++) {
		struct layout_node nodes[] = {{.w = 100, .h = 30}, {.w = 80, .h = 30}, {.w = 60, .h = 20}};
		struct layout_edge edges[] = {{.from = 0, .to = 1},
					      {.from = 1, .to = 2},
					      {.from = 2, .to = 0},
					      {.from = 1, .to = 1},
					      {.from = 0, .to = 1}};
		struct layout g = {.nodes = nodes, .n_nodes = 3, .edges = edges, .n_edges = 5, .top_down = top_down};

		if (worker_layout(&a, &g, NULL, &e) != REFTEL_OK)
			fail_msg("%s", e.msg);
		hold(&g);
		assert_true(top_down ? nodes[0].y < nodes[1].y && nodes[1].y < nodes[2].y
				     : nodes[0].x < nodes[1].x && nodes[1].x < nodes[2].x);
	}
	arena_free(&a);
}

static void test_middle_sized(void **state)
{
	struct arena a = {0};
	struct err e = {0};

	(void)state;
	for (uint32_t seed = 1; seed <= 4; seed++) {
		struct layout g = graph_made(&a, 30 * seed, 40 * seed, seed);

		g.top_down = seed % 2;
		if (worker_layout(&a, &g, NULL, &e) != REFTEL_OK)
			fail_msg("%s", e.msg);
		hold(&g);
	}
	arena_free(&a);
}

static void test_same_again(void **state)
{
	struct arena a = {0};
	struct layout g = graph_made(&a, 40, 60, 7), h = graph_made(&a, 40, 60, 7);

	(void)state;
	assert_int_equal(worker_layout(&a, &g, NULL, NULL), REFTEL_OK);
	assert_int_equal(worker_layout(&a, &h, NULL, NULL), REFTEL_OK);
	assert_memory_equal(g.nodes, h.nodes, sizeof(*g.nodes) * g.n_nodes);
	for (size_t i = 0; i < g.n_edges; i++) {
		assert_int_equal(g.edges[i].n_points, h.edges[i].n_points);
		assert_memory_equal(g.edges[i].points, h.edges[i].points,
				    sizeof(*g.edges[i].points) * g.edges[i].n_points);
	}
	arena_free(&a);
}

static void test_bounds(void **state)
{
	struct arena a = {0};
	struct layout many = graph_made(&a, LAYOUT_NODES_MAX + 1, 1, 1),
		      full = graph_made(&a, 9, LAYOUT_EDGES_MAX + 1, 1);
	struct layout astray = graph_made(&a, 3, 1, 1), flat = graph_made(&a, 3, 1, 1), none = {.width = 5};
	struct err e = {0};

	(void)state;
	assert_int_equal(worker_layout(&a, &many, NULL, &e), REFTEL_ELIMIT);
	assert_non_null(strstr(e.msg, "600"));
	assert_int_equal(worker_layout(&a, &full, NULL, &e), REFTEL_ELIMIT);
	astray.edges[0].to = 3;
	assert_int_equal(worker_layout(&a, &astray, NULL, &e), REFTEL_EINVAL);
	flat.nodes[1].h = 0;
	assert_int_equal(worker_layout(&a, &flat, NULL, &e), REFTEL_EINVAL);
	flat.nodes[1].h = (double)NAN;
	assert_int_equal(worker_layout(&a, &flat, NULL, &e), REFTEL_EINVAL);
	assert_int_equal(worker_layout(&a, &none, NULL, &e), REFTEL_OK);
	assert_true(none.width == 0);
	arena_free(&a);
}

/* As many cables as are drawn, each citing a few of those shortly before it and some a famous one. */
static void test_large(void **state)
{
	struct arena a = {0};
	struct layout g = graph_made(&a, LAYOUT_NODES_MAX, LAYOUT_NODES_MAX, 3);
	struct err e = {0};
	uint32_t seed = 5;

	(void)state;
	for (size_t i = 0; i < g.n_edges; i++) {
		size_t back = 1 + random_next(&seed) % 12;

		g.edges[i].from = i;
		g.edges[i].to = i % 9 == 0 || back > i ? 0 : i - back;
	}
	if (worker_layout(&a, &g, NULL, &e) != REFTEL_OK)
		fail_msg("%s", e.msg);
	hold(&g);
	arena_free(&a);
}

/* A tangle within the bounds may take longer than there is time: it ends all the same, and says so. */
static void test_tangle(void **state)
{
	const struct worker_options o = {.time_ms = 500};
	struct arena a = {0};
	struct layout g = graph_made(&a, LAYOUT_NODES_MAX, LAYOUT_EDGES_MAX, 3);
	struct err e = {0};
	int rc = worker_layout(&a, &g, &o, &e);

	(void)state;
	if (rc == REFTEL_OK)
		hold(&g);
	else
		assert_non_null(strstr(e.msg, "0.5 seconds"));
	assert_true(rc == REFTEL_OK || rc == REFTEL_ELIMIT);
	arena_free(&a);
}

static void test_answers_that_make_no_sense(void **state)
{
	static const char *const answers[] = {
		"",
		"size 10 10\n",
		"size 10 10\nnode 1 1\nnode 2 2\n",
		"size 10 10\nnode 1 1\nedge 4 1 1 1 1 1 1 1 1\n",
		"size 10 10\nnode 1 1\nnode 2 2\nedge 5 1 1 1 1 1 1 1 1 1 1\n",
		"size 10 10\nnode 1 1\nnode 2 2\nedge 7 1 1 1 1 1 1 1 1\n",
		"size 10 10\nnode 1 1\nnode 2 2\nedge 4 1 1 1 1 1 1 1 1 1\n",
		"size 10 10\nnode 1 1\nnode 2 2\nedge 4 1 1 1 1 1 1 1 1\nmore\n",
		"size 10 10\nnode 1 nan\nnode 2 2\nedge 4 1 1 1 1 1 1 1 1\n",
		"size 10 10\nnode 1 1e5\nnode 2 2\nedge 4 1 1 1 1 1 1 1 1\n",
		"size 10 10\nnode 1 99999999999\nnode 2 2\nedge 4 1 1 1 1 1 1 1 1\n",
		"size 10 10\nnode 1 999999999999999999999999\nnode 2 2\nedge 4 1 1 1 1 1 1 1 1\n",
		"size -10 10\nnode 1 1\nnode 2 2\nedge 4 1 1 1 1 1 1 1 1\n",
		"size 10 10\nnode 1 1\nnode 2 2\nedge 1000000 1 1\n",
		"size 10 10\nnode 1 1.234\nnode 2 2\nedge 4 1 1 1 1 1 1 1 1\n",
	};
	static const char good[] = "size 10 10\nnode 1 -1.5\nnode 2 2\nedge 4 1 1 1 1 1 1 1 1.25\n";
	struct arena a = {0};
	struct layout g = graph_made(&a, 2, 1, 1);
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		if (layout_take_answer(&a, str_of(answers[i]), &g, &e) != REFTEL_EIO)
			fail_msg("taken: %s", answers[i]);
	assert_int_equal(layout_take_answer(&a, STR(good), &g, &e), REFTEL_OK);
	assert_true(g.nodes[0].y == -1.5 && g.edges[0].points[3].y == 1.25);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_middle_sized),
		cmocka_unit_test(test_same_again),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_tangle),
		cmocka_unit_test(test_answers_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
