/*
 * The dump in comma-separated values: number, date, reference id, origin, classification, references joined by '|',
 * header, body (docs/formats.md). Read as a stream; memory is one row's. Fields are quoted; a quotation mark inside one
 * is written \" or "", a backslash \\ unless the file doubles its quotation marks, and line ends stand as they are.
 *
 * A broken row costs that row: it is set aside, and reading goes on at the next line that looks like the beginning of
 * one. The bytes behind a mistake are never read as another row's fields.
 */
#include "source/source_priv.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 8, START_MAX = 64 /* no beginning of a row, as far as csv_row_starts() looks, is longer */ };

enum column { COL_NUMBER, COL_DATE, COL_ID, COL_ORIGIN, COL_CLASS, COL_REFS, COL_HEADER, COL_BODY };

struct field {
	size_t off, end; /* of the row, without the marks around it */
	bool marks;      /* it holds quotation marks, escaped or doubled */
};

/* How far a row has been scanned, so that more input goes on where the last stopped. */
enum scan_state { AT_FIELD, IN_QUOTED, IN_BARE, BEHIND_FIELD, BEHIND_ROW };
struct scan {
	enum scan_state state;
	size_t pos; /* of the row */
	size_t end; /* of the row, with its line end */
	int column;
	bool quoted; /* the row began with a quotation mark: so must every field */
	struct field fields[COLUMNS];
	char why[200]; /* set when the row is broken */
};

enum scan_result { SCAN_ON, SCAN_MORE, SCAN_ROW, SCAN_BROKEN };

struct csv {
	struct stream *in;
	const struct source_reader *r;
	size_t record_max;
	char *buf; /* [from, n) is not read yet */
	size_t from, n, cap;
	bool ended;
	bool backslash;     /* escapes; not so in files that double their quotation marks */
	struct place at;    /* of buf[from] */
	struct scan scan;   /* of the row there */
	struct arena arena; /* one row */
};

/* ---- the beginning of a row -------------------------------------------------------------------------------------- */

static size_t digits_at(struct str s, size_t i)
{
	size_t n = 0;

	while (i + n < s.n && n < 12 && ascii_digit((unsigned char)s.p[i + n]))
		n++;
	return n;
}

/* "digits","digits/digits/" or with '-', the first or all of the quotation marks left out. */
bool csv_row_starts(struct str s, bool *more)
{
	static const char *const forms[] = {"\"#\",\"#/#/", "\"#\",\"#-#-", "#,\"#/#/", "#,\"#-#-", "#,#/#/", "#,#-#-"};

	*more = false;
	for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
		const char *form = forms[f];
		size_t i = 0;

		for (; *form; form++) {
			size_t n = *form == '#' ? digits_at(s, i) : i < s.n && s.p[i] == *form;

			if (!n)
				break;
			i += n;
		}
		if (!*form)
			return true;
		*more |= i == s.n && s.n < START_MAX;
	}
	return false;
}

/*
 * A file that doubles its quotation marks means a backslash when it writes a backslash. A mark behind a backslash and
 * before more text proves that backslashes escape; one at the end of a field may belong to a text that ends in a
 * backslash. Two marks beside a comma or a line end are an empty field and prove nothing.
 */
static bool uses_backslashes(struct str head)
{
	bool doubled = false;

	for (size_t i = 1; i + 1 < head.n; i++) {
		const char *q = memchr(head.p + i, '"', head.n - i - 1);

		if (!q)
			break;
		i = (size_t)(q - head.p);
		if (q[-1] == '\\' && !memchr(",\r\n\"", q[1], 4))
			return true;
		if (q[-1] != '\\' && q[1] == '"' && q[-1] != ',' && q[-1] != '\n')
			doubled = true, i++;
	}
	return !doubled;
}

/* ---- scanning one row -------------------------------------------------------------------------------------------- */

static enum scan_result __attribute__((format(printf, 2, 3))) broken(struct scan *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, ap);
	va_end(ap);
	return SCAN_BROKEN;
}

static enum scan_result scan_at_field(struct scan *s, struct str row, bool ended, bool first_row)
{
	bool more;

