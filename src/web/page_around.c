/*
 * Two versions of a cable side by side, and the cables that have much in common with it.
 */
#include "web/cable_page.h"

enum { RELATED_MOST = 10, SAME_EDGE = 300 };

/* ---- versions ---------------------------------------------------------------------------------------------------- */

static int version_load(struct request *rq, const struct cable_row *row, const char *name, int otherwise,
			struct cable_version *out, struct err *e)
{
	struct version_keys keys;
	int64_t n = params_number(&rq->query, name, 1, INT32_MAX, otherwise);
	int rc = archive_versions(rq->in->archive, &rq->arena, row->key, &keys, e);

	if (rc != REFTEL_OK)
		return rc;
	if (keys.n < 2)
		return err_set(e, REFTEL_ENOTFOUND, "%.*s has one version only: there is nothing to compare it with",
			       STR_ARG(row->id));
	if (n > (int64_t)keys.n)
		return err_set(e, REFTEL_ENOTFOUND, "it has %zu versions, there is no version %d", keys.n, (int)n);
	return archive_load(rq->in->archive, &rq->arena, keys.v[n - 1], out, e);
}

/* Long stretches that are the same are cut to their ends. */
static void put_same(struct buf *b, struct str s)
{
	if (s.n <= 2 * SAME_EDGE + 80) {
		html_text(b, s);
		return;
	}
	html_text(b, str_sub(s, 0, SAME_EDGE));
	html(b, "<span class=\"alike\"> \u2026 %zu bytes alike \u2026 </span>", s.n - 2 * SAME_EDGE);
	html_text(b, str_sub(s, s.n - SAME_EDGE, s.n));
}

struct diff_row {
	struct buf left, right;
	bool changed;
};

static void row_put(struct buf *b, struct diff_row *r)
{
	if (r->left.n || r->right.n) {
		buf_puts(b, r->changed ? "<tr class=\"changed\"><td>" : "<tr><td>");
		buf_str(b, buf_view(&r->left));
		html(b, "</td><td>");
		buf_str(b, buf_view(&r->right));
		html(b, "</td></tr>");
	}
	buf_reset(&r->left);
	buf_reset(&r->right);
	r->changed = false;
}

/* Up to the first blank line that both have there is one row; what follows begins another. */
static void put_both(struct buf *b, struct diff_row *r, struct str left, struct str right)
{
	size_t cut_left = str_find(left, STR("\n\n"), 0), cut = str_find(right, STR("\n\n"), 0);

	if (cut_left != SIZE_MAX && cut != SIZE_MAX) {
		put_same(&r->left, str_sub(left, 0, cut_left));
		put_same(&r->right, str_sub(right, 0, cut));
		row_put(b, r);
		left = str_sub(left, cut_left + 2, left.n);
		right = str_sub(right, cut + 2, right.n);
	}
	put_same(&r->left, left);
	put_same(&r->right, right);
}

/* Words are compared; what stands between them is shown as it stands. */
static void put_spans(struct buf *b, const struct diff *d, struct str left, struct str right)
{
	struct diff_row r = {0};
	uint32_t l = 0, t = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct diff_span *s = &d->v[i];

		if (s->op == ALIGN_SAME) {
			put_both(b, &r, str_sub(left, l, s->a_end), str_sub(right, t, s->b_end));
			l = s->a_end;
			t = s->b_end;
		} else if (s->op == ALIGN_ONLY_A) {
			html_text(&r.left, str_sub(left, l, s->a_off));
			html(&r.left, "<del>%.*s</del>", STR_ARG(str_sub(left, s->a_off, s->a_end)));
			l = s->a_end;
			r.changed = true;
		} else {
			html_text(&r.right, str_sub(right, t, s->b_off));
			html(&r.right, "<ins>%.*s</ins>", STR_ARG(str_sub(right, s->b_off, s->b_end)));
			t = s->b_end;
			r.changed = true;
		}
	}
	put_both(b, &r, str_sub(left, l, left.n), str_sub(right, t, right.n));
	row_put(b, &r);
	buf_free(&r.left);
	buf_free(&r.right);
}

