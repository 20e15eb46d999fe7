/*
 * The people of a desk: their names and roles, what they may see, the last admin, and the log of all of it.
 */
#include "fixture.h"

static struct desk_user find(struct fixture *f, const char *name)
{
	struct desk_user u;

	MUST(f, desk_user_find(f->d, &f->a, str_of(name), &u, &f->e));
	return u;
}

static void test_added(void **state)
{
	struct fixture *f = *state;
	struct desk_user u;
	uint64_t n;

	MUST(f, desk_user_add(f->d, &f->by, STR("anna"), STR("Anna Berg"), ROLE_EDITOR, STR("tulip field 9"), &f->e));
	assert_string_equal(last_entry(f), "ops|command|user.add|user/anna|editor");
	MUST(f, desk_user_count(f->d, &n, &f->e));
	assert_int_equal(n, 1);
	u = find(f, "ANNA");
	assert_true(str_eq(u.name, STR("anna")));
	assert_true(str_eq(u.full_name, STR("Anna Berg")));
	assert_int_equal(u.role, ROLE_EDITOR);
	assert_false(u.disabled || u.totp || u.all_collections || u.n_collections || u.last_login);
	assert_true(u.created > 1600000000);
	assert_int_equal(desk_user_add(f->d, &f->by, STR("anna"), STR(""), ROLE_READER, STR("tulip field 9"), &f->e),
			 REFTEL_EEXIST);
	MUST(f, desk_user_count(f->d, &n, &f->e));
	assert_int_equal(n, 1);
	assert_int_equal(log_length(f), 1);
}

static void test_password_is_not_kept(void **state)
{
	struct fixture *f = *state;
	struct str file;

	MUST(f, desk_user_add(f->d, &f->by, STR("anna"), STR(""), ROLE_ADMIN, STR("tulip field 9"), &f->e));
	desk_close(f->d); /* and with it, what is in the WAL goes into the file */
	MUST(f, desk_open(f->dir, &f->d, &f->e));
	MUST(f, file_read(&f->a, f->file, 10 << 20, &file, &f->e));
	assert_true(str_find(file, STR("tulip field 9"), 0) == SIZE_MAX);
	assert_true(str_find(file, STR("$argon2id$v=19$m=65536,t=2,p=1$"), 0) != SIZE_MAX);
}

