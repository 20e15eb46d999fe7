/*
 * The dump's reader. If these fail, a reporter's archive lacks cables that were in the dump, or holds words of one
 * cable under the id of another, or a single bad quotation mark costs the rest of the dump.
 */
#include "collect.h"

#include <fcntl.h>

#define ROW(number, id)                                                                                                \
	"\"" number "\",\"3/4/2005 6:07\",\"" id "\",\"Embassy Tarvos\",\"SECRET\",\"\",\"FM X\",\"text\"\n"
#define OUT(number, id) number "|2005-03-04 06:07|" id "|Embassy Tarvos|SECRET|||FM X|text\n"

static void read_chunked(struct collect *c, struct str bytes, enum encoding enc, size_t chunk, size_t record_max)
{
	struct arena a = {0};
	struct source_reader r = collect_reader(c);
	struct stream s = {.fd = -1, .bytes = bytes, .name = "t", .enc = enc, .chunk = chunk};
	struct err e;
	struct str head = str_sub(bytes, 0, SOURCE_HEAD);

	if (enc == ENC_UTF16LE || enc == ENC_UTF16BE)
		head = text_to_utf8(&a, head, enc);
	r.record_max = record_max;
	assert_int_equal(csv_read(&s, "t", head, &r, &e), 0);
	stream_close(&s);
	arena_free(&a);
}

/* A row must come out the same whether it arrives at once or byte by byte. */
static const size_t chunks[] = {0, 1, 2, 3, 7, 64, 1000};

struct csv_case {
	const char *what;
	const char *in;
	size_t in_n; /* 0: strlen */
	const char *records, *asides;
};

static void run_cases(const struct csv_case *cases, size_t n, size_t record_max)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof(chunks) / sizeof(*chunks); k++) {
			struct collect c = {0};
			struct str in = {cases[i].in, cases[i].in_n ? cases[i].in_n : strlen(cases[i].in)};

			read_chunked(&c, in, ENC_UTF8, chunks[k], record_max);
			if (strcmp(collect_text(&c.records), cases[i].records) ||
			    strcmp(collect_text(&c.asides), cases[i].asides))
				print_message("case: %s, chunk %zu\n", cases[i].what, chunks[k]);
			assert_string_equal(collect_text(&c.records), cases[i].records);
			assert_string_equal(collect_text(&c.asides), cases[i].asides);
			collect_free(&c);
		}
	}
}

