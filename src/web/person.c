/*
 * What the pages of people and of oneself share.
 */
#include "web/person.h"

static const struct {
	const char *name, *sentence;
} done[] = {
	{"added", "The user is there now. Say the password to them, and that they should change it."},
	{"name", "The name is changed."},
	{"role", "The role is changed; they must log in again."},
	{"disable", "They can no longer log in, and are logged out."},
	{"enable", "They may log in again."},
	{"collections", "The collections are changed."},
	{"password", "The password is changed, and all sessions have ended."},
	{"sessions", "All sessions have ended."},
	{"totp", "The second factor is set up: from now on its code is asked for."},
	{"totp-remove", "The second factor is removed."},
	{"token-end", "The token opens nothing any more."},
};

void put_done(struct request *rq, struct buf *b)
{
	struct str name = params_get(&rq->query, "done");

	for (size_t i = 0; name.n && i < sizeof(done) / sizeof(*done); i++)
		if (str_eq(name, str_of(done[i].name)))
			html(b, "<p class=\"done\" role=\"status\">%s</p>", done[i].sentence);
}

void put_alone(struct request *rq, struct answer *an, const char *title)
{
	struct page p = {.title = title, .place = "people"};

	page_begin(rq, an, &p);
	html(&an->body,
	     "<h1>%s</h1><p class=\"lead\">This desk has no users: whoever has its address may do everything, on this "
	     "machine alone.</p><p>The first user is made by whoever can write the desk's file, with the command: "
	     "<code>reftel user add NAME --role admin</code>. From then on everybody logs in, and an admin finds the "
	     "others here.</p>",
	     title);
	page_end(rq, an);
}

void put_form(struct request *rq, struct buf *b, const char *path, const char *what, const char *css)
{
	html(b, "<form method=\"post\" action=\"%s\" class=\"%s\"><input type=\"hidden\" name=\"do\" value=\"%s\">",
	     path, css, what);
	page_csrf(rq, b);
}

void put_new_password(struct buf *b)
{
	html(b,
	     "<label>New password, at least %d letters <input type=\"password\" name=\"password\" "
	     "autocomplete=\"new-password\" minlength=\"%d\" required></label><label>The same again <input "
	     "type=\"password\" name=\"again\" autocomplete=\"new-password\" minlength=\"%d\" required></label>",
	     DESK_PASSWORD_MIN, DESK_PASSWORD_MIN, DESK_PASSWORD_MIN);
}

int password_get(struct request *rq, struct str *out, struct err *e)
{
	*out = params_exact(&rq->fields, "password");
	return str_eq(*out, params_exact(&rq->fields, "again"))
		       ? REFTEL_OK
		       : err_set(e, REFTEL_EINVAL, "the new password was not written the same twice");
}
