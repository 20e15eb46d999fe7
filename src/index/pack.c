/*
 * Packing of small numbers: blocks of up to 128, each number in as many bits as most of the block need, and what is
 * larger patched in afterwards (patched frame of reference: Zukowski et al. 2006, Lemire and Boytsov 2015). A full
 * block lies in four interleaved lanes, so that four numbers are read at once where the machine can; shorter ones
 * follow one another bit by bit. Nothing that is read is trusted.
 *
 *   width (6 bits) | 0x80 where numbers are patched
 *   [count of patches, width of what they add]
 *   the low `width` bits of all numbers
 *   [the patches' indexes, a byte each; what goes above the low bits of each, bit by bit]
 */
#include "index/index_priv.h"

enum { LANES = 4, ROWS = POSTINGS_BLOCK / LANES, PATCHED = 0x80, PATCHES_MAX = 40, GAP_BITS = 24 };

typedef uint32_t lanes __attribute__((vector_size(16)));

/* ---- full blocks ------------------------------------------------------------------------------------------------- */

static inline __attribute__((always_inline)) void lanes_pack(const uint32_t *v, uint8_t *out, unsigned width)
{
	const uint32_t mask = width == 32 ? UINT32_MAX : ((uint32_t)1 << width) - 1;
	lanes word = {0}, x;
	unsigned used = 0;

#pragma GCC unroll 32
	for (unsigned row = 0; row < ROWS; row++) {
		memcpy(&x, v + (size_t)row * LANES, sizeof(x));
		x &= mask;
		word |= x << used;
		used += width;
		if (used < 32)
			continue;
		memcpy(out, &word, sizeof(word));
		out += sizeof(word);
		used -= 32;
		word = used ? x >> (width - used) : (lanes){0};
	}
}

static inline __attribute__((always_inline)) void lanes_unpack(const uint8_t *p, uint32_t *v, unsigned width)
{
	const uint32_t mask = width == 32 ? UINT32_MAX : ((uint32_t)1 << width) - 1;
	lanes word, x;
	unsigned used = 0;

	memcpy(&word, p, sizeof(word));
#pragma GCC unroll 32
	for (unsigned row = 0; row < ROWS; row++) {
		x = word >> used;
		used += width;
		if (used >= 32 && row + 1 < ROWS) {
			p += sizeof(word);
			memcpy(&word, p, sizeof(word));
			used -= 32;
			if (used)
				x |= word << (width - used);
		}
		x &= mask;
		memcpy(v + (size_t)row * LANES, &x, sizeof(x));
	}
}

/* clang-format off */
#define WIDTHS(X) \
	X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) \
	X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32)
/* clang-format on */

/* A function for each width, so that the shifts are known when it is compiled. */
static void full_pack(const uint32_t *v, uint8_t *out, unsigned width)
{
	switch (width) {
#define CASE(w)                                                                                                        \
	case w:                                                                                                        \
		lanes_pack(v, out, w);                                                                                 \
		break;
		WIDTHS(CASE)
#undef CASE
	default:
		break;
	}
}

static void full_unpack(const uint8_t *p, uint32_t *v, unsigned width)
{
	switch (width) {
#define CASE(w)                                                                                                        \
	case w:                                                                                                        \
		lanes_unpack(p, v, w);                                                                                 \
		break;
		WIDTHS(CASE)
#undef CASE
	default:
		memset(v, 0, POSTINGS_BLOCK * sizeof(*v));
	}
}

/* ---- short blocks ------------------------------------------------------------------------------------------------ */

/* Eight bytes are written for each number, of which the next one's take the place of those that are none of it: out
 * has eight bytes behind the last. */
static void short_pack(const uint32_t *v, size_t n, uint8_t *out, unsigned width)
{
	const uint32_t mask = width == 32 ? UINT32_MAX : ((uint32_t)1 << width) - 1;
	uint64_t word = 0;
	unsigned used = 0;

	for (size_t i = 0; i < n; i++) {
		word |= (uint64_t)(v[i] & mask) << used;
		used += width;
		store64(out, word);
		out += used / 8;
		word >>= used & ~7u;
		used &= 7;
	}
	store64(out, word);
}

/* Eight bytes at once as long as they are there; the last few numbers are read from a copy that has them. */
static void short_unpack(const uint8_t *p, const uint8_t *end, size_t n, uint32_t *v, unsigned width)
{
	const uint64_t mask = width == 32 ? UINT32_MAX : ((uint64_t)1 << width) - 1;
	size_t bytes = (size_t)(end - p), bit = 0, i = 0, whole;
	uint8_t tail[24] = {0};

	if (!width) {
		memset(v, 0, n * sizeof(*v));
		return;
	}
	whole = bytes < 8 ? 0 : (8 * (bytes - 8) + 7) / width + 1; /* begin at least eight bytes before the end */
	whole = whole < n ? whole : n;
	for (; i < whole; i++, bit += width)
		v[i] = (uint32_t)(load64(p + bit / 8) >> bit % 8 & mask);
	if (i == n)
		return;
	p += bit / 8;
	memcpy(tail, p, (size_t)(end - p) < sizeof(tail) - 8 ? (size_t)(end - p) : sizeof(tail) - 8);
	for (bit %= 8; i < n; i++, bit += width)
		v[i] = (uint32_t)(load64(tail + bit / 8) >> bit % 8 & mask);
}

