/* A folder to write segments in, gone after the test, and the writing of a collection as a segment. */
#ifndef REFTEL_TEST_INDEX_FIXTURE_H
#define REFTEL_TEST_INDEX_FIXTURE_H

#include "test.h"

#include "model.h"

struct fixture {
	char dir[64];
	struct arena a;
	struct random r;
};

static inline int open_fixture(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/reftel-test-index-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	*state = f;
	return 0;
}

static inline int close_fixture(void **state)
{
	struct fixture *f = *state;
	char sweep[128];
	int rc;

	arena_free(&f->a);
	snprintf(sweep, sizeof(sweep), "rm -rf %s", f->dir);
	rc = system(sweep);
	free(f);
	return rc;
}

static inline void seed(struct fixture *f, uint64_t s)
{
	f->r.state = s;
	print_message("seed %#llx\n", (unsigned long long)s);
}

/* Writes a collection as one segment. */
static inline struct index_part build(struct fixture *f, struct model m, const char *language, const char *name)
{
	struct index_builder *b;
	struct index_part part;
	struct err e = {0};

	assert_int_equal(index_builder_open(language, 1 << 20, &b, &e), REFTEL_OK);
	for (size_t i = 0; i < m.n; i++)
		model_add(b, &f->a, &m.docs[i]);
	assert_int_equal(index_builder_docs(b), m.n);
	if (index_builder_flush(b, f->dir, name, &part, &e) != REFTEL_OK)
		fail_msg("%s", e.msg);
	assert_int_equal(part.docs, m.n);
	assert_string_equal(part.name, name);
	assert_true(part.first_key == m.docs[0].key && part.last_key == m.docs[m.n - 1].key);
	index_builder_close(b);
	return part;
}

static inline struct segment *reopen(struct fixture *f, const char *name)
{
	struct segment *s;
	struct err e = {0};

	if (segment_open(f->dir, name, &s, &e) != REFTEL_OK)
		fail_msg("%s", e.msg);
	return s;
}

#endif
