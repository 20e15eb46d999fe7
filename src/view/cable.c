/*
 * A cable as an object.
 */
#include "view/view.h"

static json_t *paragraphs_json(const struct cable *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->telegram.n_paragraphs; i++) {
		const struct paragraph *p = &x->telegram.paragraphs[i];
		json_t *o = json_object();
		char mark[64];

		class_format(p->mark, mark);
		json_object_set_new(o, "number", p->number > 0 ? json_integer(p->number) : json_null());
		view_set(o, "mark", str_of(mark));
		json_object_set_new(o, "bytes", json_pack("[ii]", (int)p->text.off, (int)p->text.end));
		json_object_set_new(o, "summary", json_boolean(p->summary));
		json_object_set_new(o, "comment", json_boolean(p->comment));
		view_set(o, "text", str_sub(x->body, p->text.off, p->text.end));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *refs_json(const struct ref_rows *refs, bool back)
{
	json_t *list = json_array();

	for (size_t i = 0; i < refs->n; i++) {
		const struct ref_row *r = &refs->v[i];
		char letter[2] = {r->ref.letter, '\0'};
		json_t *o = json_object();

		view_set(o, "id", r->id);
		if (!back) {
			json_object_set_new(o, "kind", json_string(ref_kind_name(r->ref.kind)));
			view_set(o, "letter", str_of(letter));
			json_object_set_new(o, "held", json_boolean(r->key != 0));
			json_object_set_new(o, "year_implied", json_boolean(r->ref.year_implied));
			view_set(o, "text", r->ref.text);
		}
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *addressees_json(const struct telegram_header *h)
{
	json_t *list = json_array();

	for (size_t i = 0; i < h->n_to; i++) {
		json_t *o = json_object();

		view_set(o, "name", h->to[i].name);
		view_set(o, "routing", h->to[i].routing);
		view_set(o, "precedence", h->to[i].precedence);
		json_object_set_new(o, "info", json_boolean(h->to[i].info));
		json_array_append_new(list, o);
	}
	return list;
}

/* `tags` are the codes alone, for whoever compares them. */
static json_t *tags_json(const struct telegram *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->n_tags; i++) {
		json_t *o = json_object();

		view_set(o, "code", t->tags[i]);
		view_set(o, "kind", str_of(tag_kind_name(tag_kind_of(t->tags[i]))));
		view_set(o, "meaning", tag_meaning(t->tags[i]));
		json_array_append_new(list, o);
	}
	return list;
}

json_t *view_cable(const struct cable_version *v, const struct cable_row *row, const struct ref_rows *to,
		   const struct ref_rows *from)
{
	const struct cable *x = &v->cable;
	json_t *o = json_object(), *tags = json_array();
	char date[32], class[64];

	cable_date_format(x->date, date);
	class_format(x->class, class);
	for (size_t i = 0; i < x->telegram.n_tags; i++)
		json_array_append_new(tags, view_str(x->telegram.tags[i]));
	view_set(o, "id", x->id);
	json_object_set_new(o, "running_number", row->running_number ? json_integer(row->running_number) : json_null());
	view_set(o, "date", str_of(date));
	view_set(o, "origin", x->origin);
	view_set(o, "classification", str_of(class));
	view_set(o, "subject", x->subject);
	json_object_set_new(o, "tags", tags);
	json_object_set_new(o, "tags_explained", tags_json(&x->telegram));
	view_set(o, "from", x->telegram.header.from);
	json_object_set_new(o, "addressees", addressees_json(&x->telegram.header));
	view_set(o, "classified_by", x->telegram.classified_by);
	view_set(o, "reason", x->telegram.reason);
	view_set(o, "signatory", x->telegram.signatory);
	view_set(o, "partial", str_of(partial_reason_text(x->telegram.partial)));
	json_object_set_new(o, "version", json_integer(v->ordinal));
	json_object_set_new(o, "versions", json_integer(row->n_versions));
	view_set(o, "source", v->source);
	json_object_set_new(o, "references", refs_json(to, false));
	json_object_set_new(o, "cited_by", refs_json(from, true));
	json_object_set_new(o, "paragraphs", paragraphs_json(x));
	view_set(o, "header", x->header);
	view_set(o, "body", x->body);
	return o;
}
