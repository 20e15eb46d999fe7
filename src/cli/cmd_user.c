/*
 * reftel user: who may use the desk. A verb, whom it is about, and what.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

enum { TOKEN_DAYS = 365, DAYS_MAX = 36500, COLLECTIONS_MAX = 1000 };

struct user_call {
	const char *desk, *full_name, *role, *collections, *label, *days;
	bool remove;
	struct desk *d;
	struct desk_actor by;
	char **args; /* behind the verb */
};

static int fail_or_ok(int rc, const struct err *e)
{
	return rc == REFTEL_OK ? EXIT_OK : cli_fail(e);
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */

static json_t *time_json(int64_t t)
{
	char iso[32];

	if (!t)
		return json_null();
	clock_iso(t, iso);
	return json_string(iso);
}

static json_t *user_json(const struct desk_user *u)
{
	json_t *o = json_object(), *list = json_array();

	json_object_set_new(o, "name", view_str(u->name));
	json_object_set_new(o, "full_name", view_str(u->full_name));
	json_object_set_new(o, "role", json_string(role_name(u->role)));
	json_object_set_new(o, "disabled", json_boolean(u->disabled));
	json_object_set_new(o, "second_factor", json_boolean(u->totp));
	json_object_set_new(o, "all_collections", json_boolean(u->all_collections));
	for (size_t i = 0; i < u->n_collections; i++)
		json_array_append_new(list, view_str(u->collections[i]));
	json_object_set_new(o, "collections", list);
	json_object_set_new(o, "created", time_json(u->created));
	json_object_set_new(o, "last_login", time_json(u->last_login));
	return o;
}

static void user_put(struct cli *c, const struct desk_user *u)
{
	char seen[32] = "never";

	if (u->last_login)
		clock_iso(u->last_login, seen);
	printf("%.*s  %s%s%s  last login %s  sees ", STR_ARG(u->name), role_name(u->role),
	       u->disabled ? ", disabled" : "", u->totp ? ", second factor" : "", seen);
	if (u->all_collections)
		printf("all");
	else if (!u->n_collections)
		printf("nothing");
	for (size_t i = 0; i < u->n_collections; i++) {
		printf("%s", i ? ", " : "");
		cli_put(c, u->collections[i]);
	}
	if (u->full_name.n) {
		printf("  (");
		cli_put(c, u->full_name);
		printf(")");
	}
	printf("\n");
}

/* How it is now, behind every change. */
static int user_show(struct cli *c, struct user_call *call)
{
	struct desk_user u;
	struct err e = {0};

	if (desk_user_find(call->d, &c->arena, str_of(call->args[0]), &u, &e) != REFTEL_OK)
		return cli_fail(&e);
	if (c->json)
		cli_put_json(user_json(&u));
	else
		user_put(c, &u);
	return EXIT_OK;
}

static int changed(struct cli *c, struct user_call *call, int rc, const struct err *e)
{
	return rc == REFTEL_OK ? user_show(c, call) : cli_fail(e);
}

static int user_look(struct cli *c, struct user_call *call, struct desk_user *u, struct err *e)
{
	int rc = desk_user_find(call->d, &c->arena, str_of(call->args[0]), u, e);

	return rc == REFTEL_ENOTFOUND ? err_set(e, rc, "there is no user \"%.64s\": `reftel user list`", call->args[0])
				      : rc;
}

static int do_list(struct cli *c, struct user_call *call)
{
	struct desk_users users;
	struct err e = {0};
	json_t *list;

	if (desk_users(call->d, &c->arena, &users, &e) != REFTEL_OK)
		return cli_fail(&e);
	if (!c->json) {
		for (size_t i = 0; i < users.n; i++)
			user_put(c, &users.v[i]);
		return EXIT_OK;
	}
	list = json_array();
	for (size_t i = 0; i < users.n; i++)
		json_array_append_new(list, user_json(&users.v[i]));
	cli_put_json(list);
	return EXIT_OK;
}

/* ---- adding and changing ----------------------------------------------------------------------------------------- */

/* "all", or names with commas between. */
static int collections_set(struct cli *c, struct user_call *call, const char *list, int64_t user, struct err *e)
{
	struct str *names = arena_new(&c->arena, struct str, COLLECTIONS_MAX);
	struct str rest = str_of(list);
	size_t n = 0;

	if (!strcmp(list, "all"))
		return desk_user_set_collections(call->d, &call->by, user, true, NULL, 0, e);
	while (rest.n) {
		size_t comma = str_find(rest, STR(","), 0);
		struct str name = str_trim(str_sub(rest, 0, comma));

		if (n == COLLECTIONS_MAX)
			return err_set(e, REFTEL_ELIMIT, "more than %d collections", COLLECTIONS_MAX);
		if (name.n)
			names[n++] = name;
		rest = comma == SIZE_MAX ? STR("") : str_sub(rest, comma + 1, rest.n);
	}
	return desk_user_set_collections(call->d, &call->by, user, false, names, n, e);
}

/* A desk that nobody may administer is no mistake, because the command may; but it should not come as a surprise. */
static void warn_without_admin(struct cli *c, struct user_call *call)
{
	struct desk_users users;

	if (desk_users(call->d, &c->arena, &users, NULL) != REFTEL_OK)
		return;
	for (size_t i = 0; i < users.n; i++)
		if (users.v[i].role == ROLE_ADMIN && !users.v[i].disabled)
			return;
	fprintf(stderr, "reftel: nobody is an admin yet: `reftel user role NAME admin`\n");
}

static int do_add(struct cli *c, struct user_call *call)
{
	enum role role = role_of(str_of(call->role ? call->role : "reader"));
	char secret[CLI_PASSWORD_MAX];
	struct str password, name = str_of(call->args[0]);
	struct desk_user u;
	struct err e = {0};
	int rc;

	if (role == ROLE_NONE)
		return cli_usage(c, "a role is reader, editor or admin");
	rc = cli_ask_password("Password:", secret, &password, &e);
	if (rc == REFTEL_OK)
		rc = desk_user_add(call->d, &call->by, name, str_of(call->full_name), role, password, &e);
	explicit_bzero(secret, sizeof(secret));
	if (rc == REFTEL_OK)
		rc = user_look(c, call, &u, &e);
	if (rc == REFTEL_OK)
		rc = collections_set(c, call, call->collections ? call->collections : "all", u.id, &e);
	if (rc == REFTEL_OK)
		warn_without_admin(c, call);
	return changed(c, call, rc, &e);
}

static int do_password(struct cli *c, struct user_call *call)
{
	char secret[CLI_PASSWORD_MAX];
	struct str password;
	struct desk_user u;
	struct err e = {0};
	int rc = user_look(c, call, &u, &e);

	if (rc == REFTEL_OK)
		rc = cli_ask_password("New password:", secret, &password, &e);
	if (rc == REFTEL_OK)
		rc = desk_user_set_password(call->d, &call->by, u.id, password, &e);
	explicit_bzero(secret, sizeof(secret));
	return changed(c, call, rc, &e);
}

static int do_role(struct cli *c, struct user_call *call)
{
	enum role role = role_of(str_of(call->args[1]));
	struct desk_user u;
	struct err e = {0};
	int rc;

	if (role == ROLE_NONE)
		return cli_usage(c, "a role is reader, editor or admin");
	rc = user_look(c, call, &u, &e);
	if (rc == REFTEL_OK)
		rc = desk_user_set_role(call->d, &call->by, u.id, role, &e);
	return changed(c, call, rc, &e);
}

static int set_disabled(struct cli *c, struct user_call *call, bool disabled)
{
	struct desk_user u;
	struct err e = {0};
	int rc = user_look(c, call, &u, &e);

	if (rc == REFTEL_OK)
		rc = desk_user_set_disabled(call->d, &call->by, u.id, disabled, &e);
	return changed(c, call, rc, &e);
}

static int do_disable(struct cli *c, struct user_call *call)
{
	return set_disabled(c, call, true);
}

static int do_enable(struct cli *c, struct user_call *call)
{
	return set_disabled(c, call, false);
}

static int do_collections(struct cli *c, struct user_call *call)
{
	struct desk_user u;
	struct err e = {0};
	int rc = user_look(c, call, &u, &e);

	if (rc == REFTEL_OK)
		rc = collections_set(c, call, call->args[1], u.id, &e);
	return changed(c, call, rc, &e);
}

/* ---- the second factor ------------------------------------------------------------------------------------------- */

static int totp_give(struct cli *c, struct user_call *call, const struct desk_user *u, struct err *e)
{
	struct str secret, address, code;
	char answer[64];
	int rc = desk_totp_begin(call->d, &c->arena, &call->by, u->id, &secret, e);

	if (rc != REFTEL_OK)
		return rc;
	address = desk_totp_address(&c->arena, u->name, secret);
	printf("address  %.*s\nsecret   %.*s\n", STR_ARG(address), STR_ARG(secret));
	rc = cli_ask("The code that the telephone shows now:", false, answer, sizeof(answer), &code, e);
	return rc == REFTEL_OK ? desk_totp_confirm(call->d, &call->by, u->id, code, clock_now(), e) : rc;
}

static int do_totp(struct cli *c, struct user_call *call)
{
	struct desk_user u;
	struct err e = {0};
	int rc = c->json ? REFTEL_EINVAL : user_look(c, call, &u, &e);

	if (c->json)
		return cli_usage(c, "totp asks for a code and prints no JSON");
	if (rc == REFTEL_OK)
		rc = call->remove ? desk_totp_remove(call->d, &call->by, u.id, &e) : totp_give(c, call, &u, &e);
	return changed(c, call, rc, &e);
}

/* ---- tokens for scripts ------------------------------------------------------------------------------------------ */

static int do_token(struct cli *c, struct user_call *call)
{
	char token[DESK_TOKEN_TEXT + 1] = "";
	uint64_t days = TOKEN_DAYS;
	struct desk_user u;
	struct err e = {0};
	int64_t expires;
	int rc;

	if (!call->label)
		return cli_usage(c, "token needs --label: what the script is called");
	if (call->days && !cli_read_number(call->days, DAYS_MAX, &days))
		return cli_usage(c, "--days takes a number of days; 0 is for ever");
	expires = days ? clock_now() + (int64_t)days * 86400 : 0;
	rc = user_look(c, call, &u, &e);
	if (rc == REFTEL_OK)
		rc = desk_token_make(call->d, &call->by, u.id, str_of(call->label), expires, token, &e);
	if (rc == REFTEL_OK && c->json) {
		json_t *o = json_object();

		json_object_set_new(o, "token", json_string(token));
		json_object_set_new(o, "expires", time_json(expires));
		cli_put_json(o);
	} else if (rc == REFTEL_OK) {
		printf("%s\n", token);
		fprintf(stderr, "reftel: the token is shown this once and kept nowhere\n");
	}
	explicit_bzero(token, sizeof(token));
	return fail_or_ok(rc, &e);
}

static json_t *token_json(const struct desk_token *t)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", json_integer(t->id));
	json_object_set_new(o, "label", view_str(t->label));
	json_object_set_new(o, "created", time_json(t->created));
	json_object_set_new(o, "expires", time_json(t->expires));
	json_object_set_new(o, "last_used", time_json(t->last_used));
	return o;
}

