/*
 * A batch: every query of a list, all its hits, in the order of the list. Each thread has the archive and its index
 * open for itself; what one writes is in memory until its turn has come, and no more of it than a bound.
 */
#include "cli/batch_out.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PART_BYTES = 1 << 20 }; /* of one query's rows, before they are written in parts */

struct batch {
	struct cli *c;
	const struct batch_call *call;
	struct batch_queries list;
	struct batch_out out;
	size_t first; /* query of the first job */
	bool jsonl;
	struct progress progress;
};

/* What a thread has for itself. */
struct searching {
	struct archive *ar;
	struct catalog *k;
	struct arena query, hit; /* of one query, of one of its hits */
};

struct result {
	struct buf rows;
	uint64_t hits;
	bool failed;
};

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static const char row_end[] = "\r\n";

static json_t *row_json(const struct batch_query *q)
{
	json_t *o = json_object();

	json_object_set_new(o, "line", json_integer((json_int_t)q->line));
	json_object_set_new(o, "query", view_str(q->text));
	json_object_set_new(o, "label", q->label.n ? view_str(q->label) : json_null());
	return o;
}

static void put_row_json(struct buf *b, json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(6));

	buf_puts(b, text ? text : "null");
	buf_putc(b, '\n');
	free(text);
	json_decref(o);
}

static void put_row_head(struct buf *b, const struct batch_query *q)
{
	buf_printf(b, "%" PRIu64 ",", q->line);
	view_csv_cell(b, q->text, ",");
	view_csv_cell(b, q->label, ",");
}

/* A query without hits has a row that says so, one that cannot be read a row that says why. */
static void put_no_hit(const struct batch *x, struct buf *b, const struct batch_query *q, const char *error)
{
	if (x->jsonl) {
		json_t *o = row_json(q);

		json_object_set_new(o, "rank", error ? json_null() : json_integer(0));
		if (error)
			json_object_set_new(o, "error", view_str(str_of(error)));
		put_row_json(b, o);
		return;
	}
	put_row_head(b, q);
	buf_puts(b, error ? ",,,,,,,," : "0,,,,,,,,");
	if (error)
		view_csv_cell(b, str_of(error), "");
	buf_puts(b, row_end);
}

static void put_hit(const struct batch *x, struct arena *a, struct buf *b, const struct batch_query *q, size_t rank,
		    const struct hit_view *v)
{
	if (x->jsonl) {
		json_t *o = row_json(q), *hit = view_hit(a, v);

		json_object_set_new(o, "rank", json_integer((json_int_t)rank));
		json_object_update(o, hit);
		json_decref(hit);
		put_row_json(b, o);
		return;
	}
	put_row_head(b, q);
	buf_printf(b, "%zu,", rank);
	view_hit_csv(b, v);
	buf_puts(b, ",");
	if (v->damaged)
		view_csv_cell(b, str_of(v->damaged), "");
	buf_puts(b, row_end);
}

/* ---- in a thread ------------------------------------------------------------------------------------------------- */

static void searching_end(void *ctx, void *state)
{
	struct searching *s = state;

	(void)ctx;
	catalog_close(s->k);
	archive_close(s->ar);
	arena_free(&s->query);
	arena_free(&s->hit);
	free(s);
}

static int searching_begin(void *ctx, void **state, struct err *e)
{
	struct batch *x = ctx;
	struct searching *s = xcalloc(1, sizeof(*s));
	int rc = cli_reader_open(x->c->archive, &s->ar, &s->k, e);

	if (rc == REFTEL_OK)
		*state = s;
	else
		searching_end(ctx, s);
	return rc;
}

/* Too much to wait with: when the turn has come it is written. */
static int rows_part(struct pool *p, struct batch *x, size_t job, struct buf *rows, struct err *e)
{
	int rc;

	if (!pool_turn(p, job))
		return err_set(e, REFTEL_EINTR, "stopped before the end");
	rc = batch_out_write(&x->out, buf_view(rows), e);
	buf_reset(rows);
	return rc;
}

static int put_hits(struct pool *p, struct batch *x, struct searching *s, size_t job, const struct search_result *r,
		    struct result *out, struct err *e)
{
	const struct batch_query *q = &x->list.v[x->first + job];
	int rc = REFTEL_OK;

	for (size_t i = 0; i < r->n_hits && rc == REFTEL_OK; i++) {
		struct hit_view v;

		if (cli_stop)
			return err_set(e, REFTEL_EINTR, "stopped before the end");
		arena_reset(&s->hit);
		rc = hit_read(s->ar, &s->hit, &r->marks, &r->hits[i], x->call->n_snippets, &v, e);
		if (rc == REFTEL_OK)
			put_hit(x, &s->hit, &out->rows, q, i + 1, &v);
		if (rc == REFTEL_OK && out->rows.n >= PART_BYTES)
			rc = rows_part(p, x, job, &out->rows, e);
	}
	return rc;
}

static int query_run(struct pool *p, void *ctx, void *state, size_t job, void **result, struct err *e)
{
	struct batch *x = ctx;
	struct searching *s = state;
	const struct batch_query *q = &x->list.v[x->first + job];
	struct result *out = xcalloc(1, sizeof(*out));
	struct search_result r = {0};
	int rc;

	*result = out;
	arena_reset(&s->query);
	rc = q->broken ? err_set(e, REFTEL_EINVAL, "%s", q->broken)
		       : search_run(s->k, &s->query, q->text, &x->call->search, &r, NULL, e);
	out->failed = rc == REFTEL_EINVAL || rc == REFTEL_ELIMIT;
	out->hits = r.n_hits;
	if (out->failed || (rc == REFTEL_OK && !r.n_hits)) {
		put_no_hit(x, &out->rows, q, out->failed ? e->msg : NULL);
		return REFTEL_OK;
	}
	if (rc == REFTEL_OK)
		rc = archive_read_begin(s->ar, e);
	if (rc != REFTEL_OK)
		return rc;
	rc = put_hits(p, x, s, job, &r, out, e);
	archive_read_end(s->ar);
	return rc;
}

