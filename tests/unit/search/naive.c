/*
 * The naive scan. Each node of a query's tree is asked of each document by itself; what docs/search.md says of it is
 * written down here a second time, without lists, sets or skips.
 */
#include "naive.h"

/* ---- the texts --------------------------------------------------------------------------------------------------- */

void naive_open(struct naive *m, const char *language)
{
	struct err e = {0};

	*m = (struct naive){0};
	must(stemmer_open(language, &m->stemmer, &e), e);
}

void naive_close(struct naive *m)
{
	stemmer_close(m->stemmer);
	vocab_free(&m->vocab);
	arena_free(&m->arena);
}

static void doc_read(struct naive *m, int64_t version)
{
	struct naive_doc *d = VEC_PUSH(&m->arena, &m->docs);
	struct cable_version v;
	struct err e = {0};

	must(archive_load(m->ar, &m->arena, version, &v, &e), e);
	*d = (struct naive_doc){.key = v.key, .version = version, .cable = v.cable, .when = INDEX_NO_DATE};
	if (v.cable.date.precision != DATE_NONE)
		d->when = cable_date_seconds(v.cable.date);
	d->words = catalog_words_read(&m->arena, &d->cable, &m->vocab, true);
	m->last = version;
}

static bool is_among(const struct version_keys *keys, int64_t version)
{
	for (size_t i = 0; i < keys->n; i++)
		if (keys->v[i] == version)
			return true;
	return false;
}

void naive_read(struct naive *m, struct archive *ar)
{
	struct arena a = {0};
	struct version_keys keys;
	struct err e = {0};

	m->ar = ar;
	must(archive_versions_after(ar, &a, 0, &keys, &e), e);
	for (size_t i = 0; i < keys.n; i++)
		if (keys.v[i] > m->last)
			doc_read(m, keys.v[i]);
	for (size_t i = 0; i < m->docs.n; i++) {
		struct naive_doc *d = &m->docs.v[i];
		struct cable_row row = {0};

		d->live = is_among(&keys, d->version);
		d->current = d->live && archive_row(ar, &a, d->key, &row, &e) == REFTEL_OK && row.version == d->version;
	}
	arena_free(&a);
}

