/*
 * Import: files from the browser or from folders of the server, how far it is, and what became of it.
 */
#include "web/jobs.h"
#include "web/pages.h"

#include "view/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { REFRESH_S = 3, NEWS_MS = 250, QUIET_MS = 10000, ASIDE_SHOWN = 20 };

/* ---- how it stands ----------------------------------------------------------------------------------------------- */

static void put_size(struct buf *b, uint64_t n)
{
	if (n < 1000000)
		html(b, "%.1f\u00a0kB", (double)n / 1e3);
	else
		html(b, "%.1f\u00a0MB", (double)n / 1e6);
}

static const char *doing(const struct job_state *s)
{
	return s->ended      ? "Ended"
	       : s->stopping ? "Stopping: what is read is kept"
	       : s->indexing ? "All is read; the index takes it in"
			     : "Reading";
}

static void put_figure(struct buf *b, const char *key, uint64_t n, const char *one, const char *many)
{
	html(b, "<div><dt>%s</dt><dd data-figure=\"%s\">%" PRIu64 "</dd></div>", n == 1 ? one : many, key, n);
}

static void put_figures(struct buf *b, const struct import_summary *s)
{
	html(b, "<dl class=\"figures\">");
	put_figure(b, "added", s->added, "new cable", "new cables");
	put_figure(b, "versions", s->versions, "new version", "new versions");
	put_figure(b, "same", s->same, "known already", "known already");
	put_figure(b, "set_aside", s->set_aside, "set aside", "set aside");
	put_figure(b, "remarks", s->remarks, "remark", "remarks");
	put_figure(b, "files", s->files, "file", "files");
	html(b, "</dl>");
}

static void put_running(struct request *rq, struct buf *b, const struct job_state *s)
{
	const char *c = rq->in->collection->name;

	html(b,
	     "<section class=\"job\" aria-labelledby=\"job\" data-events=\"/c/%s/import/events\"><h2 id=\"job\">Under "
	     "way: <bdi>%.*s</bdi></h2><p data-job=\"doing\" role=\"status\">%s</p>",
	     c, STR_ARG(s->what), doing(s));
	if (s->total)
		html(b,
		     "<p><progress id=\"job-bar\" aria-label=\"Read\" max=\"%" PRIu64 "\" value=\"%" PRIu64
		     "\"></progress>",
		     s->total, s->done < s->total ? s->done : s->total);
	else
		html(b, "<p><progress id=\"job-bar\" aria-label=\"Read\"></progress>");
	html(b, " <span data-job=\"bytes\">");
	put_size(b, s->done);
	if (s->total) {
		html(b, " of ");
		put_size(b, s->total);
	}
	html(b, "</span></p>");
	put_figures(b, &s->sum);
	html(b,
	     "<form method=\"post\" action=\"/c/%s/import/stop\" class=\"row\"><button class=\"second\"%s>Stop</button>"
	     "<span class=\"soft\">What is read until then is kept. You may leave this page: the import goes "
	     "on.</span>",
	     c, "");
	page_csrf(rq, b);
	html(b, "</form></section>");
}

struct aside_list {
	struct buf *b;
	int64_t since;
	size_t n;
};

static int put_aside(void *ctx, const struct archive_aside *x)
{
	struct aside_list *l = ctx;

	if (x->when < l->since || l->n++ >= ASIDE_SHOWN)
		return 0;
	if (l->n == 1)
		html(l->b, "<h3>Set aside</h3><ul class=\"aside\">");
	html(l->b,
	     "<li><bdi>%s</bdi>, line %" PRIu64 ": %s"
	     "<pre class=\"excerpt\">%.*s</pre></li>",
	     path_base(x->file), x->line, x->reason, STR_ARG(str_sub(x->excerpt, 0, 200)));
	return 0;
}

static int put_ended(struct request *rq, struct buf *b, const struct job_state *s, struct err *e)
{
	struct aside_list l = {.b = b, .since = s->began};
	int rc;

	html(b, "<section class=\"job\" aria-labelledby=\"last\"><h2 id=\"last\">The last import: <bdi>%.*s</bdi></h2>",
	     STR_ARG(s->what));
	if (!s->err.code)
		html(b, "<p class=\"done\">It is done, after %.1f s.</p>", (double)s->sum.ms / 1e3);
	else
		html(b, "<p class=\"%s\">It ended early: %s.</p>", s->err.code == REFTEL_EINTR ? "soft" : "wrong",
		     s->err.msg);
	put_figures(b, &s->sum);
	if (!s->sum.set_aside) {
		html(b, "</section>");
		return REFTEL_OK;
	}
	rc = archive_each_aside(rq->in->archive, put_aside, &l, e);
	if (l.n)
		html(b, "</ul>");
	if (l.n > ASIDE_SHOWN)
		html(b, "<p><a href=\"/c/%s/status#aside\">All that was set aside</a></p>", rq->in->collection->name);
	html(b, "</section>");
	return rc;
}

