/*
 * What the files of web share: a request as it was read, the answer that is being made, who asks, and the means to
 * write pages in which nothing from outside can become markup.
 */
#ifndef REFTEL_WEB_PRIV_H
#define REFTEL_WEB_PRIV_H

#include "archive/archive.h"
#include "catalog/catalog.h"
#include "desk/desk.h"
#include "web/web.h"

#include <jansson.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
	WEB_SEGMENTS_MAX = 10,      /* parts of an address's path */
	WEB_FIELDS_MAX = 128,       /* parameters of an address, fields of a form */
	WEB_FORM_MAX = 256 << 10,   /* bytes of a form, where the route says no more */
	WEB_QUEUE_MAX = 512,        /* requests that wait for a thread: more are told to come again */
	WEB_CONNECTIONS_MAX = 4096, /* of which each may cost WEB_CONNECTION_BYTES */
	WEB_CONNECTION_BYTES = 16 << 10,
	WEB_IDLE_S = 30,
	WEB_SHELF_BYTES = 40 << 20, /* of pages' parts that are kept */
	WEB_MAPPED_MAX = 24 << 20,  /* of files that are mapped, before they are let go */
	/* Of the collections' databases, for all threads of a lane. Cables are read by the quick one, from everywhere.
	 */
	WEB_QUICK_CACHE_KIB = 80 << 10,
	WEB_SLOW_CACHE_KIB = 8 << 10,
	WEB_CACHE_LEAST_KIB = 2 << 10, /* for one thread and one collection */
	WEB_MEMORY_BYTES = 32 << 20,   /* of what searches keep to count with: some 14 bytes a cable */
};

/* ---- what is asked ----------------------------------------------------------------------------------------------- */

struct param {
	struct str name, value;
};
struct params {
	struct param v[WEB_FIELDS_MAX];
	size_t n;
};
/* The first value under a name, trimmed; empty where there is none. */
struct str params_get(const struct params *p, const char *name);
/* With the blanks around it, which belong to a password. */
struct str params_exact(const struct params *p, const char *name);
bool params_has(const struct params *p, const char *name);
/* A number from least to most, or otherwise `else_`. */
int64_t params_number(const struct params *p, const char *name, int64_t least, int64_t most, int64_t otherwise);
/* Reads "a=b&c=d" into p: EINVAL for too many, or for what is no UTF-8 or has a NUL in it. */
int params_read(struct arena *a, struct str text, struct params *p, struct err *e);
/* Decodes %XX, and + where plus says so. False: broken, no UTF-8, or a NUL in it. */
bool url_decode(struct arena *a, struct str s, bool plus, struct str *out);
/* As one part of a path or a value of a query. */
const char *url_encode(struct arena *a, struct str s);
/* The same to where there is room for three times its bytes; how many it became. */
size_t url_put(char *out, struct str s);
/* "?a=b&c=d" of p with one parameter set (empty: left out) and those named in `without` left out. name may be NULL. */
const char *url_query(struct arena *a, const struct params *p, const char *name, struct str value,
		      const char *const *without);

/* A file that was uploaded, on disk until the request ends. */
struct upload {
	struct str field, name; /* name: as the browser gave it, for people only, never a path */
	char path[512];
	uint64_t size;
};
enum { WEB_UPLOADS_MAX = 64 };

/* What a form brings, read as it comes in. */
struct form;
struct form_limits {
	uint64_t fields;  /* bytes of all that is no file */
	uint64_t files;   /* bytes of all files; 0: none may come */
	const char *dir;  /* where files are put */
	const char *csrf; /* a file is taken only behind a field "csrf" of this value; NULL: of any */
};
struct form *form_open(struct arena *a, struct str content_type, const struct form_limits *l, struct err *e);
/* ELIMIT, EINVAL, EIO. After an error the rest is passed over. */
int form_feed(struct form *f, const char *p, size_t n, struct err *e);
int form_end(struct form *f, struct params *fields, struct upload **uploads, size_t *n_uploads, struct err *e);
void form_close(struct form *f); /* and removes the files; NULL is fine */

struct request;
struct answer;

enum need {
	NEED_NOTHING, /* whoever asks: logging in, the style sheet */
	NEED_USER,
	NEED_READER, /* who may read the collection in the address */
	NEED_EDITOR,
	NEED_ADMIN, /* of the desk */
};
enum lane_kind { LANE_QUICK, LANE_SLOW, N_LANES };

/* A place in the site. pattern: "/c/:/cable/:", where ":" is any one part. */
struct route {
	const char *method, *pattern;
	int (*answer)(struct request *rq, struct answer *an, struct err *e);
	enum need need;
	bool json; /* is also under /api/v1 */
	enum lane_kind lane;
	uint64_t form_max, files_max; /* bytes; 0: WEB_FORM_MAX, no files */
};
extern const struct route routes[]; /* ends with a NULL method */

