/*
 * A story that is kept: one of its drafts with its report, new drafts, verdicts set aside, and the report as a file.
 */
#include "web/story_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static void put_done(struct request *rq, struct buf *b)
{
	static const char *const done[][2] = {
		{"kept", "Checked, and kept as a draft."},
		{"checked-again", "The check was no longer at hand: the story was checked again, and kept as a draft."},
		{"overruled",
		 "The verdict is overruled. It stays so in the next draft, as long as words and verdict do."},
		{"undone", "The overruling is taken back."},
	};
	struct str what = params_get(&rq->query, "done");

	for (size_t i = 0; i < sizeof(done) / sizeof(*done); i++)
		if (str_eq(what, str_of(done[i][0])))
			html(b, "<p class=\"done\" role=\"status\">%s</p>", done[i][1]);
}

static void put_drafts(struct request *rq, struct buf *b, const struct kept_story *k)
{
	struct str collection = rq_collection(rq);
	int last = k->drafts.v[k->drafts.n - 1].ordinal;

	html(b, "<nav class=\"drafts\" aria-label=\"Drafts\"><ul>");
	for (size_t i = 0; i < k->drafts.n; i++) {
		const struct desk_draft *d = &k->drafts.v[i];

		html(b, "<li><a href=\"/c/%.*s/story/%" PRId64 "?draft=%d\"%s>Draft %d</a></li>", STR_ARG(collection),
		     k->story.id, d->ordinal, d->ordinal == k->draft.ordinal ? " aria-current=\"page\"" : "",
		     d->ordinal);
	}
	if (k->drafts.n > 1) {
		int from = k->draft.ordinal > 1 ? k->draft.ordinal - 1 : 1, to = from + 1;

		html(b, "<li><a href=\"/c/%.*s/story/%" PRId64 "/changes?from=%d&amp;to=%d\">What changed</a></li>",
		     STR_ARG(collection), k->story.id, from, to > last ? last : to);
	}
	html(b, "</ul></nav>");
}

/* Says when the archive is not what it was, with a button to check against what it is. */
static int put_age(struct request *rq, struct buf *b, const struct kept_story *k, struct err *e)
{
	struct str collection = rq_collection(rq);
	uint64_t cables, versions;
	int rc = archive_counts(rq->in->archive, &cables, &versions, e);

	if (rc != REFTEL_OK || (cables == k->report.cables && versions == k->report.versions))
		return rc;
	html(b, "<div class=\"note\"><p>Checked on ");
	check_view_when(b, k->draft.when);
	html(b, " against ");
	html_count(b, k->report.cables, "cable", "cables");
	html(b, ". The archive has changed since: it has ");
	html_count(b, cables, "cable", "cables");
	html(b, " in ");
	html_count(b, versions, "version", "versions");
	html(b, " now.</p>");
	if (rq_may(rq, NEED_EDITOR)) {
		html(b, "<form method=\"post\" action=\"/c/%.*s/story/%" PRId64 "\">", STR_ARG(collection),
		     k->story.id);
		page_csrf(rq, b);
		html(b, "<input type=\"hidden\" name=\"recheck\" value=\"%d\"><button>Check again</button></form>",
		     k->draft.ordinal);
	}
	html(b, "</div>");
	return REFTEL_OK;
}

static void put_tools(struct request *rq, struct buf *b, const struct kept_story *k)
{
	const char *base = arena_printf(&rq->arena, "/c/%.*s/story/%" PRId64, STR_ARG(rq_collection(rq)), k->story.id);

	html(b,
	     "<div class=\"row tools no-print\"><a class=\"button second\" href=\"%s/export?draft=%d&amp;format=html\">"
	     "Save as HTML</a><a class=\"button second\" href=\"%s/export?draft=%d&amp;format=json\">Save as "
	     "JSON</a></div>",
	     base, k->draft.ordinal, base, k->draft.ordinal);
}

