/*
 * One run of a worker: started with three open files and an empty environment, watched until it ends or has to be
 * ended, and reaped on every path. The input is a sealed file in memory, so that nothing has to be fed while the answer
 * is read and no worker that stops reading can hold its caller.
 */
#include "worker/worker_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TICK_MS = 100, REAP_TICK_MS = 2, READ_SIZE = 64 << 10 };

/* Why the worker was ended by its caller. */
enum ended { ENDED_NOT, ENDED_TIME, ENDED_STOP, ENDED_OUTPUT, ENDED_READ };

struct run {
	const struct worker_call *call;
	struct worker_bounds bounds;
	int64_t deadline; /* of clock_ms() */
	int input;        /* -1: closed, as all of these */
	int out[2], err[2];
	pid_t pid; /* 0: none, or reaped */
	int status;
	bool status_lost; /* somebody else reaped it */
	enum ended ended;
	struct buf answer, message;
};

/* ---- starting ---------------------------------------------------------------------------------------------------- */

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int write_all(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		s = str_sub(s, (size_t)n, s.n);
	}
	return 0;
}

static int input_open(struct run *r, struct err *e)
{
	r->input = memfd_create("reftel-document", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (r->input < 0 || write_all(r->input, r->call->input) || lseek(r->input, 0, SEEK_SET) != 0 ||
	    fcntl(r->input, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
		return err_errno(e, errno, "%s: the document cannot be handed on", r->call->what);
	if (pipe2(r->out, O_CLOEXEC) != 0 || pipe2(r->err, O_CLOEXEC) != 0)
		return err_errno(e, errno, "%s: no pipe can be made", r->call->what);
	return REFTEL_OK;
}

/* No signal of ours is blocked or ignored there, and Ctrl-C at the terminal is for us to act on. */
static int attributes_set(posix_spawnattr_t *at)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	return posix_spawnattr_setsigmask(at, &none) || posix_spawnattr_setsigdefault(at, &all) ||
	       posix_spawnattr_setpgroup(at, 0) ||
	       posix_spawnattr_setflags(at, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

/* dup2 clears close-on-exec; what anybody in this process forgot to mark is closed by number. */
static int actions_set(posix_spawn_file_actions_t *fa, const struct run *r)
{
	return posix_spawn_file_actions_adddup2(fa, r->input, 0) ||
	       posix_spawn_file_actions_adddup2(fa, r->out[1], 1) ||
	       posix_spawn_file_actions_adddup2(fa, r->err[1], 2) || posix_spawn_file_actions_addclosefrom_np(fa, 3);
}

/* A descriptor of ours that is 0, 1 or 2 would be overwritten before it is copied. */
static int fd_lift(int *fd)
{
	int high;

	if (*fd > 2)
		return 0;
	high = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
	fd_close(fd);
	*fd = high;
	return high < 0 ? -1 : 0;
}

static int start(struct run *r, const char *path, struct err *e)
{
	/* libarchive asks for the time zone, and without this looks for a file of it. */
	char *const environment[] = {(char[]){"LC_ALL=C"}, (char[]){"TZ=UTC0"}, NULL};
	char memory[32], seconds[32];
	char *argv[] = {(char *)(uintptr_t)path, memory, seconds, NULL};
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	int rc;

	snprintf(memory, sizeof(memory), "%zu", r->bounds.memory);
	snprintf(seconds, sizeof(seconds), "%lld", (long long)(r->bounds.time_ms + 999) / 1000);
	if (fd_lift(&r->input) || fd_lift(&r->out[1]) || fd_lift(&r->err[1]))
		return err_errno(e, errno, "%s: no file can be opened", r->call->what);
	rc = posix_spawnattr_init(&at);
	if (rc)
		return err_errno(e, rc, "%s: %s cannot be started", r->call->what, path);
	rc = posix_spawn_file_actions_init(&fa);
	if (rc) {
		posix_spawnattr_destroy(&at);
		return err_errno(e, rc, "%s: %s cannot be started", r->call->what, path);
	}
	if (attributes_set(&at) || actions_set(&fa, r))
		rc = ENOMEM;
	if (!rc)
		rc = posix_spawn(&r->pid, path, &fa, &at, argv, environment);
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&at);
	if (!rc)
		return REFTEL_OK;
	r->pid = 0;
	return err_set(e, REFTEL_EIO, "%s: %s cannot be started: %s", r->call->what, path, strerror(rc));
}

/* ---- watching ---------------------------------------------------------------------------------------------------- */

/* False once the worker is to be ended. */
static bool may_go_on(struct run *r)
{
	const struct worker_options *o = r->call->options;

	if (o && ((o->stop && *o->stop) || (o->gone && o->gone(o->ctx))))
		r->ended = ENDED_STOP;
	else if (clock_ms() >= r->deadline)
		r->ended = ENDED_TIME;
	return r->ended == ENDED_NOT;
}

/* What is there to read, at most so much of it; what is more than that of a message is read and forgotten. */
static void take(struct run *r, int *fd, struct buf *b, size_t most, bool answer)
{
	size_t before = b->n;
	ssize_t n;

	buf_reserve(b, READ_SIZE);
	n = read(*fd, b->p + b->n, READ_SIZE);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		if (n < 0 && answer)
			r->ended = ENDED_READ;
		fd_close(fd);
		return;
	}
	b->n += (size_t)n;
	if (b->n <= most)
		return;
	if (answer)
		r->ended = ENDED_OUTPUT;
	b->n = before > most ? before : most;
}

static void watch(struct run *r)
{
	fd_close(&r->input);
	fd_close(&r->out[1]);
	fd_close(&r->err[1]);
	while ((r->out[0] >= 0 || r->err[0] >= 0) && may_go_on(r)) {
		/* poll() passes over negative descriptors */
		struct pollfd fds[2] = {{.fd = r->out[0], .events = POLLIN}, {.fd = r->err[0], .events = POLLIN}};
		int n = poll(fds, 2, TICK_MS);

		if (n <= 0)
			continue;
		if (fds[0].revents)
			take(r, &r->out[0], &r->answer, r->bounds.output, true);
		if (fds[1].revents)
			take(r, &r->err[0], &r->message, WORKER_MESSAGE_MAX, false);
	}
}

static bool reaped(struct run *r, int flags)
{
	pid_t pid;

	do
		pid = waitpid(r->pid, &r->status, flags);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return false;
	r->status_lost = pid < 0;
	r->pid = 0;
	return true;
}

/* A worker that has closed its pipes is about to end, or wants to be thought so. */
static void settle(struct run *r)
{
	while (r->ended == ENDED_NOT && !reaped(r, WNOHANG))
		if (may_go_on(r))
			poll(NULL, 0, REAP_TICK_MS);
	if (!r->pid)
		return;
	/* It leads a group of its own, which no other process can be in unless it started one. */
	kill(-r->pid, SIGKILL);
	kill(r->pid, SIGKILL);
	reaped(r, 0);
}

/* ---- what became of it ------------------------------------------------------------------------------------------- */

/* What a worker says is input too: one line, printable, UTF-8 or not at all. */
static const char *message_clean(struct arena *a, struct str s)
{
	char *out;

	s = str_trim(s);
	out = arena_dup(a, s);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)out[i] < 0x20 || (unsigned char)out[i] >= 0x7f)
			out[i] = out[i] == '\n' ? ' ' : '?';
	return out;
}

