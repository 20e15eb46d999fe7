/*
 * The 2010 page. If these fail, words of a cable are lost or changed between the page and the archive, or a page that
 * is no cable becomes one.
 */
#include "collect.h"

#define TABLE(id, created)                                                                                             \
	"<table class='cable'>\n<tr>\n<th>Reference ID</th>\n<th>Created</th>\n<th>Released</th>\n"                    \
	"<th>Classification</th>\n<th>Origin</th>\n</tr>\n<tr>\n<td>\n<a href='/c'>" id "</a>\n</td>\n<td>\n"          \
	"<a href='/d'>" created "</a>\n</td>\n<td>\n<a href='/r'>2011-01-02 03:03</a>\n</td>\n<td>\n"                  \
	"<a href='/s' title='x'>SECRET//NOFORN</a>\n</td>\n<td>\n<a href='/o'>Embassy Tarvos</a>\n</td>\n</tr>\n"
#define PAGE(h3, table, pres)                                                                                          \
	"<!DOCTYPE html>\n<html><body>\n<h3>Articles</h3>\n" h3 table "</table>\n" pres "</body></html>\n"
#define H3 "<h3>Viewing cable 05TARVOS12, TEA WITH THE HARBOUR MASTER, PART 1</h3>\n"
#define PRES                                                                                                           \
	"<code><pre>VZCZC&#x000A;FM AMEMBASSY TARVOS</pre></code>\n<code><pre>S E C R E T TARVOS "                     \
	"000012&#x000A;&#x000A;1. (S) Hello.</pre></code>\n"

struct page_case {
	const char *what, *page, *record, *aside;
};

static void check_page(const struct page_case *p)
{
	struct collect c = {0};
	struct source_reader r = collect_reader(&c);
	struct err e;

	assert_int_equal(source_read_bytes("p", str_of(p->page), &r, &e), 0);
	if (strcmp(collect_text(&c.records), p->record) || strcmp(collect_text(&c.asides), p->aside))
		print_message("case: %s\n", p->what);
	assert_string_equal(collect_text(&c.records), p->record);
	assert_string_equal(collect_text(&c.asides), p->aside);
	collect_free(&c);
}

#define WHOLE                                                                                                          \
	"0|2005-03-04 06h|05TARVOS12|Embassy Tarvos|SECRET//NOFORN||TEA WITH THE HARBOUR MASTER, PART 1|"              \
	"VZCZC\\nFM AMEMBASSY TARVOS|S E C R E T TARVOS 000012\\n\\n1. (S) Hello.\n"

