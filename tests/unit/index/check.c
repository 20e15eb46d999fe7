/*
 * A segment against its collection: every column, every term, and of every term every document, count and position,
 * read in order and by seeking.
 */
#include "forms.h"
#include "check.h"

#include "index/index_priv.h"

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static void check_columns(const struct segment *s, struct model m)
{
	assert_int_equal(segment_docs(s), m.n);
	for (uint32_t doc = 0; doc < m.n; doc++) {
		const struct index_doc *d = &m.docs[doc];
		uint16_t sketch[SKETCH_SIZE], expected[SKETCH_SIZE];
		uint32_t from, to, n = d->subject_to > d->subject_from ? d->subject_to - d->subject_from : 0;

		assert_true(segment_key(s, doc) == d->key);
		assert_true(segment_group(s, doc) == d->group);
		assert_true(segment_when(s, doc) == d->when);
		assert_int_equal(segment_length(s, doc), d->words.n);
		segment_subject(s, doc, &from, &to);
		assert_int_equal(from, d->subject_from);
		assert_int_equal(to, from + (n < UINT16_MAX ? n : UINT16_MAX));
		segment_sketch(s, doc, sketch);
		sketch_make(d->words, expected);
		assert_memory_equal(sketch, expected, sizeof(sketch));
	}
}

