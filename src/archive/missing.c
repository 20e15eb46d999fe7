/*
 * Missing cables: cited by those that are held, and not held. Every citation is settled on one cable: the year that it
 * states, or the one that follows from the numbers of the post's other cables, else the citing cable's own year with
 * the year before as the other that it may be. Citations that were settled on the same cable are then counted together.
 */
#include "archive/archive_priv.h"

#include <stdlib.h>

/* A citation of a cable that is not held. */
struct cite {
	size_t post;
	uint32_t serial;
	int year, other; /* other: 0 where there is none */
	int64_t day;     /* INT64_MAX where unknown */
	struct missing_citer by;
};
struct gather {
	struct serials *s;
	struct str post; /* only this one; empty: all */
	VEC(struct cite) cites;
};

const char *year_basis_name(enum year_basis b)
{
	static const char *const names[] = {"stated", "follows", "likely", "unknown"};

	return names[b];
}

/* ---- citations --------------------------------------------------------------------------------------------------- */

static bool is_satisfied(const struct post_serials *p, const struct cited *c)
{
	return serials_held(p, c->year, c->serial) || (c->implied && serials_held(p, c->year - 1, c->serial));
}

static void cite_take(struct gather *g, sqlite3_stmt *st, size_t post)
{
	const struct post_serials *p = &g->s->v[post];
	struct cited c = {
		.serial = (uint32_t)sqlite3_column_int64(st, 1),
		.year = (int16_t)sqlite3_column_int(st, 2),
		.implied = sqlite3_column_int(st, 3),
		.day = INT64_MAX,
	};
	struct cable_date date;
	struct cited_years years;
	struct cite *x;

	if (is_satisfied(p, &c))
		return;
	date_of_seconds(sqlite3_column_int64(st, 8), sqlite3_column_int(st, 9), &date);
	if (date.precision >= DATE_DAY)
		c.day = civil_days(date.year, date.month, date.day);
	years = serials_years(p, &c);
	x = VEC_PUSH(g->s->a, &g->cites);
	*x = (struct cite){
		.post = post,
		.serial = c.serial,
		.year = years.v[0],
		.other = years.n > 1 ? years.v[1] : 0,
		.day = c.day,
		.by = {.key = sqlite3_column_int64(st, 6),
		       .id = column_str(g->s->a, st, 7),
		       .date = date,
		       .letter = (char)sqlite3_column_int(st, 4),
		       .and_previous = sqlite3_column_int(st, 5),
		       .year_implied = c.implied},
	};
}

static int cites_read(struct gather *g, sqlite3_stmt *st, struct err *e)
{
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct str post = {(const char *)sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0)};

		if (!g->post.n || str_eq(post, g->post))
			cite_take(g, st, serials_post(g->s, post));
	}
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(g->s->ar, e, "following references");
	sqlite3_reset(st);
	return rc;
}

/* ---- counted together -------------------------------------------------------------------------------------------- */

static int by_cable(const struct cite *a, const struct cite *b)
{
	if (a->post != b->post)
		return a->post < b->post ? -1 : 1;
	if (a->serial != b->serial)
		return a->serial < b->serial ? -1 : 1;
	return a->year - b->year;
}

static int by_cable_and_day(const void *x, const void *y)
{
	const struct cite *a = x, *b = y;
	int order = by_cable(a, b);

	if (order)
		return order;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return (a->by.key > b->by.key) - (a->by.key < b->by.key);
}

static struct str id_of(struct arena *a, const struct mrn *m, int year)
{
	struct mrn of_year = *m;
	char id[MRN_MAX];

	of_year.year = (int16_t)year;
	mrn_format(&of_year, id);
	return arena_str(a, str_of(id));
}

