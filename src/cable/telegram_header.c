/*
 * The transmission header: routing, date-time group, sender, addressees. Old telegrams lack the routing, extracts have
 * a notice in its place; what is no line of a header is counted and left where it is.
 */
#include "cable/cable_priv.h"

#include <string.h>

enum { ADDRESSEES_MAX = 2000 };

#define NOTICE STR("partial extract")

struct header_reader {
	struct arena *a;
	struct telegram_header *out;
	VEC(struct addressee) to;
	bool notice; /* somewhere in the header stands that it is an extract */
	enum { BEFORE, TO, INFO } part;
};

static bool is_precedence_word(struct str w)
{
	static const struct str words[] = {{STR_INIT("FLASH")},    {STR_INIT("IMMEDIATE")}, {STR_INIT("NIACT")},
					   {STR_INIT("PRIORITY")}, {STR_INIT("ROUTINE")},   {STR_INIT("EMERGENCY")}};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ieq(w, words[i]))
			return true;
	return false;
}

static struct str last_word(struct str s)
{
	size_t i = s.n;

	while (i && s.p[i - 1] != ' ')
		i--;
	return str_sub(s, i, s.n);
}

/* routing/NAME PRECEDENCE 1234 */
static void addressee_add(struct header_reader *h, struct str line)
{
	struct addressee x = {.info = h->part == INFO};
	size_t slash = str_find(line, STR("/"), 0);
	struct str w;

	if (!line.n || h->to.n >= ADDRESSEES_MAX)
		return;
	if (slash != SIZE_MAX && slash >= 4 && slash <= 8 && ascii_upper((unsigned char)*line.p)) {
		x.routing = str_sub(line, 0, slash);
		line = str_trim(str_sub(line, slash + 1, line.n));
	}
	w = last_word(line);
	if (w.n < line.n && w.n >= 4 && number_of(w, 99999999) >= 0) {
		line = str_trim(str_sub(line, 0, line.n - w.n));
		w = last_word(line);
	}
	if (w.n < line.n && is_precedence_word(w)) {
		x.precedence = w;
		line = str_trim(str_sub(line, 0, line.n - w.n));
	}
	x.name = line;
	*VEC_PUSH(h->a, &h->to) = x;
}

static bool is_routing(struct str line)
{
	struct str w = str_sub(line, 0, str_find(line, STR(" "), 0));

	if (str_starts(line, STR("VZCZC")) || str_starts(line, STR("ZNY")) || str_starts(line, STR("ZNR")) ||
	    str_starts(line, STR("DE ")) || str_starts(line, STR("ZZ")) || str_starts(line, STR("INFO LOG")))
		return true;
	return (w.n == 2 && ascii_upper((unsigned char)w.p[0]) && w.p[0] == w.p[1]) ||
	       (w.n >= 6 && str_starts(w, STR("RUE"))) || (w.n >= 6 && str_starts(w, STR("RHM")));
}

/* A date-time group begins with its day, or with a letter for its precedence. Nearly no other line does. */
static bool may_be_dtg(struct str line)
{
	int c = line.n > 1 ? ascii_toupper((unsigned char)*line.p) : 0;

	return ascii_digit(c) ||
	       ((c == 'Z' || c == 'O' || c == 'P' || c == 'R') && ascii_space((unsigned char)line.p[1]));
}

static void line_take(struct header_reader *h, struct str line)
{
	struct dtg dtg;

	if (h->notice && str_find(line, NOTICE, 0) != SIZE_MAX) {
		h->out->partial_notice = true;
	} else if (h->out->dtg.date.precision == DATE_NONE && may_be_dtg(line) &&
		   dtg_parse(line, &dtg, NULL) == REFTEL_OK) {
		h->out->dtg = dtg;
	} else if (str_starts(line, STR("FM ")) && !h->out->from.n) {
		h->out->from = str_trim(str_sub(line, 3, line.n));
	} else if (str_starts(line, STR("TO "))) {
		h->part = TO;
		addressee_add(h, str_trim(str_sub(line, 3, line.n)));
	} else if (str_starts(line, STR("INFO ")) && !str_starts(line, STR("INFO LOG"))) {
		h->part = INFO;
		addressee_add(h, str_trim(str_sub(line, 5, line.n)));
	} else if (h->part != BEFORE) {
		addressee_add(h, line);
	} else if (!is_routing(line)) {
		h->out->unread++;
	}
}

void telegram_read_header(struct arena *a, struct str header, struct telegram_header *out)
{
	struct header_reader h = {.a = a, .out = out};
	struct str line;

	/* Hardly a header of a whole telegram has this letter. */
	h.notice = header.n && memchr(header.p, 'x', header.n) && str_find(header, NOTICE, 0) != SIZE_MAX;
	while (str_line(&header, &line)) {
		line = str_trim(line);
		if (line.n)
			line_take(&h, line);
	}
	out->to = h.to.v;
	out->n_to = h.to.n;
}
