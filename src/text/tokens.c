/*
 * Words of a text, folded, each with the bytes it came from. What the rules are is said in text.h; they are the ones
 * that make a newspaper's spelling of a telegram's words equal to the telegram's.
 */
#include "text/text_priv.h"

#include <string.h>
#include <utf8proc.h>

enum {
	WORD_MAX = 4096,
	FOLDED_MAX = 64,
	REDACTED_MIN = 4,
	GROUP_DIGITS = 3,
	BYTES_A_WORD = 6, /* of a telegram, with what stands between them: so many tokens are made room for */
};

/* ---- classes ----------------------------------------------------------------------------------------------------- */

static int at(const struct scanner *sc, size_t i)
{
	return i < sc->s.n ? (unsigned char)sc->s.p[i] : -1;
}

static bool letter_at(const struct scanner *sc, size_t i)
{
	int c = at(sc, i);

	if (c < 0x80)
		return ascii_alpha(c);
	switch (utf8proc_category(utf8_next(sc->s, &i))) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
		return true;
	default:
		return false;
	}
}

static bool is_apostrophe(int32_t cp)
{
	return cp == '\'' || cp == '`' || cp == 0x2019 || cp == 0x2018 || cp == 0x02bc || cp == 0x2032 || cp == 0xb4 ||
	       cp == 0xff07;
}

/* Nothing to the eye: soft hyphen, joiners, directions, variation selectors, the mark of byte order. */
static bool is_invisible(int32_t cp)
{
	return cp == 0xad || (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x2064) || (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0xfeff;
}

/* ---- the word at hand -------------------------------------------------------------------------------------------- */

void scanner_room(struct scanner *sc, size_t n)
{
	size_t kept = sc->room_n - sc->word_at;
	char *chunk;

	if (sc->room_cap - sc->room_n >= n)
		return;
	sc->room_cap = sc->room_cap ? sc->room_cap : (sc->s.n < 64 << 10 ? sc->s.n + FOLDED_MAX : 64 << 10);
	while (sc->room_cap < kept + n)
		sc->room_cap *= 2;
	chunk = arena_alloc(sc->a, sc->room_cap);
	if (kept)
		memcpy(chunk, sc->room + sc->word_at, kept);
	sc->room = chunk;
	sc->word_at = 0;
	sc->room_n = kept;
}

static void word_begin(struct scanner *sc)
{
	sc->word_at = sc->room_n;
	sc->first = sc->last = sc->pos;
	sc->letters = sc->digits = sc->points = sc->group = 0;
	sc->capital = sc->grouped = false;
	sc->only_x = true;
	sc->flags = 0;
}

void scanner_settle(struct scanner *sc)
{
	struct token *t;

	if (!sc->n_pending)
		return;
	t = &sc->out.v[sc->out.n - sc->n_pending];
	for (size_t i = 0; i < sc->n_pending; i++) {
		const struct word_key *key = &sc->scratch->pending[i].key;

		t[i].id = vocab_glance(sc->v, t[i].word.n, key);
		if (!t[i].id)
			t[i].id = sc->grow ? vocab_add_keyed(sc->v, t[i].word, *key)
					   : vocab_find_keyed(sc->v, t[i].word, *key);
	}
	sc->n_pending = 0;
}

static void word_end(struct scanner *sc)
{
	struct str word = {sc->room + sc->word_at, sc->room_n - sc->word_at};
	bool redacted = sc->only_x && sc->letters >= REDACTED_MIN && !sc->digits;
	struct word_key key;
	struct token *t;

	if (!word.n)
		return;
	key = word_key_of(word);
	if (sc->numbering) {
		number_pushed(sc, &key, word, sc->first, redacted);
		return;
	}
	t = VEC_PUSH(sc->a, &sc->out);
	t->word = word;
	t->off = (uint32_t)sc->first;
	t->end = (uint32_t)sc->last;
	t->flags = sc->flags;
	if (sc->digits && !sc->letters)
		t->flags |= TOKEN_NUMBER;
	if (sc->capital)
		t->flags |= TOKEN_CAPITAL;
	if (redacted)
		t->flags |= TOKEN_REDACTED;
	token_pushed(sc, &key);
}

static void add_ascii(struct scanner *sc, int c)
{
	scanner_room(sc, 1);
	sc->room[sc->room_n++] = (char)ascii_tolower(c);
	if (ascii_digit(c)) {
		sc->digits++;
		sc->group++;
	} else {
		if (!sc->letters)
			sc->capital = ascii_upper(c);
		sc->letters++;
	}
	sc->only_x &= c == 'x' || c == 'X';
	sc->last = ++sc->pos;
}

/* Letters that Unicode gives no decomposition, and readers no second thought. */
static const char *plain_letters(int32_t cp)
{
	switch (cp) {
	case 0xe6:
		return "ae";
	case 0x153:
		return "oe";
	case 0xf8:
		return "o";
	case 0x111:
	case 0xf0:
		return "d";
	case 0x142:
		return "l";
	case 0x127:
		return "h";
	case 0x131:
		return "i";
	case 0xfe:
		return "th";
	default:
		return NULL;
	}
}

static void add_folded(struct scanner *sc, int32_t cp)
{
	const char *plain = plain_letters(cp);
	char utf8[4];

	scanner_room(sc, 8);
	if (plain) {
		memcpy(sc->room + sc->room_n, plain, strlen(plain));
		sc->room_n += strlen(plain);
		return;
	}
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO: {
		size_t n = utf8_put(cp, utf8);

		memcpy(sc->room + sc->room_n, utf8, n);
		sc->room_n += n;
		break;
	}
	default:
		break;
	}
}

