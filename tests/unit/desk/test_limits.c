/*
 * Guessing: who must wait, for how long, and that nobody can keep somebody else out for ever.
 */
#include "fixture.h"

#include <pthread.h>

enum { NOW = 1800000000 };

static int try(struct fixture *f, const char *name, const char *password, const char *from, int64_t now)
{
	struct desk_session s;
	bool want;

	return desk_login(f->d, &f->a, str_of(name), str_of(password), STR(""), str_of(from), now, &s, &want, &f->e);
}

/* Only the counting, without the work on a password. */
static int count(struct fixture *f, const char *name, const char *from, int64_t now)
{
	struct login_keys k;

	login_keys_make(str_of(name), str_of(from), &k);
	return login_attempt(f->d, &k, now, &f->e);
}

static void test_waits_double(void **state)
{
	struct fixture *f = *state;
	static const int waits[] = {10, 20, 40, 80, 160, 320, 640, 900, 900, 900};
	int64_t now = NOW;

	user_cheap(f, "anna", ROLE_READER);
	for (int i = 0; i < 5; i++)
		assert_int_equal(try(f, "anna", "wrong", "10.0.0.1", now), REFTEL_EINVAL);
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		int64_t entries = log_length(f);

		/* Even what is right must wait, and nothing is done or written down for it. */
		assert_int_equal(try(f, "anna", cheap_password, "10.0.0.1", now), REFTEL_EBUSY);
		assert_int_equal(try(f, "anna", "wrong", "10.0.0.1", now + waits[i] - 1), REFTEL_EBUSY);
		assert_non_null(strstr(f->e.msg, "wait 1 second"));
		assert_int_equal(log_length(f), entries);
		now += waits[i];
		assert_int_equal(try(f, "anna", "wrong", "10.0.0.1", now), REFTEL_EINVAL);
	}
	assert_int_equal(try(f, "anna", "wrong", "10.0.0.1", now), REFTEL_EBUSY);
	assert_non_null(strstr(f->e.msg, "wait 15 minutes"));
	MUST(f, try(f, "anna", cheap_password, "10.0.0.1", now + 900));
	/* Forgotten with that. */
	for (int i = 0; i < 5; i++)
		assert_int_equal(try(f, "anna", "wrong", "10.0.0.1", now + 900), REFTEL_EINVAL);
	assert_int_equal(try(f, "anna", "wrong", "10.0.0.1", now + 900), REFTEL_EBUSY);
}

static void test_a_restart_forgets_nothing(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++)
		MUST(f, count(f, "anna", "10.0.0.1", NOW));
	desk_close(f->d);
	MUST(f, desk_open(f->dir, &f->d, &f->e));
	assert_int_equal(count(f, "anna", "10.0.0.1", NOW + 9), REFTEL_EBUSY);
	MUST(f, count(f, "anna", "10.0.0.1", NOW + 10));
}

static void test_a_day_forgets(void **state)
{
	struct fixture *f = *state;
	int64_t rows;

	for (int i = 0; i < 5; i++)
		MUST(f, count(f, "anna", "10.0.0.1", NOW));
	MUST(f, count(f, "anna", "10.0.0.1", NOW + 86400));
	MUST(f, count(f, "anna", "10.0.0.1", NOW + 86400));
	MUST(f, count(f, "bert", "10.0.0.2", NOW + 3 * 86400));
	MUST(f, sql_number(&f->d->sql, "SELECT count(*) FROM failure", &rows, &f->e, "testing"));
	assert_int_equal(rows, 3); /* what is forgotten is not kept either */
}

/* Names that exist and names that do not are counted alike: the waiting tells nothing. */
static void test_unknown_names_wait_too(void **state)
{
	struct fixture *f = *state;

	user_cheap(f, "anna", ROLE_READER);
	for (int i = 0; i < 5; i++) {
		MUST(f, count(f, "anna", "10.0.0.1", NOW));
		assert_int_equal(count(f, "nobody", "10.0.0.2", NOW), REFTEL_OK);
	}
	assert_int_equal(try(f, "anna", "x", "10.0.0.1", NOW), REFTEL_EBUSY);
	assert_int_equal(try(f, "nobody", "x", "10.0.0.2", NOW), REFTEL_EBUSY);
}

/* One password on many names. */
static void test_an_address_waits(void **state)
{
	struct fixture *f = *state;
	char name[20];

	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "user%d", i);
		MUST(f, count(f, name, "10.0.0.1", NOW));
	}
	assert_int_equal(count(f, "another", "10.0.0.1", NOW + 9), REFTEL_EBUSY);
	MUST(f, count(f, "another", "10.0.0.2", NOW + 9));
	MUST(f, count(f, "another", "10.0.0.1", NOW + 10));
}

