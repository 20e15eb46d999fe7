/*
 * What catalog's own files share.
 */
#ifndef REFTEL_CATALOG_PRIV_H
#define REFTEL_CATALOG_PRIV_H

#include "catalog/catalog.h"

#include <pthread.h>

/* A version as the next document of the index: its words are read into the builder, the rest is in a. */
void document_make(struct arena *a, const struct cable_version *v, struct index_builder *b, struct index_doc *out);

const char *catalog_dir(struct arena *a, struct archive *ar);
/* The archive says which file is meant: one by the same name is not enough. */
int catalog_segment_is(const struct segment *s, const struct archive_segment *row, struct err *e);

/* ---- upkeep.c ---------------------------------------------------------------------------------------------------- */

/* The segments in order of their versions; those that have grown too small for their number become one. */
struct segment_files {
	struct archive_segment *v;
	size_t n;
};
struct archive_segment segment_of_part(const struct index_part *p);
/* Merges the tail of `all` where it has grown too long for what it holds; all is changed to what is to be. */
int segments_tidy(struct archive *ar, struct arena *a, struct segment_files *all, const char *name,
		  const volatile int *stop, struct err *e);
void segments_sort(struct segment_files *f);
/* Removes the files in the index's folder that the archive's list does not name. */
void segments_sweep(struct archive *ar);
/* A number for the next file that no file there has, nor one that should be there. */
unsigned segments_next_number(struct archive *ar);
void segment_file_name(char out[32], unsigned number);
void segment_file_remove(struct archive *ar, const char *name);

/* ---- collect.c --------------------------------------------------------------------------------------------------- */

struct worker {
	struct catalog_build *build;
	pthread_t thread;
	bool started;
	size_t next, end; /* of build->keys */
	bool keyed;       /* has collected some of those since it last wrote */
	struct archive *ar;
	struct index_builder *builder;
	struct arena arena;
	struct err e;
};

/* Texts that the one who stored them hands on. */
struct parcel {
	const struct catalog_text *v;
	size_t n;
	void (*done)(void *ctx);
	void *ctx;
	struct parcel *next;
};

struct catalog_build {
	struct archive *ar;
	struct catalog_options o;
	const char *language; /* of the stems of what is collected; NULL: none */
	const char *choose;   /* the language that is kept as chosen when the new index is entered; NULL: as it was */
	struct arena arena;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	int64_t *keys; /* in arena */
	size_t n_keys;
	struct parcel *parcels, *parcels_end; /* behind the keys */
	uint64_t n_fed;
	bool deaf;     /* nobody takes parcels any more */
	bool complete; /* nothing more will come */
	bool halt;     /* take no more of those that came */
	struct worker workers[CATALOG_THREADS_MAX];
	unsigned n_workers;
	struct segment_files ready; /* written, not part of the index yet; heap */
	size_t cap_ready;
	bool anew; /* collected as runs, which become one segment at the end; nobody waits for a part of it */
	struct index_run **runs; /* heap */
	size_t n_runs;
	unsigned next_number;
	struct progress progress;
	struct catalog_summary sum;
	int failed; /* of the first thread that did */
	struct err e;
};

/* Those of workers[from..to): at least one must start. */
int workers_start(struct catalog_build *b, unsigned from, unsigned to, struct err *e);
/* Nothing more will come: waits until all is collected, or until they have stopped. */
int workers_join(struct catalog_build *b, struct err *e);
/* Makes a segment of the runs that are there now. Where it is stopped they are lost, and are collected another time. */
int runs_write(struct catalog_build *b, struct err *e);

#endif
