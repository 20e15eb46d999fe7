/*
 * Passages of cables as reporters quote them, faithfully and not: taken from a corpus of real texts, with one thing
 * done to them. The same chance gives the same passages.
 */
#ifndef BENCH_PASSAGES_H
#define BENCH_PASSAGES_H

#include "cable/cable.h"

enum passage_kind {
	PASSAGE_EXACT,
	PASSAGE_RECASED, /* case and punctuation only */
	PASSAGE_ELIDED,
	PASSAGE_GLOSSED,
	PASSAGE_WORD_CHANGED,
	PASSAGE_WORDS_DROPPED,
	PASSAGE_NEGATION,
	PASSAGE_NUMBER,
	PASSAGE_JOINED, /* of two cables */
	PASSAGE_INVENTED,
	N_PASSAGE_KINDS
};
const char *passage_kind_name(enum passage_kind k);

enum { PASSAGE_WORDS_MIN = 8, PASSAGE_WORDS_MAX = 60 };

struct text {
	int64_t key;
	struct str body;
	struct tokens words; /* sentences of the author only: no artefacts, no redactions */
};

/* The texts that passages are taken from. Open with a seed that is not 0; the arena is the caller's to free. */
struct corpus {
	struct arena arena;
	VEC(struct text) texts;
	VEC(struct str) pool; /* every word as often as it stands there */
	uint64_t seed;
};

void corpus_add(struct corpus *c, int64_t key, const struct cable *cable);
size_t chance_below(uint64_t *state, size_t n);

/* One word of a passage as a reporter would type it. */
struct piece_of {
	struct str text;
	bool number;
};

struct passage_made {
	struct piece_of v[PASSAGE_WORDS_MAX];
	size_t n;
	int64_t key, second; /* the cables that the words are from; second: 0 or, of a joined one, the other */
	struct str source;   /* the bytes of the cable that the words were taken from (of a joined one the last ones) */
};

/* False where chance chose a stretch that the kind cannot be made of: ask again. The corpus must have two texts. */
bool passage_make(struct corpus *c, enum passage_kind kind, struct passage_made *p);
void passage_write(struct corpus *c, enum passage_kind kind, const struct passage_made *p, struct buf *out);

#endif