/* An archive as one thread reads it. */
struct reader {
	const struct web_collection *collection;
	struct archive *archive;
	struct catalog *catalog; /* NULL where the index cannot be read: why says the reason */
	struct err why;
	int64_t change, opened_ms, cost_ms;
};

/* What a thread that answers has for itself. */
struct worker {
	struct web *web;
	struct desk *desk;
	struct reader *readers; /* one a collection */
	unsigned cache_kib;     /* of each archive that is read */
	unsigned forgot;        /* web.forget as it was when this thread let go of what it had mapped */
	struct arena arena;
};

struct request {
	struct web *web;
	struct MHD_Connection *connection;
	struct request *next; /* in its lane */
	struct request *prev_running, *next_running;
	int fd;
	struct arena arena;
	const char *method;
	struct str target; /* as it was sent */
	struct str path;   /* without the query, without /api/v1 */
	struct str part[WEB_SEGMENTS_MAX];
	size_t n_parts;
	bool json, head;
	const struct route *route;
	struct params query, fields;
	struct form *form;
	struct upload *uploads;
	size_t n_uploads;
	struct str cookie, bearer, origin, fetch_site, content_type, csrf_header, if_none_match, last_event;
	char from[64];
	volatile int stop; /* whoever asked has gone */

	bool known;                  /* someone who may be here */
	bool alone;                  /* of a desk without users */
	struct desk_session session; /* of whom; user.id 0 where alone */
	struct worker *worker;
	struct reader *in; /* the collection in the address */

	struct err refused; /* code set: the answer, before anything was done */
	int refused_status;
	struct answer *answer;
	struct sender *sender; /* of a stream that reads, once it is sent: the lane fills it */
	enum { RQ_READING, RQ_QUEUED, RQ_DONE } state;
};

/* The collection's name in the address; empty outside of one. */
struct str rq_collection(const struct request *rq);
/* Who does it, for the desk. */
struct desk_actor rq_actor(const struct request *rq);
bool rq_may(const struct request *rq, enum need need);
/* May this person see the collection? */
bool rq_sees(const struct request *rq, const struct web_collection *c);
/* Parameter from the form of a POST, else from the address. */
struct str rq_get(const struct request *rq, const char *name);

/* ---- what is answered -------------------------------------------------------------------------------------------- */

/* Goes on as long as somebody listens: asked for more now and then, in any thread, one at a time. */
struct stream {
	/* Adds what is new; false: that was the end. */
	bool (*more)(void *ctx, struct buf *out);
	void (*close)(void *ctx);
	void *ctx;
	bool reads; /* from a disk, for one: asked by the threads that answer, not by those of the network */
};

struct answer {
	int status;
	const char *type; /* of the content */
	struct buf body;
	struct buf head;      /* more header lines, "Name: value\n" each */
	struct stream stream; /* in place of body, where more is set */
	bool keep;            /* may be kept by the browser: what is the same for everybody and for ever */
};

int answer_redirect(struct request *rq, struct answer *an, const char *to); /* 303; `to` is a path of ours */
void answer_header(struct answer *an, const char *name, const char *value);
/* Sends j and frees it. */
int answer_json(struct answer *an, json_t *j);
/* A file to be kept: its name for the browser. type: "text/csv". */
void answer_attachment(struct answer *an, const char *type, const char *name);
/* The page or the object that says what went wrong. */
void answer_error(struct request *rq, struct answer *an, int status, const struct err *e);
/* Ends a stream that nobody will be sent. */
void answer_drop_stream(struct answer *an);
int status_of(int code);

/* ---- pages ------------------------------------------------------------------------------------------------------- */

/*
 * printf for markup: what stands in fmt is markup, what is put in by %s, %.*s or %c is text and escaped, so that it is
 * safe as content and within a quoted attribute. Control characters and marks that turn the direction of writing
 * become U+FFFD, as does what is no UTF-8. Checked by the compiler like printf.
 */
