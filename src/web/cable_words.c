/*
 * The words of a paragraph: ids and letters of references as links, redactions and the words of a search marked.
 */
#include "web/cable_page.h"

enum { REDACTED_LEAST = 4, LETTERS_LEAST = 3, MENTIONS_MAX = 60, POST_WORDS = 4, LINKS_MAX = 255, BLOCK = 32 };

struct link {
	struct str id;
	bool missing;
};

struct wording {
	struct cable_page *c;
	struct buf *b;
	struct link links[LINKS_MAX];
	size_t n_links;
};

/* How each byte is shown. */
enum { LOOK_MARK = 1, LOOK_REDACTED = 2 };
struct look {
	uint8_t flags, link; /* link: 0, or 1 + its number */
};

static void look_redactions(struct look *looks, struct str s)
{
	for (size_t i = 0, n; i < s.n; i += n ? n : 1) {
		for (n = 0; i + n < s.n && (s.p[i + n] | 0x20) == 'x';)
			n++;
		for (size_t k = 0; n >= REDACTED_LEAST && k < n; k++)
			looks[i + k].flags |= LOOK_REDACTED;
	}
}

static void look_link(struct wording *w, struct look *looks, struct span at, struct str id, bool missing)
{
	if (w->n_links == LINKS_MAX)
		return;
	w->links[w->n_links++] = (struct link){id, missing};
	for (size_t i = at.off; i < at.end; i++)
		looks[i].link = (uint8_t)w->n_links;
}

static const struct ref_row *listed(const struct cable_page *c, struct str id, char letter)
{
	for (size_t i = 0; i < c->to.n; i++)
		if (c->to.v[i].ref.kind == REF_CABLE &&
		    (letter ? c->to.v[i].ref.letter == letter : str_eq(c->to.v[i].id, id)))
			return &c->to.v[i];
	return NULL;
}

/* Is what ends before s[i], a blank aside, the post of an id? In capitals, or with a number before its words. */
static bool may_be_post(struct str s, size_t i)
{
	size_t end, at, upper = 0;

	i -= i && s.p[i - 1] == ' ';
	for (end = at = i; at && ascii_alpha((unsigned char)s.p[at - 1]); at--)
		upper += ascii_upper((unsigned char)s.p[at - 1]);
	if (end - at >= LETTERS_LEAST && upper == end - at)
		return true;
	for (int words = 0; end != at && words < POST_WORDS; words++) {
		at -= at && s.p[at - 1] == ' ';
		if (at && ascii_digit((unsigned char)s.p[at - 1]))
			return true;
		for (end = at; at && ascii_alpha((unsigned char)s.p[at - 1]);)
			at--;
	}
	return false;
}

/* Where the next digit may be: blocks without one are passed over, without a branch for each byte. */
static size_t digits_skip(struct str s, size_t i)
{
	for (; i + BLOCK <= s.n; i += BLOCK) {
		unsigned char any = 0;

		for (size_t k = 0; k < BLOCK; k++)
			any |= (unsigned char)((unsigned char)(s.p[i + k] - '0') < 10);
		if (any)
			break;
	}
	return i;
}

/* A quick look: most paragraphs have no id in them, and to look for one in earnest takes longer. */
static bool may_have_id(struct str s)
{
	for (size_t i = digits_skip(s, 0); i < s.n; i = digits_skip(s, i))
		for (size_t end = i + BLOCK < s.n ? i + BLOCK : s.n; i < end; i++)
			if (i && ascii_digit((unsigned char)s.p[i]) && !ascii_digit((unsigned char)s.p[i - 1]) &&
			    may_be_post(s, i))
				return true;
	return false;
}

/* May one be there? Two x in a row are rare enough. */
static bool may_have_redaction(struct str s)
{
	unsigned char any = 0;

	for (size_t i = 0; i + 1 < s.n; i++)
		any |= (unsigned char)(((s.p[i] | 0x20) == 'x') & ((s.p[i + 1] | 0x20) == 'x'));
	return any;
}

/* Ids in the text: of the list of references, or else of a cable that is held. */
static void look_ids(struct wording *w, struct look *looks, struct str s)
{
	struct mrn_hits hits = mrn_scan(w->c->a, s, true);

	for (size_t i = 0; i < hits.n && w->c->mentions < MENTIONS_MAX; i++, w->c->mentions++) {
		const struct ref_row *ref;
		struct cable_rows rows = {0};
		char id[MRN_MAX];
		struct err e;

		mrn_format(&hits.v[i].mrn, id);
		ref = listed(w->c, str_of(id), '\0');
		if (ref)
			look_link(w, looks, hits.v[i].at, ref->id, !ref->key);
		else if (archive_find_mrn(w->c->rq->in->archive, w->c->a, &hits.v[i].mrn, &rows, &e) == REFTEL_OK &&
			 rows.n && !str_eq(rows.v[0].id, w->c->row.id))
			look_link(w, looks, hits.v[i].at, arena_str(w->c->a, str_of(id)), false);
	}
}

