/*
 * Where a quotation may stand, by the index. Its rare words name some cables, the places of its words in those say how
 * many of them stand together and in order, whatever was changed, added, dropped or elided between them. That gives
 * candidates; the decision is the aligner's.
 *
 * Three passes, each only when the one before found nothing convincing: by the rarest words; by all words; and, for short
 * quotations of common words, by three words in a row.
 */
#include "check/check_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	RARE_LEAST = 5,          /* words that are looked up whatever they cost */
	RARE_POSTINGS = 60000,   /* then as many as have no more postings together */
	PLACED_WORDS = 16,       /* whose places are compared in the first pass; all of them in the second */
	PLACED_DOCS = 24,        /* documents whose places are read */
	PLACED_DOCS_DEEP = 256,
	PLACED_DOCS_MAX = 2048,  /* where that many are as good */
	GOOD_PERMILLE = 550,     /* of the weight in place: no need to look further */
	GOOD_SHORT_PERMILLE = 850, /* of a quotation of fewer than SOLID_WORDS */
	SOLID_WORDS = 10,
	NEAR_PERMILLE = 700,     /* named without limit */
	FLOOR_PERMILLE = 280,
	KEPT = 8,                /* candidates below NEAR that are kept */
	SHORT_WORDS = 16,        /* the third pass is for these */
	DRIFT = 6,               /* words that may be added or dropped before a place counts as another */
};

/* A distinct word of the quotation. */
struct wanted {
	struct str word;
	uint32_t worth;
	uint64_t docs; /* that have it, in all segments */
};

/* A position of the quotation: which word, in which part between ellipses, the how-manieth there. */
struct slot {
	uint32_t wanted, part, at;
};

struct hit {
	int64_t diagonal;
	uint32_t slot;
};

struct finder {
	struct locator *l;
	const struct quote_words *q;
	struct arena *a; /* of the quotation */
	struct wanted *wanted; /* rarest first */
	size_t n_wanted;
	struct slot *slots;
	size_t n_slots;
	uint32_t n_parts;
	uint64_t full; /* weight of all slots */
	VEC(struct lead) found;
};

/* ---- the words ------------------------------------------------------------------------------------------------------ */

static uint64_t docs_with(const struct catalog *c, struct str word)
{
	uint64_t n = 0;
	struct term t;

	for (size_t i = 0; i < c->n_segments; i++)
		if (segment_term(c->segments[i].segment, INDEX_WORD, word, &t))
			n += t.docs;
	return n;
}

static int by_rarity(const void *x, const void *y)
{
	const struct wanted *a = x, *b = y;

	if (a->docs != b->docs)
		return a->docs < b->docs ? -1 : 1;
	return str_cmp(a->word, b->word);
}

static uint32_t wanted_find(const struct finder *f, struct str word)
{
	for (size_t i = 0; i < f->n_wanted; i++)
		if (str_eq(f->wanted[i].word, word))
			return (uint32_t)i;
	return UINT32_MAX;
}

/* Words in brackets are the reporter's as likely as the cable's: they are not looked for. */
static void wanted_read(struct finder *f)
{
	const struct catalog *c = f->l->catalog;

	f->wanted = arena_new(f->a, struct wanted, f->q->n + 1);
	f->slots = arena_new(f->a, struct slot, f->q->n + 1);
	for (size_t i = 0; i < f->q->n; i++) {
		struct str word = f->q->v[i].word;

		if (f->q->kinds[i] != ALIGN_WORD || wanted_find(f, word) != UINT32_MAX)
			continue;
		f->wanted[f->n_wanted++] = (struct wanted){.word = word, .docs = docs_with(c, word)};
	}
	qsort(f->wanted, f->n_wanted, sizeof(*f->wanted), by_rarity);
	for (size_t i = 0; i < f->n_wanted; i++)
		f->wanted[i].worth = rank_worth(c->n_docs, f->wanted[i].docs);
	for (size_t i = 0, at = 0; i < f->q->n; i++) {
		if (f->q->kinds[i] == ALIGN_GAP) {
			f->n_parts += at > 0;
			at = 0;
		} else if (f->q->kinds[i] == ALIGN_WORD) {
			f->slots[f->n_slots] =
				(struct slot){wanted_find(f, f->q->v[i].word), f->n_parts, (uint32_t)at++};
			f->full += f->wanted[f->slots[f->n_slots++].wanted].worth;
		} else {
			at++;
		}
	}
	f->n_parts++;
}

/* ---- documents by their words --------------------------------------------------------------------------------------- */

