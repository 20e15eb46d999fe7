/*
 * The options of commands that need no more than flags, texts and numbers: a table says where each goes, and those that
 * all commands take are read besides. search and serve have options of another kind and read theirs themselves.
 */
#include "cli/cli.h"

#include <string.h>

enum { OPTIONS_MOST = 16, OWN_FIRST = 256 }; /* numbers of a command's own, above every letter */

static int option_take(struct cli *c, const struct cli_option *x)
{
	switch (x->kind) {
	case OPTION_FLAG:
		*(bool *)x->to = true;
		return EXIT_OK;
	case OPTION_TEXT:
		*(const char **)x->to = optarg;
		return EXIT_OK;
	case OPTION_NUMBER:
		if (cli_read_number(optarg, x->most, x->to) && *(uint64_t *)x->to >= x->least)
			return EXIT_OK;
		return cli_usage(c, "--%s takes %s", x->name, x->takes);
	}
	return EXIT_USAGE;
}

bool cli_options(struct cli *c, int argc, char **argv, const struct cli_option *own, int *status)
{
	static const struct option common[] = {COMMON_OPTIONS};
	struct option all[OPTIONS_MOST + sizeof(common) / sizeof(*common)];
	int n = 0, opt;

	for (; own && own[n].name && n < OPTIONS_MOST; n++)
		all[n] = (struct option){own[n].name, own[n].kind == OPTION_FLAG ? no_argument : required_argument,
					 NULL, OWN_FIRST + n};
	memcpy(all + n, common, sizeof(common));
	while ((opt = getopt_long(argc, argv, "h", all, NULL)) != -1) {
		bool ours = own && opt >= OWN_FIRST;
		int rc = ours ? option_take(c, &own[opt - OWN_FIRST]) : cli_common_option(c, opt) - 1;

		if (ours ? rc != EXIT_OK : rc >= 0) {
			*status = rc;
			return false;
		}
	}
	return true;
}
