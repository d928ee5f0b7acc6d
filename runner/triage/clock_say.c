/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two reports that the 208.5 days' overflow makes on its own: the trace buffer's and the lockup
 * watchdog's. Both print a difference, so both prove or disprove it.
 */
#include "triage/clock_say.h"

#include <inttypes.h>
#include <string.h>

#include "triage/gfp_era.h"

#define WRAP_FIXES                                                                                 \
	"4cecf6d401a0 (sched, x86: Avoid unnecessary overflow in sched_clock, v3.2), and after "   \
	"kexec "                                                                                   \
	"9993bc635d01 (sched/x86: Fix overflow in cyc2ns_offset, v3.4)"
void telling_conclude(struct telling *t, const char *cause, bool artefact)
{
	json_object_set_new(t->details, "cause", json_string(cause));
	json_object_set_new(t->details, "artefact", json_boolean(artefact));
}

void telling_number(struct telling *t, const char *key, uint64_t value)
{
	if (value <= INT64_MAX)
		json_object_set_new(t->details, key, json_integer((json_int_t)value));
}

static bool fixed(const char *release)
{
	return kernel_version(release) >= KERNEL(3, 4, 0);
}

void telling_fix(struct telling *t)
{
	json_object_set_new(t->details, "fixes",
			    json_pack("[s, s]", "4cecf6d401a0", "9993bc635d01"));
	words_say(&t->w, "On x86 sched_clock() was cycles * mult >> 10 in 64 bits: the product "
			 "overflows at 2^54 ns of TSC time, 208.5 days. Fixed by " WRAP_FIXES ".");
	if (fixed(t->release))
		words_say(&t->w,
			  "This kernel, %s, is newer than the fix, and yet its clock lost 2^54 ns: "
			  "look at what this build does to sched_clock.",
			  t->release);
	else if (strstr(t->release, ".el6"))
		words_say(&t->w, "RHEL 6 has the fix in 2.6.32-131.26.1.el6, 2.6.32-220.4.2.el6 "
				 "and 2.6.32-279.el6 and later ones of each.");
	words_say(&t->w, "Until then: reboot within 208 days. No driver or task in this report has "
			 "anything to do with it.");
}

static void say_wrap(struct telling *t, const struct clock_delta *d)
{
	char up[48], rest[48], below[48];

	snprintf(t->conclusion, t->size,
		 "The clock lost 2^54 ns: %" PRIu64 " is 2^64 - 2^54 + %" PRIu64
		 " ns, the overflow of x86 sched_clock() after 208.5 days of "
		 "uptime (4cecf6d401a0 fixes it); only %s passed between the two events",
		 d->delta, d->rest_ns, clock_span(d->rest_ns, rest, sizeof(rest)));
	telling_conclude(t, "sched-clock-wrap", true);
	telling_number(t, "lost_ns", CLOCK_LOST_NS);
	telling_number(t, "rest_ns", d->rest_ns);
	telling_number(t, "uptime_ns", d->uptime_ns);
	words_say(&t->w,
		  "ts - write stamp = %" PRIu64 " - %" PRIu64 " = %" PRIu64
		  " in 64 bits: as printed.",
		  d->ts, d->from, d->delta);
	words_say(&t->w, "Uptime was %s (%" PRIu64 " ns); 2^54 ns is %s.",
		  clock_span(d->uptime_ns, up, sizeof(up)), d->uptime_ns,
		  clock_span(CLOCK_LOST_NS, below, sizeof(below)));
	if (d->below_zero)
		words_say(&t->w,
			  "After the overflow the clock shows but its offset to the TSC: ts is "
			  "-%s, as 2^64 - %" PRIu64
			  " ns; the TSC had run so long when the kernel's clock began.",
			  clock_span(d->below_ns, up, sizeof(up)), d->below_ns);
	telling_fix(t);
}

