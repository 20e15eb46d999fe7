/*
 * Lists of stems: a word is looked for in all its forms by the one list of their common stem, which tells documents and
 * counts but no positions. A stem that is a word itself and has no other form needs none, and one with a single other
 * form shares that word's list.
 */
#include "index/index_priv.h"

#include <errno.h>
#include <libstemmer.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

struct stemmer {
	struct sb_stemmer *sb;
};

const char **index_languages(void)
{
	return sb_stemmer_list();
}

int stemmer_open(const char *language, struct stemmer **out, struct err *e)
{
	struct sb_stemmer *sb;

	*out = NULL;
	if (!language || !*language)
		return REFTEL_OK;
	sb = strlen(language) < LANGUAGE_MAX ? sb_stemmer_new(language, NULL) : NULL;
	if (!sb)
		return err_set(e, REFTEL_EINVAL, "there are no stems for the language \"%.40s\"", language);
	*out = xmalloc(sizeof(**out));
	(*out)->sb = sb;
	return REFTEL_OK;
}

void stemmer_close(struct stemmer *st)
{
	if (!st)
		return;
	sb_stemmer_delete(st->sb);
	free(st);
}

/* Words with figures and very long ones are no words of a language. */
struct str stemmer_stem(struct stemmer *st, struct str word)
{
	const sb_symbol *s;

	if (word.n < 3 || word.n > 64)
		return word;
	for (size_t i = 0; i < word.n; i++)
		if (ascii_digit(word.p[i]))
			return word;
	s = sb_stemmer_stem(st->sb, (const sb_symbol *)word.p, (int)word.n);
	return s ? (struct str){(const char *)s, (size_t)sb_stemmer_length(st->sb)} : word;
}

/* ---- collecting -------------------------------------------------------------------------------------------------- */

static struct stem_form *forms_room(struct stem_table *t, size_t more)
{
	if (t->n + more > t->cap) {
		t->cap = 2 * t->cap > t->n + more ? 2 * t->cap : t->n + more;
		t->forms = xrealloc(t->forms, t->cap * sizeof(*t->forms));
	}
	t->n += more;
	return t->forms + t->n - more;
}

void stem_table_add(struct stem_table *t, struct str word, const struct term *term)
{
	struct str stem;

	if (!t->stemmer)
		return;
	stem = stemmer_stem(t->stemmer, word);
	*forms_room(t, 1) = (struct stem_form){
		.stem = arena_str(&t->arena, stem),
		.word = arena_str(&t->arena, word),
		.is_stem = str_eq(stem, word),
		.order = (uint32_t)t->n,
		.term = *term,
	};
}

void stem_table_join(struct stem_table *t, const struct stem_table *other, uint64_t shift)
{
	struct stem_form *mine = forms_room(t, other->n);

	for (size_t i = 0; i < other->n; i++) {
		mine[i] = other->forms[i];
		mine[i].order += (uint32_t)(t->n - other->n);
		mine[i].term.at += shift;
	}
}

void stem_table_free(struct stem_table *t)
{
	free(t->forms);
	arena_free(&t->arena);
	*t = (struct stem_table){0};
}

