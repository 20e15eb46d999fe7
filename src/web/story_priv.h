/*
 * What the pages of the check share: a draft that was kept, with its report and the verdicts that people set aside, and
 * the writing of a report as part of a page.
 */
#ifndef REFTEL_WEB_STORY_PRIV_H
#define REFTEL_WEB_STORY_PRIV_H

#include "report/report.h"
#include "view/view.h"
#include "web/pages.h"

/* ---- a story that comes in or was kept (story_kept.c) ------------------------------------------------------------ */

/* What was pasted or uploaded. */
struct sent_story {
	struct story story;
	struct str title, file; /* fit to be kept; file is empty for what was pasted */
};
int sent_story_read(struct request *rq, struct sent_story *out, struct err *e);
/* Holds it against the archive of the request, until whoever asked has gone. */
int story_check(struct request *rq, const struct story *s, struct report *out, struct err *e);
/* What was pasted or uploaded and comes once more with the page that showed its report. */
int sent_story_again(struct request *rq, struct sent_story *out, struct err *e);
/* What the desk keeps of it: all but id, when and who. Strings are the story's and a's. */
void story_draft_of(const struct sent_story *x, const struct report *r, struct arena *a, struct desk_draft *out);
/* As a draft of *story, or of a new one where that is 0; *ordinal is which. */
int story_keep(struct request *rq, const struct sent_story *x, const struct report *r, int64_t *story, int *ordinal,
	       struct err *e);

/* The verdict that somebody set for a quotation. */
struct ruling {
	const struct desk_overrule *last; /* NULL: nobody did, or it was taken back */
	bool holds;                       /* the verdict is still the one that was overruled */
	struct report_ruling shown;       /* where it holds */
};

struct kept_story {
	struct desk_story story;
	struct desk_drafts drafts;
	struct desk_draft draft; /* the one asked for, else the last */
	struct story text;
	struct report report;
	const struct ruling *rulings; /* one a quotation of the report */
	/* The same for report_style. */
	const struct report_ruling **shown;
};
/* Number of the story from the address. Close also after an error. */
int kept_story_open(struct request *rq, int64_t ordinal, struct kept_story *k, struct err *e);
void kept_story_close(struct kept_story *k);
int64_t story_number(const struct request *rq);
/* The report as the object of docs/check-report.md. */
json_t *kept_story_report(const struct kept_story *k, struct arena *a);
/* What a person should look at. */
size_t report_to_look_at(const struct report *r);

/* page_keep.c: the button that keeps what was only checked; the report waits for it. */
void put_keep_form(struct request *rq, struct buf *b, const struct sent_story *s, const struct report *r);

/* ---- shown (story_view.c, story_cards.c) ------------------------------------------------------------------------- */

struct check_view {
	struct request *rq;
	struct buf *b;
	const struct report *report;
	const struct ruling *rulings; /* NULL: a report that is not kept */
	int64_t story;                /* 0: not kept */
	int draft;
	struct str show; /* which quotations have cards: a verdict's name, "open", "settled"; empty: all */
};
/* Counts, what to look at, the story, its quotations with the cables' words, what was said of cables. */
void check_view_put(struct check_view *v);
void check_view_cards(struct check_view *v);
void check_view_badge(struct buf *b, enum verdict v);
void check_view_story_words(struct check_view *v, const struct quote_result *q);
void check_view_cable_words(struct check_view *v, const struct quote_result *q);
/* Is the quotation one of those asked for? */
bool check_view_shows(const struct check_view *v, const struct quote_result *q, struct str show);
bool check_view_settled(const struct check_view *v, const struct quote_result *q);
/* <time> */
void check_view_when(struct buf *b, int64_t seconds);

#endif
