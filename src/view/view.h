/*
 * view: what cables, hits, references and so on are as objects for programs (JSON) and rows for spreadsheets: made in
 * one place, so that the command and the desk answer with the same.
 */
#ifndef REFTEL_VIEW_H
#define REFTEL_VIEW_H

#include "base/base.h"

#include <jansson.h>

/* Text that may be anything as a JSON string: what is no UTF-8 becomes U+FFFD. */
json_t *view_str(struct str s);

/* ---- hits and their counts (hits.c, facets.c) -------------------------------------------------------------------- */

/* ---- cables (cable.c, cite.c) ------------------------------------------------------------------------------------ */

/* ---- references and missing cables (refs.c) ---------------------------------------------------------------------- */

/* ---- the archive (status.c) -------------------------------------------------------------------------------------- */

#endif
