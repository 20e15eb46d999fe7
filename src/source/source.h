/*
 * source: from files to raw records. One file per input format; which one a file is in is told from its content, never
 * its name. Streams: memory is bounded by the largest record, not by the file. A record that cannot be read is handed
 * to set_aside() with its place and the reason, and reading goes on behind it.
 */
#ifndef REFTEL_SOURCE_H
#define REFTEL_SOURCE_H

#include "base/base.h"
#include "cable/cable.h"

enum source_format {
	SOURCE_UNKNOWN,
	SOURCE_CSV,      /* the dump: eight quoted columns, backslash escapes, no heading row */
	SOURCE_HTML,     /* a cable page of the 2010 release */
	SOURCE_TEXT,     /* id, title, date, classification, origin, then header and body run together */
	SOURCE_TELEGRAM, /* a bare telegram, with or without transmission header */
};
const char *source_format_name(enum source_format f); /* "csv", "html", "text", "telegram", "unknown" */

/* Where a record stands. */
struct place {
	const char *file;
	uint64_t offset; /* first byte of the record in the file */
	uint64_t line;   /* 1-based line of that byte */
	uint64_t row;    /* 1-based record number in the file */
};

enum { SOURCE_RECORD_MAX = 64 << 20 }; /* default bound of one record, bytes */

struct source_reader {
	size_t record_max;  /* 0: SOURCE_RECORD_MAX */
	struct place start; /* where to go on in a CSV that was read in part before; zero: at the beginning */
	/*
	 * One record; its texts live until the call returns. `next` is the place behind it, from which a later run can
	 * go on. Non-zero stops the reading and is returned by source_read().
	 */
	int (*record)(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		      const struct place *next, struct err *e);
	/* A record or a whole file that could not be read; excerpt is its beginning (at most 200 bytes), as it is. */
	int (*set_aside)(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e);
	void (*progress)(void *ctx, uint64_t bytes_of_this_file); /* may be NULL; called now and then */
	void *ctx;
};

enum source_format source_sniff(struct str head, size_t file_size); /* head: the first 64 KiB, any encoding */

/* The same for a file. Errors: EIO, ENOTFOUND. */
int source_sniff_file(const char *path, enum source_format *out, struct err *e);

/*
 * Reads one file. Errors: EIO when it cannot be read at all, or what a callback returned; everything else about its
 * content goes to set_aside().
 */
int source_read(const char *path, const struct source_reader *r, struct err *e);

/* The same readers over bytes in memory, for tests and fuzzing; name stands for the file in places. */
int source_read_bytes(const char *name, struct str bytes, const struct source_reader *r, struct err *e);

#endif
