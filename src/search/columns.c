/*
 * Columns: which values of a field each document of a segment has, as numbers by document, so that what matched is
 * counted by looking at it alone. The index has them the other way round, a list of documents a value; a column is
 * turned from those lists when it is first asked for, and kept for all threads until the room is needed. A segment is
 * known by its checksum, so that nothing has to be thrown out because the index changed.
 */
#include "search/search_priv.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	VALUES_MEAN_MAX = 64, /* of a document; what has more is counted from its lists */
	LANES = 4,            /* of counters, in turn: a counter that was just raised is not raised again at once */
	SMALL = 256,
};

struct search_memory {
	pthread_mutex_t lock;
	pthread_cond_t made;
	struct column *newest; /* by use */
	size_t bytes, most;
};

struct search_memory *search_memory_open(size_t bytes)
{
	struct search_memory *m = xcalloc(1, sizeof(*m));

	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->made, NULL);
	m->most = bytes;
	return m;
}

static void column_free(struct column *k)
{
	arena_free(&k->arena);
	free(k);
}

void search_memory_close(struct search_memory *m)
{
	if (!m)
		return;
	for (struct column *k = m->newest, *older; k; k = older) {
		older = k->older;
		column_free(k);
	}
	pthread_mutex_destroy(&m->lock);
	pthread_cond_destroy(&m->made);
	free(m);
}

/* ---- turning lists into a column --------------------------------------------------------------------------------- */

/* The lists of a field, and how many values each document has. */
struct turning {
	const struct segment *s;
	struct column *k;
	struct arena scratch;
	VEC(struct term) terms;
	VEC(struct str) values;
	uint32_t *have;
	uint64_t total;
	uint32_t most; /* values of one document */
};

static void list_weigh(struct turning *t, const struct term *term)
{
	struct postings p;

	postings_open(&p, t->s, term);
	for (bool more = p.doc != POSTINGS_END; more; more = postings_next_block(&p)) {
		for (uint32_t i = 0; i < p.n; i++) {
			uint32_t have = ++t->have[p.docs[i]];

			t->most = have > t->most ? have : t->most;
		}
		t->total += p.n;
	}
}

/* False: damaged, or too many to be worth a column. */
static bool lists_weigh(struct turning *t, uint8_t field)
{
	const uint64_t bound = (uint64_t)segment_docs(t->s) * VALUES_MEAN_MAX;
	struct term_walk w;
	struct str value;
	struct term term;

	term_walk_open(&w, t->s, field, STR(""));
	while (t->total <= bound && term_walk_next(&w, &value, NULL, &term)) {
		*VEC_PUSH(&t->scratch, &t->terms) = term;
		*VEC_PUSH(&t->k->arena, &t->values) = arena_str(&t->k->arena, value);
		list_weigh(t, &term);
	}
	return t->total <= bound && t->total <= UINT32_MAX && !segment_damaged(t->s);
}

static void number_put(struct column *k, size_t at, uint32_t number)
{
	if (k->width == 1)
		((uint8_t *)k->numbers)[at] = (uint8_t)number;
	else if (k->width == 2)
		((uint16_t *)k->numbers)[at] = (uint16_t)number;
	else
		((uint32_t *)k->numbers)[at] = number;
}

/* The file is read a second time: what it says now must still have room. */
static void list_turn(struct turning *t, uint32_t number, const struct term *term)
{
	struct column *k = t->k;
	struct postings p;

	postings_open(&p, t->s, term);
	for (bool more = p.doc != POSTINGS_END; more; more = postings_next_block(&p))
		for (uint32_t i = 0; i < p.n; i++) {
			uint32_t doc = p.docs[i];

			if (!k->starts) {
				number_put(k, doc, number + 1);
			} else if (t->have[doc]) {
				t->have[doc]--;
				number_put(k, k->starts[doc] + t->have[doc], number);
			}
			k->all[number]++;
		}
}

static void lists_turn(struct turning *t)
{
	struct column *k = t->k;
	uint32_t n_docs = segment_docs(t->s);
	size_t room = n_docs;

	k->values = t->values.v;
	k->n_values = (uint32_t)t->values.n;
	k->all = arena_new(&k->arena, uint32_t, t->values.n + 1);
	if (t->most > 1) {
		k->starts = arena_new(&k->arena, uint32_t, (size_t)n_docs + 1);
		for (uint32_t doc = 0; doc < n_docs; doc++)
			k->starts[doc + 1] = k->starts[doc] + t->have[doc];
		room = (size_t)t->total;
	}
	k->width = k->n_values < SMALL ? 1 : k->n_values <= UINT16_MAX - 1 ? 2 : 4;
	k->numbers = arena_alloc(&k->arena, room * k->width + 1);
	for (size_t i = 0; i < t->terms.n; i++)
		list_turn(t, (uint32_t)i, &t->terms.v[i]);
}

static bool column_make(struct column *k, const struct segment *s, uint8_t field)
{
	struct turning t = {.s = s, .k = k};
	bool good;

	t.have = arena_new(&t.scratch, uint32_t, segment_docs(s));
	good = lists_weigh(&t, field);
	if (good)
		lists_turn(&t);
	arena_free(&t.scratch);
	return good && !segment_damaged(s);
}

