/*
 * Saved searches: a person's own, each with how many cables came since its owner last looked.
 */
#include "web/find.h"
#include "web/pages.h"

/* Texts that came since; a cable that has a new text is one of them. */
static int news_count(struct request *rq, const struct desk_search *s, uint64_t *n, struct err *e)
{
	struct search_options o = {.count = true, .after_version = s->seen_version, .stop = &rq->stop};
	struct search_result r;
	struct finding f;
	struct params p = {0};
	struct span where;
	int rc;

	*n = 0;
	if (!rq->in->catalog || s->seen_version >= rq->in->catalog->last)
		return REFTEL_OK;
	rc = params_read(&rq->arena, str_sub(s->address, 1, s->address.n), &p, e);
	if (rc == REFTEL_OK)
		rc = find_read(&rq->arena, &p, &f, e);
	if (rc == REFTEL_OK)
		rc = search_run(rq->in->catalog, &rq->arena, f.whole, &o, &r, &where, e);
	*n = rc == REFTEL_OK ? r.total : 0;
	return rc;
}

/* ---- shown ------------------------------------------------------------------------------------------------------- */

static void put_search(struct request *rq, struct buf *b, const struct desk_search *s, uint64_t n)
{
	html(b, "<li data-item><form method=\"post\" action=\"/c/%.*s/saved/%lld/open\">", STR_ARG(rq_collection(rq)),
	     (long long)s->id);
	page_csrf(rq, b);
	html(b, "<button class=\"plain\"><bdi>%.*s</bdi></button></form>", STR_ARG(s->name));
	if (n) {
		html(b, " <strong class=\"news\">");
		html_count(b, n, "new since you looked", "new since you looked");
		html(b, "</strong>");
	} else {
		html(b, " <span class=\"soft\">nothing new</span>");
	}
	html(b, "<form method=\"post\" action=\"/c/%.*s/saved/%lld/remove\">", STR_ARG(rq_collection(rq)),
	     (long long)s->id);
	page_csrf(rq, b);
	html(b,
	     "<button class=\"plain\" data-ask=\"Remove this saved search?\">Remove<span class=\"visually-hidden\"> "
	     "%.*s</span></button></form></li>",
	     STR_ARG(s->name));
}

/* One that can no longer be read (a field that is gone) is shown as having nothing new. */
static int put_list(struct request *rq, struct buf *b, struct err *e)
{
	struct desk_searches list;
	int rc = desk_searches(rq->worker->desk, &rq->arena, rq->session.user.id, rq_collection(rq), &list, e);

	if (rc != REFTEL_OK || !list.n)
		return rc;
	html(b, "<section class=\"saved\" aria-labelledby=\"saved\"><h2 id=\"saved\">Saved searches</h2><ul>");
	for (size_t i = 0; i < list.n; i++) {
		struct err ignored;
		uint64_t n;

		news_count(rq, &list.v[i], &n, &ignored);
		put_search(rq, b, &list.v[i], n);
	}
	html(b, "</ul></section>");
	return REFTEL_OK;
}

void put_saved_done(struct request *rq, struct buf *b)
{
	struct str done = params_get(&rq->query, "done");

	if (str_eq(done, STR("saved")))
		html(b,
		     "<p class=\"done\" role=\"status\">Saved. <a href=\"/c/%.*s/search\">Your saved searches</a> say "
		     "what is new.</p>",
		     STR_ARG(rq_collection(rq)));
	else if (str_eq(done, STR("removed")))
		html(b, "<p class=\"done\" role=\"status\">The saved search is removed.</p>");
}

int put_saved(struct request *rq, struct buf *b, const struct finding *f, struct err *e)
{
	if (!f)
		return put_list(rq, b, e);
	html(b, "<form class=\"save row\" method=\"post\" action=\"/c/%.*s/saved\">", STR_ARG(rq_collection(rq)));
	page_csrf(rq, b);
	html(b,
	     "<input type=\"hidden\" name=\"address\" value=\"%s\"><label>Save this search as "
	     "<input name=\"name\" maxlength=\"64\" required value=\"%.*s\"></label>"
	     "<button class=\"second\">Save</button></form>",
	     find_query(&rq->arena, &rq->query, NULL, STR("")), STR_ARG(str_sub(f->q, 0, f->q.n <= 64 ? f->q.n : 0)));
	return REFTEL_OK;
}