/* v[0..n): the citations of one cable, the first to cite it first. */
static void missing_make(struct serials *s, const struct cite *v, size_t n, struct missing *out)
{
	const struct post_serials *p = &s->v[v->post];
	struct mrn other;

	*out = (struct missing){.mrn = {.year = (int16_t)v->year, .serial = v->serial}, .origin = p->origin};
	snprintf(out->mrn.post, sizeof(out->mrn.post), "%.*s", STR_ARG(s->names.v[v->post]));
	out->id = id_of(s->a, &out->mrn, v->year);
	out->year_basis = v->year ? YEAR_LIKELY : YEAR_UNKNOWN;
	out->citers = arena_new(s->a, struct missing_citer, n);
	for (size_t i = 0; i < n; i++) {
		if (v->year && !v[i].by.year_implied)
			out->year_basis = YEAR_STATED;
		else if (v->year && !v[i].other && out->year_basis == YEAR_LIKELY)
			out->year_basis = YEAR_FOLLOWS;
		if (i == 0 || v[i].by.key != v[i - 1].by.key)
			out->citers[out->n_citers++] = v[i].by;
	}
	serials_window(s->a, p, &out->mrn, v->day, &out->window);
	if (out->window.before_id.n == 0 && v->day != INT64_MAX && out->window.before.precision == DATE_DAY &&
	    civil_days(out->window.before.year, out->window.before.month, out->window.before.day) == v->day)
		out->window.before_id = v->by.id;
	if (out->year_basis != YEAR_LIKELY)
		return;
	other = out->mrn;
	other.year--;
	out->other_id = id_of(s->a, &other, other.year);
	serials_window(s->a, p, &other, v->day, &out->other_window);
}

static void gather_count(struct gather *g, struct missing_list *out)
{
	VEC(struct missing) list = {0};
	size_t n = g->cites.n;

	if (n)
		qsort(g->cites.v, n, sizeof(*g->cites.v), by_cable_and_day);
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && !by_cable(&g->cites.v[from], &g->cites.v[to]);)
			to++;
		missing_make(g->s, &g->cites.v[from], to - from, VEC_PUSH(g->s->a, &list));
	}
	*out = (struct missing_list){list.v, list.n};
}

/* ---- for others -------------------------------------------------------------------------------------------------- */

int missing_of(struct serials *s, struct str post, uint32_t serial, struct missing_list *out, struct err *e)
{
	struct gather g = {.s = s};
	sqlite3_stmt *st;
	size_t at;
	int rc = serials_load(s, post, &at, e);

	*out = (struct missing_list){0};
	if (rc != REFTEL_OK)
		return rc;
	st = archive_statement(s->ar, SQL_CITED_ONE, e);
	if (!st)
		return e->code;
	bind_str(st, 1, post);
	sqlite3_bind_int64(st, 2, serial);
	rc = cites_read(&g, st, e);
	if (rc == REFTEL_OK)
		gather_count(&g, out);
	return rc;
}

static int by_times(const void *x, const void *y)
{
	const struct missing *a = x, *b = y;

	if (a->n_citers != b->n_citers)
		return a->n_citers > b->n_citers ? -1 : 1;
	return str_cmp(a->id, b->id);
}

static int missing_all(struct archive *ar, struct arena *a, struct str post, struct missing_list *out, struct err *e)
{
	struct serials s;
	struct gather g = {.s = &s, .post = post};
	sqlite3_stmt *st;
	size_t at;
	int rc;

	serials_init(&s, ar, a);
	rc = post.n ? serials_load(&s, post, &at, e) : serials_load_all(&s, e);
	if (rc != REFTEL_OK)
		return rc;
	st = archive_statement(ar, SQL_CITED_ALL, e);
	if (!st)
		return e->code;
	rc = cites_read(&g, st, e);
	if (rc != REFTEL_OK)
		return rc;
	gather_count(&g, out);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_times);
	return REFTEL_OK;
}

int archive_missing(struct archive *ar, struct arena *a, struct str post, struct missing_list *out, struct err *e)
{
	int rc;

	*out = (struct missing_list){0};
	/* One read transaction: what a writer adds between the two passes is neither held nor cited. */
	rc = archive_read_begin(ar, e);
	if (rc != REFTEL_OK)
		return rc;
	rc = missing_all(ar, a, post, out, e);
	archive_read_end(ar);
	return rc;
}

int archive_missing_find(struct archive *ar, struct arena *a, const struct mrn *m, struct missing_list *out,
			 struct err *e)
{
	struct serials s;
	size_t n = 0;
	int rc;

	serials_init(&s, ar, a);
	rc = missing_of(&s, str_of(m->post), m->serial, out, e);
	for (size_t i = 0; i < out->n; i++) {
		const struct missing *x = &out->v[i];

		if (!m->year || x->mrn.year == m->year || (x->other_id.n && x->mrn.year - 1 == m->year))
			out->v[n++] = *x;
	}
	out->n = n;
	return rc;
}
