/*
 * Sketches: sixteen numbers that two documents share as far as they share runs of words. One permutation of the runs
 * is cut in bins, and each bin keeps its least (Li, Owen, Zhang, "One permutation hashing", 2012).
 */
#include "index/index_priv.h"

enum { RUN = SKETCH_RUN, EMPTY = 0xffff };

/* A run of words is a polynomial of their hashes, stirred (the numbers are odd, and the fractions of phi and pi). */
#define POINT        0x243f6a8885a308d3u
#define POINT_SQUARE (POINT * POINT)

static uint64_t stir(uint64_t h)
{
	h ^= h >> 32;
	h *= 0x9e3779b97f4a7c15;
	return h ^ h >> 29;
}

static void run_keep(struct sketcher *k, uint64_t h)
{
	uint64_t least = k->least[h % SKETCH_SIZE];

	k->least[h % SKETCH_SIZE] = h < least ? h : least; /* which nobody could guess: no branch */
}

void sketch_begin(struct sketcher *k)
{
	memset(k, 0, sizeof(*k));
	memset(k->least, 0xff, sizeof(k->least));
}

void sketch_word(struct sketcher *k, uint32_t hash)
{
	uint64_t h = 0;

	k->run[k->n++ % RUN] = hash;
	if (k->n < RUN)
		return;
	for (size_t i = 0; i < RUN; i++)
		h = h * POINT + k->run[(k->n + i) % RUN];
	run_keep(k, stir(h));
}

void sketch_end(const struct sketcher *k, uint16_t out[SKETCH_SIZE])
{
	for (size_t i = 0; i < SKETCH_SIZE; i++)
		out[i] = k->least[i] == UINT64_MAX ? EMPTY : (uint16_t)(k->least[i] >> 8 & 0x7fff);
}

static uint64_t pair(const uint32_t *hashes)
{
	return hashes[0] * POINT + hashes[1];
}

void sketch_words(const uint32_t *hashes, size_t n, uint16_t out[SKETCH_SIZE])
{
	_Static_assert(RUN == 4, "a run is two pairs");
	uint64_t before = n >= RUN ? pair(hashes) : 0, last = n >= RUN ? pair(hashes + 1) : 0, next;
	struct sketcher k;

	sketch_begin(&k);
	for (size_t i = 0; i + RUN <= n; i++) {
		next = pair(hashes + i + 2);
		run_keep(&k, stir(before * POINT_SQUARE + next));
		before = last;
		last = next;
	}
	sketch_end(&k, out);
}

unsigned sketch_alike(const uint16_t a[SKETCH_SIZE], const uint16_t b[SKETCH_SIZE])
{
	unsigned n = 0;

	for (size_t i = 0; i < SKETCH_SIZE; i++)
		n += a[i] == b[i] && a[i] != EMPTY;
	return n;
}
