/*
 * Random collections, and the plain way to know all their terms. Nothing here is shared with the index but the rules
 * that its header states.
 */
#include "model.h"
#include "index/index_priv.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ------------------------------------------------------------------------------------------------------- */

/* Families of words with one stem, some with a single form, some whose stem is no word. */
static struct str word_plain(struct arena *a, size_t number)
{
	static const char *const endings[] = {"", "s", "ing", "ed", "ation", "ly", "ness", "e"};
	static const char *const heads[] = {"b", "k", "str", "m", "t", "v", "pl", "sh"};
	static const char *const hearts[] = {"a", "ol", "ir", "un", "ek", "orn", "ist", "amp"};
	size_t family = number / 3;
	struct str s = {0};

	s.p = arena_printf(a, "%s%s%s%s", heads[family % 8], hearts[family / 8 % 8],
			   family >= 64 ? heads[family / 64 % 8] : "t", family >= 512 ? hearts[family / 512 % 8] : "");
	s.p = arena_printf(a, "%s%s", s.p, endings[(number * 5 + family) % 8]);
	return str_of(s.p);
}

/* What readers of an index trip over: long words that differ only where they are cut, bytes that are no text. */
static struct str word_odd(struct arena *a, size_t number)
{
	static const char *const odd[] = {"",     "a",        "to",       "b52s",     "1999",   "\xc3\xa9tudes",
					  "\xff", "\xff\xff", "zzzzzzzz", "running9", "ations", "\x01\x02"};
	size_t n = 240 + number * 3;
	char *p;

	if (number < sizeof(odd) / sizeof(*odd))
		return str_of(odd[number]);
	if (number == 12)
		return STR("nul\0inside");
	p = arena_new(a, char, n);
	memset(p, number & 1 ? 'x' : 'q', n);
	p[n - 1] = (char)('a' + number % 26);
	return (struct str){p, n};
}

static struct str word_random(struct arena *a, struct random *r, struct model_shape shape)
{
	if (shape.odd && random_below(r, 20) == 0)
		return word_odd(a, random_below(r, 24));
	return word_plain(a, random_skewed(r, shape.vocabulary));
}

/* ---- collections ------------------------------------------------------------------------------------------------- */

static void keywords_random(struct arena *a, struct random *r, struct index_doc *d)
{
	static const uint8_t fields[] = {1, 2, 7, INDEX_KEYWORDS - 1};
	struct index_keyword *k = arena_new(a, struct index_keyword, 8);

	d->keywords = k;
	d->n_keywords = random_below(r, 8);
	for (size_t i = 0; i < d->n_keywords; i++) {
		k[i].field = fields[random_below(r, 4)];
		k[i].value = random_below(r, 12) ? str_of(arena_printf(a, "%c%zu", 'A' + k[i].field % 26,
								       random_skewed(r, k[i].field * 20)))
						 : word_odd(a, random_below(r, 24));
	}
	if (d->n_keywords > 1 && random_below(r, 4) == 0)
		k[0] = k[d->n_keywords - 1]; /* twice the same */
}

static void document_random(struct arena *a, struct random *r, struct model_shape shape, struct index_doc *d)
{
	size_t n = random_below(r, shape.words + 1);

	if (random_below(r, 12) == 0)
		n = 0;
	d->words.v = arena_new(a, struct token, n + 1);
	d->words.n = n;
	for (size_t i = 0; i < n; i++)
		d->words.v[i].word = word_random(a, r, shape);
	d->subject_from = (uint32_t)random_below(r, n + 2);
	d->subject_to = random_below(r, 4) ? d->subject_from + (uint32_t)random_below(r, 20) : d->subject_from / 2;
	d->group = (int64_t)random_below(r, shape.docs) - 3;
	d->when = random_below(r, 5) ? (int64_t)random_below(r, 2000000000) - 400000000 : INDEX_NO_DATE;
	keywords_random(a, r, d);
}

struct model model_random(struct arena *a, struct random *r, struct model_shape shape)
{
	struct model m = {arena_new(a, struct index_doc, shape.docs), shape.docs};
	int64_t key = (int64_t)random_below(r, 3000) - 1500;

	for (size_t i = 0; i < m.n; i++) {
		m.docs[i].key = key;
		document_random(a, r, shape, &m.docs[i]);
		key += 1 + (random_below(r, 3) ? 0 : (int64_t)random_below(r, 1000));
	}
	return m;
}

struct model model_slice(struct model m, size_t from, size_t to)
{
	return (struct model){m.docs + from, to - from};
}

