/*
 * The cursor over a list: block by block, each unpacked when it is entered; blocks that are passed over are not read.
 * What is read is held against the file's bounds and the segment's number of documents, so that a damaged list ends
 * early and is said to be damaged, and nothing worse.
 */
#include "index/index_priv.h"

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

/* From here on the list is at its end, and whoever asks for counts nevertheless is told of none. */
static bool fail(struct postings *p)
{
	segment_mark_damaged(p->s);
	p->doc = p->last = POSTINGS_END;
	p->block = p->n_blocks;
	p->n = p->i = 0;
	p->counts_read = true;
	memset(p->counts, 0, sizeof(p->counts));
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

/* Gaps that only a very large segment has, one by one. */
static bool wide_gaps_sum(struct postings *p, const uint8_t *at, uint32_t previous)
{
	uint64_t doc = previous;

	if (!unpack(at, p->positions, p->n, p->docs))
		return false;
	doc = doc == UINT32_MAX ? 0 : doc + 1; /* the first that is possible */
	for (uint32_t i = 0; i < p->n; i++, doc++) {
		doc += p->docs[i];
		if (doc >= p->s->f.n_docs)
			return false;
		p->docs[i] = (uint32_t)doc;
	}
	return true;
}

/* Reads a block's documents; its counts only when they are asked for. */
static bool block_enter(struct postings *p, uint32_t block)
{
	uint32_t previous = block ? skip_last(p, block - 1) : UINT32_MAX;
	const uint8_t *at = block_at(p, block);

	p->n = block + 1 < p->n_blocks ? POSTINGS_BLOCK : p->n_docs - block * POSTINGS_BLOCK;
	if (at > p->positions)
		return fail(p);
	p->counts_at = unpack(at, p->positions, p->n, p->docs);
	if (!p->counts_at || (block && previous >= p->s->f.n_docs))
		return fail(p);
	if (!gaps_sum(p->docs, p->n, previous) && !wide_gaps_sum(p, at, previous))
		return fail(p);
	/* The sums grew all the way: the last one says whether they stay within the segment. */
	p->last = p->docs[p->n - 1];
	if (p->last >= p->s->f.n_docs)
		return fail(p);
	if (p->n_blocks > 1 && p->last != skip_last(p, block))
		return fail(p);
	p->block = block;
	p->counts_read = p->total_read = false;
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
	if (!unpack(p->counts_at, p->positions, p->n, p->counts))
		return fail(p);
	for (uint32_t i = 0; i < p->n; i++)
		p->counts[i] = count_of_stored(p->counts[i]);
	return true;
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

/* Near blocks first, then by halves. */
uint32_t postings_block_find(const struct postings *p, uint32_t from, uint32_t doc)
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
		uint32_t block = postings_block_find(p, p->block + 1, doc);

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

bool postings_enter(struct postings *p, uint32_t block)
{
	bool ahead = block > p->block;
	uint32_t before = p->last;

	if (block == p->block && p->n)
		return true;
	if (!block_enter(p, block))
		return false;
	return !ahead || p->docs[0] > before || fail(p);
}

void postings_place(struct postings *p, uint32_t place, uint32_t doc)
{
	uint32_t block = place / POSTINGS_BLOCK;

	if (block != p->block) {
		const uint8_t *at = block_at(p, block);

		p->block = block;
		p->n = block + 1 < p->n_blocks ? POSTINGS_BLOCK : p->n_docs - block * POSTINGS_BLOCK;
		p->counts_read = p->total_read = false;
		p->counts_at = at < p->positions ? pack_skip(at, p->positions, p->n) : NULL;
		if (!p->counts_at) {
			fail(p);
			return;
		}
	}
	p->i = place % POSTINGS_BLOCK;
	p->doc = doc;
}

uint32_t postings_place_best(const struct postings *p, uint32_t place)
{
	return p->n_blocks > 1 ? load16(p->skips + (size_t)(place / POSTINGS_BLOCK) * SKIP_BYTES + 12) : IMPACT_ONE;
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
	return counts_read(p) && p->n ? rank_impact_of(&p->s->rank, p->counts[p->i], segment_length(p->s, p->doc)) : 0;
}

uint32_t postings_impact_alone(struct postings *p)
{
	uint32_t count = 0;

	if (p->counts_read)
		return postings_impact(p);
	if (p->has_counts && !pack_get(p->counts_at, p->positions, p->n, p->i, &count)) {
		fail(p);
		return 0;
	}
	return rank_impact_of(&p->s->rank, count_of_stored(count), segment_length(p->s, p->doc));
}

uint32_t postings_reach(struct postings *p, uint32_t last, uint32_t least, uint32_t *impact)
{
	while (p->doc <= last && counts_read(p)) {
		uint32_t i = p->i;

		for (; i < p->n && p->docs[i] <= last; i++) {
			*impact = rank_impact_of(&p->s->rank, p->counts[i], segment_length(p->s, p->docs[i]));
			if (*impact >= least) {
				p->i = i;
				return p->doc = p->docs[i];
			}
		}
		p->i = i - 1;
		postings_next(p);
	}
	return p->doc;
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
	p->peek = postings_block_find(p, p->peek > p->block ? p->peek : p->block, doc);
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

/* ---- positions --------------------------------------------------------------------------------------------------- */

/* Positions of the documents [from, to) of the block. */
static uint64_t positions_of(const struct postings *p, uint32_t from, uint32_t to)
{
	uint64_t n = to - from;

	for (uint32_t i = from; i < to; i++)
		n += p->counts[i] / 2;
	return n;
}

/* Reads how many positions the block has. */
static bool total_read(struct postings *p)
{
	uint64_t sum;

	if (p->total_read)
		return true;
	if (!counts_read(p))
		return false;
	sum = positions_of(p, 0, p->n);
	if (sum > UINT32_MAX)
		return fail(p);
	p->total = (uint32_t)sum;
	p->total_read = true;
	p->chunk = UINT32_MAX;
	p->chunk_end = block_positions(p, p->block);
	return p->chunk_end <= p->end || fail(p);
}

/* Chunk c of the block's positions, which are cut in chunks of a full pack each but for the last. */
static bool chunk_read(struct postings *p, uint32_t c)
{
	uint32_t next = p->chunk + 1, total = p->total;

	if (c == p->chunk)
		return true;
	if (c < next) {
		next = 0;
		p->chunk_end = block_positions(p, p->block);
	}
	for (; next < c && p->chunk_end; next++) /* all but the last are full */
		p->chunk_end = pack_skip(p->chunk_end, p->end, POSTINGS_BLOCK);
	if (p->chunk_end) {
		uint32_t left = total - c * POSTINGS_BLOCK;

		p->chunk_end =
			unpack(p->chunk_end, p->end, left < POSTINGS_BLOCK ? left : POSTINGS_BLOCK, p->chunk_values);
	}
	p->chunk = c;
	return p->chunk_end || fail(p);
}

struct positions postings_positions(struct postings *p, struct arena *a)
{
	struct positions out = {0};
	uint32_t from, left, length;
	uint64_t at = 0;

	if (p->doc == POSTINGS_END || !total_read(p))
		return out;
	from = (uint32_t)positions_of(p, 0, p->i);
	left = p->counts[p->i] / 2 + 1;
	length = segment_length(p->s, p->doc);
	/* A byte can stand for a whole chunk of equal numbers, and for no more. */
	if (left > (uint64_t)(p->end - p->positions) * POSTINGS_BLOCK || left > length)
		return fail(p), out;
	out.v = arena_alloc(a, (size_t)left * sizeof(*out.v));
	while (left) {
		uint32_t first = from % POSTINGS_BLOCK, n = POSTINGS_BLOCK - first;

		if (!chunk_read(p, from / POSTINGS_BLOCK))
			return (struct positions){0};
		n = n < left ? n : left;
		for (uint32_t i = first; i < first + n; i++) {
			at = out.n ? at + p->chunk_values[i] + 1 : p->chunk_values[i];
			out.v[out.n++] = (uint32_t)at;
		}
		from += n;
		left -= n;
	}
	if (at >= length) /* they only grow, so that all the others are within as well */
		return fail(p), (struct positions){0};
	return out;
}

struct positions postings_block_differences(struct postings *p, struct arena *a)
{
	struct positions out = {0};
	uint32_t total;

	if (p->doc == POSTINGS_END || !total_read(p))
		return out;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->counts[i] / 2 >= segment_length(p->s, p->docs[i]))
			return fail(p), out;
	total = p->total;
	if (total > (uint64_t)(p->end - p->positions) * POSTINGS_BLOCK)
		return fail(p), out;
	out.v = arena_new(a, uint32_t, (size_t)total);
	for (uint32_t c = 0; out.n < total; c++) {
		uint32_t n = total - c * POSTINGS_BLOCK < POSTINGS_BLOCK ? total - c * POSTINGS_BLOCK : POSTINGS_BLOCK;

		if (!chunk_read(p, c))
			return (struct positions){0};
		memcpy(out.v + out.n, p->chunk_values, n * sizeof(*out.v));
		out.n += n;
	}
	return out;
}
