/*
 * Memory: the one place where a failed allocation ends the program, and the arena, which owns what one unit of work
 * allocates and gives it back at once.
 */
#include "base/base.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct arena_block {
	struct arena_block *prev;
	size_t used, size; /* bytes of data[] */
	_Alignas(max_align_t) unsigned char data[];
};

enum { ARENA_FIRST = 16 << 10, ARENA_LARGEST = 1 << 20, ARENA_ALIGN = _Alignof(max_align_t) };

static void *allocated(void *p)
{
	if (p)
		return p;
	fputs("reftel: out of memory\n", stderr);
	abort();
}

void *xmalloc(size_t n)
{
	return allocated(malloc(n ? n : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return allocated(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t n)
{
	return allocated(realloc(p, n ? n : 1));
}

char *xstrdup(const char *s)
{
	return allocated(strdup(s));
}

enum { HUGE_PAGE = 2 << 20 };

static size_t huge_pages(size_t bytes)
{
	return (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

/* Looking up the page takes longer than looking into the table where that has thousands of them. */
void *table_new(size_t bytes)
{
	size_t size = huge_pages(bytes), before;
	char *p;

	if (bytes < HUGE_PAGE)
		return xcalloc(1, bytes);
	if (size < bytes || size > SIZE_MAX - HUGE_PAGE)
		return allocated(NULL);
	p = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return allocated(NULL);
	before = -(uintptr_t)p % HUGE_PAGE;
	if (before)
		munmap(p, before);
	munmap(p + before + size, HUGE_PAGE - before);
	madvise(p + before, size, MADV_HUGEPAGE);
	return p + before;
}

void table_free(void *p, size_t bytes)
{
	if (p && bytes >= HUGE_PAGE)
		munmap(p, huge_pages(bytes));
	else
		free(p);
}

/* Blocks double up to a bound, so that a small unit stays small and a large one needs few of them. */
static void arena_grow(struct arena *a, size_t n)
{
	size_t size = a->head ? a->head->size * 2 : ARENA_FIRST;
	struct arena_block *b;

	if (size > ARENA_LARGEST)
		size = ARENA_LARGEST;
	if (size < n)
		size = n;
	if (size > SIZE_MAX - sizeof(*b))
		allocated(NULL);
	b = xmalloc(sizeof(*b) + size);
	b->prev = a->head;
	b->used = 0;
	b->size = size;
	a->head = b;
}

/* Not cleared: for what is written at once. */
static void *arena_take(struct arena *a, size_t n)
{
	size_t need = (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	void *p;

	if (need < n)
		allocated(NULL);
	if (!a->head || a->head->size - a->head->used < need)
		arena_grow(a, need);
	p = a->head->data + a->head->used;
	a->head->used += need;
	a->total += need;
	return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
	return memset(arena_take(a, n), 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		allocated(NULL);
	return arena_alloc(a, n);
}

char *arena_dup(struct arena *a, struct str s)
{
	char *p;

	if (s.n == SIZE_MAX)
		allocated(NULL);
	p = arena_take(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	return (struct str){arena_dup(a, s), s.n};
}

/* Most are short: they are made once, and not a first time to see how long they are. */
char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return arena_dup(a, STR(""));
	if ((size_t)n < sizeof(small))
		return arena_dup(a, (struct str){small, (size_t)n});
	p = arena_take(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

/* One block of ordinary size stays, so that a loop over a million cables does not go to malloc for each. */
void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL;

	while (a->head) {
		struct arena_block *b = a->head;

		a->head = b->prev;
		if (!keep && b->size <= ARENA_LARGEST)
			keep = b;
		else
			free(b);
	}
	if (keep) {
		keep->prev = NULL;
		keep->used = 0;
		a->head = keep;
	}
	a->total = 0;
}

void arena_free(struct arena *a)
{
	while (a->head) {
		struct arena_block *b = a->head;

		a->head = b->prev;
		free(b);
	}
	a->total = 0;
}

void *vec_grow(struct arena *a, void *v, size_t size, size_t n, size_t *cap)
{
	size_t more = *cap ? *cap * 2 : 8;
	void *p = arena_array(a, more, size);

	if (n)
		memcpy(p, v, n * size);
	*cap = more;
	return p;
}
