/*
 * How often is the check right? Passages of real cables are quoted as reporters quote them, faithfully and not, and
 * each verdict is held against what was done to the passage. Prints a table of what became of each kind, precision and
 * recall per verdict and of the source cable, and the rate of false alarms.
 *
 *   bench_quotes CABLES [PASSAGES_PER_KIND [SEED]]
 *
 * CABLES is anything that `reftel import` reads. Deterministic for a seed.
 */
#include "archive/archive.h"
#include "check/check.h"
#include "import/import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum kind { EXACT, RECASED, ELIDED, GLOSSED, WORD_CHANGED, WORDS_DROPPED, NEGATION, NUMBER, JOINED, INVENTED, N_KINDS };

static const char *const kind_names[N_KINDS] = {"exact",         "recased",  "elided", "glossed", "word changed",
						"words dropped", "negation", "number", "joined",  "invented"};
static const enum verdict expected[N_KINDS] = {
	VERDICT_VERBATIM, VERDICT_VERBATIM, VERDICT_ADAPTED, VERDICT_ADAPTED, VERDICT_ALTERED,
	VERDICT_ALTERED,  VERDICT_ALTERED,  VERDICT_ALTERED, VERDICT_ALTERED, VERDICT_NO_SOURCE,
};

enum { WORDS_MIN = 8, WORDS_MAX = 60, JOINED_MIN = 16 };

/* ---- a small generator of chance: xorshift64*, Vigna 2016 ------------------------------------------------------ */

static uint64_t chance(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du;
}

static size_t below(uint64_t *state, size_t n)
{
	return n ? (size_t)((chance(state) >> 11) % n) : 0;
}

/* ---- the cables ------------------------------------------------------------------------------------------------- */

struct text {
	int64_t key;
	struct str body;
	struct tokens words; /* sentences of the author only: no artefacts, no redactions */
};

struct corpus {
	struct arena arena;
	VEC(struct text) texts;
	VEC(struct str) pool; /* every word as often as it stands there */
	uint64_t seed;
};

static bool in_artefact(const struct telegram *t, uint32_t off)
{
	for (size_t i = 0; i < t->artefacts.n; i++)
		if (off >= t->artefacts.v[i].off && off < t->artefacts.v[i].end)
			return true;
	return false;
}

static int text_take(void *ctx, const struct cable_version *v, struct err *e)
{
	struct corpus *c = ctx;
	struct text t = {.key = v->key, .body = arena_str(&c->arena, v->cable.body)};
	struct tokens all = text_tokens(&c->arena, t.body, NULL, false);
	const struct span at = v->cable.telegram.text_at;

	(void)e;
	t.words.v = arena_new(&c->arena, struct token, all.n + 1);
	for (size_t i = 0; i < all.n; i++) {
		const struct token *w = &all.v[i];

		if (w->off < at.off || w->end > at.end || in_artefact(&v->cable.telegram, w->off))
			continue;
		t.words.v[t.words.n++] = *w;
		*VEC_PUSH(&c->arena, &c->pool) = w->word;
	}
	if (t.words.n >= 2 * WORDS_MAX)
		*VEC_PUSH(&c->arena, &c->texts) = t;
	return 0;
}

/* ---- passages ---------------------------------------------------------------------------------------------------- */

/* One word of a passage as a reporter would type it. */
struct piece_of {
	struct str text;
	bool number;
};

struct passage_words {
	struct piece_of v[WORDS_MAX];
	size_t n;
	int64_t key, second; /* the cables that the words are from; second: 0 or, of a joined one, the other */
};

static bool passage_take(struct corpus *c, size_t n, struct passage_words *out)
{
	const struct text *t = &c->texts.v[below(&c->seed, c->texts.n)];
	size_t first = below(&c->seed, t->words.n - n);

	for (size_t i = 0; i < n; i++) {
		const struct token *w = &t->words.v[first + i];

		if (w->flags & TOKEN_REDACTED)
			return false;
		out->v[out->n++] = (struct piece_of){str_sub(t->body, w->off, w->end), w->flags & TOKEN_NUMBER};
	}
	*(out->key ? &out->second : &out->key) = t->key;
	return true;
}

static bool is_word(struct str s, const char *word)
{
	return str_ieq(s, str_of(word));
}

static void remove_words(struct passage_words *p, size_t at, size_t n)
{
	memmove(&p->v[at], &p->v[at + n], (p->n - at - n) * sizeof(*p->v));
	p->n -= n;
}

static void insert_word(struct passage_words *p, size_t at, const char *word)
{
	memmove(&p->v[at + 1], &p->v[at], (p->n - at) * sizeof(*p->v));
	p->v[at] = (struct piece_of){.text = str_of(word)};
	p->n++;
}

