/*
 * The fast way through plain words against the general scanner, which is the truth: the same tokens, byte for byte, for
 * texts made of all that is awkward, for random bytes, and for the real cables where they are; the same numbers where
 * nothing else is asked for; and what 64 bytes are against what each of them is. And a vocabulary against a plain list
 * of words.
 */
#include "test.h"

#include "source/source.h"
#include "text/text_priv.h"

enum { ROUNDS = 60000, PIECES_MAX = 24, LONG_WORD = 5000 };

static uint64_t seed = 0x9e3779b97f4a7c15u;

static unsigned chance(unsigned below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)((seed * 0x2545f4914f6cdd1du) >> 33) % below;
}

#define PIECE(literal)                                                                                                 \
	{                                                                                                              \
		(literal), sizeof(literal) - 1                                                                         \
	}

/* What a rule in tokens.c looks at, on its own and beside what must not look like it. */
static const struct str pieces[] = {
	PIECE(" "),
	PIECE("\n"),
	PIECE("  "),
	PIECE("\t"),
	PIECE("\r\n"),
	PIECE("the"),
	PIECE("Ambassador"),
	PIECE("a"),
	PIECE("I"),
	PIECE("2007"),
	PIECE("Bhutto,s"),
	PIECE("don,t"),
	PIECE("we,re"),
	PIECE(",s"),
	PIECE(",S"),
	PIECE(",small"),
	PIECE("10,000"),
	PIECE("1,00"),
	PIECE("1,000,000"),
	PIECE(",000"),
	PIECE("U.S."),
	PIECE("e.g."),
	PIECE("U.S"),
	PIECE("1.4"),
	PIECE("."),
	PIECE(","),
	PIECE("-"),
	PIECE("--"),
	PIECE("-\n"),
	PIECE("- \n  "),
	PIECE("-\n\n"),
	PIECE("%"),
	PIECE(" %"),
	PIECE("&"),
	PIECE(" & "),
	PIECE("'"),
	PIECE("`"),
	PIECE("\u2019"),
	PIECE("\u2018"),
	PIECE("\u02bc"),
	PIECE("\u2032"),
	PIECE("\u00b4"),
	PIECE("\uff07"),
	PIECE("\u00ad"),
	PIECE("\u200b"),
	PIECE("\ufeff"),
	PIECE("\u00b6"),
	PIECE("\u00e9"),
	PIECE("\u00c6"),
	PIECE("\u00df"),
	PIECE("e\u0301"),
	PIECE("\ufb01"),
	PIECE("\uff11"),
	PIECE("\u0644"),
	PIECE("\u201c"),
	PIECE("\0"),
	PIECE("\x01"),
	PIECE("\x11"),
	PIECE("\x19"),
	PIECE("\x7f"),
	PIECE("\xff"),
	PIECE("\xc3"),
	PIECE("\xe2\x80"),
	PIECE("\xed\xa0"),
	PIECE("\xb1"),
	PIECE("XXXX"),
	PIECE("xxx"),
	PIECE("XXXXXXXXX"),
	PIECE("X"),
	PIECE("XXXXY"),
	PIECE("12345678"),
	PIECE("1234567890"),
	PIECE("1st"),
	PIECE("12345678Ab"),
	PIECE("12345678aB"),
	PIECE("abcdefgh"),
	PIECE("abcdefghi"),
	PIECE("@"),
	PIECE("["),
	PIECE("{"),
	PIECE("/"),
	PIECE(":"),
	PIECE("0"),
	PIECE("9"),
	PIECE("z"),
	PIECE("Z"),
	PIECE("A"),
	PIECE("("),
	PIECE(")"),
	PIECE("\""),
	PIECE("_"),
	PIECE("07KALVIK412"),
	PIECE("s"),
	PIECE("ll"),
	PIECE("%%"),
	PIECE("fourteenth"),
	PIECE("abcdefghabcdefgh"),
	PIECE("abcdefghabcdefghi"),
	PIECE("Abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefg"),
	PIECE("abcdefghabcdefghabcdefghabcdefghabcdefgh"),
};