/* One code point beyond ASCII; false when it ends the word. */
static bool add_unicode(struct scanner *sc)
{
	utf8proc_int32_t folded[FOLDED_MAX];
	size_t next = sc->pos, before = sc->room_n;
	int32_t cp = utf8_next(sc->s, &next);
	utf8proc_ssize_t n;
	int boundary = 0;

	if (is_invisible(cp)) {
		sc->pos = next;
		return true;
	}
	if (is_apostrophe(cp)) {
		if (!sc->letters || !letter_at(sc, next))
			return false;
		sc->pos = next;
		return true;
	}
	n = utf8proc_decompose_char(cp, folded, FOLDED_MAX,
				    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK |
					    UTF8PROC_IGNORE,
				    &boundary);
	for (utf8proc_ssize_t i = 0; i < n && i < FOLDED_MAX; i++)
		add_folded(sc, folded[i]);
	if (sc->room_n == before && utf8proc_category(cp) != UTF8PROC_CATEGORY_MN)
		return false;
	if (utf8proc_category(cp) == UTF8PROC_CATEGORY_ND) {
		sc->digits++;
		sc->group++;
	} else if (sc->room_n > before) {
		if (!sc->letters)
			sc->capital = utf8proc_category(cp) == UTF8PROC_CATEGORY_LU;
		sc->letters++;
	}
	sc->only_x = false;
	sc->pos = next;
	sc->last = next;
	return true;
}

/* ---- what joins a word ------------------------------------------------------------------------------------------- */

/* `Bhutto,s`: a comma for an apostrophe, before an ending that only an apostrophe brings. */
static bool comma_is_apostrophe(const struct scanner *sc)
{
	static const char *const endings[] = {"s", "t", "re", "ve", "ll", "d", "m"};
	struct str rest = str_sub(sc->s, sc->pos + 1, sc->pos + 4);

	if (!sc->letters || sc->last != sc->pos || ascii_digit(at(sc, sc->pos - 1)))
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		struct str e = str_of(endings[i]);
		size_t next = sc->pos + 1 + e.n;

		if (str_istarts(rest, e) && !ascii_digit(at(sc, next)) && !letter_at(sc, next))
			return true;
	}
	return false;
}

static bool comma_groups_digits(const struct scanner *sc)
{
	size_t i = sc->pos + 1, n = 0;

	if (sc->letters || !sc->digits || sc->points || sc->group > GROUP_DIGITS ||
	    (sc->grouped && sc->group != GROUP_DIGITS))
		return false;
	while (ascii_digit(at(sc, i + n)))
		n++;
	return n == GROUP_DIGITS && !ascii_alpha(at(sc, i + n));
}

/* U.S., e.g.: single letters, each with a point behind it. */
static bool point_abbreviates(const struct scanner *sc)
{
	return !sc->digits && sc->letters == sc->points + 1 && letter_at(sc, sc->pos + 1) &&
	       !letter_at(sc, sc->pos + 2) && at(sc, sc->pos + 1) < 0x80 && !ascii_digit(at(sc, sc->pos + 2));
}

/* A hyphen at the end of a line, and the word goes on in lower case: the place where it does, else 0. */
static size_t hyphenation_end(const struct scanner *sc)
{
	size_t i = sc->pos + 1;
	bool broken = false;

	if (!sc->letters || sc->last != sc->pos)
		return 0;
	for (; ascii_space(at(sc, i)) && i < sc->pos + 80; i++) {
		if (at(sc, i) == '\n' && broken)
			return 0;
		broken |= at(sc, i) == '\n';
	}
	return broken && ascii_lower(at(sc, i)) ? i : 0;
}

