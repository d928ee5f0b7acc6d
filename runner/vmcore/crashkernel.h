/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory that the kernel set aside for its crash kernel, as its log tells. */
#ifndef HANGAR_VMCORE_CRASHKERNEL_H
#define HANGAR_VMCORE_CRASHKERNEL_H

#include <stdint.h>

struct crash_range {
	uint64_t from, to; /* physical; @to is the first byte behind */
};

/* At most @max ranges (there are one or two) from the boot messages in @log; their number. */
unsigned int crashkernel_ranges(const char *log, struct crash_range *ranges, unsigned int max);

#endif
