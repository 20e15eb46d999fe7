/*
 * Status: what the archive holds, how its index is, whether all of it is as it was written; what was set aside and why,
 * and what does not fit together.
 */
#include "web/jobs.h"
#include "web/pages.h"

#include "view/view.h"

#include <inttypes.h>
#include <string.h>

enum { LIST_PAGE = 50, REFRESH_S = 3 };

/* ---- figures ----------------------------------------------------------------------------------------------------- */

static void put_row(struct buf *b, const char *name, const char *value)
{
	html(b, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>", name, value);
}

static const char *number(struct request *rq, uint64_t n, const char *one, const char *many)
{
	struct buf b = {0};
	const char *s;

	html_count(&b, n, one, many);
	s = arena_dup(&rq->arena, buf_view(&b));
	buf_free(&b);
	return s;
}

static void put_holds(struct request *rq, struct buf *b, const struct archive_status *s)
{
	char first[32], last[32];
	const char *count = number(rq, s->cables, "cable", "cables");

	cable_date_format(s->first, first);
	cable_date_format(s->last, last);
	html(b, "<section aria-labelledby=\"holds\"><h2 id=\"holds\">What it holds</h2><div class=\"scroll\"><table>");
	put_row(b, "Cables", *first ? arena_printf(&rq->arena, "%s, from %s to %s", count, first, last) : count);
	put_row(b, "Texts",
		arena_printf(&rq->arena, "%s, %.1f MB, kept in %.1f MB", number(rq, s->versions, "version", "versions"),
			     (double)s->text_bytes / 1e6, (double)s->stored_bytes / 1e6));
	put_row(b, "References",
		arena_printf(
			&rq->arena, "%s; %s", number(rq, s->refs, "reference", "references"),
			number(rq, s->refs_missing, "cable is named and not here", "cables are named and not here")));
	put_row(b, "Files",
		s->sources_unfinished
			? arena_printf(&rq->arena, "%s, %" PRIu64 " of them not read to the end: import them again",
				       number(rq, s->sources, "file", "files"), s->sources_unfinished)
			: number(rq, s->sources, "file", "files"));
	html(b, "</table></div></section>");
}

static void put_index(struct request *rq, struct buf *b, const struct view_index *x, uint64_t text_bytes)
{
	html(b, "<section aria-labelledby=\"index\"><h2 id=\"index\">Index</h2>");
	if (x->damage) {
		html(b, "<p class=\"wrong\">%s.</p></section>", x->damage);
		return;
	}
	html(b, "<div class=\"scroll\"><table>");
	put_row(b, "Size",
		text_bytes ? arena_printf(&rq->arena, "%.1f MB, %.0f %% of the texts, in %s", (double)x->bytes / 1e6,
					  100.0 * (double)x->bytes / (double)text_bytes,
					  number(rq, x->segments, "segment", "segments"))
			   : "nothing yet");
	put_row(b, "Forms of words", x->language ? x->language : "none");
	put_row(b, "Not in it yet",
		x->unindexed ? arena_printf(&rq->arena, "%s; the next import or reftel reindex takes them in",
					    number(rq, x->unindexed, "text", "texts"))
			     : "nothing");
	html(b, "</table></div></section>");
}

/* ---- health ------------------------------------------------------------------------------------------------------ */

static void put_damage(struct buf *b, const struct job_state *s)
{
	html(b, "<ul>");
	for (size_t i = 0; i < json_array_size(s->damage); i++) {
		json_t *x = json_array_get(s->damage, i);

		html(b, "<li>%s: %s</li>", json_string_value(json_object_get(x, "part")),
		     json_string_value(json_object_get(x, "damage")));
	}
	html(b, "</ul>");
}

static void put_verified(struct buf *b, const struct job_state *s)
{
	char when[32];

	clock_iso(s->ended, when);
	if (!s->ended) {
		html(b, "<p role=\"status\">%s: ", s->stopping ? "Stopping" : "Reading everything");
		html_count(b, s->done, "text", "texts");
		if (s->total)
			html(b, " of %" PRIu64, s->total);
		html(b, ".</p>");
	} else if (s->err.code) {
		html(b, "<p class=\"wrong\">%s: %s.</p>", when, s->err.msg);
	} else if (s->n_damage) {
		html(b, "<p class=\"wrong\">%s: damaged in ", when);
		html_count(b, s->n_damage, "place", "places");
		html(b, ".</p>");
	} else {
		html(b, "<p class=\"done\">%s: sound, the database, ", when);
		html_count(b, s->done, "text", "texts");
		html(b, ", the index.</p>");
	}
	if (s->n_damage)
		put_damage(b, s);
}

static void put_health(struct request *rq, struct buf *b, const struct job_state *s, bool any)
{
	const char *c = rq->in->collection->name;
	bool running = any && !s->ended;

	html(b, "<section aria-labelledby=\"health\"><h2 id=\"health\">Health</h2>");
	if (any)
		put_verified(b, s);
	else
		html(b, "<p class=\"soft\">Not verified since the desk was opened.</p>");
	if (rq_may(rq, NEED_ADMIN)) {
		html(b, "<form method=\"post\" action=\"/c/%s/status/verify%s\">", c, running ? "/stop" : "");
		page_csrf(rq, b);
		html(b, "<button class=\"second\">%s</button></form>", running ? "Stop" : "Verify all of it");
	}
	html(b, "</section>");
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

struct listing {
	struct request *rq;
	struct buf *b;
	uint64_t skip, n;
};

static bool listed(struct listing *l)
{
	return l->n++ >= l->skip && l->n <= l->skip + LIST_PAGE;
}

static int put_aside(void *ctx, const struct archive_aside *x)
{
	struct listing *l = ctx;

	if (listed(l))
		html(l->b,
		     "<tr><th scope=\"row\"><bdi>%s</bdi></th><td class=\"number\">%" PRIu64
		     "</td><td>%s</td><td><pre class=\"excerpt\">%.*s</pre></td></tr>",
		     path_base(x->file), x->line, x->reason, STR_ARG(str_sub(x->excerpt, 0, 200)));
	return 0;
}

static int put_remark(void *ctx, struct str id, struct str remark)
{
	struct listing *l = ctx;

	if (listed(l))
		html(l->b,
		     "<tr><th scope=\"row\"><a href=\"/c/%s/cable/%s\"><bdi>%.*s</bdi></a></th><td>%.*s</td></tr>",
		     l->rq->in->collection->name, url_encode(&l->rq->arena, id), STR_ARG(id), STR_ARG(remark));
	return 0;
}

static void put_pages(struct listing *l, const char *param, const char *anchor, const char *label)
{
	struct request *rq = l->rq;
	uint64_t page = l->skip / LIST_PAGE, last = l->n ? (l->n - 1) / LIST_PAGE : 0;

	html(l->b, "</tbody></table></div>");
	if (!last)
		return;
	html(l->b, "<nav class=\"row\" aria-label=\"%s\">", label);
	if (page > 0)
		html(l->b, "<a href=\"/c/%s/status%s#%s\">Before</a>", rq->in->collection->name,
		     url_query(&rq->arena, &rq->query, param, str_of(arena_printf(&rq->arena, "%" PRIu64, page)), NULL),
		     anchor);
	html(l->b, "<span>Page %" PRIu64 " of %" PRIu64 "</span>", page + 1, last + 1);
	if (page < last)
		html(l->b, "<a href=\"/c/%s/status%s#%s\">Next</a>", rq->in->collection->name,
		     url_query(&rq->arena, &rq->query, param, str_of(arena_printf(&rq->arena, "%" PRIu64, page + 2)),
			       NULL),
		     anchor);
	html(l->b, "</nav>");
}

static uint64_t skip_of(const struct request *rq, const char *param)
{
	return (uint64_t)(params_number(&rq->query, param, 1, 1000000, 1) - 1) * LIST_PAGE;
}

static int put_lists(struct request *rq, struct buf *b, const struct archive_status *s, struct err *e)
{
	struct listing aside = {rq, b, skip_of(rq, "aside"), 0}, remarks = {rq, b, skip_of(rq, "remarks"), 0};
	int rc = REFTEL_OK;

	html(b, "<section aria-labelledby=\"aside\"><h2 id=\"aside\">Set aside</h2>");
	if (s->set_aside) {
		html(b, "<p>What could not be read as a cable, where it stands, and why.</p><div class=\"scroll\" "
			"tabindex=\"0\" role=\"region\" aria-label=\"List of what was set aside\"><table>"
			"<thead><tr><th scope=\"col\">File</th><th scope=\"col\" class=\"number\">Line</th><th "
			"scope=\"col\">Why</th><th scope=\"col\">How it begins</th></tr></thead><tbody>");
		rc = archive_each_aside(rq->in->archive, put_aside, &aside, e);
		put_pages(&aside, "aside", "aside", "Pages of what was set aside");
	} else {
		html(b, "<p class=\"soft\">Nothing: all that was imported could be read.</p>");
	}
	html(b, "</section><section aria-labelledby=\"remarks\"><h2 id=\"remarks\">Does not fit together</h2>");
	if (rc == REFTEL_OK && s->remarks) {
		html(b, "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Cable</th><th "
			"scope=\"col\">Remark</th></tr></thead><tbody>");
		rc = archive_each_remark(rq->in->archive, put_remark, &remarks, e);
		put_pages(&remarks, "remarks", "remarks", "Pages of remarks");
	} else {
		html(b, "<p class=\"soft\">Nothing.</p>");
	}
	html(b, "</section>");
	return rc;
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static int put_status(struct request *rq, struct answer *an, const struct archive_status *s, const struct view_index *x,
		      struct err *e)
{
	struct job_state job = {0};
	bool any = job_newest(rq->web, &rq->arena, rq->in->collection->name, JOB_VERIFY, &job);
	struct page p = {.title = "Status", .place = "status", .refresh = any && !job.ended ? REFRESH_S : 0};
	int rc;

	if (any && !job.ended)
		p.script = "status.js";
	page_begin(rq, an, &p);
	html(&an->body, "<h1>The state of %s</h1>", rq->in->collection->name);
	put_holds(rq, &an->body, s);
	put_index(rq, &an->body, x, s->text_bytes);
	put_health(rq, &an->body, &job, any);
	rc = put_lists(rq, &an->body, s, e);
	page_end(rq, an);
	json_decref(job.damage);
	return rc;
}

int page_status(struct request *rq, struct answer *an, struct err *e)
{
	struct archive_status s;
	struct view_index x;
	json_t *o;
	int rc = archive_status(rq->in->archive, &s, e);

	if (rc == REFTEL_OK)
		rc = view_index_read(rq->in->archive, &rq->arena, &x, e);
	if (rc == REFTEL_OK && !rq->json)
		return put_status(rq, an, &s, &x, e);
	/* Where on the server's disk it lies is nobody's matter. */
	if (rc == REFTEL_OK)
		rc = view_status(rq->in->archive, rq->in->collection->name, &s, &x, &o, e);
	return rc == REFTEL_OK ? answer_json(an, o) : rc;
}

static int answer_health(struct request *rq, struct answer *an, struct err *e)
{
	const char *c = rq->in->collection->name;
	struct job_state s = {0};
	json_t *o;

	if (!rq->json)
		return answer_redirect(rq, an, arena_printf(&rq->arena, "/c/%s/status#health", c));
	if (!job_newest(rq->web, &rq->arena, c, JOB_VERIFY, &s))
		return err_set(e, REFTEL_ENOTFOUND, "nothing was verified since the desk was opened");
	an->status = s.ended ? 200 : 202;
	o = job_json(&s);
	if (s.damage)
		json_object_set_new(o, "damage", s.damage);
	return answer_json(an, o);
}

int page_verify(struct request *rq, struct answer *an, struct err *e)
{
	return answer_health(rq, an, e);
}

int do_verify(struct request *rq, struct answer *an, struct err *e)
{
	int64_t id;
	int rc = job_verify_begin(rq, &id, e);

	return rc ? rc : answer_health(rq, an, e);
}

int do_verify_stop(struct request *rq, struct answer *an, struct err *e)
{
	int rc = job_stop(rq->web, rq->in->collection, JOB_VERIFY, e);

	return rc == REFTEL_OK || (rc == REFTEL_ENOTFOUND && !rq->json) ? answer_health(rq, an, e) : rc;
}
