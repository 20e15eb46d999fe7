/*
 * The way from files to the archive: walk, read, prepare, store. What a record looks like is source's, what it means
 * cable's, how it is kept archive's.
 */
#include "import/import_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- what the source gives --------------------------------------------------------------------------------------- */

/* What the reader gives lives until the next record. */
static struct cable_record record_keep(struct arena *a, const struct cable_record *r)
{
	struct cable_record k = *r;

	k.id = arena_str(a, r->id);
	k.origin = arena_str(a, r->origin);
	k.classification = arena_str(a, r->classification);
	k.title = arena_str(a, r->title);
	k.refs = arena_str(a, r->refs);
	k.released = arena_str(a, r->released);
	k.header = arena_str(a, r->header);
	k.body = arena_str(a, r->body);
	return k;
}

static int record_add(struct import *im, const struct cable_record *r, const struct place *at, const struct place *next,
		      struct err *e)
{
	struct item *it;
	int rc;

	im->src.offset = next->offset;
	im->src.line = next->line;
	im->src.row = next->row;
	it = item_add(im, ITEM_RECORD, at, &rc, e);
	if (!it)
		return rc;
	it->bytes = next->offset - at->offset;
	it->record = record_keep(&im->filling->arena, r);
	return item_added(im, r->header.n + r->body.n, e);
}

static int on_record(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		     const struct place *next, struct err *e)
{
	struct import *im = ctx;
	int rc = record_add(im, r, at, next, e);

	(void)f;
	im->failed |= rc != REFTEL_OK;
	return rc;
}

static int aside_add(struct import *im, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	int rc;
	struct item *it = item_add(im, ITEM_ASIDE, at, &rc, e);

	if (!it)
		return rc;
	it->reason = arena_dup(&im->filling->arena, str_of(reason));
	it->excerpt = arena_str(&im->filling->arena, excerpt);
	return item_added(im, excerpt.n, e);
}

static int on_set_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	struct import *im = ctx;
	int rc = aside_add(im, at, reason, excerpt, e);

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
	return aside_add(im, &at, reason, STR(""), e);
}

/* A file that is given a second time may be on its way still: what the archive says of it counts when that is stored.
 */
static int source_open(struct import *im, const char *path, const struct stat *st, enum source_format format,
		       struct err *e)
{
	int rc = archive_source_open(im->ar, path, (uint64_t)st->st_size, (int64_t)st->st_mtime,
				     source_format_name(format), &im->src, e);

	if (rc == REFTEL_OK && !im->src.finished && im->src.id <= im->newest_source) {
		rc = store_all(im, e);
		if (rc == REFTEL_OK)
			rc = archive_source_open(im->ar, path, (uint64_t)st->st_size, (int64_t)st->st_mtime,
						 source_format_name(format), &im->src, e);
	}
	if (rc == REFTEL_OK && im->src.id > im->newest_source)
		im->newest_source = im->src.id;
	return rc;
}

static int file_open(struct import *im, const char *path, struct err *why)
{
	enum source_format format;
	struct stat st;

	if (stat(path, &st) != 0)
		return err_errno(why, errno, "%s cannot be read", path);
	if (source_sniff_file(path, &format, why) != REFTEL_OK)
		return why->code;
	im->failed = true; /* what fails from here on is the archive's */
	int rc = source_open(im, path, &st, format, im->e);

	im->failed = rc != REFTEL_OK;
	return rc;
}

static int file_end(struct import *im, const char *path, struct err *e)
{
	struct place at = {.file = path};
	int rc;

	im->src.finished = true;
	return item_add(im, ITEM_END, &at, &rc, e) ? item_added(im, 0, e) : rc;
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
	rc = file_open(im, path, &why);
	if (rc == REFTEL_OK && im->src.finished)
		return REFTEL_OK;
	if (rc == REFTEL_OK) {
		r.start = (struct place){path, im->src.offset, im->src.line, im->src.row};
		rc = source_read(path, &r, &why);
	}
	if (rc == REFTEL_OK)
		return file_end(im, path, im->e);
	if (!im->failed)
		return file_set_aside(im, path, why.msg, im->e);
	if (why.code && im->e)
		*im->e = why;
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

	if (rc == REFTEL_OK)
		rc = import_stopped(im);
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
	int done;

	im->indexing = true;
	if (im->progress.told)
		progress_at(&im->progress, im->progress.done);
	if (rc == REFTEL_OK || rc == REFTEL_EINTR) {
		done = store_end(im, im->e);
		if (done == REFTEL_OK)
			return rc;
		rc = done;
	}
	archive_rollback(im->ar);
	return rc;
}

static struct catalog_options build_options(const struct import *im)
{
	return (struct catalog_options){.progress = im->o->progress, .stop = im->o->stop};
}

/* The index takes in what was committed, also where the import failed; an earlier error is the one that is told. */
static int index_finish(struct import *im, int rc)
{
	struct catalog_options o = build_options(im);
	struct err why = {0};
	int indexed = REFTEL_OK;

	if (rc != REFTEL_OK && rc != REFTEL_EINTR) { /* it was fed with what is not in the archive */
		catalog_build_cancel(im->index);
		indexed = catalog_build_begin(im->ar, &o, &im->index, &why);
	}
	if (indexed == REFTEL_OK)
		indexed = catalog_build_finish(im->index, rc == REFTEL_EINTR, NULL, &why);
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

static int import_all(struct import *im, const char *const *paths, size_t n)
{
	struct catalog_options o = build_options(im);
	int rc = ahead_open(&im->ahead, im->e);

	if (rc == REFTEL_OK)
		rc = catalog_build_begin(im->ar, &o, &im->index, im->e);
	if (rc == REFTEL_OK)
		rc = archive_begin(im->ar, im->e);
	if (rc == REFTEL_OK)
		rc = walk_all(im, paths, n);
	return rc == REFTEL_OK ? store_all(im, im->e) : rc;
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
	rc = import_all(&im, paths, n);
	progress_done(&im.progress);
	if (im.index)
		rc = finish(&im, rc);
	ahead_close(im.ahead);
	free(im.archive_path);
	out->ms = clock_ms() - began;
	return rc;
}
