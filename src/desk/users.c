/*
 * The people of a desk: their names, roles, passwords and the collections that they may see. They are never removed,
 * only disabled, because notes and the log go on naming them.
 */
#include "desk/desk_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { FULL_NAME_MAX = 128, COLLECTIONS_MAX = 1000 };

const char *role_name(enum role r)
{
	switch (r) {
	case ROLE_READER:
		return "reader";
	case ROLE_EDITOR:
		return "editor";
	case ROLE_ADMIN:
		return "admin";
	case ROLE_NONE:
		break;
	}
	return "none";
}

enum role role_of(struct str name)
{
	for (enum role r = ROLE_READER; r <= ROLE_ADMIN; r++)
		if (str_eq(name, str_of(role_name(r))))
			return r;
	return ROLE_NONE;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

#define USER_COLUMNS "id, name, full_name, role, disabled, totp IS NOT NULL, created, last_login, all_collections"

static void user_of_row(struct arena *a, sqlite3_stmt *st, struct desk_user *u)
{
	*u = (struct desk_user){.id = sqlite3_column_int64(st, 0),
				.name = column_str(a, st, 1),
				.full_name = column_str(a, st, 2),
				.role = (enum role)sqlite3_column_int(st, 3),
				.disabled = sqlite3_column_int(st, 4) != 0,
				.totp = sqlite3_column_int(st, 5) != 0,
				.created = sqlite3_column_int64(st, 6),
				.last_login = sqlite3_column_int64(st, 7),
				.all_collections = sqlite3_column_int(st, 8) != 0};
}

static int collections_load(struct desk *d, struct arena *a, struct desk_user *u, struct err *e)
{
	VEC(struct str) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, "SELECT collection FROM user_collection WHERE user = ?1 ORDER BY collection",
			    SQL_VALUES(SQL_INT(u->id)), &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		*VEC_PUSH(a, &list) = column_str(a, st, 0);
	u->collections = list.v;
	u->n_collections = list.n;
	return rc;
}

static int user_select(struct desk *d, struct arena *a, const char *text, struct sql_values values,
		       struct desk_user *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc = desk_find(d, text, values, &st, e, "there is no such user");

	*out = (struct desk_user){0};
	if (rc != REFTEL_OK)
		return rc;
	user_of_row(a, st, out);
	sqlite3_reset(st);
	return out->all_collections ? REFTEL_OK : collections_load(d, a, out, e);
}

int desk_user_load(struct desk *d, struct arena *a, int64_t user, struct desk_user *out, struct err *e)
{
	return user_select(d, a, "SELECT " USER_COLUMNS " FROM user WHERE id = ?1", SQL_VALUES(SQL_INT(user)), out, e);
}

/* Names are kept in small letters; telephones like to begin with a capital one. */
struct str desk_name_folded(struct arena *a, struct str name)
{
	char *p;

	name = str_sub(name, 0, DESK_NAME_MAX + 1); /* what is longer is nobody's name in any case */
	p = arena_dup(a, name);
	for (size_t i = 0; i < name.n; i++)
		p[i] = (char)ascii_tolower((unsigned char)p[i]);
	return (struct str){p, name.n};
}

int desk_user_find(struct desk *d, struct arena *a, struct str name, struct desk_user *out, struct err *e)
{
	name = desk_name_folded(a, name);
	return user_select(d, a, "SELECT " USER_COLUMNS " FROM user WHERE name = ?1", SQL_VALUES(SQL_TEXT(name)), out,
			   e);
}

static int users_load(struct desk *d, struct arena *a, struct desk_users *out, struct err *e)
{
	VEC(struct desk_user) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, "SELECT " USER_COLUMNS " FROM user ORDER BY name", (struct sql_values){0}, &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		user_of_row(a, st, VEC_PUSH(a, &list));
	for (size_t i = 0; i < list.n && rc == REFTEL_OK; i++)
		if (!list.v[i].all_collections)
			rc = collections_load(d, a, &list.v[i], e);
	*out = (struct desk_users){list.v, list.n};
	return rc;
}

int desk_users(struct desk *d, struct arena *a, struct desk_users *out, struct err *e)
{
	int rc = desk_read_begin(d, e);

	*out = (struct desk_users){0};
	if (rc != REFTEL_OK)
		return rc;
	rc = users_load(d, a, out, e);
	desk_read_end(d);
	return rc;
}

int desk_user_count(struct desk *d, uint64_t *n, struct err *e)
{
	int64_t count;
	int rc = desk_get(d, "SELECT count(*) FROM user", (struct sql_values){0}, &count, NULL, e);

	*n = (uint64_t)count;
	return rc;
}

bool desk_user_sees(const struct desk_user *u, struct str collection)
{
	if (u->all_collections)
		return true;
	for (size_t i = 0; i < u->n_collections; i++)
		if (str_eq(u->collections[i], collection))
			return true;
	return false;
}

int desk_actor_may(struct desk *d, const struct desk_actor *by, int64_t owner, bool *may, struct err *e)
{
	int64_t role = ROLE_ADMIN;
	int rc = REFTEL_OK;

	if (by->user && by->user != owner)
		rc = desk_get(d, "SELECT role FROM user WHERE id = ?1", SQL_VALUES(SQL_INT(by->user)), &role, NULL, e);
	*may = rc == REFTEL_OK && role == ROLE_ADMIN;
	return rc;
}

int desk_user_log(struct desk *d, const struct desk_actor *by, const char *action, int64_t user, struct str detail,
		  struct err *e)
{
	struct arena a = {0};
	struct desk_user u;
	int rc = desk_user_load(d, &a, user, &u, e);

