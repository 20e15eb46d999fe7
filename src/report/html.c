/*
 * The report as one page: the story on the left with each quotation in its verdict's colour and sign, the cable's words
 * in cards on the right. No script: a quotation is a link to its card, a card links back. Every byte of story and cable
 * is escaped, and the page forbids itself to fetch anything.
 */
#include "report/report.h"

#include <string.h>

static const char style_sheet[] =
	":root{color-scheme:light dark;--bg:#fbfaf7;--fg:#1d1c1a;--soft:#5d5a54;--line:#dcd8cf;--card:#fff;"
	"--good:#1b6e3c;--good-bg:#e4f3e8;--mark:#17628a;--mark-bg:#e0eff7;--bad:#a1261b;--bad-bg:#fbe5e1;"
	"--open:#7a5200;--open-bg:#fbf0d2}"
	"@media(prefers-color-scheme:dark){:root{--bg:#181715;--fg:#ece8e0;--soft:#aaa498;--line:#3a3732;--card:#"
	"211f1c;"
	"--good:#7fd49b;--good-bg:#183323;--mark:#8cc9ea;--mark-bg:#17303e;--bad:#f5a196;--bad-bg:#43201b;"
	"--open:#e8c36a;--open-bg:#3a2f14}}"
	"*{box-sizing:border-box}html{scroll-behavior:smooth}"
	"@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}"
	"body{margin:0;background:var(--bg);color:var(--fg);font:1.0625rem/1.6 Charter,'Bitstream Charter','Iowan Old "
	"Style',"
	"Georgia,'Liberation Serif',serif;overflow-wrap:anywhere}"
	"header,footer{max-width:82rem;margin:0 auto;padding:2rem 1.5rem 1rem}"
	"h1{font-size:1.7rem;line-height:1.25;margin:.2rem 0 1rem;font-weight:600}"
	"h2{font-size:1.15rem;margin:2rem 0 .8rem;font-weight:600}"
	".kicker,.meta,.legend,.badge,.where,dt,footer{font:.875rem/1.5 system-ui,'Helvetica Neue','Liberation Sans',"
	"sans-serif}.kicker,.meta,.where,footer{color:var(--soft)}"
	".counts{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem;padding:0;margin:0 0 1rem}"
	".badge{display:inline-block;padding:.15rem .6rem;border-radius:.3rem;border:1px solid currentColor;"
	"text-decoration:none;font-weight:600;white-space:nowrap}"
	".verbatim{--c:var(--good);--b:var(--good-bg)}.adapted{--c:var(--mark);--b:var(--mark-bg)}"
	".altered,.misattributed,.no-source{--c:var(--bad);--b:var(--bad-bg)}"
	".not-held,.too-short{--c:var(--open);--b:var(--open-bg)}"
	".badge,.q{color:var(--c);background:var(--b)}"
	"main{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:2.5rem;max-width:82rem;margin:0 auto;"
	"padding:0 1.5rem}"
	"article{max-width:40rem}article p{margin:0 0 1rem}article h3{margin:1.5rem 0 .6rem;font-size:1.2rem}"
	"article blockquote{margin:0 0 1rem;padding-left:1rem;border-left:3px solid var(--line)}"
	".q{text-decoration:none;border-bottom:2px solid var(--c);padding:.05rem .1rem;color:inherit}"
	".q sup{font:700 .7rem system-ui,sans-serif;color:var(--c);margin-left:.1rem}"
	".q.settled,.card.settled>.badge:first-child{background:none;text-decoration:line-through;opacity:.85}"
	".ruling{border-left:3px solid var(--line);padding-left:.7rem}"
	"a:focus-visible{outline:3px solid var(--mark);outline-offset:2px;border-radius:2px}"
	".q:target{outline:3px solid var(--c)}"
	".cards{position:sticky;top:0;max-height:100vh;overflow:auto;padding:0 .5rem 2rem 0;scroll-behavior:smooth}"
	".card{background:var(--card);border:1px solid var(--line);border-left:5px solid var(--c);border-radius:.4rem;"
	"padding:.9rem 1.1rem;margin:0 0 1rem;scroll-margin-top:1rem}"
	".card:target{box-shadow:0 0 0 3px var(--c)}"
	".card p{margin:.5rem 0}.card .why{color:var(--soft);font-size:.95rem}"
	".pair{margin:.6rem 0}.pair "
	"dt{color:var(--soft);text-transform:uppercase;letter-spacing:.05em;font-size:.75rem}"
	".pair dd{margin:0 0 .5rem}.dim{color:var(--soft)}"
	"mark{background:var(--bad-bg);color:var(--bad);font-weight:700;text-decoration:underline;"
	"text-decoration-thickness:2px;padding:0 .1rem}"
	".left-out{color:var(--mark);border-bottom:2px dotted var(--mark)}.gloss{color:var(--mark);font-style:italic}"
	".hidden{color:var(--open);border-bottom:2px dashed var(--open)}"
	".list{max-width:82rem;margin:0 auto;padding:0 1.5rem}.list li{margin:.5rem 0}"
	"code{font-size:.9em}"
	"@media(max-width:60rem){main{grid-template-columns:minmax(0,1fr)}.cards{position:static;max-height:none}}"
	"@media print{body{background:#fff;color:#000;font-size:10pt}main{display:block}.cards{position:static;"
	"max-height:none;overflow:visible}.card{break-inside:avoid}a{color:inherit}}";