/* ---- what is done to them ---------------------------------------------------------------------------------------- */

static bool negation_turn(struct corpus *c, struct passage_words *p)
{
	static const char *const auxiliaries[] = {"is",    "are",    "was", "were", "will", "would",
						  "could", "should", "can", "has",  "had"};

	(void)c;
	for (size_t i = 1; i + 1 < p->n; i++)
		if (is_word(p->v[i].text, "not") && !is_word(p->v[i + 1].text, "not") &&
		    !is_word(p->v[i - 1].text, "not")) {
			remove_words(p, i, 1);
			return true;
		}
	for (size_t i = 0; i + 2 < p->n && p->n < WORDS_MAX; i++)
		for (size_t k = 0; k < sizeof(auxiliaries) / sizeof(*auxiliaries); k++)
			if (is_word(p->v[i].text, auxiliaries[k]) && !is_word(p->v[i + 1].text, "not")) {
				insert_word(p, i + 1, "not");
				return true;
			}
	return false;
}

static bool number_change(struct corpus *c, struct passage_words *p)
{
	for (size_t i = 0; i < p->n; i++) {
		char *digits;
		size_t at;

		if (!p->v[i].number)
			continue;
		digits = arena_dup(&c->arena, p->v[i].text);
		at = strcspn(digits, "0123456789");
		if (!digits[at])
			continue;
		digits[at] = digits[at] == '9' ? '8' : (char)(digits[at] + 1);
		p->v[i].text = str_of(digits);
		return true;
	}
	return false;
}

static bool word_change(struct corpus *c, struct passage_words *p)
{
	size_t at = 1 + below(&c->seed, p->n - 2);
	struct str other = c->pool.v[below(&c->seed, c->pool.n)];
	struct str own = text_fold(&c->arena, p->v[at].text);

	if (other.n < 2 || str_starts(other, own) || str_starts(own, other))
		return false;
	p->v[at].text = other;
	return true;
}

/* Two words whose loss leaves a trace: not those that are said twice in a row. */
static bool words_drop(struct corpus *c, struct passage_words *p)
{
	size_t at = 1 + below(&c->seed, p->n - 4);

	if (is_word(p->v[at].text, "and") || str_ieq(p->v[at].text, p->v[at + 1].text) ||
	    str_ieq(p->v[at - 1].text, p->v[at + 1].text) || str_ieq(p->v[at].text, p->v[at + 2].text))
		return false;
	remove_words(p, at, 2);
	return true;
}

static void elide(struct corpus *c, struct passage_words *p)
{
	static const char *const marks[] = {"...", "\u2026", "[...]", ". . ."};
	size_t n = 1 + below(&c->seed, p->n / 3), at = 2 + below(&c->seed, p->n - n - 4);

	remove_words(p, at, n);
	insert_word(p, at, marks[below(&c->seed, 4)]);
}

static void gloss(struct corpus *c, struct passage_words *p)
{
	static const char *const inserted[] = {"[the foreign ministry]", "[sic]", "(the ruling party)", "[Tuesday]"};
	size_t at = 1 + below(&c->seed, p->n - 2);

	if (below(&c->seed, 2)) {
		p->v[at].text = STR("[the minister]");
		p->v[at].number = false;
	} else if (p->n < WORDS_MAX) {
		insert_word(p, at, inserted[below(&c->seed, 4)]);
	} else {
		p->v[at].text = STR("[he]");
	}
}

static void invent(struct corpus *c, struct passage_words *p, size_t n)
{
	/* From word to word as real texts go, so that pairs are true and the whole is not. */
	struct str at = c->pool.v[below(&c->seed, c->pool.n)];

	while (p->n < n) {
		size_t from = below(&c->seed, c->pool.n - 1), i = from;

		do
			i = i + 2 < c->pool.n ? i + 1 : 0;
		while (!str_eq(c->pool.v[i], at) && i != from);
		at = c->pool.v[i + 1];
		p->v[p->n++].text = at;
	}
}

static bool passage_make(struct corpus *c, enum kind kind, struct passage_words *p)
{
	size_t n = WORDS_MIN + below(&c->seed, WORDS_MAX - WORDS_MIN);

	*p = (struct passage_words){0};
	if (kind == INVENTED) {
		invent(c, p, n);
		return true;
	}
	if (kind == JOINED) {
		n = n < JOINED_MIN ? JOINED_MIN : n;
		return passage_take(c, n / 2, p) && passage_take(c, n - n / 2, p) && p->key != p->second;
	}
	if ((kind == ELIDED || kind == WORDS_DROPPED) && n < 12)
		n += 4;
	if (!passage_take(c, n, p))
		return false;
	switch (kind) {
	case ELIDED:
		elide(c, p);
		return true;
	case GLOSSED:
		gloss(c, p);
		return true;
	case WORD_CHANGED:
		return word_change(c, p);
	case WORDS_DROPPED:
		return words_drop(c, p);
	case NEGATION:
		return negation_turn(c, p);
	case NUMBER:
		return number_change(c, p);
	default:
		return true;
	}
}

