/*
 * Rows, clock, questions and printing for the measured searches; see peer.h.
 */
#include "peer.h"
#include "source/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

/* ---- rows -------------------------------------------------------------------------------------------------------- */

struct rows {
	int (*row)(void *ctx, const struct peer_row *r);
	void *ctx;
	uint64_t bytes;
	uint32_t n;
};

static struct peer_text text_of(struct str s)
{
	return (struct peer_text){s.p, s.n};
}

static int row_give(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		    const struct place *next, struct err *e)
{
	struct rows *rows = ctx;
	char date[32], number[16];
	struct peer_row row = {.number = ++rows->n, .id = text_of(r->id), .body = text_of(r->body)};

	(void)f, (void)at, (void)next;
	rows->bytes += r->body.n;
	if (!rows->row)
		return 0;
	cable_date_format(r->date, date);
	snprintf(number, sizeof(number), "%" PRIu32, r->running_number);
	row.columns[0] = text_of(str_of(number));
	row.columns[1] = text_of(str_of(date));
	row.columns[2] = row.id;
	row.columns[3] = text_of(r->origin);
	row.columns[4] = text_of(r->classification);
	row.columns[5] = text_of(r->refs);
	row.columns[6] = text_of(r->header);
	row.columns[7] = row.body;
	return rows->row(rows->ctx, &row) ? err_set(e, REFTEL_EIO, "the row could not be indexed") : 0;
}

static int row_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	(void)ctx, (void)excerpt;
	return err_set(e, REFTEL_EINVAL, "row %" PRIu64 ": %s", at->row, reason);
}

int peer_rows(const char *dump, int (*row)(void *ctx, const struct peer_row *r), void *ctx, uint64_t *bytes_text)
{
	struct rows rows = {.row = row, .ctx = ctx};
	struct source_reader reader = {.record = row_give, .set_aside = row_aside, .ctx = &rows};
	struct err e = {0};
	int rc = source_read(dump, &reader, &e);

	if (rc)
		fprintf(stderr, "%s: %s\n", dump, e.msg);
	*bytes_text = rows.bytes;
	return rc;
}

/* ---- clock and sizes --------------------------------------------------------------------------------------------- */

double peer_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double peer_cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int size_add(void *ctx, const char *path, uint64_t size)
{
	(void)path;
	*(uint64_t *)ctx += size;
	return 0;
}

static uint64_t path_size(const char *path)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	struct walk w = {.file = size_add};
	uint64_t sum = 0;
	char name[4096];

	w.ctx = &sum;
	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		struct err e;

		snprintf(name, sizeof(name), "%s%s", path, tails[i]);
		if (file_exists(name) || dir_exists(name))
			file_walk(name, &w, &e);
	}
	return sum;
}

double peer_read(const char *dump)
{
	double began = peer_clock(), seconds;
	uint64_t bytes;

	if (peer_rows(dump, NULL, NULL, &bytes))
		return -1;
	seconds = peer_clock() - began;
	printf("read seconds=%.2f bytes_text=%" PRIu64 "\n", seconds, bytes);
	return seconds;
}

void peer_index_print(double began, double cpu_began, double read_seconds, uint64_t bytes_text, const char *path)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("index seconds=%.2f cpu=%.2f read_seconds=%.2f bytes_text=%" PRIu64 " db_bytes=%" PRIu64
	       " peak_kb=%ld\n",
	       peer_clock() - began, peer_cpu() - cpu_began, read_seconds, bytes_text, path_size(path), u.ru_maxrss);
}

/* ---- questions --------------------------------------------------------------------------------------------------- */

enum { ENOUGH = 50, WARM_SECONDS = 10, SECONDS = 60 };

struct line {
	char *id, *text; /* id: the source of a passage, else NULL */
	double ms;
};

struct lines {
	struct arena arena;
	VEC(struct line) all;
};