/* One who fails and fails keeps nobody from his desk behind the same address, and gets nowhere with their names. */
static void test_behind_one_address(void **state)
{
	struct fixture *f = *state;
	int guesses = 0;

	user_cheap(f, "anna", ROLE_READER);
	user_cheap(f, "bert", ROLE_READER);
	MUST(f, try(f, "anna", cheap_password, "127.0.0.1", NOW));
	for (int i = 0; i < 20; i++)
		MUST(f, count(f, i % 2 ? "nobody" : "none", "127.0.0.1", NOW + 40 * i * 60));
	assert_int_equal(count(f, "new", "127.0.0.1", NOW + 40 * 19 * 60 + 9), REFTEL_EBUSY);
	/* Anna has been here, with a slip. Bert has not: it may be anybody. */
	assert_int_equal(try(f, "anna", "slip", "127.0.0.1", NOW + 40 * 19 * 60 + 9), REFTEL_EINVAL);
	MUST(f, try(f, "anna", cheap_password, "127.0.0.1", NOW + 40 * 19 * 60 + 9));
	assert_int_equal(try(f, "bert", cheap_password, "127.0.0.1", NOW + 40 * 19 * 60 + 9), REFTEL_EBUSY);
	/* Her own login, again and again, buys no guess at others either. */
	for (int i = 0; i < 5; i++) {
		MUST(f, try(f, "anna", cheap_password, "127.0.0.1", NOW + 40 * 19 * 60 + 9));
		assert_int_equal(count(f, "carl", "127.0.0.1", NOW + 40 * 19 * 60 + 9), REFTEL_EBUSY);
	}
	MUST(f, count(f, "carl", "127.0.0.1", NOW + 40 * 19 * 60 + 10));
	/* At a name that is known there an hour brings a few guesses, not five at once. */
	for (int i = 0; i < 3600; i++)
		guesses += count(f, "anna", "127.0.0.1", NOW + 800 * 60 + i) == REFTEL_OK;
	assert_in_range(guesses, 3, 12);
	assert_int_equal(try(f, "anna", "x", "127.0.0.1", NOW + 800 * 60 + 3600), REFTEL_EBUSY);
}

static void test_addresses_of_one_person(void **state)
{
	struct fixture *f = *state;
	char from[64];

	/* All of a /64 are one; another /64 is another. */
	for (int i = 0; i < 5; i++) {
		snprintf(from, sizeof(from), "2001:db8:1:2:%x::%x", i + 1, 77 * i);
		MUST(f, count(f, "anna", from, NOW));
	}
	assert_int_equal(count(f, "anna", "2001:db8:1:2:ffff::1", NOW), REFTEL_EBUSY);
	MUST(f, count(f, "anna", "2001:db8:1:3::1", NOW));
	/* An IPv4 address is one, however it is written; its neighbour is another. */
	for (int i = 0; i < 5; i++)
		MUST(f, count(f, "bert", i % 2 ? "::ffff:10.1.2.3" : "10.1.2.3", NOW));
	assert_int_equal(count(f, "bert", "10.1.2.3", NOW), REFTEL_EBUSY);
	MUST(f, count(f, "bert", "10.1.2.4", NOW));
	MUST(f, count(f, "bert", "::ffff:10.1.2.4", NOW));
	/* No address at all (a socket), and something that is none. */
	MUST(f, count(f, "carl", "", NOW));
	MUST(f, count(f, "carl",
		      "a very strange address, and a long one, longer than any address that there is, which "
		      "must not overflow anything at all in here",
		      NOW));
}

/* A name and an address run together are not another name's. */
static void test_keys_are_apart(void **state)
{
	struct login_keys a, b;

	(void)state;
	login_keys_make(STR("an"), STR("naX"), &a);
	login_keys_make(STR("anna"), STR("X"), &b);
	assert_memory_not_equal(a.pair, b.pair, DESK_HASH);
	login_keys_make(STR(""), STR("X"), &a);
	assert_memory_not_equal(a.pair, a.address, DESK_HASH);
	assert_memory_not_equal(a.name, a.address, DESK_HASH);
}

/* Whoever guesses from everywhere makes the name wait, but not where its owner has been before. */
static void test_nobody_is_kept_out(void **state)
{
	struct fixture *f = *state;
	char from[64];
	int i, rc = REFTEL_OK;

	user_cheap(f, "anna", ROLE_READER);
	MUST(f, try(f, "anna", cheap_password, "10.0.0.1", NOW));
	for (i = 0; i < 200 && rc == REFTEL_OK; i++) {
		snprintf(from, sizeof(from), "10.2.%d.%d", i / 50, i % 50);
		rc = count(f, "anna", from, NOW);
	}
	assert_int_equal(rc, REFTEL_EBUSY);
	assert_int_equal(i, 101);
	assert_int_equal(try(f, "anna", cheap_password, "10.0.0.2", NOW), REFTEL_EBUSY);
	MUST(f, try(f, "anna", cheap_password, "10.0.0.1", NOW));
	/* From a new place after a wait that has an end, however many guesses there were. */
	for (int64_t now = NOW; now < NOW + 40000; now += 1) {
		snprintf(from, sizeof(from), "10.3.%d.%d", (int)(now / 200 % 200), (int)(now % 200));
		if (now % 60 == 0)
			count(f, "anna", from, now);
	}
	rc = REFTEL_EBUSY;
	for (i = 0; i < 900 && rc == REFTEL_EBUSY; i++)
		rc = count(f, "anna", "10.0.0.9", NOW + 40000 + i);
	assert_int_equal(rc, REFTEL_OK);
	/* After three months that place is known no longer. */
	for (i = 0; i < 100; i++) {
		snprintf(from, sizeof(from), "10.4.0.%d", i);
		count(f, "anna", from, NOW + 91 * 86400);
	}
	assert_int_equal(count(f, "anna", "10.0.0.1", NOW + 91 * 86400), REFTEL_EBUSY);
}