/* What "ref A", "Refs B" or "reftel" at s[at] names, and where it ends; "reftel" alone is the only one there is. */
static const struct ref_row *named_at(const struct cable_page *c, struct str s, size_t at, size_t *end)
{
	bool tel = str_istarts(str_sub(s, at + 3, s.n), STR("tel"));
	size_t i = at + (tel ? 6 : 3);

	if (i < s.n && ascii_tolower((unsigned char)s.p[i]) == 's')
		i++;
	*end = i + 2;
	if (i + 1 < s.n && s.p[i] == ' ' && ascii_upper((unsigned char)s.p[i + 1]) &&
	    (i + 2 == s.n || !ascii_alnum((unsigned char)s.p[i + 2])))
		return listed(c, STR(""), s.p[i + 1]);
	*end = i;
	if (tel && c->to.n == 1 && c->to.v[0].ref.kind == REF_CABLE &&
	    (i == s.n || !ascii_alnum((unsigned char)s.p[i])))
		return &c->to.v[0];
	return NULL;
}

static void look_letters(struct wording *w, struct look *looks, struct str s)
{
	for (size_t at = str_ifind(s, STR("ref"), 0); at != SIZE_MAX; at = str_ifind(s, STR("ref"), at + 3)) {
		size_t end;
		const struct ref_row *ref;

		if (at && ascii_alnum((unsigned char)s.p[at - 1]))
			continue;
		ref = named_at(w->c, s, at, &end);
		if (ref)
			look_link(w, looks, (struct span){(uint32_t)at, (uint32_t)end}, ref->id, !ref->key);
	}
}

static void put_run(struct buf *b, unsigned flags, struct str s)
{
	if (flags & LOOK_MARK)
		html(b, "<mark>");
	if (flags & LOOK_REDACTED)
		html(b, "<span class=\"redacted\" title=\"the cable is redacted here\">%.*s</span>", STR_ARG(s));
	else
		html_text(b, s);
	if (flags & LOOK_MARK)
		html(b, "</mark>");
}

static void put_link(struct wording *w, unsigned link)
{
	const struct link *x = &w->links[link - 1];

	html(w->b,
	     x->missing ? "<a class=\"missing\" href=\"%s\" title=\"%.*s, not held\">"
			: "<a href=\"%s\" title=\"%.*s\">",
	     cable_path(w->c->rq, x->id), STR_ARG(x->id));
}

static void put_looks(struct wording *w, const struct look *looks, struct str s)
{
	unsigned link = 0;

	for (size_t i = 0, end; i < s.n; i = end) {
		for (end = i + 1; end < s.n && looks[i].flags == looks[end].flags && looks[i].link == looks[end].link;)
			end++;
		if (link != looks[i].link) {
			if (link)
				html(w->b, "</a>");
			link = looks[i].link;
			if (link)
				put_link(w, link);
		}
		put_run(w->b, looks[i].flags, str_sub(s, i, end));
	}
	if (link)
		html(w->b, "</a>");
}

void put_cable_words(struct cable_page *c, struct buf *b, struct str s)
{
	struct wording words, *w = &words;
	struct snippet found = {.text = s};
	struct look *looks;
	bool ids;

	if (c->hl.n && !c->hl_why)
		found = search_marked(c->a, &c->marks, s);
	s = found.text;
	ids = may_have_id(s);
	if (!ids && !found.n_marks && !may_have_redaction(s) && str_ifind(s, STR("ref"), 0) == SIZE_MAX) {
		html_text(b, s);
		return;
	}
	w->c = c;
	w->b = b;
	w->n_links = 0;
	looks = arena_new(c->a, struct look, s.n + 1);
	look_redactions(looks, s);
	if (ids)
		look_ids(w, looks, s);
	look_letters(w, looks, s);
	for (size_t i = 0; i < found.n_marks; i++)
		for (uint32_t k = found.marks[i].off; k < found.marks[i].end; k++)
			looks[k].flags |= LOOK_MARK;
	put_looks(w, looks, s);
}
