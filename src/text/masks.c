/*
 * What 64 bytes of a text are, a bit for each: letters and digits, and what a word's end has to be asked about. Sixteen
 * bytes at a time where the machine has SSE2, else eight in a register; both are here, so that they can be held against
 * each other.
 */
#include "text/text_priv.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* ---- eight bytes in a register ----------------------------------------------------------------------------------- */

/* The highest bit of each byte of w that is from first to last; bytes of w must be below 0x80. */
static uint64_t lanes_between(uint64_t w, unsigned char first, unsigned char last)
{
	return (w + LANES(0x80 - first)) & ~(w + LANES(0x7f - last)) & LANES(0x80);
}

/* The highest bits of eight bytes as the eight bits from `at` on: a product whose terms do not meet in the top byte. */
static uint64_t lanes_bits(uint64_t high, unsigned at)
{
	return ((high >> 7) * 0x0102040810204080u) >> 56 << at;
}

static void lanes_masks(uint64_t w, unsigned at, struct byte_masks *m)
{
	uint64_t low = w & LANES(0x7f), plain = ~w & LANES(0x80);
	uint64_t letters = lanes_between(low | LANES(0x20), 'a', 'z') & plain;
	uint64_t quotes = lanes_between(low, '\'', '\'') | lanes_between(low, '`', '`');

	m->words |= lanes_bits(letters | (lanes_between(low, '0', '9') & plain), at);
	m->letters |= lanes_bits(letters, at);
	m->capitals |= lanes_bits(letters & ~(w << 2), at); /* bit 5 tells the cases apart */
	m->unicode |= lanes_bits(w & LANES(0x80), at);
	m->signs |= lanes_bits(lanes_between(low, '%', '&') & plain, at);
	m->joints |= lanes_bits((lanes_between(low, ',', '.') | quotes) & plain, at);
	m->hyphens |= lanes_bits(lanes_between(low, '-', '-') & plain, at);
	m->spaces |= lanes_bits((lanes_between(low, '\t', '\r') | lanes_between(low, ' ', ' ')) & plain, at);
}

void byte_masks_portable(const char *p, struct byte_masks *m)
{
	*m = (struct byte_masks){0};
	for (unsigned at = 0; at < BLOCK_BYTES; at += sizeof(uint64_t))
		lanes_masks(chunk_load(p + at), at, m);
}

/* ---- sixteen at a time ------------------------------------------------------------------------------------------- */

#if defined(__SSE2__)

/* SSE2 compares signed bytes: the range is moved to the bottom of them. */
static inline __m128i between(__m128i x, unsigned char first, unsigned char last)
{
	__m128i low = _mm_add_epi8(x, _mm_set1_epi8((char)(0x80 - first)));

	return _mm_cmplt_epi8(low, _mm_set1_epi8((char)(0x80 + last - first + 1)));
}

static inline uint64_t bits(__m128i x, unsigned at)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(x) << at;
}

static inline void sixteen_masks(__m128i x, unsigned at, struct byte_masks *m)
{
	__m128i letters = between(_mm_or_si128(x, _mm_set1_epi8(0x20)), 'a', 'z');
	__m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\'')), _mm_cmpeq_epi8(x, _mm_set1_epi8('`')));
	__m128i spaces = _mm_or_si128(between(x, '\t', '\r'), _mm_cmpeq_epi8(x, _mm_set1_epi8(' ')));

	m->words |= bits(_mm_or_si128(letters, between(x, '0', '9')), at);
	m->letters |= bits(letters, at);
	m->capitals |= bits(_mm_andnot_si128(_mm_slli_epi16(x, 2), letters), at);
	m->unicode |= bits(x, at);
	m->signs |= bits(between(x, '%', '&'), at);
	m->joints |= bits(_mm_or_si128(between(x, ',', '.'), quotes), at);
	m->hyphens |= bits(_mm_cmpeq_epi8(x, _mm_set1_epi8('-')), at);
	m->spaces |= bits(spaces, at);
}

void byte_masks_read(const char *p, struct byte_masks *m)
{
	struct byte_masks all = {0};

	for (unsigned at = 0; at < BLOCK_BYTES; at += 16)
		sixteen_masks(_mm_loadu_si128((const __m128i *)(const void *)(p + at)), at, &all);
	*m = all;
}

#else

void byte_masks_read(const char *p, struct byte_masks *m)
{
	byte_masks_portable(p, m);
}

#endif
