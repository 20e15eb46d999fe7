/*
 * What people of the newsroom put on a cable: notes on the whole or on a paragraph, a star, tags. Everybody who reads
 * the collection sees notes and tags; a star is a person's own.
 */
#include "web/cable_page.h"

#include <inttypes.h>
#include <string.h>

/* ---- as shown ---------------------------------------------------------------------------------------------------- */

bool has_notes(const struct cable_page *c, int paragraph)
{
	for (size_t i = 0; i < c->notes.n; i++)
		if (c->notes.v[i].paragraph == paragraph)
			return true;
	return false;
}

static bool mine(const struct cable_page *c, const struct desk_note *n)
{
	return rq_may(c->rq, NEED_EDITOR) && (n->user == c->rq->session.user.id || rq_may(c->rq, NEED_ADMIN));
}

static void put_note_form(struct cable_page *c, struct buf *b, const struct desk_note *n)
{
	const char *path = cable_path(c->rq, c->row.id);

	html(b,
	     "<details class=\"edit\"><summary>Change</summary><form method=\"post\" class=\"stack\" "
	     "action=\"%s/notes\">",
	     path);
	page_csrf(c->rq, b);
	html(b,
	     "<input type=\"hidden\" name=\"note\" value=\"%lld\"><label>Note <textarea name=\"text\" rows=\"4\" "
	     "required "
	     "maxlength=\"20000\">\n%.*s</textarea></label><div class=\"row\"><button name=\"do\" "
	     "value=\"change\">Keep the "
	     "change</button> <button class=\"second\" name=\"do\" value=\"remove\" formnovalidate data-ask=\"Remove "
	     "this "
	     "note?\">Remove</button></div></form></details>",
	     (long long)n->id, STR_ARG(n->text));
}

static bool in_text(const struct cable_page *c, int paragraph)
{
	const struct telegram *t = &c->v.cable.telegram;

	for (size_t i = 0; i < t->n_paragraphs && !c->received; i++)
		if (t->paragraphs[i].number == paragraph)
			return true;
	return false;
}

static void put_note(struct cable_page *c, struct buf *b, const struct desk_note *n)
{
	char when[32], day[11], where[48];

	clock_iso(n->changed ? n->changed : n->when, when);
	snprintf(day, sizeof(day), "%.10s", when);
	snprintf(where, sizeof(where), "On paragraph %d: ", n->paragraph);
	html(b,
	     "<li class=\"a-note\" id=\"note-%lld\"><p class=\"soft\">%s<bdi>%.*s</bdi>, <time "
	     "datetime=\"%s\">%s</time>%s</p>"
	     "<p class=\"words\"><bdi>%.*s</bdi></p>",
	     (long long)n->id, n->paragraph < 0 || in_text(c, n->paragraph) ? "" : where,
	     STR_ARG(n->author.n ? n->author : STR("you")), when, day, n->changed > n->when ? ", changed" : "",
	     STR_ARG(n->text));
	if (mine(c, n))
		put_note_form(c, b, n);
	html(b, "</li>");
}

/* The rest of the address, in front of "note=3". */
static const char *note_query(struct cable_page *c)
{
	static const char *const without[] = {"did", NULL};

	if (!c->note_query) {
		const char *rest = url_query(c->a, &c->rq->query, "note", STR(""), without);

		c->note_query = rest[1] ? arena_printf(c->a, "%s&", rest) : "?";
	}
	return c->note_query;
}

/* A page of many paragraphs has one form at a time: where it was asked for. */
static void put_add_form(struct cable_page *c, struct buf *b, int paragraph)
{
	if (!rq_may(c->rq, NEED_EDITOR))
		return;
	if (paragraph >= 0 && params_number(&c->rq->query, "note", 0, 999, -1) != paragraph) {
		html(b,
		     "<p class=\"add no-print\"><a href=\"%snote=%d#p%d\">Note<span class=\"visually-hidden\"> on "
		     "paragraph %d</span></a></p>",
		     note_query(c), paragraph, paragraph, paragraph);
		return;
	}
	buf_puts(b, paragraph >= 0 ? "<details class=\"add no-print\" open>" : "<details class=\"add no-print\">");
	html(b, "<summary>%s</summary><form method=\"post\" class=\"stack\" action=\"%s/notes\">",
	     paragraph >= 0 ? "Add a note on this paragraph" : "Add a note", cable_path(c->rq, c->row.id));
	page_csrf(c->rq, b);
	html(b,
	     "<input type=\"hidden\" name=\"paragraph\" value=\"%d\"><label>Your note <textarea name=\"text\" "
	     "rows=\"4\" "
	     "required maxlength=\"20000\"></textarea></label><button name=\"do\" value=\"add\">Add it</button></form>"
	     "</details>",
	     paragraph);
}

