/*
 * Writes a dump in the layout of cables.csv: deterministic for a seed, of any number of rows, with invented posts,
 * people and words. It is made to cost a reader, an index and a search what the real one costs: telegrams with all
 * their parts, lengths distributed as measured, words as made_words.h says, posts and TAGS of very unequal size, years
 * that grow, references mostly to rows that are there, and no sentence twice. bench/README.md holds its statistics
 * against the real material's.
 *
 * usage: gen_dump [--rows N] [--seed S] [--plain]    --plain doubles quotation marks and knows no backslashes (RFC
 * 4180)
 */
#include "made_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { POSTS = 270, TAGS = 120, STATE_POST = 1, SIGNERS_A_POST = 7, ROWS_DEFAULT = 251287, NO_ROW = -1 };

struct post {
	char name[2 * MADE_WORD_MAX]; /* "Kalvik" */
	char upper[2 * MADE_WORD_MAX], id[2 * MADE_WORD_MAX];
	char routing[8];
	uint32_t serial;
	unsigned serial_year;
	int64_t newest; /* its last row, or NO_ROW */
};

/* What later rows must know of a row to refer to it. */
struct row {
	uint16_t post, year;
	uint32_t serial;
	bool gap; /* the number before its own was never given to a row */
	int64_t before;
};

struct gen {
	struct made_words words;
	struct post posts[POSTS];
	double posts_upto[POSTS]; /* the share of each and those before it */
	char tags[TAGS][5];
	double tags_upto[TAGS];
	struct row *rows;
	struct buf header, body, refs, out;
	bool plain;
};

struct level {
	const char *name, *line;
	unsigned share;       /* of all cables, in thousandths: those of the dump that newspapers worked from */
	const char *marks[8]; /* of its paragraphs, each as likely as the others; NULL: none */
};

static const struct level levels[] = {
	{"UNCLASSIFIED", "UNCLAS", 302, {"U", "U", "U", NULL, NULL, NULL, NULL, NULL}},
	{"UNCLASSIFIED//FOR OFFICIAL USE ONLY", "UNCLAS", 231, {"SBU", "SBU", "SBU", "SBU", "SBU", "U", "U", "SBU"}},
	{"CONFIDENTIAL", "C O N F I D E N T I A L", 386, {"C", "C", "C", "C", "C", "C", "SBU", "U"}},
	{"CONFIDENTIAL//NOFORN", "C O N F I D E N T I A L", 19, {"C/NF", "C/NF", "C", "C", "C/NF", "C", "SBU", "U"}},
	{"SECRET", "S E C R E T", 45, {"S", "S", "S", "S", "S", "C", "C", "U"}},
	{"SECRET//NOFORN", "S E C R E T", 17, {"S/NF", "S/NF", "S/NF", "S/NF", "S", "S", "C", "U"}},
};

struct cable_made {
	const struct level *level;
	struct post *post;
	unsigned row, post_at, year, month, day, hour, minute, serial, signer;
	unsigned tags[6], n_tags;
	unsigned redactions;
	bool classified;
};

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
				     "July",    "August",   "September", "October", "November", "December"};

static uint32_t below(struct gen *g, uint32_t n)
{
	return made_below(&g->words, n);
}

static bool chance(struct gen *g, uint32_t percent)
{
	return made_chance(&g->words, percent);
}

/* The first of n growing bounds that is above a random number between nothing and the last of them. */
static size_t pick(struct gen *g, const double *upto, size_t n)
{
	double at = upto[n - 1] * below(g, UINT32_MAX) / UINT32_MAX;
	size_t from = 0, to = n - 1;

	while (from < to) {
		size_t mid = (from + to) / 2;

		if (upto[mid] > at)
			to = mid;
		else
			from = mid + 1;
	}
	return from;
}

/* ---- the world --------------------------------------------------------------------------------------------------- */

static void upper_of(const char *name, bool blanks, char *out)
{
	for (; *name; name++)
		if (blanks || *name != ' ')
			*out++ = (char)ascii_toupper(*name);
	*out = '\0';
}

