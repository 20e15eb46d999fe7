/*
 * A segment file as it is written: lists in the order of their terms, then the dictionary, then the columns, then the
 * footer that says where each begins. Everything goes through one buffer and one running checksum.
 */
#include "index/index_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

enum { OUT_BYTES = 1 << 20, ENTRY_MAX = INDEX_VALUE_MAX + 64 };

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static void out_flush(struct segment_writer *w)
{
	size_t done = 0;

	XXH3_64bits_update(w->hash, w->out.p, w->out.n);
	while (done < w->out.n && !w->error) {
		ssize_t n = write(w->fd, w->out.p + done, w->out.n - done);

		if (n < 0 && errno != EINTR)
			w->error = errno;
		done += n > 0 ? (size_t)n : 0;
	}
	w->written += w->out.n;
	buf_reset(&w->out);
}

static void out_add(struct segment_writer *w, const void *p, size_t n)
{
	if (n)
		buf_add(&w->out, p, n);
	if (w->out.n >= OUT_BYTES)
		out_flush(w);
}

static uint64_t out_at(const struct segment_writer *w)
{
	return w->written + w->out.n;
}

/* What was written can be read through the file from here on. */
void segment_writer_flush(struct segment_writer *w)
{
	out_flush(w);
}

static int open_path(struct segment_writer *w, char *path, const char *language, const struct columns *columns,
		     uint32_t n_docs, struct err *e)
{
	*w = (struct segment_writer){.path = path, .columns = columns, .n_docs = n_docs};
	snprintf(w->language, sizeof(w->language), "%s", language ? language : "");
	w->hash = XXH3_createState();
	w->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (w->fd < 0)
		return err_errno(e, errno, "%s cannot be written", w->path);
	XXH3_64bits_reset(w->hash);
	rank_table_fill(&w->rank);
	w->length_codes = xmalloc(n_docs * sizeof(*w->length_codes));
	for (uint32_t i = 0; i < n_docs; i++)
		w->length_codes[i] = (uint16_t)rank_length_code(columns[i].length);
	out_add(w, segment_magic, SEGMENT_MAGIC_BYTES);
	return REFTEL_OK;
}

int segment_writer_open(struct segment_writer *w, const char *dir, const char *name, const char *language,
			const struct columns *columns, uint32_t n_docs, struct err *e)
{
	struct arena a = {0};
	int rc = open_path(w, xstrdup(path_join(&a, dir, name)), language, columns, n_docs, e);

	arena_free(&a);
	return rc;
}

int segment_writer_open_part(struct segment_writer *w, const struct segment_writer *of, struct err *e)
{
	struct arena a = {0};
	int rc = open_path(w, xstrdup(arena_printf(&a, "%s.part", of->path)), of->language, of->columns, of->n_docs, e);

	arena_free(&a);
	if (rc == REFTEL_OK)
		unlink(w->path);
	return rc;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static void add_packed(struct buf *b, const uint32_t *v, size_t n)
{
	buf_reserve(b, PACK_MAX);
	b->n += pack(v, n, (uint8_t *)b->p + b->n);
}

static void positions_pack(struct list_writer *l)
{
	for (size_t at = 0; at < l->n_pos; at += POSTINGS_BLOCK) {
		size_t left = l->n_pos - at;

		add_packed(&l->positions, l->pos + at, left < POSTINGS_BLOCK ? left : POSTINGS_BLOCK);
	}
	l->n_pos = 0;
}

static void block_end(struct list_writer *l)
{
	uint32_t gaps[POSTINGS_BLOCK], previous = l->last_doc;
	uint8_t skip[SKIP_BYTES];

	store32(skip, l->docs[l->n - 1]);
	store32(skip + 4, (uint32_t)l->blocks.n);
	store32(skip + 8, (uint32_t)l->positions.n);
	skip[12] = (uint8_t)l->best;
	skip[13] = (uint8_t)(l->best >> 8);
	buf_add(&l->skips, skip, sizeof(skip));
	for (uint32_t i = 0; i < l->n; i++) {
		gaps[i] = l->docs[i] - previous - 1;
		previous = l->docs[i];
	}
	add_packed(&l->blocks, gaps, l->n);
	for (uint32_t i = 0; i < l->n; i++)
		l->counts[i] = count_stored(l->counts[i]);
	if (field_has_counts(l->field))
		add_packed(&l->blocks, l->counts, l->n);
	positions_pack(l);
	l->last_doc = previous;
	l->n = 0;
	l->best = 0;
}

static void positions_add(struct list_writer *l, const uint32_t *differences, size_t n)
{
	if (l->n_pos + n > l->cap_pos) {
		l->cap_pos = 2 * (l->n_pos + n) + 1024;
		l->pos = xrealloc(l->pos, l->cap_pos * sizeof(*l->pos));
	}
	memcpy(l->pos + l->n_pos, differences, n * sizeof(*l->pos));
	l->n_pos += n;
}

void list_begin(struct segment_writer *w, uint8_t field)
{
	struct list_writer *l = &w->list;

	l->field = field;
	l->total = 0;
	l->last_doc = UINT32_MAX;
}

static uint32_t best_impact(const struct segment_writer *w, const uint32_t *docs, const uint32_t *counts, size_t n)
{
	uint32_t best = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t weight = rank_weight(counts[i]), impact;

		impact = weight < RANK_WEIGHTS
				 ? w->rank.impact[w->length_codes[docs[i]]][weight]
				 : rank_impact(counts[i] / 2 + 1, counts[i] & 1, w->columns[docs[i]].length);
		best = impact > best ? impact : best;
	}
	return best;
}

