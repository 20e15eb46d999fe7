/* Any bytes as a reference id, as prose and as a reference list. What is read must be read the same when written out.
 */
#include "cable/cable.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	struct arena a = {0};
	struct mrn m, again;
	char text[MRN_MAX], post[MRN_POST_MAX];

	if (mrn_parse(s, &m, NULL) == REFTEL_OK && m.year) {
		mrn_format(&m, text);
		if (mrn_parse(str_of(text), &again, NULL) != REFTEL_OK || !mrn_eq(&m, &again))
			abort();
	}
	for (int strict = 0; strict < 2; strict++) {
		struct mrn_hits h = mrn_scan(&a, s, strict);

		for (size_t i = 0; i < h.n; i++)
			if (h.v[i].at.off >= h.v[i].at.end || h.v[i].at.end > size || !h.v[i].mrn.serial)
				abort();
	}
	mrn_post_canonical(s, post);
	mrn_post_of_origin(s, post);
	arena_free(&a);
	return 0;
}
