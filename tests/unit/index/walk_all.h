/*
 * Reads all that a segment has, in every way there is, whether it makes sense or not, and ends the program where a
 * promise is broken that holds for damaged segments too: documents and positions grow and stay within bounds, and every
 * walk ends. For the tests of damage and for fuzzing; hence abort() and no cmocka.
 */
#ifndef REFTEL_TEST_INDEX_WALK_ALL_H
#define REFTEL_TEST_INDEX_WALK_ALL_H

#include "forms.h"
#include "index/index.h"

#include <stdlib.h>

struct walk_sum {
	uint64_t terms, documents, positions;
};

static inline void promise(bool kept)
{
	if (!kept)
		abort();
}

static inline void walk_columns(const struct segment *s)
{
	uint16_t first[SKETCH_SIZE], sketch[SKETCH_SIZE];
	uint32_t from, to;

	segment_sketch(s, 0, first);
	for (uint32_t doc = 0; doc < segment_docs(s); doc++) {
		uint32_t found = segment_find(s, segment_key(s, doc));

		promise(found == UINT32_MAX || segment_key(s, found) == segment_key(s, doc));
		(void)segment_group(s, doc);
		(void)segment_when(s, doc);
		segment_subject(s, doc, &from, &to);
		segment_sketch(s, doc, sketch);
		promise(sketch_alike(first, sketch) <= SKETCH_SIZE);
	}
}

static inline void walk_positions(const struct segment *s, struct postings *p, struct arena *a, struct walk_sum *sum)
{
	uint32_t length = segment_length(s, p->doc);
	struct positions pos = postings_positions(p, a);

	for (size_t i = 0; i < pos.n; i++)
		promise(pos.v[i] < length && (!i || pos.v[i] > pos.v[i - 1]));
	sum->positions += pos.n;
}

static inline void walk_list(const struct segment *s, const struct term *t, struct arena *a, struct walk_sum *sum)
{
	struct postings p;
	uint32_t before = 0, best = 0, n = 0;

	postings_open(&p, s, t);
	(void)postings_count(&p); /* also where nothing could be read */
	(void)postings_in_subject(&p);
	(void)postings_impact(&p);
	if (t->field == INDEX_WORD)
		(void)postings_positions(&p, a);
	for (; p.doc != POSTINGS_END; n++) {
		promise(p.doc < segment_docs(s) && (!n || p.doc > before));
		before = p.doc;
		(void)postings_in_subject(&p);
		promise(postings_impact(&p) <= IMPACT_ONE);
		arena_reset(a);
		if (t->field == INDEX_WORD && p.doc != POSTINGS_END)
			walk_positions(s, &p, a, sum);
		postings_next(&p);
	}
	promise(n <= t->docs);
	sum->documents += n;
	for (uint32_t stride = 1; stride < 4 * segment_docs(s); stride *= 7) {
		postings_open(&p, s, t);
		for (uint32_t doc = stride / 2; p.doc != POSTINGS_END; doc += stride) {
			uint32_t last = postings_peek(&p, doc, &best);

			promise(last >= doc);
			before = p.doc;
			postings_seek(&p, doc);
			promise(p.doc >= doc && p.doc >= before);
			promise(p.doc == POSTINGS_END || p.doc < segment_docs(s));
			(void)postings_count(&p);
			if (t->field == INDEX_WORD && doc % 5 == 0)
				(void)postings_positions(&p, a);
		}
	}
	(void)postings_best(s, t);
	arena_reset(a);
}

/* Touches every byte of what is said to be a word. */
static inline void walk_forms(const struct segment *s, struct str stem, const struct term *t, struct arena *a)
{
	struct words forms = segment_forms(s, stem, a);
	unsigned char x = 0;

	for (size_t i = 0; i < t->form.n; i++)
		x ^= (unsigned char)t->form.p[i];
	for (size_t i = 0; i < forms.n; i++)
		for (size_t k = 0; k < forms.v[i].n; k++)
			x ^= (unsigned char)forms.v[i].p[k];
	*(volatile unsigned char *)&x = x;
	arena_reset(a);
}

static inline struct walk_sum walk_all(const struct segment *s)
{
	static const uint8_t fields[] = {0, 1, 2, 3, 7, INDEX_KEYWORDS - 1, INDEX_WORD, INDEX_STEM, INDEX_FIELDS, 255};
	struct walk_sum sum = {0};
	struct arena a = {0};
	struct term_walk w;
	struct str value;
	struct term t, found;
	size_t shared;

	walk_columns(s);
	for (size_t i = 0; i < sizeof(fields); i++) {
		term_walk_open(&w, s, fields[i], (struct str){0});
		while (term_walk_next(&w, &value, &shared, &t)) {
			promise(value.n <= INDEX_VALUE_MAX && shared <= value.n && t.docs <= segment_docs(s));
			walk_list(s, &t, &a, &sum);
			walk_forms(s, value, &t, &a);
			if (segment_term(s, fields[i], value, &found))
				promise(found.field == fields[i]);
			sum.terms++;
		}
	}
	term_walk_open(&w, s, INDEX_WORD, STR("st"));
	while (term_walk_next(&w, &value, &shared, &t))
		promise(str_starts(value, STR("st")));
	(void)segment_term(s, INDEX_WORD, STR("stamp"), &found);
	arena_free(&a);
	return sum;
}

#endif
