/*
 * The server: libmicrohttpd speaks HTTP and TLS on threads of its own, which do nothing that takes long. A request is
 * let through the gate, its form is read as it comes in, then its connection is suspended and a lane's thread makes the
 * answer.
 */
#include "web/find.h"
#include "web/jobs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- a request's life -------------------------------------------------------------------------------------------- */

/* A connection, and the request on it that was begun and has not ended. */
struct visit {
	struct request *request;
};

static struct visit *visit_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return i ? i->socket_context : NULL;
}

static void request_free(struct request *rq);

/* Called with the first line, before anything else is known. */
static void *request_begin(void *ctx, const char *uri, struct MHD_Connection *c)
{
	struct request *rq = xcalloc(1, sizeof(*rq));
	struct visit *v = visit_of(c);

	rq->web = ctx;
	rq->connection = c;
	rq->target = arena_str(&rq->arena, str_of(uri));
	rq->answer = arena_new(&rq->arena, struct answer, 1);
	rq->answer->status = 200;
	if (v) {
		request_free(v->request);
		v->request = rq;
	}
	return rq;
}

static void request_free(struct request *rq)
{
	if (!rq)
		return;
	form_close(rq->form);
	answer_drop_stream(rq->answer); /* made for somebody who left before it was sent */
	buf_free(&rq->answer->body);
	buf_free(&rq->answer->head);
	arena_free(&rq->arena);
	free(rq);
}

static void request_end(void *ctx, struct MHD_Connection *c, void **request, enum MHD_RequestTerminationCode why)
{
	struct visit *v = visit_of(c);

	(void)ctx;
	(void)why;
	if (v)
		v->request = NULL;
	request_free(*request);
	*request = NULL;
}

/* libmicrohttpd forgets to say that a request has ended which it refused itself while it read its head. */
static void visit_notify(void *ctx, struct MHD_Connection *c, void **socket_context,
			 enum MHD_ConnectionNotificationCode code)
{
	struct visit *v = *socket_context;

	(void)ctx;
	(void)c;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*socket_context = xcalloc(1, sizeof(*v));
	} else if (v) {
		request_free(v->request);
		free(v);
		*socket_context = NULL;
	}
}

