/*
 * text: words. UTF-8 that is never trusted, folding and tokens with a map back to the bytes they came from, the
 * alignment of two runs of tokens, and the word diff that comes from it. Knows nothing of cables or stories.
 */
#ifndef REFTEL_TEXT_H
#define REFTEL_TEXT_H

#include "base/base.h"

/* ---- UTF-8 ------------------------------------------------------------------------------------------------------- */

/*
 * Reads one code point at *pos of s and moves *pos past it. A byte that begins no valid sequence (RFC 3629: no
 * overlong forms, no surrogates, nothing above U+10FFFF) gives U+FFFD and moves one byte, so that every text can
 * be walked to its end. *pos must be below s.n.
 */
int32_t utf8_next(struct str s, size_t *pos);
size_t utf8_put(int32_t cp, char out[4]); /* bytes written, 1..4 */
bool utf8_valid(struct str s);
size_t utf8_columns(struct str s); /* terminal columns: wide characters are two, combining ones none */

/* Could move a cursor, colour a terminal or turn the direction of what follows; no text needs it. */
bool utf8_steers(int32_t cp);
/*
 * As content or attribute of markup: & < > and both quotation marks escaped, U+FFFD for what steers and for what is no
 * UTF-8; line ends and tabs stay, carriage returns do not.
 */
void text_put_markup(struct buf *b, struct str s);
void text_put_markup_char(struct buf *b, int32_t cp);

enum encoding { ENC_UTF8, ENC_UTF16LE, ENC_UTF16BE, ENC_LATIN1, ENC_BINARY };
/* Looks at the beginning of a file (64 KiB do): byte order mark, NULs, validity. Windows-1252 counts as LATIN1. */
enum encoding text_sniff_encoding(struct str head);
/* To UTF-8 without a mark, in a. Latin-1 is read as Windows-1252; what has no meaning becomes U+FFFD. */
struct str text_to_utf8(struct arena *a, struct str raw, enum encoding enc);

/* A stretch of a text, bytes [off, end). off == end: absent. */
struct span {
	uint32_t off, end;
};
struct spans {
	struct span *v;
	size_t n;
};

/* ---- folding and tokens ------------------------------------------------------------------------------------------ */

/*
 * A token is a run of letters and digits (an apostrophe or a comma standing for one inside a word, `Bhutto,s`,
 * belongs to it and is left out of the folded form: "bhuttos"). Decimals and grouped numbers are one token
 * (1.4, 10,000 folds to "10000"); an abbreviation's points are left out (U.S. folds to "us").
 * The folded form is lower case without diacritics, ligatures undone, soft hyphens gone, a word hyphenated over a
 * line break joined. off and end are bytes in the text the token was read from, so that evidence can always show
 * the text itself.
 */
struct token {
	struct str word;   /* folded, in the arena */
	uint32_t off, end; /* bytes [off, end) of the text */
	uint32_t id;       /* equal ids = equal words, when a struct vocab was given; else 0 */
	uint8_t flags;     /* TOKEN_* */
};

enum {
	TOKEN_NUMBER = 1,     /* digits, perhaps with separators */
	TOKEN_CAPITAL = 2,    /* its first letter is upper case in the text */
	TOKEN_HYPHENATED = 4, /* it was joined over a line break */
	TOKEN_REDACTED = 8,   /* four or more X and nothing else, in the text */
};

struct tokens {
	struct token *v;
	size_t n;
};

/* Gives every distinct word a number from 1. Shared by runs that are to be aligned. Open zeroed. */
struct vocab_slot;
struct vocab {
	struct arena arena;
	struct vocab_slot *slots; /* open addressing */
	size_t mask;
	VEC(struct str) words; /* words.v[id - 1] */
	char *room;            /* where the next word's letters go */
	size_t room_left;
};
uint32_t vocab_add(struct vocab *v, struct str word);
uint32_t vocab_find(const struct vocab *v, struct str word); /* 0: not there */
/* Of a folded word. Kept in the index, whose version changes with it. */
uint32_t word_hash(struct str word);
void vocab_clear(struct vocab *v); /* no words; its table stays as large as it has become */
void vocab_free(struct vocab *v);