	if (s->column == COLUMNS)
		return broken(s, "the row has more than %d columns", COLUMNS);
	if (s->pos == row.n && !ended)
		return SCAN_MORE;
	if (s->pos < row.n && row.p[s->pos] == '"') {
		s->quoted |= s->column == 0;
		s->fields[s->column].off = ++s->pos;
		s->state = IN_QUOTED;
		return SCAN_ON;
	}
	if (s->quoted)
		return broken(s, "column %d does not begin with a quotation mark", s->column + 1);
	if (s->column == 0 && !first_row && !csv_row_starts(row, &more))
		return more && !ended ? SCAN_MORE : broken(s, "no row of the dump begins like this line");
	s->fields[s->column].off = s->pos;
	s->state = IN_BARE;
	return SCAN_ON;
}

static bool is_escaped(struct str row, size_t from, size_t at)
{
	size_t n = 0;

	while (at - n > from && row.p[at - n - 1] == '\\')
		n++;
	return n % 2;
}

static enum scan_result scan_in_quoted(struct scan *s, struct str row, bool ended, bool backslash)
{
	struct field *f = &s->fields[s->column];

	for (;;) {
		const char *q = s->pos < row.n ? memchr(row.p + s->pos, '"', row.n - s->pos) : NULL;

		s->pos = q ? (size_t)(q - row.p) : row.n;
		if (!q)
			return ended ? broken(s, "column %d is not closed before the end of the file", s->column + 1)
				     : SCAN_MORE;
		if (backslash && is_escaped(row, f->off, s->pos)) {
			f->marks = true;
			s->pos++;
			continue;
		}
		if (s->pos + 1 == row.n && !ended)
			return SCAN_MORE;
		if (s->pos + 1 < row.n && row.p[s->pos + 1] == '"') {
			f->marks = true;
			s->pos += 2;
			continue;
		}
		f->end = s->pos++;
		s->state = BEHIND_FIELD;
		return SCAN_ON;
	}
}

static enum scan_result scan_in_bare(struct scan *s, struct str row, bool ended)
{
	while (s->pos < row.n && !memchr(",\r\n\"", row.p[s->pos], 4))
		s->pos++;
	if (s->pos == row.n && !ended)
		return SCAN_MORE;
	if (s->pos < row.n && row.p[s->pos] == '"')
		return broken(s, "column %d holds a quotation mark but does not begin with one", s->column + 1);
	s->fields[s->column].end = s->pos;
	s->state = BEHIND_FIELD;
	return SCAN_ON;
}

static enum scan_result scan_behind_field(struct scan *s, struct str row, bool ended)
{
	size_t left = row.n - s->pos;

	if (left && row.p[s->pos] == ',') {
		s->pos++;
		s->column++;
		s->state = AT_FIELD;
		return SCAN_ON;
	}
	if (!ended && (left == 0 || (left == 1 && row.p[s->pos] == '\r')))
		return SCAN_MORE;
	if (left && row.p[s->pos] == '\r')
		s->end = s->pos + (left > 1 && row.p[s->pos + 1] == '\n' ? 2 : left == 1 ? 1 : 0);
	else if (!left || row.p[s->pos] == '\n')
		s->end = s->pos + (left > 0);
	if (!s->end)
		return broken(s, "column %d holds a quotation mark that is not escaped", s->column + 1);
	if (s->column + 1 != COLUMNS)
		return broken(s, "the row has %d columns instead of %d", s->column + 1, COLUMNS);
	s->state = BEHIND_ROW;
	return SCAN_ON;
}

/*
 * A mark that is not escaped and happens to stand at the end of a line would end the row in the middle of its text. So
 * what follows must look like another row, however broken.
 */
static enum scan_result scan_behind_row(struct scan *s, struct str row, bool ended)
{
	struct str rest = str_sub(row, s->end, row.n);
	bool more;