/* Punctuation inside a word; false when it ends it. */
static bool add_punctuation(struct scanner *sc, int c)
{
	size_t next;

	switch (c) {
	case '\'':
	case '`':
		if (!sc->letters || !letter_at(sc, sc->pos + 1))
			return false;
		sc->pos++;
		return true;
	case ',':
		if (comma_groups_digits(sc)) {
			sc->grouped = true;
			sc->group = 0;
		} else if (!comma_is_apostrophe(sc)) {
			return false;
		}
		sc->pos++;
		return true;
	case '.':
		if (sc->digits && !sc->letters && ascii_digit(at(sc, sc->pos + 1))) {
			scanner_room(sc, 1);
			sc->room[sc->room_n++] = '.';
		} else if (!point_abbreviates(sc)) {
			return false;
		}
		sc->points++;
		sc->pos++;
		return true;
	case '-':
		next = hyphenation_end(sc);
		if (!next)
			return false;
		sc->flags |= TOKEN_HYPHENATED;
		sc->pos = next;
		return true;
	default:
		return false;
	}
}

static bool add_any(struct scanner *sc)
{
	int c = at(sc, sc->pos);

	if (c < 0)
		return false;
	if (ascii_alnum(c)) {
		add_ascii(sc, c);
		return true;
	}
	return c < 0x80 ? add_punctuation(sc, c) : add_unicode(sc);
}

/* ---- signs that are words ---------------------------------------------------------------------------------------- */

/* "10%" and "10 percent", "law & order" and "law and order" are the same words. */
static const char *sign_word(const struct scanner *sc)
{
	int c = at(sc, sc->pos), before = sc->pos ? at(sc, sc->pos - 1) : ' ', after = at(sc, sc->pos + 1);
	size_t digit = sc->pos;

	while (c == '%' && digit > 1 && ascii_space(at(sc, digit - 1)))
		digit--;
	if (c == '%' && digit && ascii_digit(at(sc, digit - 1)))
		return "percent";
	if (c == '&' && ascii_space(before) && (after < 0 || ascii_space(after)))
		return "and";
	return NULL;
}

static void sign_take(struct scanner *sc, const char *word)
{
	word_begin(sc);
	scanner_room(sc, strlen(word));
	memcpy(sc->room + sc->room_n, word, strlen(word));
	sc->room_n += strlen(word);
	sc->only_x = false;
	sc->last = ++sc->pos;
	word_end(sc);
}

/* One word, or one byte or code point that is none. */
static void take_any(struct scanner *sc)
{
	size_t from = sc->pos;
	const char *sign = sign_word(sc);

	if (sign) {
		sign_take(sc, sign);
		return;
	}
	word_begin(sc);
	while (sc->pos - from < WORD_MAX && add_any(sc))
		;
	word_end(sc);
	if (sc->pos == from)
		utf8_next(sc->s, &sc->pos);
}

void scanner_run(struct scanner *sc, bool plain)
{
	sc->block.base = sc->pos - BLOCK_BYTES; /* no byte of it is at hand */
	while (sc->pos < sc->s.n) {
		if (plain)
			scanner_take_plain(sc);
		if (sc->pos < sc->s.n)
			take_any(sc);
	}
}

static struct tokens tokens_of(struct scanner sc, bool plain)
{
	struct scanner_scratch scratch;

	sc.scratch = &scratch;
	if (sc.s.n) {
		sc.out.cap = sc.s.n / BYTES_A_WORD + 4;
		sc.out.v = arena_new(sc.a, struct token, sc.out.cap);
	}
	scanner_run(&sc, plain);
	scanner_settle(&sc);
	return (struct tokens){sc.out.v, sc.out.n};
}

struct tokens text_tokens(struct arena *a, struct str text, struct vocab *v, bool grow)
{
	return tokens_of((struct scanner){.a = a, .s = text, .v = v, .grow = grow}, true);
}

struct tokens text_tokens_general(struct arena *a, struct str text, struct vocab *v, bool grow)
{
	return tokens_of((struct scanner){.a = a, .s = text, .v = v, .grow = grow}, false);
}

struct str text_fold(struct arena *a, struct str s)
{
	struct tokens t = text_tokens(a, s, NULL, false);
	struct buf b = {0};
	struct str out;

	for (size_t i = 0; i < t.n; i++) {
		if (i)
			buf_putc(&b, ' ');
		buf_str(&b, t.v[i].word);
	}
	out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out;
}
