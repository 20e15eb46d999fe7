/*
 * What a story says of a cable besides its words: date, classification, origin, signatory, ids, and whether the words
 * it calls secret are. Each contradiction is a finding of its own; what the story or the cable leaves open is none.
 */
#include "check/check_priv.h"

#include <string.h>

typedef VEC(struct finding) finding_vec;

struct finder {
	struct checker *ck;
	finding_vec out;
	size_t index; /* of the citation at hand */
	const struct citation *c;
	const struct citation_result *r;
};

static void add(struct finder *f, enum finding_kind kind, struct span at, struct str story_says, struct str cable_says,
		const char *sentence)
{
	struct arena *a = f->ck->arena;

	*VEC_PUSH(a, &f->out) = (struct finding){.kind = kind,
						 .citation = (int)f->index,
						 .quotation = -1,
						 .at = at,
						 .story_says = story_says,
						 .cable_says = arena_str(a, cable_says),
						 .id = f->r->cable.id,
						 .sentence = sentence};
}

static struct str story_text(const struct finder *f, struct span at)
{
	return str_sub(f->ck->story->text, at.off, at.end);
}

/* ---- the date ---------------------------------------------------------------------------------------------------- */

/*
 * A telegram's day is UTC's; where it was written or read it may have been the day before or after. A cable whose hour
 * is known can only have had the neighbouring day that is less than half a day away.
 */
static bool date_agrees(struct cable_date story, struct cable_date cable)
{
	int64_t days;

	if (story.precision == DATE_NONE || cable.precision == DATE_NONE || !story.year)
		return true;
	if (story.precision < DATE_DAY || cable.precision < DATE_DAY)
		return story.year == cable.year &&
		       (story.precision < DATE_MONTH || cable.precision < DATE_MONTH || story.month == cable.month);
	days = civil_days(story.year, story.month, story.day) - civil_days(cable.year, cable.month, cable.day);
	if (days == 0)
		return true;
	if (cable.precision < DATE_HOUR)
		return days == 1 || days == -1;
	return cable.hour >= 12 ? days == 1 : days == -1;
}

static void check_date(struct finder *f)
{
	char cable[32];

	if (date_agrees(f->c->date, f->r->cable.date))
		return;
	cable_date_format(f->r->cable.date, cable);
	add(f, FINDING_DATE, f->c->date_at, story_text(f, f->c->date_at), str_of(cable),
	    arena_printf(f->ck->arena, "the story dates %.*s “%.*s”; the cable is dated %s", STR_ARG(f->r->cable.id),
			 STR_ARG(story_text(f, f->c->date_at)), cable));
}

/* ---- the classification ------------------------------------------------------------------------------------------ */

static bool level_agrees(enum class_level story, enum class_level cable)
{
	if (story == LEVEL_UNKNOWN || cable == LEVEL_UNKNOWN || story == cable)
		return true;
	return story == LEVEL_UNCLASSIFIED && cable == LEVEL_SBU;
}

static void check_classification(struct finder *f)
{
	unsigned missing = f->c->captions & (CAPTION_NOFORN | CAPTION_NODIS | CAPTION_EXDIS | CAPTION_STADIS) &
			   ~f->r->cable.class.captions;
	char cable[64];

	if (level_agrees(f->c->level, f->r->cable.class.level) && !missing)
		return;
	class_format(f->r->cable.class, cable);
	add(f, FINDING_CLASSIFICATION, f->c->level_at, story_text(f, f->c->level_at), str_of(cable),
	    arena_printf(f->ck->arena, "the story calls %.*s “%.*s”; the cable is classified %s",
			 STR_ARG(f->r->cable.id), STR_ARG(story_text(f, f->c->level_at)), cable));
}

/* ---- origin and signatory ---------------------------------------------------------------------------------------- */

/* Only a name that is a post for sure can contradict: "the embassy in Brazil" is no false origin for BRASILIA. */
static void check_origin(struct finder *f)
{
	char post[MRN_POST_MAX], own[MRN_POST_MAX];
	struct mrn m;

	if (!f->c->origin.n || !mrn_post_canonical(f->c->origin, post) || !archive_has_post(f->ck->ar, str_of(post)))
		return;
	if (mrn_parse(f->r->cable.id, &m, NULL) == REFTEL_OK && !strcmp(m.post, post))
		return;
	if (mrn_post_of_origin(f->r->cable.origin, own) && !strcmp(own, post))
		return;
	if (str_ifind(f->r->cable.origin, f->c->origin, 0) != SIZE_MAX)
		return;
	add(f, FINDING_ORIGIN, f->c->origin_at, f->c->origin, f->r->cable.origin,
	    arena_printf(f->ck->arena, "the story says %.*s comes from %.*s; its sender is %.*s",
			 STR_ARG(f->r->cable.id), STR_ARG(f->c->origin), STR_ARG(f->r->cable.origin)));
}

static bool name_has_word(struct arena *a, struct str name, struct str word)
{
	struct tokens n = text_tokens(a, name, NULL, false), w = text_tokens(a, word, NULL, false);

	for (size_t i = 0; i < n.n; i++)
		for (size_t k = 0; k < w.n; k++)
			if (str_eq(n.v[i].word, w.v[k].word))
				return true;
	return false;
}

