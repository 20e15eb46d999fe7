/*
 * Damaged segments: every byte that is not as it was written is noticed, and reading on nevertheless ends, within the
 * bounds, whatever the byte says. walk_all.h ends the program where that is not so.
 */
#include "fixture.h"

#include "index/index_priv.h"
#include "walk_all.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <xxhash.h>

struct bytes {
	uint8_t *p;
	size_t n;
};

static struct bytes file_bytes(struct fixture *f, const char *name)
{
	struct err e = {0};
	struct str s;

	assert_int_equal(file_read(&f->a, path_join(&f->a, f->dir, name), 1 << 26, &s, &e), REFTEL_OK);
	return (struct bytes){(uint8_t *)(uintptr_t)s.p, s.n};
}

static int file_open(struct fixture *f, const char *name)
{
	int fd = open(path_join(&f->a, f->dir, name), O_RDWR | O_CREAT, 0600);

	assert_true(fd >= 0);
	return fd;
}

/* Opens what may be damaged and reads all of it; whether verifying it, or already opening it, told. */
static bool noticed(struct fixture *f, const char *name)
{
	struct segment *s;
	struct err e = {0};
	bool told;

	if (segment_open(f->dir, name, &s, &e) != REFTEL_OK) {
		assert_null(s);
		assert_int_equal(e.code, REFTEL_EFORMAT);
		return true;
	}
	walk_all(s);
	told = segment_verify(s, &e) != REFTEL_OK;
	assert_true(!told || e.code == REFTEL_EFORMAT);
	segment_close(s);
	return told;
}

/* The checksums that belong to these bytes, so that what is damaged passes for whole. */
static void sign(uint8_t *p, size_t n)
{
	uint8_t *footer = p + n - SEGMENT_FOOTER_BYTES;

	store64(footer + 80, XXH3_64bits(p, n - SEGMENT_FOOTER_BYTES));
	store64(footer + SEGMENT_FOOTER_BYTES - 8, XXH3_64bits(footer, SEGMENT_FOOTER_BYTES - 8));
}

static void write_all(int fd, const uint8_t *p, size_t n)
{
	assert_int_equal(pwrite(fd, p, n, 0), n);
	assert_int_equal(ftruncate(fd, (off_t)n), 0);
}

/* ---- single bytes ------------------------------------------------------------------------------------------------ */

static void flip(struct fixture *f, int fd, const struct bytes *b, size_t at, uint8_t with)
{
	uint8_t c = b->p[at] ^ with;

	assert_int_equal(pwrite(fd, &c, 1, (off_t)at), 1);
	if (!noticed(f, "damaged.seg"))
		fail_msg("byte %zu of %zu, %02x for %02x, was not noticed", at, b->n, c, b->p[at]);
	assert_int_equal(pwrite(fd, &b->p[at], 1, (off_t)at), 1);
}

static void test_every_byte(void **state)
{
	struct fixture *f = *state;
	struct bytes b;
	int fd = -1;

	seed(f, 0xf11b);
	build(f, model_random(&f->a, &f->r, (struct model_shape){10, 16, 20, true}), "english", "whole.seg");
	b = file_bytes(f, "whole.seg");
	fd = file_open(f, "damaged.seg");
	write_all(fd, b.p, b.n);
	assert_false(noticed(f, "damaged.seg"));
	assert_in_range(b.n, 1000, 8000);
	for (size_t at = 0; at < b.n; at++) {
		flip(f, fd, &b, at, (uint8_t)(1 << random_below(&f->r, 8)));
		flip(f, fd, &b, at, (uint8_t)(1 + random_below(&f->r, 255)));
	}
	assert_false(noticed(f, "damaged.seg"));
	close(fd);
}

/* Larger files, with lists of many blocks and much in each: a sample of their bytes. */
static void test_some_bytes(void **state)
{
	static const struct model_shape shapes[] = {
		{600, 6, 4, false}, {300, 12, 60, true}, {150, 60, 250, false}, {8, 700, 30, false}};
	struct fixture *f = *state;

	seed(f, 0x50ae);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		struct bytes b;
		int fd;

		build(f, model_random(&f->a, &f->r, shapes[i]), "english", "whole.seg");
		b = file_bytes(f, "whole.seg");
		fd = file_open(f, "damaged.seg");
		write_all(fd, b.p, b.n);
		for (size_t k = 0; k < 600; k++)
			flip(f, fd, &b, random_below(&f->r, b.n), (uint8_t)(1 + random_below(&f->r, 255)));
		assert_false(noticed(f, "damaged.seg"));
		close(fd);
		arena_reset(&f->a);
	}
}

/* With checksums that fit: then nothing need be noticed, and all must be borne. Several bytes at once. */
static void test_damage_that_is_signed(void **state)
{
	struct fixture *f = *state;
	struct bytes b;
	uint8_t *p;
	size_t told = 0, rounds = 2500;
	int fd;

	seed(f, 0x519);
	build(f, model_random(&f->a, &f->r, (struct model_shape){260, 8, 12, true}), "english", "whole.seg");
	b = file_bytes(f, "whole.seg");
	p = malloc(b.n);
	fd = file_open(f, "damaged.seg");
	for (size_t i = 0; i < rounds; i++) {
		memcpy(p, b.p, b.n);
		for (size_t k = 1 + random_skewed(&f->r, 20); k--;) {
			size_t at = random_below(&f->r, b.n);

			p[at] = random_below(&f->r, 2) ? (uint8_t)random_next(&f->r) : (uint8_t) ~(p[at] & 1);
		}
		if (i % 16 == 0)
			p[b.n - SEGMENT_FOOTER_BYTES + random_below(&f->r, 120)] ^= (uint8_t)random_next(&f->r);
		sign(p, b.n);
		write_all(fd, p, b.n);
		told += noticed(f, "damaged.seg");
	}
	print_message("%zu of %zu were noticed by what they say\n", told, rounds);
	assert_in_range(told, rounds / 4, rounds);
	close(fd);
	free(p);
}