static void add_refused(struct fixture *f, struct str name, struct str full, enum role role, struct str password)
{
	int rc = desk_user_add(f->d, &f->by, name, full, role, password, &f->e);

	if (rc != REFTEL_EINVAL && rc != REFTEL_ELIMIT)
		fail_msg("%.*s: %d", STR_ARG(name), rc);
	assert_int_equal(log_length(f), 0);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	static const struct str names[] = {
		STR(""),          STR("Anna"),   STR("an na"),       STR(".anna"),
		STR("anna\n"),    STR("anna\0"), STR("ann\xc3\xa4"), STR("<b>anna</b>"),
		STR("anna/bert"), STR("-x"),     STR("anna'--"),
	};
	static char big[2000];
	const struct str pw = STR("tulip field 9");

	memset(big, 'a', sizeof(big));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		add_refused(f, names[i], STR(""), ROLE_READER, pw);
	add_refused(f, (struct str){big, DESK_NAME_MAX + 1}, STR(""), ROLE_READER, pw);
	add_refused(f, STR("anna"), STR("Anna\x1b[2J"), ROLE_READER, pw);
	add_refused(f, STR("anna"), STR("Anna\xff"), ROLE_READER, pw);
	add_refused(f, STR("anna"), (struct str){big, 500}, ROLE_READER, pw);
	add_refused(f, STR("anna"), STR(""), ROLE_NONE, pw);
	add_refused(f, STR("anna"), STR(""), (enum role)4, pw);
	add_refused(f, STR("anna"), STR(""), ROLE_READER, STR("short"));
	add_refused(f, STR("anna"), STR(""), ROLE_READER, STR("123456789"));
	add_refused(f, STR("anna"), STR(""), ROLE_READER, (struct str){big, DESK_PASSWORD_MAX + 1});
	assert_int_equal(desk_user_find(f->d, &f->a, STR("anna"), &(struct desk_user){0}, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_user_find(f->d, &f->a, (struct str){big, 2000}, &(struct desk_user){0}, &f->e),
			 REFTEL_ENOTFOUND);
}

static void test_roles(void **state)
{
	(void)state;
	for (enum role r = ROLE_READER; r <= ROLE_ADMIN; r++)
		assert_int_equal(role_of(str_of(role_name(r))), r);
	assert_int_equal(role_of(STR("root")), ROLE_NONE);
	assert_int_equal(role_of(STR("none")), ROLE_NONE);
	assert_int_equal(role_of(STR("")), ROLE_NONE);
}

static void test_last_admin(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_ADMIN), bert = user_cheap(f, "bert", ROLE_ADMIN);
	int64_t carl = user_cheap(f, "carl", ROLE_READER);

	MUST(f, desk_user_set_disabled(f->d, &f->by, carl, true, &f->e));
	MUST(f, desk_user_set_role(f->d, &f->by, anna, ROLE_READER, &f->e));
	assert_string_equal(last_entry(f), "ops|command|user.role|user/anna|reader");
	assert_int_equal(desk_user_set_role(f->d, &f->by, bert, ROLE_EDITOR, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_user_set_disabled(f->d, &f->by, bert, true, &f->e), REFTEL_EINVAL);
	assert_non_null(strstr(f->e.msg, "without an admin"));
	assert_int_equal(find(f, "bert").role, ROLE_ADMIN);
	assert_false(find(f, "bert").disabled);
	/* One who may not log in is none. */
	MUST(f, desk_user_set_role(f->d, &f->by, carl, ROLE_ADMIN, &f->e));
	assert_int_equal(desk_user_set_disabled(f->d, &f->by, bert, true, &f->e), REFTEL_EINVAL);
	MUST(f, desk_user_set_disabled(f->d, &f->by, carl, false, &f->e));
	assert_string_equal(last_entry(f), "ops|command|user.enable|user/carl|");
	MUST(f, desk_user_set_disabled(f->d, &f->by, bert, true, &f->e));
	assert_string_equal(last_entry(f), "ops|command|user.disable|user/bert|");
	assert_true(find(f, "bert").disabled);
}

/* A desk that never had an admin is the command's to keep, and may be changed. */
static void test_without_any_admin(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_READER);

	MUST(f, desk_user_set_disabled(f->d, &f->by, anna, true, &f->e));
	MUST(f, desk_user_set_role(f->d, &f->by, anna, ROLE_EDITOR, &f->e));
}

