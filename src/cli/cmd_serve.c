/*
 * reftel serve: the desk in the browser.
 */
#include "cli/cli.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { COLLECTIONS_MAX = 64, HOSTS_MAX = 32, IMPORT_DIRS_MAX = 32, PORT_MAX = 65535, LARGE_ANSWER = 1 << 20 };

struct serve_call {
	struct web_options web;
	struct web_collection collections[COLLECTIONS_MAX];
	const char *hosts[HOSTS_MAX], *import_dirs[IMPORT_DIRS_MAX];
};

static bool name_is_good(const char *s)
{
	size_t n = strlen(s);

	for (const char *p = s; *p; p++)
		if (!ascii_alnum(*p) && !strchr("-_.", *p))
			return false;
	return n && n <= DESK_NAME_MAX && s[0] != '.';
}

/* "NAME=FOLDER", or a folder, whose own name is taken. */
static int collection_add(struct cli *c, struct serve_call *call, const char *arg)
{
	const char *equals = strchr(arg, '='), *dir = equals ? equals + 1 : arg;
	struct str last = str_of(dir);
	const char *name;

	while (last.n > 1 && last.p[last.n - 1] == '/')
		last.n--;
	name = equals ? arena_dup(&c->arena, (struct str){arg, (size_t)(equals - arg)})
		      : path_base(arena_dup(&c->arena, last));
	if (!name_is_good(name))
		return cli_usage(c, "a collection's name is made of letters, digits, \"-\", \"_\" and \".\": NAME=%s",
				 dir);
	for (size_t i = 0; i < call->web.n_collections; i++)
		if (!strcmp(call->collections[i].name, name))
			return cli_usage(c, "two collections are named %s: give them names, NAME=FOLDER", name);
	if (call->web.n_collections == COLLECTIONS_MAX)
		return cli_usage(c, "at most %d collections can be served", COLLECTIONS_MAX);
	call->collections[call->web.n_collections++] = (struct web_collection){name, dir};
	return EXIT_OK;
}

static int option_take(struct cli *c, struct serve_call *call, int opt)
{
	uint64_t port;

	switch (opt) {
	case 'c':
		return collection_add(c, call, optarg);
	case 'l':
		call->web.address = optarg;
		return EXIT_OK;
	case 'p':
		if (!cli_read_number(optarg, PORT_MAX, &port))
			return cli_usage(c, "a port is a number up to %d", PORT_MAX);
		call->web.port = (unsigned)port;
		return EXIT_OK;
	case 'H':
		if (call->web.n_hosts == HOSTS_MAX)
			return cli_usage(c, "at most %d names can be given", HOSTS_MAX);
		call->hosts[call->web.n_hosts++] = optarg;
		return EXIT_OK;
	case 'I':
		if (call->web.n_import_dirs == IMPORT_DIRS_MAX)
			return cli_usage(c, "at most %d folders to import from can be given", IMPORT_DIRS_MAX);
		call->import_dirs[call->web.n_import_dirs++] = optarg;
		return EXIT_OK;
	case 'd':
		call->web.desk_dir = optarg;
		return EXIT_OK;
	case 'T':
		call->web.tls_cert = optarg;
		return EXIT_OK;
	case 'K':
		call->web.tls_key = optarg;
		return EXIT_OK;
	case 'B':
		call->web.behind_proxy = true;
		return EXIT_OK;
	default:
		return -1;
	}
}

/* An archive that cannot be opened is better said now than on the first page. */
static int collections_look(const struct serve_call *call)
{
	for (size_t i = 0; i < call->web.n_collections; i++) {
		struct err e = {0};

		if (cli_reader_look(call->collections[i].dir, &e) != REFTEL_OK)
			return cli_fail(&e);
	}
	return EXIT_OK;
}

static int serve(struct cli *c, struct serve_call *call)
{
	struct err e = {0};
	struct web *w;
	sigset_t ends;
	int signal;

	/* What one large answer took goes back to the system, or a day's answers would add up to their largest. */
	mallopt(M_MMAP_THRESHOLD, LARGE_ANSWER);
	mallopt(M_TRIM_THRESHOLD, 2 * LARGE_ANSWER);
	/* All threads of the server inherit this: only sigwait() below is told to end. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
	if (web_open(&call->web, &w, &e) != REFTEL_OK)
		return cli_fail(&e);
	if (c->json)
		printf("{\"address\": \"%s\"}\n", web_address(w));
	else
		printf("The desk is open at\n  %s\nCtrl-C closes it.\n", web_address(w));
	fflush(stdout);
	sigwait(&ends, &signal);
	web_close(w);
	return EXIT_OK;
}

int cmd_serve(struct cli *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"collection", required_argument, NULL, 'c'}, {"listen", required_argument, NULL, 'l'},
		{"port", required_argument, NULL, 'p'},       {"host", required_argument, NULL, 'H'},
		{"import-dir", required_argument, NULL, 'I'}, {"desk", required_argument, NULL, 'd'},
		{"tls-cert", required_argument, NULL, 'T'},   {"tls-key", required_argument, NULL, 'K'},
		{"behind-proxy", no_argument, NULL, 'B'},     COMMON_OPTIONS};
	struct serve_call call = {.web = {.port = 8765}};
	int opt, rc;

	call.web.collections = call.collections;
	call.web.hosts = call.hosts;
	call.web.import_dirs = call.import_dirs;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		rc = option_take(c, &call, opt);
		if (rc > 0)
			return rc;
		if (rc < 0 && (rc = cli_common_option(c, opt)) != 0)
			return rc - 1;
	}
	if (optind < argc)
		return cli_usage(c, "serve takes no %s: a collection is named with --collection", argv[optind]);
	if (!call.web.n_collections &&
	    (rc = collection_add(c, &call, arena_printf(&c->arena, "cables=%s", cli_archive_dir(c)))))
		return rc;
	if (!call.web.desk_dir)
		call.web.desk_dir = call.collections[0].dir;
	rc = collections_look(&call);
	return rc == EXIT_OK ? serve(c, &call) : rc;
}
