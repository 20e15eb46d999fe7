/*
 * reftel related: cables like one that is at hand.
 */
#include "cli/hits.h"

#include <string.h>

enum { LIMIT_DEFAULT = 10, SNIPPETS_MOST = 1000 };

struct related_call {
	size_t limit, n_snippets;
};

static int put_related(struct cli *c, struct archive *ar, const struct cable_row *row, const struct search_result *r,
		       size_t n_snippets)
{
	int status;

	if (c->json) {
		json_t *id = view_str(row->id);

		printf("{\n  \"id\": ");
		json_dumpf(id, stdout, JSON_ENCODE_ANY);
		json_decref(id);
		printf(",\n  \"hits\": ");
		status = hits_put_json(ar, r, n_snippets);
		printf("\n}\n");
	} else {
		if (!r->n_hits) {
			printf("No other cable has much in common with ");
			cli_put(c, row->id);
			printf(".\n");
		}
		status = hits_put(c, ar, r, n_snippets);
	}
	return status == EXIT_OK && !r->n_hits ? EXIT_FINDINGS : status;
}

static int related(struct cli *c, struct archive *ar, struct catalog *k, const struct cable_row *row,
		   const struct related_call *call)
{
	struct search_result r;
	struct err e = {0};

	cli_warn_unindexed(ar, k);
	if (search_related(k, &c->arena, row->version, call->limit, &r, &e) != REFTEL_OK)
		return cli_fail(&e);
	return put_related(c, ar, row, &r, call->n_snippets);
}

static int related_to(struct cli *c, struct archive *ar, struct str what, const struct related_call *call)
{
	struct catalog *k = NULL;
	struct cable_row row;
	struct err e = {0};
	int status = cli_cable(c, ar, what, &row);

	if (status != EXIT_OK)
		return status;
	if (catalog_open(ar, &k, &e) != REFTEL_OK)
		return cli_fail(&e);
	status = related(c, ar, k, &row, call);
	catalog_close(k);
	return status;
}

int cmd_related(struct cli *c, int argc, char **argv)
{
	struct related_call call = {.limit = LIMIT_DEFAULT};
	const char *limit = NULL;
	uint64_t n, snippets = 0;
	const struct cli_option options[] = {
		CLI_TEXT("limit", &limit),
		CLI_NUMBER("snippets", &snippets, 0, SNIPPETS_MOST, "a number"),
		CLI_END,
	};
	struct archive *ar = NULL;
	int status;

	if (!cli_options(c, argc, argv, options, &status))
		return status;
	if (limit && strcmp(limit, "all") != 0 && !cli_read_number(limit, INT64_MAX, &n))
		return cli_usage(c, "--limit takes a number or \"all\"");
	if (limit)
		call.limit = strcmp(limit, "all") != 0 && n ? (size_t)n : SIZE_MAX;
	call.n_snippets = (size_t)snippets;
	if (optind == argc)
		return cli_usage(c, "related needs a cable");
	status = cli_open(c, ARCHIVE_READ, &ar);
	if (status == EXIT_OK)
		status = related_to(c, ar, cli_join(c, argv + optind, argc - optind), &call);
	archive_close(ar);
	return status;
}
