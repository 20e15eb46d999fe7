/*
 * The functions that answer, one file per part of the site. Each fills the answer, or returns an error that becomes
 * one.
 */
#ifndef REFTEL_WEB_PAGES_H
#define REFTEL_WEB_PAGES_H

#include "web/web_priv.h"

#define PAGE(name) int name(struct request *rq, struct answer *an, struct err *e)

/* page_door.c: in and out, and what every page needs. */
PAGE(page_home);
PAGE(page_static);
PAGE(page_login);
PAGE(do_login);
PAGE(do_logout);

/* page_check.c, page_story.c, page_changes.c: stories held against the cables. */
PAGE(page_check);
PAGE(do_check);
PAGE(page_story);
PAGE(do_draft);
PAGE(do_overrule);
PAGE(page_story_export);
PAGE(page_story_changes);

#endif