	if (!rest.n)
		return ended ? SCAN_ROW : SCAN_MORE;
	if (memchr("\"\r\n", *rest.p, 3) || csv_row_starts(rest, &more))
		return SCAN_ROW;
	if (more && !ended)
		return SCAN_MORE;
	return broken(s, "the row seems to end, but no row follows: a quotation mark is not escaped");
}

static enum scan_result scan_row(struct csv *c)
{
	struct scan *s = &c->scan;
	struct str row = {c->buf + c->from, c->n - c->from};
	enum scan_result res = SCAN_ON;

	while (res == SCAN_ON) {
		switch (s->state) {
		case AT_FIELD:
			res = scan_at_field(s, row, c->ended, c->at.row == 1);
			break;
		case IN_QUOTED:
			res = scan_in_quoted(s, row, c->ended, c->backslash);
			break;
		case IN_BARE:
			res = scan_in_bare(s, row, c->ended);
			break;
		case BEHIND_FIELD:
			res = scan_behind_field(s, row, c->ended);
			break;
		case BEHIND_ROW:
			res = scan_behind_row(s, row, c->ended);
			break;
		}
	}
	if ((s->state == BEHIND_ROW ? s->end : res == SCAN_MORE ? row.n : s->pos) > c->record_max)
		return broken(s, "the row is longer than the %zu MB that a record may have", c->record_max >> 20);
	return res;
}

/* ---- the buffer -------------------------------------------------------------------------------------------------- */

/* What must be known of all bytes of a row, and can be asked of them at once. */
struct facts {
	size_t line_ends;
	bool nul;
	bool mending; /* bytes beyond ASCII, or "\r": field_text() must look at the fields */
};

typedef uint8_t bytes __attribute__((vector_size(16)));

enum { BYTES_COUNTED = 255 * sizeof(bytes) /* until a byte that counts is full */ };

static bool any_of(bytes b)
{
	uint64_t half[2];

	memcpy(half, &b, sizeof(half));
	return (half[0] | half[1]) != 0;
}

static struct facts facts_of(const char *p, size_t n)
{
	bytes nul = {0}, cr = {0}, all = {0};
	struct facts out = {0};
	size_t i = 0;

	while (n - i >= sizeof(bytes)) {
		size_t most = (n - i < BYTES_COUNTED ? n - i : BYTES_COUNTED) & ~(sizeof(bytes) - 1);
		bytes ends = {0};

		for (size_t stop = i + most; i < stop; i += sizeof(bytes)) {
			bytes b;

			memcpy(&b, p + i, sizeof(b));
			ends -= (bytes)(b == '\n'); /* true is -1 */
			nul |= (bytes)(b == 0);
			cr |= (bytes)(b == '\r');
			all |= b;
		}
		for (size_t k = 0; k < sizeof(bytes); k++)
			out.line_ends += ends[k];
	}
	out.nul = any_of(nul);
	out.mending = any_of(cr) || any_of(all & 0x80);
	for (; i < n; i++) {
		out.line_ends += p[i] == '\n';
		out.nul |= p[i] == '\0';
		out.mending |= p[i] == '\r' || (unsigned char)p[i] >= 0x80;
	}
	return out;
}

static struct facts advance(struct csv *c, size_t n)
{
	const char *p = c->buf + c->from;
	struct facts f = facts_of(p, n);

	c->at.offset += stream_raw_length(c->in, p, n);
	c->at.line += f.line_ends;
	c->from += n;
	return f;
}

static int refill(struct csv *c, struct err *e)
{
	ssize_t got;

	if (c->from) {
		memmove(c->buf, c->buf + c->from, c->n - c->from);
		c->n -= c->from;
		c->from = 0;
	}
	if (c->n < SOURCE_CHUNK && c->cap > 8 * SOURCE_CHUNK)
		c->cap = 0; /* one huge row is no reason to keep its memory */
	if (c->cap - c->n < SOURCE_CHUNK || c->cap == 0) {
		c->cap = c->n < SOURCE_CHUNK ? 2 * SOURCE_CHUNK : 2 * c->n;
		if (c->cap > c->record_max + 2 * SOURCE_CHUNK)
			c->cap = c->record_max + 2 * SOURCE_CHUNK;
		c->buf = xrealloc(c->buf, c->cap);
	}
	got = stream_read(c->in, c->buf + c->n, c->cap - c->n, e);
	if (got < 0)
		return (int)got;
	c->ended = got == 0;
	c->n += (size_t)got;
	if (c->r->progress)
		c->r->progress(c->r->ctx, c->at.offset);
	return REFTEL_OK;
}