void naive_look(struct naive *m, const struct catalog *c)
{
	m->n_indexed = 0;
	for (size_t i = 0; i < m->docs.n; i++) {
		size_t segment;
		uint32_t doc;

		m->docs.v[i].indexed = catalog_find(c, m->docs.v[i].version, &segment, &doc);
		m->n_indexed += m->docs.v[i].indexed;
	}
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static struct str letter_cut(struct str s, int32_t *letter)
{
	size_t pos = 0;

	*letter = utf8_next(s, &pos);
	return str_sub(s, pos, s.n);
}

static bool pattern_is(struct str pattern, struct str word)
{
	int32_t p, w;

	if (!pattern.n)
		return !word.n;
	if (*pattern.p == '*') {
		if (pattern_is(str_sub(pattern, 1, pattern.n), word))
			return true;
		return word.n && pattern_is(pattern, letter_cut(word, &w));
	}
	if (!word.n)
		return false;
	pattern = letter_cut(pattern, &p);
	word = letter_cut(word, &w);
	return (p == '?' || p == w) && pattern_is(pattern, word);
}

/* With at most so many letters inserted, left out or changed. */
static bool apart_within(struct str a, struct str b, int most)
{
	struct str a_rest = a, b_rest = b;
	int32_t x = -1, y = -1;

	if (a.n)
		a_rest = letter_cut(a, &x);
	if (b.n)
		b_rest = letter_cut(b, &y);
	if (x == y)
		return !a.n || apart_within(a_rest, b_rest, most);
	if (most == 0)
		return false;
	return (a.n && b.n && apart_within(a_rest, b_rest, most - 1)) || (b.n && apart_within(a, b_rest, most - 1)) ||
	       (a.n && apart_within(a_rest, b, most - 1));
}

static bool same_stem(const struct naive *m, struct str a, struct str b)
{
	struct arena mem = {0};
	bool same;

	if (!m->stemmer)
		return str_eq(a, b);
	a = arena_str(&mem, stemmer_stem(m->stemmer, a));
	same = str_eq(a, stemmer_stem(m->stemmer, b));
	arena_free(&mem);
	return same;
}

/* Does the leaf stand for the word? `exact`: of a phrase, then it is `word` itself. */
static bool stands_for(const struct naive *m, const struct query_node *n, const struct str *exact, struct str word)
{
	if (exact)
		return str_eq(*exact, word);
	switch (n->op) {
	case Q_WORD:
		return same_stem(m, n->word, word);
	case Q_PREFIX:
		return str_starts(word, n->word);
	case Q_WILDCARD:
		return pattern_is(n->word, word);
	default:
		return apart_within(n->word, word, n->distance);
	}
}

/* A leaf asked of every word once: of[id - 1], and the documents that have any of them. */
struct asked {
	bool *of;
	bool subject;
	uint64_t docs;
};

static bool has_any(const struct asked *x, const struct naive_doc *d)
{
	for (size_t i = 0; i < d->words.words.n; i++)
		if (x->of[d->words.words.v[i].id - 1])
			return true;
	return false;
}

static struct asked ask(const struct naive *m, struct arena *a, const struct query_node *n, const struct str *exact)
{
	struct asked x = {.of = arena_new(a, bool, m->vocab.words.n + 1), .subject = n->field == QF_SUBJECT};

	for (size_t i = 0; i < m->vocab.words.n; i++)
		x.of[i] = stands_for(m, n, exact, m->vocab.words.v[i]);
	for (size_t i = 0; i < m->docs.n; i++)
		x.docs += m->docs.v[i].indexed && has_any(&x, &m->docs.v[i]);
	return x;
}

static bool in_subject(const struct naive_doc *d, size_t from, size_t n)
{
	return from >= d->words.subject_from && from + n <= d->words.subject_to;
}

/* What the leaf is worth in a document; 0: it is not there. */
static uint64_t leaf_score(const struct naive *m, const struct asked *x, const struct naive_doc *d)
{
	uint32_t times = 0;
	bool subject = false;

	for (size_t i = 0; i < d->words.words.n; i++)
		if (x->of[d->words.words.v[i].id - 1]) {
			times++;
			subject |= in_subject(d, i, 1);
		}
	if (!times || (x->subject && !subject))
		return 0;
	return (uint64_t)rank_worth(m->n_indexed, x->docs) * rank_impact(times, subject, (uint32_t)d->words.words.n);
}

/* ---- the tree, with its leaves asked ----------------------------------------------------------------------------- */

struct naive_node {
	const struct query_node *n;
	struct naive_node *kids;
	struct asked *words; /* of a leaf one, of a phrase one a word; of NULL where any word may stand */
	size_t n_words;
};

static void node_make(const struct naive *m, struct arena *a, const struct query_node *n, struct naive_node *out)
{
	out->n = n;
	out->kids = arena_new(a, struct naive_node, n->n_kids + 1);
	for (size_t i = 0; i < n->n_kids; i++)
		node_make(m, a, n->kids[i], &out->kids[i]);
	if (n->op < Q_WORD || n->op > Q_FUZZY)
		return;
	out->n_words = n->op == Q_PHRASE ? n->n_words : 1;
	out->words = arena_new(a, struct asked, out->n_words);
	for (size_t i = 0; i < out->n_words; i++)
		if (n->op != Q_PHRASE || !n->words[i].any)
			out->words[i] = ask(m, a, n, n->op == Q_PHRASE ? &n->words[i].word : NULL);
}

/* A word, pattern or phrase stands at this place. */
static bool stands_at(const struct naive_node *x, const struct naive_doc *d, size_t at)
{
	if (at + x->n_words > d->words.words.n)
		return false;
	if (x->n->field == QF_SUBJECT && !in_subject(d, at, x->n_words))
		return false;
	for (size_t i = 0; i < x->n_words; i++)
		if (x->words[i].of && !x->words[i].of[d->words.words.v[at + i].id - 1])
			return false;
	return true;
}

static bool stands_within(const struct naive_node *x, const struct naive_doc *d, size_t from, size_t end)
{
	for (size_t at = from; at + x->n_words <= end; at++)
		if (stands_at(x, d, at))
			return true;
	return false;
}

static bool are_near(const struct naive_node *x, const struct naive_doc *d)
{
	size_t room = (size_t)x->n->distance, n = d->words.words.n;

	for (size_t i = 0; i < x->n->n_kids; i++)
		room += x->kids[i].n_words;
	for (size_t from = 0; from < n; from++) {
		size_t end = from + room < n ? from + room : n;
		bool all = true;

		for (size_t i = 0; i < x->n->n_kids && all; i++)
			all = stands_within(&x->kids[i], d, from, end);
		if (all)
			return true;
	}
	return false;
}

static uint64_t words_score(const struct naive *m, const struct naive_node *x, const struct naive_doc *d)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < x->n_words; i++)
		sum += x->words[i].of ? leaf_score(m, &x->words[i], d) : 0;
	return sum;
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

