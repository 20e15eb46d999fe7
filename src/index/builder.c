/*
 * Documents collected in memory until they are written as a segment. All that is kept of a document's words is their
 * numbers in the vocabulary, one behind another; the places of each word are found when the segment is written, by
 * counting first how many there are of each (a counting sort). Until then nothing is met at random but the vocabulary.
 */
#include "index/index_priv.h"

#include <stdlib.h>

enum {
	WORDS_MAX = 1 << 26,      /* of a document: more than fit into the longest that an archive takes */
	COLLECTED_MAX = 1u << 31, /* terms of all documents together, so that their places fit into 32 bits */
	TERM_BYTES = 128,         /* that a term takes at most here and in its vocabulary; most take half */
	/* so many places ahead a term's next slot, and then the slot itself, is asked for from memory */
	AHEAD_NEXT = 24,
	AHEAD_SLOT = 12,
};

/* What the documents have, one behind another. A place is a number of ids; a document's are [starts[doc], starts[doc +
 * 1]), the last one's end at n. */
struct collected {
	struct vocab vocab;
	uint32_t *ids, *starts, *places;
	size_t n, cap, cap_starts, cap_places;
};

struct numbers {
	uint32_t *v;
	size_t n, cap;
};

struct index_builder {
	struct stemmer *stemmer;
	char language[LANGUAGE_MAX];
	size_t memory;
	struct collected words, keywords;
	struct numbers hashes; /* of words, by id - 1, for the sketch */
	struct numbers run;    /* those of a document's words */
	struct columns *columns;
	struct subject *subjects;
	uint32_t n_docs;
	size_t cap_docs;
};

int index_builder_open(const char *language, size_t memory, struct index_builder **out, struct err *e)
{
	struct index_builder *b = xcalloc(1, sizeof(*b));
	int rc = stemmer_open(language, &b->stemmer, e);

	*out = NULL;
	if (rc != REFTEL_OK) {
		index_builder_close(b);
		return rc;
	}
	snprintf(b->language, sizeof(b->language), "%s", language ? language : "");
	b->memory = memory;
	*out = b;
	return REFTEL_OK;
}

static void collected_free(struct collected *c)
{
	vocab_free(&c->vocab);
	free(c->ids);
	free(c->starts);
	free(c->places);
	*c = (struct collected){0};
}

/* The numbers' room stays, so that the next segment need not ask the system for it page by page. */
static void builder_reset(struct index_builder *b)
{
	vocab_free(&b->words.vocab);
	vocab_free(&b->keywords.vocab);
	b->words.n = b->keywords.n = b->hashes.n = 0;
	b->n_docs = 0;
}

void index_builder_close(struct index_builder *b)
{
	if (!b)
		return;
	collected_free(&b->words);
	collected_free(&b->keywords);
	free(b->hashes.v);
	free(b->run.v);
	free(b->columns);
	free(b->subjects);
	stemmer_close(b->stemmer);
	free(b);
}

struct vocab *index_builder_vocab(struct index_builder *b)
{
	return &b->words.vocab;
}

uint32_t index_builder_docs(const struct index_builder *b)
{
	return b->n_docs;
}

/* An id, and the place that it will need when the segment is written. */
bool index_builder_full(const struct index_builder *b)
{
	size_t ids = b->words.n + b->keywords.n;
	size_t terms = b->words.vocab.words.n + b->keywords.vocab.words.n;

	return ids >= COLLECTED_MAX || 2 * ids * sizeof(uint32_t) + terms * TERM_BYTES +
						       b->n_docs * (sizeof(struct columns) + sizeof(struct subject)) >
					       b->memory;
}

/* ---- a document goes in ------------------------------------------------------------------------------------------ */

static uint32_t *numbers_room(uint32_t **v, size_t *cap, size_t n)
{
	if (n > *cap) {
		*cap = 2 * *cap > n ? 2 * *cap : n + 1024;
		*v = xrealloc(*v, *cap * sizeof(**v));
	}
	return *v;
}

static void document_begin(struct index_builder *b, struct collected *c)
{
	numbers_room(&c->starts, &c->cap_starts, (size_t)b->n_docs + 1)[b->n_docs] = (uint32_t)c->n;
}

static uint32_t word_id(struct index_builder *b, const struct token *t)
{
	if (t->id && t->word.n <= INDEX_VALUE_MAX)
		return t->id;
	return vocab_add(&b->words.vocab, str_sub(t->word, 0, INDEX_VALUE_MAX));
}

/* Those of the words that came since; the vocabulary gives its numbers in order. */
static void hashes_add(struct index_builder *b)
{
	const struct vocab *v = &b->words.vocab;
	struct numbers *h = &b->hashes;

	numbers_room(&h->v, &h->cap, v->words.n);
	for (; h->n < v->words.n; h->n++)
		h->v[h->n] = sketch_hash(v->words.v[h->n]);
}

