/* Documents made by hand: a zip archive of parts, and the parts that most of them share. */
#ifndef REFTEL_TEST_MADE_H
#define REFTEL_TEST_MADE_H

#include "test.h"

#include "base/base.h"

#include <archive.h>
#include <archive_entry.h>

#define W                                                                                                              \
	"xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "                                    \
	"xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" "                             \
	"xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""
#define REL  "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\""
#define TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define ODF                                                                                                            \
	"xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "                                           \
	"xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "                                               \
	"xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" "                                             \
	"xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" "                                      \
	"xmlns:xlink=\"http://www.w3.org/1999/xlink\""

struct part {
	const char *name;
	struct str text;
};

static inline void zip_begin(struct archive **z, char *out, size_t size, size_t *used)
{
	*z = archive_write_new();
	assert_int_equal(archive_write_set_format_zip(*z), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_in_last_block(*z, 1), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(*z, out, size, used), ARCHIVE_OK);
}

static inline void zip_part(struct archive *z, const char *name, struct str text)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)text.n);
	assert_int_equal(archive_write_header(z, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(z, text.p, text.n), (la_ssize_t)text.n);
	archive_entry_free(entry);
}

/* At most size bytes of archive, in a. */
static inline struct str zip_made(struct arena *a, const struct part *parts, size_t n, size_t size)
{
	char *out = arena_alloc(a, size);
	struct archive *z;
	size_t used = 0;

	zip_begin(&z, out, size, &used);
	for (size_t i = 0; i < n; i++)
		zip_part(z, parts[i].name, parts[i].text);
	assert_int_equal(archive_write_close(z), ARCHIVE_OK);
	archive_write_free(z);
	return (struct str){out, used};
}

static const char made_types[] =
	"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override "
	"PartName=\"/word/document.xml\" ContentType=\"application/"
	"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
static const char made_root[] = "<Relationships " REL "><Relationship Id=\"a\" Type=\"" TYPE
				"officeDocument\" Target=\"word/document.xml\"/></Relationships>";
static const char made_relations[] =
	"<Relationships " REL ">"
	"<Relationship Id=\"s\" Type=\"" TYPE "styles\" Target=\"styles.xml\"/>"
	"<Relationship Id=\"f\" Type=\"" TYPE "footnotes\" Target=\"/word/footnotes.xml\"/>"
	"<Relationship Id=\"e\" Type=\"" TYPE "endnotes\" Target=\"../word/endnotes.xml\"/>"
	"<Relationship Id=\"web\" Type=\"" TYPE
	"hyperlink\" Target=\"https://cables.example/08KALVIK412?a=1&amp;b=2\" TargetMode=\"External\"/>"
	"<Relationship Id=\"js\" Type=\"" TYPE "hyperlink\" Target=\"javascript:alert(1)\" TargetMode=\"External\"/>"
	"<Relationship Id=\"file\" Type=\"" TYPE "hyperlink\" Target=\"file:///etc/passwd\" TargetMode=\"External\"/>"
	"</Relationships>";
static const char made_styles[] =
	"<w:styles " W ">"
	"<w:style w:type=\"paragraph\" w:styleId=\"Zitat\"><w:name w:val=\"Quote\"/></w:style>"
	"<w:style w:type=\"paragraph\" w:styleId=\"Mine\"><w:name w:val=\"House quote\"/><w:basedOn "
	"w:val=\"Zitat\"/></w:style>"
	"<w:style w:type=\"paragraph\" w:styleId=\"u2\"><w:name w:val=\"heading 2\"/></w:style>"
	"<w:style w:type=\"paragraph\" w:styleId=\"o3\"><w:name w:val=\"Crosshead\"/><w:pPr><w:outlineLvl "
	"w:val=\"2\"/></w:pPr></w:style>"
	"<w:style w:type=\"paragraph\" w:styleId=\"loop1\"><w:name w:val=\"a\"/><w:basedOn w:val=\"loop2\"/></w:style>"
	"<w:style w:type=\"paragraph\" w:styleId=\"loop2\"><w:name w:val=\"b\"/><w:basedOn w:val=\"loop1\"/></w:style>"
	"<w:style w:type=\"character\" w:styleId=\"dark\"><w:rPr><w:vanish/></w:rPr></w:style>"
	"<w:style w:type=\"paragraph\" w:styleId=\"bullet\"><w:name w:val=\"List Bullet\"/><w:pPr><w:numPr><w:numId "
	"w:val=\"4\"/></w:numPr></w:pPr></w:style>"
	"</w:styles>";
static const char made_footnotes[] =
	"<w:footnotes " W
	"><w:footnote w:type=\"separator\" w:id=\"-1\"><w:p><w:r><w:t>rule</w:t></w:r></w:p></w:footnote>"
	"<w:footnote w:id=\"2\"><w:p><w:r><w:t>See cable 08 KALVIK 412.</w:t></w:r></w:p></w:footnote>"
	"<w:footnote w:id=\"3\"><w:p><w:r><w:t>Its reference is gone.</w:t></w:r></w:p></w:footnote></w:footnotes>";
static const char made_endnotes[] =
	"<w:endnotes " W "><w:endnote w:id=\"2\"><w:p><w:r><w:t>The end.</w:t></w:r></w:p></w:endnote></w:endnotes>";

/* A .docx whose text is body, what stands within <w:body>. */
static inline struct str docx_made(struct arena *a, const char *body)
{
	const char *document = arena_printf(a,
					    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"
					    "<w:document " W "><w:body>%s</w:body></w:document>",
					    body);
	const struct part parts[] = {
		{"[Content_Types].xml", STR(made_types)},
		{"word/document.xml", str_of(document)}, /* before what it needs, as some write it */
		{"_rels/.rels", STR(made_root)},
		{"word/_rels/document.xml.rels", STR(made_relations)},
		{"word/styles.xml", STR(made_styles)},
		{"word/footnotes.xml", STR(made_footnotes)},
		{"word/endnotes.xml", STR(made_endnotes)},
		{"../../outside.xml", STR("<x/>")},
		{"/etc/reftel-was-here", STR("x")},
	};

	return zip_made(a, parts, sizeof(parts) / sizeof(*parts), strlen(body) + (64 << 10));
}

static inline struct str odt_made(struct arena *a, const char *body)
{
	const char *content = arena_printf(
		a,
		"<office:document-content " ODF "><office:automatic-styles>"
		"<style:style style:name=\"P1\" style:family=\"paragraph\" style:parent-style-name=\"Quotations\"/>"
		"<style:style style:name=\"P2\" style:family=\"paragraph\" style:parent-style-name=\"Heading_20_2\"/>"
		"<style:style style:name=\"T1\" style:family=\"text\"><style:text-properties "
		"text:display=\"none\"/></style:style>"
		"</office:automatic-styles><office:body><office:text>%s</office:text></office:body></"
		"office:document-content>",
		body);
	const struct part parts[] = {
		{"mimetype", STR("application/vnd.oasis.opendocument.text")},
		{"content.xml", str_of(content)},
		{"styles.xml", STR("<office:document-styles " ODF "><office:styles><style:style style:name=\"Own\" "
				   "style:display-name=\"Own\" style:parent-style-name=\"Quotations\"/>"
				   "</office:styles></office:document-styles>")},
	};

	return zip_made(a, parts, sizeof(parts) / sizeof(*parts), strlen(body) + (64 << 10));
}

#endif
