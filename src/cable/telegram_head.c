/*
 * The head of a telegram's body: class line, captions, E.O. line, TAGS, subject, references, who classified it and why.
 * The order is usual and not fixed, and several may share a line, so labels are looked for first, and a field reaches
 * from its label to the next one.
 */
#include "cable/cable_priv.h"

#include <string.h>

enum { HEAD_LINES_MAX = 220, TAGS_MAX = 100 };

enum label { LABEL_EO, LABEL_TAGS, LABEL_SUBJECT, LABEL_REF, LABEL_CLASSIFIED, LABEL_END };

struct found_label {
	enum label label;
	uint32_t off, value; /* of the label, and behind it */
	bool rest_of_line_only;
};

typedef VEC(struct found_label) label_vec;

struct spelling {
	struct str word;
	enum label label;
	bool bare; /* at the beginning of a line it needs no colon */
};

/* Longer ones before those they begin with. */
static const struct spelling spellings[] = {
	{{STR_INIT("E.O.")}, LABEL_EO, true},           {{STR_INIT("EO")}, LABEL_EO, true},
	{{STR_INIT("TAGS")}, LABEL_TAGS, true},         {{STR_INIT("TAG")}, LABEL_TAGS, false},
	{{STR_INIT("SUBJECT")}, LABEL_SUBJECT, false},  {{STR_INIT("SUBJ")}, LABEL_SUBJECT, false},
	{{STR_INIT("REFERENCES")}, LABEL_REF, false},   {{STR_INIT("REFERENCE")}, LABEL_REF, false},
	{{STR_INIT("REFTELS")}, LABEL_REF, false},      {{STR_INIT("REFTEL")}, LABEL_REF, false},
	{{STR_INIT("REF(S)")}, LABEL_REF, false},       {{STR_INIT("REFS")}, LABEL_REF, true},
	{{STR_INIT("REF")}, LABEL_REF, true},           {{STR_INIT("CLASSIFIED BY")}, LABEL_CLASSIFIED, true},
	{{STR_INIT("DERIVED FROM")}, LABEL_END, false}, {{STR_INIT("DECLASSIFY ON")}, LABEL_END, false},
};

/* ---- labels ------------------------------------------------------------------------------------------------------ */

static bool has_digit_soon(struct str s, size_t i)
{
	for (size_t k = i; k < s.n && k < i + 4; k++)
		if (ascii_digit((unsigned char)s.p[k]))
			return true;
	return false;
}

/* This is asked at every byte of the head. Inside a line only "Classified by" may stand in small letters. */
static inline bool may_begin_label(int c, bool line_start)
{
	const uint32_t initials =
		CAPITAL('C') | CAPITAL('D') | CAPITAL('E') | CAPITAL('R') | CAPITAL('S') | CAPITAL('T');

	return c == 'c' || capital_among(line_start ? ascii_toupper(c) : c, initials);
}

/* Is a label's word at s[i]? Behind it a colon must stand, or, at the beginning of a line, a blank. */
static bool label_at(struct str s, size_t i, bool line_start, struct found_label *out)
{
	int first = ascii_toupper((unsigned char)s.p[i]);

	for (size_t k = 0; k < sizeof(spellings) / sizeof(*spellings); k++) {
		struct str w = spellings[k].word, rest = str_sub(s, i, s.n);
		size_t end = i + w.n;
		bool eo = spellings[k].label == LABEL_EO;

		if (first != *w.p)
			continue;
		if (!(line_start || spellings[k].label == LABEL_CLASSIFIED ? str_istarts(rest, w)
									   : str_starts(rest, w)))
			continue;
		if (end < s.n && ascii_alpha((unsigned char)s.p[end]))
			continue;
		while (end < s.n && (s.p[end] == ' ' || s.p[end] == '\t'))
			end++;
		if (eo && !has_digit_soon(s, end))
			continue;
		if (!eo && (end >= s.n || s.p[end] != ':')) {
			bool classified = spellings[k].label == LABEL_CLASSIFIED;

			if (!line_start || !(spellings[k].bare || classified) || (end == i + w.n && end < s.n))
				continue;
			if (spellings[k].label == LABEL_REF && end < s.n && ascii_lower((unsigned char)s.p[end]))
				continue; /* "Ref A reported that" is a sentence */
		} else if (!eo) {
			end++;
		}
		*out = (struct found_label){spellings[k].label, (uint32_t)i, (uint32_t)end, false};
		return true;
	}
	return false;
}

