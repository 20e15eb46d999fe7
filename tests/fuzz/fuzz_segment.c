/*
 * Bytes written over a small valid segment, which is then read in every way, verified, and merged with its neighbour.
 * The checksums are made to fit afterwards, so that nothing is turned away for them.
 *
 *   input = { place (2 bytes, from the end of the file; 0xffff: what follows is put at the beginning of the lists),
 *             length (1 byte), bytes }
 */
#include "index/index_priv.h"

#include "../unit/index/model.h"
#include "../unit/index/walk_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* libFuzzer gives its target nothing to hold on to but globals. */
static char dir[64];
static uint8_t *whole;
static size_t whole_n;

static void must(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static void remove_dir(void)
{
	struct arena a = {0};
	static const char *const names[] = {"whole.seg", "next.seg", "patched.seg", "merged.seg"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(path_join(&a, dir, names[i]));
	rmdir(dir);
	arena_free(&a);
}

static void build(struct arena *a, struct model m, const char *name)
{
	struct index_builder *b;
	struct index_part part;
	struct err e = {0};

	must(index_builder_open("english", 1 << 20, &b, &e) == REFTEL_OK, e.msg);
	for (size_t i = 0; i < m.n; i++)
		model_add(b, a, &m.docs[i]);
	must(index_builder_flush(b, dir, name, &part, &e) == REFTEL_OK, e.msg);
	index_builder_close(b);
}

/* One list of several blocks, some stems, some long words, keywords. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct random r = {0xf0225};
	struct arena a = {0};
	struct err e = {0};
	struct model m;
	struct str s;

	(void)argc;
	(void)argv;
	snprintf(dir, sizeof(dir), "%s/reftel-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	must(mkdtemp(dir) != NULL, "no folder to work in");
	atexit(remove_dir);
	m = model_random(&a, &r, (struct model_shape){150, 6, 7, true});
	build(&a, model_slice(m, 0, 140), "whole.seg");
	build(&a, model_slice(m, 140, 150), "next.seg");
	must(file_read(&a, path_join(&a, dir, "whole.seg"), 1 << 20, &s, &e) == REFTEL_OK, e.msg);
	whole = malloc(s.n);
	memcpy(whole, s.p, s.n);
	whole_n = s.n;
	arena_free(&a);
	return 0;
}

static void patch(uint8_t *p, size_t n, const uint8_t *data, size_t size)
{
	while (size > 3) {
		size_t place = (size_t)data[0] | (size_t)data[1] << 8, length = data[2];

		data += 3;
		size -= 3;
		length = length < size ? length : size;
		place = place == 0xffff ? SEGMENT_MAGIC_BYTES : n - 1 - place % n;
		for (size_t i = 0; i < length && place + i < n; i++)
			p[place + i] = data[i];
		data += length;
		size -= length;
	}
	p += n - SEGMENT_FOOTER_BYTES;
	store64(p + 80, XXH3_64bits(p - (n - SEGMENT_FOOTER_BYTES), n - SEGMENT_FOOTER_BYTES));
	store64(p + SEGMENT_FOOTER_BYTES - 8, XXH3_64bits(p, SEGMENT_FOOTER_BYTES - 8));
}

static void write_file(const char *name, const uint8_t *p, size_t n)
{
	struct arena a = {0};
	int fd = open(path_join(&a, dir, name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, p, n) == (ssize_t)n, "the segment cannot be written");
	close(fd);
	arena_free(&a);
}

static void merge(const struct segment *const *from, size_t n, const char *name)
{
	struct index_part part;
	struct segment *s;
	struct err e = {0};

	if (segment_merge(from, n, NULL, dir, name, &part, &e) != REFTEL_OK)
		return;
	must(segment_open(dir, name, &s, &e) == REFTEL_OK, e.msg);
	walk_all(s);
	segment_close(s);
}

/* Read in memory of its exact size, which AddressSanitizer watches; the file's mapping ends with a page. */
static void walk_in_memory(const uint8_t *p, size_t n)
{
	struct segment s = {.p = p, .n = n, .name = (char[]){"patched.seg"}};
	struct err e = {0};

	if (frame_get(p, n, &s.f, s.name, &e) != REFTEL_OK)
		return;
	rank_table_fill(&s.rank);
	s.lengths = segment_column(&s, COLUMN_LENGTH, 0);
	walk_all(&s);
	(void)segment_verify(&s, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *p = malloc(whole_n);
	struct segment *from[2];
	struct err e = {0};

	memcpy(p, whole, whole_n);
	patch(p, whole_n, data, size);
	walk_in_memory(p, whole_n);
	write_file("patched.seg", p, whole_n);
	free(p);
	if (segment_open(dir, "patched.seg", &from[0], &e) != REFTEL_OK)
		return 0;
	must(segment_open(dir, "next.seg", &from[1], &e) == REFTEL_OK, e.msg);
	merge((const struct segment *const *)from, 1 + size % 2, "merged.seg");
	segment_close(from[0]);
	segment_close(from[1]);
	return 0;
}