static void test_nobody(void **state)
{
	struct fixture *f = *state;
	struct desk *d = f->d;
	struct str secret;
	char token[DESK_TOKEN_TEXT + 1];

	assert_int_equal(desk_user_set_role(d, &f->by, 7, ROLE_READER, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_user_set_disabled(d, &f->by, 7, true, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_user_set_name(d, &f->by, 7, STR("x"), &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_user_set_password(d, &f->by, 7, STR("tulip field 9"), &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_user_set_collections(d, &f->by, 7, false, &STR("x"), 1, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_sessions_end(d, &f->by, 7, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_totp_begin(d, &f->a, &f->by, 7, &secret, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_totp_remove(d, &f->by, 7, &f->e), REFTEL_ENOTFOUND);
	assert_int_equal(desk_token_make(d, &f->by, 7, STR("x"), 0, token, &f->e), REFTEL_ENOTFOUND);
	assert_string_equal(token, "");
	assert_int_equal(log_length(f), 0);
}

static void test_collections(void **state)
{
	struct fixture *f = *state;
	const struct str two[] = {STR("embassy"), STR("cables"), STR("cables")};
	int64_t anna = user_cheap(f, "anna", ROLE_READER);
	struct desk_user u = find(f, "anna");

	assert_false(desk_user_sees(&u, STR("cables")));
	MUST(f, desk_user_set_collections(f->d, &f->by, anna, false, two, 3, &f->e));
	assert_string_equal(last_entry(f), "ops|command|user.collections|user/anna|embassy, cables, cables");
	u = find(f, "anna");
	assert_int_equal(u.n_collections, 2);
	assert_true(desk_user_sees(&u, STR("cables")));
	assert_true(desk_user_sees(&u, STR("embassy")));
	assert_false(desk_user_sees(&u, STR("cable")));
	assert_false(desk_user_sees(&u, STR("")));
	assert_false(desk_user_sees(&u, STR("Cables")));
	MUST(f, desk_user_set_collections(f->d, &f->by, anna, true, NULL, 0, &f->e));
	assert_string_equal(last_entry(f), "ops|command|user.collections|user/anna|all");
	u = find(f, "anna");
	assert_true(desk_user_sees(&u, STR("anything")));
	/* What was granted before does not come back with less. */
	MUST(f, desk_user_set_collections(f->d, &f->by, anna, false, &STR("other"), 1, &f->e));
	u = find(f, "anna");
	assert_false(desk_user_sees(&u, STR("cables")));
	assert_true(desk_user_sees(&u, STR("other")));
	assert_int_equal(desk_user_set_collections(f->d, &f->by, anna, false, &STR("a\nb"), 1, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_user_set_collections(f->d, &f->by, anna, false, &STR(""), 1, &f->e), REFTEL_EINVAL);
	u = find(f, "anna");
	assert_true(desk_user_sees(&u, STR("other")));
	MUST(f, desk_user_set_collections(f->d, &f->by, anna, false, NULL, 0, &f->e));
	u = find(f, "anna");
	assert_false(desk_user_sees(&u, STR("other")));
}

static void test_list(void **state)
{
	struct fixture *f = *state;
	struct desk_users users;

	user_cheap(f, "carl", ROLE_READER);
	MUST(f, desk_user_set_collections(f->d, &f->by, user_cheap(f, "anna", ROLE_ADMIN), false, &STR("cables"), 1,
					  &f->e));
	user_cheap(f, "bert", ROLE_EDITOR);
	MUST(f, desk_users(f->d, &f->a, &users, &f->e));
	assert_int_equal(users.n, 3);
	assert_true(str_eq(users.v[0].name, STR("anna")));
	assert_int_equal(users.v[0].n_collections, 1);
	assert_true(str_eq(users.v[1].name, STR("bert")));
	assert_int_equal(users.v[1].n_collections, 0);
	assert_true(str_eq(users.v[2].name, STR("carl")));
}

static void test_full_name(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_READER);

	MUST(f, desk_user_set_name(f->d, &f->by, anna, STR("أنّا بيرغ"), &f->e));
	assert_true(str_eq(find(f, "anna").full_name, STR("أنّا بيرغ")));
	assert_string_equal(last_entry(f), "ops|command|user.name|user/anna|أنّا بيرغ");
	assert_int_equal(desk_user_set_name(f->d, &f->by, anna, STR("a\tb"), &f->e), REFTEL_EINVAL);
	MUST(f, desk_user_set_name(f->d, &f->by, anna, STR(""), &f->e));
	assert_true(str_eq(find(f, "anna").full_name, STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_added),        DESK_TEST(test_password_is_not_kept), DESK_TEST(test_refused),
		cmocka_unit_test(test_roles), DESK_TEST(test_last_admin),           DESK_TEST(test_without_any_admin),
		DESK_TEST(test_nobody),       DESK_TEST(test_collections),          DESK_TEST(test_list),
		DESK_TEST(test_full_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
