/*
 * A report as part of a page: how many quotations are what, those that a person should look at, and the story with
 * every quotation in its verdict's colour and with its sign. The cards are in story_cards.c.
 */
#include "web/story_priv.h"

#include <string.h>

enum { LOOK_MAX = 12 /* of those to look at, before the rest are only counted */ };

static const struct ruling *ruling_of(const struct check_view *v, const struct quote_result *q)
{
	return v->rulings ? &v->rulings[q - v->report->quotes] : NULL;
}

bool check_view_settled(const struct check_view *v, const struct quote_result *q)
{
	const struct ruling *x = ruling_of(v, q);

	return x && x->holds;
}

bool check_view_shows(const struct check_view *v, const struct quote_result *q, struct str show)
{
	bool settled = check_view_settled(v, q);

	if (str_eq(show, STR("settled")))
		return settled;
	if (str_eq(show, STR("open")))
		return !settled && report_wants_eye(q);
	if (str_eq(show, STR("unchecked")))
		return !settled && q->unchecked;
	return !show.n || (!settled && str_eq(show, str_of(verdict_name(q->verdict))));
}

void check_view_when(struct buf *b, int64_t seconds)
{
	char iso[32];

	clock_iso(seconds, iso);
	html(b, "<time datetime=\"%s\">%.*s %.*s UTC</time>", iso, 10, iso, 5, iso + 11);
}

void check_view_badge(struct buf *b, enum verdict x)
{
	html(b, "<span class=\"badge %s\"><span aria-hidden=\"true\">%s</span> %s</span>", verdict_name(x),
	     report_sign(x), verdict_name(x));
}

/* Of this page with these cards alone; "" where the page has none of its own. */
static const char *address_of(struct check_view *v, struct str show)
{
	static const char *const without[] = {"done", NULL};
	struct str collection = rq_collection(v->rq);

	if (!v->story)
		return "";
	return arena_printf(&v->rq->arena, "/c/%.*s/story/%lld%s", STR_ARG(collection), (long long)v->story,
			    url_query(&v->rq->arena, &v->rq->query, "show", show, without));
}

/* Of the page on which the quotation has a card: where this one leaves it out, the one with all. */
static const char *address_with(struct check_view *v, const struct quote_result *q)
{
	return check_view_shows(v, q, v->show) ? "" : address_of(v, STR(""));
}

/* ---- words with what differs marked ------------------------------------------------------------------------------ */

static void put_runs(struct buf *b, struct runs runs)
{
	static const char *const classes[] = {[MARK_LEFT_OUT] = "left-out",
					      [MARK_GLOSS] = "gloss",
					      [MARK_DIM] = "soft",
					      [MARK_HIDDEN] = "hidden-words"};

	for (size_t i = 0; i < runs.n; i++) {
		const struct run *x = &runs.v[i];

		if (x->mark == MARK_NONE)
			html_text(b, x->text);
		else if (x->mark == MARK_DIFFERS)
			html(b, "<mark class=\"differs\">%.*s</mark>", STR_ARG(x->text));
		else
			html(b, "<span class=\"%s\">%.*s</span>", classes[x->mark], STR_ARG(x->text));
	}
}

void check_view_story_words(struct check_view *v, const struct quote_result *q)
{
	put_runs(v->b, report_story_runs(&v->rq->arena, v->report, q));
}

void check_view_cable_words(struct check_view *v, const struct quote_result *q)
{
	put_runs(v->b, report_cable_runs(&v->rq->arena, q));
}

/* ---- counts ------------------------------------------------------------------------------------------------------ */

/* A count that leads to the first of its kind, and of a kept draft leaves the cards of the others out. */
static void put_count(struct check_view *v, struct str show, const char *class, const char *sign, const char *label)
{
	const struct quote_result *first = NULL;
	bool here = v->show.n && str_eq(v->show, show);
	size_t n = 0;

	for (size_t i = 0; i < v->report->n_quotes; i++)
		if (check_view_shows(v, &v->report->quotes[i], show)) {
			if (!first)
				first = &v->report->quotes[i];
			n++;
		}
	if (!first && !here)
		return;
	html(v->b, "<li><a class=\"badge %s\" href=\"%s", class, address_of(v, here ? STR("") : show));
	if (first)
		html(v->b, "#q%zu", first->quotation + 1);
	html(v->b, "\"%s><span aria-hidden=\"true\">%s</span> %zu %s</a></li>", here ? " aria-current=\"true\"" : "",
	     sign, n, label);
}

static void put_counts(struct check_view *v)
{
	static const enum verdict order[] = {VERDICT_ALTERED,  VERDICT_MISATTRIBUTED, VERDICT_NO_SOURCE,
					     VERDICT_NOT_HELD, VERDICT_TOO_SHORT,     VERDICT_ADAPTED,
					     VERDICT_VERBATIM};
	size_t n = v->report->n_findings;

	html(v->b, "<ul class=\"counts\" aria-label=\"Quotations by verdict\">");
	for (size_t i = 0; i < N_VERDICTS; i++)
		put_count(v, str_of(verdict_name(order[i])), verdict_name(order[i]), report_sign(order[i]),
			  verdict_name(order[i]));
	put_count(v, STR("settled"), "settled-count", "\u2713", "overruled");
	if (n)
		html(v->b,
		     "<li><a class=\"badge altered\" href=\"#findings\"><span aria-hidden=\"true\">!</span> %zu %s</a>"
		     "</li>",
		     n, n == 1 ? "finding" : "findings");
	if (v->show.n)
		html(v->b, "<li><a class=\"badge all\" href=\"%s\">All quotations</a></li>", address_of(v, STR("")));
	html(v->b, "</ul>");
}

