/*
 * The check: a form for a story, pasted or as a file, the stories that were kept, and the check itself, which is shown
 * at once or kept as the first draft of a story.
 */
#include "web/story_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How many quotations' verdicts are overruled now. */
static int overruled_count(struct request *rq, int64_t story, size_t *n, struct err *e)
{
	struct desk_overrules all;
	int rc = desk_overrules(rq->worker->desk, &rq->arena, story, &all, e);

	*n = 0;
	for (size_t i = 0; rc == REFTEL_OK && i < all.n; i++) {
		bool last = all.v[i].as.n > 0;

		for (size_t k = i + 1; k < all.n && last; k++)
			last = !str_eq(all.v[k].key, all.v[i].key);
		*n += last;
	}
	return rc;
}

static int last_draft(struct request *rq, int64_t story, struct desk_draft *out, struct err *e)
{
	struct desk_drafts drafts;
	int rc = desk_drafts(rq->worker->desk, &rq->arena, story, &drafts, e);

	*out = (struct desk_draft){0};
	if (rc == REFTEL_OK && drafts.n)
		*out = drafts.v[drafts.n - 1];
	return rc;
}

/* ---- the form ---------------------------------------------------------------------------------------------------- */

static void put_form(struct request *rq, struct buf *b)
{
	struct str collection = rq_collection(rq);

	html(b, "<form method=\"post\" action=\"/c/%.*s/check\" enctype=\"multipart/form-data\" class=\"check-form\">",
	     STR_ARG(collection));
	page_csrf(rq, b);
	html(b,
	     "<label>Title <span class=\"soft\">(else the story\u2019s own)</span> "
	     "<input name=\"title\" maxlength=\"200\"></label>"
	     "<label>The story\u2019s text<textarea name=\"text\" rows=\"12\" spellcheck=\"false\"></textarea></label>"
	     "<div class=\"row\"><label>or its file <input type=\"file\" name=\"file\" "
	     "accept=\".html,.htm,.md,.markdown,.txt,.docx,.odt,text/*\"></label>"
	     "<label>It is <select name=\"format\"><option value=\"auto\">to be told by its content</option>"
	     "<option value=\"html\">HTML</option><option value=\"markdown\">Markdown</option>"
	     "<option value=\"plain\">plain text</option></select></label></div><div class=\"row\">");
	if (rq_may(rq, NEED_EDITOR))
		html(b, "<button name=\"keep\" value=\"1\">Check and keep</button>"
			"<button class=\"second\" name=\"keep\" value=\"0\">Check only</button>");
	else
		html(b, "<button>Check</button>");
	html(b, "<span class=\"soft\">HTML, Markdown, plain text, .docx or .odt. The text stays on this desk.</span>"
		"</div></form>");
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static int put_story_row(struct request *rq, struct buf *b, const struct desk_story *x, struct err *e)
{
	struct str collection = rq_collection(rq);
	struct desk_draft d;
	size_t overruled;
	int rc = last_draft(rq, x->id, &d, e);

	if (rc == REFTEL_OK)
		rc = overruled_count(rq, x->id, &overruled, e);
	if (rc != REFTEL_OK)
		return rc;
	html(b, "<tr data-item><th scope=\"row\"><a href=\"/c/%.*s/story/%" PRId64 "\"><bdi>%.*s</bdi></a></th>",
	     STR_ARG(collection), x->id, STR_ARG(x->title));
	html(b, "<td class=\"number\">%zu</td><td class=\"number\">%s%zu%s</td><td class=\"number\">%zu</td>",
	     d.quotations, d.findings ? "\u2260 " : "= ", d.findings, "", overruled);
	html(b, "<td class=\"number\">%zu</td><td>", x->n_drafts);
	check_view_when(b, x->changed);
	html(b, "</td><td><bdi>%.*s</bdi></td></tr>", STR_ARG(d.author.n ? d.author : x->author));
	return REFTEL_OK;
}

static int put_stories(struct request *rq, struct buf *b, const struct desk_stories *list, struct err *e)
{
	int rc = REFTEL_OK;

	html(b, "<h2>Stories</h2>");
	if (!list->n) {
		html(b, "<p class=\"soft\">None was kept yet.</p>");
		return REFTEL_OK;
	}
	html(b, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Stories\"><table class=\"stories\">"
		"<thead><tr><th scope=\"col\">Story</th><th scope=\"col\" class=\"number\">Quotations</th>"
		"<th scope=\"col\" class=\"number\">To look at</th><th scope=\"col\" class=\"number\">Overruled</th>"
		"<th scope=\"col\" class=\"number\">Drafts</th><th scope=\"col\">Last change</th>"
		"<th scope=\"col\">By</th></tr></thead><tbody>");
	for (size_t i = 0; rc == REFTEL_OK && i < list->n; i++)
		rc = put_story_row(rq, b, &list->v[i], e);
	html(b, "</tbody></table></div>");
	return rc;
}

static int stories_json(struct request *rq, struct answer *an, const struct desk_stories *list, struct err *e)
{
	json_t *stories = json_array();
	int rc = REFTEL_OK;

	for (size_t i = 0; rc == REFTEL_OK && i < list->n; i++) {
		const struct desk_story *x = &list->v[i];
		struct desk_draft d;
		size_t overruled;
		char changed[32];
		json_t *o;

		rc = last_draft(rq, x->id, &d, e);
		if (rc == REFTEL_OK)
			rc = overruled_count(rq, x->id, &overruled, e);
		if (rc != REFTEL_OK)
			break;
		clock_iso(x->changed, changed);
		o = json_pack("{s:I, s:s, s:i, s:i, s:i, s:i}", "story", (json_int_t)x->id, "changed", changed,
			      "drafts", (int)x->n_drafts, "quotations", (int)d.quotations, "to_look_at",
			      (int)d.findings, "overruled", (int)overruled);
		view_set(o, "title", x->title);
		view_set(o, "author", x->author);
		json_array_append_new(stories, o);
	}
	if (rc == REFTEL_OK)
		return answer_json(an, json_pack("{s:o}", "stories", stories));
	json_decref(stories);
	return rc;
}

int page_check(struct request *rq, struct answer *an, struct err *e)
{
	struct page p = {.title = "Check", .place = "check", .body_class = "check-page"};
	struct desk_stories list;
	int rc = desk_stories(rq->worker->desk, &rq->arena, rq_collection(rq), &list, e);

	if (rc != REFTEL_OK)
		return rc;
	if (rq->json)
		return stories_json(rq, an, &list, e);
	page_begin(rq, an, &p);
	html(&an->body,
	     "<h1>Check a story</h1><p class=\"lead\">Every quotation and citation is held against the cables "
	     "of this collection.</p>");
	put_form(rq, &an->body);
	rc = put_stories(rq, &an->body, &list, e);
	page_end(rq, an);
	return rc;
}

/* ---- the check --------------------------------------------------------------------------------------------------- */

static int answer_report(struct answer *an, struct request *rq, const struct sent_story *s, const struct report *r,
			 int64_t story, int draft)
{
	struct report_style style = {.story = arena_dup(&rq->arena, s->file.n ? s->file : s->title), .one_line = true};
	char *text = report_json(r, &style);
	json_t *j = json_loads(text, JSON_ALLOW_NUL, NULL);

	free(text);
	if (story)
		json_object_set_new(j, "kept", json_pack("{s:I, s:i}", "story", (json_int_t)story, "draft", draft));
	return answer_json(an, j ? j : json_null());
}

static void show_report(struct request *rq, struct answer *an, const struct sent_story *s, const struct report *r)
{
	struct page p = {.title = arena_dup(&rq->arena, s->title),
			 .place = "check",
			 .script = "check.js",
			 .body_class = "check-page"};
	struct check_view v = {.rq = rq, .b = &an->body, .report = r};
	struct str collection = rq_collection(rq);

	page_begin(rq, an, &p);
	html(&an->body,
	     "<p class=\"kicker\"><a href=\"/c/%.*s/check\">Check</a></p><h1><bdi>%.*s</bdi></h1>"
	     "<div class=\"note\"><p>Checked only: nothing of this is kept.</p>",
	     STR_ARG(collection), STR_ARG(s->title));
	if (rq_may(rq, NEED_EDITOR))
		put_keep_form(rq, &an->body, s, r);
	html(&an->body, "</div>");
	check_view_put(&v);
	page_end(rq, an);
}

int do_check(struct request *rq, struct answer *an, struct err *e)
{
	bool keep = str_eq(params_get(&rq->fields, "keep"), STR("1"));
	struct str collection = rq_collection(rq);
	struct report r = {0};
	struct sent_story s;
	int64_t story = 0;
	int draft = 0, rc;

	if (keep && !rq_may(rq, NEED_EDITOR))
		return err_set(e, REFTEL_EREADONLY, "only editors and admins keep stories: check it without keeping");
	rc = sent_story_read(rq, &s, e);
	if (rc == REFTEL_OK)
		rc = story_check(rq, &s.story, &r, e);
	if (rc != REFTEL_OK)
		return rc;
	if (keep)
		rc = story_keep(rq, &s, &r, &story, &draft, e);
	if (rc == REFTEL_OK && rq->json)
		rc = answer_report(an, rq, &s, &r, story, draft);
	else if (rc == REFTEL_OK && keep)
		rc = answer_redirect(
			rq, an,
			arena_printf(&rq->arena, "/c/%.*s/story/%" PRId64 "?done=kept", STR_ARG(collection), story));
	else if (rc == REFTEL_OK)
		show_report(rq, an, &s, &r);
	report_free(&r);
	return rc;
}
