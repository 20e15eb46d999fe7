/*
 * Cables that were found, as people and programs are shown them: what a hit is besides its number, and its words.
 */
#ifndef REFTEL_HITS_H
#define REFTEL_HITS_H

#include "cli/cli.h"

/* A hit with what is shown of it. */
struct hit_view {
	const struct search_hit *hit;
	const struct search_marks *marks;
	struct cable_row row;
	struct snippets snippets;
	const char *damaged; /* why its text cannot be read; NULL: it can, or was not asked for */
};
/* n_snippets 0 spares the unpacking of the text. Everything in a. */
int hit_read(struct archive *ar, struct arena *a, const struct search_marks *m, const struct search_hit *h,
	     size_t n_snippets, struct hit_view *out, struct err *e);

void hit_put(struct cli *c, struct arena *a, const struct hit_view *v);
json_t *hit_json(struct arena *a, const struct hit_view *v);
/* The cells that say which cable it is, its score and snippets; each but the last with a comma behind it. */
void hit_csv(struct buf *out, const struct hit_view *v);
extern const char hit_csv_columns[];

/* The hits of a result one by one, as blocks of lines or as members of a JSON array. 0 or an exit status. */
int hits_put(struct cli *c, struct archive *ar, const struct search_result *r, size_t n_snippets);
int hits_put_json(struct archive *ar, const struct search_result *r, size_t n_snippets);

/* facets.c: what can be counted. A set is a bit for each, in the order of facet_names(). */
const char *facet_names(void); /* "origin, class, ..." */
unsigned facets_default(void);
/* "origin,tag" ORed into *set; false: *bad is a name that is none. */
bool facets_parse(const char *names, unsigned *set, struct str *bad);
unsigned facets_fields(unsigned set); /* for search_options */
void facets_put(struct cli *c, const struct search_result *r, unsigned set);
json_t *facets_json(const struct search_result *r, unsigned set);
void histogram_put(struct cli *c, const struct facet *months);
json_t *histogram_json(const struct facet *months);

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
