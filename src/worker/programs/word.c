/*
 * WordprocessingML (ISO/IEC 29500-1, clause 17): the main document, its styles, links and notes, in what a reader sees
 * once all tracked changes are accepted.
 */
#include "worker/programs/document.h"

#include <stdlib.h>
#include <string.h>

enum { LINKS_MAX = 100000, NOTES_MAX = 100000, INSTRUCTION_MAX = 4096, PATH_MAX_ = 512 };

/* What one part says of others: the target of each relationship by its id. */
struct relation {
	const char *id, *target, *type; /* the last word of the type */
	bool outside;
};

struct relations {
	VEC(struct relation) all;
};

/* A reference to a note; its number is only good together with the kind. */
struct note_ref {
	const char *id;
	bool end;
};

struct word {
	struct arena *a;
	struct html *html;
	struct styles styles;
	struct relations relations; /* of the part being read */
	VEC(struct note_ref) notes; /* that the text refers to */
	bool endnotes;              /* being read */
	bool in_properties;         /* of a paragraph */
	bool hidden;                /* the run */
	int in_text;
	/* A field: its instruction first, then what it shows. */
	int field_depth;
	bool in_instruction;
	struct buf instruction;
};

/* "false", "0", "off" switch a property off; a property that is there is on. */
static bool is_on(const struct tag *t)
{
	const char *v = tag_attribute(t, "w:val");

	return !v || (strcmp(v, "0") != 0 && strcmp(v, "false") != 0 && strcmp(v, "off") != 0);
}

static int whole(const char *s)
{
	int n = 0;

	if (!s || !*s)
		return -1;
	for (; ascii_digit((unsigned char)*s) && n < 100000; s++)
		n = n * 10 + *s - '0';
	return *s ? -1 : n;
}

/* 0..8 of the file are the levels of an outline, 9 is text. */
static int outline_level(const struct tag *t)
{
	int n = whole(tag_attribute(t, "w:val"));

	return n < 0 || n > 8 ? 0 : n < 6 ? n + 1 : 6;
}

/* ---- relationships ----------------------------------------------------------------------------------------------- */

static bool relation_begin(void *ctx, const struct tag *t)
{
	struct word *w = ctx;
	struct relation r = {0};
	const char *mode, *slash;

	if (!tag_is(t, "rel:Relationship") || w->relations.all.n >= LINKS_MAX)
		return true;
	r.id = tag_attribute(t, "Id");
	r.target = tag_attribute(t, "Target");
	r.type = tag_attribute(t, "Type");
	mode = tag_attribute(t, "TargetMode");
	r.outside = mode && !strcmp(mode, "External");
	slash = r.type ? strrchr(r.type, '/') : NULL;
	r.type = slash ? slash + 1 : "";
	if (r.id && r.target)
		*VEC_PUSH(w->a, &w->relations.all) = r;
	return true;
}

static void nothing_end(void *ctx, const struct tag *t)
{
	(void)ctx;
	(void)t;
}

static int by_id(const void *x, const void *y)
{
	const struct relation *a = x, *b = y;

	return strcmp(a->id, b->id);
}

/* A part without relationships has none to look up, and that is all. */
static int relations_read(struct word *w, struct package *p, const char *part, struct err *e)
{
	const struct xml_handler h = {.begin = relation_begin, .end = nothing_end, .ctx = w};
	const char *base = path_base(part);
	const char *name = arena_printf(w->a, "%.*s_rels/%s.rels", (int)(base - part), part, base);
	struct str xml;
	int rc = package_part(p, w->a, name, &xml, e);

	memset(&w->relations, 0, sizeof(w->relations));
	if (rc == REFTEL_ENOTFOUND)
		return REFTEL_OK;
	if (rc == REFTEL_OK)
		rc = xml_read(w->a, xml, name, &h, e);
	if (w->relations.all.n)
		qsort(w->relations.all.v, w->relations.all.n, sizeof(struct relation), by_id);
	return rc;
}

static const char *relation_address(const struct word *w, const char *id)
{
	struct relation want = {.id = id};
	const struct relation *r = NULL;

	if (id && w->relations.all.n)
		r = bsearch(&want, w->relations.all.v, w->relations.all.n, sizeof(want), by_id);
	return r && r->outside ? r->target : NULL;
}

