/*
 * Numbered paragraphs with their portion marks, and which of them are summary or comment. Numbers are printed by
 * people: they skip and restart, lists inside a paragraph are numbered too, and a year may begin a line.
 */
#include "cable/cable_priv.h"

#include <string.h>

enum {
	NUMBER_MAX = 999,
	MARK_MAX = 40,
	SKIP_MAX = 5,
	STRETCHES_MAX = 50,
	HEADING_BYTES = 7, /* of SUMMARY and of COMMENT */
};

struct numbering {
	int32_t number;
	struct classification mark;
	bool pilcrow, has_mark;
	size_t text; /* where the words begin, from the line's beginning */
};

/* "(S/NF)" at s[i]: where it ends, 0 when there is no mark. */
static size_t mark_at(struct str s, size_t i, struct classification *c)
{
	size_t close;

	if (i >= s.n || s.p[i] != '(')
		return 0;
	close = str_find(str_sub(s, 0, i + MARK_MAX), STR(")"), i);
	if (close == SIZE_MAX || !class_parse(str_sub(s, i, close + 1), c) || c->level == LEVEL_UNKNOWN)
		return 0;
	return close + 1;
}

static size_t skip_blanks(struct str s, size_t i)
{
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	return i;
}

/* A number without a point needs a blank and a bracket behind it: "2 (C)". */
static bool mark_follows(struct str s, size_t i)
{
	size_t next = skip_blanks(s, i);

	return next > i && next < s.n && s.p[next] == '(';
}

static bool numbering_read(struct str s, struct numbering *out)
{
	size_t i = skip_blanks(s, 0), from, end;
	int64_t n;

	if (i == s.n || (!ascii_digit((unsigned char)s.p[i]) && s.p[i] != *"\u00b6"))
		return false;
	*out = (struct numbering){0};
	if (str_starts(str_sub(s, i, s.n), STR("\u00b6"))) {
		out->pilcrow = true;
		i = skip_blanks(s, i + strlen("\u00b6"));
	}
	from = i;
	while (i < s.n && ascii_digit((unsigned char)s.p[i]))
		i++;
	n = number_of(str_sub(s, from, i), NUMBER_MAX);
	if (n < 1)
		return false;
	out->number = (int32_t)n;
	if (i < s.n && (s.p[i] == '.' || s.p[i] == ')'))
		i++;
	else if (!out->pilcrow && !mark_follows(s, i))
		return false;
	if (i < s.n && ascii_digit((unsigned char)s.p[i]))
		return false; /* 1.4 */
	i = skip_blanks(s, i);
	end = mark_at(s, i, &out->mark);
	out->has_mark = end != 0;
	out->text = skip_blanks(s, end ? end : i);
	return true;
}

/* A number that follows, or one that only a paragraph of its own can have. */
static bool numbering_fits(const struct numbering *n, int32_t last)
{
	if (n->has_mark)
		return n->number > last || n->number == 1;
	if (n->number == last + 1)
		return true;
	return n->pilcrow && n->number > last && n->number <= last + SKIP_MAX;
}

static uint32_t end_of_text(const struct reader *r, uint32_t off, uint32_t end)
{
	while (end > off && ascii_space((unsigned char)r->body.p[end - 1]))
		end--;
	return end;
}

typedef VEC(struct paragraph) para_vec;

static void close_last(const struct reader *r, para_vec *v, uint32_t end)
{
	struct paragraph *p = v->n ? &v->v[v->n - 1] : NULL;

	if (!p)
		return;
	p->at.end = end_of_text(r, p->at.off, end);
	p->text.end = p->at.end > p->text.off ? p->at.end : p->text.off;
}

static void read_numbered(struct reader *r, para_vec *v)
{
	int32_t last = 0;

	for (size_t i = 0; i < r->openings.n; i++) {
		const struct span *l = &r->lines[r->openings.v[i]];
		struct numbering n;

		if (l->off < r->t->text_at.off || l->off >= r->t->text_at.end ||
		    !numbering_read(str_sub(r->body, l->off, l->end), &n) || !numbering_fits(&n, last) ||
		    line_is_page(line_text(r, l)))
			continue;
		close_last(r, v, l->off);
		*VEC_PUSH(r->a, v) = (struct paragraph){.number = n.number,
							.mark = n.mark,
							.at = {l->off, l->off},
							.text = {l->off + (uint32_t)n.text, 0}};
		*VEC_PUSH(r->a, &r->numbers) = (struct span){l->off, l->off + (uint32_t)n.text};
		last = n.number;
	}
	close_last(r, v, r->t->text_at.end);
}

