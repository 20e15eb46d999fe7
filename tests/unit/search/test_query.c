/*
 * The query language: what a query means, what is said where one cannot be read, and that a tree written out is the
 * same tree when it is read again. A query that is misread finds the wrong cables, and nobody sees that it did.
 */
#include "test.h"

#include "query_same.h"

/* ---- a tree as a line of text, said in another way than query_print() does ----------------------------------------
 */

static void dump(struct buf *b, const struct query_node *n);

static void dump_kids(struct buf *b, const char *name, const struct query_node *n)
{
	buf_printf(b, "%s(", name);
	for (size_t i = 0; i < n->n_kids; i++) {
		if (i)
			buf_puts(b, ", ");
		dump(b, n->kids[i]);
	}
	buf_puts(b, ")");
}

static void dump_words(struct buf *b, const struct query_node *n)
{
	buf_puts(b, "[");
	for (size_t i = 0; i < n->n_words; i++)
		buf_printf(b, "%s%.*s", i ? " " : "", STR_ARG(n->words[i].any ? STR("<any>") : n->words[i].word));
	buf_puts(b, "]");
}

static void dump_day(struct buf *b, int64_t day)
{
	int y, m, d;

	if (day == INT64_MIN || day == INT64_MAX) {
		buf_puts(b, "open");
		return;
	}
	civil_from_days(day, &y, &m, &d);
	buf_printf(b, "%d/%d/%d", y, m, d);
}

static void dump_marking(struct buf *b, const struct query_node *n)
{
	static const char *const signs[] = {"=", "<", "<=", ">", ">="};
	char text[64];

	class_format(n->class, text);
	buf_printf(b, "%s %s %s", query_field_name(n->field), signs[n->cmp], n->none ? "none" : text);
}

static void dump_fact(struct buf *b, const struct query_node *n)
{
	switch (n->op) {
	case Q_KEY:
		buf_printf(b, "%s is ", query_field_name(n->field));
		dump_words(b, n);
		break;
	case Q_CLASS:
		dump_marking(b, n);
		break;
	case Q_CAPTION:
		buf_printf(b, "captions %u", n->class.captions);
		break;
	case Q_DATE:
		buf_puts(b, "days ");
		dump_day(b, n->from);
		buf_puts(b, " to ");
		dump_day(b, n->to);
		if (n->none)
			buf_puts(b, " none");
		break;
	case Q_NUMBER:
		buf_printf(b, "number %u", n->number);
		break;
	case Q_HAS:
		buf_printf(b, "has %s", query_has_name(n->has));
		break;
	case Q_MISSING:
		buf_printf(b, "missing %d", n->yes);
		break;
	default:
		buf_printf(b, "%s %.*s (%d %s %u)", query_field_name(n->field), STR_ARG(n->word), n->mrn.year,
			   n->mrn.post, n->mrn.serial);
		break;
	}
}

static void dump_leaf(struct buf *b, const struct query_node *n)
{
	if (n->field == QF_SUBJECT)
		buf_puts(b, "subject ");
	switch (n->op) {
	case Q_WORD:
		buf_printf(b, "%.*s", STR_ARG(n->word));
		break;
	case Q_PHRASE:
		dump_words(b, n);
		break;
	case Q_PREFIX:
		buf_printf(b, "prefix %.*s", STR_ARG(n->word));
		break;
	case Q_WILDCARD:
		buf_printf(b, "pattern %.*s", STR_ARG(n->word));
		break;
	case Q_FUZZY:
		buf_printf(b, "fuzzy %d %.*s", n->distance, STR_ARG(n->word));
		break;
	default:
		dump_fact(b, n);
		break;
	}
}

static void dump(struct buf *b, const struct query_node *n)
{
	char near[32];

	switch (n->op) {
	case Q_AND:
		dump_kids(b, "and", n);
		break;
	case Q_OR:
		dump_kids(b, "or", n);
		break;
	case Q_NOT:
		dump_kids(b, "not", n);
		break;
	case Q_NEAR:
		snprintf(near, sizeof(near), "%snear %d", n->field == QF_SUBJECT ? "subject " : "", n->distance);
		dump_kids(b, near, n);
		break;
	default:
		dump_leaf(b, n);
		break;
	}
}

struct reading {
	const char *query, *tree;
};

