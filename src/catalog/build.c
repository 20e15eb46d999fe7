/*
 * Building: threads that read committed versions from the archive and collect them, each a stretch of versions of its
 * own. While an import goes on one of them follows it; when there is nothing more to come the others take halves of
 * what is left. What they write becomes part of the index by one transaction of the writer, so that whatever ends the
 * program leaves an archive that knows exactly which versions its index holds.
 */
#include "catalog/catalog_priv.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BATCH = 64,        /* versions that a thread takes at a time */
	STEAL_LEAST = 512, /* fewer are not worth a thread's coming */
};

struct worker {
	struct catalog_build *build;
	pthread_t thread;
	bool started;
	size_t next, end; /* of build->keys */
	struct archive *ar;
	struct index_builder *builder;
	struct arena arena;
	struct err e;
};

struct catalog_build {
	struct archive *ar;
	struct catalog_options o;
	const char *language; /* of the stems of what is collected; NULL: none */
	const char *choose;   /* the language that is kept as chosen when the new index is entered; NULL: as it was */
	struct arena arena;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	int64_t *keys;
	size_t n_keys, cap_keys;
	bool complete; /* no more keys will come */
	bool halt;     /* take no more of those that came */
	struct worker workers[CATALOG_THREADS_MAX];
	unsigned n_workers;
	struct segment_files ready; /* written, not part of the index yet; heap */
	size_t cap_ready;
	bool anew; /* collected as runs, which become one segment at the end; nobody waits for a part of it */
	struct index_run **runs; /* heap */
	size_t n_runs;
	unsigned next_number;
	struct progress progress;
	struct catalog_summary sum;
	int failed; /* of the first thread that did */
	struct err e;

	int64_t last; /* of keys */
};

/* ---- a thread's work --------------------------------------------------------------------------------------------- */

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

/* What the segments were collected in goes back to the system before the merge takes as much. */
static void memory_return(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

static void runs_add(struct catalog_build *b, struct index_run *r)
{
	b->runs = xrealloc(b->runs, (b->n_runs + 1) * sizeof(struct index_run *));
	b->runs[b->n_runs++] = r;
}

/* Makes a segment of the runs that are there now. Where it is stopped they are lost, and are collected another time. */
static int runs_write(struct catalog_build *b, struct err *e)
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
	arena_free(&a);
	pthread_mutex_lock(&b->lock);
	many = !b->complete && b->n_runs >= b->o.runs; /* the one thread that follows an import is alone until then */
	pthread_mutex_unlock(&b->lock);
	if (rc == REFTEL_OK && many)
		rc = runs_write(b, &w->e);
	return rc == REFTEL_EINTR ? REFTEL_OK : rc;
}