static void say_back(struct telling *t, const struct clock_delta *d)
{
	char back[48], below[48];

	snprintf(t->conclusion, t->size,
		 "The trace clock went back by %s: the difference %" PRIu64 " is -%" PRIu64
		 " ns in 64 bits%s; no event took that long",
		 clock_span(d->back_ns, back, sizeof(back)), d->delta, d->back_ns,
		 d->suspend_hint ? ", and the kernel calls its clock unstable across suspend" : "");
	telling_conclude(t, "clock-went-back", true);
	telling_number(t, "back_ns", d->back_ns);
	words_say(&t->w, "From %" PRIu64 " ns to %" PRIu64 " ns.", d->from, d->ts);
	if (d->below_zero)
		words_say(&t->w, "The new time is below zero: -%s.",
			  clock_span(d->below_ns, below, sizeof(below)));
	words_say(&t->w, "It is not the 208.5 days' overflow: that would be a loss of 2^54 ns. %s",
		  d->suspend_hint ? "A TSC that stops or restarts in suspend does this; "
				    "trace_clock=global is not hurt by it."
				  : "What set it back this report does not say.");
}

int clock_say_delta(const struct triage_case *c, struct telling *t)
{
	struct clock_delta d;
	char span[48];
	int err = clock_delta_parse(&c->text, c->f.text, &d);

	if (err < 0)
		return err;
	if (d.cause == CLOCK_WRAP) {
		say_wrap(t, &d);
	} else if (d.cause == CLOCK_WENT_BACK) {
		say_back(t, &d);
	} else {
		snprintf(t->conclusion, t->size,
			 "The trace clock jumped, and its figures fit no known cause%s",
			 d.adds_up
				 ? ""
				 : ": delta is not the difference of the times printed beside it");
		telling_conclude(t, "unexplained", false);
		words_say(&t->w, "From %" PRIu64 " to %" PRIu64 " ns, delta %" PRIu64 " ns (%s).",
			  d.from, d.ts, d.delta, clock_span(d.delta, span, sizeof(span)));
	}
	return 0;
}

static void say_stuck_wrap(struct telling *t, const struct clock_stuck *s)
{
	unsigned int top = s->bits == 32 ? 32 : 34;
	char rest[48];

	snprintf(t->conclusion, t->size,
		 "No CPU was stuck: %" PRIu64 " is 2^%u - 2^24 + %" PRIu64
		 ", which the lockup watchdog makes of a clock that lost 2^54 ns (x86 "
		 "sched_clock() after 208.5 days of uptime, 4cecf6d401a0 fixes it); the stall is "
		 "an artefact",
		 s->said, top, s->units);
	telling_conclude(t, "sched-clock-wrap", true);
	telling_number(t, "lost_ns", CLOCK_LOST_NS);
	telling_number(t, "rest_ns", s->units << 30);
	words_say(&t->w,
		  "The watchdog counts the clock >> 30, units of 1.07 s, and prints the difference "
		  "in %u bits: a loss of 2^54 ns is one of 2^24 units.",
		  s->bits);
	words_say(&t->w,
		  "What is left, %" PRIu64
		  " units, is %s: the time since the watchdog was last fed.",
		  s->units, clock_span(s->units << 30, rest, sizeof(rest)));
	telling_fix(t);
}

int clock_say_stuck(const struct triage_case *c, struct telling *t)
{
	struct clock_stuck s;
	uint64_t seconds;
	char back[48];
	int err = clock_stuck_parse(c->f.text, &s);

	if (err < 0)
		return err;
	if (s.cause == CLOCK_WRAP) {
		say_stuck_wrap(t, &s);
	} else if (s.cause == CLOCK_WENT_BACK) {
		snprintf(t->conclusion, t->size,
			 "No CPU was stuck: %" PRIu64 " is -%" PRIu64
			 " in %u bits, so the clock went back by %s; the stall is an artefact",
			 s.said, s.units, s.bits, clock_span(s.units << 30, back, sizeof(back)));
		telling_conclude(t, "clock-went-back", true);
		words_say(&t->w,
			  "It is not the 208.5 days' overflow: that would leave 2^%u - 2^24 and a "
			  "little. What set the clock back this report does not say.",
			  s.bits == 32 ? 32 : 34);
	} else {
		bool too_long = clock_too_long(c, &seconds);

		snprintf(t->conclusion, t->size,
			 "%" PRIu64 " s is %s; the figure fits neither the 208.5 days' overflow "
			 "nor a clock that went back a little",
			 s.said,
			 too_long ? "longer than this machine was up"
				  : "no time that a CPU can be stuck");
		telling_conclude(t, too_long ? "longer-than-uptime" : "unexplained", true);
	}
	return 0;
}
