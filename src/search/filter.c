/*
 * What a query asks of a cable besides its words, as sets of documents: the index's keywords, its column of dates, and
 * for ids and references what the archive says.
 */
#include "search/search_priv.h"

#include <string.h>

/* ---- keywords ---------------------------------------------------------------------------------------------------- */

static void list_enter(const struct segment *s, const struct term *t, uint64_t *bits)
{
	struct postings p;

	postings_open(&p, s, t);
	for (bool more = p.doc != POSTINGS_END; more; more = postings_next_block(&p))
		for (uint32_t i = 0; i < p.n; i++)
			bit_set(bits, p.docs[i]);
}

/* All values of a field that fits() takes. */
static void field_enter(struct searcher *s, enum catalog_field field, bool (*fits)(const void *ctx, struct str value),
			const void *ctx, uint64_t **bits)
{
	for (size_t i = 0; i < s->c->n_segments; i++) {
		const struct segment *segment = s->c->segments[i].segment;
		struct term_walk w;
		struct str value;
		struct term t;

		term_walk_open(&w, segment, (uint8_t)field, STR(""));
		while (!is_stopped(s->stop) && term_walk_next(&w, &value, NULL, &t))
			if (fits(ctx, value))
				list_enter(segment, &t, bits[i]);
	}
}

/* The words stand in the value, one behind the other. */
static bool words_in(const struct query_node *n, struct str value)
{
	struct arena a = {0};
	struct tokens t = text_tokens(&a, value, NULL, false);
	bool found = false;

	for (size_t i = 0; i + n->n_words <= t.n && !found; i++) {
		size_t k = 0;

		while (k < n->n_words && str_eq(t.v[i + k].word, n->words[k].word))
			k++;
		found = k == n->n_words;
	}
	arena_free(&a);
	return found;
}

/* "newdelhi" for the embassy in New Delhi: the id part under which a post's cables are numbered. */
static bool post_is(const struct query_node *n, struct str value)
{
	char of_value[MRN_POST_MAX], asked[MRN_POST_MAX];

	return mrn_post_of_origin(value, of_value) && mrn_post_canonical(n->word, asked) && !strcmp(of_value, asked);
}

static bool key_fits(const void *ctx, struct str value)
{
	const struct query_node *n = ctx;

	if (n->field == QF_TAG) {
		struct arena a = {0};
		bool same = str_eq(text_fold(&a, value), n->word);

		arena_free(&a);
		return same;
	}
	return words_in(n, value) || (n->field == QF_ORIGIN && post_is(n, value));
}

static bool level_fits(const struct query_node *n, enum class_level level)
{
	if (n->class.level == LEVEL_UNKNOWN)
		return true;
	if (level == LEVEL_UNKNOWN)
		return false;
	switch (n->cmp) {
	case QC_LT:
		return level < n->class.level;
	case QC_LE:
		return level <= n->class.level;
	case QC_GT:
		return level > n->class.level;
	case QC_GE:
		return level >= n->class.level;
	default:
		return level == n->class.level;
	}
}

static bool mark_fits(const void *ctx, struct str value)
{
	const struct query_node *n = ctx;
	struct classification class;

	return class_parse(value, &class) && level_fits(n, class.level) &&
	       (class.captions & n->class.captions) == n->class.captions;
}

static bool class_fits(const void *ctx, struct str value)
{
	struct classification class;

	return class_parse(value, &class) && level_fits(ctx, class.level);
}

static bool any_value(const void *ctx, struct str value)
{
	(void)ctx;
	(void)value;
	return true;
}

static bool value_is(const void *ctx, struct str value)
{
	return str_eq(value, str_of(ctx));
}

/* ---- sets -------------------------------------------------------------------------------------------------------- */

static void sets_invert(struct searcher *s, uint64_t **bits)
{
	for (size_t i = 0; i < s->c->n_segments; i++) {
		uint32_t n = segment_docs(s->c->segments[i].segment);

		for (size_t k = 0; k < bits_words(n); k++)
			bits[i][k] = ~bits[i][k];
		if (n % 64)
			bits[i][n / 64] &= ((uint64_t)1 << (n % 64)) - 1;
	}
}

static void sets_keep(struct searcher *s, uint64_t **bits, uint64_t *const *other)
{
	for (size_t i = 0; i < s->c->n_segments; i++)
		for (size_t k = 0; k < bits_words(segment_docs(s->c->segments[i].segment)); k++)
			bits[i][k] &= other[i][k];
}

