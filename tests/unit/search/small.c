/*
 * Making the small archives. A telegram has whatever the real ones have that a query can ask for.
 */
#include "small.h"

#include <ftw.h>

/* ---- chance ------------------------------------------------------------------------------------------------------ */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

size_t rng_below(struct rng *r, size_t n)
{
	return (size_t)(rng_next(r) % n);
}

bool rng_chance(struct rng *r, unsigned percent)
{
	return rng_below(r, 100) < percent;
}

size_t rng_skewed(struct rng *r, size_t n)
{
	return rng_below(r, rng_below(r, n) + 1);
}

uint64_t rng_seed(uint64_t by_default)
{
	const char *given = getenv("REFTEL_SEED");

	return given ? strtoull(given, NULL, 10) : by_default;
}

/* ---- what telegrams are made of ---------------------------------------------------------------------------------- */

/* Several forms of one stem, words that differ in a letter, marks, figures, what is written as one and read as two. */
const char *const small_words[] = {
	"the",         "harbour",    "docker",     "lease",     "of",        "Tamm",     "minister", "ferry",
	"not",         "security",   "harbours",   "dockers",   "leases",    "pier",     "Tann",     "strike",
	"U.S.",        "caf\u00e9",  "10,000",     "secure",    "ministry",  "XXXXXXXX", "al-Sorna", "piers",
	"leasing",     "docking",    "Sorna",      "1.4",       "ferries",   "cafe",     "securing", "striking",
	"harbour's",   "na\u00efve", "leased",     "law",       "order",     "Tarn",     "docked",   "S\u00f8rna",
	"stra\u00dfe", "strikes",    "08KALVIK12", "long-term", "ministers", "tammany",  "secured",  "1,400",
	"ferryman",    "naivety",    "lawless",
};
const size_t n_small_words = sizeof(small_words) / sizeof(*small_words);

const char *const small_posts[4] = {"KALVIK", "SORNA", "TARNHOLM", "PORTALDERSEY"};
const char *const small_origins[4] = {"Embassy Kalvik", "Consulate Sorna", "Embassy Tarnholm", "Embassy Port Aldersey"};
const char *const small_tags[5] = {"PREL", "EWWT", "KV", "ELAB", "PTER"};
const char *const small_signatories[4] = {"VENN", "AALTO", "ALDERSEY", "VAN DER MEER"};

static const char *const class_lines[] = {"UNCLAS", "C O N F I D E N T I A L", "S E C R E T", "UNCLAS SENSITIVE",
					  "CONFIDENTIAL"};
static const char *const record_classes[] = {"UNCLASSIFIED", "CONFIDENTIAL", "SECRET",
					     "UNCLASSIFIED//FOR OFFICIAL USE ONLY", "CONFIDENTIAL//NOFORN"};
static const char *const marks[] = {"", "(U) ", "(C) ", "(S/NF) ", "(SBU) ", "(S) ", "(C/NF) "};
static const char *const captions[] = {"SIPDIS", "NOFORN", "EXDIS", "SIPDIS\nNODIS"};
static const char *const months[] = {"JAN", "FEB", "MAR", "DEC"};

#define ANY_OF(r, list) ((list)[rng_below((r), sizeof(list) / sizeof(*(list)))])

static void word_put(struct small *s, struct buf *b)
{
	static const char *const syllables[] = {"ka",  "lor", "ven", "ti", "sho", "mar",
						"bel", "du",  "ris", "on", "gar", "fe"};

	if (!s->rich || rng_chance(&s->rng, 30)) {
		buf_puts(b, small_words[rng_skewed(&s->rng, n_small_words)]);
		return;
	}
	for (int i = 0; i < 4; i++)
		buf_puts(b, ANY_OF(&s->rng, syllables));
}

/* Now and then one is hyphenated over a break. */
void words_put(struct small *s, struct buf *b, size_t n, bool lines)
{
	struct rng *r = &s->rng;

	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(b, lines && rng_chance(r, 12) ? '\n' : ' ');
		if (lines && rng_chance(r, 1))
			buf_puts(b, "minis-\nter");
		else
			word_put(s, b);
		if (lines && rng_chance(r, 8))
			buf_putc(b, ",.;"[rng_below(r, 3)]);
	}
}

