/*
 * A report comes back from its JSON as it was, or is refused; a quotation's key outlives the story around it; a block
 * of the story is cut at its quotations; what a person said stands in page and JSON.
 */
#include "report/report.h"
#include "test.h"

#include <jansson.h>

static const char text[] = "The harbour cable\n\n"
			   "A cable (123456: confidential) said the pier was \u201cnot fit for any ship at all\u201d. "
			   "It also said \u201cthe master called it \u2018a ruin of a pier\u2019 that night\u201d.\n";

struct fixture {
	struct arena a;
	struct story s;
	struct report r;
	struct err e;
};

static void made_report(struct fixture *f)
{
	struct quote_result *q;

	f->r = (struct report){.story = &f->s, .n_quotes = f->s.n_quotations, .n_citations = f->s.n_citations};
	f->r.quotes = arena_new(&f->a, struct quote_result, f->r.n_quotes);
	f->r.citations = arena_new(&f->a, struct citation_result, f->r.n_citations);
	for (size_t i = 0; i < f->r.n_quotes; i++)
		f->r.quotes[i] = (struct quote_result){.quotation = i,
						       .verdict = VERDICT_NO_SOURCE,
						       .as = VERDICT_NO_SOURCE,
						       .citation = f->s.quotations[i].citation,
						       .reason = "no cable has it"};
	for (size_t i = 0; i < f->r.n_citations; i++)
		f->r.citations[i] = (struct citation_result){.citation = i,
							     .state = CITATION_HELD,
							     .by = BY_NUMBER,
							     .cable = {.id = STR("08KALVIK412"),
								       .subject = STR("PIERS \"<b>\""),
								       .class = {LEVEL_SECRET, 0}},
							     .reason = "by its number"};
	q = &f->r.quotes[0];
	q->verdict = q->as = VERDICT_ALTERED;
	q->has_passage = true;
	q->passage = (struct passage){.id = STR("08KALVIK412"),
				      .at = {100, 124},
				      .paragraph = 3,
				      .mark = {LEVEL_CONFIDENTIAL, 0},
				      .text = STR("unfit for any ship at all"),
				      .before = STR("the pier is "),
				      .after = STR(" says")};
	q->pieces = arena_new(&f->a, struct piece, 1);
	q->pieces[0] = (struct piece){PIECE_CHANGED, f->s.quotations[0].words.v[0], {100, 105}, true, false};
	q->n_pieces = 1;
	q->score = 0.75;
	f->r.findings = arena_new(&f->a, struct finding, 1);
	f->r.findings[0] = (struct finding){.kind = FINDING_DATE,
					    .citation = 0,
					    .quotation = -1,
					    .at = {20, 30},
					    .story_says = STR("May"),
					    .cable_says = STR("June"),
					    .id = STR("08KALVIK412"),
					    .sentence = "the dates differ"};
	f->r.n_findings = 1;
	f->r.cables = 7;
	f->r.versions = 8;
	for (size_t i = 0; i < f->r.n_quotes; i++)
		f->r.count[f->r.quotes[i].verdict]++;
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	assert_int_equal(story_read(&f->a, str_of(text), STORY_PLAIN, &f->s, &f->e), REFTEL_OK);
	made_report(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(&f->a);
	free(f);
	return 0;
}

static void test_round(void **state)
{
	static const struct report_style style = {.story = "harbour.txt"};
	struct fixture *f = *state;
	char *json = report_json(&f->r, &style), *again;
	struct report got;

	assert_true(f->r.n_quotes >= 3 && f->r.n_citations >= 1);
	assert_int_equal(report_read(str_of(json), &f->s, &got, &f->e), REFTEL_OK);
	again = report_json(&got, &style);
	assert_string_equal(again, json);
	free(json);
	free(again);
	report_free(&got);
}

static int read_changed(struct fixture *f, void (*change)(json_t *o))
{
	static const struct report_style style = {.story = "harbour.txt"};
	char *json = report_json(&f->r, &style), *changed;
	json_t *o = json_loads(json, 0, NULL);
	struct report got = {0};
	int rc;

	change(o);
	changed = json_dumps(o, 0);
	rc = report_read(str_of(changed), &f->s, &got, &f->e);
	report_free(&got);
	json_decref(o);
	free(changed);
	free(json);
	return rc;
}

static json_t *first_quotation(json_t *o)
{
	return json_array_get(json_object_get(o, "quotations"), 0);
}

static void not_at_all(json_t *o)
{
	(void)o;
}

static void other_schema(json_t *o)
{
	json_object_set_new(o, "schema", json_string("reftel-check/2"));
}

static void number_beyond(json_t *o)
{
	json_object_set_new(first_quotation(o), "number", json_integer(1 << 30));
}

static void elsewhere(json_t *o)
{
	json_object_set_new(first_quotation(o), "at", json_pack("[ii]", 0, 5));
}

static void piece_beyond(json_t *o)
{
	json_t *piece = json_array_get(json_object_get(first_quotation(o), "pieces"), 0);

	json_object_set_new(piece, "story", json_pack("[ii]", 5, 1 << 28));
}

static void piece_backwards(json_t *o)
{
	json_t *piece = json_array_get(json_object_get(first_quotation(o), "pieces"), 0);

	json_object_set_new(piece, "cable", json_pack("[ii]", 105, 100));
}

static void citation_beyond(json_t *o)
{
	json_object_set_new(first_quotation(o), "citation", json_integer(99));
}

static void verdict_unknown(json_t *o)
{
	json_object_set_new(first_quotation(o), "verdict", json_string("fine"));
}

static void twice(json_t *o)
{
	json_t *list = json_object_get(o, "quotations");

	json_array_set(list, 1, json_array_get(list, 0));
}

static void citation_lost(json_t *o)
{
	json_array_clear(json_object_get(o, "citations"));
}

static void test_refused(void **state)
{
	static void (*const changes[])(json_t *) = {other_schema,    number_beyond,   elsewhere,
						    piece_beyond,    piece_backwards, citation_beyond,
						    verdict_unknown, twice,           citation_lost};
	struct fixture *f = *state;
	struct report got;

	assert_int_equal(read_changed(f, not_at_all), REFTEL_OK);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++)
		assert_int_equal(read_changed(f, changes[i]), REFTEL_EFORMAT);
	assert_int_equal(report_read(STR("{"), &f->s, &got, &f->e), REFTEL_EFORMAT);
	assert_int_equal(report_read(STR(""), &f->s, &got, &f->e), REFTEL_EFORMAT);
	assert_int_equal(report_read(STR("[1]"), &f->s, &got, &f->e), REFTEL_EFORMAT);
}