static void passage_write(struct corpus *c, enum kind kind, const struct passage_words *p, struct buf *out)
{
	static const char *const points[] = {", ", "; ", " - ", " ", "\n", ". ", " \u2014 "};

	for (size_t i = 0; i < p->n; i++) {
		struct str w = p->v[i].text;

		if (kind == RECASED) {
			bool upper = below(&c->seed, 3) == 0;

			if (i)
				buf_puts(out, points[below(&c->seed, sizeof(points) / sizeof(*points))]);
			for (size_t k = 0; k < w.n; k++)
				buf_putc(out, (char)(upper ? ascii_toupper(w.p[k]) : w.p[k]));
		} else {
			if (i)
				buf_putc(out, ' ');
			buf_str(out, w);
		}
	}
}

/* ---- the story they make --------------------------------------------------------------------------------------- */

struct question {
	enum kind kind;
	int64_t key, second;
};

struct trial {
	struct arena arena;
	struct story story;
	struct question *questions;
};

static void trial_make(struct corpus *c, size_t per_kind, struct trial *t)
{
	size_t total = per_kind * N_KINDS;
	struct buf text = {0};

	t->questions = arena_new(&t->arena, struct question, total);
	t->story.quotations = arena_new(&t->arena, struct quotation, total);
	for (int kind = 0; kind < N_KINDS; kind++)
		for (size_t i = 0; i < per_kind; i++) {
			struct quotation *q = &t->story.quotations[t->story.n_quotations];
			struct passage_words p;

			while (!passage_make(c, (enum kind)kind, &p))
				;
			t->questions[t->story.n_quotations++] = (struct question){(enum kind)kind, p.key, p.second};
			q->parent = q->citation = -1;
			q->words.v = arena_new(&t->arena, struct span, 1);
			q->words.n = 1;
			q->words.v->off = (uint32_t)text.n;
			passage_write(c, (enum kind)kind, &p, &text);
			q->words.v->end = (uint32_t)text.n;
			q->at = *q->words.v;
			buf_puts(&text, "\n\n");
		}
	t->story.text = t->story.raw = arena_str(&t->arena, buf_view(&text));
	buf_free(&text);
}

/* ---- what came of it -------------------------------------------------------------------------------------------- */

struct tally {
	size_t became[N_KINDS][N_VERDICTS];
	size_t source_asked, source_given, source_right;
};

static bool names_key(const struct quote_result *r, int64_t key)
{
	if (r->has_passage && r->passage.key == key)
		return true;
	for (size_t i = 0; i < r->n_others; i++)
		if (r->others[i].key == key)
			return true;
	return false;
}

static void show_wrong(const struct trial *t, const struct quote_result *r, const struct question *q)
{
	const struct span at = t->story.quotations[r->quotation].at;

	printf("WRONG %s -> %s (%s): %.*s\n", kind_names[q->kind], verdict_name(r->verdict), r->reason,
	       (int)(at.end - at.off), t->story.text.p + at.off);
	if (r->has_passage)
		printf("      cable: %.*s\n", STR_ARG(r->passage.text));
}

static void tally_take(const struct trial *t, const struct report *rep, bool verbose, struct tally *sum)
{
	for (size_t i = 0; i < rep->n_quotes; i++) {
		const struct quote_result *r = &rep->quotes[i];
		const struct question *q = &t->questions[r->quotation];

		sum->became[q->kind][r->verdict]++;
		if (verbose && r->verdict != expected[q->kind])
			show_wrong(t, r, q);
		sum->source_given += r->has_passage;
		if (q->kind == INVENTED)
			continue;
		sum->source_asked++;
		if (names_key(r, q->key) || (q->second && names_key(r, q->second)))
			sum->source_right++;
		else if (verbose)
			printf("SOURCE %s: %.*s\n", kind_names[q->kind],
			       (int)(t->story.quotations[r->quotation].at.end -
				     t->story.quotations[r->quotation].at.off),
			       t->story.text.p + t->story.quotations[r->quotation].at.off);
	}
}

static double ratio(size_t a, size_t b)
{
	return b ? (double)a / (double)b : 1;
}

