/*
 * What the commands share that have to do with the desk: where it is, who sits at the keyboard, and how that person is
 * asked for what must not stand on the screen.
 */
#include "cli/cli.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

int cli_desk_open(struct cli *c, const char *dir, bool make, struct desk **out)
{
	struct err e = {0};

	*out = NULL;
	if (!dir && !dir_exists(cli_archive_dir(c))) {
		err_set(&e, REFTEL_ENOTFOUND,
			"there is no archive in %s: make one with `reftel init`, or name the desk's folder with --desk",
			cli_archive_dir(c));
		return cli_fail(&e);
	}
	dir = dir ? dir : cli_archive_dir(c);
	if (!make && !file_exists(path_join(&c->arena, dir, "desk.db"))) {
		err_set(&e, REFTEL_ENOTFOUND, "there is no desk in %s yet: `reftel user add` makes one", dir);
		return cli_fail(&e);
	}
	return desk_open(dir, out, &e) == REFTEL_OK ? EXIT_OK : cli_fail(&e);
}

struct desk_actor cli_desk_actor(struct cli *c)
{
	const struct passwd *me = getpwuid(getuid());
	const char *name =
		me ? arena_dup(&c->arena, str_of(me->pw_name)) : arena_printf(&c->arena, "uid %ld", (long)getuid());

	return (struct desk_actor){.name = str_of(name), .from = STR("command")};
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* Byte by byte: what stands behind the line is for the next question. */
static int line_read(char *out, size_t size, size_t *n, struct err *e)
{
	*n = 0;
	for (;;) {
		char byte;
		ssize_t got = read(STDIN_FILENO, &byte, 1);

		if (got < 0 && errno == EINTR && !cli_stop)
			continue;
		if (got < 0)
			return cli_stop ? err_set(e, REFTEL_EINTR, "stopped; nothing was changed")
					: err_errno(e, errno, "the standard input cannot be read");
		if (got == 0 && !*n)
			return err_set(e, REFTEL_EINVAL, "the standard input ended before the answer");
		if (got == 0 || byte == '\n')
			break;
		if (*n == size)
			return err_set(e, REFTEL_ELIMIT, "the answer is longer than %zu bytes", size);
		out[(*n)++] = byte;
	}
	if (*n && out[*n - 1] == '\r')
		--*n;
	return REFTEL_OK;
}

int cli_ask(const char *question, bool hidden, char *out, size_t size, struct str *answer, struct err *e)
{
	bool tty = isatty(STDIN_FILENO);
	struct termios was, quiet;
	size_t n;
	int rc;

	fflush(stdout);
	hidden = hidden && tty && tcgetattr(STDIN_FILENO, &was) == 0;
	if (hidden) { /* before the question, behind which an answer may come at once */
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	if (tty)
		fprintf(stderr, "%s ", question);
	rc = line_read(out, size, &n, e);
	if (hidden) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
		fputc('\n', stderr);
	}
	*answer = rc == REFTEL_OK ? (struct str){out, n} : STR("");
	return rc;
}

int cli_ask_password(const char *question, char out[CLI_PASSWORD_MAX], struct str *password, struct err *e)
{
	char again[CLI_PASSWORD_MAX];
	struct str repeated;
	int rc;

	cli_catch_interrupt(); /* or Ctrl-C would leave the terminal without an echo */
	rc = cli_ask(question, true, out, CLI_PASSWORD_MAX, password, e);
	if (rc != REFTEL_OK || !isatty(STDIN_FILENO))
		return rc;
	rc = cli_ask("Again:", true, again, sizeof(again), &repeated, e);
	if (rc == REFTEL_OK && !str_eq(*password, repeated))
		rc = err_set(e, REFTEL_EINVAL, "the two were not the same; nothing was changed");
	explicit_bzero(again, sizeof(again));
	return rc;
}
