/* Any bytes as a date-time group, a date and a marking. A date that is read must be one, and be read the same again. */
#include "cable/cable.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	struct classification c;
	struct cable_date d, again;
	struct dtg g;
	char text[64];

	if (dtg_parse(s, &g, NULL) == REFTEL_OK && !civil_valid(g.date.year, g.date.month, g.date.day))
		abort();
	if (cable_date_parse(s, &d)) {
		cable_date_format(d, text);
		if (!cable_date_parse(str_of(text), &again) || again.precision != d.precision || again.day != d.day)
			abort();
	}
	if (class_parse(s, &c))
		class_format(c, text);
	return 0;
}
