/*
 * Where a quotation may stand, by the index. Its rare words name some cables, the places of its words in those say how
 * many of them stand together and in order, whatever was changed, added, dropped or elided between them. That gives
 * candidates; the decision is the aligner's.
 *
 * Three passes, each only when the one before found nothing convincing: by the rarest words; by all that tell anything;
 * and, for short quotations of common words, which too many documents have, by three words in a row.
 */
#include "check/check_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	RARE_LEAST = 5,        /* words that are looked up whatever they cost */
	RARE_POSTINGS = 60000, /* then as many as have no more postings together */
	PLACED_WORDS = 16,     /* whose places are compared in the first pass; all of them in the second */
	PLACED_DOCS = 24,      /* documents whose places are read */
	PLACED_DOCS_DEEP = 256,
	PLACED_DOCS_MAX = 2048,    /* where that many are as good */
	GOOD_PERMILLE = 550,       /* of the weight in place: no need to look further */
	GOOD_SHORT_PERMILLE = 850, /* of a quotation of fewer than SOLID_WORDS */
	SOLID_WORDS = 10,
	NEAR_PERMILLE = 700, /* named without limit */
	FLOOR_PERMILLE = 280,
	KEPT = 8,         /* candidates below NEAR that are kept */
	SHORT_WORDS = 16, /* the third pass is for these */
	DRIFT = 6,        /* words that may be added or dropped before a place counts as another */
};

/* A distinct word of the quotation. */
struct wanted {
	struct str word;
	uint32_t id, worth;
	uint64_t docs; /* that have it, in all segments */
};

/* A position of the quotation: which word, in which part between ellipses, the how-manieth there. */
struct slot {
	uint32_t wanted, part, at;
};

/*
 * A word where it stands in a document: which part of the quotation, on which diagonal (its position less its place in
 * that part, and so much more that it is above 0), which slot; packed so that they sort in this order as numbers.
 */
enum { SLOT_BITS = 16, DIAGONAL_BITS = 32, SLOTS_MAX = (1 << SLOT_BITS) - 1 };

static uint64_t hit_pack(const struct slot *s, uint32_t slot, uint32_t position)
{
	uint64_t diagonal = (uint64_t)position + SLOTS_MAX - s->at;

	return (uint64_t)s->part << (SLOT_BITS + DIAGONAL_BITS) | diagonal << SLOT_BITS | slot;
}

static uint32_t hit_slot(uint64_t h)
{
	return h & SLOTS_MAX;
}

static uint64_t hit_part(uint64_t h)
{
	return h >> (SLOT_BITS + DIAGONAL_BITS);
}

static uint64_t hit_diagonal(uint64_t h)
{
	return h >> SLOT_BITS;
}

struct finder {
	struct locator *l;
	const struct quote_words *q;
	struct arena *a;       /* of the quotation */
	struct wanted *wanted; /* rarest first */
	size_t n_wanted;
	struct slot *slots;
	size_t n_slots;
	uint32_t n_parts;
	VEC(struct lead) found;
};

/* ---- the words --------------------------------------------------------------------------------------------------- */

static int by_rarity(const void *x, const void *y)
{
	const struct wanted *a = x, *b = y;

	if (a->docs != b->docs)
		return a->docs < b->docs ? -1 : 1;
	return str_cmp(a->word, b->word);
}

/* A quotation of more words than can be told apart is looked for by its beginning. */
static void slots_read(struct finder *f, const uint32_t *of)
{
	const struct quote_words *q = f->q;
	uint32_t at = 0;

	f->slots = arena_new(f->a, struct slot, q->n + 1);
	for (size_t i = 0; i < q->n && f->n_slots < SLOTS_MAX && at < SLOTS_MAX; i++) {
		if (q->kinds[i] == ALIGN_GAP) {
			f->n_parts += at > 0;
			at = 0;
		} else if (q->kinds[i] == ALIGN_WORD) {
			f->slots[f->n_slots++] = (struct slot){of[q->ids[i]], f->n_parts, at++};
		} else {
			at++;
		}
	}
	f->n_parts++;
}

