/*
 * What a form brings: application/x-www-form-urlencoded and multipart/form-data (RFC 7578), read as it comes in. Fields
 * stay in memory under a bound, files go to disk under names of ours. A file's own name is kept for people to see and
 * opens nothing.
 */
#include "text/text.h"
#include "web/web_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { PART_HEAD_MAX = 8 << 10, BOUNDARY_MAX = 70 };

enum form_state { FORM_PREAMBLE, FORM_HEAD, FORM_FIELD, FORM_FILE, FORM_END, FORM_BROKEN };

struct form {
	struct arena *a;
	struct form_limits limits;
	bool multipart;
	enum form_state state;
	char delimiter[BOUNDARY_MAX + 5]; /* "\r\n--boundary" */
	size_t n_delimiter;
	struct buf pending; /* urlencoded: all of it; multipart: what is not decided yet */
	struct buf value;   /* of the field at hand */
	struct str name, file_name;
	uint64_t n_fields, n_files; /* bytes */
	struct params fields;
	struct upload uploads[WEB_UPLOADS_MAX];
	size_t n_uploads;
	int fd;
	bool allowed; /* the csrf field came and fits */
};

/* The value of name= in a header's parameters, with or without quotation marks. Empty: it is not there. */
static struct str header_param(struct str header, const char *name)
{
	struct str want = str_of(name);

	for (size_t at = 0; (at = str_find(header, STR(";"), at)) != SIZE_MAX;) {
		struct str rest = str_trim(str_sub(header, at + 1, header.n));

		at++;
		if (!str_istarts(rest, want) || rest.n <= want.n || rest.p[want.n] != '=')
			continue;
		rest = str_sub(rest, want.n + 1, rest.n);
		if (rest.n && rest.p[0] == '"') {
			size_t end = str_find(rest, STR("\""), 1);

			return end == SIZE_MAX ? STR("") : str_sub(rest, 1, end);
		}
		for (size_t i = 0; i < rest.n; i++)
			if (rest.p[i] == ';' || ascii_space(rest.p[i]))
				return str_sub(rest, 0, i);
		return rest;
	}
	return STR("");
}

struct form *form_open(struct arena *a, struct str content_type, const struct form_limits *l, struct err *e)
{
	struct form *f = arena_new(a, struct form, 1);

	f->a = a;
	f->limits = *l;
	f->fd = -1;
	f->allowed = !l->csrf;
	if (str_istarts(content_type, STR("multipart/form-data"))) {
		struct str boundary = header_param(content_type, "boundary");

		if (!boundary.n || boundary.n > BOUNDARY_MAX) {
			err_set(e, REFTEL_EINVAL, "the form names no boundary of 1 to %d bytes", BOUNDARY_MAX);
			return NULL;
		}
		f->multipart = true;
		f->n_delimiter = (size_t)snprintf(f->delimiter, sizeof(f->delimiter), "\r\n--%.*s", STR_ARG(boundary));
		buf_puts(&f->pending, "\r\n"); /* so that the first delimiter is like the others */
	} else if (content_type.n && !str_istarts(content_type, STR("application/x-www-form-urlencoded"))) {
		err_set(e, REFTEL_EINVAL, "a form of the type %.*s cannot be read", STR_ARG(content_type));
		return NULL;
	}
	return f;
}

/* ---- one part of several ----------------------------------------------------------------------------------------- */

