/*
 * Who asks, and may they? A session's cookie, a script's token (under /api/ alone), or the key of a desk without users.
 * Everything that changes something must also carry the session's token against requests forged by other sites.
 */
#include "web/web_priv.h"

#include <sodium.h>
#include <string.h>

enum { ALONE_MS = 1000 /* between looks whether the desk has users now */ };

static bool same(struct str a, const char *b)
{
	return a.n == strlen(b) && sodium_memcmp(a.p, b, a.n) == 0;
}

/* The value of our cookie: the first, for a second one can only have been planted. */
static struct str cookie_find(const struct request *rq)
{
	struct str rest = rq->cookie, name = str_of(rq->web->cookie_name);

	while (rest.n) {
		size_t end = str_find(rest, STR(";"), 0);
		struct str one = str_trim(str_sub(rest, 0, end == SIZE_MAX ? rest.n : end));

		rest = end == SIZE_MAX ? STR("") : str_sub(rest, end + 1, rest.n);
		if (str_starts(one, name) && one.n > name.n && one.p[name.n] == '=')
			return str_sub(one, name.n + 1, one.n);
	}
	return STR("");
}

static void who_find(struct request *rq, struct desk *d, bool api)
{
	struct err e;
	struct str token = cookie_find(rq);

	if (rq->web->alone) {
		if (same(token, rq->web->key) || (api && same(rq->bearer, rq->web->key))) {
			rq->known = rq->alone = true;
			rq->session = (struct desk_session){.script = !token.n};
			rq->session.user.role = ROLE_ADMIN;
			rq->session.user.all_collections = true;
			memcpy(rq->session.csrf, rq->web->alone_csrf, sizeof(rq->session.csrf));
		}
		return;
	}
	if (api && rq->bearer.n)
		rq->known = desk_token_find(d, &rq->arena, rq->bearer, clock_now(), &rq->session, &e) == REFTEL_OK;
	else if (token.n)
		rq->known = desk_session_find(d, &rq->arena, token, clock_now(), &rq->session, &e) == REFTEL_OK;
}

bool rq_may(const struct request *rq, enum need need)
{
	switch (need) {
	case NEED_NOTHING:
		return true;
	case NEED_USER:
	case NEED_READER:
		return rq->known;
	case NEED_EDITOR:
		return rq->known && rq->session.user.role >= ROLE_EDITOR;
	default:
		return rq->known && rq->session.user.role >= ROLE_ADMIN;
	}
}

bool rq_sees(const struct request *rq, const struct web_collection *c)
{
	return rq->known && desk_user_sees(&rq->session.user, str_of(c->name));
}

struct str rq_collection(const struct request *rq)
{
	return rq->n_parts >= 2 && str_eq(rq->part[0], STR("c")) ? rq->part[1] : STR("");
}

struct desk_actor rq_actor(const struct request *rq)
{
	return (struct desk_actor){rq->session.user.id, rq->session.user.name, str_of(rq->from)};
}

static const struct web_collection *collection_find(const struct web *w, struct str name)
{
	for (size_t i = 0; i < w->o.n_collections; i++)
		if (str_eq(name, str_of(w->o.collections[i].name)))
			return &w->o.collections[i];
	return NULL;
}

/* As soon as a desk has a user, its key opens nothing any more: the command may add one while the server runs. */
static void alone_look(struct web *w, struct desk *d)
{
	uint64_t users;
	struct err e;

	if (!w->alone || clock_ms() - w->counted_ms < ALONE_MS)
		return;
	w->counted_ms = clock_ms();
	w->alone = desk_user_count(d, &users, &e) == REFTEL_OK && !users;
}

bool who_check(struct request *rq, struct desk *d)
{
	bool api = str_starts(rq->target, STR("/api/"));
	struct str name = rq_collection(rq);
	const struct web_collection *c = name.n ? collection_find(rq->web, name) : NULL;

	alone_look(rq->web, d);
	who_find(rq, d, api);
	if (rq->route->need == NEED_NOTHING)
		return true;
	if (!rq->known)
		return refuse(rq, 401, "%s",
			      rq->web->alone ? "open the address that reftel serve printed: it carries the key"
					     : "log in first");
	/* Of a collection that is not theirs people learn no more than of one that does not exist. */
	if (name.n && (!c || !rq_sees(rq, c)))
		return refuse(rq, 404, "there is no collection %.*s", STR_ARG(name));
	if (!rq_may(rq, rq->route->need))
		return refuse(rq, 403, "this is for %s only",
			      rq->route->need == NEED_EDITOR ? "editors and admins" : "admins");
	return true;
}

bool who_check_form(struct request *rq)
{
	struct str csrf = rq->csrf_header.n ? rq->csrf_header : params_get(&rq->fields, "csrf");

	if (strcmp(rq->method, "POST") != 0 || rq->session.script || !rq->known)
		return true;
	if (!same(csrf, rq->session.csrf))
		return refuse(rq, 403, "the form did not come from a page of this desk: load the page again");
	return true;
}

void who_set_cookie(struct request *rq, struct answer *an, const char *token)
{
	answer_header(an, "Set-Cookie",
		      arena_printf(&rq->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
				   rq->web->cookie_name, token, DESK_SESSION_S, rq->web->secure ? "; Secure" : ""));
}

void who_clear_cookie(struct request *rq, struct answer *an)
{
	answer_header(an, "Set-Cookie",
		      arena_printf(&rq->arena, "%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s", rq->web->cookie_name,
				   rq->web->secure ? "; Secure" : ""));
}