static int by_stem(const void *x, const void *y)
{
	const struct stem_form *a = *(const struct stem_form *const *)x, *b = *(const struct stem_form *const *)y;
	int order = str_cmp(a->stem, b->stem);

	return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* A document and its count, in one number that sorts by document. */
struct pairs {
	uint64_t *v, *other;
	size_t n, cap;
};

static void pairs_room(struct pairs *p, size_t more)
{
	if (p->v && p->n + more <= p->cap)
		return;
	p->cap = 2 * (p->n + more);
	p->v = xrealloc(p->v, p->cap * sizeof(*p->v));
	p->other = xrealloc(p->other, p->cap * sizeof(*p->other));
}

static uint32_t counts_joined(uint32_t a, uint32_t b)
{
	return 2 * (a / 2 + b / 2 + 1) + ((a | b) & 1);
}

/* Merges a list into what is there. */
static void pairs_merge(struct pairs *p, const struct segment *s, const struct term *t)
{
	struct postings list;
	uint64_t *swap;
	size_t i = 0, n = 0;

	pairs_room(p, t->docs);
	postings_open(&list, s, t);
	while (i < p->n || list.doc != POSTINGS_END) {
		uint32_t mine = i < p->n ? (uint32_t)(p->v[i] >> 32) : POSTINGS_END;
		uint32_t count = list.doc <= mine ? postings_count_code(&list) : 0;

		if (mine < list.doc) {
			p->other[n++] = p->v[i++];
			continue;
		}
		if (mine == list.doc)
			count = counts_joined((uint32_t)p->v[i++], count);
		p->other[n++] = (uint64_t)list.doc << 32 | count;
		postings_next(&list);
	}
	swap = p->v;
	p->v = p->other;
	p->other = swap;
	p->n = n;
}

static void pairs_put(const struct pairs *p, struct segment_writer *w)
{
	uint32_t docs[POSTINGS_BLOCK], counts[POSTINGS_BLOCK];

	for (size_t at = 0, n; at < p->n; at += n) {
		n = p->n - at < POSTINGS_BLOCK ? p->n - at : POSTINGS_BLOCK;
		for (size_t i = 0; i < n; i++) {
			docs[i] = (uint32_t)(p->v[at + i] >> 32);
			counts[i] = (uint32_t)p->v[at + i];
		}
		list_add_many(w, docs, counts, n, NULL);
	}
}

static void group_write(const struct stem_form *const *f, size_t n, const struct segment *s, struct segment_writer *w,
			struct pairs *p)
{
	if (n == 1 && f[0]->is_stem)
		return;
	if (n == 1) {
		list_alias(w, f[0]->stem, f[0]->word, &f[0]->term);
		return;
	}
	p->n = 0;
	for (size_t i = 0; i < n; i++)
		pairs_merge(p, s, &f[i]->term);
	list_begin(w, INDEX_STEM);
	pairs_put(p, w);
	for (size_t i = 0; i < n; i++)
		list_form(w, f[i]->word);
	list_end(w, f[0]->stem);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void form_only(struct arena *a, struct str word, struct words *forms)
{
	forms->v = arena_new(a, struct str, 1);
	forms->v[0] = word;
	forms->n = 1;
}

static void forms_read(const struct segment *s, const struct term *list, struct arena *a, struct words *out)
{
	const uint8_t *p = s->p + list->at + list->positions_at, *end = s->p + list->at + list->bytes;
	VEC(struct str) forms = {0};

	while (p < end) {
		uint64_t n = 0;

		p = varint_get(p, end, &n);
		if (!p || n > (size_t)(end - p)) {
			segment_mark_damaged(s);
			break;
		}
		*VEC_PUSH(a, &forms) = (struct str){(const char *)p, n};
		p += n;
	}
	*out = (struct words){forms.v, forms.n};
}

/* A word that is its own stem and has no other form has no list of its stem; one that merely looks like it does not
 * count. */
bool segment_stem(const struct segment *s, struct stemmer *st, struct str stem, struct arena *a, struct term *list,
		  struct words *forms)
{
	*forms = (struct words){0};
	if (segment_term(s, INDEX_STEM, stem, list)) {
		if (list->form.n)
			form_only(a, list->form, forms);
		else
			forms_read(s, list, a, forms);
		return true;
	}
	if (!segment_term(s, INDEX_WORD, stem, list) || (st && !str_eq(stemmer_stem(st, stem), stem)))
		return false;
	form_only(a, stem, forms);
	return true;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

enum {
	FORGET_BYTES = 4 << 20,
	HALVES_FORMS = 20000, /* from here on a second thread is worth its coming */
};

/* Stems in order, and where their lists are written. */
struct stems_half {
	const struct stem_form *const *v;
	size_t n;
	struct segment s; /* the words' lists */
	struct segment_writer *w;
};

static bool same_stem(const struct stem_form *a, const struct stem_form *b)
{
	return str_eq(a->stem, b->stem);
}

static void *stems_run(void *arg)
{
	struct stems_half *h = arg;
	struct pairs p = {0};
	uint64_t read = 0;

	for (size_t from = 0, to; from < h->n; from = to) {
		for (to = from + 1; to < h->n && same_stem(h->v[to], h->v[from]);)
			to++;
		group_write(&h->v[from], to - from, &h->s, h->w, &p);
		for (size_t i = from; i < to; i++)
			read += h->v[i]->term.bytes;
		if (read > FORGET_BYTES) { /* what was read need not stay in memory */
			madvise((void *)(uintptr_t)h->s.p, h->s.n, MADV_DONTNEED);
			read = 0;
		}
	}
	free(p.v);
	free(p.other);
	return NULL;
}

static int stems_in_halves(struct stems_half *all, size_t middle, struct err *e)
{
	struct stems_half a = *all, b = *all;
	struct segment_writer w;
	uint64_t shift;
	int rc = segment_writer_open_part(&w, all->w, e);

	a.n = middle;
	b.v += middle;
	b.n -= middle;
	b.w = &w;
	if (rc == REFTEL_OK) {
		both_at_once(stems_run, &a, &b);
		all->s.damaged = a.s.damaged || b.s.damaged;
		rc = segment_writer_append(all->w, &w, &shift, e);
	}
	segment_writer_close(&w);
	return rc;
}

/* The table in the order of stems: of pointers, because the table itself is large, and is sorted with as much room
 * again. */
static const struct stem_form **forms_sort(const struct stem_table *t)
{
	const struct stem_form **v = xmalloc(t->n * sizeof(struct stem_form *));

	for (size_t i = 0; i < t->n; i++)
		v[i] = &t->forms[i];
	qsort(v, t->n, sizeof(struct stem_form *), by_stem);
	return v;
}

/* The lists of words are read back from the file that is being written. */
int stem_table_write(struct stem_table *t, struct segment_writer *w, struct err *e)
{
	struct stems_half all = {.n = t->n, .w = w, .s.f.n_docs = w->n_docs};
	const struct stem_form **sorted;
	size_t middle = t->n / 2;
	void *map;
	int rc = REFTEL_OK;

	if (!t->n)
		return REFTEL_OK;
	segment_writer_flush(w);
	if (w->error)
		return err_errno(e, w->error, "the index cannot be written: %s", w->path);
	all.s.n = w->written;
	map = mmap(NULL, all.s.n, PROT_READ, MAP_SHARED, w->fd, 0);
	if (map == MAP_FAILED)
		return err_errno(e, errno, "%s cannot be mapped into memory", w->path);
	all.s.p = map;
	all.v = sorted = forms_sort(t);
	while (middle && middle < all.n && same_stem(all.v[middle], all.v[middle - 1]))
		middle++;
	if (all.n >= HALVES_FORMS)
		rc = stems_in_halves(&all, middle, e);
	else
		stems_run(&all);
	munmap(map, all.s.n);
	free(sorted);
	if (rc == REFTEL_OK && all.s.damaged)
		rc = err_set(e, REFTEL_EIO, "%s does not read as it was written", w->path);
	return rc;
}

void both_at_once(void *(*task)(void *), void *first, void *second)
{
	pthread_t thread;
	bool started = pthread_create(&thread, NULL, task, second) == 0;

	task(first);
	if (started)
		pthread_join(thread, NULL);
	else
		task(second);
}
