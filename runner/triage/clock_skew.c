/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel/time/clocksource.c: every half second a trusted, slow counter checks the fast one. When
 * the check itself comes late, the slow counter may have wrapped meanwhile: acpi_pm has 24 bits at
 * 3.579545 MHz and wraps each 4.687 s. Then the difference is a multiple of that, and the accused
 * clock is innocent.
 */
#include "triage/clock_facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/scan_text.h"

#define PM_HZ 3579545.0
#define PM_WRAP_NS (16777216.0 / PM_HZ * 1e9)
#define WRAP_TOLERANCE 0.004 /* of a wrap: 19 ms, what a check takes and TSC calibration errs */

/* Rates that do not depend on the machine. */
static const struct {
	const char *name;
	double hz;
} rates[] = {
	{ "acpi_pm", PM_HZ },
	{ "kvm-clock", 1e9 },
	{ "pvclock", 1e9 },
	{ "hyperv_clocksource_tsc_page", 1e7 },
};

static bool signed_number(const char *text, const char *key, int64_t *ret)
{
	const char *p = strstr(text, key);
	bool minus;
	uint64_t n;

	if (!p)
		return false;
	p += strlen(key);
	p += strspn(p, " ");
	minus = *p == '-';
	p += minus;
	if (*p < '0' || *p > '9' || !scan_u64(p, &n) || n > INT64_MAX)
		return false;
	*ret = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

static bool hex(const char *text, const char *key, uint64_t *ret)
{
	const char *p = strstr(text, key);

	return p && scan_hex(p + strlen(key), ret);
}

static bool cycles(const char *line, const char *now, const char *last, uint64_t *ret)
{
	uint64_t a, b, mask;

	if (!hex(line, now, &a) || !hex(line, last, &b) || !hex(line, "mask: ", &mask))
		return false;
	*ret = (a - b) & mask;
	return true;
}

/* 'tsc' cs_nsec: 505705330 cs_now: 16bb57ff20 cs_last: 165b11c8c0 mask: ffffffffffffffff */
static void take_line(const char *line, struct clock_skew *k, unsigned int *seen)
{
	if (strstr(line, "wd_now: ")) {
		scan_between(line, "'", "'", k->watchdog, sizeof(k->watchdog));
		*seen |= cycles(line, "wd_now: ", "wd_last: ", &k->watchdog_cycles) ? 1 : 0;
		*seen |= signed_number(line, "wd_nsec: ", &k->watchdog_ns) ? 4 : 0;
	} else if (strstr(line, "cs_now: ")) {
		*seen |= cycles(line, "cs_now: ", "cs_last: ", &k->watched_cycles) ? 2 : 0;
		*seen |= signed_number(line, "cs_nsec: ", &k->watched_ns) ? 8 : 0;
	} else if (signed_number(line, " skewed ", &k->skew_ns)) {
		k->has_skew = true;
	}
}

static void reckon(struct clock_skew *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++)
		if (!strcmp(rates[i].name, k->watchdog)) {
			k->watchdog_ns =
				(int64_t)((double)(k->watchdog_cycles >> 1) / rates[i].hz * 2e9);
			k->reckoned = true;
		}
}

/* Is @ns a whole number of wraps of acpi_pm? */
static unsigned int pm_wraps(int64_t ns)
{
	double wraps = (double)ns / PM_WRAP_NS;
	unsigned int whole;

	if (wraps < 1 - WRAP_TOLERANCE || wraps > 1000)
		return 0;
	whole = (unsigned int)(wraps + 0.5);
	return wraps > whole - WRAP_TOLERANCE && wraps < whole + WRAP_TOLERANCE ? whole : 0;
}

static void judge(struct clock_skew *k)
{
	if (!k->has_skew)
		return;
	k->cause = CLOCK_SKEW;
	if (k->watchdog[0] && strcmp(k->watchdog, "acpi_pm") != 0)
		return;
	k->wraps = pm_wraps(k->skew_ns);
	k->watchdog_assumed = !k->watchdog[0];
	if (k->wraps)
		k->cause = CLOCK_LATE_CHECK;
}

int clock_skew_parse(const struct report_text *t, const char *headline, struct clock_skew *ret)
{
	unsigned int seen = 0;

	*ret = (struct clock_skew){ .cause = CLOCK_UNEXPLAINED };
	if (scan_between(headline, "locksource ", " unstable", ret->watched,
			 sizeof(ret->watched)) &&
	    signed_number(headline, "(delta = ", &ret->skew_ns)) {
		ret->has_skew = true;
		judge(ret);
		return 0;
	}
	if (!strstr(headline, "as unstable") ||
	    !scan_between(headline, "'", "'", ret->watched, sizeof(ret->watched)))
		return -ENODATA;
	for (unsigned int i = 0; i < t->count; i++)
		take_line(t->lines[i], ret, &seen);
	ret->has_cycles = (seen & 3) == 3;
	ret->has_ns = (seen & 12) == 12;
	if (ret->has_ns && !ret->has_skew) {
		/* neither is as long as a century: the difference fits */
		if (llabs(ret->watched_ns) < INT64_MAX / 4 &&
		    llabs(ret->watchdog_ns) < INT64_MAX / 4) {
			ret->skew_ns = ret->watched_ns - ret->watchdog_ns;
			ret->has_skew = true;
		}
	}
	if (ret->has_cycles && !(seen & 4))
		reckon(ret);
	judge(ret);
	return 0;
}