static int tally_print(const struct tally *s)
{
	size_t faithful = 0, alarms = 0, passed = 0;
	int short_of = 0;

	printf("%-14s", "kind");
	for (int v = 0; v < N_VERDICTS; v++)
		printf(" %13s", verdict_name((enum verdict)v));
	printf("\n");
	for (int k = 0; k < N_KINDS; k++) {
		printf("%-14s", kind_names[k]);
		for (int v = 0; v < N_VERDICTS; v++)
			printf(" %13zu", s->became[k][v]);
		printf("\n");
		for (int v = 0; v < N_VERDICTS && k <= GLOSSED; v++) {
			faithful += s->became[k][v];
			alarms += v > VERDICT_ADAPTED ? s->became[k][v] : 0;
		}
		if (k == NEGATION || k == NUMBER)
			passed += s->became[k][VERDICT_VERBATIM] + s->became[k][VERDICT_ADAPTED];
	}
	printf("\n%-14s %9s %9s\n", "verdict", "precision", "recall");
	for (int v = 0; v < N_VERDICTS; v++) {
		size_t given = 0, due = 0, right = 0;

		for (int k = 0; k < N_KINDS; k++) {
			given += s->became[k][v];
			for (int x = 0; x < N_VERDICTS; x++)
				due += (int)expected[k] == v ? s->became[k][x] : 0;
			right += (int)expected[k] == v ? s->became[k][v] : 0;
		}
		if (!due)
			continue;
		printf("%-14s %9.4f %9.4f\n", verdict_name((enum verdict)v), ratio(right, given), ratio(right, due));
		short_of += ratio(right, given) < 0.99 || ratio(right, due) < 0.99;
	}
	printf("%-14s %9.4f %9.4f\n", "source", ratio(s->source_right, s->source_given),
	       ratio(s->source_right, s->source_asked));
	printf("false alarms %.4f of %zu faithful quotations; negations and numbers passed as true: %zu\n",
	       ratio(alarms, faithful), faithful, passed);
	return short_of;
}

/* ---- main ------------------------------------------------------------------------------------------------------- */

static int run(const char *dir, const char *cables, size_t per_kind, uint64_t seed, bool verbose, struct err *e)
{
	struct import_options io = {0};
	struct import_summary sum;
	struct archive *ar = NULL;
	struct corpus c = {.seed = seed};
	struct trial t = {0};
	struct report rep = {0};
	struct tally tally = {0};
	int64_t began;
	int rc = archive_create(dir, e);

	if (rc == REFTEL_OK)
		rc = archive_open(dir, ARCHIVE_WRITE, 0, &ar, e);
	if (rc == REFTEL_OK)
		rc = import_paths(ar, &cables, 1, &io, &sum, e);
	if (rc == REFTEL_OK)
		rc = archive_each(ar, &(struct version_visit){text_take, NULL, &c}, e);
	if (rc == REFTEL_OK && c.texts.n < 2)
		rc = err_set(e, REFTEL_EINVAL, "%s: too few cables to take passages from", cables);
	if (rc != REFTEL_OK)
		goto out;
	trial_make(&c, per_kind, &t);
	printf("%zu passages of %d to %d words from %zu cables, seed %" PRIu64 "\n", t.story.n_quotations, WORDS_MIN,
	       WORDS_MAX, c.texts.n, seed);
	began = clock_ms();
	rc = check_story(ar, &t.story, &(struct check_options){.exhaustive = getenv("EXHAUSTIVE") != NULL}, &rep, e);
	if (rc != REFTEL_OK)
		goto out;
	tally_take(&t, &rep, verbose, &tally);
	printf("%.1f ms a quotation, searching all %zu cables\n\n",
	       (double)(clock_ms() - began) / (double)t.story.n_quotations, c.texts.n);
	tally_print(&tally);
out:
	report_free(&rep);
	arena_free(&t.arena);
	arena_free(&c.arena);
	archive_close(ar);
	return rc;
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/reftel-bench-quotes-XXXXXX";
	size_t per_kind = argc > 2 ? strtoul(argv[2], NULL, 10) : 250;
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	struct err e = {0};
	char sweep[128];
	int rc;

	if (argc < 2 || !per_kind || !seed) {
		fprintf(stderr, "usage: %s CABLES [PASSAGES_PER_KIND [SEED]]\n", argv[0]);
		return 2;
	}
	if (!mkdtemp(dir)) {
		perror("mkdtemp");
		return 3;
	}
	rc = run(dir, argv[1], per_kind, seed, getenv("VERBOSE") != NULL, &e);
	if (rc != REFTEL_OK)
		fprintf(stderr, "bench_quotes: %s\n", e.msg);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", dir);
	return system(sweep) != 0 || rc != REFTEL_OK ? 3 : 0;
}
