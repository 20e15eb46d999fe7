/*
 * What search's own files share: the words of a query as lists of the index, and the walk over documents that match.
 */
#ifndef REFTEL_SEARCH_PRIV_H
#define REFTEL_SEARCH_PRIV_H

#include "search/query_priv.h"
#include "search/search.h"

/* ---- terms.c: words as lists --------------------------------------------------------------------------------------- */

/* A word, or all words that a pattern stands for, in one segment. */
struct leaf_lists {
	struct term *terms; /* of the words themselves: for positions */
	size_t n_terms;
	bool stem; /* `list` counts for all of them; else, where there are several, docs and counts do */
	struct term list;
	uint32_t *docs, *counts;
	size_t n_docs;
};

/* What a query looks for as one: a word with its forms, an exact word, all that a pattern stands for. */
struct leaf {
	struct leaf_lists *of; /* one a segment of the catalog */
	uint64_t docs;         /* that have it */
	uint32_t worth;
	bool subject; /* only in the subject */
};

struct searcher {
	struct catalog *c;
	struct arena *a;
	struct stemmer *stemmer;
	struct err *e;
	int rc; /* of the first thing that failed */
	VEC(struct leaf *) leaves; /* that count for the score or are marked in a text */
};

struct leaf *leaf_word(struct searcher *s, struct str word, bool exact, bool subject);
struct leaf *leaf_pattern(struct searcher *s, const struct query_node *n);
/* Of documents that have any of several lists: their counts joined. For one segment. */
void lists_join(struct arena *a, const struct segment *s, const struct term *terms, size_t n, struct leaf_lists *out);

/* ---- cursor.c: a leaf's documents in one segment ------------------------------------------------------------------ */

struct cursor {
	const struct segment *s;
	uint32_t worth;
	bool subject;
	bool is_list; /* p counts; else docs and counts */
	struct postings p;
	const uint32_t *docs, *counts;
	size_t n, i;
	uint32_t doc;
	uint32_t best; /* the most that a document's impact can be */
};

void cursor_open(struct cursor *k, const struct leaf *l, size_t segment, const struct segment *s);
uint32_t cursor_seek(struct cursor *k, uint32_t doc);
uint32_t cursor_next(struct cursor *k);
uint64_t cursor_score(struct cursor *k);
/* As postings_peek(). */
uint32_t cursor_peek(struct cursor *k, uint32_t doc, uint32_t *best);

/* ---- match.c: the tree as a walk over one segment ------------------------------------------------------------------ */

struct match;
/* A walk over the documents of one segment that match, which is the plan's nth. */
struct match *match_open(struct searcher *s, struct arena *a, const struct plan *p, size_t segment);
uint32_t match_seek(struct match *m, uint32_t doc); /* never goes back */
uint64_t match_score(struct match *m);              /* of the document at hand */
void match_fill(struct match *m, uint64_t *bits, uint32_t n_docs);

#endif
