/*
 * What a file is, told from its content. If these fail, a person is told nothing useful about a file that was left out,
 * or a file is read as something it is not.
 */
#include "collect.h"

#define CSV_ROW "\"12\",\"3/4/2005 6:07\",\"05TARVOS1\",\"Embassy Tarvos\",\"SECRET\",\"\",\"FM X\",\"text\"\n"

struct sniff_case {
	const char *bytes;
	size_t n;
	enum source_format format;
	const char *reason; /* a part of it; NULL: it is read */
};
#define BYTES(literal) literal, sizeof(literal) - 1

static void tells_layouts_apart(void **state)
{
	static const struct sniff_case cases[] = {
		{BYTES(CSV_ROW), SOURCE_CSV, NULL},
		{BYTES("\xef\xbb\xbf" CSV_ROW), SOURCE_CSV, NULL},
		{BYTES("id,date,ref,origin,class,refs,header,body\n" CSV_ROW), SOURCE_CSV, NULL},
		{BYTES("a damaged beginning\nof a dump\n\"x\n" CSV_ROW), SOURCE_CSV, NULL},
		{BYTES("\"12\",\"3/4/2005 6:07\",\"a\0\0\",\n" CSV_ROW), SOURCE_CSV, NULL},
		{BYTES("  <!DOCTYPE html>\n<html>"), SOURCE_HTML, NULL},
		{BYTES("<html><body>"), SOURCE_HTML, NULL},
		{BYTES("<table class='cable'><tr><td>x</td></tr></table><pre>y</pre>"), SOURCE_HTML, NULL},
		{BYTES("05TARVOS12\nTEA\n"), SOURCE_TEXT, NULL},
		{BYTES("05TARVOS12\nTEA\n\n" CSV_ROW), SOURCE_TEXT, NULL},
		{BYTES("\nVZCZCXRO1\nPP RUEHXX\n"), SOURCE_TELEGRAM, NULL},
		{BYTES("P 041454Z MAR 09\nFM AMEMBASSY TARVOS\nTO SECSTATE WASHDC\n"), SOURCE_TELEGRAM, NULL},
		{BYTES("UNCLAS SECTION 01 OF 02 TARVOS 000012\n\nE.O. 12958: N/A\nTAGS: PGOV\n"), SOURCE_TELEGRAM,
		 NULL},
		{BYTES(""), SOURCE_UNKNOWN, "empty"},
		{BYTES("Dear editor,\nplease find the cables enclosed.\n"), SOURCE_UNKNOWN, "no cable"},
		{BYTES("FM was the station I heard.\n"), SOURCE_UNKNOWN, "no cable"},
		{BYTES("PK\003\004\024\0\0\0"), SOURCE_UNKNOWN, "ZIP archive"},
		{BYTES("\037\213\010\0\0\0\0\0"), SOURCE_UNKNOWN, "gzip"},
		{BYTES("7z\274\257\047\034\0\4"), SOURCE_UNKNOWN, "unpack"},
		{BYTES("%PDF-1.4\n%\342\343"), SOURCE_UNKNOWN, "PDF"},
		{BYTES("SQLite format 3\0"), SOURCE_UNKNOWN, "SQLite"},
		{BYTES("\1\2\3\0\0\0\0\0\7\7\7\0\0\0\0\0\0\0"), SOURCE_UNKNOWN, "not a text"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str bytes = {cases[i].bytes, cases[i].n};

		if (source_sniff(bytes, bytes.n) != cases[i].format)
			print_message("case %zu: %.40s\n", i, cases[i].bytes);
		assert_int_equal(source_sniff(bytes, bytes.n), cases[i].format);
		if (cases[i].reason) {
			struct collect c = {0};
			struct source_reader r = collect_reader(&c);

			assert_int_equal(source_read_bytes("t", bytes, &r, NULL), 0);
			assert_int_equal(c.n, 0);
			assert_int_equal(c.n_asides, 1);
			assert_non_null(strstr(collect_text(&c.asides), cases[i].reason));
			collect_free(&c);
		}
	}
}

static void reads_utf16_files(void **state)
{
	static const char text[] =
		"05TARVOS12\r\nTEA\r\nCONFIDENTIAL\r\nC O N F I D E N T I A L TARVOS 000012\r\n\r\n1. (C) Hello.\r\n";

	(void)state;
	for (int little = 0; little < 2; little++) {
		struct collect c = {0};
		struct source_reader r = collect_reader(&c);
		char wide[2 * sizeof(text)];
		size_t n = 0;

		memcpy(wide, little ? "\xff\xfe" : "\xfe\xff", 2);
		n = 2;
		for (size_t i = 0; i + 1 < sizeof(text); i++, n += 2) {
			wide[n + (little ? 0 : 1)] = text[i];
			wide[n + (little ? 1 : 0)] = 0;
		}
		assert_int_equal(source_read_bytes("t", (struct str){wide, n}, &r, NULL), 0);
		assert_string_equal(collect_text(&c.asides), "");
		assert_string_equal(collect_text(&c.body), "C O N F I D E N T I A L TARVOS 000012\n\n1. (C) Hello.\n");
		collect_free(&c);
	}
}

static void says_what_cannot_be_read(void **state)
{
	struct collect c = {0};
	struct source_reader r = collect_reader(&c);
	struct err e = {0};
	char path[] = "/tmp/reftel-test-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(source_read("/nonexistent/dump.csv", &r, &e), REFTEL_ENOTFOUND);
	assert_non_null(strstr(e.msg, "/nonexistent/dump.csv"));
	assert_int_equal(source_read("/tmp", &r, &e), REFTEL_EINVAL);

	/* A text over the bound of a record must not be taken into memory. */
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "05TARVOS12\nTEA\n", 15), 15);
	assert_int_equal(ftruncate(fd, 3 << 20), 0);
	close(fd);
	r.record_max = 2 << 20;
	assert_int_equal(source_read(path, &r, &e), 0);
	assert_int_equal(c.n, 0);
	assert_int_equal(c.n_asides, 1);
	unlink(path);
	collect_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_layouts_apart),
		cmocka_unit_test(reads_utf16_files),
		cmocka_unit_test(says_what_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
