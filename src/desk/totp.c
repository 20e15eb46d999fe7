/*
 * The second factor: codes that change every half minute (TOTP, RFC 6238 over HOTP, RFC 4226), as the usual telephone
 * programs make them: SHA-1, six digits. A code is taken one step early or late, and each step once.
 */
#include "desk/desk_priv.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { SHA1_BYTES = 20, CODE_DIGITS = 6, CODES = 1000000, BASE32_TEXT = TOTP_SECRET * 8 / 5 };

/* ---- codes ------------------------------------------------------------------------------------------------------- */

int totp_code(const unsigned char *secret, size_t n, uint64_t step, uint32_t *code, struct err *e)
{
	unsigned char counter[8], mac[SHA1_BYTES];
	size_t at;
	int rc;

	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)(step >> (56 - 8 * i));
	rc = gnutls_hmac_fast(GNUTLS_MAC_SHA1, secret, n, counter, sizeof(counter), mac);
	if (rc != 0)
		return err_set(e, REFTEL_EIO, "codes cannot be checked on this machine: %s", gnutls_strerror(rc));
	at = mac[SHA1_BYTES - 1] & 15; /* RFC 4226, 5.3: dynamic truncation */
	*code = (((uint32_t)mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 |
		 mac[at + 3]) %
		CODES;
	sodium_memzero(mac, sizeof(mac));
	return REFTEL_OK;
}

/* Six digits, in groups or not. */
static bool code_read(struct str s, char digits[CODE_DIGITS])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ')
			continue;
		if (!ascii_digit((unsigned char)s.p[i]) || n == CODE_DIGITS)
			return false;
		digits[n++] = s.p[i];
	}
	return n == CODE_DIGITS;
}

/* The step that this is the code of, near now; -1: none. All are tried in any case. */
static int code_step(const unsigned char *secret, struct str code, int64_t now, int64_t *step, struct err *e)
{
	char digits[CODE_DIGITS], right[CODE_DIGITS + 8];

	*step = -1;
	if (!code_read(code, digits))
		return REFTEL_OK;
	for (int64_t at = now / TOTP_STEP_S - 1; at <= now / TOTP_STEP_S + 1; at++) {
		uint32_t x;
		int rc = totp_code(secret, TOTP_SECRET, (uint64_t)at, &x, e);

		if (rc != REFTEL_OK)
			return rc;
		snprintf(right, sizeof(right), "%06" PRIu32, x);
		if (!sodium_memcmp(right, digits, CODE_DIGITS))
			*step = at;
	}
	sodium_memzero(right, sizeof(right));
	return REFTEL_OK;
}

/* *there is false where this user has none. */
static int secret_read(struct desk *d, const char *text, int64_t user, unsigned char secret[TOTP_SECRET], bool *there,
		       struct err *e)
{
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, text, SQL_VALUES(SQL_INT(user)), &st, &row, e);

	*there = row && sqlite3_column_bytes(st, 0) == TOTP_SECRET;
	if (*there)
		memcpy(secret, sqlite3_column_blob(st, 0), TOTP_SECRET);
	if (row)
		sqlite3_reset(st);
	return rc;
}

int desk_totp_use(struct desk *d, int64_t user, struct str code, int64_t now, bool *right, struct err *e)
{
	unsigned char secret[TOTP_SECRET];
	int64_t step = -1;
	bool there;
	int changed = 0;
	int rc = secret_read(d, "SELECT totp FROM user WHERE id = ?1", user, secret, &there, e);

	*right = false;
	if (rc == REFTEL_OK && there)
		rc = code_step(secret, code, now, &step, e);
	sodium_memzero(secret, sizeof(secret));
	if (rc != REFTEL_OK || step < 0)
		return rc;
	/* Of two that come with one code at once, in whatever processes, one changes the row. */
	rc = desk_run(d, "UPDATE user SET totp_step = ?2 WHERE id = ?1 AND totp_step < ?2",
		      SQL_VALUES(SQL_INT(user), SQL_INT(step)), &changed, e);
	*right = rc == REFTEL_OK && changed == 1;
	return rc;
}

