/*
 * A damaged index: bytes flipped, files cut, stretches overwritten. Nothing crashes whatever is read of it, verify
 * finds every one, and what a search or a check itself notices it says.
 */
#include "search/naive.h"

#include "check/check.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { FLIPS = 300, CUTS = 30, MERGES = 6, ASKED = 4 };

struct world {
	struct small s;
	struct rng rng;
	size_t said; /* how often a search or check told of damage */
};

/* Queries that read dictionary, lists, positions and columns. */
static const char *const queries[] = {
	"harbour OR docker OR lease",
	"harbour docker",
	"\"the harbour\"",
	"NEAR/5(harbour lease)",
	"secur* OR t?mm OR harbor~",
	"subject:(harbour OR the) date:2007..2008",
	"origin:kalvik class>=confidential -para:U",
	"the OR of OR not",
	"tag:PREL has:refs",
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	small_open(&w->s, rng_seed(11));
	w->rng = (struct rng){rng_seed(11) + 1};
	small_put(&w->s, 260);
	small_index(&w->s, 0, 1);
	small_put(&w->s, 90);
	small_index(&w->s, 0, 1);
	small_put(&w->s, 20);
	small_index(&w->s, 0, 1);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	small_close(&w->s);
	free(w);
	return 0;
}

/* ---- reading whatever is there ----------------------------------------------------------------------------------- */

static void is_fine_or_told(struct world *w, int rc, const struct err *e)
{
	if (rc == REFTEL_OK)
		return;
	assert_int_equal(rc, REFTEL_EFORMAT);
	assert_non_null(strstr(e->msg, "reftel reindex"));
	w->said++;
}

static void search_some(struct world *w, struct catalog *c)
{
	struct search_memory *memory = search_memory_open(1 << 20);
	static const struct search_options options[] = {
		{.limit = 10},
		{.limit = SIZE_MAX, .count = true, .facets = ~0u},
		{.limit = 5, .sort = SORT_NEWEST, .fold = true},
	};

	for (int i = 0; i < ASKED; i++) {
		struct str query = str_of(queries[rng_below(&w->rng, sizeof(queries) / sizeof(*queries))]);
		struct search_options o = options[rng_below(&w->rng, sizeof(options) / sizeof(*options))];
		struct arena a = {0};
		struct search_result out;
		struct err e = {0};

		o.memory = i % 2 ? memory : NULL;
		is_fine_or_told(w, search_run(c, &a, query, &o, &out, NULL, &e), &e);
		/* What was noticed once is said from then on. */
		if (catalog_sound(c, NULL) != REFTEL_OK)
			assert_int_equal(search_run(c, &a, query, &o, &out, NULL, &e), REFTEL_EFORMAT);
		arena_free(&a);
	}
	search_memory_close(memory);
}

static void relate(struct world *w, struct catalog *c)
{
	struct arena a = {0};
	struct search_result out;
	struct err e = {0};

	is_fine_or_told(w, search_related(c, &a, small_version(&w->s), 5, &out, &e), &e);
	arena_free(&a);
}

static void check(struct world *w)
{
	static const char text[] =
		"He said \"the harbour docker lease of the minister\" and \"not security the pier\".";
	struct check_options o = {0};
	struct arena a = {0};
	struct story story;
	struct report r;
	struct err e = {0};
	int rc;

	must(story_read(&a, str_of(text), STORY_PLAIN, &story, &e), e);
	rc = check_story(w->s.ar, &story, &o, &r, &e);
	is_fine_or_told(w, rc, &e);
	if (rc == REFTEL_OK)
		report_free(&r);
	arena_free(&a);
}

static void read_all(struct world *w)
{
	struct catalog *c = NULL;
	struct err e = {0};
	int rc = catalog_open(w->s.ar, &c, &e);

	is_fine_or_told(w, rc, &e);
	if (rc != REFTEL_OK)
		return;
	search_some(w, c);
	relate(w, c);
	check(w);
	catalog_close(c);
}

static void must_be_found(struct world *w, const char *what, size_t at)
{
	struct err e = {0};

	if (catalog_verify(w->s.ar, &e) == REFTEL_OK)
		fail_msg("verify does not find %s at byte %zu", what, at);
	assert_non_null(strstr(e.msg, "reftel reindex"));
}

/* ---- harm -------------------------------------------------------------------------------------------------------- */

struct file {
	char path[160];
	int fd;
	size_t n;
};

static struct file any_segment(struct world *w)
{
	struct arena a = {0};
	struct archive_segments s;
	struct file f;
	struct stat st;
	struct err e = {0};

