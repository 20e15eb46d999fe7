/*
 * Segments against plain collections: small and large, written at once and in parts, merged with and without the dead,
 * merged again, opened again. Collections are random; the seed is printed.
 */
#include "forms.h"
#include "check.h"

#include "index/index_priv.h"

enum { PARTS_MAX = 8 };

static void check_part(struct fixture *f, const struct index_part *part, struct model m, const char *language)
{
	struct segment *s = reopen(f, part->name);

	assert_true(segment_bytes(s) == part->bytes && segment_checksum(s) == part->checksum);
	check_segment(f, s, m, language);
	segment_close(s);
}

/* ---- one segment ------------------------------------------------------------------------------------------------- */

static void test_one_segment(void **state)
{
	static const struct model_shape shapes[] = {
		{1, 0, 1, false},    {1, 1, 1, false},      {1, 300, 40, true},   {2, 10, 5, true},
		{7, 30, 30, true},   {40, 60, 300, true},   {128, 20, 3, false},  {129, 20, 3, false},
		{257, 9, 2, true},   {400, 40, 1500, true}, {300, 200, 60, true}, {1200, 12, 4, true},
		{1025, 3, 1, false},
	};
	struct fixture *f = *state;

	seed(f, 0x1e57);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		const char *language = i % 3 == 2 ? NULL : "english";
		struct model m = model_random(&f->a, &f->r, shapes[i]);
		struct index_part part = build(f, m, language, "one.seg");

		check_part(f, &part, m, language);
		check_part(f, &part, m, language);
		arena_reset(&f->a);
	}
}

static void test_many_small(void **state)
{
	struct fixture *f = *state;

	seed(f, 0xcab1e);
	for (int round = 0; round < 60; round++) {
		struct model_shape shape = {1 + random_below(&f->r, 30), random_below(&f->r, 40),
					    1 + random_below(&f->r, 60), random_below(&f->r, 2)};
		const char *language = random_below(&f->r, 4) ? "english" : NULL;
		struct model m = model_random(&f->a, &f->r, shape);
		struct index_part part = build(f, m, language, "small.seg");

		check_part(f, &part, m, language);
		arena_reset(&f->a);
	}
}

/* A document so long that one word fills many packed runs of positions, and its subject passes what a column holds. */
static void test_long_document(void **state)
{
	struct fixture *f = *state;
	struct model m;
	struct index_part part;

	seed(f, 0x10e6);
	m = model_random(&f->a, &f->r, (struct model_shape){3, 150000, 200, true});
	for (size_t i = 0; m.docs[1].words.n < 100000; i++)
		m.docs[1] = model_random(&f->a, &f->r, (struct model_shape){1, 150000, 200, true}).docs[0];
	m.docs[1].key = m.docs[0].key + 1;
	m.docs[2].key = m.docs[0].key + 2;
	m.docs[1].subject_from = 7;
	m.docs[1].subject_to = 80000;
	part = build(f, m, "english", "long.seg");
	check_part(f, &part, m, "english");
}

/* ---- words that need care ---------------------------------------------------------------------------------------- */

static struct index_doc doc_of(struct arena *a, int64_t key, const char *words)
{
	struct index_doc d = {.key = key, .group = key, .when = INDEX_NO_DATE};

	d.words = text_tokens(a, str_of(words), NULL, false);
	return d;
}

static uint32_t docs_with(const struct segment *s, uint8_t field, const char *value)
{
	struct term t;

	return segment_term(s, field, str_of(value), &t) ? t.docs : 0;
}

