/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "triage/clock_facts.h"
#include "triage/explain.h"

static const struct report_text none = { .count = 0 };

static struct clock_delta delta(const char *line)
{
	struct clock_delta d;

	assert_int_equal(clock_delta_parse(&none, line, &d), 0);
	return d;
}

static void the_field_report_is_a_loss_of_2_to_the_54_ns(void **state)
{
	struct clock_delta d =
		delta("Delta way too big! 18428729675200069867 ts=18446743954022816244 "
		      "write stamp = 18014278822746377");

	assert_int_equal(d.cause, CLOCK_WRAP);
	assert_true(d.adds_up);
	assert_true(d.rest_ns == 235);
	assert_true(d.below_zero);
	assert_true(d.below_ns == 119686735372u);
	assert_true(d.uptime_ns == UINT64_C(18014278822746612));
	/* as the report came over the web: blanks lost and added */
	d = delta(
		"kernel: Deltaway too big! 18428729675200069867ts=18446743954022816244write stamp "
		"=18014278822746377");
	assert_int_equal(d.cause, CLOCK_WRAP);
	/* a guest whose clock was made to do so on purpose */
	assert_int_equal(
		delta("Delta way too big! 18428729675211276755 ts=18428729699122348911 write "
		      "stamp = 23911072156")
			.cause,
		CLOCK_WRAP);
}

static void a_clock_that_went_back_otherwise_is_not_that_overflow(void **state)
{
	struct clock_delta d =
		delta("Delta way too big! 18446744017624307285 ts=18446744061686237053 "
		      "write stamp = 44061929768");

	assert_int_equal(d.cause, CLOCK_WENT_BACK);
	assert_true(d.back_ns == UINT64_C(56085244331));
	d = delta("Delta way too big! 18446743750843854390 ts=18446744072977390405 "
		  "before=322133536015 "
		  "after=322133536015 write stamp=18446744072977390405");
	assert_int_equal(d.cause, CLOCK_WENT_BACK);
	assert_true(d.from == 322133536015u);
	/* 2^54 less an hour: near, and not it */
	d = delta(
		"Delta way too big! 18428733275200069632 ts=18428733275200069633 write stamp = 1");
	assert_int_equal(d.cause, CLOCK_WRAP); /* an hour between two events: a quiet trace */
	d = delta(
		"Delta way too big! 18432329675200069632 ts=18432329675200069633 write stamp = 1");
	assert_int_equal(d.cause, CLOCK_WENT_BACK);
}

static void figures_that_do_not_add_up_explain_nothing(void **state)
{
	struct clock_delta d =
		delta("Delta way too big! 18428729675200069867 ts=5 write stamp = 7");

	assert_false(d.adds_up);
	assert_int_equal(d.cause, CLOCK_UNEXPLAINED);
	d = delta("Delta way too big! 1152921504606846977 ts=1152921504606846978 write stamp = 1");
	assert_true(d.adds_up);
	assert_int_equal(d.cause, CLOCK_UNEXPLAINED);
	assert_int_equal(clock_delta_parse(&none, "Delta way too big! x ts=y", &d), -ENODATA);
	assert_int_equal(clock_delta_parse(&none, "", &d), -ENODATA);
	/* beyond 64 bits */
	assert_int_equal(
		delta("Delta way too big! 99999999999999999999999 ts=99999999999999999999999 "
		      "write stamp = 1")
			.cause,
		CLOCK_UNEXPLAINED);
}

