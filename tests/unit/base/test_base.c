/*
 * Errors, arena, buffers, files and the calendar.
 */
#include "test.h"

#include <sys/stat.h>

#include "base/base.h"

static void test_errors(void **state)
{
	struct err e = {0};
	char giant[3000];

	(void)state;
	assert_int_equal(err_set(&e, REFTEL_EINVAL, "line %d is no line", 4), REFTEL_EINVAL);
	assert_int_equal(err_prefix(&e, "%s", "dump.csv"), REFTEL_EINVAL);
	assert_string_equal(e.msg, "dump.csv: line 4 is no line");
	memset(giant, 'x', sizeof(giant) - 1);
	giant[sizeof(giant) - 1] = '\0';
	err_prefix(&e, "%s", giant);
	assert_true(strlen(e.msg) < sizeof(e.msg));
	assert_int_equal(err_set(NULL, REFTEL_EIO, "nobody asks"), REFTEL_EIO);
	assert_int_equal(err_errno(&e, 28, "writing %s", "x"), REFTEL_EFULL); /* ENOSPC */
	assert_non_null(strstr(e.msg, "disk is full"));
}

/* Below a huge page, at it and above: zeroed, and all of it there. */
static void test_tables(void **state)
{
	static const size_t sizes[] = {0, 1, 4096, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, (6 << 20) + 4097};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t n = sizes[i];
		unsigned char *p = table_new(n), any = 0;

		for (size_t k = 0; k < n; k++) {
			any |= p[k];
			p[k] = 0xff;
		}
		assert_int_equal(any, 0);
		table_free(p, n);
	}
	table_free(NULL, 0);
	table_free(NULL, 4 << 20);
}

static void test_memory(void **state)
{
	struct arena a = {0};
	VEC(int) v = {0};
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 1000; i++)
		*VEC_PUSH(&a, &v) = i;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v.v[i], i);
	arena_reset(&a);
	assert_int_equal(*(char *)arena_alloc(&a, 5000), 0); /* what is used again is zero again */
	arena_free(&a);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i % 10);
	assert_int_equal(b.n, 2000);
	assert_int_equal(b.p[2000], '\0');
	buf_free(&b);
}

static int note_name(void *ctx, const char *path, uint64_t size)
{
	struct buf *b = ctx;

	buf_printf(b, "%s:%llu ", path_base(path), (unsigned long long)size);
	return 0;
}

static void test_files(void **state)
{
	char dir[] = "/tmp/reftel-test-base-XXXXXX", sweep[128];
	struct arena a = {0};
	struct buf seen = {0};
	struct err e = {0};
	struct str s;
	const char *path;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = path_join(&a, dir, "deep/er");
	assert_int_equal(dir_make(path, &e), REFTEL_OK);
	assert_int_equal(dir_make(path, &e), REFTEL_OK);
	assert_int_equal(file_write(path_join(&a, path, "b"), STR("two"), &e), REFTEL_OK);
	assert_int_equal(file_write(path_join(&a, path, "b"), STR("three"), &e), REFTEL_OK);
	assert_int_equal(file_write(path_join(&a, dir, "z"), STR(""), &e), REFTEL_OK);
	assert_int_equal(file_write(path_join(&a, dir, ".hidden"), STR("x"), &e), REFTEL_OK);
	assert_int_equal(file_write(path_join(&a, dir, "a"), STR("1"), &e), REFTEL_OK);
	assert_int_equal(symlink("/etc", path_join(&a, dir, "link")), 0);
	assert_int_equal(file_walk(dir, &(struct walk){note_name, NULL, &seen}, &e), 0);
	assert_string_equal(seen.p, "a:1 b:5 z:0 ");
	assert_int_equal(file_read(&a, path_join(&a, path, "b"), 100, &s, &e), REFTEL_OK);
	assert_true(str_eq(s, STR("three")));
	assert_int_equal(file_read(&a, path_join(&a, path, "b"), 4, &s, &e), REFTEL_ELIMIT);
	assert_int_equal(file_read(&a, path_join(&a, path, "none"), 4, &s, &e), REFTEL_ENOTFOUND);
	assert_int_equal(file_read(&a, dir, 4, &s, &e), REFTEL_EINVAL);
	assert_int_equal(file_write(path_join(&a, dir, "no/such"), STR(""), &e), REFTEL_ENOTFOUND);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", dir);
	assert_int_equal(system(sweep), 0);
	buf_free(&seen);
	arena_free(&a);
}

static void test_calendar(void **state)
{
	char text[32];
	int y, m, d;

	(void)state;
	assert_int_equal(civil_days(1970, 1, 1), 0);
	assert_int_equal(civil_days(2000, 3, 1), 11017);
	for (int64_t day = -200000; day < 200000; day += 17) {
		civil_from_days(day, &y, &m, &d);
		assert_int_equal(civil_days(y, m, d), day);
		assert_true(civil_valid(y, m, d));
	}
	assert_true(civil_valid(2008, 2, 29));
	assert_false(civil_valid(2007, 2, 29));
	assert_false(civil_valid(2007, 13, 1));
	assert_false(civil_valid(2007, 4, 31));
	clock_iso(1193151000, text);
	assert_string_equal(text, "2007-10-23T14:50:00Z");
	clock_iso(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors), cmocka_unit_test(test_memory),   cmocka_unit_test(test_tables),
		cmocka_unit_test(test_files),  cmocka_unit_test(test_calendar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