struct doc_weight {
	uint32_t doc;
	uint32_t weight;
};

/* The weights of one segment's documents: room that is cleared after use, by the list of those that were touched. */
struct weights {
	uint32_t *of; /* one a document */
	VEC(uint32_t) touched;
};

static void weights_add(struct finder *f, struct weights *w, const struct catalog_segment *s, const struct wanted *x)
{
	struct postings p;
	struct term t;

	if (!segment_term(s->segment, INDEX_WORD, x->word, &t))
		return;
	postings_open(&p, s->segment, &t);
	for (bool more = p.doc != POSTINGS_END; more; more = postings_next_block(&p))
		for (uint32_t i = 0; i < p.n; i++) {
			uint32_t *of = &w->of[p.docs[i]];

			if (!*of)
				*VEC_PUSH(f->a, &w->touched) = p.docs[i];
			*of += x->worth;
		}
}

static int by_weight(const void *x, const void *y)
{
	const struct doc_weight *a = x, *b = y;

	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	return (a->doc > b->doc) - (a->doc < b->doc);
}

static int by_doc(const void *x, const void *y)
{
	const struct doc_weight *a = x, *b = y;

	return (a->doc > b->doc) - (a->doc < b->doc);
}

enum { STEPS = 1024 }; /* in which weights are told apart when the heaviest are sought */

/* A weight that hardly more than `most` documents reach. */
static uint32_t weight_of_rank(const uint32_t steps[STEPS + 1], size_t most, uint32_t top)
{
	size_t n = 0, step = STEPS;

	while (step > 0 && n + steps[step] <= most)
		n += steps[step--];
	return (uint32_t)((uint64_t)(step + 1) * top / STEPS);
}

/* The heaviest documents, at least `most` of them where there are as many, more where more are nearly as heavy. */
static size_t heaviest(struct finder *f, struct weights *w, const struct catalog_segment *s, size_t most,
		       struct doc_weight **out)
{
	uint32_t steps[STEPS + 1] = {0}, top = 0, least, near;
	size_t n = 0;

	for (size_t i = 0; i < w->touched.n; i++)
		top = w->of[w->touched.v[i]] > top ? w->of[w->touched.v[i]] : top;
	for (size_t i = 0; i < w->touched.n; i++)
		steps[(uint64_t)w->of[w->touched.v[i]] * STEPS / top]++;
	least = weight_of_rank(steps, most, top);
	near = weight_of_rank(steps, PLACED_DOCS_MAX, top);
	near = near > top - top / 8 ? near : top - top / 8;
	least = near < least ? near : least;
	least = least < top ? least : top;
	*out = arena_new(f->a, struct doc_weight, w->touched.n + 1);
	for (size_t i = 0; i < w->touched.n; i++) {
		uint32_t doc = w->touched.v[i];

		if (w->of[doc] >= least && bit_get(s->live, doc))
			(*out)[n++] = (struct doc_weight){doc, w->of[doc]};
	}
	qsort(*out, n, sizeof(**out), by_weight);
	n = n < PLACED_DOCS_MAX ? n : PLACED_DOCS_MAX;
	qsort(*out, n, sizeof(**out), by_doc);
	return n;
}

/* ---- places ---------------------------------------------------------------------------------------------------------- */

typedef VEC(struct hit) hit_vec;

/* Where a word stands in the documents, which come in order. */
static void hits_add(struct finder *f, const struct catalog_segment *s, uint32_t wanted, const struct doc_weight *docs,
		     size_t n, hit_vec *hits)
{
	struct arena scratch = {0};
	struct postings p;
	struct term t;

	if (!segment_term(s->segment, INDEX_WORD, f->wanted[wanted].word, &t))
		return;
	postings_open(&p, s->segment, &t);
	for (size_t i = 0; i < n; i++) {
		struct positions at;

		if (postings_seek(&p, docs[i].doc) != docs[i].doc)
			continue;
		at = postings_positions(&p, &scratch);
		for (size_t k = 0; k < f->n_slots; k++) {
			if (f->slots[k].wanted != wanted)
				continue;
			for (size_t j = 0; j < at.n; j++)
				*VEC_PUSH(f->a, &hits[i]) = (struct hit){
					(int64_t)at.v[j] - f->slots[k].at + ((int64_t)f->slots[k].part << 40),
					(uint32_t)k};
		}
		arena_reset(&scratch);
	}
	arena_free(&scratch);
}

static int by_diagonal(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;

	if (a->diagonal != b->diagonal)
		return a->diagonal < b->diagonal ? -1 : 1;
	return (a->slot > b->slot) - (a->slot < b->slot);
}