static void put_new_draft(struct request *rq, struct buf *b, const struct kept_story *k)
{
	if (!rq_may(rq, NEED_EDITOR))
		return;
	html(b,
	     "<details class=\"new-draft no-print\"><summary>Add a draft</summary><form method=\"post\" "
	     "action=\"/c/%.*s/story/%" PRId64 "\" enctype=\"multipart/form-data\" class=\"check-form\">",
	     STR_ARG(rq_collection(rq)), k->story.id);
	page_csrf(rq, b);
	html(b, "<label>The new draft\u2019s text<textarea name=\"text\" rows=\"8\" "
		"spellcheck=\"false\"></textarea></label>"
		"<label>or its file <input type=\"file\" name=\"file\" "
		"accept=\".html,.htm,.md,.markdown,.txt,.docx,.odt,text/*\"></label>"
		"<label>It is <select name=\"format\"><option value=\"auto\">to be told by its content</option>"
		"<option value=\"html\">HTML</option><option value=\"markdown\">Markdown</option>"
		"<option value=\"plain\">plain text</option></select></label>"
		"<div><button>Check and keep</button></div></form></details>");
}

static int show_story(struct request *rq, struct answer *an, const struct kept_story *k, struct err *e)
{
	struct page p = {.title = arena_dup(&rq->arena, k->story.title),
			 .place = "check",
			 .script = "check.js",
			 .body_class = "check-page"};
	struct check_view v = {.rq = rq,
			       .b = &an->body,
			       .report = &k->report,
			       .rulings = k->rulings,
			       .story = k->story.id,
			       .draft = k->draft.ordinal,
			       .show = params_get(&rq->query, "show")};
	struct str collection = rq_collection(rq), by = k->draft.author;
	struct buf *b = &an->body;
	int rc;

	page_begin(rq, an, &p);
	html(b,
	     "<p class=\"kicker\"><a href=\"/c/%.*s/check\">Check</a></p><h1><bdi>%.*s</bdi></h1><p class=\"soft\">"
	     "Draft %d, ",
	     STR_ARG(collection), STR_ARG(k->story.title), k->draft.ordinal);
	check_view_when(b, k->draft.when);
	if (by.n)
		html(b, ", by <bdi>%.*s</bdi>", STR_ARG(by));
	if (k->draft.file.n)
		html(b, ", from <bdi>%.*s</bdi>", STR_ARG(k->draft.file));
	html(b, "</p>");
	put_done(rq, b);
	html(b, "<div class=\"row bar\">");
	put_drafts(rq, b, k);
	put_tools(rq, b, k);
	html(b, "</div>");
	put_new_draft(rq, b, k);
	rc = put_age(rq, b, k, e);
	check_view_put(&v);
	page_end(rq, an);
	return rc;
}

static json_t *draft_json(const struct desk_draft *d)
{
	char when[32];
	json_t *o;

	clock_iso(d->when, when);
	o = json_pack("{s:i, s:s, s:i, s:i}", "draft", d->ordinal, "when", when, "quotations", (int)d->quotations,
		      "to_look_at", (int)d->findings);
	view_set(o, "author", d->author);
	view_set(o, "file", d->file);
	view_set(o, "format", d->format);
	return o;
}

static int story_json(struct request *rq, struct answer *an, const struct kept_story *k)
{
	json_t *drafts = json_array(), *o;

	for (size_t i = 0; i < k->drafts.n; i++)
		json_array_append_new(drafts, draft_json(&k->drafts.v[i]));
	o = json_pack("{s:I, s:i, s:o, s:o}", "story", (json_int_t)k->story.id, "draft", k->draft.ordinal, "drafts",
		      drafts, "report", kept_story_report(k, &rq->arena));
	view_set(o, "title", k->story.title);
	return answer_json(an, o);
}

static int64_t draft_asked(const struct request *rq)
{
	const struct params *p = params_has(&rq->fields, "draft") ? &rq->fields : &rq->query;

	return params_number(p, "draft", 1, INT32_MAX, 0);
}

