/*
 * The schema and its migrations. Version 1 is the first, 2 brought the index; a migration is a function of the version
 * before it, run in one transaction, and never edited once it has been released.
 */
#include "archive/archive_priv.h"

static const char schema_1[] =
	"CREATE TABLE source ("
	"  id INTEGER PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,"
	"  format TEXT NOT NULL, began INTEGER NOT NULL,"
	"  offset INTEGER NOT NULL DEFAULT 0, line INTEGER NOT NULL DEFAULT 0, row INTEGER NOT NULL DEFAULT 0,"
	"  finished INTEGER NOT NULL DEFAULT 0,"
	"  UNIQUE (path, size, mtime)) STRICT;"

	"CREATE TABLE dictionary (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"

	/* What is known of a cable without unpacking a text; taken from its default version. */
	"CREATE TABLE cable ("
	"  id INTEGER PRIMARY KEY, ref TEXT NOT NULL COLLATE NOCASE UNIQUE,"
	"  post TEXT NOT NULL, year INTEGER NOT NULL, serial INTEGER NOT NULL,"
	"  number INTEGER NOT NULL DEFAULT 0,"
	"  date INTEGER NOT NULL, date_precision INTEGER NOT NULL, origin TEXT NOT NULL,"
	"  level INTEGER NOT NULL, captions INTEGER NOT NULL, subject TEXT NOT NULL, signatory TEXT NOT NULL,"
	"  partial INTEGER NOT NULL,"
	"  version INTEGER REFERENCES version (id) DEFERRABLE INITIALLY DEFERRED) STRICT;"
	"CREATE INDEX cable_post ON cable (post, serial, year);"
	"CREATE INDEX cable_date ON cable (date);"

	/* Other names of a cable: the dump's running numbers. Two cables may claim one. */
	"CREATE TABLE alias ("
	"  number INTEGER NOT NULL, cable INTEGER NOT NULL REFERENCES cable (id),"
	"  PRIMARY KEY (number, cable)) STRICT, WITHOUT ROWID;"

	/* A text of a cable. normal is the hash of the body's normal form, by which the same text is known again. */
	"CREATE TABLE version ("
	"  id INTEGER PRIMARY KEY, cable INTEGER NOT NULL REFERENCES cable (id), ordinal INTEGER NOT NULL,"
	"  source INTEGER NOT NULL REFERENCES source (id), imported INTEGER NOT NULL,"
	"  ref TEXT NOT NULL, number INTEGER NOT NULL, date INTEGER NOT NULL, date_precision INTEGER NOT NULL,"
	"  origin TEXT NOT NULL, classification TEXT NOT NULL, title TEXT NOT NULL,"
	"  hash BLOB NOT NULL, normal_header BLOB NOT NULL, normal BLOB NOT NULL,"
	"  header_bytes INTEGER NOT NULL, body_bytes INTEGER NOT NULL,"
	"  redactions INTEGER NOT NULL, partial INTEGER NOT NULL,"
	"  dictionary INTEGER NOT NULL, packed BLOB NOT NULL,"
	"  UNIQUE (cable, ordinal)) STRICT;"

	/* Where a text was met; a text may come from many files. */
	"CREATE TABLE sighting ("
	"  version INTEGER NOT NULL REFERENCES version (id), source INTEGER NOT NULL REFERENCES source (id),"
	"  offset INTEGER NOT NULL, PRIMARY KEY (version, source, offset)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE reference ("
	"  version INTEGER NOT NULL REFERENCES version (id), place INTEGER NOT NULL,"
	"  kind INTEGER NOT NULL, letter INTEGER NOT NULL,"
	"  post TEXT NOT NULL, year INTEGER NOT NULL, serial INTEGER NOT NULL, year_implied INTEGER NOT NULL,"
	"  previous INTEGER NOT NULL, captions INTEGER NOT NULL, text TEXT NOT NULL,"
	"  PRIMARY KEY (version, place)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX reference_to ON reference (post, serial, year) WHERE kind = 0;"

	"CREATE TABLE remark ("
	"  version INTEGER NOT NULL REFERENCES version (id), sentence TEXT NOT NULL,"
	"  PRIMARY KEY (version, sentence)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE aside ("
	"  source INTEGER NOT NULL REFERENCES source (id), offset INTEGER NOT NULL, line INTEGER NOT NULL,"
	"  row INTEGER NOT NULL, reason TEXT NOT NULL, excerpt BLOB NOT NULL, noticed INTEGER NOT NULL,"
	"  PRIMARY KEY (source, offset)) STRICT, WITHOUT ROWID;";

/*
 * The index: its segment files, which of the versions in them are not to be found (superseded by a fuller one, or
 * deleted), and what was chosen for this archive.
 */
static const char schema_2[] =
	"CREATE TABLE segment ("
	"  name TEXT PRIMARY KEY, first INTEGER NOT NULL UNIQUE, last INTEGER NOT NULL, docs INTEGER NOT NULL,"
	"  bytes INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT;"
	"CREATE TABLE unlisted (version INTEGER PRIMARY KEY, deleted INTEGER NOT NULL) STRICT;"
	"INSERT INTO unlisted SELECT v.id, 0 FROM version v JOIN cable c ON c.id = v.cable WHERE v.id != c.version;"
	"CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;";

/* migrations[n] brings version n to n + 1; 0 is the empty file. */
static const char *const migrations[ARCHIVE_SCHEMA] = {schema_1, schema_2};

static int pragma_int(struct archive *ar, const char *sql, int *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(ar->db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		*out = sqlite3_column_int(st, 0);
		sqlite3_finalize(st);
		return REFTEL_OK;
	}
	sqlite3_finalize(st);
	return archive_sql_error(ar, e, "opening the archive");
}

static int migrate(struct archive *ar, int from, struct err *e)
{
	char sql[128];
	int rc = archive_exec(ar, "BEGIN IMMEDIATE", e, "bringing the archive up to date");

	for (int v = from; v < ARCHIVE_SCHEMA && rc == REFTEL_OK; v++)
		rc = archive_exec(ar, migrations[v], e, "bringing the archive up to date");
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		 ARCHIVE_APPLICATION_ID, ARCHIVE_SCHEMA);
	if (rc == REFTEL_OK)
		rc = archive_exec(ar, sql, e, "bringing the archive up to date");
	if (rc != REFTEL_OK)
		sqlite3_exec(ar->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

int schema_create(struct archive *ar, struct err *e)
{
	return migrate(ar, 0, e);
}

int schema_check(struct archive *ar, struct err *e)
{
	int application = 0, version = 0;
	int rc = pragma_int(ar, "PRAGMA application_id", &application, e);

	if (rc == REFTEL_OK)
		rc = pragma_int(ar, "PRAGMA user_version", &version, e);
	if (rc != REFTEL_OK)
		return rc;
	if (application != ARCHIVE_APPLICATION_ID)
		return err_set(e, REFTEL_EFORMAT,
			       "%s/archive.db is a database of another program, not an archive of reftel", ar->dir);
	if (version > ARCHIVE_SCHEMA)
		return err_set(
			e, REFTEL_EFORMAT,
			"the archive in %s was made by a newer reftel (its schema is %d, this one knows %d): use that "
			"one",
			ar->dir, version, ARCHIVE_SCHEMA);
	if (version < ARCHIVE_SCHEMA && ar->mode == ARCHIVE_WRITE)
		return migrate(ar, version, e);
	if (version < ARCHIVE_SCHEMA)
		return err_set(e, REFTEL_EFORMAT, "the archive in %s must be brought up to date: run an import once",
			       ar->dir);
	return REFTEL_OK;
}
