/*
 * What the numbers of the cables that are held tell of one that is not. A post numbers its cables upwards from 1 in
 * every year, so a missing one was sent between its neighbours; and a number that the post had not come to by the day
 * on which somebody cited it is a number of the year before.
 *
 * Numbers are given when a cable is drafted, and a few are sent out of turn: what is said here of days is as good as
 * its neighbours are, and falls back to the year where they contradict each other.
 */
#include "archive/archive_priv.h"

#include <stdlib.h>

enum {
	YEAR_SPILL_BEFORE = 3, /* days by which a cable's date may lie outside the year of its number */
	YEAR_SPILL_BEHIND = 7,
	NEAR_DAYS = 7,       /* a neighbour of the days before a citation tells how far the post had come by then */
	SLACK_DAYS = 14,     /* so many days' numbers may be ahead of the neighbour */
	SLACK_SERIALS = 20,  /* and never fewer than this */
	PACE_DAYS_LEAST = 8, /* of a year, before its pace is known */
	PACE_DAYS_FIRM = 30,
};

/* ---- loading ----------------------------------------------------------------------------------------------------- */

void serials_init(struct serials *s, struct archive *ar, struct arena *a)
{
	*s = (struct serials){.ar = ar, .a = a, .names = {.a = a}};
}

size_t serials_post(struct serials *s, struct str post)
{
	size_t i = names_add(&s->names, post);

	while (s->n <= i)
		VEC_PUSH(s->a, s);
	return i;
}

static int by_serial(const void *x, const void *y)
{
	const struct held *a = x, *b = y;

	if (a->year != b->year)
		return a->year < b->year ? -1 : 1;
	return (a->serial > b->serial) - (a->serial < b->serial);
}

static void post_sort(struct post_serials *p)
{
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_serial);
	p->loaded = true;
}

/* A date far from the year of the number is an error of one of the two: no neighbour to go by. */
static int32_t day_of(int64_t seconds, int precision, int year)
{
	int64_t day = seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);

	if (precision < DATE_DAY || day < civil_days(year, 1, 1) - YEAR_SPILL_BEFORE ||
	    day > civil_days(year, 12, 31) + YEAR_SPILL_BEHIND)
		return DAY_UNKNOWN;
	return (int32_t)day;
}

static int rows_take(struct serials *s, sqlite3_stmt *st, struct err *e)
{
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		size_t at = serials_post(s, str_of((const char *)sqlite3_column_text(st, 0)));
		struct post_serials *p = &s->v[at];
		struct held *h = VEC_PUSH(s->a, p);

		h->year = (int16_t)sqlite3_column_int(st, 1);
		h->serial = (uint32_t)sqlite3_column_int64(st, 2);
		h->day = day_of(sqlite3_column_int64(st, 3), sqlite3_column_int(st, 4), h->year);
		if (!p->origin.n)
			p->origin = column_str(s->a, st, 5);
	}
	rc = rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(s->ar, e, "reading the numbers of the cables");
	sqlite3_reset(st);
	return rc;
}

int serials_load_all(struct serials *s, struct err *e)
{
	sqlite3_stmt *st = archive_statement(s->ar, SQL_SERIALS_ALL, e);
	int rc;

	if (!st)
		return e->code;
	rc = rows_take(s, st, e);
	for (size_t i = 0; i < s->n; i++)
		post_sort(&s->v[i]);
	s->all = rc == REFTEL_OK;
	return rc;
}

int serials_load(struct serials *s, struct str post, size_t *at, struct err *e)
{
	sqlite3_stmt *st;
	int rc;

	*at = serials_post(s, post);
	if (s->all || s->v[*at].loaded)
		return REFTEL_OK;
	st = archive_statement(s->ar, SQL_SERIALS_POST, e);
	if (!st)
		return e->code;
	bind_str(st, 1, post);
	rc = rows_take(s, st, e);
	post_sort(&s->v[*at]);
	return rc;
}

/* ---- neighbours -------------------------------------------------------------------------------------------------- */