/* A portion mark or a paragraph number may stand before "Classified by". */
static size_t skip_mark(struct str s)
{
	size_t i = 0;

	while (i < s.n && (ascii_digit((unsigned char)s.p[i]) || s.p[i] == '.' || s.p[i] == ' '))
		i++;
	if (i < s.n && s.p[i] == '(') {
		size_t close = str_find(s, STR(")"), i);

		if (close != SIZE_MAX && close - i < 12)
			i = close + 1;
	}
	while (i < s.n && s.p[i] == ' ')
		i++;
	return i;
}

/* Only "REF:" may be glued to the word before it. */
static inline bool is_glued(struct str s, size_t i)
{
	struct str rest = {s.p + i, s.n - i};

	if (!ascii_alnum((unsigned char)s.p[i - 1]))
		return false;
	return *rest.p != 'R' || (!str_starts(rest, STR("REF:")) && !str_starts(rest, STR("REFS:")));
}

/* The second letters of the labels' words. */
static inline bool goes_on_as_label(struct str s, size_t i)
{
	int second = i + 1 < s.n ? ascii_toupper((unsigned char)s.p[i + 1]) : 0;

	switch (ascii_toupper((unsigned char)s.p[i])) {
	case 'C':
		return second == 'L';
	case 'E':
		return second == '.' || second == 'O';
	case 'S':
		return second == 'U';
	case 'T':
		return second == 'A';
	default: /* D, R */
		return second == 'E';
	}
}

static void labels_of_line(struct reader *r, const struct span *l, label_vec *out)
{
	struct str s = str_sub(r->body, 0, l->end);
	size_t start = l->off + skip_mark(str_sub(r->body, l->off, l->end));
	struct found_label f;

	for (size_t i = start; i < l->end; i++) {
		if (!may_begin_label((unsigned char)s.p[i], i == start) || (i > l->off && is_glued(s, i)) ||
		    !goes_on_as_label(s, i) || !label_at(s, i, i == start, &f))
			continue;
		*VEC_PUSH(r->a, out) = f;
		i = f.value > i ? f.value - 1 : i;
	}
}

/* ---- the numbered paragraph that ends the head ------------------------------------------------------------------- */

/* "1.", "¶1.", "1 (C)" at the beginning of a line; not "1. (U) Classified by". */
static bool is_first_paragraph(struct str line)
{
	struct str rest;

	if (str_starts(line, STR("\u00b6")))
		line = str_trim(str_sub(line, strlen("\u00b6"), line.n));
	if (line.n < 3 || line.p[0] != '1' || (line.p[1] != '.' && line.p[1] != ')' && line.p[1] != ' '))
		return false;
	if (line.p[1] == ' ' && line.p[2] != '(')
		return false;
	if (line.p[1] == '.' && ascii_digit((unsigned char)line.p[2]))
		return false;
	rest = str_sub(line, skip_mark(line), line.n);
	return !str_istarts(rest, STR("classified by"));
}

static bool is_heading_of_text(struct str line)
{
	return str_istarts(line, STR("SUMMARY")) || str_istarts(line, STR("BEGIN SUMMARY"));
}

static bool begins_text(struct str line)
{
	int c = line.n ? ascii_toupper((unsigned char)*line.p) : 0;

	if (c != '1' && c != 'S' && c != 'B' && c != (unsigned char)*"\u00b6")
		return false; /* nearly every line */
	return is_first_paragraph(line) || is_heading_of_text(line);
}

