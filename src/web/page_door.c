/*
 * In and out: the beginning, logging in with a second factor where one is set, logging out; the style sheet and
 * scripts.
 */
#include "web/pages.h"

#include <sodium.h>
#include <string.h>

static const struct web_collection *collection_first(const struct request *rq)
{
	for (size_t i = 0; i < rq->web->o.n_collections; i++)
		if (rq_sees(rq, &rq->web->o.collections[i]))
			return &rq->web->o.collections[i];
	return NULL;
}

/* The address that serve printed: its key becomes a cookie, and leaves the address bar. */
static bool key_fits(const struct request *rq)
{
	struct str key = params_get(&rq->query, "key");

	return rq->web->alone && key.n == strlen(rq->web->key) && sodium_memcmp(key.p, rq->web->key, key.n) == 0;
}

int page_home(struct request *rq, struct answer *an, struct err *e)
{
	const struct web_collection *c = collection_first(rq);

	if (key_fits(rq)) {
		who_set_cookie(rq, an, rq->web->key);
		return answer_redirect(rq, an, "/");
	}
	if (!rq->known) {
		err_set(e, REFTEL_EINVAL, "%s",
			rq->web->alone ? "open the address that reftel serve printed: it carries the key"
				       : "log in first");
		answer_error(rq, an, 401, e);
		return REFTEL_OK;
	}
	if (!c)
		return err_set(e, REFTEL_ENOTFOUND, "no collection is open to you yet: ask an admin of this desk");
	return answer_redirect(rq, an, arena_printf(&rq->arena, "/c/%s/search", c->name));
}

int page_static(struct request *rq, struct answer *an, struct err *e)
{
	for (const struct asset *x = assets; x->name; x++)
		if (str_eq(rq->part[2], str_of(x->name))) {
			an->type = x->type;
			/* Under another version's address the file may be another tomorrow. */
			an->keep = str_eq(rq->part[1], str_of(asset_version()));
			buf_add(&an->body, x->data, x->size);
			return REFTEL_OK;
		}
	return err_set(e, REFTEL_ENOTFOUND, "there is no such file");
}

/* ---- logging in -------------------------------------------------------------------------------------------------- */

struct login_form {
	struct str name, to;
	const char *wrong, *done;
	bool want_code;
};

/* The password is asked for again with the code: it is kept nowhere in between. */
static void put_login(struct request *rq, struct answer *an, const struct login_form *f)
{
	struct buf *b = &an->body;
	struct page p = {.title = "Log in", .body_class = "door"};

	page_begin(rq, an, &p);
	html(b, "<h1>Log in</h1>");
	if (f->done)
		html(b, "<p class=\"done\" role=\"status\">%s</p>", f->done);
	if (f->wrong)
		html(b, "<p class=\"wrong\" role=\"alert\">%c%s.</p>", ascii_toupper(f->wrong[0]), f->wrong + 1);
	html(b,
	     "<form method=\"post\" action=\"/login\" class=\"stack\"><input type=\"hidden\" name=\"to\" "
	     "value=\"%.*s\">"
	     "<label>Name <input name=\"name\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" "
	     "required value=\"%.*s\"%s></label><label>Password <input name=\"password\" type=\"password\" "
	     "autocomplete=\"current-password\" required></label>",
	     STR_ARG(f->to), STR_ARG(f->name), "");
	html(b,
	     "<label>Code of your second factor%s <input name=\"code\" inputmode=\"numeric\" "
	     "autocomplete=\"one-time-code\" "
	     "maxlength=\"6\" pattern=\"[0-9]{6}\"></label><button>Log in</button></form>",
	     f->want_code ? "" : ", if you have set one up");
	page_end(rq, an);
}

int page_login(struct request *rq, struct answer *an, struct err *e)
{
	struct login_form f = {.to = params_get(&rq->query, "to")};

	if (rq->web->alone)
		return err_set(e, REFTEL_ENOTFOUND,
			       "this desk has no users: open the address that reftel serve printed");
	if (rq->known)
		return answer_redirect(rq, an, "/");
	if (str_eq(params_get(&rq->query, "done"), STR("password")))
		f.done = "Your password is changed, and all your sessions have ended. Log in with the new one.";
	put_login(rq, an, &f);
	return REFTEL_OK;
}

int do_login(struct request *rq, struct answer *an, struct err *e)
{
	struct login_form f = {.name = params_get(&rq->fields, "name"), .to = params_get(&rq->fields, "to")};
	struct desk_session s;
	int rc;

	if (rq->web->alone)
		return err_set(e, REFTEL_ENOTFOUND,
			       "this desk has no users: open the address that reftel serve printed");
	rc = desk_login(rq->worker->desk, &rq->arena, f.name, params_exact(&rq->fields, "password"),
			params_get(&rq->fields, "code"), str_of(rq->from), clock_now(), &s, &f.want_code, e);
	if (rc == REFTEL_OK) {
		who_set_cookie(rq, an, s.token);
		return answer_redirect(rq, an, f.to.n ? arena_dup(&rq->arena, f.to) : "/");
	}
	if (rc != REFTEL_EINVAL && rc != REFTEL_EBUSY)
		return rc;
	f.wrong = e->msg;
	put_login(rq, an, &f);
	an->status = rc == REFTEL_EBUSY ? 429 : 403;
	return REFTEL_OK;
}

int do_logout(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	int rc = rq->alone ? REFTEL_OK : desk_session_end(rq->worker->desk, &who, rq->session.id, e);

	if (rc != REFTEL_OK)
		return rc;
	who_clear_cookie(rq, an);
	return answer_redirect(rq, an, "/login");
}