static void expect_trees(const struct reading *v, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena a = {0};
		struct buf got = {0};
		struct query q;
		struct err e = {0};

		if (query_parse(&a, str_of(v[i].query), &q, NULL, &e) != REFTEL_OK)
			fail_msg("%s: %s", v[i].query, e.msg);
		dump(&got, q.root);
		if (!str_eq(buf_view(&got), str_of(v[i].tree)))
			fail_msg("%s\n  is read as %s\n  wanted     %s", v[i].query, got.p, v[i].tree);
		buf_free(&got);
		arena_free(&a);
	}
}

#define EXPECT_TREES(table) expect_trees((table), sizeof(table) / sizeof(*(table)))

/* ---- what a query means ------------------------------------------------------------------------------------------ */

static void test_operators(void **state)
{
	static const struct reading v[] = {
		{"harbour", "harbour"},
		{"harbour ferry", "and(harbour, ferry)"},
		{"harbour AND ferry", "and(harbour, ferry)"},
		{"harbour OR ferry pier", "or(harbour, and(ferry, pier))"},
		{"harbour ferry OR pier", "or(and(harbour, ferry), pier)"},
		{"harbour (ferry OR pier)", "and(harbour, or(ferry, pier))"},
		{"NOT harbour ferry", "and(not(harbour), ferry)"},
		{"-harbour ferry", "and(not(harbour), ferry)"},
		{"-(harbour ferry)", "not(and(harbour, ferry))"},
		{"NOT(harbour)", "not(harbour)"},
		{"harbour AND NOT ferry", "and(harbour, not(ferry))"},
		{"harbour OR -ferry", "or(harbour, not(ferry))"},
		{"--harbour", "not(not(harbour))"},
		{"-a -b", "and(not(a), not(b))"},
		{"a (b c) (d (e f))", "and(a, b, c, d, e, f)"},
		{"a OR (b OR c)", "or(a, b, c)"},
		{"((a))", "a"},
		{"law and order or not near", "and(law, and, order, or, not, near)"},
		{"ANDES ORAN NOTE NEARBY", "and(andes, oran, note, nearby)"},
		{"a AND(b)", "and(a, b)"},
		{"\u00a0harbour\u2003ferry\t\n", "and(harbour, ferry)"},
	};

	(void)state;
	EXPECT_TREES(v);
}

static void test_words(void **state)
{
	static const struct reading v[] = {
		{"Caf\u00e9", "cafe"},
		{"U.S.", "us"},
		{"10,000", "10000"},
		{"\"Harbour Master\"", "[harbour master]"},
		{"\"Ferry\"", "[ferry]"},
		{"\u201cferry line\u201d", "[ferry line]"},
		{"\u201eferry line\u201c", "[ferry line]"},
		{"\u201dferry line\u201d", "[ferry line]"},
		{"\u00abferry line\u00bb", "[ferry line]"},
		{"\u00bbferry line\u00ab", "[ferry line]"},
		{"\"he said \u201cno\u201d to it\"", "[he said no to it]"},
		{"\"a * of * * piers\"", "[a <any> of <any> <any> piers]"},
		{"\"who, then?\"", "[who then]"},
		{"al-Sorna", "[al sorna]"},
		{"1.4(b)", "[1.4 b]"},
		{"(1.4(b) OR 1.4(d))", "or([1.4 b], [1.4 d])"},
		{"a(b)(c)", "[a b c]"},
		{"pier\"fish market\"", "and(pier, [fish market])"},
		{"\"minister,s letter\"", "[ministers letter]"},
		{"10% & more", "and([10 percent], and, more)"},
		{"ferry, pier; lease.", "and(ferry, pier, lease)"},
		{"\xff\xfe"
		 "ferry\xff",
		 "ferry"},
	};

	(void)state;
	EXPECT_TREES(v);
}

static void test_patterns(void **state)
{
	static const struct reading v[] = {
		{"secur*", "prefix secur"},
		{"S\u00c9CUR*", "prefix secur"},
		{"secur**", "prefix secur"},
		{"secur*, secur*.", "and(prefix secur, prefix secur)"},
		{"t?mm", "pattern t?mm"},
		{"*port", "pattern *port"},
		{"s*na", "pattern s*na"},
		{"pier?", "pattern pier?"},
		{"?pier*", "pattern ?pier*"},
		{"a***b?c", "pattern a*b?c"},
		{"tam~", "fuzzy 1 tam"},
		{"sorna~", "fuzzy 1 sorna"},
		{"kalvik~", "fuzzy 2 kalvik"},
		{"kalvik~1", "fuzzy 1 kalvik"},
		{"Kalv\u00edk~2,", "fuzzy 2 kalvik"},
		{"~50", "50"},
		{"ferry~pier", "[ferry pier]"},
	};

	(void)state;
	EXPECT_TREES(v);
}

