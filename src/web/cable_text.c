/*
 * A cable's text for reading: lines unwrapped to paragraphs, each numbered one with its own address and its portion
 * mark; headings, lists and tables told apart; page lines left out; references as links, redactions and the words of a
 * search marked. What stands there is still the text as received, which is a link away: nothing is added, and of what
 * its author wrote nothing is left out.
 */
#include "text/text.h"
#include "web/cable_page.h"

#include <string.h>

enum { HEADING_MAX = 90, TABLE_GAP = 4, LETTERS_LEAST = 3, PAGE_NAME_MAX = 24 };

enum block_kind { BLOCK_TEXT, BLOCK_ITEM, BLOCK_TABLE, BLOCK_HEADING };

/* What belongs together: its words on one line; its lines as they were, for a table. */
struct block {
	struct buf flow;
	VEC(struct str) lines;
	size_t n_gaps; /* lines that have wide gaps within */
	bool item;
	const struct paragraph *opens; /* the paragraph that begins with it */
};

struct reading {
	struct cable_page *c;
	struct buf *b;
	const struct telegram *t;
	struct block block;
	size_t paragraph; /* the next one to begin */
	size_t artefact;  /* the next one */
	bool gap, page;   /* a blank line, a page line, since the last words */
	bool open;        /* a paragraph's <div> */
	const struct paragraph *in;
};

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static bool is_capitals(struct str s)
{
	size_t letters = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (ascii_lower((unsigned char)s.p[i]))
			return false;
		letters += ascii_upper((unsigned char)s.p[i]);
	}
	return letters >= LETTERS_LEAST;
}

/* A short line by itself, in capitals or with a rule under it. */
static bool is_heading(const struct block *k, bool ruled)
{
	struct str s = buf_view(&k->flow);

	return s.n && s.n <= HEADING_MAX && k->lines.n <= 2 && !k->opens && !k->item &&
	       (ruled || (is_capitals(s) && s.p[s.n - 1] != '.'));
}

/* Numbers may come twice in a cable: the first has the plain address. */
static size_t same_before(const struct telegram *t, const struct paragraph *p)
{
	size_t n = 0;

	for (const struct paragraph *x = t->paragraphs; x < p; x++)
		n += x->number == p->number;
	return n;
}

static void div_end(struct reading *r)
{
	if (!r->open)
		return;
	if (r->in && r->in->number > 0 && !same_before(r->t, r->in))
		put_notes(r->c, r->b, r->in->number);
	html(r->b, "</div>");
	r->open = false;
	r->in = NULL;
}

/* As it is written at a paragraph's head: "S/NF". */
static void put_mark(struct buf *b, struct classification c)
{
	static const char *const letters[] = {"", "U", "SBU", "C", "S", "TS"};
	static const char *const kinds[] = {"", "unclassified", "sbu", "confidential", "secret", "top"};
	size_t level = c.level <= LEVEL_TOP_SECRET ? c.level : 0;
	const char *behind = c.captions & CAPTION_NOFORN ? "/NF" : c.captions & CAPTION_REL ? "/REL" : "";
	char text[64];

	class_format(c, text);
	if (*text)
		html(b,
		     "<span class=\"class %s\" title=\"%s\"><span aria-hidden=\"true\">%s%s</span><span "
		     "class=\"visually-hidden\">%s</span></span>",
		     kinds[level], text, letters[level], behind, text);
}

static void div_begin(struct reading *r, const struct paragraph *p)
{
	size_t before = same_before(r->t, p);

	div_end(r);
	r->open = true;
	r->in = p;
	if (p->number > 0) {
		char id[48];

		snprintf(id, sizeof(id), before ? "p%d-%zu" : "p%d", p->number, before + 1);
		html(r->b,
		     "<div class=\"para%s\" id=\"%s\" data-paragraph=\"%d\"><p class=\"where\"><a class=\"num\" "
		     "href=\"#%s\" "
		     "title=\"the address of this paragraph\"><span class=\"visually-hidden\">Paragraph </span>%d</a>",
		     p->summary   ? " summary"
		     : p->comment ? " comment"
				  : "",
		     id, p->number, id, p->number);
	} else {
		html(r->b, "<div class=\"para\"><p class=\"where\">");
	}
	put_mark(r->b, p->mark);
	html(r->b, "</p>");
}

