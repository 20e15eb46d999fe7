/*
 * A search from end to end: the query becomes a plan, the plan gives the documents of each segment that match, and of
 * those the best are kept. What only wants the best is spared the rest.
 */
#include "search/search_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	RANKED_LEAVES = 32,
	ALIKE = 12, /* of SKETCH_SIZE places: almost the same text */
};

struct running {
	struct searcher s;
	const struct search_options *o;
	struct plan *filter;  /* what asks for no words; NULL: nothing does */
	struct plan *words;   /* the rest; NULL: nothing is asked for by words */
	struct leaf **leaves; /* words is any of these, and no more than that; NULL: it is more */
	size_t n_leaves;
	uint64_t **matched; /* a set a segment, where all are wanted */
	struct top top;
};

/* ---- the parts of a plan ----------------------------------------------------------------------------------------- */

static struct plan *plan_and(struct arena *a, struct plan **kids, size_t n)
{
	struct plan *p = n > 1 ? arena_new(a, struct plan, 1) : NULL;

	if (n <= 1)
		return n ? kids[0] : NULL;
	p->kind = PLAN_AND;
	p->kids = kids;
	p->n_kids = n;
	return p;
}

static void plan_part(struct running *r, struct plan *root)
{
	struct plan **filters, **words;
	size_t n_filters = 0, n_words = 0;

	if (root->kind != PLAN_AND) {
		*(plan_is_filter(root) ? &r->filter : &r->words) = root;
		return;
	}
	filters = arena_new(r->s.a, struct plan *, root->n_kids);
	words = arena_new(r->s.a, struct plan *, root->n_kids);
	for (size_t i = 0; i < root->n_kids; i++) {
		if (plan_is_filter(root->kids[i]))
			filters[n_filters++] = root->kids[i];
		else
			words[n_words++] = root->kids[i];
	}
	r->filter = plan_and(r->s.a, filters, n_filters);
	r->words = plan_and(r->s.a, words, n_words);
}

static void leaves_find(struct running *r)
{
	const struct plan *p = r->words;

	if (!p || (p->kind != PLAN_LEAF && p->kind != PLAN_OR) || p->n_kids > RANKED_LEAVES)
		return;
	for (size_t i = 0; i < p->n_kids; i++)
		if (p->kids[i]->kind != PLAN_LEAF)
			return;
	r->n_leaves = p->kind == PLAN_LEAF ? 1 : p->n_kids;
	r->leaves = arena_new(r->s.a, struct leaf *, r->n_leaves);
	for (size_t i = 0; i < r->n_leaves; i++)
		r->leaves[i] = p->kind == PLAN_LEAF ? p->leaf : p->kids[i]->leaf;
}

/* ---- one segment ------------------------------------------------------------------------------------------------- */

static void keep_both(uint64_t *bits, const uint64_t *other, uint32_t n)
{
	for (size_t k = 0; k < bits_words(n); k++)
		bits[k] &= other[k];
}

/* What a hit must be besides having the words: shown at all, and as the query's other parts say. */
static const uint64_t *accepted(struct running *r, struct arena *a, struct arena *scratch, size_t i)
{
	const struct catalog_segment *s = &r->s.c->segments[i];
	uint32_t n = segment_docs(s->segment);
	uint64_t *bits;

	if (!r->filter && !r->o->after_version)
		return s->current;
	bits = arena_new(a, uint64_t, bits_words(n) + 1);
	if (r->filter)
		match_fill(match_open(a, scratch, r->filter, &r->s, i), bits);
	else
		memset(bits, 0xff, bits_words(n) * sizeof(uint64_t));
	keep_both(bits, s->current, n);
	for (uint32_t doc = 0; r->o->after_version && doc < n; doc++)
		if (segment_key(s->segment, doc) <= r->o->after_version)
			bits[doc / 64] &= ~((uint64_t)1 << doc % 64);
	return bits;
}

