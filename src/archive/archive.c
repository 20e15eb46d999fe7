/*
 * An archive's life: making the folder, opening it for reading or writing, the lock of the one writer, closing.
 */
#include "archive/archive_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 5000, LOCK_POLL_MS = 50, LOCK_TEXT_MAX = 400, CACHE_KIB = 16 << 10, WAL_PAGES = 2000 };

const char *archive_dir(const struct archive *ar)
{
	return ar->dir;
}

/* ---- the writer's lock ------------------------------------------------------------------------------------------- */

static void lock_sign(int fd)
{
	char text[LOCK_TEXT_MAX], host[128] = "", since[32];
	int n;

	gethostname(host, sizeof(host) - 1);
	clock_iso(clock_now(), since);
	n = snprintf(text, sizeof(text), "process %ld on %s, since %s", (long)getpid(), host, since);
	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) < 0)
		return; /* only whoever waits misses it */
}

static int lock_refused(int fd, const char *dir, struct err *e)
{
	char who[LOCK_TEXT_MAX + 1];
	ssize_t n = pread(fd, who, LOCK_TEXT_MAX, 0);

	who[n > 0 ? n : 0] = '\0';
	for (char *p = who; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return err_set(e, REFTEL_EBUSY,
		       "the archive in %s is being written to by another reftel (%s): wait until it is done", dir,
		       *who ? who : "unknown");
}

/* The kernel frees the lock when the process dies, however it dies. */
static int lock_take(struct archive *ar, int wait_ms, struct err *e)
{
	struct arena a = {0};
	const char *path = path_join(&a, ar->dir, "lock");
	int64_t until = clock_ms() + wait_ms;
	int rc = REFTEL_OK;

	ar->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (ar->lock_fd < 0) {
		rc = err_errno(e, errno, "the archive in %s cannot be written to", ar->dir);
		goto out;
	}
	while (flock(ar->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		if (clock_ms() >= until) {
			rc = lock_refused(ar->lock_fd, ar->dir, e);
			close(ar->lock_fd);
			ar->lock_fd = -1;
			goto out;
		}
		usleep(LOCK_POLL_MS * 1000);
	}
	lock_sign(ar->lock_fd);
out:
	arena_free(&a);
	return rc;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static int db_open(struct archive *ar, const char *path, int flags, struct err *e)
{
	/* The statements that are kept make a handle one thread's at a time; SQLite need not lock for it as well. */
	if (sqlite3_open_v2(path, &ar->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return archive_sql_error(ar, e, "opening the archive");
	sqlite3_busy_timeout(ar->db, BUSY_MS);
	sqlite3_db_config(ar->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(ar->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/*
	 * A writer does not build on a page that is damaged: it looks each over. A reader would do that with every page
	 * that it reads again, which takes as long as reading it, and what it shows is held against its hash anyway.
	 */
	return archive_exec(ar,
			    flags & SQLITE_OPEN_READONLY ? "PRAGMA foreign_keys = ON"
							 : "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON",
			    e, "opening the archive");
}

/* A name as a URI, so that it can carry a parameter. */
static const char *uri_of(struct arena *a, const char *path, const char *parameters)
{
	struct buf b = {0};
	const char *uri;

	buf_puts(&b, "file:");
	for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
		if (ascii_alnum(*p) || strchr("/._-", *p))
			buf_putc(&b, (char)*p);
		else
			buf_printf(&b, "%%%02X", *p);
	}
	buf_puts(&b, parameters);
	uri = arena_dup(a, buf_view(&b));
	buf_free(&b);
	return uri;
}

/*
 * A reader of a WAL database writes too, to the index that readers share. Where the folder cannot be written to and no
 * writer left anything behind, the file cannot change either, and is opened as one that does not.
 */
static int db_open_reader(struct archive *ar, struct arena *a, const char *path, struct err *e)
{
	struct stat wal;

	if (access(ar->dir, W_OK) == 0 || (stat(path_join(a, ar->dir, "archive.db-wal"), &wal) == 0 && wal.st_size > 0))
		return db_open(ar, path, SQLITE_OPEN_READONLY, e);
	return db_open(ar, uri_of(a, path, "?immutable=1"), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e);
}

static int db_tune(struct archive *ar, struct err *e)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "PRAGMA cache_size = -%d; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = %d;"
		 "PRAGMA temp_store = MEMORY",
		 CACHE_KIB, WAL_PAGES);
	return archive_exec(ar, sql, e, "opening the archive");
}

int archive_cache(struct archive *ar, unsigned kib, struct err *e)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA cache_size = -%u", kib);
	return archive_exec(ar, sql, e, "opening the archive");
}

static struct archive *archive_new(const char *dir, enum archive_mode mode)
{
	struct archive *ar = xcalloc(1, sizeof(*ar));

	ar->dir = xstrdup(dir);
	ar->mode = mode;
	ar->lock_fd = -1;
	return ar;
}

int archive_create(const char *dir, struct err *e)
{
	struct arena a = {0};
	const char *path = path_join(&a, dir, "archive.db");
	struct archive *ar = archive_new(dir, ARCHIVE_WRITE);
	bool made = false;
	int rc = dir_make(dir, e);

	if (rc != REFTEL_OK)
		goto out;
	if (file_exists(path)) {
		rc = err_set(e, REFTEL_EEXIST, "there is an archive in %s already", dir);
		goto out;
	}
	rc = lock_take(ar, 0, e);
	if (rc != REFTEL_OK)
		goto out;
	made = true;
	rc = db_open(ar, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e);
	if (rc == REFTEL_OK)
		rc = archive_exec(ar, "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL", e, "making the archive");
	if (rc == REFTEL_OK)
		rc = schema_create(ar, e);
out:
	archive_close(ar);
	if (made && rc != REFTEL_OK)
		unlink(path);
	arena_free(&a);
	return rc;
}

static int open_checked(struct archive *ar, int wait_ms, struct err *e)
{
	struct arena a = {0};
	const char *path = path_join(&a, ar->dir, "archive.db");
	bool write = ar->mode == ARCHIVE_WRITE;
	struct stat st;
	int rc = REFTEL_OK;

	if (stat(path, &st) != 0)
		rc = errno == ENOENT || errno == ENOTDIR
			     ? err_set(e, REFTEL_ENOTFOUND, "there is no archive in %s: make one with `reftel init`",
				       ar->dir)
			     : err_errno(e, errno, "%s cannot be read", path);
	else if (access(path, R_OK) != 0 || (write && access(path, W_OK) != 0))
		rc = err_errno(e, errno, "the archive in %s cannot be %s", ar->dir, write ? "written to" : "read");
	if (rc == REFTEL_OK && write)
		rc = lock_take(ar, wait_ms, e);
	if (rc == REFTEL_OK)
		rc = write ? db_open(ar, path, SQLITE_OPEN_READWRITE, e) : db_open_reader(ar, &a, path, e);
	if (rc == REFTEL_OK)
		rc = schema_check(ar, e);
	if (rc == REFTEL_OK)
		rc = db_tune(ar, e);
	if (rc == REFTEL_OK)
		rc = texts_open(ar, e);
	arena_free(&a);
	return rc;
}

int archive_open(const char *dir, enum archive_mode mode, int wait_ms, struct archive **out, struct err *e)
{
	struct archive *ar = archive_new(dir, mode);
	int rc = open_checked(ar, wait_ms, e);

	*out = NULL;
	if (rc == REFTEL_OK)
		*out = ar;
	else
		archive_close(ar);
	return rc;
}

void archive_close(struct archive *ar)
{
	if (!ar)
		return;
	if (ar->in_transaction)
		archive_rollback(ar);
	texts_close(ar);
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(ar->statements[i]);
	sqlite3_close(ar->db);
	if (ar->lock_fd >= 0)
		close(ar->lock_fd); /* the name in it stays; it is shown only while somebody holds the lock */
	free(ar->dir);
	free(ar);
}

/* ---- transactions ------------------------------------------------------------------------------------------------ */

int archive_begin(struct archive *ar, struct err *e)
{
	int rc;

	if (ar->mode != ARCHIVE_WRITE)
		return err_set(e, REFTEL_EREADONLY, "the archive in %s was opened for reading", ar->dir);
	rc = archive_exec(ar, "BEGIN IMMEDIATE", e, "writing to the archive");
	ar->in_transaction = rc == REFTEL_OK;
	return rc;
}

int archive_commit(struct archive *ar, struct err *e)
{
	int rc = archive_exec(ar, "COMMIT", e, "writing to the archive");

	if (rc == REFTEL_OK)
		ar->in_transaction = false;
	return rc;
}

void archive_rollback(struct archive *ar)
{
	for (int i = 0; i < N_STATEMENTS; i++)
		if (ar->statements[i])
			sqlite3_reset(ar->statements[i]);
	sqlite3_exec(ar->db, "ROLLBACK", NULL, NULL, NULL);
	ar->in_transaction = false;
	texts_undo(ar);
}
