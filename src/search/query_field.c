/*
 * Fields and their values: which there are, what each takes, and what it says when it is given something else.
 */
#include "search/query_parse_priv.h"

#include <string.h>

enum { MARKING_MAX = 120, GUESS_MAX = 24, ID_BLANKS_MAX = 4 };

static const char *const field_names[QF_COUNT] = {"body",   "subject", "origin",  "tag",  "signatory",
						  "class",  "para",    "caption", "date", "id",
						  "number", "refs",    "refby",   "has",  "missing"};

static const char *const has_names[QH_COUNT] = {"redaction", "refs", "summary", "comment", "versions"};

const char *query_field_name(enum query_field f)
{
	return field_names[f];
}

const char *query_has_name(enum query_has h)
{
	return has_names[h];
}

bool query_field_is_text(enum query_field f)
{
	return f == QF_BODY || f == QF_SUBJECT;
}

/* ---- what was meant? --------------------------------------------------------------------------------------------- */

/* Inserted, left out and changed letters, case ignored. Names of up to GUESS_MAX bytes. */
static size_t letters_apart(struct str a, struct str b)
{
	size_t row[GUESS_MAX + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			bool same =
				ascii_tolower((unsigned char)a.p[i - 1]) == ascii_tolower((unsigned char)b.p[j - 1]);
			size_t best = corner + !same;

			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.n];
}

const char *query_guess(struct str given, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t least = 3;

	if (given.n < 2 || given.n > GUESS_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct str name = str_of(names[i]);
		size_t apart = letters_apart(given, name);

		if (str_istarts(given, name) || str_istarts(name, given)) /* classification, sig */
			apart = 1;
		if (apart < least && apart * 2 < name.n) {
			least = apart;
			best = names[i];
		}
	}
	return best;
}

static void names_join(struct buf *out, const char *const *names, size_t n, const char *last)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", !i ? "" : i + 1 < n ? ", " : last, names[i]);
}

/* ---- the field --------------------------------------------------------------------------------------------------- */

static int refuse_name(struct query_reader *r, struct span at, struct str name)
{
	const char *guess = query_guess(name, field_names, QF_COUNT);
	struct buf all = {0};
	int rc;

	names_join(&all, field_names, QF_COUNT, " and ");
	rc = query_refused(
		r, REFTEL_EINVAL, at,
		"expected a field, but there is none called \"%.*s\"%s%s%s; the fields are %s (what is no field "
		"goes into quotation marks)",
		(int)(name.n < 40 ? name.n : 40), name.p, guess ? ", did you mean \"" : "", guess ? guess : "",
		guess ? "\"?" : "", all.p);
	buf_free(&all);
	return rc;
}

/* ":" "=" ">=" "<=" ">" "<" at i; bytes taken, 0: none stands there. */
static size_t comparison_at(struct str s, size_t i, enum query_cmp *cmp)
{
	bool equal = i + 1 < s.n && s.p[i + 1] == '=';

	if (i >= s.n)
		return 0;
	switch (s.p[i]) {
	case ':':
	case '=':
		*cmp = QC_EQ;
		return 1;
	case '<':
		*cmp = equal ? QC_LE : QC_LT;
		return 1 + equal;
	case '>':
		*cmp = equal ? QC_GE : QC_GT;
		return 1 + equal;
	default:
		return 0;
	}
}

static bool is_ordered(enum query_field f)
{
	return f == QF_CLASS || f == QF_PARA || f == QF_DATE;
}

int query_take_field(struct query_reader *r, bool *found)
{
	size_t i = r->pos, sign;
	enum query_field f = QF_BODY;
	enum query_cmp cmp = QC_EQ;
	struct str name;
	struct span at;

	while (i < r->text.n && ascii_alpha((unsigned char)r->text.p[i]))
		i++;
	name = str_sub(r->text, r->pos, i);
	sign = comparison_at(r->text, i, &cmp);
	*found = name.n && sign;
	if (!*found)
		return REFTEL_OK;
	at = (struct span){(uint32_t)r->pos, (uint32_t)(i + sign)};
	while (f < QF_COUNT && !str_ieq(name, str_of(field_names[f])))
		f++;
	if (r->in_field)
		return query_expected(r, at, "values of \"%s:\" only (another field goes outside of the parentheses)",
				      query_field_name(r->field));
	if (f == QF_COUNT)
		return refuse_name(r, (struct span){at.off, (uint32_t)i}, name);
	if (cmp != QC_EQ && !is_ordered(f))
		return query_expected(r, (struct span){(uint32_t)i, at.end},
				      "\":\" behind \"%s\" (only class, para and date can be compared)",
				      field_names[f]);
	r->pos = at.end;
	r->field = f;
	r->cmp = cmp;
	return REFTEL_OK;
}

