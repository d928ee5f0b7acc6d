/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever is put in and however small the buffer, one whole JSON object on one line comes out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/jline.h"

static json_t *parse(const char *line)
{
	json_error_t e;
	json_t *o = json_loads(line, JSON_REJECT_DUPLICATES, &e);

	if (!o)
		fail_msg("not JSON: %s: %s", e.text, line);
	assert_true(json_is_object(o));
	return o;
}

static void members_of_every_type_are_read_back(void **state)
{
	struct jline j;
	char buf[512];
	size_t len;

	jline_begin(&j, buf, sizeof(buf));
	jline_str(&j, "text", "a \"b\" \\ c\n\t\x01");
	jline_str(&j, "absent", NULL);
	jline_int(&j, "low", INT64_MIN);
	jline_uint(&j, "high", UINT64_MAX);
	jline_bool(&j, "yes", true);
	jline_open(&j, "in");
	jline_double(&j, "d", -12.0005);
	jline_seconds(&j, "t", 12000001);
	jline_close(&j);
	jline_lines(&j, "lines", "one\ntwo\n");
	len = jline_end(&j);
	assert_int_equal(len, strlen(buf));
	assert_string_equal(
		buf,
		"{\"text\":\"a \\\"b\\\" \\\\ c\\n\\t\\u0001\",\"low\":-9223372036854775808,"
		"\"high\":18446744073709551615,\"yes\":true,\"in\":{\"d\":-12.001,\"t\":12.000001},"
		"\"lines\":[\"one\",\"two\"]}\n");
	assert_false(j.cut);
}

static void doubles_have_three_decimals_or_are_null(void **state)
{
	static const struct {
		double value;
		const char *want;
	} cases[] = {
		{ 0, "0.000" },       { 0.0004, "0.000" },       { 0.0005, "0.001" },
		{ -0.25, "-0.250" },  { 1e9, "1000000000.000" }, { 1e300, "null" },
		{ INFINITY, "null" }, { -NAN, "null" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct jline j;
		char buf[64], want[64];

		jline_begin(&j, buf, sizeof(buf));
		jline_double(&j, "d", cases[i].value);
		jline_end(&j);
		snprintf(want, sizeof(want), "{\"d\":%s}\n", cases[i].want);
		assert_string_equal(buf, want);
	}
}

static void bytes_that_are_no_utf8_become_replacement_characters(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\xe2\x82\xac \xf0\x9f\x90\xa7", "\xe2\x82\xac \xf0\x9f\x90\xa7" },
		{ "a\xff"
		  "b",
		  "a\xef\xbf\xbd"
		  "b" },
		{ "cut\xc3", "cut\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct jline j;
		char buf[128];
		json_t *o;

		jline_begin(&j, buf, sizeof(buf));
		jline_str(&j, "k", cases[i].in);
		jline_end(&j);
		o = parse(buf);
		assert_string_equal(json_string_value(json_object_get(o, "k")), cases[i].out);
		json_decref(o);
	}
}

static void fill(struct jline *j)
{
	jline_uint(j, "seq", 12345678);
	jline_str(j, "event", "finding");
	jline_str(j, "text", "INFO: task \"jbd2/\xc3\xbc\" \x02 blocked\n");
	jline_open(j, "outer");
	jline_open(j, "inner");
	jline_lines(j, "stack", "first+0x1/0x2\n\"second\"\n\xff\n");
	jline_bool(j, "flag", false);
	jline_close(j);
	jline_double(j, "seconds", 121.5);
	jline_close(j);
	jline_int(j, "pid", -1);
}

static void any_buffer_size_gives_a_whole_object(void **state)
{
	size_t whole;
	struct jline j;
	char buf[512];

	jline_begin(&j, buf, sizeof(buf));
	fill(&j);
	whole = jline_end(&j);
	assert_false(j.cut);
	for (size_t size = 0; size <= sizeof(buf); size++) {
		size_t len;
		json_t *o;

		memset(buf, '#', sizeof(buf));
		jline_begin(&j, buf, size);
		fill(&j);
		len = jline_end(&j);
		for (size_t i = size; i < sizeof(buf); i++)
			assert_int_equal(buf[i], '#');
		if (size < 15) {
			assert_int_equal(len, 0);
			continue;
		}
		assert_int_equal(buf[len], '\0');
		assert_ptr_equal(strchr(buf, '\n'), buf + len - 1);
		o = parse(buf);
		assert_int_equal(json_is_true(json_object_get(o, "cut")), j.cut);
		/* Cut only for want of room: 12 bytes are kept back for saying so. */
		assert_int_equal(j.cut, size < whole + 12);
		json_decref(o);
	}
}

static void objects_left_open_are_closed_at_the_end(void **state)
{
	struct jline j;
	char buf[128];

	jline_begin(&j, buf, sizeof(buf));
	jline_open(&j, "a");
	jline_open(&j, "b");
	jline_end(&j);
	assert_string_equal(buf, "{\"a\":{\"b\":{}}}\n");
	jline_begin(&j, buf, sizeof(buf));
	jline_close(&j);
	jline_int(&j, "a", 1);
	jline_end(&j);
	assert_string_equal(buf, "{\"a\":1}\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_every_type_are_read_back),
		cmocka_unit_test(doubles_have_three_decimals_or_are_null),
		cmocka_unit_test(bytes_that_are_no_utf8_become_replacement_characters),
		cmocka_unit_test(any_buffer_size_gives_a_whole_object),
		cmocka_unit_test(objects_left_open_are_closed_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
