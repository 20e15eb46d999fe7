/*
 * The format as docs/index-format.md has it: what a reader in another language, written from that page alone, prints of
 * a segment is what the library says of it. Skipped where there is no Python.
 */
#include "forms.h"
#include "fixture.h"

#include "index/index_priv.h"

static void dump_documents(const struct segment *s, FILE *out)
{
	for (uint32_t doc = 0; doc < segment_docs(s); doc++) {
		uint16_t sketch[SKETCH_SIZE];
		uint32_t from, to;

		segment_subject(s, doc, &from, &to);
		fprintf(out, "document %u %lld %lld %lld %u %u-%u", doc, (long long)segment_key(s, doc),
			(long long)segment_group(s, doc), (long long)segment_when(s, doc), segment_length(s, doc), from,
			to);
		segment_sketch(s, doc, sketch);
		for (size_t k = 0; k < SKETCH_SIZE; k++)
			fprintf(out, " %04x", sketch[k]);
		fputc('\n', out);
	}
}

static void dump_hex(struct str s, FILE *out)
{
	for (size_t i = 0; i < s.n; i++)
		fprintf(out, "%02x", (unsigned char)s.p[i]);
}

static void dump_forms(const struct segment *s, struct str stem, struct arena *a, FILE *out)
{
	struct words forms = segment_forms(s, stem, a);

	for (size_t i = 0; i < forms.n; i++) {
		fprintf(out, "  form ");
		dump_hex(forms.v[i], out);
		fputc('\n', out);
	}
}

static void dump_list(const struct segment *s, const struct term *t, struct arena *a, FILE *out)
{
	struct positions pos = {0};
	struct postings p;

	for (postings_open(&p, s, t); p.doc != POSTINGS_END; postings_next(&p)) {
		fprintf(out, "  %u %u %d %u", p.doc, postings_count(&p), postings_in_subject(&p), postings_impact(&p));
		if (t->field == INDEX_WORD)
			pos = postings_positions(&p, a);
		for (size_t i = 0; i < pos.n; i++)
			fprintf(out, " %u", pos.v[i]);
		fputc('\n', out);
	}
}

static void dump(const struct segment *s, const char *path)
{
	FILE *out = fopen(path, "w");
	struct arena a = {0};
	struct term_walk w;
	struct str term;
	struct term t;

	assert_non_null(out);
	fprintf(out, "segment %u documents, %llu terms, language %s\n", segment_docs(s),
		(unsigned long long)s->f.n_terms, segment_language(s));
	dump_documents(s, out);
	term_walk_all(&w, s);
	while (term_walk_step(&w, &term, &t)) {
		fprintf(out, "term %02x ", t.field);
		dump_hex(str_sub(term, 1, term.n), out);
		fprintf(out, " %u\n", t.docs);
		if (t.field == INDEX_STEM)
			dump_forms(s, str_sub(term, 1, term.n), &a, out);
		dump_list(s, &t, &a, out);
	}
	arena_free(&a);
	assert_int_equal(fclose(out), 0);
}

static void read_alike(struct fixture *f, struct model_shape shape, const char *language)
{
	struct index_part part = build(f, model_random(&f->a, &f->r, shape), language, "page.seg");
	struct segment *s = reopen(f, part.name);
	char command[512];

	dump(s, path_join(&f->a, f->dir, "ours"));
	segment_close(s);
	snprintf(command, sizeof(command), "python3 '%s/tests/unit/index/read_segment.py' %s/page.seg >%s/theirs",
		 SOURCE_ROOT, f->dir, f->dir);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command), "diff %s/ours %s/theirs | head -n 20 >&2; cmp -s %s/ours %s/theirs", f->dir,
		 f->dir, f->dir, f->dir);
	assert_int_equal(system(command), 0);
}

static void test_page_is_enough(void **state)
{
	struct fixture *f = *state;

	if (system("python3 -c 'import struct' >/dev/null 2>&1") != 0) {
		print_message("SKIPPED: no python3\n");
		skip();
	}
	seed(f, 0xd0c5);
	read_alike(f, (struct model_shape){1, 3, 3, false}, NULL);
	read_alike(f, (struct model_shape){60, 40, 300, true}, "english");
	read_alike(f, (struct model_shape){700, 12, 9, true}, "english");
	read_alike(f, (struct model_shape){5, 20000, 40, true}, "english");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_page_is_enough, open_fixture, close_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
