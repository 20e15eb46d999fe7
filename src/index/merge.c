/*
 * Several segments become one: their terms are walked side by side, and each term's lists are written one behind the
 * other, without the documents that are dead. Stems are made anew from the words.
 */
#include "index/index_priv.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <xxhash.h>

enum { FORGET_BYTES = 4 << 20 };

/* One of the segments that are merged. */
struct input {
	const struct segment *s;
	uint32_t *renumber; /* NULL: all live, add base; else the new number or UINT32_MAX */
	uint32_t base;
	struct term_walk walk;
	struct term term;
	struct str value; /* with its field; empty at the end */
	uint64_t forgotten;
};

struct merge {
	struct input *in;
	size_t n;
	struct columns *columns;
	uint32_t n_docs;
	struct arena arena;
};

static void columns_read(const struct segment *s, uint32_t doc, struct columns *c)
{
	uint32_t to;

	c->key = segment_key(s, doc);
	c->group = segment_group(s, doc);
	c->when = segment_when(s, doc);
	c->length = segment_length(s, doc);
	segment_subject(s, doc, &c->subject_from, &to);
	c->subject_n = (uint16_t)(to - c->subject_from);
	segment_sketch(s, doc, c->sketch);
}

static void documents_number(struct merge *m, const struct index_dead *dead)
{
	uint32_t total = 0;

	for (size_t i = 0; i < m->n; i++)
		total += segment_docs(m->in[i].s);
	m->columns = xmalloc(((size_t)total + 1) * sizeof(*m->columns));
	for (size_t i = 0; i < m->n; i++) {
		struct input *in = &m->in[i];
		uint32_t n = segment_docs(in->s);

		in->base = m->n_docs;
		in->renumber = dead ? xmalloc((size_t)n * sizeof(*in->renumber)) : NULL;
		for (uint32_t doc = 0; doc < n; doc++) {
			bool gone = dead && dead->dead(dead->ctx, segment_key(in->s, doc));

			if (dead)
				in->renumber[doc] = gone ? UINT32_MAX : m->n_docs;
			if (!gone)
				columns_read(in->s, doc, &m->columns[m->n_docs++]);
		}
	}
}

/* Damage that no list shows would be merged into a segment whose checksum vouches for it. */
static int inputs_verify(const struct merge *m, struct err *e)
{
	XXH3_state_t *hash = XXH3_createState();
	int rc = REFTEL_OK;

	for (size_t i = 0; i < m->n && rc == REFTEL_OK; i++) {
		const struct segment *s = m->in[i].s;

		XXH3_64bits_reset(hash);
		for (uint64_t at = 0; at < s->f.end; at += FORGET_BYTES) {
			size_t n = s->f.end - at < FORGET_BYTES ? (size_t)(s->f.end - at) : FORGET_BYTES;

			XXH3_64bits_update(hash, s->p + at, n);
			madvise((void *)(uintptr_t)(s->p + at), n, MADV_DONTNEED);
		}
		if (XXH3_64bits_digest(hash) != s->f.checksum)
			rc = err_set(e, REFTEL_EFORMAT, "the index is damaged (%s): `reftel reindex` makes it anew",
				     s->name);
	}
	XXH3_freeState(hash);
	return rc;
}

/* What was read of a large file need not stay in memory. */
static void forget(struct input *in)
{
	uint64_t upto = in->term.at & ~(uint64_t)(FORGET_BYTES - 1);

	if (upto <= in->forgotten)
		return;
	madvise((void *)(uintptr_t)(in->s->p + in->forgotten), upto - in->forgotten, MADV_DONTNEED);
	in->forgotten = upto;
}

static void input_next(struct input *in)
{
	struct str value;

	in->value.n = 0;
	if (!term_walk_step(&in->walk, &value, &in->term))
		return; /* a term that was refused may say that it is anywhere */
	in->value = value;
	forget(in);
}

static void list_copy(struct merge *m, struct input *in, struct segment_writer *w)
{
	const uint8_t field = in->term.field;
	struct positions diff = {0};
	struct postings p;
	bool more;

	postings_open(&p, in->s, &in->term);
	for (more = p.doc != POSTINGS_END; more; more = postings_next_block(&p)) {
		size_t at = 0;

		arena_reset(&m->arena);
		postings_count_code(&p); /* reads those of the block */
		if (field_has_positions(field))
			diff = postings_block_differences(&p, &m->arena);
		for (uint32_t i = 0; i < p.n; i++) {
			uint32_t doc = in->renumber ? in->renumber[p.docs[i]] : in->base + p.docs[i];

			if (doc != UINT32_MAX)
				list_add(w, doc, p.counts[i], diff.v ? diff.v + at : NULL);
			at += diff.v ? p.counts[i] / 2 + 1 : 0;
		}
	}
}

