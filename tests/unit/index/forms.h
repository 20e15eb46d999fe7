/*
 * The words of a stem alone, with a stemmer of the segment's own: what most tests want to know.
 */
#ifndef TEST_INDEX_FORMS_H
#define TEST_INDEX_FORMS_H

#include "index/index.h"

static inline struct words segment_forms(const struct segment *s, struct str stem, struct arena *a)
{
	struct stemmer *st = NULL;
	struct words forms;
	struct term list;

	stemmer_open(segment_language(s), &st, NULL);
	segment_stem(s, st, stem, a, &list, &forms);
	stemmer_close(st);
	return forms;
}

#endif
