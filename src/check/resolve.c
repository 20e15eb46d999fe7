/*
 * From citations to cables. What names a cable outright (number, id, link) is looked up. What only describes one (date,
 * post, classification) gives candidates, and those quotations that the citation governs decide among them: a
 * description that no quotation confirms resolves only when it leaves no choice.
 */
#include "check/check_priv.h"

#include <string.h>

enum {
	CONFIRM_WORDS = 4,   /* a quotation of fewer words confirms no description */
	DATE_TOLERANCE = 1,  /* days: sender and reader live in different time zones */
	DESCRIBED_MAX = 400, /* cables of a day or a month that are considered */
};

int citation_root(const struct story *s, int citation)
{
	for (size_t steps = 0; citation >= 0 && steps <= s->n_citations; steps++) {
		int same = s->citations[citation].same_as;

		if (same < 0 || same == citation)
			return citation;
		citation = same;
	}
	return -1;
}

static const char *date_text(struct checker *ck, struct cable_date d)
{
	char text[32];

	cable_date_format(d, text);
	return arena_dup(ck->arena, str_of(text));
}

static void settle(struct checker *ck, struct citation_result *r, const struct cable_row *row, enum resolved_by by,
		   const char *reason)
{
	r->cable = *row;
	r->by = by;
	r->state = row->partial == PARTIAL_NO ? CITATION_HELD : CITATION_PARTLY;
	r->reason = row->partial == PARTIAL_NO ? reason
					       : arena_printf(ck->arena, "%s; it is held only in part (%s)", reason,
							      partial_reason_text(row->partial));
}

/* ---- ids that name a cable --------------------------------------------------------------------------------------- */

static struct cable_rows look_up(struct checker *ck, const struct citation *c, enum resolved_by *by, struct err *e,
				 int *rc)
{
	struct cable_rows rows = {0};

	*rc = REFTEL_OK;
	if (c->mrn.post[0]) {
		*by = BY_MRN;
		*rc = archive_find_mrn(ck->ar, ck->arena, &c->mrn, &rows, e);
	}
	if (*rc == REFTEL_OK && !rows.n && c->link.n) {
		*by = BY_LINK;
		*rc = archive_find(ck->ar, ck->arena, c->link, &rows, e);
	}
	if (*rc == REFTEL_OK && !rows.n && c->running_number) {
		*by = BY_NUMBER;
		*rc = archive_find_number(ck->ar, ck->arena, c->running_number, &rows, e);
	}
	return rows;
}

static const char *named(struct checker *ck, const struct citation *c, struct str id)
{
	char mrn[MRN_MAX];

	if (c->mrn.post[0]) {
		mrn_format(&c->mrn, mrn);
		return arena_printf(ck->arena, "the story names %s", mrn);
	}
	if (c->link.n)
		return arena_printf(ck->arena, "the story links to %.*s", STR_ARG(id));
	return arena_printf(ck->arena, "running number %u", c->running_number);
}

static bool has_id(const struct citation *c)
{
	return c->mrn.post[0] || c->link.n || c->running_number;
}

/* ---- descriptions ------------------------------------------------------------------------------------------------ */

static bool describes(const struct citation *c)
{
	return c->date.precision >= DATE_DAY && c->date.year;
}

static struct cable_date day_shifted(struct cable_date d, int days)
{
	int y, m, day;

	civil_from_days(civil_days(d.year, d.month, d.day) + days, &y, &m, &day);
	return (struct cable_date){.year = (int16_t)y, .month = (int8_t)m, .day = (int8_t)day, .precision = DATE_DAY};
}

/* Does the row contradict what the story says, in a way that a slip of a day does not explain? */
static bool row_fits(const struct citation *c, const struct cable_row *row)
{
	if (c->level != LEVEL_UNKNOWN && row->class.level != LEVEL_UNKNOWN && c->level != row->class.level)
		return false;
	return !c->running_number || !row->running_number || c->running_number == row->running_number;
}

static bool post_of(const struct checker *ck, struct str origin, char post[MRN_POST_MAX])
{
	return origin.n && mrn_post_canonical(origin, post) && archive_has_post(ck->ar, str_of(post));
}

static int described(struct checker *ck, const struct citation *c, struct cable_rows *out, struct err *e)
{
	struct cable_rows rows = {0};
	char post[MRN_POST_MAX] = "";
	size_t n = 0;
	int rc;

	*out = rows;
	if (!describes(c))
		return REFTEL_OK;
	post_of(ck, c->origin, post);
	rc = archive_find_dated(ck->ar, ck->arena, day_shifted(c->date, -DATE_TOLERANCE),
				day_shifted(c->date, DATE_TOLERANCE), str_of(post), &rows, e);
	if (rc != REFTEL_OK)
		return rc;
	for (size_t i = 0; i < rows.n && n < DESCRIBED_MAX; i++)
		if (row_fits(c, &rows.v[i]))
			rows.v[n++] = rows.v[i];
	*out = (struct cable_rows){rows.v, n};
	return REFTEL_OK;
}

