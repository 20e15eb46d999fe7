/*
 * Any bytes as a query. What cannot be read must say where, inside the query; what can be read must be sound as a tree
 * and, written out, read as the same tree again.
 */
#include "../unit/search/query_same.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool fact)
{
	if (!fact)
		abort();
}

static void node_hold(const struct query_node *n, size_t size, int depth)
{
	hold(depth <= 3 * QUERY_DEPTH_MAX && n->at.off <= n->at.end && n->at.end <= size);
	hold((n->op <= Q_NEAR) == (n->n_kids > 0));
	hold(n->op == Q_NOT ? n->n_kids == 1 : n->op > Q_NEAR || n->n_kids >= 2);
	for (size_t i = 0; i < n->n_kids; i++) {
		hold(n->kids[i]->op != n->op || n->op == Q_NOT);
		hold(n->op != Q_NEAR || (n->kids[i]->op >= Q_WORD && n->kids[i]->op <= Q_FUZZY));
		node_hold(n->kids[i], size, depth + 1);
	}
	for (size_t i = 0; i < n->n_words; i++)
		hold(n->words[i].any ? n->op == Q_PHRASE && i && i + 1 < n->n_words : n->words[i].word.n > 0);
	hold(n->op != Q_DATE || n->none || n->from <= n->to);
}

/* The message is one line of text, however wild the query. */
static void message_hold(const struct err *e)
{
	hold(e->msg[0] && utf8_valid(str_of(e->msg)));
	for (const char *p = e->msg; *p; p++)
		hold((unsigned char)*p >= ' ' && *p != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	struct span where = {UINT32_MAX, UINT32_MAX};
	struct arena a = {0};
	struct query q, again;
	struct err e = {0};
	struct buf out = {0};

	if (query_parse(&a, s, &q, &where, &e) == REFTEL_OK) {
		node_hold(q.root, size, 0);
		query_print(&out, q.root);
		if (out.n <= QUERY_BYTES_MAX) {
			hold(query_parse(&a, buf_view(&out), &again, NULL, NULL) == REFTEL_OK);
			hold(query_same(q.root, again.root));
		}
	} else {
		hold(where.off <= where.end && where.end <= size);
		message_hold(&e);
		query_point(&out, s, where);
		hold(out.n > 0 && utf8_valid(buf_view(&out)));
	}
	buf_free(&out);
	arena_free(&a);
	return 0;
}
