/*
 * Snippets: the stretches of a cable that show best why it was found. A stretch is chosen for the different words of
 * the query in it, those that are rare in the cable first, and is widened to its paragraph's borders or a line or two.
 */
#include "search/search.h"

#include <stdlib.h>
#include <string.h>

enum {
	SNIPPET_WORDS = 26,
	SNIPPET_BYTES = 800, /* of text as received, at most; words can be of any length */
	CONTEXT_BYTES = 200, /* before the first and behind the last marked word */
	HANGING_BYTES = 4,   /* of punctuation that touches the first or last word */
	OPENING_WORDS = 8,   /* of a cable's beginning that is shown even over a paragraph's end */
	WORTH_MOST = 1024,   /* of a word that stands once in the cable */
	WORTH_REPEATED = 1,  /* of one that was seen already */
	MAYBE_WORDS = 16,    /* of 64 bits */
	TOKEN_MARKED = 1,
	TOKEN_JOINED = 2, /* what stands between it and the next is marked too */
};

/* Words of the text that are marked together; id numbers the words, then the phrases, of the marks. */
struct found {
	uint32_t first, last; /* tokens, both meant */
	uint32_t id;
	uint32_t paragraph; /* counted by the blank lines before it */
	bool used;
};

struct finder {
	struct arena *a;
	const struct search_marks *m;
	uint32_t *phrases; /* by their first words */
	size_t n_phrases;
	uint64_t maybe[MAYBE_WORDS]; /* a bit that each marked word, and what begins a phrase, has set */
	VEC(struct found) found;
};

/* ---- what is marked ---------------------------------------------------------------------------------------------- */

struct by_first_word {
	struct str word;
	uint32_t phrase;
};

static int by_first_word(const void *x, const void *y)
{
	const struct by_first_word *a = x, *b = y;
	int order = str_cmp(a->word, b->word);

	return order ? order : (a->phrase > b->phrase) - (a->phrase < b->phrase);
}

/* By what is at hand of a word: hardly any that is not marked falls on the bit of one that is, unless there are many.
 */
static unsigned maybe_bit(struct str word)
{
	uint32_t ends = (unsigned char)word.p[0] | (uint32_t)(unsigned char)word.p[word.n - 1] << 8;

	return ((ends | (uint32_t)word.n << 16) * 0x9e3779b1u) >> 22;
}

static bool may_be_marked(const struct finder *f, struct str word)
{
	unsigned bit = maybe_bit(word);

	return f->maybe[bit / 64] >> (bit % 64) & 1;
}

static void maybe_add(struct finder *f, struct str word)
{
	if (word.n)
		f->maybe[maybe_bit(word) / 64] |= (uint64_t)1 << (maybe_bit(word) % 64);
}

static struct finder finder_new(struct arena *a, const struct search_marks *m)
{
	struct by_first_word *order = arena_new(a, struct by_first_word, m->n_phrases + 1);
	struct finder f = {.a = a, .m = m, .phrases = arena_new(a, uint32_t, m->n_phrases + 1)};

	for (size_t i = 0; i < m->n_phrases; i++)
		if (m->phrases[i].n)
			order[f.n_phrases++] = (struct by_first_word){m->phrases[i].words[0], (uint32_t)i};
	if (f.n_phrases)
		qsort(order, f.n_phrases, sizeof(*order), by_first_word);
	for (size_t i = 0; i < f.n_phrases; i++) {
		f.phrases[i] = order[i].phrase;
		maybe_add(&f, order[i].word);
	}
	for (size_t i = 0; i < m->n_words; i++)
		maybe_add(&f, m->words[i]);
	return f;
}

static void find_word(struct finder *f, const struct tokens *t, uint32_t at)
{
	size_t from = 0, to = f->m->n_words;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = str_cmp(f->m->words[middle], t->v[at].word);

		if (!order) {
			*VEC_PUSH(f->a, &f->found) = (struct found){.first = at, .last = at, .id = (uint32_t)middle};
			return;
		}
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
}

