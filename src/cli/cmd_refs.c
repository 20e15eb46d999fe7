/*
 * reftel refs: what a cable refers to and what refers to it, as trees or as nodes and edges; the page of a cable that
 * others cite and nobody holds. The list of all such cables is in wanted.c.
 */
#include "cli/cli.h"

#include <stdlib.h>

struct refs_call {
	bool from, to, missing, csv;
	uint64_t depth;
	uint64_t limit; /* 0: all */
	const char *post;
};

/* ---- as trees ---------------------------------------------------------------------------------------------------- */

static void put_window(const struct sent_window *w)
{
	char text[80];

	view_window(w, text);
	printf("%s", text);
}

/* What is known of a node, behind its id. */
static void put_known(struct cli *c, const struct ref_node *n)
{
	char date[32], class[64];

	if (!n->row.key) {
		printf("  not held; ");
		put_window(&n->missing->window);
		if (n->missing->other_id.n)
			printf(", if it is not %.*s", STR_ARG(n->missing->other_id));
		return;
	}
	cable_date_format(n->row.date, date);
	class_format(n->row.class, class);
	printf("  %s  ", date);
	cli_put(c, n->row.origin);
	printf("  %s  ", class);
	cli_put(c, n->row.subject);
}

struct tree {
	struct cli *c;
	const struct ref_graph *g;
	enum ref_direction d;
	bool *shown;
};

static size_t far_end(const struct tree *t, const struct ref_edge *e)
{
	return t->d == REFS_OUT ? e->to : e->from;
}

/* Puts one line; true when the node is to be expanded under it. */
static bool put_line(const struct tree *t, size_t edge, int level)
{
	const struct ref_edge *e = &t->g->edges[t->d].v[edge];
	size_t at = far_end(t, e);
	const struct ref_node *n = &t->g->v[at];
	bool first = at != 0 && n->walk[t->d].via == edge;

	printf("%*s", 2 * level, "");
	if (e->letter && t->d == REFS_OUT)
		printf("%c. ", e->letter);
	cli_put(t->c, n->id);
	if (e->and_previous && t->d == REFS_OUT)
		printf(" and previous");
	if (first)
		put_known(t->c, n);
	else
		printf("  (see %s)", t->shown[at] ? "above" : "below");
	printf("\n");
	t->shown[at] |= first;
	return first;
}

/* Depth first over what the walk found, with a stack of its own: a chain of references may be long. */
static void put_tree(struct cli *c, const struct ref_graph *g, enum ref_direction d)
{
	struct tree t = {.c = c, .g = g, .d = d, .shown = arena_new(&c->arena, bool, g->n)};
	size_t *next = arena_new(&c->arena, size_t, g->n + 1), *nodes = arena_new(&c->arena, size_t, g->n + 1);
	int level = 0;

	t.shown[0] = true;
	next[0] = g->v[0].walk[d].first;
	while (level >= 0) {
		const struct ref_walk *w = &g->v[nodes[level]].walk[d];
		size_t edge = next[level]++;

		if (edge >= w->first + w->n) {
			level--;
		} else if (put_line(&t, edge, level + 1)) {
			size_t at = far_end(&t, &g->edges[d].v[edge]);

			level++;
			nodes[level] = at;
			next[level] = g->v[at].walk[d].first;
		}
	}
}

static void put_missing_head(struct cli *c, const struct missing *m)
{
	bool by_citer = m->n_citers && str_eq(m->window.before_id, m->citers[0].id);

	printf("  not held\n  when  ");
	put_window(&m->window);
	if (m->window.after_id.n)
		printf(", after %.*s", STR_ARG(m->window.after_id));
	if (m->window.before_id.n) {
		printf(", before ");
		cli_put(c, m->window.before_id);
		printf("%s", by_citer ? " cites it" : "");
	}
	printf("\n");
	if (m->origin.n) {
		printf("  from  ");
		cli_put(c, m->origin);
		printf("\n");
	}
	if (m->year_basis == YEAR_LIKELY) {
		printf("  year  implied by all who cite it: it may be %.*s, ", STR_ARG(m->other_id));
		put_window(&m->other_window);
		printf("\n");
	} else if (m->year_basis == YEAR_FOLLOWS) {
		printf("  year  implied by all who cite it; the numbers of the post's other cables leave no other\n");
	} else if (m->year_basis == YEAR_UNKNOWN) {
		printf("  year  unknown: who cites it has no date\n");
	}
}

static void put_graph(struct cli *c, const struct ref_graph *g, const struct ref_question *q)
{
	const struct ref_node *start = &g->v[0];

	cli_put(c, start->id);
	if (start->row.key) {
		put_known(c, start);
		printf("\n");
	} else {
		put_missing_head(c, start->missing);
	}
	if (q->out && start->row.key) {
		printf("refers to%s\n", start->walk[REFS_OUT].n || g->others.n ? "" : " nothing");
		put_tree(c, g, REFS_OUT);
		for (size_t i = 0; i < g->others.n; i++) {
			const struct reference *r = &g->others.v[i].ref;

			printf("  ");
			if (r->letter)
				printf("%c. ", r->letter);
			cli_put(c, r->text);
			printf("  (%s)\n", ref_kind_name(r->kind));
		}
	}
	if (q->in) {
		printf("%s\n", start->walk[REFS_IN].n ? "cited by" : "cited by none that is held");
		put_tree(c, g, REFS_IN);
	}
}

