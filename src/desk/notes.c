/*
 * Notes that people write to a cable, or to one of its paragraphs.
 */
#include "desk/desk_priv.h"

#include <inttypes.h>

enum { PARAGRAPH_MAX = 100000 };

int desk_notes(struct desk *d, struct arena *a, struct str collection, struct str cable, struct desk_notes *out,
	       struct err *e)
{
	VEC(struct desk_note) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d,
			    "SELECT n.id, n.user, n.created, n.changed, " DESK_AUTHOR ", n.paragraph, n.text"
			    " FROM note n LEFT JOIN user u ON u.id = n.user WHERE n.collection = ?1 AND n.cable = ?2"
			    " ORDER BY n.paragraph, n.id",
			    SQL_VALUES(SQL_TEXT(collection), SQL_TEXT(cable)), &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		*VEC_PUSH(a, &list) = (struct desk_note){.id = sqlite3_column_int64(st, 0),
							 .user = sqlite3_column_int64(st, 1),
							 .when = sqlite3_column_int64(st, 2),
							 .changed = sqlite3_column_int64(st, 3),
							 .author = column_str(a, st, 4),
							 .collection = arena_str(a, collection),
							 .cable = arena_str(a, cable),
							 .paragraph = sqlite3_column_int(st, 5),
							 .text = column_str(a, st, 6)};
	*out = (struct desk_notes){list.v, list.n};
	return rc;
}

int desk_note_add(struct desk *d, const struct desk_actor *by, struct str collection, struct str cable, int paragraph,
		  struct str text, int64_t *id, struct err *e)
{
	int64_t now = clock_now();
	int rc = desk_cable_check(collection, cable, e);

	if (rc == REFTEL_OK && (paragraph < -1 || paragraph > PARAGRAPH_MAX))
		rc = err_set(e, REFTEL_EINVAL, "there is no paragraph %d", paragraph);
	if (rc == REFTEL_OK)
		rc = desk_text_check(text, "the note", DESK_NOTE_MAX, true, e);
	if (rc != REFTEL_OK)
		return rc;
	rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d,
			      "INSERT INTO note (collection, cable, paragraph, user, author, created, changed, text)"
			      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
			      SQL_VALUES(SQL_TEXT(collection), SQL_TEXT(cable), SQL_INT(paragraph), SQL_INT(by->user),
					 SQL_TEXT(by->name), SQL_INT(now), SQL_TEXT(text)),
			      NULL, e);
	*id = desk_last_id(d);
	if (rc == REFTEL_OK)
		rc = desk_log_by(d, by, "note.add", collection, cable, STR(""), e);
	return desk_end(d, rc, e);
}

/* In a transaction: the cable of a note that by may change. */
static int note_look(struct desk *d, struct arena *a, const struct desk_actor *by, struct str collection, int64_t note,
		     bool any, struct str *cable, struct err *e)
{
	sqlite3_stmt *st;
	int64_t author;
	int rc = desk_find(d, "SELECT user, cable FROM note WHERE id = ?1 AND collection = ?2",
			   SQL_VALUES(SQL_INT(note), SQL_TEXT(collection)), &st, e, "there is no note %" PRId64 " here",
			   note);

	if (rc != REFTEL_OK)
		return rc;
	author = sqlite3_column_int64(st, 0);
	*cable = column_str(a, st, 1);
	sqlite3_reset(st);
	return any || author == by->user
		       ? REFTEL_OK
		       : err_set(e, REFTEL_EREADONLY, "only who wrote a note, or an admin, may change it");
}

int desk_note_change(struct desk *d, const struct desk_actor *by, struct str collection, int64_t note, bool any,
		     struct str text, struct err *e)
{
	struct arena a = {0};
	struct str cable = STR("");
	int rc = desk_text_check(text, "the note", DESK_NOTE_MAX, true, e);

	if (rc == REFTEL_OK)
		rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = note_look(d, &a, by, collection, note, any, &cable, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "UPDATE note SET text = ?2, changed = ?3 WHERE id = ?1",
			      SQL_VALUES(SQL_INT(note), SQL_TEXT(text), SQL_INT(clock_now())), NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_log_by(d, by, "note.change", collection, cable, STR(""), e);
	rc = desk_end(d, rc, e);
	arena_free(&a);
	return rc;
}

int desk_note_remove(struct desk *d, const struct desk_actor *by, struct str collection, int64_t note, bool any,
		     struct err *e)
{
	struct arena a = {0};
	struct str cable = STR("");
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = note_look(d, &a, by, collection, note, any, &cable, e);
	if (rc == REFTEL_OK)
		rc = desk_run(d, "DELETE FROM note WHERE id = ?1", SQL_VALUES(SQL_INT(note)), NULL, e);
	if (rc == REFTEL_OK)
		rc = desk_log_by(d, by, "note.remove", collection, cable, STR(""), e);
	rc = desk_end(d, rc, e);
	arena_free(&a);
	return rc;
}
