/*
 * A cable: what is known of it, its text, what it refers to and what refers to it, its versions, what the newsroom has
 * added. A cable that others cite and nobody holds has a page at the same address.
 */
#include "report/report.h"
#include "view/view.h"
#include "web/cable_text.h"
#include "web/pages.h"

#include <inttypes.h>
#include <string.h>

enum { NEAR_SHOWN = 3, NEAR_DAYS = 30 };

struct cable_page {
	struct request *rq;
	struct buf *b;
	struct cable_row row;
	struct cable_version v;
	struct ref_rows to, from;
	const char *base; /* "/c/cables/cable/08KALVIK412" */
};

static const char *cable_path(struct request *rq, struct str id)
{
	return arena_printf(&rq->arena, "/c/%s/cable/%s", rq->in->collection->name, url_encode(&rq->arena, id));
}

/* ---- the head ---------------------------------------------------------------------------------------------------- */

static void put_term(struct cable_page *p, const char *name, struct str value)
{
	if (value.n)
		html(p->b, "<div><dt>%s</dt><dd><bdi>%.*s</bdi></dd></div>", name, STR_ARG(value));
}

static const char *tag_kind_word(enum tag_kind k)
{
	static const char *const words[] = {"", "subject", "country", "organisation", "program", "person"};

	return words[k];
}

static const char *precedence_word(struct str s)
{
	if (s.n != 1)
		return "";
	return s.p[0] == 'Z'   ? "flash"
	       : s.p[0] == 'O' ? "immediate"
	       : s.p[0] == 'P' ? "priority"
	       : s.p[0] == 'R' ? "routine"
			       : "";
}

static void put_tags(struct cable_page *p)
{
	const struct telegram *t = &p->v.cable.telegram;

	if (!t->n_tags)
		return;
	html(p->b, "<div><dt>TAGS</dt><dd class=\"row\">");
	for (size_t i = 0; i < t->n_tags; i++) {
		const char *kind = tag_kind_word(tag_kind_of(t->tags[i]));

		html(p->b, "<a href=\"/c/%s/search?q=tag:%s\">%.*s%s%s%s</a> ", p->rq->in->collection->name,
		     url_encode(&p->rq->arena, t->tags[i]), STR_ARG(t->tags[i]), *kind ? " (" : "", kind,
		     *kind ? ")" : "");
	}
	html(p->b, "</dd></div>");
}

static void put_addressees(struct cable_page *p, const char *name, bool info)
{
	const struct telegram_header *h = &p->v.cable.telegram.header;
	bool any = false;

	for (size_t i = 0; i < h->n_to; i++) {
		const struct addressee *to = &h->to[i];

		if (to->info != info)
			continue;
		if (!any)
			html(p->b, "<div><dt>%s</dt><dd>", name);
		html(p->b, "%s<bdi>%.*s</bdi>", any ? ", " : "", STR_ARG(to->name));
		if (to->precedence.n)
			html(p->b, " <span class=\"soft\">%.*s</span>", STR_ARG(to->precedence));
		any = true;
	}
	if (any)
		html(p->b, "</dd></div>");
}

static void put_captions(struct cable_page *p, unsigned captions)
{
	static const struct {
		enum caption one;
		const char *means;
	} known[] = {
		{CAPTION_NOFORN, "not for foreign nationals"},
		{CAPTION_SIPDIS, "for the shared network of the agencies"},
		{CAPTION_NODIS, "for the addressee alone"},
		{CAPTION_EXDIS, "for few: exclusive distribution"},
		{CAPTION_STADIS, "within the State Department"},
		{CAPTION_LIMDIS, "limited distribution"},
		{CAPTION_NOTAL, "not sent to all addressees"},
		{CAPTION_REL, "may be released to those named"},
	};
	bool any = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (captions & known[i].one) {
			buf_puts(p->b, any ? ", " : "<div><dt>Captions</dt><dd>");
			html(p->b, "%s <span class=\"soft\">%s</span>", caption_name(known[i].one), known[i].means);
			any = true;
		}
	if (any)
		html(p->b, "</dd></div>");
}

