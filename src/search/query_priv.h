/*
 * The query language as a tree: what a person typed is read into one, and a tree can be written out again. What the
 * words mean in an index is not known here. docs/search.md describes the language for those who type it.
 */
#ifndef REFTEL_QUERY_PRIV_H
#define REFTEL_QUERY_PRIV_H

#include "cable/cable.h"

enum {
	QUERY_BYTES_MAX = 64 << 10,
	QUERY_DEPTH_MAX = 64,    /* parentheses and NOTs inside one another */
	QUERY_NODES_MAX = 10000, /* nodes and words of phrases */
	QUERY_WORD_MAX = 256,    /* bytes of one folded word, or of an id */
	QUERY_NEAR_MAX = 1000,
	QUERY_NEAR_DEFAULT = 10,
	QUERY_LITERALS_MIN = 2, /* characters of a pattern that stand for themselves */
	QUERY_FUZZY_MIN = 3,
	QUERY_FUZZY_MAX = 2,
};

enum query_op {
	/* of kids */
	Q_AND, /* two or more, none of them Q_AND */
	Q_OR,  /* two or more, none of them Q_OR */
	Q_NOT, /* one */
	/*
	 * Two or more of Q_WORD..Q_FUZZY, in any order: there is a window of the text that holds a match of every kid
	 * and is at most `distance` words longer than these are together. Matches may share words.
	 */
	Q_NEAR,
	/* of the text (field says which): word or words, folded as text_tokens() folds */
	Q_WORD,     /* word, in all forms that share its stem */
	Q_PHRASE,   /* words as they are, one behind the other; one or more, the first and last never `any` */
	Q_PREFIX,   /* every word that begins with word */
	Q_WILDCARD, /* word is a pattern: ? is one character (code point), * any number of them, also none */
	Q_FUZZY,    /* every word at most `distance` inserted, left out or changed characters away from word */
	/* of what is known about the cable */
	Q_KEY,   /* field origin, tag, signatory; words, and word: the same joined by blanks, as text_fold() gives it */
	Q_CLASS, /* field class or para; cmp, class, none */
	Q_CAPTION, /* class.captions, all of them */
	Q_DATE,    /* from..to, or none */
	Q_ID,      /* word: an id as archive_find() takes it; mrn where it is one */
	Q_NUMBER,  /* number: the running number */
	Q_REFS,    /* cables that refer to the one that word and mrn name */
	Q_REFBY,   /* cables that it refers to */
	Q_HAS,     /* has */
	Q_MISSING, /* yes: cites a cable that is not held; else: cites none such */
};

enum query_field {
	QF_BODY, /* where nothing is said */
	QF_SUBJECT,
	QF_ORIGIN,
	QF_TAG,
	QF_SIGNATORY,
	QF_CLASS,
	QF_PARA,
	QF_CAPTION,
	QF_DATE,
	QF_ID,
	QF_NUMBER,
	QF_REFS,
	QF_REFBY,
	QF_HAS,
	QF_MISSING,
	QF_COUNT,
};

enum query_cmp { QC_EQ, QC_LT, QC_LE, QC_GT, QC_GE };

enum query_has { QH_REDACTION, QH_REFS, QH_SUMMARY, QH_COMMENT, QH_VERSIONS, QH_COUNT };

struct query_word {
	struct str word;  /* folded; empty where any */
	struct str shown; /* a spelling that folds to word: word itself, but for a few letters that fold twice */
	bool any;         /* stands for any one word */
};

/*
 * Q_CLASS: class.level compared by cmp, and all of class.captions (of para: in the mark of one and the same paragraph).
 * level LEVEL_UNKNOWN with captions: any level. none: has no classification, the paragraph no mark. What has no level
 * is neither less nor more than one.
 */
struct query_node {
	enum query_op op;
	enum query_field field; /* of all but Q_AND, Q_OR, Q_NOT; the words of a Q_NEAR are all of its field */
	struct span at;         /* bytes of the query; what one term stands for has the term's */
	struct query_node **kids;
	size_t n_kids;
	struct str word;
	struct query_word *words;
	size_t n_words;
	int distance; /* Q_FUZZY, Q_NEAR */
	enum query_cmp cmp;
	bool none, yes;
	struct classification class;
	int64_t from, to; /* days since 1970, both meant; INT64_MIN, INT64_MAX: open */
	struct mrn mrn;   /* post "" where word is none; year 0 where the year is not said */
	uint32_t number;
	enum query_has has;
};

struct query {
	struct str text; /* as given */
	struct query_node *root;
};

/*
 * Any bytes. EINVAL: cannot be read; ELIMIT: a bound above is passed. Then *e is one sentence with what was expected,
 * what stands there and the place in characters from 1, and *where (may be NULL) that place in bytes of text; at its
 * end the span is empty. The tree is in a; text must outlive it.
 */
int query_parse(struct arena *a, struct str text, struct query *out, struct span *where, struct err *e);

/*
 * The tree as a query that reads as the same tree (the spans apart), with all that was implied written out. A list
 * behind a field is written as one field each, so a query near QUERY_BYTES_MAX may come out longer than that.
 */
void query_print(struct buf *out, const struct query_node *n);

/* Two lines: the query, cut to a terminal's width around the place, and carets under the place. */
void query_point(struct buf *out, struct str query, struct span where);

const char *query_field_name(enum query_field f);
const char *query_has_name(enum query_has h);

#endif