static void posts_open(struct gen *g)
{
	static const char *const endings[] = {"grad", "port", "mere", "vik", "holm", "burg", "stan", "dal", "", "os"};
	static const char *const own[] = {"Tarvos", "Secretary of State", "Kalvik", "Ostrand", "Belmora", "Quenby"};
	double sum = 0;

	for (size_t i = 0; i < POSTS; i++) {
		struct post *p = &g->posts[i];
		char stem[MADE_WORD_MAX];

		made_name(7000 + i, 2, stem);
		if (i < COUNT(own))
			snprintf(p->name, sizeof(p->name), "%s", own[i]);
		else
			snprintf(p->name, sizeof(p->name), "%s%s", stem, endings[i % COUNT(endings)]);
		upper_of(i == STATE_POST ? "State" : p->name, true, p->upper);
		upper_of(i == STATE_POST ? "State" : p->name, false, p->id);
		snprintf(p->routing, sizeof(p->routing), "RUEH%c%c", (int)('A' + i % 26), (int)('A' + i / 26));
		g->posts_upto[i] = sum += 1 / pow((double)i + 15, 1.2);
		p->newest = NO_ROW;
	}
}

static void tags_open(struct gen *g)
{
	static const char *const subjects[] = {"PREL", "PGOV", "ECON", "PTER", "PHUM", "ETRD", "EFIN", "PINR",
					       "EINV", "ENRG", "MARR", "KDEM", "SNAR", "EAID", "PARM", "MOPS",
					       "SOCI", "KCRM", "TBIO", "ASEC", "CVIS", "OVIP", "PREF", "ETTC",
					       "SENV", "EAGR", "KNNP", "EAIR", "ELAB", "KJUS"};
	double sum = 0;

	for (size_t i = 0; i < TAGS; i++) {
		if (i < COUNT(subjects))
			memcpy(g->tags[i], subjects[i], 5);
		else
			snprintf(g->tags[i], 5, "K%c%c%c", (int)('A' + i % 26), (int)('A' + i / 5 % 26),
				 (int)('A' + i * 7 % 26));
		g->tags_upto[i] = sum += 1 / ((double)i + 2);
	}
}

/* ---- what a cable is --------------------------------------------------------------------------------------------- */

/* Rows go by date; years have unequal shares. */
static void date_choose(struct gen *g, struct cable_made *c, unsigned rows)
{
	static const unsigned shares[] = {2, 5, 11, 16, 17, 19, 23, 7}; /* of 2003 to 2010, in hundredths */
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	double at = 100.0 * c->row / rows, in_year;
	unsigned k = 0, day;

	while (k + 1 < COUNT(shares) && at >= shares[k])
		at -= shares[k++];
	in_year = at / shares[k];
	day = (unsigned)(in_year * (k + 1 < COUNT(shares) ? 365 : 59)); /* it ends in February */
	c->year = 2003 + k;
	c->month = 1;
	while (day >= days[c->month - 1])
		day -= days[c->month++ - 1];
	c->day = day + 1;
	c->hour = below(g, 24);
	c->minute = below(g, 60);
}

static void number_choose(struct gen *g, struct cable_made *c)
{
	struct row *r = &g->rows[c->row];
	struct post *p = c->post;

	if (p->serial_year != c->year) {
		p->serial_year = c->year;
		p->serial = 0;
	}
	r->gap = chance(g, 45);
	p->serial += r->gap ? 2 + below(g, 4) : 1;
	c->serial = p->serial;
	r->post = (uint16_t)c->post_at;
	r->year = (uint16_t)c->year;
	r->serial = c->serial;
	r->before = p->newest;
	p->newest = c->row;
}

static void cable_choose(struct gen *g, struct cable_made *c, unsigned rows)
{
	unsigned at = below(g, 1000), k = 0;

	while (at >= levels[k].share)
		at -= levels[k++].share;
	c->level = &levels[k];
	c->classified = k > 1;
	c->post_at = (unsigned)pick(g, g->posts_upto, POSTS);
	c->post = &g->posts[c->post_at];
	date_choose(g, c, rows);
	number_choose(g, c);
	c->n_tags = 2 + below(g, 4);
	for (unsigned i = 0; i < c->n_tags; i++)
		c->tags[i] = (unsigned)pick(g, g->tags_upto, TAGS);
	/* A post has a few who sign at a time, and they change with the years. */
	c->signer = c->post_at * 100 + (c->year - 2003) / 2 * 2 + (below(g, 4) ? 0 : 1 + below(g, SIGNERS_A_POST));
	c->redactions = chance(g, 10) ? 1 + below(g, 6) : 0;
	made_words_cable(&g->words, (const uint32_t[MADE_TOPICS]){c->post_at, 1000 + c->tags[0], 1000 + c->tags[1]});
}

/* ---- its text ---------------------------------------------------------------------------------------------------- */

