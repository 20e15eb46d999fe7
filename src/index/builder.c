/*
 * Documents collected in memory until they are written as a segment. All that is kept of a document's words is their
 * numbers in the vocabulary, one behind another; the places of each word are found when the segment is written, by
 * counting first how many there are of each (a counting sort). Until then nothing is met at random but the vocabulary.
 */
#include "index/index_priv.h"

#include <stdlib.h>

enum {
	WORDS_MAX = 1 << 26,   /* of a document: more than fit into the longest that an archive takes */
	PLACES_MAX = 1u << 31, /* of all documents together, so that they fit into 32 bits */
	TERM_BYTES = 128,      /* that a term takes at most here and in its vocabulary; most take half */
	/* so many places ahead a term's next slot, and then the slot itself, is asked for from memory */
	AHEAD_NEXT = 24,
	AHEAD_SLOT = 12,
	AHEAD_TERM = 8,         /* so many terms ahead the letters of the next */
	STRETCH = 1024,         /* places; a document begins at a multiple of them */
	LIST_PLACES = 16 << 10, /* of a term that are put into a run at a time, or few more */
};

/* What the documents have, one behind another: a document's ids are from starts[doc] to the next one's, the last one's
 * end at n; what is behind belongs to the document that is read now. */
struct collected {
	struct vocab vocab;
	struct word_numbers ids;
	uint32_t *starts, *places;
	size_t n, cap_starts, cap_places;
};

/* A column holds no more than 65,535 of its words; counts know of all. */
struct subject {
	uint32_t from, n;
};

struct index_builder {
	struct stemmer *stemmer;
	char language[LANGUAGE_MAX];
	size_t memory;
	struct collected words, keywords;
	struct word_numbers hashes; /* of the words that are read now, for the sketch */
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
	free(c->ids.v);
	free(c->starts);
	free(c->places);
	*c = (struct collected){0};
}

/* The numbers' room stays, so that the next segment need not ask the system for it page by page. */
static void builder_reset(struct index_builder *b)
{
	vocab_clear(&b->words.vocab);
	vocab_clear(&b->keywords.vocab);
	b->words.n = b->keywords.n = b->hashes.n = 0;
	b->words.ids.n = b->keywords.ids.n = 0;
	b->n_docs = 0;
}

void index_builder_close(struct index_builder *b)
{
	if (!b)
		return;
	collected_free(&b->words);
	collected_free(&b->keywords);
	free(b->hashes.v);
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

	return ids + (size_t)b->n_docs * STRETCH >= PLACES_MAX ||
	       2 * ids * sizeof(uint32_t) + terms * TERM_BYTES +
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

void index_builder_read(struct index_builder *b, struct arena *scratch, struct str text, struct words_wanted *w)
{
	struct collected *c = &b->words;

	w->longest = INDEX_VALUE_MAX;
	w->hashes = &b->hashes;
	text_numbers(scratch, text, &c->vocab, w, &c->ids);
	w->mark_from -= c->n;
	w->mark_to -= c->n;
}

/* What was read for the document, and the words that come with it: how many there are. */
static size_t words_add(struct index_builder *b, const struct index_doc *d)
{
	struct collected *c = &b->words;
	size_t n = c->ids.n - c->n, more = d->words.n < WORDS_MAX ? d->words.n : WORDS_MAX;
	uint32_t *ids = numbers_room(&c->ids.v, &c->ids.cap, c->ids.n + more) + c->n;
	uint32_t *hashes = numbers_room(&b->hashes.v, &b->hashes.cap, n + more);

	for (size_t i = 0; i < more; i++) {
		ids[n + i] = word_id(b, &d->words.v[i]);
		hashes[n + i] = sketch_hash(d->words.v[i].word);
	}
	n = n + more < WORDS_MAX ? n + more : WORDS_MAX;
	document_begin(b, c);
	c->n = c->ids.n = c->n + n;
	return n;
}

static void keyword_add(struct index_builder *b, const struct index_keyword *k)
{
	struct collected *c = &b->keywords;
	char term[INDEX_VALUE_MAX + 1];
	size_t n = k->value.n < INDEX_VALUE_MAX ? k->value.n : INDEX_VALUE_MAX;

	term[0] = (char)k->field;
	if (n)
		memcpy(term + 1, k->value.p, n);
	numbers_room(&c->ids.v, &c->ids.cap, c->n + 1)[c->n] = vocab_add(&c->vocab, (struct str){term, n + 1});
	c->ids.n = ++c->n;
}

static struct columns *columns_add(struct index_builder *b, const struct index_doc *d, size_t n_words)
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
		.length = (uint32_t)n_words,
		.subject_from = d->subject_from,
		.subject_n = (uint16_t)(subject < UINT16_MAX ? subject : UINT16_MAX),
	};
	return c;
}

