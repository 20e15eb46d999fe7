/*
 * Searches over lists of many blocks against a scan of the same documents: the small archives of test_search.c never
 * fill a block, and what passes over blocks must be seen to leave nothing out. The catalog is made by hand.
 */
#include "test.h"

#include "../index/random.h"
#include "search/search.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 20, DOCS = 6400, FIRST = 5200, LENGTH = 400, PARTS = 5, QUESTIONS = 250 };

struct doc {
	uint8_t *words; /* by number, in order */
	uint32_t n, subject_from, subject_to;
	int64_t when;
	bool current;
};

struct many {
	char dir[64];
	struct arena a;
	struct random r;
	struct doc docs[DOCS];
	uint64_t with[WORDS]; /* documents */
	struct catalog_segment segments[2];
	struct catalog c;
};

/* One thing that is asked for: words in a row, or a word that must not be there. */
struct part {
	size_t words[3], n;
	bool no, subject;
};

struct question {
	struct part parts[PARTS];
	size_t n;
	bool any; /* one of them is enough */
};

/* ---- the documents ----------------------------------------------------------------------------------------------- */

/* Of a thousand documents so many have the word: from all of them to hardly one. */
static unsigned share_of(size_t word)
{
	static const unsigned share[WORDS] = {1000, 990, 900, 700, 500, 400, 300, 250, 200, 150,
					      120,  90,  60,  40,  25,  15,  8,   4,   2,   1};

	return share[word];
}

static void doc_random(struct many *m, struct doc *d)
{
	d->words = arena_new(&m->a, uint8_t, LENGTH);
	for (size_t w = 0; w < WORDS; w++) {
		size_t times = 1 + random_skewed(&m->r, w < 3 ? 50 : 8);

		if (random_below(&m->r, 1000) >= share_of(w))
			continue;
		m->with[w]++;
		for (; times && d->n < LENGTH; times--)
			d->words[d->n++] = (uint8_t)w;
	}
	for (size_t i = d->n; i > 1; i--) {
		size_t k = random_below(&m->r, i);
		uint8_t swap = d->words[i - 1];

		d->words[i - 1] = d->words[k];
		d->words[k] = swap;
	}
	d->subject_from = (uint32_t)random_below(&m->r, d->n / 2 + 1);
	d->subject_to = d->subject_from + (uint32_t)random_below(&m->r, d->n / 2 + 1) / 3;
	d->when = random_below(&m->r, 9) ? (int64_t)random_below(&m->r, 40) : INDEX_NO_DATE;
	d->current = random_below(&m->r, 12) > 0;
}

static void word_put(struct buf *b, size_t w)
{
	buf_printf(b, "w%c", (int)('a' + w));
}

static void segment_make(struct many *m, struct catalog_segment *s, const char *name, size_t from, size_t to)
{
	struct index_builder *b;
	struct index_part part;
	struct buf text = {0};
	struct err e = {0};

	assert_int_equal(index_builder_open(NULL, 8 << 20, &b, &e), REFTEL_OK);
	s->current = xcalloc(bits_words((uint32_t)(to - from)) + 1, sizeof(uint64_t));
	s->live = NULL;
	for (size_t i = from; i < to; i++) {
		const struct doc *d = &m->docs[i];
		struct index_doc in = {.key = (int64_t)i + 1,
				       .group = 2 * (int64_t)i,
				       .when = d->when,
				       .subject_from = d->subject_from,
				       .subject_to = d->subject_to};
		struct arena a = {0};

		buf_reset(&text);
		for (size_t k = 0; k < d->n; k++) {
			word_put(&text, d->words[k]);
			buf_putc(&text, ' ');
		}
		in.words = text_tokens(&a, buf_view(&text), index_builder_vocab(b), true);
		assert_int_equal(in.words.n, d->n);
		index_builder_add(b, &in);
		if (d->current)
			bit_set(s->current, (uint32_t)(i - from));
		arena_free(&a);
	}
	assert_int_equal(index_builder_flush(b, m->dir, name, &part, &e), REFTEL_OK);
	assert_int_equal(segment_open(m->dir, name, &s->segment, &e), REFTEL_OK);
	index_builder_close(b);
	buf_free(&text);
}

static int many_open(void **state)
{
	struct many *m = calloc(1, sizeof(*m));

	snprintf(m->dir, sizeof(m->dir), "/tmp/reftel-test-many-XXXXXX");
	assert_non_null(mkdtemp(m->dir));
	m->r.state = 0x6d616e79;
	for (size_t i = 0; i < DOCS; i++)
		doc_random(m, &m->docs[i]);
	segment_make(m, &m->segments[0], "first", 0, FIRST);
	segment_make(m, &m->segments[1], "second", FIRST, DOCS);
	m->c = (struct catalog){.segments = m->segments, .n_segments = 2, .n_docs = DOCS};
	*state = m;
	return 0;
}

