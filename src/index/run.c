/*
 * Runs: what a builder collected, in the order of its terms, put aside until several of them become one segment.
 * Nothing in a run is packed, for it is read once and soon: after each term come its documents, counts and positions as
 * plain numbers, as wide as the largest of them needs, which a machine writes and reads many at a time. A run that has
 * to wait lies in a file without a name, of which nothing is left after a kill.
 */
#include "index/index_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	OUT_BYTES = 1 << 20,
	MARK_BYTES = 1 << 18, /* between two terms that are found without reading what lies before them */
	FORGET_BYTES = 1 << 18,
	MARKS_HALVED = 4, /* in the longest run: from here on a second thread is worth its coming */
};

/*
 * A list is u8 field, u8 bytes of the term's value, the value, varint documents, varint positions, u8 widths (three
 * times two bits: 0 to 2, the binary logarithm of the bytes that each document, count and position takes), then the
 * documents, counts and positions, the latter two only where the field has them. Several lists of one term follow one
 * another. Numbers are as this machine has them, for no other one reads them.
 */
struct mark {
	struct str term; /* with its field */
	size_t at;
};

struct index_run {
	bool in_file; /* else in memory */
	int fd;       /* while it is written */
	struct buf out;
	size_t written;
	const uint8_t *p; /* when it is whole */
	size_t n;
	struct arena arena; /* of the marks */
	VEC(struct mark) marks;
	struct columns *columns; /* of its documents */
	uint32_t n_docs;
	int error; /* errno of the first write that failed */
};

/* ---- writing ----------------------------------------------------------------------------------------------------- */

struct index_run *run_new(void)
{
	struct index_run *r = xcalloc(1, sizeof(*r));

	r->fd = -1;
	return r;
}

int run_file(struct index_run *r, const char *dir, const char *name, struct err *e)
{
	struct arena a = {0};
	const char *path = arena_printf(&a, "%s/%s.part", dir, name);
	int rc = REFTEL_OK;

	r->in_file = true;
	r->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (r->fd < 0)
		rc = err_errno(e, errno, "%s cannot be written", path);
	else
		unlink(path);
	arena_free(&a);
	return rc;
}

static void run_out(struct index_run *r)
{
	size_t done = 0;

	while (done < r->out.n && !r->error) {
		ssize_t n = write(r->fd, r->out.p + done, r->out.n - done);

		if (n < 0 && errno != EINTR)
			r->error = errno;
		done += n > 0 ? (size_t)n : 0;
	}
	r->written += r->out.n;
	buf_reset(&r->out);
}

static unsigned width_of(const uint32_t *v, size_t n)
{
	uint32_t any = 0;

	for (size_t i = 0; i < n; i++)
		any |= v[i];
	return any <= UINT8_MAX ? 0 : any <= UINT16_MAX ? 1 : 2;
}

static void numbers_put(struct buf *b, const uint32_t *restrict v, size_t n, unsigned width)
{
	char *restrict out;

	buf_reserve(b, n << width);
	out = b->p + b->n;
	if (width == 0)
		for (size_t i = 0; i < n; i++)
			out[i] = (char)v[i];
	else if (width == 1)
		for (size_t i = 0; i < n; i++)
			memcpy(out + 2 * i, &(uint16_t){(uint16_t)v[i]}, 2);
	else
		memcpy(out, v, 4 * n);
	b->n += n << width;
}

static void mark_put(struct index_run *r, struct str term)
{
	size_t at = r->written + r->out.n;

	if (!r->marks.n || at - r->marks.v[r->marks.n - 1].at >= MARK_BYTES)
		*VEC_PUSH(&r->arena, &r->marks) = (struct mark){arena_str(&r->arena, term), at};
}

void run_list_put(struct index_run *r, struct str term, const struct run_list *l)
{
	bool words = field_has_positions((uint8_t)term.p[0]);
	unsigned docs = width_of(l->docs, l->n), counts = words ? width_of(l->counts, l->n) : 0,
		 differences = words ? width_of(l->differences, l->n_differences) : 0;
	uint8_t head[2 + INDEX_VALUE_MAX + 21];
	size_t n = 2;

	if (!l->more)
		mark_put(r, term);
	head[0] = (uint8_t)term.p[0];
	head[1] = (uint8_t)(term.n - 1);
	memcpy(head + n, term.p + 1, term.n - 1);
	n += term.n - 1;
	n += varint_put(head + n, l->n);
	n += varint_put(head + n, words ? l->n_differences : 0);
	head[n++] = (uint8_t)(docs | counts << 2 | differences << 4);
	buf_add(&r->out, head, n);
	numbers_put(&r->out, l->docs, l->n, docs);
	if (words) {
		numbers_put(&r->out, l->counts, l->n, counts);
		numbers_put(&r->out, l->differences, l->n_differences, differences);
	}
	if (r->in_file && r->out.n >= OUT_BYTES)
		run_out(r);
}

