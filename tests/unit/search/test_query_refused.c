/*
 * What is said of a query that cannot be read: the sentence, the place, the bounds, and the place shown under the
 * query.
 */
#include "test.h"

#include "search/query_priv.h"

/* ---- what is said of a query that cannot be read ----------------------------------------------------------------- */

struct refusal {
	const char *query;
	uint32_t off, end;
	const char *says; /* part of the sentence */
};

static void expect_refusal(const struct refusal *v)
{
	struct arena a = {0};
	struct query q;
	struct span where = {UINT32_MAX, UINT32_MAX};
	struct err e = {0};
	int rc = query_parse(&a, str_of(v->query), &q, &where, &e);

	if (rc != REFTEL_EINVAL || e.code != rc)
		fail_msg("%s: gives %d, not an error", v->query, rc);
	if (!strstr(e.msg, v->says))
		fail_msg("%s: says \"%s\", wanted \"%s\" in it", v->query, e.msg, v->says);
	if (where.off != v->off || where.end != v->end)
		fail_msg("%s: points at %u-%u, wanted %u-%u", v->query, where.off, where.end, v->off, v->end);
	if (q.root)
		fail_msg("%s: has a tree all the same", v->query);
	arena_free(&a);
}

static void expect_refusals(const struct refusal *v, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect_refusal(&v[i]);
}

#define EXPECT_REFUSALS(table) expect_refusals((table), sizeof(table) / sizeof(*(table)))

static void test_refused_syntax(void **state)
{
	static const struct refusal v[] = {
		{"", 0, 0, "character 1: expected a word"},
		{"  ", 2, 2, "the query ends there"},
		{"(ferry", 6, 6, "character 7: expected \")\" for the \"(\" at character 1, but the query ends there"},
		{"ferry)", 5, 6, "character 6: expected a \"(\" before this \")\""},
		{"()", 1, 2, "character 2: expected a word"},
		{"AND ferry", 0, 3, "but \"AND\" stands there"},
		{"ferry AND", 9, 9, "the query ends there"},
		{"ferry OR OR pier", 9, 11, "but \"OR\" stands there"},
		{"(ferry OR) pier", 9, 10, "but \")\" stands there"},
		{"ferry -", 7, 7, "right behind \"-\""},
		{"ferry - pier", 7, 8, "right behind \"-\""},
		{"\u00e9\u00e9 \"open", 5, 6, "character 4: expected a quotation mark that closes this one"},
		{"\u201copen\"", 0, 3, "closes this one"},
		{"\"...\"", 0, 5, "words between the quotation marks"},
		{"\"\"", 0, 2, "words between the quotation marks"},
		{"... ferry", 0, 3, "but \"...\" stands there"},
		{"a(b", 3, 3, "for the \"(\" at character 2"},
	};

	(void)state;
	EXPECT_REFUSALS(v);
}

static void test_refused_words(void **state)
{
	static const struct refusal v[] = {
		{"s*", 0, 2, "at least 2 letters beside * and ?"},
		{"*", 0, 1, "at least 2 letters"},
		{"al-so*", 0, 6, "one word with * or ? in it"},
		{"\"secur* forces\"", 1, 7, "whole words inside quotation marks"},
		{"\"t?mm said\"", 1, 5, "whole words inside quotation marks"},
		{"\"* said\"", 0, 8, "begins and ends with a word"},
		{"\"said *\"", 0, 8, "begins and ends with a word"},
		{"ab~1", 0, 4, "at least 3 letters before \"~\""},
		{"kalvik~3", 7, 8, "1 or 2 behind \"~\""},
		{"kalvik~0", 7, 8, "1 or 2 behind \"~\""},
		{"kalvik~12", 7, 9, "1 or 2 behind \"~\""},
		{"kalv*~1", 0, 7, "not both"},
		{"\"ferry line\"~5", 12, 14, "NEAR/5(these words)"},
		{"a NEAR/0 b", 7, 8, "from 1 to 1000"},
		{"a NEAR/1001 b", 7, 11, "from 1 to 1000"},
		{"a NEAR/99999999999999999999 b", 7, 27, "from 1 to 1000"},
		{"a NEAR/x b", 7, 8, "from 1 to 1000"},
		{"NEAR/8(a)", 8, 9, "a second word inside of NEAR"},
		{"NEAR/8()", 7, 8, "two words inside of NEAR"},
		{"NEAR/8(a b", 10, 10, "for the \"(\" at character 7"},
		{"NEAR/8(a OR b)", 9, 11, "words and phrases only"},
		{"NEAR/8(a -b)", 9, 11, "words and phrases only"},
		{"NEAR/8(a (b c))", 9, 10, "words and phrases only"},
		{"NEAR/8(a tag:PTER)", 13, 17, "a word or a phrase beside NEAR"},
		{"NEAR/8(a subject:b)", 17, 18, "words of one field"},
		{"NEAR/8 a", 0, 6, "a word before NEAR"},
		{"a NEAR/8 (b OR c)", 10, 16, "a word or a phrase beside NEAR"},
		{"tag:PTER NEAR/8 b", 4, 8, "a word or a phrase beside NEAR"},
		{"a NEAR/8 b NEAR/9 c", 11, 17, "NEAR/8 again"},
		{"subject:a NEAR/8 b", 17, 18, "words of one field"},
		{"NEAR/8(a NEAR/8 b)", 9, 15, "words and phrases only"},
	};

	(void)state;
	EXPECT_REFUSALS(v);
}

