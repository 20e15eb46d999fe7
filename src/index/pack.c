/*
 * Packing of small numbers: blocks of up to 128, each number in as many bits as most of the block need, and what is
 * larger patched in afterwards (patched frame of reference: Zukowski et al. 2006, Lemire and Boytsov 2015). A full
 * block lies in four interleaved lanes, so that four numbers are read at once where the machine can; shorter ones
 * follow one another bit by bit. Nothing that is read is trusted.
 *
 *   width (6 bits) | 0x80 where numbers are patched
 *   [count of patches, bytes of patches]
 *   the low `width` bits of all numbers
 *   [for each patch: index, then what goes above those bits as a varint]
 */
#include "index/index_priv.h"

enum { LANES = 4, ROWS = POSTINGS_BLOCK / LANES, PATCHED = 0x80, PATCHES_MAX = 40 };

typedef uint32_t lanes __attribute__((vector_size(16)));

/* ---- full blocks ------------------------------------------------------------------------------------------------ */

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

#define WIDTHS(X)                                                                                                      \
	X(1)                                                                                                           \
	X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20)      \
		X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32)

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

/* ---- short blocks -------------------------------------------------------------------------------------------------
 */

static void short_pack(const uint32_t *v, size_t n, uint8_t *out, unsigned width)
{
	const uint32_t mask = width == 32 ? UINT32_MAX : ((uint32_t)1 << width) - 1;
	uint64_t word = 0;
	unsigned used = 0;

	for (size_t i = 0; i < n; i++) {
		word |= (uint64_t)(v[i] & mask) << used;
		for (used += width; used >= 8; used -= 8, word >>= 8)
			*out++ = (uint8_t)word;
	}
	if (used)
		*out = (uint8_t)word;
}

static void short_unpack(const uint8_t *p, const uint8_t *end, size_t n, uint32_t *v, unsigned width)
{
	const uint64_t mask = width == 32 ? UINT32_MAX : ((uint64_t)1 << width) - 1;
	uint64_t word = 0;
	unsigned held = 0;
	size_t bit = 0;

	for (size_t i = 0; i < n && width; i++, bit += width) { /* eight bytes at once as long as they are there */
		const uint8_t *at = p + bit / 8;

		if (end - at < 8) {
			for (word = 0, held = 0; at < end; held += 8)
				word |= (uint64_t)*at++ << held;
		} else {
			word = load64(at);
		}
		v[i] = (uint32_t)(word >> bit % 8 & mask);
	}
	if (!width)
		memset(v, 0, n * sizeof(*v));
}

static size_t packed_bytes(size_t n, unsigned width)
{
	return n == POSTINGS_BLOCK ? (size_t)width * (POSTINGS_BLOCK / 8) : (n * width + 7) / 8;
}

/* ---- how wide? ----------------------------------------------------------------------------------------------------
 */

static unsigned bits_of(uint32_t v)
{
	return v ? 32 - (unsigned)__builtin_clz(v) : 0;
}

/* The width that makes the block shortest. */
static unsigned width_choose(const uint32_t *v, size_t n, bool *patched)
{
	unsigned at[33] = {0}, top = 0, best, width, above = 0;
	size_t least, patch_bytes = 0;

	for (size_t i = 0; i < n; i++)
		at[bits_of(v[i])]++;
	for (unsigned b = 0; b <= 32; b++)
		top = at[b] ? b : top;
	best = top;
	least = packed_bytes(n, top);
	for (width = top; width-- > 0;) {
		above += at[width + 1];
		patch_bytes = 2;
		for (unsigned b = width + 1; b <= top; b++)
			patch_bytes += at[b] * (size_t)(1 + (b - width + 6) / 7);
		if (above > PATCHES_MAX || patch_bytes > 255)
			break;
		if (packed_bytes(n, width) + patch_bytes < least) {
			least = packed_bytes(n, width) + patch_bytes;
			best = width;
		}
	}
	*patched = best < top;
	return best;
}

size_t pack(const uint32_t *v, size_t n, uint8_t *out)
{
	bool patched;
	unsigned width = width_choose(v, n, &patched);
	uint8_t *head = out, *patches;

	*out++ = (uint8_t)(width | (patched ? PATCHED : 0));
	if (patched)
		out += 2;
	if (n == POSTINGS_BLOCK)
		full_pack(v, out, width);
	else
		short_pack(v, n, out, width);
	out += packed_bytes(n, width);
	if (!patched)
		return (size_t)(out - head);
	patches = out;
	head[1] = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t high = width == 32 ? 0 : v[i] >> width;

		if (!high)
			continue;
		*out++ = (uint8_t)i;
		out += varint_put(out, high);
		head[1]++;
	}
	head[2] = (uint8_t)(out - patches);
	return (size_t)(out - head);
}

struct pack_frame {
	const uint8_t *numbers, *patches, *end;
	unsigned width, n_patches;
};

static inline bool frame_read(const uint8_t *p, const uint8_t *end, size_t n, struct pack_frame *f)
{
	size_t patch_bytes = 0, bytes;
	bool patched;

	if (p >= end || (*p & PATCHED && end - p < 3))
		return false;
	patched = *p & PATCHED;
	f->width = *p & 0x3f;
	f->n_patches = 0;
	if (patched) {
		f->n_patches = p[1];
		patch_bytes = p[2];
	}
	f->numbers = p + (patched ? 3 : 1);
	bytes = packed_bytes(n, f->width);
	f->patches = f->numbers + bytes;
	f->end = f->patches + patch_bytes;
	return f->width <= 32 && (size_t)(end - f->numbers) >= bytes + patch_bytes;
}

const uint8_t *pack_skip(const uint8_t *p, const uint8_t *end, size_t n)
{
	struct pack_frame f;

	return frame_read(p, end, n, &f) ? f.end : NULL;
}

const uint8_t *unpack(const uint8_t *p, const uint8_t *end, size_t n, uint32_t *v)
{
	struct pack_frame f;
	const uint8_t *at;

	if (!frame_read(p, end, n, &f))
		return NULL;
	if (n == POSTINGS_BLOCK)
		full_unpack(f.numbers, v, f.width);
	else
		short_unpack(f.numbers, f.end, n, v, f.width);
	at = f.patches;
	for (unsigned i = 0; i < f.n_patches; i++) {
		uint64_t high;
		size_t where;

		if (at >= f.end)
			return NULL;
		where = *at++;
		at = varint_get(at, f.end, &high);
		if (!at || where >= n || f.width == 32)
			return NULL;
		v[where] |= (uint32_t)(high << f.width);
	}
	return f.end;
}
