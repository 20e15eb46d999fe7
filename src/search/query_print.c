/*
 * A query for people: the tree written out in a form that reads back as the same tree, and the place of an error shown
 * under the line it stands in.
 */
#include "search/query_parse_priv.h"

#include <utf8proc.h>

enum { POINT_COLUMNS = 76, POINT_BEFORE = 30 };

/* ---- the tree ---------------------------------------------------------------------------------------------------- */

static const char *comparison_sign(enum query_cmp cmp)
{
	static const char *const signs[] = {":", "<", "<=", ">", ">="};

	return signs[cmp];
}

static void print_words(struct buf *out, const struct query_node *n)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < n->n_words; i++) {
		if (i)
			buf_putc(out, ' ');
		buf_str(out, n->words[i].any ? STR("*") : n->words[i].shown);
	}
	buf_putc(out, '"');
}

/* In quotation marks of a kind that does not stand in the value; it came in one of these kinds. */
static void print_quoted(struct buf *out, struct str s)
{
	static const char *const curly[] = {"\u201c", "\u201d", "\u201e", "\u201f"};
	const char *open = "\"", *close = "\"";
	bool has_curly = false;

	for (size_t i = 0; i < sizeof(curly) / sizeof(*curly); i++)
		has_curly |= str_find(s, str_of(curly[i]), 0) != SIZE_MAX;
	if (str_find(s, STR("\""), 0) != SIZE_MAX) {
		bool angle = str_find(s, STR("\u00bb"), 0) == SIZE_MAX;

		open = !has_curly ? "\u201c" : angle ? "\u00ab" : "\u00bb";
		close = !has_curly ? "\u201d" : angle ? "\u00bb" : "\u00ab";
	}
	buf_puts(out, open);
	buf_str(out, s);
	buf_puts(out, close);
}

static void print_class(struct buf *out, const struct query_node *n)
{
	static const char *const levels[] = {"", "unclassified", "sbu", "confidential", "secret", "top-secret"};
	const char *part = levels[n->class.level];

	buf_puts(out, n->none ? "none" : part);
	for (unsigned bit = 1; bit <= CAPTION_REL; bit <<= 1)
		if (n->class.captions & bit) {
			buf_printf(out, "%s%s", *part ? "/" : "", caption_name((enum caption)bit));
			part = "/";
		}
	if (n->class.captions & CAPTION_OTHER)
		buf_puts(out, "other");
}

static void print_day(struct buf *out, int64_t days)
{
	int y, m, d;

	civil_from_days(days, &y, &m, &d);
	buf_printf(out, "%04d-%02d-%02d", y, m, d);
}

static void print_dates(struct buf *out, const struct query_node *n)
{
	if (n->none) {
		buf_puts(out, "none");
		return;
	}
	if (n->from != INT64_MIN)
		print_day(out, n->from);
	if (n->from != n->to)
		buf_puts(out, "..");
	if (n->to != INT64_MAX && n->from != n->to)
		print_day(out, n->to);
}

/* Of the text: a word, phrase or pattern. */
static void print_text(struct buf *out, const struct query_node *n)
{
	switch (n->op) {
	case Q_WORD:
		buf_str(out, n->words[0].shown);
		break;
	case Q_FUZZY:
		buf_str(out, n->words[0].shown);
		buf_printf(out, "~%d", n->distance);
		break;
	case Q_PREFIX:
		buf_str(out, n->word);
		buf_putc(out, '*');
		break;
	case Q_WILDCARD:
		buf_str(out, n->word);
		break;
	default:
		print_words(out, n);
		break;
	}
}

/* Of what is known about the cable: the value behind the field. */
static void print_value(struct buf *out, const struct query_node *n)
{
	switch (n->op) {
	case Q_KEY:
		print_words(out, n);
		break;
	case Q_CLASS:
	case Q_CAPTION:
		print_class(out, n);
		break;
	case Q_DATE:
		print_dates(out, n);
		break;
	case Q_NUMBER:
		buf_printf(out, "%u", n->number);
		break;
	case Q_HAS:
		buf_puts(out, query_has_name(n->has));
		break;
	case Q_MISSING:
		buf_puts(out, n->yes ? "yes" : "no");
		break;
	default:
		print_quoted(out, n->word);
		break;
	}
}

static void print_leaf(struct buf *out, const struct query_node *n)
{
	if (n->op > Q_FUZZY) {
		buf_printf(out, "%s%s", query_field_name(n->field), comparison_sign(n->cmp));
		print_value(out, n);
		return;
	}
	if (n->field == QF_SUBJECT)
		buf_puts(out, "subject:");
	print_text(out, n);
}

