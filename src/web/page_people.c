/*
 * People: who may use the desk, what they may do there, and which collections they see. For admins.
 */
#include "web/pages.h"
#include "web/person.h"

#include <inttypes.h>
#include <string.h>

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static void put_roles(struct buf *b, enum role now)
{
	html(b, "<label>Role <select name=\"role\">");
	for (enum role r = ROLE_READER; r <= ROLE_ADMIN; r++)
		html(b, r == now ? "<option selected>%s</option>" : "<option>%s</option>", role_name(r));
	html(b, "</select></label>");
}

/* u NULL: a new one, who sees all. */
static void put_collections(struct request *rq, struct buf *b, const struct desk_user *u)
{
	html(b, "<fieldset><legend>Collections</legend><label class=\"tick\"><input type=\"checkbox\" name=\"all\" "
		"value=\"1\"");
	html(b, !u || u->all_collections ? " checked>" : ">");
	html(b, " All, also those that come later</label>");
	for (size_t i = 0; i < rq->web->o.n_collections; i++) {
		const char *name = rq->web->o.collections[i].name;
		bool on = u && !u->all_collections && desk_user_sees(u, str_of(name));

		html(b, "<label class=\"tick\"><input type=\"checkbox\" name=\"collection\" value=\"%s\"", name);
		html(b, on ? " checked> %s</label>" : "> %s</label>", name);
	}
	html(b, "</fieldset>");
}

static void put_user(struct request *rq, struct buf *b, const struct desk_user *u)
{
	html(b,
	     "<tr><th scope=\"row\"><a href=\"/people/%s\"><bdi>%.*s</bdi></a></th><td><bdi>%.*s</bdi></td>"
	     "<td>%s</td><td>",
	     url_encode(&rq->arena, u->name), STR_ARG(u->name), STR_ARG(u->full_name),
	     u->disabled ? "disabled" : role_name(u->role));
	for (size_t i = 0; i < u->n_collections && !u->all_collections; i++)
		html(b, i ? ", %.*s" : "%.*s", STR_ARG(u->collections[i]));
	html(b, u->all_collections ? "all" : u->n_collections ? "" : "none");
	html(b, "</td><td>%s</td><td>", u->totp ? "yes" : "no");
	html_when(b, u->last_login, "never");
	html(b, "</td></tr>");
}

static void put_add(struct request *rq, struct buf *b)
{
	html(b, "<section aria-labelledby=\"add\"><h2 id=\"add\">Add somebody</h2><form method=\"post\" "
		"action=\"/people\" class=\"stack\">");
	page_csrf(rq, b);
	html(b,
	     "<label>Name to log in with <input name=\"name\" required maxlength=\"%d\" pattern=\"[a-z0-9._\\-]+\" "
	     "autocapitalize=\"none\" autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"name-hint\">"
	     "</label><p class=\"soft\" id=\"name-hint\">Small letters, digits, points, hyphens, underscores.</p>"
	     "<label>Name as people know them <input name=\"full_name\" autocomplete=\"off\"></label>",
	     DESK_NAME_MAX);
	put_roles(b, ROLE_READER);
	html(b, "<p class=\"soft\">Readers search, read, check, star. Editors also note, tag, keep stories, overrule, "
		"import. Admins also look after people and the log.</p>");
	put_new_password(b);
	put_collections(rq, b, NULL);
	html(b, "<button>Add</button></form></section>");
}

int page_people(struct request *rq, struct answer *an, struct err *e)
{
	struct page p = {.title = "People", .place = "people"};
	struct desk_users users;
	int rc;

	if (rq->alone) {
		put_alone(rq, an, "People");
		return REFTEL_OK;
	}
	rc = desk_users(rq->worker->desk, &rq->arena, &users, e);
	if (rc != REFTEL_OK)
		return rc;
	page_begin(rq, an, &p);
	html(&an->body, "<h1>People</h1>");
	put_done(rq, &an->body);
	html(&an->body, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			"aria-label=\"Users\"><table><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Known "
			"as</th><th scope=\"col\">Role</th><th scope=\"col\">Collections</th><th scope=\"col\">Second "
			"factor</th><th scope=\"col\">Last here</th></tr></thead><tbody>");
	for (size_t i = 0; i < users.n; i++)
		put_user(rq, &an->body, &users.v[i]);
	html(&an->body, "</tbody></table></div>");
	put_add(rq, &an->body);
	page_end(rq, an);
	return REFTEL_OK;
}