static void test_refused_fields(void **state)
{
	static const struct refusal v[] = {
		{"ferry orign:kalvik", 6, 11, "none called \"orign\", did you mean \"origin\"?; the fields are body,"},
		{"classification:secret", 0, 14, "did you mean \"class\"?"},
		{"tags:PTER", 0, 4, "did you mean \"tag\"?"},
		{"http://kalvik", 0, 4, "none called \"http\"; the fields are"},
		{"tag>=PTER", 3, 5, "only class, para and date can be compared"},
		{"origin: kalvik", 7, 8, "a value right behind \"origin:\""},
		{"origin:", 7, 7, "a value right behind \"origin:\""},
		{"origin:-kalvik", 7, 8, "a value right behind"},
		{"(origin:)", 8, 9, "a value right behind"},
		{"origin:kal*", 7, 11, "written out, without * and ?"},
		{"origin:...", 7, 10, "a value behind \"origin:\""},
		{"tag:(PTER origin:kalvik)", 10, 17, "values of \"tag:\" only"},
		{"subject:(ferry tag:PTER)", 15, 19, "values of \"subject:\" only"},
		{"tag:(PTER NEAR PK)", 5, 9, "a word or a phrase beside NEAR"},
		{"class:public", 6, 12, "a classification behind \"class\""},
		{"class:S/FGI", 6, 11, "a classification behind"},
		{"class:S/C", 6, 9, "a classification behind"},
		{"class:\"secret agent\"", 6, 20, "a classification behind"},
		{"para:\"S/REL NATO\"", 5, 17, "a classification behind"},
		{"class>=noforn", 7, 13, "a classification behind"},
		{"class>=none", 7, 11, "a classification behind"},
		{"class>=(S OR C)", 7, 8, "one value behind a comparison"},
		{"caption:secret", 8, 14, "a caption: noforn"},
		{"has:redactions", 4, 14, "did you mean \"redaction\"?"},
		{"has:x", 4, 5, "redaction, refs, summary, comment or versions"},
		{"missing:perhaps", 8, 15, "no or yes"},
		{"number:12a", 7, 10, "a running number"},
		{"number:0", 7, 8, "a running number"},
		{"number:4294967296", 7, 17, "a running number"},
		{"id:.--", 3, 6, "a cable's id like"},
		{"id:07 KALVIK 412 ferry", 3, 16, "quotation marks around an id"},
		{"refs:KALVIK 412", 5, 15, "quotation marks around an id"},
		{"date:10/23/2007", 5, 15, "a date like 2007"},
		{"date:2007-02-30", 5, 15, "a date like 2007"},
		{"date:2007..2008-13", 11, 18, "a date like 2007"},
		{"date:\"2007-10-23 14:50\"", 6, 22, "a date like 2007"},
		{"date:2009..2007", 5, 15, "ends after it begins"},
		{"date:..", 5, 7, "at least one side"},
		{"date>=2007..2008", 6, 16, "not a range"},
		{"date>9999", 5, 9, "on the side that is asked for"},
		{"date<0001-01-01", 5, 15, "on the side that is asked for"},
	};

	(void)state;
	EXPECT_REFUSALS(v);
}

