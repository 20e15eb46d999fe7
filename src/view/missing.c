/*
 * A missing cable: when it must have been sent, as an object, as cells.
 */
#include "view/view.h"

/* "2008-02-26 to 2008-03-05", "2008-02-26", "by 2008-03-05" */
void view_window(const struct sent_window *w, char out[80])
{
	char after[32], before[32];

	cable_date_format(w->after, after);
	cable_date_format(w->before, before);
	if (!*after)
		snprintf(out, 80, "%s%s", *before ? "by " : "date unknown", before);
	else if (str_eq(str_of(after), str_of(before)))
		snprintf(out, 80, "%s", after);
	else
		snprintf(out, 80, "%s to %s", after, before);
}

/* ---- as JSON ----------------------------------------------------------------------------------------------------- */

static void set_date(json_t *o, const char *key, struct cable_date d)
{
	char date[32];

	cable_date_format(d, date);
	json_object_set_new(o, key, *date ? json_string(date) : json_null());
}

static void set_window(json_t *o, const struct sent_window *w)
{
	static const char *const bases[] = {"unknown", "year", "serials"};

	set_date(o, "after", w->after);
	set_date(o, "before", w->before);
	view_set(o, "after_cable", w->after_id);
	view_set(o, "before_cable", w->before_id);
	json_object_set_new(o, "window", json_string(bases[w->basis]));
}

json_t *view_missing(const struct missing *m)
{
	json_t *o = json_object(), *citers = json_array(), *other = m->other_id.n ? json_object() : json_null();

	json_object_set_new(o, "id", view_str(m->id));
	json_object_set_new(o, "post", json_string(m->mrn.post));
	view_set(o, "origin", m->origin);
	json_object_set_new(o, "times", json_integer((json_int_t)m->n_citers));
	set_window(o, &m->window);
	json_object_set_new(o, "year", json_string(year_basis_name(m->year_basis)));
	if (m->other_id.n) {
		view_set(other, "id", m->other_id);
		set_window(other, &m->other_window);
	}
	json_object_set_new(o, "or", other);
	for (size_t i = 0; i < m->n_citers; i++) {
		json_t *x = json_object();

		json_object_set_new(x, "id", view_str(m->citers[i].id));
		set_date(x, "date", m->citers[i].date);
		json_object_set_new(x, "year_implied", json_boolean(m->citers[i].year_implied));
		json_array_append_new(citers, x);
	}
	json_object_set_new(o, "cited_by", citers);
	return o;
}

/* ---- as CSV ------------------------------------------------------------------------------------------------------ */

const char view_missing_columns[] = "times,id,after,before,post,origin,year,or,cited_by";

void view_missing_csv(struct buf *row, const struct missing *m)
{
	struct buf citers = {0};
	char after[32], before[32];

	cable_date_format(m->window.after, after);
	cable_date_format(m->window.before, before);
	for (size_t i = 0; i < m->n_citers; i++)
		buf_printf(&citers, "%s%.*s", i ? " " : "", STR_ARG(m->citers[i].id));
	buf_printf(row, "%zu,", m->n_citers);
	view_csv_cell(row, m->id, ",");
	view_csv_cell(row, str_of(after), ",");
	view_csv_cell(row, str_of(before), ",");
	view_csv_cell(row, str_of(m->mrn.post), ",");
	view_csv_cell(row, m->origin, ",");
	view_csv_cell(row, str_of(year_basis_name(m->year_basis)), ",");
	view_csv_cell(row, m->other_id, ",");
	view_csv_cell(row, buf_view(&citers), "\r\n");
	buf_free(&citers);
}
