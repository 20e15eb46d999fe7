/*
 * What was found, counted: which counts there are, and they as an object.
 */
#include "view/view.h"

struct kind {
	const char *name;
	enum catalog_field field;
	bool year; /* of the month */
	bool unless_told;
};
static const struct kind kinds[] = {
	{"origin", FIELD_ORIGIN, false, true},
	{"class", FIELD_CLASS, false, true},
	{"year", FIELD_MONTH, true, true},
	{"tag", FIELD_TAG, false, true},
	{"signatory", FIELD_SIGNATORY, false, true},
	{"caption", FIELD_CAPTION, false, false},
	{"para", FIELD_MARK, false, false},
	{"month", FIELD_MONTH, false, false},
	{"has", FIELD_HAS, false, false},
};
_Static_assert(sizeof(kinds) / sizeof(*kinds) == N_KINDS, "view.h counts them");

/* ---- which ------------------------------------------------------------------------------------------------------- */

const char *facet_names(void)
{
	return "origin, class, year, tag, signatory, caption, para, month, has";
}

unsigned facets_default(void)
{
	unsigned set = 0;

	for (unsigned i = 0; i < N_KINDS; i++)
		set |= kinds[i].unless_told ? 1U << i : 0;
	return set;
}

bool facets_parse(const char *names, unsigned *set, struct str *bad)
{
	struct str rest = str_of(names);

	for (;;) {
		size_t comma = str_find(rest, STR(","), 0);
		unsigned i = 0;

		*bad = str_trim(str_sub(rest, 0, comma));
		while (i < N_KINDS && !str_ieq(*bad, str_of(kinds[i].name)))
			i++;
		if (i == N_KINDS)
			return false;
		*set |= 1U << i;
		if (comma == SIZE_MAX)
			return true;
		rest = str_sub(rest, comma + 1, rest.n);
	}
}

unsigned facets_fields(unsigned set)
{
	unsigned fields = 0;

	for (unsigned i = 0; i < N_KINDS; i++)
		fields |= set & 1U << i ? 1U << kinds[i].field : 0;
	return fields;
}

/* The months of a year are neighbours. */
static struct facet years_of(struct arena *a, const struct facet *months)
{
	struct facet out = {arena_new(a, struct facet_value, months->n + 1), 0};

	for (size_t i = 0; i < months->n; i++) {
		struct str year = str_sub(months->v[i].value, 0, str_find(months->v[i].value, STR("-"), 0));

		if (!out.n || !str_eq(out.v[out.n - 1].value, year))
			out.v[out.n++].value = year;
		out.v[out.n - 1].n += months->v[i].n;
	}
	return out;
}

bool facet_at(struct arena *a, const struct search_result *r, unsigned set, unsigned i, struct facet_view *out)
{
	const struct kind *k = &kinds[i];

	if (i >= N_KINDS || !(set & 1U << i))
		return false;
	*out = (struct facet_view){k->name, k->field,
				   k->year ? years_of(a, &r->facets[k->field]) : r->facets[k->field]};
	return true;
}

/* ---- as JSON ----------------------------------------------------------------------------------------------------- */

static json_t *values_json(const struct facet *f, bool tags)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "value", view_str(f->v[i].value));
		json_object_set_new(o, "n", json_integer((json_int_t)f->v[i].n));
		if (tags)
			view_set(o, "meaning", tag_meaning(f->v[i].value));
		json_array_append_new(list, o);
	}
	return list;
}

json_t *view_facets(const struct search_result *r, unsigned set)
{
	json_t *o = json_object();
	struct arena a = {0};

	for (unsigned i = 0; i < N_KINDS; i++) {
		struct facet_view f;

		if (facet_at(&a, r, set, i, &f))
			json_object_set_new(o, f.name, values_json(&f.values, f.field == FIELD_TAG));
	}
	arena_free(&a);
	return o;
}

json_t *view_histogram(const struct facet *months)
{
	return values_json(months, false);
}
