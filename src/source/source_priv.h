/*
 * What the files of source/ share with each other, its tests and its fuzz targets, and nobody else.
 */
#ifndef REFTEL_SOURCE_PRIV_H
#define REFTEL_SOURCE_PRIV_H

#include "source/source.h"

#include <sys/types.h>

enum {
	SOURCE_HEAD = 64 << 10,   /* what source_sniff() looks at */
	SOURCE_CHUNK = 256 << 10, /* what is read at a time */
	SOURCE_EXCERPT = 200,
};

/* ---- a stream of bytes, UTF-16 made UTF-8 on the way (stream.c) -------------------------------------------------- */

struct stream {
	int fd;             /* -1: bytes */
	struct str bytes;   /* what is left of them */
	const char *name;   /* for messages */
	enum encoding enc;  /* ENC_UTF16LE and ENC_UTF16BE are converted, anything else is passed on as it is */
	size_t chunk;       /* bytes asked for at a time; 0: SOURCE_CHUNK */
	unsigned char *raw; /* heap: UTF-16 that waits for its other half */
	size_t raw_n;
	bool ended;
};

/* At most cap (at least 4) bytes into out; the number, 0 at the end, or a negative error. */
ssize_t stream_read(struct stream *s, char *out, size_t cap, struct err *e);
/* How many bytes of the file the n bytes at p, which stream_read() gave, were made from. */
uint64_t stream_raw_length(const struct stream *s, const char *p, size_t n);
void stream_close(struct stream *s); /* its memory; the file descriptor is the caller's */

/* ---- what several layouts have in common (field.c) --------------------------------------------------------------- */

/*
 * Text as the rooms behind expect it: UTF-8 with "\n" at its line ends. A byte that belongs to no UTF-8 sequence is
 * read as Windows-1252, byte by byte, because collections mix the two in one file. Gives s itself where nothing is to
 * do.
 */
struct str field_text(struct arena *a, struct str s);

/* Dates of the layouts' own columns; false when s is none. An hour of 0:00 without seconds means an unknown hour. */
bool field_date_dump(struct str s, struct cable_date *out);  /* "10/23/2007 14:50", or what cable_date_parse() reads */
bool field_date_page(struct str s, struct cable_date *out);  /* "2007-10-23 14:02": its minutes mean nothing */
bool field_date_ruby(struct str s, struct cable_date *out);  /* "Tue Oct 23 14:02:00 +0200 2007": UTC all the same */
bool field_date_words(struct str s, struct cable_date *out); /* "Tuesday, 23 October 2007, 14:50" */

/* A classification written by itself, as a source's own field: no letters apart, no number, no post. */
bool field_is_classification(struct str line);

/* ---- the layouts ------------------------------------------------------------------------------------------------- */

/*
 * Reads rows from s, whose file begins with head (64 KiB, UTF-8). Everything wrong with a row goes to r->set_aside().
 * Returns what a callback or the stream returned.
 */
int csv_read(struct stream *s, const char *file, struct str head, const struct source_reader *r, struct err *e);
/* Does a line that begins here begin a row of the dump? Sets *more when s is too short to tell. */
bool csv_row_starts(struct str s, bool *more);

/*
 * One cable from a whole text (UTF-8). EINVAL with the reason when it is none: to be set aside. Texts are in a or point
 * into the text.
 */
int html_read(struct arena *a, struct str page, struct cable_record *out, struct err *e);
int textfile_read(struct arena *a, struct str text, struct cable_record *out, struct err *e);
int bare_read(struct arena *a, struct str text, struct cable_record *out, struct err *e);

/* Looks of the beginning of a text (UTF-8, mark cut off), for source_sniff(). */
bool html_looks_like(struct str head);
bool textfile_looks_like(struct str head);
bool bare_looks_like(struct str head);

/* Why a file that no reader takes is none of theirs: a sentence for the list of what was set aside. */
const char *source_unknown_reason(struct str head, size_t file_size);

#endif
