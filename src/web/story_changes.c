/*
 * Quotations of two drafts brought together: first those that are the same by their key, then those whose words are
 * near enough to be one quotation that was edited.
 */
#include "web/story_changes.h"

#include <stdlib.h>
#include <string.h>

enum {
	NEAR_PERCENT = 50,      /* of the words that two quotations must share to be one that was edited */
	PAIRS_MAX = 250 * 1000, /* compared at most: beyond, what is not the same counts as added and removed */
};

struct known {
	const struct quote_result *q;
	char key[REPORT_KEY_LENGTH + 1];
	struct str *words; /* folded, sorted */
	size_t n_words;
	bool paired;
};

const char *change_name(enum change_kind k)
{
	static const char *const names[] = {"none", "verdict", "words", "added", "removed"};

	return names[k];
}

static int by_word(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct known *known_of(struct arena *a, const struct report *r)
{
	struct known *v = arena_new(a, struct known, r->n_quotes);

	for (size_t i = 0; i < r->n_quotes; i++) {
		struct tokens t = text_tokens(a, report_quotation_text(r, &r->quotes[i]), NULL, false);

		v[i].q = &r->quotes[i];
		report_key(r, v[i].q, v[i].key);
		v[i].words = arena_new(a, struct str, t.n);
		v[i].n_words = t.n;
		for (size_t k = 0; k < t.n; k++)
			v[i].words[k] = t.v[k].word;
		if (t.n)
			qsort(v[i].words, t.n, sizeof(*v[i].words), by_word);
	}
	return v;
}

/* Words that both have, twice over, by all words that they have: Dice's coefficient in percent. */
static unsigned nearness(const struct known *a, const struct known *b)
{
	size_t i = 0, k = 0, both = 0;

	while (i < a->n_words && k < b->n_words) {
		int c = str_cmp(a->words[i], b->words[k]);

		both += c == 0;
		i += c <= 0;
		k += c >= 0;
	}
	return a->n_words + b->n_words ? (unsigned)(200 * both / (a->n_words + b->n_words)) : 0;
}

/* The unpaired one with the same key; the first, so that a quotation that stands twice is paired in order. */
static struct known *find_same(struct known *v, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (!v[i].paired && !strcmp(v[i].key, key))
			return &v[i];
	return NULL;
}

static struct known *find_near(struct known *v, size_t n, const struct known *x)
{
	struct known *best = NULL;
	unsigned most = NEAR_PERCENT - 1;

	for (size_t i = 0; i < n; i++) {
		unsigned near = v[i].paired ? 0 : nearness(&v[i], x);

		if (near > most) {
			most = near;
			best = &v[i];
		}
	}
	return best;
}

static void change_add(struct changes *c, enum change_kind kind, const struct quote_result *from,
		       const struct quote_result *to)
{
	c->v[c->n++] = (struct change){kind, from, to};
	c->count[kind]++;
}

struct changes story_changes(struct arena *a, const struct report *from, const struct report *to)
{
	struct known *old = known_of(a, from), *new = known_of(a, to);
	struct known **partner = arena_new(a, struct known *, to->n_quotes);
	struct changes c = {.v = arena_new(a, struct change, from->n_quotes + to->n_quotes)};
	size_t left_old = from->n_quotes, left_new = to->n_quotes;

	for (size_t i = 0; i < to->n_quotes; i++) {
		partner[i] = find_same(old, from->n_quotes, new[i].key);
		if (!partner[i])
			continue;
		partner[i]->paired = true;
		left_old--;
		left_new--;
	}
	for (size_t i = 0; i < to->n_quotes; i++) {
		bool same = partner[i] != NULL;

		if (!same && left_old * left_new <= PAIRS_MAX)
			partner[i] = find_near(old, from->n_quotes, &new[i]);
		if (!partner[i]) {
			change_add(&c, CHANGE_ADDED, NULL, new[i].q);
			continue;
		}
		partner[i]->paired = true;
		change_add(&c,
			   !same                                         ? CHANGE_WORDS
			   : partner[i]->q->verdict == new[i].q->verdict ? CHANGE_NONE
									 : CHANGE_VERDICT,
			   partner[i]->q, new[i].q);
	}
	for (size_t i = 0; i < from->n_quotes; i++)
		if (!old[i].paired)
			change_add(&c, CHANGE_REMOVED, old[i].q, NULL);
	return c;
}
