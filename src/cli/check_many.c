/*
 * Many stories at once: files and folders, a line or an object each, in their order. Each thread has the archive and
 * its index open for itself; a story's report is freed before the next is read.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct one_story {
	char *path, *page; /* page: in the folder of pages; NULL: none is wanted */
	char *unread;      /* why it cannot be read, where that is known already */
};

struct many {
	struct cli *c;
	const struct check_call *call;
	struct arena arena;
	VEC(struct one_story) stories;
	size_t under; /* bytes of the folder's name that are left out of a page's */
	struct progress progress;
	uint64_t fine, look, unread;
};

/* What a thread has for itself. */
struct checking {
	struct archive *ar;
	struct catalog *k;
	struct arena arena; /* of one story */
};

struct outcome {
	struct buf text;
	bool look, unread;
};

/* ---- which stories ----------------------------------------------------------------------------------------------- */

static int story_add(void *ctx, const char *path, uint64_t size)
{
	struct many *m = ctx;
	struct one_story *s = VEC_PUSH(&m->arena, &m->stories);
	const char *under = path + m->under;

	(void)size;
	s->path = arena_dup(&m->arena, str_of(path));
	while (*under == '/')
		under++;
	s->page = arena_printf(&m->arena, "%s.html", *under ? under : path_base(path));
	return 0;
}

static void story_unread(void *ctx, const char *path, const struct err *e)
{
	struct many *m = ctx;

	story_add(m, path, 0);
	m->stories.v[m->stories.n - 1].unread = arena_dup(&m->arena, str_of(e->msg));
}

static int by_page(const void *x, const void *y)
{
	const struct one_story *const *a = x, *const *b = y;
	int order = strcmp((*a)->page, (*b)->page);

	return order ? order : (*a > *b) - (*a < *b);
}

/* Stories of one name from several folders get pages of their own: name.html, name.2.html, ... */
static void pages_name(struct many *m, const char *dir)
{
	struct one_story **order = arena_new(&m->arena, struct one_story *, m->stories.n + 1);
	size_t same = 1;

	for (size_t i = 0; i < m->stories.n; i++)
		order[i] = &m->stories.v[i];
	qsort(order, m->stories.n, sizeof(struct one_story *), by_page);
	for (size_t i = 0; i < m->stories.n; i++) {
		const char *next = i + 1 < m->stories.n ? order[i + 1]->page : "";
		bool again = !strcmp(next, order[i]->page);
		struct str name = str_sub(str_of(order[i]->page), 0, strlen(order[i]->page) - strlen(".html"));
		const char *page =
			same > 1 ? arena_printf(&m->arena, "%.*s.%zu.html", STR_ARG(name), same) : order[i]->page;

		order[i]->page = path_join(&m->arena, dir, page);
		same = again ? same + 1 : 1;
	}
}

static void stories_list(struct many *m, char **paths, size_t n)
{
	const struct walk w = {story_add, story_unread, m};

	for (size_t i = 0; i < n; i++) {
		struct err e = {0};

		m->under = dir_exists(paths[i]) ? strlen(paths[i]) : (size_t)(path_base(paths[i]) - paths[i]);
		if (!strcmp(paths[i], "-"))
			story_add(m, paths[i], 0);
		else if (file_walk(paths[i], &w, &e) != REFTEL_OK)
			story_unread(m, paths[i], &e);
	}
	if (m->call->html && m->stories.n)
		pages_name(m, m->call->html);
}

/* ---- in a thread ------------------------------------------------------------------------------------------------- */

static void checking_end(void *ctx, void *state)
{
	struct checking *s = state;

	(void)ctx;
	catalog_close(s->k);
	archive_close(s->ar);
	arena_free(&s->arena);
	free(s);
}

static int checking_begin(void *ctx, void **state, struct err *e)
{
	struct many *m = ctx;
	struct checking *s = xcalloc(1, sizeof(*s));
	int rc = cli_reader_open(m->c->archive, &s->ar, &s->k, e);

	if (rc == REFTEL_OK)
		*state = s;
	else
		checking_end(ctx, s);
	return rc;
}

static void put_path(struct buf *b, const char *path)
{
	struct arena a = {0};

	buf_str(b, report_clean(&a, str_of(path), false));
	arena_free(&a);
}

static void put_unread(const struct many *m, struct outcome *out, const char *path, const char *why)
{
	struct arena a = {0};

	out->unread = true;
	if (m->c->json) {
		json_t *o = json_object();
		char *text;

		json_object_set_new(o, "schema", json_string("reftel-check/1"));
		json_object_set_new(o, "story", view_str(str_of(path)));
		json_object_set_new(o, "error", view_str(str_of(why)));
		text = json_dumps(o, JSON_COMPACT);
		buf_printf(&out->text, "%s\n", text);
		free(text);
		json_decref(o);
	} else {
		buf_puts(&out->text, "not read  "); /* the sentence names the file */
		buf_str(&out->text, report_clean(&a, str_of(why), false));
		buf_putc(&out->text, '\n');
	}
	arena_free(&a);
}

