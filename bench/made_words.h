/*
 * The words of made cables: which word comes next, and how it is spelled.
 *
 * A word is its rank. Ranks are drawn from a fixed law with the four slopes that the real material shows (ranks to
 * 100, to 1,000, to 8,192, and an endless tail), so that frequencies follow Zipf at any size and the vocabulary grows
 * by itself, as Heaps found. Three things make it text instead of a lottery: a word has its usual successors; a cable
 * has topics, each with its own words among those of about equal rank; and a cable comes back to what it has said
 * before, a word, a pair or three.
 */
#ifndef BENCH_MADE_WORDS_H
#define BENCH_MADE_WORDS_H

#include "base/base.h"

enum { MADE_WORD_MAX = 32, MADE_CORE = 8192, MADE_SAID_MAX = 8192, MADE_TOPICS = 3 };

struct made_words {
	uint64_t state; /* of the random numbers */
	/* the core's law as an alias table: slot i gives word i where the second half of the number is below take[i] */
	uint32_t take[MADE_CORE], other[MADE_CORE];
	/* what the cable at hand has said */
	uint32_t said[MADE_SAID_MAX];
	uint32_t n_said, again, again_left;
	uint32_t topics[MADE_TOPICS];
	uint32_t last;
};

uint64_t made_mix(uint64_t z); /* SplitMix64's finaliser: a hash of a number */
uint32_t made_below(struct made_words *w, uint32_t n);
bool made_chance(struct made_words *w, uint32_t percent);

void made_words_open(struct made_words *w, uint64_t seed);
void made_words_cable(struct made_words *w, const uint32_t topics[MADE_TOPICS]); /* a new cable begins */
uint32_t made_words_next(struct made_words *w);

/* The spelling of a word, always the same one; not terminated. */
size_t made_word_spell(uint32_t word, char out[MADE_WORD_MAX]);
bool made_word_is_name(uint32_t word);
/* A name of so many syllables, first letter upper case, with a NUL. */
void made_name(uint64_t number, unsigned syllables, char out[MADE_WORD_MAX]);

#endif