static int many_close(void **state)
{
	struct many *m = *state;
	char sweep[128];
	int rc;

	for (size_t i = 0; i < 2; i++) {
		segment_close(m->segments[i].segment);
		free(m->segments[i].current);
	}
	arena_free(&m->a);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", m->dir);
	rc = system(sweep);
	free(m);
	return rc;
}

/* ---- the scan ---------------------------------------------------------------------------------------------------- */

static bool stands_at(const struct doc *d, const struct part *p, uint32_t at)
{
	if (at + p->n > d->n || (p->subject && (at < d->subject_from || at + p->n > d->subject_to)))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (d->words[at + i] != p->words[i])
			return false;
	return true;
}

static bool has(const struct doc *d, const struct part *p)
{
	for (uint32_t at = 0; at < d->n; at++)
		if (stands_at(d, p, at))
			return true;
	return false;
}

static uint64_t score_of(const struct many *m, const struct doc *d, const struct part *p)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->n; i++) {
		uint32_t times = 0;
		bool subject = false;

		for (uint32_t at = 0; at < d->n; at++)
			if (d->words[at] == p->words[i]) {
				times++;
				subject |= at >= d->subject_from && at < d->subject_to;
			}
		sum += (uint64_t)rank_worth(DOCS, m->with[p->words[i]]) * rank_impact(times, subject, d->n);
	}
	return sum;
}

static bool is_answer(const struct many *m, const struct question *q, const struct doc *d, uint64_t *score)
{
	size_t there = 0, wanted = 0;

	*score = 0;
	for (size_t i = 0; i < q->n; i++) {
		bool here = has(d, &q->parts[i]);

		if (q->parts[i].no && here)
			return false;
		if (q->parts[i].no)
			continue;
		wanted++;
		there += here;
		*score += here ? score_of(m, d, &q->parts[i]) : 0;
	}
	return d->current && (q->any ? there > 0 : there == wanted);
}

static int best_first(const void *x, const void *y)
{
	const struct search_hit *a = x, *b = y;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->when != b->when)
		return a->when > b->when ? -1 : 1;
	return (a->version > b->version) - (a->version < b->version);
}

static size_t scan(struct many *m, const struct question *q, struct search_hit *out)
{
	size_t n = 0;

	for (size_t i = 0; i < DOCS; i++)
		if (is_answer(m, q, &m->docs[i], &out[n].score)) {
			out[n].version = (int64_t)i + 1;
			out[n].key = 2 * (int64_t)i;
			out[n++].when = m->docs[i].when;
		}
	qsort(out, n, sizeof(*out), best_first);
	return n;
}

/* ---- the questions ----------------------------------------------------------------------------------------------- */

static struct part part_random(struct many *m, size_t longest)
{
	struct part p = {.n = 1 + random_below(&m->r, longest), .subject = random_below(&m->r, 8) == 0};

	for (size_t i = 0; i < p.n; i++)
		p.words[i] = random_below(&m->r, p.n > 1 ? 12 : WORDS);
	return p;
}

static struct question question_random(struct many *m)
{
	struct question q = {.n = 1 + random_below(&m->r, 4), .any = random_below(&m->r, 3) == 0};

	for (size_t i = 0; i < q.n; i++)
		q.parts[i] = part_random(m, q.any || random_below(&m->r, 2) ? 1 : 3);
	if (!q.any && random_below(&m->r, 4) == 0) {
		q.parts[q.n] = part_random(m, 2);
		q.parts[q.n++].no = true;
	}
	return q;
}

static void question_put(struct buf *b, const struct question *q)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct part *p = &q->parts[i];

		buf_puts(b, i ? q->any ? " OR " : " " : "");
		buf_puts(b, p->no ? "-" : "");
		buf_puts(b, p->subject ? "subject:\"" : "\"");
		for (size_t k = 0; k < p->n; k++) {
			buf_puts(b, k ? " " : "");
			word_put(b, p->words[k]);
		}
		buf_puts(b, "\"");
	}
}

