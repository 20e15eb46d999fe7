/*
 * Documents collected in memory until they are written as a segment. Each term has two streams of bytes, its documents
 * and its positions, which grow in slices of one pool, so that a word met once costs little and a common one no copying
 * (after the byte block pool of Lucene, as described by Busch et al., "Earlybird", 2012).
 */
#include "index/index_priv.h"

#include <stdlib.h>

enum {
	SLICE_LINK = 4,
	SLICE_LEVELS = 9,
	WORDS_MAX = 1 << 26, /* of a document: more than fit into the longest that an archive takes */
	POOL_FIRST = 1 << 20,
	/* so many words ahead a term, and then the end of its positions, is asked for from memory */
	AHEAD_TERM = 16,
	AHEAD_STREAM = 6,
};

static const uint16_t slice_bytes[SLICE_LEVELS] = {12, 20, 36, 68, 132, 260, 516, 1028, 2052};

struct stream {
	uint32_t head, at, end; /* in the pool; at == end: a new slice is due; head 0: empty */
	uint8_t level;
};

/* A term in memory: a line of the processor's cache. */
struct gathered {
	uint32_t n_docs, doc, before; /* doc: the last one met, `before` the one that was written to the stream last */
	uint32_t occurrences, position;
	bool in_subject;
	struct stream docs, positions;
	uint32_t hash; /* of the word, for the sketch; 0: not yet known */
};

struct gathered_terms {
	struct vocab vocab;
	struct gathered *v; /* v[id - 1] */
	size_t cap;
};

struct index_builder {
	struct stemmer *stemmer;
	char language[LANGUAGE_MAX];
	size_t memory;
	uint8_t *pool;
	size_t pool_n, pool_cap;
	struct gathered_terms words, keywords;
	struct columns *columns;
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
	b->pool_n = 1; /* 0 is no place */
	*out = b;
	return REFTEL_OK;
}

static void builder_reset(struct index_builder *b)
{
	vocab_free(&b->words.vocab);
	vocab_free(&b->keywords.vocab);
	free(b->words.v);
	free(b->keywords.v);
	free(b->pool);
	free(b->columns);
	b->words = b->keywords = (struct gathered_terms){0};
	b->pool = NULL;
	b->columns = NULL;
	b->pool_n = 1;
	b->pool_cap = b->cap_docs = 0;
	b->n_docs = 0;
}

