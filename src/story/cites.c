/*
 * Citations: all that a sentence says of one cable. Marks of a cable (a running number, an id, a link, the word cable)
 * and its description (date, classification, post, signatory) are found one by one and then gathered: what contradicts
 * begins another citation.
 */
#include "story/story_priv.h"

#include <string.h>

enum { NEAR_BYTES = 90, NAME_WORDS_MAX = 5, NUMBER_LOW = 1000, NUMBER_HIGH = 9999999, ALIAS_BYTES = 5 };

enum mark_kind { MARK_WORD, MARK_NUMBER, MARK_MRN, MARK_LINK, MARK_DATE, MARK_LEVEL, MARK_ORIGIN, MARK_SIGNATORY };

/* How a word for a cable points: at a new one, at the one spoken of, or at none ("cables"). */
enum pointing { POINT_NEW, POINT_OTHER, POINT_BACK };

struct mark {
	enum mark_kind kind;
	struct span at;
	uint32_t number;
	struct mrn mrn;
	struct cable_date date;
	struct classification class;
	struct str text;
	enum pointing pointing;
	bool led; /* "dated ..." stands before it */
};

typedef VEC(struct mark) mark_vec;

struct finder {
	struct reading *r;
	struct str text;
	struct span at; /* of the sentence */
	struct tokens t;
	mark_vec marks;
};

static struct mark *mark_add(struct finder *f, enum mark_kind kind, uint32_t off, uint32_t end)
{
	struct mark *m = VEC_PUSH(f->r->a, &f->marks);

	*m = (struct mark){.kind = kind, .at = {off, end}};
	return m;
}

static struct str word(const struct finder *f, size_t i)
{
	return i < f->t.n ? f->t.v[i].word : STR("");
}

static bool word_is(const struct finder *f, size_t i, const char *w)
{
	return str_eq(word(f, i), str_of(w));
}

static bool word_any(const struct finder *f, size_t i, const char *const *list)
{
	for (; *list; list++)
		if (word_is(f, i, *list))
			return true;
	return false;
}

static bool capital(const struct finder *f, size_t i)
{
	return i < f->t.n && f->t.v[i].flags & TOKEN_CAPITAL;
}

/* What stands between two tokens. */
static struct str between(const struct finder *f, size_t i, size_t k)
{
	return k < f->t.n ? str_sub(f->text, f->t.v[i].end, f->t.v[k].off) : STR("");
}

static bool quoted(const struct finder *f, size_t i)
{
	return in_quotation(f->r, f->t.v[i].off);
}

/* ---- the word cable ---------------------------------------------------------------------------------------------- */

static const char *const cable_words[] = {"cable", "telegram",   "telex", "dispatch", "despatch",
					  "memo",  "memorandum", "wire",  NULL};
static const char *const back_words[] = {"the", "that", "this", "same", "her", "his", "their", "its", "said", NULL};
static const char *const other_words[] = {"another", "second",  "third",      "fourth",   "separate",  "other", "later",
					  "earlier", "further", "subsequent", "previous", "different", NULL};

static void find_cable_words(struct finder *f)
{
	for (size_t i = 0; i < f->t.n; i++) {
		struct mark *m;
		size_t k = i;

		if (!word_any(f, i, cable_words) || quoted(f, i))
			continue;
		m = mark_add(f, MARK_WORD, f->t.v[i].off, f->t.v[i].end);
		/* Adjectives may stand between: "the same confidential cable". */
		for (int n = 0; n < 5 && k > 0; n++) {
			k--;
			if (word_any(f, k, other_words)) {
				m->pointing = POINT_OTHER;
				break;
			}
			if (word_is(f, k, "a") || word_is(f, k, "an") || word_is(f, k, "one"))
				break;
			if (word_any(f, k, back_words)) {
				m->pointing = k > 0 && word_any(f, k - 1, other_words) ? POINT_OTHER : POINT_BACK;
				m->at.off = f->t.v[k].off;
				break;
			}
		}
	}
}

