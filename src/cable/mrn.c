/*
 * Message reference numbers: year, post, serial, in the ways that telegrams and people write them. One scanner serves
 * the single number and the running text: it finds the digits and looks at the words around them.
 */
#include "cable/cable_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	SERIAL_MAX = 999999,
	SERIAL_DIGITS_MAX = 8,
	POST_WORDS_MAX = 5, /* PORT OF SPAIN, HO CHI MINH CITY */
	SHARED_SERIALS_MAX = 20,
	NO_POST_MAX = 12, /* no word that is no post is longer */
	ITEMS_FEW = 32,   /* so many need no memory of their own */
};

/* ---- one piece of text: a word, a number, or a sign -------------------------------------------------------------- */

enum item_kind { ITEM_WORD, ITEM_NUMBER, ITEM_GLUED, ITEM_SIGN };

struct item {
	enum item_kind kind;
	bool joined; /* only blanks part it from the item before */
	struct span at;
	struct str text;
};

typedef VEC(struct item) item_vec;

static bool is_high(int c)
{
	return c >= 0x80;
}

static void items_read(struct arena *a, struct str text, item_vec *out)
{
	bool joined = true;

	for (size_t i = 0; i < text.n;) {
		int c = (unsigned char)text.p[i];
		bool digits = false, letters = false;
		size_t from = i;
		struct item *it;

		if (ascii_space(c)) {
			i++;
			continue;
		}
		while (i < text.n && (ascii_alnum((unsigned char)text.p[i]) || is_high((unsigned char)text.p[i]))) {
			bool d = ascii_digit((unsigned char)text.p[i]);

			digits |= d;
			letters |= !d;
			i++;
		}
		if (i == from)
			i++;
		it = VEC_PUSH(a, out);
		*it = (struct item){
			.at = {(uint32_t)from, (uint32_t)i}, .text = str_sub(text, from, i), .joined = joined};
		it->kind = digits && letters ? ITEM_GLUED : digits ? ITEM_NUMBER : letters ? ITEM_WORD : ITEM_SIGN;
		joined = it->kind != ITEM_SIGN;
	}
}

static bool is_upper(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_upper((unsigned char)s.p[i]))
			return false;
	return s.n > 0;
}

static bool sign_is(const struct item *it, char c)
{
	return it->kind == ITEM_SIGN && it->text.n == 1 && *it->text.p == c;
}

/* ---- words that stand before numbers and are no posts ------------------------------------------------------------ */

/* In byte order, for the binary search; each fills its row with zeros. */
static const char no_posts[][NO_POST_MAX] = {
	"a",        "about",   "agreement", "and",    "annex",  "approx",  "article",    "articles", "at",
	"batch",    "between", "bill",      "by",     "ca",     "cable",   "cfr",        "chapter",  "circa",
	"class",    "cleared", "conv",      "decl",   "decree", "doc",     "draft",      "dtg",      "email",
	"eo",       "fah",     "fam",       "fax",    "fbis",   "for",     "from",       "group",    "iii",
	"iir",      "in",      "item",      "law",    "letter", "meeting", "memo",       "msg",      "no",
	"non",      "note",    "number",    "of",     "on",     "or",      "osc",        "page",     "paper",
	"par",      "para",    "paragraph", "paras",  "part",   "phone",   "pl",         "point",    "points",
	"previous", "ref",     "refs",      "reftel", "report", "res",     "resolution", "room",     "sec",
	"section",  "septel",  "serial",    "since",  "td",     "tdx",     "tel",        "telcon",   "the",
	"to",       "treaty",  "unsc",      "unscr",  "until",  "us",      "usc",        "usd",      "version",
	"with",
};

static int by_bytes(const void *key, const void *row)
{
	const char *k = key, *w = row;

	return *k != *w ? *k - *w : memcmp(k, w, NO_POST_MAX);
}

static bool is_no_post(struct str w)
{
	char key[NO_POST_MAX] = {0};

	if (w.n < 3 || month_of(w))
		return true;
	if (w.n > NO_POST_MAX)
		return false;
	for (size_t i = 0; i < w.n; i++)
		key[i] = (char)ascii_tolower((unsigned char)w.p[i]);
	return bsearch(key, no_posts, sizeof(no_posts) / sizeof(*no_posts), sizeof(*no_posts), by_bytes) != NULL;
}

