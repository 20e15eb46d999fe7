/*
 * Cables that were found, as people and programs are shown them: what a hit is besides its number, and its words.
 */
#ifndef REFTEL_HITS_H
#define REFTEL_HITS_H

#include "cli/cli.h"

void hit_put(struct cli *c, struct arena *a, const struct hit_view *v);

/* The hits of a result one by one, as blocks of lines or as members of a JSON array. 0 or an exit status. */
int hits_put(struct cli *c, struct archive *ar, const struct search_result *r, size_t n_snippets);
int hits_put_json(struct archive *ar, const struct search_result *r, size_t n_snippets);

/* facets.c */
void facets_put(struct cli *c, const struct search_result *r, unsigned set);
void histogram_put(struct cli *c, const struct facet *months);

/* batch.c: a file of queries. */
struct batch_call {
	const char *queries, *output; /* "-": standard input; NULL: standard output */
	const char *format;           /* "csv", "jsonl"; NULL: by the name of the output */
	bool resume;
	size_t n_snippets;
	struct search_options search;
};
int batch_run(struct cli *c, const struct batch_call *call);

/* queries.c: the list. */
struct batch_query {
	struct str text, label;
	uint64_t line;
	const char *broken; /* why the line is none; NULL: it is one */
};
struct batch_queries {
	struct batch_query *v;
	size_t n;
	uint64_t bytes, hash; /* of the file: to tell whether it is the same */
};
int queries_read(struct arena *a, const char *path, struct batch_queries *out, struct err *e);

#endif
