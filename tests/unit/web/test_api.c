/*
 * The API's document and the table of routes say the same: every address that answers with objects is described, with
 * its role, and nothing is described that is not there.
 */
#include "../test.h"

#include "web/web_priv.h"

static json_t *document(void)
{
	for (const struct asset *x = assets; x->name; x++)
		if (!strcmp(x->name, "openapi.json")) {
			json_error_t why;
			json_t *o = json_loadb((const char *)x->data, x->size, JSON_REJECT_DUPLICATES, &why);

			if (!o)
				fail_msg("line %d: %s", why.line, why.text);
			return o;
		}
	fail_msg("the document is not compiled in");
	return NULL;
}

/* "/c/{collection}/status" as "/c/:/status". */
static void pattern_of(const char *path, char *out, size_t size)
{
	size_t n = 0;

	for (const char *p = path; *p && n + 1 < size; p++) {
		if (*p == '{') {
			out[n++] = ':';
			p = strchr(p, '}');
			assert_non_null(p);
		} else {
			out[n++] = *p;
		}
	}
	out[n] = '\0';
}

static json_t *operation_find(json_t *paths, const struct route *r)
{
	const char *method = strcmp(r->method, "GET") == 0 ? "get" : "post", *path;
	json_t *x;

	json_object_foreach(paths, path, x)
	{
		char pattern[256];

		pattern_of(path, pattern, sizeof(pattern));
		if (!strcmp(pattern, r->pattern))
			return json_object_get(x, method);
	}
	return NULL;
}

static void test_every_route_is_described(void **state)
{
	static const char *const roles[] = {"nobody", "user", "reader", "editor", "admin"};
	json_t *o = document(), *paths = json_object_get(o, "paths");

	(void)state;
	for (const struct route *r = routes; r->method; r++) {
		json_t *x = r->json ? operation_find(paths, r) : NULL;
		const char *role = json_string_value(json_object_get(x, "x-role"));

		if (!r->json)
			continue;
		if (!x || !role)
			fail_msg("openapi.json does not describe %s %s", r->method, r->pattern);
		assert_string_equal(role, roles[r->need]);
	}
	json_decref(o);
}

static bool is_route(const char *method, const char *path)
{
	char pattern[256];

	pattern_of(path, pattern, sizeof(pattern));
	for (const struct route *r = routes; r->method; r++)
		if (r->json && !strcasecmp(r->method, method) && !strcmp(r->pattern, pattern))
			return true;
	return false;
}

static void test_nothing_else_is_described(void **state)
{
	json_t *o = document(), *x, *operation;
	const char *path, *method;

	(void)state;
	json_object_foreach(json_object_get(o, "paths"), path, x)
	{
		json_object_foreach(x, method, operation)
		{
			if (!is_route(method, path))
				fail_msg("openapi.json describes %s %s, which is not there", method, path);
			assert_true(json_is_string(json_object_get(operation, "summary")));
			assert_true(json_object_size(json_object_get(operation, "responses")) > 0);
		}
	}
	json_decref(o);
}

/* Every "$ref" leads to something in the document. */
static void refs_hold(json_t *root, json_t *x)
{
	const char *key, *ref = json_string_value(json_object_get(x, "$ref"));
	json_t *y, *at = root;
	size_t i;

	if (ref) {
		char part[256];

		assert_memory_equal(ref, "#/", 2);
		for (const char *p = ref + 2; *p; p += strcspn(p, "/"), p += *p == '/') {
			snprintf(part, sizeof(part), "%.*s", (int)strcspn(p, "/"), p);
			at = json_object_get(at, part);
		}
		if (!at)
			fail_msg("%s leads nowhere", ref);
	}
	json_object_foreach(x, key, y) refs_hold(root, y);
	json_array_foreach(x, i, y) refs_hold(root, y);
}

static void test_refs(void **state)
{
	json_t *o = document();

	(void)state;
	refs_hold(o, o);
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_route_is_described),
		cmocka_unit_test(test_nothing_else_is_described),
		cmocka_unit_test(test_refs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
