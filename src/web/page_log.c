/*
 * The log: who did what, to be looked through, kept elsewhere, and held against its chain. For admins.
 */
#include "web/pages.h"

#include "view/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_PAGE = 100, EXPORT_ROWS = 400 /* at a time */ };

static struct desk_log_filter filter_read(const struct request *rq)
{
	return (struct desk_log_filter){.who = params_get(&rq->query, "who"),
					.action = params_get(&rq->query, "action"),
					.after = params_number(&rq->query, "after", 0, INT64_MAX, 0),
					.before = params_number(&rq->query, "before", 0, INT64_MAX, 0)};
}

/* ---- looking through --------------------------------------------------------------------------------------------- */

struct showing {
	struct buf *b;
	size_t n;
	int64_t last;
};

static int put_entry(void *ctx, const struct desk_entry *x)
{
	struct showing *s = ctx;
	char iso[32];

	if (s->n++ == LOG_PAGE)
		return 0; /* only says that there are more */
	s->last = x->number;
	clock_iso(x->when, iso);
	html(s->b,
	     "<tr><td class=\"number\">%" PRId64 "</td><td><time datetime=\"%s\">%.*s %.*s</time></td><td><bdi>%.*s"
	     "</bdi></td><td>%.*s</td><td>%.*s</td><td><bdi>%.*s</bdi></td><td><bdi>%.*s</bdi></td></tr>",
	     x->number, iso, 10, iso, 8, iso + 11, STR_ARG(x->who), STR_ARG(x->from), STR_ARG(x->action),
	     STR_ARG(x->object), STR_ARG(x->detail));
	return 0;
}

static void put_filter(struct request *rq, struct buf *b, const struct desk_log_filter *f)
{
	const char *query = url_query(&rq->arena, &rq->query, "before", STR(""), NULL);

	html(b,
	     "<form method=\"get\" action=\"/log\" class=\"row\"><label>Who <input name=\"who\" value=\"%.*s\"></label>"
	     "<label>What <input name=\"action\" value=\"%.*s\" placeholder=\"login, note, import\"></label>"
	     "<button>Show</button></form>",
	     STR_ARG(f->who), STR_ARG(f->action));
	html(b,
	     "<p class=\"row\"><a href=\"/log.csv%s\">As CSV</a><a href=\"/log.json%s\">As JSON</a>"
	     "<a href=\"/log/verify\">Verify the chain</a></p>",
	     query, query);
}

int page_log(struct request *rq, struct answer *an, struct err *e)
{
	struct page p = {.title = "Log", .place = "log"};
	struct showing s = {.b = &an->body};
	struct desk_log_filter f = filter_read(rq);
	int rc;

	f.newest_first = true;
	f.limit = LOG_PAGE + 1;
	page_begin(rq, an, &p);
	html(s.b, "<h1>Log</h1>");
	put_filter(rq, s.b, &f);
	html(s.b, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Entries\"><table "
		  "class=\"log\"><thead><tr><th scope=\"col\" class=\"number\">No.</th><th "
		  "scope=\"col\">Time (UTC)</th><th scope=\"col\">Who</th><th scope=\"col\">From</th><th "
		  "scope=\"col\">What</th><th scope=\"col\">To what</th><th scope=\"col\">Detail</th></tr></thead>"
		  "<tbody>");
	rc = desk_log_each(rq->worker->desk, &f, put_entry, &s, e);
	html(s.b, "</tbody></table></div>");
	if (!s.n)
		html(s.b, "<p class=\"soft\">Nothing of that kind.</p>");
	html(s.b, "<nav class=\"row\" aria-label=\"Pages of the log\">");
	if (f.before)
		html(s.b, "<a href=\"/log%s\">Newest</a>", url_query(&rq->arena, &rq->query, "before", STR(""), NULL));
	if (s.n > LOG_PAGE)
		html(s.b, "<a href=\"/log%s\">Older</a>",
		     url_query(&rq->arena, &rq->query, "before", str_of(arena_printf(&rq->arena, "%" PRId64, s.last)),
			       NULL));
	html(s.b, "</nav>");
	page_end(rq, an);
	return rc;
}

/* ---- taking it along --------------------------------------------------------------------------------------------- */

/* Has a desk of its own: it goes on in other threads than the one that began it. */
struct export
{
	struct desk *desk;
	struct arena arena; /* owns the filter's texts */
	struct desk_log_filter filter;
	struct buf *out; /* while rows are added */
	bool json, begun, any;
	size_t n; /* in this turn */
};

