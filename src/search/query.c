/*
 * The grammar of the query language, by recursive descent; the depth of the recursion is bounded by QUERY_DEPTH_MAX.
 *
 *   or    = and { "OR" and }
 *   and   = unary { [ "AND" ] unary }
 *   unary = ( "NOT" | "-" ) unary | near
 *   near  = one { NEAR one }
 *   one   = "(" or ")" | NEAR "(" one one { one } ")" | field value | phrase | term
 */
#include "search/query_parse_priv.h"

#include <string.h>

typedef VEC(struct query_node *) node_vec;

enum { FOUND_CHARACTERS = 30 };

static const char anything[] = "a word, a phrase in quotation marks, a field or \"(\"";

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static struct span here(const struct query_reader *r, size_t n)
{
	return (struct span){(uint32_t)r->pos, (uint32_t)(r->pos + n)};
}

static size_t character_of(struct str s, size_t off)
{
	size_t n = 1;

	for (size_t pos = 0; pos < off && pos < s.n; n++)
		utf8_next(s, &pos);
	return n;
}

static void refuse(struct query_reader *r, int code, struct span at, const char *why, const char *found)
{
	if (r->where)
		*r->where = at;
	err_set(r->e, code, "the query, character %zu: %s%s", character_of(r->text, at.off), why, found);
}

void query_tell(struct query_reader *r, int code, struct span at, const char *why, ...)
{
	char text[ERR_MESSAGE_MAX / 2];
	va_list ap;

	va_start(ap, why);
	vsnprintf(text, sizeof(text), why, ap);
	va_end(ap);
	refuse(r, code, at, text, "");
}

static void describe(const struct query_reader *r, struct span at, struct buf *out)
{
	struct str s = str_sub(r->text, at.off, at.end);
	size_t pos = 0;

	if (!s.n || query_blank_at(s, 0)) {
		buf_puts(out, s.n ? ", but a blank stands there" : ", but the query ends there");
		return;
	}
	buf_puts(out, ", but \"");
	for (int n = 0; pos < s.n && n < FOUND_CHARACTERS; n++)
		query_visible(out, utf8_next(s, &pos));
	buf_printf(out, "%s\" stands there", pos < s.n ? "..." : "");
}

void query_tell_expected(struct query_reader *r, struct span at, const char *what, ...)
{
	char text[ERR_MESSAGE_MAX / 2] = "expected ";
	struct buf found = {0};
	va_list ap;

	va_start(ap, what);
	vsnprintf(text + strlen(text), sizeof(text) - strlen(text), what, ap);
	va_end(ap);
	if (at.off == at.end && at.off < r->text.n) {
		size_t next = at.off, end = query_term_end(r->text, at.off);

		utf8_next(r->text, &next);
		at.end = (uint32_t)(end > next ? end : next);
	}
	describe(r, at, &found);
	refuse(r, REFTEL_EINVAL, at, text, found.p);
	buf_free(&found);
}

int query_count(struct query_reader *r, struct span at, size_t count)
{
	r->n_nodes += count;
	if (r->n_nodes <= QUERY_NODES_MAX)
		return REFTEL_OK;
	return query_refused(r, REFTEL_ELIMIT, at, "a query may have at most %d words and other parts",
			     QUERY_NODES_MAX);
}

int query_node_new(struct query_reader *r, enum query_op op, struct span at, struct query_node **out)
{
	*out = arena_new(r->a, struct query_node, 1);
	(*out)->op = op;
	(*out)->at = at;
	return query_count(r, at, 1);
}

/* ---- joining ----------------------------------------------------------------------------------------------------- */

/* A node with these kids; an AND in an AND, or an OR in an OR, gives up its own kids. */
static int join(struct query_reader *r, enum query_op op, const node_vec *kids, struct query_node **out)
{
	node_vec flat = {0};
	int rc;

	for (size_t i = 0; i < kids->n; i++) {
		struct query_node *kid = kids->v[i];

		if (op != Q_NEAR && kid->op == op)
			for (size_t k = 0; k < kid->n_kids; k++)
				*VEC_PUSH(r->a, &flat) = kid->kids[k];
		else
			*VEC_PUSH(r->a, &flat) = kid;
	}
	rc = query_node_new(r, op, (struct span){kids->v[0]->at.off, kids->v[kids->n - 1]->at.end}, out);
	(*out)->kids = flat.v;
	(*out)->n_kids = flat.n;
	return rc;
}

static int deeper(struct query_reader *r, struct span at)
{
	if (++r->depth <= QUERY_DEPTH_MAX)
		return REFTEL_OK;
	return query_refused(r, REFTEL_ELIMIT, at, "more than %d parentheses and NOTs are inside one another",
			     QUERY_DEPTH_MAX);
}

/* ---- one --------------------------------------------------------------------------------------------------------- */

static int read_or(struct query_reader *r, struct query_node **out);
static int read_one(struct query_reader *r, struct query_node **out);

static bool stands(const struct query_reader *r, char c)
{
	return r->pos < r->text.n && r->text.p[r->pos] == c;
}

