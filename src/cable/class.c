/*
 * Classification and captions, in the spellings and misspellings of class lines, table cells and portion marks.
 */
#include "cable/cable_priv.h"

#include <string.h>

enum {
	MARKING_MAX = 200,
	MEANING_MAX = 15,   /* no word of a marking is longer */
	SPELLED_MAX = 14,   /* CCONFIDENTIAL */
	SPELLED_MIN = 5,    /* ECRET */
	SPELLED_BYTES = 48, /* of a line may be a level's letters and the blanks between them */
};

struct word_meaning {
	char word[MEANING_MAX];
	uint8_t n;
	enum class_level level;
	unsigned captions;
};

#define WORD(text) text, sizeof(text) - 1

/* Whole words of a marking. LIMITED OFFICIAL USE was what SBU is called today. */
static const struct word_meaning meanings[] = {
	{WORD("C"), LEVEL_CONFIDENTIAL, 0},
	{WORD("CNF"), LEVEL_CONFIDENTIAL, CAPTION_NOFORN},
	{WORD("CONF"), LEVEL_CONFIDENTIAL, 0},
	{WORD("CONFIDENTIAL"), LEVEL_CONFIDENTIAL, 0},
	{WORD("EXDIS"), LEVEL_UNKNOWN, CAPTION_EXDIS},
	{WORD("FGI"), LEVEL_UNKNOWN, CAPTION_OTHER},
	{WORD("FOUO"), LEVEL_SBU, 0},
	{WORD("LIMDIS"), LEVEL_UNKNOWN, CAPTION_LIMDIS},
	{WORD("LOU"), LEVEL_SBU, 0},
	{WORD("NF"), LEVEL_UNKNOWN, CAPTION_NOFORN},
	{WORD("NODIS"), LEVEL_UNKNOWN, CAPTION_NODIS},
	{WORD("NOFORN"), LEVEL_UNKNOWN, CAPTION_NOFORN},
	{WORD("NOTAL"), LEVEL_UNKNOWN, CAPTION_NOTAL},
	{WORD("ORCON"), LEVEL_UNKNOWN, CAPTION_OTHER},
	{WORD("REL"), LEVEL_UNKNOWN, CAPTION_REL},
	{WORD("S"), LEVEL_SECRET, 0},
	{WORD("SBU"), LEVEL_SBU, 0},
	{WORD("SECRET"), LEVEL_SECRET, 0},
	{WORD("SENSITIVE"), LEVEL_SBU, 0},
	{WORD("SIPDIS"), LEVEL_UNKNOWN, CAPTION_SIPDIS},
	{WORD("SNF"), LEVEL_SECRET, CAPTION_NOFORN},
	{WORD("STADIS"), LEVEL_UNKNOWN, CAPTION_STADIS},
	{WORD("TS"), LEVEL_TOP_SECRET, 0},
	{WORD("TOP"), LEVEL_UNKNOWN, 0},
	{WORD("U"), LEVEL_UNCLASSIFIED, 0},
	{WORD("UNCLAS"), LEVEL_UNCLASSIFIED, 0},
	{WORD("UNCLASSIFIED"), LEVEL_UNCLASSIFIED, 0},
};

/* The letters that words of a marking begin with. */
static bool begins_marking(int c)
{
	switch (c) {
	case 'C':
	case 'E':
	case 'F':
	case 'L':
	case 'N':
	case 'O':
	case 'R':
	case 'S':
	case 'T':
	case 'U':
		return true;
	default:
		return false;
	}
}

/* Length and first letter tell nearly all words from each other. */
static const struct word_meaning *meaning_of(struct str w)
{
	int first = w.n ? ascii_toupper((unsigned char)*w.p) : 0;

	if (w.n >= MEANING_MAX || !begins_marking(first))
		return NULL;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		const struct word_meaning *m = &meanings[i];

		if (first == *m->word && w.n == m->n && str_ieq(w, (struct str){m->word, m->n}))
			return m;
	}
	return NULL;
}

bool class_is_caption(struct str word)
{
	const struct word_meaning *m = meaning_of(word);

	return m ? m->captions || m->level == LEVEL_SBU : str_ieq(word, STR("LIMITED"));
}

struct spelling {
	char letters[SPELLED_MAX];
	uint8_t n;
	enum class_level level;
};

static const struct spelling spellings[] = {
	{WORD("TOPSECRET"), LEVEL_TOP_SECRET},
	{WORD("CONFIDENTIAL"), LEVEL_CONFIDENTIAL},
	{WORD("CCONFIDENTIAL"), LEVEL_CONFIDENTIAL},
	{WORD("ONFIDENTIAL"), LEVEL_CONFIDENTIAL},
	{WORD("CONFIDENTAL"), LEVEL_CONFIDENTIAL},
	{WORD("CONFIDENIAL"), LEVEL_CONFIDENTIAL},
	{WORD("CONFIDENTIA"), LEVEL_CONFIDENTIAL},
	{WORD("SECRET"), LEVEL_SECRET},
	{WORD("SSECRET"), LEVEL_SECRET},
	{WORD("ECRET"), LEVEL_SECRET},
	{WORD("SECRE"), LEVEL_SECRET},
	{WORD("UNCLASSIFIED"), LEVEL_UNCLASSIFIED},
	{WORD("UNCLAS"), LEVEL_UNCLASSIFIED},
};

static enum class_level level_spelled(const char *letters, size_t n)
{
	for (size_t k = 0; k < sizeof(spellings) / sizeof(*spellings); k++)
		if (n == spellings[k].n && !memcmp(letters, spellings[k].letters, n))
			return spellings[k].level;
	return LEVEL_UNKNOWN;
}

