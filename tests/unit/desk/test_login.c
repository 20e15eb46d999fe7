/*
 * Logging in and what comes of it: sessions that end, one answer for all that is wrong, nothing in the file that opens
 * a door.
 */
#include "fixture.h"

enum { NOW = 1800000000 };

static int login(struct fixture *f, const char *name, const char *password, int64_t now, struct desk_session *out)
{
	bool want;
	int rc = desk_login(f->d, &f->a, str_of(name), str_of(password), STR(""), STR("10.0.0.1"), now, out, &want,
			    &f->e);

	assert_false(want);
	return rc;
}

static int look(struct fixture *f, const char *token, int64_t now)
{
	struct desk_session s;
	int rc = desk_session_find(f->d, &f->a, str_of(token), now, &s, &f->e);

	assert_true(rc == REFTEL_OK ? s.id != 0 : s.id == 0);
	return rc;
}

static void test_login(void **state)
{
	struct fixture *f = *state;
	struct desk_session s, again, found;
	struct desk_user u;

	/* The whole way, with a password as costly as it is. */
	MUST(f, desk_user_add(f->d, &f->by, STR("anna"), STR(""), ROLE_ADMIN, STR("tulip field 9"), &f->e));
	MUST(f, login(f, "Anna", "tulip field 9", NOW, &s));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|login|user/anna|");
	assert_int_equal(strlen(s.token), DESK_TOKEN_TEXT);
	assert_int_equal(strlen(s.csrf), DESK_TOKEN_TEXT);
	assert_string_not_equal(s.token, s.csrf);
	assert_false(s.script);
	MUST(f, desk_session_find(f->d, &f->a, str_of(s.token), NOW, &found, &f->e));
	assert_int_equal(found.id, s.id);
	assert_int_equal(found.user.id, s.user.id);
	assert_string_equal(found.csrf, s.csrf);
	assert_string_equal(found.token, "");
	MUST(f, desk_user_find(f->d, &f->a, STR("anna"), &u, &f->e));
	assert_int_equal(u.last_login, NOW);
	MUST(f, login(f, "anna", "tulip field 9", NOW + 1, &again));
	assert_string_not_equal(s.token, again.token);
	assert_string_not_equal(s.csrf, again.csrf);
	assert_int_equal(look(f, s.token, NOW + 1), REFTEL_OK);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	struct desk_session s;
	char long_password[2000] = {0}, said[ERR_MESSAGE_MAX];
	static const struct {
		const char *name, *password, *entry;
	} tries[] = {
		{"anna", "tulip field 8", "|10.0.0.1|login.refused|user/anna|wrong password"},
		{"anna", "", "|10.0.0.1|login.refused|user/anna|wrong password"},
		{"anna", "Tulip field 9", "|10.0.0.1|login.refused|user/anna|wrong password"},
		{"bert", "tulip field 9", "|10.0.0.1|login.refused|user/bert|disabled"},
		/* A name that is none may be a password in the wrong field: it is not written down. */
		{"tulip field 9", "tulip field 9", "|10.0.0.1|login.refused||unknown name"},
		{"", "", "|10.0.0.1|login.refused||unknown name"},
		{"anna' --", "x", "|10.0.0.1|login.refused||unknown name"},
	};

	user_cheap(f, "anna", ROLE_READER);
	MUST(f, desk_user_set_disabled(f->d, &f->by, user_cheap(f, "bert", ROLE_READER), true, &f->e));
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		assert_int_equal(login(f, tries[i].name, tries[i].password, NOW, &s), REFTEL_EINVAL);
		assert_string_equal(last_entry(f), tries[i].entry);
		assert_int_equal(s.id, 0);
		assert_string_equal(s.token, "");
		if (i)
			assert_string_equal(f->e.msg, said);
		memcpy(said, f->e.msg, sizeof(said));
	}
	memset(long_password, 'x', sizeof(long_password) - 1);
	assert_int_equal(login(f, "anna", long_password, NOW, &s), REFTEL_EINVAL);
	assert_string_equal(f->e.msg, said);
}

