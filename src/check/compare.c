/*
 * The comparison of one quotation with one body: the aligner lays the words on the text, and what it leaves over is
 * looked at again, because not every difference is one: a word that is hyphenated on one side only, a gloss, an
 * ellipsis, a page line. What is left then is unmarked, and that is what a person must see.
 */
#include "check/check_priv.h"

#include <string.h>

enum {
	GLOSS_REPLACES_MAX = 8, /* words of the cable that one pair of square brackets may stand for */
	TRACE_MAX = 192 << 20,  /* bytes of trace; a longer product is narrowed to the likeliest window */
};

/* One step of the alignment with what it turned out to be. a, b: word numbers; UINT32_MAX: nothing on that side. */
struct cell {
	enum piece_kind kind;
	uint32_t a, b;
};

struct cells {
	const struct quote_words *q;
	const struct body_words *b;
	struct str body;
	struct cell *v;
	size_t n;
};

static bool is_unmarked(enum piece_kind k)
{
	return k == PIECE_CHANGED || k == PIECE_ADDED || k == PIECE_DROPPED;
}

static struct str cable_word(const struct cells *c, uint32_t b)
{
	return b == UINT32_MAX ? STR("") : c->b->tokens.v[b].word;
}

static struct str story_word(const struct cells *c, uint32_t a)
{
	return a == UINT32_MAX ? STR("") : c->q->v[a].word;
}

/* ---- from steps to cells ----------------------------------------------------------------------------------------- */

static bool at_gap(const struct quote_words *q, uint32_t a)
{
	return (a < q->n && q->kinds[a] == ALIGN_GAP) || (a > 0 && q->kinds[a - 1] == ALIGN_GAP);
}

static bool is_doubled(const struct body_words *b, uint32_t i)
{
	return i > 0 && b->kinds[i] == ALIGN_FREE && str_eq(b->tokens.v[i].word, b->tokens.v[i - 1].word);
}

static struct cell cell_of_step(const struct cells *c, const struct align_step *s)
{
	const struct quote_words *q = c->q;
	struct cell out = {PIECE_SAME, s->a, s->b};

	switch (s->op) {
	case ALIGN_SAME:
		break;
	case ALIGN_CHANGE:
		out.kind = PIECE_CHANGED;
		break;
	case ALIGN_ONLY_A:
		out.b = UINT32_MAX;
		if (q->kinds[s->a] == ALIGN_GAP)
			out.kind = PIECE_ELLIPSIS;
		else if (q->kinds[s->a] == ALIGN_FREE)
			out.kind = PIECE_GLOSS;
		else
			out.kind = s->free ? PIECE_REDACTED : PIECE_ADDED;
		break;
	case ALIGN_ONLY_B:
		out.a = UINT32_MAX;
		if (!s->free)
			out.kind = PIECE_DROPPED;
		else if (c->b->kinds[s->b] == ALIGN_WORD || at_gap(q, s->a))
			out.kind = PIECE_ELLIPSIS;
		else if (c->b->kinds[s->b] == ALIGN_BLOT)
			out.kind = PIECE_REDACTED;
		else
			out.kind = is_doubled(c->b, s->b) ? PIECE_DOUBLED : PIECE_ARTEFACT;
		break;
	}
	return out;
}

/* ---- second looks: a region is a run of cells between two that are the same -------------------------------------- */

static void region_mark(struct cells *c, size_t from, size_t to, enum piece_kind kind)
{
	for (size_t i = from; i < to; i++)
		if (is_unmarked(c->v[i].kind))
			c->v[i].kind = kind;
}

/* The letters of both sides' unmarked words, run together, are the same: "anti-terrorist", "antiterrorist". */
static bool region_same_letters(const struct cells *c, size_t from, size_t to)
{
	size_t i = from, k = from, x = 0, y = 0, letters = 0;

	for (;;) {
		while (i < to && (!is_unmarked(c->v[i].kind) || x == story_word(c, c->v[i].a).n))
			i++, x = 0;
		while (k < to && (!is_unmarked(c->v[k].kind) || y == cable_word(c, c->v[k].b).n))
			k++, y = 0;
		if (i == to || k == to)
			return i == to && k == to && letters;
		if (story_word(c, c->v[i].a).p[x++] != cable_word(c, c->v[k].b).p[y++])
			return false;
		letters++;
	}
}

/* "provide[d]" for "provide", "[s]he" for "he": the letters outside the brackets are the cable's. */
static bool is_patch_of(const struct quote_word *w, struct str cable)
{
	return w->patched && w->head.n + w->tail.n > 0 && w->head.n + w->tail.n <= cable.n &&
	       str_starts(cable, w->head) && str_eq(str_sub(cable, cable.n - w->tail.n, cable.n), w->tail);
}

/*
 * A transmission error turned quotation marks into & and 8: `&very good8`. The word before the 8 is whole when a word
 * not far before it was opened by &.
 */