static int export_add(void *ctx, const struct desk_entry *x)
{
	struct export *ex = ctx;
	json_t *o;
	char *text;

	ex->n++;
	ex->filter.after = x->number;
	if (!ex->json) {
		view_log_csv(ex->out, x);
		return 0;
	}
	o = view_log_entry(x);
	text = json_dumps(o, 0);
	buf_printf(ex->out, "%s  %s", ex->any ? ",\n" : "\n", text ? text : "null");
	ex->any = true;
	free(text);
	json_decref(o);
	return 0;
}

static bool export_more(void *ctx, struct buf *out)
{
	struct export *ex = ctx;
	bool more;

	if (!ex->begun)
		buf_puts(out, ex->json ? "[" : view_log_csv_head);
	ex->begun = true;
	ex->n = 0;
	ex->out = out;
	more = desk_log_each(ex->desk, &ex->filter, export_add, ex, NULL) == REFTEL_OK && ex->n == EXPORT_ROWS;
	if (!more && ex->json)
		buf_puts(out, ex->any ? "\n]\n" : "]\n");
	return more;
}

static void export_close(void *ctx)
{
	struct export *ex = ctx;

	desk_close(ex->desk);
	arena_free(&ex->arena);
	free(ex);
}

static int export_begin(struct request *rq, struct answer *an, bool json, struct err *e)
{
	struct desk_entry note = {.who = rq->session.user.name,
				  .from = str_of(rq->from),
				  .action = STR("export"),
				  .object = STR("log"),
				  .detail = json ? STR("JSON") : STR("CSV")};
	struct export *ex = xcalloc(1, sizeof(*ex));
	int rc = desk_log(rq->worker->desk, &note, e);

	ex->json = json;
	ex->filter = filter_read(rq);
	ex->filter.who = arena_str(&ex->arena, ex->filter.who);
	ex->filter.action = arena_str(&ex->arena, ex->filter.action);
	ex->filter.limit = EXPORT_ROWS;
	if (rc == REFTEL_OK)
		rc = desk_open(rq->web->o.desk_dir, &ex->desk, e);
	if (rc != REFTEL_OK) {
		export_close(ex);
		return rc;
	}
	an->stream = (struct stream){.more = export_more, .close = export_close, .ctx = ex, .reads = true};
	return REFTEL_OK;
}

int page_log_csv(struct request *rq, struct answer *an, struct err *e)
{
	answer_attachment(an, "text/csv; charset=utf-8", "log.csv");
	return export_begin(rq, an, false, e);
}

int page_log_json(struct request *rq, struct answer *an, struct err *e)
{
	if (!rq->json)
		answer_attachment(an, "application/json", "log.json");
	an->type = "application/json";
	return export_begin(rq, an, true, e);
}

/* ---- the chain --------------------------------------------------------------------------------------------------- */

static void put_chain(struct request *rq, struct answer *an, const struct desk_log_head *head, const char *damage)
{
	struct page p = {.title = "The log's chain", .place = "log"};
	char text[VIEW_HEAD_TEXT];

	view_log_head(head, text);
	page_begin(rq, an, &p);
	html(&an->body, "<p><a href=\"/log\">The log</a></p><h1>The log's chain</h1>");
	if (damage) {
		html(&an->body, "<p class=\"wrong\" role=\"alert\">%c%s.</p>", ascii_toupper(damage[0]), damage + 1);
	} else {
		html(&an->body, "<p class=\"done\">The log is whole: ");
		html_count(&an->body, (uint64_t)head->number, "entry", "entries");
		html(&an->body,
		     ".</p><p>Its head, to be written down where nobody can change it who can write the desk's "
		     "file:</p>"
		     "<p><code class=\"secret\" data-test=\"head\">%s</code></p>",
		     text);
	}
	html(&an->body,
	     "<form method=\"get\" action=\"/log/verify\" class=\"stack\"><label>A head that was written down "
	     "earlier <input name=\"head\" required spellcheck=\"false\" autocomplete=\"off\"></label><button "
	     "class=\"second\">Is it part of this log?</button></form>");
	page_end(rq, an);
}

int page_log_verify(struct request *rq, struct answer *an, struct err *e)
{
	struct str written = params_get(&rq->query, "head");
	struct desk_log_head known = {0}, head = {0};
	int rc;

	if (written.n && !view_log_head_read(written, &known))
		return err_set(e, REFTEL_EINVAL, "a head is a number, a colon and 64 hexadecimal digits");
	rc = desk_log_verify(rq->worker->desk, written.n ? &known : NULL, &head, e);
	if (rc != REFTEL_OK && rc != REFTEL_EFORMAT)
		return rc;
	if (rq->json)
		return answer_json(an, view_log_verified(&head, rc ? e->msg : NULL));
	put_chain(rq, an, &head, rc ? e->msg : NULL);
	return REFTEL_OK;
}