/* ---- lengths ----------------------------------------------------------------------------------------------------- */

static void test_truncated(void **state)
{
	struct fixture *f = *state;
	struct bytes b;
	int fd;

	seed(f, 0x7a11);
	build(f, model_random(&f->a, &f->r, (struct model_shape){20, 12, 20, true}), "english", "whole.seg");
	b = file_bytes(f, "whole.seg");
	fd = file_open(f, "damaged.seg");
	write_all(fd, b.p, b.n);
	for (size_t n = b.n; n-- > 0;) {
		assert_int_equal(ftruncate(fd, (off_t)n), 0);
		assert_true(noticed(f, "damaged.seg"));
	}
	/* And what was cut off replaced by nothing, or with something behind it. */
	for (size_t n = 0; n < b.n; n += 97) {
		assert_int_equal(ftruncate(fd, 0), 0);
		write_all(fd, b.p, n);
		assert_int_equal(ftruncate(fd, (off_t)b.n), 0);
		assert_true(noticed(f, "damaged.seg"));
	}
	write_all(fd, b.p, b.n);
	for (size_t more = 1; more < 400; more++) {
		assert_int_equal(ftruncate(fd, (off_t)(b.n + more)), 0);
		assert_true(noticed(f, "damaged.seg"));
	}
	close(fd);
}

static void test_no_segment(void **state)
{
	struct fixture *f = *state;
	struct segment *s;
	struct err e = {0};
	uint8_t *p = calloc(1, 5000);
	int fd = file_open(f, "damaged.seg");

	seed(f, 0x0f11e);
	for (size_t n = 0; n < 5000; n += 250) {
		for (size_t i = 0; i < n; i++)
			p[i] = (uint8_t)random_next(&f->r);
		write_all(fd, p, n);
		assert_int_equal(segment_open(f->dir, "damaged.seg", &s, &e), REFTEL_EFORMAT);
		assert_null(s);
		assert_non_null(strstr(e.msg, "reindex"));
	}
	close(fd);
	free(p);
}

/* ---- merging ----------------------------------------------------------------------------------------------------- */

/* Damage must not be merged into a segment whose checksum then vouches for it. */
static void test_damage_is_not_merged(void **state)
{
	struct fixture *f = *state;
	struct model m;
	struct bytes b;
	int fd;

	seed(f, 0x3e6d);
	m = model_random(&f->a, &f->r, (struct model_shape){60, 20, 60, true});
	build(f, model_slice(m, 0, 30), "english", "whole.seg");
	build(f, model_slice(m, 30, 60), "english", "next.seg");
	b = file_bytes(f, "whole.seg");
	fd = file_open(f, "damaged.seg");
	write_all(fd, b.p, b.n);
	for (size_t i = 0; i < 300; i++) {
		size_t at = random_below(&f->r, b.n - SEGMENT_FOOTER_BYTES);
		uint8_t c = b.p[at] ^ (uint8_t)(1 + random_below(&f->r, 255));
		struct segment *s[2] = {NULL, reopen(f, "next.seg")};
		struct index_part part;
		struct err e = {0};

		assert_int_equal(pwrite(fd, &c, 1, (off_t)at), 1);
		if (segment_open(f->dir, "damaged.seg", &s[0], &e) == REFTEL_OK) {
			assert_int_equal(segment_merge((const struct segment *const *)s, 2, NULL, f->dir, "merged.seg",
						       &part, &e),
					 REFTEL_EFORMAT);
			assert_non_null(strstr(e.msg, "damaged.seg"));
		}
		assert_false(file_exists(arena_printf(&f->a, "%s/merged.seg", f->dir)));
		segment_close(s[0]);
		segment_close(s[1]);
		assert_int_equal(pwrite(fd, &b.p[at], 1, (off_t)at), 1);
	}
	close(fd);
}

/* A list that is said to lie far behind the file's end: what was read so far is forgotten only within the file. */
static void test_list_that_is_nowhere(void **state)
{
	struct fixture *f = *state;
	const struct columns columns = {.key = 1, .length = 1};
	const struct term nowhere = {INDEX_WORD, 1, (uint64_t)1 << 40, 2, 2, STR("")};
	const uint32_t first = 0;
	struct segment_writer w;
	struct segment *s;
	struct index_part part;
	struct err e = {0};

	assert_int_equal(segment_writer_open(&w, f->dir, "damaged.seg", "english", &columns, 1, &e), REFTEL_OK);
	list_begin(&w, INDEX_WORD);
	list_add(&w, 0, 0, &first);
	list_end(&w, STR("ponies"));
	list_alias(&w, STR("poni"), STR("ponies"), &nowhere);
	assert_int_equal(segment_writer_finish(&w, &part, &e), REFTEL_OK);
	segment_writer_close(&w);
	s = reopen(f, "damaged.seg");
	assert_int_equal(segment_merge((const struct segment *[]){s}, 1, NULL, f->dir, "merged.seg", &part, &e),
			 REFTEL_EFORMAT);
	assert_true(segment_damaged(s));
	segment_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_byte, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_some_bytes, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_damage_that_is_signed, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_truncated, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_no_segment, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_damage_is_not_merged, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_list_that_is_nowhere, open_fixture, close_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
