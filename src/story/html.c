/*
 * A story as a web page: a tokenizer that takes any bytes, and the choice of what on the page is the story. A page says
 * so in its tags, or it shows in how its blocks read: sentences with few links are story, links without sentences are
 * furniture.
 */
#include "story/story_priv.h"

#include <string.h>

enum {
	NAME_BYTES = 24,
	ENTITY_MAX = 32,
	STORY_LEAST = 200, /* bytes inside <article> or <main> below which the tag is not believed */
	SENTENCE_LEAST = 60,
};

/* What a block stands in: counted, because tags nest and are not always closed. */
enum region { REGION_STORY, REGION_BODY, REGION_FURNITURE, REGION_QUOTE, REGION_SILENT, N_REGIONS };

struct html_block {
	enum block_kind kind;
	int level;
	size_t from, to; /* of the draft's text */
	size_t link_bytes;
	size_t first_link, end_link;
	bool in_story, in_body, in_furniture;
};

struct page {
	struct draft scratch; /* the text of the whole page */
	VEC(struct html_block) blocks;
	int depth[N_REGIONS];
	bool in_link;
	int breaks; /* <br> in a row */
	struct buf title;
	bool in_title;
	size_t pos;
};

/* ---- tags -------------------------------------------------------------------------------------------------------- */

struct tag {
	char name[NAME_BYTES];
	bool close, self;
	struct str attributes;
};