/* ---- ids --------------------------------------------------------------------------------------------------------- */

static void find_links(struct finder *f)
{
	for (size_t i = 0; i < f->r->n_links; i++) {
		const struct story_link *l = &f->r->links[i];
		struct str href = l->href;
		size_t from = 0, end = href.n;
		struct mrn m;

		if (l->at.off < f->at.off || l->at.off >= f->at.end)
			continue;
		while (end && href.p[end - 1] == '/')
			end--;
		for (size_t k = 0; k + 1 < end; k++)
			if (href.p[k] == '/' || href.p[k] == '=')
				from = k + 1;
		for (size_t k = from; k < end; k++)
			if (strchr(".#?&", href.p[k]))
				end = k;
		if (mrn_parse(str_sub(href, from, end), &m, NULL) == REFTEL_OK && m.year) {
			struct mark *mark =
				mark_add(f, MARK_LINK, l->at.off, l->at.end < f->at.end ? l->at.end : f->at.end);

			mark->text = href;
			mark->mrn = m;
		}
	}
}

static void find_mrns(struct finder *f)
{
	struct mrn_hits hits = mrn_scan(f->r->a, str_sub(f->text, f->at.off, f->at.end), true);

	for (size_t i = 0; i < hits.n; i++) {
		uint32_t off = f->at.off + hits.v[i].at.off;

		if (!in_quotation(f->r, off))
			mark_add(f, MARK_MRN, off, f->at.off + hits.v[i].at.end)->mrn = hits.v[i].mrn;
	}
}

static bool number_of_token(const struct token *t, uint32_t *out)
{
	uint32_t n = 0;

	if (!(t->flags & TOKEN_NUMBER) || t->word.n < 4 || t->word.n > 7)
		return false;
	for (size_t i = 0; i < t->word.n; i++) {
		if (!ascii_digit((unsigned char)t->word.p[i]))
			return false;
		n = n * 10 + (uint32_t)(t->word.p[i] - '0');
	}
	*out = n;
	return n >= NUMBER_LOW && n <= NUMBER_HIGH;
}

/* ( >126768: confidential ): parenthesised, a classification behind it. */
static bool number_in_parens(const struct finder *f, size_t i)
{
	uint32_t off = f->t.v[i].off;
	struct classification c;
	struct str tail = between(f, i, i + 1);

	while (off > f->at.off && strchr(" >#\n", f->text.p[off - 1]))
		off--;
	return off > f->at.off && f->text.p[off - 1] == '(' && str_trim(tail).n == 1 &&
	       strchr(":,;-/", *str_trim(tail).p) && class_parse(word(f, i + 1), &c);
}

/* cable 237368, cable no. 126768, cable number 126,768, cable #126768 */
static bool number_behind_word(const struct finder *f, size_t i)
{
	static const char *const fillers[] = {"no", "number", "nr", "num", "id", "nos", NULL};
	size_t k = i;

	if (k && word_any(f, k - 1, fillers))
		k--;
	if (!k || !word_any(f, k - 1, cable_words))
		return k && k < i && word_is(f, k - 1, "document");
	return between(f, k - 1, i).n <= 12;
}

static bool number_marked(const struct finder *f, size_t i)
{
	uint32_t off = f->t.v[i].off;

	return off > f->at.off && (f->text.p[off - 1] == '>' || f->text.p[off - 1] == '#') && f->t.v[i].word.n >= 5;
}

static void find_numbers(struct finder *f)
{
	for (size_t i = 0; i < f->t.n; i++) {
		uint32_t n;

		if (!number_of_token(&f->t.v[i], &n) || quoted(f, i) ||
		    !(number_in_parens(f, i) || number_behind_word(f, i) || number_marked(f, i)))
			continue;
		if (n >= 1900 && n <= 2099 && !number_in_parens(f, i))
			continue;
		mark_add(f, MARK_NUMBER, f->t.v[i].off, f->t.v[i].end)->number = n;
	}
}

/* ---- dates ------------------------------------------------------------------------------------------------------- */

