/*
 * A search against a naive scan of the same texts: random small archives, random queries with all that the language
 * has. Whatever a search leaves out, finds too much, orders wrongly or counts wrongly, it does here too. A failure
 * names the seed and the query; REFTEL_SEED=n runs that one alone, REFTEL_ROUNDS=n so many archives.
 */
#include "naive.h"

enum { ROUNDS = 24, QUESTIONS = 18 };

struct round {
	struct small s;
	struct naive m;
	struct rng rng; /* of the questions */
	uint64_t seed;
	const char *stage;
	struct catalog *c;
	struct buf question;
	/* Of columns for facets, over all that becomes of the archives: one with room, one with hardly any. */
	struct search_memory *memory, *little;
	uint64_t asked, found; /* of all rounds */
};

/* ---- one query --------------------------------------------------------------------------------------------------- */

static void wrong(const struct round *r, const char *what)
{
	fail_msg("%s\n  seed %llu, %s, %zu segments, %llu texts\n  %s", what, (unsigned long long)r->seed, r->stage,
		 r->c->n_segments, (unsigned long long)r->c->n_docs, r->question.p);
}

static struct search_result ask(struct round *r, struct arena *a, const struct search_options *o)
{
	struct search_result out;
	struct err e = {0};

	if (search_run(r->c, a, buf_view(&r->question), o, &out, NULL, &e) != REFTEL_OK)
		wrong(r, e.msg);
	return out;
}

static void same_hits(const struct round *r, const struct search_result *got, const struct search_hit *want, size_t n,
		      bool scores, const char *what)
{
	char text[400];

	for (size_t i = 0; i < n && i < got->n_hits; i++) {
		const struct search_hit *g = &got->hits[i], *w = &want[i];

		if (g->key == w->key && g->version == w->version && g->when == w->when &&
		    (!scores || g->score == w->score))
			continue;
		snprintf(text, sizeof(text),
			 "%s: hit %zu is version %lld of %lld (score %llu), wanted version %lld of %lld (score %llu)",
			 what, i, (long long)g->version, (long long)g->key, (unsigned long long)g->score,
			 (long long)w->version, (long long)w->key, (unsigned long long)w->score);
		wrong(r, text);
	}
	if (got->n_hits != n) {
		snprintf(text, sizeof(text), "%s: %zu hits, wanted %zu; the first that differs is version %lld", what,
			 got->n_hits, n,
			 (long long)(got->n_hits > n ? got->hits[n].version : want[got->n_hits].version));
		wrong(r, text);
	}
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void check_all(struct round *r, struct arena *a, const struct naive_hits *want)
{
	struct search_result got = ask(r, a, &(struct search_options){.limit = SIZE_MAX, .count = true});

	same_hits(r, &got, want->v, want->n, true, "all");
	if (got.total != want->n)
		wrong(r, "the total is not the number of hits");
	got = ask(r, a, &(struct search_options){.limit = 0, .count = true});
	if (got.total != want->n || got.n_hits)
		wrong(r, "a count alone");
}

/* The best few, which are found without looking at all. */
static void check_best(struct round *r, struct arena *a, const struct naive_hits *want)
{
	static const size_t limits[] = {1, 3, 10};

	for (size_t i = 0; i < 3; i++) {
		struct search_options o = {.limit = limits[i], .count = rng_chance(&r->rng, 30)};
		struct search_result got = ask(r, a, &o);

		same_hits(r, &got, want->v, least(limits[i], want->n), true, "the best");
	}
}

/* By an offset, and from the last hit that was seen: pages that fit one another. */
static void check_pages(struct round *r, struct arena *a, const struct naive_hits *want, enum search_sort sort)
{
	size_t limit = 1 + rng_below(&r->rng, 9), from = 0;
	struct search_options o = {.sort = sort, .limit = limit};

	o.offset = rng_below(&r->rng, want->n + 3);
	{
		struct search_result got = ask(r, a, &o);
		size_t at = least(o.offset, want->n);

		same_hits(r, &got, want->v + at, least(limit, want->n - at), sort == SORT_RELEVANCE, "an offset");
	}
	o.offset = 0;
	for (int pages = 0; pages < 6; pages++) {
		struct search_result got = ask(r, a, &o);
		const struct search_hit *last;

		same_hits(r, &got, want->v + from, least(limit, want->n - from), sort == SORT_RELEVANCE, "a page");
		if (!got.n_hits)
			return;
		from += got.n_hits;
		last = &got.hits[got.n_hits - 1];
		o.after = (struct search_after){true, last->score, last->when, last->version};
	}
}

static void check_dates(struct round *r, struct arena *a, struct naive_hits *want)
{
	enum search_sort sort = rng_chance(&r->rng, 50) ? SORT_NEWEST : SORT_OLDEST;
	struct search_result got;

	naive_sort(want, sort);
	got = ask(r, a, &(struct search_options){.sort = sort, .limit = 7, .count = rng_chance(&r->rng, 50)});
	same_hits(r, &got, want->v, least(7, want->n), false, "by date");
	check_pages(r, a, want, sort);
	naive_sort(want, SORT_RELEVANCE);
}

/* ---- facets ------------------------------------------------------------------------------------------------------ */

static uint64_t naive_count(struct arena *a, const struct naive_hits *want, enum catalog_field field, struct str value)
{
	uint64_t n = 0;

	for (size_t i = 0; i < want->n; i++) {
		struct naive_values of = naive_values(a, want->docs[i], field);

		for (size_t k = 0; k < of.n; k++)
			n += str_eq(of.v[k], value);
	}
	return n;
}

static uint64_t naive_sum(struct arena *a, const struct naive_hits *want, enum catalog_field field)
{
	uint64_t n = 0;

	for (size_t i = 0; i < want->n; i++)
		n += naive_values(a, want->docs[i], field).n;
	return n;
}

static void check_facet(struct round *r, struct arena *a, const struct naive_hits *want, enum catalog_field field,
			const struct facet *got)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < got->n; i++) {
		const struct facet_value *x = &got->v[i], *before = i ? x - 1 : NULL;
		bool in_order =
			!before || (field == FIELD_MONTH ? str_cmp(before->value, x->value) < 0
							 : before->n > x->n || (before->n == x->n &&
										str_cmp(before->value, x->value) < 0));

		if (!x->n || x->n != naive_count(a, want, field, x->value))
			wrong(r, "a facet's count");
		if (!in_order)
			wrong(r, "the order of a facet");
		sum += x->n;
	}
	if (sum != naive_sum(a, want, field))
		wrong(r, "a facet lacks a value");
}

