/*
 * What the callers' side of worker and its programs agree on, and what the callers' side shares.
 */
#ifndef REFTEL_WORKER_PRIV_H
#define REFTEL_WORKER_PRIV_H

#include "worker/worker.h"

/* How a program ends, with a sentence on its standard error unless all is well. */
enum { WORKER_DONE = 0, WORKER_REFUSED = 1, WORKER_TOO_LARGE = 2, WORKER_UNFIT = 3 /* it cannot confine itself */ };

enum { WORKER_MESSAGE_MAX = 600 };

#define WORKER_DOCX   "reftel-worker-docx"
#define WORKER_LAYOUT "reftel-worker-layout"

/* Bounds that hold for a worker where the caller gives none. */
struct worker_bounds {
	int64_t time_ms;
	size_t memory, output;
};

struct worker_call {
	const char *program; /* one of the names above */
	const char *what;    /* what it does, for messages: "reading the document" */
	struct str input;
	struct worker_bounds bounds;
	const struct worker_options *options; /* may be NULL */
};

/* find.c: the program's path, in a. */
int worker_find(struct arena *a, const char *program, const char **path, struct err *e);
/* run.c: starts the program, feeds it, waits for its answer, and leaves nothing behind. The answer is in a. */
int worker_run(struct arena *a, const struct worker_call *c, struct str *answer, struct err *e);
/* layout.c: takes the places in a worker's answer into g, whatever the answer is. */
int layout_take_answer(struct arena *a, struct str answer, struct layout *g, struct err *e);

#endif
