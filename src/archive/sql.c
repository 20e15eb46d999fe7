/*
 * The archive's statements that are kept prepared. Every SQL text that has parameters stands here.
 */
#include "archive/archive_priv.h"

#include <string.h>

#define CITED_COLUMNS                                                                                                  \
	"r.post, r.serial, r.year, r.year_implied, r.letter, r.previous, k.id, k.ref, k.date, k.date_precision"

static const char *const texts[N_STATEMENTS] = {
	[SQL_CABLE_FIND] = "SELECT id, version FROM cable WHERE ref = ?1",
	[SQL_CABLE_BY_REF] = "SELECT " ROW_COLUMNS " FROM cable c WHERE c.ref = ?1",
	[SQL_CABLE_ADD] =
		"INSERT INTO cable (ref, post, year, serial, number, date, date_precision, origin, level, captions,"
		" subject, signatory, partial) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
	[SQL_CABLE_UPDATE] = "UPDATE cable SET date = ?2, date_precision = ?3, origin = ?4, level = ?5, captions = ?6,"
			     " subject = ?7, signatory = ?8, partial = ?9, version = ?10 WHERE id = ?1",
	[SQL_CABLE_FIRST] = "UPDATE cable SET version = ?2 WHERE id = ?1",
	[SQL_CABLE_ID] = "SELECT ref FROM cable WHERE id = ?1",
	[SQL_CABLE_ROW] = "SELECT " ROW_COLUMNS " FROM cable c WHERE c.id = ?1",
	[SQL_CABLE_BY_POST] = "SELECT " ROW_COLUMNS " FROM cable c WHERE c.post = ?1 AND c.serial = ?2"
			      " AND (?3 = 0 OR c.year = ?3) ORDER BY c.year, c.id",
	[SQL_CABLE_BY_DATE] = "SELECT " ROW_COLUMNS " FROM cable c WHERE c.date >= ?1 AND c.date < ?2"
			      " AND c.date_precision > 0 AND (?3 = '' OR c.post = ?3) ORDER BY c.date, c.id",
	[SQL_CABLE_BEFORE] = "SELECT " LINE_COLUMNS " FROM cable c WHERE c.post = ?1 AND c.serial < ?2 AND c.year = ?3"
			     " ORDER BY c.serial DESC LIMIT ?4",
	[SQL_CABLE_BEHIND] = "SELECT " LINE_COLUMNS " FROM cable c WHERE c.post = ?1 AND c.serial > ?2 AND c.year = ?3"
			     " ORDER BY c.serial LIMIT ?4",
	[SQL_ALIAS_ADD] = "INSERT OR IGNORE INTO alias (number, cable) VALUES (?1, ?2)",
	[SQL_ALIAS_FIND] = "SELECT " ROW_COLUMNS " FROM alias a JOIN cable c ON c.id = a.cable WHERE a.number = ?1"
			   " ORDER BY c.id",
	[SQL_ALIAS_OTHER] =
		"SELECT c.ref FROM alias a JOIN cable c ON c.id = a.cable WHERE a.number = ?1 AND a.cable != ?2"
		" ORDER BY c.id LIMIT 1",
	[SQL_NUMBER_SET] = "UPDATE cable SET number = ?1 WHERE id = ?2 AND number = 0",
	[SQL_VERSION_SAME] = "SELECT id FROM version WHERE cable = ?1 AND hash = ?2 ORDER BY ordinal LIMIT 1",
	[SQL_VERSION_UNKNOWN] = "SELECT id FROM version WHERE cable = ?1 AND normal = x''",
	[SQL_VERSION_NORMAL] = "UPDATE version SET normal_header = ?2, normal = ?3 WHERE id = ?1",
	[SQL_VERSION_FIND] = "SELECT id, normal_header, header_bytes FROM version WHERE cable = ?1 AND normal = ?2"
			     " ORDER BY ordinal",
	[SQL_VERSION_ADD] =
		"INSERT INTO version (id, cable, ordinal, source, imported, ref, number, date, date_precision, origin,"
		" classification, title, hash, normal_header, normal, header_bytes, body_bytes, redactions, partial,"
		" dictionary, packed) VALUES ("
		/* The index may still know a deleted version: its number is not given again. */
		" 1 + max(ifnull((SELECT max(id) FROM version), 0), ifnull((SELECT max(version) FROM unlisted), 0)),"
		" ?1, (SELECT ifnull(max(ordinal), 0) + 1 FROM version WHERE cable = ?1),"
		" ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
	[SQL_VERSION_LIST] = "SELECT id FROM version WHERE cable = ?1 ORDER BY ordinal",
	[SQL_VERSION_LOAD] =
		"SELECT v.id, v.cable, v.ordinal, s.path, v.imported, v.ref, c.number, v.date, v.date_precision,"
		" v.origin, v.classification, v.title, v.hash, v.header_bytes, v.body_bytes, v.dictionary, v.packed"
		" FROM version v JOIN source s ON s.id = v.source JOIN cable c ON c.id = v.cable WHERE v.id = ?1",
	/* The fullest text is the one to read: whole before partial, fewer redactions, longer, then the newer one. */
	[SQL_VERSION_RANK] =
		"SELECT id FROM version WHERE cable = ?1"
		" ORDER BY partial != 0, redactions, body_bytes DESC, header_bytes DESC, ordinal DESC LIMIT 1",
	[SQL_SIGHTING_ADD] = "INSERT OR IGNORE INTO sighting (version, source, offset) VALUES (?1, ?2, ?3)",
	[SQL_REF_ADD] =
		"INSERT INTO reference (version, place, kind, letter, post, year, serial, year_implied, previous,"
		" captions, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	/* An implied year may be the one before: whichever is held. */
	[SQL_REF_FROM] =
		"SELECT r.kind, r.letter, r.post, r.year, r.serial, r.year_implied, r.previous, r.captions, r.text,"
		" x.id, x.ref FROM cable k JOIN reference r ON r.version = k.version LEFT JOIN cable x ON x.id ="
		" (SELECT c.id FROM cable c WHERE r.kind = 0 AND c.post = r.post AND c.serial = r.serial"
		"  AND (c.year = r.year OR (r.year_implied AND c.year = r.year - 1)) ORDER BY c.year DESC LIMIT 1)"
		" WHERE k.id = ?1 ORDER BY r.place",
	[SQL_REF_TO] =
		"SELECT r.kind, r.letter, r.post, r.year, r.serial, r.year_implied, r.previous, r.captions, r.text,"
		" k.id, k.ref FROM reference r JOIN version v ON v.id = r.version"
		" JOIN cable k ON k.id = v.cable AND k.version = v.id"
		" WHERE r.kind = 0 AND r.post = ?1 AND r.serial = ?2 AND (r.year = ?3 OR (r.year_implied"
		"  AND r.year - 1 = ?3 AND NOT EXISTS (SELECT 1 FROM cable x WHERE x.post = ?1 AND x.serial = ?2"
		"  AND x.year = r.year))) ORDER BY k.date, k.id",
	/* Every citation of a cable, by the texts that are read by default; all of them, or those of one number. */
	[SQL_CITED_ALL] = "SELECT " CITED_COLUMNS " FROM cable k CROSS JOIN reference r ON r.version = k.version"
			  " WHERE r.kind = 0",
	[SQL_CITED_ONE] = "SELECT " CITED_COLUMNS " FROM reference r JOIN version v ON v.id = r.version"
			  " JOIN cable k ON k.id = v.cable AND k.version = v.id"
			  " WHERE r.kind = 0 AND r.post = ?1 AND r.serial = ?2",
	[SQL_SERIALS_ALL] = "SELECT post, year, serial, date, date_precision, origin FROM cable WHERE post != ''",
	[SQL_SERIALS_POST] = "SELECT post, year, serial, date, date_precision, origin FROM cable WHERE post = ?1",
	[SQL_REMARK_ADD] = "INSERT OR IGNORE INTO remark (version, sentence) VALUES (?1, ?2)",
	[SQL_SOURCE_FIND] =
		"SELECT id, offset, line, row, finished FROM source WHERE path = ?1 AND size = ?2 AND mtime = ?3",
	[SQL_SOURCE_ADD] = "INSERT INTO source (path, size, mtime, format, began) VALUES (?1, ?2, ?3, ?4, ?5)",
	[SQL_SOURCE_SAVE] = "UPDATE source SET offset = ?2, line = ?3, row = ?4, finished = ?5 WHERE id = ?1",
	[SQL_ASIDE_ADD] = "INSERT OR IGNORE INTO aside (source, offset, line, row, reason, excerpt, noticed)"
			  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_DICT_LOAD] = "SELECT id, bytes FROM dictionary ORDER BY id",
	[SQL_DICT_ADD] = "INSERT INTO dictionary (bytes) VALUES (?1)",
	[SQL_SEGMENT_LIST] = "SELECT name, first, last, docs, bytes, checksum FROM segment ORDER BY first",
	[SQL_SEGMENT_ADD] =
		"INSERT INTO segment (name, first, last, docs, bytes, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[SQL_SEGMENT_DROP] = "DELETE FROM segment WHERE name = ?1",
	[SQL_UNLISTED_ADD] = "INSERT INTO unlisted (version, deleted) VALUES (?1, ?2)"
			     " ON CONFLICT (version) DO UPDATE SET deleted = max(deleted, ?2)",
	[SQL_UNLISTED_LIST] = "SELECT version, deleted FROM unlisted ORDER BY version",
	[SQL_VERSION_CABLE] = "SELECT cable FROM version WHERE id = ?1",
	/* By an index, whose pages are few: the table's hold the texts. */
	[SQL_VERSION_ALL] = "SELECT id FROM version ORDER BY +id",
	[SQL_VERSION_AFTER] = "SELECT id FROM version WHERE id > ?1 ORDER BY id",
	[SQL_SETTING_GET] = "SELECT value FROM setting WHERE name = ?1",
	[SQL_CHANGE] = "PRAGMA data_version",
	[SQL_READ_BEGIN] = "BEGIN",
	[SQL_READ_END] = "END",
	[SQL_SETTING_SET] = "INSERT INTO setting (name, value) VALUES (?1, ?2)"
			    " ON CONFLICT (name) DO UPDATE SET value = ?2",
	[SQL_POST_HELD] = "SELECT 1 FROM cable WHERE post = ?1 LIMIT 1",
	[SQL_NUMBER_ANY] = "SELECT 1 FROM alias LIMIT 1",
};