static bool phrase_stands(const struct search_phrase *p, const struct tokens *t, uint32_t at, uint32_t end)
{
	if (p->n > end - at)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->words[i].n && !str_eq(p->words[i], t->v[at + i].word))
			return false;
	return true;
}

static void find_phrases(struct finder *f, const struct tokens *t, uint32_t at, uint32_t end)
{
	const struct search_phrase *all = f->m->phrases;
	size_t from = 0, to = f->n_phrases;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (str_cmp(all[f->phrases[middle]].words[0], t->v[at].word) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < f->n_phrases; from++) {
		uint32_t id = f->phrases[from];

		if (!str_eq(all[id].words[0], t->v[at].word))
			return;
		if (phrase_stands(&all[id], t, at, end))
			*VEC_PUSH(f->a, &f->found) = (struct found){
				.first = at, .last = at + (uint32_t)all[id].n - 1, .id = (uint32_t)f->m->n_words + id};
	}
}

static void find_in(struct finder *f, const struct tokens *t, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		if (!may_be_marked(f, t->v[i].word))
			continue;
		find_word(f, t, i);
		find_phrases(f, t, i, to);
	}
}

static uint8_t *found_flags(const struct finder *f, size_t n_tokens)
{
	uint8_t *flags = arena_new(f->a, uint8_t, n_tokens + 1);

	for (size_t i = 0; i < f->found.n; i++)
		for (uint32_t t = f->found.v[i].first; t <= f->found.v[i].last; t++)
			flags[t] |= TOKEN_MARKED | (t < f->found.v[i].last ? TOKEN_JOINED : 0);
	return flags;
}

/* ---- a stretch as one line --------------------------------------------------------------------------------------- */

/* What is shown: bytes `at` of the text without the noise in it, and the tokens in them. */
struct stretch {
	struct str text;
	struct span at;
	const struct spans *noise;
	const struct token *tokens;
	const uint8_t *flags;
	uint32_t first, end;
};

struct line {
	struct buf text;
	struct arena *a;
	VEC(struct span) marks;
	uint32_t opened; /* where the mark at hand began; UINT32_MAX: none */
	bool blank;
};

static void line_put(struct line *l, struct str text, size_t *pos)
{
	size_t at = *pos;
	int32_t cp = (unsigned char)text.p[at] < 0x80 ? text.p[(*pos)++] : utf8_next(text, pos);
	char utf8[4];

	if (cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0) {
		l->blank = true;
		return;
	}
	if (l->blank && l->text.n)
		buf_putc(&l->text, ' ');
	l->blank = false;
	if (cp == 0xfffd)
		buf_add(&l->text, utf8, utf8_put(cp, utf8));
	else
		buf_add(&l->text, text.p + at, *pos - at);
}

/* A mark begins behind the blank before its word, which is not put yet. */
static void mark_open(struct line *l)
{
	if (l->opened == UINT32_MAX)
		l->opened = (uint32_t)l->text.n + (l->blank && l->text.n ? 1 : 0);
}

static void mark_close(struct line *l)
{
	if (l->opened != UINT32_MAX && l->opened < l->text.n)
		*VEC_PUSH(l->a, &l->marks) = (struct span){l->opened, (uint32_t)l->text.n};
	l->opened = UINT32_MAX;
}

static struct snippet line_read(struct arena *a, const struct stretch *s)
{
	struct line l = {.a = a, .opened = UINT32_MAX};
	struct str text = str_sub(s->text, 0, s->at.end);
	struct snippet out = {0};
	uint32_t token = s->first;
	size_t k = 0;