void index_builder_add(struct index_builder *b, const struct index_doc *d)
{
	size_t n = words_add(b, d);

	sketch_words(b->hashes.v, n, columns_add(b, d, n)->sketch);
	b->hashes.n = 0;
	document_begin(b, &b->keywords);
	for (size_t i = 0; i < d->n_keywords; i++)
		keyword_add(b, &d->keywords[i]);
	b->n_docs++;
}

/* ---- where each term stands -------------------------------------------------------------------------------------- */

/*
 * A place is a number for a term of a document. Those of words begin for each document with a stretch of their own, so
 * that place / STRETCH tells which document it is; those of keywords are the document's number.
 */
struct stretch {
	uint32_t doc, begin;         /* the place of the document's first word */
	uint32_t subject, n_subject; /* and of its subject's */
};

struct sorted_term {
	uint64_t head; /* its first bytes, to compare most at a glance */
	uint32_t id;
};

static uint64_t head_of(struct str s)
{
	uint64_t head = 0;

	for (size_t i = 0; i < 8; i++)
		head = head << 8 | (i < s.n ? (unsigned char)s.p[i] : 0);
	return head;
}

/* By a byte of the heads, keeping the order that there is among equal ones; false: they are all equal. */
static bool terms_by_byte(const struct sorted_term *v, size_t n, unsigned shift, struct sorted_term *out)
{
	size_t ends[257] = {0};

	for (size_t i = 0; i < n; i++)
		ends[(v[i].head >> shift & 255) + 1]++;
	if (ends[(v[0].head >> shift & 255) + 1] == n)
		return false;
	for (size_t i = 1; i < 256; i++)
		ends[i] += ends[i - 1];
	for (size_t i = 0; i < n; i++)
		out[ends[v[i].head >> shift & 255]++] = v[i];
	return true;
}

/* Heads from their last byte to their first (a radix sort): there may be a hundred thousand. */
static void terms_by_head(struct sorted_term **v, size_t n)
{
	struct sorted_term *from = *v, *to = xmalloc((n + 1) * sizeof(*to)), *swap;

	for (unsigned shift = 0; n && shift < 64; shift += 8)
		if (terms_by_byte(from, n, shift, to)) {
			swap = from;
			from = to;
			to = swap;
		}
	*v = from;
	free(to);
}

static int by_value(const void *x, const void *y, void *words)
{
	const struct sorted_term *a = x, *b = y;
	const struct str *v = words;

	return str_cmp(v[a->id - 1], v[b->id - 1]);
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
	struct str *words = vocab->words.v;

	p->order = xmalloc((vocab->words.n + 1) * sizeof(*p->order));
	for (size_t i = 0; i < vocab->words.n; i++)
		if (counts[i])
			p->order[p->n_terms++] = (struct sorted_term){head_of(words[i]), (uint32_t)i + 1};
	terms_by_head(&p->order, p->n_terms);
	for (size_t from = 0, to; from < p->n_terms; from = to) {
		for (to = from + 1; to < p->n_terms && p->order[to].head == p->order[from].head;)
			to++;
		if (to - from > 1)
			qsort_r(&p->order[from], to - from, sizeof(*p->order), by_value, words);
	}
}

static struct str term_at(const struct places *p, const struct collected *c, size_t i)
{
	return c->vocab.words.v[p->order[i].id - 1];
}

