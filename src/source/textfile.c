/*
 * Plain text: a cable with a few lines of its own in front (id, title, date, classification, origin; any of them may be
 * absent), or a bare telegram that says who it is itself. What the telegram's lines mean is cable's; here only what
 * stands before it is cut off, and an id is found where none is written.
 */
#include "source/source_priv.h"

#include <string.h>

enum { TITLE_LINES = 6, BARE_LINES = 120, ID_MAX = 64 };

static bool line_is_id(struct str line)
{
	struct mrn m;

	line = str_trim(line);
	return line.n >= 4 && line.n <= ID_MAX && mrn_parse(line, &m, NULL) == REFTEL_OK && m.year != 0;
}

static struct str line_at(struct str text, size_t *next)
{
	struct str rest = str_sub(text, *next, text.n), line = STR("");

	str_line(&rest, &line);
	*next = text.n - rest.n;
	return line;
}

static size_t skip_blank_lines(struct str text)
{
	size_t i = 0, next = 0;

	while (next < text.n && !str_trim(line_at(text, &next)).n)
		i = next;
	return i;
}

/* ---- with an id in the first line -------------------------------------------------------------------------------- */

/*
 * Where the date stands among the first lines, the lines between it and the id are the title; SIZE_MAX: there is none,
 * and no line is taken for a title.
 */
static size_t find_date(struct str text, size_t from, struct cable_date *date, size_t *behind)
{
	size_t next = from;

	for (int i = 0; i < TITLE_LINES && next < text.n; i++) {
		size_t at = next;
		struct str line = line_at(text, &next);

		if (field_date_ruby(line, date)) {
			*behind = next;
			return at;
		}
	}
	return SIZE_MAX;
}

/* The line at *pos, if it is what `is` looks for; else nothing, and *pos stays. */
static struct str take_line(struct str text, size_t *pos, bool (*is)(struct str line))
{
	size_t next = *pos;
	struct str line = str_trim(line_at(text, &next));

	if (!is(line))
		return STR("");
	*pos = next;
	return line;
}

static bool line_is_origin(struct str line)
{
	char post[MRN_POST_MAX];

	return line.n && line.n <= 80 && mrn_post_of_origin(line, post);
}

int textfile_read(struct arena *a, struct str text, struct cable_record *out, struct err *e)
{
	size_t pos = skip_blank_lines(text), behind;
	size_t title, date;

	*out = (struct cable_record){.title = STR(""), .refs = STR(""), .released = STR("")};
	out->id = str_trim(line_at(text, &pos));
	if (!line_is_id(out->id))
		return err_set(e, REFTEL_EINVAL, "the first line is no cable's reference id");
	title = pos;
	date = find_date(text, pos, &out->date, &behind);
	if (date != SIZE_MAX) {
		struct str lines = str_trim(str_sub(text, title, date)), line;
		struct buf b = {0};

		while (str_line(&lines, &line))
			buf_printf(&b, "%s%.*s", b.n ? " " : "", STR_ARG(str_trim(line)));
		out->title = arena_str(a, buf_view(&b));
		buf_free(&b);
		pos = behind;
	} else {
		size_t next = pos;

		/* Without a date, a line is the title when a classification follows it. */
		out->title = str_trim(line_at(text, &next));
		if (!field_is_classification(out->title) && next < text.n &&
		    take_line(text, &(size_t){next}, field_is_classification).n)
			pos = next;
		else
			out->title = STR("");
	}
	out->classification = take_line(text, &pos, field_is_classification);
	out->origin = take_line(text, &pos, line_is_origin);
	telegram_split(str_sub(text, pos, text.n), &out->header, &out->body);
	return str_trim(out->header).n || str_trim(out->body).n
		       ? REFTEL_OK
		       : err_set(e, REFTEL_EINVAL, "behind the lines with id and date there is no telegram");
}

bool textfile_looks_like(struct str head)
{
	size_t pos = skip_blank_lines(head);

	return line_is_id(line_at(head, &pos));
}

/* ---- a bare telegram --------------------------------------------------------------------------------------------- */

/* Some collections put the date in words before the class line. */
static bool find_date_in_words(struct str body, struct cable_date *out)
{
	size_t next = 0;

	for (int i = 0; i < 5 && next < body.n; i++)
		if (field_date_words(line_at(body, &next), out))
			return true;
	return false;
}

int bare_read(struct arena *a, struct str text, struct cable_record *out, struct err *e)
{
	struct telegram t;
	struct mrn m;
	char id[MRN_MAX];

	*out = (struct cable_record){
		.origin = STR(""), .classification = STR(""), .title = STR(""), .refs = STR(""), .released = STR("")};
	telegram_split(text, &out->header, &out->body);
	if (out->header.n > UINT32_MAX - 1 || out->body.n > UINT32_MAX - 1)
		return err_set(e, REFTEL_EINVAL, "a telegram of more than 4 GB is none");
	telegram_parse(a, out->header, out->body, (struct cable_date){0}, &t);
	m = t.number;
	if (!*m.post || !m.serial)
		return err_set(e, REFTEL_EINVAL,
			       "a telegram without an id: no classification line with its post and number");
	out->date = t.header.dtg.date;
	if (out->date.precision == DATE_NONE)
		find_date_in_words(out->body, &out->date);
	if (!m.year)
		m.year = out->date.year;
	if (!m.year)
		return err_set(
			e, REFTEL_EINVAL,
			"a telegram without an id: %s %u, but neither a date-time group nor another date says of "
			"which year",
			m.post, m.serial);
	mrn_format(&m, id);
	out->id = arena_str(a, str_of(id));
	return REFTEL_OK;
}

static bool word_at_start(struct str line, const char *word)
{
	size_t n = strlen(word);

	return str_istarts(line, str_of(word)) && (line.n == n || !ascii_alpha((unsigned char)line.p[n]));
}

/* "C O N F I D E N T I A L POST 001234", "UNCLAS SECTION 01 OF 02 POST 000012" and the like. */
static bool line_is_class_line(struct str line)
{
	static const char *const words[] = {"UNCLAS",
					    "UNCLASSIFIED",
					    "C O N F I D E N T I A L",
					    "S E C R E T",
					    "T O P  S E C R E T",
					    "T O P S E C R E T",
					    "CONFIDENTIAL",
					    "SECRET"};
	size_t digits = 0;

	while (digits < line.n && ascii_digit((unsigned char)line.p[line.n - 1 - digits]))
		digits++;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (word_at_start(line, words[i]))
			return digits > 0 || str_ifind(line, STR("SECTION"), 0) != SIZE_MAX;
	return false;
}

/* Two of the things that only telegrams have; or the one that stands at the very beginning of one. */
bool bare_looks_like(struct str head)
{
	size_t next = skip_blank_lines(head);
	bool dtg = false, from = false, eo = false, tags = false, class_line = false;

	if (str_istarts(str_sub(head, next, head.n), STR("VZCZC")))
		return true;
	for (int i = 0; i < BARE_LINES && next < head.n; i++) {
		struct str line = str_trim(line_at(head, &next));
		struct dtg d;

		dtg |= line.n < 60 && dtg_parse(line, &d, NULL) == REFTEL_OK;
		from |= word_at_start(line, "FM");
		eo |= str_istarts(line, STR("E.O. ")) || str_istarts(line, STR("EO 1"));
		tags |= word_at_start(line, "TAGS");
		class_line |= line_is_class_line(line);
	}
	return dtg + from + eo + tags + class_line >= 2;
}
