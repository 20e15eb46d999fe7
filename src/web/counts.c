/*
 * Beside the hits: what was found, counted, each count a link that narrows the result to it; the months as bars, which
 * a script lets one brush.
 */
#include "web/find.h"

#include <string.h>

enum {
	VALUES_SHOWN = 6,
	VALUES_MORE = 40, /* those behind are found by a query */
	MONTHS_MOST = 96, /* a longer time is shown by years */
	CHART_HEIGHT = 90,
};

void put_snippet(struct buf *b, const struct snippet *s)
{
	size_t at = 0;

	buf_puts(b, s->head ? "… " : "");
	for (size_t i = 0; i < s->n_marks; i++) {
		html_text(b, str_sub(s->text, at, s->marks[i].off));
		buf_puts(b, "<mark>");
		html_text(b, str_sub(s->text, s->marks[i].off, s->marks[i].end));
		buf_puts(b, "</mark>");
		at = s->marks[i].end;
	}
	html_text(b, str_sub(s->text, at, s->text.n));
	buf_puts(b, s->tail ? " …" : "");
}

/* ---- counts ------------------------------------------------------------------------------------------------------ */

static void put_value(struct request *rq, struct buf *b, const char *name, const struct facet_value *v)
{
	bool on = find_has(&rq->query, name, v->value);
	struct str meaning = strcmp(name, "tag") == 0 ? tag_meaning(v->value) : STR("");

	html(b, "<li><a href=\"%s\"><bdi>%.*s</bdi>%s</a>", find_query(&rq->arena, &rq->query, name, v->value),
	     STR_ARG(v->value), on ? " \u00d7" : "");
	if (meaning.n)
		html(b, " <span class=\"soft means\">%.*s</span>", STR_ARG(meaning));
	html(b, " <span class=\"n\">%zu</span></li>", (size_t)v->n);
}

static void put_values(struct request *rq, struct buf *b, const struct find_filter *x, const struct facet *f)
{
	size_t shown = 0, i = 0;

	html(b, "<section class=\"count\"><h3>%s</h3><ul>", x->label);
	for (; i < f->n && shown < VALUES_SHOWN; i++)
		if (f->v[i].value.n) {
			put_value(rq, b, x->name, &f->v[i]);
			shown++;
		}
	html(b, "</ul>");
	if (i < f->n) {
		html(b, "<details><summary>More</summary><ul>");
		for (; i < f->n && shown < VALUES_MORE; i++, shown++)
			if (f->v[i].value.n)
				put_value(rq, b, x->name, &f->v[i]);
		html(b, "</ul>");
		if (i < f->n)
			html(b, "<p class=\"soft\">and %zu more: name them in the query</p>", f->n - i);
		html(b, "</details>");
	}
	html(b, "</section>");
}

/* The last years are those that are asked for most. */
static void turn(struct facet *f)
{
	for (size_t i = 0; i < f->n / 2; i++) {
		struct facet_value v = f->v[i];

		f->v[i] = f->v[f->n - 1 - i];
		f->v[f->n - 1 - i] = v;
	}
}

void put_counts(struct request *rq, struct buf *b, const struct search_result *r)
{
	unsigned set = facets_default();

	html(b, "<h2>Narrow it down</h2>");
	for (const struct find_filter *x = find_filters; x->name; x++)
		for (unsigned i = 0; i < N_KINDS; i++) {
			struct facet_view f;

			if (!facet_at(&rq->arena, r, set, i, &f) || strcmp(f.name, x->name) != 0 || !f.values.n)
				continue;
			if (!strcmp(x->field, "date"))
				turn(&f.values);
			put_values(rq, b, x, &f.values);
		}
}

#define CHIPS "<ul class=\"chips\" aria-label=\"Narrowed to\">"

void put_filters(struct request *rq, struct buf *b)
{
	struct str from = params_get(&rq->query, "from"), to = params_get(&rq->query, "to");
	size_t n = 0;

	for (size_t i = 0; i < rq->query.n; i++) {
		const struct param *p = &rq->query.v[i];

		for (const struct find_filter *x = find_filters; x->name; x++) {
			if (!str_eq(p->name, str_of(x->name)) || !str_trim(p->value).n)
				continue;
			buf_puts(b, n++ ? "" : CHIPS);
			html(b,
			     "<li><a href=\"%s\"><span class=\"visually-hidden\">Without </span>%s <bdi>%.*s</bdi> "
			     "<span aria-hidden=\"true\">\u00d7</span></a></li>",
			     find_query(&rq->arena, &rq->query, x->name, str_trim(p->value)), x->label,
			     STR_ARG(str_trim(p->value)));
		}
	}
	if (from.n || to.n) {
		buf_puts(b, n++ ? "" : CHIPS);
		html(b,
		     "<li><a href=\"%s\"><span class=\"visually-hidden\">Without </span>Sent %.*s to %.*s "
		     "<span aria-hidden=\"true\">\u00d7</span></a></li>",
		     find_query_dates(&rq->arena, &rq->query, STR(""), STR("")),
		     STR_ARG(from.n ? from : STR("the beginning")), STR_ARG(to.n ? to : STR("the end")));
	}
	buf_puts(b, n ? "</ul>" : "");
}

/* ---- months ------------------------------------------------------------------------------------------------------ */