/* A draft whose report cannot be read any more can still be checked again. */
static int show_broken(struct request *rq, struct answer *an, const struct kept_story *k, const struct err *e)
{
	struct page p = {.title = arena_dup(&rq->arena, k->story.title), .place = "check", .body_class = "check-page"};
	struct str collection = rq_collection(rq);

	page_begin(rq, an, &p);
	html(&an->body, "<h1><bdi>%.*s</bdi></h1><p class=\"wrong\">%c%s.</p>", STR_ARG(k->story.title),
	     ascii_toupper(e->msg[0]), e->msg + 1);
	put_drafts(rq, &an->body, k);
	if (rq_may(rq, NEED_EDITOR)) {
		html(&an->body, "<form method=\"post\" action=\"/c/%.*s/story/%" PRId64 "\">", STR_ARG(collection),
		     k->story.id);
		page_csrf(rq, &an->body);
		html(&an->body,
		     "<input type=\"hidden\" name=\"recheck\" value=\"%d\"><button>Check again</button></form>",
		     k->draft.ordinal);
	}
	page_end(rq, an);
	return REFTEL_OK;
}

int page_story(struct request *rq, struct answer *an, struct err *e)
{
	struct kept_story k = {0};
	int rc = kept_story_open(rq, draft_asked(rq), &k, e);

	if (rc == REFTEL_OK)
		rc = rq->json ? story_json(rq, an, &k) : show_story(rq, an, &k, e);
	else if (rc == REFTEL_EFORMAT && k.draft.id && !rq->json)
		rc = show_broken(rq, an, &k, e);
	kept_story_close(&k);
	return rc;
}

/* ---- drafts ------------------------------------------------------------------------------------------------------ */

/* The text of a draft that is kept, to be checked again. */
static int sent_again(struct request *rq, int64_t ordinal, struct sent_story *s, struct err *e)
{
	struct kept_story k = {0};
	int rc = kept_story_open(rq, ordinal, &k, e);

	if (rc == REFTEL_EFORMAT && k.draft.id)
		rc = REFTEL_OK;
	*s = (struct sent_story){k.text, k.story.title, k.draft.file};
	kept_story_close(&k);
	return rc;
}

int do_draft(struct request *rq, struct answer *an, struct err *e)
{
	int64_t again = params_number(&rq->fields, "recheck", 1, INT32_MAX, 0), story = story_number(rq);
	struct report r = {0};
	struct desk_story known;
	struct sent_story s;
	int draft = 0;
	int rc = desk_story_find(rq->worker->desk, &rq->arena, rq_collection(rq), story, &known, e);

	if (rc == REFTEL_OK)
		rc = again ? sent_again(rq, again, &s, e) : sent_story_read(rq, &s, e);
	if (rc == REFTEL_OK)
		rc = story_check(rq, &s.story, &r, e);
	if (rc == REFTEL_OK)
		rc = story_keep(rq, &s, &r, &story, &draft, e);
	report_free(&r);
	if (rc == REFTEL_OK && rq->json)
		return answer_json(an, json_pack("{s:I, s:i}", "story", (json_int_t)story, "draft", draft));
	return rc == REFTEL_OK
		       ? answer_redirect(rq, an,
					 arena_printf(&rq->arena, "/c/%.*s/story/%" PRId64 "?draft=%d&done=kept",
						      STR_ARG(rq_collection(rq)), story, draft))
		       : rc;
}

/* ---- verdicts set aside ------------------------------------------------------------------------------------------ */

static const struct quote_result *quotation_asked(const struct request *rq, const struct kept_story *k)
{
	int64_t n = params_number(&rq->fields, "quotation", 1, INT32_MAX, 0);

	for (size_t i = 0; i < k->report.n_quotes; i++)
		if ((int64_t)k->report.quotes[i].quotation + 1 == n)
			return &k->report.quotes[i];
	return NULL;
}

static bool verdict_known(struct str name)
{
	for (int i = 0; i < N_VERDICTS; i++)
		if (str_eq(name, str_of(verdict_name((enum verdict)i))))
			return true;
	return false;
}

static int overrule(struct request *rq, const struct kept_story *k, const struct quote_result *q, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	struct str as = params_get(&rq->fields, "as"), reason = params_get(&rq->fields, "reason");
	char key[REPORT_KEY_LENGTH + 1];
	struct desk_overrule x = {.verdict = str_of(verdict_name(q->verdict)), .as = as};

	if (!verdict_known(as) || str_eq(as, x.verdict))
		return err_set(e, REFTEL_EINVAL, "say which other verdict is to stand");
	if (!reason.n)
		return err_set(e, REFTEL_EINVAL, "say why the verdict is overruled: the reason is kept with it");
	report_key(&k->report, q, key);
	x.key = str_of(key);
	x.quotation = report_clean(&rq->arena, report_quotation_text(&k->report, q), false);
	x.reason = report_clean(&rq->arena, reason, true);
	return desk_overrule_add(rq->worker->desk, &who, rq_collection(rq), k->story.id, &x, e);
}