static void put_diff(struct request *rq, struct answer *an, const struct cable_version *x,
		     const struct cable_version *y, const struct diff *d)
{
	struct page p = {.title = arena_printf(&rq->arena, "%.*s, versions", STR_ARG(x->cable.id)),
			 .body_class = "cable"};
	struct buf *b = &an->body;
	uint64_t changes = 0;

	for (size_t i = 0; i < d->n; i++)
		changes += d->v[i].op != ALIGN_SAME;
	page_begin(rq, an, &p);
	html(b,
	     "<p class=\"back\"><a href=\"%s\">\u2190 <bdi>%.*s</bdi></a></p><h1>Two versions of <bdi "
	     "class=\"mono\">%.*s</bdi></h1><p>",
	     cable_path(rq, x->cable.id), STR_ARG(x->cable.id), STR_ARG(x->cable.id));
	html_count(b, changes, "stretch differs", "stretches differ");
	html(b,
	     ". What only one has is marked.</p><div class=\"scroll\"><table class=\"versions\" "
	     "data-test=\"diff\"><thead>"
	     "<tr><th scope=\"col\">Version %d<br><span class=\"soft\"><bdi>%s</bdi></span></th><th "
	     "scope=\"col\">Version "
	     "%d<br><span class=\"soft\"><bdi>%s</bdi></span></th></tr></thead><tbody>",
	     x->ordinal, path_base(arena_dup(&rq->arena, x->source)), y->ordinal,
	     path_base(arena_dup(&rq->arena, y->source)));
	put_spans(b, d, x->cable.body, y->cable.body);
	html(b, "</tbody></table></div>");
	page_end(rq, an);
}

int page_cable_diff(struct request *rq, struct answer *an, struct err *e)
{
	struct cable_version x = {0}, y = {0};
	struct cable_found f;
	struct diff d;
	int rc = cable_find(rq, an, "/diff", &f, e);

	if (rc != REFTEL_OK || f.done)
		return rc;
	if (!f.row.key)
		return err_set(e, REFTEL_ENOTFOUND, "this cable is not held");
	rc = version_load(rq, &f.row, "from", f.row.n_versions - 1, &x, e);
	if (rc == REFTEL_OK)
		rc = version_load(rq, &f.row, "to", f.row.n_versions, &y, e);
	if (rc != REFTEL_OK)
		return rc;
	d = text_diff(&rq->arena, x.cable.body, y.cable.body);
	if (rq->json)
		return answer_json(an, view_diff(&x, &y, &d));
	put_diff(rq, an, &x, &y, &d);
	return REFTEL_OK;
}

/* ---- cables like it ---------------------------------------------------------------------------------------------- */

static int related_json(struct request *rq, struct answer *an, const struct cable_row *row,
			const struct search_result *r, struct err *e)
{
	json_t *hits = json_array();

	for (size_t i = 0; i < r->n_hits; i++) {
		struct hit_view v;
		int rc = hit_read(rq->in->archive, &rq->arena, &r->marks, &r->hits[i], 0, &v, e);

		if (rc != REFTEL_OK) {
			json_decref(hits);
			return rc;
		}
		json_array_append_new(hits, view_hit(&rq->arena, &v));
	}
	return answer_json(an, json_pack("{s:o,s:o}", "id", view_str(row->id), "hits", hits));
}

static int put_related(struct request *rq, struct answer *an, const struct cable_row *row,
		       const struct search_result *r, struct err *e)
{
	struct page p = {.title = arena_printf(&rq->arena, "Cables like %.*s", STR_ARG(row->id)),
			 .body_class = "cable"};
	struct buf *b = &an->body;

	page_begin(rq, an, &p);
	html(b,
	     "<p class=\"back\"><a href=\"%s\">\u2190 <bdi>%.*s</bdi></a></p><h1>Cables like <bdi "
	     "class=\"mono\">%.*s</bdi></h1>",
	     cable_path(rq, row->id), STR_ARG(row->id), STR_ARG(row->id));
	if (!r->n_hits)
		html(b, "<p>No other cable has much in common with it.</p>");
	else
		html(b, "<ul class=\"lines\" data-test=\"related\">");
	for (size_t i = 0; i < r->n_hits; i++) {
		struct hit_view v;
		int rc = hit_read(rq->in->archive, &rq->arena, &r->marks, &r->hits[i], 0, &v, e);

		if (rc != REFTEL_OK)
			return rc;
		html(b, "<li data-item>");
		put_cable_line(rq, b, &v.row);
		html(b, "</li>");
	}
	buf_puts(b, r->n_hits ? "</ul>" : "");
	page_end(rq, an);
	return REFTEL_OK;
}

int page_cable_related(struct request *rq, struct answer *an, struct err *e)
{
	struct search_result r;
	struct cable_found f;
	int rc = cable_find(rq, an, "/related", &f, e);

	if (rc != REFTEL_OK || f.done)
		return rc;
	if (!f.row.key)
		return err_set(e, REFTEL_ENOTFOUND, "this cable is not held: nothing is known of its text");
	if (!rq->in->catalog)
		return err_set(e, rq->in->why.code, "%s", rq->in->why.msg);
	rc = search_related(rq->in->catalog, &rq->arena, f.row.version, RELATED_MOST, &r, e);
	if (rc != REFTEL_OK)
		return rc;
	return rq->json ? related_json(rq, an, &f.row, &r, e) : put_related(rq, an, &f.row, &r, e);
}
