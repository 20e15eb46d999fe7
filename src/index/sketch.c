/*
 * Sketches: sixteen numbers that two documents share as far as they share runs of words. One permutation of the runs
 * is cut in bins, and each bin keeps its least (Li, Owen, Zhang, "One permutation hashing", 2012).
 */
#include "index/index_priv.h"

enum { RUN = SKETCH_RUN, EMPTY = 0xffff };

static uint64_t stir(uint64_t h)
{
	h ^= h >> 32;
	h *= 0x9e3779b97f4a7c15;
	return h ^ h >> 29;
}

void sketch_begin(struct sketcher *k)
{
	memset(k, 0, sizeof(*k));
	memset(k->least, 0xff, sizeof(k->least));
}

void sketch_word(struct sketcher *k, uint64_t hash)
{
	uint64_t h = 0;

	k->run[k->n++ % RUN] = hash;
	if (k->n < RUN)
		return;
	for (size_t i = 0; i < RUN; i++)
		h = stir(h + k->run[(k->n + i) % RUN]);
	if (h < k->least[h % SKETCH_SIZE])
		k->least[h % SKETCH_SIZE] = h;
}

void sketch_end(const struct sketcher *k, uint16_t out[SKETCH_SIZE])
{
	for (size_t i = 0; i < SKETCH_SIZE; i++)
		out[i] = k->least[i] == UINT64_MAX ? EMPTY : (uint16_t)(k->least[i] >> 8 & 0x7fff);
}

void sketch_words(const uint32_t *hashes, size_t n, uint16_t out[SKETCH_SIZE])
{
	struct sketcher k;

	sketch_begin(&k);
	for (size_t i = 0; i + RUN <= n; i++) {
		uint64_t h = 0, least;

		for (size_t j = 0; j < RUN; j++)
			h = stir(h + hashes[i + j]);
		least = k.least[h % SKETCH_SIZE];
		k.least[h % SKETCH_SIZE] = h < least ? h : least; /* which nobody could guess: no branch */
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
