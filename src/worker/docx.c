/*
 * A word processor's document as HTML, by way of the worker that unpacks and parses it.
 */
#include "worker/worker_priv.h"

bool worker_is_zip(struct str file)
{
	return str_starts(file, STR("PK\x03\x04")) || str_starts(file, STR("PK\x05\x06"));
}

int worker_docx(struct arena *a, struct str docx, const struct worker_options *o, struct str *html, struct err *e)
{
	struct worker_call c = {
		.program = WORKER_DOCX,
		.what = "reading the document",
		.input = docx,
		.bounds = {.time_ms = 20000, .memory = (size_t)768 << 20, .output = 32 << 20},
		.options = o,
	};

	if (docx.n > WORKER_DOCX_MAX)
		return err_set(e, REFTEL_ELIMIT, "the document is larger than the %d MiB that are read of one",
			       WORKER_DOCX_MAX >> 20);
	return worker_run(a, &c, html, e);
}