static void address_find(struct request *rq)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(rq->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const union MHD_ConnectionInfo *fd = MHD_get_connection_info(rq->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const struct sockaddr *sa = i ? i->client_addr : NULL;

	rq->fd = fd ? fd->connect_fd : -1;
	if (sa && sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, rq->from,
			  sizeof(rq->from));
	else if (sa && sa->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, rq->from,
			  sizeof(rq->from));
}

static bool form_begin(struct request *rq)
{
	const char *length = MHD_lookup_connection_value(rq->connection, MHD_HEADER_KIND, "Content-Length");
	struct form_limits l = {
		.fields = rq->route->form_max ? rq->route->form_max : WEB_FORM_MAX,
		.files = rq->route->files_max,
		.dir = rq->web->o.desk_dir,
		.csrf = rq->session.script || rq->csrf_header.n || !rq->known ? NULL : rq->session.csrf,
	};

	if (length && strtoull(length, NULL, 10) > l.fields + l.files + WEB_FORM_MAX)
		return refuse(rq, 413, "this is more than the %.1f MB that are taken here at once",
			      (double)(l.fields + l.files) / 1e6);
	rq->form = form_open(&rq->arena, rq->content_type, &l, &rq->refused);
	if (!rq->form)
		rq->refused_status = 415;
	return rq->form != NULL;
}

/* All that can be said before the form comes: who may not do it shall not send it either. */
static bool request_admit(struct request *rq)
{
	struct web *w = rq->web;
	bool ok;

	address_find(rq);
	if (!gate_check(rq) || !route_find(rq))
		return false;
	pthread_mutex_lock(&w->door_lock);
	ok = who_check(rq, w->door);
	pthread_mutex_unlock(&w->door_lock);
	return ok && (strcmp(rq->method, "POST") != 0 || form_begin(rq));
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

struct sender {
	struct web *web;
	struct MHD_Connection *connection;
	struct request *request;
	struct stream stream;
	struct buf buf;
	size_t sent;
	bool last;
};

void sender_fill(struct sender *s)
{
	buf_reset(&s->buf);
	s->sent = 0;
	s->last = !s->stream.more(s->stream.ctx, &s->buf);
}

/* Nothing is sent until a lane's thread has made the next part. */
static ssize_t stream_wait(struct sender *s)
{
	MHD_suspend_connection(s->connection);
	if (lane_add(&s->web->lanes[s->request->route->lane], s->request))
		return 0;
	MHD_resume_connection(s->connection);
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

static ssize_t stream_read(void *ctx, uint64_t pos, char *out, size_t most)
{
	struct sender *s = ctx;
	size_t n;

	(void)pos;
	if (s->sent == s->buf.n) {
		if (s->last)
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (s->stream.reads)
			return stream_wait(s);
		sender_fill(s);
		if (!s->buf.n)
			return s->last || !watch_sleep(&s->web->watch, s->connection) ? MHD_CONTENT_READER_END_OF_STREAM
										      : 0;
	}
	n = s->buf.n - s->sent < most ? s->buf.n - s->sent : most;
	memcpy(out, s->buf.p + s->sent, n);
	s->sent += n;
	return (ssize_t)n;
}

static void stream_close(void *ctx)
{
	struct sender *s = ctx;

	if (s->stream.close)
		s->stream.close(s->stream.ctx);
	buf_free(&s->buf);
	free(s);
}

static struct MHD_Response *response_make(struct request *rq)
{
	struct answer *an = rq->answer;
	struct MHD_Response *r;

	if (an->stream.more) {
		struct sender *s = xcalloc(1, sizeof(*s));

		*s = (struct sender){.web = rq->web, .connection = rq->connection, .request = rq, .stream = an->stream};
		an->stream = (struct stream){0};
		r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_read, s, stream_close);
		if (r)
			rq->sender = s;
		else
			stream_close(s);
		return r;
	}
	r = MHD_create_response_from_buffer(an->body.n, an->body.p ? an->body.p : (void *)"",
					    an->body.p ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (r)
		an->body = (struct buf){0};
	return r;
}

static void headers_add(struct request *rq, struct MHD_Response *r)
{
	static const char *const always[][2] = {
		{"Content-Security-Policy",
		 "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
		 "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", "no-referrer"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		{"X-Robots-Tag", "noindex, nofollow"},
	};
	struct answer *an = rq->answer;
	struct str rest = buf_view(&an->head), line;

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		MHD_add_response_header(r, always[i][0], always[i][1]);
	MHD_add_response_header(r, "Cache-Control", an->keep ? "private, max-age=31536000, immutable" : "no-store");
	MHD_add_response_header(r, "Content-Type", an->type ? an->type : "text/html; charset=utf-8");
	if (rq->web->secure)
		MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
	while (str_line(&rest, &line)) {
		size_t colon = str_find(line, STR(": "), 0);

		if (colon != SIZE_MAX)
			MHD_add_response_header(r, arena_dup(&rq->arena, str_sub(line, 0, colon)),
						arena_dup(&rq->arena, str_sub(line, colon + 2, line.n)));
	}
}

static enum MHD_Result request_send(struct request *rq)
{
	struct MHD_Response *r = response_make(rq);
	enum MHD_Result sent;

	if (!r)
		return MHD_NO;
	headers_add(rq, r);
	/* After a refusal what the other side sends on cannot be trusted to be read as meant; nor is an unread form. */
	if (rq->refused.code &&
	    ((rq->refused_status != 401 && rq->refused_status != 404) || !strcmp(rq->method, "POST")))
		MHD_add_response_header(r, "Connection", "close");
	sent = MHD_queue_response(rq->connection, (unsigned)rq->answer->status, r);
	MHD_destroy_response(r);
	return sent;
}

static enum MHD_Result refuse_now(struct request *rq)
{
	answer_error(rq, rq->answer, rq->refused_status, &rq->refused);
	return request_send(rq);
}

/* ---- libmicrohttpd's calls --------------------------------------------------------------------------------------- */

static enum MHD_Result request_step(void *ctx, struct MHD_Connection *c, const char *url, const char *method,
				    const char *version, const char *data, size_t *n, void **request)
{
	struct request *rq = *request;

	(void)ctx;
	(void)c;
	(void)url;
	(void)version;
	if (rq->state == RQ_DONE)
		return request_send(rq);
	if (!rq->method) {
		rq->method = arena_dup(&rq->arena, str_of(method));
		return request_admit(rq) ? MHD_YES : refuse_now(rq);
	}
	if (*n) {
		if (rq->form && form_feed(rq->form, data, *n, &rq->refused) != REFTEL_OK)
			rq->refused_status = rq->refused.code == REFTEL_ELIMIT ? 413 : status_of(rq->refused.code);
		*n = 0;
		return MHD_YES;
	}
	if (rq->form && !rq->refused.code &&
	    form_end(rq->form, &rq->fields, &rq->uploads, &rq->n_uploads, &rq->refused) != REFTEL_OK)
		rq->refused_status = 400;
	if (rq->refused.code)
		return refuse_now(rq);
	rq->state = RQ_QUEUED;
	watch_add(&rq->web->watch, rq);
	MHD_suspend_connection(rq->connection);
	if (lane_add(&rq->web->lanes[rq->route->lane], rq))
		return MHD_YES;
	watch_remove(&rq->web->watch, rq);
	refuse(rq, 503, "too many ask at once: try again in a moment");
	answer_error(rq, rq->answer, 503, &rq->refused);
	rq->state = RQ_DONE;
	MHD_resume_connection(rq->connection);
	return MHD_YES;
}

/* Addresses are decoded by route.c, once. */
static size_t unescape_nothing(void *ctx, struct MHD_Connection *c, char *s)
{
	(void)ctx;
	(void)c;
	return strlen(s);
}

static void say_nothing(void *ctx, const char *fmt, va_list ap)
{
	(void)ctx;
	(void)fmt;
	(void)ap;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static bool is_loopback(const char *address)
{
	return !strcmp(address, "127.0.0.1") || !strcmp(address, "::1") || !strcmp(address, "localhost");
}

/* What may be served how: nothing leaves this machine without users and TLS. */
static int options_check(struct web *w, struct err *e)
{
	const struct web_options *o = &w->o;
	uint64_t users = 0;
	int rc = desk_user_count(w->door, &users, e);

	if (rc != REFTEL_OK)
		return rc;
	w->alone = !users;
	w->secure = o->tls_cert || o->behind_proxy;
	if (!o->n_collections)
		return err_set(e, REFTEL_EINVAL, "no archive is named that could be served");
	if (!o->tls_cert != !o->tls_key)
		return err_set(e, REFTEL_EINVAL, "a certificate needs its key, and a key its certificate: give both");
	if (o->behind_proxy && !is_loopback(o->address))
		return err_set(e, REFTEL_EINVAL,
			       "behind a proxy the desk listens on this machine alone: leave out --listen");
	if (o->behind_proxy && !o->n_hosts)
		return err_set(e, REFTEL_EINVAL, "behind a proxy the desk must be told its name: --host NAME");
	if (o->behind_proxy && w->alone)
		return err_set(e, REFTEL_EINVAL,
			       "a desk behind a proxy needs users: reftel user add NAME --role admin");
	if (is_loopback(o->address))
		return REFTEL_OK;
	if (w->alone)
		return err_set(
			e, REFTEL_EINVAL,
			"on %s others could reach the desk, and it has no users: reftel user add NAME --role admin",
			o->address);
	if (!o->tls_cert)
		return err_set(
			e, REFTEL_EINVAL,
			"on %s passwords and cables would pass in the clear: give --tls-cert and --tls-key, or listen "
			"on 127.0.0.1 behind a proxy that speaks TLS (--behind-proxy)",
			o->address);
	return REFTEL_OK;
}

static void options_copy(struct web *w, const struct web_options *o)
{
	struct web_collection *c = arena_new(&w->arena, struct web_collection, o->n_collections);
	const char **hosts = arena_new(&w->arena, const char *, o->n_hosts + 1);

	w->o = *o;
	for (size_t i = 0; i < o->n_collections; i++)
		c[i] = (struct web_collection){arena_dup(&w->arena, str_of(o->collections[i].name)),
					       arena_dup(&w->arena, str_of(o->collections[i].dir))};
	for (size_t i = 0; i < o->n_hosts; i++)
		hosts[i] = arena_dup(&w->arena, str_of(o->hosts[i]));
	w->o.collections = c;
	w->o.hosts = hosts;
	w->o.address = arena_dup(&w->arena, str_of(o->address ? o->address : "127.0.0.1"));
	w->o.desk_dir = arena_dup(&w->arena, str_of(o->desk_dir));
}

/* As their real paths, against which a wish is held later. */
static int import_dirs_read(struct web *w, const struct web_options *o, struct err *e)
{
	const char **dirs = arena_new(&w->arena, const char *, o->n_import_dirs + 1);

	w->o.import_dirs = dirs;
	w->o.n_import_dirs = 0;
	for (size_t i = 0; i < o->n_import_dirs; i++) {
		char *real = realpath(o->import_dirs[i], NULL);

		if (!real || !dir_exists(real) || !strcmp(real, "/")) {
			free(real);
			return err_set(e, REFTEL_EINVAL, "%s is no folder to import from", o->import_dirs[i]);
		}
		dirs[w->o.n_import_dirs++] = arena_dup(&w->arena, str_of(real));
		free(real);
	}
	return REFTEL_OK;
}

static void token_make(char out[DESK_TOKEN_TEXT + 1])
{
	unsigned char random[32];

	randombytes_buf(random, sizeof(random));
	sodium_bin2base64(out, DESK_TOKEN_TEXT + 1, random, sizeof(random), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* As many files as the system lets us: each connection is one. */
static void limits_raise(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

static int file_text(struct web *w, const char *path, const char **out, struct err *e)
{
	struct str s = STR("");
	int rc = path ? file_read(&w->arena, path, 1 << 20, &s, e) : REFTEL_OK;

	*out = path ? s.p : NULL;
	return rc;
}

static int address_resolve(const struct web *w, struct addrinfo **out, struct err *e)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	char port[16];
	int rc;

	snprintf(port, sizeof(port), "%u", w->o.port);
	rc = getaddrinfo(w->o.address, port, &hints, out);
	return rc ? err_set(e, REFTEL_EINVAL, "%s is no address to listen on: %s", w->o.address, gai_strerror(rc))
		  : REFTEL_OK;
}

/* MHD_daemon's options are variadic: those that are not always there go into an array. */
static int daemon_start(struct web *w, struct err *e)
{
	const char *cert = NULL, *key = NULL;
	struct addrinfo *where = NULL;
	struct MHD_OptionItem more[8];
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	size_t n = 0;
	int rc;

	if ((rc = file_text(w, w->o.tls_cert, &cert, e)) != REFTEL_OK ||
	    (rc = file_text(w, w->o.tls_key, &key, e)) != REFTEL_OK ||
	    (rc = address_resolve(w, &where, e)) != REFTEL_OK)
		return rc;
	if (cert) {
		flags |= MHD_USE_TLS;
		more[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)cert};
		more[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key};
		more[n++] = (struct MHD_OptionItem){
			MHD_OPTION_HTTPS_PRIORITIES, 0,
			(void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"};
	}
	/* On loopback, and behind a proxy, all have one address: there the whole is bounded, not each. */
	if (!is_loopback(w->o.address))
		more[n++] = (struct MHD_OptionItem){MHD_OPTION_PER_IP_CONNECTION_LIMIT, 256, NULL};
	more[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
	if (where->ai_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	errno = 0;
	w->daemon = MHD_start_daemon(
		flags, (uint16_t)w->o.port, NULL, NULL, request_step, w, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
		MHD_OPTION_SOCK_ADDR, where->ai_addr, MHD_OPTION_URI_LOG_CALLBACK, request_begin, w,
		MHD_OPTION_NOTIFY_COMPLETED, request_end, w, MHD_OPTION_NOTIFY_CONNECTION, visit_notify, w,
		MHD_OPTION_UNESCAPE_CALLBACK, unescape_nothing, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)WEB_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)WEB_CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)WEB_IDLE_S,
		MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
	freeaddrinfo(where);
	if (!w->daemon)
		return err_set(e, REFTEL_EIO, "the desk cannot listen on %s, port %u%s%s", w->o.address, w->o.port,
			       errno  ? ": "
			       : cert ? ": is the certificate good?"
				      : "",
			       errno ? strerror(errno) : "");
	return REFTEL_OK;
}

static int address_make(struct web *w)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_BIND_PORT);

	w->port = info ? info->port : w->o.port;
	w->address =
		arena_printf(&w->arena, "http%s://%s%s%s:%u/%s%s", w->o.tls_cert ? "s" : "",
			     strchr(w->o.address, ':') ? "[" : "", w->o.address, strchr(w->o.address, ':') ? "]" : "",
			     w->port, w->alone ? "?key=" : "", w->alone ? w->key : "");
	/* Cookies know no ports: two desks on one machine must not take each other's. */
	if (w->secure)
		snprintf(w->cookie_name, sizeof(w->cookie_name), "__Host-reftel");
	else
		snprintf(w->cookie_name, sizeof(w->cookie_name), "reftel-%u", w->port);
	return REFTEL_OK;
}

static int web_start(struct web *w, const struct web_options *o, struct err *e)
{
	size_t cores = (size_t)sysconf(_SC_NPROCESSORS_ONLN), quick = o->threads ? o->threads : cores;
	int rc;

	quick = quick < 2 ? 2 : quick > 16 ? 16 : quick;
	if ((rc = options_check(w, e)) != REFTEL_OK || (rc = import_dirs_read(w, o, e)) != REFTEL_OK ||
	    (rc = jobs_open(w, e)) != REFTEL_OK ||
	    (rc = lane_open(&w->lanes[LANE_QUICK], w, quick, WEB_QUICK_CACHE_KIB, e)) != REFTEL_OK ||
	    (rc = lane_open(&w->lanes[LANE_SLOW], w, 2, WEB_SLOW_CACHE_KIB, e)) != REFTEL_OK ||
	    (rc = watch_open(&w->watch, w, e)) != REFTEL_OK)
		return rc;
	leftovers_remove(w);
	return daemon_start(w, e);
}

int web_open(const struct web_options *o, struct web **out, struct err *e)
{
	struct web *w = xcalloc(1, sizeof(*w));
	int rc;

	*out = NULL;
	if (sodium_init() < 0)
		return err_set(e, REFTEL_EIO, "libsodium cannot be set up");
	options_copy(w, o);
	w->serving_fd = -1;
	w->memory_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	pthread_mutex_init(&w->door_lock, NULL);
	token_make(w->key);
	token_make(w->alone_csrf);
	limits_raise();
	w->shelf = shelf_open(WEB_SHELF_BYTES);
	w->memory = search_memory_open(WEB_MEMORY_BYTES);
	rc = desk_open(w->o.desk_dir, &w->door, e);
	if (rc == REFTEL_OK)
		rc = web_start(w, o, e);
	if (rc != REFTEL_OK) {
		web_close(w);
		return rc;
	}
	address_make(w);
	*out = w;
	return REFTEL_OK;
}

const char *web_address(const struct web *w)
{
	return w->address;
}

void web_close(struct web *w)
{
	MHD_socket listening;

	if (!w)
		return;
	listening = w->daemon ? MHD_quiesce_daemon(w->daemon) : MHD_INVALID_SOCKET;
	watch_close(&w->watch);
	for (int i = 0; i < N_LANES; i++)
		lane_close(&w->lanes[i]);
	if (w->daemon)
		MHD_stop_daemon(w->daemon);
	for (int i = 0; i < N_LANES; i++)
		lane_free(&w->lanes[i]);
	jobs_close(w); /* behind the daemon: its streams look at them */
	if (w->serving_fd >= 0)
		close(w->serving_fd);
	if (w->memory_fd >= 0)
		close(w->memory_fd);
	if (listening != MHD_INVALID_SOCKET)
		close(listening);
	desk_close(w->door);
	shelf_close(w->shelf);
	search_memory_close(w->memory);
	pthread_mutex_destroy(&w->door_lock);
	sodium_memzero(w->key, sizeof(w->key));
	arena_free(&w->arena);
	free(w);
}
