/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "watch/kmsg_stream.h"

static void a_hole_in_the_numbers_is_counted(void **state)
{
	struct kmsg_stream s = { 0 };

	assert_int_equal(kmsg_stream_record(&s, 100, 1, 1), 0); /* where we came in */
	assert_int_equal(kmsg_stream_record(&s, 101, 2, 2), 0);
	assert_int_equal(kmsg_stream_record(&s, 150, 3, 3), 48);
	assert_int_equal(kmsg_stream_record(&s, 151, 4, 4), 0);
	assert_int_equal(kmsg_stream_record(&s, 3, 5, 5), 0); /* the ring was cleared: no hole */
}

static void the_promptest_record_sets_the_clocks_distance(void **state)
{
	struct kmsg_stream s = { 0 };

	assert_int_equal(kmsg_stream_when(&s, 1000), 0); /* not known yet */
	kmsg_stream_record(&s, 1, 1000000, 16500000);    /* read 0.5 s late */
	kmsg_stream_record(&s, 2, 2000000, 17000000);
	kmsg_stream_record(&s, 3, 3000000, 19000000); /* late again */
	assert_int_equal(kmsg_stream_when(&s, 3000000), 18000000);
}

static void a_clock_that_drifts_is_followed(void **state)
{
	struct kmsg_stream s = { 0 };
	uint64_t seq = 1;

	/* the kernel's clock loses 1 ms a second: after two hours it is 7.2 s behind */
	for (uint64_t t = 1; t <= 7200; t++)
		kmsg_stream_record(&s, seq++, t * 999000, t * 1000000 + 20);
	assert_in_range(kmsg_stream_when(&s, 7200ull * 999000), 7200ull * 1000000 - 1300000,
			7200ull * 1000000 + 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hole_in_the_numbers_is_counted),
		cmocka_unit_test(the_promptest_record_sets_the_clocks_distance),
		cmocka_unit_test(a_clock_that_drifts_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
