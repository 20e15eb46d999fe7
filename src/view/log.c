/*
 * Entries of the log as objects and rows, and its head as a text that people write down.
 */
#include "view/view.h"

#include <inttypes.h>
#include <string.h>

enum { HASH_BYTES = 32 };

const char view_log_csv_head[] = "number,time,who,from,action,object,detail,hash\r\n";

static void hash_hex(const unsigned char hash[HASH_BYTES], char out[2 * HASH_BYTES + 1])
{
	for (size_t i = 0; i < HASH_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

json_t *view_log_entry(const struct desk_entry *x)
{
	json_t *o = json_object();
	char iso[32], hex[2 * HASH_BYTES + 1];

	clock_iso(x->when, iso);
	hash_hex(x->hash, hex);
	json_object_set_new(o, "number", json_integer(x->number));
	json_object_set_new(o, "time", json_string(iso));
	json_object_set_new(o, "who", view_str(x->who));
	json_object_set_new(o, "from", view_str(x->from));
	json_object_set_new(o, "action", view_str(x->action));
	json_object_set_new(o, "object", view_str(x->object));
	json_object_set_new(o, "detail", view_str(x->detail));
	json_object_set_new(o, "hash", json_string(hex));
	return o;
}

void view_log_csv(struct buf *out, const struct desk_entry *x)
{
	char iso[32], hex[2 * HASH_BYTES + 1];

	clock_iso(x->when, iso);
	hash_hex(x->hash, hex);
	buf_printf(out, "%" PRId64 ",%s,", x->number, iso);
	view_csv_cell(out, x->who, ",");
	view_csv_cell(out, x->from, ",");
	view_csv_cell(out, x->action, ",");
	view_csv_cell(out, x->object, ",");
	view_csv_cell(out, x->detail, ",");
	buf_printf(out, "%s\r\n", hex);
}

/* ---- the head ---------------------------------------------------------------------------------------------------- */

void view_log_head(const struct desk_log_head *head, char out[VIEW_HEAD_TEXT])
{
	char hex[2 * HASH_BYTES + 1];

	hash_hex(head->hash, hex);
	snprintf(out, VIEW_HEAD_TEXT, "%" PRId64 ":%s", head->number, hex);
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, ascii_tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

bool view_log_head_read(struct str text, struct desk_log_head *out)
{
	size_t colon;
	int64_t n = 0;

	text = str_trim(text);
	colon = str_find(text, STR(":"), 0);
	if (colon == SIZE_MAX || !colon || text.n - colon - 1 != 2 * (size_t)HASH_BYTES)
		return false;
	for (size_t i = 0; i < colon; i++) {
		if (!ascii_digit(text.p[i]) || n > (INT64_MAX - 9) / 10)
			return false;
		n = 10 * n + (text.p[i] - '0');
	}
	out->number = n;
	for (size_t i = 0; i < HASH_BYTES; i++) {
		int high = hex_digit(text.p[colon + 1 + 2 * i]), low = hex_digit(text.p[colon + 2 + 2 * i]);

		if (high < 0 || low < 0)
			return false;
		out->hash[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

json_t *view_log_verified(const struct desk_log_head *head, const char *damage)
{
	json_t *o = json_object();
	char text[VIEW_HEAD_TEXT];

	view_log_head(head, text);
	json_object_set_new(o, "whole", json_boolean(!damage));
	json_object_set_new(o, "entries", json_integer(head->number));
	json_object_set_new(o, "head", json_string(text));
	json_object_set_new(o, "damage", damage ? view_str(str_of(damage)) : json_null());
	return o;
}