static size_t packed_bytes(size_t n, unsigned width)
{
	return n == POSTINGS_BLOCK ? (size_t)width * (POSTINGS_BLOCK / 8) : (n * width + 7) / 8;
}

/* ---- how wide? --------------------------------------------------------------------------------------------------- */

static unsigned bits_of(uint32_t v)
{
	return v ? 32 - (unsigned)__builtin_clz(v) : 0;
}

static size_t patches_bytes(unsigned n, unsigned width)
{
	return n + (n * width + 7) / 8;
}

/* How many numbers need more than `width` bits. */
static unsigned count_above(const uint32_t *v, size_t n, unsigned width)
{
	lanes none = {0}, x;
	size_t i = 0;
	unsigned count;

	for (; i + LANES <= n; i += LANES) {
		memcpy(&x, v + i, sizeof(x));
		none -= (lanes)(x >> width == 0); /* a lane that is true is -1 */
	}
	count = (unsigned)i - (none[0] + none[1] + none[2] + none[3]);
	for (; i < n; i++)
		count += v[i] >> width != 0;
	return count;
}

/* The width that makes the block shortest. *top: bits of the largest number. */
static unsigned width_choose(const uint32_t *v, size_t n, unsigned *top)
{
	uint32_t any = 0;
	unsigned best, above = 0; /* at least, of the width at hand */
	size_t least;

	for (size_t i = 0; i < n; i++)
		any |= v[i];
	best = *top = bits_of(any);
	least = packed_bytes(n, *top);
	for (unsigned width = *top; width-- > 0;) {
		size_t bytes = 2 + packed_bytes(n, width);

		if (bytes + patches_bytes(above, *top - width) >= least)
			continue;
		above = count_above(v, n, width);
		if (above > PATCHES_MAX)
			break;
		bytes += patches_bytes(above, *top - width);
		if (bytes < least) {
			least = bytes;
			best = width;
		}
	}
	return best;
}

/* A bit for each of 32 numbers that need more than `width` bits. */
static uint32_t bits_above(const uint32_t *v, unsigned width)
{
	const lanes first = {1, 2, 4, 8};
	lanes bits = {0}, x;

	for (unsigned i = 0; i < 32; i += LANES) {
		memcpy(&x, v + i, sizeof(x));
		bits |= (lanes)(x >> width != 0) & first << i;
	}
	return bits[0] | bits[1] | bits[2] | bits[3];
}

/* Writes where the large numbers are and what they have above `width` bits. */
static uint8_t *patches_put(const uint32_t *v, size_t n, unsigned width, unsigned top, uint8_t *out, uint8_t *patches)
{
	uint32_t high[PATCHES_MAX];
	unsigned found = 0;
	size_t i = 0;

	for (; i + 32 <= n; i += 32)
		for (uint32_t above = bits_above(v + i, width); above; above &= above - 1) {
			size_t at = i + (size_t)__builtin_ctz(above);

			high[found++] = v[at] >> width;
			*out++ = (uint8_t)at;
		}
	for (; i < n; i++)
		if (v[i] >> width) {
			high[found++] = v[i] >> width;
			*out++ = (uint8_t)i;
		}
	*patches = (uint8_t)found;
	short_pack(high, found, out, top - width);
	return out + (found * (top - width) + 7) / 8;
}

size_t pack(const uint32_t *v, size_t n, uint8_t *out)
{
	unsigned top, width = width_choose(v, n, &top);
	uint8_t *head = out;

	*out++ = (uint8_t)width;
	if (width < top)
		out += 2;
	if (n == POSTINGS_BLOCK)
		full_pack(v, out, width);
	else
		short_pack(v, n, out, width);
	out += packed_bytes(n, width);
	if (width == top)
		return (size_t)(out - head);
	head[0] |= PATCHED;
	head[2] = (uint8_t)(top - width);
	return (size_t)(patches_put(v, n, width, top, out, &head[1]) - head);
}

struct pack_frame {
	const uint8_t *numbers, *patches, *end;
	unsigned width, n_patches, patch_width;
};

