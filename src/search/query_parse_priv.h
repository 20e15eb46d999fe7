/*
 * What the parts of the query's reader share: the place in the text, the field that is being read for, and how an
 * error is told. query.c has the grammar, query_lex.c finds where things begin and end, query_word.c makes nodes of
 * words, query_field.c of fields and their values.
 */
#ifndef REFTEL_QUERY_PARSE_PRIV_H
#define REFTEL_QUERY_PARSE_PRIV_H

#include "search/query_priv.h"

struct query_reader {
	struct arena *a;
	struct str text;
	size_t pos;
	/* what a term means here */
	enum query_field field;
	enum query_cmp cmp;
	bool in_field; /* behind a field's colon or inside its parentheses: no other field may stand here */
	bool in_near;
	int depth;
	size_t n_nodes;
	struct span *where;
	struct err *e;
};

typedef VEC(struct query_word) query_word_vec;

/*
 * query_expected(r, at, what, ...) tells "expected WHAT, but ... stands there"; an empty span is widened to the term
 * that begins there. query_refused(r, code, at, why, ...) tells the sentence as it is. Both tell the place before it,
 * and are the error's code: macros, so that a checker sees that it is never 0.
 */
#define query_expected(r, ...)      (query_tell_expected((r), __VA_ARGS__), REFTEL_EINVAL)
#define query_refused(r, code, ...) (query_tell((r), (code), __VA_ARGS__), (code))
void query_tell_expected(struct query_reader *r, struct span at, const char *what, ...)
	__attribute__((format(printf, 3, 4)));
void query_tell(struct query_reader *r, int code, struct span at, const char *why, ...)
	__attribute__((format(printf, 4, 5)));
/* Counts `count` against the bound of nodes; 0 or ELIMIT. */
int query_count(struct query_reader *r, struct span at, size_t count);
int query_node_new(struct query_reader *r, enum query_op op, struct span at, struct query_node **out);
/* The name in names[0..n) that `given` was most likely meant to be; NULL: nothing is near. */
const char *query_guess(struct str given, const char *const *names, size_t n);

/* ---- query_lex.c: where things begin and end --------------------------------------------------------------------- */

size_t query_blank_at(struct str s, size_t pos); /* bytes of the blank there, 0: none */
bool query_quote_at(struct str s, size_t pos);
size_t query_term_end(struct str s, size_t pos);
bool query_ends_at(struct str s, size_t pos); /* end, blank, quote or parenthesis */
void query_skip_blanks(struct query_reader *r);
/* Does the operator (upper case, a word of its own) stand at pos? */
bool query_operator_at(const struct query_reader *r, const char *operator);
bool query_take_operator(struct query_reader *r, const char *operator);
/* NEAR or NEAR/n at pos: its end in *end (0: it does not stand there), the number in *n. */
int query_near_at(struct query_reader *r, size_t *end, int *n);
/* From the opening quotation mark at pos to behind the closing one. */
int query_take_quoted(struct query_reader *r, struct span *inside, struct span *whole);

/* ---- query_word.c: nodes of words -------------------------------------------------------------------------------- */

/* The folded words of the span; stars: a * alone stands for any word. */
int query_fold(struct query_reader *r, struct span at, bool stars, query_word_vec *out);
int query_read_phrase(struct query_reader *r, struct span inside, struct span whole, struct query_node **out);
int query_read_term(struct query_reader *r, struct span at, struct query_node **out);

/* ---- query_field.c: fields and their values ---------------------------------------------------------------------- */

/* A field's name and its colon or comparison, if they stand at pos (*found), into r->field and r->cmp. */
int query_take_field(struct query_reader *r, bool *found);
bool query_field_is_text(enum query_field f);
/* A value of r->field: the span `inside` is its text, `whole` with its quotation marks. */
int query_read_value(struct query_reader *r, struct span inside, struct span whole, struct query_node **out);

/* ---- query_print.c ----------------------------------------------------------------------------------------------- */

/* One code point, or something visible in its place where it would steer a terminal. */
void query_visible(struct buf *out, int32_t cp);

#endif
