/*
 * A story file to its text, quotations and citations: which format it is in, and the order of the readers.
 */
#include "story/story_priv.h"

#include <string.h>

static bool ends_with(const char *name, const char *end)
{
	size_t n = name ? strlen(name) : 0, m = strlen(end);

	return n >= m && str_ieq((struct str){name + n - m, m}, str_of(end));
}

enum story_format story_sniff(struct str raw, const char *name)
{
	struct str head = str_sub(raw, 0, 4096), rest = str_sub(raw, 0, 64 << 10), line;
	int marks = 0;

	if (str_ifind(head, STR("<html"), 0) != SIZE_MAX || str_ifind(head, STR("<!doctype html"), 0) != SIZE_MAX ||
	    str_ifind(head, STR("<p>"), 0) != SIZE_MAX || str_ifind(head, STR("<p "), 0) != SIZE_MAX ||
	    str_ifind(head, STR("<body"), 0) != SIZE_MAX)
		return STORY_HTML;
	if (ends_with(name, ".md") || ends_with(name, ".markdown"))
		return STORY_MARKDOWN;
	while (str_line(&rest, &line))
		marks += str_starts(line, STR("# ")) || str_starts(line, STR("## ")) || str_starts(line, STR("> ")) ||
			 (str_find(line, STR("]("), 0) != SIZE_MAX && str_find(line, STR("["), 0) != SIZE_MAX);
	return marks ? STORY_MARKDOWN : STORY_PLAIN;
}

static struct str first_heading(const struct story *s)
{
	for (size_t i = 0; i < s->n_blocks; i++)
		if (s->blocks[i].kind == BLOCK_HEADING)
			return str_sub(s->text, s->blocks[i].at.off, s->blocks[i].at.end);
	if (s->format == STORY_PLAIN && s->n_blocks)
		return str_sub(s->text, s->blocks[0].at.off, s->blocks[0].at.end);
	return STR("");
}

static void text_settle(struct arena *a, struct draft *d, struct story *out)
{
	if (d->text.n)
		*VEC_PUSH(a, &d->raw_of) = (uint32_t)d->raw.n;
	else
		*VEC_PUSH(a, &d->raw_of) = 0;
	out->text = arena_str(a, buf_view(&d->text));
	out->raw_of = d->raw_of.v;
	out->blocks = d->blocks.v;
	out->n_blocks = d->blocks.n;
	out->furniture = d->furniture;
	buf_free(&d->text);
}

int story_read(struct arena *a, struct str raw, enum story_format f, struct story *out, struct err *e)
{
	struct draft d = {.a = a};
	struct reading r = {.a = a, .s = out};
	enum encoding enc;

	*out = (struct story){.format = f};
	if (raw.n > STORY_MAX)
		return err_set(e, REFTEL_ELIMIT, "the story is larger than the %d MiB that are read of one",
			       STORY_MAX >> 20);
	enc = text_sniff_encoding(str_sub(raw, 0, 64 << 10));
	if (enc == ENC_BINARY)
		return err_set(e, REFTEL_EINVAL, "the story is no text: save it as HTML, Markdown or plain text");
	if (enc != ENC_UTF8 || str_starts(raw, STR("\xef\xbb\xbf")))
		raw = text_to_utf8(a, raw, enc);
	out->raw = d.raw = raw;
	d.whole = f == STORY_DOCUMENT;
	if (f == STORY_HTML || f == STORY_DOCUMENT)
		story_from_html(&d, &out->title);
	else if (f == STORY_MARKDOWN)
		story_from_markdown(&d);
	else
		story_from_plain(&d);
	text_settle(a, &d, out);
	if (!out->title.n)
		out->title = first_heading(out);
	r.links = d.links.v;
	r.n_links = d.links.n;
	story_read_quotations(&r);
	story_read_sentences(&r);
	story_read_citations(&r);
	story_govern(&r);
	out->quotations = r.quotations.v;
	out->n_quotations = r.quotations.n;
	out->citations = r.citations.v;
	out->n_citations = r.citations.n;
	out->claims = r.claims.v;
	out->n_claims = r.claims.n;
	return REFTEL_OK;
}

int story_read_file(struct arena *a, struct str file, const char *name, const struct worker_options *o,
		    struct story *out, struct err *e)
{
	struct str html;
	int rc;

	*out = (struct story){0};
	if (!worker_is_zip(file) && !ends_with(name, ".docx") && !ends_with(name, ".odt"))
		return story_read(a, file, story_sniff(file, name), out, e);
	rc = worker_docx(a, file, o, &html, e);
	return rc == REFTEL_OK ? story_read(a, html, STORY_DOCUMENT, out, e) : rc;
}
