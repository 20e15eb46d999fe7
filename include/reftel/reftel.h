/*
 * The public face of libreftel: everything that the reftel command itself uses. Include this header only; compile and
 * link with what `pkg-config --cflags --libs reftel` prints.
 *
 * A program opens an archive (archive_open), fills it (import_paths), finds and loads cables (archive_find,
 * archive_load), searches them (catalog_open, search_run, search_snippets), reads a story (story_read), checks it
 * (check_story) and shows the report (report_terminal, report_json, report_html). Functions that can fail return 0 or a
 * negative REFTEL_E... and fill a struct err.
 */
#ifndef REFTEL_H
#define REFTEL_H

#include "base/base.h"
#include "worker/worker.h"
#include "text/text.h"
#include "cable/cable.h"
#include "source/source.h"
#include "archive/archive.h"
#include "index/index.h"
#include "catalog/catalog.h"
#include "search/search.h"
#include "import/import.h"
#include "story/story.h"
#include "check/check.h"
#include "report/report.h"
#include "view/view.h"
#include "desk/desk.h"
#include "web/web.h"

#endif