static void put_head(struct cable_page *p)
{
	const struct cable *x = &p->v.cable;
	const struct telegram *t = &x->telegram;
	char date[32], precedence[2] = {t->header.dtg.precedence[0], 0};

	cable_date_format(x->date, date);
	html(p->b, "<dl class=\"facts\">");
	put_term(p, "Reference id", x->id);
	if (p->row.running_number)
		put_term(p, "Running number", str_of(arena_printf(&p->rq->arena, "%u", p->row.running_number)));
	put_term(p, "Sent",
		 str_of(arena_printf(&p->rq->arena, "%s%s", *date ? date : "undated",
				     x->date.precision >= DATE_MINUTE ? " UTC" : "")));
	put_term(p, "Precedence", str_of(precedence_word(str_of(precedence))));
	put_term(p, "Origin", x->origin);
	put_captions(p, x->class.captions | t->class.captions);
	put_tags(p);
	put_term(p, "From", t->header.from);
	put_addressees(p, "To", false);
	put_addressees(p, "Info", true);
	put_term(p, "Classified by", t->classified_by);
	put_term(p, "Reason", t->reason);
	put_term(p, "Signed", t->signatory);
	put_term(p, "Source", str_of(path_base(arena_dup(&p->rq->arena, p->v.source))));
	html(p->b, "</dl>");
	if (t->partial != PARTIAL_NO)
		html(p->b, "<p class=\"note\">Held in part: %s.</p>", partial_reason_text(t->partial));
}

/* ---- beside the text --------------------------------------------------------------------------------------------- */

static void put_ref(struct cable_page *p, const struct ref_row *r, bool back)
{
	html(p->b, "<li>");
	if (r->ref.letter && !back)
		html(p->b, "<span class=\"soft\">%c.</span> ", r->ref.letter);
	if (!back && r->ref.kind != REF_CABLE) {
		html(p->b, "<bdi>%.*s</bdi> <span class=\"soft\">(%s)</span></li>", STR_ARG(r->ref.text),
		     ref_kind_name(r->ref.kind));
		return;
	}
	html(p->b, "<a href=\"%s\">%.*s</a>", cable_path(p->rq, r->id), STR_ARG(r->id));
	if (!back && !r->key)
		html(p->b, " <span class=\"missing\">not held</span>");
	html(p->b, "</li>");
}

static void put_ref_list(struct cable_page *p, const char *title, const struct ref_rows *refs, bool back)
{
	struct str last = STR("");

	if (!refs->n)
		return;
	html(p->b, "<h2>%s</h2><ul class=\"refs\">", title);
	for (size_t i = 0; i < refs->n; i++)
		if (!back || !str_eq(last, refs->v[i].id)) {
			put_ref(p, &refs->v[i], back);
			last = refs->v[i].id;
		}
	html(p->b, "</ul>");
}

static void put_versions(struct cable_page *p)
{
	int n = p->row.n_versions;

	if (n < 2)
		return;
	html(p->b, "<h2>Versions</h2><p>Shown: version %d of %d.</p><ul class=\"refs\">", p->v.ordinal, n);
	for (int i = 1; i <= n; i++) {
		html(p->b, "<li><a href=\"%s?version=%d\"%s>Version %d</a>", p->base, i, "", i);
		if (i > 1)
			html(p->b, " \u00b7 <a href=\"%s/diff?from=%d&amp;to=%d\">compare with %d</a>", p->base, i - 1,
			     i, i - 1);
		html(p->b, "</li>");
	}
	html(p->b, "</ul>");
}

/* The day's number in the calendar, moved; so that neighbours are looked for without a list of all. */
static struct cable_date day_moved(struct cable_date d, int days)
{
	int year, month, day;

