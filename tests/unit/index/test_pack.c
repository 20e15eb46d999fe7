/*
 * Packed blocks: what goes in comes out, whatever the width and the number; nothing beyond the end is read, which
 * AddressSanitizer watches, because every block lies in a piece of memory of its own size.
 */
#include "test.h"

#include "index/index_priv.h"
#include "random.h"

/* A block in memory of its exact size. */
struct block {
	uint8_t *p;
	size_t n;
};

static struct block block_of(const uint32_t *v, size_t n)
{
	uint8_t room[PACK_MAX];
	struct block b = {.n = pack(v, n, room)};

	assert_in_range(b.n, 1, PACK_MAX);
	b.p = malloc(b.n);
	memcpy(b.p, room, b.n);
	return b;
}

static void round_trip(const uint32_t *v, size_t n)
{
	uint32_t back[POSTINGS_BLOCK];
	struct block b = block_of(v, n);

	memset(back, 0xa5, sizeof(back));
	assert_ptr_equal(unpack(b.p, b.p + b.n, n, back), b.p + b.n);
	assert_memory_equal(back, v, n * sizeof(*v));
	assert_ptr_equal(pack_skip(b.p, b.p + b.n, n), b.p + b.n);
	for (size_t i = 0; i < n; i++) {
		uint32_t one = 0xa5a5a5a5;

		assert_true(pack_get(b.p, b.p + b.n, n, i, &one));
		assert_int_equal(one, v[i]);
	}
	free(b.p);
}

/* Cut off at every length, and from there filled with other bytes. */
static void cut_everywhere(const uint32_t *v, size_t n)
{
	uint32_t back[POSTINGS_BLOCK];
	struct block b = block_of(v, n);

	for (size_t cut = 0; cut < b.n; cut++) {
		uint8_t *p = malloc(cut ? cut : 1);

		memcpy(p, b.p, cut);
		assert_null(unpack(p, p + cut, n, back));
		assert_null(pack_skip(p, p + cut, n));
		for (size_t i = 0; i < n; i += 5)
			assert_false(pack_get(p, p + cut, n, i, back));
		free(p);
	}
	free(b.p);
}

static uint32_t with_bits(struct random *r, unsigned bits)
{
	return bits ? (uint32_t)(random_next(r) >> 32) >> (32 - bits) : 0;
}

static void test_every_width(void **state)
{
	struct random r = {0x9d2c5680};
	uint32_t v[POSTINGS_BLOCK];

	(void)state;
	for (unsigned bits = 0; bits <= 32; bits++)
		for (size_t n = 1; n <= POSTINGS_BLOCK; n++) {
			for (size_t i = 0; i < n; i++)
				v[i] = with_bits(&r, bits);
			round_trip(v, n);
			for (size_t i = 0; i < n; i++) /* the top bit set in all of them */
				v[i] |= bits ? (uint32_t)1 << (bits - 1) : 0;
			round_trip(v, n);
		}
}

static void test_outliers(void **state)
{
	struct random r = {0x77061967};
	uint32_t v[POSTINGS_BLOCK];

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		size_t n = 1 + random_below(&r, POSTINGS_BLOCK), n_large = random_below(&r, 60);
		unsigned bits = (unsigned)random_below(&r, 20), large = (unsigned)random_below(&r, 33);

		if (round % 4 == 0)
			n = POSTINGS_BLOCK;
		for (size_t i = 0; i < n; i++)
			v[i] = with_bits(&r, bits);
		for (size_t i = 0; i < n_large; i++)
			v[random_below(&r, n)] = with_bits(&r, large);
		round_trip(v, n);
	}
}

static void test_ends_of_the_range(void **state)
{
	uint32_t v[POSTINGS_BLOCK];

	(void)state;
	for (size_t n = 1; n <= POSTINGS_BLOCK; n++) {
		memset(v, 0, sizeof(v));
		round_trip(v, n);
		for (size_t i = 0; i < n; i++) { /* one very large number among nothing, at every place */
			v[i] = UINT32_MAX;
			round_trip(v, n);
			v[i] = 0;
		}
		memset(v, 0xff, sizeof(v));
		round_trip(v, n);
	}
}

/* One number that is far larger must not make all the others wide: that is what patches are for. */
static void test_outliers_cost_little(void **state)
{
	uint32_t v[POSTINGS_BLOCK];
	uint8_t room[PACK_MAX];
	size_t plain;

	(void)state;
	for (size_t i = 0; i < POSTINGS_BLOCK; i++)
		v[i] = i & 7;
	plain = pack(v, POSTINGS_BLOCK, room);
	assert_int_equal(plain, 1 + 3 * POSTINGS_BLOCK / 8);
	v[77] = UINT32_MAX;
	assert_in_range(pack(v, POSTINGS_BLOCK, room), plain + 1, plain + 7);
}

static void test_cut_off(void **state)
{
	struct random r = {0x5eed};
	uint32_t v[POSTINGS_BLOCK];

	(void)state;
	for (unsigned bits = 0; bits <= 32; bits++)
		for (size_t n = 1; n <= POSTINGS_BLOCK; n += bits % 3 ? 7 : 127) {
			for (size_t i = 0; i < n; i++)
				v[i] = with_bits(&r, bits);
			cut_everywhere(v, n);
			v[n / 2] = UINT32_MAX;
			cut_everywhere(v, n);
		}
}

/* Any bytes are either a block, of which skipping and reading think alike, or none. */
static void test_any_bytes(void **state)
{
	struct random r = {0xb10c};
	uint32_t v[POSTINGS_BLOCK];
	size_t blocks = 0, none = 0;

	(void)state;
	for (unsigned round = 0; round < 100000; round++) {
		size_t bytes = random_below(&r, 80), n = 1 + random_below(&r, POSTINGS_BLOCK);
		uint8_t *p = malloc(bytes + 1);
		const uint8_t *end = p + bytes, *read, *skipped;

		for (size_t i = 0; i < bytes; i++)
			p[i] = (uint8_t)(i < 3 ? random_skewed(&r, 256) : random_below(&r, 256));
		if (bytes && random_below(&r, 2))
			p[0] |= 0x80;
		read = unpack(p, end, n, v);
		skipped = pack_skip(p, end, n);
		assert_true(!read || read == skipped);
		assert_true(!read || (read > p && read <= end));
		for (size_t i = 0; i < n; i++) {
			uint32_t one;

			assert_true(pack_get(p, end, n, i, &one) == (skipped != NULL));
			assert_true(!read || one == v[i] || p[0] & 0x80); /* places may be patched twice */
		}
		blocks += read != NULL;
		none += read == NULL;
		free(p);
	}
	assert_true(blocks > 1000 && none > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_width),       cmocka_unit_test(test_outliers),
		cmocka_unit_test(test_ends_of_the_range), cmocka_unit_test(test_outliers_cost_little),
		cmocka_unit_test(test_cut_off),           cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
