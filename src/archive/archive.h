/*
 * archive: the truth. A folder with one SQLite database (WAL) that holds every cable, all its versions, references,
 * aliases, where each came from and what was set aside. One writer, many readers. Texts are zstd frames, most of them
 * against a numbered dictionary that was trained on the collection and never changes.
 */
#ifndef REFTEL_ARCHIVE_H
#define REFTEL_ARCHIVE_H

#include "base/base.h"
#include "cable/cable.h"

struct archive;

enum archive_mode { ARCHIVE_READ, ARCHIVE_WRITE };

/* Makes the folder and an empty archive in it. EEXIST when there is one. */
int archive_create(const char *dir, struct err *e);
/*
 * Opens one. ENOTFOUND: no archive there; EFORMAT: foreign, damaged, or of a newer reftel; EBUSY (write): another
 * writer has held it for wait_ms, the message names it (process, host, since when); EREADONLY (write).
 */
int archive_open(const char *dir, enum archive_mode mode, int wait_ms, struct archive **out, struct err *e);
void archive_close(struct archive *ar); /* an open transaction is rolled back */
/* Of the database's pages so much is kept in memory; 16 MB where nothing is said. */
int archive_cache(struct archive *ar, unsigned kib, struct err *e);
const char *archive_dir(const struct archive *ar);

/* ---- writing ----------------------------------------------------------------------------------------------------- */

int archive_begin(struct archive *ar, struct err *e);
int archive_commit(struct archive *ar, struct err *e);
void archive_rollback(struct archive *ar);

/* A file that is being imported, and how far it got, so that an interrupted import can go on. */
struct archive_source {
	int64_t id;
	uint64_t offset, line, row; /* read up to here by committed transactions */
	bool finished;
};
/* Finds the file by path, size and modification time, or enters it. format is a short name ("csv"). */
int archive_source_open(struct archive *ar, const char *path, uint64_t size, int64_t mtime, const char *format,
			struct archive_source *out, struct err *e);
int archive_source_save(struct archive *ar, const struct archive_source *s, struct err *e);

/*
 * Packing and hashing a text needs no database: any thread can do it ahead, with a packer of its own. A dictionary
 * lives as long as the writer's handle that gave it; NULL: there is none yet.
 */
struct archive_packer;
struct archive_dictionary;
enum { ARCHIVE_HASH_BYTES = 32 /* BLAKE2b-256 */ };
struct archive_packed {
	struct str bytes;   /* a zstd frame of header and body */
	int64_t dictionary; /* 0: none */
	unsigned char hash[ARCHIVE_HASH_BYTES];
	int redactions;
};
struct archive_packer *archive_packer_open(void);
void archive_packer_close(struct archive_packer *p);
int archive_pack(struct archive_packer *p, const struct archive_dictionary *d, struct arena *a, const struct cable *c,
		 struct archive_packed *out, struct err *e);
const struct archive_dictionary *archive_dictionary(const struct archive *ar);
/* Is the dictionary still to be trained on what is stored next? What is packed meanwhile is larger than it could be. */
bool archive_is_learning(const struct archive *ar);

enum put_result {
	PUT_NEW,     /* a cable that was not here */
	PUT_VERSION, /* another text of a cable that was */
	PUT_SAME,    /* known already; at most an alias (running number) was added */
};
/* What came of it: where the text stands now. */
struct archive_put {
	enum put_result result;
	int64_t key, version; /* of the cable; of the version that is this text */
};
/*
 * Stores a cable. The same header and body again (by hash) change nothing. A text that has little in common with those
 * already under the id is stored as a version like any other, and remarked upon ("another cable under this id?").
 * packed: of this cable, or NULL: it is done here.
 */
int archive_put(struct archive *ar, const struct cable *c, const struct archive_packed *packed, int64_t source_id,
		uint64_t offset, struct archive_put *out, struct err *e);

/* What was set aside. Once per source and offset: a second run does not double it. */
struct archive_aside {
	const char *file;
	uint64_t offset, line, row;
	const char *reason;
	struct str excerpt;
	int64_t when; /* seconds since 1970 */
};
int archive_set_aside(struct archive *ar, int64_t source_id, const struct archive_aside *x, struct err *e);

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* A row of the list of cables: what is known without unpacking a text. Strings in the caller's arena. */
struct cable_row {
	int64_t key;     /* of the cable */
	int64_t version; /* of its newest version: the one read by default */
	int n_versions;
	struct str id;
	uint32_t running_number; /* 0: unknown */
	struct cable_date date;
	struct str origin;
	struct classification class;
	struct str subject;
	struct str signatory;
	enum partial_reason partial;
};
struct cable_rows {
	struct cable_row *v;
	size_t n;
};

/* Any spelling a person would use: an MRN in any form, a running number with or without '>', an odd id verbatim.
 * Without a year, every cable of that post and serial. Nothing found is no error: n is 0. */
