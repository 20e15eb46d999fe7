/*
 * The index in step with its archive: after an import, after one that was stopped, in an archive of the time before
 * there was an index; and that it is found out where it is not the archive's.
 */
#include "search/naive.h"

#include "import/import.h"

#include <sqlite3.h>
#include <sys/stat.h>

struct world {
	struct small s;
	struct naive m;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	small_open(&w->s, rng_seed(7));
	naive_open(&w->m, "english");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	naive_close(&w->m);
	small_close(&w->s);
	free(w);
	return 0;
}

/* Some queries give what the naive scan of everything gives. */
static void must_be_whole(struct world *w)
{
	struct catalog *c = small_catalog(&w->s);
	struct buf question = {0};
	struct err e = {0};

	must(catalog_verify(w->s.ar, &e), e);
	naive_read(&w->m, w->s.ar);
	naive_look(&w->m, c);
	for (size_t i = 0; i < w->m.docs.n; i++)
		if (w->m.docs.v[i].live)
			assert_true(w->m.docs.v[i].indexed);
	for (int i = 0; i < 30; i++) {
		struct arena a = {0};
		struct search_options o = {.limit = SIZE_MAX, .count = true};
		struct search_result got;
		struct naive_hits want;
		struct query q;

		question_make(&w->s.rng, &w->m, &question);
		must(query_parse(&a, buf_view(&question), &q, NULL, &e), e);
		must(search_run(c, &a, buf_view(&question), &o, &got, NULL, &e), e);
		want = naive_search(&w->m, &a, q.root);
		assert_int_equal(got.n_hits, want.n);
		for (size_t k = 0; k < want.n; k++) {
			assert_int_equal(got.hits[k].version, want.v[k].version);
			assert_int_equal(got.hits[k].score, want.v[k].score);
		}
		arena_free(&a);
	}
	buf_free(&question);
	catalog_close(c);
}

static uint64_t docs_indexed(struct world *w, int64_t *last)
{
	struct catalog *c = small_catalog(&w->s);
	uint64_t n = c->n_docs;

	*last = c->last;
	catalog_close(c);
	return n;
}

static int64_t last_version(struct world *w)
{
	struct arena a = {0};
	struct version_keys keys;
	struct err e = {0};
	int64_t last;

	must(archive_versions_after(w->s.ar, &a, 0, &keys, &e), e);
	last = keys.n ? keys.v[keys.n - 1] : 0;
	arena_free(&a);
	return last;
}

/* ---- beside an import -------------------------------------------------------------------------------------------- */

static void csv_field(struct buf *b, struct str s)
{
	buf_putc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_putc(b, '"');
		buf_putc(b, s.p[i]);
	}
	buf_putc(b, '"');
}

/* Telegrams as a file of the dump. */
static void csv_write(struct world *w, const char *path, size_t n)
{
	struct arena a = {0};
	struct buf b = {0};
	struct err e = {0};

	for (size_t i = 0; i < n; i++) {
		struct cable_record r;

		arena_reset(&a);
		telegram_make(&w->s, &a, &r);
		buf_printf(&b, "\"%zu\",\"%d/%d/2008 10:%02d\",", 1000 + i, 1 + r.date.month % 12, 1 + r.date.day,
			   (int)(i % 60));
		csv_field(&b, r.id);
		buf_putc(&b, ',');
		csv_field(&b, r.origin);
		buf_putc(&b, ',');
		csv_field(&b, r.classification.n ? r.classification : STR("SECRET"));
		buf_puts(&b, ",\"\",");
		csv_field(&b, r.header);
		buf_putc(&b, ',');
		csv_field(&b, r.body);
		buf_putc(&b, '\n');
	}
	must(file_write(path, buf_view(&b), &e), e);
	buf_free(&b);
	arena_free(&a);
}

static void import_file(struct world *w, const char *name, size_t n)
{
	struct arena a = {0};
	char *path = arena_printf(&a, "%s-%s", w->s.dir, name);
	struct import_summary sum;
	struct err e = {0};

	csv_write(w, path, n);
	must(import_paths(w->s.ar, (const char *const *)&path, 1, NULL, &sum, &e), e);
	assert_int_equal(sum.records, n);
	unlink(path);
	arena_free(&a);
}

static void test_an_import_leaves_its_index(void **state)
{
	struct world *w = *state;
	int64_t last;

	import_file(w, "first.csv", 120);
	must_be_whole(w);
	import_file(w, "second.csv", 30);
	docs_indexed(w, &last);
	assert_int_equal(last, last_version(w));
	must_be_whole(w);
}

