/*
 * What a segment must say, found without an index: small random collections of documents, and every occurrence of
 * every term in them as one long sorted list.
 */
#ifndef REFTEL_TEST_INDEX_MODEL_H
#define REFTEL_TEST_INDEX_MODEL_H

#include "index/index.h"
#include "random.h"

/* A collection. Documents are in the order of their keys; words have no ids. */
struct model {
	struct index_doc *docs;
	size_t n;
};

/* How a collection is to be. */
struct model_shape {
	size_t docs, words, vocabulary; /* how many documents, words in one at most, different words */
	bool odd;                       /* also words that are too long, empty, or not of letters */
};

struct model model_random(struct arena *a, struct random *r, struct model_shape shape);
struct model model_slice(struct model m, size_t from, size_t to);
/* Without the documents that dead[i] names. */
struct model model_live(struct arena *a, struct model m, const bool *dead);
struct index_builder;
/* Adds a document as an importer does: its words numbered by the builder's vocabulary, or, every few, not numbered. */
void model_add(struct index_builder *b, struct arena *a, const struct index_doc *d);

/* A term, and where it is: one for every occurrence of a word, one for a document with a keyword. */
struct occurrence {
	uint8_t field;
	struct str value;
	uint32_t doc, position;
	bool subject;
	struct str word; /* of a stem: the word that has it */
};
struct occurrences {
	struct occurrence *v;
	size_t n;
};
/* All of them by field, value, document and position; of the lists of stems those that a segment keeps. */
struct occurrences model_occurrences(struct arena *a, struct model m, const char *language);
void sketch_make(struct tokens words, uint16_t out[SKETCH_SIZE]);
/* Where the term that begins at `from` ends. */
size_t model_term_end(struct occurrences o, size_t from);

#endif
