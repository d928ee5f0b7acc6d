/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stack frames as kernels print them, and which of them tells what went wrong. Pure. */
#ifndef HANGAR_KMSG_FRAMES_H
#define HANGAR_KMSG_FRAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "finding.h"

struct frame {
	char name[96];    /* without .isra.0, .constprop.0, .part.1, .cold */
	char offsets[32]; /* "+0x71/0xa0", or "" */
	char module[56];  /* "ext4", or "" */
	bool trusted;     /* no "?" in front, no "(unreliable)" behind: the unwinder stands by it */
	bool inlined;     /* a symbolizer's "[inline]": in the raw log there was no such line */
};

/**
 * frame_parse - one line of a trace
 * x86      " [<ffffffff81210ea1>] func+0x71/0xa0 [mod]" (up to 4.9), " func+0x71/0xa0 [mod
 *          build-id]" (since 4.10), "[<0>] func+0x71/0xa0" (/proc/PID/stack)
 * arm      "[<c00151fc>] (unwind_backtrace) from [<c0012710>] (show_stack+0x20/0x24)",
 *          " unwind_backtrace from show_stack+0x10/0x14"; arm64 " func+0x1/0x2 (P)"
 * powerpc  "[c000003fdc18bc80] [c000000000159400] .func+0x160/0x5f0 (unreliable)"
 * s390     "([<000000000130e2ae>] func+0x1/0x2)"
 * symbolized " func+0x1/0x2 lib/file.c:12", " func lib/file.c:12 [inline]", " func
 *          (lib/file.c:12)" each with "? ", "<IRQ>", "<TASK>" and such in front. Returns false when
 *          the line is no frame.
 */
bool frame_parse(const char *line, struct frame *ret);

/* Does the function say nothing of its own (scheduler, locks, unwinder, entry code, the reporter
 * itself)? */
bool frame_is_dull(const char *function);
/* The same in a report of @kind: in a leak or a failed allocation the allocator tells nothing, its
 * caller does. */
bool frame_is_dull_for(enum finding_kind kind, const char *function);

/* Is it one of those that run others (a timer's, a work's, an interrupt's)? It tells nothing below
 * a stack; where the kernel itself names it, it is meant. */
bool frame_is_entry(const char *function);

/* May a report of @kind be named by a dull function when there is no other? 0: no, every sleeper
 * stands in __schedule(); the higher, the better. */
unsigned int frame_place_rank(enum finding_kind kind, const char *function);

/* "func+0x71/0xa0 [mod]\n" appended to @buf; false when it does not fit. */
bool frame_append(const struct frame *f, char *buf, size_t size);

/* The function of the next line of a stack that frame_append() made; "" where the stack of another
 * CPU or task begins ("--"). False at its end. */
bool frame_next(const char **stack, char *name, size_t size);

/* The first function of @stack that is not dull, else the first that is a place; "" when there is
 * none. */
void frames_telling(const char *stack, enum finding_kind kind, char *function, size_t size);

#endif
