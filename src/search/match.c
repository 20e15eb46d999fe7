/*
 * The plan as a walk over one segment, document by document in order: whatever must match is sought in turn until all
 * stand at one document. Scores are sums over the words that matched, whatever the way to them.
 */
#include "search/search_priv.h"

#include <stdlib.h>

enum {
	MANY = 12,   /* kids of an OR that are walked side by side; more are added up beforehand */
	SPARSE = 64, /* an AND is walked where its rarest part has fewer than one document in so many */
};

struct opening {
	struct arena *a, *scratch;
	const struct searcher *s;
	size_t segment;
};

static struct match *open_one(const struct opening *o, const struct plan *p, bool places);

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static void open_leaf(const struct opening *o, const struct plan *p, struct match *m, bool places)
{
	const struct segment *s = m->segment->segment;
	const struct leaf_lists *x = &p->leaf->of[o->segment];

	cursor_open(&m->k, p->leaf, o->segment, s);
	m->subject = p->leaf->subject;
	m->doc = m->k.doc;
	m->estimate = x->n_docs;
	m->length = 1;
	if (!places)
		return;
	m->lists = arena_new(o->a, struct postings, x->n_terms + x->forms.n + 1);
	for (size_t i = 0; i < x->n_terms; i++)
		postings_open(&m->lists[m->n_lists++], s, &x->terms[i]);
	for (size_t i = 0; i < x->forms.n; i++) {
		struct term t;

		if (segment_term(s, INDEX_WORD, x->forms.v[i], &t))
			postings_open(&m->lists[m->n_lists++], s, &t);
	}
}

/* The words of a phrase by the length of their lists, shortest first: what is least likely is asked first. */
static void phrase_order(struct match *m, const struct plan *p, size_t segment)
{
	for (size_t i = 0; i < p->n_words; i++) {
		uint64_t n = p->words[i]->of[segment].n_docs;
		size_t k = i;

		for (; k > 0 && p->words[m->order[k - 1]]->of[segment].n_docs > n; k--)
			m->order[k] = m->order[k - 1];
		m->order[k] = (uint32_t)i;
	}
}

static void open_phrase(const struct opening *o, const struct plan *p, struct match *m)
{
	m->words = arena_new(o->a, struct cursor, p->n_words);
	m->order = arena_new(o->a, uint32_t, p->n_words);
	m->offsets = p->offsets;
	m->n_words = p->n_words;
	m->length = p->offsets[p->n_words - 1] + 1;
	m->subject = p->subject;
	phrase_order(m, p, o->segment);
	m->estimate = p->words[m->order[0]]->of[o->segment].n_docs;
	for (size_t i = 0; i < p->n_words; i++)
		cursor_open(&m->words[i], p->words[i], o->segment, m->segment->segment);
}

static int by_estimate(const void *x, const void *y)
{
	const struct match *a = *(struct match *const *)x, *b = *(struct match *const *)y;

	return (a->estimate > b->estimate) - (a->estimate < b->estimate);
}

static void open_and(const struct opening *o, const struct plan *p, struct match *m)
{
	m->nots = arena_new(o->a, struct match *, p->n_kids);
	for (size_t i = 0; i < p->n_kids; i++) {
		if (p->kids[i]->kind == PLAN_NOT)
			m->nots[m->n_nots++] = open_one(o, p->kids[i]->kids[0], false);
		else
			m->kids[m->n_kids++] = open_one(o, p->kids[i], false);
	}
	qsort(m->kids, m->n_kids, sizeof(struct match *), by_estimate);
	m->estimate = m->n_kids ? m->kids[0]->estimate : m->n_docs;
}

/* What many kids give is added up once, because to ask each of them at each document would cost their product. */
static void add_up(const struct opening *o, struct match *m)
{
	m->bits = arena_new(o->a, uint64_t, bits_words(m->n_docs) + 1);
	m->scores = arena_new(o->a, uint64_t, m->n_docs);
	for (size_t i = 0; i < m->n_kids; i++) {
		struct match *kid = m->kids[i];

		for (uint32_t doc = 0; !is_stopped(m->stop) && (doc = match_seek(kid, doc)) != POSTINGS_END; doc++) {
			bit_set(m->bits, doc);
			m->scores[doc] += match_score(kid);
		}
	}
	m->n_kids = 0;
}

