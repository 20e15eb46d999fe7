/*
 * reftel reindex: the index anew from the archive's texts, in another language if that is wanted.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

static bool is_language(const char *name)
{
	if (!strcmp(name, "none"))
		return true;
	for (const char **x = index_languages(); *x; x++)
		if (!strcmp(*x, name))
			return true;
	return false;
}

static int unknown_language(struct cli *c, const char *name)
{
	struct buf b = {0};
	int status;

	for (const char **x = index_languages(); *x; x++)
		buf_printf(&b, "%s, ", *x);
	status = cli_usage(c, "there are no rules for the language \"%.40s\"; there are for %snone", name,
			   b.p ? b.p : "");
	buf_free(&b);
	return status;
}

static int put_summary(struct cli *c, struct archive *ar, const struct catalog_summary *s)
{
	struct archive_status held;
	struct catalog *k = NULL;
	struct err e = {0};
	uint64_t bytes;
	double seconds = (double)s->ms / 1e3;

	if (archive_status(ar, &held, &e) != REFTEL_OK || catalog_open(ar, &k, &e) != REFTEL_OK)
		return cli_fail(&e);
	bytes = catalog_bytes(k);
	catalog_close(k);
	if (c->json) {
		cli_put_json(json_pack("{sI sI sI sI sI}", "texts", (json_int_t)s->docs, "damaged",
				       (json_int_t)s->damaged, "text_bytes", (json_int_t)held.text_bytes, "index_bytes",
				       (json_int_t)bytes, "milliseconds", (json_int_t)s->ms));
	} else {
		printf("%" PRIu64 " %s, %.2f MB in %.1f s; the index has %.2f MB", s->docs,
		       s->docs == 1 ? "text" : "texts", (double)held.text_bytes / 1e6, seconds, (double)bytes / 1e6);
		if (held.text_bytes)
			printf(", %.0f %% of the texts", 100.0 * (double)bytes / (double)held.text_bytes);
		printf("\n");
		if (s->damaged)
			printf("  %" PRIu64 " are damaged and not in it: `reftel verify` names them\n", s->damaged);
	}
	return s->damaged ? EXIT_FINDINGS : EXIT_OK;
}

int cmd_reindex(struct cli *c, int argc, char **argv)
{
	struct catalog_options o = {.stop = &cli_stop};
	struct catalog_summary sum = {0};
	struct archive *ar = NULL;
	const char *language = NULL;
	struct err e = {0};
	uint64_t n = 0;
	const struct cli_option options[] = {
		CLI_TEXT("language", &language),
		CLI_NUMBER("threads", &n, 1, CATALOG_THREADS_MAX,
			   arena_printf(&c->arena, "a number from 1 to %d", CATALOG_THREADS_MAX)),
		CLI_END,
	};
	int status;

	if (!cli_options(c, argc, argv, options, &status))
		return status;
	if (optind < argc)
		return cli_usage(c, "reindex takes no file: it reads the archive");
	if (language && !is_language(language))
		return unknown_language(c, language);
	cli_catch_interrupt();
	status = cli_open(c, ARCHIVE_WRITE, &ar);
	if (status != EXIT_OK)
		return status;
	o.threads = (unsigned)n;
	o.progress = cli_progress(c);
	status = catalog_reindex(ar, language, &o, &sum, &e) == REFTEL_OK ? put_summary(c, ar, &sum) : cli_fail(&e);
	archive_close(ar);
	return status;
}
