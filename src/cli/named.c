/*
 * The one cable that a person means, for commands that do something with exactly one.
 */
#include "cli/cli.h"

static int put_several(struct cli *c, const struct cable_rows *rows, struct str what)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rows->n; i++)
		json_array_append_new(list, view_str(rows->v[i].id));
	if (c->json) {
		cli_put_json(list);
		return EXIT_FINDINGS;
	}
	json_decref(list);
	printf("%zu cables are called \"", rows->n);
	cli_put(c, what);
	printf("\":\n");
	for (size_t i = 0; i < rows->n; i++) {
		printf("  ");
		cli_put(c, rows->v[i].id);
		printf("\n");
	}
	return EXIT_FINDINGS;
}

int cli_cable(struct cli *c, struct archive *ar, struct str what, struct cable_row *out)
{
	struct cable_rows rows;
	struct err e = {0};

	if (archive_find(ar, &c->arena, what, &rows, &e) != REFTEL_OK)
		return cli_fail(&e);
	if (rows.n > 1)
		return put_several(c, &rows, what);
	if (!rows.n) {
		err_set(&e, REFTEL_ENOTFOUND,
			"there is no cable \"%.*s\" here: try its reference id (07KALVIK412) or its running number",
			what.n < 80 ? (int)what.n : 80, what.p);
		return cli_fail(&e);
	}
	*out = rows.v[0];
	return EXIT_OK;
}
