/*
 * Stories to quotations and citations, on invented ones. A quotation that is not found is not checked; one that is
 * governed by another's citation is held against the wrong cable.
 */
#include "test.h"

#include "story/story.h"

enum { LISTED_MAX = 8 };

struct expected_quote {
	const char *words;
	int citation; /* of struct story, -1 none */
};

struct story_case {
	const char *why;
	enum story_format format;
	const char *raw;
	struct expected_quote quotes[LISTED_MAX]; /* those that are judged; ends with NULL */
	const char *citations;                    /* as listed by citation_list() */
};

/* "number mrn date level origin signatory=", absent parts left out; those that stand for another are "^index". */
static void citation_list(const struct story *s, struct buf *out)
{
	for (size_t i = 0; i < s->n_citations; i++) {
		const struct citation *c = &s->citations[i];
		char text[64];

		buf_puts(out, i ? "; " : "");
		if (c->same_as >= 0) {
			buf_printf(out, "^%d", c->same_as);
			continue;
		}
		buf_puts(out, "cable");
		if (c->running_number)
			buf_printf(out, " %u", c->running_number);
		if (c->mrn.post[0]) {
			mrn_format(&c->mrn, text);
			buf_printf(out, " %s", text);
		}
		if (c->link.n)
			buf_puts(out, " link");
		if (c->date.precision != DATE_NONE) {
			cable_date_format(c->date, text);
			buf_printf(out, " %s", text);
		}
		if (c->level != LEVEL_UNKNOWN)
			buf_printf(out, " %s", class_name(c->level));
		if (c->origin.n)
			buf_printf(out, " from %.*s", STR_ARG(c->origin));
		if (c->signatory.n)
			buf_printf(out, " by %.*s", STR_ARG(c->signatory));
	}
}