static void put_line(struct buf *b, const char *path, const struct report *r)
{
	bool first = true;

	buf_puts(b, report_has_findings(r) ? "look at   " : "fine      ");
	put_path(b, path);
	buf_printf(b, ": %zu %s", r->n_quotes, r->n_quotes == 1 ? "quotation" : "quotations");
	for (int v = 0; v < N_VERDICTS; v++) {
		if (!r->count[v])
			continue;
		buf_printf(b, "%s%zu %s", first ? ": " : ", ", r->count[v], verdict_name((enum verdict)v));
		first = false;
	}
	if (r->n_findings)
		buf_printf(b, "; %zu other %s", r->n_findings, r->n_findings == 1 ? "finding" : "findings");
	if (r->unchecked)
		buf_printf(b, "; %zu unchecked", r->unchecked);
	buf_putc(b, '\n');
}

/* A page is written to the folder of pages, under the same folders as its story. */
static int put_page(const struct one_story *s, const struct report *r, const struct report_style *style, struct err *e)
{
	struct arena a = {0};
	char *dir = arena_dup(&a, str_sub(str_of(s->page), 0, (size_t)(path_base(s->page) - s->page)));
	int rc = *dir ? dir_make(dir, e) : REFTEL_OK;

	if (rc == REFTEL_OK)
		rc = cli_write_page(r, style, s->page, e);
	arena_free(&a);
	return rc;
}

static int put_report(const struct many *m, const struct one_story *s, const struct report *r, struct outcome *out,
		      struct err *e)
{
	struct report_style style = {.story = s->path, .all = m->call->all, .one_line = true};

	out->look = report_has_findings(r);
	if (m->c->json) {
		char *json = report_json(r, &style);

		buf_puts(&out->text, json);
		free(json);
	} else {
		put_line(&out->text, s->path, r);
	}
	return m->call->html ? put_page(s, r, &style, e) : REFTEL_OK;
}

static int story_run(struct pool *p, void *ctx, void *state, size_t job, void **result, struct err *e)
{
	struct many *m = ctx;
	struct checking *x = state;
	const struct one_story *s = &m->stories.v[job];
	struct check_options o = {.stop = &cli_stop, .catalog = x->k};
	struct outcome *out = xcalloc(1, sizeof(*out));
	struct report r = {0};
	struct story story;
	struct err why = {0};
	int rc;

	(void)p;
	*result = out;
	arena_reset(&x->arena);
	if (s->unread || cli_story_read(&x->arena, s->path, &story, &why) != REFTEL_OK) {
		put_unread(m, out, s->path, s->unread ? s->unread : why.msg);
		return REFTEL_OK;
	}
	rc = check_story(x->ar, &story, &o, &r, e);
	if (rc != REFTEL_OK)
		return rc;
	rc = put_report(m, s, &r, out, e);
	report_free(&r);
	return rc;
}

/* ---- in order ---------------------------------------------------------------------------------------------------- */

static void outcome_drop(void *ctx, void *result)
{
	struct outcome *x = result;

	(void)ctx;
	buf_free(&x->text);
	free(x);
}

static int outcome_take(void *ctx, size_t job, void *result, struct err *e)
{
	struct many *m = ctx;
	struct outcome *x = result;
	bool good;

	m->unread += x->unread;
	m->look += x->look;
	m->fine += !x->unread && !x->look;
	progress_done(&m->progress); /* the line and the progress share a terminal */
	good = fwrite(x->text.p, 1, x->text.n, stdout) == x->text.n;
	progress_at(&m->progress, job + 1);
	outcome_drop(m, x);
	return good ? REFTEL_OK : err_set(e, REFTEL_EIO, "the output could not be written");
}

static int run(struct many *m, struct err *e)
{
	const struct pool_work work = {.ctx = m,
				       .stop = &cli_stop,
				       .begin = checking_begin,
				       .end = checking_end,
				       .run = story_run,
				       .take = outcome_take,
				       .drop = outcome_drop};
	int rc;

	progress_open(&m->progress, isatty(STDERR_FILENO) ? stderr : NULL, "checking", "stories", m->stories.n);
	rc = pool_run(&work, m->stories.n, e);
	progress_done(&m->progress);
	return rc;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static int status_of(const struct many *m)
{
	if (m->stories.n && m->unread == m->stories.n)
		return EXIT_FAILURE_;
	return m->look || m->unread ? EXIT_FINDINGS : EXIT_OK;
}

int check_many(struct cli *c, const struct check_call *call, char **paths, size_t n)
{
	struct many m = {.c = c, .call = call};
	int64_t began = clock_ms();
	struct err e = {0};
	int rc, status;

	c->archive = cli_archive_dir(c);
	cli_catch_interrupt();
	rc = cli_reader_look(m.c->archive, &e);
	if (rc == REFTEL_OK && call->html)
		rc = dir_make(call->html, &e);
	if (rc == REFTEL_OK) {
		stories_list(&m, paths, n);
		rc = run(&m, &e);
	}
	status = rc == REFTEL_OK ? status_of(&m) : cli_fail(&e);
	if (!c->json && (m.fine || m.look || m.unread))
		printf("\n%" PRIu64 " of %zu stories in %.1f s: %" PRIu64 " fine, %" PRIu64 " to look at, %" PRIu64
		       " could not be read\n",
		       m.fine + m.look + m.unread, m.stories.n, (double)(clock_ms() - began) / 1e3, m.fine, m.look,
		       m.unread);
	else if (!c->json && rc == REFTEL_OK)
		printf("There is no story in there.\n");
	arena_free(&m.arena);
	return status;
}