/* ---- one of them ------------------------------------------------------------------------------------------------- */

static void put_person_forms(struct request *rq, struct buf *b, const struct desk_user *u, const char *path)
{
	html(b, "<section aria-labelledby=\"who\"><h2 id=\"who\">Name and role</h2>");
	put_form(rq, b, path, "name", "stack");
	html(b,
	     "<label>Name as people know them <input name=\"full_name\" value=\"%.*s\"></label><button "
	     "class=\"second\">Change the name</button></form>",
	     STR_ARG(u->full_name));
	put_form(rq, b, path, "role", "stack");
	put_roles(b, u->role);
	html(b, "<button class=\"second\">Change the role</button></form></section>");
	html(b, "<section aria-labelledby=\"sees\"><h2 id=\"sees\">What they see</h2>");
	put_form(rq, b, path, "collections", "stack");
	html(b, "<p class=\"soft\">Now: %s.</p>",
	     u->all_collections ? "all collections" : (u->n_collections ? "those ticked below" : "no collection"));
	put_collections(rq, b, u);
	html(b, "<button class=\"second\">Change the collections</button></form></section>");
}

static void put_person_doors(struct request *rq, struct buf *b, const struct desk_user *u, const char *path)
{
	html(b, "<section aria-labelledby=\"door\"><h2 id=\"door\">Logging in</h2>");
	put_form(rq, b, path, "password", "stack");
	put_new_password(b);
	html(b, "<button class=\"second\">Set the password</button></form><div class=\"row\">");
	put_form(rq, b, path, "sessions", "");
	html(b, "<button class=\"second\">End all sessions</button></form>");
	if (u->totp) {
		put_form(rq, b, path, "totp-remove", "");
		html(b, "<button class=\"second\" data-ask=\"Remove the second factor?\">Remove the second factor"
			"</button></form>");
	}
	put_form(rq, b, path, u->disabled ? "enable" : "disable", "");
	html(b, "<button class=\"second\">%s</button></form></div></section>",
	     u->disabled ? "Let them log in again" : "Disable: no longer let them log in");
}

static void put_person_tokens(struct request *rq, struct buf *b, const struct desk_tokens *t, const char *path)
{
	html(b, "<section aria-labelledby=\"tokens\"><h2 id=\"tokens\">Tokens for scripts</h2>");
	if (!t->n)
		html(b, "<p class=\"soft\">None.</p>");
	for (size_t i = 0; i < t->n; i++) {
		put_form(rq, b, path, "token-end", "row");
		html(b, "<input type=\"hidden\" name=\"token\" value=\"%" PRId64 "\"><span><bdi>%.*s</bdi>, last used ",
		     t->v[i].id, STR_ARG(t->v[i].label));
		html_when(b, t->v[i].last_used, "never");
		html(b,
		     "</span><button class=\"second\">End<span class=\"visually-hidden\"> %.*s</span></button></form>",
		     STR_ARG(t->v[i].label));
	}
	html(b, "</section>");
}

int page_person(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_tokens tokens;
	struct desk_user u;
	struct page p = {.place = "people"};
	const char *path;
	int rc = desk_user_find(rq->worker->desk, &rq->arena, rq->part[1], &u, e);

	if (rc == REFTEL_OK)
		rc = desk_tokens(rq->worker->desk, &rq->arena, u.id, &tokens, e);
	if (rc != REFTEL_OK)
		return rc;
	p.title = arena_dup(&rq->arena, u.name);
	path = arena_printf(&rq->arena, "/people/%s", url_encode(&rq->arena, u.name));
	page_begin(rq, an, &p);
	html(&an->body, "<p><a href=\"/people\">All people</a></p><h1><bdi>%.*s</bdi></h1>", STR_ARG(u.name));
	put_done(rq, &an->body);
	html(&an->body, "<p class=\"soft\">%s%s. Here since ", u.disabled ? "Disabled, " : "", role_name(u.role));
	html_when(&an->body, u.created, "");
	html(&an->body, ", last logged in ");
	html_when(&an->body, u.last_login, "never");
	html(&an->body, ". Second factor: %s.</p><div class=\"columns\">", u.totp ? "yes" : "no");
	put_person_forms(rq, &an->body, &u, path);
	put_person_doors(rq, &an->body, &u, path);
	put_person_tokens(rq, &an->body, &tokens, path);
	html(&an->body, "</div>");
	page_end(rq, an);
	return REFTEL_OK;
}

