/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "watch/clock_judge.h"

#define SECOND 1000000000ull
#define HZ 2000000000.0

/* One second on every clock, from @at. */
static void pair(uint64_t at, struct clock_sample *a, struct clock_sample *b)
{
	*a = (struct clock_sample){ .monotonic = at,
				    .raw = at + 5,
				    .boottime = at + 7,
				    .realtime = 1700000000ull * SECOND + at,
				    .tsc = 2 * at };
	*b = *a;
	b->monotonic += SECOND;
	b->raw += SECOND;
	b->boottime += SECOND;
	b->realtime += SECOND;
	b->tsc += 2 * SECOND;
}

static unsigned int judge(const struct clock_sample *a, const struct clock_sample *b,
			  struct clock_finding *f)
{
	memset(f, 0, 4 * sizeof(*f));
	return clock_judge(a, b, HZ, SECOND, f);
}

static void clocks_that_agree_are_fine_at_any_age_of_the_machine(void **state)
{
	/* just before and across 2^54 ns (208.5 days), 2^63 and the wrap of 64 bits */
	static const uint64_t ages[] = { 0,
					 SECOND,
					 (1ull << 54) - SECOND / 2,
					 1ull << 54,
					 (1ull << 63) - SECOND / 2,
					 UINT64_MAX - SECOND / 2 };
	struct clock_finding f[4];
	struct clock_sample a, b;

	for (unsigned int i = 0; i < sizeof(ages) / sizeof(*ages); i++) {
		pair(ages[i], &a, &b);
		assert_int_equal(judge(&a, &b, f), 0);
	}
}

static void slewing_is_no_jump(void **state)
{
	struct clock_finding f[4];
	struct clock_sample a, b;

	pair(SECOND, &a, &b);
	b.raw += SECOND / 2000; /* 500 ppm in a second */
	assert_int_equal(judge(&a, &b, f), 0);
	b.monotonic += 100 * SECOND; /* over 101 s, 9 % slow: the tick's limit */
	b.boottime += 100 * SECOND;
	b.realtime += 100 * SECOND;
	b.raw += 109 * SECOND;
	b.tsc += 2 * 109 * SECOND;
	assert_int_equal(judge(&a, &b, f), 0);
}

static void a_clock_source_that_overflows_is_a_jump(void **state)
{
	struct clock_finding f[4];
	struct clock_sample a, b;

	pair(1ull << 54, &a, &b);
	b.monotonic += 1ull << 54;
	b.boottime += 1ull << 54;
	b.realtime += 1ull << 54;
	assert_int_equal(judge(&a, &b, f), 1);
	assert_int_equal(f[0].verdict, CLOCK_RAW_JUMP);
	assert_true(f[0].apart_seconds > 18000000);
}

static void a_wall_clock_that_is_set_is_a_jump_either_way(void **state)
{
	struct clock_finding f[4];
	struct clock_sample a, b;

	pair(SECOND, &a, &b);
	b.realtime += 3600 * SECOND;
	assert_int_equal(judge(&a, &b, f), 1);
	assert_int_equal(f[0].verdict, CLOCK_REALTIME_JUMP);
	assert_true(f[0].apart_seconds > 3599 && f[0].apart_seconds < 3601);
	pair(SECOND, &a, &b);
	b.realtime -= 3600 * SECOND;
	assert_int_equal(judge(&a, &b, f), 1);
	assert_true(f[0].apart_seconds < -3599);
}

static void suspend_is_told_as_suspend(void **state)
{
	struct clock_finding f[4];
	struct clock_sample a, b;

	pair(SECOND, &a, &b);
	b.boottime += 600 * SECOND;
	b.realtime += 600 * SECOND;
	b.tsc = 12; /* began anew */
	assert_int_equal(judge(&a, &b, f), 1);
	assert_int_equal(f[0].verdict, CLOCK_SUSPENDED);
	assert_true(f[0].apart_seconds > 599 && f[0].apart_seconds < 601);
}

static void time_that_stood_still_shows_on_the_tsc(void **state)
{
	struct clock_finding f[4];
	struct clock_sample a, b;

	pair(SECOND, &a, &b);
	b.tsc += (uint64_t)(HZ * 10);
	assert_int_equal(judge(&a, &b, f), 1);
	assert_int_equal(f[0].verdict, CLOCK_TSC_JUMP);
	assert_true(f[0].apart_seconds > 9.9);
	assert_int_equal(clock_judge(&a, &b, 0, SECOND, f),
			 0); /* not calibrated: not held against anybody */
}

static void a_monotonic_clock_that_runs_backwards_is_told(void **state)
{
	struct clock_finding f[4];
	struct clock_sample a, b;

	pair(100 * SECOND, &a, &b);
	b.monotonic -= 2 * SECOND;
	assert_true(judge(&a, &b, f) >= 1);
	assert_int_equal(f[0].verdict, CLOCK_BACKWARDS);
}

static void a_late_look_is_no_jump(void **state)
{
	struct clock_finding f[4];
	struct clock_sample a, b;

	pair(SECOND, &a, &b); /* the observer itself did not run for ten minutes: all clocks did */
	b.monotonic += 600 * SECOND;
	b.raw += 600 * SECOND;
	b.boottime += 600 * SECOND;
	b.realtime += 600 * SECOND;
	b.tsc += 2 * 600 * SECOND;
	assert_int_equal(judge(&a, &b, f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_that_agree_are_fine_at_any_age_of_the_machine),
		cmocka_unit_test(slewing_is_no_jump),
		cmocka_unit_test(a_clock_source_that_overflows_is_a_jump),
		cmocka_unit_test(a_wall_clock_that_is_set_is_a_jump_either_way),
		cmocka_unit_test(suspend_is_told_as_suspend),
		cmocka_unit_test(time_that_stood_still_shows_on_the_tsc),
		cmocka_unit_test(a_monotonic_clock_that_runs_backwards_is_told),
		cmocka_unit_test(a_late_look_is_no_jump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
