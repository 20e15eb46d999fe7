/*
 * index: where every word stands. Immutable segment files, each a term dictionary with postings in blocks of 128, the
 * best impact of each block, positions kept apart, and a few columns a document; written down in docs/index-format.md.
 * Knows documents, words and keywords, not cables; who keeps the list of segments is the caller.
 *
 * Ranking is BM25 with a fixed pivot length instead of the collection's mean, so that what a posting is worth never
 * changes with what is imported later, block maxima stay exact through merges, and scores are whole numbers whose sums
 * do not depend on the order of adding.
 */
#ifndef REFTEL_INDEX_H
#define REFTEL_INDEX_H

#include "base/base.h"
#include "text/text.h"

/* ---- fields ------------------------------------------------------------------------------------------------------ */

/* The first byte of a term. Values below INDEX_WORD are keyword fields, whose meaning is the caller's. */
enum { INDEX_KEYWORDS = 0x40, INDEX_WORD = 0x40, INDEX_STEM = 0x41, INDEX_FIELDS };

enum {
	INDEX_VALUE_MAX = 250,    /* bytes of a term; longer ones are cut */
	INDEX_DOCS_MAX = 1 << 30, /* of a segment */
};

/* ---- writing ----------------------------------------------------------------------------------------------------- */

struct index_keyword {
	uint8_t field; /* 1 .. INDEX_KEYWORDS - 1 */
	struct str value;
};

/* A document as it goes in. A word's position is its number among those that were read for it with
 * index_builder_read(), and behind them those of `words`. */
struct index_doc {
	int64_t key;   /* the caller's name for it; grows from document to document */
	int64_t group; /* documents with one group are versions of one thing */
	int64_t when;  /* seconds since 1970, INDEX_NO_DATE: unknown */
	struct tokens words;
	uint32_t subject_from, subject_to; /* positions [from, to) that are its subject */
	const struct index_keyword *keywords;
	size_t n_keywords; /* one given twice counts once */
};
#define INDEX_NO_DATE INT64_MIN

/* A segment that was written: its file is whole and synced, and nobody knows of it yet. */
struct index_part {
	char name[32]; /* file name in the index's folder */
	uint32_t docs;
	int64_t first_key, last_key;
	uint64_t bytes, checksum;
};

/* Collects documents in memory and writes them as a segment. language: of libstemmer ("english"); NULL: no stems. */
struct index_builder;
int index_builder_open(const char *language, size_t memory, struct index_builder **out, struct err *e);
/* Words are read with this vocabulary, growing; it begins anew with each flush. */
struct vocab *index_builder_vocab(struct index_builder *b);
/* Reads words of the document that will be added next. w->longest and w->hashes are not the caller's; what is marked is
 * told as positions. */
void index_builder_read(struct index_builder *b, struct arena *scratch, struct str text, struct words_wanted *w);
void index_builder_add(struct index_builder *b, const struct index_doc *d);
uint32_t index_builder_docs(const struct index_builder *b);
bool index_builder_full(const struct index_builder *b); /* flush before the next document */
/* Writes what was collected as dir/name and begins anew. EINVAL when it is empty. */
int index_builder_flush(struct index_builder *b, const char *dir, const char *name, struct index_part *out,
			struct err *e);
void index_builder_close(struct index_builder *b);

/*
 * Runs: what was collected is put aside, in a file in dir that has no name any more (at first: name, and more), and
 * becomes a segment together with other runs. That is cheaper than segments that are merged.
 */
struct index_run;
int index_builder_put_aside(struct index_builder *b, const char *dir, const char *name, struct index_run **out,
			    struct err *e);
/* Makes one segment of them, at least one, dir/name; no document may be in two, nor the keys of one among another's.
 * They are put in order. The runs stay. */
int index_runs_write(struct index_run **v, size_t n, const char *language, const volatile int *stop, const char *dir,
		     const char *name, struct index_part *out, struct err *e);
void index_run_close(struct index_run *r);

/* The languages that index_builder_open takes. Ends with NULL. */
const char **index_languages(void);

/* ---- segments ---------------------------------------------------------------------------------------------------- */

struct segment;

/* Maps dir/name. EFORMAT: no segment, another version, or its frame is damaged; what lies inside is checked as it is
 * read. */
