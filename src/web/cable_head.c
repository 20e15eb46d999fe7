/*
 * The head of a cable's page: what it is, when and by whom it was sent and to whom, and what its letters mean.
 */
#include "web/cable_page.h"

#include <string.h>

/* ---- what letters mean ------------------------------------------------------------------------------------------- */

static const char *caption_means(enum caption one)
{
	switch (one) {
	case CAPTION_NOFORN:
		return "not for the eyes of other countries";
	case CAPTION_SIPDIS:
		return "shared on the network that embassies and agencies read";
	case CAPTION_NODIS:
		return "no distribution beyond those it is addressed to";
	case CAPTION_EXDIS:
		return "exclusive distribution: few offices";
	case CAPTION_STADIS:
		return "within the department alone";
	case CAPTION_LIMDIS:
		return "limited distribution";
	case CAPTION_NOTAL:
		return "not sent to all who read this";
	case CAPTION_REL:
		return "released to the countries named";
	default:
		return "other words of handling: see the text as received";
	}
}

/* What it means, else what kind of thing it names. */
static struct str tag_text(struct str tag)
{
	struct str meaning = tag_meaning(tag);

	return meaning.n ? meaning : str_of(tag_kind_name(tag_kind_of(tag)));
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

static void put_field(struct buf *b, const char *name, struct str value)
{
	if (value.n)
		html(b, "<div><dt>%s</dt><dd><bdi>%.*s</bdi></dd></div>", name, STR_ARG(value));
}

static void put_captions(struct buf *b, struct classification c)
{
	if (!c.captions)
		return;
	html(b, "<div><dt>Handling</dt><dd><ul class=\"plain\">");
	for (unsigned one = CAPTION_NOFORN; one <= CAPTION_OTHER; one <<= 1)
		if (c.captions & one)
			html(b, "<li><span class=\"mono\">%s</span> <span class=\"soft\">%s</span></li>",
			     one == CAPTION_OTHER ? "" : caption_name((enum caption)one),
			     caption_means((enum caption)one));
	html(b, "</ul></dd></div>");
}

static void put_tags(struct cable_page *c, struct buf *b)
{
	const struct telegram *t = &c->v.cable.telegram;

	if (!t->n_tags)
		return;
	html(b, "<div><dt>TAGS</dt><dd><ul class=\"plain tags\">");
	for (size_t i = 0; i < t->n_tags; i++) {
		struct str text = tag_text(t->tags[i]);

		html(b, "<li><a class=\"mono\" href=\"%s\"><bdi>%.*s</bdi></a> <span class=\"soft\">%.*s</span></li>",
		     search_path(c->rq, "tag", t->tags[i]), STR_ARG(t->tags[i]), STR_ARG(text));
	}
	html(b, "</ul></dd></div>");
}

static size_t count_addressees(const struct telegram_header *h, bool info)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_to; i++)
		n += h->to[i].info == info;
	return n;
}

/* Long lists of addressees are folded away. */
static void put_addressees(struct buf *b, const struct telegram_header *h, bool info)
{
	enum { SHOWN_MOST = 6 };
	size_t n = count_addressees(h, info);

	if (!n)
		return;
	html(b, "<div><dt>%s</dt><dd>", info ? "Info" : "To");
	if (n > SHOWN_MOST)
		html(b, "<details><summary>%zu addressees</summary>", n);
	html(b, "<ul class=\"plain\">");
	for (size_t i = 0; i < h->n_to; i++) {
		const struct addressee *x = &h->to[i];

		if (x->info == info)
			html(b, "<li><bdi>%.*s</bdi>%s<span class=\"soft\">%.*s</span></li>", STR_ARG(x->name),
			     x->precedence.n ? ", " : "", STR_ARG(x->precedence));
	}
	html(b, n > SHOWN_MOST ? "</ul></details></dd></div>" : "</ul></dd></div>");
}

static const char *precedence_text(char letter)
{
	switch (letter) {
	case 'Z':
		return "flash";
	case 'O':
		return "immediate";
	case 'P':
		return "priority";
	case 'R':
		return "routine";
	default:
		return NULL;
	}
}

