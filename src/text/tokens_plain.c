/*
 * The words that are nothing but ASCII letters and digits, which is nearly all of a telegram: found in 64 bytes at a
 * time, folded and hashed sixteen at a time, with hardly a branch that depends on the text. Whatever might need one of
 * the rules in tokens.c is left to it; nothing is decided here that is not decided there.
 */
#include "text/text_priv.h"

#include <string.h>

/* ---- the bytes at hand ------------------------------------------------------------------------------------------- */

/* Those from sc->pos on, of which there is one at least. */
static void block_load(struct scanner *sc)
{
	struct scanner_block *b = &sc->block;
	size_t left = sc->s.n - sc->pos;
	struct byte_masks m;

	b->base = sc->pos;
	b->p = sc->s.p + sc->pos;
	if (left < TAIL_BYTES) {
		memcpy(sc->scratch->tail, b->p, left);
		memset(sc->scratch->tail + left, 0, TAIL_BYTES - left);
		b->p = sc->scratch->tail;
	}
	byte_masks_read(b->p, &m);
	b->words = m.words;
	b->letters = m.letters;
	b->capitals = m.capitals;
	b->breaks = m.signs | m.unicode;
	/* a hyphen joins over the end of a line only, the others only what is right behind them */
	b->hard = m.unicode | (m.hyphens & m.spaces >> 1) | (m.joints & ~m.hyphens & (m.words | m.unicode) >> 1);
}

/* The next words are looked for in bytes that begin at pos. */
static void block_leave(struct scanner *sc, size_t pos)
{
	sc->pos = pos;
	sc->block.base = pos - BLOCK_BYTES;
}

/* ---- a word ------------------------------------------------------------------------------------------------------ */

/* The bytes of a word's first and second chunk, by its length. */
static const uint64_t kept[KEY_SHORT + 1][2] = {
	{0, 0},
	{0xff, 0},
	{0xffff, 0},
	{0xffffff, 0},
	{0xffffffff, 0},
	{0xffffffffff, 0},
	{0xffffffffffff, 0},
	{0xffffffffffffff, 0},
	{UINT64_MAX, 0},
	{UINT64_MAX, 0xff},
	{UINT64_MAX, 0xffff},
	{UINT64_MAX, 0xffffff},
	{UINT64_MAX, 0xffffffff},
	{UINT64_MAX, 0xffffffffff},
	{UINT64_MAX, 0xffffffffffff},
	{UINT64_MAX, 0xffffffffffffff},
	{UINT64_MAX, UINT64_MAX},
};

/* Letters in lower case; a digit has the bit already. */
static inline uint64_t chunk_fold(const char *p, uint64_t keep)
{
	return (chunk_load(p) | LANES(0x20)) & keep;
}

static inline struct word_key short_key(const char *p, size_t n)
{
	struct word_key key = {{chunk_fold(p, kept[n][0]), chunk_fold(p + KEY_CHUNK, kept[n][1])}, 0};

	key.hash = key_hash(0, key.head[0], key.head[1]);
	return key;
}

static struct word_key long_key(const char *p, size_t n)
{
	struct word_key key = short_key(p, KEY_SHORT);

	for (size_t i = KEY_SHORT; i < n; i += KEY_SHORT) {
		const uint64_t *keep = kept[n - i < KEY_SHORT ? n - i : KEY_SHORT];

		key.hash = key_hash(key.hash, chunk_fold(p + i, keep[0]), chunk_fold(p + i + KEY_CHUNK, keep[1]));
	}
	return key;
}

/* The folded word at the end of the room, where it stays. */
static struct str word_fold(struct scanner *sc, const char *p, size_t n)
{
	char *out;

	if (sc->room_cap - sc->room_n < BLOCK_BYTES + KEY_SHORT) {
		sc->word_at = sc->room_n;
		scanner_room(sc, BLOCK_BYTES + KEY_SHORT);
	}
	out = sc->room + sc->room_n;
	for (size_t i = 0; i < n; i += KEY_SHORT) {
		chunk_store(out + i, chunk_fold(p + i, UINT64_MAX));
		chunk_store(out + i + KEY_CHUNK, chunk_fold(p + i + KEY_CHUNK, UINT64_MAX));
	}
	sc->room_n += n;
	return (struct str){out, n};
}

static void token_add(struct scanner *sc, size_t i, size_t n, const struct word_key *key)
{
	const struct scanner_block *b = &sc->block;
	uint64_t letters = b->letters >> i & (((uint64_t)1 << n) - 1);
	struct token *t = VEC_PUSH(sc->a, &sc->out);

	t->word = word_fold(sc, b->p + i, n);
	t->off = (uint32_t)(b->base + i);
	t->end = (uint32_t)(b->base + i + n);
	t->flags = letters ? 0 : TOKEN_NUMBER;
	if (letters & -letters & b->capitals >> i) /* the first letter */
		t->flags |= TOKEN_CAPITAL;
	token_pushed(sc, key);
}

/* The n bytes from i of the block on, fewer than all; false: they may be a redaction. */
static inline __attribute__((always_inline)) bool take_word(struct scanner *sc, size_t i, size_t n, bool numbers)
{
	const char *p = sc->block.p + i;
	struct word_key key = n <= KEY_SHORT ? short_key(p, n) : long_key(p, n);

	if ((uint32_t)key.head[0] == (uint32_t)LANES('x'))
		return false;
	if (numbers)
		number_pushed(sc, &key, n <= KEY_SHORT ? (struct str){p, n} : word_fold(sc, p, n), sc->block.base + i,
			      false);
	else
		token_add(sc, i, n, &key);
	return true;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

/* Of a word that reaches to here the end cannot be told: bytes behind the block would have to be known. */
enum { WITHIN = BLOCK_BYTES - 1 };

static inline size_t run_of(uint64_t words, size_t i)
{
	uint64_t apart = ~(words >> i);

	return apart ? (size_t)__builtin_ctzll(apart) : BLOCK_BYTES;
}

/* The words of the block from sc->pos on; false: at sc->pos the general scanner has to go on. */
static inline __attribute__((always_inline)) bool take_block(struct scanner *sc, bool numbers)
{
	const size_t base = sc->block.base;
	const uint64_t behind = UINT64_MAX << (sc->pos - base), words = sc->block.words & behind;
	uint64_t todo = (words & ~(words << 1)) | (sc->block.breaks & behind);

	for (; todo; todo &= todo - 1) {
		size_t i = (size_t)__builtin_ctzll(todo), n = run_of(words, i);

		if (n && i + n >= WITHIN && i) {
			block_leave(sc, base + i);
			return true;
		}
		if (!n || i + n >= WITHIN || sc->block.hard >> (i + n) & 1 || !take_word(sc, i, n, numbers)) {
			sc->pos = base + i;
			return false;
		}
	}
	sc->pos = base + BLOCK_BYTES < sc->s.n ? base + BLOCK_BYTES : sc->s.n;
	return true;
}

static inline __attribute__((always_inline)) void take_all(struct scanner *sc, bool numbers)
{
	while (sc->pos < sc->s.n) {
		if (sc->pos - sc->block.base >= BLOCK_BYTES)
			block_load(sc);
		if (!take_block(sc, numbers))
			return;
	}
}

void scanner_take_plain(struct scanner *sc)
{
	if (sc->numbering)
		take_all(sc, true);
	else
		take_all(sc, false);
}
