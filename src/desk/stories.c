/*
 * Stories with their drafts, each with the report that was made of it, and the verdicts that people set aside. A draft
 * is never changed; an overruling is followed by another, never replaced.
 */
#include "desk/desk_priv.h"

#include <inttypes.h>

enum { KEY_MAX = 256, FILE_MAX = 255, QUOTATION_MAX = 64 << 10 };

/* ---- stories ----------------------------------------------------------------------------------------------------- */

#define STORY_SELECT                                                                                                   \
	"SELECT n.id, n.created, n.changed, n.collection, n.title, " DESK_AUTHOR ","                                   \
	" (SELECT count(*) FROM draft x WHERE x.story = n.id),"                                                        \
	" (SELECT x.id FROM draft x WHERE x.story = n.id ORDER BY x.ordinal DESC LIMIT 1)"                             \
	" FROM story n LEFT JOIN user u ON u.id = n.user"

static void story_of_row(struct arena *a, sqlite3_stmt *st, struct desk_story *x)
{
	*x = (struct desk_story){.id = sqlite3_column_int64(st, 0),
				 .created = sqlite3_column_int64(st, 1),
				 .changed = sqlite3_column_int64(st, 2),
				 .collection = column_str(a, st, 3),
				 .title = column_str(a, st, 4),
				 .author = column_str(a, st, 5),
				 .n_drafts = (size_t)sqlite3_column_int64(st, 6),
				 .last_draft = sqlite3_column_int64(st, 7)};
}

int desk_stories(struct desk *d, struct arena *a, struct str collection, struct desk_stories *out, struct err *e)
{
	VEC(struct desk_story) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d, STORY_SELECT " WHERE n.collection = ?1 ORDER BY n.changed DESC, n.id DESC",
			    SQL_VALUES(SQL_TEXT(collection)), &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		story_of_row(a, st, VEC_PUSH(a, &list));
	*out = (struct desk_stories){list.v, list.n};
	return rc;
}

int desk_story_find(struct desk *d, struct arena *a, struct str collection, int64_t story, struct desk_story *out,
		    struct err *e)
{
	sqlite3_stmt *st;
	int rc = desk_find(d, STORY_SELECT " WHERE n.id = ?1 AND n.collection = ?2",
			   SQL_VALUES(SQL_INT(story), SQL_TEXT(collection)), &st, e,
			   "there is no story %" PRId64 " here", story);

	*out = (struct desk_story){0};
	if (rc != REFTEL_OK)
		return rc;
	story_of_row(a, st, out);
	sqlite3_reset(st);
	return REFTEL_OK;
}

static int story_add(struct desk *d, const struct desk_actor *by, struct str collection, struct str title, int64_t now,
		     int64_t *story, struct err *e)
{
	int rc = desk_run(d,
			  "INSERT INTO story (collection, title, user, author, created, changed)"
			  " VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
			  SQL_VALUES(SQL_TEXT(collection), SQL_TEXT(str_trim(title)), SQL_INT(by->user),
				     SQL_TEXT(by->name), SQL_INT(now)),
			  NULL, e);

	*story = desk_last_id(d);
	return rc;
}

/* In a transaction: the story is there, is in this collection, and has changed now. */
static int story_touch(struct desk *d, struct str collection, int64_t story, int64_t now, struct err *e)
{
	int changed, rc;

	rc = desk_run(d, "UPDATE story SET changed = max(changed, ?3) WHERE id = ?1 AND collection = ?2",
		      SQL_VALUES(SQL_INT(story), SQL_TEXT(collection), SQL_INT(now)), &changed, e);
	return rc == REFTEL_OK && !changed ? err_set(e, REFTEL_ENOTFOUND, "there is no story %" PRId64 " here", story)
					   : rc;
}

static int story_log(struct desk *d, const struct desk_actor *by, const char *action, struct str collection,
		     int64_t story, struct str detail, struct err *e)
{
	char part[40];

	snprintf(part, sizeof(part), "story/%" PRId64, story);
	return desk_log_by(d, by, action, collection, str_of(part), detail, e);
}

/* ---- drafts ------------------------------------------------------------------------------------------------------ */

static bool format_known(struct str format)
{
	return str_eq(format, STR("html")) || str_eq(format, STR("markdown")) || str_eq(format, STR("plain")) ||
	       str_eq(format, STR("document"));
}

static int draft_check(struct str collection, const struct desk_draft *x, struct err *e)
{
	int rc = desk_collection_check(collection, e);

	if (rc == REFTEL_OK && x->file.n)
		rc = desk_text_check(x->file, "the file's name", FILE_MAX, false, e);
	if (rc == REFTEL_OK && !format_known(x->format))
		rc = err_set(e, REFTEL_EINVAL, "a draft is html, markdown, plain or document");
	if (rc == REFTEL_OK && (x->raw.n > DESK_DRAFT_MAX || x->report.n > DESK_DRAFT_MAX))
		rc = err_set(e, REFTEL_ELIMIT, "the draft or its report is larger than the %d MB that are kept of one",
			     DESK_DRAFT_MAX >> 20);
	return rc;
}