void index_builder_close(struct index_builder *b)
{
	if (!b)
		return;
	builder_reset(b);
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

bool index_builder_full(const struct index_builder *b)
{
	size_t terms = b->words.vocab.words.n + b->keywords.vocab.words.n;

	return b->pool_n + terms * (sizeof(struct gathered) + 48) + b->n_docs * sizeof(struct columns) > b->memory;
}

/* ---- streams ----------------------------------------------------------------------------------------------------- */

static uint32_t slice_take(struct index_builder *b, size_t n)
{
	uint32_t at = (uint32_t)b->pool_n;

	if (b->pool_n + n > b->pool_cap) {
		b->pool_cap = b->pool_cap ? 2 * b->pool_cap : POOL_FIRST;
		b->pool = xrealloc(b->pool, b->pool_cap);
	}
	b->pool_n += n;
	return at;
}

static void slice_next(struct index_builder *b, struct stream *s)
{
	uint32_t at;

	if (s->head && s->level + 1 < SLICE_LEVELS)
		s->level++;
	at = slice_take(b, slice_bytes[s->level]);
	if (s->head)
		store32(b->pool + s->end, at);
	else
		s->head = at;
	s->at = at;
	s->end = at + slice_bytes[s->level] - SLICE_LINK;
}

static inline void stream_byte(struct index_builder *b, struct stream *s, uint8_t c)
{
	if (s->at == s->end)
		slice_next(b, s);
	b->pool[s->at++] = c;
}

static inline void stream_put(struct index_builder *b, struct stream *s, uint32_t v)
{
	for (; v >= 0x80; v >>= 7)
		stream_byte(b, s, (uint8_t)(v | 0x80));
	stream_byte(b, s, (uint8_t)v);
}

/* Reads a stream from its head. The streams are our own: what stands in them is trusted. */
struct stream_reader {
	const uint8_t *pool;
	uint32_t at, end;
	uint8_t level;
};

static struct stream_reader stream_read(const struct index_builder *b, const struct stream *s)
{
	return (struct stream_reader){b->pool, s->head, s->head + slice_bytes[0] - SLICE_LINK, 0};
}

static inline uint32_t stream_get(struct stream_reader *r)
{
	uint32_t v = 0;

	for (unsigned shift = 0;; shift += 7) {
		uint8_t c;

		if (r->at == r->end) {
			r->at = load32(r->pool + r->end);
			r->level += r->level + 1 < SLICE_LEVELS;
			r->end = r->at + slice_bytes[r->level] - SLICE_LINK;
		}
		c = r->pool[r->at++];
		v |= (uint32_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return v;
	}
}

/* ---- a document goes in ------------------------------------------------------------------------------------------ */

static struct gathered *gathered_of(struct gathered_terms *t, uint32_t id)
{
	if (id > t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 4096;

		cap = cap < id ? id : cap;
		t->v = xrealloc(t->v, cap * sizeof(*t->v));
		memset(t->v + t->cap, 0, (cap - t->cap) * sizeof(*t->v));
		t->cap = cap;
	}
	return &t->v[id - 1];
}

static uint32_t count_of(const struct gathered *g)
{
	return 2 * (g->occurrences - 1) + g->in_subject;
}

/* Writes the document that the term was met in last. */
static void document_end(struct index_builder *b, struct gathered *g, bool counts)
{
	if (!g->n_docs)
		return;
	stream_put(b, &g->docs, g->doc - g->before);
	if (counts)
		stream_put(b, &g->docs, count_of(g));
	g->before = g->doc;
}

static bool document_begin(struct index_builder *b, struct gathered *g, bool counts)
{
	if (g->n_docs && g->doc == b->n_docs)
		return false;
	document_end(b, g, counts);
	g->doc = b->n_docs;
	g->n_docs++;
	g->occurrences = 0;
	g->in_subject = false;
	return true;
}

static uint32_t word_id(struct index_builder *b, const struct token *t)
{
	if (t->id && t->word.n <= INDEX_VALUE_MAX)
		return t->id;
	return vocab_add(&b->words.vocab, str_sub(t->word, 0, INDEX_VALUE_MAX));
}

static void word_add(struct index_builder *b, const struct index_doc *d, const struct token *t, uint32_t position,
		     struct sketcher *k)
{
	struct gathered *g = gathered_of(&b->words, word_id(b, t));

	if (!g->hash)
		g->hash = sketch_hash(t->word);
	sketch_word(k, g->hash);
	stream_put(b, &g->positions, document_begin(b, g, true) ? position : position - g->position - 1);
	g->position = position;
	g->occurrences++;
	g->in_subject |= position >= d->subject_from && position < d->subject_to;
}

/* Where words are met at random, most of the time goes by waiting for memory: it is asked for early. */
static void words_add(struct index_builder *b, const struct index_doc *d, struct sketcher *k)
{
	const struct token *v = d->words.v;
	size_t n = d->words.n < WORDS_MAX ? d->words.n : WORDS_MAX;

	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD_TERM < n && v[i + AHEAD_TERM].id - 1 < b->words.cap)
			__builtin_prefetch(&b->words.v[v[i + AHEAD_TERM].id - 1], 1);
		if (i + AHEAD_STREAM < n && v[i + AHEAD_STREAM].id - 1 < b->words.cap) {
			const struct gathered *g = &b->words.v[v[i + AHEAD_STREAM].id - 1];

			__builtin_prefetch(b->pool + g->positions.at, 1);
			__builtin_prefetch(b->pool + g->docs.at, 1);
		}
		word_add(b, d, &v[i], (uint32_t)i, k);
	}
}

static void keyword_add(struct index_builder *b, const struct index_keyword *k)
{
	char term[INDEX_VALUE_MAX + 1];
	size_t n = k->value.n < INDEX_VALUE_MAX ? k->value.n : INDEX_VALUE_MAX;
	struct gathered *g;

	term[0] = (char)k->field;
	if (n)
		memcpy(term + 1, k->value.p, n);
	g = gathered_of(&b->keywords, vocab_add(&b->keywords.vocab, (struct str){term, n + 1}));
	document_begin(b, g, false);
}

