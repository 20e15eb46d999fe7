/*
 * Nodes of words: what a bare term and a phrase stand for. Words are folded here, once, by the folding that the texts
 * are indexed with; a spelling that would not fold to the same word again is kept beside it, for printing.
 */
#include "search/query_parse_priv.h"

#include <string.h>

enum { FUZZY_SHORT = 5 }; /* up to that many letters one change is as much as a word bears */

static struct str text_at(const struct query_reader *r, struct span at)
{
	return str_sub(r->text, at.off, at.end);
}

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t pos = 0; pos < s.n; n++)
		utf8_next(s, &pos);
	return n;
}

/* ---- folding ----------------------------------------------------------------------------------------------------- */

/* Does the spelling, by itself, fold to the word? Most folded words are their own spelling, and are told by a look. */
static bool folds_to(struct arena *a, struct str spelling, struct str word)
{
	struct tokens t;
	size_t i = 0;

	while (i < word.n && (ascii_lower((unsigned char)word.p[i]) || ascii_digit((unsigned char)word.p[i])))
		i++;
	if (i == word.n && str_eq(spelling, word))
		return true;
	t = text_tokens(a, spelling, NULL, false);
	return t.n == 1 && str_eq(t.v[0].word, word);
}

static int word_add(struct query_reader *r, struct span at, struct str word, query_word_vec *out)
{
	struct query_word *w;
	int rc;

	if (word.n > QUERY_WORD_MAX)
		return query_refused(r, REFTEL_ELIMIT, at, "a word may have at most %d bytes", QUERY_WORD_MAX);
	if (out->n && (rc = query_count(r, at, 1))) /* the first is counted as the node that has it */
		return rc;
	w = VEC_PUSH(r->a, out);
	w->word = w->shown = word;
	if (folds_to(r->a, word, word))
		return REFTEL_OK;
	w->shown = text_at(r, at);
	if (folds_to(r->a, w->shown, word))
		return REFTEL_OK;
	return query_expected(r, at, "a word that can be looked for");
}

static int fold_chunk(struct query_reader *r, struct span at, query_word_vec *out)
{
	struct tokens t = text_tokens(r->a, text_at(r, at), NULL, false);
	int rc = REFTEL_OK;

	for (size_t i = 0; i < t.n && !rc; i++)
		rc = word_add(r, (struct span){at.off + t.v[i].off, at.off + t.v[i].end}, t.v[i].word, out);
	return rc;
}