/* ---- where from -------------------------------------------------------------------------------------------------- */

static void put_upload(struct request *rq, struct buf *b)
{
	html(b,
	     "<section aria-labelledby=\"upload\"><h2 id=\"upload\">Files from your computer</h2><form method=\"post\" "
	     "action=\"/c/%s/import\" enctype=\"multipart/form-data\" class=\"stack\">",
	     rq->in->collection->name);
	/* Before the files: they are taken only behind it. */
	page_csrf(rq, b);
	html(b,
	     "<label>Files <input type=\"file\" name=\"file\" multiple required></label><p class=\"soft\">cables.csv, "
	     "pages of cables as HTML, plain texts; at most %d files and 4 GB at "
	     "once.</p><button>Import</button></form>"
	     "</section>",
	     WEB_UPLOADS_MAX);
}

static void put_entry(struct request *rq, struct buf *b, const struct place_entry *x)
{
	const char *c = rq->in->collection->name, *place = url_encode(&rq->arena, x->place);

	html(b, "<tr><th scope=\"row\">");
	if (x->folder)
		html(b, "<a href=\"/c/%s/import?at=%s#server\"><bdi>%.*s</bdi>/</a>", c, place, STR_ARG(x->name));
	else
		html(b, "<bdi>%.*s</bdi>", STR_ARG(x->name));
	html(b, "</th><td class=\"number\">");
	if (!x->folder)
		put_size(b, x->size);
	html(b, "</td><td><form method=\"post\" action=\"/c/%s/import\">", c);
	page_csrf(rq, b);
	html(b,
	     "<input type=\"hidden\" name=\"place\" value=\"%.*s\"><button class=\"second\">Import<span "
	     "class=\"visually-hidden\"> %.*s</span></button></form></td></tr>",
	     STR_ARG(x->place), STR_ARG(x->name));
}

