/*
 * The search page: the box, what was found, and beside it the counts; without a query, how to begin.
 */
#include "web/find.h"
#include "web/pages.h"

#include <inttypes.h>
#include <string.h>

enum { SNIPPETS = 2, NAMED_MOST = 5, NAME_LONGEST = 40 };

/* ---- the box ----------------------------------------------------------------------------------------------------- */

/* Query, what it finds. */
static const char *const help[][2] = {
	{"harbour strike", "both words, in any of their forms"},
	{"\"fish market\"", "these words, one behind the other"},
	{"tamm OR minister", "one of the two, or both"},
	{"harbour -strike", "without the second"},
	{"secur*", "every word that begins so"},
	{"tamn~", "words that differ in a letter or two"},
	{"tamm NEAR/8 lease", "both, near each other"},
	{"subject:ferry", "in the subject"},
	{"origin:kalvik", "from that post"},
	{"tag:PREL", "with that TAGS code"},
	{"class>=confidential", "classified so, or higher"},
	{"date:2007-10..2008-02", "sent on these days; also 2008 or 2008-03-01"},
	{"para:S/NF", "with a paragraph that is marked so"},
	{"refs:08KALVIK398", "that refer to that cable, held or not"},
	{"has:redaction", "with something blacked out"},
	{"missing:yes", "that cite a cable that is not held"},
};

static void put_help(struct request *rq, struct buf *b)
{
	html(b, "<details class=\"help\"><summary>How to ask</summary><dl>");
	for (size_t i = 0; i < sizeof(help) / sizeof(*help); i++)
		html(b, "<div><dt><a href=\"%s\"><code>%s</code></a></dt><dd>%s</dd></div>",
		     arena_printf(&rq->arena, "?q=%s", url_encode(&rq->arena, str_of(help[i][0]))), help[i][0],
		     help[i][1]);
	html(b, "</dl></details>");
}

static void put_box(struct request *rq, struct buf *b)
{
	html(b,
	     "<form class=\"find\" role=\"search\" method=\"get\" action=\"/c/%.*s/search\"><div class=\"row\">"
	     "<label class=\"visually-hidden\" for=\"q\">Search the cables</label>"
	     "<input type=\"search\" id=\"q\" name=\"q\" value=\"%.*s\" autocomplete=\"off\" autocapitalize=\"none\" "
	     "spellcheck=\"false\" placeholder=\"Words, &quot;a phrase&quot;, an id\">",
	     STR_ARG(rq_collection(rq)), STR_ARG(params_get(&rq->query, "q")));
	for (size_t i = 0; i < rq->query.n; i++) {
		const struct param *p = &rq->query.v[i];

		if (p->value.n && !str_eq(p->name, STR("q")) && !str_eq(p->name, STR("page")) &&
		    !str_eq(p->name, STR("done")))
			html(b, "<input type=\"hidden\" name=\"%.*s\" value=\"%.*s\">", STR_ARG(p->name),
			     STR_ARG(p->value));
	}
	html(b, "<button>Search</button></div></form>");
	put_help(rq, b);
}

/* ---- hits -------------------------------------------------------------------------------------------------------- */

static const char *class_css(struct classification c)
{
	switch (c.level) {
	case LEVEL_TOP_SECRET:
		return "top";
	case LEVEL_SECRET:
		return "secret";
	case LEVEL_CONFIDENTIAL:
		return "confidential";
	default:
		return "open";
	}
}

static void put_row_head(struct request *rq, struct buf *b, const struct cable_row *row)
{
	char date[32], class[64];

	cable_date_format(row->date, date);
	class_format(row->class, class);
	html(b, "<p class=\"about\"><span class=\"mono\"><bdi>%.*s</bdi></span>", STR_ARG(row->id));
	if (*date)
		html(b, " <time>%s</time>", date);
	if (*class)
		html(b, " <span class=\"class %s\">%s</span>", class_css(row->class), class);
	if (row->origin.n)
		html(b, " <bdi>%.*s</bdi>", STR_ARG(row->origin));
	if (row->n_versions > 1)
		html(b, " <span class=\"soft\">%d versions</span>", row->n_versions);
	html(b, "</p>");
	(void)rq;
}