/* A number as telegrams have them: a year, a count, a sum of money, a share, a day. */
static size_t number_spell(struct gen *g, const struct cable_made *c, char out[MADE_WORD_MAX])
{
	uint32_t n = (uint32_t)pow(10, 1 + below(g, 5000) / 1000.0);
	unsigned day, tenths;

	switch (below(g, 8)) {
	case 0:
	case 1:
		return (size_t)snprintf(out, MADE_WORD_MAX, "%u", c->year + 1 - below(g, 5));
	case 2:
		tenths = below(g, 10);
		return (size_t)snprintf(out, MADE_WORD_MAX, "%u.%u percent", below(g, 100), tenths);
	case 3:
		day = 1 + below(g, 28);
		return (size_t)snprintf(out, MADE_WORD_MAX, "%s %u", months[below(g, 12)], day);
	case 4:
		return n < 1000 ? (size_t)snprintf(out, MADE_WORD_MAX, "%u", n)
				: (size_t)snprintf(out, MADE_WORD_MAX, "%u,%03u", n / 1000, n % 1000);
	default:
		return (size_t)snprintf(out, MADE_WORD_MAX, "%u", 2 + n % 60);
	}
}

/* The next word, number or redaction. */
static size_t word_write(struct gen *g, struct cable_made *c, char out[MADE_WORD_MAX])
{
	uint32_t word;
	size_t n;

	if (below(g, 1000) < 13)
		return number_spell(g, c, out);
	word = made_words_next(&g->words);
	if (!made_word_is_name(word))
		return made_word_spell(word, out);
	if (c->redactions && chance(g, 8)) {
		c->redactions--;
		memcpy(out, "XXXXXXXXXXXX", 12);
		return 12;
	}
	n = made_word_spell(word, out);
	if (chance(g, 6)) {
		memcpy(out + n, "'s", 2);
		n += 2;
	}
	return n;
}

/* Running text of about `bytes`, wrapped as telegrams are. */
static void add_text(struct gen *g, struct cable_made *c, size_t column, size_t bytes)
{
	struct buf *b = &g->body;
	size_t end = b->n + bytes, in_sentence = 0;
	bool quoted = false;

	while (b->n < end || in_sentence || quoted) {
		char word[MADE_WORD_MAX + 4];
		size_t n = word_write(g, c, word);
		bool opens = !quoted && below(g, 1000) < 8, last;

		if (!in_sentence)
			word[0] = (char)ascii_toupper(word[0]);
		if (column && column + n + 3 > 61)
			buf_puts(b, " \n"), column = 0;
		if (column)
			buf_putc(b, ' '), column++;
		if (opens)
			buf_putc(b, '"'), column++, quoted = true;
		buf_add(b, word, n);
		column += n;
		last = ++in_sentence > 10 && chance(g, 7);
		if (quoted && !opens && (last || chance(g, 25)))
			buf_putc(b, '"'), column++, quoted = false;
		if (last)
			buf_puts(b, ". "), column += 2, in_sentence = 0;
		else if (chance(g, 6))
			buf_putc(b, ','), column++;
	}
}

static void add_capitals(struct gen *g, struct cable_made *c, unsigned words, size_t column)
{
	struct buf *b = &g->body;

	for (unsigned i = 0; i < words; i++) {
		char word[MADE_WORD_MAX];
		size_t n = word_write(g, c, word);

		for (size_t k = 0; k < n; k++)
			word[k] = (char)ascii_toupper(word[k]);
		if (column + n > 60)
			buf_putc(b, '\n'), column = 0;
		buf_add(b, word, n);
		buf_putc(b, ' ');
		column += n + 1;
	}
	buf_putc(b, '\n');
}

static void person_spell(uint64_t number, char first[MADE_WORD_MAX], char family[MADE_WORD_MAX])
{
	made_name(number * 2 + 1000001, 2, first);
	made_name(number * 2 + 1000002, 3, family);
}

static void add_header(struct gen *g, const struct cable_made *c)
{
	struct buf *b = &g->header;
	/* One after the other, since C leaves open which argument of a call is evaluated first. */
	unsigned infos = below(g, 9), second = below(g, 26), first = below(g, 26), relay = below(g, 9999);
	unsigned number = below(g, 9999), precedence = below(g, 3);
	char month[4];

	snprintf(month, sizeof(month), "%c%c%c", months[c->month - 1][0], ascii_toupper(months[c->month - 1][1]),
		 ascii_toupper(months[c->month - 1][2]));
	buf_printf(b, "VZCZCXRO%04u\nPP RUEH%c%c\nDE %s #%04u %03u%02u%02u\nZNY CCCCC ZZH\n", relay, 'A' + first,
		   'A' + second, c->post->routing, c->serial % 10000, (c->month - 1) * 30 + c->day, c->hour, c->minute);
	buf_printf(b, "%c %02u%02u%02uZ %s %02u\nFM %s%s\nTO RUEHC/SECSTATE WASHDC PRIORITY %04u", "OPR"[precedence],
		   c -> day, c -> hour, c -> minute, month, c -> year % 100,
		   c -> post_at == STATE_POST ? "SECSTATE WASHDC" : "AMEMBASSY ",
		   c->post_at == STATE_POST ? "" : c->post->upper, number);
	for (unsigned i = 0; i < infos; i++) {
		const struct post *p = &g->posts[pick(g, g->posts_upto, POSTS)];

		if (p != &g->posts[STATE_POST])
			buf_printf(b, "\n%s%s/AMEMBASSY %s %04u", i ? "" : "INFO ", p->routing, p->upper,
				   below(g, 9999));
	}
}