static void token_put(struct cli *c, const struct desk_token *t)
{
	char expires[32] = "never", used[32] = "never";

	if (t->expires)
		clock_iso(t->expires, expires);
	if (t->last_used)
		clock_iso(t->last_used, used);
	printf("%" PRId64 "  ends %s  last used %s  ", t->id, expires, used);
	cli_put(c, t->label);
	printf("\n");
}

static int do_tokens(struct cli *c, struct user_call *call)
{
	struct desk_tokens tokens = {0};
	struct desk_user u;
	struct err e = {0};
	json_t *list;
	int rc = user_look(c, call, &u, &e);

	if (rc == REFTEL_OK)
		rc = desk_tokens(call->d, &c->arena, u.id, &tokens, &e);
	if (rc != REFTEL_OK)
		return cli_fail(&e);
	list = c->json ? json_array() : NULL;
	for (size_t i = 0; i < tokens.n; i++)
		if (list)
			json_array_append_new(list, token_json(&tokens.v[i]));
		else
			token_put(c, &tokens.v[i]);
	if (list)
		cli_put_json(list);
	return EXIT_OK;
}

static int do_untoken(struct cli *c, struct user_call *call)
{
	struct err e = {0};
	uint64_t id;

	if (!cli_read_number(call->args[0], INT64_MAX, &id))
		return cli_usage(c, "untoken takes the number that `reftel user tokens NAME` shows");
	return fail_or_ok(desk_token_end(call->d, &call->by, (int64_t)id, &e), &e);
}

