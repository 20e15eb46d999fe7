/* Numbers that look random and are the same in every run with the same seed (xorshift64*, Vigna 2016). */
#ifndef REFTEL_TEST_RANDOM_H
#define REFTEL_TEST_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state; /* not 0 */
};

static inline uint64_t random_next(struct random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1d;
}

/* 0 .. n - 1 */
static inline size_t random_below(struct random *r, size_t n)
{
	return (size_t)((random_next(r) >> 11) % n);
}

/* 0 .. n - 1, the small ones far more often. */
static inline size_t random_skewed(struct random *r, size_t n)
{
	double x = (double)(random_next(r) >> 11) / 9007199254740992.0;

	return (size_t)((double)n * x * x * x);
}

#endif