/* The least term that any input is at; n_least inputs are at it. */
static struct str least_term(const struct merge *m)
{
	struct str least = {0};

	for (size_t i = 0; i < m->n; i++)
		if (m->in[i].value.n && (!least.n || str_cmp(m->in[i].value, least) < 0))
			least = m->in[i].value;
	return least;
}

static int terms_merge(struct merge *m, struct segment_writer *w, struct stem_table *stems, const volatile int *stop,
		       struct err *e)
{
	char spelled[INDEX_VALUE_MAX + 1];

	for (size_t i = 0; i < m->n; i++) {
		term_walk_all(&m->in[i].walk, m->in[i].s);
		input_next(&m->in[i]);
	}
	for (struct str least; (least = least_term(m)).n;) {
		uint8_t field = (uint8_t)least.p[0];
		struct str term = {spelled, least.n}, value;

		if (stop && *stop)
			return err_set(e, REFTEL_EINTR, "stopped");
		if (field == INDEX_STEM)
			break; /* they are the last, and made anew */
		memcpy(spelled, least.p, least.n);
		list_begin(w, field);
		for (size_t i = 0; i < m->n; i++)
			if (str_eq(m->in[i].value, term)) {
				list_copy(m, &m->in[i], w);
				input_next(&m->in[i]);
			}
		value = str_sub(term, 1, term.n);
		if (!w->list.total)
			continue; /* only the dead had it */
		list_end(w, value);
		if (field == INDEX_WORD)
			stem_table_add(stems, value, &w->last_list);
	}
	for (size_t i = 0; i < m->n; i++)
		if (segment_damaged(m->in[i].s))
			return err_set(e, REFTEL_EFORMAT, "the index is damaged (%s): `reftel reindex` makes it anew",
				       m->in[i].s->name);
	return stem_table_write(stems, w, e);
}

static int merge_write(struct merge *m, const char *dir, const char *name, const volatile int *stop,
		       struct index_part *out, struct err *e)
{
	const char *language = m->in[0].s->f.language;
	struct stem_table stems = {0};
	struct segment_writer w = {.fd = -1};
	int rc = stemmer_open(language, &stems.stemmer, e);

	if (rc == REFTEL_OK)
		rc = segment_writer_open(&w, dir, name, language, m->columns, m->n_docs, e);
	if (rc == REFTEL_OK)
		rc = terms_merge(m, &w, &stems, stop, e);
	if (rc == REFTEL_OK)
		rc = segment_writer_finish(&w, out, e);
	segment_writer_close(&w);
	arena_free(&stems.arena);
	stemmer_close(stems.stemmer);
	return rc;
}

int segment_merge(const struct segment *const *from, size_t n, const struct index_dead *dead, const char *dir,
		  const char *name, const volatile int *stop, struct index_part *out, struct err *e)
{
	struct merge m = {.in = xcalloc(n + 1, sizeof(*m.in)), .n = n};
	int rc = REFTEL_OK;

	*out = (struct index_part){0};
	for (size_t i = 0; i < n; i++)
		m.in[i].s = from[i];
	for (size_t i = 0; i < n && rc == REFTEL_OK; i++) {
		if (i && from[i]->f.first_key <= from[i - 1]->f.last_key)
			rc = err_set(e, REFTEL_EINVAL, "segments are merged in the order of their documents");
		if (i && strcmp(from[i]->f.language, from[0]->f.language) != 0)
			rc = err_set(e, REFTEL_EINVAL, "segments with stems of two languages cannot be merged");
	}
	if (rc == REFTEL_OK)
		rc = inputs_verify(&m, e);
	if (rc == REFTEL_OK)
		documents_number(&m, dead);
	if (rc == REFTEL_OK && m.n_docs)
		rc = merge_write(&m, dir, name, stop, out, e);
	for (size_t i = 0; i < n; i++)
		free(m.in[i].renumber);
	free(m.columns);
	free(m.in);
	arena_free(&m.arena);
	return rc;
}