/* What steers a terminal must not come out of a message. */
static void test_message_is_plain(void **state)
{
	struct arena a = {0};
	struct query q;
	struct err e = {0};

	(void)state;
	assert_int_equal(query_parse(&a, STR("(ferry AND \x1b\x01\xff\u202e"), &q, NULL, &e), REFTEL_EINVAL);
	assert_non_null(strstr(e.msg, "but \"\u241b\u2401\ufffd\ufffd\" stands there"));
	arena_free(&a);
}

/* ---- bounds ------------------------------------------------------------------------------------------------------ */

static int parse_repeated(const char *open, const char *middle, const char *close, size_t n, struct err *e)
{
	struct arena a = {0};
	struct buf b = {0};
	struct query q;
	int rc;

	for (size_t i = 0; i < n; i++)
		buf_puts(&b, open);
	buf_puts(&b, middle);
	for (size_t i = 0; i < n; i++)
		buf_puts(&b, close);
	rc = query_parse(&a, buf_view(&b), &q, NULL, e);
	buf_free(&b);
	arena_free(&a);
	return rc;
}

static void test_bounds(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(parse_repeated("(", "ferry", ")", QUERY_DEPTH_MAX, &e), REFTEL_OK);
	assert_int_equal(parse_repeated("(", "ferry", ")", QUERY_DEPTH_MAX + 1, &e), REFTEL_ELIMIT);
	assert_non_null(strstr(e.msg, "character 65: more than 64 parentheses"));
	assert_int_equal(parse_repeated("(", "ferry", ")", 20000, &e), REFTEL_ELIMIT);
	assert_int_equal(parse_repeated("-", "ferry", "", QUERY_DEPTH_MAX, &e), REFTEL_OK);
	assert_int_equal(parse_repeated("NOT ", "ferry", "", QUERY_DEPTH_MAX + 1, &e), REFTEL_ELIMIT);
	assert_int_equal(parse_repeated("-", "07KALVIK412", "", QUERY_DEPTH_MAX, &e), REFTEL_ELIMIT);
	assert_int_equal(parse_repeated("a ", "ferry", "", QUERY_NODES_MAX - 2, &e), REFTEL_OK);
	assert_int_equal(parse_repeated("a ", "ferry", "", QUERY_NODES_MAX - 1, &e), REFTEL_ELIMIT);
	assert_non_null(strstr(e.msg, "at most 10000 words"));
	assert_int_equal(parse_repeated("a", "", "", QUERY_WORD_MAX, &e), REFTEL_OK);
	assert_int_equal(parse_repeated("a", "", "", QUERY_WORD_MAX + 1, &e), REFTEL_ELIMIT);
	assert_int_equal(parse_repeated("ab", "*", "", QUERY_WORD_MAX, &e), REFTEL_ELIMIT);
	assert_int_equal(parse_repeated("id", "", "", QUERY_BYTES_MAX, &e), REFTEL_ELIMIT);
	assert_non_null(strstr(e.msg, "at most 64 KiB"));
	assert_int_equal(parse_repeated(" ", "ferry", "", QUERY_BYTES_MAX - 5, &e), REFTEL_OK);
}

static void test_phrase_counts(void **state)
{
	struct arena a = {0};
	struct buf b = {0};
	struct query q;

	(void)state;
	for (int i = 0; i < QUERY_NODES_MAX; i++)
		buf_puts(&b, i ? " a" : "\"a");
	buf_puts(&b, "\"");
	assert_int_equal(query_parse(&a, buf_view(&b), &q, NULL, NULL), REFTEL_OK);
	buf_puts(&b, " a");
	assert_int_equal(query_parse(&a, buf_view(&b), &q, NULL, NULL), REFTEL_ELIMIT);
	buf_free(&b);
	arena_free(&a);
}

/* ---- anything at all --------------------------------------------------------------------------------------------- */