/* The part that a relationship of that type leads to, seen from the part `from`; NULL: there is none. */
static const char *relation_part(const struct word *w, const char *from, const char *type)
{
	for (size_t i = 0; i < w->relations.all.n; i++) {
		const struct relation *r = &w->relations.all.v[i];
		struct str dir = {from, (size_t)(path_base(from) - from)};
		const char *target = r->target;

		if (r->outside || strcmp(r->type, type) != 0 || strlen(target) > PATH_MAX_)
			continue;
		if (*target == '/')
			return target + 1;
		while (!strncmp(target, "../", 3)) {
			target += 3;
			dir.n -= dir.n > 0;
			while (dir.n && dir.p[dir.n - 1] != '/')
				dir.n--;
		}
		return arena_printf(w->a, "%.*s%s", STR_ARG(dir), target);
	}
	return NULL;
}

/* ---- styles ------------------------------------------------------------------------------------------------------ */

static bool style_begin(void *ctx, const struct tag *t)
{
	struct word *w = ctx;
	struct style *s = w->styles.all.n ? &w->styles.all.v[w->styles.all.n - 1] : NULL;

	if (tag_is(t, "w:style")) {
		const char *id = tag_attribute(t, "w:styleId");

		if (!id || w->styles.all.n >= STYLES_MAX)
			return false;
		*VEC_PUSH(w->a, &w->styles.all) = (struct style){.id = id};
	} else if (s && tag_is(t, "w:name")) {
		s->name = tag_attribute(t, "w:val");
	} else if (s && tag_is(t, "w:basedOn")) {
		s->parent = tag_attribute(t, "w:val");
	} else if (s && tag_is(t, "w:outlineLvl")) {
		s->level = outline_level(t);
	} else if (s && tag_is(t, "w:numId")) {
		s->item = whole(tag_attribute(t, "w:val")) > 0;
	} else if (s && tag_is(t, "w:vanish")) {
		s->hidden = is_on(t);
	}
	return true;
}

static int styles_read(struct word *w, struct package *p, const char *part, struct err *e)
{
	const struct xml_handler h = {.begin = style_begin, .end = nothing_end, .ctx = w};
	struct str xml;
	int rc = part ? package_part(p, w->a, part, &xml, e) : REFTEL_ENOTFOUND;

	if (rc == REFTEL_OK)
		rc = xml_read(w->a, xml, part, &h, e);
	styles_settle(&w->styles);
	return rc == REFTEL_ENOTFOUND ? REFTEL_OK : rc;
}

/* ---- paragraphs -------------------------------------------------------------------------------------------------- */

static void para_style(struct word *w, const struct tag *t)
{
	const char *id = tag_attribute(t, "w:val");
	const struct style *s = id ? styles_find(&w->styles, id) : NULL;
	struct para *p = html_open(w->html);

	if (!s || !p)
		return;
	p->kind = s->kind;
	p->level = s->level;
}