/* Goes to the next line behind this one that begins a row, or to the end. */
static int resync(struct csv *c, struct err *e)
{
	bool at_line = false, more;
	size_t i = 0;

	for (;;) {
		struct str rest = {c->buf + c->from + i, c->n - c->from - i};
		const char *nl;

		more = false;
		if (at_line && csv_row_starts(rest, &more)) {
			advance(c, i);
			return REFTEL_OK;
		}
		if (!more || c->ended) {
			nl = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
			at_line = nl != NULL;
			i += nl ? (size_t)(nl - rest.p) + 1 : rest.n;
			if (nl)
				continue;
		}
		advance(c, i);
		i = 0;
		if (c->ended)
			return REFTEL_OK;
		int rc = refill(c, e);
		if (rc)
			return rc;
	}
}

/* ---- giving a row away ------------------------------------------------------------------------------------------- */

/* Undoes escapes where they stand: the row is whole, nobody reads it again. */
static struct str field_unescape(char *p, size_t n, bool backslash, bool marks)
{
	char *const end = p + n, *const start = p;
	char *out = NULL, *from = p;
	char *slash = backslash && n ? memchr(p, '\\', n) : NULL;
	char *mark = marks && n ? memchr(p, '"', n) : NULL;

	while (slash || mark) {
		char *at = !mark || (slash && slash < mark) ? slash : mark;
		char *keep = at + 1; /* where the text goes on */

		if (at == slash && keep < end && *keep == '\r' && keep + 1 < end && keep[1] == '\n')
			keep++;
		if (at == slash && (keep == end || !memchr("\"\\'\n", *keep, 4)))
			keep = at;
		if (!out)
			out = at;
		else
			out = (char *)memmove(out, from, (size_t)(at - from)) + (at - from);
		from = keep;
		p = keep + 1 < end ? keep + 1 : end; /* what stands at keep is text */
		if (slash && slash < p)
			slash = memchr(p, '\\', (size_t)(end - p));
		if (mark && mark < p)
			mark = memchr(p, '"', (size_t)(end - p));
	}
	if (!out)
		return (struct str){start, n};
	memmove(out, from, (size_t)(end - from));
	return (struct str){start, (size_t)(out - start) + (size_t)(end - from)};
}

/* A value for a message: short, and nothing in it that a terminal would obey. */
static const char *shown(struct str s, char out[48])
{
	size_t n = s.n < 40 ? s.n : 40;

	for (size_t i = 0; i < n; i++)
		out[i] = s.p[i] >= ' ' && s.p[i] <= '~' ? s.p[i] : '?';
	memcpy(out + n, s.n > n ? "..." : "", s.n > n ? 4 : 1);
	return out;
}

static bool number_parse(struct str s, uint32_t *out)
{
	uint64_t v = 0;

	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_digit((unsigned char)s.p[i]) || (v = v * 10 + (uint64_t)(s.p[i] - '0')) > UINT32_MAX)
			return false;
	}
	*out = (uint32_t)v;
	return true;
}

static bool record_make(struct csv *c, char *row, struct facts facts, struct cable_record *rec)
{
	struct str v[COLUMNS];
	char value[48];

	if (facts.nul) {
		broken(&c->scan, "the row holds NUL bytes");
		return false;
	}
	for (int i = 0; i < COLUMNS; i++) {
		const struct field *f = &c->scan.fields[i];

		v[i] = field_unescape(row + f->off, f->end - f->off, c->backslash, f->marks);
		if (facts.mending)
			v[i] = field_text(&c->arena, v[i]);
	}
	*rec = (struct cable_record){
		.id = str_trim(v[COL_ID]),
		.origin = str_trim(v[COL_ORIGIN]),
		.classification = str_trim(v[COL_CLASS]),
		.title = STR(""),
		.refs = v[COL_REFS],
		.released = STR(""),
		.header = v[COL_HEADER],
		.body = v[COL_BODY],
	};
	if (!number_parse(v[COL_NUMBER], &rec->running_number))
		broken(&c->scan, "the running number \"%s\" is no number", shown(v[COL_NUMBER], value));
	else if (str_trim(v[COL_DATE]).n && !field_date_dump(v[COL_DATE], &rec->date))
		broken(&c->scan, "the date \"%s\" is no date", shown(v[COL_DATE], value));
	return !*c->scan.why;
}

