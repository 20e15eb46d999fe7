/*
 * Words and their bytes. What a line here gets wrong, the check calls altered although it is not, or points at the
 * wrong place in the cable.
 */
#include "test.h"

#include "text/text.h"

struct line {
	const char *text, *folded;
};

static const struct line lines[] = {
	{"Bhutto,s and Karachi,s", "bhuttos and karachis"},
	{"Bhutto's Bhutto\u2019s Bhutto`s", "bhuttos bhuttos bhuttos"},
	{"security,and", "security and"},
	{"don,t we,re it,ll", "dont were itll"},
	{"the agencies' own", "the agencies own"},
	{"U.S. U.S US", "us us us"},
	{"e.g. this", "eg this"},
	{"end of it.Then", "end of it then"},
	{"1,000 1000 12,345,678", "1000 1000 12345678"},
	{"1,00 and 1,2", "1 00 and 1 2"},
	{"1.4 not 14", "1.4 not 14"},
	{"10% 10 % 10 percent", "10 percent 10 percent 10 percent"},
	{"law & order, R&D", "law and order r d"},
	{"&very good", "very good"},
	{"mid-level 10-15", "mid level 10 15"},
	{"anti-\ncorruption", "anticorruption"},
	{"anti- \n  corruption", "anticorruption"},
	{"al-\nQaeda", "al qaeda"},
	{"stop -\nand go", "stop and go"},
	{"\ufb01ne \u00c6sir Stra\u00dfe na\u00efve", "fine aesir strasse naive"},
	{"soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"},
	{"e\u0301lan", "elan"},
	{"\u201cquoted\u201d \u2014 dash", "quoted dash"},
	{"\u00b62. (C) Text", "2 c text"},
	{"C O N F", "c o n f"},
	{"a\xff\xfe"
	 "b",
	 "a b"},
	{"07KALVIK412", "07kalvik412"},
	{"\uff11\uff12", "12"},
	{"", ""},
};

static void test_folding(void **state)
{
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct str got = text_fold(&a, str_of(lines[i].text));

		if (!str_eq(got, str_of(lines[i].folded)))
			fail_msg("\"%s\" folds to \"%.*s\", wanted \"%s\"", lines[i].text, STR_ARG(got),
				 lines[i].folded);
	}
	arena_free(&a);
}

static void test_bytes(void **state)
{
	struct str text = STR("x \u201cHer\u00e9,s\u201d long-\n term");
	struct arena a = {0};
	struct tokens t = text_tokens(&a, text, NULL, false);

	(void)state;
	assert_int_equal(t.n, 3);
	assert_true(str_eq(str_sub(text, t.v[1].off, t.v[1].end), STR("Her\u00e9,s")));
	assert_true(t.v[1].flags & TOKEN_CAPITAL);
	assert_true(str_eq(str_sub(text, t.v[2].off, t.v[2].end), STR("long-\n term")));
	assert_true(t.v[2].flags & TOKEN_HYPHENATED);
	arena_free(&a);
}

static void test_flags(void **state)
{
	struct arena a = {0};
	struct tokens t = text_tokens(&a, STR("XXXX xxxxxx XXX XXXY 2007 1st"), NULL, false);

	(void)state;
	assert_int_equal(t.n, 6);
	assert_true(t.v[0].flags & TOKEN_REDACTED);
	assert_true(t.v[1].flags & TOKEN_REDACTED);
	assert_false(t.v[2].flags & TOKEN_REDACTED);
	assert_false(t.v[3].flags & TOKEN_REDACTED);
	assert_true(t.v[4].flags & TOKEN_NUMBER);
	assert_false(t.v[5].flags & TOKEN_NUMBER);
	arena_free(&a);
}

static void test_vocab(void **state)
{
	struct arena a = {0};
	struct vocab v = {0};
	struct tokens t = text_tokens(&a, STR("one two One"), &v, true);
	struct tokens u = text_tokens(&a, STR("two three"), &v, false);

	(void)state;
	assert_int_equal(t.v[0].id, t.v[2].id);
	assert_int_equal(u.v[0].id, t.v[1].id);
	assert_int_equal(u.v[1].id, 0);
	assert_int_equal(v.words.n, 2);
	for (int i = 0; i < 5000; i++) {
		char w[16];

		snprintf(w, sizeof(w), "w%d", i);
		assert_int_equal(vocab_add(&v, str_of(w)), 3 + i);
	}
	assert_int_equal(vocab_find(&v, STR("w4999")), 5002);
	vocab_free(&v);
	arena_free(&a);
}

static void test_utf8(void **state)
{
	/* Overlong, surrogate, beyond the last, cut, stray. Each bad byte is one replacement, and the walk ends. */
	static const struct {
		const char *s;
		size_t n, code_points;
		bool valid;
	} cases[] = {
		{"\xc0\x80", 2, 2, false},
		{"\xed\xa0\x80", 3, 3, false},
		{"\xf4\x90\x80\x80", 4, 4, false},
		{"\xe2\x82", 2, 2, false},
		{"\x80", 1, 1, false},
		{"\xef\xbf\xbd", 3, 1, true},
		{"a\xc3\xa9\xf0\x9f\x90\x9f", 7, 3, true},
		{"\xe0\x9f\xbf", 3, 3, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str s = {cases[i].s, cases[i].n};
		size_t n = 0;

		for (size_t pos = 0; pos < s.n; n++)
			utf8_next(s, &pos);
		assert_int_equal(n, cases[i].code_points);
		assert_int_equal(utf8_valid(s), cases[i].valid);
	}
}

static void test_encodings(void **state)
{
	static const char le[] = "\xff\xfeK\0a\0\xe9\0", be[] = "\0K\0a\0l\0v", latin[] = "caf\xe9 \x93x\x94";
	struct arena a = {0};
	struct str s;

	(void)state;
	s = (struct str){le, 8};
	assert_int_equal(text_sniff_encoding(s), ENC_UTF16LE);
	assert_true(str_eq(text_to_utf8(&a, s, ENC_UTF16LE), STR("Ka\u00e9")));
	s = (struct str){be, 8};
	assert_int_equal(text_sniff_encoding(s), ENC_UTF16BE);
	assert_true(str_eq(text_to_utf8(&a, s, ENC_UTF16BE), STR("Kalv")));
	s = str_of(latin);
	assert_int_equal(text_sniff_encoding(s), ENC_LATIN1);
	assert_true(str_eq(text_to_utf8(&a, s, ENC_LATIN1), STR("caf\u00e9 \u201cx\u201d")));
	assert_int_equal(text_sniff_encoding((struct str){"\0\1\2\3\4\5\6\7", 8}), ENC_BINARY);
	assert_int_equal(text_sniff_encoding(STR("plain")), ENC_UTF8);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folding), cmocka_unit_test(test_bytes), cmocka_unit_test(test_flags),
		cmocka_unit_test(test_vocab),   cmocka_unit_test(test_utf8),  cmocka_unit_test(test_encodings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
