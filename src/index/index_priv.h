/*
 * What index's own files share: packing of numbers, the frame of a segment file, the writer of lists.
 */
#ifndef REFTEL_INDEX_PRIV_H
#define REFTEL_INDEX_PRIV_H

#include "index/index.h"

#include <string.h>

/* ---- numbers in files: little-endian, at any address ------------------------------------------------------------- */

static inline uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap32(v);
#endif
	return v;
}

static inline uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

static inline uint16_t load16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline void store32(uint8_t *p, uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap32(v);
#endif
	memcpy(p, &v, sizeof(v));
}

static inline void store64(uint8_t *p, uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	memcpy(p, &v, sizeof(v));
}

/* LEB128. varint_put: bytes written, at most 10. */
static inline size_t varint_put(uint8_t *p, uint64_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		p[n++] = (uint8_t)(v | 0x80);
	p[n++] = (uint8_t)v;
	return n;
}

/* Reads one at *at, not beyond end; NULL when it does not end in time. */
static inline const uint8_t *varint_get(const uint8_t *p, const uint8_t *end, uint64_t *v)
{
	uint64_t x = 0;

	for (unsigned shift = 0; p < end && shift < 64; shift += 7) {
		uint8_t c = *p++;

		x |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80)) {
			*v = x;
			return p;
		}
	}
	return NULL;
}

/* ---- pack.c ------------------------------------------------------------------------------------------------------ */

/* Room that a packed block can need at the most. */
enum { PACK_MAX = 16 + POSTINGS_BLOCK * 4 + 256 };

/* Packs n (1..POSTINGS_BLOCK) numbers; the bytes written. */
size_t pack(const uint32_t *v, size_t n, uint8_t *out);
/* Reads n numbers back; where the block ends, NULL when it would end beyond `end`. v has room for POSTINGS_BLOCK. */
const uint8_t *unpack(const uint8_t *p, const uint8_t *end, size_t n, uint32_t *v);
/* The number i of n alone; false where the block would end beyond `end`. A patch without a place is not noticed. */
bool pack_get(const uint8_t *p, const uint8_t *end, size_t n, size_t i, uint32_t *v);
/* Where the block of n numbers ends, without reading them. */
const uint8_t *pack_skip(const uint8_t *p, const uint8_t *end, size_t n);

/* Turns gaps into documents: each is the one before it, at first `previous`, and the gap and 1 more. False: a gap is so
 * large that the sums may have gone round, and v is lost. */
bool gaps_sum(uint32_t *v, size_t n, uint32_t previous);

/* ---- rank.c ------------------------------------------------------------------------------------------------------ */

enum { RANK_LENGTHS = 272, RANK_WEIGHTS = 32, RANK_LENGTH_MAX = (1 << 20) - 1 };

/* Lengths up to RANK_LENGTH_MAX in RANK_LENGTHS steps: exact below 32, then four binary digits behind the first. */
static inline uint32_t rank_length_code(uint32_t length)
{
	unsigned digits;

	if (length < 32)
		return length;
	length = length < RANK_LENGTH_MAX ? length : RANK_LENGTH_MAX;
	digits = 31 - (unsigned)__builtin_clz(length);
	return 16 * (digits - 3) + (length >> (digits - 4) & 15);
}

/* The impacts that are asked for most, computed once. */
struct rank_table {
	uint16_t impact[RANK_LENGTHS][RANK_WEIGHTS];
};
void rank_table_fill(struct rank_table *t);

/* count as in struct postings. */
static inline uint32_t rank_weight(uint32_t count)
{
	return count / 2 + 1 + (count & 1) * SUBJECT_WEIGHT;
}

static inline uint32_t rank_impact_of(const struct rank_table *t, uint32_t count, uint32_t length)
{
	uint32_t weight = rank_weight(count);

	return weight < RANK_WEIGHTS ? t->impact[rank_length_code(length)][weight]
				     : rank_impact(count / 2 + 1, count & 1, length);
}

/* ---- the frame of a segment file --------------------------------------------------------------------------------- */

enum {
	SEGMENT_MAGIC_BYTES = 8,
	SEGMENT_FOOTER_BYTES = 192,
	SKIP_BYTES = 14,
	DICTIONARY_GROUP = 32, /* terms that are coded against one another */
	GROUP_BYTES = 16,      /* of the table that says where each group and its lists begin */
	LANGUAGE_MAX = 24,
	COLUMN_BYTES = 8 + 8 + 8 + 4 + 4 + 2 + 2 * SKETCH_SIZE, /* of one document, over all columns */
};
extern const char segment_magic[SEGMENT_MAGIC_BYTES];

