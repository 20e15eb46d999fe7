/*
 * What people add to cables: notes, stars, tags; and their saved searches.
 */
#include "fixture.h"

static const struct str cables = {"cables", 6}, cable = {"08KALVIK412", 11};

struct people {
	struct desk_actor anna, bert;
};

static struct people people(struct fixture *f)
{
	return (struct people){{user_cheap(f, "anna", ROLE_EDITOR), STR("anna"), STR("10.0.0.1")},
			       {user_cheap(f, "bert", ROLE_EDITOR), STR("bert"), STR("10.0.0.2")}};
}

/* ---- notes ------------------------------------------------------------------------------------------------------- */

static struct desk_notes notes(struct fixture *f, struct str collection)
{
	struct desk_notes list;

	MUST(f, desk_notes(f->d, &f->a, collection, cable, &list, &f->e));
	return list;
}

static void test_notes(void **state)
{
	struct fixture *f = *state;
	struct people p = people(f);
	struct desk_notes list;
	int64_t first, second, third;

	MUST(f, desk_note_add(f->d, &p.anna, cables, cable, 3, STR("Ask Tamm.\n\tTwice."), &first, &f->e));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|note.add|cables/08KALVIK412|");
	MUST(f, desk_note_add(f->d, &p.bert, cables, cable, -1, STR("<script>alert(1)</script> & \xe2\x80\xae"),
			      &second, &f->e));
	MUST(f, desk_note_add(f->d, &p.anna, STR("other"), cable, 0, STR("elsewhere"), &third, &f->e));
	list = notes(f, cables);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.v[0].id, second);
	assert_int_equal(list.v[0].paragraph, -1);
	assert_true(str_eq(list.v[0].text, STR("<script>alert(1)</script> & \xe2\x80\xae")));
	assert_int_equal(list.v[1].id, first);
	assert_int_equal(list.v[1].paragraph, 3);
	assert_int_equal(list.v[1].user, p.anna.user);
	assert_true(str_eq(list.v[1].author, STR("anna")));
	assert_true(str_eq(list.v[1].text, STR("Ask Tamm.\n\tTwice.")));
	assert_int_equal(notes(f, STR("other")).n, 1);
	/* Named as its author is called today. */
	MUST(f, desk_user_set_name(f->d, &f->by, p.anna.user, STR("Anna Berg"), &f->e));
	assert_true(str_eq(notes(f, cables).v[1].author, STR("Anna Berg")));
}

static void test_note_of_the_one_person(void **state)
{
	struct fixture *f = *state;
	struct desk_actor one = {0, STR("me"), STR("127.0.0.1")};
	int64_t id;

	MUST(f, desk_note_add(f->d, &one, cables, cable, 1, STR("mine"), &id, &f->e));
	assert_true(str_eq(notes(f, cables).v[0].author, STR("me")));
	MUST(f, desk_note_change(f->d, &one, cables, id, false, STR("mine still"), &f->e));
	assert_int_equal(notes(f, cables).v[0].user, 0);
}

