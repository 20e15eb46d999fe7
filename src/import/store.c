/*
 * The writer's side of an import: batches are filled with what the reader meets, and stored when they are prepared, in
 * transactions of bounded size. Each transaction keeps how far the file was read, so that whatever ends an import, the
 * next one goes on there and doubles nothing.
 */
#include "import/import_priv.h"

#include <string.h>

enum {
	TRANSACTION_RECORDS = 2000,
	TRANSACTION_BYTES = 32 << 20,
	BATCH_ITEMS = 128,
	BATCH_BYTES = 512 << 10,
};

int import_stopped(const struct import *im)
{
	return im->o->stop && *im->o->stop ? REFTEL_EINTR : REFTEL_OK;
}

/* ---- transactions ------------------------------------------------------------------------------------------------ */

static int source_save(struct import *im, struct err *e)
{
	int rc = im->unsaved ? archive_source_save(im->ar, &im->stored, e) : REFTEL_OK;

	im->unsaved &= rc != REFTEL_OK;
	return rc;
}

static int checkpoint(struct import *im, struct err *e)
{
	int rc = source_save(im, e);

	if (rc == REFTEL_OK)
		rc = archive_commit(im->ar, e);
	im->batch_records = 0;
	im->batch_bytes = 0;
	if (rc == REFTEL_OK)
		rc = archive_begin(im->ar, e);
	return rc ? rc : catalog_build_publish(im->index, e);
}

/* ---- storing ----------------------------------------------------------------------------------------------------- */

static int aside_store(struct import *im, const struct item *it, struct err *e)
{
	struct archive_aside x = {
		.file = it->at.file,
		.offset = it->at.offset,
		.line = it->at.line,
		.row = it->at.row,
		.reason = it->reason,
		.excerpt = it->excerpt,
		.when = clock_now(),
	};

	im->sum->set_aside++;
	return archive_set_aside(im->ar, it->src.id, &x, e);
}

static int record_store(struct import *im, struct batch *b, const struct item *it, struct err *e)
{
	struct import_summary *sum = im->sum;
	struct archive_put put;
	int rc = archive_put(im->ar, &it->cable, &it->packed, it->src.id, it->at.offset, &put, e);

	if (rc != REFTEL_OK)
		return rc;
	sum->records++;
	sum->added += put.result == PUT_NEW;
	sum->versions += put.result == PUT_VERSION;
	sum->same += put.result == PUT_SAME;
	if (put.result == PUT_SAME)
		return REFTEL_OK;
	sum->remarks += it->cable.n_remarks;
	b->texts[b->n_texts++] = (struct catalog_text){&it->cable, put.key, put.version};
	return REFTEL_OK;
}

static int item_store(struct import *im, struct batch *b, const struct item *it, struct err *e)
{
	int rc = im->stored.id == it->src.id ? REFTEL_OK : source_save(im, e);

	if (rc == REFTEL_OK && it->kind == ITEM_RECORD)
		rc = record_store(im, b, it, e);
	else if (rc == REFTEL_OK && it->kind == ITEM_ASIDE)
		rc = aside_store(im, it, e);
	if (rc != REFTEL_OK)
		return rc;
	im->stored = it->src;
	im->unsaved = true;
	im->sum->bytes += it->bytes;
	im->batch_records += it->kind != ITEM_END;
	im->batch_bytes += it->bytes;
	return REFTEL_OK;
}

static void batch_back(void *ctx)
{
	ahead_back(ctx);
}

static int batch_store(struct import *im, struct batch *b, struct err *e)
{
	int rc = b->rc, fed;

	if (rc != REFTEL_OK && e)
		*e = b->e;
	b->texts = arena_new(&b->arena, struct catalog_text, b->items.n);
	for (size_t i = 0; i < b->items.n && rc == REFTEL_OK; i++) {
		rc = item_store(im, b, &b->items.v[i], e);
		if (rc == REFTEL_OK)
			rc = import_stopped(im);
	}
	/* Also what was stored before it failed or was stopped: where that is undone, the index is too. */
	fed = catalog_build_feed(im->index, b->texts, b->n_texts, batch_back, b, rc ? NULL : e);
	rc = rc ? rc : fed;
	if (rc == REFTEL_OK && (im->batch_records >= TRANSACTION_RECORDS || im->batch_bytes >= TRANSACTION_BYTES))
		rc = checkpoint(im, e);
	return rc;
}

static int oldest_store(struct import *im, bool *any, struct err *e)
{
	struct batch *b = ahead_take(im->ahead);

	*any = b != NULL;
	return b ? batch_store(im, b, e) : REFTEL_OK;
}

/* ---- filling ----------------------------------------------------------------------------------------------------- */

static void batch_give(struct import *im)
{
	struct batch *b = im->filling;

	if (!b)
		return;
	b->dictionary = archive_dictionary(im->ar);
	im->filling = NULL;
	ahead_give(im->ahead, b);
}

int store_all(struct import *im, struct err *e)
{
	int rc = REFTEL_OK;
	bool any = true;

	batch_give(im);
	while (any && rc == REFTEL_OK)
		rc = oldest_store(im, &any, e);
	return rc ? rc : source_save(im, e);
}

int store_end(struct import *im, struct err *e)
{
	int rc = source_save(im, e);

	return rc ? rc : archive_commit(im->ar, e);
}

static int batch_begin(struct import *im, struct err *e)
{
	int rc = REFTEL_OK;
	bool any;

	while (rc == REFTEL_OK && !(im->filling = ahead_empty(im->ahead)))
		rc = oldest_store(im, &any, e);
	return rc;
}

struct item *item_add(struct import *im, enum item_kind kind, const struct place *at, int *rc, struct err *e)
{
	struct batch *b;
	struct item *it;

	*rc = im->filling ? REFTEL_OK : batch_begin(im, e);
	if (*rc != REFTEL_OK)
		return NULL;
	b = im->filling;
	if (!b->path || strcmp(b->path, at->file) != 0)
		b->path = arena_dup(&b->arena, str_of(at->file));
	it = VEC_PUSH(&b->arena, &b->items);
	it->kind = kind;
	it->src = im->src;
	it->at = *at;
	it->at.file = b->path;
	return it;
}

/* Until there is a dictionary nothing is prepared ahead of what it will be trained on. */
int item_added(struct import *im, size_t bytes, struct err *e)
{
	struct batch *b = im->filling;
	int rc = import_stopped(im);

	b->bytes += bytes;
	if (rc != REFTEL_OK || (b->items.n < BATCH_ITEMS && b->bytes < BATCH_BYTES))
		return rc;
	if (archive_is_learning(im->ar))
		return store_all(im, e);
	batch_give(im);
	return REFTEL_OK;
}
