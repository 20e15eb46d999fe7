/*
 * Storing a cable: is it known, is this text of it known, what does it refer to, what does not fit together.
 */
#include "archive/archive_priv.h"

#include <string.h>

enum {
	SHINGLE_WORDS = 5, /* two texts are compared by their runs of so many words */
	SHINGLE_SLOTS = 4096,
	KINDRED_PERCENT = 10, /* fewer in common: hardly the same cable */
};

struct put {
	struct archive *ar;
	const struct cable *c;
	const struct archive_packed *packed;
	int64_t cable, version, source;
	uint64_t offset;
	bool compared; /* by the normal form, which is known then */
	unsigned char normal[HASH_BYTES], normal_header[HASH_BYTES];
	struct err *e;
};

/* What is being done is told in words only when it fails: this runs many times for every cable. */
static int finish(struct put *p, sqlite3_stmt *st)
{
	char text[160];

	if (archive_step_done(p->ar, st, NULL, "") == REFTEL_OK)
		return REFTEL_OK;
	snprintf(text, sizeof(text), "storing %.*s", STR_ARG(str_sub(p->c->id, 0, 100)));
	return archive_sql_error(p->ar, p->e, text);
}

/* ---- is it known? ------------------------------------------------------------------------------------------------ */

static int cable_find(struct put *p)
{
	sqlite3_stmt *st = archive_statement(p->ar, SQL_CABLE_FIND, p->e);

	if (!st)
		return p->e->code;
	bind_str(st, 1, p->c->id);
	p->cable = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return REFTEL_OK;
}

