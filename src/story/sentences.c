/*
 * Sentences of a story's text: good enough to tell which citation stands beside which quotation.
 */
#include "story/story_priv.h"

#include <string.h>

size_t block_at(const struct story *s, uint32_t off)
{
	size_t low = 0, high = s->n_blocks;

	while (low + 1 < high) {
		size_t mid = (low + high) / 2;

		if (s->blocks[mid].at.off <= off)
			low = mid;
		else
			high = mid;
	}
	return low;
}

size_t sentence_at(const struct reading *r, uint32_t off)
{
	size_t low = 0, high = r->sentences.n;

	while (low + 1 < high) {
		size_t mid = (low + high) / 2;

		if (r->sentences.v[mid].at.off <= off)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* Mr., Gen., U.S., J.: a point that ends no sentence. */
static bool is_abbreviation(struct str s, size_t from, size_t point)
{
	static const char *const words[] = {"mr",  "mrs",  "ms",  "dr",  "gen",  "lt",  "col", "sen", "rep",
					    "gov", "prof", "st",  "no",  "nos",  "jan", "feb", "mar", "apr",
					    "aug", "sept", "sep", "oct", "nov",  "dec", "vs",  "e.g", "i.e",
					    "jr",  "sr",   "amb", "adm", "capt", "maj", "sgt"};
	size_t i = point;
	struct str w;

	while (i > from && (ascii_alpha((unsigned char)s.p[i - 1]) || s.p[i - 1] == '.'))
		i--;
	w = str_sub(s, i, point);
	if (w.n == 1 || (w.n > 1 && str_find(w, STR("."), 0) != SIZE_MAX))
		return true;
	for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
		if (str_ieq(w, str_of(words[k])))
			return true;
	return false;
}

/* Behind the closing marks and brackets that belong to a sentence's end. */
static size_t skip_closers(struct str s, size_t i, size_t end)
{
	while (i < end) {
		size_t next = i;
		int32_t cp = utf8_next(s, &next);

		if (cp != 0x201d && cp != 0x2019 && cp != '"' && cp != '\'' && cp != ')' && cp != ']' && cp != 0xbb)
			break;
		i = next;
	}
	return i;
}

static bool begins_sentence(struct str s, size_t i, size_t end)
{
	return i >= end || !ascii_lower((unsigned char)s.p[i]);
}

void story_read_sentences(struct reading *r)
{
	struct str s = r->s->text;

	for (size_t b = 0; b < r->s->n_blocks; b++) {
		struct span at = r->s->blocks[b].at;
		size_t from = at.off;

		for (size_t i = at.off; i < at.end; i++) {
			size_t end;

			if (!strchr(".?!", s.p[i]) || (s.p[i] == '.' && is_abbreviation(s, from, i)))
				continue;
			end = skip_closers(s, i + 1, at.end);
			if (end < at.end && !ascii_space((unsigned char)s.p[end]))
				continue;
			i = end;
			while (end < at.end && ascii_space((unsigned char)s.p[end]))
				end++;
			if (!begins_sentence(s, end, at.end))
				continue;
			*VEC_PUSH(r->a, &r->sentences) = (struct sentence){{(uint32_t)from, (uint32_t)end}, b};
			from = end;
			i = end ? end - 1 : end;
		}
		if (from < at.end)
			*VEC_PUSH(r->a, &r->sentences) = (struct sentence){{(uint32_t)from, at.end}, b};
	}
}
