/*
 * Jobs: one thread each. What a job is doing stands in its state under one lock; pages and streams copy it from there,
 * so that none of them ever waits for a job.
 */
#include "web/jobs.h"

#include "catalog/catalog.h"
#include "view/view.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 120, WRITER_WAIT_MS = 2000 };

struct job {
	struct jobs *jobs;
	const struct web_collection *collection;
	struct arena arena; /* owns who and what */
	struct job_state state;
	pthread_t thread;
	bool joined;
	volatile int stop;
	char *path;   /* to be imported */
	char *folder; /* of uploads, to be removed; NULL: none */
	bool inside;
};

struct jobs {
	struct web *web;
	pthread_mutex_t lock;
	struct job *v[JOBS_KEPT + 1]; /* oldest first */
	size_t n;
	int64_t last_id;
	bool closing;
};

/* ---- what they do ------------------------------------------------------------------------------------------------ */

static void import_news(void *ctx, const struct import_news *x)
{
	struct job *j = ctx;

	pthread_mutex_lock(&j->jobs->lock);
	j->state.done = x->done;
	j->state.total = x->total;
	j->state.indexing = x->indexing;
	j->state.sum = *x->sum;
	j->state.step++;
	pthread_mutex_unlock(&j->jobs->lock);
}

static int import_run(struct job *j, struct import_summary *sum, struct err *e)
{
	const struct import_options o = {.stop = &j->stop, .inside = j->inside, .news = import_news, .ctx = j};
	struct archive *ar = NULL;
	int rc = archive_open(j->collection->dir, ARCHIVE_WRITE, WRITER_WAIT_MS, &ar, e);

	if (rc == REFTEL_OK)
		rc = import_paths(ar, (const char *const[]){j->path}, 1, &o, sum, e);
	archive_close(ar);
	return rc;
}

static void damage_note(void *ctx, const char *part, struct str what)
{
	struct job *j = ctx;

	pthread_mutex_lock(&j->jobs->lock);
	if (j->state.n_damage++ < JOB_DAMAGE_MAX)
		json_array_append_new(j->state.damage, view_damage(part, what));
	j->state.step++;
	pthread_mutex_unlock(&j->jobs->lock);
}

static void texts_note(void *ctx, uint64_t texts, uint64_t total)
{
	struct job *j = ctx;

	pthread_mutex_lock(&j->jobs->lock);
	j->state.done = texts;
	j->state.total = total;
	j->state.step++;
	pthread_mutex_unlock(&j->jobs->lock);
}

static int verify_run(struct job *j, struct err *e)
{
	struct catalog_health h = {.damage = damage_note, .at = texts_note, .stop = &j->stop, .ctx = j};
	struct archive *ar = NULL;
	int rc = archive_open(j->collection->dir, ARCHIVE_READ, 0, &ar, e);

	if (rc == REFTEL_OK)
		rc = catalog_health(ar, &h, e);
	archive_close(ar);
	return rc;
}

static int remove_file(void *ctx, const char *path, uint64_t size)
{
	(void)ctx;
	(void)size;
	unlink(path);
	return 0;
}

/* The uploads' folder is flat, and its files are ours. */
void folder_remove(const char *folder)
{
	const struct walk w = {.file = remove_file};

	if (!folder)
		return;
	file_walk(folder, &w, NULL);
	rmdir(folder);
}

/* How it ended stands in the log too, beside who began it. */
static void end_log(const struct job *j, const struct import_summary *sum, const struct err *e)
{
	struct arena a = {0};
	struct desk *d = NULL;
	struct desk_entry x = {.who = j->state.who,
			       .from = STR("desk"),
			       .action = j->state.kind == JOB_IMPORT ? STR("import.end") : STR("verify.end"),
			       .object = str_of(j->collection->name)};

	if (e->code)
		x.detail = str_of(e->msg);
	else if (j->state.kind == JOB_IMPORT)
		x.detail = str_of(arena_printf(&a, "%llu records, %llu new cables, %llu new versions, %llu set aside",
					       (unsigned long long)sum->records, (unsigned long long)sum->added,
					       (unsigned long long)sum->versions, (unsigned long long)sum->set_aside));
	else
		x.detail = str_of(arena_printf(&a, "%llu texts, %llu damaged places", (unsigned long long)j->state.done,
					       (unsigned long long)j->state.n_damage));
	if (desk_open(j->jobs->web->o.desk_dir, &d, NULL) == REFTEL_OK)
		desk_log(d, &x, NULL);
	desk_close(d);
	arena_free(&a);
}

