/* Any bytes as a telegram: split, read into fields; every span must lie in the text, artefacts must be in order. */
#include "cable/cable.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct span s, size_t n)
{
	if (s.off > s.end || s.end > n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cable_record r = {.id = STR("08KALVIK412"), .classification = STR("SECRET")};
	struct arena a = {0};
	struct cable c;

	telegram_split((struct str){(const char *)data, size}, &r.header, &r.body);
	if (r.header.n + r.body.n != size)
		abort();
	if (cable_read(&a, &r, &c, NULL) == REFTEL_OK) {
		const struct telegram *t = &c.telegram;

		inside(t->text_at, c.body.n);
		inside(t->signatory_at, c.body.n);
		for (size_t i = 0; i < t->n_paragraphs; i++) {
			inside(t->paragraphs[i].at, c.body.n);
			inside(t->paragraphs[i].text, c.body.n);
			if (i && t->paragraphs[i].at.off < t->paragraphs[i - 1].at.end)
				abort();
		}
		for (size_t i = 0; i < t->artefacts.n; i++) {
			inside(t->artefacts.v[i], c.body.n);
			if (i && t->artefacts.v[i].off < t->artefacts.v[i - 1].end)
				abort();
		}
		for (size_t i = 0; i < t->n_refs; i++)
			inside(t->refs[i].at, c.body.n);
	}
	arena_free(&a);
	return 0;
}
