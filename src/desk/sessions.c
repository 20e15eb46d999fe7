/*
 * Logging in, and the sessions that come of it. Whatever is wrong, it is said in one sentence after the same work; what
 * was wrong stands in the log.
 */
#include "desk/desk_priv.h"

#include <sodium.h>

enum { USE_NOTED_S = 60, ADDRESS_MAX = 128 };

/* ---- the token against requests from other sites ------------------------------------------------------------------
 */

/* Worked out of the session's token, so that nothing is kept of it, and gives that token away as little as its hash. */
static void csrf_make(struct str token, char out[DESK_TOKEN_TEXT + 1])
{
	static const unsigned char purpose[] = "reftel: sent back with every change";
	unsigned char hash[DESK_HASH];

	crypto_generichash(hash, sizeof(hash), purpose, sizeof(purpose), (const unsigned char *)token.p, token.n);
	sodium_bin2base64(out, DESK_TOKEN_TEXT + 1, hash, sizeof(hash), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* ---- logging in -------------------------------------------------------------------------------------------------- */

struct login {
	struct str name, password, code, from;
	int64_t now;
	struct login_keys keys;
	struct desk_user user; /* id 0: nobody has this name */
	struct str kept;       /* of the password */
	const char *refused;   /* for the log; NULL: it is who it says */
};

static int name_look(struct desk *d, struct arena *a, struct login *x, struct err *e)
{
	sqlite3_stmt *st;
	bool row;
	int rc = desk_user_find(d, a, x->name, &x->user, e);

	if (rc == REFTEL_ENOTFOUND)
		return REFTEL_OK;
	if (rc == REFTEL_OK)
		rc = desk_first(d, "SELECT password FROM user WHERE id = ?1", SQL_VALUES(SQL_INT(x->user.id)), &st,
				&row, e);
	if (rc == REFTEL_OK && row) {
		x->kept = column_str(a, st, 0);
		sqlite3_reset(st);
	}
	return rc;
}

static int identify(struct desk *d, struct arena *a, struct login *x, bool *want_code, struct err *e)
{
	bool right = false;
	int rc = name_look(d, a, x, e);

	if (rc == REFTEL_OK)
		rc = desk_password_check(x->kept, x->password, &right, e);
	if (rc != REFTEL_OK)
		return rc;
	if (!x->user.id)
		x->refused = "unknown name";
	else if (!right)
		x->refused = "wrong password";
	else if (x->user.disabled)
		x->refused = "disabled";
	if (x->refused || !x->user.totp)
		return REFTEL_OK;
	rc = x->code.n ? desk_totp_use(d, x->user.id, x->code, x->now, &right, e) : REFTEL_OK;
	if (x->code.n && right)
		return rc;
	*want_code = true;
	x->refused = x->code.n ? "wrong code" : "no code yet";
	return rc;
}

static int session_insert(struct desk *d, const struct login *x, struct desk_session *out, struct err *e)
{
	unsigned char hash[DESK_HASH];
	int rc;

	desk_token_new(out->token, hash);
	csrf_make(str_of(out->token), out->csrf);
	rc = desk_run(d, "DELETE FROM session WHERE used <= ?1 OR created <= ?2",
		      SQL_VALUES(SQL_INT(x->now - DESK_IDLE_S), SQL_INT(x->now - DESK_SESSION_S)), NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "INSERT INTO session (hash, user, address, created, used) VALUES (?1, ?2, ?3, ?4, ?4)",
			      SQL_VALUES(SQL_BLOB(hash, DESK_HASH), SQL_INT(x->user.id),
					 SQL_TEXT(str_sub(x->from, 0, ADDRESS_MAX)), SQL_INT(x->now)),
			      NULL, e);
	out->id = desk_last_id(d);
	out->user = x->user;
	return rc;
}

/*
 * What was read before is asked again where it counts: while the password was worked on, it may have been changed, or
 * the user disabled.
 */
static int login_done(struct desk *d, const struct login *x, struct desk_session *out, struct err *e)
{
	const struct desk_actor by = {x->user.id, x->user.name, x->from};
	int64_t same = 0;
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = desk_get(d,
			      "SELECT 1 FROM user WHERE id = ?1 AND password = ?2 AND disabled = 0"
			      " AND (totp IS NOT NULL) = ?3",
			      SQL_VALUES(SQL_INT(x->user.id), SQL_TEXT(x->kept), SQL_INT(x->user.totp)), &same, NULL,
			      e);
	if (rc == REFTEL_OK && !same)
		rc = err_set(e, REFTEL_EBUSY, "somebody is just changing this user: log in again");
	if (rc == REFTEL_OK)
		rc = login_success(d, &x->keys, x->now, e);
	if (rc == REFTEL_OK)
		rc = session_insert(d, x, out, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "UPDATE user SET last_login = ?2 WHERE id = ?1",
			      SQL_VALUES(SQL_INT(x->user.id), SQL_INT(x->now)), NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, &by, "login", x->user.id, STR(""), e);
	rc = desk_end(d, rc, e);
	if (rc != REFTEL_OK)
		sodium_memzero(out, sizeof(*out));
	return rc;
}

/* Of an unknown name nothing is written down: it may be a password that went into the wrong field. */
static int login_refused(struct desk *d, const struct login *x, struct err *e)
{
	const struct desk_actor nobody = {.from = x->from};
	int rc;

	if (x->user.id)
		rc = desk_user_log(d, &nobody, "login.refused", x->user.id, str_of(x->refused), e);
	else
		rc = desk_log_by(d, &nobody, "login.refused", STR(""), STR(""), str_of(x->refused), e);
	return rc == REFTEL_OK ? err_set(e, REFTEL_EINVAL, "the name, the password or the code is wrong") : rc;
}

/* The right password without its code is no guess. */
static int login_code_wanted(struct desk *d, const struct login *x, struct err *e)
{
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = login_attempt_undo(d, &x->keys, x->now, e);
	rc = desk_end(d, rc, e);
	return rc == REFTEL_OK ? err_set(e, REFTEL_EINVAL, "the code of the second factor is needed") : rc;
}

int desk_login(struct desk *d, struct arena *a, struct str name, struct str password, struct str code, struct str from,
	       int64_t now, struct desk_session *out, bool *want_code, struct err *e)
{
	struct login x = {.password = password, .code = code, .from = from, .now = now};
	int rc;

	*out = (struct desk_session){0};
	*want_code = false;
	x.name = desk_name_folded(a, name);
	login_keys_make(x.name, from, &x.keys);
	rc = login_attempt(d, &x.keys, now, e);
	if (rc == REFTEL_OK)
		rc = identify(d, a, &x, want_code, e);
	if (rc != REFTEL_OK)
		return rc;
	if (!x.refused)
		return login_done(d, &x, out, e);
	return *want_code && !code.n ? login_code_wanted(d, &x, e) : login_refused(d, &x, e);
}

static int again_done(struct desk *d, const struct desk_actor *by, const struct login *x, bool right, struct err *e)
{
	int rc;

	if (right) {
		rc = desk_begin(d, e);
		if (rc == REFTEL_OK)
			rc = login_attempt_undo(d, &x->keys, x->now, e);
		return desk_end(d, rc, e);
	}
	rc = desk_user_log(d, by, "password.refused", by->user, STR(""), e);
	return rc == REFTEL_OK ? err_set(e, REFTEL_EINVAL, "that is not your password") : rc;
}

int desk_password_again(struct desk *d, struct arena *a, const struct desk_actor *by, struct str password, int64_t now,
			struct err *e)
{
	struct login x = {.name = desk_name_folded(a, by->name), .now = now};
	bool right = false;
	int rc;

	login_keys_make(x.name, by->from, &x.keys);
	rc = login_attempt(d, &x.keys, now, e);
	if (rc == REFTEL_OK)
		rc = name_look(d, a, &x, e);
	if (rc == REFTEL_OK)
		rc = desk_password_check(x.kept, password, &right, e);
	return rc == REFTEL_OK ? again_done(d, by, &x, right && x.user.id == by->user, e) : rc;
}

/* ---- sessions ---------------------------------------------------------------------------------------------------- */

struct session_row {
	int64_t id, user, used;
	bool found;
};

static int session_look(struct desk *d, const unsigned char hash[DESK_HASH], int64_t now, struct session_row *out,
			struct err *e)
{
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(
		d, "SELECT id, user, used, hash FROM session WHERE hash = ?1 AND used > ?2 AND created > ?3",
		SQL_VALUES(SQL_BLOB(hash, DESK_HASH), SQL_INT(now - DESK_IDLE_S), SQL_INT(now - DESK_SESSION_S)), &st,
		&row, e);

	if (!row)
		return rc;
	*out = (struct session_row){.id = sqlite3_column_int64(st, 0),
				    .user = sqlite3_column_int64(st, 1),
				    .used = sqlite3_column_int64(st, 2),
				    .found = sqlite3_column_bytes(st, 3) == DESK_HASH &&
					     !sodium_memcmp(sqlite3_column_blob(st, 3), hash, DESK_HASH)};
	sqlite3_reset(st);
	return rc;
}

int desk_session_find(struct desk *d, struct arena *a, struct str token, int64_t now, struct desk_session *out,
		      struct err *e)
{
	unsigned char hash[DESK_HASH];
	struct session_row x = {0};
	bool token_fits = desk_token_hash(token, hash);
	int rc = token_fits ? desk_read_begin(d, e) : REFTEL_OK;

	*out = (struct desk_session){0};
	if (rc == REFTEL_OK && token_fits) { /* of one moment: asked with every page */
		rc = session_look(d, hash, now, &x, e);
		out->id = x.id;
		if (rc == REFTEL_OK && x.found)
			rc = desk_user_load(d, a, x.user, &out->user, e);
		desk_read_end(d);
	}
	if (rc != REFTEL_OK)
		return rc;
	if (!x.found || out->user.disabled) {
		*out = (struct desk_session){0};
		return err_set(e, REFTEL_ENOTFOUND, "there is no such session, or it has ended: log in again");
	}
	csrf_make(token, out->csrf);
	if (now - x.used < USE_NOTED_S)
		return REFTEL_OK;
	return desk_run(d, "UPDATE session SET used = ?2 WHERE id = ?1", SQL_VALUES(SQL_INT(x.id), SQL_INT(now)), NULL,
			e);
}

int desk_session_end(struct desk *d, const struct desk_actor *by, int64_t session, struct err *e)
{
	int64_t owner = 0;
	bool found = false, may = false;
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = desk_get(d, "SELECT user FROM session WHERE id = ?1", SQL_VALUES(SQL_INT(session)), &owner, &found,
			      e);
	if (rc == REFTEL_OK && found)
		rc = desk_actor_may(d, by, owner, &may, e);
	if (rc == REFTEL_OK && !may)
		rc = err_set(e, REFTEL_ENOTFOUND, "there is no such session");
	if (rc == REFTEL_OK)
		rc = desk_run(d, "DELETE FROM session WHERE id = ?1", SQL_VALUES(SQL_INT(session)), NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "logout", owner, STR(""), e);
	return desk_end(d, rc, e);
}

int desk_sessions_end(struct desk *d, const struct desk_actor *by, int64_t user, struct err *e)
{
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = desk_sessions_drop(d, user, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "logout.all", user, STR(""), e);
	return desk_end(d, rc, e);
}