static void test_stems(void **state)
{
	struct fixture *f = *state;
	struct index_doc docs[] = {
		doc_of(&f->a, 1, "She talks, he talked; talking helps. Harbour."),
		doc_of(&f->a, 2, "A talk in the harbour"),
		doc_of(&f->a, 3, "Ponies by the harbour"),
	};
	struct index_part part = build(f, (struct model){docs, 3}, "english", "stems.seg");
	struct segment *s = reopen(f, part.name);
	struct term stem, word;

	/* A group: all forms, counted together. */
	assert_true(segment_term(s, INDEX_STEM, STR("talk"), &stem));
	assert_int_equal(stem.docs, 2);
	for (struct postings p = {0}; !p.s; p.s = s) {
		postings_open(&p, s, &stem);
		assert_int_equal(postings_count(&p), 3);
		assert_int_equal(postings_next(&p), 1);
		assert_int_equal(postings_count(&p), 1);
	}
	/* A single form shares its word's list. */
	assert_true(segment_term(s, INDEX_STEM, STR("poni"), &stem));
	assert_true(segment_term(s, INDEX_WORD, STR("ponies"), &word));
	assert_true(stem.at == word.at && stem.docs == 1);
	assert_int_equal(docs_with(s, INDEX_WORD, "poni"), 0);
	/* A word that is its own stem needs none. */
	assert_int_equal(docs_with(s, INDEX_STEM, "harbour"), 0);
	assert_int_equal(docs_with(s, INDEX_WORD, "harbour"), 3);
	segment_close(s);

	part = build(f, (struct model){docs, 3}, NULL, "none.seg");
	s = reopen(f, part.name);
	assert_int_equal(docs_with(s, INDEX_STEM, "talk"), 0);
	assert_int_equal(docs_with(s, INDEX_WORD, "talk"), 1);
	segment_close(s);
}

static size_t forms_of(struct fixture *f, const struct segment *s, const char *stem)
{
	return segment_forms(s, str_of(stem), &f->a).n;
}

/* A word that is the stem of others need not be of its own: then it is no form of it. */
static void test_stem_of_another(void **state)
{
	struct fixture *f = *state;
	struct index_doc docs[] = {doc_of(&f->a, 1, "willing"), doc_of(&f->a, 2, "their willingness")};
	struct segment *s;

	build(f, (struct model){docs, 1}, "english", "a.seg");
	s = reopen(f, "a.seg");
	assert_int_equal(forms_of(f, s, "will"), 1);
	assert_int_equal(forms_of(f, s, "willing"), 0);
	segment_close(s);
	build(f, (struct model){docs, 2}, "english", "b.seg");
	s = reopen(f, "b.seg");
	assert_int_equal(forms_of(f, s, "will"), 1);
	assert_int_equal(forms_of(f, s, "willing"), 1);
	assert_true(str_eq(segment_forms(s, STR("willing"), &f->a).v[0], STR("willingness")));
	segment_close(s);
	build(f, (struct model){docs, 1}, NULL, "c.seg"); /* without stems every word is its own */
	s = reopen(f, "c.seg");
	assert_int_equal(forms_of(f, s, "willing"), 1);
	segment_close(s);
}

/* A value that is too long is cut when it is asked for as it was when it went in. */
static void test_long_words(void **state)
{
	struct fixture *f = *state;
	char word[400];
	struct token tokens[2] = {{.word = {word, 300}}, {.word = {word, INDEX_VALUE_MAX}}};
	struct index_doc d = {.key = 5, .when = 0, .words = {tokens, 2}};
	struct index_part part;
	struct segment *s;
	struct term t;

	memset(word, 'w', sizeof(word));
	part = build(f, (struct model){&d, 1}, "english", "long.seg");
	s = reopen(f, part.name);
	for (size_t n = INDEX_VALUE_MAX; n <= sizeof(word); n++) {
		struct postings p;

		assert_true(segment_term(s, INDEX_WORD, (struct str){word, n}, &t));
		postings_open(&p, s, &t);
		assert_int_equal(postings_count(&p), 2);
	}
	assert_false(segment_term(s, INDEX_WORD, (struct str){word, INDEX_VALUE_MAX - 1}, &t));
	segment_close(s);
}

/* ---- several segments -------------------------------------------------------------------------------------------- */

struct parts {
	struct index_part part[PARTS_MAX];
	struct segment *s[PARTS_MAX];
	size_t n;
};

/* Writes a collection in parts, one builder flushed again and again. */
static struct parts build_parts(struct fixture *f, struct model m, const char *language, size_t n)
{
	struct parts parts = {.n = n};
	struct index_builder *b;
	struct err e = {0};
	size_t doc = 0;