/* ---- which of them ----------------------------------------------------------------------------------------------- */

static const struct verb {
	const char *name;
	int args;
	const char *options; /* the letters of those that it takes */
	int (*run)(struct cli *c, struct user_call *call);
} verbs[] = {
	{"add", 1, "nrc", do_add},
	{"list", 0, "", do_list},
	{"password", 1, "", do_password},
	{"role", 2, "", do_role},
	{"disable", 1, "", do_disable},
	{"enable", 1, "", do_enable},
	{"collections", 2, "", do_collections},
	{"totp", 1, "R", do_totp},
	{"token", 1, "ld", do_token},
	{"tokens", 1, "", do_tokens},
	{"untoken", 1, "", do_untoken},
	{NULL, 0, NULL, NULL},
};

static const struct verb *verb_find(const char *name)
{
	const struct verb *v = verbs;

	while (v->name && strcmp(v->name, name) != 0)
		v++;
	return v->name ? v : NULL;
}

static int options_check(struct cli *c, const struct verb *v, const struct user_call *call)
{
	const struct {
		const char *name;
		char letter;
		bool given;
	} options[] = {{"--full-name", 'n', call->full_name},
		       {"--role", 'r', call->role},
		       {"--collections", 'c', call->collections},
		       {"--remove", 'R', call->remove},
		       {"--label", 'l', call->label},
		       {"--days", 'd', call->days}};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].given && !strchr(v->options, options[i].letter))
			return cli_usage(c, "%s does not go with %s", options[i].name, v->name);
	return EXIT_OK;
}

