/*
 * What the files of a cable's page share: which cable the address means, and what is read of it.
 */
#ifndef REFTEL_CABLE_PAGE_H
#define REFTEL_CABLE_PAGE_H

#include "search/search.h"
#include "view/view.h"
#include "web/pages.h"

/* What the address names: a cable that is held, or one that others cite. */
struct cable_found {
	struct cable_row row;          /* key 0: not held */
	const struct missing *missing; /* NULL where held */
	bool done;                     /* the answer is made: another address, a choice, nothing */
};
/* By part 3 of the address in whatever spelling; `rest` of the address is kept where another spelling is the right one:
 * "", "/graph". */
int cable_find(struct request *rq, struct answer *an, const char *rest, struct cable_found *out, struct err *e);

struct cable_page {
	struct request *rq;
	struct arena *a;
	struct cable_row row;
	struct cable_version v;
	struct ref_rows to, from;
	struct cable_rows before, behind; /* of the same post, nearest first */
	struct version_keys versions;
	struct desk_notes notes;
	struct desk_tags tags;
	bool starred;
	bool received; /* the text is shown as it came in */
	struct search_marks marks;
	struct str hl;          /* the search that one comes from; empty: none */
	size_t mentions;        /* ids in the text that were looked up */
	const char *hl_why;     /* why nothing is marked; NULL: it is */
	const char *note_query; /* of the links to a paragraph's form; NULL: not made yet */
};

/* "/c/NAME/cable/ID" and "/c/NAME/search?q=..." */
const char *cable_path(struct request *rq, struct str id);
const char *search_path(struct request *rq, const char *field, struct str value);
void put_class(struct buf *b, struct classification c);
/* A list entry for a cable that is held: its id as a link, date, badge, subject. */
void put_cable_line(struct request *rq, struct buf *b, const struct cable_row *row);
/* "2007-10-23 14:50" in a <time>; what is not known is said. */
void put_date(struct buf *b, struct cable_date d);

/* cable_head.c, cable_text.c, cable_words.c, cable_refs.c, cable_notes.c */
void put_cable_head(struct cable_page *c, struct buf *b);
void put_cable_text(struct cable_page *c, struct buf *b);
/* A stretch of the text on one line. */
void put_cable_words(struct cable_page *c, struct buf *b, struct str s);
void put_cable_received(struct cable_page *c, struct buf *b);
void put_cable_refs(struct cable_page *c, struct buf *b);
void put_cable_versions(struct cable_page *c, struct buf *b);
void put_cable_around(struct cable_page *c, struct buf *b);
void put_cable_marks(struct cable_page *c, struct buf *b); /* star and tags */
/* Those of one paragraph, or of the whole cable (-1), and the form for another. */
void put_notes(struct cable_page *c, struct buf *b, int paragraph);
bool has_notes(const struct cable_page *c, int paragraph);
/* Star, tags and notes as an object: what the page shows to whoever asks. */
json_t *cable_added_json(const struct cable_page *c);
void put_missing(struct request *rq, struct answer *an, const struct missing *m);

#endif
