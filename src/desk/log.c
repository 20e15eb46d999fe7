/*
 * The log of who did what: one insertion an entry, each with the hash of the one before it, and the walk that holds all
 * of it against that chain. docs/desk.md has the layout of what is hashed, for whoever checks it with other means.
 */
#include "desk/desk_priv.h"
#include "text/text.h"

#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <string.h>

enum { LOG_TEXT_MAX = 1024 /* bytes of one text of an entry: more is cut */ };

#define COLUMNS "number, time, who, address, action, object, detail, hash"

/* ---- an entry's hash --------------------------------------------------------------------------------------------- */

static void hash_number(crypto_generichash_state *h, uint64_t x)
{
	unsigned char b[8];

	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)(x >> (8 * i));
	crypto_generichash_update(h, b, sizeof(b));
}

static void hash_text(crypto_generichash_state *h, struct str s)
{
	hash_number(h, s.n);
	crypto_generichash_update(h, (const unsigned char *)s.p, s.n);
}

static void entry_hash(const unsigned char before[DESK_HASH], const struct desk_entry *x, unsigned char out[DESK_HASH])
{
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, DESK_HASH);
	crypto_generichash_update(&h, before, DESK_HASH);
	hash_number(&h, (uint64_t)x->number);
	hash_number(&h, (uint64_t)x->when);
	hash_text(&h, x->who);
	hash_text(&h, x->from);
	hash_text(&h, x->action);
	hash_text(&h, x->object);
	hash_text(&h, x->detail);
	crypto_generichash_final(&h, out, DESK_HASH);
}

/* ---- adding ------------------------------------------------------------------------------------------------------ */

/* One line of UTF-8 that is not too long: a name or a file's name may be anything, and the entry is to be made. */
static struct str one_line(struct arena *a, struct str s)
{
	size_t n = s.n;
	char *p;

	if (n > LOG_TEXT_MAX) /* not within a letter */
		for (n = LOG_TEXT_MAX; n > LOG_TEXT_MAX - 4 && ((unsigned char)s.p[n] & 0xc0) == 0x80; n--)
			;
	s = str_sub(s, 0, n);
	s = utf8_valid(s) ? s : text_to_utf8(a, s, ENC_UTF8);
	p = arena_dup(a, s);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
			p[i] = ' ';
	return (struct str){p, s.n};
}

static int head_read(struct desk *d, struct desk_log_head *out, struct err *e)
{
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, "SELECT number, hash FROM log ORDER BY number DESC LIMIT 1", (struct sql_values){0}, &st,
			    &row, e);

	*out = (struct desk_log_head){0};
	if (!row)
		return rc;
	out->number = sqlite3_column_int64(st, 0);
	if (sqlite3_column_bytes(st, 1) == DESK_HASH)
		memcpy(out->hash, sqlite3_column_blob(st, 1), DESK_HASH);
	else
		rc = err_set(e, REFTEL_EFORMAT, "the log's last entry has no hash: it was changed");
	sqlite3_reset(st);
	return rc;
}

static int entry_add(struct desk *d, const struct desk_entry *x, struct err *e)
{
	struct desk_log_head head;
	int rc = head_read(d, &head, e);
	unsigned char hash[DESK_HASH];
	struct desk_entry y = *x;

	if (rc != REFTEL_OK)
		return rc;
	y.number = head.number + 1;
	entry_hash(head.hash, &y, hash);
	return desk_run(d, "INSERT INTO log (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
			SQL_VALUES(SQL_INT(y.number), SQL_INT(y.when), SQL_TEXT(y.who), SQL_TEXT(y.from),
				   SQL_TEXT(y.action), SQL_TEXT(y.object), SQL_TEXT(y.detail),
				   SQL_BLOB(hash, DESK_HASH)),
			NULL, e);
}

int desk_log(struct desk *d, const struct desk_entry *x, struct err *e)
{
	struct arena a = {0};
	const struct desk_entry y = {.when = x->when ? x->when : clock_now(),
				     .who = one_line(&a, x->who),
				     .from = one_line(&a, x->from),
				     .action = one_line(&a, x->action),
				     .object = one_line(&a, x->object),
				     .detail = one_line(&a, x->detail)};
	int rc;

	if (d->in_transaction) {
		rc = entry_add(d, &y, e);
	} else {
		rc = desk_begin(d, e);
		if (rc == REFTEL_OK)
			rc = entry_add(d, &y, e);
		rc = desk_end(d, rc, e);
	}
	arena_free(&a);
	return rc;
}

int desk_log_by(struct desk *d, const struct desk_actor *by, const char *action, struct str object,
		struct str object_part, struct str detail, struct err *e)
{
	struct buf b = {0};
	struct desk_entry x = {.who = by->name, .from = by->from, .action = str_of(action), .detail = detail};
	int rc;

