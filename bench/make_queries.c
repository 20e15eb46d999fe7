/*
 * Makes the questions that searches are measured with, from the dump that they will be asked of: or2.txt, and3.txt,
 * phrase4.txt (one query a line, plain lower-case words) and quotes.tsv (reference id, what was done to it, a passage
 * as a reporter quotes it). Deterministic for a dump and a seed. The dump is read twice: for the words and a sample of
 * the cables, then to leave out passages that begin like another cable, so that each has one source.
 *
 * usage: make_queries DUMP FOLDER [SEED [QUERIES]]    so many queries a class, 200 where nothing is said
 *        make_queries --bodies FILE DUMP    writes ids and texts, each behind its length in four bytes, high byte
 *                                           first, for a peer in a language that cannot use source/
 */
#include "passages.h"
#include "source/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	QUERIES = 200,
	PER_KIND = 30,
	KINDS = PASSAGE_JOINED, /* those before it have one source */
	SAMPLE = 1500,
	STOP_WORDS = 20,
	PHRASE = 4,
	LEAD = 8, /* words that tell one passage from another */
	TRIES = 1000000,
};

struct question {
	struct str id, passage;
	enum passage_kind kind;
	uint64_t lead; /* hash of the first words of its source */
	uint64_t last; /* the last row that has them */
	unsigned cables;
};

struct maker {
	struct arena row;
	struct corpus corpus;
	struct vocab vocab;
	VEC(uint32_t) cables; /* by word id: how many cables have it */
	VEC(uint32_t) last;
	VEC(struct str) ids; /* of the sample; a text's key is its place here, from 1 */
	uint64_t rows, step, seed;
	unsigned queries;    /* a class */
	uint32_t stop_bound; /* cables of the least of the commonest words; 0: not looked for yet */
	struct question questions[PER_KIND * KINDS];
	size_t n_questions;
	FILE *bodies;
};

/* ---- the first reading: words and a sample ----------------------------------------------------------------------- */

static void words_count(struct maker *m, const struct tokens *t)
{
	for (size_t i = 0; i < t->n; i++) {
		uint32_t id = t->v[i].id;

		while (m->cables.n <= id) {
			*VEC_PUSH(&m->corpus.arena, &m->cables) = 0;
			*VEC_PUSH(&m->corpus.arena, &m->last) = 0;
		}
		if (m->last.v[id] != m->rows) {
			m->last.v[id] = (uint32_t)m->rows;
			m->cables.v[id]++;
		}
	}
}

static int row_first(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		     const struct place *next, struct err *e)
{
	struct maker *m = ctx;
	struct tokens t;
	struct cable c;

	(void)f, (void)at, (void)next;
	arena_reset(&m->row);
	m->rows++;
	t = text_tokens(&m->row, r->body, &m->vocab, true);
	words_count(m, &t);
	if (hash_bytes(&m->rows, sizeof(m->rows), m->seed) % m->step)
		return 0;
	if (cable_read(&m->row, r, &c, e))
		return 0;
	*VEC_PUSH(&m->corpus.arena, &m->ids) = arena_str(&m->corpus.arena, c.id);
	corpus_add(&m->corpus, (int64_t)m->ids.n, &c);
	return 0;
}

/* ---- the second: how many cables have a passage's first words ---------------------------------------------------- */

static uint64_t lead_hash(const struct token *t)
{
	uint32_t ids[LEAD];

	for (size_t i = 0; i < LEAD; i++)
		ids[i] = t[i].id;
	return hash_bytes(ids, sizeof(ids), 3);
}

static int by_lead(const void *a, const void *b)
{
	const struct question *x = a, *y = b;

	return (x->lead > y->lead) - (x->lead < y->lead);
}

static int row_second(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		      const struct place *next, struct err *e)
{
	struct maker *m = ctx;
	struct tokens t;

	(void)f, (void)at, (void)next, (void)e;
	arena_reset(&m->row);
	m->rows++;
	t = text_tokens(&m->row, r->body, &m->vocab, false);
	for (size_t i = 0; i + LEAD <= t.n; i++) {
		struct question key = {.lead = lead_hash(&t.v[i])}, *end = m->questions + m->n_questions;
		struct question *q = bsearch(&key, m->questions, m->n_questions, sizeof(key), by_lead);

		if (!q)
			continue;
		while (q > m->questions && q[-1].lead == key.lead)
			q--;
		for (; q < end && q->lead == key.lead; q++)
			if (q->last != m->rows) {
				q->last = m->rows;
				q->cables++;
			}
	}
	return 0;
}

static int row_body(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		    const struct place *next, struct err *e)
{
	struct maker *m = ctx;
	const struct str parts[] = {r->id, r->body};

	(void)f, (void)at, (void)next;
	for (size_t i = 0; i < 2; i++) {
		const struct str s = parts[i];
		const unsigned char length[] = {(unsigned char)(s.n >> 24), (unsigned char)(s.n >> 16),
						(unsigned char)(s.n >> 8), (unsigned char)s.n};

		fwrite(length, 1, sizeof(length), m->bodies);
		fwrite(s.p, 1, s.n, m->bodies);
	}
	return ferror(m->bodies) ? err_set(e, REFTEL_EIO, "the texts could not be written") : 0;
}

