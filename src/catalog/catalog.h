/*
 * catalog: the index as it is kept of an archive: what of a cable goes into it, building it beside an import and anew,
 * merging its segments, and the snapshot of it that a search or a check reads. A document of the index is a version of
 * a cable; its key is the version's, its group the cable's.
 */
#ifndef REFTEL_CATALOG_H
#define REFTEL_CATALOG_H

#include "archive/archive.h"
#include "index/index.h"

/* ---- fields ------------------------------------------------------------------------------------------------------ */

/* Keyword fields, by their numbers in the index's files: never renumbered. */
enum catalog_field {
	FIELD_ORIGIN = 1, /* "Embassy Kalvik", as the cable has it */
	FIELD_CLASS,      /* "SECRET", without captions */
	FIELD_CAPTION,    /* "NOFORN", each one */
	FIELD_TAG,        /* "PTER", each one */
	FIELD_SIGNATORY,  /* "ALDERSEY" */
	FIELD_MONTH,      /* "2007-10", "2007" where no more is known */
	FIELD_MARK,       /* "SECRET//NOFORN", of each paragraph that has one */
	FIELD_HAS,        /* "redaction", "refs", "summary", "comment", "unmarked" (a paragraph), "partial" */
	N_CATALOG_FIELDS
};

/*
 * The words of a cable as they are counted in the index: those of its body without page lines and stray captions, so
 * that a sentence goes on over them; behind them its subject where the body has none. off and end are bytes of the
 * body, or of the subject from n_body on.
 */
struct catalog_words {
	struct tokens words;
	size_t n_body;
	uint32_t subject_from, subject_to; /* positions */
};
struct catalog_words catalog_words_read(struct arena *a, const struct cable *c, struct vocab *v, bool grow);

/* ---- a snapshot for reading -------------------------------------------------------------------------------------- */

/* A segment and which of its documents count. Bit sets of segment_docs() bits. */
struct catalog_segment {
	struct segment *segment;
	uint64_t *live;    /* not deleted: what a quotation may stand in */
	uint64_t *current; /* live, and the version that its cable is shown by: what a search finds */
};

struct catalog {
	struct archive *archive;
	struct catalog_segment *segments;
	size_t n_segments;
	uint64_t n_docs;
	int64_t last; /* versions behind this one are not in the index yet */
};

/* The archive must stay open as long. EFORMAT: damaged, the message names the remedy. */
int catalog_open(struct archive *ar, struct catalog **out, struct err *e);
void catalog_close(struct catalog *c);
/* Gives back the memory that searching took, for who holds it open for long: searching goes on as before. */
void catalog_forget(const struct catalog *c);
/* EFORMAT when a read of it met something that no builder writes. */
int catalog_sound(const struct catalog *c, struct err *e);
/* The document of a version: false where the index has none. */
bool catalog_find(const struct catalog *c, int64_t version, size_t *segment, uint32_t *doc);
/* How many documents have this exact word, in all segments. */
uint64_t catalog_docs_with(const struct catalog *c, struct str word);
uint64_t catalog_bytes(const struct catalog *c);

static inline bool bit_get(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static inline void bit_set(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline size_t bits_words(uint32_t n)
{
	return ((size_t)n + 63) / 64;
}

/* ---- building ---------------------------------------------------------------------------------------------------- */

struct catalog_options {
	FILE *progress; /* NULL: none */
	const volatile int *stop;
	unsigned threads; /* 0: as many as there are processors, at most CATALOG_THREADS_MAX */
	size_t memory;    /* bytes for what is collected, over all threads; 0: CATALOG_MEMORY */
	size_t runs;      /* while following: as often as this memory is full, a segment is written; 0: CATALOG_RUNS */
};
enum { CATALOG_THREADS_MAX = 8, CATALOG_MEMORY = 128 << 20, CATALOG_RUNS = 64 };

/* What came of building. */
struct catalog_summary {
	uint64_t docs, damaged; /* versions that were read into it, and that could not be */
	int64_t ms;
};

/*
 * An index that keeps step with a writer, collected by threads of its own. Begin it outside of a transaction: what the
 * archive holds and the index does not is taken in first. Feed it what is stored, publish what is ready, finish it
 * outside of a transaction.
 */
struct catalog_build;
int catalog_build_begin(struct archive *ar, const struct catalog_options *o, struct catalog_build **out, struct err *e);
/*
 * What was stored a moment ago, all of it and in the order of the versions, so that it need not be read back. v and
 * what it points to must stay until done(ctx) is called, which is always, once, here or by a thread of the build. Where
 * the transaction that stored it is undone the build must be cancelled.
 */
struct catalog_text {
	const struct cable *cable;
	int64_t key, version;
};
int catalog_build_feed(struct catalog_build *b, const struct catalog_text *v, size_t n, void (*done)(void *ctx),
		       void *ctx, struct err *e);
/* Inside a transaction in which nothing was stored yet: enters the segments that are ready. */
int catalog_build_publish(struct catalog_build *b, struct err *e);
/* Waits, enters the rest, merges what has become too small. With `now`, only what was collected already: the rest is
 * left to the next time. Frees b in any case. */
int catalog_build_finish(struct catalog_build *b, bool now, struct catalog_summary *out, struct err *e);

/* Enters nothing more, and frees b (which may be NULL): the next build takes it in. */
void catalog_build_cancel(struct catalog_build *b);

/* The whole index anew from the archive's texts, swapped in at the end. language NULL: as it was chosen before. */
int catalog_reindex(struct archive *ar, const char *language, const struct catalog_options *o,
		    struct catalog_summary *out, struct err *e);

/* Reads the whole index, and holds it against the archive's list of versions. The first damage is the error. */
int catalog_verify(struct archive *ar, struct err *e);
/* The same; all damage is told to fn, and only what keeps from looking is an error. */
int catalog_each_damage(struct archive *ar, void (*fn)(void *ctx, const struct err *damage), void *ctx, struct err *e);

/*
 * The health of an archive: its database, every text, its index, read and held against what was written down of them.
 * What keeps from reading a part is damage too, and the next part is looked at all the same; only what is nobody's
 * damage is an error.
 */
struct catalog_health {
	void (*damage)(void *ctx, const char *part, struct str what); /* part: "database", "text", "index" */
	void (*at)(void *ctx, uint64_t texts, uint64_t total);        /* may be NULL */
	const volatile int *stop;                                     /* may be NULL */
	void *ctx;
	uint64_t n_damage, n_texts, total; /* found out */
};
int catalog_health(struct archive *ar, struct catalog_health *h, struct err *e);

/* The language of the archive's index: "english" where nothing was chosen; NULL: no stems. */
int catalog_language(struct archive *ar, struct arena *a, const char **out, struct err *e);

#endif
