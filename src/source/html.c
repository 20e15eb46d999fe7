/*
 * A cable page of the 2010 release (docs/formats.md): a table with the reference id, two dates, classification and
 * origin, then the transmission header and the body, each in a <pre> of its own. Not a reader of HTML at large: the
 * pages leave '<' and '&' of the text as they are, so a standard parser would lose words. Only what is known to be the
 * site's own markup is taken for markup.
 */
#include "source/source_priv.h"

#include <string.h>

enum { TAG_MAX = 1024, CELLS_MAX = 64 };

/* ---- tags -------------------------------------------------------------------------------------------------------- */

struct tag {
	size_t off, end; /* of the page, from '<' to behind '>' */
	struct str name;
	struct str attributes;
	bool closing;
};

/* Is there a tag at page[off]? One that is longer than TAG_MAX, or that another '<' interrupts, is none. */
static bool tag_at(struct str page, size_t off, struct tag *t)
{
	size_t i = off + 1, most = off + TAG_MAX < page.n ? off + TAG_MAX : page.n;
	char quote = 0;

	*t = (struct tag){.off = off};
	if (i < most && page.p[i] == '/')
		t->closing = true, i++;
	while (i < most && ascii_alnum((unsigned char)page.p[i]))
		i++;
	t->name = str_sub(page, off + 1 + t->closing, i);
	if (!t->name.n || !ascii_alpha((unsigned char)*t->name.p))
		return false;
	for (size_t from = i; i < most; i++) {
		char c = page.p[i];

		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '>') {
			t->attributes = str_trim(str_sub(page, from, i));
			t->end = i + 1;
			return true;
		}
		if (c == '<')
			return false;
	}
	return false;
}

static bool tag_next(struct str page, size_t *pos, struct tag *t)
{
	while (*pos < page.n) {
		const char *lt = memchr(page.p + *pos, '<', page.n - *pos);

		if (!lt)
			break;
		if (tag_at(page, (size_t)(lt - page.p), t)) {
			*pos = t->end;
			return true;
		}
		*pos = (size_t)(lt - page.p) + 1;
	}
	*pos = page.n;
	return false;
}

static bool tag_is(const struct tag *t, const char *name, bool closing)
{
	return t->closing == closing && str_ieq(t->name, str_of(name));
}

/* class='cable', with either kind of quotation mark or none. */
static bool tag_has_class(const struct tag *t, struct str word)
{
	size_t at = str_ifind(t->attributes, STR("class="), 0);
	struct str v;

	if (at == SIZE_MAX)
		return false;
	v = str_sub(t->attributes, at + 6, t->attributes.n);
	if (v.n && (*v.p == '"' || *v.p == '\''))
		v = str_sub(v, 1, v.n);
	return str_starts(v, word) && (v.n == word.n || !ascii_alnum((unsigned char)v.p[word.n]));
}

/*
 * Markup that the site put into a text, in the way it writes it: a known lower-case name, and behind it nothing or
 * name=value. "x <b and c> d" is a telegram's own.
 */
static bool tag_is_markup(const struct tag *t)
{
	static const char *const names[] = {
		"a",  "b",  "br", "center", "code", "div", "em",     "font", "h1", "h2", "h3", "h4",    "hr", "i",
		"li", "ol", "p",  "pre",    "span", "sub", "strong", "sup",  "td", "th", "tr", "table", "u",  "ul",
	};
	bool known = str_eq(t->name, STR("BR"));

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !known; i++)
		known = str_eq(t->name, str_of(names[i]));
	return known && (!t->attributes.n || str_eq(t->attributes, STR("/")) ||
			 (!t->closing && memchr(t->attributes.p, '=', t->attributes.n)));
}

/* ---- entities ---------------------------------------------------------------------------------------------------- */

/* HTML 4.01, 24.2.1: U+00A0 and up, in order. */
static const char *const latin1_names[96] = {
	"nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",    "copy",   "ordf",
	"laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",  "micro",
	"para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave",
	"Aacute", "Acirc",  "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",
	"Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",
	"times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",  "szlig",  "agrave", "aacute",
	"acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave",
	"iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide",
	"oslash", "ugrave", "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml",
};

