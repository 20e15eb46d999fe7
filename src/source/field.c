/*
 * What the fields of several layouts have in common: mending of encoding and line ends, the sources' ways to write a
 * date, and how a classification looks that stands by itself. What a telegram's own fields mean is cable's.
 */
#include "source/source_priv.h"

#include <string.h>

/* ---- text -------------------------------------------------------------------------------------------------------- */

static struct str mend_encoding(struct arena *a, struct str s)
{
	struct buf b = {0};
	struct str out;
	size_t i = 0;

	buf_reserve(&b, s.n + s.n / 8);
	while (i < s.n) {
		size_t from = i;

		if (utf8_next(s, &i) == 0xfffd && i == from + 1)
			buf_str(&b, text_to_utf8(a, str_sub(s, from, i), ENC_LATIN1));
		else
			buf_add(&b, s.p + from, i - from);
	}
	out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out;
}

/* "\r\n", and the "\r\r\n" of files that were converted twice, are one line end; so is a lone "\r". */
static struct str unify_lines(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r') {
			out[n++] = s.p[i];
			continue;
		}
		size_t end = i;
		while (end < s.n && s.p[end] == '\r')
			end++;
		if (end < s.n && s.p[end] == '\n') {
			i = end;
			out[n++] = '\n';
		} else {
			memset(out + n, '\n', end - i);
			n += end - i;
			i = end - 1;
		}
	}
	return (struct str){out, n};
}

struct str field_text(struct arena *a, struct str s)
{
	if (!utf8_valid(s))
		s = mend_encoding(a, s);
	if (s.n && memchr(s.p, '\r', s.n))
		s = unify_lines(a, s);
	return s;
}

/* ---- dates ------------------------------------------------------------------------------------------------------- */

static bool take_number(struct str *s, size_t most_digits, int *out)
{
	size_t n = 0;
	int v = 0;

	while (n < s->n && n < most_digits && ascii_digit((unsigned char)s->p[n]))
		v = v * 10 + (s->p[n++] - '0');
	if (!n)
		return false;
	*s = str_sub(*s, n, s->n);
	*out = v;
	return true;
}

static bool take_char(struct str *s, char c)
{
	if (!s->n || *s->p != c)
		return false;
	*s = str_sub(*s, 1, s->n);
	return true;
}

static bool take_blanks(struct str *s)
{
	bool any = false;

	while (take_char(s, ' '))
		any = true;
	return any;
}

static struct str take_word(struct str *s)
{
	size_t n = 0;
	struct str word;

	while (n < s->n && ascii_alpha((unsigned char)s->p[n]))
		n++;
	word = str_sub(*s, 0, n);
	*s = str_sub(*s, n, s->n);
	return word;
}

/* "Oct" or "October"; 0: no month. */
static int month_of(struct str word)
{
	for (int m = 1; m <= 12; m++) {
		struct str name = str_of(cable_month_name(m));

		if (word.n >= 3 && word.n <= name.n && str_istarts(name, word))
			return m;
	}
	return 0;
}

/* "H:MM", perhaps with ":SS" behind it. */
static bool take_time(struct str *s, int *hour, int *minute)
{
	int second;

	if (!take_number(s, 2, hour) || !take_char(s, ':') || !take_number(s, 2, minute))
		return false;
	if (take_char(s, ':') && !take_number(s, 2, &second))
		return false;
	return *hour < 24 && *minute < 60;
}

/*
 * Midnight to the minute is what a tool writes that knew no time: of that only the day is believed. The day of a true
 * midnight is right all the same.
 */
static void date_doubt_midnight(struct cable_date *d)
{
	if (d->precision > DATE_DAY && d->hour == 0 && d->minute == 0)
		d->precision = DATE_DAY;
}