static const struct story_case cases[] = {
	{"curly marks, a citation in parentheses behind",
	 STORY_PLAIN,
	 "The master said \u201cthe line is not for sale,\u201d according to a cable dated October 29, 2007 ( >127580: "
	 "confidential ).",
	 {{"the line is not for sale,", 0}},
	 "cable 127580 2007-10-29 CONFIDENTIAL"},
	{"straight marks, apostrophes, a measure",
	 STORY_PLAIN,
	 "It's the agencies' \"own port\" and a 6\" pipe, says 07 KALVIK 12.",
	 {{"own port", 0}},
	 "cable 07KALVIK12"},
	{"single marks as outer marks, with an apostrophe inside",
	 STORY_PLAIN,
	 "He wrote that \u2018the minister\u2019s letter is a joke\u2019 in cable 237368.",
	 {{"the minister\u2019s letter is a joke", 0}},
	 "cable 237368"},
	{"guillemets and German marks",
	 STORY_PLAIN,
	 "\u00abla mer\u00bb and \u201edas Meer\u201c, both.",
	 {{"la mer", -1}, {"das Meer", -1}},
	 ""},
	{"a quotation over paragraphs",
	 STORY_PLAIN,
	 "She noted:\n\n\u201cThere are no boats.\n\n\u201cThere is no sea.\u201d\n\nThat was all.",
	 {{"There are no boats.", -1}},
	 ""},
	{"an unclosed mark swallows nothing beyond its paragraph",
	 STORY_PLAIN,
	 "He said \u201cthe boats are late.\n\nNothing else happened that day.",
	 {{"the boats are late.", -1}},
	 ""},
	{"a stray straight mark is none",
	 STORY_PLAIN,
	 "A stray \" mark.\n\nAnd \"real words\" here.",
	 {{"real words", -1}},
	 ""},
	{"nested words are checked with the whole",
	 STORY_PLAIN,
	 "\u201cHe called it \u2018a plan\u2019 and left,\u201d she said.",
	 {{"He called it \u2018a plan\u2019 and left,", -1}},
	 ""},
	{"interrupted by who says it: two",
	 STORY_PLAIN,
	 "\u201cThe port,\u201d she said, \u201cis ours.\u201d",
	 {{"The port,", -1}, {"is ours.", -1}},
	 ""},
	{"another cable is another, the cable is the last",
	 STORY_PLAIN,
	 "A cable dated March 2, 2008 (140212: confidential) says \u201cone\u201d. Another cable, dated March 5, 2008 "
	 "(140399: secret), "
	 "has \u201ctwo\u201d. The cable adds \u201cthree\u201d.",
	 {{"one", 0}, {"two", 1}, {"three", 2}},
	 "cable 140212 2008-03-02 CONFIDENTIAL; cable 140399 2008-03-05 SECRET; ^1"},
	{"a link behind belongs to the mention before it",
	 STORY_HTML,
	 "<p>\u201cFour words are here,\u201d he wrote in Cable 237368 to Washington on 1 December 2009. (<a "
	 "href=\"http://x.example/09KALVIK1383.html\">click here</a>).</p>",
	 {{"Four words are here,", 0}},
	 "cable 237368 link 2009-12-01"},
	{"post, signatory, day before month",
	 STORY_PLAIN,
	 "A confidential cable of 29 October 2007 from the U.S. embassy in Islamabad, signed by Ambassador Anne Venn, "
	 "has it.",
	 {{NULL, 0}},
	 "cable 2007-10-29 CONFIDENTIAL from Islamabad by Ambassador Anne Venn"},
	{"the cable says more of itself later",
	 STORY_PLAIN,
	 "He is the one, a cable says. The cable, dated 15 January 2010, has \u201cno doubt of it\u201d.",
	 {{"no doubt of it", 1}},
	 "cable 2010-01-15; ^0"},
	{"an event's date is not the cable's",
	 STORY_PLAIN,
	 "They met in Karachi on October 23, according to a cable dated October 29, 2007.",
	 {{NULL, 0}},
	 "cable 2007-10-29"},
	{"ids side by side name one cable, apart they name two",
	 STORY_PLAIN,
	 "See 08 KALVIK 12 (140212: secret). Sources: 07 KALVIK 9; 08 SORNA 40.",
	 {{NULL, 0}},
	 "cable 140212 08KALVIK12 SECRET; cable 07KALVIK9; cable 08SORNA40"},
	{"cables in the plural, years and sums are no citations",
	 STORY_PLAIN,
	 "Cables seen by us show that 250000 people and 2008 boats left. \u201cMany boats\u201d, they say.",
	 {{"Many boats", -1}},
	 ""},
	{"words inside a quotation cite nothing",
	 STORY_PLAIN,
	 "He said \u201csee the cable of 2 March 2008 (140212: secret)\u201d.",
	 {{"see the cable of 2 March 2008 (140212: secret)", -1}},
	 ""},
	{"a page's furniture is no story",
	 STORY_HTML,
	 "<html><body><nav><a href=\"/\">\u201cMenu words\u201d</a></nav><div><p>The long first sentence of this story "
	 "says that "
	 "the port \u201cis not for sale\u201d and ends here.</p><p>The second one is just as long and says again that "
	 "nothing "
	 "was sold by anybody.</p></div><div><a href=\"/a\">\u201cTeaser words\u201d</a> <a href=\"/b\">more</a></div>"
	 "<footer><p>\u201cFooter words\u201d are printed under every page of this paper. All rights "
	 "reserved.</p></footer></body></html>",
	 {{"is not for sale", -1}},
	 ""},
	{"emphasis and entities vanish",
	 STORY_HTML,
	 "<p>It says &ldquo;boats are <em>not</em> here &amp; there&rdquo;.</p>",
	 {{"boats are not here & there", -1}},
	 ""},
	{"Markdown: block quote, emphasis, link, heading",
	 STORY_MARKDOWN,
	 "# Why \"boats\" sank\n\nThe cable [08KALVIK12](https://x.example/08KALVIK12.html) says:\n\n> The *boats* "
	 "were\n> old.\n",
	 {{"The boats were old.", 0}},
	 "cable 08KALVIK12 link"},
	{"a nickname is no quotation",
	 STORY_PLAIN,
	 "Manuel \u201cMel\u201d Kalvik spoke of \u201cthe last boat\u201d.",
	 {{"the last boat", -1}},
	 ""},
};