static void words_add(struct index_builder *b, const struct index_doc *d)
{
	struct collected *c = &b->words;
	size_t n = d->words.n < WORDS_MAX ? d->words.n : WORDS_MAX;
	uint32_t *ids = numbers_room(&c->ids, &c->cap, c->n + n) + c->n;
	uint32_t *run = numbers_room(&b->run.v, &b->run.cap, n + 1);

	document_begin(b, c);
	for (size_t i = 0; i < n; i++)
		ids[i] = word_id(b, &d->words.v[i]);
	hashes_add(b);
	for (size_t i = 0; i < n; i++)
		run[i] = b->hashes.v[ids[i] - 1];
	sketch_words(run, n, b->columns[b->n_docs].sketch);
	c->n += n;
}

static void keyword_add(struct index_builder *b, const struct index_keyword *k)
{
	struct collected *c = &b->keywords;
	char term[INDEX_VALUE_MAX + 1];
	size_t n = k->value.n < INDEX_VALUE_MAX ? k->value.n : INDEX_VALUE_MAX;

	term[0] = (char)k->field;
	if (n)
		memcpy(term + 1, k->value.p, n);
	numbers_room(&c->ids, &c->cap, c->n + 1)[c->n] = vocab_add(&c->vocab, (struct str){term, n + 1});
	c->n++;
}

static void columns_add(struct index_builder *b, const struct index_doc *d)
{
	struct columns *c;
	uint32_t subject = d->subject_to > d->subject_from ? d->subject_to - d->subject_from : 0;

	if (b->n_docs == b->cap_docs) {
		b->cap_docs = b->cap_docs ? 2 * b->cap_docs : 1024;
		b->columns = xrealloc(b->columns, b->cap_docs * sizeof(*b->columns));
		b->subjects = xrealloc(b->subjects, b->cap_docs * sizeof(*b->subjects));
	}
	b->subjects[b->n_docs] = (struct subject){d->subject_from, subject};
	c = &b->columns[b->n_docs];
	*c = (struct columns){
		.key = d->key,
		.group = d->group,
		.when = d->when,
		.length = (uint32_t)(d->words.n < WORDS_MAX ? d->words.n : WORDS_MAX),
		.subject_from = d->subject_from,
		.subject_n = (uint16_t)(subject < UINT16_MAX ? subject : UINT16_MAX),
	};
}

void index_builder_add(struct index_builder *b, const struct index_doc *d)
{
	columns_add(b, d);
	words_add(b, d);
	document_begin(b, &b->keywords);
	for (size_t i = 0; i < d->n_keywords; i++)
		keyword_add(b, &d->keywords[i]);
	b->n_docs++;
}

/* ---- where each term stands -------------------------------------------------------------------------------------- */

struct sorted_term {
	uint64_t head; /* its first bytes, to compare most at a glance */
	struct str value;
	uint32_t id;
};

static uint64_t head_of(struct str s)
{
	uint64_t head = 0;

	for (size_t i = 0; i < 8; i++)
		head = head << 8 | (i < s.n ? (unsigned char)s.p[i] : 0);
	return head;
}

static int by_value(const void *x, const void *y)
{
	const struct sorted_term *a = x, *b = y;

	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	return str_cmp(a->value, b->value);
}

/* The places of all terms, term by term in byte order: those of order[i] end at ends[i], and are growing. */
struct places {
	struct sorted_term *order;
	uint32_t *ends, *v;
	size_t n_terms;
};

/* Those of a vocabulary that are in any document: others may have been read by somebody. */
static void terms_sort(struct places *p, const struct vocab *vocab, const uint32_t *counts)
{
	p->order = xmalloc((vocab->words.n + 1) * sizeof(*p->order));
	for (size_t i = 0; i < vocab->words.n; i++)
		if (counts[i])
			p->order[p->n_terms++] =
				(struct sorted_term){head_of(vocab->words.v[i]), vocab->words.v[i], (uint32_t)i + 1};
	qsort(p->order, p->n_terms, sizeof(*p->order), by_value);
}

/* next: where each term's next place goes, by its id - 1. Most of the time goes by waiting for memory: it is asked for
 * early. */
static void places_fill(struct places *p, const struct collected *c, uint32_t *next)
{
	const uint32_t *ids = c->ids;
	size_t i = 0;

	for (; i + AHEAD_NEXT < c->n; i++) {
		__builtin_prefetch(&next[ids[i + AHEAD_NEXT] - 1], 1);
		__builtin_prefetch(&p->v[next[ids[i + AHEAD_SLOT] - 1]], 1);
		p->v[next[ids[i] - 1]++] = (uint32_t)i;
	}
	for (; i < c->n; i++)
		p->v[next[ids[i] - 1]++] = (uint32_t)i;
}