static int verdict_signal(const struct run *r, int sig, struct err *e)
{
	const char *what = r->call->what;

	if (sig == SIGXCPU || sig == SIGKILL)
		return err_set(e, REFTEL_ELIMIT, "%s took more time or memory than the %lld seconds and %zu MB it may",
			       what, (long long)(r->bounds.time_ms + 999) / 1000, r->bounds.memory >> 20);
	if (sig == SIGSYS || sig == SIGXFSZ) /* or wrote to a file */
		return err_set(e, REFTEL_EIO,
			       "%s was stopped because the program tried what it may not; do not trust this file",
			       what);
	if (sig == SIGABRT && str_find(buf_view(&r->message), STR("out of memory"), 0) != SIZE_MAX)
		return err_set(e, REFTEL_ELIMIT, "%s took more memory than the %zu MB it may", what,
			       r->bounds.memory >> 20);
	return err_set(e, REFTEL_EIO, "%s broke down (signal %d): the program has a fault that this file brings out",
		       what, sig);
}

static int verdict_exit(struct arena *a, const struct run *r, int status, struct err *e)
{
	const char *said = message_clean(a, buf_view(&r->message));

	if (status == WORKER_DONE)
		return REFTEL_OK;
	if (!*said)
		return err_set(e, REFTEL_EIO, "%s failed and does not say why (exit status %d)", r->call->what, status);
	if (status == WORKER_REFUSED)
		return err_set(e, REFTEL_EINVAL, "%s", said);
	if (status == WORKER_TOO_LARGE)
		return err_set(e, REFTEL_ELIMIT, "%s", said);
	return err_set(e, REFTEL_EIO, "%s failed: %s", r->call->what, said);
}

static int verdict(struct arena *a, const struct run *r, struct err *e)
{
	const char *what = r->call->what;

	if (r->ended == ENDED_STOP)
		return err_set(e, REFTEL_EINTR, "%s was stopped", what);
	if (r->ended == ENDED_TIME)
		return err_set(e, REFTEL_ELIMIT, "%s took longer than the %.1f seconds it may", what,
			       (double)r->bounds.time_ms / 1e3);
	if (r->ended == ENDED_OUTPUT)
		return err_set(e, REFTEL_ELIMIT, "%s gave more than the %zu MB that are taken of it", what,
			       r->bounds.output >> 20);
	if (r->ended == ENDED_READ || r->status_lost)
		return err_set(e, REFTEL_EIO, "%s: how the program ended cannot be told", what);
	if (WIFSIGNALED(r->status))
		return verdict_signal(r, WTERMSIG(r->status), e);
	return verdict_exit(a, r, WEXITSTATUS(r->status), e);
}

static struct worker_bounds bounds_of(const struct worker_call *c)
{
	struct worker_bounds b = c->bounds;
	const struct worker_options *o = c->options;

	if (o && o->time_ms > 0)
		b.time_ms = o->time_ms;
	if (o && o->memory)
		b.memory = o->memory;
	if (o && o->output)
		b.output = o->output;
	return b;
}

int worker_run(struct arena *a, const struct worker_call *c, struct str *answer, struct err *e)
{
	struct run r = {.call = c, .bounds = bounds_of(c), .input = -1, .out = {-1, -1}, .err = {-1, -1}};
	const char *path;
	int rc = worker_find(a, c->program, &path, e);

	if (rc == REFTEL_OK)
		rc = input_open(&r, e);
	if (rc == REFTEL_OK)
		rc = start(&r, path, e);
	if (rc != REFTEL_OK)
		goto out;
	r.deadline = clock_ms() + r.bounds.time_ms;
	watch(&r);
	settle(&r);
	rc = verdict(a, &r, e);
	if (rc == REFTEL_OK)
		*answer = arena_str(a, buf_view(&r.answer));
out:
	fd_close(&r.input);
	for (int i = 0; i < 2; i++) {
		fd_close(&r.out[i]);
		fd_close(&r.err[i]);
	}
	buf_free(&r.answer);
	buf_free(&r.message);
	return rc;
}