/* Who guesses at others' passwords cannot wipe that out by logging in as himself. */
static void test_own_login_forgives_nothing_else(void **state)
{
	struct fixture *f = *state;
	char name[20];

	user_cheap(f, "mallory", ROLE_READER);
	for (int i = 0; i < 18; i++) {
		snprintf(name, sizeof(name), "user%d", i);
		MUST(f, count(f, name, "10.0.0.1", NOW));
	}
	MUST(f, try(f, "mallory", cheap_password, "10.0.0.1", NOW));
	MUST(f, count(f, "user20", "10.0.0.1", NOW));
	MUST(f, count(f, "user21", "10.0.0.1", NOW));
	assert_int_equal(count(f, "user22", "10.0.0.1", NOW), REFTEL_EBUSY);
}

/* But slips that end in a login are nobody's guesses: an office behind one address does not collect them. */
static void test_slips_are_taken_back(void **state)
{
	struct fixture *f = *state;
	char name[20];

	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "user%d", i);
		user_cheap(f, name, ROLE_READER);
		assert_int_equal(try(f, name, "slip", "10.0.0.1", NOW), REFTEL_EINVAL);
		assert_int_equal(try(f, name, "slip", "10.0.0.1", NOW), REFTEL_EINVAL);
		MUST(f, try(f, name, cheap_password, "10.0.0.1", NOW));
	}
}

static void test_a_clock_that_was_set_back(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++)
		MUST(f, count(f, "anna", "10.0.0.1", NOW));
	assert_int_equal(count(f, "anna", "10.0.0.1", NOW), REFTEL_EBUSY);
	MUST(f, count(f, "anna", "10.0.0.1", NOW - 30 * 86400));
}

/* ---- many at once ------------------------------------------------------------------------------------------------ */

enum { THREADS = 4, TRIES = 10 };

struct guesser {
	struct fixture *f;
	int passed, waited, other;
};

static void *guess(void *ctx)
{
	struct guesser *g = ctx;
	struct arena a = {0};
	struct desk_session s;
	struct err e;
	struct desk *d;
	bool want;

	if (desk_open(g->f->dir, &d, &e) != REFTEL_OK)
		return NULL;
	for (int i = 0; i < TRIES; i++) {
		int rc = desk_login(d, &a, STR("anna"), STR("wrong one"), STR(""), STR("10.0.0.1"), NOW, &s, &want, &e);

		g->passed += rc == REFTEL_EINVAL;
		g->waited += rc == REFTEL_EBUSY;
		g->other += rc != REFTEL_EINVAL && rc != REFTEL_EBUSY;
	}
	desk_close(d);
	arena_free(&a);
	return NULL;
}

/* The count is raised before the work: as many guesses as one after the other, not as many as fit into that time. */
static void test_guesses_at_once(void **state)
{
	struct fixture *f = *state;
	struct guesser g[THREADS];
	pthread_t threads[THREADS];
	int passed = 0, waited = 0;

	user_cheap(f, "anna", ROLE_READER);
	for (int i = 0; i < THREADS; i++) {
		g[i] = (struct guesser){.f = f};
		assert_int_equal(pthread_create(&threads[i], NULL, guess, &g[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		passed += g[i].passed;
		waited += g[i].waited;
		assert_int_equal(g[i].other, 0);
	}
	assert_int_equal(passed, 5);
	assert_int_equal(waited, THREADS * TRIES - 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_waits_double),
		DESK_TEST(test_a_restart_forgets_nothing),
		DESK_TEST(test_a_day_forgets),
		DESK_TEST(test_unknown_names_wait_too),
		DESK_TEST(test_an_address_waits),
		DESK_TEST(test_behind_one_address),
		DESK_TEST(test_addresses_of_one_person),
		cmocka_unit_test(test_keys_are_apart),
		DESK_TEST(test_nobody_is_kept_out),
		DESK_TEST(test_own_login_forgives_nothing_else),
		DESK_TEST(test_slips_are_taken_back),
		DESK_TEST(test_a_clock_that_was_set_back),
		DESK_TEST(test_guesses_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