static bool is_garbled_quote(const struct cells *c, uint32_t b, struct str story)
{
	struct str word = cable_word(c, b);
	uint32_t off;

	if (word.n != story.n + 1 || word.p[word.n - 1] != '8' || !str_starts(word, story))
		return false;
	for (uint32_t k = b, n = 0; n < 40; k--, n++) {
		off = c->b->tokens.v[k].off;
		if (off && c->body.p[off - 1] == '&')
			return true;
		if (!k)
			break;
	}
	return false;
}

static size_t region_dropped(const struct cells *c, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += is_unmarked(c->v[i].kind) && c->v[i].b != UINT32_MAX;
	return n;
}

static bool region_has_bracket(const struct cells *c, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (c->v[i].kind == PIECE_GLOSS && c->v[i].a != UINT32_MAX && c->q->v[c->v[i].a].group >= 0 &&
		    c->q->groups[c->q->v[c->v[i].a].group].kind == GROUP_BRACKET)
			return true;
	return false;
}

/* Words of the cable that the cable itself has in brackets are no words that a reporter's brackets may stand for. */
static bool region_in_cable_brackets(const struct cells *c, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		uint32_t off = c->v[i].b == UINT32_MAX ? 0 : c->b->tokens.v[c->v[i].b].off;

		if (off && c->body.p[off - 1] == '[')
			return true;
	}
	return false;
}

static void region_look_again(struct cells *c, size_t from, size_t to)
{
	if (region_same_letters(c, from, to)) {
		region_mark(c, from, to, PIECE_SAME);
		return;
	}
	for (size_t i = from; i < to; i++) {
		struct cell *x = &c->v[i];

		if (x->kind != PIECE_CHANGED)
			continue;
		if (is_patch_of(&c->q->v[x->a], cable_word(c, x->b)))
			x->kind = PIECE_GLOSS;
		else if (is_garbled_quote(c, x->b, story_word(c, x->a)))
			x->kind = PIECE_SAME;
	}
	if (region_has_bracket(c, from, to) && region_dropped(c, from, to) <= GLOSS_REPLACES_MAX &&
	    !region_in_cable_brackets(c, from, to))
		for (size_t i = from; i < to; i++)
			if (c->v[i].kind == PIECE_DROPPED)
				c->v[i].kind = PIECE_GLOSS;
}

static void regions_look_again(struct cells *c)
{
	for (size_t i = 0; i < c->n;) {
		size_t end = i;

		while (end < c->n && c->v[end].kind != PIECE_SAME)
			end++;
		if (end > i)
			region_look_again(c, i, end);
		i = end + 1;
	}
}

/*
 * Brackets most of whose words stand in the cable are no gloss but quoted words, and then all of them must stand there:
 * else "(about 400)" would pass for "(about 40)".
 */
static void groups_look_again(struct arena *a, struct cells *c)
{
	const struct quote_words *q = c->q;
	size_t *same = arena_new(a, size_t, q->n_groups + 1), *all = arena_new(a, size_t, q->n_groups + 1);

	for (size_t i = 0; i < c->n; i++) {
		int g = c->v[i].a == UINT32_MAX ? -1 : q->v[c->v[i].a].group;

		if (g < 0 || q->kinds[c->v[i].a] != ALIGN_FREE)
			continue;
		if (word_is_common(q->v[c->v[i].a].word))
			continue; /* "[the minister]" shares its "the" with every sentence */
		all[g]++;
		same[g] += c->v[i].kind == PIECE_SAME;
	}
	for (size_t i = 0; i < c->n; i++) {
		int g = c->v[i].a == UINT32_MAX ? -1 : q->v[c->v[i].a].group;

		if (g >= 0 && c->v[i].kind == PIECE_GLOSS && q->kinds[c->v[i].a] == ALIGN_FREE && same[g] &&
		    2 * same[g] >= all[g])
			c->v[i].kind = c->v[i].b == UINT32_MAX ? PIECE_ADDED : PIECE_CHANGED;
	}
}

/* ---- from cells to pieces ---------------------------------------------------------------------------------------- */

static void span_extend(struct span *s, uint32_t off, uint32_t end)
{
	if (s->off == s->end)
		*s = (struct span){off, end};
	if (off < s->off)
		s->off = off;
	if (end > s->end)
		s->end = end;
}

static void piece_add_cell(struct piece *p, const struct cells *c, const struct cell *x)
{
	if (x->a != UINT32_MAX) {
		const struct quote_word *w = &c->q->v[x->a];

		span_extend(&p->story, w->at.off, w->at.end);
		p->negation |= word_is_negation(w->word);
		p->number |= w->number;
	}
	if (x->b != UINT32_MAX) {
		const struct token *t = &c->b->tokens.v[x->b];

		span_extend(&p->cable, t->off, t->end);
		p->negation |= word_is_negation(t->word);
		p->number |= (t->flags & TOKEN_NUMBER) != 0;
	}
}

