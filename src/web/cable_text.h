/*
 * A cable's text as markup: shared by the pages that show one.
 */
#ifndef REFTEL_WEB_CABLE_TEXT_H
#define REFTEL_WEB_CABLE_TEXT_H

#include "search/search.h"
#include "web/web_priv.h"

enum { WEB_LINKED_PARAGRAPHS = 1000 };

/* marks: what of it was looked for; NULL: nothing. */
void cable_text_put(struct request *rq, struct buf *b, const struct cable *x, const struct search_marks *m);
/* The class of the style sheet for a classification: "secret". */
const char *class_style(enum class_level level);

#endif
