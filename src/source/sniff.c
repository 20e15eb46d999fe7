/*
 * Which layout a file is in, told from its first bytes and never from its name; and, where it is in none, what it is
 * instead, so that a person knows what to do about it.
 */
#include "source/source_priv.h"

#include <string.h>

static bool starts(struct str head, const char *magic, size_t n)
{
	return head.n >= n && !memcmp(head.p, magic, n);
}

/* A row of the dump at the beginning of a line, or a heading row and then one. */
static bool csv_looks_like(struct str head, int lines)
{
	struct str rest = head, line;
	bool more;

	for (int i = 0; i < lines; i++) {
		if (csv_row_starts(rest, &more))
			return true;
		if (!str_line(&rest, &line))
			return false;
	}
	return false;
}

/*
 * A text that holds a row of the dump further down is the dump with a damaged beginning only when nothing else is
 * true of it: rows of it were pasted into telegrams.
 */
static enum source_format sniff_text(struct str head)
{
	if (csv_looks_like(head, 2))
		return SOURCE_CSV;
	if (html_looks_like(head))
		return SOURCE_HTML;
	if (textfile_looks_like(head))
		return SOURCE_TEXT;
	if (bare_looks_like(head))
		return SOURCE_TELEGRAM;
	if (csv_looks_like(head, 1 << 16))
		return SOURCE_CSV;
	return SOURCE_UNKNOWN;
}

/* What is no text at all, by the marks that such files begin with. NULL: none of these. */
static const char *known_binary(struct str head)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *reason;
	} kinds[] = {
		{"PK\003\004", 4, "a ZIP archive (or an office document, which is one): unpack it first"},
		{"\037\213", 2, "compressed with gzip: unpack it first"},
		{"BZh", 3, "compressed with bzip2: unpack it first"},
		{"\375"
		 "7zXZ",
		 5, "compressed with xz: unpack it first"},
		{"7z\274\257\047\034", 6, "a 7z archive: unpack it first"},
		{"(\265/\375", 4, "compressed with zstd: unpack it first"},
		{"Rar!\032\007", 6, "a RAR archive: unpack it first"},
		{"%PDF-", 5, "a PDF document: save its text first"},
		{"SQLite format 3", 15, "an SQLite database, not a cable"},
		{"{\\rtf", 5, "an RTF document: save it as plain text first"},
		{"\320\317\021\340", 4, "an office document: save it as plain text first"},
		{"\377\330\377", 3, "a picture, not a text"},
		{"\211PNG", 4, "a picture, not a text"},
		{"GIF8", 4, "a picture, not a text"},
		{"\177ELF", 4, "a program, not a text"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (starts(head, kinds[i].magic, kinds[i].n))
			return kinds[i].reason;
	if (head.n > 262 && !memcmp(head.p + 257, "ustar", 5))
		return "a tar archive: unpack it first";
	return NULL;
}

enum source_format source_sniff(struct str head, size_t file_size)
{
	struct arena a = {0};
	enum source_format f;
	enum encoding enc;

	if (!file_size || !head.n || known_binary(head))
		return SOURCE_UNKNOWN;
	head = str_sub(head, 0, SOURCE_HEAD);
	enc = text_sniff_encoding(head);
	/* A row with NUL bytes must not hide the dump: such a row is set aside, the others are read. */
	if (enc == ENC_BINARY) {
		f = csv_looks_like(head, 2) ? SOURCE_CSV : SOURCE_UNKNOWN;
	} else {
		if (enc == ENC_UTF16LE || enc == ENC_UTF16BE)
			head = text_to_utf8(&a, head, enc);
		if (starts(head, "\xef\xbb\xbf", 3))
			head = str_sub(head, 3, head.n);
		f = sniff_text(head);
	}
	arena_free(&a);
	return f;
}

const char *source_unknown_reason(struct str head, size_t file_size)
{
	const char *binary = known_binary(head);

	if (!file_size)
		return "the file is empty";
	if (binary)
		return binary;
	if (text_sniff_encoding(head) == ENC_BINARY)
		return "not a text: it holds NUL bytes or other bytes that no text has";
	return "a text, but no cable: neither the dump's columns, nor a cable page, nor a telegram's heading was found";
}

const char *source_format_name(enum source_format f)
{
	static const char *const names[] = {"unknown", "csv", "html", "text", "telegram"};

	return (size_t)f < sizeof(names) / sizeof(*names) ? names[f] : "unknown";
}
