/*
 * The wanted list: cables that are cited and not held, as a table, as JSON, and as CSV for a spreadsheet.
 */
#include "cli/cli.h"

enum { CITERS_SHOWN = 3, COLUMN_MOST = 40 };

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

	view_window(&m->window, window);
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
		json_t *o = view_missing(&list->v[i]);

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
		struct buf b = {0};

		printf("%s\r\n", view_missing_columns);
		for (size_t i = 0; i < n; i++) {
			buf_reset(&b);
			view_missing_csv(&b, &list->v[i]);
			fwrite(b.p, 1, b.n, stdout);
		}
		buf_free(&b);
	} else {
		put_table(c, list, n);
	}
}