static int normal_set(struct put *p, int64_t version, const struct cable *c)
{
	sqlite3_stmt *st = archive_statement(p->ar, SQL_VERSION_NORMAL, p->e);
	unsigned char header[HASH_BYTES], body[HASH_BYTES];

	if (!st)
		return p->e->code;
	texts_hash_normal(c->header, header);
	texts_hash_normal(c->body, body);
	sqlite3_bind_int64(st, 1, version);
	sqlite3_bind_blob(st, 2, header, HASH_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(st, 3, body, HASH_BYTES, SQLITE_STATIC);
	return finish(p, st);
}

/*
 * Most cables come once: only where there is something to compare with are the normal forms worked out. A text that is
 * damaged is like no other.
 */
static int normals_fill(struct put *p)
{
	struct arena a = {0};
	struct version_keys v = {0};
	int rc = versions_uncompared(p->ar, &a, p->cable, &v, p->e);

	for (size_t i = 0; i < v.n && rc == REFTEL_OK; i++) {
		struct cable_version held;

		rc = archive_load(p->ar, &a, v.v[i], &held, p->e);
		if (rc == REFTEL_OK)
			rc = normal_set(p, v.v[i], &held.cable);
		else if (rc == REFTEL_EFORMAT)
			rc = REFTEL_OK;
	}
	arena_free(&a);
	return rc;
}

/*
 * A version whose body is the same in its normal form, and whose header is the same, or fuller than the one that comes.
 */
static int version_find_normal(struct put *p)
{
	int rc = normals_fill(p);
	sqlite3_stmt *st = rc == REFTEL_OK ? archive_statement(p->ar, SQL_VERSION_FIND, p->e) : NULL;

	if (!st)
		return p->e->code;
	texts_hash_normal(p->c->body, p->normal);
	texts_hash_normal(p->c->header, p->normal_header);
	p->compared = true;
	sqlite3_bind_int64(st, 1, p->cable);
	sqlite3_bind_blob(st, 2, p->normal, HASH_BYTES, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const void *header = sqlite3_column_blob(st, 1);
		bool same = sqlite3_column_bytes(st, 1) == HASH_BYTES && !memcmp(header, p->normal_header, HASH_BYTES);

		if (same || (!str_trim(p->c->header).n && sqlite3_column_int64(st, 2) > 0)) {
			p->version = sqlite3_column_int64(st, 0);
			break;
		}
	}
	sqlite3_reset(st);
	return REFTEL_OK;
}

static int version_find(struct put *p)
{
	sqlite3_stmt *st = archive_statement(p->ar, SQL_VERSION_SAME, p->e);

	if (!st)
		return p->e->code;
	sqlite3_bind_int64(st, 1, p->cable);
	sqlite3_bind_blob(st, 2, p->packed->hash, HASH_BYTES, SQLITE_STATIC);
	p->version = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return p->version ? REFTEL_OK : version_find_normal(p);
}

/* ---- new rows ---------------------------------------------------------------------------------------------------- */

static int cable_add(struct put *p)
{
	const struct cable *c = p->c;
	sqlite3_stmt *st = archive_statement(p->ar, SQL_CABLE_ADD, p->e);
	int rc;

	if (!st)
		return p->e->code;
	bind_str(st, 1, c->id);
	bind_str(st, 2, str_of(c->mrn.post));
	sqlite3_bind_int(st, 3, c->mrn.year);
	sqlite3_bind_int64(st, 4, c->mrn.serial);
	sqlite3_bind_int64(st, 5, c->running_number);
	sqlite3_bind_int64(st, 6, cable_date_seconds(c->date));
	sqlite3_bind_int(st, 7, c->date.precision);
	bind_str(st, 8, c->origin);
	sqlite3_bind_int(st, 9, c->class.level);
	sqlite3_bind_int64(st, 10, c->class.captions);
	bind_str(st, 11, c->subject);
	bind_str(st, 12, c->telegram.signatory);
	sqlite3_bind_int(st, 13, c->telegram.partial);
	rc = finish(p, st);
	p->cable = sqlite3_last_insert_rowid(p->ar->db);
	return rc;
}

static void normal_bind(const struct put *p, sqlite3_stmt *st, int i, const unsigned char *hash)
{
	if (p->compared)
		sqlite3_bind_blob(st, i, hash, HASH_BYTES, SQLITE_STATIC);
	else
		sqlite3_bind_zeroblob(st, i, 0);
}

static int version_add(struct put *p)
{
	const struct cable *c = p->c;
	char class[64];
	sqlite3_stmt *st = archive_statement(p->ar, SQL_VERSION_ADD, p->e);
	int rc;

	if (!st)
		return p->e->code;
	class_format(c->class, class);
	sqlite3_bind_int64(st, 1, p->cable);
	sqlite3_bind_int64(st, 2, p->source);
	sqlite3_bind_int64(st, 3, clock_now());
	bind_str(st, 4, c->id);
	sqlite3_bind_int64(st, 5, c->running_number);
	sqlite3_bind_int64(st, 6, cable_date_seconds(c->date));
	sqlite3_bind_int(st, 7, c->date.precision);
	bind_str(st, 8, c->origin);
	bind_str(st, 9, str_of(class));
	bind_str(st, 10, c->subject);
	sqlite3_bind_blob(st, 11, p->packed->hash, HASH_BYTES, SQLITE_STATIC);
	normal_bind(p, st, 12, p->normal_header);
	normal_bind(p, st, 13, p->normal);
	sqlite3_bind_int64(st, 14, (int64_t)c->header.n);
	sqlite3_bind_int64(st, 15, (int64_t)c->body.n);
	sqlite3_bind_int(st, 16, p->packed->redactions);
	sqlite3_bind_int(st, 17, c->telegram.partial);
	sqlite3_bind_int64(st, 18, p->packed->dictionary);
	sqlite3_bind_blob64(st, 19, p->packed->bytes.p, p->packed->bytes.n, SQLITE_STATIC);
	rc = finish(p, st);
	p->version = sqlite3_last_insert_rowid(p->ar->db);
	return rc == REFTEL_OK ? texts_learn(p->ar, c->header, c->body, p->e) : rc;
}

static int references_add(struct put *p)
{
	const struct telegram *t = &p->c->telegram;
	int rc = REFTEL_OK;

	for (size_t i = 0; i < t->n_refs && rc == REFTEL_OK; i++) {
		const struct reference *r = &t->refs[i];
		sqlite3_stmt *st = archive_statement(p->ar, SQL_REF_ADD, p->e);

		if (!st)
			return p->e->code;
		sqlite3_bind_int64(st, 1, p->version);
		sqlite3_bind_int64(st, 2, (int64_t)i);
		sqlite3_bind_int(st, 3, r->kind);
		sqlite3_bind_int(st, 4, r->letter);
		bind_str(st, 5, str_of(r->mrn.post));
		sqlite3_bind_int(st, 6, r->mrn.year);
		sqlite3_bind_int64(st, 7, r->mrn.serial);
		sqlite3_bind_int(st, 8, r->year_implied);
		sqlite3_bind_int(st, 9, r->and_previous);
		sqlite3_bind_int64(st, 10, r->captions);
		bind_str(st, 11, r->text);
		rc = finish(p, st);
	}
	return rc;
}

static int remark_add(struct put *p, int64_t version, struct str sentence)
{
	sqlite3_stmt *st = archive_statement(p->ar, SQL_REMARK_ADD, p->e);

	if (!st)
		return p->e->code;
	sqlite3_bind_int64(st, 1, version);
	bind_str(st, 2, sentence);
	return finish(p, st);
}

/* ---- two cables under one id? ------------------------------------------------------------------------------------ */

static size_t shingles(struct arena *a, struct str body, uint64_t *set, const uint64_t *other, size_t *common)
{
	struct tokens t = text_tokens(a, body, NULL, false);
	size_t n = 0;

	for (size_t i = 0; i + SHINGLE_WORDS <= t.n; i++) {
		uint64_t h = 0;

		for (size_t k = 0; k < SHINGLE_WORDS; k++)
			h = hash_bytes(t.v[i + k].word.p, t.v[i + k].word.n, h);
		n++;
		if (set)
			set[h % SHINGLE_SLOTS] = h;
		if (other)
			*common += other[h % SHINGLE_SLOTS] == h;
	}
	return n;
}

/* Class lines and names are alike in all cables of a post: only the text behind them tells. */
static struct str text_of(const struct cable *c)
{
	return str_sub(c->body, c->telegram.text_at.off, c->telegram.text_at.end);
}

/* A sample of their runs of words is enough. */
static int kinship_note(struct put *p, struct arena *a, const struct cable *held)
{
	uint64_t *set = arena_new(a, uint64_t, SHINGLE_SLOTS);
	size_t common = 0;
	size_t theirs = shingles(a, text_of(held), set, NULL, NULL),
	       ours = shingles(a, text_of(p->c), NULL, set, &common);
	size_t least = ours < theirs ? ours : theirs;
	char text[300];

	if (least > SHINGLE_SLOTS)
		least = SHINGLE_SLOTS;
	if (least < 10 || common * 100 >= least * KINDRED_PERCENT)
		return REFTEL_OK;
	snprintf(text, sizeof(text), "%.*s has two texts with little in common: two cables under one id?",
		 STR_ARG(str_sub(p->c->id, 0, 100)));
	return remark_add(p, p->version, str_of(text));
}

/* Compared with the version that is read by default. */
static int kinship_check(struct put *p, int64_t held)
{
	struct arena a = {0};
	struct cable_version v;
	int rc = archive_load(p->ar, &a, held, &v, p->e);

	if (rc == REFTEL_EFORMAT)
		rc = REFTEL_OK; /* it is damaged: `verify` says so, and the new text is kept beside it */
	else if (rc == REFTEL_OK)
		rc = kinship_note(p, &a, &v.cable);
	arena_free(&a);
	return rc;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

int cable_show(struct archive *ar, int64_t cable, int64_t version, const struct cable *c, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_CABLE_UPDATE, e);

	if (!st)
		return e ? e->code : REFTEL_EIO;
	sqlite3_bind_int64(st, 1, cable);
	sqlite3_bind_int64(st, 2, cable_date_seconds(c->date));
	sqlite3_bind_int(st, 3, c->date.precision);
	bind_str(st, 4, c->origin);
	sqlite3_bind_int(st, 5, c->class.level);
	sqlite3_bind_int64(st, 6, c->class.captions);
	bind_str(st, 7, c->subject);
	bind_str(st, 8, c->telegram.signatory);
	sqlite3_bind_int(st, 9, c->telegram.partial);
	sqlite3_bind_int64(st, 10, version);
	return archive_step_done(ar, st, e, "storing which text a cable shows");
}

/* The fullest version is the one that the cable shows and is found by. */
static int default_choose(struct put *p, int64_t before)
{
	const struct cable *c = p->c;
	sqlite3_stmt *st = archive_statement(p->ar, before ? SQL_VERSION_RANK : SQL_CABLE_FIRST, p->e);
	int64_t best;
	int rc;

	if (!st)
		return p->e->code;
	if (!before) { /* the row was made from this version */
		sqlite3_bind_int64(st, 1, p->cable);
		sqlite3_bind_int64(st, 2, p->version);
		return finish(p, st);
	}
	sqlite3_bind_int64(st, 1, p->cable);
	best = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	if (best != p->version || best == before)
		return archive_unlist(p->ar, p->version, false, p->e);
	rc = archive_unlist(p->ar, before, false, p->e);
	if (rc != REFTEL_OK)
		return rc;
	return cable_show(p->ar, p->cable, best, c, p->e);
}

/* Another cable with the same running number is remarked upon: one of the two is an error of the dump. */
static int alias_check(struct put *p)
{
	sqlite3_stmt *st = archive_statement(p->ar, SQL_ALIAS_OTHER, p->e);
	struct arena a = {0};
	struct str other = STR("");
	char text[300];

	if (!st)
		return p->e->code;
	sqlite3_bind_int64(st, 1, p->c->running_number);
	sqlite3_bind_int64(st, 2, p->cable);
	if (sqlite3_step(st) == SQLITE_ROW)
		other = column_str(&a, st, 0);
	sqlite3_reset(st);
	snprintf(text, sizeof(text), "the running number %u is claimed by %.*s and by %.*s", p->c->running_number,
		 STR_ARG(str_sub(other, 0, 80)), STR_ARG(str_sub(p->c->id, 0, 80)));
	arena_free(&a);
	return other.n ? remark_add(p, p->version, str_of(text)) : REFTEL_OK;
}

static int alias_add(struct put *p, bool new_cable)
{
	sqlite3_stmt *st;
	int rc;

	if (!p->c->running_number)
		return REFTEL_OK;
	st = archive_statement(p->ar, SQL_ALIAS_ADD, p->e);
	if (!st)
		return p->e->code;
	sqlite3_bind_int64(st, 1, p->c->running_number);
	sqlite3_bind_int64(st, 2, p->cable);
	rc = finish(p, st);
	if (rc != REFTEL_OK || !sqlite3_changes(p->ar->db))
		return rc;
	if (!new_cable) {
		st = archive_statement(p->ar, SQL_NUMBER_SET, p->e);
		if (!st)
			return p->e->code;
		sqlite3_bind_int64(st, 1, p->c->running_number);
		sqlite3_bind_int64(st, 2, p->cable);
		rc = finish(p, st);
	}
	return rc == REFTEL_OK ? alias_check(p) : rc;
}

static int sighting_add(struct put *p)
{
	sqlite3_stmt *st = archive_statement(p->ar, SQL_SIGHTING_ADD, p->e);

	if (!st)
		return p->e->code;
	sqlite3_bind_int64(st, 1, p->version);
	sqlite3_bind_int64(st, 2, p->source);
	sqlite3_bind_int64(st, 3, (int64_t)p->offset);
	return finish(p, st);
}

static int version_put(struct put *p, int64_t held)
{
	int rc = version_add(p);

	if (rc == REFTEL_OK)
		rc = references_add(p);
	for (size_t i = 0; i < p->c->n_remarks && rc == REFTEL_OK; i++)
		rc = remark_add(p, p->version, p->c->remarks[i]);
	if (rc == REFTEL_OK && held)
		rc = kinship_check(p, held);
	if (rc == REFTEL_OK)
		rc = default_choose(p, held);
	return rc;
}

static int64_t default_version(struct put *p)
{
	sqlite3_stmt *st = archive_statement(p->ar, SQL_CABLE_FIND, p->e);
	int64_t v = 0;

	if (st) {
		bind_str(st, 1, p->c->id);
		v = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 1) : 0;
		sqlite3_reset(st);
	}
	return v;
}

