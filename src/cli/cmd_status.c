/*
 * reftel status: what the archive holds, what was set aside and why, what does not fit together.
 */
#include "cli/cli.h"

#include <inttypes.h>

struct lists {
	struct cli *c;
	json_t *aside, *remarks;
	size_t n;
};

static int aside_take(void *ctx, const struct archive_aside *x)
{
	struct lists *l = ctx;
	json_t *o;

	if (!l->aside) {
		if (!l->n++)
			printf("\nSet aside:\n");
		printf("  ");
		cli_put(l->c, str_of(x->file));
		printf(", line %" PRIu64 " (byte %" PRIu64 "): ", x->line, x->offset);
		cli_put(l->c, str_of(x->reason));
		printf("\n");
		return 0;
	}
	o = json_object();
	json_object_set_new(o, "file", view_str(str_of(x->file)));
	json_object_set_new(o, "offset", json_integer((json_int_t)x->offset));
	json_object_set_new(o, "line", json_integer((json_int_t)x->line));
	json_object_set_new(o, "row", json_integer((json_int_t)x->row));
	json_object_set_new(o, "reason", view_str(str_of(x->reason)));
	json_object_set_new(o, "excerpt", view_str(x->excerpt));
	json_array_append_new(l->aside, o);
	return 0;
}

static int remark_take(void *ctx, struct str id, struct str remark)
{
	struct lists *l = ctx;
	json_t *o;

	if (!l->remarks) {
		if (!l->n++)
			printf("\nDoes not fit together:\n");
		printf("  ");
		cli_put(l->c, remark);
		printf("\n");
		return 0;
	}
	o = json_object();
	json_object_set_new(o, "id", view_str(id));
	json_object_set_new(o, "remark", view_str(remark));
	json_array_append_new(l->remarks, o);
	return 0;
}

static void print_counts(const struct archive_status *s, const char *dir)
{
	char first[32], last[32];

	cable_date_format(s->first, first);
	cable_date_format(s->last, last);
	printf("The archive in %s holds\n", dir);
	printf("  %" PRIu64 " cables", s->cables);
	if (*first)
		printf(", from %s to %s", first, last);
	printf("\n  %" PRIu64 " versions of their texts, %.0f kB, kept in %.0f kB\n", s->versions,
	       (double)s->text_bytes / 1e3, (double)s->stored_bytes / 1e3);
	printf("  %" PRIu64 " references to cables; %" PRIu64 " cables that they name are not here\n", s->refs,
	       s->refs_missing);
	printf("  from %" PRIu64 " files\n", s->sources);
	if (s->sources_unfinished)
		printf("  %" PRIu64 " of them not read to the end: import them again to go on\n",
		       s->sources_unfinished);
}

/* ---- the index --------------------------------------------------------------------------------------------------- */

struct index_status {
	size_t segments;
	uint64_t bytes, unindexed;
	const char *language, *damage; /* NULL: none */
};

static int index_read(struct cli *c, struct archive *ar, struct index_status *out, struct err *e)
{
	struct catalog *k = NULL;
	int rc = catalog_language(ar, &c->arena, &out->language, e);

	if (rc != REFTEL_OK)
		return rc;
	rc = catalog_open(ar, &k, e);
	if (rc == REFTEL_EFORMAT) {
		out->damage = arena_dup(&c->arena, str_of(e->msg));
		return REFTEL_OK;
	}
	if (rc != REFTEL_OK)
		return rc;
	out->segments = k->n_segments;
	out->bytes = catalog_bytes(k);
	out->unindexed = cli_unindexed(ar, k);
	catalog_close(k);
	return REFTEL_OK;
}

