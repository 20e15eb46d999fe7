/*
 * What was found, counted: by sender, classification and so on, and by month as bars.
 */
#include "cli/hits.h"

#include <inttypes.h>

enum { VALUES_SHOWN = 10, GAP_MOST = 6, BAR_LEAST = 10, WIDTH_DEFAULT = 80, EIGHTHS = 8 };

/* ---- as lines ---------------------------------------------------------------------------------------------------- */

static void put_facet(struct cli *c, const char *name, const struct facet *f, bool all, bool tags)
{
	printf("\n%s%s%s\n", c->colour ? "\033[1m" : "", name, c->colour ? "\033[0m" : "");
	for (size_t i = 0; i < f->n && (all || i < VALUES_SHOWN); i++) {
		printf("%9" PRIu64 "  ", f->v[i].n);
		cli_put(c, f->v[i].value);
		if (tags && tag_meaning(f->v[i].value).n)
			printf("  %s", tag_meaning(f->v[i].value).p);
		printf("\n");
	}
	if (!all && f->n > VALUES_SHOWN)
		printf("%9s  and %zu more, all of them with --json\n", "", f->n - VALUES_SHOWN);
	if (!f->n)
		printf("%9s  none of them has one\n", "");
}

void facets_put(struct cli *c, const struct search_result *r, unsigned set)
{
	for (unsigned i = 0; i < N_KINDS; i++) {
		struct facet_view f;

		if (facet_at(&c->arena, r, set, i, &f))
			put_facet(c, f.name, &f.values, f.field == FIELD_MONTH, f.field == FIELD_TAG);
	}
}

/* ---- bars -------------------------------------------------------------------------------------------------------- */

static int number_at(struct str s, size_t from, size_t to)
{
	int n = 0;

	for (size_t i = from; i < to && i < s.n && ascii_digit((unsigned char)s.p[i]); i++)
		n = 10 * n + (s.p[i] - '0');
	return n;
}

/* Months since year 0; -1 for a year whose month is not known. */
static int month_number(struct str month)
{
	return month.n == 7 ? 12 * number_at(month, 0, 4) + number_at(month, 5, 7) - 1 : -1;
}

static void put_bar(uint64_t n, uint64_t most, int columns)
{
	static const char *const parts[] = {"", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589"};
	uint64_t eighths = (uint64_t)((double)n * columns * EIGHTHS / (double)most);

	eighths = n && !eighths ? 1 : eighths;
	for (uint64_t i = 0; i < eighths / EIGHTHS; i++)
		fputs("\u2588", stdout);
	fputs(parts[eighths % EIGHTHS], stdout);
}

/* Months without any, between two that have some: a few are lines of their own. */
static void put_gap(int from, int to, int digits)
{
	if (to - from > GAP_MOST) {
		printf("    \u22ee\n");
		return;
	}
	for (int month = from; month < to; month++)
		printf("%04d-%02d  %*d\n", month / 12, month % 12 + 1, digits, 0);
}

void histogram_put(struct cli *c, const struct facet *months)
{
	int width = c->width > 0 ? c->width : WIDTH_DEFAULT, digits, last = -1;
	uint64_t most = 1;

	for (size_t i = 0; i < months->n; i++)
		most = months->v[i].n > most ? months->v[i].n : most;
	digits = snprintf(NULL, 0, "%" PRIu64, most);
	width = width - 11 - digits < BAR_LEAST ? BAR_LEAST : width - 11 - digits;
	printf("\n");
	for (size_t i = 0; i < months->n; i++) {
		int month = month_number(months->v[i].value);

		if (month >= 0 && last >= 0 && month > last + 1)
			put_gap(last + 1, month, digits);
		last = month >= 0 ? month : last;
		cli_put(c, months->v[i].value);
		printf("%*s  %*" PRIu64 "  ", (int)(months->v[i].value.n < 7 ? 7 - months->v[i].value.n : 0), "",
		       digits, months->v[i].n);
		put_bar(months->v[i].n, most, width);
		printf("\n");
	}
	if (!months->n)
		printf("None of them has a date.\n");
}