int archive_find(struct archive *ar, struct arena *a, struct str what, struct cable_rows *out, struct err *e);
int archive_find_mrn(struct archive *ar, struct arena *a, const struct mrn *m, struct cable_rows *out, struct err *e);
int archive_find_number(struct archive *ar, struct arena *a, uint32_t running_number, struct cable_rows *out,
			struct err *e);
/* Cables of the days first..last (both meant). post: canonical id part, or empty for any. */
int archive_find_dated(struct archive *ar, struct arena *a, struct cable_date first, struct cable_date last,
		       struct str post, struct cable_rows *out, struct err *e);
/* The post's cables of that year with the next lower and the next higher numbers, nearest first, at most `most` each.
 * How many versions they have is not looked up: n_versions is 0. */
int archive_find_around(struct archive *ar, struct arena *a, const struct mrn *m, size_t most,
			struct cable_rows *before, struct cable_rows *behind, struct err *e);
int archive_id(struct archive *ar, struct arena *a, int64_t key, struct str *out, struct err *e); /* its id alone */
int archive_row(struct archive *ar, struct arena *a, int64_t key, struct cable_row *out, struct err *e);

/* One version of a cable, unpacked and read into fields, in the arena. */
struct cable_version {
	int64_t key, version;
	int ordinal;       /* 1 is the first that was imported */
	struct str source; /* path of the file it came from */
	int64_t imported;  /* seconds since 1970 */
	struct cable cable;
};
int archive_load(struct archive *ar, struct arena *a, int64_t version, struct cable_version *out, struct err *e);
/* The same for who reads many and shows none to anybody: a text that was packed with a checksum is held against that,
 * not against its hash as well. */
int archive_load_unhashed(struct archive *ar, struct arena *a, int64_t version, struct cable_version *out,
			  struct err *e);
/* Between these, what is read is of one moment, and reading much is cheaper. One within another is the same moment. */
int archive_read_begin(struct archive *ar, struct err *e);
void archive_read_end(struct archive *ar);
/* The versions of a cable, oldest first (their keys). */
struct version_keys {
	int64_t *v;
	size_t n;
};
int archive_versions(struct archive *ar, struct arena *a, int64_t key, struct version_keys *out, struct err *e);

/*
 * Every version of every cable, in order of their keys; `a` is reset between calls. fn returns non-zero to stop, and
 * that is returned. A version that cannot be unpacked is reported through damaged() and passed over.
 */
struct version_visit {
	int (*version)(void *ctx, const struct cable_version *v, struct err *e);
	void (*damaged)(void *ctx, int64_t version, const struct err *why);
	void *ctx;
};
int archive_each(struct archive *ar, const struct version_visit *v, struct err *e);

/* References, both ways. key 0: cited and not held. */
struct ref_row {
	int64_t key;
	struct str id;
	struct reference ref; /* of the citing text */
};
struct ref_rows {
	struct ref_row *v;
	size_t n;
};
int archive_refs_from(struct archive *ar, struct arena *a, int64_t key, struct ref_rows *out, struct err *e);
int archive_refs_to(struct archive *ar, struct arena *a, struct str id, struct ref_rows *out, struct err *e);

/* ---- what the index needs ---------------------------------------------------------------------------------------- */

/* A segment file of the index, in the folder index/ of the archive. */
struct archive_segment {
	char name[32];
	int64_t first, last; /* versions in it, both meant; segments do not overlap */
	uint32_t docs;
	uint64_t bytes, checksum;
};
struct archive_segments {
	struct archive_segment *v;
	size_t n;
};
int archive_segments(struct archive *ar, struct arena *a, struct archive_segments *out, struct err *e);
/* In the transaction at hand: `gone` are no longer part of the index, `come` are. */
int archive_segments_swap(struct archive *ar, const struct archive_segment *gone, size_t n_gone,
			  const struct archive_segment *come, size_t n_come, struct err *e);

/* Versions that are not to be found: superseded by another version of their cable, or deleted. In order. */
struct unlisted {
	int64_t version;
	bool deleted;
};
struct unlisted_list {
	struct unlisted *v;
	size_t n;
};
int archive_unlisted(struct archive *ar, struct arena *a, struct unlisted_list *out, struct err *e);

/* The versions behind `after`, in order; 0: all. */
int archive_versions_after(struct archive *ar, struct arena *a, int64_t after, struct version_keys *out, struct err *e);

/*
 * Deletes a version for good, in a transaction of its own; those behind it are numbered anew, the cable shows the
 * fullest of those that are left, and is gone with the last. ENOTFOUND.
 */
int archive_delete(struct archive *ar, int64_t version, struct err *e);
/* Brings what was committed into the database and empties the journal beside it. False: somebody still reads there. */
bool archive_journal_empty(struct archive *ar);

/* Another number than before: another process or thread has committed to the archive since this one last asked. */
int archive_change(struct archive *ar, int64_t *out, struct err *e);

/* What was chosen for this archive ("language"). Empty: nothing was. */
int archive_setting(struct archive *ar, struct arena *a, const char *name, struct str *out, struct err *e);
int archive_setting_set(struct archive *ar, const char *name, struct str value, struct err *e);