static void text_make(struct buf *b)
{
	buf_reset(b);
	for (unsigned n = chance(PIECES_MAX); n; n--) {
		const struct str *p = &pieces[chance(sizeof(pieces) / sizeof(*pieces))];

		if (chance(400) == 0)
			for (unsigned k = chance(LONG_WORD); k; k--)
				buf_putc(b, "aX9"[chance(3)]);
		else if (chance(12) == 0)
			buf_putc(b, (char)chance(256));
		else
			buf_str(b, *p);
		if (chance(3) == 0)
			buf_putc(b, ' ');
	}
}

static void tokens_compare(struct str text, struct tokens got, struct tokens want)
{
	for (size_t i = 0; i < got.n && i < want.n; i++) {
		const struct token *g = &got.v[i], *w = &want.v[i];

		if (g->off != w->off || g->end != w->end || g->id != w->id || g->flags != w->flags ||
		    !str_eq(g->word, w->word))
			fail_msg("word %zu is \"%.*s\" [%u, %u) id %u flags %u, not \"%.*s\" [%u, %u) id %u flags %u",
				 i, STR_ARG(g->word), g->off, g->end, g->id, g->flags, STR_ARG(w->word), w->off, w->end,
				 w->id, w->flags);
	}
	if (got.n != want.n)
		fail_msg("%zu words, not %zu, in \"%.*s\"", got.n, want.n, STR_ARG(text));
}

/* Some stretches of the text, in order, now and then one within another, and one that is marked. */
static void wanted_make(struct arena *a, size_t n, struct words_wanted *w)
{
	uint32_t at = 0;

	*w = (struct words_wanted){.longest = chance(2) ? 0 : 20};
	w->mark.off = chance((unsigned)n + 1);
	w->mark.end = w->mark.off + chance(40);
	w->skip.v = arena_new(a, struct span, 8);
	for (unsigned k = chance(8); k; k--) {
		struct span *x = &w->skip.v[w->skip.n++];

		x->off = at + chance(30);
		x->end = x->off + chance(30);
		at = chance(3) ? x->end : x->off;
	}
}

/* The numbers, read in one go, against tokens from which what is not wanted is left out. */
static void numbers_compare(struct str text, struct tokens want, struct vocab vocabs[2])
{
	struct word_numbers got = {.n = 0};
	struct words_wanted w;
	struct arena a = {0};
	size_t n = 0, k = 0, from = 0, to = 0;
	bool redacted = false;

	wanted_make(&a, text.n, &w);
	text_numbers(&a, text, &vocabs[0], &w, &got);
	for (size_t i = 0; i < want.n; i++) {
		const struct token *t = &want.v[i];
		bool cut = w.longest && t->word.n > w.longest;

		while (k < w.skip.n && w.skip.v[k].end <= t->off)
			k++;
		if (k < w.skip.n && t->off >= w.skip.v[k].off) {
			vocab_add(&vocabs[1], str_sub(t->word, 0, cut ? w.longest : t->word.n));
			continue;
		}
		assert_true(n < got.n);
		assert_int_equal(got.v[n], vocab_add(&vocabs[1], str_sub(t->word, 0, cut ? w.longest : t->word.n)));
		if (t->off >= w.mark.off && t->off < w.mark.end) {
			from = to ? from : n;
			to = n + 1;
		}
		redacted |= (t->flags & TOKEN_REDACTED) != 0;
		n++;
	}
	assert_int_equal(got.n, n);
	assert_int_equal(w.redacted, redacted);
	assert_int_equal(w.mark_to - w.mark_from, to - from);
	assert_true(from == to || w.mark_from == from);
	free(got.v);
	arena_free(&a);
}

/* Both ways, with a vocabulary each that the rounds before have filled. The text has no byte to spare at its end. */
static void both_ways(struct str text, struct vocab vocabs[2], bool grow)
{
	struct arena a = {0};
	char *exact = xmalloc(text.n);
	struct str s = {exact, text.n};

	if (text.n)
		memcpy(exact, text.p, text.n);
	tokens_compare(s, text_tokens(&a, s, &vocabs[0], grow), text_tokens_general(&a, s, &vocabs[1], grow));
	tokens_compare(s, text_tokens(&a, s, NULL, false), text_tokens_general(&a, s, NULL, false));
	numbers_compare(s, text_tokens_general(&a, s, NULL, false), vocabs);
	free(exact);
	arena_free(&a);
}