int run_end(struct index_run *r, struct columns *columns, uint32_t n_docs, struct err *e)
{
	void *map;

	r->columns = columns;
	r->n_docs = n_docs;
	if (!r->in_file) {
		r->p = (const uint8_t *)r->out.p;
		r->n = r->out.n;
		return REFTEL_OK;
	}
	run_out(r);
	buf_free(&r->out);
	if (r->error)
		return err_errno(e, r->error, "the index cannot be written");
	if (!r->written)
		return REFTEL_OK; /* documents without a single term */
	map = mmap(NULL, r->written, PROT_READ, MAP_SHARED, r->fd, 0);
	if (map == MAP_FAILED)
		return err_errno(e, errno, "what was collected for the index cannot be mapped into memory");
	r->p = map;
	r->n = r->written;
	close(r->fd); /* there may be more runs than files that may be open */
	r->fd = -1;
	return REFTEL_OK;
}

struct columns *run_columns_take(struct index_run *r)
{
	struct columns *columns = r->columns;

	r->columns = NULL;
	r->n_docs = 0;
	return columns;
}

static int64_t run_first(const struct index_run *r)
{
	return r->columns[0].key;
}

void index_run_close(struct index_run *r)
{
	if (!r)
		return;
	if (r->in_file && r->p)
		munmap((void *)(uintptr_t)r->p, r->n);
	if (r->fd >= 0)
		close(r->fd);
	buf_free(&r->out);
	arena_free(&r->arena);
	free(r->columns);
	free(r);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Numbers as they lie there. */
struct row {
	const uint8_t *p;
	size_t n;
	unsigned width;
};

/* A run as it is read, at a list; term.n 0: at its end. */
struct input {
	const struct index_run *r;
	uint32_t base; /* the number that its first document gets */
	size_t at;     /* behind the list */
	size_t forgotten;
	struct str term;
	uint64_t head; /* the term's first bytes, to compare most at a glance */
	struct row docs, counts, differences;
	bool broken;
};

static uint64_t head_of(struct str s)
{
	uint64_t head = 0;

	for (size_t i = 0; i < sizeof(head); i++)
		head = head << 8 | (i < s.n ? (unsigned char)s.p[i] : 0);
	return head;
}

/* Takes a row off the bytes [p, end): where it ends, NULL where that is beyond. */
static const uint8_t *row_take(struct row *row, uint64_t n, unsigned width, const uint8_t *p, const uint8_t *end)
{
	width &= 3;
	if (!p || width > 2 || n > (uint64_t)(end - p) >> width)
		return NULL;
	*row = (struct row){p, n, width};
	return p + (n << width);
}

/* The next n numbers of a row that has as many. */
static void row_get(struct row *row, uint32_t *restrict v, size_t n)
{
	const uint8_t *restrict p = row->p;

	if (row->width == 0)
		for (size_t i = 0; i < n; i++)
			v[i] = p[i];
	else if (row->width == 1)
		for (size_t i = 0; i < n; i++) {
			uint16_t x;

			memcpy(&x, p + 2 * i, 2);
			v[i] = x;
		}
	else
		memcpy(v, p, 4 * n);
	row->p += n << row->width;
	row->n -= n;
}

static const uint8_t *rows_take(struct input *in, const uint8_t *p, const uint8_t *end)
{
	bool words = field_has_positions((uint8_t)in->term.p[0]);
	uint64_t n = 0, n_differences = 0;
	unsigned widths;

	p = varint_get(p, end, &n);
	p = p ? varint_get(p, end, &n_differences) : NULL;
	if (!p || p == end || !n)
		return NULL;
	widths = *p++;
	p = row_take(&in->docs, n, widths, p, end);
	p = row_take(&in->counts, words ? n : 0, widths >> 2, p, end);
	return row_take(&in->differences, n_differences, widths >> 4, p, end);
}

/* The term is spelled with its field, which its number of bytes follows in the run. */
static void input_next(struct input *in, char spelled[INDEX_VALUE_MAX + 1])
{
	const uint8_t *p = in->r->p + in->at, *end = in->r->p + in->r->n;

	in->term = STR("");
	if (in->at - in->forgotten >= FORGET_BYTES && in->r->in_file) { /* what was read need not stay in memory */
		size_t upto = in->at & ~(size_t)(FORGET_BYTES - 1);

		madvise((void *)(uintptr_t)(in->r->p + in->forgotten), upto - in->forgotten, MADV_DONTNEED);
		in->forgotten = upto;
	}
	if (p == end)
		return;
	in->broken = true;
	if (end - p < 2 || p[1] > end - p - 2 || p[1] > INDEX_VALUE_MAX)
		return;
	spelled[0] = (char)p[0];
	memcpy(spelled + 1, p + 2, p[1]);
	in->term = (struct str){spelled, (size_t)p[1] + 1};
	in->head = head_of(in->term);
	p = rows_take(in, p + 2 + p[1], end);
	if (!p)
		return;
	in->broken = false;
	in->at = (size_t)(p - in->r->p);
}

/* ---- runs become a segment --------------------------------------------------------------------------------------- */

struct runs {
	struct index_run *const *v;
	size_t n;
	struct columns *columns;
	uint32_t n_docs;
	const volatile int *stop;
};

struct differences {
	uint32_t *v;
	size_t cap;
};

static uint32_t *differences_room(struct differences *d, size_t n)
{
	if (n > d->cap) {
		d->cap = 2 * n;
		d->v = xrealloc(d->v, d->cap * sizeof(*d->v));
	}
	return d->v;
}

/* Documents of a list as the segment numbers them; false where they do not grow, or are none of the run's. */
static bool docs_get(struct input *in, uint32_t *docs, size_t n, int64_t *last)
{
	bool grow;

	row_get(&in->docs, docs, n);
	grow = docs[0] > *last && docs[n - 1] < in->r->n_docs;
	for (size_t i = 1; i < n; i++)
		grow &= docs[i - 1] < docs[i];
	*last = docs[n - 1];
	for (size_t i = 0; i < n; i++)
		docs[i] += in->base;
	return grow;
}

static size_t positions_of(const uint32_t *counts, size_t n)
{
	size_t positions = n;

	for (size_t i = 0; i < n; i++)
		positions += counts[i] / 2;
	return positions;
}

/* The whole list at hand, which comes behind document *last of its run. */
static void list_copy(struct segment_writer *w, struct input *in, struct differences *d, int64_t *last)
{
	uint32_t docs[POSTINGS_BLOCK], counts[POSTINGS_BLOCK] = {0};
	bool words = in->counts.n != 0;

	while (in->docs.n) {
		size_t n = in->docs.n < POSTINGS_BLOCK ? in->docs.n : POSTINGS_BLOCK, positions = 0;

		in->broken |= !docs_get(in, docs, n, last);
		if (words) {
			row_get(&in->counts, counts, n);
			positions = positions_of(counts, n);
		}
		in->broken |= positions > in->differences.n;
		if (in->broken)
			return;
		if (words)
			row_get(&in->differences, differences_room(d, positions), positions);
		list_add_many(w, docs, counts, n, words ? d->v : NULL);
	}
	in->broken |= in->differences.n != 0;
}

static bool is_before(const struct input *a, const struct input *b)
{
	return a->head != b->head ? a->head < b->head : str_cmp(a->term, b->term) < 0;
}

static const struct input *least_input(const struct input *v, size_t n)
{
	const struct input *least = NULL;

	for (size_t i = 0; i < n; i++)
		if (v[i].term.n && (!least || is_before(&v[i], least)))
			least = &v[i];
	return least;
}

static int run_broken(struct err *e)
{
	return err_set(e, REFTEL_EIO, "what was collected for the index does not read as it was written");
}

struct spelled {
	char v[INDEX_VALUE_MAX + 1];
};

/* All that the runs have of one term. */
static void term_write(struct half *h, struct input *v, size_t n, struct spelled *room, struct differences *d)
{
	const struct input least = *least_input(v, n);
	struct spelled copy;
	struct str term = {copy.v, least.term.n}, value = str_sub(term, 1, term.n);
	uint8_t field = (uint8_t)least.term.p[0];

	memcpy(copy.v, least.term.p, term.n); /* what it is read into goes on */
	list_begin(&h->w, field);
	for (size_t i = 0; i < n; i++) {
		int64_t last = -1;

		while (v[i].term.n && v[i].head == least.head && str_eq(v[i].term, term)) {
			list_copy(&h->w, &v[i], d, &last);
			if (!v[i].broken)
				input_next(&v[i], room[i].v);
			if (v[i].broken) {
				h->rc = run_broken(&h->e);
				return;
			}
		}
	}
	list_end(&h->w, value);
	if (field == INDEX_WORD)
		stem_table_add(&h->stems, value, &h->w.last_list);
}

/* At the first term that is not before `from`. */
static void input_open(struct input *in, const struct index_run *r, struct str from, char spelled[INDEX_VALUE_MAX + 1])
{
	in->r = r;
	for (size_t i = 0; i < r->marks.n && from.n && str_cmp(r->marks.v[i].term, from) <= 0; i++)
		in->at = r->marks.v[i].at;
	in->forgotten = in->at & ~(size_t)(FORGET_BYTES - 1);
	do
		input_next(in, spelled);
	while (in->term.n && from.n && str_cmp(in->term, from) < 0);
}

static void *runs_half(void *arg)
{
	struct half *h = arg;
	const struct runs *m = h->job;
	struct input *v = xcalloc(m->n, sizeof(*v));
	struct spelled *room = xcalloc(m->n, sizeof(*room));
	struct differences d = {0};
	const struct input *least;
	uint32_t base = 0;

	for (size_t i = 0; i < m->n; i++) {
		input_open(&v[i], m->v[i], h->from, room[i].v);
		v[i].base = base;
		base += m->v[i]->n_docs;
		if (v[i].broken)
			h->rc = run_broken(&h->e);
	}
	while (h->rc == REFTEL_OK && (least = least_input(v, m->n)) && (!h->to.n || str_cmp(least->term, h->to) < 0)) {
		term_write(h, v, m->n, room, &d);
		if (h->rc == REFTEL_OK && m->stop && *m->stop)
			h->rc = err_set(&h->e, REFTEL_EINTR, "stopped");
	}
	free(d.v);
	free(room);
	free(v);
	return NULL;
}

/* A word before which about half of the longest run lies; empty where all is so little that one thread does it. */
static struct str middle_of(const struct runs *m)
{
	const struct index_run *longest = m->v[0];
	struct str middle;

	for (size_t i = 1; i < m->n; i++)
		longest = m->v[i]->n > longest->n ? m->v[i] : longest;
	if (!longest->in_file || longest->marks.n < MARKS_HALVED)
		return STR("");
	middle = longest->marks.v[longest->marks.n / 2].term;
	return (uint8_t)middle.p[0] == INDEX_WORD ? middle : STR("");
}

static int by_first_key(const void *x, const void *y)
{
	int64_t a = run_first(*(struct index_run *const *)x), b = run_first(*(struct index_run *const *)y);

	return (a > b) - (a < b);
}

int index_runs_write(struct index_run **v, size_t n, const char *language, const volatile int *stop, const char *dir,
		     const char *name, struct index_part *out, struct err *e)
{
	struct runs m = {.v = v, .n = n, .stop = stop};
	struct halves h = {0};
	struct half_plan plan = {.job = &m, .dir = dir, .name = name, .language = language};
	int rc;

	qsort(v, n, sizeof(struct index_run *), by_first_key);
	for (size_t i = 0; i < n; i++)
		m.n_docs += v[i]->n_docs;
	m.columns = xmalloc(m.n_docs * sizeof(*m.columns));
	m.n_docs = 0;
	for (size_t i = 0; i < n; m.n_docs += v[i++]->n_docs)
		memcpy(m.columns + m.n_docs, v[i]->columns, v[i]->n_docs * sizeof(*m.columns));
	plan.columns = m.columns;
	plan.n_docs = m.n_docs;
	plan.middle = middle_of(&m);
	rc = halves_write(&h, runs_half, &plan, e);
	if (rc == REFTEL_OK)
		rc = halves_finish(&h, out, e);
	halves_close(&h);
	free(m.columns);
	return rc;
}