static size_t head_end_of(const struct reader *r)
{
	size_t most = r->n_lines < HEAD_LINES_MAX ? r->n_lines : HEAD_LINES_MAX;

	for (size_t i = 0; i < most; i++)
		if (begins_text(line_text(r, &r->lines[i])))
			return i;
	return most;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static const struct span *line_of(const struct reader *r, uint32_t off)
{
	size_t low = 0, high = r->n_lines;

	while (low + 1 < high) {
		size_t mid = (low + high) / 2;

		if (r->lines[mid].off <= off)
			low = mid;
		else
			high = mid;
	}
	return &r->lines[low];
}

/* From off to a blank line (once something was said), or to limit. */
static uint32_t value_end(const struct reader *r, uint32_t off, uint32_t limit)
{
	const struct span *l = line_of(r, off), *end = r->lines + r->n_lines;
	bool said = str_trim(str_sub(r->body, off, l->end)).n > 0;

	if (l->end >= limit)
		return limit;
	for (l++; l < end && l->off < limit; l++) {
		bool blank = line_text(r, l).n == 0;

		if (blank && said)
			return l->off;
		said |= !blank;
	}
	return limit;
}

/* Lines joined by one blank, artefacts among them left out. */
static struct str joined(struct reader *r, uint32_t off, uint32_t end)
{
	struct str rest = str_sub(r->body, off, end), line;
	char *out = arena_alloc(r->a, rest.n + 1);
	struct classification c;
	size_t n = 0;

	while (str_line(&rest, &line)) {
		line = str_trim(line);
		if (!line.n || line_is_page(line) || line_is_caption(line) || line_is_class(line, &c))
			continue;
		if (n)
			out[n++] = ' ';
		memcpy(out + n, line.p, line.n);
		n += line.n;
	}
	return (struct str){out, n};
}

static void read_subject(struct reader *r, uint32_t off, uint32_t limit)
{
	uint32_t end = value_end(r, off, limit);
	struct str s = joined(r, off, end);

	if (r->t->subject.n || !s.n)
		return;
	if (str_istarts(s, STR("SUBJECT:")))
		s = str_trim(str_sub(s, 8, s.n));
	r->t->subject = s;
	r->t->subject_at = (struct span){off, end};
}

static void tag_add(struct telegram *t, size_t most, struct str w, struct arena *a)
{
	char *upper;

	while (w.n && !ascii_alnum((unsigned char)*w.p))
		w = str_sub(w, 1, w.n);
	while (w.n && !ascii_alnum((unsigned char)w.p[w.n - 1]))
		w = str_sub(w, 0, w.n - 1);
	if (!w.n || t->n_tags >= most)
		return;
	for (size_t i = 0; i < t->n_tags; i++)
		if (str_ieq(t->tags[i], w))
			return;
	upper = arena_dup(a, w);
	for (size_t i = 0; i < w.n; i++)
		upper[i] = (char)ascii_toupper((unsigned char)upper[i]);
	t->tags[t->n_tags++] = (struct str){upper, w.n};
}

static bool parts_tags(int c)
{
	return c == ' ' || c == ',' || c == ';' || c == '/' || c == '\t' || c == '\0';
}

/* A second list is rare, and goes on with the first one. */
static void read_tags(struct reader *r, uint32_t off, uint32_t limit)
{
	struct str s = joined(r, off, value_end(r, off, limit)), *tags;
	size_t from = 0, most = r->t->n_tags + 1;

	for (size_t i = 0; i < s.n; i++)
		most += parts_tags((unsigned char)s.p[i]);
	if (most > TAGS_MAX)
		most = TAGS_MAX;
	tags = arena_new(r->a, struct str, most);
	if (r->t->n_tags)
		memcpy(tags, r->t->tags, r->t->n_tags * sizeof(*tags));
	r->t->tags = tags;
	for (size_t i = 0; i <= s.n; i++)
		if (i == s.n || parts_tags((unsigned char)s.p[i])) {
			tag_add(r->t, most, str_sub(s, from, i), r->a);
			from = i + 1;
		}
}

/* M/D/YYYY or YYYY/M/D at the beginning of s. */
static bool read_slash_date(struct str s, struct cable_date *out)
{
	int64_t n[3];
	int y, m, d;

	for (int k = 0; k < 3; k++) {
		size_t i = 0;

		while (i < s.n && ascii_digit((unsigned char)s.p[i]))
			i++;
		n[k] = number_of(str_sub(s, 0, i), 9999);
		if (n[k] < 0 || (k < 2 && (i >= s.n || (s.p[i] != '/' && s.p[i] != '-'))))
			return false;
		s = str_sub(s, i + 1, s.n);
	}
	y = (int)(n[0] > 31 ? n[0] : n[2]);
	m = (int)(n[0] > 31 ? n[1] : n[0]);
	d = (int)(n[0] > 31 ? n[2] : n[1]);
	if (y < 100)
		y += y >= 66 ? 1900 : 2000;
	if (!civil_valid(y, m, d))
		return false;
	*out = (struct cable_date){.year = (int16_t)y, .month = (int8_t)m, .day = (int8_t)d, .precision = DATE_DAY};
	return true;
}

static void read_eo(struct reader *r, uint32_t label, uint32_t off, uint32_t limit)
{
	const struct span *l = line_of(r, label);
	struct str s = str_sub(r->body, off, l->end < limit ? l->end : limit);

	r->t->eo_line = (struct span){label, l->end < limit ? l->end : limit};
	for (size_t i = 0; i < s.n && r->t->declassify.precision == DATE_NONE; i++)
		if (ascii_digit((unsigned char)s.p[i]) && (i == 0 || !ascii_digit((unsigned char)s.p[i - 1])))
			read_slash_date(str_sub(s, i, s.n), &r->t->declassify);
}

/* "DCM Jane Doe for reasons 1.4 (b) and (d)": the name before, the reasons behind the word. */
static void read_classified(struct reader *r, uint32_t off, uint32_t limit)
{
	struct str s = joined(r, off, value_end(r, off, limit));
	size_t at = str_ifind(s, STR("reason"), 0), end = at;

	if (r->t->classified_by.n || !s.n)
		return;
	if (at == SIZE_MAX) {
		r->t->classified_by = s;
		return;
	}
	while (end && (s.p[end - 1] == ' ' || s.p[end - 1] == ',' || s.p[end - 1] == ':' || s.p[end - 1] == ';' ||
		       s.p[end - 1] == '.' || s.p[end - 1] == '('))
		end--;
	if (end >= 4 && str_ieq(str_sub(s, end - 4, end), STR(" for")))
		end -= 4;
	while (end && (s.p[end - 1] == ',' || s.p[end - 1] == ' '))
		end--;
	r->t->classified_by = str_sub(s, 0, end);
	for (at += 6; at < s.n && (ascii_alpha((unsigned char)s.p[at]) || strchr(" :()", s.p[at])) &&
		      !ascii_digit((unsigned char)s.p[at]);)
		at++;
	r->t->reason = str_trim(str_sub(s, at, s.n));
	if (r->t->reason.n && r->t->reason.p[r->t->reason.n - 1] == '.')
		r->t->reason.n--;
}

/* ---- the reference list may go on behind a blank line ------------------------------------------------------------ */

static bool begins_with_letter_item(struct str line)
{
	if (str_starts(line, STR("\u00b6")))
		line = str_sub(line, strlen("\u00b6"), line.n);
	if (line.n && *line.p == '(')
		line = str_sub(line, 1, line.n);
	return line.n > 3 && ascii_upper((unsigned char)line.p[0]) && (line.p[1] == '.' || line.p[1] == ')') &&
	       line.p[0] >= 'B' && (line.p[2] == ' ' || line.p[2] == ')' || ascii_digit((unsigned char)line.p[2]));
}

static uint32_t refs_end(const struct reader *r, uint32_t off, uint32_t limit)
{
	uint32_t end = value_end(r, off, limit);

	for (;;) {
		const struct span *l = line_of(r, end), *last = r->lines + r->n_lines;
		struct str text = STR("");

		for (; l < last && l->off < limit; l++) {
			text = line_text(r, l);
			if (text.n && !line_is_page(text) && !line_is_caption(text))
				break;
		}
		if (l >= last || l->off >= limit || l->off < end || !begins_with_letter_item(text))
			return end;
		end = value_end(r, l->off, limit);
	}
}

/* ---- class line and captions ------------------------------------------------------------------------------------- */

/* "SECTION 01 OF 03" */
static void read_section(struct telegram *t, struct str line)
{
	size_t at = str_ifind(line, STR("SECTION"), 0);
	size_t n = 0;
	int64_t numbers[2] = {0, 0};

	if (at == SIZE_MAX)
		return;
	for (size_t i = at + 7; i < line.n && n < 2; i++) {
		size_t from = i;

		while (i < line.n && ascii_digit((unsigned char)line.p[i]))
			i++;
		if (i > from)
			numbers[n++] = number_of(str_sub(line, from, i), 999);
	}
	if (n == 2 && numbers[0] > 0 && numbers[1] > 0) {
		t->section = (int)numbers[0];
		t->sections = (int)numbers[1];
	}
}

/* What stands behind the level and the captions: were they left, an unknown post would seem to go on with them. */
static struct str behind_markings(struct str line)
{
	struct classification c;

	for (;;) {
		size_t n = 0;

		while (n < line.n && ascii_alpha((unsigned char)line.p[n]))
			n++;
		if (n == line.n || (n > 1 && !class_parse(str_sub(line, 0, n), &c)) ||
		    (n == 0 && ascii_digit((unsigned char)*line.p)))
			return line;
		line = str_sub(line, n ? n : 1, line.n);
	}
}

static void read_class_line(struct reader *r, const struct span *l, struct classification c)
{
	struct telegram *t = r->t;
	struct str text = line_text(r, l), number = text;
	size_t of = str_ifind(text, STR(" OF "), 0);
	struct mrn_hits hits;

	t->class_line = *l;
	t->class = c;
	read_section(t, text);
	if (t->sections) /* the section's numbers are no serial */
		number = str_trim(str_sub(text, of + 6, text.n));
	hits = mrn_scan(r->a, behind_markings(number), false);
	if (hits.n) {
		t->number = hits.v[hits.n - 1].mrn;
		if (!t->number.year)
			t->number.year = r->date.year;
	}
}

/* Class line and captions among the first lines; a date in words may stand before them. */
static void read_markings(struct reader *r)
{
	struct classification c;
	bool found = false;

	for (size_t i = 0; i < r->head_end && i < 30; i++) {
		struct str text = line_text(r, &r->lines[i]);

		if (!found && line_is_class(text, &c)) {
			found = true;
			read_class_line(r, &r->lines[i], c);
		} else if (line_is_caption(text) && class_parse(text, &c)) {
			r->t->class.captions |= c.captions;
			if (c.level == LEVEL_SBU && r->t->class.level == LEVEL_UNCLASSIFIED)
				r->t->class.level = LEVEL_SBU;
		}
	}
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void read_field(struct reader *r, const struct found_label *f, uint32_t limit, uint32_t *end)
{
	uint32_t to = f->label == LABEL_REF ? refs_end(r, f->value, limit) : value_end(r, f->value, limit);

	switch (f->label) {
	case LABEL_EO:
		read_eo(r, f->off, f->value, limit);
		to = r->t->eo_line.end;
		break;
	case LABEL_TAGS:
		read_tags(r, f->value, limit);
		break;
	case LABEL_SUBJECT:
		read_subject(r, f->value, limit);
		break;
	case LABEL_REF:
		if (r->t->refs_at.end == 0) {
			r->t->refs_at = (struct span){f->value, to};
			telegram_read_refs(r, str_sub(r->body, f->value, to), f->value);
		}
		break;
	case LABEL_CLASSIFIED:
		read_classified(r, f->value, limit);
		break;
	case LABEL_END:
		break;
	}
	if (to > *end)
		*end = to;
}

/* Between the fields nothing should stand. */
static void count_unread(struct reader *r, uint32_t end)
{
	for (size_t i = 0; i < r->head_end; i++) {
		struct str text = line_text(r, &r->lines[i]);

		if (r->lines[i].off < end || r->lines[i].off >= r->t->text_at.off)
			continue;
		r->t->unread += text.n && !line_is_rule(text) && !line_is_page(text) && !line_is_caption(text);
	}
}

void telegram_read_head(struct reader *r)
{
	uint32_t limit, end = 0;
	label_vec labels = {0};
	bool text_begins;

	r->head_end = head_end_of(r);
	limit = r->head_end < r->n_lines ? r->lines[r->head_end].off : (uint32_t)r->body.n;
	read_markings(r);
	for (size_t i = 0; i < r->head_end; i++)
		labels_of_line(r, &r->lines[i], &labels);
	for (size_t i = 0; i < labels.n; i++)
		read_field(r, &labels.v[i], i + 1 < labels.n ? labels.v[i + 1].off : limit, &end);
	if (r->t->class_line.end > end)
		end = r->t->class_line.end;
	text_begins = r->head_end < r->n_lines && begins_text(line_text(r, &r->lines[r->head_end]));
	r->t->text_at.off = text_begins ? limit : end;
	if (labels.n)
		count_unread(r, end);
}
