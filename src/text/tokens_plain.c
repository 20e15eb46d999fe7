/*
 * The words that are nothing but ASCII letters and digits, which is nearly all of a telegram: folded and hashed eight
 * bytes at a time. Whatever might need one of the rules in tokens.c is left to it; nothing is decided here that is not
 * decided there.
 */
#include "text/text_priv.h"

enum { PLAIN_MAX = 40 }; /* bytes; longer ones are left to the general scanner */

/* What a byte can be to this scanner. */
enum byte_kind {
	BYTE_APART,   /* joins nothing, and is no word where one could begin */
	BYTE_WORD,    /* a letter or a digit */
	BYTE_JOINS,   /* ends a word unless what follows it belongs to the word too */
	BYTE_SIGN,    /* ends a word, but may be one itself */
	BYTE_UNICODE, /* of a code point beyond ASCII: anything */
};

static enum byte_kind kind_of(unsigned char c)
{
	static const unsigned char kinds[128] = {
		['0'] = BYTE_WORD,  ['1'] = BYTE_WORD,   ['2'] = BYTE_WORD,  ['3'] = BYTE_WORD,  ['4'] = BYTE_WORD,
		['5'] = BYTE_WORD,  ['6'] = BYTE_WORD,   ['7'] = BYTE_WORD,  ['8'] = BYTE_WORD,  ['9'] = BYTE_WORD,
		['A'] = BYTE_WORD,  ['B'] = BYTE_WORD,   ['C'] = BYTE_WORD,  ['D'] = BYTE_WORD,  ['E'] = BYTE_WORD,
		['F'] = BYTE_WORD,  ['G'] = BYTE_WORD,   ['H'] = BYTE_WORD,  ['I'] = BYTE_WORD,  ['J'] = BYTE_WORD,
		['K'] = BYTE_WORD,  ['L'] = BYTE_WORD,   ['M'] = BYTE_WORD,  ['N'] = BYTE_WORD,  ['O'] = BYTE_WORD,
		['P'] = BYTE_WORD,  ['Q'] = BYTE_WORD,   ['R'] = BYTE_WORD,  ['S'] = BYTE_WORD,  ['T'] = BYTE_WORD,
		['U'] = BYTE_WORD,  ['V'] = BYTE_WORD,   ['W'] = BYTE_WORD,  ['X'] = BYTE_WORD,  ['Y'] = BYTE_WORD,
		['Z'] = BYTE_WORD,  ['a'] = BYTE_WORD,   ['b'] = BYTE_WORD,  ['c'] = BYTE_WORD,  ['d'] = BYTE_WORD,
		['e'] = BYTE_WORD,  ['f'] = BYTE_WORD,   ['g'] = BYTE_WORD,  ['h'] = BYTE_WORD,  ['i'] = BYTE_WORD,
		['j'] = BYTE_WORD,  ['k'] = BYTE_WORD,   ['l'] = BYTE_WORD,  ['m'] = BYTE_WORD,  ['n'] = BYTE_WORD,
		['o'] = BYTE_WORD,  ['p'] = BYTE_WORD,   ['q'] = BYTE_WORD,  ['r'] = BYTE_WORD,  ['s'] = BYTE_WORD,
		['t'] = BYTE_WORD,  ['u'] = BYTE_WORD,   ['v'] = BYTE_WORD,  ['w'] = BYTE_WORD,  ['x'] = BYTE_WORD,
		['y'] = BYTE_WORD,  ['z'] = BYTE_WORD,   [','] = BYTE_JOINS, ['.'] = BYTE_JOINS, ['-'] = BYTE_JOINS,
		['`'] = BYTE_JOINS, ['\''] = BYTE_JOINS, ['%'] = BYTE_SIGN,  ['&'] = BYTE_SIGN,
	};

	return c < 0x80 ? (enum byte_kind)kinds[c] : BYTE_UNICODE;
}

/* Does a run of letters and digits that c ends, with next behind c, end there whatever the word is? */
static bool ends_word(unsigned char c, unsigned char next)
{
	switch (kind_of(c)) {
	case BYTE_APART:
	case BYTE_SIGN:
		return true;
	case BYTE_JOINS:
		if (c == '-') /* over a line break */
			return !ascii_space(next);
		return kind_of(next) != BYTE_WORD && kind_of(next) != BYTE_UNICODE;
	default:
		return false;
	}
}