static void put_link(struct request *rq, struct buf *b, const struct cable_row *row, const struct snippet *subject)
{
	html(b, "<h3><a href=\"/c/%.*s/cable/%s\"><bdi>", STR_ARG(rq_collection(rq)), url_encode(&rq->arena, row->id));
	if (subject->text.n)
		put_snippet(b, subject);
	else
		html(b, "Without a subject");
	html(b, "</bdi></a></h3>");
}

static int put_hit(struct request *rq, struct buf *b, const struct search_result *r, size_t i, struct err *e)
{
	struct hit_view v;
	struct snippet subject;
	int rc = hit_read(rq->in->archive, &rq->arena, &r->marks, &r->hits[i], SNIPPETS, &v, e);

	if (rc != REFTEL_OK)
		return rc;
	subject = search_marked(&rq->arena, &r->marks, v.row.subject);
	html(b, "<li data-item>");
	put_link(rq, b, &v.row, &subject);
	put_row_head(rq, b, &v.row);
	for (size_t k = 0; k < v.snippets.n; k++) {
		html(b, "<p class=\"snippet\">");
		put_snippet(b, &v.snippets.v[k]);
		html(b, "</p>");
	}
	if (v.damaged)
		html(b, "<p class=\"wrong\">%s</p>", v.damaged);
	if (v.hit->folded) {
		html(b, "<p class=\"soft\">and ");
		html_count(b, v.hit->folded, "other with almost the same text", "others with almost the same text");
		html(b, "</p>");
	}
	html(b, "</li>");
	return REFTEL_OK;
}

/* A cable whose name was typed stands before all that only mention it. */
static int put_named(struct request *rq, struct buf *b, const struct finding *f, struct err *e)
{
	struct cable_rows rows;
	int rc;

	if (f->page > 1 || f->narrowed || !f->q.n || f->q.n > NAME_LONGEST)
		return REFTEL_OK;
	rc = archive_find(rq->in->archive, &rq->arena, f->q, &rows, e);
	if (rc != REFTEL_OK || !rows.n)
		return rc == REFTEL_EINVAL ? REFTEL_OK : rc;
	html(b,
	     "<section class=\"named\" aria-labelledby=\"named\"><h2 id=\"named\">By its name</h2><ol class=\"hits\">");
	for (size_t i = 0; i < rows.n && i < NAMED_MOST; i++) {
		struct snippet subject = {.text = rows.v[i].subject};

		html(b, "<li data-item data-test=\"named\">");
		put_link(rq, b, &rows.v[i], &subject);
		put_row_head(rq, b, &rows.v[i]);
		html(b, "</li>");
	}
	html(b, "</ol></section>");
	return REFTEL_OK;
}

/* ---- above and below the hits ------------------------------------------------------------------------------------ */

static void put_order(struct request *rq, struct buf *b, const struct finding *f)
{
	static const char *const names[] = {"", "newest", "oldest"}, *const labels[] = {"Best first", "Newest",
											"Oldest"};

	html(b, "<ul class=\"order\" aria-label=\"Order\">");
	for (size_t i = 0; i < 3; i++) {
		buf_puts(b, f->o.sort == i ? "<li><a aria-current=\"true\"" : "<li><a");
		html(b, " href=\"%s\">%s</a></li>", find_query(&rq->arena, &rq->query, "sort", str_of(names[i])),
		     labels[i]);
	}
	html(b, "<li><a href=\"%s\">%s</a></li></ul>",
	     find_query(&rq->arena, &rq->query, "fold", f->o.fold ? STR("") : STR("1")),
	     f->o.fold ? "Show near copies" : "Fold near copies");
}

