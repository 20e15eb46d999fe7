/*
 * The documents that have all of some words, list by list: the shortest one is unpacked whole, and of each other one
 * only those blocks that reach what is left. No counts are read here; with every document comes its place in each list,
 * where what is known of it can be looked up if it is wanted at all.
 */
#include "search/search_priv.h"

enum { FEW = 8 }; /* of a block's documents: looked for one by one */

/* ---- the first list ---------------------------------------------------------------------------------------------- */

/* Enters those of the documents that are accepted. Writes one more than it keeps, so that it need not branch. */
static size_t accepted_add(const uint32_t *docs, size_t n, uint32_t place, const uint64_t *accept, struct join *out)
{
	uint32_t *to = out->docs, *places = out->places[0];
	size_t kept = out->n;

	for (size_t i = 0; i < n; i++) {
		to[kept] = docs[i];
		places[kept] = place + (uint32_t)i;
		kept += bit_get(accept, docs[i]);
	}
	return kept;
}

static void join_first(struct arena *a, struct cursor *k, const uint64_t *accept, struct join *out)
{
	size_t most = cursor_docs(k);

	out->docs = arena_new(a, uint32_t, most + 1);
	out->places[0] = arena_new(a, uint32_t, most + 1);
	out->n = 0;
	if (!k->is_list) {
		out->n = accepted_add(k->docs, k->n, 0, accept, out);
		return;
	}
	for (uint32_t b = 0; b < k->p.n_blocks && postings_enter(&k->p, b); b++)
		out->n = accepted_add(k->p.docs, k->p.n, b * POSTINGS_BLOCK, accept, out);
}

/* ---- each further one -------------------------------------------------------------------------------------------- */

struct narrowing {
	uint64_t *marked; /* the documents that are left, as a set of the segment */
	uint32_t *docs, *places;
	size_t n;
};

static void marked_add(struct narrowing *w, const uint32_t *docs, size_t n, uint32_t place)
{
	const uint64_t *marked = w->marked;
	uint32_t *out = w->docs, *places = w->places;
	size_t kept = w->n;

	for (size_t i = 0; i < n; i++) {
		out[kept] = docs[i];
		places[kept] = place + (uint32_t)i;
		kept += bit_get(marked, docs[i]);
	}
	w->n = kept;
}

/* The same where few of the marked can be in a block: each is looked for by halves, without a branch to guess. */
static void few_add(struct narrowing *w, const struct postings *p, const uint32_t *left, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint32_t *at = p->docs;

		for (size_t m = p->n; m > 1; m -= m / 2)
			at += m / 2 & -(size_t)(at[m / 2 - 1] < left[i]);
		if (*at != left[i])
			continue;
		w->docs[w->n] = *at;
		w->places[w->n++] = p->block * POSTINGS_BLOCK + (uint32_t)(at - p->docs);
	}
}

static void marked_find(struct cursor *k, const struct join *left, struct narrowing *w)
{
	size_t i = 0, end;
	uint32_t block = 0;

	if (!k->is_list) {
		marked_add(w, k->docs, k->n, 0);
		return;
	}
	while (i < left->n) {
		block = postings_block_find(&k->p, block, left->docs[i]);
		if (block >= k->p.n_blocks || !postings_enter(&k->p, block))
			return;
		for (end = i + 1; end < left->n && left->docs[end] <= k->p.last;)
			end++;
		if (end - i <= FEW)
			few_add(w, &k->p, left->docs + i, end - i);
		else
			marked_add(w, k->p.docs, k->p.n, block * POSTINGS_BLOCK);
		i = end;
		block++;
	}
}

/* Of the marked those are left that were found: n documents before, w->docs now. */
static void marked_narrow(struct narrowing *w, const uint32_t *docs, size_t n)
{
	const uint32_t *found = w->docs;
	const size_t n_found = w->n;
	uint64_t *marked = w->marked;

	for (size_t i = 0; i < n; i++)
		marked[docs[i] / 64] = 0;
	for (size_t i = 0; i < n_found; i++)
		bit_set(marked, found[i]);
}

/* Keeps the places, in a list before, of the documents that are still marked. */
static void places_keep(const uint64_t *marked, const uint32_t *docs, size_t n, uint32_t *places)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		places[kept] = places[i];
		kept += bit_get(marked, docs[i]);
	}
}

