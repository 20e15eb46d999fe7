/*
 * What archive's own files share: the open handle, small helpers over SQLite, and the store of texts.
 */
#ifndef REFTEL_ARCHIVE_PRIV_H
#define REFTEL_ARCHIVE_PRIV_H

#include "archive/archive.h"

#include <sqlite3.h>

enum {
	ARCHIVE_APPLICATION_ID = 0x7265666c, /* "refl" */
	ARCHIVE_SCHEMA = 2,
	HASH_BYTES = 32,      /* BLAKE2b-256 */
	TEXT_MAX = 256 << 20, /* of one version, unpacked: above any record that a source hands on */
};

/* Statements that are prepared once and kept; sql.c has their texts. */
enum statement {
	SQL_CABLE_FIND,
	SQL_CABLE_ADD,
	SQL_CABLE_UPDATE,
	SQL_CABLE_FIRST,
	SQL_CABLE_ROW,
	SQL_CABLE_BY_POST,
	SQL_CABLE_BY_DATE,
	SQL_ALIAS_ADD,
	SQL_ALIAS_FIND,
	SQL_ALIAS_OTHER,
	SQL_NUMBER_SET,
	SQL_VERSION_FIND,
	SQL_VERSION_ADD,
	SQL_VERSION_LIST,
	SQL_VERSION_LOAD,
	SQL_VERSION_RANK,
	SQL_SIGHTING_ADD,
	SQL_REF_ADD,
	SQL_REF_FROM,
	SQL_REF_TO,
	SQL_REMARK_ADD,
	SQL_SOURCE_FIND,
	SQL_SOURCE_ADD,
	SQL_SOURCE_SAVE,
	SQL_ASIDE_ADD,
	SQL_DICT_LOAD,
	SQL_DICT_ADD,
	SQL_SEGMENT_LIST,
	SQL_SEGMENT_ADD,
	SQL_SEGMENT_DROP,
	SQL_UNLISTED_ADD,
	SQL_UNLISTED_LIST,
	SQL_VERSION_CABLE,
	SQL_VERSION_AFTER,
	SQL_SETTING_GET,
	SQL_SETTING_SET,
	SQL_POST_HELD,
	SQL_NUMBER_ANY,
	N_STATEMENTS
};

const char *statement_text(enum statement s);

struct text_store;

struct archive {
	sqlite3 *db;
	char *dir;
	enum archive_mode mode;
	int lock_fd; /* -1: no writer */
	bool in_transaction;
	sqlite3_stmt *statements[N_STATEMENTS];
	struct text_store *texts;
};

/* A kept statement, reset and ready to bind; NULL with *e filled. */
sqlite3_stmt *archive_statement(struct archive *ar, enum statement s, struct err *e);
/* Fills e from the handle's last error and returns its code. `doing` is a phrase: "storing 07KALVIK412". */
int archive_sql_error(struct archive *ar, struct err *e, const char *doing);
/* Runs a statement that returns no row. */
int archive_step_done(struct archive *ar, sqlite3_stmt *st, struct err *e, const char *doing);
int archive_exec(struct archive *ar, const char *sql, struct err *e, const char *doing);

void bind_str(sqlite3_stmt *st, int i, struct str s);
struct str column_str(struct arena *a, sqlite3_stmt *st, int i);

/* ---- schema.c ------------------------------------------------------------------------------------------------ */

int schema_create(struct archive *ar, struct err *e);
/* Checks that the file is ours and not of a newer reftel; a writer brings an older one up to date. */
int schema_check(struct archive *ar, struct err *e);

/* ---- segments.c ---------------------------------------------------------------------------------------------- */

/* A version that a search does not find any more: superseded, or deleted. */
int archive_unlist(struct archive *ar, int64_t version, bool deleted, struct err *e);

/* ---- put.c --------------------------------------------------------------------------------------------------- */

/* Makes this version the one that the cable is shown by. */
int cable_show(struct archive *ar, int64_t cable, int64_t version, const struct cable *c, struct err *e);

/* ---- texts.c ------------------------------------------------------------------------------------------------- */

int texts_open(struct archive *ar, struct err *e);
void texts_close(struct archive *ar);
/* Packs header and body; *dict is the number of the dictionary that was used, 0 none. The bytes live until the next
 * call. */
int texts_pack(struct archive *ar, struct str header, struct str body, struct str *packed, int64_t *dict,
	       struct err *e);
/* Unpacks into a. size is what it must give. */
int texts_unpack(struct archive *ar, struct arena *a, struct str packed, int64_t dict, size_t size, struct str *out,
		 struct err *e);
/* The hash of both texts as they are, and the hash of their normal form, by which the same text is known. */
void texts_hash(struct str header, struct str body, unsigned char out[HASH_BYTES]);
void texts_hash_normal(struct str text, unsigned char out[HASH_BYTES]);

/* ---- rows.c -------------------------------------------------------------------------------------------------- */

/* The columns that every query for a struct cable_row selects, in the order in which row_read() takes them. */
#define ROW_COLUMNS                                                                                                    \
	"c.id, c.version, (SELECT count(*) FROM version v WHERE v.cable = c.id), c.ref, c.number, c.date, "            \
	"c.date_precision, c.origin, c.level, c.captions, c.subject, c.signatory, c.partial"
void row_read(struct arena *a, sqlite3_stmt *st, struct cable_row *out);

void date_of_seconds(int64_t seconds, int precision, struct cable_date *out);

#endif
