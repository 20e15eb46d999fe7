/*
 * Passages of cables as reporters quote them; see passages.h.
 */
#include "passages.h"

#include <string.h>

enum { JOINED_MIN = 16 };

const char *passage_kind_name(enum passage_kind k)
{
	static const char *const names[N_PASSAGE_KINDS] = {"exact",        "recased",       "elided",   "glossed",
							   "word changed", "words dropped", "negation", "number",
							   "joined",       "invented"};

	return names[k];
}

/* ---- a small generator of chance: xorshift64*, Vigna 2016 ------------------------------------------------------ */

static uint64_t chance_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du;
}

size_t chance_below(uint64_t *state, size_t n)
{
	return n ? (size_t)((chance_next(state) >> 11) % n) : 0;
}

/* ---- the cables -------------------------------------------------------------------------------------------------- */

static bool in_artefact(const struct telegram *t, uint32_t off)
{
	for (size_t i = 0; i < t->artefacts.n; i++)
		if (off >= t->artefacts.v[i].off && off < t->artefacts.v[i].end)
			return true;
	return false;
}

void corpus_add(struct corpus *c, int64_t key, const struct cable *cable)
{
	struct text t = {.key = key, .body = arena_str(&c->arena, cable->body)};
	struct tokens all = text_tokens(&c->arena, t.body, NULL, false);
	const struct span at = cable->telegram.text_at;

	t.words.v = arena_new(&c->arena, struct token, all.n + 1);
	for (size_t i = 0; i < all.n; i++) {
		const struct token *w = &all.v[i];

		if (w->off < at.off || w->end > at.end || in_artefact(&cable->telegram, w->off))
			continue;
		t.words.v[t.words.n++] = *w;
		*VEC_PUSH(&c->arena, &c->pool) = w->word;
	}
	if (t.words.n >= 2 * PASSAGE_WORDS_MAX)
		*VEC_PUSH(&c->arena, &c->texts) = t;
}

/* ---- passages ---------------------------------------------------------------------------------------------------- */

static bool passage_take(struct corpus *c, size_t n, struct passage_made *out)
{
	const struct text *t = &c->texts.v[chance_below(&c->seed, c->texts.n)];
	size_t first = chance_below(&c->seed, t->words.n - n);

	for (size_t i = 0; i < n; i++) {
		const struct token *w = &t->words.v[first + i];

		if (w->flags & TOKEN_REDACTED)
			return false;
		out->v[out->n++] = (struct piece_of){str_sub(t->body, w->off, w->end), w->flags & TOKEN_NUMBER};
	}
	out->source = str_sub(t->body, t->words.v[first].off, t->words.v[first + n - 1].end);
	*(out->key ? &out->second : &out->key) = t->key;
	return true;
}

static bool is_word(struct str s, const char *word)
{
	return str_ieq(s, str_of(word));
}

static void remove_words(struct passage_made *p, size_t at, size_t n)
{
	memmove(&p->v[at], &p->v[at + n], (p->n - at - n) * sizeof(*p->v));
	p->n -= n;
}

static void insert_word(struct passage_made *p, size_t at, const char *word)
{
	memmove(&p->v[at + 1], &p->v[at], (p->n - at) * sizeof(*p->v));
	p->v[at] = (struct piece_of){.text = str_of(word)};
	p->n++;
}

/* ---- what is done to them ---------------------------------------------------------------------------------------- */

static bool negation_turn(struct corpus *c, struct passage_made *p)
{
	static const char *const auxiliaries[] = {"is",    "are",    "was", "were", "will", "would",
						  "could", "should", "can", "has",  "had"};

	(void)c;
	for (size_t i = 1; i + 1 < p->n; i++)
		if (is_word(p->v[i].text, "not") && !is_word(p->v[i + 1].text, "not") &&
		    !is_word(p->v[i - 1].text, "not")) {
			remove_words(p, i, 1);
			return true;
		}
	for (size_t i = 0; i + 2 < p->n && p->n < PASSAGE_WORDS_MAX; i++)
		for (size_t k = 0; k < sizeof(auxiliaries) / sizeof(*auxiliaries); k++)
			if (is_word(p->v[i].text, auxiliaries[k]) && !is_word(p->v[i + 1].text, "not")) {
				insert_word(p, i + 1, "not");
				return true;
			}
	return false;
}

static bool number_change(struct corpus *c, struct passage_made *p)
{
	for (size_t i = 0; i < p->n; i++) {
		char *digits;
		size_t at;

		if (!p->v[i].number)
			continue;
		digits = arena_dup(&c->arena, p->v[i].text);
		at = strcspn(digits, "0123456789");
		if (!digits[at])
			continue;
		digits[at] = digits[at] == '9' ? '8' : (char)(digits[at] + 1);
		p->v[i].text = str_of(digits);
		return true;
	}
	return false;
}

