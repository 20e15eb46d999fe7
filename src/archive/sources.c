/*
 * Where everything came from: the files, how far each was read, what was set aside; and the figures of the whole.
 */
#include "archive/archive_priv.h"

int archive_source_open(struct archive *ar, const char *path, uint64_t size, int64_t mtime, const char *format,
			struct archive_source *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_SOURCE_FIND, e);
	int rc;

	*out = (struct archive_source){0};
	if (!st)
		return e->code;
	bind_str(st, 1, str_of(path));
	sqlite3_bind_int64(st, 2, (int64_t)size);
	sqlite3_bind_int64(st, 3, mtime);
	if (sqlite3_step(st) == SQLITE_ROW) {
		*out = (struct archive_source){sqlite3_column_int64(st, 0), (uint64_t)sqlite3_column_int64(st, 1),
					       (uint64_t)sqlite3_column_int64(st, 2),
					       (uint64_t)sqlite3_column_int64(st, 3), sqlite3_column_int(st, 4)};
		sqlite3_reset(st);
		return REFTEL_OK;
	}
	sqlite3_reset(st);
	st = archive_statement(ar, SQL_SOURCE_ADD, e);
	if (!st)
		return e->code;
	bind_str(st, 1, str_of(path));
	sqlite3_bind_int64(st, 2, (int64_t)size);
	sqlite3_bind_int64(st, 3, mtime);
	bind_str(st, 4, str_of(format));
	sqlite3_bind_int64(st, 5, clock_now());
	rc = archive_step_done(ar, st, e, "entering a file");
	out->id = sqlite3_last_insert_rowid(ar->db);
	return rc;
}

int archive_source_save(struct archive *ar, const struct archive_source *s, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_SOURCE_SAVE, e);

	if (!st)
		return e->code;
	sqlite3_bind_int64(st, 1, s->id);
	sqlite3_bind_int64(st, 2, (int64_t)s->offset);
	sqlite3_bind_int64(st, 3, (int64_t)s->line);
	sqlite3_bind_int64(st, 4, (int64_t)s->row);
	sqlite3_bind_int(st, 5, s->finished);
	return archive_step_done(ar, st, e, "noting how far a file was read");
}

int archive_set_aside(struct archive *ar, int64_t source_id, const struct archive_aside *x, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_ASIDE_ADD, e);

	if (!st)
		return e->code;
	sqlite3_bind_int64(st, 1, source_id);
	sqlite3_bind_int64(st, 2, (int64_t)x->offset);
	sqlite3_bind_int64(st, 3, (int64_t)x->line);
	sqlite3_bind_int64(st, 4, (int64_t)x->row);
	bind_str(st, 5, str_of(x->reason));
	sqlite3_bind_blob64(st, 6, x->excerpt.n ? x->excerpt.p : "", x->excerpt.n, SQLITE_STATIC);
	sqlite3_bind_int64(st, 7, x->when ? x->when : clock_now());
	return archive_step_done(ar, st, e, "setting a record aside");
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

int archive_each_aside(struct archive *ar, int (*fn)(void *ctx, const struct archive_aside *x), void *ctx,
		       struct err *e)
{
	static const char sql[] = "SELECT s.path, a.offset, a.line, a.row, a.reason, a.excerpt, a.noticed"
				  " FROM aside a JOIN source s ON s.id = a.source ORDER BY s.path, a.offset";
	struct arena mem = {0};
	sqlite3_stmt *st;
	int rc, stop = 0;

	if (sqlite3_prepare_v2(ar->db, sql, -1, &st, NULL) != SQLITE_OK)
		return archive_sql_error(ar, e, "listing what was set aside");
	while (!stop && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct archive_aside x = {
			.file = column_str(&mem, st, 0).p,
			.offset = (uint64_t)sqlite3_column_int64(st, 1),
			.line = (uint64_t)sqlite3_column_int64(st, 2),
			.row = (uint64_t)sqlite3_column_int64(st, 3),
			.reason = column_str(&mem, st, 4).p,
			.excerpt = column_str(&mem, st, 5),
			.when = sqlite3_column_int64(st, 6),
		};

		stop = fn(ctx, &x);
		arena_reset(&mem);
	}
	rc = stop ? stop : rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "listing what was set aside");
	sqlite3_finalize(st);
	arena_free(&mem);
	return rc;
}

