/*
 * The desk's life: the file and its schema, transactions, and the checks that everything handed in must pass.
 */
#include "desk/desk_priv.h"
#include "text/text.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 5000, BUSY_POLL_MS = 20 };

/* ---- the schema -------------------------------------------------------------------------------------------------- */

static const char schema_users[] =
	"CREATE TABLE user ("
	"  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, full_name TEXT NOT NULL,"
	"  role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3), disabled INTEGER NOT NULL DEFAULT 0,"
	"  password TEXT NOT NULL, all_collections INTEGER NOT NULL DEFAULT 0,"
	/* pending: a second factor that was not confirmed; step: the last time step whose code was used. */
	"  totp BLOB, totp_pending BLOB, totp_step INTEGER NOT NULL DEFAULT 0,"
	"  created INTEGER NOT NULL, last_login INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE TABLE user_collection ("
	"  user INTEGER NOT NULL REFERENCES user (id), collection TEXT NOT NULL,"
	"  PRIMARY KEY (user, collection)) STRICT, WITHOUT ROWID;"

	/* hash: of the letters that only the browser, or the script, has. */
	"CREATE TABLE session ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, user INTEGER NOT NULL REFERENCES user (id),"
	"  address TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL) STRICT;"
	"CREATE INDEX session_user ON session (user);"
	"CREATE TABLE token ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, user INTEGER NOT NULL REFERENCES user (id),"
	"  label TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0)"
	"  STRICT;"
	"CREATE INDEX token_user ON token (user);"

	/* key: a hash, because what is typed for a name may be a password. until: no attempt before. */
	"CREATE TABLE failure ("
	"  key BLOB PRIMARY KEY, count INTEGER NOT NULL, last INTEGER NOT NULL, until INTEGER NOT NULL)"
	"  STRICT, WITHOUT ROWID;"
	"CREATE INDEX failure_last ON failure (last);"
	"CREATE TABLE known_address (pair BLOB PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

/* REPLACE removes a row without a trigger for that, so the one before an insertion looks at the number as well. */
static const char schema_log[] =
	"CREATE TABLE log ("
	"  number INTEGER PRIMARY KEY, time INTEGER NOT NULL, who TEXT NOT NULL, address TEXT NOT NULL,"
	"  action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL) STRICT;"
	"CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN"
	"  SELECT RAISE(ABORT, 'the log is never changed'); END;"
	"CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN"
	"  SELECT RAISE(ABORT, 'nothing is removed from the log'); END;"
	"CREATE TRIGGER log_in_order BEFORE INSERT ON log"
	"  WHEN NEW.number IS NOT (SELECT ifnull(max(number), 0) + 1 FROM log) BEGIN"
	"  SELECT RAISE(ABORT, 'the log is only added to at its end'); END;";

/*
 * user is 0 for the one person of a desk without users, so it refers to no row; author is what that person was called.
 */
