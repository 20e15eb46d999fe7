/*
 * The site: every address there is, who may use it, and which function answers it.
 */
#include "story/story.h"
#include "web/pages.h"
#include "worker/worker.h"

/* A story that is typed in, with what a form has besides; what may be uploaded is bounded by the worker. */
enum { STORY_FORM_MAX = STORY_MAX + (1 << 20) };

/* What may be uploaded at once: as large as the largest dump, and it goes to disk as it comes in. */
#define UPLOAD_MAX (4ULL << 30)

const struct route routes[] = {
	{"GET", "/", page_home, NEED_NOTHING, false, LANE_QUICK, 0, 0},
	{"GET", "/static/:/:", page_static, NEED_NOTHING, false, LANE_QUICK, 0, 0},
	{"GET", "/login", page_login, NEED_NOTHING, false, LANE_QUICK, 0, 0},
	{"POST", "/login", do_login, NEED_NOTHING, false, LANE_SLOW, 8 << 10, 0},
	{"POST", "/logout", do_logout, NEED_USER, false, LANE_QUICK, 8 << 10, 0},
	{"GET", "/c/:/search", page_search, NEED_READER, true, LANE_QUICK, 0, 0},
	{"GET", "/c/:/search.csv", search_csv, NEED_READER, false, LANE_SLOW, 0, 0},
	{"GET", "/c/:/search.json", search_json, NEED_READER, false, LANE_SLOW, 0, 0},
	{"GET", "/c/:/saved", page_saved, NEED_READER, true, LANE_QUICK, 0, 0},
	{"POST", "/c/:/saved", do_search_save, NEED_READER, false, LANE_QUICK, 0, 0},
	{"POST", "/c/:/saved/:/open", do_search_open, NEED_READER, false, LANE_QUICK, 0, 0},
	{"POST", "/c/:/saved/:/remove", do_search_remove, NEED_READER, false, LANE_QUICK, 0, 0},
	{"GET", "/c/:/browse", page_browse, NEED_READER, false, LANE_QUICK, 0, 0},
	{"GET", "/c/:/browse/:", page_browse_by, NEED_READER, true, LANE_QUICK, 0, 0},
	{"GET", "/c/:/browse/date/:", page_month, NEED_READER, false, LANE_QUICK, 0, 0},
	{"GET", "/c/:/wanted", page_wanted, NEED_READER, true, LANE_SLOW, 0, 0},
	{"GET", "/c/:/wanted.csv", wanted_csv, NEED_READER, false, LANE_SLOW, 0, 0},
	{"GET", "/c/:/tags", page_tags, NEED_READER, true, LANE_QUICK, 0, 0},
	{"GET", "/c/:/stars", page_stars, NEED_READER, true, LANE_QUICK, 0, 0},
	{"GET", "/c/:/cable/:", page_cable, NEED_READER, true, LANE_QUICK, 0, 0},
	{"POST", "/c/:/cable/:/notes", do_cable_note, NEED_EDITOR, false, LANE_QUICK, 0, 0},
	{"POST", "/c/:/cable/:/star", do_cable_star, NEED_READER, false, LANE_QUICK, 8 << 10, 0},
	{"POST", "/c/:/cable/:/tags", do_cable_tag, NEED_EDITOR, false, LANE_QUICK, 8 << 10, 0},
	{"GET", "/c/:/cable/:/diff", page_cable_diff, NEED_READER, true, LANE_SLOW, 0, 0},
	{"GET", "/c/:/cable/:/related", page_cable_related, NEED_READER, true, LANE_SLOW, 0, 0},
	{"GET", "/c/:/cable/:/graph", page_cable_graph, NEED_READER, true, LANE_SLOW, 0, 0},
	{"GET", "/c/:/import", page_import, NEED_EDITOR, true, LANE_QUICK, 0, 0},
	{"POST", "/c/:/import", do_import, NEED_EDITOR, true, LANE_SLOW, 64 << 10, UPLOAD_MAX},
	{"POST", "/c/:/import/stop", do_import_stop, NEED_EDITOR, true, LANE_QUICK, 8 << 10, 0},
	{"GET", "/c/:/import/events", page_import_events, NEED_EDITOR, false, LANE_QUICK, 0, 0},
	{"GET", "/c/:/status", page_status, NEED_READER, true, LANE_SLOW, 0, 0},
	{"GET", "/c/:/status/verify", page_verify, NEED_READER, true, LANE_QUICK, 0, 0},
	{"POST", "/c/:/status/verify", do_verify, NEED_ADMIN, true, LANE_QUICK, 8 << 10, 0},
	{"POST", "/c/:/status/verify/stop", do_verify_stop, NEED_ADMIN, true, LANE_QUICK, 8 << 10, 0},
	{"GET", "/people", page_people, NEED_ADMIN, false, LANE_QUICK, 0, 0},
	{"POST", "/people", do_people, NEED_ADMIN, false, LANE_SLOW, 16 << 10, 0},
	{"GET", "/people/:", page_person, NEED_ADMIN, false, LANE_QUICK, 0, 0},
	{"POST", "/people/:", do_person, NEED_ADMIN, false, LANE_SLOW, 16 << 10, 0},
	{"GET", "/me", page_me, NEED_USER, false, LANE_QUICK, 0, 0},
	{"POST", "/me", do_me, NEED_USER, false, LANE_SLOW, 16 << 10, 0},
	{"GET", "/log", page_log, NEED_ADMIN, false, LANE_QUICK, 0, 0},
	{"GET", "/log.csv", page_log_csv, NEED_ADMIN, false, LANE_QUICK, 0, 0},
	{"GET", "/log.json", page_log_json, NEED_ADMIN, true, LANE_QUICK, 0, 0},
	{"GET", "/log/verify", page_log_verify, NEED_ADMIN, true, LANE_SLOW, 0, 0},
	{"GET", "/openapi.json", page_openapi, NEED_USER, true, LANE_QUICK, 0, 0},
	{"GET", "/c/:/check", page_check, NEED_READER, true, LANE_QUICK, 0, 0},
	{"POST", "/c/:/check", do_check, NEED_READER, true, LANE_SLOW, STORY_FORM_MAX, WORKER_DOCX_MAX},
	{"POST", "/c/:/check/keep", do_check_keep, NEED_EDITOR, false, LANE_SLOW, STORY_FORM_MAX, 0},
	{"GET", "/c/:/story/:", page_story, NEED_READER, true, LANE_QUICK, 0, 0},
	{"POST", "/c/:/story/:", do_draft, NEED_EDITOR, true, LANE_SLOW, STORY_FORM_MAX, WORKER_DOCX_MAX},
	{"POST", "/c/:/story/:/overrule", do_overrule, NEED_EDITOR, true, LANE_QUICK, 0, 0},
	{"GET", "/c/:/story/:/export", page_story_export, NEED_READER, false, LANE_QUICK, 0, 0},
	{"GET", "/c/:/story/:/changes", page_story_changes, NEED_READER, true, LANE_SLOW, 0, 0},
	{NULL, NULL, NULL, NEED_ADMIN, false, LANE_QUICK, 0, 0},
};