/* ---- reading around a serial ------------------------------------------------------------------------------------- */

struct finding_of {
	struct mrn mrn;
	size_t first; /* item that the mention begins with */
	bool known;   /* the post is in the table */
	bool upper;
	bool begins; /* the name begins an item of a list */
};

/* Words v[from..to) run together and made canonical. */
static bool post_join(const item_vec *v, size_t from, size_t to, char out[MRN_POST_MAX])
{
	char name[160];
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		if (n + v->v[i].text.n + 2 > sizeof(name))
			return false;
		memcpy(name + n, v->v[i].text.p, v->v[i].text.n);
		n += v->v[i].text.n;
		name[n++] = ' ';
	}
	return n && mrn_post_canonical((struct str){name, n - 1}, out) && out[0] && out[1];
}

/*
 * The post whose last word is v[last]: as many words as make a known name, else that word alone.
 */
static bool post_before(const item_vec *v, size_t last, struct finding_of *f)
{
	size_t first = last, limit = last + 1 > POST_WORDS_MAX ? last + 1 - POST_WORDS_MAX : 0;

	if (v->v[last].kind != ITEM_WORD)
		return false;
	while (first > limit && v->v[first].joined && v->v[first - 1].kind == ITEM_WORD)
		first--;
	for (; first <= last; first++)
		if (post_join(v, first, last + 1, f->mrn.post) && post_is_known(f->mrn.post)) {
			f->known = true;
			break;
		}
	if (!f->known) {
		first = last;
		if (is_no_post(v->v[last].text) || !post_join(v, last, last + 1, f->mrn.post)) {
			f->mrn.post[0] = '\0';
			return false;
		}
	}
	f->first = first;
	f->upper = true;
	for (size_t i = first; i <= last; i++)
		f->upper &= is_upper(v->v[i].text);
	f->begins = first == 0 || !v->v[first].joined || v->v[first - 1].kind != ITEM_WORD;
	return true;
}

static bool serial_of(struct str digits, uint32_t *serial)
{
	int64_t n = digits.n <= SERIAL_DIGITS_MAX ? number_of(digits, SERIAL_MAX) : -1;

	*serial = n > 0 ? (uint32_t)n : 0;
	return n > 0;
}

/* A year before the post, perhaps with an apostrophe: 09 FOO 12, '09 FOO 12. */
static void year_before(const item_vec *v, struct finding_of *f)
{
	const struct item *y = f->first ? &v->v[f->first - 1] : NULL;

	if (!y || y->kind != ITEM_NUMBER || !v->v[f->first].joined || !year_of(y->text))
		return;
	f->mrn.year = (int16_t)year_of(y->text);
	f->first--;
}

/* A year behind the serial in parentheses: FOO 12 (09). Returns the items taken. */
static size_t year_behind(const item_vec *v, size_t at, struct finding_of *f)
{
	if (f->mrn.year || at + 2 >= v->n || !sign_is(&v->v[at], '(') || v->v[at + 1].kind != ITEM_NUMBER ||
	    !sign_is(&v->v[at + 2], ')') || !year_of(v->v[at + 1].text))
		return 0;
	f->mrn.year = (int16_t)year_of(v->v[at + 1].text);
	return 3;
}

/* 07ISLAMABAD4531, 07ISLAMABAD (the serial follows), ISLAMABAD4531. */
static bool glued_split(struct str s, struct str *year, struct str *post, struct str *serial)
{
	size_t i = 0, k;

	while (i < s.n && ascii_digit((unsigned char)s.p[i]))
		i++;
	for (k = i; k < s.n && ascii_alpha((unsigned char)s.p[k]);)
		k++;
	*year = str_sub(s, 0, i);
	*post = str_sub(s, i, k);
	*serial = str_sub(s, k, s.n);
	for (size_t x = k; x < s.n; x++)
		if (!ascii_digit((unsigned char)s.p[x]))
			return false;
	return post->n >= 2 && post->n < MRN_POST_MAX && (!year->n || year_of(*year));
}

