/*
 * reftel itself with the interface of the peers, so that one script measures all.
 *
 *   bench_search index DUMP DIR        import and index together, then the index anew from the archive's texts
 *   bench_search search DIR QUERIES    the peers' classes; then or2 with a range of dates and all facets counted
 *
 * Words are asked for as a person would type them, in all their forms; a phrase as it stands. Each step of building
 * runs in a process of its own, so that its peak of memory is its own.
 */
#include "archive/archive.h"
#include "catalog/catalog.h"
#include "check/check.h"
#include "import/import.h"
#include "peer.h"
#include "search/search.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- building ---------------------------------------------------------------------------------------------------- */

static int failed(const struct err *e)
{
	fprintf(stderr, "bench_search: %s\n", e->msg);
	return 3;
}

static void print_step(const char *what, double began, double cpu, const char *more)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("%s seconds=%.3f cpu=%.3f peak_kb=%ld%s\n", what, peer_clock() - began, peer_cpu() - cpu, u.ru_maxrss,
	       more);
}

static int step_import(const char *dump, const char *dir)
{
	double began = peer_clock(), cpu = peer_cpu();
	struct archive *ar = NULL;
	struct import_summary sum;
	struct err e = {0};
	int rc = archive_create(dir, &e);

	if (rc == REFTEL_OK)
		rc = archive_open(dir, ARCHIVE_WRITE, 0, &ar, &e);
	if (rc == REFTEL_OK)
		rc = import_paths(ar, &dump, 1, NULL, &sum, &e);
	archive_close(ar);
	if (rc != REFTEL_OK)
		return failed(&e);
	print_step("import", began, cpu, "");
	return 0;
}

static int step_reindex(const char *dump, const char *dir)
{
	double began = peer_clock(), cpu = peer_cpu();
	struct archive *ar = NULL;
	struct catalog_summary sum;
	struct catalog *c = NULL;
	struct err e = {0};
	char more[64] = "";
	int rc = archive_open(dir, ARCHIVE_WRITE, 0, &ar, &e);

	(void)dump;
	if (rc == REFTEL_OK)
		rc = catalog_reindex(ar, NULL, NULL, &sum, &e);
	if (rc == REFTEL_OK)
		rc = catalog_open(ar, &c, &e);
	if (rc == REFTEL_OK)
		snprintf(more, sizeof(more), " db_bytes=%" PRIu64 " segments=%zu", catalog_bytes(c), c->n_segments);
	catalog_close(c);
	archive_close(ar);
	if (rc != REFTEL_OK)
		return failed(&e);
	print_step("reindex", began, cpu, more);
	return 0;
}

static int in_process(int (*step)(const char *dump, const char *dir), const char *dump, const char *dir)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int rc = step(dump, dir);

		fflush(stdout);
		_exit(rc);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

static int run_index(const char *dump, const char *dir)
{
	int rc;

	if (peer_read(dump) < 0)
		return 3;
	rc = in_process(step_import, dump, dir);
	return rc ? rc : in_process(step_reindex, dump, dir);
}

/* ---- searching --------------------------------------------------------------------------------------------------- */

struct ours {
	struct archive *ar;
	struct catalog *c;
	struct locator l;
	struct search_memory *memory;
	struct arena a;
	bool with_facets;
};

static int name(struct ours *o, int64_t key, struct peer_answer *out)
{
	struct str id;
	struct err e;

	if (archive_id(o->ar, &o->a, key, &id, &e) != REFTEL_OK)
		return failed(&e);
	snprintf(out->ids[out->n++], PEER_ID_MAX, "%.*s", STR_ARG(id));
	return 0;
}

static int ask_locate(struct ours *o, const char *text, struct peer_answer *out)
{
	struct span all = {0, (uint32_t)strlen(text)};
	struct leads p = check_locate(&o->l, &o->a, str_of(text), (struct spans){&all, 1});
	int rc = 0;

	for (size_t i = 0; i < p.n && out->n < PEER_TOP && !rc; i++)
		rc = name(o, p.v[i].key, out);
	return rc;
}

static int ask_search(struct ours *o, struct str query, struct peer_answer *out)
{
	struct search_options so = {.limit = PEER_TOP, .memory = o->memory};
	struct search_result r;
	struct err e;
	int rc = 0;

	if (o->with_facets)
		so.facets = 1u << FIELD_ORIGIN | 1u << FIELD_CLASS | 1u << FIELD_TAG | 1u << FIELD_SIGNATORY |
			    1u << FIELD_MONTH;
	if (search_run(o->c, &o->a, query, &so, &r, NULL, &e) != REFTEL_OK)
		return failed(&e);
	for (size_t i = 0; i < r.n_hits && !rc; i++)
		rc = name(o, r.hits[i].key, out);
	return rc;
}

static int ask(void *ctx, enum peer_class c, const char *text, struct peer_answer *out)
{
	struct ours *o = ctx;
	struct buf query = {0};
	const char *second = strchr(text, ' ');
	int rc;

	arena_reset(&o->a);
	if (c == PEER_LOCATE)
		return ask_locate(o, text, out);
	if (c == PEER_OR2 && second)
		buf_printf(&query, "(%.*s OR %s)%s", (int)(second - text), text, second + 1,
			   o->with_facets ? " date:2006-03..2008-10" : "");
	else
		buf_printf(&query, c == PEER_PHRASE4 ? "\"%s\"" : "%s", text);
	rc = ask_search(o, buf_view(&query), out);
	buf_free(&query);
	return rc;
}

static int run_search(const char *dir, const char *queries)
{
	struct ours o = {0};
	struct err e;
	int rc = archive_open(dir, ARCHIVE_READ, 0, &o.ar, &e);

	if (rc == REFTEL_OK)
		rc = catalog_open(o.ar, &o.c, &e);
	if (rc == REFTEL_OK)
		rc = archive_read_begin(o.ar, &e); /* one snapshot for all questions, as the peers have one */
	if (rc != REFTEL_OK) {
		catalog_close(o.c);
		archive_close(o.ar);
		return failed(&e);
	}
	o.memory = search_memory_open(64 << 20);
	locator_open(&o.l, o.c);
	rc = peer_search(queries, ask, &o);
	o.with_facets = true;
	if (!rc)
		rc = peer_search_class(queries, PEER_OR2, "facets", ask, &o);
	locator_close(&o.l);
	search_memory_close(o.memory);
	archive_read_end(o.ar);
	catalog_close(o.c);
	archive_close(o.ar);
	arena_free(&o.a);
	return rc ? 3 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "index"))
		return run_index(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "search"))
		return run_search(argv[2], argv[3]);
	fprintf(stderr, "usage: bench_search index DUMP DIR | bench_search search DIR QUERIES\n");
	return 2;
}
