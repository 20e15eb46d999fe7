/*
 * The site: every address there is, who may use it, and which function answers it.
 */
#include "story/story.h"
#include "web/pages.h"
#include "worker/worker.h"

/* A story that is typed in, with what a form has besides; what may be uploaded is bounded by the worker. */
enum { STORY_FORM_MAX = STORY_MAX + (1 << 20) };

const struct route routes[] = {
	{"GET", "/", page_home, NEED_NOTHING, false, LANE_QUICK, 0, 0},
	{"GET", "/static/:/:", page_static, NEED_NOTHING, false, LANE_QUICK, 0, 0},
	{"GET", "/login", page_login, NEED_NOTHING, false, LANE_QUICK, 0, 0},
	{"POST", "/login", do_login, NEED_NOTHING, false, LANE_SLOW, 8 << 10, 0},
	{"POST", "/logout", do_logout, NEED_USER, false, LANE_QUICK, 8 << 10, 0},
	{"GET", "/c/:/check", page_check, NEED_READER, true, LANE_QUICK, 0, 0},
	{"POST", "/c/:/check", do_check, NEED_READER, true, LANE_SLOW, STORY_FORM_MAX, WORKER_DOCX_MAX},
	{"GET", "/c/:/story/:", page_story, NEED_READER, true, LANE_SLOW, 0, 0},
	{"POST", "/c/:/story/:", do_draft, NEED_EDITOR, true, LANE_SLOW, STORY_FORM_MAX, WORKER_DOCX_MAX},
	{"POST", "/c/:/story/:/overrule", do_overrule, NEED_EDITOR, true, LANE_SLOW, 0, 0},
	{"GET", "/c/:/story/:/export", page_story_export, NEED_READER, false, LANE_SLOW, 0, 0},
	{"GET", "/c/:/story/:/changes", page_story_changes, NEED_READER, true, LANE_SLOW, 0, 0},
	{NULL, NULL, NULL, NEED_ADMIN, false, LANE_QUICK, 0, 0},
};