static void stuck_for_136_years_is_told_apart(void **state)
{
	static const struct {
		const char *line;
		enum clock_cause cause;
		unsigned int bits;
		uint64_t units;
	} cases[] = {
		{ "BUG: soft lockup - CPU#11 stuck for 4278190091s! [qmgr:5492]", CLOCK_WRAP, 32,
		  11 },
		{ "BUG: soft lockup - CPU#1 stuck for 4278190084s! [x:1]", CLOCK_WRAP, 32, 4 },
		{ "BUG: soft lockup - CPU#0 stuck for 17163091968s! [x:1]", CLOCK_WRAP, 64, 0 },
		{ "BUG: soft lockup - CPU#0 stuck for 17163091988s! [x:1]", CLOCK_WRAP, 64, 20 },
		{ "BUG: soft lockup - CPU#0 stuck for 4294967272s! [x:1]", CLOCK_WENT_BACK, 32,
		  24 },
		{ "BUG: soft lockup - CPU#0 stuck for 17179869183s! [x:1]", CLOCK_WENT_BACK, 64,
		  1 },
		{ "BUG: soft lockup - CPU#0 stuck for 4278190079s! [x:1]", CLOCK_UNEXPLAINED, 0,
		  0 },
		{ "BUG: soft lockup - CPU#0 stuck for 2000000000s! [x:1]", CLOCK_UNEXPLAINED, 0,
		  0 },
		{ "BUG: soft lockup - CPU#0 stuck for 22s! [x:1]", CLOCK_UNEXPLAINED, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct clock_stuck s;

		assert_int_equal(clock_stuck_parse(cases[i].line, &s), 0);
		assert_int_equal(s.cause, cases[i].cause);
		assert_int_equal(s.bits, cases[i].bits);
		assert_true(s.units == cases[i].units);
	}
}

static void printk_times_near_2_to_the_64_are_negative(void **state)
{
	uint64_t below;

	assert_true(clock_below_zero(UINT64_C(18446743954022816), &below));
	assert_true(below == 119686735);
	assert_true(clock_below_zero(UINT64_C(18446743485711482), &below)); /* kvm-clock, resume */
	assert_true(below / 1000000 == 587);
	assert_true(clock_below_zero(UINT64_C(18446744073709550), &below));
	assert_true(below == 1);
	assert_false(clock_below_zero(UINT64_C(18014398509481), &below));
	assert_false(clock_below_zero(0, &below));
	assert_false(clock_below_zero(UINT64_MAX, &below));
}

static bool too_long(enum finding_kind kind, double up, const char *text, uint64_t *seconds)
{
	const char *lines[] = { text };
	struct triage_case c = { .text = { .lines = lines, .count = 1 } };

	c.f.kind = kind;
	c.f.kernel_us = (uint64_t)(up * 1e6);
	snprintf(c.f.text, sizeof(c.f.text), "%s", text);
	return clock_too_long(&c, seconds);
}

static void no_stall_is_longer_than_the_uptime(void **state)
{
	uint64_t s;

	assert_true(too_long(FINDING_RCU_STALL, 1000, "\t(t=18446744073709 jiffies g=1 q=2)", &s));
	assert_false(too_long(FINDING_RCU_STALL, 1000, "\t(t=21003 jiffies g=1 q=2)", &s));
	/* 65,000 jiffies may be 65 s or 650 s; even at 1,000 Hz 2,000,000 are too many for 1,000 s
	 */
	assert_true(too_long(FINDING_RCU_STALL, 1000, "\t(t=2000000 jiffies g=1 q=2)", &s));
	assert_true(s == 2000);
	assert_true(too_long(FINDING_HUNG_TASK, 500,
			     "INFO: task x:1 blocked for more than 9000 seconds.", &s));
	assert_false(too_long(FINDING_HUNG_TASK, 500,
			      "INFO: task x:1 blocked for more than 120 seconds.", &s));
	assert_false(too_long(FINDING_HUNG_TASK, 0,
			      "INFO: task x:1 blocked for more than 9000 seconds.", &s));
	assert_true(too_long(FINDING_SOFT_LOCKUP, 100,
			     "BUG: soft lockup - CPU#0 stuck for 3000s! [x:1]", &s));
	assert_false(too_long(FINDING_OOPS, 1, "stuck for 3000s", &s));
}

static struct clock_skew skew(const char *headline, const char *a, const char *b, const char *c)
{
	const char *lines[] = { headline, a, b, c };
	struct report_text t = { .lines = lines, .count = c ? 4 : b ? 3 : a ? 2 : 1 };
	struct clock_skew k;

	assert_int_equal(clock_skew_parse(&t, headline, &k), 0);
	return k;
}

#define MARKING                                                                                    \
	"clocksource: timekeeping watchdog on CPU14: Marking clocksource 'tsc' as unstable "       \
	"because the skew is too large:"

static void skew_is_taken_from_what_is_printed(void **state)
{
	struct clock_skew k =
		skew(MARKING,
		     "clocksource:                       'hpet' wd_nsec: 503998762 wd_now: 66cec85 "
		     "wd_last: 5fecfac mask: ffffffff",
		     "clocksource:                       'tsc' cs_nsec: 505705330 cs_now: "
		     "16bb57ff20 cs_last: 165b11c8c0 mask: ffffffffffffffff",
		     "clocksource:                       Clocksource 'tsc' skewed 1706568 ns (1 "
		     "ms) over watchdog 'hpet' interval of 503998762 ns (503 ms)");

	assert_int_equal(k.cause, CLOCK_SKEW);
	assert_string_equal(k.watched, "tsc");
	assert_string_equal(k.watchdog, "hpet");
	assert_true(k.skew_ns == 1706568);
	assert_true(k.watchdog_cycles == 0x66cec85 - 0x5fecfac);
	k = skew(MARKING,
		 "clocksource:                       'hpet' wd_nsec: 495997815 wd_now: 36f24f3 "
		 "wd_last: 302c799 mask: ffffffff",
		 "clocksource:                       'tsc' cs_nsec: 497721239 cs_now: 1ea2752100 "
		 "cs_last: 1e43b3e700 mask: ffffffffffffffff",
		 NULL);
	assert_true(k.skew_ns == 497721239 - 495997815);
}

static void cycles_count_through_a_wrap_of_the_watchdog(void **state)
{
	struct clock_skew k = skew(MARKING,
				   "clocksource:                       'hpet' wd_now: 25272026 "
				   "wd_last: 2e9ce418 mask: ffffffff",
				   "clocksource:                       'tsc' cs_now: 95b400003fdf1 "
				   "cs_last: 95ae7ed7c33f7 mask: ffffffffffffffff",
				   NULL);

	assert_true(k.watchdog_cycles == UINT64_C(0xf68a3c0e));
	assert_false(k.has_skew);
	assert_int_equal(k.cause, CLOCK_UNEXPLAINED); /* the hpet's rate is not told */
	k = skew(MARKING,
		 "clocksource:                       'kvm-clock' wd_now: 635480f3c wd_last: "
		 "3ce94a718 mask: ffffffffffffffff",
		 "clocksource:                       'tsc' cs_now: 92d2e5d08 cs_last: 81305ceee "
		 "mask: ffffffffffffffff",
		 NULL);
	assert_true(k.reckoned);
	assert_true(k.watchdog_ns / 1000000 == 10312);
}

static void a_late_check_by_acpi_pm_accuses_the_wrong_clock(void **state)
{
	struct clock_skew k =
		skew("Clocksource tsc unstable (delta = 4687619986 ns)", NULL, NULL, NULL);

	assert_int_equal(k.cause, CLOCK_LATE_CHECK);
	assert_int_equal(k.wraps, 1);
	assert_true(k.watchdog_assumed);
	assert_int_equal(
		skew("Clocksource tsc unstable (delta = 14060909000 ns)", NULL, NULL, NULL).wraps,
		3);
	assert_int_equal(
		skew("Clocksource tsc unstable (delta = -199680952 ns)", NULL, NULL, NULL).cause,
		CLOCK_SKEW);
	assert_int_equal(
		skew("Clocksource tsc unstable (delta = 68989515 ns)", NULL, NULL, NULL).cause,
		CLOCK_SKEW);
	assert_int_equal(
		skew("Clocksource tsc unstable (delta = 6000000000 ns)", NULL, NULL, NULL).cause,
		CLOCK_SKEW);
}

static void a_stall_told_at_a_negative_time_is_explained_so(void **state)
{
	struct triage_case c = {
		.f = { .kind = FINDING_WARNING,
		       .kernel_us = UINT64_C(18446743485711482),
		       .text = "WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2" }
	};
	struct explanation e = { .details = NULL };

	assert_true(explain_clock.takes(&c));
	assert_int_equal(explain_clock.one(&c, "5.19.0", &e), 0);
	assert_non_null(strstr(e.conclusion, "below zero"));
	assert_non_null(strstr(e.words, "18446743485.711482, is -587.998 s"));
	explanation_clear(&e);
	c.f.kind = FINDING_OOM_KILL;
	assert_false(explain_clock.takes(&c));
	c.f.kind = FINDING_WARNING;
	c.f.kernel_us = 1;
	assert_false(explain_clock.takes(&c));
}

/* Report 003's kind of guess: modules and tasks are never blamed. */
static void a_division_by_the_clock_is_known_by_place_and_time(void **state)
{
	struct triage_case c = { .f = { .kind = FINDING_OOPS,
					.kernel_us = UINT64_C(18014398600000),
					.text = "divide error: 0000 [#1] SMP",
					.function = "find_busiest_group" } };
	struct explanation e = { .details = NULL };

	assert_true(explain_clock.takes(&c));
	assert_int_equal(explain_clock.one(&c, "2.6.32-131.el6.x86_64", &e), 0);
	assert_non_null(strstr(e.conclusion, "208.500 days"));
	explanation_clear(&e);
	c.f.kernel_us = UINT64_C(5000000000);
	assert_false(explain_clock.takes(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_field_report_is_a_loss_of_2_to_the_54_ns),
		cmocka_unit_test(a_clock_that_went_back_otherwise_is_not_that_overflow),
		cmocka_unit_test(figures_that_do_not_add_up_explain_nothing),
		cmocka_unit_test(stuck_for_136_years_is_told_apart),
		cmocka_unit_test(printk_times_near_2_to_the_64_are_negative),
		cmocka_unit_test(no_stall_is_longer_than_the_uptime),
		cmocka_unit_test(skew_is_taken_from_what_is_printed),
		cmocka_unit_test(cycles_count_through_a_wrap_of_the_watchdog),
		cmocka_unit_test(a_stall_told_at_a_negative_time_is_explained_so),
		cmocka_unit_test(a_division_by_the_clock_is_known_by_place_and_time),
		cmocka_unit_test(a_late_check_by_acpi_pm_accuses_the_wrong_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
