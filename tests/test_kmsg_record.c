/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "kmsg_log.h"

static int parse(const char *text, struct kmsg_record *r)
{
	static char buf[8192];

	snprintf(buf, sizeof(buf), "%s", text);
	return kmsg_record_parse(buf, strlen(buf), r);
}

static void a_record_gives_its_four_numbers_and_its_text(void **state)
{
	struct kmsg_record r;

	assert_int_equal(
		parse("6,339,5140900,-;NET: Registered protocol family 10\n SUBSYSTEM=net\n", &r),
		0);
	assert_int_equal(r.level, 6);
	assert_int_equal(r.facility, 0);
	assert_int_equal(r.seq, 339);
	assert_int_equal(r.kernel_us, 5140900);
	assert_string_equal(r.caller, "");
	assert_string_equal(r.text, "NET: Registered protocol family 10");
}

static void the_caller_is_kept_whatever_stands_around_it(void **state)
{
	struct kmsg_record r;

	assert_int_equal(parse("3,1,2,-,caller=T123;x\n", &r), 0);
	assert_string_equal(r.caller, "T123");
	assert_int_equal(parse("3,1,2,c,caller=C0,more=1;x\n", &r), 0);
	assert_string_equal(r.caller, "C0");
	assert_int_equal(parse("3,1,2,-,caller=T99999999999999999999;x\n", &r), 0);
	assert_int_equal(strlen(r.caller), 15);
}

static void a_line_of_user_space_has_a_facility(void **state)
{
	struct kmsg_record r;

	assert_int_equal(
		parse("12,346,1431673701,-;BUG: soft lockup - CPU#0 stuck for 61s! [mv:5593]\n",
		      &r),
		0);
	assert_int_equal(r.facility, 1);
	assert_int_equal(r.level, 4);
}

static void escaped_bytes_are_decoded_and_a_nul_hides_nothing(void **state)
{
	struct kmsg_record r;

	assert_int_equal(parse("4,1,2,-;a\\x0ab\\x5cc\\x00d\\xzze\\x\n", &r), 0);
	assert_string_equal(r.text, "a\nb\\c d\\xzze\\x");
}

static void dropped_markers_are_taken_off_the_text(void **state)
{
	struct kmsg_record r;

	assert_int_equal(parse("4,1,2,-;** 12 printk messages dropped ** INFO: x\n", &r), 0);
	assert_string_equal(r.text, "INFO: x");
}

static void what_is_no_record_is_refused(void **state)
{
	static const char *const bad[] = {
		"",          ";",           "6;x\n",   "6,;x\n",       "6,1;x\n",
		"6,1,2;x\n", "a,1,2,-;x\n", "6,1,2,-", "-6,1,2,-;x\n", "6,1,2,-;"
	};
	struct kmsg_record r;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(parse(bad[i], &r), -EINVAL);
	assert_int_equal(parse("6,1,2,-;\n", &r), 0); /* an empty line is a record */
	assert_string_equal(r.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_gives_its_four_numbers_and_its_text),
		cmocka_unit_test(the_caller_is_kept_whatever_stands_around_it),
		cmocka_unit_test(a_line_of_user_space_has_a_facility),
		cmocka_unit_test(escaped_bytes_are_decoded_and_a_nul_hides_nothing),
		cmocka_unit_test(dropped_markers_are_taken_off_the_text),
		cmocka_unit_test(what_is_no_record_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