void put_notes(struct cable_page *c, struct buf *b, int paragraph)
{
	bool any = has_notes(c, paragraph);

	if (any)
		html(b, "<ul class=\"notes\">");
	for (size_t i = 0; i < c->notes.n; i++)
		if (c->notes.v[i].paragraph == paragraph)
			put_note(c, b, &c->notes.v[i]);
	buf_puts(b, any ? "</ul>" : "");
	put_add_form(c, b, paragraph);
}

static void put_tag(struct cable_page *c, struct buf *b, const struct desk_tag *t)
{
	html(b, "<li><a href=\"/c/%s/tags?tag=%s\"><bdi>%.*s</bdi></a>", c->rq->in->collection->name,
	     url_encode(c->a, t->name), STR_ARG(t->name));
	if (rq_may(c->rq, NEED_EDITOR)) {
		html(b, " <form method=\"post\" action=\"%s/tags\">", cable_path(c->rq, c->row.id));
		page_csrf(c->rq, b);
		html(b,
		     "<input type=\"hidden\" name=\"tag\" value=\"%.*s\"><button class=\"plain off\" name=\"on\" "
		     "value=\"0\"><span aria-hidden=\"true\">\u00d7</span><span class=\"visually-hidden\">Take the tag "
		     "%.*s off</span></button></form>",
		     STR_ARG(t->name), STR_ARG(t->name));
	}
	html(b, "</li>");
}

/* Notes that stand in the text are a link away; those whose paragraph this version has not are put here. */
static void put_on_paragraphs(struct cable_page *c, struct buf *b)
{
	bool any = false;

	for (size_t i = 0; i < c->notes.n; i++)
		any |= c->notes.v[i].paragraph >= 0;
	buf_puts(b, any ? "<ul class=\"notes\">" : "");
	for (size_t i = 0; i < c->notes.n; i++) {
		const struct desk_note *n = &c->notes.v[i];

		if (n->paragraph < 0)
			continue;
		if (in_text(c, n->paragraph))
			html(b, "<li><a href=\"#note-%lld\">On paragraph %d</a></li>", (long long)n->id, n->paragraph);
		else
			put_note(c, b, n);
	}
	buf_puts(b, any ? "</ul>" : "");
}

void put_cable_marks(struct cable_page *c, struct buf *b)
{
	const char *path = cable_path(c->rq, c->row.id);

	html(b,
	     "<section class=\"marks\" aria-labelledby=\"marks\"><h2 id=\"marks\">The newsroom\u2019s</h2>"
	     "<form method=\"post\" action=\"%s/star\">",
	     path);
	page_csrf(c->rq, b);
	html(b,
	     "<button class=\"second star\" name=\"on\" value=\"%d\" data-test=\"star\"><span "
	     "aria-hidden=\"true\">%s</span> "
	     "%s</button></form>",
	     !c->starred, c->starred ? "\u2605" : "\u2606", c->starred ? "Starred: take it off" : "Star");
	if (c->tags.n) {
		html(b, "<ul class=\"chips\" data-test=\"newsroom-tags\">");
		for (size_t i = 0; i < c->tags.n; i++)
			put_tag(c, b, &c->tags.v[i]);
		html(b, "</ul>");
	}
	if (rq_may(c->rq, NEED_EDITOR)) {
		html(b, "<form method=\"post\" class=\"row\" action=\"%s/tags\">", path);
		page_csrf(c->rq, b);
		html(b, "<label>Tag <input name=\"tag\" required maxlength=\"64\" size=\"14\"></label> <button "
			"class=\"second\" "
			"name=\"on\" value=\"1\">Tag it</button></form>");
	}
	html(b, "<h3>Notes</h3>");
	if (!c->notes.n)
		html(b, "<p class=\"soft\">None yet.</p>");
	put_on_paragraphs(c, b);
	put_notes(c, b, -1);
	html(b, "</section>");
}

/* ---- as objects -------------------------------------------------------------------------------------------------- */

