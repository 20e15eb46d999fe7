/*
 * .docx and .odt to HTML, in this process: what a reader would see comes out and nothing else, and files that mean harm
 * are refused with a reason.
 */
#include "worker/made.h"

#include "worker/programs/document.h"

#define HEAD     "<!DOCTYPE html><meta charset=\"utf-8\">"
#define RUN(s)   "<w:r><w:t xml:space=\"preserve\">" s "</w:t></w:r>"
#define P(s)     "<w:p>" s "</w:p>"
#define STYLE(s) "<w:pPr><w:pStyle w:val=\"" s "\"/></w:pPr>"

struct text_case {
	const char *why, *body, *html;
};

static const struct text_case word_cases[] = {
	{"runs of one paragraph are one text", P(RUN("The bo") RUN("ats ") RUN("are paid.")),
	 "<p>The boats are paid.</p>\n"},
	{"markup in the text is text", P(RUN("&lt;script&gt; &amp;amp; \"q\"")),
	 "<p>&lt;script&gt; &amp;amp; &quot;q&quot;</p>\n"},
	{"marks, soft hyphens and hard blanks stay", P(RUN("\u201cna\u00efve\u201d\u00a0co\u00adoperate \u2019t")),
	 "<p>\u201cna\u00efve\u201d\u00a0co\u00adoperate \u2019t</p>\n"},
	{"hyphens and breaks that are tags",
	 P("<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:softHyphen/><w:t>c</w:t><w:tab/><w:t>d</w:t><w:br/"
	   "><w:t>e</w:t>"
	   "<w:sym w:font=\"Symbol\" w:char=\"2014\"/><w:sym w:font=\"Wingdings\" w:char=\"F04A\"/></w:r>"),
	 "<p>a\u2011b\u00adc d<br>e\u2014</p>\n"},
	{"what was deleted is gone, what was inserted stays",
	 P(RUN("The line ") "<w:del w:id=\"1\"><w:r><w:delText>was</w:delText></w:r></w:del><w:ins w:id=\"2\">" RUN(
		 "is") "</w:ins>" RUN(" sold.")),
	 "<p>The line is sold.</p>\n"},
	{"what was moved stands where it went",
	 P("<w:moveFrom w:id=\"1\">" RUN("old place") "</w:moveFrom>" RUN("x ") "<w:moveTo w:id=\"2\">" RUN(
		 "new place") "</w:moveTo>"),
	 "<p>x new place</p>\n"},
	{"paragraphs whose break was deleted are one",
	 P("<w:pPr><w:rPr><w:del w:id=\"3\"/></w:rPr></w:pPr>" RUN("One ")) P(STYLE("Zitat") RUN("two."))
		 P(RUN("Three.")),
	 "<blockquote>One two.</blockquote>\n<p>Three.</p>\n"},
	{"a last paragraph whose break was deleted is not lost",
	 P("<w:pPr><w:rPr><w:del w:id=\"3\"/></w:rPr></w:pPr>" RUN("Alone.")), "<p>Alone.</p>\n"},
	{"properties as they were before a change do not count",
	 P("<w:pPr><w:pStyle w:val=\"Zitat\"/><w:pPrChange><w:pPr><w:pStyle "
	   "w:val=\"u2\"/></w:pPr></w:pPrChange></w:pPr>" RUN("q")),
	 "<blockquote>q</blockquote>\n"},
	{"styles by their own names, their parents' and their outline",
	 P(STYLE("Mine") RUN("a")) P(STYLE("u2") RUN("b")) P(STYLE("o3") RUN("c")) P(STYLE("bullet") RUN("d"))
		 P(STYLE("nowhere") RUN("e")) P(STYLE("loop1") RUN("f")),
	 "<blockquote>a</blockquote>\n<h2>b</h2>\n<h3>c</h3>\n<li>d</li>\n<p>e</p>\n<p>f</p>\n"},
	{"outline and list said by the paragraph itself",
	 P("<w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr>" RUN("a")) P(
		 "<w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"7\"/></w:numPr></w:pPr>" RUN("b"))
		 P("<w:pPr><w:pStyle w:val=\"bullet\"/><w:numPr><w:numId w:val=\"0\"/></w:numPr></w:pPr>" RUN("c")),
	 "<h1>a</h1>\n<li>b</li>\n<p>c</p>\n"},
	{"links to the web only; the words of others stay",
	 P("<w:hyperlink r:id=\"web\">" RUN("the cable") "</w:hyperlink> <w:hyperlink r:id=\"js\">" RUN(
		 " x") "</w:hyperlink><w:hyperlink r:id=\"file\">" RUN(" y") "</w:hyperlink><w:hyperlink "
									     "w:anchor=\"p2\">" RUN(" z") "</"
													  "w:"
													  "hyperlink>"),
	 "<p><a href=\"https://cables.example/08KALVIK412?a=1&amp;b=2\">the cable</a> x y z</p>\n"},
	{"links as fields",
	 P("<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> HYPERLINK "
	   "\"http://a.exa</w:instrText></w:r>"
	   "<w:r><w:instrText>mple/1\" </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>" RUN(
		   "here") "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>" RUN(" and ") "<w:fldSimple w:instr=\" "
											"HYPERLINK "
											"&quot;http://b.example&quot; "
											"\">" RUN("there") "</"
													   "w:"
													   "fldSimple"
													   ">"),
	 "<p><a href=\"http://a.example/1\">here</a> and <a href=\"http://b.example\">there</a></p>\n"},
	{"notes that are referred to, at the end, once",
	 P(RUN("Quoted.") "<w:r><w:footnoteReference w:id=\"2\"/></w:r><w:r><w:endnoteReference w:id=\"2\"/></w:r>"
			  "<w:del><w:r><w:footnoteReference w:id=\"3\"/></w:r></w:del>") P(RUN("More.")),
	 "<p>Quoted.</p>\n<p>More.</p>\n<p>See cable 08 KALVIK 412.</p>\n<p>The end.</p>\n"},
	{"hidden text is not seen; a property may be switched off",
	 P("<w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r><w:r><w:rPr><w:rStyle "
	   "w:val=\"dark\"/></w:rPr><w:t>no</w:t></w:r>"
	   "<w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>yes</w:t></w:r>"),
	 "<p>yes</p>\n"},
	{"a text box once, behind the paragraph it hangs on",
	 P(RUN("before ") "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>" P(RUN(
		 "pulled")) "</w:txbxContent></mc:Choice>"
			    "<mc:Fallback><w:txbxContent>" P(RUN("pulled")) "</w:txbxContent></mc:Fallback></"
									    "mc:AlternateContent></w:r>" RUN("after")),
	 "<p>before after</p>\n<p>pulled</p>\n"},
	{"cells of a table are paragraphs",
	 "<w:tbl><w:tr><w:tc>" P(RUN("a")) "</w:tc><w:tc>" P(RUN("b")) "</w:tc></w:tr></w:tbl>",
	 "<p>a</p>\n<p>b</p>\n"},
	{"an inserted field's instruction is no text",
	 P("<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
	   "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>" RUN(
		   "7") "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"),
	 "<p>7</p>\n"},
	{"nothing", "", ""},
	{"empty paragraphs are none", P("") P(RUN(" ")), ""},
};