	buf_str(&b, object);
	if (object.n && object_part.n)
		buf_putc(&b, '/');
	buf_str(&b, object_part);
	x.object = buf_view(&b);
	rc = desk_log(d, &x, e);
	buf_free(&b);
	return rc;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static struct str column_view(sqlite3_stmt *st, int i)
{
	const void *p = sqlite3_column_blob(st, i);

	return (struct str){p ? p : "", (size_t)sqlite3_column_bytes(st, i)};
}

/* False: the hash is none. */
static bool entry_of_row(sqlite3_stmt *st, struct desk_entry *x)
{
	struct str hash = column_view(st, 7);

	*x = (struct desk_entry){.number = sqlite3_column_int64(st, 0),
				 .when = sqlite3_column_int64(st, 1),
				 .who = column_view(st, 2),
				 .from = column_view(st, 3),
				 .action = column_view(st, 4),
				 .object = column_view(st, 5),
				 .detail = column_view(st, 6)};
	if (hash.n != DESK_HASH)
		return false;
	memcpy(x->hash, hash.p, DESK_HASH);
	return true;
}

#define SELECT_ENTRIES                                                                                                 \
	"SELECT " COLUMNS " FROM log WHERE number > ?1 AND number < ?2 AND (?3 = '' OR who = ?3)"                      \
	" AND (?4 = '' OR action = ?4 OR substr(action, 1, length(?4) + 1) = ?4 || '.') ORDER BY number"

/* Not a kept statement: what fn does may read the log as well. */
static int entries_ask(struct desk *d, const struct desk_log_filter *f, sqlite3_stmt **st, struct err *e)
{
	const char *text = f->newest_first ? SELECT_ENTRIES " DESC LIMIT ?5" : SELECT_ENTRIES " LIMIT ?5";

	if (sqlite3_prepare_v2(d->sql.db, text, -1, st, NULL) != SQLITE_OK)
		return sql_error(&d->sql, e, "reading the log");
	sqlite3_bind_int64(*st, 1, f->after);
	sqlite3_bind_int64(*st, 2, f->before ? f->before : INT64_MAX);
	bind_str(*st, 3, f->who);
	bind_str(*st, 4, f->action);
	sqlite3_bind_int64(*st, 5, f->limit && f->limit < INT64_MAX ? (int64_t)f->limit : -1);
	return REFTEL_OK;
}

int desk_log_each(struct desk *d, const struct desk_log_filter *f, int (*fn)(void *ctx, const struct desk_entry *x),
		  void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int step = SQLITE_DONE, rc = entries_ask(d, f, &st, e);
	struct desk_entry x;

	while (rc == REFTEL_OK && (step = sqlite3_step(st)) == SQLITE_ROW) {
		entry_of_row(st, &x);
		rc = fn(ctx, &x);
	}
	if (rc == REFTEL_OK && step != SQLITE_DONE)
		rc = sql_error(&d->sql, e, "reading the log");
	sqlite3_finalize(st);
	return rc;
}

/* ---- verifying --------------------------------------------------------------------------------------------------- */

/* The entry that is to follow head. */
static int entry_check(const struct desk_log_head *head, const struct desk_entry *x, bool hashed, struct err *e)
{
	unsigned char hash[DESK_HASH];

	if (x->number != head->number + 1)
		return err_set(e, REFTEL_EFORMAT, "the log was changed: entry %" PRId64 " is missing",
			       head->number + 1);
	entry_hash(head->hash, x, hash);
	if (!hashed || sodium_memcmp(hash, x->hash, DESK_HASH) != 0)
		return err_set(e, REFTEL_EFORMAT,
			       "the log was changed: entry %" PRId64 " is not what was written then, or what stood "
			       "before it is not",
			       x->number);
	return REFTEL_OK;
}

static int known_check(const struct desk_log_head *known, const struct desk_log_head *head, struct err *e)
{
	if (!known || known->number != head->number || !sodium_memcmp(known->hash, head->hash, DESK_HASH))
		return REFTEL_OK;
	return err_set(e, REFTEL_EFORMAT,
		       "the log was changed: entry %" PRId64 " or one before it is not what it was when its hash was "
		       "written down",
		       known->number);
}

static int verify(struct desk *d, sqlite3_stmt *st, const struct desk_log_head *known, struct desk_log_head *head,
		  struct err *e)
{
	int step = SQLITE_DONE, rc = known_check(known, head, e);

	while (rc == REFTEL_OK && (step = sqlite3_step(st)) == SQLITE_ROW) {
		struct desk_entry x;
		bool hashed = entry_of_row(st, &x);

		rc = entry_check(head, &x, hashed, e);
		if (rc != REFTEL_OK)
			return rc;
		head->number = x.number;
		memcpy(head->hash, x.hash, DESK_HASH);
		rc = known_check(known, head, e);
	}
	if (rc == REFTEL_OK && step != SQLITE_DONE)
		return sql_error(&d->sql, e, "reading the log");
	if (rc == REFTEL_OK && known && known->number > head->number)
		rc = err_set(e, REFTEL_EFORMAT,
			     "the log was changed: it ends with entry %" PRId64 ", and entry %" PRId64
			     " was there when its hash was written down",
			     head->number, known->number);
	return rc;
}

int desk_log_verify(struct desk *d, const struct desk_log_head *known, struct desk_log_head *head, struct err *e)
{
	struct desk_log_head at = {0};
	sqlite3_stmt *st;
	int rc;

	if (sqlite3_prepare_v2(d->sql.db, "SELECT " COLUMNS " FROM log ORDER BY number", -1, &st, NULL) != SQLITE_OK)
		return sql_error(&d->sql, e, "reading the log");
	rc = verify(d, st, known, &at, e);
	sqlite3_finalize(st);
	if (head)
		*head = at;
	return rc;
}
