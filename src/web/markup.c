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

static void put_digits(struct buf *b, bool negative, uint64_t n)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	if (negative)
		digits[--at] = '-';
	buf_add(b, digits + at, sizeof(digits) - at);
}

/* A whole number without width or sign, which is nearly every one of a page. False: it is something else. */
static bool put_plain_number(struct buf *b, const char *p, const char *end, va_list *ap)
{
	char kind = end[-1];
	bool is_long = end - p > 2;

	for (const char *c = p + 1; c < end - 1; c++)
		if (*c != 'l' && *c != 'z' && *c != 'j')
			return false;
	if (kind != 'd' && kind != 'u')
		return false;
	if (is_long) {
		long long n = va_arg(*ap, long long);

		put_digits(b, kind == 'd' && n < 0, kind == 'd' && n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
	} else {
		int n = va_arg(*ap, int);

		put_digits(b, kind == 'd' && n < 0,
			   kind == 'd' && n < 0 ? 0 - (uint64_t)n
			   : kind == 'd'        ? (uint64_t)n
						: (unsigned)n);
	}
	return true;
}

/*
 * Each conversion is printed for itself; a text's result is escaped, a number's cannot hold anything to escape. The
 * arguments are taken from the list in step, which is why only the conversions below are known.
 */
static void put_conversion(struct buf *b, const char *p, const char *end, va_list *ap)
{
	char spec[32] = "", number[64];
	size_t n = (size_t)(end - p);

	if (n >= sizeof(spec) || put_plain_number(b, p, end, ap))
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
			int n = va_arg(ap, int);

			put_digits(b, n < 0, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
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
