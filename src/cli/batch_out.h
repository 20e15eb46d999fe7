/*
 * Where the hits of a batch go, and how far they have come: the output grows by whole queries, and a small file beside
 * it says up to where, so that a batch that was ended by whatever can go on.
 */
#ifndef REFTEL_BATCH_OUT_H
#define REFTEL_BATCH_OUT_H

#include "cli/hits.h"

/* What was done, also by the runs before this one. */
struct batch_state {
	uint64_t next;  /* query */
	uint64_t bytes; /* of the output: of whole queries */
	uint64_t hits, failed, empty;
};

struct batch_out {
	struct arena arena;
	int fd;
	const char *path;          /* NULL: standard output */
	const char *progress_path; /* NULL: the output cannot be taken up again */
	char *identity;            /* the queries and options that the output is of */
	bool complete;             /* nothing was left to be done */
	int64_t saved_ms;
	uint64_t written; /* of the output: state.bytes and what there is of the query at hand */
	struct batch_state state;
};

/* EBUSY: another batch writes there. EINVAL, EFORMAT: what is there is not of these queries and options. */
int batch_out_open(struct batch_out *o, const struct batch_call *call, const struct batch_queries *q, struct err *e);
int batch_out_write(struct batch_out *o, struct str s, struct err *e);
/* A query is written whole: the next may come. */
int batch_out_query_done(struct batch_out *o, struct err *e);
/* After a good open. done: all queries are. Else what was written is kept for a run that goes on. */
int batch_out_close(struct batch_out *o, bool done, struct err *e);

#endif
