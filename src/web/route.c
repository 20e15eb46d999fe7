/*
 * Which page an address means. Addresses are held against the table part by part; each part was decoded once, so that
 * no "%2F" or ".." can become a way to somewhere else.
 */
#include "web/web_priv.h"

#include <string.h>

bool refuse(struct request *rq, int status, const char *fmt, ...)
{
	va_list ap;

	rq->refused_status = status;
	rq->refused.code = REFTEL_EINVAL;
	va_start(ap, fmt);
	vsnprintf(rq->refused.msg, sizeof(rq->refused.msg), fmt, ap);
	va_end(ap);
	return false;
}

static bool parts_read(struct request *rq)
{
	struct str rest = rq->path;

	while (rest.n) {
		size_t end = str_find(rest, STR("/"), 1);
		struct str part = str_sub(rest, 1, end == SIZE_MAX ? rest.n : end);

		rest = str_sub(rest, end == SIZE_MAX ? rest.n : end, rest.n);
		if (!part.n && !rest.n)
			break; /* a slash at the end */
		if (rq->n_parts == WEB_SEGMENTS_MAX || !url_decode(&rq->arena, part, false, &rq->part[rq->n_parts]))
			return false;
		rq->n_parts++;
	}
	return true;
}

static bool pattern_fits(const struct request *rq, const char *pattern)
{
	struct str rest = str_of(pattern);
	size_t i = 0;

	while (rest.n > 1) {
		size_t end = str_find(rest, STR("/"), 1);
		struct str want = str_sub(rest, 1, end == SIZE_MAX ? rest.n : end);

		rest = str_sub(rest, end == SIZE_MAX ? rest.n : end, rest.n);
		if (i == rq->n_parts || (!str_eq(want, STR(":")) && !str_eq(want, rq->part[i])))
			return false;
		if (!rq->part[i].n)
			return false;
		i++;
	}
	return i == rq->n_parts;
}

bool route_find(struct request *rq)
{
	size_t question = str_find(rq->target, STR("?"), 0);
	bool other_method = false;
	struct err e;

	rq->path = str_sub(rq->target, 0, question == SIZE_MAX ? rq->target.n : question);
	if (!rq->path.n || rq->path.p[0] != '/')
		return refuse(rq, 400, "the request names no path");
	if (str_starts(rq->path, STR("/api/v1/"))) {
		rq->json = true;
		rq->path = str_sub(rq->path, sizeof("/api/v1") - 1, rq->path.n);
	}
	if (!parts_read(rq))
		return refuse(rq, 400, "the address cannot be read");
	if (question != SIZE_MAX &&
	    params_read(&rq->arena, str_sub(rq->target, question + 1, rq->target.n), &rq->query, &e) != REFTEL_OK)
		return refuse(rq, 400, "the address cannot be read: %s", e.msg);
	for (const struct route *r = routes; r->method; r++) {
		if (!pattern_fits(rq, r->pattern) || (rq->json && !r->json))
			continue;
		if (!strcmp(r->method, rq->head ? "GET" : rq->method)) {
			rq->route = r;
			return true;
		}
		other_method = true;
	}
	if (other_method)
		return refuse(rq, 405, "this address does not take %s", rq->method);
	return refuse(rq, 404, "there is no page at this address");
}

struct str rq_get(const struct request *rq, const char *name)
{
	return params_has(&rq->fields, name) ? params_get(&rq->fields, name) : params_get(&rq->query, name);
}