static void test_near(void **state)
{
	static const struct reading v[] = {
		{"NEAR/8(tamm piers \"trade union\")", "near 8(tamm, piers, [trade union])"},
		{"NEAR(tamm piers)", "near 10(tamm, piers)"},
		{"NEAR (tamm piers)", "near 10(tamm, piers)"},
		{"NEAR/1000( tam* p?er tamm~1 )", "near 1000(prefix tam, pattern p?er, fuzzy 1 tamm)"},
		{"tamm NEAR/8 piers", "near 8(tamm, piers)"},
		{"tamm NEAR piers NEAR \"the lease\"", "near 10(tamm, piers, [the lease])"},
		{"tamm NEAR/8(pier lease)", "and(tamm, near 8(pier, lease))"},
		{"tamm NEAR/8 (pier)", "near 8(tamm, pier)"},
		{"-tamm NEAR pier lease", "and(not(near 10(tamm, pier)), lease)"},
		{"NOT NEAR/2(a b)", "not(near 2(a, b))"},
		{"subject:NEAR/3(ferry line)", "subject near 3(subject ferry, subject line)"},
		{"subject:(ferry NEAR/3 line)", "subject near 3(subject ferry, subject line)"},
		{"subject:ferry NEAR/3 subject:line", "subject near 3(subject ferry, subject line)"},
		{"07KALVIK412 NEAR/3 tamm", "near 3([07kalvik412], tamm)"},
		{"NEAR/3(07KALVIK412 tamm)", "near 3([07kalvik412], tamm)"},
	};

	(void)state;
	EXPECT_TREES(v);
}

static void test_fields(void **state)
{
	static const struct reading v[] = {
		{"subject:ferry", "subject ferry"},
		{"SUBJECT:\"ferry line\" pier", "and(subject [ferry line], pier)"},
		{"subject:(ferry OR pier*) tamm", "and(or(subject ferry, subject prefix pier), tamm)"},
		{"body:ferry", "ferry"},
		{"subject:AND", "subject and"},
		{"subject:07KALVIK412", "subject [07kalvik412]"},
		{"origin:kalvik", "origin is [kalvik]"},
		{"origin:\"Embassy Kalvik\" ferry", "and(origin is [embassy kalvik], ferry)"},
		{"tag:PTER", "tag is [pter]"},
		{"tag=PTER", "tag is [pter]"},
		{"tag:AU-1", "tag is [au 1]"},
		{"tag:(PTER OR PK)", "or(tag is [pter], tag is [pk])"},
		{"tag:(ELAB -PK)", "and(tag is [elab], not(tag is [pk]))"},
		{"-tag:(ELAB NOT PK) ferry", "and(not(and(tag is [elab], not(tag is [pk]))), ferry)"},
		{"signatory:Venn", "signatory is [venn]"},
		{"has:redaction has:REFS has:summary", "and(has redaction, has refs, has summary)"},
		{"has:(comment OR versions)", "or(has comment, has versions)"},
		{"missing:yes", "missing 1"},
		{"-missing:no", "not(missing 0)"},
		{"12:30", "[12 30]"},
		{">140212", "140212"},
	};

	(void)state;
	EXPECT_TREES(v);
}

static void test_classes(void **state)
{
	static const struct reading v[] = {
		{"class:secret", "class = SECRET"},
		{"class:S", "class = SECRET"},
		{"class>=c", "class >= CONFIDENTIAL"},
		{"class<=u", "class <= UNCLASSIFIED"},
		{"class<confidential", "class < CONFIDENTIAL"},
		{"class>sbu", "class > UNCLASSIFIED//FOR OFFICIAL USE ONLY"},
		{"class:fouo", "class = UNCLASSIFIED//FOR OFFICIAL USE ONLY"},
		{"class:U//FOUO", "class = UNCLASSIFIED//FOR OFFICIAL USE ONLY"},
		{"class:\"UNCLASSIFIED//FOR OFFICIAL USE ONLY\"", "class = UNCLASSIFIED//FOR OFFICIAL USE ONLY"},
		{"class:top-secret", "class = TOP SECRET"},
		{"class:\"top secret\"", "class = TOP SECRET"},
		{"class>=ts", "class >= TOP SECRET"},
		{"class:none", "class = none"},
		{"class:(secret OR c)", "or(class = SECRET, class = CONFIDENTIAL)"},
		{"para:S/NF", "para = SECRET//NOFORN"},
		{"para:(S/NF)", "para = SECRET//NOFORN"},
		{"para:\"(S//NF)\"", "para = SECRET//NOFORN"},
		{"para:NF", "para = NOFORN"},
		{"para>=S/NF", "para >= SECRET//NOFORN"},
		{"para:none", "para = none"},
		{"caption:noforn", "captions 1"},
		{"caption:NF", "captions 1"},
		{"caption:sipdis", "captions 2"},
		{"caption:other", "captions 256"},
	};

	(void)state;
	EXPECT_TREES(v);
}