struct page {
	struct buf *b;
	const struct report *r;
	const struct report_style *style;
	struct arena a;
};

/* ---- escaping ---------------------------------------------------------------------------------------------------- */

static void put(struct page *p, const char *html)
{
	buf_puts(p->b, html);
}

static void put_text(struct page *p, struct str s, bool keep_lines)
{
	text_put_markup(p->b, report_clean(&p->a, s, keep_lines));
}

static void put_cstring(struct page *p, const char *s)
{
	put_text(p, str_of(s), false);
}

static void put_runs(struct page *p, struct runs runs)
{
	static const char *const begin[] = {"",
					    "<mark>",
					    "<span class=\"left-out\" title=\"left out at the ellipsis\">",
					    "<span class=\"gloss\">",
					    "<span class=\"dim\">",
					    "<span class=\"hidden\" title=\"the cable is redacted here\">"};
	static const char *const end[] = {"", "</mark>", "</span>", "</span>", "</span>", "</span>"};

	for (size_t i = 0; i < runs.n; i++) {
		put(p, begin[runs.v[i].mark]);
		put_text(p, runs.v[i].text, false);
		put(p, end[runs.v[i].mark]);
	}
}

static const struct report_ruling *ruling_of(const struct page *p, const struct quote_result *q)
{
	return p->style->rulings ? p->style->rulings[q - p->r->quotes] : NULL;
}

static void put_badge(struct page *p, enum verdict v)
{
	buf_printf(p->b, "<span class=\"badge %s\">%s %s</span>", verdict_name(v), report_sign(v), verdict_name(v));
}

/* ---- the story --------------------------------------------------------------------------------------------------- */

/* A block's text; quotations in it, or their part of it, are links to their cards. */
static void put_block(struct page *p, const struct block *b, size_t *first)
{
	struct block_runs runs = report_block_runs(&p->a, p->r, b, first);

	for (size_t i = 0; i < runs.n; i++) {
		const struct block_run *x = &runs.v[i];

		if (!x->quote) {
			put_text(p, x->text, false);
			continue;
		}
		buf_printf(p->b, "<a class=\"q %s%s\" href=\"#q%zu\"", verdict_name(x->quote->verdict),
			   ruling_of(p, x->quote) ? " settled" : "", x->quote->quotation + 1);
		if (x->begins)
			buf_printf(p->b, " id=\"s%zu\"", x->quote->quotation + 1);
		put(p, ">");
		put_text(p, x->text, false);
		buf_printf(p->b, "<sup>%s%zu</sup></a>", report_sign(x->quote->verdict), x->quote->quotation + 1);
	}
}

