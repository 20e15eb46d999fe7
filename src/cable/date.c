/*
 * Dates as far as they are known: a year, a month, a day, an hour, a minute. UTC throughout.
 */
#include "cable/cable_priv.h"

#include <stdlib.h>
#include <string.h>

static const char *const months[12] = {"January", "February", "March",     "April",   "May",      "June",
				       "July",    "August",   "September", "October", "November", "December"};

const char *cable_month_name(int month)
{
	return month >= 1 && month <= 12 ? months[month - 1] : "";
}

int month_of(struct str name)
{
	static const char three[12][4] = {"jan", "feb", "mar", "apr", "may", "jun",
					  "jul", "aug", "sep", "oct", "nov", "dec"};
	char key[3];
	int m = 0;

	if (name.n < sizeof(key))
		return 0;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (char)ascii_tolower((unsigned char)name.p[i]);
	while (m < 12 && memcmp(key, three[m], sizeof(key)) != 0)
		m++;
	if (m == 12)
		return 0;
	return name.n == sizeof(key) || str_ieq(name, str_of(months[m])) || str_ieq(name, STR("sept")) ? m + 1 : 0;
}

int64_t number_of(struct str digits, int64_t most)
{
	int64_t n = 0;

	if (!digits.n)
		return -1;
	for (size_t i = 0; i < digits.n; i++) {
		if (!ascii_digit((unsigned char)digits.p[i]))
			return -1;
		n = n * 10 + (digits.p[i] - '0');
		if (n > most)
			return -1;
	}
	return n;
}

int year_of(struct str digits)
{
	int64_t n = number_of(digits, 9999);

	if (n >= 0 && digits.n == 2)
		return (int)(n >= 66 ? 1900 + n : 2000 + n);
	return digits.n == 4 && n >= 1966 && n <= 2065 ? (int)n : 0;
}

int64_t cable_date_seconds(struct cable_date d)
{
	if (d.precision == DATE_NONE)
		return 0;
	return civil_days(d.year, d.precision >= DATE_MONTH ? d.month : 1, d.precision >= DATE_DAY ? d.day : 1) *
		       86400 +
	       d.hour * 3600 + d.minute * 60;
}

/* Two digits behind `before`. */
static char *put_two(char *out, char before, int n)
{
	out[0] = before;
	out[1] = (char)('0' + n / 10 % 10);
	out[2] = (char)('0' + n % 10);
	return out + 3;
}

/* Lists have one in each line: written digit by digit. */
void cable_date_format(struct cable_date d, char out[32])
{
	char *end = out;

	if (d.precision >= DATE_YEAR && d.year >= 0 && d.year <= 9999) {
		out[0] = (char)('0' + d.year / 1000);
		out[1] = (char)('0' + d.year / 100 % 10);
		out[2] = (char)('0' + d.year / 10 % 10);
		out[3] = (char)('0' + d.year % 10);
		end = out + 4;
	} else if (d.precision >= DATE_YEAR) {
		end += snprintf(out, 8, "%04d", d.year);
	}
	if (d.precision >= DATE_MONTH)
		end = put_two(end, '-', d.month);
	if (d.precision >= DATE_DAY)
		end = put_two(end, '-', d.day);
	if (d.precision >= DATE_HOUR)
		end = put_two(end, ' ', d.hour);
	if (d.precision == DATE_HOUR)
		*end++ = 'h';
	if (d.precision == DATE_MINUTE)
		end = put_two(end, ':', d.minute);
	*end = '\0';
}

/* Takes n digits off *s into *out, which must lie in low..high. */
static bool take(struct str *s, size_t n, int low, int high, int *out)
{
	int64_t v = number_of(str_sub(*s, 0, n), high);

	if (s->n < n || v < low)
		return false;
	*out = (int)v;
	*s = str_sub(*s, n, s->n);
	return true;
}

static bool take_char(struct str *s, const char *any)
{
	for (; s->n && *any; any++)
		if (*s->p == *any) {
			*s = str_sub(*s, 1, s->n);
			return true;
		}
	return false;
}

bool cable_date_parse(struct str s, struct cable_date *out)
{
	int y, m = 0, d = 0, hour = 0, minute = 0, second;
	enum date_precision p = DATE_YEAR;

	s = str_trim(s);
	if (!take(&s, 4, 1, 9999, &y))
		return false;
	if (take_char(&s, "-")) {
		if (!take(&s, 2, 1, 12, &m))
			return false;
		p = DATE_MONTH;
		if (take_char(&s, "-")) {
			if (!take(&s, 2, 1, 31, &d) || !civil_valid(y, m, d))
				return false;
			p = DATE_DAY;
		}
	}
	if (p == DATE_DAY && take_char(&s, " T")) {
		if (!take(&s, 2, 0, 23, &hour))
			return false;
		p = DATE_HOUR;
		if (take_char(&s, ":")) {
			if (!take(&s, 2, 0, 59, &minute))
				return false;
			p = DATE_MINUTE;
			if (take_char(&s, ":") && !take(&s, 2, 0, 60, &second))
				return false;
		} else {
			take_char(&s, "h");
		}
		take_char(&s, "Z");
	}
	if (s.n)
		return false;
	*out = (struct cable_date){(int16_t)y, (int8_t)m, (int8_t)d, (int8_t)hour, (int8_t)minute, p};
	return true;
}

bool cable_date_near(struct cable_date a, struct cable_date b, int tolerance)
{
	enum date_precision p = a.precision < b.precision ? a.precision : b.precision;

	if (p == DATE_NONE)
		return true;
	if (p >= DATE_DAY)
		return llabs((long long)(civil_days(a.year, a.month, a.day) - civil_days(b.year, b.month, b.day))) <=
		       tolerance;
	return a.year == b.year && (p < DATE_MONTH || a.month == b.month);
}