static int read_group(struct query_reader *r, struct query_node **out)
{
	size_t open = r->pos;
	int rc = deeper(r, here(r, 1));

	if (rc)
		return rc;
	r->pos++;
	if ((rc = read_or(r, out)))
		return rc;
	if (!stands(r, ')'))
		return query_expected(r, here(r, 0), "\")\" for the \"(\" at character %zu",
				      character_of(r->text, open));
	r->pos++;
	r->depth--;
	return REFTEL_OK;
}

/* A word, phrase, pattern; an id that also stands for its cable is here the word only. */
static int near_operand(struct query_reader *r, struct query_node **n, enum query_field field)
{
	struct query_node *x = *n;

	if (x->op == Q_OR && x->kids[0]->op == Q_ID && x->kids[0]->at.off == x->kids[1]->at.off)
		*n = x = x->kids[1];
	if (x->op < Q_WORD || x->op > Q_FUZZY)
		return query_expected(r, x->at, "a word or a phrase beside NEAR");
	if (x->field != field)
		return query_expected(r, x->at, "words of one field beside NEAR");
	return REFTEL_OK;
}

static int join_near(struct query_reader *r, const node_vec *kids, int distance, struct query_node **out)
{
	int rc = join(r, Q_NEAR, kids, out);

	(*out)->field = kids->v[0]->field;
	(*out)->distance = distance;
	return rc;
}

/* NEAR/8(bhutto security "peace deal"); pos is at the parenthesis. */
static int read_near_group(struct query_reader *r, int distance, struct query_node **out)
{
	bool outer = r->in_near;
	size_t open = r->pos++;
	node_vec kids = {0};
	int rc;

	r->in_near = true;
	for (;;) {
		struct query_node *kid = NULL;
		size_t ignored;
		int n;

		query_skip_blanks(r);
		if (stands(r, ')'))
			break;
		if (r->pos == r->text.n)
			return query_expected(r, here(r, 0), "\")\" for the \"(\" at character %zu",
					      character_of(r->text, open));
		if ((rc = query_near_at(r, &ignored, &n)))
			return rc;
		if (ignored || stands(r, '(') || stands(r, '-') || query_operator_at(r, "AND") ||
		    query_operator_at(r, "OR") || query_operator_at(r, "NOT"))
			return query_expected(r, here(r, 0), "words and phrases only, inside of NEAR");
		if ((rc = read_one(r, &kid)) || (rc = near_operand(r, &kid, r->field)))
			return rc;
		*VEC_PUSH(r->a, &kids) = kid;
	}
	if (kids.n < 2)
		return query_expected(r, here(r, 1), "%s inside of NEAR", kids.n ? "a second word" : "two words");
	r->pos++;
	r->in_near = outer;
	return join_near(r, &kids, distance, out);
}

/* What a field's colon, or a parenthesis behind it, leads to: text is read as text, all else as that field's value. */
static int read_term(struct query_reader *r, struct query_node **out)
{
	struct span at = here(r, 0), inside = at;
	int rc;

	if (query_quote_at(r->text, r->pos)) {
		if ((rc = query_take_quoted(r, &inside, &at)))
			return rc;
		return query_field_is_text(r->field) ? query_read_phrase(r, inside, at, out)
						     : query_read_value(r, inside, at, out);
	}
	inside.end = at.end = (uint32_t)(r->pos = query_term_end(r->text, r->pos));
	return query_field_is_text(r->field) ? query_read_term(r, at, out) : query_read_value(r, at, at, out);
}

static int read_field_value(struct query_reader *r, struct span name, struct query_node **out)
{
	size_t near = 0;
	int rc, n;

	if (query_blank_at(r->text, r->pos) || r->pos == r->text.n || stands(r, ')') || stands(r, '-'))
		return query_expected(r, here(r, stands(r, '-')), "a value right behind \"%.*s\"",
				      (int)(name.end - name.off), r->text.p + name.off);
	if (stands(r, '(')) {
		if (r->cmp != QC_EQ)
			return query_expected(r, here(r, 1), "one value behind a comparison");
		return read_group(r, out);
	}
	if (query_field_is_text(r->field) && (rc = query_near_at(r, &near, &n)))
		return rc;
	if (near && near < r->text.n && r->text.p[near] == '(') {
		r->pos = near;
		return read_near_group(r, n, out);
	}
	return read_term(r, out);
}

static int read_field(struct query_reader *r, bool *found, struct query_node **out)
{
	enum query_field field = r->field;
	enum query_cmp cmp = r->cmp;
	size_t from = r->pos;
	int rc;

	if ((rc = query_take_field(r, found)) || !*found)
		return rc;
	r->in_field = true;
	rc = read_field_value(r, (struct span){(uint32_t)from, (uint32_t)r->pos}, out);
	r->in_field = false;
	r->field = field;
	r->cmp = cmp;
	return rc;
}

