/*
 * search: from what a person typed to the cables that have it, ranked or by date, with counts by origin, year and so
 * on, and the words shown where they stand. The language is docs/search.md's; nothing here changes an archive.
 */
#ifndef REFTEL_SEARCH_H
#define REFTEL_SEARCH_H

#include "archive/archive.h"
#include "catalog/catalog.h"

enum search_sort { SORT_RELEVANCE, SORT_NEWEST, SORT_OLDEST };

/* A place in a result from which another page goes on: of the last hit that was seen. */
struct search_after {
	bool set;
	uint64_t score;
	int64_t when, version;
};

/* What facets are counted with, kept for later searches of whatever catalog and thread: so many bytes at the most, but
 * for what is in use. */
struct search_memory;
struct search_memory *search_memory_open(size_t bytes);
void search_memory_close(struct search_memory *m);

struct search_options {
	enum search_sort sort;
	size_t limit; /* SIZE_MAX: all */
	size_t offset;
	struct search_after after; /* as well as offset, which counts from there */
	bool count;                /* total is wanted; it costs more than the first ten */
	unsigned facets;       /* bit 1 << enum catalog_field of each that is wanted; FIELD_MONTH gives the histogram */
	bool fold;             /* cables with almost the same text are shown once */
	int64_t after_version; /* only texts that came into the archive behind this one; 0: all */
	const volatile int *stop; /* set by whoever no longer wants it: the search ends soon, with EINTR; may be NULL */
	struct search_memory *memory; /* NULL: nothing is kept, which is quicker where hardly anything is asked */
};

struct search_hit {
	int64_t key, version; /* of the cable, and of the text that was found */
	uint64_t score;
	int64_t when;   /* seconds, INDEX_NO_DATE */
	size_t segment; /* of the catalog */
	uint32_t doc;
	size_t folded; /* how many others it stands for */
};

struct facet_value {
	struct str value;
	uint64_t n;
};
struct facet {
	struct facet_value *v; /* most first, FIELD_MONTH in order of time */
	size_t n;
};

/* What marks words of a text as found. Everything folded. */
struct search_phrase {
	struct str *words; /* one behind the other; an empty one stands for any word */
	size_t n;
};
struct search_marks {
	struct str *words; /* in byte order, each once: marked wherever they stand */
	size_t n_words;
	struct search_phrase *phrases; /* of two words and more: marked where they stand together */
	size_t n_phrases;
};

struct search_result {
	struct search_hit *hits;
	size_t n_hits;
	uint64_t total; /* where count or facets were asked for */
	struct facet facets[N_CATALOG_FIELDS];
	struct search_marks marks; /* for search_snippets() */
};

/*
 * EINTR: it was stopped. EINVAL, ELIMIT: the query cannot be read, *where (may be NULL) is the place in it;
 * search_point() shows it. EFORMAT: the index is damaged. Everything is in a.
 */
int search_run(struct catalog *c, struct arena *a, struct str query, const struct search_options *o,
	       struct search_result *out, struct span *where, struct err *e);
void search_point(struct buf *out, struct str query, struct span where);

/*
 * What the cables that can be found have in a field, in byte order: how many have each value, and when the first and
 * the last of them were sent (INDEX_NO_DATE: none of them has a date).
 */
struct search_value {
	struct str value;
	uint64_t n;
	int64_t first, last;
};
struct search_values {
	struct search_value *v;
	size_t n;
};
int search_values(struct catalog *c, struct arena *a, enum catalog_field field, struct search_values *out,
		  struct err *e);

/* A score as people are shown it. */
double search_score(uint64_t score);

/* A stretch of a text around the words that were found. */
struct snippet {
	struct str text;    /* one line, blanks folded */
	struct span *marks; /* bytes of text */
	size_t n_marks;
	bool head, tail; /* more of the cable stands before, behind */
};
struct snippets {
	struct snippet *v;
	size_t n;
};
/* The best stretches of the body, at most `most` of them, in the order of the text; its subject line is none. Where
 * nothing is marked, the beginning of the text. */
struct snippets search_snippets(struct arena *a, const struct search_marks *m, const struct cable *c, size_t most);
struct snippets snippets_copy(struct arena *a, const struct snippets *s);
/* A whole text as one line, marked: a subject. */
struct snippet search_marked(struct arena *a, const struct search_marks *m, struct str text);

/* Cables whose text has most in common with that of a version, without the cable itself. */
int search_related(struct catalog *c, struct arena *a, int64_t version, size_t limit, struct search_result *out,
		   struct err *e);

#endif
