/*
 * The wanted list: cables that are cited and not held, as a table, as JSON, and as CSV for a spreadsheet.
 */
#include "cli/cli.h"

enum { CITERS_SHOWN = 3, COLUMN_MOST = 40 };

/* "2008-02-26 to 2008-03-05", "2008-02-26", "by 2008-03-05" */
void cli_window_format(const struct sent_window *w, char out[80])
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

static void set_id(json_t *o, const char *key, struct str id)
{
	json_object_set_new(o, key, id.n ? view_str(id) : json_null());
}

static void set_window(json_t *o, const struct sent_window *w)
{
	static const char *const bases[] = {"unknown", "year", "serials"};

	set_date(o, "after", w->after);
	set_date(o, "before", w->before);
	set_id(o, "after_cable", w->after_id);
	set_id(o, "before_cable", w->before_id);
	json_object_set_new(o, "window", json_string(bases[w->basis]));
}

json_t *cli_missing_json(const struct missing *m)
{
	json_t *o = json_object(), *citers = json_array(), *other = m->other_id.n ? json_object() : json_null();

	json_object_set_new(o, "id", view_str(m->id));
	json_object_set_new(o, "post", json_string(m->mrn.post));
	set_id(o, "origin", m->origin);
	json_object_set_new(o, "times", json_integer((json_int_t)m->n_citers));
	set_window(o, &m->window);
	json_object_set_new(o, "year", json_string(year_basis_name(m->year_basis)));
	if (m->other_id.n) {
		set_id(other, "id", m->other_id);
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

static void put_csv(const struct missing *m)
{
	struct buf row = {0}, citers = {0};
	char after[32], before[32];

	cable_date_format(m->window.after, after);
	cable_date_format(m->window.before, before);
	for (size_t i = 0; i < m->n_citers; i++)
		buf_printf(&citers, "%s%.*s", i ? " " : "", STR_ARG(m->citers[i].id));
	buf_printf(&row, "%zu,", m->n_citers);
	view_csv_cell(&row, m->id, ",");
	view_csv_cell(&row, str_of(after), ",");
	view_csv_cell(&row, str_of(before), ",");
	view_csv_cell(&row, str_of(m->mrn.post), ",");
	view_csv_cell(&row, m->origin, ",");
	view_csv_cell(&row, str_of(year_basis_name(m->year_basis)), ",");
	view_csv_cell(&row, m->other_id, ",");
	view_csv_cell(&row, buf_view(&citers), "\r\n");
	fwrite(row.p, 1, row.n, stdout);
	buf_free(&row);
	buf_free(&citers);
}

/* ---- as a table -------------------------------------------------------------------------------------------------- */

static struct str post_of(const struct missing *m)
{
	return m->origin.n ? m->origin : str_of(m->mrn.post);
}

static void put_padded(struct cli *c, struct str s, const char *mark, size_t width)
{
	size_t n = utf8_columns(s) + utf8_columns(str_of(mark));

	cli_put(c, s);
	printf("%s%*s", mark, (int)(n < width ? width - n : 0) + 2, "");
}

static void put_row(struct cli *c, const struct missing *m, size_t id_width, size_t post_width)
{
	char window[80];

	cli_window_format(&m->window, window);
	printf("%5zu  ", m->n_citers);
	put_padded(c, m->id, m->year_basis == YEAR_LIKELY ? "?" : "", id_width);
	printf("%-24s  ", window);
	put_padded(c, post_of(m), "", post_width);
	for (size_t i = 0; i < m->n_citers && i < CITERS_SHOWN; i++) {
		printf("%s", i ? ", " : "");
		cli_put(c, m->citers[i].id);
	}
	if (m->n_citers > CITERS_SHOWN)
		printf(" and %zu more", m->n_citers - CITERS_SHOWN);
	printf("\n");
}

static void put_table(struct cli *c, const struct missing_list *list, size_t n)
{
	size_t id_width = 2, post_width = 4;
	bool likely = false;

	if (!list->n) {
		printf("No cable is cited here that is not held.\n");
		return;
	}
	printf("%zu %s cited and not held", list->n, list->n == 1 ? "cable is" : "cables are");
	printf(n < list->n ? "; the first %zu:\n\n" : ":\n\n", n);
	for (size_t i = 0; i < n; i++) {
		const struct missing *m = &list->v[i];
		size_t id = utf8_columns(m->id) + (m->year_basis == YEAR_LIKELY), post = utf8_columns(post_of(m));

		likely |= m->year_basis == YEAR_LIKELY;
		id_width = id > id_width ? id : id_width;
		post_width = post > post_width && post <= COLUMN_MOST ? post : post_width;
	}
	printf("times  ");
	put_padded(c, STR("id"), "", id_width);
	printf("%-24s  ", "sent");
	put_padded(c, STR("post"), "", post_width);
	printf("cited by\n");
	for (size_t i = 0; i < n; i++)
		put_row(c, &list->v[i], id_width, post_width);
	if (likely)
		printf("\n?  the year is implied, and may be the one before\n");
}

/* One at a time: the list of a whole dump is long, and as one value it would be held twice. */
static void put_json(const struct missing_list *list, size_t n)
{
	printf("[");
	for (size_t i = 0; i < n; i++) {
		json_t *o = cli_missing_json(&list->v[i]);

		printf(i ? ",\n" : "\n");
		json_dumpf(o, stdout, JSON_INDENT(2));
		json_decref(o);
	}
	printf("%s]\n", n ? "\n" : "");
}

void cli_put_wanted(struct cli *c, const struct missing_list *list, size_t limit, bool csv)
{
	size_t n = limit && limit < list->n ? limit : list->n;

	if (c->json) {
		put_json(list, n);
	} else if (csv) {
		printf("times,id,after,before,post,origin,year,or,cited_by\r\n");
		for (size_t i = 0; i < n; i++)
			put_csv(&list->v[i]);
	} else {
		put_table(c, list, n);
	}
}