/* So many that the block at hand has room for them. */
static void block_add(struct segment_writer *w, const uint32_t *docs, const uint32_t *counts, size_t n)
{
	struct list_writer *l = &w->list;
	uint32_t best = best_impact(w, docs, counts, n);

	for (size_t i = 0; i < n; i++) { /* often one: no call */
		l->docs[l->n + i] = docs[i];
		l->counts[l->n + i] = counts[i];
	}
	l->best = (uint16_t)(best > l->best ? best : l->best);
	l->n += (uint32_t)n;
	l->total += (uint32_t)n;
}

void list_add_many(struct segment_writer *w, const uint32_t *docs, const uint32_t *counts, size_t n,
		   const uint32_t *differences)
{
	struct list_writer *l = &w->list;

	while (n) {
		size_t k, positions = 0;

		if (l->n == POSTINGS_BLOCK)
			block_end(l);
		k = n < POSTINGS_BLOCK - l->n ? n : POSTINGS_BLOCK - l->n;
		block_add(w, docs, counts, k);
		if (differences) {
			for (size_t i = 0; i < k; i++)
				positions += counts[i] / 2 + 1;
			positions_add(l, differences, positions);
			differences += positions;
		}
		docs += k;
		counts += k;
		n -= k;
	}
}

void list_add(struct segment_writer *w, uint32_t doc, uint32_t count, const uint32_t *differences)
{
	list_add_many(w, &doc, &count, 1, differences);
}

/* ---- the dictionary ---------------------------------------------------------------------------------------------- */

struct entry {
	uint32_t docs;
	bool alias;
	uint64_t at, bytes, positions_at;
	struct str form;
};

static void entry_put(struct segment_writer *w, uint8_t field, struct str value, const struct entry *x)
{
	uint8_t out[ENTRY_MAX], group[GROUP_BYTES];
	char term[INDEX_VALUE_MAX + 8];
	size_t n = 0, size = value.n + 1, shared = 0;

	term[0] = (char)field;
	memcpy(term + 1, value.p, value.n);
	if (w->in_group == DICTIONARY_GROUP || !w->n_terms) {
		store64(group, w->dictionary.n);
		store64(group + 8, x->alias ? out_at(w) : x->at);
		buf_add(&w->groups, group, sizeof(group));
		w->in_group = 0;
	}
	while (w->in_group && shared < size && shared < w->last_n && term[shared] == w->last[shared])
		shared++;
	n += varint_put(out + n, shared);
	n += varint_put(out + n, size - shared);
	memcpy(out + n, term + shared, size - shared);
	n += size - shared;
	n += varint_put(out + n, x->docs);
	n += varint_put(out + n, x->bytes << 1 | x->alias);
	if (field_has_counts(field))
		n += varint_put(out + n, x->positions_at);
	if (x->alias) {
		n += varint_put(out + n, x->at);
		n += varint_put(out + n, x->form.n);
	}
	buf_add(&w->dictionary, out, n);
	if (x->alias)
		buf_str(&w->dictionary, x->form);
	memcpy(w->last, term, size);
	w->last_n = size;
	w->in_group++;
	w->n_terms++;
}

void list_end(struct segment_writer *w, struct str value)
{
	struct list_writer *l = &w->list;
	struct entry x = {.docs = l->total, .at = out_at(w)};

	if (l->n)
		block_end(l);
	if (l->total > POSTINGS_BLOCK)
		out_add(w, l->skips.p, l->skips.n);
	out_add(w, l->blocks.p, l->blocks.n);
	x.positions_at = out_at(w) - x.at;
	out_add(w, l->positions.p, l->positions.n);
	x.bytes = out_at(w) - x.at;
	entry_put(w, l->field, value, &x);
	buf_reset(&l->skips);
	buf_reset(&l->blocks);
	buf_reset(&l->positions);
	w->last_list = (struct term){l->field, x.docs, x.at, x.bytes, x.positions_at, STR("")};
}

