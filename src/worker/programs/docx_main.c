/*
 * reftel-worker-docx: one .docx or .odt file on the standard input to HTML on the standard output, or one sentence on
 * the standard error that says why not. Started by worker_docx(), and shut in before it reads anything.
 */
#include "worker/programs/confine.h"
#include "worker/programs/document.h"

#include <libxml/parser.h>

int main(int argc, char **argv)
{
	struct buf file = {0}, html = {0};
	struct arena a = {0};
	struct err e = {0};
	int rc;

	xmlInitParser();
	confine(argc, argv);
	rc = input_read(WORKER_DOCX_MAX, &file, &e);
	if (rc == REFTEL_OK)
		rc = document_read(&a, buf_view(&file), &html, &e);
	if (rc != REFTEL_OK)
		return output_refuse(&e);
	/* The memory goes with the process. */
	return output_write(buf_view(&html)) ? WORKER_DONE : WORKER_REFUSED;
}
