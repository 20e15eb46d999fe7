/*
 * Collecting: threads that take versions, read from the archive or handed on by the one who stored them, and write what
 * they have collected as runs or segments. Each has a stretch of versions of its own: what one has written has no gap.
 */
#include "catalog/catalog_priv.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum {
	BATCH = 64,        /* versions that a thread takes at a time */
	STEAL_LEAST = 512, /* fewer are not worth a thread's coming */
};

static void worker_fail(struct worker *w, int rc)
{
	struct catalog_build *b = w->build;

	pthread_mutex_lock(&b->lock);
	if (!b->failed) {
		b->failed = rc;
		b->e = w->e;
	}
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static void ready_add(struct catalog_build *b, const struct index_part *p)
{
	if (b->ready.n == b->cap_ready) {
		b->cap_ready = b->cap_ready ? 2 * b->cap_ready : 16;
		b->ready.v = xrealloc(b->ready.v, b->cap_ready * sizeof(*b->ready.v));
	}
	b->ready.v[b->ready.n++] = segment_of_part(p);
}

static void runs_add(struct catalog_build *b, struct index_run *r)
{
	b->runs = xrealloc(b->runs, (b->n_runs + 1) * sizeof(struct index_run *));
	b->runs[b->n_runs++] = r;
}

int runs_write(struct catalog_build *b, struct err *e)
{
	struct index_run **v;
	struct arena a = {0};
	struct index_part part = {0};
	char name[32];
	size_t n;
	int rc = REFTEL_OK;

	pthread_mutex_lock(&b->lock);
	v = b->runs;
	n = b->n_runs;
	b->runs = NULL;
	b->n_runs = 0;
	segment_file_name(name, b->next_number++);
	pthread_mutex_unlock(&b->lock);
	if (n)
		rc = index_runs_write(v, n, b->language, b->o.stop, catalog_dir(&a, b->ar), name, &part, e);
	pthread_mutex_lock(&b->lock);
	if (n && rc == REFTEL_OK)
		ready_add(b, &part);
	pthread_mutex_unlock(&b->lock);
	for (size_t i = 0; i < n; i++)
		index_run_close(v[i]);
	free(v);
	arena_free(&a);
	return rc;
}

/* As a run, or, where each is to be a segment of its own, as that. */
static int collected_write(struct worker *w, const char *dir, const char *name)
{
	struct catalog_build *b = w->build;
	struct index_run *run;
	struct index_part part = {0};
	bool aside = b->anew || b->o.runs > 1;
	int rc = aside ? index_builder_put_aside(w->builder, dir, name, &run, &w->e)
		       : index_builder_flush(w->builder, dir, name, &part, &w->e);

	if (rc != REFTEL_OK)
		return rc;
	pthread_mutex_lock(&b->lock);
	if (aside)
		runs_add(b, run);
	else
		ready_add(b, &part);
	pthread_mutex_unlock(&b->lock);
	return REFTEL_OK;
}

static int worker_flush(struct worker *w)
{
	struct catalog_build *b = w->build;
	struct arena a = {0};
	char name[32];
	bool many;
	int rc;

	if (!index_builder_docs(w->builder))
		return REFTEL_OK;
	pthread_mutex_lock(&b->lock);
	segment_file_name(name, b->next_number++);
	pthread_mutex_unlock(&b->lock);
	rc = collected_write(w, catalog_dir(&a, b->ar), name);
	w->keyed = false;
	arena_free(&a);
	pthread_mutex_lock(&b->lock);
	many = !b->complete && b->n_runs >= b->o.runs; /* the one thread that follows an import is alone until then */
	pthread_mutex_unlock(&b->lock);
	if (rc == REFTEL_OK && many)
		rc = runs_write(b, &w->e);
	return rc == REFTEL_EINTR ? REFTEL_OK : rc;
}

static void taken_note(struct worker *w, uint64_t docs, uint64_t damaged)
{
	pthread_mutex_lock(&w->build->lock);
	w->build->sum.docs += docs;
	w->build->sum.damaged += damaged;
	progress_at(&w->build->progress, w->build->sum.docs);
	pthread_mutex_unlock(&w->build->lock);
}

static int version_take(struct worker *w, const struct cable_version *v)
{
	struct index_doc d;

	document_make(&w->arena, v, w->builder, &d);
	index_builder_add(w->builder, &d);
	return index_builder_full(w->builder) ? worker_flush(w) : REFTEL_OK;
}

static int keys_take(struct worker *w, const int64_t *keys, size_t n)
{
	size_t damaged = 0;
	int rc = archive_read_begin(w->ar, &w->e);

	for (size_t i = 0; i < n && rc == REFTEL_OK; i++) {
		struct cable_version v;
		struct err why;

		arena_reset(&w->arena);
		if (archive_load_unhashed(w->ar, &w->arena, keys[i], &v, &why) == REFTEL_OK)
			rc = version_take(w, &v);
		else
			damaged++; /* status and verify name it */
	}
	archive_read_end(w->ar);
	w->keyed |= n > 0;
	taken_note(w, n - damaged, damaged);
	return rc;
}

/* What stands behind all keys: another thread may have taken some of those that this one was to take before it. */
static int parcel_take(struct worker *w, const struct parcel *p)
{
	int rc = w->keyed ? worker_flush(w) : REFTEL_OK;

	for (size_t i = 0; i < p->n && rc == REFTEL_OK; i++) {
		const struct cable_version v = {
			.key = p->v[i].key, .version = p->v[i].version, .cable = *p->v[i].cable};

		arena_reset(&w->arena);
		rc = version_take(w, &v);
	}
	taken_note(w, p->n, 0);
	return rc;
}

/* With the lock. */
static struct parcel *parcel_next(struct catalog_build *b)
{
	struct parcel *p = b->parcels;

	if (p) {
		b->parcels = p->next;
		b->parcels_end = b->parcels ? b->parcels_end : NULL;
	}
	return p;
}

static void parcel_done(struct parcel *p)
{
	p->done(p->ctx);
	free(p);
}

int catalog_build_feed(struct catalog_build *b, const struct catalog_text *v, size_t n, void (*done)(void *ctx),
		       void *ctx, struct err *e)
{
	struct parcel *p = xmalloc(sizeof(*p));
	int rc;
	bool taken;

	*p = (struct parcel){.v = v, .n = n, .done = done, .ctx = ctx};
	pthread_mutex_lock(&b->lock);
	rc = b->failed;
	if (rc && e)
		*e = b->e;
	taken = !rc && !b->deaf && n;
	if (taken) {
		*(b->parcels_end ? &b->parcels_end->next : &b->parcels) = p;
		b->parcels_end = p;
		b->n_fed += n;
		pthread_cond_broadcast(&b->changed);
	}
	pthread_mutex_unlock(&b->lock);
	if (!taken)
		parcel_done(p);
	return rc;
}

static bool is_stopped(const struct catalog_build *b)
{
	return b->failed || b->halt || (b->o.stop && *b->o.stop);
}

/* With the lock: the upper half of what the busiest thread has before it. */
static bool worker_steal(struct worker *w)
{
	struct catalog_build *b = w->build;
	struct worker *most = NULL;

	for (unsigned i = 0; i < b->n_workers; i++) {
		struct worker *x = &b->workers[i];

		if (x->end - x->next >= STEAL_LEAST && (!most || x->end - x->next > most->end - most->next))
			most = x;
	}
	if (!most)
		return false;
	w->end = most->end;
	w->next = most->end = most->next + (most->end - most->next) / 2;
	return true;
}

/*
 * With the lock: the next keys or the next parcel for a thread; neither when there is nothing left for it. The first
 * thread waits for what an import may still bring, the others until there is no more to come.
 */
struct claim {
	int64_t keys[BATCH];
	size_t n;
	struct parcel *parcel;
};

static void worker_claim(struct worker *w, struct claim *c)
{
	struct catalog_build *b = w->build;
	bool first = w == &b->workers[0];

	c->n = 0;
	c->parcel = NULL;
	for (;;) {
		if (is_stopped(b))
			return;
		c->n = w->end - w->next < BATCH ? w->end - w->next : BATCH;
		if (c->n)
			break;
		c->parcel = first ? parcel_next(b) : NULL;
		if (c->parcel || b->complete)
			return;
		pthread_cond_wait(&b->changed, &b->lock);
	}
	memcpy(c->keys, b->keys + w->next, c->n * sizeof(*c->keys));
	w->next += c->n;
}

static int claim_take(struct worker *w, const struct claim *c)
{
	int rc;

	if (!c->parcel)
		return c->n ? keys_take(w, c->keys, c->n) : worker_flush(w);
	rc = parcel_take(w, c->parcel);
	parcel_done(c->parcel);
	return rc;
}

/* Whoever hands something on waits until it is done with: also where nobody takes it any more. */
static void worker_leave(struct worker *w)
{
	struct catalog_build *b = w->build;
	struct parcel *p, *left;

	if (w != &b->workers[0])
		return;
	pthread_mutex_lock(&b->lock);
	b->deaf = true;
	left = b->parcels;
	b->parcels = b->parcels_end = NULL;
	pthread_mutex_unlock(&b->lock);
	while ((p = left)) {
		left = p->next;
		parcel_done(p);
	}
}

static void *worker_run(void *arg)
{
	struct worker *w = arg;
	struct catalog_build *b = w->build;
	struct claim claim;
	int rc = archive_open(archive_dir(b->ar), ARCHIVE_READ, 0, &w->ar, &w->e);
	bool more = true;

	if (rc == REFTEL_OK)
		rc = index_builder_open(b->o.runs > 1 ? NULL : b->language, b->o.memory / b->n_workers, &w->builder,
					&w->e);
	while (rc == REFTEL_OK && more) {
		pthread_mutex_lock(&b->lock);
		worker_claim(w, &claim);
		pthread_mutex_unlock(&b->lock);
		rc = claim_take(w, &claim);
		if (claim.n || claim.parcel || rc != REFTEL_OK)
			continue;
		pthread_mutex_lock(&b->lock);
		more = !is_stopped(b) && worker_steal(w);
		pthread_mutex_unlock(&b->lock);
	}
	if (rc != REFTEL_OK)
		worker_fail(w, rc);
	worker_leave(w);
	index_builder_close(w->builder);
	archive_close(w->ar);
	arena_free(&w->arena);
	return NULL;
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

/* What the segments were collected in goes back to the system before the merge takes as much. */
static void memory_return(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

int workers_start(struct catalog_build *b, unsigned from, unsigned to, struct err *e)
{
	for (unsigned i = from; i < to; i++) {
		struct worker *w = &b->workers[i];

		w->build = b;
		if (pthread_create(&w->thread, NULL, worker_run, w) != 0)
			return i ? REFTEL_OK /* fewer do it too */
				 : err_set(e, REFTEL_EIO, "the system gives no thread for the index");
		w->started = true;
	}
	return REFTEL_OK;
}

int workers_join(struct catalog_build *b, struct err *e)
{
	pthread_mutex_lock(&b->lock);
	b->complete = true;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	for (unsigned i = 0; i < b->n_workers; i++) {
		if (b->workers[i].started)
			pthread_join(b->workers[i].thread, NULL);
		b->workers[i].started = false;
	}
	memory_return();
	if (b->failed && e)
		*e = b->e;
	return b->failed;
}
