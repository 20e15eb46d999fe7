/* The pool: results in the order of the jobs, whichever thread is done first; errors and stops end it, and leak
 * nothing. */
#include "test.h"

#include "base/base.h"

#include <stdatomic.h>

enum { JOBS = 500, BAD = 123 };

struct world {
	atomic_int begun, ended, running, living, most_living;
	size_t taken;
	int fail_run, fail_take; /* at this job, -1: never */
	bool parts;              /* every seventh job waits for its turn */
	volatile int stop;
	int stop_at;
	size_t seen_in_turn;
};

static int begin(void *ctx, void **state, struct err *e)
{
	struct world *w = ctx;

	(void)e;
	*state = &w->begun;
	w->begun++;
	return REFTEL_OK;
}

static void end(void *ctx, void *state)
{
	struct world *w = ctx;

	assert_ptr_equal(state, &w->begun);
	w->ended++;
}

static int run(struct pool *p, void *ctx, void *state, size_t job, void **result, struct err *e)
{
	struct world *w = ctx;
	size_t *out = malloc(sizeof(*out));
	int living = ++w->living, most = w->most_living;

	assert_ptr_equal(state, &w->begun);
	while (living > most && !atomic_compare_exchange_weak(&w->most_living, &most, living))
		;
	*out = job * 7;
	*result = out;
	if (job % 13 == 0)
		usleep(2000); /* others overtake it */
	if ((int)job == w->stop_at)
		w->stop = 1;
	if (w->parts && job % 7 == 0) {
		if (!pool_turn(p, job))
			return err_set(e, REFTEL_EINTR, "ended");
		assert_int_equal(w->taken, job); /* all before it were taken, and nobody takes now */
		w->seen_in_turn++;
	}
	return (int)job == w->fail_run ? err_set(e, REFTEL_EIO, "job %zu", job) : REFTEL_OK;
}

static int take(void *ctx, size_t job, void *result, struct err *e)
{
	struct world *w = ctx;

	assert_int_equal(job, w->taken);
	assert_int_equal(*(size_t *)result, job * 7);
	free(result);
	w->living--;
	w->taken++;
	return (int)job == w->fail_take ? err_set(e, REFTEL_EFULL, "taking %zu", job) : REFTEL_OK;
}

static void drop(void *ctx, void *result)
{
	struct world *w = ctx;

	free(result);
	w->living--;
}

static int work(struct world *w, unsigned threads, size_t n, struct err *e)
{
	const struct pool_work x = {.ctx = w,
				    .threads = threads,
				    .stop = &w->stop,
				    .begin = begin,
				    .end = end,
				    .run = run,
				    .take = take,
				    .drop = drop};
	int rc = pool_run(&x, n, e);

	assert_int_equal(w->begun, w->ended);
	assert_int_equal(w->living, 0);
	return rc;
}

static void test_results_are_taken_in_order(void **state)
{
	(void)state;
	for (unsigned threads = 0; threads <= 5; threads++) {
		struct world w = {.fail_run = -1, .fail_take = -1, .stop_at = -1, .parts = threads % 2};
		struct err e = {0};

		assert_int_equal(work(&w, threads, JOBS, &e), REFTEL_OK);
		assert_int_equal(w.taken, JOBS);
		assert_int_equal(w.seen_in_turn, w.parts ? (JOBS + 6) / 7 : 0);
		assert_true(!threads || w.most_living <= (int)threads * (POOL_AHEAD + 1) + 1);
	}
}

static void test_no_jobs_and_one_job(void **state)
{
	struct world w = {.fail_run = -1, .fail_take = -1, .stop_at = -1};
	struct err e = {0};

	(void)state;
	assert_int_equal(work(&w, 4, 0, &e), REFTEL_OK);
	assert_int_equal(w.begun, 0);
	assert_int_equal(work(&w, 4, 1, &e), REFTEL_OK);
	assert_int_equal(w.begun, 1);
	assert_int_equal(w.taken, 1);
}

static void test_an_error_ends_the_work(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 4; threads++) {
		struct world w = {.fail_run = BAD, .fail_take = -1, .stop_at = -1, .parts = threads > 2};
		struct err e = {0};

		assert_int_equal(work(&w, threads, JOBS, &e), REFTEL_EIO);
		assert_string_equal(e.msg, "job 123");
		assert_true(w.taken <= BAD);
		w = (struct world){.fail_run = -1, .fail_take = BAD, .stop_at = -1, .parts = threads > 2};
		assert_int_equal(work(&w, threads, JOBS, &e), REFTEL_EFULL);
		assert_string_equal(e.msg, "taking 123");
		assert_int_equal(w.taken, BAD + 1);
	}
}

static void test_a_stop_ends_the_work(void **state)
{
	struct world w = {.fail_run = -1, .fail_take = -1, .stop_at = BAD, .parts = true};
	struct err e = {0};

	(void)state;
	assert_int_equal(work(&w, 3, SIZE_MAX, &e), REFTEL_EINTR);
	assert_true(w.taken > 0);
}

static int begin_badly(void *ctx, void **state, struct err *e)
{
	(void)ctx;
	(void)state;
	return err_set(e, REFTEL_ENOTFOUND, "nothing to begin with");
}

static void test_a_thread_that_cannot_begin(void **state)
{
	struct world w = {.fail_run = -1, .fail_take = -1, .stop_at = -1};
	const struct pool_work x = {
		.ctx = &w, .threads = 3, .begin = begin_badly, .end = end, .run = run, .take = take, .drop = drop};
	struct err e = {0};

	(void)state;
	assert_int_equal(pool_run(&x, JOBS, &e), REFTEL_ENOTFOUND);
	assert_string_equal(e.msg, "nothing to begin with");
	assert_int_equal(w.ended, 0);
	assert_int_equal(w.taken, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results_are_taken_in_order), cmocka_unit_test(test_no_jobs_and_one_job),
		cmocka_unit_test(test_an_error_ends_the_work),     cmocka_unit_test(test_a_stop_ends_the_work),
		cmocka_unit_test(test_a_thread_that_cannot_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
