/*
 * sql: what the rooms that keep something in SQLite share: errors as sentences, values on their way in and out,
 * statements that are prepared once and kept. It knows no table.
 */
#ifndef REFTEL_SQL_H
#define REFTEL_SQL_H

#include "base/base.h"

#include <sqlite3.h>

enum { SQL_KEPT_MAX = 256 /* different statements of one database, at most */ };

/* An open database and how it is called where something goes wrong. */
struct sql {
	sqlite3 *db;
	const char *whole; /* "the archive in /home/anna/cables" */
	const char *file;  /* "/home/anna/cables/archive.db" */
	const char *kind;  /* "archive of reftel" */
	struct sql_kept {
		const char *text; /* a literal: its address is what it is found by */
		sqlite3_stmt *statement;
	} * kept; /* SQL_KEPT_MAX of them, made with the first; NULL where none is kept */
};

/* Fills e from the last error of the database and returns its code. doing: "storing 07KALVIK412". */
int sql_error(const struct sql *q, struct err *e, const char *doing);
int sql_exec(struct sql *q, const char *text, struct err *e, const char *doing);
/* The first column of the only row: of a pragma, of a count. */
int sql_number(struct sql *q, const char *text, int64_t *out, struct err *e, const char *doing);
/* Runs a statement whose row, where there is one, is not wanted. */
int sql_step_done(struct sql *q, sqlite3_stmt *st, struct err *e, const char *doing);
/* Finalizes what is kept and closes. */
void sql_close(struct sql *q);

void bind_str(sqlite3_stmt *st, int i, struct str s);
struct str column_str(struct arena *a, sqlite3_stmt *st, int i);

/* ---- values for ?1, ?2, ... as one argument: SQL_VALUES(SQL_INT(user), SQL_TEXT(name)) -----------------------------
 */

struct sql_value {
	enum { SQL_IS_NULL, SQL_IS_INT, SQL_IS_TEXT, SQL_IS_BLOB } is;
	int64_t number;
	struct str bytes; /* must live until the statement has run */
};
struct sql_values {
	const struct sql_value *v;
	size_t n;
};

#define SQL_INT(x)     ((struct sql_value){SQL_IS_INT, (x), {NULL, 0}})
#define SQL_TEXT(x)    ((struct sql_value){SQL_IS_TEXT, 0, (x)})
#define SQL_BLOB(x, n) ((struct sql_value){SQL_IS_BLOB, 0, {(const char *)(x), (n)}})
#define SQL_NULL       ((struct sql_value){SQL_IS_NULL, 0, {NULL, 0}})
#define SQL_VALUES(...)                                                                                                \
	((struct sql_values){(const struct sql_value[]){__VA_ARGS__},                                                  \
			     sizeof((const struct sql_value[]){__VA_ARGS__}) / sizeof(struct sql_value)})

/*
 * Asks with a statement that is prepared once and kept, and goes to the first row. text: a literal. At the end, and
 * after an error, the statement is reset; a caller that stops at a row does that.
 */
int sql_first(struct sql *q, const char *text, struct sql_values values, sqlite3_stmt **st, bool *row, struct err *e,
	      const char *doing);
int sql_next(struct sql *q, sqlite3_stmt *st, bool *row, struct err *e, const char *doing);
/* Runs one that changes something; *changed (may be NULL): rows. */
int sql_run(struct sql *q, const char *text, struct sql_values values, int *changed, struct err *e, const char *doing);

#endif
