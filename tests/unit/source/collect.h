/* Gathers what a reader gives into two texts that a test can compare: one line a record, one line a thing set aside. */
#ifndef REFTEL_COLLECT_H
#define REFTEL_COLLECT_H

#include "test.h"
#include "source/source_priv.h"

struct collect {
	struct buf records; /* number|date|id|origin|class|refs|title|header|body\n, line ends as "\n" */
	struct buf asides;  /* row N, line N, offset N: reason\n */
	struct buf places;  /* offset/line/row of each record and of what is behind it */
	size_t n, n_asides;
	struct place last_next;
	struct place nexts[64]; /* behind the first records */
	enum source_format format;
	struct buf last_excerpt;
	size_t stop_after;       /* 0: never; then the code 7 is returned */
	struct buf header, body; /* of the last record, as they are */
};

static inline void collect_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n')
			buf_puts(b, "\\n");
		else
			buf_putc(b, s.p[i]);
	}
}

static inline int collect_record(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
				 const struct place *next, struct err *e)
{
	struct collect *c = ctx;
	char date[32] = "";
	const struct str parts[] = {r->id, r->origin, r->classification, r->refs, r->title, r->header, r->body};

	(void)e;
	if (r->date.precision != DATE_NONE)
		cable_date_format(r->date, date);
	buf_printf(&c->records, "%u|%s", r->running_number, date);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		buf_putc(&c->records, '|');
		collect_escaped(&c->records, parts[i]);
	}
	buf_putc(&c->records, '\n');
	buf_printf(&c->places, "%llu/%llu/%llu-%llu/%llu/%llu\n", (unsigned long long)at->offset,
		   (unsigned long long)at->line, (unsigned long long)at->row, (unsigned long long)next->offset,
		   (unsigned long long)next->line, (unsigned long long)next->row);
	buf_reset(&c->header);
	buf_str(&c->header, r->header);
	buf_reset(&c->body);
	buf_str(&c->body, r->body);
	c->format = f;
	if (c->n < 64)
		c->nexts[c->n] = *next;
	c->last_next = *next;
	c->n++;
	return c->stop_after && c->n == c->stop_after ? 7 : 0;
}

static inline int collect_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt,
				struct err *e)
{
	struct collect *c = ctx;

	(void)e;
	buf_printf(&c->asides, "row %llu, line %llu, offset %llu: %s\n", (unsigned long long)at->row,
		   (unsigned long long)at->line, (unsigned long long)at->offset, reason);
	buf_reset(&c->last_excerpt);
	buf_str(&c->last_excerpt, excerpt);
	c->n_asides++;
	return 0;
}

static inline struct source_reader collect_reader(struct collect *c)
{
	return (struct source_reader){.record = collect_record, .set_aside = collect_aside, .ctx = c};
}

static inline void collect_free(struct collect *c)
{
	buf_free(&c->records);
	buf_free(&c->asides);
	buf_free(&c->places);
	buf_free(&c->last_excerpt);
	buf_free(&c->header);
	buf_free(&c->body);
	*c = (struct collect){0};
}

static inline const char *collect_text(const struct buf *b)
{
	return b->p ? b->p : "";
}

#endif