/* What is held against nobody's password has the cost of a real one, or a name could be told by the time it takes. */
static void test_unknown_names_cost_the_same(void **state)
{
	struct fixture *f = *state;
	char kept[crypto_pwhash_STRBYTES];
	bool right;

	assert_int_equal(crypto_pwhash_str_alg(kept, "tulip field 9", 13, crypto_pwhash_OPSLIMIT_INTERACTIVE,
					       crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13),
			 0);
	assert_int_equal(crypto_pwhash_str_needs_rehash(desk_password_of_nobody(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
							crypto_pwhash_MEMLIMIT_INTERACTIVE),
			 0);
	assert_int_equal(strlen(desk_password_of_nobody()), strlen(kept));
	MUST(f, desk_password_check(STR(""), STR("tulip field 9"), &right, &f->e));
	assert_false(right);
	MUST(f, desk_password_check(str_of(kept), STR("tulip field 9"), &right, &f->e));
	assert_true(right);
	MUST(f, desk_password_check(STR("no hash at all"), STR("tulip field 9"), &right, &f->e));
	assert_false(right);
}

static void test_session_ends(void **state)
{
	struct fixture *f = *state;
	struct desk_session s;
	int64_t t;

	user_cheap(f, "anna", ROLE_READER);
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	assert_int_equal(look(f, s.token, NOW + DESK_IDLE_S - 1), REFTEL_OK); /* notes the use */
	assert_int_equal(look(f, s.token, NOW + 2 * DESK_IDLE_S - 2), REFTEL_OK);
	assert_int_equal(look(f, s.token, NOW + 3 * DESK_IDLE_S - 2), REFTEL_ENOTFOUND);
	/* However often it is used, it ends. */
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	for (t = NOW; t < NOW + DESK_SESSION_S; t += 3600)
		assert_int_equal(look(f, s.token, t), REFTEL_OK);
	assert_int_equal(look(f, s.token, NOW + DESK_SESSION_S - 1), REFTEL_OK);
	assert_int_equal(look(f, s.token, NOW + DESK_SESSION_S), REFTEL_ENOTFOUND);
	assert_non_null(strstr(f->e.msg, "log in again"));
}

static int64_t used(struct fixture *f, const char *table)
{
	int64_t at;
	const char *sql = !strcmp(table, "session") ? "SELECT max(used) FROM session" : "SELECT max(used) FROM token";

	MUST(f, sql_number(&f->d->sql, sql, &at, &f->e, "testing"));
	return at;
}

static void test_use_is_noted_once_a_minute(void **state)
{
	struct fixture *f = *state;
	struct desk_session s;

	user_cheap(f, "anna", ROLE_READER);
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	assert_int_equal(look(f, s.token, NOW + 59), REFTEL_OK);
	assert_int_equal(used(f, "session"), NOW);
	assert_int_equal(look(f, s.token, NOW + 60), REFTEL_OK);
	assert_int_equal(used(f, "session"), NOW + 60);
}

static void test_what_is_no_token(void **state)
{
	struct fixture *f = *state;
	struct desk_session s, out;
	char changed[DESK_TOKEN_TEXT + 1];

	user_cheap(f, "anna", ROLE_READER);
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	assert_int_equal(look(f, "", NOW), REFTEL_ENOTFOUND);
	assert_int_equal(look(f, "' OR 1=1 --", NOW), REFTEL_ENOTFOUND);
	assert_int_equal(desk_session_find(f->d, &f->a, (struct str){s.token, DESK_TOKEN_TEXT - 1}, NOW, &out, &f->e),
			 REFTEL_ENOTFOUND);
	assert_int_equal(desk_session_find(f->d, &f->a, (struct str){s.token, DESK_TOKEN_TEXT + 1}, NOW, &out, &f->e),
			 REFTEL_ENOTFOUND);
	for (size_t i = 0; i < DESK_TOKEN_TEXT; i++) {
		memcpy(changed, s.token, sizeof(changed));
		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		assert_int_equal(look(f, changed, NOW), REFTEL_ENOTFOUND);
	}
	assert_int_equal(look(f, s.csrf, NOW), REFTEL_ENOTFOUND);
	/* A script's token is no session, and the other way round. */
	assert_int_equal(desk_token_find(f->d, &f->a, str_of(s.token), NOW, &out, &f->e), REFTEL_ENOTFOUND);
}

static void test_nothing_in_the_file_opens_a_door(void **state)
{
	struct fixture *f = *state;
	struct desk_session s;
	struct str file;

	user_cheap(f, "anna", ROLE_READER);
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	desk_close(f->d);
	MUST(f, desk_open(f->dir, &f->d, &f->e));
	MUST(f, file_read(&f->a, f->file, 10 << 20, &file, &f->e));
	assert_true(str_find(file, STR("10.0.0.1"), 0) != SIZE_MAX); /* it is this file */
	assert_true(str_find(file, str_of(s.token), 0) == SIZE_MAX);
	assert_true(str_find(file, str_of(s.csrf), 0) == SIZE_MAX);
	assert_int_equal(look(f, s.token, NOW), REFTEL_OK);
}

static void test_ended_by_changes(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_READER), bert = user_cheap(f, "bert", ROLE_ADMIN);
	struct desk_session s, other;

	MUST(f, login(f, "bert", cheap_password, NOW, &other));
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	MUST(f, desk_user_set_role(f->d, &f->by, anna, ROLE_EDITOR, &f->e));
	assert_int_equal(look(f, s.token, NOW), REFTEL_ENOTFOUND);
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	MUST(f, desk_user_set_disabled(f->d, &f->by, anna, true, &f->e));
	assert_int_equal(look(f, s.token, NOW), REFTEL_ENOTFOUND);
	MUST(f, desk_user_set_disabled(f->d, &f->by, anna, false, &f->e));
	assert_int_equal(look(f, s.token, NOW), REFTEL_ENOTFOUND); /* it does not come back */
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	MUST(f, desk_sessions_end(f->d, &f->by, anna, &f->e));
	assert_string_equal(last_entry(f), "ops|command|logout.all|user/anna|");
	assert_int_equal(look(f, s.token, NOW), REFTEL_ENOTFOUND);
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	MUST(f, desk_user_set_password(f->d, &f->by, anna, STR("another field 10"), &f->e));
	assert_string_equal(last_entry(f), "ops|command|user.password|user/anna|");
	assert_int_equal(look(f, s.token, NOW), REFTEL_ENOTFOUND);
	assert_int_equal(login(f, "anna", cheap_password, NOW, &s), REFTEL_EINVAL);
	MUST(f, login(f, "anna", "another field 10", NOW, &s));
	assert_int_equal(look(f, other.token, NOW), REFTEL_OK);
	(void)bert;
}

