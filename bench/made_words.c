/*
 * The words of made cables; see made_words.h. The slopes, and how often a word is a usual successor, a topic's, or one
 * said before, are set so that bench/dump_stats.c says nearly the same of a made dump as of the real material.
 */
#include "made_words.h"

#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum {
	SUCCESSOR_PERCENT = 88,
	SUCCESSORS = 130,
	TOPIC_PERCENT = 42,
	TOPIC_BLOCK = 16, /* a topic has one word of so many neighbours in rank */
	AGAIN_PERCENT = 20,
	CONTENT = 160, /* the first rank that means something */
};

static const double tail_slope = 1.95;

/* English's own commonest words, since stop lists, stemmers and readers know them. */
static const char *const plain_words[] = {
	"the",      "of",       "to",      "and",     "in",       "a",         "that",      "for",        "on",
	"is",       "with",     "was",     "as",      "be",       "by",        "he",        "not",        "has",
	"said",     "it",       "from",    "are",     "would",    "have",      "at",        "his",        "an",
	"will",     "this",     "but",     "had",     "they",     "which",     "their",     "government", "were",
	"more",     "been",     "its",     "who",     "also",     "or",        "we",        "no",         "told",
	"about",    "minister", "could",   "new",     "than",     "other",     "all",       "there",      "if",
	"one",      "some",     "noted",   "between", "over",     "political", "any",       "our",        "president",
	"while",    "only",     "after",   "such",    "out",      "most",      "party",     "years",      "up",
	"like",     "may",      "foreign", "country", "two",      "into",      "officials", "however",    "support",
	"do",       "security", "when",    "because", "these",    "many",      "against",   "what",       "should",
	"public",   "during",   "both",    "through", "first",    "even",      "embassy",   "can",        "so",
	"ministry", "state",    "under",   "since",   "meeting",  "made",      "last",      "those",      "well",
	"her",      "she",      "i",       "before",  "within",   "whether",   "year",      "them",       "without",
	"being",    "same",     "where",   "several", "each",     "much",      "did",       "very",       "work",
	"him",      "still",    "per",     "now",     "members",  "among",     "then",      "local",      "although",
	"general",  "further",  "just",    "make",    "national", "likely",    "here",      "three",      "part",
	"how",      "recent",   "despite", "need",    "issue",    "take",      "expected",  "back",       "group",
	"next",     "former",   "given",   "own",     "added",    "toward",    "must",
};

