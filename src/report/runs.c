/*
 * Texts cut into runs by what the comparison found, and made fit to be shown.
 */
#include "report/report.h"

#include <string.h>

typedef VEC(struct run) run_vec;

const char *report_verdict_phrase(enum verdict v)
{
	static const char *const phrases[N_VERDICTS] = {
		[VERDICT_VERBATIM] = "the same words",
		[VERDICT_ADAPTED] = "changed, and the changes are marked",
		[VERDICT_ALTERED] = "the words differ",
		[VERDICT_MISATTRIBUTED] = "they stand in another cable",
		[VERDICT_NOT_HELD] = "the cited cable is not here",
		[VERDICT_NO_SOURCE] = "no cable here has these words",
		[VERDICT_TOO_SHORT] = "too short to be looked for",
	};

	return phrases[v];
}

const char *report_sign(enum verdict v)
{
	static const char *const signs[N_VERDICTS] = {
		[VERDICT_VERBATIM] = "=",           [VERDICT_ADAPTED] = "\u2248", [VERDICT_ALTERED] = "\u2260",
		[VERDICT_MISATTRIBUTED] = "\u2194", [VERDICT_NOT_HELD] = "?",     [VERDICT_NO_SOURCE] = "\u2205",
		[VERDICT_TOO_SHORT] = "\u2026",
	};

	return signs[v];
}

bool report_wants_eye(const struct quote_result *q)
{
	return q->verdict == VERDICT_ALTERED || q->verdict == VERDICT_MISATTRIBUTED || q->verdict == VERDICT_NO_SOURCE;
}

struct str report_quotation_text(const struct report *r, const struct quote_result *q)
{
	const struct quotation *x = &r->story->quotations[q->quotation];

	return x->words.n ? str_sub(r->story->text, x->words.v[0].off, x->words.v[x->words.n - 1].end) : STR("");
}

/* Adds text[from, to), merged with the run before when the mark is the same. */
static void run_add(struct arena *a, run_vec *v, struct str text, uint32_t from, uint32_t to, enum mark mark)
{
	struct run *last = v->n ? &v->v[v->n - 1] : NULL;
	struct str s = str_sub(text, from, to);

	if (!s.n)
		return;
	if (last && last->mark == mark && last->text.p + last->text.n == s.p)
		last->text.n += s.n;
	else
		*VEC_PUSH(a, v) = (struct run){s, mark};
}

static enum mark story_mark(const struct piece *p)
{
	switch (p->kind) {
	case PIECE_CHANGED:
	case PIECE_ADDED:
		return MARK_DIFFERS;
	case PIECE_GLOSS:
		return MARK_GLOSS;
	case PIECE_REDACTED:
		return MARK_HIDDEN;
	default:
		return MARK_NONE;
	}
}

static enum mark cable_mark(const struct piece *p)
{
	switch (p->kind) {
	case PIECE_CHANGED:
	case PIECE_DROPPED:
		return MARK_DIFFERS;
	case PIECE_ELLIPSIS:
		return MARK_LEFT_OUT;
	case PIECE_GLOSS:
		return MARK_GLOSS;
	case PIECE_DOUBLED:
	case PIECE_ARTEFACT:
		return MARK_DIM;
	case PIECE_REDACTED:
		return MARK_HIDDEN;
	default:
		return MARK_NONE;
	}
}

struct runs report_story_runs(struct arena *a, const struct report *r, const struct quote_result *q)
{
	const struct spans *words = &r->story->quotations[q->quotation].words;
	struct str text = r->story->text;
	uint32_t at, end;
	run_vec v = {0};

	if (!words->n)
		return (struct runs){0};
	at = words->v[0].off;
	end = words->v[words->n - 1].end;
	for (size_t i = 0; i < q->n_pieces; i++) {
		const struct piece *p = &q->pieces[i];

		if (p->story.off == p->story.end || p->story.off < at || story_mark(p) == MARK_NONE)
			continue;
		run_add(a, &v, text, at, p->story.off, MARK_NONE);
		run_add(a, &v, text, p->story.off, p->story.end, story_mark(p));
		at = p->story.end;
	}
	run_add(a, &v, text, at, end, MARK_NONE);
	return (struct runs){v.v, v.n};
}

struct runs report_cable_runs(struct arena *a, const struct quote_result *q)
{
	struct str text = q->passage.text;
	uint32_t base = q->passage.at.off, at = 0;
	run_vec v = {0};

	for (size_t i = 0; i < q->n_pieces; i++) {
		const struct piece *p = &q->pieces[i];

		if (p->cable.off == p->cable.end || p->cable.off < base + at || cable_mark(p) == MARK_NONE)
			continue;
		run_add(a, &v, text, at, p->cable.off - base, MARK_NONE);
		run_add(a, &v, text, p->cable.off - base, p->cable.end - base, cable_mark(p));
		at = p->cable.end - base;
	}
	run_add(a, &v, text, at, (uint32_t)text.n, MARK_NONE);
	return (struct runs){v.v, v.n};
}

struct block_runs report_block_runs(struct arena *a, const struct report *r, const struct block *b, size_t *first)
{
	const struct story *s = r->story;
	VEC(struct block_run) v = {0};
	uint32_t at = b->at.off;

	while (*first < r->n_quotes && s->quotations[r->quotes[*first].quotation].at.end <= b->at.off)
		++*first;
	for (size_t i = *first; i < r->n_quotes; i++) {
		const struct quote_result *q = &r->quotes[i];
		struct span x = s->quotations[q->quotation].at;
		uint32_t from = x.off > at ? x.off : at, to = x.end < b->at.end ? x.end : b->at.end;

		if (x.off >= b->at.end)
			break;
		if (x.end <= b->at.off)
			continue;
		if (from > at)
			*VEC_PUSH(a, &v) = (struct block_run){.text = str_sub(s->text, at, from)};
		*VEC_PUSH(a, &v) = (struct block_run){str_sub(s->text, from, to), q, x.off >= b->at.off};
		at = to > at ? to : at;
	}
	if (at < b->at.end)
		*VEC_PUSH(a, &v) = (struct block_run){.text = str_sub(s->text, at, b->at.end)};
	return (struct block_runs){v.v, v.n};
}

/* Nothing to clean: printable ASCII, with one blank between words. */
static bool is_clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~' || (s.p[i] == ' ' && i && s.p[i - 1] == ' '))
			return false;
	return true;
}

struct str report_clean(struct arena *a, struct str s, bool keep_lines)
{
	struct buf b = {0};
	struct str out;
	bool blank = false;

	if (is_clean(s))
		return arena_str(a, s);
	for (size_t pos = 0; pos < s.n;) {
		int32_t cp = utf8_next(s, &pos);
		char utf8[4];

		if (cp == '\n' && keep_lines) {
			buf_putc(&b, '\n');
			continue;
		}
		if (cp == '\n' || cp == '\t' || cp == '\r' || cp == ' ') {
			if (cp == '\r' && keep_lines)
				continue;
			if (!blank || keep_lines)
				buf_putc(&b, ' ');
			blank = true;
			continue;
		}
		blank = false;
		buf_add(&b, utf8, utf8_put(utf8_steers(cp) ? 0xfffd : cp, utf8));
	}
	out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out;
}