static int read_one(struct query_reader *r, struct query_node **out)
{
	bool found = false;
	size_t near;
	int rc, n;

	query_skip_blanks(r);
	if (stands(r, '('))
		return read_group(r, out);
	if (r->pos == r->text.n || stands(r, ')') || query_operator_at(r, "AND") || query_operator_at(r, "OR") ||
	    query_operator_at(r, "NOT"))
		return query_expected(r, here(r, stands(r, ')')), anything);
	if ((rc = query_near_at(r, &near, &n)))
		return rc;
	if (near && !query_field_is_text(r->field))
		return query_expected(r, here(r, 0), "a value of \"%s:\"", query_field_name(r->field));
	if (near) {
		size_t at = r->pos;

		r->pos = near;
		query_skip_blanks(r);
		if (stands(r, '('))
			return read_near_group(r, n, out);
		r->pos = at;
		return query_expected(r, here(r, 0), "a word before NEAR, or \"(\" and words behind it");
	}
	if ((rc = read_field(r, &found, out)) || found)
		return rc;
	if (stands(r, '-'))
		return query_expected(r, here(r, 0), anything);
	return read_term(r, out);
}

/* ---- operators --------------------------------------------------------------------------------------------------- */

/* NEAR between two words. Right before a parenthesis it begins a group of its own. */
static int take_near(struct query_reader *r, int *n, bool *found)
{
	size_t end;
	int rc;

	*found = false;
	query_skip_blanks(r);
	if ((rc = query_near_at(r, &end, n)))
		return rc;
	*found = end && !(end < r->text.n && r->text.p[end] == '(');
	if (*found)
		r->pos = end;
	return REFTEL_OK;
}

static int read_near(struct query_reader *r, struct query_node **out)
{
	node_vec kids = {0};
	int distance = 0, n, rc;

	if ((rc = read_one(r, out)))
		return rc;
	for (;;) {
		struct span sign;
		bool found;

		query_skip_blanks(r);
		sign = here(r, 0);
		if ((rc = take_near(r, &n, &found)) || !found)
			break;
		sign.end = (uint32_t)r->pos;
		if (kids.n && n != distance)
			return query_expected(r, sign, "NEAR/%d again (for other groups write NEAR/n(these words))",
					      distance);
		distance = n;
		if (!kids.n) {
			if ((rc = near_operand(r, out, (*out)->field)))
				return rc;
			*VEC_PUSH(r->a, &kids) = *out;
		}
		if ((rc = read_one(r, out)) || (rc = near_operand(r, out, kids.v[0]->field)))
			return rc;
		*VEC_PUSH(r->a, &kids) = *out;
	}
	return rc || !kids.n ? rc : join_near(r, &kids, distance, out);
}

static int read_unary(struct query_reader *r, struct query_node **out)
{
	struct query_node *kid, **kids;
	struct span at;
	int rc;

	query_skip_blanks(r);
	at = here(r, 0);
	if (!query_take_operator(r, "NOT")) {
		if (!stands(r, '-'))
			return read_near(r, out);
		r->pos++;
		if (r->pos == r->text.n || query_blank_at(r->text, r->pos) || stands(r, ')'))
			return query_expected(r, here(r, 0), "what is to be left out, right behind \"-\"");
	}
	if ((rc = deeper(r, (struct span){at.off, (uint32_t)r->pos})) || (rc = read_unary(r, &kid)))
		return rc;
	r->depth--;
	if ((rc = query_node_new(r, Q_NOT, (struct span){at.off, kid->at.end}, out)))
		return rc;
	kids = arena_new(r->a, struct query_node *, 1);
	*kids = kid;
	(*out)->kids = kids;
	(*out)->n_kids = 1;
	return REFTEL_OK;
}

static int read_and(struct query_reader *r, struct query_node **out)
{
	node_vec kids = {0};
	int rc;

	do {
		if ((rc = read_unary(r, out)))
			return rc;
		*VEC_PUSH(r->a, &kids) = *out;
		query_skip_blanks(r);
	} while (query_take_operator(r, "AND") ||
		 (r->pos < r->text.n && !stands(r, ')') && !query_operator_at(r, "OR")));
	return kids.n == 1 ? REFTEL_OK : join(r, Q_AND, &kids, out);
}

static int read_or(struct query_reader *r, struct query_node **out)
{
	node_vec kids = {0};
	int rc;

	do {
		if ((rc = read_and(r, out)))
			return rc;
		*VEC_PUSH(r->a, &kids) = *out;
	} while (query_take_operator(r, "OR"));
	return kids.n == 1 ? REFTEL_OK : join(r, Q_OR, &kids, out);
}

int query_parse(struct arena *a, struct str text, struct query *out, struct span *where, struct err *e)
{
	struct query_reader r = {.a = a, .text = text, .where = where, .e = e};
	struct query_node *root = NULL;
	int rc;

	*out = (struct query){.text = text};
	if (text.n > QUERY_BYTES_MAX)
		return query_refused(&r, REFTEL_ELIMIT, (struct span){QUERY_BYTES_MAX, QUERY_BYTES_MAX},
				     "a query may have at most %d KiB", QUERY_BYTES_MAX >> 10);
	if ((rc = read_or(&r, &root)))
		return rc;
	if (r.pos < text.n)
		return query_refused(&r, REFTEL_EINVAL, here(&r, 1), "expected a \"(\" before this \")\"");
	out->root = root;
	return REFTEL_OK;
}
