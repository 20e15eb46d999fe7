/*
 * Parts out of the zip archive that a .docx or .odt file is. The archive stays packed in memory and each part that is
 * wanted is unpacked by itself, within bounds on entries, size and the ratio of the two that make a bomb.
 */
#include "worker/programs/document.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

enum { UNPACK_STEP = 64 << 10 };

static int damaged(struct archive *z, struct err *e)
{
	const char *why = archive_error_string(z);

	return err_set(e, REFTEL_EINVAL, "the document is damaged or cut off: its archive cannot be read (%s)",
		       why ? why : "no reason given");
}

static int zip_open(struct str file, struct archive **out, struct err *e)
{
	struct archive *z = archive_read_new();

	*out = z;
	if (!z)
		return err_set(e, REFTEL_ELIMIT, "reading the document takes more memory than there is");
	if (archive_read_support_format_zip_seekable(z) != ARCHIVE_OK ||
	    archive_read_open_memory(z, file.p, file.n) != ARCHIVE_OK)
		return damaged(z, e);
	return REFTEL_OK;
}

/* 1: there is an entry; 0: there are no more; negative: an error. */
static int zip_next(struct archive *z, struct archive_entry **entry, struct err *e)
{
	int rc = archive_read_next_header(z, entry);

	if (rc == ARCHIVE_EOF)
		return 0;
	return rc == ARCHIVE_OK || rc == ARCHIVE_WARN ? 1 : damaged(z, e);
}

static bool is_old_word(struct str file)
{
	return str_starts(file, STR("\xd0\xcf\x11\xe0"));
}

int package_open(struct package *p, struct str file, struct err *e)
{
	struct archive_entry *entry;
	struct archive *z = NULL;
	size_t n = 0;
	int rc;

	*p = (struct package){.file = file};
	if (!file.n)
		return err_set(e, REFTEL_EINVAL, "the document is empty");
	if (is_old_word(file))
		return err_set(e, REFTEL_EINVAL,
			       "the document is an old .doc, or has a password: save it as .docx without one");
	if (!str_starts(file, STR("PK")))
		return err_set(e, REFTEL_EINVAL, "the document is no .docx or .odt: it is no zip archive");
	rc = zip_open(file, &z, e);
	while (rc == REFTEL_OK) {
		int next = zip_next(z, &entry, e);

		if (next <= 0) {
			rc = next;
			break;
		}
		if (++n > PACKAGE_ENTRIES_MAX)
			rc = err_set(e, REFTEL_ELIMIT,
				     "the document's archive has more than the %d entries that are read",
				     PACKAGE_ENTRIES_MAX);
	}
	archive_read_free(z);
	return rc;
}

static int bounds_hold(struct package *p, size_t more, size_t part, const char *name, struct err *e)
{
	p->unpacked += more;
	if (p->unpacked > PACKAGE_UNPACKED_MAX)
		return err_set(e, REFTEL_ELIMIT, "the document unpacks to more than the %d MiB that are read of one",
			       PACKAGE_UNPACKED_MAX >> 20);
	if (part > PACKAGE_RATIO_FROM && part / PACKAGE_RATIO_MAX > p->file.n)
		return err_set(e, REFTEL_ELIMIT, "%s unpacks to more than %d times the whole document, as no text does",
			       name, PACKAGE_RATIO_MAX);
	return REFTEL_OK;
}

static int part_unpack(struct package *p, struct archive *z, const char *name, struct buf *b, struct err *e)
{
	for (;;) {
		la_ssize_t n;
		int rc;

		buf_reserve(b, UNPACK_STEP);
		n = archive_read_data(z, b->p + b->n, UNPACK_STEP - 1);
		if (n < 0)
			return damaged(z, e);
		if (n == 0)
			return REFTEL_OK;
		b->n += (size_t)n;
		rc = bounds_hold(p, (size_t)n, b->n, name, e);
		if (rc != REFTEL_OK)
			return rc;
	}
}

/* A second part of the name would be read by one program and the first by another. */
int package_part(struct package *p, struct arena *a, const char *name, struct str *out, struct err *e)
{
	struct archive_entry *entry;
	struct archive *z = NULL;
	struct buf b = {0};
	bool found = false;
	int rc = zip_open(p->file, &z, e);

	while (rc == REFTEL_OK) {
		int next = zip_next(z, &entry, e);
		const char *path = next > 0 ? archive_entry_pathname(entry) : NULL;

		if (next <= 0) {
			rc = next;
			break;
		}
		if (!path || !str_ieq(str_of(path), str_of(name)))
			continue;
		if (found)
			rc = err_set(e, REFTEL_EINVAL,
				     "the document has two parts called %s, so it is not clear what it says", name);
		else if (archive_entry_is_encrypted(entry))
			rc = err_set(e, REFTEL_EINVAL, "the document has a password: save it without one");
		else
			rc = part_unpack(p, z, name, &b, e);
		found = true;
	}
	archive_read_free(z);
	if (rc == REFTEL_OK && found)
		*out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return rc != REFTEL_OK ? rc : found ? REFTEL_OK : REFTEL_ENOTFOUND;
}