/* Where things are; every one is checked against the file's size when it is opened. */
struct frame {
	uint64_t dictionary_at, groups_at, columns_at, end; /* lists begin behind the magic */
	uint64_t n_terms, n_groups;
	uint32_t n_docs;
	int64_t first_key, last_key;
	char language[LANGUAGE_MAX];
	uint64_t checksum; /* of all that stands before the footer */
};
void frame_put(const struct frame *f, uint8_t out[SEGMENT_FOOTER_BYTES]);
int frame_get(const uint8_t *file, size_t n, struct frame *out, const char *name, struct err *e);

struct segment {
	const uint8_t *p;
	size_t n;
	struct frame f;
	const uint8_t *lengths; /* the column */
	char *name;
	_Atomic bool damaged;
	struct rank_table rank;
};

void segment_mark_damaged(const struct segment *s);
const uint8_t *segment_column(const struct segment *s, int column, uint32_t doc);
enum { COLUMN_KEY, COLUMN_GROUP, COLUMN_WHEN, COLUMN_LENGTH, COLUMN_SUBJECT, COLUMN_SUBJECT_N, COLUMN_SKETCH };

/* All terms of a segment; a term comes with its field as its first byte and lives until the next call. */
void term_walk_all(struct term_walk *w, const struct segment *s);
bool term_walk_step(struct term_walk *w, struct str *term, struct term *t);
/* From the first one on that is not before `term`, which comes with its field. */
void term_walk_from(struct term_walk *w, const struct segment *s, struct str term);
/* A term before which about half of the lists stand; empty where there is none. It lies in the file. */
struct str segment_middle(const struct segment *s);

/* ---- postings.c -------------------------------------------------------------------------------------------------- */

/* The count of the document at hand as it is stored. */
uint32_t postings_count_code(struct postings *p);
/* The differences of all the positions of the block at hand, one document's after another's. */
struct positions postings_block_differences(struct postings *p, struct arena *a);

/* ---- writer.c: a segment file as it is written ------------------------------------------------------------------- */

struct columns {
	int64_t key, group, when;
	uint32_t length, subject_from;
	uint16_t subject_n;
	uint16_t sketch[SKETCH_SIZE];
};

/* Documents of one term as they are written: blocks are packed as they fill. */
struct list_writer {
	uint8_t field;
	uint32_t docs[POSTINGS_BLOCK], counts[POSTINGS_BLOCK];
	uint32_t n, total, last_doc;
	uint16_t best;
	struct buf skips, blocks, positions;
	uint32_t *pos; /* of the block at hand, as differences; heap */
	size_t n_pos, cap_pos;
};

struct segment_writer {
	int fd;
	char *path;
	struct buf out;        /* not yet written */
	uint64_t written;      /* bytes of the file before `out` */
	void *hash;            /* XXH3_state_t */
	struct buf dictionary; /* groups of terms */
	struct buf groups;     /* where each begins */
	uint64_t n_terms;
	size_t in_group;
	size_t last_n;
	char last[INDEX_VALUE_MAX + 8];
	struct list_writer list;
	const struct columns *columns;
	uint16_t *length_codes; /* of the documents, for impacts: close together, as they are asked for at random */
	uint32_t n_docs;
	char language[LANGUAGE_MAX];
	struct term last_list; /* as it was entered */
	struct rank_table rank;
	int error; /* errno of the first write that failed */
	bool finished;
};

int segment_writer_open(struct segment_writer *w, const char *dir, const char *name, const char *language,
			const struct columns *columns, uint32_t n_docs, struct err *e);
/* For lists that will be appended to `of`: its file has no name any more, so that nothing is left of it after a kill.
 */
int segment_writer_open_part(struct segment_writer *w, const struct segment_writer *of, struct err *e);
/*
 * A list: its documents, growing; counts as in struct postings. differences: the first position, then how many words
 * lie between each and the next; NULL where the field has no positions.
 */
void list_begin(struct segment_writer *w, uint8_t field);
void list_add(struct segment_writer *w, uint32_t doc, uint32_t count, const uint32_t *differences);
/* Several at once: the differences of all of them, one behind another. */
void list_add_many(struct segment_writer *w, const uint32_t *docs, const uint32_t *counts, size_t n,
		   const uint32_t *differences);
/* Enters it under its field and this value. Terms come in byte order of (field, value). */
void list_end(struct segment_writer *w, struct str value);
/* A form of the stem whose list is being written, in order. */
void list_form(struct segment_writer *w, struct str word);
/* Enters the list of a word under its stem, of which it is the one form. */
void list_alias(struct segment_writer *w, struct str stem, struct str word, const struct term *t);
/* What was added can be read from the file. */
void segment_writer_flush(struct segment_writer *w);
/* Puts the lists and terms of another writer, which come behind all of this one's, at the end; *shift is how far its
 * lists moved. An alias's place is not moved: its terms' lists are in this file already. */
