/*
 * Merging on two threads, which only begins where there is enough to do: what comes out is what one builder writes of
 * all documents at once, list by list to the byte.
 */
#include "fixture.h"
#include "index/index_priv.h"

#include <stdlib.h>
#include <string.h>

enum { DOCS = 1500, WORDS = 1800, VOCABULARY = 60000 };

/* One of VOCABULARY words, rare ones rarely; every other is the plural of the one before it, so that stems have forms.
 */
static struct str word_at(struct arena *a, struct random *r)
{
	uint64_t x = random_next(r) % VOCABULARY, y = random_next(r) % VOCABULARY, n = x < y ? x : y;
	char letters[16];
	size_t k = 0;

	for (uint64_t i = n / 2 + VOCABULARY; i; i /= 20)
		letters[k++] = "bcdfghjklmnpqrstvwxz"[i % 20];
	return str_of(arena_printf(a, "%.*so%s", (int)k, letters, n % 2 ? "s" : ""));
}

static void document_add(struct index_builder *b, struct random *r, int64_t key)
{
	struct arena a = {0};
	struct buf text = {0};
	struct index_doc d = {.key = key, .group = key, .when = key};

	for (size_t i = 0; i < WORDS; i++) {
		buf_str(&text, word_at(&a, r));
		buf_putc(&text, ' ');
	}
	d.words = text_tokens(&a, buf_view(&text), index_builder_vocab(b), true);
	d.subject_to = 5;
	index_builder_add(b, &d);
	buf_free(&text);
	arena_free(&a);
}

static void write_documents(struct fixture *f, const char *name, int64_t from, int64_t to)
{
	struct index_builder *b;
	struct index_part part;
	struct err e;

	assert_int_equal(index_builder_open("english", (size_t)1 << 30, &b, &e), REFTEL_OK);
	for (int64_t key = from; key < to; key++) {
		struct random r = {(uint64_t)key * 0x9e3779b97f4a7c15 | 1};

		document_add(b, &r, key);
	}
	assert_int_equal(index_builder_flush(b, f->dir, name, &part, &e), REFTEL_OK);
	index_builder_close(b);
}

static struct index_run *put_aside(struct fixture *f, int64_t from, int64_t to)
{
	struct index_builder *b;
	struct index_run *run;
	struct err e;

	assert_int_equal(index_builder_open(NULL, (size_t)1 << 30, &b, &e), REFTEL_OK);
	for (int64_t key = from; key < to; key++) {
		struct random r = {(uint64_t)key * 0x9e3779b97f4a7c15 | 1};

		document_add(b, &r, key);
	}
	assert_int_equal(index_builder_put_aside(b, f->dir, "run", &run, &e), REFTEL_OK);
	index_builder_close(b);
	return run;
}

static void assert_same_lists(const struct segment *x, const struct segment *y)
{
	struct term_walk at_x, at_y;
	struct str term_x, term_y;
	struct term tx, ty;
	size_t n = 0;

	term_walk_all(&at_x, x);
	term_walk_all(&at_y, y);
	for (; term_walk_step(&at_x, &term_x, &tx); n++) {
		assert_true(term_walk_step(&at_y, &term_y, &ty));
		assert_true(str_eq(term_x, term_y));
		assert_true(str_eq(tx.form, ty.form));
		assert_int_equal(tx.docs, ty.docs);
		assert_int_equal(tx.bytes, ty.bytes);
		assert_memory_equal(x->p + tx.at, y->p + ty.at, tx.bytes);
	}
	assert_false(term_walk_step(&at_y, &term_y, &ty));
	assert_int_equal(n, x->f.n_terms);
}

static void test_halves(void **state)
{
	struct fixture *f = *state;
	struct segment *s[2], *merged, *plain;
	struct index_part part;
	struct str middle;
	struct err e = {0};

	write_documents(f, "a.seg", 1, DOCS / 3 * 2);
	write_documents(f, "b.seg", DOCS / 3 * 2, DOCS);
	write_documents(f, "plain.seg", 1, DOCS);
	s[0] = reopen(f, "a.seg");
	s[1] = reopen(f, "b.seg");
	plain = reopen(f, "plain.seg");
	/* Enough for two threads at the words, and at the stems. */
	middle = segment_middle(s[0]);
	assert_true(middle.n > 0 && (uint8_t)middle.p[0] == INDEX_WORD);
	assert_in_range(s[0]->n, (4 << 20) + 1, SIZE_MAX);
	assert_int_equal(segment_merge((const struct segment *const *)s, 2, NULL, f->dir, "merged.seg", &part, &e),
			 REFTEL_OK);
	merged = reopen(f, "merged.seg");
	assert_int_equal(part.checksum, segment_checksum(merged));
	assert_int_equal(segment_verify(merged, &e), REFTEL_OK);
	assert_same_lists(merged, plain);
	for (uint32_t doc = 0; doc < segment_docs(plain); doc++)
		assert_int_equal(segment_key(merged, doc), segment_key(plain, doc));
	segment_close(merged);
	segment_close(plain);
	segment_close(s[0]);
	segment_close(s[1]);
}

/* Runs of a size at which each half begins in the middle of all of them. */
static void test_runs_in_halves(void **state)
{
	struct fixture *f = *state;
	struct index_run *runs[] = {put_aside(f, DOCS / 2, DOCS), put_aside(f, 1, DOCS / 2)};
	struct segment *plain, *written;
	struct index_part part;
	struct err e = {0};

	write_documents(f, "plain.seg", 1, DOCS);
	assert_int_equal(index_runs_write(runs, 2, "english", NULL, f->dir, "runs.seg", &part, &e), REFTEL_OK);
	plain = reopen(f, "plain.seg");
	written = reopen(f, "runs.seg");
	/* The second half's first term begins a group, which it would hardly do by itself. */
	assert_int_not_equal(written->f.columns_at - written->f.groups_at, plain->f.columns_at - plain->f.groups_at);
	assert_int_equal(part.checksum, segment_checksum(written));
	assert_int_equal(segment_verify(written, &e), REFTEL_OK);
	assert_same_lists(written, plain);
	for (uint32_t doc = 0; doc < segment_docs(plain); doc++)
		assert_int_equal(segment_key(written, doc), segment_key(plain, doc));
	segment_close(written);
	segment_close(plain);
	index_run_close(runs[0]);
	index_run_close(runs[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_halves, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_runs_in_halves, open_fixture, close_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
