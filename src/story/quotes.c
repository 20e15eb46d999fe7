/*
 * Quotations: between quotation marks of any fashion, nested, broken over paragraphs, and block quotes. An apostrophe
 * is no mark, a stray mark swallows nothing.
 */
#include "story/story_priv.h"

#include <string.h>

enum { NESTING_MAX = 4, SINGLE_REACH = 1500, PARAGRAPHS_MAX = 40 };

struct open_mark {
	enum quote_style style;
	int32_t mark;
	uint32_t off, words; /* of the mark, and behind it */
	int index;           /* of its quotation, kept in order of opening */
};

struct marks {
	struct reading *r;
	struct str text;
	struct open_mark stack[NESTING_MAX];
	int depth;
	size_t block;
	uint32_t end; /* of the block */
	bool goes_on; /* the last block ended inside a quotation that the next one may go on with */
};

static bool is_letter_or_digit(struct str s, size_t pos)
{
	return pos < s.n && (ascii_alnum((unsigned char)s.p[pos]) || (unsigned char)s.p[pos] >= 0xc3);
}

/* The code point before pos, only ASCII and typographic punctuation told apart. */
static int32_t before(struct str s, size_t from, size_t pos)
{
	size_t i = pos;

	if (pos <= from)
		return ' ';
	do
		i--;
	while (i > from && ((unsigned char)s.p[i] & 0xc0) == 0x80);
	return utf8_next(s, &i);
}

static bool is_opening_context(int32_t cp)
{
	return cp == ' ' || cp == '\n' || cp == '\t' || cp == '(' || cp == '[' || cp == '-' || cp == '/' ||
	       cp == 0x2013 || cp == 0x2014 || cp == 0x201c || cp == '"' || cp == 0x2018 || cp == 0xa0 || cp == ':' ||
	       cp == 0xab;
}

static bool is_double_open(int32_t cp)
{
	return cp == 0x201c || cp == 0x201e || cp == 0xab;
}