static int64_t small_number(struct str w, int64_t most)
{
	int64_t n = 0;
	size_t i = 0;

	while (i < w.n && ascii_digit((unsigned char)w.p[i]) && n <= most)
		n = n * 10 + (w.p[i++] - '0');
	if (!i || n > most)
		return -1;
	w = str_sub(w, i, w.n);
	return !w.n || str_eq(w, STR("st")) || str_eq(w, STR("nd")) || str_eq(w, STR("rd")) || str_eq(w, STR("th"))
		       ? n
		       : -1;
}

static int month_word(struct str w)
{
	for (int m = 1; m <= 12; m++) {
		struct str full = str_of(cable_month_name(m));

		if (str_ieq(w, full) || (w.n == 3 && str_ieq(w, str_sub(full, 0, 3))) ||
		    (m == 9 && str_ieq(w, STR("sept"))))
			return m;
	}
	return 0;
}

static int year_word(const struct finder *f, size_t i)
{
	int64_t y = i < f->t.n && f->t.v[i].word.n == 4 ? small_number(word(f, i), 2099) : -1;

	return y >= 1950 ? (int)y : 0;
}

static bool close_by(const struct finder *f, size_t i, size_t k)
{
	struct str s = between(f, i, k);

	return s.n <= 5 && str_find(s, STR(";"), 0) == SIZE_MAX && str_find(s, STR("("), 0) == SIZE_MAX;
}

/* October 29, 2007 / 29 October 2007 / October 2007 / 2007-10-29: how many tokens from i, 0 when there is none. */
static size_t date_at(const struct finder *f, size_t i, struct cable_date *d)
{
	int m = capital(f, i) ? month_word(word(f, i)) : 0, y;
	int64_t day;

	*d = (struct cable_date){0};
	if (m && i + 1 < f->t.n && close_by(f, i, i + 1)) {
		y = year_word(f, i + 1);
		if (y) {
			*d = (struct cable_date){.year = (int16_t)y, .month = (int8_t)m, .precision = DATE_MONTH};
			return 2;
		}
		day = small_number(word(f, i + 1), 31);
		if (day < 1)
			return 0;
		y = i + 2 < f->t.n && close_by(f, i + 1, i + 2) ? year_word(f, i + 2) : 0;
		*d = (struct cable_date){(int16_t)y, (int8_t)m, (int8_t)day, 0, 0, DATE_DAY};
		return y ? 3 : 2;
	}
	day = small_number(word(f, i), 31);
	if (day >= 1 && i + 1 < f->t.n) {
		size_t k = i + 1;

		if (word_is(f, k, "of"))
			k++;
		m = capital(f, k) && close_by(f, i, i + 1) ? month_word(word(f, k)) : 0;
		if (!m)
			return 0;
		y = k + 1 < f->t.n && close_by(f, k, k + 1) ? year_word(f, k + 1) : 0;
		*d = (struct cable_date){(int16_t)y, (int8_t)m, (int8_t)day, 0, 0, DATE_DAY};
		return k - i + (y ? 2 : 1);
	}
	if (year_word(f, i) && i + 2 < f->t.n && str_eq(between(f, i, i + 1), STR("-")) &&
	    str_eq(between(f, i + 1, i + 2), STR("-")) && small_number(word(f, i + 1), 12) > 0 &&
	    small_number(word(f, i + 2), 31) > 0) {
		*d = (struct cable_date){(int16_t)year_word(f, i),
					 (int8_t)small_number(word(f, i + 1), 12),
					 (int8_t)small_number(word(f, i + 2), 31),
					 0,
					 0,
					 DATE_DAY};
		return 3;
	}
	return 0;
}

