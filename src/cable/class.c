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

/* Whole words of a marking. LIMITED OFFICIAL USE was what SBU is called today. */
static const struct word_meaning meanings[] = {
	{STR_INIT("C"), LEVEL_CONFIDENTIAL, 0},
	{STR_INIT("CNF"), LEVEL_CONFIDENTIAL, CAPTION_NOFORN},
	{STR_INIT("CONF"), LEVEL_CONFIDENTIAL, 0},
	{STR_INIT("CONFIDENTIAL"), LEVEL_CONFIDENTIAL, 0},
	{STR_INIT("EXDIS"), LEVEL_UNKNOWN, CAPTION_EXDIS},
	{STR_INIT("FGI"), LEVEL_UNKNOWN, CAPTION_OTHER},
	{STR_INIT("FOUO"), LEVEL_SBU, 0},
	{STR_INIT("LIMDIS"), LEVEL_UNKNOWN, CAPTION_LIMDIS},
	{STR_INIT("LOU"), LEVEL_SBU, 0},
	{STR_INIT("NF"), LEVEL_UNKNOWN, CAPTION_NOFORN},
	{STR_INIT("NODIS"), LEVEL_UNKNOWN, CAPTION_NODIS},
	{STR_INIT("NOFORN"), LEVEL_UNKNOWN, CAPTION_NOFORN},
	{STR_INIT("NOTAL"), LEVEL_UNKNOWN, CAPTION_NOTAL},
	{STR_INIT("ORCON"), LEVEL_UNKNOWN, CAPTION_OTHER},
	{STR_INIT("REL"), LEVEL_UNKNOWN, CAPTION_REL},
	{STR_INIT("S"), LEVEL_SECRET, 0},
	{STR_INIT("SBU"), LEVEL_SBU, 0},
	{STR_INIT("SECRET"), LEVEL_SECRET, 0},
	{STR_INIT("SENSITIVE"), LEVEL_SBU, 0},
	{STR_INIT("SIPDIS"), LEVEL_UNKNOWN, CAPTION_SIPDIS},
	{STR_INIT("SNF"), LEVEL_SECRET, CAPTION_NOFORN},
	{STR_INIT("STADIS"), LEVEL_UNKNOWN, CAPTION_STADIS},
	{STR_INIT("TS"), LEVEL_TOP_SECRET, 0},
	{STR_INIT("TOP"), LEVEL_UNKNOWN, 0},
	{STR_INIT("U"), LEVEL_UNCLASSIFIED, 0},
	{STR_INIT("UNCLAS"), LEVEL_UNCLASSIFIED, 0},
	{STR_INIT("UNCLASSIFIED"), LEVEL_UNCLASSIFIED, 0},
};

static const struct word_meaning *meaning_of(struct str w)
{
	static const char initials[] = "CCCCEFFLLNNNNORSSSSSSSTTUUU"; /* of the words above */
	int first = w.n ? ascii_toupper((unsigned char)*w.p) : 0;
	const char *at = w.n < MEANING_MAX ? memchr(initials, first, sizeof(initials) - 1) : NULL;

	_Static_assert(sizeof(initials) - 1 == sizeof(meanings) / sizeof(*meanings), "a letter a word");
	for (; at && *at == first; at++) {
		const struct word_meaning *m = &meanings[at - initials];

		if (w.n == m->n && str_ieq(w, (struct str){m->word, m->n}))
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
	{STR_INIT("TOPSECRET"), LEVEL_TOP_SECRET},
	{STR_INIT("CONFIDENTIAL"), LEVEL_CONFIDENTIAL},
	{STR_INIT("CCONFIDENTIAL"), LEVEL_CONFIDENTIAL},
	{STR_INIT("ONFIDENTIAL"), LEVEL_CONFIDENTIAL},
	{STR_INIT("CONFIDENTAL"), LEVEL_CONFIDENTIAL},
	{STR_INIT("CONFIDENIAL"), LEVEL_CONFIDENTIAL},
	{STR_INIT("CONFIDENTIA"), LEVEL_CONFIDENTIAL},
	{STR_INIT("SECRET"), LEVEL_SECRET},
	{STR_INIT("SSECRET"), LEVEL_SECRET},
	{STR_INIT("ECRET"), LEVEL_SECRET},
	{STR_INIT("SECRE"), LEVEL_SECRET},
	{STR_INIT("UNCLASSIFIED"), LEVEL_UNCLASSIFIED},
	{STR_INIT("UNCLAS"), LEVEL_UNCLASSIFIED},
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
	const uint32_t initials =
		CAPITAL('C') | CAPITAL('E') | CAPITAL('O') | CAPITAL('S') | CAPITAL('T') | CAPITAL('U');
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
		if (n == 1 && !capital_among(*letters, initials))
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

/*
 * A mark of two levels, (S/C), is read as the higher: who wrote it would not have the paragraph handled as the lower.
 * On a class line other words follow, and a letter among them is no level.
 */
static void raise_to(struct classification *c, enum class_level level, bool mark)
{
	if (mark)
		c->level = level > c->level ? level : c->level;
	else if (level == LEVEL_SBU && c->level == LEVEL_UNCLASSIFIED)
		c->level = level;
	else if (c->level == LEVEL_UNKNOWN)
		c->level = level;
}

/* Words behind the level: captions count, official use lowers to SBU, anything else must be a REL list or an end. */
static bool read_words(struct str s, struct classification *c, bool mark)
{
	bool rel = false, any = c->level != LEVEL_UNKNOWN, top = false;
	struct str w;

	while ((w = take_word(&s)).n) {
		const struct word_meaning *m = meaning_of(w);

		if (m) {
			bool top_secret = top && m->level == LEVEL_SECRET; /* TOP-SECRET */

			raise_to(c, top_secret ? LEVEL_TOP_SECRET : m->level, mark && !rel);
			top = str_ieq(w, STR("TOP"));
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
	const char *name = class_name(c.level);
	size_t n = strlen(name);

	memcpy(out, name, n + 1);

	/* SIPDIS says how a telegram travels, not who may read it. */
	for (unsigned bit = 1; bit <= CAPTION_REL && n < 64; bit <<= 1)
		if (c.captions & bit && bit != CAPTION_SIPDIS && bit != CAPTION_NOTAL)
			n += (size_t)snprintf(out + n, 64 - n, "%s%s", n ? "//" : "", caption_name((enum caption)bit));
}