static int worker_take(struct worker *w, const int64_t *keys, size_t n)
{
	size_t damaged = 0;
	int rc = archive_read_begin(w->ar, &w->e);

	for (size_t i = 0; i < n && rc == REFTEL_OK; i++) {
		struct cable_version v;
		struct index_doc d;
		struct err why;

		arena_reset(&w->arena);
		if (archive_load_unhashed(w->ar, &w->arena, keys[i], &v, &why) != REFTEL_OK) {
			damaged++; /* status and verify name it */
			continue;
		}
		document_make(&w->arena, &v, w->builder, &d);
		index_builder_add(w->builder, &d);
		if (index_builder_full(w->builder))
			rc = worker_flush(w);
	}
	archive_read_end(w->ar);
	pthread_mutex_lock(&w->build->lock);
	w->build->sum.docs += n - damaged;
	w->build->sum.damaged += damaged;
	progress_at(&w->build->progress, w->build->sum.docs);
	pthread_mutex_unlock(&w->build->lock);
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
 * With the lock: the next keys for a thread; 0 when there is nothing left for it. The first thread waits for what an
 * import may still bring, the others until there is no more to come.
 */
static size_t worker_claim(struct worker *w, int64_t keys[BATCH])
{
	struct catalog_build *b = w->build;
	size_t n;

	for (;;) {
		if (is_stopped(b))
			return 0;
		n = w->end - w->next < BATCH ? w->end - w->next : BATCH;
		if (n)
			break;
		if (!b->complete)
			pthread_cond_wait(&b->changed, &b->lock);
		else
			return 0;
	}
	memcpy(keys, b->keys + w->next, n * sizeof(*keys));
	w->next += n;
	return n;
}

static void *worker_run(void *arg)
{
	struct worker *w = arg;
	struct catalog_build *b = w->build;
	int64_t keys[BATCH];
	int rc = archive_open(archive_dir(b->ar), ARCHIVE_READ, 0, &w->ar, &w->e);
	bool more = true;

	if (rc == REFTEL_OK)
		rc = index_builder_open(b->o.runs > 1 ? NULL : b->language, b->o.memory / b->n_workers, &w->builder,
					&w->e);
	while (rc == REFTEL_OK && more) {
		size_t n;

		pthread_mutex_lock(&b->lock);
		n = worker_claim(w, keys);
		pthread_mutex_unlock(&b->lock);
		rc = n ? worker_take(w, keys, n) : worker_flush(w);
		if (n || rc != REFTEL_OK)
			continue;
		pthread_mutex_lock(&b->lock);
		more = !is_stopped(b) && worker_steal(w);
		pthread_mutex_unlock(&b->lock);
	}
	if (rc != REFTEL_OK)
		worker_fail(w, rc);
	index_builder_close(w->builder);
	archive_close(w->ar);
	arena_free(&w->arena);
	return NULL;
}

/* ---- from the writer's side -------------------------------------------------------------------------------------- */

static unsigned threads_wanted(const struct catalog_options *o)
{
	long n = o->threads ? (long)o->threads : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > CATALOG_THREADS_MAX ? CATALOG_THREADS_MAX : (unsigned)n;
}

static void build_free(struct catalog_build *b)
{
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->changed);
	progress_done(&b->progress);
	free(b->keys);
	free(b->ready.v);
	for (size_t i = 0; i < b->n_runs; i++)
		index_run_close(b->runs[i]);
	free(b->runs);
	arena_free(&b->arena);
	free(b);
}

static struct catalog_build *build_new(struct archive *ar, const struct catalog_options *o)
{
	struct catalog_build *b = xcalloc(1, sizeof(*b));

	b->ar = ar;
	if (o)
		b->o = *o;
	b->o.memory = b->o.memory ? b->o.memory : CATALOG_MEMORY;
	b->o.runs = b->o.runs ? b->o.runs : CATALOG_RUNS;
	b->n_workers = threads_wanted(&b->o);
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
	return b;
}

/* Enters committed versions behind those that are known already. */
static int keys_read(struct catalog_build *b, struct err *e)
{
	struct arena a = {0};
	struct version_keys keys;
	int rc = archive_versions_after(b->ar, &a, b->last, SIZE_MAX, &keys, e);

	if (rc == REFTEL_OK && keys.n) {
		pthread_mutex_lock(&b->lock);
		if (b->n_keys + keys.n > b->cap_keys) {
			b->cap_keys = 2 * (b->n_keys + keys.n);
			b->keys = xrealloc(b->keys, b->cap_keys * sizeof(*b->keys));
		}
		memcpy(b->keys + b->n_keys, keys.v, keys.n * sizeof(*keys.v));
		b->n_keys += keys.n;
		b->last = keys.v[keys.n - 1];
		b->workers[0].end = b->n_keys;
		pthread_cond_broadcast(&b->changed);
		pthread_mutex_unlock(&b->lock);
	}
	arena_free(&a);
	return rc;
}

static int workers_start(struct catalog_build *b, unsigned from, unsigned to, struct err *e)
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

static int workers_join(struct catalog_build *b, struct err *e)
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

static void ready_discard(struct catalog_build *b)
{
	for (size_t i = 0; i < b->ready.n; i++)
		segment_file_remove(b->ar, b->ready.v[i].name);
	b->ready.n = 0;
}

