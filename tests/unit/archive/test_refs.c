/*
 * References: walked in both directions without going round in circles; cables that are cited and not held, counted
 * once, given the year they must have and the days between which they were sent.
 */
#include "test.h"

#include "archive/archive.h"

struct fixture {
	char dir[64];
	struct archive *ar;
	struct arena a;
	int64_t source;
};

static int open_fixture(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct archive_source s;
	struct err e = {0};

	snprintf(f->dir, sizeof(f->dir), "/tmp/reftel-test-refs-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(archive_create(f->dir, &e), REFTEL_OK);
	assert_int_equal(archive_open(f->dir, ARCHIVE_WRITE, 0, &f->ar, &e), REFTEL_OK);
	assert_int_equal(archive_begin(f->ar, &e), REFTEL_OK);
	assert_int_equal(archive_source_open(f->ar, "dump.csv", 1000, 7, "csv", &s, &e), REFTEL_OK);
	f->source = s.id;
	*state = f;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *f = *state;
	char sweep[128];
	int rc;

	archive_close(f->ar);
	arena_free(&f->a);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", f->dir);
	rc = system(sweep);
	free(f);
	return rc;
}

/* A cable with that reference list; "" has none. */
static void put(struct fixture *f, const char *id, const char *date, const char *refs)
{
	const char *body =
		arena_printf(&f->a, "S E C R E T KALVIK\n\nSUBJECT: NOTE\n\n%s%s%s1. (S) Boats of %s.\n\nVENN\n",
			     *refs ? "REF: " : "", refs, *refs ? "\n\n" : "", id);
	struct cable_record r = {.id = str_of(id),
				 .origin = STR("Embassy Kalvik"),
				 .classification = STR("SECRET"),
				 .body = str_of(body)};
	struct archive_put put;
	struct err e = {0};
	struct cable c;

	assert_true(cable_date_parse(str_of(date), &r.date));
	assert_int_equal(cable_read(&f->a, &r, &c, &e), REFTEL_OK);
	if (archive_put(f->ar, &c, NULL, f->source, 0, &put, &e) != REFTEL_OK)
		fail_msg("%s", e.msg);
}

static struct missing_list missing_from(struct fixture *f, const char *post)
{
	struct missing_list list;
	struct err e = {0};

	assert_int_equal(archive_missing(f->ar, &f->a, str_of(post), &list, &e), REFTEL_OK);
	return list;
}

static const struct missing *missing_called(const struct missing_list *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].id, str_of(id)))
			return &list->v[i];
	fail_msg("%s is not among the %zu missing", id, list->n);
	return NULL;
}

static void assert_window(const struct sent_window *w, enum window_basis basis, const char *after, const char *before)
{
	char text[32];

	cable_date_format(w->after, text);
	assert_string_equal(text, after);
	cable_date_format(w->before, text);
	assert_string_equal(text, before);
	assert_int_equal(w->basis, basis);
}

/* ---- what is missing --------------------------------------------------------------------------------------------- */

static void test_implied_year_is_satisfied_by_either(void **state)
{
	struct fixture *f = *state;
	struct missing_list list;

	put(f, "07KALVIK1700", "2007-12-19", "");
	put(f, "08SORNA40", "2008-02-10", "");
	/* Last year's, this year's; the third states the year, and last year's is no answer to that. */
	put(f, "08SORNA50", "2008-03-01", "A. KALVIK 1700 B. SORNA 40 C. 08 KALVIK 1700");
	list = missing_from(f, "");
	assert_int_equal(list.n, 1);
	assert_true(str_eq(list.v[0].id, STR("08KALVIK1700")));
	assert_int_equal(list.v[0].year_basis, YEAR_STATED);
}

static void test_counted_together(void **state)
{
	struct fixture *f = *state;
	struct missing_list list;
	const struct missing *m;

	put(f, "08SORNA60", "2008-06-01", "A. TARNHOLM 12 B. STATE 9");
	put(f, "08SORNA50", "2008-03-01", "A. 08 TARNHOLM 12 B. TARNHOLM 12"); /* twice in one list is once */
	put(f, "08SORNA70", "2008-07-01", "TARNHOLM 12");
	put(f, "08SORNA71", "2008-07-02", "07 TARNHOLM 12");
	list = missing_from(f, "");
	assert_int_equal(list.n, 3);
	m = &list.v[0];
	assert_true(str_eq(m->id, STR("08TARNHOLM12")));
	assert_int_equal(m->n_citers, 3);
	assert_int_equal(m->year_basis, YEAR_STATED);
	assert_true(str_eq(m->citers[0].id, STR("08SORNA50")));
	assert_true(str_eq(m->citers[2].id, STR("08SORNA70")));
	assert_window(&m->window, WINDOW_YEAR, "2008-01-01", "2008-03-01");
	assert_true(str_eq(m->window.before_id, STR("08SORNA50")));
	assert_true(str_eq(list.v[1].id, STR("07TARNHOLM12")));
	/* Nobody states its year and nothing tells: it may be the year before. */
	m = missing_called(&list, "08STATE9");
	assert_int_equal(m->year_basis, YEAR_LIKELY);
	assert_true(str_eq(m->other_id, STR("07STATE9")));
	assert_window(&m->other_window, WINDOW_YEAR, "2007-01-01", "2007-12-31");
	/* One post alone. */
	assert_int_equal(missing_from(f, "STATE").n, 1);
	assert_int_equal(missing_from(f, "KALVIK").n, 0);
}

