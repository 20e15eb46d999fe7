/*
 * The page of a cable, and the object; and the page of one that is cited and not held.
 */
#include "web/cable_page.h"

#include <string.h>

enum { NEAR_MOST = 3, PAGE_BYTES = 14 << 10 };

/* ---- what is read ------------------------------------------------------------------------------------------------ */

/* Marks are a help: a query that cannot be read or an index that is not there takes nothing from the page. */
static void marks_read(struct cable_page *c)
{
	struct search_options o = {.limit = 0, .stop = &c->rq->stop};
	struct search_result r;
	struct err e = {0};

	c->hl = params_get(&c->rq->query, "hl");
	if (!c->hl.n)
		return;
	if (!c->rq->in->catalog)
		c->hl_why = c->rq->in->why.msg;
	else if (search_run(c->rq->in->catalog, c->a, c->hl, &o, &r, NULL, &e) == REFTEL_OK)
		c->marks = r.marks;
	else
		c->hl_why = arena_dup(c->a, str_of(e.msg));
}

static int version_read(struct cable_page *c, struct err *e)
{
	struct archive *ar = c->rq->in->archive;
	int64_t ordinal = params_number(&c->rq->query, "version", 1, INT32_MAX, 0), version = c->row.version;
	int rc = REFTEL_OK;

	c->versions = (struct version_keys){&c->row.version, 1};
	if (c->row.n_versions > 1)
		rc = archive_versions(ar, c->a, c->row.key, &c->versions, e);
	if (rc != REFTEL_OK)
		return rc;
	if (ordinal > (int64_t)c->versions.n)
		return err_set(e, REFTEL_ENOTFOUND, "it has %zu %s, there is no version %d", c->versions.n,
			       c->versions.n == 1 ? "version" : "versions", (int)ordinal);
	if (ordinal)
		version = c->versions.v[ordinal - 1];
	rc = archive_load(ar, c->a, version, &c->v, e);
	c->v.cable.running_number = c->row.running_number;
	return rc;
}

static int refs_read(struct cable_page *c, struct err *e)
{
	int rc = archive_refs_from(c->rq->in->archive, c->a, c->row.key, &c->to, e);

	return rc == REFTEL_OK ? archive_refs_to(c->rq->in->archive, c->a, c->row.id, &c->from, e) : rc;
}

static int around_read(struct cable_page *c, struct err *e)
{
	const struct mrn *m = &c->v.cable.mrn;

	return *m->post ? archive_find_around(c->rq->in->archive, c->a, m, NEAR_MOST, &c->before, &c->behind, e)
			: REFTEL_OK;
}

