/*
 * A reporter's list of queries: one a line, as CSV (RFC 4180) or as it is typed. A line that is neither costs itself
 * and no other.
 */
#include "cli/hits.h"

#include <string.h>

enum { QUERIES_BYTES = 256 << 20 };

struct reader {
	struct arena *a;
	struct str s;
	size_t pos;
	uint64_t line; /* of pos, from 1 */
	const char *broken;
};

static bool at_line_end(const struct reader *r)
{
	return r->pos >= r->s.n || r->s.p[r->pos] == '\n' ||
	       (r->s.p[r->pos] == '\r' && (r->pos + 1 == r->s.n || r->s.p[r->pos + 1] == '\n'));
}

static void skip_line(struct reader *r)
{
	const char *end = r->pos < r->s.n ? memchr(r->s.p + r->pos, '\n', r->s.n - r->pos) : NULL;

	r->pos = end ? (size_t)(end - r->s.p) + 1 : r->s.n;
	r->line++;
}

/* From behind the opening mark to behind the closing one; two marks are one of the text. */
static struct str read_quoted(struct reader *r)
{
	struct buf b = {0};
	bool closed = false;
	struct str out;

	while (r->pos < r->s.n && !closed) {
		char c = r->s.p[r->pos++];

		if (c == '"' && (r->pos == r->s.n || r->s.p[r->pos] != '"')) {
			closed = true;
			continue;
		}
		r->pos += c == '"';
		r->line += c == '\n';
		buf_putc(&b, c);
	}
	if (!closed)
		r->broken = "the quotation mark at the beginning of a cell is never closed";
	else if (!at_line_end(r) && r->s.p[r->pos] != ',')
		r->broken =
			"text stands behind a cell's closing quotation mark: in a cell that begins with one, those of "
			"the query are doubled";
	out = arena_str(r->a, buf_view(&b));
	buf_free(&b);
	return out;
}

/* One cell, and the comma behind it (*more). Marks inside a cell that does not begin with one are the query's own. */
static struct str read_cell(struct reader *r, bool *more)
{
	size_t from = r->pos;
	struct str cell;

	if (r->pos < r->s.n && r->s.p[r->pos] == '"') {
		r->pos++;
		cell = read_quoted(r);
	} else {
		while (!at_line_end(r) && r->s.p[r->pos] != ',')
			r->pos++;
		cell = str_sub(r->s, from, r->pos);
	}
	*more = !r->broken && r->pos < r->s.n && r->s.p[r->pos] == ',';
	r->pos += *more;
	return str_trim(cell);
}

/* A row's first two cells. Where it cannot be read, reading goes on at the next line. */
static void read_row(struct reader *r, struct batch_query *out)
{
	size_t start = r->pos;
	bool more = true;

	*out = (struct batch_query){.line = r->line};
	r->broken = NULL;
	for (int i = 0; more; i++) {
		struct str cell = read_cell(r, &more);

		if (i == 0)
			out->text = cell;
		else if (i == 1)
			out->label = cell;
	}
	if (r->broken) {
		r->pos = start;
		r->line = out->line;
		out->broken = r->broken;
		out->text = str_sub(r->s, start, str_find(r->s, STR("\n"), start));
		out->text = str_trim(out->text);
		out->label = (struct str){0};
	}
	skip_line(r);
}

int queries_read(struct arena *a, const char *path, struct batch_queries *out, struct err *e)
{
	bool piped = !strcmp(path, "-");
	VEC(struct batch_query) v = {0};
	struct reader r = {.a = a, .line = 1};
	struct str raw;
	int rc = file_read(a, piped ? "/dev/stdin" : path, QUERIES_BYTES, &raw, e);

	*out = (struct batch_queries){0};
	if (rc != REFTEL_OK)
		return rc;
	if (text_sniff_encoding(raw) == ENC_BINARY)
		return err_set(e, REFTEL_EFORMAT, "%s is no text: a list of queries is a CSV file, one query a line",
			       path);
	out->bytes = raw.n;
	out->hash = hash_bytes(raw.p, raw.n, 0);
	r.s = text_to_utf8(a, raw, text_sniff_encoding(raw));
	while (r.pos < r.s.n) {
		struct batch_query q;

		read_row(&r, &q);
		if (!q.text.n && !q.label.n)
			continue;
		if (!v.n && q.line == 1 && str_ieq(q.text, STR("query")))
			continue;
		*VEC_PUSH(a, &v) = q;
	}
	out->v = v.v;
	out->n = v.n;
	return REFTEL_OK;
}
