/*
 * Any file whatever, as source_read() gets it: sniffing, encodings, text files, bare telegrams. Besides not crashing:
 * every file gives records or a reason, and header and body are stretches of what was there.
 */
#include "source/source_priv.h"

#include <stdlib.h>
#include <string.h>

static int record(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		  const struct place *next, struct err *e)
{
	size_t *n = ctx;

	(void)at, (void)next, (void)e;
	if (f == SOURCE_UNKNOWN || !utf8_valid(r->header) || !utf8_valid(r->body))
		abort();
	if ((f == SOURCE_TEXT || f == SOURCE_TELEGRAM) && (!r->id.n || memchr(r->id.p, '\n', r->id.n)))
		abort();
	++*n;
	return 0;
}

static int set_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	size_t *n = ctx;

	(void)at, (void)e;
	if (!*reason || excerpt.n > SOURCE_EXCERPT)
		abort();
	++*n;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0;
	struct str bytes = {(const char *)data, size};
	struct source_reader r = {.record_max = 1 << 16, .record = record, .set_aside = set_aside, .ctx = &n};

	if (source_read_bytes("f", bytes, &r, NULL) != REFTEL_OK)
		abort();
	if (!n && source_sniff(bytes, size) != SOURCE_CSV)
		abort();
	return 0;
}
