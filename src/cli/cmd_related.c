/*
 * reftel related: cables like one that is at hand.
 */
#include "cli/hits.h"

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

static int option_take(struct cli *c, int opt, struct related_call *call)
{
	uint64_t n = 0;

	switch (opt) {
	case 'l':
		if (!str_eq(str_of(optarg), STR("all")) && !cli_read_number(optarg, INT64_MAX, &n))
			return cli_usage(c, "--limit takes a number or \"all\"") + 1;
		call->limit = n ? (size_t)n : SIZE_MAX;
		return 0;
	case 's':
		if (!cli_read_number(optarg, SNIPPETS_MOST, &n))
			return cli_usage(c, "--snippets takes a number") + 1;
		call->n_snippets = (size_t)n;
		return 0;
	default:
		return cli_common_option(c, opt);
	}
}

int cmd_related(struct cli *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"limit", required_argument, NULL, 'l'}, {"snippets", required_argument, NULL, 's'}, COMMON_OPTIONS};
	struct related_call call = {.limit = LIMIT_DEFAULT};
	struct archive *ar = NULL;
	int opt, status;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		int rc = option_take(c, opt, &call);

		if (rc)
			return rc - 1;
	}
	if (optind == argc)
		return cli_usage(c, "related needs a cable");
	status = cli_open(c, ARCHIVE_READ, &ar);
	if (status == EXIT_OK)
		status = related_to(c, ar, cli_join(c, argv + optind, argc - optind), &call);
	archive_close(ar);
	return status;
}