static void test_dates(void **state)
{
	static const struct reading v[] = {
		{"date:2007", "days 2007/1/1 to 2007/12/31"},
		{"date:2007-10", "days 2007/10/1 to 2007/10/31"},
		{"date:2007-12", "days 2007/12/1 to 2007/12/31"},
		{"date:2008-02", "days 2008/2/1 to 2008/2/29"},
		{"date:2007-10-23", "days 2007/10/23 to 2007/10/23"},
		{"date:2007-10..2007-12", "days 2007/10/1 to 2007/12/31"},
		{"date:\"2007-10-05 .. 2008\"", "days 2007/10/5 to 2008/12/31"},
		{"date:..2005", "days open to 2005/12/31"},
		{"date:2009..", "days 2009/1/1 to open"},
		{"date>=2007-10", "days 2007/10/1 to open"},
		{"date>2007-10", "days 2007/11/1 to open"},
		{"date<2007-10", "days open to 2007/9/30"},
		{"date<=2007-10", "days open to 2007/10/31"},
		{"date:none", "days open to open none"},
		{"date:(2007 OR 2009-02)", "or(days 2007/1/1 to 2007/12/31, days 2009/2/1 to 2009/2/28)"},
		{"date:9999-12-31", "days 9999/12/31 to 9999/12/31"},
		{"date:0001", "days 1/1/1 to 1/12/31"},
	};

	(void)state;
	EXPECT_TREES(v);
}

static void test_ids(void **state)
{
	static const struct reading v[] = {
		{"id:07KALVIK412", "id 07KALVIK412 (2007 KALVIK 412)"},
		{"id:\"07 kalvik 000412\"", "id 07KALVIK412 (2007 KALVIK 412)"},
		{"id:\"KALVIK 412\"", "id KALVIK 412 (0 KALVIK 412)"},
		{"id:kv-cable-12", "id kv-cable-12 (0  0)"},
		{"id:140212", "id 140212 (0  0)"},
		{"id:\u201csay \"12\"\u201d", "id say \"12\" (0  0)"},
		{"number:140212", "number 140212"},
		{"number:4294967295", "number 4294967295"},
		{"refs:07KALVIK412", "refs 07KALVIK412 (2007 KALVIK 412)"},
		{"refby:08SORNA61 ferry", "and(refby 08SORNA61 (2008 SORNA 61), ferry)"},
		{"07KALVIK412", "or(id 07KALVIK412 (2007 KALVIK 412), [07kalvik412])"},
		{"07kalvik412,", "or(id 07KALVIK412 (2007 KALVIK 412), [07kalvik412])"},
		{"ferry -07KALVIK412", "and(ferry, not(or(id 07KALVIK412 (2007 KALVIK 412), [07kalvik412])))"},
		{"ferry OR 07KALVIK412", "or(ferry, id 07KALVIK412 (2007 KALVIK 412), [07kalvik412])"},
		{"\"07KALVIK412\"", "[07kalvik412]"},
		{"KALVIK412", "kalvik412"},
	};

	(void)state;
	EXPECT_TREES(v);
}

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

/* ---- written out and read again ---------------------------------------------------------------------------------- */

