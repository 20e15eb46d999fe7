/*
 * Is the database whole? What SQLite can say of its own pages and indexes; the texts have hashes of their own.
 */
#include "archive/archive_priv.h"

enum { LINES_MOST = 1000 };

int archive_integrity(struct archive *ar, void (*fn)(void *ctx, struct str line), void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	char sql[64];
	int rc;

	snprintf(sql, sizeof(sql), "PRAGMA integrity_check(%d)", LINES_MOST);
	if (sqlite3_prepare_v2(ar->db, sql, -1, &st, NULL) != SQLITE_OK)
		return archive_sql_error(ar, e, "checking the archive");
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct str line = {(const char *)sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0)};

		if (!str_eq(line, STR("ok")))
			fn(ctx, line);
	}
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "checking the archive");
	sqlite3_finalize(st);
	return rc;
}