static int put_places(struct request *rq, struct buf *b, struct err *e)
{
	struct str at = params_get(&rq->query, "at");
	struct place_list list;
	int rc = places_list(rq->web, &rq->arena, at, &list, e);

	if (rc != REFTEL_OK)
		return rc;
	html(b, "<section aria-labelledby=\"server\"><h2 id=\"server\">Files on this server</h2>");
	if (!rq->web->o.n_import_dirs) {
		html(b, "<p class=\"soft\">Whoever starts this desk can open folders of the server for importing: "
			"<code>reftel serve --import-dir FOLDER</code>. None is open.</p></section>");
		return REFTEL_OK;
	}
	if (at.n)
		html(b, "<p><a href=\"/c/%s/import%s%s#server\">Back up</a></p>", rq->in->collection->name,
		     list.up.n ? "?at=" : "", url_encode(&rq->arena, list.up));
	html(b, "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Name</th><th scope=\"col\" "
		"class=\"number\">Size</th><th scope=\"col\"><span class=\"visually-hidden\">What to do</span></th>"
		"</tr></thead><tbody>");
	for (size_t i = 0; i < list.n; i++)
		put_entry(rq, b, &list.v[i]);
	html(b, "</tbody></table></div>");
	if (!list.n)
		html(b, "<p class=\"soft\">Nothing here that could be imported.</p>");
	if (list.more)
		html(b, "<p class=\"soft\">There are more than %d; import the folder to have them all.</p>",
		     PLACES_LISTED_MAX);
	html(b, "</section>");
	return REFTEL_OK;
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static void job_add(void *ctx, const struct job_state *s)
{
	json_array_append_new(ctx, job_json(s));
}

static int answer_list(struct request *rq, struct answer *an)
{
	json_t *o = json_object(), *list = json_array();

	jobs_each(rq->web, &rq->arena, rq->in->collection->name, JOB_IMPORT, job_add, list);
	json_object_set_new(o, "imports", list);
	return answer_json(an, o);
}

int page_import(struct request *rq, struct answer *an, struct err *e)
{
	const char *c = rq->in->collection->name;
	struct job_state s = {0};
	bool any = job_newest(rq->web, &rq->arena, c, JOB_IMPORT, &s), running = any && !s.ended;
	struct page p = {.title = "Import",
			 .place = "import",
			 .script = running ? "import.js" : NULL,
			 .refresh = running ? REFRESH_S : 0};
	int rc = REFTEL_OK;

	if (rq->json)
		return answer_list(rq, an);
	page_begin(rq, an, &p);
	html(&an->body, "<h1>Import into %s</h1>", c);
	if (running)
		put_running(rq, &an->body, &s);
	else if (any)
		rc = put_ended(rq, &an->body, &s, e);
	if (rc == REFTEL_OK && !running) {
		put_upload(rq, &an->body);
		rc = put_places(rq, &an->body, e);
	}
	page_end(rq, an);
	return rc;
}

/* ---- beginning and stopping -------------------------------------------------------------------------------------- */

static const char *uploads_what(struct request *rq)
{
	struct str first = rq->uploads[0].name;

	return rq->n_uploads == 1 ? arena_dup(&rq->arena, first)
				  : arena_printf(&rq->arena, "%.*s and %zu more", STR_ARG(first), rq->n_uploads - 1);
}

static int answer_begun(struct request *rq, struct answer *an)
{
	const char *c = rq->in->collection->name;
	struct job_state s;

	if (!rq->json)
		return answer_redirect(rq, an, arena_printf(&rq->arena, "/c/%s/import", c));
	an->status = 202;
	return job_newest(rq->web, &rq->arena, c, JOB_IMPORT, &s) ? answer_json(an, job_json(&s)) : answer_list(rq, an);
}

int do_import(struct request *rq, struct answer *an, struct err *e)
{
	struct job_import x = {.uploads = rq->uploads, .n_uploads = rq->n_uploads};
	struct str place = params_get(&rq->fields, "place");
	int64_t id;
	int rc = REFTEL_OK;

	if (x.n_uploads) {
		x.what = uploads_what(rq);
	} else if (place.n) {
		rc = places_find(rq->web, &rq->arena, place, &x.path, e);
		x.what = rc == REFTEL_OK ? path_base(x.path) : NULL;
	} else {
		rc = err_set(e, REFTEL_EINVAL, "no file was chosen that could be imported");
	}
	if (rc == REFTEL_OK)
		rc = job_import_begin(rq, &x, &id, e);
	return rc ? rc : answer_begun(rq, an);
}

int do_import_stop(struct request *rq, struct answer *an, struct err *e)
{
	int rc = job_stop(rq->web, rq->in->collection, JOB_IMPORT, e);

	/* It may have ended while the page was looked at: then there is nothing to complain of. */
	return rc == REFTEL_OK || (rc == REFTEL_ENOTFOUND && !rq->json) ? answer_begun(rq, an) : rc;
}

/* ---- the news ---------------------------------------------------------------------------------------------------- */

struct news {
	struct web *web;
	const char *collection; /* the server's */
	int64_t told_ms;
	uint64_t step;
};

static void put_event(struct buf *out, const char *name, const struct job_state *s)
{
	json_t *o = job_json(s);
	char *text = json_dumps(o, JSON_COMPACT);

	buf_printf(out, "event: %s\ndata: %s\n\n", name, text ? text : "{}");
	free(text);
	json_decref(o);
}

/* In a thread of the network: copies a few numbers and goes. */
static bool news_more(void *ctx, struct buf *out)
{
	struct news *n = ctx;
	struct job_state s;
	int64_t now = clock_ms();
	bool any = job_newest(n->web, NULL, n->collection, JOB_IMPORT, &s);

	if (!any || s.ended) {
		if (any)
			put_event(out, "end", &s);
		else
			buf_puts(out, "event: end\ndata: {}\n\n");
		return false;
	}
	if (s.step != n->step ? now - n->told_ms >= NEWS_MS : now - n->told_ms >= QUIET_MS) {
		put_event(out, "progress", &s);
		n->step = s.step;
		n->told_ms = now;
	}
	return true;
}

int page_import_events(struct request *rq, struct answer *an, struct err *e)
{
	struct news *n = xcalloc(1, sizeof(*n));

	(void)e;
	*n = (struct news){.web = rq->web, .collection = rq->in->collection->name, .step = UINT64_MAX};
	an->type = "text/event-stream";
	an->stream = (struct stream){.more = news_more, .close = free, .ctx = n};
	return REFTEL_OK;
}
