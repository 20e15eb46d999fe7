/*
 * What steers a terminal or turns the direction of a line, held against what Unicode says of every code point. If this
 * fails, a cable's text can show a reader other words than it has.
 */
#include "test.h"

#include "text/text.h"

#include <utf8proc.h>

static bool turns(int32_t cp)
{
	switch (utf8proc_get_property(cp)->bidi_class) {
	case UTF8PROC_BIDI_CLASS_LRE:
	case UTF8PROC_BIDI_CLASS_LRO:
	case UTF8PROC_BIDI_CLASS_RLE:
	case UTF8PROC_BIDI_CLASS_RLO:
	case UTF8PROC_BIDI_CLASS_PDF:
	case UTF8PROC_BIDI_CLASS_LRI:
	case UTF8PROC_BIDI_CLASS_RLI:
	case UTF8PROC_BIDI_CLASS_FSI:
	case UTF8PROC_BIDI_CLASS_PDI:
		return true;
	default:
		/* The three marks of direction, and that of byte order. */
		return cp == 0x200e || cp == 0x200f || cp == 0x61c || cp == 0xfeff;
	}
}

static void test_every_code_point(void **state)
{
	(void)state;
	for (int32_t cp = 0; cp <= 0x10ffff; cp++) {
		utf8proc_category_t c = utf8proc_category(cp);
		bool steers = c == UTF8PROC_CATEGORY_CC || c == UTF8PROC_CATEGORY_ZL || c == UTF8PROC_CATEGORY_ZP ||
			      turns(cp);

		if (steers != utf8_steers(cp))
			fail_msg("U+%04X", (unsigned)cp);
	}
}

static void test_markup(void **state)
{
	struct buf b = {0};

	(void)state;
	text_put_markup(&b, STR("<a href=\"x\" title='y'>R&D</a>\r\n\t\x1b\xff\u202e\u0628"));
	assert_true(str_eq(buf_view(&b), STR("&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;R&amp;D&lt;/a&gt;\n\t"
					     "\ufffd\ufffd\ufffd\u0628")));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_markup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