static void same(struct many *m, struct str query, const struct search_options *o, const struct search_hit *want,
		 size_t n)
{
	struct search_result got;
	struct arena a = {0};
	struct err e = {0};

	if (search_run(&m->c, &a, query, o, &got, NULL, &e) != REFTEL_OK)
		fail_msg("%.*s: %s", STR_ARG(query), e.msg);
	if (o->count && got.total != n)
		fail_msg("%.*s: %zu counted, wanted %zu", STR_ARG(query), (size_t)got.total, n);
	if (got.n_hits != (n < o->limit ? n : o->limit))
		fail_msg("%.*s: %zu hits of %zu", STR_ARG(query), got.n_hits, n);
	for (size_t i = 0; i < got.n_hits; i++)
		if (got.hits[i].version != want[i].version || got.hits[i].score != want[i].score ||
		    got.hits[i].key != want[i].key || got.hits[i].when != want[i].when)
			fail_msg("%.*s: hit %zu of %zu is %lld with %llu, wanted %lld with %llu", STR_ARG(query), i, n,
				 (long long)got.hits[i].version, (unsigned long long)got.hits[i].score,
				 (long long)want[i].version, (unsigned long long)want[i].score);
	arena_free(&a);
}

static void test_long_lists_give_what_a_scan_gives(void **state)
{
	static const size_t limits[] = {1, 10, 100, DOCS};
	struct many *m = *state;
	struct search_hit *want = malloc(DOCS * sizeof(*want));
	struct buf query = {0};
	size_t found = 0, none = 0;

	for (size_t i = 0; i < QUESTIONS; i++) {
		struct question q = question_random(m);
		size_t n = scan(m, &q, want);

		found += n > 10;
		none += n == 0;
		buf_reset(&query);
		question_put(&query, &q);
		for (size_t k = 0; k < sizeof(limits) / sizeof(*limits); k++)
			same(m, buf_view(&query), &(struct search_options){.limit = limits[k]}, want, n);
		same(m, buf_view(&query), &(struct search_options){.limit = 10, .count = true}, want, n);
	}
	assert_true(found > QUESTIONS / 2 && none > 0); /* the questions are worth asking */
	buf_free(&query);
	free(want);
}

/* ---- damage ------------------------------------------------------------------------------------------------------ */

/* Another segment in place of the first, some of whose bytes are others. Its frame stays whole, so that it opens. */
static struct segment *damaged(struct many *m, struct arena *a, struct str whole)
{
	char *p = arena_dup(a, whole);
	struct segment *s;
	struct err e = {0};

	for (size_t n = 1 + random_below(&m->r, 12); n; n--)
		p[8 + random_below(&m->r, whole.n - 8 - 192)] ^= (char)(1 + random_below(&m->r, 255));
	for (size_t n = random_below(&m->r, 3); n; n--) /* the longest lists stand at the beginning */
		p[8 + random_below(&m->r, 2000)] ^= (char)(1 + random_below(&m->r, 255));
	assert_int_equal(file_write(path_join(a, m->dir, "damaged"), (struct str){p, whole.n}, &e), REFTEL_OK);
	assert_int_equal(segment_open(m->dir, "damaged", &s, &e), REFTEL_OK);
	return s;
}

/* Whatever a search finds in one: it ends, stays within its memory, and often says what is the matter. */
static void test_damaged_lists_are_survived(void **state)
{
	enum { ROUNDS = 150, ASKED = 12 };
	struct many *m = *state;
	struct segment *sound = m->segments[0].segment;
	struct arena a = {0}, mine = {0};
	struct buf query = {0};
	struct str whole;
	size_t noticed = 0;
	struct err e = {0};

	assert_int_equal(file_read(&mine, path_join(&mine, m->dir, "first"), 64 << 20, &whole, &e), REFTEL_OK);
	for (size_t i = 0; i < ROUNDS; i++) {
		arena_reset(&a);
		m->segments[0].segment = damaged(m, &a, whole);
		for (size_t k = 0; k < ASKED; k++) {
			struct search_options o = {.limit = k % 3 ? 10 : DOCS, .count = k % 4 == 0};
			struct question q = question_random(m);
			struct search_result got;

			buf_reset(&query);
			question_put(&query, &q);
			if (search_run(&m->c, &a, buf_view(&query), &o, &got, NULL, &e) == REFTEL_OK)
				assert_true(got.n_hits <= DOCS);
			else
				assert_int_equal(e.code, REFTEL_EFORMAT);
		}
		noticed += segment_damaged(m->segments[0].segment);
		segment_close(m->segments[0].segment);
	}
	m->segments[0].segment = sound;
	assert_true(noticed > ROUNDS / 10);
	buf_free(&query);
	arena_free(&a);
	arena_free(&mine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_long_lists_give_what_a_scan_gives, many_open, many_close),
		cmocka_unit_test_setup_teardown(test_damaged_lists_are_survived, many_open, many_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