static void find_dates(struct finder *f)
{
	static const char *const leads[] = {"dated", "of", "from", "sent", NULL};
	size_t n;

	for (size_t i = 0; i < f->t.n; i += n ? n : 1) {
		struct cable_date d;
		struct mark *m;

		n = quoted(f, i) ? 0 : date_at(f, i, &d);
		if (!n || (d.precision == DATE_DAY && d.year && !civil_valid(d.year, d.month, d.day)))
			continue;
		m = mark_add(f, MARK_DATE, f->t.v[i].off, f->t.v[i + n - 1].end);
		m->date = d;
		m->led = i && (word_any(f, i - 1, leads) ||
			       (i > 1 && (word_is(f, i - 1, "on") || word_is(f, i - 1, "the")) &&
				(word_any(f, i - 2, leads) || word_is(f, i - 2, "on"))));
	}
}

/* ---- classification, origin, signatory --------------------------------------------------------------------------- */

static const char *const level_words[] = {"confidential", "secret", "unclassified", NULL};

/* Level words that speak of the cable: behind its number, or right before or behind the word for it. */
static void find_levels(struct finder *f)
{
	static const char *const classers[] = {"classified", "marked", "graded", "stamped", "as", NULL};

	for (size_t i = 0; i < f->t.n; i++) {
		bool behind_number = i && f->t.v[i - 1].flags & TOKEN_NUMBER && number_in_parens(f, i - 1);
		uint32_t end = f->t.v[i].end;
		struct mark *m;

		if (!word_any(f, i, level_words) || quoted(f, i))
			continue;
		if (!behind_number && !word_any(f, i + 1, cable_words) && !(i && word_any(f, i - 1, classers)))
			continue;
		for (size_t k = i + 1; k < f->t.n && k < i + 3; k++)
			if ((word_is(f, k, "noforn") || word_is(f, k, "nodis") || word_is(f, k, "exdis")) &&
			    str_find(between(f, k - 1, k), STR("/"), 0) != SIZE_MAX)
				end = f->t.v[k].end;
		m = mark_add(f, MARK_LEVEL, f->t.v[i].off, end);
		class_parse(str_sub(f->text, m->at.off, m->at.end), &m->class);
	}
}

/* Capitalised words from i, with their small connectives: a name. Returns how many tokens. */
static size_t name_at(const struct finder *f, size_t i)
{
	static const char *const inner[] = {"de", "da", "del", "la", "al", "el", "au", "of", "van", "von", "bin", NULL};
	size_t n = 0;

	while (n < NAME_WORDS_MAX && i + n < f->t.n && !quoted(f, i + n)) {
		struct str gap = n ? between(f, i + n - 1, i + n) : STR(" ");

		if (str_find(gap, STR(","), 0) != SIZE_MAX || str_find(gap, STR("("), 0) != SIZE_MAX ||
		    str_find(gap, STR(";"), 0) != SIZE_MAX || str_find(gap, STR(":"), 0) != SIZE_MAX || gap.n > 3)
			break;
		if (!capital(f, i + n) && !(n && word_any(f, i + n, inner) && capital(f, i + n + 1)))
			break;
		n++;
	}
	return n;
}

static void origin_add(struct finder *f, size_t i, size_t n)
{
	struct mark *m;

	if (!n)
		return;
	m = mark_add(f, MARK_ORIGIN, f->t.v[i].off, f->t.v[i + n - 1].end);
	m->text = str_sub(f->text, m->at.off, m->at.end);
}

/* "the U.S. embassy in Islamabad", "the embassy in Brasilia", "the Tehran embassy", "the mission to NATO". */
static void find_origins(struct finder *f)
{
	static const char *const offices[] = {"embassy", "consulate", NULL};
	static const char *const ours[] = {"the", "us", "american", "its", "an", "a", "general", "from", NULL};

	for (size_t i = 0; i < f->t.n; i++) {
		size_t k = i + 1;

		if (quoted(f, i))
			continue;
		if (word_is(f, i, "mission") && word_is(f, i + 1, "to") && i && word_any(f, i - 1, ours)) {
			origin_add(f, i + 2, word_is(f, i + 2, "the") ? 0 : name_at(f, i + 2));
			continue;
		}
		if (!word_any(f, i, offices))
			continue;
		if (word_is(f, k, "general"))
			k++;
		if (word_is(f, k, "in") && i && word_any(f, i - 1, ours))
			origin_add(f, k + 1, name_at(f, k + 1));
		else if (i >= 2 && capital(f, i - 1) && word_is(f, i - 2, "the") && !word_any(f, i - 1, ours))
			origin_add(f, i - 1, 1);
	}
}

