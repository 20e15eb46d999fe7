/*
 * The reference list: `REF: A. KALVIK 1044 B. 08 STATE 12345 (NOTAL) C. VENN-AALTO TELCON`. It is cut into its lettered
 * items, or at semicolons where there are none; what is no cable is kept as what it is.
 */
#include "cable/cable_priv.h"

#include <string.h>

enum { REFS_MAX = 500, ITEM_TEXT_MAX = 4000 };

typedef VEC(struct reference) ref_vec;

const char *ref_kind_name(enum ref_kind k)
{
	static const char *const names[] = {"cable", "telcon", "email", "letter", "meeting", "document", "other"};

	return names[k];
}

static enum ref_kind kind_of(struct str s)
{
	static const struct {
		const char *word;
		enum ref_kind kind;
	} words[] = {
		{"TELCON", REF_TELCON},   {"TELEPHONE", REF_TELCON},   {"PHONE", REF_TELCON},
		{"PHONCON", REF_TELCON},  {"E-MAIL", REF_EMAIL},       {"EMAIL", REF_EMAIL},
		{"LETTER", REF_LETTER},   {"MEETING", REF_MEETING},    {"CONVERSATION", REF_MEETING},
		{"CONV", REF_MEETING},    {"DISCUSSION", REF_MEETING}, {"IIR", REF_DOCUMENT},
		{"REPORT", REF_DOCUMENT}, {"PAPER", REF_DOCUMENT},     {"MEMO", REF_DOCUMENT},
		{"FAX", REF_DOCUMENT},    {"NOTE", REF_DOCUMENT},      {"FAM", REF_DOCUMENT},
		{"TD-", REF_DOCUMENT},    {"OSC", REF_DOCUMENT},       {"RESOLUTION", REF_DOCUMENT},
		{"UNSCR", REF_DOCUMENT},  {"ARTICLE", REF_DOCUMENT},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ifind(s, str_of(words[i].word), 0) != SIZE_MAX)
			return words[i].kind;
	return REF_OTHER;
}

static unsigned captions_of(struct str s)
{
	static const struct {
		const char *word;
		unsigned bit;
	} words[] = {{"NOTAL", CAPTION_NOTAL},   {"EXDIS", CAPTION_EXDIS},   {"NODIS", CAPTION_NODIS},
		     {"NOFORN", CAPTION_NOFORN}, {"STADIS", CAPTION_STADIS}, {"LIMDIS", CAPTION_LIMDIS}};
	unsigned out = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ifind(s, str_of(words[i].word), 0) != SIZE_MAX)
			out |= words[i].bit;
	return out;
}

/* One line, artefacts blanked out in place so that offsets hold. */
static struct str blanked(struct arena *a, struct str list)
{
	char *copy = arena_dup(a, list);
	struct str rest = {copy, list.n}, line;

	while (str_line(&rest, &line)) {
		struct classification c;

		if (line_is_page(line) || line_is_caption(line) || line_is_class(line, &c) || line_is_rule(line))
			memset(copy + (line.p - copy), ' ', line.n);
	}
	for (size_t i = 0; i < list.n; i++)
		if (copy[i] == '\n' || copy[i] == '\r' || copy[i] == '\t')
			copy[i] = ' ';
	return (struct str){copy, list.n};
}

static struct str squeezed(struct arena *a, struct str s)
{
	char *p = arena_dup(a, str_sub(s, 0, ITEM_TEXT_MAX));
	size_t n = 0;

	for (size_t i = 0; p[i]; i++)
		if (p[i] != ' ' || (n && p[n - 1] != ' '))
			p[n++] = p[i];
	while (n && (p[n - 1] == ' ' || p[n - 1] == ',' || p[n - 1] == ';'))
		n--;
	p[n] = '\0';
	return (struct str){p, n};
}

/* "A.", "A)", "(A)", "¶B.", "A. (A)" at s[i]: its length and letter; 0 when there is none. */
static size_t letter_at(struct str s, size_t i, char *letter)
{
	size_t from = i;

	if (i && s.p[i - 1] != ' ' && s.p[i - 1] != ';' && s.p[i - 1] != ',')
		return 0;
	if (str_starts(str_sub(s, i, s.n), STR("\u00b6")))
		i += strlen("\u00b6");
	if (i < s.n && s.p[i] == '(')
		i++;
	if (i + 1 >= s.n || !ascii_alpha((unsigned char)s.p[i]) || (s.p[i + 1] != '.' && s.p[i + 1] != ')'))
		return 0;
	*letter = (char)ascii_toupper((unsigned char)s.p[i]);
	i += 2;
	if (i < s.n && (s.p[i] == '.' || s.p[i] == ')'))
		i++;
	return i < s.n && (s.p[i] == ' ' || ascii_digit((unsigned char)s.p[i]) || ascii_upper((unsigned char)s.p[i])) &&
			       !(i + 1 < s.n && s.p[i + 1] == '.')
		       ? i - from
		       : 0;
}

static void item_add(struct reader *r, struct str list, size_t from, size_t to, char letter, uint32_t off, ref_vec *out)
{
	struct str item = str_sub(list, from, to), text = squeezed(r->a, item);
	struct mrn_hits hits = mrn_scan(r->a, item, false);
	struct reference ref = {.letter = letter, .text = text};
	bool previous = str_ifind(text, STR("PREVIOUS"), 0) != SIZE_MAX;

	if (!text.n || out->n >= REFS_MAX)
		return;
	ref.at = (struct span){off + (uint32_t)from, off + (uint32_t)to};
	ref.captions = captions_of(text);
	if (!hits.n) {
		ref.kind = kind_of(text);
		*VEC_PUSH(r->a, out) = ref;
		return;
	}
	for (size_t i = 0; i < hits.n && out->n < REFS_MAX; i++) {
		ref.kind = REF_CABLE;
		ref.mrn = hits.v[i].mrn;
		ref.year_implied = ref.mrn.year == 0;
		if (ref.year_implied)
			ref.mrn.year = r->date.year;
		ref.and_previous = previous && i + 1 == hits.n;
		ref.at =
			(struct span){off + (uint32_t)from + hits.v[i].at.off, off + (uint32_t)from + hits.v[i].at.end};
		*VEC_PUSH(r->a, out) = ref;
	}
}

void telegram_read_refs(struct reader *r, struct str list, uint32_t off)
{
	struct str s = blanked(r->a, list);
	size_t from = 0;
	char letter = 0, next = 0;
	bool lettered = false;
	ref_vec out = {0};

	for (size_t i = 0; i < s.n; i++) {
		size_t n = letter_at(s, i, &next);

		if (n) {
			/* "A. (A)" counts once. */
			if (!(letter && next == letter && !str_trim(str_sub(s, from, i)).n))
				item_add(r, s, from, i, letter, off, &out);
			letter = next;
			from = i + n;
			i += n - 1;
			lettered = true;
		} else if (s.p[i] == ';' && !lettered) {
			item_add(r, s, from, i, letter, off, &out);
			from = i + 1;
		}
	}
	item_add(r, s, from, s.n, letter, off, &out);
	r->t->refs = out.v;
	r->t->n_refs = out.n;
}