static void check_find(const struct segment *s, struct model m)
{
	int64_t before = m.docs[0].key, after = m.docs[m.n - 1].key;
	uint32_t doc = 0;

	for (int64_t key = before - 3; key <= after + 3; key++) {
		bool there = doc < m.n && m.docs[doc].key == key;

		assert_int_equal(segment_find(s, key), there ? doc : UINT32_MAX);
		doc += there;
	}
	assert_int_equal(segment_find(s, INT64_MIN), UINT32_MAX);
	assert_int_equal(segment_find(s, INT64_MAX), UINT32_MAX);
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

/* A document of a term as the collection has it. */
struct expected {
	uint32_t doc, count, impact;
	bool subject;
	size_t at; /* its first occurrence */
};

struct list {
	const struct segment *s;
	struct occurrences o;
	struct expected *v;
	uint32_t n;
	struct term term;
};

static void list_expect(struct fixture *f, struct list *l, struct model m)
{
	l->v = arena_new(&f->a, struct expected, l->o.n);
	l->n = 0;
	for (size_t i = 0; i < l->o.n; i++) {
		const struct occurrence *o = &l->o.v[i];

		if (!i || o[-1].doc != o->doc)
			l->v[l->n++] = (struct expected){.doc = o->doc, .at = i};
		l->v[l->n - 1].count++;
		l->v[l->n - 1].subject |= o->subject;
	}
	for (uint32_t i = 0; i < l->n; i++)
		l->v[i].impact = rank_impact(l->v[i].count, l->v[i].subject, (uint32_t)m.docs[l->v[i].doc].words.n);
}

static void check_document(struct fixture *f, const struct list *l, struct postings *p, uint32_t i, bool positions)
{
	const struct expected *x = &l->v[i];
	struct positions pos;

	assert_int_equal(p->doc, x->doc);
	assert_int_equal(postings_count(p), x->count);
	assert_int_equal(postings_in_subject(p), x->subject);
	assert_int_equal(postings_impact(p), x->impact);
	if (!positions || l->term.field != INDEX_WORD)
		return;
	pos = postings_positions(p, &f->a);
	assert_int_equal(pos.n, x->count);
	for (size_t k = 0; k < pos.n; k++)
		assert_int_equal(pos.v[k], l->o.v[x->at + k].position);
}

static void check_in_order(struct fixture *f, const struct list *l)
{
	struct postings p;

	postings_open(&p, l->s, &l->term);
	for (uint32_t i = 0; i < l->n; i++) {
		check_document(f, l, &p, i, true);
		postings_next(&p);
	}
	assert_int_equal(p.doc, POSTINGS_END);
	assert_int_equal(postings_next(&p), POSTINGS_END);
	assert_int_equal(postings_seek(&p, 0), POSTINGS_END);
}

static uint32_t index_of(const struct list *l, uint32_t from, uint32_t doc)
{
	while (from < l->n && l->v[from].doc < doc)
		from++;
	return from;
}

/* Seeks and steps in turn; what is read of a document on the way is now this and now that. */
static void check_seeking(struct fixture *f, const struct list *l, size_t stride)
{
	struct postings p;
	uint32_t i = 0, target = 0;

	postings_open(&p, l->s, &l->term);
	while (i < l->n) {
		assert_int_equal(p.doc, l->v[i].doc);
		if (random_below(&f->r, 2))
			check_document(f, l, &p, i, random_below(&f->r, 2));
		if (random_below(&f->r, 4) == 0) {
			postings_next(&p);
			i++;
			continue;
		}
		target = l->v[i].doc + (uint32_t)random_below(&f->r, stride) - (stride > 2 && l->v[i].doc);
		i = index_of(l, i, target);
		assert_int_equal(postings_seek(&p, target), i < l->n ? l->v[i].doc : POSTINGS_END);
	}
	assert_int_equal(p.doc, POSTINGS_END);
}

static uint32_t block_best(const struct list *l, uint32_t i)
{
	uint32_t from = i - i % POSTINGS_BLOCK, best = 0;

	for (uint32_t k = from; k < l->n && k < from + POSTINGS_BLOCK; k++)
		best = l->v[k].impact > best ? l->v[k].impact : best;
	return best;
}

/* Peeking tells the block of what follows a target, and never less than the best that is in it. */
static void check_peeking(struct fixture *f, const struct list *l)
{
	uint32_t target = 0, best = 0, list_best = 0, i = 0;
	struct postings p;

	postings_open(&p, l->s, &l->term);
	for (uint32_t step = 0; step < l->n + 3; step++) {
		uint32_t last = postings_peek(&p, target, &best);

		i = index_of(l, i, target);
		if (i == l->n) {
			assert_int_equal(last, POSTINGS_END);
			break;
		}
		assert_true(last >= l->v[i].doc && best <= IMPACT_ONE);
		if (l->n > POSTINGS_BLOCK) {
			uint32_t end = i - i % POSTINGS_BLOCK + POSTINGS_BLOCK;

			assert_int_equal(best, block_best(l, i));
			assert_int_equal(last, l->v[(end < l->n ? end : l->n) - 1].doc);
		} else {
			assert_true(best >= block_best(l, i));
			assert_int_equal(last, l->v[l->n - 1].doc);
		}
		if (random_below(&f->r, 8) == 0)
			assert_int_equal(postings_seek(&p, target), l->v[i].doc);
		target += (uint32_t)random_below(&f->r, 3 * (segment_docs(l->s) / l->n) + 2);
	}
	for (i = 0; i < l->n; i++)
		list_best = l->v[i].impact > list_best ? l->v[i].impact : list_best;
	assert_int_equal(postings_best(l->s, &l->term), list_best);
}

static int by_bytes(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* A stem tells its forms, each once, in order; when there is but one, its list is that word's. */
static void check_forms(struct fixture *f, const struct list *l)
{
	struct str *v = arena_new(&f->a, struct str, l->o.n);
	struct words forms = segment_forms(l->s, l->o.v[0].value, &f->a);
	struct term word;
	size_t n = 0;

	if (l->term.field != INDEX_STEM)
		return;
	for (size_t i = 0; i < l->o.n; i++)
		v[i] = l->o.v[i].word;
	qsort(v, l->o.n, sizeof(*v), by_bytes);
	for (size_t i = 0; i < l->o.n; i++)
		if (!i || !str_eq(v[i], v[n - 1]))
			v[n++] = v[i];
	assert_int_equal(forms.n, n);
	for (size_t i = 0; i < n; i++)
		assert_true(str_eq(forms.v[i], v[i]));
	if (n > 1) {
		assert_int_equal(l->term.form.n, 0);
		return;
	}
	assert_true(str_eq(l->term.form, v[0]));
	assert_true(segment_term(l->s, INDEX_WORD, v[0], &word));
	assert_true(word.at == l->term.at && word.positions_at == l->term.bytes &&
		    l->term.positions_at == l->term.bytes);
}

static void check_list(struct fixture *f, const struct segment *s, struct model m, struct occurrences o)
{
	struct list l = {.s = s, .o = o};

	list_expect(f, &l, m);
	assert_true(segment_term(s, o.v[0].field, o.v[0].value, &l.term));
	assert_int_equal(l.term.field, o.v[0].field);
	assert_int_equal(l.term.docs, l.n);
	check_in_order(f, &l);
	check_seeking(f, &l, 2);
	check_seeking(f, &l, 1 + m.n / (l.n + 1));
	check_seeking(f, &l, m.n);
	check_peeking(f, &l);
	check_forms(f, &l);
}

/* ---- terms ------------------------------------------------------------------------------------------------------- */

static size_t common(struct str a, struct str b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

/* A walk gives exactly the terms of the field with this prefix, in order. */
static void check_walk(struct fixture *f, const struct segment *s, struct occurrences o, uint8_t field,
		       struct str prefix)
{
	struct str value = {0}, before = {0};
	struct term_walk w;
	struct term t;
	size_t shared = 99;

	term_walk_open(&w, s, field, prefix);
	for (size_t i = 0; i < o.n; i++) {
		struct term found;

		if (o.v[i].field != field || !str_starts(o.v[i].value, prefix))
			continue;
		assert_true(term_walk_next(&w, &value, &shared, &t));
		assert_true(str_eq(value, o.v[i].value));
		assert_true(shared <= common(value, before));
		assert_true(segment_term(s, field, value, &found));
		assert_true(found.field == t.field && found.docs == t.docs && found.at == t.at &&
			    found.bytes == t.bytes && found.positions_at == t.positions_at);
		before = arena_str(&f->a, value);
	}
	assert_false(term_walk_next(&w, &value, &shared, &t));
	assert_false(term_walk_next(&w, &value, &shared, &t));
}

static void check_walks(struct fixture *f, const struct segment *s, struct occurrences all)
{
	struct occurrences o = {arena_new(&f->a, struct occurrence, all.n + 1), 0}; /* the first of each term */

	for (size_t i = 0; i < all.n; i = model_term_end(all, i))
		o.v[o.n++] = all.v[i];
	check_walk(f, s, o, INDEX_WORD, STR("nothing begins like this"));
	for (int field = 0; field < 256; field++)
		check_walk(f, s, o, (uint8_t)field, (struct str){0});
	for (int i = 0; i < 40 && o.n; i++) {
		const struct occurrence *x = &o.v[random_below(&f->r, o.n)];

		check_walk(f, s, o, x->field, str_sub(x->value, 0, random_below(&f->r, x->value.n + 2)));
	}
}

static bool is_there(struct occurrences o, uint8_t field, struct str value)
{
	for (size_t i = 0; i < o.n; i++)
		if (o.v[i].field == field && str_eq(o.v[i].value, value))
			return true;
	return false;
}

/* Terms that are nearly one of those that are there. */
static void check_absent(struct fixture *f, const struct segment *s, struct occurrences o)
{
	struct term t;

	assert_false(segment_term(s, INDEX_WORD, STR("nowhere to be found"), &t));
	assert_false(segment_term(s, 0, (struct str){0}, &t));
	assert_false(segment_term(s, 255, STR("\xff\xff\xff\xff"), &t));
	for (int i = 0; i < 40 && o.n; i++) {
		const struct occurrence *x = &o.v[random_below(&f->r, o.n)];
		struct str value = arena_str(&f->a, x->value);
		uint8_t field = (uint8_t)(x->field + (random_below(&f->r, 4) ? 0 : 1));

		if (value.n && random_below(&f->r, 2))
			((char *)(uintptr_t)value.p)[random_below(&f->r, value.n)] ^= 1;
		else
			value.n -= value.n > 0;
		assert_int_equal(segment_term(s, field, value, &t), is_there(o, field, value));
	}
}

void check_segment(struct fixture *f, const struct segment *s, struct model m, const char *language)
{
	struct occurrences o = model_occurrences(&f->a, m, language);
	struct err e = {0};
	uint64_t terms = 0;

	assert_string_equal(segment_language(s), language ? language : "");
	if (segment_verify(s, &e) != REFTEL_OK)
		fail_msg("%s", e.msg);
	check_columns(s, m);
	check_find(s, m);
	for (size_t from = 0, to; from < o.n; from = to) {
		to = model_term_end(o, from);
		check_list(f, s, m, (struct occurrences){o.v + from, to - from});
		terms++;
	}
	assert_int_equal(s->f.n_terms, terms);
	check_walks(f, s, o);
	check_absent(f, s, o);
	assert_false(segment_damaged(s));
}
