/*
 * What a paragraph is, by its style. Word processors translate the styles' names on the screen but not in the file, and
 * a style that somebody made stands on one of theirs.
 */
#include "worker/programs/document.h"

#include <stdlib.h>
#include <string.h>

enum { PARENTS_MAX = 16 };

static int by_id(const void *x, const void *y)
{
	const struct style *a = x, *b = y;
	int order = strcmp(a->id, b->id);

	return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* "Intense_20_Quote" is how OpenDocument writes a blank in a name. */
static bool name_is(const char *name, const char *want)
{
	while (*name && *want) {
		int c = (unsigned char)*name++;

		if (c == '_' && name[0] == '2' && name[1] == '0' && name[2] == '_') {
			c = ' ';
			name += 3;
		}
		if (ascii_tolower(c) != ascii_tolower((unsigned char)*want++))
			return false;
	}
	return !*name && !*want;
}

static bool name_is_quote(const char *name)
{
	static const char *const names[] = {"quote",       "intense quote",   "quotations",        "block text",
					    "block quote", "block quotation", "intense quotation", "blockquote"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (name_is(name, names[i]))
			return true;
	return false;
}

static int name_level(const char *name)
{
	char heading[] = "heading 1";

	for (int level = 1; level <= 6; level++) {
		heading[sizeof(heading) - 2] = (char)('0' + level);
		if (name_is(name, heading))
			return level;
	}
	return name_is(name, "title") ? 1 : name_is(name, "subtitle") ? 2 : 0;
}

static bool style_settle_by_name(struct style *s, const char *name)
{
	int level = name_level(name);

	if (level) {
		s->kind = PARA_HEADING;
		s->level = level;
	} else if (name_is_quote(name)) {
		s->kind = PARA_QUOTE;
	}
	return s->kind != PARA_TEXT;
}

/* The nearest of the style and its parents that says something. */
static void style_settle(const struct styles *all, struct style *s)
{
	const struct style *from = s, *parent;

	for (int n = 0; from && n < PARENTS_MAX; n++) {
		if (from->level) {
			s->kind = PARA_HEADING;
			s->level = from->level;
			return;
		}
		if ((from->name && style_settle_by_name(s, from->name)) || style_settle_by_name(s, from->id))
			return;
		if (from->item)
			s->item = true;
		if (!from->parent)
			break;
		parent = styles_find(all, from->parent);
		/* One of the word processor's own that was not written out. */
		if (!parent && style_settle_by_name(s, from->parent))
			return;
		from = parent;
	}
	if (s->item)
		s->kind = PARA_ITEM;
}

void styles_settle(struct styles *s)
{
	if (!s->all.n)
		return;
	for (size_t i = 0; i < s->all.n; i++)
		s->all.v[i].order = i;
	qsort(s->all.v, s->all.n, sizeof(*s->all.v), by_id);
	for (size_t i = 0; i < s->all.n; i++)
		style_settle(s, &s->all.v[i]);
}

/* The first added of that id, as a document's own styles come before those that it shares. */
const struct style *styles_find(const struct styles *s, const char *id)
{
	size_t low = 0, high = s->all.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(s->all.v[mid].id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->all.n && !strcmp(s->all.v[low].id, id) ? &s->all.v[low] : NULL;
}
