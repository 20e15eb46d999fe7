/*
 * A story as Markdown, as far as CommonMark's everyday part goes: headings, emphasis, links, block quotes, lists,
 * fences, escapes.
 */
#include "story/story_priv.h"

#include <string.h>

struct md_line {
	enum block_kind kind;
	int level;
	struct str text;
	bool fence;
};

static size_t leading(struct str s, char c)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == c)
		n++;
	return n;
}

static struct str after(struct str s, size_t n)
{
	return str_trim(str_sub(s, n, s.n));
}

static struct md_line line_kind(struct str line)
{
	struct md_line l = {.kind = BLOCK_PARAGRAPH, .text = str_trim(line)};
	size_t n = leading(l.text, '#'), digits = 0;

	if (str_starts(l.text, STR("```")) || str_starts(l.text, STR("~~~"))) {
		l.fence = true;
	} else if (n && n <= 6 && (n == l.text.n || l.text.p[n] == ' ')) {
		l.kind = BLOCK_HEADING;
		l.level = (int)n;
		l.text = after(l.text, n);
	} else if (l.text.n && *l.text.p == '>') {
		l.kind = BLOCK_QUOTE;
		l.text = after(l.text, 1);
	} else if (l.text.n > 2 && strchr("-*+", *l.text.p) && l.text.p[1] == ' ') {
		l.kind = BLOCK_LIST_ITEM;
		l.text = after(l.text, 2);
	} else {
		while (digits < l.text.n && ascii_digit((unsigned char)l.text.p[digits]))
			digits++;
		if (digits && digits <= 3 && digits + 1 < l.text.n && l.text.p[digits] == '.' &&
		    l.text.p[digits + 1] == ' ') {
			l.kind = BLOCK_LIST_ITEM;
			l.text = after(l.text, digits + 1);
		}
	}
	return l;
}

/* "[words](address)" at s[i]; where the words end and the whole ends. */
static bool link_at(struct str s, size_t i, size_t *words_end, size_t *end)
{
	size_t close = str_find(s, STR("]("), i), paren;

	if (close == SIZE_MAX || close - i > 400)
		return false;
	paren = str_find(s, STR(")"), close);
	if (paren == SIZE_MAX)
		return false;
	*words_end = close;
	*end = paren + 1;
	return true;
}

static bool is_emphasis(struct str s, size_t i)
{
	char c = s.p[i];
	int before = i ? (unsigned char)s.p[i - 1] : ' ', next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : ' ';

	if (c == '*')
		return !(ascii_space(before) && ascii_space(next));
	return c == '_' && !(ascii_alnum(before) && ascii_alnum(next));
}

static void inlines(struct draft *d, struct str s)
{
	size_t base = (size_t)(s.p - d->raw.p), words_end, end, until = SIZE_MAX, skip_to = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (i == until) {
			d->links.v[d->links.n - 1].at.end = (uint32_t)d->text.n;
			i = skip_to - 1;
			until = SIZE_MAX;
		} else if (s.p[i] == '\\' && i + 1 < s.n && strchr("\\`*_{}[]()#+-.!>\"'", s.p[i + 1])) {
			i++;
			draft_byte(d, s.p[i], base + i);
		} else if (s.p[i] == '[' && until == SIZE_MAX && link_at(s, i, &words_end, &end)) {
			*VEC_PUSH(d->a, &d->links) =
				(struct story_link){{(uint32_t)d->text.n, (uint32_t)d->text.n},
						    arena_str(d->a, str_trim(str_sub(s, words_end + 2, end - 1)))};
			until = words_end;
			skip_to = end;
		} else if ((s.p[i] == '*' || s.p[i] == '_') && is_emphasis(s, i)) {
			continue;
		} else if (s.p[i] == '`' && !(i + 1 < s.n && s.p[i + 1] == '`') && !(i && s.p[i - 1] == '`')) {
			continue;
		} else if (ascii_space((unsigned char)s.p[i])) {
			draft_blank(d, base + i);
		} else {
			draft_byte(d, s.p[i], base + i);
		}
	}
}

void story_from_markdown(struct draft *d)
{
	struct str rest = d->raw, line;
	bool fenced = false, blank = true;

	while (str_line(&rest, &line)) {
		struct md_line l = line_kind(line);
		const struct block *b = d->open ? &d->blocks.v[d->blocks.n - 1] : NULL;

		if (l.fence || fenced) {
			fenced ^= l.fence;
			d->furniture += line.n;
			blank = true;
			continue;
		}
		if (!l.text.n) {
			blank = true;
			continue;
		}
		/* A line goes on with its paragraph, its item or its block quote. */
		if (blank || !b || l.kind == BLOCK_HEADING || l.kind == BLOCK_LIST_ITEM || b->kind == BLOCK_HEADING ||
		    (l.kind == BLOCK_QUOTE) != (b->kind == BLOCK_QUOTE))
			draft_block(d, l.kind, l.level);
		else
			draft_blank(d, (size_t)(line.p - d->raw.p));
		inlines(d, l.text);
		blank = l.kind == BLOCK_HEADING;
	}
	draft_end(d);
}
