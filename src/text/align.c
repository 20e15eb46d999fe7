/*
 * The alignment of two runs of words, by dynamic programming (Needleman and Wunsch 1970 for two whole runs; Sellers
 * 1980 for one on a stretch of another). Gaps, glosses, page lines and redactions are moves of their own, so that what
 * costs nothing for a reader costs nothing here.
 */
#include "text/text.h"

#include <limits.h>
#include <string.h>

enum {
	SAME = ALIGN_SCORE_SAME,
	DIFFERENT = -40, /* a word for another */
	ALONE = -44,     /* a word missing or added: a little worse, so that words are paired where they can be */
	GAP_WORD = -1,   /* a word behind an ellipsis: the near continuation is the likelier */
	GAP_MOST = -256, /* but far ones are continuations too */
	BLOT_WORD = -12, /* a word that a redaction may hide */
	NEVER = INT_MIN / 2,
};

/* How a cell was reached. */
enum move { FROM_NOTHING, BOTH, SKIP_A, SKIP_B, GAP_NEAR, GAP_FAR, BLOT_FIRST, BLOT_MORE };

static uint8_t kind_of(struct align_run r, size_t i)
{
	return r.kinds ? r.kinds[i] : ALIGN_WORD;
}

static int skip_a_cost(uint8_t kind)
{
	return kind == ALIGN_WORD ? ALONE : 0;
}

static int skip_b_cost(uint8_t kind)
{
	return kind == ALIGN_WORD ? ALONE : 0;
}

static int both_cost(struct align_run a, size_t i, struct align_run b, size_t j)
{
	if (a.ids[i] && a.ids[i] == b.ids[j])
		return SAME;
	return kind_of(a, i) == ALIGN_WORD && kind_of(b, j) == ALIGN_WORD ? DIFFERENT : NEVER;
}

/* ---- the score alone: two rows ----------------------------------------------------------------------------------- */

/* An ellipsis stands for words of the cable, not for what is struck out of it: no redaction goes on over it. */
static void blots_close(int *blot, size_t n)
{
	for (size_t j = 0; j < n; j++)
		blot[j] = NEVER;
}

/* The row of an ellipsis: from any column to its left, dearer with the distance up to a bound. */
static void gap_row(const int *prev, int *cur, const int *skip_b, size_t n)
{
	int near = NEVER, far = NEVER;

	for (size_t j = 0; j <= n; j++) {
		near += j && !skip_b[j - 1] ? 0 : GAP_WORD;
		near = prev[j] > near ? prev[j] : near;
		far = prev[j] + GAP_MOST > far ? prev[j] + GAP_MOST : far;
		cur[j] = near > far ? near : far;
	}
}

struct score_rows {
	int *prev, *cur, *blot; /* blot[j]: ends inside the redaction at column j */
	int *skip_b;
	bool any_blot;
};

static void word_row(struct align_run a, size_t i, struct align_run b, struct score_rows *r, bool last)
{
	const uint32_t id = a.ids[i] ? a.ids[i] : UINT32_MAX;
	const int up = skip_a_cost(kind_of(a, i)), different = kind_of(a, i) == ALIGN_WORD ? DIFFERENT : NEVER;
	const int *prev = r->prev, *skip_b = r->skip_b;
	int left = prev[0] + up;

	r->cur[0] = left;
	for (size_t j = 0; j < b.n; j++) {
		int diagonal = prev[j] + (b.ids[j] == id ? SAME : skip_b[j] ? different : NEVER);
		int best = prev[j + 1] + up, across = last ? NEVER : left + skip_b[j];

		best = diagonal > best ? diagonal : best;
		best = across > best ? across : best;
		if (r->any_blot && kind_of(b, j) == ALIGN_BLOT) {
			int more = r->blot[j] + BLOT_WORD, first = prev[j] + BLOT_WORD;

			r->blot[j] = first > more ? first : more;
			best = r->blot[j] > best ? r->blot[j] : best;
		}
		r->cur[j + 1] = left = best;
	}
}