static uint64_t **sets_new(struct searcher *s)
{
	uint64_t **bits = arena_new(s->a, uint64_t *, s->c->n_segments + 1);

	for (size_t i = 0; i < s->c->n_segments; i++)
		bits[i] = arena_new(s->a, uint64_t, bits_words(segment_docs(s->c->segments[i].segment)) + 1);
	return bits;
}

/* All captions that are asked for, each of which is a keyword of its own. */
static void captions_keep(struct searcher *s, const struct query_node *n, uint64_t **bits)
{
	for (unsigned bit = 1; bit <= CAPTION_OTHER; bit <<= 1) {
		uint64_t **one;

		if (!(n->class.captions & bit))
			continue;
		one = sets_new(s);
		field_enter(s, FIELD_CAPTION, value_is, caption_name((enum caption)bit), one);
		sets_keep(s, bits, one);
	}
}

static void class_enter(struct searcher *s, const struct query_node *n, uint64_t **bits)
{
	enum catalog_field field = n->field == QF_PARA ? FIELD_MARK : FIELD_CLASS;

	if (n->none && field == FIELD_MARK) {
		field_enter(s, FIELD_HAS, value_is, "unmarked", bits);
	} else if (n->none) {
		field_enter(s, field, any_value, NULL, bits);
		sets_invert(s, bits);
	} else if (field == FIELD_MARK) {
		field_enter(s, field, mark_fits, n, bits);
	} else {
		if (n->class.level == LEVEL_UNKNOWN)
			sets_invert(s, bits);
		else
			field_enter(s, field, class_fits, n, bits);
		captions_keep(s, n, bits);
	}
}

/* ---- dates ------------------------------------------------------------------------------------------------------- */

static int64_t day_of(int64_t seconds)
{
	return seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
}

static void dates_enter(struct searcher *s, const struct query_node *n, uint64_t **bits)
{
	for (size_t i = 0; i < s->c->n_segments; i++) {
		const struct segment *segment = s->c->segments[i].segment;
		uint32_t docs = segment_docs(segment);

		for (uint32_t doc = 0; doc < docs; doc++) {
			int64_t when = segment_when(segment, doc);
			bool fits = when == INDEX_NO_DATE
					    ? n->none
					    : !n->none && day_of(when) >= n->from && day_of(when) <= n->to;

			bits[i][doc / 64] |= (uint64_t)fits << (doc % 64);
		}
	}
}

/* ---- what the archive says --------------------------------------------------------------------------------------- */

static void version_enter(struct searcher *s, int64_t version, uint64_t **bits)
{
	size_t segment;
	uint32_t doc;

	if (catalog_find(s->c, version, &segment, &doc))
		bit_set(bits[segment], doc);
}

static void rows_enter(struct searcher *s, const struct cable_rows *rows, uint64_t **bits)
{
	for (size_t i = 0; i < rows->n; i++)
		version_enter(s, rows->v[i].version, bits);
}

static int cable_enter(struct searcher *s, int64_t key, uint64_t **bits)
{
	struct cable_row row;
	int rc = key ? archive_row(s->c->archive, s->a, key, &row, s->e) : REFTEL_ENOTFOUND;

	if (rc == REFTEL_OK)
		version_enter(s, row.version, bits);
	return rc == REFTEL_ENOTFOUND ? REFTEL_OK : rc;
}

static int ref_rows_enter(struct searcher *s, const struct ref_rows *refs, uint64_t **bits)
{
	int rc = REFTEL_OK;

	for (size_t i = 0; rc == REFTEL_OK && i < refs->n; i++)
		rc = cable_enter(s, refs->v[i].key, bits);
	return rc;
}

/* What refers to a number of a post whose year is not said, as far as the cable that it means is not held. */
static int missing_refs_enter(struct searcher *s, const struct mrn *m, uint64_t **bits)
{
	struct missing_list missing;
	int rc = archive_missing_find(s->c->archive, s->a, m, &missing, s->e);

	for (size_t i = 0; rc == REFTEL_OK && i < missing.n; i++)
		for (size_t k = 0; rc == REFTEL_OK && k < missing.v[i].n_citers; k++)
			rc = cable_enter(s, missing.v[i].citers[k].key, bits);
	return rc;
}

