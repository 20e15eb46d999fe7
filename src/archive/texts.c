/*
 * Texts packed with zstd. Once a collection has enough of them a dictionary is trained on those that came so far, which
 * saves a quarter; it is numbered, kept in the database and never changed, and each text says which one it needs.
 */
#include "archive/archive_priv.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>

enum {
	FRAME_CHECKSUM = 1 << 2, /* in the byte behind a frame's magic number (RFC 8878, 3.1.1.1.1) */
	DICTIONARY_BYTES = 112 << 10,
	SAMPLES_WANTED = 250,        /* texts seen before a dictionary is trained */
	SAMPLES_BYTES_MAX = 6 << 20, /* and kept in memory until then */
	SAMPLE_MAX = 32 << 10,       /* of one text: a giant teaches nothing about the others */
	DICTIONARIES_MAX = 64,
};

struct dictionary {
	int64_t id;
	ZSTD_DDict *d;
};

struct text_store {
	ZSTD_DCtx *dctx;
	struct dictionary dicts[DICTIONARIES_MAX];
	size_t n_dicts;
	/* a writer's */
	struct archive_packer *packer;
	struct archive_dictionary *all;              /* a packer may still hold an old one: they go with the handle */
	const struct archive_dictionary *packs_with; /* the newest that the archive has; NULL: none */
	struct buf samples;
	size_t sizes[SAMPLES_WANTED], n_samples;
	bool learned; /* enough was seen, whatever came of it */
};

static void dictionary_offer(struct text_store *t, int64_t id, const void *bytes, size_t n)
{
	struct archive_dictionary *d = xmalloc(sizeof(*d) + n);

	d->id = id;
	d->n = n;
	d->older = t->all;
	memcpy(d->bytes, bytes, n);
	t->all = d;
	t->packs_with = d;
	t->learned = true;
}

static void dictionary_add(struct archive *ar, int64_t id, const void *bytes, size_t n)
{
	struct text_store *t = ar->texts;
	struct dictionary *d;

	if (t->n_dicts == DICTIONARIES_MAX)
		return;
	d = &t->dicts[t->n_dicts++];
	d->id = id;
	d->d = ZSTD_createDDict(bytes, n);
	if (ar->mode == ARCHIVE_WRITE && (!t->packs_with || t->packs_with->id < id))
		dictionary_offer(t, id, bytes, n);
}

static int dictionaries_load(struct archive *ar, struct err *e)
{
	sqlite3_stmt *st = archive_statement(ar, SQL_DICT_LOAD, e);
	int rc;

	if (!st)
		return e->code;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		dictionary_add(ar, sqlite3_column_int64(st, 0), sqlite3_column_blob(st, 1),
			       (size_t)sqlite3_column_bytes(st, 1));
	sqlite3_reset(st);
	return rc == SQLITE_DONE ? REFTEL_OK : archive_sql_error(ar, e, "opening the archive");
}

int texts_open(struct archive *ar, struct err *e)
{
	if (sodium_init() < 0)
		return err_set(e, REFTEL_EIO, "the system gives no random numbers: libsodium cannot start");
	ar->texts = xcalloc(1, sizeof(*ar->texts));
	ar->texts->dctx = ZSTD_createDCtx();
	if (ar->mode == ARCHIVE_WRITE)
		ar->texts->packer = archive_packer_open();
	return dictionaries_load(ar, e);
}

static void dictionaries_forget(struct text_store *t)
{
	for (size_t i = 0; i < t->n_dicts; i++)
		ZSTD_freeDDict(t->dicts[i].d);
	t->n_dicts = 0;
}

void texts_close(struct archive *ar)
{
	struct text_store *t = ar->texts;

	if (!t)
		return;
	dictionaries_forget(t);
	ZSTD_freeDCtx(t->dctx);
	archive_packer_close(t->packer);
	while (t->all) {
		struct archive_dictionary *d = t->all;

		t->all = d->older;
		free(d);
	}
	buf_free(&t->samples);
	free(t);
	ar->texts = NULL;
}

/* What was trained in a transaction that is undone is not in the archive. */
void texts_undo(struct archive *ar)
{
	struct text_store *t = ar->texts;
	struct err ignored;

	if (!t || ar->mode != ARCHIVE_WRITE)
		return;
	dictionaries_forget(t);
	buf_reset(&t->samples);
	t->n_samples = 0;
	t->packs_with = NULL;
	t->learned = false;
	dictionaries_load(ar, &ignored);
}