/* A page line's numbers: 00005388 002 OF 003. */
static bool is_page_number(const item_vec *v, size_t i)
{
	return i + 2 < v->n && v->v[i + 1].kind == ITEM_NUMBER && v->v[i + 1].text.n == 3 &&
	       (str_ieq(v->v[i + 2].text, STR("of")) || sign_is(&v->v[i + 2], '.'));
}

/* A point, colon or hyphen with a digit behind it makes the number part of something else: 1.4, 10:15, 3400-B. */
static bool is_part_of_more(const item_vec *v, size_t i)
{
	if (i + 2 < v->n && v->v[i + 1].kind == ITEM_SIGN && v->v[i + 1].at.off == v->v[i].at.end &&
	    v->v[i + 2].at.off == v->v[i + 1].at.end && v->v[i + 2].kind == ITEM_NUMBER)
		return !sign_is(&v->v[i + 1], ',') && !sign_is(&v->v[i + 1], '/') && !sign_is(&v->v[i + 1], ';');
	return false;
}

static bool is_credible(const struct finding_of *f, bool strict)
{
	if (f->mrn.year)
		return f->known || f->upper;
	if (!strict)
		return (f->known && (f->upper || f->begins)) || (f->upper && f->begins);
	return f->known && f->upper && !(f->mrn.serial >= 1900 && f->mrn.serial <= 2099);
}

/* Reads the mention whose serial is item i; false when it is none. *next is the item behind it. */
static bool mention_at(const item_vec *v, size_t i, bool strict, struct finding_of *f, size_t *next)
{
	struct str year, post, serial;

	*f = (struct finding_of){0};
	*next = i + 1;
	if (v->v[i].kind == ITEM_GLUED) {
		if (!glued_split(v->v[i].text, &year, &post, &serial) || !serial_of(serial, &f->mrn.serial) ||
		    !mrn_post_canonical(post, f->mrn.post) || (!year.n && is_no_post(post)))
			return false;
		f->mrn.year = (int16_t)(year.n ? year_of(year) : 0);
		f->known = post_is_known(f->mrn.post);
		f->upper = is_upper(post);
		f->first = i;
		f->begins = i == 0 || !v->v[i].joined || v->v[i - 1].kind != ITEM_WORD;
		if (!f->mrn.year)
			year_before(v, f);
		return is_credible(f, strict) && (!strict || f->mrn.year);
	}
	if (v->v[i].kind != ITEM_NUMBER || !i || !v->v[i].joined || !serial_of(v->v[i].text, &f->mrn.serial) ||
	    is_page_number(v, i) || is_part_of_more(v, i))
		return false;
	if (v->v[i - 1].kind == ITEM_GLUED) { /* 07ISLAMABAD 4531 */
		if (!glued_split(v->v[i - 1].text, &year, &post, &serial) || !year.n || serial.n ||
		    !mrn_post_canonical(post, f->mrn.post))
			return false;
		f->mrn.year = (int16_t)year_of(year);
		f->known = post_is_known(f->mrn.post);
		f->upper = is_upper(post);
		f->first = i - 1;
		return is_credible(f, strict);
	}
	if (!post_before(v, i - 1, f))
		return false;
	year_before(v, f);
	*next += year_behind(v, *next, f);
	return is_credible(f, strict);
}

static void hit_add(struct arena *a, const struct finding_of *f, uint32_t end, const item_vec *v, struct mrn_hits *out,
		    size_t *cap)
{
	if (out->n == *cap)
		out->v = vec_grow(a, out->v, sizeof(*out->v), out->n, cap);
	out->v[out->n++] = (struct mrn_hit){f->mrn, {v->v[f->first].at.off, end}};
}