int catalog_build_begin(struct archive *ar, const struct catalog_options *o, struct catalog_build **out, struct err *e)
{
	struct catalog_build *b = build_new(ar, o);
	struct archive_segments held;
	int rc = dir_make(catalog_dir(&b->arena, ar), e);

	*out = NULL;
	if (rc == REFTEL_OK)
		rc = catalog_language(ar, &b->arena, &b->language, e);
	if (rc == REFTEL_OK)
		rc = archive_segments(ar, &b->arena, &held, e);
	if (rc == REFTEL_OK) {
		segments_sweep(ar);
		b->next_number = segments_next_number(ar);
		b->last = held.n ? held.v[held.n - 1].last : 0;
		rc = keys_read(b, e);
	}
	if (rc == REFTEL_OK)
		rc = workers_start(b, 0, 1, e);
	if (rc == REFTEL_OK)
		*out = b;
	else
		build_free(b);
	return rc;
}

int catalog_build_follow(struct catalog_build *b, struct err *e)
{
	return keys_read(b, e);
}

/* The one thread that follows an import writes its segments in order: what is ready has no gap before it. */
int catalog_build_publish(struct catalog_build *b, struct err *e)
{
	int rc;

	pthread_mutex_lock(&b->lock);
	rc = b->failed ? b->failed : archive_segments_swap(b->ar, NULL, 0, b->ready.v, b->ready.n, e);
	if (b->failed && e)
		*e = b->e;
	if (rc == REFTEL_OK)
		b->ready.n = 0;
	pthread_mutex_unlock(&b->lock);
	return rc;
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static bool is_among(const struct segment_files *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].name, name))
			return true;
	return false;
}

/* `held` are in the archive's list now, `all` are to be: one transaction, then the files that are no longer meant go.
 */
static int segments_commit(struct catalog_build *b, const struct segment_files *held, const struct segment_files *all,
			   struct err *e)
{
	struct segment_files gone = {arena_new(&b->arena, struct archive_segment, held->n + 1), 0}, come = gone;
	int rc = archive_begin(b->ar, e);

	come.v = arena_new(&b->arena, struct archive_segment, all->n + 1);
	for (size_t i = 0; i < held->n; i++)
		if (!is_among(all, held->v[i].name))
			gone.v[gone.n++] = held->v[i];
	for (size_t i = 0; i < all->n; i++)
		if (!is_among(held, all->v[i].name))
			come.v[come.n++] = all->v[i];
	if (rc != REFTEL_OK)
		return rc;
	rc = archive_segments_swap(b->ar, gone.v, gone.n, come.v, come.n, e);
	if (rc == REFTEL_OK && b->choose)
		rc = archive_setting_set(b->ar, "language", str_of(b->choose), e);
	if (rc == REFTEL_OK)
		rc = archive_commit(b->ar, e);
	if (rc != REFTEL_OK)
		archive_rollback(b->ar);
	else
		segments_sweep(b->ar);
	return rc;
}

static struct segment_files files_join(struct arena *a, const struct segment_files *x, const struct segment_files *y)
{
	struct segment_files f = {arena_new(a, struct archive_segment, x->n + y->n + 1), 0};

	for (size_t i = 0; i < x->n; i++)
		f.v[f.n++] = x->v[i];
	for (size_t i = 0; i < y->n; i++)
		f.v[f.n++] = y->v[i];
	segments_sort(&f);
	return f;
}

/* What stands before the first gap: versions behind it are read again the next time. */
static void ready_cut(struct catalog_build *b)
{
	size_t first = SIZE_MAX;
	size_t n = 0;

	for (unsigned i = 0; i < b->n_workers; i++) {
		const struct worker *w = &b->workers[i];

		if (w->next < w->end && w->next < first)
			first = w->next;
	}
	for (size_t i = 0; i < b->ready.n && first < b->n_keys; i++) {
		if (b->ready.v[i].last < b->keys[first])
			b->ready.v[n++] = b->ready.v[i];
		else
			segment_file_remove(b->ar, b->ready.v[i].name);
	}
	b->ready.n = first < b->n_keys ? n : b->ready.n;
}

/* Tidying is upkeep: where it is stopped or fails the segments stay as they are. */
static int enter_and_tidy(struct catalog_build *b, const struct segment_files *held, struct err *e)
{
	struct segment_files all = files_join(&b->arena, held, &b->ready);
	struct err why = {0};
	char name[32];
	int merged, rc;

	segment_file_name(name, b->next_number++);
	merged = segments_tidy(b->ar, &b->arena, &all, name, b->o.stop, &why);
	rc = segments_commit(b, held, &all, e);
	if (rc == REFTEL_OK)
		b->ready.n = 0;
	if (rc == REFTEL_OK && merged != REFTEL_OK && merged != REFTEL_EINTR) {
		if (e)
			*e = why;
		rc = merged;
	}
	return rc;
}

