/*
 * A segment's lists written by two threads, each half of the terms, when there is enough to do: the second half's come
 * behind the first's. Then the stems, which need both.
 */
#include "index/index_priv.h"

static int half_open(struct half *h, const struct half_plan *p)
{
	h->job = p->job;
	h->w.fd = -1;
	return h->rc = stemmer_open(p->language, &h->stems.stemmer, &h->e);
}

static int halves_run(struct halves *h, void *(*run)(void *half), struct err *e)
{
	struct half *failed;
	uint64_t shift;
	int rc;

	both_at_once(run, &h->a, &h->b);
	if (h->a.rc != REFTEL_OK || h->b.rc != REFTEL_OK) {
		failed = h->a.rc != REFTEL_OK ? &h->a : &h->b;
		if (e)
			*e = failed->e;
		return failed->rc;
	}
	rc = segment_writer_append(&h->a.w, &h->b.w, &shift, e);
	if (rc == REFTEL_OK)
		stem_table_join(&h->a.stems, &h->b.stems, shift);
	return rc;
}

int halves_write(struct halves *h, void *(*run)(void *half), const struct half_plan *p, struct err *e)
{
	int rc = half_open(&h->a, p);

	half_open(&h->b, p);
	h->a.to = h->b.from = p->middle;
	if (rc == REFTEL_OK)
		rc = segment_writer_open(&h->a.w, p->dir, p->name, p->language, p->columns, p->n_docs, &h->a.e);
	if (rc == REFTEL_OK && p->middle.n)
		rc = segment_writer_open_part(&h->b.w, &h->a.w, &h->a.e);
	if (rc == REFTEL_OK && p->middle.n)
		return halves_run(h, run, e);
	if (rc == REFTEL_OK) {
		run(&h->a);
		rc = h->a.rc;
	}
	if (rc != REFTEL_OK && e)
		*e = h->a.e;
	return rc;
}

int halves_finish(struct halves *h, struct index_part *out, struct err *e)
{
	int rc = stem_table_write(&h->a.stems, &h->a.w, e);

	return rc == REFTEL_OK ? segment_writer_finish(&h->a.w, out, e) : rc;
}

static void half_close(struct half *h)
{
	segment_writer_close(&h->w);
	stemmer_close(h->stems.stemmer);
	stem_table_free(&h->stems);
}

void halves_close(struct halves *h)
{
	half_close(&h->a);
	half_close(&h->b);
}
