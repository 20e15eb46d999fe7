/*
 * The collection without a question: who sent how many cables and when, what they are about, who signed them. Every
 * line leads to a search.
 */
#include "web/find.h"
#include "web/pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 600 };

struct way {
	const char *name, *label, *parameter;
	enum catalog_field field;
	void (*put)(struct request *rq, struct buf *b, const struct way *w, struct search_values *v);
};

static void put_table(struct request *rq, struct buf *b, const struct way *w, struct search_values *v);
static void put_tags(struct request *rq, struct buf *b, const struct way *w, struct search_values *v);
static void put_names(struct request *rq, struct buf *b, const struct way *w, struct search_values *v);

static const struct way ways[] = {
	{"post", "By post", "origin", FIELD_ORIGIN, put_table},
	{"date", "By date", "from", FIELD_MONTH, put_calendar},
	{"tag", "By TAGS", "tag", FIELD_TAG, put_tags},
	{"class", "By classification", "class", FIELD_CLASS, put_table},
	{"signatory", "By signatory", "signatory", FIELD_SIGNATORY, put_names},
};
enum { N_WAYS = sizeof(ways) / sizeof(*ways) };

/* ---- one value --------------------------------------------------------------------------------------------------- */

static void put_value(struct request *rq, struct buf *b, const struct way *w, const struct search_value *v)
{
	html(b, "<a href=\"/c/%s/search?%s=%s\"><bdi>%.*s</bdi></a>", rq->in->collection->name, w->parameter,
	     url_encode(&rq->arena, v->value), STR_ARG(v->value));
}

static void put_meaning(struct buf *b, struct str tag)
{
	struct str meaning = tag_meaning(tag);

	if (meaning.n)
		html(b, " <span class=\"soft means\">%.*s</span>", STR_ARG(meaning));
}

static void put_day(struct buf *b, int64_t when)
{
	char day[32] = "";

	if (when != INDEX_NO_DATE)
		clock_iso(when, day);
	html(b, "<td>%.*s</td>", STR_ARG(*day ? str_sub(str_of(day), 0, 10) : STR("unknown")));
}

static int by_count(const void *x, const void *y)
{
	const struct search_value *a = x, *b = y;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return str_cmp(a->value, b->value);
}

/* ---- ways to show them ------------------------------------------------------------------------------------------- */

static void put_table(struct request *rq, struct buf *b, const struct way *w, struct search_values *v)
{
	html(b,
	     "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table class=\"values\"><thead>"
	     "<tr><th scope=\"col\">%s</th><th scope=\"col\" class=\"number\">Cables</th><th scope=\"col\">First</th>"
	     "<th scope=\"col\">Last</th></tr></thead><tbody>",
	     w->label, w->field == FIELD_ORIGIN ? "Sent by" : "Classification");
	for (size_t i = 0; i < v->n; i++) {
		html(b, "<tr data-item><th scope=\"row\">");
		put_value(rq, b, w, &v->v[i]);
		html(b, "</th><td class=\"number\">");
		html_count(b, v->v[i].n, "", "");
		html(b, "</td>");
		put_day(b, v->v[i].first);
		put_day(b, v->v[i].last);
		html(b, "</tr>");
	}
	html(b, "</tbody></table></div>");
}

static void put_names(struct request *rq, struct buf *b, const struct way *w, struct search_values *v)
{
	size_t n = v->n < NAMES_MOST ? v->n : NAMES_MOST;

	if (v->n)
		qsort(v->v, v->n, sizeof(*v->v), by_count);
	html(b, "<ul class=\"values\">");
	for (size_t i = 0; i < n; i++) {
		html(b, "<li data-item>");
		put_value(rq, b, w, &v->v[i]);
		if (w->field == FIELD_TAG)
			put_meaning(b, v->v[i].value);
		html(b, " <span class=\"n\">%zu</span></li>", (size_t)v->v[i].n);
	}
	html(b, "</ul>");
	if (n < v->n)
		html(b,
		     "<p class=\"soft\">These are the %zu most frequent of %zu. For any other, search for "
		     "<code>%s:NAME</code>.</p>",
		     n, v->n, w->name);
}

