/*
 * What the reader of .docx and .odt files is made of: parts out of a zip archive, XML as a stream of tags, styles by
 * their names, and HTML out of both kinds of document. All of it runs inside the confined worker only, except in tests.
 */
#ifndef REFTEL_WORKER_DOCUMENT_H
#define REFTEL_WORKER_DOCUMENT_H

#include "base/base.h"

#include <libxml/xmlreader.h>

enum {
	PACKAGE_ENTRIES_MAX = 10000,
	PACKAGE_UNPACKED_MAX = 256 << 20, /* bytes of all parts that are read */
	PACKAGE_RATIO_FROM = 8 << 20,     /* bytes unpacked from which on the ratio is looked at */
	PACKAGE_RATIO_MAX = 200,          /* unpacked to packed; text has 5 to 30 */
	XML_DEPTH_MAX = 200,
	HTML_OUT_MAX = 32 << 20,
};

/* The whole: any bytes to HTML in `html`. */
int document_read(struct arena *a, struct str file, struct buf *html, struct err *e);

/* ---- package.c: the zip archive ---------------------------------------------------------------------------------- */

struct package {
	struct str file;
	size_t unpacked; /* bytes of parts so far */
};

int package_open(struct package *p, struct str file, struct err *e);
/* Names are compared without regard to case, and never touch a file system. ENOTFOUND: no such part; e is untouched. */
int package_part(struct package *p, struct arena *a, const char *name, struct str *out, struct err *e);

/* ---- xml.c: a part as a stream of tags ----------------------------------------------------------------------------*/

/*
 * Names are "w:p", "text:span": the prefix stands for the namespace (spaces[] in xml.c), whatever the document calls
 * it; names from other namespaces have the prefix "?".
 */
struct tag {
	char name[64];
	xmlTextReaderPtr reader;
	struct arena *a;
};

/* An attribute's value in the arena, by a name like a tag's or without a prefix; NULL: there is none. */
const char *tag_attribute(const struct tag *t, const char *name);
bool tag_is(const struct tag *t, const char *name);

struct xml_handler {
	bool (*begin)(void *ctx, const struct tag *t); /* false: leave out all that is within */
	void (*end)(void *ctx, const struct tag *t);   /* not for those left out */
	void (*text)(void *ctx, struct str s);         /* may be NULL */
	bool (*full)(void *ctx);                       /* true: enough was written; may be NULL */
	void *ctx;
};

int xml_read(struct arena *a, struct str part, const char *name, const struct xml_handler *h, struct err *e);

/* ---- styles.c: what a paragraph is, by its style ----------------------------------------------------------------- */

enum para_kind { PARA_TEXT, PARA_HEADING, PARA_QUOTE, PARA_ITEM };

struct style {
	const char *id, *name, *parent; /* name and parent may be NULL */
	int level;                      /* of an outline, 1..6; 0: none */
	bool item, hidden;
	size_t order;
	enum para_kind kind; /* once settled */
};

struct styles {
	VEC(struct style) all;
};

enum { STYLES_MAX = 20000 };

void styles_settle(struct styles *s); /* after the last was added, before the first is asked for */
const struct style *styles_find(const struct styles *s, const char *id);

/* ---- html.c: what comes out -------------------------------------------------------------------------------------- */

enum { PARA_DEPTH_MAX = 16 };

struct para {
	struct buf text;
	enum para_kind kind;
	int level;
	bool link;  /* one is open */
	bool joins; /* its end was deleted: the next one goes on in it */
};

/* Paragraphs may stand in paragraphs (text boxes, notes): those within come out behind the one around them. */
struct html {
	struct buf body, behind, notes;
	struct para paras[PARA_DEPTH_MAX];
	int depth;    /* paragraphs that are open */
	int too_deep; /* beyond those that are kept apart: their text goes to the one around */
	int in_note;
};

void html_para(struct html *h);
struct para *html_open(struct html *h); /* the innermost; NULL: none */
void html_para_end(struct html *h);
void html_text(struct html *h, struct str s);
void html_break(struct html *h);
void html_char(struct html *h, uint32_t code);
/* Only http and https; anything else is left out, its words stay. */
void html_link(struct html *h, const char *address);
void html_link_end(struct html *h);
bool html_full(const struct html *h);
void html_finish(struct html *h, struct buf *out);
void html_free(struct html *h);

/* ---- word.c, odt.c ----------------------------------------------------------------------------------------------- */

/* EINVAL where the package holds no such document. */
int word_read(struct arena *a, struct package *p, struct html *h, struct err *e);
int odt_read(struct arena *a, struct package *p, struct html *h, struct err *e);

#endif
