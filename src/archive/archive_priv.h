/*
 * What archive's own files share: the open handle, small helpers over SQLite, and the store of texts.
 */
#ifndef REFTEL_ARCHIVE_PRIV_H
#define REFTEL_ARCHIVE_PRIV_H

#include "archive/archive.h"
#include "sql/sql.h"

enum {
	ARCHIVE_APPLICATION_ID = 0x7265666c, /* "refl" */
	ARCHIVE_SCHEMA = 2,
	HASH_BYTES = ARCHIVE_HASH_BYTES,
	TEXT_MAX = 256 << 20, /* of one version, unpacked: above any record that a source hands on */
};

/* Statements that are prepared once and kept; sql.c has their texts. */
enum statement {
	SQL_CABLE_FIND,
	SQL_CABLE_BY_REF,
	SQL_CABLE_ADD,
	SQL_CABLE_UPDATE,
	SQL_CABLE_FIRST,
	SQL_CABLE_ROW,
	SQL_CABLE_ID,
	SQL_CABLE_BY_POST,
	SQL_CABLE_BY_DATE,
	SQL_CABLE_BEFORE,
	SQL_CABLE_BEHIND,
	SQL_ALIAS_ADD,
	SQL_ALIAS_FIND,
	SQL_ALIAS_OTHER,
	SQL_NUMBER_SET,
	SQL_VERSION_SAME,
	SQL_VERSION_FIND,
	SQL_VERSION_UNKNOWN,
	SQL_VERSION_NORMAL,
	SQL_VERSION_ADD,
	SQL_VERSION_LIST,
	SQL_VERSION_LOAD,
	SQL_VERSION_RANK,
	SQL_SIGHTING_ADD,
	SQL_REF_ADD,
	SQL_REF_FROM,
	SQL_REF_TO,
	SQL_CITED_ALL,
	SQL_CITED_ONE,
	SQL_SERIALS_ALL,
	SQL_SERIALS_POST,
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
	SQL_VERSION_ALL,
	SQL_VERSION_AFTER,
	SQL_SETTING_GET,
	SQL_SETTING_SET,
	SQL_CHANGE,
	SQL_READ_BEGIN,
	SQL_READ_END,
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
	unsigned reading; /* archive_read_begin() that were not ended yet */
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

/* ---- schema.c ---------------------------------------------------------------------------------------------------- */

int schema_create(struct archive *ar, struct err *e);
/* Checks that the file is ours and not of a newer reftel; a writer brings an older one up to date. */
int schema_check(struct archive *ar, struct err *e);

/* ---- segments.c -------------------------------------------------------------------------------------------------- */

/* A version that a search does not find any more: superseded, or deleted. */
int archive_unlist(struct archive *ar, int64_t version, bool deleted, struct err *e);

/* ---- load.c ------------------------------------------------------------------------------------------------------ */

/* The versions of a cable whose normal forms were not worked out yet. */
int versions_uncompared(struct archive *ar, struct arena *a, int64_t key, struct version_keys *out, struct err *e);

/* ---- put.c ------------------------------------------------------------------------------------------------------- */

/* Makes this version the one that the cable is shown by. */
int cable_show(struct archive *ar, int64_t cable, int64_t version, const struct cable *c, struct err *e);

/* ---- texts.c ----------------------------------------------------------------------------------------------------- */

int texts_open(struct archive *ar, struct err *e);
void texts_close(struct archive *ar);
/* Takes a text that was stored as a sample, and trains a dictionary once there are enough. In a transaction. */
int texts_learn(struct archive *ar, struct str header, struct str body, struct err *e);
/* After a rollback. */
void texts_undo(struct archive *ar);
struct archive_packer *texts_packer(struct archive *ar); /* the writer's own */
/* Unpacks into a. size is what it must give. */
int texts_unpack(struct archive *ar, struct arena *a, struct str packed, int64_t dict, size_t size, struct str *out,
		 struct err *e);
/* Does unpacking hold the text against a checksum? */
bool texts_have_checksum(struct str packed);

/* ---- packing.c, hashes.c ----------------------------------------------------------------------------------------- */

struct archive_dictionary {
	int64_t id;
	size_t n;
	struct archive_dictionary *older;
	char bytes[];
};
/* The hash of both texts as they are, and the hash of their normal form, by which the same text is known. */
void texts_hash(struct str header, struct str body, unsigned char out[HASH_BYTES]);
void texts_hash_normal(struct str text, unsigned char out[HASH_BYTES]);

/* ---- rows.c ------------------------------------------------------------------------------------------------------ */

/* The columns that every query for a struct cable_row selects, in the order in which row_read() takes them. */
#define ROW_COLUMNS                                                                                                    \
	"c.id, c.version, (SELECT count(*) FROM version v WHERE v.cable = c.id), c.ref, c.number, c.date, "            \
	"c.date_precision, c.origin, c.level, c.captions, c.subject, c.signatory, c.partial"
/* The same for a list in which nobody asks how many versions there are. */
#define LINE_COLUMNS                                                                                                   \
	"c.id, c.version, 0, c.ref, c.number, c.date, "                                                                \
	"c.date_precision, c.origin, c.level, c.captions, c.subject, c.signatory, c.partial"
void row_read(struct arena *a, sqlite3_stmt *st, struct cable_row *out);

void date_of_seconds(int64_t seconds, int precision, struct cable_date *out);

/* ---- names.c ----------------------------------------------------------------------------------------------------- */

/* Initialise with the arena. */
struct names {
	struct arena *a;
	struct str *v; /* by number */
	size_t n, cap;
	uint32_t *slots;
	size_t n_slots;
};
size_t names_add(struct names *n, struct str s); /* the number it has, or gets */

/* ---- serials.c --------------------------------------------------------------------------------------------------- */

#define DAY_UNKNOWN INT32_MIN

/* A cable that is held: the number that its post gave it, and its day. */
struct held {
	uint32_t serial;
	int16_t year;
	int32_t day; /* since 1970 */
};
struct post_serials {
	struct held *v; /* by year and serial */
	size_t n, cap;
	struct str origin; /* as a cable of the post has it; empty where none is held */
	bool loaded;
};
struct serials {
	struct archive *ar;
	struct arena *a;
	struct names names; /* of the posts */
	struct post_serials *v;
	size_t n, cap;
	bool all; /* of all posts are loaded */
};
void serials_init(struct serials *s, struct archive *ar, struct arena *a);
int serials_load_all(struct serials *s, struct err *e);
/* Loads a post's where that was not done before; *at is its place in s->v. */
int serials_load(struct serials *s, struct str post, size_t *at, struct err *e);
size_t serials_post(struct serials *s, struct str post); /* its place, without loading */
bool serials_held(const struct post_serials *p, int year, uint32_t serial);

/* A number as somebody cites it. */
struct cited {
	uint32_t serial;
	int year;
	bool implied;
	int64_t day; /* on which it is cited; INT64_MAX where unknown */
};
/* The years that may be meant, the likelier first. */
struct cited_years {
	int v[2], n;
};
struct cited_years serials_years(const struct post_serials *p, const struct cited *c);
/* When a cable that is not held was sent. cited: the first day on which it is cited, INT64_MAX where unknown. */
void serials_window(struct arena *a, const struct post_serials *p, const struct mrn *m, int64_t cited,
		    struct sent_window *out);

/* ---- missing.c --------------------------------------------------------------------------------------------------- */

/* Every missing cable of that post and serial, whatever its year. */
int missing_of(struct serials *s, struct str post, uint32_t serial, struct missing_list *out, struct err *e);

#endif
