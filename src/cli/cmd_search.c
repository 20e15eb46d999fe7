/*
 * reftel search: one query, its hits with the words marked, counts and pages. A file of queries is batch.c's.
 */
#include "cli/hits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_DEFAULT = 10, SNIPPETS_DEFAULT = 2, SNIPPETS_MOST = 1000 };

struct search_call {
	struct search_options o;
	bool limited, count, histogram, batch, paged;
	unsigned facets; /* a set of facets.c */
	size_t n_snippets;
	const char *after;
	struct batch_call b;
};

/* ---- cursors: where the next page begins ------------------------------------------------------------------------- */

static const char sort_letters[] = "rno"; /* by enum search_sort: a cursor holds for its own order only */

static void cursor_format(enum search_sort sort, const struct search_hit *h, char out[80])
{
	char when[24] = "-";

	if (h->when != INDEX_NO_DATE)
		snprintf(when, sizeof(when), "%" PRId64, h->when);
	snprintf(out, 80, "%c%" PRIx64 "_%s_%" PRId64, sort_letters[sort], h->score, when, h->version);
}

static bool cursor_parse(const char *s, enum search_sort sort, struct search_after *out)
{
	char *end;

	if (*s != sort_letters[sort] || !ascii_alnum((unsigned char)s[1]))
		return false;
	out->score = strtoull(s + 1, &end, 16);
	if (*end != '_')
		return false;
	s = end + 1;
	out->when = INDEX_NO_DATE;
	if (!strncmp(s, "-_", 2))
		end++, end++;
	else
		out->when = strtoll(s, &end, 10);
	if (*end != '_' || !ascii_digit((unsigned char)end[1]))
		return false;
	out->version = strtoll(end + 1, &end, 10);
	out->set = true;
	return !*end;
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

struct answer {
	struct cli *c;
	struct archive *ar;
	const struct search_call *call;
	struct str query;
	struct search_result *r;
	bool more;       /* there is another page */
	char cursor[80]; /* of it; empty where pages are counted instead, because near copies are folded */
	uint64_t unindexed;
};

static int put_answer_json(const struct answer *x)
{
	json_t *query = view_str(x->query), *facets = NULL;
	int status;

	printf("{\n  \"query\": ");
	json_dumpf(query, stdout, JSON_ENCODE_ANY);
	json_decref(query);
	printf(",\n  \"total\": %" PRIu64 ",\n  \"not_indexed\": %" PRIu64, x->r->total, x->unindexed);
	if (x->call->count) {
		printf("\n}\n");
		return EXIT_OK;
	}
	printf(",\n  \"hits\": ");
	status = hits_put_json(x->ar, x->r, x->call->n_snippets);
	if (*x->cursor)
		printf(",\n  \"after\": \"%s\"", x->cursor);
	else
		printf(",\n  \"after\": null");
	if (x->call->facets) {
		printf(",\n  \"facets\": ");
		facets = view_facets(x->r, x->call->facets);
		json_dumpf(facets, stdout, 0);
		json_decref(facets);
	}
	if (x->call->histogram) {
		printf(",\n  \"months\": ");
		facets = view_histogram(&x->r->facets[FIELD_MONTH]);
		json_dumpf(facets, stdout, 0);
		json_decref(facets);
	}
	printf("\n}\n");
	return status;
}

static void put_heading(const struct answer *x)
{
	const struct search_call *call = x->call;
	size_t n = x->r->n_hits, first = call->o.offset + 1;

	if (!x->r->total) {
		printf("No cable here is as the query says.\n");
		return;
	}
	printf("%" PRIu64 " %s", x->r->total, x->r->total == 1 ? "cable" : "cables");
	if (call->after)
		printf(n ? "; the next %zu:\n\n" : "; no more behind that one.\n", n);
	else if (!n)
		printf("%s\n", call->o.limit ? "; no more behind these." : "");
	else if (call->o.offset)
		printf("; %zu to %zu:\n\n", first, first + n - 1);
	else
		printf(x->more ? "; the first %zu:\n\n" : ":\n\n", n);
}

static int put_answer(const struct answer *x)
{
	const struct search_call *call = x->call;
	int status;

	if (call->count) {
		printf("%" PRIu64 "\n", x->r->total);
		return EXIT_OK;
	}
	put_heading(x);
	status = hits_put(x->c, x->ar, x->r, call->n_snippets);
	if (status == EXIT_OK && call->facets)
		facets_put(x->c, x->r, call->facets);
	if (status == EXIT_OK && call->histogram)
		histogram_put(x->c, &x->r->facets[FIELD_MONTH]);
	if (*x->cursor)
		printf("\nmore: --after %s\n", x->cursor);
	else if (x->more)
		printf("\nmore: --offset %zu\n", call->o.offset + x->r->n_hits);
	return status;
}

static int query_refused(struct str query, struct span where, const struct err *e)
{
	struct buf b = {0};

	cli_fail(e);
	search_point(&b, query, where);
	fwrite(b.p, 1, b.n, stderr);
	buf_free(&b);
	return EXIT_USAGE;
}

/* One more than is wanted tells whether there is another page. */
static int answer(struct cli *c, struct archive *ar, struct catalog *k, const struct search_call *call,
		  struct str query)
{
	struct search_options o = call->o;
	struct search_result r;
	struct answer x = {.c = c, .ar = ar, .call = call, .query = query, .r = &r};
	struct span where = {0};
	struct err e = {0};
	int rc, status;

	o.limit += o.limit && o.limit < SIZE_MAX ? 1 : 0;
	o.count = true;
	o.facets = facets_fields(call->facets) | (call->histogram ? 1U << FIELD_MONTH : 0);
	rc = search_run(k, &c->arena, query, &o, &r, &where, &e);
	if (rc == REFTEL_EINVAL || rc == REFTEL_ELIMIT)
		return query_refused(query, where, &e);
	if (rc != REFTEL_OK)
		return cli_fail(&e);
	if (r.n_hits > call->o.limit) {
		r.n_hits = call->o.limit;
		x.more = true;
		if (!o.fold)
			cursor_format(o.sort, &r.hits[r.n_hits - 1], x.cursor);
	}
	x.unindexed = cli_warn_unindexed(ar, k);
	status = c->json ? put_answer_json(&x) : put_answer(&x);
	if (status != EXIT_OK)
		return status;
	return (call->count ? r.total : r.n_hits) || (!call->o.limit && r.total) ? EXIT_OK : EXIT_FINDINGS;
}

static int search_one(struct cli *c, const struct search_call *call, struct str query)
{
	struct archive *ar = NULL;
	struct catalog *k = NULL;
	struct err e = {0};
	int status = cli_open(c, ARCHIVE_READ, &ar);

	if (status != EXIT_OK)
		return status;
	if (catalog_open(ar, &k, &e) != REFTEL_OK)
		status = cli_fail(&e);
	else
		status = answer(c, ar, k, call, query);
	catalog_close(k);
	archive_close(ar);
	return status;
}

/* ---- what is asked ----------------------------------------------------------------------------------------------- */

enum {
	OPT_SORT = 256,
	OPT_LIMIT,
	OPT_OFFSET,
	OPT_AFTER,
	OPT_FACETS,
	OPT_HISTOGRAM,
	OPT_COUNT,
	OPT_FOLD,
	OPT_SNIPPETS,
	OPT_BATCH,
	OPT_OUTPUT,
	OPT_FORMAT,
	OPT_RESUME
};

static bool sort_parse(const char *s, enum search_sort *out)
{
	static const char *const names[] = {"relevance", "date", "date-asc"};

	for (int i = 0; i < 3; i++)
		if (!strcmp(s, names[i])) {
			*out = (enum search_sort)i;
			return true;
		}
	return false;
}

static int option_facets(struct cli *c, struct search_call *call)
{
	struct str bad;

	if (!optarg) {
		call->facets |= facets_default();
		return 0;
	}
	if (facets_parse(optarg, &call->facets, &bad))
		return 0;
	return cli_usage(c, "\"%.*s\" cannot be counted; these can: %s", bad.n < 40 ? (int)bad.n : 40, bad.p,
			 facet_names()) +
	       1;
}

static int option_number(struct cli *c, int opt, struct search_call *call)
{
	bool all = opt == OPT_LIMIT && !strcmp(optarg, "all");
	uint64_t n = 0;

	if (!all && !cli_read_number(optarg, opt == OPT_SNIPPETS ? SNIPPETS_MOST : INT64_MAX, &n))
		return cli_usage(c, "--%s takes a number%s",
				 opt == OPT_LIMIT    ? "limit"
				 : opt == OPT_OFFSET ? "offset"
						     : "snippets",
				 opt == OPT_LIMIT ? " or \"all\"" : "") +
		       1;
	if (opt == OPT_SNIPPETS) {
		call->n_snippets = (size_t)n;
	} else if (opt == OPT_OFFSET) {
		call->o.offset = (size_t)n;
		call->paged = true;
	} else {
		call->o.limit = n ? (size_t)n : SIZE_MAX;
		call->limited = true;
	}
	return 0;
}

static int option_batch(int opt, struct search_call *call)
{
	if (opt == OPT_BATCH)
		call->b.queries = optarg;
	else if (opt == OPT_OUTPUT)
		call->b.output = optarg;
	else if (opt == OPT_FORMAT)
		call->b.format = optarg;
	else
		call->b.resume = true;
	call->batch = true;
	return 0;
}

static int option_take(struct cli *c, int opt, struct search_call *call)
{
	switch (opt) {
	case OPT_SORT:
		return sort_parse(optarg, &call->o.sort)
			       ? 0
			       : cli_usage(c, "--sort is relevance, date (newest first) or date-asc") + 1;
	case OPT_LIMIT:
	case OPT_OFFSET:
	case OPT_SNIPPETS:
		return option_number(c, opt, call);
	case OPT_AFTER:
		call->after = optarg;
		call->paged = true;
		return 0;
	case OPT_FACETS:
		return option_facets(c, call);
	case OPT_HISTOGRAM:
		call->histogram = true;
		return 0;
	case OPT_COUNT:
		call->count = true;
		return 0;
	case OPT_FOLD:
		call->o.fold = true;
		return 0;
	case OPT_BATCH:
	case OPT_OUTPUT:
	case OPT_FORMAT:
	case OPT_RESUME:
		return option_batch(opt, call);
	default:
		return cli_common_option(c, opt);
	}
}

static int check_batch(struct cli *c, const struct search_call *call, bool query)
{
	const struct batch_call *b = &call->b;

	if (!b->queries)
		return cli_usage(c, "--output, --format and --resume go with --batch");
	if (query)
		return cli_usage(c, "--batch takes its queries from the file, and no other");
	if (call->facets || call->histogram || call->count || call->paged)
		return cli_usage(c, "--batch writes all hits: no pages, no counts");
	if (b->format && strcmp(b->format, "csv") != 0 && strcmp(b->format, "jsonl") != 0)
		return cli_usage(c, "--format is csv or jsonl");
	if (b->resume && !b->output)
		return cli_usage(c, "--resume goes on with a file: say which with --output");
	return EXIT_OK;
}

static int call_check(struct cli *c, struct search_call *call, bool query)
{
	if (call->batch)
		return check_batch(c, call, query);
	if (!query)
		return cli_usage(c, "search needs a query");
	if (call->count && (call->facets || call->histogram || call->limited || call->paged))
		return cli_usage(c, "--count prints a number and nothing else");
	if (call->after && !cursor_parse(call->after, call->o.sort, &call->o.after))
		return cli_usage(c, "--after takes what another page of the same search printed, in the same --sort");
	if (call->after && call->o.fold)
		return cli_usage(c, "--fold looks at a whole result: its pages begin with --offset, not --after");
	if (call->count)
		call->o.limit = 0;
	return EXIT_OK;
}

int cmd_search(struct cli *c, int argc, char **argv)
{
	static const struct option options[] = {{"sort", required_argument, NULL, OPT_SORT},
						{"limit", required_argument, NULL, OPT_LIMIT},
						{"offset", required_argument, NULL, OPT_OFFSET},
						{"after", required_argument, NULL, OPT_AFTER},
						{"facets", optional_argument, NULL, OPT_FACETS},
						{"histogram", no_argument, NULL, OPT_HISTOGRAM},
						{"count", no_argument, NULL, OPT_COUNT},
						{"fold", no_argument, NULL, OPT_FOLD},
						{"snippets", required_argument, NULL, OPT_SNIPPETS},
						{"batch", required_argument, NULL, OPT_BATCH},
						{"output", required_argument, NULL, OPT_OUTPUT},
						{"format", required_argument, NULL, OPT_FORMAT},
						{"resume", no_argument, NULL, OPT_RESUME},
						COMMON_OPTIONS};
	struct search_call call = {.n_snippets = SNIPPETS_DEFAULT, .o.limit = LIMIT_DEFAULT};
	int opt, status;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		int rc = option_take(c, opt, &call);

		if (rc)
			return rc - 1;
	}
	status = call_check(c, &call, optind < argc);
	if (status != EXIT_OK)
		return status;
	if (!call.batch)
		return search_one(c, &call, cli_join(c, argv + optind, argc - optind));
	call.b.search = call.o;
	call.b.n_snippets = call.n_snippets;
	if (!call.limited)
		call.b.search.limit = SIZE_MAX;
	return batch_run(c, &call.b);
}