/* Cables, in order of their keys: that refer to one that is not held; that have more than one version. */
int archive_cables_citing_missing(struct archive *ar, struct arena *a, struct version_keys *out, struct err *e);
int archive_cables_with_versions(struct archive *ar, struct arena *a, struct version_keys *out, struct err *e);

int archive_counts(struct archive *ar, uint64_t *cables, uint64_t *versions, struct err *e);
bool archive_has_post(struct archive *ar, struct str post); /* is a cable of this post (canonical id part) held? */
bool archive_has_numbers(struct archive *ar);               /* has any cable a running number? */

/*
 * A missing cable: others cite it and nobody holds it. An implied year is the citing cable's or the one before; a
 * reference counts as satisfied when either is held.
 */
enum window_basis {
	WINDOW_UNKNOWN, /* without a year; before is the first citation, if it has a date */
	WINDOW_YEAR,    /* its number's year, cut at the first citation; no neighbour is held, or they contradict */
	WINDOW_SERIALS, /* narrowed by cables of the same post and year with lower and higher numbers */
};
struct sent_window {
	enum window_basis basis;
	struct cable_date after, before; /* days, both meant; precision DATE_NONE where unknown */
	struct str after_id, before_id;  /* the held cables they come from; empty: the year's first or last day */
};
enum year_basis {
	YEAR_STATED,  /* by one who cites it */
	YEAR_FOLLOWS, /* implied; the other year's numbers rule it out */
	YEAR_LIKELY,  /* implied; the year before is possible */
	YEAR_UNKNOWN, /* implied by a cable without a date */
};
const char *year_basis_name(enum year_basis b); /* "stated" */
struct missing_citer {
	int64_t key;
	struct str id;
	struct cable_date date;
	char letter; /* of the first reference to it in the list; 0 where it has none */
	bool year_implied, and_previous;
};
struct missing {
	struct mrn mrn;
	struct str id;
	struct str origin; /* as a cable of the post has it; empty where none is held */
	enum year_basis year_basis;
	struct sent_window window;
	struct str other_id; /* YEAR_LIKELY: what it may be instead, and when that was sent */
	struct sent_window other_window;
	struct missing_citer *citers; /* each once, the first to cite it first */
	size_t n_citers;
};
struct missing_list {
	struct missing *v;
	size_t n;
};
/* All of them, those that most cables cite first, then by id. post: canonical id part, or empty for any. */
int archive_missing(struct archive *ar, struct arena *a, struct str post, struct missing_list *out, struct err *e);
/* The missing cables that m may name: by post and serial alone where it has no year. */
int archive_missing_find(struct archive *ar, struct arena *a, const struct mrn *m, struct missing_list *out,
			 struct err *e);

/*
 * What a cable refers to and what refers to it, and so on as far as `depth` steps in that direction (0: to the end).
 * A cable is one node however often it is met, and expanded once, where it is nearest to the start.
 */
enum ref_direction { REFS_OUT, REFS_IN };
struct ref_walk {
	int level;       /* steps from the start; -1: not met in this direction */
	size_t via;      /* the edge by which it was first met */
	size_t first, n; /* its edges onwards, in edges[direction] */
};
struct ref_node {
	struct str id;
	struct cable_row row;          /* row.key 0: not held */
	const struct missing *missing; /* NULL where held */
	struct ref_walk walk[2];       /* by enum ref_direction */
};
struct ref_edge {
	size_t from, to; /* nodes: the one that cites, the one cited */
	char letter;
	bool year_implied, and_previous;
};
struct ref_edges {
	struct ref_edge *v;
	size_t n, cap;
};
struct ref_graph {
	struct ref_node *v; /* v[0] is the start */
	size_t n, cap;
	struct ref_edges edges[2]; /* those met in each direction */
	struct ref_rows others;    /* the start's references to what is no cable */
};
/* missing: the start, where it is not held; else key. */
struct ref_question {
	int64_t key;
	const struct missing *missing;
	bool out, in;
	int depth;
};
int archive_ref_graph(struct archive *ar, struct arena *a, const struct ref_question *q, struct ref_graph *out,
		      struct err *e);

/* What SQLite finds wrong with the database itself, a line each; none: nothing. */
int archive_integrity(struct archive *ar, void (*fn)(void *ctx, struct str line), void *ctx, struct err *e);

struct archive_status {
	uint64_t cables, versions, sources, sources_unfinished, set_aside, remarks, refs, refs_missing;
	uint64_t text_bytes, stored_bytes;
	struct cable_date first, last;
	int schema;
};
int archive_status(struct archive *ar, struct archive_status *out, struct err *e);
int archive_each_aside(struct archive *ar, int (*fn)(void *ctx, const struct archive_aside *x), void *ctx,
		       struct err *e);
/* What did not fit together in a cable, a sentence each. */
int archive_each_remark(struct archive *ar, int (*fn)(void *ctx, struct str id, struct str remark), void *ctx,
			struct err *e);

#endif
