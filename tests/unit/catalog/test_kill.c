/*
 * Kills at random moments of importing, indexing, merging and making the index anew. A child does the work and is
 * killed; whenever that was, the archive opens, its index verifies and finds what a naive scan of it finds, and the
 * next run goes on. KILLS of them; REFTEL_KILLS=n for more.
 */
#include "search/naive.h"

#include "import/import.h"

#include <signal.h>
#include <time.h>
#include <sys/wait.h>

enum {
	KILLS = 200,
	TRIES_MAX = 3000,   /* runs, those that ended before they were killed among them */
	VERSIONS_MAX = 400, /* then another archive is begun */
	QUESTIONS = 4,      /* asked after each */
	ACTIONS = 4,
};

struct world {
	struct small s;
	struct naive m;
	struct rng rng;
	int64_t took_us[ACTIONS]; /* so long an action may take, as far as seen */
	uint64_t seed;
	size_t kills, died[ACTIONS];
	const char *doing;
};

/* ---- what the child does ----------------------------------------------------------------------------------------- */

static void child_fail(const struct err *e)
{
	fprintf(stderr, "child: %s\n", e->msg);
	_exit(3);
}

static void child_must(int rc, const struct err *e)
{
	if (rc != REFTEL_OK)
		child_fail(e);
}

/* Short transactions with the index in step, as an import makes them of long ones. */
static void import_in_steps(struct small *s, size_t steps, size_t n, size_t memory)
{
	struct catalog_options o = {
		.memory = memory, .threads = 1 + (unsigned)rng_below(&s->rng, 2), .runs = 1 + rng_below(&s->rng, 3)};
	struct catalog_build *b = NULL;
	struct err e = {0};

	child_must(catalog_build_begin(s->ar, &o, &b, &e), &e);
	for (size_t i = 0; i < steps; i++)
		small_feed(s, n, b);
	child_must(catalog_build_finish(b, false, NULL, &e), &e);
}

static void act(struct small *s, int action)
{
	struct err e = {0};

	switch (action) {
	case 0: /* one import, many segments on the way */
		import_in_steps(s, 8, 10, 20000);
		break;
	case 1: /* many small imports, each with a merge at its end */
		for (int i = 0; i < 8; i++)
			import_in_steps(s, 1, 1 + rng_below(&s->rng, 12), 1 << 20);
		break;
	case 2:
		child_must(catalog_reindex(s->ar, NULL, &(struct catalog_options){.memory = 60000}, NULL, &e), &e);
		break;
	default: /* versions deleted, and merged away */
		for (int i = 0; i < 6; i++) {
			int64_t version = small_version(s);

			if (version)
				child_must(archive_delete(s->ar, version, &e), &e);
		}
		import_in_steps(s, 2, 6, 1 << 20);
	}
}

/* ---- and the parent ---------------------------------------------------------------------------------------------- */

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static pid_t child_start(struct world *w, int action)
{
	uint64_t seed = rng_below(&w->rng, SIZE_MAX);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	/* A handle on a database is not carried over a fork; this one was closed before. */
	w->s.rng.state = seed;
	small_reach(&w->s);
	act(&w->s, action);
	_exit(0); /* nothing of the parent's is cleaned up here */
}

/* Runs an action and kills it somewhere on its way; true: it was killed before it ended. */
static bool killed(struct world *w, int action)
{
	int64_t began = now_us(), wait = (int64_t)rng_below(&w->rng, (size_t)w->took_us[action] + 1);
	pid_t pid = child_start(w, action);
	int status = 0;

	usleep((useconds_t)wait);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		/* the longest that one was seen alive, and a little more */
		if (now_us() - began > w->took_us[action] * 9 / 10)
			w->took_us[action] = w->took_us[action] * 5 / 4;
		return true;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("the child that was %s ended with status %d", w->doing, status);
	w->took_us[action] = w->took_us[action] * 9 / 10 + 1;
	return false;
}

static void wrong(const struct world *w, const char *what)
{
	fail_msg("%s, after a kill while %s (seed %llu, kill %zu)", what, w->doing, (unsigned long long)w->seed,
		 w->kills);
}