static int file_begin(struct form *f, struct err *e)
{
	struct upload *u;
	unsigned char random[16];
	char name[33];

	if (!f->limits.files)
		return err_set(e, REFTEL_EINVAL, "no file is taken here");
	if (!f->allowed)
		return err_set(e, REFTEL_EINVAL, "the form did not come from a page of this desk: load the page again");
	if (f->n_uploads == WEB_UPLOADS_MAX)
		return err_set(e, REFTEL_ELIMIT, "more than %d files at once: send them in several turns",
			       WEB_UPLOADS_MAX);
	u = &f->uploads[f->n_uploads];
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(name, sizeof(name), random, sizeof(random));
	if (snprintf(u->path, sizeof(u->path), "%s/upload-%s", f->limits.dir, name) >= (int)sizeof(u->path))
		return err_set(e, REFTEL_EINVAL, "the desk's folder has too long a name to take files");
	f->fd = open(u->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (f->fd < 0)
		return err_errno(e, errno, "an uploaded file could not be kept in %s", f->limits.dir);
	u->field = f->name;
	u->name = f->file_name;
	f->n_uploads++;
	return REFTEL_OK;
}

static int file_add(struct form *f, const char *p, size_t n, struct err *e)
{
	f->n_files += n;
	if (f->n_files > f->limits.files)
		return err_set(e, REFTEL_ELIMIT, "the files are larger than the %.0f MB that are taken at once",
			       (double)f->limits.files / 1e6);
	f->uploads[f->n_uploads - 1].size += n;
	while (n) {
		ssize_t done = write(f->fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_errno(e, errno, "an uploaded file could not be kept in %s", f->limits.dir);
		p += done;
		n -= (size_t)done;
	}
	return REFTEL_OK;
}

static int field_add(struct form *f, const char *p, size_t n, struct err *e)
{
	f->n_fields += n;
	if (f->n_fields > f->limits.fields)
		return err_set(e, REFTEL_ELIMIT, "the form has more than the %.0f kB that are taken here",
			       (double)f->limits.fields / 1e3);
	buf_add(&f->value, p, n);
	return REFTEL_OK;
}

static bool is_text(struct str s)
{
	return !memchr(s.p, 0, s.n) && utf8_valid(s);
}

static int field_end(struct form *f, struct err *e)
{
	struct str value = arena_str(f->a, buf_view(&f->value));

	buf_reset(&f->value);
	if (f->fields.n == WEB_FIELDS_MAX)
		return err_set(e, REFTEL_EINVAL, "the form has more than %d fields", WEB_FIELDS_MAX);
	if (!is_text(value))
		return err_set(e, REFTEL_EINVAL, "the field %.*s is no text in UTF-8", STR_ARG(f->name));
	f->fields.v[f->fields.n++] = (struct param){f->name, value};
	if (f->limits.csrf && str_eq(f->name, STR("csrf")))
		f->allowed = value.n == strlen(f->limits.csrf) && sodium_memcmp(value.p, f->limits.csrf, value.n) == 0;
	return REFTEL_OK;
}

static int part_end(struct form *f, struct err *e)
{
	int fd = f->fd;

	f->fd = -1;
	if (f->state == FORM_FIELD)
		return field_end(f, e);
	if (f->state == FORM_FILE && fd >= 0 && close(fd) != 0)
		return err_errno(e, errno, "an uploaded file could not be kept");
	return REFTEL_OK;
}

static int part_head(struct form *f, struct str head, struct err *e)
{
	struct str line, disposition = STR("");

	while (str_line(&head, &line))
		if (str_istarts(line, STR("Content-Disposition:")))
			disposition = arena_str(f->a, line);
	f->name = header_param(disposition, "name");
	f->file_name = header_param(disposition, "filename");
	if (!f->name.n || !is_text(f->name) || !is_text(f->file_name))
		return err_set(e, REFTEL_EINVAL, "a part of the form has no name");
	f->state = str_ifind(disposition, STR("filename="), 0) != SIZE_MAX ? FORM_FILE : FORM_FIELD;
	/* An <input type=file> that was left empty sends a file without name: it is a field without value. */
	if (f->state == FORM_FILE && !f->file_name.n)
		f->state = FORM_FIELD;
	return f->state == FORM_FILE ? file_begin(f, e) : REFTEL_OK;
}

/* ---- as it comes in ---------------------------------------------------------------------------------------------- */

static void pending_drop(struct form *f, size_t n)
{
	memmove(f->pending.p, f->pending.p + n, f->pending.n - n);
	f->pending.n -= n;
}

static int content_add(struct form *f, size_t n, struct err *e)
{
	int rc = REFTEL_OK;

	if (f->state == FORM_FIELD)
		rc = field_add(f, f->pending.p, n, e);
	else if (f->state == FORM_FILE)
		rc = file_add(f, f->pending.p, n, e);
	return rc;
}

/* One step: true while there is something to do with what is pending. */
static bool step(struct form *f, int *rc, struct err *e)
{
	struct str have = buf_view(&f->pending), delimiter = {f->delimiter, f->n_delimiter};
	size_t at;

	switch (f->state) {
	case FORM_PREAMBLE:
	case FORM_FIELD:
	case FORM_FILE:
		at = str_find(have, delimiter, 0);
		if (at == SIZE_MAX) {
			size_t sure = have.n >= delimiter.n ? have.n - delimiter.n + 1 : 0;

			*rc = content_add(f, sure, e);
			pending_drop(f, sure);
			return false;
		}
		if (have.n < at + delimiter.n + 2)
			return false;
		*rc = content_add(f, at, e);
		if (*rc == REFTEL_OK)
			*rc = part_end(f, e);
		f->state = !memcmp(have.p + at + delimiter.n, "--", 2) ? FORM_END : FORM_HEAD;
		pending_drop(f, at + delimiter.n);
		return true;
	case FORM_HEAD:
		at = str_find(have, STR("\r\n\r\n"), 0);
		if (at == SIZE_MAX && have.n > PART_HEAD_MAX)
			*rc = err_set(e, REFTEL_EINVAL, "a part of the form has a head without end");
		if (at == SIZE_MAX)
			return false;
		*rc = part_head(f, str_sub(have, 0, at), e);
		pending_drop(f, at + 4);
		return true;
	default:
		pending_drop(f, have.n);
		return false;
	}
}

int form_feed(struct form *f, const char *p, size_t n, struct err *e)
{
	int rc = REFTEL_OK;

	if (f->state == FORM_BROKEN)
		return REFTEL_OK;
	if (!f->multipart && f->pending.n + n > f->limits.fields) {
		rc = err_set(e, REFTEL_ELIMIT, "the form has more than the %.0f kB that are taken here",
			     (double)f->limits.fields / 1e3);
	} else {
		buf_add(&f->pending, p, n);
		while (f->multipart && rc == REFTEL_OK && step(f, &rc, e))
			;
	}
	if (rc != REFTEL_OK)
		f->state = FORM_BROKEN;
	return rc;
}

int form_end(struct form *f, struct params *fields, struct upload **uploads, size_t *n_uploads, struct err *e)
{
	if (f->multipart && f->state != FORM_END)
		return err_set(e, REFTEL_EINVAL, "the form ends before its end: it was cut off on the way");
	if (!f->multipart) {
		int rc = params_read(f->a, buf_view(&f->pending), &f->fields, e);

		if (rc != REFTEL_OK)
			return rc;
	}
	*fields = f->fields;
	*uploads = f->uploads;
	*n_uploads = f->n_uploads;
	return REFTEL_OK;
}

void form_close(struct form *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	for (size_t i = 0; i < f->n_uploads; i++)
		if (f->uploads[i].path[0])
			unlink(f->uploads[i].path);
	buf_free(&f->pending);
	buf_free(&f->value);
}
