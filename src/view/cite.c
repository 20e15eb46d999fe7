/*
 * How a footnote names a cable: as a line of text, for BibTeX, and as CSL-JSON for reference managers.
 */
#include "report/report.h"
#include "view/view.h"

#include <stdlib.h>
#include <string.h>

struct citer {
	struct arena *a;
	struct buf *out;
};

static struct str subject_of(struct citer *c, const struct cable *x)
{
	struct str s = report_clean(c->a, x->subject, false);

	return s.n ? s : STR("[no subject]");
}

static struct str author_of(struct citer *c, const struct cable *x)
{
	return x->origin.n ? report_clean(c->a, x->origin, false) : str_of(x->mrn.post);
}

static void cite_text(struct citer *c, const struct cable *x)
{
	struct str s = subject_of(c, x), author = author_of(c, x), id = report_clean(c->a, x->id, false);
	char class[64];

	class_format(x->class, class);
	buf_printf(c->out, "%.*s, \"%.*s\", cable %.*s", STR_ARG(author), STR_ARG(s), STR_ARG(id));
	if (x->running_number)
		buf_printf(c->out, " (%u)", x->running_number);
	if (x->date.precision >= DATE_DAY)
		buf_printf(c->out, ", %d %s %d", x->date.day, cable_month_name(x->date.month), x->date.year);
	if (*class)
		buf_printf(c->out, ", %s", class);
	buf_printf(c->out, ".\n");
}

/* Braces keep capitals; the characters that mean something to TeX are escaped. */
static void put_tex(struct citer *c, struct str s)
{
	for (size_t i = 0, n; i < s.n; i += n + 1) {
		n = strcspn(s.p + i, "\\~^&%$#_{}");
		n = n < s.n - i ? n : s.n - i;
		buf_str(c->out, str_sub(s, i, i + n));
		if (i + n == s.n)
			break;
		if (s.p[i + n] == '\\')
			buf_puts(c->out, "\\textbackslash{}");
		else if (s.p[i + n] == '~')
			buf_puts(c->out, "\\textasciitilde{}");
		else if (s.p[i + n] == '^')
			buf_puts(c->out, "\\textasciicircum{}");
		else
			buf_printf(c->out, "\\%c", s.p[i + n]);
	}
}

static void put_field(struct citer *c, const char *name, struct str s)
{
	buf_printf(c->out, "  %s = {{", name);
	put_tex(c, s);
	buf_puts(c->out, "}},\n");
}

static void cite_bibtex(struct citer *c, const struct cable *x)
{
	struct str id = report_clean(c->a, x->id, false);
	char class[64], note[160];

	class_format(x->class, class);
	buf_printf(c->out, "@misc{");
	for (size_t i = 0; i < id.n; i++)
		if (ascii_alnum((unsigned char)id.p[i]))
			buf_putc(c->out, id.p[i]);
	buf_printf(c->out, ",\n");
	put_field(c, "author", author_of(c, x));
	put_field(c, "title", subject_of(c, x));
	if (x->date.precision >= DATE_YEAR)
		buf_printf(c->out, "  year = {%d},\n", x->date.year);
	if (x->date.precision >= DATE_MONTH)
		buf_printf(c->out, "  month = {%d},\n", x->date.month);
	if (x->date.precision >= DATE_DAY)
		buf_printf(c->out, "  day = {%d},\n", x->date.day);
	put_field(c, "howpublished", str_of(arena_printf(c->a, "Diplomatic cable %.*s", STR_ARG(id))));
	if (x->running_number)
		snprintf(note, sizeof(note), "%s; running number %u", class, x->running_number);
	else
		snprintf(note, sizeof(note), "%s", class);
	put_field(c, "note", str_of(note));
	buf_printf(c->out, "}\n");
}

/* Plain words stand in JSON as they are; the library knows what becomes of others. */
static void put_json(struct buf *b, struct str s)
{
	bool plain = true;
	json_t *j;
	char *text;

	for (size_t i = 0; i < s.n; i++)
		plain &= s.p[i] >= ' ' && s.p[i] <= '~' && s.p[i] != '"' && s.p[i] != '\\';
	if (plain) {
		buf_putc(b, '"');
		buf_str(b, s);
		buf_putc(b, '"');
		return;
	}
	j = view_str(s);
	text = json_dumps(j, JSON_ENCODE_ANY);
	buf_puts(b, text);
	free(text);
	json_decref(j);
}

static void put_member(struct buf *b, const char *name, struct str value)
{
	buf_puts(b, "    \"");
	buf_puts(b, name);
	buf_puts(b, "\": ");
	put_json(b, value);
	buf_puts(b, ",\n");
}

static void put_date_parts(struct buf *b, struct cable_date d)
{
	buf_puts(b, "    \"issued\": {\n      \"date-parts\": [\n        [");
	if (d.precision >= DATE_YEAR)
		buf_printf(b, "\n          %d", d.year);
	if (d.precision >= DATE_MONTH)
		buf_printf(b, ",\n          %d", d.month);
	if (d.precision >= DATE_DAY)
		buf_printf(b, ",\n          %d", d.day);
	buf_puts(b, d.precision >= DATE_YEAR ? "\n        ]" : "]");
	buf_puts(b, "\n      ]\n    },\n");
}

/* A fixed shape, one a page of a cable: written as it is laid out. */
static void cite_csl(struct citer *c, const struct cable *x)
{
	struct buf *b = c->out;
	char class[64];

	class_format(x->class, class);
	buf_puts(b, "[\n  {\n");
	put_member(b, "id", x->id);
	put_member(b, "type", STR("personal_communication"));
	put_member(b, "genre", STR("Diplomatic cable"));
	put_member(b, "number", x->id);
	put_member(b, "title", subject_of(c, x));
	buf_puts(b, "    \"author\": [\n      {\n        \"literal\": ");
	put_json(b, author_of(c, x));
	buf_puts(b, "\n      }\n    ],\n");
	put_date_parts(b, x->date);
	buf_puts(b, "    \"note\": ");
	put_json(b, str_of(class));
	buf_puts(b, "\n  }\n]\n");
}

bool view_cite(struct arena *a, struct buf *out, const struct cable *x, const char *style)
{
	struct citer c = {a, out};

	if (!strcmp(style, "text"))
		cite_text(&c, x);
	else if (!strcmp(style, "bibtex"))
		cite_bibtex(&c, x);
	else if (!strcmp(style, "csl"))
		cite_csl(&c, x);
	else
		return false;
	return true;
}
