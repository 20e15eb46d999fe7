/*
 * Measures the way from a dump to the archive, or the reader alone (--read), and prints megabytes (10^6) of input per
 * second and the peak of resident memory.
 *
 * usage: bench_import FILE ARCHIVE     or     bench_import --read FILE
 */
#include "import/import.h"
#include "source/source.h"

#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct counts {
	uint64_t records, bytes, asides;
};

static int count_record(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
			const struct place *next, struct err *e)
{
	struct counts *c = ctx;

	(void)f, (void)at, (void)next, (void)e;
	c->records++;
	c->bytes += r->header.n + r->body.n;
	return 0;
}

static int count_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	(void)at, (void)reason, (void)excerpt, (void)e;
	((struct counts *)ctx)->asides++;
	return 0;
}

static void print_figures(const char *what, const char *path, uint64_t records, uint64_t asides, int64_t ms)
{
	struct rusage usage;
	struct stat st;
	double mb = stat(path, &st) == 0 ? (double)st.st_size / 1e6 : 0;

	getrusage(RUSAGE_SELF, &usage);
	printf("%s: %" PRIu64 " records, %" PRIu64 " set aside, %.1f MB in %.2f s: %.1f MB/s, peak %.1f MB of memory\n",
	       what, records, asides, mb, (double)ms / 1e3, ms ? mb * 1e3 / (double)ms : 0,
	       (double)usage.ru_maxrss / 1024);
}

static int bench_read(const char *path)
{
	struct counts c = {0};
	struct source_reader r = {.record = count_record, .set_aside = count_aside, .ctx = &c};
	struct err e;
	int64_t began = clock_ms();
	int rc = source_read(path, &r, &e);

	if (rc)
		fprintf(stderr, "%s\n", e.msg);
	else
		print_figures("read", path, c.records, c.asides, clock_ms() - began);
	return rc ? 3 : 0;
}

static int bench_archive(const char *path, const char *dir)
{
	struct import_options o = {0};
	struct import_summary sum = {0};
	struct archive *ar = NULL;
	struct err e;
	int64_t began = clock_ms();
	int rc = archive_create(dir, &e);

	if (!rc)
		rc = archive_open(dir, ARCHIVE_WRITE, 0, &ar, &e);
	if (!rc)
		rc = import_paths(ar, &path, 1, &o, &sum, &e);
	archive_close(ar);
	if (rc)
		fprintf(stderr, "%s\n", e.msg);
	else
		print_figures("import", path, sum.records, sum.set_aside, clock_ms() - began);
	return rc ? 3 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--read"))
		return bench_read(argv[2]);
	if (argc == 3)
		return bench_archive(argv[1], argv[2]);
	fprintf(stderr, "usage: bench_import FILE ARCHIVE | bench_import --read FILE\n");
	return 2;
}