/* Built with each commit, not only at the end: what is published is part of the index while more is written. */
static void test_a_build_follows_commits(void **state)
{
	struct world *w = *state;
	struct catalog_options o = {.memory = 30000, .threads = 1, .runs = 1};
	struct catalog_build *b = NULL;
	struct catalog_summary sum;
	struct err e = {0};

	must(catalog_build_begin(w->s.ar, &o, &b, &e), e);
	for (int i = 0; i < 10; i++) {
		small_feed(&w->s, 25, b);
		must(catalog_verify(w->s.ar, &e), e);
	}
	must(catalog_build_finish(b, false, &sum, &e), e);
	assert_int_equal(sum.damaged, 0);
	assert_int_equal(sum.docs, last_version(w));
	must_be_whole(w);
}

static void test_what_a_stopped_build_leaves_the_next_one_takes(void **state)
{
	struct world *w = *state;
	volatile int stop = 0;
	int64_t last;

	for (int round = 0; round < 8; round++) {
		struct catalog_options o = {.stop = &stop,
					    .memory = 40000,
					    .threads = 1 + (unsigned)round % 3,
					    .runs = 1 + (unsigned)round % 4};
		struct catalog_build *b = NULL;
		struct err e = {0};

		stop = 0;
		small_put(&w->s, 40);
		must(catalog_build_begin(w->s.ar, &o, &b, &e), e);
		small_feed(&w->s, 40, b);
		stop = round % 2; /* by a signal, or because the import failed */
		must(catalog_build_finish(b, true, NULL, &e), e);
		must(catalog_verify(w->s.ar, &e), e);
		docs_indexed(w, &last);
		assert_true(last <= last_version(w));
	}
	small_index(&w->s, 0, 2);
	docs_indexed(w, &last);
	assert_int_equal(last, last_version(w));
	must_be_whole(w);
}

static void test_a_stopped_reindex_leaves_the_index_as_it_was(void **state)
{
	struct world *w = *state;
	volatile int stop = 1;
	struct catalog_options o = {.stop = &stop};
	struct err e = {0};
	int64_t last;
	uint64_t docs;

	small_put(&w->s, 100);
	small_index(&w->s, 0, 1);
	docs = docs_indexed(w, &last);
	assert_int_equal(catalog_reindex(w->s.ar, "none", &o, NULL, &e), REFTEL_EINTR);
	assert_int_equal(docs_indexed(w, &last), docs);
	must_be_whole(w); /* with stems, as before */
}

static void test_a_reindex_may_choose_another_language(void **state)
{
	struct world *w = *state;
	struct err e = {0};

	small_put(&w->s, 100);
	small_index(&w->s, 0, 1);
	must(catalog_reindex(w->s.ar, "none", NULL, NULL, &e), e);
	naive_close(&w->m);
	naive_open(&w->m, NULL);
	must_be_whole(w);
	small_put(&w->s, 30);
	small_index(&w->s, 0, 1); /* the choice is kept */
	must_be_whole(w);
	assert_int_equal(catalog_reindex(w->s.ar, "klingon", NULL, NULL, &e), REFTEL_EINVAL);
	must_be_whole(w);
}

/* All of the newest segment deleted: it vanishes with the next merge, and numbers are not given twice. */
static void test_everything_may_be_deleted(void **state)
{
	struct world *w = *state;
	struct err e = {0};

	small_put(&w->s, 20);
	small_index(&w->s, 0, 1);
	for (int64_t v; (v = small_version(&w->s)) != 0;)
		must(archive_delete(w->s.ar, v, &e), e);
	must(catalog_verify(w->s.ar, &e), e);
	small_put(&w->s, 20);
	small_index(&w->s, 0, 1);
	must_be_whole(w);
	for (int64_t v; (v = small_version(&w->s)) != 0;)
		must(archive_delete(w->s.ar, v, &e), e);
	must(catalog_reindex(w->s.ar, NULL, NULL, NULL, &e), e);
	must(catalog_verify(w->s.ar, &e), e);
	small_put(&w->s, 20);
	small_index(&w->s, 0, 1);
	must_be_whole(w);
}

/* ---- by SQL of our own ------------------------------------------------------------------------------------------- */

static void sql(const struct world *w, const char *text)
{
	struct arena a = {0};
	char *why = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path_join(&a, w->s.dir, "archive.db"), &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
	sqlite3_close(db);
	arena_free(&a);
}

