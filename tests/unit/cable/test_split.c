/*
 * Cutting header from body where a collection ran them together. If it fails, a cable's first lines are missing from
 * its text, or its addressees stand in it.
 */
#include "test.h"

#include "cable/cable.h"

static void cuts_where_the_class_line_begins(void **state)
{
	static const struct {
		const char *header, *body;
	} cases[] = {
		{"FM AMEMBASSY TARVOS\nTO RUEHC/SECSTATE WASHDC PRIORITY 1234",
		 "C O N F I D E N T I A L TARVOS 000012\n\n1. X."},
		{"FM AMEMBASSY TARVOS\nTO RUEHC/SECSTATE WASHDC", "S E C R E T SECTION 01 OF 02 TARVOS 000012\n"},
		{"FM AMEMBASSY TARVOS\nTO RUEHC/SECSTATE WASHDC 4245\nRUEHXX/AMCONSUL KALVIK 12",
		 "UNCLAS TARVOS 000012\n"},
		{"VZCZCXRO1\nDE RUEHC #0288/01 3250135\nFM SECSTATE WASHDC\nTO RUEHXX/AMEMBASSY TARVOS",
		 "S E C R E T STATE 000012\n"},
		{"FM AMEMBASSY TARVOS\nTO SECSTATE WASHDC\n", "SECRET TARVOS 12\n\n1. X."},
		{"FM AMEMBASSY TARVOS\nTO RHMFISS/COMMAND",
		 "Monday, 09 February 2009, 14:53\nS E C R E T TARVOS 000047\n"},
		{"This record is a partial extract of the original cable.", "C O N F I D E N T I A L TARVOS 000012\n"},
		{"", "C O N F I D E N T I A L TARVOS 000012\n\n1. X."},
		{"", "Friday, 04 March 2005, 06:15\nUNCLAS TARVOS 000012\n"},
		{"", "No telegram at all.\nSECRET things are told.\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char raw[1024], got[1024];
		struct str header, body;

		snprintf(raw, sizeof(raw), "%s%s", cases[i].header, cases[i].body);
		telegram_split(str_of(raw), &header, &body);
		snprintf(got, sizeof(got), "%.*s", STR_ARG(header));
		assert_string_equal(got, cases[i].header);
		snprintf(got, sizeof(got), "%.*s", STR_ARG(body));
		assert_string_equal(got, cases[i].body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(cuts_where_the_class_line_begins)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
