/*
 * The desk's file: who may read it, what is refused, and several that open it at once.
 */
#include "fixture.h"

#include <pthread.h>
#include <sys/stat.h>

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void test_owner_alone(void **state)
{
	struct fixture *f = *state;
	char wal[100];

	assert_int_equal(mode_of(f->file), 0600);
	user_cheap(f, "anna", ROLE_READER);
	snprintf(wal, sizeof(wal), "%s-wal", f->file);
	assert_int_equal(mode_of(wal), 0600);
	snprintf(wal, sizeof(wal), "%s-shm", f->file);
	assert_int_equal(mode_of(wal), 0600);
}

static void test_wide_rights_are_narrowed(void **state)
{
	struct fixture *f = *state;

	desk_close(f->d);
	assert_int_equal(chmod(f->file, 0664), 0);
	MUST(f, desk_open(f->dir, &f->d, &f->e));
	assert_int_equal(mode_of(f->file), 0600);
}

static void test_what_was_kept_is_there(void **state)
{
	struct fixture *f = *state;
	struct desk_user u;
	int64_t id = user_cheap(f, "anna", ROLE_EDITOR);

	desk_close(f->d);
	MUST(f, desk_open(f->dir, &f->d, &f->e));
	MUST(f, desk_user_find(f->d, &f->a, STR("anna"), &u, &f->e));
	assert_int_equal(u.id, id);
	assert_int_equal(u.role, ROLE_EDITOR);
}

static void refused(struct fixture *f, const char *dir, int code, const char *saying)
{
	struct desk *d;

	assert_int_equal(desk_open(dir, &d, &f->e), code);
	assert_null(d);
	if (!strstr(f->e.msg, saying))
		fail_msg("%s", f->e.msg);
}

static void test_no_folder(void **state)
{
	struct fixture *f = *state;

	refused(f, "/nowhere/at/all", REFTEL_ENOTFOUND, "no folder");
	refused(f, f->file, REFTEL_ENOTFOUND, "no folder");
}

static void file_of(struct fixture *f, const char *sql)
{
	desk_close(f->d);
	f->d = NULL;
	assert_int_equal(unlink(f->file), 0);
	assert_true(raw(f, sql));
}

static void test_another_program(void **state)
{
	struct fixture *f = *state;
	struct str before, after;

	file_of(f, "CREATE TABLE birds (name TEXT)");
	MUST(f, file_read(&f->a, f->file, 1 << 20, &before, &f->e));
	refused(f, f->dir, REFTEL_EFORMAT, "another program");
	MUST(f, file_read(&f->a, f->file, 1 << 20, &after, &f->e));
	assert_true(str_eq(before, after));
}

static void test_newer(void **state)
{
	struct fixture *f = *state;

	assert_true(raw(f, "PRAGMA user_version = 99"));
	refused(f, f->dir, REFTEL_EFORMAT, "newer reftel");
}

static void test_no_database(void **state)
{
	struct fixture *f = *state;

	desk_close(f->d);
	f->d = NULL;
	MUST(f, file_write(f->file,
			   STR("what is this? at least it is no database, and longer than the header of one, "
			       "which has a hundred bytes"),
			   &f->e));
	refused(f, f->dir, REFTEL_EFORMAT, "no database");
}

/* Whoever may write in the folder could otherwise have the desk written somewhere else. */
static void test_no_link(void **state)
{
	struct fixture *f = *state;
	char other[100], whole[100];

	desk_close(f->d);
	f->d = NULL;
	snprintf(other, sizeof(other), "%s/other.db", f->dir);
	assert_int_equal(rename(f->file, other), 0);
	assert_int_equal(symlink(other, f->file), 0);
	refused(f, f->dir, REFTEL_EFORMAT, "no file");
	/* The folder may be one. */
	assert_int_equal(unlink(f->file), 0);
	snprintf(whole, sizeof(whole), "%s/link", f->dir);
	assert_int_equal(symlink(f->dir, whole), 0);
	MUST(f, desk_open(whole, &f->d, &f->e));
}

/* ---- several at once --------------------------------------------------------------------------------------------- */

enum { THREADS = 6, ENTRIES = 40 };

struct opener {
	struct fixture *f;
	int rc;
	struct err e;
};

static void *open_and_write(void *ctx)
{
	struct opener *o = ctx;
	struct desk *d;

	o->rc = desk_open(o->f->dir, &d, &o->e);
	for (int i = 0; i < ENTRIES && o->rc == REFTEL_OK; i++)
		o->rc = desk_log(d, &(struct desk_entry){.action = STR("test"), .detail = STR("at once")}, &o->e);
	desk_close(d);
	return NULL;
}

static void test_made_by_several_at_once(void **state)
{
	struct fixture *f = *state;
	struct opener openers[THREADS];
	pthread_t threads[THREADS];
	char sweep[128];

	desk_close(f->d);
	f->d = NULL;
	snprintf(sweep, sizeof(sweep), "rm %s*", f->file);
	assert_int_equal(system(sweep), 0);
	for (int i = 0; i < THREADS; i++) {
		openers[i] = (struct opener){.f = f};
		assert_int_equal(pthread_create(&threads[i], NULL, open_and_write, &openers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		if (openers[i].rc != REFTEL_OK)
			fail_msg("%s", openers[i].e.msg);
	MUST(f, desk_open(f->dir, &f->d, &f->e));
	assert_int_equal(log_length(f), THREADS * ENTRIES);
}

/* A transaction that nobody ended leaves nothing. */
static void test_closed_in_a_transaction(void **state)
{
	struct fixture *f = *state;

	MUST(f, desk_begin(f->d, &f->e));
	MUST(f, desk_log(f->d, &(struct desk_entry){.action = STR("test")}, &f->e));
	desk_close(f->d);
	MUST(f, desk_open(f->dir, &f->d, &f->e));
	assert_int_equal(log_length(f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_owner_alone),
		DESK_TEST(test_wide_rights_are_narrowed),
		DESK_TEST(test_what_was_kept_is_there),
		DESK_TEST(test_no_folder),
		DESK_TEST(test_another_program),
		DESK_TEST(test_newer),
		DESK_TEST(test_no_database),
		DESK_TEST(test_no_link),
		DESK_TEST(test_made_by_several_at_once),
		DESK_TEST(test_closed_in_a_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
