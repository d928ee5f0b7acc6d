/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "watch/psi.h"

static void both_lines_are_read(void **state)
{
	struct psi_line some, full;

	assert_int_equal(psi_parse("some avg10=1.50 avg60=0.22 avg300=0.01 total=123456\nfull "
				   "avg10=0.75 avg60=0.00 avg300=0.00 total=99\n",
				   &some, &full),
			 0);
	assert_float_equal(some.avg10, 1.5, 0.001);
	assert_int_equal(some.total_us, 123456);
	assert_true(full.known);
	assert_int_equal(full.total_us, 99);
}

static void cpu_without_a_full_line_is_read(void **state)
{
	struct psi_line some, full;

	assert_int_equal(
		psi_parse("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", &some, &full), 0);
	assert_false(full.known);
}

static void what_is_no_pressure_is_refused(void **state)
{
	static const char *const bad[] = { "", "some", "some avg10=x",
					   "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
					   "some avg10=0.00 avg60=0.00 avg300=0.00\n" };
	struct psi_line some, full;

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(psi_parse(bad[i], &some, &full), -EINVAL);
}

static void a_share_of_time_is_compared_whatever_the_interval(void **state)
{
	assert_true(psi_exceeds(150000, 1000000, 150000, 1000000));
	assert_false(psi_exceeds(149999, 1000000, 150000, 1000000));
	assert_true(psi_exceeds(1600000, 10000000, 150000, 1000000));
	assert_false(psi_exceeds(1400000, 10000000, 150000, 1000000));
	assert_false(psi_exceeds(1, 0, 150000, 1000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_lines_are_read),
		cmocka_unit_test(cpu_without_a_full_line_is_read),
		cmocka_unit_test(what_is_no_pressure_is_refused),
		cmocka_unit_test(a_share_of_time_is_compared_whatever_the_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
