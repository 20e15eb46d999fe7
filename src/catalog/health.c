/*
 * The health of an archive as a whole: everything that is kept, read and held against what was written down of it. All
 * damage is told.
 */
#include "catalog/catalog.h"

#include <inttypes.h>

static void damage_take(struct catalog_health *h, const char *part, struct str what)
{
	h->n_damage++;
	h->damage(h->ctx, part, what);
}

static void database_take(void *ctx, struct str line)
{
	damage_take(ctx, "database", line);
}

static void index_take(void *ctx, const struct err *damage)
{
	damage_take(ctx, "index", str_of(damage->msg));
}

static void text_take(void *ctx, int64_t version, const struct err *why)
{
	struct catalog_health *h = ctx;
	struct arena a = {0};

	damage_take(h, "text", str_of(arena_printf(&a, "version %" PRId64 ", %s", version, why->msg)));
	arena_free(&a);
	h->n_texts++;
}

static int text_read(void *ctx, const struct cable_version *v, struct err *e)
{
	struct catalog_health *h = ctx;

	(void)v;
	h->n_texts++;
	if (h->at)
		h->at(h->ctx, h->n_texts, h->total);
	return h->stop && *h->stop
		       ? err_set(e, REFTEL_EINTR, "stopped before the end; what was read until then is sound%s",
				 h->n_damage ? " but for what is listed" : "")
		       : REFTEL_OK;
}

/* What keeps from reading a part is damage too; the next part is looked at all the same. */
static int part_done(struct catalog_health *h, const char *part, int rc, struct err *e)
{
	if (rc != REFTEL_EFORMAT)
		return rc;
	damage_take(h, part, str_of(e->msg));
	return REFTEL_OK;
}

int catalog_health(struct archive *ar, struct catalog_health *h, struct err *e)
{
	const struct version_visit visit = {text_read, text_take, h};
	uint64_t cables;
	int rc = part_done(h, "database", archive_integrity(ar, database_take, h, e), e);

	if (rc == REFTEL_OK)
		rc = part_done(h, "database", archive_counts(ar, &cables, &h->total, e), e);
	if (rc == REFTEL_OK)
		rc = part_done(h, "text", archive_each(ar, &visit, e), e);
	if (rc == REFTEL_OK)
		rc = part_done(h, "index", catalog_each_damage(ar, index_take, h, e), e);
	return rc;
}