int archive_each_remark(struct archive *ar, int (*fn)(void *ctx, struct str id, struct str remark), void *ctx,
			struct err *e)
{
	static const char sql[] = "SELECT v.ref, r.sentence FROM remark r JOIN version v ON v.id = r.version"
				  " ORDER BY v.ref, r.sentence";
	struct arena mem = {0};
	sqlite3_stmt *st;
	int rc, stop = 0;

	if (sqlite3_prepare_v2(ar->db, sql, -1, &st, NULL) != SQLITE_OK)
		return archive_sql_error(ar, e, "listing remarks");
	while (!stop && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		stop = fn(ctx, column_str(&mem, st, 0), column_str(&mem, st, 1));
		arena_reset(&mem);
	}
	rc = stop ? stop : rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "listing remarks");
	sqlite3_finalize(st);
	arena_free(&mem);
	return rc;
}

/* ---- figures ----------------------------------------------------------------------------------------------------- */

static int64_t figure(struct archive *ar, const char *sql, int *rc)
{
	sqlite3_stmt *st;
	int64_t n = 0;

	if (sqlite3_prepare_v2(ar->db, sql, -1, &st, NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW)
		*rc = REFTEL_EIO;
	else
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

int archive_counts(struct archive *ar, uint64_t *cables, uint64_t *versions, struct err *e)
{
	int rc = REFTEL_OK;

	*cables = (uint64_t)figure(ar, "SELECT count(*) FROM cable", &rc);
	*versions = (uint64_t)figure(ar, "SELECT count(*) FROM version", &rc);
	return rc == REFTEL_OK ? rc : archive_sql_error(ar, e, "counting");
}

int archive_status(struct archive *ar, struct archive_status *out, struct err *e)
{
	int rc = REFTEL_OK;

	*out = (struct archive_status){
		.cables = (uint64_t)figure(ar, "SELECT count(*) FROM cable", &rc),
		.versions = (uint64_t)figure(ar, "SELECT count(*) FROM version", &rc),
		.sources = (uint64_t)figure(ar, "SELECT count(*) FROM source", &rc),
		.sources_unfinished = (uint64_t)figure(ar, "SELECT count(*) FROM source WHERE NOT finished", &rc),
		.set_aside = (uint64_t)figure(ar, "SELECT count(*) FROM aside", &rc),
		.remarks = (uint64_t)figure(ar, "SELECT count(*) FROM remark", &rc),
		.refs = (uint64_t)figure(ar, "SELECT count(*) FROM reference WHERE kind = 0", &rc),
		.refs_missing = (uint64_t)figure(
			ar,
			"SELECT count(*) FROM (SELECT DISTINCT post, serial, year FROM reference r WHERE kind = 0 AND "
			"NOT EXISTS"
			" (SELECT 1 FROM cable c WHERE c.post = r.post AND c.serial = r.serial AND (c.year = r.year OR"
			"  (r.year_implied AND c.year = r.year - 1))))",
			&rc),
		.text_bytes =
			(uint64_t)figure(ar, "SELECT ifnull(sum(header_bytes + body_bytes), 0) FROM version", &rc),
		.stored_bytes = (uint64_t)figure(ar, "SELECT ifnull(sum(length(packed)), 0) FROM version", &rc),
		.schema = (int)figure(ar, "PRAGMA user_version", &rc),
	};
	if (out->cables) {
		date_of_seconds(figure(ar, "SELECT ifnull(min(date), 0) FROM cable WHERE date_precision > 0", &rc),
				DATE_DAY, &out->first);
		date_of_seconds(figure(ar, "SELECT ifnull(max(date), 0) FROM cable WHERE date_precision > 0", &rc),
				DATE_DAY, &out->last);
	}
	return rc == REFTEL_OK ? REFTEL_OK : archive_sql_error(ar, e, "counting");
}