static void join_next(struct arena *a, struct cursor *k, size_t nth, struct narrowing *w, struct join *out)
{
	w->docs = arena_new(a, uint32_t, out->n + 1);
	w->places = arena_new(a, uint32_t, out->n + 1);
	w->n = 0;
	marked_find(k, out, w);
	marked_narrow(w, out->docs, out->n);
	for (size_t i = 0; i < nth; i++)
		places_keep(w->marked, out->docs, out->n, out->places[i]);
	out->docs = w->docs;
	out->places[nth] = w->places;
	out->n = w->n;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void word_add(struct join *j, struct cursor *k)
{
	size_t i = j->n_words++;

	for (; i > 0 && cursor_docs(j->words[i - 1]) > cursor_docs(k); i--)
		j->words[i] = j->words[i - 1];
	j->words[i] = k;
}

static void part_add(struct join *j, struct match *m)
{
	if (m->kind == PLAN_LEAF) {
		word_add(j, &m->k);
		return;
	}
	for (size_t i = 0; i < m->n_words; i++)
		word_add(j, &m->words[i]);
	j->phrases[j->n_phrases++] = m;
}

bool join_open(struct join *j, struct arena *a, struct match *m)
{
	struct match **parts = m->kind == PLAN_AND ? m->kids : &m;
	size_t n = m->kind == PLAN_AND ? m->n_kids : 1, words = 0;

	*j = (struct join){.segment = m->segment->segment, .nots = m->nots, .n_nots = m->n_nots};
	for (size_t i = 0; i < n; i++) {
		if (parts[i]->kind != PLAN_LEAF && parts[i]->kind != PLAN_PHRASE)
			return false;
		words += parts[i]->kind == PLAN_LEAF ? 1 : parts[i]->n_words;
	}
	if (!words)
		return false;
	j->words = arena_new(a, struct cursor *, words);
	j->places = arena_new(a, uint32_t *, words);
	j->phrases = arena_new(a, struct match *, n);
	for (size_t i = 0; i < n; i++)
		part_add(j, parts[i]);
	return true;
}

void join_run(struct join *j, struct arena *a, const uint64_t *accept)
{
	struct narrowing w = {.marked = arena_new(a, uint64_t, bits_words(segment_docs(j->segment)) + 1)};

	for (size_t i = 0; i < j->n_words; i++)
		if (j->words[i]->doc == POSTINGS_END)
			return;
	join_first(a, j->words[0], accept, j);
	w.docs = j->docs;
	w.n = j->n;
	marked_narrow(&w, NULL, 0);
	for (size_t i = 1; i < j->n_words && j->n; i++)
		join_next(a, j->words[i], i, &w, j);
}

static uint64_t score_at(const struct join *j)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < j->n_words; i++)
		sum += cursor_score(j->words[i]);
	return sum;
}

/*
 * The score of the nth document, 0 where it is less than `least`: the blocks' best, which stand beside the lists, say
 * what the words can add at the most, and are replaced by what they do add, word by word, the rarest first.
 */
static uint64_t score_reaching(struct join *j, size_t nth, uint64_t least)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < j->n_words; i++)
		sum += cursor_most(j->words[i], j->places[i][nth]);
	for (size_t i = 0; i < j->n_words && sum >= least; i++) {
		sum -= cursor_most(j->words[i], j->places[i][nth]);
		if (!cursor_place(j->words[i], j->places[i][nth], j->docs[nth]))
			return 0;
		sum += cursor_score(j->words[i]);
	}
	return sum >= least ? sum : 0;
}

static bool placed(struct join *j, size_t nth)
{
	for (size_t i = 0; i < j->n_words; i++)
		if (!cursor_place(j->words[i], j->places[i][nth], j->docs[nth]))
			return false;
	return true;
}

bool join_at(struct join *j, size_t nth, uint64_t least, uint64_t *score)
{
	*score = least ? score_reaching(j, nth, least) : 0;
	if (least ? !*score : !placed(j, nth))
		return false;
	for (size_t i = 0; i < j->n_nots; i++)
		if (match_seek(j->nots[i], j->docs[nth]) == j->docs[nth])
			return false;
	for (size_t i = 0; i < j->n_phrases; i++)
		if (!phrase_holds(j->phrases[i]))
			return false;
	if (!least)
		*score = score_at(j);
	return true;
}
