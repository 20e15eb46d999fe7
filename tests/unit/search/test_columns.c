/*
 * Counting by columns against counting by lists and against a scan: fields with few values and with very many, none,
 * one and several a document, sets of all sizes, many segments, threads that share a memory, a memory that is too
 * small, and segments that are damaged.
 */
#include "test.h"

#include "../index/random.h"
#include "search/search_priv.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEGMENTS = 3,
	FEW = 7,
	SOME = 300,     /* values: more than a byte tells apart */
	MANY = 70000,   /* more than two do */
	MARKS_MOST = 9, /* values of a document in a field that may have several */
	ROUNDS = 40,    /* sets that are counted */
	THREADS = 4,
	SMALL = 1 << 12, /* bytes: of no column of a segment here */
};

static const uint32_t sizes[SEGMENTS] = {90001, 64, 5003};

/* What a document has, by field; MONTH is left out now and then. */
struct doc {
	uint32_t origin, class, month, signatory; /* number of the value and 1 more; 0: none */
	uint32_t tags[MARKS_MOST];
	size_t n_tags;
};

struct world {
	char dir[64];
	struct arena a;
	struct random r;
	struct doc *docs[SEGMENTS];
	struct catalog_segment segments[SEGMENTS];
	struct catalog c;
	uint64_t *sets[SEGMENTS];
};

/* ---- the documents ----------------------------------------------------------------------------------------------- */

static struct str value_of(struct arena *a, uint32_t number)
{
	return str_of(arena_printf(a, "V%u", number - 1)); /* byte order is not the numbers' */
}

static void doc_random(struct random *r, struct doc *d)
{
	d->origin = random_below(r, 20) ? 1 + (uint32_t)random_skewed(r, SOME) : 0;
	d->class = random_below(r, 9) ? 1 + (uint32_t)random_below(r, FEW) : 0;
	d->month = random_below(r, 15) ? 1 + (uint32_t)random_below(r, 90) : 0;
	d->signatory = 1 + (uint32_t)random_below(r, MANY);
	d->n_tags = random_below(r, MARKS_MOST + 1);
	for (size_t i = 0; i < d->n_tags; i++)
		d->tags[i] = 1 + (uint32_t)(i * 40 + random_below(r, 40)); /* each once */
}

static void doc_add(struct index_builder *b, const struct doc *d, int64_t key)
{
	struct index_keyword k[4 + MARKS_MOST];
	struct arena a = {0};
	struct index_doc in = {.key = key, .group = key, .when = INDEX_NO_DATE, .keywords = k};
	const uint32_t of[] = {d->origin, d->class, d->month, d->signatory};
	const uint8_t fields[] = {FIELD_ORIGIN, FIELD_CLASS, FIELD_MONTH, FIELD_SIGNATORY};

	for (size_t i = 0; i < 4; i++)
		if (of[i])
			k[in.n_keywords++] = (struct index_keyword){fields[i], value_of(&a, of[i])};
	for (size_t i = 0; i < d->n_tags; i++)
		k[in.n_keywords++] = (struct index_keyword){FIELD_TAG, value_of(&a, d->tags[i])};
	index_builder_add(b, &in);
	arena_free(&a);
}

static void segment_make(struct world *w, size_t i, const char *name)
{
	struct index_builder *b;
	struct index_part part;
	struct err e = {0};

	w->docs[i] = arena_new(&w->a, struct doc, sizes[i]);
	w->sets[i] = arena_new(&w->a, uint64_t, bits_words(sizes[i]) + 1);
	assert_int_equal(index_builder_open(NULL, 64 << 20, &b, &e), REFTEL_OK);
	for (uint32_t doc = 0; doc < sizes[i]; doc++) {
		doc_random(&w->r, &w->docs[i][doc]);
		doc_add(b, &w->docs[i][doc], (int64_t)i * 1000000 + doc + 1);
	}
	assert_int_equal(index_builder_flush(b, w->dir, name, &part, &e), REFTEL_OK);
	assert_int_equal(segment_open(w->dir, name, &w->segments[i].segment, &e), REFTEL_OK);
	index_builder_close(b);
}