static void test_note_is_its_authors(void **state)
{
	struct fixture *f = *state;
	struct people p = people(f);
	int64_t id;

	MUST(f, desk_note_add(f->d, &p.anna, cables, cable, 1, STR("first"), &id, &f->e));
	assert_int_equal(desk_note_change(f->d, &p.bert, cables, id, false, STR("x"), &f->e), REFTEL_EREADONLY);
	assert_int_equal(desk_note_remove(f->d, &p.bert, cables, id, false, &f->e), REFTEL_EREADONLY);
	/* By its number alone, from a collection that one may see, it is not reached in another. */
	assert_int_equal(desk_note_change(f->d, &p.anna, STR("other"), id, true, STR("x"), &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_note_remove(f->d, &p.anna, STR("other"), id, true, &f->e), REFTEL_ENOTFOUND);
	assert_true(str_eq(notes(f, cables).v[0].text, STR("first")));
	MUST(f, desk_note_change(f->d, &p.anna, cables, id, false, STR("second"), &f->e));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|note.change|cables/08KALVIK412|");
	MUST(f, desk_note_change(f->d, &p.bert, cables, id, true, STR("third"), &f->e));
	assert_true(str_eq(notes(f, cables).v[0].text, STR("third")));
	assert_true(str_eq(notes(f, cables).v[0].author, STR("anna")));
	assert_true(notes(f, cables).v[0].changed >= notes(f, cables).v[0].when);
	MUST(f, desk_note_remove(f->d, &p.bert, cables, id, true, &f->e));
	assert_string_equal(last_entry(f), "bert|10.0.0.2|note.remove|cables/08KALVIK412|");
	assert_int_equal(notes(f, cables).n, 0);
	assert_int_equal(desk_note_remove(f->d, &p.anna, cables, id, false, &f->e), REFTEL_ENOTFOUND);
}

static void test_notes_refused(void **state)
{
	struct fixture *f = *state;
	struct people p = people(f);
	char *big = arena_alloc(&f->a, DESK_NOTE_MAX + 1);
	int64_t id;

	memset(big, 'a', DESK_NOTE_MAX + 1);
	assert_int_equal(desk_note_add(f->d, &p.anna, cables, cable, 1, STR(" \n "), &id, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_note_add(f->d, &p.anna, cables, cable, 1, STR("a\0b"), &id, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_note_add(f->d, &p.anna, cables, cable, 1, STR("a\x1b]0;x"), &id, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_note_add(f->d, &p.anna, cables, cable, 1, STR("a\xc0\xaf"), &id, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_note_add(f->d, &p.anna, cables, cable, -2, STR("a"), &id, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_note_add(f->d, &p.anna, cables, STR(""), 1, STR("a"), &id, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_note_add(f->d, &p.anna, STR("a\nb"), cable, 1, STR("a"), &id, &f->e), REFTEL_EINVAL);
	assert_int_equal(
		desk_note_add(f->d, &p.anna, cables, cable, 1, (struct str){big, DESK_NOTE_MAX + 1}, &id, &f->e),
		REFTEL_ELIMIT);
	assert_int_equal(log_length(f), 0);
	MUST(f, desk_note_add(f->d, &p.anna, cables, cable, 1, (struct str){big, DESK_NOTE_MAX}, &id, &f->e));
	assert_int_equal(desk_note_change(f->d, &p.anna, cables, id, false, STR(""), &f->e), REFTEL_EINVAL);
	assert_int_equal(notes(f, cables).v[0].text.n, DESK_NOTE_MAX);
}

/* ---- stars and tags ---------------------------------------------------------------------------------------------- */

static void test_stars(void **state)
{
	struct fixture *f = *state;
	struct people p = people(f);
	struct desk_marks list;
	bool on;

	MUST(f, desk_star(f->d, &p.anna, cables, cable, true, &f->e));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|star.add|cables/08KALVIK412|");
	MUST(f, desk_star(f->d, &p.anna, cables, cable, true, &f->e));
	assert_int_equal(log_length(f), 1);
	MUST(f, desk_star(f->d, &p.anna, cables, STR("08SORNA57"), true, &f->e));
	MUST(f, desk_run(f->d, "UPDATE star SET created = 5 WHERE cable = '08KALVIK412'", (struct sql_values){0}, NULL,
			 &f->e));
	MUST(f, desk_stars(f->d, &f->a, p.anna.user, cables, &list, &f->e));
	assert_int_equal(list.n, 2);
	assert_true(str_eq(list.v[0].cable, STR("08SORNA57")));
	assert_true(str_eq(list.v[1].cable, cable));
	assert_int_equal(list.v[1].when, 5);
	/* A person's own, and of this collection. */
	MUST(f, desk_starred(f->d, p.anna.user, cables, cable, &on, &f->e));
	assert_true(on);
	MUST(f, desk_starred(f->d, p.bert.user, cables, cable, &on, &f->e));
	assert_false(on);
	MUST(f, desk_starred(f->d, p.anna.user, STR("other"), cable, &on, &f->e));
	assert_false(on);
	MUST(f, desk_star(f->d, &p.bert, cables, cable, false, &f->e));
	MUST(f, desk_starred(f->d, p.anna.user, cables, cable, &on, &f->e));
	assert_true(on);
	MUST(f, desk_star(f->d, &p.anna, cables, cable, false, &f->e));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|star.remove|cables/08KALVIK412|");
	MUST(f, desk_starred(f->d, p.anna.user, cables, cable, &on, &f->e));
	assert_false(on);
	assert_int_equal(desk_star(f->d, &p.anna, cables, STR(""), true, &f->e), REFTEL_EINVAL);
}

static void test_tags(void **state)
{
	struct fixture *f = *state;
	struct people p = people(f);
	struct desk_tags tags;
	struct desk_marks list;

	MUST(f, desk_tag(f->d, &p.anna, cables, cable, STR("  Harbour   story "), true, &f->e));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|tag.add|cables/08KALVIK412|Harbour story");
	MUST(f, desk_tag(f->d, &p.bert, cables, cable, STR("harbour story"), true, &f->e)); /* is there already */
	assert_int_equal(log_length(f), 1);
	MUST(f, desk_tag(f->d, &p.bert, cables, STR("08SORNA57"), STR("harbour Story"), true, &f->e));
	MUST(f, desk_tag(f->d, &p.bert, cables, cable, STR("budget"), true, &f->e));
	MUST(f, desk_tag(f->d, &p.bert, STR("other"), cable, STR("budget"), true, &f->e));
	MUST(f, desk_tags_of(f->d, &f->a, cables, cable, &tags, &f->e));
	assert_int_equal(tags.n, 2);
	assert_true(str_eq(tags.v[0].name, STR("budget")));
	assert_int_equal(tags.v[0].cables, 1);
	assert_true(str_eq(tags.v[1].name, STR("Harbour story")));
	assert_int_equal(tags.v[1].cables, 2);
	MUST(f, desk_tags(f->d, &f->a, cables, &tags, &f->e));
	assert_int_equal(tags.n, 2);
	assert_int_equal(tags.v[1].cables, 2);
	MUST(f, desk_tagged(f->d, &f->a, cables, STR("HARBOUR  STORY"), &list, &f->e));
	assert_int_equal(list.n, 2);
	MUST(f, desk_tagged(f->d, &f->a, cables, STR("harbour"), &list, &f->e));
	assert_int_equal(list.n, 0);
	MUST(f, desk_tagged(f->d, &f->a, cables, STR(" "), &list, &f->e));
	assert_int_equal(list.n, 0);
	MUST(f, desk_tag(f->d, &p.bert, cables, cable, STR("HARBOUR story"), false, &f->e));
	assert_string_equal(last_entry(f), "bert|10.0.0.2|tag.remove|cables/08KALVIK412|HARBOUR story");
	MUST(f, desk_tags_of(f->d, &f->a, cables, cable, &tags, &f->e));
	assert_int_equal(tags.n, 1);
	assert_int_equal(desk_tag(f->d, &p.anna, cables, cable, STR("  "), true, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_tag(f->d, &p.anna, cables, cable, STR("a\tb"), true, &f->e), REFTEL_EINVAL);
}

/* ---- saved searches ---------------------------------------------------------------------------------------------- */

static void test_searches(void **state)
{
	struct fixture *f = *state;
	struct people p = people(f);
	struct desk_searches list;
	struct desk_search x;
	int64_t id, other;

	MUST(f, desk_search_save(f->d, &p.anna, cables, STR(" ferries "), STR("q=ferry&sort=date"), 34, &id, &f->e));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|search.save|cables|ferries");
	assert_int_equal(desk_search_save(f->d, &p.anna, cables, STR("ferries"), STR("q=x"), 34, &other, &f->e),
			 REFTEL_EEXIST);
	MUST(f, desk_search_save(f->d, &p.bert, cables, STR("ferries"), STR("q=x"), 34, &other, &f->e));
	MUST(f, desk_search_save(f->d, &p.anna, cables, STR("Boats"), STR("q=boat"), 34, &other, &f->e));
	MUST(f, desk_searches(f->d, &f->a, p.anna.user, cables, &list, &f->e));
	assert_int_equal(list.n, 2);
	assert_true(str_eq(list.v[0].name, STR("Boats")));
	assert_true(str_eq(list.v[1].name, STR("ferries")));
	assert_true(str_eq(list.v[1].address, STR("q=ferry&sort=date")));
	assert_int_equal(list.v[1].seen_version, 34);
	MUST(f, desk_search_seen(f->d, p.anna.user, id, 50, &f->e));
	MUST(f, desk_search_seen(f->d, p.anna.user, id, 40, &f->e));
	MUST(f, desk_search_find(f->d, &f->a, p.anna.user, id, &x, &f->e));
	assert_int_equal(x.seen_version, 50);
	assert_true(str_eq(x.collection, cables));
	/* Another's is not there. */
	assert_int_equal(desk_search_find(f->d, &f->a, p.bert.user, id, &x, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_search_seen(f->d, p.bert.user, id, 60, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_search_remove(f->d, &p.bert, id, &f->e), REFTEL_ENOTFOUND);
	MUST(f, desk_search_remove(f->d, &p.anna, id, &f->e));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|search.remove|cables|ferries");
	assert_int_equal(desk_search_remove(f->d, &p.anna, id, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_search_save(f->d, &p.anna, cables, STR("a\nb"), STR("q=x"), 1, &id, &f->e),
			 REFTEL_EINVAL);
	assert_int_equal(desk_search_save(f->d, &p.anna, cables, STR("a"), STR("q=\r\nx"), 1, &id, &f->e),
			 REFTEL_EINVAL);
	assert_int_equal(desk_search_save(f->d, &p.anna, STR(""), STR("a"), STR("q=x"), 1, &id, &f->e), REFTEL_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_notes),
		DESK_TEST(test_note_of_the_one_person),
		DESK_TEST(test_note_is_its_authors),
		DESK_TEST(test_notes_refused),
		DESK_TEST(test_stars),
		DESK_TEST(test_tags),
		DESK_TEST(test_searches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
