/*
 * The log: a line with its level on a stream that the caller opened. The library opens none of its own.
 */
#include "base/base.h"

void log_line(const struct log *l, enum log_level level, const char *fmt, ...)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};
	va_list ap;

	if (!l || !l->out || level > l->level)
		return;
	fprintf(l->out, "reftel: %s: ", names[level]);
	va_start(ap, fmt);
	vfprintf(l->out, fmt, ap);
	va_end(ap);
	fputc('\n', l->out);
}
