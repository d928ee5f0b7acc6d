/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump taken from outside holds the crash kernel's memory too (its image and ramdisk, some 20 MB
 * after compression); kdump's own never does. Only words from before the first process count: what
 * a user wrote to /dev/kmsg looks alike.
 */
#include "vmcore/crashkernel.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MIB 20

/* arch/x86/kernel/setup.c until 6.6; kernel/crash_reserve.c since 6.7 (last byte included there) */
static bool parse(const char *line, struct crash_range *r)
{
	uint64_t a, b;

	if (sscanf(line, "Reserving %" SCNu64 "MB of memory at %" SCNu64 "MB for crash", &a, &b) ==
		    2 ||
	    sscanf(line, "Reserving %" SCNu64 "MB of low memory at %" SCNu64 "MB for", &a, &b) ==
		    2) {
		if (!a || a >= 1 << 20 || b >= 1 << 26)
			return false;
		*r = (struct crash_range){ b << MIB, (a + b) << MIB };
		return true;
	}
	if (sscanf(line, "crashkernel reserved: 0x%" SCNx64 " - 0x%" SCNx64, &a, &b) == 2 ||
	    sscanf(line, "crashkernel low memory reserved: 0x%" SCNx64 " - 0x%" SCNx64, &a, &b) ==
		    2) {
		if (a >= b || b >= 1ull << 52)
			return false;
		/* the end is told as the first byte behind or as the last within */
		*r = (struct crash_range){ a, b + (b & 1) };
		return true;
	}
	return false;
}

unsigned int crashkernel_ranges(const char *log, struct crash_range *ranges, unsigned int max)
{
	unsigned int n = 0;

	for (const char *line = log; line && *line && n < max;) {
		const char *words = strstr(line, "] "), *end = strchr(line, '\n');

		if (*line == '[' && words && (!end || words < end)) {
			if (!strncmp(words + 2, "Run ", 4))
				break;
			n += parse(words + 2, &ranges[n]);
		}
		line = end ? end + 1 : NULL;
	}
	return n;
}
