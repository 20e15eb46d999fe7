/*
 * What search's own files share: the words of a query as lists of the index, the plan that a query becomes, and the
 * walk over the documents of a segment that match it.
 */
#ifndef REFTEL_SEARCH_PRIV_H
#define REFTEL_SEARCH_PRIV_H

#include "search/query_priv.h"
#include "search/search.h"

/* ---- terms.c: words as lists ------------------------------------------------------------------------------------- */

/* A word, or all words that a pattern stands for, in one segment. */
struct leaf_lists {
	struct term *terms; /* of the words themselves: for positions */
	size_t n_terms;
	struct words forms; /* instead of terms, where the list is a stem's */
	bool single;        /* `list` counts for all of them; else docs and counts do */
	struct term list;
	uint32_t *docs, *counts;
	size_t n_docs;
};

/* What a query looks for as one: a word with its forms, an exact word, all that a pattern stands for. */
struct leaf {
	struct leaf_lists *of; /* one a segment of the catalog */
	uint64_t docs;         /* that have it, not only in the subject */
	uint32_t worth;
	bool subject; /* only in the subject */
};

struct searcher {
	struct catalog *c;
	struct arena *a;
	struct stemmer *stemmer;
	struct err *e;
	const volatile int *stop;
	bool negated; /* below a NOT: nothing there is marked in a text */
	VEC(struct str) marked;
	VEC(struct search_phrase) phrases;
};

/* Looked at wherever much may be gone through. What was found until then is given to nobody. */
static inline bool is_stopped(const volatile int *stop)
{
	return stop && *stop;
}

struct leaf *leaf_word(struct searcher *s, struct str word, bool exact, bool subject);
struct leaf *leaf_pattern(struct searcher *s, const struct query_node *n);

/* ---- cursor.c: a leaf's documents in one segment ----------------------------------------------------------------- */

struct cursor {
	const struct segment *s;
	uint32_t worth;
	bool subject;
	bool is_list; /* p counts; else docs and counts */
	struct postings p;
	const uint32_t *docs, *counts;
	size_t n, i;
	uint32_t doc;
	uint32_t best; /* the most that a document's impact is, where cursor_best() was asked */
};

void cursor_open(struct cursor *k, const struct leaf *l, size_t segment, const struct segment *s);
uint32_t cursor_seek(struct cursor *k, uint32_t doc);
uint32_t cursor_next(struct cursor *k);
uint64_t cursor_score(struct cursor *k);
uint64_t cursor_score_alone(struct cursor *k); /* the same, as postings_impact_alone() */
/* The first document up to `last`, from the one at hand on, with at least this score; else the first behind. */
uint32_t cursor_reach(struct cursor *k, uint32_t last, uint64_t least, uint64_t *score);
/* Enters all documents from the one at hand on; k is used up. */
void cursor_fill(struct cursor *k, uint64_t *bits);
uint32_t cursor_best(struct cursor *k, const struct leaf *l, size_t segment);
uint32_t cursor_peek(struct cursor *k, uint32_t doc, uint32_t *best); /* as postings_peek() */
size_t cursor_docs(const struct cursor *k);                           /* so many has it in all, at the most */
/* Stands at a document by its place among all the leaf's, as postings_place(). False: it is not the leaf's, after all,
 * because it has the word elsewhere than in the subject. */
bool cursor_place(struct cursor *k, uint32_t place, uint32_t doc);
uint64_t cursor_most(const struct cursor *k, uint32_t place); /* that cursor_score() can be there */

/* ---- plan.c, filter.c: a query over the whole catalog ------------------------------------------------------------ */

enum plan_kind { PLAN_AND, PLAN_OR, PLAN_NOT, PLAN_LEAF, PLAN_PHRASE, PLAN_NEAR, PLAN_BITS };

struct plan {
	enum plan_kind kind;
	struct plan **kids; /* of AND, OR, NOT; of NEAR: leaves and phrases */
	size_t n_kids;
	struct leaf *leaf;
	/* a phrase: its words, and where each stands behind the first */
	struct leaf **words;
	uint32_t *offsets;
	size_t n_words;
	bool subject;
	int distance;    /* of NEAR */
	uint64_t **bits; /* of BITS: a set a segment */
};

int plan_make(struct searcher *s, const struct query_node *n, struct plan **out);
/* A set of documents for everything that is no word: fields, dates, ids, references. */
int filter_make(struct searcher *s, const struct query_node *n, uint64_t **bits);
/* Tells nothing apart by its words: whatever matches has the score 0. */
bool plan_is_filter(const struct plan *p);

/* ---- match.c, places.c: the plan as a walk over one segment ------------------------------------------------------ */