static inline bool frame_read(const uint8_t *p, const uint8_t *end, size_t n, struct pack_frame *f)
{
	bool patched;
	size_t bytes;

	if (p >= end || (*p & PATCHED && end - p < 3))
		return false;
	patched = *p & PATCHED;
	f->width = *p & 0x3f;
	f->n_patches = patched ? p[1] : 0;
	f->patch_width = patched ? p[2] : 0;
	f->numbers = p + (patched ? 3 : 1);
	if (f->width > 32 || f->width + f->patch_width > 32 || f->n_patches > PATCHES_MAX)
		return false;
	bytes = packed_bytes(n, f->width) + patches_bytes(f->n_patches, f->patch_width);
	if ((size_t)(end - f->numbers) < bytes)
		return false;
	f->patches = f->numbers + packed_bytes(n, f->width);
	f->end = f->numbers + bytes;
	return true;
}

/* Four running sums at once, carried from one to the next: a wave of two shifted additions (Hillis and Steele 1986). */
bool gaps_sum(uint32_t *v, size_t n, uint32_t previous)
{
	const lanes zero = {0};
	lanes carry = {previous, previous, previous, previous}, all = {0}, x;
	size_t i = 0;

	for (; i + LANES <= n; i += LANES) {
		memcpy(&x, v + i, sizeof(x));
		all |= x;
		x += 1;
		x += __builtin_shufflevector(x, zero, 4, 0, 1, 2);
		x += __builtin_shufflevector(x, zero, 4, 4, 0, 1);
		x += carry;
		carry = __builtin_shufflevector(x, x, 3, 3, 3, 3);
		memcpy(v + i, &x, sizeof(x));
	}
	previous = i ? v[i - 1] : previous;
	for (; i < n; i++) {
		all[0] |= v[i];
		v[i] = previous += v[i] + 1;
	}
	return (all[0] | all[1] | all[2] | all[3]) >> GAP_BITS == 0;
}

const uint8_t *pack_skip(const uint8_t *p, const uint8_t *end, size_t n)
{
	struct pack_frame f;

	return frame_read(p, end, n, &f) ? f.end : NULL;
}

/* Puts what goes above the low bits where it belongs; false where that is nowhere. */
static bool patches_get(const struct pack_frame *f, size_t n, uint32_t *v)
{
	uint32_t high[PATCHES_MAX];
	bool within = true;

	short_unpack(f->patches + f->n_patches, f->end, f->n_patches, high, f->patch_width);
	for (unsigned i = 0; i < f->n_patches; i++)
		within &= f->patches[i] < n;
	for (unsigned i = 0; i < f->n_patches && within && f->width < 32; i++)
		v[f->patches[i]] |= high[i] << f->width;
	return within;
}

const uint8_t *unpack(const uint8_t *p, const uint8_t *end, size_t n, uint32_t *v)
{
	struct pack_frame f;

	if (!frame_read(p, end, n, &f))
		return NULL;
	if (n == POSTINGS_BLOCK)
		full_unpack(f.numbers, v, f.width);
	else
		short_unpack(f.numbers, f.end, n, v, f.width);
	return !f.n_patches || patches_get(&f, n, v) ? f.end : NULL;
}

/* ---- one number -------------------------------------------------------------------------------------------------- */

static uint32_t short_get(const uint8_t *p, const uint8_t *end, size_t i, unsigned width)
{
	const uint8_t *at = p + i * width / 8;
	uint64_t word = 0;

	if (end - at >= 8)
		word = load64(at);
	else
		for (unsigned shift = 0; at < end; shift += 8)
			word |= (uint64_t)*at++ << shift;
	return (uint32_t)(word >> i * width % 8 & (((uint64_t)1 << width) - 1));
}

static uint32_t full_get(const uint8_t *p, size_t i, unsigned width)
{
	size_t bit = i / LANES * width;
	const uint8_t *at = p + bit / 32 * sizeof(lanes) + i % LANES * 4;
	uint64_t word = load32(at);

	if (bit % 32 + width > 32)
		word |= (uint64_t)load32(at + sizeof(lanes)) << 32;
	return (uint32_t)(word >> bit % 32 & (((uint64_t)1 << width) - 1));
}

bool pack_get(const uint8_t *p, const uint8_t *end, size_t n, size_t i, uint32_t *v)
{
	struct pack_frame f;
	const uint8_t *patch;

	if (!frame_read(p, end, n, &f))
		return false;
	*v = n == POSTINGS_BLOCK ? f.width ? full_get(f.numbers, i, f.width) : 0
				 : short_get(f.numbers, f.end, i, f.width);
	patch = f.n_patches && f.width < 32 ? memchr(f.patches, (int)i, f.n_patches) : NULL;
	if (patch)
		*v |= short_get(f.patches + f.n_patches, f.end, (size_t)(patch - f.patches), f.patch_width) << f.width;
	return true;
}
