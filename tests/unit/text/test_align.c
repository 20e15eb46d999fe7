/*
 * The alignment against a plain recursion that tries everything, on thousands of small runs; and its special moves by
 * hand. The verdicts stand on it.
 */
#include "test.h"

#include "text/text.h"

enum {
	ROUNDS = 4000,
	LONGEST_A = 6,
	LONGEST_B = 9,
	COST_CHANGE = -40,
	COST_ALONE = -44,
	GAP_WORD = -1,
	BLOT_WORD = -12
};

static uint64_t seed = 0x9e3779b97f4a7c15u;

static unsigned chance(unsigned below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)((seed * 0x2545f4914f6cdd1du) >> 33) % below;
}

static int max2(int a, int b)
{
	return a > b ? a : b;
}

static uint8_t kind(struct align_run r, size_t i)
{
	return r.kinds ? r.kinds[i] : ALIGN_WORD;
}

/* The best score of a[i..] when it goes on at b[j]; in_blot: the redaction at j - 1 is still open. */
static int best(struct align_run a, size_t i, struct align_run b, size_t j, bool in_blot)
{
	int s = -1000000;

	if (i == a.n)
		return 0;
	if (kind(a, i) == ALIGN_GAP) {
		for (size_t k = j, words = 0; k <= b.n; k++) {
			s = max2(s, best(a, i + 1, b, k, false) + GAP_WORD * (int)words);
			words += k < b.n && kind(b, k) == ALIGN_WORD;
		}
		return s;
	}
	if (in_blot)
		s = max2(s, best(a, i + 1, b, j, true) + BLOT_WORD);
	s = max2(s, best(a, i + 1, b, j, false) + (kind(a, i) == ALIGN_WORD ? COST_ALONE : 0));
	if (j == b.n)
		return s;
	if (a.ids[i] && a.ids[i] == b.ids[j])
		s = max2(s, best(a, i + 1, b, j + 1, false) + ALIGN_SCORE_SAME);
	else if (kind(a, i) == ALIGN_WORD && kind(b, j) == ALIGN_WORD)
		s = max2(s, best(a, i + 1, b, j + 1, false) + COST_CHANGE);
	if (kind(b, j) == ALIGN_BLOT)
		s = max2(s, best(a, i + 1, b, j + 1, true) + BLOT_WORD);
	s = max2(s, best(a, i, b, j + 1, false) + (kind(b, j) == ALIGN_WORD ? COST_ALONE : 0));
	return s;
}

static int oracle(struct align_run a, struct align_run b)
{
	int s = -1000000;

	for (size_t j = 0; j <= b.n; j++)
		s = max2(s, best(a, 0, b, j, false));
	return s;
}

static int score_of_steps(struct align_run a, struct align_run b, const struct alignment *al)
{
	size_t i = 0, j = al->b_from;

	for (size_t k = 0; k < al->n; k++) {
		const struct align_step *s = &al->v[k];

		if (s->op == ALIGN_SAME) {
			assert_int_equal(a.ids[s->a], b.ids[s->b]);
		}
		if (s->op != ALIGN_ONLY_B)
			assert_int_equal(s->a, i++);
		if (s->op != ALIGN_ONLY_A)
			assert_int_equal(s->b, j++);
	}
	assert_int_equal(i, a.n);
	assert_int_equal(j, al->b_to);
	return (int)al->same * ALIGN_SCORE_SAME + (int)al->changed * COST_CHANGE +
	       (int)(al->only_a + al->only_b) * COST_ALONE;
}

