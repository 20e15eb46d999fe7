/*
 * A cable's text for reading: paragraphs with an address of their own and their portion mark, lines joined, page lines
 * left out, references as links, words of a search marked, what was redacted made visible. The words and their order
 * are the cable's; "as received" shows the bytes.
 */
#include "text/text.h"
#include "web/cable_text.h"

#include <string.h>

/* Something within the text that is to be shown in a way of its own. */
enum piece { PIECE_LINK, PIECE_HIT, PIECE_HIDDEN };
struct inset {
	struct span at;
	enum piece kind;
	const struct mrn *mrn;
};
typedef VEC(struct inset) inset_vec;

struct writer {
	struct request *rq;
	struct buf *b;
	const struct cable *x;
	struct inset *insets; /* sorted, apart */
	size_t n_insets;
	bool linked[WEB_LINKED_PARAGRAPHS]; /* numbers that were given an address: a second "3." gets none */
};

/* ---- what is to be shown in a way of its own --------------------------------------------------------------------- */

static int inset_order(const void *a, const void *b)
{
	const struct inset *x = a, *y = b;

	return x->at.off < y->at.off ? -1 : x->at.off > y->at.off;
}

static bool is_marked(const struct search_marks *m, struct str word)
{
	for (size_t i = 0; i < m->n_words; i++)
		if (str_eq(m->words[i], word))
			return true;
	for (size_t i = 0; i < m->n_phrases; i++)
		for (size_t k = 0; k < m->phrases[i].n; k++)
			if (str_eq(m->phrases[i].words[k], word))
				return true;
	return false;
}

static void words_mark(struct writer *w, const struct search_marks *m, inset_vec *out)
{
	struct arena *a = &w->rq->arena;
	struct tokens t = text_tokens(a, w->x->body, NULL, false);

	for (size_t i = 0; i < t.n; i++) {
		struct span at = {t.v[i].off, t.v[i].end};

		if (t.v[i].flags & TOKEN_REDACTED)
			*VEC_PUSH(a, out) = (struct inset){at, PIECE_HIDDEN, NULL};
		else if (m && is_marked(m, t.v[i].word))
			*VEC_PUSH(a, out) = (struct inset){at, PIECE_HIT, NULL};
	}
}

static void insets_find(struct writer *w, const struct search_marks *m)
{
	struct arena *a = &w->rq->arena;
	struct mrn_hits refs = mrn_scan(a, w->x->body, true);
	inset_vec v = {0};
	size_t n = 0;

	for (size_t i = 0; i < refs.n; i++)
		*VEC_PUSH(a, &v) = (struct inset){refs.v[i].at, PIECE_LINK, &refs.v[i].mrn};
	words_mark(w, m, &v);
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), inset_order);
	for (size_t i = 0; i < v.n; i++)
		if (!n || v.v[i].at.off >= v.v[n - 1].at.end)
			v.v[n++] = v.v[i];
	w->insets = v.v;
	w->n_insets = n;
}

/* ---- running text ------------------------------------------------------------------------------------------------ */

/* Lines joined; what only frames them (page lines, stray captions) passed over. */
static void put_plain(struct writer *w, uint32_t from, uint32_t to, bool *blank)
{
	const struct spans *skip = &w->x->telegram.artefacts;
	size_t k = 0;

	while (from < to) {
		uint32_t end = to;
		struct str s;

		while (k < skip->n && skip->v[k].end <= from)
			k++;
		if (k < skip->n && skip->v[k].off <= from) {
			from = skip->v[k].end < to ? skip->v[k].end : to;
			continue;
		}
		if (k < skip->n && skip->v[k].off < to)
			end = skip->v[k].off;
		s = str_sub(w->x->body, from, end);
		for (size_t i = 0; i < s.n;) {
			size_t first = i;

			while (i < s.n && !ascii_space(s.p[i]))
				i++;
			html_text(w->b, str_sub(s, first, i));
			if (i > first)
				*blank = false;
			while (i < s.n && ascii_space(s.p[i]))
				i++;
			if (i > first && i <= s.n && ascii_space(s.p[i - 1]) && !*blank) {
				buf_putc(w->b, ' ');
				*blank = true;
			}
		}
		from = end;
	}
}

