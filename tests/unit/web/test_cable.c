/*
 * The pages of cables, asked for over a socket as a browser would: a cable with what is around it, one that is not
 * held, odd spellings, notes that hold markup.
 */
#include "../test.h"

#include "import/import.h"
#include "web/web_priv.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <sys/socket.h>

struct site {
	char dir[64];
	struct web *web;
	char cookie[256];
	struct buf answer; /* the last one, with its head */
};

static struct site site;

/* Everything that comes back for one request, into site.answer. */
static const char *ask(const char *method, const char *path, const char *form)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)site.web->port)};
	struct buf b = {0};
	char part[4096];
	ssize_t n;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	buf_printf(&b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n", method, path, site.web->port);
	if (*site.cookie)
		buf_printf(&b, "Cookie: %s\r\n", site.cookie);
	if (form)
		buf_printf(&b,
			   "Origin: http://127.0.0.1:%u\r\nContent-Type: application/x-www-form-urlencoded\r\n"
			   "Content-Length: %zu\r\n",
			   site.web->port, strlen(form));
	buf_printf(&b, "\r\n%s", form ? form : "");
	assert_int_equal(send(fd, b.p, b.n, 0), (ssize_t)b.n);
	buf_free(&b);
	buf_reset(&site.answer);
	while ((n = recv(fd, part, sizeof(part), 0)) > 0)
		buf_add(&site.answer, part, (size_t)n);
	close(fd);
	assert_true(site.answer.n > 12);
	return site.answer.p;
}

static int status(void)
{
	return atoi(site.answer.p + strlen("HTTP/1.1 "));
}

static void assert_has(const char *what)
{
	if (!strstr(site.answer.p, what))
		fail_msg("not in the answer: %s\n%s", what, site.answer.p);
}

static void assert_has_not(const char *what)
{
	if (strstr(site.answer.p, what))
		fail_msg("in the answer: %s", what);
}

/* The cookie that the key of the address is changed for. */
static void key_use(void)
{
	const char *at;

	ask("GET", strstr(web_address(site.web), "/?"), NULL);
	at = strcasestr(site.answer.p, "\r\nset-cookie: ");
	assert_non_null(at);
	at += strlen("\r\nset-cookie: ");
	snprintf(site.cookie, sizeof(site.cookie), "%.*s", (int)strcspn(at, ";"), at);
}