	assert_int_equal(index_builder_open(language, 1 << 20, &b, &e), REFTEL_OK);
	for (size_t i = 0; i < n; i++) {
		size_t from = doc, to = i + 1 == n ? m.n : 1 + doc + random_below(&f->r, m.n - doc - (n - i - 1));
		char name[32];

		for (; doc < to; doc++)
			model_add(b, &f->a, &m.docs[doc]);
		snprintf(name, sizeof(name), "part-%zu.seg", i);
		if (index_builder_flush(b, f->dir, name, &parts.part[i], &e) != REFTEL_OK)
			fail_msg("%s", e.msg);
		assert_int_equal(index_builder_docs(b), 0);
		parts.s[i] = reopen(f, name);
		check_segment(f, parts.s[i], model_slice(m, from, to), language);
	}
	index_builder_close(b);
	return parts;
}

static void parts_close(struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		segment_close(parts->s[i]);
}

/* Which documents are dead, by key. */
struct graves {
	struct model m;
	const bool *dead;
};

static bool is_dead(void *ctx, int64_t key)
{
	struct graves *g = ctx;

	for (size_t i = 0; i < g->m.n; i++)
		if (g->m.docs[i].key == key)
			return g->dead[i];
	fail_msg("asked for a key that no document has");
	return false;
}

/* Merged is the same file, byte for byte, as if all that lives had been written at once. */
static void check_merged(struct fixture *f, const struct index_part *merged, struct model m, const char *language)
{
	struct index_part once = build(f, m, language, "once.seg");

	assert_true(merged->bytes == once.bytes && merged->checksum == once.checksum);
	check_part(f, merged, m, language);
}

static struct model_shape shape_random(struct fixture *f, size_t round)
{
	struct model_shape shape = {8 + random_below(&f->r, 60), random_below(&f->r, 50), 1 + random_below(&f->r, 90),
				    round % 2};

	if (round % 5 == 4) /* lists of several blocks */
		shape = (struct model_shape){300 + random_below(&f->r, 400), 16, 1 + random_below(&f->r, 20), true};
	return shape;
}

static void test_merge(void **state)
{
	struct fixture *f = *state;

	seed(f, 0x3e46e);
	for (size_t round = 0; round < 15; round++) {
		const char *language = round % 3 ? "english" : NULL;
		struct model m = model_random(&f->a, &f->r, shape_random(f, round));
		struct parts parts = build_parts(f, m, language, 1 + random_below(&f->r, PARTS_MAX));
		struct index_part out;
		struct err e = {0};

		if (segment_merge((const struct segment *const *)parts.s, parts.n, NULL, f->dir, "merged.seg", &out,
				  &e) != REFTEL_OK)
			fail_msg("%s", e.msg);
		check_merged(f, &out, m, language);
		parts_close(&parts);
		arena_reset(&f->a);
	}
}

/* Puts a collection aside in parts, one builder again and again. */
static void runs_make(struct fixture *f, struct model m, struct index_run **runs, size_t n)
{
	struct index_builder *b;
	struct err e = {0};
	size_t doc = 0;

	assert_int_equal(index_builder_open(NULL, 1 << 20, &b, &e), REFTEL_OK);
	for (size_t i = 0; i < n; i++) {
		size_t to = i + 1 == n ? m.n : 1 + doc + random_below(&f->r, m.n - doc - (n - i - 1));

		for (; doc < to; doc++)
			model_add(b, &f->a, &m.docs[doc]);
		if (index_builder_put_aside(b, f->dir, "run", &runs[i], &e) != REFTEL_OK)
			fail_msg("%s", e.msg);
		assert_int_equal(index_builder_docs(b), 0);
	}
	index_builder_close(b);
}

/* Runs, in whatever order they are given, become the same file as if all had been written at once. */
static void test_runs(void **state)
{
	struct fixture *f = *state;

	seed(f, 0x40a5);
	for (size_t round = 0; round < 15; round++) {
		const char *language = round % 3 ? "english" : NULL;
		struct model m = model_random(&f->a, &f->r, shape_random(f, round));
		size_t n = 1 + random_below(&f->r, PARTS_MAX);
		struct index_run *runs[PARTS_MAX], *swap;
		struct index_part out;
		struct err e = {0};

		runs_make(f, m, runs, n);
		for (size_t i = n; i > 1; i--) {
			size_t k = random_below(&f->r, i);

			swap = runs[k];
			runs[k] = runs[i - 1];
			runs[i - 1] = swap;
		}
		if (index_runs_write(runs, n, language, NULL, f->dir, "runs.seg", &out, &e) != REFTEL_OK)
			fail_msg("%s", e.msg);
		check_merged(f, &out, m, language);
		for (size_t i = 0; i < n; i++)
			index_run_close(runs[i]);
		arena_reset(&f->a);
	}
}