/* `, 14 AND 15` behind a mention: serials of the same post, unless a year and another post begin there. */
static size_t shared_serials(struct arena *a, const item_vec *v, size_t at, struct finding_of f, struct mrn_hits *out,
			     size_t *cap)
{
	for (int n = 0; n < SHARED_SERIALS_MAX && at + 1 < v->n; n++) {
		const struct item *sep = &v->v[at], *num = &v->v[at + 1];
		size_t number = at + 1;

		if (sign_is(sep, ',') && str_ieq(num->text, STR("and")) && at + 2 < v->n)
			num = &v->v[++number];
		else if (!sign_is(sep, ',') && !sign_is(sep, '&') && !sign_is(sep, '/') &&
			 !str_ieq(sep->text, STR("and")))
			break;
		if (num->kind != ITEM_NUMBER || !serial_of(num->text, &f.mrn.serial) || is_part_of_more(v, number))
			break;
		if (number + 1 < v->n && (v->v[number + 1].kind == ITEM_WORD || v->v[number + 1].kind == ITEM_GLUED) &&
		    v->v[number + 1].joined && !str_ieq(v->v[number + 1].text, STR("and")) && year_of(num->text))
			break;
		f.first = number;
		hit_add(a, &f, num->at.end, v, out, cap);
		at = number + 1;
	}
	return at;
}

struct mrn_hits mrn_scan(struct arena *a, struct str text, bool strict)
{
	struct mrn_hits out = {0};
	struct arena mem = {0};
	struct item few[ITEMS_FEW];
	item_vec v = {few, 0, ITEMS_FEW};
	size_t cap = 0;

	items_read(&mem, text, &v);
	for (size_t i = 0; i < v.n;) {
		struct finding_of f;
		size_t next;

		if (!mention_at(&v, i, strict, &f, &next)) {
			i++;
			continue;
		}
		hit_add(a, &f, v.v[next - 1].at.end, &v, &out, &cap);
		i = shared_serials(a, &v, next, f, &out, &cap);
	}
	arena_free(&mem);
	return out;
}

/* ---- one number -------------------------------------------------------------------------------------------------- */

int mrn_parse(struct str s, struct mrn *out, struct err *e)
{
	struct str whole = str_trim(s);
	struct arena a = {0};
	struct finding_of f;
	struct item few[ITEMS_FEW];
	item_vec v = {few, 0, ITEMS_FEW};
	size_t next = 0;
	bool found = false;

	if (whole.n > 0 && whole.n <= 120) {
		items_read(&a, whole, &v);
		for (size_t i = 0; i < v.n && !found; i++)
			found = (mention_at(&v, i, false, &f, &next) || f.mrn.serial) && f.mrn.post[0] &&
				f.first == 0 && next == v.n;
	}
	arena_free(&a);
	if (!found)
		return err_set(e, REFTEL_EINVAL,
			       "\"%.*s\" is no reference id: it should be year, post and number, like 07KALVIK412",
			       (int)(whole.n < 60 ? whole.n : 60), whole.p);
	*out = f.mrn;
	return REFTEL_OK;
}

/* By hand: every cable that is read has its number written once or twice. */
static void format(const struct mrn *m, bool spaced, char out[MRN_MAX])
{
	char digits[12], *d = digits + sizeof(digits);
	unsigned year = (unsigned)(m->year % 100) % 100u;
	uint32_t serial = m->serial;
	size_t n = strnlen(m->post, MRN_POST_MAX - 1);

	if (m->year) {
		*out++ = (char)('0' + year / 10);
		*out++ = (char)('0' + year % 10);
		if (spaced)
			*out++ = ' ';
	}
	memcpy(out, m->post, n);
	out += n;
	if (spaced)
		*out++ = ' ';
	do
		*--d = (char)('0' + serial % 10);
	while (serial /= 10);
	n = (size_t)(digits + sizeof(digits) - d);
	memcpy(out, d, n);
	out[n] = '\0';
}

void mrn_format(const struct mrn *m, char out[MRN_MAX])
{
	format(m, false, out);
}

void mrn_format_spaced(const struct mrn *m, char out[MRN_MAX])
{
	format(m, true, out);
}

bool mrn_eq(const struct mrn *a, const struct mrn *b)
{
	return a->year == b->year && a->serial == b->serial && !strcmp(a->post, b->post);
}
