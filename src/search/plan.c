/*
 * A query as a plan: its words looked up in all segments, everything else worked out to a set of documents.
 */
#include "search/search_priv.h"

#include <string.h>

static struct plan *plan_new(struct searcher *s, enum plan_kind kind)
{
	struct plan *p = arena_new(s->a, struct plan, 1);

	p->kind = kind;
	return p;
}

bool plan_is_filter(const struct plan *p)
{
	if (p->kind == PLAN_BITS || p->kind == PLAN_NOT)
		return true;
	if (p->kind != PLAN_AND && p->kind != PLAN_OR)
		return false;
	for (size_t i = 0; i < p->n_kids; i++)
		if (!plan_is_filter(p->kids[i]))
			return false;
	return true;
}

static void mark(struct searcher *s, struct str word)
{
	if (!s->negated)
		*VEC_PUSH(s->a, &s->marked) = word;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static void phrase_mark(struct searcher *s, const struct query_node *n)
{
	struct search_phrase *x;

	if (s->negated)
		return;
	x = VEC_PUSH(s->a, &s->phrases);
	x->words = arena_new(s->a, struct str, n->n_words);
	x->n = n->n_words;
	for (size_t i = 0; i < n->n_words; i++)
		x->words[i] = n->words[i].any ? STR("") : n->words[i].word;
}

static struct plan *plan_phrase(struct searcher *s, const struct query_node *n)
{
	const bool subject = n->field == QF_SUBJECT;
	struct plan *p = plan_new(s, n->n_words == 1 ? PLAN_LEAF : PLAN_PHRASE);

	if (n->n_words == 1) {
		mark(s, n->words[0].word);
		p->leaf = leaf_word(s, n->words[0].word, true, subject);
		return p;
	}
	phrase_mark(s, n);
	p->subject = subject;
	p->words = arena_new(s->a, struct leaf *, n->n_words);
	p->offsets = arena_new(s->a, uint32_t, n->n_words);
	for (size_t i = 0; i < n->n_words; i++) {
		if (n->words[i].any)
			continue;
		p->offsets[p->n_words] = (uint32_t)i;
		p->words[p->n_words++] = leaf_word(s, n->words[i].word, true, subject);
	}
	return p;
}

static struct plan *plan_leaf(struct searcher *s, struct leaf *l)
{
	struct plan *p = plan_new(s, PLAN_LEAF);

	p->leaf = l;
	return p;
}

/* ---- the tree ---------------------------------------------------------------------------------------------------- */

static int plan_kids(struct searcher *s, const struct query_node *n, enum plan_kind kind, struct plan **out)
{
	struct plan *p = plan_new(s, kind);
	int rc = REFTEL_OK;

	p->kids = arena_new(s->a, struct plan *, n->n_kids);
	p->distance = n->distance;
	for (size_t i = 0; i < n->n_kids && rc == REFTEL_OK; i++)
		rc = plan_make(s, n->kids[i], &p->kids[p->n_kids++]);
	*out = p;
	return rc;
}

static int plan_not(struct searcher *s, const struct query_node *n, struct plan **out)
{
	bool before = s->negated;
	int rc;

	s->negated = true;
	rc = plan_kids(s, n, PLAN_NOT, out);
	s->negated = before;
	return rc;
}

int plan_make(struct searcher *s, const struct query_node *n, struct plan **out)
{
	switch (n->op) {
	case Q_AND:
		return plan_kids(s, n, PLAN_AND, out);
	case Q_OR:
		return plan_kids(s, n, PLAN_OR, out);
	case Q_NOT:
		return plan_not(s, n, out);
	case Q_NEAR:
		return plan_kids(s, n, PLAN_NEAR, out);
	case Q_WORD:
		*out = plan_leaf(s, leaf_word(s, n->word, false, n->field == QF_SUBJECT));
		return REFTEL_OK;
	case Q_PHRASE:
		*out = plan_phrase(s, n);
		return REFTEL_OK;
	case Q_PREFIX:
	case Q_WILDCARD:
	case Q_FUZZY:
		*out = plan_leaf(s, leaf_pattern(s, n));
		return REFTEL_OK;
	default:
		*out = plan_new(s, PLAN_BITS);
		(*out)->bits = arena_new(s->a, uint64_t *, s->c->n_segments + 1);
		for (size_t i = 0; i < s->c->n_segments; i++)
			(*out)->bits[i] =
				arena_new(s->a, uint64_t, bits_words(segment_docs(s->c->segments[i].segment)) + 1);
		return filter_make(s, n, (*out)->bits);
	}
}