static void test_runs_refused(void **state)
{
	struct fixture *f = *state;
	struct index_doc docs[] = {doc_of(&f->a, 1, "one two"), {.key = 2}};
	struct index_builder *b;
	struct index_run *runs[2];
	struct index_part part;
	struct err e = {0};
	int stop = 1;
	char path[128];

	assert_int_equal(index_builder_open(NULL, 1000, &b, &e), REFTEL_OK);
	assert_int_equal(index_builder_put_aside(b, f->dir, "run", &runs[0], &e), REFTEL_EINVAL);
	assert_null(runs[0]);
	index_builder_add(b, &docs[0]);
	assert_true(index_builder_put_aside(b, "/nowhere/at/all", "run", &runs[0], &e) != REFTEL_OK);
	assert_int_equal(index_builder_docs(b), 1); /* nothing is lost by a write that failed */
	assert_int_equal(index_builder_put_aside(b, f->dir, "run", &runs[0], &e), REFTEL_OK);
	index_builder_add(b, &docs[1]); /* a document without a single term */
	assert_int_equal(index_builder_put_aside(b, f->dir, "run", &runs[1], &e), REFTEL_OK);
	index_builder_close(b);
	snprintf(path, sizeof(path), "%s/no.seg", f->dir);
	assert_int_equal(index_runs_write(runs, 2, "klingon", NULL, f->dir, "no.seg", &part, &e), REFTEL_EINVAL);
	assert_int_equal(index_runs_write(runs, 2, NULL, &stop, f->dir, "no.seg", &part, &e), REFTEL_EINTR);
	assert_false(file_exists(path));
	assert_int_equal(index_runs_write(runs, 2, NULL, NULL, f->dir, "all.seg", &part, &e), REFTEL_OK);
	check_part(f, &part, (struct model){docs, 2}, NULL);
	assert_int_equal(index_runs_write(&runs[1], 1, NULL, NULL, f->dir, "none.seg", &part, &e), REFTEL_OK);
	check_part(f, &part, (struct model){docs + 1, 1}, NULL);
	index_run_close(runs[0]);
	index_run_close(runs[1]);
}

static bool *graves_random(struct fixture *f, struct model m, const struct parts *parts, bool all)
{
	bool *dead = arena_new(&f->a, bool, m.n);
	size_t doc = 0;

	for (size_t i = 0; i < parts->n; i++) {
		size_t kind = all ? 3 : random_below(&f->r, 4); /* none, some, most, all of the segment */

		for (size_t k = 0; k < parts->part[i].docs; k++, doc++)
			dead[doc] = kind == 3 || random_below(&f->r, 4) < kind;
	}
	return dead;
}

static void test_merge_without_the_dead(void **state)
{
	struct fixture *f = *state;
	seed(f, 0xdead);
	for (size_t round = 0; round < 20; round++) {
		const char *language = round % 4 ? "english" : NULL;
		struct model m = model_random(&f->a, &f->r, shape_random(f, round)), live;
		struct parts parts = build_parts(f, m, language, 1 + random_below(&f->r, PARTS_MAX));
		bool *dead = graves_random(f, m, &parts, round == 9);
		struct graves graves = {m, dead};
		struct index_merge sieve = {.dead = is_dead, .ctx = &graves};
		struct index_part out;
		struct err e = {0};

		live = model_live(&f->a, m, dead);
		if (segment_merge((const struct segment *const *)parts.s, parts.n, &sieve, f->dir, "merged.seg", &out,
				  &e) != REFTEL_OK)
			fail_msg("%s", e.msg);
		assert_int_equal(out.docs, live.n);
		if (round == 9) /* nobody lives, and there is no file */
			assert_false(live.n || out.bytes || file_exists(arena_printf(&f->a, "%s/merged.seg", f->dir)));
		else
			check_merged(f, &out, live, language);
		parts_close(&parts);
		unlink(arena_printf(&f->a, "%s/merged.seg", f->dir));
		arena_reset(&f->a);
	}
}

