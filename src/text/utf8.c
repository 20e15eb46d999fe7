/*
 * UTF-8 that is never trusted: every text can be walked to its end, whatever bytes it holds.
 */
#include "text/text.h"

#include <string.h>
#include <utf8proc.h>

enum { REPLACEMENT = 0xfffd };

/* Length and lowest legal second byte of a sequence, after the table of well-formed UTF-8 in RFC 3629, section 4. */
static size_t sequence_length(unsigned char lead, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xbf;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef) {
		*low = lead == 0xe0 ? 0xa0 : 0x80;
		*high = lead == 0xed ? 0x9f : 0xbf;
		return 3;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		*low = lead == 0xf0 ? 0x90 : 0x80;
		*high = lead == 0xf4 ? 0x8f : 0xbf;
		return 4;
	}
	return 0;
}

int32_t utf8_next(struct str s, size_t *pos)
{
	const unsigned char *p = (const unsigned char *)s.p + *pos;
	size_t left = s.n - *pos, n;
	unsigned char low, high;
	int32_t cp;

	if (p[0] < 0x80) {
		++*pos;
		return p[0];
	}
	n = sequence_length(p[0], &low, &high);
	if (!n || left < n || p[1] < low || p[1] > high)
		goto bad;
	cp = p[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			goto bad;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	*pos += n;
	return cp;
bad:
	++*pos;
	return REPLACEMENT;
}

size_t utf8_put(int32_t cp, char out[4])
{
	if (cp < 0 || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = REPLACEMENT;
	return (size_t)utf8proc_encode_char(cp, (utf8proc_uint8_t *)out);
}

/* Behind the ASCII at pos, sixteen bytes at a time: most texts are little else, and an import looks at every byte. */
static size_t ascii_skip(struct str s, size_t pos)
{
	uint64_t w[2];

	for (; s.n - pos >= sizeof(w); pos += sizeof(w)) {
		memcpy(w, s.p + pos, sizeof(w));
		if ((w[0] | w[1]) & 0x8080808080808080)
			break;
	}
	while (pos < s.n && (unsigned char)s.p[pos] < 0x80)
		pos++;
	return pos;
}

bool utf8_valid(struct str s)
{
	for (size_t pos = ascii_skip(s, 0); pos < s.n; pos = ascii_skip(s, pos)) {
		size_t from = pos;

		/* U+FFFD may also stand there honestly; then it took three bytes. */
		if (utf8_next(s, &pos) == REPLACEMENT && pos - from == 1)
			return false;
	}
	return true;
}

size_t utf8_columns(struct str s)
{
	size_t columns = 0;

	for (size_t pos = 0; pos < s.n;) {
		int w = utf8proc_charwidth(utf8_next(s, &pos));

		columns += w > 0 ? (size_t)w : 0;
	}
	return columns;
}
