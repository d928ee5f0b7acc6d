/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "latency.h"

static struct latency l;
static struct latency_summary sum;

static int setup(void **state)
{
	(void)state;
	memset(&l, 0, sizeof(l));
	return 0;
}

static void what_is_not_on_disk_is_not_counted(void **state)
{
	(void)state;
	latency_expect(&l, 5, 1000);
	latency_synced(&l, 4, 9000);
	latency_sum(&l, &sum);
	assert_int_equal(sum.count, 0);
	latency_synced(&l, 5, 9000);
	latency_sum(&l, &sum);
	assert_int_equal(sum.count, 1);
	assert_int_equal(sum.worst_us, 8000);
}

static void median_and_worst_are_told_apart(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 9; i++)
		latency_expect(&l, i, 0);
	latency_synced(&l, 8, 3000);
	latency_synced(&l, 9, 150000);
	latency_sum(&l, &sum);
	assert_int_equal(sum.count, 9);
	assert_in_range(sum.median_us, 3000 - LATENCY_BUCKET_US, 3000 + LATENCY_BUCKET_US);
	assert_int_equal(sum.worst_us, 150000);
}

static void a_flood_is_measured_as_far_as_there_is_room(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 2 * LATENCY_PENDING; i++)
		latency_expect(&l, i, 0);
	latency_synced(&l, 2 * LATENCY_PENDING, 10);
	latency_sum(&l, &sum);
	assert_int_equal(sum.count, LATENCY_PENDING);
	latency_expect(&l, 1000, 0);
	latency_synced(&l, 1000, UINT64_MAX);
	latency_sum(&l, &sum);
	assert_int_equal(sum.count, LATENCY_PENDING + 1);
}

static void a_line_that_was_lost_is_not_waited_for(void **state)
{
	(void)state;
	latency_expect(&l, 0, 1000);
	latency_synced(&l, 100, 2000);
	latency_sum(&l, &sum);
	assert_int_equal(sum.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_not_on_disk_is_not_counted, setup),
		cmocka_unit_test_setup(median_and_worst_are_told_apart, setup),
		cmocka_unit_test_setup(a_flood_is_measured_as_far_as_there_is_room, setup),
		cmocka_unit_test_setup(a_line_that_was_lost_is_not_waited_for, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