static int overrule_undo(struct request *rq, const struct kept_story *k, const struct quote_result *q, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	char key[REPORT_KEY_LENGTH + 1];

	report_key(&k->report, q, key);
	return desk_overrule_remove(rq->worker->desk, &who, rq_collection(rq), k->story.id, str_of(key), e);
}

static int answer_overruled(struct request *rq, struct answer *an, const struct kept_story *k,
			    const struct quote_result *q, bool undo)
{
	if (rq->json)
		return answer_json(an,
				   json_pack("{s:I, s:i, s:i, s:b}", "story", (json_int_t)k->story.id, "draft",
					     k->draft.ordinal, "quotation", (int)q->quotation + 1, "overruled", !undo));
	/* The cards that were chosen may leave this one out now: all are shown. */
	return answer_redirect(rq, an,
			       arena_printf(&rq->arena, "/c/%.*s/story/%" PRId64 "?draft=%d&done=%s#q%zu",
					    STR_ARG(rq_collection(rq)), k->story.id, k->draft.ordinal,
					    undo ? "undone" : "overruled", q->quotation + 1));
}

int do_overrule(struct request *rq, struct answer *an, struct err *e)
{
	bool undo = params_get(&rq->fields, "undo").n > 0;
	struct kept_story k = {0};
	int rc = kept_story_open(rq, draft_asked(rq), &k, e);

	if (rc == REFTEL_OK) {
		const struct quote_result *q = quotation_asked(rq, &k);

		if (!q)
			rc = err_set(e, REFTEL_ENOTFOUND, "there is no such quotation in draft %d", k.draft.ordinal);
		else
			rc = undo ? overrule_undo(rq, &k, q, e) : overrule(rq, &k, q, e);
		if (q && rc == REFTEL_OK)
			rc = answer_overruled(rq, an, &k, q, undo);
	}
	kept_story_close(&k);
	return rc;
}

/* ---- as a file --------------------------------------------------------------------------------------------------- */

static int export_log(struct request *rq, const struct kept_story *k, const char *format, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	struct desk_entry x = {
		.who = who.name,
		.from = who.from,
		.action = STR("export"),
		.object = str_of(
			arena_printf(&rq->arena, "%.*s/story/%" PRId64, STR_ARG(rq_collection(rq)), k->story.id)),
		.detail = str_of(arena_printf(&rq->arena, "draft %d as %s", k->draft.ordinal, format)),
	};

	return desk_log(rq->worker->desk, &x, e);
}

static void export_write(struct request *rq, struct answer *an, const struct kept_story *k, bool json)
{
	struct str name = k->draft.file.n ? k->draft.file : k->story.title;
	struct report_style style = {.story = arena_dup(&rq->arena, name), .rulings = k->shown};
	const char *file = arena_printf(&rq->arena, "story-%" PRId64 "-draft-%d.%s", k->story.id, k->draft.ordinal,
					json ? "json" : "html");

	if (json) {
		char *text = report_json(&k->report, &style);

		buf_puts(&an->body, text);
		free(text);
	} else {
		report_html(&an->body, &k->report, &style);
	}
	answer_attachment(an, json ? "application/json" : "text/html; charset=utf-8", file);
}

int page_story_export(struct request *rq, struct answer *an, struct err *e)
{
	struct str format = params_get(&rq->query, "format");
	bool json = str_eq(format, STR("json"));
	struct kept_story k = {0};
	int rc;

	if (!json && !str_eq(format, STR("html")))
		return err_set(e, REFTEL_EINVAL, "a report is saved as format=html or format=json");
	rc = kept_story_open(rq, draft_asked(rq), &k, e);
	if (rc == REFTEL_OK)
		rc = export_log(rq, &k, json ? "JSON" : "HTML", e);
	if (rc == REFTEL_OK)
		export_write(rq, an, &k, json);
	kept_story_close(&k);
	return rc;
}
