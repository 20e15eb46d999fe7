/*
 * Word diff of two texts. What begins and ends alike is cut off; between, words that stand once in both are anchors
 * (Bram Cohen's patience diff), so that only short stretches are left for the alignment and long texts stay cheap.
 */
#include "text/text.h"

#include <string.h>

enum { LEAF_CELLS_MAX = 1 << 22 }; /* a stretch without anchors larger than this is shown as replaced */

struct side {
	struct tokens t;
	uint32_t *ids;
};

struct range {
	uint32_t a, a_end, b, b_end;
};

struct differ {
	struct arena *mem;
	struct side a, b;
	uint32_t *count_a, *count_b, *where_b; /* by word id, for the range at hand */
	VEC(struct range) todo;                /* the next on top */
	VEC(struct diff_span) out;
};

/* ---- output ------------------------------------------------------------------------------------------------------ */

static void emit(struct differ *d, enum align_op op, struct range r)
{
	struct diff_span s = {.op = op};
	struct diff_span *last = d->out.n ? &d->out.v[d->out.n - 1] : NULL;

	if (r.a < r.a_end) {
		s.a_off = d->a.t.v[r.a].off;
		s.a_end = d->a.t.v[r.a_end - 1].end;
	}
	if (r.b < r.b_end) {
		s.b_off = d->b.t.v[r.b].off;
		s.b_end = d->b.t.v[r.b_end - 1].end;
	}
	if (r.a == r.a_end && r.b == r.b_end)
		return;
	if (last && last->op == op) {
		if (op != ALIGN_ONLY_B)
			last->a_end = s.a_end;
		if (op != ALIGN_ONLY_A)
			last->b_end = s.b_end;
		return;
	}
	*VEC_PUSH(d->mem, &d->out) = s;
}

static void emit_replaced(struct differ *d, struct range r)
{
	emit(d, ALIGN_ONLY_A, (struct range){r.a, r.a_end, r.b, r.b});
	emit(d, ALIGN_ONLY_B, (struct range){r.a_end, r.a_end, r.b, r.b_end});
}

static void emit_leaf(struct differ *d, struct range r)
{
	struct range changed = {r.a, r.a, r.b, r.b};
	struct arena mem = {0};
	struct alignment al;

	if ((uint64_t)(r.a_end - r.a + 1) * (r.b_end - r.b + 1) > LEAF_CELLS_MAX) {
		emit_replaced(d, r);
		return;
	}
	al = align_global(&mem, (struct align_run){d->a.ids + r.a, NULL, r.a_end - r.a},
			  (struct align_run){d->b.ids + r.b, NULL, r.b_end - r.b}, 0);
	for (size_t i = 0; i < al.n; i++) {
		const struct align_step *s = &al.v[i];

		if (s->op != ALIGN_SAME) {
			changed.a_end += s->op != ALIGN_ONLY_B;
			changed.b_end += s->op != ALIGN_ONLY_A;
			continue;
		}
		emit_replaced(d, changed);
		changed = (struct range){r.a + s->a, r.a + s->a + 1, r.b + s->b, r.b + s->b + 1};
		emit(d, ALIGN_SAME, changed);
		changed = (struct range){changed.a_end, changed.a_end, changed.b_end, changed.b_end};
	}
	emit_replaced(d, changed);
	arena_free(&mem);
}

/* ---- anchors ----------------------------------------------------------------------------------------------------- */

struct anchor {
	uint32_t a, b;
	uint32_t before; /* index + 1 of the anchor below it in the longest rising run */
};

/* Words that stand once on either side, in a's order. */
static size_t anchors_find(struct differ *d, struct range r, struct anchor *out)
{
	size_t n = 0;

	for (uint32_t i = r.a; i < r.a_end; i++)
		d->count_a[d->a.ids[i]]++;
	for (uint32_t i = r.b; i < r.b_end; i++) {
		d->count_b[d->b.ids[i]]++;
		d->where_b[d->b.ids[i]] = i;
	}
	for (uint32_t i = r.a; i < r.a_end; i++) {
		uint32_t id = d->a.ids[i];

		if (d->count_a[id] == 1 && d->count_b[id] == 1)
			out[n++] = (struct anchor){i, d->where_b[id], 0};
	}
	for (uint32_t i = r.a; i < r.a_end; i++)
		d->count_a[d->a.ids[i]] = 0;
	for (uint32_t i = r.b; i < r.b_end; i++)
		d->count_b[d->b.ids[i]] = 0;
	return n;
}