static int row_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	(void)ctx, (void)at, (void)reason, (void)excerpt, (void)e;
	return 0;
}

/* ---- queries ----------------------------------------------------------------------------------------------------- */

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_alpha((unsigned char)s.p[i]))
			return false;
	return s.n >= 2;
}

/* A word that every tokeniser reads as this one word: letters and nothing else, in the text as in its folded form. */
static bool token_is_plain(const struct text *t, const struct token *w)
{
	return is_plain(w->word) && is_plain(str_sub(t->body, w->off, w->end)) && w->word.n == w->end - w->off &&
	       !(w->flags & (TOKEN_REDACTED | TOKEN_HYPHENATED));
}

static bool is_among(const struct maker *m, struct str word, unsigned least, unsigned most)
{
	uint32_t id = vocab_find(&m->vocab, word);
	double share = id ? 100.0 * m->cables.v[id] / (double)m->rows : 0;

	return share >= least && share <= most;
}

static const struct text *any_text(struct maker *m)
{
	return &m->corpus.texts.v[chance_below(&m->corpus.seed, m->corpus.texts.n)];
}

/* How many cables the commonest words are in: a word in fewer than this is no stop word. */
static uint32_t stop_bound(struct maker *m)
{
	uint32_t top[STOP_WORDS] = {0};

	if (m->stop_bound)
		return m->stop_bound;
	for (size_t id = 1; id < m->cables.n; id++) {
		uint32_t n = m->cables.v[id];

		for (size_t k = 0; k < STOP_WORDS; k++)
			if (n > top[k]) {
				uint32_t swap = top[k];

				top[k] = n;
				n = swap;
			}
	}
	return m->stop_bound = top[STOP_WORDS - 1];
}

static bool or2_make(struct maker *m, struct buf *out)
{
	uint32_t bound = stop_bound(m), found[2] = {0};
	size_t n = 0;

	for (unsigned tries = 0; n < 2; tries++) {
		uint32_t id = 1 + (uint32_t)chance_below(&m->corpus.seed, m->cables.n - 1);
		struct str word = m->vocab.words.v[id - 1];

		if (tries == TRIES)
			return false;
		if (!is_plain(word) || m->cables.v[id] >= bound || !is_among(m, word, 10, 60) || id == found[0])
			continue;
		found[n++] = id;
		buf_printf(out, "%s%.*s", n > 1 ? " " : "", STR_ARG(word));
	}
	return true;
}

static bool and3_make(struct maker *m, struct buf *out)
{
	const struct text *t = any_text(m);
	struct str found[3];
	size_t n = 0;

	for (unsigned tries = 0; n < 3; tries++) {
		const struct token *w = &t->words.v[chance_below(&m->corpus.seed, t->words.n)];
		bool again = false;

		if (tries == 1000)
			return false;
		for (size_t k = 0; k < n; k++)
			again |= str_eq(found[k], w->word);
		if (again || !token_is_plain(t, w) || !is_among(m, w->word, 1, 20))
			continue;
		buf_printf(out, "%s%.*s", n ? " " : "", STR_ARG(w->word));
		found[n++] = w->word;
	}
	return true;
}

static bool phrase4_make(struct maker *m, struct buf *out)
{
	const struct text *t = any_text(m);
	size_t first = chance_below(&m->corpus.seed, t->words.n - PHRASE);

	for (size_t i = 0; i < PHRASE; i++) {
		const struct token *w = &t->words.v[first + i];

		if (!token_is_plain(t, w))
			return false;
		for (size_t k = w->end; i + 1 < PHRASE && k < w[1].off; k++)
			if (!ascii_space((unsigned char)t->body.p[k]))
				return false;
		buf_printf(out, "%s%.*s", i ? " " : "", STR_ARG(w->word));
	}
	return true;
}

static int queries_write(struct maker *m, const char *path, bool (*make)(struct maker *, struct buf *), struct err *e)
{
	struct buf lines = {0}, one = {0};
	int rc;

	for (unsigned n = 0, tries = 0; n < m->queries; tries++) {
		if (tries == TRIES) {
			rc = err_set(e, REFTEL_EINVAL, "%s: the dump is too small for %u queries", path, m->queries);
			goto out;
		}
		buf_reset(&one);
		if (!make(m, &one))
			continue;
		buf_putc(&one, '\n');
		if (str_find(buf_view(&lines), buf_view(&one), 0) != SIZE_MAX)
			continue;
		buf_str(&lines, buf_view(&one));
		n++;
	}
	rc = file_write(path, buf_view(&lines), e);
out:
	buf_free(&lines);
	buf_free(&one);
	return rc;
}

/* ---- quotations -------------------------------------------------------------------------------------------------- */