static int setup(void **state)
{
	static const char *const names[] = {"first", "second", "third"};
	struct world *w = calloc(1, sizeof(*w));

	snprintf(w->dir, sizeof(w->dir), "/tmp/reftel-test-columns-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	w->r.state = 0x636f6c;
	for (size_t i = 0; i < SEGMENTS; i++)
		segment_make(w, i, names[i]);
	w->c = (struct catalog){.segments = w->segments, .n_segments = SEGMENTS};
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	char sweep[128];
	int rc;

	for (size_t i = 0; i < SEGMENTS; i++)
		segment_close(w->segments[i].segment);
	arena_free(&w->a);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", w->dir);
	rc = system(sweep);
	free(w);
	return rc;
}

/* From none to all, and both in most segments of a catalog. */
static void sets_random(struct world *w)
{
	for (size_t i = 0; i < SEGMENTS; i++) {
		static const unsigned shares[] = {0, 1, 30, 400, 600, 990, 1000};
		unsigned share = shares[random_below(&w->r, sizeof(shares) / sizeof(*shares))];

		memset(w->sets[i], 0, (bits_words(sizes[i]) + 1) * sizeof(uint64_t));
		for (uint32_t doc = 0; doc < sizes[i]; doc++)
			if (random_below(&w->r, 1000) < share)
				bit_set(w->sets[i], doc);
	}
}

/* ---- the scan ---------------------------------------------------------------------------------------------------- */

static uint64_t scan_one(struct world *w, const uint32_t *counts, uint32_t most, const struct facet *f, bool by_value)
{
	uint64_t distinct = 0;

	for (uint32_t v = 1; v <= most; v++)
		distinct += counts[v] > 0;
	assert_int_equal(f->n, distinct);
	for (size_t i = 0; i < f->n; i++) {
		uint32_t v =
			1 + (uint32_t)strtoul(arena_dup(&w->a, str_sub(f->v[i].value, 1, f->v[i].value.n)), NULL, 10);

		assert_true(v <= most);
		assert_int_equal(f->v[i].n, counts[v]);
		if (!i)
			continue;
		if (by_value || f->v[i - 1].n == f->v[i].n)
			assert_true(str_cmp(f->v[i - 1].value, f->v[i].value) < 0);
		else
			assert_true(f->v[i - 1].n > f->v[i].n);
	}
	return distinct;
}

static uint32_t number_of(const struct doc *d, unsigned field)
{
	return field == FIELD_ORIGIN  ? d->origin
	       : field == FIELD_CLASS ? d->class
	       : field == FIELD_MONTH ? d->month
				      : d->signatory;
}

/* Counts by a scan, of a field. */
static uint32_t *scan(struct world *w, unsigned field)
{
	uint32_t *counts = calloc(MANY + 2, sizeof(*counts));

	for (size_t i = 0; i < SEGMENTS; i++)
		for (uint32_t doc = 0; doc < sizes[i]; doc++) {
			const struct doc *d = &w->docs[i][doc];

			if (!bit_get(w->sets[i], doc))
				continue;
			for (size_t k = 0; field == FIELD_TAG && k < d->n_tags; k++)
				counts[d->tags[k]]++;
			if (field != FIELD_TAG)
				counts[number_of(d, field)]++;
		}
	return counts;
}

static const unsigned fields[] = {FIELD_ORIGIN, FIELD_CLASS, FIELD_TAG, FIELD_SIGNATORY, FIELD_MONTH};
enum { FIELDS = sizeof(fields) / sizeof(*fields) };

static unsigned all_fields(void)
{
	unsigned set = 1U << FIELD_CAPTION; /* which no document has */

	for (size_t i = 0; i < FIELDS; i++)
		set |= 1U << fields[i];
	return set;
}

static void same(const struct facet *a, const struct facet *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].n != b->v[i].n || !str_eq(a->v[i].value, b->v[i].value))
			fail_msg("value %zu of %zu: %.*s %zu, by lists %.*s %zu", i, a->n, STR_ARG(a->v[i].value),
				 (size_t)a->v[i].n, STR_ARG(b->v[i].value), (size_t)b->v[i].n);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void count(struct world *w, struct arena *a, struct search_memory *m, struct search_result *out)
{
	struct search_options o = {.facets = all_fields(), .memory = m};

	*out = (struct search_result){0};
	facets_count(a, &w->c, w->sets, &o, out);
}

static void counts_are_right(struct world *w, struct search_memory *m, bool scanned)
{
	struct search_result by_lists, by_columns;
	struct arena a = {0};

	count(w, &a, NULL, &by_lists);
	count(w, &a, m, &by_columns);
	for (size_t i = 0; i < FIELDS; i++) {
		const struct facet *f = &by_columns.facets[fields[i]];

		same(f, &by_lists.facets[fields[i]]);
		if (scanned) {
			uint32_t *counts = scan(w, fields[i]);

			scan_one(w, counts, MANY, f, fields[i] == FIELD_MONTH);
			free(counts);
		}
	}
	assert_int_equal(by_columns.facets[FIELD_CAPTION].n, 0);
	assert_int_equal(by_columns.facets[FIELD_HAS].n, 0);
	assert_false(segment_damaged(w->segments[0].segment));
	arena_free(&a);
}

