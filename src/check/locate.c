/*
 * Where a quotation may stand. The index names candidates, and each is held against the quotation; versions that the
 * index does not know yet are all held against all quotations, which is slow and complete: there a version is passed
 * over only when the words it lacks make a sufficient score impossible.
 */
#include "check/check_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEEP_BEST = 8,          /* candidates kept whatever they score above the floor */
	FLOOR_PERCENT = 10,     /* of the full score: below that it is chance */
	NEAR_FULL_PERCENT = 80, /* of the full score: kept without limit, so that all the places are named */
	MISSING_WORD_COST = 40, /* see text/align */
	HIDDEN_WORD_COST = 4,   /* a word that a redaction may hide */
};

struct pass {
	struct checker *ck;
	struct progress progress;
	uint64_t done;
	uint32_t *stamp; /* stamp[id] == done: the word stands in the version at hand */
};

static int score_full(const struct quote_words *q)
{
	return (int)q->plain * ALIGN_SCORE_SAME;
}

/* No alignment scores more than this: a word that is not there costs at least what a missing word costs. */
static int score_bound(const struct pass *p, const struct quote_words *q, bool redacted)
{
	int sum = 0, missing = redacted ? HIDDEN_WORD_COST : MISSING_WORD_COST;

	for (size_t i = 0; i < q->n; i++) {
		if (q->kinds[i] == ALIGN_GAP)
			continue;
		if (p->stamp[q->ids[i]] == p->done)
			sum += ALIGN_SCORE_SAME;
		else if (q->kinds[i] == ALIGN_WORD)
			sum -= missing;
	}
	return sum;
}

static int by_score(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->score != b->score)
		return b->score - a->score;
	return (a->version > b->version) - (a->version < b->version);
}

/* What must be passed to get onto the list: the floor, or, once it is full, the least of the best. */
static int score_wanted(const struct located *l, const struct quote_words *q)
{
	int floor = score_full(q) * FLOOR_PERCENT / 100, near = score_full(q) * NEAR_FULL_PERCENT / 100;
	int least;

	if (l->v.n < KEEP_BEST)
		return floor;
	least = l->v.v[KEEP_BEST - 1].score;
	return least < near ? least + 1 : near;
}

static void keep(struct checker *ck, struct located *l, struct candidate c, int near)
{
	size_t i;

	VEC_PUSH(ck->arena, &l->v);
	for (i = l->v.n - 1; i > 0 && by_score(&c, &l->v.v[i - 1]) < 0; i--)
		l->v.v[i] = l->v.v[i - 1];
	l->v.v[i] = c;
	while (l->v.n > KEEP_BEST && l->v.v[l->v.n - 1].score < near)
		l->v.n--;
}

static void quotation_try(struct pass *p, size_t quotation, const struct cable_version *v, const struct body_words *b,
			  bool redacted)
{
	struct checker *ck = p->ck;
	const struct quote_words *q = &ck->quotes[quotation];
	struct located *l = &ck->located[quotation];
	int wanted = score_wanted(l, q), score;

	if (!q->plain || score_bound(p, q, redacted) < wanted)
		return;
	score = align_score(&ck->scratch, (struct align_run){q->ids, q->kinds, q->n},
			    (struct align_run){b->ids, b->kinds, b->tokens.n});
	if (score >= wanted)
		keep(ck, l, (struct candidate){.key = v->key, .version = v->version, .score = score},
		     score_full(q) * NEAR_FULL_PERCENT / 100);
}

/* ---- every version ----------------------------------------------------------------------------------------------- */

static void version_try(struct pass *p, const struct cable_version *v)
{
	struct checker *ck = p->ck;
	struct body_words b = body_words_read(&ck->scratch, &ck->vocab, &v->cable);
	bool redacted = false;

	p->done++;
	for (size_t i = 0; i < b.tokens.n; i++) {
		p->stamp[b.ids[i]] = (uint32_t)p->done;
		redacted |= b.kinds[i] == ALIGN_BLOT;
	}
	for (size_t i = 0; i < ck->story->n_quotations; i++)
		if (!ck->story->quotations[i].skipped)
			quotation_try(p, i, v, &b, redacted);
}

static int locate_slowly(struct checker *ck, const struct version_keys *keys, struct err *e)
{
	struct pass p = {.ck = ck};
	int rc = REFTEL_OK;

	p.stamp = arena_new(ck->arena, uint32_t, ck->vocab.words.n + 1);
	progress_open(&p.progress, ck->options->progress, "searching", "texts", keys->n);
	for (size_t i = 0; i < keys->n && rc == REFTEL_OK; i++) {
		struct cable_version v;
		struct err why;

		rc = checker_stopped(ck, e);
		if (rc != REFTEL_OK)
			break;
		if (archive_load(ck->ar, &ck->scratch, keys->v[i], &v, &why) == REFTEL_OK)
			version_try(&p, &v);
		else
			ck->report->damaged++;
		arena_reset(&ck->scratch);
		progress_at(&p.progress, i);
	}
	progress_done(&p.progress);
	return rc;
}

/* ---- by the index ------------------------------------------------------------------------------------------------ */

/* A quotation of fewer words is only looked for where the story says. */
enum { LOCATED_WORDS = 4 };

static void quotation_locate(struct checker *ck, struct locator *l, size_t quotation)
{
	const struct quote_words *q = &ck->quotes[quotation];
	struct arena a = {0};
	struct leads places = passages_find(l, q, &a);
	int full = score_full(q);

	for (size_t i = 0; i < places.n; i++) {
		const struct cached *v = checker_version(ck, places.v[i].version, NULL);
		int score;

		if (!v)
			continue; /* damaged, and counted there */
		score = align_score(&ck->scratch, (struct align_run){q->ids, q->kinds, q->n},
				    (struct align_run){v->words.ids, v->words.kinds, v->words.tokens.n});
		arena_reset(&ck->scratch);
		if (score >= score_wanted(&ck->located[quotation], q))
			keep(ck, &ck->located[quotation],
			     (struct candidate){.key = places.v[i].key, .version = places.v[i].version, .score = score},
			     full * NEAR_FULL_PERCENT / 100);
	}
	arena_free(&a);
}

static int locate_by_index(struct checker *ck, struct err *e)
{
	struct locator l;
	int rc = REFTEL_OK;

	locator_open(&l, ck->catalog);
	for (size_t i = 0; i < ck->story->n_quotations && rc == REFTEL_OK; i++) {
		rc = checker_stopped(ck, e);
		if (rc == REFTEL_OK && !ck->story->quotations[i].skipped && ck->quotes[i].plain >= LOCATED_WORDS)
			quotation_locate(ck, &l, i);
	}
	locator_close(&l);
	return rc == REFTEL_OK ? catalog_sound(ck->catalog, e) : rc;
}

int locate_all(struct checker *ck, struct err *e)
{
	struct version_keys keys;
	int64_t known = ck->options->exhaustive ? 0 : ck->catalog->last;
	int rc = archive_versions_after(ck->ar, ck->arena, known, &keys, e);

	if (rc == REFTEL_OK)
		rc = archive_counts(ck->ar, &ck->report->cables, &ck->report->versions, e);
	if (rc == REFTEL_OK && keys.n)
		rc = locate_slowly(ck, &keys, e);
	if (rc == REFTEL_OK && !ck->options->exhaustive)
		rc = locate_by_index(ck, e);
	return rc;
}