static void pieces_make(struct arena *a, const struct cells *c, struct comparison *out)
{
	VEC(struct piece) pieces = {0};

	for (size_t i = 0; i < c->n; i++) {
		const struct cell *x = &c->v[i];

		struct piece *last = pieces.n ? &pieces.v[pieces.n - 1] : NULL;

		/* Differences that touch are one difference: these words for those. */
		if (!last || (last->kind != x->kind && !(is_unmarked(last->kind) && is_unmarked(x->kind)))) {
			last = VEC_PUSH(a, &pieces);
			last->kind = x->kind;
		}
		piece_add_cell(last, c, x);
		if (is_unmarked(last->kind))
			last->kind = last->story.end == last->story.off   ? PIECE_DROPPED
				     : last->cable.end == last->cable.off ? PIECE_ADDED
									  : PIECE_CHANGED;
		if (x->b != UINT32_MAX)
			span_extend(&out->at, c->b->tokens.v[x->b].off, c->b->tokens.v[x->b].end);
	}
	out->pieces = pieces.v;
	out->n_pieces = pieces.n;
}

static void count(const struct cells *c, struct comparison *out)
{
	size_t run = 0;

	out->plain = c->q->plain;
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *x = &c->v[i];
		bool plain = x->a != UINT32_MAX && c->q->kinds[x->a] == ALIGN_WORD;

		if (is_unmarked(x->kind)) {
			out->unmarked++;
			run = 0;
		} else if (plain && (x->kind == PIECE_SAME || x->kind == PIECE_GLOSS)) {
			out->same++;
			if (++run > out->run)
				out->run = run;
		} else if (plain && x->kind == PIECE_REDACTED) {
			out->redacted++;
		}
	}
	out->score = out->plain ? (double)out->same / (double)out->plain : 0;
}

static bool is_marked_change(const struct cells *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *x = &c->v[i];

		if (x->kind == PIECE_GLOSS || x->kind == PIECE_DOUBLED)
			return true;
		if (x->kind == PIECE_ELLIPSIS && x->b != UINT32_MAX)
			return true;
		if (x->a != UINT32_MAX && c->q->v[x->a].patched)
			return true;
	}
	return false;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/*
 * A very long quotation against a very long body: only the window of the body that shares most words with it is laid
 * out, because the trace takes a byte for each pair of words.
 */
static void window_choose(struct arena *a, const struct quote_words *q, const struct body_words *b, size_t *from,
			  size_t *to)
{
	size_t n = b->tokens.n, size = TRACE_MAX / (q->n + 1), hits = 0, best = 0;
	uint32_t top = 0;
	bool *known;

	*from = 0;
	*to = n;
	if (n <= size)
		return;
	for (size_t i = 0; i < q->n; i++)
		top = q->ids[i] > top ? q->ids[i] : top;
	known = arena_new(a, bool, (size_t)top + 1);
	for (size_t i = 0; i < q->n; i++)
		known[q->ids[i]] = q->ids[i] != 0;
	for (size_t i = 0; i < n; i++) {
		hits += b->ids[i] <= top && known[b->ids[i]];
		if (i >= size)
			hits -= b->ids[i - size] <= top && known[b->ids[i - size]];
		if (hits > best) {
			best = hits;
			*to = i + 1;
		}
	}
	*from = *to > size ? *to - size : 0;
}

struct comparison compare_words(struct arena *a, struct arena *mem, const struct quote_words *q,
				const struct body_words *b, struct str body)
{
	struct comparison out = {.verdict = VERDICT_NO_SOURCE, .plain = q->plain};
	struct cells c = {.q = q, .b = b, .body = body};
	struct alignment al;
	size_t from, to;

	if (!q->plain || !b->tokens.n)
		return out;
	window_choose(mem, q, b, &from, &to);
	al = align_local(mem, (struct align_run){q->ids, q->kinds, q->n},
			 (struct align_run){b->ids + from, b->kinds + from, to - from});
	c.v = arena_new(mem, struct cell, al.n + 1);
	for (c.n = 0; c.n < al.n; c.n++) {
		struct align_step s = al.v[c.n];

		s.b += (uint32_t)from;
		c.v[c.n] = cell_of_step(&c, &s);
	}
	groups_look_again(mem, &c);
	regions_look_again(&c);
	count(&c, &out);
	pieces_make(a, &c, &out);
	if (!out.same)
		return out;
	if (out.unmarked)
		out.verdict = VERDICT_ALTERED;
	else
		out.verdict = is_marked_change(&c) ? VERDICT_ADAPTED : VERDICT_VERBATIM;
	return out;
}

bool comparison_is_source(const struct comparison *c, bool cited)
{
	if (c->verdict == VERDICT_VERBATIM || c->verdict == VERDICT_ADAPTED)
		return c->same > 0 && (c->redacted < c->same || c->same >= 6);
	if (c->verdict != VERDICT_ALTERED || c->plain < 3)
		return false;
	if (c->unmarked > c->plain + 4)
		return false;
	if (cited)
		return c->score >= (c->plain <= 8 ? 0.6 : 0.5) && c->run >= 2;
	if (c->plain >= 8 && c->run >= 6 && c->score >= 0.45)
		return true;
	return c->plain >= 5 && c->score >= (c->plain < 10 ? 0.75 : 0.6) && c->run >= 3;
}
