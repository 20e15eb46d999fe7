/*
 * Stories that cite many cables. If these fail, a long story takes hours and all memory to check, or words that stand
 * in a cable which the story cites elsewhere are no longer found there.
 */
#include "test.h"

#include "archive/archive.h"
#include "check/check.h"
#include "import/import.h"

enum { N_CABLES = 60, WORDS_EACH = 600, QUOTED_WORDS = 60, FIRST_SERIAL = 100, PARTLY_HELD = 5 };

struct fixture {
	char dir[64];
	struct archive *ar;
	struct arena arena;
};

/* The n-th word of a cable: from a vocabulary that has common words and rare ones, no two cables alike. */
static const char *word_of(struct arena *a, unsigned cable, unsigned n)
{
	static const char *const common[] = {"the", "of", "and", "to", "in", "that", "was", "on"};
	uint32_t x = (cable * 7919 + n) * 2654435761u;

	x = (x ^ x >> 15) * 2246822519u;
	x ^= x >> 13;
	if (x % 2)
		return common[x / 2 % 8];
	return arena_printf(a, "%c%c%c%c", 'b' + (int)(x / 2 % 16), "aeiou"[x / 32 % 5], 'k' + (int)(x / 160 % 10),
			    "aeiou"[x / 1600 % 5]);
}

static void words_add(struct arena *a, struct buf *b, unsigned cable, unsigned from, unsigned n)
{
	for (unsigned i = from; i < from + n; i++)
		buf_printf(b, "%s%s", word_of(a, cable, i), i % 12 == 11 ? "\n" : " ");
}

/* `also` stands behind the cable's own words. */
static void row_add(struct arena *a, struct buf *b, unsigned cable, const char *also)
{
	unsigned serial = FIRST_SERIAL + cable;

	buf_printf(b, "\"%u\",\"3/4/2005 6:15\",\"05TARVOS%u\",\"Embassy Tarvos\",\"CONFIDENTIAL\",\"\",\"\",",
		   cable + 1, serial);
	buf_printf(b, "\"C O N F I D E N T I A L %sTARVOS %06u\n\nSUBJECT: TEA\n\n1. (C) ",
		   cable == PARTLY_HELD ? "SECTION 01 OF 02 " : "", serial);
	words_add(a, b, cable, 0, WORDS_EACH);
	buf_printf(b, "\n\n2. (C) %s\n%s\"\n", also, cable == PARTLY_HELD ? "" : "SMITH");
}

