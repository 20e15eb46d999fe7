/*
 * Numbers for words, so that two runs of words are compared as numbers. A slot holds its word where that has at most
 * sixteen bytes, and tells the words' lengths apart, so that most look-ups touch one line of memory; all words are laid
 * end to end in the order in which they came, which keeps the frequent ones together.
 */
#include "text/text_priv.h"

#include <string.h>

enum { SLOTS_FIRST = 1024, WORDS_CHUNK = 16 << 10 };

struct word_key word_key_of(struct str word)
{
	struct word_key key = {{0}, 0};

	for (size_t i = 0; !i || i < word.n; i += KEY_SHORT) {
		char bytes[KEY_SHORT] = {0};
		uint64_t first, second;

		if (word.n)
			memcpy(bytes, word.p + i, word.n - i < KEY_SHORT ? word.n - i : KEY_SHORT);
		first = chunk_load(bytes);
		second = chunk_load(bytes + KEY_CHUNK);
		if (!i) {
			key.head[0] = first;
			key.head[1] = second;
		}
		key.hash = key_hash(key.hash, first, second);
	}
	return key;
}

uint32_t word_hash(struct str word)
{
	struct word_key key = word_key_of(word);

	return key_word_hash(&key);
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

static inline bool slot_holds(const struct vocab *v, const struct vocab_slot *s, struct str word, uint32_t tag,
			      const struct word_key *key)
{
	if (word.n <= KEY_SHORT)
		return slot_has_short(s, tag, key);
	return s->tag == tag && (word.n < LENGTH_TOLD || v->words.v[s->id - 1].n == word.n) &&
	       long_equal(s->word.bytes, word.p, word.n);
}

static struct vocab_slot *slot_of(const struct vocab *v, struct str word, const struct word_key *key)
{
	uint32_t tag = slot_tag(word.n, key->hash);
	size_t i = (size_t)key->hash & v->mask;

	while (v->slots[i].id && !slot_holds(v, &v->slots[i], word, tag, key))
		i = (i + 1) & v->mask;
	return &v->slots[i];
}

static void slot_fill(struct vocab_slot *s, struct str word, const struct word_key *key, size_t id)
{
	if (word.n <= KEY_SHORT)
		memcpy(s->word.head, key->head, sizeof(key->head));
	else
		s->word.bytes = word.p;
	s->tag = slot_tag(word.n, key->hash);
	s->id = (uint32_t)id;
}

static void slots_free(struct vocab *v)
{
	table_free(v->slots, (v->mask + 1) * sizeof(*v->slots));
}

static void vocab_grow(struct vocab *v)
{
	size_t size = v->slots ? 2 * (v->mask + 1) : SLOTS_FIRST;

	slots_free(v);
	v->slots = table_new(size * sizeof(*v->slots));
	v->mask = size - 1;
	for (size_t i = 0; i < v->words.n; i++) {
		struct str word = v->words.v[i];
		struct word_key key = word_key_of(word);

		slot_fill(slot_of(v, word, &key), word, &key, i + 1);
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
	return v->slots ? slot_of(v, word, &key)->id : 0;
}

uint32_t vocab_add_keyed(struct vocab *v, struct str word, struct word_key key)
{
	char bytes[KEY_SHORT];
	struct vocab_slot *s;

	if (!v->slots || 3 * v->words.n > 2 * v->mask)
		vocab_grow(v);
	s = slot_of(v, word, &key);
	if (s->id)
		return s->id;
	if (word.n <= KEY_SHORT) {
		chunk_store(bytes, key.head[0]);
		chunk_store(bytes + KEY_CHUNK, key.head[1]);
		word.p = bytes;
	}
	word = word_keep(v, word);
	*VEC_PUSH(&v->arena, &v->words) = word;
	slot_fill(s, word, &key, v->words.n);
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

void vocab_clear(struct vocab *v)
{
	struct vocab_slot *slots = v->slots;
	size_t mask = v->mask;
	struct arena a = v->arena;

	arena_reset(&a);
	if (slots)
		memset(slots, 0, (mask + 1) * sizeof(*slots));
	*v = (struct vocab){.arena = a, .slots = slots, .mask = mask};
}

void vocab_free(struct vocab *v)
{
	slots_free(v);
	arena_free(&v->arena);
	*v = (struct vocab){0};
}
