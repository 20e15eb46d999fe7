/*
 * What a quotation is known by: a hash that stays the same when the story around it is rewritten, and when the archive
 * grows. So it is made of what the story says alone, never of what was found.
 */
#include "report/report.h"

#include <sodium.h>

static void hash_str(crypto_generichash_state *h, struct str s)
{
	uint8_t n[4] = {(uint8_t)s.n, (uint8_t)(s.n >> 8), (uint8_t)(s.n >> 16), (uint8_t)(s.n >> 24)};

	crypto_generichash_update(h, n, sizeof(n));
	crypto_generichash_update(h, (const unsigned char *)s.p, s.n);
}

/* A number or an id names the cable whatever stands around it; else the mention's own words do. */
static struct str citation_words(struct arena *a, const struct story *s, int citation)
{
	const struct citation *c = &s->citations[citation];
	char mrn[MRN_MAX];

	/* "the cable" stands for an earlier one, which stands for itself. */
	if (c->same_as >= 0 && c->same_as < citation)
		c = &s->citations[c->same_as];
	if (c->running_number)
		return str_of(arena_printf(a, "number %u", c->running_number));
	if (c->mrn.post[0]) {
		mrn_format(&c->mrn, mrn);
		return str_of(arena_printf(a, "id %s", mrn));
	}
	return text_fold(a, c->link.n ? c->link : str_sub(s->text, c->at.off, c->at.end));
}

void report_key(const struct report *r, const struct quote_result *q, char out[REPORT_KEY_LENGTH + 1])
{
	unsigned char hash[REPORT_KEY_LENGTH / 2];
	crypto_generichash_state h;
	struct arena a = {0};

	crypto_generichash_init(&h, NULL, 0, sizeof(hash));
	hash_str(&h, text_fold(&a, report_quotation_text(r, q)));
	hash_str(&h, q->citation >= 0 ? citation_words(&a, r->story, q->citation) : STR(""));
	crypto_generichash_final(&h, hash, sizeof(hash));
	sodium_bin2hex(out, REPORT_KEY_LENGTH + 1, hash, sizeof(hash));
	arena_free(&a);
}