	civil_from_days(civil_days(d.year, d.month, d.day) + days, &year, &month, &day);
	return (struct cable_date){(int16_t)year, (int8_t)month, (int8_t)day, 0, 0, DATE_DAY};
}

static void put_near(struct cable_page *p)
{
	const struct cable *x = &p->v.cable;
	struct cable_rows rows = {0};
	struct err e;
	char post[MRN_POST_MAX];
	size_t at = 0, from, to;

	if (x->date.precision < DATE_DAY || !mrn_post_of_origin(x->origin, post) ||
	    archive_find_dated(p->rq->in->archive, &p->rq->arena, day_moved(x->date, -NEAR_DAYS),
			       day_moved(x->date, NEAR_DAYS), str_of(post), &rows, &e) != REFTEL_OK ||
	    rows.n < 2)
		return;
	while (at < rows.n && rows.v[at].key != p->row.key)
		at++;
	from = at > NEAR_SHOWN ? at - NEAR_SHOWN : 0;
	to = at + NEAR_SHOWN + 1 < rows.n ? at + NEAR_SHOWN + 1 : rows.n;
	html(p->b, "<h2>From the same post</h2><ol class=\"near\">");
	for (size_t i = from; i < to; i++) {
		char date[32];

		cable_date_format(rows.v[i].date, date);
		html(p->b, "<li><span class=\"soft\">%s</span> ", date);
		if (i == at)
			html(p->b, "<strong>this cable</strong></li>");
		else
			html(p->b, "<a href=\"%s\"><bdi>%.*s</bdi></a></li>", cable_path(p->rq, rows.v[i].id),
			     STR_ARG(rows.v[i].subject.n ? rows.v[i].subject : rows.v[i].id));
	}
	html(p->b, "</ol>");
}

static void put_cite(struct cable_page *p)
{
	static const struct {
		const char *style, *label;
	} styles[] = {{"text", "For a note"}, {"bibtex", "BibTeX"}, {"csl", "CSL JSON"}};
	struct buf cite = {0};

	html(p->b, "<details class=\"cite\"><summary>Cite this</summary>");
	for (size_t i = 0; i < 3; i++) {
		buf_reset(&cite);
		view_cite(&p->rq->arena, &cite, &p->v.cable, styles[i].style);
		html(p->b, "<h3>%s</h3><pre data-copy>%.*s</pre>", styles[i].label, STR_ARG(str_trim(buf_view(&cite))));
	}
	html(p->b, "</details>");
	buf_free(&cite);
}

static void put_side(struct cable_page *p)
{
	html(p->b, "<aside class=\"side\" aria-label=\"Around this cable\">");
	put_ref_list(p, "Refers to", &p->to, false);
	put_ref_list(p, "Referred to by", &p->from, true);
	if (p->to.n || p->from.n)
		html(p->b, "<p><a href=\"%s/graph\">The references as a graph</a></p>", p->base);
	put_versions(p);
	put_near(p);
	html(p->b,
	     "<h2>Like this one</h2><p data-related><a href=\"%s/related\">Cables with much the same words</a></p>",
	     p->base);
	put_cite(p);
	html(p->b, "</aside>");
}

/* ---- what the newsroom has added --------------------------------------------------------------------------------- */

static void form_begin(struct cable_page *p, const char *what)
{
	html(p->b, "<form method=\"post\" action=\"%s/%s\">", p->base, what);
	page_csrf(p->rq, p->b);
}

static void put_star(struct cable_page *p)
{
	struct err e;
	bool on = false;

	desk_starred(p->rq->worker->desk, p->rq->session.user.id, rq_collection(p->rq), p->v.cable.id, &on, &e);
	form_begin(p, "star");
	html(p->b,
	     "<input type=\"hidden\" name=\"on\" value=\"%d\"><button class=\"second\" aria-pressed=\"%s\">%s "
	     "%s</button></form>",
	     !on, on ? "true" : "false", on ? "\u2605" : "\u2606", on ? "Starred" : "Star");
}

