/*
 * Forms as they come in: cut at every byte they read the same; what is too much, broken or hostile is refused, and no
 * file is left behind whatever happens.
 */
#include "../test.h"

#include "web/web_priv.h"

#include <dirent.h>

#define TYPE "multipart/form-data; boundary=XyZ"
/* 71 bytes: one more than the standard allows. */
#define LONG_BOUNDARY                                                                                                  \
	"multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x"

struct fixture {
	struct arena a;
	struct err e;
	char dir[64];
	struct form_limits limits;
	struct params fields;
	struct upload *uploads;
	size_t n_uploads;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/reftel-form-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->limits = (struct form_limits){.fields = 1000, .files = 1000, .dir = f->dir};
	*state = f;
	return 0;
}

static size_t files_left(const struct fixture *f)
{
	DIR *d = opendir(f->dir);
	struct dirent *x;
	size_t n = 0;

	assert_non_null(d);
	while ((x = readdir(d)))
		n += x->d_name[0] != '.';
	closedir(d);
	return n;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(files_left(f), 0);
	assert_int_equal(rmdir(f->dir), 0);
	arena_free(&f->a);
	free(f);
	return 0;
}

/* Feeds body in two pieces. The form stays open in *form; the result is the first error. */
static int feed(struct fixture *f, const char *type, struct str body, size_t cut, struct form **form)
{
	int rc;

	f->e = (struct err){0};
	*form = form_open(&f->a, str_of(type), &f->limits, &f->e);
	if (!*form)
		return f->e.code;
	rc = form_feed(*form, body.p, cut, &f->e);
	if (rc == REFTEL_OK)
		rc = form_feed(*form, body.p + cut, body.n - cut, &f->e);
	return rc ? rc : form_end(*form, &f->fields, &f->uploads, &f->n_uploads, &f->e);
}

static int once(struct fixture *f, const char *type, const char *body)
{
	struct form *form;
	int rc = feed(f, type, str_of(body), 0, &form);

	form_close(form);
	return rc;
}

static void content_is(const char *path, const char *expected)
{
	struct arena a = {0};
	struct str s;

	assert_int_equal(file_read(&a, path, 10000, &s, NULL), REFTEL_OK);
	assert_int_equal(s.n, strlen(expected));
	assert_memory_equal(s.p, expected, s.n);
	arena_free(&a);
}

static void is(struct str s, const char *expected)
{
	assert_int_equal(s.n, strlen(expected));
	assert_memory_equal(s.p, expected, s.n);
}

static const char two_files[] = "what stands before is passed over\r\n--XyZ\r\n"
				"Content-Disposition: form-data; name=\"title\"\r\n\r\n"
				"a\r\n--Xy but not the end\r\n"
				"--XyZ\r\ncontent-disposition: form-data; name=file; filename=\"../../etc/passwd\"\r\n"
				"Content-Type: text/csv\r\n\r\n"
				"one\r\n--XyY\r\n\r\r\n"
				"--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n"
				"--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b\"\r\n\r\n\r\n"
				"--XyZ--\r\nbehind";

static void test_cut_at_every_byte(void **state)
{
	struct fixture *f = *state;
	struct str body = STR(two_files);
	struct form *form;

	for (size_t cut = 0; cut <= body.n; cut++) {
		assert_int_equal(feed(f, TYPE, body, cut, &form), REFTEL_OK);
		assert_int_equal(f->fields.n, 2);
		is(params_get(&f->fields, "title"), "a\r\n--Xy but not the end");
		is(params_get(&f->fields, "file"), "");
		assert_int_equal(f->n_uploads, 2);
		is(f->uploads[0].name, "../../etc/passwd");
		is(f->uploads[0].field, "file");
		assert_int_equal(f->uploads[0].size, 13);
		content_is(f->uploads[0].path, "one\r\n--XyY\r\n\r");
		content_is(f->uploads[1].path, "");
		/* Where it is kept has nothing to do with its name. */
		assert_int_equal(strncmp(f->uploads[0].path, f->dir, strlen(f->dir)), 0);
		assert_null(strchr(f->uploads[0].path + strlen(f->dir) + 1, '/'));
		assert_null(strstr(f->uploads[0].path, "passwd"));
		form_close(form);
		assert_int_equal(files_left(f), 0);
	}
}

static void test_cut_off(void **state)
{
	struct fixture *f = *state;
	size_t whole = (size_t)(strstr(two_files, "--XyZ--") - two_files) + 7;
	struct form *form;

	for (size_t n = 0; n < whole; n++) {
		assert_int_equal(feed(f, TYPE, (struct str){two_files, n}, n / 2, &form), REFTEL_EINVAL);
		form_close(form);
	}
	assert_int_equal(feed(f, TYPE, (struct str){two_files, whole}, 9, &form), REFTEL_OK);
	form_close(form);
}

