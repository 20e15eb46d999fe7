/*
 * Any bytes as a form and as an address. The first byte says how the form is cut and which kind it is; whatever comes,
 * what is kept is text and within bounds, what is put together reads back, and no file stays.
 */
#include "text/text.h"
#include "web/web_priv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool fact)
{
	if (!fact)
		abort();
}

static void params_hold(struct arena *a, const struct params *p)
{
	struct params again = {0};
	const char *query = url_query(a, p, NULL, STR(""), NULL);
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		hold(utf8_valid(p->v[i].value) && !memchr(p->v[i].value.p, 0, p->v[i].value.n));
		n += p->v[i].value.n > 0;
	}
	hold(params_read(a, str_of(query + 1), &again, NULL) == REFTEL_OK && again.n == n);
	for (size_t i = 0, k = 0; i < p->n; i++)
		if (p->v[i].value.n) {
			hold(str_eq(p->v[i].name, again.v[k].name) && str_eq(p->v[i].value, again.v[k].value));
			k++;
		}
}

static void uploads_hold(const struct upload *u, size_t n, const struct form_limits *l)
{
	uint64_t total = 0;

	hold(n <= WEB_UPLOADS_MAX);
	for (size_t i = 0; i < n; i++) {
		total += u[i].size;
		hold(str_starts(str_of(u[i].path), str_of(l->dir)) && !access(u[i].path, F_OK));
		hold(utf8_valid(u[i].name) && !memchr(u[i].name.p, 0, u[i].name.n));
	}
	hold(total <= l->files);
}

static void form_try(struct str s, const char *type, size_t cut)
{
	const struct form_limits l = {.fields = 4000, .files = 4000, .dir = "/tmp"};
	struct arena a = {0};
	struct err e = {0};
	struct params fields = {0};
	struct upload *u = NULL;
	size_t n = 0;
	struct form *f = form_open(&a, str_of(type), &l, &e);
	int rc = REFTEL_OK;

	hold(f != NULL);
	for (size_t i = 0; i < s.n && rc == REFTEL_OK; i += cut)
		rc = form_feed(f, s.p + i, s.n - i < cut ? s.n - i : cut, &e);
	if (rc == REFTEL_OK)
		rc = form_end(f, &fields, &u, &n, &e);
	if (rc == REFTEL_OK) {
		params_hold(&a, &fields);
		uploads_hold(u, n, &l);
	} else {
		hold(e.code == rc && e.msg[0]);
	}
	form_close(f);
	for (size_t i = 0; rc == REFTEL_OK && i < n; i++)
		hold(access(u[i].path, F_OK) != 0);
	arena_free(&a);
}

static void url_try(struct str s)
{
	struct arena a = {0};
	struct str out, again;

	if (url_decode(&a, s, false, &out)) {
		hold(utf8_valid(out) && out.n <= s.n);
		hold(url_decode(&a, str_of(url_encode(&a, out)), true, &again) && str_eq(out, again));
	}
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s;

	if (!size)
		return 0;
	s = (struct str){(const char *)data + 1, size - 1};
	form_try(s, data[0] & 1 ? "multipart/form-data; boundary=B" : "", 1 + (size_t)(data[0] >> 1));
	url_try(s);
	return 0;
}
