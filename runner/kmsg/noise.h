/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that look like a fault and are none: boot chatter, firmware quirks, user space's own
 * mistakes. */
#ifndef HANGAR_KMSG_NOISE_H
#define HANGAR_KMSG_NOISE_H

#include <stdbool.h>

struct noise_row {
	const char *form; /* pattern.h */
	const char *why;
};

extern const struct noise_row noise_rows[];
extern const unsigned int noise_count;

bool noise_is(const char *text);

#endif