static void put_heading(struct request *rq, struct buf *b, const struct finding *f, uint64_t total)
{
	html(b, "<div class=\"found\"><h1>");
	if (total)
		html_count(b, total, "cable", "cables");
	else
		html(b, "No cable here is so");
	html(b, "</h1>");
	if (total > 1)
		put_order(rq, b, f);
	html(b, "</div>");
	put_filters(rq, b);
	if (!total)
		html(b,
		     "<p class=\"lead\">Try fewer words, <code>*</code> at a word\u2019s end for all that begin so, "
		     "or <code>~</code> for other spellings.%s</p>",
		     f->narrowed ? " Or take away what narrows the result." : "");
}

static void put_pages(struct request *rq, struct buf *b, const struct finding *f, bool more)
{
	struct arena *a = &rq->arena;

	if (f->page == 1 && !more)
		return;
	html(b, "<nav class=\"pages row\" aria-label=\"Pages\">");
	if (f->page > 1)
		html(b, "<a class=\"button second\" rel=\"prev\" href=\"%s\">Previous</a>",
		     find_query(a, &rq->query, "page", str_of(f->page > 2 ? arena_printf(a, "%zu", f->page - 1) : "")));
	html(b, "<span>Page %zu</span>", f->page);
	if (more)
		html(b, "<a class=\"button second\" rel=\"next\" href=\"%s\">Next</a>",
		     find_query(a, &rq->query, "page", str_of(arena_printf(a, "%zu", f->page + 1))));
	html(b, "</nav>");
}

static void put_take_home(struct request *rq, struct buf *b)
{
	const char *query = find_query(&rq->arena, &rq->query, NULL, STR(""));

	html(b,
	     "<p class=\"take soft\">Take all of it along as <a href=\"/c/%.*s/search.csv%s\">CSV</a> or "
	     "<a href=\"/c/%.*s/search.json%s\">JSON</a></p>",
	     STR_ARG(rq_collection(rq)), query, STR_ARG(rq_collection(rq)), query);
}

