/*
 * The quotations of real stories that were judged by hand: on an archive filled from the dump's layout, where running
 * numbers are known, and on one filled from pages and text files, where they are not, each must get the verdict and the
 * cable written down for it.
 */
#include "test.h"

#include <dirent.h>

#include "archive/archive.h"
#include "check/check.h"
#include "import/import.h"

struct fixture {
	char dir[64];
	struct archive *ar;
};

static void fixture_open(struct fixture *f, const char *const *paths, size_t n)
{
	struct import_summary sum;
	struct err e = {0};

	snprintf(f->dir, sizeof(f->dir), "/tmp/reftel-test-quotes-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(archive_create(f->dir, &e), REFTEL_OK);
	assert_int_equal(archive_open(f->dir, ARCHIVE_WRITE, 0, &f->ar, &e), REFTEL_OK);
	assert_int_equal(import_paths(f->ar, paths, n, &(struct import_options){0}, &sum, &e), REFTEL_OK);
}

static void fixture_close(struct fixture *f)
{
	char sweep[128];

	archive_close(f->ar);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", f->dir);
	assert_int_equal(system(sweep), 0);
}

/* Words only, so that the list's quotation marks and blanks do not matter. */
static bool begins_with(struct arena *a, struct str quote, struct str start)
{
	struct tokens q = text_tokens(a, quote, NULL, false), s = text_tokens(a, start, NULL, false);

	/* The list may cut its last word short. */
	for (size_t i = 0; i < s.n; i++)
		if (i >= q.n ||
		    !(i + 1 < s.n ? str_eq(q.v[i].word, s.v[i].word) : str_starts(q.v[i].word, s.v[i].word)))
			return false;
	return s.n > 0;
}

static struct str field(struct str *rest)
{
	size_t tab = str_find(*rest, STR("\t"), 0);
	struct str f = str_sub(*rest, 0, tab);

	*rest = tab == SIZE_MAX ? STR("") : str_sub(*rest, tab + 1, rest->n);
	return f;
}

static struct str cable_of(const struct report *r, const struct quote_result *q)
{
	if (q->verdict == VERDICT_NOT_HELD && q->citation >= 0) {
		const struct citation *c = &r->story->citations[q->citation];
		static char number[16];

		snprintf(number, sizeof(number), "%u", c->running_number);
		return str_of(number);
	}
	return q->has_passage && q->verdict != VERDICT_NO_SOURCE ? q->passage.id : STR("");
}

/* One line of the list against the report of its story. */
static int line_wrong(struct arena *a, const struct report *r, struct str start, struct str cable, struct str verdict)
{
	for (size_t i = 0; i < r->n_quotes; i++) {
		const struct quotation *q = &r->story->quotations[r->quotes[i].quotation];
		struct str text = str_sub(r->story->text, q->words.v[0].off, q->words.v[q->words.n - 1].end);
		struct str got;

		if (!begins_with(a, text, start))
			continue;
		got = cable_of(r, &r->quotes[i]);
		if (str_eq(verdict, str_of(verdict_name(r->quotes[i].verdict))) && str_eq(cable, got))
			return 0;
		print_error("%.*s: %s %.*s (%s), wanted %.*s %.*s\n", STR_ARG(start),
			    verdict_name(r->quotes[i].verdict), STR_ARG(got), r->quotes[i].reason, STR_ARG(verdict),
			    STR_ARG(cable));
		return 1;
	}
	print_error("%.*s: not found as a quotation\n", STR_ARG(start));
	return 1;
}

static int story_wrong(struct archive *ar, const char *data, struct str name, struct str list, size_t *lines)
{
	struct arena a = {0};
	struct story s;
	struct report r;
	struct str raw, line;
	struct err e = {0};
	int wrong = 0;
	char *path = arena_printf(&a, "%s/stories/%.*s", data, STR_ARG(name));

	assert_int_equal(file_read(&a, path, STORY_MAX, &raw, &e), REFTEL_OK);
	assert_int_equal(story_read(&a, raw, story_sniff(raw, path), &s, &e), REFTEL_OK);
	assert_int_equal(check_story(ar, &s, &(struct check_options){0}, &r, &e), REFTEL_OK);
	while (str_line(&list, &line)) {
		struct str story, start, cable;

		if (str_starts(line, STR("#")))
			continue;
		story = field(&line);
		start = field(&line);
		cable = field(&line);
		if (!str_eq(story, name))
			continue;
		++*lines;
		wrong += line_wrong(&a, &r, start, cable, field(&line));
	}
	report_free(&r);
	arena_free(&a);
	return wrong;
}

static void list_right(struct archive *ar, const char *data)
{
	struct arena a = {0};
	struct str list;
	struct err e = {0};
	size_t lines = 0;
	int wrong = 0;
	struct dirent *ent;
	DIR *d = opendir(arena_printf(&a, "%s/stories", data));

	assert_non_null(d);
	assert_int_equal(file_read(&a, arena_printf(&a, "%s/quotes.tsv", data), 1 << 20, &list, &e), REFTEL_OK);
	while ((ent = readdir(d)))
		if (ent->d_name[0] != '.')
			wrong += story_wrong(ar, data, str_of(ent->d_name), list, &lines);
	closedir(d);
	arena_free(&a);
	print_message("%zu quotations, %d wrong\n", lines, wrong);
	assert_true(lines >= 45);
	assert_int_equal(wrong, 0);
}

static void test_dump(void **state)
{
	const char *data = test_data();
	struct fixture f;
	char csv[4200];

	(void)state;
	if (!data)
		skip();
	snprintf(csv, sizeof(csv), "%s/cables.csv", data);
	fixture_open(&f, (const char *const[]){csv}, 1);
	list_right(f.ar, data);
	fixture_close(&f);
}

static void test_pages_and_texts(void **state)
{
	const char *data = test_data();
	struct fixture f;
	char html[4200], txt[4200];

	(void)state;
	if (!data)
		skip();
	snprintf(html, sizeof(html), "%s/html", data);
	snprintf(txt, sizeof(txt), "%s/txt", data);
	fixture_open(&f, (const char *const[]){html, txt}, 2);
	list_right(f.ar, data);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_pages_and_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
