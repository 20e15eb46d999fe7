/*
 * The threads that answer. Pages that are made in milliseconds have a lane of their own, so that a long check, a
 * password's hash or an import never stands before them.
 */
#include "web/web_priv.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int worker_open(struct worker *wk, struct web *w, struct err *e)
{
	wk->web = w;
	wk->readers = xcalloc(w->o.n_collections, sizeof(*wk->readers));
	for (size_t i = 0; i < w->o.n_collections; i++)
		wk->readers[i].collection = &w->o.collections[i];
	return desk_open(w->o.desk_dir, &wk->desk, e);
}

static void reader_close(struct reader *r)
{
	catalog_close(r->catalog);
	archive_close(r->archive);
	r->catalog = NULL;
	r->archive = NULL;
}

void worker_close(struct worker *wk)
{
	for (size_t i = 0; i < wk->web->o.n_collections; i++)
		reader_close(&wk->readers[i]);
	free(wk->readers);
	desk_close(wk->desk);
	arena_free(&wk->arena);
}

/* The index anew after the archive changed; seldom enough that an import does not make reading slow. */
static int reader_refresh(struct reader *r, struct err *e)
{
	int64_t change = 0, now = clock_ms();
	int rc = archive_change(r->archive, &change, e);

	if (rc != REFTEL_OK || (r->catalog && change == r->change) ||
	    (r->opened_ms && now - r->opened_ms < 20 * r->cost_ms))
		return rc;
	catalog_close(r->catalog);
	r->catalog = NULL;
	r->change = change;
	r->opened_ms = now;
	if (catalog_open(r->archive, &r->catalog, &r->why) != REFTEL_OK)
		r->catalog = NULL;
	r->cost_ms = clock_ms() - now + 1;
	return REFTEL_OK;
}

/* Opens the archive where it is not yet, and begins a moment in which nothing changes. */
static int reader_begin(struct reader *r, unsigned cache_kib, struct err *e)
{
	int rc = REFTEL_OK;

	if (!r->archive) {
		rc = archive_open(r->collection->dir, ARCHIVE_READ, 0, &r->archive, e);
		if (rc == REFTEL_OK)
			rc = archive_cache(r->archive, cache_kib, e);
	}
	if (rc == REFTEL_OK)
		rc = archive_read_begin(r->archive, e);
	if (rc == REFTEL_OK)
		rc = reader_refresh(r, e);
	if (rc != REFTEL_OK)
		reader_close(r);
	return rc;
}

static int reader_find(struct worker *wk, struct request *rq, struct err *e)
{
	struct str name = rq_collection(rq);
	int rc = REFTEL_OK;

	for (size_t i = 0; i < wk->web->o.n_collections && name.n && !rq->in && rc == REFTEL_OK; i++)
		if (str_eq(name, str_of(wk->readers[i].collection->name))) {
			rc = reader_begin(&wk->readers[i], wk->cache_kib, e);
			if (rc == REFTEL_OK)
				rq->in = &wk->readers[i];
		}
	return rc;
}

void worker_answer(struct worker *wk, struct request *rq)
{
	struct answer *an = rq->answer;
	struct err e = {0};
	int rc = REFTEL_OK;

	rq->worker = wk;
	if (!rq->refused.code && rq->stop)
		refuse(rq, 503, "nobody waits for this any more");
	if (!rq->refused.code)
		who_check_form(rq);
	if (!rq->refused.code) {
		rc = reader_find(wk, rq, &e);
		if (rc == REFTEL_OK) {
			rc = rq->route->answer(rq, an, &e);
			if (rq->in)
				archive_read_end(rq->in->archive);
		}
	}
	if (rq->refused.code)
		answer_error(rq, an, rq->refused_status, &rq->refused);
	else if (rc != REFTEL_OK)
		answer_error(rq, an, status_of(rc), &e);
}

/* ---- the lane ---------------------------------------------------------------------------------------------------- */

/* What was mapped for a thread's readers; it is mapped again when it is read. */
static void worker_forget(struct worker *wk)
{
	for (size_t i = 0; i < wk->web->o.n_collections; i++)
		if (wk->readers[i].catalog)
			catalog_forget(wk->readers[i].catalog);
	wk->forgot = atomic_load(&wk->web->forget);
}

static struct request *lane_take(struct lane *l, struct worker *wk)
{
	struct request *rq;

