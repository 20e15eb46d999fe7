/*
 * A leaf's documents in one segment, whether they come from one list of the index or from several that were joined.
 */
#include "search/search_priv.h"

static uint32_t joined_best(const struct cursor *k)
{
	uint32_t best = 0;

	for (size_t i = 0; i < k->n; i++) {
		uint32_t impact = rank_impact(k->counts[i] / 2 + 1, k->counts[i] & 1, segment_length(k->s, k->docs[i]));

		best = impact > best ? impact : best;
	}
	return best;
}

static bool counts_for(struct cursor *k)
{
	if (!k->subject || k->doc == POSTINGS_END)
		return true;
	return k->is_list ? postings_in_subject(&k->p) : k->counts[k->i] & 1;
}

static uint32_t step(struct cursor *k)
{
	if (k->is_list)
		return k->doc = postings_next(&k->p);
	k->i++;
	return k->doc = k->i < k->n ? k->docs[k->i] : POSTINGS_END;
}

void cursor_open(struct cursor *k, const struct leaf *l, size_t segment, const struct segment *s)
{
	const struct leaf_lists *x = &l->of[segment];

	k->s = s;
	k->worth = l->worth;
	k->subject = l->subject;
	k->is_list = x->single;
	k->docs = x->docs;
	k->counts = x->counts;
	k->n = x->n_docs;
	k->i = 0;
	k->best = 0;
	k->doc = POSTINGS_END;
	if (!x->n_docs)
		return;
	if (k->is_list) {
		postings_open(&k->p, s, &x->list);
		k->doc = k->p.doc;
	} else {
		k->doc = k->docs[0];
	}
	while (!counts_for(k))
		step(k);
}

uint32_t cursor_best(struct cursor *k, const struct leaf *l, size_t segment)
{
	k->best = 0;
	if (k->doc == POSTINGS_END)
		return 0;
	return k->best = k->is_list ? postings_best(k->s, &l->of[segment].list) : joined_best(k);
}

uint32_t cursor_next(struct cursor *k)
{
	do
		step(k);
	while (!counts_for(k));
	return k->doc;
}

uint32_t cursor_seek(struct cursor *k, uint32_t doc)
{
	if (k->doc >= doc)
		return k->doc;
	if (k->is_list) {
		k->doc = postings_seek(&k->p, doc);
	} else {
		size_t to = k->n;

		while (k->i < to) { /* the first that is not before doc */
			size_t middle = k->i + (to - k->i) / 2;

			if (k->docs[middle] < doc)
				k->i = middle + 1;
			else
				to = middle;
		}
		k->doc = k->i < k->n ? k->docs[k->i] : POSTINGS_END;
	}
	while (!counts_for(k))
		step(k);
	return k->doc;
}

static uint32_t joined_impact(const struct cursor *k)
{
	return rank_impact(k->counts[k->i] / 2 + 1, k->counts[k->i] & 1, segment_length(k->s, k->doc));
}

uint64_t cursor_score(struct cursor *k)
{
	return (uint64_t)k->worth * (k->is_list ? postings_impact(&k->p) : joined_impact(k));
}

uint64_t cursor_score_alone(struct cursor *k)
{
	return (uint64_t)k->worth * (k->is_list ? postings_impact_alone(&k->p) : joined_impact(k));
}

uint32_t cursor_reach(struct cursor *k, uint32_t last, uint64_t least, uint64_t *score)
{
	uint64_t impact = (least + k->worth - 1) / k->worth;
	uint32_t is = 0;

	if (k->is_list && !k->subject && impact <= IMPACT_ONE) {
		k->doc = postings_reach(&k->p, last, (uint32_t)impact, &is);
		*score = (uint64_t)k->worth * is;
		return k->doc;
	}
	while (k->doc <= last && (*score = cursor_score(k)) < least)
		cursor_next(k);
	return k->doc;
}

uint32_t cursor_peek(struct cursor *k, uint32_t doc, uint32_t *best)
{
	*best = k->best;
	if (k->is_list)
		return postings_peek(&k->p, doc, best);
	return k->n && k->docs[k->n - 1] >= doc ? k->docs[k->n - 1] : POSTINGS_END;
}

size_t cursor_docs(const struct cursor *k)
{
	return k->is_list ? k->p.n_docs : k->n;
}

bool cursor_place(struct cursor *k, uint32_t place, uint32_t doc)
{
	if (k->is_list)
		postings_place(&k->p, place, doc);
	else
		k->i = place;
	k->doc = doc;
	return counts_for(k);
}

uint64_t cursor_most(const struct cursor *k, uint32_t place)
{
	return (uint64_t)k->worth * (k->is_list ? postings_place_best(&k->p, place) : IMPACT_ONE);
}

void cursor_fill(struct cursor *k, uint64_t *bits)
{
	if (k->doc == POSTINGS_END)
		return;
	if (k->is_list && !k->subject) {
		for (bool more = true; more; more = postings_next_block(&k->p))
			for (uint32_t i = k->p.i; i < k->p.n; i++)
				bit_set(bits, k->p.docs[i]);
		return;
	}
	for (; k->doc != POSTINGS_END; cursor_next(k))
		bit_set(bits, k->doc);
}
