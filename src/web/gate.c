/*
 * The gate: a request is let in only where no two programs can read it differently, as a proxy before us and we would
 * (RFC 9112, sections 3.2, 5.1 and 6.3), and only if it was meant for this server, so that a page elsewhere cannot
 * bring a browser to speak to it under another name.
 */
#include "text/text.h"
#include "web/web_priv.h"

#include <string.h>

struct seen {
	struct request *rq;
	size_t hosts, lengths, encodings;
	struct str host;
	bool bad_name, bad_value;
};

static bool is_name_char(char c)
{
	return ascii_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static void keep(struct request *rq, struct str name, struct str value)
{
	static const struct {
		const char *name;
		size_t offset;
	} kept[] = {
		{"cookie", offsetof(struct request, cookie)},
		{"origin", offsetof(struct request, origin)},
		{"sec-fetch-site", offsetof(struct request, fetch_site)},
		{"content-type", offsetof(struct request, content_type)},
		{"x-reftel-csrf", offsetof(struct request, csrf_header)},
		{"if-none-match", offsetof(struct request, if_none_match)},
		{"last-event-id", offsetof(struct request, last_event)},
	};

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (str_ieq(name, str_of(kept[i].name)))
			*(struct str *)((char *)rq + kept[i].offset) = arena_str(&rq->arena, value);
	if (str_ieq(name, STR("authorization")) && str_istarts(value, STR("Bearer ")))
		rq->bearer = str_trim(arena_str(&rq->arena, str_sub(value, 7, value.n)));
	/* The last address is the one that the proxy itself saw; those before it are what it was told. */
	if (rq->web->o.behind_proxy && str_ieq(name, STR("x-forwarded-for"))) {
		size_t from = value.n;

		while (from && value.p[from - 1] != ',')
			from--;
		value = str_trim(str_sub(value, from, value.n));
		if (value.n && value.n < sizeof(rq->from))
			snprintf(rq->from, sizeof(rq->from), "%.*s", STR_ARG(value));
	}
}

static enum MHD_Result header_see(void *ctx, enum MHD_ValueKind kind, const char *key, size_t n_key, const char *value,
				  size_t n_value)
{
	struct seen *s = ctx;
	struct str name = {key, n_key}, v = {value ? value : "", value ? n_value : 0};

	(void)kind;
	for (size_t i = 0; i < n_key; i++)
		s->bad_name |= !is_name_char(key[i]);
	for (size_t i = 0; i < v.n; i++)
		s->bad_value |= (unsigned char)v.p[i] < 0x20 && v.p[i] != '\t';
	s->bad_name |= !n_key;
	if (str_ieq(name, STR("host"))) {
		s->hosts++;
		s->host = arena_str(&s->rq->arena, str_trim(v));
	}
	s->lengths += str_ieq(name, STR("content-length"));
	s->encodings += str_ieq(name, STR("transfer-encoding"));
	keep(s->rq, name, v);
	return MHD_YES;
}

/* A name with or without our port behind it. */
static bool host_is(struct str host, const char *name, unsigned port)
{
	char with_port[300];

	snprintf(with_port, sizeof(with_port), "%s:%u", name, port);
	return str_ieq(host, str_of(name)) || str_ieq(host, str_of(with_port));
}

static bool host_known(const struct web *w, struct str host)
{
	static const char *const here[] = {"127.0.0.1", "localhost", "[::1]"};

	if (w->o.address && host_is(host, w->o.address, w->port))
		return true;
	for (size_t i = 0; i < 3; i++)
		if (host_is(host, here[i], w->port))
			return true;
	for (size_t i = 0; i < w->o.n_hosts; i++) {
		struct str name = str_of(w->o.hosts[i]);

		/* A proxy's port is not ours: with a name of its own any port will do. */
		if (str_istarts(host, name) && (host.n == name.n || host.p[name.n] == ':'))
			return true;
	}
	return false;
}

bool gate_check(struct request *rq)
{
	struct seen s = {.rq = rq};

	MHD_get_connection_values_n(rq->connection, MHD_HEADER_KIND, header_see, &s);
	if (s.bad_name || s.bad_value)
		return refuse(rq, 400, "a header line of the request is malformed");
	if (s.hosts != 1)
		return refuse(rq, 400, "the request must name one host and names %zu", s.hosts);
	if (s.lengths > 1 || s.encodings > 1 || (s.lengths && s.encodings))
		return refuse(rq, 400, "the request says more than once how long it is");
	if (!host_known(rq->web, s.host))
		return refuse(rq, 421,
			      "this desk is not known as %.*s: open it under the address that it printed, or start it "
			      "with --host",
			      STR_ARG(s.host));
	if (strcmp(rq->method, "GET") != 0 && strcmp(rq->method, "HEAD") != 0 && strcmp(rq->method, "POST") != 0)
		return refuse(rq, 405, "the method %.20s is not known here", rq->method);
	rq->head = !strcmp(rq->method, "HEAD");
	/* An Origin that is none of ours is a page elsewhere; "null" is what our own forms send, with no referrer. */
	if (rq->origin.n && !str_eq(rq->origin, STR("null"))) {
		size_t slashes = str_find(rq->origin, STR("://"), 0);

		if (slashes == SIZE_MAX || !str_ieq(str_sub(rq->origin, slashes + 3, rq->origin.n), s.host))
			return refuse(rq, 403, "the request comes from a page of another site");
	}
	if (!strcmp(rq->method, "POST") && rq->fetch_site.n && !str_eq(rq->fetch_site, STR("same-origin")) &&
	    !str_eq(rq->fetch_site, STR("none")))
		return refuse(rq, 403, "the request comes from a page of another site");
	return true;
}
