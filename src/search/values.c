/*
 * All values that a field has in the whole collection, with how many cables and from when to when: what is browsed.
 */
#include "search/search_priv.h"

#include <stdlib.h>

struct gathering {
	struct vocab known;
	VEC(struct search_value) all; /* all.v[id - 1] */
};

static void value_add(struct search_value *v, const struct catalog_segment *s, const struct term *t)
{
	struct postings p;

	postings_open(&p, s->segment, t);
	for (bool more = p.doc != POSTINGS_END; more; more = postings_next_block(&p))
		for (uint32_t i = 0; i < p.n; i++) {
			int64_t when;

			if (!bit_get(s->current, p.docs[i]))
				continue;
			v->n++;
			when = segment_when(s->segment, p.docs[i]);
			if (when == INDEX_NO_DATE)
				continue;
			v->first = v->first == INDEX_NO_DATE || when < v->first ? when : v->first;
			v->last = v->last == INDEX_NO_DATE || when > v->last ? when : v->last;
		}
}

static void segment_gather(struct gathering *g, struct arena *a, const struct catalog_segment *s, uint8_t field)
{
	struct term_walk w;
	struct str value;
	struct term t;

	term_walk_open(&w, s->segment, field, STR(""));
	while (term_walk_next(&w, &value, NULL, &t)) {
		uint32_t id = vocab_add(&g->known, value);

		if (id > g->all.n)
			*VEC_PUSH(a, &g->all) =
				(struct search_value){arena_str(a, value), 0, INDEX_NO_DATE, INDEX_NO_DATE};
		value_add(&g->all.v[id - 1], s, &t);
	}
}

static int by_value(const void *x, const void *y)
{
	return str_cmp(((const struct search_value *)x)->value, ((const struct search_value *)y)->value);
}

int search_values(struct catalog *c, struct arena *a, enum catalog_field field, struct search_values *out,
		  struct err *e)
{
	struct gathering g = {0};

	*out = (struct search_values){0};
	for (size_t i = 0; i < c->n_segments; i++)
		segment_gather(&g, a, &c->segments[i], (uint8_t)field);
	vocab_free(&g.known);
	out->v = g.all.v;
	for (size_t i = 0; i < g.all.n; i++)
		if (g.all.v[i].n)
			out->v[out->n++] = g.all.v[i];
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_value);
	return catalog_sound(c, e);
}
