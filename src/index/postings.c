/*
 * The cursor over a list: block by block, each unpacked when it is entered; blocks that are passed over are not read.
 * What is read is held against the file's bounds and the segment's number of documents, so that a damaged list ends
 * early and is said to be damaged, and nothing worse.
 */
#include "index/index_priv.h"

/* ---- blocks --------------------------------------------------------------------------------------------------------
 */

static bool fail(struct postings *p)
{
	segment_mark_damaged(p->s);
	p->doc = p->last = POSTINGS_END;
	p->block = p->n_blocks;
	p->n = p->i = 0;
	return false;
}

static uint32_t skip_last(const struct postings *p, uint32_t block)
{
	return p->n_blocks > 1 ? load32(p->skips + (size_t)block * SKIP_BYTES) : p->single_last;
}

static const uint8_t *block_at(const struct postings *p, uint32_t block)
{
	return p->blocks + (p->n_blocks > 1 ? load32(p->skips + (size_t)block * SKIP_BYTES + 4) : 0);
}

static const uint8_t *block_positions(const struct postings *p, uint32_t block)
{
	return p->positions + (p->n_blocks > 1 ? load32(p->skips + (size_t)block * SKIP_BYTES + 8) : 0);
}

static bool counts_read(struct postings *p);

/* Reads a block's documents; its counts only when they are asked for. */
static bool block_enter(struct postings *p, uint32_t block)
{
	uint32_t previous = block ? skip_last(p, block - 1) : UINT32_MAX;
	const uint8_t *at = block_at(p, block);
	uint64_t sum = 0;

	p->n = block + 1 < p->n_blocks ? POSTINGS_BLOCK : p->n_docs - block * POSTINGS_BLOCK;
	if (at > p->positions)
		return fail(p);
	p->counts_at = unpack(at, p->positions, p->n, p->docs);
	if (!p->counts_at)
		return fail(p);
	for (uint32_t i = 0; i < p->n; i++) {
		sum += (uint64_t)p->docs[i] + 1;
		p->docs[i] = previous + (uint32_t)sum;
	}
	/* From the one before the first, the sum must stay within the segment, and end where the skip says. */
	if ((block ? (uint64_t)previous + 1 : 0) + sum > p->s->f.n_docs)
		return fail(p);
	p->last = p->docs[p->n - 1];
	if (p->n_blocks > 1 && p->last != skip_last(p, block))
		return fail(p);
	p->block = block;
	p->counts_read = false;
	p->i = 0;
	p->doc = p->docs[0];
	return true;
}

static bool counts_read(struct postings *p)
{
	if (p->counts_read)
		return true;
	p->counts_read = true;
	if (!p->has_counts) {
		memset(p->counts, 0, sizeof(p->counts));
		return true;
	}
	return unpack(p->counts_at, p->positions, p->n, p->counts) || fail(p);
}

void postings_open(struct postings *p, const struct segment *s, const struct term *t)
{
	const uint8_t *at = s->p + t->at;
	size_t skips;

	p->s = s;
	p->n_docs = t->docs;
	p->n_blocks = (t->docs + POSTINGS_BLOCK - 1) / POSTINGS_BLOCK;
	p->has_counts = field_has_counts(t->field);
	p->skips = at;
	p->end = at + t->bytes;
	p->positions = at + t->positions_at;
	skips = p->n_blocks > 1 ? (size_t)p->n_blocks * SKIP_BYTES : 0;
	p->blocks = at + skips;
	p->peek = 0;
	p->single_last = POSTINGS_END;
	if (skips > (size_t)(p->positions - at) || !block_enter(p, 0)) {
		fail(p);
		return;
	}
	if (p->n_blocks == 1)
		p->single_last = p->last;
}

bool postings_next_block(struct postings *p)
{
	if (p->block + 1 >= p->n_blocks || !block_enter(p, p->block + 1)) {
		p->doc = POSTINGS_END;
		return false;
	}
	return true;
}

uint32_t postings_next(struct postings *p)
{
	if (p->doc == POSTINGS_END)
		return POSTINGS_END;
	if (++p->i < p->n)
		return p->doc = p->docs[p->i];
	if (p->block + 1 < p->n_blocks) {
		block_enter(p, p->block + 1);
		return p->doc;
	}
	return p->doc = POSTINGS_END;
}

/* The first block from `from` on that reaches doc; n_blocks: none. Near ones first, then by halves. */
static uint32_t block_find(const struct postings *p, uint32_t from, uint32_t doc)
{
	uint32_t step = 1, to;

	if (from >= p->n_blocks || skip_last(p, from) >= doc)
		return from;
	while (from + step < p->n_blocks && skip_last(p, from + step) < doc) {
		from += step;
		step *= 2;
	}
	to = from + step < p->n_blocks ? from + step : p->n_blocks;
	while (to - from > 1) { /* from does not reach it, to does or is the end */
		uint32_t middle = from + (to - from) / 2;

		if (skip_last(p, middle) < doc)
			from = middle;
		else
			to = middle;
	}
	return to;
}

