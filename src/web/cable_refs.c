/*
 * What is around a cable: the cables it refers to and those that refer to it, its other versions, the post's cables
 * before and after it, how to cite it.
 */
#include "web/cable_page.h"

#include <string.h>

static void put_out(struct cable_page *c, struct buf *b)
{
	html(b, "<h3>Refers to</h3>");
	if (!c->to.n)
		html(b, "<p class=\"soft\">No references.</p>");
	else
		html(b, "<ul class=\"plain refs\" data-test=\"refs-to\">");
	for (size_t i = 0; i < c->to.n; i++) {
		const struct ref_row *r = &c->to.v[i];

		html(b, "<li>");
		if (r->ref.letter)
			html(b, "<span class=\"letter\">%c.</span> ", r->ref.letter);
		if (r->ref.kind == REF_CABLE)
			html(b, "<a class=\"mono%s\" href=\"%s\"><bdi>%.*s</bdi></a>%s%s%s", r->key ? "" : " missing",
			     cable_path(c->rq, r->id), STR_ARG(r->id), r->ref.and_previous ? " and previous" : "",
			     r->ref.year_implied ? " (year implied)" : "", r->key ? "" : " not held");
		else
			html(b, "<bdi>%.*s</bdi> <span class=\"soft\">%s</span>", STR_ARG(r->ref.text),
			     ref_kind_name(r->ref.kind));
		html(b, "</li>");
	}
	buf_puts(b, c->to.n ? "</ul>" : "");
}

static void put_in(struct cable_page *c, struct buf *b)
{
	enum { SHOWN_MOST = 25 };

	html(b, "<h3>Cited by</h3>");
	if (!c->from.n) {
		html(b, "<p class=\"soft\">No cable that is held.</p>");
		return;
	}
	html(b, "<ul class=\"plain refs\" data-test=\"refs-from\">");
	for (size_t i = 0; i < c->from.n && i < SHOWN_MOST; i++)
		html(b, "<li><a class=\"mono\" href=\"%s\"><bdi>%.*s</bdi></a></li>",
		     cable_path(c->rq, c->from.v[i].id), STR_ARG(c->from.v[i].id));
	html(b, "</ul>");
	if (c->from.n > SHOWN_MOST)
		html(b, "<p><a href=\"%s\">All %zu</a></p>", search_path(c->rq, "refs", c->row.id), c->from.n);
}

void put_cable_refs(struct cable_page *c, struct buf *b)
{
	html(b, "<section aria-labelledby=\"refs\"><h2 id=\"refs\">References</h2>");
	put_out(c, b);
	put_in(c, b);
	if (c->to.n || c->from.n)
		html(b, "<p><a href=\"%s/graph\">The graph around it</a></p>", cable_path(c->rq, c->row.id));
	html(b, "</section>");
}

void put_cable_versions(struct cable_page *c, struct buf *b)
{
	const char *path = cable_path(c->rq, c->row.id);

	if (c->versions.n < 2)
		return;
	html(b, "<section aria-labelledby=\"versions\"><h2 id=\"versions\">Versions</h2><ul class=\"plain\">");
	for (size_t i = 0; i < c->versions.n; i++) {
		int ordinal = (int)i + 1;

		html(b, "<li><a href=\"%s?version=%d\"%s", path, ordinal, "");
		html(b, ordinal == c->v.ordinal ? " aria-current=\"true\">" : ">");
		html(b, "Version %d</a>%s</li>", ordinal, c->versions.v[i] == c->row.version ? " (shown first)" : "");
	}
	html(b, "</ul><form class=\"row\" action=\"%s/diff\"><label>Compare <select name=\"from\">", path);
	for (size_t i = 1; i <= c->versions.n; i++) {
		html(b, i + 1 == c->versions.n ? "<option selected>" : "<option>");
		html(b, "%zu</option>", i);
	}
	html(b, "</select></label> <label>with <select name=\"to\">");
	for (size_t i = 1; i <= c->versions.n; i++) {
		html(b, i == c->versions.n ? "<option selected>" : "<option>");
		html(b, "%zu</option>", i);
	}
	html(b, "</select></label> <button class=\"second\">Compare</button></form></section>");
}

static void put_near(struct cable_page *c, struct buf *b, const struct cable_row *row)
{
	html(b, "<li><a class=\"mono\" href=\"%s\"><bdi>%.*s</bdi></a> <span class=\"soft\">",
	     cable_path(c->rq, row->id), STR_ARG(row->id));
	put_date(b, row->date);
	html(b, "</span> <bdi class=\"about\">%.*s</bdi></li>", STR_ARG(row->subject));
}

static void put_post(struct cable_page *c, struct buf *b)
{
	if (!c->before.n && !c->behind.n)
		return;
	html(b, "<section aria-labelledby=\"near\"><h2 id=\"near\">From the same post</h2>");
	if (c->before.n) {
		html(b, "<h3>Before it</h3><ul class=\"plain near\">");
		for (size_t i = c->before.n; i > 0; i--)
			put_near(c, b, &c->before.v[i - 1]);
		html(b, "</ul>");
	}
	if (c->behind.n) {
		html(b, "<h3>After it</h3><ul class=\"plain near\">");
		for (size_t i = 0; i < c->behind.n; i++)
			put_near(c, b, &c->behind.v[i]);
		html(b, "</ul>");
	}
	html(b, "</section>");
}

static void put_cite(struct cable_page *c, struct buf *b)
{
	static const struct {
		const char *style, *label;
	} forms[] = {{"text", "Text"}, {"bibtex", "BibTeX"}, {"csl", "CSL-JSON"}};

	html(b, "<details class=\"cite\" data-test=\"cite\"><summary><h2>Cite this</h2></summary>");
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct buf text = {0};

		view_cite(c->a, &text, &c->v.cable, forms[i].style);
		html(b,
		     "<h3 id=\"cite-%s\">%s</h3><pre class=\"copy\" aria-labelledby=\"cite-%s\" "
		     "tabindex=\"0\">%.*s</pre>",
		     forms[i].style, forms[i].label, forms[i].style, STR_ARG(str_trim(buf_view(&text))));
		buf_free(&text);
	}
	html(b, "</details>");
}

void put_cable_around(struct cable_page *c, struct buf *b)
{
	put_post(c, b);
	html(b,
	     "<section class=\"related no-print\" aria-labelledby=\"like\" data-related=\"%s/related\"><h2 "
	     "id=\"like\">Like "
	     "it</h2><p><a href=\"%s/related\">Cables with much in common</a></p></section>",
	     cable_path(c->rq, c->row.id), cable_path(c->rq, c->row.id));
	put_cite(c, b);
}
