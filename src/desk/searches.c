/*
 * Saved searches, a person's own: an address of the search page under a name, and how far the archive was when its
 * owner last looked.
 */
#include "desk/desk_priv.h"

#include <inttypes.h>

enum { NAME_MAX_BYTES = 128, ADDRESS_MAX = 4096 };

#define COLUMNS "id, created, collection, name, address, seen_version, seen"

static void search_of_row(struct arena *a, sqlite3_stmt *st, struct desk_search *x)
{
	*x = (struct desk_search){.id = sqlite3_column_int64(st, 0),
				  .when = sqlite3_column_int64(st, 1),
				  .collection = column_str(a, st, 2),
				  .name = column_str(a, st, 3),
				  .address = column_str(a, st, 4),
				  .seen_version = sqlite3_column_int64(st, 5),
				  .seen_when = sqlite3_column_int64(st, 6)};
}

int desk_searches(struct desk *d, struct arena *a, int64_t user, struct str collection, struct desk_searches *out,
		  struct err *e)
{
	VEC(struct desk_search) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d,
			    "SELECT " COLUMNS " FROM search WHERE user = ?1 AND collection = ?2"
			    " ORDER BY name COLLATE NOCASE, id",
			    SQL_VALUES(SQL_INT(user), SQL_TEXT(collection)), &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		search_of_row(a, st, VEC_PUSH(a, &list));
	*out = (struct desk_searches){list.v, list.n};
	return rc;
}

static int search_insert(struct desk *d, const struct desk_actor *by, const struct desk_search *x, struct err *e)
{
	int changed, rc;

	rc = desk_run(d,
		      "INSERT OR IGNORE INTO search (user, collection, name, address, created, seen_version, seen)"
		      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5)",
		      SQL_VALUES(SQL_INT(by->user), SQL_TEXT(x->collection), SQL_TEXT(x->name), SQL_TEXT(x->address),
				 SQL_INT(x->when), SQL_INT(x->seen_version)),
		      &changed, e);
	if (rc == REFTEL_OK && !changed)
		rc = err_set(e, REFTEL_EEXIST, "you have a search of the name “%.*s” already", STR_ARG(x->name));
	return rc;
}

int desk_search_save(struct desk *d, const struct desk_actor *by, struct str collection, struct str name,
		     struct str address, int64_t seen_version, int64_t *id, struct err *e)
{
	const struct desk_search x = {.when = clock_now(),
				      .collection = collection,
				      .name = str_trim(name),
				      .address = address,
				      .seen_version = seen_version};
	int rc = desk_collection_check(collection, e);

	if (rc == REFTEL_OK)
		rc = desk_text_check(name, "the search's name", NAME_MAX_BYTES, false, e);
	if (rc == REFTEL_OK)
		rc = desk_text_check(address, "the search", ADDRESS_MAX, false, e);
	if (rc != REFTEL_OK)
		return rc;
	rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = search_insert(d, by, &x, e);
	*id = desk_last_id(d);
	if (rc == REFTEL_OK)
		rc = desk_log_by(d, by, "search.save", collection, STR(""), x.name, e);
	return desk_end(d, rc, e);
}

int desk_search_find(struct desk *d, struct arena *a, int64_t user, int64_t search, struct desk_search *out,
		     struct err *e)
{
	sqlite3_stmt *st;
	int rc = desk_find(d, "SELECT " COLUMNS " FROM search WHERE id = ?1 AND user = ?2",
			   SQL_VALUES(SQL_INT(search), SQL_INT(user)), &st, e,
			   "there is no saved search %" PRId64 " of yours", search);

	*out = (struct desk_search){0};
	if (rc != REFTEL_OK)
		return rc;
	search_of_row(a, st, out);
	sqlite3_reset(st);
	return REFTEL_OK;
}

/* Never back: of two windows that look, the one with the newer archive counts. */
int desk_search_seen(struct desk *d, int64_t user, int64_t search, int64_t version, struct err *e)
{
	int changed, rc;

	rc = desk_run(d,
		      "UPDATE search SET seen_version = max(seen_version, ?3), seen = ?4 WHERE id = ?1 AND user = ?2",
		      SQL_VALUES(SQL_INT(search), SQL_INT(user), SQL_INT(version), SQL_INT(clock_now())), &changed, e);
	if (rc == REFTEL_OK && !changed)
		rc = err_set(e, REFTEL_ENOTFOUND, "there is no saved search %" PRId64 " of yours", search);
	return rc;
}

int desk_search_remove(struct desk *d, const struct desk_actor *by, int64_t search, struct err *e)
{
	struct arena a = {0};
	struct desk_search x = {0};
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = desk_search_find(d, &a, by->user, search, &x, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "DELETE FROM search WHERE id = ?1", SQL_VALUES(SQL_INT(search)), NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_log_by(d, by, "search.remove", x.collection, STR(""), x.name, e);
	rc = desk_end(d, rc, e);
	arena_free(&a);
	return rc;
}
