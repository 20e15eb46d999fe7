/*
 * What catalog's own files share.
 */
#ifndef REFTEL_CATALOG_PRIV_H
#define REFTEL_CATALOG_PRIV_H

#include "catalog/catalog.h"

/* A version as the next document of the index: its words are read into the builder, the rest is in a. */
void document_make(struct arena *a, const struct cable_version *v, struct index_builder *b, struct index_doc *out);

const char *catalog_dir(struct arena *a, struct archive *ar);
/* The archive says which file is meant: one by the same name is not enough. */
int catalog_segment_is(const struct segment *s, const struct archive_segment *row, struct err *e);

/* upkeep.c: the segments in order of their versions; those that have grown too small for their number become one. */
struct segment_files {
	struct archive_segment *v;
	size_t n;
};
struct archive_segment segment_of_part(const struct index_part *p);
/* Merges the tail of `all` where it has grown too long for what it holds; all is changed to what is to be. */
int segments_tidy(struct archive *ar, struct arena *a, struct segment_files *all, const char *name,
		  const volatile int *stop, struct err *e);
void segments_sort(struct segment_files *f);
/* Removes the files in the index's folder that the archive's list does not name. */
void segments_sweep(struct archive *ar);
/* A number for the next file that no file there has, nor one that should be there. */
unsigned segments_next_number(struct archive *ar);
void segment_file_name(char out[32], unsigned number);
void segment_file_remove(struct archive *ar, const char *name);

#endif
