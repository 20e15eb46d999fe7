/*
 * How a footnote names a cable: as a line of text, for BibTeX, and as CSL-JSON for reference managers.
 */
#include "cli/cli.h"

#include <string.h>

static struct str subject_of(struct cli *c, const struct cable *x)
{
	struct str s = report_clean(&c->arena, x->subject, false);

	return s.n ? s : STR("[no subject]");
}

static struct str author_of(struct cli *c, const struct cable *x)
{
	return x->origin.n ? report_clean(&c->arena, x->origin, false) : str_of(x->mrn.post);
}

static void cite_text(struct cli *c, const struct cable *x)
{
	struct str s = subject_of(c, x), author = author_of(c, x), id = report_clean(&c->arena, x->id, false);
	char class[64];

	class_format(x->class, class);
	printf("%.*s, \"%.*s\", cable %.*s", STR_ARG(author), STR_ARG(s), STR_ARG(id));
	if (x->running_number)
		printf(" (%u)", x->running_number);
	if (x->date.precision >= DATE_DAY)
		printf(", %d %s %d", x->date.day, cable_month_name(x->date.month), x->date.year);
	if (*class)
		printf(", %s", class);
	printf(".\n");
}

/* Braces keep capitals; the characters that mean something to TeX are escaped. */
static void put_tex(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			fputs("\\textbackslash{}", stdout);
		else if (s.p[i] == '~')
			fputs("\\textasciitilde{}", stdout);
		else if (s.p[i] == '^')
			fputs("\\textasciicircum{}", stdout);
		else if (strchr("&%$#_{}", s.p[i]))
			printf("\\%c", s.p[i]);
		else
			fputc(s.p[i], stdout);
	}
}

static void put_field(const char *name, struct str s)
{
	printf("  %s = {{", name);
	put_tex(s);
	fputs("}},\n", stdout);
}

static void cite_bibtex(struct cli *c, const struct cable *x)
{
	struct str id = report_clean(&c->arena, x->id, false);
	char class[64], note[160];

	class_format(x->class, class);
	printf("@misc{");
	for (size_t i = 0; i < id.n; i++)
		if (ascii_alnum((unsigned char)id.p[i]))
			fputc(id.p[i], stdout);
	printf(",\n");
	put_field("author", author_of(c, x));
	put_field("title", subject_of(c, x));
	if (x->date.precision >= DATE_YEAR)
		printf("  year = {%d},\n", x->date.year);
	if (x->date.precision >= DATE_MONTH)
		printf("  month = {%d},\n", x->date.month);
	if (x->date.precision >= DATE_DAY)
		printf("  day = {%d},\n", x->date.day);
	put_field("howpublished", str_of(arena_printf(&c->arena, "Diplomatic cable %.*s", STR_ARG(id))));
	if (x->running_number)
		snprintf(note, sizeof(note), "%s; running number %u", class, x->running_number);
	else
		snprintf(note, sizeof(note), "%s", class);
	put_field("note", str_of(note));
	printf("}\n");
}

static void cite_csl(struct cli *c, const struct cable *x)
{
	json_t *o = json_object(), *authors = json_array(), *parts = json_array(), *author = json_object();
	char class[64];

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
	cli_put_json(json_pack("[o]", o));
}

bool cli_cite(struct cli *c, const struct cable_version *v, const char *style)
{
	if (!strcmp(style, "text"))
		cite_text(c, &v->cable);
	else if (!strcmp(style, "bibtex"))
		cite_bibtex(c, &v->cable);
	else if (!strcmp(style, "csl"))
		cite_csl(c, &v->cable);
	else
		return false;
	return true;
}