static void refs_put(struct small *s, struct buf *b, int year)
{
	static const char *const others[] = {"TAMM-VENN TELCON OF MARCH 1", "AALTO E-MAIL OF FEBRUARY 2, 2008"};
	struct rng *r = &s->rng;
	size_t n = rng_below(r, 4);

	for (size_t i = 0; i < n; i++) {
		buf_puts(b, i ? "     " : "REF: ");
		if (n > 1)
			buf_printf(b, "%c. ", (int)('A' + i));
		if (rng_chance(r, 20)) {
			buf_puts(b, ANY_OF(r, others));
		} else {
			if (rng_chance(r, 50))
				buf_printf(b, "%02d ", year - (int)rng_below(r, 2));
			buf_printf(b, "%s %zu", ANY_OF(r, small_posts), 1 + rng_below(r, s->n_serials));
		}
		buf_putc(b, '\n');
	}
	if (n)
		buf_putc(b, '\n');
}

static void paragraphs_put(struct small *s, struct buf *b)
{
	struct rng *r = &s->rng;
	size_t n = 1 + rng_below(r, 4);

	for (size_t i = 0; i < n; i++) {
		bool summary = i == 0 && rng_chance(r, 30), comment = i + 1 == n && rng_chance(r, 30);

		if (rng_chance(r, 90))
			buf_printf(b, "%zu. %s", i + 1, ANY_OF(r, marks));
		buf_puts(b, summary ? "SUMMARY: " : comment ? "COMMENT: " : "");
		words_put(s, b, 3 + rng_below(r, 25), true);
		buf_puts(b, summary ? " END SUMMARY.\n\n" : comment ? " END COMMENT.\n\n" : ".\n\n");
		if (rng_chance(r, 6))
			buf_puts(b, "KALVIK 00000412  002 OF 003\n\n");
	}
}

static void body_make(struct small *s, struct buf *b, size_t post, int year, size_t serial)
{
	struct rng *r = &s->rng;

	buf_printf(b, "%s %s %06zu\n\n", ANY_OF(r, class_lines), small_posts[post], serial);
	if (rng_chance(r, 40))
		buf_printf(b, "%s\n\n", ANY_OF(r, captions));
	buf_puts(b, "E.O. 12958: N/A\n");
	if (rng_chance(r, 90)) {
		buf_puts(b, "TAGS: ");
		for (size_t i = 0, n = 1 + rng_below(r, 3); i < n; i++)
			buf_printf(b, "%s%s", i ? ", " : "", ANY_OF(r, small_tags));
		buf_putc(b, '\n');
	}
	if (rng_chance(r, 85)) {
		buf_puts(b, "SUBJECT: ");
		words_put(s, b, 1 + rng_below(r, 6), false);
		buf_puts(b, "\n\n");
	}
	refs_put(s, b, year);
	paragraphs_put(s, b);
	if (rng_chance(r, 85))
		buf_printf(b, "%s\n", ANY_OF(r, small_signatories));
}

/* The text of the telegram before once more, but for a word at its end. */
static void body_repeat(struct small *s, struct buf *b)
{
	buf_str(b, buf_view(&s->last));
	buf_puts(b, "\n");
	words_put(s, b, 1, false);
	buf_putc(b, '\n');
}

static const char *id_make(struct small *s, struct arena *a, size_t post, int year, size_t serial)
{
	char *id;

	if (s->n_ids && rng_chance(&s->rng, 15))
		return arena_dup(a, str_of(s->ids[rng_below(&s->rng, s->n_ids)]));
	if (rng_chance(&s->rng, 3))
		id = arena_printf(a, "TELEX %zu/B", serial); /* none of the usual form */
	else
		id = arena_printf(a, "%02d%s%zu", year, small_posts[post], serial);
	snprintf(s->ids[s->n_ids < 64 ? s->n_ids++ : rng_below(&s->rng, 64)], sizeof(s->ids[0]), "%s", id);
	return id;
}

void telegram_make(struct small *s, struct arena *a, struct cable_record *out)
{
	struct rng *r = &s->rng;
	size_t post = rng_skewed(r, 4), serial = 1 + rng_below(r, s->n_serials);
	int year = 7 + (int)rng_below(r, 3);
	struct buf body = {0};

	*out = (struct cable_record){.origin = str_of(small_origins[post])};
	out->id = str_of(id_make(s, a, post, year, serial));
	if (rng_chance(r, 60))
		out->running_number = 1 + (uint32_t)rng_below(r, 400);
	if (rng_chance(r, 92))
		out->date = (struct cable_date){
			.year = (int16_t)(2000 + year),
			.month = (int8_t)(1 + rng_below(r, 4)),
			.day = (int8_t)(1 + rng_below(r, 5)),
			.hour = (int8_t)rng_below(r, 3),
			.precision = rng_chance(r, 80) ? DATE_MINUTE : DATE_DAY,
		};
	if (out->date.precision == DATE_DAY)
		out->date.hour = 0;
	if (rng_chance(r, 85))
		out->classification = str_of(ANY_OF(r, record_classes));
	if (rng_chance(r, 30))
		out->header = str_of(arena_printf(a, "O 0%zu1640Z %s %02d\nFM %s\nTO SECSTATE WASHDC\n",
						  1 + rng_below(r, 5), ANY_OF(r, months), year, small_posts[post]));
	if (rng_chance(r, 20)) {
		words_put(s, &body, 4, false);
		out->title = arena_str(a, buf_view(&body));
		buf_reset(&body);
	}
	if (s->last.n && rng_chance(r, 12))
		body_repeat(s, &body);
	else
		body_make(s, &body, post, year, serial);
	out->body = arena_str(a, buf_view(&body));
	buf_reset(&s->last);
	buf_str(&s->last, out->body);
	buf_free(&body);
}