static uint32_t random_of(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* Pieces of queries thrown together: mostly errors, each with a place inside the query and a word about it. */
static void test_any_bytes(void **state)
{
	static const char *const pieces[] = {
		"(",   ")",     "\"",          "\u201c", "\u201d", "-",         "*",        "?",     "~",
		"AND", "OR",    "NOT ",        "NEAR/",  "8",      "tag:",      "class>",   "..",    "S/",
		" ",   "ferry", "07KALVIK412", "\xff",   "\u00a0", "date:2007", "subject:", "\u0149"};
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		struct arena a = {0};
		struct buf text = {0}, shown = {0};
		struct span where = {UINT32_MAX, UINT32_MAX};
		struct query q;
		struct err e = {0};

		for (uint32_t n = random_of(&seed, 12); n; n--)
			buf_puts(&text, pieces[random_of(&seed, sizeof(pieces) / sizeof(*pieces))]);
		if (query_parse(&a, buf_view(&text), &q, &where, &e) != REFTEL_OK) {
			query_point(&shown, buf_view(&text), where);
			if (where.off > where.end || where.end > text.n || !strstr(e.msg, ", character "))
				fail_msg("%s: %u-%u %s", text.p, where.off, where.end, e.msg);
		}
		buf_free(&text);
		buf_free(&shown);
		arena_free(&a);
	}
}

/* ---- the place under the query ----------------------------------------------------------------------------------- */

static void expect_point(const char *query, uint32_t off, uint32_t end, const char *want)
{
	struct buf b = {0};

	query_point(&b, str_of(query), (struct span){off, end});
	assert_string_equal(b.p, want);
	buf_free(&b);
}

static void test_point(void **state)
{
	(void)state;
	expect_point("ferry OR OR pier", 9, 11,
		     "ferry OR OR pier\n"
		     "         ^^\n");
	expect_point("(ferry", 6, 6,
		     "(ferry\n"
		     "      ^\n");
	expect_point("", 0, 0, "\n^\n");
	expect_point("\u6e2f\u53e3 \u00e9 )", 10, 11,
		     "\u6e2f\u53e3 \u00e9 )\n"
		     "       ^\n");
	expect_point("a\tb\x1b\xff )", 6, 7,
		     "a\u2409b\u241b\ufffd )\n"
		     "      ^\n");
}

/* `!` among `n` fillers, at place `at`; the span of the `!`. */
static struct span long_query(struct buf *q, const char *filler, size_t at, size_t n)
{
	struct span where = {0};

	for (size_t i = 0; i < n; i++) {
		if (i == at) {
			where.off = (uint32_t)q->n;
			buf_puts(q, "!");
			where.end = (uint32_t)q->n;
		}
		buf_puts(q, filler);
	}
	return where;
}

/* Long queries are cut on either side; the caret stays under its place and the line within a terminal. */
static void expect_cut(const char *filler, size_t at)
{
	struct buf q = {0}, out = {0};
	struct span where = long_query(&q, filler, at, 300);
	struct str rest, shown = {0}, carets = {0};
	size_t sign, column;

	query_point(&out, buf_view(&q), where);
	rest = buf_view(&out);
	assert_true(str_line(&rest, &shown));
	assert_true(str_line(&rest, &carets));
	assert_int_equal(rest.n, 0);
	assert_true(utf8_columns(shown) <= 76);
	sign = str_find(shown, STR("!"), 0);
	column = str_find(carets, STR("^"), 0);
	assert_int_equal(carets.n, column + 1);
	if (sign == SIZE_MAX || utf8_columns(str_sub(shown, 0, sign)) != column)
		fail_msg("\"%s\", %zu before the place:\n%s", filler, at, out.p);
	buf_free(&q);
	buf_free(&out);
}

static void test_point_is_cut(void **state)
{
	static const char *const fillers[] = {"a", "\u6e2f", "\u00e9", "\t", "e\u0301"};

	(void)state;
	for (size_t f = 0; f < sizeof(fillers) / sizeof(*fillers); f++)
		for (size_t at = 0; at < 300; at += 7)
			expect_cut(fillers[f], at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_syntax), cmocka_unit_test(test_refused_words),
		cmocka_unit_test(test_refused_fields), cmocka_unit_test(test_message_is_plain),
		cmocka_unit_test(test_bounds),         cmocka_unit_test(test_phrase_counts),
		cmocka_unit_test(test_any_bytes),      cmocka_unit_test(test_point),
		cmocka_unit_test(test_point_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
