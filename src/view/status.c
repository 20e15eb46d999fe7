/*
 * What an archive holds, how its index stands to it, what an import did and what a verification found, as objects.
 */
#include "view/view.h"

uint64_t view_unindexed(struct archive *ar, const struct catalog *k)
{
	struct arena a = {0};
	struct version_keys keys = {0};
	uint64_t n = archive_versions_after(ar, &a, k->last, &keys, NULL) == REFTEL_OK ? keys.n : 0;

	arena_free(&a);
	return n;
}

int view_index_read(struct archive *ar, struct arena *a, struct view_index *out, struct err *e)
{
	struct catalog *k = NULL;
	int rc;

	*out = (struct view_index){0};
	rc = catalog_language(ar, a, &out->language, e);
	if (rc != REFTEL_OK)
		return rc;
	rc = catalog_open(ar, &k, e);
	if (rc == REFTEL_EFORMAT) {
		out->damage = arena_dup(a, str_of(e->msg));
		return REFTEL_OK;
	}
	if (rc != REFTEL_OK)
		return rc;
	out->segments = k->n_segments;
	out->bytes = catalog_bytes(k);
	out->unindexed = view_unindexed(ar, k);
	catalog_close(k);
	return REFTEL_OK;
}

static json_t *index_json(const struct view_index *x, uint64_t text_bytes)
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

static json_t *counts_json(const struct archive_status *s, const char *name)
{
	json_t *o = json_object();
	char first[32], last[32];

	cable_date_format(s->first, first);
	cable_date_format(s->last, last);
	json_object_set_new(o, "archive", view_str(str_of(name)));
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

json_t *view_aside(const struct archive_aside *x)
{
	json_t *o = json_object();

	json_object_set_new(o, "file", view_str(str_of(x->file)));
	json_object_set_new(o, "offset", json_integer((json_int_t)x->offset));
	json_object_set_new(o, "line", json_integer((json_int_t)x->line));
	json_object_set_new(o, "row", json_integer((json_int_t)x->row));
	json_object_set_new(o, "reason", view_str(str_of(x->reason)));
	json_object_set_new(o, "excerpt", view_str(x->excerpt));
	return o;
}

json_t *view_remark(struct str id, struct str remark)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", view_str(id));
	json_object_set_new(o, "remark", view_str(remark));
	return o;
}

static int aside_take(void *ctx, const struct archive_aside *x)
{
	json_array_append_new(ctx, view_aside(x));
	return 0;
}

static int remark_take(void *ctx, struct str id, struct str remark)
{
	json_array_append_new(ctx, view_remark(id, remark));
	return 0;
}

int view_status(struct archive *ar, const char *name, const struct archive_status *s, const struct view_index *x,
		json_t **out, struct err *e)
{
	json_t *o = counts_json(s, name), *aside = json_array(), *remarks = json_array();
	int rc;

	json_object_set_new(o, "index", index_json(x, s->text_bytes));
	json_object_set_new(o, "set_aside", aside);
	json_object_set_new(o, "remarks", remarks);
	rc = archive_each_aside(ar, aside_take, aside, e);
	if (rc == REFTEL_OK)
		rc = archive_each_remark(ar, remark_take, remarks, e);
	*out = rc == REFTEL_OK ? o : NULL;
	if (rc != REFTEL_OK)
		json_decref(o);
	return rc;
}

json_t *view_import(const struct import_summary *s)
{
	return json_pack("{sI sI sI sI sI sI sI sI sI sb}", "files", (json_int_t)s->files, "records",
			 (json_int_t)s->records, "added", (json_int_t)s->added, "versions", (json_int_t)s->versions,
			 "same", (json_int_t)s->same, "set_aside", (json_int_t)s->set_aside, "remarks",
			 (json_int_t)s->remarks, "bytes", (json_int_t)s->bytes, "milliseconds", (json_int_t)s->ms,
			 "interrupted", s->interrupted);
}

json_t *view_damage(const char *part, struct str what)
{
	json_t *o = json_object();

	json_object_set_new(o, "part", json_string(part));
	json_object_set_new(o, "damage", view_str(what));
	return o;
}

json_t *view_health(const char *name, uint64_t texts, json_t *list)
{
	json_t *o = json_object();

	json_object_set_new(o, "archive", view_str(str_of(name)));
	json_object_set_new(o, "sound", json_boolean(!json_array_size(list)));
	json_object_set_new(o, "texts", json_integer((json_int_t)texts));
	json_object_set_new(o, "damage", json_incref(list));
	return o;
}