static int put(struct put *p, enum put_result *res)
{
	int64_t held = 0;
	int rc = cable_find(p);

	*res = PUT_SAME;
	if (rc == REFTEL_OK && p->cable)
		rc = version_find(p);
	if (rc == REFTEL_OK && !p->version) {
		*res = p->cable ? PUT_VERSION : PUT_NEW;
		if (p->cable)
			held = default_version(p);
		else
			rc = cable_add(p);
		if (rc == REFTEL_OK)
			rc = version_put(p, held);
	}
	if (rc == REFTEL_OK)
		rc = alias_add(p, *res == PUT_NEW);
	if (rc == REFTEL_OK)
		rc = sighting_add(p);
	return rc;
}

int archive_put(struct archive *ar, const struct cable *c, const struct archive_packed *packed, int64_t source_id,
		uint64_t offset, struct archive_put *out, struct err *e)
{
	struct put p = {.ar = ar, .c = c, .packed = packed, .source = source_id, .offset = offset, .e = e};
	struct arena a = {0};
	struct archive_packed own;
	int rc = REFTEL_OK;

	if (!packed) {
		rc = archive_pack(texts_packer(ar), archive_dictionary(ar), &a, c, &own, e);
		p.packed = &own;
	}
	if (rc == REFTEL_OK)
		rc = put(&p, &out->result);
	out->key = p.cable;
	out->version = p.version;
	arena_free(&a);
	return rc;
}