	for (size_t pos = s->at.off; pos < text.n;) {
		while (token < s->end && s->tokens[token].end <= pos) {
			if (!(s->flags[token] & TOKEN_JOINED))
				mark_close(&l);
			token++;
		}
		while (s->noise && k < s->noise->n && s->noise->v[k].end <= pos)
			k++;
		if (s->noise && k < s->noise->n && pos >= s->noise->v[k].off) {
			pos = s->noise->v[k].end;
			l.blank = true;
			continue;
		}
		if (token < s->end && s->tokens[token].off <= pos && s->flags[token] & TOKEN_MARKED)
			mark_open(&l);
		line_put(&l, text, &pos);
	}
	mark_close(&l);
	out.text = arena_str(a, buf_view(&l.text));
	out.marks = l.marks.v;
	out.n_marks = l.marks.n;
	buf_free(&l.text);
	return out;
}

struct snippet search_marked(struct arena *a, const struct search_marks *m, struct str text)
{
	struct tokens t = text_tokens(a, text, NULL, false);
	struct finder f = finder_new(a, m);

	find_in(&f, &t, 0, (uint32_t)t.n);
	return line_read(a, &(struct stretch){
				    .text = text,
				    .at = {0, (uint32_t)text.n},
				    .tokens = t.v,
				    .flags = found_flags(&f, t.n),
				    .end = (uint32_t)t.n,
			    });
}

/* ---- which stretches --------------------------------------------------------------------------------------------- */

/* A run of tokens, both meant. */
struct window {
	uint32_t first, last;
};

struct chooser {
	struct finder f;
	const struct cable *c;
	struct catalog_words w;
	uint32_t *worth; /* by id */
	uint32_t *here;  /* by id: how often in the window at hand */
	struct window *chosen;
	size_t n_chosen;
};

static void worths_read(struct chooser *ch)
{
	size_t n = ch->f.m->n_words + ch->f.m->n_phrases + 1;

	ch->worth = arena_new(ch->f.a, uint32_t, n);
	ch->here = arena_new(ch->f.a, uint32_t, n);
	for (size_t i = 0; i < ch->f.found.n; i++)
		ch->worth[ch->f.found.v[i].id]++;
	for (size_t i = 0; i < n; i++)
		if (ch->worth[i])
			ch->worth[i] = WORTH_MOST / (1 + (31 - (uint32_t)__builtin_clz(ch->worth[i])));
}

/* Does a paragraph end before this token? */
static bool paragraph_before(const struct chooser *ch, uint32_t token)
{
	const struct token *t = &ch->w.words.v[token];
	size_t lines = 0;

	if (t->off - t[-1].end < 2) /* which is nearly always so */
		return false;
	for (size_t i = t[-1].end; i < t->off && lines < 2; i++) {
		char c = ch->c->body.p[i];

		if (c == '\n')
			lines++;
		else if (!ascii_space((unsigned char)c))
			lines = 0;
	}
	return lines >= 2;
}

/* Does a paragraph end somewhere between these bytes? */
static bool paragraph_between(struct str body, size_t from, size_t to)
{
	const char *line;

	while (from < to && (line = memchr(body.p + from, '\n', to - from))) {
		from = (size_t)(line - body.p) + 1;
		while (from < to && body.p[from] != '\n' && ascii_space((unsigned char)body.p[from]))
			from++;
		if (from < to && body.p[from] == '\n')
			return true;
	}
	return false;
}

/* Only so that those of one paragraph have one number: most of the text is passed over as bytes. */
static void paragraphs_number(struct chooser *ch)
{
	uint32_t n = 0;
	size_t from = 0;

	for (size_t i = 0; i < ch->f.found.n; i++) {
		size_t to = ch->w.words.v[ch->f.found.v[i].first].off;

		n += from < to && paragraph_between(ch->c->body, from, to);
		ch->f.found.v[i].paragraph = n;
		from = to > from ? to : from;
	}
}

static uint64_t found_worth(const struct chooser *ch, size_t i)
{
	uint32_t id = ch->f.found.v[i].id;

	return ch->here[id] ? WORTH_REPEATED : ch->worth[id];
}

