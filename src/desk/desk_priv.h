/*
 * What desk's own files share: the open handle, transactions that end with an entry in the log, checks of what people
 * hand in, secrets.
 */
#ifndef REFTEL_DESK_PRIV_H
#define REFTEL_DESK_PRIV_H

#include "desk/desk.h"
#include "sql/sql.h"

enum {
	DESK_APPLICATION_ID = 0x7265666b, /* "refk" */
	DESK_SCHEMA = 1,
	DESK_HASH = 32,       /* bytes: BLAKE2b-256 */
	DESK_CABLE_MAX = 128, /* bytes of a cable's id */
	TOTP_SECRET = 20,     /* bytes: as long as what SHA-1 gives */
	TOTP_STEP_S = 30,
};

/* Who wrote a row of n, joined with user u: as people know him today, or what he was called then. */
#define DESK_AUTHOR "coalesce(nullif(u.full_name, ''), u.name, n.author)"

struct desk {
	struct sql sql;
	char *whole, *file; /* for sql */
	bool in_transaction;
};

/* ---- desk.c ------------------------------------------------------------------------------------------------------ */

/* sql_first(), sql_next(), sql_run() with the desk's name for what goes wrong. */
int desk_first(struct desk *d, const char *text, struct sql_values values, sqlite3_stmt **st, bool *row, struct err *e);
int desk_next(struct desk *d, sqlite3_stmt *st, bool *row, struct err *e);
int desk_run(struct desk *d, const char *text, struct sql_values values, int *changed, struct err *e);
/* The one row that is meant: to be read and reset. ENOTFOUND with the sentence where it is not there. */
int desk_find(struct desk *d, const char *text, struct sql_values values, sqlite3_stmt **st, struct err *e,
	      const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* The first column of the first row, a number; *found (may be NULL): whether there was a row. */
int desk_get(struct desk *d, const char *text, struct sql_values values, int64_t *out, bool *found, struct err *e);
int64_t desk_last_id(const struct desk *d);

/* Of writing: what is read in it is so until it ends. end() commits where rc is well, else undoes all; returns rc. */
int desk_begin(struct desk *d, struct err *e);
int desk_end(struct desk *d, int rc, struct err *e);

/*
 * What people hand in. EINVAL where it is no UTF-8, has control characters (lines: line ends and tabs are fine) or is
 * empty; ELIMIT where it is longer than max. what: "the note".
 */
int desk_text_check(struct str s, const char *what, size_t max, bool lines, struct err *e);
int desk_collection_check(struct str collection, struct err *e);
int desk_cable_check(struct str collection, struct str cable, struct err *e);

/* ---- log.c ------------------------------------------------------------------------------------------------------- */

/* An entry for what by has done just now. object is made of the parts, with "/" between; the empty ones are left out.
 */
int desk_log_by(struct desk *d, const struct desk_actor *by, const char *action, struct str object,
		struct str object_part, struct str detail, struct err *e);

/* ---- users.c ----------------------------------------------------------------------------------------------------- */

struct str desk_name_folded(struct arena *a, struct str name);
int desk_sessions_drop(struct desk *d, int64_t user, struct err *e);
int desk_user_load(struct desk *d, struct arena *a, int64_t user, struct desk_user *out, struct err *e);
/* An entry of which the object is this user: "user/anna". */
int desk_user_log(struct desk *d, const struct desk_actor *by, const char *action, int64_t user, struct str detail,
		  struct err *e);
/* Whether by may do something to what belongs to owner: his own, or by is an admin, or the command. */
int desk_actor_may(struct desk *d, const struct desk_actor *by, int64_t owner, bool *may, struct err *e);
const char *desk_password_of_nobody(void); /* as it would be kept */
/* Works as long whether or not there is such a string: kept empty is held against one that nobody has. */
int desk_password_check(struct str kept, struct str password, bool *right, struct err *e);

/* ---- totp.c ------------------------------------------------------------------------------------------------------ */

/* The code of a time step, RFC 6238 over RFC 4226. */
int totp_code(const unsigned char *secret, size_t n, uint64_t step, uint32_t *code, struct err *e);
/* Uses up the code's time step. *right is false for a wrong code and for one that was used. */
int desk_totp_use(struct desk *d, int64_t user, struct str code, int64_t now, bool *right, struct err *e);

/* ---- tokens.c ---------------------------------------------------------------------------------------------------- */

/* Random letters, and the hash that is kept of them. */
void desk_token_new(char token[DESK_TOKEN_TEXT + 1], unsigned char hash[DESK_HASH]);
/* False: it cannot be one. */
bool desk_token_hash(struct str token, unsigned char hash[DESK_HASH]);

/* ---- limits.c ---------------------------------------------------------------------------------------------------- */

/* Whom a login's failures are counted against: the name from this address, the address, the name from anywhere. */
struct login_keys {
	unsigned char pair[DESK_HASH], address[DESK_HASH], name[DESK_HASH];
};
void login_keys_make(struct str name, struct str from, struct login_keys *out);
/* Counts a failure before it is one, so that many attempts at once are many. EBUSY: must wait, nothing is counted. */
int login_attempt(struct desk *d, const struct login_keys *k, int64_t now, struct err *e);
/* Takes that one back: it was none. In a transaction at hand. */
int login_attempt_undo(struct desk *d, const struct login_keys *k, int64_t now, struct err *e);
/* All of this pair are forgotten, and the name may come from here when others guess at it. In a transaction at hand. */
int login_success(struct desk *d, const struct login_keys *k, int64_t now, struct err *e);

#endif