static void open_kids(const struct opening *o, const struct plan *p, struct match *m)
{
	m->estimate = p->kind == PLAN_NEAR ? m->n_docs : 0;
	for (size_t i = 0; i < p->n_kids; i++) {
		struct match *kid = open_one(o, p->kids[i], p->kind == PLAN_NEAR);

		m->kids[m->n_kids++] = kid;
		if (p->kind == PLAN_NEAR)
			m->estimate = kid->estimate < m->estimate ? kid->estimate : m->estimate;
		else
			m->estimate += kid->estimate;
	}
	if (p->kind == PLAN_OR && m->n_kids > MANY)
		add_up(o, m);
	if (p->kind == PLAN_NOT)
		m->estimate = m->n_docs;
}

static struct match *open_one(const struct opening *o, const struct plan *p, bool places)
{
	struct match *m = arena_new(o->a, struct match, 1);

	m->kind = p->kind;
	m->segment = &o->s->c->segments[o->segment];
	m->stop = o->s->stop;
	m->n_docs = segment_docs(m->segment->segment);
	m->scratch = o->scratch;
	m->distance = p->distance;
	m->kids = arena_new(o->a, struct match *, p->n_kids + 1);
	switch (p->kind) {
	case PLAN_LEAF:
		open_leaf(o, p, m, places);
		break;
	case PLAN_PHRASE:
		open_phrase(o, p, m);
		break;
	case PLAN_BITS:
		m->bits = p->bits[o->segment];
		m->estimate = m->n_docs / 2;
		break;
	case PLAN_AND:
		open_and(o, p, m);
		break;
	default:
		open_kids(o, p, m);
	}
	return m;
}

struct match *match_open(struct arena *a, struct arena *scratch, const struct plan *p, const struct searcher *s,
			 size_t segment)
{
	const struct opening o = {a, scratch, s, segment};

	return open_one(&o, p, false);
}

/* ---- walking ----------------------------------------------------------------------------------------------------- */

uint32_t bits_seek(const uint64_t *bits, uint32_t doc, uint32_t n)
{
	size_t k = doc / 64;
	uint64_t word;

	if (doc >= n || !bits)
		return POSTINGS_END;
	word = bits[k] & (UINT64_MAX << (doc % 64));
	while (!word) {
		if (++k >= bits_words(n))
			return POSTINGS_END;
		word = bits[k];
	}
	return (uint32_t)(k * 64) + (uint32_t)__builtin_ctzll(word);
}

static uint32_t seek_or(struct match *m, uint32_t doc)
{
	uint32_t least = POSTINGS_END;

	if (m->bits)
		return bits_seek(m->bits, doc, m->n_docs);
	for (size_t i = 0; i < m->n_kids; i++) {
		uint32_t d = match_seek(m->kids[i], doc);

		least = d < least ? d : least;
	}
	return least;
}

/* The first document at or behind doc at which all the kids stand. */
static uint32_t all_at(struct match *const *kids, size_t n, uint32_t doc)
{
	for (size_t i = 0; i < n && doc != POSTINGS_END;) {
		uint32_t d = match_seek(kids[i], doc);

		if (d == doc) {
			i++;
		} else {
			doc = d;
			i = 0;
		}
	}
	return doc;
}

static uint32_t seek_and(struct match *m, uint32_t doc)
{
	for (;; doc++) {
		bool out = false;

		doc = all_at(m->kids, m->n_kids, doc);
		if (doc >= m->n_docs || is_stopped(m->stop))
			return POSTINGS_END;
		for (size_t i = 0; i < m->n_nots && !out; i++)
			out = match_seek(m->nots[i], doc) == doc;
		if (!out)
			return doc;
	}
}

static uint32_t seek_not(struct match *m, uint32_t doc)
{
	while (doc < m->n_docs && match_seek(m->kids[0], doc) == doc)
		doc++;
	return doc < m->n_docs ? doc : POSTINGS_END;
}

static uint32_t seek_near(struct match *m, uint32_t doc)
{
	for (;; doc++) {
		doc = all_at(m->kids, m->n_kids, doc);
		if (is_stopped(m->stop))
			return POSTINGS_END;
		if (doc == POSTINGS_END || near_holds(m))
			return doc;
	}
}

static uint32_t seek_phrase(struct match *m, uint32_t doc)
{
	for (;; doc++) {
		for (size_t i = 0; i < m->n_words && doc != POSTINGS_END;) {
			uint32_t d = cursor_seek(&m->words[m->order[i]], doc);

			i = d == doc ? i + 1 : 0;
			doc = d;
		}
		if (is_stopped(m->stop))
			return POSTINGS_END;
		if (doc == POSTINGS_END || phrase_holds(m))
			return doc;
	}
}

