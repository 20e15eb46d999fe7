/*
 * Strings as numbers 0, 1, 2 ... in the order in which they were met, so that what hangs on a name is an array. Lives
 * in an arena; nothing is ever taken out.
 */
#include "archive/archive_priv.h"

enum { SLOTS_FIRST = 64 };

/* The slot that holds s, or the empty one where it would go. A slot holds a number + 1. */
static size_t slot_of(const struct names *n, struct str s)
{
	size_t at = hash_bytes(s.p, s.n, 0) & (n->n_slots - 1);

	while (n->slots[at] && !str_eq(n->v[n->slots[at] - 1], s))
		at = (at + 1) & (n->n_slots - 1);
	return at;
}

static void slots_grow(struct names *n)
{
	n->n_slots = n->n_slots ? n->n_slots * 2 : SLOTS_FIRST;
	n->slots = arena_new(n->a, uint32_t, n->n_slots);
	for (size_t i = 0; i < n->n; i++)
		n->slots[slot_of(n, n->v[i])] = (uint32_t)i + 1;
}

size_t names_add(struct names *n, struct str s)
{
	size_t at;

	if (2 * (n->n + 1) > n->n_slots)
		slots_grow(n);
	at = slot_of(n, s);
	if (!n->slots[at]) {
		*VEC_PUSH(n->a, n) = arena_str(n->a, s);
		n->slots[at] = (uint32_t)n->n;
	}
	return n->slots[at] - 1;
}