const char *statement_text(enum statement s)
{
	return texts[s];
}

sqlite3_stmt *archive_statement(struct archive *ar, enum statement s, struct err *e)
{
	sqlite3_stmt **st = &ar->statements[s];

	if (*st) {
		sqlite3_reset(*st);
		sqlite3_clear_bindings(*st);
		return *st;
	}
	if (sqlite3_prepare_v3(ar->db, texts[s], -1, SQLITE_PREPARE_PERSISTENT, st, NULL) == SQLITE_OK)
		return *st;
	archive_sql_error(ar, e, "reading the archive");
	return NULL;
}

int archive_sql_error(struct archive *ar, struct err *e, const char *doing)
{
	struct arena a = {0};
	const struct sql q = {.db = ar->db,
			      .whole = arena_printf(&a, "the archive in %s", ar->dir),
			      .file = path_join(&a, ar->dir, "archive.db"),
			      .kind = "archive of reftel"};
	int rc = sql_error(&q, e, doing);

	arena_free(&a);
	return rc;
}

int archive_step_done(struct archive *ar, sqlite3_stmt *st, struct err *e, const char *doing)
{
	int rc = sqlite3_step(st);

	rc = rc == SQLITE_DONE || rc == SQLITE_ROW ? REFTEL_OK : archive_sql_error(ar, e, doing);
	sqlite3_reset(st);
	return rc;
}

int archive_exec(struct archive *ar, const char *sql, struct err *e, const char *doing)
{
	return sqlite3_exec(ar->db, sql, NULL, NULL, NULL) == SQLITE_OK ? REFTEL_OK : archive_sql_error(ar, e, doing);
}
