/*
 * The peer SQLite FTS5, as one would use it: a transaction per 5,000 texts, optimized at the end, ranked by its bm25.
 *
 *   peer_fts5 index DUMP DB            FTS5 only: no copy of the texts is stored, as reftel's index stores none
 *   peer_fts5 index --table DUMP DB    a table with all columns as well, which FTS5 refers to for its content
 *   peer_fts5 search DB QUERIES
 */
#include "peer.h"
#include "base/base.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 5000 };

struct fts {
	sqlite3 *db;
	sqlite3_stmt *cable, *text, *search;
	bool table;
};

static int db_exec(struct fts *f, const char *sql)
{
	if (sqlite3_exec(f->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	fprintf(stderr, "peer_fts5: %s: %s\n", sql, sqlite3_errmsg(f->db));
	return -1;
}

static int db_prepare(struct fts *f, const char *sql, sqlite3_stmt **out)
{
	if (sqlite3_prepare_v2(f->db, sql, -1, out, NULL) == SQLITE_OK)
		return 0;
	fprintf(stderr, "peer_fts5: %s: %s\n", sql, sqlite3_errmsg(f->db));
	return -1;
}

static int db_open(struct fts *f, const char *path)
{
	if (sqlite3_open(path, &f->db) != SQLITE_OK) {
		fprintf(stderr, "peer_fts5: %s: %s\n", path, sqlite3_errmsg(f->db));
		return -1;
	}
	return db_exec(f, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;"
			  "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 2147418112;");
}

static void db_close(struct fts *f)
{
	sqlite3_finalize(f->cable);
	sqlite3_finalize(f->text);
	sqlite3_finalize(f->search);
	sqlite3_close(f->db);
}

/* ---- index ------------------------------------------------------------------------------------------------------- */

static int step(struct fts *f, sqlite3_stmt *s)
{
	if (sqlite3_step(s) != SQLITE_DONE) {
		fprintf(stderr, "peer_fts5: %s\n", sqlite3_errmsg(f->db));
		return -1;
	}
	return sqlite3_reset(s);
}

static int row_put(void *ctx, const struct peer_row *r)
{
	struct fts *f = ctx;

	if (r->number % BATCH == 1 && r->number > 1 && db_exec(f, "COMMIT; BEGIN"))
		return -1;
	sqlite3_bind_int64(f->cable, 1, r->number);
	if (f->table)
		for (int i = 0; i < PEER_COLUMNS; i++)
			sqlite3_bind_text64(f->cable, 2 + i, r->columns[i].p ? r->columns[i].p : "", r->columns[i].n,
					    SQLITE_STATIC, SQLITE_UTF8);
	else
		sqlite3_bind_text64(f->cable, 2, r->id.p, r->id.n, SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_int64(f->text, 1, r->number);
	sqlite3_bind_text64(f->text, 2, r->body.p, r->body.n, SQLITE_STATIC, SQLITE_UTF8);
	return step(f, f->cable) || step(f, f->text);
}

static int tables_make(struct fts *f)
{
	static const char *const with_table =
		"CREATE TABLE cable (row INTEGER PRIMARY KEY, number INTEGER, date TEXT, id TEXT UNIQUE, origin TEXT,"
		" class TEXT, refs TEXT, header TEXT, body TEXT);"
		"CREATE VIRTUAL TABLE text USING fts5 (body, content = 'cable', content_rowid = 'row')";
	static const char *const alone = "CREATE TABLE cable (row INTEGER PRIMARY KEY, id TEXT);"
					 "CREATE VIRTUAL TABLE text USING fts5 (body, content = '')";

	return db_exec(f, f->table ? with_table : alone) ||
	       db_prepare(f,
			  f->table ? "INSERT INTO cable VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
				   : "INSERT INTO cable VALUES (?, ?)",
			  &f->cable) ||
	       db_prepare(f, "INSERT INTO text (rowid, body) VALUES (?, ?)", &f->text);
}

static int run_index(const char *dump, const char *path, bool table)
{
	struct fts f = {.table = table};
	double read_seconds = peer_read(dump), began, cpu;
	uint64_t bytes = 0;
	int rc;

	if (read_seconds < 0)
		return 3;
	unlink(path);
	began = peer_clock();
	cpu = peer_cpu();
	rc = db_open(&f, path) || tables_make(&f) || db_exec(&f, "BEGIN") || peer_rows(dump, row_put, &f, &bytes) ||
	     db_exec(&f, "COMMIT") || db_exec(&f, "INSERT INTO text (text) VALUES ('optimize')") ||
	     db_exec(&f, "PRAGMA wal_checkpoint(TRUNCATE)");
	db_close(&f);
	if (!rc)
		peer_index_print(began, cpu, read_seconds, bytes, path);
	return rc ? 3 : 0;
}

/* ---- search ------------------------------------------------------------------------------------------------------ */

/* The words between blanks, each once, each quoted, so that no sign of a passage is read as an operator. */
static void query_or(const char *text, struct buf *out)
{
	struct arena a = {0};
	VEC(struct str) seen = {0};

	while (*text) {
		size_t n = strcspn(text, " ");
		struct str word = {text, n};
		bool again = n == 0, letters = false;

		for (size_t i = 0; i < n; i++)
			letters |= ascii_alnum((unsigned char)text[i]) || (unsigned char)text[i] >= 0xc3;
		for (size_t i = 0; i < seen.n && !again; i++)
			again = str_ieq(seen.v[i], word);
		if (!again && letters) {
			*VEC_PUSH(&a, &seen) = word;
			buf_puts(out, seen.n > 1 ? " OR \"" : "\"");
			for (size_t i = 0; i < n; i++)
				if (text[i] != '"')
					buf_putc(out, text[i]);
			buf_putc(out, '"');
		}
		text += n + strspn(text + n, " ");
	}
	arena_free(&a);
}

static int ask(void *ctx, enum peer_class c, const char *text, struct peer_answer *out)
{
	struct fts *f = ctx;
	struct buf query = {0};
	int rc;

	if (c == PEER_OR2 || c == PEER_LOCATE)
		query_or(text, &query);
	else if (c == PEER_PHRASE4)
		buf_printf(&query, "\"%s\"", text);
	else
		buf_puts(&query, text);
	sqlite3_bind_text(f->search, 1, query.p, (int)query.n, SQLITE_STATIC);
	while ((rc = sqlite3_step(f->search)) == SQLITE_ROW && out->n < PEER_TOP)
		snprintf(out->ids[out->n++], PEER_ID_MAX, "%s", (const char *)sqlite3_column_text(f->search, 0));
	if (rc != SQLITE_DONE)
		fprintf(stderr, "peer_fts5: %s: %s\n", query.p, sqlite3_errmsg(f->db));
	sqlite3_reset(f->search);
	buf_free(&query);
	return rc != SQLITE_DONE;
}

static int run_search(const char *path, const char *queries)
{
	/* The ten are chosen first and named after, so that no name is fetched for a text that is not shown. One
	 * transaction, so that every question is of one snapshot and takes no locks, as with the other peers. */
	static const char *const sql = "SELECT c.id FROM (SELECT rowid AS row, rank AS r FROM text WHERE text MATCH ? "
				       "ORDER BY rank LIMIT 10) t"
				       " JOIN cable c ON c.row = t.row ORDER BY t.r";
	struct fts f = {0};
	int rc = db_open(&f, path) || db_exec(&f, "BEGIN") || db_prepare(&f, sql, &f.search) ||
		 peer_search(queries, ask, &f);

	db_close(&f);
	return rc ? 3 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "index"))
		return run_index(argv[2], argv[3], false);
	if (argc == 5 && !strcmp(argv[1], "index") && !strcmp(argv[2], "--table"))
		return run_index(argv[3], argv[4], true);
	if (argc == 4 && !strcmp(argv[1], "search"))
		return run_search(argv[2], argv[3]);
	fprintf(stderr, "usage: peer_fts5 index [--table] DUMP DB | peer_fts5 search DB QUERIES\n");
	return 2;
}
