/*
 * How a worker shuts itself in, in four layers that do not rely on one another: limits of resources, no gaining of
 * rights by running something, Landlock (no file can be opened, no port bound or reached; where the kernel has it) and
 * a list of the few system calls that parsing in memory needs. Whoever asks for another call is killed; opening a file
 * is answered with "no" instead, because libraries look for their tables and go on without.
 */
#include "worker/programs/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Landlock: linux/landlock.h, spelled out because distributions' headers are older than their kernels -----------
 */

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self  446
#endif

struct landlock_rules {
	uint64_t files, ports, scope;
};

enum { LANDLOCK_VERSION = 1, LANDLOCK_PORTS = 4 /* since this version of the interface */, LANDLOCK_SCOPE = 6 };

/* Rights over files that a version of the interface knows: bits from 0. */
static unsigned landlock_file_rights(long version)
{
	static const unsigned rights[] = {0, 13, 14, 15, 15, 16};
	long last = sizeof(rights) / sizeof(*rights) - 1;

	return rights[version < last ? version : last];
}

/* A set of rules that allows nothing. A kernel without Landlock leaves it to the other layers. */
static int landlock_shut(void)
{
	struct landlock_rules rules = {0};
	size_t size = sizeof(uint64_t);
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);
	long fd;
	int rc;

	if (version < 1)
		return 0;
	rules.files = (UINT64_C(1) << landlock_file_rights(version)) - 1;
	if (version >= LANDLOCK_PORTS) {
		rules.ports = 3; /* bind and connect, TCP */
		size += sizeof(uint64_t);
	}
	if (version >= LANDLOCK_SCOPE) {
		rules.scope = 3; /* abstract sockets and signals of others */
		size += sizeof(uint64_t);
	}
	fd = syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0)
		return -1;
	rc = (int)syscall(SYS_landlock_restrict_self, fd, 0);
	close((int)fd);
	return rc;
}

/* ---- system calls ------------------------------------------------------------------------------------------------ */

static int calls_allow(scmp_filter_ctx c)
{
	static const int calls[] = {
		SCMP_SYS(read),          SCMP_SYS(write),          SCMP_SYS(writev),
		SCMP_SYS(close),         SCMP_SYS(lseek),          SCMP_SYS(brk),
		SCMP_SYS(munmap),        SCMP_SYS(mremap),         SCMP_SYS(madvise),
		SCMP_SYS(futex),         SCMP_SYS(exit),           SCMP_SYS(exit_group),
		SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask), SCMP_SYS(getrandom),
		SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),   SCMP_SYS(time),
		SCMP_SYS(times),         SCMP_SYS(fstat),          SCMP_SYS(getpid),
		SCMP_SYS(gettid),        SCMP_SYS(sysinfo),        SCMP_SYS(restart_syscall),
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls) && rc == 0; i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, calls[i], 0);
	return rc;
}

/* Memory, but none that can be run; abort(), but a signal to nobody else. */
static int calls_allow_some(scmp_filter_ctx c)
{
	int rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_CMP(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

	if (rc == 0)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				      SCMP_CMP(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (rc == 0)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				      SCMP_CMP(0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
	return rc;
}

/* Calls that libraries make out of habit and do without. */
static int calls_refuse(scmp_filter_ctx c)
{
	static const int calls[] = {SCMP_SYS(open),       SCMP_SYS(openat),   SCMP_SYS(access),    SCMP_SYS(faccessat),
				    SCMP_SYS(faccessat2), SCMP_SYS(stat),     SCMP_SYS(lstat),     SCMP_SYS(newfstatat),
				    SCMP_SYS(statx),      SCMP_SYS(readlink), SCMP_SYS(readlinkat)};
	int rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls) && rc == 0; i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(EACCES), calls[i], 0);
	return rc;
}

static int calls_shut(void)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = -1;

	if (!c)
		return -1;
	if (calls_allow(c) == 0 && calls_allow_some(c) == 0 && calls_refuse(c) == 0)
		rc = seccomp_load(c);
	seccomp_release(c);
	return rc;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static int limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit now;

	if (getrlimit(what, &now) != 0)
		return -1;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
		most = now.rlim_max; /* a stricter one stays */
	return setrlimit(what, &(struct rlimit){most, most});
}

static void unfit(const char *why)
{
	struct err e;

	err_set(&e, REFTEL_EIO, "this system does not let the program shut itself in (%s), so it reads nothing", why);
	output_refuse(&e);
	_exit(WORKER_UNFIT);
}

void confine(int argc, char **argv)
{
	unsigned long long memory = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	unsigned long long seconds = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;

	if (!memory || !seconds)
		unfit("usage: BYTES-OF-MEMORY SECONDS <document");
	/* Nobody is left to end it when the thread that started it is gone. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		unfit("process control");
	if (limit(RLIMIT_AS, memory) || limit(RLIMIT_CPU, seconds) || limit(RLIMIT_FSIZE, 0) || limit(RLIMIT_CORE, 0) ||
	    limit(RLIMIT_MEMLOCK, 0))
		unfit("resource limits");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		unfit("no new privileges");
	if (landlock_shut() != 0)
		unfit("Landlock");
	if (limit(RLIMIT_NOFILE, 3) != 0) /* the three that are open */
		unfit("open files");
	if (calls_shut() != 0)
		unfit("seccomp");
}

int input_read(size_t most, struct buf *b, struct err *e)
{
	for (;;) {
		ssize_t n;

		buf_reserve(b, 1 << 20);
		n = read(STDIN_FILENO, b->p + b->n, b->cap - b->n - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, errno, "the document cannot be read");
		if (n == 0)
			return REFTEL_OK;
		b->n += (size_t)n;
		if (b->n > most)
			return err_set(e, REFTEL_ELIMIT, "the document is larger than the %zu MiB that are read of one",
				       most >> 20);
	}
}

static bool fd_write(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = str_sub(s, (size_t)n, s.n);
	}
	return true;
}

bool output_write(struct str s)
{
	return fd_write(STDOUT_FILENO, s);
}

int output_refuse(const struct err *e)
{
	fd_write(STDERR_FILENO, str_of(e->msg));
	fd_write(STDERR_FILENO, STR("\n"));
	return e->code == REFTEL_ELIMIT ? WORKER_TOO_LARGE : WORKER_REFUSED;
}