static const char schema_added[] =
	"CREATE TABLE note ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, cable TEXT NOT NULL, paragraph INTEGER NOT "
	"NULL,"
	"  user INTEGER NOT NULL, author TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL,"
	"  text TEXT NOT NULL) STRICT;"
	"CREATE INDEX note_cable ON note (collection, cable);"
	"CREATE TABLE star ("
	"  user INTEGER NOT NULL, collection TEXT NOT NULL, cable TEXT NOT NULL, created INTEGER NOT NULL,"
	"  PRIMARY KEY (user, collection, cable)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE tag ("
	"  collection TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, cable TEXT NOT NULL, user INTEGER NOT NULL,"
	"  created INTEGER NOT NULL, PRIMARY KEY (collection, name, cable)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX tag_cable ON tag (collection, cable);"
	"CREATE TABLE search ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL, collection TEXT NOT NULL, name TEXT NOT NULL,"
	"  address TEXT NOT NULL, created INTEGER NOT NULL, seen_version INTEGER NOT NULL, seen INTEGER NOT NULL,"
	"  UNIQUE (user, collection, name)) STRICT;"
	"CREATE TABLE story ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, title TEXT NOT NULL, user INTEGER NOT NULL,"
	"  author TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT;"
	"CREATE INDEX story_collection ON story (collection, changed);"
	"CREATE TABLE draft ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, story INTEGER NOT NULL REFERENCES story (id), ordinal INTEGER NOT "
	"NULL,"
	"  user INTEGER NOT NULL, author TEXT NOT NULL, created INTEGER NOT NULL, file TEXT NOT NULL, format TEXT NOT "
	"NULL,"
	"  quotations INTEGER NOT NULL, findings INTEGER NOT NULL, raw BLOB NOT NULL, report BLOB NOT NULL,"
	"  UNIQUE (story, ordinal)) STRICT;"
	"CREATE TABLE overrule ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, story INTEGER NOT NULL REFERENCES story (id), key TEXT NOT NULL,"
	"  user INTEGER NOT NULL, author TEXT NOT NULL, created INTEGER NOT NULL, quotation TEXT NOT NULL,"
	"  verdict TEXT NOT NULL, instead TEXT NOT NULL, reason TEXT NOT NULL) STRICT;"
	"CREATE INDEX overrule_story ON overrule (story, key);";

/* migrations[n] brings version n to n + 1; 0 is the empty file. Never edited once released. */
static const char *const migrations[DESK_SCHEMA][4] = {{schema_users, schema_log, schema_added, NULL}};

static int migrate(struct desk *d, int64_t from, struct err *e)
{
	char sql[128];
	int rc = REFTEL_OK;

	for (int64_t v = from; v < DESK_SCHEMA && rc == REFTEL_OK; v++)
		for (const char *const *part = migrations[v]; *part && rc == REFTEL_OK; part++)
			rc = sql_exec(&d->sql, *part, e, "bringing the desk up to date");
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d", DESK_APPLICATION_ID,
		 DESK_SCHEMA);
	return rc == REFTEL_OK ? sql_exec(&d->sql, sql, e, "bringing the desk up to date") : rc;
}

struct identity {
	int64_t application, version, tables;
};

static int identity_read(struct desk *d, struct identity *x, struct err *e)
{
	static const char doing[] = "opening the desk";
	int rc = sql_number(&d->sql, "PRAGMA application_id", &x->application, e, doing);

	if (rc == REFTEL_OK)
		rc = sql_number(&d->sql, "PRAGMA user_version", &x->version, e, doing);
	return rc == REFTEL_OK ? sql_number(&d->sql, "SELECT count(*) FROM sqlite_schema", &x->tables, e, doing) : rc;
}

static int identity_check(const struct desk *d, const struct identity *x, struct err *e)
{
	bool empty = !x->application && !x->version && !x->tables;

	if (!empty && x->application != DESK_APPLICATION_ID)
		return err_set(e, REFTEL_EFORMAT, "%s is a database of another program, not a desk of reftel", d->file);
	if (x->version > DESK_SCHEMA)
		return err_set(e, REFTEL_EFORMAT,
			       "%s was made by a newer reftel (its schema is %lld, this one knows %d): use that one",
			       d->file, (long long)x->version, DESK_SCHEMA);
	return REFTEL_OK;
}

/* The way into WAL asks for the file alone and does not always wait for it by itself. */
static int journal_set(struct desk *d, struct err *e)
{
	int64_t until = clock_ms() + BUSY_MS;
	int rc;

	while ((rc = sql_exec(&d->sql, "PRAGMA journal_mode = WAL", e, "opening the desk")) == REFTEL_EBUSY &&
	       clock_ms() < until)
		usleep(BUSY_POLL_MS * 1000);
	return rc;
}

