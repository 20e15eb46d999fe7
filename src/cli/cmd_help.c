/*
 * reftel help and version. The manual is shown by man where it is installed; else the commands are listed here.
 */
#include "cli/cli.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* True when man found the page and showed it. */
static bool show_manual(const char *page)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(127);
		execlp("man", "man", page, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void list_commands(void)
{
	printf("reftel checks the quotations and citations of a story against an archive of cables.\n\n");
	for (const struct command *x = commands; x->name; x++)
		printf("  %-8s  %s\n", x->name, x->does);
	printf("\nEvery command takes --archive DIR (or REFTEL_ARCHIVE), --json, --color=auto|always|never, --help.\n"
	       "`reftel help COMMAND` says more.\n");
}

int help_command(const char *name)
{
	const struct command *x = command_find(name);
	char page[64];

	snprintf(page, sizeof(page), "reftel-%s", x->name);
	if (!show_manual(page))
		printf("usage: %s\n\nreftel %s: %s.\nEvery command takes --archive DIR (or REFTEL_ARCHIVE), --json, "
		       "--color=auto|always|never, --help.\n",
		       x->usage, x->name, x->does);
	return EXIT_OK;
}

int cmd_help(struct cli *c, int argc, char **argv)
{
	if (argc < 2) {
		list_commands();
		return EXIT_OK;
	}
	if (!command_find(argv[1]))
		return cli_usage(c, "there is no command \"%.40s\"", argv[1]);
	return help_command(argv[1]);
}

int cmd_version(struct cli *c, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	(void)c;
	printf("reftel %s\n", REFTEL_VERSION);
	return EXIT_OK;
}