static void fixture_open(struct fixture *f, const char *const also[N_CABLES])
{
	struct import_summary sum;
	struct buf csv = {0};
	struct err e = {0};
	char path[128], archive[128];

	*f = (struct fixture){0};
	snprintf(f->dir, sizeof(f->dir), "/tmp/reftel-test-cited-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	for (unsigned i = 0; i < N_CABLES; i++)
		row_add(&f->arena, &csv, i, also && also[i] ? also[i] : "End.");
	snprintf(path, sizeof(path), "%s/cables.csv", f->dir);
	assert_int_equal(file_write(path, buf_view(&csv), &e), REFTEL_OK);
	buf_free(&csv);
	snprintf(archive, sizeof(archive), "%s/archive", f->dir);
	assert_int_equal(archive_create(archive, &e), REFTEL_OK);
	assert_int_equal(archive_open(archive, ARCHIVE_WRITE, 0, &f->ar, &e), REFTEL_OK);
	assert_int_equal(import_paths(f->ar, (const char *const[]){path}, 1, &(struct import_options){0}, &sum, &e),
			 REFTEL_OK);
	assert_int_equal(sum.added, N_CABLES);
}

static void fixture_close(struct fixture *f)
{
	char sweep[128];

	archive_close(f->ar);
	arena_free(&f->arena);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", f->dir);
	assert_int_equal(system(sweep), 0);
}

static struct report check(struct fixture *f, struct str text, bool exhaustive)
{
	struct story *s = arena_new(&f->arena, struct story, 1);
	struct report r;
	struct err e = {0};

	assert_int_equal(story_read(&f->arena, arena_str(&f->arena, text), STORY_PLAIN, s, &e), REFTEL_OK);
	assert_int_equal(check_story(f->ar, s, &(struct check_options){.exhaustive = exhaustive}, &r, &e), REFTEL_OK);
	return r;
}

static struct str story_of_all(struct fixture *f, struct buf *b)
{
	for (unsigned i = 0; i < N_CABLES; i++) {
		buf_printf(b, "In 05TARVOS%u the embassy wrote: \"", FIRST_SERIAL + i);
		words_add(&f->arena, b, i, 200, QUOTED_WORDS);
		buf_printf(b, "\".\n\n");
	}
	return buf_view(b);
}

/*
 * Each quotation stands in its own cable and may be asked for in all the others. What the report owns is the evidence:
 * the work of laying 60 words on 600, 60 times 60 times, would be more than a hundred megabytes.
 */
static void test_many_citations(void **state)
{
	struct fixture f;
	struct buf b = {0};
	struct report r;
	int wrong = 0;

	(void)state;
	fixture_open(&f, NULL);
	r = check(&f, story_of_all(&f, &b), false);
	assert_int_equal(r.n_quotes, N_CABLES);
	for (unsigned i = 0; i < N_CABLES; i++) {
		const char *id = arena_printf(&f.arena, "05TARVOS%u", FIRST_SERIAL + i);

		wrong += r.quotes[i].verdict != VERDICT_VERBATIM || !str_eq(r.quotes[i].passage.id, str_of(id));
	}
	assert_int_equal(wrong, 0);
	assert_true(r.arena.total < 4 << 20);
	report_free(&r);
	buf_free(&b);
	fixture_close(&f);
}

static bool names(const struct quote_result *q, const char *id)
{
	bool found = str_eq(q->passage.id, str_of(id));

	for (size_t i = 0; i < q->n_others; i++)
		found |= str_eq(q->others[i].id, str_of(id));
	return found;
}

#define COMMON_WORDS                                                                                                   \
	"Nothing in this summary of the harbour conference binds the delegation, whose members reserve every right "   \
	"to amend, extend or withdraw their remarks before the autumn session opens."

/*
 * A dozen cables carry the same boilerplate, and the story garbles it too much for all of them to be worth naming. The
 * one that the story cites for something else is asked nevertheless.
 */
static void test_cited_for_something_else(void **state)
{
	const char *also[N_CABLES] = {NULL};
	struct fixture f;
	struct report found, all;
	static const char *const cited = "05TARVOS141";
	struct str text =
		STR("One paper said: \"Nothing in that summary of our harbour conference binds this "
		    "delegation, whose members keep every right to alter, extend or withdraw their words before "
		    "the spring session opens.\"\n\nAnother, 05TARVOS141, is about tea.\n");

	(void)state;
	for (size_t i = 30; i < 42; i++)
		also[i] = COMMON_WORDS;
	fixture_open(&f, also);
	found = check(&f, text, false);
	all = check(&f, text, true);
	assert_int_equal(found.n_quotes, 1);
	assert_int_equal(found.quotes[0].verdict, VERDICT_ALTERED);
	assert_true(names(&found.quotes[0], cited));
	assert_int_equal(all.quotes[0].verdict, VERDICT_ALTERED);
	assert_true(names(&all.quotes[0], cited));
	assert_true(found.quotes[0].n_others < 11); /* else the cable would have been named uncited as well */
	report_free(&found);
	report_free(&all);
	fixture_close(&f);
}

/*
 * Words as common as these prove nothing in a cable that is held in part. That they stand in that very part is no "same
 * words elsewhere".
 */
static void test_elsewhere_is_another_cable(void **state)
{
	const char *also[N_CABLES] = {[PARTLY_HELD] = "It was not what he had said to them."};
	struct fixture f;
	struct report r;

	(void)state;
	fixture_open(&f, also);
	r = check(&f,
		  STR("05TARVOS105 has the minister's answer.\n\nA day later he added: \"it was not what he had said "
		      "to them\".\n"),
		  false);
	assert_int_equal(r.n_quotes, 1);
	assert_int_equal(r.citations[0].state, CITATION_PARTLY);
	assert_int_equal(r.quotes[0].verdict, VERDICT_NOT_HELD);
	assert_null(strstr(r.quotes[0].reason, "elsewhere"));
	assert_null(strstr(r.quotes[0].reason, "the same words stand in"));
	for (size_t i = 0; i < r.quotes[0].n_others; i++)
		assert_false(str_eq(r.quotes[0].others[i].id, STR("05TARVOS105")));
	report_free(&r);
	fixture_close(&f);
}

/* Whoever asked has gone: nothing is worked out for nobody. */
static void test_stops(void **state)
{
	static const volatile int stop = 1;
	struct fixture f;
	struct buf b = {0};
	struct story s;
	struct report r;
	struct err e = {0};

	(void)state;
	fixture_open(&f, NULL);
	assert_int_equal(story_read(&f.arena, story_of_all(&f, &b), STORY_PLAIN, &s, &e), REFTEL_OK);
	assert_int_equal(check_story(f.ar, &s, &(struct check_options){.stop = &stop}, &r, &e), REFTEL_EINTR);
	assert_int_equal(r.n_quotes, 0);
	assert_int_equal(r.arena.total, 0);
	buf_free(&b);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_citations),
		cmocka_unit_test(test_cited_for_something_else),
		cmocka_unit_test(test_elsewhere_is_another_cable),
		cmocka_unit_test(test_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