struct bars {
	VEC(struct facet_value) all; /* months or years, without a gap */
	uint64_t most;
};

static int month_of(struct str s)
{
	int n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (i != 4)
			n = 10 * n + (s.p[i] - '0');
	return s.n == 7 ? n / 100 * 12 + n % 100 - 1 : n * 12;
}

/* A year whose month is not known is told at its January; by months, only what has one is shown. */
static void bars_fill(struct arena *a, const struct facet *f, struct bars *out)
{
	int first = 0, last = -1, step;
	size_t at = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].value.n != 7 && f->v[i].value.n != 4)
			continue;
		first = last < 0 ? month_of(f->v[i].value) : first;
		last = month_of(f->v[i].value);
	}
	step = last - first >= MONTHS_MOST ? 12 : 1;
	first -= first % step;
	for (int m = first; m <= last; m += step) {
		struct facet_value *v = VEC_PUSH(a, &out->all);

		v->value = str_of(step == 12 ? arena_printf(a, "%04d", m / 12)
					     : arena_printf(a, "%04d-%02d", m / 12, m % 12 + 1));
		for (; at < f->n && month_of(f->v[at].value) < m + step; at++)
			v->n += f->v[at].value.n == 7 || f->v[at].value.n == 4 ? f->v[at].n : 0;
		out->most = v->n > out->most ? v->n : out->most;
	}
}

static void put_bar(struct request *rq, struct buf *b, const struct bars *x, size_t i)
{
	const struct facet_value *v = &x->all.v[i];
	uint64_t height = x->most ? v->n * (CHART_HEIGHT - 4) / x->most : 0;

	height = v->n && height < 2 ? 2 : height;
	html(b, "<a tabindex=\"-1\" href=\"%s\" data-span=\"%.*s\"><title>",
	     find_query_dates(&rq->arena, &rq->query, v->value, v->value), STR_ARG(v->value));
	html(b, "%.*s: ", STR_ARG(v->value));
	html_count(b, v->n, "cable", "cables");
	html(b,
	     "</title><rect class=\"room\" x=\"%zu\" y=\"0\" width=\"10\" height=\"%d\"/>"
	     "<rect class=\"bar\" x=\"%zu\" y=\"%d\" width=\"8\" height=\"%d\"/></a>",
	     10 * i, CHART_HEIGHT, 10 * i + 1, CHART_HEIGHT - (int)height, (int)height);
}

static void put_dates_form(struct request *rq, struct buf *b)
{
	html(b, "<form class=\"dates row\" method=\"get\">");
	for (size_t i = 0; i < rq->query.n; i++) {
		const struct param *p = &rq->query.v[i];

		if (p->value.n && !str_eq(p->name, STR("from")) && !str_eq(p->name, STR("to")) &&
		    !str_eq(p->name, STR("page")))
			html(b, "<input type=\"hidden\" name=\"%.*s\" value=\"%.*s\">", STR_ARG(p->name),
			     STR_ARG(p->value));
	}
	html(b,
	     "<label>From <input name=\"from\" size=\"10\" value=\"%.*s\" placeholder=\"2007-10\"></label>"
	     "<label>to <input name=\"to\" size=\"10\" value=\"%.*s\" placeholder=\"2008-03\"></label>"
	     "<button class=\"second\">Show</button></form>",
	     STR_ARG(params_get(&rq->query, "from")), STR_ARG(params_get(&rq->query, "to")));
}

static void put_months_list(struct request *rq, struct buf *b, const struct bars *x)
{
	html(b, "<details class=\"months-list\"><summary>As a list</summary><ul>");
	for (size_t i = 0; i < x->all.n; i++) {
		const struct facet_value *v = &x->all.v[i];

		if (!v->n)
			continue;
		html(b, "<li><a href=\"%s\">%.*s</a> <span class=\"n\">%zu</span></li>",
		     find_query_dates(&rq->arena, &rq->query, v->value, v->value), STR_ARG(v->value), (size_t)v->n);
	}
	html(b, "</ul></details>");
}

/* The bars are for the eye and the mouse; the form and the list below say and do the same. */
void put_months(struct request *rq, struct buf *b, const struct facet *months)
{
	struct bars x = {0};

	bars_fill(&rq->arena, months, &x);
	html(b, "<section class=\"months\" aria-labelledby=\"months\"><h2 id=\"months\">When they were sent</h2>");
	if (x.all.n > 1) {
		html(b,
		     "<svg aria-hidden=\"true\" data-brush viewBox=\"0 0 %zu %d\" preserveAspectRatio=\"none\" "
		     "width=\"100%%\" height=\"%d\">",
		     10 * x.all.n, CHART_HEIGHT, CHART_HEIGHT);
		for (size_t i = 0; i < x.all.n; i++)
			put_bar(rq, b, &x, i);
		html(b, "</svg><p class=\"scale soft\" aria-hidden=\"true\"><span>%.*s</span><span>%.*s</span></p>",
		     STR_ARG(x.all.v[0].value), STR_ARG(x.all.v[x.all.n - 1].value));
	}
	html(b, "<div class=\"row\">");
	put_dates_form(rq, b);
	if (x.all.n)
		put_months_list(rq, b, &x);
	html(b, "</div></section>");
}