/* The key of the first quotation of a story of this text. */
static void key_of(const char *story, char out[REPORT_KEY_LENGTH + 1])
{
	struct arena a = {0};
	struct story s;
	struct report r = {.story = &s};
	struct quote_result q = {0};
	struct err e;

	assert_int_equal(story_read(&a, str_of(story), STORY_PLAIN, &s, &e), REFTEL_OK);
	assert_true(s.n_quotations >= 1);
	q.citation = s.quotations[0].citation;
	report_key(&r, &q, out);
	arena_free(&a);
}

static void test_key(void **state)
{
	char a[REPORT_KEY_LENGTH + 1], b[REPORT_KEY_LENGTH + 1];

	(void)state;
	key_of("A cable (123456: confidential) said the pier was \u201cnot fit for any ship at all\u201d.", a);
	assert_int_equal(strlen(a), REPORT_KEY_LENGTH);
	key_of("Weeks later it was found that a cable (123456: confidential) had said it was \"Not fit for any ship "
	       "at all,\" and more.",
	       b);
	assert_string_equal(a, b);
	key_of("A cable (123457: confidential) said the pier was \u201cnot fit for any ship at all\u201d.", b);
	assert_string_not_equal(a, b);
	key_of("A cable (123456: confidential) said the pier was \u201cfit for any ship at all\u201d.", b);
	assert_string_not_equal(a, b);
}

static void test_blocks(void **state)
{
	struct fixture *f = *state;
	size_t first = 0, begun = 0, within = 0;
	struct buf all = {0}, whole = {0};

	for (size_t i = 0; i < f->s.n_blocks; i++) {
		struct block_runs runs = report_block_runs(&f->a, &f->r, &f->s.blocks[i], &first);

		buf_str(&whole, str_sub(f->s.text, f->s.blocks[i].at.off, f->s.blocks[i].at.end));
		for (size_t k = 0; k < runs.n; k++) {
			buf_str(&all, runs.v[k].text);
			begun += runs.v[k].quote && runs.v[k].begins;
			within += runs.v[k].quote && !runs.v[k].text.n;
		}
	}
	/* Every byte once, every quotation once; one stands within another. */
	assert_string_equal(all.p, whole.p);
	assert_int_equal(begun, f->r.n_quotes);
	assert_int_equal(within, 1);
	buf_free(&all);
	buf_free(&whole);
}

static void test_ruling(void **state)
{
	struct fixture *f = *state;
	const struct report_ruling x = {VERDICT_ADAPTED, STR("Anna <i>"), STR("it \"is\" <marked>"), 1700000000};
	const struct report_ruling **rulings = arena_new(&f->a, const struct report_ruling *, f->r.n_quotes);
	struct report_style style = {.story = "harbour.txt", .rulings = rulings};
	struct buf page = {0};
	json_t *o, *over;
	char *json;

	rulings[0] = &x;
	report_html(&page, &f->r, &style);
	assert_non_null(strstr(page.p, "Overruled by Anna &lt;i&gt;, 2023-11-14: it &quot;is&quot; &lt;marked&gt;"));
	assert_null(strstr(page.p, "<marked>"));
	buf_free(&page);
	json = report_json(&f->r, &style);
	o = json_loads(json, 0, NULL);
	over = json_object_get(first_quotation(o), "overruled");
	assert_string_equal(json_string_value(json_object_get(over, "as")), "adapted");
	assert_string_equal(json_string_value(json_object_get(over, "reason")), "it \"is\" <marked>");
	assert_true(json_is_null(json_object_get(json_array_get(json_object_get(o, "quotations"), 1), "overruled")));
	json_decref(o);
	free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test(test_key),
		cmocka_unit_test_setup_teardown(test_blocks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ruling, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