/* Which of the wanted words each id of the quotation is; UINT32_MAX: none of them. */
static uint32_t *wanted_of_ids(struct finder *f)
{
	uint32_t top = 0, *of;

	for (size_t i = 0; i < f->q->n; i++)
		top = f->q->ids[i] > top ? f->q->ids[i] : top;
	of = arena_new(f->a, uint32_t, (size_t)top + 1);
	memset(of, 0xff, ((size_t)top + 1) * sizeof(*of));
	return of;
}

/* Words in brackets are the reporter's as likely as the cable's: they are not looked for. */
static void wanted_read(struct finder *f)
{
	const struct catalog *c = f->l->catalog;
	const struct quote_words *q = f->q;
	uint32_t *of = wanted_of_ids(f);

	f->wanted = arena_new(f->a, struct wanted, q->n + 1);
	for (size_t i = 0; i < q->n; i++) {
		if (q->kinds[i] != ALIGN_WORD || of[q->ids[i]] != UINT32_MAX)
			continue;
		of[q->ids[i]] = 0;
		f->wanted[f->n_wanted++] = (struct wanted){
			.word = q->v[i].word, .id = q->ids[i], .docs = catalog_docs_with(c, q->v[i].word)};
	}
	qsort(f->wanted, f->n_wanted, sizeof(*f->wanted), by_rarity);
	for (size_t i = 0; i < f->n_wanted; i++) {
		/* A word that is nowhere tells nothing: that it is missing is for the aligner to say. */
		f->wanted[i].worth = f->wanted[i].docs ? rank_worth(c->n_docs, f->wanted[i].docs) : 0;
		of[f->wanted[i].id] = (uint32_t)i;
	}
	slots_read(f, of);
}

/* ---- documents by their words ------------------------------------------------------------------------------------ */

struct doc_weight {
	uint32_t doc;
	uint32_t weight;
};

static void weights_add(struct locator *w, const struct catalog_segment *s, const struct wanted *x)
{
	struct postings p;
	struct term t;

	if (!segment_term(s->segment, INDEX_WORD, x->word, &t))
		return;
	postings_open(&p, s->segment, &t);
	for (bool more = p.doc != POSTINGS_END; more; more = postings_next_block(&p))
		for (uint32_t i = 0; i < p.n; i++) {
			uint32_t *of = &w->weights[p.docs[i]];

			if (!*of)
				w->touched[w->n_touched++] = p.docs[i];
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

/* The heaviest documents, heaviest first: about `most` of them, and those that are nearly as heavy as the first. */
static size_t heaviest(struct finder *f, const struct catalog_segment *s, size_t most, struct doc_weight **out)
{
	const struct locator *w = f->l;
	uint32_t steps[STEPS + 1] = {0}, top = 1, least, near;
	size_t n = 0;

	for (size_t i = 0; i < w->n_touched; i++)
		top = w->weights[w->touched[i]] > top ? w->weights[w->touched[i]] : top;
	for (size_t i = 0; i < w->n_touched; i++)
		steps[(uint64_t)w->weights[w->touched[i]] * STEPS / top]++;
	least = weight_of_rank(steps, most, top);
	near = weight_of_rank(steps, PLACED_DOCS_MAX, top);
	near = near > top - top / 8 ? near : top - top / 8;
	least = near < least ? near : least;
	least = least < top ? least : top;
	for (size_t i = 0; i < w->n_touched; i++)
		n += w->weights[w->touched[i]] >= least;
	*out = arena_new(f->a, struct doc_weight, n + 1);
	n = 0;
	for (size_t i = 0; i < w->n_touched; i++) {
		uint32_t doc = w->touched[i];

		if (w->weights[doc] >= least && bit_get(s->live, doc))
			(*out)[n++] = (struct doc_weight){doc, w->weights[doc]};
	}
	qsort(*out, n, sizeof(**out), by_weight);
	return n < PLACED_DOCS_MAX ? n : PLACED_DOCS_MAX;
}

/* How many documents have at least half the weight that a document with all the words has. */
static size_t half_as_heavy(const struct locator *w, uint64_t full)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_touched; i++)
		n += 2 * (uint64_t)w->weights[w->touched[i]] >= full;
	return n;
}

