/*
 * Writes a dump in the layout of cables.csv: deterministic for a seed, of any number of rows, with invented posts and
 * words. It is made to cost a reader what the real one costs: telegrams with all their parts, lengths distributed as
 * measured, words drawn so that frequencies follow Zipf's law and the vocabulary keeps growing (a Simon process whose
 * rate of new words follows Heaps' law), and no sentence twice.
 *
 * usage: gen_dump [--rows N] [--seed S] [--plain]    --plain doubles quotation marks and knows no backslashes (RFC
 * 4180)
 */
#include "base/base.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { HISTORY = 1 << 20, WORD_MAX = 24, PLAIN_WORDS = 48 };

struct gen {
	uint64_t state; /* of the random numbers */
	uint32_t *history;
	uint64_t words;
	uint32_t vocabulary;
	struct buf header, body;
	bool plain;
};

/* SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). */
static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static uint32_t below(struct gen *g, uint32_t n)
{
	g->state += 0x9e3779b97f4a7c15;
	return (uint32_t)((mix(g->state) >> 32) * n >> 32);
}

static bool chance(struct gen *g, uint32_t percent)
{
	return below(g, 100) < percent;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static const char *const plain_words[PLAIN_WORDS] = {
	"the",  "to",   "and", "of",   "in",   "a",   "that", "for",  "on",    "is",    "with",       "was",
	"as",   "be",   "by",  "he",   "not",  "has", "said", "it",   "from",  "are",   "would",      "have",
	"at",   "his",  "an",  "will", "this", "but", "had",  "they", "which", "their", "government", "were",
	"more", "been", "its", "who",  "also", "or",  "we",   "no",   "told",  "about", "minister",   "could",
};

/* The word of a number: always the same one, longer where it is rarer. */
static size_t word_spell(uint32_t id, char out[WORD_MAX])
{
	static const char *const onsets[] = {"b", "br", "c", "ch", "d",  "dr", "f", "g",  "gr", "h",  "j", "k",
					     "l", "m",  "n", "p",  "pl", "r",  "s", "st", "t",  "tr", "v", "w"};
	static const char *const rimes[] = {"a",  "e",  "i",  "o",  "u",  "an",  "en",  "in", "on",  "er", "or", "al",
					    "el", "is", "us", "at", "et", "ent", "ing", "ar", "ion", "ed", "y",  "ai"};
	uint64_t h = mix(id);
	size_t n = 0, syllables = id < 300 ? 2 : id < 8000 ? 3 : 4;

	if (id < PLAIN_WORDS) {
		n = strlen(plain_words[id]);
		memcpy(out, plain_words[id], n);
		return n;
	}
	for (size_t i = 0; i < syllables; i++, h >>= 10) {
		const char *onset = onsets[(h & 31) % COUNT(onsets)], *rime = rimes[(h >> 5 & 31) % COUNT(rimes)];

		memcpy(out + n, onset, strlen(onset));
		n += strlen(onset);
		memcpy(out + n, rime, strlen(rime));
		n += strlen(rime);
	}
	return n;
}

static uint32_t word_next(struct gen *g)
{
	uint64_t n = g->words++;
	uint32_t word;

	/* Heaps' law with the figures of the real material: 24,400 distinct words among 597,000. */
	if (n % 16 == 0 && g->vocabulary < 16 * pow((double)n + 1, 0.55))
		word = g->vocabulary++;
	else
		word = g->history[below(g, n < HISTORY ? (uint32_t)n + 1 : HISTORY)];
	g->history[n % HISTORY] = word;
	return word;
}

/* The history begins with 4,000 words at the frequencies that Zipf and Mandelbrot give them. */
static void words_open(struct gen *g)
{
	g->history = xmalloc(HISTORY * sizeof(*g->history));
	g->vocabulary = 4000;
	for (uint32_t w = 0; w < g->vocabulary; w++)
		for (uint32_t k = 0; k < 1 + 5000 / (w + 2); k++)
			g->history[g->words++] = w;
}

/* ---- a telegram ---------------------------------------------------------------------------------------------------
 */

static const char *const posts[] = {"Tarvos",     "Kalvik", "Ostrand",    "Belmora",  "Quenby",  "Istria Nova",
				    "Marrowgate", "Halden", "Port Lume",  "Sarkeh",   "Dunmere", "Velgrad",
				    "Okonjo",     "Tirsa",  "Lindqvar",   "Ansibel",  "Corvale", "Zemlin",
				    "Hesper",     "Rastow", "Yarrow Bay", "Umberfeld"};
static const char *const signers[] = {"ALDERSEY", "BRANNOCK",  "COVILLE", "DRAYMORE",
				      "ESKELUND", "FENWRIGHT", "GALLOWS", "HARROD"};

static void post_upper(const char *name, bool blanks, char out[32])
{
	size_t n = 0;

	for (; *name; name++)
		if (blanks || *name != ' ')
			out[n++] = (char)ascii_toupper(*name);
	out[n] = '\0';
}

/* Running text of about `bytes`, wrapped as telegrams are. */
static void add_text(struct gen *g, size_t column, size_t bytes)
{
	struct buf *b = &g->body;
	size_t end = b->n + bytes, in_sentence = 0;
	bool quoted = false;

	while (b->n < end || in_sentence || quoted) {
		char word[WORD_MAX + 4];
		size_t n = word_spell(word_next(g), word);
		bool opens = !quoted && chance(g, 1) && chance(g, 80), last;

		if (!in_sentence || chance(g, 4))
			word[0] = (char)ascii_toupper(word[0]);
		if (column && column + n + 3 > 61)
			buf_putc(b, '\n'), column = 0;
		if (column)
			buf_putc(b, ' '), column++;
		if (opens)
			buf_putc(b, '"'), column++, quoted = true;
		buf_add(b, word, n);
		column += n;
		last = ++in_sentence > 8 && chance(g, 9);
		if (quoted && !opens && (last || chance(g, 25)))
			buf_putc(b, '"'), column++, quoted = false;
		if (last)
			buf_puts(b, ". "), column += 2, in_sentence = 0;
		else if (chance(g, 6))
			buf_putc(b, ','), column++;
		else if (chance(g, 1))
			buf_printf(b, " %u", below(g, 3000)), column += 5;
	}
}

struct cable_made {
	const char *origin, *mark, *class_line, *class_name;
	char post[32], post_id[32];
	unsigned year, month, day, hour, minute, serial;
};

static const char *const months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
				     "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

static void cable_choose(struct gen *g, struct cable_made *c, unsigned row, unsigned rows)
{
	static const struct {
		const char *name, *line, *mark;
		unsigned percent;
	} classes[] = {{"UNCLASSIFIED", "UNCLAS", "U", 40},
		       {"UNCLASSIFIED//FOR OFFICIAL USE ONLY", "UNCLAS", "SBU", 22},
		       {"CONFIDENTIAL", "C O N F I D E N T I A L", "C", 30},
		       {"SECRET", "S E C R E T", "S", 5},
		       {"SECRET//NOFORN", "S E C R E T", "S/NF", 3}};
	unsigned at = below(g, 100), k = 0;

	while (at >= classes[k].percent)
		at -= classes[k++].percent;
	c->class_name = classes[k].name;
	c->class_line = classes[k].line;
	c->mark = classes[k].mark;
	c->origin = posts[below(g, COUNT(posts))];
	post_upper(c->origin, true, c->post);
	post_upper(c->origin, false, c->post_id);
	c->year = 2002 + 8 * row / (rows ? rows : 1);
	c->month = 1 + below(g, 12);
	c->day = 1 + below(g, 28);
	c->hour = below(g, 24);
	c->minute = below(g, 60);
	c->serial = row + 1; /* so that no two cables of a post share a number */
}

static void add_header(struct gen *g, const struct cable_made *c)
{
	struct buf *b = &g->header;
	unsigned infos = below(g, 9);

	buf_printf(b, "VZCZCXRO%04u\nPP RUEH%c%c\nDE RUEH%c%c #%04u %03u%02u%02u\nZNY CCCCC ZZH\n", below(g, 9999),
		   'A' + below(g, 26), 'A' + below(g, 26), c->post_id[0], c->post_id[1], c->serial % 10000,
		   (c->month - 1) * 30 + c->day, c->hour, c->minute);
	buf_printf(b, "%c %02u%02u%02uZ %s %02u\nFM AMEMBASSY %s\nTO RUEHC/SECSTATE WASHDC PRIORITY %04u",
		   "OPR"[below(g, 3)], c -> day, c -> hour, c -> minute, months[c->month - 1], c -> year % 100,
		   c -> post, below(g, 9999));
	for (unsigned i = 0; i < infos; i++) {
		char post[32];

		post_upper(posts[below(g, COUNT(posts))], true, post);
		buf_printf(b, "\n%sRUEH%c%c/AMEMBASSY %s %04u", i ? "" : "INFO ", 'A' + below(g, 26),
			   'A' + below(g, 26), post, below(g, 9999));
	}
}

/* Quantiles of the length of a body: those of the real material, scaled to the dump's mean of under 7 KB a row. */
static size_t body_length(struct gen *g)
{
	static const unsigned q[] = {0, 5, 10, 25, 50, 75, 90, 95, 99, 100};
	static const unsigned len[] = {400, 1700, 2300, 4100, 5800, 8100, 11100, 14300, 20100, 40000};
	unsigned at = below(g, 10000), k = 0;

	while (at >= q[k + 1] * 100)
		k++;
	return len[k] + (size_t)(len[k + 1] - len[k]) * (at - q[k] * 100) / ((q[k + 1] - q[k]) * 100);
}

static void add_heading(struct gen *g, const struct cable_made *c, unsigned sections, struct buf *refs)
{
	static const char *const tags[] = {"PREL", "PGOV", "ECON", "PTER", "PHUM",
					   "ETRD", "EINV", "KDEM", "MARR", "SNAR"};
	struct buf *b = &g->body;
	unsigned n_refs = chance(g, 55) ? 1 + below(g, 3) : 0;

	buf_printf(b, "%s ", c->class_line);
	if (sections > 1)
		buf_printf(b, "SECTION 01 OF %02u ", sections);
	buf_printf(b, "%s %06u \n \nSIPDIS \n \n", c->post, c->serial);
	if (*c->mark == 'U' || c->mark[1] == 'B')
		buf_puts(b, "E.O. 12958: N/A \n");
	else
		buf_printf(b, "E.O. 12958: DECL: %02u/%02u/%u \n", c->month, c->day, c->year + 10);
	buf_puts(b, "TAGS: ");
	for (unsigned i = 0, n = 2 + below(g, 4); i < n; i++)
		buf_printf(b, "%s%s", i ? ", " : "", tags[below(g, COUNT(tags))]);
	buf_puts(b, " \nSUBJECT: ");
	for (size_t from = b->n, i = 0; i < 9; i++) {
		char word[WORD_MAX];
		size_t n = word_spell(word_next(g), word);

		for (size_t k = 0; k < n; k++)
			word[k] = (char)ascii_toupper(word[k]);
		if (b->n - from + n > 50)
			buf_putc(b, '\n'), from = b->n;
		buf_add(b, word, n);
		buf_putc(b, ' ');
	}
	buf_putc(b, '\n');
	for (unsigned i = 0; i < n_refs; i++) {
		char id[32], post[32];
		const char *name = posts[below(g, COUNT(posts))];
		unsigned serial = 1 + below(g, c->serial);

		post_upper(name, false, id);
		post_upper(name, true, post);
		buf_printf(b, "%s%c. %02u %s %u \n", i ? "     " : "\nREF: ", 'A' + i, c->year % 100, post, serial);
		buf_printf(refs, "%s%02u%s%u", i ? "|" : "", c->year % 100, id, serial);
	}
	if (*c->mark != 'U' && c->mark[1] != 'B')
		buf_puts(b, "\nClassified By: DCM Jane Q. Example for reasons 1.4 (b) and (d). \n");
}

static void add_body(struct gen *g, const struct cable_made *c, struct buf *refs)
{
	struct buf *b = &g->body;
	size_t length = body_length(g), section_end = 6000;
	unsigned sections = 1 + (unsigned)(length / 6000), section = 1, number = 1;

	add_heading(g, c, sections, refs);
	while (b->n < length) {
		size_t before = b->n, left = length - b->n;
		bool summary = number == 1;

		buf_printf(b, "\n%u. (%s) %s", number, c->mark, summary ? "Summary: " : left < 900 ? "Comment: " : "");
		number++;
		add_text(g, b->n - before, left < 900 ? left : 250 + below(g, 900));
		if (summary)
			buf_puts(b, "End Summary.");
		buf_puts(b, " \n");
		if (b->n > section_end && section < sections) {
			section_end += 6000;
			buf_printf(b, "\n%s %08u  %03u OF %03u \n", c->post, c->serial, ++section, sections);
		}
	}
	buf_printf(b, "%s\n", signers[below(g, COUNT(signers))]);
}

/* ---- the dump ---------------------------------------------------------------------------------------------------- */

static void put_field(const struct gen *g, struct str s, const char *end)
{
	putchar('"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			putchar(g->plain ? '"' : '\\');
		else if (s.p[i] == '\\' && !g->plain)
			putchar('\\');
		putchar(s.p[i]);
	}
	fputs(end, stdout);
}

static void put_row(struct gen *g, unsigned row, unsigned rows)
{
	struct cable_made c = {0};
	struct buf refs = {0};

	buf_reset(&g->header);
	buf_reset(&g->body);
	cable_choose(g, &c, row, rows);
	add_header(g, &c);
	add_body(g, &c, &refs);
	printf("\"%u\",\"%u/%u/%u %u:%02u\",\"%02u%s%u\",\"Embassy %s\",\"%s\",", row + 1, c.month, c.day, c.year,
	       c.hour, c.minute, c.year % 100, c.post_id, c.serial, c.origin, c.class_name);
	put_field(g, buf_view(&refs), "\",");
	put_field(g, buf_view(&g->header), "\",");
	put_field(g, buf_view(&g->body), "\"\n");
	buf_free(&refs);
}

int main(int argc, char **argv)
{
	struct gen g = {0};
	unsigned rows = 50000;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--rows") && i + 1 < argc)
			rows = (unsigned)strtoul(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			g.state = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--plain"))
			g.plain = true;
		else {
			fprintf(stderr, "usage: gen_dump [--rows N] [--seed S] [--plain]\n");
			return 2;
		}
	}
	words_open(&g);
	for (unsigned row = 0; row < rows; row++)
		put_row(&g, row, rows);
	free(g.history);
	buf_free(&g.header);
	buf_free(&g.body);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 3;
}
