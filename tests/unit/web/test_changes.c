/*
 * Quotations of two drafts are brought together: the same, judged otherwise, edited, added, removed.
 */
#include "test.h"
#include "web/story_changes.h"

struct draft {
	struct story s;
	struct report r;
};

static void draft_read(struct arena *a, struct draft *d, const char *text)
{
	struct err e;

	assert_int_equal(story_read(a, str_of(text), STORY_PLAIN, &d->s, &e), REFTEL_OK);
	d->r = (struct report){.story = &d->s, .n_quotes = d->s.n_quotations};
	d->r.quotes = arena_new(a, struct quote_result, d->r.n_quotes);
	for (size_t i = 0; i < d->r.n_quotes; i++)
		d->r.quotes[i] = (struct quote_result){.quotation = i, .citation = -1};
}

static const char first[] = "She said \u201cthe pier is not fit for any ship\u201d and \u201cthe ferry came in the "
			    "night of the storm\u201d, then \u201cnobody paid the harbour master\u201d.\n\n"
			    "He wrote \u201cnobody paid the harbour master\u201d too.";
static const char second[] = "He began: \u201ca wholly new sentence on fishing rights\u201d. She said \u201cthe ferry "
			     "came in the night of the storm\u201d and \u201cthe pier is fit for every ship\u201d, "
			     "then \u201cnobody paid the harbour master\u201d.";

static void test_drafts(void **state)
{
	struct arena a = {0};
	struct draft old, new;
	struct changes c;

	(void)state;
	draft_read(&a, &old, first);
	draft_read(&a, &new, second);
	assert_int_equal(old.r.n_quotes, 4);
	assert_int_equal(new.r.n_quotes, 4);
	new.r.quotes[3].verdict = VERDICT_NO_SOURCE;
	c = story_changes(&a, &old.r, &new.r);
	assert_int_equal(c.n, 5);
	assert_int_equal(c.count[CHANGE_ADDED], 1);
	assert_int_equal(c.count[CHANGE_NONE], 1);
	assert_int_equal(c.count[CHANGE_WORDS], 1);
	assert_int_equal(c.count[CHANGE_VERDICT], 1);
	assert_int_equal(c.count[CHANGE_REMOVED], 1);
	assert_int_equal(c.v[0].kind, CHANGE_ADDED);
	assert_null(c.v[0].from);
	assert_int_equal(c.v[1].kind, CHANGE_NONE);
	assert_int_equal(c.v[1].from->quotation, 1);
	assert_int_equal(c.v[2].kind, CHANGE_WORDS);
	assert_int_equal(c.v[2].from->quotation, 0);
	assert_int_equal(c.v[3].kind, CHANGE_VERDICT);
	assert_int_equal(c.v[3].from->quotation, 2);
	assert_int_equal(c.v[4].kind, CHANGE_REMOVED);
	assert_int_equal(c.v[4].from->quotation, 3);
	assert_null(c.v[4].to);
	arena_free(&a);
}

static void test_nothing(void **state)
{
	struct arena a = {0};
	struct draft old, new;
	struct changes c;

	(void)state;
	draft_read(&a, &old, "No words of others.");
	draft_read(&a, &new, second);
	assert_int_equal(story_changes(&a, &old.r, &old.r).n, 0);
	c = story_changes(&a, &old.r, &new.r);
	assert_int_equal(c.count[CHANGE_ADDED], 4);
	c = story_changes(&a, &new.r, &old.r);
	assert_int_equal(c.count[CHANGE_REMOVED], 4);
	c = story_changes(&a, &new.r, &new.r);
	assert_int_equal(c.count[CHANGE_NONE], 4);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_drafts), cmocka_unit_test(test_nothing)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
