/*
 * Small helpers over SQLite, and its errors as sentences that a person can act on.
 */
#include "sql/sql.h"

#include <stdlib.h>

int sql_error(const struct sql *q, struct err *e, const char *doing)
{
	switch (sqlite3_errcode(q->db) & 0xff) {
	case SQLITE_FULL:
		return err_set(e, REFTEL_EFULL, "%s: the disk that holds %s is full; what was committed before is safe",
			       doing, q->file);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return err_set(e, REFTEL_EREADONLY, "%s: %s may only be read", doing, q->whole);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, REFTEL_EBUSY, "%s: another program holds %s", doing, q->whole);
	case SQLITE_CORRUPT:
		return err_set(e, REFTEL_EFORMAT, "%s: %s is damaged (%s)", doing, q->whole, sqlite3_errmsg(q->db));
	case SQLITE_NOTADB:
		return err_set(e, REFTEL_EFORMAT, "%s is no database: it is damaged, or no %s", q->file, q->kind);
	case SQLITE_CANTOPEN:
		return err_set(e, REFTEL_EIO, "%s: %s cannot be opened: look at the rights of the folder", doing,
			       q->file);
	default:
		return err_set(e, REFTEL_EIO, "%s: %s: %s", doing, q->file, sqlite3_errmsg(q->db));
	}
}

int sql_exec(struct sql *q, const char *text, struct err *e, const char *doing)
{
	return sqlite3_exec(q->db, text, NULL, NULL, NULL) == SQLITE_OK ? REFTEL_OK : sql_error(q, e, doing);
}

int sql_number(struct sql *q, const char *text, int64_t *out, struct err *e, const char *doing)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(q->db, text, -1, &st, NULL);

	if (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		*out = sqlite3_column_int64(st, 0);
		sqlite3_finalize(st);
		return REFTEL_OK;
	}
	sqlite3_finalize(st);
	return sql_error(q, e, doing);
}

int sql_step_done(struct sql *q, sqlite3_stmt *st, struct err *e, const char *doing)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_DONE || rc == SQLITE_ROW) {
		sqlite3_reset(st);
		return REFTEL_OK;
	}
	rc = sql_error(q, e, doing);
	sqlite3_reset(st);
	return rc;
}

void sql_close(struct sql *q)
{
	for (size_t i = 0; q->kept && i < SQL_KEPT_MAX; i++)
		sqlite3_finalize(q->kept[i].statement);
	free(q->kept);
	q->kept = NULL;
	sqlite3_close(q->db);
	q->db = NULL;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

void bind_str(sqlite3_stmt *st, int i, struct str s)
{
	sqlite3_bind_text64(st, i, s.n ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
}

struct str column_str(struct arena *a, sqlite3_stmt *st, int i)
{
	const void *p = sqlite3_column_blob(st, i);

	return arena_str(a, (struct str){p ? p : "", (size_t)sqlite3_column_bytes(st, i)});
}

static int bind(sqlite3_stmt *st, int i, const struct sql_value *v)
{
	switch (v->is) {
	case SQL_IS_INT:
		return sqlite3_bind_int64(st, i, v->number);
	case SQL_IS_TEXT:
		return sqlite3_bind_text64(st, i, v->bytes.n ? v->bytes.p : "", v->bytes.n, SQLITE_STATIC, SQLITE_UTF8);
	case SQL_IS_BLOB:
		return sqlite3_bind_blob64(st, i, v->bytes.n ? v->bytes.p : "", v->bytes.n, SQLITE_STATIC);
	case SQL_IS_NULL:
		break;
	}
	return sqlite3_bind_null(st, i);
}

/* ---- statements that are kept ------------------------------------------------------------------------------------ */

/* The place of this statement's text: its own, or the free one that is to be its. */
static struct sql_kept *kept_place(struct sql *q, const char *text)
{
	size_t i;

	if (!q->kept)
		q->kept = xcalloc(SQL_KEPT_MAX, sizeof(*q->kept));
	i = hash_bytes(&text, sizeof(text), 0) % SQL_KEPT_MAX;
	for (size_t tries = 0; tries < SQL_KEPT_MAX; tries++, i = (i + 1) % SQL_KEPT_MAX)
		if (q->kept[i].text == text || !q->kept[i].text)
			return &q->kept[i];
	return NULL;
}

static int kept_statement(struct sql *q, const char *text, sqlite3_stmt **st, struct err *e, const char *doing)
{
	struct sql_kept *k = kept_place(q, text);

	if (!k)
		return err_set(e, REFTEL_ELIMIT, "%s: more than %d different statements", doing, SQL_KEPT_MAX);
	if (!k->text) {
		if (sqlite3_prepare_v3(q->db, text, -1, SQLITE_PREPARE_PERSISTENT, &k->statement, NULL) != SQLITE_OK)
			return sql_error(q, e, doing);
		k->text = text;
	}
	sqlite3_reset(k->statement);
	sqlite3_clear_bindings(k->statement);
	*st = k->statement;
	return REFTEL_OK;
}

static int ask(struct sql *q, const char *text, struct sql_values values, sqlite3_stmt **st, struct err *e,
	       const char *doing)
{
	int rc = kept_statement(q, text, st, e, doing);

	for (size_t i = 0; i < values.n && rc == REFTEL_OK; i++)
		if (bind(*st, (int)i + 1, &values.v[i]) != SQLITE_OK)
			rc = sql_error(q, e, doing);
	return rc;
}

int sql_first(struct sql *q, const char *text, struct sql_values values, sqlite3_stmt **st, bool *row, struct err *e,
	      const char *doing)
{
	int rc = ask(q, text, values, st, e, doing);

	*row = false;
	return rc == REFTEL_OK ? sql_next(q, *st, row, e, doing) : rc;
}

int sql_next(struct sql *q, sqlite3_stmt *st, bool *row, struct err *e, const char *doing)
{
	int rc = sqlite3_step(st);

	*row = rc == SQLITE_ROW;
	if (*row)
		return REFTEL_OK;
	rc = rc == SQLITE_DONE ? REFTEL_OK : sql_error(q, e, doing);
	sqlite3_reset(st);
	return rc;
}

int sql_run(struct sql *q, const char *text, struct sql_values values, int *changed, struct err *e, const char *doing)
{
	sqlite3_stmt *st = NULL;
	int rc = ask(q, text, values, &st, e, doing);

	if (rc == REFTEL_OK)
		rc = sql_step_done(q, st, e, doing);
	if (changed)
		*changed = rc == REFTEL_OK ? sqlite3_changes(q->db) : 0;
	return rc;
}
