/*
 * Reading the whole index: every segment by itself, and all of them against the archive's list of versions.
 */
#include "catalog/catalog_priv.h"

struct verifying {
	void (*fn)(void *ctx, const struct err *damage);
	void *ctx;
};

static void tell(const struct verifying *x, const struct err *damage)
{
	x->fn(x->ctx, damage);
}

static uint64_t docs_live(const struct catalog *c)
{
	uint64_t n = 0;

	for (size_t i = 0; i < c->n_segments; i++)
		for (size_t k = 0; k < bits_words(segment_docs(c->segments[i].segment)); k++)
			n += (uint64_t)__builtin_popcountll(c->segments[i].live[k]);
	return n;
}

/* Every version up to the last that is indexed must be in it, once, and nothing else that lives. */
static int verify_versions(const struct catalog *c, const struct verifying *x, struct err *e)
{
	struct arena a = {0};
	struct version_keys keys;
	uint64_t live = docs_live(c), lacking = 0, held = 0;
	int64_t first = 0;
	int rc = archive_versions_after(c->archive, &a, 0, &keys, e);

	for (size_t i = 0; rc == REFTEL_OK && i < keys.n && keys.v[i] <= c->last; i++) {
		size_t k;
		uint32_t doc;

		if (catalog_find(c, keys.v[i], &k, &doc))
			held++;
		else if (!lacking++)
			first = keys.v[i];
	}
	arena_free(&a);
	if (rc == REFTEL_OK && lacking) {
		struct err why;

		err_set(&why, REFTEL_EFORMAT,
			"the index lacks %llu versions of the archive, the first is %lld: `reftel reindex` makes it "
			"anew",
			(unsigned long long)lacking, (long long)first);
		tell(x, &why);
	}
	if (rc == REFTEL_OK && live != held) {
		struct err why;

		err_set(&why, REFTEL_EFORMAT,
			"the index has %llu texts that the archive does not: `reftel reindex` makes it anew",
			(unsigned long long)(live - held));
		tell(x, &why);
	}
	return rc;
}

/* At least one cannot even be opened: all are looked at, one by one. */
static int verify_files(struct archive *ar, const struct verifying *x, struct err *e)
{
	struct arena a = {0};
	struct archive_segments rows;
	const char *dir = catalog_dir(&a, ar);
	int rc = archive_segments(ar, &a, &rows, e);

	for (size_t i = 0; rc == REFTEL_OK && i < rows.n; i++) {
		struct segment *s = NULL;
		struct err why;
		int bad = segment_open(dir, rows.v[i].name, &s, &why);

		if (bad == REFTEL_OK)
			bad = catalog_segment_is(s, &rows.v[i], &why);
		if (bad == REFTEL_OK)
			bad = segment_verify(s, &why);
		if (bad != REFTEL_OK)
			tell(x, &why);
		segment_close(s);
	}
	arena_free(&a);
	return rc;
}

int catalog_each_damage(struct archive *ar, void (*fn)(void *ctx, const struct err *damage), void *ctx, struct err *e)
{
	const struct verifying x = {fn, ctx};
	struct catalog *c;
	struct err why;
	int rc = catalog_open(ar, &c, &why);

	if (rc != REFTEL_OK)
		return verify_files(ar, &x, e);
	for (size_t i = 0; i < c->n_segments; i++)
		if (segment_verify(c->segments[i].segment, &why) != REFTEL_OK)
			tell(&x, &why);
	rc = verify_versions(c, &x, e);
	catalog_close(c);
	return rc;
}

static void keep_first(void *ctx, const struct err *damage)
{
	struct err *first = ctx;

	if (!first->code)
		*first = *damage;
}

int catalog_verify(struct archive *ar, struct err *e)
{
	struct err first = {0};
	int rc = catalog_each_damage(ar, keep_first, &first, e);

	if (rc == REFTEL_OK && first.code && e)
		*e = first;
	return rc == REFTEL_OK ? first.code : rc;
}
