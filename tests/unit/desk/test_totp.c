/*
 * The second factor: the codes of RFC 6238, when they are taken, and that none is taken twice.
 */
#include "fixture.h"

#include <pthread.h>

enum { NOW = 1800000000 };

/* RFC 6238, appendix B, SHA-1: the last six of its eight digits. */
static void test_rfc_6238(void **state)
{
	static const struct {
		int64_t time;
		uint32_t code;
	} vectors[] = {{59, 287082},       {1111111109, 81804},  {1111111111, 50471},
		       {1234567890, 5924}, {2000000000, 279037}, {20000000000, 353130}};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		uint32_t code;

		MUST(f, totp_code((const unsigned char *)"12345678901234567890", 20, (uint64_t)vectors[i].time / 30,
				  &code, &f->e));
		assert_int_equal(code, vectors[i].code);
	}
}

/* What a telephone does with the letters that it was given. */
static void base32_read(struct str s, unsigned char out[TOTP_SECRET])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *at = strchr(letters, s.p[i]);

		assert_non_null(at);
		bits = bits << 5 | (unsigned)(at - letters);
		have += 5;
		if (have >= 8) {
			have -= 8;
			out[n++] = (unsigned char)(bits >> have);
			bits &= (1u << have) - 1;
		}
	}
	assert_int_equal(n, TOTP_SECRET);
}

static struct str code_at(struct fixture *f, struct str base32, int64_t now)
{
	unsigned char secret[TOTP_SECRET];
	uint32_t code;

	base32_read(base32, secret);
	MUST(f, totp_code(secret, sizeof(secret), (uint64_t)now / 30, &code, &f->e));
	return str_of(arena_printf(&f->a, "%06u", code));
}

/* A user with a second factor that was confirmed an hour ago. */
static struct str second_factor(struct fixture *f, int64_t user)
{
	struct str base32;

	MUST(f, desk_totp_begin(f->d, &f->a, &f->by, user, &base32, &f->e));
	MUST(f, desk_totp_confirm(f->d, &f->by, user, code_at(f, base32, NOW - 3600), NOW - 3600, &f->e));
	return base32;
}

static int login(struct fixture *f, struct str password, struct str code, int64_t now, bool *want)
{
	struct desk_session s;
	int rc = desk_login(f->d, &f->a, STR("anna"), password, code, STR("10.0.0.1"), now, &s, want, &f->e);

	assert_int_equal(rc == REFTEL_OK, s.token[0] != '\0');
	return rc;
}

static void test_getting_one(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_READER);
	struct desk_user u;
	struct str base32, address;
	bool want;

	assert_int_equal(desk_totp_confirm(f->d, &f->by, anna, STR("123456"), NOW, &f->e), REFTEL_ENOTFOUND);
	MUST(f, desk_totp_begin(f->d, &f->a, &f->by, anna, &base32, &f->e));
	assert_int_equal(base32.n, 32);
	address = desk_totp_address(&f->a, STR("anna"), base32);
	assert_true(str_starts(address, STR("otpauth://totp/reftel:anna?secret=")));
	assert_true(str_find(address, base32, 0) != SIZE_MAX);
	/* It does not count yet. */
	MUST(f, login(f, str_of(cheap_password), STR(""), NOW, &want));
	assert_int_equal(desk_totp_confirm(f->d, &f->by, anna, STR("12345"), NOW, &f->e), REFTEL_EINVAL);
	assert_int_equal(desk_totp_confirm(f->d, &f->by, anna, code_at(f, base32, NOW + 90), NOW, &f->e),
			 REFTEL_EINVAL);
	MUST(f, desk_totp_confirm(f->d, &f->by, anna, code_at(f, base32, NOW), NOW, &f->e));
	assert_string_equal(last_entry(f), "ops|command|totp.add|user/anna|");
	MUST(f, desk_user_find(f->d, &f->a, STR("anna"), &u, &f->e));
	assert_true(u.totp);
	/* The code that confirmed it was used with that. */
	assert_int_equal(login(f, str_of(cheap_password), code_at(f, base32, NOW), NOW, &want), REFTEL_EINVAL);
	assert_true(want);
	MUST(f, login(f, str_of(cheap_password), code_at(f, base32, NOW + 30), NOW + 30, &want));
}

