/*
 * Files and folders: bounded reading, writing that never leaves half a file, and a walk in an order that two runs
 * share.
 */
#include "base/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

bool dir_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *path_join(struct arena *a, const char *dir, const char *name)
{
	size_t n = strlen(dir);

	return arena_printf(a, "%s%s%s", dir, n && dir[n - 1] == '/' ? "" : "/", name);
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Size is only a hint: a pipe has none, and a file may grow while it is read. */
static int read_all(int fd, const char *path, size_t limit, struct buf *b, struct err *e)
{
	for (;;) {
		ssize_t n;

		buf_reserve(b, 64 << 10);
		n = read(fd, b->p + b->n, b->cap - b->n - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, errno, "%s cannot be read", path);
		if (n == 0)
			return REFTEL_OK;
		b->n += (size_t)n;
		if (b->n > limit)
			return err_set(e, REFTEL_ELIMIT, "%s is larger than the %zu bytes that are read of such a file",
				       path, limit);
	}
}

int file_read(struct arena *a, const char *path, size_t limit, struct str *out, struct err *e)
{
	struct buf b = {0};
	struct stat st;
	int rc, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, errno, "%s cannot be opened", path);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		rc = err_set(e, REFTEL_EINVAL, "%s is a folder, not a file", path);
		goto out;
	}
	rc = read_all(fd, path, limit, &b, e);
	if (rc == REFTEL_OK)
		*out = arena_str(a, buf_view(&b));
out:
	buf_free(&b);
	close(fd);
	return rc;
}

static int write_all(int fd, const char *path, struct str s, struct err *e)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, errno, "%s cannot be written", path);
		s = str_sub(s, (size_t)n, s.n);
	}
	return fsync(fd) == 0 || errno == EINVAL || errno == EROFS ? REFTEL_OK
								   : err_errno(e, errno, "%s cannot be written", path);
}

/* What is no regular file (/dev/stdout, a pipe) cannot be replaced by a rename: it is written through. */
static int write_through(const char *path, struct str content, struct err *e)
{
	int rc, fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, errno, "%s cannot be opened for writing", path);
	rc = write_all(fd, path, content, e);
	close(fd);
	return rc;
}

int file_write(const char *path, struct str content, struct err *e)
{
	struct arena a = {0};
	struct stat st;
	char *temp = arena_printf(&a, "%s.XXXXXX", path);
	mode_t mask;
	int rc, fd;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		rc = S_ISDIR(st.st_mode) ? err_set(e, REFTEL_EINVAL, "%s is a folder, not a file", path)
					 : write_through(path, content, e);
		goto out;
	}
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0) {
		rc = err_errno(e, errno, "%s cannot be written", path);
		goto out;
	}
	mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
	rc = write_all(fd, path, content, e);
	if (close(fd) != 0 && rc == REFTEL_OK)
		rc = err_errno(e, errno, "%s cannot be written", path);
	if (rc == REFTEL_OK && rename(temp, path) != 0)
		rc = err_errno(e, errno, "%s cannot be written", path);
	if (rc != REFTEL_OK)
		unlink(temp);
out:
	arena_free(&a);
	return rc;
}

int dir_make(const char *path, struct err *e)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return err_set(e, REFTEL_EINVAL, "the name of the folder %.80s... is too long", path);
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			return err_errno(e, errno, "the folder %s cannot be made", part);
		part[i] = path[i];
	}
	return dir_exists(path) ? REFTEL_OK : err_set(e, REFTEL_EEXIST, "%s is there already and is no folder", path);
}

/* ---- the walk ---------------------------------------------------------------------------------------------------- */

/* What is still to be visited, the next on top; folders are opened when their turn comes, so depth costs no stack. */
struct todo {
	struct arena arena;
	VEC(char *) paths;
	const struct walk *walk;
};

static int by_name_reversed(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

static void report_unreadable(const struct walk *w, const char *path)
{
	struct err e;

	err_errno(&e, errno, "%s cannot be read", path);
	if (w->unreadable)
		w->unreadable(w->ctx, path, &e);
}

static void push_folder(struct todo *t, const char *path)
{
	size_t first = t->paths.n;
	DIR *d = opendir(path);
	struct dirent *ent;

	if (!d) {
		report_unreadable(t->walk, path);
		return;
	}
	while ((ent = readdir(d)))
		if (ent->d_name[0] != '.')
			*VEC_PUSH(&t->arena, &t->paths) = path_join(&t->arena, path, ent->d_name);
	closedir(d);
	if (t->paths.n > first)
		qsort(t->paths.v + first, t->paths.n - first, sizeof(char *), by_name_reversed);
}

static int visit(struct todo *t, const char *path, bool top)
{
	struct stat st;

	if ((top ? stat(path, &st) : lstat(path, &st)) != 0) {
		report_unreadable(t->walk, path);
		return 0;
	}
	if (S_ISDIR(st.st_mode)) {
		push_folder(t, path);
		return 0;
	}
	return S_ISREG(st.st_mode) ? t->walk->file(t->walk->ctx, path, (uint64_t)st.st_size) : 0;
}

int file_walk(const char *path, const struct walk *w, struct err *e)
{
	struct todo t = {.walk = w};
	struct stat st;
	int rc;

	if (stat(path, &st) != 0)
		return err_errno(e, errno, "%s cannot be read", path);
	rc = visit(&t, path, true);
	while (rc == 0 && t.paths.n)
		rc = visit(&t, t.paths.v[--t.paths.n], false);
	arena_free(&t.arena);
	return rc;
}
