/*
 * Plain text files and bare telegrams. If these fail, a cable goes under a wrong id or date, or its first lines are
 * taken for something else and are missing from its text.
 */
#include "collect.h"

struct text_case {
	const char *what, *text;
	enum source_format format;
	const char *record; /* without header and body */
	const char *header, *body;
	const char *aside;
};

static void check_text(const struct text_case *t)
{
	struct collect c = {0};
	struct source_reader r = collect_reader(&c);
	struct err e;
	char start[512];

	assert_int_equal(source_read_bytes("t", str_of(t->text), &r, &e), 0);
	if (strcmp(collect_text(&c.asides), t->aside) || (t->record && !c.n))
		print_message("case: %s: %s\n", t->what, collect_text(&c.asides));
	assert_string_equal(collect_text(&c.asides), t->aside);
	assert_int_equal(c.n, t->record ? 1 : 0);
	if (t->record) {
		snprintf(start, sizeof(start), "%.*s", (int)strlen(t->record), collect_text(&c.records));
		assert_string_equal(start, t->record);
		assert_int_equal(c.format, t->format);
		assert_string_equal(collect_text(&c.header), t->header);
		assert_string_equal(collect_text(&c.body), t->body);
	}
	collect_free(&c);
}

#define HEAD "VZCZCXRO1\nOO RUEHXX\nO 040615Z MAR 05\nFM AMEMBASSY TARVOS\nTO RUEHC/SECSTATE WASHDC IMMEDIATE 12"
#define BODY                                                                                                           \
	"C O N F I D E N T I A L TARVOS 000012\n\nE.O. 12958: DECL: 03/04/2015\nTAGS: PGOV\nSUBJECT: TEA\n\n1. (C) "   \
	"Hello.\nSMITH"