/* ---- which cable ------------------------------------------------------------------------------------------------- */

static int put_several(struct cli *c, const struct cable_rows *rows, const struct missing_list *missing,
		       const char *what)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rows->n; i++)
		json_array_append_new(list, view_str(rows->v[i].id));
	for (size_t i = 0; i < missing->n; i++)
		json_array_append_new(list, view_str(missing->v[i].id));
	if (c->json) {
		cli_put_json(list);
		return EXIT_FINDINGS;
	}
	printf("%zu cables are called \"%s\":\n", rows->n + missing->n, what);
	for (size_t i = 0; i < json_array_size(list); i++) {
		printf("  ");
		cli_put(c, str_of(json_string_value(json_array_get(list, i))));
		printf("%s\n", i < rows->n ? "" : "  (not held)");
	}
	json_decref(list);
	return EXIT_FINDINGS;
}

static int answer(struct cli *c, struct archive *ar, const struct ref_question *q)
{
	struct ref_graph g;
	struct err e = {0};

	if (archive_ref_graph(ar, &c->arena, q, &g, &e) != REFTEL_OK)
		return cli_fail(&e);
	if (c->json)
		cli_put_json(view_graph(&g));
	else
		put_graph(c, &g, q);
	return EXIT_OK;
}

static int refs_of(struct cli *c, struct archive *ar, const char *what, const struct refs_call *call)
{
	struct ref_question q = {
		.out = call->from || !call->to, .in = call->to || !call->from, .depth = (int)call->depth};
	struct missing_list missing = {0};
	struct cable_rows rows;
	struct err e = {0};
	struct mrn m;
	int rc = archive_find(ar, &c->arena, str_of(what), &rows, &e);

	if (rc == REFTEL_OK && !rows.n && mrn_parse(str_of(what), &m, NULL) == REFTEL_OK)
		rc = archive_missing_find(ar, &c->arena, &m, &missing, &e);
	if (rc != REFTEL_OK)
		return cli_fail(&e);
	if (rows.n + missing.n > 1)
		return put_several(c, &rows, &missing, what);
	if (!rows.n && !missing.n) {
		err_set(&e, REFTEL_ENOTFOUND,
			"there is no cable \"%.80s\" here, and none that is here cites it: try its reference id "
			"(07KALVIK412) or its running number",
			what);
		return cli_fail(&e);
	}
	if (rows.n)
		q.key = rows.v[0].key;
	else
		q.missing = &missing.v[0];
	return answer(c, ar, &q);
}

static int wanted(struct cli *c, struct archive *ar, const struct refs_call *call)
{
	char post[MRN_POST_MAX] = "";
	struct missing_list list;
	struct err e = {0};

	if (call->post && !mrn_post_canonical(str_of(call->post), post))
		return cli_usage(c, "\"%.60s\" is no post: name it as in a reference id, --post KALVIK", call->post);
	if (archive_missing(ar, &c->arena, str_of(post), &list, &e) != REFTEL_OK)
		return cli_fail(&e);
	cli_put_wanted(c, &list, call->limit, call->csv);
	return EXIT_OK;
}

/* ---- what is asked ----------------------------------------------------------------------------------------------- */

static int call_check(struct cli *c, const struct refs_call *call, bool cable)
{
	if (!call->missing && !cable)
		return cli_usage(c, "refs needs a cable, or --missing");
	if (call->missing && cable)
		return cli_usage(c, "--missing lists all that is missing and takes no cable");
	if (!call->missing && (call->csv || call->post || call->limit))
		return cli_usage(c, "--csv, --post and --limit go with --missing");
	if (call->missing && (call->from || call->to || call->depth != 1))
		return cli_usage(c, "--from, --to and --depth go with a cable");
	if (call->csv && c->json)
		return cli_usage(c, "it is either --csv or --json");
	return EXIT_OK;
}

int cmd_refs(struct cli *c, int argc, char **argv)
{
	struct refs_call call = {.depth = 1};
	const struct cli_option options[] = {
		CLI_NUMBER("depth", &call.depth, 0, 1000000, "a number of steps; 0 goes as far as there are any"),
		CLI_FLAG("from", &call.from),
		CLI_FLAG("to", &call.to),
		CLI_FLAG("missing", &call.missing),
		CLI_NUMBER("limit", &call.limit, 0, INT32_MAX, "a number; 0 is all"),
		CLI_TEXT("post", &call.post),
		CLI_FLAG("csv", &call.csv),
		CLI_END,
	};
	struct archive *ar = NULL;
	struct buf what = {0};
	int status;

	if (!cli_options(c, argc, argv, options, &status))
		return status;
	status = call_check(c, &call, optind < argc);
	if (status == EXIT_OK)
		status = cli_open(c, ARCHIVE_READ, &ar);
	if (status != EXIT_OK)
		return status;
	for (int i = optind; i < argc; i++) /* refs ISLAMABAD 4531 without quotation marks */
		buf_printf(&what, "%s%s", i > optind ? " " : "", argv[i]);
	status = call.missing ? wanted(c, ar, &call) : refs_of(c, ar, what.p, &call);
	buf_free(&what);
	archive_close(ar);
	return status;
}
