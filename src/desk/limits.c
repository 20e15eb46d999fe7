/*
 * Guessing at passwords: how long one must wait after failures. Counted in the file, so that a restart forgets nothing,
 * under hashes, because what is typed for a name may be a password.
 *
 * Three counts, because each alone can be turned against somebody. The name from one address has few attempts: that
 * stops who guesses at one person. An address has more, because a newsroom may share one: that stops who tries one
 * password on many names. A name from anywhere has many: that stops who has many addresses; and because it would also
 * let such a person keep the owner out, it does not count where the owner has logged in from before.
 *
 * Nor does the address's count where the name has been before: behind one address (this machine's own, a proxy's, an
 * office's) one person could make all others wait. What is left to whoever guesses from there at the names that he
 * knows is each name's own count, and that is a short one where the address has failed too often.
 */
#include "desk/desk_priv.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum {
	PAIR_FREE = 5,         /* failures before one must wait */
	PAIR_FREE_CROWDED = 2, /* where only the address's count would make one wait, and is not asked */
	ADDRESS_FREE = 20,
	NAME_FREE = 100,
	WAIT_FIRST_S = 10, /* doubled with every failure */
	WAIT_MAX_S = 15 * 60,
	FORGET_S = 86400,     /* after the last failure */
	KNOWN_S = 90 * 86400, /* after the last login from there */
	ADDRESS_TEXT_MAX = 128,
};

/* ---- whom they are counted against ------------------------------------------------------------------------------- */

/* An IPv6 address stands for its /64, of which one person has all; an IPv4 address in IPv6 clothes is that address. */
static struct str address_normal(struct str from, unsigned char out[16], char text[ADDRESS_TEXT_MAX + 1])
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	from = str_sub(from, 0, ADDRESS_TEXT_MAX);
	memcpy(text, from.p, from.n);
	text[from.n] = '\0';
	if (inet_pton(AF_INET, text, out) == 1)
		return (struct str){(char *)out, 4};
	if (inet_pton(AF_INET6, text, out) != 1)
		return from;
	if (!memcmp(out, mapped, sizeof(mapped)))
		return (struct str){(char *)out + 12, 4};
	return (struct str){(char *)out, 8};
}

static void key_make(char kind, struct str name, struct str address, unsigned char out[DESK_HASH])
{
	crypto_generichash_state h;
	const uint64_t n = name.n;

	crypto_generichash_init(&h, NULL, 0, DESK_HASH);
	crypto_generichash_update(&h, (const unsigned char *)&kind, 1);
	crypto_generichash_update(&h, (const unsigned char *)&n, sizeof(n));
	crypto_generichash_update(&h, (const unsigned char *)name.p, name.n);
	crypto_generichash_update(&h, (const unsigned char *)address.p, address.n);
	crypto_generichash_final(&h, out, DESK_HASH);
}

void login_keys_make(struct str name, struct str from, struct login_keys *out)
{
	unsigned char bytes[16];
	char text[ADDRESS_TEXT_MAX + 1];
	struct str address = from.n ? address_normal(from, bytes, text) : STR("");

	key_make('p', name, address, out->pair);
	key_make('a', STR(""), address, out->address);
	key_make('n', name, STR(""), out->name);
}

/* ---- counting ---------------------------------------------------------------------------------------------------- */

struct count {
	const unsigned char *key;
	int64_t free; /* failures before one must wait */
	bool ignored; /* counted, but nobody waits for it */
	int64_t count, until;
};

static int64_t wait_after(int64_t count, int64_t free)
{
	int64_t doubled = count - free, wait = WAIT_FIRST_S;

	if (doubled < 0)
		return 0;
	for (; doubled > 0 && wait < WAIT_MAX_S; doubled--)
		wait *= 2;
	return wait < WAIT_MAX_S ? wait : WAIT_MAX_S;
}

static int count_read(struct desk *d, struct count *c, int64_t now, struct err *e)
{
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, "SELECT count, until FROM failure WHERE key = ?1 AND last > ?2",
			    SQL_VALUES(SQL_BLOB(c->key, DESK_HASH), SQL_INT(now - FORGET_S)), &st, &row, e);

	if (!row)
		return rc;
	c->count = sqlite3_column_int64(st, 0);
	c->until = sqlite3_column_int64(st, 1);
	if (c->until - now > WAIT_MAX_S) /* the clock was set back: that must not shut anybody out */
		c->until = 0;
	sqlite3_reset(st);
	return rc;
}

/* A count that is not asked makes nobody else wait longer either; what it has come to tells with the next that is. */
static int count_raise(struct desk *d, const struct count *c, int64_t now, struct err *e)
{
	int64_t until = c->ignored ? c->until : now + wait_after(c->count + 1, c->free);

	return desk_run(d,
			"INSERT INTO failure (key, count, last, until) VALUES (?1, ?2, ?3, ?4)"
			" ON CONFLICT (key) DO UPDATE SET count = ?2, last = ?3, until = ?4",
			SQL_VALUES(SQL_BLOB(c->key, DESK_HASH), SQL_INT(c->count + 1), SQL_INT(now), SQL_INT(until)),
			NULL, e);
}

