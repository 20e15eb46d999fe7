/*
 * The readers over the real material: every record of it is read, nothing is set aside, and the three layouts of one
 * cable give one text. If this fails, an archive filled from pages answers differently than one filled from the dump.
 */
#include "collect.h"

struct text {
	char id[64];
	char *form; /* of the body */
	bool header;
};
struct texts {
	struct text v[1024];
	size_t n, asides;
};

/*
 * What makes two texts the same: line ends, trailing blanks, blank lines around, the pilcrows that the site set before
 * paragraphs, and the date in words that it put on top, aside. The archive decides for itself; this is what was found
 * in the material.
 */
static char *same_form(struct str s)
{
	struct buf b = {0};
	struct str line;
	struct cable_date d;
	bool begun = false;
	size_t last = 0;

	while (str_line(&s, &line)) {
		while (line.n && ascii_space((unsigned char)line.p[line.n - 1]))
			line.n--;
		if (!begun && (!line.n || field_date_words(line, &d)))
			continue;
		begun = true;
		for (size_t i = 0; i < line.n; i++) {
			if (line.n - i >= 2 && !memcmp(line.p + i, "\xc2\xb6", 2))
				i++;
			else
				buf_putc(&b, line.p[i]);
		}
		if (line.n)
			last = b.n;
		buf_putc(&b, '\n');
	}
	buf_putc(&b, '\0');
	b.p[last] = '\0';
	return b.p;
}

static int keep(void *ctx, enum source_format f, const struct cable_record *r, const struct place *at,
		const struct place *next, struct err *e)
{
	struct texts *t = ctx;
	struct text *one = &t->v[t->n++];

	(void)f, (void)at, (void)next, (void)e;
	assert_true(t->n <= 1024);
	snprintf(one->id, sizeof(one->id), "%.*s", STR_ARG(r->id));
	one->form = same_form(r->body);
	one->header = r->header.n > 0;
	assert_true(r->date.precision >= DATE_DAY);
	assert_true(r->classification.n && r->origin.n);
	assert_true(utf8_valid(r->body) && utf8_valid(r->header));
	return 0;
}

static int count_aside(void *ctx, const struct place *at, const char *reason, struct str excerpt, struct err *e)
{
	(void)excerpt, (void)e;
	((struct texts *)ctx)->asides++;
	print_message("%s: %s\n", at->file, reason);
	return 0;
}

static int read_one(void *ctx, const char *path, uint64_t size)
{
	struct source_reader r = {.record = keep, .set_aside = count_aside, .ctx = ctx};
	struct err e;

	(void)size;
	return source_read(path, &r, &e);
}

static struct texts *read_all(const char *what)
{
	struct texts *t = calloc(1, sizeof(*t));
	struct walk w = {.file = read_one, .ctx = t};
	char path[5000];
	struct err e;

	assert_non_null(t);
	snprintf(path, sizeof(path), "%s/%s", test_data(), what);
	assert_int_equal(file_walk(path, &w, &e), 0);
	assert_int_equal(t->asides, 0);
	return t;
}

static void texts_free(struct texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].form);
	free(t);
}

static size_t same_texts(const struct texts *a, const struct texts *b, size_t *common)
{
	size_t same = 0;

	*common = 0;
	for (size_t i = 0; i < a->n; i++) {
		for (size_t k = 0; k < b->n; k++) {
			if (strcmp(a->v[i].id, b->v[k].id))
				continue;
			++*common;
			same += !strcmp(a->v[i].form, b->v[k].form);
		}
	}
	return same;
}

static void reads_the_same_from_three_layouts(void **state)
{
	struct texts *csv, *html, *txt;
	size_t common, same;

	(void)state;
	if (!test_data())
		skip();
	csv = read_all("cables.csv");
	html = read_all("html");
	txt = read_all("txt");
	assert_int_equal(csv->n, 377);
	assert_int_equal(html->n, 375);
	assert_int_equal(txt->n, 34);

	same = same_texts(csv, html, &common);
	print_message("csv and html: %zu of %zu texts are the same\n", same, common);
	assert_int_equal(common, 375);
	assert_true(same >= 368); /* the rest differ in words, blank lines or an entity */
	same = same_texts(html, txt, &common);
	print_message("html and txt: %zu of %zu texts are the same\n", same, common);
	assert_int_equal(common, 32);
	assert_int_equal(same, common);
	texts_free(csv);
	texts_free(html);
	texts_free(txt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads_the_same_from_three_layouts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