static void ask_some(struct world *w, struct catalog *c)
{
	struct buf question = {0};
	struct err e = {0};

	for (int i = 0; w->m.docs.n && i < QUESTIONS; i++) {
		struct search_options o = {.limit = SIZE_MAX, .sort = SORT_NEWEST};
		struct arena a = {0};
		struct search_result got;
		struct naive_hits want;
		struct query q;

		question_make(&w->rng, &w->m, &question);
		must(query_parse(&a, buf_view(&question), &q, NULL, &e), e);
		if (search_run(c, &a, buf_view(&question), &o, &got, NULL, &e) != REFTEL_OK)
			wrong(w, e.msg);
		want = naive_search(&w->m, &a, q.root);
		naive_sort(&want, SORT_NEWEST);
		if (got.n_hits != want.n)
			wrong(w, question.p);
		for (size_t k = 0; k < want.n; k++)
			if (got.hits[k].version != want.v[k].version)
				wrong(w, question.p);
		arena_free(&a);
	}
	buf_free(&question);
}

/*
 * The index is right over what it has, and has everything up to its last. A version that was deleted before anybody
 * could read it here is in no naive scan, so matches are compared by their dates, not by scores.
 */
static void must_be_right(struct world *w)
{
	struct catalog *c;
	struct err e = {0};

	if (catalog_verify(w->s.ar, &e) != REFTEL_OK)
		wrong(w, e.msg);
	naive_read(&w->m, w->s.ar);
	c = small_catalog(&w->s);
	naive_look(&w->m, c);
	for (size_t i = 0; i < w->m.docs.n; i++)
		if (w->m.docs.v[i].live && w->m.docs.v[i].version <= c->last && !w->m.docs.v[i].indexed)
			wrong(w, "a version is missing in the index");
	ask_some(w, c);
	catalog_close(c);
}

static bool has_everything(struct world *w)
{
	struct catalog *c = small_catalog(&w->s);
	struct arena a = {0};
	struct version_keys keys;
	struct err e = {0};
	bool all;

	must(archive_versions_after(w->s.ar, &a, c->last, &keys, &e), e);
	all = keys.n == 0;
	catalog_close(c);
	arena_free(&a);
	return all;
}

static void world_open(struct world *w)
{
	small_open(&w->s, w->seed++);
	naive_open(&w->m, "english");
	small_put(&w->s, 60);
	small_index(&w->s, 0, 1);
}

static void world_close(struct world *w)
{
	naive_close(&w->m);
	small_close(&w->s);
}

static void kill_once(struct world *w)
{
	static const char *const doing[ACTIONS] = {"importing", "importing little by little", "indexing anew",
						   "deleting"};
	int action = (int)rng_below(&w->rng, ACTIONS);
	bool was;

	w->doing = doing[action];
	small_leave(&w->s);
	was = killed(w, action);
	small_reach(&w->s); /* the lock died with its holder, and the archive opens */
	w->kills += was;
	w->died[action] += was;
	if (was)
		must_be_right(w);
	if (rng_chance(&w->rng, 50)) { /* else the next is killed upon this one */
		w->doing = "and the run behind it";
		small_put(&w->s, rng_below(&w->rng, 5));
		small_index(&w->s, 1 << 20, 2);
		if (!has_everything(w))
			wrong(w, "the next run does not complete it");
		must_be_right(w);
	}
}

static void test_whenever_it_is_killed(void **state)
{
	const char *given = getenv("REFTEL_KILLS");
	size_t wanted = given ? (size_t)atol(given) : KILLS;
	struct world w = {.seed = rng_seed(3), .took_us = {30000, 30000, 30000, 30000}};

	(void)state;
	w.rng = (struct rng){w.seed};
	world_open(&w);
	for (size_t tries = 0; w.kills < wanted; tries++) {
		if (tries > wanted * TRIES_MAX / KILLS)
			fail_msg("only %zu of %zu runs could be killed before they ended", w.kills, tries);
		kill_once(&w);
		if (w.m.docs.n < VERSIONS_MAX)
			continue;
		world_close(&w);
		world_open(&w);
	}
	world_close(&w);
	print_message("killed: %zu importing, %zu importing little by little, %zu indexing anew, %zu deleting\n",
		      w.died[0], w.died[1], w.died[2], w.died[3]);
	for (int i = 0; i < ACTIONS; i++)
		assert_true(w.died[i] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_whenever_it_is_killed)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
