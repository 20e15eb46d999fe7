/*
 * story: what a reporter wrote, as HTML, Markdown, plain text, .docx or .odt, to its running text without the site's
 * furniture, its quotations and its citations, each with its place, and which citation governs which quotation. It
 * knows how people cite cables, but not which cables exist: that is check's.
 */
#ifndef REFTEL_STORY_H
#define REFTEL_STORY_H

#include "base/base.h"
#include "cable/cable.h"
#include "text/text.h"
#include "worker/worker.h"

enum story_format {
	STORY_PLAIN,
	STORY_MARKDOWN,
	STORY_HTML,
	STORY_DOCUMENT, /* HTML that worker_docx() made of a word processor's file: all of it is story */
};

enum { STORY_MAX = 16 << 20 }; /* bytes of a story file */

enum block_kind { BLOCK_PARAGRAPH, BLOCK_HEADING, BLOCK_QUOTE, BLOCK_LIST_ITEM };

struct block {
	enum block_kind kind;
	struct span at; /* in the story's text */
	int level;      /* of a heading, 1..6 */
};

/* How a quotation is set off. */
enum quote_style { QUOTE_DOUBLE, QUOTE_SINGLE, QUOTE_BLOCK };

struct quotation {
	enum quote_style style;
	struct span at;     /* with its marks, in the text */
	struct spans words; /* the quoted words; more than one stretch when it runs over paragraphs */
	int parent;         /* the quotation it is nested in, -1: none */
	int citation;       /* the one that governs it, -1: none */
	bool near;          /* that citation stands in the same sentence or is taken up in it ("the cable said") */
	struct span opener; /* the sentence around it, for reports */
	/* Not a quotation of words from a source: a title, a scare quote in a heading. Listed, not judged. NULL: judge
	 * it. */
	const char *skipped;
};

/* A citation: all that one mention says of one cable. Each part is absent (zero) where the story does not say it. */
struct citation {
	struct span at;          /* the whole mention */
	uint32_t running_number; /* "126768" */
	struct span running_at;
	struct mrn mrn; /* post "": absent */
	struct span mrn_at;
	struct str link; /* the address of a link to a cable page, when there is one */
	struct cable_date date;
	struct span date_at;
	enum class_level level;
	unsigned captions;
	struct span level_at;
	struct str origin; /* "Islamabad" of "the embassy in Islamabad", as written */
	struct span origin_at;
	struct str signatory; /* "Patterson", of "wrote Ambassador Anne W. Patterson": the names as written */
	struct span signatory_at;
	int same_as; /* "the cable", "that cable": the citation meant; -1: stands for itself */
};

/* A place where the story calls words or a cable secret, confidential, ...: compared with the paragraph's mark. */
struct marking_claim {
	struct span at;
	enum class_level level;
	int quotation; /* the quotation it speaks of; -1: none */
	int citation;
};

struct story {
	enum story_format format;
	struct str raw;   /* the file as it is */
	struct str title; /* of the page, or the first heading; may be empty */
	struct str text;  /* the running text, UTF-8, blocks parted by a blank line; furniture left out */
	uint32_t *raw_of; /* raw_of[i]: byte of raw that byte i of text came from; n + 1 entries */
	struct block *blocks;
	size_t n_blocks;
	struct quotation *quotations; /* in order */
	size_t n_quotations;
	struct citation *citations; /* in order */
	size_t n_citations;
	struct marking_claim *claims;
	size_t n_claims;
	size_t furniture; /* bytes of raw text that were left out as site furniture */
};

enum story_format story_sniff(struct str raw, const char *name); /* name: a hint ("x.md"), may be NULL */

/* Everything is in `a` or points into raw. Errors: ELIMIT above STORY_MAX, EINVAL for what is no text (binary). */
int story_read(struct arena *a, struct str raw, enum story_format f, struct story *out, struct err *e);

/*
 * The same for a file as it was found or sent, whatever it is: told apart by its content, with the name as a hint, and
 * a .docx or .odt unpacked by a worker, for which o is (may be NULL). s->raw of those is the worker's HTML, a line for
 * each paragraph. Errors: also those of worker_docx().
 */
int story_read_file(struct arena *a, struct str file, const char *name, const struct worker_options *o,
		    struct story *out, struct err *e);

#endif