static void *job_run(void *ctx)
{
	struct job *j = ctx;
	struct import_summary sum = {0};
	struct err e = {0};
	int rc = j->state.kind == JOB_IMPORT ? import_run(j, &sum, &e) : verify_run(j, &e);

	if (rc == REFTEL_OK)
		e = (struct err){0};
	folder_remove(j->folder);
	end_log(j, &sum, &e);
	pthread_mutex_lock(&j->jobs->lock);
	j->state.ended = clock_now();
	j->state.err = e;
	if (j->state.kind == JOB_IMPORT)
		j->state.sum = sum;
	j->state.step++;
	pthread_mutex_unlock(&j->jobs->lock);
	return NULL;
}

/* ---- their list -------------------------------------------------------------------------------------------------- */

static void job_free(struct job *j)
{
	json_decref(j->state.damage);
	free(j->path);
	free(j->folder);
	arena_free(&j->arena);
	free(j);
}

static struct job *job_running(const struct jobs *js, const struct web_collection *c, enum job_kind kind)
{
	for (size_t i = 0; i < js->n; i++)
		if (js->v[i]->collection == c && js->v[i]->state.kind == kind && !js->v[i]->state.ended)
			return js->v[i];
	return NULL;
}

/* Makes room by forgetting the oldest that has ended. Under the lock. */
static bool job_forget(struct jobs *js)
{
	for (size_t i = 0; i < js->n; i++) {
		struct job *j = js->v[i];

		if (!j->state.ended)
			continue;
		pthread_join(j->thread, NULL); /* it has let go of the lock: nothing is left to do in it */
		memmove(&js->v[i], &js->v[i + 1], (js->n - i - 1) * sizeof(*js->v));
		js->n--;
		job_free(j);
		return true;
	}
	return false;
}

/* Takes j over in any case. */
static int job_begin(struct request *rq, struct job *j, int64_t *id, struct err *e)
{
	struct jobs *js = rq->web->jobs;
	int rc = REFTEL_OK;

	j->jobs = js;
	j->collection = rq->in->collection;
	j->state.collection = j->collection->name;
	j->state.who = arena_str(&j->arena, rq->session.user.name);
	j->state.began = clock_now();
	pthread_mutex_lock(&js->lock);
	if (js->closing)
		rc = err_set(e, REFTEL_EINTR, "the desk is closing");
	else if (job_running(js, j->collection, j->state.kind))
		rc = err_set(e, REFTEL_EBUSY, "%s of this collection is under way: wait for its end, or stop it",
			     j->state.kind == JOB_IMPORT ? "an import" : "a verification");
	else if (js->n == JOBS_KEPT && !job_forget(js))
		rc = err_set(e, REFTEL_EBUSY, "%d jobs are under way: wait for the end of one", JOBS_KEPT);
	if (rc == REFTEL_OK) {
		*id = j->state.id = ++js->last_id;
		rc = pthread_create(&j->thread, NULL, job_run, j);
		if (rc)
			rc = err_errno(e, rc, "no thread could be started");
		else
			js->v[js->n++] = j;
	}
	pthread_mutex_unlock(&js->lock);
	if (rc != REFTEL_OK) {
		folder_remove(j->folder);
		job_free(j);
	}
	return rc;
}

static int begin_log(struct request *rq, const char *action, const char *detail, struct err *e)
{
	const struct desk_entry x = {.who = rq->session.user.name,
				     .from = str_of(rq->from),
				     .action = str_of(action),
				     .object = str_of(rq->in->collection->name),
				     .detail = str_of(detail)};

	return desk_log(rq->worker->desk, &x, e);
}