/*
 * Letters only, run together: "C O N F I D E N T I A L", "SS E C R E T" and "E C R E T" are told by what they contain,
 * because blanks and doubled or lost letters are what transmission does to them. The longest that ends with a word
 * counts; *end is behind it.
 */
static enum class_level spaced_level(struct str s, size_t *end)
{
	enum class_level best = LEVEL_UNKNOWN;
	char letters[SPELLED_MAX];
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < sizeof(letters) && i < SPELLED_BYTES; i++) {
		int c = (unsigned char)s.p[i];
		enum class_level level;

		if (ascii_space(c))
			continue;
		if (!ascii_alpha(c))
			break;
		letters[n++] = (char)ascii_toupper(c);
		if (n == 1 && !memchr("CEOSTU", *letters, 6))
			break;
		if (n < SPELLED_MIN || (i + 1 < s.n && ascii_alpha((unsigned char)s.p[i + 1])))
			continue;
		level = level_spelled(letters, n);
		if (level != LEVEL_UNKNOWN) {
			best = level;
			*end = i + 1;
		}
	}
	return best;
}

/* The next run of letters of *s. */
static struct str take_word(struct str *s)
{
	size_t i = 0, from;

	while (i < s->n && !ascii_alpha((unsigned char)s->p[i]))
		i++;
	from = i;
	while (i < s->n && ascii_alpha((unsigned char)s->p[i]))
		i++;
	{
		struct str w = str_sub(*s, from, i);

		*s = str_sub(*s, i, s->n);
		return w;
	}
}

static void raise_to(struct classification *c, enum class_level level)
{
	if (level == LEVEL_SBU && c->level == LEVEL_UNCLASSIFIED)
		c->level = level;
	else if (c->level == LEVEL_UNKNOWN)
		c->level = level;
}

/* Words behind the level: captions count, official use lowers to SBU, anything else must be a REL list or an end. */
static bool read_words(struct str s, struct classification *c, bool mark)
{
	bool rel = false, any = c->level != LEVEL_UNKNOWN;
	struct str w;

	while ((w = take_word(&s)).n) {
		const struct word_meaning *m = meaning_of(w);

		if (m) {
			raise_to(c, m->level);
			c->captions |= m->captions;
			rel |= m->captions & CAPTION_REL;
			any = true;
		} else if (str_ieq(w, STR("OFFICIAL")) || str_ieq(w, STR("LIMITED"))) {
			if (c->level != LEVEL_CONFIDENTIAL && c->level != LEVEL_SECRET)
				c->level = LEVEL_SBU;
			any = true;
		} else if (str_ieq(w, STR("RELTO")) || str_istarts(w, STR("REL"))) {
			c->captions |= CAPTION_REL;
			rel = true;
		} else if (mark && !rel && !str_ieq(w, STR("FOR")) && !str_ieq(w, STR("USE")) &&
			   !str_ieq(w, STR("ONLY")) && !str_ieq(w, STR("ENTIRE")) && !str_ieq(w, STR("TEXT"))) {
			return false;
		}
	}
	return any;
}

/* "C", "SBU": nearly every mark of a paragraph is one short word. */
static bool short_word_parse(struct str word, struct classification *out)
{
	const struct word_meaning *m = meaning_of(word);

	if (!m || (m->level == LEVEL_UNKNOWN && !m->captions))
		return false;
	*out = (struct classification){m->level, m->captions};
	return true;
}

static bool is_short_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_alpha((unsigned char)s.p[i]))
			return false;
	return s.n > 0 && s.n < SPELLED_MIN;
}

bool class_parse(struct str s, struct classification *out)
{
	struct classification c = {0};
	size_t end = 0;
	bool mark;

	s = str_trim(str_sub(s, 0, MARKING_MAX));
	while (s.n && (*s.p == '(' || *s.p == '[' || *s.p == '/'))
		s = str_sub(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] == ')' || s.p[s.n - 1] == ']' || s.p[s.n - 1] == '.'))
		s = str_sub(s, 0, s.n - 1);
	if (s.n < SPELLED_MIN && is_short_word(s))
		return short_word_parse(s, out);
	if (s.n && memchr(s.p, '.', s.n))
		return false; /* "U.S." */
	c.level = spaced_level(s, &end);
	mark = c.level == LEVEL_UNKNOWN;
	if (mark) {
		struct str rest = s, first = take_word(&rest);

		if (!meaning_of(first) && !str_ieq(first, STR("LIMITED")) && !str_ieq(first, STR("FOR")) &&
		    !str_istarts(first, STR("REL")))
			return false;
	}
	if (!read_words(str_sub(s, end, s.n), &c, mark) || (c.level == LEVEL_UNKNOWN && !c.captions))
		return false;
	*out = c;
	return true;
}

const char *class_name(enum class_level level)
{
	static const char *const names[] = {
		"", "UNCLASSIFIED", "UNCLASSIFIED//FOR OFFICIAL USE ONLY", "CONFIDENTIAL", "SECRET", "TOP SECRET"};

	return names[level];
}

const char *caption_name(enum caption one)
{
	static const char *const names[] = {"NOFORN", "SIPDIS", "NODIS", "EXDIS", "STADIS", "LIMDIS", "NOTAL", "REL"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (one == 1u << i)
			return names[i];
	return "";
}

void class_format(struct classification c, char out[64])
{
	size_t n = (size_t)snprintf(out, 64, "%s", class_name(c.level));

	/* SIPDIS says how a telegram travels, not who may read it. */
	for (unsigned bit = 1; bit <= CAPTION_REL && n < 64; bit <<= 1)
		if (c.captions & bit && bit != CAPTION_SIPDIS && bit != CAPTION_NOTAL)
			n += (size_t)snprintf(out + n, 64 - n, "%s%s", n ? "//" : "", caption_name((enum caption)bit));
}
