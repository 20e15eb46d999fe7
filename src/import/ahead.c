/*
 * Batches of records and the threads that prepare them: read into fields, hashed, packed. A ring: the reader gives, the
 * threads prepare, the writer takes in the order in which the batches were given, and gives them back when the index
 * has them too.
 */
#include "import/import_priv.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	THREADS_MAX = 4,
	BATCHES = 32,         /* the disk may keep the writer for a while */
	BYTES_MAX = 32 << 20, /* of texts that are on their way: a dump may be all giants */
};

struct ahead {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t threads[THREADS_MAX];
	unsigned n_threads;
	struct batch batches[BATCHES];
	struct batch *empty[BATCHES];
	size_t n_empty;
	struct batch *ring[BATCHES]; /* by number modulo BATCHES */
	uint64_t given, claimed, taken;
	size_t bytes;
	bool closing;
};

/* ---- preparing --------------------------------------------------------------------------------------------------- */

static int record_prepare(struct batch *b, struct item *it, struct archive_packer *packer)
{
	struct err why = {0};

	if (cable_read(&b->arena, &it->record, &it->cable, &why) == REFTEL_OK)
		return archive_pack(packer, b->dictionary, &b->arena, &it->cable, &it->packed, &b->e);
	it->kind = ITEM_ASIDE;
	it->reason = arena_dup(&b->arena, str_of(why.msg));
	it->excerpt = str_sub(it->record.body.n ? it->record.body : it->record.header, 0, 200);
	return REFTEL_OK;
}

static void batch_prepare(struct batch *b, struct archive_packer *packer)
{
	for (size_t i = 0; i < b->items.n && b->rc == REFTEL_OK; i++)
		if (b->items.v[i].kind == ITEM_RECORD)
			b->rc = record_prepare(b, &b->items.v[i], packer);
}

static void *prepare_run(void *arg)
{
	struct ahead *h = arg;
	struct archive_packer *packer = archive_packer_open();

	pthread_mutex_lock(&h->lock);
	for (;;) {
		struct batch *b;

		while (h->claimed == h->given && !h->closing)
			pthread_cond_wait(&h->changed, &h->lock);
		if (h->closing)
			break;
		b = h->ring[h->claimed++ % BATCHES];
		pthread_mutex_unlock(&h->lock);
		batch_prepare(b, packer);
		pthread_mutex_lock(&h->lock);
		b->ready = true;
		pthread_cond_broadcast(&h->changed);
	}
	pthread_mutex_unlock(&h->lock);
	archive_packer_close(packer);
	return NULL;
}

/* ---- the ring ---------------------------------------------------------------------------------------------------- */

/* The reader and the index have a processor each where there are many. */
static unsigned threads_wanted(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN) - 2;

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

int ahead_open(struct ahead **out, struct err *e)
{
	struct ahead *h = xcalloc(1, sizeof(*h));
	unsigned wanted = threads_wanted();

	*out = h;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	for (size_t i = 0; i < BATCHES; i++) {
		h->batches[i].ahead = h;
		h->empty[h->n_empty++] = &h->batches[i];
	}
	while (h->n_threads < wanted && pthread_create(&h->threads[h->n_threads], NULL, prepare_run, h) == 0)
		h->n_threads++;
	if (h->n_threads)
		return REFTEL_OK; /* fewer do it too */
	return err_set(e, REFTEL_EIO, "the system gives no thread for the import");
}

void ahead_close(struct ahead *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->closing = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
	for (unsigned i = 0; i < h->n_threads; i++)
		pthread_join(h->threads[i], NULL);
	for (size_t i = 0; i < BATCHES; i++)
		arena_free(&h->batches[i].arena);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->changed);
	free(h);
}

struct batch *ahead_empty(struct ahead *h)
{
	struct batch *b = NULL;

	pthread_mutex_lock(&h->lock);
	while ((!h->n_empty || h->bytes > BYTES_MAX) && h->taken == h->given)
		pthread_cond_wait(&h->changed, &h->lock);
	if (h->n_empty && h->bytes <= BYTES_MAX)
		b = h->empty[--h->n_empty];
	pthread_mutex_unlock(&h->lock);
	return b;
}

void ahead_give(struct ahead *h, struct batch *b)
{
	pthread_mutex_lock(&h->lock);
	h->bytes += b->bytes;
	h->ring[h->given++ % BATCHES] = b;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

struct batch *ahead_take(struct ahead *h)
{
	struct batch *b = NULL;

	pthread_mutex_lock(&h->lock);
	if (h->taken < h->given) {
		b = h->ring[h->taken++ % BATCHES];
		while (!b->ready)
			pthread_cond_wait(&h->changed, &h->lock);
	}
	pthread_mutex_unlock(&h->lock);
	return b;
}

void ahead_back(struct batch *b)
{
	struct ahead *h = b->ahead;
	size_t bytes = b->bytes;

	arena_reset(&b->arena);
	*b = (struct batch){.arena = b->arena, .ahead = h};
	pthread_mutex_lock(&h->lock);
	h->bytes -= bytes;
	h->empty[h->n_empty++] = b;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}
