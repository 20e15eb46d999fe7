/*
 * The date-time group of a telegram: `O 231450Z OCT 07`. Precedence letters before it, operating signals behind it.
 */
#include "cable/cable_priv.h"

static struct str take_word(struct str *s)
{
	struct str w;
	size_t n = 0;

	*s = str_trim(*s);
	while (n < s->n && !ascii_space((unsigned char)s->p[n]))
		n++;
	w = str_sub(*s, 0, n);
	*s = str_sub(*s, n, s->n);
	return w;
}

static bool is_precedence(struct str w)
{
	int c = w.n == 1 ? ascii_toupper((unsigned char)*w.p) : 0;

	return c == 'Z' || c == 'O' || c == 'P' || c == 'R';
}

/* DDHHMMZ, perhaps with month and year glued to it: those stay in *rest. */
static bool take_time(struct str *s, int *day, int *hour, int *minute)
{
	int64_t n;

	*s = str_trim(*s);
	n = number_of(str_sub(*s, 0, 6), 999999);
	if (s->n < 7 || n < 0 || ascii_toupper((unsigned char)s->p[6]) != 'Z')
		return false;
	*day = (int)(n / 10000);
	*hour = (int)(n / 100 % 100);
	*minute = (int)(n % 100);
	*s = str_sub(*s, 7, s->n);
	return true;
}

static bool take_month(struct str *s, int *month)
{
	size_t n = 0;

	*s = str_trim(*s);
	while (n < s->n && ascii_alpha((unsigned char)s->p[n]))
		n++;
	*month = month_of(str_sub(*s, 0, n));
	*s = str_sub(*s, n, s->n);
	return *month != 0;
}

static bool take_year(struct str *s, int *year)
{
	size_t n = 0;

	*s = str_trim(*s);
	while (n < s->n && ascii_digit((unsigned char)s->p[n]))
		n++;
	*year = year_of(str_sub(*s, 0, n));
	*s = str_sub(*s, n, s->n);
	return *year != 0;
}

int dtg_parse(struct str s, struct dtg *out, struct err *e)
{
	struct str whole = str_trim(s), rest = whole, w;
	struct dtg d = {{0}, {0}};
	int day, hour, minute, month, year;

	for (int i = 0; i < 2; i++) {
		struct str before = rest;

		w = take_word(&rest);
		if (!is_precedence(w)) {
			rest = before;
			break;
		}
		d.precedence[i] = (char)ascii_toupper((unsigned char)*w.p);
	}
	if (!take_time(&rest, &day, &hour, &minute))
		return err_set(e, REFTEL_EINVAL, "\"%.*s\" is no date-time group: six digits and Z are missing",
			       (int)(whole.n < 60 ? whole.n : 60), whole.p);
	if (!take_month(&rest, &month) || !take_year(&rest, &year))
		return err_set(e, REFTEL_EINVAL, "\"%.*s\" is no date-time group: it has no month and year",
			       (int)(whole.n < 60 ? whole.n : 60), whole.p);
	if (!civil_valid(year, month, day) || hour > 23 || minute > 59)
		return err_set(e, REFTEL_EINVAL, "\"%.*s\" is no date-time group: there is no such day or hour",
			       (int)(whole.n < 60 ? whole.n : 60), whole.p);
	while (rest.n) {
		w = take_word(&rest);
		if (w.n && ascii_toupper((unsigned char)*w.p) != 'Z')
			return err_set(e, REFTEL_EINVAL, "\"%.*s\" is no date-time group: \"%.*s\" stands behind it",
				       (int)(whole.n < 60 ? whole.n : 60), whole.p, (int)(w.n < 30 ? w.n : 30), w.p);
	}
	d.date = (struct cable_date){(int16_t)year, (int8_t)month,  (int8_t)day,
				     (int8_t)hour,  (int8_t)minute, DATE_MINUTE};
	*out = d;
	return REFTEL_OK;
}