/* ---- the dictionary ---------------------------------------------------------------------------------------------- */

static int dictionary_train(struct archive *ar, struct err *e)
{
	struct text_store *t = ar->texts;
	void *bytes = xmalloc(DICTIONARY_BYTES);
	size_t n = ZDICT_trainFromBuffer(bytes, DICTIONARY_BYTES, t->samples.p, t->sizes, (unsigned)t->n_samples);
	sqlite3_stmt *st;
	int rc = REFTEL_OK;

	if (ZDICT_isError(n))
		goto out; /* these texts have nothing in common: they are packed without one */
	st = archive_statement(ar, SQL_DICT_ADD, e);
	if (!st) {
		rc = e->code;
		goto out;
	}
	sqlite3_bind_blob64(st, 1, bytes, n, SQLITE_STATIC);
	rc = archive_step_done(ar, st, e, "storing a dictionary");
	if (rc == REFTEL_OK)
		dictionary_add(ar, sqlite3_last_insert_rowid(ar->db), bytes, n);
out:
	free(bytes);
	buf_free(&t->samples);
	t->n_samples = 0;
	t->learned = true;
	return rc;
}

int texts_learn(struct archive *ar, struct str header, struct str body, struct err *e)
{
	struct text_store *t = ar->texts;
	struct str head = str_sub(header, 0, SAMPLE_MAX), rest = str_sub(body, 0, SAMPLE_MAX - head.n);
	size_t n = head.n + rest.n;

	if (t->learned || !n)
		return REFTEL_OK;
	if (t->samples.n + n > SAMPLES_BYTES_MAX)
		return dictionary_train(ar, e);
	buf_str(&t->samples, head);
	buf_str(&t->samples, rest);
	t->sizes[t->n_samples++] = n;
	return t->n_samples == SAMPLES_WANTED ? dictionary_train(ar, e) : REFTEL_OK;
}

bool archive_is_learning(const struct archive *ar)
{
	return !ar->texts->learned;
}

const struct archive_dictionary *archive_dictionary(const struct archive *ar)
{
	return ar->texts->packs_with;
}

struct archive_packer *texts_packer(struct archive *ar)
{
	return ar->texts->packer;
}

/* ---- unpacking --------------------------------------------------------------------------------------------------- */

bool texts_have_checksum(struct str packed)
{
	return packed.n > 4 && packed.p[4] & FRAME_CHECKSUM;
}

static const struct dictionary *dictionary_find(const struct text_store *t, int64_t id)
{
	for (size_t i = 0; i < t->n_dicts; i++)
		if (t->dicts[i].id == id)
			return &t->dicts[i];
	return NULL;
}

int texts_unpack(struct archive *ar, struct arena *a, struct str packed, int64_t dict, size_t size, struct str *out,
		 struct err *e)
{
	struct text_store *t = ar->texts;
	const struct dictionary *d = dict ? dictionary_find(t, dict) : NULL;
	size_t n;
	char *p;

	if (dict && !d) { /* a writer may have added it since this handle was opened */
		struct err ignored;

		dictionaries_forget(t);
		dictionaries_load(ar, &ignored);
		d = dictionary_find(t, dict);
	}
	if (dict && !d)
		return err_set(e, REFTEL_EFORMAT,
			       "the archive lacks dictionary %lld, without which the text cannot be read",
			       (long long)dict);
	/* What the frame says of its size is not asked: the row's size is the bound. */
	if (size > TEXT_MAX)
		return err_set(e, REFTEL_EFORMAT, "the archive gives a text an impossible size");
	p = arena_alloc(a, size + 1);
	n = d ? ZSTD_decompress_usingDDict(t->dctx, p, size, packed.p, packed.n, d->d)
	      : ZSTD_decompressDCtx(t->dctx, p, size, packed.p, packed.n);
	if (ZSTD_isError(n) || n != size)
		return err_set(e, REFTEL_EFORMAT, "a text in the archive is damaged and cannot be unpacked");
	*out = (struct str){p, size};
	return REFTEL_OK;
}
