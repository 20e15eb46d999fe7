/*
 * The end of a telegram: the name that closes it, on a line of its own or run on behind the last sentence, and whether
 * the text ends where the cable does.
 */
#include "cable/cable_priv.h"

#include <string.h>

enum { NAME_MAX_BYTES = 40, TAIL_LINES = 12 };

static bool is_no_name(struct str s)
{
	static const struct str words[] = {{STR_INIT("NNNN")},    {STR_INIT("UNQUOTE")}, {STR_INIT("QUOTE")},
					   {STR_INIT("COMMENT")}, {STR_INIT("SUMMARY")}, {STR_INIT("TEXT")},
					   {STR_INIT("END")},     {STR_INIT("SIPDIS")},  {STR_INIT("NOFORN")},
					   {STR_INIT("NOTE")},    {STR_INIT("ANNEX")},   {STR_INIT("BT")},
					   {STR_INIT("REGARDS")}, {STR_INIT("POINTS")},  {STR_INIT("PARAGRAPH")}};
	struct classification c;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ieq(s, words[i]))
			return true;
	return class_parse(s, &c);
}

/* SMITH, VAN DER AALTO, O'VENN, VENN-AALTO, MCAALTO JR: letters, at most three words. */
static bool is_name(struct str s, bool upper_only)
{
	size_t letters = 0, words = 1, upper = 0;

	s = str_trim(s);
	if (s.n < 2 || s.n > NAME_MAX_BYTES || !ascii_upper((unsigned char)*s.p) || is_no_name(s))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int c = (unsigned char)s.p[i];

		letters += ascii_alpha(c);
		upper += ascii_upper(c);
		words += c == ' ';
		if (!ascii_alpha(c) && !strchr(" -'.,", c))
			return false;
		if (c == ',' && i + 2 < s.n && s.p[i + 1] == ' ')
			return false;
	}
	if (words > 3 || letters < 2 || str_find(s, STR("--"), 0) != SIZE_MAX ||
	    str_find(s, STR(" FOR "), 0) != SIZE_MAX)
		return false;
	return upper == letters || (!upper_only && words == 1 && ascii_lower((unsigned char)s.p[1])) ||
	       (upper + 2 >= letters && upper >= 3); /* McAALTO */
}

static struct str name_of(struct arena *a, struct str s)
{
	char *p;
	size_t blank;

	s = str_trim(s);
	while (s.n && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == ','))
		s = str_trim(str_sub(s, 0, s.n - 1));
	blank = str_find(s, STR(" "), 0);
	if (blank != SIZE_MAX && 2 * blank + 1 == s.n && str_eq(str_sub(s, 0, blank), str_sub(s, blank + 1, s.n)))
		s = str_sub(s, 0, blank); /* SMITH SMITH */
	p = arena_dup(a, s);
	for (char *c = p; *c; c++)
		*c = (char)ascii_toupper((unsigned char)*c);
	return str_of(p);
}

static void take_name(struct reader *r, uint32_t off, uint32_t end)
{
	r->t->signatory = name_of(r->a, str_sub(r->body, off, end));
	r->t->signatory_at = (struct span){off, end};
	r->t->text_at.end = off;
}

/* "... End comment. SMITH": the last word behind the end of a sentence. */
static bool take_glued(struct reader *r, const struct span *l)
{
	struct str s = str_sub(r->body, l->off, l->end), name;
	size_t i = s.n;

	while (i && ascii_space((unsigned char)s.p[i - 1]))
		i--;
	s = str_sub(s, 0, i);
	while (i && !ascii_space((unsigned char)s.p[i - 1]))
		i--;
	if (str_ieq(str_sub(s, i, s.n), STR("JR"))) { /* the name stands before it */
		while (i && ascii_space((unsigned char)s.p[i - 1]))
			i--;
		while (i && !ascii_space((unsigned char)s.p[i - 1]))
			i--;
	}
	name = str_sub(s, i, s.n);
	while (i && s.p[i - 1] == ' ')
		i--;
	if (!i || name.n < 3 || !is_name(name, false) || str_find(name, STR("."), 0) != SIZE_MAX)
		return false;
	if (!strchr(".?!\")", s.p[i - 1]) && str_ifind(s, STR(".sgov.gov"), 0) == SIZE_MAX)
		return false;
	take_name(r, l->off + (uint32_t)(name.p - s.p), l->off + (uint32_t)s.n);
	return true;
}

