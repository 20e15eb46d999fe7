/*
 * Jobs and places: what was uploaded is read under its own cleaned name and gone afterwards, one import at a time, its
 * end is told; and no wish for a path leads out of the folders that were opened.
 */
#include "../test.h"

#include "web/jobs.h"

#include <fcntl.h>
#include <sys/stat.h>

struct fixture {
	char dir[64];
	struct arena a;
	struct err e;
	struct web web;
	struct web_collection collection;
	struct reader reader;
	struct worker worker;
	struct request rq;
	const char *import_dirs[1];
};

static char *at(struct fixture *f, const char *name)
{
	return path_join(&f->a, f->dir, name);
}

static void put(struct fixture *f, const char *name, const char *content)
{
	assert_int_equal(file_write(at(f, name), str_of(content), &f->e), REFTEL_OK);
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/reftel-jobs-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(archive_create(at(f, "archive"), &f->e), REFTEL_OK);
	assert_int_equal(dir_make(at(f, "open/below"), &f->e), REFTEL_OK);
	put(f, "secret", "not to be read");
	put(f, "open/one.csv", "no cable");
	put(f, "open/.hidden", "no cable");
	assert_int_equal(symlink(at(f, "secret"), at(f, "open/link")), 0);
	assert_int_equal(symlink(f->dir, at(f, "open/below/out")), 0);
	f->collection = (struct web_collection){"harbour", at(f, "archive")};
	f->import_dirs[0] = at(f, "open");
	f->web.o = (struct web_options){.collections = &f->collection,
					.n_collections = 1,
					.desk_dir = f->collection.dir,
					.import_dirs = f->import_dirs,
					.n_import_dirs = 1};
	assert_int_equal(desk_open(f->collection.dir, &f->worker.desk, &f->e), REFTEL_OK);
	assert_int_equal(jobs_open(&f->web, &f->e), REFTEL_OK);
	f->reader.collection = &f->collection;
	f->rq.web = &f->web;
	f->rq.worker = &f->worker;
	f->rq.in = &f->reader;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	jobs_close(&f->web);
	desk_close(f->worker.desk);
	arena_free(&f->rq.arena);
	assert_int_equal(system(arena_printf(&f->a, "rm -rf '%s'", f->dir)), 0);
	arena_free(&f->a);
	free(f);
	return 0;
}

