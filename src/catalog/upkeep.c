/*
 * The index's files: their names, which of them are still meant, and merging. Each segment is more than twice as large
 * as all younger ones together, so that there are never more of them than the logarithm of what they hold, and each
 * document is rewritten as rarely as that.
 */
#include "catalog/catalog_priv.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIKE_SIZE = 2 }; /* a segment is merged when it is at most so many times the size of all younger ones together */

/* ---- files ------------------------------------------------------------------------------------------------------- */

void segment_file_name(char out[32], unsigned number)
{
	snprintf(out, 32, "%08u.seg", number);
}

static bool segment_file_number(const char *name, unsigned *number)
{
	char spelled[32];

	if (sscanf(name, "%8u.seg", number) != 1)
		return false;
	segment_file_name(spelled, *number);
	return !strcmp(spelled, name);
}

void segment_file_remove(struct archive *ar, const char *name)
{
	struct arena a = {0};

	unlink(path_join(&a, catalog_dir(&a, ar), name));
	arena_free(&a);
}

static void each_file(struct archive *ar, void (*fn)(void *ctx, const char *name, unsigned number), void *ctx)
{
	struct arena a = {0};
	DIR *d = opendir(catalog_dir(&a, ar));
	struct dirent *x;
	unsigned number;

	while (d && (x = readdir(d)))
		if (segment_file_number(x->d_name, &number))
			fn(ctx, x->d_name, number);
	if (d)
		closedir(d);
	arena_free(&a);
}

static void number_max(void *ctx, const char *name, unsigned number)
{
	unsigned *most = ctx;

	(void)name;
	*most = number > *most ? number : *most;
}

/* Nor one that the archive's list names: its file may be lost, and another by its name would be taken for it. */
unsigned segments_next_number(struct archive *ar)
{
	struct arena a = {0};
	struct archive_segments meant = {0};
	unsigned most = 0, number;

	each_file(ar, number_max, &most);
	if (archive_segments(ar, &a, &meant, NULL) == REFTEL_OK)
		for (size_t i = 0; i < meant.n; i++)
			if (segment_file_number(meant.v[i].name, &number))
				number_max(&most, meant.v[i].name, number);
	arena_free(&a);
	return most + 1;
}

struct sweep {
	struct archive *ar;
	struct archive_segments meant;
};

static void sweep_one(void *ctx, const char *name, unsigned number)
{
	struct sweep *s = ctx;

	(void)number;
	for (size_t i = 0; i < s->meant.n; i++)
		if (!strcmp(s->meant.v[i].name, name))
			return;
	segment_file_remove(s->ar, name);
}

void segments_sweep(struct archive *ar)
{
	struct arena a = {0};
	struct sweep s = {.ar = ar};

	if (archive_segments(ar, &a, &s.meant, NULL) == REFTEL_OK)
		each_file(ar, sweep_one, &s);
	arena_free(&a);
}

/* ---- merging ----------------------------------------------------------------------------------------------------- */

struct archive_segment segment_of_part(const struct index_part *p)
{
	struct archive_segment s = {.first = p->first_key, .last = p->last_key, .docs = p->docs};

	memcpy(s.name, p->name, sizeof(s.name));
	s.bytes = p->bytes;
	s.checksum = p->checksum;
	return s;
}

static int by_first(const void *x, const void *y)
{
	const struct archive_segment *a = x, *b = y;

	return (a->first > b->first) - (a->first < b->first);
}

void segments_sort(struct segment_files *f)
{
	if (f->n)
		qsort(f->v, f->n, sizeof(*f->v), by_first);
}

/*
 * The first of those at the end that are to become one: it is not so much larger than all the younger ones together
 * that it had better be left alone. What is left before it halves from one to the next.
 */
static size_t merge_from(const struct segment_files *f)
{
	uint64_t younger = 0;
	size_t from = f->n - 1;

	for (size_t i = f->n; i-- > 0; younger += f->v[i].docs)
		if (f->v[i].docs <= LIKE_SIZE * younger)
			from = i;
	return from;
}

static bool is_dead(void *ctx, int64_t key)
{
	const struct unlisted_list *l = ctx;
	size_t from = 0, to = l->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (l->v[middle].version < key)
			from = middle + 1;
		else
			to = middle;
	}
	return from < l->n && l->v[from].version == key && l->v[from].deleted;
}

static int files_merge(struct archive *ar, struct arena *a, const struct segment_files *f, size_t from,
		       const char *name, struct index_merge *how, struct index_part *part, struct err *e)
{
	const char *dir = catalog_dir(a, ar);
	const struct segment **s = arena_new(a, const struct segment *, f->n);
	struct unlisted_list *unlisted = arena_new(a, struct unlisted_list, 1);
	size_t n = 0;
	int rc = archive_unlisted(ar, a, unlisted, e);

	for (size_t i = from; i < f->n && rc == REFTEL_OK; i++) {
		struct segment *opened;

		rc = segment_open(dir, f->v[i].name, &opened, e);
		if (rc == REFTEL_OK)
			s[n++] = opened;
	}
	how->dead = unlisted->n ? is_dead : NULL;
	how->ctx = unlisted;
	if (rc == REFTEL_OK)
		rc = segment_merge(s, n, how, dir, name, part, e);
	for (size_t i = 0; i < n; i++)
		segment_close((struct segment *)(uintptr_t)s[i]);
	return rc;
}

static int tail_merge(struct archive *ar, struct arena *a, struct segment_files *all, size_t from, const char *name,
		      struct index_merge *how, struct err *e)
{
	struct index_part part;
	int rc = files_merge(ar, a, all, from, name, how, &part, e);

	if (rc != REFTEL_OK)
		return rc;
	all->n = from;
	if (part.docs)
		all->v[all->n++] = segment_of_part(&part);
	return REFTEL_OK;
}

int segments_tidy(struct archive *ar, struct arena *a, struct segment_files *all, const char *name,
		  const volatile int *stop, struct err *e)
{
	size_t from = all->n ? merge_from(all) : 0;

	if (all->n < 2 || from + 1 == all->n)
		return REFTEL_OK;
	return tail_merge(ar, a, all, from, name, &(struct index_merge){.stop = stop}, e);
}