static void run_round(bool kinds)
{
	static const uint8_t kinds_a[] = {ALIGN_WORD, ALIGN_WORD, ALIGN_FREE, ALIGN_GAP};
	static const uint8_t kinds_b[] = {ALIGN_WORD, ALIGN_WORD, ALIGN_WORD, ALIGN_FREE, ALIGN_BLOT};
	uint32_t ia[LONGEST_A], ib[LONGEST_B];
	uint8_t ka[LONGEST_A], kb[LONGEST_B];
	struct align_run a = {ia, kinds ? ka : NULL, 1 + chance(LONGEST_A)},
			 b = {ib, kinds ? kb : NULL, chance(LONGEST_B + 1)};
	struct arena mem = {0};
	struct alignment al;

	for (size_t i = 0; i < a.n; i++) {
		ka[i] = kinds_a[chance(4)];
		ia[i] = kinds && ka[i] == ALIGN_GAP ? 0 : chance(4);
	}
	for (size_t j = 0; j < b.n; j++) {
		kb[j] = kinds_b[chance(5)];
		ib[j] = kinds && kb[j] == ALIGN_BLOT ? 0 : chance(4);
	}
	al = align_local(&mem, a, b);
	if (al.score != oracle(a, b)) {
		for (size_t i = 0; i < a.n; i++)
			print_error("a %u/%u ", ia[i], kinds ? ka[i] : 0);
		for (size_t j = 0; j < b.n; j++)
			print_error("b %u/%u ", ib[j], kinds ? kb[j] : 0);
	}
	assert_int_equal(al.score, oracle(a, b));
	assert_int_equal(align_score(&mem, a, b), al.score);
	if (kinds)
		score_of_steps(a, b, &al);
	else
		assert_int_equal(score_of_steps(a, b, &al), al.score);
	arena_free(&mem);
}

static void test_against_oracle(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++)
		run_round(i & 1);
}

static void test_pairs_words(void **state)
{
	const uint32_t a[] = {1, 2, 9}, b[] = {5, 1, 2, 3, 6};
	struct arena mem = {0};
	struct alignment al = align_local(&mem, (struct align_run){a, NULL, 3}, (struct align_run){b, NULL, 5});

	(void)state;
	/* The last word differs: it is paired with the cable's, not left standing alone. */
	assert_int_equal(al.changed, 1);
	assert_int_equal(al.b_from, 1);
	assert_int_equal(al.b_to, 4);
	arena_free(&mem);
}

static void test_far_ellipsis(void **state)
{
	enum { FAR = 3000 };
	static uint32_t b[FAR + 6];
	const uint32_t a[] = {1, 2, 3, 0, 4, 5, 6};
	const uint8_t ka[] = {0, 0, 0, ALIGN_GAP, 0, 0, 0};
	struct arena mem = {0};
	struct alignment al;

	(void)state;
	b[0] = 1, b[1] = 2, b[2] = 3;
	for (int i = 3; i < FAR; i++)
		b[i] = 100;
	b[FAR] = 4, b[FAR + 1] = 5, b[FAR + 2] = 6;
	al = align_local(&mem, (struct align_run){a, ka, 7}, (struct align_run){b, NULL, FAR + 6});
	assert_int_equal(al.same, 6);
	assert_int_equal(al.only_b, 0);
	arena_free(&mem);
}

static struct str random_text(struct arena *a)
{
	struct buf b = {0};
	struct str out;

	for (unsigned n = chance(60); n; n--)
		buf_printf(&b, "w%u%s", chance(25), chance(5) ? " " : ", ");
	out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out;
}

/* Every word of either side stands in exactly one span of its side, and what is the same is the same. */
static void test_diff_covers(void **state)
{
	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct arena m = {0};
		struct str a = random_text(&m), b = chance(3) ? random_text(&m) : a;
		struct diff d = text_diff(&m, a, b);
		struct buf left = {0}, right = {0};

		for (size_t i = 0; i < d.n; i++) {
			struct str x = text_fold(&m, str_sub(a, d.v[i].a_off, d.v[i].a_end));
			struct str y = text_fold(&m, str_sub(b, d.v[i].b_off, d.v[i].b_end));

			if (d.v[i].op == ALIGN_SAME)
				assert_true(str_eq(x, y));
			if (d.v[i].op != ALIGN_ONLY_B)
				buf_printf(&left, "%.*s ", STR_ARG(x));
			if (d.v[i].op != ALIGN_ONLY_A)
				buf_printf(&right, "%.*s ", STR_ARG(y));
		}
		assert_true(str_eq(str_trim(buf_view(&left)), text_fold(&m, a)));
		assert_true(str_eq(str_trim(buf_view(&right)), text_fold(&m, b)));
		buf_free(&left);
		buf_free(&right);
		arena_free(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_oracle),
		cmocka_unit_test(test_pairs_words),
		cmocka_unit_test(test_far_ellipsis),
		cmocka_unit_test(test_diff_covers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
