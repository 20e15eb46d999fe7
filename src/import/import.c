/*
 * The way from files to the archive: walk, read, parse, store. Transactions are of bounded size and each keeps how far
 * the file was read, so that whatever ends an import, the next one goes on there and doubles nothing. What a record
 * looks like is source's, what it means cable's, how it is kept archive's.
 */
#include "import/import.h"

#include "catalog/catalog.h"
#include "source/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BATCH_RECORDS = 2000, BATCH_BYTES = 32 << 20 };

struct import {
	struct archive *ar;
	struct catalog_build *index; /* follows what is committed */
	const struct import_options *o;
	struct import_summary *sum;
	char *archive_path;        /* what lies in it is no source; NULL: unknown */
	struct archive_source src; /* the file being read */
	size_t batch_records;
	uint64_t batch_bytes;
	struct arena arena; /* one cable */
	struct progress progress;
	uint64_t files_done; /* bytes of the files before this one */
	bool indexing;       /* all is stored */
	bool failed;         /* an error of ours or the archive's, not of the file being read */
	int unreadable_rc;   /* of the archive, when it could not note an unreadable file */
	struct err *e;
};

/* ---- transactions ------------------------------------------------------------------------------------------------ */

static int checkpoint(struct import *im, struct err *e)
{
	int rc = archive_commit(im->ar, e);

	im->batch_records = 0;
	im->batch_bytes = 0;
	if (rc == REFTEL_OK)
		rc = catalog_build_follow(im->index, e);
	if (rc == REFTEL_OK)
		rc = archive_begin(im->ar, e);
	return rc ? rc : catalog_build_publish(im->index, e);
}

static bool is_stopped(const struct import *im)
{
	return im->o->stop && *im->o->stop;
}

/* After each thing that was written: is it time to stop, or to commit? */
static int step(struct import *im, uint64_t bytes, struct err *e)
{
	int rc;

	im->batch_records++;
	im->batch_bytes += bytes;
	if (is_stopped(im))
		return REFTEL_EINTR;
	if (im->batch_records < BATCH_RECORDS && im->batch_bytes < BATCH_BYTES)
		return REFTEL_OK;
	rc = archive_source_save(im->ar, &im->src, e);
	return rc ? rc : checkpoint(im, e);
}

/* ---- what the source gives --------------------------------------------------------------------------------------- */

static int note_aside(struct import *im, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	struct archive_aside x = {
		.file = at->file,
		.offset = at->offset,
		.line = at->line,
		.row = at->row,
		.reason = reason,
		.excerpt = excerpt,
		.when = clock_now(),
	};

	im->sum->set_aside++;
	return archive_set_aside(im->ar, im->src.id, &x, e);
}

static int store(struct import *im, const struct cable_record *r, const struct place *at, struct err *e)
{
	struct import_summary *sum = im->sum;
	struct archive_put put;
	struct cable cable;
	struct err why = {0};
	int rc;

	arena_reset(&im->arena);
	if (cable_read(&im->arena, r, &cable, &why) != REFTEL_OK)
		return note_aside(im, at, why.msg, str_sub(r->body.n ? r->body : r->header, 0, 200), e);
	rc = archive_put(im->ar, &cable, NULL, im->src.id, at->offset, &put, e);
	if (rc)
		return rc;
	sum->records++;
	sum->added += put.result == PUT_NEW;
	sum->versions += put.result == PUT_VERSION;
	sum->same += put.result == PUT_SAME;
	sum->remarks += put.result == PUT_SAME ? 0 : cable.n_remarks;
	return REFTEL_OK;
}

static int on_record(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		     const struct place *next, struct err *e)
{
	struct import *im = ctx;
	int rc = store(im, r, at, e);

	(void)f;
	if (rc == REFTEL_OK) {
		im->sum->bytes += next->offset - at->offset;
		im->src.offset = next->offset;
		im->src.line = next->line;
		im->src.row = next->row;
		rc = step(im, next->offset - at->offset, e);
	}
	im->failed |= rc != REFTEL_OK;
	return rc;
}

