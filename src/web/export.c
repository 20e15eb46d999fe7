/*
 * All hits of a search as a file. Only their numbers are held; texts are read as fast as the other side takes them,
 * with an archive and index of the export's own, so that nobody waits for it and it sees one state from end to end.
 */
#include "web/find.h"
#include "web/pages.h"

#include <stdlib.h>

/* Rows at once: between them others have their turn in the lane. */
enum { ROWS = 32 };

struct export
{
	struct archive *archive;
	struct catalog *catalog;
	struct arena arena, row; /* of the result; of the rows at hand */
	struct search_result r;
	size_t at;
	bool json, begun;
};

static void export_close(void *ctx)
{
	struct export *x = ctx;

	catalog_close(x->catalog);
	if (x->archive) {
		archive_read_end(x->archive);
		archive_close(x->archive);
	}
	arena_free(&x->arena);
	arena_free(&x->row);
	free(x);
}

static void put_json(struct buf *out, json_t *o, bool first)
{
	char *s = json_dumps(o, 0);

	buf_puts(out, first ? "[\n" : ",\n");
	buf_puts(out, s ? s : "null");
	free(s);
	json_decref(o);
}

/* A cable that was deleted meanwhile cannot be: the export reads one state. What cannot be read is said in its row. */
static void put_row(struct export *x, struct buf *out)
{
	struct hit_view v = {0};
	struct err e = {0};
	bool first = x->at == 0;

	if (hit_read(x->archive, &x->row, &x->r.marks, &x->r.hits[x->at++], 1, &v, &e) != REFTEL_OK) {
		if (x->json)
			put_json(out, json_pack("{s:o}", "error", view_str(str_of(e.msg))), first);
		else
			view_csv_cell(out, str_of(e.msg), "\r\n");
	} else if (x->json) {
		put_json(out, view_hit(&x->row, &v), first);
	} else {
		view_hit_csv(out, &v);
		buf_puts(out, "\r\n");
	}
}

static bool export_more(void *ctx, struct buf *out)
{
	struct export *x = ctx;

	if (!x->begun && !x->json)
		buf_printf(out, "%s\r\n", view_hit_columns);
	x->begun = true;
	for (size_t i = 0; i < ROWS && x->at < x->r.n_hits; i++) {
		put_row(x, out);
		arena_reset(&x->row);
	}
	if (x->at < x->r.n_hits)
		return true;
	if (x->json)
		buf_puts(out, x->r.n_hits ? "\n]\n" : "[]\n");
	return false;
}

static int export_open(struct request *rq, struct finding *f, struct export *x, struct err *e)
{
	struct span where;
	int rc = archive_open(rq->in->collection->dir, ARCHIVE_READ, 0, &x->archive, e);

	if (rc != REFTEL_OK || (rc = archive_read_begin(x->archive, e)) != REFTEL_OK ||
	    (rc = catalog_open(x->archive, &x->catalog, e)) != REFTEL_OK)
		return rc;
	f->o.limit = SIZE_MAX;
	f->o.offset = 0;
	return search_run(x->catalog, &x->arena, f->whole, &f->o, &x->r, &where, e);
}

static int export_log(struct request *rq, const struct export *x, const struct finding *f, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	struct desk_entry entry = {
		.who = who.name,
		.from = who.from,
		.action = STR("export"),
		.object = str_of(arena_printf(&rq->arena, "%.*s/search", STR_ARG(rq_collection(rq)))),
		.detail = str_of(arena_printf(&rq->arena, "%zu cables: %.*s", x->r.n_hits, STR_ARG(f->whole))),
	};

	return desk_log(rq->worker->desk, &entry, e);
}

static int export_begin(struct request *rq, struct answer *an, bool json, struct err *e)
{
	struct finding f;
	struct export *x;
	int rc = find_read(&rq->arena, &rq->query, &f, e);

	if (rc != REFTEL_OK || (rc = find_catalog(rq, e)) != REFTEL_OK)
		return rc;
	if (!f.whole.n)
		return err_set(e, REFTEL_EINVAL, "say what to look for: ?q=QUERY");
	x = xcalloc(1, sizeof(*x));
	x->json = json;
	if ((rc = export_open(rq, &f, x, e)) != REFTEL_OK || (rc = export_log(rq, x, &f, e)) != REFTEL_OK) {
		export_close(x);
		return rc;
	}
	answer_attachment(an, json ? "application/json" : "text/csv; charset=utf-8",
			  json ? "cables.json" : "cables.csv");
	an->stream = (struct stream){.more = export_more, .close = export_close, .ctx = x, .reads = true};
	return REFTEL_OK;
}

int search_csv(struct request *rq, struct answer *an, struct err *e)
{
	return export_begin(rq, an, false, e);
}

int search_json(struct request *rq, struct answer *an, struct err *e)
{
	return export_begin(rq, an, true, e);
}