/* ---- getting one, and doing without ------------------------------------------------------------------------------ */

static struct str base32(struct arena *a, const unsigned char secret[TOTP_SECRET])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *out = arena_alloc(a, BASE32_TEXT + 1);

	for (size_t i = 0; i < BASE32_TEXT; i++) {
		size_t bit = i * 5, byte = bit / 8;
		unsigned two = (unsigned)secret[byte] << 8 | (byte + 1 < TOTP_SECRET ? secret[byte + 1] : 0);

		out[i] = letters[two >> (11 - bit % 8) & 31];
	}
	return (struct str){out, BASE32_TEXT};
}

struct str desk_totp_address(struct arena *a, struct str name, struct str secret)
{
	/* A user's name has no letter that must be escaped. */
	return str_of(arena_printf(a, "otpauth://totp/reftel:%.*s?secret=%.*s&issuer=reftel", STR_ARG(name),
				   STR_ARG(secret)));
}

int desk_totp_begin(struct desk *d, struct arena *a, const struct desk_actor *by, int64_t user, struct str *out,
		    struct err *e)
{
	unsigned char secret[TOTP_SECRET];
	int rc;

	randombytes_buf(secret, sizeof(secret));
	rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "UPDATE user SET totp_pending = ?2 WHERE id = ?1",
			      SQL_VALUES(SQL_INT(user), SQL_BLOB(secret, TOTP_SECRET)), NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "totp.begin", user, STR(""), e);
	rc = desk_end(d, rc, e);
	*out = rc == REFTEL_OK ? base32(a, secret) : STR("");
	sodium_memzero(secret, sizeof(secret));
	return rc;
}

static int totp_confirm(struct desk *d, int64_t user, struct str code, int64_t now, struct err *e)
{
	unsigned char secret[TOTP_SECRET];
	int64_t step = -1;
	bool there;
	int rc = secret_read(d, "SELECT totp_pending FROM user WHERE id = ?1", user, secret, &there, e);

	if (rc == REFTEL_OK && !there)
		rc = err_set(e, REFTEL_ENOTFOUND, "no second factor waits to be confirmed");
	if (rc == REFTEL_OK)
		rc = code_step(secret, code, now, &step, e);
	sodium_memzero(secret, sizeof(secret));
	if (rc == REFTEL_OK && step < 0)
		rc = err_set(
			e, REFTEL_EINVAL,
			"that is not the code of now: look whether the clocks of the telephone and of this machine "
			"agree");
	if (rc != REFTEL_OK)
		return rc;
	return desk_run(d, "UPDATE user SET totp = totp_pending, totp_pending = NULL, totp_step = ?2 WHERE id = ?1",
			SQL_VALUES(SQL_INT(user), SQL_INT(step)), NULL, e);
}

int desk_totp_confirm(struct desk *d, const struct desk_actor *by, int64_t user, struct str code, int64_t now,
		      struct err *e)
{
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = totp_confirm(d, user, code, now, e);
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "totp.add", user, STR(""), e);
	return desk_end(d, rc, e);
}

int desk_totp_remove(struct desk *d, const struct desk_actor *by, int64_t user, struct err *e)
{
	int changed = 0, rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = desk_run(d,
			      "UPDATE user SET totp = NULL, totp_pending = NULL WHERE id = ?1"
			      " AND (totp IS NOT NULL OR totp_pending IS NOT NULL)",
			      SQL_VALUES(SQL_INT(user)), &changed, e);
	if (rc == REFTEL_OK && !changed)
		rc = err_set(e, REFTEL_ENOTFOUND, "there is no second factor to remove");
	if (rc == REFTEL_OK)
		rc = desk_user_log(d, by, "totp.remove", user, STR(""), e);
	return desk_end(d, rc, e);
}