/* The best run of marked words that were not used, of one paragraph and in SNIPPET_WORDS; false: none is left. */
static bool best_window(struct chooser *ch, size_t *from, size_t *to)
{
	const struct found *v = ch->f.found.v;
	uint64_t now = 0, best = 0;
	size_t j = 0;

	for (size_t i = 0; i < ch->f.found.n; i++) {
		if (v[i].used) {
			j = i + 1;
			continue;
		}
		while (j < ch->f.found.n && !v[j].used &&
		       (j == i || (v[j].paragraph == v[i].paragraph && v[j].last < v[i].first + SNIPPET_WORDS))) {
			now += found_worth(ch, j);
			ch->here[v[j++].id]++;
		}
		if (now > best) {
			best = now;
			*from = i;
			*to = j;
		}
		ch->here[v[i].id]--;
		now -= found_worth(ch, i);
	}
	return best > 0;
}

static bool is_chosen(const struct chooser *ch, uint32_t token)
{
	for (size_t i = 0; i < ch->n_chosen; i++)
		if (token >= ch->chosen[i].first && token <= ch->chosen[i].last)
			return true;
	return false;
}

static bool may_grow_left(const struct chooser *ch, uint32_t first, uint32_t core)
{
	const struct token *t = ch->w.words.v;

	return first > 0 && t[core].off - t[first - 1].off <= CONTEXT_BYTES && !paragraph_before(ch, first) &&
	       !is_chosen(ch, first - 1);
}

static bool may_grow_right(const struct chooser *ch, uint32_t last, uint32_t core)
{
	const struct token *t = ch->w.words.v;

	return last + 1 < ch->w.n_body && t[last + 1].end - t[core].end <= CONTEXT_BYTES &&
	       !paragraph_before(ch, last + 1) && !is_chosen(ch, last + 1);
}

static struct window window_grow(const struct chooser *ch, struct window core)
{
	struct window w = core;
	uint32_t left =
		core.last - core.first + 1 < SNIPPET_WORDS ? (SNIPPET_WORDS - (core.last - core.first + 1)) / 2 : 0;

	while (left-- > 0 && may_grow_left(ch, w.first, core.first))
		w.first--;
	while (w.last - w.first + 1 < SNIPPET_WORDS && may_grow_right(ch, w.last, core.last))
		w.last++;
	while (w.last - w.first + 1 < SNIPPET_WORDS && may_grow_left(ch, w.first, core.first))
		w.first--;
	return w;
}

/* A token that is used, by whichever window, is not chosen for again. */
static void window_choose(struct chooser *ch, struct window w)
{
	ch->chosen[ch->n_chosen++] = w;
	for (size_t i = 0; i < ch->f.found.n; i++) {
		struct found *x = &ch->f.found.v[i];

		if (x->last < w.first || x->first > w.last)
			continue;
		x->used = true;
		ch->worth[x->id] = WORTH_REPEATED;
	}
}

static void windows_choose(struct chooser *ch, size_t most)
{
	size_t from = 0, to = 0;

	while (ch->n_chosen < most && best_window(ch, &from, &to)) {
		struct window core = {ch->f.found.v[from].first, 0};

		for (size_t i = from; i < to; i++)
			core.last = ch->f.found.v[i].last > core.last ? ch->f.found.v[i].last : core.last;
		window_choose(ch, window_grow(ch, core));
	}
}

/* Nothing of the body is marked: its first words behind the head. */
static void opening_choose(struct chooser *ch)
{
	uint32_t n = (uint32_t)ch->w.n_body, first = 0, last;

	while (first < n && ch->w.words.v[first].off < ch->c->telegram.text_at.off)
		first++;
	if (first == n)
		return;
	for (last = first; last + 1 < n && last - first + 1 < SNIPPET_WORDS; last++) {
		const struct token *next = &ch->w.words.v[last + 1];

		if (next->end - ch->w.words.v[first].off > SNIPPET_BYTES ||
		    (last - first >= OPENING_WORDS && paragraph_before(ch, last + 1)))
			break;
	}
	ch->chosen[ch->n_chosen++] = (struct window){first, last};
}