int segment_open(const char *dir, const char *name, struct segment **out, struct err *e);
void segment_close(struct segment *s);
/* Gives back the memory that reading it took; what is read again is mapped again, from the system's cache of the file.
 */
void segment_forget(const struct segment *s);
/* Reads every byte against the checksum, and every list against its dictionary. */
int segment_verify(const struct segment *s, struct err *e);
/* Something was read that no builder writes: the results are not to be trusted. */
bool segment_damaged(const struct segment *s);
const char *segment_language(const struct segment *s); /* "" : no stems */
uint64_t segment_bytes(const struct segment *s);
uint64_t segment_checksum(const struct segment *s); /* as its footer has it */

/* How segments are merged; all may be zero. */
struct index_merge {
	bool (*dead)(void *ctx, int64_t key); /* documents that are left out; NULL: none */
	void *ctx;
	const char *language; /* of the stems; NULL: as in the segments */
	const volatile int *stop;
};

/*
 * Writes the documents of `from`, in order, as one segment dir/name. Keys must grow from one segment to the next.
 * out->docs may be 0: then there is no file. how may be NULL. Uses two threads where there is enough to do.
 */
int segment_merge(const struct segment *const *from, size_t n, const struct index_merge *how, const char *dir,
		  const char *name, struct index_part *out, struct err *e);

uint32_t segment_docs(const struct segment *s);
int64_t segment_key(const struct segment *s, uint32_t doc);
int64_t segment_group(const struct segment *s, uint32_t doc);
int64_t segment_when(const struct segment *s, uint32_t doc);
uint32_t segment_length(const struct segment *s, uint32_t doc); /* words */
void segment_subject(const struct segment *s, uint32_t doc, uint32_t *from, uint32_t *to);
/* The document with this key, UINT32_MAX: none. */
uint32_t segment_find(const struct segment *s, int64_t key);

/* How alike two documents are by their runs of words, 0..SKETCH_SIZE equal places (Broder 1997, in the variant of Li,
 * Owen and Zhang 2012: one permutation, cut in SKETCH_SIZE bins). */
enum { SKETCH_SIZE = 16 };
void segment_sketch(const struct segment *s, uint32_t doc, uint16_t out[SKETCH_SIZE]);
unsigned sketch_alike(const uint16_t a[SKETCH_SIZE], const uint16_t b[SKETCH_SIZE]);

/* ---- terms ------------------------------------------------------------------------------------------------------- */

struct term {
	uint8_t field;
	uint32_t docs; /* documents that have it */
	uint64_t at;   /* of its list, in the file */
	uint64_t bytes, positions_at;
	struct str form; /* of a stem with one form, which is not the stem: that word; in the file */
};

/* The stem of a folded word as a segment's language has it; the word itself where there are no stems. */
struct stemmer;
int stemmer_open(const char *language, struct stemmer **out, struct err *e); /* NULL or "": *out is NULL */
void stemmer_close(struct stemmer *st);
struct str stemmer_stem(struct stemmer *st, struct str word); /* lives until the next call */

/*
 * The list of all words of a segment that have this stem, and those words, in byte order; they lie in the file, but for
 * the stem itself. st: of the segment's language.
 */
struct words {
	struct str *v;
	size_t n;
};
bool segment_stem(const struct segment *s, struct stemmer *st, struct str stem, struct arena *a, struct term *list,
		  struct words *forms);

bool segment_term(const struct segment *s, uint8_t field, struct str value, struct term *out);

/* All terms of a field that begin with a prefix, in byte order. value lives until the next call. */
struct term_walk {
	const struct segment *s;
	uint8_t field;
	struct str prefix;
	/* private */
	size_t at, end, left;
	uint64_t list;
	size_t value_n, keep;
	bool begun;
	char value[INDEX_VALUE_MAX + 8];
};
void term_walk_open(struct term_walk *w, const struct segment *s, uint8_t field, struct str prefix);
/* *shared: so many bytes at its beginning, or more, the value has in common with the one before; the first: 0. */
bool term_walk_next(struct term_walk *w, struct str *value, size_t *shared, struct term *t);

/* ---- postings ---------------------------------------------------------------------------------------------------- */