static bool word_change(struct corpus *c, struct passage_made *p)
{
	size_t at = 1 + chance_below(&c->seed, p->n - 2);
	struct str other = c->pool.v[chance_below(&c->seed, c->pool.n)];
	struct str own = text_fold(&c->arena, p->v[at].text);

	if (other.n < 2 || str_starts(other, own) || str_starts(own, other))
		return false;
	p->v[at].text = other;
	return true;
}

/* Two words whose loss leaves a trace: not those that are said twice in a row. */
static bool words_drop(struct corpus *c, struct passage_made *p)
{
	size_t at = 1 + chance_below(&c->seed, p->n - 4);

	if (is_word(p->v[at].text, "and") || str_ieq(p->v[at].text, p->v[at + 1].text) ||
	    str_ieq(p->v[at - 1].text, p->v[at + 1].text) || str_ieq(p->v[at].text, p->v[at + 2].text))
		return false;
	remove_words(p, at, 2);
	return true;
}

static void elide(struct corpus *c, struct passage_made *p)
{
	static const char *const marks[] = {"...", "\u2026", "[...]", ". . ."};
	size_t n = 1 + chance_below(&c->seed, p->n / 3), at = 2 + chance_below(&c->seed, p->n - n - 4);

	remove_words(p, at, n);
	insert_word(p, at, marks[chance_below(&c->seed, 4)]);
}

static void gloss(struct corpus *c, struct passage_made *p)
{
	static const char *const inserted[] = {"[the foreign ministry]", "[sic]", "(the ruling party)", "[Tuesday]"};
	size_t at = 1 + chance_below(&c->seed, p->n - 2);

	if (chance_below(&c->seed, 2)) {
		p->v[at].text = STR("[the minister]");
		p->v[at].number = false;
	} else if (p->n < PASSAGE_WORDS_MAX) {
		insert_word(p, at, inserted[chance_below(&c->seed, 4)]);
	} else {
		p->v[at].text = STR("[he]");
	}
}

static void invent(struct corpus *c, struct passage_made *p, size_t n)
{
	/* From word to word as real texts go, so that pairs are true and the whole is not. */
	struct str at = c->pool.v[chance_below(&c->seed, c->pool.n)];

	while (p->n < n) {
		size_t from = chance_below(&c->seed, c->pool.n - 1), i = from;

		do
			i = i + 2 < c->pool.n ? i + 1 : 0;
		while (!str_eq(c->pool.v[i], at) && i != from);
		at = c->pool.v[i + 1];
		p->v[p->n++].text = at;
	}
}

bool passage_make(struct corpus *c, enum passage_kind kind, struct passage_made *p)
{
	size_t n = PASSAGE_WORDS_MIN + chance_below(&c->seed, PASSAGE_WORDS_MAX - PASSAGE_WORDS_MIN);

	*p = (struct passage_made){0};
	if (kind == PASSAGE_INVENTED) {
		invent(c, p, n);
		return true;
	}
	if (kind == PASSAGE_JOINED) {
		n = n < JOINED_MIN ? JOINED_MIN : n;
		return passage_take(c, n / 2, p) && passage_take(c, n - n / 2, p) && p->key != p->second;
	}
	if ((kind == PASSAGE_ELIDED || kind == PASSAGE_WORDS_DROPPED) && n < 12)
		n += 4;
	if (!passage_take(c, n, p))
		return false;
	switch (kind) {
	case PASSAGE_ELIDED:
		elide(c, p);
		return true;
	case PASSAGE_GLOSSED:
		gloss(c, p);
		return true;
	case PASSAGE_WORD_CHANGED:
		return word_change(c, p);
	case PASSAGE_WORDS_DROPPED:
		return words_drop(c, p);
	case PASSAGE_NEGATION:
		return negation_turn(c, p);
	case PASSAGE_NUMBER:
		return number_change(c, p);
	default:
		return true;
	}
}

void passage_write(struct corpus *c, enum passage_kind kind, const struct passage_made *p, struct buf *out)
{
	static const char *const points[] = {", ", "; ", " - ", " ", "\n", ". ", " \u2014 "};

	for (size_t i = 0; i < p->n; i++) {
		struct str w = p->v[i].text;

		if (kind == PASSAGE_RECASED) {
			bool upper = chance_below(&c->seed, 3) == 0;

			if (i)
				buf_puts(out, points[chance_below(&c->seed, sizeof(points) / sizeof(*points))]);
			for (size_t k = 0; k < w.n; k++)
				buf_putc(out, (char)(upper ? ascii_toupper(w.p[k]) : w.p[k]));
		} else {
			if (i)
				buf_putc(out, ' ');
			buf_str(out, w);
		}
	}
}