	must(archive_segments(w->s.ar, &a, &s, &e), e);
	assert_int_equal(s.n, 3);
	snprintf(f.path, sizeof(f.path), "%s/index/%s", w->s.dir, s.v[rng_below(&w->rng, s.n)].name);
	f.fd = open(f.path, O_RDWR);
	assert_true(f.fd >= 0);
	assert_int_equal(fstat(f.fd, &st), 0);
	f.n = (size_t)st.st_size;
	arena_free(&a);
	return f;
}

static void test_a_flipped_byte_anywhere(void **state)
{
	struct world *w = *state;
	struct err e = {0};

	for (int i = 0; i < FLIPS; i++) {
		struct file f = any_segment(w);
		/* one in ten in the footer, which is a small part of the file */
		size_t at = i % 10 ? rng_below(&w->rng, f.n) : f.n - 1 - rng_below(&w->rng, 192);
		unsigned char before, after;

		assert_int_equal(pread(f.fd, &before, 1, (off_t)at), 1);
		after = (unsigned char)(before ^ (1u << rng_below(&w->rng, 8)));
		assert_int_equal(pwrite(f.fd, &after, 1, (off_t)at), 1);
		must_be_found(w, "a flipped bit", at);
		read_all(w);
		assert_int_equal(pwrite(f.fd, &before, 1, (off_t)at), 1);
		close(f.fd);
	}
	assert_true(w->said > 0);
	must(catalog_verify(w->s.ar, &e), e); /* all is as it was */
}

/* Not a bit but a page: zeros, or another part of the file, as a disk gives it that lost a write. */
static void test_a_stretch_overwritten(void **state)
{
	struct world *w = *state;
	static char before[4096], instead[4096];

	for (int i = 0; i < CUTS; i++) {
		struct file f = any_segment(w);
		size_t n = f.n < sizeof(before) ? f.n : sizeof(before), at = rng_below(&w->rng, f.n - n + 1);

		memset(instead, 0, n);
		if (i % 2)
			assert_int_equal(pread(f.fd, instead, n, (off_t)rng_below(&w->rng, f.n - n + 1)), n);
		assert_int_equal(pread(f.fd, before, n, (off_t)at), n);
		if (!memcmp(before, instead, n)) {
			close(f.fd);
			continue;
		}
		assert_int_equal(pwrite(f.fd, instead, n, (off_t)at), n);
		must_be_found(w, "a stretch", at);
		read_all(w);
		assert_int_equal(pwrite(f.fd, before, n, (off_t)at), n);
		close(f.fd);
	}
}

static void test_a_file_cut_off(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < CUTS; i++) {
		struct file f = any_segment(w);
		size_t left = i ? rng_below(&w->rng, f.n) : 0;
		char *rest = malloc(f.n);

		assert_non_null(rest);
		assert_int_equal(pread(f.fd, rest, f.n, 0), f.n);
		assert_int_equal(ftruncate(f.fd, (off_t)left), 0);
		must_be_found(w, "a cut", left);
		read_all(w);
		assert_int_equal(pwrite(f.fd, rest, f.n, 0), f.n);
		free(rest);
		close(f.fd);
	}
}

/* An import goes on with a damaged index: it must not be merged into a sound-looking one. */
static void test_damage_is_not_merged_away(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < MERGES; i++) {
		struct file f = any_segment(w);
		size_t at = rng_below(&w->rng, f.n);
		unsigned char c;
		struct catalog_build *b = NULL;
		struct err e = {0};

		assert_int_equal(pread(f.fd, &c, 1, (off_t)at), 1);
		c ^= 0x10;
		assert_int_equal(pwrite(f.fd, &c, 1, (off_t)at), 1);
		close(f.fd);
		small_put(&w->s, 150);
		if (catalog_build_begin(w->s.ar, NULL, &b, &e) == REFTEL_OK)
			(void)catalog_build_finish(b, false, NULL, &e);
		must_be_found(w, "damage after a merge", at);
		must(catalog_reindex(w->s.ar, NULL, NULL, NULL, &e), e);
		must(catalog_verify(w->s.ar, &e), e);
		/* three segments again */
		small_put(&w->s, 90);
		small_index(&w->s, 0, 1);
		small_put(&w->s, 20);
		small_index(&w->s, 0, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_flipped_byte_anywhere),
		cmocka_unit_test(test_a_stretch_overwritten),
		cmocka_unit_test(test_a_file_cut_off),
		cmocka_unit_test(test_damage_is_not_merged_away),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