static const struct {
	const char *name;
	int32_t cp;
} other_names[] = {
	{"amp", '&'},      {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
	{"ndash", 0x2013}, {"mdash", 0x2014}, {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"sbquo", 0x201a},
	{"ldquo", 0x201c}, {"rdquo", 0x201d}, {"bdquo", 0x201e}, {"bull", 0x2022},  {"hellip", 0x2026},
	{"euro", 0x20ac},  {"trade", 0x2122},
};

static int32_t entity_named(struct str name)
{
	for (size_t i = 0; i < sizeof(other_names) / sizeof(*other_names); i++)
		if (str_eq(name, str_of(other_names[i].name)))
			return other_names[i].cp;
	for (size_t i = 0; i < 96; i++)
		if (str_eq(name, str_of(latin1_names[i])))
			return (int32_t)(0xa0 + i);
	return -1;
}

static int32_t entity_numbered(struct str digits)
{
	bool hex = digits.n && (*digits.p == 'x' || *digits.p == 'X');
	int32_t cp = 0;

	if (hex)
		digits = str_sub(digits, 1, digits.n);
	if (!digits.n || digits.n > 7)
		return -1;
	for (size_t i = 0; i < digits.n; i++) {
		int c = ascii_tolower((unsigned char)digits.p[i]);
		int v = ascii_digit(c) ? c - '0' : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (v < 0)
			return -1;
		cp = cp * (hex ? 16 : 10) + v;
	}
	if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return -1;
	return cp;
}

/* The code point of the entity at s[i], its length in *n; -1 when there is none, and '&' means itself. */
static int32_t entity_at(struct str s, size_t i, size_t *n)
{
	struct str rest = str_sub(s, i + 1, i + 12);
	const char *semicolon = rest.n ? memchr(rest.p, ';', rest.n) : NULL;
	struct str name;

	if (!semicolon)
		return -1;
	name = str_sub(rest, 0, (size_t)(semicolon - rest.p));
	*n = name.n + 2;
	if (name.n && *name.p == '#')
		return entity_numbered(str_sub(name, 1, name.n));
	return entity_named(name);
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

/* A text without the site's markup and entities. Never longer than what it is made from. */
static struct str html_text(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0, i = 0;
	struct tag t;

	while (i < s.n) {
		size_t plain = i, len;
		int32_t cp;

		while (i < s.n && s.p[i] != '<' && s.p[i] != '&')
			i++;
		memcpy(out + n, s.p + plain, i - plain);
		n += i - plain;
		if (i == s.n)
			break;
		if (s.p[i] == '<' && tag_at(s, i, &t) && tag_is_markup(&t)) {
			if (str_ieq(t.name, STR("br")))
				out[n++] = '\n';
			i = t.end;
		} else if (s.p[i] == '&' && (cp = entity_at(s, i, &len)) >= 0) {
			if (cp >= 0x80 && cp < 0xa0) { /* written by someone who thought in Windows-1252 */
				struct str c = text_to_utf8(a, (struct str){(char[]){(char)cp}, 1}, ENC_LATIN1);

				memcpy(out + n, c.p, c.n);
				n += c.n;
			} else {
				n += utf8_put(cp, out + n);
			}
			i += len;
		} else {
			out[n++] = s.p[i++];
		}
	}
	return field_text(a, (struct str){out, n});
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

struct page {
	struct str title; /* of the last <h3> before the text */
	size_t table;     /* behind the last <table class=cable> before the text; 0: none */
	size_t n_pre;
	struct str first_pre, last_pre;
	bool cut; /* it ends within a <pre> */
};

static void page_pre(struct str page, size_t *pos, struct page *p)
{
	size_t end = str_ifind(page, STR("</pre"), *pos);
	struct str text = str_sub(page, *pos, end);

	if (end == SIZE_MAX)
		p->cut = true;
	if (text.n && *text.p == '\n') /* HTML: a line end right behind <pre> is none */
		text = str_sub(text, 1, text.n);
	if (p->n_pre++ == 0)
		p->first_pre = text;
	p->last_pre = text;
	*pos += text.n;
}

static void page_scan(struct str page, struct page *p)
{
	size_t pos = 0, h3 = 0;
	struct tag t;

	*p = (struct page){0};
	while (!p->cut && tag_next(page, &pos, &t)) {
		if (tag_is(&t, "pre", false)) {
			page_pre(page, &pos, p);
		} else if (p->n_pre) {
			continue;
		} else if (tag_is(&t, "table", false) && tag_has_class(&t, STR("cable"))) {
			p->table = t.end;
		} else if (tag_is(&t, "h3", false)) {
			h3 = t.end;
		} else if (tag_is(&t, "h3", true) && h3) {
			p->title = str_sub(page, h3, t.off);
			h3 = 0;
		}
	}
}

struct cells {
	struct str heads[CELLS_MAX], v[CELLS_MAX];
	size_t n_heads, n;
};

/* The cells of the table up to its end; what is nested in one is its text. */
static void cells_read(struct arena *a, struct str page, size_t pos, struct cells *c)
{
	struct tag t;
	size_t from = 0;
	bool head = false;

	*c = (struct cells){0};
	while (tag_next(page, &pos, &t) && !tag_is(&t, "table", true) && !tag_is(&t, "pre", false)) {
		if (tag_is(&t, "th", false) || tag_is(&t, "td", false)) {
			from = t.end;
			head = tag_is(&t, "th", false);
		} else if (from && (tag_is(&t, "th", true) || tag_is(&t, "td", true))) {
			struct str text = str_trim(html_text(a, str_sub(page, from, t.off)));

			if (head && c->n_heads < CELLS_MAX)
				c->heads[c->n_heads++] = text;
			else if (!head && c->n < CELLS_MAX)
				c->v[c->n++] = text;
			from = 0;
		}
	}
}

/* The cell under the heading, else the one at the place where the template has it. */
static struct str cell_under(const struct cells *c, const char *heading, size_t place)
{
	for (size_t i = 0; i < c->n_heads && i < c->n; i++)
		if (str_ieq(c->heads[i], str_of(heading)))
			return c->v[i];
	return !c->n_heads && place < c->n ? c->v[place] : STR("");
}

/* "Viewing cable 07FOO12, SUBJECT": only the subject, of which it is the first line. */
static struct str title_subject(struct arena *a, struct str h3)
{
	struct str text = str_trim(html_text(a, h3));
	size_t comma = str_find(text, STR(","), 0);

	if (!str_istarts(text, STR("Viewing cable")) || comma == SIZE_MAX)
		return STR("");
	return str_trim(str_sub(text, comma + 1, text.n));
}

int html_read(struct arena *a, struct str page, struct cable_record *out, struct err *e)
{
	struct page p;
	struct cells *c = arena_new(a, struct cells, 1);
	struct str created;

	page_scan(page, &p);
	if (!p.table && !p.n_pre)
		return err_set(e, REFTEL_EINVAL,
			       "a web page, but not a cable's: it has neither the table with a reference "
			       "id nor a telegram's text");
	if (!p.table)
		return err_set(e, REFTEL_EINVAL, "a web page with a text, but without the table that names the cable");
	cells_read(a, page, p.table, c);
	if (!p.n_pre)
		return err_set(e, REFTEL_EINVAL,
			       "a web page that lists cables (or is cut off) and holds the text of none");
	if (p.cut)
		return err_set(e, REFTEL_EINVAL, "the page is cut off within the cable's text; get it anew");
	*out = (struct cable_record){
		.id = cell_under(c, "Reference ID", 0),
		.released = cell_under(c, "Released", 2),
		.classification = cell_under(c, "Classification", 3),
		.origin = cell_under(c, "Origin", 4),
		.title = title_subject(a, p.title),
		.refs = STR(""),
		.header = p.n_pre > 1 ? html_text(a, p.first_pre) : STR(""),
		.body = html_text(a, p.last_pre),
	};
	if (!out->id.n)
		return err_set(e, REFTEL_EINVAL, "the page's table has no reference id");
	created = cell_under(c, "Created", 1);
	if (created.n && !field_date_page(created, &out->date))
		return err_set(e, REFTEL_EINVAL, "the page's table has \"%.40s\" where the date should be",
			       arena_dup(a, created));
	return REFTEL_OK;
}

bool html_looks_like(struct str head)
{
	size_t pos = 0, seen = 0;
	struct tag t;

	head = str_trim(head);
	if (!head.n || *head.p != '<')
		return false;
	if (str_istarts(head, STR("<!doctype html")) || str_istarts(head, STR("<html")))
		return true;
	while (seen++ < 50 && tag_next(head, &pos, &t))
		if (tag_is(&t, "html", false) || tag_is(&t, "body", false) || tag_is(&t, "pre", false) ||
		    tag_is(&t, "table", false) || tag_is(&t, "div", false))
			return true;
	return false;
}