/* The place of the first number that is not below year and serial. */
static size_t place_of(const struct post_serials *p, int year, uint32_t serial)
{
	struct held key = {.serial = serial, .year = (int16_t)year};
	size_t from = 0, to = p->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (by_serial(&p->v[mid], &key) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

bool serials_held(const struct post_serials *p, int year, uint32_t serial)
{
	size_t at = place_of(p, year, serial);

	return at < p->n && p->v[at].year == year && p->v[at].serial == serial;
}

static const struct held *lower(const struct post_serials *p, int year, uint32_t serial)
{
	for (size_t at = place_of(p, year, serial); at-- > 0 && p->v[at].year == year;)
		if (p->v[at].day != DAY_UNKNOWN)
			return &p->v[at];
	return NULL;
}

static const struct held *higher(const struct post_serials *p, int year, uint32_t serial)
{
	for (size_t at = place_of(p, year, serial); at < p->n && p->v[at].year == year; at++)
		if (p->v[at].serial > serial && p->v[at].day != DAY_UNKNOWN)
			return &p->v[at];
	return NULL;
}

/* ---- which year -------------------------------------------------------------------------------------------------- */

/* How many numbers a day the post gave up to h, 0 where that is too early in the year to say. */
static double pace(const struct held *h, int days_least)
{
	int64_t days = h ? h->day - civil_days(h->year, 1, 1) + 1 : 0;

	return days >= days_least ? (double)h->serial / (double)days : 0;
}

/*
 * Whether the post may have come to this number in that year, no later than the day `limit`. No means that its nearest
 * lower number was still the one of that day or later, and lies further back than two weeks' worth of numbers.
 */
static bool is_reached(const struct post_serials *p, int year, uint32_t serial, int64_t limit)
{
	const struct held *l = lower(p, year, serial);
	double best = pace(l, PACE_DAYS_LEAST), slack;

	if (!l || limit - l->day > NEAR_DAYS)
		return true;
	for (int y = year - 1; y <= year; y++) {
		double other = pace(lower(p, y, UINT32_MAX), PACE_DAYS_FIRM);

		best = other > best ? other : best;
	}
	if (best == 0)
		return true;
	slack = best * SLACK_DAYS > SLACK_SERIALS ? best * SLACK_DAYS : SLACK_SERIALS;
	return (double)serial - (double)l->serial <= slack;
}

struct cited_years serials_years(const struct post_serials *p, const struct cited *c)
{
	int64_t end = civil_days(c->year, 12, 31);
	bool this_year, last_year;

	if (!c->implied || !c->year)
		return (struct cited_years){{c->year}, 1};
	this_year = is_reached(p, c->year, c->serial, c->day == INT64_MAX ? end : c->day);
	last_year = is_reached(p, c->year - 1, c->serial, civil_days(c->year - 1, 12, 31));
	if (this_year == last_year)
		return (struct cited_years){{c->year, c->year - 1}, 2};
	return (struct cited_years){{this_year ? c->year : c->year - 1}, 1};
}

/* ---- when -------------------------------------------------------------------------------------------------------- */

static struct cable_date date_of_day(int64_t day)
{
	struct cable_date d;

	date_of_seconds(day * 86400, DATE_DAY, &d);
	return d;
}

static void neighbour_name(struct arena *a, const struct mrn *m, const struct held *h, struct str *out)
{
	struct mrn n = *m;
	char id[MRN_MAX];

	n.year = h->year;
	n.serial = h->serial;
	mrn_format(&n, id);
	*out = arena_str(a, str_of(id));
}

static void window_of_year(int year, int64_t cited, struct sent_window *out)
{
	int64_t first = civil_days(year, 1, 1), last = civil_days(year, 12, 31);

	/* A citation before the year began contradicts it: the year is wrong, or the citing cable's date. */
	if (cited >= first && cited < last)
		last = cited;
	*out = (struct sent_window){.basis = WINDOW_YEAR, .after = date_of_day(first), .before = date_of_day(last)};
}

void serials_window(struct arena *a, const struct post_serials *p, const struct mrn *m, int64_t cited,
		    struct sent_window *out)
{
	const struct held *l = lower(p, m->year, m->serial), *h = higher(p, m->year, m->serial);
	int64_t after = civil_days(m->year, 1, 1), before = civil_days(m->year, 12, 31);

	*out = (struct sent_window){0};
	if (!m->year) {
		if (cited != INT64_MAX)
			out->before = date_of_day(cited);
		return;
	}
	window_of_year(m->year, cited, out);
	after = l && l->day > after ? l->day : after;
	before = h && h->day < before ? h->day : before;
	before = cited < before ? cited : before;
	if ((!l && !h) || after > before)
		return;
	out->basis = WINDOW_SERIALS;
	out->after = date_of_day(after);
	out->before = date_of_day(before);
	if (l)
		neighbour_name(a, m, l, &out->after_id);
	if (h && h->day == before)
		neighbour_name(a, m, h, &out->before_id);
}
