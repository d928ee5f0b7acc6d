/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rate of the TSC against a longer measurement of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "vm/qemu/host_tsc.h"

#if defined(__x86_64__)
#include <x86intrin.h>

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void the_rate_agrees_with_a_longer_measurement(void **state)
{
	const struct timespec span = { .tv_nsec = 200000000 };
	uint64_t tsc = __rdtsc(), ns = clock_ns();
	unsigned int khz = host_tsc_khz(), longer;

	if (!khz)
		skip(); /* a CPU whose counter does not tick evenly */
	nanosleep(&span, NULL);
	longer = (unsigned int)((double)(__rdtsc() - tsc) * 1e6 / (double)(clock_ns() - ns));
	assert_in_range(longer, khz - khz / 200, khz + khz / 200);
	assert_int_equal(host_tsc_khz(), khz);
}
#else
static void the_rate_agrees_with_a_longer_measurement(void **state)
{
	assert_int_equal(host_tsc_khz(), 0);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rate_agrees_with_a_longer_measurement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