static void put_sent(struct cable_page *c, struct buf *b)
{
	const struct dtg *g = &c->v.cable.telegram.header.dtg;
	const char *one = precedence_text(g->precedence[0]), *two = precedence_text(g->precedence[1]);
	const char *utc = c->v.cable.date.precision >= DATE_HOUR ? " UTC" : "";

	html(b, "<div><dt>Sent</dt><dd>");
	put_date(b, c->v.cable.date);
	html(b, "%s", utc);
	if (one)
		html(b, ", %s", one);
	if (two)
		html(b, " (to some %s)", two);
	html(b, "</dd></div>");
}

static void put_origin(struct cable_page *c, struct buf *b)
{
	if (c->v.cable.origin.n)
		html(b, "<div><dt>Origin</dt><dd><a href=\"%s\"><bdi>%.*s</bdi></a></dd></div>",
		     search_path(c->rq, "origin", c->v.cable.origin), STR_ARG(c->v.cable.origin));
}

static void put_signatory(struct cable_page *c, struct buf *b)
{
	struct str s = c->v.cable.telegram.signatory;

	if (s.n)
		html(b, "<div><dt>Signatory</dt><dd><a href=\"%s\"><bdi>%.*s</bdi></a></dd></div>",
		     search_path(c->rq, "signatory", s), STR_ARG(s));
}

static void put_remarks(struct cable_page *c, struct buf *b)
{
	const struct cable *x = &c->v.cable;

	if (x->telegram.partial != PARTIAL_NO)
		html(b, "<p class=\"note\">Held in part: %s.</p>", partial_reason_text(x->telegram.partial));
	for (size_t i = 0; i < x->n_remarks; i++)
		html(b, "<p class=\"note\"><bdi>%.*s</bdi></p>", STR_ARG(x->remarks[i]));
}

static void put_subject(struct cable_page *c, struct buf *b)
{
	struct snippet s = {.text = c->v.cable.subject};
	uint32_t at = 0;

	if (c->hl.n && !c->hl_why)
		s = search_marked(c->a, &c->marks, s.text);
	html(b, "<h1><bdi>");
	for (size_t i = 0; i < s.n_marks; i++) {
		html_text(b, str_sub(s.text, at, s.marks[i].off));
		html(b, "<mark>%.*s</mark>", STR_ARG(str_sub(s.text, s.marks[i].off, s.marks[i].end)));
		at = s.marks[i].end;
	}
	html_text(b, str_sub(s.text, at, s.text.n));
	html(b, "%s</bdi></h1>", s.text.n ? "" : "[no subject]");
}

void put_cable_head(struct cable_page *c, struct buf *b)
{
	const struct cable *x = &c->v.cable;
	char declassify[32], number[16];

	html(b, "<header class=\"cable-head\"><p class=\"which\"><span class=\"mono id\"><bdi>%.*s</bdi></span> ",
	     STR_ARG(x->id));
	put_class(b, x->class);
	html(b, "</p>");
	put_subject(c, b);
	put_remarks(c, b);
	html(b, "<dl class=\"fields\">");
	put_sent(c, b);
	put_origin(c, b);
	put_captions(b, x->class);
	put_tags(c, b);
	put_field(b, "From", x->telegram.header.from);
	put_addressees(b, &x->telegram.header, false);
	put_addressees(b, &x->telegram.header, true);
	put_field(b, "Classified by", x->telegram.classified_by);
	put_field(b, "Reason", x->telegram.reason);
	cable_date_format(x->telegram.declassify, declassify);
	put_field(b, "Declassify on", str_of(declassify));
	put_signatory(c, b);
	snprintf(number, sizeof(number), "%u", c->row.running_number);
	put_field(b, "Running number", c->row.running_number ? str_of(number) : STR(""));
	put_field(b, "Came from", str_of(path_base(arena_dup(c->a, c->v.source))));
	html(b, "</dl></header>");
}