	if (rc == REFTEL_OK)
		rc = desk_log_by(d, by, action, STR("user"), u.name, detail, e);
	arena_free(&a);
	return rc;
}

/* ---- passwords --------------------------------------------------------------------------------------------------- */

/* Of random bytes that nobody has kept. What is checked against it takes as long as any other password. */
static const char nobodys[] =
	"$argon2id$v=19$m=65536,t=2,p=1$hFqN6bLd24FFqQFXJM7ekg$+TUXlHIOFgjvKSj+89814JZO1p06ZVcjSJNgUwt341E";

const char *desk_password_of_nobody(void)
{
	return nobodys;
}

static int password_check_size(struct str password, struct err *e)
{
	if (password.n < DESK_PASSWORD_MIN)
		return err_set(e, REFTEL_EINVAL, "the password is shorter than %d letters", DESK_PASSWORD_MIN);
	if (password.n > DESK_PASSWORD_MAX)
		return err_set(e, REFTEL_EINVAL, "the password is longer than %d bytes", DESK_PASSWORD_MAX);
	return REFTEL_OK;
}

static int password_hash(struct str password, char out[crypto_pwhash_STRBYTES], struct err *e)
{
	int rc = password_check_size(password, e);

	if (rc != REFTEL_OK)
		return rc;
	/* Argon2id: 64 MiB, two passes. */
	if (crypto_pwhash_str_alg(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(e, REFTEL_EIO, "there is not enough memory to keep a password: 64 MB are needed");
	return REFTEL_OK;
}

int desk_password_check(struct str kept, struct str password, bool *right, struct err *e)
{
	char text[crypto_pwhash_STRBYTES] = {0};
	bool fits = kept.n && kept.n < sizeof(text) && password.n <= DESK_PASSWORD_MAX;

	memcpy(text, fits ? kept.p : nobodys, fits ? kept.n : sizeof(nobodys));
	password = str_sub(password, 0, DESK_PASSWORD_MAX);
	errno = 0;
	*right = crypto_pwhash_str_verify(text, password.n ? password.p : "", password.n) == 0;
	if (!*right && errno == ENOMEM)
		return err_set(e, REFTEL_EIO, "there is not enough memory to check a password: 64 MB are needed");
	*right = *right && fits;
	return REFTEL_OK;
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

static bool name_well_formed(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_lower((unsigned char)name.p[i]) && !ascii_digit((unsigned char)name.p[i]) &&
		    !(i && strchr("._-", name.p[i]) && name.p[i]))
			return false;
	return name.n && name.n <= DESK_NAME_MAX;
}

static int user_check(struct str name, struct str full_name, enum role role, struct err *e)
{
	if (!name_well_formed(name))
		return err_set(
			e, REFTEL_EINVAL,
			"a user's name has at most %d small letters, digits, points, hyphens and underscores, and "
			"begins with a letter or digit",
			DESK_NAME_MAX);
	if (role < ROLE_READER || role > ROLE_ADMIN)
		return err_set(e, REFTEL_EINVAL, "a role is reader, editor or admin");
	return full_name.n ? desk_text_check(full_name, "the full name", FULL_NAME_MAX, false, e) : REFTEL_OK;
}

static int user_insert(struct desk *d, struct str name, struct str full_name, enum role role, const char *hash,
		       struct err *e)
{
	int64_t id;
	bool found;
	int rc = desk_get(d, "SELECT id FROM user WHERE name = ?1", SQL_VALUES(SQL_TEXT(name)), &id, &found, e);

	if (rc == REFTEL_OK && found)
		return err_set(e, REFTEL_EEXIST, "there is a user %.*s already", STR_ARG(name));
	if (rc != REFTEL_OK)
		return rc;
	return desk_run(d, "INSERT INTO user (name, full_name, role, password, created) VALUES (?1, ?2, ?3, ?4, ?5)",
			SQL_VALUES(SQL_TEXT(name), SQL_TEXT(full_name), SQL_INT(role), SQL_TEXT(str_of(hash)),
				   SQL_INT(clock_now())),
			NULL, e);
}

int desk_user_add(struct desk *d, const struct desk_actor *by, struct str name, struct str full_name, enum role role,
		  struct str password, struct err *e)
{
	char hash[crypto_pwhash_STRBYTES];
	int rc = user_check(name, full_name, role, e);

	if (rc == REFTEL_OK)
		rc = password_hash(password, hash, e); /* before the transaction: it takes its time */
	if (rc != REFTEL_OK)
		return rc;
	rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = user_insert(d, name, full_name, role, hash, e);
	if (rc == REFTEL_OK)
		rc = desk_log_by(d, by, "user.add", STR("user"), name, str_of(role_name(role)), e);
	sodium_memzero(hash, sizeof(hash));
	return desk_end(d, rc, e);
}

int desk_sessions_drop(struct desk *d, int64_t user, struct err *e)
{
	return desk_run(d, "DELETE FROM session WHERE user = ?1", SQL_VALUES(SQL_INT(user)), NULL, e);
}

int desk_user_set_password(struct desk *d, const struct desk_actor *by, int64_t user, struct str password,
			   struct err *e)
{
	char hash[crypto_pwhash_STRBYTES];
	int rc = password_hash(password, hash, e);

	if (rc != REFTEL_OK)
		return rc;
	rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "UPDATE user SET password = ?2 WHERE id = ?1",
			      SQL_VALUES(SQL_INT(user), SQL_TEXT(str_of(hash))), NULL, e);
	sodium_memzero(hash, sizeof(hash));
	if (rc == REFTEL_OK)
		rc = desk_sessions_drop(d, user, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "user.password", user, STR(""), e);
	return desk_end(d, rc, e);
}

/* Runs a change of one user that may cost the desk its last admin, and then does not stand. */
static int user_change(struct desk *d, const char *text, int64_t user, int64_t value, struct err *e)
{
	static const char count[] = "SELECT count(*) FROM user WHERE role = 3 AND disabled = 0";
	int64_t before = 0, after = 0;
	int rc = desk_get(d, count, (struct sql_values){0}, &before, NULL, e);

	if (rc == REFTEL_OK)
		rc = desk_run(d, text, SQL_VALUES(SQL_INT(user), SQL_INT(value)), NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_get(d, count, (struct sql_values){0}, &after, NULL, e);
	if (rc == REFTEL_OK && before && !after)
		rc = err_set(e, REFTEL_EINVAL, "the desk would be left without an admin who may log in");
	return rc == REFTEL_OK ? desk_sessions_drop(d, user, e) : rc;
}

int desk_user_set_role(struct desk *d, const struct desk_actor *by, int64_t user, enum role role, struct err *e)
{
	int rc = user_check(STR("any"), STR(""), role, e);

	if (rc != REFTEL_OK)
		return rc;
	rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = user_change(d, "UPDATE user SET role = ?2 WHERE id = ?1", user, role, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "user.role", user, str_of(role_name(role)), e);
	return desk_end(d, rc, e);
}

int desk_user_set_disabled(struct desk *d, const struct desk_actor *by, int64_t user, bool disabled, struct err *e)
{
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = user_change(d, "UPDATE user SET disabled = ?2 WHERE id = ?1", user, disabled, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, disabled ? "user.disable" : "user.enable", user, STR(""), e);
	return desk_end(d, rc, e);
}

int desk_user_set_name(struct desk *d, const struct desk_actor *by, int64_t user, struct str full_name, struct err *e)
{
	int rc = user_check(STR("any"), full_name, ROLE_READER, e);

	if (rc != REFTEL_OK)
		return rc;
	rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "UPDATE user SET full_name = ?2 WHERE id = ?1",
			      SQL_VALUES(SQL_INT(user), SQL_TEXT(full_name)), NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "user.name", user, full_name, e);
	return desk_end(d, rc, e);
}

static int collections_set(struct desk *d, int64_t user, bool all, const struct str *names, size_t n, struct err *e)
{
	int rc = desk_run(d, "UPDATE user SET all_collections = ?2 WHERE id = ?1",
			  SQL_VALUES(SQL_INT(user), SQL_INT(all)), NULL, e);

	if (rc == REFTEL_OK)
		rc = desk_run(d, "DELETE FROM user_collection WHERE user = ?1", SQL_VALUES(SQL_INT(user)), NULL, e);
	for (size_t i = 0; i < n && !all && rc == REFTEL_OK; i++)
		rc = desk_run(d, "INSERT OR IGNORE INTO user_collection (user, collection) VALUES (?1, ?2)",
			      SQL_VALUES(SQL_INT(user), SQL_TEXT(names[i])), NULL, e);
	return rc;
}

int desk_user_set_collections(struct desk *d, const struct desk_actor *by, int64_t user, bool all,
			      const struct str *names, size_t n, struct err *e)
{
	struct buf list = {0};
	int rc = n > COLLECTIONS_MAX ? err_set(e, REFTEL_ELIMIT, "more than %d collections", COLLECTIONS_MAX)
				     : REFTEL_OK;

	for (size_t i = 0; i < n && rc == REFTEL_OK; i++) {
		rc = desk_collection_check(names[i], e);
		buf_puts(&list, i ? ", " : "");
		buf_str(&list, names[i]);
	}
	if (rc == REFTEL_OK)
		rc = desk_begin(d, e);
	/* First, because it finds out whether there is such a user, without whom no collection can be his. */
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "user.collections", user, all ? STR("all") : buf_view(&list), e);
	if (rc == REFTEL_OK)
		rc = collections_set(d, user, all, names, n, e);
	buf_free(&list);
	return desk_end(d, rc, e);
}