/* ---- changes ----------------------------------------------------------------------------------------------------- */

static int collections_set(struct request *rq, const struct desk_actor *by, int64_t user, struct err *e)
{
	struct str *names = arena_new(&rq->arena, struct str, rq->web->o.n_collections + 1);
	size_t n = 0;

	/* Only what there is to see; a made-up name is left out. */
	for (size_t i = 0; i < rq->web->o.n_collections; i++)
		for (size_t k = 0; k < rq->fields.n; k++)
			if (str_eq(rq->fields.v[k].name, STR("collection")) &&
			    str_eq(rq->fields.v[k].value, str_of(rq->web->o.collections[i].name))) {
				names[n++] = rq->fields.v[k].value;
				break;
			}
	return desk_user_set_collections(rq->worker->desk, by, user, params_has(&rq->fields, "all"), names, n, e);
}

int do_people(struct request *rq, struct answer *an, struct err *e)
{
	struct desk_actor by = rq_actor(rq);
	struct str name = params_get(&rq->fields, "name"), password;
	struct desk_user u;
	int rc;

	if (rq->alone)
		return err_set(e, REFTEL_EINVAL,
			       "the first user is made by the command: reftel user add NAME --role "
			       "admin");
	rc = password_get(rq, &password, e);
	if (rc == REFTEL_OK)
		rc = desk_user_add(rq->worker->desk, &by, name, params_get(&rq->fields, "full_name"),
				   role_of(params_get(&rq->fields, "role")), password, e);
	if (rc == REFTEL_OK)
		rc = desk_user_find(rq->worker->desk, &rq->arena, name, &u, e);
	if (rc == REFTEL_OK)
		rc = collections_set(rq, &by, u.id, e);
	return rc ? rc : answer_redirect(rq, an, "/people?done=added");
}

static int person_change(struct request *rq, const struct desk_user *u, struct str what, struct err *e)
{
	struct desk *d = rq->worker->desk;
	struct desk_actor by = rq_actor(rq);
	struct str password;
	int rc;

	if (str_eq(what, STR("name")))
		return desk_user_set_name(d, &by, u->id, params_get(&rq->fields, "full_name"), e);
	if (str_eq(what, STR("role")))
		return desk_user_set_role(d, &by, u->id, role_of(params_get(&rq->fields, "role")), e);
	if (str_eq(what, STR("disable")) || str_eq(what, STR("enable")))
		return desk_user_set_disabled(d, &by, u->id, str_eq(what, STR("disable")), e);
	if (str_eq(what, STR("collections")))
		return collections_set(rq, &by, u->id, e);
	if (str_eq(what, STR("sessions")))
		return desk_sessions_end(d, &by, u->id, e);
	if (str_eq(what, STR("totp-remove")))
		return desk_totp_remove(d, &by, u->id, e);
	if (str_eq(what, STR("token-end")))
		return desk_token_end(d, &by, params_number(&rq->fields, "token", 1, INT64_MAX, 0), e);
	if (!str_eq(what, STR("password")))
		return err_set(e, REFTEL_EINVAL, "the form does not say what is to be done");
	rc = password_get(rq, &password, e);
	return rc ? rc : desk_user_set_password(d, &by, u->id, password, e);
}

int do_person(struct request *rq, struct answer *an, struct err *e)
{
	struct str what = params_get(&rq->fields, "do");
	struct desk_user u;
	int rc = desk_user_find(rq->worker->desk, &rq->arena, rq->part[1], &u, e);

	if (rc == REFTEL_OK)
		rc = person_change(rq, &u, what, e);
	return rc ? rc
		  : answer_redirect(rq, an,
				    arena_printf(&rq->arena, "/people/%s?done=%s", url_encode(&rq->arena, u.name),
						 url_encode(&rq->arena, what)));
}
