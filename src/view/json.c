/*
 * Text as JSON, whatever is in it.
 */
#include "text/text.h"
#include "view/view.h"

json_t *view_str(struct str s)
{
	struct arena a = {0};
	struct str valid = utf8_valid(s) ? s : text_to_utf8(&a, s, ENC_UTF8);
	json_t *j = json_stringn_nocheck(valid.n ? valid.p : "", valid.n);

	arena_free(&a);
	return j;
}

void view_set(json_t *o, const char *key, struct str s)
{
	json_object_set_new(o, key, s.n ? view_str(s) : json_null());
}
