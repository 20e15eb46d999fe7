/*
 * Classification and captions, in the spellings and misspellings of class lines, table cells and portion marks.
 */
#include "cable/cable_priv.h"

#include <string.h>

enum { MARKING_MAX = 200 };

struct word_meaning {
	char word[16];
	enum class_level level;
	unsigned captions;
};

/* Whole words of a marking. LIMITED OFFICIAL USE was what SBU is called today. */
static const struct word_meaning meanings[] = {
	{"C", LEVEL_CONFIDENTIAL, 0},
	{"CNF", LEVEL_CONFIDENTIAL, CAPTION_NOFORN},
	{"CONF", LEVEL_CONFIDENTIAL, 0},
	{"CONFIDENTIAL", LEVEL_CONFIDENTIAL, 0},
	{"EXDIS", LEVEL_UNKNOWN, CAPTION_EXDIS},
	{"FGI", LEVEL_UNKNOWN, CAPTION_OTHER},
	{"FOUO", LEVEL_SBU, 0},
	{"LIMDIS", LEVEL_UNKNOWN, CAPTION_LIMDIS},
	{"LOU", LEVEL_SBU, 0},
	{"NF", LEVEL_UNKNOWN, CAPTION_NOFORN},
	{"NODIS", LEVEL_UNKNOWN, CAPTION_NODIS},
	{"NOFORN", LEVEL_UNKNOWN, CAPTION_NOFORN},
	{"NOTAL", LEVEL_UNKNOWN, CAPTION_NOTAL},
	{"ORCON", LEVEL_UNKNOWN, CAPTION_OTHER},
	{"REL", LEVEL_UNKNOWN, CAPTION_REL},
	{"S", LEVEL_SECRET, 0},
	{"SBU", LEVEL_SBU, 0},
	{"SECRET", LEVEL_SECRET, 0},
	{"SENSITIVE", LEVEL_SBU, 0},
	{"SIPDIS", LEVEL_UNKNOWN, CAPTION_SIPDIS},
	{"SNF", LEVEL_SECRET, CAPTION_NOFORN},
	{"STADIS", LEVEL_UNKNOWN, CAPTION_STADIS},
	{"TS", LEVEL_TOP_SECRET, 0},
	{"TOP", LEVEL_UNKNOWN, 0},
	{"U", LEVEL_UNCLASSIFIED, 0},
	{"UNCLAS", LEVEL_UNCLASSIFIED, 0},
	{"UNCLASSIFIED", LEVEL_UNCLASSIFIED, 0},
};

static const struct word_meaning *meaning_of(struct str w)
{
	int first = w.n ? ascii_toupper((unsigned char)*w.p) : 0;

	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (first == *meanings[i].word && str_ieq(w, str_of(meanings[i].word)))
			return &meanings[i];
	return NULL;
}

/*
 * Letters only, run together: "C O N F I D E N T I A L", "SS E C R E T" and "E C R E T" are told by what they contain,
 * because blanks and doubled or lost letters are what transmission does to them. *rest: how many letters follow.
 */
static enum class_level spaced_level(struct str s, size_t *end)
{
	static const struct {
		char letters[16];
		enum class_level level;
	} spelled[] = {
		{"TOPSECRET", LEVEL_TOP_SECRET},
		{"CONFIDENTIAL", LEVEL_CONFIDENTIAL},
		{"CCONFIDENTIAL", LEVEL_CONFIDENTIAL},
		{"ONFIDENTIAL", LEVEL_CONFIDENTIAL},
		{"CONFIDENTAL", LEVEL_CONFIDENTIAL},
		{"CONFIDENIAL", LEVEL_CONFIDENTIAL},
		{"CONFIDENTIA", LEVEL_CONFIDENTIAL},
		{"SECRET", LEVEL_SECRET},
		{"SSECRET", LEVEL_SECRET},
		{"ECRET", LEVEL_SECRET},
		{"SECRE", LEVEL_SECRET},
		{"UNCLASSIFIED", LEVEL_UNCLASSIFIED},
		{"UNCLAS", LEVEL_UNCLASSIFIED},
	};
	enum class_level best = LEVEL_UNKNOWN;
	char letters[24];
	size_t n = 0, longest = 0;

	for (size_t i = 0; i < s.n && n < sizeof(letters) && i < 48; i++) {
		int c = (unsigned char)s.p[i];

		if (ascii_space(c))
			continue;
		if (!ascii_alpha(c))
			break;
		letters[n++] = (char)ascii_toupper(c);
		if (i + 1 < s.n && ascii_alpha((unsigned char)s.p[i + 1]))
			continue;
		for (size_t k = 0; k < sizeof(spelled) / sizeof(*spelled); k++)
			if (n < sizeof(spelled[k].letters) && !spelled[k].letters[n] && n > longest &&
			    !memcmp(letters, spelled[k].letters, n)) {
				longest = n;
				best = spelled[k].level;
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
	if (str_find(s, STR("."), 0) != SIZE_MAX)
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
