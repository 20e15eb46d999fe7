/*
 * Prints what a dump is like, one "name value" a line, so that a made dump can be held against a real one: its sizes,
 * how its vocabulary grows (Heaps) and how unequal its words are (Zipf), how often pairs and runs of eight words come
 * again, in how many cables a word stands, sentences, paragraphs, references, years.
 *
 * usage: dump_stats [--words N] CABLES     with --words only the first N words of the dump are looked at: vocabulary
 * and n-grams grow with the size of a text, so two dumps can only be compared at the same number of words.
 */
#include "source/source.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRAM = 8, GRAM_WORDS = 4000000, HEAD_WORDS = 600, YEAR_FIRST = 1960, YEARS = 60 };

/* Hashes that were seen. Two that collide by chance count as one, which at 64 bits does not happen here. */
struct seen {
	uint64_t *slots;
	size_t n, cap;
};

/* What is counted of one word. */
struct word_count {
	uint64_t times;
	uint32_t cables, last;           /* cables that have it; the last of them */
	uint32_t head_cables, head_last; /* the same for the first HEAD_WORDS words of cables that have so many */
};

struct stats {
	struct arena arena; /* of one cable */
	struct vocab vocab;
	struct word_count *counts;
	size_t counts_cap;
	struct seen pairs, grams;
	uint64_t words, words_max, gram_places, next_point;
	uint64_t rows, asides, bytes, body_bytes, sentences, sentence_words, paragraphs, marked, refs, with_refs;
	uint64_t redacted, numbers, capitals, head_rows, letters;
	uint64_t years[YEARS];
	uint32_t *lengths;
	size_t lengths_cap;
};

/* ---- sets of n-grams --------------------------------------------------------------------------------------------- */

static void seen_put(struct seen *s, uint64_t h)
{
	size_t i = h & (s->cap - 1);

	while (s->slots[i] && s->slots[i] != h)
		i = (i + 1) & (s->cap - 1);
	s->n += !s->slots[i];
	s->slots[i] = h;
}

static void seen_add(struct seen *s, uint64_t h)
{
	if (2 * s->n >= s->cap) {
		struct seen more = {.cap = s->cap ? 2 * s->cap : 1 << 16};

		more.slots = xcalloc(more.cap, sizeof(*more.slots));
		for (size_t i = 0; i < s->cap; i++)
			if (s->slots[i])
				seen_put(&more, s->slots[i]);
		free(s->slots);
		*s = more;
	}
	seen_put(s, h ? h : 1);
}