uint32_t postings_seek(struct postings *p, uint32_t doc)
{
	if (p->doc >= doc)
		return p->doc;
	if (p->last < doc) {
		uint32_t block = block_find(p, p->block + 1, doc);

		if (block >= p->n_blocks)
			return p->doc = POSTINGS_END;
		if (!block_enter(p, block))
			return POSTINGS_END;
	}
	if (p->n == POSTINGS_BLOCK &&
	    p->docs[p->i + (POSTINGS_BLOCK - 1 - p->i) / 8] < doc) { /* far within the block */
		uint32_t from = p->i, to = p->n - 1;

		while (from < to) {
			uint32_t middle = (from + to) / 2;

			if (p->docs[middle] < doc)
				from = middle + 1;
			else
				to = middle;
		}
		p->i = from;
	}
	while (p->docs[p->i] < doc)
		p->i++;
	return p->doc = p->docs[p->i];
}

/* ---- what is known of a document --------------------------------------------------------------------------------- */

uint32_t postings_count_code(struct postings *p)
{
	return counts_read(p) ? p->counts[p->i] : 0;
}

uint32_t postings_count(struct postings *p)
{
	return counts_read(p) ? p->counts[p->i] / 2 + 1 : 0;
}

bool postings_in_subject(struct postings *p)
{
	return counts_read(p) && p->counts[p->i] & 1;
}

uint32_t postings_impact(struct postings *p)
{
	return counts_read(p) ? rank_impact_of(&p->s->rank, p->counts[p->i], segment_length(p->s, p->doc)) : 0;
}

static uint32_t single_best(struct postings *p)
{
	uint32_t best = 0;

	if (!counts_read(p))
		return 0;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t impact = rank_impact_of(&p->s->rank, p->counts[i], segment_length(p->s, p->docs[i]));

		best = impact > best ? impact : best;
	}
	return best;
}

uint32_t postings_peek(struct postings *p, uint32_t doc, uint32_t *best)
{
	if (p->doc == POSTINGS_END)
		return POSTINGS_END;
	if (p->n_blocks == 1) {
		*best = IMPACT_ONE;
		return p->last >= doc ? p->last : POSTINGS_END;
	}
	p->peek = block_find(p, p->peek > p->block ? p->peek : p->block, doc);
	if (p->peek >= p->n_blocks)
		return POSTINGS_END;
	*best = load16(p->skips + (size_t)p->peek * SKIP_BYTES + 12);
	return skip_last(p, p->peek);
}

uint32_t postings_best(const struct segment *s, const struct term *t)
{
	struct postings p;
	uint32_t best = 0;

	postings_open(&p, s, t);
	if (p.n_blocks == 1)
		return p.doc == POSTINGS_END ? 0 : single_best(&p);
	for (uint32_t b = 0; b < p.n_blocks && p.doc != POSTINGS_END; b++) {
		uint32_t x = load16(p.skips + (size_t)b * SKIP_BYTES + 12);

		best = x > best ? x : best;
	}
	return best;
}

/* ---- positions -----------------------------------------------------------------------------------------------------
 */

/* Positions of the documents [from, to) of the block. */
static uint64_t positions_of(const struct postings *p, uint32_t from, uint32_t to)
{
	uint64_t n = 0;

	for (uint32_t i = from; i < to; i++)
		n += p->counts[i] / 2 + 1;
	return n;
}

static size_t chunk_size(uint64_t total, uint64_t chunk)
{
	uint64_t left = total - chunk * POSTINGS_BLOCK;

	return left < POSTINGS_BLOCK ? (size_t)left : POSTINGS_BLOCK;
}

struct positions postings_positions(struct postings *p, struct arena *a)
{
	struct positions out = {0};
	uint32_t chunk[POSTINGS_BLOCK], at = 0;
	uint64_t total, before, left;
	const uint8_t *from;

	if (p->doc == POSTINGS_END || !counts_read(p))
		return out;
	before = positions_of(p, 0, p->i);
	total = before + positions_of(p, p->i, p->n);
	left = p->counts[p->i] / 2 + 1;
	from = block_positions(p, p->block);
	/* A byte can stand for a whole chunk of equal numbers, and for no more. */
	if (from > p->end || left > (uint64_t)(p->end - from) * POSTINGS_BLOCK || left > segment_length(p->s, p->doc))
		return fail(p), out;
	out.v = arena_new(a, uint32_t, left);
	for (uint64_t c = 0; left; c++) {
		size_t n = chunk_size(total, c), first = 0;

		if ((c + 1) * POSTINGS_BLOCK <= before) {
			from = pack_skip(from, p->end, n);
		} else {
			from = unpack(from, p->end, n, chunk);
			first = before > c * POSTINGS_BLOCK ? (size_t)(before - c * POSTINGS_BLOCK) : 0;
			for (size_t i = first; from && i < n && left; i++, left--) {
				at = out.n ? at + chunk[i] + 1 : chunk[i];
				out.v[out.n++] = at;
			}
		}
		if (!from)
			return fail(p), (struct positions){0};
	}
	return out;
}

struct positions postings_block_differences(struct postings *p, struct arena *a)
{
	struct positions out = {0};
	const uint8_t *from = block_positions(p, p->block);
	uint64_t total;

	if (p->doc == POSTINGS_END || !counts_read(p))
		return out;
	total = positions_of(p, 0, p->n);
	if (from > p->end || total > (uint64_t)(p->end - from) * POSTINGS_BLOCK)
		return fail(p), out;
	out.v = arena_new(a, uint32_t, total + POSTINGS_BLOCK);
	while (out.n < total) {
		size_t n = total - out.n < POSTINGS_BLOCK ? total - out.n : POSTINGS_BLOCK;

		from = unpack(from, p->end, n, out.v + out.n);
		if (!from)
			return fail(p), (struct positions){0};
		out.n += n;
	}
	return out;
}