/* Nothing is written to what is not ours; two that make the file at once both find it made. */
static int schema_open(struct desk *d, struct err *e)
{
	struct identity x;
	int rc = identity_read(d, &x, e);

	if (rc == REFTEL_OK)
		rc = identity_check(d, &x, e);
	if (rc != REFTEL_OK || x.version == DESK_SCHEMA)
		return rc;
	rc = journal_set(d, e);
	if (rc == REFTEL_OK)
		rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = identity_read(d, &x, e);
	if (rc == REFTEL_OK)
		rc = identity_check(d, &x, e);
	if (rc == REFTEL_OK)
		rc = migrate(d, x.version, e);
	return desk_end(d, rc, e);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/*
 * The file is closed before it gets its name, so that it is readable by its owner alone from the first moment, and so
 * that closing it here cannot take a lock of SQLite's away.
 */
static int file_make(struct desk *d, struct err *e)
{
	struct arena a = {0};
	char *temp = arena_printf(&a, "%s.XXXXXX", d->file);
	int rc = REFTEL_OK, fd = mkstemp(temp);

	if (fd < 0) {
		rc = err_errno(e, errno, "%s cannot be made", d->file);
		goto out;
	}
	close(fd);
	if (link(temp, d->file) != 0 && errno != EEXIST)
		rc = err_errno(e, errno, "%s cannot be made", d->file);
	unlink(temp);
out:
	arena_free(&a);
	return rc;
}

/* Of what came from a backup the rights may be wider. By name: see above. */
static int file_ready(struct desk *d, struct err *e)
{
	struct stat st;

	if (lstat(d->file, &st) != 0)
		return errno == ENOENT ? file_make(d, e) : err_errno(e, errno, "%s cannot be read", d->file);
	if (!S_ISREG(st.st_mode))
		return err_set(e, REFTEL_EFORMAT, "%s is no file", d->file);
	if ((st.st_mode & 077) && chmod(d->file, 0600) != 0)
		return err_errno(e, errno, "%s may be read by others, and that cannot be changed", d->file);
	return REFTEL_OK;
}

static int db_open(struct desk *d, struct err *e)
{
	if (sqlite3_open_v2(d->file, &d->sql.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
			    NULL) != SQLITE_OK)
		return sql_error(&d->sql, e, "opening the desk");
	sqlite3_busy_timeout(d->sql.db, BUSY_MS);
	sqlite3_db_config(d->sql.db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(d->sql.db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* secure_delete: a changed password or a removed note does not linger in the file. */
	return sql_exec(&d->sql,
			"PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA synchronous = NORMAL;"
			"PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY",
			e, "opening the desk");
}

static int desk_open_checked(struct desk *d, const char *dir, struct err *e)
{
	int rc;

	if (sodium_init() < 0)
		return err_set(e, REFTEL_EIO, "this machine gives no random numbers, without which no desk is safe");
	if (!dir_exists(dir))
		return err_set(e, REFTEL_ENOTFOUND, "there is no folder %s for a desk", dir);
	rc = file_ready(d, e);
	if (rc == REFTEL_OK)
		rc = db_open(d, e);
	return rc == REFTEL_OK ? schema_open(d, e) : rc;
}

int desk_open(const char *dir, struct desk **out, struct err *e)
{
	struct desk *d = xcalloc(1, sizeof(*d));
	struct arena a = {0};
	char *real = realpath(dir, NULL); /* NOFOLLOW looks at every part of the path; the folder may be a link */
	int rc;

	d->whole = xstrdup(arena_printf(&a, "the desk in %s", dir));
	d->file = xstrdup(path_join(&a, real ? real : dir, "desk.db"));
	d->sql = (struct sql){.whole = d->whole, .file = d->file, .kind = "desk of reftel"};
	rc = desk_open_checked(d, dir, e);
	*out = rc == REFTEL_OK ? d : NULL;
	if (rc != REFTEL_OK)
		desk_close(d);
	arena_free(&a);
	free(real);
	return rc;
}

void desk_close(struct desk *d)
{
	if (!d)
		return;
	if (d->in_transaction)
		desk_end(d, REFTEL_EINTR, NULL);
	sql_close(&d->sql);
	free(d->whole);
	free(d->file);
	free(d);
}

/* ---- statements and transactions --------------------------------------------------------------------------------- */

int desk_first(struct desk *d, const char *text, struct sql_values values, sqlite3_stmt **st, bool *row, struct err *e)
{
	return sql_first(&d->sql, text, values, st, row, e, "reading the desk");
}

int desk_next(struct desk *d, sqlite3_stmt *st, bool *row, struct err *e)
{
	return sql_next(&d->sql, st, row, e, "reading the desk");
}

int desk_run(struct desk *d, const char *text, struct sql_values values, int *changed, struct err *e)
{
	return sql_run(&d->sql, text, values, changed, e, "writing to the desk");
}

int desk_find(struct desk *d, const char *text, struct sql_values values, sqlite3_stmt **st, struct err *e,
	      const char *fmt, ...)
{
	char sentence[sizeof(e->msg)];
	va_list ap;
	bool row;
	int rc = desk_first(d, text, values, st, &row, e);

	if (rc != REFTEL_OK || row)
		return rc;
	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	return err_set(e, REFTEL_ENOTFOUND, "%s", sentence);
}

int desk_get(struct desk *d, const char *text, struct sql_values values, int64_t *out, bool *found, struct err *e)
{
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, text, values, &st, &row, e);

	*out = row ? sqlite3_column_int64(st, 0) : 0;
	if (row)
		sqlite3_reset(st);
	if (found)
		*found = row;
	return rc;
}

int64_t desk_last_id(const struct desk *d)
{
	return sqlite3_last_insert_rowid(d->sql.db);
}

int desk_begin(struct desk *d, struct err *e)
{
	int rc = sql_exec(&d->sql, "BEGIN IMMEDIATE", e, "writing to the desk");

	d->in_transaction = rc == REFTEL_OK;
	return rc;
}

int desk_end(struct desk *d, int rc, struct err *e)
{
	if (!d->in_transaction)
		return rc;
	if (rc == REFTEL_OK)
		rc = sql_exec(&d->sql, "COMMIT", e, "writing to the desk");
	if (rc != REFTEL_OK)
		sqlite3_exec(d->sql.db, "ROLLBACK", NULL, NULL, NULL);
	d->in_transaction = false;
	return rc;
}

int desk_read_begin(struct desk *d, struct err *e)
{
	return sql_run(&d->sql, "BEGIN", (struct sql_values){0}, NULL, e, "reading the desk");
}

void desk_read_end(struct desk *d)
{
	struct err e;

	sql_run(&d->sql, "ROLLBACK", (struct sql_values){0}, NULL, &e, "reading the desk");
}

/* ---- what people hand in ----------------------------------------------------------------------------------------- */

int desk_text_check(struct str s, const char *what, size_t max, bool lines, struct err *e)
{
	if (!str_trim(s).n)
		return err_set(e, REFTEL_EINVAL, "%s is empty", what);
	if (s.n > max)
		return err_set(e, REFTEL_ELIMIT, "%s is longer than %zu bytes", what, max);
	if (!utf8_valid(s))
		return err_set(e, REFTEL_EINVAL, "%s is no UTF-8", what);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && !(lines && (c == '\n' || c == '\r' || c == '\t'))) || c == 0x7f)
			return err_set(e, REFTEL_EINVAL, "%s has a control character", what);
	}
	return REFTEL_OK;
}

int desk_collection_check(struct str collection, struct err *e)
{
	return desk_text_check(collection, "the collection's name", DESK_NAME_MAX, false, e);
}

int desk_cable_check(struct str collection, struct str cable, struct err *e)
{
	int rc = desk_collection_check(collection, e);

	return rc == REFTEL_OK ? desk_text_check(cable, "the cable's id", DESK_CABLE_MAX, false, e) : rc;
}
