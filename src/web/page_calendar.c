/*
 * The collection by date: years by months with their counts, and a month by its days.
 */
#include "web/find.h"
#include "web/pages.h"

#include <string.h>

enum { MONTHS = 12, DAYS = 31, SHADES = 4 };

static const char *const month_names[] = {"January", "February", "March",     "April",   "May",      "June",
					  "July",    "August",   "September", "October", "November", "December"};

static int number_of(struct str s)
{
	int n = 0;

	for (size_t i = 0; i < s.n && ascii_digit((unsigned char)s.p[i]); i++)
		n = 10 * n + (s.p[i] - '0');
	return n;
}

/* From "much less than the most" to "about the most": by the square root, as most months have few. */
static int shade_of(uint64_t n, uint64_t most)
{
	int shade = 1;

	while (shade < SHADES && n * SHADES * SHADES > most * (uint64_t)(shade * shade))
		shade++;
	return shade;
}

/* ---- years by months --------------------------------------------------------------------------------------------- */

struct year {
	int year;
	uint64_t months[MONTHS], unknown, all; /* unknown: which month */
};

static void put_month(struct request *rq, struct buf *b, const struct year *y, int month, uint64_t most)
{
	uint64_t n = y->months[month];

	if (!n) {
		html(b, "<td class=\"number\"><span class=\"visually-hidden\">none</span></td>");
		return;
	}
	html(b,
	     "<td class=\"number shade%d\"><a href=\"/c/%s/browse/date/%04d-%02d\" aria-label=\"%s %d: %zu\">%zu</a>"
	     "</td>",
	     shade_of(n, most), rq->in->collection->name, y->year, month + 1, month_names[month], y->year, (size_t)n,
	     (size_t)n);
}

static void put_year(struct request *rq, struct buf *b, const struct year *y, uint64_t most)
{
	html(b, "<tr><th scope=\"row\"><a href=\"/c/%s/search?year=%04d\">%04d</a></th>", rq->in->collection->name,
	     y->year, y->year);
	for (int m = 0; m < MONTHS; m++)
		put_month(rq, b, y, m, most);
	html(b, "<td class=\"number\">%zu</td></tr>", (size_t)y->all);
}

static size_t years_fill(const struct search_values *v, struct year *years, uint64_t *most)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		struct str s = v->v[i].value;
		int year = number_of(s), month = s.n == 7 ? number_of(str_sub(s, 5, 7)) : 0;

		if (!n || years[n - 1].year != year)
			years[n++] = (struct year){.year = year};
		if (month >= 1 && month <= MONTHS)
			years[n - 1].months[month - 1] += v->v[i].n;
		else
			years[n - 1].unknown += v->v[i].n;
		years[n - 1].all += v->v[i].n;
		if (month && v->v[i].n > *most)
			*most = v->v[i].n;
	}
	return n;
}

void put_calendar(struct request *rq, struct buf *b, const struct way *w, struct search_values *v)
{
	struct year *years = arena_new(&rq->arena, struct year, v->n + 1);
	uint64_t most = 1;
	size_t n = years_fill(v, years, &most);

	(void)w;
	html(b, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"By date\"><table class=\"calendar\">"
		"<thead><tr><th scope=\"col\">Year</th>");
	for (int m = 0; m < MONTHS; m++)
		html(b, "<th scope=\"col\" class=\"number\"><abbr title=\"%s\">%.*s</abbr></th>", month_names[m], 3,
		     month_names[m]);
	html(b, "<th scope=\"col\" class=\"number\">All</th></tr></thead><tbody>");
	for (size_t i = n; i-- > 0;)
		put_year(rq, b, &years[i], most);
	html(b, "</tbody></table></div>");
}

/* ---- a month by its days ----------------------------------------------------------------------------------------- */

static bool month_read(struct str s, int *year, int *month)
{
	*year = number_of(s);
	*month = s.n == 7 && s.p[4] == '-' ? number_of(str_sub(s, 5, 7)) : 0;
	return *year >= 1 && *month >= 1 && *month <= MONTHS;
}

/* Monday first. 1970-01-01 was a Thursday. */
static int weekday_of(int year, int month, int day)
{
	int64_t days = civil_days(year, month, day) + 3;

	return (int)((days % 7 + 7) % 7);
}

