/*
 * The snapshot that a reader holds: the segments that the archive names, mapped, and which of their documents count.
 */
#include "catalog/catalog_priv.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES = 5 }; /* a writer may swap the segments while they are opened */

const char *catalog_dir(struct arena *a, struct archive *ar)
{
	return path_join(a, archive_dir(ar), "index");
}

int catalog_language(struct archive *ar, struct arena *a, const char **out, struct err *e)
{
	struct str chosen;
	int rc = archive_setting(ar, a, "language", &chosen, e);

	*out = "english";
	if (rc == REFTEL_OK && chosen.n)
		*out = str_eq(chosen, STR("none")) ? NULL : arena_dup(a, chosen);
	return rc;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static void segments_close(struct catalog *c)
{
	for (size_t i = 0; i < c->n_segments; i++) {
		segment_close(c->segments[i].segment);
		free(c->segments[i].live);
		free(c->segments[i].current);
	}
	free(c->segments);
	c->segments = NULL;
	c->n_segments = 0;
	c->n_docs = 0;
	c->last = 0;
}

int catalog_segment_is(const struct segment *s, const struct archive_segment *row, struct err *e)
{
	if (segment_checksum(s) == row->checksum && segment_bytes(s) == row->bytes && segment_docs(s) == row->docs)
		return REFTEL_OK;
	return err_set(
		e, REFTEL_EFORMAT,
		"the index is damaged (%s is another file than the archive knows): `reftel reindex` makes it anew",
		row->name);
}

static uint64_t *bits_full(uint32_t n)
{
	uint64_t *bits = xmalloc((bits_words(n) + 1) * sizeof(*bits));

	memset(bits, 0xff, bits_words(n) * sizeof(*bits));
	if (n % 64)
		bits[n / 64] = ((uint64_t)1 << (n % 64)) - 1;
	return bits;
}

static int segments_open(struct catalog *c, struct arena *a, struct err *e)
{
	const char *dir = catalog_dir(a, c->archive);
	struct archive_segments rows;
	int rc = archive_segments(c->archive, a, &rows, e);

	if (rc != REFTEL_OK)
		return rc;
	c->segments = xcalloc(rows.n + 1, sizeof(*c->segments));
	for (size_t i = 0; i < rows.n && rc == REFTEL_OK; i++) {
		struct catalog_segment *s = &c->segments[i];

		rc = segment_open(dir, rows.v[i].name, &s->segment, e);
		if (rc == REFTEL_OK)
			c->n_segments++;
		if (rc == REFTEL_OK)
			rc = catalog_segment_is(s->segment, &rows.v[i], e);
		if (rc != REFTEL_OK)
			return rc;
		s->live = bits_full(rows.v[i].docs);
		s->current = bits_full(rows.v[i].docs);
		c->n_docs += rows.v[i].docs;
		c->last = rows.v[i].last;
	}
	return rc;
}

static int unlisted_apply(struct catalog *c, struct arena *a, struct err *e)
{
	struct unlisted_list l;
	int rc = archive_unlisted(c->archive, a, &l, e);

	for (size_t i = 0; i < l.n && rc == REFTEL_OK; i++) {
		uint64_t bit;
		size_t k;
		uint32_t doc;

		if (!catalog_find(c, l.v[i].version, &k, &doc))
			continue;
		bit = (uint64_t)1 << doc % 64;
		c->segments[k].current[doc / 64] &= ~bit;
		if (l.v[i].deleted)
			c->segments[k].live[doc / 64] &= ~bit;
	}
	return rc;
}

int catalog_open(struct archive *ar, struct catalog **out, struct err *e)
{
	struct catalog *c = xcalloc(1, sizeof(*c));
	struct arena a = {0};
	int rc = REFTEL_OK;

	*out = NULL;
	c->archive = ar;
	for (int i = 0; i < TRIES; i++) {
		rc = segments_open(c, &a, e);
		if (rc == REFTEL_OK)
			break;
		segments_close(c);
	}
	if (rc == REFTEL_OK)
		rc = unlisted_apply(c, &a, e);
	arena_free(&a);
	if (rc == REFTEL_OK)
		*out = c;
	else
		catalog_close(c);
	return rc;
}

void catalog_forget(const struct catalog *c)
{
	for (size_t i = 0; i < c->n_segments; i++)
		segment_forget(c->segments[i].segment);
}

void catalog_close(struct catalog *c)
{
	if (!c)
		return;
	segments_close(c);
	free(c);
}

/* ---- looking at it ----------------------------------------------------------------------------------------------- */

int catalog_sound(const struct catalog *c, struct err *e)
{
	for (size_t i = 0; i < c->n_segments; i++)
		if (segment_damaged(c->segments[i].segment))
			return err_set(
				e, REFTEL_EFORMAT,
				"the index is damaged, and what it gives cannot be trusted: `reftel reindex` makes "
				"it anew");
	return REFTEL_OK;
}

bool catalog_find(const struct catalog *c, int64_t version, size_t *segment, uint32_t *doc)
{
	for (size_t i = 0; i < c->n_segments; i++) {
		*doc = segment_find(c->segments[i].segment, version);
		*segment = i;
		if (*doc != UINT32_MAX)
			return true;
	}
	return false;
}

uint64_t catalog_docs_with(const struct catalog *c, struct str word)
{
	uint64_t n = 0;
	struct term t;

	for (size_t i = 0; i < c->n_segments; i++)
		if (segment_term(c->segments[i].segment, INDEX_WORD, word, &t))
			n += t.docs;
	return n;
}

uint64_t catalog_bytes(const struct catalog *c)
{
	uint64_t n = 0;

	for (size_t i = 0; i < c->n_segments; i++)
		n += segment_bytes(c->segments[i].segment);
	return n;
}