static void columns_add(struct index_builder *b, const struct index_doc *d)
{
	struct columns *c;
	uint32_t subject = d->subject_to > d->subject_from ? d->subject_to - d->subject_from : 0;

	if (b->n_docs == b->cap_docs) {
		b->cap_docs = b->cap_docs ? 2 * b->cap_docs : 1024;
		b->columns = xrealloc(b->columns, b->cap_docs * sizeof(*b->columns));
	}
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
	struct sketcher k;

	columns_add(b, d);
	sketch_begin(&k);
	words_add(b, d, &k);
	sketch_end(&k, b->columns[b->n_docs].sketch);
	for (size_t i = 0; i < d->n_keywords; i++)
		keyword_add(b, &d->keywords[i]);
	b->n_docs++;
}

/* ---- and out as a segment ---------------------------------------------------------------------------------------- */

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

static struct sorted_term *terms_sort(const struct gathered_terms *t)
{
	size_t n = t->vocab.words.n;
	struct sorted_term *v = xmalloc((n + 1) * sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = (struct sorted_term){head_of(t->vocab.words.v[i]), t->vocab.words.v[i], (uint32_t)i + 1};
	qsort(v, n, sizeof(*v), by_value);
	return v;
}

struct room {
	uint32_t *v;
	size_t cap;
};

static void list_of_word(struct index_builder *b, struct gathered *g, struct segment_writer *w, struct room *r)
{
	struct stream_reader docs, positions = stream_read(b, &g->positions);
	uint32_t doc = 0;

	document_end(b, g, true);
	docs = stream_read(b, &g->docs);
	positions.pool = b->pool;
	list_begin(w, INDEX_WORD);
	for (uint32_t i = 0; i < g->n_docs; i++) {
		uint32_t count, n;

		doc += stream_get(&docs);
		count = stream_get(&docs);
		n = count / 2 + 1;
		if (n > r->cap) {
			r->cap = 2 * (size_t)n;
			r->v = xrealloc(r->v, r->cap * sizeof(*r->v));
		}
		for (uint32_t k = 0; k < n; k++)
			r->v[k] = stream_get(&positions);
		list_add(w, doc, count, r->v);
	}
}

static void list_of_keyword(struct index_builder *b, struct gathered *g, struct segment_writer *w, uint8_t field)
{
	struct stream_reader docs;
	uint32_t doc = 0;

	document_end(b, g, false);
	docs = stream_read(b, &g->docs);
	list_begin(w, field);
	for (uint32_t i = 0; i < g->n_docs; i++) {
		doc += stream_get(&docs);
		list_add(w, doc, 0, NULL);
	}
}

static void words_write(struct index_builder *b, struct segment_writer *w, struct stem_table *stems)
{
	struct sorted_term *v = terms_sort(&b->words);
	struct room r = {0};

	for (size_t i = 0; i < b->words.vocab.words.n; i++) {
		if (v[i].id > b->words.cap || !b->words.v[v[i].id - 1].n_docs)
			continue; /* read by somebody, and in no document that was added */
		list_of_word(b, &b->words.v[v[i].id - 1], w, &r);
		list_end(w, v[i].value);
		stem_table_add(stems, v[i].value, &w->last_list);
	}
	free(r.v);
	free(v);
}

static void keywords_write(struct index_builder *b, struct segment_writer *w)
{
	struct sorted_term *v = terms_sort(&b->keywords);

	for (size_t i = 0; i < b->keywords.vocab.words.n; i++) {
		list_of_keyword(b, &b->keywords.v[v[i].id - 1], w, (uint8_t)v[i].value.p[0]);
		list_end(w, str_sub(v[i].value, 1, v[i].value.n));
	}
	free(v);
}

int index_builder_flush(struct index_builder *b, const char *dir, const char *name, struct index_part *out,
			struct err *e)
{
	struct stem_table stems = {.stemmer = b->stemmer};
	struct segment_writer w;
	int rc;

	if (!b->n_docs)
		return err_set(e, REFTEL_EINVAL, "there is nothing to write to the index");
	rc = segment_writer_open(&w, dir, name, b->language, b->columns, b->n_docs, e);
	if (rc == REFTEL_OK) {
		keywords_write(b, &w);
		words_write(b, &w, &stems);
		rc = stem_table_write(&stems, &w, e);
	}
	if (rc == REFTEL_OK)
		rc = segment_writer_finish(&w, out, e);
	segment_writer_close(&w);
	stem_table_free(&stems);
	if (rc == REFTEL_OK)
		builder_reset(b);
	return rc;
}
