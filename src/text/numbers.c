/*
 * Words as numbers alone, as an index collects them: no token is made of a word, it goes from the text through the
 * vocabulary to its place among the numbers. What is to be left out is left out on the way.
 */
#include "text/text_priv.h"

#include <stdlib.h>

struct numbering {
	struct words_wanted *w;
	struct word_numbers *out;
	size_t longest;
	size_t skipped;      /* spans of w->skip that lie behind */
	bool skips, marks;   /* words at hand are left out, are marked */
	uint64_t changes_at; /* a byte up to which that stays so */
};

static uint64_t nearest(uint64_t a, uint64_t b, uint64_t behind)
{
	return a > behind && a < b ? a : b;
}

/* What is true of the words that begin at byte off and behind, and up to where. */
static void numbering_turn(struct numbering *g, uint32_t off)
{
	const struct spans *skip = &g->w->skip;
	const struct span mark = g->w->mark;
	bool marked = off >= mark.off && off < mark.end;
	uint64_t next = UINT64_MAX;

	while (g->skipped < skip->n && skip->v[g->skipped].end <= off)
		g->skipped++;
	g->skips = g->skipped < skip->n && off >= skip->v[g->skipped].off;
	if (g->skipped < skip->n)
		next = nearest(skip->v[g->skipped].off, skip->v[g->skipped].end, off);
	g->changes_at = nearest(mark.off, nearest(mark.end, next, off), off);
	if (marked && !g->marks)
		g->w->mark_from = g->out->n;
	if (!marked && g->marks)
		g->w->mark_to = g->out->n;
	g->marks = marked;
}

static void word_cut(struct pending *x, size_t longest)
{
	x->word = str_sub(x->word, 0, longest);
	x->key = word_key_of(x->word);
}

static void numbers_room(struct word_numbers *x)
{
	if (x->cap - x->n >= PENDING_MAX)
		return;
	x->cap = 2 * x->cap > 1024 ? 2 * x->cap : 1024;
	x->v = xrealloc(x->v, x->cap * sizeof(*x->v));
}

void numbering_settle(struct scanner *sc)
{
	struct numbering *g = sc->numbering;
	uint32_t unused[PENDING_MAX + 1];
	struct word_numbers none = {unused, 0, PENDING_MAX + 1}, *out = g->out;
	struct word_numbers *hashes = g->w->hashes ? g->w->hashes : &none;

	numbers_room(out);
	numbers_room(hashes);
	for (size_t i = 0; i < sc->n_pending; i++) {
		struct pending *x = &sc->scratch->pending[i];
		uint32_t id = vocab_glance(sc->v, x->word.n, &x->key);

		if (x->off >= g->changes_at)
			numbering_turn(g, x->off);
		if (!id && x->word.n > g->longest)
			word_cut(x, g->longest);
		out->v[out->n] = id ? id : vocab_add_keyed(sc->v, x->word, x->key);
		out->n += !g->skips;
		hashes->v[hashes->n] = key_word_hash(&x->key);
		hashes->n += !g->skips;
		g->w->redacted |= x->redacted && !g->skips;
	}
	sc->n_pending = 0;
	sc->room_n = sc->word_at = 0; /* no word that has its number is needed any more */
}

void text_numbers(struct arena *a, struct str text, struct vocab *v, struct words_wanted *w, struct word_numbers *out)
{
	struct numbering g = {.w = w, .out = out, .longest = w->longest ? w->longest : SIZE_MAX};
	struct scanner_scratch scratch;
	struct scanner sc = {.a = a, .s = text, .v = v, .grow = true, .numbering = &g, .scratch = &scratch};

	w->mark_from = w->mark_to = out->n;
	w->redacted = false;
	scanner_run(&sc, true);
	numbering_settle(&sc);
	if (g.marks)
		w->mark_to = out->n;
}