static void put_story(struct page *p)
{
	static const char *const tags[] = {"p", "h3", "blockquote", "p"};

	size_t first = 0;

	put(p, "<article aria-label=\"The story\">\n");
	for (size_t i = 0; i < p->r->story->n_blocks; i++) {
		const struct block *b = &p->r->story->blocks[i];

		buf_printf(p->b, "<%s>%s", tags[b->kind], b->kind == BLOCK_LIST_ITEM ? "\u2022 " : "");
		put_block(p, b, &first);
		buf_printf(p->b, "</%s>\n", tags[b->kind]);
	}
	put(p, "</article>\n");
}

/* ---- cards ------------------------------------------------------------------------------------------------------- */

static void put_where(struct page *p, const struct passage *x)
{
	char mark[64];

	put(p, "<p class=\"where\">");
	put_text(p, x->id, false);
	if (x->paragraph > 0)
		buf_printf(p->b, ", paragraph %d", x->paragraph);
	if (x->mark.level != LEVEL_UNKNOWN) {
		class_format(x->mark, mark);
		put(p, ", marked ");
		put_cstring(p, mark);
	}
	buf_printf(p->b, ", bytes %u\u2013%u</p>\n", x->at.off, x->at.end);
}

static void put_ruling(struct page *p, const struct report_ruling *x)
{
	char when[32];

	if (!x)
		return;
	clock_iso(x->when, when);
	put(p, " ");
	put_badge(p, x->as);
	put(p, "<p class=\"ruling\">Overruled by ");
	put_text(p, x->by.n ? x->by : STR("the desk"), false);
	buf_printf(p->b, ", %.10s: ", when);
	put_text(p, x->reason, false);
	put(p, "</p>\n");
}

static void put_card(struct page *p, const struct quote_result *q)
{
	size_t n = q->quotation + 1;

	buf_printf(p->b, "<section class=\"card %s%s\" id=\"q%zu\" aria-label=\"Quotation %zu\">\n",
		   verdict_name(q->verdict), ruling_of(p, q) ? " settled" : "", n, n);
	put_badge(p, q->verdict);
	put_ruling(p, ruling_of(p, q));
	buf_printf(p->b,
		   " <a class=\"meta\" href=\"#s%zu\">quotation %zu, back to the story</a>\n<dl class=\"pair\">"
		   "<dt>The story</dt><dd>",
		   n, n);
	put_runs(p, report_story_runs(&p->a, p->r, q));
	put(p, "</dd>\n");
	if (q->has_passage) {
		put(p, "<dt>The cable</dt><dd><span class=\"dim\">\u2026");
		put_text(p, q->passage.before, false);
		put(p, "</span>");
		put_runs(p, report_cable_runs(&p->a, q));
		put(p, "<span class=\"dim\">");
		put_text(p, q->passage.after, false);
		put(p, "\u2026</span></dd>\n");
	}
	put(p, "</dl>\n");
	if (q->has_passage)
		put_where(p, &q->passage);
	put(p, "<p class=\"why\">");
	put_cstring(p, q->reason);
	put(p, ".</p>\n");
	if (q->n_others) {
		put(p, "<p class=\"where\">The same words stand in ");
		for (size_t i = 0; i < q->n_others; i++) {
			put(p, i ? ", " : "");
			put_text(p, q->others[i].id, false);
		}
		put(p, ".</p>\n");
	}
	put(p, "</section>\n");
}

/* ---- head and lists ---------------------------------------------------------------------------------------------- */

static const struct quote_result *first_of(const struct report *r, enum verdict v)
{
	for (size_t i = 0; i < r->n_quotes; i++)
		if (r->quotes[i].verdict == v)
			return &r->quotes[i];
	return NULL;
}

