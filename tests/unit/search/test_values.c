/*
 * What is browsed, and what is new: the values of a field against the counts of a search that finds everything, their
 * first and last days against searches by date, and texts behind a version against all of them.
 */
#include "search/search.h"
#include "small.h"

#define ALL "date:none OR NOT date:none"

struct fixture {
	struct small s;
	struct catalog *c;
	struct arena a;
};

/* Several segments, superseded and near-alike texts. */
static int fixture_open(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	small_open(&f->s, 4);
	for (int i = 0; i < 4; i++) {
		small_put(&f->s, 60);
		small_index(&f->s, 1 << 16, 1);
	}
	f->c = small_catalog(&f->s);
	*state = f;
	return 0;
}

static int fixture_close(void **state)
{
	struct fixture *f = *state;

	catalog_close(f->c);
	arena_free(&f->a);
	small_close(&f->s);
	free(f);
	return 0;
}

static struct search_result run(struct fixture *f, const char *query, const struct search_options *o)
{
	struct search_result r;
	struct err e = {0};

	if (search_run(f->c, &f->a, str_of(query), o, &r, NULL, &e) != REFTEL_OK)
		fail_msg("%s: %s", query, e.msg);
	return r;
}

static uint64_t count_of(const struct facet *f, struct str value)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->v[i].value, value))
			return f->v[i].n;
	return 0;
}

static void test_values_are_those_of_all_cables(void **state)
{
	struct fixture *f = *state;
	struct search_options o = {.facets = ~1U};
	struct search_result r = run(f, ALL, &o);

	assert_true(r.total > 50);
	for (int field = 1; field < N_CATALOG_FIELDS; field++) {
		struct search_values v;
		struct err e = {0};

		assert_int_equal(search_values(f->c, &f->a, (enum catalog_field)field, &v, &e), REFTEL_OK);
		assert_int_equal(v.n, r.facets[field].n);
		for (size_t i = 0; i < v.n; i++) {
			assert_int_equal(v.v[i].n, count_of(&r.facets[field], v.v[i].value));
			assert_true(!i || str_cmp(v.v[i - 1].value, v.v[i].value) < 0);
		}
	}
}

static void test_values_say_from_when_to_when(void **state)
{
	struct fixture *f = *state;
	struct search_values v;
	struct err e = {0};
	size_t dated = 0;

	assert_int_equal(search_values(f->c, &f->a, FIELD_TAG, &v, &e), REFTEL_OK);
	for (size_t i = 0; i < v.n; i++) {
		struct search_options o = {.sort = SORT_NEWEST, .limit = SIZE_MAX};
		struct search_result r = run(f, arena_printf(&f->a, "tag:\"%.*s\"", STR_ARG(v.v[i].value)), &o);
		int64_t first = INDEX_NO_DATE, last = INDEX_NO_DATE;

		for (size_t k = 0; k < r.n_hits; k++) {
			int64_t when = r.hits[k].when;

			if (when == INDEX_NO_DATE)
				continue;
			first = first == INDEX_NO_DATE || when < first ? when : first;
			last = last == INDEX_NO_DATE || when > last ? when : last;
			dated++;
		}
		assert_int_equal(v.v[i].first, first);
		assert_int_equal(v.v[i].last, last);
	}
	assert_true(dated > 20);
}

/* For words, fields and both, ranked or by date, with and without a count. */
static void test_texts_behind_a_version_are_the_new_ones(void **state)
{
	struct fixture *f = *state;
	static const char *const filters[] = {ALL, "class>=unclassified", "NOT has:redaction"};
	size_t cut = 0;

	for (int i = 0; i < 9; i++) {
		const char *query = i < 3   ? filters[i]
				    : i < 6 ? small_words[i]
					    : arena_printf(&f->a, "(%s OR %s) class>=unclassified", small_words[i],
							   small_words[i + 1]);
		struct search_options all = {.sort = i % 2 ? SORT_NEWEST : SORT_RELEVANCE, .limit = SIZE_MAX};
		struct search_result r = run(f, query, &all);

		for (int64_t after = 1; after <= f->c->last + 1; after += 37) {
			struct search_options o = all;
			struct search_result some;
			size_t at = 0;

			o.after_version = after;
			o.count = after % 2;
			some = run(f, query, &o);
			for (size_t k = 0; k < r.n_hits; k++) {
				if (r.hits[k].version <= after) {
					cut++;
					continue;
				}
				assert_true(at < some.n_hits);
				assert_int_equal(some.hits[at++].version, r.hits[k].version);
			}
			assert_int_equal(at, some.n_hits);
			if (o.count)
				assert_int_equal(some.total, at);
		}
	}
	assert_true(cut > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_values_are_those_of_all_cables, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(test_values_say_from_when_to_when, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(test_texts_behind_a_version_are_the_new_ones, fixture_open,
						fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