/* Without a single number: paragraphs begin at portion marks, or the whole text is one. */
static void read_unnumbered(struct reader *r, para_vec *v)
{
	for (size_t i = 0; i < r->openings.n; i++) {
		const struct span *l = &r->lines[r->openings.v[i]];
		struct str s = str_sub(r->body, l->off, l->end);
		struct classification c;
		size_t end;

		if (l->off < r->t->text_at.off || l->off >= r->t->text_at.end)
			continue;
		end = mark_at(s, skip_blanks(s, 0), &c);
		if (!end)
			continue;
		close_last(r, v, l->off);
		*VEC_PUSH(r->a, v) = (struct paragraph){.number = -1,
							.mark = c,
							.at = {l->off, l->off},
							.text = {l->off + (uint32_t)skip_blanks(s, end), 0}};
		*VEC_PUSH(r->a, &r->numbers) = (struct span){l->off, l->off + (uint32_t)end};
	}
	if (!v->n && end_of_text(r, r->t->text_at.off, r->t->text_at.end) > r->t->text_at.off)
		*VEC_PUSH(r->a, v) = (struct paragraph){.number = -1, .at = r->t->text_at, .text = r->t->text_at};
	close_last(r, v, r->t->text_at.end);
}

/* ---- summary and comment ----------------------------------------------------------------------------------------- */

static bool is_ended(const struct reader *r, uint32_t word)
{
	return word >= 4 && str_ieq(str_sub(r->body, word - 4, word), STR("END "));
}

/* The stretch from a heading's word, the one at words[*next] or behind it, to its END; without one it is a byte long,
 * so that it ends with the paragraph. *next is then the word behind the stretch. False: there is no more. */
static bool stretch_next(const struct reader *r, const offset_vec *words, size_t *next, struct span *out)
{
	size_t i = *next, end;

	while (i < words->n && is_ended(r, words->v[i]))
		i++;
	if (i == words->n)
		return false;
	for (end = i + 1; end < words->n && !is_ended(r, words->v[end]);)
		end++;
	out->off = words->v[i];
	out->end = end < words->n ? words->v[end] : out->off + 1;
	*next = end < words->n ? end + 1 : i + 1;
	return true;
}

/* Only an upper-case or title-case heading at the beginning of a sentence opens one: "In summary" does not. */
static bool is_heading(const struct reader *r, uint32_t off)
{
	while (off > r->t->text_at.off && (r->body.p[off - 1] == ' ' || r->body.p[off - 1] == '('))
		off--;
	return off == r->t->text_at.off || strchr("\n.)-:\"", r->body.p[off - 1]);
}

static void mark_stretches(struct reader *r, para_vec *v, const offset_vec *found, bool comment)
{
	const struct span *text = &r->t->text_at;
	offset_vec words = *found;
	size_t next = 0;
	struct span s;

	while (words.n && words.v[words.n - 1] + HEADING_BYTES > text->end)
		words.n--;
	while (next < words.n && words.v[next] < text->off)
		next++;
	for (int n = 0; n < STRETCHES_MAX && stretch_next(r, &words, &next, &s); n++) {
		if (!is_heading(r, s.off))
			continue;
		for (size_t i = 0; i < v->n; i++) {
			struct paragraph *p = &v->v[i];

			if (p->at.off < s.end && p->at.end > s.off)
				*(comment ? &p->comment : &p->summary) = true;
		}
		if (!comment)
			return;
	}
}

void telegram_read_paragraphs(struct reader *r)
{
	para_vec v = {0};

	read_numbered(r, &v);
	if (!v.n)
		read_unnumbered(r, &v);
	mark_stretches(r, &v, &r->scan.summaries, false);
	mark_stretches(r, &v, &r->scan.comments, true);
	r->t->paragraphs = v.v;
	r->t->n_paragraphs = v.n;
}

const struct paragraph *telegram_paragraph_at(const struct telegram *t, uint32_t off)
{
	size_t low = 0, high = t->n_paragraphs;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (t->paragraphs[mid].at.end <= off)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->n_paragraphs && t->paragraphs[low].at.off <= off ? &t->paragraphs[low] : NULL;
}