uint64_t made_mix(uint64_t z)
{
	/* Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014. */
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static uint64_t next_number(struct made_words *w)
{
	w->state += 0x9e3779b97f4a7c15;
	return made_mix(w->state);
}

uint32_t made_below(struct made_words *w, uint32_t n)
{
	return (uint32_t)((next_number(w) >> 32) * n >> 32);
}

bool made_chance(struct made_words *w, uint32_t percent)
{
	return made_below(w, 100) < percent;
}

/* ---- the law ----------------------------------------------------------------------------------------------------- */

/* How often the word of a rank (from 1) comes, to a factor. */
static double rank_weight(double r)
{
	static const struct {
		double from, slope;
	} pieces[] = {{1, 1.02}, {100, 0.73}, {1000, 1.38}};
	double f = 1;

	for (size_t i = 0; i < COUNT(pieces); i++) {
		double to = i + 1 < COUNT(pieces) && pieces[i + 1].from < r ? pieces[i + 1].from : r;

		f *= pow(to / pieces[i].from, -pieces[i].slope);
		if (to >= r)
			break;
	}
	return f;
}

/* Walker's alias table (Walker 1977, in the form of Vose 1991): every slot holds its own word and one other. */
static void law_open(struct made_words *w)
{
	static double p[MADE_CORE];
	uint32_t small[MADE_CORE] = {0}, large[MADE_CORE] = {0}, n_small = 0, n_large = 0;
	double sum = 0;

	for (uint32_t i = 0; i + 1 < MADE_CORE; i++)
		sum += p[i] = rank_weight(i + 1);
	/* The last slot stands for the whole tail, whose sum is an integral. */
	sum += p[MADE_CORE - 1] = rank_weight(MADE_CORE) * MADE_CORE / (tail_slope - 1);
	for (uint32_t i = 0; i < MADE_CORE; i++) {
		p[i] *= MADE_CORE / sum;
		w->other[i] = i;
		if (p[i] < 1)
			small[n_small++] = i;
		else
			large[n_large++] = i;
	}
	while (n_small && n_large) {
		uint32_t s = small[--n_small], l = large[n_large - 1];

		w->take[s] = (uint32_t)(p[s] * UINT32_MAX);
		w->other[s] = l;
		p[l] -= 1 - p[s];
		if (p[l] < 1) {
			n_large--;
			small[n_small++] = l;
		}
	}
	while (n_large)
		w->take[large[--n_large]] = UINT32_MAX;
	while (n_small)
		w->take[small[--n_small]] = UINT32_MAX;
}

static uint32_t law_tail(uint64_t number)
{
	double u = ((double)(number >> 11) + 1) / 9007199254740993.0;
	double r = MADE_CORE * pow(u, -1 / (tail_slope - 1));

	return r < 2e9 ? (uint32_t)r : 2000000000u;
}

/* The word that a number stands for; equal numbers give equal words. */
static uint32_t law_word(const struct made_words *w, uint64_t number)
{
	uint32_t slot = (uint32_t)(number >> 32) % MADE_CORE;
	uint32_t word = (uint32_t)number <= w->take[slot] ? slot : w->other[slot];

	return word < MADE_CORE - 1 ? word : law_tail(made_mix(number));
}

/* ---- what comes next --------------------------------------------------------------------------------------------- */

void made_words_open(struct made_words *w, uint64_t seed)
{
	*w = (struct made_words){.state = seed};
	law_open(w);
}

void made_words_cable(struct made_words *w, const uint32_t topics[MADE_TOPICS])
{
	memcpy(w->topics, topics, sizeof(w->topics));
	w->n_said = w->again_left = 0;
}

/* One of the words that are used to follow this one: the first few often, the others ever more rarely. */
static uint32_t successor(struct made_words *w, uint32_t word)
{
	/* Of a very common word no successor may be so usual that it became a common word by it. */
	double least = word < 20 ? 24 : word < CONTENT ? 6 : 1;
	double u = (double)(next_number(w) >> 11) / 9007199254740992.0;
	uint32_t which = (uint32_t)(least * pow(SUCCESSORS / least, u));

	word = law_word(w, made_mix((uint64_t)word << 32 | which));
	/* Half the rare words are nobody's usual successor, or the vocabulary would soon stop growing. */
	return word < MADE_CORE || made_chance(w, 50) ? word : law_tail(next_number(w));
}

static uint32_t topic_word(struct made_words *w, uint32_t word)
{
	uint32_t block = word / TOPIC_BLOCK, topic = w->topics[made_below(w, MADE_TOPICS)];

	return block * TOPIC_BLOCK + made_mix((uint64_t)topic << 32 | block) % TOPIC_BLOCK;
}

static uint32_t word_new(struct made_words *w)
{
	uint32_t word;

	if (w->again_left) {
		w->again_left--;
		if (++w->again < w->n_said)
			return w->said[w->again];
	}
	word = w->n_said && made_chance(w, SUCCESSOR_PERCENT) ? successor(w, w->last) : law_word(w, next_number(w));
	if (word < CONTENT)
		return word;
	if (w->n_said > 20 && made_chance(w, AGAIN_PERCENT)) {
		/* A word of meaning that the cable has used, where eight tries find one. */
		for (unsigned i = 0; i < 8; i++) {
			w->again = made_below(w, w->n_said);
			if (w->said[w->again] >= CONTENT) {
				w->again_left = made_below(w, 3);
				return w->said[w->again];
			}
		}
	}
	return made_chance(w, TOPIC_PERCENT) ? topic_word(w, word) : word;
}

uint32_t made_words_next(struct made_words *w)
{
	uint32_t word = word_new(w);

	/* Nothing stutters. */
	if (w->n_said && word == w->last)
		word = law_word(w, next_number(w));
	if (w->n_said < MADE_SAID_MAX)
		w->said[w->n_said++] = word;
	w->last = word;
	return word;
}

/* ---- spelling ---------------------------------------------------------------------------------------------------- */

static size_t syllables_spell(uint64_t h, unsigned n, char *out)
{
	static const char *const onsets[] = {"b", "br", "c",  "ch", "d", "d",  "f", "g", "gr", "h", "j",
					     "k", "l",  "l",  "m",  "m", "n",  "n", "p", "pl", "r", "r",
					     "s", "s",  "st", "t",  "t", "tr", "v", "w", "b",  "p"};
	static const char *const rimes[] = {"a",  "e",  "i",  "o",  "u",  "an",  "en", "in", "on", "er", "or",
					    "al", "el", "is", "us", "at", "et",  "a",  "e",  "i",  "o",  "u",
					    "a",  "e",  "i",  "o",  "ar", "ion", "y",  "ai", "e",  "o"};
	size_t at = 0;

	for (unsigned i = 0; i < n; i++, h >>= 10) {
		const char *onset = onsets[h & 31], *rime = rimes[h >> 5 & 31];

		for (; *onset; onset++)
			out[at++] = *onset;
		for (; *rime; rime++)
			out[at++] = *rime;
	}
	return at;
}

static size_t root_spell(uint32_t word, char *out)
{
	return syllables_spell(made_mix(word), word < 3000 ? 2 : 3, out);
}

static size_t acronym_spell(uint64_t h, char *out)
{
	static const char letters[] = "ABCDEFGIKLMNOPRSTU";
	size_t n = 3 + (h & 1);

	for (size_t i = 0; i < n; i++, h >>= 8)
		out[i] = letters[(h >> 8 & 255) % (sizeof(letters) - 1)];
	return n;
}

bool made_word_is_name(uint32_t word)
{
	return word >= CONTENT && (made_mix(word) >> 40) % 100 < (word < MADE_CORE ? 25 : 50);
}

size_t made_word_spell(uint32_t word, char out[MADE_WORD_MAX])
{
	static const char *const endings[] = {"s", "s", "ed", "ing", "s", "ly", "er", "ment"};
	uint64_t h = made_mix(word);
	unsigned kind = (h >> 48) % 100;
	size_t n;

	if (word < CONTENT) {
		n = strlen(plain_words[word]);
		memcpy(out, plain_words[word], n);
		return n;
	}
	if (made_word_is_name(word)) {
		n = root_spell(word, out);
		out[0] = (char)ascii_toupper(out[0]);
	} else if (kind < 6 && word < 20000) {
		n = acronym_spell(h, out);
	} else if (kind < 45) {
		/* Another form of a word of lower rank, so that a stemmer has something to bring together. */
		n = root_spell(CONTENT + (uint32_t)((h >> 8) % (word - CONTENT + 1)), out);
		memcpy(out + n, endings[h & 7], strlen(endings[h & 7]));
		n += strlen(endings[h & 7]);
	} else {
		n = root_spell(word, out);
	}
	return n;
}

void made_name(uint64_t number, unsigned syllables, char out[MADE_WORD_MAX])
{
	out[syllables_spell(made_mix(number), syllables, out)] = '\0';
	out[0] = (char)ascii_toupper(out[0]);
}
