/*
 * Numbers for words, so that two runs of words are compared as numbers.
 */
#include "text/text.h"

#include <stdlib.h>
#include <string.h>

static size_t slot_of(const struct vocab *v, struct str word)
{
	size_t i = (size_t)hash_bytes(word.p, word.n, 0) & v->mask;

	while (v->slots[i] && !str_eq(v->words.v[v->slots[i] - 1], word))
		i = (i + 1) & v->mask;
	return i;
}

static void vocab_grow(struct vocab *v)
{
	size_t size = v->slots ? 2 * (v->mask + 1) : 1024;

	free(v->slots);
	v->slots = xcalloc(size, sizeof(*v->slots));
	v->mask = size - 1;
	for (size_t i = 0; i < v->words.n; i++)
		v->slots[slot_of(v, v->words.v[i])] = (uint32_t)(i + 1);
}

uint32_t vocab_find(const struct vocab *v, struct str word)
{
	return v->slots ? v->slots[slot_of(v, word)] : 0;
}

uint32_t vocab_add(struct vocab *v, struct str word)
{
	size_t i;

	if (!v->slots || 2 * v->words.n > v->mask)
		vocab_grow(v);
	i = slot_of(v, word);
	if (!v->slots[i]) {
		*VEC_PUSH(&v->arena, &v->words) = arena_str(&v->arena, word);
		v->slots[i] = (uint32_t)v->words.n;
	}
	return v->slots[i];
}

void vocab_free(struct vocab *v)
{
	free(v->slots);
	arena_free(&v->arena);
	*v = (struct vocab){0};
}
