/*
 * The wanted list: cables that others cite and nobody here holds, those most cited first.
 */
#include "web/find.h"
#include "web/pages.h"

#include <inttypes.h>

enum { ROWS = 50, CITERS_SHOWN = 4, PAGES_MAX = 100000 };

/* As ids have it: "us nato" is USNATO. */
static struct str post_read(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (!ascii_space((unsigned char)s.p[i]))
			out[n++] = (char)ascii_toupper((unsigned char)s.p[i]);
	return (struct str){out, n};
}

static void put_row(struct request *rq, struct buf *b, const struct missing *m)
{
	const char *place = rq->in->collection->name;
	char window[80];

	view_window(&m->window, window);
	html(b,
	     "<tr data-item><td class=\"number\">%zu</td><th scope=\"row\"><a "
	     "href=\"/c/%s/cable/%s\"><bdi>%.*s</bdi></a>",
	     m->n_citers, place, url_encode(&rq->arena, m->id), STR_ARG(m->id));
	if (m->other_id.n)
		html(b, " <span class=\"soft\">or <bdi>%.*s</bdi></span>", STR_ARG(m->other_id));
	html(b, "</th><td class=\"window\">%s</td><td><bdi>%.*s</bdi></td><td>", window,
	     STR_ARG(m->origin.n ? m->origin : str_of(m->mrn.post)));
	for (size_t i = 0; i < m->n_citers && i < CITERS_SHOWN; i++)
		html(b, "%s<a href=\"/c/%s/cable/%s\"><bdi>%.*s</bdi></a>", i ? ", " : "", place,
		     url_encode(&rq->arena, m->citers[i].id), STR_ARG(m->citers[i].id));
	if (m->n_citers > CITERS_SHOWN)
		html(b, " and %zu more", m->n_citers - CITERS_SHOWN);
	html(b, "</td></tr>");
}

static void put_table(struct request *rq, struct buf *b, const struct missing_list *l, size_t from, size_t to)
{
	html(b,
	     "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Missing cables\"><table><thead><tr>"
	     "<th scope=\"col\" class=\"number\">Cited by</th><th scope=\"col\">Cable</th><th scope=\"col\">Must have "
	     "been sent</th><th scope=\"col\">From</th><th scope=\"col\">Who cites it</th></tr></thead><tbody>");
	for (size_t i = from; i < to; i++)
		put_row(rq, b, &l->v[i]);
	html(b, "</tbody></table></div>");
}

static const char *page_address(struct arena *a, struct str post, size_t page)
{
	return arena_printf(a, "?page=%zu%s%s", page, post.n ? "&post=" : "", url_encode(a, post));
}

static void put_pages(struct request *rq, struct buf *b, struct str post, size_t page, size_t pages)
{
	struct arena *a = &rq->arena;

	if (pages < 2)
		return;
	html(b, "<nav class=\"pages row\" aria-label=\"Pages\">");
	if (page > 1)
		html(b, "<a class=\"button second\" href=\"%s\">Previous</a>", page_address(a, post, page - 1));
	html(b, "<span>Page %zu of %zu</span>", page, pages);
	if (page < pages)
		html(b, "<a class=\"button second\" href=\"%s\">Next</a>", page_address(a, post, page + 1));
	html(b, "</nav>");
}

static void put_head(struct request *rq, struct buf *b, struct str post, size_t n)
{
	const char *place = rq->in->collection->name;

	html(b, "<h1>Wanted: ");
	html_count(b, n, "missing cable", "missing cables");
	html(b, "</h1><p class=\"lead\">Cables that are cited here and not held, those that most cables cite first. "
		"What cites one often says what stood in it.</p>");
	html(b,
	     "<form class=\"row\" method=\"get\"><label>Of one post <input name=\"post\" value=\"%.*s\" "
	     "autocapitalize=\"characters\" size=\"16\"></label><button class=\"second\">Show</button>",
	     STR_ARG(post));
	if (post.n)
		html(b, "<a href=\"/c/%s/wanted\">All posts</a>", place);
	html(b, "<a href=\"/c/%s/wanted.csv?post=%s\">Take it along as CSV</a></form>", place,
	     url_encode(&rq->arena, post));
}

