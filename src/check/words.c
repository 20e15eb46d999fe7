/*
 * A quotation as the aligner wants it: its words, where an ellipsis lets it skip, what stands in brackets and may be
 * the reporter's own; and a cable's body likewise, with what is no sentence of its author marked as free.
 */
#include "check/check_priv.h"

#include <string.h>

enum { GROUP_BYTES_MAX = 400 }; /* a bracket that closes later than this opens no gloss */

/* ---- brackets and ellipses --------------------------------------------------------------------------------------- */

/* Length of the ellipsis at s[i]: "…", "...", ". . ."; 0 when there is none. */
static size_t ellipsis_at(struct str s, size_t i)
{
	size_t points = 0, end = i, n = 0;

	if (str_starts(str_sub(s, i, s.n), STR("\u2026")))
		return strlen("\u2026");
	for (size_t k = i; k < s.n && k < i + 40; k++) {
		if (s.p[k] == '.') {
			points++;
			end = k + 1;
			n = 0;
		} else if (s.p[k] != ' ' || ++n > 1) {
			break;
		}
	}
	return points >= 3 ? end - i : 0;
}

static bool group_is_ellipsis(struct str inside)
{
	struct str s = str_trim(inside);
	size_t n = s.n ? ellipsis_at(s, 0) : 0;

	return !s.n || n == s.n || str_ieq(s, STR("snip"));
}

/* The brackets that open at s[i], closed without another of their kind inside; 0 when they do not close. */
static size_t brackets_at(struct str s, size_t i)
{
	char open = s.p[i], close = open == '[' ? ']' : ')';

	for (size_t k = i + 1; k < s.n && k - i < GROUP_BYTES_MAX; k++) {
		if (s.p[k] == close)
			return k + 1 - i;
		if (s.p[k] == open)
			return 0;
	}
	return 0;
}

typedef VEC(struct group) group_vec;