static void score_rows_open(struct arena *mem, struct align_run b, struct score_rows *r)
{
	r->prev = arena_new(mem, int, b.n + 1);
	r->cur = arena_new(mem, int, b.n + 1);
	r->skip_b = arena_new(mem, int, b.n + 1);
	r->blot = arena_new(mem, int, b.n + 1);
	r->any_blot = false;
	for (size_t j = 0; j < b.n; j++) {
		r->skip_b[j] = skip_b_cost(kind_of(b, j));
		r->any_blot |= kind_of(b, j) == ALIGN_BLOT;
		r->blot[j] = NEVER;
	}
}

int align_score(struct arena *mem, struct align_run a, struct align_run b)
{
	struct score_rows r;
	int best = NEVER;

	score_rows_open(mem, b, &r);
	for (size_t i = 0; i < a.n; i++) {
		int *swap = r.prev;

		if (kind_of(a, i) == ALIGN_GAP) {
			gap_row(r.prev, r.cur, r.skip_b, b.n);
			blots_close(r.blot, b.n);
		} else {
			word_row(a, i, b, &r, i + 1 == a.n);
		}
		r.prev = r.cur;
		r.cur = swap;
	}
	for (size_t j = 0; j <= b.n; j++)
		best = r.prev[j] > best ? r.prev[j] : best;
	return a.n ? best : 0;
}

/* ---- with the trace ---------------------------------------------------------------------------------------------- */

struct trace {
	struct align_run a, b;
	uint8_t *moves;   /* (a.n + 1) rows of (b.n + 1) */
	uint8_t *in_blot; /* as many: how a cell inside a redaction was reached; NULL: b has none */
	uint32_t **far;   /* of an ellipsis's row: the column from which the far jump came; else NULL */
	int *prev, *cur, *blot;
	int *skip_b; /* what passing over a word of b costs */
};

static void consider(int score, enum move move, int *best, uint8_t *how)
{
	if (score > *best) {
		*best = score;
		*how = (uint8_t)move;
	}
}

static void trace_gap_row(struct arena *mem, struct trace *t, size_t i)
{
	uint8_t *how = t->moves + i * (t->b.n + 1);
	int far = NEVER;
	uint32_t from = 0;

	t->far[i] = arena_new(mem, uint32_t, t->b.n + 1);
	for (size_t j = 0; j <= t->b.n; j++) {
		int best = NEVER;

		if (t->prev[j] + GAP_MOST > far) {
			far = t->prev[j] + GAP_MOST;
			from = (uint32_t)j;
		}
		consider(t->prev[j], SKIP_A, &best, &how[j]);
		if (j)
			consider(t->cur[j - 1] + (skip_b_cost(kind_of(t->b, j - 1)) ? GAP_WORD : 0), GAP_NEAR, &best,
				 &how[j]);
		consider(far, GAP_FAR, &best, &how[j]);
		t->far[i][j] = from;
		t->cur[j] = best;
	}
}

/* The loop that a check spends its time in: what is the same for a whole row is looked up before it. */
static void trace_word_row(struct trace *t, size_t i)
{
	const uint32_t id = t->a.ids[i - 1] ? t->a.ids[i - 1] : UINT32_MAX;
	const uint8_t kind = kind_of(t->a, i - 1);
	const int up = skip_a_cost(kind), different = kind == ALIGN_WORD ? DIFFERENT : NEVER;
	const int *prev = t->prev, *skip_b = t->skip_b;
	uint8_t *how = t->moves + i * (t->b.n + 1), *in_blot = t->in_blot ? t->in_blot + i * (t->b.n + 1) : NULL;
	const bool last = i == t->a.n;
	int left = prev[0] + up;

	t->cur[0] = left;
	how[0] = SKIP_A;
	for (size_t j = 1; j <= t->b.n; j++) {
		int best = prev[j - 1] + (t->b.ids[j - 1] == id ? SAME : skip_b[j - 1] ? different : NEVER);
		int above = prev[j] + up, across = last ? NEVER : left + skip_b[j - 1];
		uint8_t move = BOTH;

		if (in_blot && kind_of(t->b, j - 1) == ALIGN_BLOT) {
			int first = prev[j - 1] + BLOT_WORD, more = t->blot[j] + BLOT_WORD;

			in_blot[j] = first >= more ? BLOT_FIRST : BLOT_MORE;
			t->blot[j] = first >= more ? first : more;
			consider(t->blot[j], (enum move)in_blot[j], &best, &move);
		}
		move = above > best ? SKIP_A : move;
		best = above > best ? above : best;
		move = across > best ? SKIP_B : move;
		best = across > best ? across : best;
		how[j] = move;
		t->cur[j] = left = best;
	}
}