static bool is_wordish(struct str s, size_t i)
{
	return i < s.n && (ascii_alnum((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0x80);
}

/* A * at a word, or a ? inside one, is meant as a pattern; that it counts for nothing would not be noticed. */
static int refuse_patterns(struct query_reader *r, struct span piece)
{
	struct str s = text_at(r, piece);

	for (size_t i = 0; i < s.n; i++) {
		bool before = i && is_wordish(s, i - 1), after = is_wordish(s, i + 1);

		if ((s.p[i] == '*' && (before || after)) || (s.p[i] == '?' && before && after))
			return query_expected(
				r, piece,
				"whole words inside quotation marks (a * alone stands for any one word there)");
	}
	return REFTEL_OK;
}

static int any_add(struct query_reader *r, struct span at, query_word_vec *out)
{
	VEC_PUSH(r->a, out)->any = true;
	return query_count(r, at, 1);
}

int query_fold(struct query_reader *r, struct span at, bool stars, query_word_vec *out)
{
	struct span chunk = {at.off, at.off};
	int rc = REFTEL_OK;

	for (size_t i = at.off; stars && i < at.end && !rc;) {
		struct span piece;
		size_t blank = query_blank_at(r->text, i);

		if (blank) {
			i += blank;
			continue;
		}
		piece.off = (uint32_t)i;
		while (i < at.end && !query_blank_at(r->text, i))
			utf8_next(r->text, &i);
		piece.end = (uint32_t)i;
		if (!str_eq(text_at(r, piece), STR("*"))) {
			rc = refuse_patterns(r, piece);
			continue;
		}
		chunk.end = piece.off;
		if (!(rc = fold_chunk(r, chunk, out)))
			rc = any_add(r, piece, out);
		chunk.off = piece.end;
	}
	chunk.end = at.end;
	return rc ? rc : fold_chunk(r, chunk, out);
}

/* ---- phrases and plain words ------------------------------------------------------------------------------------- */

static int phrase_of(struct query_reader *r, struct span at, const query_word_vec *words, struct query_node **out)
{
	int rc = query_node_new(r, Q_PHRASE, at, out);

	if (rc)
		return rc;
	(*out)->field = r->field;
	(*out)->words = words->v;
	(*out)->n_words = words->n;
	return REFTEL_OK;
}

int query_read_phrase(struct query_reader *r, struct span inside, struct span whole, struct query_node **out)
{
	query_word_vec words = {0};
	int rc = query_fold(r, inside, true, &words);

	if (rc)
		return rc;
	if (!words.n)
		return query_expected(r, whole, "words between the quotation marks");
	if (words.v[0].any || words.v[words.n - 1].any)
		return query_expected(r, whole, "a phrase that begins and ends with a word, not with *");
	return phrase_of(r, whole, &words, out);
}

/* A word that is a cable's id, year and all, is also a name for that cable. */
static int id_or_phrase(struct query_reader *r, struct span at, const struct mrn *m, struct query_node *phrase,
			struct query_node **out)
{
	struct query_node *either, *id;
	char text[MRN_MAX];
	int rc;

	if (r->depth == QUERY_DEPTH_MAX)
		return query_refused(r, REFTEL_ELIMIT, at, "more than %d parentheses and NOTs are inside one another",
				     QUERY_DEPTH_MAX);
	if ((rc = query_node_new(r, Q_ID, at, &id)) || (rc = query_node_new(r, Q_OR, at, &either)))
		return rc;
	mrn_format(m, text);
	id->field = QF_ID;
	id->mrn = *m;
	id->word = arena_str(r->a, str_of(text));
	either->kids = arena_new(r->a, struct query_node *, 2);
	either->kids[0] = id;
	either->kids[1] = phrase;
	either->n_kids = 2;
	*out = either;
	return REFTEL_OK;
}

static bool is_dated_id(struct str word, struct mrn *m)
{
	return word.n < MRN_MAX && ascii_digit((unsigned char)word.p[0]) &&
	       ascii_digit((unsigned char)word.p[word.n - 1]) && mrn_parse(word, m, NULL) == REFTEL_OK && m->year;
}

static int read_plain(struct query_reader *r, struct span at, struct query_node **out)
{
	query_word_vec words = {0};
	struct mrn m;
	int rc = query_fold(r, at, false, &words);

	if (rc)
		return rc;
	if (!words.n)
		return query_expected(r, at, "a word, a phrase in quotation marks, a field or \"(\"");
	if (words.n > 1)
		return phrase_of(r, at, &words, out);
	if (is_dated_id(words.v[0].word, &m)) {
		if ((rc = phrase_of(r, at, &words, out)) || r->in_field || r->in_near)
			return rc;
		return id_or_phrase(r, at, &m, *out, out);
	}
	if ((rc = query_node_new(r, Q_WORD, at, out)))
		return rc;
	(*out)->field = r->field;
	(*out)->words = words.v;
	(*out)->n_words = 1;
	(*out)->word = words.v[0].word;
	return REFTEL_OK;
}

/* ---- patterns ---------------------------------------------------------------------------------------------------- */

static int pattern_piece(struct query_reader *r, struct span piece, struct span whole, struct buf *pattern,
			 size_t *literals)
{
	query_word_vec words = {0};
	int rc;

	if (piece.off == piece.end)
		return REFTEL_OK;
	if ((rc = fold_chunk(r, piece, &words)))
		return rc;
	if (words.n != 1)
		return query_expected(r, whole, "one word with * or ? in it");
	if (!str_eq(words.v[0].word, words.v[0].shown))
		return query_expected(r, whole, "a word that can be looked for");
	*literals += characters(words.v[0].word);
	buf_str(pattern, words.v[0].word);
	return REFTEL_OK;
}

/* The pattern with its pieces folded, and runs of * made one. */
static int pattern_fold(struct query_reader *r, struct span at, struct buf *pattern, size_t *literals)
{
	uint32_t from = at.off;
	int rc = REFTEL_OK;

	for (uint32_t i = at.off; i < at.end && !rc; i++) {
		char c = r->text.p[i];

		if (c != '*' && c != '?')
			continue;
		rc = pattern_piece(r, (struct span){from, i}, at, pattern, literals);
		if (c == '?' || !pattern->n || pattern->p[pattern->n - 1] != '*')
			buf_putc(pattern, c);
		from = i + 1;
	}
	return rc ? rc : pattern_piece(r, (struct span){from, at.end}, at, pattern, literals);
}

static int read_pattern(struct query_reader *r, struct span at, struct query_node **out)
{
	struct buf pattern = {0};
	size_t literals = 0;
	struct str word;
	int rc = pattern_fold(r, at, &pattern, &literals);

	if (rc)
		goto out;
	word = buf_view(&pattern);
	if (word.n > QUERY_WORD_MAX) {
		rc = query_refused(r, REFTEL_ELIMIT, at, "a word may have at most %d bytes", QUERY_WORD_MAX);
		goto out;
	}
	if (literals < QUERY_LITERALS_MIN) {
		rc = query_expected(r, at, "at least %d letters beside * and ?", QUERY_LITERALS_MIN);
		goto out;
	}
	if ((rc = query_node_new(r, Q_WILDCARD, at, out)))
		goto out;
	if (strcspn(word.p, "*?") == word.n - 1 && word.p[word.n - 1] == '*') {
		(*out)->op = Q_PREFIX;
		word.n--;
	}
	(*out)->field = r->field;
	(*out)->word = arena_str(r->a, word);
out:
	buf_free(&pattern);
	return rc;
}

/* word~, word~1: where the ~ stands; a ~ that only digits follow and something stands before. SIZE_MAX: not there. */
static size_t fuzzy_sign(struct str term)
{
	size_t i = term.n;

	while (i && ascii_digit((unsigned char)term.p[i - 1]))
		i--;
	return i > 1 && term.p[i - 1] == '~' ? i - 1 : SIZE_MAX;
}

static int read_fuzzy(struct query_reader *r, struct span at, size_t sign, struct query_node **out)
{
	struct str term = text_at(r, at), digits = str_sub(term, sign + 1, term.n);
	query_word_vec words = {0};
	size_t letters;
	int rc;

	if (digits.n > 1 || (digits.n && (*digits.p < '1' || *digits.p > '0' + QUERY_FUZZY_MAX)))
		return query_expected(r, (struct span){at.off + (uint32_t)sign + 1, at.end},
				      "1 or 2 behind \"~\" (how many letters may differ)");
	if ((rc = fold_chunk(r, (struct span){at.off, at.off + (uint32_t)sign}, &words)))
		return rc;
	letters = words.n == 1 ? characters(words.v[0].word) : 0;
	if (letters < QUERY_FUZZY_MIN)
		return query_expected(r, at, "one word of at least %d letters before \"~\"", QUERY_FUZZY_MIN);
	if ((rc = query_node_new(r, Q_FUZZY, at, out)))
		return rc;
	(*out)->field = r->field;
	(*out)->words = words.v;
	(*out)->n_words = 1;
	(*out)->word = words.v[0].word;
	(*out)->distance = digits.n ? *digits.p - '0' : letters <= FUZZY_SHORT ? 1 : QUERY_FUZZY_MAX;
	return REFTEL_OK;
}

/* Without what a sentence or a list put behind it; `secur*,` is meant as `secur*`. */
static struct span without_stops(const struct query_reader *r, struct span at)
{
	while (at.end > at.off && strchr(",;.:!", r->text.p[at.end - 1]) && r->text.p[at.end - 1])
		at.end--;
	return at;
}

int query_read_term(struct query_reader *r, struct span at, struct query_node **out)
{
	struct span term = without_stops(r, at);
	struct str s = text_at(r, term);
	size_t sign = fuzzy_sign(s);

	if (memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n))
		return sign == SIZE_MAX ? read_pattern(r, term, out)
					: query_expected(r, term, "a word with \"~\" or one with * and ?, not both");
	if (sign != SIZE_MAX)
		return read_fuzzy(r, term, sign, out);
	return read_plain(r, at, out);
}