static int setup(void **state)
{
	static const char *const from[] = {SOURCE_ROOT "/examples/cables.csv", SOURCE_ROOT "/examples/pages"};
	struct import_options o = {0};
	struct import_summary sum;
	struct archive *ar = NULL;
	struct err e = {0};
	static struct web_collection c = {"sample", NULL};
	struct web_options w = {.collections = &c, .n_collections = 1};
	static char archive[96];

	(void)state;
	strcpy(site.dir, "/tmp/reftel-web-XXXXXX");
	assert_non_null(mkdtemp(site.dir));
	snprintf(archive, sizeof(archive), "%s/archive", site.dir);
	c.dir = archive;
	w.desk_dir = site.dir;
	assert_int_equal(archive_create(archive, &e), REFTEL_OK);
	assert_int_equal(archive_open(archive, ARCHIVE_WRITE, 0, &ar, &e), REFTEL_OK);
	assert_int_equal(import_paths(ar, from, 2, &o, &sum, &e), REFTEL_OK);
	archive_close(ar);
	if (web_open(&w, &site.web, &e) != REFTEL_OK)
		fail_msg("%s", e.msg);
	key_use();
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	web_close(site.web);
	buf_free(&site.answer);
	return nftw(site.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void test_page(void **state)
{
	(void)state;
	ask("GET", "/c/sample/cable/08KALVIK412", NULL);
	assert_int_equal(status(), 200);
	assert_has("<h1><bdi>HARBOUR MASTER STANDS FIRM ON THE SORNA FERRY</bdi></h1>");
	assert_has("id=\"p3\" data-paragraph=\"3\"");
	assert_has("title=\"CONFIDENTIAL\"><span aria-hidden=\"true\">C</span>");
	/* Unwrapped: as received there is a line break in it. */
	assert_has("She had the tender on her desk, with every third line struck out in red.");
	/* What it refers to, what refers to it, the post's next one. */
	assert_has("href=\"/c/sample/cable/08KALVIK398\"");
	assert_has("href=\"/c/sample/cable/08SORNA57\"");
	assert_has("href=\"/c/sample/cable/08KALVIK469\"");
}

static void test_references_in_the_text(void **state)
{
	(void)state;
	ask("GET", "/c/sample/cable/08TARNHOLM102", NULL);
	assert_has("agent named in <a href=\"/c/sample/cable/08KALVIK412\" title=\"08KALVIK412\">ref A</a>.");
	/* Its list has one entry. */
	ask("GET", "/c/sample/cable/08STATE24410", NULL);
	assert_has("recommendation (<a href=\"/c/sample/cable/08KALVIK431\" title=\"08KALVIK431\">reftel</a>)");
}

static void test_search_words_are_marked(void **state)
{
	(void)state;
	ask("GET", "/c/sample/cable/08KALVIK412?hl=dockers", NULL);
	assert_int_equal(status(), 200);
	assert_has("1,400 <mark>dockers</mark> stood");
	ask("GET", "/c/sample/cable/08KALVIK412?hl=%28", NULL);
	assert_int_equal(status(), 200);
	assert_has("cannot be marked");
}

static void test_received(void **state)
{
	(void)state;
	ask("GET", "/c/sample/cable/08KALVIK412?as=received", NULL);
	assert_int_equal(status(), 200);
	assert_has("C O N F I D E N T I A L");
	assert_has_not("id=\"p3\"");
}

static void test_redaction(void **state)
{
	(void)state;
	ask("GET", "/c/sample/cable/08SORNA61?version=2", NULL);
	assert_int_equal(status(), 200);
	assert_has("<span class=\"redacted\"");
	ask("GET", "/c/sample/cable/08SORNA61?version=3", NULL);
	assert_int_equal(status(), 404);
}

static void test_versions_are_compared(void **state)
{
	(void)state;
	ask("GET", "/c/sample/cable/08SORNA61/diff", NULL);
	assert_int_equal(status(), 200);
	assert_has("<del>Deputy harbour master Teodor Vaik</del>, a careful man");
	assert_has("<ins>XXXXXXXXXXXX</ins>, a careful man");
	ask("GET", "/c/sample/cable/08KALVIK412/diff", NULL);
	assert_int_equal(status(), 404);
}

static void test_other_spellings_lead_there(void **state)
{
	(void)state;
	ask("GET", "/c/sample/cable/kalvik%20412?hl=ferry", NULL);
	assert_int_equal(status(), 303);
	assert_has("/c/sample/cable/08KALVIK412?hl=ferry");
	ask("GET", "/c/sample/cable/140212/graph", NULL);
	assert_int_equal(status(), 303);
	assert_has("/c/sample/cable/08KALVIK412/graph");
}

static void test_missing(void **state)
{
	(void)state;
	ask("GET", "/c/sample/cable/08TARNHOLM88", NULL);
	assert_int_equal(status(), 200);
	assert_has("Must have been sent");
	assert_has("2008-01-01 to 2008-03-05");
	assert_has("href=\"/c/sample/cable/08KALVIK431\"");
	ask("GET", "/c/sample/cable/03NOWHERE9", NULL);
	assert_int_equal(status(), 404);
	assert_has("is not held");
	ask("GET", "/c/sample/cable/%3Cscript%3E", NULL);
	assert_int_equal(status(), 404);
	assert_has_not("<script>");
}

static void test_graph(void **state)
{
	(void)state;
	ask("GET", "/c/sample/cable/08KALVIK431/graph?depth=1", NULL);
	assert_int_equal(status(), 200);
	assert_has("<svg");
	assert_has("<rect class=\"node missing\"");
	assert_has("<rect class=\"node start\"");
	assert_has("As lists");
}

static void test_objects(void **state)
{
	json_t *o;

	(void)state;
	ask("GET", "/api/v1/c/sample/cable/08KALVIK412", NULL);
	assert_int_equal(status(), 200);
	o = json_loads(strstr(site.answer.p, "\r\n\r\n") + 4, JSON_DISABLE_EOF_CHECK, NULL);
	assert_string_equal(json_string_value(json_object_get(o, "id")), "08KALVIK412");
	assert_int_equal(json_array_size(json_object_get(o, "paragraphs")), 4);
	json_decref(o);
	ask("GET", "/api/v1/c/sample/cable/08KALVIK412/graph", NULL);
	o = json_loads(strstr(site.answer.p, "\r\n\r\n") + 4, JSON_DISABLE_EOF_CHECK, NULL);
	assert_true(json_array_size(json_object_get(o, "edges")) > 3);
	json_decref(o);
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

static void csrf_of(const char *path, char out[64])
{
	const char *at;

	ask("GET", path, NULL);
	at = strstr(site.answer.p, "name=\"csrf\" value=\"");
	assert_non_null(at);
	at += strlen("name=\"csrf\" value=\"");
	snprintf(out, 64, "%.*s", (int)strcspn(at, "\""), at);
}

static void change(const char *path, const char *fields)
{
	char csrf[64], form[512];

	csrf_of("/c/sample/cable/08KALVIK412", csrf);
	snprintf(form, sizeof(form), "csrf=%s&%s", csrf, fields);
	ask("POST", path, form);
}

static void test_notes(void **state)
{
	const char *to = "/c/sample/cable/08KALVIK412/notes";

	(void)state;
	change(to, "do=add&paragraph=2&text=%3Cscript%3Ealert%281%29%3C%2Fscript%3E%0Asecond+line");
	assert_int_equal(status(), 303);
	assert_has("?did=note-added#note-1");
	ask("GET", "/c/sample/cable/08KALVIK412?did=note-added", NULL);
	assert_has("&lt;script&gt;alert(1)&lt;/script&gt;");
	assert_has_not("<script>alert");
	assert_has("Your note was added.");
	/* Where its paragraph is not shown, it stands beside the text. */
	ask("GET", "/c/sample/cable/08KALVIK412?as=received", NULL);
	assert_has("On paragraph 2: ");
	change(to, "do=change&note=1&text=other+words");
	assert_int_equal(status(), 303);
	ask("GET", "/c/sample/cable/08KALVIK412", NULL);
	assert_has("other words");
	assert_has_not("second line");
	change(to, "do=remove&note=1");
	assert_int_equal(status(), 303);
	ask("GET", "/c/sample/cable/08KALVIK412", NULL);
	assert_has_not("other words");
	change(to, "do=change&note=1&text=gone");
	assert_int_equal(status(), 404);
	ask("POST", to, "do=add&paragraph=2&text=forged");
	assert_int_equal(status(), 403);
	change("/c/sample/cable/08TARNHOLM88/notes", "do=add&paragraph=-1&text=on+nothing");
	assert_int_equal(status(), 404);
}

static void test_star_and_tags(void **state)
{
	(void)state;
	change("/c/sample/cable/08KALVIK412/star", "on=1");
	assert_int_equal(status(), 303);
	change("/c/sample/cable/08KALVIK412/tags", "on=1&tag=ferry+story");
	assert_int_equal(status(), 303);
	ask("GET", "/c/sample/cable/08KALVIK412", NULL);
	assert_has("Starred: take it off");
	assert_has("<bdi>ferry story</bdi>");
	change("/c/sample/cable/08KALVIK412/tags", "on=0&tag=ferry+story");
	change("/c/sample/cable/08KALVIK412/star", "on=0");
	ask("GET", "/c/sample/cable/08KALVIK412", NULL);
	assert_has_not("Starred: take it off");
	assert_has_not("<bdi>ferry story</bdi>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_references_in_the_text),
		cmocka_unit_test(test_search_words_are_marked),
		cmocka_unit_test(test_received),
		cmocka_unit_test(test_redaction),
		cmocka_unit_test(test_versions_are_compared),
		cmocka_unit_test(test_other_spellings_lead_there),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_graph),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_star_and_tags),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
