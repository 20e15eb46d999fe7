/*
 * Which of the two kinds of document a file is, and the way through the reader of that kind.
 */
#include "worker/programs/document.h"

static bool type_has(struct package *p, struct arena *a, const char *part, const char *word)
{
	struct err ignored;
	struct str s;

	return package_part(p, a, part, &s, &ignored) == REFTEL_OK && str_find(s, str_of(word), 0) != SIZE_MAX;
}

static int kind_read(struct arena *a, struct package *p, struct html *h, struct err *e)
{
	if (type_has(p, a, "mimetype", "opendocument.text"))
		return odt_read(a, p, h, e);
	if (type_has(p, a, "[Content_Types].xml", "wordprocessingml"))
		return word_read(a, p, h, e);
	return err_set(e, REFTEL_EINVAL, "the file is a zip archive, but no .docx or .odt document is in it");
}

int document_read(struct arena *a, struct str file, struct buf *out, struct err *e)
{
	struct html h = {0};
	struct package p;
	int rc = package_open(&p, file, e);

	if (rc == REFTEL_OK)
		rc = kind_read(a, &p, &h, e);
	if (rc == REFTEL_OK)
		html_finish(&h, out);
	html_free(&h);
	return rc;
}