static void test_a_new_one_is_another(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_READER);
	struct str first = second_factor(f, anna), second;
	bool want;

	MUST(f, desk_totp_begin(f->d, &f->a, &f->by, anna, &second, &f->e));
	assert_false(str_eq(first, second));
	/* Until the second is confirmed, the first counts. */
	assert_int_equal(login(f, str_of(cheap_password), code_at(f, second, NOW), NOW, &want), REFTEL_EINVAL);
	MUST(f, login(f, str_of(cheap_password), code_at(f, first, NOW), NOW, &want));
	MUST(f, desk_totp_confirm(f->d, &f->by, anna, code_at(f, second, NOW + 60), NOW + 60, &f->e));
	assert_int_equal(login(f, str_of(cheap_password), code_at(f, first, NOW + 120), NOW + 120, &want),
			 REFTEL_EINVAL);
	MUST(f, login(f, str_of(cheap_password), code_at(f, second, NOW + 120), NOW + 120, &want));
}

static void test_wanted(void **state)
{
	struct fixture *f = *state;
	struct str base32 = second_factor(f, user_cheap(f, "anna", ROLE_READER));
	int64_t entries = log_length(f);
	bool want;

	/* The right password alone is no failure, however often. */
	for (int i = 0; i < 12; i++) {
		assert_int_equal(login(f, str_of(cheap_password), STR(""), NOW, &want), REFTEL_EINVAL);
		assert_true(want);
	}
	assert_int_equal(log_length(f), entries);
	/* Whoever has not the password is told nothing of a code. */
	assert_int_equal(login(f, STR("wrong"), STR(""), NOW, &want), REFTEL_EINVAL);
	assert_false(want);
	assert_int_equal(login(f, STR("wrong"), code_at(f, base32, NOW), NOW, &want), REFTEL_EINVAL);
	assert_false(want);
	assert_string_equal(last_entry(f), "|10.0.0.1|login.refused|user/anna|wrong password");
	MUST(f, login(f, str_of(cheap_password), code_at(f, base32, NOW), NOW, &want));
	assert_false(want);
}

static void test_window(void **state)
{
	struct fixture *f = *state;
	struct str base32 = second_factor(f, user_cheap(f, "anna", ROLE_READER));
	static const int steps_off[] = {-2, 2, -1, 0, 1};
	bool want;

	for (size_t i = 0; i < sizeof(steps_off) / sizeof(*steps_off); i++) {
		int64_t at = NOW + 30 * steps_off[i];
		int rc = login(f, str_of(cheap_password), code_at(f, base32, at), NOW, &want);

		assert_int_equal(rc, i < 2 ? REFTEL_EINVAL : REFTEL_OK);
	}
}

static void test_used_once(void **state)
{
	struct fixture *f = *state;
	struct str base32 = second_factor(f, user_cheap(f, "anna", ROLE_READER));
	bool want;

	MUST(f, login(f, str_of(cheap_password), code_at(f, base32, NOW), NOW, &want));
	assert_int_equal(login(f, str_of(cheap_password), code_at(f, base32, NOW), NOW + 1, &want), REFTEL_EINVAL);
	assert_string_equal(last_entry(f), "|10.0.0.1|login.refused|user/anna|wrong code");
	/* Nor one of before, though its time has not run out. */
	assert_int_equal(login(f, str_of(cheap_password), code_at(f, base32, NOW - 30), NOW + 1, &want), REFTEL_EINVAL);
	MUST(f, login(f, str_of(cheap_password), code_at(f, base32, NOW + 30), NOW + 1, &want));
}

