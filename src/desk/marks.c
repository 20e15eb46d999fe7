/*
 * Stars, which are a person's own, and tags, which are the newsroom's. Setting what is set changes nothing and is not
 * logged.
 */
#include "desk/desk_priv.h"

static int marks_load(struct desk *d, struct arena *a, const char *text, struct sql_values values,
		      struct desk_marks *out, struct err *e)
{
	VEC(struct desk_marked) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, text, values, &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		*VEC_PUSH(a, &list) = (struct desk_marked){column_str(a, st, 0), sqlite3_column_int64(st, 1)};
	*out = (struct desk_marks){list.v, list.n};
	return rc;
}

/* ---- stars ------------------------------------------------------------------------------------------------------- */

int desk_star(struct desk *d, const struct desk_actor *by, struct str collection, struct str cable, bool on,
	      struct err *e)
{
	int changed = 0, rc = desk_cable_check(collection, cable, e);

	if (rc == REFTEL_OK)
		rc = desk_begin(d, e);
	if (rc == REFTEL_OK && on)
		rc = desk_run(
			d, "INSERT OR IGNORE INTO star (user, collection, cable, created) VALUES (?1, ?2, ?3, ?4)",
			SQL_VALUES(SQL_INT(by->user), SQL_TEXT(collection), SQL_TEXT(cable), SQL_INT(clock_now())),
			&changed, e);
	if (rc == REFTEL_OK && !on)
		rc = desk_run(d, "DELETE FROM star WHERE user = ?1 AND collection = ?2 AND cable = ?3",
			      SQL_VALUES(SQL_INT(by->user), SQL_TEXT(collection), SQL_TEXT(cable)), &changed, e);
	if (rc == REFTEL_OK && changed)
		rc = desk_log_by(d, by, on ? "star.add" : "star.remove", collection, cable, STR(""), e);
	return desk_end(d, rc, e);
}

int desk_starred(struct desk *d, int64_t user, struct str collection, struct str cable, bool *on, struct err *e)
{
	int64_t one;

	return desk_get(d, "SELECT 1 FROM star WHERE user = ?1 AND collection = ?2 AND cable = ?3",
			SQL_VALUES(SQL_INT(user), SQL_TEXT(collection), SQL_TEXT(cable)), &one, on, e);
}

int desk_stars(struct desk *d, struct arena *a, int64_t user, struct str collection, struct desk_marks *out,
	       struct err *e)
{
	return marks_load(d, a,
			  "SELECT cable, created FROM star WHERE user = ?1 AND collection = ?2"
			  " ORDER BY created DESC, cable",
			  SQL_VALUES(SQL_INT(user), SQL_TEXT(collection)), out, e);
}

/* ---- tags -------------------------------------------------------------------------------------------------------- */

/* One blank between words, none around them. */
static struct str tag_normal(struct arena *a, struct str tag)
{
	char *p = arena_alloc(a, tag.n + 1);
	size_t n = 0;

	tag = str_trim(tag);
	for (size_t i = 0; i < tag.n; i++)
		if (tag.p[i] != ' ' || p[n - 1] != ' ')
			p[n++] = tag.p[i];
	return (struct str){p, n};
}

static int tag_set(struct desk *d, const struct desk_actor *by, struct str collection, struct str cable, struct str tag,
		   bool on, struct err *e)
{
	int changed = 0, rc = desk_begin(d, e);

	if (rc == REFTEL_OK && on)
		rc = desk_run(d,
			      "INSERT OR IGNORE INTO tag (collection, name, cable, user, created)"
			      " VALUES (?1, ?2, ?3, ?4, ?5)",
			      SQL_VALUES(SQL_TEXT(collection), SQL_TEXT(tag), SQL_TEXT(cable), SQL_INT(by->user),
					 SQL_INT(clock_now())),
			      &changed, e);
	if (rc == REFTEL_OK && !on)
		rc = desk_run(d, "DELETE FROM tag WHERE collection = ?1 AND name = ?2 AND cable = ?3",
			      SQL_VALUES(SQL_TEXT(collection), SQL_TEXT(tag), SQL_TEXT(cable)), &changed, e);
	if (rc == REFTEL_OK && changed)
		rc = desk_log_by(d, by, on ? "tag.add" : "tag.remove", collection, cable, tag, e);
	return desk_end(d, rc, e);
}

int desk_tag(struct desk *d, const struct desk_actor *by, struct str collection, struct str cable, struct str tag,
	     bool on, struct err *e)
{
	struct arena a = {0};
	int rc = desk_cable_check(collection, cable, e);

	if (rc == REFTEL_OK)
		rc = desk_text_check(tag, "the tag", DESK_NAME_MAX, false, e);
	if (rc == REFTEL_OK)
		rc = tag_set(d, by, collection, cable, tag_normal(&a, tag), on, e);
	arena_free(&a);
	return rc;
}

static int tags_load(struct desk *d, struct arena *a, const char *text, struct sql_values values, struct desk_tags *out,
		     struct err *e)
{
	VEC(struct desk_tag) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, text, values, &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		*VEC_PUSH(a, &list) = (struct desk_tag){column_str(a, st, 0), (uint64_t)sqlite3_column_int64(st, 1)};
	*out = (struct desk_tags){list.v, list.n};
	return rc;
}

int desk_tags_of(struct desk *d, struct arena *a, struct str collection, struct str cable, struct desk_tags *out,
		 struct err *e)
{
	return tags_load(d, a,
			 "SELECT t.name, (SELECT count(*) FROM tag x WHERE x.collection = ?1 AND x.name = t.name)"
			 " FROM tag t WHERE t.collection = ?1 AND t.cable = ?2 ORDER BY t.name",
			 SQL_VALUES(SQL_TEXT(collection), SQL_TEXT(cable)), out, e);
}

/* Of several spellings in capital and small letters, the first that was used. */
int desk_tags(struct desk *d, struct arena *a, struct str collection, struct desk_tags *out, struct err *e)
{
	return tags_load(
		d, a, "SELECT name, count(*), min(created) FROM tag WHERE collection = ?1 GROUP BY name ORDER BY name",
		SQL_VALUES(SQL_TEXT(collection)), out, e);
}

int desk_tagged(struct desk *d, struct arena *a, struct str collection, struct str tag, struct desk_marks *out,
		struct err *e)
{
	struct arena mine = {0};
	struct str normal = str_trim(tag).n ? tag_normal(&mine, tag) : STR("");
	int rc = marks_load(d, a,
			    "SELECT cable, created FROM tag WHERE collection = ?1 AND name = ?2"
			    " ORDER BY created DESC, cable",
			    SQL_VALUES(SQL_TEXT(collection), SQL_TEXT(normal)), out, e);

	arena_free(&mine);
	return rc;
}
