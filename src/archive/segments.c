/*
 * What the index needs of the archive: the list of its segments, swapped in one transaction; the versions that are not
 * to be found; deleting one; and what was chosen for this archive.
 */
#include "archive/archive_priv.h"

#include <string.h>

/* ---- segments ---------------------------------------------------------------------------------------------------- */

int archive_segments(struct archive *ar, struct arena *a, struct archive_segments *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_SEGMENT_LIST, e);
	VEC(struct archive_segment) v = {0};
	int rc;

	if (!st)
		return e ? e->code : REFTEL_EIO;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct archive_segment *s = VEC_PUSH(a, &v);

		snprintf(s->name, sizeof(s->name), "%s", (const char *)sqlite3_column_text(st, 0));
		s->first = sqlite3_column_int64(st, 1);
		s->last = sqlite3_column_int64(st, 2);
		s->docs = (uint32_t)sqlite3_column_int64(st, 3);
		s->bytes = (uint64_t)sqlite3_column_int64(st, 4);
		s->checksum = (uint64_t)sqlite3_column_int64(st, 5);
	}
	*out = (struct archive_segments){v.v, v.n};
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "reading the list of the index's files");
	sqlite3_reset(st);
	return rc;
}

static int segment_add(struct archive *ar, const struct archive_segment *s, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_SEGMENT_ADD, e);

	if (!st)
		return e ? e->code : REFTEL_EIO;
	bind_str(st, 1, str_of(s->name));
	sqlite3_bind_int64(st, 2, s->first);
	sqlite3_bind_int64(st, 3, s->last);
	sqlite3_bind_int64(st, 4, s->docs);
	sqlite3_bind_int64(st, 5, (int64_t)s->bytes);
	sqlite3_bind_int64(st, 6, (int64_t)s->checksum);
	return archive_step_done(ar, st, e, "writing the list of the index's files");
}

static int segment_drop(struct archive *ar, const struct archive_segment *s, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_SEGMENT_DROP, e);

	if (!st)
		return e ? e->code : REFTEL_EIO;
	bind_str(st, 1, str_of(s->name));
	return archive_step_done(ar, st, e, "writing the list of the index's files");
}

int archive_segments_swap(struct archive *ar, const struct archive_segment *gone, size_t n_gone,
			  const struct archive_segment *come, size_t n_come, struct err *e)
{
	int rc = REFTEL_OK;

	for (size_t i = 0; i < n_gone && rc == REFTEL_OK; i++)
		rc = segment_drop(ar, &gone[i], e);
	for (size_t i = 0; i < n_come && rc == REFTEL_OK; i++)
		rc = segment_add(ar, &come[i], e);
	return rc;
}

/* ---- versions ---------------------------------------------------------------------------------------------------- */

int archive_unlist(struct archive *ar, int64_t version, bool deleted, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_UNLISTED_ADD, e);

	if (!st)
		return e ? e->code : REFTEL_EIO;
	sqlite3_bind_int64(st, 1, version);
	sqlite3_bind_int(st, 2, deleted);
	return archive_step_done(ar, st, e, "noting a version");
}

int archive_unlisted(struct archive *ar, struct arena *a, struct unlisted_list *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_UNLISTED_LIST, e);
	VEC(struct unlisted) v = {0};
	int rc;

	if (!st)
		return e ? e->code : REFTEL_EIO;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		*VEC_PUSH(a, &v) = (struct unlisted){sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1) != 0};
	*out = (struct unlisted_list){v.v, v.n};
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "reading the list of versions");
	sqlite3_reset(st);
	return rc;
}

int archive_versions_after(struct archive *ar, struct arena *a, int64_t after, struct version_keys *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, after ? SQL_VERSION_AFTER : SQL_VERSION_ALL, e);
	VEC(int64_t) v = {0};
	int rc;

	if (!st)
		return e ? e->code : REFTEL_EIO;
	if (after)
		sqlite3_bind_int64(st, 1, after);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		*VEC_PUSH(a, &v) = sqlite3_column_int64(st, 0);
	*out = (struct version_keys){v.v, v.n};
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "reading the list of versions");
	sqlite3_reset(st);
	return rc;
}

/* ---- deleting ---------------------------------------------------------------------------------------------------- */

static int one_int64(struct archive *ar, enum statement s, int64_t id, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, s, e);

	if (!st)
		return e ? e->code : REFTEL_EIO;
	sqlite3_bind_int64(st, 1, id);
	*out = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return REFTEL_OK;
}

static int run_with_id(struct archive *ar, const char *sql, int64_t id, struct err *e)
{
	sqlite3_stmt *st;
	int rc;

	if (sqlite3_prepare_v2(ar->db, sql, -1, &st, NULL) != SQLITE_OK)
		return archive_sql_error(ar, e, "deleting a version");
	sqlite3_bind_int64(st, 1, id);
	rc = archive_step_done(ar, st, e, "deleting a version");
	sqlite3_finalize(st);
	return rc;
}

static int version_rows_delete(struct archive *ar, int64_t version, struct err *e)
{
	static const char *const rows[] = {
		"DELETE FROM reference WHERE version = ?1",
		"DELETE FROM remark WHERE version = ?1",
		"DELETE FROM sighting WHERE version = ?1",
		"DELETE FROM version WHERE id = ?1",
	};
	int rc = archive_unlist(ar, version, true, e);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && rc == REFTEL_OK; i++)
		rc = run_with_id(ar, rows[i], version, e);
	return rc;
}

