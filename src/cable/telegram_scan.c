/*
 * The one pass over all bytes of a body: where its lines end, and where stand the few things that the readers behind
 * it look for in every line and most lines do not hold. None of them goes through the whole text again.
 */
#include "cable/cable_priv.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	BLOCK = 64,        /* bytes that one word of bits stands for */
	BYTES_A_LINE = 40, /* of a telegram, few enough that most bodies need no second array */
	WORD_BYTES = 7,    /* of SUMMARY and COMMENT */
	BEFORE_MM = 2,     /* of both, before their letters MM */
	SIPDIS_BYTES = 6,
	BEFORE_PD = 2,
};

typedef uint8_t bytes __attribute__((vector_size(16)));

/* One bit a byte of a block, the first byte lowest. */
struct marks {
	uint64_t line_ends, digits;
	uint64_t pairs; /* "PD" as in SIPDIS, "mm" in any case as in SUMMARY and COMMENT: both are rare in English */
};

/* How far the digits at the end of the block before go. */
struct runs {
	uint64_t one, two, four, eight;
};

/* From bytes that are all bits or none to a bit each. */
static inline uint64_t bits_of(bytes b)
{
#ifdef __SSE2__
	return (uint64_t)_mm_movemask_epi8((__m128i)b);
#else
	uint64_t half[2], out = 0;

	memcpy(half, &b, sizeof(half));
	for (int i = 0; i < 2; i++) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		half[i] = __builtin_bswap64(half[i]);
#endif
		/* Byte k keeps its bit k; the product gathers them all in its highest byte. */
		out |= (half[i] & 0x8040201008040201u) * 0x0101010101010101u >> 56 << 8 * i;
	}
	return out;
#endif
}

static inline bytes bytes_at(const char *p)
{
	bytes b;

	memcpy(&b, p, sizeof(b));
	return b;
}

/* Of the BLOCK bytes at p; the byte behind them must be readable too. */
static inline struct marks marks_of(const char *p)
{
	struct marks m = {0, 0, 0};

	for (unsigned i = 0; i < BLOCK; i += sizeof(bytes)) {
		bytes at = bytes_at(p + i), next = bytes_at(p + i + 1);
		bytes mm = (bytes)((at | 0x20) == 'm') & (bytes)((next | 0x20) == 'm');
		bytes pd = (bytes)(at == 'P') & (bytes)(next == 'D');

		m.line_ends |= bits_of((bytes)(at == '\n')) << i;
		m.digits |= bits_of((bytes)((bytes)(at - '0') < 10)) << i;
		m.pairs |= bits_of(mm | pd) << i;
	}
	return m;
}

/* Where an eighth digit in a row stands, the first such in each row of digits. */
static inline uint64_t eighths_of(uint64_t digits, struct runs *r)
{
	uint64_t two = digits & (digits << 1 | r->one >> 63);
	uint64_t four = two & (two << 2 | r->two >> 62);
	uint64_t eight = four & (four << 4 | r->four >> 60);
	uint64_t first = eight & ~(eight << 1 | r->eight >> 63);

	*r = (struct runs){digits, two, four, eight};
	return first;
}

static void offset_add(struct arena *a, offset_vec *v, size_t off)
{
	*VEC_PUSH(a, v) = (uint32_t)off;
}

/* A pair of letters at off: part of a word that is looked for? */
static void pair_take(struct arena *a, struct str body, size_t off, struct body_scan *out)
{
	size_t from = off - BEFORE_MM; /* the same for PD */
	struct str word;

	if (off < BEFORE_MM)
		return;
	word = str_sub(body, from, from + WORD_BYTES);
	if (str_starts(word, STR("SIPDIS")))
		offset_add(a, &out->suspects, off);
	else if (str_ieq(word, STR("SUMMARY")))
		offset_add(a, &out->summaries, from);
	else if (str_ieq(word, STR("COMMENT")))
		offset_add(a, &out->comments, from);
}

/* The places of a block where a pair of letters or an eighth digit stands: one block in ten has any. */
static void places_take(struct arena *a, struct str body, size_t off, uint64_t pairs, uint64_t eighths,
			struct body_scan *out)
{
	for (uint64_t left = pairs | eighths; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctzll(left);

		if (eighths >> i & 1)
			offset_add(a, &out->suspects, off + i);
		else
			pair_take(a, body, off + i, out);
	}
}

void telegram_scan(struct arena *a, struct str body, struct body_scan *out)
{
	char last[BLOCK + sizeof(bytes)] = {0};
	struct runs runs = {0, 0, 0, 0};
	span_vec lines = {0};
	size_t line = 0;

	*out = (struct body_scan){0};
	lines.cap = body.n / BYTES_A_LINE + 8;
	lines.v = arena_new(a, struct span, lines.cap);
	for (size_t off = 0; off < body.n; off += BLOCK) {
		const char *p = body.p + off;
		struct marks m;
		uint64_t eighths;

		if (body.n - off <= BLOCK)
			p = memcpy(last, p, body.n - off);
		m = marks_of(p);
		eighths = eighths_of(m.digits, &runs);
		if (m.pairs | eighths)
			places_take(a, body, off, m.pairs, eighths, out);
		for (uint64_t left = m.line_ends; left; left &= left - 1) {
			size_t end = off + (unsigned)__builtin_ctzll(left);

			*VEC_PUSH(a, &lines) = (struct span){(uint32_t)line, (uint32_t)end};
			line = end + 1;
		}
	}
	if (line < body.n)
		*VEC_PUSH(a, &lines) = (struct span){(uint32_t)line, (uint32_t)body.n};
	out->lines = lines;
}