/* "signed by", "under the signature of", "a cable sent by ... Patricia Venn": the names behind. */
static void find_signatories(struct finder *f)
{
	for (size_t i = 1; i + 1 < f->t.n; i++) {
		bool by = word_is(f, i, "by") && (word_is(f, i - 1, "signed"));
		bool of = word_is(f, i, "of") && word_is(f, i - 1, "signature");
		size_t n;
		struct mark *m;

		if (!(by || of) || quoted(f, i))
			continue;
		n = name_at(f, i + 1);
		if (!n)
			continue;
		m = mark_add(f, MARK_SIGNATORY, f->t.v[i + 1].off, f->t.v[i + n].end);
		m->text = str_sub(f->text, m->at.off, m->at.end);
	}
}

/* ---- gathering --------------------------------------------------------------------------------------------------- */

static int by_place(const void *x, const void *y)
{
	const struct mark *a = x, *b = y;

	return (a->at.off > b->at.off) - (a->at.off < b->at.off);
}

static void marks_sort(mark_vec *v)
{
	for (size_t i = 1; i < v->n; i++) /* few, and nearly in order */
		for (size_t k = i; k > 0 && by_place(&v->v[k - 1], &v->v[k]) > 0; k--) {
			struct mark swap = v->v[k];

			v->v[k] = v->v[k - 1];
			v->v[k - 1] = swap;
		}
}

static bool dates_differ(struct cable_date a, struct cable_date b)
{
	return a.precision != b.precision || a.year != b.year || a.month != b.month || a.day != b.day;
}

/* May the mark belong to the citation, by what the citation says already? */
static bool fits(const struct citation *c, const struct mark *m)
{
	switch (m->kind) {
	case MARK_NUMBER:
		return !c->running_number || c->running_number == m->number;
	case MARK_MRN:
		return !c->mrn.post[0] || mrn_eq(&c->mrn, &m->mrn);
	case MARK_LINK:
		return !c->link.n || str_eq(c->link, m->text);
	case MARK_DATE:
		return c->date.precision == DATE_NONE || !dates_differ(c->date, m->date);
	case MARK_LEVEL:
		return c->level == LEVEL_UNKNOWN;
	case MARK_ORIGIN:
		return !c->origin.n;
	case MARK_SIGNATORY:
		return !c->signatory.n;
	case MARK_WORD:
		return m->pointing != POINT_OTHER;
	}
	return false;
}

static void take(struct citation *c, const struct mark *m)
{
	if (c->at.off == c->at.end)
		c->at = m->at;
	if (m->at.off < c->at.off)
		c->at.off = m->at.off;
	if (m->at.end > c->at.end)
		c->at.end = m->at.end;
	switch (m->kind) {
	case MARK_NUMBER:
		c->running_number = m->number;
		c->running_at = m->at;
		break;
	case MARK_MRN:
		c->mrn = m->mrn;
		c->mrn_at = m->at;
		break;
	case MARK_LINK:
		c->link = m->text;
		break;
	case MARK_DATE:
		c->date = m->date;
		c->date_at = m->at;
		break;
	case MARK_LEVEL:
		c->level = m->class.level;
		c->captions = m->class.captions;
		c->level_at = m->at;
		break;
	case MARK_ORIGIN:
		c->origin = m->text;
		c->origin_at = m->at;
		break;
	case MARK_SIGNATORY:
		c->signatory = m->text;
		c->signatory_at = m->at;
		break;
	case MARK_WORD:
		break;
	}
}

static bool is_anchor(const struct mark *m)
{
	return m->kind <= MARK_LINK;
}

static bool has_id(const struct citation *c)
{
	return c->running_number || c->mrn.post[0] || c->link.n;
}