/* ---- classifications --------------------------------------------------------------------------------------------- */

/* Words that mean nothing alone but belong to a marking's name. */
static bool is_filler(struct str word)
{
	static const char *const words[] = {"top", "for", "official", "use", "only", "to"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ieq(word, str_of(words[i])))
			return true;
	return false;
}

/* One word of a marking. A second level, or a handling word that the archive does not tell from others, is none. */
static bool marking_word(struct str word, enum class_level *level)
{
	struct classification c;

	if (!class_parse(word, &c))
		return is_filler(word);
	if (c.captions & CAPTION_OTHER)
		return false;
	if (c.level != LEVEL_UNKNOWN && *level != LEVEL_UNKNOWN &&
	    !(*level == LEVEL_UNCLASSIFIED && c.level == LEVEL_SBU))
		return false;
	if (c.level != LEVEL_UNKNOWN)
		*level = c.level;
	return true;
}

/*
 * class_parse() forgives what transmission does to a class line. Here a person types, and a word that is passed over
 * would be searched for in vain, so each must mean something.
 */
static bool marking_read(struct str value, struct classification *out)
{
	char plain[MARKING_MAX];
	enum class_level level = LEVEL_UNKNOWN;
	size_t from = 0;

	if (!value.n || value.n > sizeof(plain))
		return false;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (!ascii_alpha((unsigned char)c) && !(c && strchr(" -_/,()", c)))
			return false;
		plain[i] = c;
		if (c == '-' || c == '_')
			plain[i] = ' '; /* top-secret */
	}
	for (size_t i = 0; i <= value.n; i++) {
		if (i < value.n && ascii_alpha((unsigned char)plain[i]))
			continue;
		if (i > from && !marking_word((struct str){plain + from, i - from}, &level))
			return false;
		from = i + 1;
	}
	return class_parse((struct str){plain, value.n}, out) && !(out->captions & CAPTION_OTHER);
}

static int read_class(struct query_reader *r, struct span inside, struct span whole, struct query_node *n)
{
	struct str value = str_trim(str_sub(r->text, inside.off, inside.end));

	n->op = Q_CLASS;
	n->cmp = r->cmp;
	if (r->cmp == QC_EQ && str_ieq(value, STR("none"))) {
		n->none = true;
		return REFTEL_OK;
	}
	if (!marking_read(value, &n->class) || (r->cmp != QC_EQ && n->class.level == LEVEL_UNKNOWN))
		return query_expected(
			r, whole,
			"a classification behind \"%s\" (unclassified, sbu, confidential, secret, top-secret, "
			"or U, C, S, TS, with captions like S/NF%s)",
			field_names[r->field], r->cmp == QC_EQ ? "; or none" : "");
	return REFTEL_OK;
}

static int read_caption(struct query_reader *r, struct span inside, struct span whole, struct query_node *n)
{
	struct str value = str_trim(str_sub(r->text, inside.off, inside.end));

	n->op = Q_CAPTION;
	if (str_ieq(value, STR("other"))) {
		n->class.captions = CAPTION_OTHER;
		return REFTEL_OK;
	}
	if (!marking_read(value, &n->class) || n->class.level != LEVEL_UNKNOWN)
		return query_expected(
			r, whole,
			"a caption: noforn, sipdis, nodis, exdis, stadis, limdis, notal, rel, or other (a "
			"handling word that is none of these)");
	return REFTEL_OK;
}

/* ---- dates ------------------------------------------------------------------------------------------------------- */