static bool is_double_close(int32_t cp)
{
	return cp == 0x201d || cp == 0xbb;
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static struct quotation *quotation_of(struct marks *m, int index)
{
	return &m->r->quotations.v[index];
}

static void words_add(struct reading *r, struct quotation *q, uint32_t from, uint32_t to)
{
	struct span *v;

	while (from < to && ascii_space((unsigned char)r->s->text.p[from]))
		from++;
	while (to > from && ascii_space((unsigned char)r->s->text.p[to - 1]))
		to--;
	if (from == to)
		return;
	v = arena_new(r->a, struct span, q->words.n + 1);
	if (q->words.n)
		memcpy(v, q->words.v, q->words.n * sizeof(*v));
	v[q->words.n++] = (struct span){from, to};
	q->words.v = v;
}

static void mark_open(struct marks *m, enum quote_style style, int32_t mark, uint32_t off, uint32_t words)
{
	struct quotation *q;

	if (m->depth == NESTING_MAX)
		return;
	q = VEC_PUSH(m->r->a, &m->r->quotations);
	*q = (struct quotation){.style = style,
				.at = {off, off},
				.parent = m->depth ? m->stack[m->depth - 1].index : -1,
				.citation = -1};
	m->stack[m->depth++] = (struct open_mark){style, mark, off, words, (int)m->r->quotations.n - 1};
}

static void close_top(struct marks *m, uint32_t off, uint32_t end)
{
	struct open_mark *top = &m->stack[--m->depth];
	struct quotation *q = quotation_of(m, top->index);

	q->at.end = end;
	words_add(m->r, q, top->words, off);
}

/* Closes the innermost one of this style, and with it what was left open inside. */
static bool close_style(struct marks *m, enum quote_style style, uint32_t off, uint32_t end)
{
	int d = m->depth;

	while (d > 0 && m->stack[d - 1].style != style)
		d--;
	if (!d)
		return false;
	while (m->depth > d) { /* a single mark inside that nothing closed was an apostrophe */
		m->depth--;
		quotation_of(m, m->stack[m->depth].index)->skipped = "its mark is an apostrophe";
	}
	close_top(m, off, end);
	return true;
}

static bool has_open(const struct marks *m, enum quote_style style)
{
	for (int d = 0; d < m->depth; d++)
		if (m->stack[d].style == style)
			return true;
	return false;
}

/* A single mark opens only what a single mark closes: followed by no letter, within reach. */
static bool single_closes(const struct marks *m, size_t from)
{
	size_t most = m->end < from + SINGLE_REACH ? m->end : from + SINGLE_REACH;

	for (size_t i = from; i < most;) {
		size_t at = i;
		int32_t cp = utf8_next(m->text, &i);

		if ((cp == '\'' || cp == 0x2019) && !is_letter_or_digit(m->text, i) && at > from &&
		    !ascii_space((unsigned char)m->text.p[at - 1]))
			return true;
	}
	return false;
}

/* ---- one mark ---------------------------------------------------------------------------------------------------- */

static void double_take(struct marks *m, int32_t cp, uint32_t off, uint32_t end)
{
	bool opens = is_double_open(cp);

	if (cp == '"') {
		bool may_open = is_opening_context(before(m->text, m->r->s->blocks[m->block].at.off, off)) &&
				end < m->end && !ascii_space((unsigned char)m->text.p[end]);

		opens = may_open && !has_open(m, QUOTE_DOUBLE);
	} else if (cp == 0x201c && has_open(m, QUOTE_DOUBLE) && m->stack[m->depth - 1].mark == 0x201e) {
		opens = false; /* „German“ */
	}
	if (opens)
		mark_open(m, QUOTE_DOUBLE, cp, off, end);
	else if (is_double_close(cp) || cp == '"' || cp == 0x201c)
		close_style(m, QUOTE_DOUBLE, off, end);
}

static void single_take(struct marks *m, int32_t cp, uint32_t off, uint32_t end)
{
	bool letter_next = is_letter_or_digit(m->text, end);
	int32_t prev = before(m->text, m->r->s->blocks[m->block].at.off, off);

	if ((cp == 0x2018 || cp == '\'' || cp == '`') && is_opening_context(prev) &&
	    (letter_next || (end < m->end && strchr("[(.", m->text.p[end]))) &&
	    !(cp == '\'' && end < m->end && ascii_digit((unsigned char)m->text.p[end])) && !has_open(m, QUOTE_SINGLE) &&
	    single_closes(m, end))
		mark_open(m, QUOTE_SINGLE, cp, off, end);
	else if (cp != 0x2018 && cp != '`' && !letter_next && has_open(m, QUOTE_SINGLE) && prev != ' ')
		close_style(m, QUOTE_SINGLE, off, end);
}

/* ---- a block ----------------------------------------------------------------------------------------------------- */

/* Does the block begin with the mark again that the quotation was opened with? Then it goes on. */
static uint32_t continuation(const struct marks *m, const struct block *b)
{
	size_t pos = b->at.off;
	int32_t cp;

	if (!m->goes_on || m->depth != 1 || b->kind == BLOCK_HEADING || b->at.off >= b->at.end)
		return 0;
	cp = utf8_next(m->text, &pos);
	return cp == m->stack[0].mark ? (uint32_t)pos : 0;
}

static bool next_continues(const struct marks *m)
{
	const struct story *s = m->r->s;
	size_t pos;

	if (m->depth < 1 || m->stack[0].style != QUOTE_DOUBLE || m->block + 1 >= s->n_blocks)
		return false;
	pos = s->blocks[m->block + 1].at.off;
	return utf8_next(m->text, &pos) == m->stack[0].mark;
}

/*
 * What is open at the end of a block: a quotation that the next block goes on with; else it ends here, and a straight
 * mark without a partner was none.
 */
static void block_finish(struct marks *m)
{
	m->goes_on = false;
	if (next_continues(m)) {
		while (m->depth > 1)
			quotation_of(m, m->stack[--m->depth].index)->skipped = "its mark is an apostrophe";
		words_add(m->r, quotation_of(m, m->stack[0].index), m->stack[0].words, m->end);
		quotation_of(m, m->stack[0].index)->at.end = m->end;
		m->goes_on = quotation_of(m, m->stack[0].index)->words.n < PARAGRAPHS_MAX;
		return;
	}
	while (m->depth > 0) {
		struct open_mark top = m->stack[m->depth - 1];

		close_top(m, m->end, m->end);
		if (top.style == QUOTE_SINGLE || top.mark == '"')
			quotation_of(m, top.index)->skipped = "its mark is not closed";
	}
}

static void block_read(struct marks *m, const struct block *b)
{
	uint32_t words = continuation(m, b);
	size_t i = words ? words : b->at.off;

	m->end = b->at.end;
	if (words)
		m->stack[0].words = words;
	else
		m->depth = 0;
	if (b->kind == BLOCK_QUOTE && !words)
		mark_open(m, QUOTE_BLOCK, 0, b->at.off, b->at.off);
	while (i < b->at.end) {
		uint32_t off = (uint32_t)i;
		int32_t cp = utf8_next(m->text, &i);

		if (cp == '`' && i < b->at.end && m->text.p[i] == '`') {
			double_take(m, 0x201c, off, (uint32_t)++i);
		} else if (cp == '\'' && i < b->at.end && m->text.p[i] == '\'' && has_open(m, QUOTE_DOUBLE)) {
			double_take(m, 0x201d, off, (uint32_t)++i);
		} else if (cp == '"' || is_double_open(cp) || is_double_close(cp)) {
			/* 6" is a measure. */
			if (cp == '"' && !has_open(m, QUOTE_DOUBLE) && off > b->at.off &&
			    ascii_digit((unsigned char)m->text.p[off - 1]))
				continue;
			double_take(m, cp, off, (uint32_t)i);
		} else if (cp == '\'' || cp == 0x2019 || cp == 0x2018 || cp == '`') {
			single_take(m, cp, off, (uint32_t)i);
		}
	}
	if (b->kind == BLOCK_QUOTE && m->depth && m->stack[0].style == QUOTE_BLOCK) {
		while (m->depth > 1)
			quotation_of(m, m->stack[--m->depth].index)->skipped = "its mark is not closed";
		close_top(m, b->at.end, b->at.end);
		m->goes_on = false;
		return;
	}
	block_finish(m);
}

/* ---- what is no quotation of a source ---------------------------------------------------------------------------- */

static struct tokens words_of(struct reading *r, const struct quotation *q)
{
	return q->words.n ? text_tokens(r->a, str_sub(r->s->text, q->words.v[0].off, q->words.v[q->words.n - 1].end),
					NULL, false)
			  : (struct tokens){0};
}

/* Manuel “Mel” Zelaya: one capitalised word between two. */
static bool is_nickname(const struct reading *r, const struct quotation *q, const struct tokens *w)
{
	struct str text = r->s->text;
	size_t i = q->at.off, k = q->at.end;

	if (w->n != 1 || !(w->v[0].flags & TOKEN_CAPITAL) || i < 2 || k + 1 >= text.n)
		return false;
	if (text.p[i - 1] != ' ' || text.p[k] != ' ' || !ascii_upper((unsigned char)text.p[k + 1]))
		return false;
	for (i--; i > 0 && ascii_alpha((unsigned char)text.p[i - 1]);)
		i--;
	return ascii_upper((unsigned char)text.p[i]);
}

static void sort_out(struct reading *r)
{
	for (size_t i = 0; i < r->quotations.n; i++) {
		struct quotation *q = &r->quotations.v[i];
		const struct block *b = &r->s->blocks[block_at(r->s, q->at.off)];
		struct tokens w = words_of(r, q);

		if (q->skipped)
			continue;
		if (!w.n)
			q->skipped = "it has no words";
		else if (q->parent >= 0 && !r->quotations.v[q->parent].skipped)
			q->skipped = "it stands inside another quotation, which is checked as a whole";
		else if (b->kind == BLOCK_HEADING && w.n < 4)
			q->skipped = "single words in a headline";
		else if (is_nickname(r, q, &w))
			q->skipped = "a nickname";
	}
}

void story_read_quotations(struct reading *r)
{
	struct marks m = {.r = r, .text = r->s->text};

	for (m.block = 0; m.block < r->s->n_blocks; m.block++)
		block_read(&m, &r->s->blocks[m.block]);
	sort_out(r);
}

bool in_quotation(const struct reading *r, uint32_t off)
{
	size_t low = 0, high = r->quotations.n;

	/* Quotations stand in the order of their beginnings; nesting is shallow. */
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (r->quotations.v[mid].at.off <= off)
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t n = 0; low > 0 && n < 2 * NESTING_MAX; low--, n++) {
		const struct quotation *q = &r->quotations.v[low - 1];

		if (off < q->at.end && q->style != QUOTE_SINGLE && !(q->skipped && q->parent < 0))
			return true;
	}
	return false;
}