int segment_writer_append(struct segment_writer *w, struct segment_writer *part, uint64_t *shift, struct err *e);
/* Writes dictionary, columns and footer, syncs. */
int segment_writer_finish(struct segment_writer *w, struct index_part *out, struct err *e);
/* Gives up: the file is removed. Fine after finish too. */
void segment_writer_close(struct segment_writer *w);

/*
 * Counts as they are packed: hardly any is in a subject, so the flag does not take a bit of all of them. One without it
 * is occurrences - 1, passing over 7, 15, 23 and so on; those are the ones with it.
 */
static inline uint32_t count_stored(uint32_t count)
{
	uint32_t more = count / 2;

	return count & 1 ? 8 * more + 7 : more + more / 7;
}

static inline uint32_t count_of_stored(uint32_t stored)
{
	return (stored & 7) == 7 ? 2 * (stored >> 3) + 1 : 2 * (stored - (stored >> 3));
}

static inline bool field_has_counts(uint8_t field)
{
	return field >= INDEX_WORD;
}

static inline bool field_has_positions(uint8_t field)
{
	return field == INDEX_WORD;
}

/* ---- stems.c ----------------------------------------------------------------------------------------------------- */

/* A word of the segment being written and where its list is. */
struct stem_form {
	struct str stem, word;
	bool is_stem; /* the word is its own stem */
	uint32_t order;
	struct term term;
};
/* Collects the words of a segment as they are written, then writes the lists of stems behind them. */
struct stem_table {
	struct stemmer *stemmer;
	struct arena arena;      /* of the words and stems */
	struct stem_form *forms; /* heap: there may be a million */
	size_t n, cap;
};
void stem_table_add(struct stem_table *t, struct str word, const struct term *term);
/* Takes over the forms of another table, whose lists have moved by shift; their words stay where they are. */
void stem_table_join(struct stem_table *t, const struct stem_table *other, uint64_t shift);
int stem_table_write(struct stem_table *t, struct segment_writer *w, struct err *e);
void stem_table_free(struct stem_table *t);
/* Two halves of a task at once, the second on a thread of its own. */
void both_at_once(void *(*task)(void *), void *first, void *second);

/* ---- halves.c: a segment whose lists are written by two threads -------------------------------------------------- */

/* The terms [from, to), and where they are written. */
struct half {
	const void *job;     /* what they come from */
	struct str from, to; /* with their field; empty: the first, the last word */
	struct segment_writer w;
	struct stem_table stems;
	int rc;
	struct err e;
};
struct halves {
	struct half a, b;
};
struct half_plan {
	const void *job;
	struct str middle; /* where the second half begins, among the words; empty: one half is all */
	const char *dir, *name, *language;
	const struct columns *columns;
	uint32_t n_docs;
};
/* run gets a struct half, and writes its terms and says what came of it there. Open h zeroed; close it in any case. */
int halves_write(struct halves *h, void *(*run)(void *half), const struct half_plan *p, struct err *e);
int halves_finish(struct halves *h, struct index_part *out, struct err *e);
void halves_close(struct halves *h);

/* ---- run.c ------------------------------------------------------------------------------------------------------- */

struct index_run *run_new(void);
/* From here on it is written to a file that has no name. */
int run_file(struct index_run *r, const char *dir, const char *name, struct err *e);
/* A term's documents, growing; of words also their counts and the differences of their positions, all documents' in a
 * row, as list_add takes them. */
struct run_list {
	uint32_t *docs, *counts, *differences;
	size_t n, n_differences;
	bool more; /* it goes on with the list that was put before, of the same term */
};
/* Terms come in byte order, with their field. */
void run_list_put(struct index_run *r, struct str term, const struct run_list *l);
/* Takes over the columns of the documents, which are at least one; heap. The run can be read. */
int run_end(struct index_run *r, struct columns *columns, uint32_t n_docs, struct err *e);
struct columns *run_columns_take(struct index_run *r); /* back from it; it is only good to be closed then */

/* ---- sketch.c ---------------------------------------------------------------------------------------------------- */

enum { SKETCH_RUN = 4 };

/* A document's words go in one by one, by their hashes. */
struct sketcher {
	uint64_t least[SKETCH_SIZE];
	uint32_t run[SKETCH_RUN];
	size_t n;
};
static inline uint32_t sketch_hash(struct str word)
{
	return word_hash(str_sub(word, 0, INDEX_VALUE_MAX));
}
void sketch_begin(struct sketcher *k);
void sketch_word(struct sketcher *k, uint32_t hash);
/* All of a document's words at once: the same sketch. */
void sketch_words(const uint32_t *hashes, size_t n, uint16_t out[SKETCH_SIZE]);
void sketch_end(const struct sketcher *k, uint16_t out[SKETCH_SIZE]);

#endif
