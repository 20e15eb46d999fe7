/*
 * reftel check: the main job. A story against the archive, shown on the terminal, as JSON or as a page.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cli_write_page(const struct report *r, const struct report_style *style, const char *path, struct err *e)
{
	struct buf b = {0};
	int rc;

	report_html(&b, r, style);
	rc = file_write(path, buf_view(&b), e);
	buf_free(&b);
	return rc;
}

static int show_report(struct cli *c, const struct check_call *call, const char *path, const struct report *r)
{
	struct report_style style = {.story = path, .width = c->width, .colour = c->colour, .all = call->all};
	struct err e = {0};

	if (call->html && cli_write_page(r, &style, call->html, &e) != REFTEL_OK)
		return cli_fail(&e);
	if (c->json) {
		char *json = report_json(r, &style);

		fputs(json, stdout);
		free(json);
	} else {
		report_terminal(stdout, r, &style);
		if (call->html)
			printf("\nThe report as a page: %s\n", call->html);
	}
	return report_has_findings(r) ? EXIT_FINDINGS : EXIT_OK;
}

int cli_story_read(struct arena *a, const char *path, struct story *s, struct err *e)
{
	const struct worker_options o = {.stop = &cli_stop};
	const char *file = strcmp(path, "-") != 0 ? path : "/dev/stdin";
	struct str raw;
	/* What is no .docx has a bound of its own in story_read(). */
	int rc = file_read(a, file, WORKER_DOCX_MAX, &raw, e);

	if (rc == REFTEL_OK)
		rc = story_read_file(a, raw, path, &o, s, e);
	if (rc != REFTEL_OK && rc != REFTEL_ENOTFOUND)
		err_prefix(e, "%s", path);
	return rc;
}

static int check(struct cli *c, const struct check_call *call, const char *path)
{
	struct check_options o = {.progress = isatty(STDERR_FILENO) ? stderr : NULL, .stop = &cli_stop};
	struct archive *ar = NULL;
	struct report r = {0};
	struct story s;
	struct err e = {0};
	int status;

	if (cli_story_read(&c->arena, path, &s, &e) != REFTEL_OK)
		return cli_fail(&e);
	cli_catch_interrupt();
	status = cli_open(c, ARCHIVE_READ, &ar);
	if (status != EXIT_OK)
		return status;
	if (check_story(ar, &s, &o, &r, &e) != REFTEL_OK) {
		status = cli_fail(&e);
	} else {
		status = show_report(c, call, path, &r);
		report_free(&r);
	}
	archive_close(ar);
	return status;
}

int cmd_check(struct cli *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"html", required_argument, NULL, 'H'}, {"all", no_argument, NULL, 'a'}, COMMON_OPTIONS};
	struct check_call call = {0};
	int opt;

	while ((opt = getopt_long(argc, argv, "ah", options, NULL)) != -1) {
		int rc = 0;

		if (opt == 'H')
			call.html = optarg;
		else if (opt == 'a')
			call.all = true;
		else
			rc = cli_common_option(c, opt);
		if (rc)
			return rc - 1;
	}
	if (optind == argc)
		return cli_usage(c, "check needs a story");
	if (argc - optind == 1 && !dir_exists(argv[optind]))
		return check(c, &call, argv[optind]);
	return check_many(c, &call, argv + optind, (size_t)(argc - optind));
}
