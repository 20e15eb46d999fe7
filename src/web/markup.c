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
	case 's': { /* "%.10s" */
		const char *dot = strchr(spec, '.'), *text = va_arg(*ap, const char *);

		html_text(b, dot ? (struct str){text, strnlen(text, (size_t)atoi(dot + 1))} : str_of(text));
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

static void put_int(struct buf *b, int n)
{
	char digits[12];
	size_t at = sizeof(digits);
	unsigned rest = n < 0 ? 0U - (unsigned)n : (unsigned)n;

	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (n < 0)
		digits[--at] = '-';
	buf_add(b, digits + at, sizeof(digits) - at);
}

void html(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	for (const char *p = fmt; *p;) {
		const char *percent = strchrnul(p, '%'), *end;

		buf_add(b, p, (size_t)(percent - p));
		if (!*percent)
			break;
		/* Nearly all are one of these three. */
		if (percent[1] == 's') {
			html_text(b, str_of(va_arg(ap, const char *)));
			p = percent + 2;
		} else if (percent[1] == 'd') {
			put_int(b, va_arg(ap, int));
			p = percent + 2;
		} else if (!strncmp(percent + 1, ".*s", 3)) {
			int n = va_arg(ap, int);
			const char *s = va_arg(ap, const char *);

			html_text(b, n < 0 ? str_of(s) : (struct str){s, (size_t)n});
			p = percent + 4;
		} else {
			end = conversion_end(percent);
			put_conversion(b, percent, end, &ap);
			p = end;
		}
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