static bool is_heading(struct csv *c)
{
	const struct field *f = c->scan.fields;
	const char *row = c->buf + c->from;
	struct str number = str_trim((struct str){row + f[COL_NUMBER].off, f[COL_NUMBER].end - f[COL_NUMBER].off});
	struct str date = str_trim((struct str){row + f[COL_DATE].off, f[COL_DATE].end - f[COL_DATE].off});

	return c->at.row == 1 && number.n && date.n && ascii_alpha((unsigned char)*number.p) &&
	       ascii_alpha((unsigned char)*date.p) && c->scan.end < 1024;
}

static int row_set_aside(struct csv *c, const struct place *at, struct str row, struct err *e)
{
	return c->r->set_aside(c->r->ctx, at, c->scan.why, str_sub(row, 0, SOURCE_EXCERPT), e);
}

/* A row whose columns are in place. What is wrong inside one does not make the next row doubtful. */
static int row_give(struct csv *c, struct err *e)
{
	char *row = c->buf + c->from;
	struct place at = c->at;
	struct cable_record rec;
	char excerpt[SOURCE_EXCERPT];
	size_t excerpt_n = c->scan.end < sizeof(excerpt) ? c->scan.end : sizeof(excerpt);
	bool heading = is_heading(c);
	struct facts facts;

	memcpy(excerpt, row, excerpt_n);
	facts = advance(c, c->scan.end);
	if (heading)
		return REFTEL_OK;
	c->at.row++;
	if (record_make(c, row, facts, &rec))
		return c->r->record(c->r->ctx, SOURCE_CSV, &rec, &at, &c->at, e);
	return row_set_aside(c, &at, (struct str){excerpt, excerpt_n}, e);
}

static int row_read(struct csv *c, struct err *e)
{
	enum scan_result res;
	int rc;

	c->scan = (struct scan){0};
	while ((res = scan_row(c)) == SCAN_MORE) {
		rc = refill(c, e);
		if (rc)
			return rc;
	}
	if (res == SCAN_ROW)
		return row_give(c, e);
	rc = row_set_aside(c, &c->at, (struct str){c->buf + c->from, c->n - c->from}, e);
	if (rc)
		return rc;
	rc = resync(c, e);
	c->at.row++;
	return rc;
}

int csv_read(struct stream *in, const char *file, struct str head, const struct source_reader *r, struct err *e)
{
	struct csv c = {
		.in = in,
		.r = r,
		.record_max = r->record_max ? r->record_max : SOURCE_RECORD_MAX,
		.backslash = uses_backslashes(head),
		.at = r->start,
	};
	int rc = REFTEL_OK;

	c.at.file = file;
	c.at.line += c.at.line == 0;
	c.at.row += c.at.row == 0;
	while (!rc && c.n < 3 && !c.ended)
		rc = refill(&c, e);
	if (!rc && c.at.offset == 0 && c.n >= 3 && !memcmp(c.buf, "\xef\xbb\xbf", 3))
		advance(&c, 3);
	while (!rc) {
		while (c.from < c.n && (c.buf[c.from] == '\n' || c.buf[c.from] == '\r'))
			advance(&c, 1);
		if (c.from < c.n)
			rc = row_read(&c, e);
		else if (c.ended)
			break;
		else
			rc = refill(&c, e);
		arena_reset(&c.arena);
	}
	free(c.buf);
	arena_free(&c.arena);
	return rc;
}