static void put_inset(struct writer *w, const struct inset *x)
{
	static const char *const open[] = {"", "<mark>",
					   "<span class=\"hidden-words\" title=\"redacted in this release\">"};
	static const char *const close[] = {"</a>", "</mark>", "</span>"};
	char id[MRN_MAX];
	bool blank = true;

	if (x->kind == PIECE_LINK) {
		mrn_format(x->mrn, id);
		html(w->b, "<a href=\"/c/%s/cable/%s\">", w->rq->in->collection->name,
		     url_encode(&w->rq->arena, str_of(id)));
	}
	buf_puts(w->b, open[x->kind]);
	put_plain(w, x->at.off, x->at.end, &blank);
	buf_puts(w->b, close[x->kind]);
}

static void put_run(struct writer *w, uint32_t from, uint32_t to)
{
	bool blank = true;

	for (size_t i = 0; i < w->n_insets && from < to; i++) {
		const struct inset *x = &w->insets[i];

		if (x->at.end <= from || x->at.off >= to || x->at.off < from || x->at.end > to)
			continue;
		put_plain(w, from, x->at.off, &blank);
		put_inset(w, x);
		blank = false;
		from = x->at.end;
	}
	put_plain(w, from, to, &blank);
}

/* A line of nothing but dashes is a rule under a heading, not a text. */
static bool is_empty(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_space(s.p[i]) && s.p[i] != '-' && s.p[i] != '=' && s.p[i] != '_')
			return false;
	return true;
}

/* Blocks are parted by blank lines. */
static void put_blocks(struct writer *w, uint32_t from, uint32_t to, const char *tag)
{
	struct str body = w->x->body;

	while (from < to) {
		uint32_t at = from, end;

		while (at < to && ascii_space(body.p[at]))
			at++;
		end = at;
		while (end < to) {
			size_t line = str_find(str_sub(body, 0, to), STR("\n"), end), next;

			if (line == SIZE_MAX) {
				end = to;
				break;
			}
			next = line + 1;
			while (next < to && (body.p[next] == ' ' || body.p[next] == '\t' || body.p[next] == '\r'))
				next++;
			end = (uint32_t)line;
			if (next >= to || body.p[next] == '\n')
				break;
			end = (uint32_t)line + 1;
		}
		if (!is_empty(str_sub(body, at, end))) {
			html(w->b, "<%s>", tag);
			put_run(w, at, end);
			html(w->b, "</%s>", tag);
		}
		from = end > from ? end : to;
	}
}

static void put_mark(struct writer *w, struct classification mark)
{
	static const char *const letters[] = {"", "U", "SBU", "C", "S", "TS"};
	char name[64];

	class_format(mark, name);
	if (mark.level != LEVEL_UNKNOWN)
		html(w->b, "<abbr class=\"class %s\" title=\"%s\">%s%s</abbr>", class_style(mark.level), name,
		     letters[mark.level], mark.captions & CAPTION_NOFORN ? "/NF" : "");
}

static void put_paragraph(struct writer *w, const struct paragraph *p)
{
	bool own = p->number > 0 && p->number < WEB_LINKED_PARAGRAPHS && !w->linked[p->number];

	buf_puts(w->b, "<div class=\"para\"");
	if (own)
		html(w->b, " id=\"p%d\"", p->number);
	html(w->b, "><div class=\"para-no\">");
	if (own)
		html(w->b, "<a href=\"#p%d\" aria-label=\"Paragraph %d\">%d</a> ", p->number, p->number, p->number);
	else if (p->number > 0)
		html(w->b, "%d ", p->number);
	put_mark(w, p->mark);
	html(w->b, "</div><div class=\"para-text\">");
	put_blocks(w, p->text.off, p->text.end, "p");
	html(w->b, "</div></div>");
	if (own)
		w->linked[p->number] = true;
}

void cable_text_put(struct request *rq, struct buf *b, const struct cable *x, const struct search_marks *m)
{
	struct writer w = {.rq = rq, .b = b, .x = x};
	const struct telegram *t = &x->telegram;
	uint32_t at = t->text_at.off, end = t->text_at.end;

	insets_find(&w, m);
	if (at == end) {
		at = 0;
		end = (uint32_t)x->body.n;
	}
	for (size_t i = 0; i < t->n_paragraphs; i++) {
		const struct paragraph *p = &t->paragraphs[i];

		if (p->at.off > at)
			put_blocks(&w, at, p->at.off, "h3");
		put_paragraph(&w, p);
		at = p->text.end > at ? p->text.end : at;
	}
	if (at < end)
		put_blocks(&w, at, end, t->n_paragraphs ? "h3" : "p");
	if (t->signatory.n)
		html(b, "<p class=\"signatory\"><bdi>%.*s</bdi></p>", STR_ARG(t->signatory));
}

const char *class_style(enum class_level level)
{
	static const char *const styles[] = {"", "", "", "confidential", "secret", "top"};

	return styles[level];
}
