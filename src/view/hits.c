/*
 * A hit: what is known of it besides its number, as an object and as cells.
 */
#include "view/view.h"

/* A text is read, cut into words and looked through in memory that the next hit uses again: that keeps it near. */
static void text_show(struct archive *ar, struct arena *a, const struct search_marks *m, int64_t version,
		      size_t n_snippets, struct hit_view *out)
{
	struct arena scratch = {0};
	struct cable_version v;
	struct err why;

	if (archive_load(ar, &scratch, version, &v, &why) == REFTEL_OK) {
		struct snippets found = search_snippets(&scratch, m, &v.cable, n_snippets);

		out->snippets = snippets_copy(a, &found);
	} else {
		out->damaged = arena_dup(a, str_of(why.msg));
	}
	arena_free(&scratch);
}

int hit_read(struct archive *ar, struct arena *a, const struct search_marks *m, const struct search_hit *h,
	     size_t n_snippets, struct hit_view *out, struct err *e)
{
	int rc = archive_row(ar, a, h->key, &out->row, e);

	out->hit = h;
	out->marks = m;
	out->snippets = (struct snippets){0};
	out->damaged = NULL;
	if (rc == REFTEL_OK && n_snippets)
		text_show(ar, a, m, h->version, n_snippets, out);
	return rc;
}

static json_t *marks_json(const struct snippet *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_marks; i++)
		json_array_append_new(list, json_pack("[ii]", (int)s->marks[i].off, (int)s->marks[i].end));
	return list;
}

static json_t *snippet_json(const struct snippet *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "text", view_str(s->text));
	json_object_set_new(o, "marks", marks_json(s));
	json_object_set_new(o, "more_before", json_boolean(s->head));
	json_object_set_new(o, "more_behind", json_boolean(s->tail));
	return o;
}

json_t *view_hit(struct arena *a, const struct hit_view *v)
{
	const struct cable_row *row = &v->row;
	struct snippet subject = search_marked(a, v->marks, row->subject);
	json_t *o = json_object(), *snippets = json_array();
	char date[32], class[64];

	cable_date_format(row->date, date);
	class_format(row->class, class);
	json_object_set_new(o, "id", view_str(row->id));
	json_object_set_new(o, "running_number", row->running_number ? json_integer(row->running_number) : json_null());
	view_set(o, "date", str_of(date));
	view_set(o, "origin", row->origin);
	view_set(o, "classification", str_of(class));
	view_set(o, "subject", subject.text);
	json_object_set_new(o, "subject_marks", marks_json(&subject));
	view_set(o, "signatory", row->signatory);
	json_object_set_new(o, "version", json_integer(v->hit->version));
	json_object_set_new(o, "score", json_real(search_score(v->hit->score)));
	json_object_set_new(o, "near_copies", json_integer((json_int_t)v->hit->folded));
	for (size_t i = 0; i < v->snippets.n; i++)
		json_array_append_new(snippets, snippet_json(&v->snippets.v[i]));
	json_object_set_new(o, "snippets", snippets);
	if (v->damaged)
		json_object_set_new(o, "damaged", view_str(str_of(v->damaged)));
	return o;
}

/* ---- as cells ---------------------------------------------------------------------------------------------------- */

const char view_hit_columns[] = "id,date,origin,classification,subject,score,snippet";

void view_hit_csv(struct buf *out, const struct hit_view *v)
{
	struct buf text = {0};
	char date[32], class[64];

	cable_date_format(v->row.date, date);
	class_format(v->row.class, class);
	view_csv_cell(out, v->row.id, ",");
	view_csv_cell(out, str_of(date), ",");
	view_csv_cell(out, v->row.origin, ",");
	view_csv_cell(out, str_of(class), ",");
	view_csv_cell(out, v->row.subject, ",");
	buf_printf(out, "%.3f,", search_score(v->hit->score));
	for (size_t i = 0; i < v->snippets.n; i++) {
		const struct snippet *s = &v->snippets.v[i];
		bool joined = i && v->snippets.v[i - 1].tail;

		buf_puts(&text, i ? " " : "");
		buf_puts(&text, s->head && !joined ? "\u2026 " : "");
		buf_str(&text, s->text);
		buf_puts(&text, s->tail ? " \u2026" : "");
	}
	view_csv_cell(out, buf_view(&text), "");
	buf_free(&text);
}