/* ---- eight bytes at a time --------------------------------------------------------------------------------------- */

#define LANES(byte) ((byte) * (uint64_t)0x0101010101010101)

/* The letters and digits at the beginning of eight bytes. */
struct lanes {
	uint64_t folded;  /* in lower case; zeros behind them */
	uint64_t letters; /* the highest bit of each byte that is one of those and a letter */
	uint64_t capitals;
	unsigned n; /* how many */
};

/* The highest bit of each byte of w that is from first to last; bytes of w must be below 0x80. */
static uint64_t lanes_between(uint64_t w, unsigned char first, unsigned char last)
{
	return (w + LANES(0x80 - first)) & ~(w + LANES(0x7f - last)) & LANES(0x80);
}

static struct lanes lanes_read(uint64_t w)
{
	uint64_t low = w & LANES(0x7f), lower = w | LANES(0x20); /* which a digit has already */
	uint64_t letters = lanes_between(lower & LANES(0x7f), 'a', 'z') & ~w,
		 word = (lanes_between(low, '0', '9') & ~w) | letters, apart = word ^ LANES(0x80);
	uint64_t mask = ((apart & -apart) >> 7) - 1; /* the bytes before the first one apart; all where none is */
	struct lanes l;

	l.n = apart ? (unsigned)__builtin_ctzll(apart) / 8 : KEY_CHUNK;
	l.folded = lower & mask;
	l.letters = letters & mask;
	l.capitals = l.letters & ~(w << 2); /* bit 5 tells the cases apart */
	return l;
}

/* Is the first letter, if there is one, a capital? */
static bool lanes_capital(const struct lanes *l)
{
	return (l->letters & -l->letters & l->capitals) != 0;
}

/* The word that begins at byte off, where a letter or a digit stands: its length; 0: it is not plain. */
static inline size_t take_word(struct scanner *sc, struct str s, size_t off)
{
	const char *p = s.p + off;
	size_t left = s.n - off, n = 0;
	struct word_key key = {.hash = key_hash_begin()};
	bool letters = false, capital = false;
	char *room = sc->room + sc->room_n;
	struct token *t;
	struct lanes l;

	do {
		if (left - n < KEY_CHUNK || n == PLAIN_MAX)
			return 0;
		l = lanes_read(chunk_load(p + n));
		if (!l.n)
			break;
		key.hash = key_hash_chunk(key.hash, l.folded);
		key.head = n ? key.head : l.folded;
		capital = letters ? capital : lanes_capital(&l);
		letters |= l.letters != 0;
		chunk_store(room + n, l.folded);
		n += l.n;
	} while (l.n == KEY_CHUNK);
	if (left - n < 2 || !ends_word((unsigned char)p[n], (unsigned char)p[n + 1]) ||
	    (uint32_t)key.head == (uint32_t)LANES('x'))
		return 0; /* XXXX may be a redaction */
	sc->room_n += n;
	t = VEC_PUSH(sc->a, &sc->out);
	t->word = (struct str){room, n};
	t->off = (uint32_t)off;
	t->end = (uint32_t)(off + n);
	t->flags = (uint8_t)((letters ? 0 : TOKEN_NUMBER) | (capital ? TOKEN_CAPITAL : 0));
	scanner_pushed(sc, key);
	return n;
}

void scanner_take_plain(struct scanner *sc)
{
	struct str s = sc->s;
	size_t pos = sc->pos, n;

	for (; pos < s.n; pos += n) {
		enum byte_kind k = kind_of((unsigned char)s.p[pos]);

		n = 1;
		if (k == BYTE_SIGN || k == BYTE_UNICODE)
			break;
		if (k != BYTE_WORD)
			continue;
		if (sc->room_cap - sc->room_n < PLAIN_MAX + KEY_CHUNK) {
			sc->word_at = sc->room_n;
			scanner_room(sc, PLAIN_MAX + KEY_CHUNK);
		}
		n = take_word(sc, s, pos);
		if (!n)
			break;
	}
	sc->pos = pos;
}