int page_saved(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_searches list;
	json_t *o = json_array();
	int rc = desk_searches(rq->worker->desk, &rq->arena, rq->session.user.id, rq_collection(rq), &list, e);

	if (!rq->json) {
		json_decref(o);
		return answer_redirect(rq, an, arena_printf(&rq->arena, "/c/%.*s/search", STR_ARG(rq_collection(rq))));
	}
	for (size_t i = 0; rc == REFTEL_OK && i < list.n; i++) {
		struct err ignored;
		uint64_t n;

		news_count(rq, &list.v[i], &n, &ignored);
		json_array_append_new(o, json_pack("{s:I,s:o,s:o,s:I}", "id", (json_int_t)list.v[i].id, "name",
						   view_str(list.v[i].name), "address", view_str(list.v[i].address),
						   "new", (json_int_t)n));
	}
	if (rc != REFTEL_OK) {
		json_decref(o);
		return rc;
	}
	return answer_json(an, o);
}

/* ---- changed ----------------------------------------------------------------------------------------------------- */

int do_search_save(struct request *rq, struct answer *an, struct err *e)
{
	struct str address = params_get(&rq->fields, "address");
	struct desk_actor who = rq_actor(rq);
	struct params p = {0};
	struct finding f;
	const char *kept;
	int64_t id;
	int rc;

	if (!str_starts(address, STR("?")))
		return err_set(e, REFTEL_EINVAL, "there is no search to be saved");
	if ((rc = params_read(&rq->arena, str_sub(address, 1, address.n), &p, e)) != REFTEL_OK ||
	    (rc = find_read(&rq->arena, &p, &f, e)) != REFTEL_OK || (rc = find_catalog(rq, e)) != REFTEL_OK)
		return rc;
	if (!f.whole.n)
		return err_set(e, REFTEL_EINVAL, "there is no search to be saved");
	kept = find_query(&rq->arena, &p, NULL, STR(""));
	rc = desk_search_save(rq->worker->desk, &who, rq_collection(rq), params_get(&rq->fields, "name"), str_of(kept),
			      rq->in->catalog->last, &id, e);
	if (rc != REFTEL_OK)
		return rc;
	return answer_redirect(
		rq, an, arena_printf(&rq->arena, "/c/%.*s/search%s&done=saved", STR_ARG(rq_collection(rq)), kept));
}

/* The search of this person in this collection that the address names. */
static int search_here(struct request *rq, struct desk_search *out, struct err *e)
{
	struct params p = {.v = {{STR("id"), rq->part[3]}}, .n = 1};
	int64_t id = params_number(&p, "id", 1, INT64_MAX, 0);
	int rc = desk_search_find(rq->worker->desk, &rq->arena, rq->session.user.id, id, out, e);

	if (rc == REFTEL_OK && !str_eq(out->collection, rq_collection(rq)))
		return err_set(e, REFTEL_ENOTFOUND, "there is no such saved search");
	return rc;
}

int do_search_open(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_search s;
	int rc = search_here(rq, &s, e);

	if (rc == REFTEL_OK && rq->in->catalog)
		rc = desk_search_seen(rq->worker->desk, rq->session.user.id, s.id, rq->in->catalog->last, e);
	if (rc != REFTEL_OK)
		return rc;
	return answer_redirect(
		rq, an, arena_printf(&rq->arena, "/c/%.*s/search%.*s", STR_ARG(rq_collection(rq)), STR_ARG(s.address)));
}

int do_search_remove(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	struct desk_search s;
	int rc = search_here(rq, &s, e);

	if (rc == REFTEL_OK)
		rc = desk_search_remove(rq->worker->desk, &who, s.id, e);
	if (rc != REFTEL_OK)
		return rc;
	return answer_redirect(rq, an,
			       arena_printf(&rq->arena, "/c/%.*s/search?done=removed", STR_ARG(rq_collection(rq))));
}