static void test_year_follows_from_numbers(void **state)
{
	struct fixture *f = *state;
	struct missing_list list;
	const struct missing *m;

	/* By the end of January its post had come to 175. */
	put(f, "10KALVIK175", "2010-01-25", "A. KALVIK 2591 B. KALVIK 190 C. KALVIK 160");
	put(f, "09KALVIK2500", "2009-10-01", "");
	put(f, "09KALVIK2700", "2009-11-05", "");
	/* Another post's citation counts as well; where the number was reached, the year stays open. */
	put(f, "10SORNA8", "2010-01-26", "A. KALVIK 2600");
	put(f, "10SORNA9", "2010-12-26", "A. KALVIK 2650");
	list = missing_from(f, "");
	assert_int_equal(list.n, 5);
	m = missing_called(&list, "09KALVIK2591");
	assert_int_equal(m->year_basis, YEAR_FOLLOWS);
	assert_window(&m->window, WINDOW_SERIALS, "2009-10-01", "2009-11-05");
	assert_true(str_eq(m->window.after_id, STR("09KALVIK2500")));
	assert_true(str_eq(m->window.before_id, STR("09KALVIK2700")));
	assert_int_equal(missing_called(&list, "09KALVIK2600")->year_basis, YEAR_FOLLOWS);
	/* A few numbers ahead may have been drafted on the same day. */
	assert_int_equal(missing_called(&list, "10KALVIK190")->year_basis, YEAR_LIKELY);
	m = missing_called(&list, "10KALVIK160");
	assert_window(&m->window, WINDOW_SERIALS, "2010-01-01", "2010-01-25");
	m = missing_called(&list, "10KALVIK2650");
	assert_int_equal(m->year_basis, YEAR_LIKELY);
	assert_window(&m->window, WINDOW_SERIALS, "2010-01-25", "2010-12-26");
	assert_window(&m->other_window, WINDOW_SERIALS, "2009-10-01", "2009-11-05");
}

static void test_year_that_ended_before_the_number(void **state)
{
	struct fixture *f = *state;
	struct missing_list list;

	/* The year before ended at 1210, and by October the post had come to 2000: only this year has an 1800. */
	put(f, "07KALVIK1210", "2007-12-30", "");
	put(f, "08KALVIK2000", "2008-09-29", "");
	put(f, "08SORNA90", "2008-10-02", "KALVIK 1800");
	list = missing_from(f, "");
	assert_int_equal(list.n, 1);
	assert_true(str_eq(list.v[0].id, STR("08KALVIK1800")));
	assert_int_equal(list.v[0].year_basis, YEAR_FOLLOWS);
	assert_window(&list.v[0].window, WINDOW_SERIALS, "2008-01-01", "2008-09-29");
}

