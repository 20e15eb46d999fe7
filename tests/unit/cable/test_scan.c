/*
 * The pass over a body's bytes against a plain look at each of them, over texts whose pieces fall on all sides of the
 * blocks that it takes. A line end that is missed here would run two paragraphs together.
 */
#include "test.h"

#include "cable/cable_priv.h"

enum { TEXTS = 4000, TEXT_MAX = 420 };

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* On the heap and no byte longer than it is, so that a look beyond its end is seen. */
static struct str made_text(uint32_t *state)
{
	static const char *const pieces[] = {
		"\n",  "\n",       "\r\n",    "a",       "mm",       "M",       "SIPDIS",   "SIPDI",
		"PD",  "SIP",      "0",       "12",      "1234567",  "7654321", "SUMM",     "ARY",
		"COM", "MENT",     "Summary", "SUMMARY", "cOMMENT",  "comment", "\xc2\xb6", "END ",
		"D",   "00005388", " ",       "common ", "\x8d\xcd", "pd",
	};
	size_t n = next_random(state) % TEXT_MAX, at = 0;
	char *p = malloc(n + 1), *exact;

	while (at < n) {
		const char *piece = pieces[next_random(state) % (sizeof(pieces) / sizeof(*pieces))];

		for (; *piece && at < n; piece++)
			p[at++] = *piece;
	}
	exact = malloc(n ? n : 1);
	memcpy(exact, p, n);
	free(p);
	return (struct str){exact, n};
}

static bool holds_eight_digits(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < 8; i++)
		n = ascii_digit((unsigned char)s.p[i]) ? n + 1 : 0;
	return n == 8;
}

static void check_lines(struct str text, const struct body_scan *scan)
{
	size_t off = 0, i = 0, suspect = 0;

	for (; off < text.n; i++) {
		size_t end = str_find(text, STR("\n"), off);
		bool suspected = false;
		struct str line;

		if (end == SIZE_MAX)
			end = text.n;
		line = str_sub(text, off, end);
		assert_true(i < scan->lines.n);
		assert_int_equal(scan->lines.v[i].off, off);
		assert_int_equal(scan->lines.v[i].end, end);
		for (; suspect < scan->suspects.n && scan->suspects.v[suspect] < end; suspect++) {
			assert_true(scan->suspects.v[suspect] >= off);
			suspected = true;
		}
		assert_int_equal(suspected, str_find(line, STR("SIPDIS"), 0) != SIZE_MAX || holds_eight_digits(line));
		off = end + 1;
	}
	assert_int_equal(i, scan->lines.n);
	assert_int_equal(suspect, scan->suspects.n);
}

static void check_word(struct str text, struct str word, const offset_vec *found)
{
	size_t i = 0;

	for (size_t at = 0; (at = str_ifind(text, word, at)) != SIZE_MAX; at++, i++) {
		assert_true(i < found->n);
		assert_int_equal(found->v[i], at);
	}
	assert_int_equal(i, found->n);
}

static void test_against_every_byte(void **state)
{
	uint32_t seed = 1;
	size_t lines = 0, suspects = 0, words = 0;

	(void)state;
	for (int n = 0; n < TEXTS; n++) {
		struct str text = made_text(&seed);
		struct arena a = {0};
		struct body_scan scan;

		telegram_scan(&a, text, &scan);
		check_lines(text, &scan);
		check_word(text, STR("SUMMARY"), &scan.summaries);
		check_word(text, STR("COMMENT"), &scan.comments);
		lines += scan.lines.n;
		suspects += scan.suspects.n;
		words += scan.summaries.n + scan.comments.n;
		arena_free(&a);
		free((char *)text.p);
	}
	assert_true(lines > TEXTS && suspects > TEXTS && words > TEXTS);
}

/* Without a bound a text of nothing but digits would be as many places as it has bytes. */
static void test_one_place_a_number(void **state)
{
	char digits[1000];
	struct arena a = {0};
	struct body_scan scan;

	(void)state;
	memset(digits, '7', sizeof(digits));
	telegram_scan(&a, (struct str){digits, sizeof(digits)}, &scan);
	assert_int_equal(scan.suspects.n, 1);
	assert_int_equal(scan.lines.n, 1);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_every_byte),
		cmocka_unit_test(test_one_place_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
