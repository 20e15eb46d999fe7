/*
 * Workers as processes: the answer of a good one, the end of a bad one, and what a confined one cannot do. Whatever
 * happens, no child and no open file is left behind.
 */
#include "worker/made.h"

#include "worker/worker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static size_t files_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void nobody_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* The misbehaving worker's answer, or its failure. */
static int bad(struct arena *a, const char *deed, const struct worker_options *o, struct str *answer, struct err *e)
{
	size_t files = files_open();
	int rc;

	*answer = STR("");
	assert_int_equal(setenv("REFTEL_LIBEXEC", BUILD_ROOT "/tests/unit/worker", 1), 0);
	rc = worker_docx(a, str_of(deed), o, answer, e);
	unsetenv("REFTEL_LIBEXEC");
	nobody_left();
	assert_int_equal(files_open(), files);
	return rc;
}

/* ---- a good one -------------------------------------------------------------------------------------------------- */

static const char body[] = "<w:p><w:r><w:t>The boats are paid.</w:t></w:r></w:p>";

static bool is_good(struct str html)
{
	return str_find(html, STR("<p>The boats are paid.</p>"), 0) != SIZE_MAX;
}

static void test_document(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	struct str html;

	(void)state;
	if (worker_docx(&a, docx_made(&a, body), NULL, &html, &e) != REFTEL_OK)
		fail_msg("%s", e.msg);
	assert_true(is_good(html));
	assert_int_equal(worker_docx(&a, odt_made(&a, "<text:p>The boats are paid.</text:p>"), NULL, &html, &e),
			 REFTEL_OK);
	assert_true(is_good(html));
	nobody_left();
	arena_free(&a);
}

static void test_refusal_has_the_reason(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	struct str html;

	(void)state;
	assert_int_equal(worker_docx(&a, STR("Dear editor,"), NULL, &html, &e), REFTEL_EINVAL);
	assert_non_null(strstr(e.msg, "no zip archive"));
	assert_int_equal(worker_docx(&a, STR(""), NULL, &html, &e), REFTEL_EINVAL);
	assert_non_null(strstr(e.msg, "empty"));
	assert_int_equal(worker_docx(&a, (struct str){"", (size_t)WORKER_DOCX_MAX + 1}, NULL, &html, &e),
			 REFTEL_ELIMIT);
	nobody_left();
	arena_free(&a);
}

/* More than a pipe holds, both ways. */
static void test_large_document(void **state)
{
	struct arena a = {0};
	struct buf large = {0};
	struct err e = {0};
	struct str html;

	(void)state;
	for (unsigned i = 0, x = 1; i < 60000; i++) {
		x = x * 1664525 + 1013904223;
		buf_printf(&large, "<w:p><w:r><w:t>%u boats of %u were paid</w:t></w:r></w:p>", i, x);
	}
	assert_int_equal(worker_docx(&a, docx_made(&a, large.p), NULL, &html, &e), REFTEL_OK);
	assert_true(html.n > 60000 * 20);
	assert_true(str_find(html, STR("<p>59999 boats of"), 0) != SIZE_MAX);
	buf_free(&large);
	arena_free(&a);
}

static void *read_some(void *ctx)
{
	size_t *good = ctx;

	for (int i = 0; i < 5; i++) {
		struct arena a = {0};
		struct str html;

		if (worker_docx(&a, docx_made(&a, body), NULL, &html, NULL) == REFTEL_OK && is_good(html))
			++*good;
		arena_free(&a);
	}
	return NULL;
}

static void test_threads(void **state)
{
	size_t good[8] = {0}, files = files_open();
	pthread_t threads[8];

	(void)state;
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_some, &good[i]), 0);
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(good[i], 5);
	}
	nobody_left();
	assert_int_equal(files_open(), files);
}

static void test_missing_program(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	struct str html;

	(void)state;
	setenv("REFTEL_LIBEXEC", "/nowhere", 1);
	assert_int_equal(worker_docx(&a, docx_made(&a, body), NULL, &html, &e), REFTEL_EIO);
	unsetenv("REFTEL_LIBEXEC");
	assert_non_null(strstr(e.msg, "/nowhere"));
	arena_free(&a);
}

/* ---- bad ones ---------------------------------------------------------------------------------------------------- */

