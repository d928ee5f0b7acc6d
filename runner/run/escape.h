/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way off a CPU that a kernel bug has locked. A real-time thread that wakes there waits until
 * whoever spins in the kernel gives way, which is never, and the kernel pulls a lone real-time
 * thread to no other CPU: the observer would stand still with the very fault that it is to tell of.
 * So two threads, each bound to a CPU of its own, look at the others and take those that wait in
 * vain to where there is room.
 */
#ifndef HANGAR_ESCAPE_H
#define HANGAR_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "journal.h"

struct escape;

/* Looks in which a thread must have waited without a turn, one each second. */
#define ESCAPE_LOOKS 3

/* One thread as /proc/TID/stat and /proc/TID/status show it (proc(5)). */
struct escape_look {
	char state;
	unsigned int cpu;
	uint64_t cpu_ticks, switches; /* utime + stime; both kinds of context switches */
	unsigned int waited;          /* looks since it had a turn */
};

/* Take in what @stat and @status say now. True: it waits on l->cpu, in vain. Pure. */
bool escape_waits(struct escape_look *l, const char *stat, const char *status);

/**
 * escape_open - watch over the threads that this process has now
 * Returns NULL where there is one CPU, or no room. Opens and allocates here and nowhere else.
 */
struct escape *escape_open(void);
/* Journal who was moved since the last call. @e may be NULL. By the thread that journals. */
void escape_tell(struct escape *e, struct journal *j);
/* The watch is over; who was moved keeps off that CPU, which may be locked yet. NULL is allowed.
 * Returns NULL. */
struct escape *escape_close(struct escape *e);

#endif
