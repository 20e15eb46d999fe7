/*
 * From files to the archive. If these fail, a cable of the dump is missing from the archive or there twice, an import
 * that was stopped cannot be taken up again, or a person is not told what was left out.
 */
#include "test.h"

#include "catalog/catalog.h"
#include "import/import.h"
#include "source/source.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

struct place_of_work {
	char dir[64];
	char archive[128];
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int setup(void **state)
{
	struct place_of_work *w = calloc(1, sizeof(*w));
	struct err e;

	assert_non_null(w);
	snprintf(w->dir, sizeof(w->dir), "/tmp/reftel-test-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->archive, sizeof(w->archive), "%s/archive", w->dir);
	assert_int_equal(archive_create(w->archive, &e), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct place_of_work *w = *state;

	nftw(w->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(w);
	return 0;
}

static void put_file(const struct place_of_work *w, const char *name, const char *text)
{
	char path[256];
	struct err e;

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	assert_int_equal(file_write(path, str_of(text), &e), 0);
}

/* One import in an archive opened for it alone, as the command does. */
static int run(const struct place_of_work *w, const char *name, const struct import_options *o,
	       struct import_summary *sum, struct err *e)
{
	char path[256];
	const char *paths[] = {path};
	struct archive *ar = NULL;
	int rc;

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	assert_int_equal(archive_open(w->archive, ARCHIVE_WRITE, 1000, &ar, e), 0);
	rc = import_paths(ar, paths, 1, o, sum, e);
	archive_close(ar);
	return rc;
}

static struct archive_status status_of(const struct place_of_work *w)
{
	struct archive_status st;
	struct archive *ar = NULL;
	struct err e;

	assert_int_equal(archive_open(w->archive, ARCHIVE_READ, 0, &ar, &e), 0);
	assert_int_equal(archive_status(ar, &st, &e), 0);
	archive_close(ar);
	return st;
}

#define ROW(number, serial, text)                                                                                      \
	"\"" number "\",\"3/4/2005 6:15\",\"05TARVOS" serial "\",\"Embassy Tarvos\",\"CONFIDENTIAL\",\"\",\"\","       \
	"\"C O N F I D E N T I A L TARVOS 0000" serial "\n\nSUBJECT: TEA\n\n1. (C) " text "\nSMITH\"\n"

static void imports_a_dump_once(void **state)
{
	struct place_of_work *w = *state;
	struct import_summary sum;
	struct err e;

	put_file(w, "cables.csv",
		 ROW("1", "12", "Hello there.") ROW("2", "13", "The mayor \\\"smiled\\\".") "\"3\",\"x\"\n");
	assert_int_equal(run(w, "cables.csv", NULL, &sum, &e), 0);
	assert_int_equal(sum.files, 1);
	assert_int_equal(sum.records, 2);
	assert_int_equal(sum.added, 2);
	assert_int_equal(sum.set_aside, 1);
	assert_false(sum.interrupted);
	assert_int_equal(status_of(w).cables, 2);
	assert_int_equal(status_of(w).set_aside, 1);

	/* The same file: nothing is read again. The same content under another name: read, and nothing is doubled. */
	assert_int_equal(run(w, "cables.csv", NULL, &sum, &e), 0);
	assert_int_equal(sum.files, 1);
	assert_int_equal(sum.records, 0);
	put_file(w, "again.csv", ROW("1", "12", "Hello there.") ROW("2", "13", "The mayor \\\"smiled\\\"."));
	assert_int_equal(run(w, "again.csv", NULL, &sum, &e), 0);
	assert_int_equal(sum.records, 2);
	assert_int_equal(sum.same, 2);
	assert_int_equal(status_of(w).cables, 2);
	assert_int_equal(status_of(w).versions, 2);
}

static void keeps_another_text_as_a_version(void **state)
{
	struct place_of_work *w = *state;
	struct import_summary sum;
	struct err e;

	put_file(w, "a.csv", ROW("1", "12", "The ambassador met XXXXXXXXXXXX in the garden."));
	put_file(w, "b.csv", ROW("1", "12", "The ambassador met the harbour master in the garden."));
	assert_int_equal(run(w, "a.csv", NULL, &sum, &e), 0);
	assert_int_equal(run(w, "b.csv", NULL, &sum, &e), 0);
	assert_int_equal(sum.versions, 1);
	assert_int_equal(sum.added, 0);
	assert_int_equal(status_of(w).cables, 1);
	assert_int_equal(status_of(w).versions, 2);
}

#define HEADER "VZCZCXRO1\nOO RUEHXX\nO 040615Z MAR 05\nFM AMEMBASSY TARVOS\nTO RUEHC/SECSTATE WASHDC IMMEDIATE 12"
#define BODY                                                                                                           \
	"C O N F I D E N T I A L TARVOS 000012\n\nE.O. 12958: DECL: 03/04/2015\nTAGS: PGOV\nSUBJECT: TEA\n\n1. (C) "   \
	"Hello.\nSMITH"

/*
 * The dump has trailing blanks, the page a date on top, pilcrows and more line ends, the text file CRLF: one cable, one
 * version.
 */
static void knows_one_text_in_three_layouts(void **state)
{
	struct place_of_work *w = *state;
	struct import_summary sum;
	struct err e;
	char path[256];

	snprintf(path, sizeof(path), "%s/in", w->dir);
	assert_int_equal(dir_make(path, &e), 0);
	put_file(
		w, "in/1.dat",
		"\"12\",\"3/4/2005 6:15\",\"05TARVOS12\",\"Embassy Tarvos\",\"CONFIDENTIAL\",\"\",\"VZCZCXRO1 \nOO "
		"RUEHXX\n"
		"O 040615Z MAR 05 \nFM AMEMBASSY TARVOS\nTO RUEHC/SECSTATE WASHDC IMMEDIATE 12\n\",\""
		"C O N F I D E N T I A L TARVOS 000012 \n \nE.O. 12958: DECL: 03/04/2015 \nTAGS: PGOV\nSUBJECT: TEA\n\n"
		"1. (C) Hello. \nSMITH\"\n");
	put_file(w, "in/2.dat",
		 "<html><h3>Viewing cable 05TARVOS12, TEA</h3><table class='cable'><tr><td>05TARVOS12</td>"
		 "<td>2005-03-04 06:06</td><td>2011-01-01 00:00</td><td>CONFIDENTIAL</td><td>Embassy "
		 "Tarvos</td></tr></table>"
		 "<pre>" HEADER
		 "</pre><pre>Friday, 04 March 2005, 06:15&#x000A;C O N F I D E N T I A L TARVOS 000012&#x000A;&#x000A;"
		 "E.O. 12958: DECL: 03/04/2015&#x000A;TAGS: <a href='/tag/PGOV_0.html'>PGOV</a>&#x000A;SUBJECT:  "
		 "TEA&#x000A;"
		 "&#x000A;<a id='par1' href='#par1'>\xc2\xb6</a>1. (C) "
		 "Hello.&#x000A;SMITH&#x000A;&#x000A;</pre></html>");
	put_file(w, "in/3.dat",
		 "05TARVOS12\r\nTEA\r\nFri Mar 04 06:06:00 +0100 2005\r\nCONFIDENTIAL\r\nEmbassy Tarvos\r\n" HEADER BODY
		 "\r\n");
	put_file(w, "in/4.dat", "PK\003\004 packed");
	assert_int_equal(run(w, "in", NULL, &sum, &e), 0);
	assert_int_equal(sum.files, 4);
	assert_int_equal(sum.records, 3);
	assert_int_equal(sum.added, 1);
	assert_int_equal(sum.same, 2);
	assert_int_equal(sum.versions, 0);
	assert_int_equal(sum.set_aside, 1);
	assert_int_equal(status_of(w).versions, 1);
}

static int keep_reason(void *ctx, const struct archive_aside *x)
{
	struct buf *b = ctx;

	buf_printf(b, "%s line %llu: %s\n", path_base(x->file), (unsigned long long)x->line, x->reason);
	return 0;
}

static void says_what_was_left_out_and_where(void **state)
{
	struct place_of_work *w = *state;
	struct import_summary sum;
	struct archive *ar = NULL;
	struct buf b = {0};
	struct err e;

	put_file(w, "a.csv",
		 ROW("1", "12", "Hello.") ROW("2", "13", "A \"broken\" row.")
			 ROW("3", "14", "Hello.") "\"4\",\"3/4/2005 6:15\",\"\",\"\",\"\",\"\",\"\",\"no id\"\n");
	assert_int_equal(run(w, "a.csv", NULL, &sum, &e), 0);
	assert_int_equal(sum.added, 2);
	assert_int_equal(sum.set_aside, 2);
	assert_int_equal(archive_open(w->archive, ARCHIVE_READ, 0, &ar, &e), 0);
	assert_int_equal(archive_each_aside(ar, keep_reason, &b, &e), 0);
	archive_close(ar);
	assert_non_null(strstr(b.p, "a.csv line 7: column 8 holds a quotation mark that is not escaped\n"));
	assert_non_null(strstr(b.p, "a.csv line 19: "));
	buf_free(&b);
}

static void refuses_a_path_that_is_not_there(void **state)
{
	struct place_of_work *w = *state;
	struct import_summary sum;
	struct err e;

	assert_int_equal(run(w, "nowhere.csv", NULL, &sum, &e), REFTEL_ENOTFOUND);
	assert_non_null(strstr(e.msg, "nowhere.csv"));
}

static void leaves_its_own_archive_alone(void **state)
{
	struct place_of_work *w = *state;
	struct import_summary sum;
	struct err e;

	put_file(w, "a.csv", ROW("1", "12", "Hello."));
	assert_int_equal(run(w, ".", NULL, &sum, &e), 0);
	assert_int_equal(sum.files, 1);
	assert_int_equal(sum.added, 1);
	assert_int_equal(sum.set_aside, 0);
}

/* ---- being stopped ----------------------------------------------------------------------------------------------- */

enum { MANY = 3000 };

static void put_many(const struct place_of_work *w)
{
	struct buf b = {0};

	for (int i = 1; i <= MANY; i++)
		buf_printf(&b,
			   "\"%d\",\"3/4/2005 6:15\",\"05TARVOS%d\",\"Embassy Tarvos\",\"SECRET\",\"\",\"\",\"S E C R "
			   "E T TARVOS "
			   "%06d\n\nSUBJECT: TEA\n\n1. (S) Cup number %d was drunk in the %dth garden.\nSMITH\"\n%s",
			   i, i, i, i, i * 7, i % 500 ? "" : "\"broken\n");
	put_file(w, "many.csv", b.p);
	buf_free(&b);
}

static volatile int stop;

static void on_alarm(int sig)
{
	(void)sig;
	stop = 1;
}

static void run_for(long ms)
{
	struct itimerval t = {.it_value = {ms / 1000, ms % 1000 * 1000}};

	setitimer(ITIMER_REAL, &t, NULL);
}

static void goes_on_where_it_was_stopped(void **state)
{
	struct place_of_work *w = *state;
	struct import_options o = {.stop = &stop};
	uint64_t records = 0, added = 0;
	long slice = 5;
	int runs = 0, rc;

	put_many(w);
	signal(SIGALRM, on_alarm);
	do {
		struct import_summary sum;
		struct err e;

		stop = 0;
		run_for(slice);
		rc = run(w, "many.csv", &o, &sum, &e);
		run_for(0);
		assert_true(rc == REFTEL_OK || rc == REFTEL_EINTR);
		assert_int_equal(sum.interrupted, rc == REFTEL_EINTR);
		if (rc == REFTEL_EINTR)
			assert_non_null(strstr(e.msg, "stopped"));
		records += sum.records;
		added += sum.added;
		slice += slice; /* so that it ends on the slowest machine */
		runs++;
	} while (rc == REFTEL_EINTR);
	print_message("%d runs\n", runs);
	assert_int_equal(records, MANY); /* none was read twice, none was passed over */
	assert_int_equal(added, MANY);
	assert_int_equal(status_of(w).cables, MANY);
	assert_int_equal(status_of(w).versions, MANY);
	assert_int_equal(status_of(w).set_aside, MANY / 500);
	assert_int_equal(status_of(w).sources_unfinished, 0);
}

static void survives_being_killed(void **state)
{
	struct place_of_work *w = *state;
	struct import_summary sum;
	struct err e;

	put_many(w);
	for (useconds_t us = 20000; us <= 320000; us *= 2) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			run(w, "many.csv", NULL, &sum, &e);
			_exit(0);
		}
		usleep(us);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	assert_int_equal(run(w, "many.csv", NULL, &sum, &e), 0);
	assert_int_equal(status_of(w).cables, MANY);
	assert_int_equal(status_of(w).versions, MANY);
	assert_int_equal(status_of(w).set_aside, MANY / 500);
	assert_int_equal(status_of(w).sources_unfinished, 0);
}

/*
 * Files may not grow beyond a limit, which is as near to a full disk as a test gets without a disk of its own. What was
 * committed before must be there, and the archive sound.
 */
static void stops_when_nothing_can_be_written(void **state)
{
	struct place_of_work *w = *state;
	struct import_summary sum;
	struct err e = {0};
	pid_t pid;
	int exit_status;

	put_file(w, "a.csv", ROW("1", "12", "Hello."));
	put_many(w);
	assert_int_equal(run(w, "a.csv", NULL, &sum, &e), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit most = {1 << 20, 1 << 20};

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &most);
		_exit(run(w, "many.csv", NULL, &sum, &e) < 0 && *e.msg ? 42 : 1);
	}
	assert_int_equal(waitpid(pid, &exit_status, 0), pid);
	assert_true(WIFEXITED(exit_status));
	assert_int_equal(WEXITSTATUS(exit_status), 42);
	assert_true(status_of(w).cables >= 1);
	assert_int_equal(run(w, "many.csv", NULL, &sum, &e), 0);
	assert_int_equal(status_of(w).cables, MANY); /* TARVOS 12 of a.csv is among them, with another text */
	assert_int_equal(status_of(w).versions, MANY + 1);
}

static void takes_a_file_that_is_given_twice_once(void **state)
{
	struct place_of_work *w = *state;
	char many[256], one[256];
	const char *paths[] = {many, one, many};
	struct import_summary sum;
	struct archive *ar = NULL;
	struct err e = {0};

	put_many(w);
	put_file(w, "a.csv", ROW("1", "12", "Hello."));
	snprintf(many, sizeof(many), "%s/many.csv", w->dir);
	snprintf(one, sizeof(one), "%s/a.csv", w->dir);
	assert_int_equal(archive_open(w->archive, ARCHIVE_WRITE, 1000, &ar, &e), 0);
	assert_int_equal(import_paths(ar, paths, 3, NULL, &sum, &e), 0);
	archive_close(ar);
	assert_int_equal(sum.records, MANY + 1);
	assert_int_equal(sum.same, 0);
}

/* ---- the index that an import leaves ------------------------------------------------------------------------------
 */

static struct str only_segment(const struct place_of_work *w, struct arena *a)
{
	struct archive_segments rows;
	struct archive *ar = NULL;
	struct str bytes;
	struct err e = {0};

	assert_int_equal(archive_open(w->archive, ARCHIVE_READ, 0, &ar, &e), 0);
	assert_int_equal(archive_segments(ar, a, &rows, &e), 0);
	assert_int_equal(rows.n, 1);
	assert_int_equal(file_read(a, arena_printf(a, "%s/index/%s", w->archive, rows.v[0].name), 1 << 30, &bytes, &e),
			 0);
	archive_close(ar);
	return bytes;
}

/*
 * What the index is fed with while a cable is stored must be what the archive gives when it is asked later: byte for
 * byte the same file.
 */
static void index_is_that_of(const struct place_of_work *w, const char *path)
{
	struct arena a = {0};
	struct import_summary sum;
	struct archive *ar = NULL;
	struct str fed, read;
	struct err e = {0};

	assert_int_equal(archive_open(w->archive, ARCHIVE_WRITE, 1000, &ar, &e), 0);
	assert_int_equal(import_paths(ar, &path, 1, NULL, &sum, &e), 0);
	assert_true(sum.added > 3);
	fed = only_segment(w, &a);
	assert_int_equal(catalog_reindex(ar, NULL, NULL, NULL, &e), 0);
	archive_close(ar);
	read = only_segment(w, &a);
	assert_int_equal(fed.n, read.n);
	assert_memory_equal(fed.p, read.p, fed.n);
	arena_free(&a);
}

static void indexes_what_it_stores(void **state)
{
	index_is_that_of(*state, SOURCE_ROOT "/examples");
}

static void indexes_what_it_stores_of_the_real_pages(void **state)
{
	const char *dir = test_data();

	if (!dir)
		skip();
	index_is_that_of(*state, dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(imports_a_dump_once, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_another_text_as_a_version, setup, teardown),
		cmocka_unit_test_setup_teardown(knows_one_text_in_three_layouts, setup, teardown),
		cmocka_unit_test_setup_teardown(says_what_was_left_out_and_where, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_a_path_that_is_not_there, setup, teardown),
		cmocka_unit_test_setup_teardown(leaves_its_own_archive_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_on_where_it_was_stopped, setup, teardown),
		cmocka_unit_test_setup_teardown(survives_being_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(stops_when_nothing_can_be_written, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_a_file_that_is_given_twice_once, setup, teardown),
		cmocka_unit_test_setup_teardown(indexes_what_it_stores, setup, teardown),
		cmocka_unit_test_setup_teardown(indexes_what_it_stores_of_the_real_pages, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
