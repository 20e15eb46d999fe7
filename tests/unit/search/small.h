/*
 * Small archives of invented telegrams for tests of search and catalog: made by a seed, of so few words that everything
 * is found often, with several versions of a cable, near repetitions, and references to cables that nobody holds.
 */
#ifndef REFTEL_TEST_SMALL_H
#define REFTEL_TEST_SMALL_H

#include "test.h"

#include "archive/archive.h"
#include "catalog/catalog.h"

/* ---- chance ------------------------------------------------------------------------------------------------------ */

struct rng {
	uint64_t state;
};
size_t rng_below(struct rng *r, size_t n); /* n > 0 */
bool rng_chance(struct rng *r, unsigned percent);
/* Of a list, the first ones much more often. */
size_t rng_skewed(struct rng *r, size_t n);
/*
 * The number that a run is made by: $REFTEL_SEED, else `by_default`. It means the same to one compiler only: in which
 * order arguments are worked out is for them to choose.
 */
uint64_t rng_seed(uint64_t by_default);

/* ---- archives ---------------------------------------------------------------------------------------------------- */

struct small {
	char dir[64];
	struct archive *ar; /* open for writing */
	struct rng rng;
	int64_t source;
	size_t n_serials; /* so many numbers a post and year may have */
	bool rich;        /* of thousands of words instead of few: no two texts are alike by chance */
	char ids[64][32]; /* some that were given */
	size_t n_ids;
	struct buf last; /* the text of the telegram before, to be repeated */
};
void small_open(struct small *s, uint64_t seed);
void small_leave(struct small *s); /* closes the archive, so that others can have it */
void small_reach(struct small *s); /* opens it again */
void small_close(struct small *s); /* and takes the folder away */
/* Telegrams in one transaction, not indexed yet. */
void small_put(struct small *s, size_t n);
/* The same, and the build is fed with them. */
void small_feed(struct small *s, size_t n, struct catalog_build *b);
/* Brings the index up to date as an import does. Little memory: many segments. */
void small_index(struct small *s, size_t memory, unsigned threads);
struct catalog *small_catalog(const struct small *s);
/* Any version of the archive. 0: it is empty. */
int64_t small_version(struct small *s);

/* Words as they stand in the telegrams, with blanks between; with line breaks too. */
void words_put(struct small *s, struct buf *b, size_t n, bool lines);
/* One telegram; everything in a. */
void telegram_make(struct small *s, struct arena *a, struct cable_record *out);
/* Raw words of the telegrams, as they are spelled there. */
extern const char *const small_words[];
extern const size_t n_small_words;
extern const char *const small_posts[4], *const small_origins[4], *const small_tags[5], *const small_signatories[4];

/* Fails the test with what the library said: must(call, e). */
#define must(call, e) must_be_ok((call), &(e))
static inline void must_be_ok(int rc, const struct err *e)
{
	if (rc != REFTEL_OK)
		fail_msg("%s", e->msg);
}

#endif
