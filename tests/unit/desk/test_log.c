/*
 * The log: what is written is read, nobody changes it through SQLite as it stands, and whoever takes its triggers away
 * and changes anything is found.
 */
#include "fixture.h"

static void add(struct fixture *f, const char *who, const char *action, const char *object)
{
	const struct desk_entry x = {.when = 1000 + log_length(f),
				     .who = str_of(who),
				     .from = STR("10.0.0.7"),
				     .action = str_of(action),
				     .object = str_of(object),
				     .detail = STR("a detail")};

	MUST(f, desk_log(f->d, &x, &f->e));
}

static void fill(struct fixture *f)
{
	add(f, "anna", "login", "user/anna");
	add(f, "", "login.refused", "user/bert");
	add(f, "anna", "note.add", "cables/08KALVIK412");
	add(f, "bert", "login", "user/bert");
	add(f, "anna", "logout", "user/anna");
	add(f, "bert", "loginx", "no such thing");
}

static int numbers_keep(void *ctx, const struct desk_entry *x)
{
	char *out = ctx;

	snprintf(out + strlen(out), 100, "%d ", (int)x->number);
	return 0;
}

static void numbers_are(struct fixture *f, struct desk_log_filter filter, const char *expected)
{
	char got[1000] = "";

	MUST(f, desk_log_each(f->d, &filter, numbers_keep, got, &f->e));
	assert_string_equal(got, expected);
}

static void test_filters(void **state)
{
	struct fixture *f = *state;

	fill(f);
	numbers_are(f, (struct desk_log_filter){0}, "1 2 3 4 5 6 ");
	numbers_are(f, (struct desk_log_filter){.newest_first = true}, "6 5 4 3 2 1 ");
	numbers_are(f, (struct desk_log_filter){.who = STR("anna")}, "1 3 5 ");
	numbers_are(f, (struct desk_log_filter){.action = STR("login")}, "1 2 4 ");
	numbers_are(f, (struct desk_log_filter){.action = STR("login.refused")}, "2 ");
	numbers_are(f, (struct desk_log_filter){.action = STR("login"), .who = STR("bert")}, "4 ");
	numbers_are(f, (struct desk_log_filter){.after = 2, .before = 5}, "3 4 ");
	numbers_are(f, (struct desk_log_filter){.limit = 2}, "1 2 ");
	numbers_are(f, (struct desk_log_filter){.limit = 2, .newest_first = true, .before = 4}, "3 2 ");
	numbers_are(f, (struct desk_log_filter){.who = STR("anna' OR 1")}, "");
}

static int stop(void *ctx, const struct desk_entry *x)
{
	(void)x;
	return ++*(int *)ctx == 2 ? 77 : 0;
}

static void test_each_is_stopped(void **state)
{
	struct fixture *f = *state;
	int n = 0;

	fill(f);
	assert_int_equal(desk_log_each(f->d, &(struct desk_log_filter){0}, stop, &n, &f->e), 77);
	assert_int_equal(n, 2);
}

static int one_keep(void *ctx, const struct desk_entry *x)
{
	struct desk_entry *out = ((void **)ctx)[0];
	struct arena *a = ((void **)ctx)[1];

	*out = *x;
	out->who = arena_str(a, x->who);
	out->detail = arena_str(a, x->detail);
	return 0;
}

/* Names and files come from outside: an entry is one line of text, whatever they are. */
static void test_hostile_texts(void **state)
{
	struct fixture *f = *state;
	char big[5000];
	struct desk_entry x = {.action = STR("test"), .who = STR("an\nna\x1b[31m\0x")}, got;
	void *ctx[] = {&got, &f->a};

	memset(big, 'a', sizeof(big));
	memcpy(big + 1022, "\xe2\x82\xac", 3); /* the cut must not go through it */
	x.detail = (struct str){big, sizeof(big)};
	MUST(f, desk_log(f->d, &x, &f->e));
	MUST(f, desk_log_each(f->d, &(struct desk_log_filter){0}, one_keep, ctx, &f->e));
	assert_true(str_eq(got.who, STR("an na [31m x")));
	assert_int_equal(got.detail.n, 1022);
	assert_int_equal(log_length(f), 1);
	x.who = STR("\xff\xfe");
	MUST(f, desk_log(f->d, &x, &f->e));
	MUST(f, desk_log_each(f->d, &(struct desk_log_filter){.after = 1}, one_keep, ctx, &f->e));
	assert_true(str_eq(got.who, STR("\xef\xbf\xbd\xef\xbf\xbd")));
	assert_true(got.when > 1600000000);
	assert_int_equal(log_length(f), 2);
}

