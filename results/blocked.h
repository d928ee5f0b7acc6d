/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocked tasks as classes of equal stacks: three hundred tasks in D state are two or three
 * stories. From the evidence that a run took itself (evidence/stacks.txt, made by the rung
 * "stacks"); what a vmcore tells has the same form in vmcore.json.
 */
#ifndef HANGAR_BLOCKED_H
#define HANGAR_BLOCKED_H

#include <jansson.h>
#include <stddef.h>

#define BLOCKED_FILE "evidence/stacks.txt"
#define BLOCKED_WAIT "(it " /* begins the line between header and stack that says what for */

/**
 * blocked_parse - the tasks in D state of @text, by equal sequences of functions
 * Addresses, offsets, modules, compilers' suffixes and unreliable frames are set aside. Tasks whose
 * stack could not be read go by what they wait in. Pure; any bytes are allowed, a NUL ends them.
 * Returns a new array of {count, waits, stack: [function], tasks: [{pid, comm, role}]}, the largest
 * class first, then the one seen first; "role" ("alloc-and-write#3 in victims.0") only for tasks of
 * the run, "waits" ("waits until ...") only where the evidence says it. NULL only without memory.
 */
json_t *blocked_parse(const char *text);

#endif