/* ---- archives ---------------------------------------------------------------------------------------------------- */

void small_reach(struct small *s)
{
	struct archive_source src;
	struct err e = {0};

	must(archive_open(s->dir, ARCHIVE_WRITE, 10000, &s->ar, &e), e);
	must(archive_begin(s->ar, &e), e);
	must(archive_source_open(s->ar, "dump.csv", 1000, 7, "csv", &src, &e), e);
	must(archive_commit(s->ar, &e), e);
	s->source = src.id;
}

void small_open(struct small *s, uint64_t seed)
{
	struct err e = {0};

	*s = (struct small){.rng = {seed}, .n_serials = 60};
	snprintf(s->dir, sizeof(s->dir), "/tmp/reftel-test-small-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	must(archive_create(s->dir, &e), e);
	small_reach(s);
}

void small_leave(struct small *s)
{
	archive_close(s->ar);
	s->ar = NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void small_close(struct small *s)
{
	archive_close(s->ar);
	buf_free(&s->last);
	nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put_one(struct small *s, struct arena *a, struct cable *c, struct archive_put *put)
{
	struct cable_record r;
	struct err e = {0};

	telegram_make(s, a, &r);
	must(cable_read(a, &r, c, &e), e);
	must(archive_put(s->ar, c, NULL, s->source, 0, put, &e), e);
}

void small_put(struct small *s, size_t n)
{
	struct arena a = {0};
	struct err e = {0};

	must(archive_begin(s->ar, &e), e);
	for (size_t i = 0; i < n; i++) {
		struct cable c;
		struct archive_put put;

		arena_reset(&a);
		put_one(s, &a, &c, &put);
	}
	must(archive_commit(s->ar, &e), e);
	arena_free(&a);
}

static void arena_discard(void *ctx)
{
	arena_free(ctx);
	free(ctx);
}

void small_feed(struct small *s, size_t n, struct catalog_build *b)
{
	struct arena *a = xcalloc(1, sizeof(*a));
	struct cable *c = arena_new(a, struct cable, n);
	struct catalog_text *v = arena_new(a, struct catalog_text, n);
	struct err e = {0};
	size_t fed = 0;

	must(archive_begin(s->ar, &e), e);
	for (size_t i = 0; i < n; i++) {
		struct archive_put put;

		put_one(s, a, &c[i], &put);
		if (put.result != PUT_SAME)
			v[fed++] = (struct catalog_text){&c[i], put.key, put.version};
	}
	must(catalog_build_feed(b, v, fed, arena_discard, a, &e), e);
	must(archive_commit(s->ar, &e), e);
	must(archive_begin(s->ar, &e), e);
	must(catalog_build_publish(b, &e), e);
	must(archive_commit(s->ar, &e), e);
}

void small_index(struct small *s, size_t memory, unsigned threads)
{
	struct catalog_options o = {.memory = memory, .threads = threads, .runs = memory ? 1 + memory % 3 : 0};
	struct catalog_build *b = NULL;
	struct err e = {0};

	must(catalog_build_begin(s->ar, &o, &b, &e), e);
	must(archive_begin(s->ar, &e), e);
	must(catalog_build_publish(b, &e), e);
	must(archive_commit(s->ar, &e), e);
	must(catalog_build_finish(b, false, NULL, &e), e);
}

struct catalog *small_catalog(const struct small *s)
{
	struct catalog *c = NULL;
	struct err e = {0};

	must(catalog_open(s->ar, &c, &e), e);
	return c;
}

int64_t small_version(struct small *s)
{
	struct arena a = {0};
	struct version_keys keys;
	struct err e = {0};
	int64_t version;

	must(archive_versions_after(s->ar, &a, 0, &keys, &e), e);
	version = keys.n ? keys.v[rng_below(&s->rng, keys.n)] : 0;
	arena_free(&a);
	return version;
}
