/* Any bytes as text: tokens in order and inside it, the same words as numbers, conversion to valid UTF-8, a diff that
 * covers both sides. */
#include "text/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size}, head = str_sub(s, 0, size / 2), tail = str_sub(s, size / 2, size);
	struct arena a = {0};
	struct vocab v = {0};
	struct tokens t = text_tokens(&a, s, &v, true);
	struct word_numbers numbers = {.n = 0};
	struct words_wanted wanted = {.longest = 0};
	struct diff d = text_diff(&a, head, tail);
	uint32_t at_a = 0, at_b = 0;

	for (size_t i = 0; i < t.n; i++)
		if (t.v[i].off >= t.v[i].end || t.v[i].end > size || (i && t.v[i].off < t.v[i - 1].end) ||
		    !t.v[i].word.n)
			abort();
	text_numbers(&a, s, &v, &wanted, &numbers);
	if (numbers.n != t.n)
		abort();
	for (size_t i = 0; i < t.n; i++)
		if (numbers.v[i] != t.v[i].id)
			abort();
	free(numbers.v);
	if (!utf8_valid(text_to_utf8(&a, s, text_sniff_encoding(s))))
		abort();
	for (size_t i = 0; i < d.n; i++) {
		if (d.v[i].op != ALIGN_ONLY_B && d.v[i].a_end) {
			if (d.v[i].a_off < at_a)
				abort();
			at_a = d.v[i].a_end;
		}
		if (d.v[i].op != ALIGN_ONLY_A && d.v[i].b_end) {
			if (d.v[i].b_off < at_b)
				abort();
			at_b = d.v[i].b_end;
		}
	}
	vocab_free(&v);
	arena_free(&a);
	return 0;
}
