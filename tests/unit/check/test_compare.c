/*
 * The judge alone: how a quotation's words compare with one cable. The cases are those at which quotation checkers
 * fail; a wrong line here is a false alarm in print, or a misquotation that passes.
 */
#include "test.h"

#include "check/check.h"

/* An invented telegram. Its paragraphs are what the cases below quote. */
static const char body_text[] =
	"C O N F I D E N T I A L SECTION 01 OF 02 KALVIK 000412\n\nSIPDIS\n\nE.O. 12958: DECL: 03/02/2018\n"
	"TAGS: PREL, EWWT, KV\nSUBJECT: HARBOUR MASTER STANDS FIRM\n\nREF: KALVIK 398\n\n"
	"Classified By: DCM Orla Venn for reasons 1.4 (b) and (d)\n\n"
	"1. (C) SUMMARY: The harbour master told PolOff that the ferry line\nwould not be sold to any foreign owner, "
	"and "
	"that 1,400 dockers stood\nbehind him. He said the minister,s letter was \"a long-\nterm insult.\" END "
	"SUMMARY.\n\n"
	"2. (C) The minister [sic] replied that the anti-\ncorruption office had found 17 false invoices in 2007.  "
	"Post\n"
	"KALVIK 00000412  002 OF 002\n\nbelieves the office acted at the request of XXXXXXXXXXXX, who has\nlong been "
	"at "
	"odds with the port.\n\n"
	"3. (SBU) The harbour is not, repeat not, for sale. It was not not an offer. The lease ends in 2012 (about 40 "
	"months from now), when\nthe council, despite the objections of two members, may renew it.\n\nVENN\n";

static struct cable cable_of(struct arena *a)
{
	struct cable_record r = {.id = STR("08KALVIK412"),
				 .origin = STR("Embassy Kalvik"),
				 .classification = STR("CONFIDENTIAL"),
				 .body = str_of(body_text)};
	struct cable c;
	struct err e = {0};

	assert_int_equal(cable_read(a, &r, &c, &e), REFTEL_OK);
	return c;
}

struct line {
	const char *quote;
	enum verdict verdict;
	const char *why;
};

static const struct line lines[] = {
	{"the ferry line would not be sold to any foreign owner", VERDICT_VERBATIM, "over a line break"},
	{"The Ferry Line would NOT be sold, to any foreign owner!", VERDICT_VERBATIM, "case and points"},
	{"the minister\u2019s letter was \u2018a long-term insult\u2019", VERDICT_VERBATIM,
	 "comma for apostrophe, hyphen over a break"},
	{"the anti-corruption office had found 17 false invoices", VERDICT_VERBATIM, "hyphenated over a break"},
	{"the anticorruption office had found 17 false invoices", VERDICT_VERBATIM, "written together"},
	{"1400 dockers stood behind him", VERDICT_VERBATIM, "the same number, grouped otherwise"},
	{"Post believes the office acted", VERDICT_VERBATIM, "over a page line"},
	{"The minister [sic] replied", VERDICT_VERBATIM, "the cable's own brackets"},
	{"The minister replied that", VERDICT_ALTERED, "the cable's own brackets dropped"},
	{"would not be sold \u2026 and that 1,400 dockers stood behind him", VERDICT_ADAPTED, "elided"},
	{"would not be sold ... and that 1,400 dockers stood behind him", VERDICT_ADAPTED, "elided with points"},
	{"would [\u2026] be sold to any foreign owner", VERDICT_ADAPTED, "the ellipsis drops a not: marked, and shown"},
	{"would be sold to any foreign owner", VERDICT_ALTERED, "a lost not"},
	{"would not be sold to any foreign owner, and that 1,500 dockers stood", VERDICT_ALTERED, "another number"},
	{"had found 18 false invoices in 2007", VERDICT_ALTERED, "a number off by one"},
	{"had found 17 false invoices in 2007", VERDICT_VERBATIM, "the number as it is"},
	{"He [the harbour master] said the minister's letter", VERDICT_ADAPTED, "a gloss"},
	{"[the council] told PolOff that the ferry line", VERDICT_ADAPTED, "brackets for words of the cable"},
	{"[t]he ferry line would not be sold", VERDICT_ADAPTED, "a capital in brackets"},
	{"the minister (Ms. Aalto) [sic] replied that the", VERDICT_ADAPTED, "a gloss in parentheses"},
	{"ends in 2012 (about 40 months from now), when the council", VERDICT_VERBATIM, "the cable's own parentheses"},
	{"ends in 2012 (about 400 months from now), when the council", VERDICT_ALTERED, "a number inside them"},
	{"It was not an offer", VERDICT_ADAPTED, "a doubled not"},
	{"the council, despite the objections of two members, may renew it", VERDICT_VERBATIM, "whole"},
	{"the council may renew it", VERDICT_ALTERED, "a limiting phrase dropped without a mark"},
	{"the council ... may renew it", VERDICT_ADAPTED, "and with one"},
	{"stood behind him. He said the minister's letter", VERDICT_VERBATIM, "over a sentence"},
	{"He said the minister's letter was \"a long-term insult.\" The minister [sic] replied", VERDICT_ALTERED,
	 "END SUMMARY is the author's words"},
	{"acted at the request of", VERDICT_VERBATIM, "up to a redaction"},
	{"sold", VERDICT_VERBATIM, "one word"},
	{"the museum director sings opera on Sundays in the park", VERDICT_NO_SOURCE, "not its words at all"},
};