/* Every document of a set that matches; scored where there are words to score by. */
static void set_add(struct running *r, struct match *m, size_t i, const uint64_t *set)
{
	uint32_t n = segment_docs(r->s.c->segments[i].segment), doc = 0, next;
	uint64_t score;

	while (!is_stopped(r->o->stop) && (doc = bits_seek(set, doc, n)) != POSTINGS_END) {
		next = m ? match_seek(m, doc) : doc;
		if (next == POSTINGS_END)
			return;
		if (next != doc) {
			doc = next;
			continue;
		}
		score = m ? match_score(m) : 0;
		if (score >= top_least(&r->top))
			top_add(&r->top, r->s.c, i, doc, score);
		doc++;
	}
}

/* The same where all that is asked for are words that must all be there: their lists are joined first. */
static void join_add(struct running *r, struct join *j, size_t i)
{
	uint64_t score;

	for (size_t nth = 0; nth < j->n && !is_stopped(r->o->stop); nth++) {
		if (join_at(j, nth, top_least(&r->top), &score))
			top_add(&r->top, r->s.c, i, j->docs[nth], score);
	}
}

/* The best of those that are accepted, and match where they are asked for it. */
static void accepted_add(struct running *r, struct arena *a, struct arena *scratch, size_t i, const uint64_t *accept,
			 bool matching)
{
	struct match *m = matching ? match_open(a, scratch, r->words, &r->s, i) : NULL;
	struct join j;

	if (!m || !join_open(&j, a, m)) {
		set_add(r, m, i, accept);
		return;
	}
	join_run(&j, a, accept);
	join_add(r, &j, i);
}

static uint64_t *matched_new(struct running *r, size_t i)
{
	return r->matched[i] = arena_new(r->s.a, uint64_t, bits_words(segment_docs(r->s.c->segments[i].segment)) + 1);
}

static void matched_fill(struct running *r, struct arena *a, struct arena *scratch, size_t i, const uint64_t *accept)
{
	uint32_t n = segment_docs(r->s.c->segments[i].segment);
	uint64_t *matched = matched_new(r, i);

	if (r->words)
		match_fill(match_open(a, scratch, r->words, &r->s, i), matched);
	else
		memset(matched, 0xff, bits_words(n) * sizeof(uint64_t));
	keep_both(matched, accept, n);
}

/* Words that must all be there, and nothing else: their lists are gone through once, for all that match and the best.
 * False: something else is asked for. */
static bool joined_run(struct running *r, struct arena *a, struct arena *scratch, size_t i, const uint64_t *accept)
{
	struct match *m = r->words && !r->leaves ? match_open(a, scratch, r->words, &r->s, i) : NULL;
	uint64_t *matched;
	struct join j;

	if (!m || !join_open(&j, a, m) || !join_is_certain(&j))
		return false;
	join_run(&j, a, accept);
	matched = matched_new(r, i);
	for (size_t nth = 0; nth < j.n; nth++)
		bit_set(matched, j.docs[nth]);
	if (r->o->sort == SORT_RELEVANCE && r->top.most)
		join_add(r, &j, i);
	else if (r->top.most)
		set_add(r, NULL, i, matched);
	return true;
}

static void segment_run(struct running *r, size_t i)
{
	struct arena a = {0}, scratch = {0};
	const uint64_t *accept = accepted(r, &a, &scratch, i);
	bool by_words = r->words && r->o->sort == SORT_RELEVANCE;

	if (r->matched && joined_run(r, &a, &scratch, i, accept))
		goto out;
	if (r->matched) {
		matched_fill(r, &a, &scratch, i, accept);
		accept = r->matched[i];
	}
	if (by_words && r->leaves) {
		rank_any(&a, r->s.c, i, r->leaves, r->n_leaves, accept, &r->top);
	} else if (r->top.most) {
		accepted_add(r, &a, &scratch, i, accept, r->words && (by_words || !r->matched));
	}
out:
	arena_free(&a);
	arena_free(&scratch);
}

/* ---- folding ----------------------------------------------------------------------------------------------------- */

