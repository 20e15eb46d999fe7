/* The page reader. Besides not crashing: texts are UTF-8 with "\n" only, and never longer than the page. */
#include "source/source_priv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct str page = field_text(&a, (struct str){(const char *)data, size});
	struct cable_record r;
	struct err e = {0};

	html_looks_like(page);
	if (html_read(&a, page, &r, &e) == REFTEL_OK) {
		if (!r.id.n || r.body.n > page.n || r.header.n > page.n || !utf8_valid(r.body) || !utf8_valid(r.header))
			abort();
		if (r.body.n && memchr(r.body.p, '\r', r.body.n))
			abort();
	} else if (!*e.msg) {
		abort();
	}
	arena_free(&a);
	return 0;
}
