/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clock sources given up, times longer than the uptime, divisions by a clock that jumped. */
#include "triage/clock_say.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"

#define NEAR_WRAP_US                                                                               \
	UINT64_C(3600000000) /* an hour around 2^54 ns: TSC and clock differ by the BIOS */

/* Load balancing and accounting divide by differences of the clock. */
static const char *const dividers[] = { "find_busiest_group", "update_sd_lb_stats",
					"update_sg_lb_stats", "scale_rt_power",
					"update_cpu_power",   "thread_group_times",
					"task_times" };

static bool near_wrap(uint64_t kernel_us)
{
	uint64_t wrap = CLOCK_LOST_NS / 1000, below;

	if (clock_below_zero(kernel_us, &below))
		return below < NEAR_WRAP_US;
	return kernel_us + NEAR_WRAP_US > wrap && kernel_us < wrap + NEAR_WRAP_US;
}

bool clock_divided(const struct triage_case *c)
{
	if (!strstr(c->f.text, "divide error") || !near_wrap(c->f.kernel_us))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(dividers); i++)
		if (finding_stack_has(c->f.stack, dividers[i]) ||
		    !strcmp(c->f.function, dividers[i]))
			return true;
	return false;
}

static void say_skew_figures(struct telling *t, const struct clock_skew *k)
{
	char a[48], b[48];

	if (k->has_ns && k->watched_ns >= 0 && k->watchdog_ns >= 0)
		words_say(&t->w, "Between two checks '%s' counted %s and the watchdog '%s' %s.",
			  k->watched, clock_span((uint64_t)k->watched_ns, a, sizeof(a)),
			  k->watchdog, clock_span((uint64_t)k->watchdog_ns, b, sizeof(b)));
	else if (k->has_cycles)
		words_say(&t->w,
			  "Between two checks '%s' counted %" PRIu64
			  " cycles and the watchdog '%s' %" PRIu64 " cycles.",
			  k->watched, k->watched_cycles, k->watchdog, k->watchdog_cycles);
	if (k->reckoned && k->watchdog_ns > 0)
		words_say(&t->w,
			  "At the watchdog's rate that is %s, in which '%s' ran at %.3f MHz.",
			  clock_span((uint64_t)k->watchdog_ns, b, sizeof(b)), k->watched,
			  (double)k->watched_cycles / (double)k->watchdog_ns * 1e3);
	/* A check comes each half second; twice that is late. */
	if (k->watchdog_ns > 1000000000)
		words_say(&t->w, "Checks are 0.5 s apart: this one was late, as when the machine "
				 "(or its host) was away; then the comparison proves little.");
}

int clock_say_skew(const struct triage_case *c, struct telling *t)
{
	struct clock_skew k;
	char span[48];
	int err = clock_skew_parse(&c->text, c->f.text, &k);

	if (err < 0)
		return err;
	telling_number(t, "watched_cycles", k.watched_cycles);
	telling_number(t, "watchdog_cycles", k.watchdog_cycles);
	if (k.has_skew) {
		json_object_set_new(t->details, "skew_ns", json_integer(k.skew_ns));
		clock_span((uint64_t)(k.skew_ns < 0 ? -k.skew_ns : k.skew_ns), span, sizeof(span));
	}
	if (k.cause == CLOCK_LATE_CHECK) {
		snprintf(t->conclusion, t->size,
			 "The check was late, not '%s' wrong: the difference of %s is %u wrap%s of "
			 "acpi_pm's 24 bits (4.687 s)%s",
			 k.watched, span, k.wraps, k.wraps == 1 ? "" : "s",
			 k.watchdog_assumed
				 ? ", if that is the watchdog, which this line does not name"
				 : "");
		telling_conclude(t, "late-check", true);
	} else if (k.has_skew) {
		snprintf(t->conclusion, t->size,
			 "Clock source '%s' %s %s against its watchdog%s%s%s: the kernel gives it "
			 "up for a slower one",
			 k.watched, k.skew_ns < 0 ? "lost" : "gained", span,
			 k.watchdog[0] ? " '" : "", k.watchdog, k.watchdog[0] ? "'" : "");
		telling_conclude(t, "clocksource-skew", false);
	} else {
		snprintf(t->conclusion, t->size,
			 "Clock source '%s' disagrees with its watchdog%s%s%s; the log does not "
			 "hold by how much",
			 k.watched, k.watchdog[0] ? " '" : "", k.watchdog,
			 k.watchdog[0] ? "'" : "");
		telling_conclude(t, "clocksource-skew", false);
	}
	say_skew_figures(t, &k);
	return 0;
}

int clock_say_too_long(const struct triage_case *c, struct telling *t)
{
	uint64_t seconds;

	if (!clock_too_long(c, &seconds))
		return -ENODATA;
	snprintf(t->conclusion, t->size,
		 "The time told, %" PRIu64
		 " s at least, is longer than the machine was up (%" PRIu64
		 " s): the clock is wrong, and the figure fits no known overflow",
		 seconds, c->f.kernel_us / 1000000);
	telling_conclude(t, "longer-than-uptime", true);
	words_say(&t->w, "The stall may be real; how long it lasted is not what is printed.");
	return 0;
}

int clock_say_division(const struct triage_case *c, struct telling *t)
{
	if (!clock_divided(c))
		return -ENODATA;
	snprintf(t->conclusion, t->size,
		 "A division by a difference of the clock, at %.3f days of printk time: where x86 "
		 "sched_clock() overflows (2^54 ns, 208.5 days; "
		 "4cecf6d401a0 fixes it)",
		 (double)c->f.kernel_us / 86400e6);
	telling_conclude(t, "sched-clock-wrap", false);
	words_say(&t->w, "Time and function fit the overflow; the report holds no difference that "
			 "would prove it.");
	telling_fix(t);
	return 0;
}

bool clock_told_below_zero(const struct triage_case *c)
{
	uint64_t below;

	switch (c->f.kind) {
	case FINDING_WARNING:
	case FINDING_SOFT_LOCKUP:
	case FINDING_HARD_LOCKUP:
	case FINDING_RCU_STALL:
	case FINDING_WORKQUEUE_LOCKUP:
		return clock_below_zero(c->f.kernel_us, &below);
	default:
		return false;
	}
}

int clock_say_below_zero(const struct triage_case *c, struct telling *t)
{
	if (!clock_told_below_zero(c))
		return -ENODATA;
	snprintf(t->conclusion, t->size,
		 "The kernel's clock was below zero when it told this: durations told near that "
		 "moment prove nothing; "
		 "what set the clock back this report does not say");
	telling_conclude(t, "clock-below-zero", false);
	return 0;
}