/* ---- what to look at --------------------------------------------------------------------------------------------- */

static void put_look(struct check_view *v, const struct quote_result *q)
{
	struct buf *b = v->b;

	html(b, "<li>");
	check_view_badge(b, q->verdict);
	html(b, " <a class=\"words\" href=\"%s#q%zu\">", address_with(v, q), q->quotation + 1);
	check_view_story_words(v, q);
	html(b, "</a>");
	if (q->has_passage && q->as != VERDICT_VERBATIM) {
		html(b, "<br><span class=\"soft\">The cable has:</span> <span class=\"words\">");
		check_view_cable_words(v, q);
		html(b, "</span>");
	} else {
		html(b, "<br><span class=\"soft\">%c%s.</span>", ascii_toupper(q->reason[0]),
		     q->reason[0] ? q->reason + 1 : "");
	}
	html(b, "</li>");
}

static void put_looks(struct check_view *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->report->n_quotes; i++)
		n += check_view_shows(v, &v->report->quotes[i], STR("open"));
	if (!n && !v->report->n_findings) {
		html(v->b, "<p class=\"done\">Nothing that was found differs from the cables%s.</p>",
		     v->report->unchecked ? "; what could not be checked is counted above" : "");
		return;
	}
	if (!n)
		return;
	html(v->b, "<section class=\"look\" aria-labelledby=\"look\"><h2 id=\"look\">To look at</h2><ol>");
	n = 0;
	for (size_t i = 0; i < v->report->n_quotes; i++)
		if (check_view_shows(v, &v->report->quotes[i], STR("open")) && ++n <= LOOK_MAX)
			put_look(v, &v->report->quotes[i]);
	html(v->b, "</ol>");
	if (n > LOOK_MAX)
		html(v->b, "<p class=\"soft\">And %zu more, below.</p>", n - LOOK_MAX);
	html(v->b, "</section>");
}

static void put_findings(struct check_view *v)
{
	if (!v->report->n_findings)
		return;
	html(v->b, "<section class=\"findings\" id=\"findings\" aria-labelledby=\"findings-title\">"
		   "<h2 id=\"findings-title\">What the story says of the cables</h2><ul>");
	for (size_t i = 0; i < v->report->n_findings; i++) {
		const struct finding *f = &v->report->findings[i];

		html(v->b, "<li>%s.", f->sentence);
		if (f->quotation >= 0)
			html(v->b, " <a href=\"#s%d\">In the story</a>", f->quotation + 1);
		html(v->b, "</li>");
	}
	html(v->b, "</ul></section>");
}

/* ---- the story --------------------------------------------------------------------------------------------------- */

static void put_quotation(struct check_view *v, const struct block_run *x)
{
	size_t n = x->quote->quotation + 1;
	const struct ruling *r = ruling_of(v, x->quote);
	bool settled = r && r->holds;

	html(v->b, "<a class=\"q %s%s\" href=\"%s#q%zu\" data-quote=\"%zu\"", verdict_name(x->quote->verdict),
	     settled ? " settled" : "", address_with(v, x->quote), n, n);
	if (x->begins)
		html(v->b, " id=\"s%zu\" data-item", n);
	html(v->b,
	     " title=\"%s%s\">%.*s<sup><span class=\"visually-hidden\"> (%s%s, quotation </span>%s%zu<span "
	     "class=\"visually-hidden\">)</span></sup></a>",
	     verdict_name(x->quote->verdict), settled ? ", overruled" : "", STR_ARG(x->text),
	     verdict_name(x->quote->verdict), settled ? ", overruled" : "",
	     settled ? "\u2713" : report_sign(x->quote->verdict), n);
}

static void put_block(struct check_view *v, const struct block *k, size_t *first)
{
	struct block_runs runs = report_block_runs(&v->rq->arena, v->report, k, first);

	for (size_t i = 0; i < runs.n; i++)
		if (runs.v[i].quote)
			put_quotation(v, &runs.v[i]);
		else
			html_text(v->b, runs.v[i].text);
}

static void put_story(struct check_view *v)
{
	static const char *const begin[] = {"<p>", "<h3>", "<blockquote>", "<p class=\"item\">\u2022 "};
	static const char *const end[] = {"</p>", "</h3>", "</blockquote>", "</p>"};
	size_t first = 0;

	html(v->b, "<article class=\"story\" aria-labelledby=\"story-title\"><h2 id=\"story-title\">The story</h2>");
	for (size_t i = 0; i < v->report->story->n_blocks; i++) {
		const struct block *k = &v->report->story->blocks[i];

		buf_puts(v->b, begin[k->kind]);
		put_block(v, k, &first);
		buf_puts(v->b, end[k->kind]);
	}
	html(v->b, "</article>");
}

void check_view_put(struct check_view *v)
{
	html(v->b, "<p class=\"soft\">");
	html_count(v->b, v->report->n_quotes, "quotation", "quotations");
	html(v->b, " and ");
	html_count(v->b, v->report->n_citations, "citation", "citations");
	html(v->b, " held against ");
	html_count(v->b, v->report->cables, "cable", "cables");
	html(v->b, "; %zu could not be checked.</p>", v->report->unchecked);
	put_counts(v);
	put_looks(v);
	put_findings(v);
	html(v->b, "<div class=\"checked\">");
	put_story(v);
	check_view_cards(v);
	html(v->b, "</div>");
}
