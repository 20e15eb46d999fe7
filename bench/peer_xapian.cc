/*
 * The peer Xapian: positions on, no stemmer, a commit every 10,000 texts, compacted at the end.
 *
 *   peer_xapian index DUMP DB
 *   peer_xapian search DB QUERIES
 */
#include "peer.h"

#include <xapian.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

enum { BATCH = 10000 };

struct writer {
	Xapian::WritableDatabase db;
	Xapian::TermGenerator terms;
};

static int row_put(void *ctx, const struct peer_row *r)
{
	writer *w = static_cast<writer *>(ctx);
	Xapian::Document doc;

	w->terms.set_document(doc);
	w->terms.set_termpos(0);
	w->terms.index_text(std::string(r->body.p, r->body.n));
	doc.set_data(std::string(r->id.p, r->id.n));
	w->db.add_document(doc);
	if (r->number % BATCH == 0)
		w->db.commit();
	return 0;
}

static int run_index(const char *dump, const std::string &path)
{
	double read_seconds = peer_read(dump), began, cpu;
	uint64_t bytes = 0;
	int rc;

	if (read_seconds < 0)
		return 3;
	std::filesystem::remove_all(path);
	began = peer_clock();
	cpu = peer_cpu();
	{
		const std::string loose = path + ".loose";
		writer w;

		std::filesystem::remove_all(loose);
		w.db = Xapian::WritableDatabase(loose, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS);
		rc = peer_rows(dump, row_put, &w, &bytes);
		w.db.commit();
		w.db.compact(path);
		w.db.close();
		std::filesystem::remove_all(loose);
	}
	if (!rc)
		peer_index_print(began, cpu, read_seconds, bytes, path.c_str());
	return rc ? 3 : 0;
}

/* ---- search ------------------------------------------------------------------------------------------------------ */

/* The words as the indexer itself takes them from a text, in order or each once. */
static std::vector<std::string> words_of(const char *text, bool in_order)
{
	std::vector<std::string> words;
	Xapian::TermGenerator terms;
	Xapian::Document doc;

	if (in_order) {
		for (const char *p = text; *p; p += std::strspn(p, " ")) {
			size_t n = std::strcspn(p, " ");

			words.emplace_back(p, n);
			p += n;
		}
		return words;
	}
	terms.set_document(doc);
	terms.index_text_without_positions(text);
	for (auto t = doc.termlist_begin(); t != doc.termlist_end(); ++t)
		words.push_back(*t);
	return words;
}

static int ask(void *ctx, enum peer_class c, const char *text, struct peer_answer *out)
{
	static const Xapian::Query::op ops[] = {Xapian::Query::OP_OR, Xapian::Query::OP_AND, Xapian::Query::OP_PHRASE,
						Xapian::Query::OP_OR};
	std::vector<std::string> words = words_of(text, c != PEER_LOCATE);
	Xapian::Enquire enquire(*static_cast<Xapian::Database *>(ctx));

	enquire.set_query(Xapian::Query(ops[c], words.begin(), words.end()));
	Xapian::MSet found = enquire.get_mset(0, PEER_TOP);

	for (auto i = found.begin(); i != found.end(); ++i)
		std::snprintf(out->ids[out->n++], PEER_ID_MAX, "%s", i.get_document().get_data().c_str());
	return 0;
}

int main(int argc, char **argv)
{
	try {
		if (argc == 4 && !std::strcmp(argv[1], "index"))
			return run_index(argv[2], argv[3]);
		if (argc == 4 && !std::strcmp(argv[1], "search")) {
			Xapian::Database db(argv[2]);

			return peer_search(argv[3], ask, &db) ? 3 : 0;
		}
	} catch (const Xapian::Error &e) {
		std::fprintf(stderr, "peer_xapian: %s\n", e.get_description().c_str());
		return 3;
	}
	std::fprintf(stderr, "usage: peer_xapian index DUMP DB | peer_xapian search DB QUERIES\n");
	return 2;
}
