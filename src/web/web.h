/*
 * web: the desk in the browser. A server of pages and of the same answers as JSON, for the people of a newsroom: it
 * presents what search, check, archive and desk know, and knows nothing of its own.
 */
#ifndef REFTEL_WEB_H
#define REFTEL_WEB_H

#include "base/base.h"

/* An archive that is served, and the name it has in addresses: letters, digits, "-", "_", ".". */
struct web_collection {
	const char *name, *dir;
};

struct web_options {
	const char *address; /* to listen on; NULL: 127.0.0.1 */
	unsigned port;       /* 0: any that is free */
	const struct web_collection *collections;
	size_t n_collections;
	const char *desk_dir;           /* where desk.db is or will be */
	const char *tls_cert, *tls_key; /* files, PEM; NULL: plain HTTP */
	bool behind_proxy;              /* a proxy on this machine speaks TLS to the people and names them to us */
	const char *const *hosts;       /* names under which people reach it, besides the address itself */
	size_t n_hosts;
	const char *const *import_dirs; /* folders on this machine from which editors may import */
	size_t n_import_dirs;
	unsigned threads; /* that answer; 0: by the number of processors */
};

struct web;

/*
 * Binds, opens what is served and starts to answer. EINVAL: the options do not go together, the message says what is
 * needed instead. Without users in the desk, only a loopback address is served, to whoever has web_address().
 */
int web_open(const struct web_options *o, struct web **out, struct err *e);
/* What to open in a browser, with the key of a desk without users in it. */
const char *web_address(const struct web *w);
/* Lets the answers under way come to their end, the long ones by stopping them. */
void web_close(struct web *w);

#endif
