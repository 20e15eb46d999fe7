/*
 * The registry: opens a file, tells its layout, gives it to the reader of that layout, and hands on what comes. Files
 * of one cable are read whole, within the bound of a record; only the dump is a stream.
 */
#include "source/source_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct input {
	const char *name;
	int fd;          /* -1: all */
	struct str all;  /* bytes in memory */
	struct str head; /* the first 64 KiB */
	uint64_t size;
	struct arena arena;
};

static int whole_set_aside(struct input *in, const struct source_reader *r, const char *reason, struct err *e)
{
	struct place at = {.file = in->name, .line = 1, .row = 1};

	return r->set_aside(r->ctx, &at, reason, str_sub(in->head, 0, SOURCE_EXCERPT), e);
}

static int pread_all(struct input *in, char *p, size_t n, size_t *got, struct err *e)
{
	*got = 0;
	while (*got < n) {
		ssize_t k = pread(in->fd, p + *got, n - *got, (off_t)*got);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_errno(e, errno, "%s cannot be read", in->name);
		if (k == 0)
			break;
		*got += (size_t)k;
	}
	return REFTEL_OK;
}

static int input_head(struct input *in, struct err *e)
{
	size_t got;
	char *p;
	int rc;

	if (in->fd < 0) {
		in->head = str_sub(in->all, 0, SOURCE_HEAD);
		return REFTEL_OK;
	}
	p = arena_alloc(&in->arena, SOURCE_HEAD);
	rc = pread_all(in, p, SOURCE_HEAD, &got, e);
	in->head = (struct str){p, got};
	return rc;
}

/* The whole text in UTF-8, its mark cut off. */
static int input_text(struct input *in, struct str *out, struct err *e)
{
	enum encoding enc = text_sniff_encoding(in->head);
	struct str raw = in->all;
	size_t got;
	int rc;

	if (in->fd >= 0) {
		char *p = arena_alloc(&in->arena, in->size + 1);

		rc = pread_all(in, p, in->size, &got, e);
		if (rc)
			return rc;
		raw = (struct str){p, got};
	}
	if (enc == ENC_UTF16LE || enc == ENC_UTF16BE)
		raw = text_to_utf8(&in->arena, raw, enc);
	if (str_starts(raw, STR("\xef\xbb\xbf")))
		raw = str_sub(raw, 3, raw.n);
	*out = field_text(&in->arena, raw);
	return REFTEL_OK;
}

static int read_whole(struct input *in, enum source_format f, const struct source_reader *r, struct err *e)
{
	static int (*const readers[])(struct arena *, struct str, struct cable_record *, struct err *) = {
		[SOURCE_HTML] = html_read, [SOURCE_TEXT] = textfile_read, [SOURCE_TELEGRAM] = bare_read};
	size_t most = r->record_max ? r->record_max : SOURCE_RECORD_MAX;
	struct place at = {.file = in->name, .line = 1, .row = 1}, next = {in->name, in->size, 1, 2};
	struct cable_record rec;
	struct err why = {0};
	struct str text;
	int rc;

	if (in->size > most || in->size > UINT32_MAX - 1) {
		err_set(&why, REFTEL_ELIMIT, "larger than the %zu MB that one cable may have", most >> 20);
		return whole_set_aside(in, r, why.msg, e);
	}
	rc = input_text(in, &text, e);
	if (rc)
		return rc;
	if (memchr(text.p, '\0', text.n))
		return whole_set_aside(in, r, "the text holds NUL bytes: it is damaged, get it anew", e);
	if (readers[f](&in->arena, text, &rec, &why))
		return whole_set_aside(in, r, why.msg, e);
	rc = r->record(r->ctx, f, &rec, &at, &next, e);
	if (r->progress)
		r->progress(r->ctx, in->size);
	return rc;
}

static int read_stream(struct input *in, const struct source_reader *r, struct err *e)
{
	struct stream s = {.fd = in->fd, .name = in->name, .enc = text_sniff_encoding(in->head)};
	struct str head = in->head;
	int rc;

	s.bytes = str_sub(in->all, r->start.offset, in->all.n);
	if (in->fd >= 0 && (r->start.offset > INT64_MAX || lseek(in->fd, (off_t)r->start.offset, SEEK_SET) < 0))
		return err_errno(e, errno, "%s cannot be read", in->name);
	if (s.enc == ENC_UTF16LE || s.enc == ENC_UTF16BE)
		head = text_to_utf8(&in->arena, head, s.enc);
	rc = csv_read(&s, in->name, head, r, e);
	stream_close(&s);
	return rc;
}

static int input_read(struct input *in, const struct source_reader *r, struct err *e)
{
	enum source_format f;
	int rc = input_head(in, e);

	if (rc == REFTEL_OK) {
		f = source_sniff(in->head, in->size);
		if (f == SOURCE_UNKNOWN)
			rc = whole_set_aside(in, r, source_unknown_reason(in->head, in->size), e);
		else if (f == SOURCE_CSV)
			rc = read_stream(in, r, e);
		else
			rc = read_whole(in, f, r, e);
	}
	return rc;
}

static int input_open(struct input *in, const char *path, struct err *e)
{
	struct stat st;

	*in = (struct input){.name = path, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)};
	if (in->fd < 0)
		return err_errno(e, errno, "%s cannot be opened", path);
	if (fstat(in->fd, &st) != 0)
		return err_errno(e, errno, "%s cannot be read", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, REFTEL_EINVAL, "%s is not a regular file", path);
	in->size = (uint64_t)st.st_size;
	return REFTEL_OK;
}

static void input_close(struct input *in)
{
	arena_free(&in->arena);
	if (in->fd >= 0)
		close(in->fd);
}

int source_sniff_file(const char *path, enum source_format *out, struct err *e)
{
	struct input in;
	int rc = input_open(&in, path, e);

	if (rc == REFTEL_OK)
		rc = input_head(&in, e);
	if (rc == REFTEL_OK)
		*out = source_sniff(in.head, in.size);
	input_close(&in);
	return rc;
}

int source_read(const char *path, const struct source_reader *r, struct err *e)
{
	struct input in;
	int rc = input_open(&in, path, e);

	if (rc == REFTEL_OK)
		rc = input_read(&in, r, e);
	input_close(&in);
	return rc;
}

int source_read_bytes(const char *name, struct str bytes, const struct source_reader *r, struct err *e)
{
	struct input in = {.name = name, .fd = -1, .all = bytes, .size = bytes.n};
	int rc = input_read(&in, r, e);

	input_close(&in);
	return rc;
}
