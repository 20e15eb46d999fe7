/*
 * Building, from the side of the one who writes to the archive. While an import goes on, one thread collects what it
 * stores (collect.c); when there is nothing more to come the others take halves of what is left. What they write
 * becomes part of the index by one transaction of the writer, so that whatever ends the program leaves an archive that
 * knows exactly which versions its index holds.
 */
#include "catalog/catalog_priv.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Committed versions behind this one, all for the first thread; the others take of them what they can. */
static int keys_read(struct catalog_build *b, int64_t after, struct err *e)
{
	struct version_keys keys;
	int rc = archive_versions_after(b->ar, &b->arena, after, &keys, e);

	if (rc != REFTEL_OK)
		return rc;
	b->keys = keys.v;
	b->n_keys = b->workers[0].end = keys.n;
	return REFTEL_OK;
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
		rc = keys_read(b, held.n ? held.v[held.n - 1].last : 0, e);
	}
	if (rc == REFTEL_OK)
		rc = workers_start(b, 0, 1, e);
	if (rc == REFTEL_OK)
		*out = b;
	else
		build_free(b);
	return rc;
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
	progress_open(&b->progress, now ? NULL : b->o.progress, "indexing", "texts", b->n_keys + b->n_fed);
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

void catalog_build_cancel(struct catalog_build *b)
{
	struct err ignored;

	if (!b)
		return;
	pthread_mutex_lock(&b->lock);
	b->halt = true;
	pthread_mutex_unlock(&b->lock);
	workers_join(b, &ignored);
	ready_discard(b);
	build_free(b);
}

/* ---- anew -------------------------------------------------------------------------------------------------------- */

static int reindex(struct catalog_build *b, struct err *e)
{
	struct segment_files held;
	struct archive_segments rows;
	int rc = keys_read(b, 0, e);

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
