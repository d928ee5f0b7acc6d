/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameter text to values: units, ranges, choices and mixes, and what is said when one is refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "stressors/params.h"

static const char *const colours[] = { "red", "green", "blue", NULL };

static uint64_t number;
static uint64_t weights[STRESSOR_MIX_MAX];
static const char *path;

static const struct param bytes = { "size", PARAM_BYTES, "64M", 4096, 1 << 30, NULL, "", &number };
static const struct param duration = {
	"period", PARAM_DURATION, "0", 0, 1000000, NULL, "", &number
};
static const struct param count = { "threads", PARAM_COUNT, "1", 1, 256, NULL, "", &number };
static const struct param unlimited = { "seedling", PARAM_COUNT, "1", 0, 0, NULL, "", &number };
static const struct param percent = { "share", PARAM_PERCENT, "50%", 0, 100, NULL, "", &number };
static const struct param boolean = { "lock", PARAM_BOOL, "false", 0, 0, NULL, "", &number };
static const struct param choice = { "colour", PARAM_CHOICE, "red", 0, 0, colours, "", &number };
static const struct param mix = { "mix", PARAM_MIX, "red", 0, 0, colours, "", weights };
static const struct param folder = { "dir", PARAM_PATH, ".", 0, 0, NULL, "", &path };

static void values_are_read_in_their_base_unit(void **state)
{
	static const struct {
		const struct param *p;
		const char *text;
		uint64_t value;
	} cases[] = {
		{ &bytes, "4K", 4096 },
		{ &bytes, "1G", 1 << 30 },
		{ &bytes, "1.5M", 3 << 19 },
		{ &duration, "0", 0 },
		{ &duration, "10ms", 10000 },
		{ &duration, "1s", 1000000 },
		{ &count, "1", 1 },
		{ &count, "256", 256 },
		{ &unlimited, "18446744073709551615", UINT64_MAX },
		{ &percent, "0", 0 },
		{ &percent, "0%", 0 },
		{ &percent, "100%", 100 },
		{ &boolean, "true", 1 },
		{ &boolean, "false", 0 },
		{ &choice, "red", 0 },
		{ &choice, "blue", 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct diag d = { 0 };

		number = 12345;
		assert_int_equal(param_set(cases[i].p, cases[i].text, &d), 0);
		assert_int_equal(number, cases[i].value);
	}
}

static void a_refusal_names_the_parameter_the_text_and_what_is_allowed(void **state)
{
	static const struct {
		const struct param *p;
		const char *text;
		int err;
		const char *says;
	} cases[] = {
		{ &bytes, "64", -ENODATA, "unit" },
		{ &bytes, "1K", -ERANGE, "allowed is 4K to 1G" },
		{ &bytes, "2G", -ERANGE, "allowed is 4K to 1G" },
		{ &bytes, "-1M", -ERANGE, "--size=-1M" },
		{ &bytes, "", -EINVAL, "--size=" },
		{ &duration, "2s", -ERANGE, "allowed is 0 to 1s" },
		{ &duration, "5", -ENODATA, "unit" },
		{ &count, "0", -ERANGE, "allowed is 1 to 256" },
		{ &count, "257", -ERANGE, "allowed is 1 to 256" },
		{ &count, "eight", -EINVAL, "whole number" },
		{ &unlimited, "18446744073709551616", -ERANGE, "--seedling=" },
		{ &percent, "50", -EINVAL, "0% to 100%" },
		{ &percent, "101%", -EINVAL, "0% to 100%" },
		{ &percent, "-1%", -EINVAL, "0% to 100%" },
		{ &percent, "%", -EINVAL, "0% to 100%" },
		{ &boolean, "yes", -EINVAL, "true or false" },
		{ &choice, "purple", -EINVAL, "red, green, blue" },
		{ &choice, "re", -EINVAL, "red, green, blue" },
		{ &choice, "", -EINVAL, "red, green, blue" },
		{ &mix, "red:4,purple:1", -EINVAL, "'purple' is none of" },
		{ &mix, "red:x", -EINVAL, "whole number" },
		{ &mix, "red:", -EINVAL, "whole number" },
		{ &mix, "red:0", -EINVAL, "above 0" },
		{ &mix, "", -EINVAL, "none of" },
		{ &mix, "red,", -EINVAL, "none of" },
		{ &mix, "red:1000001", -ERANGE, "at most 1000000" },
		{ &mix, "red:99999999999999999999999", -ERANGE, "at most 1000000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct diag d = { 0 };

		number = 12345;
		weights[0] = 77;
		assert_int_equal(param_set(cases[i].p, cases[i].text, &d), cases[i].err);
		assert_non_null(strstr(d.message, cases[i].p->name));
		assert_non_null(strstr(d.message, cases[i].says));
		assert_int_equal(number, 12345); /* nothing is written */
		assert_int_equal(weights[0], 77);
	}
}

static void a_mix_gives_each_name_its_weight_and_the_others_none(void **state)
{
	struct diag d = { 0 };

	memset(weights, 0xff, sizeof(weights));
	assert_int_equal(param_set(&mix, "blue:3,red", &d), 0);
	assert_int_equal(weights[0], 1);
	assert_int_equal(weights[1], 0);
	assert_int_equal(weights[2], 3);
	for (int i = 3; i < STRESSOR_MIX_MAX; i++)
		assert_int_equal(weights[i], 0);
}

static void a_path_is_taken_as_it_is_up_to_a_length(void **state)
{
	char name[4000];
	struct diag d = { 0 };

	assert_int_equal(param_set(&folder, "/a b/c", &d), 0);
	assert_string_equal(path, "/a b/c");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(param_set(&folder, name, &d), -ERANGE);
}

static void a_parameter_is_found_by_its_whole_name_only(void **state)
{
	const struct param rows[] = { bytes, count, { NULL } };

	assert_ptr_equal(params_find(rows, "size=3", 4), &rows[0]);
	assert_ptr_equal(params_find(rows, "threads", 7), &rows[1]);
	assert_null(params_find(rows, "siz", 3));
	assert_null(params_find(rows, "sizes", 5));
}

static void defaults_are_set_for_all_rows_that_have_one(void **state)
{
	static uint64_t first, second = 99;
	const struct param rows[] = {
		{ "first", PARAM_COUNT, "7", 0, 0, NULL, "", &first },
		{ "second", PARAM_COUNT, NULL, 0, 0, NULL, "", &second },
		{ NULL },
	};
	struct diag d = { 0 };

	assert_int_equal(params_set_defaults(rows, &d), 0);
	assert_int_equal(first, 7);
	assert_int_equal(second, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_in_their_base_unit),
		cmocka_unit_test(a_refusal_names_the_parameter_the_text_and_what_is_allowed),
		cmocka_unit_test(a_mix_gives_each_name_its_weight_and_the_others_none),
		cmocka_unit_test(a_path_is_taken_as_it_is_up_to_a_length),
		cmocka_unit_test(a_parameter_is_found_by_its_whole_name_only),
		cmocka_unit_test(defaults_are_set_for_all_rows_that_have_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