static int wanted_json(struct request *rq, struct answer *an, struct str post, size_t page, struct err *e)
{
	json_t *list;
	struct missing_list l;
	int rc = archive_missing(rq->in->archive, &rq->arena, post, &l, e);

	if (rc != REFTEL_OK)
		return rc;
	list = json_array();
	for (size_t i = (page - 1) * ROWS; i < l.n && i < page * ROWS; i++)
		json_array_append_new(list, view_missing(&l.v[i]));
	return answer_json(
		an, json_pack("{s:I,s:I,s:o}", "total", (json_int_t)l.n, "page", (json_int_t)page, "missing", list));
}

/* The whole list has to be made to show a part of it: what was shown is kept, as of this state of the collection. */
static int put_list_kept(struct request *rq, struct buf *b, struct str post, size_t page, struct err *e)
{
	const char *key = rq->in->catalog
				  ? arena_printf(&rq->arena, "%s %" PRIx64 " wanted %zu %.*s", rq->in->collection->name,
						 find_state(rq->in->catalog), page, STR_ARG(post))
				  : NULL;
	size_t begin = b->n, from = (page - 1) * ROWS, to;
	struct missing_list l;
	int rc;

	if (key && shelf_get(rq->web->shelf, str_of(key), b))
		return REFTEL_OK;
	rc = archive_missing(rq->in->archive, &rq->arena, post, &l, e);
	if (rc != REFTEL_OK)
		return rc;
	from = from < l.n ? from : l.n;
	to = l.n - from < ROWS ? l.n : from + ROWS;
	put_head(rq, b, post, l.n);
	if (to > from)
		put_table(rq, b, &l, from, to);
	put_pages(rq, b, post, page, (l.n + ROWS - 1) / ROWS);
	if (key)
		shelf_put(rq->web->shelf, str_of(key), str_sub(buf_view(b), begin, b->n));
	return REFTEL_OK;
}

int page_wanted(struct request *rq, struct answer *an, struct err *e)
{
	struct page p = {.title = "Wanted", .place = "wanted", .body_class = "wanted"};
	struct str post = post_read(&rq->arena, params_get(&rq->query, "post"));
	size_t page = (size_t)params_number(&rq->query, "page", 1, PAGES_MAX, 1);
	int rc;

	if (rq->json)
		return wanted_json(rq, an, post, page, e);
	page_begin(rq, an, &p);
	rc = put_list_kept(rq, &an->body, post, page, e);
	page_end(rq, an);
	return rc;
}

/* ---- to be taken along ------------------------------------------------------------------------------------------- */

int wanted_csv(struct request *rq, struct answer *an, struct err *e)
{
	struct str post = post_read(&rq->arena, params_get(&rq->query, "post"));
	struct desk_actor who = rq_actor(rq);
	struct desk_entry entry = {.who = who.name, .from = who.from, .action = STR("export")};
	struct missing_list l;
	int rc = archive_missing(rq->in->archive, &rq->arena, post, &l, e);

	if (rc != REFTEL_OK)
		return rc;
	entry.object = str_of(arena_printf(&rq->arena, "%s/wanted", rq->in->collection->name));
	entry.detail =
		str_of(arena_printf(&rq->arena, "%zu missing cables%s%.*s", l.n, post.n ? " of " : "", STR_ARG(post)));
	if ((rc = desk_log(rq->worker->desk, &entry, e)) != REFTEL_OK)
		return rc;
	answer_attachment(an, "text/csv; charset=utf-8", "wanted.csv");
	buf_printf(&an->body, "%s\r\n", view_missing_columns);
	for (size_t i = 0; i < l.n && !rq->stop; i++)
		view_missing_csv(&an->body, &l.v[i]);
	return REFTEL_OK;
}
