/*
 * A stream of bytes from a file or from memory, for what is too large to be read whole. UTF-16 becomes UTF-8 on the
 * way; every other encoding is passed on and mended field by field (field.c), so that places stay places of the file.
 */
#include "source/source_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RAW_CAP = 32 << 10 };

static ssize_t read_some(struct stream *s, void *out, size_t cap, struct err *e)
{
	size_t most = s->chunk ? s->chunk : SOURCE_CHUNK;

	if (cap > most)
		cap = most;
	if (s->fd < 0) {
		if (cap > s->bytes.n)
			cap = s->bytes.n;
		if (cap)
			memcpy(out, s->bytes.p, cap);
		s->bytes = str_sub(s->bytes, cap, s->bytes.n);
		return (ssize_t)cap;
	}
	for (;;) {
		ssize_t n = read(s->fd, out, cap);

		if (n >= 0)
			return n;
		if (errno != EINTR)
			return err_errno(e, errno, "%s cannot be read", s->name);
	}
}

static unsigned unit_at(const struct stream *s, size_t i)
{
	const unsigned char *p = s->raw + i;

	return s->enc == ENC_UTF16LE ? p[0] | (unsigned)p[1] << 8 : p[1] | (unsigned)p[0] << 8;
}

/*
 * Converts the raw bytes at *i as far as they are whole, into out; returns bytes written. A lone surrogate becomes
 * U+FFFD, which in UTF-16 has the same two bytes: stream_raw_length() counts on that.
 */
static size_t convert(struct stream *s, char *out, size_t cap, size_t *i)
{
	size_t n = 0;

	while (s->raw_n - *i >= 2 && cap - n >= 4) {
		unsigned u = unit_at(s, *i), low;
		int32_t cp = (int32_t)u;
		size_t used = 2;

		if (u >= 0xd800 && u < 0xdc00) {
			if (s->raw_n - *i < 4 && !s->ended)
				break;
			low = s->raw_n - *i >= 4 ? unit_at(s, *i + 2) : 0;
			cp = 0xfffd;
			if (low >= 0xdc00 && low < 0xe000) {
				cp = (int32_t)(0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00));
				used = 4;
			}
		} else if (u >= 0xdc00 && u < 0xe000) {
			cp = 0xfffd;
		}
		n += utf8_put(cp, out + n);
		*i += used;
	}
	return n;
}

static ssize_t read_utf16(struct stream *s, char *out, size_t cap, struct err *e)
{
	if (!s->raw)
		s->raw = xmalloc(RAW_CAP);
	for (;;) {
		size_t used = 0, n = convert(s, out, cap, &used);

		if (used)
			memmove(s->raw, s->raw + used, s->raw_n - used);
		s->raw_n -= used;
		if (n || s->ended)
			return (ssize_t)n;

		ssize_t got = read_some(s, s->raw + s->raw_n, RAW_CAP - s->raw_n, e);
		if (got < 0)
			return got;
		s->ended = got == 0;
		s->raw_n += (size_t)got;
	}
}

ssize_t stream_read(struct stream *s, char *out, size_t cap, struct err *e)
{
	if (s->enc == ENC_UTF16LE || s->enc == ENC_UTF16BE)
		return read_utf16(s, out, cap, e);
	return read_some(s, out, cap, e);
}

uint64_t stream_raw_length(const struct stream *s, const char *p, size_t n)
{
	uint64_t units = 0;

	if (s->enc != ENC_UTF16LE && s->enc != ENC_UTF16BE)
		return n;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		units += (c & 0xc0) != 0x80;
		units += c >= 0xf0;
	}
	return units * 2;
}

void stream_close(struct stream *s)
{
	free(s->raw);
	s->raw = NULL;
	s->raw_n = 0;
}