static void weights_clear(struct locator *w)
{
	for (size_t i = 0; i < w->n_touched; i++)
		w->weights[w->touched[i]] = 0;
	w->n_touched = 0;
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

typedef VEC(uint64_t) hit_vec;

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
				*VEC_PUSH(f->a, &hits[i]) = hit_pack(&f->slots[k], (uint32_t)k, at.v[j]);
		}
		arena_reset(&scratch);
	}
	arena_free(&scratch);
}

/* Shell's sort with Ciura's gaps (2001): there are some hundreds, and this is most of the work. */
static void hits_sort(uint64_t *v, size_t n)
{
	static const size_t gaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1};

	for (size_t g = 0; g < sizeof(gaps) / sizeof(*gaps); g++)
		for (size_t i = gaps[g]; i < n; i++) {
			uint64_t x = v[i];
			size_t k = i;

			for (; k >= gaps[g] && v[k - gaps[g]] > x; k -= gaps[g])
				v[k] = v[k - gaps[g]];
			v[k] = x;
		}
}

/*
 * The weight of the words that stand together as in the quotation: of each part, the most that lie within DRIFT of one
 * diagonal. counts: one a slot, zero, and zero again.
 */
static uint64_t weight_in_place(const struct finder *f, hit_vec *h, uint32_t *counts)
{
	uint64_t sum = 0, best = 0, now = 0;
	size_t from = 0;

	hits_sort(h->v, h->n);
	for (size_t i = 0; i <= h->n; i++) {
		bool part_ends = i == h->n || hit_part(h->v[i]) != hit_part(h->v[from]);

		for (; from < i && (part_ends || hit_diagonal(h->v[i]) - hit_diagonal(h->v[from]) > DRIFT); from++)
			if (--counts[hit_slot(h->v[from])] == 0)
				now -= f->wanted[f->slots[hit_slot(h->v[from])].wanted].worth;
		if (part_ends) {
			sum += best;
			best = 0;
		}
		if (i == h->n)
			break;
		if (counts[hit_slot(h->v[i])]++ == 0)
			now += f->wanted[f->slots[hit_slot(h->v[i])].wanted].worth;
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
			f->found.v[i].permille =
				p.permille > f->found.v[i].permille ? p.permille : f->found.v[i].permille;
			return;
		}
	*VEC_PUSH(f->a, &f->found) = p;
}

/* Reads the places of the first n_words words in the documents, and notes how much stands in place. */
static void places_read(struct finder *f, const struct catalog_segment *s, struct doc_weight *docs, size_t n,
			size_t n_words)
{
	hit_vec *hits = arena_new(f->a, hit_vec, n + 1);
	uint32_t *counts = arena_new(f->a, uint32_t, f->n_slots + 1);
	uint64_t full = 0;

	if (n)
		qsort(docs, n, sizeof(*docs), by_doc);
	for (size_t k = 0; k < f->n_slots; k++)
		full += f->slots[k].wanted < n_words ? f->wanted[f->slots[k].wanted].worth : 0;
	for (size_t w = 0; w < n_words; w++)
		hits_add(f, s, (uint32_t)w, docs, n, hits);
	for (size_t i = 0; i < n; i++)
		found_add(f, s, docs[i].doc, weight_in_place(f, &hits[i], counts), full);
}

static bool any_near(const struct finder *f)
{
	for (size_t i = 0; i < f->found.n; i++)
		if (f->found.v[i].permille >= NEAR_PERMILLE)
			return true;
	return false;
}