	pthread_mutex_lock(&l->lock);
	for (;;) {
		if (wk->forgot != atomic_load(&l->web->forget)) {
			pthread_mutex_unlock(&l->lock);
			worker_forget(wk);
			pthread_mutex_lock(&l->lock);
		} else if (l->first || l->closing) {
			break;
		} else {
			pthread_cond_wait(&l->more, &l->lock);
		}
	}
	rq = l->first;
	if (rq) {
		l->first = rq->next;
		if (!l->first)
			l->last = NULL;
		l->queued--;
	}
	pthread_mutex_unlock(&l->lock);
	return rq;
}

/* Its threads see that web.forget has changed. */
static void lane_wake(struct lane *l)
{
	pthread_mutex_lock(&l->lock);
	pthread_cond_broadcast(&l->more);
	pthread_mutex_unlock(&l->lock);
}

/*
 * Pages of the index stay mapped once they were read, and count as this process's memory although the system could take
 * them back at any moment. Mapping them again costs next to nothing while they are in its cache: so they are let go
 * before they are many. A search maps a megabyte in a millisecond: whoever worked for one looks.
 */
static void mapped_look(struct web *w)
{
	char text[128];
	unsigned long all, resident, shared;
	ssize_t n = w->memory_fd < 0 ? -1 : pread(w->memory_fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return;
	text[n] = '\0';
	if (sscanf(text, "%lu %lu %lu", &all, &resident, &shared) != 3 ||
	    shared <= (unsigned long)WEB_MAPPED_MAX / (unsigned long)sysconf(_SC_PAGESIZE))
		return;
	atomic_fetch_add(&w->forget, 1);
	for (int i = 0; i < N_LANES; i++)
		lane_wake(&w->lanes[i]);
}

static void *lane_run(void *ctx)
{
	struct lane *l = ctx;
	struct worker wk = {.cache_kib = l->cache_kib};
	struct request *rq;
	struct err e = {0};
	int rc = worker_open(&wk, l->web, &e);

	while ((rq = lane_take(l, &wk))) {
		struct MHD_Connection *c = rq->connection;
		int64_t began = clock_ms();

		if (rq->sender) {
			sender_fill(rq->sender);
			MHD_resume_connection(c);
			continue;
		}
		if (rc == REFTEL_OK)
			worker_answer(&wk, rq);
		else
			answer_error(rq, rq->answer, status_of(rc), &e);
		watch_remove(&l->web->watch, rq);
		rq->state = RQ_DONE;
		MHD_resume_connection(c);
		if (clock_ms() > began)
			mapped_look(l->web);
	}
	worker_close(&wk);
	return NULL;
}

int lane_open(struct lane *l, struct web *w, size_t threads, unsigned cache_kib, struct err *e)
{
	l->web = w;
	l->cache_kib = cache_kib / (unsigned)(threads * w->o.n_collections);
	if (l->cache_kib < WEB_CACHE_LEAST_KIB)
		l->cache_kib = WEB_CACHE_LEAST_KIB;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->more, NULL);
	for (; l->n_threads < threads; l->n_threads++) {
		int rc = pthread_create(&l->threads[l->n_threads], NULL, lane_run, l);

		if (rc)
			return err_errno(e, rc, "no thread could be started");
	}
	return REFTEL_OK;
}

bool lane_add(struct lane *l, struct request *rq)
{
	bool room;

	pthread_mutex_lock(&l->lock);
	room = l->queued < WEB_QUEUE_MAX && !l->closing;
	if (room) {
		rq->next = NULL;
		if (l->last)
			l->last->next = rq;
		else
			l->first = rq;
		l->last = rq;
		l->queued++;
	}
	pthread_mutex_unlock(&l->lock);
	if (room) /* behind the lock, or who is woken would wait for it at once */
		pthread_cond_signal(&l->more);
	return room;
}

void lane_close(struct lane *l)
{
	if (!l->web)
		return;
	pthread_mutex_lock(&l->lock);
	l->closing = true;
	pthread_cond_broadcast(&l->more);
	pthread_mutex_unlock(&l->lock);
	for (size_t i = 0; i < l->n_threads; i++)
		pthread_join(l->threads[i], NULL);
}

void lane_free(struct lane *l)
{
	if (!l->web)
		return;
	pthread_mutex_destroy(&l->lock);
	pthread_cond_destroy(&l->more);
}
