/*
 * The documents that have all of some words, list by list: the shortest one is unpacked whole, and of each other one
 * only those blocks that reach what is left. No counts are read meanwhile; with every document comes its place in each
 * list, where what is known of it can be looked up if it is wanted at all.
 */
#include "search/search_priv.h"

#include <string.h>

enum {
	FEW = 8,   /* of a block's documents: looked for one by one */
	STEP = 16, /* documents of a block that are passed over at once */
	FULL = 8   /* a set with more than one document in so many words is emptied word by word */
};

struct joining {
	uint64_t *marked; /* the documents that are left, as a set of the segment */
	size_t n_words;   /* of it */
	uint32_t *docs;   /* the same in order */
	size_t n;
	uint32_t *found, *places; /* those that are in the list at hand too; their places in it */
	size_t n_found;
};

/* ---- the first list ---------------------------------------------------------------------------------------------- */

static void first_take(struct joining *w, struct cursor *k)
{
	if (!k->is_list) {
		w->docs = (uint32_t *)(uintptr_t)k->docs; /* read from here on */
		w->n = k->n;
		return;
	}
	for (uint32_t b = 0; b < k->p.n_blocks && postings_enter(&k->p, b); b++) {
		memcpy(w->docs + w->n, k->p.docs, k->p.n * sizeof(*w->docs));
		w->n += k->p.n;
	}
}

/* What is not accepted is left among the documents, and not marked. */
static void first_mark(struct joining *w, const uint64_t *accept)
{
	const uint32_t *docs = w->docs;
	uint64_t *marked = w->marked;

	for (size_t i = 0, n = w->n; i < n; i++)
		bit_set(marked, docs[i]);
	for (size_t i = 0; i < w->n_words; i++)
		marked[i] &= accept[i];
}

/* ---- each further one -------------------------------------------------------------------------------------------- */

/* Writes one more than it finds, so that it need not branch. */
static size_t marked_find(const uint64_t *marked, const uint32_t *docs, size_t n, uint32_t *hits)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		hits[kept] = (uint32_t)i;
		kept += bit_get(marked, docs[i]);
	}
	return kept;
}

/* Enters those of at most a block's documents that are marked. */
static void marked_add(struct joining *w, const uint32_t *docs, size_t n, uint32_t place)
{
	uint32_t hits[POSTINGS_BLOCK + 1] = {0}, *found = w->found + w->n_found, *places = w->places + w->n_found;
	size_t n_hits = marked_find(w->marked, docs, n, hits);

	for (size_t i = 0; i < n_hits; i++) {
		found[i] = docs[hits[i]];
		places[i] = place + hits[i];
	}
	w->n_found += n_hits;
}

/* How many documents of a full block stand before `doc`, at most 127: in steps, then among those of one step, without
 * a branch to guess. */
static uint32_t full_before(const uint32_t *docs, uint32_t doc)
{
	uint32_t step = 0, within = 0;

	for (uint32_t i = STEP - 1; i < POSTINGS_BLOCK - 1; i += STEP)
		step += docs[i] < doc;
	docs += (size_t)step * STEP;
	for (uint32_t i = 0; i < STEP - 1; i++)
		within += docs[i] < doc;
	return step * STEP + within;
}

/* The same where few can be in a block: each is looked for. */
static void few_add(struct joining *w, const struct postings *p, const uint32_t *docs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t at = full_before(p->docs, docs[i]);

		if (p->docs[at] != docs[i] || !bit_get(w->marked, docs[i]))
			continue;
		w->found[w->n_found] = docs[i];
		w->places[w->n_found++] = p->block * POSTINGS_BLOCK + at;
	}
}

static void list_find(struct joining *w, struct cursor *k)
{
	size_t i = 0, end;
	uint32_t block = 0;

	for (size_t from = 0; !k->is_list && from < k->n; from += POSTINGS_BLOCK)
		marked_add(w, k->docs + from, k->n - from < POSTINGS_BLOCK ? k->n - from : POSTINGS_BLOCK,
			   (uint32_t)from);
	if (!k->is_list)
		return;
	while (i < w->n) {
		block = postings_block_find(&k->p, block, w->docs[i]);
		if (block >= k->p.n_blocks || !postings_enter(&k->p, block))
			return;
		for (end = i + 1; end < w->n && w->docs[end] <= k->p.last;)
			end++;
		if (end - i <= FEW && k->p.n == POSTINGS_BLOCK)
			few_add(w, &k->p, w->docs + i, end - i);
		else
			marked_add(w, k->p.docs, k->p.n, block * POSTINGS_BLOCK);
		i = end;
		block++;
	}
}

/* Only what was found stays marked. */
static void found_mark(struct joining *w)
{
	const uint32_t *docs = w->docs, *found = w->found;
	uint64_t *marked = w->marked;

	if (w->n > w->n_words / FULL)
		memset(marked, 0, w->n_words * sizeof(*marked));
	else
		for (size_t i = 0, n = w->n; i < n; i++)
			marked[docs[i] / 64] = 0;
	for (size_t i = 0, n = w->n_found; i < n; i++)
		bit_set(marked, found[i]);
}