static void put_table(struct buf *b, const struct block *k)
{
	html(b, "<pre class=\"grid\" tabindex=\"0\">");
	for (size_t i = 0; i < k->lines.n; i++) {
		html_text(b, k->lines.v[i]);
		buf_putc(b, '\n');
	}
	html(b, "</pre>");
}

static void block_put(struct reading *r, bool ruled)
{
	struct block *k = &r->block;

	if (is_heading(k, ruled)) {
		div_end(r);
		html(r->b, "<h3 class=\"said\">");
		put_cable_words(r->c, r->b, buf_view(&k->flow));
		html(r->b, "</h3>");
	} else if (k->flow.n) {
		if (k->opens)
			div_begin(r, k->opens);
		if (k->n_gaps >= 2 && k->n_gaps * 2 >= k->lines.n) {
			put_table(r->b, k);
		} else {
			html(r->b, k->item ? "<p class=\"item\">" : "<p>");
			put_cable_words(r->c, r->b, buf_view(&k->flow));
			html(r->b, "</p>");
		}
	} else if (k->opens) {
		div_begin(r, k->opens);
	}
	buf_reset(&k->flow);
	k->lines.n = 0;
	k->n_gaps = 0;
	k->item = false;
	k->opens = NULL;
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static bool is_rule(struct str s)
{
	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("-=_*.~ ", s.p[i]))
			return false;
	return s.n >= 3;
}

static bool is_item(struct str s)
{
	if (s.n < 2)
		return false;
	switch (s.p[0]) {
	case '-':
		return s.p[1] == '-' || s.p[1] == ' ';
	case '*':
		return s.p[1] == ' ';
	case '(':
		return s.n > 3 && ascii_alnum((unsigned char)s.p[1]) && s.p[2] == ')';
	default:
		return (s.p[0] == 'o' && s.p[1] == ' ') || str_starts(s, STR("\u2022")) ||
		       (s.n > 3 && ascii_alpha((unsigned char)s.p[0]) && s.p[1] == '.' && s.p[2] == ' ');
	}
}

/* A line without what transmission put in. *artefact: there was something. */
static struct str line_clean(struct reading *r, struct span at, bool *artefact)
{
	const struct spans *x = &r->t->artefacts;
	struct str line = str_sub(r->c->v.cable.body, at.off, at.end);
	uint32_t pos = at.off;
	char *out;
	size_t n = 0;

	while (r->artefact < x->n && x->v[r->artefact].end <= at.off)
		r->artefact++;
	*artefact = r->artefact < x->n && x->v[r->artefact].off < at.end;
	if (!*artefact)
		return line;
	out = arena_alloc(r->c->a, line.n + 1);
	for (size_t i = r->artefact; i < x->n && x->v[i].off < at.end; i++) {
		for (; pos < x->v[i].off; pos++)
			out[n++] = line.p[pos - at.off];
		pos = x->v[i].end > pos ? x->v[i].end : pos;
	}
	for (; pos < at.end; pos++)
		out[n++] = line.p[pos - at.off];
	return (struct str){out, n};
}

/* Blanks between words, so many that one of them is at every fourth place. */
static bool has_gap(struct str s)
{
	for (size_t i = TABLE_GAP - 1; i < s.n; i += TABLE_GAP) {
		size_t from = i, end = i;

		while (end < s.n && s.p[end] == ' ')
			end++;
		while (end > i && from && s.p[from - 1] == ' ')
			from--;
		if (end - from >= TABLE_GAP)
			return true;
	}
	return false;
}

/* Does a sentence go on over a page line? */
static bool goes_on(const struct block *k)
{
	return k->flow.n && !strchr(".:;!?\")", k->flow.p[k->flow.n - 1]);
}

/* Are blanks between its words always one, and nothing else? Looked at without a branch: most lines are so. */
static bool is_single_spaced(struct str s)
{
	unsigned char odd = 0;

	for (size_t i = 0; i + 1 < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i], next = (unsigned char)s.p[i + 1];

		odd |= (unsigned char)(((c == ' ') & (next == ' ')) | ((unsigned char)(c - '\t') < 5));
	}
	return !odd;
}