static void wait_for_end(struct fixture *f, enum job_kind kind, struct job_state *s)
{
	do {
		usleep(2000);
		json_decref(s->damage);
		assert_true(job_newest(&f->web, &f->a, "harbour", kind, s));
	} while (!s->ended);
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

static void test_places(void **state)
{
	static const char *const refused[] = {"",
					      "1",
					      "x",
					      "-1",
					      "0/..",
					      "0/../secret",
					      "0/link",
					      "0/below/out",
					      "0/.hidden",
					      "0//secret",
					      "0/./one.csv",
					      "0/none",
					      "0/below/out/secret",
					      "00000"};
	struct fixture *f = *state;
	const char *path;

	assert_int_equal(places_find(&f->web, &f->a, STR("0/one.csv"), &path, &f->e), REFTEL_OK);
	assert_string_equal(path, at(f, "open/one.csv"));
	assert_int_equal(places_find(&f->web, &f->a, STR("0"), &path, &f->e), REFTEL_OK);
	assert_string_equal(path, at(f, "open"));
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		assert_int_equal(places_find(&f->web, &f->a, str_of(refused[i]), &path, &f->e), REFTEL_ENOTFOUND);
}

static void test_places_list(void **state)
{
	struct fixture *f = *state;
	struct place_list l;

	assert_int_equal(places_list(&f->web, &f->a, STR(""), &l, &f->e), REFTEL_OK);
	assert_int_equal(l.n, 1);
	assert_true(str_eq(l.v[0].name, STR("open")));
	assert_int_equal(places_list(&f->web, &f->a, STR("0"), &l, &f->e), REFTEL_OK);
	assert_int_equal(l.n, 2); /* neither what is hidden nor the link */
	assert_true(l.v[0].folder && str_eq(l.v[0].place, STR("0/below")));
	assert_true(!l.v[1].folder && str_eq(l.v[1].place, STR("0/one.csv")));
	assert_int_equal(places_list(&f->web, &f->a, STR("0/below"), &l, &f->e), REFTEL_OK);
	assert_int_equal(l.n, 0);
	assert_true(str_eq(l.up, STR("0")));
}

/* ---- imports ----------------------------------------------------------------------------------------------------- */

static struct upload upload(struct fixture *f, const char *disk, const char *name, const char *content)
{
	struct upload u = {.field = STR("file"), .name = str_of(name)};

	snprintf(u.path, sizeof(u.path), "%s", at(f, disk));
	put(f, disk, content);
	return u;
}

static int names_keep(void *ctx, const struct archive_aside *x)
{
	struct buf *b = ctx;

	buf_printf(b, "%s|", path_base(x->file));
	return 0;
}

static void test_uploads(void **state)
{
	struct fixture *f = *state;
	struct upload u[] = {upload(f, "u1", "../../../etc/passwd", "a"), upload(f, "u2", "C:\\tmp\\passwd", "b"),
			     upload(f, "u3", "..", "c"), upload(f, "u4", ".\x01hid\nden", "d")};
	struct job_import x = {.uploads = u, .n_uploads = 4, .what = "four"};
	struct job_state s = {0};
	struct archive *ar;
	struct buf names = {0};
	int64_t id;

	assert_int_equal(job_import_begin(&f->rq, &x, &id, &f->e), REFTEL_OK);
	wait_for_end(f, JOB_IMPORT, &s);
	assert_int_equal(s.id, id);
	assert_int_equal(s.err.code, REFTEL_OK);
	assert_int_equal(s.sum.files, 4);
	assert_int_equal(s.sum.set_aside, 4);
	for (int i = 0; i < 4; i++)
		assert_string_equal(u[i].path, "");
	assert_int_equal(archive_open(f->collection.dir, ARCHIVE_READ, 0, &ar, &f->e), REFTEL_OK);
	assert_int_equal(archive_each_aside(ar, names_keep, &names, &f->e), REFTEL_OK);
	assert_string_equal(names.p, "2-passwd|_hid_den|file|passwd|");
	buf_free(&names);
	archive_close(ar);
	/* Nothing of it is left on the disk. */
	assert_int_equal(rmdir(at(f, "archive/uploads")), 0);
}

static void test_one_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct job_import x = {.path = at(f, "fifo"), .what = "slow"};
	struct job_state s = {0};
	int64_t id;

	/* Another writer keeps the first one waiting for a while. */
	struct archive *writer;

	put(f, "fifo", "no cable");
	assert_int_equal(archive_open(f->collection.dir, ARCHIVE_WRITE, 0, &writer, &f->e), REFTEL_OK);
	assert_int_equal(job_import_begin(&f->rq, &x, &id, &f->e), REFTEL_OK);
	assert_int_equal(job_import_begin(&f->rq, &x, &id, &f->e), REFTEL_EBUSY);
	archive_close(writer);
	wait_for_end(f, JOB_IMPORT, &s);
	assert_int_equal(s.err.code, REFTEL_OK);
	assert_int_equal(job_stop(&f->web, &f->collection, JOB_IMPORT, &f->e), REFTEL_ENOTFOUND);
	assert_false(job_newest(&f->web, &f->a, "other", JOB_IMPORT, &s));
}

static void count(void *ctx, const struct job_state *s)
{
	(void)s;
	++*(int *)ctx;
}

static void test_verify_and_memory(void **state)
{
	struct fixture *f = *state;
	struct job_state s = {0};
	int64_t id;
	int n = 0;

	for (int i = 0; i < JOBS_KEPT + 5; i++) {
		assert_int_equal(job_verify_begin(&f->rq, &id, &f->e), REFTEL_OK);
		wait_for_end(f, JOB_VERIFY, &s);
		assert_int_equal(s.n_damage, 0);
	}
	jobs_each(&f->web, &f->a, "harbour", JOB_VERIFY, count, &n);
	assert_int_equal(n, JOBS_KEPT);
	assert_int_equal(s.id, JOBS_KEPT + 5);
	json_decref(s.damage);
}

static void test_damage_is_told(void **state)
{
	struct fixture *f = *state;
	struct job_import x = {.path = SOURCE_ROOT "/examples/cables.csv", .what = "examples"};
	struct job_state s = {0};
	struct archive_segments segments;
	struct archive *ar;
	int64_t id;
	int fd;

	assert_int_equal(job_import_begin(&f->rq, &x, &id, &f->e), REFTEL_OK);
	wait_for_end(f, JOB_IMPORT, &s);
	assert_true(s.sum.added > 10);
	assert_int_equal(archive_open(f->collection.dir, ARCHIVE_READ, 0, &ar, &f->e), REFTEL_OK);
	assert_int_equal(archive_segments(ar, &f->a, &segments, &f->e), REFTEL_OK);
	archive_close(ar);
	fd = open(arena_printf(&f->a, "%s/index/%s", f->collection.dir, segments.v[0].name), O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "\xa5\x5a\xa5", 3, 200), 3);
	close(fd);
	assert_int_equal(job_verify_begin(&f->rq, &id, &f->e), REFTEL_OK);
	wait_for_end(f, JOB_VERIFY, &s);
	assert_int_equal(s.err.code, REFTEL_OK);
	assert_true(s.n_damage >= 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(s.damage, 0), "part")), "index");
	json_decref(s.damage);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_places),        TEST(test_places_list),       TEST(test_uploads),
		TEST(test_one_at_a_time), TEST(test_verify_and_memory), TEST(test_damage_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
