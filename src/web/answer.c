/*
 * Answers that are no page of their own: the way to another page, an object, a file, what went wrong.
 */
#include "web/web_priv.h"

#include <string.h>

int status_of(int code)
{
	switch (code) {
	case REFTEL_OK:
		return 200;
	case REFTEL_EINVAL:
		return 400;
	case REFTEL_ENOTFOUND:
		return 404;
	case REFTEL_EEXIST:
		return 409;
	case REFTEL_ELIMIT:
		return 413;
	case REFTEL_EBUSY:
		return 429;
	case REFTEL_EREADONLY:
		return 403;
	case REFTEL_EINTR:
		return 503;
	default:
		return 500;
	}
}

/* A line break in a value would begin another header. */
void answer_header(struct answer *an, const char *name, const char *value)
{
	buf_printf(&an->head, "%s: ", name);
	for (; *value; value++)
		if ((unsigned char)*value >= 0x20 && *value != 0x7f)
			buf_putc(&an->head, *value);
	buf_putc(&an->head, '\n');
}

int answer_redirect(struct request *rq, struct answer *an, const char *to)
{
	bool ours = to[0] == '/' && to[1] != '/' && to[1] != '\\';

	(void)rq;
	/* "//elsewhere" is a path only in looks, and so is "/", a tab, "/elsewhere": browsers pass over the tab. */
	for (const char *p = to; *p; p++)
		ours &= (unsigned char)*p > 0x20 && *p != 0x7f;
	if (!ours)
		to = "/";
	buf_reset(&an->body);
	an->status = 303;
	answer_header(an, "Location", to);
	return REFTEL_OK;
}

int answer_json(struct answer *an, json_t *j)
{
	char *s = json_dumps(j, JSON_PRESERVE_ORDER | JSON_INDENT(2));

	json_decref(j);
	buf_reset(&an->body);
	buf_puts(&an->body, s ? s : "null");
	buf_putc(&an->body, '\n');
	free(s);
	an->type = "application/json";
	return REFTEL_OK;
}

void answer_attachment(struct answer *an, const char *type, const char *name)
{
	struct buf b = {0};

	an->type = type;
	buf_puts(&b, "attachment; filename=\"");
	for (; *name; name++)
		buf_putc(&b, ascii_alnum(*name) || strchr("-_.", *name) ? *name : '_');
	buf_putc(&b, '"');
	answer_header(an, "Content-Disposition", b.p);
	buf_free(&b);
}

static const char *heading_of(int status)
{
	switch (status) {
	case 401:
		return "You are not logged in";
	case 403:
		return "This is not open to you";
	case 404:
		return "Not here";
	case 413:
		return "Too large";
	case 429:
	case 503:
		return "Not now";
	default:
		return status < 500 ? "This cannot be done" : "Something went wrong";
	}
}

void answer_drop_stream(struct answer *an)
{
	if (an->stream.close)
		an->stream.close(an->stream.ctx);
	an->stream = (struct stream){0};
}

void answer_error(struct request *rq, struct answer *an, int status, const struct err *e)
{
	struct page p = {.title = heading_of(status)};

	buf_reset(&an->body);
	buf_reset(&an->head);
	answer_drop_stream(an);
	an->keep = false;
	if (rq->json) {
		answer_json(an, json_pack("{s:{s:i,s:s}}", "error", "status", status, "message", e->msg));
		an->status = status;
		return;
	}
	if (status == 401 && !rq->web->alone && rq->method && strcmp(rq->method, "POST") != 0) {
		answer_redirect(rq, an, arena_printf(&rq->arena, "/login?to=%s", url_encode(&rq->arena, rq->target)));
		return;
	}
	page_begin(rq, an, &p);
	html(&an->body, "<h1>%s</h1><p class=\"lead\">%c%s.</p>", p.title, ascii_toupper(e->msg[0]),
	     e->msg[0] ? e->msg + 1 : "");
	if (rq->known)
		html(&an->body, "<p><a href=\"/\">To the beginning</a></p>");
	page_end(rq, an);
	an->status = status;
}
