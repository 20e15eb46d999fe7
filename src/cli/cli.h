/*
 * What the commands share: the options that all of them take, how an error ends a command, output that is fit for a
 * terminal. A user of the library like any other: it includes the public header only.
 */
#ifndef REFTEL_CLI_H
#define REFTEL_CLI_H

#include "reftel/reftel.h"

#include <getopt.h>
#include <jansson.h>

enum { EXIT_OK = 0, EXIT_FINDINGS = 1, EXIT_USAGE = 2, EXIT_FAILURE_ = 3, WRITER_WAIT_MS = 10000 };

struct cli {
	const char *command;
	const char *archive; /* --archive; NULL: the environment or the default decides */
	bool json, colour;
	int width;
	struct arena arena;
};

struct command {
	const char *name, *usage, *does;
	int (*run)(struct cli *c, int argc, char **argv);
};

const struct command *command_find(const char *name);
extern const struct command commands[]; /* ends with a NULL name */

int cmd_init(struct cli *c, int argc, char **argv);
int cmd_import(struct cli *c, int argc, char **argv);
int cmd_show(struct cli *c, int argc, char **argv);
int cmd_delete(struct cli *c, int argc, char **argv);
int cmd_refs(struct cli *c, int argc, char **argv);
int cmd_search(struct cli *c, int argc, char **argv);
int cmd_related(struct cli *c, int argc, char **argv);
int cmd_reindex(struct cli *c, int argc, char **argv);
int cmd_verify(struct cli *c, int argc, char **argv);
int cmd_check(struct cli *c, int argc, char **argv);
int cmd_serve(struct cli *c, int argc, char **argv);
int cmd_status(struct cli *c, int argc, char **argv);
int cmd_user(struct cli *c, int argc, char **argv);
int cmd_log(struct cli *c, int argc, char **argv);
int cmd_help(struct cli *c, int argc, char **argv);
int cmd_version(struct cli *c, int argc, char **argv);

/* The manual of one command, or its usage where man is not installed. */
int help_command(const char *name);

/* Options that every command takes; a command's own come before them in its table. */
#define COMMON_OPTIONS                                                                                                 \
	{"archive", required_argument, NULL, 'A'}, {"json", no_argument, NULL, 'J'},                                   \
		{"color", required_argument, NULL, 'C'}, {"help", no_argument, NULL, 'h'},                             \
	{                                                                                                              \
		NULL, 0, NULL, 0                                                                                       \
	}

/*
 * A command's own options, which end with one without a name. `to` is a bool, a const char *, or a uint64_t of which
 * `takes` says what it is when it is something else ("a number from 1").
 */
struct cli_option {
	const char *name;
	enum { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER } kind;
	void *to;
	uint64_t least, most;
	const char *takes;
};
#define CLI_FLAG(n, at) ((struct cli_option){.name = n, .kind = OPTION_FLAG, .to = at})
#define CLI_TEXT(n, at) ((struct cli_option){.name = n, .kind = OPTION_TEXT, .to = at})
#define CLI_NUMBER(n, at, from, upto, what)                                                                            \
	((struct cli_option){.name = n, .kind = OPTION_NUMBER, .to = at, .least = from, .most = upto, .takes = what})
#define CLI_END ((struct cli_option){0})
/* Reads them and the common ones; optind is at the first argument behind. False: the command ends with *status. */
bool cli_options(struct cli *c, int argc, char **argv, const struct cli_option *own, int *status);
/* Takes a common option; -1 when it is none of them, else an exit status + 1, or 0 to go on. */
int cli_common_option(struct cli *c, int opt);

const char *cli_archive_dir(struct cli *c);
int cli_open(struct cli *c, enum archive_mode mode, struct archive **out);
/* An archive and its index, for a thread of its own. Both are to be closed in any case. */
int cli_reader_open(const char *dir, struct archive **ar, struct catalog **k, struct err *e);
/* Says what is not in the index, and that there is an archive at all, before anything is written. */
int cli_reader_look(const char *dir, struct err *e);

/* "reftel: sentence" on stderr; returns the exit status that goes with the error. */
int cli_fail(const struct err *e);
int cli_usage(struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Text from outside, on stdout, without anything that could steer a terminal. */
void cli_put(struct cli *c, struct str s);
/* Keys keep their order. Frees j. */
void cli_put_json(json_t *j);

/* A whole number from 0 to most and nothing else. */
bool cli_read_number(const char *s, uint64_t most, uint64_t *out);
/* Several arguments as one text with blanks between, in c's arena. */
struct str cli_join(struct cli *c, char **argv, int n);
/* Texts of the archive that are not in its index yet; says so on stderr when there are any. */
uint64_t cli_warn_unindexed(struct archive *ar, const struct catalog *k);

/* named.c: EXIT_OK with the cable, else it was said why there is none, or that several are called so. */
int cli_cable(struct cli *c, struct archive *ar, struct str what, struct cable_row *out);

/* Set by Ctrl-C; a second one ends the program at once. */
extern volatile int cli_stop;
void cli_catch_interrupt(void);
FILE *cli_progress(const struct cli *c);

/* desks.c. dir: --desk, NULL: the archive's folder. make: also where there is none yet. */
int cli_desk_open(struct cli *c, const char *dir, bool make, struct desk **out);
/* Who calls the command, for the log. */
struct desk_actor cli_desk_actor(struct cli *c);
enum { CLI_PASSWORD_MAX = DESK_PASSWORD_MAX + 2 };
/* A line of the standard input, asked for where that is a terminal; hidden: not shown there. At most size bytes. */
int cli_ask(const char *question, bool hidden, char *out, size_t size, struct str *answer, struct err *e);
/* Twice on a terminal. The caller wipes out. */
int cli_ask_password(const char *question, char out[CLI_PASSWORD_MAX], struct str *password, struct err *e);

/* wanted.c: cables that are cited and not held. limit 0: all. */
void cli_put_wanted(struct cli *c, const struct missing_list *list, size_t limit, bool csv);
/* check_many.c: several stories, or folders of them. */
struct check_call {
	const char *html; /* a page, or a folder of pages */
	bool all;
};
int check_many(struct cli *c, const struct check_call *call, char **paths, size_t n);
/* "-" is the standard input. Everything in a. */
int cli_story_read(struct arena *a, const char *path, struct story *s, struct err *e);
int cli_write_page(const struct report *r, const struct report_style *style, const char *path, struct err *e);
/* versions.c: two versions word by word. */
void cli_diff(struct cli *c, const struct cable_version *a, const struct cable_version *b);

#endif