static void reads_what_is_well_formed(void **state)
{
	static const struct csv_case cases[] = {
		{"nothing", "", 0, "", ""},
		{"blank lines", "\n\r\n\n", 0, "", ""},
		{"a row", ROW("12", "05TARVOS1"), 0, OUT("12", "05TARVOS1"), ""},
		{"two rows with a blank line between them", ROW("12", "05TARVOS1") "\n" ROW("13", "05TARVOS2"), 0,
		 OUT("12", "05TARVOS1") OUT("13", "05TARVOS2"), ""},
		{"no line end at the end", "\"1\",\"3/4/2005 6:07\",\"05TARVOS1\",\"E\",\"C\",\"a|b\",\"h\",\"b\"", 0,
		 "1|2005-03-04 06:07|05TARVOS1|E|C|a|b||h|b\n", ""},
		{"CRLF between rows and in fields",
		 "\"1\",\"3/4/2005 6:07\",\"05TARVOS1\",\"E\",\"C\",\"\",\"h\r\nh\",\"b\r\n\r\nb\"\r\n"
		 "\"2\",\"3/4/2005 6:07\",\"05TARVOS2\",\"E\",\"C\",\"\",\"\",\"x\"\r\n",
		 0, "1|2005-03-04 06:07|05TARVOS1|E|C|||h\\nh|b\\n\\nb\n2|2005-03-04 06:07|05TARVOS2|E|C||||x\n", ""},
		{"escapes",
		 "\"1\",\"3/4/2005 6:07\",\"05TARVOS1\",\"E\",\"C\",\"\",\"\",\"\\\"so\\\" he\\'d \\\\ a\\\nb \\x "
		 "\\\\\"\n",
		 0, "1|2005-03-04 06:07|05TARVOS1|E|C||||\"so\" he'd \\ a\\nb \\x \\\n", ""},
		{"many backslashes before a mark",
		 "\"1\",\"3/4/2005 6:07\",\"05TARVOS1\",\"E\",\"C\",\"\",\"\",\"\\\\\\\\\\\"x\\\\\"\n", 0,
		 "1|2005-03-04 06:07|05TARVOS1|E|C||||\\\\\"x\\\n", ""},
		{"doubled quotation marks among escapes",
		 "\"1\",\"3/4/2005 6:07\",\"05TARVOS1\",\"E\",\"C\",\"\",\"\",\"\"\"a\"\" and \\\"b\\\"\"\"\"\n", 0,
		 "1|2005-03-04 06:07|05TARVOS1|E|C||||\"a\" and \"b\"\"\n", ""},
		{"a file that doubles and never escapes means its backslashes",
		 "\"1\",\"3/4/2005 6:07\",\"05TARVOS1\",\"E\",\"C\",\"\",\"\",\"a \"\"b\"\" c:\\temp\\\\x\"\n"
		 "\"2\",\"3/4/2005 6:07\",\"05TARVOS2\",\"E\",\"C\",\"\",\"\",\"\\\"\n",
		 0,
		 "1|2005-03-04 06:07|05TARVOS1|E|C||||a \"b\" c:\\temp\\\\x\n"
		 "2|2005-03-04 06:07|05TARVOS2|E|C||||\\\n",
		 ""},
		{"line ends and what looks like another row inside a field",
		 "\"1\",\"3/4/2005 6:07\",\"05TARVOS1\",\"E\",\"C\",\"\",\"\",\"a\n\\\"2\\\",\\\"3/4/2005 "
		 "6:07\\\",\\\"x\\\"\nb\"\n",
		 0, "1|2005-03-04 06:07|05TARVOS1|E|C||||a\\n\"2\",\"3/4/2005 6:07\",\"x\"\\nb\n", ""},
		{"a byte order mark and a heading row",
		 "\xef\xbb\xbf\"id\",\"date\",\"ref\",\"origin\",\"class\",\"refs\",\"header\",\"body\"\n" ROW(
			 "12", "05TARVOS1"),
		 0, OUT("12", "05TARVOS1"), ""},
		{"a heading row without quotation marks",
		 "id,date,ref,origin,class,refs,header,body\r\n" ROW("12", "05TARVOS1"), 0, OUT("12", "05TARVOS1"), ""},
		{"only what needs them has quotation marks",
		 "7,2005-03-04 06:07,05TARVOS1,Embassy Tarvos,SECRET,,,\"one, two\nthree\"\n8,2005-03-04 "
		 "06:07,05TARVOS2,E,C,,h,b\n",
		 0,
		 "7|2005-03-04 06:07|05TARVOS1|Embassy Tarvos|SECRET||||one, two\\nthree\n"
		 "8|2005-03-04 06:07|05TARVOS2|E|C|||h|b\n",
		 ""},
		{"no number, no date; midnight is no time",
		 "\"\",\"\",\"05TARVOS1\",\"\",\"\",\"\",\"\",\"b\"\n"
		 "\"2\",\"3/4/2005 0:00\",\"05TARVOS2\",\"\",\"\",\"\",\"\",\"b\"\n",
		 0, "0||05TARVOS1||||||b\n2|2005-03-04|05TARVOS2||||||b\n", ""},
		{"Latin-1 among UTF-8",
		 "\"1\",\"3/4/2005 6:07\",\"05TARVOS1\",\"E\",\"C\",\"\",\"\",\"\xb6"
		 "1. caf\xc3\xa9 \x93x\x94\"\n",
		 0,
		 "1|2005-03-04 06:07|05TARVOS1|E|C||||\xc2\xb6"
		 "1. caf\xc3\xa9 \xe2\x80\x9cx\xe2\x80\x9d\n",
		 ""},
	};

	(void)state;
	run_cases(cases, sizeof(cases) / sizeof(*cases), 0);
}

#define BROKEN_TEXT "05TARVOS1\",\"E\",\"C\",\"\",\"h\",\"line one\n"