static int read_days(struct query_reader *r, struct str s, int64_t *from, int64_t *to)
{
	size_t off = (size_t)(s.p - r->text.p);
	struct cable_date d;

	if (!cable_date_parse(s, &d) || d.precision > DATE_DAY)
		return query_expected(
			r, (struct span){(uint32_t)off, (uint32_t)(off + s.n)},
			"a date like 2007, 2007-10 or 2007-10-23, a range like 2007-10..2007-12, or none");
	*from = civil_days(d.year, d.month ? d.month : 1, d.day ? d.day : 1);
	if (d.precision == DATE_DAY)
		*to = *from;
	else if (d.precision == DATE_MONTH)
		*to = civil_days(d.year + (d.month == 12), d.month % 12 + 1, 1) - 1;
	else
		*to = civil_days(d.year, 12, 31);
	return REFTEL_OK;
}

static int read_range(struct query_reader *r, struct str value, size_t dots, struct query_node *n)
{
	struct str left = str_trim(str_sub(value, 0, dots)), right = str_trim(str_sub(value, dots + 2, value.n));
	int64_t unused;
	int rc = REFTEL_OK;

	if (r->cmp != QC_EQ || (!left.n && !right.n))
		return query_expected(r, n->at,
				      r->cmp == QC_EQ ? "a date on at least one side of \"..\""
						      : "one date, not a range, behind the comparison");
	if (left.n)
		rc = read_days(r, left, &n->from, &unused);
	if (right.n && !rc)
		rc = read_days(r, right, &unused, &n->to);
	if (!rc && n->from > n->to)
		return query_expected(r, n->at, "a range that ends after it begins");
	return rc;
}

static int read_date(struct query_reader *r, struct span inside, struct query_node *n)
{
	struct str value = str_trim(str_sub(r->text, inside.off, inside.end));
	size_t dots = str_find(value, STR(".."), 0);
	int64_t from = 0, to = 0;
	int rc;

	n->op = Q_DATE;
	n->from = INT64_MIN;
	n->to = INT64_MAX;
	n->none = r->cmp == QC_EQ && str_ieq(value, STR("none"));
	if (n->none)
		return REFTEL_OK;
	if (dots != SIZE_MAX)
		return read_range(r, value, dots, n);
	if ((rc = read_days(r, value, &from, &to)))
		return rc;
	if (r->cmp == QC_EQ || r->cmp == QC_GE)
		n->from = from;
	if (r->cmp == QC_EQ || r->cmp == QC_LE)
		n->to = to;
	if (r->cmp == QC_GT)
		n->from = to + 1;
	if (r->cmp == QC_LT)
		n->to = from - 1;
	/* Years have four digits: what lies beyond could not be written. */
	if ((r->cmp == QC_GT && to == civil_days(9999, 12, 31)) || (r->cmp == QC_LT && from == civil_days(1, 1, 1)))
		return query_expected(r, n->at, "a date with others on the side that is asked for");
	return REFTEL_OK;
}

/* ---- ids and numbers --------------------------------------------------------------------------------------------- */

/* id:07 KALVIK 412 without quotation marks: the value and the terms behind it make an id together. */
static bool id_goes_on(const struct query_reader *r, struct span value, size_t *end)
{
	struct mrn m;
	size_t i = value.end;

	for (int k = 0; k < ID_BLANKS_MAX; k++) {
		size_t blank;

		while ((blank = query_blank_at(r->text, i)))
			i += blank;
		if (query_ends_at(r->text, i))
			return false;
		*end = i = query_term_end(r->text, i);
		if (mrn_parse(str_sub(r->text, value.off, i), &m, NULL) == REFTEL_OK)
			return true;
	}
	return false;
}

static int read_id(struct query_reader *r, struct span inside, struct span whole, struct query_node *n)
{
	struct str value = str_trim(str_sub(r->text, inside.off, inside.end));
	char text[MRN_MAX];
	size_t end;

	n->op = r->field == QF_ID ? Q_ID : r->field == QF_REFS ? Q_REFS : Q_REFBY;
	if (value.n > QUERY_WORD_MAX)
		return query_refused(r, REFTEL_ELIMIT, whole, "an id may have at most %d bytes", QUERY_WORD_MAX);
	if (!text_tokens(r->a, value, NULL, false).n)
		return query_expected(r, whole, "a cable's id like 07KALVIK412");
	n->word = arena_str(r->a, value);
	if (mrn_parse(value, &n->mrn, NULL) == REFTEL_OK) {
		mrn_format(&n->mrn, text);
		if (n->mrn.year)
			n->word = arena_str(r->a, str_of(text));
		return REFTEL_OK;
	}
	n->mrn = (struct mrn){0};
	if (inside.off == whole.off && id_goes_on(r, whole, &end))
		return query_refused(r, REFTEL_EINVAL, (struct span){whole.off, (uint32_t)end},
				     "expected quotation marks around an id with blanks in it");
	return REFTEL_OK;
}

