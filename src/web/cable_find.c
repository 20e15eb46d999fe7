/*
 * Which cable an address means. People type and paste ids in many spellings: the page is under the canonical one, and
 * the others lead there; several cables of one name are a page to choose from; one that is cited and not held has a
 * page too.
 */
#include "web/cable_page.h"

#include <string.h>

/* "/c/NAME/", with room for `more` bytes behind. */
static char *path_begin(struct request *rq, size_t more, char **end)
{
	struct str name = str_of(rq->in->collection->name);
	char *path = arena_alloc(&rq->arena, name.n + more + sizeof("/c//"));

	memcpy(path, "/c/", 3);
	memcpy(path + 3, name.p, name.n);
	path[3 + name.n] = '/';
	*end = path + name.n + 4;
	return path;
}

const char *cable_path(struct request *rq, struct str id)
{
	char *end, *path = path_begin(rq, sizeof("cable/") + 3 * id.n, &end);

	memcpy(end, "cable/", 6);
	url_put(end + 6, id);
	return path;
}

const char *search_path(struct request *rq, const char *field, struct str value)
{
	size_t n_field = strlen(field);
	char *end, *path = path_begin(rq, sizeof("search?q=%3A%22%22") + n_field + 3 * value.n, &end);

	memcpy(end, "search?q=", 9);
	memcpy(end + 9, field, n_field);
	end += 9 + n_field;
	memcpy(end, "%3A%22", 6);
	end += 6;
	/* Within quotation marks nothing but these means anything to the query language. */
	for (size_t i = 0; i < value.n; i++)
		end += url_put(end, value.p[i] == '"' || value.p[i] == '*' ? STR(" ") : str_sub(value, i, i + 1));
	memcpy(end, "%22", 4);
	return path;
}

void put_class(struct buf *b, struct classification c)
{
	static const char *const names[] = {"unknown", "unclassified", "sbu", "confidential", "secret", "top secret"};
	char text[64];

	class_format(c, text);
	if (*text)
		html(b, "<span class=\"class %s\">%s</span>", names[c.level <= LEVEL_TOP_SECRET ? c.level : 0], text);
}

void put_date(struct buf *b, struct cable_date d)
{
	char text[32];

	cable_date_format(d, text);
	if (*text)
		html(b, "<time>%s</time>", text);
	else
		html(b, "<span class=\"soft\">no date</span>");
}

void put_cable_line(struct request *rq, struct buf *b, const struct cable_row *row)
{
	html(b, "<a class=\"mono\" href=\"%s\"><bdi>%.*s</bdi></a> <span class=\"soft\">", cable_path(rq, row->id),
	     STR_ARG(row->id));
	put_date(b, row->date);
	html(b, "</span> ");
	put_class(b, row->class);
	html(b, " <bdi class=\"about\">%.*s</bdi>", STR_ARG(row->subject));
}

/* ---- several, or none -------------------------------------------------------------------------------------------- */

static json_t *several_json(const struct cable_rows *rows, const struct missing_list *missing)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rows->n; i++) {
		json_t *o = json_object();
		char date[32];

		cable_date_format(rows->v[i].date, date);
		view_set(o, "id", rows->v[i].id);
		view_set(o, "date", str_of(date));
		view_set(o, "subject", rows->v[i].subject);
		json_object_set_new(o, "held", json_true());
		json_array_append_new(list, o);
	}
	for (size_t i = 0; i < missing->n; i++)
		json_array_append_new(list, json_pack("{s:o,s:b}", "id", view_str(missing->v[i].id), "held", 0));
	return list;
}

static void put_several(struct request *rq, struct answer *an, const struct cable_rows *rows,
			const struct missing_list *missing)
{
	struct page p = {.title = "Which cable?"};
	struct buf *b = &an->body;

	if (rq->json) {
		answer_json(an, several_json(rows, missing));
		an->status = 300;
		return;
	}
	page_begin(rq, an, &p);
	html(b, "<h1>Which cable?</h1><p>%d cables are called \u201c<bdi>%.*s</bdi>\u201d.</p><ul class=\"lines\">",
	     (int)(rows->n + missing->n), STR_ARG(rq->part[3]));
	for (size_t i = 0; i < rows->n; i++) {
		html(b, "<li data-item>");
		put_cable_line(rq, b, &rows->v[i]);
		html(b, "</li>");
	}
	for (size_t i = 0; i < missing->n; i++)
		html(b,
		     "<li data-item><a class=\"mono missing\" href=\"%s\">%.*s</a> <span class=\"soft\">not "
		     "held</span></li>",
		     cable_path(rq, missing->v[i].id), STR_ARG(missing->v[i].id));
	html(b, "</ul>");
	page_end(rq, an);
}

static int put_none(struct request *rq, struct answer *an, bool mrn, struct err *e)
{
	struct page p = {.title = "Not held"};
	struct str id = rq->part[3];
	struct buf *b = &an->body;

	if (rq->json || !mrn)
		return err_set(e, REFTEL_ENOTFOUND,
			       "there is no cable \"%.*s\" here: try its reference id (07KALVIK412) or its running "
			       "number",
			       id.n < 80 ? (int)id.n : 80, id.p);
	page_begin(rq, an, &p);
	html(b,
	     "<h1 class=\"mono\">%.*s</h1><p class=\"lead\">This cable is not held, and no cable that is held lists it "
	     "as a reference.</p><p><a class=\"button second\" href=\"%s\">Look for it in the texts</a></p>",
	     STR_ARG(id), search_path(rq, "body", id));
	page_end(rq, an);
	an->status = 404;
	return REFTEL_OK;
}

/* ---- the one ----------------------------------------------------------------------------------------------------- */

/* True: the browser is sent to the right spelling. Programs are answered at once. */
static bool sent_on(struct request *rq, struct answer *an, struct str id, const char *rest)
{
	const char *query;

	if (rq->json || str_eq(id, rq->part[3]) || strcmp(rq->method, "POST") == 0)
		return false;
	query = url_query(&rq->arena, &rq->query, NULL, STR(""), NULL);
	answer_redirect(
		rq, an,
		arena_printf(&rq->arena, "%s%s%s", cable_path(rq, id), rest, strcmp(query, "?") == 0 ? "" : query));
	return true;
}

int cable_find(struct request *rq, struct answer *an, const char *rest, struct cable_found *out, struct err *e)
{
	struct missing_list missing = {0};
	struct cable_rows rows = {0};
	struct mrn m;
	bool mrn = mrn_parse(rq->part[3], &m, NULL) == REFTEL_OK;
	int rc = archive_find(rq->in->archive, &rq->arena, rq->part[3], &rows, e);

	*out = (struct cable_found){0};
	if (rc == REFTEL_OK && !rows.n && mrn)
		rc = archive_missing_find(rq->in->archive, &rq->arena, &m, &missing, e);
	if (rc != REFTEL_OK)
		return rc;
	out->done = true;
	if (rows.n + missing.n > 1) {
		put_several(rq, an, &rows, &missing);
		return REFTEL_OK;
	}
	if (!rows.n && !missing.n)
		return put_none(rq, an, mrn, e);
	out->done = sent_on(rq, an, rows.n ? rows.v[0].id : missing.v[0].id, rest);
	if (rows.n)
		out->row = *rows.v;
	else
		out->missing = missing.v;
	return REFTEL_OK;
}
