/*
 * A telegram's text to fields: the order of the readers, the lines they work on, and the cut between a header and a
 * body that were run together.
 */
#include "cable/cable_priv.h"

#include <stdlib.h>
#include <string.h>

enum { SPLIT_LINES_MAX = 600 };

static int by_off(const void *x, const void *y)
{
	const struct span *a = x, *b = y;

	return a->off != b->off ? (a->off > b->off) - (a->off < b->off) : (a->end > b->end) - (a->end < b->end);
}

/* Nearly always they are in order already: those of a line may not be. */
static void spans_sort(span_vec *v)
{
	for (size_t i = 1; i < v->n; i++)
		if (by_off(&v->v[i - 1], &v->v[i]) > 0) {
			qsort(v->v, v->n, sizeof(*v->v), by_off);
			return;
		}
}

/* Sorted, and what overlaps is one. */
static void artefacts_settle(struct reader *r)
{
	span_vec *x = &r->artefacts, *y = &r->numbers;
	struct span *out = arena_new(r->a, struct span, x->n + y->n);
	size_t n = 0;

	spans_sort(x);
	for (size_t i = 0, k = 0; i < x->n || k < y->n;) {
		bool first = k == y->n || (i < x->n && by_off(&x->v[i], &y->v[k]) <= 0);
		struct span s = first ? x->v[i++] : y->v[k++];

		if (n && s.off < out[n - 1].end) {
			if (s.end > out[n - 1].end)
				out[n - 1].end = s.end;
		} else {
			out[n++] = s;
		}
	}
	r->t->artefacts = (struct spans){out, n};
}

void telegram_parse(struct arena *a, struct str header, struct str body, struct cable_date date, struct telegram *out)
{
	struct reader r = {.a = a, .body = body, .date = date, .t = out};

	*out = (struct telegram){0};
	telegram_read_header(a, header, &out->header);
	if (r.date.precision == DATE_NONE)
		r.date = out->header.dtg.date;
	telegram_scan(a, body, &r.scan);
	r.lines = r.scan.lines.v;
	r.n_lines = r.scan.lines.n;
	telegram_read_head(&r);
	telegram_read_artefacts(&r);
	telegram_read_tail(&r);
	telegram_read_paragraphs(&r);
	artefacts_settle(&r);
}

/* ---- header and body run together -------------------------------------------------------------------------------- */

static bool letters_apart(struct str s)
{
	return s.n > 5 && s.p[1] == ' ' && ascii_upper((unsigned char)s.p[2]) && s.p[3] == ' ' &&
	       ascii_upper((unsigned char)s.p[4]) && s.p[5] == ' ';
}

/* Where in a line the date in words begins that some collections put before the class line; SIZE_MAX: there is none. */
static size_t worded_date_in(struct str line)
{
	static const char *const days[] = {"Monday, ", "Tuesday, ",  "Wednesday, ", "Thursday, ",
					   "Friday, ", "Saturday, ", "Sunday, "};

	for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++) {
		size_t at = str_find(line, str_of(days[i]), 0), digit = at + strlen(days[i]);

		if (at != SIZE_MAX && digit < line.n && ascii_digit((unsigned char)line.p[digit]))
			return at;
	}
	return SIZE_MAX;
}

/* Where in a line a class line begins, perhaps glued to an addressee; SIZE_MAX when it does not. */
static size_t class_line_in(struct str line)
{
	struct classification c;

	for (size_t i = 0; i < line.n; i++) {
		struct str rest = str_sub(line, i, line.n);

		if (!strchr("CSUTE", line.p[i]) || (line.p[i] == 'E' && i) || rest.n < 6 || !line_is_class(rest, &c))
			continue;
		/* Glued to an addressee: a word of its name ("SECRETARY", "WASHDC 12") is none, three letters apart
		 * are. */
		if (i && !letters_apart(rest) && !str_starts(rest, STR("UNCLAS")) &&
		    !str_starts(rest, STR("CONFIDENTIAL ")) && !str_starts(rest, STR("SECRET ")))
			continue;
		return i;
	}
	return SIZE_MAX;
}

static bool is_header_line(struct str line)
{
	struct dtg dtg;

	return str_starts(line, STR("FM ")) || str_starts(line, STR("VZCZC")) ||
	       str_starts(line, STR("This record is a partial extract")) || dtg_parse(line, &dtg, NULL) == REFTEL_OK;
}

void telegram_split(struct str raw, struct str *header, struct str *body)
{
	struct str rest = raw, line;
	bool in_header = false;
	size_t dated = SIZE_MAX; /* where the line before begins a date that belongs to the body */

	*header = STR("");
	*body = raw;
	for (int n = 0; n < SPLIT_LINES_MAX && str_line(&rest, &line); n++) {
		size_t at = class_line_in(line), from = (size_t)(line.p - raw.p),
		       cut = from + (at == SIZE_MAX ? 0 : at);
		size_t date = worded_date_in(line);

		in_header |= is_header_line(str_trim(line));
		if (at != SIZE_MAX) {
			if (at == 0 && dated != SIZE_MAX)
				cut = dated;
			if (in_header) {
				*header = str_sub(raw, 0, cut);
				*body = str_sub(raw, cut, raw.n);
			}
			return;
		}
		if (date != SIZE_MAX)
			dated = from + date;
		else if (str_trim(line).n)
			dated = SIZE_MAX;
	}
}