void html(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void html_text(struct buf *b, struct str s);
/* "3 cables", "1 cable", with thousands parted. */
void html_count(struct buf *b, uint64_t n, const char *one, const char *many);

/* A moment as people write it, in UTC; `never` where seconds is 0. */
void html_when(struct buf *b, int64_t seconds, const char *never);

struct page {
	const char *title;  /* of the window, without the site's name */
	const char *place;  /* which entry of the navigation this is: "search", "browse", ...; NULL: none */
	const char *script; /* "search.js"; NULL: none of its own */
	const char *body_class;
	int refresh; /* seconds, where there are no scripts; 0: never */
};
/* From the doctype to within <main>; sets status and type. */
void page_begin(struct request *rq, struct answer *an, const struct page *p);
void page_end(struct request *rq, struct answer *an);
/* <input type=hidden> with the session's token, for every form that changes something. */
void page_csrf(struct request *rq, struct buf *b);

/* assets.c: what is compiled in. */
struct asset {
	const char *name, *type;
	const unsigned char *data;
	size_t size;
};
extern const struct asset assets[]; /* ends with a NULL name */
const char *asset_version(void);    /* changes when any of them does */

/* ---- the machinery ----------------------------------------------------------------------------------------------- */

struct lane {
	struct web *web;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct request *first, *last;
	size_t queued;
	bool closing;
	pthread_t threads[16];
	size_t n_threads;
	unsigned cache_kib; /* of one thread and one collection */
};
int lane_open(struct lane *l, struct web *w, size_t threads, unsigned cache_kib, struct err *e);
bool lane_add(struct lane *l, struct request *rq); /* false: full */
void lane_close(struct lane *l);                   /* answers what is queued, and takes no more */
void lane_free(struct lane *l);                    /* when nobody can ask it any more */

/* server.c: makes the next part of a stream that reads. */
void sender_fill(struct sender *s);

/* Ends what nobody waits for any more, and wakes streams. */
struct watch {
	struct web *web;
	pthread_mutex_t lock;
	pthread_t thread;
	bool running;
	atomic_bool closing;
	struct request *first;
	struct MHD_Connection **sleeping;
	size_t n_sleeping, cap_sleeping;
};
int watch_open(struct watch *w, struct web *web, struct err *e);
void watch_add(struct watch *w, struct request *rq);
void watch_remove(struct watch *w, struct request *rq);
/* Woken a few times a second; false: the server is closing. */
bool watch_sleep(struct watch *w, struct MHD_Connection *c);
void watch_close(struct watch *w);

/* What goes on longer than a request: imports. jobs.c. */
struct jobs;
/* Parts of pages that were made before. shelf.c. */
struct shelf;
struct search_memory;

struct web {
	struct web_options o;
	struct arena arena; /* owns what o points to */
	struct MHD_Daemon *daemon;
	struct lane lanes[N_LANES];
	struct watch watch;
	int serving_fd;     /* holds the lock that says somebody serves this desk; -1: none */
	int memory_fd;      /* where the system says how much is mapped; -1: nowhere */
	atomic_uint forget; /* raised when more is mapped than shall be: every thread lets go of its own */
	struct jobs *jobs;
	struct shelf *shelf;
	struct search_memory *memory;
	pthread_mutex_t door_lock; /* of door: the desk as the network threads see it, for what must be known at once */
	struct desk *door;
	atomic_bool alone;  /* the desk has no users, yet */
	int64_t counted_ms; /* when that was last looked at; of the door */
	bool secure;
	char key[DESK_TOKEN_TEXT + 1]; /* of a desk without users: opens the door */
	char alone_csrf[DESK_TOKEN_TEXT + 1];
	char cookie_name[32];
	char *address;
	unsigned port;
};

/* leftovers.c: removes what a server that was killed has left of uploads, where no other serves this desk. */
void leftovers_remove(struct web *w);

int worker_open(struct worker *wk, struct web *w, struct err *e);
void worker_close(struct worker *wk);
/* Answers into rq->answer; whatever goes wrong becomes an answer too. */
void worker_answer(struct worker *wk, struct request *rq);

/* gate.c: is it a request that two programs could not read differently, for this server, within bounds? Sets refused.
 */
bool gate_check(struct request *rq);
/* who.c: finds out who asks, and whether they may do it. Sets refused. */
bool who_check(struct request *rq, struct desk *d);
/* After the form is there: is it from a page of ours? */
bool who_check_form(struct request *rq);
void who_set_cookie(struct request *rq, struct answer *an, const char *token);
void who_clear_cookie(struct request *rq, struct answer *an);
/* route.c: EINVAL, ENOTFOUND, 405. Sets refused. */
bool route_find(struct request *rq);
bool refuse(struct request *rq, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* ---- shelf.c: what was made before ------------------------------------------------------------------------------- */

/*
 * Parts of pages that are the same for everybody who may see the collection, of one state of it; and reports that wait
 * to be kept. Bounded; the oldest use goes first.
 */
struct shelf;
struct shelf *shelf_open(size_t bytes);
void shelf_close(struct shelf *s);
/* Adds what is kept under the key to out. */
bool shelf_get(struct shelf *s, struct str key, struct buf *out);
void shelf_put(struct shelf *s, struct str key, struct str value);

#endif
