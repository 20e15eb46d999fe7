/*
 * From an address to a search, and from a search with one thing changed to the address of that.
 */
#include "web/find.h"

#include <string.h>

const struct find_filter find_filters[] = {
	{"year", "Year", "date"}, {"origin", "Sent by", "origin"},         {"class", "Classification", "class"},
	{"tag", "TAGS", "tag"},   {"signatory", "Signed by", "signatory"}, {NULL, NULL, NULL},
};

static const struct find_filter *filter_of(struct str name)
{
	for (const struct find_filter *x = find_filters; x->name; x++)
		if (str_eq(name, str_of(x->name)))
			return x;
	return NULL;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool is_date(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_digit(s.p[i]) && s.p[i] != '-')
			return false;
	return s.n >= 4 && s.n <= 10;
}

static int date_refuse(struct str s, struct err *e)
{
	return err_set(e, REFTEL_EINVAL, "\"%.*s\" is no date: write 2008, 2008-03 or 2008-03-01", STR_ARG(s));
}

/* In quotation marks a value is what it is, whatever the language would make of it. */
static void add_value(struct buf *b, const struct find_filter *x, struct str value)
{
	buf_printf(b, "%s%s:\"", b->n ? " " : "", x->field);
	for (size_t i = 0; i < value.n; i++)
		buf_putc(b, value.p[i] == '"' ? ' ' : value.p[i]);
	buf_putc(b, '"');
}

static int add_filters(struct buf *b, const struct params *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct find_filter *x = filter_of(p->v[i].name);
		struct str value = str_trim(p->v[i].value);

		if (!x || !value.n)
			continue;
		if (strcmp(x->field, "date") != 0)
			add_value(b, x, value);
		else if (is_date(value) || str_eq(value, STR("none")))
			buf_printf(b, "%sdate:%.*s", b->n ? " " : "", STR_ARG(value));
		else
			return date_refuse(value, e);
	}
	return REFTEL_OK;
}

static int add_dates(struct buf *b, const struct params *p, struct err *e)
{
	struct str from = params_get(p, "from"), to = params_get(p, "to");

	if (from.n && !is_date(from))
		return date_refuse(from, e);
	if (to.n && !is_date(to))
		return date_refuse(to, e);
	if (from.n || to.n)
		buf_printf(b, "%sdate:%.*s..%.*s", b->n ? " " : "", STR_ARG(from), STR_ARG(to));
	return REFTEL_OK;
}

static enum search_sort sort_of(struct str s)
{
	return str_eq(s, STR("newest")) ? SORT_NEWEST : str_eq(s, STR("oldest")) ? SORT_OLDEST : SORT_RELEVANCE;
}

int find_read(struct arena *a, const struct params *p, struct finding *f, struct err *e)
{
	struct buf b = {0};
	int rc;

	*f = (struct finding){.q = params_get(p, "q")};
	f->page = (size_t)params_number(p, "page", 1, FIND_PAGES_MAX, 1);
	f->o = (struct search_options){.sort = sort_of(params_get(p, "sort")),
				       .limit = FIND_HITS,
				       .offset = (f->page - 1) * FIND_HITS,
				       .count = true,
				       .fold = params_get(p, "fold").n > 0};
	rc = add_filters(&b, p, e);
	if (rc == REFTEL_OK)
		rc = add_dates(&b, p, e);
	f->narrowed = b.n > 0;
	if (f->q.n && b.n)
		f->whole = str_of(arena_printf(a, "(%.*s) %s", STR_ARG(f->q), b.p));
	else
		f->whole = b.n ? arena_str(a, buf_view(&b)) : f->q;
	buf_free(&b);
	return rc;
}

int find_run(struct request *rq, const struct finding *f, struct search_result *out, struct span *where, struct err *e)
{
	struct search_options alone = {.limit = 0}, o = f->o;
	int rc;

	o.memory = rq->web->memory;
	o.stop = alone.stop = &rq->stop;
	/* What was typed must make sense by itself: a fault is shown where its writer sees it. */
	if (f->q.n && f->narrowed) {
		rc = search_run(rq->in->catalog, &rq->arena, f->q, &alone, out, where, e);
		if (rc != REFTEL_OK)
			return rc;
	}
	rc = search_run(rq->in->catalog, &rq->arena, f->whole, &o, out, where, e);
	if (f->narrowed)
		*where = (struct span){0};
	return rc;
}

int find_catalog(struct request *rq, struct err *e)
{
	if (rq->in->catalog)
		return REFTEL_OK;
	return err_set(e, rq->in->why.code ? rq->in->why.code : REFTEL_EFORMAT, "%s",
		       rq->in->why.code ? rq->in->why.msg : "there is no index yet: run reftel reindex");
}

uint64_t find_state(const struct catalog *c)
{
	uint64_t h = hash_bytes(&c->last, sizeof(c->last), c->n_segments);

	for (size_t i = 0; i < c->n_segments; i++) {
		uint64_t sum = segment_checksum(c->segments[i].segment);

		h = hash_bytes(&sum, sizeof(sum), h);
		h = hash_bytes(c->segments[i].current,
			       bits_words(segment_docs(c->segments[i].segment)) * sizeof(uint64_t), h);
	}
	return h;
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

static bool keeps_page(struct str name)
{
	return !str_eq(name, STR("page")) && !str_eq(name, STR("done")) && !str_eq(name, STR("saved"));
}

bool find_has(const struct params *p, const char *name, struct str value)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->v[i].name, str_of(name)) && str_eq(str_trim(p->v[i].value), value))
			return true;
	return false;
}

static void add_param(struct arena *a, struct buf *b, struct str name, struct str value)
{
	buf_putc(b, b->n ? '&' : '?');
	buf_puts(b, url_encode(a, name));
	buf_putc(b, '=');
	buf_puts(b, url_encode(a, value));
}

static const char *query_end(struct arena *a, struct buf *b)
{
	const char *s = b->n ? arena_dup(a, buf_view(b)) : "?";

	buf_free(b);
	return s;
}

const char *find_query(struct arena *a, const struct params *p, const char *name, struct str value)
{
	bool filter = name && filter_of(str_of(name)), there = filter && find_has(p, name, value);
	struct buf b = {0};

	for (size_t i = 0; i < p->n; i++) {
		const struct param *x = &p->v[i];
		bool same = name && str_eq(x->name, str_of(name));

		if (!x->value.n || !keeps_page(x->name))
			continue;
		if (same && (!filter || str_eq(str_trim(x->value), value)))
			continue;
		add_param(a, &b, x->name, x->value);
	}
	if (name && value.n && !there)
		add_param(a, &b, str_of(name), value);
	return query_end(a, &b);
}

const char *find_query_dates(struct arena *a, const struct params *p, struct str from, struct str to)
{
	struct buf b = {0};

	for (size_t i = 0; i < p->n; i++) {
		const struct param *x = &p->v[i];

		if (x->value.n && keeps_page(x->name) && !str_eq(x->name, STR("from")) && !str_eq(x->name, STR("to")))
			add_param(a, &b, x->name, x->value);
	}
	if (from.n)
		add_param(a, &b, STR("from"), from);
	if (to.n)
		add_param(a, &b, STR("to"), to);
	return query_end(a, &b);
}
