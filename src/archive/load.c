/*
 * A version's texts, unpacked, checked against their hash and read into fields again: fields are cheap to read and
 * texts are the truth.
 */
#include "archive/archive_priv.h"

#include <string.h>

static void record_read(struct arena *a, sqlite3_stmt *st, struct cable_version *out, struct cable_record *r)
{
	*out = (struct cable_version){
		.version = sqlite3_column_int64(st, 0),
		.key = sqlite3_column_int64(st, 1),
		.ordinal = sqlite3_column_int(st, 2),
		.source = column_str(a, st, 3),
		.imported = sqlite3_column_int64(st, 4),
	};
	*r = (struct cable_record){
		.id = column_str(a, st, 5),
		.running_number = (uint32_t)sqlite3_column_int64(st, 6),
		.origin = column_str(a, st, 9),
		.classification = column_str(a, st, 10),
		.title = column_str(a, st, 11),
	};
	date_of_seconds(sqlite3_column_int64(st, 7), sqlite3_column_int(st, 8), &r->date);
}

/* hashed: against the hash also where unpacking has found the text's checksum right. */
static int texts_read(struct archive *ar, struct arena *a, sqlite3_stmt *st, bool hashed, struct cable_record *r,
		      struct err *e)
{
	int64_t header = sqlite3_column_int64(st, 13), body = sqlite3_column_int64(st, 14);
	struct str packed = {sqlite3_column_blob(st, 16), (size_t)sqlite3_column_bytes(st, 16)}, raw;
	unsigned char hash[HASH_BYTES];
	int rc;

	if (header < 0 || body < 0 || header > TEXT_MAX || body > TEXT_MAX)
		return err_set(e, REFTEL_EFORMAT, "the archive gives a text an impossible size");
	rc = texts_unpack(ar, a, packed, sqlite3_column_int64(st, 15), (size_t)(header + body), &raw, e);
	if (rc != REFTEL_OK)
		return rc;
	r->header = str_sub(raw, 0, (size_t)header);
	r->body = str_sub(raw, (size_t)header, raw.n);
	if (!hashed && texts_have_checksum(packed))
		return REFTEL_OK;
	texts_hash(r->header, r->body, hash);
	if (sqlite3_column_bytes(st, 12) != HASH_BYTES || memcmp(hash, sqlite3_column_blob(st, 12), HASH_BYTES) != 0)
		return err_set(e, REFTEL_EFORMAT, "its text is not the one that was stored: the archive is damaged");
	return REFTEL_OK;
}

static int load(struct archive *ar, struct arena *a, int64_t version, bool hashed, struct cable_version *out,
		struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_VERSION_LOAD, e);
	struct cable_record r;
	int rc;

	if (!st)
		return e ? e->code : REFTEL_EIO;
	sqlite3_bind_int64(st, 1, version);
	rc = sqlite3_step(st);
	if (rc != SQLITE_ROW) {
		rc = rc == SQLITE_DONE ? err_set(e, REFTEL_ENOTFOUND, "there is no such version in the archive")
				       : archive_sql_error(ar, e, "reading a cable");
		goto out;
	}
	record_read(a, st, out, &r);
	rc = texts_read(ar, a, st, hashed, &r, e);
	if (rc == REFTEL_OK)
		rc = cable_read(a, &r, &out->cable, e);
	if (rc != REFTEL_OK)
		err_prefix(e, "%.*s", STR_ARG(r.id));
out:
	sqlite3_reset(st);
	return rc;
}

int archive_load(struct archive *ar, struct arena *a, int64_t version, struct cable_version *out, struct err *e)
{
	return load(ar, a, version, true, out, e);
}

int archive_load_unhashed(struct archive *ar, struct arena *a, int64_t version, struct cable_version *out,
			  struct err *e)
{
	return load(ar, a, version, false, out, e);
}

static int keys_read(struct archive *ar, struct arena *a, sqlite3_stmt *st, struct version_keys *out, struct err *e)
{
	VEC(int64_t) v = {0};
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		*VEC_PUSH(a, &v) = sqlite3_column_int64(st, 0);
	*out = (struct version_keys){v.v, v.n};
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "reading a cable's versions");
	sqlite3_reset(st);
	return rc;
}

static int versions_of(struct archive *ar, enum statement which, struct arena *a, int64_t key, struct version_keys *out,
		       struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, which, e);

	if (!st)
		return e->code;
	sqlite3_bind_int64(st, 1, key);
	return keys_read(ar, a, st, out, e);
}

int archive_versions(struct archive *ar, struct arena *a, int64_t key, struct version_keys *out, struct err *e)
{
	return versions_of(ar, SQL_VERSION_LIST, a, key, out, e);
}

int versions_uncompared(struct archive *ar, struct arena *a, int64_t key, struct version_keys *out, struct err *e)
{
	return versions_of(ar, SQL_VERSION_UNKNOWN, a, key, out, e);
}

static int all_versions(struct archive *ar, struct arena *a, struct version_keys *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc;

	if (sqlite3_prepare_v2(ar->db, "SELECT id FROM version ORDER BY cable, ordinal", -1, &st, NULL) != SQLITE_OK)
		return archive_sql_error(ar, e, "reading the archive");
	rc = keys_read(ar, a, st, out, e);
	sqlite3_finalize(st);
	return rc;
}

int archive_read_begin(struct archive *ar, struct err *e)
{
	sqlite3_stmt *st;
	int rc = REFTEL_OK;

	if (!ar->in_transaction && !ar->reading) {
		st = archive_statement(ar, SQL_READ_BEGIN, e);
		rc = st ? archive_step_done(ar, st, e, "reading the archive") : e->code;
	}
	ar->reading += rc == REFTEL_OK;
	return rc;
}

void archive_read_end(struct archive *ar)
{
	sqlite3_stmt *st;
	struct err e;

	if (!ar->reading || --ar->reading || ar->in_transaction)
		return;
	st = archive_statement(ar, SQL_READ_END, &e);
	if (st)
		archive_step_done(ar, st, &e, "reading the archive");
}

int archive_each(struct archive *ar, const struct version_visit *visit, struct err *e)
{
	struct arena keys_mem = {0}, mem = {0};
	struct version_keys keys = {0};
	int rc;

	/* So that a writer at work changes nothing under the visitor. */
	rc = archive_read_begin(ar, e);
	if (rc != REFTEL_OK)
		return rc;
	rc = all_versions(ar, &keys_mem, &keys, e);
	for (size_t i = 0; i < keys.n && rc == REFTEL_OK; i++) {
		struct cable_version v;
		struct err why = {0};

		arena_reset(&mem);
		if (archive_load(ar, &mem, keys.v[i], &v, &why) == REFTEL_OK)
			rc = visit->version(visit->ctx, &v, e);
		else if (visit->damaged)
			visit->damaged(visit->ctx, keys.v[i], &why);
	}
	archive_read_end(ar);
	arena_free(&mem);
	arena_free(&keys_mem);
	return rc;
}
