/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of clocks hold numbers that are wrong by design, up to the last of 64 bits. The first
 * eight bytes are the line's own time, then the lines.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/clock_facts.h"
#include "triage/explain.h"

#define LINES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum finding_kind kinds[] = { FINDING_CLOCK, FINDING_SOFT_LOCKUP, FINDING_RCU_STALL,
					   FINDING_HUNG_TASK, FINDING_OOPS };

/* What is claimed must be true of the figures. */
static void sane(const struct report_text *t, const char *headline)
{
	struct clock_delta d;
	struct clock_skew k;
	struct clock_stuck s;

	if (!clock_delta_parse(t, headline, &d)) {
		if (d.cause != CLOCK_UNEXPLAINED && d.ts - d.from != d.delta)
			abort();
		if (d.cause == CLOCK_WRAP && d.delta + CLOCK_LOST_NS != d.rest_ns)
			abort();
	}
	if (!clock_stuck_parse(headline, &s) && s.cause != CLOCK_UNEXPLAINED && s.said < 1000000000)
		abort();
	if (!clock_skew_parse(t, headline, &k) && k.cause == CLOCK_LATE_CHECK && !k.wraps)
		abort();
}

static void explain(const struct triage_case *c)
{
	struct explanation e = { .details = NULL };

	if (explain_clock.takes(c) && !explain_clock.one(c, "2.6.32-220.el6.x86_64", &e) &&
	    (!e.conclusion[0] || strlen(e.conclusion) + 1 >= sizeof(e.conclusion)))
		abort();
	explanation_clear(&e);
	if (!explain_clock.all(c, 1, "", &e))
		abort(); /* one report is never several */
	explanation_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *lines[LINES_MAX];
	static uint64_t numbers[LINES_MAX];
	struct triage_case c = { .count = 1 };
	_cleanup_(cleanup_free_ptr) char *copy = NULL;
	unsigned int count = 0;
	char *rest, *line;

	if (size < 9 || !(copy = malloc(size)))
		return 0;
	memcpy(&c.f.kernel_us, data, 8);
	c.f.kind = kinds[data[8] % ARRAY_SIZE(kinds)];
	memcpy(copy, data + 9, size - 9);
	copy[size - 9] = 0;
	rest = copy;
	while (count < LINES_MAX && (line = strsep(&rest, "\n")))
		lines[count++] = line;
	c.text = (struct report_text){ lines, numbers, count, false };
	snprintf(c.f.text, sizeof(c.f.text), "%s", lines[0]);
	snprintf(c.f.stack, sizeof(c.f.stack), "%s", lines[count - 1]);
	sane(&c.text, c.f.text);
	explain(&c);
	return 0;
}
