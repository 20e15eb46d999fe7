/*
 * A card for each quotation: its words beside the cable's, where that stands, why it is judged so, and what a person
 * says of it; behind them the citations.
 */
#include "web/story_priv.h"

#include <string.h>

static void put_cable_link(struct check_view *v, struct str id, int paragraph)
{
	struct str collection = rq_collection(v->rq);

	html(v->b, "<a class=\"cable\" href=\"/c/%.*s/cable/%s", STR_ARG(collection), url_encode(&v->rq->arena, id));
	if (paragraph > 0)
		html(v->b, "#p%d\" data-paragraph=\"%d", paragraph, paragraph);
	html(v->b, "\">%.*s", STR_ARG(id));
	if (paragraph > 0)
		html(v->b, ", paragraph %d", paragraph);
	html(v->b, "</a>");
}

static void put_where(struct check_view *v, const struct passage *x)
{
	char mark[64];

	html(v->b, "<p class=\"where\">In ");
	put_cable_link(v, x->id, x->paragraph);
	if (x->mark.level != LEVEL_UNKNOWN) {
		class_format(x->mark, mark);
		html(v->b, ", marked <span class=\"class\">%s</span>", mark);
	}
	html(v->b, "</p>");
}

static void put_pair(struct check_view *v, const struct quote_result *q)
{
	struct buf *b = v->b;

	html(b, "<dl class=\"pair\"><div><dt>The story</dt><dd>");
	check_view_story_words(v, q);
	html(b, "</dd></div>");
	if (q->has_passage) {
		html(b, "<div><dt>The cable</dt><dd><span class=\"soft\">\u2026%.*s</span>",
		     STR_ARG(q->passage.before));
		check_view_cable_words(v, q);
		html(b, "<span class=\"soft\">%.*s\u2026</span></dd></div>", STR_ARG(q->passage.after));
	}
	html(b, "</dl>");
}

static void put_others(struct check_view *v, const struct quote_result *q)
{
	if (!q->n_others)
		return;
	html(v->b, "<p class=\"where\">The same words stand in ");
	for (size_t i = 0; i < q->n_others; i++) {
		html(v->b, "%s", i ? ", " : "");
		put_cable_link(v, q->others[i].id, q->others[i].paragraph);
	}
	html(v->b, ".</p>");
}

/* ---- what a person says of it ------------------------------------------------------------------------------------ */

static void put_form(struct check_view *v, const struct quote_result *q)
{
	struct str collection = rq_collection(v->rq);

	html(v->b, "<form method=\"post\" action=\"/c/%.*s/story/%lld/overrule\" class=\"stack\">", STR_ARG(collection),
	     (long long)v->story);
	page_csrf(v->rq, v->b);
	html(v->b,
	     "<input type=\"hidden\" name=\"draft\" value=\"%d\"><input type=\"hidden\" name=\"quotation\" "
	     "value=\"%zu\">",
	     v->draft, q->quotation + 1);
}

static void put_overrule(struct check_view *v, const struct quote_result *q)
{
	struct buf *b = v->b;

	html(b,
	     "<details class=\"overrule no-print\"><summary>Overrule<span class=\"visually-hidden\"> quotation "
	     "%zu</span>"
	     "</summary>",
	     q->quotation + 1);
	put_form(v, q);
	html(b, "<label>It is <select name=\"as\">");
	for (int i = 0; i < N_VERDICTS; i++)
		if ((enum verdict)i != q->verdict)
			html(b, "<option value=\"%s\">%s %s: %s</option>", verdict_name((enum verdict)i),
			     report_sign((enum verdict)i), verdict_name((enum verdict)i),
			     report_verdict_phrase((enum verdict)i));
	html(b, "</select></label><label>Because <textarea name=\"reason\" rows=\"2\" required maxlength=\"4000\">"
		"</textarea></label><button>Overrule</button></form></details>");
}

