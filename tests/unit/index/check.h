/* Holds a segment against the collection that it was made from. */
#ifndef REFTEL_TEST_INDEX_CHECK_H
#define REFTEL_TEST_INDEX_CHECK_H

#include "fixture.h"

/* Everything that the segment says: columns, terms, documents, counts, positions, impacts, seeking, walks. */
void check_segment(struct fixture *f, const struct segment *s, struct model m, const char *language);

#endif
