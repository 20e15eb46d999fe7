/*
 * Sketches: sixteen numbers that two documents share as far as they share runs of words. One permutation of the runs
 * is cut in bins, and each bin keeps its least (Li, Owen, Zhang, "One permutation hashing", 2012).
 */
#include "index/index_priv.h"

enum { RUN = 4, EMPTY = 0xffff };

static uint64_t stir(uint64_t h)
{
	h ^= h >> 32;
	h *= 0x9e3779b97f4a7c15;
	return h ^ h >> 29;
}

void sketch_make(struct tokens words, uint16_t out[SKETCH_SIZE])
{
	uint64_t least[SKETCH_SIZE], run[RUN] = {0};

	memset(least, 0xff, sizeof(least));
	for (size_t i = 0; i < words.n; i++) {
		uint64_t h = 0;

		run[i % RUN] = hash_bytes(words.v[i].word.p, words.v[i].word.n, 0);
		if (i + 1 < RUN)
			continue;
		for (size_t k = 0; k < RUN; k++)
			h = stir(h + run[(i + 1 + k) % RUN]);
		if (h < least[h % SKETCH_SIZE])
			least[h % SKETCH_SIZE] = h;
	}
	for (size_t i = 0; i < SKETCH_SIZE; i++)
		out[i] = least[i] == UINT64_MAX ? EMPTY : (uint16_t)(least[i] >> 8 & 0x7fff);
}

unsigned sketch_alike(const uint16_t a[SKETCH_SIZE], const uint16_t b[SKETCH_SIZE])
{
	unsigned n = 0;

	for (size_t i = 0; i < SKETCH_SIZE; i++)
		n += a[i] == b[i] && a[i] != EMPTY;
	return n;
}