static int case_wrong(const struct story_case *c)
{
	struct arena a = {0};
	struct buf list = {0};
	struct story s;
	size_t n = 0;
	int wrong = 0;

	assert_int_equal(story_read(&a, str_of(c->raw), c->format, &s, NULL), REFTEL_OK);
	for (size_t i = 0; i < s.n_quotations; i++) {
		const struct quotation *q = &s.quotations[i];
		struct str words;

		if (q->skipped)
			continue;
		words = str_sub(s.text, q->words.v[0].off, q->words.v[0].end);
		if (n < LISTED_MAX && c->quotes[n].words && str_eq(words, str_of(c->quotes[n].words)) &&
		    q->citation == c->quotes[n].citation) {
			n++;
			continue;
		}
		print_error("%s: found \"%.*s\" governed by %d\n", c->why, STR_ARG(words), q->citation);
		wrong = 1;
	}
	if (n < LISTED_MAX && c->quotes[n].words) {
		print_error("%s: \"%s\" is missing\n", c->why, c->quotes[n].words);
		wrong = 1;
	}
	citation_list(&s, &list);
	if (!str_eq(buf_view(&list), str_of(c->citations))) {
		print_error("%s: citations are \"%s\", wanted \"%s\"\n", c->why, list.p ? list.p : "", c->citations);
		wrong = 1;
	}
	buf_free(&list);
	arena_free(&a);
	return wrong;
}

static void test_cases(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		wrong += case_wrong(&cases[i]);
	assert_int_equal(wrong, 0);
}

static void test_places_in_the_file(void **state)
{
	struct str raw = STR("<p>x &mdash; he said &ldquo;na&iuml;ve <b>boats</b>&rdquo;.</p>");
	struct arena a = {0};
	struct story s;
	const struct quotation *q;

	(void)state;
	assert_int_equal(story_read(&a, raw, STORY_HTML, &s, NULL), REFTEL_OK);
	assert_int_equal(s.n_quotations, 1);
	q = &s.quotations[0];
	assert_true(str_starts(str_sub(raw, s.raw_of[q->at.off], raw.n), STR("&ldquo;na")));
	assert_true(str_starts(str_sub(raw, s.raw_of[q->at.end], raw.n), STR(".</p>")));
	arena_free(&a);
}

static void test_marking_claim(void **state)
{
	struct arena a = {0};
	struct story s;

	(void)state;
	assert_int_equal(story_read(&a,
				    STR("In a secret passage of cable 140399 it says \u201cthe boats are paid\u201d."),
				    STORY_PLAIN, &s, NULL),
			 REFTEL_OK);
	assert_int_equal(s.n_claims, 1);
	assert_int_equal(s.claims[0].level, LEVEL_SECRET);
	assert_int_equal(s.claims[0].quotation, 0);
	arena_free(&a);
}

static void test_refusals(void **state)
{
	static char zeros[3000];
	struct arena a = {0};
	struct err e = {0};
	struct story s;

	(void)state;
	assert_int_equal(story_read(&a, (struct str){zeros, sizeof(zeros)}, STORY_PLAIN, &s, &e), REFTEL_EINVAL);
	assert_int_equal(story_read(&a, (struct str){zeros, (size_t)STORY_MAX + 1}, STORY_PLAIN, &s, &e),
			 REFTEL_ELIMIT);
	assert_int_equal(story_read(&a, STR(""), STORY_HTML, &s, &e), REFTEL_OK);
	assert_int_equal(s.n_quotations, 0);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_places_in_the_file),
		cmocka_unit_test(test_marking_claim),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
