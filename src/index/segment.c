/*
 * A segment file as it is read: mapped into memory, its frame checked when it is opened, everything inside when it is
 * met. The terms' dictionary and the documents' columns are here; lists are read by postings.c.
 */
#include "index/index_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

const char segment_magic[SEGMENT_MAGIC_BYTES] = {'r', 'e', 'f', 't', 's', 'e', 'g', '2'};

/* ---- the frame --------------------------------------------------------------------------------------------------- */

enum { FOOTER_HASHED = SEGMENT_FOOTER_BYTES - 8 };

void frame_put(const struct frame *f, uint8_t out[SEGMENT_FOOTER_BYTES])
{
	memset(out, 0, SEGMENT_FOOTER_BYTES);
	memcpy(out, segment_magic, SEGMENT_MAGIC_BYTES);
	store64(out + 8, f->dictionary_at);
	store64(out + 16, f->groups_at);
	store64(out + 24, f->columns_at);
	store64(out + 32, f->end);
	store64(out + 40, f->n_terms);
	store64(out + 48, f->n_groups);
	store64(out + 56, f->n_docs);
	store64(out + 64, (uint64_t)f->first_key);
	store64(out + 72, (uint64_t)f->last_key);
	store64(out + 80, f->checksum);
	memcpy(out + 88, f->language, LANGUAGE_MAX);
	store64(out + FOOTER_HASHED, XXH3_64bits(out, FOOTER_HASHED));
}

static bool frame_fits(const struct frame *f, size_t n)
{
	return f->n_docs > 0 && f->n_docs <= INDEX_DOCS_MAX && f->dictionary_at >= SEGMENT_MAGIC_BYTES &&
	       f->dictionary_at <= f->groups_at && f->groups_at <= f->columns_at && f->columns_at <= f->end &&
	       f->end == n - SEGMENT_FOOTER_BYTES && f->n_groups == (f->columns_at - f->groups_at) / 16 &&
	       (f->columns_at - f->groups_at) % 16 == 0 &&
	       (uint64_t)f->n_docs * COLUMN_BYTES == f->end - f->columns_at && f->language[LANGUAGE_MAX - 1] == '\0';
}

