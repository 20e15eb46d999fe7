/*
 * What there is for scripts: the document of the API.
 */
#include "web/pages.h"

#include <string.h>

int page_openapi(struct request *rq, struct answer *an, struct err *e)
{
	(void)rq;
	for (const struct asset *x = assets; x->name; x++)
		if (!strcmp(x->name, "openapi.json")) {
			an->type = "application/json";
			buf_add(&an->body, x->data, x->size);
			return REFTEL_OK;
		}
	return err_set(e, REFTEL_ENOTFOUND, "this server was built without its API's document");
}