static int refs_enter(struct searcher *s, const struct query_node *n, uint64_t **bits)
{
	struct archive *ar = s->c->archive;
	struct cable_rows rows;
	struct ref_rows refs;
	int rc = archive_find(ar, s->a, n->word, &rows, s->e);

	if (rc == REFTEL_OK && n->op == Q_REFS && *n->mrn.post && !n->mrn.year) {
		rc = missing_refs_enter(s, &n->mrn, bits);
	} else if (rc == REFTEL_OK && n->op == Q_REFS && !rows.n) {
		rc = archive_refs_to(ar, s->a, n->word, &refs, s->e); /* of a cable that is not held */
		if (rc == REFTEL_OK)
			rc = ref_rows_enter(s, &refs, bits);
	}
	for (size_t k = 0; rc == REFTEL_OK && k < rows.n; k++) {
		rc = n->op == Q_REFS ? archive_refs_to(ar, s->a, rows.v[k].id, &refs, s->e)
				     : archive_refs_from(ar, s->a, rows.v[k].key, &refs, s->e);
		if (rc == REFTEL_OK)
			rc = ref_rows_enter(s, &refs, bits);
	}
	return rc;
}

/* Of a list of cables in order. */
static void cables_enter(struct searcher *s, const struct version_keys *keys, uint64_t **bits)
{
	int64_t last = keys->n ? keys->v[keys->n - 1] : 0;
	uint64_t *is = arena_new(s->a, uint64_t, bits_words((uint32_t)last + 1) + 1);

	for (size_t i = 0; i < keys->n; i++)
		bit_set(is, (uint32_t)keys->v[i]);
	for (size_t i = 0; i < s->c->n_segments; i++) {
		const struct segment *segment = s->c->segments[i].segment;

		for (uint32_t doc = 0; doc < segment_docs(segment); doc++) {
			int64_t group = segment_group(segment, doc);

			if (group >= 0 && group <= last && bit_get(is, (uint32_t)group))
				bit_set(bits[i], doc);
		}
	}
}

static int missing_enter(struct searcher *s, const struct query_node *n, uint64_t **bits)
{
	struct version_keys keys;
	int rc = archive_cables_citing_missing(s->c->archive, s->a, &keys, s->e);

	if (rc != REFTEL_OK)
		return rc;
	cables_enter(s, &keys, bits);
	if (!n->yes)
		sets_invert(s, bits);
	return rc;
}

static int has_enter(struct searcher *s, const struct query_node *n, uint64_t **bits)
{
	struct version_keys keys;
	int rc;

	if (n->has != QH_VERSIONS) {
		field_enter(s, FIELD_HAS, value_is, query_has_name(n->has), bits);
		return REFTEL_OK;
	}
	rc = archive_cables_with_versions(s->c->archive, s->a, &keys, s->e);
	if (rc == REFTEL_OK)
		cables_enter(s, &keys, bits);
	return rc;
}

int filter_make(struct searcher *s, const struct query_node *n, uint64_t **bits)
{
	static const enum catalog_field fields[QF_COUNT] = {
		[QF_ORIGIN] = FIELD_ORIGIN, [QF_TAG] = FIELD_TAG, [QF_SIGNATORY] = FIELD_SIGNATORY};
	struct cable_rows rows = {0};
	int rc = REFTEL_OK;

	switch (n->op) {
	case Q_KEY:
		field_enter(s, fields[n->field], key_fits, n, bits);
		break;
	case Q_CLASS:
		class_enter(s, n, bits);
		break;
	case Q_CAPTION:
		sets_invert(s, bits);
		captions_keep(s, n, bits);
		break;
	case Q_DATE:
		dates_enter(s, n, bits);
		break;
	case Q_ID:
		rc = archive_find(s->c->archive, s->a, n->word, &rows, s->e);
		rows_enter(s, &rows, bits);
		break;
	case Q_NUMBER:
		rc = archive_find_number(s->c->archive, s->a, n->number, &rows, s->e);
		rows_enter(s, &rows, bits);
		break;
	case Q_REFS:
	case Q_REFBY:
		rc = refs_enter(s, n, bits);
		break;
	case Q_HAS:
		rc = has_enter(s, n, bits);
		break;
	case Q_MISSING:
		rc = missing_enter(s, n, bits);
		break;
	default:
		break;
	}
	return rc;
}
