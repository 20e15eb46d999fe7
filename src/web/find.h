/*
 * What is looked for, as the address of a page says it: the query that was typed, the counts that were clicked, the
 * months that were brushed, the order and the page. Shared by the search page, its export and saved searches.
 */
#ifndef REFTEL_WEB_FIND_H
#define REFTEL_WEB_FIND_H

#include "search/search.h"
#include "view/view.h"
#include "web/web_priv.h"

enum {
	FIND_HITS = 15,         /* of a page */
	FIND_PAGES_MAX = 20000, /* so that an address cannot ask for more hits than there is memory */
};

/* A part of the address that narrows the result. */
struct find_filter {
	const char *name;  /* of the parameter, and of the facet */
	const char *label; /* for people */
	const char *field; /* of the query language */
};
extern const struct find_filter find_filters[]; /* ends with a NULL name */

struct finding {
	struct str q;     /* as it was typed */
	struct str whole; /* with all that narrows it; empty: nothing is looked for */
	bool narrowed;
	size_t page; /* from 1 */
	struct search_options o;
};

/* EINVAL: a filter makes no sense. */
int find_read(struct arena *a, const struct params *p, struct finding *f, struct err *e);
/* Runs it: EINVAL and ELIMIT say where in f->q the fault is, in *where, if it lies there. */
int find_run(struct request *rq, const struct finding *f, struct search_result *out, struct span *where, struct err *e);

/*
 * The query string of the same with name=value added, or taken away where it is there (a filter), or in place of what
 * the name had (anything else); value empty: the name is left out. name NULL: as it is. The page begins anew.
 */
const char *find_query(struct arena *a, const struct params *p, const char *name, struct str value);
bool find_has(const struct params *p, const char *name, struct str value);
/* Of one whose every cable is in the month, year or day. */
const char *find_query_dates(struct arena *a, const struct params *p, struct str from, struct str to);

/* Query that finds every cable there is. */
#define FIND_ALL "date:none OR NOT date:none"

/* NULL catalog: says so, and what to do. */
int find_catalog(struct request *rq, struct err *e);
/* Changes when anything does that a search could show. */
uint64_t find_state(const struct catalog *c);

/* ---- counts.c ---------------------------------------------------------------------------------------------------- */

void put_counts(struct request *rq, struct buf *b, const struct search_result *r);
void put_months(struct request *rq, struct buf *b, const struct facet *months);
/* What narrows the result, each to be taken away. */
void put_filters(struct request *rq, struct buf *b);
void put_snippet(struct buf *b, const struct snippet *s);

/* find_json.c */
int search_answer(struct request *rq, struct answer *an, struct err *e);

/* page_calendar.c: one of the ways to browse */
struct way;
void put_calendar(struct request *rq, struct buf *b, const struct way *w, struct search_values *v);

/* page_searches.c: the person's saved searches, and a form to save this one (f not NULL). */
int put_saved(struct request *rq, struct buf *b, const struct finding *f, struct err *e);
void put_saved_done(struct request *rq, struct buf *b); /* what was just done, on the page it leads to */

#endif
