/*
 * Oneself: name, password, second factor, sessions, tokens for scripts.
 */
#include "web/pages.h"
#include "web/person.h"

#include <inttypes.h>
#include <string.h>

enum { DAY_S = 86400, TOKEN_DAYS_MAX = 3650 };

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static void put_name(struct request *rq, struct buf *b)
{
	const struct desk_user *u = &rq->session.user;

	html(b, "<section aria-labelledby=\"name\"><h2 id=\"name\">Name</h2>");
	put_form(rq, b, "/me", "name", "stack");
	html(b,
	     "<label>As people know you <input name=\"full_name\" autocomplete=\"name\" value=\"%.*s\"></label>"
	     "<button class=\"second\">Change the name</button></form></section>",
	     STR_ARG(u->full_name));
}

static void put_password(struct request *rq, struct buf *b)
{
	html(b, "<section aria-labelledby=\"password\"><h2 id=\"password\">Password</h2>");
	put_form(rq, b, "/me", "password", "stack");
	html(b, "<label>Password until now <input type=\"password\" name=\"old\" autocomplete=\"current-password\" "
		"required></label>");
	put_new_password(b);
	html(b, "<button class=\"second\">Change the password</button><p class=\"soft\">All your sessions end, this "
		"one too.</p></form></section>");
}

static void put_totp(struct request *rq, struct buf *b)
{
	bool set = rq->session.user.totp;

	html(b, "<section aria-labelledby=\"totp\"><h2 id=\"totp\">Second factor</h2><p>%s</p>",
	     set ? "A code of your telephone is asked for when you log in."
		 : "None is set up. With one, your password alone does not open the desk.");
	put_form(rq, b, "/me", set ? "totp-remove" : "totp-begin", "stack");
	html(b, "<label>Your password <input type=\"password\" name=\"old\" autocomplete=\"current-password\" "
		"required></label>");
	html(b, "<button class=\"second\">%s</button></form></section>", set ? "Remove it" : "Set it up");
}

static void put_sessions(struct request *rq, struct buf *b)
{
	html(b, "<section aria-labelledby=\"sessions\"><h2 id=\"sessions\">Sessions</h2><p class=\"soft\">Wherever you "
		"are logged in, this browser included.</p>");
	put_form(rq, b, "/me", "sessions", "");
	html(b, "<button class=\"second\">End all my sessions</button></form></section>");
}

static void put_tokens(struct request *rq, struct buf *b, const struct desk_tokens *t)
{
	html(b,
	     "<section aria-labelledby=\"tokens\"><h2 id=\"tokens\">Tokens for scripts</h2><p class=\"soft\">A token "
	     "may do under <code>/api/v1/</code> what you may. <a href=\"/openapi.json\">What there is</a>.</p>");
	for (size_t i = 0; i < t->n; i++) {
		put_form(rq, b, "/me", "token-end", "row");
		html(b, "<input type=\"hidden\" name=\"token\" value=\"%" PRId64 "\"><span><bdi>%.*s</bdi>: until ",
		     t->v[i].id, STR_ARG(t->v[i].label));
		html_when(b, t->v[i].expires, "ended");
		html(b, ", last used ");
		html_when(b, t->v[i].last_used, "never");
		html(b,
		     "</span><button class=\"second\">End<span class=\"visually-hidden\"> %.*s</span></button></form>",
		     STR_ARG(t->v[i].label));
	}
	put_form(rq, b, "/me", "token", "stack");
	html(b,
	     "<label>What it is for <input name=\"label\" required maxlength=\"%d\"></label><label>Days that it "
	     "lives; 0 for ever <input name=\"days\" inputmode=\"numeric\" value=\"90\" pattern=\"[0-9]{1,4}\" "
	     "required></label><button class=\"second\">Make a token</button></form></section>",
	     DESK_NAME_MAX);
}

int page_me(struct request *rq, struct answer *an, struct err *e)
{
	struct page p = {.title = "My account"};
	struct desk_tokens tokens;
	int rc;

	if (rq->alone) {
		put_alone(rq, an, "My account");
		return REFTEL_OK;
	}
	rc = desk_tokens(rq->worker->desk, &rq->arena, rq->session.user.id, &tokens, e);
	if (rc != REFTEL_OK)
		return rc;
	page_begin(rq, an, &p);
	html(&an->body, "<h1>My account</h1>");
	put_done(rq, &an->body);
	html(&an->body, "<p class=\"soft\">You log in as <bdi>%.*s</bdi>; you are %s %s.</p><div class=\"columns\">",
	     STR_ARG(rq->session.user.name), rq->session.user.role == ROLE_READER ? "a" : "an",
	     role_name(rq->session.user.role));
	put_name(rq, &an->body);
	put_password(rq, &an->body);
	put_totp(rq, &an->body);
	put_sessions(rq, &an->body);
	put_tokens(rq, &an->body, &tokens);
	html(&an->body, "</div>");
	page_end(rq, an);
	return REFTEL_OK;
}

/* ---- what is shown once ------------------------------------------------------------------------------------------ */

/* wrong NULL: the first time. The secret comes back with the code, so that a slip of the finger costs nothing. */
static void put_totp_page(struct request *rq, struct answer *an, struct str base32, const char *wrong)
{
	struct page p = {.title = "Second factor"};
	struct str address = desk_totp_address(&rq->arena, rq->session.user.name, base32);
	struct buf *b = &an->body;

	page_begin(rq, an, &p);
	html(b, "<h1>Set up the second factor</h1>");
	if (wrong)
		html(b, "<p class=\"wrong\" role=\"alert\">%c%s.</p>", ascii_toupper(wrong[0]), wrong + 1);
	html(b, "<p>Let the program for codes on your telephone read this picture, or type the secret into it.</p>");
	put_qr(b, arena_dup(&rq->arena, address), "The secret as a picture; it stands below as text");
	html(b, "<p>Secret: <code class=\"secret\" data-test=\"totp-secret\">%.*s</code></p>", STR_ARG(base32));
	put_form(rq, b, "/me", "totp-confirm", "stack");
	html(b,
	     "<input type=\"hidden\" name=\"secret\" value=\"%.*s\"><label>The code that it shows now <input "
	     "name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\" pattern=\"[0-9]{6}\" maxlength=\"6\" "
	     "required></label><button>Confirm</button></form><p><a href=\"/me\">Leave it</a></p>",
	     STR_ARG(base32));
	page_end(rq, an);
}