/* Two merges, and of what comes out a third, each with more dead. */
static void test_merge_of_merges(void **state)
{
	struct fixture *f = *state;

	seed(f, 0x3e63e);
	for (size_t round = 0; round < 8; round++) {
		struct model m = model_random(&f->a, &f->r, shape_random(f, round));
		struct parts parts = build_parts(f, m, "english", 6);
		bool *dead = arena_new(&f->a, bool, m.n);
		struct graves graves = {m, dead};
		struct index_merge sieve = {.dead = is_dead, .ctx = &graves};
		struct segment *halves[2];
		struct index_part out;
		struct err e = {0};

		for (size_t i = 0; i < 2; i++) {
			char name[] = {'h', (char)('0' + i), '\0'};

			for (size_t k = 0; k < m.n; k++)
				dead[k] |= random_below(&f->r, 8) == 0;
			dead[0] = dead[m.n - 1] = false; /* so that both halves keep one */
			assert_int_equal(segment_merge((const struct segment *const *)parts.s + 3 * i, 3, &sieve,
						       f->dir, name, &out, &e),
					 REFTEL_OK);
			halves[i] = reopen(f, name);
		}
		assert_int_equal(
			segment_merge((const struct segment *const *)halves, 2, &sieve, f->dir, "merged.seg", &out, &e),
			REFTEL_OK);
		check_merged(f, &out, model_live(&f->a, m, dead), "english");
		segment_close(halves[0]);
		segment_close(halves[1]);
		parts_close(&parts);
		arena_reset(&f->a);
	}
}

/* ---- what is refused --------------------------------------------------------------------------------------------- */

static void test_refused(void **state)
{
	struct fixture *f = *state;
	struct index_doc docs[] = {doc_of(&f->a, 1, "one"), doc_of(&f->a, 2, "two")};
	struct segment *s[3];
	struct index_builder *b;
	struct index_part part;
	struct err e = {0};
	int stop = 1;
	char path[128];

	assert_int_equal(index_builder_open("klingon", 1000, &b, &e), REFTEL_EINVAL);
	assert_null(b);
	assert_int_equal(index_builder_open("english", 1000, &b, &e), REFTEL_OK);
	assert_int_equal(index_builder_flush(b, f->dir, "none.seg", &part, &e), REFTEL_EINVAL);
	index_builder_add(b, &docs[0]);
	assert_true(index_builder_flush(b, "/nowhere/at/all", "a.seg", &part, &e) != REFTEL_OK);
	assert_int_equal(index_builder_docs(b), 1); /* nothing is lost by a write that failed */
	assert_int_equal(index_builder_flush(b, f->dir, "a.seg", &part, &e), REFTEL_OK);
	index_builder_close(b);
	build(f, (struct model){docs + 1, 1}, "english", "b.seg");
	build(f, (struct model){docs + 1, 1}, NULL, "plain.seg");
	s[0] = reopen(f, "a.seg");
	s[1] = reopen(f, "b.seg");
	s[2] = reopen(f, "plain.seg");
	snprintf(path, sizeof(path), "%s/no.seg", f->dir);
	/* Out of order, of two languages, stopped: refused, and no file is left. */
	assert_int_equal(segment_merge((const struct segment *[]){s[1], s[0]}, 2, NULL, f->dir, "no.seg", &part, &e),
			 REFTEL_EINVAL);
	assert_int_equal(segment_merge((const struct segment *[]){s[0], s[2]}, 2, NULL, f->dir, "no.seg", &part, &e),
			 REFTEL_EINVAL);
	assert_int_equal(segment_merge((const struct segment *[]){s[0], s[1]}, 2, &(struct index_merge){.stop = &stop},
				       f->dir, "no.seg", &part, &e),
			 REFTEL_EINTR);
	assert_false(file_exists(path));
	for (size_t i = 0; i < 3; i++)
		segment_close(s[i]);
	assert_int_equal(segment_open(f->dir, "no.seg", &s[0], &e), REFTEL_ENOTFOUND);
	assert_null(s[0]);
}