static void print_near(struct buf *out, const struct query_node *n)
{
	if (n->field == QF_SUBJECT)
		buf_puts(out, "subject:");
	buf_printf(out, "NEAR/%d(", n->distance);
	for (size_t i = 0; i < n->n_kids; i++) {
		if (i)
			buf_putc(out, ' ');
		print_text(out, n->kids[i]);
	}
	buf_putc(out, ')');
}

/* How tightly the operator holds its kids: a kid that holds its own less tightly goes into parentheses. */
static int strength(enum query_op op)
{
	return op == Q_OR ? 0 : op == Q_AND ? 1 : 2;
}

/* Parentheses only where they are needed: then they are no deeper than in the query that the tree was read from. */
void query_print(struct buf *out, const struct query_node *n)
{
	const char *between = n->op == Q_AND ? " " : n->op == Q_OR ? " OR " : "";

	if (n->op == Q_NEAR) {
		print_near(out, n);
		return;
	}
	if (n->op > Q_NEAR) {
		print_leaf(out, n);
		return;
	}
	if (n->op == Q_NOT)
		buf_putc(out, '-');
	for (size_t i = 0; i < n->n_kids; i++) {
		bool wrap = strength(n->kids[i]->op) < strength(n->op);

		if (i)
			buf_puts(out, between);
		if (wrap)
			buf_putc(out, '(');
		query_print(out, n->kids[i]);
		if (wrap)
			buf_putc(out, ')');
	}
}

/* ---- the place --------------------------------------------------------------------------------------------------- */

/* Pictures for control characters; the mark of the unreadable for bytes and signs that a terminal might obey. */
void query_visible(struct buf *out, int32_t cp)
{
	char utf8[4];

	if (cp < 0x20)
		cp = 0x2400 + cp;
	else if (cp == 0x7f)
		cp = 0x2421;
	else if (utf8proc_category(cp) == UTF8PROC_CATEGORY_CC || utf8proc_category(cp) == UTF8PROC_CATEGORY_CF ||
		 utf8proc_category(cp) == UTF8PROC_CATEGORY_ZL || utf8proc_category(cp) == UTF8PROC_CATEGORY_ZP)
		cp = 0xfffd;
	buf_add(out, utf8, utf8_put(cp, utf8));
}

/* Columns of query[0, off) as it is shown. */
static size_t columns_before(struct str query, size_t off)
{
	struct buf shown = {0};
	size_t n;

	for (size_t pos = 0; pos < off && pos < query.n;)
		query_visible(&shown, utf8_next(query, &pos));
	n = utf8_columns(buf_view(&shown));
	buf_free(&shown);
	return n;
}

static void repeat(struct buf *out, char c, size_t n)
{
	while (n--)
		buf_putc(out, c);
}

/*
 * What of the query lies in the columns [*from, to); *from becomes the first that is filled, because a wide character
 * may stand across the cut. Returns the column behind the last.
 */
static size_t point_line(struct buf *out, struct str query, size_t *from, size_t to)
{
	struct buf one = {0};
	size_t column = 0, end = *from;

	for (size_t pos = 0; pos < query.n && column < to;) {
		size_t width;

		buf_reset(&one);
		query_visible(&one, utf8_next(query, &pos));
		width = utf8_columns(buf_view(&one));
		if (column >= *from && column + width <= to) {
			buf_str(out, buf_view(&one));
			end = column + width;
		} else if (column < *from && column + width > *from) {
			*from = column + width;
		}
		column += width;
	}
	buf_free(&one);
	return end;
}

void query_point(struct buf *out, struct str query, struct span where)
{
	size_t all = columns_before(query, query.n), left = columns_before(query, where.off);
	size_t right = columns_before(query, where.end), from = 0, to = all, pad;

	if (all > POINT_COLUMNS) {
		from = left > POINT_BEFORE ? left - POINT_BEFORE : 0;
		if (from >= all - (POINT_COLUMNS - 1))
			from = all - (POINT_COLUMNS - 1);
		else
			to = from + POINT_COLUMNS - (from ? 2 : 1);
	}
	pad = from ? 1 : 0;
	if (from)
		buf_puts(out, "\u2026");
	if (right > (to = point_line(out, query, &from, to)))
		right = to;
	if (to < all)
		buf_puts(out, "\u2026");
	buf_putc(out, '\n');
	repeat(out, ' ', left - from + pad);
	repeat(out, '^', right > left ? right - left : 1);
	buf_putc(out, '\n');
}
