/*
 * The best hits so far: a heap with the last of them on top, so that whatever is not better is turned away at once.
 */
#include "search/search_priv.h"

#include <stdlib.h>
#include <string.h>

static int64_t newest_first(const struct search_hit *a, const struct search_hit *b)
{
	return a->when != b->when ? (a->when < b->when ? 1 : -1) : 0; /* INDEX_NO_DATE is the least: last */
}

/* Below 0: a comes before b. One order for all, so that pages fit one another. */
static int order(enum search_sort sort, const struct search_hit *a, const struct search_hit *b)
{
	int64_t by = 0;

	if (sort == SORT_RELEVANCE && a->score != b->score)
		return a->score > b->score ? -1 : 1;
	by = newest_first(a, b);
	if (sort == SORT_OLDEST && by && a->when != INDEX_NO_DATE && b->when != INDEX_NO_DATE)
		by = -by;
	if (by)
		return by < 0 ? -1 : 1;
	return (a->version > b->version) - (a->version < b->version);
}

static void sink(struct top *t, size_t i)
{
	for (;;) {
		size_t last = i, kid = 2 * i + 1;
		struct search_hit swap;

		for (size_t k = kid; k < kid + 2 && k < t->n; k++)
			if (order(t->o->sort, &t->v[k], &t->v[last]) > 0)
				last = k;
		if (last == i)
			return;
		swap = t->v[i];
		t->v[i] = t->v[last];
		t->v[last] = swap;
		i = last;
	}
}

static bool is_seen(const struct top *t, const struct search_hit *h)
{
	const struct search_hit after = {
		.score = t->o->after.score, .when = t->o->after.when, .version = t->o->after.version};

	return t->o->after.set && order(t->o->sort, h, &after) <= 0;
}

static void hit_add(struct top *t, const struct search_hit *h)
{
	if (!t->most || is_seen(t, h))
		return;
	if (t->n == t->most) {
		if (order(t->o->sort, h, &t->v[0]) >= 0)
			return;
		t->v[0] = *h;
		sink(t, 0);
		return;
	}
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->v = xrealloc(t->v, t->cap * sizeof(*t->v));
	}
	t->v[t->n++] = *h;
	if (t->n == t->most)
		for (size_t i = t->n / 2; i-- > 0;)
			sink(t, i);
}

void top_add(struct top *t, const struct catalog *c, size_t segment, uint32_t doc, uint64_t score)
{
	const struct segment *s = c->segments[segment].segment;
	const struct search_hit h = {.version = segment_key(s, doc),
				     .score = score,
				     .when = segment_when(s, doc),
				     .segment = segment,
				     .doc = doc};

	hit_add(t, &h);
}

uint64_t top_least(const struct top *t)
{
	if (t->o->sort != SORT_RELEVANCE || t->n < t->most)
		return 0;
	return t->n ? t->v[0].score : 0;
}

/* qsort takes no context: one function an order. */
static int by_relevance(const void *a, const void *b)
{
	return order(SORT_RELEVANCE, a, b);
}

static int by_newest(const void *a, const void *b)
{
	return order(SORT_NEWEST, a, b);
}

static int by_oldest(const void *a, const void *b)
{
	return order(SORT_OLDEST, a, b);
}

void top_finish(struct top *t)
{
	int (*const by[])(const void *, const void *) = {by_relevance, by_newest, by_oldest};

	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by[t->o->sort]);
}

void top_free(struct top *t)
{
	free(t->v);
	t->v = NULL;
	t->n = t->cap = 0;
}

void top_take(const struct top *t, const struct catalog *c, struct arena *a, size_t from, size_t to,
	      struct search_result *out)
{
	out->n_hits = to - from;
	out->hits = arena_new(a, struct search_hit, out->n_hits + 1);
	for (size_t i = 0; i < out->n_hits; i++) {
		struct search_hit *h = &out->hits[i];

		*h = t->v[from + i];
		h->key = segment_group(c->segments[h->segment].segment, h->doc);
	}
}
