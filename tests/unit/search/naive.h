/*
 * The naive scan that a search is held against: every text of an archive in memory, a query's tree asked of each, and
 * nothing taken from the index but which texts are in it. Slow, and plain enough to be believed.
 */
#ifndef REFTEL_TEST_NAIVE_H
#define REFTEL_TEST_NAIVE_H

#include "small.h"

#include "search/query_priv.h"
#include "search/search.h"

struct naive_doc {
	int64_t key, version, when;
	struct cable cable;
	struct catalog_words words; /* ids of the model's vocab */
	bool live;                  /* still in the archive */
	bool current;               /* the text that its cable is shown by */
	bool indexed;               /* in the catalog at hand, dead or not */
};

struct naive {
	struct arena arena;
	struct vocab vocab;
	struct stemmer *stemmer;
	VEC(struct naive_doc) docs; /* every one that was ever read, also those that were deleted since */
	int64_t last;
	uint64_t n_indexed;
	struct archive *ar;
};
/* language NULL: no stems. */
void naive_open(struct naive *m, const char *language);
void naive_close(struct naive *m);
/* Reads what came since, and what of all is live and current. */
void naive_read(struct naive *m, struct archive *ar);
/* ... and what the catalog has. */
void naive_look(struct naive *m, const struct catalog *c);

/* All hits of a query in the order of relevance; key, version, score and when are filled. */
struct naive_hits {
	struct search_hit *v;
	const struct naive_doc **docs; /* same index */
	size_t n;
};
struct naive_hits naive_search(struct naive *m, struct arena *a, const struct query_node *root);
/* In another order, in place. */
void naive_sort(struct naive_hits *h, enum search_sort sort);
/* What of a field a cable has, each value once. */
struct naive_values {
	struct str v[64];
	size_t n;
};
struct naive_values naive_values(struct arena *a, const struct naive_doc *d, enum catalog_field field);

/* A random query about a model's texts. It can be read; most find something. */
void question_make(struct rng *r, const struct naive *m, struct buf *out);

#endif
