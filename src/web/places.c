/*
 * Folders of this server from which may be imported: those that whoever started it named, and nothing else. A place is
 * "N" or "N/path/below"; it is held against the real path of its folder after every link is resolved.
 */
#include "web/jobs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int not_here(struct err *e)
{
	return err_set(e, REFTEL_ENOTFOUND, "there is no such file in the folders that may be imported here");
}

/* "N/rest" cut in two. */
static bool place_read(const struct web *w, struct str place, size_t *n, struct str *below)
{
	size_t slash = str_find(place, STR("/"), 0), digits = slash == SIZE_MAX ? place.n : slash;

	*n = 0;
	if (!digits || digits > 2)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (!ascii_digit(place.p[i]))
			return false;
		*n = 10 * *n + (size_t)(place.p[i] - '0');
	}
	*below = slash == SIZE_MAX ? STR("") : str_sub(place, slash + 1, place.n);
	return *n < w->o.n_import_dirs;
}

/* Every part is a plain name: not empty, not hidden, and so neither "." nor "..". */
static bool below_is_plain(struct str below)
{
	while (below.n) {
		size_t slash = str_find(below, STR("/"), 0);

		if (!slash || below.p[0] == '.' || memchr(below.p, 0, below.n))
			return false;
		below = slash == SIZE_MAX ? STR("") : str_sub(below, slash + 1, below.n);
	}
	return true;
}

int places_find(struct web *w, struct arena *a, struct str place, const char **path, struct err *e)
{
	struct str below, root;
	size_t n;
	char *real;
	bool inside;

	if (!place_read(w, place, &n, &below) || !below_is_plain(below))
		return not_here(e);
	root = str_of(w->o.import_dirs[n]);
	real = realpath(arena_printf(a, "%.*s/%.*s", STR_ARG(root), STR_ARG(below)), NULL);
	if (!real)
		return not_here(e);
	*path = arena_dup(a, str_of(real));
	free(real);
	inside = str_starts(str_of(*path), root) && ((*path)[root.n] == '/' || (*path)[root.n] == '\0');
	return inside ? REFTEL_OK : not_here(e);
}

static int entry_cmp(const void *a, const void *b)
{
	const struct place_entry *x = a, *y = b;

	return x->folder != y->folder ? y->folder - x->folder : str_cmp(x->name, y->name);
}

static void roots_list(struct web *w, struct arena *a, struct place_list *out)
{
	for (size_t i = 0; i < w->o.n_import_dirs; i++) {
		struct place_entry *x = VEC_PUSH(a, out);

		x->name = str_of(path_base(w->o.import_dirs[i]));
		x->place = str_of(arena_printf(a, "%zu", i));
		x->folder = true;
	}
}

/* Links are left out here as they are when importing. */
static void entry_add(struct arena *a, struct place_list *out, int dir, const char *name)
{
	struct place_entry *x;
	struct stat st;

	if (name[0] == '.' || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return;
	if (out->n == PLACES_LISTED_MAX) {
		out->more = true;
		return;
	}
	x = VEC_PUSH(a, out);
	x->name = str_of(arena_dup(a, str_of(name)));
	x->place = str_of(arena_printf(a, "%.*s/%s", STR_ARG(out->here), name));
	x->folder = S_ISDIR(st.st_mode);
	x->size = (uint64_t)st.st_size;
}

int places_list(struct web *w, struct arena *a, struct str place, struct place_list *out, struct err *e)
{
	const char *path = NULL;
	struct dirent *x;
	DIR *d;
	int rc;

	*out = (struct place_list){.here = place};
	if (!place.n) {
		roots_list(w, a, out);
		return REFTEL_OK;
	}
	rc = places_find(w, a, place, &path, e);
	if (rc != REFTEL_OK)
		return rc;
	for (size_t i = place.n; i > 0 && !out->up.n; i--)
		if (place.p[i - 1] == '/')
			out->up = str_sub(place, 0, i - 1);
	d = opendir(path);
	if (!d)
		return err_errno(e, errno, "the folder cannot be read");
	while ((x = readdir(d)))
		entry_add(a, out, dirfd(d), x->d_name);
	closedir(d);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), entry_cmp);
	return REFTEL_OK;
}
