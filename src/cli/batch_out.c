/*
 * The output of a batch. The progress file is there before the output is touched and until the output is whole; what
 * stands in the output behind the place that it names is cut off by the run that goes on.
 */
#include "cli/batch_out.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SAVE_MS = 200, PROGRESS_BYTES = 4096 };

/* ---- the progress file ------------------------------------------------------------------------------------------- */

static char *identity_of(struct arena *a, const struct batch_call *call, const struct batch_queries *q)
{
	const struct search_options *s = &call->search;

	return arena_printf(a, "%" PRIu64 " bytes %016" PRIx64 ", %s, %zu snippets, sort %d, limit %zu, fold %d",
			    q->bytes, q->hash, call->format, call->n_snippets, (int)s->sort, s->limit, (int)s->fold);
}

/* A fixed name for what will be renamed: a kill leaves one such file at most, and the next run takes it away. */
static int progress_save(struct batch_out *o, struct err *e)
{
	struct arena a = {0};
	const struct batch_state *s = &o->state;
	const char *temp = arena_printf(&a, "%s.new", o->progress_path);
	char *text = arena_printf(&a,
				  "reftel batch 1\n%s\nnext %" PRIu64 "\nbytes %" PRIu64 "\nhits %" PRIu64
				  "\nfailed %" PRIu64 "\nempty %" PRIu64 "\n",
				  o->identity, s->next, s->bytes, s->hits, s->failed, s->empty);
	size_t n = strlen(text);
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	bool good = fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
	int why = errno;

	if (fd >= 0 && close(fd) != 0)
		good = false;
	if (good && rename(temp, o->progress_path) != 0) {
		why = errno;
		good = false;
	}
	o->saved_ms = clock_ms();
	arena_free(&a);
	return good ? REFTEL_OK : err_errno(e, why, "%s cannot be written", o->progress_path);
}

static int progress_load(struct batch_out *o, struct err *e)
{
	struct batch_state *s = &o->state;
	struct str text, magic, identity;
	int n = 0, rc = file_read(&o->arena, o->progress_path, PROGRESS_BYTES, &text, e);

	if (rc != REFTEL_OK)
		return rc;
	if (!str_line(&text, &magic) || !str_line(&text, &identity) || !str_eq(magic, STR("reftel batch 1")) ||
	    !text.n ||
	    sscanf(text.p,
		   "next %" SCNu64 "\nbytes %" SCNu64 "\nhits %" SCNu64 "\nfailed %" SCNu64 "\nempty %" SCNu64 "\n%n",
		   &s->next, &s->bytes, &s->hits, &s->failed, &s->empty, &n) != 5 ||
	    (size_t)n != text.n)
		return err_set(e, REFTEL_EFORMAT, "%s is no progress of a batch: run it without --resume",
			       o->progress_path);
	if (!str_eq(identity, str_of(o->identity)))
		return err_set(
			e, REFTEL_EINVAL,
			"%s was begun with another list of queries, or with other options: run it without --resume",
			o->path);
	return REFTEL_OK;
}

/* ---- the output -------------------------------------------------------------------------------------------------- */

static int output_cut(struct batch_out *o, struct err *e)
{
	struct stat st;

	if (fstat(o->fd, &st) != 0)
		return err_errno(e, errno, "%s cannot be written", o->path);
	if ((uint64_t)st.st_size < o->state.bytes)
		return err_set(e, REFTEL_EINVAL, "%s is shorter than it was: run the batch without --resume", o->path);
	if (ftruncate(o->fd, (off_t)o->state.bytes) != 0 || lseek(o->fd, 0, SEEK_END) < 0)
		return err_errno(e, errno, "%s cannot be written", o->path);
	return REFTEL_OK;
}

static int output_open(struct batch_out *o, bool resume, struct err *e)
{
	struct stat st;
	bool there = stat(o->path, &st) == 0;

	if (there && S_ISDIR(st.st_mode))
		return err_set(e, REFTEL_EINVAL, "%s is a folder, not a file", o->path);
	o->fd = open(o->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (o->fd < 0)
		return err_errno(e, errno, "%s cannot be written", o->path);
	if (there && !S_ISREG(st.st_mode)) { /* a pipe, a terminal: what was written cannot be taken back */
		o->progress_path = NULL;
		return resume ? err_set(e, REFTEL_EINVAL, "%s is no file that --resume could go on with", o->path)
			      : REFTEL_OK;
	}
	if (flock(o->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return err_set(e, REFTEL_EBUSY, "%s is being written by another batch: wait until it is done", o->path);
	if (resume && file_exists(o->progress_path)) {
		int rc = progress_load(o, e);

		return rc == REFTEL_OK ? output_cut(o, e) : rc;
	}
	if (resume && there && st.st_size) {
		o->complete = true;
		return REFTEL_OK;
	}
	if (progress_save(o, e) != REFTEL_OK)
		return e->code;
	return output_cut(o, e);
}

int batch_out_open(struct batch_out *o, const struct batch_call *call, const struct batch_queries *q, struct err *e)
{
	int rc;

	*o = (struct batch_out){.fd = STDOUT_FILENO, .path = call->output};
	o->identity = identity_of(&o->arena, call, q);
	if (!o->path)
		return REFTEL_OK;
	o->fd = -1;
	o->progress_path = arena_printf(&o->arena, "%s.progress", o->path);
	rc = output_open(o, call->resume, e);
	o->written = o->state.bytes;
	if (rc == REFTEL_OK)
		return REFTEL_OK;
	if (o->fd >= 0)
		close(o->fd);
	arena_free(&o->arena);
	return rc;
}

int batch_out_write(struct batch_out *o, struct str s, struct err *e)
{
	o->written += s.n;
	while (s.n) {
		ssize_t n = write(o->fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return err_errno(e, errno, "%s cannot be written", o->path ? o->path : "the standard output");
		s = str_sub(s, n > 0 ? (size_t)n : 0, s.n);
	}
	return REFTEL_OK;
}

/* What the progress file says must be true after a power cut too. */
static int output_save(struct batch_out *o, struct err *e)
{
	return fdatasync(o->fd) == 0 ? progress_save(o, e) : err_errno(e, errno, "%s cannot be written", o->path);
}

int batch_out_query_done(struct batch_out *o, struct err *e)
{
	o->state.next++;
	o->state.bytes = o->written;
	return o->progress_path && clock_ms() - o->saved_ms >= SAVE_MS ? output_save(o, e) : REFTEL_OK;
}

int batch_out_close(struct batch_out *o, bool done, struct err *e)
{
	int rc = REFTEL_OK;

	if (o->progress_path && !o->complete) {
		rc = output_save(o, e);
		if (rc == REFTEL_OK && done && unlink(o->progress_path) != 0)
			rc = err_errno(e, errno, "%s cannot be taken away", o->progress_path);
	}
	if (o->path && close(o->fd) != 0 && rc == REFTEL_OK)
		rc = err_errno(e, errno, "%s cannot be written", o->path);
	arena_free(&o->arena);
	return rc;
}
