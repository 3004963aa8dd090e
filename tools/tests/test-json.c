// SPDX-License-Identifier: GPL-2.0
/*
 * The JSON writer: layout and escapes, byte for byte.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "json.h"

static struct json json;
static char *text;
static size_t size;
static FILE *out;

static int setup(void **state)
{
	(void)state;
	out = open_memstream(&text, &size);
	json_init(&json, out);
	return out ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	fclose(out);
	free(text);
	return 0;
}

static void expect(const char *wanted)
{
	assert_int_equal(json_finish(&json), 0);
	assert_string_equal(text, wanted);
}

static void test_layout(void **state)
{
	(void)state;
	json_object(&json);
	json_key(&json, "none");
	json_array(&json);
	json_end_array(&json);
	json_key(&json, "empty");
	json_object(&json);
	json_end_object(&json);
	json_key(&json, "list");
	json_array(&json);
	json_u64(&json, UINT64_MAX);
	json_bool(&json, true);
	json_object(&json);
	json_key(&json, "a");
	json_null(&json);
	json_end_object(&json);
	json_bool(&json, false);
	json_end_array(&json);
	json_key(&json, "b");
	json_string(&json, "c");
	json_end_object(&json);
	expect("{\n"
	       "  \"none\": [],\n"
	       "  \"empty\": {},\n"
	       "  \"list\": [\n"
	       "    18446744073709551615,\n"
	       "    true,\n"
	       "    {\n"
	       "      \"a\": null\n"
	       "    },\n"
	       "    false\n"
	       "  ],\n"
	       "  \"b\": \"c\"\n"
	       "}\n");
}

static void test_single(void **state)
{
	(void)state;
	json_u64(&json, 0);
	expect("0\n");
}

static void test_escapes(void **state)
{
	(void)state;
	json_string(&json, "\"\\/\b\f\n\r\t\x01\x1f\x7f'");
	expect("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f'\"\n");
}

static void test_utf8(void **state)
{
	(void)state;
	/* valid: 2, 3 and 4 bytes, the last code point of all */
	json_string(&json, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf");
	expect("\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf\"\n");
}

static void test_not_utf8(void **state)
{
	(void)state;
	/* stray, overlong, surrogate, too large, cut off */
	json_string(&json, "\x80 \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82");
	expect("\"\\ufffd \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd \\ufffd\\ufffd\\ufffd\\ufffd \\ufffd\\ufffd\"\n");
}

#define UNIT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(test_layout),
		UNIT(test_single),
		UNIT(test_escapes),
		UNIT(test_utf8),
		UNIT(test_not_utf8),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