static int totp_begin(struct request *rq, struct answer *an, const struct desk_actor *by, struct err *e)
{
	struct str base32;
	int rc = desk_totp_begin(rq->worker->desk, &rq->arena, by, by->user, &base32, e);

	if (rc == REFTEL_OK)
		put_totp_page(rq, an, base32, NULL);
	return rc;
}

static int totp_confirm(struct request *rq, struct answer *an, const struct desk_actor *by, struct err *e)
{
	int rc = desk_totp_confirm(rq->worker->desk, by, by->user, params_get(&rq->fields, "code"), clock_now(), e);

	if (rc == REFTEL_OK)
		return answer_redirect(rq, an, "/me?done=totp");
	if (rc != REFTEL_EINVAL)
		return rc;
	put_totp_page(rq, an, params_get(&rq->fields, "secret"), e->msg);
	an->status = 400;
	return REFTEL_OK;
}

static int token_make(struct request *rq, struct answer *an, const struct desk_actor *by, struct err *e)
{
	int64_t days = params_number(&rq->fields, "days", 0, TOKEN_DAYS_MAX, -1);
	struct page p = {.title = "A new token"};
	char token[DESK_TOKEN_TEXT + 1];
	int rc;

	if (days < 0)
		return err_set(e, REFTEL_EINVAL, "a token lives from 1 to %d days, or 0 for ever", TOKEN_DAYS_MAX);
	rc = desk_token_make(rq->worker->desk, by, by->user, params_get(&rq->fields, "label"),
			     days ? clock_now() + days * DAY_S : 0, token, e);
	if (rc != REFTEL_OK)
		return rc;
	page_begin(rq, an, &p);
	html(&an->body,
	     "<h1>A new token</h1><p>It is shown this once: keep it where nobody else reads it.</p><p><code "
	     "class=\"secret\" data-test=\"token\">%s</code></p><p>Sent along as <code>Authorization: Bearer</code>. "
	     "<a href=\"/me\">Back to my account</a></p>",
	     token);
	page_end(rq, an);
	return REFTEL_OK;
}

/* ---- changes ----------------------------------------------------------------------------------------------------- */

static int password_change(struct request *rq, struct answer *an, const struct desk_actor *by, struct err *e)
{
	struct str password;
	int rc = password_get(rq, &password, e);

	if (rc == REFTEL_OK)
		rc = desk_user_set_password(rq->worker->desk, by, by->user, password, e);
	if (rc != REFTEL_OK)
		return rc;
	who_clear_cookie(rq, an);
	return answer_redirect(rq, an, "/login?done=password");
}

static int sessions_end(struct request *rq, struct answer *an, const struct desk_actor *by, struct err *e)
{
	int rc = desk_sessions_end(rq->worker->desk, by, by->user, e);

	if (rc != REFTEL_OK)
		return rc;
	who_clear_cookie(rq, an);
	return answer_redirect(rq, an, "/login?done=sessions");
}

static int name_change(struct request *rq, struct answer *an, const struct desk_actor *by, struct err *e)
{
	int rc = desk_user_set_name(rq->worker->desk, by, by->user, params_get(&rq->fields, "full_name"), e);

	return rc ? rc : answer_redirect(rq, an, "/me?done=name");
}

static int totp_remove(struct request *rq, struct answer *an, const struct desk_actor *by, struct err *e)
{
	int rc = desk_totp_remove(rq->worker->desk, by, by->user, e);

	return rc ? rc : answer_redirect(rq, an, "/me?done=totp-remove");
}

static int token_end(struct request *rq, struct answer *an, const struct desk_actor *by, struct err *e)
{
	int rc = desk_token_end(rq->worker->desk, by, params_number(&rq->fields, "token", 1, INT64_MAX, 0), e);

	return rc ? rc : answer_redirect(rq, an, "/me?done=token-end");
}

static const struct change {
	const char *name;
	int (*make)(struct request *rq, struct answer *an, const struct desk_actor *by, struct err *e);
	bool password; /* is asked for once more */
} changes[] = {
	{"name", name_change, false},          {"password", password_change, true}, {"totp-begin", totp_begin, true},
	{"totp-confirm", totp_confirm, false}, {"totp-remove", totp_remove, true},  {"sessions", sessions_end, false},
	{"token", token_make, false},          {"token-end", token_end, false},
};

int do_me(struct request *rq, struct answer *an, struct err *e)
{
	struct str what = params_get(&rq->fields, "do");
	struct desk_actor by = rq_actor(rq);

	if (rq->alone)
		return err_set(e, REFTEL_EINVAL, "this desk has no users: reftel user add NAME --role admin");
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		int rc = REFTEL_OK;

		if (!str_eq(what, str_of(changes[i].name)))
			continue;
		if (changes[i].password)
			rc = desk_password_again(rq->worker->desk, &rq->arena, &by, params_exact(&rq->fields, "old"),
						 clock_now(), e);
		return rc ? rc : changes[i].make(rq, an, &by, e);
	}
	return err_set(e, REFTEL_EINVAL, "the form does not say what is to be done");
}
