/*
 * The watch: notices when whoever asked has gone, so that long work for nobody stops, and wakes the streams now and
 * then to ask them for news.
 */
#include "web/web_priv.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>

enum { WATCH_MS = 100 };

static void look(struct watch *w)
{
	bool closing = atomic_load(&w->closing);

	for (struct request *rq = w->first; rq; rq = rq->next_running) {
		struct pollfd p = {.fd = rq->fd, .events = POLLRDHUP};

		if (closing || (poll(&p, 1, 0) > 0 && p.revents & (POLLRDHUP | POLLHUP | POLLERR)))
			rq->stop = 1;
	}
	for (size_t i = 0; i < w->n_sleeping; i++)
		MHD_resume_connection(w->sleeping[i]);
	w->n_sleeping = 0;
}

static void *watch_run(void *ctx)
{
	struct watch *w = ctx;
	const struct timespec nap = {.tv_nsec = WATCH_MS * 1000000L};

	while (!atomic_load(&w->closing)) {
		nanosleep(&nap, NULL);
		pthread_mutex_lock(&w->lock);
		look(w);
		pthread_mutex_unlock(&w->lock);
	}
	return NULL;
}

int watch_open(struct watch *w, struct web *web, struct err *e)
{
	int rc;

	w->web = web;
	pthread_mutex_init(&w->lock, NULL);
	rc = pthread_create(&w->thread, NULL, watch_run, w);
	if (rc)
		return err_errno(e, rc, "no thread could be started");
	w->running = true;
	return REFTEL_OK;
}

void watch_add(struct watch *w, struct request *rq)
{
	pthread_mutex_lock(&w->lock);
	rq->next_running = w->first;
	rq->prev_running = NULL;
	if (w->first)
		w->first->prev_running = rq;
	w->first = rq;
	pthread_mutex_unlock(&w->lock);
}

void watch_remove(struct watch *w, struct request *rq)
{
	pthread_mutex_lock(&w->lock);
	if (rq->prev_running)
		rq->prev_running->next_running = rq->next_running;
	else
		w->first = rq->next_running;
	if (rq->next_running)
		rq->next_running->prev_running = rq->prev_running;
	pthread_mutex_unlock(&w->lock);
}

bool watch_sleep(struct watch *w, struct MHD_Connection *c)
{
	bool sleeps;

	pthread_mutex_lock(&w->lock);
	sleeps = !atomic_load(&w->closing);
	if (sleeps) {
		if (w->n_sleeping == w->cap_sleeping) {
			w->cap_sleeping = w->cap_sleeping ? 2 * w->cap_sleeping : 16;
			w->sleeping = xrealloc(w->sleeping, w->cap_sleeping * sizeof(*w->sleeping));
		}
		MHD_suspend_connection(c);
		w->sleeping[w->n_sleeping++] = c;
	}
	pthread_mutex_unlock(&w->lock);
	return sleeps;
}

void watch_close(struct watch *w)
{
	if (!w->running)
		return;
	atomic_store(&w->closing, true);
	pthread_join(w->thread, NULL);
	pthread_mutex_lock(&w->lock);
	look(w);
	free(w->sleeping);
	w->sleeping = NULL;
	pthread_mutex_unlock(&w->lock);
	w->running = false;
}
