/*
 * A whole telegram, every field of it. Its lines are of the kinds that a quick look at a line's first bytes must not
 * take for each other: a subject that goes on with a word like a caption, a page line inside a sentence, prose that
 * begins with a number or with one letter.
 */
#include "test.h"

#include "cable/cable.h"

static const char header[] = "VZCZCXRO4412\n"
			     "OO RUEHVE\n"
			     "DE RUEHKV #0412/01 1231450\n"
			     "ZNY CCCCC ZZH\n"
			     "O 021450Z MAY 08\n"
			     "FM AMEMBASSY KALVIK\n"
			     "TO RUEHC/SECSTATE WASHDC IMMEDIATE 5184\n"
			     "INFO RUEHVE/AMEMBASSY VENN-AALTO 2046\n"
			     "RUEHZZ/NORTHERN COLLECTIVE PRIORITY\n";

static const char body[] = "C O N F I D E N T I A L SECTION 01 OF 02 KALVIK 000412 \n"
			   " \n"
			   "SIPDIS \n"
			   "NOFORN \n"
			   " \n"
			   "E.O. 12958: DECL: 05/02/2018 \n"
			   "TAGS: PREL, ECON, prel \n"
			   "SUBJECT: THE FERRY TO VENN: HARBOUR AND MARITIME \n"
			   "RELATIONS \n"
			   " \n"
			   "REF: A. KALVIK 398 (NOTAL) B. 07 VENNAALTO 12 AND 13 \n"
			   "     C. LUND-OKKER TELCON \n"
			   " \n"
			   "Classified By: DCM Ilse Okker for reasons 1.4 (b) and (d). \n"
			   " \n"
			   "1. (C) Summary: The ferry runs again.  A union\n"
			   "12 men strong had stopped it.  End Summary. \n"
			   " \n"
			   "2. (S/NF) The harbour master KALVIK 00000412  002 OF 002 saw SIPDIS no reason. \n"
			   "1.4 million people use it, he said. \n"
			   " \n"
			   "KALVIK 00000412  002 OF 002 \n"
			   " \n"
			   "3. (SBU) Comment: It will run on. \n"
			   "OKKER \n";

static void check_text(struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("\"%.*s\" is read, wanted \"%s\"", STR_ARG(got), want);
}

static struct str part(struct span at)
{
	return str_sub(STR(body), at.off, at.end);
}

static void check_header(const struct telegram_header *h)
{
	static const struct {
		const char *routing, *name, *precedence;
		bool info;
	} to[] = {
		{"RUEHC", "SECSTATE WASHDC", "IMMEDIATE", false},
		{"RUEHVE", "AMEMBASSY VENN-AALTO", "", true},
		{"RUEHZZ", "NORTHERN COLLECTIVE", "PRIORITY", true},
	};

	assert_int_equal(h->dtg.precedence[0], 'O');
	assert_int_equal(h->dtg.date.hour, 14);
	check_text(h->from, "AMEMBASSY KALVIK");
	assert_int_equal(h->unread, 0);
	assert_int_equal(h->n_to, sizeof(to) / sizeof(*to));
	for (size_t i = 0; i < h->n_to; i++) {
		check_text(h->to[i].routing, to[i].routing);
		check_text(h->to[i].name, to[i].name);
		check_text(h->to[i].precedence, to[i].precedence);
		assert_int_equal(h->to[i].info, to[i].info);
	}
}

static void check_head(const struct telegram *t)
{
	assert_int_equal(t->class.level, LEVEL_CONFIDENTIAL);
	assert_int_equal(t->class.captions, CAPTION_SIPDIS | CAPTION_NOFORN);
	assert_int_equal(t->section, 1);
	assert_int_equal(t->sections, 2);
	assert_string_equal(t->number.post, "KALVIK");
	assert_int_equal(t->number.serial, 412);
	assert_int_equal(t->declassify.year, 2018);
	check_text(t->subject, "THE FERRY TO VENN: HARBOUR AND MARITIME RELATIONS");
	assert_int_equal(t->n_tags, 2);
	check_text(t->tags[0], "PREL");
	check_text(t->tags[1], "ECON");
	check_text(t->classified_by, "DCM Ilse Okker");
	check_text(t->reason, "1.4 (b) and (d)");
	assert_int_equal(t->unread, 0);
}

