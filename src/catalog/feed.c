/*
 * What of a cable goes into the index: its words without the telegram's noise, its subject, and its fields as keywords.
 */
#include "catalog/catalog_priv.h"

#include <string.h>

/* ---- words ------------------------------------------------------------------------------------------------------- */

static void range_note(struct catalog_words *w, uint32_t position)
{
	if (w->subject_from == w->subject_to)
		w->subject_from = position;
	w->subject_to = position + 1;
}

struct catalog_words catalog_words_read(struct arena *a, const struct cable *c, struct vocab *v, bool grow)
{
	const struct spans *noise = &c->telegram.artefacts;
	const struct span subject = c->telegram.subject_at;
	struct catalog_words w = {.words = text_tokens(a, c->body, v, grow)};
	struct tokens title = {0};
	struct token *both;
	size_t k = 0, n = 0;

	for (size_t i = 0; i < w.words.n; i++) {
		struct token *t = &w.words.v[i];

		while (k < noise->n && noise->v[k].end <= t->off)
			k++;
		if (k < noise->n && t->off >= noise->v[k].off)
			continue;
		if (t->off >= subject.off && t->off < subject.end)
			range_note(&w, (uint32_t)n);
		w.words.v[n++] = *t;
	}
	w.words.n = w.n_body = n;
	if (subject.off < subject.end || !c->subject.n)
		return w;
	title = text_tokens(a, c->subject, v, grow);
	w.subject_from = (uint32_t)n;
	both = arena_new(a, struct token, n + title.n + 1);
	if (n)
		memcpy(both, w.words.v, n * sizeof(*both));
	if (title.n)
		memcpy(both + n, title.v, title.n * sizeof(*both));
	w.words.v = both;
	w.words.n = n + title.n;
	w.subject_to = (uint32_t)w.words.n;
	return w;
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

struct keywords {
	struct arena *a;
	VEC(struct index_keyword) v;
};

static void keyword(struct keywords *k, enum catalog_field field, struct str value)
{
	if (value.n)
		*VEC_PUSH(k->a, &k->v) = (struct index_keyword){(uint8_t)field, value};
}

static void keyword_class(struct keywords *k, struct classification class)
{
	keyword(k, FIELD_CLASS, str_of(class_name(class.level)));
	for (unsigned bit = 1; bit <= CAPTION_OTHER; bit <<= 1)
		if (class.captions & bit)
			keyword(k, FIELD_CAPTION, str_of(caption_name((enum caption)bit)));
}

static void keyword_month(struct keywords *k, struct cable_date d)
{
	if (d.precision == DATE_NONE)
		return;
	d.precision = d.precision > DATE_MONTH ? DATE_MONTH : d.precision;
	char text[32];

	cable_date_format(d, text);
	keyword(k, FIELD_MONTH, str_of(arena_dup(k->a, str_of(text))));
}

/* Talks and letters are in a list of references too. */
static bool refers_to_cables(const struct telegram *t)
{
	for (size_t i = 0; i < t->n_refs; i++)
		if (t->refs[i].kind == REF_CABLE)
			return true;
	return false;
}

/* Marks are few and paragraphs many: each is formatted once. */
static void keyword_marks(struct keywords *k, const struct telegram *t)
{
	struct classification seen[16];
	bool summary = false, comment = false, unmarked = false;
	size_t n = 0;

	for (size_t i = 0; i < t->n_paragraphs; i++) {
		const struct paragraph *p = &t->paragraphs[i];
		char text[64];
		size_t at = 0;

		summary |= p->summary;
		comment |= p->comment;
		unmarked |= p->mark.level == LEVEL_UNKNOWN;
		while (at < n && (seen[at].level != p->mark.level || seen[at].captions != p->mark.captions))
			at++;
		if (p->mark.level == LEVEL_UNKNOWN || at < n)
			continue;
		if (n < sizeof(seen) / sizeof(*seen))
			seen[n++] = p->mark;
		class_format(p->mark, text);
		keyword(k, FIELD_MARK, arena_str(k->a, str_of(text)));
	}
	if (summary)
		keyword(k, FIELD_HAS, STR("summary"));
	if (comment)
		keyword(k, FIELD_HAS, STR("comment"));
	if (unmarked)
		keyword(k, FIELD_HAS, STR("unmarked"));
}

struct doc_words {
	size_t subject_from, subject_to;
	bool redacted;
};

/* The same words as catalog_words_read() gives, as nothing but their numbers in the builder. */
static struct doc_words words_collect(struct arena *a, const struct cable *c, struct index_builder *b)
{
	const struct span subject = c->telegram.subject_at, all = {0, (uint32_t)c->subject.n};
	struct words_wanted body = {.skip = c->telegram.artefacts, .mark = subject}, title = {.mark = all};

	index_builder_read(b, a, c->body, &body);
	if (subject.off < subject.end || !c->subject.n)
		return (struct doc_words){body.mark_from, body.mark_to, body.redacted};
	index_builder_read(b, a, c->subject, &title);
	return (struct doc_words){title.mark_from, title.mark_to, body.redacted || title.redacted};
}

void document_make(struct arena *a, const struct cable_version *v, struct index_builder *b, struct index_doc *out)
{
	const struct cable *c = &v->cable;
	struct doc_words w = words_collect(a, c, b);
	struct keywords k = {.a = a};

	keyword(&k, FIELD_ORIGIN, c->origin);
	keyword_class(&k, c->class);
	for (size_t i = 0; i < c->telegram.n_tags; i++)
		keyword(&k, FIELD_TAG, c->telegram.tags[i]);
	keyword(&k, FIELD_SIGNATORY, c->telegram.signatory);
	keyword_month(&k, c->date);
	keyword_marks(&k, &c->telegram);
	if (refers_to_cables(&c->telegram))
		keyword(&k, FIELD_HAS, STR("refs"));
	if (c->telegram.partial != PARTIAL_NO)
		keyword(&k, FIELD_HAS, STR("partial"));
	if (w.redacted)
		keyword(&k, FIELD_HAS, STR("redaction"));
	*out = (struct index_doc){
		.key = v->version,
		.group = v->key,
		.when = c->date.precision == DATE_NONE ? INDEX_NO_DATE : cable_date_seconds(c->date),
		.subject_from = (uint32_t)w.subject_from,
		.subject_to = (uint32_t)w.subject_to,
		.keywords = k.v.v,
		.n_keywords = k.v.n,
	};
}