static void put_days(struct request *rq, struct buf *b, int year, int month, const uint64_t counts[DAYS + 1])
{
	static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	int column = weekday_of(year, month, 1);
	uint64_t most = 1;

	for (int d = 1; d <= DAYS; d++)
		most = counts[d] > most ? counts[d] : most;
	html(b, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Days\"><table class=\"calendar "
		"days\"><thead><tr>");
	for (int i = 0; i < 7; i++)
		html(b, "<th scope=\"col\">%s</th>", days[i]);
	html(b, "</tr></thead><tbody><tr>");
	for (int i = 0; i < column; i++)
		html(b, "<td></td>");
	for (int d = 1; d <= DAYS && civil_valid(year, month, d); d++, column++) {
		if (column == 7) {
			html(b, "</tr><tr>");
			column = 0;
		}
		if (!counts[d]) {
			html(b, "<td><span class=\"soft\">%d</span></td>", d);
			continue;
		}
		html(b, "<td class=\"shade%d\"><span class=\"soft\">%d</span> <a data-item href=\"/c/%s/search?",
		     shade_of(counts[d], most), d, rq->in->collection->name);
		html(b, "from=%04d-%02d-%02d&amp;to=%04d-%02d-%02d&amp;sort=oldest\">", year, month, d, year, month, d);
		html_count(b, counts[d], "cable", "cables");
		html(b, "</a></td>");
	}
	for (; column < 7; column++)
		html(b, "<td></td>");
	html(b, "</tr></tbody></table></div>");
}

static int days_count(struct request *rq, int year, int month, uint64_t counts[DAYS + 1], struct err *e)
{
	struct search_options o = {.sort = SORT_OLDEST, .limit = SIZE_MAX, .stop = &rq->stop};
	struct search_result r;
	struct span where;
	int rc = search_run(rq->in->catalog, &rq->arena,
			    str_of(arena_printf(&rq->arena, "date:%04d-%02d", year, month)), &o, &r, &where, e);

	for (size_t i = 0; rc == REFTEL_OK && i < r.n_hits; i++) {
		int64_t first = civil_days(year, month, 1) * 86400;

		if (r.hits[i].when >= first && (r.hits[i].when - first) / 86400 < DAYS)
			counts[(r.hits[i].when - first) / 86400 + 1]++;
	}
	return rc;
}

static void put_neighbours(struct request *rq, struct buf *b, int year, int month)
{
	int n = 12 * year + month - 1;

	html(b,
	     "<nav class=\"row\" aria-label=\"Months\"><a href=\"/c/%s/browse/date/%04d-%02d\" rel=\"prev\">%s %d</a>",
	     rq->in->collection->name, (n - 1) / 12, (n - 1) % 12 + 1, month_names[(n - 1) % 12], (n - 1) / 12);
	html(b,
	     "<a href=\"/c/%s/browse/date\">All years</a><a href=\"/c/%s/browse/date/%04d-%02d\" rel=\"next\">%s "
	     "%d</a>",
	     rq->in->collection->name, rq->in->collection->name, (n + 1) / 12, (n + 1) % 12 + 1,
	     month_names[(n + 1) % 12], (n + 1) / 12);
	html(b, "<a href=\"/c/%s/search?from=%04d-%02d&amp;to=%04d-%02d&amp;sort=oldest\">All of this month</a></nav>",
	     rq->in->collection->name, year, month, year, month);
}

int page_month(struct request *rq, struct answer *an, struct err *e)
{
	struct page p = {.place = "browse", .body_class = "browse"};
	uint64_t counts[DAYS + 1] = {0};
	int year, month, rc;

	if (!month_read(rq->part[4], &year, &month))
		return err_set(e, REFTEL_ENOTFOUND, "there is no such month: write 2008-03");
	rc = find_catalog(rq, e);
	if (rc == REFTEL_OK)
		rc = days_count(rq, year, month, counts, e);
	if (rc != REFTEL_OK)
		return rc;
	p.title = arena_printf(&rq->arena, "%s %d", month_names[month - 1], year);
	page_begin(rq, an, &p);
	html(&an->body, "<h1>%s</h1>", p.title);
	put_neighbours(rq, &an->body, year, month);
	put_days(rq, &an->body, year, month, counts);
	page_end(rq, an);
	return REFTEL_OK;
}