/* The place of each document's first term, and how far behind it the next one's is. */
struct layout {
	uint32_t *begins, step;
};

/* next: where each term's next place goes, by its id - 1. Most of the time goes by waiting for memory: it is asked for
 * early. */
static void places_fill(struct places *p, const struct collected *c, const struct layout *l, uint32_t n_docs,
			uint32_t *next)
{
	const uint32_t *ids = c->ids.v;
	size_t i = 0;

	for (uint32_t doc = 0; doc < n_docs; doc++) {
		size_t end = doc + 1 < n_docs ? c->starts[doc + 1] : c->n;
		uint32_t place = l->begins[doc];

		for (; i < end; i++, place += l->step) {
			if (i + AHEAD_NEXT < c->n) {
				__builtin_prefetch(&next[ids[i + AHEAD_NEXT] - 1], 1);
				__builtin_prefetch(&p->v[next[ids[i + AHEAD_SLOT] - 1]], 1);
			}
			p->v[next[ids[i] - 1]++] = place;
		}
	}
}

static void places_find(struct places *p, struct collected *c, const struct layout *l, uint32_t n_docs)
{
	uint32_t *next = xcalloc(c->vocab.words.n + 1, sizeof(*next)), at = 0;

	for (size_t i = 0; i < c->n; i++)
		next[c->ids.v[i] - 1]++;
	terms_sort(p, &c->vocab, next);
	p->ends = xmalloc((p->n_terms + 1) * sizeof(*p->ends));
	for (size_t i = 0; i < p->n_terms; i++) {
		uint32_t *n = &next[p->order[i].id - 1], count = *n;

		*n = at;
		p->ends[i] = at += count;
	}
	p->v = numbers_room(&c->places, &c->cap_places, c->n + 1);
	places_fill(p, c, l, n_docs, next);
	free(next);
}

static void places_free(struct places *p)
{
	free(p->order);
	free(p->ends);
}

/* ---- and out as a run -------------------------------------------------------------------------------------------- */

struct stretches {
	struct layout layout;
	struct stretch *v; /* by place / STRETCH */
	size_t n;
};

static size_t stretches_of(const struct index_builder *b, uint32_t doc)
{
	return (b->columns[doc].length + STRETCH - 1) / STRETCH;
}

static struct stretches stretches_make(const struct index_builder *b)
{
	struct stretches s = {.layout = {xmalloc(b->n_docs * sizeof(*s.layout.begins)), 1}};

	for (uint32_t doc = 0; doc < b->n_docs; doc++) {
		s.layout.begins[doc] = (uint32_t)s.n * STRETCH;
		s.n += stretches_of(b, doc);
	}
	s.v = xmalloc(s.n * sizeof(*s.v));
	s.n = 0;
	for (uint32_t doc = 0; doc < b->n_docs; doc++) {
		uint32_t begin = s.layout.begins[doc];

		for (size_t n = stretches_of(b, doc); n; n--)
			s.v[s.n++] = (struct stretch){doc, begin, begin + b->subjects[doc].from, b->subjects[doc].n};
	}
	return s;
}

static void stretches_free(struct stretches *s)
{
	free(s->layout.begins);
	free(s->v);
}

static inline const struct stretch *stretch_at(const struct stretches *s, uint32_t place)
{
	return &s->v[place / STRETCH];
}

struct list_maker {
	struct run_list list;
	size_t cap;
};

static void list_room(struct list_maker *m, size_t n)
{
	if (n <= m->cap)
		return;
	m->cap = 2 * n;
	m->list.docs = xrealloc(m->list.docs, m->cap * sizeof(*m->list.docs));
	m->list.counts = xrealloc(m->list.counts, m->cap * sizeof(*m->list.counts));
	m->list.differences = xrealloc(m->list.differences, m->cap * sizeof(*m->list.differences));
}

static void list_maker_free(struct list_maker *m)
{
	free(m->list.docs);
	free(m->list.counts);
	free(m->list.differences);
}

/*
 * A word's places as documents, counts and differences of positions, without a branch that depends on whether the
 * document is still the one before: nobody could guess which.
 */
