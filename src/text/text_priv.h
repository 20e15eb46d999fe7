/*
 * What text's own files share: the scanner of words, whose general part and whose fast one write into the same run of
 * tokens, and a word's key in a vocabulary, which is computed while the word is folded.
 */
#ifndef REFTEL_TEXT_PRIV_H
#define REFTEL_TEXT_PRIV_H

#include "text/text.h"

/* What a vocabulary looks a word up by, so that short words need no look at their letters. */
struct word_key {
	uint64_t head; /* the first eight bytes, the first of them lowest; zeros behind a shorter word */
	uint64_t hash;
};

enum { KEY_CHUNK = sizeof(uint64_t) };

/* Multiply and fold of 64 x 64 bits, as in hash.c: the hash of a word goes through its chunks, the last one padded. */
static inline uint64_t key_hash_begin(void)
{
	return 0x243f6a8885a308d3u;
}

static inline uint64_t key_hash_chunk(uint64_t hash, uint64_t chunk)
{
	__extension__ unsigned __int128 m = (unsigned __int128)(hash ^ chunk) * 0x13198a2e03707345u;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Eight bytes as a number whose lowest byte is the first, on every machine. */
static inline uint64_t chunk_load(const void *p)
{
	uint64_t w;

	__builtin_memcpy(&w, p, sizeof(w));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	return w;
}

static inline void chunk_store(void *p, uint64_t w)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	__builtin_memcpy(p, &w, sizeof(w));
}

/* Open addressing: id 0 is an empty slot. A word of at most eight bytes stands in its slot. */
struct vocab_slot {
	union {
		uint64_t head;     /* of a short word: all of it */
		const char *bytes; /* of a longer one */
	} word;
	uint32_t tag, id;
};

struct word_key word_key_of(struct str word);
uint32_t vocab_add_keyed(struct vocab *v, struct str word, struct word_key key);
uint32_t vocab_find_keyed(const struct vocab *v, struct str word, struct word_key key);
/* Asks for the memory that a look-up of this key will need, some words ahead of it. */
static inline void vocab_prefetch(const struct vocab *v, struct word_key key)
{
	__builtin_prefetch(&v->slots[(size_t)key.hash & v->mask]);
}

/* ---- the scanner ------------------------------------------------------------------------------------------------- */

enum { PENDING_MAX = 32 };

struct scanner {
	struct arena *a;
	struct str s;
	size_t pos;
	VEC(struct token) out;
	char *room; /* folded words are laid end to end in chunks of the arena */
	size_t room_n, room_cap;
	/* the last tokens of out whose ids are still to be looked up */
	struct vocab *v;
	bool grow;
	size_t n_pending;
	struct word_key pending[PENDING_MAX];
	/* the word at hand */
	size_t word_at;                        /* in room */
	size_t first, last;                    /* bytes of the text */
	size_t letters, digits, points, group; /* group: digits since the last separator */
	bool capital, only_x, grouped;
	uint8_t flags;
};

/* Room for n more bytes of the word that begins at word_at. */
void scanner_room(struct scanner *sc, size_t n);
/* The ids of the tokens that wait for them, in the order of the text. */
void scanner_settle(struct scanner *sc);

/*
 * Says that the last token of out is there, with the key of its word. Its id is looked up some words later, so that the
 * memory asked for has come by then. Here and not in tokens.c because it is done for every word.
 */
static inline void scanner_pushed(struct scanner *sc, struct word_key key)
{
	if (!sc->v)
		return;
	if (sc->v->slots)
		vocab_prefetch(sc->v, key);
	sc->pending[sc->n_pending++] = key;
	if (sc->n_pending == PENDING_MAX)
		scanner_settle(sc);
}

/*
 * Takes the words from sc->pos on for which no rule but lower case is needed: ASCII letters and digits, with behind
 * them what joins nothing. Stops before the first byte that needs the general scanner; the tokens are the same ones.
 */
void scanner_take_plain(struct scanner *sc);

/* text_tokens() without scanner_take_plain(): the one truth, to test the other against. */
struct tokens text_tokens_general(struct arena *a, struct str text, struct vocab *v, bool grow);

#endif