/* Each hit that is almost one before it is counted there. */
static size_t hits_fold(const struct catalog *c, struct search_hit *v, size_t n, size_t most, const volatile int *stop)
{
	uint16_t(*kept)[SKETCH_SIZE] = xmalloc((most < n ? most : n) * sizeof(*kept) + sizeof(*kept));
	size_t out = 0;

	for (size_t i = 0; i < n && !is_stopped(stop); i++) {
		uint16_t sketch[SKETCH_SIZE];
		size_t at = 0;

		segment_sketch(c->segments[v[i].segment].segment, v[i].doc, sketch);
		while (at < out && sketch_alike(kept[at], sketch) < ALIKE)
			at++;
		if (at < out) {
			v[at].folded++;
		} else if (out < most) {
			memcpy(kept[out], sketch, sizeof(sketch));
			v[out++] = v[i];
		}
	}
	free(kept);
	return out;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static size_t hits_wanted(const struct search_options *o)
{
	return o->limit > SIZE_MAX - o->offset ? SIZE_MAX : o->limit + o->offset;
}

static void hits_take(struct running *r, struct search_result *out)
{
	struct top *t = &r->top;
	size_t n, offset = r->o->offset;

	top_finish(t);
	n = r->o->fold ? hits_fold(r->s.c, t->v, t->n, hits_wanted(r->o), r->o->stop) : t->n;
	offset = offset < n ? offset : n;
	top_take(t, r->s.c, r->s.a, offset, n, out);
}

static int by_word(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static void marks_take(struct searcher *s, struct search_marks *m)
{
	if (s->marked.n)
		qsort(s->marked.v, s->marked.n, sizeof(*s->marked.v), by_word);
	m->words = s->marked.v;
	for (size_t i = 0; i < s->marked.n; i++)
		if (!m->n_words || !str_eq(m->words[m->n_words - 1], s->marked.v[i]))
			m->words[m->n_words++] = arena_str(s->a, s->marked.v[i]);
	m->phrases = s->phrases.v;
	m->n_phrases = s->phrases.n;
}

static void run(struct running *r, struct search_result *out)
{
	const struct catalog *c = r->s.c;

	if (r->o->count || r->o->facets)
		r->matched = arena_new(r->s.a, uint64_t *, c->n_segments + 1);
	/* Whoever wants no hits wants the marks. */
	for (size_t i = 0; i < c->n_segments && (r->matched || r->top.most) && !is_stopped(r->o->stop); i++)
		segment_run(r, i);
	if (is_stopped(r->o->stop))
		return;
	for (size_t i = 0; r->matched && i < c->n_segments; i++)
		for (size_t k = 0; k < bits_words(segment_docs(c->segments[i].segment)); k++)
			out->total += (uint64_t)__builtin_popcountll(r->matched[i][k]);
	if (r->o->facets)
		facets_count(r->s.a, c, r->matched, r->o, out);
	hits_take(r, out);
	marks_take(&r->s, &out->marks);
}

/* An index has one language: the archive's, which its segments remember. */
static int searcher_open(struct searcher *s, struct catalog *c, struct arena *a, const volatile int *stop,
			 struct err *e)
{
	*s = (struct searcher){.c = c, .a = a, .e = e, .stop = stop};
	return stemmer_open(c->n_segments ? segment_language(c->segments[0].segment) : "", &s->stemmer, e);
}

int search_run(struct catalog *c, struct arena *a, struct str query, const struct search_options *o,
	       struct search_result *out, struct span *where, struct err *e)
{
	struct running r = {.o = o};
	struct query q;
	struct plan *root;
	int rc;

	*out = (struct search_result){0};
	r.top = (struct top){.o = o, .most = o->fold ? SIZE_MAX : hits_wanted(o)};
	rc = query_parse(a, query, &q, where, e);
	if (rc == REFTEL_OK)
		rc = searcher_open(&r.s, c, a, o->stop, e);
	if (rc == REFTEL_OK)
		rc = plan_make(&r.s, q.root, &root);
	if (rc == REFTEL_OK && !is_stopped(o->stop)) {
		plan_part(&r, root);
		leaves_find(&r);
		run(&r, out);
		rc = catalog_sound(c, e);
	}
	if (rc == REFTEL_OK && is_stopped(o->stop)) {
		*out = (struct search_result){0};
		rc = err_set(e, REFTEL_EINTR, "the search was stopped");
	}
	top_free(&r.top);
	stemmer_close(r.s.stemmer);
	return rc;
}

void search_point(struct buf *out, struct str query, struct span where)
{
	query_point(out, query, where);
}

double search_score(uint64_t score)
{
	return (double)score / ((double)IMPACT_ONE * WORTH_ONE);
}
