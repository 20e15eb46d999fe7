/*
 * Several segments become one: their terms are walked side by side, and each term's lists are written one behind the
 * other, without the documents that are dead. Two threads take half of the terms each. Stems are made anew from the
 * words.
 */
#include "index/index_priv.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <xxhash.h>

enum {
	FORGET_BYTES = 1 << 20,
	HALVES_BYTES = 4 << 20, /* of the largest input: from here on a second thread is worth its coming */
};

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
	const struct index_merge *how;
	struct columns *columns;
	uint32_t n_docs;
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

static void documents_number(struct merge *m)
{
	const struct index_merge *how = m->how;
	uint32_t total = 0;

	for (size_t i = 0; i < m->n; i++)
		total += segment_docs(m->in[i].s);
	m->columns = xmalloc(((size_t)total + 1) * sizeof(*m->columns));
	for (size_t i = 0; i < m->n; i++) {
		struct input *in = &m->in[i];
		uint32_t n = segment_docs(in->s);

		in->base = m->n_docs;
		in->renumber = how->dead ? xmalloc((size_t)n * sizeof(*in->renumber)) : NULL;
		for (uint32_t doc = 0; doc < n; doc++) {
			bool gone = how->dead && how->dead(how->ctx, segment_key(in->s, doc));

			if (how->dead)
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
	if (in->forgotten)
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

static void list_copy(struct half *h, struct input *in, struct arena *a)
{
	const uint8_t field = in->term.field;
	struct positions diff = {0};
	struct postings p;
	bool more;

	postings_open(&p, in->s, &in->term);
	for (more = p.doc != POSTINGS_END; more; more = postings_next_block(&p)) {
		size_t at = 0;

		arena_reset(a);
		postings_count_code(&p); /* reads those of the block */
		if (field_has_positions(field))
			diff = postings_block_differences(&p, a);
		for (uint32_t i = 0; i < p.n; i++) {
			uint32_t doc = in->renumber ? in->renumber[p.docs[i]] : in->base + p.docs[i];

			if (doc != UINT32_MAX)
				list_add(&h->w, doc, p.counts[i], diff.v ? diff.v + at : NULL);
			at += diff.v ? p.counts[i] / 2 + 1 : 0;
		}
	}
}

/* The least term that any input is at; empty at the end of the half. Stems come behind all words, and are made anew. */
static struct str least_term(const struct half *h, const struct input *in, size_t n)
{
	struct str least = {0};

	for (size_t i = 0; i < n; i++)
		if (in[i].value.n && (!least.n || str_cmp(in[i].value, least) < 0))
			least = in[i].value;
	if (least.n && ((uint8_t)least.p[0] == INDEX_STEM || (h->to.n && str_cmp(least, h->to) >= 0)))
		least.n = 0;
	return least;
}

static void term_merge(struct half *h, struct input *in, size_t n, struct str least, struct arena *a)
{
	char spelled[INDEX_VALUE_MAX + 1];
	struct str term = {spelled, least.n}, value = str_sub(term, 1, term.n);

	memcpy(spelled, least.p, least.n); /* it lies in a walk that goes on */
	list_begin(&h->w, (uint8_t)spelled[0]);
	for (size_t i = 0; i < n; i++)
		if (str_eq(in[i].value, term)) {
			list_copy(h, &in[i], a);
			input_next(&in[i]);
		}
	if (!h->w.list.total)
		return; /* only the dead had it */
	list_end(&h->w, value);
	if ((uint8_t)spelled[0] == INDEX_WORD)
		stem_table_add(&h->stems, value, &h->w.last_list);
}

static void *merge_half(void *arg)
{
	struct half *h = arg;
	const struct merge *m = h->job;
	struct input *in = xcalloc(m->n + 1, sizeof(*in)); /* its own walks */
	const volatile int *stop = m->how->stop;
	struct arena a = {0};

	for (size_t i = 0; i < m->n; i++) {
		in[i] = m->in[i];
		if (h->from.n)
			term_walk_from(&in[i].walk, in[i].s, h->from);
		else
			term_walk_all(&in[i].walk, in[i].s);
		input_next(&in[i]);
	}
	for (struct str least; h->rc == REFTEL_OK && (least = least_term(h, in, m->n)).n;) {
		term_merge(h, in, m->n, least, &a);
		if (stop && *stop)
			h->rc = err_set(&h->e, REFTEL_EINTR, "stopped");
	}
	arena_free(&a);
	free(in);
	return NULL;
}

/* Where to cut: about the middle of the largest input's lists. Empty: one half is all. */
static struct str middle_term(const struct merge *m)
{
	const struct segment *largest = m->in[0].s;
	struct str middle;

	for (size_t i = 1; i < m->n; i++)
		largest = m->in[i].s->n > largest->n ? m->in[i].s : largest;
	middle = largest->n > HALVES_BYTES ? segment_middle(largest) : STR("");
	return middle.n && (uint8_t)middle.p[0] == INDEX_WORD && middle.n <= INDEX_VALUE_MAX + 1 ? middle : STR("");
}

static int inputs_sound(const struct merge *m, struct err *e)
{
	for (size_t i = 0; i < m->n; i++)
		if (segment_damaged(m->in[i].s))
			return err_set(e, REFTEL_EFORMAT, "the index is damaged (%s): `reftel reindex` makes it anew",
				       m->in[i].s->name);
	return REFTEL_OK;
}

static int merge_write(struct merge *m, const char *dir, const char *name, struct index_part *out, struct err *e)
{
	struct half_plan plan = {
		.job = m,
		.middle = middle_term(m),
		.dir = dir,
		.name = name,
		.language = m->how->language ? m->how->language : m->in[0].s->f.language,
		.columns = m->columns,
		.n_docs = m->n_docs,
	};
	struct halves h = {0};
	int rc = halves_write(&h, merge_half, &plan, e);

	if (rc == REFTEL_OK)
		rc = inputs_sound(m, e);
	if (rc == REFTEL_OK)
		rc = halves_finish(&h, out, e);
	halves_close(&h);
	return rc;
}

int segment_merge(const struct segment *const *from, size_t n, const struct index_merge *how, const char *dir,
		  const char *name, struct index_part *out, struct err *e)
{
	static const struct index_merge nothing;
	struct merge m = {.in = xcalloc(n + 1, sizeof(*m.in)), .n = n, .how = how ? how : &nothing};
	int rc = REFTEL_OK;

	*out = (struct index_part){0};
	for (size_t i = 0; i < n; i++)
		m.in[i].s = from[i];
	for (size_t i = 1; i < n && rc == REFTEL_OK; i++) {
		if (from[i]->f.first_key <= from[i - 1]->f.last_key)
			rc = err_set(e, REFTEL_EINVAL, "segments are merged in the order of their documents");
		else if (strcmp(from[i]->f.language, from[0]->f.language) != 0)
			rc = err_set(e, REFTEL_EINVAL, "segments with stems of two languages cannot be merged");
	}
	if (rc == REFTEL_OK)
		rc = inputs_verify(&m, e);
	if (rc == REFTEL_OK)
		documents_number(&m);
	if (rc == REFTEL_OK && m.n_docs)
		rc = merge_write(&m, dir, name, out, e);
	for (size_t i = 0; i < n; i++)
		free(m.in[i].renumber);
	free(m.columns);
	free(m.in);
	return rc;
}
