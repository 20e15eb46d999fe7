/*
 * The running text as it is made, with the byte of the file that every byte of it came from.
 */
#include "story/story_priv.h"

#include <string.h>

void draft_byte(struct draft *d, char c, size_t raw_off)
{
	buf_putc(&d->text, c);
	*VEC_PUSH(d->a, &d->raw_of) = (uint32_t)raw_off;
}

void draft_bytes(struct draft *d, struct str s, size_t raw_off)
{
	for (size_t i = 0; i < s.n; i++)
		draft_byte(d, s.p[i], raw_off + i);
}

void draft_code_point(struct draft *d, int32_t cp, size_t raw_off)
{
	char utf8[4];
	size_t n = utf8_put(cp, utf8);

	for (size_t i = 0; i < n; i++)
		draft_byte(d, utf8[i], raw_off);
}

void draft_blank(struct draft *d, size_t raw_off)
{
	if (d->open && d->text.n > d->blocks.v[d->blocks.n - 1].at.off && d->text.p[d->text.n - 1] != ' ')
		draft_byte(d, ' ', raw_off);
}

void draft_end(struct draft *d)
{
	struct block *b;

	if (!d->open)
		return;
	d->open = false;
	b = &d->blocks.v[d->blocks.n - 1];
	while (d->text.n > b->at.off && ascii_space((unsigned char)d->text.p[d->text.n - 1])) {
		d->text.p[--d->text.n] = '\0';
		d->raw_of.n--;
	}
	b->at.end = (uint32_t)d->text.n;
	if (b->at.off == b->at.end) {
		d->blocks.n--;
		return;
	}
	draft_byte(d, '\n', d->raw_of.v[d->raw_of.n - 1]);
	draft_byte(d, '\n', d->raw_of.v[d->raw_of.n - 1]);
}

void draft_block(struct draft *d, enum block_kind kind, int level)
{
	draft_end(d);
	*VEC_PUSH(d->a, &d->blocks) = (struct block){kind, {(uint32_t)d->text.n, (uint32_t)d->text.n}, level};
	d->open = true;
}

bool block_is_furniture(struct str text)
{
	static const char *const signs[] = {
		"printable version",
		"print this",
		"closed for comments",
		"email the editor",
		"editorial values",
		"subscribe",
		"sign up",
		"newsletter",
		"share this",
		"share on",
		"tweet",
		"follow us",
		"all rights reserved",
		"copyright",
		"\u00a9",
		"advertisement",
		"related articles",
		"related stories",
		"more articles",
		"read more",
		"read also",
		"most read",
		"most popular",
		"comments (",
		"leave a comment",
		"post a comment",
		"terms of use",
		"privacy policy",
		"cookie",
		"click here to",
		"back to top",
		"report an error",
		"keywords:",
		"tags:",
		"send to a friend",
	};

	text = str_trim(text);
	if (text.n > 140)
		return false;
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (str_ifind(text, str_of(signs[i]), 0) != SIZE_MAX)
			return true;
	return false;
}