struct model model_live(struct arena *a, struct model m, const bool *dead)
{
	struct model live = {arena_new(a, struct index_doc, m.n + 1), 0};

	for (size_t i = 0; i < m.n; i++)
		if (!dead[i])
			live.docs[live.n++] = m.docs[i];
	return live;
}

void model_add(struct index_builder *b, struct arena *a, const struct index_doc *d)
{
	struct index_doc copy = *d;

	copy.words.v = arena_new(a, struct token, d->words.n + 1);
	for (size_t i = 0; i < d->words.n; i++) {
		copy.words.v[i] = d->words.v[i];
		if (i % 5 != 3)
			copy.words.v[i].id = vocab_add(index_builder_vocab(b), d->words.v[i].word);
	}
	index_builder_add(b, &copy);
}

/* ---- occurrences ------------------------------------------------------------------------------------------------- */

static int by_place(const void *x, const void *y)
{
	const struct occurrence *a = x, *b = y;
	int order = (a->field > b->field) - (a->field < b->field);

	order = order ? order : str_cmp(a->value, b->value);
	order = order ? order : (a->doc > b->doc) - (a->doc < b->doc);
	return order ? order : (a->position > b->position) - (a->position < b->position);
}

static struct str cut(struct str s)
{
	return str_sub(s, 0, INDEX_VALUE_MAX);
}

static struct str stem_of(struct arena *a, struct sb_stemmer *sb, struct str word)
{
	const sb_symbol *s;

	if (word.n < 3 || word.n > 64)
		return word;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] >= '0' && word.p[i] <= '9')
			return word;
	s = sb_stemmer_stem(sb, (const sb_symbol *)word.p, (int)word.n);
	return arena_str(a, (struct str){(const char *)s, (size_t)sb_stemmer_length(sb)});
}

static size_t room_needed(struct model m)
{
	size_t n = 0;

	for (size_t i = 0; i < m.n; i++)
		n += 2 * m.docs[i].words.n + m.docs[i].n_keywords;
	return n;
}

size_t model_term_end(struct occurrences o, size_t from)
{
	size_t to = from;

	while (to < o.n && o.v[to].field == o.v[from].field && str_eq(o.v[to].value, o.v[from].value))
		to++;
	return to;
}

/* A document counts once for a keyword, and a stem that is a word without other forms has no list. */
static void drop_needless(struct occurrences *o)
{
	size_t n = 0;

	for (size_t from = 0, to; from < o->n; from = to) {
		const struct occurrence *first = &o->v[from];
		bool own = first->field == INDEX_STEM;

		to = model_term_end(*o, from);
		for (size_t i = from; i < to && own; i++)
			own = str_eq(o->v[i].word, first->value);
		for (size_t i = from; i < to && !own; i++)
			if (i == from || first->field >= INDEX_WORD || o->v[i].doc != o->v[i - 1].doc)
				o->v[n++] = o->v[i];
	}
	o->n = n;
}

static void occurrences_of(struct arena *a, const struct index_doc *d, uint32_t doc, struct sb_stemmer *sb,
			   struct occurrences *o)
{
	for (size_t i = 0; i < d->n_keywords; i++)
		o->v[o->n++] = (struct occurrence){d->keywords[i].field, cut(d->keywords[i].value), doc, 0, false, {0}};
	for (uint32_t i = 0; i < d->words.n; i++) {
		bool subject = i >= d->subject_from && i < d->subject_to;
		struct str word = cut(d->words.v[i].word);

		o->v[o->n++] = (struct occurrence){INDEX_WORD, word, doc, i, subject, {0}};
		if (sb)
			o->v[o->n++] = (struct occurrence){INDEX_STEM, stem_of(a, sb, word), doc, i, subject, word};
	}
}

struct occurrences model_occurrences(struct arena *a, struct model m, const char *language)
{
	struct occurrences o = {arena_new(a, struct occurrence, room_needed(m) + 1), 0};
	struct sb_stemmer *sb = language ? sb_stemmer_new(language, NULL) : NULL;

	for (uint32_t doc = 0; doc < m.n; doc++)
		occurrences_of(a, &m.docs[doc], doc, sb, &o);
	if (sb)
		sb_stemmer_delete(sb);
	qsort(o.v, o.n, sizeof(*o.v), by_place);
	drop_needless(&o);
	return o;
}

void sketch_make(struct tokens words, uint16_t out[SKETCH_SIZE])
{
	struct sketcher k;

	sketch_begin(&k);
	for (size_t i = 0; i < words.n; i++)
		sketch_word(&k, sketch_hash(words.v[i].word));
	sketch_end(&k, out);
}
