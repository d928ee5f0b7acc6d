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

static void a_line_of_a_log_loses_what_loggers_put_in_front(void **state)
{
	static const struct {
		const char *line, *text, *caller;
		uint64_t us;
		unsigned int facility;
	} rows[] = {
		{ "[   71.154783] INFO: x", "INFO: x", "", 71154783, 0 },
		{ "<3>[   71.154783] INFO: x", "INFO: x", "", 71154783, 0 },
		{ "<14>[   71.154783] INFO: x", "INFO: x", "", 71154783, 1 },
		{ "[   71.154783][   T42] INFO: x", "INFO: x", "T42", 71154783, 0 },
		{ "[   71.154783][    C1] INFO: x", "INFO: x", "C1", 71154783, 0 },
		{ "Nov 23 01:42:00 host kernel: [   71.154783] INFO: x", "INFO: x", "", 71154783,
		  0 },
		{ "kernel: INFO: x", "INFO: x", "", 0, 0 },
		{ "Nov 23 01:42:00 host sshd[12]: INFO: x",
		  "Nov 23 01:42:00 host sshd[12]: INFO: x", "", 0, 1 },
		{ "host login: [    1.000000] INFO: x", "INFO: x", "", 1000000, 0 },
		{ "[Sun Nov 23 01:42:00 2025] INFO: x", "INFO: x", "", 0, 0 },
		{ "** 3 printk messages dropped ** [    1.000000] INFO: x", "INFO: x", "", 1000000,
		  0 },
		{ "[ INFO: suspicious RCU usage. ]", "[ INFO: suspicious RCU usage. ]", "", 0, 0 },
		{ "[Hardware Error]: CPU 3: Machine Check",
		  "[Hardware Error]: CPU 3: Machine Check", "", 0, 0 },
		{ "[   52]     0    52     8203", "[   52]     0    52     8203", "", 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kmsg_record r;

		kmsg_line_parse(rows[i].line, &r);
		assert_string_equal(r.text, rows[i].text);
		assert_string_equal(r.caller, rows[i].caller);
		assert_int_equal(r.kernel_us, rows[i].us);
		assert_int_equal(r.facility, rows[i].facility);
	}
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
		cmocka_unit_test(a_line_of_a_log_loses_what_loggers_put_in_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