static void test_an_archive_without_index_gets_one(void **state)
{
	struct world *w = *state;
	struct archive *ar = NULL;
	struct err e = {0};

	small_put(&w->s, 150);
	small_leave(&w->s);
	sql(w, "DROP TABLE segment; DROP TABLE unlisted; DROP TABLE setting; PRAGMA user_version = 1");
	assert_int_equal(archive_open(w->s.dir, ARCHIVE_READ, 0, &ar, &e), REFTEL_EFORMAT);
	assert_non_null(strstr(e.msg, "import"));
	small_reach(&w->s);
	must(catalog_verify(w->s.ar, &e), e); /* nothing is indexed, and nothing is wrong */
	import_file(w, "more.csv", 10);
	must_be_whole(w);
}

/* ---- what verify finds ------------------------------------------------------------------------------------------- */

static void fill(struct world *w)
{
	size_t n = 0;

	small_put(&w->s, 90);
	small_index(&w->s, 0, 1);
	small_put(&w->s, 20);
	small_index(&w->s, 0, 1);
	{
		struct catalog *c = small_catalog(&w->s);

		n = c->n_segments;
		catalog_close(c);
	}
	assert_int_equal(n, 2);
}

static char *segment_path(struct world *w, struct arena *a, size_t i)
{
	struct archive_segments s;
	struct err e = {0};

	must(archive_segments(w->s.ar, a, &s, &e), e);
	assert_true(i < s.n);
	return arena_printf(a, "%s/index/%s", w->s.dir, s.v[i].name);
}

static void must_complain(struct world *w)
{
	struct err e = {0};

	assert_int_not_equal(catalog_verify(w->s.ar, &e), REFTEL_OK);
	if (!strstr(e.msg, "reftel reindex"))
		fail_msg("the message names no remedy: %s", e.msg);
	must(catalog_reindex(w->s.ar, NULL, NULL, NULL, &e), e);
	must_be_whole(w);
}

static void test_verify_misses_a_file(void **state)
{
	struct world *w = *state;
	struct arena a = {0};
	struct catalog *c = NULL;
	struct err e = {0};

	fill(w);
	assert_int_equal(unlink(segment_path(w, &a, 1)), 0);
	assert_int_not_equal(catalog_open(w->s.ar, &c, &e), REFTEL_OK);
	assert_null(c);
	must_complain(w);
	arena_free(&a);
}

static void test_verify_knows_a_file_from_another(void **state)
{
	struct world *w = *state;
	struct arena a = {0};
	char *one, *two, *other;

	fill(w);
	one = segment_path(w, &a, 0);
	two = segment_path(w, &a, 1);
	other = arena_printf(&a, "%s.other", one);
	assert_int_equal(rename(one, other), 0);
	assert_int_equal(rename(two, one), 0);
	assert_int_equal(rename(other, two), 0);
	must_complain(w);
	arena_free(&a);
}

static void test_verify_finds_a_version_deleted_behind_its_back(void **state)
{
	struct world *w = *state;

	fill(w);
	sql(w, "PRAGMA foreign_keys = OFF; DELETE FROM version WHERE id = 50;"
	       "DELETE FROM cable WHERE id NOT IN (SELECT cable FROM version);"
	       "UPDATE cable SET version = (SELECT max(id) FROM version v WHERE v.cable = cable.id) WHERE version = 50;"
	       "DELETE FROM reference WHERE version = 50; DELETE FROM alias WHERE cable NOT IN (SELECT id FROM cable);"
	       "DELETE FROM unlisted; INSERT INTO unlisted SELECT v.id, 0 FROM version v JOIN cable c ON c.id = v.cable"
	       " WHERE v.id != c.version");
	must_complain(w);
}

static void test_verify_finds_a_version_that_the_index_lacks(void **state)
{
	struct world *w = *state;

	fill(w);
	sql(w, "DELETE FROM segment WHERE first = 1");
	must_complain(w);
}

/* A deletion that was noted for a version that is there after all. */
static void test_verify_finds_a_living_version_called_dead(void **state)
{
	struct world *w = *state;
	struct err e = {0};

	fill(w);
	sql(w, "INSERT OR REPLACE INTO unlisted VALUES (50, 1)");
	assert_int_not_equal(catalog_verify(w->s.ar, &e), REFTEL_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_import_leaves_its_index, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_build_follows_commits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_a_stopped_build_leaves_the_next_one_takes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_stopped_reindex_leaves_the_index_as_it_was, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_reindex_may_choose_another_language, setup, teardown),
		cmocka_unit_test_setup_teardown(test_everything_may_be_deleted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_archive_without_index_gets_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_verify_misses_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_verify_knows_a_file_from_another, setup, teardown),
		cmocka_unit_test_setup_teardown(test_verify_finds_a_version_deleted_behind_its_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_verify_finds_a_version_that_the_index_lacks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_verify_finds_a_living_version_called_dead, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