enum { POSTINGS_BLOCK = 128 };
#define POSTINGS_END UINT32_MAX

/* A cursor over a term's documents. Plain memory: copy it freely; it holds on to nothing. */
struct postings {
	const struct segment *s;
	const uint8_t *skips, *blocks, *positions, *end;
	uint32_t n_docs, n_blocks, block, peek;
	uint32_t n, i; /* documents of the block that was read, and the one at hand */
	uint32_t doc;  /* at hand, POSTINGS_END: no more */
	uint32_t last; /* of the block */
	uint32_t single_last;
	bool has_counts, counts_read;
	const uint8_t *counts_at;
	uint32_t docs[POSTINGS_BLOCK];
	uint32_t counts[POSTINGS_BLOCK]; /* 2 * (occurrences - 1) + (1 where one is in the subject) */
	/* positions of the block, a chunk of which is read: private to postings.c */
	const uint8_t *chunk_end;
	uint32_t chunk; /* UINT32_MAX: none was read */
	bool total_read;
	uint32_t total; /* positions of the block */
	uint32_t chunk_values[POSTINGS_BLOCK];
};

void postings_open(struct postings *p, const struct segment *s, const struct term *t); /* at its first document */
uint32_t postings_next(struct postings *p);
/* Enters the next block, false at the end. Its documents are p->docs, p->n of them. */
bool postings_next_block(struct postings *p);
uint32_t postings_seek(struct postings *p, uint32_t doc); /* the first at or behind doc; never goes back */
uint32_t postings_count(struct postings *p);              /* occurrences in the document at hand */
bool postings_in_subject(struct postings *p);
uint32_t postings_impact(struct postings *p); /* of the document at hand, 0 .. IMPACT_ONE */
/* The same where hardly any other of the block is asked for: nothing else of it is read. */
uint32_t postings_impact_alone(struct postings *p);
/* The first document up to `last` that has at least this impact, from the one at hand on; else the first behind. */
uint32_t postings_reach(struct postings *p, uint32_t last, uint32_t least, uint32_t *impact);
/* Positions of a word in the document at hand, growing; all of them, in memory of the arena. */
struct positions {
	uint32_t *v;
	size_t n;
};
struct positions postings_positions(struct postings *p, struct arena *a);

/* The block that holds `doc` or what follows it, without reading it: its last document (POSTINGS_END: none) and the
 * most that a document in it is worth. Never goes back. */
uint32_t postings_peek(struct postings *p, uint32_t doc, uint32_t *best);
/* By number, for who keeps the books himself: the first block from `from` on that reaches doc, n_blocks: none. */
uint32_t postings_block_find(const struct postings *p, uint32_t from, uint32_t doc);
/* Enters a block; its documents are p->docs, p->n of them, and are behind those of the one at hand if it is. */
bool postings_enter(struct postings *p, uint32_t block);
/* Stands at `doc`, whose place in the list is known from its block. Where that is not at hand only its counts are read,
 * so that from here on nothing may be sought. */
void postings_place(struct postings *p, uint32_t place, uint32_t doc);
/* The most that a document in the block of this place is worth. */
uint32_t postings_place_best(const struct postings *p, uint32_t place);
/* The most that any document is worth. */
uint32_t postings_best(const struct segment *s, const struct term *t);

/* ---- ranking ----------------------------------------------------------------------------------------------------- */

/*
 * BM25 (Robertson, Walker et al., TREC-3, 1994) with k1 = 1.2, b = 0.75, a pivot of 1,000 words, an occurrence in the
 * subject counted as SUBJECT_WEIGHT more. A posting's impact is f / (f + k1 * (1 - b + b * length / pivot)) in
 * IMPACT_ONE parts, lengths rounded down to four binary digits; a word's worth is WORTH_ONE * ln(1 + (N - n + 0.5) /
 * (n + 0.5)), at least 1; a document's score is the sum of their products.
 */
enum { IMPACT_ONE = 4096, WORTH_ONE = 1024, SUBJECT_WEIGHT = 4 };
uint32_t rank_impact(uint32_t occurrences, bool in_subject, uint32_t length);
uint32_t rank_worth(uint64_t documents, uint64_t with); /* more than all count as all */

#endif