/* By lists, by columns that are kept, and by columns that are soon thrown out. */
static void check_facets_by(struct round *r, struct arena *a, const struct naive_hits *want, unsigned fields,
			    struct search_memory *memory)
{
	struct search_result got = ask(r, a, &(struct search_options){.limit = 2, .facets = fields, .memory = memory});

	same_hits(r, &got, want->v, least(2, want->n), true, "beside facets");
	if (got.total != want->n)
		wrong(r, "the total beside facets");
	for (unsigned f = FIELD_ORIGIN; f < FIELD_HAS; f++) {
		if (fields >> f & 1)
			check_facet(r, a, want, (enum catalog_field)f, &got.facets[f]);
		else if (got.facets[f].n)
			wrong(r, "a facet that nobody asked for");
	}
}

static void check_facets(struct round *r, struct arena *a, const struct naive_hits *want)
{
	unsigned fields = 0;

	for (unsigned f = FIELD_ORIGIN; f < FIELD_HAS; f++)
		fields |= rng_chance(&r->rng, 50) ? 1u << f : 0;
	if (!fields)
		return;
	check_facets_by(r, a, want, fields, NULL);
	check_facets_by(r, a, want, fields, r->memory);
	check_facets_by(r, a, want, fields, r->little);
}

/* ---- folding ----------------------------------------------------------------------------------------------------- */

enum { ALIKE = 12 }; /* of SKETCH_SIZE: what counts as almost the same text */

static bool are_alike(const struct round *r, const struct search_hit *x, const struct search_hit *y)
{
	uint16_t a[SKETCH_SIZE], b[SKETCH_SIZE];
	size_t segment;
	uint32_t doc;

	assert_true(catalog_find(r->c, x->version, &segment, &doc));
	segment_sketch(r->c->segments[segment].segment, doc, a);
	assert_true(catalog_find(r->c, y->version, &segment, &doc));
	segment_sketch(r->c->segments[segment].segment, doc, b);
	return sketch_alike(a, b) >= ALIKE;
}

static void check_fold(struct round *r, struct arena *a, const struct naive_hits *want)
{
	struct search_hit *kept = arena_new(a, struct search_hit, want->n + 1);
	struct search_options o = {.limit = rng_chance(&r->rng, 50) ? SIZE_MAX : 5, .fold = true};
	struct search_result got;
	size_t most, n = 0, at;

	o.offset = rng_chance(&r->rng, 50) ? 0 : rng_below(&r->rng, 6);
	most = o.limit == SIZE_MAX ? SIZE_MAX : o.limit + o.offset;
	for (size_t i = 0; i < want->n; i++) {
		for (at = 0; at < n && !are_alike(r, &kept[at], &want->v[i]);)
			at++;
		if (at == n && n < most)
			kept[n++] = want->v[i];
		else if (at < n)
			kept[at].folded++;
	}
	got = ask(r, a, &o);
	at = least(o.offset, n);
	same_hits(r, &got, kept + at, n - at, true, "folded");
	for (size_t i = at; i < n; i++)
		if (got.hits[i - at].folded != kept[i].folded)
			wrong(r, "how many a hit stands for");
}

/* ---- rounds ------------------------------------------------------------------------------------------------------ */

static void check_question(struct round *r)
{
	struct arena a = {0};
	struct query q;
	struct err e = {0};
	struct naive_hits want;

	if (query_parse(&a, buf_view(&r->question), &q, NULL, &e) != REFTEL_OK)
		wrong(r, e.msg);
	want = naive_search(&r->m, &a, q.root);
	r->asked++;
	r->found += want.n > 0;
	check_all(r, &a, &want);
	check_best(r, &a, &want);
	check_pages(r, &a, &want, SORT_RELEVANCE);
	check_dates(r, &a, &want);
	check_facets(r, &a, &want);
	check_fold(r, &a, &want);
	arena_free(&a);
}

