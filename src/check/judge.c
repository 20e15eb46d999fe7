/*
 * The verdict on each quotation, from what the citation that governs it became and from where its words stand. The
 * order is the order of trust: the cited cable first, then the others that the story cites, then the whole archive.
 * What the archive cannot tell is never called a fault.
 */
#include "check/check_priv.h"

#include <string.h>

enum {
	IDENTIFYING_WORDS = 4, /* fewer words point at no source by themselves */
	SOLID_WORDS = 6,       /* so many, word for word in another cable, contradict a citation */
	CONTEXT_WORDS = 12,    /* shown on either side of a passage */
	DIFFERENCES_SHOWN = 3, /* in words; all are in the pieces */
	SHOWN_BYTES = 120,
};

/* Where a quotation was found, and how well. */
struct find {
	bool any;
	int64_t key, version;
	struct comparison c;
};

struct judging {
	struct checker *ck;
	size_t quotation;
	const struct quotation *q;
	const struct quote_words *words;
	const struct citation_result *cited; /* NULL: no citation governs it */
	struct quote_result *r;
	struct find in_cited, anywhere;
	VEC(struct find) all; /* every cable that may be called the source */
};

static bool clean(const struct find *f)
{
	return f->any && (f->c.verdict == VERDICT_VERBATIM || f->c.verdict == VERDICT_ADAPTED) &&
	       comparison_is_source(&f->c, true);
}

static bool better(const struct find *x, const struct find *y)
{
	if (!y->any || clean(x) != clean(y))
		return !y->any || clean(x);
	if (clean(x))
		return x->c.verdict < y->c.verdict;
	if (x->c.same != y->c.same)
		return x->c.same > y->c.same;
	return x->c.unmarked < y->c.unmarked;
}

static bool story_cites(const struct checker *ck, int64_t key)
{
	return cited_find(&ck->cited, key) != NULL;
}

/* Cables that the story cites come first among equals, then those that were held first. */
static bool preferred(const struct judging *j, const struct find *x, const struct find *y)
{
	bool cx = story_cites(j->ck, x->key), cy = y->any && story_cites(j->ck, y->key);

	if (y->any && clean(x) && clean(y) && cx != cy)
		return cx;
	return better(x, y);
}