static void test_columns_count_what_a_scan_counts(void **state)
{
	struct world *w = *state;
	struct search_memory *m = search_memory_open(64 << 20);

	for (int i = 0; i < ROUNDS; i++) {
		sets_random(w);
		counts_are_right(w, m, i % 8 == 0);
	}
	search_memory_close(m);
}

/* Every column is thrown out as soon as nobody uses it, and made again. */
static void test_a_memory_that_is_too_small(void **state)
{
	struct world *w = *state;
	struct search_memory *m = search_memory_open(SMALL);

	for (int i = 0; i < 4; i++) {
		sets_random(w);
		counts_are_right(w, m, false);
	}
	search_memory_close(m);
}

struct asking {
	struct world *w;
	struct search_memory *m;
	struct search_result got;
	struct arena a;
};

static void *ask(void *ctx)
{
	struct asking *x = ctx;

	for (int i = 0; i < 3; i++) {
		arena_reset(&x->a);
		count(x->w, &x->a, x->m, &x->got);
	}
	return NULL;
}

/* All at once ask for columns that nobody has made yet: with room for all, and with room for none. */
static void test_threads_share_a_memory(void **state)
{
	struct world *w = *state;

	for (int round = 0; round < 4; round++) {
		struct search_memory *m = search_memory_open(round % 2 ? SMALL : 64 << 20);
		struct asking of[THREADS];
		pthread_t threads[THREADS];
		struct search_result by_lists;
		struct arena a = {0};

		sets_random(w);
		count(w, &a, NULL, &by_lists);
		for (size_t i = 0; i < THREADS; i++) {
			of[i] = (struct asking){.w = w, .m = m};
			assert_int_equal(pthread_create(&threads[i], NULL, ask, &of[i]), 0);
		}
		for (size_t i = 0; i < THREADS; i++) {
			pthread_join(threads[i], NULL);
			for (size_t k = 0; k < FIELDS; k++)
				same(&of[i].got.facets[fields[k]], &by_lists.facets[fields[k]]);
			arena_free(&of[i].a);
		}
		search_memory_close(m);
		arena_free(&a);
	}
}

/* Bytes are others, the frame is whole: what is counted stays within bounds, and what was noticed is said. */
static void test_damaged_segments_are_survived(void **state)
{
	enum { DAMAGES = 60 };
	struct world *w = *state;
	struct segment *sound = w->segments[2].segment;
	struct arena a = {0}, mine = {0};
	struct str whole;
	size_t noticed = 0;
	struct err e = {0};

	assert_int_equal(file_read(&mine, path_join(&mine, w->dir, "third"), 64 << 20, &whole, &e), REFTEL_OK);
	for (int i = 0; i < DAMAGES; i++) {
		struct search_memory *m = search_memory_open(64 << 20);
		struct search_result r;
		char *p = arena_dup(&a, whole);

		for (size_t n = 1 + random_below(&w->r, 30); n; n--)
			p[8 + random_below(&w->r, whole.n - 8 - 192)] ^= (char)(1 + random_below(&w->r, 255));
		assert_int_equal(file_write(path_join(&a, w->dir, "damaged"), (struct str){p, whole.n}, &e), REFTEL_OK);
		assert_int_equal(segment_open(w->dir, "damaged", &w->segments[2].segment, &e), REFTEL_OK);
		for (int k = 0; k < 3; k++) {
			sets_random(w);
			count(w, &a, m, &r);
			for (size_t f = 0; f < FIELDS; f++)
				for (size_t v = 0; v < r.facets[fields[f]].n; v++)
					assert_true(r.facets[fields[f]].v[v].n <= 90001 + 64 + 5003);
		}
		noticed += segment_damaged(w->segments[2].segment);
		segment_close(w->segments[2].segment);
		search_memory_close(m);
		arena_reset(&a);
	}
	w->segments[2].segment = sound;
	assert_true(noticed > DAMAGES / 2);
	arena_free(&a);
	arena_free(&mine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_count_what_a_scan_counts),
		cmocka_unit_test(test_a_memory_that_is_too_small),
		cmocka_unit_test(test_threads_share_a_memory),
		cmocka_unit_test(test_damaged_segments_are_survived),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
