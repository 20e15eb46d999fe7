/*
 * The query language: what a query means, and that a tree written out is the same tree when it is read again. A query
 * that is misread finds the wrong cables, and nobody sees that it did.
 */
#include "test.h"

#include "query_same.h"

/* ---- a tree as a line of text, said in another way than query_print() does --------------------------------------- */

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
		cmocka_unit_test(test_print_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
