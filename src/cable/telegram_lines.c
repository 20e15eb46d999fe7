/*
 * What a line of a telegram is when it is no sentence: a page line, a class line, a caption, a rule of dashes. And from
 * them the artefacts: stretches of the body that its author did not write.
 */
#include "cable/cable_priv.h"

#include <string.h>

enum {
	CLASS_LINE_MAX = 120,
	CAPTION_LINE_MAX = 60,
	PAGE_DIGITS = 8,
	PAGE_NAME_MAX = 40,
	PAGE_LINE_MIN = 16, /* 00005388002OF003 with no blank where there must be one */
};

static bool is_sign_of_rule(int c)
{
	return c == '-' || c == '=' || c == '_' || c == '*' || c == '.' || c == '~' || c == ' ' || c == '\0';
}

bool line_is_rule(struct str line)
{
	line = str_trim(line);
	for (size_t i = 0; i < line.n; i++)
		if (!is_sign_of_rule((unsigned char)line.p[i]))
			return false;
	return line.n >= 3;
}

static size_t digits_at(struct str s, size_t i)
{
	size_t n = 0;

	while (i + n < s.n && ascii_digit((unsigned char)s.p[i + n]))
		n++;
	return n;
}

static size_t skip_blanks(struct str s, size_t i)
{
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	return i;
}

/* "00005388 002 OF 003", "00005388  001.2 OF 003" at s[i]: its length, 0 when it is none. */
static size_t page_numbers_at(struct str s, size_t i)
{
	size_t from = i;

	if (digits_at(s, i) != PAGE_DIGITS)
		return 0;
	i = skip_blanks(s, i + PAGE_DIGITS);
	if (digits_at(s, i) != 3)
		return 0;
	i += 3;
	if (i + 1 < s.n && s.p[i] == '.')
		i += 1 + digits_at(s, i + 1);
	i = skip_blanks(s, i);
	if (!str_istarts(str_sub(s, i, s.n), STR("OF")))
		return 0;
	i = skip_blanks(s, i + 2);
	return digits_at(s, i) == 3 ? i + 3 - from : 0;
}

/* The whole page line around its numbers at i: with the post's name, which is upper case, before it. */
static struct span page_line_around(struct str s, size_t i, size_t n)
{
	size_t from = i, k = i;

	while (k > 0 && i - k < PAGE_NAME_MAX && (ascii_upper((unsigned char)s.p[k - 1]) || s.p[k - 1] == ' ')) {
		k--;
		if (ascii_upper((unsigned char)s.p[k]) && (k == 0 || !ascii_alnum((unsigned char)s.p[k - 1])))
			from = k;
	}
	return (struct span){(uint32_t)from, (uint32_t)(i + n)};
}

bool line_is_page(struct str line)
{
	line = str_trim(line);
	if (line.n < PAGE_LINE_MIN || digits_at(line, line.n - 3) != 3)
		return false;
	for (size_t i = 0; i < line.n && i < PAGE_NAME_MAX; i++) {
		size_t n = ascii_digit((unsigned char)line.p[i]) ? page_numbers_at(line, i) : 0;

		if (n)
			return i + n == line.n && page_line_around(line, i, n).off == 0;
	}
	return false;
}

bool line_is_caption(struct str line)
{
	bool any = false;

	line = str_trim(line);
	if (line.n > CAPTION_LINE_MAX)
		return false;
	for (size_t i = 0; i < line.n; i++) {
		size_t from = i;

		while (i < line.n && ascii_upper((unsigned char)line.p[i]))
			i++;
		if (i < line.n && (ascii_lower((unsigned char)line.p[i]) || ascii_digit((unsigned char)line.p[i])))
			return false;
		if (i > from && !class_is_caption(str_sub(line, from, i)))
			return false;
		any |= i > from;
	}
	return any;
}

/*
 * A class line says the level first, and then nothing but captions, the section and the number: no small letters, and
 * words before the number only.
 */
