/* Which stretches of a cable are shown for a query's words, and that the marks are exactly on them. */
#include "test.h"

#include "search/search.h"

#define HEAD                                                                                                           \
	"C O N F I D E N T I A L KALVIK 000412\n\nSIPDIS\n\nE.O. 12958: DECL: 03/02/2018\nTAGS: ELAB, KV\nSUBJECT: "

struct made {
	struct arena a;
	struct cable c;
};

/* A telegram with this subject and text, read as from an archive. */
static void make(struct made *m, const char *subject, const char *text)
{
	struct cable_record r = {.id = STR("08KALVIK412"), .origin = STR("Embassy Kalvik")};

	memset(m, 0, sizeof(*m));
	r.body = str_of(arena_printf(&m->a, HEAD "%s\n\n%s\n\nVENN\n", subject, text));
	assert_int_equal(cable_read(&m->a, &r, &m->c, NULL), REFTEL_OK);
}

static int by_word(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* "tamm strike": words; "fish market" as one item: a phrase; "*" in it: any word. Items end at '|'. */
static struct search_marks marks_of(struct arena *a, const char *items)
{
	struct search_marks m = {.words = arena_new(a, struct str, 20),
				 .phrases = arena_new(a, struct search_phrase, 20)};
	struct str rest = str_of(items);

	while (rest.n) {
		size_t end = str_find(rest, STR("|"), 0);
		struct str item = str_sub(rest, 0, end);
		struct search_phrase p = {.words = arena_new(a, struct str, 20)};

		rest = end == SIZE_MAX ? (struct str){0} : str_sub(rest, end + 1, rest.n);
		while (item.n) {
			size_t blank = str_find(item, STR(" "), 0);
			struct str word = str_sub(item, 0, blank);

			item = blank == SIZE_MAX ? (struct str){0} : str_sub(item, blank + 1, item.n);
			p.words[p.n++] = str_eq(word, STR("*")) ? (struct str){0} : word;
		}
		if (p.n == 1)
			m.words[m.n_words++] = p.words[0];
		else
			m.phrases[m.n_phrases++] = p;
	}
	qsort(m.words, m.n_words, sizeof(*m.words), by_word);
	return m;
}

/* A snippet as text: "<word>" where it is marked, dots where more stands around it. */
static const char *shown(struct arena *a, const struct snippet *s)
{
	struct buf b = {0};
	size_t at = 0;
	const char *out;

	buf_puts(&b, s->head ? "... " : "");
	for (size_t i = 0; i < s->n_marks; i++) {
		assert_true(s->marks[i].off >= at && s->marks[i].off < s->marks[i].end && s->marks[i].end <= s->text.n);
		buf_str(&b, str_sub(s->text, at, s->marks[i].off));
		buf_putc(&b, '<');
		buf_str(&b, str_sub(s->text, s->marks[i].off, s->marks[i].end));
		buf_putc(&b, '>');
		at = s->marks[i].end;
	}
	buf_str(&b, str_sub(s->text, at, s->text.n));
	buf_puts(&b, s->tail ? " ..." : "");
	out = arena_dup(a, buf_view(&b));
	buf_free(&b);
	return out;
}

static const char *all_shown(struct made *m, const char *items, size_t most)
{
	struct search_marks marks = marks_of(&m->a, items);
	struct snippets s = search_snippets(&m->a, &marks, &m->c, most);
	const char *out = "";

	assert_true(s.n <= most);
	for (size_t i = 0; i < s.n; i++)
		out = arena_printf(&m->a, "%s%s%s", out, i ? "\n" : "", shown(&m->a, &s.v[i]));
	return out;
}

static const char *const harbour = "1. (C) The harbour master met the dockers on Monday.\n\n"
				   "2. (C) The dockers will go on strike unless the\npiers stay with the city. She "
				   "said that a strike would last a week.\n\n"
				   "3. (U) The fish market is\nopen again, and so is \"the old  fish auction\".";

static void test_what_is_shown(void **state)
{
	static const struct {
		const char *items, *want;
		size_t most;
	} cases[] = {
		{"master", "... The harbour <master> met the dockers on Monday. ...", 1},
		/* the rarer words and the larger number of them win */
		{"dockers|strike",
		 "... The <dockers> will go on <strike> unless the piers stay with the city. She said "
		 "that a <strike> would last a week. ...",
		 1},
		/* in the order of the text, whichever is better */
		{"master|market",
		 "... The harbour <master> met the dockers on Monday. ...\n"
		 "... The fish <market> is open again, and so is \"the old fish auction\". ...",
		 2},
		{"fish market", "... The <fish market> is open again, and so is \"the old fish auction\". ...", 5},
		{"fish *|auction", "... The <fish market> is open again, and so is \"the old <fish auction>\". ...", 5},
		{"the * master", "... <The harbour master> met the dockers on Monday. ...", 3},
		/* words of a phrase that do not stand together are not marked */
		{"market fish|open", "... The fish market is <open> again, and so is \"the old fish auction\". ...", 3},
		/* not at all there: the beginning of the text */
		{"zebra",
		 "... The harbour master met the dockers on Monday. The dockers will go on strike unless the piers "
		 "stay with the city. She said that a strike ...",
		 2},
		{"",
		 "... The harbour master met the dockers on Monday. The dockers will go on strike unless the piers "
		 "stay with the city. She said that a strike ...",
		 2},
		/* only in the subject, which is shown beside it */
		{"piers leased",
		 "... The harbour master met the dockers on Monday. The dockers will go on strike unless the piers "
		 "stay with the city. She said that a strike ...",
		 2},
		{"master", "", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct made m;

		make(&m, "PIERS LEASED", harbour);
		assert_string_equal(all_shown(&m, cases[i].items, cases[i].most), cases[i].want);
		arena_free(&m.a);
	}
}

static void test_page_lines_are_left_out_and_sentences_go_on(void **state)
{
	struct made m;

	(void)state;
	make(&m, "PIERS",
	     "1. (C) The harbour master told us that the old\n\nKALVIK 00000412  002 OF 002\n\n\nferry will "
	     "sail again in May, and nobody believed her.");
	assert_string_equal(all_shown(&m, "old ferry", 1), "... The harbour master told us that the <old ferry> will "
							   "sail again in May, and nobody believed her. ...");
	arena_free(&m.a);
}

static void test_snippets_do_not_overlap(void **state)
{
	struct made m;
	struct buf text = {0};
	struct search_marks marks;
	struct snippets s;

	(void)state;
	buf_puts(&text, "1. (C)");
	for (int i = 0; i < 400; i++)
		buf_printf(&text, " w%d%s", i, i % 5 ? "" : " tamm");
	make(&m, "WORDS", text.p);
	marks = marks_of(&m.a, "tamm");
	s = search_snippets(&m.a, &marks, &m.c, 1000);
	assert_true(s.n > 10);
	for (size_t i = 0, last = 0; i < s.n; i++) {
		/* every word of the text is numbered: none is shown twice, and all grow */
		struct str rest = s.v[i].text;

		assert_true(s.v[i].n_marks > 0);
		for (size_t at = 0; (at = str_find(rest, STR("w"), at)) != SIZE_MAX; at++) {
			size_t n = (size_t)atoi(rest.p + at + 1);

			assert_true(n > last || (!i && !last));
			last = n;
		}
	}
	buf_free(&text);
	arena_free(&m.a);
}

static void test_hostile_texts_give_lines_of_bounded_length(void **state)
{
	struct made m;
	struct buf text = {0};
	struct search_marks marks;
	struct snippets s;

	(void)state;
	buf_puts(&text, "1. (C) tamm ");
	for (int i = 0; i < 20000; i++)
		buf_puts(&text, "\xc3\xa9");
	buf_puts(&text, " tamm \xff\xfe tamm ");
	for (int i = 0; i < 20000; i++)
		buf_putc(&text, '-');
	buf_puts(&text, " tamm \033[2J tamm");
	make(&m, "NOISE", text.p);
	marks = marks_of(&m.a, "tamm");
	s = search_snippets(&m.a, &marks, &m.c, 10);
	assert_true(s.n > 0);
	for (size_t i = 0; i < s.n; i++) {
		assert_true(s.v[i].text.n <= 1000);
		assert_true(utf8_valid(s.v[i].text));
		shown(&m.a, &s.v[i]);
	}
	buf_free(&text);
	arena_free(&m.a);
}

static void test_a_subject_is_marked(void **state)
{
	struct arena a = {0};
	struct search_marks m = marks_of(&a, "tamm|fish market");
	struct snippet s = search_marked(&a, &m, STR("TAMM,S  Fish\nMarket and TAMM"));

	(void)state;
	/* "tamms" is another word: the marks say which forms were found */
	assert_string_equal(shown(&a, &s), "TAMM,S <Fish Market> and <TAMM>");
	s = search_marked(&a, &m, (struct str){0});
	assert_int_equal(s.text.n, 0);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_shown),
		cmocka_unit_test(test_page_lines_are_left_out_and_sentences_go_on),
		cmocka_unit_test(test_snippets_do_not_overlap),
		cmocka_unit_test(test_hostile_texts_give_lines_of_bounded_length),
		cmocka_unit_test(test_a_subject_is_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
