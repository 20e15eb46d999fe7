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
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			buf_puts(c->out, "\\textbackslash{}");
		else if (s.p[i] == '~')
			buf_puts(c->out, "\\textasciitilde{}");
		else if (s.p[i] == '^')
			buf_puts(c->out, "\\textasciicircum{}");
		else if (strchr("&%$#_{}", s.p[i]))
			buf_printf(c->out, "\\%c", s.p[i]);
		else
			buf_putc(c->out, s.p[i]);
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

static void cite_csl(struct citer *c, const struct cable *x)
{
	json_t *o = json_object(), *authors = json_array(), *parts = json_array(), *author = json_object();
	char class[64], *text;

	class_format(x->class, class);
	json_object_set_new(o, "id", view_str(x->id));
	json_object_set_new(o, "type", json_string("personal_communication"));
	json_object_set_new(o, "genre", json_string("Diplomatic cable"));
	json_object_set_new(o, "number", view_str(x->id));
	json_object_set_new(o, "title", view_str(subject_of(c, x)));
	json_object_set_new(author, "literal", view_str(author_of(c, x)));
	json_array_append_new(authors, author);
	json_object_set_new(o, "author", authors);
	if (x->date.precision >= DATE_YEAR)
		json_array_append_new(parts, json_integer(x->date.year));
	if (x->date.precision >= DATE_MONTH)
		json_array_append_new(parts, json_integer(x->date.month));
	if (x->date.precision >= DATE_DAY)
		json_array_append_new(parts, json_integer(x->date.day));
	json_object_set_new(o, "issued", json_pack("{s[o]}", "date-parts", parts));
	json_object_set_new(o, "note", view_str(str_of(class)));
	o = json_pack("[o]", o);
	text = json_dumps(o, JSON_INDENT(2));
	json_decref(o);
	buf_printf(c->out, "%s\n", text);
	free(text);
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
