/*
 * What cable's own files share: the table of posts, a scanner's idea of an item, and the parts of the telegram reader.
 */
#ifndef REFTEL_CABLE_PRIV_H
#define REFTEL_CABLE_PRIV_H

#include "cable/cable.h"

/* Is this name (canonical: upper case, no blanks) one under which the full release numbers cables? */
bool post_is_known(const char *canonical);

/* A set of capitals, and whether c is one of them: asked of first letters, which tell most lines and words apart. */
#define CAPITAL(c) ((uint32_t)1 << ((c) - 'A'))
static inline bool capital_among(int c, uint32_t capitals)
{
	return ascii_upper(c) && capitals >> (c - 'A') & 1;
}

/* Is this word, letters only, a caption or a marking below the levels: SIPDIS, NOFORN, SENSITIVE? */
bool class_is_caption(struct str word);

/* "JAN" or "January", any case: 1..12; 0 when it is no month. */
int month_of(struct str name);
/* Two digits are 1966..2065, four stand for themselves; 0 for anything else. */
int year_of(struct str digits);
/* Digits only, at most `most`; -1 when it is none or more. */
int64_t number_of(struct str digits, int64_t most);

/* ---- the parts of the telegram reader, in the order in which they run -------------------------------------------- */

typedef VEC(struct span) span_vec;
typedef VEC(uint32_t) offset_vec;

/* What telegram_scan() finds in a body. */
struct body_scan {
	span_vec lines;       /* without their ends */
	offset_vec suspects;  /* in each line that holds SIPDIS or eight digits in a row at least one, in order */
	offset_vec summaries; /* where "summary" begins, in any case */
	offset_vec comments;  /* and "comment" */
};

struct reader {
	struct arena *a;
	struct str body;
	struct cable_date date; /* of the citing cable, for implied years */
	struct telegram *t;
	struct body_scan scan;
	const struct span *lines; /* the scan's */
	size_t n_lines;
	size_t head_end;             /* first line behind the head's fields */
	span_vec artefacts, numbers; /* numbers and marks of paragraphs, which are artefacts too, in order */
	offset_vec openings;         /* the lines that begin, but for blanks, with a digit, a pilcrow or a bracket */
};

/* A line of the body, trimmed. */
static inline struct str line_text(const struct reader *r, const struct span *line)
{
	return str_trim(str_sub(r->body, line->off, line->end));
}

void telegram_scan(struct arena *a, struct str body, struct body_scan *out);
void telegram_read_header(struct arena *a, struct str header, struct telegram_header *out);
void telegram_read_artefacts(struct reader *r);
void telegram_read_head(struct reader *r);
void telegram_read_refs(struct reader *r, struct str list, uint32_t off);
void telegram_read_tail(struct reader *r);
void telegram_read_paragraphs(struct reader *r);

bool line_is_page(struct str line);                                /* KALVIK 00005388  002 OF 003 */
bool line_is_class(struct str line, struct classification *class); /* C O N F I D E N T I A L KALVIK 000123 */
bool line_is_caption(struct str line);                             /* SIPDIS */
bool line_is_rule(struct str line);                                /* ------- */

#endif
