/*
 * The report as JSON. docs/check-report.md says what every member means; a change of meaning raises the schema's
 * number.
 */
#include "report/report.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *text(struct str s)
{
	struct arena a = {0};
	struct str valid = utf8_valid(s) ? s : text_to_utf8(&a, s, ENC_UTF8);
	json_t *j = json_stringn_nocheck(valid.n ? valid.p : "", valid.n);

	arena_free(&a);
	return j;
}

static json_t *cstring(const char *s)
{
	return text(str_of(s));
}

static json_t *span(struct span s)
{
	return json_pack("[ii]", (int)s.off, (int)s.end);
}

static json_t *date(struct cable_date d)
{
	char out[32];

	cable_date_format(d, out);
	return *out ? cstring(out) : json_null();
}

static json_t *classification(struct classification c)
{
	char out[64];

	class_format(c, out);
	return *out ? cstring(out) : json_null();
}

static void set(json_t *o, const char *key, json_t *value)
{
	json_object_set_new_nocheck(o, key, value);
}

static json_t *passage(const struct passage *p)
{
	json_t *o = json_object();

	set(o, "id", text(p->id));
	set(o, "version", json_integer(p->version));
	set(o, "bytes", span(p->at));
	set(o, "paragraph", p->paragraph > 0 ? json_integer(p->paragraph) : json_null());
	set(o, "mark", classification(p->mark));
	set(o, "text", text(p->text));
	set(o, "before", text(p->before));
	set(o, "after", text(p->after));
	return o;
}

static json_t *ruling(const struct report_ruling *x)
{
	json_t *o = json_object();
	char when[32];

	clock_iso(x->when, when);
	set(o, "as", cstring(verdict_name(x->as)));
	set(o, "by", text(x->by));
	set(o, "when", cstring(when));
	set(o, "reason", text(x->reason));
	return o;
}

