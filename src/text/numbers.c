/*
 * Words as numbers alone, as an index collects them: no token is made of a word, it goes from the text through the
 * vocabulary to its place among the numbers. What is to be left out is left out on the way.
 */
#include "text/text_priv.h"

#include <stdlib.h>

struct numbering {
	struct words_wanted *w;
	struct word_numbers *out;
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

static uint32_t number_of(struct scanner *sc, const struct pending *x)
{
	size_t longest = sc->numbering->w->longest;
	uint32_t id = vocab_glance(sc->v, x->word.n, &x->key);

	if (id)
		return id;
	if (longest && x->word.n > longest)
		return vocab_add(sc->v, str_sub(x->word, 0, longest));
	return vocab_add_keyed(sc->v, x->word, x->key);
}

void numbering_settle(struct scanner *sc)
{
	struct numbering *g = sc->numbering;
	struct word_numbers *out = g->out;

	if (out->cap - out->n < PENDING_MAX) {
		out->cap = 2 * out->cap > 1024 ? 2 * out->cap : 1024;
		out->v = xrealloc(out->v, out->cap * sizeof(*out->v));
	}
	for (size_t i = 0; i < sc->n_pending; i++) {
		const struct pending *x = &sc->scratch->pending[i];

		if (x->off >= g->changes_at)
			numbering_turn(g, x->off);
		out->v[out->n] = number_of(sc, x);
		out->n += !g->skips;
		g->w->redacted |= x->redacted && !g->skips;
	}
	sc->n_pending = 0;
	sc->room_n = sc->word_at = 0; /* no word that has its number is needed any more */
}

void text_numbers(struct arena *a, struct str text, struct vocab *v, struct words_wanted *w, struct word_numbers *out)
{
	struct numbering g = {.w = w, .out = out};
	struct scanner_scratch scratch;
	struct scanner sc = {.a = a, .s = text, .v = v, .grow = true, .numbering = &g, .scratch = &scratch};

	w->mark_from = w->mark_to = out->n;
	w->redacted = false;
	scanner_run(&sc, true);
	numbering_settle(&sc);
	if (g.marks)
		w->mark_to = out->n;
}