static void test_logout(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_READER), bert = user_cheap(f, "bert", ROLE_EDITOR);
	const struct desk_actor is_anna = {anna, STR("anna"), STR("10.0.0.1")};
	const struct desk_actor is_bert = {bert, STR("bert"), STR("10.0.0.2")};
	struct desk_session s;

	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	assert_int_equal(desk_session_end(f->d, &is_bert, s.id, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(look(f, s.token, NOW), REFTEL_OK);
	MUST(f, desk_session_end(f->d, &is_anna, s.id, &f->e));
	assert_string_equal(last_entry(f), "anna|10.0.0.1|logout|user/anna|");
	assert_int_equal(look(f, s.token, NOW), REFTEL_ENOTFOUND);
	assert_int_equal(desk_session_end(f->d, &is_anna, s.id, &f->e), REFTEL_ENOTFOUND);
	/* An admin may, and so may the command. */
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	MUST(f, desk_user_set_role(f->d, &f->by, bert, ROLE_ADMIN, &f->e));
	MUST(f, desk_session_end(f->d, &is_bert, s.id, &f->e));
	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	MUST(f, desk_session_end(f->d, &f->by, s.id, &f->e));
}

/* What a session may is looked up with every use. */
static void test_collections_are_current(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_READER);
	struct desk_session s, found;

	MUST(f, login(f, "anna", cheap_password, NOW, &s));
	assert_false(desk_user_sees(&s.user, STR("cables")));
	MUST(f, desk_user_set_collections(f->d, &f->by, anna, false, &STR("cables"), 1, &f->e));
	MUST(f, desk_session_find(f->d, &f->a, str_of(s.token), NOW, &found, &f->e));
	assert_true(desk_user_sees(&found.user, STR("cables")));
	MUST(f, desk_user_set_collections(f->d, &f->by, anna, false, NULL, 0, &f->e));
	MUST(f, desk_session_find(f->d, &f->a, str_of(s.token), NOW, &found, &f->e));
	assert_false(desk_user_sees(&found.user, STR("cables")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_login),
		DESK_TEST(test_refused),
		DESK_TEST(test_unknown_names_cost_the_same),
		DESK_TEST(test_session_ends),
		DESK_TEST(test_use_is_noted_once_a_minute),
		DESK_TEST(test_what_is_no_token),
		DESK_TEST(test_nothing_in_the_file_opens_a_door),
		DESK_TEST(test_ended_by_changes),
		DESK_TEST(test_logout),
		DESK_TEST(test_collections_are_current),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