static json_t *note_json(const struct cable_page *c, const struct desk_note *n)
{
	json_t *o = json_pack("{s:I,s:b}", "note", (json_int_t)n->id, "mine", n->user == c->rq->session.user.id);
	char when[32], changed[32] = "";

	clock_iso(n->when, when);
	if (n->changed > n->when)
		clock_iso(n->changed, changed);
	json_object_set_new(o, "paragraph", n->paragraph < 0 ? json_null() : json_integer(n->paragraph));
	view_set(o, "author", n->author);
	view_set(o, "when", str_of(when));
	view_set(o, "changed", str_of(changed));
	view_set(o, "text", n->text);
	return o;
}

json_t *cable_added_json(const struct cable_page *c)
{
	json_t *tags = json_array(), *notes = json_array();

	for (size_t i = 0; i < c->tags.n; i++)
		json_array_append_new(tags, view_str(c->tags.v[i].name));
	for (size_t i = 0; i < c->notes.n; i++)
		json_array_append_new(notes, note_json(c, &c->notes.v[i]));
	return json_pack("{s:b,s:o,s:o}", "starred", c->starred, "tags", tags, "notes", notes);
}

/* ---- as changed -------------------------------------------------------------------------------------------------- */

/* What is done to a cable that the address names, by a form. Its answer is the way back. */
static int cable_of(struct request *rq, struct answer *an, struct cable_found *f, struct err *e)
{
	int rc = cable_find(rq, an, "", f, e);

	if (rc != REFTEL_OK)
		return rc;
	if (f->done || !f->row.key)
		return err_set(e, REFTEL_ENOTFOUND, "there is no cable of exactly this id here");
	return REFTEL_OK;
}

static int back(struct request *rq, struct answer *an, struct str id, const char *did, const char *anchor)
{
	return answer_redirect(rq, an, arena_printf(&rq->arena, "%s?did=%s%s", cable_path(rq, id), did, anchor));
}

static int note_do(struct request *rq, const struct cable_found *f, struct str what, int paragraph, int64_t *note,
		   struct err *e)
{
	struct desk *d = rq->worker->desk;
	struct desk_actor by = rq_actor(rq);
	struct str in = rq_collection(rq), text = params_get(&rq->fields, "text");
	bool any = rq_may(rq, NEED_ADMIN);

	if (str_eq(what, STR("add")))
		return desk_note_add(d, &by, in, f->row.id, paragraph, text, note, e);
	if (str_eq(what, STR("change")))
		return desk_note_change(d, &by, in, *note, any, text, e);
	if (str_eq(what, STR("remove")))
		return desk_note_remove(d, &by, in, *note, any, e);
	return err_set(e, REFTEL_EINVAL, "a note is added, changed or removed");
}

int do_cable_note(struct request *rq, struct answer *an, struct err *e)
{
	struct str what = params_get(&rq->fields, "do");
	int paragraph = (int)params_number(&rq->fields, "paragraph", 0, 999, -1);
	int64_t note = params_number(&rq->fields, "note", 1, INT64_MAX, 0);
	struct cable_found f;
	int rc = cable_of(rq, an, &f, e);

	if (rc == REFTEL_OK)
		rc = note_do(rq, &f, what, paragraph, &note, e);
	if (rc != REFTEL_OK)
		return rc;
	if (str_eq(what, STR("remove")))
		return back(rq, an, f.row.id, "note-removed", "");
	return back(rq, an, f.row.id, str_eq(what, STR("add")) ? "note-added" : "note-changed",
		    arena_printf(&rq->arena, "#note-%" PRId64, note));
}

int do_cable_star(struct request *rq, struct answer *an, struct err *e)
{
	bool on = str_eq(params_get(&rq->fields, "on"), STR("1"));
	struct desk_actor by = rq_actor(rq);
	struct cable_found f;
	int rc = cable_of(rq, an, &f, e);

	if (rc == REFTEL_OK)
		rc = desk_star(rq->worker->desk, &by, rq_collection(rq), f.row.id, on, e);
	return rc == REFTEL_OK ? back(rq, an, f.row.id, on ? "starred" : "unstarred", "") : rc;
}

int do_cable_tag(struct request *rq, struct answer *an, struct err *e)
{
	bool on = str_eq(params_get(&rq->fields, "on"), STR("1"));
	struct desk_actor by = rq_actor(rq);
	struct cable_found f;
	int rc = cable_of(rq, an, &f, e);

	if (rc == REFTEL_OK)
		rc = desk_tag(rq->worker->desk, &by, rq_collection(rq), f.row.id, params_get(&rq->fields, "tag"), on,
			      e);
	return rc == REFTEL_OK ? back(rq, an, f.row.id, on ? "tagged" : "untagged", "") : rc;
}