static bool properties_begin(struct word *w, const struct tag *t)
{
	struct para *p = html_open(w->html);

	if (tag_is(t, "w:pStyle")) {
		para_style(w, t);
	} else if (p && tag_is(t, "w:outlineLvl")) {
		p->level = outline_level(t);
		p->kind = p->level ? PARA_HEADING : p->kind == PARA_HEADING ? PARA_TEXT : p->kind;
	} else if (p && tag_is(t, "w:numId") && p->kind != PARA_HEADING && p->kind != PARA_QUOTE) {
		p->kind = whole(tag_attribute(t, "w:val")) > 0 ? PARA_ITEM : PARA_TEXT;
	} else if (p && (tag_is(t, "w:del") || tag_is(t, "w:moveFrom"))) {
		p->joins = true;
	} else if (tag_is(t, "w:tabs") || tag_is(t, "w:pPrChange") || tag_is(t, "w:sectPr")) {
		return false;
	}
	return true;
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

static void symbol_put(struct word *w, const struct tag *t)
{
	const char *code = tag_attribute(t, "w:char");
	unsigned long c = code ? strtoul(code, NULL, 16) : 0;

	/* Above F000 stand pictures of a font's own, which are no text. */
	if (c < 0xe000)
		html_char(w->html, (uint32_t)c);
}

static void note_add(struct word *w, const struct tag *t, bool end)
{
	const char *id = tag_attribute(t, "w:id");

	if (id && w->notes.n < NOTES_MAX)
		*VEC_PUSH(w->a, &w->notes) = (struct note_ref){id, end};
}

static void link_instructed(struct word *w, struct str s)
{
	size_t from, to;

	s = str_trim(s);
	if (!str_istarts(s, STR("HYPERLINK")))
		return;
	from = str_find(s, STR("\""), 0);
	to = from == SIZE_MAX ? SIZE_MAX : str_find(s, STR("\""), from + 1);
	if (to != SIZE_MAX)
		html_link(w->html, arena_dup(w->a, str_sub(s, from + 1, to)));
}

static void field_mark(struct word *w, const struct tag *t)
{
	const char *type = tag_attribute(t, "w:fldCharType");

	if (!type)
		return;
	if (!strcmp(type, "begin")) {
		if (w->field_depth++ == 0)
			buf_reset(&w->instruction);
	} else if (!strcmp(type, "separate")) {
		if (w->field_depth == 1)
			link_instructed(w, buf_view(&w->instruction));
	} else if (!strcmp(type, "end") && w->field_depth > 0 && --w->field_depth == 0) {
		html_link_end(w->html);
	}
}

/* What is not in the text that a reader sees. */
static bool left_out(const struct tag *t)
{
	static const char *const names[] = {"w:del",  "w:moveFrom",  "w:delText",     "w:delInstrText", "mc:Fallback",
					    "w:rt",   "w:rPrChange", "w:sectPr",      "w:tblPr",        "w:trPr",
					    "w:tcPr", "w:sdtPr",     "w:sectPrChange"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (tag_is(t, names[i]))
			return true;
	return false;
}

static void run_mark(struct word *w, const struct tag *t)
{
	if (tag_is(t, "w:fldChar"))
		field_mark(w, t);
	else if (w->hidden)
		return;
	else if (tag_is(t, "w:tab") || tag_is(t, "w:ptab"))
		html_text(w->html, STR(" "));
	else if (tag_is(t, "w:br") || tag_is(t, "w:cr"))
		html_break(w->html);
	else if (tag_is(t, "w:noBreakHyphen"))
		html_char(w->html, 0x2011);
	else if (tag_is(t, "w:softHyphen"))
		html_char(w->html, 0xad);
	else if (tag_is(t, "w:sym"))
		symbol_put(w, t);
	else if (tag_is(t, "w:footnoteReference") || tag_is(t, "w:endnoteReference"))
		note_add(w, t, tag_is(t, "w:endnoteReference"));
}

static void run_style(struct word *w, const struct tag *t)
{
	const char *id = tag_attribute(t, "w:val");
	const struct style *s = id ? styles_find(&w->styles, id) : NULL;

	w->hidden = w->hidden || (s && s->hidden);
}

static void link_begin(struct word *w, const struct tag *t)
{
	const char *address = relation_address(w, tag_attribute(t, "r:id"));

	if (address)
		html_link(w->html, address);
}

static bool text_begin(void *ctx, const struct tag *t)
{
	struct word *w = ctx;
	const char *instruction;

	if (w->in_properties)
		return properties_begin(w, t);
	if (left_out(t))
		return false;
	if (tag_is(t, "w:p")) {
		html_para(w->html);
	} else if (tag_is(t, "w:pPr")) {
		w->in_properties = true;
	} else if (tag_is(t, "w:r")) {
		w->hidden = false;
	} else if (tag_is(t, "w:vanish")) {
		w->hidden = is_on(t);
	} else if (tag_is(t, "w:rStyle")) {
		run_style(w, t);
	} else if (tag_is(t, "w:t") || tag_is(t, "m:t")) {
		w->in_text++;
	} else if (tag_is(t, "w:instrText")) {
		w->in_instruction = true;
	} else if (tag_is(t, "w:hyperlink")) {
		link_begin(w, t);
	} else if (tag_is(t, "w:fldSimple")) {
		instruction = tag_attribute(t, "w:instr");
		link_instructed(w, str_of(instruction));
	} else {
		run_mark(w, t);
	}
	return true;
}

static void text_end(void *ctx, const struct tag *t)
{
	struct word *w = ctx;

	if (tag_is(t, "w:p"))
		html_para_end(w->html);
	else if (tag_is(t, "w:pPr"))
		w->in_properties = false;
	else if (tag_is(t, "w:r"))
		w->hidden = false;
	else if ((tag_is(t, "w:t") || tag_is(t, "m:t")) && w->in_text)
		w->in_text--;
	else if (tag_is(t, "w:instrText"))
		w->in_instruction = false;
	else if (tag_is(t, "w:hyperlink") || tag_is(t, "w:fldSimple"))
		html_link_end(w->html);
}

static void text_take(void *ctx, struct str s)
{
	struct word *w = ctx;

	if (w->in_instruction && w->field_depth == 1 && w->instruction.n < INSTRUCTION_MAX)
		buf_str(&w->instruction, str_sub(s, 0, INSTRUCTION_MAX));
	else if (w->in_text && !w->hidden)
		html_text(w->html, s);
}

static bool text_full(void *ctx)
{
	const struct word *w = ctx;

	return html_full(w->html);
}

/* ---- notes ------------------------------------------------------------------------------------------------------- */

static bool is_referred(const struct word *w, const char *id)
{
	for (size_t i = 0; id && i < w->notes.n; i++)
		if (w->notes.v[i].end == w->endnotes && !strcmp(w->notes.v[i].id, id))
			return true;
	return false;
}

/* Separators are notes of a type of their own, and a note whose reference was deleted stays in the file. */
static bool note_begin(void *ctx, const struct tag *t)
{
	struct word *w = ctx;

	if (tag_is(t, "w:footnote") || tag_is(t, "w:endnote"))
		return is_referred(w, tag_attribute(t, "w:id"));
	return text_begin(ctx, t);
}

static int text_read(struct word *w, struct package *p, const char *part, const struct xml_handler *h, struct err *e)
{
	struct str xml;
	int rc = package_part(p, w->a, part, &xml, e);

	if (rc == REFTEL_OK)
		rc = relations_read(w, p, part, e);
	if (rc == REFTEL_OK)
		rc = xml_read(w->a, xml, part, h, e);
	w->field_depth = w->in_text = 0;
	w->in_instruction = w->in_properties = w->hidden = false;
	return rc;
}

static int notes_read(struct word *w, struct package *p, const char *part, bool endnotes, struct err *e)
{
	const struct xml_handler h = {note_begin, text_end, text_take, text_full, w};
	int rc;

	w->endnotes = endnotes;
	if (!part || !w->notes.n)
		return REFTEL_OK;
	w->html->in_note = 1;
	rc = text_read(w, p, part, &h, e);
	w->html->in_note = 0;
	return rc == REFTEL_ENOTFOUND ? REFTEL_OK : rc;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static int parts_read(struct word *w, struct package *p, const char *part, struct err *e)
{
	const struct xml_handler h = {text_begin, text_end, text_take, text_full, w};
	const char *footnotes, *endnotes;
	int rc = relations_read(w, p, part, e);

	if (rc != REFTEL_OK)
		return rc;
	footnotes = relation_part(w, part, "footnotes");
	endnotes = relation_part(w, part, "endnotes");
	rc = styles_read(w, p, relation_part(w, part, "styles"), e);
	if (rc == REFTEL_OK)
		rc = text_read(w, p, part, &h, e);
	if (rc == REFTEL_ENOTFOUND)
		return err_set(e, REFTEL_EINVAL, "the document is damaged: its text, %s, is not in it", part);
	if (rc == REFTEL_OK)
		rc = notes_read(w, p, footnotes, false, e);
	if (rc == REFTEL_OK)
		rc = notes_read(w, p, endnotes, true, e);
	return rc;
}

int word_read(struct arena *a, struct package *p, struct html *html, struct err *e)
{
	struct word w = {.a = a, .html = html};
	const char *part;
	int rc = relations_read(&w, p, "", e);

	if (rc == REFTEL_OK) {
		part = relation_part(&w, "", "officeDocument");
		rc = parts_read(&w, p, part ? part : "word/document.xml", e);
	}
	buf_free(&w.instruction);
	return rc;
}
