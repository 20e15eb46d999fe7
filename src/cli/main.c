/*
 * The reftel command: which command is meant, what all of them share, and what to say when none is.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

const struct command commands[] = {
	{"init", "reftel init", "make an empty archive", cmd_init},
	{"import", "reftel import FILE|FOLDER...", "read cables into the archive", cmd_import},
	{"search",
	 "reftel search [--sort=ORDER] [--limit N] [--facets] [--histogram] [--count] [--fold] QUERY..., or\n"
	 "       reftel search --batch FILE [--output FILE] [--resume]",
	 "find cables by their words and by what is known of them", cmd_search},
	{"related", "reftel related [--limit N] CABLE", "find cables like one that you have", cmd_related},
	{"show", "reftel show [--cite=STYLE | --diff | --raw | --header] CABLE",
	 "show a cable, cite it, compare its versions", cmd_show},
	{"refs",
	 "reftel refs [--depth=N] [--from | --to] CABLE, or reftel refs --missing [--post=POST] [--limit=N] [--csv]",
	 "what a cable refers to, what refers to it; cables that are cited and not held", cmd_refs},
	{"delete", "reftel delete [--version N] [--yes] [--desk FOLDER] CABLE",
	 "delete a cable, or one of its versions, for good", cmd_delete},
	{"check", "reftel check [--html FILE|FOLDER] [--all] STORY|FOLDER...",
	 "hold a story's quotations and citations against the cables", cmd_check},
	{"status", "reftel status", "what the archive holds, and what was set aside", cmd_status},
	{"reindex", "reftel reindex [--language LANGUAGE|none] [--threads N]", "make the index anew from the texts",
	 cmd_reindex},
	{"verify", "reftel verify", "read the whole archive and say what is damaged", cmd_verify},
	{"user",
	 "reftel user add NAME [--full-name NAME] [--role reader|editor|admin] [--collections A,B|all], or\n"
	 "       reftel user list, or reftel user password|disable|enable NAME, or reftel user role NAME ROLE, or\n"
	 "       reftel user collections NAME A,B|all, or reftel user totp NAME [--remove], or\n"
	 "       reftel user token NAME --label LABEL [--days N], or reftel user tokens NAME, or reftel user untoken N",
	 "who may use the desk", cmd_user},
	{"log",
	 "reftel log [--who NAME] [--action ACTION] [--after N] [--limit N] [--newest] [--csv], or\n"
	 "       reftel log --verify [--head NUMBER:HEX]",
	 "who did what on the desk, and whether that was changed", cmd_log},
	{"serve",
	 "reftel serve [--port N] [--collection NAME=FOLDER]... [--listen ADDRESS --tls-cert FILE --tls-key FILE]",
	 "open the desk in the browser", cmd_serve},
	{"help", "reftel help [COMMAND]", "show the manual", cmd_help},
	{"version", "reftel version", "say which reftel this is", cmd_version},
	{NULL, NULL, NULL, NULL},
};

volatile int cli_stop;

static void interrupted(int signal)
{
	(void)signal;
	if (cli_stop)
		_exit(128 + SIGINT);
	cli_stop = 1;
}

void cli_catch_interrupt(void)
{
	struct sigaction sa = {.sa_handler = interrupted};

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

FILE *cli_progress(const struct cli *c)
{
	return c->json && !isatty(STDERR_FILENO) ? NULL : stderr;
}

const struct command *command_find(const char *name)
{
	for (const struct command *x = commands; x->name; x++)
		if (!strcmp(x->name, name))
			return x;
	return NULL;
}

/* ---- options of all commands ------------------------------------------------------------------------------------- */

static bool colour_wanted(const char *when)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when && strcmp(when, "auto") != 0)
		return !strcmp(when, "always");
	return isatty(STDOUT_FILENO) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

int cli_common_option(struct cli *c, int opt)
{
	switch (opt) {
	case 'A':
		c->archive = optarg;
		return 0;
	case 'J':
		c->json = true;
		return 0;
	case 'C':
		if (strcmp(optarg, "auto") != 0 && strcmp(optarg, "always") != 0 && strcmp(optarg, "never") != 0)
			return cli_usage(c, "--color is auto, always or never") + 1;
		c->colour = colour_wanted(optarg);
		return 0;
	case 'h':
		return help_command(c->command) + 1;
	default:
		return EXIT_USAGE + 1; /* getopt has said what is wrong */
	}
}

const char *cli_archive_dir(struct cli *c)
{
	const char *env = getenv("REFTEL_ARCHIVE"), *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (c->archive)
		return c->archive;
	if (env && *env)
		return env;
	if (data && *data)
		return path_join(&c->arena, data, "reftel/archive");
	return path_join(&c->arena, home && *home ? home : ".", ".local/share/reftel/archive");
}