/* ---- what the quotations say ------------------------------------------------------------------------------------- */

static bool governed_by(const struct checker *ck, size_t quotation, size_t citation)
{
	return citation_root(ck->story, ck->story->quotations[quotation].citation) == (int)citation;
}

/* How many words of the governed quotations stand in the cable as quoted (altered ones count when little differs). */
static int words_confirmed(struct checker *ck, size_t citation, int64_t key, size_t *words, struct err *e)
{
	*words = 0;
	for (size_t i = 0; i < ck->story->n_quotations; i++) {
		struct comparison c;
		int64_t version;
		int rc;

		if (ck->story->quotations[i].skipped || !governed_by(ck, i, citation) ||
		    ck->quotes[i].plain < CONFIRM_WORDS)
			continue;
		rc = checker_compare_cable(ck, i, key, &c, &version, e);
		if (rc != REFTEL_OK)
			return rc;
		if (comparison_is_source(&c, false))
			*words += c.same;
	}
	return REFTEL_OK;
}

/* The candidate that most quoted words stand in; n when none has any, or two share them. */
static int confirm(struct checker *ck, size_t citation, const struct cable_rows *rows, size_t *chosen, struct err *e)
{
	size_t best = 0;
	bool shared = false;

	*chosen = rows->n;
	for (size_t i = 0; i < rows->n; i++) {
		size_t words;
		int rc = words_confirmed(ck, citation, rows->v[i].key, &words, e);

		if (rc != REFTEL_OK)
			return rc;
		if (words > best) {
			best = words;
			*chosen = i;
			shared = false;
		} else if (words && words == best) {
			shared = true;
		}
	}
	if (shared)
		*chosen = rows->n;
	return REFTEL_OK;
}

/* The one cable in the whole archive that a close, long quotation of this citation points at; 0: none or several. */
static int64_t pointed_at(struct checker *ck, size_t citation)
{
	int64_t key = 0;

	for (size_t i = 0; i < ck->story->n_quotations; i++) {
		const struct located *l = &ck->located[i];
		int full = (int)ck->quotes[i].plain * ALIGN_SCORE_SAME;

		if (ck->story->quotations[i].skipped || !ck->story->quotations[i].near ||
		    !governed_by(ck, i, citation) || ck->quotes[i].plain < 2 * CONFIRM_WORDS)
			continue;
		for (size_t k = 0; k < l->v.n && l->v.v[k].score >= full - full / 20; k++) {
			if (key && key != l->v.v[k].key)
				return 0;
			key = l->v.v[k].key;
		}
	}
	return key;
}

/* ---- the order of trying ----------------------------------------------------------------------------------------- */

static const char *description_text(struct checker *ck, const struct citation *c)
{
	struct buf b = {0};
	const char *text;

	if (c->date.precision != DATE_NONE)
		buf_printf(&b, " dated %s", date_text(ck, c->date));
	if (c->origin.n)
		buf_printf(&b, " from %.*s", STR_ARG(c->origin));
	if (c->level != LEVEL_UNKNOWN)
		buf_printf(&b, " marked %s", class_name(c->level));
	text = arena_dup(ck->arena, buf_view(&b));
	buf_free(&b);
	return text;
}

static void settle_not_held(struct checker *ck, const struct citation *c, struct citation_result *r)
{
	r->state = CITATION_NOT_HELD;
	if (has_id(c))
		r->reason = arena_printf(ck->arena, "%s, and no cable here has it", named(ck, c, c->link));
	else
		r->reason = arena_printf(ck->arena, "no cable here%s has the words quoted from it",
					 description_text(ck, c));
}

static void settle_ambiguous(struct checker *ck, const struct cable_rows *rows, struct citation_result *r,
			     const char *why)
{
	r->state = CITATION_AMBIGUOUS;
	r->candidates = rows->v;
	r->n_candidates = rows->n;
	r->reason = arena_printf(ck->arena, "%zu cables %s and nothing tells which is meant", rows->n, why);
}