/* ---- the chain --------------------------------------------------------------------------------------------------- */

/* What docs/desk.md says, put together by hand. */
static void test_layout(void **state)
{
	struct fixture *f = *state;
	const struct desk_entry x = {.when = 0x0102030405,
				     .who = STR("anna"),
				     .from = STR("::1"),
				     .action = STR("note.add"),
				     .object = STR("cables/08KALVIK412"),
				     .detail = STR("")};
	static const unsigned char bytes[] = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
					     "\1\0\0\0\0\0\0\0"
					     "\5\4\3\2\1\0\0\0"
					     "\4\0\0\0\0\0\0\0anna"
					     "\3\0\0\0\0\0\0\0::1"
					     "\10\0\0\0\0\0\0\0note.add"
					     "\22\0\0\0\0\0\0\0cables/08KALVIK412"
					     "\0\0\0\0\0\0\0";
	unsigned char hash[32];
	struct desk_log_head head;

	MUST(f, desk_log(f->d, &x, &f->e));
	MUST(f, desk_log_verify(f->d, NULL, &head, &f->e));
	crypto_generichash(hash, sizeof(hash), bytes, sizeof(bytes), NULL, 0);
	assert_int_equal(head.number, 1);
	assert_memory_equal(head.hash, hash, sizeof(hash));
}

static void test_empty(void **state)
{
	struct fixture *f = *state;
	static const unsigned char zeros[32];
	struct desk_log_head head;

	MUST(f, desk_log_verify(f->d, NULL, &head, &f->e));
	assert_int_equal(head.number, 0);
	assert_memory_equal(head.hash, zeros, 32);
}

#define REST "address, action, object, detail, hash FROM log WHERE number = 2"

static void test_refused_by_the_database(void **state)
{
	struct fixture *f = *state;
	static const char *const tries[] = {
		"UPDATE log SET detail = 'x' WHERE number = 2",
		"DELETE FROM log",
		"DELETE FROM log WHERE number = 6",
		("REPLACE INTO log SELECT number, time, 'mallory', " REST),
		("INSERT INTO log SELECT 9, time, who, " REST),
		("INSERT INTO log SELECT -1, time, who, " REST),
		("INSERT INTO log SELECT 7, time, NULL, " REST),
	};

	fill(f);
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++)
		if (raw(f, tries[i]))
			fail_msg("passed: %s", tries[i]);
	assert_int_equal(log_length(f), 6);
	/* At its end anybody may add; that it is no entry of the desk's shows in the chain. */
	assert_true(raw(f, "INSERT INTO log SELECT 7, time, who, " REST));
	assert_int_equal(desk_log_verify(f->d, NULL, NULL, &f->e), REFTEL_EFORMAT);
	assert_non_null(strstr(f->e.msg, "entry 7 "));
}

#define WITHOUT_TRIGGERS "DROP TRIGGER log_no_update; DROP TRIGGER log_no_delete; DROP TRIGGER log_in_order;"

/* Each change of each entry, from a copy of the untouched file. */
static void test_tampering_is_found(void **state)
{
	struct fixture *f = *state;
	static const char *const changes[] = {
		"UPDATE log SET time = time + 1 WHERE number = %d",
		"UPDATE log SET who = 'carl' WHERE number = %d",
		"UPDATE log SET who = who || ' ' WHERE number = %d",
		"UPDATE log SET address = '10.0.0.8' WHERE number = %d",
		"UPDATE log SET action = 'nothing' WHERE number = %d",
		"UPDATE log SET object = '' WHERE number = %d",
		"UPDATE log SET detail = 'b detail' WHERE number = %d",
		"UPDATE log SET address = substr(address, 1, 3), who = who || substr(address, 4) WHERE number = %d",
		"UPDATE log SET hash = zeroblob(32) WHERE number = %d",
		"UPDATE log SET hash = x'00' WHERE number = %d",
		"DELETE FROM log WHERE number = %d",
		"UPDATE log SET number = number + 100 WHERE number = %d",
		/* Removed, and what is behind it moved down. */
		("DELETE FROM log WHERE number = %1$d;"
		 "UPDATE log SET number = -number WHERE number > %1$d;"
		 "UPDATE log SET number = -number - 1 WHERE number < 0"),
		/* Changed places with the one behind. */
		("UPDATE log SET number = -1 WHERE number = %1$d;"
		 "UPDATE log SET number = %1$d WHERE number = %1$d + 1;"
		 "UPDATE log SET number = %1$d + 1 WHERE number = -1"),
	};
	struct desk_log_head head;
	char sql[600], named[32];

	fill(f);
	MUST(f, desk_log_verify(f->d, NULL, &head, &f->e));
	assert_true(raw(f, WITHOUT_TRIGGERS "CREATE TABLE kept AS SELECT * FROM log"));
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++)
		for (int entry = 1; entry <= 6; entry++) {
			struct desk_log_head end;

			snprintf(sql, sizeof(sql), changes[i], entry);
			if (!raw(f, sql))
				fail_msg("%s", sql);
			if (desk_log_verify(f->d, &head, &end, &f->e) != REFTEL_EFORMAT)
				fail_msg("not found: %s", sql);
			snprintf(named, sizeof(named), "entry %d", entry);
			if (!strstr(f->e.msg, named))
				fail_msg("%s: %s", sql, f->e.msg);
			assert_true(raw(f, "DELETE FROM log; INSERT INTO log SELECT * FROM kept"));
			MUST(f, desk_log_verify(f->d, &head, &end, &f->e));
		}
}

