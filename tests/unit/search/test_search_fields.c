/*
 * Queries and the cables that they find, by example: what random archives tell only to the one who reads their seed.
 */
#include "small.h"

#include "search/search.h"

struct telegram_row {
	const char *id, *title, *body;
};

static const struct telegram_row rows[] = {
	{"08KALVIK1", "",
	 "C O N F I D E N T I A L KALVIK 000001\n\nTAGS: PREL, KV\nSUBJECT: FERRY PIERS\n\n"
	 "REF: A. 07 SORNA 9\n     B. VENN-TAMM TELCON OF MARCH 1\n\n"
	 "1. (C) The harbour master kept the keys of the ferry piers.\n\n"
	 "2. (S/NF) She kept them well.\n\nVENN\n"},
	{"08KALVIK2", "",
	 "UNCLAS KALVIK 000002\n\nTAGS: EWWT\nSUBJECT: KEYS\n\nREF: VENN-TAMM TELCON OF MARCH 1\n\n"
	 "1. (U) The keys are kept by the harbour office.\n\n2. Nobody marked this one.\n\nAALTO\n"},
	{"08SORNA3", "Strike at the fish market", "The dockers went on strike.\n"},
	{"08SORNA4", "",
	 "UNCLAS SORNA 000004\n\nSUBJECT: REPLY\n\nREF: A. KALVIK 1\n     B. 09 SORNA 9\n\n"
	 "1. (U) The docker's reply was short.\n\nVENN\n"},
};

static int setup(void **state)
{
	struct small *s = calloc(1, sizeof(*s));
	struct arena a = {0};
	struct err e = {0};

	assert_non_null(s);
	small_open(s, 1);
	must(archive_begin(s->ar, &e), e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct cable_record r = {.id = str_of(rows[i].id),
					 .date = {2008, 3, (int8_t)(i + 1), 0, 0, DATE_DAY},
					 .origin = STR("Embassy Kalvik"),
					 .title = str_of(rows[i].title),
					 .body = str_of(rows[i].body)};
		struct archive_put put;
		struct cable c;

		must(cable_read(&a, &r, &c, &e), e);
		must(archive_put(s->ar, &c, NULL, s->source, i, &put, &e), e);
	}
	must(archive_commit(s->ar, &e), e);
	small_index(s, 0, 1);
	arena_free(&a);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	small_close(*state);
	free(*state);
	return 0;
}

/* The oldest first; the numbers of rows from 1. */
static const struct {
	const char *query, *found;
} lines[] = {
	/* A cable whose subject is not in its text is found by both. */
	{"strike", "3"},
	{"dockers", "34"},
	{"\"went on strike\"", "3"},
	{"subject:fish", "3"},
	{"fish", "3"},
	{"subject:dockers", ""},
	{"subject:ferry", "1"},
	/* A paragraph's mark is its own. */
	{"para:none", "23"},
	{"para:none class:none", "3"},
	{"-para:none", "14"},
	{"para:S/NF", "1"},
	{"para:NF", "1"},
	{"para>=confidential", "1"},
	{"para:U", "24"},
	{"class>=secret", ""},
	/* References to cables; a talk is none. */
	{"has:refs", "14"},
	{"refs:08KALVIK1", "4"},
	{"refs:07SORNA9", "1"},
	{"refs:09SORNA9", "4"},
	{"refs:\"SORNA 9\"", "14"},
	{"refs:\"KALVIK 1\"", "4"},
	{"refby:08SORNA4", "1"},
	{"missing:yes", "14"},
	{"missing:no", "23"},
	/* The window that holds all of them is so many words longer than they are together. */
	{"NEAR/1(harbour keys)", ""},
	{"NEAR/2(keys harbour)", ""},
	{"NEAR/3(harbour keys)", "1"},
	{"NEAR/4(keys harbour)", "12"},
	{"NEAR/0(harbour keys)", NULL},
	{"NEAR/2(keys \"harbour office\")", ""},
	{"NEAR/4(keys \"harbour office\")", "2"},
	{"NEAR/1(ferry \"ferry piers\")", "1"},
};

static void found_are(const struct small *s, const char *query, const char *want)
{
	struct catalog *c = small_catalog(s);
	struct arena a = {0};
	struct search_options o = {.sort = SORT_OLDEST, .limit = SIZE_MAX};
	struct search_result got;
	struct err e = {0};
	int rc = search_run(c, &a, str_of(query), &o, &got, NULL, &e);
	char found[16] = "";

	if (want)
		must_be_ok(rc, &e);
	else
		assert_int_equal(rc, REFTEL_EINVAL);
	for (size_t i = 0; want && i < got.n_hits; i++)
		found[i] = (char)('0' + got.hits[i].key);
	if (want && strcmp(found, want) != 0)
		fail_msg("%s finds %s, wanted %s", query, found, want);
	catalog_close(c);
	arena_free(&a);
}

static void test_fields(void **state)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		found_are(*state, lines[i].query, lines[i].found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_fields, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
