/*
 * Addresses: their parts and parameters decoded once and strictly, and put together again for links.
 */
#include "text/text.h"
#include "web/web_priv.h"

#include <string.h>

static int hex_value(char c)
{
	return ascii_digit(c)         ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

bool url_decode(struct arena *a, struct str s, bool plus, struct str *out)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%') {
			int high = i + 2 < s.n ? hex_value(s.p[i + 1]) : -1,
			    low = i + 2 < s.n ? hex_value(s.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (!c)
			return false;
		p[n++] = c;
	}
	*out = (struct str){p, n};
	return utf8_valid(*out);
}

size_t url_put(char *out, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (ascii_alnum(c) || (c && strchr("-._~", c))) {
			out[n++] = (char)c;
		} else {
			out[n++] = '%';
			out[n++] = hex[c >> 4];
			out[n++] = hex[c & 15];
		}
	}
	return n;
}

const char *url_encode(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, 3 * s.n + 1);

	url_put(out, s);
	return out;
}

int params_read(struct arena *a, struct str text, struct params *p, struct err *e)
{
	for (size_t at = 0; at < text.n;) {
		size_t end = str_find(text, STR("&"), at), equals;
		struct str pair = str_sub(text, at, end == SIZE_MAX ? text.n : end), name, value = STR("");

		at = end == SIZE_MAX ? text.n : end + 1;
		if (!pair.n)
			continue;
		if (p->n == WEB_FIELDS_MAX)
			return err_set(e, REFTEL_EINVAL, "there are more than %d parameters", WEB_FIELDS_MAX);
		equals = str_find(pair, STR("="), 0);
		if (!url_decode(a, str_sub(pair, 0, equals == SIZE_MAX ? pair.n : equals), true, &name) ||
		    (equals != SIZE_MAX && !url_decode(a, str_sub(pair, equals + 1, pair.n), true, &value)))
			return err_set(e, REFTEL_EINVAL, "a parameter is not written as UTF-8 with %%XX");
		p->v[p->n++] = (struct param){name, value};
	}
	return REFTEL_OK;
}

struct str params_exact(const struct params *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->v[i].name, str_of(name)))
			return p->v[i].value;
	return STR("");
}

struct str params_get(const struct params *p, const char *name)
{
	return str_trim(params_exact(p, name));
}

bool params_has(const struct params *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->v[i].name, str_of(name)))
			return true;
	return false;
}

int64_t params_number(const struct params *p, const char *name, int64_t least, int64_t most, int64_t otherwise)
{
	struct str s = params_get(p, name);
	int64_t x = 0;

	if (!s.n || s.n > 18)
		return otherwise;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_digit(s.p[i]))
			return otherwise;
		x = x * 10 + (s.p[i] - '0');
	}
	return x < least || x > most ? otherwise : x;
}

static bool is_one_of(struct str s, const char *const *names)
{
	for (; names && *names; names++)
		if (str_eq(s, str_of(*names)))
			return true;
	return false;
}

const char *url_query(struct arena *a, const struct params *p, const char *name, struct str value,
		      const char *const *without)
{
	struct buf b = {0};
	const char *s;

	for (size_t i = 0; i < p->n; i++) {
		const struct param *x = &p->v[i];

		if (!x->value.n || (name && str_eq(x->name, str_of(name))) || is_one_of(x->name, without))
			continue;
		buf_printf(&b, "%c%s=%s", b.n ? '&' : '?', url_encode(a, x->name), url_encode(a, x->value));
	}
	if (name && value.n)
		buf_printf(&b, "%c%s=%s", b.n ? '&' : '?', name, url_encode(a, value));
	s = b.n ? arena_dup(a, buf_view(&b)) : "?";
	buf_free(&b);
	return s;
}