static int draft_insert(struct desk *d, const struct desk_actor *by, int64_t story, const struct desk_draft *x,
			int64_t now, struct err *e)
{
	return desk_run(
		d,
		"INSERT INTO draft (story, ordinal, user, author, created, file, format, quotations, findings, raw,"
		" report) VALUES (?1, (SELECT ifnull(max(ordinal), 0) + 1 FROM draft WHERE story = ?1), ?2, ?3, ?4, ?5,"
		" ?6, ?7, ?8, ?9, ?10)",
		SQL_VALUES(SQL_INT(story), SQL_INT(by->user), SQL_TEXT(by->name), SQL_INT(now), SQL_TEXT(x->file),
			   SQL_TEXT(x->format), SQL_INT((int64_t)x->quotations), SQL_INT((int64_t)x->findings),
			   SQL_BLOB(x->raw.p, x->raw.n), SQL_BLOB(x->report.p, x->report.n)),
		NULL, e);
}

int desk_draft_add(struct desk *d, const struct desk_actor *by, struct str collection, int64_t *story, struct str title,
		   const struct desk_draft *x, int64_t *draft, struct err *e)
{
	int64_t now = clock_now(), id = *story;
	int rc = draft_check(collection, x, e);

	if (rc == REFTEL_OK && !id)
		rc = desk_text_check(title, "the story's title", DESK_TITLE_MAX, false, e);
	if (rc == REFTEL_OK)
		rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = id ? story_touch(d, collection, id, now, e) : story_add(d, by, collection, title, now, &id, e);
	if (rc == REFTEL_OK)
		rc = draft_insert(d, by, id, x, now, e);
	*draft = desk_last_id(d);
	if (rc == REFTEL_OK)
		rc = story_log(d, by, "draft.add", collection, id, x->file, e);
	rc = desk_end(d, rc, e);
	if (rc == REFTEL_OK)
		*story = id;
	return rc;
}

#define DRAFT_COLUMNS "n.id, n.story, n.created, n.ordinal, " DESK_AUTHOR ", n.file, n.format, n.quotations, n.findings"

static void draft_of_row(struct arena *a, sqlite3_stmt *st, struct desk_draft *x)
{
	*x = (struct desk_draft){.id = sqlite3_column_int64(st, 0),
				 .story = sqlite3_column_int64(st, 1),
				 .when = sqlite3_column_int64(st, 2),
				 .ordinal = sqlite3_column_int(st, 3),
				 .author = column_str(a, st, 4),
				 .file = column_str(a, st, 5),
				 .format = column_str(a, st, 6),
				 .quotations = (size_t)sqlite3_column_int64(st, 7),
				 .findings = (size_t)sqlite3_column_int64(st, 8)};
}

int desk_drafts(struct desk *d, struct arena *a, int64_t story, struct desk_drafts *out, struct err *e)
{
	VEC(struct desk_draft) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d,
			    "SELECT " DRAFT_COLUMNS " FROM draft n LEFT JOIN user u ON u.id = n.user WHERE n.story = ?1"
			    " ORDER BY n.ordinal",
			    SQL_VALUES(SQL_INT(story)), &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		draft_of_row(a, st, VEC_PUSH(a, &list));
	*out = (struct desk_drafts){list.v, list.n};
	return rc;
}

int desk_draft_find(struct desk *d, struct arena *a, int64_t story, int ordinal, struct desk_draft *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc = desk_find(d,
			   "SELECT " DRAFT_COLUMNS ", n.raw, n.report FROM draft n LEFT JOIN user u ON u.id = n.user"
			   " WHERE n.story = ?1 AND n.ordinal = ?2",
			   SQL_VALUES(SQL_INT(story), SQL_INT(ordinal)), &st, e, "there is no draft %d of this story",
			   ordinal);

	*out = (struct desk_draft){0};
	if (rc != REFTEL_OK)
		return rc;
	draft_of_row(a, st, out);
	out->raw = column_str(a, st, 9);
	out->report = column_str(a, st, 10);
	sqlite3_reset(st);
	return REFTEL_OK;
}

/* ---- overruled verdicts ------------------------------------------------------------------------------------------ */

static int overrule_check(const struct desk_overrule *x, struct err *e)
{
	int rc = desk_text_check(x->key, "the quotation's key", KEY_MAX, false, e);

	if (rc == REFTEL_OK)
		rc = desk_text_check(x->quotation, "the quotation", QUOTATION_MAX, true, e);
	if (rc == REFTEL_OK)
		rc = desk_text_check(x->verdict, "the verdict", DESK_NAME_MAX, false, e);
	if (rc == REFTEL_OK)
		rc = desk_text_check(x->as, "the verdict that is to stand", DESK_NAME_MAX, false, e);
	return rc == REFTEL_OK ? desk_text_check(x->reason, "the reason", DESK_NOTE_MAX, true, e) : rc;
}