/* ---- keeping ----------------------------------------------------------------------------------------------------- */

static bool column_is(const struct column *k, const struct segment *s, uint8_t field)
{
	return k->field == field && k->checksum == segment_checksum(s) && k->file_bytes == segment_bytes(s);
}

static void column_unlink(struct search_memory *m, const struct column *k)
{
	struct column **at = &m->newest;

	while (*at != k)
		at = &(*at)->older;
	*at = k->older;
	m->bytes -= k->arena.total;
}

static void column_link(struct search_memory *m, struct column *k)
{
	k->older = m->newest;
	m->newest = k;
	m->bytes += k->arena.total;
}

/* Those that nobody uses, the longest unused first. */
static void room_make(struct search_memory *m)
{
	while (m->bytes > m->most) {
		struct column *last = NULL;

		for (struct column *k = m->newest; k; k = k->older)
			last = k->users || !k->ready ? last : k;
		if (!last)
			return;
		column_unlink(m, last);
		column_free(last);
	}
}

static struct column *column_find(struct search_memory *m, const struct segment *s, uint8_t field)
{
	struct column *k = m->newest;

	while (k && !column_is(k, s, field))
		k = k->older;
	return k;
}

/* Made without the lock, so that others who want other columns have theirs; who wants this one waits. */
static struct column *column_begin(struct search_memory *m, const struct segment *s, uint8_t field)
{
	struct column *k = xcalloc(1, sizeof(*k));
	bool good;

	k->field = field;
	k->checksum = segment_checksum(s);
	k->file_bytes = segment_bytes(s);
	column_link(m, k);
	pthread_mutex_unlock(&m->lock);
	good = column_make(k, s, field);
	pthread_mutex_lock(&m->lock);
	m->bytes += k->arena.total;
	k->ready = true;
	pthread_cond_broadcast(&m->made);
	if (good)
		return k;
	column_unlink(m, k);
	column_free(k);
	return NULL;
}

const struct column *column_take(struct search_memory *m, const struct segment *s, uint8_t field)
{
	struct column *k;

	if (!m || segment_damaged(s))
		return NULL;
	pthread_mutex_lock(&m->lock);
	while ((k = column_find(m, s, field)) && !k->ready)
		pthread_cond_wait(&m->made, &m->lock);
	if (k) {
		column_unlink(m, k);
		column_link(m, k);
	} else {
		k = column_begin(m, s, field);
	}
	if (k)
		k->users++;
	room_make(m);
	pthread_mutex_unlock(&m->lock);
	return k;
}

void column_give(struct search_memory *m, const struct column *k)
{
	if (!k)
		return;
	pthread_mutex_lock(&m->lock);
	((struct column *)(uintptr_t)k)->users--;
	room_make(m);
	pthread_mutex_unlock(&m->lock);
}

/* ---- counting ---------------------------------------------------------------------------------------------------- */

/* Of many documents the next one often has the same value. */
static void small_count(const uint8_t *numbers, const uint32_t *docs, size_t n, uint32_t *counts, uint32_t n_values)
{
	uint32_t lanes[LANES][SMALL] = {0};

	for (size_t i = 0; i < n; i++)
		lanes[i % LANES][numbers[docs[i]]]++;
	for (uint32_t v = 0; v < n_values; v++)
		for (size_t k = 0; k < LANES; k++)
			counts[v] += lanes[k][v + 1];
}

/* Always put in where it is called, so that each width has a loop of its own. */
__attribute__((always_inline)) static inline uint32_t number_at(const void *numbers, unsigned width, size_t at)
{
	return width == 1   ? ((const uint8_t *)numbers)[at]
	       : width == 2 ? ((const uint16_t *)numbers)[at]
			    : ((const uint32_t *)numbers)[at];
}

__attribute__((always_inline)) static inline void one_count(const void *numbers, unsigned width, const uint32_t *docs,
							    size_t n, uint32_t *counts)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t number = number_at(numbers, width, docs[i]);

		if (number)
			counts[number - 1]++;
	}
}

__attribute__((always_inline)) static inline void many_count(const struct column *k, unsigned width,
							     const uint32_t *docs, size_t n, uint32_t *counts)
{
	const uint32_t *starts = k->starts;
	const void *numbers = k->numbers;

	for (size_t i = 0; i < n; i++)
		for (uint32_t at = starts[docs[i]], end = starts[docs[i] + 1]; at < end; at++)
			counts[number_at(numbers, width, at)]++;
}

void column_count(const struct column *k, const uint32_t *docs, size_t n, uint32_t *counts)
{
	if (!k->starts && k->width == 1 && n >= SMALL)
		small_count(k->numbers, docs, n, counts, k->n_values);
	else if (!k->starts && k->width == 1)
		one_count(k->numbers, 1, docs, n, counts);
	else if (!k->starts && k->width == 2)
		one_count(k->numbers, 2, docs, n, counts);
	else if (!k->starts)
		one_count(k->numbers, 4, docs, n, counts);
	else if (k->width == 1)
		many_count(k, 1, docs, n, counts);
	else if (k->width == 2)
		many_count(k, 2, docs, n, counts);
	else
		many_count(k, 4, docs, n, counts);
}