/*
 * The weight of the words that stand together as in the quotation: of each part, the most that lie within DRIFT of one
 * diagonal. counts: one a slot, zero, and zero again.
 */
static uint64_t weight_in_place(const struct finder *f, hit_vec *h, uint32_t *counts)
{
	uint64_t sum = 0, best = 0, now = 0;
	size_t from = 0;

	if (h->n)
		qsort(h->v, h->n, sizeof(*h->v), by_diagonal);
	for (size_t i = 0; i <= h->n; i++) {
		bool part_ends = i == h->n || f->slots[h->v[i].slot].part != f->slots[h->v[from].slot].part;

		for (; from < i && (part_ends || h->v[i].diagonal - h->v[from].diagonal > DRIFT); from++)
			if (--counts[h->v[from].slot] == 0)
				now -= f->wanted[f->slots[h->v[from].slot].wanted].worth;
		if (part_ends) {
			sum += best;
			best = 0;
		}
		if (i == h->n)
			break;
		if (counts[h->v[i].slot]++ == 0)
			now += f->wanted[f->slots[h->v[i].slot].wanted].worth;
		best = now > best ? now : best;
	}
	return sum;
}

static void found_add(struct finder *f, const struct catalog_segment *s, uint32_t doc, uint64_t weight, uint64_t full)
{
	struct lead p = {segment_group(s->segment, doc), segment_key(s->segment, doc), 0};

	p.permille = full ? (unsigned)(weight * 1000 / full) : 0;
	if (p.permille < FLOOR_PERMILLE)
		return;
	for (size_t i = 0; i < f->found.n; i++)
		if (f->found.v[i].version == p.version) {
			f->found.v[i].permille = p.permille > f->found.v[i].permille ? p.permille
										     : f->found.v[i].permille;
			return;
		}
	*VEC_PUSH(f->a, &f->found) = p;
}

/* Reads the places of the first n_words words in the documents, and notes how much stands in place. */
static void places_read(struct finder *f, const struct catalog_segment *s, const struct doc_weight *docs, size_t n,
			size_t n_words)
{
	hit_vec *hits = arena_new(f->a, hit_vec, n + 1);
	uint32_t *counts = arena_new(f->a, uint32_t, f->n_slots + 1);
	uint64_t full = 0;

	for (size_t k = 0; k < f->n_slots; k++)
		full += f->slots[k].wanted < n_words ? f->wanted[f->slots[k].wanted].worth : 0;
	for (size_t w = 0; w < n_words; w++)
		hits_add(f, s, (uint32_t)w, docs, n, hits);
	for (size_t i = 0; i < n; i++)
		found_add(f, s, docs[i].doc, weight_in_place(f, &hits[i], counts), full);
}

/* ---- the passes ------------------------------------------------------------------------------------------------------ */

static void pass_by_words(struct finder *f, size_t n_words, size_t n_placed, size_t n_docs)
{
	const struct catalog *c = f->l->catalog;

	for (size_t i = 0; i < c->n_segments; i++) {
		const struct catalog_segment *s = &c->segments[i];
		struct weights w = {.of = f->l->weights};
		struct doc_weight *docs;
		size_t n;

		for (size_t k = 0; k < n_words; k++)
			weights_add(f, &w, s, &f->wanted[k]);
		n = heaviest(f, &w, s, n_docs, &docs);
		for (size_t k = 0; k < w.touched.n; k++)
			w.of[w.touched.v[k]] = 0;
		places_read(f, s, docs, n, n_placed);
	}
}

/* As many of the rarest words as the bound on postings allows; a word that is nowhere costs nothing and tells nothing. */
static size_t rarest(const struct finder *f)
{
	uint64_t postings = 0;
	size_t n = 0, present = 0;

	while (n < f->n_wanted && (present < RARE_LEAST || postings + f->wanted[n].docs <= RARE_POSTINGS)) {
		present += f->wanted[n].docs > 0;
		postings += f->wanted[n++].docs;
	}
	return n;
}

