/*
 * Hashes of texts: of the bytes as they are, and of the normal form by which the same text is known in another layout.
 */
#include "archive/archive_priv.h"

#include <sodium.h>
#include <string.h>

void texts_hash(struct str header, struct str body, unsigned char out[HASH_BYTES])
{
	crypto_generichash_state st;
	uint64_t n = header.n;

	crypto_generichash_init(&st, NULL, 0, HASH_BYTES);
	crypto_generichash_update(&st, (const unsigned char *)&n, sizeof(n));
	crypto_generichash_update(&st, (const unsigned char *)header.p, header.n);
	crypto_generichash_update(&st, (const unsigned char *)body.p, body.n);
	crypto_generichash_final(&st, out, HASH_BYTES);
}

struct normal {
	crypto_generichash_state st;
	size_t n;
	char chunk[8192];
};

static void normal_flush(struct normal *h)
{
	crypto_generichash_update(&h->st, (const unsigned char *)h->chunk, h->n);
	h->n = 0;
}

static void normal_add(struct normal *h, const char *p, size_t n)
{
	if (n > sizeof(h->chunk) - h->n)
		normal_flush(h);
	if (n > sizeof(h->chunk)) {
		crypto_generichash_update(&h->st, (const unsigned char *)p, n);
		return;
	}
	memcpy(h->chunk + h->n, p, n);
	h->n += n;
}

/* Which of eight bytes are c: their highest bits. */
static uint64_t bytes_equal(uint64_t w, unsigned char c)
{
	const uint64_t low = 0x7f7f7f7f7f7f7f7f;
	uint64_t x = w ^ (c * 0x0101010101010101u);

	return ~(((x & low) + low) | x | low);
}

/* The first run of blanks that is not one blank; s.n when there is none. Eight bytes at a time: all texts pass here. */
static size_t blank_run(struct str s)
{
	size_t i = 0;
	uint64_t w, next;

	for (; s.n - i > sizeof(w); i += sizeof(w)) {
		memcpy(&w, s.p + i, sizeof(w));
		memcpy(&next, s.p + i + 1, sizeof(next));
		if ((bytes_equal(w, ' ') & bytes_equal(next, ' ')) | bytes_equal(w, '\t'))
			break;
	}
	while (i < s.n && s.p[i] != '\t' &&
	       !(s.p[i] == ' ' && i + 1 < s.n && (s.p[i + 1] == ' ' || s.p[i + 1] == '\t')))
		i++;
	return i;
}

/* Runs of blanks are one. Most lines have none, and go in as they are. */
static void normal_line(struct normal *h, struct str s)
{
	size_t n;

	while ((n = blank_run(s)) < s.n) {
		normal_add(h, s.p, n);
		normal_add(h, " ", 1);
		s = str_trim(str_sub(s, n, s.n));
	}
	normal_add(h, s.p, s.n);
	normal_add(h, "\n", 1);
}

/* "Monday, 09 February 2009, 14:53", as a site put it on top of its texts. */
static bool is_worded_date(struct str line)
{
	size_t comma = str_find(line, STR("day, "), 0);

	return comma != SIZE_MAX && comma < 10 && line.n >= comma + 15 && line.n < 40 &&
	       ascii_digit((unsigned char)line.p[comma + 5]) && ascii_digit((unsigned char)line.p[line.n - 1]);
}

/*
 * The normal form: line ends are LF, blanks at the ends of a line and blank lines are gone, runs of blanks are one; so
 * are the pilcrow that a site set before a paragraph's number and the date in words that it put before the text. The
 * same text in another layout differs in these alone.
 */
void texts_hash_normal(struct str text, unsigned char out[HASH_BYTES])
{
	struct normal h = {.n = 0};
	struct str line;
	bool first = true;

	crypto_generichash_init(&h.st, NULL, 0, HASH_BYTES);
	while (str_line(&text, &line)) {
		line = str_trim(line);
		if (line.n && *line.p == *"\u00b6" && str_starts(line, STR("\u00b6")))
			line = str_trim(str_sub(line, strlen("\u00b6"), line.n));
		if (!line.n || (first && is_worded_date(line)))
			continue;
		first = false;
		normal_line(&h, line);
	}
	normal_flush(&h);
	crypto_generichash_final(&h.st, out, HASH_BYTES);
}
