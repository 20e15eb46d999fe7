/*
 * Cells of a CSV file (RFC 4180) that a spreadsheet shows as the text they are.
 */
#include "report/report.h"
#include "view/view.h"

/* A spreadsheet takes a cell that begins with one of these for a formula; an apostrophe before it makes it a text. */
static bool is_formula(struct str s)
{
	return s.n && (*s.p == '=' || *s.p == '+' || *s.p == '-' || *s.p == '@' || *s.p == '\t' || *s.p == '\r');
}

void view_csv_cell(struct buf *out, struct str s, const char *end)
{
	struct arena a = {0};
	struct str clean = report_clean(&a, s, false);

	buf_puts(out, is_formula(clean) ? "\"'" : "\"");
	for (size_t i = 0; i < clean.n; i++) {
		if (clean.p[i] == '"')
			buf_putc(out, '"');
		buf_putc(out, clean.p[i]);
	}
	buf_putc(out, '"');
	buf_puts(out, end);
	arena_free(&a);
}
