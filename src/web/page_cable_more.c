/*
 * Around a cable: two versions side by side, cables like it, and what people add: stars, tags, notes.
 */
#include "view/view.h"
#include "web/cable_text.h"
#include "web/pages.h"

#include <inttypes.h>

enum { RELATED_SHOWN = 10 };

static int row_find(struct request *rq, struct cable_row *row, struct err *e)
{
	struct cable_rows rows;
	int rc = archive_find(rq->in->archive, &rq->arena, rq->part[3], &rows, e);

	if (rc == REFTEL_OK && rows.n != 1)
		rc = err_set(e, REFTEL_ENOTFOUND, "there is no one cable %.*s here", STR_ARG(rq->part[3]));
	if (rc == REFTEL_OK)
		*row = rows.v[0];
	return rc;
}

static const char *path_of(struct request *rq, struct str id)
{
	return arena_printf(&rq->arena, "/c/%s/cable/%s", rq->in->collection->name, url_encode(&rq->arena, id));
}

/* ---- versions ---------------------------------------------------------------------------------------------------- */

static void put_side(struct buf *b, const struct diff *d, struct str text, bool older)
{
	html(b, "<pre class=\"received\" tabindex=\"0\">");
	for (size_t i = 0; i < d->n; i++) {
		const struct diff_span *s = &d->v[i];
		struct str x = older ? str_sub(text, s->a_off, s->a_end) : str_sub(text, s->b_off, s->b_end);

		if (!x.n)
			continue;
		if (s->op == ALIGN_SAME)
			html(b, "%.*s ", STR_ARG(x));
		else
			html(b, older ? "<del>%.*s</del> " : "<ins>%.*s</ins> ", STR_ARG(x));
	}
	html(b, "</pre>");
}

int page_diff(struct request *rq, struct answer *an, struct err *e)
{
	struct buf *b = &an->body;
	struct cable_row row;
	struct cable_version one, two;
	struct version_keys keys = {0};
	struct diff d;
	int64_t from, to;
	size_t changes = 0;
	int rc = row_find(rq, &row, e);

	if (rc == REFTEL_OK)
		rc = archive_versions(rq->in->archive, &rq->arena, row.key, &keys, e);
	if (rc != REFTEL_OK)
		return rc;
	to = params_number(&rq->query, "to", 1, (int64_t)keys.n, (int64_t)keys.n);
	from = params_number(&rq->query, "from", 1, (int64_t)keys.n, to > 1 ? to - 1 : 1);
	if (keys.n < 2)
		return err_set(e, REFTEL_ENOTFOUND, "%.*s has one version only", STR_ARG(row.id));
	if ((rc = archive_load(rq->in->archive, &rq->arena, keys.v[from - 1], &one, e)) != REFTEL_OK ||
	    (rc = archive_load(rq->in->archive, &rq->arena, keys.v[to - 1], &two, e)) != REFTEL_OK)
		return rc;
	d = text_diff(&rq->arena, one.cable.body, two.cable.body);
	for (size_t i = 0; i < d.n; i++)
		changes += d.v[i].op != ALIGN_SAME;
	page_begin(rq, an, &(struct page){.title = "Versions", .place = "search"});
	html(b, "<h1>Versions of <a href=\"%s\">%.*s</a></h1><p>", path_of(rq, row.id), STR_ARG(row.id));
	html_count(b, changes, "difference", "differences");
	html(b, ". What only one of the two has is marked.</p><div class=\"two\"><section><h2>Version %" PRId64 "</h2>",
	     from);
	put_side(b, &d, one.cable.body, true);
	html(b, "</section><section><h2>Version %" PRId64 "</h2>", to);
	put_side(b, &d, two.cable.body, false);
	html(b, "</section></div>");
	page_end(rq, an);
	return REFTEL_OK;
}

/* ---- cables like it ---------------------------------------------------------------------------------------------- */