static bool fold_has(struct str value, const struct query_node *n)
{
	struct arena a = {0};
	struct str folded = text_fold(&a, value);
	bool found = false;

	/* whole words: the value and what is asked, each with a blank around every word */
	folded = str_of(arena_printf(&a, " %.*s ", STR_ARG(folded)));
	found = str_find(folded, str_of(arena_printf(&a, " %.*s ", STR_ARG(n->word))), 0) != SIZE_MAX;
	arena_free(&a);
	return found;
}

static bool key_is(const struct query_node *n, const struct naive_doc *d)
{
	char post[MRN_POST_MAX], asked[MRN_POST_MAX];

	if (n->field == QF_TAG) {
		for (size_t i = 0; i < d->cable.telegram.n_tags; i++)
			if (str_ieq(d->cable.telegram.tags[i], n->word))
				return true;
		return false;
	}
	if (n->field == QF_SIGNATORY)
		return fold_has(d->cable.telegram.signatory, n);
	return fold_has(d->cable.origin, n) || (mrn_post_of_origin(d->cable.origin, post) &&
						mrn_post_canonical(n->word, asked) && !strcmp(post, asked));
}

static bool level_is(const struct query_node *n, enum class_level level)
{
	int by = (int)level - (int)n->class.level;

	if (n->class.level == LEVEL_UNKNOWN)
		return true;
	if (level == LEVEL_UNKNOWN)
		return false;
	return n->cmp == QC_EQ   ? by == 0
	       : n->cmp == QC_LT ? by < 0
	       : n->cmp == QC_LE ? by <= 0
	       : n->cmp == QC_GT ? by > 0
				 : by >= 0;
}

static bool class_is(const struct query_node *n, struct classification c)
{
	if (n->none)
		return c.level == LEVEL_UNKNOWN;
	return level_is(n, c.level) && (c.captions & n->class.captions) == n->class.captions;
}

static bool class_field_is(const struct query_node *n, const struct naive_doc *d)
{
	const struct telegram *t = &d->cable.telegram;

	if (n->field != QF_PARA)
		return class_is(n, d->cable.class);
	for (size_t i = 0; i < t->n_paragraphs; i++)
		if (class_is(n, t->paragraphs[i].mark))
			return true;
	return false;
}

static bool date_is(const struct query_node *n, const struct naive_doc *d)
{
	struct cable_date x = d->cable.date;
	int64_t day;

	if (n->none || x.precision == DATE_NONE)
		return n->none && x.precision == DATE_NONE;
	day = civil_days(x.year, x.month ? x.month : 1, x.day ? x.day : 1);
	return day >= n->from && day <= n->to;
}

/* ---- what the cables say of each other --------------------------------------------------------------------------- */

static const struct naive_doc *held(const struct naive *m, const char *post, uint32_t serial, int year)
{
	for (size_t i = 0; i < m->docs.n; i++) {
		const struct naive_doc *d = &m->docs.v[i];

		if (d->current && d->cable.mrn.year == year && d->cable.mrn.serial == serial &&
		    !strcmp(d->cable.mrn.post, post))
			return d;
	}
	return NULL;
}

/* The cable that a reference means: of the year before only where that is possible and the other is not here. */
static const struct naive_doc *referred(const struct naive *m, const struct reference *r)
{
	const struct naive_doc *d;

	if (r->kind != REF_CABLE)
		return NULL;
	d = held(m, r->mrn.post, r->mrn.serial, r->mrn.year);
	return d || !r->year_implied ? d : held(m, r->mrn.post, r->mrn.serial, r->mrn.year - 1);
}

static bool same_number(const struct mrn *a, const struct mrn *b)
{
	return *a->post && a->serial == b->serial && !strcmp(a->post, b->post);
}

/* One of the names by which a person asks for a cable. An odd id is one only as it is. */
static bool is_called(const struct naive *m, const struct query_node *n, const struct naive_doc *d)
{
	if (str_ieq(n->word, d->cable.id))
		return true;
	for (size_t i = 0; i < m->docs.n; i++)
		if (m->docs.v[i].current && str_ieq(n->word, m->docs.v[i].cable.id))
			return false;
	return same_number(&n->mrn, &d->cable.mrn) && (!n->mrn.year || n->mrn.year == d->cable.mrn.year);
}

