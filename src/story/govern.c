/*
 * Which citation governs which quotation: the one in its own sentence, else the last one before it, in the same
 * paragraph or earlier. And where a story calls quoted words by a marking.
 */
#include "story/story_priv.h"

/* The citations that begin inside a span, nearest to the quotation first: index, or -1. */
static int nearest_in(const struct reading *r, struct span where, struct span quote)
{
	uint32_t best = UINT32_MAX;
	int found = -1;

	for (size_t i = 0; i < r->citations.n; i++) {
		const struct citation *c = &r->citations.v[i];
		uint32_t distance;

		if (c->at.off >= where.end)
			break;
		if (c->at.off < where.off)
			continue;
		distance = c->at.off >= quote.end   ? c->at.off - quote.end
			   : quote.off >= c->at.end ? quote.off - c->at.end
						    : 0;
		if (distance < best) {
			best = distance;
			found = (int)i;
		}
	}
	return found;
}

static int last_before(const struct reading *r, uint32_t from, uint32_t off)
{
	int found = -1;

	for (size_t i = 0; i < r->citations.n && r->citations.v[i].at.off < off; i++)
		if (r->citations.v[i].at.off >= from)
			found = (int)i;
	return found;
}

/* The sentences that a quotation touches, as one span. */
static struct span sentences_of(const struct reading *r, struct span at)
{
	struct span first = r->sentences.v[sentence_at(r, at.off)].at;
	struct span last = r->sentences.v[sentence_at(r, at.end ? at.end - 1 : 0)].at;

	return (struct span){first.off, last.end};
}

static void govern_one(struct reading *r, struct quotation *q)
{
	const struct block *b = &r->s->blocks[block_at(r->s, q->at.off)];

	q->opener = sentences_of(r, q->at);
	q->citation = nearest_in(r, q->opener, q->at);
	q->near = q->citation >= 0;
	if (q->citation >= 0)
		return;
	q->citation = last_before(r, b->at.off, q->at.off);
	q->near = q->citation >= 0;
	if (q->citation < 0)
		q->citation = last_before(r, 0, q->at.off);
}

/* ---- markings ---------------------------------------------------------------------------------------------------- */

static bool is_marked_thing(struct str w)
{
	static const char *const words[] = {"passage", "paragraph",  "section",  "part",     "comment",  "note",
					    "words",   "assessment", "cable",    "telegram", "dispatch", "despatch",
					    "message", "memo",       "document", "summary",  "remark",   "line"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ieq(w, str_of(words[i])))
			return true;
	return false;
}

static int quotation_in(const struct reading *r, struct span sentence, uint32_t off)
{
	for (size_t i = 0; i < r->quotations.n; i++) {
		const struct quotation *q = &r->quotations.v[i];

		if (!q->skipped && q->at.off >= sentence.off && q->at.off < sentence.end && q->at.off >= off)
			return (int)i;
	}
	return -1;
}

/* "in a secret passage", "the secret cable says": a level word right before what it marks, and a quotation behind. */
static void claims_read(struct reading *r, const struct sentence *s)
{
	struct tokens t = text_tokens(r->a, str_sub(r->s->text, s->at.off, s->at.end), NULL, false);

	for (size_t i = 0; i + 1 < t.n; i++) {
		uint32_t off = s->at.off + t.v[i].off;
		struct classification c;
		int q;

		if (t.v[i].word.n < 5 || !class_parse(t.v[i].word, &c) || c.level == LEVEL_UNKNOWN ||
		    !is_marked_thing(t.v[i + 1].word) || in_quotation(r, off))
			continue;
		q = quotation_in(r, s->at, off);
		if (q >= 0)
			*VEC_PUSH(r->a, &r->claims) = (struct marking_claim){
				{off, s->at.off + t.v[i].end}, c.level, q, r->quotations.v[q].citation};
	}
}

void story_govern(struct reading *r)
{
	if (!r->sentences.n)
		return;
	for (size_t i = 0; i < r->quotations.n; i++)
		govern_one(r, &r->quotations.v[i]);
	for (size_t i = 0; i < r->sentences.n; i++)
		claims_read(r, &r->sentences.v[i]);
}