static void vocabs_compare(struct vocab vocabs[2])
{
	assert_int_equal(vocabs[0].words.n, vocabs[1].words.n);
	for (size_t i = 0; i < vocabs[0].words.n; i++)
		assert_true(str_eq(vocabs[0].words.v[i], vocabs[1].words.v[i]));
	vocab_free(&vocabs[0]);
	vocab_free(&vocabs[1]);
}

static void test_awkward_texts(void **state)
{
	struct vocab vocabs[2] = {0};
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		text_make(&b);
		both_ways(buf_view(&b), vocabs, chance(4) != 0);
	}
	buf_free(&b);
	vocabs_compare(vocabs);
}

/* Every byte behind a word of every length, and every two bytes behind a word of each kind. */
static void test_every_ending(void **state)
{
	static const char *const words[] = {"a", "A", "7", "ab", "12", "aB3", "XXXX", "abcdefgh", "123", "abcdefghi"};
	struct vocab vocabs[2] = {0};
	char text[32];

	(void)state;
	for (size_t w = 0; w < sizeof(words) / sizeof(*words); w++)
		for (unsigned pair = 0; pair < 65536; pair++) {
			size_t n = (size_t)snprintf(text, sizeof(text), "%s__%s", words[w], "s 000 the words go on");

			text[strlen(words[w])] = (char)(pair >> 8);
			text[strlen(words[w]) + 1] = (char)pair;
			if (pair % 3 == 0 || chance(8) == 0)
				both_ways((struct str){text, n}, vocabs, true);
		}
	vocabs_compare(vocabs);
}

/* ---- 64 bytes ---------------------------------------------------------------------------------------------------- */

static void masks_expect(const char *p, const struct byte_masks *m)
{
	for (unsigned i = 0; i < BLOCK_BYTES; i++) {
		int c = (unsigned char)p[i];

		assert_int_equal(m->words >> i & 1, ascii_alnum(c));
		assert_int_equal(m->letters >> i & 1, ascii_alpha(c));
		assert_int_equal(m->capitals >> i & 1, ascii_upper(c));
		assert_int_equal(m->unicode >> i & 1, c >= 0x80);
		assert_int_equal(m->signs >> i & 1, c == '%' || c == '&');
		assert_int_equal(m->joints >> i & 1, c && strchr(",-.`'", c) != NULL);
		assert_int_equal(m->hyphens >> i & 1, c == '-');
		assert_int_equal(m->spaces >> i & 1, ascii_space(c));
	}
}

/* Every byte at every place, beside others. */
static void test_masks(void **state)
{
	char bytes[BLOCK_BYTES];
	struct byte_masks m;

	(void)state;
	for (unsigned c = 0; c < 256; c++)
		for (unsigned at = 0; at < BLOCK_BYTES; at++) {
			for (unsigned i = 0; i < BLOCK_BYTES; i++)
				bytes[i] = (char)chance(256);
			bytes[at] = (char)c;
			byte_masks_read(bytes, &m);
			masks_expect(bytes, &m);
			byte_masks_portable(bytes, &m);
			masks_expect(bytes, &m);
		}
}

/* ---- the real cables --------------------------------------------------------------------------------------------- */

static int record_take(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		       const struct place *next, struct err *e)
{
	(void)f, (void)at, (void)next, (void)e;
	both_ways(r->header, ctx, true);
	both_ways(r->body, ctx, true);
	return 0;
}

static int aside_take(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	(void)ctx, (void)at, (void)reason, (void)excerpt, (void)e;
	return 0;
}

static void test_real_cables(void **state)
{
	const char *data = test_data();
	struct vocab vocabs[2] = {0};
	struct source_reader r = {.record = record_take, .set_aside = aside_take, .ctx = vocabs};
	struct arena a = {0};
	struct err e;

	(void)state;
	if (!data)
		skip();
	assert_int_equal(source_read(path_join(&a, data, "cables.csv"), &r, &e), 0);
	assert_true(vocabs[0].words.n > 10000);
	vocabs_compare(vocabs);
	arena_free(&a);
}

