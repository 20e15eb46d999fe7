/*
 * The helpers over SQLite: values come back as they were given, statements are kept, errors are sentences.
 */
#include "test.h"

#include "sql/sql.h"

struct fixture {
	struct sql q;
	struct arena a;
	struct err e;
	char dir[64], file[80];
};

static void db_open(struct fixture *f, int flags)
{
	f->q = (struct sql){.whole = "the test's database", .file = f->file, .kind = "test"};
	assert_int_equal(sqlite3_open_v2(f->file, &f->q.db, flags, NULL), SQLITE_OK);
}

static int open_fixture(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/reftel-test-sql-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->file, sizeof(f->file), "%s/test.db", f->dir);
	db_open(f, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	assert_int_equal(
		sql_exec(&f->q, "CREATE TABLE t (i INTEGER, s TEXT, b BLOB, n TEXT) STRICT", &f->e, "beginning"),
		REFTEL_OK);
	*state = f;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *f = *state;
	char sweep[128];
	int rc;

	sql_close(&f->q);
	arena_free(&f->a);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", f->dir);
	rc = system(sweep);
	free(f);
	return rc;
}

static int insert(struct fixture *f, int64_t i, struct str s, struct str b, int *changed)
{
	return sql_run(&f->q, "INSERT INTO t (i, s, b, n) VALUES (?1, ?2, ?3, ?4)",
		       SQL_VALUES(SQL_INT(i), SQL_TEXT(s), SQL_BLOB(b.p, b.n), SQL_NULL), changed, &f->e, "writing");
}

static void test_values(void **state)
{
	struct fixture *f = *state;
	sqlite3_stmt *st;
	int changed = 0;
	bool row;

	assert_int_equal(insert(f, INT64_MIN, STR("a'b\0c"), STR("\0\xff"), &changed), REFTEL_OK);
	assert_int_equal(changed, 1);
	assert_int_equal(insert(f, 7, (struct str){NULL, 0}, (struct str){NULL, 0}, NULL), REFTEL_OK);
	assert_int_equal(sql_first(&f->q, "SELECT i, s, b, n FROM t ORDER BY i", (struct sql_values){0}, &st, &row,
				   &f->e, "reading"),
			 REFTEL_OK);
	assert_true(row);
	assert_true(sqlite3_column_int64(st, 0) == INT64_MIN);
	assert_true(str_eq(column_str(&f->a, st, 1), STR("a'b\0c")));
	assert_true(str_eq(column_str(&f->a, st, 2), STR("\0\xff")));
	assert_int_equal(sqlite3_column_type(st, 3), SQLITE_NULL);
	assert_int_equal(sql_next(&f->q, st, &row, &f->e, "reading"), REFTEL_OK);
	assert_true(row);
	/* What is empty is not NULL. */
	assert_int_equal(sqlite3_column_type(st, 1), SQLITE_TEXT);
	assert_int_equal(sqlite3_column_type(st, 2), SQLITE_BLOB);
	assert_int_equal(column_str(&f->a, st, 1).n, 0);
	assert_int_equal(sql_next(&f->q, st, &row, &f->e, "reading"), REFTEL_OK);
	assert_false(row);
}

/* One text is one statement; it begins anew each time, with nothing left of the values of before. */
static void test_kept(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "SELECT i FROM t WHERE i >= ifnull(?1, 100) ORDER BY i";
	sqlite3_stmt *first, *second;
	bool row;

	for (int64_t i = 0; i < 5; i++)
		assert_int_equal(insert(f, i, STR(""), STR(""), NULL), REFTEL_OK);
	assert_int_equal(sql_first(&f->q, text, SQL_VALUES(SQL_INT(3)), &first, &row, &f->e, "reading"), REFTEL_OK);
	assert_int_equal(sqlite3_column_int(first, 0), 3);
	assert_int_equal(sql_first(&f->q, text, SQL_VALUES(SQL_INT(1)), &second, &row, &f->e, "reading"), REFTEL_OK);
	assert_ptr_equal(first, second);
	assert_int_equal(sqlite3_column_int(second, 0), 1);
	assert_int_equal(sql_first(&f->q, text, (struct sql_values){0}, &second, &row, &f->e, "reading"), REFTEL_OK);
	assert_false(row);
}

