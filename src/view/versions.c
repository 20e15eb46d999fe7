/*
 * Two versions of a cable compared, as an object.
 */
#include "view/view.h"

static json_t *span_json(uint32_t off, uint32_t end)
{
	return json_pack("[ii]", (int)off, (int)end);
}

json_t *view_diff(const struct cable_version *a, const struct cable_version *b, const struct diff *d)
{
	static const char *const names[] = {"same", "changed", "only-a", "only-b"};
	json_t *o = json_object(), *list = json_array();

	json_object_set_new(o, "id", view_str(a->cable.id));
	json_object_set_new(o, "a", json_pack("{sisI}", "ordinal", a->ordinal, "imported", (json_int_t)a->imported));
	json_object_set_new(o, "b", json_pack("{sisI}", "ordinal", b->ordinal, "imported", (json_int_t)b->imported));
	for (size_t i = 0; i < d->n; i++) {
		const struct diff_span *s = &d->v[i];
		json_t *x = json_object();

		json_object_set_new(x, "op", json_string(names[s->op]));
		json_object_set_new(x, "a", span_json(s->a_off, s->a_end));
		json_object_set_new(x, "b", span_json(s->b_off, s->b_end));
		json_array_append_new(list, x);
	}
	json_object_set_new(o, "spans", list);
	return o;
}
