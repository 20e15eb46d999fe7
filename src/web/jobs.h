/*
 * Work that outlives the page that began it: imports and verifications. Each has a thread and an archive handle of its
 * own; what became of it is kept until the server ends, for the last JOBS_KEPT.
 */
#ifndef REFTEL_WEB_JOBS_H
#define REFTEL_WEB_JOBS_H

#include "import/import.h"
#include "web/web_priv.h"

enum { JOBS_KEPT = 20, JOB_DAMAGE_MAX = 1000 /* of which the words are kept; all are counted */ };

enum job_kind { JOB_IMPORT, JOB_VERIFY };

/* How a job stands. Texts in the arena of whoever asked. */
struct job_state {
	int64_t id;
	enum job_kind kind;
	const char *collection;
	struct str who;       /* began it */
	struct str what;      /* names of files, for people */
	int64_t began, ended; /* seconds; ended 0: under way */
	bool stopping, indexing;
	uint64_t done, total;      /* bytes of an import, texts of a verification; total 0: not known yet */
	struct import_summary sum; /* of an import */
	uint64_t n_damage;         /* of a verification */
	json_t *damage;            /* a list of view_damage(), to be freed; NULL: none */
	struct err err;            /* code 0: all went well */
	uint64_t step;             /* another number: something is new */
};

int jobs_open(struct web *w, struct err *e);
/* Stops what is under way, and waits for it. */
void jobs_close(struct web *w);

/*
 * An import of what was uploaded, or of a path on this server that places_find() gave. EBUSY: one is under way in this
 * collection. The uploads are taken over. log: what was begun is in the desk's log.
 */
struct job_import {
	const char *path;
	struct upload *uploads;
	size_t n_uploads;
	const char *what;
};
int job_import_begin(struct request *rq, const struct job_import *x, int64_t *id, struct err *e);
int job_verify_begin(struct request *rq, int64_t *id, struct err *e);
/* ENOTFOUND: none is under way. */
int job_stop(struct web *w, const struct web_collection *c, enum job_kind kind, struct err *e);
/* The newest of a collection. False: there was none. a NULL: without texts and damage. */
bool job_newest(struct web *w, struct arena *a, const char *collection, enum job_kind kind, struct job_state *out);
/* Calls fn for each of a collection, newest first. */
void jobs_each(struct web *w, struct arena *a, const char *collection, enum job_kind kind,
	       void (*fn)(void *ctx, const struct job_state *s), void *ctx);
json_t *job_json(const struct job_state *s);
/* Removes a folder of uploads with its files; NULL is fine. */
void folder_remove(const char *folder);

/* places.c: folders of this server whose files may be imported. */
struct place_entry {
	struct str name, place; /* place: what places_find() takes */
	bool folder;
	uint64_t size;
};
struct place_list {
	struct place_entry *v;
	size_t n, cap;
	struct str here, up; /* places; here empty: the list of the folders that were allowed */
	bool more;           /* than are listed */
};
enum { PLACES_MAX = 32, PLACES_LISTED_MAX = 2000 };
/*
 * "N" or "N/path/below": the real path of something below the Nth folder. ENOTFOUND for all that is not, whether it is
 * hidden, a way out, or missing.
 */
int places_find(struct web *w, struct arena *a, struct str place, const char **path, struct err *e);
int places_list(struct web *w, struct arena *a, struct str place, struct place_list *out, struct err *e);

#endif