uint32_t match_seek(struct match *m, uint32_t doc)
{
	if (m->doc == POSTINGS_END && m->ended)
		return POSTINGS_END;
	if (m->begun && m->doc >= doc)
		return m->doc;
	m->begun = true;
	switch (m->kind) {
	case PLAN_LEAF:
		m->doc = cursor_seek(&m->k, doc);
		break;
	case PLAN_PHRASE:
		m->doc = seek_phrase(m, doc);
		break;
	case PLAN_BITS:
		m->doc = bits_seek(m->bits, doc, m->n_docs);
		break;
	case PLAN_AND:
		m->doc = seek_and(m, doc);
		break;
	case PLAN_OR:
		m->doc = seek_or(m, doc);
		break;
	case PLAN_NOT:
		m->doc = seek_not(m, doc);
		break;
	case PLAN_NEAR:
		m->doc = seek_near(m, doc);
		break;
	}
	m->ended = m->doc == POSTINGS_END;
	return m->doc;
}

uint64_t match_score(struct match *m)
{
	uint64_t sum = 0;

	switch (m->kind) {
	case PLAN_LEAF:
		return cursor_score(&m->k);
	case PLAN_PHRASE:
		for (size_t i = 0; i < m->n_words; i++)
			sum += cursor_score(&m->words[i]);
		return sum;
	case PLAN_BITS:
	case PLAN_NOT:
		return 0;
	default:
		if (m->scores)
			return m->scores[m->doc];
		for (size_t i = 0; i < m->n_kids; i++)
			if (m->kids[i]->doc == m->doc)
				sum += match_score(m->kids[i]);
		return sum;
	}
}

/* ---- all at once ------------------------------------------------------------------------------------------------- */

static uint64_t *filled(struct match *m)
{
	uint64_t *bits = xcalloc(bits_words(m->n_docs) + 1, sizeof(*bits));

	match_fill(m, bits);
	return bits;
}

static void fill_and(struct match *m, uint64_t *bits)
{
	size_t words = bits_words(m->n_docs);
	uint64_t *all = xcalloc(words + 1, sizeof(*all));

	for (uint32_t doc = 0; !m->n_kids && doc < m->n_docs; doc++)
		bit_set(all, doc);
	if (m->n_kids)
		match_fill(m->kids[0], all);
	for (size_t i = 1; i < m->n_kids + m->n_nots; i++) {
		bool without = i >= m->n_kids;
		uint64_t *one = filled(without ? m->nots[i - m->n_kids] : m->kids[i]);

		for (size_t k = 0; k < words; k++)
			all[k] &= without ? ~one[k] : one[k];
		free(one);
	}
	if (!m->n_kids && m->n_nots) {
		uint64_t *one = filled(m->nots[0]);

		for (size_t k = 0; k < words; k++)
			all[k] &= ~one[k];
		free(one);
	}
	for (size_t k = 0; k < words; k++)
		bits[k] |= all[k];
	free(all);
}

static void fill_not(struct match *m, uint64_t *bits)
{
	uint64_t *one = filled(m->kids[0]);

	for (uint32_t doc = 0; doc < m->n_docs; doc++)
		if (!bit_get(one, doc))
			bit_set(bits, doc);
	free(one);
}

void match_fill(struct match *m, uint64_t *bits)
{
	bool sparse = m->estimate < m->n_docs / SPARSE;

	if (m->kind == PLAN_LEAF) {
		cursor_fill(&m->k, bits);
	} else if (m->bits) { /* of a filter, or of an OR of many */
		for (size_t k = 0; k < bits_words(m->n_docs); k++)
			bits[k] |= m->bits[k];
	} else if (m->kind == PLAN_AND && !sparse) {
		fill_and(m, bits);
	} else if (m->kind == PLAN_NOT) {
		fill_not(m, bits);
	} else if (m->kind == PLAN_OR) {
		for (size_t i = 0; i < m->n_kids; i++)
			match_fill(m->kids[i], bits);
	} else {
		for (uint32_t doc = 0; !is_stopped(m->stop) && (doc = match_seek(m, doc)) != POSTINGS_END; doc++)
			bit_set(bits, doc);
	}
}
