/*
 * Random queries over everything that the language has. They are about the words and fields that the small archives are
 * made of, so that most of them find something.
 */
#include "naive.h"

#define ANY_OF(r, list) ((list)[rng_below((r), sizeof(list) / sizeof(*(list)))])

struct asking {
	struct rng *r;
	const struct naive *m;
	struct buf *out;
};

/* ---- words ------------------------------------------------------------------------------------------------------- */

static const char *spelled(struct asking *k)
{
	static const char *const unheard[] = {"zebra", "unheard-of", "lawful", "07SORNA3"};

	return rng_chance(k->r, 4) ? ANY_OF(k->r, unheard) : small_words[rng_skewed(k->r, n_small_words)];
}

static const struct tokens *any_text(struct asking *k)
{
	const struct naive_doc *d = &k->m->docs.v[rng_below(k->r, k->m->docs.n)];

	return &d->words.words;
}

/* A run of words as it stands in a text, perhaps with one that may be any. */
static void put_phrase(struct asking *k)
{
	const struct tokens *t = any_text(k);
	size_t n = 1 + rng_below(k->r, 4), from = t->n > n ? rng_below(k->r, t->n - n) : 0;

	buf_putc(k->out, '"');
	if (rng_chance(k->r, 20) || t->n <= n)
		buf_printf(k->out, "%s %s", spelled(k), spelled(k));
	else
		for (size_t i = 0; i < n; i++) {
			bool any = i && i + 1 < n && rng_chance(k->r, 25);

			buf_puts(k->out, i ? " " : "");
			buf_str(k->out, any ? STR("*") : t->v[from + i].word);
		}
	buf_putc(k->out, '"');
}

static void put_pattern(struct asking *k)
{
	static const char *const patterns[] = {"dock*", "le*",   "secur*", "l?w",     "t?nn",   "*erry",  "m*er",
					       "s*s",   "h*r*s", "na?ve*", "*strik*", "pie??*", "stra*",  "zzz*",
					       "10*",   "?ock*", "caf?",   "tam*",    "*ing",   "str?ke*"};
	const char *pattern = ANY_OF(k->r, patterns);

	buf_puts(k->out, pattern);
}

static void put_fuzzy(struct asking *k)
{
	static const char *const words[] = {"tanm",  "harbor", "lease",  "minster", "ferrys",
					    "naive", "pierz",  "sekure", "law"};
	static const char *const signs[] = {"~", "~1", "~2"};

	buf_puts(k->out, ANY_OF(k->r, words));
	buf_puts(k->out, ANY_OF(k->r, signs));
}

static void put_word_or_like(struct asking *k)
{
	size_t kind = rng_below(k->r, 10);

	if (kind < 5)
		buf_puts(k->out, spelled(k));
	else if (kind < 8)
		put_phrase(k);
	else if (kind < 9)
		put_pattern(k);
	else
		put_fuzzy(k);
}