static bool name_in(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

static const char *const block_names[] = {
	"p",      "div",    "section",    "article",    "main", "table",   "tr",     "td",       "th",
	"ul",     "ol",     "li",         "dl",         "dt",   "dd",      "h1",     "h2",       "h3",
	"h4",     "h5",     "h6",         "blockquote", "pre",  "form",    "nav",    "aside",    "header",
	"footer", "figure", "figcaption", "body",       "hr",   "address", "center", "fieldset", NULL};
static const char *const furniture_names[] = {"nav",    "aside",  "footer",   "form", "figcaption",
					      "button", "select", "fieldset", NULL};
static const char *const silent_names[] = {"script", "style",  "noscript", "template", "svg",
					   "iframe", "object", "textarea", NULL};
static const char *const void_names[] = {"br",   "hr",  "img",   "input",  "meta", "link", "area",
					 "base", "col", "embed", "source", "wbr",  NULL};

static bool tag_read(struct str s, size_t pos, struct tag *t, size_t *end)
{
	size_t i = pos + 1, n = 0;
	char quote = 0;

	*t = (struct tag){0};
	if (i < s.n && s.p[i] == '/') {
		t->close = true;
		i++;
	}
	if (i >= s.n || !ascii_alpha((unsigned char)s.p[i]))
		return false;
	while (i < s.n && ascii_alnum((unsigned char)s.p[i])) {
		if (n + 1 < NAME_BYTES)
			t->name[n++] = (char)ascii_tolower((unsigned char)s.p[i]);
		i++;
	}
	t->attributes.p = s.p + i;
	for (; i < s.n; i++) {
		if (quote) {
			quote = s.p[i] == quote ? 0 : quote;
		} else if (s.p[i] == '"' || s.p[i] == '\'') {
			quote = s.p[i];
		} else if (s.p[i] == '>' || s.p[i] == '<') {
			break;
		}
	}
	if (i >= s.n)
		return false;
	t->attributes.n = (size_t)(s.p + i - t->attributes.p);
	t->self = (t->attributes.n && s.p[i - 1] == '/') || name_in(t->name, void_names);
	*end = s.p[i] == '>' ? i + 1 : i;
	return true;
}

static struct str attribute(struct str s, const char *name)
{
	struct str key = str_of(name);

	for (size_t i = 0; i + key.n < s.n; i++) {
		size_t k = i + key.n, from;
		char quote;

		if (!str_istarts(str_sub(s, i, s.n), key) || (i && !ascii_space((unsigned char)s.p[i - 1])))
			continue;
		while (k < s.n && ascii_space((unsigned char)s.p[k]))
			k++;
		if (k >= s.n || s.p[k] != '=')
			continue;
		for (k++; k < s.n && ascii_space((unsigned char)s.p[k]);)
			k++;
		if (k >= s.n)
			break;
		quote = s.p[k] == '"' || s.p[k] == '\'' ? s.p[k++] : 0;
		from = k;
		while (k < s.n && (quote ? s.p[k] != quote : !ascii_space((unsigned char)s.p[k])))
			k++;
		return str_sub(s, from, k);
	}
	return STR("");
}

/* ---- entities ---------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int32_t cp;
} entities[] = {
	{"amp", '&'},      {"lt", '<'},        {"gt", '>'},        {"quot", '"'},     {"apos", '\''},
	{"nbsp", 0xa0},    {"ldquo", 0x201c},  {"rdquo", 0x201d},  {"lsquo", 0x2018}, {"rsquo", 0x2019},
	{"sbquo", 0x201a}, {"bdquo", 0x201e},  {"laquo", 0xab},    {"raquo", 0xbb},   {"ndash", 0x2013},
	{"mdash", 0x2014}, {"hellip", 0x2026}, {"shy", 0xad},      {"para", 0xb6},    {"copy", 0xa9},
	{"reg", 0xae},     {"trade", 0x2122},  {"euro", 0x20ac},   {"pound", 0xa3},   {"eacute", 0xe9},
	{"egrave", 0xe8},  {"ecirc", 0xea},    {"agrave", 0xe0},   {"aacute", 0xe1},  {"acirc", 0xe2},
	{"atilde", 0xe3},  {"auml", 0xe4},     {"ouml", 0xf6},     {"uuml", 0xfc},    {"ntilde", 0xf1},
	{"ccedil", 0xe7},  {"iacute", 0xed},   {"oacute", 0xf3},   {"uacute", 0xfa},  {"ocirc", 0xf4},
	{"otilde", 0xf5},  {"szlig", 0xdf},    {"oslash", 0xf8},   {"aring", 0xe5},   {"aelig", 0xe6},
	{"ensp", 0x2002},  {"emsp", 0x2003},   {"thinsp", 0x2009}, {"middot", 0xb7},  {"bull", 0x2022},
	{"zwnj", 0x200c},  {"zwj", 0x200d},    {"prime", 0x2032},  {"sect", 0xa7},    {"deg", 0xb0},
};

/* The entity at s[pos] ("&amp;", "&#8217;", "&#x2019;"): its code point and end; -1 when it is none. */
static int32_t entity_read(struct str s, size_t pos, size_t *end)
{
	size_t semi = str_find(str_sub(s, 0, pos + ENTITY_MAX), STR(";"), pos);
	struct str name;
	int32_t cp = 0;

	if (semi == SIZE_MAX || semi < pos + 2)
		return -1;
	name = str_sub(s, pos + 1, semi);
	*end = semi + 1;
	if (*name.p == '#') {
		bool hex = name.n > 1 && (name.p[1] == 'x' || name.p[1] == 'X');

		for (size_t i = hex ? 2 : 1; i < name.n; i++) {
			int c = ascii_tolower((unsigned char)name.p[i]);
			int digit = ascii_digit(c) ? c - '0' : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

			if (digit < 0 || cp > 0x10ffff)
				return -1;
			cp = cp * (hex ? 16 : 10) + digit;
		}
		return name.n > (hex ? 2u : 1u) && cp ? cp : -1;
	}
	for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++)
		if (str_eq(name, str_of(entities[i].name)))
			return entities[i].cp;
	return -1;
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static void page_block_end(struct page *p)
{
	struct html_block *b;

	if (!p->scratch.open)
		return;
	draft_end(&p->scratch);
	b = &p->blocks.v[p->blocks.n - 1];
	if (p->scratch.blocks.n != p->blocks.n) {
		p->blocks.n--; /* it was empty */
		return;
	}
	b->to = p->scratch.blocks.v[p->scratch.blocks.n - 1].at.end;
	b->end_link = p->scratch.links.n;
}

static void page_block(struct page *p, enum block_kind kind, int level)
{
	page_block_end(p);
	if (p->depth[REGION_QUOTE] > 0 && kind != BLOCK_HEADING)
		kind = BLOCK_QUOTE;
	draft_block(&p->scratch, kind, level);
	*VEC_PUSH(p->scratch.a, &p->blocks) = (struct html_block){
		.kind = kind,
		.level = level,
		.from = p->scratch.text.n,
		.first_link = p->scratch.links.n,
		.in_story = p->depth[REGION_STORY] > 0,
		.in_body = p->depth[REGION_BODY] > 0,
		.in_furniture = p->depth[REGION_FURNITURE] > 0,
	};
	p->breaks = 0;
}

static void depth_change(struct page *p, enum region r, bool close)
{
	p->depth[r] += close ? -1 : 1;
	if (p->depth[r] < 0)
		p->depth[r] = 0;
}

static void regions_change(struct page *p, const struct tag *t)
{
	if (!strcmp(t->name, "article") || !strcmp(t->name, "main"))
		depth_change(p, REGION_STORY, t->close);
	if (!t->close && str_ieq(attribute(t->attributes, "itemprop"), STR("articleBody")))
		p->depth[REGION_BODY] = 1;
	if (name_in(t->name, furniture_names))
		depth_change(p, REGION_FURNITURE, t->close);
	if (!strcmp(t->name, "blockquote"))
		depth_change(p, REGION_QUOTE, t->close);
}

static void link_change(struct page *p, const struct tag *t)
{
	struct draft *d = &p->scratch;

	if (p->in_link && d->links.n)
		d->links.v[d->links.n - 1].at.end = (uint32_t)d->text.n;
	p->in_link = false;
	if (t->close || !d->open)
		return;
	p->in_link = true;
	*VEC_PUSH(d->a, &d->links) = (struct story_link){{(uint32_t)d->text.n, (uint32_t)d->text.n},
							 arena_str(d->a, attribute(t->attributes, "href"))};
}

static void tag_take(struct page *p, const struct tag *t)
{
	if (!strcmp(t->name, "title")) {
		p->in_title = !t->close && !p->title.n;
	} else if (!strcmp(t->name, "br")) {
		if (++p->breaks > 1 && p->scratch.open)
			page_block(p, BLOCK_PARAGRAPH, 0);
		else
			draft_blank(&p->scratch, p->pos);
	} else if (!strcmp(t->name, "a")) {
		if (!p->scratch.open && !t->close)
			page_block(p, BLOCK_PARAGRAPH, 0);
		link_change(p, t);
	} else if (!strcmp(t->name, "q") && p->scratch.open) {
		draft_code_point(&p->scratch, t->close ? 0x201d : 0x201c, p->pos);
	} else if (name_in(t->name, block_names)) {
		page_block_end(p);
		regions_change(p, t);
		if (t->close)
			return;
		if (t->name[0] == 'h' && ascii_digit((unsigned char)t->name[1]))
			page_block(p, BLOCK_HEADING, t->name[1] - '0');
		else if (!strcmp(t->name, "li"))
			page_block(p, BLOCK_LIST_ITEM, 0);
		else if (!t->self)
			page_block(p, BLOCK_PARAGRAPH, 0);
	}
}

static void text_take(struct page *p, int32_t cp, size_t raw_off)
{
	if (p->in_title) {
		char utf8[4];

		buf_add(&p->title, utf8, utf8_put(cp, utf8));
		return;
	}
	if (cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == '\f' || cp == 0xa0) {
		draft_blank(&p->scratch, raw_off);
		return;
	}
	if (!p->scratch.open)
		page_block(p, BLOCK_PARAGRAPH, 0);
	if (p->in_link)
		p->blocks.v[p->blocks.n - 1].link_bytes++;
	p->breaks = 0;
	draft_code_point(&p->scratch, cp, raw_off);
}

/* Everything to the end tag of a <script> or its like. */
static size_t silence_end(struct str s, size_t from, const char *name)
{
	char end[NAME_BYTES + 4];
	size_t at;

	snprintf(end, sizeof(end), "</%s", name);
	at = str_ifind(s, str_of(end), from);
	return at == SIZE_MAX ? s.n : at;
}

static void page_read(struct page *p, struct str s)
{
	struct tag t;
	size_t end;

	while (p->pos < s.n) {
		size_t from = p->pos;

		if (str_starts(str_sub(s, from, s.n), STR("<!--"))) {
			end = str_find(s, STR("-->"), from + 4);
			p->pos = end == SIZE_MAX ? s.n : end + 3;
		} else if (s.p[from] == '<' && from + 1 < s.n && (s.p[from + 1] == '!' || s.p[from + 1] == '?')) {
			end = str_find(s, STR(">"), from);
			p->pos = end == SIZE_MAX ? s.n : end + 1;
		} else if (s.p[from] == '<' && tag_read(s, from, &t, &end)) {
			if (!t.close && !t.self && name_in(t.name, silent_names))
				p->pos = silence_end(s, end, t.name);
			else
				p->pos = end;
			tag_take(p, &t);
		} else if (s.p[from] == '&') {
			int32_t cp = entity_read(s, from, &end);

			p->pos = cp < 0 ? from + 1 : end;
			text_take(p, cp < 0 ? '&' : cp, from);
		} else {
			int32_t cp = utf8_next(s, &p->pos);

			text_take(p, cp, from);
		}
	}
	page_block_end(p);
}

/* ---- what is story? ---------------------------------------------------------------------------------------------- */

static struct str block_text(const struct page *p, const struct html_block *b)
{
	return str_sub(buf_view(&p->scratch.text), b->from, b->to);
}

static bool has_sentence_end(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (strchr(".?!", s.p[i]) &&
		    (ascii_space((unsigned char)s.p[i + 1]) || (unsigned char)s.p[i + 1] >= 0x80 || s.p[i + 1] == '"' ||
		     s.p[i + 1] == ')'))
			return true;
	return s.n && strchr(".?!:\"", s.p[s.n - 1]) != NULL;
}

static bool is_mostly_links(const struct html_block *b)
{
	return b->link_bytes * 2 > b->to - b->from;
}

static bool is_sentence_block(const struct page *p, const struct html_block *b)
{
	struct str s = block_text(p, b);

	return !b->in_furniture && b->kind != BLOCK_HEADING && s.n >= SENTENCE_LEAST && has_sentence_end(s) &&
	       !is_mostly_links(b) && !block_is_furniture(s);
}

/* Bytes of sentences inside a region: is the page's own word for its story to be believed? */
static size_t sentences_in(const struct page *p, bool body)
{
	size_t n = 0;

	for (size_t i = 0; i < p->blocks.n; i++)
		if ((body ? p->blocks.v[i].in_body : p->blocks.v[i].in_story) && is_sentence_block(p, &p->blocks.v[i]))
			n += p->blocks.v[i].to - p->blocks.v[i].from;
	return n;
}

/* A headline right before the first sentences belongs to them. */
static size_t with_headline(const struct page *p, size_t first)
{
	for (size_t i = first, n = 0; i > 0 && n < 6; i--, n++)
		if (p->blocks.v[i - 1].kind == BLOCK_HEADING && p->blocks.v[i - 1].level <= 2)
			return i - 1;
	return first;
}

static void block_keep(struct draft *d, const struct page *p, const struct html_block *b)
{
	size_t shift;

	draft_block(d, b->kind, b->level);
	shift = d->text.n - b->from;
	for (size_t i = b->from; i < b->to; i++)
		draft_byte(d, p->scratch.text.p[i], p->scratch.raw_of.v[i]);
	for (size_t i = b->first_link; i < b->end_link; i++) {
		struct story_link l = p->scratch.links.v[i];

		l.at.off = (uint32_t)(l.at.off + shift);
		l.at.end = (uint32_t)(l.at.end + shift);
		*VEC_PUSH(d->a, &d->links) = l;
	}
	draft_end(d);
}

static void blocks_choose(struct draft *d, struct page *p)
{
	bool body = sentences_in(p, true) >= STORY_LEAST, story = sentences_in(p, false) >= STORY_LEAST;
	size_t first = p->blocks.n, last = 0;

	for (size_t i = 0; i < p->blocks.n; i++) {
		const struct html_block *b = &p->blocks.v[i];

		if (!(body ? b->in_body : story ? b->in_story : true) || !is_sentence_block(p, b))
			continue;
		first = first < i ? first : i;
		last = i + 1;
	}
	first = first < p->blocks.n ? with_headline(p, first) : 0;
	if (!last)
		last = p->blocks.n; /* no block reads like a story: then all of it is */
	for (size_t i = 0; i < p->blocks.n; i++) {
		const struct html_block *b = &p->blocks.v[i];

		if (i < first || i >= last || b->in_furniture || block_is_furniture(block_text(p, b)) ||
		    (is_mostly_links(b) && b->kind != BLOCK_HEADING))
			d->furniture += b->to - b->from;
		else
			block_keep(d, p, b);
	}
}

/* What a word processor saved has no menus; a short last line may be the footnote that says where words are from. */
static void blocks_keep_all(struct draft *d, const struct page *p)
{
	for (size_t i = 0; i < p->blocks.n; i++)
		block_keep(d, p, &p->blocks.v[i]);
}

void story_from_html(struct draft *d, struct str *title)
{
	struct page p = {.scratch = {.a = d->a, .raw = d->raw}};

	page_read(&p, d->raw);
	if (d->whole)
		blocks_keep_all(d, &p);
	else
		blocks_choose(d, &p);
	*title = arena_str(d->a, str_trim(buf_view(&p.title)));
	buf_free(&p.title);
	buf_free(&p.scratch.text);
}
