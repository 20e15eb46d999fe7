/*
 * How many of the documents that matched have each value of a field. A search that stands alone holds each value's list
 * against the set of them; where columns are kept, the set is gone through once, or what is not in it, if that is less.
 */
#include "search/search_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	BATCH = 4096,     /* documents that are counted in one field after another */
	DIGIT = 256,      /* a byte of a count, when they are sorted */
	RADIX_LEAST = 64, /* fewer values are compared with one another */
};

/* Of one field: values in byte order, the counts of all segments so far. */
struct tally {
	struct facet_value *v;
	size_t n;
};

/* Of one field, in the segment at hand. */
struct field_tally {
	const struct column *column;
	uint32_t *counts; /* by the column's numbers */
};

struct counting {
	struct arena *a;
	struct arena scratch;
	const struct catalog *c;
	struct search_memory *memory;
	const volatile int *stop;
	uint64_t *const *matched;
	unsigned fields;
	struct tally tallies[N_CATALOG_FIELDS];
};

/* ---- over segments ----------------------------------------------------------------------------------------------- */

/* Both are in byte order. */
static void tally_add(struct arena *a, struct tally *t, const struct facet_value *v, size_t n)
{
	struct facet_value *old = t->v, *to;
	size_t i = 0, k = 0, n_old = t->n;

	if (!n)
		return;
	to = t->v = arena_new(a, struct facet_value, n_old + n);
	while (i < n_old || k < n) {
		int order = i == n_old ? 1 : k == n ? -1 : str_cmp(old[i].value, v[k].value);

		*to = order <= 0 ? old[i++] : v[k++];
		if (!order)
			to->n += v[k++].n;
		to++;
	}
	t->n = (size_t)(to - t->v);
}

/* ---- from lists -------------------------------------------------------------------------------------------------- */

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

static void lists_count(struct counting *k, const struct segment *s, const uint64_t *matched, uint8_t field)
{
	VEC(struct facet_value) found = {0};
	struct term_walk w;
	struct str value;
	struct term t;

	term_walk_open(&w, s, field, STR(""));
	while (!is_stopped(k->stop) && term_walk_next(&w, &value, NULL, &t)) {
		uint64_t n = both(s, &t, matched);

		if (n)
			*VEC_PUSH(&k->scratch, &found) = (struct facet_value){arena_str(k->a, value), n};
	}
	tally_add(k->a, &k->tallies[field], found.v, found.n);
}

/* ---- from columns ------------------------------------------------------------------------------------------------ */

static uint32_t bits_count(const uint64_t *bits, uint32_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < bits_words(n); i++)
		sum += (uint32_t)__builtin_popcountll(bits[i]);
	return sum;
}

static void batch_count(struct field_tally *of, const uint32_t *docs, size_t n)
{
	for (unsigned field = 1; field < N_CATALOG_FIELDS; field++)
		if (of[field].column)
			column_count(of[field].column, docs, n, of[field].counts);
}

