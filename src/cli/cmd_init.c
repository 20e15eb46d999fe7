/*
 * reftel init: make an empty archive.
 */
#include "cli/cli.h"

int cmd_init(struct cli *c, int argc, char **argv)
{
	struct err e = {0};
	int status;

	if (!cli_options(c, argc, argv, NULL, &status))
		return status;
	if (optind < argc)
		return cli_usage(c, "init takes no file: name the folder with --archive");
	if (archive_create(cli_archive_dir(c), &e) != REFTEL_OK)
		return cli_fail(&e);
	if (c->json) {
		json_t *o = json_object();

		json_object_set_new(o, "archive", view_str(str_of(cli_archive_dir(c))));
		cli_put_json(o);
	} else {
		printf("An empty archive is in %s\n", cli_archive_dir(c));
	}
	return EXIT_OK;
}