/* What the newsroom put on it. */
static int added_read(struct cable_page *c, struct err *e)
{
	struct desk *d = c->rq->worker->desk;
	struct str in = rq_collection(c->rq);
	/* One moment for the three, and one look at the locks. */
	int rc = desk_read_begin(d, e);

	if (rc != REFTEL_OK)
		return rc;
	rc = desk_notes(d, c->a, in, c->row.id, &c->notes, e);
	if (rc == REFTEL_OK)
		rc = desk_tags_of(d, c->a, in, c->row.id, &c->tags, e);
	if (rc == REFTEL_OK)
		rc = desk_starred(d, c->rq->session.user.id, in, c->row.id, &c->starred, e);
	desk_read_end(d);
	return rc;
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static void put_done(struct cable_page *c, struct buf *b)
{
	static const struct {
		const char *did, *says;
	} all[] = {
		{"note-added", "Your note was added."},    {"note-changed", "The note was changed."},
		{"note-removed", "The note was removed."}, {"starred", "Starred."},
		{"unstarred", "The star was taken off."},  {"tagged", "Tagged."},
		{"untagged", "The tag was taken off."},
	};
	struct str did = params_get(&c->rq->query, "did");

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (str_eq(did, str_of(all[i].did)))
			html(b, "<p class=\"done\" role=\"status\">%s</p>", all[i].says);
}

static void put_found_by(struct cable_page *c, struct buf *b)
{
	if (!c->hl.n)
		return;
	if (c->hl_why)
		html(b, "<p class=\"note\">The words of the search cannot be marked: %s.</p>", c->hl_why);
	html(b,
	     "<p class=\"back no-print\"><a href=\"/c/%s/search?q=%s\">\u2190 Back to the search for "
	     "<bdi>%.*s</bdi></a></p>",
	     c->rq->in->collection->name, url_encode(c->a, c->hl), STR_ARG(c->hl));
}

/* How the text is shown, with the rest of the address kept. */
static void put_views(struct cable_page *c, struct buf *b)
{
	static const char *const without[] = {"did", NULL};
	const char *as = url_query(c->a, &c->rq->query, "as", c->received ? STR("") : STR("received"), without);

	html(b, "<div class=\"views no-print\"><h2 id=\"text\">Text</h2><a href=\"%s#text\">%s</a></div>", as,
	     c->received ? "For reading" : "As received");
}

static void put_page(struct cable_page *c, struct answer *an)
{
	struct buf *b = &an->body;
	struct page p = {.title = arena_printf(c->a, "%.*s: %.*s", STR_ARG(c->row.id), STR_ARG(c->v.cable.subject)),
			 .script = "cable.js",
			 .body_class = "cable"};

	/* Words and what is around them, mostly: rather once than grown to. */
	buf_reserve(b, PAGE_BYTES + c->v.cable.body.n * 3 / 2);
	page_begin(c->rq, an, &p);
	put_found_by(c, b);
	put_done(c, b);
	html(b, "<article class=\"cable-page\"><div class=\"cable-main\">");
	put_cable_head(c, b);
	put_views(c, b);
	html(b, "<div class=\"reading\">");
	if (c->received)
		put_cable_received(c, b);
	else
		put_cable_text(c, b);
	html(b, "</div></div><aside class=\"cable-side\" aria-label=\"Around this cable\">");
	put_cable_versions(c, b);
	put_cable_refs(c, b);
	put_cable_marks(c, b);
	put_cable_around(c, b);
	html(b, "</aside></article>");
	page_end(c->rq, an);
}

/* The command's object, and what the desk knows besides. */
static int answer_cable(struct cable_page *c, struct answer *an)
{
	json_t *o = view_cable(&c->v, &c->row, &c->to, &c->from);

	json_object_set_new(o, "desk", cable_added_json(c));
	return answer_json(an, o);
}

int page_cable(struct request *rq, struct answer *an, struct err *e)
{
	struct cable_found f;
	struct cable_page c = {.rq = rq, .a = &rq->arena};
	int rc = cable_find(rq, an, "", &f, e);

	if (rc != REFTEL_OK || f.done)
		return rc;
	if (f.missing) {
		put_missing(rq, an, f.missing);
		return REFTEL_OK;
	}
	c.row = f.row;
	rc = version_read(&c, e);
	if (rc == REFTEL_OK)
		rc = refs_read(&c, e);
	if (rc == REFTEL_OK)
		rc = added_read(&c, e);
	if (rc == REFTEL_OK && rq->json)
		return answer_cable(&c, an);
	if (rc == REFTEL_OK)
		rc = around_read(&c, e);
	if (rc != REFTEL_OK)
		return rc;
	c.received = str_eq(params_get(&rq->query, "as"), STR("received"));
	marks_read(&c);
	put_page(&c, an);
	return REFTEL_OK;
}

/* ---- one that is not held ---------------------------------------------------------------------------------------- */

static void put_year(struct request *rq, struct buf *b, const struct missing *m)
{
	char when[80];

	if (m->year_basis == YEAR_LIKELY) {
		view_window(&m->other_window, when);
		html(b,
		     "<p class=\"note\">Its year is implied by all who cite it. It may be <a class=\"mono missing\" "
		     "href=\"%s\">%.*s</a> instead (%s).</p>",
		     cable_path(rq, m->other_id), STR_ARG(m->other_id), when);
	} else if (m->year_basis == YEAR_FOLLOWS) {
		html(b, "<p class=\"note\">Its year is implied by all who cite it; the numbers of the post\u2019s "
			"other cables "
			"leave no other.</p>");
	} else if (m->year_basis == YEAR_UNKNOWN) {
		html(b, "<p class=\"note\">Its year is unknown: who cites it has no date.</p>");
	}
}

static void put_bound(struct request *rq, struct buf *b, const char *label, struct str id)
{
	if (id.n)
		html(b, "<div><dt>%s</dt><dd><a class=\"mono\" href=\"%s\"><bdi>%.*s</bdi></a></dd></div>", label,
		     cable_path(rq, id), STR_ARG(id));
}

static void put_citers(struct request *rq, struct buf *b, const struct missing *m)
{
	html(b, "<h2>Cited by</h2><div class=\"scroll\"><table data-test=\"citers\"><thead><tr><th "
		"scope=\"col\">Cable</th>"
		"<th scope=\"col\">Date</th><th scope=\"col\">As</th></tr></thead><tbody>");
	for (size_t i = 0; i < m->n_citers; i++) {
		const struct missing_citer *x = &m->citers[i];

		html(b, "<tr data-item><td><a class=\"mono\" href=\"%s\"><bdi>%.*s</bdi></a></td><td>",
		     cable_path(rq, x->id), STR_ARG(x->id));
		put_date(b, x->date);
		html(b, "</td><td>");
		if (x->letter)
			html(b, "reference %c", x->letter);
		html(b, "%s%s</td></tr>", x->year_implied ? " (year implied)" : "",
		     x->and_previous ? " and previous" : "");
	}
	html(b, "</tbody></table></div>");
}

void put_missing(struct request *rq, struct answer *an, const struct missing *m)
{
	struct page p = {.title = arena_printf(&rq->arena, "%.*s, not held", STR_ARG(m->id)), .body_class = "cable"};
	struct buf *b = &an->body;
	char when[80];

	if (rq->json) {
		answer_json(an, view_missing(m));
		return;
	}
	view_window(&m->window, when);
	page_begin(rq, an, &p);
	html(b,
	     "<header class=\"cable-head\"><p class=\"which\"><span class=\"class\">NOT HELD</span></p>"
	     "<h1 class=\"mono missing\">%.*s</h1><p class=\"lead\">Other cables refer to this one. It is not in the "
	     "collection.</p><dl class=\"fields\"><div><dt>Must have been sent</dt><dd>%s</dd></div>",
	     STR_ARG(m->id), when);
	put_bound(rq, b, "After", m->window.after_id);
	put_bound(rq, b, "Before", m->window.before_id);
	if (m->origin.n)
		html(b, "<div><dt>Origin</dt><dd><a href=\"%s\"><bdi>%.*s</bdi></a></dd></div>",
		     search_path(rq, "origin", m->origin), STR_ARG(m->origin));
	html(b, "</dl></header>");
	put_year(rq, b, m);
	put_citers(rq, b, m);
	html(b,
	     "<p class=\"row\"><a class=\"button second\" href=\"%s\">Look for it in the texts</a> <a class=\"button "
	     "second\" "
	     "href=\"%s/graph\">The graph around it</a></p>",
	     search_path(rq, "body", m->id), cable_path(rq, m->id));
	page_end(rq, an);
}