static bool is_after_name(struct str line)
{
	struct classification c;

	return !line.n || str_ieq(line, STR("NNNN")) || line_is_rule(line) || line_is_caption(line) ||
	       line_is_class(line, &c) || line_is_page(line) || str_istarts(line, STR("End Cable Text")) ||
	       str_istarts(line, STR("XMT")) || str_ifind(line, STR(".sgov.gov"), 0) != SIZE_MAX ||
	       str_istarts(line, STR("visit ")) || str_ifind(line, STR("classified website"), 0) != SIZE_MAX;
}

/* "misenheimer": one word in small letters, behind a finished sentence or a rule. */
static bool is_small_name(const struct reader *r, size_t i)
{
	struct str s = line_text(r, &r->lines[i]), before = i ? line_text(r, &r->lines[i - 1]) : STR("");

	for (size_t k = 0; k < s.n; k++)
		if (!ascii_lower((unsigned char)s.p[k]))
			return false;
	return s.n >= 4 && s.n <= 20 && (!before.n || line_is_rule(before) || strchr(".?!*)/", before.p[before.n - 1]));
}

static void read_signatory(struct reader *r)
{
	size_t looked = 0;

	for (size_t i = r->n_lines; i > 0 && looked < TAIL_LINES; i--) {
		const struct span *l = &r->lines[i - 1];
		struct str text = line_text(r, l);

		if (l->off < r->t->text_at.off)
			return;
		if (is_after_name(text))
			continue;
		looked++;
		if (is_name(text, false) || is_small_name(r, i - 1)) {
			take_name(r, l->off, l->end);
			return;
		}
		if (take_glued(r, l))
			return;
		if (looked > 3)
			return;
	}
}

/* ---- is the cable whole? ----------------------------------------------------------------------------------------- */

static bool has_later_section(const struct reader *r)
{
	/* A page line may have been run into a line of text. */
	for (size_t i = 0; i < r->artefacts.n; i++)
		if (line_is_page(str_sub(r->body, r->artefacts.v[i].off, r->artefacts.v[i].end)))
			return true;
	for (size_t i = 0; i < r->n_lines; i++) {
		struct classification c;
		struct str s = line_text(r, &r->lines[i]);

		if (r->lines[i].off > r->t->class_line.off && line_is_class(s, &c) &&
		    str_ifind(s, STR("SECTION"), 0) != SIZE_MAX)
			return true;
	}
	return false;
}

static struct str last_words(const struct reader *r)
{
	return str_trim(str_sub(r->body, r->t->text_at.off, r->t->text_at.end));
}

static bool ends_in_sentence(struct str s)
{
	while (s.n && (unsigned char)s.p[s.n - 1] >= 0x80) /* a closing mark of typography */
		s.n--;
	return s.n && !strchr(".?!\")]:;*-=#", s.p[s.n - 1]) && !ascii_upper((unsigned char)s.p[s.n - 1]);
}

static enum partial_reason partial_of(const struct reader *r)
{
	struct str s = last_words(r);

	if (r->t->header.partial_notice)
		return PARTIAL_EXTRACT;
	if (!s.n)
		return PARTIAL_NO_BODY;
	if (r->t->signatory.n)
		return PARTIAL_NO;
	if (r->t->sections > r->t->section && r->t->section == 1 && !has_later_section(r))
		return PARTIAL_SECTIONS;
	if (s.n >= 3 && str_eq(str_sub(s, s.n - 3, s.n), STR("...")))
		return PARTIAL_CUT;
	return ends_in_sentence(s) ? PARTIAL_CUT : PARTIAL_NO;
}

const char *partial_reason_text(enum partial_reason p)
{
	static const char *const texts[] = {
		[PARTIAL_NO] = "",
		[PARTIAL_EXTRACT] = "its header says that this is an extract",
		[PARTIAL_SECTIONS] = "it has several sections and only the first is here",
		[PARTIAL_CUT] = "the text stops in the middle of a sentence",
		[PARTIAL_NO_BODY] = "it has no text",
	};

	return texts[p];
}

void telegram_read_tail(struct reader *r)
{
	r->t->text_at.end = (uint32_t)r->body.n;
	read_signatory(r);
	if (r->t->text_at.end < r->t->text_at.off)
		r->t->text_at.end = r->t->text_at.off;
	r->t->partial = partial_of(r);
}