static uint32_t gap(struct span a, struct span b)
{
	return a.end <= b.off ? b.off - a.end : b.end <= a.off ? a.off - b.end : 0;
}

struct gathered {
	struct citation c;
	enum pointing pointing;
	bool worded; /* a word for a cable stands in it */
};

typedef VEC(struct gathered) gathered_vec;

/* Two ids name one cable only side by side: "08 KALVIK 12 (126768: secret)". */
static bool is_number_or_mrn(const struct mark *m)
{
	return m->kind == MARK_NUMBER || m->kind == MARK_MRN;
}

/* Ids and words for a cable make the citations of a sentence. */
static void gather_anchors(struct finder *f, gathered_vec *out)
{
	for (size_t i = 0; i < f->marks.n; i++) {
		const struct mark *m = &f->marks.v[i];
		struct gathered *g = out->n ? &out->v[out->n - 1] : NULL;

		if (!is_anchor(m))
			continue;
		/* A new mention of a cable behind one that is complete begins another citation; an id completes one. */
		if (!g || !fits(&g->c, m) || (m->kind == MARK_WORD && g->worded && m->pointing != POINT_BACK) ||
		    (is_number_or_mrn(m) && has_id(&g->c) && gap(g->c.at, m->at) > ALIAS_BYTES)) {
			g = VEC_PUSH(f->r->a, out);
			g->c.same_as = -1;
			g->pointing = m->kind == MARK_WORD ? m->pointing : POINT_NEW;
		} else if (m->kind != MARK_WORD && g->pointing == POINT_BACK && !has_id(&g->c)) {
			g->pointing = POINT_NEW; /* "the cable (126768)" */
		}
		g->worded |= m->kind == MARK_WORD;
		take(&g->c, m);
	}
}

/*
 * A description goes to the citation it stands next to: a date behind "dated" or right before the word, the others to
 * the nearest that has none yet.
 */
static void give_description(struct finder *f, gathered_vec *v, const struct mark *m)
{
	struct gathered *best = NULL;
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i < v->n; i++) {
		struct gathered *g = &v->v[i];
		uint32_t distance = gap(g->c.at, m->at);
		bool behind = m->at.off >= g->c.at.off;

		if (m->kind == MARK_DATE) {
			/* A date without a year, or not led to, is an event's unless it touches the word. */
			bool touches = distance <= 12;

			if (!m->led && !touches &&
			    !(has_id(&g->c) && m->date.year && m->date.precision == DATE_DAY && distance <= NEAR_BYTES))
				continue;
			if (!behind && !touches && !has_id(&g->c))
				continue;
			if (m->led && distance > NEAR_BYTES)
				continue;
		}
		if (distance < least && fits(&g->c, m)) {
			least = distance;
			best = g;
		}
	}
	(void)f;
	if (best)
		take(&best->c, m);
}

static void fill(struct citation *root, const struct citation *c)
{
	if (root->date.precision == DATE_NONE) {
		root->date = c->date;
		root->date_at = c->date_at;
	}
	if (root->level == LEVEL_UNKNOWN) {
		root->level = c->level;
		root->captions = c->captions;
		root->level_at = c->level_at;
	}
	if (!root->origin.n) {
		root->origin = c->origin;
		root->origin_at = c->origin_at;
	}
	if (!root->signatory.n) {
		root->signatory = c->signatory;
		root->signatory_at = c->signatory_at;
	}
	if (!root->running_number) {
		root->running_number = c->running_number;
		root->running_at = c->running_at;
	}
	if (!root->link.n)
		root->link = c->link;
	if (!root->mrn.post[0]) {
		root->mrn = c->mrn;
		root->mrn_at = c->mrn_at;
	}
}

static bool contradicts(const struct citation *root, const struct citation *c)
{
	return (root->date.precision != DATE_NONE && c->date.precision != DATE_NONE &&
		dates_differ(root->date, c->date)) ||
	       (root->running_number && c->running_number && root->running_number != c->running_number) ||
	       (root->mrn.post[0] && c->mrn.post[0] && !mrn_eq(&root->mrn, &c->mrn)) ||
	       (root->link.n && c->link.n && !str_eq(root->link, c->link));
}

