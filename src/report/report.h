/*
 * report: a check's report for people and programs. Terminal, JSON, HTML. It shows the cable's own words beside the
 * story's, marks what differs on both sides, and accuses nobody.
 */
#ifndef REFTEL_REPORT_H
#define REFTEL_REPORT_H

#include "check/check.h"

struct report_style {
	const char *story; /* the name under which the story is shown: its path */
	int width;         /* columns; 0: 80 */
	bool colour;
	bool all;      /* also show in full what gave no cause for a look */
	bool one_line; /* of JSON: for files with an object a line */
};

void report_terminal(FILE *out, const struct report *r, const struct report_style *style);

/* The object that docs/check-report.md describes, as JSON text with a line break at its end. The caller frees it. */
char *report_json(const struct report *r, const struct report_style *style);

/* One self-contained page; no script, nothing is fetched. */
void report_html(struct buf *out, const struct report *r, const struct report_style *style);

/* ---- shared by whoever shows texts ------------------------------------------------------------------------------- */

/* How a stretch of text is to be marked. */
enum mark { MARK_NONE, MARK_DIFFERS, MARK_LEFT_OUT, MARK_GLOSS, MARK_DIM, MARK_HIDDEN };

struct run {
	struct str text;
	enum mark mark;
};
struct runs {
	struct run *v;
	size_t n;
};

/* The quotation as the story has it, and the passage as the cable has it, cut where their marks change. */
struct runs report_story_runs(struct arena *a, const struct report *r, const struct quote_result *q);
struct runs report_cable_runs(struct arena *a, const struct quote_result *q);

/* A text fit to be shown: one line, control characters and marks of direction replaced, never split inside a character.
 */
struct str report_clean(struct arena *a, struct str s, bool keep_lines);

/* Does a person have to look at it? */
bool report_wants_eye(const struct quote_result *q);
/* "verbatim": "same words", ...: a phrase for people. */
const char *report_verdict_phrase(enum verdict v);
struct str report_quotation_text(const struct report *r, const struct quote_result *q);

#endif