int frame_get(const uint8_t *file, size_t n, struct frame *f, const char *name, struct err *e)
{
	const uint8_t *p;

	if (n < SEGMENT_MAGIC_BYTES + SEGMENT_FOOTER_BYTES)
		return err_set(e, REFTEL_EFORMAT,
			       "the index is damaged (%s is cut off): `reftel reindex` makes it anew", name);
	p = file + n - SEGMENT_FOOTER_BYTES;
	if (memcmp(file, segment_magic, SEGMENT_MAGIC_BYTES) != 0)
		return err_set(e, REFTEL_EFORMAT,
			       "the index is damaged or of another version (%s): `reftel reindex` makes it anew", name);
	*f = (struct frame){
		.dictionary_at = load64(p + 8),
		.groups_at = load64(p + 16),
		.columns_at = load64(p + 24),
		.end = load64(p + 32),
		.n_terms = load64(p + 40),
		.n_groups = load64(p + 48),
		.n_docs = load32(p + 56),
		.first_key = (int64_t)load64(p + 64),
		.last_key = (int64_t)load64(p + 72),
		.checksum = load64(p + 80),
	};
	memcpy(f->language, p + 88, LANGUAGE_MAX);
	if (memcmp(p, segment_magic, SEGMENT_MAGIC_BYTES) != 0 ||
	    load64(p + FOOTER_HASHED) != XXH3_64bits(p, FOOTER_HASHED) || !frame_fits(f, n))
		return err_set(
			e, REFTEL_EFORMAT,
			"the index is damaged (the end of %s is not as it was written): `reftel reindex` makes it anew",
			name);
	return REFTEL_OK;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static int file_map(const char *path, const uint8_t **p, size_t *n, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = REFTEL_OK;
	struct stat st;
	void *map;

	if (fd < 0)
		return err_errno(e, errno, "the index lacks a file: %s (`reftel reindex` makes it anew)", path);
	if (fstat(fd, &st) != 0 || st.st_size <= 0) {
		rc = err_set(e, REFTEL_EFORMAT, "the index is damaged (%s is empty): `reftel reindex` makes it anew",
			     path);
		goto out;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		rc = err_errno(e, errno, "%s cannot be mapped into memory", path);
		goto out;
	}
	*p = map;
	*n = (size_t)st.st_size;
out:
	close(fd);
	return rc;
}

int segment_open(const char *dir, const char *name, struct segment **out, struct err *e)
{
	struct segment *s = xcalloc(1, sizeof(*s));
	struct arena a = {0};
	int rc = file_map(path_join(&a, dir, name), &s->p, &s->n, e);

	*out = NULL;
	s->name = xstrdup(name);
	if (rc == REFTEL_OK)
		rc = frame_get(s->p, s->n, &s->f, name, e);
	if (rc == REFTEL_OK) {
		rank_table_fill(&s->rank);
		s->lengths = segment_column(s, COLUMN_LENGTH, 0);
		*out = s;
	} else {
		segment_close(s);
	}
	arena_free(&a);
	return rc;
}

void segment_close(struct segment *s)
{
	if (!s)
		return;
	if (s->p)
		munmap((void *)(uintptr_t)s->p, s->n);
	free(s->name);
	free(s);
}

void segment_forget(const struct segment *s)
{
	madvise((void *)(uintptr_t)s->p, s->n, MADV_DONTNEED);
}

void segment_mark_damaged(const struct segment *s)
{
	((struct segment *)(uintptr_t)s)->damaged = true;
}

bool segment_damaged(const struct segment *s)
{
	return s->damaged;
}

const char *segment_language(const struct segment *s)
{
	return s->f.language;
}

uint64_t segment_bytes(const struct segment *s)
{
	return s->n;
}

uint64_t segment_checksum(const struct segment *s)
{
	return s->f.checksum;
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

uint32_t segment_docs(const struct segment *s)
{
	return s->f.n_docs;
}

const uint8_t *segment_column(const struct segment *s, int column, uint32_t doc)
{
	static const uint8_t before[] = {0, 8, 16, 24, 28, 32, 34}, size[] = {8, 8, 8, 4, 4, 2, 2};

	return s->p + s->f.columns_at + (uint64_t)s->f.n_docs * before[column] + (uint64_t)doc * size[column];
}

int64_t segment_key(const struct segment *s, uint32_t doc)
{
	return (int64_t)load64(segment_column(s, COLUMN_KEY, doc));
}

int64_t segment_group(const struct segment *s, uint32_t doc)
{
	return (int64_t)load64(segment_column(s, COLUMN_GROUP, doc));
}

int64_t segment_when(const struct segment *s, uint32_t doc)
{
	return (int64_t)load64(segment_column(s, COLUMN_WHEN, doc));
}

uint32_t segment_length(const struct segment *s, uint32_t doc)
{
	return load32(s->lengths + (size_t)doc * 4);
}

void segment_subject(const struct segment *s, uint32_t doc, uint32_t *from, uint32_t *to)
{
	*from = load32(segment_column(s, COLUMN_SUBJECT, doc));
	*to = *from + load16(segment_column(s, COLUMN_SUBJECT_N, doc));
}

void segment_sketch(const struct segment *s, uint32_t doc, uint16_t out[SKETCH_SIZE])
{
	for (size_t k = 0; k < SKETCH_SIZE; k++)
		out[k] = load16(segment_column(s, COLUMN_SKETCH, doc) + 2 * k * (size_t)s->f.n_docs);
}

uint32_t segment_find(const struct segment *s, int64_t key)
{
	uint32_t from = 0, to = s->f.n_docs;

	if (key < s->f.first_key || key > s->f.last_key)
		return UINT32_MAX;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (segment_key(s, middle) < key)
			from = middle + 1;
		else
			to = middle;
	}
	return from < s->f.n_docs && segment_key(s, from) == key ? from : UINT32_MAX;
}

/* ---- the dictionary ---------------------------------------------------------------------------------------------- */

/* Sets the walk at the beginning of a group of terms. */
static void walk_at_group(struct term_walk *w, uint64_t group)
{
	const uint8_t *g = w->s->p + w->s->f.groups_at + group * GROUP_BYTES;

	w->at = w->s->f.dictionary_at + load64(g);
	w->list = load64(g + 8);
	w->end = w->s->f.groups_at;
	w->left = DICTIONARY_GROUP;
	w->value_n = 0;
	if (load64(g) > w->end - w->s->f.dictionary_at) {
		segment_mark_damaged(w->s);
		w->at = w->end;
	}
}

static const uint8_t *varint32_get(const uint8_t *p, const uint8_t *end, uint32_t *v)
{
	uint64_t x = 0;

	p = p ? varint_get(p, end, &x) : NULL;
	*v = (uint32_t)x;
	return x > UINT32_MAX ? NULL : p;
}

static const uint8_t *form_get(const uint8_t *p, const uint8_t *end, struct str *form)
{
	uint64_t n = 0;

	p = p ? varint_get(p, end, &n) : NULL;
	if (!p || n == 0 || n > (size_t)(end - p))
		return NULL;
	*form = (struct str){(const char *)p, n};
	return p + n;
}

/* The next term, field byte and all, into w->value; false at the end and where the dictionary is damaged. */
static bool walk_step(struct term_walk *w, struct term *t)
{
	const uint8_t *p = w->s->p + w->at, *end = w->s->p + w->end;
	uint64_t bytes = 0, positions_at = 0, at = w->list;
	uint32_t shared, rest;

	t->form = STR("");
	if (p >= end)
		return false;
	p = varint32_get(p, end, &shared);
	p = varint32_get(p, end, &rest);
	if (!p || shared > w->value_n || rest == 0 || shared + (uint64_t)rest > INDEX_VALUE_MAX + 1 ||
	    (size_t)(end - p) < rest)
		goto damaged;
	memcpy(w->value + shared, p, rest);
	p = varint32_get(p + rest, end, &t->docs);
	p = p ? varint_get(p, end, &bytes) : NULL;
	w->keep = shared;
	w->value_n = shared + rest;
	t->field = (uint8_t)w->value[0];
	if (p && field_has_counts(t->field))
		p = varint_get(p, end, &positions_at);
	if (p && bytes & 1)
		p = form_get(varint_get(p, end, &at), end, &t->form);
	t->at = at;
	t->bytes = bytes >> 1;
	t->positions_at = field_has_counts(t->field) ? positions_at : t->bytes;
	if (!p || at < SEGMENT_MAGIC_BYTES || at > w->s->f.dictionary_at || t->bytes > w->s->f.dictionary_at - at ||
	    t->positions_at > t->bytes || t->docs == 0 || t->docs > w->s->f.n_docs)
		goto damaged;
	if (!(bytes & 1))
		w->list = at + t->bytes;
	w->at = (size_t)(p - w->s->p);
	return true;
damaged:
	segment_mark_damaged(w->s);
	w->at = w->end;
	return false;
}

void term_walk_all(struct term_walk *w, const struct segment *s)
{
	*w = (struct term_walk){.s = s};
	if (s->f.n_groups)
		walk_at_group(w, 0);
}

bool term_walk_step(struct term_walk *w, struct str *term, struct term *t)
{
	if (!w->s->f.n_groups || !walk_step(w, t))
		return false;
	*term = (struct str){w->value, w->value_n};
	return true;
}

static struct str walk_term(const struct term_walk *w)
{
	return (struct str){w->value, w->value_n};
}

/* The first term of a group; empty where the dictionary is damaged. */
static struct str group_head(const struct segment *s, uint64_t group)
{
	const uint8_t *dictionary = s->p + s->f.dictionary_at, *end = s->p + s->f.groups_at, *p;
	uint64_t at = load64(s->p + s->f.groups_at + group * GROUP_BYTES);
	uint32_t shared = 0, n = 0;

	if (at < s->f.groups_at - s->f.dictionary_at) {
		p = varint32_get(dictionary + at, end, &shared);
		p = varint32_get(p, end, &n);
		if (p && shared == 0 && n <= (size_t)(end - p))
			return (struct str){(const char *)p, n};
	}
	segment_mark_damaged(s);
	return STR("");
}

/* The last group whose first term is not behind `term`. */
static uint64_t group_find(const struct segment *s, struct str term)
{
	uint64_t from = 0, to = s->f.n_groups;

	while (to - from > 1) {
		uint64_t middle = from + (to - from) / 2;

		if (str_cmp(group_head(s, middle), term) > 0)
			to = middle;
		else
			from = middle;
	}
	return from;
}

struct str segment_middle(const struct segment *s)
{
	uint64_t from = 0, to = s->f.n_groups;

	while (to - from > 1) {
		uint64_t middle = from + (to - from) / 2;

		if (load64(s->p + s->f.groups_at + middle * GROUP_BYTES + 8) > s->f.dictionary_at / 2)
			to = middle;
		else
			from = middle;
	}
	return from ? group_head(s, from) : STR("");
}

static size_t term_spell(char out[INDEX_VALUE_MAX + 1], uint8_t field, struct str value)
{
	size_t n = value.n < INDEX_VALUE_MAX ? value.n : INDEX_VALUE_MAX;

	out[0] = (char)field;
	if (n)
		memcpy(out + 1, value.p, n);
	return n + 1;
}

bool segment_term(const struct segment *s, uint8_t field, struct str value, struct term *out)
{
	char spelled[INDEX_VALUE_MAX + 1];
	struct str term = {spelled, term_spell(spelled, field, value)};
	struct term_walk w = {.s = s};

	if (!s->f.n_groups)
		return false;
	walk_at_group(&w, group_find(s, term));
	while (w.left-- && walk_step(&w, out)) {
		int order = str_cmp(walk_term(&w), term);

		if (order >= 0)
			return order == 0;
	}
	return false;
}

void term_walk_from(struct term_walk *w, const struct segment *s, struct str term)
{
	struct term t;
	size_t at, value_n;
	uint64_t list;

	*w = (struct term_walk){.s = s};
	if (!s->f.n_groups)
		return;
	walk_at_group(w, group_find(s, term));
	do { /* up to just before the first term that is not before this one */
		at = w->at;
		list = w->list;
		value_n = w->value_n;
		if (!walk_step(w, &t))
			return;
	} while (str_cmp(walk_term(w), term) < 0);
	w->at = at;
	w->list = list;
	w->value_n = value_n;
}

void term_walk_open(struct term_walk *w, const struct segment *s, uint8_t field, struct str prefix)
{
	char spelled[INDEX_VALUE_MAX + 1];

	term_walk_from(w, s, (struct str){spelled, term_spell(spelled, field, prefix)});
	w->field = field;
	w->prefix = prefix;
}

bool term_walk_next(struct term_walk *w, struct str *value, size_t *shared, struct term *t)
{
	if (!w->s->f.n_groups || !walk_step(w, t))
		return false;
	*value = (struct str){w->value + 1, w->value_n - 1};
	if (t->field != w->field || !str_starts(*value, w->prefix)) {
		w->at = w->end;
		return false;
	}
	if (shared) /* what the first one is coded against, the caller has not seen */
		*shared = w->begun && w->keep ? w->keep - 1 : 0;
	w->begun = true;
	return true;
}

/* ---- verifying --------------------------------------------------------------------------------------------------- */

static int verify_lists(const struct segment *s, struct err *e)
{
	struct arena a = {0};
	struct term_walk w;
	struct term t;
	struct str term;
	uint64_t terms = 0;

	term_walk_all(&w, s);
	while (term_walk_step(&w, &term, &t)) {
		struct postings p;
		uint32_t n = 0;

		terms++;
		postings_open(&p, s, &t);
		for (; p.doc != POSTINGS_END; postings_next(&p), n++)
			if (field_has_positions(t.field)) {
				postings_positions(&p, &a);
				arena_reset(&a);
			}
		if (n != t.docs || s->damaged)
			break;
	}
	arena_free(&a);
	if (s->damaged || terms != s->f.n_terms)
		return err_set(e, REFTEL_EFORMAT,
			       "the index is damaged (%s, at its term %llu): `reftel reindex` makes it anew", s->name,
			       (unsigned long long)terms);
	return REFTEL_OK;
}

int segment_verify(const struct segment *s, struct err *e)
{
	if (XXH3_64bits(s->p, s->f.end) != s->f.checksum)
		return err_set(e, REFTEL_EFORMAT,
			       "the index is damaged (%s is not what was written): `reftel reindex` makes it anew",
			       s->name);
	return verify_lists(s, e);
}