static void questions_make(struct maker *m)
{
	struct buf text = {0};

	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned i = 0, tries = 0; i < PER_KIND && tries < TRIES; tries++) {
			struct question *q = &m->questions[m->n_questions];
			struct passage_made p;
			struct tokens t;

			if (!passage_make(&m->corpus, (enum passage_kind)kind, &p))
				continue;
			t = text_tokens(&m->corpus.arena, p.source, &m->vocab, false);
			if (t.n < LEAD)
				continue;
			buf_reset(&text);
			passage_write(&m->corpus, (enum passage_kind)kind, &p, &text);
			for (size_t k = 0; k < text.n; k++)
				if (ascii_space((unsigned char)text.p[k]))
					text.p[k] = ' ';
			*q = (struct question){.id = m->ids.v[p.key - 1],
					       .passage = arena_str(&m->corpus.arena, buf_view(&text)),
					       .kind = (enum passage_kind)kind,
					       .lead = lead_hash(t.v)};
			m->n_questions++;
			i++;
		}
	buf_free(&text);
	qsort(m->questions, m->n_questions, sizeof(*m->questions), by_lead);
}

static int questions_write(struct maker *m, const char *path, struct err *e)
{
	struct buf lines = {0};
	size_t kept = 0, seen = 0;
	int rc;

	/* In the order of a hash, which mixes the kinds: who asks only some of them still asks all kinds. */
	for (size_t i = 0; i < m->n_questions; i++) {
		const struct question *q = &m->questions[i];

		seen += q->cables != 0; /* the first words of others have a page line among them */
		if (q->cables > 1)
			continue;
		buf_printf(&lines, "%.*s\t%s\t%.*s\n", STR_ARG(q->id), passage_kind_name(q->kind), STR_ARG(q->passage));
		kept++;
	}
	printf("quotations %zu, left out for a second source %zu, first words found again of %zu\n", kept,
	       m->n_questions - kept, seen);
	rc = file_write(path, buf_view(&lines), e);
	buf_free(&lines);
	return rc;
}

/* ---- main -------------------------------------------------------------------------------------------------------- */

static int dump_read(struct maker *m, const char *dump,
		     int (*record)(void *, enum source_format, const struct cable_record *, const struct place *,
				   const struct place *, struct err *),
		     struct err *e)
{
	struct source_reader r = {.record = record, .set_aside = row_aside, .ctx = m};

	m->rows = 0;
	return source_read(dump, &r, e);
}

static int queries_make(struct maker *m, const char *dump, const char *dir, struct err *e)
{
	struct arena *a = &m->corpus.arena;
	struct stat st;
	int rc;

	if (stat(dump, &st))
		return err_set(e, REFTEL_ENOTFOUND, "%s: no such file", dump);
	m->step = 1 + (uint64_t)st.st_size / 7000 / SAMPLE;
	rc = dir_make(dir, e);
	if (!rc)
		rc = dump_read(m, dump, row_first, e);
	if (!rc && m->corpus.texts.n < 2)
		rc = err_set(e, REFTEL_EINVAL, "%s: too few cables to take passages from", dump);
	if (rc)
		return rc;
	printf("cables %" PRIu64 ", sample %zu, distinct words %zu\n", m->rows, m->corpus.texts.n, m->vocab.words.n);
	rc = queries_write(m, path_join(a, dir, "or2.txt"), or2_make, e);
	if (!rc)
		rc = queries_write(m, path_join(a, dir, "and3.txt"), and3_make, e);
	if (!rc)
		rc = queries_write(m, path_join(a, dir, "phrase4.txt"), phrase4_make, e);
	if (rc)
		return rc;
	questions_make(m);
	rc = dump_read(m, dump, row_second, e);
	return rc ? rc : questions_write(m, path_join(a, dir, "quotes.tsv"), e);
}

static int bodies_write(struct maker *m, const char *path, const char *dump, struct err *e)
{
	int rc;

	m->bodies = fopen(path, "wb");
	if (!m->bodies)
		return err_set(e, REFTEL_EIO, "%s: cannot be written", path);
	rc = dump_read(m, dump, row_body, e);
	return fclose(m->bodies) && !rc ? err_set(e, REFTEL_EIO, "%s: could not be written", path) : rc;
}

int main(int argc, char **argv)
{
	static struct maker m;
	struct err e = {0};
	bool bodies;
	int rc;

	bodies = argc == 4 && strcmp(argv[1], "--bodies") == 0;
	m.seed = argc >= 4 && !bodies ? strtoull(argv[3], NULL, 10) : 1;
	m.queries = argc == 5 ? (unsigned)strtoul(argv[4], NULL, 10) : QUERIES;
	m.corpus.seed = m.seed;
	if (argc < 3 || argc > 5 || !m.seed || !m.queries) {
		fprintf(stderr, "usage: make_queries DUMP FOLDER [SEED [QUERIES]] | make_queries --bodies FILE DUMP\n");
		return 2;
	}
	rc = bodies ? bodies_write(&m, argv[2], argv[3], &e) : queries_make(&m, argv[1], argv[2], &e);
	if (rc)
		fprintf(stderr, "make_queries: %s\n", e.msg);
	arena_free(&m.row);
	arena_free(&m.corpus.arena);
	vocab_free(&m.vocab);
	return rc ? 3 : 0;
}
