/*
 * From an address to a search and back: what is asked for, what is refused, and the addresses of the same search with
 * one thing changed. And the shelf: it keeps what is used, and no more than it may.
 */
#include "test.h"

#include "web/find.h"

struct asked {
	struct arena a;
	struct params p;
	struct finding f;
	struct err e;
	int rc;
};

static struct asked ask(const char *query)
{
	struct asked x = {0};

	assert_int_equal(params_read(&x.a, str_of(query), &x.p, &x.e), REFTEL_OK);
	x.rc = find_read(&x.a, &x.p, &x.f, &x.e);
	return x;
}

static void whole_is(const char *query, const char *whole)
{
	struct asked x = ask(query);

	assert_int_equal(x.rc, REFTEL_OK);
	assert_string_equal(arena_dup(&x.a, x.f.whole), whole);
	arena_free(&x.a);
}

static void test_what_narrows_is_put_behind_the_query(void **state)
{
	(void)state;
	whole_is("", "");
	whole_is("q=+ferry+", "ferry");
	whole_is("q=a+OR+b&origin=Embassy+Kalvik", "(a OR b) origin:\"Embassy Kalvik\"");
	whole_is("tag=PREL&tag=KV", "tag:\"PREL\" tag:\"KV\"");
	whole_is("q=a&year=2008&class=SECRET", "(a) date:2008 class:\"SECRET\"");
	whole_is("q=a&from=2007-10", "(a) date:2007-10..");
	whole_is("q=a&to=2008", "(a) date:..2008");
	whole_is("from=2007-10&to=2007-12&signatory=VENN", "signatory:\"VENN\" date:2007-10..2007-12");
}

/* A value must not be able to end its quotation marks and become another part of the query. */
static void test_a_value_stays_a_value(void **state)
{
	(void)state;
	whole_is("origin=x%22+OR+%22y", "origin:\"x  OR  y\"");
}

static void test_what_is_no_date_is_refused(void **state)
{
	static const char *const bad[] = {"from=x", "to=2008-03-01-01", "year=20%29+OR+%28a", "from=1"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct asked x = ask(bad[i]);

		assert_int_equal(x.rc, REFTEL_EINVAL);
		assert_non_null(strstr(x.e.msg, "is no date"));
		arena_free(&x.a);
	}
}

static void test_order_and_page_are_read(void **state)
{
	struct asked x = ask("q=a&sort=oldest&page=3&fold=1");

	(void)state;
	assert_int_equal(x.f.o.sort, SORT_OLDEST);
	assert_int_equal(x.f.o.offset, 2 * FIND_HITS);
	assert_true(x.f.o.fold);
	arena_free(&x.a);
	x = ask("q=a&page=99999999999");
	assert_int_equal(x.f.page, 1);
	arena_free(&x.a);
}

static void changed_is(const char *query, const char *name, const char *value, const char *to)
{
	struct asked x = ask(query);

	assert_string_equal(find_query(&x.a, &x.p, name, str_of(value)), to);
	arena_free(&x.a);
}

static void test_addresses_change_one_thing(void **state)
{
	(void)state;
	changed_is("q=a&page=4", "tag", "PREL", "?q=a&tag=PREL");
	changed_is("q=a&tag=PREL", "tag", "KV", "?q=a&tag=PREL&tag=KV");
	changed_is("q=a&tag=PREL&tag=KV", "tag", "PREL", "?q=a&tag=KV");
	changed_is("q=a&sort=oldest", "sort", "newest", "?q=a&sort=newest");
	changed_is("q=a&sort=oldest", "sort", "", "?q=a");
	changed_is("q=a&done=saved&page=2", NULL, "", "?q=a");
	changed_is("q=a+%26b", "page", "2", "?q=a%20%26b&page=2");
	changed_is("tag=PREL", "tag", "PREL", "?");
}

static void test_dates_replace_dates(void **state)
{
	struct asked x = ask("q=a&from=2007&page=3");

	(void)state;
	assert_string_equal(find_query_dates(&x.a, &x.p, STR("2008-01"), STR("2008-02")),
			    "?q=a&from=2008-01&to=2008-02");
	assert_string_equal(find_query_dates(&x.a, &x.p, STR(""), STR("")), "?q=a");
	arena_free(&x.a);
}

/* ---- the shelf --------------------------------------------------------------------------------------------------- */

static bool kept(struct shelf *s, int key)
{
	struct buf out = {0};
	char name[16];
	bool there;

	snprintf(name, sizeof(name), "%d", key);
	there = shelf_get(s, str_of(name), &out);
	if (there)
		assert_int_equal(out.p[0], 'a' + key % 26);
	buf_free(&out);
	return there;
}

static void keep(struct shelf *s, int key, size_t n)
{
	char *value = malloc(n), name[16];

	snprintf(name, sizeof(name), "%d", key);
	memset(value, 'a' + key % 26, n);
	shelf_put(s, str_of(name), (struct str){value, n});
	free(value);
}

static void test_the_shelf_lets_go_of_what_was_not_used(void **state)
{
	struct shelf *s = shelf_open(16000);
	int n = 0;

	(void)state;
	assert_false(kept(s, 0));
	for (int i = 0; i < 100; i++) {
		keep(s, i, 1000);
		assert_true(kept(s, 0));
		assert_true(kept(s, i));
	}
	for (int i = 0; i < 100; i++)
		n += kept(s, i);
	assert_in_range(n, 10, 16);
	assert_false(kept(s, 1));
	assert_true(kept(s, 99));
	shelf_close(s);
}

static void test_the_shelf_keeps_the_last_and_nothing_large(void **state)
{
	struct shelf *s = shelf_open(16000);

	(void)state;
	keep(s, 1, 100);
	keep(s, 2, 5000);
	assert_false(kept(s, 2));
	assert_true(kept(s, 1));
	shelf_put(s, STR("1"), STR("bcd"));
	{
		struct buf out = {0};

		assert_true(shelf_get(s, STR("1"), &out));
		assert_string_equal(out.p, "bcd");
		buf_free(&out);
	}
	shelf_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_narrows_is_put_behind_the_query),
		cmocka_unit_test(test_a_value_stays_a_value),
		cmocka_unit_test(test_what_is_no_date_is_refused),
		cmocka_unit_test(test_order_and_page_are_read),
		cmocka_unit_test(test_addresses_change_one_thing),
		cmocka_unit_test(test_dates_replace_dates),
		cmocka_unit_test(test_the_shelf_lets_go_of_what_was_not_used),
		cmocka_unit_test(test_the_shelf_keeps_the_last_and_nothing_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
