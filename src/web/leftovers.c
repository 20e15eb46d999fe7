/*
 * Uploads that a server left behind when it was killed. Whoever serves a desk holds a lock on a file beside it, shared
 * with others that do; who gets it alone knows that nobody else does, and that what lies there is nobody's.
 */
#include "web/jobs.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Names as form.c makes them, and nothing that only resembles them. */
static bool is_upload(const char *name)
{
	struct str s = str_of(name);

	if (!str_starts(s, STR("upload-")) || s.n != strlen("upload-") + 32)
		return false;
	for (size_t i = strlen("upload-"); i < s.n; i++)
		if (!ascii_digit((unsigned char)s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return true;
}

static void files_remove(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *x;

	while (d && (x = readdir(d)))
		if (is_upload(x->d_name))
			unlinkat(dirfd(d), x->d_name, 0);
	if (d)
		closedir(d);
}

/* "uploads" holds a flat folder for each import. */
static void folders_remove(const char *dir)
{
	struct arena a = {0};
	DIR *d = opendir(dir);
	struct dirent *x;

	while (d && (x = readdir(d)))
		if (x->d_name[0] != '.' && x->d_type == DT_DIR)
			folder_remove(path_join(&a, dir, x->d_name));
	if (d)
		closedir(d);
	arena_free(&a);
}

void leftovers_remove(struct web *w)
{
	struct arena a = {0};
	int fd = open(path_join(&a, w->o.desk_dir, "serving"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		files_remove(w->o.desk_dir);
		folders_remove(path_join(&a, w->o.desk_dir, "uploads"));
	}
	if (fd >= 0)
		flock(fd, LOCK_SH);
	w->serving_fd = fd;
	arena_free(&a);
}