/* Every broken row is followed by a good one, which must be read; what the broken one cost is itself. */
static void sets_aside_what_is_broken(void **state)
{
	static const struct csv_case cases[] = {
		{"seven columns", "\"1\",\"3/4/2005 6:07\",\"a\",\"b\",\"c\",\"d\",\"e\"\n" ROW("12", "05TARVOS1"), 0,
		 OUT("12", "05TARVOS1"), "row 1, line 1, offset 0: the row has 7 columns instead of 8\n"},
		{"nine columns",
		 "\"1\",\"3/4/2005 6:07\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\nh\"\n" ROW("12", "05TARVOS1"), 0,
		 OUT("12", "05TARVOS1"), "row 1, line 1, offset 0: the row has more than 8 columns\n"},
		{"a mark in a word",
		 ROW("11", "05TARVOS0") "\"1\",\"3/4/2005 6:07\",\"" BROKEN_TEXT
					"say \"no\" now\nmore\"\n" ROW("12", "05TARVOS1"),
		 0, OUT("11", "05TARVOS0") OUT("12", "05TARVOS1"),
		 "row 2, line 2, offset 76: column 8 holds a quotation mark that is not escaped\n"},
		{"a mark at the end of a line",
		 "\"1\",\"3/4/2005 6:07\",\"" BROKEN_TEXT "it is 5\"\nhigh\nmore\"\n" ROW("12", "05TARVOS1"), 0,
		 OUT("12", "05TARVOS1"),
		 "row 1, line 1, offset 0: the row seems to end, but no row follows: a quotation mark is not "
		 "escaped\n"},
		{"a mark before a comma",
		 "\"1\",\"3/4/2005 6:07\",\"" BROKEN_TEXT "it is 5\", and\nhigh\"\n" ROW("12", "05TARVOS1"), 0,
		 OUT("12", "05TARVOS1"), "row 1, line 1, offset 0: the row has more than 8 columns\n"},
		{"a mark before a comma in the header",
		 "\"1\",\"3/4/2005 6:07\",\"a\",\"b\",\"c\",\"d\",\"5\", long\",\"e\"\n" ROW("12", "05TARVOS1"), 0,
		 OUT("12", "05TARVOS1"), "row 1, line 1, offset 0: column 8 does not begin with a quotation mark\n"},
		{"the closing mark is missing",
		 "\"1\",\"3/4/2005 6:07\",\"" BROKEN_TEXT "line two\n" ROW("12", "05TARVOS1") ROW("13", "05TARVOS2"), 0,
		 OUT("12", "05TARVOS1") OUT("13", "05TARVOS2"),
		 "row 1, line 1, offset 0: column 8 holds a quotation mark that is not escaped\n"},
		{"the opening mark is missing",
		 ROW("11", "05TARVOS0") "1\",\"3/4/2005 6:07\",\"" BROKEN_TEXT "more\"\n" ROW("12", "05TARVOS1"), 0,
		 OUT("12", "05TARVOS1"),
		 "row 1, line 1, offset 0: the row seems to end, but no row follows: a quotation mark is not "
		 "escaped\n"},
		{"the file ends in a field", ROW("12", "05TARVOS1") "\"1\",\"3/4/2005 6:07\",\"" BROKEN_TEXT, 0,
		 OUT("12", "05TARVOS1"),
		 "row 2, line 2, offset 76: column 8 is not closed before the end of the file\n"},
		{"the file ends between two fields", ROW("12", "05TARVOS1") "\"1\",\"3/4/2005 6:07\",", 0,
		 OUT("12", "05TARVOS1"), "row 2, line 2, offset 76: column 3 does not begin with a quotation mark\n"},
		{"a NUL byte",
		 "\"1\",\"3/4/2005 6:07\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\0f\"\n" ROW("12", "05TARVOS1"),
		 sizeof("\"1\",\"3/4/2005 6:07\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\0f\"\n" ROW("12", "05TARVOS1")) - 1,
		 OUT("12", "05TARVOS1"), "row 1, line 1, offset 0: the row holds NUL bytes\n"},
		{"no date", "\"1\",\"13/45/2007 1:00\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"\n" ROW("12", "05TARVOS1"), 0,
		 OUT("12", "05TARVOS1"), "row 1, line 1, offset 0: the date \"13/45/2007 1:00\" is no date\n"},
		{"no number", "\"1x\",\"1/4/2007 1:00\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"\n" ROW("12", "05TARVOS1"),
		 0, OUT("12", "05TARVOS1"), "row 1, line 1, offset 0: the running number \"1x\" is no number\n"},
		{"a number beyond all numbers",
		 "\"99999999999999999999999\",\"1/4/2007 1:00\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"\n", 0, "",
		 "row 1, line 1, offset 0: the running number \"99999999999999999999999\" is no number\n"},
		{"a terminal's commands in a value",
		 "\"\x1b[2J\",\"1/4/2007 1:00\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"\n", 0, "",
		 "row 1, line 1, offset 0: the running number \"?[2J\" is no number\n"},
		{"a mark in a field without marks", "1,3/4/2005 6:07,a \"b\",c,d,e,f,g\n" ROW("12", "05TARVOS1"), 0,
		 OUT("12", "05TARVOS1"),
		 "row 1, line 1, offset 0: column 3 holds a quotation mark but does not begin with one\n"},
		{"other lines before the first row", "# exported\n# by hand\n" ROW("12", "05TARVOS1"), 0,
		 OUT("12", "05TARVOS1"), "row 1, line 1, offset 0: the row has 1 columns instead of 8\n"},
		{"other lines after the last row", ROW("12", "05TARVOS1") "\n(2 rows)\n", 0, OUT("12", "05TARVOS1"),
		 "row 2, line 3, offset 77: no row of the dump begins like this line\n"},
	};

	(void)state;
	run_cases(cases, sizeof(cases) / sizeof(*cases), 0);
}