static void put_ruling(struct check_view *v, const struct quote_result *q, const struct ruling *x)
{
	struct buf *b = v->b;

	if (!x || !x->last)
		return;
	html(b, "<div class=\"ruling\"><p>");
	if (x->holds) {
		check_view_badge(b, x->shown.as);
		html(b, " Overruled by ");
	} else {
		html(b,
		     "The verdict was \u201c%.*s\u201d when it was overruled as \u201c%.*s\u201d; it is another now, "
		     "and "
		     "stands. Overruled by ",
		     STR_ARG(x->last->verdict), STR_ARG(x->last->as));
	}
	html(b, "<bdi>%.*s</bdi>, ", STR_ARG(x->last->author.n ? x->last->author : STR("the desk")));
	check_view_when(b, x->last->when);
	html(b, ":</p><blockquote>%.*s</blockquote>", STR_ARG(x->last->reason));
	if (rq_may(v->rq, NEED_EDITOR)) {
		put_form(v, q);
		html(b,
		     "<input type=\"hidden\" name=\"undo\" value=\"1\"><button class=\"second\">Take back<span "
		     "class=\"visually-hidden\"> what was said of quotation %zu</span></button></form>",
		     q->quotation + 1);
	}
	html(b, "</div>");
}

/* ---- cards ------------------------------------------------------------------------------------------------------- */

static void put_card(struct check_view *v, const struct quote_result *q)
{
	const struct ruling *ruling = v->rulings ? &v->rulings[q - v->report->quotes] : NULL;
	bool settled = ruling && ruling->holds;
	size_t n = q->quotation + 1;
	struct buf *b = v->b;

	html(b,
	     "<section class=\"card %s%s\" id=\"q%zu\" aria-labelledby=\"q%zu-title\" tabindex=\"-1\"><div "
	     "class=\"row\">"
	     "<h3 id=\"q%zu-title\">Quotation %zu</h3>",
	     verdict_name(q->verdict), settled ? " settled" : "", n, n, n, n);
	check_view_badge(b, q->verdict);
	html(b, "<a class=\"back\" href=\"#s%zu\">in the story</a></div>", n);
	put_ruling(v, q, ruling);
	put_pair(v, q);
	if (q->has_passage)
		put_where(v, &q->passage);
	html(b, "<p class=\"why\">%c%s.</p>", ascii_toupper(q->reason[0]), q->reason[0] ? q->reason + 1 : "");
	put_others(v, q);
	if (v->story && !settled && rq_may(v->rq, NEED_EDITOR))
		put_overrule(v, q);
	html(b, "</section>");
}

static void put_citation(struct check_view *v, const struct citation_result *c)
{
	const struct citation *x = &v->report->story->citations[c->citation];
	bool held = c->state == CITATION_HELD || c->state == CITATION_PARTLY;
	struct str words = str_sub(v->report->story->text, x->at.off, x->at.end);
	char date[32];

	html(v->b, "<li><span class=\"badge %s\"><span aria-hidden=\"true\">%s</span> %s</span> %.*s",
	     c->state == CITATION_HELD ? "verbatim" : "not-held", c->state == CITATION_HELD ? "=" : "?",
	     citation_state_name(c->state), STR_ARG(words));
	if (held) {
		cable_date_format(c->cable.date, date);
		html(v->b, ": ");
		put_cable_link(v, c->cable.id, 0);
		html(v->b, ", %s, <bdi>%.*s</bdi>", date, STR_ARG(c->cable.subject));
	}
	html(v->b, " <span class=\"soft\">(%s)</span></li>", c->reason);
}

static void put_citations(struct check_view *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->report->n_citations; i++)
		n += v->report->story->citations[i].same_as < 0;
	if (!n)
		return;
	html(v->b,
	     "<section class=\"citations\" aria-labelledby=\"citations\"><h2 id=\"citations\">Citations</h2><ul>");
	for (size_t i = 0; i < v->report->n_citations; i++)
		if (v->report->story->citations[i].same_as < 0)
			put_citation(v, &v->report->citations[i]);
	html(v->b, "</ul></section>");
}

void check_view_cards(struct check_view *v)
{
	size_t n = 0;

	html(v->b, "<div class=\"cards\"><h2>The quotations and the cables\u2019 words</h2>");
	for (size_t i = 0; i < v->report->n_quotes; i++)
		if (check_view_shows(v, &v->report->quotes[i], v->show)) {
			put_card(v, &v->report->quotes[i]);
			n++;
		}
	if (!n)
		html(v->b, "<p class=\"soft\">%s</p>",
		     v->report->n_quotes ? "No quotation is so." : "There are no quotations in the story.");
	put_citations(v);
	html(v->b, "</div>");
}
