/*
 * A report from its JSON text, so that what was found once can be shown again without the archive it was found in. The
 * text comes from a file that others may have written: every number is held against the story before it is used.
 */
#include "report/report.h"

#include <jansson.h>
#include <string.h>

struct reading {
	struct report *r;
	bool bad; /* something was not what report_json() writes, or not of this story */
};

static json_t *member(const json_t *o, const char *name)
{
	return json_object_get(o, name);
}

static struct str get_str(struct reading *g, const json_t *o, const char *name)
{
	json_t *x = member(o, name);

	return json_is_string(x) ? arena_str(&g->r->arena, (struct str){json_string_value(x), json_string_length(x)})
				 : STR("");
}

static const char *get_cstring(struct reading *g, const json_t *o, const char *name)
{
	return arena_dup(&g->r->arena, get_str(g, o, name));
}

/* null: otherwise. What is no number from least to most is bad. */
static int64_t get_number(struct reading *g, const json_t *o, const char *name, int64_t least, int64_t most,
			  int64_t otherwise)
{
	json_t *x = member(o, name);
	int64_t n = json_integer_value(x);

	if (!x || json_is_null(x))
		return otherwise;
	if (json_is_integer(x) && n >= least && n <= most)
		return n;
	g->bad = true;
	return otherwise;
}

/* [from, to) within `size` bytes; null is none. */
static struct span get_span(struct reading *g, const json_t *o, const char *name, size_t size)
{
	json_t *x = member(o, name);
	int64_t from, to;

	if (!x || json_is_null(x))
		return (struct span){0};
	from = json_integer_value(json_array_get(x, 0));
	to = json_integer_value(json_array_get(x, 1));
	if (from >= 0 && from <= to && (uint64_t)to <= size)
		return (struct span){(uint32_t)from, (uint32_t)to};
	g->bad = true;
	return (struct span){0};
}

/* Which of n names, as name_of() gives them, it is. */
static int get_name(struct reading *g, const json_t *o, const char *name, const char *(*name_of)(int), int n)
{
	const char *s = json_string_value(member(o, name));

	for (int i = 0; s && i < n; i++)
		if (!strcmp(s, name_of(i)))
			return i;
	g->bad = true;
	return 0;
}

static const char *name_of_verdict(int i)
{
	return verdict_name((enum verdict)i);
}

static const char *name_of_piece(int i)
{
	return piece_kind_name((enum piece_kind)i);
}

static const char *name_of_state(int i)
{
	return citation_state_name((enum citation_state)i);
}

static const char *name_of_way(int i)
{
	return resolved_by_name((enum resolved_by)i);
}

static const char *name_of_finding(int i)
{
	return finding_kind_name((enum finding_kind)i);
}

static struct classification get_class(struct reading *g, const json_t *o, const char *name)
{
	struct classification c = {0};
	struct str s = get_str(g, o, name);

	if (s.n && !class_parse(s, &c))
		c = (struct classification){0};
	return c;
}

static struct passage get_passage(struct reading *g, const json_t *o)
{
	struct passage p = {
		.version = get_number(g, o, "version", 0, INT64_MAX, 0),
		.id = get_str(g, o, "id"),
		.at = get_span(g, o, "bytes", UINT32_MAX),
		.paragraph = (int)get_number(g, o, "paragraph", -1, INT32_MAX, -1),
		.mark = get_class(g, o, "mark"),
		.text = get_str(g, o, "text"),
		.before = get_str(g, o, "before"),
		.after = get_str(g, o, "after"),
	};

	return p;
}

static void get_pieces(struct reading *g, const json_t *list, struct quote_result *q)
{
	q->n_pieces = json_array_size(list);
	q->pieces = arena_new(&g->r->arena, struct piece, q->n_pieces);
	for (size_t i = 0; i < q->n_pieces; i++) {
		json_t *o = json_array_get(list, i);

		q->pieces[i] = (struct piece){
			.kind = (enum piece_kind)get_name(g, o, "kind", name_of_piece, PIECE_DROPPED + 1),
			.story = get_span(g, o, "story", g->r->story->text.n),
			.cable = get_span(g, o, "cable", UINT32_MAX),
			.negation = json_is_true(member(o, "negation")),
			.number = json_is_true(member(o, "number")),
		};
	}
}

static void get_quotation(struct reading *g, const json_t *o, struct quote_result *q)
{
	const struct story *s = g->r->story;
	json_t *passage = member(o, "passage"), *others = member(o, "others");
	int64_t number = get_number(g, o, "number", 1, (int64_t)s->n_quotations, 0);
	struct span at = get_span(g, o, "at", s->text.n);

	if (!number || s->quotations[number - 1].at.off != at.off || s->quotations[number - 1].at.end != at.end) {
		g->bad = true;
		return;
	}
	q->quotation = (size_t)number - 1;
	q->verdict = (enum verdict)get_name(g, o, "verdict", name_of_verdict, N_VERDICTS);
	q->as = (enum verdict)get_name(g, o, "as", name_of_verdict, N_VERDICTS);
	q->reason = get_cstring(g, o, "reason");
	q->unchecked = json_is_true(member(o, "unchecked"));
	q->citation = (int)get_number(g, o, "citation", 1, (int64_t)s->n_citations, 0) - 1;
	q->score = json_number_value(member(o, "score"));
	q->has_passage = json_is_object(passage);
	if (q->has_passage)
		q->passage = get_passage(g, passage);
	get_pieces(g, member(o, "pieces"), q);
	q->n_others = json_array_size(others);
	q->others = arena_new(&g->r->arena, struct passage, q->n_others);
	for (size_t i = 0; i < q->n_others; i++)
		q->others[i] = get_passage(g, json_array_get(others, i));
}