static void bounds_a_row(void **state)
{
	char in[8192], text[4096];
	struct csv_case one = {.what = "a row over the bound", .in = in, .records = OUT("12", "05TARVOS1")};

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	snprintf(in, sizeof(in), "\"1\",\"3/4/2005 6:07\",\"a\",\"b\",\"c\",\"d\",\"e\",\"%s\"\n%s", text,
		 ROW("12", "05TARVOS1"));
	one.asides = "row 1, line 1, offset 0: the row is longer than the 0 MB that a record may have\n";
	run_cases(&one, 1, 1000);
	one.what = "a row within it";
	one.asides = "";
	one.records = NULL;
	for (size_t k = 0; k < sizeof(chunks) / sizeof(*chunks); k++) {
		struct collect c = {0};

		read_chunked(&c, str_of(in), ENC_UTF8, chunks[k], 5000);
		assert_int_equal(c.n, 2);
		assert_int_equal(c.n_asides, 0);
		collect_free(&c);
	}
}

static struct str utf16(struct arena *a, struct str s, bool little)
{
	struct buf b = {0};
	struct str out;
	size_t i = 0;

	buf_add(&b, little ? "\xff\xfe" : "\xfe\xff", 2);
	while (i < s.n) {
		uint32_t cp = (uint32_t)utf8_next(s, &i);
		uint16_t units[2] = {(uint16_t)cp, 0};
		int n = 1;

		if (cp > 0xffff) {
			units[0] = (uint16_t)(0xd800 + ((cp - 0x10000) >> 10));
			units[1] = (uint16_t)(0xdc00 + ((cp - 0x10000) & 0x3ff));
			n = 2;
		}
		for (int k = 0; k < n; k++) {
			buf_putc(&b, (char)(little ? units[k] & 0xff : units[k] >> 8));
			buf_putc(&b, (char)(little ? units[k] >> 8 : units[k] & 0xff));
		}
	}
	out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out;
}

/* A dump saved by a spreadsheet as "Unicode text": the places must be places of the file, else resuming goes wrong. */
static void reads_utf16(void **state)
{
	const char *in =
		"\"1\",\"3/4/2005 6:07\",\"a\",\"b\",\"c\",\"d\",\"e\",\"\xc2\xb6 \xf0\x9f\x98\x80 x\"\r\n" ROW(
			"12", "05TARVOS1");
	size_t first_units = 50;

	(void)state;
	for (int little = 0; little < 2; little++) {
		struct arena a = {0};
		struct str bytes = utf16(&a, str_of(in), little);
		enum encoding enc = little ? ENC_UTF16LE : ENC_UTF16BE;

		for (size_t k = 0; k < sizeof(chunks) / sizeof(*chunks); k++) {
			struct collect c = {0};
			char places[128];

			read_chunked(&c, bytes, enc, chunks[k], 0);
			assert_string_equal(
				collect_text(&c.records),
				"1|2005-03-04 06:07|a|b|c|d||e|\xc2\xb6 \xf0\x9f\x98\x80 x\n" OUT("12", "05TARVOS1"));
			assert_string_equal(collect_text(&c.asides), "");
			snprintf(places, sizeof(places), "2/1/1-%zu/2/2\n%zu/2/2-%zu/3/3\n", 2 + 2 * first_units,
				 2 + 2 * first_units, bytes.n);
			assert_string_equal(collect_text(&c.places), places);
			collect_free(&c);
		}
		struct collect c = {0};
		struct source_reader r = collect_reader(&c);
		r.start = (struct place){.offset = 2 + 2 * first_units, .line = 2, .row = 2};
		assert_int_equal(source_read_bytes("t", bytes, &r, NULL), 0);
		assert_string_equal(collect_text(&c.records), OUT("12", "05TARVOS1"));
		collect_free(&c);
		arena_free(&a);
	}
}

