/*
 * What a search page takes that nobody asked for before, without the web around it: finding and counting, and reading
 * the fifteen hits with their snippets. On one thread, in its own processor time, so that it can be measured beside
 * other work, and in instructions under callgrind.
 *
 *   bench_pages ARCHIVE QUERIES [MOST]    a query a line; so many of them at the most
 */
#include "search/search.h"
#include "view/view.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HITS = 15, SNIPPETS = 2, QUERIES_MAX = 1 << 20 };

struct pages {
	struct archive *ar;
	struct catalog *c;
	struct search_memory *memory;
	struct arena a;
	double finding, reading; /* milliseconds */
	uint64_t hits, found;
};

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int page(struct pages *p, struct str query, double *ms, struct err *e)
{
	struct search_options o = {.limit = HITS + 1,
				   .count = true,
				   .facets = facets_fields(facets_default()) | 1U << FIELD_MONTH,
				   .memory = p->memory};
	double began = cpu_ms(), found;
	struct search_result r;
	struct hit_view v;
	int rc;

	arena_reset(&p->a);
	rc = search_run(p->c, &p->a, query, &o, &r, NULL, e);
	found = cpu_ms();
	for (size_t i = 0; rc == REFTEL_OK && i < r.n_hits && i < HITS; i++, p->hits++)
		rc = hit_read(p->ar, &p->a, &r.marks, &r.hits[i], SNIPPETS, &v, e);
	p->finding += found - began;
	p->reading += cpu_ms() - found;
	p->found += rc == REFTEL_OK ? r.total : 0;
	*ms = cpu_ms() - began;
	return rc;
}

static int by_ms(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static int pages_ask(struct pages *p, struct str queries, size_t most, struct err *e)
{
	double *ms = xmalloc(most * sizeof(*ms));
	size_t n = 0, at = 0;
	int rc = REFTEL_OK;

	while (rc == REFTEL_OK && n < most && at < queries.n) {
		size_t end = str_find(queries, STR("\n"), at);
		struct str line = str_trim(str_sub(queries, at, end));

		at = end == SIZE_MAX ? queries.n : end + 1;
		if (line.n)
			rc = page(p, line, &ms[n++], e);
	}
	if (rc == REFTEL_OK && n) {
		qsort(ms, n, sizeof(*ms), by_ms);
		printf("pages=%zu finding_ms=%.3f reading_ms=%.3f p50_ms=%.3f p99_ms=%.3f hits=%.1f found=%.0f\n", n,
		       p->finding / (double)n, p->reading / (double)n, ms[n / 2], ms[n - 1 - n / 100],
		       (double)p->hits / (double)n, (double)p->found / (double)n);
	}
	free(ms);
	return rc;
}

int main(int argc, char **argv)
{
	struct pages p = {0};
	struct str queries = STR("");
	size_t most = argc == 4 ? strtoul(argv[3], NULL, 10) : QUERIES_MAX;
	struct arena a = {0};
	struct err e = {0};
	int rc;

	if (argc < 3 || argc > 4 || !most || most > QUERIES_MAX) {
		fprintf(stderr, "usage: bench_pages ARCHIVE QUERIES [MOST]\n");
		return 2;
	}
	p.memory = search_memory_open(64 << 20);
	rc = file_read(&a, argv[2], 64 << 20, &queries, &e);
	if (rc == REFTEL_OK)
		rc = archive_open(argv[1], ARCHIVE_READ, 0, &p.ar, &e);
	if (rc == REFTEL_OK)
		rc = catalog_open(p.ar, &p.c, &e);
	if (rc == REFTEL_OK)
		rc = pages_ask(&p, queries, most, &e);
	if (rc != REFTEL_OK)
		fprintf(stderr, "bench_pages: %s\n", e.msg);
	catalog_close(p.c);
	archive_close(p.ar);
	search_memory_close(p.memory);
	arena_free(&p.a);
	arena_free(&a);
	return rc == REFTEL_OK ? 0 : 3;
}