static void test_limits(void **state)
{
	struct fixture *f = *state;
	struct buf body = {0};

	f->limits.files = 12;
	assert_int_equal(once(f, TYPE, two_files), REFTEL_ELIMIT);
	f->limits.files = 13;
	assert_int_equal(once(f, TYPE, two_files), REFTEL_OK);
	f->limits.files = 0;
	assert_int_equal(once(f, TYPE, two_files), REFTEL_EINVAL);
	f->limits.files = 1000;
	f->limits.fields = 22;
	assert_int_equal(once(f, TYPE, two_files), REFTEL_ELIMIT);
	f->limits.fields = 5;
	assert_int_equal(once(f, "", "a=123"), REFTEL_OK);
	assert_int_equal(once(f, "", "a=1234"), REFTEL_ELIMIT);
	f->limits.fields = 100000;
	for (int i = 0; i <= WEB_UPLOADS_MAX; i++)
		buf_puts(&body, "--XyZ\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n.\r\n");
	assert_int_equal(once(f, TYPE, body.p), REFTEL_ELIMIT);
	buf_reset(&body);
	for (int i = 0; i <= WEB_FIELDS_MAX; i++)
		buf_puts(&body, "--XyZ\r\nContent-Disposition: form-data; name=f\r\n\r\n.\r\n");
	assert_int_equal(once(f, TYPE, body.p), REFTEL_EINVAL);
	buf_reset(&body);
	buf_puts(&body, "--XyZ\r\n");
	for (int i = 0; i < 2000; i++)
		buf_puts(&body, "X-More: y\r\n");
	assert_int_equal(once(f, TYPE, body.p), REFTEL_EINVAL);
	buf_free(&body);
}

static void test_token_before_files(void **state)
{
	static const char with[] =
		"--XyZ\r\nContent-Disposition: form-data; name=csrf\r\n\r\n%s\r\n"
		"--XyZ\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\nhello\r\n--XyZ--";
	struct fixture *f = *state;

	f->limits.csrf = "right";
	assert_int_equal(once(f, TYPE, arena_printf(&f->a, with, "right")), REFTEL_OK);
	assert_int_equal(once(f, TYPE, arena_printf(&f->a, with, "wrong")), REFTEL_EINVAL);
	assert_int_equal(once(f, TYPE, arena_printf(&f->a, with, "")), REFTEL_EINVAL);
	assert_int_equal(once(f, TYPE, strstr(with + 2, "--XyZ")), REFTEL_EINVAL);
}

static const char named[] = "--XyZ\r\nContent-Disposition: form-data; name=abc; filename=abc\r\n\r\n.\r\n--XyZ--";

static void nul_at(struct fixture *f, ptrdiff_t at)
{
	char body[sizeof(named)];
	struct form *form;

	memcpy(body, named, sizeof(named));
	body[at] = '\0';
	assert_int_equal(feed(f, TYPE, (struct str){body, sizeof(named) - 1}, 0, &form), REFTEL_EINVAL);
	form_close(form);
}

static void test_broken(void **state)
{
	static const char *const types[] = {"multipart/form-data", "multipart/form-data; boundary=", "text/plain",
					    "application/json", LONG_BOUNDARY};
	static const char *const parts[] = {"",
					    "Content-Type: text/plain",
					    "Content-Disposition: form-data",
					    "Content-Disposition: form-data; name=\"\"",
					    "Content-Disposition: form-data; name=\"a",
					    "Content-Disposition: form-data; name=\xff",
					    "Content-Disposition: form-data; name=a; filename=\"\xc0\xaf\""};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		assert_int_equal(once(f, types[i], "x"), REFTEL_EINVAL);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		assert_int_equal(once(f, TYPE, arena_printf(&f->a, "--XyZ\r\n%s\r\n\r\nx\r\n--XyZ--", parts[i])),
				 REFTEL_EINVAL);
	assert_int_equal(once(f, TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--XyZ--"),
			 REFTEL_EINVAL);
	/* A name that ends early for some and not for others. */
	nul_at(f, strstr(named, "name=") + 6 - named);
	nul_at(f, strstr(named, "filename=") + 10 - named);
	assert_int_equal(once(f, TYPE, named), REFTEL_OK);
	assert_int_equal(once(f, "", "a=%00"), REFTEL_EINVAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_cut_at_every_byte),  TEST(test_cut_off), TEST(test_limits),
		TEST(test_token_before_files), TEST(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
