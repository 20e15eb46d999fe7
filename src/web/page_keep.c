/*
 * Keeping what was only checked. The report waits on the shelf, under a name that nobody can guess and that only its
 * reader is told; the page has the story's text besides, because the shelf gives its room to others, and is empty when
 * the server was started anew: then the story is checked again.
 */
#include "web/story_priv.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { NAME_BYTES = 16, HEAD_FIELDS = 6, HEAD_MAX = 160 };

/* Whose it is stands in the key: to another person or in another collection it is not there. */
static struct str waiting_key(struct request *rq, struct str name)
{
	struct str collection = rq_collection(rq);

	return str_of(arena_printf(&rq->arena, "%.*s checked %" PRId64 " %.*s", STR_ARG(collection),
				   rq->session.user.id, STR_ARG(name)));
}

/* ---- as one run of bytes ----------------------------------------------------------------------------------------- */

static void waiting_write(struct buf *b, struct str title, const struct desk_draft *d)
{
	buf_printf(b, "%zu %zu %zu %zu %zu %zu\n", title.n, d->file.n, d->format.n, d->raw.n, d->quotations,
		   d->findings);
	buf_add(b, title.p, title.n);
	buf_add(b, d->file.p, d->file.n);
	buf_add(b, d->format.p, d->format.n);
	buf_add(b, d->raw.p, d->raw.n);
	buf_add(b, d->report.p, d->report.n);
}

static struct str waiting_cut(struct str *rest, size_t n)
{
	struct str x = str_sub(*rest, 0, n);

	*rest = str_sub(*rest, x.n, rest->n);
	return x;
}

static bool waiting_read(struct arena *a, struct str all, struct str *title, struct desk_draft *d)
{
	size_t line = str_find(all, STR("\n"), 0), n[HEAD_FIELDS];

	if (line >= HEAD_MAX || sscanf(arena_dup(a, str_sub(all, 0, line)), "%zu %zu %zu %zu %zu %zu", &n[0], &n[1],
				       &n[2], &n[3], &n[4], &n[5]) != HEAD_FIELDS)
		return false;
	all = str_sub(all, line + 1, all.n);
	*title = waiting_cut(&all, n[0]);
	d->file = waiting_cut(&all, n[1]);
	d->format = waiting_cut(&all, n[2]);
	d->raw = waiting_cut(&all, n[3]);
	d->report = all;
	d->quotations = n[4];
	d->findings = n[5];
	return true;
}

/* ---- the form ---------------------------------------------------------------------------------------------------- */

static void put_hidden(struct buf *b, const char *name, struct str value)
{
	html(b, "<input type=\"hidden\" name=\"%s\" value=\"%.*s\">", name, STR_ARG(value));
}

void put_keep_form(struct request *rq, struct buf *b, const struct sent_story *s, const struct report *r)
{
	unsigned char random[NAME_BYTES];
	char name[2 * NAME_BYTES + 1];
	struct desk_draft d;
	struct buf waiting = {0};

	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(name, sizeof(name), random, sizeof(random));
	story_draft_of(s, r, &rq->arena, &d);
	waiting_write(&waiting, s->title, &d);
	shelf_put(rq->web->shelf, waiting_key(rq, str_of(name)), buf_view(&waiting));
	buf_free(&waiting);
	html(b, "<form method=\"post\" action=\"/c/%.*s/check/keep\" class=\"no-print\">", STR_ARG(rq_collection(rq)));
	page_csrf(rq, b);
	put_hidden(b, "check", str_of(name));
	put_hidden(b, "title", s->title);
	put_hidden(b, "from", s->file);
	put_hidden(b, "format", d.format);
	/* The first line end behind the tag is no part of the text. */
	html(b, "<textarea name=\"text\" hidden>\n%.*s</textarea><button>Keep this</button></form>",
	     STR_ARG(s->story.raw));
}

/* ---- keeping it -------------------------------------------------------------------------------------------------- */

static int to_story(struct request *rq, struct answer *an, int64_t story, const char *done)
{
	return answer_redirect(
		rq, an,
		arena_printf(&rq->arena, "/c/%.*s/story/%" PRId64 "?done=%s", STR_ARG(rq_collection(rq)), story, done));
}

static int keep_again(struct request *rq, struct answer *an, struct err *e)
{
	struct report r = {0};
	struct sent_story s;
	int64_t story = 0;
	int draft, rc = sent_story_again(rq, &s, e);

	if (rc == REFTEL_OK)
		rc = story_check(rq, &s.story, &r, e);
	if (rc == REFTEL_OK)
		rc = story_keep(rq, &s, &r, &story, &draft, e);
	report_free(&r);
	return rc == REFTEL_OK ? to_story(rq, an, story, "checked-again") : rc;
}

int do_check_keep(struct request *rq, struct answer *an, struct err *e)
{
	struct str key = waiting_key(rq, params_get(&rq->fields, "check")), title;
	struct desk_actor who = rq_actor(rq);
	struct desk_draft d = {0};
	struct buf waiting = {0};
	int64_t story = 0, draft;
	int rc;

	if (!shelf_get(rq->web->shelf, key, &waiting) || !waiting_read(&rq->arena, buf_view(&waiting), &title, &d)) {
		buf_free(&waiting);
		return keep_again(rq, an, e);
	}
	rc = desk_draft_add(rq->worker->desk, &who, rq_collection(rq), &story, title, &d, &draft, e);
	buf_free(&waiting);
	return rc == REFTEL_OK ? to_story(rq, an, story, "kept") : rc;
}
