/*
 * What text's own files share: the scanner of words, whose general part and whose fast one write into the same run of
 * tokens, and a word's key in a vocabulary, which is computed while the word is folded.
 */
#ifndef REFTEL_TEXT_PRIV_H
#define REFTEL_TEXT_PRIV_H

#include "text/text.h"

enum { KEY_CHUNK = sizeof(uint64_t), KEY_SHORT = 2 * KEY_CHUNK };

/* What a vocabulary looks a word up by, so that words of up to KEY_SHORT bytes need no look at their letters. */
struct word_key {
	uint64_t head[2]; /* the first bytes, the first of them lowest; zeros behind a shorter word */
	uint64_t hash;
};

/*
 * Multiply and fold of 64 x 64 bits, as in hash.c: the hash of a word goes through its pairs of chunks, the last one
 * filled up with zeros. Neither factor is 0 for UTF-8, which never has the byte 0xff.
 */
static inline uint64_t key_hash(uint64_t hash, uint64_t first, uint64_t second)
{
	__extension__ unsigned __int128 m =
		(unsigned __int128)(hash ^ first ^ 0xff6a8885a308d313u) * (second ^ 0xff198a2e03707345u);

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* word_hash() of the word that has this key: bits that choose no slot. */
static inline uint32_t key_word_hash(const struct word_key *key)
{
	return (uint32_t)(key->hash >> 32);
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

/* Open addressing: id 0 is an empty slot. A word of at most KEY_SHORT bytes stands in its slot. */
struct vocab_slot {
	union {
		uint64_t head[2];  /* of a short word: all of it */
		const char *bytes; /* of a longer one */
	} word;
	uint32_t tag, id;
};

struct word_key word_key_of(struct str word);
/* Of a word of at most KEY_SHORT bytes only the length is looked at. */
uint32_t vocab_add_keyed(struct vocab *v, struct str word, struct word_key key);
uint32_t vocab_find_keyed(const struct vocab *v, struct str word, struct word_key key);
/* Asks for the memory that a look-up of this key will need, some words ahead of it. */
static inline void vocab_prefetch(const struct vocab *v, const struct word_key *key)
{
	__builtin_prefetch(&v->slots[(size_t)key->hash & v->mask]);
}

/* What a slot shows of the hash: 24 bits that do not choose the slot, and the length as far as a byte can tell it. */
enum { LENGTH_TOLD = 255 };
static inline uint32_t slot_tag(size_t n, uint64_t hash)
{
	return ((uint32_t)(hash >> 32) & ~(uint32_t)LENGTH_TOLD) | (uint32_t)(n < LENGTH_TOLD ? n : LENGTH_TOLD);
}

static inline bool slot_has_short(const struct vocab_slot *s, uint32_t tag, const struct word_key *key)
{
	return !((s->word.head[0] ^ key->head[0]) | (s->word.head[1] ^ key->head[1]) | (s->tag ^ tag));
}

/* The number of a short word that stands where its hash puts it, as nearly all do; 0: look again. */
static inline uint32_t vocab_glance(const struct vocab *v, size_t n, const struct word_key *key)
{
	const struct vocab_slot *s;

	if (!v->slots || n > KEY_SHORT)
		return 0;
	s = &v->slots[(size_t)key->hash & v->mask];
	return slot_has_short(s, slot_tag(n, key->hash), key) ? s->id : 0;
}

/* ---- masks.c ----------------------------------------------------------------------------------------------------- */

#define LANES(byte) ((byte) * (uint64_t)0x0101010101010101)

enum { BLOCK_BYTES = 64 };

/* A bit for each of BLOCK_BYTES bytes. */
struct byte_masks {
	uint64_t words; /* ASCII letters and digits */
	uint64_t letters, capitals;
	uint64_t unicode; /* of a code point beyond ASCII */
	uint64_t signs;   /* % &: no letters, but perhaps a word */
	uint64_t joints;  /* , - . ` ': end a word unless what follows belongs to it too */
	uint64_t hyphens, spaces;
};
void byte_masks_read(const char *p, struct byte_masks *m);
/* The same without what only some machines have. */
void byte_masks_portable(const char *p, struct byte_masks *m);

/* ---- the scanner ------------------------------------------------------------------------------------------------- */

enum { PENDING_MAX = 32, TAIL_BYTES = BLOCK_BYTES + KEY_SHORT };

/* A word that waits for its number. */
struct pending {
	struct word_key key;
	/* only where numbers are all that is asked for */
	struct str word; /* folded; of a short one nothing but its length */
	uint32_t off;
	bool redacted;
};

/* What is not worth clearing for every text. */
struct scanner_scratch {
	struct pending pending[PENDING_MAX];
	char tail[TAIL_BYTES];
};

/* The bytes of the text that plain words are being taken from, or a copy of the last of them, with zeros behind. */
struct scanner_block {
	const char *p;
	size_t base;     /* their place in the text */
	uint64_t words;  /* letters and digits */
	uint64_t hard;   /* what may go on with a word that it stands behind */
	uint64_t breaks; /* where the general scanner has to look */
	uint64_t letters, capitals;
};

struct numbering;

struct scanner {
	struct arena *a;
	struct str s;
	size_t pos;
	VEC(struct token) out;
	struct numbering *numbering; /* where the words go instead, as numbers; NULL: they are tokens */
	char *room;                  /* folded words are laid end to end in chunks of the arena */
	size_t room_n, room_cap;
	/* the last words, whose ids are still to be looked up */
	struct vocab *v;
	bool grow;
	size_t n_pending;
	struct scanner_scratch *scratch;
	struct scanner_block block;
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

/* The same for words that are to be numbers: they are put where those are wanted. */
void numbering_settle(struct scanner *sc);

/*
 * Says that a word is there, with its key: its id is looked up some words later, so that the memory asked for has come
 * by then. Where tokens are made it is the last one of out. Here and not in tokens.c because it is done for every word.
 */
static inline struct pending *scanner_pushed(struct scanner *sc, const struct word_key *key)
{
	struct pending *x = &sc->scratch->pending[sc->n_pending++];

	x->key = *key;
	if (sc->v->slots)
		vocab_prefetch(sc->v, key);
	return x;
}

static inline void token_pushed(struct scanner *sc, const struct word_key *key)
{
	if (!sc->v)
		return;
	scanner_pushed(sc, key);
	if (sc->n_pending == PENDING_MAX)
		scanner_settle(sc);
}

static inline void number_pushed(struct scanner *sc, const struct word_key *key, struct str word, size_t off,
				 bool redacted)
{
	struct pending *x = scanner_pushed(sc, key);

	x->word = word;
	x->off = (uint32_t)off;
	x->redacted = redacted;
	if (sc->n_pending == PENDING_MAX)
		numbering_settle(sc);
}

/*
 * Takes the words from sc->pos on for which no rule but lower case is needed: ASCII letters and digits, with behind
 * them what joins nothing. Stops before the first byte that needs the general scanner; the tokens are the same ones.
 */
void scanner_take_plain(struct scanner *sc);

/* From sc->pos to the end of the text. */
void scanner_run(struct scanner *sc, bool plain);

/* text_tokens() without scanner_take_plain(): the one truth, to test the other against. */
struct tokens text_tokens_general(struct arena *a, struct str text, struct vocab *v, bool grow);

#endif