static void reads_text_files(void **state)
{
	static const struct text_case cases[] = {
		{"whole", "05TARVOS12\nTEA\nFri Mar 04 06:06:00 +0100 2005\nCONFIDENTIAL\nEmbassy Tarvos\n" HEAD BODY,
		 SOURCE_TEXT, "0|2005-03-04 06h|05TARVOS12|Embassy Tarvos|CONFIDENTIAL||TEA|", HEAD, BODY, ""},
		{"late in the day: the digits are UTC whatever the offset says",
		 "05TARVOS12\nTEA\nFri Mar 04 23:11:00 +0200 2005\nCONFIDENTIAL\nEmbassy Tarvos\n" HEAD BODY,
		 SOURCE_TEXT, "0|2005-03-04 23h|05TARVOS12|", HEAD, BODY, ""},
		{"no time, an empty title",
		 "05TARVOS12\n\nFri Mar 04 00:00:00 +0100 2005\nSECRET//NOFORN\nEmbassy Tarvos\n" BODY, SOURCE_TEXT,
		 "0|2005-03-04|05TARVOS12|Embassy Tarvos|SECRET//NOFORN|||", "", BODY, ""},
		{"a title of two lines, CRLF",
		 "05TARVOS12\r\nTEA\r\nAND CAKE\r\nFri Mar 04 06:06:00 UTC 2005\r\nCONFIDENTIAL\r\nEmbassy Tarvos\r\n"
		 "C O N F I D E N T I A L TARVOS 000012\r\n\r\n1. (C) Hello.\r\n",
		 SOURCE_TEXT, "0|2005-03-04 06h|05TARVOS12|Embassy Tarvos|CONFIDENTIAL||TEA AND CAKE|", "",
		 "C O N F I D E N T I A L TARVOS 000012\n\n1. (C) Hello.\n", ""},
		{"no date and no origin", "05TARVOS12\nTEA\nCONFIDENTIAL\n" BODY, SOURCE_TEXT,
		 "0||05TARVOS12||CONFIDENTIAL||TEA|", "", BODY, ""},
		{"only the id", "05TARVOS12\n" BODY, SOURCE_TEXT, "0||05TARVOS12|||||", "", BODY, ""},
		{"Latin-1",
		 "05TARVOS12\n"
		 "UNCLAS TARVOS 000012\n\n\xb6"
		 "1. Caf\xe9.\n",
		 SOURCE_TEXT, "0||05TARVOS12|", "",
		 "UNCLAS TARVOS 000012\n\n\xc2\xb6"
		 "1. Caf\xc3\xa9.\n",
		 ""},
		{"nothing behind the head",
		 "05TARVOS12\nTEA\nFri Mar 04 06:06:00 +0100 2005\nCONFIDENTIAL\nEmbassy Tarvos\n\n", SOURCE_TEXT, NULL,
		 NULL, NULL, "row 1, line 1, offset 0: behind the lines with id and date there is no telegram\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_text(&cases[i]);
}

static void reads_bare_telegrams(void **state)
{
	static const struct text_case cases[] = {
		{"header and body", HEAD "\n" BODY, SOURCE_TELEGRAM, "0|2005-03-04 06:15|05TARVOS12|", HEAD "\n", BODY,
		 ""},
		{"run together, blank lines in front", "\n\n" HEAD BODY, SOURCE_TELEGRAM,
		 "0|2005-03-04 06:15|05TARVOS12|", "\n\n" HEAD, BODY, ""},
		{"a date in words", "Friday, 04 March 2005, 06:15\n" BODY, SOURCE_TELEGRAM,
		 "0|2005-03-04 06:15|05TARVOS12|", "", "Friday, 04 March 2005, 06:15\n" BODY, ""},
		{"of no year", BODY, SOURCE_TELEGRAM, NULL, NULL, NULL,
		 "row 1, line 1, offset 0: a telegram without an id: TARVOS 12, but neither a date-time group nor "
		 "another date "
		 "says of which year\n"},
		{"of no post",
		 "O 040615Z MAR 05\nFM AMEMBASSY TARVOS\nTO SECSTATE WASHDC\nE.O. 12958: N/A\nTAGS: PGOV\n1. Hello.\n",
		 SOURCE_TELEGRAM, NULL, NULL, NULL,
		 "row 1, line 1, offset 0: a telegram without an id: no classification line with its post and "
		 "number\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_text(&cases[i]);
}

static void knows_the_dates_of_the_layouts(void **state)
{
	static const struct {
		bool (*parse)(struct str s, struct cable_date *out);
		const char *in, *out; /* NULL: no date */
	} cases[] = {
		{field_date_dump, "10/23/2007 14:50", "2007-10-23 14:50"},
		{field_date_dump, " 1/2/2007 3:04 ", "2007-01-02 03:04"},
		{field_date_dump, "1/2/2007 3:04:05", "2007-01-02 03:04"},
		{field_date_dump, "1/2/2007", "2007-01-02"},
		{field_date_dump, "1/2/2007 0:00", "2007-01-02"},
		{field_date_dump, "2007-01-02 03:04", "2007-01-02 03:04"},
		{field_date_dump, "13/1/2007 3:04", NULL},
		{field_date_dump, "2/29/2007 3:04", NULL},
		{field_date_dump, "1/2/2007 24:00", NULL},
		{field_date_dump, "1/2/2007 3:04 x", NULL},
		{field_date_dump, "1/2/07 3:04", NULL},
		{field_date_dump, "", NULL},
		{field_date_page, "2007-10-23 14:02", "2007-10-23 14h"},
		{field_date_page, "2007-10-23 00:12", "2007-10-23 00h"},
		{field_date_page, "2007-10-23", "2007-10-23"},
		{field_date_page, "yesterday", NULL},
		{field_date_ruby, "Tue Oct 23 14:02:00 +0200 2007", "2007-10-23 14h"},
		{field_date_ruby, "Wed Dec 28 18:06:00 -0500 1966", "1966-12-28 18h"},
		{field_date_ruby, "Wed Dec 28 18:06:00 CET 1966", "1966-12-28 18h"},
		{field_date_ruby, "Wed Dec 32 18:06:00 +0100 1966", NULL},
		{field_date_ruby, "Wednesday Dec 28 18:06:00 +0100 1966", NULL},
		{field_date_ruby, "Wed Dec 28 18:06:00 +0100", NULL},
		{field_date_words, "Tuesday, 06 May 2003, 10:15", "2003-05-06 10:15"},
		{field_date_words, "Tuesday, 6 May 2003", "2003-05-06"},
		{field_date_words, "Tuesday, 6 Maybe 2003", NULL},
		{field_date_words, "Tuesday, the minister said", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct cable_date d = {0};
		char out[32] = "";
		bool ok = cases[i].parse(str_of(cases[i].in), &d);

		if (ok)
			cable_date_format(d, out);
		if (ok != (cases[i].out != NULL) || (ok && strcmp(out, cases[i].out)))
			print_message("case: %s\n", cases[i].in);
		assert_int_equal(ok, cases[i].out != NULL);
		assert_string_equal(out, cases[i].out ? cases[i].out : "");
	}
}

static void tells_a_classification_from_a_class_line(void **state)
{
	static const struct {
		const char *line;
		bool is;
	} cases[] = {
		{"CONFIDENTIAL", true},
		{"SECRET//NOFORN", true},
		{"UNCLASSIFIED//FOR OFFICIAL USE ONLY", true},
		{"unclassified", true},
		{"C O N F I D E N T I A L TARVOS 000012", false},
		{"CONFIDENTIAL TARVOS 12", false},
		{"SECRETARY OF STATE", false},
		{"SECRET SECTION 01 OF 02 TARVOS 12", false},
		{"TEA WITH THE MAYOR", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (field_is_classification(str_of(cases[i].line)) != cases[i].is)
			print_message("case: %s\n", cases[i].line);
		assert_int_equal(field_is_classification(str_of(cases[i].line)), cases[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_text_files),
		cmocka_unit_test(reads_bare_telegrams),
		cmocka_unit_test(knows_the_dates_of_the_layouts),
		cmocka_unit_test(tells_a_classification_from_a_class_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