/* ---- uploads ----------------------------------------------------------------------------------------------------- */

/*
 * A file's own name as a name in our folder: without a way to elsewhere, not hidden, not too long, with its ending, by
 * which its format is told. Two of one name are told apart by a number.
 */
static const char *name_clean(struct arena *a, struct str name, size_t number)
{
	struct buf b = {0};
	const char *out;

	for (size_t i = name.n; i > 0; i--)
		if (name.p[i - 1] == '/' || name.p[i - 1] == '\\') {
			name = str_sub(name, i, name.n);
			break;
		}
	while (name.n && (name.p[0] == '.' || ascii_space(name.p[0])))
		name = str_sub(name, 1, name.n);
	if (name.n > NAME_MAX_BYTES)
		name = str_sub(name, name.n - NAME_MAX_BYTES, name.n);
	while (name.n && ((unsigned char)name.p[0] & 0xc0) == 0x80)
		name = str_sub(name, 1, name.n); /* not in the middle of a letter */
	if (number)
		buf_printf(&b, "%zu-", number + 1);
	if (!name.n)
		buf_puts(&b, "file");
	for (size_t i = 0; i < name.n; i++)
		buf_putc(&b, (unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f ? '_' : name.p[i]);
	out = arena_dup(a, buf_view(&b));
	buf_free(&b);
	return out;
}

static int uploads_take(struct request *rq, const struct job_import *x, struct job *j, struct err *e)
{
	char day[32], random[9];
	const char *dir;
	int rc;

	clock_iso(clock_now(), day);
	snprintf(random, sizeof(random), "%08x", randombytes_random());
	dir = arena_printf(&rq->arena, "%s/uploads/%.10s-%s", rq->web->o.desk_dir, day, random);
	rc = dir_make(dir, e);
	if (rc != REFTEL_OK)
		return rc;
	chmod(dir, 0700);
	j->folder = xstrdup(dir);
	for (size_t i = 0; i < x->n_uploads; i++) {
		const char *to = path_join(&rq->arena, dir, name_clean(&rq->arena, x->uploads[i].name, 0));

		if (file_exists(to))
			to = path_join(&rq->arena, dir, name_clean(&rq->arena, x->uploads[i].name, i));
		if (rename(x->uploads[i].path, to) != 0)
			return err_errno(e, errno, "the uploaded file could not be kept");
		x->uploads[i].path[0] = '\0'; /* it is the job's now */
	}
	return REFTEL_OK;
}

int job_import_begin(struct request *rq, const struct job_import *x, int64_t *id, struct err *e)
{
	struct job *j = xcalloc(1, sizeof(*j));
	int rc = x->n_uploads ? uploads_take(rq, x, j, e) : REFTEL_OK;

	j->state.kind = JOB_IMPORT;
	j->state.what = arena_str(&j->arena, str_of(x->what));
	j->path = xstrdup(j->folder ? j->folder : x->path);
	j->inside = j->folder != NULL;
	if (rc == REFTEL_OK)
		return (rc = job_begin(rq, j, id, e)) ? rc : begin_log(rq, "import", x->what, e);
	folder_remove(j->folder);
	job_free(j);
	return rc;
}

int job_verify_begin(struct request *rq, int64_t *id, struct err *e)
{
	struct job *j = xcalloc(1, sizeof(*j));
	int rc;

	j->state.kind = JOB_VERIFY;
	j->state.damage = json_array();
	rc = job_begin(rq, j, id, e);
	return rc ? rc : begin_log(rq, "verify", "", e);
}

int job_stop(struct web *w, const struct web_collection *c, enum job_kind kind, struct err *e)
{
	struct jobs *js = w->jobs;
	struct job *j;

	pthread_mutex_lock(&js->lock);
	j = job_running(js, c, kind);
	if (j) {
		j->stop = 1;
		j->state.stopping = true;
		j->state.step++;
	}
	pthread_mutex_unlock(&js->lock);
	return j ? REFTEL_OK : err_set(e, REFTEL_ENOTFOUND, "nothing is under way that could be stopped");
}

/* ---- how they stand ---------------------------------------------------------------------------------------------- */

static struct job_state state_copy(const struct job *j, struct arena *a)
{
	struct job_state s = j->state;

	s.who = a ? arena_str(a, s.who) : STR("");
	s.what = a ? arena_str(a, s.what) : STR("");
	s.damage = a && s.damage ? json_copy(s.damage) : NULL; /* its objects do not change any more */
	return s;
}

static bool fits(const struct job *j, const char *collection, enum job_kind kind)
{
	return j->state.kind == kind && !strcmp(j->collection->name, collection);
}

bool job_newest(struct web *w, struct arena *a, const char *collection, enum job_kind kind, struct job_state *out)
{
	struct jobs *js = w->jobs;
	bool found = false;

	pthread_mutex_lock(&js->lock);
	for (size_t i = js->n; i > 0 && !found; i--)
		if ((found = fits(js->v[i - 1], collection, kind)))
			*out = state_copy(js->v[i - 1], a);
	pthread_mutex_unlock(&js->lock);
	return found;
}

void jobs_each(struct web *w, struct arena *a, const char *collection, enum job_kind kind,
	       void (*fn)(void *ctx, const struct job_state *s), void *ctx)
{
	struct jobs *js = w->jobs;
	struct job_state v[JOBS_KEPT + 1];
	size_t n = 0;

	pthread_mutex_lock(&js->lock);
	for (size_t i = js->n; i > 0; i--)
		if (fits(js->v[i - 1], collection, kind))
			v[n++] = state_copy(js->v[i - 1], a);
	pthread_mutex_unlock(&js->lock);
	for (size_t i = 0; i < n; i++) {
		fn(ctx, &v[i]);
		json_decref(v[i].damage);
	}
}

json_t *job_json(const struct job_state *s)
{
	json_t *o = json_object();
	char iso[32];

	json_object_set_new(o, "id", json_integer(s->id));
	json_object_set_new(o, "what", view_str(s->what));
	json_object_set_new(o, "who", view_str(s->who));
	clock_iso(s->began, iso);
	json_object_set_new(o, "began", json_string(iso));
	clock_iso(s->ended, iso);
	json_object_set_new(o, "ended", s->ended ? json_string(iso) : json_null());
	json_object_set_new(o, "doing",
			    json_string(s->ended      ? "ended"
					: s->stopping ? "stopping"
					: s->indexing ? "indexing"
						      : "reading"));
	json_object_set_new(o, "done", json_integer((json_int_t)s->done));
	json_object_set_new(o, "total", s->total ? json_integer((json_int_t)s->total) : json_null());
	json_object_set_new(o, "error", s->err.code ? view_str(str_of(s->err.msg)) : json_null());
	if (s->kind == JOB_IMPORT)
		json_object_set_new(o, "import", view_import(&s->sum));
	return o;
}

/* ---- with the server --------------------------------------------------------------------------------------------- */

int jobs_open(struct web *w, struct err *e)
{
	struct jobs *js = xcalloc(1, sizeof(*js));

	(void)e;
	js->web = w;
	pthread_mutex_init(&js->lock, NULL);
	w->jobs = js;
	return REFTEL_OK;
}

void jobs_close(struct web *w)
{
	struct jobs *js = w->jobs;

	if (!js)
		return;
	pthread_mutex_lock(&js->lock);
	js->closing = true;
	for (size_t i = 0; i < js->n; i++)
		js->v[i]->stop = 1;
	pthread_mutex_unlock(&js->lock);
	for (size_t i = 0; i < js->n; i++) {
		pthread_join(js->v[i]->thread, NULL);
		job_free(js->v[i]);
	}
	pthread_mutex_destroy(&js->lock);
	free(js);
	w->jobs = NULL;
}