static int lines_read(struct lines *l, const char *dir, enum peer_class c)
{
	static const char *const names[] = {"or2.txt", "and3.txt", "phrase4.txt", "quotes.tsv"};
	struct str text, one;
	struct err e = {0};

	if (file_read(&l->arena, path_join(&l->arena, dir, names[c]), 64 << 20, &text, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		return -1;
	}
	while (str_line(&text, &one)) {
		size_t tab = str_find(one, STR("\t"), 0), second = str_find(one, STR("\t"), tab + 1);
		struct line *line;

		if (!one.n || (c == PEER_LOCATE && (tab == SIZE_MAX || second == SIZE_MAX)))
			continue;
		line = VEC_PUSH(&l->arena, &l->all);
		line->text = arena_dup(&l->arena, c == PEER_LOCATE ? str_sub(one, second + 1, one.n) : one);
		line->id = c == PEER_LOCATE ? arena_dup(&l->arena, str_sub(one, 0, tab)) : NULL;
	}
	return 0;
}

static int by_ms(const void *a, const void *b)
{
	double x = ((const struct line *)a)->ms, y = ((const struct line *)b)->ms;

	return (x > y) - (x < y);
}

struct score {
	size_t asked, hits, empty, first, in_ten;
};

/* Asks all, or as many as seconds allow but no fewer than ENOUGH: a slow peer would take hours for a median. */
static int lines_ask(struct lines *l, enum peer_class c, peer_ask *ask, void *ctx, double seconds, struct score *s)
{
	double until = peer_clock() + seconds;

	*s = (struct score){0};
	for (size_t i = 0; i < l->all.n && (i < ENOUGH || peer_clock() < until); i++) {
		struct line *line = &l->all.v[i];
		struct peer_answer answer = {.n = 0};
		double began = peer_clock();

		if (ask(ctx, c, line->text, &answer))
			return -1;
		line->ms = (peer_clock() - began) * 1e3;
		s->asked++;
		s->hits += answer.n;
		s->empty += answer.n == 0;
		for (size_t k = 0; line->id && k < answer.n; k++)
			if (!strcmp(answer.ids[k], line->id)) {
				s->first += k == 0;
				s->in_ten++;
			}
	}
	return 0;
}

static void lines_print(struct lines *l, enum peer_class c, const char *label, const struct score *s)
{
	size_t n = s->asked;
	double sum = 0;

	qsort(l->all.v, n, sizeof(*l->all.v), by_ms);
	for (size_t i = 0; i < n; i++)
		sum += l->all.v[i].ms;
	printf("%s p50_ms=%.4f p99_ms=%.4f mean_ms=%.4f queries=%zu", label, l->all.v[n / 2].ms,
	       l->all.v[n * 99 / 100].ms, sum / (double)n, n);
	if (c == PEER_LOCATE)
		printf(" first_right=%.1f%% in_ten=%.1f%%", 100.0 * (double)s->first / (double)n,
		       100.0 * (double)s->in_ten / (double)n);
	printf(" hits=%zu empty=%zu\n", s->hits, s->empty);
	fflush(stdout);
}

int peer_search_class(const char *queries, enum peer_class c, const char *label, peer_ask *ask, void *ctx)
{
	struct lines l = {0};
	struct score s;
	int rc = lines_read(&l, queries, c);

	if (!rc)
		rc = lines_ask(&l, c, ask, ctx, WARM_SECONDS, &s);
	if (!rc)
		rc = lines_ask(&l, c, ask, ctx, SECONDS, &s);
	if (!rc && l.all.n)
		lines_print(&l, c, label, &s);
	arena_free(&l.arena);
	return rc;
}

int peer_search(const char *queries, peer_ask *ask, void *ctx)
{
	static const char *const names[] = {"or2", "and3", "phrase4", "locate"};
	int rc = 0;

	for (int c = 0; !rc && c < N_PEER_CLASSES; c++)
		rc = peer_search_class(queries, (enum peer_class)c, names[c], ask, ctx);
	return rc;
}