static void grams_count(struct stats *s, const struct tokens *t, size_t at)
{
	uint32_t ids[GRAM];

	if (at < GRAM - 1 || s->words > GRAM_WORDS)
		return;
	for (size_t k = 0; k < GRAM; k++)
		ids[k] = t->v[at + k - (GRAM - 1)].id;
	s->gram_places++;
	seen_add(&s->pairs, hash_bytes(ids + GRAM - 2, 2 * sizeof(*ids), 1));
	seen_add(&s->grams, hash_bytes(ids, sizeof(ids), 2));
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static void point_print(struct stats *s)
{
	double places = (double)(s->gram_places ? s->gram_places : 1);

	printf("at_words %" PRIu64 " distinct %zu", s->words, s->vocab.words.n);
	if (s->words <= GRAM_WORDS)
		printf(" distinct_pairs %.4f distinct_8_grams %.5f", (double)s->pairs.n / places,
		       (double)s->grams.n / places);
	printf("\n");
	s->next_point = s->next_point * (s->next_point % 3 ? 3 : 10) / (s->next_point % 3 ? 1 : 3);
}

static struct word_count *word_of(struct stats *s, uint32_t id)
{
	if (id >= s->counts_cap) {
		size_t cap = 2 * (size_t)id + 1024;

		s->counts = xrealloc(s->counts, cap * sizeof(*s->counts));
		memset(s->counts + s->counts_cap, 0, (cap - s->counts_cap) * sizeof(*s->counts));
		s->counts_cap = cap;
	}
	return &s->counts[id];
}

static void words_count(struct stats *s, const struct tokens *t)
{
	bool long_enough = t->n >= HEAD_WORDS;

	s->head_rows += long_enough;
	for (size_t i = 0; i < t->n && s->words < s->words_max; i++) {
		struct word_count *w = word_of(s, t->v[i].id);

		w->times++;
		s->words++;
		s->letters += t->v[i].end - t->v[i].off;
		s->numbers += (t->v[i].flags & TOKEN_NUMBER) != 0;
		s->capitals += (t->v[i].flags & TOKEN_CAPITAL) != 0;
		if (w->last != s->rows) {
			w->last = (uint32_t)s->rows;
			w->cables++;
		}
		if (long_enough && i < HEAD_WORDS && w->head_last != s->rows) {
			w->head_last = (uint32_t)s->rows;
			w->head_cables++;
		}
		grams_count(s, t, i);
		if (s->words == s->next_point)
			point_print(s);
	}
}

/* A sentence ends at a point, question or exclamation mark with a blank behind it, or with its paragraph. */
static void sentences_count(struct stats *s, struct str body, struct span at, const struct tokens *t)
{
	size_t in_sentence = 0;

	for (size_t i = 0; i < t->n; i++) {
		size_t end = t->v[i].end, stop = i + 1 < t->n ? t->v[i + 1].off : body.n;
		bool ends = false;

		if (t->v[i].off < at.off || t->v[i].end > at.end)
			continue;
		in_sentence++;
		for (; end + 1 < stop && !ends; end++)
			ends = (strchr(".?!", body.p[end]) && ascii_space(body.p[end + 1])) ||
			       (body.p[end] == '\n' && body.p[end + 1] == '\n');
		if (ends) {
			s->sentences++;
			s->sentence_words += in_sentence;
			in_sentence = 0;
		}
	}
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static void fields_count(struct stats *s, const struct cable *c)
{
	const struct telegram *t = &c->telegram;
	size_t refs = 0;

	for (size_t i = 0; i < t->n_refs; i++)
		refs += t->refs[i].kind == REF_CABLE;
	s->refs += refs;
	s->with_refs += refs != 0;
	for (size_t i = 0; i < t->n_paragraphs; i++) {
		s->paragraphs += t->paragraphs[i].number >= 0;
		s->marked += t->paragraphs[i].mark.level != LEVEL_UNKNOWN;
	}
	if (c->date.year >= YEAR_FIRST && c->date.year < YEAR_FIRST + YEARS)
		s->years[c->date.year - YEAR_FIRST]++;
	s->redacted += str_find(c->body, STR("XXXXXXXX"), 0) != SIZE_MAX;
}

static int row_count(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		     const struct place *next, struct err *e)
{
	struct stats *s = ctx;
	struct cable c;
	struct tokens t;

	(void)f, (void)at;
	arena_reset(&s->arena);
	s->rows++;
	s->bytes = next->offset;
	if (cable_read(&s->arena, r, &c, e)) {
		s->asides++;
		return 0;
	}
	if (s->rows >= s->lengths_cap) {
		s->lengths_cap = 2 * s->lengths_cap + 1024;
		s->lengths = xrealloc(s->lengths, s->lengths_cap * sizeof(*s->lengths));
	}
	s->lengths[s->rows - 1] = (uint32_t)c.body.n;
	s->body_bytes += c.body.n;
	t = text_tokens(&s->arena, c.body, &s->vocab, true);
	words_count(s, &t);
	sentences_count(s, c.body, c.telegram.text_at, &t);
	fields_count(s, &c);
	return s->words >= s->words_max;
}

static int row_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	(void)at, (void)reason, (void)excerpt, (void)e;
	((struct stats *)ctx)->asides++;
	return 0;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static int by_times(const void *a, const void *b)
{
	const struct word_count *x = a, *y = b;

	return (x->times < y->times) - (x->times > y->times);
}

static int by_length(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The slope of log frequency over log rank between two ranks, at ranks a twentieth apart. */
static double zipf_slope(const struct word_count *w, size_t n, size_t from, size_t to)
{
	double sx = 0, sy = 0, sxx = 0, sxy = 0, points = 0;

	for (double r = (double)from; r <= (double)to && r <= (double)n; r *= 1.05) {
		double x = log(floor(r)), y = log((double)w[(size_t)r - 1].times);

		sx += x, sy += y, sxx += x * x, sxy += x * y, points++;
	}
	return points > 1 ? (points * sxy - sx * sy) / (points * sxx - sx * sx) : 0;
}

static void words_print(struct stats *s)
{
	static const size_t tops[] = {10, 100, 1000};
	size_t n = s->vocab.words.n, once = 0, in[3] = {0}, head[3] = {0};
	uint64_t sum = 0;

	for (size_t i = 1; i <= n; i++) {
		const struct word_count *w = &s->counts[i];
		static const double shares[] = {0.5, 0.1, 0.01};

		once += w->times == 1;
		for (size_t k = 0; k < 3; k++) {
			in[k] += w->cables > shares[k] * (double)s->rows;
			head[k] += w->head_cables > shares[k] * (double)s->head_rows;
		}
	}
	printf("words_in_half_tenth_hundredth_of_cables %zu %zu %zu\n", in[0], in[1], in[2]);
	printf("words_in_half_tenth_hundredth_of_first_%d_words %zu %zu %zu\n", HEAD_WORDS, head[0], head[1], head[2]);
	printf("words_once_share %.4f\n", (double)once / (double)n);
	qsort(s->counts + 1, n, sizeof(*s->counts), by_times);
	printf("zipf_slope_10_to_100 %.3f\n", zipf_slope(s->counts + 1, n, 10, 100));
	printf("zipf_slope_100_to_1000 %.3f\n", zipf_slope(s->counts + 1, n, 100, 1000));
	printf("zipf_slope_1000_to_10000 %.3f\n", zipf_slope(s->counts + 1, n, 1000, 10000));
	printf("zipf_slope_10_to_10000 %.3f\n", zipf_slope(s->counts + 1, n, 10, 10000));
	for (size_t i = 0, k = 0; i < n && k < 3; i++) {
		sum += s->counts[i + 1].times;
		if (i + 1 == tops[k])
			printf("share_of_commonest_%zu %.4f\n", tops[k++], (double)sum / (double)s->words);
	}
}

static void stats_print(struct stats *s)
{
	static const double quantiles[] = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};
	double rows = (double)(s->rows ? s->rows : 1), words = (double)(s->words ? s->words : 1);

	if (!s->rows || !s->vocab.words.n) {
		printf("rows 0\n");
		return;
	}
	point_print(s);
	words_print(s);
	printf("rows %" PRIu64 "\nset_aside %" PRIu64 "\nbytes %" PRIu64 "\nbytes_a_row %.0f\n", s->rows, s->asides,
	       s->bytes, (double)s->bytes / rows);
	printf("body_bytes_mean %.0f\n", (double)s->body_bytes / rows);
	qsort(s->lengths, s->rows, sizeof(*s->lengths), by_length);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++)
		printf("body_bytes_p%.0f %" PRIu32 "\n", 100 * quantiles[i],
		       s->lengths[(size_t)(quantiles[i] * (double)s->rows)]);
	printf("words %" PRIu64 "\nword_letters_mean %.2f\n", s->words, (double)s->letters / words);
	printf("numbers_share %.4f\ncapitals_share %.4f\n", (double)s->numbers / words, (double)s->capitals / words);
	printf("sentence_words_mean %.1f\n", (double)s->sentence_words / (double)(s->sentences ? s->sentences : 1));
	printf("paragraphs_a_cable %.1f\nwith_portion_mark %.2f\n", (double)s->paragraphs / rows,
	       (double)s->marked / (double)(s->paragraphs ? s->paragraphs : 1));
	printf("references_a_cable %.2f\ncables_with_references %.3f\ncables_with_redactions %.3f\n",
	       (double)s->refs / rows, (double)s->with_refs / rows, (double)s->redacted / rows);
	for (int y = 0; y < YEARS; y++)
		if (s->years[y])
			printf("year_%d %.3f\n", YEAR_FIRST + y, (double)s->years[y] / rows);
}

int main(int argc, char **argv)
{
	struct stats s = {.words_max = UINT64_MAX, .next_point = 10000};
	struct source_reader r = {.record = row_count, .set_aside = row_aside, .ctx = &s};
	struct err e = {0};
	int rc;

	if (argc > 2 && !strcmp(argv[1], "--words")) {
		s.words_max = strtoull(argv[2], NULL, 10);
		argc -= 2, argv += 2;
	}
	if (argc != 2 || !s.words_max) {
		fprintf(stderr, "usage: dump_stats [--words N] CABLES\n");
		return 2;
	}
	rc = source_read(argv[1], &r, &e);
	if (rc < 0)
		fprintf(stderr, "dump_stats: %s\n", e.msg);
	else
		stats_print(&s);
	arena_free(&s.arena);
	vocab_free(&s.vocab);
	free(s.counts);
	free(s.lengths);
	free(s.pairs.slots);
	free(s.grams.slots);
	return rc < 0 ? 3 : 0;
}
