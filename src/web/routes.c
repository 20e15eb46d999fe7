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
	{NULL, NULL, NULL, NEED_ADMIN, false, LANE_QUICK, 0, 0},
};
