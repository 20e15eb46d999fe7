/*
 * The report on a terminal: what needs an eye first and in full, then citations, then what could not be checked, then
 * what is right in a line each. Colour helps and is not needed: what differs also stands between asterisks.
 */
#include "report/report.h"

#include <string.h>

enum { WIDTH_DEFAULT = 80, WIDTH_MOST = 110, INDENT = 11, SHORT_BYTES = 52 };

struct printer {
	FILE *out;
	const struct report *r;
	const struct report_style *style;
	struct arena a;
	int width, column, indent;
};

/* ---- colour ------------------------------------------------------------------------------------------------------ */

static const char *colour_of(enum verdict v)
{
	switch (v) {
	case VERDICT_VERBATIM:
		return "\033[32m";
	case VERDICT_ADAPTED:
		return "\033[36m";
	case VERDICT_NOT_HELD:
	case VERDICT_TOO_SHORT:
		return "\033[33m";
	default:
		return "\033[31m";
	}
}

static void colour(struct printer *p, const char *code)
{
	if (p->style->colour)
		fputs(code, p->out);
}

static void bold(struct printer *p, const char *text)
{
	colour(p, "\033[1m");
	fputs(text, p->out);
	colour(p, "\033[0m");
}

/* ---- wrapped text ------------------------------------------------------------------------------------------------ */

static void break_line(struct printer *p)
{
	fprintf(p->out, "\n%*s", p->indent, "");
	p->column = p->indent;
}

static void put_word(struct printer *p, struct str word, const char *code, bool blank_before)
{
	int columns = (int)utf8_columns(word);

	if (blank_before && p->column + 1 + columns > p->width && p->column > p->indent)
		break_line(p);
	else if (blank_before && p->column > p->indent) {
		fputc(' ', p->out);
		p->column++;
	}
	if (code)
		colour(p, code);
	fwrite(word.p, 1, word.n, p->out);
	if (code)
		colour(p, "\033[0m");
	p->column += columns;
}

/* Words of s, each in the colour; a word goes on with the last one when no blank parts them. */
static void put_text(struct printer *p, struct str s, const char *code, bool *blank)
{
	size_t i = 0;

	s = report_clean(&p->a, s, false);
	while (i < s.n) {
		size_t from;

		while (i < s.n && s.p[i] == ' ') {
			*blank = true;
			i++;
		}
		from = i;
		while (i < s.n && s.p[i] != ' ')
			i++;
		if (i > from) {
			put_word(p, str_sub(s, from, i), code, *blank);
			*blank = false;
		}
	}
}

static void put_runs(struct printer *p, struct runs runs, bool *blank)
{
	static const char *const codes[] = {NULL, "\033[1;31m", "\033[35m", "\033[36m", "\033[2m", "\033[33m"};
	static const char *const begin[] = {"", "*", "{", "", "", "?"}, *const end[] = {"", "*", "}", "", "", "?"};

	for (size_t i = 0; i < runs.n; i++) {
		const struct run *r = &runs.v[i];
		struct str s = report_clean(&p->a, r->text, false);
		bool lead = s.n && *s.p == ' ', trail = s.n && s.p[s.n - 1] == ' ';

		s = str_trim(s);
		if (lead)
			*blank = true;
		if (s.n) {
			s = str_of(arena_printf(&p->a, "%s%.*s%s", begin[r->mark], STR_ARG(s), end[r->mark]));
			put_text(p, s, codes[r->mark], blank);
		}
		*blank |= trail;
	}
}

static void label(struct printer *p, const char *name)
{
	fprintf(p->out, "  %-*s", INDENT - 2, name);
	p->indent = p->column = INDENT;
}

static void put_plain(struct printer *p, const char *name, struct str s)
{
	bool blank = true;

	label(p, name);
	put_text(p, s, NULL, &blank);
	fputc('\n', p->out);
}

/* ---- one quotation ----------------------------------------------------------------------------------------------- */