static void print_index(struct cli *c, const struct index_status *x, uint64_t text_bytes)
{
	if (x->damage) {
		printf("  ");
		cli_put(c, str_of(x->damage));
		printf("\n");
		return;
	}
	printf("  an index of %.0f kB", (double)x->bytes / 1e3);
	if (text_bytes)
		printf(", %.0f %% of the texts", 100.0 * (double)x->bytes / (double)text_bytes);
	printf(", in %zu %s; forms of words: %s\n", x->segments, x->segments == 1 ? "segment" : "segments",
	       x->language ? x->language : "none");
	if (x->unindexed)
		printf("  %" PRIu64 " %s not in it yet: `reftel reindex`\n", x->unindexed,
		       x->unindexed == 1 ? "text is" : "texts are");
}

static json_t *index_json(const struct index_status *x, uint64_t text_bytes)
{
	json_t *o = json_object();

	json_object_set_new(o, "damage", x->damage ? view_str(str_of(x->damage)) : json_null());
	json_object_set_new(o, "segments", json_integer((json_int_t)x->segments));
	json_object_set_new(o, "bytes", json_integer((json_int_t)x->bytes));
	json_object_set_new(o, "share_of_text",
			    text_bytes ? json_real((double)x->bytes / (double)text_bytes) : json_null());
	json_object_set_new(o, "not_indexed", json_integer((json_int_t)x->unindexed));
	json_object_set_new(o, "language", x->language ? json_string(x->language) : json_null());
	return o;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static json_t *counts_json(const struct archive_status *s, const char *dir)
{
	json_t *o = json_object();
	char first[32], last[32];

	cable_date_format(s->first, first);
	cable_date_format(s->last, last);
	json_object_set_new(o, "archive", view_str(str_of(dir)));
	json_object_set_new(o, "schema", json_integer(s->schema));
	json_object_set_new(o, "cables", json_integer((json_int_t)s->cables));
	json_object_set_new(o, "versions", json_integer((json_int_t)s->versions));
	json_object_set_new(o, "first", *first ? view_str(str_of(first)) : json_null());
	json_object_set_new(o, "last", *last ? view_str(str_of(last)) : json_null());
	json_object_set_new(o, "text_bytes", json_integer((json_int_t)s->text_bytes));
	json_object_set_new(o, "stored_bytes", json_integer((json_int_t)s->stored_bytes));
	json_object_set_new(o, "references", json_integer((json_int_t)s->refs));
	json_object_set_new(o, "references_missing", json_integer((json_int_t)s->refs_missing));
	json_object_set_new(o, "files", json_integer((json_int_t)s->sources));
	json_object_set_new(o, "files_unfinished", json_integer((json_int_t)s->sources_unfinished));
	return o;
}

static int show(struct cli *c, struct archive *ar)
{
	struct lists l = {.c = c};
	struct index_status x = {0};
	struct archive_status s;
	struct err e = {0};
	json_t *o = NULL;
	int rc = archive_status(ar, &s, &e);

	if (rc == REFTEL_OK)
		rc = index_read(c, ar, &x, &e);
	if (rc != REFTEL_OK)
		return cli_fail(&e);
	if (c->json) {
		o = counts_json(&s, archive_dir(ar));
		json_object_set_new(o, "index", index_json(&x, s.text_bytes));
		l.aside = json_array();
		l.remarks = json_array();
		json_object_set_new(o, "set_aside", l.aside);
		json_object_set_new(o, "remarks", l.remarks);
	} else {
		print_counts(&s, archive_dir(ar));
		print_index(c, &x, s.text_bytes);
	}
	rc = archive_each_aside(ar, aside_take, &l, &e);
	l.n = 0;
	if (rc == REFTEL_OK)
		rc = archive_each_remark(ar, remark_take, &l, &e);
	if (o)
		cli_put_json(o);
	return rc == REFTEL_OK ? EXIT_OK : cli_fail(&e);
}

int cmd_status(struct cli *c, int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS};
	struct archive *ar = NULL;
	int opt, status;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		int rc = cli_common_option(c, opt);

		if (rc)
			return rc - 1;
	}
	if (optind < argc)
		return cli_usage(c, "status takes no file");
	status = cli_open(c, ARCHIVE_READ, &ar);
	if (status == EXIT_OK)
		status = show(c, ar);
	archive_close(ar);
	return status;
}