static json_t *pieces(const struct quote_result *q)
{
	json_t *list = json_array();

	for (size_t i = 0; i < q->n_pieces; i++) {
		const struct piece *p = &q->pieces[i];
		json_t *o = json_object();

		set(o, "kind", cstring(piece_kind_name(p->kind)));
		set(o, "story", p->story.end > p->story.off ? span(p->story) : json_null());
		set(o, "cable", p->cable.end > p->cable.off ? span(p->cable) : json_null());
		if (p->kind != PIECE_SAME) {
			set(o, "negation", json_boolean(p->negation));
			set(o, "number", json_boolean(p->number));
		}
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *raw_span(const struct story *s, struct span at)
{
	return s->raw_of ? json_pack("[ii]", (int)s->raw_of[at.off], (int)s->raw_of[at.end]) : json_null();
}

static json_t *quotation(const struct report *r, const struct quote_result *q, const struct report_style *style)
{
	char key[REPORT_KEY_LENGTH + 1];
	const struct quotation *x = &r->story->quotations[q->quotation];
	json_t *o = json_object(), *others = json_array();

	set(o, "number", json_integer((json_int_t)q->quotation + 1));
	set(o, "text", text(report_quotation_text(r, q)));
	set(o, "at", span(x->at));
	set(o, "raw", raw_span(r->story, x->at));
	set(o, "verdict", cstring(verdict_name(q->verdict)));
	set(o, "as", cstring(verdict_name(q->as)));
	set(o, "reason", cstring(q->reason));
	set(o, "unchecked", json_boolean(q->unchecked));
	set(o, "citation", q->citation >= 0 ? json_integer(q->citation + 1) : json_null());
	set(o, "score", json_real(q->score));
	set(o, "passage", q->has_passage ? passage(&q->passage) : json_null());
	set(o, "pieces", pieces(q));
	for (size_t i = 0; i < q->n_others; i++)
		json_array_append_new(others, passage(&q->others[i]));
	set(o, "others", others);
	report_key(r, q, key);
	set(o, "key", cstring(key));
	if (style->rulings)
		set(o, "overruled",
		    style->rulings[q - r->quotes] ? ruling(style->rulings[q - r->quotes]) : json_null());
	return o;
}

static json_t *cable(const struct cable_row *c)
{
	json_t *o = json_object();

	set(o, "id", text(c->id));
	set(o, "running_number", c->running_number ? json_integer(c->running_number) : json_null());
	set(o, "date", date(c->date));
	set(o, "origin", text(c->origin));
	set(o, "classification", classification(c->class));
	set(o, "subject", text(c->subject));
	set(o, "signatory", c->signatory.n ? text(c->signatory) : json_null());
	set(o, "partial", c->partial != PARTIAL_NO ? cstring(partial_reason_text(c->partial)) : json_null());
	return o;
}

static json_t *said(const struct citation *c)
{
	json_t *o = json_object();
	char mrn[MRN_MAX];

	if (c->running_number)
		set(o, "running_number", json_integer(c->running_number));
	if (c->mrn.post[0]) {
		mrn_format(&c->mrn, mrn);
		set(o, "id", cstring(mrn));
	}
	if (c->link.n)
		set(o, "link", text(c->link));
	if (c->date.precision != DATE_NONE)
		set(o, "date", date(c->date));
	if (c->level != LEVEL_UNKNOWN)
		set(o, "classification", classification((struct classification){c->level, c->captions}));
	if (c->origin.n)
		set(o, "origin", text(c->origin));
	if (c->signatory.n)
		set(o, "signatory", text(c->signatory));
	return o;
}

static json_t *citation(const struct report *r, size_t i)
{
	const struct citation *x = &r->story->citations[i];
	const struct citation_result *c = &r->citations[i];
	bool held = c->state == CITATION_HELD || c->state == CITATION_PARTLY;
	json_t *o = json_object(), *candidates = json_array();

	set(o, "number", json_integer((json_int_t)i + 1));
	set(o, "text", text(str_sub(r->story->text, x->at.off, x->at.end)));
	set(o, "at", span(x->at));
	set(o, "raw", raw_span(r->story, x->at));
	set(o, "says", said(x));
	set(o, "same_as", x->same_as >= 0 ? json_integer(x->same_as + 1) : json_null());
	set(o, "state", cstring(citation_state_name(c->state)));
	set(o, "resolved_by", cstring(resolved_by_name(c->by)));
	set(o, "reason", cstring(c->reason));
	set(o, "cable", held ? cable(&c->cable) : json_null());
	for (size_t k = 0; k < c->n_candidates; k++)
		json_array_append_new(candidates, cable(&c->candidates[k]));
	set(o, "candidates", candidates);
	return o;
}

static json_t *finding(const struct finding *f)
{
	json_t *o = json_object();

	set(o, "kind", cstring(finding_kind_name(f->kind)));
	set(o, "citation", f->citation >= 0 ? json_integer(f->citation + 1) : json_null());
	set(o, "quotation", f->quotation >= 0 ? json_integer(f->quotation + 1) : json_null());
	set(o, "at", span(f->at));
	set(o, "story", text(f->story_says));
	set(o, "cable", text(f->cable_says));
	set(o, "id", text(f->id));
	set(o, "sentence", cstring(f->sentence));
	return o;
}

static json_t *skipped(const struct report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->story->n_quotations; i++) {
		const struct quotation *q = &r->story->quotations[i];
		json_t *o;

		if (!q->skipped)
			continue;
		o = json_object();
		set(o, "number", json_integer((json_int_t)i + 1));
		set(o, "text", text(str_sub(r->story->text, q->at.off, q->at.end)));
		set(o, "reason", cstring(q->skipped));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *counts(const struct report *r)
{
	json_t *o = json_object();

	for (int v = 0; v < N_VERDICTS; v++)
		set(o, verdict_name((enum verdict)v), json_integer((json_int_t)r->count[v]));
	set(o, "unchecked", json_integer((json_int_t)r->unchecked));
	set(o, "findings", json_integer((json_int_t)r->n_findings));
	return o;
}

char *report_json(const struct report *r, const struct report_style *style)
{
	json_t *o = json_object(), *quotations = json_array(), *citations = json_array(), *findings = json_array();
	struct buf b = {0};
	char *out;

	for (size_t i = 0; i < r->n_quotes; i++)
		json_array_append_new(quotations, quotation(r, &r->quotes[i], style));
	for (size_t i = 0; i < r->n_citations; i++)
		json_array_append_new(citations, citation(r, i));
	for (size_t i = 0; i < r->n_findings; i++)
		json_array_append_new(findings, finding(&r->findings[i]));
	set(o, "schema", cstring("reftel-check/1"));
	set(o, "story", cstring(style->story));
	set(o, "title", text(r->story->title));
	set(o, "cables", json_integer((json_int_t)r->cables));
	set(o, "versions", json_integer((json_int_t)r->versions));
	set(o, "damaged", json_integer((json_int_t)r->damaged));
	set(o, "counts", counts(r));
	set(o, "quotations", quotations);
	set(o, "citations", citations);
	set(o, "findings", findings);
	set(o, "skipped", skipped(r));
	out = json_dumps(o, (style->one_line ? JSON_COMPACT : JSON_INDENT(2)) | JSON_REAL_PRECISION(6));
	json_decref(o);
	buf_printf(&b, "%s\n", out ? out : "null");
	free(out);
	return b.p;
}
