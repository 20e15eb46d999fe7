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

/* page_cable.c, cable_notes.c, page_around.c, page_graph.c: a cable and what is around it. */
PAGE(page_cable);
PAGE(do_cable_note);
PAGE(do_cable_star);
PAGE(do_cable_tag);
PAGE(page_cable_diff);
PAGE(page_cable_related);
PAGE(page_cable_graph);

/* page_search.c, find_json.c, export.c: looking for cables, and taking the result home. */
PAGE(page_search);
PAGE(search_csv);
PAGE(search_json);

/* page_searches.c */
PAGE(do_search_save);
PAGE(do_search_open);
PAGE(do_search_remove);
PAGE(page_saved);

/* page_browse.c, page_calendar.c, page_wanted.c, page_marked.c */
PAGE(page_browse);
PAGE(page_browse_by);
PAGE(page_month);
PAGE(page_wanted);
PAGE(wanted_csv);
PAGE(page_tags);
PAGE(page_stars);

/* page_import.c */
PAGE(page_import);
PAGE(do_import);
PAGE(do_import_stop);
PAGE(page_import_events);
/* page_status.c */
PAGE(page_status);
PAGE(page_verify);
PAGE(do_verify);
PAGE(do_verify_stop);
/* page_people.c */
PAGE(page_people);
PAGE(do_people);
PAGE(page_person);
PAGE(do_person);
/* page_me.c */
PAGE(page_me);
PAGE(do_me);
/* page_log.c */
PAGE(page_log);
PAGE(page_log_csv);
PAGE(page_log_json);
PAGE(page_log_verify);
/* page_api.c */
PAGE(page_openapi);

/* page_check.c, page_story.c, page_changes.c: stories held against the cables. */
PAGE(page_check);
PAGE(do_check);
PAGE(do_check_keep); /* page_keep.c */
PAGE(page_story);
PAGE(do_draft);
PAGE(do_overrule);
PAGE(page_story_export);
PAGE(page_story_changes);

#endif