/*
 * Tokens of text[from, to). v may be NULL. With grow false, words that v does not know get id 0 and v stays as it is.
 * At most UINT32_MAX - 1 bytes.
 */
struct tokens text_tokens(struct arena *a, struct str text, struct vocab *v, bool grow);

/*
 * The words of a text as their numbers and nothing else, for who reads many texts: the ids of text_tokens() with a
 * vocabulary that grows. They are put behind those that out has already.
 */
struct word_numbers {
	uint32_t *v; /* heap */
	size_t n, cap;
};
struct words_wanted {
	struct spans skip;           /* words that begin in one of these are left out; in the order of the text */
	struct span mark;            /* of the words that begin in here it is told which they are */
	size_t longest;              /* bytes of a folded word, what is longer is cut; 0: as long as they are */
	struct word_numbers *hashes; /* where the words' hashes are put; NULL: they are not asked for */
	/* what came of it */
	size_t mark_from, mark_to; /* of out->v; equal: none */
	bool redacted;             /* one of the words is TOKEN_REDACTED */
};
void text_numbers(struct arena *a, struct str text, struct vocab *v, struct words_wanted *w, struct word_numbers *out);

/* The folded form of one word or phrase (tokens joined by one blank). */
struct str text_fold(struct arena *a, struct str s);

/* ---- alignment --------------------------------------------------------------------------------------------------- */

enum align_op { ALIGN_SAME, ALIGN_CHANGE, ALIGN_ONLY_A, ALIGN_ONLY_B };

/* One step of an alignment; a and b are token numbers (the next one on that side for the ONLY ops). */
struct align_step {
	bool free; /* cost nothing: a gloss, a page line, words behind an ellipsis, a redaction */
	enum align_op op;
	uint32_t a, b;
};

struct alignment {
	struct align_step *v;
	size_t n;
	size_t same, changed, only_a, only_b; /* words that cost; free ones are not counted */
	uint32_t b_from, b_to;                /* the stretch of b that a was laid on: tokens [b_from, b_to) */
	int score;
};

/* What a position of a run may do without cost. */
enum {
	ALIGN_WORD = 0,
	ALIGN_FREE = 1, /* of a: may be missing in b (a gloss); of b: may be missing in a (a page line) */
	ALIGN_GAP = 2,  /* of a: stands for any run of b, also none (an ellipsis); matches no word itself */
	ALIGN_BLOT = 4, /* of b: stands for any short run of a (a redaction) */
};

/* A run of words: ids (equal numbers are equal words, 0 equals nothing) and, where kinds is not NULL, ALIGN_*. */
struct align_run {
	const uint32_t *ids;
	const uint8_t *kinds;
	size_t n;
};

/*
 * Lays the whole of a on the best stretch of b (semi-global: what stands before and behind the stretch costs
 * nothing). Time O(a.n * b.n), and as many bytes for the trace.
 */
struct alignment align_local(struct arena *mem, struct align_run a, struct align_run b);
/* Only the score of the above, in O(b.n) memory: to choose among many candidates. ALIGN_SCORE_SAME a word is full. */
#define ALIGN_SCORE_SAME 64
int align_score(struct arena *mem, struct align_run a, struct align_run b);
/* Both wholly, within a band of |i - j| <= band around the diagonal (0: no band). For diffs. */
struct alignment align_global(struct arena *mem, struct align_run a, struct align_run b, size_t band);

/*
 * Word diff of two texts: stretches that are the same, only in a, or only in b, with their bytes. Long texts are
 * cut at words that stand once in both (patience diff), so that time and memory stay near linear.
 */
struct diff_span {
	enum align_op op; /* SAME, ONLY_A, ONLY_B */
	uint32_t a_off, a_end, b_off, b_end;
};
struct diff {
	struct diff_span *v;
	size_t n;
};
struct diff text_diff(struct arena *mem, struct str a, struct str b);

#endif
