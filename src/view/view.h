/*
 * view: what cables, hits, references and so on are as objects for programs (JSON) and rows for spreadsheets: made in
 * one place, so that the command and the desk answer with the same.
 */
#ifndef REFTEL_VIEW_H
#define REFTEL_VIEW_H

#include "archive/archive.h"
#include "desk/desk.h"
#include "import/import.h"
#include "search/search.h"

#include <jansson.h>

/* Text that may be anything as a JSON string: what is no UTF-8 becomes U+FFFD. */
json_t *view_str(struct str s);
void view_set(json_t *o, const char *key, struct str s); /* the same as a member; null where s is empty */
/* A quoted cell of CSV (RFC 4180) that a spreadsheet shows as text, never as a formula; `end` stands behind it. */
void view_csv_cell(struct buf *out, struct str s, const char *end);

/* A quoted cell of a CSV file, and what stands behind it. */
void view_csv_cell(struct buf *out, struct str s, const char *end);

/* ---- hits and their counts (hits.c, facets.c) -------------------------------------------------------------------- */

/* A hit with what is shown of it. */
struct hit_view {
	const struct search_hit *hit;
	const struct search_marks *marks;
	struct cable_row row;
	struct snippets snippets;
	const char *damaged; /* why its text cannot be read; NULL: it can, or was not asked for */
};
/* n_snippets 0 spares the unpacking of the text. Everything in a. */
int hit_read(struct archive *ar, struct arena *a, const struct search_marks *m, const struct search_hit *h,
	     size_t n_snippets, struct hit_view *out, struct err *e);

json_t *view_hit(struct arena *a, const struct hit_view *v);
/* The cells that say which cable it is, its score and snippets; each but the last with a comma behind it. */
void view_hit_csv(struct buf *out, const struct hit_view *v);
extern const char view_hit_columns[];

/* What can be counted. A set is a bit for each, in the order of facet_names(). */
const char *facet_names(void); /* "origin, class, ..." */
unsigned facets_default(void);
/* "origin,tag" ORed into *set; false: *bad is a name that is none. */
bool facets_parse(const char *names, unsigned *set, struct str *bad);
unsigned facets_fields(unsigned set); /* for search_options */
/* One of the set: false where i is none of it. i below N_KINDS. */
enum { N_KINDS = 9 };
struct facet_view {
	const char *name; /* "origin" */
	enum catalog_field field;
	struct facet values;
};
bool facet_at(struct arena *a, const struct search_result *r, unsigned set, unsigned i, struct facet_view *out);
json_t *view_facets(const struct search_result *r, unsigned set);
json_t *view_histogram(const struct facet *months);

/* ---- cables (cable.c, cite.c) ------------------------------------------------------------------------------------ */

/* to, from: what it refers to, what refers to it. */
json_t *view_cable(const struct cable_version *v, const struct cable_row *row, const struct ref_rows *to,
		   const struct ref_rows *from);
/* How a footnote names a cable. style: "text", "bibtex", "csl". False: no such style. */
bool view_cite(struct arena *a, struct buf *out, const struct cable *x, const char *style);

/* ---- what is around a cable (graph.c, versions.c) ---------------------------------------------------------------- */

json_t *view_graph(const struct ref_graph *g);
/* d: of the bodies of two versions. */
json_t *view_diff(const struct cable_version *a, const struct cable_version *b, const struct diff *d);

/* ---- missing cables (missing.c) ---------------------------------------------------------------------------------- */

void view_window(const struct sent_window *w, char out[80]); /* "2008-02-26 to 2008-03-05", "by 2008-03-05" */
json_t *view_missing(const struct missing *m);
extern const char view_missing_columns[];
void view_missing_csv(struct buf *row, const struct missing *m);

/* How the index stands to the archive. */
struct view_index {
	size_t segments;
	uint64_t bytes, unindexed;
	const char *language, *damage; /* NULL: none */
};
int view_index_read(struct archive *ar, struct arena *a, struct view_index *out, struct err *e);
/* Texts of the archive that are not in its index yet. */
uint64_t view_unindexed(struct archive *ar, const struct catalog *k);
/* The whole, with what was set aside and remarked. name: of the archive. */
int view_status(struct archive *ar, const char *name, const struct archive_status *s, const struct view_index *x,
		json_t **out, struct err *e);
json_t *view_aside(const struct archive_aside *x);
json_t *view_remark(struct str id, struct str remark);
json_t *view_import(const struct import_summary *s);
/* What verifying found; list: of view_damage(), kept by the caller as well. */
json_t *view_health(const char *name, uint64_t texts, json_t *list);
json_t *view_damage(const char *part, struct str what);

/* ---- the log (log.c) --------------------------------------------------------------------------------------------- */

enum { VIEW_HEAD_TEXT = 24 + 2 * 32 };
json_t *view_log_entry(const struct desk_entry *x);
extern const char view_log_csv_head[]; /* with its line end */
void view_log_csv(struct buf *out, const struct desk_entry *x);
/* "1234:" and 64 hexadecimal digits. */
void view_log_head(const struct desk_log_head *head, char out[VIEW_HEAD_TEXT]);
bool view_log_head_read(struct str text, struct desk_log_head *out);
/* damage NULL: it is whole. */
json_t *view_log_verified(const struct desk_log_head *head, const char *damage);

#endif
