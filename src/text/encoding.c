/*
 * Which encoding a file is in, and its way to UTF-8. Looks at bytes only: names and declarations lie.
 */
#include "text/text.h"

/* Windows-1252, 0x80..0x9f; 0 where it assigns nothing (WHATWG Encoding, index windows-1252). */
static const uint16_t windows_1252[32] = {
	0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

/* A multi-byte sequence that the end of the sample cuts is no fault of the file. */
static bool valid_but_for_the_end(struct str s)
{
	for (size_t pos = 0; pos < s.n;) {
		size_t from = pos;

		if (utf8_next(s, &pos) == 0xfffd && pos - from == 1)
			return s.n - from < 4 && (unsigned char)s.p[from] >= 0xc2;
	}
	return true;
}

enum encoding text_sniff_encoding(struct str head)
{
	const unsigned char *p = (const unsigned char *)head.p;
	size_t even = 0, odd = 0, control = 0;

	if (head.n >= 2 && p[0] == 0xff && p[1] == 0xfe)
		return ENC_UTF16LE;
	if (head.n >= 2 && p[0] == 0xfe && p[1] == 0xff)
		return ENC_UTF16BE;
	for (size_t i = 0; i < head.n; i++) {
		if (!p[i])
			++*(i & 1 ? &odd : &even);
		control += p[i] < 0x20 && !ascii_space(p[i]) && p[i] != 0x1a && p[i] != 0x1b;
	}
	/* Western text in UTF-16 has a NUL in nearly every pair, always on the same side. */
	if (head.n >= 4 && odd > head.n / 3 && even <= head.n / 50)
		return ENC_UTF16LE;
	if (head.n >= 4 && even > head.n / 3 && odd <= head.n / 50)
		return ENC_UTF16BE;
	if (control > head.n / 20)
		return ENC_BINARY;
	return valid_but_for_the_end(head) ? ENC_UTF8 : ENC_LATIN1;
}

static void add_code_point(struct buf *b, int32_t cp)
{
	char utf8[4];

	buf_add(b, utf8, utf8_put(cp, utf8));
}

static void from_utf16(struct buf *b, struct str raw, bool big)
{
	const unsigned char *p = (const unsigned char *)raw.p;

	for (size_t i = 0; i + 1 < raw.n; i += 2) {
		int32_t u = big ? p[i] << 8 | p[i + 1] : p[i + 1] << 8 | p[i];

		if (u >= 0xd800 && u < 0xdc00 && i + 3 < raw.n) {
			int32_t low = big ? p[i + 2] << 8 | p[i + 3] : p[i + 3] << 8 | p[i + 2];

			if (low >= 0xdc00 && low < 0xe000) {
				u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		if (u != 0xfeff || i)
			add_code_point(b, u);
	}
}

static void from_windows_1252(struct buf *b, struct str raw)
{
	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = (unsigned char)raw.p[i];

		if (c >= 0x80 && c < 0xa0)
			add_code_point(b, windows_1252[c - 0x80] ? windows_1252[c - 0x80] : 0xfffd);
		else
			add_code_point(b, c);
	}
}

struct str text_to_utf8(struct arena *a, struct str raw, enum encoding enc)
{
	struct buf b = {0};
	struct str out;

	switch (enc) {
	case ENC_UTF16LE:
	case ENC_UTF16BE:
		from_utf16(&b, raw, enc == ENC_UTF16BE);
		break;
	case ENC_LATIN1:
		from_windows_1252(&b, raw);
		break;
	default:
		if (str_starts(raw, STR("\xef\xbb\xbf")))
			raw = str_sub(raw, 3, raw.n);
		for (size_t pos = 0; pos < raw.n;)
			add_code_point(&b, utf8_next(raw, &pos));
	}
	out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out;
}