/*
 * An earlier row that a cable may refer to: one of its own post's last, of the State Department's last, or any. NO_ROW
 * where the dump has just begun.
 */
static int64_t ref_choose(struct gen *g, const struct cable_made *c)
{
	unsigned kind = below(g, 100), steps = 1 + below(g, 30);
	int64_t at = kind < 50 ? g->rows[c->row].before : g->posts[STATE_POST].newest;

	if (kind >= 70)
		return c->row ? (int64_t)c->row - 1 - below(g, c->row < 20000 ? c->row : 20000) : NO_ROW;
	if (at == (int64_t)c->row)
		at = g->rows[at].before;
	while (at != NO_ROW && steps-- && g->rows[at].before != NO_ROW)
		at = g->rows[at].before;
	return at;
}

static void add_refs(struct gen *g, const struct cable_made *c)
{
	struct buf *b = &g->body;
	unsigned wanted = chance(g, 58), written = 0;

	if (wanted && chance(g, 55))
		wanted += below(g, 3);
	if (wanted && chance(g, 10))
		wanted += below(g, 6);
	for (unsigned i = 0; i < wanted; i++) {
		int64_t at = ref_choose(g, c);
		const struct row *r;
		const struct post *p;
		uint32_t serial;

		if (at == NO_ROW)
			continue;
		r = &g->rows[at];
		p = &g->posts[r->post];
		/* One in four that can be is of a number that no row has: cited, and not held. */
		serial = r->gap && chance(g, 50) ? r->serial - 1 : r->serial;
		buf_printf(b, "%s%c. %02u %s %u \n", written ? "     " : "\nREF: ", 'A' + written, r->year % 100u,
			   p->upper, serial);
		buf_printf(&g->refs, "%s%02u%s%u", written ? "|" : "", r->year % 100u, p->id, serial);
		written++;
	}
}

static void add_heading(struct gen *g, struct cable_made *c, unsigned sections)
{
	static const char *const ranks[] = {"DCM", "Ambassador", "Pol Counselor", "Econ Counselor", "Charge", "A/DCM"};
	struct buf *b = &g->body;

	buf_printf(b, "%s ", c->level->line);
	if (sections > 1)
		buf_printf(b, "SECTION 01 OF %02u ", sections);
	buf_printf(b, "%s %06u \n \n%sSIPDIS \n \n", c->post->upper, c->serial,
		   strstr(c->level->name, "NOFORN")     ? "NOFORN \n"
		   : strstr(c->level->name, "OFFICIAL") ? "SENSITIVE \n"
							: "");
	if (c->classified)
		buf_printf(b, "E.O. 12958: DECL: %02u/%02u/%u \n", c->month, c->day, c->year + 10);
	else
		buf_puts(b, "E.O. 12958: N/A \n");
	buf_puts(b, "TAGS: ");
	for (unsigned i = 0; i < c->n_tags; i++)
		buf_printf(b, "%s%s", i ? ", " : "", g->tags[c->tags[i]]);
	buf_puts(b, " \nSUBJECT: ");
	add_capitals(g, c, 6 + below(g, 6), 9);
	add_refs(g, c);
	if (c->classified) {
		char first[MADE_WORD_MAX], family[MADE_WORD_MAX];

		person_spell(c->signer, first, family);
		buf_printf(b, "\nClassified By: %s %s %s for reasons 1.4 (b) and (d). \n",
			   ranks[below(g, COUNT(ranks))], first, family);
	}
}

