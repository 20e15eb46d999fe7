/*
 * Reference ids, date-time groups, dates, markings. What is misread here sends a reporter to another cable, or calls a
 * paragraph secret that is not.
 */
#include "test.h"

#include "cable/cable.h"

struct pair {
	const char *in, *out;
};

static void test_ids(void **state)
{
	static const struct pair pairs[] = {
		{"07ISLAMABAD4531", "07ISLAMABAD4531"},
		{"07 ISLAMABAD 4531", "07ISLAMABAD4531"},
		{"2007 ISLAMABAD 004531", "07ISLAMABAD4531"},
		{"ISLAMABAD 4531", "ISLAMABAD4531"},
		{"islamabad 4531", "ISLAMABAD4531"},
		{"07 NEW DELHI 12", "07NEWDELHI12"},
		{"07newdelhi12", "07NEWDELHI12"},
		{"09 PORT OF SPAIN 1", "09PORTOFSPAIN1"},
		{"09 KALVIK 12", "09KALVIK12"},
		{"KALVIK 12 (09)", "09KALVIK12"},
		{"SECSTATE 12", "STATE12"},
		{"08 SECDEF 12", "08SECDEF12"},
		{"07 UNVIE 12", "07UNVIEVIENNA12"},
		{"07 VIENNA 12", "07VIENNA12"},
		{"AMEMBASSY PARIS 12", "PARIS12"},
		{"66BUENOSAIRES2481", "66BUENOSAIRES2481"},
		{"06KIEV1261", "06KIEV1261"},
		{"99KALVIK1", "99KALVIK1"},
		{"10 AUGUST 2008", NULL},
		{"KALVIK", NULL},
		{"12", NULL},
		{"", NULL},
		{"07KALVIK0", NULL},
		{"07KALVIK123456789", NULL},
		{"SECTION 02", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct err e = {0};
		struct mrn m;
		char got[MRN_MAX] = "";

		if (mrn_parse(str_of(pairs[i].in), &m, &e) == REFTEL_OK)
			mrn_format(&m, got);
		else
			assert_true(e.msg[0] != '\0');
		if (strcmp(got, pairs[i].out ? pairs[i].out : "") != 0)
			fail_msg("\"%s\" is read as \"%s\", wanted \"%s\"", pairs[i].in, got, pairs[i].out);
	}
}

static void test_lists(void **state)
{
	static const struct {
		const char *text, *list, *prose;
	} cases[] = {
		{"A. KALVIK 1044 B. 08 STATE 12345 (NOTAL) C. VENN-AALTO TELCON", "KALVIK1044 08STATE12345",
		 "08STATE12345"},
		{"09 FOO 12 AND 13", "09FOO12 09FOO13", "09FOO12 09FOO13"},
		{"KALVIK 12, 14 AND 15 AND PREVIOUS; 08 BERLIN 3, 09 PARIS 7",
		 "KALVIK12 KALVIK14 KALVIK15 08BERLIN3 09PARIS7", "08BERLIN3 09PARIS7"},
		{"10 AUGUST 2008 NON-PAPER, STATE CA-3400, 7 FAM 180, IIR 6 800 0001 10", "", ""},
		{"KALVIK 00005388 002 OF 003", "", ""},
		{"A) 2006 NEW DELHI 40 B) RIO 5 (08)", "06NEWDELHI40 08RIODEJANEIRO5", "06NEWDELHI40 08RIODEJANEIRO5"},
		{"In London 2012 the Games, UNSCR 1747 and section 3", "", ""},
		{"see 07islamabad4531 and ISLAMABAD 4599", "07ISLAMABAD4531 ISLAMABAD4599",
		 "07ISLAMABAD4531 ISLAMABAD4599"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int strict = 0; strict < 2; strict++) {
			struct arena a = {0};
			struct mrn_hits h = mrn_scan(&a, str_of(cases[i].text), strict);
			const char *want = strict ? cases[i].prose : cases[i].list;
			struct buf got = {0};

			for (size_t k = 0; k < h.n; k++) {
				char id[MRN_MAX];

				mrn_format(&h.v[k].mrn, id);
				buf_printf(&got, "%s%s", k ? " " : "", id);
			}
			if (!str_eq(buf_view(&got), str_of(want)))
				fail_msg("\"%s\" (%s) gives \"%s\", wanted \"%s\"", cases[i].text,
					 strict ? "prose" : "list", got.p ? got.p : "", want);
			buf_free(&got);
			arena_free(&a);
		}
}

static void test_groups(void **state)
{
	static const struct pair pairs[] = {
		{"O 231450Z OCT 07", "2007-10-23 14:50"},
		{"O R 161415Z DEC 09", "2009-12-16 14:15"},
		{"P 121058Z FEB 2008", "2008-02-12 10:58"},
		{"R 130458Z AUG 79 ZDS", "1979-08-13 04:58"},
		{"231450Z OCT 07", "2007-10-23 14:50"},
		{"o 231450zoct07", "2007-10-23 14:50"},
		{"R 290000Z FEB 08", "2008-02-29 00:00"},
		{"R 290000Z FEB 07", NULL},
		{"O 311450Z FEB 07", NULL},
		{"O 232450Z OCT 07", NULL},
		{"O 231460Z OCT 07", NULL},
		{"O 23145Z OCT 07", NULL},
		{"FM AMEMBASSY", NULL},
		{"O 231450Z OCT 07 AND MORE", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct dtg d;
		char got[32] = "";

		if (dtg_parse(str_of(pairs[i].in), &d, NULL) == REFTEL_OK)
			cable_date_format(d.date, got);
		if (strcmp(got, pairs[i].out ? pairs[i].out : "") != 0)
			fail_msg("\"%s\" is read as \"%s\"", pairs[i].in, got);
	}
}

static void test_markings(void **state)
{
	static const struct pair pairs[] = {
		{"SECRET//NOFORN", "SECRET//NOFORN"},
		{"S E C R E T", "SECRET"},
		{"SS E C R E T", "SECRET"},
		{"E C R E T", "SECRET"},
		{"CO N F I D E N T I A L", "CONFIDENTIAL"},
		{"confidential", "CONFIDENTIAL"},
		{"C O N F I D E N T I A L SECTION 01 OF 03 KALVIK 005388", "CONFIDENTIAL"},
		{"UNCLAS", "UNCLASSIFIED"},
		{"UNCLAS SENSITIVE", "UNCLASSIFIED//FOR OFFICIAL USE ONLY"},
		{"UNCLASSIFIED//FOR OFFICIAL USE ONLY", "UNCLASSIFIED//FOR OFFICIAL USE ONLY"},
		{"LIMITED OFFICIAL USE", "UNCLASSIFIED//FOR OFFICIAL USE ONLY"},
		{"(SBU)", "UNCLASSIFIED//FOR OFFICIAL USE ONLY"},
		{"(U//FOUO)", "UNCLASSIFIED//FOR OFFICIAL USE ONLY"},
		{"(C)", "CONFIDENTIAL"},
		{"(c)", "CONFIDENTIAL"},
		{"(S/NF)", "SECRET//NOFORN"},
		{"(S//NF)", "SECRET//NOFORN"},
		{"(C/NOFORN)", "CONFIDENTIAL//NOFORN"},
		{"(S/REL NATO)", "SECRET//REL"},
		{"(C - ENTIRE TEXT)", "CONFIDENTIAL"},
		{"(U)", "UNCLASSIFIED"},
		{"TOP SECRET", "TOP SECRET"},
		{"TOP-SECRET", "TOP SECRET"},
		{"Top-Secret//NOFORN", "TOP SECRET//NOFORN"},
		{"T O P S E C R E T", "TOP SECRET"},
		{"(TS)", "TOP SECRET"},
		{"(TS/NF)", "TOP SECRET//NOFORN"},
		{"TOP", NULL},
		{"S/C", "SECRET"},
		{"(C/S)", "SECRET"},
		{"(U/C)", "CONFIDENTIAL"},
		{"(C/REL S)", "CONFIDENTIAL//REL"},
		{"C O N F I D E N T I A L S TARVOS 000012", "CONFIDENTIAL"},
		{"UNCLAS S TARVOS 000012", "UNCLASSIFIED"},
		{"(U.S.)", NULL},
		{"(Iran)", NULL},
		{"(China)", NULL},
		{"", NULL},
		{"Secretary", NULL},
		{"NOON", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct classification c;
		char got[64] = "";

		if (class_parse(str_of(pairs[i].in), &c))
			class_format(c, got);
		if (strcmp(got, pairs[i].out ? pairs[i].out : "") != 0)
			fail_msg("\"%s\" is read as \"%s\"", pairs[i].in, got);
	}
}

static void test_dates(void **state)
{
	static const char *const whole[] = {"2007", "2007-10", "2007-10-23", "2007-10-23 14:50", NULL};
	struct cable_date a = {0}, b = {0};
	char text[32];

	(void)state;
	for (int i = 0; whole[i]; i++) {
		assert_true(cable_date_parse(str_of(whole[i]), &a));
		cable_date_format(a, text);
		assert_string_equal(text, whole[i]);
	}
	assert_false(cable_date_parse(STR("2007-02-30"), &a));
	assert_false(cable_date_parse(STR("2007-10-23 14:50 more"), &a));
	assert_true(cable_date_parse(STR("2007-12-31"), &a));
	assert_true(cable_date_parse(STR("2008-01-01T00:10Z"), &b));
	assert_true(cable_date_near(a, b, 1));
	assert_false(cable_date_near(a, b, 0));
	assert_true(cable_date_parse(STR("2007"), &b));
	assert_true(cable_date_near(a, b, 0));
}

static void test_posts(void **state)
{
	static const struct pair pairs[] = {
		{"Embassy New Delhi", "NEWDELHI"},
		{"Secretary of State", "STATE"},
		{"USEU Brussels", "USEUBRUSSELS"},
		{"Mission USNATO", "USNATO"},
		{"Iran RPO Dubai", "RPODUBAI"},
		{"Consulate Rio De Janeiro", "RIODEJANEIRO"},
		{"UNVIE", "UNVIEVIENNA"},
		{"US Interests Section Havana", "HAVANA"},
		{"Embassy Kalvik", "KALVIK"},
		{"Sana'a", "SANAA"},
		{"Bogot\u00e1", "BOGOTA"},
		{"", NULL},
		{"12", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		char got[MRN_POST_MAX] = "";

		if (!mrn_post_of_origin(str_of(pairs[i].in), got))
			got[0] = '\0';
		assert_string_equal(got, pairs[i].out ? pairs[i].out : "");
	}
}

/* Found by halving: one entry out of order hides others. */
static void test_tag_words_are_in_order(void **state)
{
	size_t n;
	const struct tag_word *w = tag_words(&n);

	(void)state;
	assert_true(n > 300);
	for (size_t i = 0; i < n; i++) {
		if (i)
			assert_true(strcmp(w[i - 1].code, w[i].code) < 0);
		assert_true(*w[i].meaning);
		assert_true(str_eq(tag_meaning(str_of(w[i].code)), str_of(w[i].meaning)));
		assert_int_not_equal(tag_kind_of(str_of(w[i].code)), TAG_OTHER);
	}
}

/* Those that a reporter would take for something else: the codes are no ISO codes. */
static void test_tag_meanings(void **state)
{
	static const struct pair pairs[] = {
		{"PTER", "terrorists and terrorism"},
		{"ch", "China"},
		{"SZ", "Switzerland"},
		{"AU", "Austria"},
		{"AS", "Australia"},
		{"RS", "Russia"},
		{"IZ", "Iraq"},
		{"IS", "Israel"},
		{"NU", "Nicaragua"},
		{"NI", "Nigeria"},
		{"NG", "Niger"},
		{"EUN", "European Union"},
		{"INTERPOL", "International Criminal Police Organization"},
		{"QK", ""},
		{"PTERX", ""},
		{"PTE", ""},
		{"", ""},
		{"MUSHARRAF, PERVEZ", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		assert_true(str_eq(tag_meaning(str_of(pairs[i].in)), str_of(pairs[i].out)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_markings),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_posts),
		cmocka_unit_test(test_tag_words_are_in_order),
		cmocka_unit_test(test_tag_meanings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
