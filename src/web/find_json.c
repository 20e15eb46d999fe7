/*
 * A search's answer as an object: the hits of a page, how many there are, and on the first page what they are by
 * count. The same objects as those of `reftel search --json`.
 */
#include "web/find.h"
#include "web/pages.h"

enum { SNIPPETS = 2, HITS_MOST = 200 };

static int hits_json(struct request *rq, const struct search_result *r, size_t n, json_t **out, struct err *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		struct hit_view v;
		int rc = hit_read(rq->in->archive, &rq->arena, &r->marks, &r->hits[i], SNIPPETS, &v, e);

		if (rc != REFTEL_OK) {
			json_decref(list);
			return rc;
		}
		json_array_append_new(list, view_hit(&rq->arena, &v));
	}
	*out = list;
	return REFTEL_OK;
}

int search_answer(struct request *rq, struct answer *an, struct err *e)
{
	struct finding f;
	struct search_result r;
	struct span where = {0};
	json_t *hits, *o;
	size_t limit;
	int rc = find_read(&rq->arena, &rq->query, &f, e);

	if (rc != REFTEL_OK || (rc = find_catalog(rq, e)) != REFTEL_OK)
		return rc;
	if (!f.whole.n)
		return err_set(e, REFTEL_EINVAL, "say what to look for: ?q=QUERY");
	limit = (size_t)params_number(&rq->query, "limit", 1, HITS_MOST, FIND_HITS);
	f.o.offset = (f.page - 1) * limit;
	f.o.limit = limit + 1;
	f.o.facets = f.page == 1 ? facets_fields(facets_default()) | 1U << FIELD_MONTH : 0;
	rc = find_run(rq, &f, &r, &where, e);
	if (rc == REFTEL_OK)
		rc = hits_json(rq, &r, r.n_hits < limit ? r.n_hits : limit, &hits, e);
	if (rc != REFTEL_OK)
		return rc;
	o = json_object();
	json_object_set_new(o, "query", view_str(f.whole));
	json_object_set_new(o, "total", json_integer((json_int_t)r.total));
	json_object_set_new(o, "page", json_integer((json_int_t)f.page));
	json_object_set_new(o, "hits", hits);
	json_object_set_new(o, "next", r.n_hits > limit ? json_integer((json_int_t)f.page + 1) : json_null());
	if (f.page == 1) {
		json_object_set_new(o, "facets", view_facets(&r, facets_default()));
		json_object_set_new(o, "months", view_histogram(&r.facets[FIELD_MONTH]));
	}
	return answer_json(an, o);
}
