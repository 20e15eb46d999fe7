/*
 * Text that others wrote, on its way into a page or onto a terminal: what must not get there, and what must be written
 * otherwise in markup. The one list of each.
 */
#include "text/text.h"

bool utf8_steers(int32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

void text_put_markup_char(struct buf *b, int32_t cp)
{
	char utf8[4];

	switch (cp) {
	case '&':
		buf_puts(b, "&amp;");
		break;
	case '<':
		buf_puts(b, "&lt;");
		break;
	case '>':
		buf_puts(b, "&gt;");
		break;
	case '"':
		buf_puts(b, "&quot;");
		break;
	case '\'':
		buf_puts(b, "&#39;");
		break;
	case '\n':
	case '\t':
		buf_putc(b, (char)cp);
		break;
	case '\r':
		break;
	default:
		buf_add(b, utf8, utf8_put(utf8_steers(cp) ? 0xfffd : cp, utf8));
	}
}

/* What may not go out as it is: controls, what is no ASCII, and & < > " '. */
static const bool special[256] = {
	[0 ... 0x1f] = true, ['"'] = true, ['&'] = true,           ['\''] = true,
	['<'] = true,        ['>'] = true, [0x7f ... 0xff] = true,
};

static size_t plain_end(struct str s, size_t pos)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (; pos + 4 <= s.n; pos += 4)
		if (special[p[pos]] | special[p[pos + 1]] | special[p[pos + 2]] | special[p[pos + 3]])
			break;
	while (pos < s.n && !special[p[pos]])
		pos++;
	return pos;
}

void text_put_markup(struct buf *b, struct str s)
{
	for (size_t pos = 0; pos < s.n;) {
		size_t from = pos;

		pos = plain_end(s, pos);
		buf_add(b, s.p + from, pos - from);
		if (pos < s.n)
			text_put_markup_char(b, utf8_next(s, &pos));
	}
}
