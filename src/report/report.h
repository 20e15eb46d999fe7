/*
 * report: a check's report for people and programs. Terminal, JSON, HTML. It shows the cable's own words beside the
 * story's, marks what differs on both sides, and accuses nobody.
 */
#ifndef REFTEL_REPORT_H
#define REFTEL_REPORT_H

#include "check/check.h"

/* A verdict that a person set aside: it is shown with the person's, and is settled. */
struct report_ruling {
	enum verdict as;
	struct str by, reason;
	int64_t when; /* seconds since 1970 */
};

struct report_style {
	const char *story; /* the name under which the story is shown: its path */
	int width;         /* columns; 0: 80 */
	bool colour;
	bool all;      /* also show in full what gave no cause for a look */
	bool one_line; /* of JSON: for files with an object a line */
	const struct report_ruling *const
		*rulings; /* one a quotation of the report, NULL in it: none; NULL: none at all */
};

void report_terminal(FILE *out, const struct report *r, const struct report_style *style);

/* The object that docs/check-report.md describes, as JSON text with a line break at its end. The caller frees it. */
char *report_json(const struct report *r, const struct report_style *style);

/*
 * Makes a report of the text that report_json() wrote of this story: what it was found to be then, without an archive.
 * Everything is in out->arena; what JSON does not carry (keys of the archive) is zero. EFORMAT: no such text, or it is
 * not of this story as it is read now.
 */
int report_read(struct str json, const struct story *s, struct report *out, struct err *e);

/*
 * What a quotation is known by from one draft to the next: a hash (BLAKE2b, 32 hex digits) of its folded words and of
 * what the story cites for it.
 */
enum { REPORT_KEY_LENGTH = 32 };
void report_key(const struct report *r, const struct quote_result *q, char out[REPORT_KEY_LENGTH + 1]);

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

/* A block of the story cut at its quotations. */
struct block_run {
	struct str text; /* empty: a quotation within the one before, of which only the sign is shown */
	const struct quote_result *quote; /* NULL: none */
	bool begins;                      /* the quotation does; else it runs on from an earlier block */
};
struct block_runs {
	struct block_run *v;
	size_t n;
};
/* *first is where to look on, for the blocks in their order: open it with 0. */
struct block_runs report_block_runs(struct arena *a, const struct report *r, const struct block *b, size_t *first);

/* Does a person have to look at it? */
bool report_wants_eye(const struct quote_result *q);
/* A sign beside the colour, for those who do not see it. */
const char *report_sign(enum verdict v);
/* "verbatim": "same words", ...: a phrase for people. */
const char *report_verdict_phrase(enum verdict v);
struct str report_quotation_text(const struct report *r, const struct quote_result *q);

#endif
