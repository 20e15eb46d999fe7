/*
 * Writing markup: whatever is put in stays text, in content and in attributes, and nothing that steers how the rest is
 * shown gets through.
 */
#include "../test.h"

#include "text/text.h"
#include "web/web_priv.h"

#include <inttypes.h>
#include <limits.h>

static struct buf out;

static const char *text(const char *p, size_t n)
{
	buf_reset(&out);
	html_text(&out, (struct str){p, n});
	return out.p ? out.p : "";
}

static void test_escapes(void **state)
{
	(void)state;
	assert_string_equal(text("a<b>&\"'c", 8), "a&lt;b&gt;&amp;&quot;&#39;c");
	assert_string_equal(text("line\nand\ttab\r\n", 14), "line\nand\ttab\n");
	buf_reset(&out);
	html(&out, "<p title=\"%s\">%.*s %c %d %" PRId64 " %zu %.1f%%</p>", "\"><script>", 3, "<i>x", '<', -7,
	     INT64_MIN, (size_t)9, 2.25);
	assert_string_equal(out.p, "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;i&gt; &lt; -7 -9223372036854775808 9 "
				   "2.2%</p>");
}

/* As printf writes them, whichever way they go. */
static void test_numbers(void **state)
{
	char want[400];

	(void)state;
	buf_reset(&out);
#define NUMBERS                                                                                                        \
	"%d %d %d %u %u %lld %lld %llu %zu %ld %i %5d %-4dx %04d %x %02x %+d %hhu %jd", 0, INT32_MIN, INT32_MAX,       \
		UINT32_MAX, 0U, (long long)INT64_MIN, (long long)INT64_MAX, (unsigned long long)UINT64_MAX, SIZE_MAX,  \
		-1L, -3, 42, 7, 12, 255U, 10U, 5, (unsigned char)200, (intmax_t)-9
	html(&out, NUMBERS);
	snprintf(want, sizeof(want), NUMBERS);
	assert_string_equal(out.p, want);
}

/* Every byte alone, between letters: what comes out is UTF-8 and has no markup that was not escaped. */
static void test_every_byte(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		const char in[3] = {'a', (char)c, 'b'};

		text(in, 3);
		assert_true(utf8_valid(buf_view(&out)));
		assert_null(strpbrk(out.p, "<>\"'"));
		for (const char *p = out.p; *p; p++)
			assert_true((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t');
		assert_int_equal(strlen(out.p), out.n);
	}
}

/* A text is the same whether it is escaped as a whole or character by character, wherever something special stands. */
static void test_parts_and_whole(void **state)
{
	static const char some[] = "abcxyz 019-.,;<>&\"'\t\n\x7f\x01\xc3\xa9\xe2\x80\x8f";
	struct buf parts = {0};
	unsigned seed = 11;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char in[40];
		size_t n = (size_t)rand_r(&seed) % sizeof(in);

		for (size_t i = 0; i < n; i++)
			in[i] = some[(size_t)rand_r(&seed) % (rand_r(&seed) % 3 ? 7 : sizeof(some) - 1)];
		buf_reset(&parts);
		for (size_t at = 0, from = 0; at < n; from = at) {
			utf8_next((struct str){in, n}, &at);
			html_text(&parts, (struct str){in + from, at - from});
		}
		assert_string_equal(text(in, n), n ? parts.p : "");
	}
	buf_free(&parts);
}

static void test_quick_conversions(void **state)
{
	static const int numbers[] = {0, 7, -7, 10, 99, 100, 12345678, INT_MAX, INT_MIN, INT_MIN + 1};
	char expected[64];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		buf_reset(&out);
		html(&out, "%d|%03d|%d", numbers[i], numbers[i], 1);
		snprintf(expected, sizeof(expected), "%d|%03d|1", numbers[i], numbers[i]);
		assert_string_equal(out.p, expected);
	}
	buf_reset(&out);
	html(&out, "%.3s%s%.*s", "<abcdef", "&", -1, "whole");
	assert_string_equal(out.p, "&lt;ab&amp;whole");
}

static void test_steering(void **state)
{
	static const char *const bad[] = {"\u202e", "\u2066", "\u200f",   "\ufeff",       "\xc2\x85",         "\x1b",
					  "\x7f",   "\xff",   "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\u2028",
					  "\u061c"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		text(bad[i], strlen(bad[i]));
		assert_non_null(strstr(out.p, "\ufffd"));
		assert_null(strstr(out.p, bad[i]));
	}
	/* Letters that are written from right to left are letters. */
	assert_string_equal(text("\u0628\u064a\u062a", 6), "\u0628\u064a\u062a");
}

static void test_count(void **state)
{
	(void)state;
	buf_reset(&out);
	html_count(&out, 1, "cable", "cables");
	html_count(&out, 1234567, " <", " &");
	assert_string_equal(out.p, "1 cable1\u202f234\u202f567  &amp;");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_parts_and_whole),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_quick_conversions),
		cmocka_unit_test(test_steering),
		cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
