/*
 * A worker that does what its input says: hang, crash, flood, or try what a confined program must not get. It shuts
 * itself in like the real ones and bears the name of one.
 */
#include "worker/programs/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

struct deed {
	const char *name;
	void (*perform)(struct buf *said);
};

static void say(struct buf *b, const char *what, bool happened)
{
	buf_printf(b, "%s%s", happened ? "DONE " : "no ", what);
}

/* ---- what goes wrong --------------------------------------------------------------------------------------------- */

static void hang(struct buf *b)
{
	(void)b;
	for (volatile int forever = 1; forever;)
		;
}

static void sleep_stopped(struct buf *b)
{
	(void)b;
	raise(SIGSTOP);
}

static void close_and_hang(struct buf *b)
{
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	hang(b);
}

static void crash(struct buf *b)
{
	(void)b;
	raise(SIGSEGV);
}

static void eat(struct buf *b)
{
	(void)b;
	for (;;)
		memset(xmalloc(16 << 20), 1, 16 << 20);
}

static void flood(struct buf *b)
{
	buf_reserve(b, 1 << 20);
	memset(b->p, 'x', 1 << 20);
	while (output_write((struct str){b->p, 1 << 20}))
		;
}

static void large(struct buf *b)
{
	buf_reserve(b, 5 << 20);
	memset(b->p, 'x', 5 << 20);
	b->n = 5 << 20;
}

static void chatter(struct buf *b)
{
	(void)b;
	for (int i = 0; i < 100000; i++)
		if (write(STDERR_FILENO, "\033[31mred\n\xff\xfe", 11) < 0)
			break;
	_exit(WORKER_REFUSED);
}

static void mute(struct buf *b)
{
	(void)b;
	_exit(9);
}

/* ---- what it is given -------------------------------------------------------------------------------------------- */

static void surroundings(struct buf *b)
{
	char c;

	for (char **v = environ; *v; v++)
		buf_printf(b, "%s ", *v);
	for (int fd = 3; fd < 300; fd++)
		if (read(fd, &c, 0) == 0 || errno != EBADF)
			buf_printf(b, "fd %d ", fd);
}

/* ---- what it may not --------------------------------------------------------------------------------------------- */

static void read_file(struct buf *b)
{
	say(b, "read", open("/etc/passwd", O_RDONLY) >= 0);
}

static void write_file(struct buf *b)
{
	say(b, "write", open("/tmp/reftel-worker-was-here", O_WRONLY | O_CREAT, 0600) >= 0);
}

static void change_input(struct buf *b)
{
	say(b, "change", write(STDIN_FILENO, "x", 1) == 1);
}

static void net(struct buf *b)
{
	say(b, "socket", socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static void run_other(struct buf *b)
{
	execl("/bin/true", "true", (char *)NULL);
	say(b, "exec", false);
}

static void multiply(struct buf *b)
{
	say(b, "fork", fork() >= 0);
}

static void hurt_parent(struct buf *b)
{
	say(b, "kill", kill(getppid(), 0) == 0);
}

static void trace_parent(struct buf *b)
{
	say(b, "ptrace", ptrace(PTRACE_SEIZE, getppid(), 0, 0) == 0);
}

static void code_memory(struct buf *b)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	say(b, "code", p != MAP_FAILED);
}

static void more_memory(struct buf *b)
{
	say(b, "limit", setrlimit(RLIMIT_AS, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}) == 0);
}

static const struct deed deeds[] = {
	{"hang", hang},
	{"sleep", sleep_stopped},
	{"close", close_and_hang},
	{"crash", crash},
	{"eat", eat},
	{"flood", flood},
	{"large", large},
	{"chatter", chatter},
	{"mute", mute},
	{"surroundings", surroundings},
	{"read", read_file},
	{"write", write_file},
	{"change", change_input},
	{"socket", net},
	{"exec", run_other},
	{"fork", multiply},
	{"kill", hurt_parent},
	{"ptrace", trace_parent},
	{"code", code_memory},
	{"limit", more_memory},
};

int main(int argc, char **argv)
{
	struct buf input = {0}, answer = {0};
	struct err e = {0};

	confine(argc, argv);
	if (input_read(WORKER_DOCX_MAX, &input, &e) != REFTEL_OK)
		return output_refuse(&e);
	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++)
		if (str_eq(buf_view(&input), str_of(deeds[i].name)))
			deeds[i].perform(&answer);
	return output_write(buf_view(&answer)) ? WORKER_DONE : WORKER_REFUSED;
}
