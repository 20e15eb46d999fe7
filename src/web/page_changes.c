/*
 * What changed between two drafts of a story: its quotations, and then its text word for word.
 */
#include "web/story_changes.h"
#include "web/story_priv.h"

#include <inttypes.h>
#include <string.h>

enum { SAME_SHOWN = 240 /* bytes of unchanged text at either end of a long stretch of it */ };

struct pair {
	struct kept_story from, to;
	struct changes changes;
};

/* ---- the text ---------------------------------------------------------------------------------------------------- */

/* What is the same and long is shown by its ends, cut at blanks. */
static void put_same(struct buf *b, struct str s, bool first, bool last)
{
	size_t head = first ? 0 : SAME_SHOWN, tail = last ? 0 : SAME_SHOWN;

	if (s.n <= 2 * SAME_SHOWN + 100) {
		html_text(b, s);
		return;
	}
	while (head && !ascii_space(s.p[head]))
		head--;
	while (tail && !ascii_space(s.p[s.n - tail]))
		tail--;
	html_text(b, str_sub(s, 0, head));
	html(b, "<span class=\"soft\"> [\u2026 unchanged \u2026] </span>");
	html_text(b, str_sub(s, s.n - tail, s.n));
}

/*
 * The spans are of words: what stands between them in the later text is put with what is the same. What was removed
 * had a blank behind it.
 */
static void put_diff(struct buf *b, struct arena *a, struct str from, struct str to, bool whole)
{
	struct diff d = text_diff(a, from, to);
	uint32_t at = 0;

	for (size_t i = 0; i < d.n; i++) {
		const struct diff_span *x = &d.v[i];
		struct str old = str_sub(from, x->a_off, x->a_end), new = str_sub(to, x->b_off, x->b_end);
		uint32_t end = i + 1 < d.n ? x->b_end : (uint32_t)to.n;

		if (x->op == ALIGN_ONLY_A) {
			html(b, "<del>%.*s</del> ", STR_ARG(old));
		} else if (x->op == ALIGN_ONLY_B) {
			html_text(b, str_sub(to, at, x->b_off));
			html(b, "<ins>%.*s</ins>", STR_ARG(new));
			at = x->b_end;
		} else {
			for (size_t k = i + 1; k < d.n && end == x->b_end; k++)
				if (d.v[k].op != ALIGN_ONLY_A)
					end = d.v[k].b_off;
			if (whole)
				html_text(b, str_sub(to, at, end));
			else
				put_same(b, str_sub(to, at, end), i == 0, i + 1 == d.n);
			at = end;
		}
	}
	html_text(b, str_sub(to, at, to.n));
}

/* ---- the quotations ---------------------------------------------------------------------------------------------- */

static void put_quotation(struct request *rq, struct buf *b, const struct pair *p, const struct change *c)
{
	const struct kept_story *k = c->to ? &p->to : &p->from;
	const struct quote_result *q = c->to ? c->to : c->from;
	struct str now;

	if (!q)
		return;
	now = report_quotation_text(&k->report, q);
	html(b, "<li data-item>");
	if (c->from && c->to && c->from->verdict != c->to->verdict) {
		check_view_badge(b, c->from->verdict);
		html(b, " <span aria-hidden=\"true\">\u2192</span><span class=\"visually-hidden\"> is now </span> ");
	}
	check_view_badge(b, q->verdict);
	html(b, " <a class=\"words\" href=\"/c/%.*s/story/%" PRId64 "?draft=%d#q%zu\">", STR_ARG(rq_collection(rq)),
	     k->story.id, k->draft.ordinal, q->quotation + 1);
	if (c->kind == CHANGE_WORDS)
		put_diff(b, &rq->arena, report_quotation_text(&p->from.report, c->from), now, true);
	else
		html_text(b, now);
	html(b, "</a></li>");
}

static void put_kind(struct request *rq, struct buf *b, const struct pair *p, enum change_kind kind, const char *title)
{
	if (!p->changes.count[kind])
		return;
	html(b, "<h2>%s <span class=\"soft\">(%zu)</span></h2><ul class=\"changes\" data-test=\"%s\">", title,
	     p->changes.count[kind], change_name(kind));
	for (size_t i = 0; i < p->changes.n; i++)
		if (p->changes.v[i].kind == kind)
			put_quotation(rq, b, p, &p->changes.v[i]);
	html(b, "</ul>");
}