static void test_window(void **state)
{
	struct fixture *f = *state;
	struct missing_list list;

	put(f, "08KALVIK100", "2008-02-01", "");
	put(f, "08KALVIK110", "2008-02-05 23:10", "");
	put(f, "08KALVIK120", "2006-05-05", ""); /* a date that does not fit its number is no neighbour's */
	put(f, "08KALVIK130", "2008-03-09", "");
	put(f, "08KALVIK200", "2008-03-20", "");
	put(f, "08KALVIK210", "2008-03-10", ""); /* sent out of turn */
	put(f, "08KALVIK300", "2008-03", "");    /* without a day */
	put(f, "08SORNA10", "2008-06-01",
	    "A. 08 KALVIK 105 B. 08 KALVIK 115 C. 08 KALVIK 125 D. 08 KALVIK 205 E. 08 KALVIK 250 F. 08 KALVIK 1");
	put(f, "08SORNA11", "2008-02-20", "08 KALVIK 125");
	put(f, "08SORNA12", "2008-01-09", "08 KALVIK 400 AND PREVIOUS");
	put(f, "07SORNA13", "2007-11-09", "08 KALVIK 401");
	list = missing_from(f, "");
	assert_window(&missing_called(&list, "08KALVIK105")->window, WINDOW_SERIALS, "2008-02-01", "2008-02-05");
	assert_window(&missing_called(&list, "08KALVIK115")->window, WINDOW_SERIALS, "2008-02-05", "2008-03-09");
	assert_window(&missing_called(&list, "08KALVIK125")->window, WINDOW_SERIALS, "2008-02-05", "2008-02-20");
	assert_true(str_eq(missing_called(&list, "08KALVIK125")->window.before_id, STR("08SORNA11")));
	/* Its neighbours contradict each other, or whoever cites it: the year, cut at the first citation. */
	assert_window(&missing_called(&list, "08KALVIK205")->window, WINDOW_YEAR, "2008-01-01", "2008-06-01");
	assert_window(&missing_called(&list, "08KALVIK400")->window, WINDOW_YEAR, "2008-01-01", "2008-01-09");
	assert_window(&missing_called(&list, "08KALVIK401")->window, WINDOW_YEAR, "2008-01-01", "2008-12-31");
	assert_window(&missing_called(&list, "08KALVIK250")->window, WINDOW_SERIALS, "2008-03-10", "2008-06-01");
	assert_window(&missing_called(&list, "08KALVIK1")->window, WINDOW_SERIALS, "2008-01-01", "2008-02-01");
	assert_true(missing_called(&list, "08KALVIK400")->citers[0].and_previous);
}

static void test_missing_is_found_by_name(void **state)
{
	struct fixture *f = *state;
	struct mrn m = {.year = 2008, .post = "TARNHOLM", .serial = 12};
	struct missing_list list;
	struct err e = {0};

	put(f, "08SORNA60", "2008-06-01", "TARNHOLM 12");
	put(f, "06SORNA60", "2006-06-01", "06 TARNHOLM 12");
	assert_int_equal(archive_missing_find(f->ar, &f->a, &m, &list, &e), REFTEL_OK);
	assert_int_equal(list.n, 1);
	/* The year before is possible, so its name leads here as well. */
	m.year = 2007;
	assert_int_equal(archive_missing_find(f->ar, &f->a, &m, &list, &e), REFTEL_OK);
	assert_int_equal(list.n, 1);
	assert_true(str_eq(list.v[0].id, STR("08TARNHOLM12")));
	m.year = 2005;
	assert_int_equal(archive_missing_find(f->ar, &f->a, &m, &list, &e), REFTEL_OK);
	assert_int_equal(list.n, 0);
	m.year = 0;
	assert_int_equal(archive_missing_find(f->ar, &f->a, &m, &list, &e), REFTEL_OK);
	assert_int_equal(list.n, 2);
}

/* Only the text that is read by default cites: the other may be one that was struck out. */
static void test_citations_of_the_default_version(void **state)
{
	struct fixture *f = *state;
	struct missing_list list;

	put(f, "08SORNA60", "2008-06-01", "A. 08 TARNHOLM 12");
	put(f, "08SORNA60", "2008-06-01", "A. 08 TARNHOLM 12 B. 08 TARNHOLM 13");
	list = missing_from(f, "");
	assert_int_equal(list.n, 2);
	assert_int_equal(list.v[0].n_citers, 1);
	assert_int_equal(list.v[1].n_citers, 1);
}

/* ---- the walk ---------------------------------------------------------------------------------------------------- */

static struct ref_graph graph(struct fixture *f, const char *id, bool out, bool in, int depth)
{
	struct ref_question q = {.out = out, .in = in, .depth = depth};
	struct missing_list missing;
	struct cable_rows rows;
	struct ref_graph g;
	struct err e = {0};
	struct mrn m;

	assert_int_equal(archive_find(f->ar, &f->a, str_of(id), &rows, &e), REFTEL_OK);
	if (rows.n) {
		q.key = rows.v[0].key;
	} else {
		assert_int_equal(mrn_parse(str_of(id), &m, &e), REFTEL_OK);
		assert_int_equal(archive_missing_find(f->ar, &f->a, &m, &missing, &e), REFTEL_OK);
		assert_int_equal(missing.n, 1);
		q.missing = &missing.v[0];
	}
	assert_int_equal(archive_ref_graph(f->ar, &f->a, &q, &g, &e), REFTEL_OK);
	return g;
}

static const struct ref_node *node_called(const struct ref_graph *g, const char *id)
{
	for (size_t i = 0; i < g->n; i++)
		if (str_eq(g->v[i].id, str_of(id)))
			return &g->v[i];
	fail_msg("there is no node %s", id);
	return NULL;
}

