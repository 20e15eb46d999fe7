/*
 * Strings with a length, in ASCII where case and blanks matter. Nothing here knows of code points: that is text's.
 */
#include "base/base.h"

#include <string.h>

struct str str_of(const char *cstr)
{
	return cstr ? (struct str){cstr, strlen(cstr)} : STR("");
}

bool ascii_same(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ascii_tolower((unsigned char)a[i]) != ascii_tolower((unsigned char)b[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

size_t str_find(struct str s, struct str needle, size_t from)
{
	const char *hit;

	if (from > s.n || needle.n > s.n - from)
		return SIZE_MAX;
	if (!needle.n)
		return from;
	hit = needle.n == 1 ? memchr(s.p + from, *needle.p, s.n - from)
			    : memmem(s.p + from, s.n - from, needle.p, needle.n);
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

/* The place of the letter of needle that is rarest in English: there a search stops least often in vain. */
static size_t rarest_letter(struct str needle)
{
	/* of a to z; 0 is a blank's, the highest that of all that is no letter */
	static const uint8_t ranks[26] = {3, 20, 12, 11, 1, 15, 17, 9,  5,  24, 22, 10, 14,
					  6, 4,  16, 25, 8, 7,  2,  13, 21, 18, 23, 19, 26};
	size_t best = 0, best_rank = 0;

	for (size_t i = 0; i < needle.n; i++) {
		int c = ascii_tolower((unsigned char)needle.p[i]);
		size_t rank = ascii_lower(c) ? ranks[c - 'a'] : c == ' ' ? 0 : sizeof(ranks) + 2;

		if (rank > best_rank) {
			best = i;
			best_rank = rank;
		}
	}
	return best;
}

static const char *next_of(const char *p, const char *end, int c)
{
	const char *hit = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;

	return hit ? hit : end;
}

size_t str_ifind(struct str s, struct str needle, size_t from)
{
	const char *end, *lower, *upper;
	size_t rare;
	int c;

	if (from > s.n || needle.n > s.n - from)
		return SIZE_MAX;
	if (!needle.n)
		return from;
	rare = rarest_letter(needle);
	c = (unsigned char)needle.p[rare];
	end = s.p + (s.n - needle.n) + rare + 1; /* behind the last place where that letter can stand */
	lower = next_of(s.p + from + rare, end, ascii_tolower(c));
	upper = ascii_alpha(c) ? next_of(s.p + from + rare, end, ascii_toupper(c)) : end;
	while (lower < end || upper < end) {
		const char *at = lower < upper ? lower : upper;

		if (ascii_same(at - rare, needle.p, needle.n))
			return (size_t)(at - rare - s.p);
		if (at == lower)
			lower = next_of(lower + 1, end, ascii_tolower(c));
		else
			upper = next_of(upper + 1, end, ascii_toupper(c));
	}
	return SIZE_MAX;
}

bool str_line(struct str *rest, struct str *line)
{
	const char *nl;

	if (!rest->n)
		return false;
	nl = memchr(rest->p, '\n', rest->n);
	*line = (struct str){rest->p, nl ? (size_t)(nl - rest->p) : rest->n};
	*rest = str_sub(*rest, line->n + (nl ? 1 : 0), rest->n);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}
