/*
 * Numbers for words, so that two runs of words are compared as numbers. A slot holds the first eight bytes of its word
 * and tells the words' lengths apart, so that most look-ups touch one line of memory; longer words are laid end to end
 * in the order in which they came, which keeps the frequent ones together.
 */
#include "text/text_priv.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 1024, WORDS_CHUNK = 16 << 10, LENGTH_TOLD = 255 };

struct word_key word_key_of(struct str word)
{
	struct word_key key = {.hash = key_hash_begin()};
	size_t i = 0;

	for (; word.n - i >= KEY_CHUNK; i += KEY_CHUNK) {
		uint64_t chunk = chunk_load(word.p + i);

		key.head = i ? key.head : chunk;
		key.hash = key_hash_chunk(key.hash, chunk);
	}
	if (i < word.n) {
		char last[KEY_CHUNK] = {0};

		memcpy(last, word.p + i, word.n - i);
		key.head = i ? key.head : chunk_load(last);
		key.hash = key_hash_chunk(key.hash, chunk_load(last));
	}
	return key;
}

/* What a slot shows of the hash: 24 bits that do not choose the slot, and the length as far as a byte can tell it. */
static uint32_t tag_of(struct str word, struct word_key key)
{
	return ((uint32_t)(key.hash >> 32) & ~(uint32_t)LENGTH_TOLD) |
	       (uint32_t)(word.n < LENGTH_TOLD ? word.n : LENGTH_TOLD);
}

/* Words of one length, longer than a chunk. The last chunk may overlap the one before. */
static inline bool long_equal(const char *a, const char *b, size_t n)
{
	size_t last = n - KEY_CHUNK;

	for (size_t i = 0; i < last; i += KEY_CHUNK)
		if (chunk_load(a + i) != chunk_load(b + i))
			return false;
	return chunk_load(a + last) == chunk_load(b + last);
}

static inline bool slot_holds(const struct vocab *v, const struct vocab_slot *s, struct str word, struct word_key key)
{
	if (word.n <= KEY_CHUNK)
		return s->word.head == key.head;
	return (word.n < LENGTH_TOLD || v->words.v[s->id - 1].n == word.n) && long_equal(s->word.bytes, word.p, word.n);
}

static inline struct vocab_slot *slot_of(const struct vocab *v, struct str word, struct word_key key)
{
	uint32_t tag = tag_of(word, key);
	size_t i = (size_t)key.hash & v->mask;

	while (v->slots[i].id && (v->slots[i].tag != tag || !slot_holds(v, &v->slots[i], word, key)))
		i = (i + 1) & v->mask;
	return &v->slots[i];
}

static void slot_fill(struct vocab_slot *s, struct str word, struct word_key key, size_t id)
{
	if (word.n <= KEY_CHUNK)
		s->word.head = key.head;
	else
		s->word.bytes = word.p;
	s->tag = tag_of(word, key);
	s->id = (uint32_t)id;
}

static void vocab_grow(struct vocab *v)
{
	size_t size = v->slots ? 2 * (v->mask + 1) : SLOTS_FIRST;

	free(v->slots);
	v->slots = xcalloc(size, sizeof(*v->slots));
	v->mask = size - 1;
	for (size_t i = 0; i < v->words.n; i++) {
		struct str word = v->words.v[i];
		struct word_key key = word_key_of(word);

		slot_fill(slot_of(v, word, key), word, key, i + 1);
	}
}

/* A copy behind the last one. */
static struct str word_keep(struct vocab *v, struct str word)
{
	char *p;

	if (v->room_left < word.n) {
		v->room_left = word.n < WORDS_CHUNK ? WORDS_CHUNK : word.n;
		v->room = arena_alloc(&v->arena, v->room_left);
	}
	p = v->room;
	if (word.n)
		memcpy(p, word.p, word.n);
	v->room += word.n;
	v->room_left -= word.n;
	return (struct str){p, word.n};
}

uint32_t vocab_find_keyed(const struct vocab *v, struct str word, struct word_key key)
{
	return v->slots ? slot_of(v, word, key)->id : 0;
}

uint32_t vocab_add_keyed(struct vocab *v, struct str word, struct word_key key)
{
	struct vocab_slot *s;

	if (!v->slots || 2 * v->words.n > v->mask)
		vocab_grow(v);
	s = slot_of(v, word, key);
	if (!s->id) {
		word = word_keep(v, word);
		*VEC_PUSH(&v->arena, &v->words) = word;
		slot_fill(s, word, key, v->words.n);
	}
	return s->id;
}

uint32_t vocab_find(const struct vocab *v, struct str word)
{
	return vocab_find_keyed(v, word, word_key_of(word));
}

uint32_t vocab_add(struct vocab *v, struct str word)
{
	return vocab_add_keyed(v, word, word_key_of(word));
}

void vocab_free(struct vocab *v)
{
	free(v->slots);
	arena_free(&v->arena);
	*v = (struct vocab){0};
}