static void reads_a_page(void **state)
{
	static const struct page_case cases[] = {
		{"as the template has it", PAGE(H3, TABLE("05TARVOS12", "2005-03-04 06:06"), PRES), WHOLE, ""},
		{"another table of the same kind before it, rows behind",
		 PAGE(H3 "<table class=\"cable\"><tr><td>1</td><td>2</td></tr></table>",
		      TABLE("05TARVOS12",
			    "2005-03-04 06:06") "<tr><td colspan='5'>Appears in: <a href='/x'>x</a></td></tr>",
		      PRES),
		 WHOLE, ""},
		{"midnight without a time, no subject in the title, one text",
		 PAGE("<h3>Viewing cable 05TARVOS12</h3>", TABLE("05TARVOS12", "2005-03-04 00:00"),
		      "<pre>\nOne.</pre>"),
		 "0|2005-03-04|05TARVOS12|Embassy Tarvos|SECRET//NOFORN||||One.\n", ""},
		{"no headings over the columns",
		 "<html><table "
		 "class=cable><tr><td>05TARVOS12</td><td></td><td></td><td>SECRET</td><td>Post</td></tr></table>"
		 "<pre>h</pre><pre>b</pre></html>",
		 "0||05TARVOS12|Post|SECRET|||h|b\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_page(&cases[i]);
}

static void keeps_every_word_of_the_text(void **state)
{
	static const struct {
		const char *html, *text;
	} cases[] = {
		{"a&#x000A;b", "a\nb"},
		{"<a id='par5' href='#par5'>\xc2\xb6</a>5. (C) X", "\xc2\xb6"
								   "5. (C) X"},
		{"TAGS: <a href='/tag/PTER_0.html'>PTER</a> <a href='/tag/XX_0.html'>XX</a>", "TAGS: PTER XX"},
		{"one<br>two<br />three<BR>four", "one\ntwo\nthree\nfour"},
		{"a<strong>b</strong><em>c</em></td></tr></table>", "abc"},
		{"<<218634>> and 3 < 4 > 2 and a<b and c>d", "<<218634>> and 3 < 4 > 2 and a<b and c>d"},
		{"<ANONYMOUS> <Smith> <a> </font>", "<ANONYMOUS> <Smith>  "},
		{"R&D; AT&T x&y &very good8 &", "R&D; AT&T x&y &very good8 &"},
		{"&lt;&amp;&gt;&quot;&eacute;&#233;&#xE9;&rsquo;&nbsp;.",
		 "<&>\"\xc3\xa9\xc3\xa9\xc3\xa9\xe2\x80\x99\xc2\xa0."},
		{"&amp;lt; is not a mark", "&lt; is not a mark"},
		{"&#146;s &#0; &#xD800; &#1114112; &#; &#x; &unknown;",
		 "\xe2\x80\x99s &#0; &#xD800; &#1114112; &#; &#x; &unknown;"},
		{"cut < off <a href='x", "cut < off <a href='x"},
		{"lines\r\nas\rthey\nare&#x000D;&#x000A;.", "lines\nas\nthey\nare\n."},
		{"Latin \xb6"
		 "1 caf\xe9 and caf\xc3\xa9",
		 "Latin \xc2\xb6"
		 "1 caf\xc3\xa9 and caf\xc3\xa9"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct collect c = {0};
		struct source_reader r = collect_reader(&c);
		char page[4096];

		snprintf(page, sizeof(page),
			 PAGE(H3, TABLE("05TARVOS12", "2005-03-04 06:06"), "<pre>h</pre><pre>%s</pre>"), cases[i].html);
		assert_int_equal(source_read_bytes("p", str_of(page), &r, NULL), 0);
		assert_int_equal(c.n, 1);
		assert_string_equal(collect_text(&c.body), cases[i].text);
		collect_free(&c);
	}
}

#define ASIDE(reason) "row 1, line 1, offset 0: " reason "\n"

static void sets_aside_what_is_no_cable(void **state)
{
	static const struct page_case cases[] = {
		{"an article", "<!DOCTYPE html><html><body><h1>News</h1><p>Words.</p></body></html>", "",
		 ASIDE("a web page, but not a cable's: it has neither the table with a reference id nor a telegram's "
		       "text")},
		{"a list of cables", PAGE("", TABLE("05TARVOS12", "2005-03-04 06:06"), ""), "",
		 ASIDE("a web page that lists cables (or is cut off) and holds the text of none")},
		{"a text without a table", "<html><pre>words</pre></html>", "",
		 ASIDE("a web page with a text, but without the table that names the cable")},
		{"cut off in the text",
		 "<html>" H3 TABLE("05TARVOS12", "2005-03-04 06:06") "</table><pre>h</pre><pre>The text goes", "",
		 ASIDE("the page is cut off within the cable's text; get it anew")},
		{"no id", PAGE(H3, TABLE("", "2005-03-04 06:06"), PRES), "",
		 ASIDE("the page's table has no reference id")},
		{"no date", PAGE(H3, TABLE("05TARVOS12", "soon"), PRES), "",
		 ASIDE("the page's table has \"soon\" where the date should be")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_page(&cases[i]);
}

/* Time that grows with the square of a page's size would let one hostile page stop an import. */
static void takes_hostile_pages_in_stride(void **state)
{
	static const char *const pieces[] = {"<a<a", "<pre>", "<td>", "<a href='",
					     "&#x",  "</pre", "<h3>", "<table class=cable>"};
	size_t n = 4 << 20;
	char *page = malloc(n);

	(void)state;
	assert_non_null(page);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct collect c = {0};
		struct source_reader r = collect_reader(&c);
		size_t len = strlen(pieces[i]);

		memcpy(page, "<html>", 6);
		for (size_t k = 6; k < n; k++)
			page[k] = pieces[i][(k - 6) % len];
		assert_int_equal(source_read_bytes("p", (struct str){page, n}, &r, NULL), 0);
		assert_int_equal(c.n + c.n_asides, 1);
		collect_free(&c);
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_page),
		cmocka_unit_test(keeps_every_word_of_the_text),
		cmocka_unit_test(sets_aside_what_is_no_cable),
		cmocka_unit_test(takes_hostile_pages_in_stride),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