/* Quantiles of the length of a body: those of the real material, scaled to the dump's mean of under 7 KB a row. */
static size_t body_length(struct gen *g)
{
	static const unsigned q[] = {0, 5, 10, 25, 50, 75, 90, 95, 99, 100};
	static const unsigned len[] = {400, 1600, 2200, 3850, 5400, 7600, 10400, 13400, 18900, 40000};
	unsigned at = below(g, 10000), k = 0;

	while (at >= q[k + 1] * 100)
		k++;
	return len[k] + (size_t)(len[k + 1] - len[k]) * (at - q[k] * 100) / ((q[k + 1] - q[k]) * 100);
}

static void add_paragraph(struct gen *g, struct cable_made *c, unsigned number, size_t left)
{
	struct buf *b = &g->body;
	const char *mark = c->level->marks[below(g, COUNT(c->level->marks))];
	const char *label = number == 1 ? "Summary: " : left < 800 ? "Comment: " : "";
	size_t before;

	if (number > 2 && left > 900 && chance(g, 25)) {
		buf_putc(b, '\n');
		add_capitals(g, c, 3 + below(g, 4), 0);
	}
	buf_putc(b, '\n');
	before = b->n;
	buf_printf(b, "%u. ", number);
	if (mark)
		buf_printf(b, "(%s) ", mark);
	buf_puts(b, label);
	add_text(g, c, b->n - before, left < 800 ? left : 250 + below(g, 900));
	if (number == 1)
		buf_puts(b, "End Summary.");
	else if (*label)
		buf_puts(b, "End Comment.");
	buf_puts(b, " \n");
}

static void add_body(struct gen *g, struct cable_made *c)
{
	struct buf *b = &g->body;
	size_t length = body_length(g), section_end = 6000;
	unsigned sections = 1 + (unsigned)(length / 6000), section = 1;
	char first[MADE_WORD_MAX], family[MADE_WORD_MAX];

	add_heading(g, c, sections);
	for (unsigned number = 1; b->n < length; number++) {
		add_paragraph(g, c, number, length - b->n);
		if (b->n > section_end && section < sections) {
			section_end += 6000;
			buf_printf(b, "\n%s %08u  %03u OF %03u \n", c->post->upper, c->serial, ++section, sections);
		}
	}
	person_spell(c->signer, first, family);
	upper_of(family, true, family);
	buf_printf(b, "%s\n", family);
}

/* ---- the dump ---------------------------------------------------------------------------------------------------- */

static void put_field(struct gen *g, struct str s, const char *end)
{
	size_t from = 0;

	buf_putc(&g->out, '"');
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || (s.p[i] == '\\' && !g->plain)) {
			buf_add(&g->out, s.p + from, i - from);
			buf_putc(&g->out, g->plain ? '"' : '\\');
			from = i;
		}
	buf_add(&g->out, s.p + from, s.n - from);
	buf_puts(&g->out, end);
}

static void put_row(struct gen *g, unsigned row, unsigned rows)
{
	struct cable_made c = {.row = row};

	buf_reset(&g->header);
	buf_reset(&g->body);
	buf_reset(&g->refs);
	buf_reset(&g->out);
	cable_choose(g, &c, rows);
	add_header(g, &c);
	add_body(g, &c);
	buf_printf(&g->out, "\"%u\",\"%u/%u/%u %u:%02u\",\"%02u%s%u\",\"%s%s\",\"%s\",", row + 1, c.month, c.day,
		   c.year, c.hour, c.minute, c.year % 100, c.post->id, c.serial,
		   c.post_at == STATE_POST ? ""
		   : c.post_at % 9 == 8    ? "Consulate "
					   : "Embassy ",
		   c.post->name, c.level->name);
	put_field(g, buf_view(&g->refs), "\",");
	put_field(g, buf_view(&g->header), "\",");
	put_field(g, buf_view(&g->body), "\"\n");
	fwrite(g->out.p, 1, g->out.n, stdout);
}

int main(int argc, char **argv)
{
	struct gen *g = xcalloc(1, sizeof(*g));
	unsigned rows = ROWS_DEFAULT;
	uint64_t seed = 0;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--rows") && i + 1 < argc)
			rows = (unsigned)strtoul(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--plain"))
			g->plain = true;
		else {
			fprintf(stderr, "usage: gen_dump [--rows N] [--seed S] [--plain]\n");
			free(g);
			return 2;
		}
	}
	made_words_open(&g->words, seed);
	posts_open(g);
	tags_open(g);
	g->rows = xcalloc(rows + 1, sizeof(*g->rows));
	for (unsigned row = 0; row < rows; row++)
		put_row(g, row, rows);
	free(g->rows);
	buf_free(&g->header);
	buf_free(&g->body);
	buf_free(&g->refs);
	buf_free(&g->out);
	free(g);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 3;
}