static struct str source_line(struct printer *p, const struct passage *x)
{
	char mark[64] = "";
	const char *para = x->paragraph > 0 ? arena_printf(&p->a, ", paragraph %d", x->paragraph) : "";

	if (x->mark.level != LEVEL_UNKNOWN)
		class_format(x->mark, mark);
	return str_of(arena_printf(&p->a, "%.*s%s%s%s%s, bytes %u-%u", STR_ARG(x->id), para, *mark ? " (" : "", mark,
				   *mark ? ")" : "", x->at.off, x->at.end));
}

static void put_context(struct printer *p, const struct quote_result *q)
{
	bool blank = true;

	label(p, "cable");
	put_text(p, STR("\u2026"), "\033[2m", &blank);
	put_text(p, q->passage.before, "\033[2m", &blank);
	put_runs(p, report_cable_runs(&p->a, q), &blank);
	put_text(p, q->passage.after, "\033[2m", &blank);
	fputc('\n', p->out);
}

static void put_others(struct printer *p, const struct quote_result *q)
{
	struct buf b = {0};

	for (size_t i = 0; i < q->n_others; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(q->others[i].id));
	if (b.n)
		put_plain(p, "also in", buf_view(&b));
	buf_free(&b);
}

static unsigned line_in_story(const struct printer *p, const struct quote_result *q)
{
	const struct story *s = p->r->story;
	size_t end = s->raw_of ? s->raw_of[s->quotations[q->quotation].at.off] : 0;
	unsigned line = 1;

	for (size_t i = 0; i < end && i < s->raw.n; i++)
		line += s->raw.p[i] == '\n';
	return line;
}

static void put_quotation(struct printer *p, const struct quote_result *q)
{
	colour(p, colour_of(q->verdict));
	colour(p, "\033[1m");
	fprintf(p->out, "%zu  %s", q->quotation + 1, verdict_name(q->verdict));
	colour(p, "\033[0m");
	fprintf(p->out, "  line %u: %s\n", line_in_story(p, q), report_verdict_phrase(q->verdict));
	label(p, "story");
	put_runs(p, report_story_runs(&p->a, p->r, q), &(bool){true});
	fputc('\n', p->out);
	if (q->has_passage) {
		put_context(p, q);
		put_plain(p, "in", source_line(p, &q->passage));
	}
	put_plain(p, "why", str_of(q->reason));
	put_others(p, q);
	fputc('\n', p->out);
}

/* The quotation in a line, cut at a character. */
static void put_short(struct printer *p, const struct quote_result *q)
{
	struct str s = report_clean(&p->a, report_quotation_text(p->r, q), false);
	size_t pos = 0;

	while (pos < s.n && pos < SHORT_BYTES)
		utf8_next(s, &pos);
	fprintf(p->out, "  %3zu  ", q->quotation + 1);
	colour(p, colour_of(q->verdict));
	fprintf(p->out, "%-9s", verdict_name(q->verdict));
	colour(p, "\033[0m");
	fprintf(p->out, "  %.*s%s", (int)pos, s.p, pos < s.n ? "\u2026" : "");
	if (q->has_passage)
		fprintf(p->out, "  %.*s", STR_ARG(q->passage.id));
	fputc('\n', p->out);
}

/* ---- the parts --------------------------------------------------------------------------------------------------- */

static void put_heading(struct printer *p, const char *text)
{
	bold(p, text);
	fputs("\n\n", p->out);
}

