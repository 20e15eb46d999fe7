/*
 * The cables that a story cites, each once, and which of them a quotation may stand in. A story may have thousands of
 * quotations and cite hundreds of cables: laying each quotation on each cable would take hours, so that a cable is
 * passed over when too little of what the quotation says stands anywhere in it. The cable that a quotation's own
 * citation names is not asked: it is always compared.
 */
#include "check/check_priv.h"

#include <stdlib.h>

/*
 * Of the weight of its words, in any order: as much as the index wants of them in order. Of a redacted cable less is
 * wanted, because what is struck out may be any of them.
 */
enum { WANTED_PERMILLE = 280, WANTED_REDACTED_PERMILLE = 140 };

/* A part of a quotation between ellipses. */
struct cited_part {
	uint32_t *ids, *worth; /* of the words that tell something, each as often as it stands there */
	size_t n, words;
};

static int by_key(const void *x, const void *y)
{
	const struct cited_cable *a = x, *b = y;

	return (a->key > b->key) - (a->key < b->key);
}

const struct cited_cable *cited_find(const struct cited *c, int64_t key)
{
	struct cited_cable wanted = {.key = key};

	return c->n ? bsearch(&wanted, c->v, c->n, sizeof(*c->v), by_key) : NULL;
}

/* ---- the cables -------------------------------------------------------------------------------------------------- */

static void text_read(struct checker *ck, struct cited_cable *c, const struct body_words *b)
{
	struct cited_text *t = VEC_PUSH(ck->arena, &c->texts);

	t->ids = arena_new(ck->arena, uint32_t, b->tokens.n + 1);
	for (size_t i = 0; i < b->tokens.n; i++) {
		bit_set(c->known, b->ids[i]);
		c->redacted |= b->kinds[i] == ALIGN_BLOT;
		if (b->kinds[i] == ALIGN_WORD)
			t->ids[t->n++] = b->ids[i];
	}
}

static int cable_read_words(struct checker *ck, struct cited_cable *c, struct err *e)
{
	struct version_keys keys = {0};
	int rc = archive_versions(ck->ar, ck->arena, c->key, &keys, e);

	c->known = arena_new(ck->arena, uint64_t, ck->vocab.words.n / 64 + 1);
	for (size_t i = 0; i < keys.n && rc == REFTEL_OK; i++) {
		const struct cached *v = checker_version(ck, keys.v[i], NULL);

		if (v)
			text_read(ck, c, &v->words);
	}
	return rc;
}

int cited_read(struct checker *ck, struct err *e)
{
	const struct report *r = ck->report;
	struct cited *c = &ck->cited;
	size_t n = 0;
	int rc = REFTEL_OK;

	c->v = arena_new(ck->arena, struct cited_cable, r->n_citations + 1);
	for (size_t i = 0; i < r->n_citations; i++)
		if (r->citations[i].state == CITATION_HELD || r->citations[i].state == CITATION_PARTLY)
			c->v[c->n++].key = r->citations[i].cable.key;
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_key);
	for (size_t i = 0; i < c->n; i++)
		if (!i || c->v[i].key != c->v[i - 1].key)
			c->v[n++].key = c->v[i].key;
	c->n = n;
	for (size_t i = 0; i < c->n && rc == REFTEL_OK; i++)
		rc = cable_read_words(ck, &c->v[i], e);
	return rc;
}

/* ---- the test ---------------------------------------------------------------------------------------------------- */

/*
 * Words in brackets are the reporter's as likely as the cable's, and patched ones are nobody's; a word that no cable
 * has tells nothing.
 */
static void part_add(struct cited_part *p, const struct catalog *c, const struct quote_words *q, size_t i)
{
	uint64_t docs;

	p->words++;
	if (q->kinds[i] != ALIGN_WORD || q->v[i].patched)
		return;
	docs = catalog_docs_with(c, q->v[i].word);
	if (!docs)
		return;
	p->ids[p->n] = q->ids[i];
	p->worth[p->n++] = rank_worth(c->n_docs, docs);
}

void cited_test_open(struct cited_test *t, const struct checker *ck, size_t quotation)
{
	const struct quote_words *q = &ck->quotes[quotation];
	uint32_t *ids = arena_new(&t->arena, uint32_t, q->n + 1), *worth = arena_new(&t->arena, uint32_t, q->n + 1);
	size_t used = 0;

	t->worth = arena_new(&t->arena, uint32_t, ck->vocab.words.n + 1);
	t->seen = arena_new(&t->arena, uint32_t, ck->vocab.words.n + 1);
	t->parts = arena_new(&t->arena, struct cited_part, q->n + 1);
	t->words = q->n;
	for (size_t i = 0; i < q->n; i++) {
		struct cited_part *p = &t->parts[t->n_parts];

		if (!p->ids)
			*p = (struct cited_part){.ids = ids + used, .worth = worth + used};
		if (q->kinds[i] != ALIGN_GAP)
			part_add(p, ck->catalog, q, i);
		if (q->kinds[i] != ALIGN_GAP && i + 1 < q->n)
			continue;
		used += p->n;
		t->n_parts += p->n > 0;
	}
	for (size_t i = 0; i < used; i++)
		t->full += worth[i];
}

void cited_test_close(struct cited_test *t)
{
	arena_free(&t->arena);
}

/* What a document with all these words somewhere can be worth at most. */
static uint64_t weight_known(const struct cited_test *t, const struct cited_cable *c)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < t->n_parts; i++)
		for (size_t k = 0; k < t->parts[i].n; k++)
			sum += bit_get(c->known, t->parts[i].ids[k]) ? t->parts[i].worth[k] : 0;
	return sum;
}

/* The most of a part that stands in one stretch of `window` words. */
static uint64_t weight_together(struct cited_test *t, const struct cited_part *p, const struct cited_text *x,
				size_t window)
{
	uint64_t now = 0, best = 0;

	for (size_t i = 0; i < p->n; i++)
		t->worth[p->ids[i]] += p->worth[i];
	for (size_t i = 0; i < x->n; i++) {
		uint32_t in = x->ids[i], out = i >= window ? x->ids[i - window] : 0;

		if (t->worth[in] && t->seen[in]++ == 0)
			now += t->worth[in];
		if (t->worth[out] && --t->seen[out] == 0)
			now -= t->worth[out];
		best = now > best ? now : best;
	}
	for (size_t i = 0; i < p->n; i++)
		t->worth[p->ids[i]] = 0;
	for (size_t i = x->n > window ? x->n - window : 0; i < x->n; i++)
		t->seen[x->ids[i]] = 0;
	return best;
}

/*
 * comparison_is_source() lets hardly more words differ than the quotation has, so that a part stands within its own
 * length and as much again as the whole.
 */
static bool text_may_have(struct cited_test *t, const struct cited_text *x, uint64_t wanted)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < t->n_parts; i++)
		sum += weight_together(t, &t->parts[i], x, t->parts[i].words + t->words + 8);
	return sum >= wanted;
}

bool cited_may_have(struct cited_test *t, const struct cited_cable *c)
{
	uint64_t wanted = t->full * (c->redacted ? WANTED_REDACTED_PERMILLE : WANTED_PERMILLE) / 1000;
	bool may = false;

	if (weight_known(t, c) < wanted)
		return false;
	for (size_t i = 0; i < c->texts.n && !may; i++)
		may = text_may_have(t, &c->texts.v[i], wanted);
	return may;
}
