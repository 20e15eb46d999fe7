/*
 * The words of a query as lists of the index: a word in all its forms by its stem, an exact word by itself, a pattern
 * by all words of the dictionary that it stands for.
 */
#include "search/search_priv.h"

#include <string.h>

/* ---- joining lists ----------------------------------------------------------------------------------------------- */

/* Counts are added up in an array with a place for each document: 0 none, else the count and one. */
static void counts_add(struct postings *p, uint32_t *of)
{
	for (; p->doc != POSTINGS_END; postings_next(p)) {
		uint32_t doc = p->doc, occurrences = postings_count(p), before = of[doc];
		bool subject = postings_in_subject(p);

		if (!occurrences)
			return; /* damaged, and said to be by the segment */
		if (before) {
			occurrences += (before - 1) / 2 + 1;
			subject |= (before - 1) & 1;
		}
		of[doc] = 2 * (occurrences - 1) + subject + 1;
	}
}

static void lists_join(struct arena *a, const volatile int *stop, const struct segment *s, const struct term *terms,
		       size_t n, struct leaf_lists *out)
{
	struct arena scratch = {0};
	uint32_t *of, docs = segment_docs(s);
	size_t found = 0, at = 0;

	out->single = n == 1;
	if (n == 1) {
		out->list = terms[0];
		out->n_docs = terms[0].docs;
		return;
	}
	of = arena_new(&scratch, uint32_t, n ? docs : 1);
	for (size_t i = 0; i < n && !is_stopped(stop); i++) {
		struct postings p;

		postings_open(&p, s, &terms[i]);
		counts_add(&p, of);
	}
	for (uint32_t doc = 0; n && doc < docs; doc++)
		found += of[doc] != 0;
	out->docs = arena_new(a, uint32_t, found + 1);
	out->counts = arena_new(a, uint32_t, found + 1);
	out->n_docs = found;
	for (uint32_t doc = 0; n && doc < docs; doc++)
		if (of[doc]) {
			out->docs[at] = doc;
			out->counts[at++] = of[doc] - 1;
		}
	arena_free(&scratch);
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static struct leaf *leaf_new(struct searcher *s, bool subject)
{
	struct leaf *l = arena_new(s->a, struct leaf, 1);

	l->of = arena_new(s->a, struct leaf_lists, s->c->n_segments + 1);
	l->subject = subject;
	return l;
}

static struct leaf *leaf_finish(struct searcher *s, struct leaf *l)
{
	for (size_t i = 0; i < s->c->n_segments; i++)
		l->docs += l->of[i].n_docs;
	l->worth = rank_worth(s->c->n_docs, l->docs);
	return l;
}

static void term_add(struct searcher *s, struct leaf_lists *l, size_t *cap, const struct term *t)
{
	if (l->n_terms == *cap)
		l->terms = vec_grow(s->a, l->terms, sizeof(*l->terms), l->n_terms, cap);
	l->terms[l->n_terms++] = *t;
}

static void mark_word(struct searcher *s, struct str word)
{
	if (!s->negated)
		*VEC_PUSH(s->a, &s->marked) = word;
}

static void stem_find(struct searcher *s, const struct segment *segment, struct str stem, struct leaf_lists *l)
{
	if (!segment_stem(segment, s->stemmer, stem, s->a, &l->list, &l->forms))
		return;
	l->single = true;
	l->n_docs = l->list.docs;
	for (size_t i = 0; i < l->forms.n; i++)
		mark_word(s, l->forms.v[i]);
}

struct leaf *leaf_word(struct searcher *s, struct str word, bool exact, bool subject)
{
	struct leaf *l = leaf_new(s, subject);
	struct str stem = word;

	if (!exact && s->stemmer)
		stem = arena_str(s->a, stemmer_stem(s->stemmer, word));
	for (size_t i = 0; i < s->c->n_segments; i++) {
		const struct segment *segment = s->c->segments[i].segment;
		struct leaf_lists *x = &l->of[i];
		struct term t;
		size_t cap = 0;

		if (!exact && s->stemmer) {
			stem_find(s, segment, stem, x);
		} else if (segment_term(segment, INDEX_WORD, word, &t)) {
			term_add(s, x, &cap, &t);
			x->single = true;
			x->list = t;
			x->n_docs = t.docs;
		}
	}
	return leaf_finish(s, l);
}

/* ---- patterns ---------------------------------------------------------------------------------------------------- */

/* Does the pattern stand for the word? Goes back only to the last star: linear but for that. */
static bool wildcard_matches(struct str pattern, struct str word)
{
	size_t p = 0, w = 0, star = SIZE_MAX, again = 0;

	while (w < word.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			again = w;
		} else if (p < pattern.n && pattern.p[p] == '?') {
			p++;
			utf8_next(word, &w);
		} else if (p < pattern.n && pattern.p[p] == word.p[w]) {
			p++;
			w++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			utf8_next(word, &again);
			w = again;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

enum { FUZZY_LETTERS = 256 };

static size_t letters_of(struct str word, int32_t out[FUZZY_LETTERS])
{
	size_t n = 0;

	for (size_t at = 0; at < word.n && n < FUZZY_LETTERS;)
		out[n++] = utf8_next(word, &at);
	return n;
}

/*
 * At most `most` letters inserted, left out or changed (Levenshtein 1966)? Only the cells that near the diagonal that
 * can still matter are filled.
 */
static bool fuzzy_matches(const int32_t *a, size_t n, struct str word, int most)
{
	int32_t b[FUZZY_LETTERS];
	int row[FUZZY_LETTERS + 1];
	size_t m = letters_of(word, b);

	if ((n > m ? n - m : m - n) > (size_t)most)
		return false;
	for (size_t j = 0; j <= m; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= n; i++) {
		int diagonal = row[0], least = (int)i;

		row[0] = (int)i;
		for (size_t j = 1; j <= m; j++) {
			int best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			least = row[j] < least ? row[j] : least;
		}
		if (least > most)
			return false;
	}
	return row[m] <= most;
}

/* What every word that the pattern stands for begins with. */
static struct str literal_head(const struct query_node *n)
{
	size_t end = 0;

	if (n->op == Q_PREFIX)
		return n->word;
	if (n->op == Q_FUZZY)
		return STR("");
	while (end < n->word.n && n->word.p[end] != '*' && n->word.p[end] != '?')
		end++;
	return str_sub(n->word, 0, end);
}

static void pattern_expand(struct searcher *s, const struct query_node *n, const struct segment *segment,
			   struct leaf_lists *l)
{
	int32_t letters[FUZZY_LETTERS];
	size_t n_letters = n->op == Q_FUZZY ? letters_of(n->word, letters) : 0, cap = 0;
	struct term_walk w;
	struct str word;
	struct term t;

	term_walk_open(&w, segment, INDEX_WORD, literal_head(n));
	while (!is_stopped(s->stop) && term_walk_next(&w, &word, NULL, &t)) {
		if (n->op == Q_WILDCARD && !wildcard_matches(n->word, word))
			continue;
		if (n->op == Q_FUZZY && !fuzzy_matches(letters, n_letters, word, n->distance))
			continue;
		term_add(s, l, &cap, &t);
		mark_word(s, arena_str(s->a, word));
	}
	lists_join(s->a, s->stop, segment, l->terms, l->n_terms, l);
}

struct leaf *leaf_pattern(struct searcher *s, const struct query_node *n)
{
	struct leaf *l = leaf_new(s, n->field == QF_SUBJECT);

	for (size_t i = 0; i < s->c->n_segments; i++)
		pattern_expand(s, n, s->c->segments[i].segment, &l->of[i]);
	return leaf_finish(s, l);
}