static bool any_blot(struct align_run r)
{
	bool any = false;

	for (size_t i = 0; i < r.n; i++)
		any |= kind_of(r, i) == ALIGN_BLOT;
	return any;
}

static void trace_fill(struct arena *mem, struct trace *t)
{
	size_t width = t->b.n + 1;

	t->moves = arena_alloc(mem, (t->a.n + 1) * width);
	if (any_blot(t->b))
		t->in_blot = arena_alloc(mem, (t->a.n + 1) * width);
	t->far = arena_new(mem, uint32_t *, t->a.n + 1);
	t->skip_b = arena_new(mem, int, width);
	for (size_t j = 0; j < t->b.n; j++)
		t->skip_b[j] = skip_b_cost(kind_of(t->b, j));
	t->prev = arena_new(mem, int, width);
	t->cur = arena_new(mem, int, width);
	t->blot = arena_new(mem, int, width);
	blots_close(t->blot, width);
	for (size_t i = 1; i <= t->a.n; i++) {
		int *swap = t->prev;

		if (kind_of(t->a, i - 1) == ALIGN_GAP) {
			trace_gap_row(mem, t, i);
			blots_close(t->blot, width);
		} else {
			trace_word_row(t, i);
		}
		t->prev = t->cur;
		t->cur = swap;
	}
}

static void step_add(struct arena *mem, struct alignment *al, size_t *cap, enum align_op op, bool free, size_t a,
		     size_t b)
{
	if (al->n == *cap)
		al->v = vec_grow(mem, al->v, sizeof(*al->v), al->n, cap);
	al->v[al->n++] = (struct align_step){.op = op, .free = free, .a = (uint32_t)a, .b = (uint32_t)b};
}

/* Walks back from the end of a at column j; steps come out last first. */
static void trace_walk(struct arena *mem, const struct trace *t, size_t j, struct alignment *al)
{
	size_t i = t->a.n, cap = 0, from;

	al->b_to = (uint32_t)j;
	while (i > 0) {
		switch (t->moves[i * (t->b.n + 1) + j]) {
		case BOTH:
			i--, j--;
			step_add(mem, al, &cap, t->a.ids[i] && t->a.ids[i] == t->b.ids[j] ? ALIGN_SAME : ALIGN_CHANGE,
				 false, i, j);
			break;
		case SKIP_A:
			i--;
			step_add(mem, al, &cap, ALIGN_ONLY_A, kind_of(t->a, i) != ALIGN_WORD, i, j);
			break;
		case SKIP_B:
			j--;
			step_add(mem, al, &cap, ALIGN_ONLY_B, kind_of(t->b, j) != ALIGN_WORD, i, j);
			break;
		case GAP_NEAR:
			j--;
			step_add(mem, al, &cap, ALIGN_ONLY_B, true, i - 1, j);
			break;
		case GAP_FAR:
			for (from = t->far[i][j]; j > from;) {
				j--;
				step_add(mem, al, &cap, ALIGN_ONLY_B, true, i - 1, j);
			}
			i--;
			step_add(mem, al, &cap, ALIGN_ONLY_A, true, i, j);
			break;
		case BLOT_FIRST:
		case BLOT_MORE:
			while (i > 0) {
				bool first = !t->in_blot || t->in_blot[i * (t->b.n + 1) + j] == BLOT_FIRST;

				i--;
				step_add(mem, al, &cap, ALIGN_ONLY_A, true, i, j - 1);
				if (first)
					break;
			}
			j--;
			step_add(mem, al, &cap, ALIGN_ONLY_B, true, i, j);
			break;
		default:
			i = 0; /* cannot be: every cell of a row was reached */
		}
	}
	al->b_from = (uint32_t)j;
}

