/*
 * reftel show: a cable by whatever name a person has for it, with its fields, references and paragraphs; or its
 * citation, its text as received, two of its versions compared.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct show_call {
	const char *cite;
	bool diff, raw, header;
	const char *versions; /* as they were given */
	int a, b;             /* ordinals to compare, 0: the last two */
	uint64_t version;     /* ordinal to show, 0: the default */
};

/* ---- as a page for people ---------------------------------------------------------------------------------------- */

static void put_field(struct cli *c, const char *name, struct str value)
{
	if (!value.n)
		return;
	printf("%-15s", name);
	cli_put(c, value);
	printf("\n");
}

static void put_tags(struct cli *c, const struct telegram *t)
{
	struct buf b = {0};

	for (size_t i = 0; i < t->n_tags; i++) {
		struct str meaning = tag_meaning(t->tags[i]);

		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(t->tags[i]));
		if (meaning.n)
			buf_printf(&b, " (%.*s)", STR_ARG(meaning));
	}
	put_field(c, "TAGS", buf_view(&b));
	buf_free(&b);
}

static void put_refs(struct cli *c, const struct ref_rows *refs, const char *name)
{
	for (size_t i = 0; i < refs->n; i++) {
		const struct ref_row *r = &refs->v[i];

		printf("%-15s", i ? "" : name);
		if (r->ref.letter)
			printf("%c. ", r->ref.letter);
		cli_put(c, r->ref.kind == REF_CABLE ? r->id : r->ref.text);
		if (r->ref.kind != REF_CABLE)
			printf(" (%s)", ref_kind_name(r->ref.kind));
		else if (!r->key)
			printf(" (not held)");
		printf("\n");
	}
}

static void put_back_refs(struct cli *c, const struct ref_rows *refs)
{
	for (size_t i = 0; i < refs->n; i++) {
		printf("%-15s", i ? "" : "cited by");
		cli_put(c, refs->v[i].id);
		printf("\n");
	}
}

static void put_head(struct cli *c, const struct cable_version *v, const struct cable_row *row)
{
	const struct cable *x = &v->cable;
	char date[32], class[64];

	cable_date_format(x->date, date);
	class_format(x->class, class);
	put_field(c, "id", x->id);
	if (row->running_number)
		printf("%-15s%u\n", "number", row->running_number);
	put_field(c, "date", str_of(date));
	put_field(c, "origin", x->origin);
	put_field(c, "class", str_of(class));
	put_field(c, "subject", x->subject);
	put_tags(c, &x->telegram);
	put_field(c, "from", x->telegram.header.from);
	put_field(c, "classified by", x->telegram.classified_by);
	put_field(c, "reason", x->telegram.reason);
	put_field(c, "signatory", x->telegram.signatory);
	if (x->telegram.partial != PARTIAL_NO)
		printf("%-15s%s\n", "in part", partial_reason_text(x->telegram.partial));
	if (row->n_versions > 1)
		printf("%-15s%d of %d (`--diff` compares them)\n", "version", v->ordinal, row->n_versions);
	put_field(c, "source", v->source);
}

static void put_cable(struct cli *c, const struct cable_version *v, const struct cable_row *row,
		      const struct ref_rows *to, const struct ref_rows *from)
{
	put_head(c, v, row);
	put_refs(c, to, "references");
	put_back_refs(c, from);
	printf("\n");
	cli_put(c, str_trim(v->cable.body));
	printf("\n");
}

/* ---- which cable, which version ---------------------------------------------------------------------------------- */

static int list_several(struct cli *c, const struct cable_rows *rows, const char *what)
{
	json_t *list = json_array();

	if (!c->json)
		printf("%zu cables are called \"%s\":\n", rows->n, what);
	for (size_t i = 0; i < rows->n; i++) {
		char date[32];

		cable_date_format(rows->v[i].date, date);
		if (c->json) {
			json_t *o = json_object();

			view_set(o, "id", rows->v[i].id);
			view_set(o, "date", str_of(date));
			view_set(o, "subject", rows->v[i].subject);
			json_array_append_new(list, o);
			continue;
		}
		printf("  %-10s  ", date);
		cli_put(c, rows->v[i].id);
		printf("  ");
		cli_put(c, rows->v[i].subject);
		printf("\n");
	}
	if (c->json)
		cli_put_json(list);
	else
		json_decref(list);
	return EXIT_FINDINGS;
}

static int load(struct cli *c, struct archive *ar, int64_t key, int ordinal, int64_t fallback,
		struct cable_version *out, struct err *e)
{
	struct version_keys keys;
	int rc;

	if (!ordinal)
		return archive_load(ar, &c->arena, fallback, out, e);
	rc = archive_versions(ar, &c->arena, key, &keys, e);
	if (rc != REFTEL_OK)
		return rc;
	if (ordinal < 1 || (size_t)ordinal > keys.n)
		return err_set(e, REFTEL_ENOTFOUND, "it has %zu %s, there is no version %d", keys.n,
			       keys.n == 1 ? "version" : "versions", ordinal);
	return archive_load(ar, &c->arena, keys.v[ordinal - 1], out, e);
}

static int show_diff(struct cli *c, struct archive *ar, const struct cable_row *row, const struct show_call *call,
		     struct err *e)
{
	int b = call->b ? call->b : row->n_versions, a = call->a ? call->a : b - 1;
	struct cable_version va = {0}, vb = {0};
	int rc;