void list_form(struct segment_writer *w, struct str word)
{
	uint8_t n[10];

	buf_add(&w->list.positions, n, varint_put(n, word.n));
	buf_str(&w->list.positions, word);
}

void list_alias(struct segment_writer *w, struct str stem, struct str word, const struct term *t)
{
	struct entry x = {t->docs, true, t->at, t->positions_at, t->positions_at, word};

	entry_put(w, INDEX_STEM, stem, &x);
}

/* ---- columns and the end ----------------------------------------------------------------------------------------- */

#define COLUMN_PUT(member, store, size)                                                                                \
	for (uint32_t i = 0; i < w->n_docs; i++) {                                                                     \
		uint8_t x[8];                                                                                          \
		store(x, w->columns[i].member);                                                                        \
		out_add(w, x, size);                                                                                   \
	}

static void store16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void columns_put(struct segment_writer *w)
{
	COLUMN_PUT(key, store64, 8)
	COLUMN_PUT(group, store64, 8)
	COLUMN_PUT(when, store64, 8)
	COLUMN_PUT(length, store32, 4)
	COLUMN_PUT(subject_from, store32, 4)
	COLUMN_PUT(subject_n, store16, 2)
	for (size_t k = 0; k < SKETCH_SIZE; k++)
		COLUMN_PUT(sketch[k], store16, 2)
}

int segment_writer_append(struct segment_writer *w, struct segment_writer *part, uint64_t *shift, struct err *e)
{
	uint8_t chunk[64 << 10];
	uint64_t at = SEGMENT_MAGIC_BYTES;

	out_flush(part);
	*shift = out_at(w) - SEGMENT_MAGIC_BYTES;
	while (at < part->written && !part->error) {
		ssize_t n = pread(part->fd, chunk, sizeof(chunk), (off_t)at);

		if (n > 0)
			out_add(w, chunk, (size_t)n);
		else if (n == 0 || errno != EINTR)
			part->error = n ? errno : EIO;
		at += n > 0 ? (uint64_t)n : 0;
	}
	if (part->error)
		return err_errno(e, part->error, "the index cannot be written: %s", part->path);
	for (size_t i = 0; i < part->groups.n; i += GROUP_BYTES) {
		uint8_t *g = (uint8_t *)part->groups.p + i;

		store64(g, load64(g) + w->dictionary.n);
		store64(g + 8, load64(g + 8) + *shift);
	}
	if (part->n_terms) {
		buf_str(&w->groups, buf_view(&part->groups));
		buf_str(&w->dictionary, buf_view(&part->dictionary));
		w->n_terms += part->n_terms;
		w->in_group = DICTIONARY_GROUP; /* what follows begins a group of its own */
	}
	return REFTEL_OK;
}

int segment_writer_finish(struct segment_writer *w, struct index_part *out, struct err *e)
{
	struct frame f = {.n_terms = w->n_terms, .n_groups = w->groups.n / GROUP_BYTES, .n_docs = w->n_docs};
	uint8_t footer[SEGMENT_FOOTER_BYTES];

	f.first_key = w->columns[0].key;
	f.last_key = w->columns[w->n_docs - 1].key;
	memcpy(f.language, w->language, sizeof(f.language));
	f.dictionary_at = out_at(w);
	out_add(w, w->dictionary.p, w->dictionary.n);
	f.groups_at = out_at(w);
	out_add(w, w->groups.p, w->groups.n);
	f.columns_at = out_at(w);
	columns_put(w);
	f.end = out_at(w);
	out_flush(w);
	f.checksum = XXH3_64bits_digest(w->hash);
	frame_put(&f, footer);
	out_add(w, footer, sizeof(footer));
	out_flush(w);
	if (!w->error && fsync(w->fd) != 0)
		w->error = errno;
	if (w->error)
		return err_errno(e, w->error, "the index cannot be written: %s", w->path);
	snprintf(out->name, sizeof(out->name), "%s", path_base(w->path));
	out->docs = w->n_docs;
	out->first_key = f.first_key;
	out->last_key = f.last_key;
	out->bytes = w->written;
	out->checksum = f.checksum;
	w->finished = true;
	return REFTEL_OK;
}

void segment_writer_close(struct segment_writer *w)
{
	if (!w->path)
		return;
	if (w->fd >= 0)
		close(w->fd);
	if (!w->finished)
		unlink(w->path);
	XXH3_freeState(w->hash);
	buf_free(&w->out);
	buf_free(&w->dictionary);
	buf_free(&w->groups);
	buf_free(&w->list.skips);
	buf_free(&w->list.blocks);
	buf_free(&w->list.positions);
	free(w->list.pos);
	free(w->length_codes);
	free(w->path);
	w->path = NULL;
}
