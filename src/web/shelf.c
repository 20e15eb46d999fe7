/*
 * The shelf: parts of pages that cost work and are the same for everybody, kept until the room is needed. A key names
 * the state of the collection that it was made of, so nothing ever has to be thrown out for being old. Reports that
 * were made for one person wait here as well, under a key with that person in it.
 */
#include "web/web_priv.h"

#include <stdlib.h>
#include <string.h>

enum { SHELF_BUCKETS = 1024 };

struct book {
	struct book *next;          /* in its bucket */
	struct book *newer, *older; /* by use */
	uint64_t hash;
	size_t n_key, n_value;
	char text[]; /* key, then value */
};

struct shelf {
	pthread_mutex_t lock;
	struct book *buckets[SHELF_BUCKETS];
	struct book *newest, *oldest;
	size_t bytes, most;
};

struct shelf *shelf_open(size_t bytes)
{
	struct shelf *s = xcalloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	s->most = bytes;
	return s;
}

static size_t book_bytes(const struct book *x)
{
	return sizeof(*x) + x->n_key + x->n_value;
}

static void use_remove(struct shelf *s, struct book *x)
{
	if (s->newest == x)
		s->newest = x->older;
	if (s->oldest == x)
		s->oldest = x->newer;
	if (x->newer)
		x->newer->older = x->older;
	if (x->older)
		x->older->newer = x->newer;
}

static void use_add(struct shelf *s, struct book *x)
{
	x->newer = NULL;
	x->older = s->newest;
	*(s->newest ? &s->newest->newer : &s->oldest) = x;
	s->newest = x;
}

static struct book **book_find(struct shelf *s, struct str key, uint64_t hash)
{
	struct book **at = &s->buckets[hash % SHELF_BUCKETS];

	while (*at && ((*at)->hash != hash || !str_eq((struct str){(*at)->text, (*at)->n_key}, key)))
		at = &(*at)->next;
	return at;
}

static void book_remove(struct shelf *s, struct book *x)
{
	struct book **at = book_find(s, (struct str){x->text, x->n_key}, x->hash);

	*at = x->next;
	use_remove(s, x);
	s->bytes -= book_bytes(x);
	free(x);
}

bool shelf_get(struct shelf *s, struct str key, struct buf *out)
{
	struct book *x;

	pthread_mutex_lock(&s->lock);
	x = *book_find(s, key, hash_bytes(key.p, key.n, 0));
	if (x) {
		use_remove(s, x);
		use_add(s, x);
		buf_add(out, x->text + x->n_key, x->n_value);
	}
	pthread_mutex_unlock(&s->lock);
	return x != NULL;
}

void shelf_put(struct shelf *s, struct str key, struct str value)
{
	struct book *x = xmalloc(sizeof(*x) + key.n + value.n), **at;

	*x = (struct book){.hash = hash_bytes(key.p, key.n, 0), .n_key = key.n, .n_value = value.n};
	memcpy(x->text, key.p, key.n);
	if (value.n)
		memcpy(x->text + key.n, value.p, value.n);
	pthread_mutex_lock(&s->lock);
	at = book_find(s, key, x->hash);
	if (*at)
		book_remove(s, *at);
	if (book_bytes(x) > s->most / 8) { /* one must not push out all others */
		free(x);
		pthread_mutex_unlock(&s->lock);
		return;
	}
	while (s->oldest && s->bytes + book_bytes(x) > s->most)
		book_remove(s, s->oldest);
	at = &s->buckets[x->hash % SHELF_BUCKETS];
	x->next = *at;
	*at = x;
	use_add(s, x);
	s->bytes += book_bytes(x);
	pthread_mutex_unlock(&s->lock);
}

void shelf_close(struct shelf *s)
{
	if (!s)
		return;
	for (struct book *x = s->newest, *next; x; x = next) {
		next = x->older;
		free(x);
	}
	pthread_mutex_destroy(&s->lock);
	free(s);
}
