/*
 * reftel log: who did what on the desk, for people, for a spreadsheet, for a program; and whether all of it is as it
 * was written.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

struct log_call {
	const char *desk, *head;
	struct desk_log_filter filter;
	bool csv, verify;
};

/* ---- verifying --------------------------------------------------------------------------------------------------- */

static void put_verified(struct cli *c, const struct desk_log_head *head, const char *damage)
{
	char text[VIEW_HEAD_TEXT];

	view_log_head(head, text);
	if (c->json) {
		cli_put_json(view_log_verified(head, damage));
	} else if (damage) {
		cli_put(c, str_of(damage));
		printf("\n");
	} else {
		printf("The log is whole: %" PRId64 " %s.\nIts head, to be written down elsewhere: %s\n", head->number,
		       head->number == 1 ? "entry" : "entries", text);
	}
}

static int verify(struct cli *c, struct desk *d, const char *written)
{
	struct desk_log_head known = {0}, head = {0};
	struct err e = {0};
	int rc;

	if (written && !view_log_head_read(str_of(written), &known))
		return cli_usage(c, "--head takes what --verify prints: a number, a colon, 64 hexadecimal digits");
	rc = desk_log_verify(d, written ? &known : NULL, &head, &e);
	if (rc != REFTEL_OK && rc != REFTEL_EFORMAT)
		return cli_fail(&e);
	put_verified(c, &head, rc == REFTEL_OK ? NULL : e.msg);
	return rc == REFTEL_OK ? EXIT_OK : EXIT_FINDINGS;
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */

struct showing {
	struct cli *c;
	bool csv;
	uint64_t n;
};

static int put_json(struct showing *x, const struct desk_entry *entry)
{
	json_t *o = view_log_entry(entry);

	/* One at a time: a log of years need not fit into memory. */
	printf("%s  ", x->n ? ",\n" : "\n");
	json_dumpf(o, stdout, 0);
	json_decref(o);
	return 0;
}

static int put_csv(const struct desk_entry *entry)
{
	struct buf row = {0};

	view_log_csv(&row, entry);
	fwrite(row.p, 1, row.n, stdout);
	buf_free(&row);
	return 0;
}

static int put_line(struct showing *x, const struct desk_entry *entry)
{
	const struct str cells[] = {entry->who, entry->from, entry->action, entry->object, entry->detail};
	char iso[32];

	clock_iso(entry->when, iso);
	printf("%" PRId64 "  %s", entry->number, iso);
	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++) {
		bool last = i + 1 == sizeof(cells) / sizeof(*cells);

		if (cells[i].n || !last)
			printf("  ");
		cli_put(x->c, cells[i].n || last ? cells[i] : STR("-"));
	}
	printf("\n");
	arena_reset(&x->c->arena);
	return 0;
}

static int entry_put(void *ctx, const struct desk_entry *entry)
{
	struct showing *x = ctx;

	if (x->c->json)
		put_json(x, entry);
	else if (x->csv)
		put_csv(entry);
	else
		put_line(x, entry);
	x->n++;
	return 0;
}

static int show(struct cli *c, struct desk *d, const struct log_call *call)
{
	struct showing x = {.c = c, .csv = call->csv};
	struct err e = {0};
	int rc;

	if (call->csv)
		fputs(view_log_csv_head, stdout);
	if (c->json)
		printf("[");
	rc = desk_log_each(d, &call->filter, entry_put, &x, &e);
	if (c->json)
		printf("%s]\n", x.n ? "\n" : "");
	return rc == REFTEL_OK ? EXIT_OK : cli_fail(&e);
}

/* ---- which of them ----------------------------------------------------------------------------------------------- */

static int call_check(struct cli *c, const struct log_call *call, bool more)
{
	const struct desk_log_filter *f = &call->filter;

	if (more)
		return cli_usage(c, "log takes options only");
	if (call->csv && c->json)
		return cli_usage(c, "it is either --csv or --json");
	if (call->head && !call->verify)
		return cli_usage(c, "--head goes with --verify");
	if (call->verify && (call->csv || f->who.n || f->action.n || f->after || f->limit || f->newest_first))
		return cli_usage(c, "--verify reads the whole log: it goes with --head, --json and --desk only");
	return EXIT_OK;
}

int cmd_log(struct cli *c, int argc, char **argv)
{
	struct log_call call = {0};
	const char *who = "", *action = "";
	uint64_t after = 0, limit = 0;
	const struct cli_option options[] = {
		CLI_TEXT("desk", &call.desk),
		CLI_TEXT("who", &who),
		CLI_TEXT("action", &action),
		CLI_NUMBER("after", &after, 0, INT64_MAX, "the number of an entry"),
		CLI_NUMBER("limit", &limit, 0, INT32_MAX, "a number; 0 is all"),
		CLI_FLAG("newest", &call.filter.newest_first),
		CLI_FLAG("csv", &call.csv),
		CLI_FLAG("verify", &call.verify),
		CLI_TEXT("head", &call.head),
		CLI_END,
	};
	struct desk *d;
	int status;

	if (!cli_options(c, argc, argv, options, &status))
		return status;
	call.filter.who = str_of(who);
	call.filter.action = str_of(action);
	call.filter.after = (int64_t)after;
	call.filter.limit = (size_t)limit;
	status = call_check(c, &call, optind < argc);
	if (status == EXIT_OK)
		status = cli_desk_open(c, call.desk, false, &d);
	if (status != EXIT_OK)
		return status;
	status = call.verify ? verify(c, d, call.head) : show(c, d, &call);
	desk_close(d);
	return status;
}
