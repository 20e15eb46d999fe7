/*
 * reftel verify: everything that is kept, read and held against what was written down of it. All damage is listed.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <unistd.h>

struct verifying {
	struct cli *c;
	json_t *list; /* with --json */
	uint64_t damage, texts;
	struct progress progress;
};

static void damage_take(void *ctx, const char *part, struct str what)
{
	struct verifying *x = ctx;

	x->damage++;
	progress_done(&x->progress);
	if (x->list) {
		json_array_append_new(x->list, view_damage(part, what));
		return;
	}
	printf("%s: ", part);
	cli_put(x->c, what);
	printf("\n");
}

static void texts_at(void *ctx, uint64_t texts, uint64_t total)
{
	struct verifying *x = ctx;

	x->progress.total = total;
	progress_at(&x->progress, texts);
}

static int verify(struct verifying *x, struct archive *ar, struct err *e)
{
	struct catalog_health h = {.damage = damage_take, .at = texts_at, .stop = &cli_stop, .ctx = x};
	int rc;

	progress_open(&x->progress, cli_progress(x->c), "reading", "texts", 0);
	rc = catalog_health(ar, &h, e);
	progress_done(&x->progress);
	x->texts = h.n_texts;
	return rc;
}

static int put_result(struct verifying *x, const char *dir)
{
	if (x->c->json) {
		cli_put_json(view_health(dir, x->texts, x->list));
	} else if (x->damage) {
		printf("The archive in %s is damaged in %" PRIu64 " %s.\n", dir, x->damage,
		       x->damage == 1 ? "place" : "places");
	} else {
		printf("The archive in %s is sound: the database, %" PRIu64 " %s, the index.\n", dir, x->texts,
		       x->texts == 1 ? "text" : "texts");
	}
	return x->damage ? EXIT_FAILURE_ : EXIT_OK;
}

int cmd_verify(struct cli *c, int argc, char **argv)
{
	struct verifying x = {.c = c};
	struct archive *ar = NULL;
	struct err e = {0};
	int status;

	if (!cli_options(c, argc, argv, NULL, &status))
		return status;
	if (optind < argc)
		return cli_usage(c, "verify takes no file: it reads the archive");
	cli_catch_interrupt();
	status = cli_open(c, ARCHIVE_READ, &ar);
	if (status != EXIT_OK)
		return status;
	x.list = c->json ? json_array() : NULL;
	status = verify(&x, ar, &e) == REFTEL_OK ? put_result(&x, archive_dir(ar)) : cli_fail(&e);
	json_decref(x.list);
	archive_close(ar);
	return status;
}