/* The rest of those that are as heavy is of interest where the quotation stands in some: it may stand in them too. */
static void places_of_heaviest(struct finder *f, const struct catalog_segment *s, struct doc_weight *docs, size_t n,
			       size_t most, size_t n_words)
{
	size_t first = n < most ? n : most;

	places_read(f, s, docs, first, n_words);
	if (first < n && any_near(f))
		places_read(f, s, docs + first, n - first, n_words);
}

/* ---- the passes -------------------------------------------------------------------------------------------------- */

/* *many: some segment has more documents that may have the quotation than were looked at. */
static void pass_by_words(struct finder *f, size_t n_words, size_t n_placed, size_t n_docs, bool *many)
{
	const struct catalog *c = f->l->catalog;
	uint64_t full = 0;

	for (size_t k = 0; k < n_words; k++)
		full += f->wanted[k].worth;
	for (size_t i = 0; i < c->n_segments; i++) {
		const struct catalog_segment *s = &c->segments[i];
		struct doc_weight *docs;
		size_t n;

		for (size_t k = 0; k < n_words; k++)
			weights_add(f->l, s, &f->wanted[k]);
		n = heaviest(f, s, n_docs, &docs);
		*many |= half_as_heavy(f->l, full) > n_docs;
		weights_clear(f->l);
		places_of_heaviest(f, s, docs, n, n_docs, n_placed);
	}
}

/* As many of the rarest words as the bound on postings allows; a word that is nowhere costs nothing and tells nothing.
 */
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
static void three_in_a_row(struct finder *f, const struct catalog_segment *s, const struct slot *x)
{
	struct arena scratch = {0};
	struct locator *w = f->l;
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
			if (row && !w->weights[doc])
				w->touched[w->n_touched++] = doc;
			w->weights[doc] += row;
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
		struct doc_weight *docs;
		size_t n;

		for (size_t k = 0; k + 2 < f->n_slots; k++)
			if (f->slots[k].part == f->slots[k + 2].part)
				three_in_a_row(f, s, &f->slots[k]);
		n = heaviest(f, s, PLACED_DOCS_DEEP, &docs);
		weights_clear(f->l);
		places_of_heaviest(f, s, docs, n, PLACED_DOCS_DEEP, f->n_wanted);
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

/* All words but those that stand in every second document, as long as there are others. */
static size_t telling(const struct finder *f)
{
	size_t n = f->n_wanted, present = 0;

	for (size_t i = 0; i < f->n_wanted; i++)
		present += f->wanted[i].docs > 0;
	for (; n > 0 && present > RARE_LEAST && 2 * f->wanted[n - 1].docs > f->l->catalog->n_docs; n--)
		present--;
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
	bool many = false;
	size_t n;

	if (!q->plain)
		return (struct leads){0};
	wanted_read(&f);
	pass_by_words(&f, rarest(&f), placed(&f), PLACED_DOCS, &many);
	many = false;
	if (!is_found(&f))
		pass_by_words(&f, telling(&f), placed(&f), PLACED_DOCS_DEEP, &many);
	if (many && !is_found(&f) && f.n_slots <= SHORT_WORDS)
		pass_by_rows(&f);
	if (f.found.n)
		qsort(f.found.v, f.found.n, sizeof(*f.found.v), by_permille);
	for (n = 0; n < f.found.n && (n < KEPT || f.found.v[n].permille >= NEAR_PERMILLE);)
		n++;
	return (struct leads){f.found.v, n};
}

/* ---- for many quotations ----------------------------------------------------------------------------------------- */

void locator_open(struct locator *l, struct catalog *c)
{
	uint32_t most = 0;

	for (size_t i = 0; i < c->n_segments; i++) {
		uint32_t n = segment_docs(c->segments[i].segment);

		most = n > most ? n : most;
	}
	*l = (struct locator){.catalog = c};
	l->weights = xcalloc((size_t)most + 1, sizeof(*l->weights));
	l->touched = xmalloc(((size_t)most + 1) * sizeof(*l->touched));
}

void locator_close(struct locator *l)
{
	free(l->weights);
	free(l->touched);
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