static void test_full(void **state)
{
	struct fixture *f = *state;
	struct index_builder *b;
	struct index_part part;
	struct err e = {0};
	struct model m;
	size_t n = 0;

	seed(f, 0xf0011);
	m = model_random(&f->a, &f->r, (struct model_shape){400, 200, 900, true});
	assert_int_equal(index_builder_open("english", 1 << 17, &b, &e), REFTEL_OK);
	assert_false(index_builder_full(b));
	while (n < m.n && !index_builder_full(b))
		model_add(b, &f->a, &m.docs[n++]);
	assert_in_range(n, 10, m.n - 1);
	assert_int_equal(index_builder_flush(b, f->dir, "full.seg", &part, &e), REFTEL_OK);
	assert_false(index_builder_full(b));
	check_part(f, &part, model_slice(m, 0, n), "english");
	index_builder_close(b);
}

/* ---- likeness and worth ------------------------------------------------------------------------------------------ */

static void test_sketches(void **state)
{
	struct fixture *f = *state;
	uint16_t a[SKETCH_SIZE], b[SKETCH_SIZE];
	struct model m;
	struct tokens none = {0};

	seed(f, 0x5ce7c4);
	sketch_make(none, a);
	assert_int_equal(sketch_alike(a, a), 0); /* no words: like nothing, not like everything empty */
	m = model_random(&f->a, &f->r, (struct model_shape){40, 3000, 400, false});
	for (size_t i = 0; i + 1 < m.n; i++) {
		struct tokens x = m.docs[i].words, y = m.docs[i + 1].words;

		if (x.n < 500 || y.n < 500)
			continue;
		sketch_make(x, a);
		assert_int_equal(sketch_alike(a, a), SKETCH_SIZE);
		sketch_make(y, b);
		assert_in_range(sketch_alike(a, b), 0, SKETCH_SIZE / 4);
		x.n -= 20; /* nearly the same */
		sketch_make(x, b);
		assert_in_range(sketch_alike(a, b), SKETCH_SIZE * 3 / 4, SKETCH_SIZE);
	}
}

/* The formula of the header, written out once more. */
static void test_impacts(void **state)
{
	(void)state;
	assert_int_equal(rank_impact(1, false, 1024), 1844);
	assert_int_equal(rank_impact(1, false, 1024 + 63), 1844); /* four digits behind the first */
	assert_true(rank_impact(1, false, 1024 + 64) < 1844);
	assert_int_equal(rank_impact(1, false, 0), 3151);
	assert_int_equal(rank_impact(2, true, 500), rank_impact(2 + SUBJECT_WEIGHT, false, 500));
	for (uint32_t length = 0; length < 3000000; length += 1 + length / 50)
		for (uint32_t n = 1; n < 60; n++) {
			assert_true(rank_impact(n, false, length) <= rank_impact(n + 1, false, length));
			assert_true(rank_impact(n, false, length) >= rank_impact(n, false, length + 1));
			assert_true(rank_impact(n, true, length) <= IMPACT_ONE);
		}
	assert_true(rank_impact(1u << 30, true, 10) <= IMPACT_ONE);
	assert_int_equal(rank_worth(1000, 0), 7784);
	assert_int_equal(rank_worth(1000, 1), 6659);
	assert_int_equal(rank_worth(1000, 1000), 1);
	assert_int_equal(rank_worth(1000000, 1000000), 1); /* what matches has a score */
	for (uint64_t n = 0; n < 1000; n++)
		assert_true(rank_worth(1000, n) >= rank_worth(1000, n + 1));
	/* The dead still count in lists: more may have a word than live. */
	assert_true(rank_worth(10, 4000) <= rank_worth(10, 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_segment, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_many_small, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_long_document, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_stems, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_stem_of_another, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_long_words, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_merge, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_runs, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_runs_refused, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_merge_without_the_dead, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_merge_of_merges, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_refused, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_full, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(test_sketches, open_fixture, close_fixture),
		cmocka_unit_test(test_impacts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
