/*
 * What the measured searches share, so that they differ in nothing but the search: reading the rows, the clock, the
 * four classes of questions, and the lines that are printed. Plain C that a C++ peer can include.
 *
 *   read seconds=... bytes_text=...
 *   index seconds=... cpu=... read_seconds=... bytes_text=... db_bytes=... peak_kb=...
 *   or2 p50_ms=... p99_ms=... mean_ms=... queries=... hits=... empty=...          and3, phrase4: the same
 *   locate p50_ms=... p99_ms=... mean_ms=... queries=... first_right=...% in_ten=...% hits=... empty=...
 *
 * hits counts the results that were given, at most ten a query; empty the queries that had none.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PEER_TOP = 10, PEER_ID_MAX = 64, PEER_COLUMNS = 8 };

/* A row of the dump; every text is valid until the call returns and is not terminated. */
struct peer_text {
	const char *p;
	size_t n;
};
struct peer_row {
	uint32_t number;                        /* of the row, from 1 */
	struct peer_text id, body;              /* two of the columns, for those who want no more */
	struct peer_text columns[PEER_COLUMNS]; /* as in cables.csv, the date as 2007-10-23 14:50 */
};

/* Calls row for every row, and adds up the bytes of the bodies. Says on stderr what is wrong. Nonzero: failed. */
int peer_rows(const char *dump, int (*row)(void *ctx, const struct peer_row *r), void *ctx, uint64_t *bytes_text);

double peer_clock(void); /* monotonic, seconds */
double peer_cpu(void);   /* of this process, user and system, seconds */

/* Reads the dump and does nothing with it, prints the first line, returns the seconds; below 0: failed. */
double peer_read(const char *dump);
/* Prints the second line. path is a file or a folder; what belongs to it by name (-wal, -shm) counts too. */
void peer_index_print(double began, double cpu_began, double read_seconds, uint64_t bytes_text, const char *path);

enum peer_class { PEER_OR2, PEER_AND3, PEER_PHRASE4, PEER_LOCATE, N_PEER_CLASSES };

/* At most ten ids, best first. */
struct peer_answer {
	char ids[PEER_TOP][PEER_ID_MAX];
	size_t n;
};

/* Answers one line of or2.txt, and3.txt or phrase4.txt, or a passage. Nonzero: failed, and it said why. */
typedef int peer_ask(void *ctx, enum peer_class c, const char *text, struct peer_answer *out);

/*
 * Asks each class once to warm up and once on the clock, and prints. What takes longer than a minute is cut short;
 * queries= says how many were asked. Nonzero: failed.
 */
int peer_search(const char *queries, peer_ask *ask, void *ctx);
/* One class of them, under a name of its own. */
int peer_search_class(const char *queries, enum peer_class c, const char *label, peer_ask *ask, void *ctx);

#ifdef __cplusplus
}
#endif

#endif