static void put_refused(struct request *rq, struct buf *b, const struct finding *f, struct span where,
			const struct err *e)
{
	struct buf point = {0};

	html(b, "<h1>This query cannot be read</h1><p class=\"wrong\" role=\"alert\">%c%s</p>",
	     ascii_toupper(e->msg[0]), e->msg[0] ? e->msg + 1 : "");
	if (where.end > where.off || !f->narrowed) {
		search_point(&point, f->q, where);
		html(b, "<pre class=\"point\">%.*s</pre>", STR_ARG(buf_view(&point)));
		buf_free(&point);
	}
	put_filters(rq, b);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* One hit more than is shown tells whether there is another page. */
static int put_found(struct request *rq, struct buf *b, const struct finding *f, bool *readable, struct err *e)
{
	struct finding ask = *f;
	struct search_result r;
	struct span where = {0};
	size_t n;
	int rc;

	ask.o.limit++;
	ask.o.facets = facets_fields(facets_default()) | 1U << FIELD_MONTH;
	rc = find_run(rq, &ask, &r, &where, e);
	if (rc == REFTEL_EINVAL || rc == REFTEL_ELIMIT) {
		put_refused(rq, b, f, where, e);
		*readable = false;
		return REFTEL_OK;
	}
	if (rc != REFTEL_OK)
		return rc;
	n = r.n_hits < FIND_HITS ? r.n_hits : FIND_HITS;
	put_heading(rq, b, f, r.total);
	buf_puts(b, r.total ? "<div class=\"results\"><div class=\"list\">" : "<div>");
	rc = put_named(rq, b, f, e);
	html(b, "<h2 class=\"visually-hidden\">What was found</h2><ol class=\"hits\" start=\"%zu\">", f->o.offset + 1);
	for (size_t i = 0; rc == REFTEL_OK && i < n; i++)
		rc = put_hit(rq, b, &r, i, e);
	html(b, "</ol>");
	put_pages(rq, b, f, r.n_hits > n);
	if (r.total) {
		put_take_home(rq, b);
		html(b, "</div><div class=\"counts\">");
		put_months(rq, b, &r.facets[FIELD_MONTH]);
		put_counts(rq, b, &r);
	}
	html(b, "</div></div>");
	return rc;
}

/* The same answer for the same question about the same state: from the shelf, where it is there. */
static int put_found_kept(struct request *rq, struct buf *b, const struct finding *f, bool *readable, struct err *e)
{
	struct str key = str_of(arena_printf(&rq->arena, "%.*s %" PRIx64 " %zu %s", STR_ARG(rq_collection(rq)),
					     find_state(rq->in->catalog), f->page,
					     find_query(&rq->arena, &rq->query, NULL, STR(""))));
	size_t from = b->n;
	int rc;

	if (shelf_get(rq->web->shelf, key, b))
		return REFTEL_OK;
	rc = put_found(rq, b, f, readable, e);
	if (rc == REFTEL_OK && *readable)
		shelf_put(rq->web->shelf, key, str_sub(buf_view(b), from, b->n));
	return rc;
}

static int put_beginning(struct request *rq, struct buf *b, struct err *e)
{
	struct str name = rq_collection(rq);
	uint64_t cables = 0, versions = 0;
	int rc = archive_counts(rq->in->archive, &cables, &versions, e);

	if (rc != REFTEL_OK)
		return rc;
	html(b, "<h1>Search <bdi>%.*s</bdi></h1><p class=\"lead\">", STR_ARG(name));
	if (!cables) {
		html(b, "There is no cable here yet. An editor can <a href=\"/c/%.*s/import\">import</a> some.</p>",
		     STR_ARG(name));
		return REFTEL_OK;
	}
	html_count(b, cables, "cable is", "cables are");
	html(b,
	     " here. Type words, a phrase in quotation marks, or a cable\u2019s id; or "
	     "<a href=\"/c/%.*s/browse\">browse</a> by post, date, TAGS and signatory, see "
	     "<a href=\"/c/%.*s/stars\">your stars</a> and <a href=\"/c/%.*s/tags\">the newsroom\u2019s tags</a>.</p>",
	     STR_ARG(name), STR_ARG(name), STR_ARG(name));
	return REFTEL_OK;
}

/* What can be searched for can be saved; where nothing is, those that were saved are shown. */
static int put_main(struct request *rq, struct buf *b, const struct finding *f, struct err *e)
{
	bool readable = true;
	int rc = f->whole.n ? find_catalog(rq, e) : put_beginning(rq, b, e);

	if (rc == REFTEL_OK && f->whole.n)
		rc = put_found_kept(rq, b, f, &readable, e);
	if (rc != REFTEL_OK || !readable)
		return rc;
	return put_saved(rq, b, f->whole.n ? f : NULL, e);
}

int page_search(struct request *rq, struct answer *an, struct err *e)
{
	struct page p = {.title = "Search", .place = "search", .script = "search.js", .body_class = "search"};
	struct finding f;
	struct str q = params_get(&rq->query, "q");
	int rc;

	if (rq->json)
		return search_answer(rq, an, e);
	if (q.n)
		p.title = arena_printf(&rq->arena, "%.*s", STR_ARG(str_sub(q, 0, 60)));
	page_begin(rq, an, &p);
	put_box(rq, &an->body);
	put_saved_done(rq, &an->body);
	rc = find_read(&rq->arena, &rq->query, &f, e);
	if (rc != REFTEL_OK) {
		html(&an->body, "<h1>This cannot be searched for</h1><p class=\"wrong\" role=\"alert\">%c%s</p>",
		     ascii_toupper(e->msg[0]), e->msg[0] ? e->msg + 1 : "");
		put_filters(rq, &an->body);
		page_end(rq, an);
		return REFTEL_OK;
	}
	rc = put_main(rq, &an->body, &f, e);
	page_end(rq, an);
	return rc;
}
