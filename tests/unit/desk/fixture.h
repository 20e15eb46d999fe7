/* A desk in a folder of its own, and the few people of these tests. */
#ifndef REFTEL_TEST_DESK_H
#define REFTEL_TEST_DESK_H

#include "test.h"

#include "desk/desk_priv.h"

#include <sodium.h>

struct fixture {
	char dir[64], file[80];
	struct desk *d;
	struct arena a;
	struct err e;
	struct desk_actor by; /* the command */
};

/* A call that must be well, with what it said where it is not. */
#define MUST(f, call)                                                                                                  \
	do {                                                                                                           \
		if ((call) != REFTEL_OK)                                                                               \
			fail_msg("%s: %s", #call, (f)->e.msg);                                                         \
	} while (0)

static inline int open_fixture(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/reftel-test-desk-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->file, sizeof(f->file), "%s/desk.db", f->dir);
	f->by = (struct desk_actor){.name = STR("ops"), .from = STR("command")};
	MUST(f, desk_open(f->dir, &f->d, &f->e));
	*state = f;
	return 0;
}

static inline int close_fixture(void **state)
{
	struct fixture *f = *state;
	char sweep[128];
	int rc;

	desk_close(f->d);
	arena_free(&f->a);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", f->dir);
	rc = system(sweep);
	free(f);
	return rc;
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

/*
 * What a password hash costs is tested where logging in is; elsewhere people have one that was made by hand. "tulip
 * field 9" as Argon2id with the least work that there is.
 */
static const char cheap_password[] = "tulip field 9";

static inline int64_t user_cheap(struct fixture *f, const char *name, enum role role)
{
	char hash[crypto_pwhash_STRBYTES];

	assert_int_equal(crypto_pwhash_str_alg(hash, cheap_password, strlen(cheap_password), crypto_pwhash_OPSLIMIT_MIN,
					       crypto_pwhash_MEMLIMIT_MIN, crypto_pwhash_ALG_ARGON2ID13),
			 0);
	MUST(f, desk_run(f->d, "INSERT INTO user (name, full_name, role, password, created) VALUES (?1, '', ?2, ?3, 1)",
			 SQL_VALUES(SQL_TEXT(str_of(name)), SQL_INT(role), SQL_TEXT(str_of(hash))), NULL, &f->e));
	return desk_last_id(f->d);
}

/* The newest entry of the log as "who|from|action|object|detail". */
static inline int entry_keep(void *ctx, const struct desk_entry *x)
{
	snprintf(ctx, 4096, "%.*s|%.*s|%.*s|%.*s|%.*s", STR_ARG(x->who), STR_ARG(x->from), STR_ARG(x->action),
		 STR_ARG(x->object), STR_ARG(x->detail));
	return 0;
}

static inline const char *last_entry(struct fixture *f)
{
	const struct desk_log_filter newest = {.newest_first = true, .limit = 1};
	char *text = arena_alloc(&f->a, 4096);

	MUST(f, desk_log_each(f->d, &newest, entry_keep, text, &f->e));
	return text;
}

static inline int64_t log_length(struct fixture *f)
{
	struct desk_log_head head;

	MUST(f, desk_log_verify(f->d, NULL, &head, &f->e));
	return head.number;
}

/* Past the library: what somebody with rights on the file can do. True: SQLite let it pass. */
static inline bool raw(struct fixture *f, const char *sql)
{
	sqlite3 *db;
	int rc;

	assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
	rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return rc == SQLITE_OK;
}

#endif
