/*
 * reftel status: what the archive holds, what was set aside and why, what does not fit together.
 */
#include "cli/cli.h"

#include <inttypes.h>

struct lists {
	struct cli *c;
	size_t n;
};

static int aside_take(void *ctx, const struct archive_aside *x)
{
	struct lists *l = ctx;

	if (!l->n++)
		printf("\nSet aside:\n");
	printf("  ");
	cli_put(l->c, str_of(x->file));
	printf(", line %" PRIu64 " (byte %" PRIu64 "): ", x->line, x->offset);
	cli_put(l->c, str_of(x->reason));
	printf("\n");
	return 0;
}

static int remark_take(void *ctx, struct str id, struct str remark)
{
	struct lists *l = ctx;

	(void)id;
	if (!l->n++)
		printf("\nDoes not fit together:\n");
	printf("  ");
	cli_put(l->c, remark);
	printf("\n");
	return 0;
}

static void print_counts(const struct archive_status *s, const char *dir)
{
	char first[32], last[32];

	cable_date_format(s->first, first);
	cable_date_format(s->last, last);
	printf("The archive in %s holds\n", dir);
	printf("  %" PRIu64 " cables", s->cables);
	if (*first)
		printf(", from %s to %s", first, last);
	printf("\n  %" PRIu64 " versions of their texts, %.0f kB, kept in %.0f kB\n", s->versions,
	       (double)s->text_bytes / 1e3, (double)s->stored_bytes / 1e3);
	printf("  %" PRIu64 " references to cables; %" PRIu64 " cables that they name are not here\n", s->refs,
	       s->refs_missing);
	printf("  from %" PRIu64 " files\n", s->sources);
	if (s->sources_unfinished)
		printf("  %" PRIu64 " of them not read to the end: import them again to go on\n",
		       s->sources_unfinished);
}

/* ---- the index --------------------------------------------------------------------------------------------------- */

static void print_index(struct cli *c, const struct view_index *x, uint64_t text_bytes)
{
	if (x->damage) {
		printf("  ");
		cli_put(c, str_of(x->damage));
		printf("\n");
		return;
	}
	printf("  an index of %.0f kB", (double)x->bytes / 1e3);
	if (text_bytes)
		printf(", %.0f %% of the texts", 100.0 * (double)x->bytes / (double)text_bytes);
	printf(", in %zu %s; forms of words: %s\n", x->segments, x->segments == 1 ? "segment" : "segments",
	       x->language ? x->language : "none");
	if (x->unindexed)
		printf("  %" PRIu64 " %s not in it yet: `reftel reindex`\n", x->unindexed,
		       x->unindexed == 1 ? "text is" : "texts are");
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static int print_lists(struct cli *c, struct archive *ar, struct err *e)
{
	struct lists l = {.c = c};
	int rc = archive_each_aside(ar, aside_take, &l, e);

	l.n = 0;
	return rc ? rc : archive_each_remark(ar, remark_take, &l, e);
}

static int show(struct cli *c, struct archive *ar)
{
	struct view_index x = {0};
	struct archive_status s;
	struct err e = {0};
	json_t *o = NULL;
	int rc = archive_status(ar, &s, &e);

	if (rc == REFTEL_OK)
		rc = view_index_read(ar, &c->arena, &x, &e);
	if (rc == REFTEL_OK && c->json) {
		rc = view_status(ar, archive_dir(ar), &s, &x, &o, &e);
		if (rc == REFTEL_OK)
			cli_put_json(o);
	} else if (rc == REFTEL_OK) {
		print_counts(&s, archive_dir(ar));
		print_index(c, &x, s.text_bytes);
		rc = print_lists(c, ar, &e);
	}
	return rc == REFTEL_OK ? EXIT_OK : cli_fail(&e);
}

int cmd_status(struct cli *c, int argc, char **argv)
{
	struct archive *ar = NULL;
	int status;

	if (!cli_options(c, argc, argv, NULL, &status))
		return status;
	if (optind < argc)
		return cli_usage(c, "status takes no file");
	status = cli_open(c, ARCHIVE_READ, &ar);
	if (status == EXIT_OK)
		status = show(c, ar);
	archive_close(ar);
	return status;
}