static void test_no_codes(void **state)
{
	struct fixture *f = *state;
	struct str base32 = second_factor(f, user_cheap(f, "anna", ROLE_READER)), right = code_at(f, base32, NOW);
	const struct str tries[] = {
		str_sub(right, 0, 5),
		str_of(arena_printf(&f->a, "%.*s0", STR_ARG(right))),
		str_of(arena_printf(&f->a, "+%.*s", STR_ARG(right))),
		STR("abcdef"),
	};
	bool want;

	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++)
		assert_int_equal(login(f, str_of(cheap_password), tries[i], NOW, &want), REFTEL_EINVAL);
	/* As telephones show it. */
	MUST(f, login(f, str_of(cheap_password), str_of(arena_printf(&f->a, "%.3s %.3s", right.p, right.p + 3)), NOW,
		      &want));
}

/* A wrong code is a failure like any other, also with the right password in between. */
static void test_guessing_codes(void **state)
{
	struct fixture *f = *state;
	bool want;
	int rc = REFTEL_OK, guesses = 0;

	second_factor(f, user_cheap(f, "anna", ROLE_READER));
	for (int i = 0; i < 20 && rc != REFTEL_EBUSY; i++) {
		rc = login(f, str_of(cheap_password), STR("no code"), NOW, &want);
		guesses += rc == REFTEL_EINVAL;
		if (rc != REFTEL_EBUSY)
			rc = login(f, str_of(cheap_password), STR(""), NOW, &want);
	}
	assert_int_equal(rc, REFTEL_EBUSY);
	assert_int_equal(guesses, 5);
}

static void test_removed(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_READER);
	bool want;

	assert_int_equal(desk_totp_remove(f->d, &f->by, anna, &f->e), REFTEL_ENOTFOUND);
	second_factor(f, anna);
	MUST(f, desk_totp_remove(f->d, &f->by, anna, &f->e));
	assert_string_equal(last_entry(f), "ops|command|totp.remove|user/anna|");
	MUST(f, login(f, str_of(cheap_password), STR(""), NOW, &want));
}

/* ---- two at once ------------------------------------------------------------------------------------------------- */

enum { THREADS = 4 };

struct user_of_code {
	struct fixture *f;
	int64_t user;
	struct str code;
	bool right;
	int rc;
};

static void *use(void *ctx)
{
	struct user_of_code *x = ctx;
	struct desk *d;
	struct err e;

	x->rc = desk_open(x->f->dir, &d, &e);
	if (x->rc == REFTEL_OK)
		x->rc = desk_totp_use(d, x->user, x->code, NOW, &x->right, &e);
	desk_close(d);
	return NULL;
}

static void test_used_once_by_several_at_once(void **state)
{
	struct fixture *f = *state;
	int64_t anna = user_cheap(f, "anna", ROLE_READER);
	struct str base32 = second_factor(f, anna);

	for (int round = 0; round < 10; round++) {
		struct user_of_code x[THREADS];
		pthread_t threads[THREADS];
		int right = 0;

		MUST(f, desk_run(f->d, "UPDATE user SET totp_step = 0", (struct sql_values){0}, NULL, &f->e));
		for (int i = 0; i < THREADS; i++) {
			x[i] = (struct user_of_code){f, anna, code_at(f, base32, NOW), false, 0};
			assert_int_equal(pthread_create(&threads[i], NULL, use, &x[i]), 0);
		}
		for (int i = 0; i < THREADS; i++) {
			pthread_join(threads[i], NULL);
			assert_int_equal(x[i].rc, REFTEL_OK);
			right += x[i].right;
		}
		assert_int_equal(right, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_rfc_6238),
		DESK_TEST(test_getting_one),
		DESK_TEST(test_a_new_one_is_another),
		DESK_TEST(test_wanted),
		DESK_TEST(test_window),
		DESK_TEST(test_used_once),
		DESK_TEST(test_no_codes),
		DESK_TEST(test_guessing_codes),
		DESK_TEST(test_removed),
		DESK_TEST(test_used_once_by_several_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
