/*
 * A story as plain text: paragraphs at blank lines, what a saved page prints around it left out.
 */
#include "story/story_priv.h"

static bool same_as_last(const struct draft *d, struct str para)
{
	const struct block *b = d->blocks.n ? &d->blocks.v[d->blocks.n - 1] : NULL;

	return b && str_eq(str_trim(para), str_sub(buf_view(&d->text), b->at.off, b->at.end));
}

static void paragraph(struct draft *d, size_t from, size_t to)
{
	struct str para = str_sub(d->raw, from, to);

	if (!str_trim(para).n)
		return;
	/* A caption that the page repeats is one caption. */
	if (block_is_furniture(para) || same_as_last(d, para)) {
		d->furniture += para.n;
		return;
	}
	draft_block(d, BLOCK_PARAGRAPH, 0);
	while (from < to && ascii_space((unsigned char)d->raw.p[from]))
		from++;
	for (size_t i = from; i < to; i++)
		if (d->raw.p[i] != '\r')
			draft_byte(d, d->raw.p[i], i);
	draft_end(d);
}

void story_from_plain(struct draft *d)
{
	struct str rest = d->raw, line;
	size_t from = 0;

	while (str_line(&rest, &line)) {
		size_t at = (size_t)(line.p - d->raw.p);

		if (!str_trim(line).n) {
			paragraph(d, from, at);
			from = at;
		}
	}
	paragraph(d, from, d->raw.n);
}