static const struct text_case odt_cases[] = {
	{"paragraphs, headings, quotations by style",
	 "<text:h text:outline-level=\"2\">Head</text:h><text:p>One &amp; two.</text:p><text:p "
	 "text:style-name=\"P1\">Q</text:p>"
	 "<text:p text:style-name=\"Own\">R</text:p><text:p text:style-name=\"P2\">H</text:p>",
	 "<h2>Head</h2>\n<p>One &amp; two.</p>\n<blockquote>Q</blockquote>\n<blockquote>R</blockquote>\n<h2>H</h2>\n"},
	{"deletions stand apart, insertions stay",
	 "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></"
	 "text:changed-region>"
	 "</text:tracked-changes><text:p>The <text:change-start text:change-id=\"c\"/>new<text:change-end "
	 "text:change-id=\"c\"/> "
	 "line<text:change text:change-id=\"d\"/>.</text:p>",
	 "<p>The new line.</p>\n"},
	{"blanks, tabs, breaks, hidden words, comments",
	 "<text:p>a<text:s text:c=\"2\"/>b<text:tab/>c<text:line-break/>d<text:span "
	 "text:style-name=\"T1\">no</text:span>"
	 "<office:annotation><text:p>no</text:p></office:annotation><svg:desc>no</svg:desc></text:p>",
	 "<p>a  b c<br>d</p>\n"},
	{"links",
	 "<text:p><text:a xlink:href=\"https://a.example/\">x</text:a> <text:a xlink:href=\"../y\">z</text:a></text:p>",
	 "<p><a href=\"https://a.example/\">x</a> z</p>\n"},
	{"notes at the end, lists",
	 "<text:list><text:list-item><text:p>one<text:note><text:note-citation>1</text:note-citation><text:note-body>"
	 "<text:p>the note</text:p></text:note-body></text:note> "
	 "more</text:p></text:list-item></text:list><text:p>z</text:p>",
	 "<li>one more</li>\n<p>z</p>\n<li>the note</li>\n"},
};

