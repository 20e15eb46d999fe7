/*
 * What import's own files share: records on their way from the reader to the archive. The reader fills batches, threads
 * read what is in them into fields and pack it, the writer stores it in the order in which it came, and the index is
 * fed with what is new.
 */
#ifndef REFTEL_IMPORT_PRIV_H
#define REFTEL_IMPORT_PRIV_H

#include "catalog/catalog.h"
#include "import/import.h"
#include "source/source.h"

/* ---- ahead.c: batches, prepared by threads ----------------------------------------------------------------------- */

enum item_kind {
	ITEM_RECORD,
	ITEM_ASIDE, /* what could not be read */
	ITEM_END,   /* of a file */
};

/* What the reader met. All that it points to is in its batch. */
struct item {
	enum item_kind kind;
	struct archive_source src; /* how far its file is read when this is stored */
	struct place at;
	uint64_t bytes; /* of the file */
	struct cable_record record;
	const char *reason; /* ITEM_ASIDE */
	struct str excerpt;
	/* of an ITEM_RECORD, when the batch is prepared */
	struct cable cable;
	struct archive_packed packed;
};

struct batch {
	struct arena arena;
	VEC(struct item) items;
	const char *path; /* of the last item's file */
	size_t bytes;     /* of texts */
	const struct archive_dictionary *dictionary;
	bool ready;
	int rc; /* of preparing it */
	struct err e;
	/* while the index is fed with it */
	struct catalog_text *texts;
	size_t n_texts;
	struct ahead *ahead;
};

struct ahead;
int ahead_open(struct ahead **out, struct err *e);
void ahead_close(struct ahead *h); /* every batch must have been given back, or never taken */
/* An empty batch to fill. NULL: take one and store it first. Waits where all of them feed the index. */
struct batch *ahead_empty(struct ahead *h);
void ahead_give(struct ahead *h, struct batch *b); /* to be prepared */
struct batch *ahead_take(struct ahead *h);         /* the oldest, prepared; NULL: none was given */
void ahead_back(struct batch *b);                  /* nobody needs what is in it; from any thread */

/* ---- store.c: the writer's side ---------------------------------------------------------------------------------- */

struct import {
	struct archive *ar;
	struct catalog_build *index;
	const struct import_options *o;
	struct import_summary *sum;
	char *archive_path; /* what lies in it is no source; NULL: unknown */
	struct ahead *ahead;
	struct batch *filling;        /* NULL: none */
	struct archive_source src;    /* the file being read, as far as it was */
	int64_t newest_source;        /* the largest id of any of them */
	struct archive_source stored; /* the one that was stored last, as far as it was */
	bool unsaved;                 /* that is not written down yet */
	size_t batch_records;         /* of the transaction at hand */
	uint64_t batch_bytes;
	struct progress progress;
	uint64_t files_done; /* bytes of the files before this one */
	bool indexing;       /* all is stored */
	bool failed;         /* an error of ours or the archive's, not of the file being read */
	int unreadable_rc;   /* of the archive, when it could not note an unreadable file */
	struct err *e;
};

/* EINTR: by the user. */
int import_stopped(const struct import *im);
/* A new item at the end of what is read, with the file's state as in im->src. NULL: an error, or EINTR. */
struct item *item_add(struct import *im, enum item_kind kind, const struct place *at, int *rc, struct err *e);
/* The item at the end is whole, with so many bytes of text: hands on a batch that is full, and stores one in return. */
int item_added(struct import *im, size_t bytes, struct err *e);
/* Stores all that was read. */
int store_all(struct import *im, struct err *e);
/* Commits what was stored. */
int store_end(struct import *im, struct err *e);

#endif