int cli_open(struct cli *c, enum archive_mode mode, struct archive **out)
{
	struct err e = {0};

	return archive_open(cli_archive_dir(c), mode, WRITER_WAIT_MS, out, &e) == REFTEL_OK ? EXIT_OK : cli_fail(&e);
}

int cli_reader_open(const char *dir, struct archive **ar, struct catalog **k, struct err *e)
{
	int rc = archive_open(dir, ARCHIVE_READ, 0, ar, e);

	*k = NULL;
	return rc == REFTEL_OK ? catalog_open(*ar, k, e) : rc;
}

int cli_reader_look(const char *dir, struct err *e)
{
	struct archive *ar;
	struct catalog *k;
	int rc = cli_reader_open(dir, &ar, &k, e);

	if (rc == REFTEL_OK)
		cli_warn_unindexed(ar, k);
	catalog_close(k);
	archive_close(ar);
	return rc;
}

/* ---- what several commands need ---------------------------------------------------------------------------------- */

bool cli_read_number(const char *s, uint64_t most, uint64_t *out)
{
	*out = 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		uint64_t digit = (uint64_t)(*s - '0');

		if (!ascii_digit((unsigned char)*s) || digit > most || *out > (most - digit) / 10)
			return false;
		*out = 10 * *out + digit;
	}
	return true;
}

struct str cli_join(struct cli *c, char **argv, int n)
{
	struct buf b = {0};
	struct str s;

	for (int i = 0; i < n; i++) {
		buf_puts(&b, i ? " " : "");
		buf_puts(&b, argv[i]);
	}
	s = arena_str(&c->arena, buf_view(&b));
	buf_free(&b);
	return s;
}

uint64_t cli_warn_unindexed(struct archive *ar, const struct catalog *k)
{
	uint64_t n = view_unindexed(ar, k);

	if (n)
		fprintf(stderr, "reftel: %" PRIu64 " %s not in the index yet: `reftel reindex`\n", n,
			n == 1 ? "text is" : "texts are");
	return n;
}

/* ---- saying what is wrong ---------------------------------------------------------------------------------------- */

int cli_fail(const struct err *e)
{
	struct arena a = {0};
	struct str s = report_clean(&a, str_of(e->msg), false);

	fprintf(stderr, "reftel: %.*s\n", STR_ARG(s));
	arena_free(&a);
	return EXIT_FAILURE_;
}

int cli_usage(struct cli *c, const char *fmt, ...)
{
	const struct command *x = c->command ? command_find(c->command) : NULL;
	va_list ap;

	fputs("reftel: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: %s\n", x ? x->usage : "reftel COMMAND [options]; `reftel help` lists the commands");
	return EXIT_USAGE;
}

/* How many letters must change to make one of the other: to guess what was meant. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), row[32];

	if (n >= 30 || m >= 30)
		return 99;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[m];
}

static int unknown_command(const char *name)
{
	const struct command *best = NULL;
	size_t least = 3;

	for (const struct command *x = commands; x->name; x++)
		if (distance(name, x->name) < least) {
			least = distance(name, x->name);
			best = x;
		}
	fprintf(stderr, "reftel: there is no command \"%.40s\"", name);
	if (best)
		fprintf(stderr, "; did you mean \"%s\"?", best->name);
	fputs("\n`reftel help` lists the commands\n", stderr);
	return EXIT_USAGE;
}

/* ---- output ------------------------------------------------------------------------------------------------------ */

void cli_put(struct cli *c, struct str s)
{
	s = report_clean(&c->arena, s, true);
	fwrite(s.p, 1, s.n, stdout);
}

void cli_put_json(json_t *j)
{
	json_dumpf(j, stdout, JSON_INDENT(2));
	fputc('\n', stdout);
	json_decref(j);
}

static int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;

	if (columns && atoi(columns) > 0)
		return atoi(columns);
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : 0;
}

int main(int argc, char **argv)
{
	struct cli c = {.colour = colour_wanted(NULL), .width = terminal_width()};
	const struct command *x;
	const char *name;
	int status;

	signal(SIGPIPE, SIG_DFL);
	while (argc > 2 && !strcmp(argv[1], "--archive")) { /* before the command as well */
		c.archive = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 2)
		return cmd_help(&c, 1, argv), EXIT_USAGE;
	name = argv[1];
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version"))
		name = "version";
	x = command_find(name);
	if (!x)
		return unknown_command(name);
	c.command = x->name;
	status = x->run(&c, argc - 1, argv + 1);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fputs("reftel: the output could not be written\n", stderr);
		status = EXIT_FAILURE_;
	}
	arena_free(&c.arena);
	return status;
}
