/*
 * What check's own files share: a quotation's words as the aligner wants them, a body's words, the comparison of the
 * two, and the state of one check.
 */
#ifndef REFTEL_CHECK_PRIV_H
#define REFTEL_CHECK_PRIV_H

#include "catalog/catalog.h"
#include "check/check.h"

/* ---- words.c ----------------------------------------------------------------------------------------------------- */

/* What set a stretch of a quotation apart from the quoted words. */
enum group_kind { GROUP_ELLIPSIS, GROUP_BRACKET, GROUP_PAREN };

struct group {
	enum group_kind kind;
	struct span at; /* in the story's text, with its brackets */
};

/* One position of a quotation: a word, or an ellipsis (kind ALIGN_GAP, empty word). */
struct quote_word {
	struct str word;       /* folded */
	struct span at;        /* in the story's text */
	uint8_t kind;          /* ALIGN_WORD, ALIGN_FREE (in brackets), ALIGN_GAP */
	int group;             /* index of the brackets or ellipsis it belongs to, -1 */
	bool patched;          /* brackets stand inside the word: "[T]he", "provide[d]" */
	struct str head, tail; /* of a patched word: what stands outside the brackets, folded */
	bool number;
};

struct quote_words {
	struct quote_word *v;
	uint32_t *ids;
	uint8_t *kinds;
	size_t n;
	struct group *groups;
	size_t n_groups;
	size_t plain; /* words outside brackets: what must stand in the cable */
};

/* The words of the stretches `words` of `text`, numbered in vocab (which grows). */
struct quote_words quote_words_read(struct arena *a, struct vocab *vocab, struct str text, struct spans words);

struct body_words {
	struct tokens tokens;
	uint32_t *ids;
	uint8_t *kinds;
};

/* The words of a cable's body; words that vocab does not know get id 0. Artefacts are free, redactions are blots. */
struct body_words body_words_read(struct arena *a, struct vocab *vocab, const struct cable *c);

bool word_is_negation(struct str folded);
/* A word so common that alone it points at no source ("all", "of", "was"). */
bool word_is_common(struct str folded);

/* ---- compare.c --------------------------------------------------------------------------------------------------- */

/* How a quotation's words lie on a body. */
struct comparison {
	enum verdict verdict; /* VERBATIM, ADAPTED, ALTERED; NO_SOURCE where they do not lie on it at all */
	struct piece *pieces;
	size_t n_pieces;
	struct span at;  /* of the body */
	size_t same;     /* words of the quotation that stand there */
	size_t plain;    /* of so many that should */
	size_t unmarked; /* words on either side that differ and nothing marks it */
	size_t run;      /* longest run of words without an unmarked difference */
	size_t redacted; /* words of the story that the cable's redaction hides */
	double score;    /* same / plain */
};

/* The pieces are a's; mem holds the work, and much of it: a byte for each pair of words. */
struct comparison compare_words(struct arena *a, struct arena *mem, const struct quote_words *q,
				const struct body_words *b, struct str body);

/*
 * Is an altered passage near enough to be called the source? `cited` when a citation points at this cable: then less
 * is needed than when the whole archive was searched, where chance has a million places to strike.
 */
bool comparison_is_source(const struct comparison *c, bool cited);

/* ---- locate.c ---------------------------------------------------------------------------------------------------- */

/* A version in which a quotation may stand. */
struct candidate {
	int64_t key, version;
	int score;  /* of align_score() */
	bool whole; /* the score is as high as that of all its words in one run: an upper bound for verbatim */
};

struct located {
	VEC(struct candidate) v; /* best first after locate_all() */
};

/* A version that was unpacked, and its words. */
struct cached {
	struct arena arena;
	int64_t version; /* 0: none yet */
	struct cable_version cable;
	struct body_words words;
};

enum { CACHED_VERSIONS = 256 }; /* that are kept at hand; quotations of one cable tend to stand together */

/* The words of a version, without page lines and the like; 0: one that is not in the story. */
struct cited_text {
	uint32_t *ids;
	size_t n;
};
/* A cable that the story cites and that is here. */
struct cited_cable {
	int64_t key;
	uint64_t *known;              /* one bit a word of the vocabulary: it stands in some version of the cable */
	VEC(struct cited_text) texts; /* of its versions */
	bool redacted;                /* in some version */
};
struct cited {
	struct cited_cable *v; /* each once, in the order of the keys */
	size_t n;
};

struct checker {
	struct archive *ar;
	struct catalog *catalog;
	const struct story *story;
	const struct check_options *options;
	struct report *report;
	struct arena *arena; /* of the report */
	struct arena scratch;
	struct vocab vocab;
	struct quote_words *quotes; /* one a quotation of the story, index as there */
	struct located *located;
	bool has_numbers;     /* some cable here has a running number */
	struct cached *cache; /* CACHED_VERSIONS places, a version's is its number modulo that */
	struct cited cited;   /* from cited_read() on */
};

/*
 * Fills ck->located: by the index where it reaches, and by holding every version against every quotation where it does
 * not, or where the options ask for that: slow, and by construction complete.
 */
int locate_all(struct checker *ck, struct err *e);

/* ---- passages.c -------------------------------------------------------------------------------------------------- */

struct leads passages_find(struct locator *l, const struct quote_words *q, struct arena *a);

/*
 * A version and its words, until the next call. NULL with *e filled when it cannot be unpacked.
 */
const struct cached *checker_version(struct checker *ck, int64_t version, struct err *e);

/* Whoever asked for the check has gone: EINTR. Looked at between quotations. */
int checker_stopped(const struct checker *ck, struct err *e);

/* The best comparison of a quotation with any version of a cable; *version says which. */
int checker_compare_cable(struct checker *ck, size_t quotation, int64_t key, struct comparison *out, int64_t *version,
			  struct err *e);

/* ---- cited.c ----------------------------------------------------------------------------------------------------- */

/* Fills ck->cited from the citations, once they are resolved. */
int cited_read(struct checker *ck, struct err *e);
const struct cited_cable *cited_find(const struct cited *c, int64_t key); /* NULL: the story does not cite it */

/* A quotation, asked for in one cable after the other. Open zeroed. */
struct cited_test {
	struct arena arena;
	uint32_t *worth; /* one a word of the vocabulary: what it tells, as often as it stands in the part at hand */
	uint32_t *seen;  /* ... and how often it stands in the window at hand */
	struct cited_part *parts; /* between ellipses */
	size_t n_parts, words;
	uint64_t full;
};
void cited_test_open(struct cited_test *t, const struct checker *ck, size_t quotation);
void cited_test_close(struct cited_test *t);
/* False: too little of the quotation stands anywhere together in the cable for a comparison to find it there. */
bool cited_may_have(struct cited_test *t, const struct cited_cable *c);

/* ---- resolve.c, judge.c, findings.c ------------------------------------------------------------------------------ */

int resolve_citations(struct checker *ck, struct err *e);
/* The citation that stands for itself behind a chain of "the cable", -1: none. */
int citation_root(const struct story *s, int citation);
int judge_quotations(struct checker *ck, struct err *e);
int find_findings(struct checker *ck, struct err *e);
struct passage passage_of(struct checker *ck, const struct cached *v, struct span at);

#endif
