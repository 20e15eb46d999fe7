/*
 * OpenDocument text (OpenDocument 1.3, part 3): content.xml with the styles of styles.xml. What was deleted stands
 * apart from the text there, what was inserted stands in it.
 */
#include "worker/programs/document.h"

#include <string.h>

enum { SPACES_MAX = 100 };

struct odt {
	struct arena *a;
	struct html *html;
	struct styles styles;
	int paras; /* paragraphs around the place */
	int items; /* list items */
};

static int whole(const char *s)
{
	int n = 0;

	for (; s && ascii_digit((unsigned char)*s) && n < 100000; s++)
		n = n * 10 + *s - '0';
	return s && !*s ? n : -1;
}

/* ---- styles ------------------------------------------------------------------------------------------------------ */

static void style_add(struct odt *o, const struct tag *t)
{
	struct style s = {.id = tag_attribute(t, "style:name"),
			  .name = tag_attribute(t, "style:display-name"),
			  .parent = tag_attribute(t, "style:parent-style-name")};

	if (s.id && o->styles.all.n < STYLES_MAX)
		*VEC_PUSH(o->a, &o->styles.all) = s;
}

static bool style_begin(void *ctx, const struct tag *t)
{
	struct odt *o = ctx;
	const char *display;

	if (tag_is(t, "office:body") || tag_is(t, "office:master-styles"))
		return false;
	if (tag_is(t, "style:style")) {
		style_add(o, t);
	} else if (tag_is(t, "style:text-properties") && o->styles.all.n) {
		display = tag_attribute(t, "text:display");
		if (display && !strcmp(display, "none"))
			o->styles.all.v[o->styles.all.n - 1].hidden = true;
	}
	return true;
}

static void style_end(void *ctx, const struct tag *t)
{
	(void)ctx;
	(void)t;
}

static int styles_read(struct odt *o, struct package *p, struct str content, struct err *e)
{
	const struct xml_handler h = {.begin = style_begin, .end = style_end, .ctx = o};
	struct str xml;
	int rc = xml_read(o->a, content, "content.xml", &h, e);

	if (rc != REFTEL_OK)
		return rc;
	rc = package_part(p, o->a, "styles.xml", &xml, e);
	if (rc == REFTEL_OK)
		rc = xml_read(o->a, xml, "styles.xml", &h, e);
	styles_settle(&o->styles);
	return rc == REFTEL_ENOTFOUND ? REFTEL_OK : rc;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static const struct style *style_of(const struct odt *o, const struct tag *t)
{
	const char *id = tag_attribute(t, "text:style-name");

	return id ? styles_find(&o->styles, id) : NULL;
}

static void para_begin(struct odt *o, const struct tag *t)
{
	const struct style *s = style_of(o, t);
	struct para *p;

	html_para(o->html);
	o->paras++;
	p = html_open(o->html);
	if (tag_is(t, "text:h")) {
		int level = whole(tag_attribute(t, "text:outline-level"));

		p->kind = PARA_HEADING;
		p->level = level < 1 ? 1 : level > 6 ? 6 : level;
	} else if (s && s->kind != PARA_TEXT) {
		p->kind = s->kind;
		p->level = s->level;
	} else if (o->items) {
		p->kind = PARA_ITEM;
	}
}

/* What a reader does not see in the text. */
static bool left_out(const struct odt *o, const struct tag *t)
{
	static const char *const names[] = {
		"text:tracked-changes",    "office:annotation", "svg:title",          "svg:desc",
		"text:ruby-text",          "text:hidden-text",  "text:note-citation", "office:forms",
		"office:automatic-styles", "office:styles"};
	const struct style *s;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (tag_is(t, names[i]))
			return true;
	if (!tag_is(t, "text:span") && !tag_is(t, "text:p"))
		return false;
	s = style_of(o, t);
	return s && s->hidden;
}

static void mark_begin(struct odt *o, const struct tag *t)
{
	int n;

	if (tag_is(t, "text:s")) {
		n = whole(tag_attribute(t, "text:c"));
		for (n = n < 1 ? 1 : n > SPACES_MAX ? SPACES_MAX : n; n > 0; n--)
			html_text(o->html, STR(" "));
	} else if (tag_is(t, "text:tab")) {
		html_text(o->html, STR(" "));
	} else if (tag_is(t, "text:line-break")) {
		html_break(o->html);
	} else if (tag_is(t, "text:a")) {
		const char *address = tag_attribute(t, "xlink:href");

		if (address)
			html_link(o->html, address);
	}
}

static bool text_begin(void *ctx, const struct tag *t)
{
	struct odt *o = ctx;

	if (left_out(o, t))
		return false;
	if (tag_is(t, "text:p") || tag_is(t, "text:h"))
		para_begin(o, t);
	else if (tag_is(t, "text:list-item"))
		o->items++;
	else if (tag_is(t, "text:note-body"))
		o->html->in_note++;
	else
		mark_begin(o, t);
	return true;
}

static void text_end(void *ctx, const struct tag *t)
{
	struct odt *o = ctx;

	if (tag_is(t, "text:p") || tag_is(t, "text:h")) {
		html_para_end(o->html);
		o->paras--;
	} else if (tag_is(t, "text:list-item")) {
		o->items--;
	} else if (tag_is(t, "text:note-body")) {
		o->html->in_note--;
	} else if (tag_is(t, "text:a")) {
		html_link_end(o->html);
	}
}

static void text_take(void *ctx, struct str s)
{
	struct odt *o = ctx;

	if (o->paras)
		html_text(o->html, s);
}

static bool text_full(void *ctx)
{
	const struct odt *o = ctx;

	return html_full(o->html);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static bool manifest_begin(void *ctx, const struct tag *t)
{
	bool *password = ctx;

	*password = *password || tag_is(t, "manifest:encryption-data");
	return true;
}

/* Encrypted parts look like damage; the list of parts tells them apart. */
static int password_look(struct arena *a, struct package *p, struct err *e)
{
	static const char name[] = "META-INF/manifest.xml";
	bool password = false;
	const struct xml_handler h = {.begin = manifest_begin, .end = style_end, .ctx = &password};
	struct err ignored;
	struct str xml;

	if (package_part(p, a, name, &xml, &ignored) == REFTEL_OK)
		xml_read(a, xml, name, &h, &ignored);
	return password ? err_set(e, REFTEL_EINVAL, "the document has a password: save it without one") : REFTEL_OK;
}

int odt_read(struct arena *a, struct package *p, struct html *html, struct err *e)
{
	struct odt o = {.a = a, .html = html};
	const struct xml_handler h = {text_begin, text_end, text_take, text_full, &o};
	struct str content;
	int rc = password_look(a, p, e);

	if (rc == REFTEL_OK)
		rc = package_part(p, a, "content.xml", &content, e);
	if (rc == REFTEL_ENOTFOUND)
		return err_set(e, REFTEL_EINVAL, "the document is damaged: its text, content.xml, is not in it");
	if (rc == REFTEL_OK)
		rc = styles_read(&o, p, content, e);
	if (rc == REFTEL_OK)
		rc = xml_read(a, content, "content.xml", &h, e);
	return rc;
}
