/*
 * Writing markup: a printf that escapes whatever is put in, so that the one way to write a page is the safe one.
 */
#include "text/text.h"
#include "web/web_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void html_text(struct buf *b, struct str s)
{
	text_put_markup(b, s);
}

/* Where a conversion that began at p ends: behind its letter. */
static const char *conversion_end(const char *p)
{
	for (p++; *p && !strchr("diouxXeEfFgGaAcspn%", *p);)
		p++;
	return *p ? p + 1 : p;
}

/*
 * Each conversion is printed for itself; a text's result is escaped, a number's cannot hold anything to escape. The
 * arguments are taken from the list in step, which is why only the conversions below are known.
 */
static void put_conversion(struct buf *b, const char *p, const char *end, va_list *ap)
{
	char spec[32] = "", number[64];
	size_t n = (size_t)(end - p);

	if (n >= sizeof(spec))
		return;
	memcpy(spec, p, n);
	switch (end[-1]) {
	case '%':
		buf_putc(b, '%');
		return;
	case 'c':
		text_put_markup_char(b, va_arg(*ap, int));
		return;
	case 's': {
		const char *dot = strchr(spec, '.');
		int most = !dot ? -1 : dot[1] == '*' ? va_arg(*ap, int) : atoi(dot + 1);
		const char *s = va_arg(*ap, const char *);

		html_text(b, most < 0 ? str_of(s)
				      : (struct str){s, dot[1] == '*' ? (size_t)most : strnlen(s, (size_t)most)});
		return;
	}
	case 'f':
	case 'g':
		snprintf(number, sizeof(number), spec, va_arg(*ap, double));
		break;
	default:
		if (strstr(spec, "ll") || strchr(spec, 'l') || strchr(spec, 'z') || strchr(spec, 'j'))
			snprintf(number, sizeof(number), spec, va_arg(*ap, long long));
		else
			snprintf(number, sizeof(number), spec, va_arg(*ap, int));
	}
	buf_puts(b, number);
}

_Static_assert(sizeof(long) == sizeof(long long) && sizeof(size_t) == sizeof(long long),
	       "html() takes every long number for a long long");

void html(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	for (const char *p = fmt; *p;) {
		const char *percent = strchr(p, '%');
		const char *end;

		if (!percent) {
			buf_puts(b, p);
			break;
		}
		end = conversion_end(percent);
		buf_add(b, p, (size_t)(percent - p));
		put_conversion(b, percent, end, &ap);
		p = end;
	}
	va_end(ap);
}

void html_count(struct buf *b, uint64_t n, const char *one, const char *many)
{
	char digits[32];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_puts(b, "\u202f");
		buf_putc(b, digits[i]);
	}
	html(b, " %s", n == 1 ? one : many);
}

void html_when(struct buf *b, int64_t seconds, const char *never)
{
	char iso[32];

	clock_iso(seconds, iso);
	if (seconds)
		html(b, "<time datetime=\"%s\">%.10s %.5s UTC</time>", iso, iso, iso + 11);
	else
		html(b, "%s", never);
}