/* Of the places in a list before those of the documents that are still marked; NULL: document i has place i. */
static void places_keep(const struct joining *w, const uint32_t *places, uint32_t *out)
{
	const uint64_t *marked = w->marked;
	const uint32_t *docs = w->docs;
	size_t kept = 0;

	for (size_t i = 0, n = w->n; i < n; i++) {
		out[kept] = places ? places[i] : (uint32_t)i;
		kept += bit_get(marked, docs[i]);
	}
}

static void join_next(struct arena *a, struct join *j, size_t nth, struct joining *w)
{
	w->found = arena_new(a, uint32_t, w->n + 1);
	w->places = arena_new(a, uint32_t, w->n + 1);
	w->n_found = 0;
	list_find(w, j->words[nth].k);
	found_mark(w);
	for (size_t i = 0; i < nth; i++) {
		uint32_t *kept = i ? j->words[i].places : arena_new(a, uint32_t, w->n + 1);

		places_keep(w, j->words[i].places, kept);
		j->words[i].places = kept;
	}
	j->words[nth].places = w->places;
	w->docs = w->found;
	w->n = w->n_found;
}

/* A word alone: what is accepted of its documents. */
static void accepted_keep(struct arena *a, struct join *j, struct joining *w)
{
	uint32_t *docs = arena_new(a, uint32_t, w->n + 1);
	size_t n = 0;

	j->words[0].places = arena_new(a, uint32_t, w->n + 1);
	places_keep(w, NULL, j->words[0].places);
	for (size_t i = 0; i < w->n; i++) {
		docs[n] = w->docs[i];
		n += bit_get(w->marked, docs[n]);
	}
	w->docs = docs;
	w->n = n;
}

/* ---- opening and running ----------------------------------------------------------------------------------------- */

static void word_add(struct join *j, struct cursor *k)
{
	size_t i = j->n_words++;

	for (; i > 0 && cursor_docs(j->words[i - 1].k) > cursor_docs(k); i--)
		j->words[i] = j->words[i - 1];
	j->words[i] = (struct join_word){.k = k};
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

	*j = (struct join){.segment = m->segment->segment, .stop = m->stop, .nots = m->nots, .n_nots = m->n_nots};
	for (size_t i = 0; i < n; i++) {
		if (parts[i]->kind != PLAN_LEAF && parts[i]->kind != PLAN_PHRASE)
			return false;
		words += parts[i]->kind == PLAN_LEAF ? 1 : parts[i]->n_words;
	}
	if (!words)
		return false;
	j->words = arena_new(a, struct join_word, words);
	j->phrases = arena_new(a, struct match *, n);
	for (size_t i = 0; i < n; i++)
		part_add(j, parts[i]);
	return true;
}

bool join_is_certain(const struct join *j)
{
	for (size_t i = 0; i < j->n_words; i++)
		if (j->words[i].k->subject)
			return false;
	return !j->n_phrases && !j->n_nots;
}

void join_run(struct join *j, struct arena *a, const uint64_t *accept)
{
	struct joining w = {.n_words = bits_words(segment_docs(j->segment))};

	for (size_t i = 0; i < j->n_words; i++)
		if (j->words[i].k->doc == POSTINGS_END)
			return;
	w.marked = arena_new(a, uint64_t, w.n_words + 1);
	w.docs = arena_new(a, uint32_t, cursor_docs(j->words[0].k) + 1);
	first_take(&w, j->words[0].k);
	first_mark(&w, accept);
	for (size_t i = 1; i < j->n_words && !is_stopped(j->stop); i++)
		join_next(a, j, i, &w);
	if (is_stopped(j->stop))
		return;
	if (j->n_words == 1)
		accepted_keep(a, j, &w);
	j->docs = w.docs;
	j->n = w.n;
	for (size_t i = 0; i < j->n_words; i++)
		j->words[i].block = UINT32_MAX;
}

/* ---- what was left ----------------------------------------------------------------------------------------------- */

/* At the most: from the block's best, which stands beside the list. */
static uint64_t word_most(struct join_word *w, uint32_t place)
{
	if (place / POSTINGS_BLOCK != w->block) {
		w->block = place / POSTINGS_BLOCK;
		w->most = cursor_most(w->k, place);
	}
	return w->most;
}

/*
 * The score of the nth document, 0 where it is less than `least`: what the words can add at the most is replaced by
 * what they do add, word by word, the rarest first.
 */
static uint64_t score_reaching(struct join *j, size_t nth, uint64_t least)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < j->n_words; i++)
		sum += word_most(&j->words[i], j->words[i].places[nth]);
	for (size_t i = 0; i < j->n_words && sum >= least; i++) {
		if (!cursor_place(j->words[i].k, j->words[i].places[nth], j->docs[nth]))
			return 0;
		sum = sum - j->words[i].most + cursor_score_alone(j->words[i].k);
	}
	return sum >= least ? sum : 0;
}

static bool placed(struct join *j, size_t nth)
{
	for (size_t i = 0; i < j->n_words; i++)
		if (!cursor_place(j->words[i].k, j->words[i].places[nth], j->docs[nth]))
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
	for (size_t i = 0; i < j->n_words && !least; i++)
		*score += cursor_score_alone(j->words[i].k);
	return true;
}
