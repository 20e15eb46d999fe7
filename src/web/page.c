/*
 * What all pages have: the head, the way through the site, who is logged in, the foot.
 */
#include "web/web_priv.h"

#include <string.h>

struct place {
	const char *name, *path, *label;
	enum need need;
	bool in_collection;
};

static const struct place places[] = {
	{"search", "search", "Search", NEED_READER, true},  {"browse", "browse", "Browse", NEED_READER, true},
	{"check", "check", "Check", NEED_READER, true},     {"wanted", "wanted", "Wanted", NEED_READER, true},
	{"import", "import", "Import", NEED_EDITOR, true},  {"status", "status", "Status", NEED_READER, true},
	{"people", "/people", "People", NEED_ADMIN, false}, {"log", "/log", "Log", NEED_ADMIN, false},
};

static const char *collection_here(const struct request *rq)
{
	struct str name = rq_collection(rq);

	if (name.n && rq->in)
		return rq->in->collection->name;
	for (size_t i = 0; i < rq->web->o.n_collections; i++)
		if (rq_sees(rq, &rq->web->o.collections[i]))
			return rq->web->o.collections[i].name;
	return NULL;
}

static void put_place(struct request *rq, struct buf *b, const struct place *x, const char *here,
		      const char *collection)
{
	const char *current = here && !strcmp(here, x->name) ? " aria-current=\"page\"" : "";

	if (!rq_may(rq, x->need) || (x->in_collection && !collection) || (rq->alone && !strcmp(x->name, "people")))
		return;
	buf_puts(b, "<li><a");
	buf_puts(b, current);
	if (x->in_collection)
		html(b, " href=\"/c/%s/%s\">%s</a></li>", collection, x->path, x->label);
	else
		html(b, " href=\"%s\">%s</a></li>", x->path, x->label);
}

/* Other collections that this person may see. */
static void put_collections(struct request *rq, struct buf *b, const char *here)
{
	size_t n = 0;

	for (size_t i = 0; i < rq->web->o.n_collections; i++)
		n += rq_sees(rq, &rq->web->o.collections[i]);
	if (n < 2)
		return;
	html(b, "<nav class=\"collections\" aria-label=\"Collections\"><ul>");
	for (size_t i = 0; i < rq->web->o.n_collections; i++) {
		const struct web_collection *c = &rq->web->o.collections[i];

		if (rq_sees(rq, c))
			html(b, "<li><a href=\"/c/%s/search\"%s>%s</a></li>", c->name,
			     here && !strcmp(here, c->name) ? " data-here" : "", c->name);
	}
	html(b, "</ul></nav>");
}

static void put_person(struct request *rq, struct buf *b)
{
	const struct desk_user *u = &rq->session.user;

	if (rq->alone || !rq->known)
		return;
	html(b, "<div class=\"person\"><a href=\"/me\"><bdi>%.*s</bdi></a> <form method=\"post\" action=\"/logout\">",
	     STR_ARG(u->full_name.n ? u->full_name : u->name));
	page_csrf(rq, b);
	html(b, "<button class=\"plain\">Log out</button></form></div>");
}

void page_csrf(struct request *rq, struct buf *b)
{
	html(b, "<input type=\"hidden\" name=\"csrf\" value=\"%s\">", rq->session.csrf);
}

void page_begin(struct request *rq, struct answer *an, const struct page *p)
{
	struct buf *b = &an->body;
	const char *collection = collection_here(rq), *version = asset_version();

	an->type = "text/html; charset=utf-8";
	html(b,
	     "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
	     "content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">"
	     "<title>%s \u00b7 reftel</title><link rel=\"stylesheet\" href=\"/static/%s/desk.css\">"
	     "<link rel=\"icon\" href=\"/static/%s/icon.svg\" type=\"image/svg+xml\">"
	     "<script defer src=\"/static/%s/desk.js\"></script>",
	     p->title, version, version, version);
	if (p->script)
		html(b, "<script defer src=\"/static/%s/%s\"></script>", version, p->script);
	if (p->refresh)
		html(b, "<noscript><meta http-equiv=\"refresh\" content=\"%d\"></noscript>", p->refresh);
	html(b,
	     "</head><body class=\"%s\"><a class=\"skip\" href=\"#main\">To the content</a><header class=\"top\">"
	     "<a class=\"brand\" href=\"/\">reftel</a>",
	     p->body_class ? p->body_class : "");
	if (rq->known) {
		put_collections(rq, b, collection);
		html(b, "<nav class=\"places\" aria-label=\"Desk\"><ul>");
		for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
			put_place(rq, b, &places[i], p->place, collection);
		html(b, "</ul></nav>");
		put_person(rq, b);
	}
	html(b, "</header><main id=\"main\" tabindex=\"-1\">");
}

void page_end(struct request *rq, struct answer *an)
{
	html(&an->body, "</main>");
	if (rq->known)
		html(&an->body, "<footer class=\"foot\"><p>Press <kbd>?</kbd> for keys.</p></footer>");
	html(&an->body, "</body></html>\n");
}
