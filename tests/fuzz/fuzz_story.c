/* Any bytes as a story in each format: quotations and citations must lie in the text, and the text in the file. */
#include "story/story.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void story_hold(const struct story *s)
{
	for (size_t i = 0; i <= s->text.n; i++)
		if (s->raw_of[i] > s->raw.n)
			abort();
	for (size_t i = 0; i < s->n_quotations; i++) {
		const struct quotation *q = &s->quotations[i];

		if (q->at.off > q->at.end || q->at.end > s->text.n || q->citation >= (int)s->n_citations ||
		    q->parent >= (int)i)
			abort();
		for (size_t k = 0; k < q->words.n; k++)
			if (q->words.v[k].off > q->words.v[k].end || q->words.v[k].end > s->text.n)
				abort();
	}
	for (size_t i = 0; i < s->n_citations; i++)
		if (s->citations[i].at.end > s->text.n || s->citations[i].same_as >= (int)i)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int f = STORY_PLAIN; f <= STORY_HTML; f++) {
		struct arena a = {0};
		struct story s;

		if (story_read(&a, (struct str){(const char *)data, size}, (enum story_format)f, &s, NULL) == REFTEL_OK)
			story_hold(&s);
		arena_free(&a);
	}
	return 0;
}