static void put_choice(struct buf *b, const struct kept_story *k, const char *name, const char *label, int chosen)
{
	html(b, "<label>%s <select name=\"%s\">", label, name);
	for (size_t i = 0; i < k->drafts.n; i++)
		html(b, "<option value=\"%d\"%s>Draft %d</option>", k->drafts.v[i].ordinal,
		     k->drafts.v[i].ordinal == chosen ? " selected" : "", k->drafts.v[i].ordinal);
	html(b, "</select></label>");
}

static void show_changes(struct request *rq, struct answer *an, const struct pair *p)
{
	struct page page = {.title = arena_printf(&rq->arena, "Changes of %.*s", STR_ARG(p->to.story.title)),
			    .place = "check",
			    .body_class = "check-page"};
	int from = p->from.draft.ordinal, to = p->to.draft.ordinal;
	struct str collection = rq_collection(rq);
	struct buf *b = &an->body;

	page_begin(rq, an, &page);
	html(b,
	     "<p class=\"kicker\"><a href=\"/c/%.*s/story/%" PRId64 "?draft=%d\"><bdi>%.*s</bdi></a></p>"
	     "<h1>What changed from draft %d to draft %d</h1><form method=\"get\" class=\"row\">",
	     STR_ARG(collection), p->to.story.id, to, STR_ARG(p->to.story.title), from, to);
	put_choice(b, &p->to, "from", "From", from);
	put_choice(b, &p->to, "to", "to", to);
	html(b, "<button class=\"second\">Compare</button></form><p class=\"soft\">");
	html_count(b, p->changes.count[CHANGE_NONE], "quotation is", "quotations are");
	html(b, " the same.</p>");
	put_kind(rq, b, p, CHANGE_VERDICT, "Judged otherwise");
	put_kind(rq, b, p, CHANGE_WORDS, "Other words, or another citation");
	put_kind(rq, b, p, CHANGE_ADDED, "Added");
	put_kind(rq, b, p, CHANGE_REMOVED, "Removed");
	html(b, "<h2>The text</h2>");
	if (str_eq(p->from.text.text, p->to.text.text)) {
		html(b, "<p class=\"soft\">The text is the same.</p>");
	} else {
		html(b, "<div class=\"text-diff\">");
		put_diff(b, &rq->arena, p->from.text.text, p->to.text.text, false);
		html(b, "</div>");
	}
	page_end(rq, an);
}

/* ---- as an object ------------------------------------------------------------------------------------------------ */

static json_t *side_json(const struct kept_story *k, const struct quote_result *q)
{
	json_t *o;

	if (!q)
		return json_null();
	o = json_pack("{s:i, s:s}", "number", (int)q->quotation + 1, "verdict", verdict_name(q->verdict));
	view_set(o, "text", report_quotation_text(&k->report, q));
	return o;
}

static int changes_json(struct answer *an, const struct pair *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->changes.n; i++) {
		const struct change *c = &p->changes.v[i];

		if (c->kind != CHANGE_NONE)
			json_array_append_new(list,
					      json_pack("{s:s, s:o, s:o}", "change", change_name(c->kind), "from",
							side_json(&p->from, c->from), "to", side_json(&p->to, c->to)));
	}
	return answer_json(an, json_pack("{s:I, s:i, s:i, s:i, s:o}", "story", (json_int_t)p->to.story.id, "from",
					 p->from.draft.ordinal, "to", p->to.draft.ordinal, "same",
					 (int)p->changes.count[CHANGE_NONE], "quotations", list));
}

int page_story_changes(struct request *rq, struct answer *an, struct err *e)
{
	int64_t from = params_number(&rq->query, "from", 1, INT32_MAX, 0),
		to = params_number(&rq->query, "to", 1, INT32_MAX, 0);
	struct pair p = {0};
	int rc = kept_story_open(rq, to, &p.to, e);

	if (rc == REFTEL_OK)
		rc = kept_story_open(rq, from ? from : p.to.draft.ordinal > 1 ? p.to.draft.ordinal - 1 : 1, &p.from, e);
	if (rc == REFTEL_OK) {
		p.changes = story_changes(&rq->arena, &p.from.report, &p.to.report);
		if (rq->json)
			rc = changes_json(an, &p);
		else
			show_changes(rq, an, &p);
	}
	kept_story_close(&p.from);
	kept_story_close(&p.to);
	return rc;
}