static int build_end(struct catalog_build *b, struct err *e)
{
	struct archive_segments rows;
	struct segment_files held;
	int rc = workers_join(b, e);

	if (rc == REFTEL_OK && !(b->o.stop && *b->o.stop)) /* else there may be gaps between the runs */
		rc = runs_write(b, e);
	if (rc == REFTEL_EINTR)
		rc = REFTEL_OK;
	if (rc == REFTEL_OK)
		rc = archive_segments(b->ar, &b->arena, &rows, e);
	if (rc != REFTEL_OK)
		return rc;
	ready_cut(b);
	held = (struct segment_files){rows.v, rows.n};
	return b->ready.n ? enter_and_tidy(b, &held, e) : REFTEL_OK;
}

int catalog_build_finish(struct catalog_build *b, bool now, struct catalog_summary *out, struct err *e)
{
	int64_t began = clock_ms();
	int rc;

	pthread_mutex_lock(&b->lock);
	b->halt = now;
	progress_open(&b->progress, now ? NULL : b->o.progress, "indexing", "texts", b->n_keys);
	pthread_mutex_unlock(&b->lock);
	rc = workers_start(b, 1, b->n_workers, e);
	if (rc == REFTEL_OK)
		rc = build_end(b, e);
	ready_discard(b);
	if (out) {
		*out = b->sum;
		out->ms = clock_ms() - began;
	}
	build_free(b);
	return rc;
}

/* ---- anew -------------------------------------------------------------------------------------------------------- */

static int reindex(struct catalog_build *b, struct err *e)
{
	struct segment_files held;
	struct archive_segments rows;
	int rc = keys_read(b, e);

	b->complete = b->anew = true;
	progress_open(&b->progress, b->o.progress, "indexing", "texts", b->n_keys);
	if (rc == REFTEL_OK)
		rc = workers_start(b, 0, b->n_workers, e);
	if (rc == REFTEL_OK)
		rc = workers_join(b, e);
	if (rc == REFTEL_OK && b->o.stop && *b->o.stop)
		rc = err_set(e, REFTEL_EINTR, "stopped; the index is as it was");
	if (rc == REFTEL_OK)
		rc = runs_write(b, e);
	if (rc == REFTEL_OK)
		rc = archive_segments(b->ar, &b->arena, &rows, e);
	if (rc != REFTEL_OK)
		return rc;
	held = (struct segment_files){rows.v, rows.n};
	rc = segments_commit(b, &held, &b->ready, e);
	if (rc == REFTEL_OK)
		b->ready.n = 0;
	return rc;
}

/* A language that is none is refused before anything is read. */
static int language_check(const char *language, struct err *e)
{
	struct stemmer *st;
	int rc = stemmer_open(language, &st, e);

	if (rc == REFTEL_OK)
		stemmer_close(st);
	return rc;
}

int catalog_reindex(struct archive *ar, const char *language, const struct catalog_options *o,
		    struct catalog_summary *out, struct err *e)
{
	struct catalog_build *b = build_new(ar, o);
	const char *stems = NULL;
	int64_t began = clock_ms();
	int rc = dir_make(catalog_dir(&b->arena, ar), e);

	if (rc == REFTEL_OK)
		rc = catalog_language(ar, &b->arena, &stems, e);
	b->choose = language;
	if (language)
		stems = strcmp(language, "none") != 0 ? language : NULL;
	if (rc == REFTEL_OK)
		rc = language_check(stems, e);
	segments_sweep(ar);
	b->next_number = segments_next_number(ar);
	if (rc == REFTEL_OK)
		b->language = stems;
	if (rc == REFTEL_OK)
		rc = reindex(b, e);
	ready_discard(b);
	if (out) {
		*out = b->sum;
		out->ms = clock_ms() - began;
	}
	build_free(b);
	return rc;
}
