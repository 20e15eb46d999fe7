/*
 * Runs: what a builder collected, in the order of its terms, put aside until several of them become one segment.
 * Nothing in a run is packed, for it is read once and soon: after each term come the places where it stands, as gaps. A
 * run that has to wait lies in a file without a name, of which nothing is left after a kill.
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
	HINT_BITS = 9,
};

/* A term is u8 field, u8 bytes of its value, the value, varint entries, varint bytes of the list, the list. */
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
	struct run_docs docs;
	uint32_t *hints; /* in each stretch of so many places, the document that the first is in */
	int error;       /* errno of the first write that failed */
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

void run_term(struct index_run *r, struct str term, size_t entries, const struct buf *list)
{
	uint8_t head[2 + INDEX_VALUE_MAX + 20];
	size_t n = 2, at = r->written + r->out.n;

	if (!r->marks.n || at - r->marks.v[r->marks.n - 1].at >= MARK_BYTES)
		*VEC_PUSH(&r->arena, &r->marks) = (struct mark){arena_str(&r->arena, term), at};
	head[0] = (uint8_t)term.p[0];
	head[1] = (uint8_t)(term.n - 1);
	memcpy(head + n, term.p + 1, term.n - 1);
	n += term.n - 1;
	n += varint_put(head + n, entries);
	n += varint_put(head + n, list->n);
	buf_add(&r->out, head, n);
	buf_str(&r->out, buf_view(list));
	if (r->in_file && r->out.n >= OUT_BYTES)
		run_out(r);
}

static void hints_fill(struct index_run *r)
{
	const struct run_docs *d = &r->docs;
	uint32_t doc = 0;

	r->hints = xmalloc((((size_t)d->n_words >> HINT_BITS) + 1) * sizeof(*r->hints));
	for (size_t i = 0; i << HINT_BITS < d->n_words; i++) {
		while (d->starts[doc + 1] <= i << HINT_BITS)
			doc++;
		r->hints[i] = doc;
	}
}

int run_end(struct index_run *r, struct run_docs docs, struct err *e)
{
	void *map;

	r->docs = docs;
	hints_fill(r);
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

struct run_docs run_docs_take(struct index_run *r)
{
	struct run_docs d = r->docs;

	r->docs = (struct run_docs){0};
	return d;
}

static int64_t run_first(const struct index_run *r)
{
	return r->docs.columns[0].key;
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
	free(r->docs.columns);
	free(r->docs.subjects);
	free(r->docs.starts);
	free(r->hints);
	free(r);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* A run as it is read, at a term; term.n 0: at its end. */
struct input {
	const struct index_run *r;
	uint32_t base; /* the number that its first document gets */
	size_t at;     /* behind the term's list */
	size_t forgotten;
	struct str term;
	uint64_t head; /* the term's first bytes, to compare most at a glance */
	uint64_t entries;
	const uint8_t *list, *end;
	bool broken;
};

static uint64_t head_of(struct str s)
{
	uint64_t head = 0;

	for (size_t i = 0; i < sizeof(head); i++)
		head = head << 8 | (i < s.n ? (unsigned char)s.p[i] : 0);
	return head;
}

/* The term is spelled with its field, which its number of bytes follows in the run. */
static void input_next(struct input *in, char spelled[INDEX_VALUE_MAX + 1])
{
	const uint8_t *p = in->r->p + in->at, *end = in->r->p + in->r->n;
	uint64_t bytes = 0;

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
	in->list = varint_get(p + 2 + p[1], end, &in->entries);
	if (in->list)
		in->list = varint_get(in->list, end, &bytes);
	if (!in->list || bytes > (size_t)(end - in->list) || !in->entries || in->entries > bytes)
		return;
	in->broken = false;
	in->term = (struct str){spelled, (size_t)p[1] + 1};
	in->head = head_of(in->term);
	in->end = in->list + bytes;
	in->at = (size_t)(in->end - in->r->p);
}

static inline bool gap_get(struct input *in, uint64_t *at)
{
	uint64_t gap = 0;

	if (in->list < in->end && *in->list < 0x80)
		gap = *in->list++;
	else
		in->list = varint_get(in->list, in->end, &gap);
	in->broken |= !in->list || gap > UINT32_MAX;
	if (in->broken)
		in->list = in->end;
	*at += gap + 1;
	return !in->broken;
}

static inline uint32_t place_document(const struct index_run *r, uint64_t place)
{
	uint32_t doc = r->hints[place >> HINT_BITS];

	while (r->docs.starts[doc + 1] <= place)
		doc++;
	return doc;
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

static void word_add(struct segment_writer *w, struct input *in, struct differences *d)
{
	const struct run_docs *docs = &in->r->docs;
	uint64_t place = UINT64_MAX, left = in->entries;

	if (!gap_get(in, &place))
		return;
	while (left && place < docs->n_words) {
		uint32_t doc = place_document(in->r, place), start = docs->starts[doc], end = docs->starts[doc + 1];
		uint32_t *v = differences_room(d, end - start), n = 0;
		struct subject subject = docs->subjects[doc];
		uint64_t next = start;
		bool in_subject = false;

		do {
			in_subject |= (uint32_t)place - start - subject.from < subject.n;
			v[n++] = (uint32_t)(place - next);
			next = place + 1;
		} while (--left && gap_get(in, &place) && place < end);
		list_add(w, in->base + doc, 2 * (n - 1) + in_subject, v);
		if (in->broken)
			return;
	}
	in->broken |= left != 0;
}

static void keyword_add(struct segment_writer *w, struct input *in)
{
	uint64_t doc = UINT64_MAX;

	for (uint64_t i = 0; i < in->entries && gap_get(in, &doc); i++) {
		in->broken |= doc >= in->r->docs.n_docs;
		if (in->broken)
			return;
		list_add(w, in->base + (uint32_t)doc, 0, NULL);
	}
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
		if (!v[i].term.n || v[i].head != least.head || !str_eq(v[i].term, term))
			continue;
		if (field_has_positions(field))
			word_add(&h->w, &v[i], d);
		else
			keyword_add(&h->w, &v[i]);
		if (!v[i].broken)
			input_next(&v[i], room[i].v);
		if (v[i].broken) {
			h->rc = run_broken(&h->e);
			return;
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
		base += m->v[i]->docs.n_docs;
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
		m.n_docs += v[i]->docs.n_docs;
	m.columns = xmalloc(m.n_docs * sizeof(*m.columns));
	m.n_docs = 0;
	for (size_t i = 0; i < n; m.n_docs += v[i++]->docs.n_docs)
		memcpy(m.columns + m.n_docs, v[i]->docs.columns, v[i]->docs.n_docs * sizeof(*m.columns));
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