static int overrule_insert(struct desk *d, const struct desk_actor *by, int64_t story, const struct desk_overrule *x,
			   int64_t now, struct err *e)
{
	return desk_run(d,
			"INSERT INTO overrule (story, key, user, author, created, quotation, verdict, instead, reason)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
			SQL_VALUES(SQL_INT(story), SQL_TEXT(x->key), SQL_INT(by->user), SQL_TEXT(by->name),
				   SQL_INT(now), SQL_TEXT(x->quotation), SQL_TEXT(x->verdict), SQL_TEXT(x->as),
				   SQL_TEXT(x->reason)),
			NULL, e);
}

int desk_overrule_add(struct desk *d, const struct desk_actor *by, struct str collection, int64_t story,
		      const struct desk_overrule *x, struct err *e)
{
	int64_t now = clock_now();
	struct arena a = {0};
	const char *detail =
		arena_printf(&a, "%.*s is %.*s: %.*s", STR_ARG(x->verdict), STR_ARG(x->as), STR_ARG(x->reason));
	int rc = overrule_check(x, e);

	if (rc == REFTEL_OK)
		rc = desk_begin(d, e);
	if (rc == REFTEL_OK)
		rc = story_touch(d, collection, story, now, e);
	if (rc == REFTEL_OK)
		rc = overrule_insert(d, by, story, x, now, e);
	if (rc == REFTEL_OK)
		rc = story_log(d, by, "overrule", collection, story, str_of(detail), e);
	rc = desk_end(d, rc, e);
	arena_free(&a);
	return rc;
}

/* What stands for a key: *out with an empty `as` where nothing does. */
static int overrule_look(struct desk *d, struct arena *a, int64_t story, struct str key, struct desk_overrule *out,
			 struct err *e)
{
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d,
			    "SELECT quotation, verdict, instead FROM overrule WHERE story = ?1 AND key = ?2"
			    " ORDER BY id DESC LIMIT 1",
			    SQL_VALUES(SQL_INT(story), SQL_TEXT(key)), &st, &row, e);

	*out = (struct desk_overrule){.key = key};
	if (!row)
		return rc;
	out->quotation = column_str(a, st, 0);
	out->verdict = column_str(a, st, 1);
	out->as = column_str(a, st, 2);
	sqlite3_reset(st);
	return rc;
}

int desk_overrule_remove(struct desk *d, const struct desk_actor *by, struct str collection, int64_t story,
			 struct str key, struct err *e)
{
	int64_t now = clock_now();
	struct arena a = {0};
	struct desk_overrule x;
	int rc = desk_begin(d, e);

	if (rc == REFTEL_OK)
		rc = story_touch(d, collection, story, now, e);
	if (rc == REFTEL_OK)
		rc = overrule_look(d, &a, story, key, &x, e);
	if (rc == REFTEL_OK && !x.as.n)
		rc = err_set(e, REFTEL_ENOTFOUND, "no verdict on this quotation is overruled");
	if (rc == REFTEL_OK) {
		x.as = STR("");
		x.reason = STR("");
		rc = overrule_insert(d, by, story, &x, now, e);
	}
	if (rc == REFTEL_OK)
		rc = story_log(d, by, "overrule.remove", collection, story, x.verdict, e);
	rc = desk_end(d, rc, e);
	arena_free(&a);
	return rc;
}

int desk_overrules(struct desk *d, struct arena *a, int64_t story, struct desk_overrules *out, struct err *e)
{
	VEC(struct desk_overrule) list = {0};
	sqlite3_stmt *st;
	bool row;
	int rc = desk_first(d,
			    "SELECT n.id, n.created, " DESK_AUTHOR
			    ", n.key, n.quotation, n.verdict, n.instead, n.reason FROM overrule n"
			    " LEFT JOIN user u ON u.id = n.user WHERE n.story = ?1 ORDER BY n.id",
			    SQL_VALUES(SQL_INT(story)), &st, &row, e);

	for (; rc == REFTEL_OK && row; rc = desk_next(d, st, &row, e))
		*VEC_PUSH(a, &list) = (struct desk_overrule){.id = sqlite3_column_int64(st, 0),
							     .when = sqlite3_column_int64(st, 1),
							     .author = column_str(a, st, 2),
							     .key = column_str(a, st, 3),
							     .quotation = column_str(a, st, 4),
							     .verdict = column_str(a, st, 5),
							     .as = column_str(a, st, 6),
							     .reason = column_str(a, st, 7)};
	*out = (struct desk_overrules){list.v, list.n};
	return rc;
}
