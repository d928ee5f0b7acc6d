/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel/trace/ring_buffer.c (the delta), kernel/watchdog.c (get_timestamp(): the clock >> 30),
 * lib/vsprintf and printk (times as unsigned).
 */
#include "triage/clock_facts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/scan_text.h"

#define NS_PER_S UINT64_C(1000000000)
#define UNIT_SHIFT 30 /* the soft lockup watchdog's second: 1.07 s */
#define UNITS_LOST (CLOCK_LOST_NS >> UNIT_SHIFT)
/* No clock is negative by more than this; a time above it is one of 2^63 ns, 292 years. */
#define NEGATIVE_US (UINT64_MAX / 1000 / 2)
/* The kernel's jiffies begin 5 minutes before they wrap. */
#define JIFFIES_LEAD_S 300
#define HZ_MAX 1000
#define SLACK_S 60

/* The number behind @key, blanks between let be (report writers lose and add them). */
static bool number(const char *text, const char *key, uint64_t *ret)
{
	const char *p = strstr(text, key);

	if (!p)
		return false;
	p += strlen(key);
	p += strspn(p, " =");
	return *p >= '0' && *p <= '9' && scan_u64(p, ret);
}

static const char *line_with(const struct report_text *t, const char *headline, const char *what)
{
	if (strstr(headline, what))
		return headline;
	for (unsigned int i = 0; i < t->count; i++)
		if (strstr(t->lines[i], what))
			return t->lines[i];
	return NULL;
}

static void judge_delta(struct clock_delta *d)
{
	uint64_t rest = d->delta + CLOCK_LOST_NS; /* in 64 bits, as the kernel reckons */

	d->below_zero = d->ts >> 63;
	d->below_ns = d->below_zero ? -d->ts : 0;
	if (!d->adds_up)
		return;
	if (rest < CLOCK_REST_MAX_NS) {
		d->cause = CLOCK_WRAP;
		d->back_ns = CLOCK_LOST_NS;
		d->rest_ns = rest;
		d->uptime_ns = d->ts + CLOCK_LOST_NS;
	} else if (d->delta >> 63) {
		d->cause = CLOCK_WENT_BACK;
		d->back_ns = -d->delta;
	}
}

int clock_delta_parse(const struct report_text *t, const char *headline, struct clock_delta *ret)
{
	const char *line = line_with(t, headline, "way too big!");
	uint64_t stamp;

	*ret = (struct clock_delta){ .cause = CLOCK_UNEXPLAINED };
	if (!line)
		return -ENODATA;
	if (!number(line, "way too big!", &ret->delta) || !number(line, " ts", &ret->ts)) {
		/* "184...67ts=184...": no blank between */
		if (!number(line, "way too big!", &ret->delta) || !number(line, "ts", &ret->ts))
			return -ENODATA;
	}
	if (!number(line, "write stamp", &stamp))
		return -ENODATA;
	ret->from = stamp;
	/* Since 5.10 the stamp is that of this event, and the one before is told apart. */
	if (ret->ts - stamp != ret->delta)
		number(line, "before=", &ret->from);
	ret->adds_up = ret->ts - ret->from == ret->delta;
	ret->suspend_hint = line_with(t, headline, "just came from a suspend/resume");
	judge_delta(ret);
	return 0;
}

static bool fits(uint64_t said, uint64_t base, uint64_t *ret_units)
{
	if (said < base || said - base > CLOCK_REST_MAX_NS >> UNIT_SHIFT)
		return false;
	*ret_units = said - base;
	return true;
}

int clock_stuck_parse(const char *headline, struct clock_stuck *ret)
{
	static const uint64_t whole = UINT64_C(1) << (64 - UNIT_SHIFT);
	static const uint64_t word = UINT64_C(1) << 32;

	*ret = (struct clock_stuck){ .cause = CLOCK_UNEXPLAINED };
	if (!number(headline, "stuck for ", &ret->said))
		return -ENODATA;
	if (fits(ret->said, word - UNITS_LOST, &ret->units)) {
		ret->cause = CLOCK_WRAP;
		ret->bits = 32;
	} else if (fits(ret->said, whole - UNITS_LOST, &ret->units)) {
		ret->cause = CLOCK_WRAP;
		ret->bits = 64;
	} else if (ret->said < word && word - ret->said <= CLOCK_REST_MAX_NS >> UNIT_SHIFT) {
		ret->cause = CLOCK_WENT_BACK;
		ret->bits = 32;
		ret->units = word - ret->said;
	} else if (ret->said < whole && whole - ret->said <= CLOCK_REST_MAX_NS >> UNIT_SHIFT) {
		ret->cause = CLOCK_WENT_BACK;
		ret->bits = 64;
		ret->units = whole - ret->said;
	}
	return 0;
}

bool clock_below_zero(uint64_t kernel_us, uint64_t *ret_below_us)
{
	uint64_t end = UINT64_MAX / 1000; /* 2^64 ns, in us */

	if (kernel_us < NEGATIVE_US || kernel_us > end)
		return false;
	*ret_below_us = end - kernel_us;
	return true;
}

/* "(t=21003 jiffies" at @line. */
static bool jiffies(const char *line, uint64_t *ret)
{
	return strstr(line, " jiffies") && number(line, "t=", ret);
}

static bool told_jiffies(const struct triage_case *c, uint64_t *ret)
{
	if (jiffies(c->f.text, ret))
		return true;
	for (unsigned int i = 0; i < c->text.count; i++)
		if (jiffies(c->text.lines[i], ret))
			return true;
	return false;
}

bool clock_too_long(const struct triage_case *c, uint64_t *ret_seconds)
{
	uint64_t said = 0, lead = SLACK_S, below, up = c->f.kernel_us / 1000000;

	if (!c->f.kernel_us || clock_below_zero(c->f.kernel_us, &below))
		return false;
	switch (c->f.kind) {
	case FINDING_RCU_STALL:
		if (!told_jiffies(c, &said))
			return false;
		said /= HZ_MAX; /* no kernel ticks faster */
		lead = JIFFIES_LEAD_S;
		break;
	case FINDING_HUNG_TASK:
		if (!number(c->f.text, "for more than ", &said))
			return false;
		break;
	case FINDING_SOFT_LOCKUP:
	case FINDING_WORKQUEUE_LOCKUP:
	case FINDING_CLOCK:
		if (!number(c->f.text, "stuck for ", &said))
			return false;
		break;
	default:
		return false;
	}
	*ret_seconds = said;
	return said > up && said - up > lead;
}

const char *clock_span(uint64_t ns, char *buf, size_t size)
{
	uint64_t s = ns / NS_PER_S;

	if (ns < 1000)
		snprintf(buf, size, "%" PRIu64 " ns", ns);
	else if (s < 1)
		snprintf(buf, size, "%.3f ms", (double)ns / 1e6);
	else if (s < 86400)
		snprintf(buf, size, "%.3f s", (double)ns / 1e9);
	else
		snprintf(buf, size, "%" PRIu64 " d %02" PRIu64 ":%02" PRIu64 ":%02" PRIu64,
			 s / 86400, s / 3600 % 24, s / 60 % 60, s % 60);
	return buf;
}
