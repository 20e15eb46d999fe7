/*
 * check: a story against the archive. Citations become cables, quotations become passages, and each gets a verdict with
 * its evidence. The report is data; terminal, JSON and HTML are other rooms' work. Nothing here guesses: what could not
 * be checked is said to be unchecked, with the reason.
 */
#ifndef REFTEL_CHECK_H
#define REFTEL_CHECK_H

#include "archive/archive.h"
#include "base/base.h"
#include "catalog/catalog.h"
#include "story/story.h"

enum verdict {
	VERDICT_VERBATIM,      /* the same words */
	VERDICT_ADAPTED,       /* only marked changes */
	VERDICT_ALTERED,       /* words differ and nothing marks it */
	VERDICT_MISATTRIBUTED, /* in another cable than the one cited */
	VERDICT_NOT_HELD,      /* the cited cable, or the part of it that would tell, is not here */
	VERDICT_NO_SOURCE,     /* no cable has it */
	VERDICT_TOO_SHORT,     /* fewer words than can identify a source, and no citation governs it */
	N_VERDICTS
};
const char *verdict_name(enum verdict v); /* "verbatim", "not-held", ... */

/* Why a difference is none, or what marks it. */
enum piece_kind {
	PIECE_SAME,
	PIECE_ARTEFACT, /* only in the cable: page line, stray caption, garble */
	PIECE_ELLIPSIS, /* only in the cable, behind an ellipsis of the story: words that were dropped and marked */
	PIECE_GLOSS,    /* in brackets or parentheses in the story, perhaps for words of the cable */
	PIECE_DOUBLED,  /* telegraphic "not not" */
	PIECE_REDACTED, /* the cable is redacted here: these words of the story could not be checked */
	PIECE_CHANGED,  /* unmarked: one side's words for the other's */
	PIECE_ADDED,    /* unmarked: only in the story */
	PIECE_DROPPED,  /* unmarked: only in the cable */
};
const char *piece_kind_name(enum piece_kind k);

/* A stretch of an aligned quotation; story: bytes of story.text, cable: bytes of the version's body. off == end: none.
 */
struct piece {
	enum piece_kind kind;
	struct span story, cable;
	bool negation; /* the words on either side hold a "not", "no", "never", ...: dropping it turns the sense */
	bool number;   /* ... hold a number */
};

/* Where a passage stands. Strings live as long as the report. */
struct passage {
	int64_t key, version;
	struct str id;
	struct span at;             /* bytes of the body */
	int paragraph;              /* number as printed; -1: outside the numbered ones */
	struct classification mark; /* of that paragraph; LEVEL_UNKNOWN: none */
	struct str text;            /* those bytes of the body */
	struct str before, after;   /* some words around, for a person to see */
};

struct quote_result {
	size_t quotation; /* index into story.quotations */
	enum verdict verdict;
	enum verdict as; /* VERDICT_MISATTRIBUTED: how the words compare where they stand; else the same as verdict */
	int citation;    /* index into the report's citations that it was held against, -1 */
	bool has_passage;
	struct passage passage; /* the best */
	struct piece *pieces;
	size_t n_pieces;
	double score;           /* 0..1: share of the quotation's words that stand there */
	struct passage *others; /* the same words elsewhere, other cables first */
	size_t n_others;
	bool unchecked;     /* counted as unchecked: no pass and no fault */
	const char *reason; /* one sentence: why this verdict; never NULL */
};

enum citation_state {
	CITATION_HELD,      /* resolved to a cable */
	CITATION_PARTLY,    /* to a cable that is held only in part */
	CITATION_NOT_HELD,  /* it names one that is not here */
	CITATION_AMBIGUOUS, /* several fit and nothing tells which */
	CITATION_UNNAMED,   /* says too little to be resolved ("a cable") */
};
const char *citation_state_name(enum citation_state s);

enum resolved_by { BY_NOTHING, BY_NUMBER, BY_MRN, BY_LINK, BY_DATE, BY_QUOTATIONS, BY_CITATION };
const char *resolved_by_name(enum resolved_by b);

struct citation_result {
	size_t citation; /* index into story.citations */
	enum citation_state state;
	enum resolved_by by;
	struct cable_row cable;       /* HELD and PARTLY */
	struct cable_row *candidates; /* AMBIGUOUS */
	size_t n_candidates;
	const char *reason; /* one sentence */
};

/* Something a person should look at that is not a quotation's verdict. */
enum finding_kind {
	FINDING_DATE,           /* the story's date is not the cable's */
	FINDING_CLASSIFICATION, /* nor the classification */
	FINDING_ORIGIN,
	FINDING_SIGNATORY,
	FINDING_ID,      /* one id of the citation names this cable, another id another or none */
	FINDING_MARKING, /* called secret, and the paragraph is marked lower (or higher) */
};
const char *finding_kind_name(enum finding_kind k);

struct finding {
	enum finding_kind kind;
	int citation;   /* index into citations, -1 */
	int quotation;  /* index into quotations, -1 */
	struct span at; /* in story.text */
	struct str story_says, cable_says;
	struct str id; /* of the cable */
	const char *sentence;
};

struct report {
	struct arena arena; /* owns everything below but the story */
	const struct story *story;
	struct quote_result *quotes; /* one a quotation that is judged, in the story's order */
	size_t n_quotes;
	struct citation_result *citations; /* one a citation of the story, same index */
	size_t n_citations;
	struct finding *findings;
	size_t n_findings;
	size_t count[N_VERDICTS];
	size_t unchecked, skipped;
	uint64_t cables, versions; /* searched */
	size_t damaged;            /* versions that were met and could not be unpacked */
};

struct check_options {
	FILE *progress; /* NULL: none */
	const volatile int *stop;
	struct catalog *catalog; /* of the archive; NULL: opened and closed for this story alone */
	bool exhaustive; /* hold every text against every quotation, whatever the index says: hours for a large archive
			  */
};

int check_story(struct archive *ar, const struct story *s, const struct check_options *o, struct report *out,
		struct err *e);
void report_free(struct report *r);
/* Anything a person should look at: altered, misattributed, no-source, a finding, or something unchecked. */
bool report_has_findings(const struct report *r);

/* A version that the index names as a quotation's source, and how much of the quotation stands together there. */
struct lead {
	int64_t key, version;
	unsigned permille; /* of the weight of its words */
};
struct leads {
	struct lead *v; /* best first */
	size_t n;
};

/*
 * The index's part alone: where may these words stand? The check holds each against the quotation. A locator is one
 * thread's; the catalog must stay open as long. `words` are the stretches of text that are quoted.
 */
struct locator {
	struct catalog *catalog;
	uint32_t *weights; /* one a document of the largest segment, all zero between calls */
	uint32_t *touched; /* those that are not, n_touched of them */
	size_t n_touched;
};
void locator_open(struct locator *l, struct catalog *c);
void locator_close(struct locator *l);
struct leads check_locate(struct locator *l, struct arena *a, struct str text, struct spans words);

/*
 * The judge alone, for tests and measurements: how do the words of a quotation compare with a cable's body? Fills
 * verdict (VERBATIM, ADAPTED, ALTERED or NO_SOURCE), passage.at, pieces and score; the rest is zero. `words` are the
 * stretches of text that are quoted.
 */
int check_compare(struct arena *a, struct str text, struct spans words, const struct cable *c, struct quote_result *out,
		  struct err *e);

#endif
