/*
 * A part's XML as a stream of tags. No entity is ever replaced, nothing is loaded from elsewhere, and a part that
 * declares a document type is refused whole, as no word processor writes one.
 */
#include "worker/programs/document.h"

#include <string.h>

enum { PARSE_OPTIONS = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT };

/* The namespaces' names in ISO/IEC 29500 (transitional and strict) and in OpenDocument 1.3. */
static const struct {
	const char *prefix, *space;
} spaces[] = {
	{"w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"},
	{"w", "http://purl.oclc.org/ooxml/wordprocessingml/main"},
	{"r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"},
	{"r", "http://purl.oclc.org/ooxml/officeDocument/relationships"},
	{"rel", "http://schemas.openxmlformats.org/package/2006/relationships"},
	{"m", "http://schemas.openxmlformats.org/officeDocument/2006/math"},
	{"m", "http://purl.oclc.org/ooxml/officeDocument/math"},
	{"mc", "http://schemas.openxmlformats.org/markup-compatibility/2006"},
	{"office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"},
	{"text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"},
	{"style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"},
	{"svg", "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"},
	{"manifest", "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"},
	{"xlink", "http://www.w3.org/1999/xlink"},
};

enum { N_SPACES = sizeof(spaces) / sizeof(*spaces) };

static void tag_name(struct tag *t)
{
	const char *space = (const char *)xmlTextReaderConstNamespaceUri(t->reader);
	const char *name = (const char *)xmlTextReaderConstLocalName(t->reader), *prefix = "?";

	for (size_t i = 0; space && i < N_SPACES; i++)
		if (!strcmp(space, spaces[i].space))
			prefix = spaces[i].prefix;
	snprintf(t->name, sizeof(t->name), "%s:%s", prefix, name ? name : "");
}

bool tag_is(const struct tag *t, const char *name)
{
	return !strcmp(t->name, name);
}

const char *tag_attribute(const struct tag *t, const char *name)
{
	const char *colon = strchr(name, ':');
	xmlChar *value = NULL;
	const char *out;

	if (!colon)
		value = xmlTextReaderGetAttribute(t->reader, (const xmlChar *)name);
	for (size_t i = 0; colon && !value && i < N_SPACES; i++)
		if (!strncmp(spaces[i].prefix, name, (size_t)(colon - name)) && !spaces[i].prefix[colon - name])
			value = xmlTextReaderGetAttributeNs(t->reader, (const xmlChar *)colon + 1,
							    (const xmlChar *)spaces[i].space);
	if (!value)
		return NULL;
	out = arena_dup(t->a, str_of((const char *)value));
	xmlFree(value);
	return out;
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

/* The first thing that libxml2 complains of. */
struct complaint {
	char why[160];
	int line;
};

static void complain(void *ctx, xmlErrorPtr error)
{
	struct complaint *c = ctx;
	struct str why;

	if (c->why[0] || !error || error->level < XML_ERR_ERROR || !error->message)
		return;
	why = str_trim(str_of(error->message));
	snprintf(c->why, sizeof(c->why), "%.*s", STR_ARG(why));
	c->line = error->line;
}

static int too_deep(const char *name, struct err *e)
{
	return err_set(e, REFTEL_ELIMIT, "%s is nested more than %d deep, as no text is", name, XML_DEPTH_MAX);
}

static int not_xml(const char *name, const struct complaint *c, struct err *e)
{
	if (str_starts(str_of(c->why), STR("Excessive depth")))
		return too_deep(name, e);
	return err_set(e, REFTEL_EINVAL, "the document is damaged: %s is not well-formed in line %d (%s)", name,
		       c->line, c->why[0] ? c->why : "no reason given");
}

static int has_doctype(const char *name, struct err *e)
{
	return err_set(e, REFTEL_EINVAL, "%s declares a document type, as no word processor does; it is not read",
		       name);
}

/* ---- the stream -------------------------------------------------------------------------------------------------- */

static int deliver(const struct xml_handler *h, struct tag *t, int *leave_out)
{
	int type = xmlTextReaderNodeType(t->reader), depth = xmlTextReaderDepth(t->reader);

	if (type == XML_READER_TYPE_ELEMENT) {
		if (*leave_out >= 0)
			return REFTEL_OK;
		tag_name(t);
		if (!h->begin(h->ctx, t))
			*leave_out = depth;
		else if (xmlTextReaderIsEmptyElement(t->reader))
			h->end(h->ctx, t);
		if (*leave_out == depth && xmlTextReaderIsEmptyElement(t->reader))
			*leave_out = -1;
	} else if (type == XML_READER_TYPE_END_ELEMENT) {
		if (*leave_out < 0) {
			tag_name(t);
			h->end(h->ctx, t);
		} else if (*leave_out == depth) {
			*leave_out = -1;
		}
	} else if (*leave_out < 0 && h->text &&
		   (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
		    type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE || type == XML_READER_TYPE_WHITESPACE)) {
		h->text(h->ctx, str_of((const char *)xmlTextReaderConstValue(t->reader)));
	}
	return type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE ? REFTEL_EINVAL
												 : REFTEL_OK;
}

static int stream(struct tag *t, const char *name, const struct xml_handler *h, struct err *e)
{
	struct complaint c = {0};
	int rc, leave_out = -1; /* depth of the element that is being left out */

	xmlTextReaderSetStructuredErrorHandler(t->reader, complain, &c);
	while ((rc = xmlTextReaderRead(t->reader)) == 1) {
		if (xmlTextReaderDepth(t->reader) > XML_DEPTH_MAX)
			return too_deep(name, e);
		if (deliver(h, t, &leave_out) != REFTEL_OK)
			return has_doctype(name, e);
		if (h->full && h->full(h->ctx))
			return err_set(e, REFTEL_ELIMIT, "the document has more than the %d MiB of text that are taken",
				       HTML_OUT_MAX >> 20);
	}
	return rc == 0 ? REFTEL_OK : not_xml(name, &c, e);
}

int xml_read(struct arena *a, struct str part, const char *name, const struct xml_handler *h, struct err *e)
{
	struct tag t = {.a = a};
	int rc;

	/* Before the parser: it reads declarations ahead of what it hands out. */
	if (str_find(str_sub(part, 0, 64 << 10), STR("<!DOCTYPE"), 0) != SIZE_MAX)
		return has_doctype(name, e);
	t.reader = xmlReaderForMemory(part.n ? part.p : " ", (int)part.n, NULL, NULL, PARSE_OPTIONS);
	if (!t.reader)
		return err_set(e, REFTEL_ELIMIT, "reading the document takes more memory than there is");
	rc = stream(&t, name, h, e);
	xmlFreeTextReader(t.reader);
	return rc;
}