static void check_stage(struct round *r, const char *stage)
{
	r->stage = stage;
	naive_read(&r->m, r->s.ar);
	r->c = small_catalog(&r->s);
	naive_look(&r->m, r->c);
	assert_int_equal(r->m.n_indexed, r->c->n_docs);
	for (int i = 0; r->m.docs.n && i < QUESTIONS; i++) {
		question_make(&r->rng, &r->m, &r->question);
		check_question(r);
	}
	catalog_close(r->c);
}

static void delete_some(struct round *r)
{
	struct err e = {0};

	for (size_t n = 1 + rng_below(&r->s.rng, 12); n > 0; n--) {
		int64_t version = small_version(&r->s);

		if (version)
			must(archive_delete(r->s.ar, version, &e), e);
	}
}

/* A cable with all its versions. */
static void delete_whole(struct round *r)
{
	int64_t version = small_version(&r->s);
	struct arena a = {0};
	struct cable_version v;
	struct version_keys keys;
	struct err e = {0};

	if (version) {
		must(archive_load(r->s.ar, &a, version, &v, &e), e);
		must(archive_versions(r->s.ar, &a, v.key, &keys, &e), e);
		for (size_t i = 0; i < keys.n; i++)
			must(archive_delete(r->s.ar, keys.v[i], &e), e);
	}
	arena_free(&a);
}

static void must_verify(const struct round *r)
{
	struct err e = {0};

	must(catalog_verify(r->s.ar, &e), e);
}

/* What a folder of cables goes through. Sizes and memory are chosen so that there are one to many segments. */
static void life(struct round *r, const char *language)
{
	struct rng *rng = &r->s.rng;
	struct catalog_options o = {.threads = 1 + (unsigned)rng_below(rng, 2)};
	size_t first = rng_chance(rng, 25) ? 150 + rng_below(rng, 250) : rng_below(rng, 60);
	size_t memory = rng_chance(rng, 50) ? 40000 + rng_below(rng, 60000) : 0;
	struct err e = {0};

	small_put(&r->s, first);
	small_index(&r->s, memory, o.threads);
	check_stage(r, "after one import");
	for (size_t n = first / 2 + 1; n > 0; n /= 3) {
		small_put(&r->s, n);
		small_index(&r->s, memory, o.threads);
	}
	check_stage(r, "after several imports");
	delete_some(r);
	delete_whole(r);
	check_stage(r, "after deletions");
	small_put(&r->s, 1 + rng_below(rng, 9));
	small_index(&r->s, 0, 1);
	must_verify(r);
	check_stage(r, "after deletions and an import");
	o.memory = memory;
	must(catalog_reindex(r->s.ar, NULL, &o, NULL, &e), e);
	must_verify(r);
	check_stage(r, "after a reindex");
	small_leave(&r->s);
	small_reach(&r->s);
	check_stage(r, language ? "after reopening" : "after reopening, without stems");
}

static void choose_language(struct round *r, const char *language)
{
	struct err e = {0};

	must(archive_begin(r->s.ar, &e), e);
	must(archive_setting_set(r->s.ar, "language", str_of(language), &e), e);
	must(archive_commit(r->s.ar, &e), e);
}

static void test_results_are_those_of_a_naive_scan(void **state)
{
	const char *rounds = getenv("REFTEL_ROUNDS");
	struct round r = {0};
	uint64_t seed = rng_seed(1);
	int n = rounds ? atoi(rounds) : getenv("REFTEL_SEED") ? 1 : ROUNDS;

	(void)state;
	r.memory = search_memory_open(1 << 20);
	r.little = search_memory_open(1 << 10);
	for (int i = 0; i < n; i++) {
		bool stems;

		r.seed = seed + (uint64_t)i;
		small_open(&r.s, r.seed);
		r.rng = (struct rng){r.seed ^ 0x5bd1e995};
		stems = rng_chance(&r.s.rng, 75);
		if (!stems)
			choose_language(&r, "none");
		else if (rng_chance(&r.s.rng, 20))
			choose_language(&r, "german");
		{
			struct arena a = {0};
			struct str language;
			struct err e = {0};

			must(archive_setting(r.s.ar, &a, "language", &language, &e), e);
			naive_open(&r.m, !stems ? NULL : language.n ? arena_dup(&a, language) : "english");
			arena_free(&a);
		}
		life(&r, stems ? "stems" : NULL);
		naive_close(&r.m);
		small_close(&r.s);
	}
	buf_free(&r.question);
	search_memory_close(r.memory);
	search_memory_close(r.little);
	print_message("%llu queries in %d archives from seed %llu, %llu of them found something\n",
		      (unsigned long long)r.asked, n, (unsigned long long)seed, (unsigned long long)r.found);
	assert_true(r.found * 2 > r.asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_results_are_those_of_a_naive_scan)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