static void put_summary(struct printer *p)
{
	const struct report *r = p->r;
	bool first = true;

	bold(p, p->style->story ? p->style->story : "story");
	fprintf(p->out, "\n%zu quotations, %zu citations, held against %llu cables:\n  ", r->n_quotes, r->n_citations,
		(unsigned long long)r->cables);
	for (int v = 0; v < N_VERDICTS; v++) {
		if (!r->count[v])
			continue;
		fputs(first ? "" : ", ", p->out);
		colour(p, colour_of((enum verdict)v));
		fprintf(p->out, "%zu %s", r->count[v], verdict_name((enum verdict)v));
		colour(p, "\033[0m");
		first = false;
	}
	if (first)
		fputs("no quotation to check", p->out);
	fprintf(p->out, "\n  %zu other %s, %zu unchecked\n\n", r->n_findings,
		r->n_findings == 1 ? "finding" : "findings", r->unchecked);
	if (r->damaged)
		fprintf(p->out, "  %zu texts of the archive are damaged and were not searched\n\n", r->damaged);
}

static void put_findings(struct printer *p)
{
	if (!p->r->n_findings)
		return;
	put_heading(p, "What the story says of the cables");
	for (size_t i = 0; i < p->r->n_findings; i++)
		put_plain(p,
			  finding_kind_name(p->r->findings[i].kind)[0] == 'c' ? "class" : /* its column is narrow */
				  finding_kind_name(p->r->findings[i].kind),
			  str_of(p->r->findings[i].sentence));
	fputc('\n', p->out);
}

static void put_citations(struct printer *p)
{
	const struct report *r = p->r;
	bool any = false;

	for (size_t i = 0; i < r->n_citations; i++) {
		const struct citation_result *c = &r->citations[i];
		const struct citation *x = &r->story->citations[i];
		struct str text = report_clean(&p->a, str_sub(r->story->text, x->at.off, x->at.end), false);

		if (x->same_as >= 0 || c->state == CITATION_UNNAMED)
			continue;
		if (!any)
			put_heading(p, "Citations");
		any = true;
		fprintf(p->out, "  %-12s  ", citation_state_name(c->state));
		if (c->state == CITATION_HELD || c->state == CITATION_PARTLY) {
			char date[32];

			cable_date_format(c->cable.date, date);
			fprintf(p->out, "%.*s  %s  %.*s\n", STR_ARG(c->cable.id), date,
				STR_ARG(report_clean(&p->a, c->cable.subject, false)));
		} else {
			fprintf(p->out, "%.*s\n", STR_ARG(text));
		}
		put_plain(p, "", str_of(c->reason));
	}
	if (any)
		fputc('\n', p->out);
}

static void put_where(struct printer *p, const char *heading, bool (*wanted)(const struct quote_result *q), bool full)
{
	bool any = false;

	for (size_t i = 0; i < p->r->n_quotes; i++) {
		const struct quote_result *q = &p->r->quotes[i];

		if (!wanted(q))
			continue;
		if (!any)
			put_heading(p, heading);
		any = true;
		if (full) {
			put_quotation(p, q);
		} else {
			put_short(p, q);
			if (q->unchecked || q->verdict == VERDICT_ADAPTED)
				put_plain(p, "", str_of(q->reason));
		}
	}
	if (any && !full)
		fputc('\n', p->out);
}

static bool is_unchecked(const struct quote_result *q)
{
	return q->unchecked && !report_wants_eye(q);
}

static bool is_pass(const struct quote_result *q)
{
	return !q->unchecked && !report_wants_eye(q);
}

void report_terminal(FILE *out, const struct report *r, const struct report_style *style)
{
	struct printer p = {.out = out, .r = r, .style = style};

	p.width = style->width > 0 ? style->width : WIDTH_DEFAULT;
	p.width = p.width > WIDTH_MOST ? WIDTH_MOST : p.width < 40 ? 40 : p.width;
	put_summary(&p);
	put_where(&p, "To look at", report_wants_eye, true);
	put_findings(&p);
	put_citations(&p);
	put_where(&p, "Could not be checked", is_unchecked, style->all);
	put_where(&p, "As in the cables", is_pass, style->all);
	if (r->skipped)
		fprintf(out, "%zu more in quotation marks %s no quotation to check (see --json).\n", r->skipped,
			r->skipped == 1 ? "is" : "are");
	arena_free(&p.a);
}
