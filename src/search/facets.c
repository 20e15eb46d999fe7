/*
 * How many of the documents that matched have each value of a field: each value's list is held against the set of them.
 */
#include "search/search_priv.h"

#include <stdlib.h>
#include <string.h>

struct counting {
	struct vocab values;
	struct arena arena;
	VEC(uint64_t) n; /* n.v[id - 1] */
};

static uint64_t both(const struct segment *s, const struct term *t, const uint64_t *matched)
{
	struct postings p;
	uint64_t n = 0;

	postings_open(&p, s, t);
	for (bool more = p.doc != POSTINGS_END; more; more = postings_next_block(&p))
		for (uint32_t i = 0; i < p.n; i++)
			n += bit_get(matched, p.docs[i]);
	return n;
}

static int by_count(const void *x, const void *y)
{
	const struct facet_value *a = x, *b = y;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return str_cmp(a->value, b->value);
}

static int by_value(const void *x, const void *y)
{
	return str_cmp(((const struct facet_value *)x)->value, ((const struct facet_value *)y)->value);
}

static void field_count(struct arena *a, const struct catalog *c, uint64_t *const *matched, uint8_t field,
			struct facet *out)
{
	struct counting k = {0};

	for (size_t i = 0; i < c->n_segments; i++) {
		const struct segment *s = c->segments[i].segment;
		struct term_walk w;
		struct str value;
		struct term t;

		term_walk_open(&w, s, field, STR(""));
		while (term_walk_next(&w, &value, NULL, &t)) {
			uint64_t n = both(s, &t, matched[i]);
			uint32_t id = n ? vocab_add(&k.values, value) : 0;

			if (id > k.n.n)
				VEC_PUSH(&k.arena, &k.n);
			if (id)
				k.n.v[id - 1] += n;
		}
	}
	out->v = arena_new(a, struct facet_value, k.n.n + 1);
	out->n = k.n.n;
	for (size_t i = 0; i < k.n.n; i++)
		out->v[i] = (struct facet_value){arena_str(a, k.values.words.v[i]), k.n.v[i]};
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), field == FIELD_MONTH ? by_value : by_count);
	vocab_free(&k.values);
	arena_free(&k.arena);
}

void facets_count(struct arena *a, const struct catalog *c, uint64_t *const *matched, unsigned fields,
		  struct search_result *out)
{
	for (unsigned field = 1; field < N_CATALOG_FIELDS; field++)
		if (fields >> field & 1)
			field_count(a, c, matched, (uint8_t)field, &out->facets[field]);
}