static int resolve_named(struct checker *ck, size_t i, struct citation_result *r, bool *done, struct err *e)
{
	const struct citation *c = &ck->story->citations[i];
	enum resolved_by by = BY_NOTHING;
	size_t chosen;
	int rc;
	struct cable_rows rows = look_up(ck, c, &by, e, &rc);

	*done = rc == REFTEL_OK && rows.n > 0;
	if (!*done)
		return rc;
	if (rows.n == 1) {
		settle(ck, r, &rows.v[0], by, named(ck, c, rows.v[0].id));
		return rc;
	}
	rc = confirm(ck, i, &rows, &chosen, e);
	if (rc == REFTEL_OK && chosen < rows.n)
		settle(ck, r, &rows.v[chosen], BY_QUOTATIONS,
		       arena_printf(ck->arena, "%s, and of the %zu cables that fit this one has the words",
				    named(ck, c, rows.v[0].id), rows.n));
	else
		settle_ambiguous(ck, &rows, r, "bear the id that the story gives");
	return rc;
}

static bool alone_and_placed(struct checker *ck, const struct citation *c, const struct cable_rows *rows)
{
	char post[MRN_POST_MAX];

	return rows->n == 1 && !has_id(c) && post_of(ck, c->origin, post);
}

static int resolve_described(struct checker *ck, size_t i, struct citation_result *r, struct err *e)
{
	const struct citation *c = &ck->story->citations[i];
	struct cable_rows rows;
	size_t chosen;
	int rc = described(ck, c, &rows, e);

	if (rc == REFTEL_OK)
		rc = confirm(ck, i, &rows, &chosen, e);
	if (rc != REFTEL_OK)
		return rc;
	if (chosen < rows.n)
		settle(ck, r, &rows.v[chosen], BY_DATE,
		       arena_printf(ck->arena, "a cable%s, and the quoted words stand in it", description_text(ck, c)));
	else if (alone_and_placed(ck, c, &rows))
		settle(ck, r, &rows.v[0], BY_DATE,
		       arena_printf(ck->arena, "the only cable here%s", description_text(ck, c)));
	else if (rows.n > 1 && !has_id(c) && c->origin.n)
		settle_ambiguous(ck, &rows, r,
				 arena_printf(ck->arena, "fit the description%s", description_text(ck, c)));
	else
		settle_not_held(ck, c, r);
	return REFTEL_OK;
}

/* A description that fits no cable here, while the words point at exactly one: resolved by them, unless all differs. */
static int resolve_by_words(struct checker *ck, size_t i, struct citation_result *r, struct err *e)
{
	const struct citation *c = &ck->story->citations[i];
	int64_t key = has_id(c) ? 0 : pointed_at(ck, i);
	char post[MRN_POST_MAX];
	struct cable_row row;
	bool date_differs, post_differs;
	int rc;

	if (!key)
		return REFTEL_OK;
	rc = archive_row(ck->ar, ck->arena, key, &row, e);
	if (rc != REFTEL_OK)
		return rc;
	date_differs = c->date.precision >= DATE_MONTH && c->date.year && !cable_date_near(c->date, row.date, 31);
	post_differs = post_of(ck, c->origin, post) && str_ifind(row.id, str_of(post), 0) == SIZE_MAX;
	if (!date_differs && !post_differs)
		settle(ck, r, &row, BY_QUOTATIONS, "the words quoted from it stand in this cable only");
	return REFTEL_OK;
}

static int resolve_one(struct checker *ck, size_t i, struct err *e)
{
	const struct citation *c = &ck->story->citations[i];
	struct citation_result *r = &ck->report->citations[i];
	bool done = false;
	int rc;

	r->citation = i;
	r->state = CITATION_UNNAMED;
	r->reason = "the story says too little of it to tell which cable is meant";
	rc = resolve_named(ck, i, r, &done, e);
	if (rc != REFTEL_OK || done)
		return rc;
	if (describes(c) || has_id(c))
		rc = resolve_described(ck, i, r, e);
	if (rc == REFTEL_OK &&
	    (r->state == CITATION_UNNAMED || r->state == CITATION_NOT_HELD || r->state == CITATION_AMBIGUOUS))
		rc = resolve_by_words(ck, i, r, e);
	return rc;
}

int resolve_citations(struct checker *ck, struct err *e)
{
	const struct story *s = ck->story;
	int rc = REFTEL_OK;

	for (size_t i = 0; i < s->n_citations && rc == REFTEL_OK; i++)
		if (citation_root(s, (int)i) == (int)i)
			rc = resolve_one(ck, i, e);
	for (size_t i = 0; i < s->n_citations && rc == REFTEL_OK; i++) {
		int root = citation_root(s, (int)i);

		if (root == (int)i)
			continue;
		if (root >= 0)
			ck->report->citations[i] = ck->report->citations[root];
		else
			ck->report->citations[i].state = CITATION_UNNAMED;
		ck->report->citations[i].citation = i;
		ck->report->citations[i].by = root >= 0 ? BY_CITATION : BY_NOTHING;
		if (!ck->report->citations[i].reason)
			ck->report->citations[i].reason =
				"the story says too little of it to tell which cable is meant";
	}
	return rc;
}
