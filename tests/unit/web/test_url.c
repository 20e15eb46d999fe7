/*
 * Addresses: decoded once and strictly, and what is put together reads back as what went in.
 */
#include "../test.h"

#include "text/text.h"
#include "web/web_priv.h"

static struct arena a;

static int params_of(const char *s, struct params *p)
{
	*p = (struct params){0};
	return params_read(&a, str_of(s), p, NULL);
}

static void is(struct str s, const char *expected)
{
	assert_int_equal(s.n, strlen(expected));
	assert_memory_equal(s.p ? s.p : "", expected, s.n);
}

static void test_decode(void **state)
{
	static const char *const refused[] = {"%", "%4", "%4g", "%zz", "a%00b", "%ff", "%c0%af", "%ed%a0%80", "%2"};
	struct str out;

	(void)state;
	assert_true(url_decode(&a, STR("a%2Fb+c%20%C3%A9"), true, &out));
	is(out, "a/b c \u00e9");
	assert_true(url_decode(&a, STR("a+b%252F"), false, &out));
	is(out, "a+b%2F"); /* once, not twice */
	assert_false(url_decode(&a, (struct str){"a\0b", 3}, false, &out));
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		assert_false(url_decode(&a, str_of(refused[i]), true, &out));
}

static void test_encode_reads_back(void **state)
{
	char all[3 * 256], plain[] = "azAZ09-._~";
	size_t n = 0;
	struct str out;

	(void)state;
	for (int c = 1; c < 128; c++)
		all[n++] = (char)c;
	n += (size_t)snprintf(all + n, sizeof(all) - n, "\u00e9\u0628\U0001f600");
	assert_string_equal(url_encode(&a, str_of(plain)), plain);
	assert_true(url_decode(&a, str_of(url_encode(&a, (struct str){all, n})), true, &out));
	assert_int_equal(out.n, n);
	assert_memory_equal(out.p, all, n);
	assert_null(strpbrk(url_encode(&a, (struct str){all, n}), "&=+?#/<>\"' "));
}

static void test_params(void **state)
{
	struct params p;
	struct buf many = {0};

	(void)state;
	assert_int_equal(params_of("q=a+b&&n=5&q=second&empty=&bare", &p), REFTEL_OK);
	assert_int_equal(p.n, 5);
	is(params_get(&p, "q"), "a b");
	assert_true(params_has(&p, "bare"));
	is(params_get(&p, "bare"), "");
	assert_false(params_has(&p, "none"));
	assert_int_equal(params_of("a=%ff", &p), REFTEL_EINVAL);
	assert_int_equal(params_of("%ff=a", &p), REFTEL_EINVAL);
	for (int i = 0; i <= WEB_FIELDS_MAX; i++) {
		assert_int_equal(params_of(many.p ? many.p : "", &p), REFTEL_OK);
		assert_int_equal(p.n, i);
		buf_puts(&many, "a=1&");
	}
	assert_int_equal(params_of(many.p, &p), REFTEL_EINVAL);
	buf_free(&many);
}

static void test_number(void **state)
{
	static const char *const bad[] = {"n=",   "n=-1",  "n=1e3", "n=0x1", "n=99999999999999999999",
					  "n=11", "n=1 2", "m=5"};
	struct params p;

	(void)state;
	assert_int_equal(params_of("n=+7+", &p), REFTEL_OK);
	assert_int_equal(params_number(&p, "n", 1, 10, -9), 7);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(params_of(bad[i], &p), REFTEL_OK);
		assert_int_equal(params_number(&p, "n", 1, 10, -9), -9);
	}
}

static void test_query(void **state)
{
	static const char *const without[] = {"page", NULL};
	struct params p;

	(void)state;
	assert_int_equal(params_of("q=a%26b&page=3&x=&sort=date", &p), REFTEL_OK);
	assert_string_equal(url_query(&a, &p, NULL, STR(""), NULL), "?q=a%26b&page=3&sort=date");
	assert_string_equal(url_query(&a, &p, "sort", STR("a=b"), without), "?q=a%26b&sort=a%3Db");
	assert_string_equal(url_query(&a, &p, "sort", STR(""), without), "?q=a%26b");
	assert_int_equal(params_of("", &p), REFTEL_OK);
	assert_string_equal(url_query(&a, &p, NULL, STR(""), NULL), "?");
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode), cmocka_unit_test(test_encode_reads_back),
		cmocka_unit_test(test_params), cmocka_unit_test(test_number),
		cmocka_unit_test(test_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