static void check_refs(const struct telegram *t)
{
	static const struct {
		char letter;
		const char *id; /* NULL: no cable */
		bool implied;
	} refs[] = {{'A', "08KALVIK398", true},
		    {'B', "07VENNAALTO12", false},
		    {'B', "07VENNAALTO13", false},
		    {'C', NULL, 0}};
	char id[MRN_MAX];

	assert_int_equal(t->n_refs, sizeof(refs) / sizeof(*refs));
	for (size_t i = 0; i < t->n_refs; i++) {
		assert_int_equal(t->refs[i].letter, refs[i].letter);
		assert_int_equal(t->refs[i].year_implied, refs[i].implied);
		assert_int_equal(t->refs[i].kind, refs[i].id ? REF_CABLE : REF_TELCON);
		if (!refs[i].id)
			continue;
		mrn_format(&t->refs[i].mrn, id);
		assert_string_equal(id, refs[i].id);
	}
	assert_int_equal(t->refs[0].captions, CAPTION_NOTAL);
}

static void check_text_parts(const struct telegram *t)
{
	static const struct {
		int number;
		enum class_level level;
		bool summary, comment;
		const char *begins;
	} paragraphs[] = {
		{1, LEVEL_CONFIDENTIAL, true, false, "Summary: The ferry"},
		{2, LEVEL_SECRET, false, false, "The harbour master"},
		{3, LEVEL_SBU, false, true, "Comment: It will"},
	};
	static const char *const artefacts[] = {
		"C O N F I D E N T I A L SECTION 01 OF 02 KALVIK 000412 ",
		"SIPDIS ",
		"NOFORN ",
		"1. (C) ",
		"2. (S/NF) ",
		"KALVIK 00000412  002 OF 002",
		"SIPDIS",
		"KALVIK 00000412  002 OF 002 ",
		"3. (SBU) ",
	};

	assert_int_equal(t->n_paragraphs, sizeof(paragraphs) / sizeof(*paragraphs));
	for (size_t i = 0; i < t->n_paragraphs; i++) {
		const struct paragraph *p = &t->paragraphs[i];

		assert_int_equal(p->number, paragraphs[i].number);
		assert_int_equal(p->mark.level, paragraphs[i].level);
		assert_int_equal(p->summary, paragraphs[i].summary);
		assert_int_equal(p->comment, paragraphs[i].comment);
		if (!str_starts(part(p->text), str_of(paragraphs[i].begins)))
			fail_msg("paragraph %d begins \"%.*s\"", p->number, STR_ARG(part(p->text)));
	}
	assert_int_equal(t->artefacts.n, sizeof(artefacts) / sizeof(*artefacts));
	for (size_t i = 0; i < t->artefacts.n; i++)
		check_text(part(t->artefacts.v[i]), artefacts[i]);
}

static void test_every_field(void **state)
{
	struct arena a = {0};
	struct telegram t;

	(void)state;
	telegram_parse(&a, STR(header), STR(body), (struct cable_date){0}, &t);
	check_header(&t.header);
	check_head(&t);
	check_refs(&t);
	check_text_parts(&t);
	check_text(t.signatory, "OKKER");
	assert_int_equal(t.partial, PARTIAL_NO);
	arena_free(&a);
}

/* Both are tables in order, and looked up by that. */
static void test_words_of_tables(void **state)
{
	static const char *const no_posts[] = {"A",     "ABOUT", "agreement", "Chapter", "III",   "MAY",  "Paragraph",
					       "since", "TO",    "unsc",      "UNSCR",   "until", "with", "Resolution"};
	static const char *const markings[] = {
		"C",     "CNF",    "CONF",   "CONFIDENTIAL", "FOUO",         "LOU",   "S",
		"SBU",   "SECRET", "SNF",    "TS",           "UNCLAS",       "U",     "SENSITIVE",
		"REL",   "NF",     "FGI",    "EXDIS",        "LIMDIS",       "NODIS", "NOFORN",
		"NOTAL", "ORCON",  "SIPDIS", "STADIS",       "UNCLASSIFIED",
	};
	struct arena a = {0};
	struct classification c;

	(void)state;
	for (size_t i = 0; i < sizeof(no_posts) / sizeof(*no_posts); i++)
		assert_int_equal(mrn_scan(&a, str_of(arena_printf(&a, "%s 412", no_posts[i])), false).n, 0);
	assert_int_equal(mrn_scan(&a, STR("HARBOUR 412"), false).n, 1);
	for (size_t i = 0; i < sizeof(markings) / sizeof(*markings); i++)
		if (!class_parse(str_of(markings[i]), &c))
			fail_msg("%s is no marking", markings[i]);
	assert_false(class_parse(STR("TOP"), &c));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_words_of_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