/* Codes of a kind together, since what a code means is first of all what kind of thing it names. */
static void put_tags(struct request *rq, struct buf *b, const struct way *w, struct search_values *v)
{
	static const struct {
		enum tag_kind kind;
		const char *label;
	} kinds[] = {
		{TAG_SUBJECT, "Subjects"},
		{TAG_COUNTRY, "Countries and regions"},
		{TAG_ORGANISATION, "Organisations"},
		{TAG_PROGRAM, "Programmes"},
		{TAG_PERSON, "People"},
		{TAG_OTHER, "Other"},
	};

	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		struct search_values some = {arena_new(&rq->arena, struct search_value, v->n + 1), 0};

		for (size_t i = 0; i < v->n; i++)
			if (tag_kind_of(v->v[i].value) == kinds[k].kind)
				some.v[some.n++] = v->v[i];
		if (!some.n)
			continue;
		html(b, "<h2>%s</h2>", kinds[k].label);
		put_names(rq, b, w, &some);
	}
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static void put_ways(struct request *rq, struct buf *b, const struct way *here)
{
	html(b, "<nav class=\"ways\" aria-label=\"Ways to browse\"><ul>");
	for (size_t i = 0; i < N_WAYS; i++) {
		buf_puts(b, here == &ways[i] ? "<li><a aria-current=\"page\"" : "<li><a");
		html(b, " href=\"/c/%s/browse/%s\">%s</a></li>", rq->in->collection->name, ways[i].name, ways[i].label);
	}
	html(b, "</ul></nav>");
}

/* As of this state of the collection: from the shelf, where it is there. */
static int put_values_kept(struct request *rq, struct buf *b, const struct way *w, struct err *e)
{
	struct str key = str_of(arena_printf(&rq->arena, "%s %" PRIx64 " browse %s", rq->in->collection->name,
					     find_state(rq->in->catalog), w->name));
	size_t from = b->n;
	struct search_values v;
	int rc;

	if (shelf_get(rq->web->shelf, key, b))
		return REFTEL_OK;
	rc = search_values(rq->in->catalog, &rq->arena, w->field, &v, e);
	if (rc != REFTEL_OK)
		return rc;
	if (v.n)
		w->put(rq, b, w, &v);
	else
		html(b, "<p class=\"lead\">There is nothing to browse here yet.</p>");
	shelf_put(rq->web->shelf, key, str_sub(buf_view(b), from, b->n));
	return REFTEL_OK;
}

static int values_json(struct request *rq, struct answer *an, const struct way *w, struct err *e)
{
	struct search_values v;
	json_t *list;
	int rc = search_values(rq->in->catalog, &rq->arena, w->field, &v, e);

	if (rc != REFTEL_OK)
		return rc;
	list = json_array();
	for (size_t i = 0; i < v.n; i++) {
		json_t *o = json_pack("{s:o,s:I}", "value", view_str(v.v[i].value), "n", (json_int_t)v.v[i].n);
		char first[32] = "", last[32] = "";

		if (v.v[i].first != INDEX_NO_DATE) {
			clock_iso(v.v[i].first, first);
			clock_iso(v.v[i].last, last);
		}
		view_set(o, "first", str_of(first));
		view_set(o, "last", str_of(last));
		if (w->field == FIELD_TAG)
			view_set(o, "meaning", tag_meaning(v.v[i].value));
		json_array_append_new(list, o);
	}
	return answer_json(an, list);
}

static int browse(struct request *rq, struct answer *an, const struct way *w, struct err *e)
{
	struct page p = {.title = "Browse", .place = "browse", .body_class = "browse"};
	int rc = find_catalog(rq, e);

	if (rc != REFTEL_OK)
		return rc;
	if (rq->json)
		return values_json(rq, an, w, e);
	page_begin(rq, an, &p);
	html(&an->body, "<h1>Browse <bdi>%s</bdi> %c%s</h1>", rq->in->collection->name, ascii_tolower(w->label[0]),
	     w->label + 1);
	put_ways(rq, &an->body, w);
	rc = put_values_kept(rq, &an->body, w, e);
	page_end(rq, an);
	return rc;
}

int page_browse(struct request *rq, struct answer *an, struct err *e)
{
	return browse(rq, an, &ways[0], e);
}

int page_browse_by(struct request *rq, struct answer *an, struct err *e)
{
	for (size_t i = 0; i < N_WAYS; i++)
		if (str_eq(rq->part[3], str_of(ways[i].name)))
			return browse(rq, an, &ways[i], e);
	return err_set(e, REFTEL_ENOTFOUND,
		       "one cannot browse by this: post, date, tag, class and signatory there are");
}
