/*
 * Letters that open a door: how they are made and what is kept of them, and the tokens that people give to their
 * scripts. Of a token only a hash is kept; 256 random bits need no slow one.
 */
#include "desk/desk_priv.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { TOKEN_BYTES = 32, USE_NOTED_S = 60, LABEL_MAX = 128 };

void desk_token_new(char token[DESK_TOKEN_TEXT + 1], unsigned char hash[DESK_HASH])
{
	unsigned char random[TOKEN_BYTES];

	randombytes_buf(random, sizeof(random));
	sodium_bin2base64(token, DESK_TOKEN_TEXT + 1, random, sizeof(random), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(random, sizeof(random));
	desk_token_hash((struct str){token, DESK_TOKEN_TEXT}, hash);
}

bool desk_token_hash(struct str token, unsigned char hash[DESK_HASH])
{
	if (token.n != DESK_TOKEN_TEXT)
		return false;
	crypto_generichash(hash, DESK_HASH, (const unsigned char *)token.p, token.n, NULL, 0);
	return true;
}

/* ---- tokens for scripts ------------------------------------------------------------------------------------------ */

int desk_token_make(struct desk *d, const struct desk_actor *by, int64_t user, struct str label, int64_t expires,
		    char token[DESK_TOKEN_TEXT + 1], struct err *e)
{
	unsigned char hash[DESK_HASH];
	int rc = desk_text_check(label, "the token's label", LABEL_MAX, false, e);

	if (rc == REFTEL_OK && expires && expires <= clock_now())
		rc = err_set(e, REFTEL_EINVAL, "the token would have expired already");
	if (rc != REFTEL_OK)
		return rc;
	desk_token_new(token, hash);
	rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "token.add", user, label, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "INSERT INTO token (hash, user, label, created, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
			      SQL_VALUES(SQL_BLOB(hash, DESK_HASH), SQL_INT(user), SQL_TEXT(label),
					 SQL_INT(clock_now()), SQL_INT(expires)),
			      NULL, e);
	rc = desk_end(d, rc, e);
	if (rc != REFTEL_OK)
		sodium_memzero(token, DESK_TOKEN_TEXT + 1);
	return rc;
}

int desk_tokens(struct desk *d, struct arena *a, int64_t user, struct desk_tokens *out, struct err *e)
{
	VEC(struct desk_token) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(
		d, "SELECT id, user, created, expires, used, label FROM token WHERE user = ?1 ORDER BY id DESC",
		SQL_VALUES(SQL_INT(user)), &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		*VEC_PUSH(a, &list) = (struct desk_token){.id = sqlite3_column_int64(st, 0),
							  .user = sqlite3_column_int64(st, 1),
							  .created = sqlite3_column_int64(st, 2),
							  .expires = sqlite3_column_int64(st, 3),
							  .last_used = sqlite3_column_int64(st, 4),
							  .label = column_str(a, st, 5)};
	*out = (struct desk_tokens){list.v, list.n};
	return rc;
}

int desk_token_end(struct desk *d, const struct desk_actor *by, int64_t token, struct err *e)
{
	char detail[64];
	int64_t owner;
	bool found = false, may = false;
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = desk_get(d, "SELECT user FROM token WHERE id = ?1", SQL_VALUES(SQL_INT(token)), &owner, &found, e);
	if (rc == REFTEL_OK && found)
		rc = desk_actor_may(d, by, owner, &may, e);
	if (rc == REFTEL_OK && !may)
		rc = err_set(e, REFTEL_ENOTFOUND, "there is no token %" PRId64, token);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "DELETE FROM token WHERE id = ?1", SQL_VALUES(SQL_INT(token)), NULL, e);
	snprintf(detail, sizeof(detail), "token %" PRId64, token);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "token.remove", owner, str_of(detail), e);
	return desk_end(d, rc, e);
}

struct token_row {
	int64_t id, user, expires, used;
	bool found;
};

static int token_look(struct desk *d, const unsigned char hash[DESK_HASH], struct token_row *out, struct err *e)
{
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, "SELECT id, user, expires, used, hash FROM token WHERE hash = ?1",
			    SQL_VALUES(SQL_BLOB(hash, DESK_HASH)), &st, &row, e);

	*out = (struct token_row){0};
	if (!row)
		return rc;
	*out = (struct token_row){.id = sqlite3_column_int64(st, 0),
				  .user = sqlite3_column_int64(st, 1),
				  .expires = sqlite3_column_int64(st, 2),
				  .used = sqlite3_column_int64(st, 3),
				  .found = sqlite3_column_bytes(st, 4) == DESK_HASH &&
					   !sodium_memcmp(sqlite3_column_blob(st, 4), hash, DESK_HASH)};
	sqlite3_reset(st);
	return rc;
}

int desk_token_find(struct desk *d, struct arena *a, struct str token, int64_t now, struct desk_session *out,
		    struct err *e)
{
	unsigned char hash[DESK_HASH];
	struct token_row x = {0};
	int rc = desk_token_hash(token, hash) ? token_look(d, hash, &x, e) : REFTEL_OK;

	*out = (struct desk_session){.id = x.id, .script = true};
	if (rc == REFTEL_OK && x.found)
		rc = desk_user_load(d, a, x.user, &out->user, e);
	if (rc != REFTEL_OK)
		return rc;
	if (!x.found || out->user.disabled || (x.expires && x.expires <= now)) {
		*out = (struct desk_session){0};
		return err_set(e, REFTEL_ENOTFOUND, "there is no such token, or it has expired");
	}
	if (now - x.used < USE_NOTED_S)
		return REFTEL_OK;
	return desk_run(d, "UPDATE token SET used = ?2 WHERE id = ?1", SQL_VALUES(SQL_INT(x.id), SQL_INT(now)), NULL,
			e);
}
