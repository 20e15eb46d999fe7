/*
 * Stories: their drafts stay as they were handed in, and an overruled verdict is kept with everything that came before.
 */
#include "fixture.h"

static const struct str cables = {"cables", 6};

static const struct desk_draft first_draft = {.file = {"harbour.html", 12},
					      .format = {"html", 4},
					      .raw = {"<p>\xff\0\"we\"", 10},
					      .report = {"{\"a\": 1}", 8},
					      .quotations = 18,
					      .findings = 5};

static int64_t story(struct fixture *f, const struct desk_actor *by)
{
	int64_t id = 0, draft;

	MUST(f, desk_draft_add(f->d, by, cables, &id, STR("The harbour master"), &first_draft, &draft, &f->e));
	return id;
}

static void test_drafts(void **state)
{
	struct fixture *f = *state;
	const struct desk_actor anna = {user_cheap(f, "anna", ROLE_EDITOR), STR("anna"), STR("10.0.0.1")};
	const struct desk_actor bert = {user_cheap(f, "bert", ROLE_EDITOR), STR("bert"), STR("10.0.0.2")};
	int64_t id = story(f, &anna), draft;
	struct desk_draft second = {.format = STR("plain"), .raw = STR("text"), .report = STR("{}")}, got;
	struct desk_drafts list;
	struct desk_story s;

	assert_string_equal(last_entry(f), "anna|10.0.0.1|draft.add|cables/story/1|harbour.html");
	MUST(f, desk_draft_add(f->d, &bert, cables, &id, STR(""), &second, &draft, &f->e));
	MUST(f, desk_story_find(f->d, &f->a, cables, id, &s, &f->e));
	assert_true(str_eq(s.title, STR("The harbour master")));
	assert_true(str_eq(s.author, STR("anna")));
	assert_int_equal(s.n_drafts, 2);
	assert_int_equal(s.last_draft, draft);
	MUST(f, desk_drafts(f->d, &f->a, id, &list, &f->e));
	assert_int_equal(list.n, 2);
	assert_int_equal(list.v[0].ordinal, 1);
	assert_int_equal(list.v[0].quotations, 18);
	assert_int_equal(list.v[0].findings, 5);
	assert_int_equal(list.v[0].raw.n, 0);
	assert_int_equal(list.v[0].report.n, 0);
	assert_true(str_eq(list.v[1].author, STR("bert")));
	MUST(f, desk_draft_find(f->d, &f->a, id, 1, &got, &f->e));
	assert_true(str_eq(got.raw, first_draft.raw)); /* byte for byte */
	assert_true(str_eq(got.report, first_draft.report));
	assert_true(str_eq(got.file, STR("harbour.html")));
	MUST(f, desk_draft_find(f->d, &f->a, id, 2, &got, &f->e));
	assert_true(str_eq(got.raw, STR("text")));
	assert_int_equal(desk_draft_find(f->d, &f->a, id, 3, &got, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_draft_find(f->d, &f->a, id + 1, 1, &got, &f->e), REFTEL_ENOTFOUND);
}

static void test_stories_of_a_collection(void **state)
{
	struct fixture *f = *state;
	int64_t a = story(f, &f->by), b = story(f, &f->by), c = 0, draft, wrong = a;
	struct desk_stories list;
	struct desk_story s;

	MUST(f, desk_draft_add(f->d, &f->by, STR("other"), &c, STR("Another"), &first_draft, &draft, &f->e));
	MUST(f, desk_stories(f->d, &f->a, cables, &list, &f->e));
	assert_int_equal(list.n, 2);
	assert_int_equal(list.v[0].id, b);
	MUST(f, desk_run(f->d, "UPDATE story SET changed = changed - 100", (struct sql_values){0}, NULL, &f->e));
	MUST(f, desk_draft_add(f->d, &f->by, cables, &a, STR(""), &first_draft, &draft, &f->e));
	MUST(f, desk_stories(f->d, &f->a, cables, &list, &f->e));
	assert_int_equal(list.v[0].id, a); /* the last that changed */
	assert_int_equal(desk_story_find(f->d, &f->a, STR("other"), a, &s, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_draft_add(f->d, &f->by, STR("other"), &wrong, STR(""), &first_draft, &draft, &f->e),
			 REFTEL_ENOTFOUND);
	assert_int_equal(wrong, a);
	MUST(f, desk_story_find(f->d, &f->a, cables, a, &s, &f->e));
	assert_int_equal(s.n_drafts, 2);
}

static void draft_refused(struct fixture *f, struct str title, const struct desk_draft *x, int code)
{
	int64_t id = 0, draft;

	assert_int_equal(desk_draft_add(f->d, &f->by, cables, &id, title, x, &draft, &f->e), code);
	assert_int_equal(id, 0);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	struct desk_draft x = first_draft;
	struct desk_stories list;
	char big[DESK_TITLE_MAX + 1];

	memset(big, 'a', sizeof(big));
	draft_refused(f, STR(" "), &x, REFTEL_EINVAL);
	draft_refused(f, STR("a\nb"), &x, REFTEL_EINVAL);
	draft_refused(f, (struct str){big, sizeof(big)}, &x, REFTEL_ELIMIT);
	x.format = STR("docx");
	draft_refused(f, STR("title"), &x, REFTEL_EINVAL);
	x = first_draft;
	x.file = STR("../../etc/x\n");
	draft_refused(f, STR("title"), &x, REFTEL_EINVAL);
	x = first_draft;
	x.raw = (struct str){xcalloc(1, DESK_DRAFT_MAX + 1), DESK_DRAFT_MAX + 1};
	draft_refused(f, STR("title"), &x, REFTEL_ELIMIT);
	free((void *)x.raw.p);
	MUST(f, desk_stories(f->d, &f->a, cables, &list, &f->e));
	assert_int_equal(list.n, 0);
	assert_int_equal(log_length(f), 0);
}

static const struct desk_overrule overruled = {.key = {"5f1e", 4},
					       .quotation = {"seventeen boats\nand one", 23},
					       .verdict = {"altered", 7},
					       .as = {"adapted", 7},
					       .reason = {"The embassy sent a correction.", 30}};

static void test_overrule(void **state)
{
	struct fixture *f = *state;
	const struct desk_actor anna = {user_cheap(f, "anna", ROLE_EDITOR), STR("anna"), STR("10.0.0.1")};
	const struct desk_actor bert = {user_cheap(f, "bert", ROLE_EDITOR), STR("bert"), STR("10.0.0.2")};
	int64_t id = story(f, &anna);
	struct desk_overrule again = overruled;
	struct desk_overrules list;

	MUST(f, desk_overrule_add(f->d, &anna, cables, id, &overruled, &f->e));
	assert_string_equal(last_entry(f),
			    "anna|10.0.0.1|overrule|cables/story/1|altered is adapted: The embassy sent a correction.");
	again.as = STR("verbatim");
	MUST(f, desk_overrule_add(f->d, &bert, cables, id, &again, &f->e));
	MUST(f, desk_overrule_remove(f->d, &anna, cables, id, STR("5f1e"), &f->e));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|overrule.remove|cables/story/1|altered");
	MUST(f, desk_overrules(f->d, &f->a, id, &list, &f->e));
	assert_int_equal(list.n, 3);
	assert_true(str_eq(list.v[0].as, STR("adapted")));
	assert_true(str_eq(list.v[0].reason, overruled.reason));
	assert_true(str_eq(list.v[0].quotation, overruled.quotation));
	assert_true(str_eq(list.v[1].author, STR("bert")));
	assert_true(str_eq(list.v[1].as, STR("verbatim")));
	assert_true(str_eq(list.v[2].author, STR("anna")));
	assert_true(str_eq(list.v[2].as, STR("")));
	assert_true(str_eq(list.v[2].key, STR("5f1e")));
	assert_true(str_eq(list.v[2].verdict, STR("altered")));
	/* Once taken back, there is nothing to take back. */
	assert_int_equal(desk_overrule_remove(f->d, &anna, cables, id, STR("5f1e"), &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_overrule_remove(f->d, &anna, cables, id, STR("none"), &f->e), REFTEL_ENOTFOUND);
	MUST(f, desk_overrule_add(f->d, &anna, cables, id, &overruled, &f->e));
	MUST(f, desk_overrule_remove(f->d, &anna, cables, id, STR("5f1e"), &f->e));
}

static void overrule_refused(struct fixture *f, int64_t id, const struct desk_overrule *x)
{
	assert_int_equal(desk_overrule_add(f->d, &f->by, cables, id, x, &f->e), REFTEL_EINVAL);
}

static void test_overrule_refused(void **state)
{
	struct fixture *f = *state;
	int64_t id = story(f, &f->by);
	struct desk_overrule x = overruled;
	struct desk_overrules list;

	x.reason = STR(" ");
	overrule_refused(f, id, &x);
	x = overruled;
	x.as = STR("");
	overrule_refused(f, id, &x);
	x = overruled;
	x.key = STR("");
	overrule_refused(f, id, &x);
	x = overruled;
	x.quotation = STR("a\xff");
	overrule_refused(f, id, &x);
	x = overruled;
	x.verdict = STR("a\nb");
	overrule_refused(f, id, &x);
	assert_int_equal(desk_overrule_add(f->d, &f->by, STR("other"), id, &overruled, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_overrule_add(f->d, &f->by, cables, id + 1, &overruled, &f->e), REFTEL_ENOTFOUND);
	MUST(f, desk_overrule_add(f->d, &f->by, cables, id, &overruled, &f->e));
	assert_int_equal(desk_overrule_remove(f->d, &f->by, STR("other"), id, overruled.key, &f->e), REFTEL_ENOTFOUND);
	MUST(f, desk_overrules(f->d, &f->a, id, &list, &f->e));
	assert_int_equal(list.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_drafts),   DESK_TEST(test_stories_of_a_collection), DESK_TEST(test_refused),
		DESK_TEST(test_overrule), DESK_TEST(test_overrule_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
