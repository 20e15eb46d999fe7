/* Searching without regard to case. If it fails, a telegram's headings and labels are not found, or found elsewhere. */
#include "test.h"

#include "base/base.h"

static void finds_ignoring_case(void **state)
{
	static const struct {
		const char *text, *needle;
		size_t from, at;
	} cases[] = {
		{"End Summary. COMMENT: none", "comment", 0, 13},
		{"summary, SUMMARY", "SUMMARY", 1, 9},
		{"summar", "SUMMARY", 0, SIZE_MAX},
		{"xSUMMARY", "summary", 0, 1},
		{"a.b.c", ".", 2, 3},
		{"aaaaab", "AB", 0, 4},
		{"abab", "ab", 3, SIZE_MAX},
		{"abc", "", 2, 2},
		{"abc", "", 4, SIZE_MAX},
		{"", "a", 0, SIZE_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(str_ifind(str_of(cases[i].text), str_of(cases[i].needle), cases[i].from), cases[i].at);
}

/* Against the obvious way, over all short texts of a few letters. */
static void finds_what_a_slow_search_finds(void **state)
{
	static const char letters[] = "aAbZ.";
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		char text[24], needle[4];
		size_t n, m, from, expected = SIZE_MAX;

		seed = hash_bytes(&seed, sizeof(seed), 7);
		n = seed % sizeof(text);
		m = seed / 64 % sizeof(needle);
		from = seed / 512 % 4;
		for (size_t i = 0; i < n; i++)
			text[i] = letters[(seed >> (i % 50 + 8)) % 5];
		for (size_t i = 0; i < m; i++)
			needle[i] = letters[(seed >> (i + 40)) % 5];
		for (size_t i = from; i + m <= n && expected == SIZE_MAX; i++)
			if (str_ieq((struct str){text + i, m}, (struct str){needle, m}))
				expected = i;
		assert_int_equal(str_ifind((struct str){text, n}, (struct str){needle, m}, from), expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_ignoring_case),
		cmocka_unit_test(finds_what_a_slow_search_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