static bool date_make(int year, int month, int day, int hour, int minute, struct cable_date *out)
{
	if (!civil_valid(year, month, day) || year < 1000 || year > 9999)
		return false;
	*out = (struct cable_date){(int16_t)year, (int8_t)month, (int8_t)day, 0, 0, DATE_DAY};
	if (hour < 0)
		return true;
	out->hour = (int8_t)hour;
	out->minute = (int8_t)minute;
	out->precision = DATE_MINUTE;
	date_doubt_midnight(out);
	return true;
}

static void date_forget_minutes(struct cable_date *d)
{
	if (d->precision > DATE_HOUR)
		d->precision = DATE_HOUR;
	d->minute = 0;
}

bool field_date_dump(struct str s, struct cable_date *out)
{
	int month, day, year, hour = -1, minute = 0;

	s = str_trim(s);
	if (cable_date_parse(s, out)) {
		date_doubt_midnight(out);
		return true;
	}
	if (!take_number(&s, 2, &month) || !take_char(&s, '/') || !take_number(&s, 2, &day) || !take_char(&s, '/') ||
	    !take_number(&s, 4, &year))
		return false;
	if (take_blanks(&s) && !take_time(&s, &hour, &minute))
		return false;
	return s.n == 0 && date_make(year, month, day, hour, minute, out);
}

bool field_date_page(struct str s, struct cable_date *out)
{
	if (!cable_date_parse(str_trim(s), out))
		return false;
	date_doubt_midnight(out);
	date_forget_minutes(out);
	return true;
}

/* As Ruby's Time#to_s wrote it until 1.8: weekday, month, day, time, offset, year. */
bool field_date_ruby(struct str s, struct cable_date *out)
{
	int month, day, year, hour, minute, offset;

	s = str_trim(s);
	if (take_word(&s).n != 3 || !take_blanks(&s))
		return false;
	month = month_of(take_word(&s));
	if (!month || !take_blanks(&s) || !take_number(&s, 2, &day) || !take_blanks(&s))
		return false;
	if (!take_time(&s, &hour, &minute) || !take_blanks(&s))
		return false;
	if (take_char(&s, '+') || take_char(&s, '-')) {
		if (!take_number(&s, 4, &offset) || !take_blanks(&s))
			return false;
	} else if (take_word(&s).n) { /* "UTC", "CEST" */
		if (!take_blanks(&s))
			return false;
	}
	if (!take_number(&s, 4, &year) || s.n || !date_make(year, month, day, hour, minute, out))
		return false;
	date_forget_minutes(out);
	return true;
}

bool field_date_words(struct str s, struct cable_date *out)
{
	int month, day, year, hour = -1, minute = 0;

	s = str_trim(s);
	if (take_word(&s).n < 6 || !take_char(&s, ',') || !take_blanks(&s))
		return false;
	if (!take_number(&s, 2, &day) || !take_blanks(&s))
		return false;
	month = month_of(take_word(&s));
	if (!month || !take_blanks(&s) || !take_number(&s, 4, &year))
		return false;
	if (take_char(&s, ',') && take_blanks(&s) && !take_time(&s, &hour, &minute))
		return false;
	return s.n == 0 && date_make(year, month, day, hour, minute, out);
}

/* ---- classification ---------------------------------------------------------------------------------------------- */

bool field_is_classification(struct str line)
{
	static const char *const levels[] = {
		"UNCLASSIFIED", "UNCLAS", "CONFIDENTIAL", "TOP SECRET", "SECRET", "SENSITIVE BUT UNCLASSIFIED",
	};
	struct classification c;
	struct str rest = str_trim(line);
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (str_istarts(rest, str_of(levels[i])))
			break;
	if (i == sizeof(levels) / sizeof(*levels))
		return false;
	rest = str_sub(rest, strlen(levels[i]), rest.n);
	if (rest.n && *rest.p != '/' && *rest.p != ' ')
		return false;
	for (i = 0; i < rest.n; i++)
		if (!ascii_alpha((unsigned char)rest.p[i]) && !strchr("/ ,", rest.p[i]))
			return false;
	return rest.n <= 80 && class_parse(str_trim(line), &c);
}
