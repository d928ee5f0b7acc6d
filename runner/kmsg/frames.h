/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stack frames as kernels print them, and which of them tells what went wrong. Pure. */
#ifndef HANGAR_KMSG_FRAMES_H
#define HANGAR_KMSG_FRAMES_H

#include <stdbool.h>
#include <stddef.h>

struct frame {
	char name[96];    /* without .isra.0, .constprop.0, .part.1, .cold */
	char offsets[32]; /* "+0x71/0xa0", or "" */
	char module[56];  /* "ext4", or "" */
	bool trusted;     /* no "?" in front: the unwinder stands by it */
};

/**
 * frame_parse - one line of a trace
 * Reads " [<ffffffff81210ea1>] func+0x71/0xa0 [mod]" (up to 4.9), " func+0x71/0xa0 [mod build-id]"
 * (since 4.10),
 * "[<0>] func+0x71/0xa0" (/proc/PID/stack), each with "? ", "<IRQ>", "<TASK>" and such in front.
 * Returns false when the line is no frame.
 */
bool frame_parse(const char *line, struct frame *ret);

/* Does the function say nothing of its own (scheduler, locks, unwinder, entry code, the reporter
 * itself)? */
bool frame_is_dull(const char *function);

/* "func+0x71/0xa0 [mod]\n" appended to @buf; false when it does not fit. */
bool frame_append(const struct frame *f, char *buf, size_t size);

/* The first line of @stack whose function is not dull, else the first of all; "" when there is
 * none. */
void frames_telling(const char *stack, char *function, size_t size);

#endif
