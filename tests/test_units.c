/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Amounts as people write them: what is read, what is refused and how, and that printing parses
 * back.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"

struct unit_case {
	const char *text;
	int want;
	uint64_t value;
};

static void check_cases(int (*parse)(const char *, uint64_t *), const struct unit_case *cases,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = 77;
		int r = parse(cases[i].text, &value);

		if (r != cases[i].want || value != (r ? 77 : cases[i].value))
			fail_msg("\"%s\": returned %d with %llu", cases[i].text, r,
				 (unsigned long long)value);
	}
}

static void bytes_are_powers_of_1024(void **state)
{
	static const struct unit_case cases[] = {
		{ "4096B", 0, 4096 },
		{ "64K", 0, 65536 },
		{ "64KiB", 0, 65536 },
		{ "100M", 0, 104857600 },
		{ "2G", 0, 2147483648 },
		{ "1TiB", 0, 1ull << 40 },
		{ "1.5G", 0, 1610612736 },
		{ "0.1K", 0, 102 },
		{ "1.00000000000000000000001K", 0, 1024 },
		{ "0", 0, 0 },
		{ "0.0", 0, 0 },
		{ "0M", 0, 0 },
		{ "18446744073709551615B", 0, UINT64_MAX },
		{ "16777215T", 0, 16777215ull << 40 },
	};

	check_cases(units_parse_bytes, cases, ARRAY_SIZE(cases));
}

static void bytes_refuse_what_could_be_misread(void **state)
{
	static const struct unit_case cases[] = {
		{ "64", -ENODATA },
		{ "0.5", -ENODATA },
		{ "", -EINVAL },
		{ "M", -EINVAL },
		{ "64m", -EINVAL },
		{ "64MB", -EINVAL },
		{ "64 M", -EINVAL },
		{ " 64M", -EINVAL },
		{ "64M ", -EINVAL },
		{ "+64M", -EINVAL },
		{ "1e3M", -EINVAL },
		{ "0x10K", -EINVAL },
		{ "1.M", -EINVAL },
		{ ".5M", -EINVAL },
		{ "1.5.5M", -EINVAL },
		{ "-", -EINVAL },
		{ "-1M", -ERANGE },
		{ "-0", -ERANGE },
		{ "16777216T", -ERANGE },
		{ "0.4B", -ERANGE },
		{ "18446744073709551616B", -ERANGE },
		{ "99999999999999999999999999M", -ERANGE },
		{ "16777215.99999999999T", 0, UINT64_MAX - 10 },
		{ "64\xc2\xb5", -EINVAL },
	};

	check_cases(units_parse_bytes, cases, ARRAY_SIZE(cases));
}

static void durations_go_from_microseconds_to_days(void **state)
{
	static const struct unit_case cases[] = {
		{ "250us", 0, 250 },       { "10ms", 0, 10000 },
		{ "30s", 0, 30000000 },    { "5m", 0, 300000000 },
		{ "2h", 0, 7200000000 },   { "1d", 0, 86400000000 },
		{ "1.5s", 0, 1500000 },    { "0", 0, 0 },
		{ "30", -ENODATA },        { "30sec", -EINVAL },
		{ "30S", -EINVAL },        { "-30s", -ERANGE },
		{ "213503983d", -ERANGE }, { "213503982d", 0, 213503982ull * 86400000000ull },
	};

	check_cases(units_parse_duration, cases, ARRAY_SIZE(cases));
}

static void counts_are_digits_only(void **state)
{
	static const struct unit_case cases[] = {
		{ "0", 0, 0 },
		{ "8", 0, 8 },
		{ "", -EINVAL },
		{ "8x", -EINVAL },
		{ "1.0", -EINVAL },
		{ "-1", -ERANGE },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE },
	};

	check_cases(units_parse_count, cases, ARRAY_SIZE(cases));
}

static void formats_take_the_largest_unit_that_is_exact(void **state)
{
	char buf[32];

	assert_string_equal(units_format_bytes(104857600, buf, sizeof(buf)), "100M");
	assert_string_equal(units_format_bytes(1610612736, buf, sizeof(buf)), "1536M");
	assert_string_equal(units_format_bytes(1023, buf, sizeof(buf)), "1023B");
	assert_string_equal(units_format_bytes(0, buf, sizeof(buf)), "0");
	assert_string_equal(units_format_duration(1500000, buf, sizeof(buf)), "1500ms");
	assert_string_equal(units_format_duration(90000000, buf, sizeof(buf)), "90s");
	assert_string_equal(units_format_duration(600000000, buf, sizeof(buf)), "10m");
}

static void formats_parse_back_to_the_same_number(void **state)
{
	uint64_t value = 1;

	for (int i = 0; i < 2000; i++) {
		char buf[32];
		uint64_t back;

		value = value * 6364136223846793005ull + 1442695040888963407ull;
		assert_int_equal(
			units_parse_bytes(units_format_bytes(value >> i % 64, buf, 32), &back), 0);
		assert_true(back == value >> i % 64);
		assert_int_equal(units_parse_duration(
					 units_format_duration(value >> i % 64, buf, 32), &back),
				 0);
		assert_true(back == value >> i % 64);
	}
}

static void explanations_show_how_to_write_it(void **state)
{
	assert_non_null(strstr(units_explain_bytes(-ENODATA), "64M"));
	assert_non_null(strstr(units_explain_duration(-ENODATA), "30s"));
	assert_non_null(strstr(units_explain_bytes(-ERANGE), "range"));
	assert_non_null(strstr(units_explain_duration(-EINVAL), "30s"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_powers_of_1024),
		cmocka_unit_test(bytes_refuse_what_could_be_misread),
		cmocka_unit_test(durations_go_from_microseconds_to_days),
		cmocka_unit_test(counts_are_digits_only),
		cmocka_unit_test(formats_take_the_largest_unit_that_is_exact),
		cmocka_unit_test(formats_parse_back_to_the_same_number),
		cmocka_unit_test(explanations_show_how_to_write_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