static int on_set_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	struct import *im = ctx;
	int rc = note_aside(im, at, reason, excerpt, e);

	if (rc == REFTEL_OK)
		rc = step(im, excerpt.n, e);
	im->failed |= rc != REFTEL_OK;
	return rc;
}

static void news_send(void *ctx, const struct progress *p)
{
	struct import *im = ctx;
	struct import_news x = {.done = p->done, .total = p->total, .indexing = im->indexing, .sum = im->sum};

	im->o->news(im->o->ctx, &x);
}

static void on_progress(void *ctx, uint64_t bytes_of_this_file)
{
	struct import *im = ctx;

	progress_at(&im->progress, im->files_done + bytes_of_this_file);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* A file that cannot be read at all. It is not marked as finished: next time it may be readable. */
static int file_set_aside(struct import *im, const char *path, const char *reason, struct err *e)
{
	struct place at = {.file = path, .line = 1, .row = 1};

	if (!im->src.id) {
		int rc = archive_source_open(im->ar, path, 0, 0, source_format_name(SOURCE_UNKNOWN), &im->src, e);

		if (rc)
			return rc;
	}
	return note_aside(im, &at, reason, STR(""), e);
}

static int file_open(struct import *im, const char *path, struct err *e, struct err *why)
{
	enum source_format format;
	struct stat st;

	if (stat(path, &st) != 0)
		return err_errno(why, errno, "%s cannot be read", path);
	if (source_sniff_file(path, &format, why) != REFTEL_OK)
		return why->code;
	im->failed = true; /* what fails from here on is the archive's */
	int rc = archive_source_open(im->ar, path, (uint64_t)st.st_size, (int64_t)st.st_mtime,
				     source_format_name(format), &im->src, e);
	im->failed = rc != REFTEL_OK;
	return rc;
}

static int file_import(struct import *im, const char *path)
{
	struct source_reader r = {
		.record_max = im->o->record_max,
		.record = on_record,
		.set_aside = on_set_aside,
		.progress = on_progress,
		.ctx = im,
	};
	struct err why = {0};
	int rc;

	im->src = (struct archive_source){0};
	rc = file_open(im, path, im->e, &why);
	if (rc == REFTEL_OK && im->src.finished)
		return REFTEL_OK;
	if (rc == REFTEL_OK) {
		r.start = (struct place){path, im->src.offset, im->src.line, im->src.row};
		rc = source_read(path, &r, &why);
		im->src.finished = rc == REFTEL_OK;
	}
	if (rc == REFTEL_OK)
		return archive_source_save(im->ar, &im->src, im->e);
	if (!im->failed)
		return file_set_aside(im, path, why.msg, im->e);
	if (why.code && im->e)
		*im->e = why;
	if (rc == REFTEL_EINTR) {
		int saved = archive_source_save(im->ar, &im->src, im->e);

		return saved ? saved : rc;
	}
	return rc;
}

static bool is_inside(const char *path, const char *dir)
{
	size_t n = dir ? strlen(dir) : 0;

	return n && !strncmp(path, dir, n) && (path[n] == '/' || dir[n - 1] == '/');
}

static int on_file(void *ctx, const char *path, uint64_t size)
{
	struct import *im = ctx;
	char *real = realpath(path, NULL); /* the same file by another name is the same source */
	const char *name = real ? real : path;
	int rc = im->unreadable_rc;

	if (rc == REFTEL_OK && is_stopped(im))
		rc = REFTEL_EINTR;
	if (rc == REFTEL_OK && !is_inside(name, im->archive_path)) {
		im->sum->files++;
		rc = file_import(im, name);
		im->files_done += size;
		on_progress(im, 0);
	}
	free(real);
	return rc;
}

static void on_unreadable(void *ctx, const char *path, const struct err *why)
{
	struct import *im = ctx;

	if (im->unreadable_rc != REFTEL_OK)
		return;
	im->src = (struct archive_source){0};
	im->unreadable_rc = file_set_aside(im, path, why->msg, im->e);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static int add_size(void *ctx, const char *path, uint64_t size)
{
	uint64_t *total = ctx;

	(void)path;
	*total += size;
	return 0;
}

/* A mistyped path is told before anything is read, not after the first million rows. */
static int paths_check(const char *const *paths, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct stat st;

		if (stat(paths[i], &st) != 0)
			return err_errno(e, errno, "%s cannot be read", paths[i]);
		if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
			return err_set(e, REFTEL_EINVAL, "%s is neither a file nor a folder", paths[i]);
	}
	return REFTEL_OK;
}

static uint64_t paths_size(const char *const *paths, size_t n)
{
	uint64_t total = 0;
	struct walk w = {.file = add_size, .ctx = &total};

	for (size_t i = 0; i < n; i++)
		file_walk(paths[i], &w, NULL);
	return total;
}

static int walk_all(struct import *im, const char *const *paths, size_t n)
{
	struct walk w = {.file = on_file, .unreadable = on_unreadable, .ctx = im};
	int rc = REFTEL_OK;

	for (size_t i = 0; i < n && rc == REFTEL_OK; i++) {
		rc = file_walk(paths[i], &w, im->e);
		if (rc == REFTEL_OK)
			rc = im->unreadable_rc;
	}
	return rc;
}

/* Commits what is whole. An archive that failed keeps only what was committed before. */
static int commit_or_not(struct import *im, int rc)
{
	int committed;

	im->indexing = true;
	if (im->progress.told)
		progress_at(&im->progress, im->progress.done);
	if (rc != REFTEL_OK && rc != REFTEL_EINTR) {
		archive_rollback(im->ar);
		return rc;
	}
	committed = archive_commit(im->ar, im->e);
	if (committed)
		archive_rollback(im->ar);
	return committed ? committed : rc;
}

/* The index takes in what was committed, also where the import failed; an earlier error is the one that is told. */
static int index_finish(struct import *im, int rc)
{
	bool now = rc != REFTEL_OK;
	struct err why = {0};
	int indexed = now ? REFTEL_OK : catalog_build_follow(im->index, &why), finished;

	finished = catalog_build_finish(im->index, now, NULL, indexed ? NULL : &why);
	indexed = indexed ? indexed : finished;
	if (rc != REFTEL_OK || indexed == REFTEL_OK)
		return rc;
	*im->e = why;
	return indexed;
}

static int finish(struct import *im, int rc)
{
	rc = index_finish(im, commit_or_not(im, rc));
	if (rc != REFTEL_EINTR)
		return rc;
	im->sum->interrupted = true;
	return err_set(im->e, REFTEL_EINTR,
		       "stopped; %llu records were read and are kept, the next import goes on behind them",
		       (unsigned long long)im->sum->records);
}

int import_paths(struct archive *ar, const char *const *paths, size_t n, const struct import_options *o,
		 struct import_summary *out, struct err *e)
{
	static const struct import_options none;
	struct err own = {0};
	struct import im = {.ar = ar, .o = o ? o : &none, .sum = out, .e = e ? e : &own};
	int64_t began = clock_ms();
	int rc;

	*out = (struct import_summary){0};
	*im.e = (struct err){0};
	rc = paths_check(paths, n, im.e);
	if (rc)
		return rc;
	im.archive_path = im.o->inside ? NULL : realpath(archive_dir(ar), NULL);
	progress_open(&im.progress, im.o->progress, "importing", "MB",
		      im.o->progress || im.o->news ? paths_size(paths, n) : 0);
	im.progress.ctx = &im;
	im.progress.told = im.o->news ? news_send : NULL;
	rc = catalog_build_begin(ar, &(struct catalog_options){.progress = im.o->progress, .stop = im.o->stop},
				 &im.index, im.e);
	if (rc == REFTEL_OK)
		rc = archive_begin(ar, im.e);
	if (rc == REFTEL_OK)
		rc = walk_all(&im, paths, n);
	progress_done(&im.progress);
	if (im.index)
		rc = finish(&im, rc);
	arena_free(&im.arena);
	free(im.archive_path);
	out->ms = clock_ms() - began;
	return rc;
}
