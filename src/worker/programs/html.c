/*
 * The HTML that comes out: one block a line, so that the number of the line is that of the paragraph, with nothing but
 * escaped text, links and line breaks within.
 */
#include "worker/programs/document.h"

enum { ADDRESS_MAX = 2000 };

struct para *html_open(struct html *h)
{
	return h->depth ? &h->paras[h->depth - 1] : NULL;
}

void html_para(struct html *h)
{
	struct para *p;

	if (h->depth == PARA_DEPTH_MAX) {
		h->too_deep++;
		return;
	}
	p = &h->paras[h->depth++];
	if (!p->joins)
		buf_reset(&p->text);
	p->kind = PARA_TEXT;
	p->level = 0;
	p->joins = false;
}

static void block_put(struct buf *out, const struct para *p)
{
	static const char *const tags[] = {
		[PARA_TEXT] = "p", [PARA_QUOTE] = "blockquote", [PARA_ITEM] = "li", [PARA_HEADING] = "h"};
	char tag[16];

	if (!str_trim(buf_view(&p->text)).n)
		return;
	snprintf(tag, sizeof(tag), p->kind == PARA_HEADING ? "%s%d" : "%s", tags[p->kind], p->level);
	buf_printf(out, "<%s>", tag);
	buf_str(out, buf_view(&p->text));
	buf_printf(out, "</%s>\n", tag);
}

static void para_put(struct html *h, struct para *p)
{
	if (h->in_note)
		block_put(&h->notes, p);
	else
		block_put(h->depth > 1 ? &h->behind : &h->body, p);
	buf_reset(&p->text);
}

void html_para_end(struct html *h)
{
	struct para *p = html_open(h);

	if (h->too_deep) {
		h->too_deep--;
		return;
	}
	if (!p)
		return;
	html_link_end(h);
	if (!p->joins)
		para_put(h, p);
	/* One within a paragraph whose end was deleted, and that nothing followed. */
	if (h->depth < PARA_DEPTH_MAX && h->paras[h->depth].joins) {
		h->paras[h->depth].joins = false;
		block_put(h->in_note ? &h->notes : &h->behind, &h->paras[h->depth]);
	}
	h->depth--;
	if (h->depth == 0 && h->behind.n) {
		buf_str(&h->body, buf_view(&h->behind));
		buf_reset(&h->behind);
	}
}

static void escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '&')
			buf_puts(b, "&amp;");
		else if (s.p[i] == '<')
			buf_puts(b, "&lt;");
		else if (s.p[i] == '>')
			buf_puts(b, "&gt;");
		else if (s.p[i] == '"')
			buf_puts(b, "&quot;");
		else
			buf_putc(b, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
	}
}

void html_text(struct html *h, struct str s)
{
	struct para *p = html_open(h);

	if (p)
		escaped(&p->text, s);
}

void html_break(struct html *h)
{
	struct para *p = html_open(h);

	if (p)
		buf_puts(&p->text, "<br>");
}

void html_char(struct html *h, uint32_t c)
{
	char utf8[4];
	size_t n = 0;

	if (c < 0x20 || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return;
	if (c < 0x80) {
		utf8[n++] = (char)c;
	} else if (c < 0x800) {
		utf8[n++] = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		utf8[n++] = (char)(0xe0 | c >> 12);
		utf8[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		utf8[n++] = (char)(0xf0 | c >> 18);
		utf8[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		utf8[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	}
	if (c >= 0x80)
		utf8[n++] = (char)(0x80 | (c & 0x3f));
	html_text(h, (struct str){utf8, n});
}

void html_link(struct html *h, const char *address)
{
	struct str s = str_trim(str_of(address));
	struct para *p = html_open(h);

	html_link_end(h);
	if (!p || s.n > ADDRESS_MAX || !(str_istarts(s, STR("http://")) || str_istarts(s, STR("https://"))))
		return;
	buf_puts(&p->text, "<a href=\"");
	escaped(&p->text, s);
	buf_puts(&p->text, "\">");
	p->link = true;
}

void html_link_end(struct html *h)
{
	struct para *p = html_open(h);

	if (p && p->link)
		buf_puts(&p->text, "</a>");
	if (p)
		p->link = false;
}

bool html_full(const struct html *h)
{
	size_t n = h->body.n + h->behind.n + h->notes.n;

	for (int i = 0; i < h->depth; i++)
		n += h->paras[i].text.n;
	return n > HTML_OUT_MAX;
}

void html_finish(struct html *h, struct buf *out)
{
	while (h->depth)
		html_para_end(h);
	if (h->paras[0].joins)
		block_put(&h->body, &h->paras[0]);
	buf_puts(out, "<!DOCTYPE html><meta charset=\"utf-8\">");
	buf_str(out, buf_view(&h->body));
	buf_str(out, buf_view(&h->notes));
}

void html_free(struct html *h)
{
	buf_free(&h->body);
	buf_free(&h->behind);
	buf_free(&h->notes);
	for (int i = 0; i < PARA_DEPTH_MAX; i++)
		buf_free(&h->paras[i].text);
}