struct match {
	enum plan_kind kind;
	const struct catalog_segment *segment;
	uint32_t n_docs; /* of the segment */
	uint32_t doc;    /* at hand, POSTINGS_END: no more */
	bool begun, ended;
	uint64_t estimate;
	struct match **kids, **nots; /* nots: of AND, what must not match */
	size_t n_kids, n_nots;
	struct cursor k;      /* of a leaf */
	struct cursor *words; /* of a phrase */
	const uint32_t *offsets;
	uint32_t *order; /* of the words, shortest list first */
	size_t n_words;
	uint32_t length; /* words of one place */
	bool subject;
	int distance;
	uint64_t *bits;         /* of BITS, and of an OR of many */
	uint64_t *scores;       /* of an OR of many: one a document */
	struct postings *lists; /* of a leaf below NEAR: one a word it stands for */
	size_t n_lists;
	struct arena *scratch; /* positions of the document at hand */
	const volatile int *stop;
};

struct match *match_open(struct arena *a, struct arena *scratch, const struct plan *p, const struct searcher *s,
			 size_t segment);
/* The first at or behind doc; never goes back. When it is stopped there is none. */
uint32_t match_seek(struct match *m, uint32_t doc);
uint64_t match_score(struct match *m); /* of the document at hand */
/* The first of n bits at or behind i that is set; POSTINGS_END: none. */
uint32_t bits_seek(const uint64_t *bits, uint32_t i, uint32_t n);
/* Enters all documents that match; m is used up. */
void match_fill(struct match *m, uint64_t *bits);

/* Is the document where all words stand also one where they stand as they should? scratch is reset. */
bool phrase_holds(struct match *m);
bool near_holds(struct match *m);

/* ---- join.c: documents that have all of some words --------------------------------------------------------------- */

struct join_word {
	struct cursor *k;
	uint32_t *places; /* of the documents, in its list */
	uint32_t block;   /* for which `most` was asked */
	uint64_t most;
};

struct join {
	const struct segment *segment;
	const volatile int *stop;
	struct join_word *words; /* shortest list first */
	size_t n_words;
	struct match **phrases, **nots; /* which must hold besides, and must not match */
	size_t n_phrases, n_nots;
	uint32_t *docs; /* with all words */
	size_t n;
};

/* False where a plan asks for something else than words and phrases that must all be there. m is used up. */
bool join_open(struct join *j, struct arena *a, struct match *m);
/* All documents with all the words match: none needs to be looked at for that. */
bool join_is_certain(const struct join *j);
void join_run(struct join *j, struct arena *a, const uint64_t *accept); /* stopped: nothing is left */
/* Looks at the nth document: false where it does not match or its score is less than `least`. Never goes back. */
bool join_at(struct join *j, size_t nth, uint64_t least, uint64_t *score);

/* ---- top.c: the best of what matches ----------------------------------------------------------------------------- */

struct top {
	const struct search_options *o;
	size_t most;          /* SIZE_MAX: all */
	struct search_hit *v; /* a heap with the last of them on top as soon as there are `most`; heap memory */
	size_t n, cap;
};
/* The hit's key is left to whoever takes it. */
void top_add(struct top *t, const struct catalog *c, size_t segment, uint32_t doc, uint64_t score);
/* A document of a lower score is not added. 0: any is. */
uint64_t top_least(const struct top *t);
void top_finish(struct top *t); /* in order */
/* Hits [from, to) of what was finished, and which cable each is of. */
void top_take(const struct top *t, const struct catalog *c, struct arena *a, size_t from, size_t to,
	      struct search_result *out);
void top_free(struct top *t);

/* The best documents among `accept` that have any of the leaves, without looking at all of them. */
void rank_any(struct arena *a, const struct catalog *c, size_t segment, struct leaf *const *leaves, size_t n,
	      const uint64_t *accept, struct top *t);

/* ---- facets.c, columns.c ----------------------------------------------------------------------------------------- */

void facets_count(struct arena *a, const struct catalog *c, uint64_t *const *matched, const struct search_options *o,
		  struct search_result *out);

/* Of one field in one segment: which values each document has, by their numbers in byte order. */
struct column {
	struct column *older; /* by use; this and what names the segment belong to the memory */
	uint64_t checksum, file_bytes;
	uint8_t field;
	bool ready;
	unsigned users;
	struct arena arena;
	const struct str *values;
	uint32_t n_values;
	uint32_t *all;    /* documents with each value, in the whole segment */
	uint32_t *starts; /* where each document's numbers begin, and one more; NULL: it has one, from 1 on, or 0 */
	void *numbers;
	unsigned width; /* of a number, in bytes */
};
/* To be given back. NULL: no memory, or the lists are damaged, which the segment says, or too many. */
const struct column *column_take(struct search_memory *m, const struct segment *s, uint8_t field);
void column_give(struct search_memory *m, const struct column *k);
/* Adds to counts, by number, what these documents have. */
void column_count(const struct column *k, const uint32_t *docs, size_t n, uint32_t *counts);

#endif