static int read_number(struct query_reader *r, struct span inside, struct span whole, struct query_node *n)
{
	struct str value = str_trim(str_sub(r->text, inside.off, inside.end));
	uint64_t number = 0;
	size_t i = 0;

	n->op = Q_NUMBER;
	for (; i < value.n && ascii_digit((unsigned char)value.p[i]) && number <= UINT32_MAX; i++)
		number = number * 10 + (uint64_t)(value.p[i] - '0');
	if (i < value.n || !number || number > UINT32_MAX)
		return query_expected(r, whole, "a running number like 140212");
	n->number = (uint32_t)number;
	return REFTEL_OK;
}

/* ---- words as keys, and choices ---------------------------------------------------------------------------------- */

static int read_key(struct query_reader *r, struct span inside, struct span whole, struct query_node *n)
{
	query_word_vec words = {0};
	struct buf joined = {0};
	int rc;

	n->op = Q_KEY;
	for (uint32_t i = inside.off; i < inside.end; i++)
		if (r->text.p[i] == '*' || r->text.p[i] == '?')
			return query_expected(r, whole, "a value of \"%s:\" written out, without * and ?",
					      field_names[r->field]);
	if ((rc = query_fold(r, inside, false, &words)))
		return rc;
	if (!words.n)
		return query_expected(r, whole, "a value behind \"%s:\"", field_names[r->field]);
	for (size_t i = 0; i < words.n; i++) {
		if (i)
			buf_putc(&joined, ' ');
		buf_str(&joined, words.v[i].word);
	}
	n->word = arena_str(r->a, buf_view(&joined));
	buf_free(&joined);
	n->words = words.v;
	n->n_words = words.n;
	return REFTEL_OK;
}

static int read_choice(struct query_reader *r, struct span inside, struct span whole, const char *const *names,
		       size_t count, size_t *chosen)
{
	struct str value = str_trim(str_sub(r->text, inside.off, inside.end));
	const char *guess = query_guess(value, names, count);
	struct buf all = {0};
	int rc;

	for (size_t i = 0; i < count; i++)
		if (str_ieq(value, str_of(names[i]))) {
			*chosen = i;
			return REFTEL_OK;
		}
	names_join(&all, names, count, " or ");
	rc = query_expected(r, whole, "%s behind \"%s:\"%s%s%s", all.p, field_names[r->field],
			    guess ? " (did you mean \"" : "", guess ? guess : "", guess ? "\"?)" : "");
	buf_free(&all);
	return rc;
}

int query_read_value(struct query_reader *r, struct span inside, struct span whole, struct query_node **out)
{
	static const char *const answers[] = {"no", "yes"};
	struct query_node *n;
	size_t chosen = 0;
	int rc = query_node_new(r, Q_KEY, whole, out);

	if (rc)
		return rc;
	n = *out;
	n->field = r->field;
	switch (r->field) {
	case QF_CLASS:
	case QF_PARA:
		return read_class(r, inside, whole, n);
	case QF_CAPTION:
		return read_caption(r, inside, whole, n);
	case QF_DATE:
		return read_date(r, inside, n);
	case QF_ID:
	case QF_REFS:
	case QF_REFBY:
		return read_id(r, inside, whole, n);
	case QF_NUMBER:
		return read_number(r, inside, whole, n);
	case QF_HAS:
		n->op = Q_HAS;
		rc = read_choice(r, inside, whole, has_names, QH_COUNT, &chosen);
		n->has = (enum query_has)chosen;
		return rc;
	case QF_MISSING:
		n->op = Q_MISSING;
		rc = read_choice(r, inside, whole, answers, 2, &chosen);
		n->yes = chosen == 1;
		return rc;
	default:
		return read_key(r, inside, whole, n);
	}
}