/* An import that was stopped behind any row must go on with the next one, and with no other. */
static void resumes_behind_every_row(void **state)
{
	const char *in = "\xef\xbb\xbf" ROW("1", "05TARVOS1")
		ROW("2", "05TARVOS2") "\"3\",\"3/4/2005 6:07\",\"a \"b\" c\"\n"
				      "rest\n" ROW("4", "05TARVOS4") "\n\n" ROW("5", "05TARVOS5");
	struct collect all = {0};
	struct source_reader r = collect_reader(&all);

	(void)state;
	assert_int_equal(source_read_bytes("t", str_of(in), &r, NULL), 0);
	assert_int_equal(all.n, 4);
	assert_int_equal(all.n_asides, 1);
	for (size_t i = 1; i <= all.n; i++) {
		struct collect c = {0};

		r = collect_reader(&c);
		c.stop_after = i;
		assert_int_equal(source_read_bytes("t", str_of(in), &r, NULL), 7);
		c.stop_after = 0;
		r.start = c.last_next;
		assert_int_equal(source_read_bytes("t", str_of(in), &r, NULL), 0);
		assert_string_equal(collect_text(&c.records), collect_text(&all.records));
		assert_string_equal(collect_text(&c.places), collect_text(&all.places));
		assert_string_equal(collect_text(&c.asides), collect_text(&all.asides));
		collect_free(&c);
	}
	collect_free(&all);
}

static void write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(fd, p, n);

		assert_true(k > 0);
		p += k;
		n -= (size_t)k;
	}
}

/* A row of 100 MB in the midst of others: over the default bound it is set aside and what follows is read. */
static void survives_a_row_of_100_mb(void **state)
{
	char path[] = "/tmp/reftel-test-XXXXXX";
	const char *begin = "\"2\",\"3/4/2005 6:07\",\"05TARVOS2\",\"E\",\"C\",\"\",\"\",\"";
	int fd = mkstemp(path);
	char *text = malloc(1 << 20);
	struct collect c = {0};
	struct source_reader r = collect_reader(&c);
	struct err e;

	(void)state;
	assert_true(fd >= 0 && text);
	memset(text, 'y', 1 << 20);
	for (size_t i = 60; i < 1 << 20; i += 61)
		text[i] = '\n';
	write_all(fd, ROW("1", "05TARVOS1"), sizeof(ROW("1", "05TARVOS1")) - 1);
	write_all(fd, begin, strlen(begin));
	for (int i = 0; i < 100; i++)
		write_all(fd, text, 1 << 20);
	write_all(fd, "\"\n", 2);
	write_all(fd, ROW("3", "05TARVOS3"), sizeof(ROW("3", "05TARVOS3")) - 1);
	close(fd);

	assert_int_equal(source_read(path, &r, &e), 0);
	assert_string_equal(collect_text(&c.records), OUT("1", "05TARVOS1") OUT("3", "05TARVOS3"));
	assert_string_equal(collect_text(&c.asides),
			    "row 2, line 2, offset 75: the row is longer than the 64 MB that a record may have\n");
	assert_int_equal(c.last_excerpt.n, SOURCE_EXCERPT);
	assert_int_equal(c.last_next.row, 4);
	collect_free(&c);
	free(text);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_well_formed),
		cmocka_unit_test(sets_aside_what_is_broken),
		cmocka_unit_test(bounds_a_row),
		cmocka_unit_test(reads_utf16),
		cmocka_unit_test(resumes_behind_every_row),
		cmocka_unit_test(survives_a_row_of_100_mb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
