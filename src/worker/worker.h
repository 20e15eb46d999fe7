/*
 * worker: programs that read hostile files and draw graphs, outside this process. Each is started for one document,
 * shuts itself off from files, network and other programs before it reads the first byte, answers through a pipe and
 * ends. What it answers is bounded and read like any other input. The libraries that the programs stand on (libarchive,
 * libxml2, Graphviz) are never loaded here.
 *
 * The programs are looked for in $REFTEL_LIBEXEC, where that is set; by a program of a build folder in that folder;
 * else where they were installed. All functions may be called from several threads at once.
 */
#ifndef REFTEL_WORKER_H
#define REFTEL_WORKER_H

#include "base/base.h"

enum {
	WORKER_DOCX_MAX = 64 << 20, /* bytes of a .docx or .odt file */
	LAYOUT_NODES_MAX = 600,
	LAYOUT_EDGES_MAX = 2000,
	LAYOUT_SIDE_MAX = 10000, /* of a node */
};

/* Zero means the worker's own bound. */
struct worker_options {
	int64_t time_ms; /* from start to end; also that much of a processor's time */
	size_t memory;   /* bytes of address space, the program's own code among them */
	size_t output;   /* bytes of its answer */
	/* Asked about ten times a second; ends the worker, and the call with EINTR. May be NULL. */
	const volatile int *stop;
	bool (*gone)(void *ctx); /* true: nobody waits for the answer any more */
	void *ctx;
};

/* A zip archive by its first bytes: what .docx and .odt are. */
bool worker_is_zip(struct str file);

/*
 * A .docx or .odt file as HTML (UTF-8, in a): h1 to h6, p, blockquote, li, a, br, one block a line, footnotes as
 * paragraphs at the end. Tracked deletions, comments, hidden text, headers and footers are left out. Errors: EINVAL for
 * what is no such document, ELIMIT for one that is larger, or takes longer or more memory than is given, EINTR, EIO
 * when the worker cannot be started or broke down.
 */
int worker_docx(struct arena *a, struct str docx, const struct worker_options *o, struct str *html, struct err *e);

struct layout_point {
	double x, y;
};

/* Sizes and places are in one unit of the caller's choice; y grows downwards. */
struct layout_node {
	double w, h;
	double x, y; /* out: the middle */
};

struct layout_edge {
	size_t from, to; /* nodes; may be the same */
	/* Out, in the arena: a chain of cubic Bezier curves, 3 k + 1 points, from the rim of one node to the other's.
	 */
	struct layout_point *points;
	size_t n_points;
};

struct layout {
	struct layout_node *nodes;
	size_t n_nodes;
	struct layout_edge *edges;
	size_t n_edges;
	bool top_down;        /* edges go downwards; else from left to right */
	double width, height; /* out: all lies within */
};

/*
 * Places nodes in layers so that edges go one way where they can. The same graph always gives the same layout. Up to
 * some 400 edges that is a matter of a second at most; a tangle of many more may take all the time there is. Errors:
 * EINVAL for a graph that is none, ELIMIT for one above the bounds or the time, EINTR, EIO.
 */
int worker_layout(struct arena *a, struct layout *g, const struct worker_options *o, struct err *e);

#endif
