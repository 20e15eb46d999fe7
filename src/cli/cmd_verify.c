/*
 * reftel verify: everything that is kept, read and held against what was written down of it. All damage is listed.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <unistd.h>

struct verifying {
	struct cli *c;
	json_t *list; /* with --json */
	uint64_t damage, texts, total;
	struct progress progress;
};

static void damage_take(struct verifying *x, const char *part, struct str what)
{
	x->damage++;
	progress_done(&x->progress);
	if (x->list) {
		json_t *o = json_object();

		json_object_set_new(o, "part", json_string(part));
		json_object_set_new(o, "damage", view_str(what));
		json_array_append_new(x->list, o);
		return;
	}
	printf("%s: ", part);
	cli_put(x->c, what);
	printf("\n");
}

static void database_take(void *ctx, struct str line)
{
	damage_take(ctx, "database", line);
}

static void index_take(void *ctx, const struct err *damage)
{
	damage_take(ctx, "index", str_of(damage->msg));
}

static void text_take(void *ctx, int64_t version, const struct err *why)
{
	struct verifying *x = ctx;
	const char *text = arena_printf(&x->c->arena, "version %" PRId64 ", %s", version, why->msg);

	damage_take(x, "text", str_of(text));
	x->texts++;
}

static int text_read(void *ctx, const struct cable_version *v, struct err *e)
{
	struct verifying *x = ctx;

	(void)v;
	progress_at(&x->progress, ++x->texts);
	return cli_stop ? err_set(e, REFTEL_EINTR, "stopped before the end; what was read until then is sound%s",
				  x->damage ? " but for what is listed" : "")
			: REFTEL_OK;
}

/* What keeps from reading a part is damage too; the next part is looked at all the same. */
static int part_done(struct verifying *x, const char *part, int rc, struct err *e)
{
	if (rc != REFTEL_EFORMAT)
		return rc;
	damage_take(x, part, str_of(e->msg));
	return REFTEL_OK;
}

static int verify(struct verifying *x, struct archive *ar, struct err *e)
{
	const struct version_visit visit = {text_read, text_take, x};
	uint64_t cables;
	int rc = part_done(x, "database", archive_integrity(ar, database_take, x, e), e);

	if (rc == REFTEL_OK)
		rc = part_done(x, "database", archive_counts(ar, &cables, &x->total, e), e);
	progress_open(&x->progress, cli_progress(x->c), "reading", "texts", x->total);
	if (rc == REFTEL_OK)
		rc = part_done(x, "text", archive_each(ar, &visit, e), e);
	progress_done(&x->progress);
	if (rc == REFTEL_OK)
		rc = part_done(x, "index", catalog_each_damage(ar, index_take, x, e), e);
	return rc;
}

static int put_result(struct verifying *x, const char *dir)
{
	if (x->c->json) {
		json_t *o = json_object();

		json_object_set_new(o, "archive", view_str(str_of(dir)));
		json_object_set_new(o, "sound", json_boolean(!x->damage));
		json_object_set_new(o, "texts", json_integer((json_int_t)x->texts));
		json_object_set_new(o, "damage", json_incref(x->list));
		cli_put_json(o);
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
	static const struct option options[] = {COMMON_OPTIONS};
	struct verifying x = {.c = c};
	struct archive *ar = NULL;
	struct err e = {0};
	int opt, status;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		int rc = cli_common_option(c, opt);

		if (rc)
			return rc - 1;
	}
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