static struct cable_row get_cable(struct reading *g, const json_t *o)
{
	struct cable_row c = {
		.id = get_str(g, o, "id"),
		.running_number = (uint32_t)get_number(g, o, "running_number", 0, UINT32_MAX, 0),
		.origin = get_str(g, o, "origin"),
		.class = get_class(g, o, "classification"),
		.subject = get_str(g, o, "subject"),
		.signatory = get_str(g, o, "signatory"),
	};
	struct str date = get_str(g, o, "date"), partial = get_str(g, o, "partial");

	if (date.n && !cable_date_parse(date, &c.date))
		c.date = (struct cable_date){0};
	for (int i = PARTIAL_EXTRACT; i <= PARTIAL_NO_BODY; i++)
		if (str_eq(partial, str_of(partial_reason_text((enum partial_reason)i))))
			c.partial = (enum partial_reason)i;
	return c;
}

static void get_citation(struct reading *g, const json_t *o, size_t i, struct citation_result *c)
{
	json_t *cable = member(o, "cable"), *candidates = member(o, "candidates");
	struct span at = get_span(g, o, "at", g->r->story->text.n);

	if (g->r->story->citations[i].at.off != at.off || g->r->story->citations[i].at.end != at.end)
		g->bad = true;
	c->citation = i;
	c->state = (enum citation_state)get_name(g, o, "state", name_of_state, CITATION_UNNAMED + 1);
	c->by = (enum resolved_by)get_name(g, o, "resolved_by", name_of_way, BY_CITATION + 1);
	c->reason = get_cstring(g, o, "reason");
	if (json_is_object(cable))
		c->cable = get_cable(g, cable);
	c->n_candidates = json_array_size(candidates);
	c->candidates = arena_new(&g->r->arena, struct cable_row, c->n_candidates);
	for (size_t k = 0; k < c->n_candidates; k++)
		c->candidates[k] = get_cable(g, json_array_get(candidates, k));
}

static void get_finding(struct reading *g, const json_t *o, struct finding *f)
{
	const struct story *s = g->r->story;

	f->kind = (enum finding_kind)get_name(g, o, "kind", name_of_finding, FINDING_MARKING + 1);
	f->citation = (int)get_number(g, o, "citation", 1, (int64_t)s->n_citations, 0) - 1;
	f->quotation = (int)get_number(g, o, "quotation", 1, (int64_t)s->n_quotations, 0) - 1;
	f->at = get_span(g, o, "at", s->text.n);
	f->story_says = get_str(g, o, "story");
	f->cable_says = get_str(g, o, "cable");
	f->id = get_str(g, o, "id");
	f->sentence = get_cstring(g, o, "sentence");
}

static void get_report(struct reading *g, const json_t *o)
{
	struct report *r = g->r;
	json_t *quotes = member(o, "quotations"), *citations = member(o, "citations"),
	       *findings = member(o, "findings");

	r->cables = (uint64_t)get_number(g, o, "cables", 0, INT64_MAX, 0);
	r->versions = (uint64_t)get_number(g, o, "versions", 0, INT64_MAX, 0);
	r->damaged = (size_t)get_number(g, o, "damaged", 0, INT64_MAX, 0);
	r->skipped = json_array_size(member(o, "skipped"));
	r->n_quotes = json_array_size(quotes);
	r->n_citations = json_array_size(citations);
	r->n_findings = json_array_size(findings);
	if (r->n_citations != r->story->n_citations || r->n_quotes > r->story->n_quotations) {
		g->bad = true;
		return;
	}
	r->quotes = arena_new(&r->arena, struct quote_result, r->n_quotes);
	r->citations = arena_new(&r->arena, struct citation_result, r->n_citations);
	r->findings = arena_new(&r->arena, struct finding, r->n_findings);
	for (size_t i = 0; i < r->n_quotes; i++) {
		get_quotation(g, json_array_get(quotes, i), &r->quotes[i]);
		/* In the story's order, each once: whoever shows them counts on it. */
		if (i && r->quotes[i].quotation <= r->quotes[i - 1].quotation)
			g->bad = true;
		r->count[r->quotes[i].verdict]++;
		r->unchecked += r->quotes[i].unchecked;
	}
	for (size_t i = 0; i < r->n_citations; i++)
		get_citation(g, json_array_get(citations, i), i, &r->citations[i]);
	for (size_t i = 0; i < r->n_findings; i++)
		get_finding(g, json_array_get(findings, i), &r->findings[i]);
}

int report_read(struct str json, const struct story *s, struct report *out, struct err *e)
{
	struct reading g = {.r = out};
	json_t *o = json_loadb(json.p ? json.p : "", json.n, JSON_ALLOW_NUL, NULL);
	const char *schema = json_string_value(member(o, "schema"));

	*out = (struct report){.story = s};
	if (!schema || strcmp(schema, "reftel-check/1") != 0)
		g.bad = true;
	else
		get_report(&g, o);
	json_decref(o);
	if (!g.bad)
		return REFTEL_OK;
	report_free(out);
	return err_set(e, REFTEL_EFORMAT,
		       "the report that was kept does not fit the story as this reftel reads it: check it again");
}
