/*
 * reftel delete: a cable, or one of its versions, out of the archive for good. Asks first, says what is gone and what
 * of it is still somewhere, and where there is a desk, its log has it.
 */
#include "cli/cli.h"

#include <unistd.h>

enum { ANSWER_MAX = 256 };

struct delete_call {
	const char *desk; /* its folder; NULL: the archive's, if there is one in it */
	uint64_t version; /* ordinal; 0: all */
	bool yes;
};

/* What is to be deleted, and what became of it. */
struct deletion {
	struct cable_row row;
	struct version_keys versions; /* those that go, the last first */
	int ordinal;                  /* of the only one; 0: all of the cable's */
	size_t left;
	struct ref_rows from; /* who refers to the cable */
	bool settled;         /* nothing is left in the journal */
};

/* ---- before ------------------------------------------------------------------------------------------------------ */

static int deletion_plan(struct cli *c, struct str what, const struct delete_call *call, struct deletion *d)
{
	struct archive *ar = NULL;
	struct version_keys all;
	struct err e = {0};
	int status = cli_open(c, ARCHIVE_READ, &ar);

	if (status == EXIT_OK)
		status = cli_cable(c, ar, what, &d->row);
	if (status == EXIT_OK && (archive_versions(ar, &c->arena, d->row.key, &all, &e) != REFTEL_OK ||
				  archive_refs_to(ar, &c->arena, d->row.id, &d->from, &e) != REFTEL_OK))
		status = cli_fail(&e);
	if (status == EXIT_OK && call->version > all.n) {
		err_set(&e, REFTEL_ENOTFOUND, "it has %zu %s, there is no version %d", all.n,
			all.n == 1 ? "version" : "versions", (int)call->version);
		status = cli_fail(&e);
	}
	archive_close(ar);
	if (status != EXIT_OK)
		return status;
	d->versions.v = arena_new(&c->arena, int64_t, all.n);
	for (size_t i = all.n; i-- > 0;)
		if (!call->version || call->version == i + 1)
			d->versions.v[d->versions.n++] = all.v[i];
	d->ordinal = (int)call->version;
	d->left = all.n - d->versions.n;
	return EXIT_OK;
}

/* "08KALVIK412", "version 1 of 08KALVIK412" */
static const char *deletion_name(struct cli *c, const struct deletion *d)
{
	struct str id = report_clean(&c->arena, d->row.id, false);

	return d->ordinal ? arena_printf(&c->arena, "version %d of %.*s", d->ordinal, STR_ARG(id))
			  : arena_dup(&c->arena, id);
}

static int deletion_ask(struct cli *c, const struct deletion *d, const struct delete_call *call)
{
	struct err e = {0};
	struct str answer;
	char line[ANSWER_MAX];

	if (call->yes)
		return EXIT_OK;
	if (!isatty(STDIN_FILENO))
		return cli_usage(c, "what is deleted does not come back: say --yes, or call this from a terminal");
	fprintf(stderr, "Deletes %s, %zu %s, for good.\n", deletion_name(c, d), d->versions.n,
		d->versions.n == 1 ? "text" : "texts");
	if (cli_ask(arena_printf(&c->arena,
				 "Type %s to do so:", arena_dup(&c->arena, report_clean(&c->arena, d->row.id, false))),
		    false, line, sizeof(line), &answer, &e) != REFTEL_OK)
		return cli_fail(&e);
	if (str_ieq(str_trim(answer), d->row.id))
		return EXIT_OK;
	err_set(&e, REFTEL_EINVAL, "that is another name; nothing was deleted");
	return cli_fail(&e);
}

/* ---- doing it ---------------------------------------------------------------------------------------------------- */

/* EXIT_OK with NULL where there is no desk and none was asked for. */
static int desk_of(struct cli *c, const struct delete_call *call, struct desk **out)
{
	*out = NULL;
	if (!call->desk && !file_exists(path_join(&c->arena, cli_archive_dir(c), "desk.db")))
		return EXIT_OK;
	return cli_desk_open(c, call->desk, false, out);
}

static int deletion_log(struct cli *c, struct desk *desk, const struct deletion *d, struct err *e)
{
	struct desk_actor who = cli_desk_actor(c);
	struct desk_entry x = {.who = who.name, .from = who.from, .action = STR("cable.delete")};

	if (!desk)
		return REFTEL_OK;
	x.object = str_of(arena_printf(&c->arena, "cable/%.*s", STR_ARG(d->row.id)));
	x.detail = str_of(arena_printf(&c->arena, "%s, from %s", deletion_name(c, d), cli_archive_dir(c)));
	return desk_log(desk, &x, e);
}

static int deletion_do(struct cli *c, struct desk *desk, struct deletion *d)
{
	struct archive *ar = NULL;
	struct err e = {0};
	int rc = REFTEL_OK, status = cli_open(c, ARCHIVE_WRITE, &ar);

	if (status != EXIT_OK)
		return status;
	for (size_t i = 0; i < d->versions.n && rc == REFTEL_OK; i++)
		rc = archive_delete(ar, d->versions.v[i], &e);
	d->settled = archive_journal_empty(ar);
	archive_close(ar);
	if (rc == REFTEL_OK)
		rc = deletion_log(c, desk, d, &e);
	return rc == REFTEL_OK ? EXIT_OK : cli_fail(&e);
}

/* ---- afterwards -------------------------------------------------------------------------------------------------- */

static void put_deletion(struct cli *c, const struct deletion *d)
{
	if (c->json) {
		json_t *o = json_object();

		view_set(o, "id", d->row.id);
		json_object_set_new(o, "version", d->ordinal ? json_integer(d->ordinal) : json_null());
		json_object_set_new(o, "deleted", json_integer((json_int_t)d->versions.n));
		json_object_set_new(o, "left", json_integer((json_int_t)d->left));
		json_object_set_new(o, "cited_by", json_integer((json_int_t)d->from.n));
		json_object_set_new(o, "settled", json_boolean(d->settled));
		cli_put_json(o);
		return;
	}
	printf("Deleted: %s\n", deletion_name(c, d));
	if (d->left)
		printf("  %zu %s of it %s left\n", d->left, d->left == 1 ? "version" : "versions",
		       d->left == 1 ? "is" : "are");
	else if (d->from.n)
		printf("  %zu %s to it: it is on the list of what is wanted now\n", d->from.n,
		       d->from.n == 1 ? "cable refers" : "cables refer");
	if (!d->settled)
		printf("  something reads the archive: until it ends, the text is still in archive.db-wal\n");
	printf("  its words stay in the index's files until `reftel reindex`\n");
}

int cmd_delete(struct cli *c, int argc, char **argv)
{
	struct delete_call call = {0};
	const struct cli_option options[] = {
		CLI_NUMBER("version", &call.version, 1, INT32_MAX, "a number from 1"),
		CLI_FLAG("yes", &call.yes),
		CLI_TEXT("desk", &call.desk),
		CLI_END,
	};
	struct deletion d = {0};
	struct desk *desk = NULL;
	int status;

	if (!cli_options(c, argc, argv, options, &status))
		return status;
	if (optind == argc)
		return cli_usage(c, "delete needs a cable");
	status = deletion_plan(c, cli_join(c, argv + optind, argc - optind), &call, &d);
	if (status == EXIT_OK)
		status = deletion_ask(c, &d, &call);
	if (status == EXIT_OK)
		status = desk_of(c, &call, &desk);
	if (status == EXIT_OK)
		status = deletion_do(c, desk, &d);
	if (status == EXIT_OK)
		put_deletion(c, &d);
	desk_close(desk);
	return status;
}
