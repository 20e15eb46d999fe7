/*
 * What was found, counted: by sender, classification and so on, and by month as bars.
 */
#include "cli/hits.h"

#include <inttypes.h>

enum { VALUES_SHOWN = 10, GAP_MOST = 6, BAR_LEAST = 10, WIDTH_DEFAULT = 80, EIGHTHS = 8 };

struct kind {
	const char *name;
	enum catalog_field field;
	bool year; /* of the month */
	bool unless_told;
};
static const struct kind kinds[] = {
	{"origin", FIELD_ORIGIN, false, true},
	{"class", FIELD_CLASS, false, true},
	{"year", FIELD_MONTH, true, true},
	{"tag", FIELD_TAG, false, true},
	{"signatory", FIELD_SIGNATORY, false, true},
	{"caption", FIELD_CAPTION, false, false},
	{"para", FIELD_MARK, false, false},
	{"month", FIELD_MONTH, false, false},
	{"has", FIELD_HAS, false, false},
};
enum { N_KINDS = sizeof(kinds) / sizeof(*kinds) };

/* ---- which ------------------------------------------------------------------------------------------------------- */

const char *facet_names(void)
{
	return "origin, class, year, tag, signatory, caption, para, month, has";
}

unsigned facets_default(void)
{
	unsigned set = 0;

	for (unsigned i = 0; i < N_KINDS; i++)
		set |= kinds[i].unless_told ? 1U << i : 0;
	return set;
}

bool facets_parse(const char *names, unsigned *set, struct str *bad)
{
	struct str rest = str_of(names);

	for (;;) {
		size_t comma = str_find(rest, STR(","), 0);
		unsigned i = 0;

		*bad = str_trim(str_sub(rest, 0, comma));
		while (i < N_KINDS && !str_ieq(*bad, str_of(kinds[i].name)))
			i++;
		if (i == N_KINDS)
			return false;
		*set |= 1U << i;
		if (comma == SIZE_MAX)
			return true;
		rest = str_sub(rest, comma + 1, rest.n);
	}
}

unsigned facets_fields(unsigned set)
{
	unsigned fields = 0;

	for (unsigned i = 0; i < N_KINDS; i++)
		fields |= set & 1U << i ? 1U << kinds[i].field : 0;
	return fields;
}

/* The months of a year are neighbours. */
static struct facet years_of(struct arena *a, const struct facet *months)
{
	struct facet out = {arena_new(a, struct facet_value, months->n + 1), 0};

	for (size_t i = 0; i < months->n; i++) {
		struct str year = str_sub(months->v[i].value, 0, str_find(months->v[i].value, STR("-"), 0));

		if (!out.n || !str_eq(out.v[out.n - 1].value, year))
			out.v[out.n++].value = year;
		out.v[out.n - 1].n += months->v[i].n;
	}
	return out;
}

static struct facet facet_of(struct arena *a, const struct search_result *r, const struct kind *k)
{
	return k->year ? years_of(a, &r->facets[k->field]) : r->facets[k->field];
}

/* ---- as lines ---------------------------------------------------------------------------------------------------- */

static void put_facet(struct cli *c, const char *name, const struct facet *f, bool all)
{
	printf("\n%s%s%s\n", c->colour ? "\033[1m" : "", name, c->colour ? "\033[0m" : "");
	for (size_t i = 0; i < f->n && (all || i < VALUES_SHOWN); i++) {
		printf("%9" PRIu64 "  ", f->v[i].n);
		cli_put(c, f->v[i].value);
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
		struct facet f;

		if (!(set & 1U << i))
			continue;
		f = facet_of(&c->arena, r, &kinds[i]);
		put_facet(c, kinds[i].name, &f, kinds[i].field == FIELD_MONTH);
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

/* ---- as JSON ----------------------------------------------------------------------------------------------------- */

static json_t *values_json(const struct facet *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "value", view_str(f->v[i].value));
		json_object_set_new(o, "n", json_integer((json_int_t)f->v[i].n));
		json_array_append_new(list, o);
	}
	return list;
}

json_t *facets_json(const struct search_result *r, unsigned set)
{
	json_t *o = json_object();
	struct arena a = {0};

	for (unsigned i = 0; i < N_KINDS; i++) {
		struct facet f;

		if (!(set & 1U << i))
			continue;
		f = facet_of(&a, r, &kinds[i]);
		json_object_set_new(o, kinds[i].name, values_json(&f));
	}
	arena_free(&a);
	return o;
}

json_t *histogram_json(const struct facet *months)
{
	return values_json(months);
}