static int pair_known(struct desk *d, const struct login_keys *k, int64_t now, bool *known, struct err *e)
{
	int64_t last;

	return desk_get(d, "SELECT last FROM known_address WHERE pair = ?1 AND last > ?2",
			SQL_VALUES(SQL_BLOB(k->pair, DESK_HASH), SQL_INT(now - KNOWN_S)), &last, known, e);
}

static int refused(int64_t seconds, struct err *e)
{
	int64_t minutes = (seconds + 59) / 60;

	if (seconds < 120)
		return err_set(e, REFTEL_EBUSY, "too many attempts to log in failed: wait %" PRId64 " %s", seconds,
			       seconds == 1 ? "second" : "seconds");
	return err_set(e, REFTEL_EBUSY, "too many attempts to log in failed: wait %" PRId64 " minutes", minutes);
}

static int attempt(struct desk *d, const struct login_keys *k, int64_t now, struct err *e)
{
	struct count counts[] = {{.key = k->pair, .free = PAIR_FREE},
				 {.key = k->address, .free = ADDRESS_FREE},
				 {.key = k->name, .free = NAME_FREE}};
	const size_t n = sizeof(counts) / sizeof(*counts);
	int64_t until = 0;
	bool known = false;
	int rc = pair_known(d, k, now, &known, e);

	counts[1].ignored = counts[2].ignored = known;
	for (size_t i = 0; i < n && rc == REFTEL_OK; i++) {
		rc = count_read(d, &counts[i], now, e);
		if (!counts[i].ignored && counts[i].until > until)
			until = counts[i].until;
	}
	if (rc == REFTEL_OK && until > now)
		rc = refused(until - now, e);
	if (known && counts[1].count >= ADDRESS_FREE)
		counts[0].free = PAIR_FREE_CROWDED;
	for (size_t i = 0; i < n && rc == REFTEL_OK; i++)
		rc = count_raise(d, &counts[i], now, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "DELETE FROM failure WHERE last <= ?1", SQL_VALUES(SQL_INT(now - FORGET_S)), NULL, e);
	return rc;
}

int login_attempt(struct desk *d, const struct login_keys *k, int64_t now, struct err *e)
{
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = attempt(d, k, now, e);
	return desk_end(d, rc, e);
}

/* Where one had waited until an attempt was free, the next is free again; where one need not wait, others' waits stay.
 */
static int count_lower(struct desk *d, const unsigned char *key, int64_t by, bool ignored, struct err *e)
{
	return desk_run(d,
			"UPDATE failure SET count = max(count - ?2, 0), until = CASE WHEN ?3 THEN until ELSE 0 END"
			" WHERE key = ?1",
			SQL_VALUES(SQL_BLOB(key, DESK_HASH), SQL_INT(by), SQL_INT(ignored)), NULL, e);
}

int login_attempt_undo(struct desk *d, const struct login_keys *k, int64_t now, struct err *e)
{
	bool known = false;
	int rc = pair_known(d, k, now, &known, e);

	if (rc == REFTEL_OK)
		rc = count_lower(d, k->pair, 1, false, e);
	if (rc == REFTEL_OK)
		rc = count_lower(d, k->address, 1, known, e);
	return rc == REFTEL_OK ? count_lower(d, k->name, 1, known, e) : rc;
}

/*
 * The failures of others, from this address or at this name, stay: who has a password of his own must not be able to
 * wipe out with it what he tried on others.
 */
int login_success(struct desk *d, const struct login_keys *k, int64_t now, struct err *e)
{
	int64_t count = 0;
	bool known = false;
	int rc = pair_known(d, k, now, &known, e);

	if (rc == REFTEL_OK)
		rc = desk_get(d, "SELECT count FROM failure WHERE key = ?1", SQL_VALUES(SQL_BLOB(k->pair, DESK_HASH)),
			      &count, NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "DELETE FROM failure WHERE key = ?1", SQL_VALUES(SQL_BLOB(k->pair, DESK_HASH)), NULL,
			      e);
	if (rc == REFTEL_OK)
		rc = count_lower(d, k->address, count, known, e);
	if (rc == REFTEL_OK)
		rc = count_lower(d, k->name, count, known, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d,
			      "INSERT INTO known_address (pair, last) VALUES (?1, ?2)"
			      " ON CONFLICT (pair) DO UPDATE SET last = ?2",
			      SQL_VALUES(SQL_BLOB(k->pair, DESK_HASH), SQL_INT(now)), NULL, e);
	return rc == REFTEL_OK ? desk_run(d, "DELETE FROM known_address WHERE last <= ?1",
					  SQL_VALUES(SQL_INT(now - KNOWN_S)), NULL, e)
			       : rc;
}
