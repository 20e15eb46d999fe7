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
	{NULL, NULL, NULL, NEED_ADMIN, false, LANE_QUICK, 0, 0},
};