/* Behind what is there, which is no blank at either end: blanks become one. */
static void flow_add(struct buf *b, struct str s, bool single_spaced)
{
	size_t n;

	if (s.n && b->n)
		buf_putc(b, ' ');
	if (single_spaced) {
		buf_str(b, s);
		return;
	}
	buf_reserve(b, s.n);
	n = b->n;
	for (size_t i = 0, before = 0, blank; i < s.n; i++, before = blank) {
		blank = ascii_space((unsigned char)s.p[i]);
		b->p[n] = blank ? ' ' : s.p[i];
		n += !(blank & before);
	}
	b->n = n;
	b->p[n] = '\0';
}

static void line_take(struct reading *r, struct span at, struct str s)
{
	struct block *k = &r->block;
	struct str words = str_trim(s);
	const struct paragraph *p = r->paragraph < r->t->n_paragraphs ? &r->t->paragraphs[r->paragraph] : NULL;
	bool opens = p && at.end > p->at.off, item = is_item(words), single = is_single_spaced(words);

	if (opens || item || (r->gap && !(r->page && goes_on(k))))
		block_put(r, false);
	if (opens) {
		k->opens = p;
		r->paragraph++;
	} else if (item) {
		k->item = true;
	}
	r->gap = r->page = false;
	flow_add(&k->flow, words, single);
	*VEC_PUSH(r->c->a, &k->lines) = s;
	k->n_gaps += !single && has_gap(words);
}

/* "Kabul 00000693 002 OF 004": the numbers are known for what they are, the name before them is one word. */
static bool is_page_name(const struct reading *r, struct span at, struct str raw, struct str words)
{
	const struct paragraph *p = r->paragraph < r->t->n_paragraphs ? &r->t->paragraphs[r->paragraph] : NULL;

	raw = str_trim(raw);
	if ((p && at.end > p->at.off) || words.n > PAGE_NAME_MAX || !ascii_digit((unsigned char)raw.p[raw.n - 1]))
		return false;
	for (size_t i = 0; i < words.n; i++)
		if (!ascii_alpha((unsigned char)words.p[i]) && words.p[i] != ' ')
			return false;
	return true;
}

static void line_read(struct reading *r, struct span at)
{
	struct str raw = str_sub(r->c->v.cable.body, at.off, at.end), clean, words;
	bool artefact = false;

	if (is_rule(raw)) {
		block_put(r, true);
		r->gap = true;
		return;
	}
	clean = line_clean(r, at, &artefact);
	words = str_trim(clean);
	if (words.n && !(artefact && is_page_name(r, at, raw, words)))
		line_take(r, at, clean);
	else if (artefact)
		r->page = true;
	else
		r->gap = true;
}

void put_cable_text(struct cable_page *c, struct buf *b)
{
	const struct telegram *t = &c->v.cable.telegram;
	struct reading r = {.c = c, .b = b, .t = t};
	struct str body = c->v.cable.body;
	uint32_t at = t->text_at.off;

	while (at < t->text_at.end) {
		size_t end = str_find(str_sub(body, 0, t->text_at.end), STR("\n"), at);
		uint32_t stop = end == SIZE_MAX ? t->text_at.end : (uint32_t)end;

		line_read(&r, (struct span){at, stop});
		at = stop + 1;
	}
	block_put(&r, false);
	div_end(&r);
	if (t->text_at.end <= t->text_at.off)
		html(b, "<p class=\"soft\">No text of this cable is held.</p>");
	buf_free(&r.block.flow);
}

void put_cable_received(struct cable_page *c, struct buf *b)
{
	const struct cable *x = &c->v.cable;

	if (x->header.n)
		html(b, "<h3>Transmission header</h3><pre class=\"received\" tabindex=\"0\">%.*s</pre>",
		     STR_ARG(x->header));
	html(b, "<h3>Body</h3><pre class=\"received\" tabindex=\"0\">%.*s</pre>", STR_ARG(x->body));
}