static int by_place(const void *x, const void *y)
{
	const struct window *a = x, *b = y;

	return (a->first > b->first) - (a->first < b->first);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* Punctuation that touches the words belongs to them: an opening quotation mark, a full stop. */
static struct span window_bytes(const struct chooser *ch, struct window w)
{
	const struct token *t = ch->w.words.v;
	struct str body = ch->c->body;
	struct span at = {t[w.first].off, t[w.last].end};
	uint32_t least = w.first ? t[w.first - 1].end : 0;
	uint32_t most = w.last + 1 < ch->w.n_body ? t[w.last + 1].off : (uint32_t)body.n;

	for (int i = 0; i < HANGING_BYTES && at.off > least && !ascii_space((unsigned char)body.p[at.off - 1]); i++)
		at.off--;
	while (at.off < t[w.first].off && ((unsigned char)body.p[at.off] & 0xc0) == 0x80)
		at.off++;
	for (int i = 0; i < HANGING_BYTES && at.end < most && !ascii_space((unsigned char)body.p[at.end]); i++)
		at.end++;
	if (at.end - at.off > SNIPPET_BYTES)
		at.end = at.off + SNIPPET_BYTES;
	while (at.end > at.off && at.end < body.n && ((unsigned char)body.p[at.end] & 0xc0) == 0x80)
		at.end--;
	return at;
}

struct snippets search_snippets(struct arena *a, const struct search_marks *m, const struct cable *c, size_t most)
{
	struct chooser ch = {.c = c, .f = finder_new(a, m), .w = catalog_words_read(a, c, NULL, false)};
	uint32_t n = (uint32_t)ch.w.n_body, subject = ch.w.subject_from < n ? ch.w.subject_from : n;
	struct snippets out = {0};
	const uint8_t *flags;

	if (!most || !n)
		return out;
	/* The subject is shown beside the snippets, and its words are not looked for in them. */
	find_in(&ch.f, &ch.w.words, 0, subject);
	find_in(&ch.f, &ch.w.words, subject < n ? ch.w.subject_to : n, n);
	most = most < ch.f.found.n + 1 ? most : ch.f.found.n + 1;
	ch.chosen = arena_new(a, struct window, most);
	paragraphs_number(&ch);
	worths_read(&ch);
	windows_choose(&ch, most);
	if (!ch.n_chosen)
		opening_choose(&ch);
	flags = found_flags(&ch.f, ch.w.words.n);
	if (ch.n_chosen)
		qsort(ch.chosen, ch.n_chosen, sizeof(*ch.chosen), by_place);
	out.v = arena_new(a, struct snippet, ch.n_chosen);
	for (size_t i = 0; i < ch.n_chosen; i++) {
		struct window w = ch.chosen[i];
		struct snippet *s = &out.v[out.n++];

		*s = line_read(a, &(struct stretch){.text = c->body,
						    .at = window_bytes(&ch, w),
						    .noise = &c->telegram.artefacts,
						    .tokens = ch.w.words.v,
						    .flags = flags,
						    .first = w.first,
						    .end = w.last + 1});
		s->head = w.first > 0;
		s->tail = w.last + 1 < n;
	}
	return out;
}

struct snippets snippets_copy(struct arena *a, const struct snippets *s)
{
	struct snippets out = {arena_new(a, struct snippet, s->n + 1), s->n};

	for (size_t i = 0; i < s->n; i++) {
		const struct snippet *from = &s->v[i];
		struct snippet *to = &out.v[i];

		*to = *from;
		to->text = arena_str(a, from->text);
		to->marks = arena_new(a, struct span, from->n_marks + 1);
		if (from->n_marks)
			memcpy(to->marks, from->marks, from->n_marks * sizeof(*to->marks));
	}
	return out;
}