static void places_spread(const struct stretches *s, const uint32_t *restrict places, size_t n, struct run_list *l)
{
	uint32_t *restrict docs = l->docs, *restrict counts = l->counts, *restrict differences = l->differences;
	uint32_t last = UINT32_MAX, next = 0, count = 0;
	size_t at = SIZE_MAX; /* goes round to 0 */

	for (size_t i = 0; i < n; i++) {
		uint32_t place = places[i];
		const struct stretch *x = stretch_at(s, place);
		bool begins = x->doc != last;

		at += begins;
		count = begins ? 0 : count + 2;
		count |= place - x->subject < x->n_subject;
		docs[at] = x->doc;
		counts[at] = count;
		differences[i] = place - (begins ? x->begin : next);
		next = place + 1;
		last = x->doc;
	}
	l->n = at + 1;
	l->n_differences = n;
}

/* As many of n places as are to be put at a time: what is in one document stays together. */
static size_t places_cut(const struct stretches *s, const uint32_t *places, size_t n)
{
	size_t k = LIST_PLACES;

	if (n <= k)
		return n;
	while (k < n && stretch_at(s, places[k])->doc == stretch_at(s, places[k - 1])->doc)
		k++;
	return k;
}

static void words_put(struct index_builder *b, struct index_run *r, struct list_maker *m)
{
	struct stretches s = stretches_make(b);
	struct places p = {0};
	char term[INDEX_VALUE_MAX + 1] = {INDEX_WORD};
	uint32_t at = 0;

	places_find(&p, &b->words, &s.layout, b->n_docs);
	for (size_t i = 0; i < p.n_terms; i++) {
		struct str value = term_at(&p, &b->words, i);

		if (i + 2 * AHEAD_TERM < p.n_terms) {
			__builtin_prefetch(&b->words.vocab.words.v[p.order[i + 2 * AHEAD_TERM].id - 1]);
			__builtin_prefetch(term_at(&p, &b->words, i + AHEAD_TERM).p);
		}
		if (value.n)
			memcpy(term + 1, value.p, value.n);
		for (m->list.more = false; at < p.ends[i]; m->list.more = true) {
			size_t n = places_cut(&s, p.v + at, p.ends[i] - at);

			list_room(m, n);
			places_spread(&s, p.v + at, n, &m->list);
			run_list_put(r, (struct str){term, value.n + 1}, &m->list);
			at += (uint32_t)n;
		}
	}
	places_free(&p);
	stretches_free(&s);
}

/* One that a document was given twice only once. */
static void keywords_put(struct index_builder *b, struct index_run *r, struct list_maker *m)
{
	struct layout l = {.begins = xmalloc(b->n_docs * sizeof(*l.begins))};
	struct places p = {0};
	uint32_t at = 0;

	for (uint32_t doc = 0; doc < b->n_docs; doc++)
		l.begins[doc] = doc;
	places_find(&p, &b->keywords, &l, b->n_docs);
	list_room(m, b->n_docs);
	m->list.more = false;
	for (size_t i = 0; i < p.n_terms; i++) {
		m->list.n = 0;
		for (; at < p.ends[i]; at++)
			if (!m->list.n || m->list.docs[m->list.n - 1] != p.v[at])
				m->list.docs[m->list.n++] = p.v[at];
		run_list_put(r, term_at(&p, &b->keywords, i), &m->list);
	}
	places_free(&p);
	free(l.begins);
}

static int run_make(struct index_builder *b, struct index_run *r, struct err *e)
{
	struct list_maker m = {0};
	struct columns *columns = b->columns;

	keywords_put(b, r, &m);
	words_put(b, r, &m);
	list_maker_free(&m);
	b->columns = NULL;
	b->cap_docs = 0;
	return run_end(r, columns, b->n_docs, e);
}

/* Where it failed, so that nothing is lost. */
static void columns_take(struct index_builder *b, struct index_run *r)
{
	b->columns = run_columns_take(r);
	b->cap_docs = b->n_docs;
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
			columns_take(b, r);
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
		columns_take(b, r);
	index_run_close(r);
	return rc;
}