static bool refers_to_named(const struct naive *m, const struct query_node *n, const struct naive_doc *d)
{
	for (size_t i = 0; i < d->cable.telegram.n_refs; i++) {
		const struct reference *r = &d->cable.telegram.refs[i];
		const struct naive_doc *to = referred(m, r);

		if (r->kind != REF_CABLE)
			continue;
		if (same_number(&n->mrn, &r->mrn) && (!n->mrn.year || n->mrn.year == r->mrn.year))
			return true;
		/* of the year before, where the year is only implied and none of that year is held */
		if (same_number(&n->mrn, &r->mrn) && r->year_implied && n->mrn.year == r->mrn.year - 1 &&
		    !held(m, r->mrn.post, r->mrn.serial, r->mrn.year))
			return true;
		if (to && is_called(m, n, to))
			return true;
	}
	return false;
}

static bool is_referred_by_named(const struct naive *m, const struct query_node *n, const struct naive_doc *d)
{
	for (size_t i = 0; i < m->docs.n; i++) {
		const struct naive_doc *from = &m->docs.v[i];

		if (!from->current || !is_called(m, n, from))
			continue;
		for (size_t k = 0; k < from->cable.telegram.n_refs; k++)
			if (referred(m, &from->cable.telegram.refs[k]) == d)
				return true;
	}
	return false;
}

/* Every text that the archive has of a cable may bring a running number. */
static bool has_number(const struct naive *m, uint32_t number, const struct naive_doc *d)
{
	struct arena a = {0};
	struct cable_rows rows;
	struct err e = {0};
	bool found = false;

	must(archive_find_number(m->ar, &a, number, &rows, &e), e);
	for (size_t i = 0; i < rows.n; i++)
		found |= rows.v[i].key == d->key;
	arena_free(&a);
	return found;
}

static bool cites_missing(const struct naive *m, const struct naive_doc *d)
{
	for (size_t i = 0; i < d->cable.telegram.n_refs; i++)
		if (d->cable.telegram.refs[i].kind == REF_CABLE && !referred(m, &d->cable.telegram.refs[i]))
			return true;
	return false;
}

static bool has(const struct naive *m, enum query_has what, const struct naive_doc *d)
{
	const struct telegram *t = &d->cable.telegram;
	size_t n = 0;

	switch (what) {
	case QH_REDACTION:
		for (size_t i = 0; i < d->words.words.n; i++)
			n += (d->words.words.v[i].flags & TOKEN_REDACTED) != 0;
		return n > 0;
	case QH_REFS:
		for (size_t i = 0; i < t->n_refs; i++)
			n += t->refs[i].kind == REF_CABLE;
		return n > 0;
	case QH_SUMMARY:
	case QH_COMMENT:
		for (size_t i = 0; i < t->n_paragraphs; i++)
			n += what == QH_SUMMARY ? t->paragraphs[i].summary : t->paragraphs[i].comment;
		return n > 0;
	default:
		for (size_t i = 0; i < m->docs.n; i++)
			n += m->docs.v[i].live && m->docs.v[i].key == d->key;
		return n > 1;
	}
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static bool fits(const struct naive *m, const struct naive_node *x, const struct naive_doc *d, uint64_t *score);

static bool kids_fit(const struct naive *m, const struct naive_node *x, const struct naive_doc *d, uint64_t *score)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n->n_kids; i++) {
		uint64_t one = 0;

		if (!fits(m, &x->kids[i], d, &one))
			continue;
		n++;
		*score += one;
	}
	return x->n->op == Q_OR ? n > 0 : n == x->n->n_kids;
}

static bool field_fits(const struct naive *m, const struct query_node *n, const struct naive_doc *d)
{
	switch (n->op) {
	case Q_KEY:
		return key_is(n, d);
	case Q_CLASS:
		return class_field_is(n, d);
	case Q_CAPTION:
		return (d->cable.class.captions & n->class.captions) == n->class.captions;
	case Q_DATE:
		return date_is(n, d);
	case Q_ID:
		return is_called(m, n, d);
	case Q_NUMBER:
		return has_number(m, n->number, d);
	case Q_REFS:
		return refers_to_named(m, n, d);
	case Q_REFBY:
		return is_referred_by_named(m, n, d);
	case Q_HAS:
		return has(m, n->has, d);
	default:
		return cites_missing(m, d) == n->yes;
	}
}

