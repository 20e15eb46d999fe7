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
	LEVEL = 3,
	DICTIONARY_BYTES = 112 << 10,
	SAMPLES_WANTED = 600,        /* texts seen before a dictionary is trained */
	SAMPLES_BYTES_MAX = 6 << 20, /* and kept in memory until then */
	SAMPLE_MAX = 32 << 10,       /* of one text: a giant teaches nothing about the others */
	DICTIONARIES_MAX = 64,
};

struct dictionary {
	int64_t id;
	ZSTD_DDict *d;
	ZSTD_CDict *c; /* of the newest only, and only for a writer */
};

struct text_store {
	ZSTD_CCtx *cctx;
	ZSTD_DCtx *dctx;
	struct dictionary dicts[DICTIONARIES_MAX];
	size_t n_dicts;
	struct buf raw, packed;
	struct buf samples;
	size_t sizes[SAMPLES_WANTED], n_samples;
};

static void dictionary_add(struct archive *ar, int64_t id, const void *bytes, size_t n)
{
	struct text_store *t = ar->texts;
	struct dictionary *d;

	if (t->n_dicts == DICTIONARIES_MAX)
		return;
	d = &t->dicts[t->n_dicts++];
	d->id = id;
	d->d = ZSTD_createDDict(bytes, n);
	if (ar->mode == ARCHIVE_WRITE)
		d->c = ZSTD_createCDict(bytes, n, LEVEL);
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
	ar->texts->cctx = ZSTD_createCCtx();
	ar->texts->dctx = ZSTD_createDCtx();
	return dictionaries_load(ar, e);
}

void texts_close(struct archive *ar)
{
	struct text_store *t = ar->texts;

	if (!t)
		return;
	for (size_t i = 0; i < t->n_dicts; i++) {
		ZSTD_freeDDict(t->dicts[i].d);
		ZSTD_freeCDict(t->dicts[i].c);
	}
	ZSTD_freeCCtx(t->cctx);
	ZSTD_freeDCtx(t->dctx);
	buf_free(&t->raw);
	buf_free(&t->packed);
	buf_free(&t->samples);
	free(t);
	ar->texts = NULL;
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
	return rc;
}

static int sample_take(struct archive *ar, struct str raw, struct err *e)
{
	struct text_store *t = ar->texts;

	if (t->n_dicts || t->n_samples == SAMPLES_WANTED)
		return REFTEL_OK;
	raw = str_sub(raw, 0, SAMPLE_MAX);
	if (raw.n && t->samples.n + raw.n <= SAMPLES_BYTES_MAX) {
		buf_str(&t->samples, raw);
		t->sizes[t->n_samples++] = raw.n;
	} else {
		return raw.n ? dictionary_train(ar, e) : REFTEL_OK;
	}
	return t->n_samples == SAMPLES_WANTED ? dictionary_train(ar, e) : REFTEL_OK;
}

/* ---- packing --------------------------------------------------------------------------------------------------------
 */

int texts_pack(struct archive *ar, struct str header, struct str body, struct str *packed, int64_t *dict, struct err *e)
{
	struct text_store *t = ar->texts;
	struct dictionary *d;
	size_t bound, n;
	int rc;

	buf_reset(&t->raw);
	buf_str(&t->raw, header);
	buf_str(&t->raw, body);
	rc = sample_take(ar, buf_view(&t->raw), e);
	if (rc != REFTEL_OK)
		return rc;
	d = t->n_dicts ? &t->dicts[t->n_dicts - 1] : NULL;
	bound = ZSTD_compressBound(t->raw.n);
	buf_reset(&t->packed);
	buf_reserve(&t->packed, bound);
	n = d && d->c ? ZSTD_compress_usingCDict(t->cctx, t->packed.p, bound, t->raw.p, t->raw.n, d->c)
		      : ZSTD_compressCCtx(t->cctx, t->packed.p, bound, t->raw.p, t->raw.n, LEVEL);
	if (ZSTD_isError(n))
		return err_set(e, REFTEL_EIO, "a text could not be packed: %s", ZSTD_getErrorName(n));
	*packed = (struct str){t->packed.p, n};
	*dict = d && d->c ? d->id : 0;
	return REFTEL_OK;
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

		for (size_t i = 0; i < t->n_dicts; i++) {
			ZSTD_freeDDict(t->dicts[i].d);
			ZSTD_freeCDict(t->dicts[i].c);
		}
		t->n_dicts = 0;
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

/* ---- hashes
 * ---------------------------------------------------------------------------------------------------------- */

void texts_hash(struct str header, struct str body, unsigned char out[HASH_BYTES])
{
	crypto_generichash_state st;
	uint64_t n = header.n;

	crypto_generichash_init(&st, NULL, 0, HASH_BYTES);
	crypto_generichash_update(&st, (const unsigned char *)&n, sizeof(n));
	crypto_generichash_update(&st, (const unsigned char *)header.p, header.n);
	crypto_generichash_update(&st, (const unsigned char *)body.p, body.n);
	crypto_generichash_final(&st, out, HASH_BYTES);
}

/*
 * The normal form: line ends are LF, blanks at the end of a line and blank lines are gone, runs of blanks are one. The
 * same text in another layout differs in these alone.
 */
void texts_hash_normal(struct str text, unsigned char out[HASH_BYTES])
{
	crypto_generichash_state st;
	unsigned char chunk[8192];
	size_t n = 0;
	bool blank = true; /* nothing but blanks on this line so far */
	bool pending = false;

	crypto_generichash_init(&st, NULL, 0, HASH_BYTES);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (n + 4 > sizeof(chunk)) {
			crypto_generichash_update(&st, chunk, n);
			n = 0;
		}
		if (c == '\n' || c == '\r') {
			if (!blank)
				chunk[n++] = '\n';
			blank = true;
			pending = false;
		} else if (c == ' ' || c == '\t') {
			pending = !blank;
		} else {
			if (pending)
				chunk[n++] = ' ';
			chunk[n++] = c;
			pending = false;
			blank = false;
		}
	}
	if (!blank)
		chunk[n++] = '\n';
	crypto_generichash_update(&st, chunk, n);
	crypto_generichash_final(&st, out, HASH_BYTES);
}
