/*
 * Tokens for scripts: what they open, until when, and who may take them away.
 */
#include "fixture.h"

static int look(struct fixture *f, const char *token, int64_t now, struct desk_session *s)
{
	return desk_token_find(f->d, &f->a, str_of(token), now, s, &f->e);
}

static void test_made_and_found(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_EDITOR);
	char token[DESK_TOKEN_TEXT + 1], other[DESK_TOKEN_TEXT + 1];
	struct desk_session s;
	struct desk_tokens list;
	int64_t now = clock_now();

	MUST(f, desk_token_make(f->d, &f->by, anna, STR("nightly export"), now + 100, token, &f->e));
	assert_string_equal(last_entry(f), "ops|command|token.add|user/anna|nightly export");
	assert_int_equal(strlen(token), DESK_TOKEN_TEXT);
	MUST(f, desk_token_make(f->d, &f->by, anna, STR("for ever"), 0, other, &f->e));
	assert_string_not_equal(token, other);
	MUST(f, look(f, token, now, &s));
	assert_true(s.script);
	assert_int_equal(s.user.id, anna);
	assert_int_equal(s.user.role, ROLE_EDITOR);
	assert_string_equal(s.csrf, "");
	assert_string_equal(s.token, "");
	MUST(f, desk_tokens(f->d, &f->a, anna, &list, &f->e));
	assert_int_equal(list.n, 2);
	assert_true(str_eq(list.v[0].label, STR("for ever")));
	assert_int_equal(list.v[0].last_used, 0);
	assert_int_equal(list.v[1].id, s.id);
	assert_int_equal(list.v[1].last_used, now);
	assert_int_equal(list.v[1].expires, now + 100);
	/* A use is noted once a minute. */
	MUST(f, look(f, token, now + 59, &s));
	MUST(f, desk_tokens(f->d, &f->a, anna, &list, &f->e));
	assert_int_equal(list.v[1].last_used, now);
	MUST(f, look(f, token, now + 60, &s));
	MUST(f, desk_tokens(f->d, &f->a, anna, &list, &f->e));
	assert_int_equal(list.v[1].last_used, now + 60);
	MUST(f, look(f, token, now + 99, &s));
	assert_int_equal(look(f, token, now + 100, &s), REFTEL_ENOTFOUND);
	MUST(f, look(f, other, now + 1000000000, &s));
	/* It is no session. */
	assert_int_equal(desk_session_find(f->d, &f->a, str_of(other), now, &s, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(look(f, "", now, &s), REFTEL_ENOTFOUND);
	other[3] ^= 1;
	assert_int_equal(look(f, other, now, &s), REFTEL_ENOTFOUND);
}

static void test_of_a_disabled_user(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_EDITOR);
	char token[DESK_TOKEN_TEXT + 1];
	struct desk_session s;

	MUST(f, desk_token_make(f->d, &f->by, anna, STR("export"), 0, token, &f->e));
	MUST(f, desk_user_set_disabled(f->d, &f->by, anna, true, &f->e));
	assert_int_equal(look(f, token, 1800000000, &s), REFTEL_ENOTFOUND);
	assert_int_equal(s.user.id, 0);
	MUST(f, desk_user_set_disabled(f->d, &f->by, anna, false, &f->e));
	MUST(f, look(f, token, 1800000000, &s));
}

static void test_ended(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_EDITOR), bert = user_cheap(f, "bert", ROLE_EDITOR);
	const struct desk_actor is_anna = {anna, STR("anna"), STR("10.0.0.1")};
	const struct desk_actor is_bert = {bert, STR("bert"), STR("10.0.0.2")};
	char token[DESK_TOKEN_TEXT + 1];
	struct desk_tokens list;
	struct desk_session s;

	MUST(f, desk_token_make(f->d, &is_anna, anna, STR("export"), 0, token, &f->e));
	MUST(f, look(f, token, 1800000000, &s));
	assert_int_equal(desk_token_end(f->d, &is_bert, s.id, &f->e), REFTEL_ENOTFOUND);
	MUST(f, look(f, token, 1800000000, &s));
	MUST(f, desk_token_end(f->d, &is_anna, s.id, &f->e));
	assert_string_equal(last_entry(f),
			    arena_printf(&f->a, "anna|10.0.0.1|token.remove|user/anna|token %d", (int)s.id));
	assert_int_equal(look(f, token, 1800000000, &s), REFTEL_ENOTFOUND);
	MUST(f, desk_tokens(f->d, &f->a, anna, &list, &f->e));
	assert_int_equal(list.n, 0);
	assert_int_equal(desk_token_end(f->d, &f->by, 1, &f->e), REFTEL_ENOTFOUND);
	/* Ids are not given again: what an old page names is not another one's. */
	MUST(f, desk_token_make(f->d, &is_anna, anna, STR("export"), 0, token, &f->e));
	MUST(f, look(f, token, 1800000000, &s));
	assert_int_equal(s.id, 2);
	MUST(f, desk_user_set_role(f->d, &f->by, bert, ROLE_ADMIN, &f->e));
	MUST(f, desk_token_end(f->d, &is_bert, s.id, &f->e));
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_EDITOR);
	char token[DESK_TOKEN_TEXT + 1] = "", big[200];

	memset(big, 'a', sizeof(big));
	assert_int_equal(desk_token_make(f->d, &f->by, anna, STR(""), 0, token, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_token_make(f->d, &f->by, anna, STR("a\nb"), 0, token, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_token_make(f->d, &f->by, anna, (struct str){big, 200}, 0, token, &f->e), REFTEL_ELIMIT);
	assert_int_equal(desk_token_make(f->d, &f->by, anna, STR("x"), 1, token, &f->e), REFTEL_EINVAL);
	assert_string_equal(token, "");
	assert_int_equal(log_length(f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_made_and_found),
		DESK_TEST(test_of_a_disabled_user),
		DESK_TEST(test_ended),
		DESK_TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
