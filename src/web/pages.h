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

/* page_cable.c, page_cable_more.c */
PAGE(page_cable);
PAGE(page_diff);
PAGE(page_related);
PAGE(do_star);
PAGE(do_tag);
PAGE(do_note);
PAGE(do_unnote);

#endif