/* Those in the set; with `others`, those that are not. */
static void documents_count(struct field_tally *of, const uint64_t *matched, uint32_t n_docs, bool others)
{
	uint32_t docs[BATCH];
	size_t n = 0;

	for (size_t i = 0; i < bits_words(n_docs); i++) {
		uint64_t word = others ? ~matched[i] : matched[i];

		if (others && i == n_docs / 64)
			word &= ((uint64_t)1 << n_docs % 64) - 1;
		if (n > BATCH - 64) {
			batch_count(of, docs, n);
			n = 0;
		}
		for (; word; word &= word - 1)
			docs[n++] = (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(word);
	}
	batch_count(of, docs, n);
}

/* The values, which belong to the column, are copied all at once. */
static void column_tally(struct counting *k, unsigned field, const struct field_tally *of, bool others)
{
	const struct column *c = of->column;
	struct facet_value *v = arena_new(&k->scratch, struct facet_value, c->n_values + 1);
	size_t n = 0, bytes = 0;
	char *p;

	for (uint32_t i = 0; i < c->n_values; i++) {
		uint32_t count = others ? c->all[i] - of->counts[i] : of->counts[i];

		if (!count)
			continue;
		v[n++] = (struct facet_value){c->values[i], count};
		bytes += c->values[i].n;
	}
	p = arena_alloc(k->a, bytes + 1);
	for (size_t i = 0; i < n; i++) {
		memcpy(p, v[i].value.p, v[i].value.n);
		v[i].value.p = p;
		p += v[i].value.n;
	}
	tally_add(k->a, &k->tallies[field], v, n);
}

static void segment_count(struct counting *k, const struct segment *s, const uint64_t *matched)
{
	struct field_tally of[N_CATALOG_FIELDS] = {0};
	uint32_t n_docs = segment_docs(s), n = bits_count(matched, n_docs);
	bool others = n > n_docs / 2;

	if (!n)
		return;
	for (unsigned field = 1; field < N_CATALOG_FIELDS; field++) {
		if (!(k->fields >> field & 1))
			continue;
		of[field].column = column_take(k->memory, s, (uint8_t)field);
		if (of[field].column)
			of[field].counts = arena_new(&k->scratch, uint32_t, of[field].column->n_values + 1);
		else
			lists_count(k, s, matched, (uint8_t)field);
	}
	documents_count(of, matched, n_docs, others);
	for (unsigned field = 1; field < N_CATALOG_FIELDS; field++)
		if (of[field].column) {
			column_tally(k, field, &of[field], others);
			column_give(k->memory, of[field].column);
		}
	arena_reset(&k->scratch);
}

/* ---- in order ---------------------------------------------------------------------------------------------------- */

static int by_count(const void *x, const void *y)
{
	const struct facet_value *a = x, *b = y;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return str_cmp(a->value, b->value);
}

/* By one byte of the counts, the greatest first; what is equal stays as it was. */
static void digit_sort(const struct facet_value *from, struct facet_value *to, size_t n, unsigned shift)
{
	size_t at[DIGIT] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[from[i].n >> shift & (DIGIT - 1)]++;
	for (size_t d = DIGIT; d-- > 0;) {
		size_t here = at[d];

		at[d] = sum;
		sum += here;
	}
	for (size_t i = 0; i < n; i++)
		to[at[from[i].n >> shift & (DIGIT - 1)]++] = from[i];
}

/* Values are in byte order, so that only their counts have to be looked at. */
static void tally_sort(struct arena *scratch, struct tally *t)
{
	struct facet_value *to;
	uint64_t most = 0;

	if (t->n < RADIX_LEAST) {
		if (t->n)
			qsort(t->v, t->n, sizeof(*t->v), by_count);
		return;
	}
	to = arena_new(scratch, struct facet_value, t->n);
	for (size_t i = 0; i < t->n; i++)
		most |= t->v[i].n;
	for (unsigned shift = 0; shift < 64 && most >> shift; shift += 8) {
		digit_sort(t->v, to, t->n, shift);
		memcpy(t->v, to, t->n * sizeof(*to));
	}
}

void facets_count(struct arena *a, const struct catalog *c, uint64_t *const *matched, const struct search_options *o,
		  struct search_result *out)
{
	struct counting k = {
		.a = a, .c = c, .memory = o->memory, .stop = o->stop, .matched = matched, .fields = o->facets};

	for (size_t i = 0; i < c->n_segments && !is_stopped(k.stop); i++)
		segment_count(&k, c->segments[i].segment, matched[i]);
	for (unsigned field = 1; field < N_CATALOG_FIELDS; field++) {
		struct tally *t = &k.tallies[field];

		if (field != FIELD_MONTH)
			tally_sort(&k.scratch, t);
		out->facets[field] = (struct facet){t->v, t->n};
	}
	arena_free(&k.scratch);
}
