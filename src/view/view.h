/*
 * view: what cables, hits, references and so on are as objects for programs (JSON) and rows for spreadsheets: made in
 * one place, so that the command and the desk answer with the same.
 */
#ifndef REFTEL_VIEW_H
#define REFTEL_VIEW_H

#include "base/base.h"
#include "catalog/catalog.h"
#include "desk/desk.h"
#include "import/import.h"

#include <jansson.h>

/* Text that may be anything as a JSON string: what is no UTF-8 becomes U+FFFD. */
json_t *view_str(struct str s);

/* A quoted cell of a CSV file, and what stands behind it. */
void view_csv_cell(struct buf *out, struct str s, const char *end);

/* ---- hits and their counts (hits.c, facets.c) -------------------------------------------------------------------- */

/* ---- cables (cable.c, cite.c) ------------------------------------------------------------------------------------ */

/* ---- references and missing cables (refs.c) ---------------------------------------------------------------------- */

/* ---- the archive (status.c) -------------------------------------------------------------------------------------- */

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
