/*
 * Any bytes as a .docx or .odt: as the whole archive where they begin like one, else as the parts of one that is made
 * here, because damaged archives seldom let a byte through to the readers of XML. What comes out must be text and the
 * tags that the readers write, nothing else.
 */
#include "worker/programs/document.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void part_put(struct archive *z, const char *name, struct str text)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, (la_int64_t)text.n);
	archive_write_header(z, entry);
	archive_write_data(z, text.p, text.n);
	archive_entry_free(entry);
}

/* The parts stand behind one another, form feeds between them. */
static struct str part_next(struct str *rest)
{
	size_t at = str_find(*rest, STR("\f"), 0);
	struct str part = str_sub(*rest, 0, at);

	*rest = str_sub(*rest, at == SIZE_MAX ? rest->n : at + 1, rest->n);
	return part;
}

static struct str package_made(struct arena *a, struct str parts, bool odt)
{
	static const char *const word[] = {"word/document.xml", "word/_rels/document.xml.rels", "word/styles.xml",
					   "word/footnotes.xml"};
	static const char *const open[] = {"content.xml", "styles.xml", "META-INF/manifest.xml", "other.xml"};
	size_t room = parts.n + (16 << 10), used = 0;
	struct archive *z = archive_write_new();
	char *out = arena_alloc(a, room);

	archive_write_set_format_zip(z);
	archive_write_set_options(z, "zip:compression=store");
	archive_write_set_bytes_in_last_block(z, 1);
	archive_write_open_memory(z, out, room, &used);
	if (odt)
		part_put(z, "mimetype", STR("application/vnd.oasis.opendocument.text"));
	else
		part_put(z, "[Content_Types].xml", STR("wordprocessingml"));
	for (size_t i = 0; i < 4; i++)
		part_put(z, odt ? open[i] : word[i], part_next(&parts));
	archive_write_close(z);
	archive_write_free(z);
	return (struct str){out, used};
}

/* Every "<" begins a tag of ours. */
static void hold(struct str html)
{
	static const char *const tags[] = {"<!DOCTYPE html>",
					   "<meta charset=\"utf-8\">",
					   "<p>",
					   "</p>",
					   "<li>",
					   "</li>",
					   "<blockquote>",
					   "</blockquote>",
					   "<br>",
					   "</a>"};

	for (size_t i = str_find(html, STR("<"), 0); i != SIZE_MAX; i = str_find(html, STR("<"), i + 1)) {
		struct str rest = str_sub(html, i, html.n);
		bool known = str_istarts(rest, STR("<a href=\"http")) || str_starts(rest, STR("<h")) ||
			     str_starts(rest, STR("</h"));

		for (size_t k = 0; k < sizeof(tags) / sizeof(*tags); k++)
			known = known || str_starts(rest, str_of(tags[k]));
		if (!known)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	struct arena a = {0};
	struct buf html = {0};

	if (!str_starts(s, STR("PK")))
		s = package_made(&a, str_sub(s, 1, s.n), size && data[0] == 'o');
	if (document_read(&a, s, &html, NULL) == REFTEL_OK)
		hold(buf_view(&html));
	buf_free(&html);
	arena_free(&a);
	return 0;
}
