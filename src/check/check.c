/*
 * The check from end to end: words, places, citations, verdicts, findings. Also the judge alone, for measurements.
 */
#include "check/check_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- versions, read and kept at hand ----------------------------------------------------------------------------- */

const struct cached *checker_version(struct checker *ck, int64_t version, struct err *e)
{
	struct cached *c = &ck->cache[(uint64_t)version % CACHED_VERSIONS];

	if (c->version == version)
		return c;
	arena_reset(&c->arena);
	c->version = 0;
	if (archive_load(ck->ar, &c->arena, version, &c->cable, e) != REFTEL_OK) {
		ck->report->damaged++;
		return NULL;
	}
	c->version = version;
	c->words = body_words_read(&c->arena, &ck->vocab, &c->cable.cable);
	return c;
}

static void cache_free(struct checker *ck)
{
	for (size_t i = 0; i < CACHED_VERSIONS; i++)
		arena_free(&ck->cache[i].arena);
}

int checker_stopped(const struct checker *ck, struct err *e)
{
	bool stop = ck->options->stop && *ck->options->stop;

	return stop ? err_set(e, REFTEL_EINTR, "the check was stopped") : REFTEL_OK;
}

/* Of two versions that say it equally well the older is taken: it was there first. */
static bool comparison_better(const struct comparison *x, const struct comparison *y)
{
	if (x->verdict != y->verdict && (x->verdict < VERDICT_ALTERED || y->verdict < VERDICT_ALTERED))
		return x->verdict < y->verdict;
	if (x->same != y->same)
		return x->same > y->same;
	return x->unmarked < y->unmarked;
}

int checker_compare_cable(struct checker *ck, size_t quotation, int64_t key, struct comparison *out, int64_t *version,
			  struct err *e)
{
	struct version_keys keys = {0};
	int rc = archive_versions(ck->ar, ck->arena, key, &keys, e);

	*version = 0;
	*out = (struct comparison){.verdict = VERDICT_NO_SOURCE};
	for (size_t i = 0; i < keys.n && rc == REFTEL_OK; i++) {
		const struct cached *v = checker_version(ck, keys.v[i], e);
		struct comparison c;

		if (!v)
			continue; /* damaged: counted when the archive was searched */
		c = compare_words(ck->arena, &ck->scratch, &ck->quotes[quotation], &v->words, v->cable.cable.body);
		arena_reset(&ck->scratch);
		if (!*version || comparison_better(&c, out)) {
			*out = c;
			*version = keys.v[i];
		}
	}
	return rc;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void read_quotations(struct checker *ck)
{
	const struct story *s = ck->story;

	ck->quotes = arena_new(ck->arena, struct quote_words, s->n_quotations + 1);
	ck->located = arena_new(ck->arena, struct located, s->n_quotations + 1);
	for (size_t i = 0; i < s->n_quotations; i++)
		ck->quotes[i] = quote_words_read(ck->arena, &ck->vocab, s->text, s->quotations[i].words);
}

int check_story(struct archive *ar, const struct story *s, const struct check_options *o, struct report *out,
		struct err *e)
{
	struct checker ck = {.ar = ar, .story = s, .options = o, .report = out};
	int rc = REFTEL_OK;

	*out = (struct report){.story = s, .n_citations = s->n_citations};
	ck.arena = &out->arena;
	out->citations = arena_new(ck.arena, struct citation_result, s->n_citations + 1);
	ck.cache = arena_new(ck.arena, struct cached, CACHED_VERSIONS);
	read_quotations(&ck);
	ck.has_numbers = archive_has_numbers(ar);
	ck.catalog = o->catalog;
	if (!ck.catalog)
		rc = catalog_open(ar, &ck.catalog, e);
	if (rc == REFTEL_OK)
		rc = locate_all(&ck, e);
	if (rc == REFTEL_OK)
		rc = resolve_citations(&ck, e);
	if (rc == REFTEL_OK)
		rc = cited_read(&ck, e);
	if (rc == REFTEL_OK)
		rc = judge_quotations(&ck, e);
	if (rc == REFTEL_OK)
		rc = find_findings(&ck, e);
	if (!o->catalog)
		catalog_close(ck.catalog);
	cache_free(&ck);
	vocab_free(&ck.vocab);
	arena_free(&ck.scratch);
	if (rc != REFTEL_OK)
		report_free(out);
	return rc;
}

void report_free(struct report *r)
{
	arena_free(&r->arena);
	*r = (struct report){0};
}

bool report_has_findings(const struct report *r)
{
	return r->count[VERDICT_ALTERED] || r->count[VERDICT_MISATTRIBUTED] || r->count[VERDICT_NO_SOURCE] ||
	       r->n_findings || r->unchecked || r->damaged;
}

int check_compare(struct arena *a, struct str text, struct spans words, const struct cable *c, struct quote_result *out,
		  struct err *e)
{
	struct vocab vocab = {0};
	struct quote_words q = quote_words_read(a, &vocab, text, words);
	struct body_words b = body_words_read(a, &vocab, c);
	struct comparison cmp = compare_words(a, a, &q, &b, c->body);

	(void)e;
	vocab_free(&vocab);
	*out = (struct quote_result){
		.citation = -1, .pieces = cmp.pieces, .n_pieces = cmp.n_pieces, .score = cmp.score};
	out->verdict = out->as = comparison_is_source(&cmp, true) ? cmp.verdict : VERDICT_NO_SOURCE;
	out->has_passage = cmp.same > 0;
	out->passage.id = c->id;
	out->passage.at = cmp.at;
	out->passage.text = str_sub(c->body, cmp.at.off, cmp.at.end);
	out->reason = verdict_name(out->verdict);
	return REFTEL_OK;
}