static void test_too_many(void **state)
{
	struct fixture *f = *state;
	static char texts[SQL_KEPT_MAX + 1][32];
	int rc = REFTEL_OK;

	for (int i = 0; i <= SQL_KEPT_MAX; i++) {
		snprintf(texts[i], sizeof(texts[i]), "SELECT %d", i);
		rc = sql_run(&f->q, texts[i], (struct sql_values){0}, NULL, &f->e, "reading");
		assert_int_equal(rc, i < SQL_KEPT_MAX ? REFTEL_OK : REFTEL_ELIMIT);
	}
	/* Those that are kept go on. */
	assert_int_equal(sql_run(&f->q, texts[17], (struct sql_values){0}, NULL, &f->e, "reading"), REFTEL_OK);
}

static void said(struct fixture *f, int rc, int code, const char *what)
{
	assert_int_equal(rc, code);
	assert_int_equal(f->e.code, code);
	if (!strstr(f->e.msg, what))
		fail_msg("%s", f->e.msg);
}

static void test_errors(void **state)
{
	struct fixture *f = *state;
	int64_t n;
	sqlite3 *other;
	int changed = 5;

	said(f, sql_exec(&f->q, "no SQL at all", &f->e, "trying"), REFTEL_EIO, "trying: ");
	said(f, sql_number(&f->q, "SELECT i FROM t", &n, &f->e, "counting"), REFTEL_EIO, "counting: ");
	said(f, sql_run(&f->q, "SELECT * FROM missing", (struct sql_values){0}, &changed, &f->e, "asking"), REFTEL_EIO,
	     "no such table");
	assert_int_equal(changed, 0);
	said(f, sql_run(&f->q, "INSERT INTO t (i) VALUES (?1)", SQL_VALUES(SQL_TEXT(STR("x"))), NULL, &f->e, "adding"),
	     REFTEL_EIO, "cannot store TEXT");
	assert_int_equal(sql_number(&f->q, "SELECT 41 + 1", &n, &f->e, "counting"), REFTEL_OK);
	assert_int_equal(n, 42);
	assert_int_equal(sqlite3_open(f->file, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	said(f, insert(f, 1, STR(""), STR(""), NULL), REFTEL_EBUSY, "another program holds the test's database");
	sqlite3_close(other);
	assert_int_equal(sql_exec(&f->q, "PRAGMA max_page_count = 3", &f->e, "bounding"), REFTEL_OK);
	said(f, insert(f, 1, (struct str){arena_alloc(&f->a, 1 << 20), 1 << 20}, STR(""), NULL), REFTEL_EFULL,
	     "is full");
}

static void test_errors_of_the_file(void **state)
{
	struct fixture *f = *state;
	int64_t n;

	sql_close(&f->q);
	db_open(f, SQLITE_OPEN_READONLY);
	said(f, sql_exec(&f->q, "DELETE FROM t", &f->e, "removing"), REFTEL_EREADONLY, "may only be read");
	sql_close(&f->q);
	assert_int_equal(file_write(f->file,
				    STR("this is longer than the header of a database, which has a hundred "
					"bytes, and it is none at all"),
				    &f->e),
			 REFTEL_OK);
	db_open(f, SQLITE_OPEN_READWRITE);
	said(f, sql_number(&f->q, "SELECT count(*) FROM t", &n, &f->e, "counting"), REFTEL_EFORMAT, "or no test");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_values, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_kept, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_too_many, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_errors, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_errors_of_the_file, open_fixture, close_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