static struct quote_result judged(struct arena *a, const struct cable *c, const char *quote)
{
	struct str text = str_of(quote);
	struct span all = {0, (uint32_t)text.n};
	struct quote_result r;
	struct err e = {0};

	assert_int_equal(check_compare(a, text, (struct spans){&all, 1}, c, &r, &e), REFTEL_OK);
	return r;
}

static void test_verdicts(void **state)
{
	struct arena a = {0};
	struct cable c = cable_of(&a);
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct quote_result r = judged(&a, &c, lines[i].quote);

		if (r.verdict != lines[i].verdict) {
			print_error("%s: \"%s\" is %s, wanted %s\n", lines[i].why, lines[i].quote,
				    verdict_name(r.verdict), verdict_name(lines[i].verdict));
			wrong++;
		}
	}
	arena_free(&a);
	assert_int_equal(wrong, 0);
}

static const struct piece *piece_of_kind(const struct quote_result *r, enum piece_kind k)
{
	for (size_t i = 0; i < r->n_pieces; i++)
		if (r->pieces[i].kind == k)
			return &r->pieces[i];
	return NULL;
}

static struct str cable_text(const struct cable *c, const struct piece *p)
{
	return str_sub(c->body, p->cable.off, p->cable.end);
}

/* What is dropped at an ellipsis is shown, and that it turns the sense is said. */
static void test_dropped_negation_is_shown(void **state)
{
	struct arena a = {0};
	struct cable c = cable_of(&a);
	struct quote_result r = judged(&a, &c, "would [\u2026] be sold to any foreign owner");
	const struct piece *p = NULL;

	(void)state;
	for (size_t i = 0; i < r.n_pieces; i++)
		if (r.pieces[i].kind == PIECE_ELLIPSIS && r.pieces[i].cable.end > r.pieces[i].cable.off)
			p = &r.pieces[i];
	assert_non_null(p);
	assert_true(str_eq(cable_text(&c, p), STR("not")));
	assert_true(p->negation);
	arena_free(&a);
}

/* The evidence points into the text as it was received, whatever the story's marks look like. */
static void test_evidence_is_the_source(void **state)
{
	struct arena a = {0};
	struct cable c = cable_of(&a);
	struct quote_result r = judged(&a, &c, "the ferry line would not be sold to a foreign owner");
	const struct piece *p = piece_of_kind(&r, PIECE_CHANGED);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_ALTERED);
	assert_non_null(p);
	assert_true(str_eq(cable_text(&c, p), STR("any")));
	assert_true(str_eq(r.passage.text, STR("the ferry line\nwould not be sold to any foreign owner")));
	arena_free(&a);
}

static void test_number_is_flagged(void **state)
{
	struct arena a = {0};
	struct cable c = cable_of(&a);
	struct quote_result r = judged(&a, &c, "had found 18 false invoices in 2007");
	const struct piece *p = piece_of_kind(&r, PIECE_CHANGED);

	(void)state;
	assert_non_null(p);
	assert_true(p->number);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_dropped_negation_is_shown),
		cmocka_unit_test(test_evidence_is_the_source),
		cmocka_unit_test(test_number_is_flagged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