static bool fits(const struct naive *m, const struct naive_node *x, const struct naive_doc *d, uint64_t *score)
{
	uint64_t unused = 0;

	switch (x->n->op) {
	case Q_AND:
	case Q_OR:
		return kids_fit(m, x, d, score);
	case Q_NOT:
		return !fits(m, &x->kids[0], d, &unused);
	case Q_NEAR:
		for (size_t i = 0; i < x->n->n_kids; i++)
			*score += words_score(m, &x->kids[i], d);
		return are_near(x, d);
	case Q_WORD:
	case Q_PHRASE:
	case Q_PREFIX:
	case Q_WILDCARD:
	case Q_FUZZY:
		*score = words_score(m, x, d);
		return stands_within(x, d, 0, d->words.words.n);
	default:
		return field_fits(m, x->n, d);
	}
}

/* The sort is told its order by the list itself: qsort takes no context. */
struct sortable {
	struct search_hit hit;
	const struct naive_doc *doc;
	enum search_sort sort;
};

static int in_order(const void *x, const void *y)
{
	const struct sortable *s = x, *t = y;
	const struct search_hit *a = &s->hit, *b = &t->hit;
	bool a_unknown = a->when == INDEX_NO_DATE, b_unknown = b->when == INDEX_NO_DATE;

	if (s->sort == SORT_RELEVANCE && a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a_unknown != b_unknown)
		return a_unknown ? 1 : -1;
	if (a->when != b->when)
		return (a->when > b->when) == (s->sort != SORT_OLDEST) ? -1 : 1;
	return a->version < b->version ? -1 : 1;
}

void naive_sort(struct naive_hits *h, enum search_sort sort)
{
	struct sortable *v = xmalloc((h->n + 1) * sizeof(*v));

	for (size_t i = 0; i < h->n; i++)
		v[i] = (struct sortable){h->v[i], h->docs[i], sort};
	qsort(v, h->n, sizeof(*v), in_order);
	for (size_t i = 0; i < h->n; i++) {
		h->v[i] = v[i].hit;
		h->docs[i] = v[i].doc;
	}
	free(v);
}

struct naive_hits naive_search(struct naive *m, struct arena *a, const struct query_node *root)
{
	struct naive_hits h = {.v = arena_new(a, struct search_hit, m->docs.n + 1),
			       .docs = arena_new(a, const struct naive_doc *, m->docs.n + 1)};
	struct naive_node x;

	x = (struct naive_node){0};
	node_make(m, a, root, &x);
	for (size_t i = 0; i < m->docs.n; i++) {
		const struct naive_doc *d = &m->docs.v[i];
		uint64_t score = 0;

		if (!d->indexed || !d->current || !fits(m, &x, d, &score))
			continue;
		h.docs[h.n] = d;
		h.v[h.n++] = (struct search_hit){.key = d->key, .version = d->version, .score = score, .when = d->when};
	}
	naive_sort(&h, SORT_RELEVANCE);
	return h;
}

/* ---- values of fields -------------------------------------------------------------------------------------------- */

static void value_add(struct naive_values *x, struct str value)
{
	if (!value.n)
		return;
	for (size_t i = 0; i < x->n; i++)
		if (str_eq(x->v[i], value))
			return;
	assert_true(x->n < 64);
	x->v[x->n++] = value;
}

struct naive_values naive_values(struct arena *a, const struct naive_doc *d, enum catalog_field field)
{
	const struct cable *c = &d->cable;
	struct naive_values x = {0};
	char text[64];

	switch (field) {
	case FIELD_ORIGIN:
		value_add(&x, c->origin);
		break;
	case FIELD_CLASS:
		value_add(&x, str_of(class_name(c->class.level)));
		break;
	case FIELD_CAPTION:
		for (unsigned bit = 1; bit <= CAPTION_OTHER; bit <<= 1)
			if (c->class.captions & bit)
				value_add(&x, str_of(caption_name((enum caption)bit)));
		break;
	case FIELD_TAG:
		for (size_t i = 0; i < c->telegram.n_tags; i++)
			value_add(&x, c->telegram.tags[i]);
		break;
	case FIELD_SIGNATORY:
		value_add(&x, c->telegram.signatory);
		break;
	case FIELD_MONTH:
		if (c->date.precision >= DATE_MONTH)
			value_add(&x, str_of(arena_printf(a, "%04d-%02d", c->date.year, c->date.month)));
		else if (c->date.precision == DATE_YEAR)
			value_add(&x, str_of(arena_printf(a, "%04d", c->date.year)));
		break;
	default:
		for (size_t i = 0; i < c->telegram.n_paragraphs; i++) {
			if (c->telegram.paragraphs[i].mark.level == LEVEL_UNKNOWN)
				continue;
			class_format(c->telegram.paragraphs[i].mark, text);
			value_add(&x, arena_str(a, str_of(text)));
		}
	}
	return x;
}