static int related_json(struct request *rq, struct answer *an, const struct search_result *r, struct err *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->n_hits; i++) {
		struct hit_view v;
		int rc = hit_read(rq->in->archive, &rq->arena, &r->marks, &r->hits[i], 0, &v, e);

		if (rc != REFTEL_OK) {
			json_decref(list);
			return rc;
		}
		json_array_append_new(list, view_hit(&rq->arena, &v));
	}
	return answer_json(an, list);
}

int page_related(struct request *rq, struct answer *an, struct err *e)
{
	struct buf *b = &an->body;
	struct search_result r;
	struct cable_row row;
	int rc = row_find(rq, &row, e);

	if (rc == REFTEL_OK && !rq->in->catalog)
		rc = err_set(e, rq->in->why.code, "%s", rq->in->why.msg);
	if (rc == REFTEL_OK)
		rc = search_related(rq->in->catalog, &rq->arena, row.version, RELATED_SHOWN, &r, e);
	if (rc != REFTEL_OK)
		return rc;
	if (rq->json)
		return related_json(rq, an, &r, e);
	page_begin(rq, an, &(struct page){.title = "Like this one", .place = "search"});
	html(b, "<h1>Cables like <a href=\"%s\">%.*s</a></h1><ul class=\"refs\" id=\"related\">", path_of(rq, row.id),
	     STR_ARG(row.id));
	for (size_t i = 0; i < r.n_hits; i++) {
		struct hit_view v;
		char date[32];

		if (hit_read(rq->in->archive, &rq->arena, &r.marks, &r.hits[i], 0, &v, e) != REFTEL_OK)
			continue;
		cable_date_format(v.row.date, date);
		html(b, "<li data-item><a href=\"%s\"><bdi>%.*s</bdi></a> <span class=\"soft\">%.*s, %s</span></li>",
		     path_of(rq, v.row.id), STR_ARG(v.row.subject.n ? v.row.subject : v.row.id), STR_ARG(v.row.id),
		     date);
	}
	html(b, "</ul>");
	page_end(rq, an);
	return REFTEL_OK;
}

/* ---- what people add --------------------------------------------------------------------------------------------- */

/* After a change: back to the cable, or to a place on its page. */
static int back(struct request *rq, struct answer *an, struct str id, const char *place)
{
	return answer_redirect(rq, an, arena_printf(&rq->arena, "%s%s", path_of(rq, id), place));
}

int do_star(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	struct cable_row row;
	int rc = row_find(rq, &row, e);

	if (rc == REFTEL_OK)
		rc = desk_star(rq->worker->desk, &who, rq_collection(rq), row.id,
			       str_eq(params_get(&rq->fields, "on"), STR("1")), e);
	return rc == REFTEL_OK ? back(rq, an, row.id, "") : rc;
}

int do_tag(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	struct cable_row row;
	int rc = row_find(rq, &row, e);

	if (rc == REFTEL_OK)
		rc = desk_tag(rq->worker->desk, &who, rq_collection(rq), row.id, params_get(&rq->fields, "tag"),
			      str_eq(params_get(&rq->fields, "on"), STR("1")), e);
	return rc == REFTEL_OK ? back(rq, an, row.id, "#notes") : rc;
}

int do_note(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	struct cable_row row;
	int64_t note = 0;
	int rc = row_find(rq, &row, e);

	if (rc == REFTEL_OK)
		rc = desk_note_add(rq->worker->desk, &who, rq_collection(rq), row.id,
				   (int)params_number(&rq->fields, "paragraph", 1, 100000, -1),
				   params_get(&rq->fields, "text"), &note, e);
	return rc == REFTEL_OK ? back(rq, an, row.id, arena_printf(&rq->arena, "#note-%" PRId64, note)) : rc;
}

int do_unnote(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	struct cable_row row;
	int rc = row_find(rq, &row, e);

	if (rc == REFTEL_OK)
		rc = desk_note_remove(rq->worker->desk, &who, rq_collection(rq),
				      params_number(&rq->fields, "note", 1, INT64_MAX, 0), rq_may(rq, NEED_ADMIN), e);
	return rc == REFTEL_OK ? back(rq, an, row.id, "#notes") : rc;
}