bool line_is_class(struct str line, struct classification *class)
{
	const uint32_t initials =
		CAPITAL('C') | CAPITAL('S') | CAPITAL('U') | CAPITAL('T') | CAPITAL('E') | CAPITAL('O') | CAPITAL('L');
	struct classification c;

	line = str_trim(line);
	if (!line.n || line.n > CLASS_LINE_MAX || !capital_among((unsigned char)*line.p, initials) ||
	    (line.n > 2 && line.p[1] == '.'))
		return false;
	for (size_t i = 0; i < line.n; i++)
		if (ascii_lower((unsigned char)line.p[i]) || line.p[i] == ',' || line.p[i] == ':' || line.p[i] == ';')
			return false;
	if (!class_parse(line, &c) || c.level == LEVEL_UNKNOWN)
		return false;
	*class = c;
	return true;
}

/* ---- artefacts --------------------------------------------------------------------------------------------------- */

static void artefact_add(struct reader *r, size_t off, size_t end)
{
	if (end > off)
		*VEC_PUSH(r->a, &r->artefacts) = (struct span){(uint32_t)off, (uint32_t)end};
}

/* A page line that transmission ran into a line of text, or a caption. */
static void artefacts_inline(struct reader *r, const struct span *l)
{
	struct str s = str_sub(r->body, l->off, l->end);

	for (size_t i = 0; i < s.n; i++) {
		if (ascii_digit((unsigned char)s.p[i])) {
			size_t digits = digits_at(s, i), n = digits == PAGE_DIGITS ? page_numbers_at(s, i) : 0;

			if (n) {
				struct span p = page_line_around(s, i, n);

				artefact_add(r, l->off + p.off, l->off + p.end);
			}
			i += n ? n : digits - 1;
		} else if (s.p[i] == 'S' && str_starts(str_sub(s, i, s.n), STR("SIPDIS"))) {
			artefact_add(r, l->off + i, l->off + i + 6);
			i += 5;
		}
	}
}

/*
 * Neither rule nor page line, caption nor class line begins with a small letter among its first four bytes, and nearly
 * every other line does. Blanks before them change nothing.
 */
static inline bool begins_small(struct str line)
{
	const uint32_t ones = 0x01010101u, top = 0x80808080u;
	uint32_t four, from_a, beyond_z;

	if (line.n < sizeof(four))
		return false;
	memcpy(&four, line.p, sizeof(four));
	from_a = (four & ~top) + ones * (0x80 - 'a');
	beyond_z = (four & ~top) + ones * (0x7f - 'z');
	return from_a & ~beyond_z & ~four & top;
}

static bool is_artefact(struct str line)
{
	struct classification c;

	line = str_trim(line);
	if (!line.n)
		return false;
	if (ascii_digit((unsigned char)*line.p)) /* a paragraph, as a rule */
		return line_is_page(line);
	return line_is_rule(line) || line_is_page(line) || line_is_caption(line) || line_is_class(line, &c);
}

/* Does a line begin with what a paragraph's number or mark does? */
static bool is_opening(struct str line)
{
	size_t i = skip_blanks(line, 0);

	return i < line.n && (ascii_digit((unsigned char)line.p[i]) || line.p[i] == '(' || line.p[i] == *"\u00b6");
}

void telegram_read_artefacts(struct reader *r)
{
	const offset_vec suspects = r->scan.suspects;
	const struct span *lines = r->lines;
	size_t next = 0;

	for (size_t i = 0, n = r->n_lines; i < n; i++) {
		struct str s = {r->body.p + lines[i].off, lines[i].end - lines[i].off};
		bool small = begins_small(s), suspected = next < suspects.n && suspects.v[next] < lines[i].end;

		if (!s.n || (small && !suspected && ascii_alpha((unsigned char)*s.p)))
			continue;
		while (next < suspects.n && suspects.v[next] < lines[i].end)
			next++;
		if (is_opening(s))
			*VEC_PUSH(r->a, &r->openings) = (uint32_t)i;
		if (!small && is_artefact(s))
			artefact_add(r, lines[i].off, lines[i].end);
		else if (suspected)
			artefacts_inline(r, &lines[i]);
	}
}
