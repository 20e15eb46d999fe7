/*
 * Two versions of a cable word by word: what only the older has between [- and -], what only the newer has between {+
 * and
 * +}; long stretches that are the same are cut to their ends.
 */
#include "cli/cli.h"

enum { CONTEXT_BYTES = 160 };

static void put_same(struct cli *c, struct str s, bool first, bool last)
{
	if (s.n <= 2 * CONTEXT_BYTES + 40) {
		cli_put(c, s);
		return;
	}
	if (!first)
		cli_put(c, str_sub(s, 0, CONTEXT_BYTES));
	printf("%s[... %zu bytes alike ...]\n", first ? "" : "\n", s.n - (first || last ? 1u : 2u) * CONTEXT_BYTES);
	if (!last)
		cli_put(c, str_sub(s, s.n - CONTEXT_BYTES, s.n));
}

static void put_marked(struct cli *c, const char *begin, struct str s, const char *end, const char *code)
{
	printf("%s%s", c->colour ? code : "", begin);
	cli_put(c, s);
	printf("%s%s", end, c->colour ? "\033[0m" : "");
}

void cli_diff(struct cli *c, const struct cable_version *a, const struct cable_version *b)
{
	struct diff d = text_diff(&c->arena, a->cable.body, b->cable.body);
	size_t changes = 0;

	if (c->json) {
		cli_put_json(view_diff(a, b, &d));
		return;
	}
	printf("--- ");
	cli_put(c, a->cable.id);
	printf(" version %d, from ", a->ordinal);
	cli_put(c, a->source);
	printf("\n+++ ");
	cli_put(c, b->cable.id);
	printf(" version %d, from ", b->ordinal);
	cli_put(c, b->source);
	printf("\n\n");
	for (size_t i = 0; i < d.n; i++) {
		const struct diff_span *s = &d.v[i];

		changes += s->op != ALIGN_SAME;
		if (s->op == ALIGN_ONLY_A)
			put_marked(c, "[-", str_sub(a->cable.body, s->a_off, s->a_end), "-]", "\033[31m");
		else if (s->op == ALIGN_ONLY_B)
			put_marked(c, "{+", str_sub(b->cable.body, s->b_off, s->b_end), "+}", "\033[32m");
		else
			put_same(c, str_sub(b->cable.body, s->b_off, s->b_end), i == 0, i + 1 == d.n);
		printf(" ");
	}
	printf("\n\n%zu %s\n", changes, changes == 1 ? "difference" : "differences");
}