static void put_head(struct page *p)
{
	const struct report *r = p->r;

	put(p,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Check: ");
	put_text(p, r->story->title.n ? r->story->title : str_of(p->style->story), false);
	put(p, "</title>\n<style>");
	put(p, style_sheet);
	put(p, "</style>\n</head>\n<body>\n<header>\n<p class=\"kicker\">Quotations and citations, held against the "
	       "cables</p>"
	       "\n<h1>");
	put_text(p, r->story->title.n ? r->story->title : str_of(p->style->story), false);
	buf_printf(p->b,
		   "</h1>\n<p class=\"meta\">%zu quotations and %zu citations against %llu cables. %zu could not be "
		   "checked.</p>\n<ul class=\"counts\">\n",
		   r->n_quotes, r->n_citations, (unsigned long long)r->cables, r->unchecked);
	for (int v = 0; v < N_VERDICTS; v++) {
		const struct quote_result *q = first_of(r, (enum verdict)v);

		if (q)
			buf_printf(p->b, "<li><a class=\"badge %s\" href=\"#q%zu\">%s %zu %s</a></li>\n",
				   verdict_name((enum verdict)v), q->quotation + 1, report_sign((enum verdict)v),
				   r->count[v], verdict_name((enum verdict)v));
	}
	if (r->n_findings)
		buf_printf(p->b, "<li><a class=\"badge altered\" href=\"#findings\">! %zu %s</a></li>\n", r->n_findings,
			   r->n_findings == 1 ? "finding" : "findings");
	put(p, "</ul>\n</header>\n");
}

static void put_findings(struct page *p)
{
	if (!p->r->n_findings)
		return;
	put(p, "<section class=\"list\" id=\"findings\"><h2>What the story says of the cables</h2>\n<ul>\n");
	for (size_t i = 0; i < p->r->n_findings; i++) {
		put(p, "<li>");
		put_cstring(p, p->r->findings[i].sentence);
		put(p, ".</li>\n");
	}
	put(p, "</ul></section>\n");
}

static void put_citations(struct page *p)
{
	const struct report *r = p->r;

	put(p, "<section class=\"list\"><h2>Citations</h2>\n<ul>\n");
	for (size_t i = 0; i < r->n_citations; i++) {
		const struct citation *x = &r->story->citations[i];
		const struct citation_result *c = &r->citations[i];
		char date[32];

		if (x->same_as >= 0)
			continue;
		buf_printf(p->b, "<li><span class=\"badge %s\">%s</span> ",
			   c->state == CITATION_HELD ? "verbatim" : "not-held", citation_state_name(c->state));
		put_text(p, str_sub(r->story->text, x->at.off, x->at.end), false);
		if (c->state == CITATION_HELD || c->state == CITATION_PARTLY) {
			cable_date_format(c->cable.date, date);
			put(p, ": <strong>");
			put_text(p, c->cable.id, false);
			put(p, "</strong>, ");
			put_cstring(p, date);
			put(p, ", ");
			put_text(p, c->cable.subject, false);
		}
		put(p, " <span class=\"meta\">(");
		put_cstring(p, c->reason);
		put(p, ")</span></li>\n");
	}
	put(p, "</ul></section>\n");
}

static void put_unchecked(struct page *p)
{
	if (!p->r->unchecked)
		return;
	put(p, "<section class=\"list\"><h2>Could not be checked</h2>\n<ul>\n");
	for (size_t i = 0; i < p->r->n_quotes; i++) {
		const struct quote_result *q = &p->r->quotes[i];

		if (!q->unchecked)
			continue;
		buf_printf(p->b, "<li><a href=\"#q%zu\">Quotation %zu</a>: ", q->quotation + 1, q->quotation + 1);
		put_cstring(p, q->reason);
		put(p, ".</li>\n");
	}
	put(p, "</ul></section>\n");
}

void report_html(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct page p = {.b = out, .r = r, .style = style};

	put_head(&p);
	put(&p, "<main>\n");
	put_story(&p);
	put(&p, "<div class=\"cards\">\n");
	for (size_t i = 0; i < r->n_quotes; i++)
		put_card(&p, &r->quotes[i]);
	put(&p, "</div>\n</main>\n");
	put_findings(&p);
	put_citations(&p);
	put_unchecked(&p);
	put(&p,
	    "<footer><p>Made by reftel " REFTEL_VERSION ". A difference is shown, not explained: whether it matters is "
	    "for a person to say.</p></footer>\n</body>\n</html>\n");
	arena_free(&p.a);
}
