/*
 * What became of a story's quotations from one draft to the next.
 */
#ifndef REFTEL_WEB_STORY_CHANGES_H
#define REFTEL_WEB_STORY_CHANGES_H

#include "report/report.h"

enum change_kind {
	CHANGE_NONE,    /* the same words for the same citation, judged alike */
	CHANGE_VERDICT, /* judged otherwise */
	CHANGE_WORDS,   /* other words, or for another citation */
	CHANGE_ADDED,
	CHANGE_REMOVED,
	N_CHANGES
};
const char *change_name(enum change_kind k); /* "words" */

struct change {
	enum change_kind kind;
	const struct quote_result *from, *to; /* NULL where it is not there */
};
struct changes {
	struct change *v; /* in the order of the later draft, those removed behind */
	size_t n, count[N_CHANGES];
};
struct changes story_changes(struct arena *a, const struct report *from, const struct report *to);

#endif
