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
#include "passages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const enum verdict expected[N_PASSAGE_KINDS] = {
	VERDICT_VERBATIM, VERDICT_VERBATIM, VERDICT_ADAPTED, VERDICT_ADAPTED, VERDICT_ALTERED,
	VERDICT_ALTERED,  VERDICT_ALTERED,  VERDICT_ALTERED, VERDICT_ALTERED, VERDICT_NO_SOURCE,
};

/* ---- the cables -------------------------------------------------------------------------------------------------- */

static int text_take(void *ctx, const struct cable_version *v, struct err *e)
{
	(void)e;
	corpus_add(ctx, v->key, &v->cable);
	return 0;
}

/* ---- the story they make ----------------------------------------------------------------------------------------- */

struct question {
	enum passage_kind kind;
	int64_t key, second;
};

struct trial {
	struct arena arena;
	struct story story;
	struct question *questions;
};

static void trial_make(struct corpus *c, size_t per_kind, struct trial *t)
{
	size_t total = per_kind * N_PASSAGE_KINDS;
	struct buf text = {0};

	t->questions = arena_new(&t->arena, struct question, total);
	t->story.quotations = arena_new(&t->arena, struct quotation, total);
	for (int kind = 0; kind < N_PASSAGE_KINDS; kind++)
		for (size_t i = 0; i < per_kind; i++) {
			struct quotation *q = &t->story.quotations[t->story.n_quotations];
			struct passage_made p;

			while (!passage_make(c, (enum passage_kind)kind, &p))
				;
			t->questions[t->story.n_quotations++] =
				(struct question){(enum passage_kind)kind, p.key, p.second};
			q->parent = q->citation = -1;
			q->words.v = arena_new(&t->arena, struct span, 1);
			q->words.n = 1;
			q->words.v->off = (uint32_t)text.n;
			passage_write(c, (enum passage_kind)kind, &p, &text);
			q->words.v->end = (uint32_t)text.n;
			q->at = *q->words.v;
			buf_puts(&text, "\n\n");
		}
	t->story.text = t->story.raw = arena_str(&t->arena, buf_view(&text));
	buf_free(&text);
}

/* ---- what came of it --------------------------------------------------------------------------------------------- */

struct tally {
	size_t became[N_PASSAGE_KINDS][N_VERDICTS];
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

	printf("WRONG %s -> %s (%s): %.*s\n", passage_kind_name(q->kind), verdict_name(r->verdict), r->reason,
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
		if (q->kind == PASSAGE_INVENTED)
			continue;
		sum->source_asked++;
		if (names_key(r, q->key) || (q->second && names_key(r, q->second)))
			sum->source_right++;
		else if (verbose)
			printf("SOURCE %s: %.*s\n", passage_kind_name(q->kind),
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
	for (int k = 0; k < N_PASSAGE_KINDS; k++) {
		printf("%-14s", passage_kind_name((enum passage_kind)k));
		for (int v = 0; v < N_VERDICTS; v++)
			printf(" %13zu", s->became[k][v]);
		printf("\n");
		for (int v = 0; v < N_VERDICTS && k <= PASSAGE_GLOSSED; v++) {
			faithful += s->became[k][v];
			alarms += v > VERDICT_ADAPTED ? s->became[k][v] : 0;
		}
		if (k == PASSAGE_NEGATION || k == PASSAGE_NUMBER)
			passed += s->became[k][VERDICT_VERBATIM] + s->became[k][VERDICT_ADAPTED];
	}
	printf("\n%-14s %9s %9s\n", "verdict", "precision", "recall");
	for (int v = 0; v < N_VERDICTS; v++) {
		size_t given = 0, due = 0, right = 0;

		for (int k = 0; k < N_PASSAGE_KINDS; k++) {
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

/* ---- main -------------------------------------------------------------------------------------------------------- */

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
	printf("%zu passages of %d to %d words from %zu cables, seed %" PRIu64 "\n", t.story.n_quotations,
	       PASSAGE_WORDS_MIN, PASSAGE_WORDS_MAX, c.texts.n, seed);
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
