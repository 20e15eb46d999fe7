/*
 * A fast hash for tables in memory. Not for ids, not against an adversary who must not find collisions: a table that
 * holds foreign words bounds its own probing.
 *
 * Multiply and fold of 64 x 64 bits, as in Wang Yi's wyhash; the constants are the fractions of pi.
 */
#include "base/base.h"

#include <string.h>

static uint64_t fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t load(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, p, n);
	return v;
}

uint64_t hash_bytes(const void *data, size_t n, uint64_t seed)
{
	const unsigned char *p = data;
	uint64_t h = seed ^ 0x243f6a8885a308d3u;
	size_t left = n;

	for (; left > 8; left -= 8, p += 8)
		h = fold(h ^ load(p, 8), 0x13198a2e03707345u);
	if (left)
		h = fold(h ^ load(p, left), 0xa4093822299f31d1u);
	return fold(h ^ n, 0x082efa98ec4e6c89u);
}