/* Documents that have three words of the quotation in a row. */
static void three_in_a_row(struct finder *f, const struct catalog_segment *s, const struct slot *x, struct weights *w)
{
	struct arena scratch = {0};
	struct postings p[3];
	struct term t;
	uint32_t doc = 0;

	for (int i = 0; i < 3; i++) {
		if (!segment_term(s->segment, INDEX_WORD, f->wanted[x[i].wanted].word, &t))
			return;
		postings_open(&p[i], s->segment, &t);
	}
	while ((doc = postings_seek(&p[0], doc)) != POSTINGS_END) {
		uint32_t d1 = postings_seek(&p[1], doc), d2 = postings_seek(&p[2], doc);

		if (d1 == doc && d2 == doc) {
			struct positions a = postings_positions(&p[0], &scratch);
			struct positions b = postings_positions(&p[1], &scratch);
			struct positions c = postings_positions(&p[2], &scratch);
			bool row = false;

			for (size_t i = 0, j = 0, k = 0; i < a.n && !row; i++) {
				while (j < b.n && b.v[j] < a.v[i] + 1)
					j++;
				while (k < c.n && c.v[k] < a.v[i] + 2)
					k++;
				row = j < b.n && k < c.n && b.v[j] == a.v[i] + 1 && c.v[k] == a.v[i] + 2;
			}
			arena_reset(&scratch);
			if (row && !w->of[doc])
				*VEC_PUSH(f->a, &w->touched) = doc;
			w->of[doc] += row;
			doc++;
		} else {
			doc = d1 > d2 ? d1 : d2;
		}
	}
	arena_free(&scratch);
}

static void pass_by_rows(struct finder *f)
{
	const struct catalog *c = f->l->catalog;

	for (size_t i = 0; i < c->n_segments; i++) {
		const struct catalog_segment *s = &c->segments[i];
		struct weights w = {.of = f->l->weights};
		struct doc_weight *docs;
		size_t n;

		for (size_t k = 0; k + 2 < f->n_slots; k++)
			if (f->slots[k].part == f->slots[k + 2].part)
				three_in_a_row(f, s, &f->slots[k], &w);
		n = heaviest(f, &w, s, PLACED_DOCS_DEEP, &docs);
		for (size_t k = 0; k < w.touched.n; k++)
			w.of[w.touched.v[k]] = 0;
		places_read(f, s, docs, n, f->n_wanted);
	}
}

static bool is_found(const struct finder *f)
{
	unsigned best = 0;

	for (size_t i = 0; i < f->found.n; i++)
		best = f->found.v[i].permille > best ? f->found.v[i].permille : best;
	return best >= (f->n_slots < SOLID_WORDS ? GOOD_SHORT_PERMILLE : GOOD_PERMILLE);
}

/* So many of the rarest words as have PLACED_WORDS among them that are anywhere. */
static size_t placed(const struct finder *f)
{
	size_t n = 0, present = 0;

	while (n < f->n_wanted && present < PLACED_WORDS)
		present += f->wanted[n++].docs > 0;
	return n;
}

static int by_permille(const void *x, const void *y)
{
	const struct lead *a = x, *b = y;

	if (a->permille != b->permille)
		return a->permille < b->permille ? 1 : -1;
	return (a->version > b->version) - (a->version < b->version);
}

struct leads passages_find(struct locator *l, const struct quote_words *q, struct arena *a)
{
	struct finder f = {.l = l, .q = q, .a = a};
	size_t n;

	if (!q->plain)
		return (struct leads){0};
	wanted_read(&f);
	pass_by_words(&f, rarest(&f), placed(&f), PLACED_DOCS);
	if (!is_found(&f))
		pass_by_words(&f, f.n_wanted, f.n_wanted, PLACED_DOCS_DEEP);
	if (!is_found(&f) && f.n_slots <= SHORT_WORDS)
		pass_by_rows(&f);
	if (f.found.n)
		qsort(f.found.v, f.found.n, sizeof(*f.found.v), by_permille);
	for (n = 0; n < f.found.n && (n < KEPT || f.found.v[n].permille >= NEAR_PERMILLE);)
		n++;
	return (struct leads){f.found.v, n};
}

/* ---- for many quotations ------------------------------------------------------------------------------------------- */

void locator_open(struct locator *l, struct catalog *c)
{
	uint32_t most = 0;

	for (size_t i = 0; i < c->n_segments; i++) {
		uint32_t n = segment_docs(c->segments[i].segment);

		most = n > most ? n : most;
	}
	l->catalog = c;
	l->weights = xcalloc((size_t)most + 1, sizeof(*l->weights));
}

void locator_close(struct locator *l)
{
	free(l->weights);
	*l = (struct locator){0};
}

struct leads check_locate(struct locator *l, struct arena *a, struct str text, struct spans words)
{
	struct vocab v = {0};
	struct quote_words q = quote_words_read(a, &v, text, words);
	struct leads p = passages_find(l, &q, a);

	vocab_free(&v);
	return p;
}
