/*
 * Hits as blocks of lines, as JSON, as cells of a spreadsheet.
 */
#include "cli/hits.h"

enum { INDENT = 4, WIDTH_DEFAULT = 80, WIDTH_LEAST = 40, WIDTH_MOST = 110 };

static const char *const mark_on[] = {"*", "\033[1;33m"}, *const mark_off[] = {"*", "\033[0m"};

/* ---- as lines ---------------------------------------------------------------------------------------------------- */

/* Lines of words that break at the terminal's edge, some of them marked. */
struct printer {
	struct cli *c;
	struct arena *a;
	int width, column;
};

static void put_clean(struct printer *p, struct str s)
{
	s = report_clean(p->a, s, false);
	fwrite(s.p, 1, s.n, stdout);
}

/* The part [from, to) of a line, which has no blank; an asterisk stands where a mark begins and ends. */
static void put_chunk(struct printer *p, const struct snippet *s, size_t from, size_t to)
{
	size_t at = from;

	for (size_t i = 0; i < s->n_marks && at < to; i++) {
		struct span m = s->marks[i];

		if (m.end <= at || m.off >= to)
			continue;
		put_clean(p, str_sub(s->text, at, m.off > at ? m.off : at));
		if (p->c->colour || m.off >= from)
			fputs(mark_on[p->c->colour], stdout);
		at = m.off > at ? m.off : at;
		put_clean(p, str_sub(s->text, at, m.end < to ? m.end : to));
		if (p->c->colour || m.end <= to)
			fputs(mark_off[p->c->colour], stdout);
		at = m.end < to ? m.end : to;
	}
	put_clean(p, str_sub(s->text, at, to));
}

static int chunk_columns(const struct printer *p, const struct snippet *s, size_t from, size_t to)
{
	size_t columns = utf8_columns(report_clean(p->a, str_sub(s->text, from, to), false));

	for (size_t i = 0; i < s->n_marks && !p->c->colour; i++) {
		columns += s->marks[i].off >= from && s->marks[i].off < to;
		columns += s->marks[i].end > from && s->marks[i].end <= to;
	}
	return (int)columns;
}

static void put_break(struct printer *p)
{
	printf("\n%*s", INDENT, "");
	p->column = INDENT;
}

static void put_marked(struct printer *p, const struct snippet *s)
{
	printf("%*s%s", INDENT, "", s->head ? "\u2026 " : "");
	p->column = INDENT + (s->head ? 2 : 0);
	for (size_t from = 0, to; from < s->text.n; from = to + 1) {
		int columns;

		to = str_find(s->text, STR(" "), from);
		to = to == SIZE_MAX ? s->text.n : to;
		columns = chunk_columns(p, s, from, to);
		if (from && p->column + 1 + columns > p->width)
			put_break(p);
		else if (from)
			p->column += printf(" ");
		put_chunk(p, s, from, to);
		p->column += columns;
	}
	if (s->tail && p->column + 2 > p->width)
		put_break(p);
	else if (s->tail)
		printf(" ");
	printf("%s\n", s->tail ? "\u2026" : "");
}

static void put_head(struct printer *p, const struct cable_row *row)
{
	char date[32], class[64];

	cable_date_format(row->date, date);
	class_format(row->class, class);
	printf("%s", p->c->colour ? "\033[1m" : "");
	put_clean(p, row->id);
	printf("%s  %s%s%s%s", p->c->colour ? "\033[0m" : "", *date ? date : "undated", *class ? "  " : "", class,
	       row->origin.n ? "  " : "");
	put_clean(p, row->origin);
	printf("\n");
}

void hit_put(struct cli *c, struct arena *a, const struct hit_view *v)
{
	int width = c->width > 0 ? c->width : WIDTH_DEFAULT;
	struct printer p = {.c = c, .a = a};
	struct snippet subject = search_marked(a, v->marks, v->row.subject);

	p.width = width > WIDTH_MOST ? WIDTH_MOST : width < WIDTH_LEAST ? WIDTH_LEAST : width;
	put_head(&p, &v->row);
	if (subject.text.n)
		put_marked(&p, &subject);
	for (size_t i = 0; i < v->snippets.n; i++)
		put_marked(&p, &v->snippets.v[i]);
	if (v->damaged) {
		printf("%*s", INDENT, "");
		put_clean(&p, str_of(v->damaged));
		printf("\n");
	}
	if (v->hit->folded)
		printf("%*sand %zu near %s\n", INDENT, "", v->hit->folded, v->hit->folded == 1 ? "copy" : "copies");
}

int hits_put(struct cli *c, struct archive *ar, const struct search_result *r, size_t n_snippets)
{
	struct arena a = {0};
	struct err e = {0};
	int rc = REFTEL_OK;

	for (size_t i = 0; i < r->n_hits && rc == REFTEL_OK && !ferror(stdout); i++) {
		struct hit_view v;

		arena_reset(&a);
		rc = hit_read(ar, &a, &r->marks, &r->hits[i], n_snippets, &v, &e);
		if (rc != REFTEL_OK)
			break;
		printf(i && n_snippets ? "\n" : "");
		hit_put(c, &a, &v);
	}
	arena_free(&a);
	return rc == REFTEL_OK ? EXIT_OK : cli_fail(&e);
}

/* ---- as JSON ----------------------------------------------------------------------------------------------------- */

/* One at a time: all hits of a common word in a whole dump are no value to be held at once. */
int hits_put_json(struct archive *ar, const struct search_result *r, size_t n_snippets)
{
	struct arena a = {0};
	struct err e = {0};
	int rc = REFTEL_OK;

	printf("[");
	for (size_t i = 0; i < r->n_hits && !ferror(stdout); i++) {
		struct hit_view v;
		json_t *o;

		arena_reset(&a);
		rc = hit_read(ar, &a, &r->marks, &r->hits[i], n_snippets, &v, &e);
		if (rc != REFTEL_OK)
			break;
		o = view_hit(&a, &v);
		printf(i ? ",\n    " : "\n    ");
		json_dumpf(o, stdout, JSON_REAL_PRECISION(6));
		json_decref(o);
	}
	printf("%s]", r->n_hits ? "\n  " : "");
	arena_free(&a);
	return rc == REFTEL_OK ? EXIT_OK : cli_fail(&e);
}
