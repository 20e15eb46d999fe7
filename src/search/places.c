/*
 * Where the words of a phrase or of a NEAR stand in the document at hand, and whether that is as it was asked.
 */
#include "search/search_priv.h"

#include <stdlib.h>
#include <string.h>

static bool in_subject(const struct match *m, uint32_t from, uint32_t length)
{
	uint32_t first, end, doc = m->kind == PLAN_PHRASE ? m->words[0].doc : m->k.doc;

	if (!m->subject)
		return true;
	segment_subject(m->segment->segment, doc, &first, &end);
	return from >= first && from + length <= end;
}

/* ---- phrases ----------------------------------------------------------------------------------------------------- */

/* Keeps those places at which the word stands where it should: `first` are where the phrase would begin. Each is looked
 * for by halves, without a branch to guess: there are few of them, and often many of the word. */
static void places_keep(struct positions *first, const struct positions *word, uint32_t offset)
{
	const uint32_t *at = word->v;
	size_t n = 0, left = word->n;

	for (size_t k = 0; k < first->n && left; k++) {
		const uint32_t *from = at;

		for (size_t m = left; m > 1; m -= m / 2)
			at += m / 2 & -(size_t)(at[m / 2 - 1] < first->v[k] + offset);
		left -= (size_t)(at - from);
		if (*at == first->v[k] + offset)
			first->v[n++] = first->v[k];
	}
	first->n = n;
}

/*
 * Where the phrase begins, in the document at which all its words stand: begun with the rarest word, and given up with
 * the first that leaves nothing.
 */
static struct positions phrase_places(struct match *m, struct arena *a)
{
	const size_t rarest = m->order[0];
	struct positions lead = postings_positions(&m->words[rarest].p, a), out = {lead.v, 0};

	for (size_t k = 0; k < lead.n; k++) {
		uint32_t first = lead.v[k] - m->offsets[rarest];

		if (lead.v[k] >= m->offsets[rarest] && in_subject(m, first, m->length))
			out.v[out.n++] = first;
	}
	for (size_t i = 1; i < m->n_words && out.n; i++) {
		struct positions word = postings_positions(&m->words[m->order[i]].p, a);

		places_keep(&out, &word, m->offsets[m->order[i]]);
	}
	return out;
}

bool phrase_holds(struct match *m)
{
	bool any = phrase_places(m, m->scratch).n > 0;

	arena_reset(m->scratch);
	return any;
}

/* ---- near -------------------------------------------------------------------------------------------------------- */

static int by_position(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* The places of all the words that a leaf stands for, in order. */
static struct positions leaf_places(struct match *m, struct arena *a)
{
	struct positions out = {0};
	size_t n = 0;

	for (size_t i = 0; i < m->n_lists; i++) {
		struct positions p;

		if (postings_seek(&m->lists[i], m->doc) != m->doc)
			continue;
		p = postings_positions(&m->lists[i], a);
		if (!p.n)
			continue; /* damaged, and said to be by the segment */
		if (!out.n) {
			out = p;
			continue;
		}
		n = out.n + p.n;
		{
			uint32_t *v = arena_new(a, uint32_t, n + 1);

			memcpy(v, out.v, out.n * sizeof(*v));
			memcpy(v + out.n, p.v, p.n * sizeof(*v));
			qsort(v, n, sizeof(*v), by_position);
			out = (struct positions){v, n};
		}
	}
	n = 0;
	for (size_t i = 0; i < out.n; i++)
		if (in_subject(m, out.v[i], 1))
			out.v[n++] = out.v[i];
	out.n = n;
	return out;
}

/*
 * The narrowest window with a place of every kid is found by moving the first of them on. All places of a kid are of
 * one length, so the earliest that is left is always the best.
 */
bool near_holds(struct match *m)
{
	struct arena *a = m->scratch;
	struct positions *of = arena_new(a, struct positions, m->n_kids);
	size_t *at = arena_new(a, size_t, m->n_kids), first = 0;
	uint64_t room = (uint64_t)m->distance;
	bool found = false, over = false;

	for (size_t i = 0; i < m->n_kids; i++) {
		struct match *kid = m->kids[i];

		of[i] = kid->kind == PLAN_PHRASE ? phrase_places(kid, a) : leaf_places(kid, a);
		over |= !of[i].n;
		room += kid->length;
	}
	while (!found && !over) {
		uint64_t end = 0;

		first = 0;
		for (size_t i = 0; i < m->n_kids; i++) {
			uint64_t here = (uint64_t)of[i].v[at[i]] + m->kids[i]->length;

			end = here > end ? here : end;
			first = of[i].v[at[i]] < of[first].v[at[first]] ? i : first;
		}
		found = end - of[first].v[at[first]] <= room;
		over = ++at[first] == of[first].n;
	}
	arena_reset(a);
	return found;
}
