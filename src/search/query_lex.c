/*
 * Where things begin and end in a query: blanks, quotation marks, operators, terms. Nothing is cut into tokens ahead of
 * the grammar, because what a sign means depends on where it stands: 1.4(b) is a term, NOT(b) is not.
 */
#include "search/query_parse_priv.h"

#include <string.h>

enum quote { QUOTE_NONE, QUOTE_STRAIGHT, QUOTE_CURLY, QUOTE_OPEN_ANGLE, QUOTE_CLOSE_ANGLE };

/* A blank that was pasted from a page is a blank. */
static bool is_blank(int32_t cp)
{
	return (cp < 0x80 && ascii_space(cp)) || cp == 0xa0 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 ||
	       cp == 0x2029 || cp == 0x202f || cp == 0x3000;
}

size_t query_blank_at(struct str s, size_t pos)
{
	size_t next = pos;

	return pos < s.n && is_blank(utf8_next(s, &next)) ? next - pos : 0;
}

static enum quote quote_at(struct str s, size_t pos, size_t *next)
{
	*next = pos;
	if (pos >= s.n)
		return QUOTE_NONE;
	switch (utf8_next(s, next)) {
	case '"':
		return QUOTE_STRAIGHT;
	case 0x201c:
	case 0x201d:
	case 0x201e:
	case 0x201f:
		return QUOTE_CURLY;
	case 0xab:
		return QUOTE_OPEN_ANGLE;
	case 0xbb:
		return QUOTE_CLOSE_ANGLE;
	default:
		return QUOTE_NONE;
	}
}

bool query_quote_at(struct str s, size_t pos)
{
	size_t next;

	return quote_at(s, pos, &next) != QUOTE_NONE;
}

bool query_ends_at(struct str s, size_t pos)
{
	return pos >= s.n || s.p[pos] == '(' || s.p[pos] == ')' || query_blank_at(s, pos) || query_quote_at(s, pos);
}

/* Behind the parenthesis that closes the one at `open` before the term ends, as in 1.4(b); 0 when none does. */
static size_t inner_parenthesis_end(struct str s, size_t open)
{
	size_t i = open + 1;

	while (!query_ends_at(s, i))
		utf8_next(s, &i);
	return i < s.n && s.p[i] == ')' && i > open + 1 ? i + 1 : 0;
}

size_t query_term_end(struct str s, size_t pos)
{
	size_t i = pos, inner;

	for (;;) {
		while (!query_ends_at(s, i))
			utf8_next(s, &i);
		if (i == pos || i >= s.n || s.p[i] != '(' || !(inner = inner_parenthesis_end(s, i)))
			return i;
		i = inner;
	}
}

void query_skip_blanks(struct query_reader *r)
{
	size_t n;

	while ((n = query_blank_at(r->text, r->pos)))
		r->pos += n;
}

bool query_operator_at(const struct query_reader *r, const char *operator)
{
	struct str word = str_of(operator), rest = str_sub(r->text, r->pos, r->text.n);

	return str_starts(rest, word) && query_ends_at(r->text, r->pos + word.n);
}

bool query_take_operator(struct query_reader *r, const char *operator)
{
	if (!query_operator_at(r, operator))
		return false;
	r->pos += strlen(operator);
	return true;
}

int query_near_at(struct query_reader *r, size_t *end, int *n)
{
	size_t i = r->pos + 4, from;
	int64_t value = 0;

	*end = 0;
	*n = QUERY_NEAR_DEFAULT;
	if (query_operator_at(r, "NEAR")) {
		*end = i;
		return REFTEL_OK;
	}
	if (!str_starts(str_sub(r->text, r->pos, r->text.n), STR("NEAR/")))
		return REFTEL_OK;
	from = ++i;
	for (; i < r->text.n && ascii_digit((unsigned char)r->text.p[i]); i++)
		value = value > QUERY_NEAR_MAX ? value : value * 10 + (r->text.p[i] - '0');
	if (i == from || !query_ends_at(r->text, i) || value < 1 || value > QUERY_NEAR_MAX)
		return query_expected(r, (struct span){(uint32_t)from, (uint32_t)from},
				      "a number of words from 1 to %d behind \"NEAR/\"", QUERY_NEAR_MAX);
	*end = i;
	*n = (int)value;
	return REFTEL_OK;
}

/* A curly mark closes at the next curly one, whichever way it bends: countries differ. */
static bool closes(enum quote opened, enum quote q)
{
	switch (opened) {
	case QUOTE_OPEN_ANGLE:
		return q == QUOTE_CLOSE_ANGLE;
	case QUOTE_CLOSE_ANGLE:
		return q == QUOTE_OPEN_ANGLE;
	default:
		return q == opened;
	}
}

int query_take_quoted(struct query_reader *r, struct span *inside, struct span *whole)
{
	size_t open = r->pos, i, next;
	enum quote opened = quote_at(r->text, open, &next);

	inside->off = (uint32_t)next;
	for (i = next; i < r->text.n; i = next)
		if (closes(opened, quote_at(r->text, i, &next)))
			break;
	if (i >= r->text.n)
		return query_refused(r, REFTEL_EINVAL, (struct span){(uint32_t)open, inside->off},
				     "expected a quotation mark that closes this one, but the query ends before");
	inside->end = (uint32_t)i;
	*whole = (struct span){(uint32_t)open, (uint32_t)next};
	r->pos = next;
	if (r->pos < r->text.n && r->text.p[r->pos] == '~')
		return query_expected(
			r, (struct span){(uint32_t)r->pos, (uint32_t)r->pos},
			"a blank behind the phrase (for words near one another write NEAR/5(these words))");
	return REFTEL_OK;
}