static int case_wrong(const struct text_case *c, struct str (*made)(struct arena *, const char *))
{
	struct arena a = {0};
	struct buf html = {0};
	struct err e = {0};
	const char *want;
	int wrong = document_read(&a, made(&a, c->body), &html, &e) != REFTEL_OK;

	want = arena_printf(&a, HEAD "%s", c->html);
	if (wrong || !str_eq(buf_view(&html), str_of(want))) {
		printf("%s\n  wanted %s\n  got    %.*s %s\n", c->why, want, STR_ARG(buf_view(&html)), e.msg);
		wrong = 1;
	}
	buf_free(&html);
	arena_free(&a);
	return wrong;
}

static void test_word_text(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(word_cases) / sizeof(*word_cases); i++)
		wrong += case_wrong(&word_cases[i], docx_made);
	assert_int_equal(wrong, 0);
}

static void test_odt_text(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(odt_cases) / sizeof(*odt_cases); i++)
		wrong += case_wrong(&odt_cases[i], odt_made);
	assert_int_equal(wrong, 0);
}

/* Refused with that code, and a sentence that has the words in it. */
static void refused(struct arena *a, struct str file, int code, const char *words)
{
	struct buf html = {0};
	struct err e = {0};

	assert_int_equal(document_read(a, file, &html, &e), code);
	if (!strstr(e.msg, words))
		fail_msg("\"%s\" does not say \"%s\"", e.msg, words);
	assert_int_equal(html.n, 0);
	buf_free(&html);
}

static void test_no_document(void **state)
{
	const struct part plain[] = {{"a.txt", STR("hello")}};
	const struct part bare[] = {{"[Content_Types].xml", STR(made_types)}};
	struct arena a = {0};
	struct str good;

	(void)state;
	refused(&a, STR(""), REFTEL_EINVAL, "empty");
	refused(&a, STR("Dear editor,"), REFTEL_EINVAL, "no zip archive");
	refused(&a, STR("PK\x03\x04 and nothing else"), REFTEL_EINVAL, "damaged");
	refused(&a, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), REFTEL_EINVAL, "old .doc");
	refused(&a, zip_made(&a, plain, 1, 4096), REFTEL_EINVAL, "no .docx or .odt");
	refused(&a, zip_made(&a, bare, 1, 4096), REFTEL_EINVAL, "word/document.xml");
	good = docx_made(&a, P(RUN("x")));
	for (size_t cut = 1; cut < good.n; cut += 37) {
		struct buf html = {0};

		/* Cut anywhere it has no list of its parts any more. */
		assert_int_equal(document_read(&a, str_sub(good, 0, good.n - cut), &html, NULL), REFTEL_EINVAL);
		buf_free(&html);
	}
	arena_free(&a);
}

static void test_not_well_formed(void **state)
{
	struct arena a = {0};

	(void)state;
	refused(&a, docx_made(&a, "<w:p><w:r>"), REFTEL_EINVAL, "word/document.xml is not well-formed");
	refused(&a, docx_made(&a, "<w:p>&nothing;</w:p>"), REFTEL_EINVAL, "not well-formed");
	refused(&a, docx_made(&a, "<w:p><w:r><w:t>\xff\xfe</w:t></w:r></w:p>"), REFTEL_EINVAL, "not well-formed");
	arena_free(&a);
}

/* A document part that is the whole of text. */
static struct str docx_of(struct arena *a, const char *text)
{
	const struct part parts[] = {{"[Content_Types].xml", STR(made_types)}, {"word/document.xml", str_of(text)}};

	return zip_made(a, parts, 2, strlen(text) + (64 << 10));
}

static void test_entities(void **state)
{
	struct arena a = {0};
	struct buf bomb = {0};

	(void)state;
	buf_puts(&bomb, "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a0 \"ha\">");
	for (int i = 1; i < 20; i++)
		buf_printf(&bomb, "<!ENTITY a%d \"&a%d;&a%d;&a%d;&a%d;\">", i, i - 1, i - 1, i - 1, i - 1);
	buf_puts(&bomb, "]><x y=\"&a19;\">&a19;</x>");
	refused(&a, docx_of(&a, bomb.p), REFTEL_EINVAL, "document type");
	refused(&a, docx_of(&a, "<!DOCTYPE x [<!ENTITY p SYSTEM \"file:///etc/passwd\">]><x>&p;</x>"), REFTEL_EINVAL,
		"document type");
	refused(&a, docx_of(&a, "<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\"><x/>"), REFTEL_EINVAL,
		"document type");
	buf_free(&bomb);
	arena_free(&a);
}