static void places_find(struct places *p, struct collected *c)
{
	uint32_t *next = xcalloc(c->vocab.words.n + 1, sizeof(*next)), at = 0;

	for (size_t i = 0; i < c->n; i++)
		next[c->ids[i] - 1]++;
	terms_sort(p, &c->vocab, next);
	p->ends = xmalloc((p->n_terms + 1) * sizeof(*p->ends));
	for (size_t i = 0; i < p->n_terms; i++) {
		uint32_t *n = &next[p->order[i].id - 1], count = *n;

		*n = at;
		p->ends[i] = at += count;
	}
	p->v = numbers_room(&c->places, &c->cap_places, c->n + 1);
	places_fill(p, c, next);
	free(next);
}

static void places_free(struct places *p)
{
	free(p->order);
	free(p->ends);
}

/* ---- and out as a run -------------------------------------------------------------------------------------------- */

static void gap_put(struct buf *list, uint32_t gap)
{
	buf_reserve(list, 10);
	list->n += varint_put((uint8_t *)list->p + list->n, gap);
}

static void words_put(struct index_builder *b, struct index_run *r, struct buf *list)
{
	struct places p = {0};
	char term[INDEX_VALUE_MAX + 1] = {INDEX_WORD};
	uint32_t at = 0;

	places_find(&p, &b->words);
	for (size_t i = 0; i < p.n_terms; i++) {
		struct str value = p.order[i].value;
		uint32_t from = at, next = 0;

		buf_reset(list);
		for (; at < p.ends[i]; next = p.v[at++] + 1)
			gap_put(list, p.v[at] - next);
		if (value.n)
			memcpy(term + 1, value.p, value.n);
		run_term(r, (struct str){term, value.n + 1}, at - from, list);
	}
	places_free(&p);
}

/* Documents instead of places, one that was given the keyword twice only once. */
static void keywords_put(struct index_builder *b, struct index_run *r, struct buf *list)
{
	const uint32_t *starts = b->keywords.starts;
	struct places p = {0};
	uint32_t at = 0;

	places_find(&p, &b->keywords);
	for (size_t i = 0; i < p.n_terms; i++) {
		uint32_t doc = 0, next = 0;
		size_t entries = 0;

		buf_reset(list);
		for (; at < p.ends[i]; at++) {
			while (doc + 1 < b->n_docs && starts[doc + 1] <= p.v[at])
				doc++;
			if (doc < next)
				continue;
			gap_put(list, doc - next);
			next = doc + 1;
			entries++;
		}
		run_term(r, p.order[i].value, entries, list);
	}
	places_free(&p);
}

/* Where the last document ends is told too. */
static struct run_docs docs_give(struct index_builder *b)
{
	struct collected *c = &b->words;
	struct run_docs d = {.columns = b->columns, .subjects = b->subjects, .n_docs = b->n_docs};

	d.n_words = (uint32_t)c->n;
	d.starts = numbers_room(&c->starts, &c->cap_starts, (size_t)b->n_docs + 1);
	d.starts[b->n_docs] = d.n_words;
	b->columns = NULL;
	b->subjects = NULL;
	c->starts = NULL;
	b->cap_docs = c->cap_starts = 0;
	return d;
}

static void docs_take(struct index_builder *b, struct index_run *r)
{
	struct run_docs d = run_docs_take(r);

	b->columns = d.columns;
	b->subjects = d.subjects;
	b->words.starts = d.starts;
	b->cap_docs = d.n_docs;
	b->words.cap_starts = (size_t)d.n_docs + 1;
}

static int run_make(struct index_builder *b, struct index_run *r, struct err *e)
{
	struct buf list = {0};

	keywords_put(b, r, &list);
	words_put(b, r, &list);
	buf_free(&list);
	return run_end(r, docs_give(b), e);
}

int index_builder_put_aside(struct index_builder *b, const char *dir, const char *name, struct index_run **out,
			    struct err *e)
{
	struct index_run *r;
	int rc;

	*out = NULL;
	if (!b->n_docs)
		return err_set(e, REFTEL_EINVAL, "there is nothing to write to the index");
	r = run_new();
	rc = run_file(r, dir, name, e);
	if (rc == REFTEL_OK) {
		rc = run_make(b, r, e);
		if (rc != REFTEL_OK)
			docs_take(b, r);
	}
	if (rc == REFTEL_OK) {
		builder_reset(b);
		*out = r;
	} else {
		index_run_close(r);
	}
	return rc;
}

int index_builder_flush(struct index_builder *b, const char *dir, const char *name, struct index_part *out,
			struct err *e)
{
	struct index_run *r;
	int rc;

	if (!b->n_docs)
		return err_set(e, REFTEL_EINVAL, "there is nothing to write to the index");
	r = run_new();
	rc = run_make(b, r, e);
	if (rc == REFTEL_OK)
		rc = index_runs_write(&r, 1, b->language, NULL, dir, name, out, e);
	if (rc == REFTEL_OK)
		builder_reset(b);
	else
		docs_take(b, r);
	index_run_close(r);
	return rc;
}