static void groups_find(struct arena *a, struct str text, struct span at, group_vec *out)
{
	struct str s = str_sub(text, at.off, at.end);

	for (size_t i = 0; i < s.n;) {
		enum group_kind kind = s.p[i] == '[' ? GROUP_BRACKET : GROUP_PAREN;
		size_t n = ellipsis_at(s, i);

		if (n) {
			kind = GROUP_ELLIPSIS;
		} else if (s.p[i] == '[' || s.p[i] == '(') {
			n = brackets_at(s, i);
			if (n && group_is_ellipsis(str_sub(s, i + 1, i + n - 1)))
				kind = GROUP_ELLIPSIS;
		}
		if (n)
			*VEC_PUSH(a, out) = (struct group){kind, {at.off + (uint32_t)i, at.off + (uint32_t)(i + n)}};
		i += n ? n : 1;
	}
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

typedef VEC(struct quote_word) word_vec;

static void add_gap(struct arena *a, word_vec *out, const struct group *g, int index)
{
	struct quote_word *w = VEC_PUSH(a, out);

	w->kind = ALIGN_GAP;
	w->at = g->at;
	w->group = index;
}

/* Do only square brackets part two tokens? Then they are one word with a patch: "[T]he". */
static bool patched_together(struct str text, const struct token *x, const struct token *y)
{
	bool brackets = false;

	for (uint32_t i = x->end; i < y->off; i++) {
		if (text.p[i] != '[' && text.p[i] != ']')
			return false;
		brackets = true;
	}
	return brackets;
}

static bool inside(struct span outer, uint32_t off, uint32_t end)
{
	return off >= outer.off && end <= outer.end;
}

/* Joins y to the patched word w: its letters count as a patch when they stand inside the brackets g. */
static void patch_join(struct arena *a, struct quote_word *w, const struct token *y, bool y_in_group)
{
	if (!w->patched) {
		w->patched = true;
		w->head = w->kind == ALIGN_FREE ? STR("") : w->word;
	}
	w->word = str_of(arena_printf(a, "%.*s%.*s", STR_ARG(w->word), STR_ARG(y->word)));
	w->tail = y_in_group ? STR("") : y->word;
	w->at.end = y->end;
	w->kind = ALIGN_WORD;
}

/* The group that token t stands in, -1. Groups come in order; *next is where to go on looking. */
static int group_of(const group_vec *groups, size_t *next, const struct token *t, word_vec *out, struct arena *a)
{
	while (*next < groups->n && groups->v[*next].at.end <= t->off) {
		if (groups->v[*next].kind == GROUP_ELLIPSIS)
			add_gap(a, out, &groups->v[*next], (int)*next);
		++*next;
	}
	if (*next < groups->n && inside(groups->v[*next].at, t->off, t->end))
		return (int)*next;
	return -1;
}

static void stretch_read(struct arena *a, struct str text, struct span at, const group_vec *groups, size_t *next,
			 word_vec *out)
{
	struct tokens t = text_tokens(a, str_sub(text, at.off, at.end), NULL, false);

	for (size_t i = 0; i < t.n; i++) {
		struct token *tok = &t.v[i];
		struct quote_word *w;
		int g;

		tok->off += at.off;
		tok->end += at.off;
		g = group_of(groups, next, tok, out, a);
		if (g >= 0 && groups->v && groups->v[g].kind == GROUP_ELLIPSIS)
			continue; /* "[snip]" */
		if (i && out->n && patched_together(text, &t.v[i - 1], tok) &&
		    out->v[out->n - 1].at.end == t.v[i - 1].end) {
			patch_join(a, &out->v[out->n - 1], tok, g >= 0);
			continue;
		}
		w = VEC_PUSH(a, out);
		*w = (struct quote_word){.word = tok->word,
					 .at = {tok->off, tok->end},
					 .kind = g >= 0 ? ALIGN_FREE : ALIGN_WORD,
					 .group = g,
					 .number = tok->flags & TOKEN_NUMBER};
	}
}

struct quote_words quote_words_read(struct arena *a, struct vocab *vocab, struct str text, struct spans words)
{
	struct quote_words q = {0};
	group_vec groups = {0};
	word_vec out = {0};
	size_t next = 0;

	for (size_t i = 0; i < words.n; i++)
		groups_find(a, text, words.v[i], &groups);
	for (size_t i = 0; i < words.n; i++)
		stretch_read(a, text, words.v[i], &groups, &next, &out);
	q.v = out.v;
	q.n = out.n;
	q.groups = groups.v;
	q.n_groups = groups.n;
	q.ids = arena_new(a, uint32_t, q.n ? q.n : 1);
	q.kinds = arena_new(a, uint8_t, q.n ? q.n : 1);
	for (size_t i = 0; i < q.n; i++) {
		q.kinds[i] = q.v[i].kind;
		q.ids[i] = q.v[i].kind == ALIGN_GAP ? 0 : vocab_add(vocab, q.v[i].word);
		q.plain += q.v[i].kind == ALIGN_WORD;
	}
	return q;
}

/* ---- the body ---------------------------------------------------------------------------------------------------- */

struct body_words body_words_read(struct arena *a, struct vocab *vocab, const struct cable *c)
{
	const struct spans *art = &c->telegram.artefacts;
	struct body_words b = {.tokens = text_tokens(a, c->body, vocab, false)};
	size_t k = 0, n = b.tokens.n;

	b.ids = arena_new(a, uint32_t, n ? n : 1);
	b.kinds = arena_new(a, uint8_t, n ? n : 1);
	for (size_t i = 0; i < n; i++) {
		const struct token *t = &b.tokens.v[i];

		while (k < art->n && art->v[k].end <= t->off)
			k++;
		b.ids[i] = t->id;
		if (k < art->n && t->off >= art->v[k].off)
			b.kinds[i] = ALIGN_FREE;
		else if (t->flags & TOKEN_REDACTED)
			b.kinds[i] = ALIGN_BLOT;
		else if (i && str_eq(t->word, b.tokens.v[i - 1].word))
			b.kinds[i] = ALIGN_FREE; /* doubled for emphasis, "not not" */
	}
	return b;
}

/* ---- kinds of words ---------------------------------------------------------------------------------------------- */

static bool word_in(struct str w, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(w, str_of(list[i])))
			return true;
	return false;
}

bool word_is_negation(struct str w)
{
	static const char *const list[] = {"not",     "no",      "never",    "none",    "nor",
					   "neither", "without", "cannot",   "nothing", "nobody",
					   "hardly",  "barely",  "unlikely", "refused", "denied"};

	if (w.n > 2 && str_eq(str_sub(w, w.n - 2, w.n), STR("nt")))
		return word_in(w,
			       (const char *const[]){"dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent",
						     "wont", "wouldnt", "cant", "couldnt", "shouldnt", "hasnt",
						     "havent", "hadnt", "mustnt"},
			       16);
	return word_in(w, list, sizeof(list) / sizeof(*list));
}

bool word_is_common(struct str w)
{
	static const char *const list[] = {
		"a",     "about", "after", "all",   "also", "an",   "and",  "any", "are",   "as",   "at",   "be",
		"been",  "but",   "by",    "can",   "do",   "for",  "from", "had", "has",   "have", "he",   "her",
		"him",   "his",   "i",     "if",    "in",   "into", "is",   "it",  "its",   "may",  "more", "most",
		"no",    "not",   "now",   "of",    "on",   "one",  "only", "or",  "our",   "out",  "over", "s",
		"said",  "she",   "so",    "some",  "such", "than", "that", "the", "their", "them", "then", "there",
		"these", "they",  "this",  "to",    "two",  "up",   "was",  "we",  "were",  "what", "when", "which",
		"who",   "will",  "with",  "would", "yes",  "you",
	};

	return word_in(w, list, sizeof(list) / sizeof(*list));
}
