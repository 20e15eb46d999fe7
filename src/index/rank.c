/*
 * What a posting and a word are worth. The formulas stand in index.h; they end in whole numbers, so that every way of
 * adding them up gives the same.
 */
#include "index/index_priv.h"

#include <math.h>

enum { PIVOT = 1000, OCCURRENCES_MAX = 1 << 20 };

static const double k1 = 1.2, b = 0.75;

/* The least length that has this code. */
static double length_of_code(uint32_t code)
{
	return code < 32 ? code : (double)((uint64_t)(16 + (code & 15)) << (code / 16 - 1));
}

static uint32_t impact(uint32_t weight, uint32_t code)
{
	double f = weight < OCCURRENCES_MAX ? weight : OCCURRENCES_MAX;

	return (uint32_t)(IMPACT_ONE * f / (f + k1 * (1 - b + b * length_of_code(code) / PIVOT)) + 0.5);
}

uint32_t rank_impact(uint32_t occurrences, bool in_subject, uint32_t length)
{
	return impact(occurrences + (in_subject ? SUBJECT_WEIGHT : 0), rank_length_code(length));
}

void rank_table_fill(struct rank_table *t)
{
	for (uint32_t code = 0; code < RANK_LENGTHS; code++)
		for (uint32_t weight = 0; weight < RANK_WEIGHTS; weight++)
			t->impact[code][weight] = (uint16_t)impact(weight, code);
}

uint32_t rank_worth(uint64_t documents, uint64_t with)
{
	/* Lists count the dead as well, so that a word may seem to be in more documents than there are. */
	double n = (double)documents, df = with < documents ? (double)with : n;
	uint32_t worth = (uint32_t)(WORTH_ONE * log(1 + (n - df + 0.5) / (df + 0.5)) + 0.5);

	return worth ? worth : 1; /* what matches has a score */
}