int cmd_user(struct cli *c, int argc, char **argv)
{
	struct user_call call = {0};
	const struct cli_option options[] = {
		CLI_TEXT("desk", &call.desk),     CLI_TEXT("full-name", &call.full_name),
		CLI_TEXT("role", &call.role),     CLI_TEXT("collections", &call.collections),
		CLI_FLAG("remove", &call.remove), CLI_TEXT("label", &call.label),
		CLI_TEXT("days", &call.days),     CLI_END,
	};
	const struct verb *v;
	int status;

	if (!cli_options(c, argc, argv, options, &status))
		return status;
	v = optind < argc ? verb_find(argv[optind]) : NULL;
	if (optind == argc)
		return cli_usage(c, "what about the users?");
	if (!v)
		return cli_usage(c, "user does not know \"%.40s\"", argv[optind]);
	if (argc - optind - 1 != v->args)
		return cli_usage(c, "user %s takes %s", v->name,
				 v->args == 0   ? "nothing more"
				 : v->args == 1 ? "one name or number"
						: "a name and what it is to be");
	status = options_check(c, v, &call);
	if (status == EXIT_OK)
		status = cli_desk_open(c, call.desk, v->run == do_add, &call.d);
	if (status != EXIT_OK)
		return status;
	call.by = cli_desk_actor(c);
	call.args = argv + optind + 1;
	status = v->run(c, &call);
	desk_close(call.d);
	return status;
}