static void check_signatory(struct finder *f)
{
	const struct cable_row *row = &f->r->cable;

	if (!f->c->signatory.n || !row->signatory.n || name_has_word(&f->ck->scratch, f->c->signatory, row->signatory))
		return;
	add(f, FINDING_SIGNATORY, f->c->signatory_at, f->c->signatory, row->signatory,
	    arena_printf(f->ck->arena, "the story has %.*s write %.*s; the name that closes the cable is %.*s",
			 STR_ARG(f->c->signatory), STR_ARG(row->id), STR_ARG(row->signatory)));
}

/* ---- ids --------------------------------------------------------------------------------------------------------- */

static void check_number(struct finder *f)
{
	const struct cable_row *row = &f->r->cable;
	char cable[32] = "";

	if (!f->c->running_number || f->c->running_number == row->running_number)
		return;
	if (row->running_number)
		snprintf(cable, sizeof(cable), "%u", row->running_number);
	else if (!f->ck->has_numbers || f->r->by == BY_DATE)
		return; /* this archive cannot tell */
	add(f, FINDING_ID, f->c->running_at, story_text(f, f->c->running_at), str_of(cable),
	    row->running_number
		    ? arena_printf(f->ck->arena, "the story gives %.*s the number %u; its number is %u",
				   STR_ARG(row->id), f->c->running_number, row->running_number)
		    : arena_printf(f->ck->arena, "the story gives %.*s the number %u, which no cable here has",
				   STR_ARG(row->id), f->c->running_number));
}

static void check_mrn(struct finder *f)
{
	const struct mrn *m = &f->c->mrn;
	char named[MRN_MAX];
	struct mrn own;

	if (!m->post[0] || mrn_parse(f->r->cable.id, &own, NULL) != REFTEL_OK)
		return;
	if (!strcmp(m->post, own.post) && m->serial == own.serial && (!m->year || m->year == own.year))
		return;
	mrn_format(m, named);
	add(f, FINDING_ID, f->c->mrn_at, story_text(f, f->c->mrn_at), f->r->cable.id,
	    arena_printf(f->ck->arena, "the story names %s, which is not here; its other id leads to %.*s", named,
			 STR_ARG(f->r->cable.id)));
}

/* The last part of an address, without its ending: where cable pages carry the id. */
static struct str link_id(struct str link)
{
	size_t end = link.n, from;

	while (end && (link.p[end - 1] == '/' || link.p[end - 1] == '#'))
		end--;
	for (from = end; from && link.p[from - 1] != '/' && link.p[from - 1] != '=';)
		from--;
	link = str_sub(link, from, end);
	for (size_t i = 0; i < link.n; i++)
		if (link.p[i] == '.' || link.p[i] == '#' || link.p[i] == '?')
			return str_sub(link, 0, i);
	return link;
}

static void check_link(struct finder *f)
{
	struct mrn linked, own;
	char named[MRN_MAX];

	if (!f->c->link.n || mrn_parse(link_id(f->c->link), &linked, NULL) != REFTEL_OK ||
	    mrn_parse(f->r->cable.id, &own, NULL) != REFTEL_OK || mrn_eq(&linked, &own))
		return;
	mrn_format(&linked, named);
	add(f, FINDING_ID, f->c->at, arena_str(f->ck->arena, str_of(named)), f->r->cable.id,
	    arena_printf(f->ck->arena, "the link leads to %s; the story's other id leads to %.*s", named,
			 STR_ARG(f->r->cable.id)));
}

static void check_citation(struct finder *f)
{
	check_date(f);
	check_classification(f);
	check_origin(f);
	check_signatory(f);
	check_number(f);
	check_mrn(f);
	check_link(f);
}

/* ---- markings ---------------------------------------------------------------------------------------------------- */

static const struct quote_result *result_of(const struct report *r, int quotation)
{
	for (size_t i = 0; i < r->n_quotes; i++)
		if ((int)r->quotes[i].quotation == quotation)
			return &r->quotes[i];
	return NULL;
}

/* A paragraph's own mark is the classification of its words, whatever the cable's. */
static void check_claim(struct finder *f, const struct marking_claim *claim)
{
	const struct quote_result *q = result_of(f->ck->report, claim->quotation);
	struct arena *a = f->ck->arena;
	char mark[64];

	if (!q || !q->has_passage || q->passage.mark.level == LEVEL_UNKNOWN ||
	    level_agrees(claim->level, q->passage.mark.level))
		return;
	class_format(q->passage.mark, mark);
	*VEC_PUSH(a, &f->out) = (struct finding){
		.kind = FINDING_MARKING,
		.citation = claim->citation,
		.quotation = claim->quotation,
		.at = claim->at,
		.story_says = story_text(f, claim->at),
		.cable_says = arena_str(a, str_of(mark)),
		.id = q->passage.id,
		.sentence =
			arena_printf(a,
				     "the story calls these words “%.*s”; the paragraph of %.*s that they stand in is "
				     "marked %s",
				     STR_ARG(story_text(f, claim->at)), STR_ARG(q->passage.id), mark)};
}

int find_findings(struct checker *ck, struct err *e)
{
	const struct story *s = ck->story;
	struct finder f = {.ck = ck};

	(void)e;
	for (size_t i = 0; i < s->n_citations; i++) {
		f.index = i;
		f.c = &s->citations[i];
		f.r = &ck->report->citations[i];
		if (f.r->state == CITATION_HELD || f.r->state == CITATION_PARTLY)
			check_citation(&f);
	}
	for (size_t i = 0; i < s->n_claims; i++)
		check_claim(&f, &s->claims[i]);
	ck->report->findings = f.out.v;
	ck->report->n_findings = f.out.n;
	return REFTEL_OK;
}
