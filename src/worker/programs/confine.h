/*
 * What the worker programs share: shutting themselves in, and speaking with whoever started them.
 */
#ifndef REFTEL_WORKER_CONFINE_H
#define REFTEL_WORKER_CONFINE_H

#include "worker/worker_priv.h"

/*
 * Shuts the process in for good: limits on memory and processor time, no new files, no network, no other programs, no
 * more rights than it has. To be called with everything loaded and before any input is read. Ends the process where
 * that cannot be done. argv: program, bytes of memory, seconds of processor time.
 */
void confine(int argc, char **argv);

/* The whole standard input, in memory of its own. ELIMIT above most bytes. */
int input_read(size_t most, struct buf *b, struct err *e);
/* The whole answer on the standard output. False: nobody reads it. */
bool output_write(struct str s);
/* The sentence on the standard error, and how to exit with it. */
int output_refuse(const struct err *e);

#endif