static void test_doctype_in_another_encoding(void **state)
{
	static const char text[] = "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>";
	struct arena a = {0};
	struct buf wide = {0};
	struct part parts[] = {{"[Content_Types].xml", STR(made_types)}, {"word/document.xml", {0}}};

	(void)state;
	buf_add(&wide, "\xff\xfe", 2);
	for (size_t i = 0; text[i]; i++)
		buf_add(&wide, (char[]){text[i], 0}, 2);
	parts[1].text = buf_view(&wide);
	refused(&a, zip_made(&a, parts, 2, 64 << 10), REFTEL_EINVAL, "document type");
	buf_free(&wide);
	arena_free(&a);
}

static void test_nesting(void **state)
{
	struct arena a = {0};
	struct buf deep = {0};

	(void)state;
	for (int i = 0; i < 200000; i++)
		buf_puts(&deep, "<w:p>");
	refused(&a, docx_made(&a, deep.p), REFTEL_ELIMIT, "nested");
	buf_reset(&deep);
	/* Within the bound, but deeper than paragraphs are kept apart: nothing is lost. */
	for (int i = 0; i < 60; i++)
		buf_puts(&deep, "<w:p>");
	buf_puts(&deep, RUN("core"));
	for (int i = 0; i < 60; i++)
		buf_puts(&deep, "</w:p>");
	assert_int_equal(case_wrong(&(struct text_case){"deep", deep.p, "<p>core</p>\n"}, docx_made), 0);
	buf_free(&deep);
	arena_free(&a);
}

static void test_zip_bomb(void **state)
{
	struct part parts[] = {{"[Content_Types].xml", STR(made_types)}, {"word/document.xml", {0}}};
	struct arena a = {0};
	struct buf blanks = {0};

	(void)state;
	buf_puts(&blanks, "<x>");
	buf_reserve(&blanks, 40 << 20);
	memset(blanks.p + blanks.n, ' ', 40 << 20);
	blanks.n += 40 << 20;
	parts[1].text = buf_view(&blanks);
	refused(&a, zip_made(&a, parts, 2, 1 << 20), REFTEL_ELIMIT, "200 times");
	buf_free(&blanks);
	arena_free(&a);
}

static void test_many_entries(void **state)
{
	struct arena a = {0};
	struct part *parts = arena_new(&a, struct part, PACKAGE_ENTRIES_MAX + 1);

	(void)state;
	for (size_t i = 0; i <= PACKAGE_ENTRIES_MAX; i++)
		parts[i] = (struct part){arena_printf(&a, "%zu", i), STR("")};
	refused(&a, zip_made(&a, parts, PACKAGE_ENTRIES_MAX + 1, 4 << 20), REFTEL_ELIMIT, "10000 entries");
	arena_free(&a);
}

/* One program would show the first, another the second. */
static void test_two_texts(void **state)
{
	const struct part parts[] = {{"[Content_Types].xml", STR(made_types)},
				     {"word/document.xml", STR("<x/>")},
				     {"Word/Document.xml", STR("<y/>")}};
	struct arena a = {0};

	(void)state;
	refused(&a, zip_made(&a, parts, 3, 64 << 10), REFTEL_EINVAL, "two parts");
	arena_free(&a);
}

static void test_password(void **state)
{
	const struct part parts[] = {
		{"mimetype", STR("application/vnd.oasis.opendocument.text")},
		{"content.xml", STR("\x8f\x01\x99")},
		{"META-INF/manifest.xml",
		 STR("<m:manifest xmlns:m=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"><m:file-entry>"
		     "<m:encryption-data/></m:file-entry></m:manifest>")}};
	struct arena a = {0};

	(void)state;
	refused(&a, zip_made(&a, parts, 3, 64 << 10), REFTEL_EINVAL, "password");
	arena_free(&a);
}

/* Any byte changed: refused or read, never a fault. */
static void test_damage(void **state)
{
	struct arena a = {0};
	struct str good = docx_made(&a, P(STYLE("Mine") RUN("word")));
	char *bad = arena_dup(&a, good);

	(void)state;
	for (size_t i = 0; i < good.n; i++) {
		struct arena own = {0};
		struct buf html = {0};
		int rc;

		bad[i] = (char)(bad[i] ^ (1 << i % 8));
		rc = document_read(&own, (struct str){bad, good.n}, &html, NULL);
		assert_true(rc == REFTEL_OK || rc == REFTEL_EINVAL || rc == REFTEL_ELIMIT);
		bad[i] = good.p[i];
		buf_free(&html);
		arena_free(&own);
	}
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word_text),    cmocka_unit_test(test_odt_text),
		cmocka_unit_test(test_no_document),  cmocka_unit_test(test_not_well_formed),
		cmocka_unit_test(test_entities),     cmocka_unit_test(test_doctype_in_another_encoding),
		cmocka_unit_test(test_nesting),      cmocka_unit_test(test_zip_bomb),
		cmocka_unit_test(test_many_entries), cmocka_unit_test(test_two_texts),
		cmocka_unit_test(test_password),     cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