/* ---- in order ---------------------------------------------------------------------------------------------------- */

static void result_drop(void *ctx, void *result)
{
	struct result *r = result;

	(void)ctx;
	buf_free(&r->rows);
	free(r);
}

static int result_take(void *ctx, size_t job, void *result, struct err *e)
{
	struct batch *x = ctx;
	struct result *r = result;
	int rc = batch_out_write(&x->out, buf_view(&r->rows), e);

	if (rc == REFTEL_OK) {
		x->out.state.hits += r->failed ? 0 : r->hits;
		x->out.state.failed += r->failed;
		x->out.state.empty += !r->failed && !r->hits;
		rc = batch_out_query_done(&x->out, e);
	}
	progress_at(&x->progress, x->first + job + 1);
	result_drop(x, r);
	return rc;
}

static int put_columns(struct batch *x, struct err *e)
{
	struct buf b = {0};
	int rc = REFTEL_OK;

	if (!x->jsonl && !x->out.state.bytes) {
		buf_printf(&b, "line,query,label,rank,%s,error%s", view_hit_columns, row_end);
		rc = batch_out_write(&x->out, buf_view(&b), e);
		buf_free(&b);
	}
	return rc;
}

static int run(struct batch *x, struct err *e)
{
	const struct pool_work work = {.ctx = x,
				       .stop = &cli_stop,
				       .begin = searching_begin,
				       .end = searching_end,
				       .run = query_run,
				       .take = result_take,
				       .drop = result_drop};
	int rc = put_columns(x, e);

	x->first = (size_t)x->out.state.next;
	progress_open(&x->progress, cli_progress(x->c), "searching", "queries", x->list.n);
	if (rc == REFTEL_OK)
		rc = pool_run(&work, x->list.n - x->first, e);
	progress_done(&x->progress);
	return rc;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void put_summary(const struct batch *x, const struct batch_state *s, int64_t ms)
{
	FILE *out = x->call->output ? stdout : stderr;

	if (x->c->json && x->call->output) {
		cli_put_json(json_pack("{sI sI sI sI sI}", "queries", (json_int_t)x->list.n, "hits",
				       (json_int_t)s->hits, "not_read", (json_int_t)s->failed, "empty",
				       (json_int_t)s->empty, "milliseconds", (json_int_t)ms));
		return;
	}
	fprintf(out, "%zu %s, %" PRIu64 " %s in %.1f s\n", x->list.n, x->list.n == 1 ? "query" : "queries", s->hits,
		s->hits == 1 ? "hit" : "hits", (double)ms / 1e3);
	if (s->empty)
		fprintf(out, "  %" PRIu64 " found nothing: rank 0\n", s->empty);
	if (s->failed)
		fprintf(out, "  %" PRIu64 " could not be read: the column error says why\n", s->failed);
}

static int finish(struct batch *x, int rc, struct err *e, int64_t ms)
{
	struct batch_state s = x->out.state;
	bool kept = rc == REFTEL_EINTR && x->out.progress_path, complete = x->out.complete;
	int closed = batch_out_close(&x->out, rc == REFTEL_OK, rc == REFTEL_OK ? e : NULL);

	if (kept)
		err_set(e, rc,
			"stopped after %" PRIu64 " of %zu queries: the same command with --resume goes on from there",
			s.next, x->list.n);
	if (rc != REFTEL_OK || closed != REFTEL_OK)
		return cli_fail(e);
	if (complete) {
		fprintf(stderr,
			"reftel: there is nothing to resume: %s is whole; without --resume it is written anew\n",
			x->call->output);
		return EXIT_OK;
	}
	put_summary(x, &s, ms);
	return s.failed ? EXIT_FINDINGS : EXIT_OK;
}

static const char *format_of(const struct cli *c, const struct batch_call *call)
{
	struct str name = str_of(call->output), end = STR(".jsonl");

	if (call->format)
		return call->format;
	if (!call->output)
		return c->json ? "jsonl" : "csv";
	return str_ieq(str_sub(name, name.n > end.n ? name.n - end.n : 0, name.n), end) ? "jsonl" : "csv";
}

int batch_run(struct cli *c, const struct batch_call *asked)
{
	struct batch_call call = *asked;
	struct batch x = {.c = c, .call = &call};
	struct err e = {0};
	int64_t began = clock_ms();
	int rc;

	call.format = format_of(c, asked);
	x.jsonl = !strcmp(call.format, "jsonl");
	c->archive = cli_archive_dir(c);
	cli_catch_interrupt();
	rc = cli_reader_look(x.c->archive, &e);
	if (rc == REFTEL_OK)
		rc = queries_read(&c->arena, call.queries, &x.list, &e);
	if (rc == REFTEL_OK)
		rc = batch_out_open(&x.out, &call, &x.list, &e);
	if (rc != REFTEL_OK)
		return cli_fail(&e);
	if (!x.out.complete)
		rc = run(&x, &e);
	return finish(&x, rc, &e, clock_ms() - began);
}
