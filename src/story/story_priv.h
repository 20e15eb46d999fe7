/*
 * What story's own files share: the running text as it is being made, links, sentences.
 */
#ifndef REFTEL_STORY_PRIV_H
#define REFTEL_STORY_PRIV_H

#include "story/story.h"

/* A link of the story, over the words [at) of the text. */
struct story_link {
	struct span at;
	struct str href;
};

/* The text under construction. Bytes go in with the place they came from; blocks are begun and ended around them. */
struct draft {
	struct arena *a;
	struct str raw;
	struct buf text;
	VEC(uint32_t) raw_of;
	VEC(struct block) blocks;
	VEC(struct story_link) links;
	size_t furniture;
	bool open;  /* a block is open */
	bool whole; /* no furniture is looked for */
};

void draft_block(struct draft *d, enum block_kind kind, int level); /* ends the open one */
void draft_end(struct draft *d);
void draft_byte(struct draft *d, char c, size_t raw_off);
void draft_bytes(struct draft *d, struct str s, size_t raw_off); /* consecutive bytes of raw */
void draft_code_point(struct draft *d, int32_t cp, size_t raw_off);
void draft_blank(struct draft *d, size_t raw_off); /* one blank, unless one stands there or the block is empty */

void story_from_plain(struct draft *d);
void story_from_markdown(struct draft *d);
void story_from_html(struct draft *d, struct str *title);

/* Lines that pages print around a story: share, subscribe, print, comments. Short ones only. */
bool block_is_furniture(struct str text);

typedef VEC(struct quotation) quotation_vec;
typedef VEC(struct citation) citation_vec;
typedef VEC(struct marking_claim) claim_vec;

/* Sentences of the text, in order; none runs over a block. */
struct sentence {
	struct span at;
	size_t block;
};
typedef VEC(struct sentence) sentence_vec;

struct reading {
	struct arena *a;
	struct story *s;
	struct story_link *links;
	size_t n_links;
	sentence_vec sentences;
	quotation_vec quotations;
	citation_vec citations;
	claim_vec claims;
};

void story_read_quotations(struct reading *r);
void story_read_sentences(struct reading *r);
void story_read_citations(struct reading *r);
void story_govern(struct reading *r);

bool in_quotation(const struct reading *r, uint32_t off);
size_t block_at(const struct story *s, uint32_t off);
size_t sentence_at(const struct reading *r, uint32_t off);

#endif
