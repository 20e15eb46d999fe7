/*
 * Searches over lists of many blocks against a scan of the same documents: the small archives of test_search.c never
 * fill a block, and what passes over blocks must be seen to leave nothing out. The catalog is made by hand.
 */
#include "test.h"

#include "../index/random.h"
#include "search/search_priv.h"

#include <pthread.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* ---- stopping ---------------------------------------------------------------------------------------------------- */

static const char *const long_questions[] = {
	"wa OR wb",         "wa wb wc",
	"\"wa wb\"",        "\"wa wb\" OR \"wb wa\"",
	"NEAR/9(wa wb wc)", "wc* OR NOT wa",
	"wb -\"wa wc\"",    "subject:(wa wb)",
	"wa* wb*",          "(wa OR wb OR wc OR wd OR we OR wf OR wg OR wh OR wi OR wj OR wk OR wl OR wm) wa",
	"date:1970",
};
enum { LONG = sizeof(long_questions) / sizeof(*long_questions) };

static int ask_until(struct many *m, const char *query, const volatile int *stop, size_t limit,
		     struct search_result *out, struct arena *a)
{
	struct search_options o = {.limit = limit, .count = limit != 10, .fold = limit == 5, .stop = stop};
	struct err e = {0};
	int rc = search_run(&m->c, a, str_of(query), &o, out, NULL, &e);

	if (rc != REFTEL_OK && rc != REFTEL_EINTR)
		fail_msg("%s: %s", query, e.msg);
	return rc;
}

/* Whatever is asked and however: nothing is given, and it is said why. */
static void test_a_stopped_search_gives_nothing(void **state)
{
	static const size_t limits[] = {0, 5, 10, SIZE_MAX};
	struct many *m = *state;
	volatile int stop;

	for (size_t i = 0; i < LONG; i++)
		for (size_t k = 0; k < sizeof(limits) / sizeof(*limits); k++) {
			struct search_result stopped, whole;
			struct arena a = {0};

			stop = 1;
			assert_int_equal(ask_until(m, long_questions[i], &stop, limits[k], &stopped, &a), REFTEL_EINTR);
			assert_int_equal(stopped.n_hits, 0);
			assert_int_equal(stopped.total, 0);
			stop = 0;
			assert_int_equal(ask_until(m, long_questions[i], &stop, limits[k], &whole, &a), REFTEL_OK);
			assert_true(limits[k] == 0 || whole.n_hits > 0);
			arena_free(&a);
		}
}

/* Each way through the documents of a segment ends where it is when the flag is set: it takes no further one. */
static void test_every_walk_notices(void **state)
{
	struct many *m = *state;
	volatile int stop = 0;

	for (size_t i = 1; i < LONG; i++) {
		struct arena a = {0}, scratch = {0};
		struct err e = {0};
		struct searcher s = {.c = &m->c, .a = &a, .e = &e, .stop = &stop};
		struct query q;
		struct plan *p;
		struct match *w;
		uint32_t doc;

		stop = 0;
		assert_int_equal(query_parse(&a, str_of(long_questions[i]), &q, NULL, &e), REFTEL_OK);
		assert_int_equal(plan_make(&s, q.root, &p), REFTEL_OK);
		w = match_open(&a, &scratch, p, &s, 0);
		doc = match_seek(w, 0);
		assert_true(doc < FIRST);
		if (p->kind == PLAN_AND || p->kind == PLAN_PHRASE || p->kind == PLAN_NEAR) {
			struct join j;

			stop = 1;
			assert_int_equal(match_seek(w, doc + 1), POSTINGS_END);
			assert_int_equal(match_seek(w, doc + 2), POSTINGS_END);
			w = match_open(&a, &scratch, p, &s, 0);
			if (join_open(&j, &a, w)) {
				join_run(&j, &a, m->segments[0].current);
				assert_int_equal(j.n, 0);
			}
		}
		arena_free(&a);
		arena_free(&scratch);
	}
}

static void test_ranking_notices(void **state)
{
	struct many *m = *state;
	volatile int stop = 0;
	struct arena a = {0};
	struct err e = {0};
	struct searcher s = {.c = &m->c, .a = &a, .e = &e};
	struct leaf *leaves[] = {leaf_word(&s, STR("wa"), true, false), leaf_word(&s, STR("wb"), true, false)};

	for (stop = 0; stop < 2; stop++) {
		struct search_options o = {.limit = 10, .stop = &stop};
		struct top top = {.o = &o, .most = 10};

		rank_any(&a, &m->c, 0, leaves, 2, m->segments[0].current, &top);
		assert_int_equal(top.n, stop ? 0 : 10);
		top_free(&top);
	}
	arena_free(&a);
}

static void *stop_soon(void *ctx)
{
	static const struct timespec nap = {.tv_nsec = 3000000};

	nanosleep(&nap, NULL);
	*(volatile int *)ctx = 1;
	return NULL;
}

/* Somewhere in the middle, by another thread: sooner or later each ends, and the next search is as if nothing had been.
 */
static void test_stopped_by_another_thread(void **state)
{
	struct many *m = *state;

	for (size_t i = 0; i < LONG; i++) {
		volatile int stop = 0;
		struct search_result before, r, after;
		struct arena a = {0}, b = {0};
		pthread_t thread;

		assert_int_equal(ask_until(m, long_questions[i], NULL, SIZE_MAX, &before, &a), REFTEL_OK);
		assert_int_equal(pthread_create(&thread, NULL, stop_soon, (void *)(uintptr_t)&stop), 0);
		while (ask_until(m, long_questions[i], &stop, SIZE_MAX, &r, &b) == REFTEL_OK) {
			assert_int_equal(r.n_hits, before.n_hits);
			arena_reset(&b);
		}
		pthread_join(thread, NULL);
		assert_int_equal(r.n_hits, 0);
		assert_int_equal(ask_until(m, long_questions[i], NULL, SIZE_MAX, &after, &b), REFTEL_OK);
		assert_int_equal(after.total, before.total);
		assert_int_equal(after.n_hits, before.n_hits);
		for (size_t k = 0; k < after.n_hits; k++)
			assert_int_equal(after.hits[k].version, before.hits[k].version);
		arena_free(&a);
		arena_free(&b);
	}
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
		cmocka_unit_test_setup_teardown(test_a_stopped_search_gives_nothing, many_open, many_close),
		cmocka_unit_test_setup_teardown(test_every_walk_notices, many_open, many_close),
		cmocka_unit_test_setup_teardown(test_ranking_notices, many_open, many_close),
		cmocka_unit_test_setup_teardown(test_stopped_by_another_thread, many_open, many_close),
		cmocka_unit_test_setup_teardown(test_damaged_lists_are_survived, many_open, many_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