static void steps_reverse_and_count(struct alignment *al)
{
	for (size_t i = 0; i < al->n / 2; i++) {
		struct align_step swap = al->v[i];

		al->v[i] = al->v[al->n - 1 - i];
		al->v[al->n - 1 - i] = swap;
	}
	for (size_t i = 0; i < al->n; i++) {
		const struct align_step *s = &al->v[i];

		al->same += s->op == ALIGN_SAME;
		al->changed += s->op == ALIGN_CHANGE;
		al->only_a += s->op == ALIGN_ONLY_A && !s->free;
		al->only_b += s->op == ALIGN_ONLY_B && !s->free;
	}
}

struct alignment align_local(struct arena *mem, struct align_run a, struct align_run b)
{
	struct trace t = {.a = a, .b = b};
	struct alignment al = {0};
	size_t end = 0;

	if (!a.n)
		return al;
	trace_fill(mem, &t);
	for (size_t j = 1; j <= b.n; j++)
		if (t.prev[j] > t.prev[end])
			end = j;
	al.score = t.prev[end];
	trace_walk(mem, &t, end, &al);
	steps_reverse_and_count(&al);
	return al;
}

/* ---- both wholly ------------------------------------------------------------------------------------------------- */

static bool in_band(size_t i, size_t j, size_t band)
{
	return !band || (i > j ? i - j : j - i) <= band;
}

static void global_fill(struct arena *mem, struct align_run a, struct align_run b, size_t band, uint8_t *how,
			int *score)
{
	int *prev = arena_new(mem, int, b.n + 1), *cur = arena_new(mem, int, b.n + 1);

	for (size_t i = 0; i <= a.n; i++) {
		int *swap = prev;

		for (size_t j = 0; j <= b.n; j++) {
			int best = i || j ? NEVER : 0;
			uint8_t *h = &how[i * (b.n + 1) + j];

			if (in_band(i, j, band)) {
				if (i && j)
					consider(prev[j - 1] + both_cost(a, i - 1, b, j - 1), BOTH, &best, h);
				if (i)
					consider(prev[j] + ALONE, SKIP_A, &best, h);
				if (j)
					consider(cur[j - 1] + ALONE, SKIP_B, &best, h);
			}
			cur[j] = best;
		}
		prev = cur;
		cur = swap;
	}
	*score = prev[b.n];
}

struct alignment align_global(struct arena *mem, struct align_run a, struct align_run b, size_t band)
{
	uint8_t *how = arena_alloc(mem, (a.n + 1) * (b.n + 1));
	size_t i = a.n, j = b.n, cap = 0, longer = a.n > b.n ? a.n - b.n : b.n - a.n;
	struct alignment al = {.b_to = (uint32_t)b.n};

	if (band && band < longer)
		band = longer; /* a narrower one has no way to the end */
	global_fill(mem, a, b, band, how, &al.score);
	while (i || j) {
		switch (how[i * (b.n + 1) + j]) {
		case BOTH:
			i--, j--;
			step_add(mem, &al, &cap, a.ids[i] && a.ids[i] == b.ids[j] ? ALIGN_SAME : ALIGN_CHANGE, false, i,
				 j);
			break;
		case SKIP_A:
			i--;
			step_add(mem, &al, &cap, ALIGN_ONLY_A, false, i, j);
			break;
		default:
			j--;
			step_add(mem, &al, &cap, ALIGN_ONLY_B, false, i, j);
		}
	}
	steps_reverse_and_count(&al);
	return al;
}