static void put_desk_tags(struct cable_page *p)
{
	struct desk_tags tags = {0};
	struct err e;
	bool edit = rq_may(p->rq, NEED_EDITOR);

	desk_tags_of(p->rq->worker->desk, &p->rq->arena, rq_collection(p->rq), p->v.cable.id, &tags, &e);
	if (!tags.n && !edit)
		return;
	html(p->b, "<h2>Tags of the newsroom</h2><div class=\"row\">");
	for (size_t i = 0; i < tags.n; i++) {
		form_begin(p, "tag");
		html(p->b, "<input type=\"hidden\" name=\"tag\" value=\"%.*s\"><span class=\"chip\"><bdi>%.*s</bdi>",
		     STR_ARG(tags.v[i].name), STR_ARG(tags.v[i].name));
		if (edit)
			html(p->b,
			     " <button class=\"plain\" name=\"on\" value=\"0\" aria-label=\"Remove the tag "
			     "%.*s\">\u00d7</button>",
			     STR_ARG(tags.v[i].name));
		html(p->b, "</span></form>");
	}
	if (edit) {
		form_begin(p, "tag");
		html(p->b, "<input type=\"hidden\" name=\"on\" value=\"1\"><label>New tag <input name=\"tag\" "
			   "maxlength=\"64\" "
			   "required></label> <button class=\"second\">Add</button></form>");
	}
	html(p->b, "</div>");
}

static void put_note(struct cable_page *p, const struct desk_note *n)
{
	char when[32];

	clock_iso(n->when, when);
	html(p->b, "<li id=\"note-%" PRId64 "\"><p class=\"soft\"><bdi>%.*s</bdi>, %.10s", n->id,
	     STR_ARG(n->author.n ? n->author : STR("this desk")), when);
	if (n->paragraph > 0)
		html(p->b, ", on <a href=\"#p%d\">paragraph %d</a>", n->paragraph, n->paragraph);
	html(p->b, "</p><p class=\"note-text\"><bdi>%.*s</bdi></p>", STR_ARG(n->text));
	if (rq_may(p->rq, NEED_EDITOR) && (n->user == p->rq->session.user.id || rq_may(p->rq, NEED_ADMIN))) {
		form_begin(p, "unnote");
		html(p->b,
		     "<button class=\"plain\" name=\"note\" value=\"%" PRId64
		     "\" data-ask=\"Remove this note?\">Remove</button></form>",
		     n->id);
	}
	html(p->b, "</li>");
}

