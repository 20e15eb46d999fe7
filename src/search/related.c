/*
 * Cables like one: the words that tell it apart, looked for everywhere as if a person had typed them with OR.
 */
#include "search/search_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_KEPT = 30, IN_DOCS_LEAST = 2 };

struct telling {
	struct str word;
	uint64_t docs;
	uint32_t n; /* occurrences in the cable */
	double weight;
};

static int by_weight(const void *x, const void *y)
{
	const struct telling *a = x, *b = y;

	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	return str_cmp(a->word, b->word);
}

/* The words that weigh most, rare as they are and often as they stand there. Figures tell serials, not subjects. */
static size_t telling_words(const struct catalog *c, struct arena *a, const struct cable *cable, struct telling **out)
{
	struct vocab v = {0};
	struct catalog_words w = catalog_words_read(a, cable, &v, true);
	struct telling *t = arena_new(a, struct telling, v.words.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < w.words.n; i++) {
		const struct token *x = &w.words.v[i];

		if (!(x->flags & (TOKEN_NUMBER | TOKEN_REDACTED)))
			t[x->id - 1].n++;
	}
	for (size_t i = 0; i < v.words.n; i++) {
		struct telling x = t[i];

		if (!x.n)
			continue;
		x.word = arena_str(a, v.words.v[i]);
		x.docs = catalog_docs_with(c, x.word);
		if (x.docs < IN_DOCS_LEAST)
			continue;
		x.weight = rank_worth(c->n_docs, x.docs) * (1 + log(x.n));
		t[n++] = x;
	}
	qsort(t, n, sizeof(*t), by_weight);
	vocab_free(&v);
	*out = t;
	return n < WORDS_KEPT ? n : WORDS_KEPT;
}

static void hits_without(struct search_result *r, int64_t key, size_t limit)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_hits && n < limit; i++)
		if (r->hits[i].key != key)
			r->hits[n++] = r->hits[i];
	r->n_hits = n;
}

int search_related(struct catalog *c, struct arena *a, int64_t version, size_t limit, struct search_result *out,
		   struct err *e)
{
	struct search_options o = {.limit = limit < SIZE_MAX ? limit + 1 : limit};
	struct searcher s = {.c = c, .a = a, .e = e};
	struct top top = {.o = &o, .most = o.limit};
	struct leaf *leaves[WORDS_KEPT];
	struct cable_version v;
	struct telling *t;
	size_t n;
	int rc = archive_load(c->archive, a, version, &v, e);

	*out = (struct search_result){0};
	if (rc != REFTEL_OK)
		return rc;
	n = telling_words(c, a, &v.cable, &t);
	for (size_t i = 0; i < n; i++)
		leaves[i] = leaf_word(&s, t[i].word, true, false);
	for (size_t i = 0; i < c->n_segments; i++)
		rank_any(a, c, i, leaves, n, c->segments[i].current, &top);
	top_finish(&top);
	top_take(&top, c, a, 0, top.n, out);
	top_free(&top);
	hits_without(out, v.key, limit);
	return catalog_sound(c, e);
}