static void test_cut_off_shows_against_a_known_head(void **state)
{
	struct fixture *f = *state;
	struct desk_log_head head, early, end;

	fill(f);
	MUST(f, desk_log_verify(f->d, NULL, &early, &f->e));
	add(f, "anna", "export", "cables");
	add(f, "anna", "export", "cables");
	MUST(f, desk_log_verify(f->d, NULL, &head, &f->e));
	MUST(f, desk_log_verify(f->d, &early, &end, &f->e)); /* the chain goes through it */
	assert_int_equal(end.number, 8);
	assert_true(raw(f, WITHOUT_TRIGGERS "DELETE FROM log WHERE number > 6"));
	MUST(f, desk_log_verify(f->d, NULL, &end, &f->e)); /* by itself the rest is sound */
	MUST(f, desk_log_verify(f->d, &early, &end, &f->e));
	assert_int_equal(desk_log_verify(f->d, &head, &end, &f->e), REFTEL_EFORMAT);
	assert_non_null(strstr(f->e.msg, "ends with entry 6"));
	/* A new chain of the same length is sound by itself and another one. */
	add(f, "anna", "export", "other");
	add(f, "anna", "export", "other");
	MUST(f, desk_log_verify(f->d, NULL, &end, &f->e));
	assert_int_equal(end.number, head.number);
	assert_int_equal(desk_log_verify(f->d, &head, &end, &f->e), REFTEL_EFORMAT);
	assert_non_null(strstr(f->e.msg, "entry 8"));
	/* All gone. */
	assert_true(raw(f, "DELETE FROM log"));
	assert_int_equal(desk_log_verify(f->d, &early, &end, &f->e), REFTEL_EFORMAT);
	MUST(f, desk_log_verify(f->d, &(struct desk_log_head){0}, &end, &f->e));
}

/* Two connections add to one chain. */
static void test_two_connections(void **state)
{
	struct fixture *f = *state;
	struct desk *other;

	MUST(f, desk_open(f->dir, &other, &f->e));
	for (int i = 0; i < 20; i++)
		MUST(f, desk_log(i % 2 ? f->d : other, &(struct desk_entry){.action = STR("test")}, &f->e));
	desk_close(other);
	assert_int_equal(log_length(f), 20);
}

static void test_rolled_back(void **state)
{
	struct fixture *f = *state;

	add(f, "anna", "login", "user/anna");
	MUST(f, desk_begin(f->d, &f->e));
	MUST(f, desk_log(f->d, &(struct desk_entry){.action = STR("test")}, &f->e));
	assert_int_equal(desk_end(f->d, REFTEL_EINVAL, &f->e), REFTEL_EINVAL);
	assert_int_equal(log_length(f), 1);
	add(f, "anna", "logout", "user/anna");
	assert_int_equal(log_length(f), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_filters),
		DESK_TEST(test_each_is_stopped),
		DESK_TEST(test_hostile_texts),
		DESK_TEST(test_layout),
		DESK_TEST(test_empty),
		DESK_TEST(test_refused_by_the_database),
		DESK_TEST(test_tampering_is_found),
		DESK_TEST(test_cut_off_shows_against_a_known_head),
		DESK_TEST(test_two_connections),
		DESK_TEST(test_rolled_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
