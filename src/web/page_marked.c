/*
 * What people put on cables: the newsroom's tags and the cables that have them, and a person's own stars.
 */
#include "view/view.h"
#include "web/pages.h"

/* What is known of a marked cable; where it is no longer held, its id alone. */
static int put_marked(struct request *rq, struct buf *b, const struct desk_marked *m, struct err *e)
{
	struct cable_rows rows;
	int rc = archive_find(rq->in->archive, &rq->arena, m->cable, &rows, e);
	char date[32] = "", day[32];

	if (rc != REFTEL_OK)
		return rc;
	clock_iso(m->when, day);
	if (rows.n)
		cable_date_format(rows.v[0].date, date);
	html(b, "<li data-item><h2><a href=\"/c/%s/cable/%s\"><bdi>%.*s</bdi></a></h2><p class=\"about\">",
	     rq->in->collection->name, url_encode(&rq->arena, m->cable),
	     STR_ARG(rows.n && rows.v[0].subject.n ? rows.v[0].subject : m->cable));
	html(b, "<span class=\"mono\">%.*s</span> <span>%s</span>", STR_ARG(m->cable), date);
	if (rows.n)
		html(b, " <bdi>%.*s</bdi>", STR_ARG(rows.v[0].origin));
	else
		html(b, " not held");
	html(b, " <span class=\"soft\">since %.*s</span></p></li>", 10, day);
	return REFTEL_OK;
}

static int put_all(struct request *rq, struct buf *b, const struct desk_marks *l, struct err *e)
{
	int rc = REFTEL_OK;

	html(b, "<ol class=\"hits plain-list\">");
	for (size_t i = 0; rc == REFTEL_OK && i < l->n; i++)
		rc = put_marked(rq, b, &l->v[i], e);
	html(b, "</ol>");
	return rc;
}

static json_t *marks_json(const struct desk_marks *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->n; i++) {
		char when[32];

		clock_iso(l->v[i].when, when);
		json_array_append_new(list, json_pack("{s:o,s:s}", "id", view_str(l->v[i].cable), "since", when));
	}
	return list;
}

int page_stars(struct request *rq, struct answer *an, struct err *e)
{
	struct page p = {.title = "Your stars", .place = "browse", .body_class = "search"};
	struct desk_marks l;
	int rc = desk_stars(rq->worker->desk, &rq->arena, rq->session.user.id, rq_collection(rq), &l, e);

	if (rc != REFTEL_OK)
		return rc;
	if (rq->json)
		return answer_json(an, marks_json(&l));
	page_begin(rq, an, &p);
	html(&an->body, "<h1>Your stars</h1>");
	if (!l.n)
		html(&an->body, "<p class=\"lead\">A star on a cable\u2019s page puts it here, for you alone.</p>");
	rc = put_all(rq, &an->body, &l, e);
	page_end(rq, an);
	return rc;
}

/* ---- tags -------------------------------------------------------------------------------------------------------- */

static int put_tags(struct request *rq, struct buf *b, const struct desk_tags *l)
{
	html(b, "<h1>The newsroom\u2019s tags</h1>");
	if (!l->n) {
		html(b, "<p class=\"lead\">An editor puts tags on cables on their pages; here are all of them.</p>");
		return REFTEL_OK;
	}
	html(b, "<ul class=\"values\">");
	for (size_t i = 0; i < l->n; i++)
		html(b,
		     "<li data-item><a href=\"/c/%s/tags?tag=%s\"><bdi>%.*s</bdi></a> <span "
		     "class=\"n\">%zu</span></li>",
		     rq->in->collection->name, url_encode(&rq->arena, l->v[i].name), STR_ARG(l->v[i].name),
		     (size_t)l->v[i].cables);
	html(b, "</ul>");
	return REFTEL_OK;
}

static json_t *tags_json(const struct desk_tags *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(list, json_pack("{s:o,s:I}", "name", view_str(l->v[i].name), "cables",
						      (json_int_t)l->v[i].cables));
	return list;
}

static int page_tag(struct request *rq, struct answer *an, struct str tag, struct err *e)
{
	struct page p = {.title = "Tag", .place = "browse", .body_class = "search"};
	struct desk_marks l;
	int rc = desk_tagged(rq->worker->desk, &rq->arena, rq_collection(rq), tag, &l, e);

	if (rc != REFTEL_OK)
		return rc;
	if (rq->json)
		return answer_json(an, marks_json(&l));
	page_begin(rq, an, &p);
	html(&an->body, "<h1>Tagged \u201c<bdi>%.*s</bdi>\u201d</h1><p><a href=\"/c/%s/tags\">All tags</a></p>",
	     STR_ARG(tag), rq->in->collection->name);
	if (!l.n)
		html(&an->body, "<p class=\"lead\">No cable has this tag.</p>");
	rc = put_all(rq, &an->body, &l, e);
	page_end(rq, an);
	return rc;
}

int page_tags(struct request *rq, struct answer *an, struct err *e)
{
	struct page p = {.title = "Tags", .place = "browse", .body_class = "browse"};
	struct str tag = params_get(&rq->query, "tag");
	struct desk_tags l;
	int rc;

	if (tag.n)
		return page_tag(rq, an, tag, e);
	rc = desk_tags(rq->worker->desk, &rq->arena, rq_collection(rq), &l, e);
	if (rc != REFTEL_OK)
		return rc;
	if (rq->json)
		return answer_json(an, tags_json(&l));
	page_begin(rq, an, &p);
	put_tags(rq, &an->body, &l);
	page_end(rq, an);
	return REFTEL_OK;
}
