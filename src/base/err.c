/*
 * Errors as values: a code for the program and one sentence for the person, with the place in it.
 */
#include "base/base.h"

#include <errno.h>
#include <string.h>

int err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return code;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return code;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	char old[ERR_MESSAGE_MAX];
	va_list ap;
	size_t n, room;

	if (!e)
		return REFTEL_EINVAL;
	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg) - 2, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	e->msg[n++] = ':';
	e->msg[n++] = ' ';
	room = strnlen(old, sizeof(e->msg) - n - 1);
	memcpy(e->msg + n, old, room);
	e->msg[n + room] = '\0';
	return e->code;
}

static int code_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return REFTEL_ENOTFOUND;
	case EEXIST:
		return REFTEL_EEXIST;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return REFTEL_EFULL;
	case EROFS:
	case EACCES:
	case EPERM:
		return REFTEL_EREADONLY;
	case EINTR:
		return REFTEL_EINTR;
	default:
		return REFTEL_EIO;
	}
}

static const char *sentence_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return "there is no such file or folder";
	case ENOSPC:
	case EDQUOT:
		return "the disk is full";
	case EROFS:
		return "the disk may only be read";
	case EACCES:
	case EPERM:
		return "you have no permission for it";
	default:
		return NULL;
	}
}

int err_errno(struct err *e, int errnum, const char *fmt, ...)
{
	char what[ERR_MESSAGE_MAX], unknown[128];
	const char *why = sentence_of_errno(errnum);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (!why)
		why = strerror_r(errnum, unknown, sizeof(unknown));
	return err_set(e, code_of_errno(errnum), "%s: %s", what, why);
}
