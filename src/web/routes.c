/*
 * The site: every address there is, who may use it, and which function answers it.
 */
#include "web/pages.h"

const struct route routes[] = {
	{"GET", "/", page_home, NEED_NOTHING, false, LANE_QUICK, 0, 0},
	{"GET", "/static/:/:", page_static, NEED_NOTHING, false, LANE_QUICK, 0, 0},
	{"GET", "/login", page_login, NEED_NOTHING, false, LANE_QUICK, 0, 0},
	{"POST", "/login", do_login, NEED_NOTHING, false, LANE_SLOW, 8 << 10, 0},
	{"POST", "/logout", do_logout, NEED_USER, false, LANE_QUICK, 8 << 10, 0},
	{"GET", "/c/:/cable/:", page_cable, NEED_READER, true, LANE_QUICK, 0, 0},
	{"POST", "/c/:/cable/:/notes", do_cable_note, NEED_EDITOR, false, LANE_QUICK, 0, 0},
	{"POST", "/c/:/cable/:/star", do_cable_star, NEED_READER, false, LANE_QUICK, 8 << 10, 0},
	{"POST", "/c/:/cable/:/tags", do_cable_tag, NEED_EDITOR, false, LANE_QUICK, 8 << 10, 0},
	{"GET", "/c/:/cable/:/diff", page_cable_diff, NEED_READER, true, LANE_SLOW, 0, 0},
	{"GET", "/c/:/cable/:/related", page_cable_related, NEED_READER, true, LANE_SLOW, 0, 0},
	{"GET", "/c/:/cable/:/graph", page_cable_graph, NEED_READER, true, LANE_SLOW, 0, 0},
	{NULL, NULL, NULL, NEED_ADMIN, false, LANE_QUICK, 0, 0},
};
