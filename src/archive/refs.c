/*
 * References as the lists of the cables have them, both ways: what a cable refers to, and what refers to it.
 */
#include "archive/archive_priv.h"

static int refs_read(struct archive *ar, struct arena *a, sqlite3_stmt *st, struct ref_rows *out, struct err *e)
{
	VEC(struct ref_row) v = {0};
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct ref_row *r = VEC_PUSH(a, &v);
		struct str post = column_str(a, st, 2);
		char id[MRN_MAX];

		r->ref.kind = (enum ref_kind)sqlite3_column_int(st, 0);
		r->ref.letter = (char)sqlite3_column_int(st, 1);
		snprintf(r->ref.mrn.post, sizeof(r->ref.mrn.post), "%.*s", STR_ARG(post));
		r->ref.mrn.year = (int16_t)sqlite3_column_int(st, 3);
		r->ref.mrn.serial = (uint32_t)sqlite3_column_int64(st, 4);
		r->ref.year_implied = sqlite3_column_int(st, 5);
		r->ref.and_previous = sqlite3_column_int(st, 6);
		r->ref.captions = (unsigned)sqlite3_column_int64(st, 7);
		r->ref.text = column_str(a, st, 8);
		r->key = sqlite3_column_int64(st, 9);
		r->id = column_str(a, st, 10);
		if (!r->key && r->ref.kind == REF_CABLE) {
			mrn_format(&r->ref.mrn, id);
			r->id = arena_str(a, str_of(id));
		}
	}
	*out = (struct ref_rows){v.v, v.n};
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "following references");
	sqlite3_reset(st);
	return rc;
}

int archive_refs_from(struct archive *ar, struct arena *a, int64_t key, struct ref_rows *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_REF_FROM, e);

	if (!st)
		return e->code;
	sqlite3_bind_int64(st, 1, key);
	return refs_read(ar, a, st, out, e);
}

int archive_refs_to(struct archive *ar, struct arena *a, struct str id, struct ref_rows *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_REF_TO, e);
	struct mrn m;

	*out = (struct ref_rows){0};
	if (!st)
		return e->code;
	if (mrn_parse(id, &m, NULL) != REFTEL_OK)
		return REFTEL_OK;
	bind_str(st, 1, str_of(m.post));
	sqlite3_bind_int64(st, 2, m.serial);
	sqlite3_bind_int(st, 3, m.year);
	return refs_read(ar, a, st, out, e);
}