static uint32_t random_of(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

static const char *const terms[] = {
	"ferry",
	"Caf\u00e9",
	"\u0149a", /* folds to letters that fold again */
	"\ufdfa",
	"1.4(b)",
	"07KALVIK412",
	"10,000",
	"and",
	"secur*",
	"*port",
	"t?mm",
	"kalvik~",
	"sorna~2",
	"\"harbour master\"",
	"\"a * of piers\"",
	"\"07KALVIK412\"",
	"\u201cthe minister,s \"own\" words\u201d",
	"NEAR/3(ferry \"trade union\" pier*)",
	"tamm NEAR/7 piers",
};

static const char *const facts[] = {
	"origin:\"Embassy Kalvik\"",
	"tag:(PTER OR PK -AU-1)",
	"signatory:venn",
	"subject:(ferry OR -\"new line\")",
	"subject:NEAR/2(ferry line)",
	"subject:07KALVIK412",
	"class>=secret",
	"class<=top-secret",
	"class:none",
	"para:S/NF",
	"para>sbu/noforn",
	"para:NF",
	"caption:other",
	"caption:REL",
	"date:2007",
	"date:..2005-02",
	"date>2009-12",
	"date:2008-02-29",
	"date:none",
	"id:\"07 kalvik 412\"",
	"id:\u201ca \"12\" b\u201d",
	"refs:\"KALVIK 412\"",
	"refby:140212",
	"number:140212",
	"has:redaction",
	"missing:yes",
	"missing:no",
};

static void random_query(struct buf *b, uint64_t *seed, int depth);

static void random_one(struct buf *b, uint64_t *seed, int depth)
{
	static const char *const nots[] = {"", "", "-", "NOT ", "--"};

	buf_puts(b, nots[random_of(seed, 5)]);
	if (depth > 0 && random_of(seed, 3) == 0) {
		buf_puts(b, "(");
		random_query(b, seed, depth - 1);
		buf_puts(b, ")");
	} else if (random_of(seed, 2)) {
		buf_puts(b, terms[random_of(seed, sizeof(terms) / sizeof(*terms))]);
	} else {
		buf_puts(b, facts[random_of(seed, sizeof(facts) / sizeof(*facts))]);
	}
}

static void random_query(struct buf *b, uint64_t *seed, int depth)
{
	static const char *const between[] = {" ", " ", " AND ", " OR "};
	uint32_t n = 1 + random_of(seed, 4);

	for (uint32_t i = 0; i < n; i++) {
		if (i)
			buf_puts(b, between[random_of(seed, 4)]);
		random_one(b, seed, depth);
	}
}

static void test_print_reads_back(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct arena a = {0};
		struct buf text = {0}, first = {0}, second = {0};
		struct query q, again;
		struct err e = {0};

		random_query(&text, &seed, 4);
		if (query_parse(&a, buf_view(&text), &q, NULL, &e) != REFTEL_OK)
			fail_msg("%s: %s", text.p, e.msg);
		query_print(&first, q.root);
		if (query_parse(&a, buf_view(&first), &again, NULL, &e) != REFTEL_OK)
			fail_msg("%s\n  is printed %s\n  %s", text.p, first.p, e.msg);
		query_print(&second, again.root);
		if (!query_same(q.root, again.root) || !str_eq(buf_view(&first), buf_view(&second)))
			fail_msg("%s\n  is printed %s\n  then       %s", text.p, first.p, second.p);
		buf_free(&text);
		buf_free(&first);
		buf_free(&second);
		arena_free(&a);
	}
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

/* Long queries are cut on either side; the caret stays under its place and the lines stay within a terminal. */
static void test_point_is_cut(void **state)
{
	static const char *const fillers[] = {"a", "\u6e2f", "\u00e9", "\t", "e\u0301"};

	(void)state;
	for (size_t f = 0; f < sizeof(fillers) / sizeof(*fillers); f++)
		for (size_t at = 0; at <= 300; at += 7) {
			struct buf q = {0}, out = {0};
			struct str rest, shown, carets;
			size_t column, pos = 0, seen = 0;
			struct span where;

			for (size_t i = 0; i < at; i++)
				buf_puts(&q, fillers[f]);
			where.off = (uint32_t)q.n;
			buf_puts(&q, "!");
			where.end = (uint32_t)q.n;
			for (size_t i = at; i < 300; i++)
				buf_puts(&q, fillers[f]);
			query_point(&out, buf_view(&q), where);
			rest = buf_view(&out);
			assert_true(str_line(&rest, &shown) && str_line(&rest, &carets) && !rest.n);
			assert_true(utf8_columns(shown) <= 76);
			column = str_find(carets, STR("^"), 0);
			assert_int_equal(carets.n, column + 1);
			while (pos < shown.n && seen < column) {
				size_t from = pos;

				utf8_next(shown, &pos);
				seen += utf8_columns(str_sub(shown, from, pos));
			}
			while (pos < shown.n && utf8_columns(str_sub(shown, pos, pos + 2)) == 0)
				pos += 2; /* accents of the letter before */
			if (seen != column || pos >= shown.n || shown.p[pos] != '!')
				fail_msg("filler %zu, %zu before it:\n%s", f, at, out.p);
			buf_free(&q);
			buf_free(&out);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operators),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_refused_syntax),
		cmocka_unit_test(test_refused_words),
		cmocka_unit_test(test_refused_fields),
		cmocka_unit_test(test_message_is_plain),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_phrase_counts),
		cmocka_unit_test(test_print_reads_back),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_point),
		cmocka_unit_test(test_point_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
