/*
 * reftel import: read files and folders into the archive, and say what became of them.
 */
#include "cli/cli.h"

#include <inttypes.h>

static void summary_print(const struct import_summary *s)
{
	printf("%" PRIu64 " %s, %" PRIu64 " records, %.1f MB in %.1f s\n", s->files, s->files == 1 ? "file" : "files",
	       s->records, (double)s->bytes / 1e6, (double)s->ms / 1e3);
	printf("  %" PRIu64 " new cables, %" PRIu64 " new versions of cables, %" PRIu64 " known already\n", s->added,
	       s->versions, s->same);
	if (s->set_aside)
		printf("  %" PRIu64 " set aside: `reftel status` says where and why\n", s->set_aside);
	if (s->remarks)
		printf("  %" PRIu64 " remarks on what does not fit together: see `reftel status`\n", s->remarks);
	if (s->interrupted)
		printf("  stopped before the end: the same command goes on from there\n");
}

int cmd_import(struct cli *c, int argc, char **argv)
{
	struct import_options o = {.stop = &cli_stop};
	struct import_summary sum = {0};
	struct archive *ar = NULL;
	struct err e = {0};
	int rc, status;

	if (!cli_options(c, argc, argv, NULL, &status))
		return status;
	if (optind == argc)
		return cli_usage(c, "import needs files or folders to read");
	cli_catch_interrupt();
	status = cli_open(c, ARCHIVE_WRITE, &ar);
	if (status != EXIT_OK)
		return status;
	o.progress = cli_progress(c);
	rc = import_paths(ar, (const char *const *)argv + optind, (size_t)(argc - optind), &o, &sum, &e);
	if (rc == REFTEL_OK || sum.records || sum.interrupted) {
		if (c->json)
			cli_put_json(view_import(&sum));
		else
			summary_print(&sum);
	}
	if (rc != REFTEL_OK)
		status = cli_fail(&e);
	else if (sum.set_aside)
		status = EXIT_FINDINGS;
	archive_close(ar);
	return status;
}