	if (row->n_versions < 2)
		return err_set(e, REFTEL_ENOTFOUND, "%.*s has one version only: there is nothing to compare it with",
			       STR_ARG(row->id));
	rc = load(c, ar, row->key, a, 0, &va, e);
	if (rc == REFTEL_OK)
		rc = load(c, ar, row->key, b, 0, &vb, e);
	if (rc == REFTEL_OK)
		cli_diff(c, &va, &vb);
	return rc;
}

static int show_one(struct cli *c, struct archive *ar, const struct cable_row *row, const struct show_call *call,
		    struct err *e)
{
	struct cable_version v = {0};
	struct ref_rows to = {0}, from = {0};
	int rc;

	if (call->diff)
		return show_diff(c, ar, row, call, e);
	rc = load(c, ar, row->key, (int)call->version, row->version, &v, e);
	if (rc != REFTEL_OK)
		return rc;
	v.cable.running_number = row->running_number;
	if (call->cite) {
		struct buf b = {0};

		view_cite(&c->arena, &b, &v.cable, call->cite);
		fwrite(b.p, 1, b.n, stdout);
		buf_free(&b);
		return REFTEL_OK;
	}
	if (call->raw || call->header) {
		cli_put(c, call->header ? v.cable.header : v.cable.body);
		return REFTEL_OK;
	}
	rc = archive_refs_from(ar, &c->arena, row->key, &to, e);
	if (rc == REFTEL_OK)
		rc = archive_refs_to(ar, &c->arena, row->id, &from, e);
	if (rc != REFTEL_OK)
		return rc;
	if (c->json)
		cli_put_json(view_cable(&v, row, &to, &from));
	else
		put_cable(c, &v, row, &to, &from);
	return REFTEL_OK;
}

/* A cable that is not here may still be known: others cite it. */
static int not_found(struct cli *c, struct archive *ar, const char *what)
{
	struct err e = {0};
	struct ref_rows from = {0};

	if (archive_refs_to(ar, &c->arena, str_of(what), &from, &e) == REFTEL_OK && from.n) {
		err_set(&e, REFTEL_ENOTFOUND, "%.80s is not held; %zu %s it, first %.*s", what, from.n,
			from.n == 1 ? "cable cites" : "cables cite", STR_ARG(from.v[0].id));
		return cli_fail(&e);
	}
	err_set(&e, REFTEL_ENOTFOUND,
		"there is no cable \"%.80s\" here: try its reference id (07KALVIK412) or its running number", what);
	return cli_fail(&e);
}

static int show(struct cli *c, const char *what, const struct show_call *call)
{
	struct archive *ar = NULL;
	struct cable_rows rows;
	struct err e = {0};
	int status = cli_open(c, ARCHIVE_READ, &ar);

	if (status != EXIT_OK)
		return status;
	if (archive_find(ar, &c->arena, str_of(what), &rows, &e) != REFTEL_OK)
		status = cli_fail(&e);
	else if (!rows.n)
		status = not_found(c, ar, what);
	else if (rows.n > 1)
		status = list_several(c, &rows, what);
	else if (show_one(c, ar, &rows.v[0], call, &e) != REFTEL_OK)
		status = cli_fail(&e);
	archive_close(ar);
	return status;
}

/* "2,3" */
static bool read_pair(const char *s, int *a, int *b)
{
	char *end;
	long x = strtol(s, &end, 10), y;

	if (*end != ',' || x < 1)
		return false;
	y = strtol(end + 1, &end, 10);
	if (*end || y < 1 || x > 100000 || y > 100000)
		return false;
	*a = (int)x;
	*b = (int)y;
	return true;
}

static int call_check(struct cli *c, struct show_call *call)
{
	const char *cite = call->cite;

	if (cite && strcmp(cite, "text") != 0 && strcmp(cite, "bibtex") != 0 && strcmp(cite, "csl") != 0)
		return cli_usage(c, "--cite is text, bibtex or csl");
	if (!call->versions)
		return EXIT_OK;
	call->diff = true;
	return read_pair(call->versions, &call->a, &call->b) ? EXIT_OK
							     : cli_usage(c, "--versions takes two, as in 1,2");
}

int cmd_show(struct cli *c, int argc, char **argv)
{
	struct show_call call = {0};
	const struct cli_option options[] = {
		CLI_TEXT("cite", &call.cite),
		CLI_FLAG("diff", &call.diff),
		CLI_TEXT("versions", &call.versions),
		CLI_NUMBER("version", &call.version, 1, INT32_MAX, "a number from 1"),
		CLI_FLAG("raw", &call.raw),
		CLI_FLAG("header", &call.header),
		CLI_END,
	};
	struct buf what = {0};
	int status;

	if (!cli_options(c, argc, argv, options, &status))
		return status;
	status = call_check(c, &call);
	if (status != EXIT_OK)
		return status;
	if (optind == argc)
		return cli_usage(c, "show needs a cable");
	for (int i = optind; i < argc; i++) /* show ISLAMABAD 4531 without quotation marks */
		buf_printf(&what, "%s%s", i > optind ? " " : "", argv[i]);
	status = show(c, what.p, &call);
	buf_free(&what);
	return status;
}