/* The versions of a cable are numbered without a gap; in two steps, because no two may have one number meanwhile. */
static int versions_renumber(struct archive *ar, int64_t cable, struct err *e)
{
	int rc = run_with_id(ar, "UPDATE version SET ordinal = -ordinal WHERE cable = ?1", cable, e);

	if (rc != REFTEL_OK)
		return rc;
	return run_with_id(ar,
			   "UPDATE version SET ordinal = (SELECT count(*) FROM version v WHERE v.cable = ?1"
			   " AND v.id <= version.id) WHERE cable = ?1",
			   cable, e);
}

/* The cable shows what is left of it. */
static int cable_settle(struct archive *ar, int64_t cable, struct err *e)
{
	struct arena a = {0};
	struct cable_version v;
	int64_t best = 0;
	int rc = one_int64(ar, SQL_VERSION_RANK, cable, &best, e);

	if (rc == REFTEL_OK && best) {
		rc = archive_load(ar, &a, best, &v, e);
		if (rc == REFTEL_OK)
			rc = cable_show(ar, cable, best, &v.cable, e);
		if (rc == REFTEL_OK)
			rc = run_with_id(ar, "DELETE FROM unlisted WHERE version = ?1 AND NOT deleted", best, e);
	} else if (rc == REFTEL_OK) {
		rc = run_with_id(ar, "DELETE FROM alias WHERE cable = ?1", cable, e);
		if (rc == REFTEL_OK)
			rc = run_with_id(ar, "DELETE FROM cable WHERE id = ?1", cable, e);
	}
	arena_free(&a);
	return rc;
}

int archive_delete(struct archive *ar, int64_t version, struct err *e)
{
	int64_t cable = 0;
	/* What is given free is written over: the text of a deleted version does not linger in the file. */
	int rc = archive_exec(ar, "PRAGMA secure_delete = ON", e, "deleting a version");

	if (rc == REFTEL_OK)
		rc = archive_begin(ar, e);
	if (rc != REFTEL_OK)
		return rc;
	rc = one_int64(ar, SQL_VERSION_CABLE, version, &cable, e);
	if (rc == REFTEL_OK && !cable)
		rc = err_set(e, REFTEL_ENOTFOUND, "there is no such version in the archive");
	if (rc == REFTEL_OK)
		rc = version_rows_delete(ar, version, e);
	if (rc == REFTEL_OK)
		rc = versions_renumber(ar, cable, e);
	if (rc == REFTEL_OK)
		rc = cable_settle(ar, cable, e);
	if (rc == REFTEL_OK)
		rc = archive_commit(ar, e);
	if (rc != REFTEL_OK)
		archive_rollback(ar);
	return rc;
}

bool archive_journal_empty(struct archive *ar)
{
	return sqlite3_wal_checkpoint_v2(ar->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK;
}

/* ---- lists of cables --------------------------------------------------------------------------------------------- */

static int cables_listed(struct archive *ar, struct arena *a, const char *sql, struct version_keys *out, struct err *e)
{
	VEC(int64_t) v = {0};
	sqlite3_stmt *st;
	int rc;

	if (sqlite3_prepare_v2(ar->db, sql, -1, &st, NULL) != SQLITE_OK)
		return archive_sql_error(ar, e, "listing cables");
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		*VEC_PUSH(a, &v) = sqlite3_column_int64(st, 0);
	*out = (struct version_keys){v.v, v.n};
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "listing cables");
	sqlite3_finalize(st);
	return rc;
}

/* An implied year may be the one before, as in SQL_REF_FROM. */
int archive_cables_citing_missing(struct archive *ar, struct arena *a, struct version_keys *out, struct err *e)
{
	return cables_listed(
		ar, a,
		"SELECT DISTINCT k.id FROM reference r JOIN version v ON v.id = r.version"
		" JOIN cable k ON k.id = v.cable AND k.version = v.id WHERE r.kind = 0 AND NOT EXISTS"
		" (SELECT 1 FROM cable c WHERE c.post = r.post AND c.serial = r.serial AND (c.year = r.year OR"
		"  (r.year_implied AND c.year = r.year - 1))) ORDER BY k.id",
		out, e);
}

int archive_cables_with_versions(struct archive *ar, struct arena *a, struct version_keys *out, struct err *e)
{
	return cables_listed(ar, a, "SELECT cable FROM version GROUP BY cable HAVING count(*) > 1 ORDER BY cable", out,
			     e);
}

/* ---- settings and small questions -------------------------------------------------------------------------------- */

int archive_change(struct archive *ar, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_CHANGE, e);
	bool read;

	if (!st)
		return e ? e->code : REFTEL_EIO;
	read = sqlite3_step(st) == SQLITE_ROW;
	*out = read ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return read ? REFTEL_OK : archive_sql_error(ar, e, "looking for changes");
}

int archive_setting(struct archive *ar, struct arena *a, const char *name, struct str *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_SETTING_GET, e);

	*out = STR("");
	if (!st)
		return e ? e->code : REFTEL_EIO;
	bind_str(st, 1, str_of(name));
	if (sqlite3_step(st) == SQLITE_ROW)
		*out = column_str(a, st, 0);
	sqlite3_reset(st);
	return REFTEL_OK;
}

int archive_setting_set(struct archive *ar, const char *name, struct str value, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_SETTING_SET, e);

	if (!st)
		return e ? e->code : REFTEL_EIO;
	bind_str(st, 1, str_of(name));
	bind_str(st, 2, value);
	return archive_step_done(ar, st, e, "keeping a setting");
}

static bool any_row(sqlite3_stmt *st)
{
	bool any = st && sqlite3_step(st) == SQLITE_ROW;

	if (st)
		sqlite3_reset(st);
	return any;
}

bool archive_has_post(struct archive *ar, struct str post)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_POST_HELD, NULL);

	if (st)
		bind_str(st, 1, post);
	return any_row(st);
}

bool archive_has_numbers(struct archive *ar)
{
	return any_row(archive_statement(ar, SQL_NUMBER_ANY, NULL));
}
