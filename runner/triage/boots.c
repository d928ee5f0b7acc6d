/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot begins with "Linux version", its first or nearly first line. Where that line is lost the
 * kernel's clock going back tells it: it counts from zero at each boot. CPUs that print at the same
 * moment go back by milliseconds, hence the margin. A clock that overflowed (2^64 ns) is no boot.
 */
#include "triage/boots.h"

#include <stdio.h>
#include <string.h>

#define BACK_US 5000000ull    /* no two lines of one boot stand this far apart in reverse */
#define RUNNING_US 1000000ull /* past its first second a kernel is up */
#define OVERFLOWN_US 9000000000000000ull /* 285 years: sched_clock() wrapped */

static const char version[] = "Linux version ";

static void take_release(struct boots *b, const char *text)
{
	const char *p = text + sizeof(version) - 1;

	snprintf(b->release, sizeof(b->release), "%.*s", (int)strcspn(p, " "), p);
}

bool boots_begins(struct boots *b, const struct kmsg_record *rec)
{
	bool versioned = !strncmp(rec->text, version, sizeof(version) - 1);

	if (!b->current) {
		b->current = ++b->seen;
		b->versioned = false;
		b->last_us = 0;
		b->release[0] = 0;
	}
	if (versioned && (b->versioned || b->last_us > RUNNING_US))
		return true;
	if (rec->kernel_us && b->last_us < OVERFLOWN_US && rec->kernel_us + BACK_US < b->last_us)
		return true;
	if (versioned) {
		b->versioned = true;
		take_release(b, rec->text);
	}
	if (rec->kernel_us)
		b->last_us = rec->kernel_us;
	return false;
}

void boots_next(struct boots *b, const struct kmsg_record *rec)
{
	b->current = 0;
	boots_begins(b, rec);
}

void boots_end(struct boots *b)
{
	b->current = 0;
}

unsigned int boots_current(const struct boots *b)
{
	return b->current ? b->current : b->seen;
}

unsigned int boots_seen(const struct boots *b)
{
	return b->seen;
}

const char *boots_release(const struct boots *b)
{
	return b->release;
}