/* The longest run of anchors that rises in b as well (patience sorting); returns the last one's index + 1. */
static uint32_t anchors_chain(struct anchor *v, size_t n, uint32_t *piles)
{
	size_t tops = 0;

	for (size_t i = 0; i < n; i++) {
		size_t low = 0, high = tops;

		while (low < high) {
			size_t mid = (low + high) / 2;

			if (v[piles[mid] - 1].b < v[i].b)
				low = mid + 1;
			else
				high = mid;
		}
		v[i].before = low ? piles[low - 1] : 0;
		piles[low] = (uint32_t)i + 1;
		tops = low == tops ? tops + 1 : tops;
	}
	return tops ? piles[tops - 1] : 0;
}

/* Splits r at its anchors and puts the parts on the stack, the first on top; false when it has none. */
static bool split(struct differ *d, struct range r)
{
	struct arena mem = {0};
	size_t most = r.a_end - r.a;
	struct anchor *v = arena_new(&mem, struct anchor, most + 1);
	size_t n = anchors_find(d, r, v);
	uint32_t at = anchors_chain(v, n, arena_new(&mem, uint32_t, n + 1));
	bool any = at != 0;

	/* From the last to the first: each push is what lies behind an anchor, with the anchor in front of it. */
	while (at) {
		const struct anchor *x = &v[at - 1];

		*VEC_PUSH(d->mem, &d->todo) = (struct range){x->a, r.a_end, x->b, r.b_end};
		r.a_end = x->a;
		r.b_end = x->b;
		at = x->before;
	}
	if (any)
		*VEC_PUSH(d->mem, &d->todo) = r;
	arena_free(&mem);
	return any;
}

static void range_take(struct differ *d, struct range r)
{
	struct range head = {r.a, r.a, r.b, r.b}, tail = {r.a_end, r.a_end, r.b_end, r.b_end};

	while (head.a_end < r.a_end && head.b_end < r.b_end && d->a.ids[head.a_end] == d->b.ids[head.b_end])
		head.a_end++, head.b_end++;
	emit(d, ALIGN_SAME, head);
	r.a = head.a_end;
	r.b = head.b_end;
	while (tail.a > r.a && tail.b > r.b && d->a.ids[tail.a - 1] == d->b.ids[tail.b - 1])
		tail.a--, tail.b--;
	r.a_end = tail.a;
	r.b_end = tail.b;
	if (tail.a < tail.a_end)
		*VEC_PUSH(d->mem, &d->todo) = tail; /* taken up again as a range that is all the same */
	if (r.a == r.a_end || r.b == r.b_end)
		emit_replaced(d, r);
	else if (!split(d, r))
		emit_leaf(d, r);
}

static void side_read(struct arena *mem, struct str text, struct vocab *v, struct side *s)
{
	s->t = text_tokens(mem, text, v, true);
	s->ids = arena_new(mem, uint32_t, s->t.n + 1);
	for (size_t i = 0; i < s->t.n; i++)
		s->ids[i] = s->t.v[i].id;
}

struct diff text_diff(struct arena *mem, struct str a, struct str b)
{
	struct differ d = {.mem = mem};
	struct vocab v = {0};

	side_read(mem, a, &v, &d.a);
	side_read(mem, b, &v, &d.b);
	d.count_a = arena_new(mem, uint32_t, v.words.n + 1);
	d.count_b = arena_new(mem, uint32_t, v.words.n + 1);
	d.where_b = arena_new(mem, uint32_t, v.words.n + 1);
	*VEC_PUSH(mem, &d.todo) = (struct range){0, (uint32_t)d.a.t.n, 0, (uint32_t)d.b.t.n};
	while (d.todo.n)
		range_take(&d, d.todo.v[--d.todo.n]);
	vocab_free(&v);
	return (struct diff){d.out.v, d.out.n};
}