static void put_near(struct asking *k)
{
	size_t n = 2 + rng_below(k->r, 2);

	if (rng_chance(k->r, 40)) {
		put_word_or_like(k);
		buf_printf(k->out, " NEAR/%zu ", 1 + rng_below(k->r, 6));
		put_word_or_like(k);
		return;
	}
	buf_printf(k->out, "NEAR/%zu(", 1 + rng_below(k->r, 8));
	for (size_t i = 0; i < n; i++) {
		buf_puts(k->out, i ? " " : "");
		put_word_or_like(k);
	}
	buf_putc(k->out, ')');
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

static void put_id(struct asking *k)
{
	const struct naive_doc *d = &k->m->docs.v[rng_below(k->r, k->m->docs.n)];

	switch (rng_below(k->r, 4)) {
	case 0:
		buf_printf(k->out, "\"%.*s\"", STR_ARG(d->cable.id));
		break;
	case 1:
		buf_printf(k->out, "\"%s %zu\"", ANY_OF(k->r, small_posts), 1 + rng_below(k->r, 60));
		break;
	case 2:
		for (size_t i = 0; i < d->cable.telegram.n_refs; i++)
			if (d->cable.telegram.refs[i].kind == REF_CABLE) {
				char id[MRN_MAX];

				mrn_format(&d->cable.telegram.refs[i].mrn, id);
				buf_puts(k->out, id);
				return;
			}
		buf_puts(k->out, "08kalvik3");
		break;
	default:
		buf_printf(k->out, "0%zu%s%zu", 6 + rng_below(k->r, 4), ANY_OF(k->r, small_posts),
			   1 + rng_below(k->r, 60));
	}
}

static void put_date(struct asking *k)
{
	size_t year = 2006 + rng_below(k->r, 4), month = 1 + rng_below(k->r, 4), day = 1 + rng_below(k->r, 5);

	switch (rng_below(k->r, 7)) {
	case 0:
		buf_printf(k->out, "date:%zu", year);
		break;
	case 1:
		buf_printf(k->out, "date:%zu-%02zu", year, month);
		break;
	case 2:
		buf_printf(k->out, "date:%zu-%02zu-%02zu", year, month, day);
		break;
	case 3:
		buf_printf(k->out, "date:%zu-%02zu..%zu", year, month, year + rng_below(k->r, 2));
		break;
	case 4:
		buf_printf(k->out, "date:..%zu-%02zu", year, month);
		break;
	case 5:
		buf_puts(k->out, "date:none");
		break;
	default:
		buf_printf(k->out, "date%s%zu-%02zu", (const char *[]){">", ">=", "<", "<="}[rng_below(k->r, 4)], year,
			   month);
	}
}

static void put_known(struct asking *k)
{
	static const char *const fields[] = {
		"class:secret",
		"class>=confidential",
		"class<secret",
		"class:none",
		"class:C/NF",
		"class<=sbu",
		"class>unclassified",
		"para:S/NF",
		"para:NF",
		"para>=confidential",
		"para:none",
		"para<C",
		"para:U",
		"para:SBU",
		"caption:noforn",
		"caption:sipdis",
		"caption:nodis",
		"caption:exdis",
		"has:redaction",
		"has:refs",
		"has:summary",
		"has:comment",
		"has:versions",
		"missing:yes",
		"missing:no",
		"tag:PREL",
		"tag:(elab OR KV)",
		"tag:(PREL -EWWT)",
		"tag:ZZZZ",
		"signatory:venn",
		"signatory:\"van der\"",
		"signatory:meer",
		"origin:embassy",
		"origin:kalvik",
		"origin:\"port aldersey\"",
		"origin:PORTALDERSEY",
		"origin:\"consulate sorna\"",
		"caption:other",
		"class:(S OR U)",
		"para:(C OR SBU)",
	};

	switch (rng_below(k->r, 8)) {
	case 0:
		put_date(k);
		break;
	case 1:
		buf_puts(k->out, (const char *[]){"id:", "refs:", "refby:"}[rng_below(k->r, 3)]);
		put_id(k);
		break;
	case 2:
		buf_printf(k->out, "number:%zu", 1 + rng_below(k->r, 400));
		break;
	default:
		buf_puts(k->out, ANY_OF(k->r, fields));
	}
}

static void put_subject(struct asking *k)
{
	buf_puts(k->out, "subject:");
	switch (rng_below(k->r, 6)) {
	case 0:
		buf_putc(k->out, '(');
		put_word_or_like(k);
		buf_puts(k->out, rng_chance(k->r, 50) ? " OR " : " ");
		put_word_or_like(k);
		buf_puts(k->out, rng_chance(k->r, 30) ? " -harbour)" : ")");
		break;
	case 1:
		buf_puts(k->out, "NEAR/3(");
		put_word_or_like(k);
		buf_putc(k->out, ' ');
		put_word_or_like(k);
		buf_putc(k->out, ')');
		break;
	default:
		put_word_or_like(k);
	}
}

/* ---- the tree ---------------------------------------------------------------------------------------------------- */

static void put_one(struct asking *k, int depth);

static void put_list(struct asking *k, int depth, size_t n, const char *between)
{
	buf_putc(k->out, '(');
	for (size_t i = 0; i < n; i++) {
		buf_puts(k->out, i ? between : "");
		put_one(k, depth);
	}
	buf_putc(k->out, ')');
}

static void put_one(struct asking *k, int depth)
{
	size_t kind = rng_below(k->r, depth ? 14 : 10);

	if (kind < 5)
		put_word_or_like(k);
	else if (kind < 7)
		put_known(k);
	else if (kind < 8)
		put_subject(k);
	else if (kind < 10)
		put_near(k);
	else if (kind < 11)
		put_list(k, depth - 1, 2 + rng_below(k->r, 3), rng_chance(k->r, 50) ? " " : " AND ");
	else if (kind < 13)
		put_list(k, depth - 1, 2 + rng_below(k->r, 3), " OR ");
	else {
		buf_puts(k->out, rng_chance(k->r, 50) ? "-" : "NOT ");
		put_list(k, depth - 1, 1 + rng_below(k->r, 2), " ");
	}
}

/* Words that any of will do: what the best are found of without looking at all. Sometimes very many. */
static void put_any_words(struct asking *k)
{
	size_t n = rng_chance(k->r, 15) ? 10 + rng_below(k->r, 40) : 1 + rng_below(k->r, 5);

	for (size_t i = 0; i < n; i++) {
		buf_puts(k->out, i ? " OR " : "");
		if (rng_chance(k->r, 12))
			put_pattern(k);
		else if (rng_chance(k->r, 8))
			buf_printf(k->out, "subject:%s", spelled(k));
		else
			buf_puts(k->out, spelled(k));
	}
}

void question_make(struct rng *r, const struct naive *m, struct buf *out)
{
	struct asking k = {r, m, out};

	buf_reset(out);
	switch (rng_below(r, 10)) {
	case 0:
	case 1:
	case 2:
		put_any_words(&k);
		break;
	case 3:
		buf_putc(out, '(');
		put_any_words(&k);
		buf_puts(out, ") ");
		put_known(&k);
		break;
	case 4:
		put_known(&k);
		buf_puts(out, " ");
		put_known(&k);
		break;
	case 5:
		put_phrase(&k);
		break;
	default:
		put_one(&k, 3);
		for (size_t i = rng_below(r, 4); i > 0; i--) {
			buf_putc(out, ' ');
			put_one(&k, 2);
		}
	}
}
