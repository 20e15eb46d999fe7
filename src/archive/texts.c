/*
 * Texts packed with zstd. Once a collection has enough of them a dictionary is trained on those that came so far, which
 * saves a quarter; it is numbered, kept in the database and never changed, and each text says which one it needs.
 */
#include "archive/archive_priv.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zdict.h>
#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_c_forceAttachDict */
#include <zstd.h>

/*
 * Telegrams, each for itself, 112 KB of dictionary: the fast strategy with a table that fits in the processor's cache,
 * and the dictionary's own table looked into where it is instead of copied. Beside level 3 this takes 0.7 of the time
 * and 1.05 of the room, and is unpacked in 0.87 of the time.
 */
static const struct {
	ZSTD_cParameter name;
	int value;
} packing[] = {
	{ZSTD_c_compressionLevel, 1},
	{ZSTD_c_strategy, ZSTD_fast},
	{ZSTD_c_hashLog, 16},
	{ZSTD_c_minMatch, 7},
	{ZSTD_c_forceAttachDict, ZSTD_dictForceAttach},
	{ZSTD_c_checksumFlag, 1},
};

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
	ZSTD_CCtx *cctx; /* a writer's, with the newest dictionary */
	ZSTD_DCtx *dctx;
	int64_t packs_with; /* that dictionary; 0: none */
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
		t->packs_with = ZSTD_isError(ZSTD_CCtx_loadDictionary(t->cctx, bytes, n)) ? 0 : id;
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
	/* One that a library does not know costs time or room and nothing else. */
	for (size_t i = 0; i < sizeof(packing) / sizeof(*packing); i++)
		ZSTD_CCtx_setParameter(ar->texts->cctx, packing[i].name, packing[i].value);
	ar->texts->dctx = ZSTD_createDCtx();
	return dictionaries_load(ar, e);
}

void texts_close(struct archive *ar)
{
	struct text_store *t = ar->texts;

	if (!t)
		return;
	for (size_t i = 0; i < t->n_dicts; i++)
		ZSTD_freeDDict(t->dicts[i].d);
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

/* ---- packing ----------------------------------------------------------------------------------------------------- */

int texts_pack(struct archive *ar, struct str header, struct str body, struct str *packed, int64_t *dict, struct err *e)
{
	struct text_store *t = ar->texts;
	size_t bound, n;
	int rc;

	buf_reset(&t->raw);
	buf_str(&t->raw, header);
	buf_str(&t->raw, body);
	rc = sample_take(ar, buf_view(&t->raw), e);
	if (rc != REFTEL_OK)
		return rc;
	bound = ZSTD_compressBound(t->raw.n);
	buf_reset(&t->packed);
	buf_reserve(&t->packed, bound);
	n = ZSTD_compress2(t->cctx, t->packed.p, bound, t->raw.p, t->raw.n);
	if (ZSTD_isError(n))
		return err_set(e, REFTEL_EIO, "a text could not be packed: %s", ZSTD_getErrorName(n));
	*packed = (struct str){t->packed.p, n};
	*dict = t->packs_with;
	return REFTEL_OK;
}

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

		for (size_t i = 0; i < t->n_dicts; i++)
			ZSTD_freeDDict(t->dicts[i].d);
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

/* ---- hashes ------------------------------------------------------------------------------------------------------ */

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

struct normal {
	crypto_generichash_state st;
	size_t n;
	char chunk[8192];
};

static void normal_flush(struct normal *h)
{
	crypto_generichash_update(&h->st, (const unsigned char *)h->chunk, h->n);
	h->n = 0;
}

static void normal_add(struct normal *h, const char *p, size_t n)
{
	if (n > sizeof(h->chunk) - h->n)
		normal_flush(h);
	if (n > sizeof(h->chunk)) {
		crypto_generichash_update(&h->st, (const unsigned char *)p, n);
		return;
	}
	memcpy(h->chunk + h->n, p, n);
	h->n += n;
}

/* Which of eight bytes are c: their highest bits. */
static uint64_t bytes_equal(uint64_t w, unsigned char c)
{
	const uint64_t low = 0x7f7f7f7f7f7f7f7f;
	uint64_t x = w ^ (c * 0x0101010101010101u);

	return ~(((x & low) + low) | x | low);
}

/* The first run of blanks that is not one blank; s.n when there is none. Eight bytes at a time: all texts pass here. */
static size_t blank_run(struct str s)
{
	size_t i = 0;
	uint64_t w, next;

	for (; s.n - i > sizeof(w); i += sizeof(w)) {
		memcpy(&w, s.p + i, sizeof(w));
		memcpy(&next, s.p + i + 1, sizeof(next));
		if ((bytes_equal(w, ' ') & bytes_equal(next, ' ')) | bytes_equal(w, '\t'))
			break;
	}
	while (i < s.n && s.p[i] != '\t' &&
	       !(s.p[i] == ' ' && i + 1 < s.n && (s.p[i + 1] == ' ' || s.p[i + 1] == '\t')))
		i++;
	return i;
}

/* Runs of blanks are one. Most lines have none, and go in as they are. */
static void normal_line(struct normal *h, struct str s)
{
	size_t n;

	while ((n = blank_run(s)) < s.n) {
		normal_add(h, s.p, n);
		normal_add(h, " ", 1);
		s = str_trim(str_sub(s, n, s.n));
	}
	normal_add(h, s.p, s.n);
	normal_add(h, "\n", 1);
}

/* "Monday, 09 February 2009, 14:53", as a site put it on top of its texts. */
static bool is_worded_date(struct str line)
{
	size_t comma = str_find(line, STR("day, "), 0);

	return comma != SIZE_MAX && comma < 10 && line.n >= comma + 15 && line.n < 40 &&
	       ascii_digit((unsigned char)line.p[comma + 5]) && ascii_digit((unsigned char)line.p[line.n - 1]);
}

/*
 * The normal form: line ends are LF, blanks at the ends of a line and blank lines are gone, runs of blanks are one; so
 * are the pilcrow that a site set before a paragraph's number and the date in words that it put before the text. The
 * same text in another layout differs in these alone.
 */
void texts_hash_normal(struct str text, unsigned char out[HASH_BYTES])
{
	struct normal h = {.n = 0};
	struct str line;
	bool first = true;

	crypto_generichash_init(&h.st, NULL, 0, HASH_BYTES);
	while (str_line(&text, &line)) {
		line = str_trim(line);
		if (line.n && *line.p == *"\u00b6" && str_starts(line, STR("\u00b6")))
			line = str_trim(str_sub(line, strlen("\u00b6"), line.n));
		if (!line.n || (first && is_worded_date(line)))
			continue;
		first = false;
		normal_line(&h, line);
	}
	normal_flush(&h);
	crypto_generichash_final(&h.st, out, HASH_BYTES);
}
