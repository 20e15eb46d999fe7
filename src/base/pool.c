/*
 * A pool of threads for a list of jobs whose results have an order. Threads take the jobs in that order, run a little
 * ahead of the one who takes the results, and wait for it where it cannot keep up.
 */
#include "base/base.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STOP_POLL_MS = 200 }; /* how soon a stop is seen while nothing else happens */

struct slot {
	void *result;
	bool done;
};

struct pool {
	const struct pool_work *w;
	size_t n;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t next, taken; /* the next job to be run, the next result to be taken */
	struct slot *slots; /* of job i: slots[i % n_slots] */
	size_t n_slots;
	int failed; /* the code of what ended the work */
	struct err e;
};

/* With the lock. What failed first is what is told. */
static void pool_fail(struct pool *p, int rc, const struct err *e)
{
	if (!p->failed) {
		p->failed = rc;
		p->e = *e;
	}
	pthread_cond_broadcast(&p->changed);
}

/* With the lock: waits for a change, or a while. A signal's handler cannot wake anybody. */
static void pool_wait(struct pool *p)
{
	struct timespec until;
	struct err e;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += STOP_POLL_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_cond_timedwait(&p->changed, &p->lock, &until);
	if (p->w->stop && *p->w->stop && !p->failed)
		pool_fail(p, err_set(&e, REFTEL_EINTR, "stopped before the end"), &e);
}

bool pool_turn(struct pool *p, size_t job)
{
	bool turn;

	pthread_mutex_lock(&p->lock);
	while (p->taken < job && !p->failed)
		pool_wait(p);
	turn = !p->failed;
	pthread_mutex_unlock(&p->lock);
	return turn;
}

/* With the lock: the next job for a thread; false when there is none. */
static bool pool_claim(struct pool *p, size_t *job)
{
	while (!p->failed && p->next < p->n && p->next >= p->taken + p->n_slots)
		pool_wait(p);
	if (p->failed || p->next == p->n)
		return false;
	*job = p->next++;
	return true;
}

static int pool_jobs(struct pool *p, void *state, struct err *e)
{
	const struct pool_work *w = p->w;
	size_t job;
	int rc = REFTEL_OK;

	pthread_mutex_lock(&p->lock);
	while (rc == REFTEL_OK && pool_claim(p, &job)) {
		void *result = NULL;

		pthread_mutex_unlock(&p->lock);
		rc = w->run(p, w->ctx, state, job, &result, e);
		pthread_mutex_lock(&p->lock);
		p->slots[job % p->n_slots] = (struct slot){result, rc == REFTEL_OK};
		pthread_cond_broadcast(&p->changed);
	}
	pthread_mutex_unlock(&p->lock);
	return rc;
}

static void *pool_thread(void *arg)
{
	struct pool *p = arg;
	const struct pool_work *w = p->w;
	struct err e = {0};
	void *state = NULL;
	int rc = w->begin ? w->begin(w->ctx, &state, &e) : REFTEL_OK;

	if (rc == REFTEL_OK) {
		rc = pool_jobs(p, state, &e);
		if (w->end)
			w->end(w->ctx, state);
	}
	pthread_mutex_lock(&p->lock);
	if (rc != REFTEL_OK)
		pool_fail(p, rc, &e);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* The caller's part: results in order, until all were taken or something failed. */
static void pool_take(struct pool *p)
{
	struct err e = {0};

	pthread_mutex_lock(&p->lock);
	while (!p->failed && p->taken < p->n) {
		struct slot *s = &p->slots[p->taken % p->n_slots];
		void *result = s->result;
		int rc;

		if (!s->done) {
			pool_wait(p);
			continue;
		}
		*s = (struct slot){0};
		pthread_mutex_unlock(&p->lock);
		rc = p->w->take(p->w->ctx, p->taken, result, &e);
		pthread_mutex_lock(&p->lock);
		if (rc != REFTEL_OK)
			pool_fail(p, rc, &e);
		else
			p->taken++;
		pthread_cond_broadcast(&p->changed);
	}
	pthread_mutex_unlock(&p->lock);
}

static unsigned threads_wanted(const struct pool_work *w, size_t n)
{
	long threads = w->threads ? (long)w->threads : sysconf(_SC_NPROCESSORS_ONLN);

	threads = threads < 1 ? 1 : threads > POOL_THREADS_MAX ? POOL_THREADS_MAX : threads;
	return n < (size_t)threads ? (unsigned)n : (unsigned)threads;
}

int pool_run(const struct pool_work *w, size_t n, struct err *e)
{
	struct pool p = {.w = w, .n = n};
	pthread_t threads[POOL_THREADS_MAX];
	unsigned wanted = threads_wanted(w, n), n_threads = 0;

	p.n_slots = (size_t)wanted * POOL_AHEAD + 1;
	p.slots = xcalloc(p.n_slots, sizeof(*p.slots));
	pthread_mutex_init(&p.lock, NULL);
	pthread_cond_init(&p.changed, NULL);
	while (n_threads < wanted && pthread_create(&threads[n_threads], NULL, pool_thread, &p) == 0)
		n_threads++;
	if (wanted && !n_threads)
		p.failed = err_set(&p.e, REFTEL_EIO, "no thread could be started");
	pool_take(&p);
	for (unsigned i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < p.n_slots; i++)
		if (p.slots[i].result && w->drop)
			w->drop(w->ctx, p.slots[i].result);
	pthread_mutex_destroy(&p.lock);
	pthread_cond_destroy(&p.changed);
	free(p.slots);
	if (p.failed && e)
		*e = p.e;
	return p.failed;
}
