/* Are two queries the same tree, the places in the text apart? For the unit test and the fuzz target. */
#ifndef REFTEL_QUERY_SAME_H
#define REFTEL_QUERY_SAME_H

#include "search/query_priv.h"

static inline bool query_same(const struct query_node *a, const struct query_node *b)
{
	if (a->op != b->op || a->field != b->field || a->n_kids != b->n_kids || a->n_words != b->n_words ||
	    !str_eq(a->word, b->word) || a->distance != b->distance || a->cmp != b->cmp || a->none != b->none ||
	    a->yes != b->yes || a->class.level != b->class.level || a->class.captions != b->class.captions ||
	    a->from != b->from || a->to != b->to || !mrn_eq(&a->mrn, &b->mrn) || a->number != b->number ||
	    a->has != b->has)
		return false;
	for (size_t i = 0; i < a->n_words; i++)
		if (a->words[i].any != b->words[i].any || !str_eq(a->words[i].word, b->words[i].word))
			return false;
	for (size_t i = 0; i < a->n_kids; i++)
		if (!query_same(a->kids[i], b->kids[i]))
			return false;
	return true;
}

#endif
