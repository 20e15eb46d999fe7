/*
 * The dump's reader, with the size of its reads and the encoding taken from the first byte. Besides not crashing:
 * places never go back, and reading on behind any record gives what reading at once gave.
 */
#include "source/source_priv.h"

#include <stdlib.h>
#include <string.h>

#define CHECK(what)                                                                                                    \
	do {                                                                                                           \
		if (!(what))                                                                                           \
			abort();                                                                                       \
	} while (0)

struct seen {
	struct place next[8]; /* behind the first records */
	size_t n, asides;
	uint64_t hash; /* of everything from record `from` on */
	size_t from;
	uint64_t offset;
};

static void add(struct seen *s, struct str text)
{
	if (s->n >= s->from)
		s->hash = hash_bytes(text.p, text.n, s->hash + text.n);
}

static int record(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		  const struct place *next, struct err *e)
{
	struct seen *s = ctx;

	(void)f, (void)e;
	CHECK(at->offset >= s->offset && next->offset > at->offset && next->line >= at->line);
	CHECK(utf8_valid(r->header) && utf8_valid(r->body) && utf8_valid(r->id));
	CHECK(!r->body.n || !memchr(r->body.p, '\r', r->body.n));
	s->offset = next->offset;
	add(s, r->id);
	add(s, r->header);
	add(s, r->body);
	if (s->n < 8)
		s->next[s->n] = *next;
	s->n++;
	return 0;
}

static int set_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	struct seen *s = ctx;

	(void)e;
	CHECK(at->offset >= s->offset && *reason && excerpt.n <= SOURCE_EXCERPT);
	s->offset = at->offset;
	s->asides++;
	return 0;
}

static void read_from(struct seen *s, struct str bytes, enum encoding enc, size_t chunk, struct place start)
{
	struct arena a = {0};
	struct source_reader r = {
		.record_max = 4096, .record = record, .set_aside = set_aside, .ctx = s, .start = start};
	struct stream in = {
		.fd = -1, .bytes = str_sub(bytes, start.offset, bytes.n), .name = "f", .enc = enc, .chunk = chunk};
	struct str head = str_sub(bytes, 0, SOURCE_HEAD);

	if (enc != ENC_UTF8)
		head = text_to_utf8(&a, head, enc);
	CHECK(csv_read(&in, "f", head, &r, NULL) == REFTEL_OK);
	stream_close(&in);
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum encoding encodings[] = {ENC_UTF8, ENC_UTF8, ENC_UTF16LE, ENC_UTF16BE};
	struct seen all = {0};
	struct str bytes;

	if (size < 1)
		return 0;
	bytes = (struct str){(const char *)data + 1, size - 1};
	read_from(&all, bytes, encodings[data[0] & 3], data[0] >> 2, (struct place){0});
	for (size_t i = 0; i < all.n && i < 2; i++) {
		struct seen whole = {.from = i + 1}, rest = {.offset = all.next[i].offset};

		read_from(&whole, bytes, encodings[data[0] & 3], 0, (struct place){0});
		read_from(&rest, bytes, encodings[data[0] & 3], data[0] >> 2, all.next[i]);
		CHECK(whole.n == all.n && rest.n + i + 1 == all.n && rest.hash == whole.hash);
	}
	return 0;
}