static bool is_held(const struct citation_result *r)
{
	return r && (r->state == CITATION_HELD || r->state == CITATION_PARTLY);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static int find_in(struct judging *j, int64_t key, struct find *out, struct err *e)
{
	struct comparison c;
	int64_t version;
	int rc = checker_compare_cable(j->ck, j->quotation, key, &c, &version, e);

	if (rc == REFTEL_OK && version)
		*out = (struct find){true, key, version, c};
	return rc;
}

static bool looked_at(const struct located *l, size_t upto)
{
	for (size_t k = 0; k < upto; k++)
		if (l->v.v[k].key == l->v.v[upto].key)
			return true;
	return false;
}

static int find_also_in(struct judging *j, int64_t key, struct err *e)
{
	struct find f = {0};
	int rc = REFTEL_OK;

	if (j->in_cited.any && j->in_cited.key == key)
		f = j->in_cited;
	else
		rc = find_in(j, key, &f, e);
	if (rc != REFTEL_OK)
		return rc;
	if (f.any && preferred(j, &f, &j->anywhere))
		j->anywhere = f;
	if (comparison_is_source(&f.c, false))
		*VEC_PUSH(j->ck->arena, &j->all) = f;
	return REFTEL_OK;
}

static bool is_located(const struct located *l, int64_t key)
{
	for (size_t k = 0; k < l->v.n; k++)
		if (l->v.v[k].key == key)
			return true;
	return false;
}

/*
 * The cables that the story cites, if they are not among the located ones anyway. Few words point at no source,
 * wherever they stand.
 */
static int find_in_cited(struct judging *j, struct err *e)
{
	const struct cited *cited = &j->ck->cited;
	const struct located *l = &j->ck->located[j->quotation];
	struct cited_test t = {0};
	int rc = REFTEL_OK;

	if (!cited->n || j->words->plain < IDENTIFYING_WORDS)
		return REFTEL_OK;
	cited_test_open(&t, j->ck, j->quotation);
	for (size_t i = 0; i < cited->n && rc == REFTEL_OK; i++)
		if (!is_located(l, cited->v[i].key) && cited_may_have(&t, &cited->v[i]))
			rc = find_also_in(j, cited->v[i].key, e);
	cited_test_close(&t);
	return rc;
}

static int find_anywhere(struct judging *j, struct err *e)
{
	const struct located *l = &j->ck->located[j->quotation];
	int rc = REFTEL_OK;

	for (size_t k = 0; k < l->v.n && rc == REFTEL_OK; k++)
		if (!looked_at(l, k))
			rc = find_also_in(j, l->v.v[k].key, e);
	return rc == REFTEL_OK ? find_in_cited(j, e) : rc;
}

/* ---- evidence ---------------------------------------------------------------------------------------------------- */

static struct span widened(const struct cached *v, struct span at, bool before)
{
	const struct tokens *t = &v->words.tokens;
	size_t first = 0, last;

	while (first < t->n && t->v[first].end <= at.off)
		first++;
	for (last = first; last < t->n && t->v[last].off < at.end;)
		last++;
	if (before)
		return (struct span){t->n ? t->v[first > CONTEXT_WORDS ? first - CONTEXT_WORDS : 0].off : 0, at.off};
	last = last + CONTEXT_WORDS < t->n ? last + CONTEXT_WORDS : t->n;
	return (struct span){at.end, last ? t->v[last - 1].end : at.end};
}

struct passage passage_of(struct checker *ck, const struct cached *v, struct span at)
{
	const struct cable *c = &v->cable.cable;
	const struct paragraph *p = telegram_paragraph_at(&c->telegram, at.off);
	struct span before = widened(v, at, true), after = widened(v, at, false);
	struct arena *a = ck->arena;

	return (struct passage){
		.key = v->cable.key,
		.version = v->cable.version,
		.id = arena_str(a, c->id),
		.at = at,
		.paragraph = p ? p->number : -1,
		.mark = p ? p->mark : (struct classification){0},
		.text = arena_str(a, str_sub(c->body, at.off, at.end)),
		.before = arena_str(a, str_sub(c->body, before.off, before.end)),
		.after = arena_str(a, str_sub(c->body, after.off, after.end)),
	};
}

static int show(struct judging *j, const struct find *f, struct err *e)
{
	const struct cached *v = checker_version(j->ck, f->version, e);

	if (!v)
		return e->code;
	j->r->has_passage = true;
	j->r->passage = passage_of(j->ck, v, f->c.at);
	j->r->pieces = f->c.pieces;
	j->r->n_pieces = f->c.n_pieces;
	j->r->score = f->c.score;
	return REFTEL_OK;
}

/* The same words, or words that differ from the story's by as much: boilerplate stands in many cables. */
static bool says_the_same(const struct judging *j, const struct find *f)
{
	const struct find *best = &j->anywhere;

	if (j->r->has_passage && f->key == j->r->passage.key)
		return false;
	return clean(best) ? clean(f) : f->c.same == best->c.same && f->c.unmarked == best->c.unmarked;
}

static int show_others(struct judging *j, struct err *e)
{
	VEC(struct passage) others = {0};

	if (j->words->plain < IDENTIFYING_WORDS)
		return REFTEL_OK;
	for (size_t i = 0; i < j->all.n; i++) {
		const struct cached *v;

		if (!says_the_same(j, &j->all.v[i]))
			continue;
		v = checker_version(j->ck, j->all.v[i].version, e);
		if (!v)
			return e->code;
		*VEC_PUSH(j->ck->arena, &others) = passage_of(j->ck, v, j->all.v[i].c.at);
	}
	j->r->others = others.v;
	j->r->n_others = others.n;
	return REFTEL_OK;
}

/* ---- verdicts ---------------------------------------------------------------------------------------------------- */

static const char *say(struct judging *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static const char *say(struct judging *j, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return arena_dup(j->ck->arena, str_of(text));
}

static const char *id_of(struct judging *j, const struct find *f)
{
	const struct cached *v = checker_version(j->ck, f->version, NULL);

	return v ? arena_dup(j->ck->arena, v->cable.cable.id) : "?";
}

/* On one line: a cable's words may run over the end of one. */
static struct str unwrapped(struct arena *a, struct str s)
{
	char *p = arena_dup(a, s);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool blank = ascii_space((unsigned char)s.p[i]);

		if (!blank || (n && p[n - 1] != ' '))
			p[n++] = blank ? ' ' : s.p[i];
	}
	return (struct str){p, n};
}

/* One difference in words: what the one has where the other has something else. */
static const char *difference(struct judging *j, const struct find *f, const struct piece *p)
{
	const struct cached *v = checker_version(j->ck, f->version, NULL);
	struct str story = str_sub(j->ck->story->text, p->story.off, p->story.end), cable = STR("");
	struct arena *a = j->ck->arena;

	if (v)
		cable = str_sub(v->cable.cable.body, p->cable.off, p->cable.end);
	story = unwrapped(a, str_sub(story, 0, SHOWN_BYTES));
	cable = unwrapped(a, str_sub(cable, 0, SHOWN_BYTES));
	if (p->kind == PIECE_ADDED)
		return arena_printf(a, "the story has “%.*s”, which the cable has not", STR_ARG(story));
	if (p->kind == PIECE_DROPPED)
		return arena_printf(a, "the cable's “%.*s” is not in the story", STR_ARG(cable));
	return arena_printf(a, "the cable has “%.*s” where the story has “%.*s”", STR_ARG(cable), STR_ARG(story));
}

/* The differences that nothing marks, the first few in words. */
static const char *differences(struct judging *j, const struct find *f)
{
	const char *out = "";
	size_t n = 0;

	for (size_t i = 0; i < f->c.n_pieces; i++) {
		const struct piece *p = &f->c.pieces[i];

		if (p->kind != PIECE_CHANGED && p->kind != PIECE_ADDED && p->kind != PIECE_DROPPED)
			continue;
		if (n++ < DIFFERENCES_SHOWN)
			out = arena_printf(j->ck->arena, "%s%s%s", out, *out ? "; " : "", difference(j, f, p));
	}
	return n > DIFFERENCES_SHOWN ? arena_printf(j->ck->arena, "%s; and %zu more", out, n - DIFFERENCES_SHOWN) : out;
}

/* The first words that the story left out, and whether they turn the sense. */
static const char *left_out(struct judging *j, const struct find *f)
{
	const struct cached *v = checker_version(j->ck, f->version, NULL);
	struct arena *a = j->ck->arena;
	const char *out = "";
	bool negation = false;

	for (size_t i = 0; v && i < f->c.n_pieces; i++) {
		const struct piece *p = &f->c.pieces[i];
		struct str words;

		if (p->kind != PIECE_ELLIPSIS || p->cable.end == p->cable.off)
			continue;
		words = unwrapped(a, str_sub(v->cable.cable.body, p->cable.off, p->cable.end));
		negation |= p->negation;
		out = arena_printf(a, "%s%s“%.*s%s”", out, *out ? ", " : "", (int)str_sub(words, 0, SHOWN_BYTES).n,
				   words.p, words.n > SHOWN_BYTES ? "…" : "");
	}
	return *out ? arena_printf(a, "left out at an ellipsis %s%s", out, negation ? ", a negation among them" : "")
		    : out;
}

static const char *what_is_marked(struct judging *j, const struct find *f)
{
	const char *dropped = left_out(j, f);
	bool gloss = false, doubled = false;

	for (size_t i = 0; i < f->c.n_pieces; i++) {
		gloss |= f->c.pieces[i].kind == PIECE_GLOSS;
		doubled |= f->c.pieces[i].kind == PIECE_DOUBLED;
	}
	if (*dropped)
		return gloss ? arena_printf(j->ck->arena, "%s; words in brackets", dropped) : dropped;
	if (gloss)
		return "words in brackets";
	return doubled ? "a word that the telegram doubles" : "a changed letter in brackets";
}

static void found(struct judging *j, const struct find *f, const char *where)
{
	const char *id = id_of(j, f);

	j->r->verdict = j->r->as = f->c.verdict;
	if (f->c.verdict == VERDICT_VERBATIM)
		j->r->reason = say(j, "the same words stand in %s%s", id, where);
	else if (f->c.verdict == VERDICT_ADAPTED)
		j->r->reason = say(j, "%s has these words%s; the story marks what it changed: %s", id, where,
				   what_is_marked(j, f));
	else
		j->r->reason = say(j, "%s%s: %s", id, where, differences(j, f));
	if (!f->c.redacted)
		return;
	j->r->unchecked = true;
	j->r->reason = say(j, "%s; %zu words stand where the cable is redacted and could not be checked", j->r->reason,
			   f->c.redacted);
}

/* In another cable than the one cited, word for word or nearly. */
static bool contradicts_citation(const struct judging *j)
{
	const struct find *f = &j->anywhere;

	if (!f->any || (j->in_cited.any && f->key == j->in_cited.key))
		return false;
	if (clean(f))
		return j->words->plain >= SOLID_WORDS || f->c.same >= SOLID_WORDS;
	return comparison_is_source(&f->c, false) && f->c.run >= SOLID_WORDS &&
	       f->c.unmarked * 2 < (j->in_cited.any ? j->in_cited.c.unmarked : j->words->plain);
}

/* In a cable that is not the one cited. */
static bool is_elsewhere(const struct judging *j)
{
	bool there = j->cited && is_held(j->cited) && j->anywhere.key == j->cited->cable.key;

	return clean(&j->anywhere) && !there;
}

static int judge_missing(struct judging *j, struct err *e)
{
	const struct citation_result *c = j->cited;
	int rc = REFTEL_OK;

	j->r->verdict = j->r->as = VERDICT_NOT_HELD;
	j->r->unchecked = true;
	if (c->state == CITATION_PARTLY) {
		j->r->reason = say(j, "the words are not in the part of %.*s that is held (%s)", STR_ARG(c->cable.id),
				   partial_reason_text(c->cable.partial));
		if (j->in_cited.any && comparison_is_source(&j->in_cited.c, true))
			rc = show(j, &j->in_cited, e);
	} else {
		j->r->reason = say(j, "it could not be checked: %s", c->reason);
	}
	if (rc == REFTEL_OK && is_elsewhere(j) && j->words->plain >= SOLID_WORDS)
		j->r->reason = say(j, "%s; the same words stand in %s", j->r->reason, id_of(j, &j->anywhere));
	return rc;
}

static int judge_misattributed(struct judging *j, struct err *e)
{
	const char *id = id_of(j, &j->anywhere);

	found(j, &j->anywhere, "");
	j->r->as = j->anywhere.c.verdict;
	j->r->verdict = VERDICT_MISATTRIBUTED;
	j->r->reason = say(j, "the story points at %.*s, but the words stand in %s", STR_ARG(j->cited->cable.id), id);
	return show(j, &j->anywhere, e);
}

static bool only_common_words(const struct judging *j)
{
	for (size_t i = 0; i < j->words->n; i++)
		if (j->words->v[i].kind == ALIGN_WORD && !word_is_common(j->words->v[i].word))
			return false;
	return true;
}

/* Another cable of the story has the words, and the citation is not so close that it must be meant. */
static bool another_cited_has_it(const struct judging *j)
{
	return is_elsewhere(j) && story_cites(j->ck, j->anywhere.key) && !j->q->near &&
	       j->words->plain >= IDENTIFYING_WORDS;
}

static int judge_no_source(struct judging *j, struct err *e)
{
	if (j->words->plain < IDENTIFYING_WORDS && (!j->cited || !j->q->near)) {
		j->r->verdict = j->r->as = VERDICT_TOO_SHORT;
		j->r->unchecked = true;
		j->r->reason = say(j, "%zu %s can stand anywhere, and no citation says where to look", j->words->plain,
				   j->words->plain == 1 ? "word" : "words");
		return REFTEL_OK;
	}
	j->r->verdict = j->r->as = VERDICT_NO_SOURCE;
	if (is_held(j->cited))
		j->r->reason = say(j, "neither %.*s, which the story cites, nor another of the %llu cables here has it",
				   STR_ARG(j->cited->cable.id), (unsigned long long)j->ck->report->cables);
	else
		j->r->reason = say(j, "none of the %llu cables here has it", (unsigned long long)j->ck->report->cables);
	(void)e;
	return REFTEL_OK;
}

/* The citation names a cable that is here. */
static int judge_cited(struct judging *j, struct err *e)
{
	bool partly = j->cited->state == CITATION_PARTLY;

	if (clean(&j->in_cited) && !(partly && only_common_words(j))) {
		found(j, &j->in_cited, "");
		return show(j, &j->in_cited, e);
	}
	if (another_cited_has_it(j)) {
		found(j, &j->anywhere, ", which the story cites elsewhere");
		return show(j, &j->anywhere, e);
	}
	if (partly)
		return judge_missing(j, e);
	if (j->q->near && contradicts_citation(j))
		return judge_misattributed(j, e);
	if (j->in_cited.any && comparison_is_source(&j->in_cited.c, true)) {
		found(j, &j->in_cited, "");
		return show(j, &j->in_cited, e);
	}
	if (contradicts_citation(j)) {
		found(j, &j->anywhere, ", which the story does not cite close by");
		return show(j, &j->anywhere, e);
	}
	return judge_no_source(j, e);
}

static int judge_uncited(struct judging *j, struct err *e)
{
	const struct find *f = &j->anywhere;
	const char *where = f->any && story_cites(j->ck, f->key) ? ", which the story cites elsewhere" : "";

	if (f->any && j->words->plain >= IDENTIFYING_WORDS && comparison_is_source(&f->c, false) &&
	    (clean(f) || *where || f->c.plain >= 2 * IDENTIFYING_WORDS)) {
		found(j, f, where);
		return show(j, f, e);
	}
	return judge_no_source(j, e);
}

static int judge_one(struct judging *j, struct err *e)
{
	int rc = REFTEL_OK;

	if (is_held(j->cited))
		rc = find_in(j, j->cited->cable.key, &j->in_cited, e);
	if (rc == REFTEL_OK)
		rc = find_anywhere(j, e);
	if (rc != REFTEL_OK)
		return rc;
	if (!j->words->plain) {
		j->r->verdict = j->r->as = VERDICT_TOO_SHORT;
		j->r->unchecked = true;
		j->r->reason = "it has no words that could be looked for";
		return REFTEL_OK;
	}
	if (is_held(j->cited))
		rc = judge_cited(j, e);
	else if (j->cited && j->cited->state == CITATION_NOT_HELD && !another_cited_has_it(j))
		rc = judge_missing(j, e);
	else
		rc = judge_uncited(j, e);
	return rc == REFTEL_OK ? show_others(j, e) : rc;
}

int judge_quotations(struct checker *ck, struct err *e)
{
	struct report *rep = ck->report;
	int rc = REFTEL_OK;

	rep->quotes = arena_new(ck->arena, struct quote_result, ck->story->n_quotations + 1);
	for (size_t i = 0; i < ck->story->n_quotations && rc == REFTEL_OK; i++) {
		const struct quotation *q = &ck->story->quotations[i];
		struct judging j = {.ck = ck, .quotation = i, .q = q, .words = &ck->quotes[i]};

		if (q->skipped) {
			rep->skipped++;
			continue;
		}
		j.r = &rep->quotes[rep->n_quotes++];
		j.r->quotation = i;
		j.r->citation = citation_root(ck->story, q->citation);
		if (j.r->citation >= 0)
			j.cited = &rep->citations[j.r->citation];
		if (j.cited && j.cited->state == CITATION_UNNAMED)
			j.cited = NULL;
		rc = checker_stopped(ck, e);
		if (rc == REFTEL_OK)
			rc = judge_one(&j, e);
		rep->count[j.r->verdict]++;
		rep->unchecked += j.r->unchecked;
	}
	return rc;
}
