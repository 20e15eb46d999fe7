/*
 * base: what every room stands on and what knows nothing of cables: strings with a length, an arena per unit of
 * work, growing buffers, errors as values, a log, a progress line, files and the clock.
 *
 * Nothing here prints, except a log or a progress line that the caller opened on a stream of its own.
 */
#ifndef REFTEL_BASE_H
#define REFTEL_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- strings with a length: never owned, never assumed to end in NUL --------------------------------------------- */

struct str {
	const char *p;
	size_t n; /* bytes */
};

#define STR(literal)      ((struct str){(literal), sizeof(literal) - 1})
#define STR_INIT(literal) (literal), sizeof(literal) - 1 /* between braces, in tables: STR() is no constant there */
#define STR_ARG(s)        (int)(s).n, (s).p              /* for "%.*s" */

/* ASCII only, independent of the locale. Here and not in str.c because every parser asks them of every byte. */
static inline bool ascii_space(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool ascii_digit(int c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_upper(int c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool ascii_lower(int c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool ascii_alpha(int c)
{
	return ascii_upper(c) || ascii_lower(c);
}

static inline bool ascii_alnum(int c)
{
	return ascii_alpha(c) || ascii_digit(c);
}

static inline int ascii_tolower(int c)
{
	return ascii_upper(c) ? c + ('a' - 'A') : c;
}

static inline int ascii_toupper(int c)
{
	return ascii_lower(c) ? c - ('a' - 'A') : c;
}

/* These too: a parser takes its input apart with them, and most prefixes are literals. */
static inline struct str str_sub(struct str s, size_t from, size_t to) /* clamped to s */
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return s.p ? (struct str){s.p + from, to - from} : STR("");
}

static inline struct str str_trim(struct str s) /* ASCII blanks off both ends */
{
	while (s.n && ascii_space((unsigned char)s.p[s.n - 1]))
		s.n--;
	while (s.n && ascii_space((unsigned char)*s.p))
		s.p++, s.n--;
	return s;
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (!a.n || !__builtin_memcmp(a.p, b.p, a.n));
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (!prefix.n || !__builtin_memcmp(s.p, prefix.p, prefix.n));
}

bool ascii_same(const char *a, const char *b, size_t n); /* case ignored, as in what has an i in its name */

static inline bool str_ieq(struct str a, struct str b)
{
	return a.n == b.n && ascii_same(a.p, b.p, a.n);
}

static inline bool str_istarts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && ascii_same(s.p, prefix.p, prefix.n);
}

struct str str_of(const char *cstr); /* NULL gives the empty string */
int str_cmp(struct str a, struct str b);
/* First occurrence of needle in s at or after from; SIZE_MAX when there is none. str_ifind ignores ASCII case. */
size_t str_find(struct str s, struct str needle, size_t from);
size_t str_ifind(struct str s, struct str needle, size_t from);
/* Cuts the next line off *rest (without its "\n" or "\r\n"); false at the end of the text. */
bool str_line(struct str *rest, struct str *line);

/* ---- errors as values -------------------------------------------------------------------------------------------- */

enum reftel_error {
	REFTEL_OK = 0,
	REFTEL_EINVAL = -1,    /* the input or the request makes no sense; the message says where */
	REFTEL_EIO = -2,       /* reading or writing failed */
	REFTEL_ENOTFOUND = -3, /* no such cable, file, version */
	REFTEL_EEXIST = -4,    /* it is there already */
	REFTEL_ELIMIT = -5,    /* larger than the bound that protects the reader */
	REFTEL_EBUSY = -6,     /* another writer holds the archive */
	REFTEL_EFORMAT = -7,   /* a foreign, newer or damaged file */
	REFTEL_EFULL = -8,     /* no space left */
	REFTEL_EREADONLY = -9, /* may be read but not written */
	REFTEL_EINTR = -10,    /* the user stopped it; what was done is kept */
};

/* One sentence that a reporter can act on, with the place in it. Callers give one struct err down the call tree. */
enum { ERR_MESSAGE_MAX = 1024 };

struct err {
	int code; /* enum reftel_error */
	char msg[ERR_MESSAGE_MAX];
};

/* Fills e (which may be NULL) and returns code, so that a function can end with `return err_set(...)`. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Puts "prefix: " before the message that is there. Returns the code that is there. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Translates errno (ENOSPC, EROFS, EACCES, ENOENT, ...) to a code and a sentence "what: reason". */
int err_errno(struct err *e, int errnum, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* Allocation failure ends the program here and nowhere else. */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);
/* Zeroed memory for a table that is met at random, on huge pages where it is large and the system has them. */
void *table_new(size_t bytes);
void table_free(void *p, size_t bytes);
char *xstrdup(const char *s);

/* An arena owns all that one unit of work allocates (a cable, a story, a request). Zero-initialise to open. */
struct arena_block;
struct arena {
	struct arena_block *head;
	size_t total; /* bytes asked for since the last reset */
};

/* Zeroed memory, aligned for any object. */
void *arena_alloc(struct arena *a, size_t n);
#define arena_new(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))
void *arena_array(struct arena *a, size_t count, size_t size); /* ends the program on overflow */
/* Copies s and adds a NUL. */
char *arena_dup(struct arena *a, struct str s);
struct str arena_str(struct arena *a, struct str s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_reset(struct arena *a); /* forgets all, keeps one block for the next unit */
void arena_free(struct arena *a);

/*
 * A growing array in an arena: struct { T *v; size_t n, cap; } declared with VEC(T).
 * VEC_PUSH returns a pointer to a new zeroed element. Growing leaves the old array to the arena.
 */
#define VEC(type)                                                                                                      \
	struct {                                                                                                       \
		type *v;                                                                                               \
		size_t n, cap;                                                                                         \
	}
#define VEC_PUSH(a, vec)                                                                                               \
	((vec)->n == (vec)->cap ? (void)((vec)->v = vec_grow((a), (vec)->v, sizeof(*(vec)->v), (vec)->n, &(vec)->cap)) \
				: (void)0,                                                                             \
	 &(vec)->v[(vec)->n++])
void *vec_grow(struct arena *a, void *v, size_t size, size_t n, size_t *cap);

/* A growing byte buffer on the heap; always NUL-terminated once something was added. Zero-initialise to open. */
struct buf {
	char *p;
	size_t n, cap;
};

void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_reserve(struct buf *b, size_t more);
struct str buf_view(const struct buf *b);
void buf_reset(struct buf *b); /* keeps the memory */
void buf_free(struct buf *b);

/* ---- hashing (tables only: fast, not for ids or security) -------------------------------------------------------- */

uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);

/* ---- log and progress -------------------------------------------------------------------------------------------- */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Where the caller wants to be told; NULL says nothing. The library itself never opens one. */
struct log {
	FILE *out;
	enum log_level level; /* what is above it is dropped */
};

void log_line(const struct log *l, enum log_level level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * A progress line: redrawn a few times a second on a terminal, else a plain line now and then; silent when out is
 * NULL. total is in the caller's unit; 0 when it is not known. Nothing stays on a terminal after progress_done().
 */
struct progress {
	FILE *out;
	const char *label;
	const char *unit; /* "MB" scales bytes; any other word is printed as it is */
	uint64_t total, done;
	int64_t started_ms, drawn_ms;
	bool tty, drawn;
	/* Told of every step, beside out; set after progress_open(), may be NULL. */
	void (*told)(void *ctx, const struct progress *p);
	void *ctx;
};

void progress_open(struct progress *p, FILE *out, const char *label, const char *unit, uint64_t total);
void progress_at(struct progress *p, uint64_t done);
void progress_done(struct progress *p);

/* ---- a pool of threads ------------------------------------------------------------------------------------------- */

enum { POOL_THREADS_MAX = 16, POOL_AHEAD = 8 /* jobs a thread may be ahead of what was taken */ };

/*
 * Jobs 0..n-1, run by several threads, their results taken one by one in the order of the jobs. Threads stop being
 * ahead of take() after POOL_AHEAD jobs each, so memory does not grow with n.
 */
struct pool;
struct pool_work {
	void *ctx;
	unsigned threads;         /* 0: as many as there are processors */
	const volatile int *stop; /* may be NULL; non-zero ends the work with EINTR */
	/* In each thread, before its first job and after its last; end() only where begin() was well. May be NULL. */
	int (*begin)(void *ctx, void **state, struct err *e);
	void (*end)(void *ctx, void *state);
	/* In some thread. An error ends the whole work. */
	int (*run)(struct pool *p, void *ctx, void *state, size_t job, void **result, struct err *e);
	/* In the caller's thread, in order; the result is its own now. An error ends the whole work. */
	int (*take)(void *ctx, size_t job, void *result, struct err *e);
	/* A result that nobody will take. */
	void (*drop)(void *ctx, void *result);
};
int pool_run(const struct pool_work *w, size_t n, struct err *e);
/*
 * From run(): waits until all earlier jobs were taken. From then on take() rests until this job is done, so that a job
 * with a large result can hand it on in parts. False: the work has ended, and so should the job.
 */
bool pool_turn(struct pool *p, size_t job);

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* Reads a whole file of at most limit bytes into a (NUL added). Errors: EIO, ENOTFOUND, ELIMIT. */
int file_read(struct arena *a, const char *path, size_t limit, struct str *out, struct err *e);
/* Writes to a temporary name beside path, syncs, renames: path holds the old or the new content, never half. */
int file_write(const char *path, struct str content, struct err *e);
int dir_make(const char *path, struct err *e); /* with its parents; fine when it is there */
bool file_exists(const char *path);
bool dir_exists(const char *path);
char *path_join(struct arena *a, const char *dir, const char *name);
const char *path_base(const char *path);

/*
 * Calls fn for every regular file under path (or for path itself), in byte order of the names, so that two runs
 * see the same order. Follows no symbolic link below path; hidden entries are left out. A folder or file that
 * cannot be read is reported through unreadable() and the walk goes on. Stops when fn returns non-zero, and
 * returns that.
 */
struct walk {
	int (*file)(void *ctx, const char *path, uint64_t size);
	void (*unreadable)(void *ctx, const char *path, const struct err *e);
	void *ctx;
};
int file_walk(const char *path, const struct walk *w, struct err *e);

/* ---- clock and calendar ------------------------------------------------------------------------------------------ */

int64_t clock_ms(void);  /* monotonic milliseconds */
int64_t clock_now(void); /* seconds since 1970-01-01 UTC */

/* Proleptic Gregorian calendar. Days count from 1970-01-01. After Howard Hinnant, "chrono-compatible low-level
 * date algorithms" (days_from_civil, civil_from_days). */
int64_t civil_days(int year, int month, int day);
void civil_from_days(int64_t days, int *year, int *month, int *day);
bool civil_valid(int year, int month, int day);
/* "2007-10-23T14:50:00Z" into out (at least 21 bytes). */
void clock_iso(int64_t seconds, char out[32]);

#endif
