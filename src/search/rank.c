/*
 * The best documents that have any of some words, without looking at all that have one: MaxScore (Turtle and Flood
 * 1995) within windows that are bounded by the blocks of the lists, whose best impacts say what a window can give at
 * the most (Ding and Suel, "Faster top-k document retrieval using block-max indexes", 2011).
 */
#include "search/search_priv.h"

#include <stdlib.h>

struct ranked {
	struct cursor k;
	uint64_t most;   /* that it can add to any document */
	uint64_t window; /* ... of the window at hand */
	uint64_t before; /* what this one and those before it can add together, in the window */
};

struct ranking {
	struct ranked *v;
	size_t n;
	const struct catalog *catalog;
	size_t segment;
	const uint64_t *accept;
	struct top *top;
};

static int by_most(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	return (a->most > b->most) - (a->most < b->most);
}

/* Those before the first that is returned cannot lift a document over `least` by themselves, in the window at hand. */
static size_t first_essential(const struct ranking *r, uint64_t least)
{
	size_t i = 0;

	while (i < r->n && r->v[i].before < least)
		i++;
	return i;
}

/* Adds what the others give to a document, as long as it can still be among the best. */
static uint64_t score_others(struct ranking *r, size_t first, uint32_t doc, uint64_t score, uint64_t least)
{
	for (size_t i = first; i-- > 0;) {
		if (score + r->v[i].before < least)
			return 0;
		if (r->v[i].window && cursor_seek(&r->v[i].k, doc) == doc)
			score += cursor_score(&r->v[i].k);
	}
	return score;
}

/* The next document of the essential lists up to `last`, and what they give to it; they go on behind it. */
static uint32_t any_next(struct ranking *r, size_t first, uint32_t last, uint64_t *score)
{
	uint32_t doc = POSTINGS_END;

	*score = 0;
	for (size_t i = first; i < r->n; i++)
		doc = r->v[i].k.doc < doc ? r->v[i].k.doc : doc;
	for (size_t i = first; i < r->n && doc <= last; i++)
		if (r->v[i].k.doc == doc) {
			*score += cursor_score(&r->v[i].k);
			cursor_next(&r->v[i].k);
		}
	return doc;
}

/* The same where there is one such list: documents that do not reach `least` with all the others are passed over. */
static uint32_t one_next(struct ranking *r, uint32_t last, uint64_t least, uint64_t *score)
{
	struct cursor *k = &r->v[r->n - 1].k;
	uint64_t others = r->n > 1 ? r->v[r->n - 2].before : 0;
	uint32_t doc = cursor_reach(k, last, least > others ? least - others : 0, score);

	if (doc <= last)
		cursor_next(k);
	return doc;
}

static void window_rank(struct ranking *r, uint32_t from, uint32_t last)
{
	uint64_t least = top_least(r->top), score;
	size_t first = first_essential(r, least);
	uint32_t doc;

	for (size_t i = first; i < r->n; i++)
		cursor_seek(&r->v[i].k, from);
	for (;;) {
		doc = first + 1 == r->n ? one_next(r, last, least, &score) : any_next(r, first, last, &score);
		if (doc > last)
			return;
		score = score_others(r, first, doc, score, least);
		if (!score || score < least)
			continue;
		if (!bit_get(r->accept, doc))
			continue;
		top_add(r->top, r->catalog, r->segment, doc, score);
		if (top_least(r->top) != least) {
			least = top_least(r->top);
			first = first_essential(r, least);
		}
	}
}

/* The window that begins at `from`: up to the nearest end of a block. */
static uint32_t window_open(struct ranking *r, uint32_t from)
{
	uint32_t last = POSTINGS_END;
	uint64_t sum = 0;

	for (size_t i = 0; i < r->n; i++) {
		uint32_t best = 0, end = cursor_peek(&r->v[i].k, from, &best);

		last = end < last ? end : last;
		r->v[i].window = end == POSTINGS_END ? 0 : (uint64_t)r->v[i].k.worth * best;
		sum += r->v[i].window;
		r->v[i].before = sum;
	}
	return last;
}

void rank_any(struct arena *a, const struct catalog *c, size_t segment, struct leaf *const *leaves, size_t n,
	      const uint64_t *accept, struct top *t)
{
	struct ranking r = {
		.v = arena_new(a, struct ranked, n + 1), .catalog = c, .segment = segment, .accept = accept, .top = t};
	uint32_t from = 0, last;

	for (size_t i = 0; i < n; i++) {
		struct ranked *x = &r.v[r.n];

		cursor_open(&x->k, leaves[i], segment, c->segments[segment].segment);
		x->most = (uint64_t)x->k.worth * cursor_best(&x->k, leaves[i], segment);
		r.n += x->k.doc != POSTINGS_END;
	}
	qsort(r.v, r.n, sizeof(*r.v), by_most);
	while (!is_stopped(t->o->stop) && (last = window_open(&r, from)) != POSTINGS_END) {
		if (r.v[r.n - 1].before >= top_least(t))
			window_rank(&r, from, last);
		from = last + 1;
	}
}
