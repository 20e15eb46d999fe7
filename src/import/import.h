/*
 * import: the way from files to the archive: walk, read, parse, store, in transactions of bounded size, resumable.
 */
#ifndef REFTEL_IMPORT_H
#define REFTEL_IMPORT_H

#include "archive/archive.h"
#include "base/base.h"

struct import_summary {
	uint64_t files, records, added, versions, same, set_aside, remarks, bytes;
	int64_t ms;
	bool interrupted;
};

/* How far it is. total: bytes of all the files; 0: not known. indexing: all is stored, the index takes in the rest. */
struct import_news {
	uint64_t done, total;
	bool indexing;
	const struct import_summary *sum;
};

struct import_options {
	size_t record_max; /* bytes; 0: SOURCE_RECORD_MAX */
	FILE *progress;    /* NULL: none */
	bool inside;       /* also what lies in the archive's own folder: files that were uploaded to it */
	/* In the caller's thread, often; may be NULL. */
	void (*news)(void *ctx, const struct import_news *x);
	void *ctx;
	const volatile int *stop; /* set by a signal handler: commit what is done and return EINTR; may be NULL */
};

/* Imports files and folders. What cannot be read is set aside and counted; an error means that the import stopped. */
int import_paths(struct archive *ar, const char *const *paths, size_t n, const struct import_options *o,
		 struct import_summary *out, struct err *e);

#endif
