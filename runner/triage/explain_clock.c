/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports that a clock made up: no CPU was stuck for 136 years. Where the figures are those of a
 * known overflow they prove it, whatever was loaded last; where they fit nothing known, that is all
 * there is to say.
 */
#include "triage/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/clock_say.h"

static bool takes(const struct triage_case *c)
{
	uint64_t seconds;

	return c->f.kind == FINDING_CLOCK || clock_too_long(c, &seconds) || clock_divided(c) ||
	       clock_told_below_zero(c);
}

static void say_time(const struct triage_case *c, struct telling *t)
{
	uint64_t below;
	char span[48];

	if (!clock_below_zero(c->f.kernel_us, &below))
		return;
	telling_number(t, "below_zero_us", below);
	words_say(&t->w,
		  "The line's own time, %" PRIu64 ".%06" PRIu64
		  ", is -%s: printk writes a negative time as 2^64 ns less that.",
		  c->f.kernel_us / 1000000, c->f.kernel_us % 1000000,
		  clock_span(below * 1000, span, sizeof(span)));
}

static int (*const ways[])(const struct triage_case *c, struct telling *t) = {
	clock_say_delta,    clock_say_stuck,    clock_say_skew,
	clock_say_too_long, clock_say_division, clock_say_below_zero,
};

static int one(const struct triage_case *c, const char *release, struct explanation *ret)
{
	struct telling t = { .details = json_object(),
			     .conclusion = ret->conclusion,
			     .size = sizeof(ret->conclusion),
			     .release = release };
	int err = -ENODATA;

	words_open(&t.w);
	for (size_t i = 0; err && i < ARRAY_SIZE(ways); i++)
		err = ways[i](c, &t);
	say_time(c, &t);
	ret->words = words_close(&t.w);
	ret->details = t.details;
	if (err)
		explanation_clear(ret);
	return err;
}

/* Several reports of one overflow: so says each, and together they say that it is one. */
static int all(const struct triage_case *cases, unsigned int count, const char *release,
	       struct explanation *ret)
{
	unsigned int wraps = 0;

	for (unsigned int i = 0; i < count; i++) {
		struct clock_delta d;
		struct clock_stuck s;

		if (cases[i].f.kind != FINDING_CLOCK)
			continue;
		if (!clock_delta_parse(&cases[i].text, cases[i].f.text, &d))
			wraps += d.cause == CLOCK_WRAP;
		else if (!clock_stuck_parse(cases[i].f.text, &s))
			wraps += s.cause == CLOCK_WRAP;
	}
	if (wraps < 2)
		return -ENODATA;
	snprintf(ret->conclusion, sizeof(ret->conclusion),
		 "%u reports are one event: the clock lost 2^54 ns, and everyone who subtracted "
		 "across that moment complained",
		 wraps);
	ret->details = json_pack("{s:s, s:i}", "cause", "sched-clock-wrap", "reports", (int)wraps);
	return ret->details ? 0 : -ENOMEM;
}

const struct explain_ops explain_clock = { "clock", takes, one, all };
