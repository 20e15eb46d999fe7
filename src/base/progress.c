/*
 * The progress line. A terminal gets one line that is redrawn; anything else (a log file, a pipe) gets a plain line now
 * and then, so that a long import that runs in the background still says how far it is.
 */
#include "base/base.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { REDRAW_MS = 120, PLAIN_LINE_MS = 10000 };

void progress_open(struct progress *p, FILE *out, const char *label, const char *unit, uint64_t total)
{
	*p = (struct progress){.out = out, .label = label, .unit = unit, .total = total};
	p->started_ms = p->drawn_ms = clock_ms();
	p->tty = out && isatty(fileno(out));
}

static void amount(char *out, size_t size, const char *unit, uint64_t n)
{
	if (!strcmp(unit, "MB"))
		snprintf(out, size, "%.1f MB", (double)n / 1e6);
	else
		snprintf(out, size, "%" PRIu64 " %s", n, unit);
}

static void draw(struct progress *p)
{
	char done[48], total[48] = "";
	int percent = p->total ? (int)(100.0 * (double)p->done / (double)p->total) : 0;

	amount(done, sizeof(done), p->unit, p->done);
	if (p->total)
		amount(total, sizeof(total), p->unit, p->total);
	if (p->total && percent <= 100)
		fprintf(p->out, "%s%s: %s of %s (%d %%)%s", p->tty ? "\r\033[K" : "", p->label, done, total, percent,
			p->tty ? "" : "\n");
	else
		fprintf(p->out, "%s%s: %s%s", p->tty ? "\r\033[K" : "", p->label, done, p->tty ? "" : "\n");
	fflush(p->out);
	p->drawn = true;
}

void progress_at(struct progress *p, uint64_t done)
{
	int64_t now;

	p->done = done;
	if (p->told)
		p->told(p->ctx, p);
	if (!p->out)
		return;
	now = clock_ms();
	if (now - p->drawn_ms < (p->tty ? REDRAW_MS : PLAIN_LINE_MS))
		return;
	p->drawn_ms = now;
	draw(p);
}

void progress_done(struct progress *p)
{
	if (p->out && p->tty && p->drawn) {
		fputs("\r\033[K", p->out);
		fflush(p->out);
	}
	p->drawn = false;
}