static void test_bad_ends(void **state)
{
	static const struct {
		const char *deed;
		int code;
		const char *words;
	} ends[] = {
		{"hang", REFTEL_ELIMIT, "0.3 seconds"},  {"sleep", REFTEL_ELIMIT, "0.3 seconds"},
		{"close", REFTEL_ELIMIT, "0.3 seconds"}, {"crash", REFTEL_EIO, "signal 11"},
		{"flood", REFTEL_ELIMIT, "4 MB"},        {"large", REFTEL_ELIMIT, "4 MB"},
		{"mute", REFTEL_EIO, "exit status 9"},   {"chatter", REFTEL_EINVAL, "?[31mred ??"},
	};
	const struct worker_options o = {.time_ms = 300, .output = 4 << 20};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct arena a = {0};
		struct err e = {0};
		struct str answer;
		int rc = bad(&a, ends[i].deed, &o, &answer, &e);

		if (rc != ends[i].code || !strstr(e.msg, ends[i].words))
			fail_msg("%s: %d %s", ends[i].deed, rc, e.msg);
		for (const char *s = e.msg; *s; s++)
			assert_true(*s >= ' ' && *s < 0x7f);
		arena_free(&a);
	}
}

/* It has the time of the default here: eating 64 MB under a sanitizer's neighbour may take a while. */
static void test_memory(void **state)
{
	const struct worker_options o = {.memory = 64 << 20};
	struct arena a = {0};
	struct err e = {0};
	struct str answer;

	(void)state;
	assert_int_equal(bad(&a, "eat", &o, &answer, &e), REFTEL_ELIMIT);
	assert_non_null(strstr(e.msg, "64 MB"));
	arena_free(&a);
}

static bool gone_after_three(void *ctx)
{
	return ++*(int *)ctx > 3;
}

static void test_nobody_waits(void **state)
{
	int asked = 0, stop = 1;
	const struct worker_options gone = {.gone = gone_after_three, .ctx = &asked}, stopped = {.stop = &stop};
	struct arena a = {0};
	struct err e = {0};
	struct str answer;

	(void)state;
	assert_int_equal(bad(&a, "sleep", &gone, &answer, &e), REFTEL_EINTR);
	assert_int_equal(asked, 4);
	assert_int_equal(bad(&a, "sleep", &stopped, &answer, &e), REFTEL_EINTR);
	arena_free(&a);
}

/* Nothing of this process is handed on: no file that somebody forgot to mark, no environment. */
static void test_surroundings(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	struct str answer;
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	assert_int_equal(dup2(fd, 200), 200);
	assert_int_equal(bad(&a, "surroundings", NULL, &answer, &e), REFTEL_OK);
	assert_true(str_eq(answer, STR("LC_ALL=C TZ=UTC0 ")));
	close(200);
	close(fd);
	arena_free(&a);
}

/* A caller that ignores or blocks signals does not make its workers immune. */
static void test_signals_of_the_caller(void **state)
{
	const struct worker_options o = {.time_ms = 300};
	struct arena a = {0};
	struct err e = {0};
	struct str answer;
	sigset_t all, old;

	(void)state;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	assert_int_equal(bad(&a, "hang", &o, &answer, &e), REFTEL_ELIMIT);
	assert_int_equal(bad(&a, "crash", &o, &answer, &e), REFTEL_EIO);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	arena_free(&a);
}

/* ---- what a confined one cannot do ------------------------------------------------------------------------------- */

static void test_confinement_refuses(void **state)
{
	static const char *const deeds[] = {"read", "write"};

	(void)state;
	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		struct arena a = {0};
		struct err e = {0};
		struct str answer;
		int rc = bad(&a, deeds[i], NULL, &answer, &e);

		if (rc != REFTEL_OK || !str_eq(answer, str_of(arena_printf(&a, "no %s", deeds[i]))))
			fail_msg("%s: %d %.*s %s", deeds[i], rc, STR_ARG(answer), e.msg);
		arena_free(&a);
	}
	assert_int_not_equal(access("/tmp/reftel-worker-was-here", F_OK), 0);
}

static void test_confinement_kills(void **state)
{
	static const char *const deeds[] = {"socket", "exec", "fork", "kill", "ptrace", "code", "limit", "change"};

	(void)state;
	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		struct arena a = {0};
		struct err e = {0};
		struct str answer;

		if (bad(&a, deeds[i], NULL, &answer, &e) != REFTEL_EIO || !strstr(e.msg, "what it may not"))
			fail_msg("%s: %.*s %s", deeds[i], STR_ARG(answer), e.msg);
		arena_free(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_refusal_has_the_reason),
		cmocka_unit_test(test_large_document),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_missing_program),
		cmocka_unit_test(test_bad_ends),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_nobody_waits),
		cmocka_unit_test(test_surroundings),
		cmocka_unit_test(test_signals_of_the_caller),
		cmocka_unit_test(test_confinement_refuses),
		cmocka_unit_test(test_confinement_kills),
	};

	unsetenv("REFTEL_LIBEXEC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
