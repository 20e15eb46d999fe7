/*
 * Finding cables by what people call them, and the row that is shown of each.
 */
#include "archive/archive_priv.h"

enum { WHAT_MAX = 2000 };

void date_of_seconds(int64_t seconds, int precision, struct cable_date *out)
{
	int y, m, d;
	int64_t days = seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);

	*out = (struct cable_date){.precision = (enum date_precision)precision};
	if (precision == DATE_NONE)
		return;
	civil_from_days(days, &y, &m, &d);
	out->year = (int16_t)y;
	if (precision >= DATE_MONTH)
		out->month = (int8_t)m;
	if (precision >= DATE_DAY)
		out->day = (int8_t)d;
	if (precision >= DATE_HOUR)
		out->hour = (int8_t)((seconds - days * 86400) / 3600);
	if (precision >= DATE_MINUTE)
		out->minute = (int8_t)((seconds - days * 86400) / 60 % 60);
}

void row_read(struct arena *a, sqlite3_stmt *st, struct cable_row *out)
{
	*out = (struct cable_row){
		.key = sqlite3_column_int64(st, 0),
		.version = sqlite3_column_int64(st, 1),
		.n_versions = sqlite3_column_int(st, 2),
		.id = column_str(a, st, 3),
		.running_number = (uint32_t)sqlite3_column_int64(st, 4),
		.origin = column_str(a, st, 7),
		.class = {(enum class_level)sqlite3_column_int(st, 8), (unsigned)sqlite3_column_int64(st, 9)},
		.subject = column_str(a, st, 10),
		.signatory = column_str(a, st, 11),
		.partial = (enum partial_reason)sqlite3_column_int(st, 12),
	};
	date_of_seconds(sqlite3_column_int64(st, 5), sqlite3_column_int(st, 6), &out->date);
}

static int rows_read(struct archive *ar, struct arena *a, sqlite3_stmt *st, struct cable_rows *out, struct err *e)
{
	VEC(struct cable_row) v = {0};
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		row_read(a, st, VEC_PUSH(a, &v));
	*out = (struct cable_rows){v.v, v.n};
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "looking for a cable");
	sqlite3_reset(st);
	return rc;
}

int archive_find_mrn(struct archive *ar, struct arena *a, const struct mrn *m, struct cable_rows *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_CABLE_BY_POST, e);

	if (!st)
		return e->code;
	bind_str(st, 1, str_of(m->post));
	sqlite3_bind_int64(st, 2, m->serial);
	sqlite3_bind_int(st, 3, m->year);
	return rows_read(ar, a, st, out, e);
}

int archive_find_number(struct archive *ar, struct arena *a, uint32_t running_number, struct cable_rows *out,
			struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_ALIAS_FIND, e);

	if (!st)
		return e->code;
	sqlite3_bind_int64(st, 1, running_number);
	return rows_read(ar, a, st, out, e);
}

int archive_find_dated(struct archive *ar, struct arena *a, struct cable_date first, struct cable_date last,
		       struct str post, struct cable_rows *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_CABLE_BY_DATE, e);

	if (!st)
		return e->code;
	sqlite3_bind_int64(st, 1, civil_days(first.year, first.month, first.day) * 86400);
	sqlite3_bind_int64(st, 2, (civil_days(last.year, last.month, last.day) + 1) * 86400);
	bind_str(st, 3, post);
	return rows_read(ar, a, st, out, e);
}

static int find_beside(struct archive *ar, struct arena *a, const struct mrn *m, size_t most, enum statement sql,
		       struct cable_rows *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, sql, e);

	if (!st)
		return e->code;
	bind_str(st, 1, str_of(m->post));
	sqlite3_bind_int64(st, 2, m->serial);
	sqlite3_bind_int(st, 3, m->year);
	sqlite3_bind_int64(st, 4, (int64_t)most);
	return rows_read(ar, a, st, out, e);
}

int archive_find_around(struct archive *ar, struct arena *a, const struct mrn *m, size_t most,
			struct cable_rows *before, struct cable_rows *behind, struct err *e)
{
	int rc = find_beside(ar, a, m, most, SQL_CABLE_BEFORE, before, e);

	return rc == REFTEL_OK ? find_beside(ar, a, m, most, SQL_CABLE_BEHIND, behind, e) : rc;
}

static int find_verbatim(struct archive *ar, struct arena *a, struct str id, struct cable_rows *out, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_CABLE_BY_REF, e);

	if (!st)
		return e->code;
	bind_str(st, 1, id);
	return rows_read(ar, a, st, out, e);
}

/* The last part of an address or path, without what follows a point, # or ?: pages are named after their cable. */
static struct str last_part(struct str s)
{
	size_t from = 0, end = s.n;

	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '/' || s.p[i] == '=')
			from = i + 1;
	for (size_t i = from; i < end; i++)
		if (s.p[i] == '.' || s.p[i] == '#' || s.p[i] == '?' || s.p[i] == '&' || s.p[i] == '/')
			end = i;
	return str_sub(s, from, end);
}

static uint32_t running_number_of(struct str s)
{
	uint32_t n = 0;

	while (s.n && (*s.p == '>' || *s.p == '#' || *s.p == ' '))
		s = str_sub(s, 1, s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ',' && i && i + 4 <= s.n)
			continue;
		if (!ascii_digit((unsigned char)s.p[i]) || n > 99999999)
			return 0;
		n = n * 10 + (uint32_t)(s.p[i] - '0');
	}
	return n;
}

int archive_find(struct archive *ar, struct arena *a, struct str what, struct cable_rows *out, struct err *e)
{
	struct mrn m;
	uint32_t number;
	int rc;

	*out = (struct cable_rows){0};
	what = str_trim(str_sub(what, 0, WHAT_MAX));
	rc = find_verbatim(ar, a, what, out, e);
	number = running_number_of(what);
	if (rc == REFTEL_OK && !out->n && number)
		return archive_find_number(ar, a, number, out, e);
	if (rc == REFTEL_OK && !out->n && mrn_parse(what, &m, NULL) == REFTEL_OK)
		rc = archive_find_mrn(ar, a, &m, out, e);
	if (rc == REFTEL_OK && !out->n && mrn_parse(last_part(what), &m, NULL) == REFTEL_OK && m.year)
		rc = archive_find_mrn(ar, a, &m, out, e);
	return rc;
}

/* The statement with the one row that a key has; it is to be reset. ENOTFOUND where there is none. */
static int row_of_key(struct archive *ar, enum statement s, int64_t key, sqlite3_stmt **st, struct err *e)
{
	int rc;

	*st = archive_statement(ar, s, e);
	if (!*st)
		return e ? e->code : REFTEL_EIO;
	sqlite3_bind_int64(*st, 1, key);
	rc = sqlite3_step(*st);
	if (rc == SQLITE_ROW)
		return REFTEL_OK;
	return rc == SQLITE_DONE ? err_set(e, REFTEL_ENOTFOUND, "there is no such cable in the archive")
				 : archive_sql_error(ar, e, "looking for a cable");
}

int archive_row(struct archive *ar, struct arena *a, int64_t key, struct cable_row *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc = row_of_key(ar, SQL_CABLE_ROW, key, &st, e);

	if (rc == REFTEL_OK)
		row_read(a, st, out);
	sqlite3_reset(st);
	return rc;
}

int archive_id(struct archive *ar, struct arena *a, int64_t key, struct str *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc = row_of_key(ar, SQL_CABLE_ID, key, &st, e);

	if (rc == REFTEL_OK)
		*out = column_str(a, st, 0);
	sqlite3_reset(st);
	return rc;
}
