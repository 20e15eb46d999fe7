/*
 * Where a quotation may stand: every version in the archive is held against every quotation. Slow and complete. A
 * version is passed over only when the words it lacks make a sufficient score impossible.
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
	VEC(struct str) posts;
	uint64_t cables;
	int64_t last_key;
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

static void post_note(struct pass *p, const struct cable *c)
{
	struct str post = str_of(c->mrn.post);

	for (size_t i = 0; i < p->posts.n; i++)
		if (str_eq(p->posts.v[i], post))
			return;
	if (post.n)
		*VEC_PUSH(p->ck->arena, &p->posts) = arena_str(p->ck->arena, post);
}

static int version_try(void *ctx, const struct cable_version *v, struct err *e)
{
	struct pass *p = ctx;
	struct checker *ck = p->ck;
	struct body_words b = body_words_read(&ck->scratch, &ck->vocab, &v->cable);
	bool redacted = false;

	if (ck->options->stop && *ck->options->stop)
		return err_set(e, REFTEL_EINTR, "the check was stopped");
	p->done++;
	p->cables += v->key != p->last_key;
	p->last_key = v->key;
	for (size_t i = 0; i < b.tokens.n; i++) {
		p->stamp[b.ids[i]] = (uint32_t)p->done;
		redacted |= b.kinds[i] == ALIGN_BLOT;
	}
	ck->has_numbers |= v->cable.running_number != 0;
	post_note(p, &v->cable);
	for (size_t i = 0; i < ck->story->n_quotations; i++)
		if (!ck->story->quotations[i].skipped)
			quotation_try(p, i, v, &b, redacted);
	arena_reset(&ck->scratch);
	progress_at(&p->progress, p->done);
	return 0;
}

static void version_damaged(void *ctx, int64_t version, const struct err *why)
{
	struct pass *p = ctx;

	(void)version;
	(void)why;
	p->ck->report->damaged++;
}

int locate_all(struct checker *ck, struct err *e)
{
	struct pass p = {.ck = ck, .last_key = -1};
	struct archive_status st = {0};
	int rc = archive_status(ck->ar, &st, e);

	if (rc != REFTEL_OK)
		return rc;
	p.stamp = arena_new(ck->arena, uint32_t, ck->vocab.words.n + 1);
	progress_open(&p.progress, ck->options->progress, "searching", "texts", st.versions);
	rc = archive_each(ck->ar, &(struct version_visit){version_try, version_damaged, &p}, e);
	progress_done(&p.progress);
	ck->report->versions = p.done;
	ck->report->cables = p.cables;
	ck->posts = p.posts.v;
	ck->n_posts = p.posts.n;
	return rc;
}