static void test_circle(void **state)
{
	struct fixture *f = *state;
	struct ref_graph g;

	put(f, "08KALVIK1", "2008-01-09", "A. 08 KALVIK 2 B. 08 KALVIK 1");
	put(f, "08KALVIK2", "2008-01-10", "A. 08 KALVIK 3 B. TELCON WITH VENN");
	put(f, "08KALVIK3", "2008-01-11", "A. 08 KALVIK 1");
	g = graph(f, "08KALVIK1", true, true, 0);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.edges[REFS_OUT].n, 4);
	assert_int_equal(g.edges[REFS_IN].n, 4);
	assert_int_equal(g.v[0].walk[REFS_OUT].level, 0);
	assert_int_equal(node_called(&g, "08KALVIK3")->walk[REFS_OUT].level, 2);
	assert_int_equal(node_called(&g, "08KALVIK3")->walk[REFS_IN].level, 1);
	/* What is no cable is told of the start alone. */
	assert_int_equal(g.others.n, 0);
	g = graph(f, "08KALVIK2", true, false, 1);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.others.n, 1);
	assert_int_equal(g.others.v[0].ref.kind, REF_TELCON);
	assert_int_equal(g.edges[REFS_IN].n, 0);
}

static void test_expanded_where_nearest(void **state)
{
	struct fixture *f = *state;
	const struct ref_node *n;
	struct ref_graph g;

	/* 4 is met behind 2 first in reading order, but stands in the start's own list. */
	put(f, "08KALVIK1", "2008-01-20", "A. 08 KALVIK 2 B. 08 KALVIK 4");
	put(f, "08KALVIK2", "2008-01-10", "A. 08 KALVIK 4");
	put(f, "08KALVIK4", "2008-01-04", "A. 08 KALVIK 5");
	put(f, "08KALVIK5", "2008-01-02", "A. 08 KALVIK 6");
	g = graph(f, "08KALVIK1", true, false, 2);
	n = node_called(&g, "08KALVIK4");
	assert_int_equal(n->walk[REFS_OUT].level, 1);
	assert_int_equal(g.edges[REFS_OUT].v[n->walk[REFS_OUT].via].from, 0);
	assert_int_equal(n->walk[REFS_OUT].n, 1);
	n = node_called(&g, "08KALVIK5");
	assert_int_equal(n->walk[REFS_OUT].level, 2);
	assert_int_equal(n->walk[REFS_OUT].n, 0); /* as far as was asked */
	assert_int_equal(g.n, 4);
}

static void test_through_what_is_missing(void **state)
{
	struct fixture *f = *state;
	struct ref_graph g;

	put(f, "08KALVIK1", "2008-01-20", "A. TARNHOLM 12");
	put(f, "08KALVIK2", "2008-01-21", "A. 08 TARNHOLM 12 B. KALVIK 1");
	g = graph(f, "08KALVIK1", true, true, 1);
	assert_int_equal(g.n, 3);
	assert_int_equal(node_called(&g, "08TARNHOLM12")->row.key, 0);
	assert_int_equal(node_called(&g, "08TARNHOLM12")->missing->n_citers, 2);
	g = graph(f, "08 TARNHOLM 12", true, true, 0);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.v[0].walk[REFS_IN].n, 2);
	assert_int_equal(g.v[0].walk[REFS_OUT].n, 0);
	/* The implied year means the cable of the page that others give the year of. */
	assert_true(g.edges[REFS_IN].v[0].year_implied);
	assert_false(g.edges[REFS_IN].v[1].year_implied);
}

static void test_long_chain(void **state)
{
	struct fixture *f = *state;
	struct ref_graph g;

	for (int i = 1; i <= 300; i++) {
		const char *id = arena_printf(&f->a, "08KALVIK%d", i);

		put(f, id, "2008-05-01", arena_printf(&f->a, "08 KALVIK %d", i + 1));
	}
	g = graph(f, "08KALVIK1", true, true, 0);
	assert_int_equal(g.n, 301);
	assert_int_equal(g.v[300].walk[REFS_OUT].level, 300);
	assert_non_null(g.v[300].missing);
	g = graph(f, "08KALVIK301", false, true, 0);
	assert_int_equal(g.n, 301);
	g = graph(f, "08KALVIK100", true, true, 7);
	assert_int_equal(g.n, 15);
}

#define REFS_TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REFS_TEST(test_implied_year_is_satisfied_by_either),
		REFS_TEST(test_counted_together),
		REFS_TEST(test_year_follows_from_numbers),
		REFS_TEST(test_year_that_ended_before_the_number),
		REFS_TEST(test_window),
		REFS_TEST(test_missing_is_found_by_name),
		REFS_TEST(test_citations_of_the_default_version),
		REFS_TEST(test_circle),
		REFS_TEST(test_expanded_where_nearest),
		REFS_TEST(test_through_what_is_missing),
		REFS_TEST(test_long_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