/* ---- the vocabulary ---------------------------------------------------------------------------------------------- */

/* Words that differ in one place, in their length, or by NULs alone; the oracle is where each of them was first. */
static struct str word_make(struct arena *a)
{
	static const char letters[] = {'a', 'b', '\0'};
	size_t n = chance(8) ? chance(20) : 240 + chance(40);
	char *p = arena_alloc(a, n + 1);

	memset(p, 'a', n);
	for (unsigned k = chance(3); n && k; k--)
		p[chance((unsigned)n)] = letters[chance(3)];
	return (struct str){p, n};
}

static void test_vocabulary(void **state)
{
	enum { WORDS = 3000 };
	struct str *seen = xcalloc(WORDS, sizeof(*seen));
	struct arena a = {0};
	struct vocab v = {0};
	size_t n = 0;

	(void)state;
	assert_int_equal(vocab_find(&v, STR("a")), 0);
	for (size_t i = 0; i < WORDS; i++) {
		struct str w = word_make(&a);
		size_t at = 0;

		while (at < n && !str_eq(seen[at], w))
			at++;
		assert_int_equal(vocab_find(&v, w), at < n ? at + 1 : 0);
		assert_int_equal(vocab_add(&v, w), at + 1);
		if (at == n)
			seen[n++] = w;
	}
	assert_int_equal(v.words.n, n);
	for (size_t i = 0; i < n; i++)
		assert_true(str_eq(v.words.v[i], seen[i]));
	vocab_clear(&v);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(vocab_find(&v, seen[i]), 0);
	for (size_t i = n; i--;)
		assert_int_equal(vocab_add(&v, seen[i]), n - i);
	free(seen);
	vocab_free(&v);
	arena_free(&a);
}

/* ---- words that only their letters tell apart -------------------------------------------------------------------- */

struct same_look {
	uint64_t look; /* the slot in a table of the first size, and the tag */
	uint32_t number;
};

static int by_look(const void *x, const void *y)
{
	const struct same_look *a = x, *b = y;

	return (a->look > b->look) - (a->look < b->look);
}

static struct str numbered(char out[32], const char *form, uint32_t number)
{
	return (struct str){out, (size_t)snprintf(out, 32, form, number)};
}

/* Among half a million words some pairs have the same slot and the same tag: those come to the comparison of letters.
 */
static void pairs_kept_apart(const char *form)
{
	enum { WORDS = 500000 };
	struct same_look *looks = xcalloc(WORDS, sizeof(*looks));
	size_t pairs = 0;
	char x[32], y[32];

	for (uint32_t i = 0; i < WORDS; i++) {
		uint64_t hash = word_key_of(numbered(x, form, i)).hash;

		looks[i] = (struct same_look){(hash >> 40) << 10 | (hash & 1023), i};
	}
	qsort(looks, WORDS, sizeof(*looks), by_look);
	for (size_t i = 1; i < WORDS; i++) {
		struct vocab v = {0};

		if (looks[i].look != looks[i - 1].look)
			continue;
		pairs++;
		assert_int_equal(vocab_add(&v, numbered(x, form, looks[i - 1].number)), 1);
		assert_int_equal(vocab_find(&v, numbered(y, form, looks[i].number)), 0);
		assert_int_equal(vocab_add(&v, numbered(y, form, looks[i].number)), 2);
		assert_int_equal(vocab_find(&v, numbered(x, form, looks[i - 1].number)), 1);
		vocab_free(&v);
	}
	assert_true(pairs > 0);
	free(looks);
}

static void test_same_looks(void **state)
{
	(void)state;
	pairs_kept_apart("harbour-%08x");
	pairs_kept_apart("harbour-%08x-of-kalv");
	pairs_kept_apart("%08x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_awkward_texts), cmocka_unit_test(test_every_ending),
		cmocka_unit_test(test_masks),         cmocka_unit_test(test_real_cables),
		cmocka_unit_test(test_vocabulary),    cmocka_unit_test(test_same_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
