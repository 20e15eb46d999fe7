/*
 * The archive: what is stored is what comes back, what is known is not doubled, what people call a cable finds it.
 */
#include "test.h"

#include "archive/archive.h"

struct fixture {
	char dir[64];
	struct archive *ar;
	struct arena a;
	int64_t source;
};

static int open_fixture(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct archive_source s;
	struct err e = {0};

	snprintf(f->dir, sizeof(f->dir), "/tmp/reftel-test-archive-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(archive_create(f->dir, &e), REFTEL_OK);
	assert_int_equal(archive_open(f->dir, ARCHIVE_WRITE, 0, &f->ar, &e), REFTEL_OK);
	assert_int_equal(archive_begin(f->ar, &e), REFTEL_OK);
	assert_int_equal(archive_source_open(f->ar, "dump.csv", 1000, 7, "csv", &s, &e), REFTEL_OK);
	f->source = s.id;
	*state = f;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *f = *state;
	char sweep[128];
	int rc;

	archive_close(f->ar);
	arena_free(&f->a);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", f->dir);
	rc = system(sweep);
	free(f);
	return rc;
}

static enum put_result put(struct fixture *f, const char *id, uint32_t number, const char *date, const char *body)
{
	struct cable_record r = {.id = str_of(id),
				 .running_number = number,
				 .origin = STR("Embassy Kalvik"),
				 .classification = STR("SECRET"),
				 .body = str_of(body)};
	struct archive_put put;
	struct err e = {0};
	struct cable c;

	assert_true(cable_date_parse(str_of(date), &r.date));
	assert_int_equal(cable_read(&f->a, &r, &c, &e), REFTEL_OK);
	if (archive_put(f->ar, &c, NULL, f->source, 0, &put, &e) != REFTEL_OK)
		fail_msg("%s", e.msg);
	return put.result;
}

static struct cable_rows find(struct fixture *f, const char *what)
{
	struct cable_rows rows;
	struct err e = {0};

	assert_int_equal(archive_find(f->ar, &f->a, str_of(what), &rows, &e), REFTEL_OK);
	return rows;
}

static const char whole[] = "S E C R E T KALVIK 000412\n\nSUBJECT: BOATS\n\nREF: A. KALVIK 1700 B. 08 SORNA 3\n\n"
			    "1. (S) Teodor Vaik counted the boats and found them all.\n\nVENN\n";

static void test_comes_back(void **state)
{
	struct fixture *f = *state;
	struct cable_version v;
	struct cable_rows rows;
	struct err e = {0};

	assert_int_equal(put(f, "08KALVIK412", 140212, "2008-01-09", whole), PUT_NEW);
	rows = find(f, "08 KALVIK 412");
	assert_int_equal(rows.n, 1);
	assert_int_equal(rows.v[0].running_number, 140212);
	assert_int_equal(archive_load(f->ar, &f->a, rows.v[0].version, &v, &e), REFTEL_OK);
	assert_true(str_eq(v.cable.body, str_of(whole)));
	assert_true(str_eq(v.cable.subject, STR("BOATS")));
	assert_int_equal(v.ordinal, 1);
}

static void test_names(void **state)
{
	static const char *const names[] = {"08KALVIK412",
					    "08kalvik412",
					    "08 KALVIK 412",
					    "2008 KALVIK 0412",
					    "KALVIK 412",
					    "140212",
					    ">140212",
					    "#140212",
					    "140,212",
					    "https://x.example/08KALVIK412.html",
					    "https://x.example/show?id=08KALVIK412"};
	struct fixture *f = *state;

	put(f, "08KALVIK412", 140212, "2008-01-09", whole);
	put(f, "09KALVIK412", 0, "2009-01-09",
	    "S E C R E T KALVIK 000412\n\n1. (S) Other words altogether here.\n\nVENN\n");
	put(f, "ODD-ID 7", 0, "2009-01-09", "S E C R E T\n\n1. (S) An odd one.\n\nVENN\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct cable_rows rows = find(f, names[i]);

		/* Without a year both years are meant. */
		assert_int_equal(rows.n, strcmp(names[i], "KALVIK 412") == 0 ? 2 : 1);
		assert_true(str_eq(rows.v[0].id, STR("08KALVIK412")));
	}
	assert_int_equal(find(f, "odd-id 7").n, 1);
	assert_int_equal(find(f, "08KALVIK999").n, 0);
	assert_int_equal(find(f, "").n, 0);
}

static void test_same_text(void **state)
{
	static const char spaced[] =
		"S E C R E T KALVIK 000412   \r\n\r\n\r\nSUBJECT: BOATS\r\n\r\nREF: A. KALVIK 1700 B. 08 SORNA 3\r\n"
		"1. (S) Teodor Vaik counted the boats and found them all.\r\n\r\nVENN\r\n\r\n";
	struct fixture *f = *state;

	assert_int_equal(put(f, "08KALVIK412", 0, "2008-01-09", whole), PUT_NEW);
	assert_int_equal(put(f, "08KALVIK412", 0, "2008-01-09", whole), PUT_SAME);
	assert_int_equal(put(f, "08KALVIK412", 140212, "2008-01-09", spaced), PUT_SAME);
	/* The number that came with the second copy is kept. */
	assert_int_equal(find(f, "140212").n, 1);
}

static void test_versions(void **state)
{
	static const char struck[] =
		"S E C R E T KALVIK 000412\n\nSUBJECT: BOATS\n\n1. (S) XXXXXXXXXXXX counted the boats and found "
		"them all.\n\nVENN\n";
	static const char cut[] =
		"S E C R E T SECTION 01 OF 02 KALVIK 000412\n\nSUBJECT: BOATS\n\n1. (S) Teodor Vaik counted the "
		"boats and found them all. Then he went home and told nobody of what he had seen.\n";
	struct fixture *f = *state;
	struct version_keys keys;
	struct cable_version v;
	struct cable_rows rows;
	struct err e = {0};

	assert_int_equal(put(f, "08KALVIK412", 0, "2008-01-09", struck), PUT_NEW);
	assert_int_equal(put(f, "08KALVIK412", 0, "2008-01-09", whole), PUT_VERSION);
	assert_int_equal(put(f, "08KALVIK412", 0, "2008-01-09", cut), PUT_VERSION);
	rows = find(f, "08KALVIK412");
	assert_int_equal(rows.n, 1);
	assert_int_equal(rows.v[0].n_versions, 3);
	/* The whole one with least struck out is read by default, whatever came last. */
	assert_int_equal(archive_load(f->ar, &f->a, rows.v[0].version, &v, &e), REFTEL_OK);
	assert_true(str_eq(v.cable.body, str_of(whole)));
	assert_int_equal(archive_versions(f->ar, &f->a, rows.v[0].key, &keys, &e), REFTEL_OK);
	assert_int_equal(keys.n, 3);
}

static void test_references(void **state)
{
	struct fixture *f = *state;
	struct ref_rows refs;
	struct err e = {0};

	put(f, "08KALVIK412", 0, "2008-01-09", whole);
	put(f, "07KALVIK1700", 0, "2007-12-19", "S E C R E T KALVIK 001700\n\n1. (S) Last year's words.\n\nVENN\n");
	assert_int_equal(archive_refs_from(f->ar, &f->a, find(f, "08KALVIK412").v[0].key, &refs, &e), REFTEL_OK);
	assert_int_equal(refs.n, 2);
	/* The year was implied, and the cable that is held is last year's. */
	assert_true(refs.v[0].key != 0);
	assert_true(str_eq(refs.v[0].id, STR("07KALVIK1700")));
	assert_int_equal(refs.v[1].key, 0);
	assert_true(str_eq(refs.v[1].id, STR("08SORNA3")));
	assert_int_equal(archive_refs_to(f->ar, &f->a, STR("07KALVIK1700"), &refs, &e), REFTEL_OK);
	assert_int_equal(refs.n, 1);
	assert_true(str_eq(refs.v[0].id, STR("08KALVIK412")));
	assert_int_equal(archive_refs_to(f->ar, &f->a, STR("08SORNA3"), &refs, &e), REFTEL_OK);
	assert_int_equal(refs.n, 1);
}

static void test_dates(void **state)
{
	struct cable_date d = {2008, 1, 9, 0, 0, DATE_DAY}, next = {2008, 1, 10, 0, 0, DATE_DAY};
	struct fixture *f = *state;
	struct cable_rows rows;
	struct err e = {0};

	put(f, "08KALVIK412", 0, "2008-01-09 23:59", whole);
	assert_int_equal(archive_find_dated(f->ar, &f->a, d, d, STR("KALVIK"), &rows, &e), REFTEL_OK);
	assert_int_equal(rows.n, 1);
	assert_int_equal(archive_find_dated(f->ar, &f->a, d, d, STR("SORNA"), &rows, &e), REFTEL_OK);
	assert_int_equal(rows.n, 0);
	assert_int_equal(archive_find_dated(f->ar, &f->a, next, next, STR(""), &rows, &e), REFTEL_OK);
	assert_int_equal(rows.n, 0);
}

static void test_two_claim_a_number(void **state)
{
	struct fixture *f = *state;
	struct archive_status s;
	struct err e = {0};

	put(f, "08KALVIK412", 5, "2008-01-09", whole);
	put(f, "08KALVIK413", 5, "2008-01-10", "S E C R E T KALVIK 000413\n\n1. (S) Another.\n\nVENN\n");
	assert_int_equal(find(f, "5").n, 2);
	assert_int_equal(archive_status(f->ar, &s, &e), REFTEL_OK);
	assert_int_equal(s.cables, 2);
	assert_true(s.remarks >= 1);
}

static int count_aside(void *ctx, const struct archive_aside *x)
{
	++*(int *)ctx;
	assert_string_equal(x->reason, "it is no row");
	assert_int_equal(x->line, 12);
	return 0;
}

static void test_aside(void **state)
{
	struct archive_aside x = {
		.offset = 500, .line = 12, .row = 3, .reason = "it is no row", .excerpt = STR("\"\0bad")};
	struct fixture *f = *state;
	struct err e = {0};
	int n = 0;

	assert_int_equal(archive_set_aside(f->ar, f->source, &x, &e), REFTEL_OK);
	assert_int_equal(archive_set_aside(f->ar, f->source, &x, &e), REFTEL_OK); /* a second run does not double it */
	assert_int_equal(archive_each_aside(f->ar, count_aside, &n, &e), REFTEL_OK);
	assert_int_equal(n, 1);
}

static void test_going_on(void **state)
{
	struct fixture *f = *state;
	struct archive_source s, again;
	struct err e = {0};

	assert_int_equal(archive_source_open(f->ar, "dump.csv", 1000, 7, "csv", &s, &e), REFTEL_OK);
	s.offset = 640;
	s.row = 9;
	assert_int_equal(archive_source_save(f->ar, &s, &e), REFTEL_OK);
	assert_int_equal(archive_commit(f->ar, &e), REFTEL_OK);
	assert_int_equal(archive_source_open(f->ar, "dump.csv", 1000, 7, "csv", &again, &e), REFTEL_OK);
	assert_int_equal(again.id, s.id);
	assert_int_equal(again.offset, 640);
	/* A file that changed is another file. */
	assert_int_equal(archive_begin(f->ar, &e), REFTEL_OK);
	assert_int_equal(archive_source_open(f->ar, "dump.csv", 1001, 8, "csv", &again, &e), REFTEL_OK);
	assert_int_not_equal(again.id, s.id);
	assert_int_equal(again.offset, 0);
}

static void test_reader_beside_writer(void **state)
{
	struct fixture *f = *state;
	struct archive *reader, *writer;
	struct archive_status s;
	struct err e = {0};

	put(f, "08KALVIK412", 0, "2008-01-09", whole);
	assert_int_equal(archive_open(f->dir, ARCHIVE_READ, 0, &reader, &e), REFTEL_OK);
	assert_int_equal(archive_status(reader, &s, &e), REFTEL_OK);
	assert_int_equal(s.cables, 0); /* not committed yet */
	assert_int_equal(archive_commit(f->ar, &e), REFTEL_OK);
	assert_int_equal(archive_status(reader, &s, &e), REFTEL_OK);
	assert_int_equal(s.cables, 1);
	assert_int_equal(archive_open(f->dir, ARCHIVE_WRITE, 60, &writer, &e), REFTEL_EBUSY);
	assert_non_null(strstr(e.msg, "process"));
	archive_close(reader);
}

static int take_all(void *ctx, const struct cable_version *v, struct err *e)
{
	(void)e;
	*(size_t *)ctx += v->cable.body.n;
	return 0;
}

/* Enough texts that a dictionary is trained on the way: those before and those behind it must all come back. */
static void test_many(void **state)
{
	struct fixture *f = *state;
	size_t bytes = 0, put_bytes = 0;
	struct err e = {0};

	for (int i = 1; i <= 900; i++) {
		char id[32], body[400];

		snprintf(id, sizeof(id), "08KALVIK%d", i);
		snprintf(body, sizeof(body),
			 "S E C R E T KALVIK %06d\n\nSUBJECT: BOATS %d\n\n1. (S) On day %d the harbour counted %d "
			 "boats, %d of them red, "
			 "and the minister asked %d times where the others were.\n\nVENN\n",
			 i, i * 7, i * 31 % 365, i * 13, i % 17, i * i % 101);
		put_bytes += strlen(body);
		assert_int_equal(put(f, id, (uint32_t)i, "2008-01-09", body), PUT_NEW);
	}
	assert_int_equal(archive_commit(f->ar, &e), REFTEL_OK);
	assert_int_equal(archive_each(f->ar, &(struct version_visit){take_all, NULL, &bytes}, &e), REFTEL_OK);
	assert_int_equal(bytes, put_bytes);
}

#define ARCHIVE_TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARCHIVE_TEST(test_comes_back),
		ARCHIVE_TEST(test_names),
		ARCHIVE_TEST(test_same_text),
		ARCHIVE_TEST(test_versions),
		ARCHIVE_TEST(test_references),
		ARCHIVE_TEST(test_dates),
		ARCHIVE_TEST(test_two_claim_a_number),
		ARCHIVE_TEST(test_aside),
		ARCHIVE_TEST(test_going_on),
		ARCHIVE_TEST(test_reader_beside_writer),
		ARCHIVE_TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