static void put_notes(struct cable_page *p)
{
	struct desk_notes notes = {0};
	struct err e;

	desk_notes(p->rq->worker->desk, &p->rq->arena, rq_collection(p->rq), p->v.cable.id, &notes, &e);
	html(p->b, "<section class=\"desk no-print\" id=\"notes\">");
	put_desk_tags(p);
	if (notes.n || rq_may(p->rq, NEED_EDITOR))
		html(p->b, "<h2>Notes</h2>");
	if (notes.n)
		html(p->b, "<ul class=\"notes\">");
	for (size_t i = 0; i < notes.n; i++)
		put_note(p, &notes.v[i]);
	if (notes.n)
		html(p->b, "</ul>");
	if (rq_may(p->rq, NEED_EDITOR)) {
		html(p->b, "<form method=\"post\" action=\"%s/note\" class=\"stack\">", p->base);
		page_csrf(p->rq, p->b);
		html(p->b,
		     "<label>Note <textarea name=\"text\" rows=\"3\" required></textarea></label><label>On paragraph "
		     "(empty: the whole cable) <input name=\"paragraph\" inputmode=\"numeric\" "
		     "pattern=\"[0-9]*\"></label>"
		     "<button>Add the note</button></form>");
	}
	html(p->b, "</section>");
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void put_received(struct cable_page *p)
{
	const struct cable *x = &p->v.cable;

	if (x->header.n)
		html(p->b, "<h2>Header</h2><pre class=\"received\" tabindex=\"0\">%.*s</pre>", STR_ARG(x->header));
	html(p->b, "<h2>Body</h2><pre class=\"received\" tabindex=\"0\">%.*s</pre>", STR_ARG(x->body));
}

/* The words of the search one comes from: its marks come with its first hit. */
static const struct search_marks *marks_of(struct request *rq)
{
	struct str q = params_get(&rq->query, "hl");
	struct search_options o = {.limit = 1};
	struct search_result *r = arena_new(&rq->arena, struct search_result, 1);
	struct err e;

	if (!q.n || !rq->in->catalog || search_run(rq->in->catalog, &rq->arena, q, &o, r, NULL, &e) != REFTEL_OK)
		return NULL;
	return &r->marks;
}

static void put_cable(struct cable_page *p, struct answer *an)
{
	const struct cable *x = &p->v.cable;
	struct str subject = x->subject.n ? x->subject : x->id, hl = params_get(&p->rq->query, "hl");
	bool received = str_eq(params_get(&p->rq->query, "as"), STR("received"));
	char class[64];

	class_format(x->class, class);
	page_begin(p->rq, an,
		   &(struct page){.title = arena_dup(&p->rq->arena, x->id),
				  .place = "search",
				  .script = "cable.js",
				  .body_class = "cable-page"});
	html(p->b, "<div class=\"cable\"><article><p class=\"kicker\"><span class=\"class %s\">%s</span> %.*s</p>",
	     class_style(x->class.level), *class ? class : "classification unknown", STR_ARG(x->id));
	html(p->b, "<h1><bdi>%.*s</bdi></h1>", STR_ARG(subject));
	html(p->b, "<div class=\"row no-print\">");
	put_star(p);
	html(p->b, "<a class=\"button second\" href=\"%s?%s%s%s\">%s</a></div>", p->base, received ? "" : "as=received",
	     hl.n ? "&hl=" : "", hl.n ? url_encode(&p->rq->arena, hl) : "", received ? "For reading" : "As received");
	put_head(p);
	html(p->b, "<div class=\"text\">");
	if (received)
		put_received(p);
	else
		cable_text_put(p->rq, p->b, x, marks_of(p->rq));
	html(p->b, "</div>");
	put_notes(p);
	html(p->b, "</article>");
	put_side(p);
	html(p->b, "</div>");
	page_end(p->rq, an);
}

static int version_load(struct cable_page *p, struct err *e)
{
	int64_t n = params_number(&p->rq->query, "version", 1, 100000, 0);
	struct version_keys keys;
	int rc;

	if (!n)
		return archive_load(p->rq->in->archive, &p->rq->arena, p->row.version, &p->v, e);
	rc = archive_versions(p->rq->in->archive, &p->rq->arena, p->row.key, &keys, e);
	if (rc == REFTEL_OK && (size_t)n > keys.n)
		rc = err_set(e, REFTEL_ENOTFOUND, "the cable has %zu versions, and no version %" PRId64, keys.n, n);
	return rc == REFTEL_OK ? archive_load(p->rq->in->archive, &p->rq->arena, keys.v[n - 1], &p->v, e) : rc;
}

static int cable_show(struct cable_page *p, struct answer *an, struct err *e)
{
	struct archive *ar = p->rq->in->archive;
	struct arena *a = &p->rq->arena;
	int rc = version_load(p, e);

	if (rc == REFTEL_OK)
		rc = archive_refs_from(ar, a, p->row.key, &p->to, e);
	if (rc == REFTEL_OK)
		rc = archive_refs_to(ar, a, p->row.id, &p->from, e);
	if (rc != REFTEL_OK)
		return rc;
	p->v.cable.running_number = p->row.running_number;
	if (p->rq->json)
		return answer_json(an, view_cable(&p->v, &p->row, &p->to, &p->from));
	put_cable(p, an);
	return REFTEL_OK;
}

static void put_citers(struct cable_page *p, const struct missing *m)
{
	char window[80], date[32];

	view_window(&m->window, window);
	html(p->b, "<dl class=\"facts\">");
	put_term(p, "Post", m->origin.n ? m->origin : str_of(m->mrn.post));
	put_term(p, "Sent", str_of(window));
	if (m->other_id.n)
		put_term(p, "Or it is", m->other_id);
	html(p->b, "</dl><h2>Cited by</h2><ul class=\"refs\">");
	for (size_t i = 0; i < m->n_citers; i++) {
		cable_date_format(m->citers[i].date, date);
		html(p->b, "<li><a href=\"%s\">%.*s</a> <span class=\"soft\">%s%s</span></li>",
		     cable_path(p->rq, m->citers[i].id), STR_ARG(m->citers[i].id), date,
		     m->citers[i].year_implied ? ", without a year" : "");
	}
	html(p->b, "</ul>");
}

static int missing_show(struct cable_page *p, struct answer *an, struct err *e)
{
	struct str what = p->rq->part[3];
	struct missing_list list = {0};
	struct mrn m;
	struct err none;
	int rc = REFTEL_OK;

	if (mrn_parse(what, &m, &none) == REFTEL_OK)
		rc = archive_missing_find(p->rq->in->archive, &p->rq->arena, &m, &list, e);
	if (rc != REFTEL_OK)
		return rc;
	if (!list.n)
		return err_set(e, REFTEL_ENOTFOUND, "there is no cable %.*s here, and none that is held cites it",
			       STR_ARG(what));
	if (p->rq->json)
		return answer_json(an, view_missing(&list.v[0]));
	page_begin(p->rq, an, &(struct page){.title = arena_dup(&p->rq->arena, list.v[0].id), .place = "wanted"});
	for (size_t i = 0; i < list.n; i++) {
		html(p->b,
		     "<p class=\"kicker\"><span class=\"missing\">not held</span></p>"
		     "<h1>%.*s</h1><p class=\"lead\">Others cite this cable, and it is not in this collection.</p>",
		     STR_ARG(list.v[i].id));
		put_citers(p, &list.v[i]);
	}
	page_end(p->rq, an);
	return REFTEL_OK;
}

static int several_show(struct cable_page *p, const struct cable_rows *rows, struct answer *an)
{
	page_begin(p->rq, an, &(struct page){.title = "Which cable?", .place = "search"});
	html(p->b, "<h1>Which cable?</h1><p>%zu cables are called <bdi>%.*s</bdi>.</p><ul class=\"refs\">", rows->n,
	     STR_ARG(p->rq->part[3]));
	for (size_t i = 0; i < rows->n; i++) {
		char date[32];

		cable_date_format(rows->v[i].date, date);
		html(p->b, "<li><a href=\"%s\">%.*s</a> <span class=\"soft\">%s</span> <bdi>%.*s</bdi></li>",
		     cable_path(p->rq, rows->v[i].id), STR_ARG(rows->v[i].id), date, STR_ARG(rows->v[i].subject));
	}
	html(p->b, "</ul>");
	page_end(p->rq, an);
	an->status = 300;
	return REFTEL_OK;
}

int page_cable(struct request *rq, struct answer *an, struct err *e)
{
	struct cable_page p = {.rq = rq, .b = &an->body};
	struct cable_rows rows;
	int rc = archive_find(rq->in->archive, &rq->arena, rq->part[3], &rows, e);

	if (rc != REFTEL_OK)
		return rc;
	if (!rows.n)
		return missing_show(&p, an, e);
	if (rows.n > 1)
		return several_show(&p, &rows, an);
	p.row = rows.v[0];
	p.base = cable_path(rq, p.row.id);
	/* One cable, one address: another spelling leads to it. */
	if (!str_eq(p.row.id, rq->part[3]) && !rq->json)
		return answer_redirect(rq, an,
				       arena_printf(&rq->arena, "%s%s", p.base,
						    url_query(&rq->arena, &rq->query, NULL, STR(""), NULL)));
	return cable_show(&p, an, e);
}