static int root_of(const struct reading *r, int i)
{
	while (i >= 0 && r->citations.v[i].same_as >= 0)
		i = r->citations.v[i].same_as;
	return i;
}

/* The same cable named by the same id again is the same citation's cable. */
static int same_id_before(const struct reading *r, const struct citation *c)
{
	for (size_t i = r->citations.n; i > 0; i--) {
		const struct citation *x = &r->citations.v[i - 1];

		if (x->same_as < 0 &&
		    ((c->running_number && x->running_number == c->running_number) ||
		     (c->mrn.post[0] && mrn_eq(&x->mrn, &c->mrn)) || (c->link.n && str_eq(x->link, c->link))) &&
		    !contradicts(x, c))
			return (int)i - 1;
	}
	return -1;
}

static void settle(struct reading *r, struct gathered *g)
{
	int last = (int)r->citations.n - 1, root = has_id(&g->c) ? same_id_before(r, &g->c) : -1;

	if (root < 0 && g->pointing == POINT_BACK && last >= 0)
		root = root_of(r, last);
	if (root >= 0 && !contradicts(&r->citations.v[root], &g->c)) {
		fill(&r->citations.v[root], &g->c);
		g->c.same_as = root;
	}
	*VEC_PUSH(r->a, &r->citations) = g->c;
}

/* A sentence that is nothing but "(click here)" or "(126768: secret)" belongs to the one before it. */
static bool is_appendix(const struct finder *f, const gathered_vec *v)
{
	return v->n == 1 && has_id(&v->v[0].c) && f->t.n <= 6 && f->at.off < f->at.end &&
	       (f->text.p[f->at.off] == '(' || f->text.p[f->at.off] == '[');
}

static bool append_to_last(struct reading *r, const struct finder *f, const struct gathered *g)
{
	struct citation *last = r->citations.n ? &r->citations.v[root_of(r, (int)r->citations.n - 1)] : NULL;

	if (!last || block_at(r->s, last->at.off) != block_at(r->s, f->at.off) || contradicts(last, &g->c))
		return false;
	fill(last, &g->c);
	return true;
}

/*
 * A word for a cable that nothing describes, and that points at none before it, cites nothing. Neither does "memo" or
 * "wire" without an id, a date or a post.
 */
static bool is_citation(const struct reading *r, const struct gathered *g)
{
	return has_id(&g->c) || g->c.date.precision != DATE_NONE || g->c.origin.n || g->c.signatory.n ||
	       (g->pointing == POINT_BACK && r->citations.n) || g->worded;
}

void story_read_citations(struct reading *r)
{
	for (size_t i = 0; i < r->sentences.n; i++) {
		struct finder f = {.r = r, .text = r->s->text, .at = r->sentences.v[i].at};
		gathered_vec found = {0};

		f.t = text_tokens(r->a, str_sub(f.text, f.at.off, f.at.end), NULL, false);
		for (size_t k = 0; k < f.t.n; k++) {
			f.t.v[k].off += f.at.off;
			f.t.v[k].end += f.at.off;
		}
		find_cable_words(&f);
		find_links(&f);
		find_mrns(&f);
		find_numbers(&f);
		find_dates(&f);
		find_levels(&f);
		find_origins(&f);
		find_signatories(&f);
		marks_sort(&f.marks);
		gather_anchors(&f, &found);
		for (size_t k = 0; k < f.marks.n && found.n; k++)
			if (!is_anchor(&f.marks.v[k]))
				give_description(&f, &found, &f.marks.v[k]);
		if (is_appendix(&f, &found) && append_to_last(r, &f, &found.v[0]))
			continue;
		for (size_t k = 0; k < found.n; k++)
			if (is_citation(r, &found.v[k]))
				settle(r, &found.v[k]);
	}
}
