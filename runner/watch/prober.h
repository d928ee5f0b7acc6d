/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading what may not come back. /proc/PID/stack takes exec_update_lock (cred_guard_mutex
 * before 5.10) of the process: while that one hangs in exec() on a dead file system, so does the
 * reader. A few threads do such reads, and the observer waits for them as long as it wants to and
 * no longer.
 */
#ifndef HANGAR_WATCH_PROBER_H
#define HANGAR_WATCH_PROBER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct prober;

#define PROBE_WAIT_US 50000 /* a stack is read in 20 us; 50 ms later it hangs */

typedef ssize_t (*prober_fn)(int fd, char *buf, size_t size); /* bytes, or -1 with errno */

int prober_open(struct prober **ret);                    /* 0 or -errno */
int prober_open_with(prober_fn fn, struct prober **ret); /* other than pread(@fd, 0): for tests */
struct prober *prober_close(struct prober *p); /* threads that hang are left behind; returns NULL */

/**
 * prober_read - pread(@fd, 0) into @buf, NUL-terminated
 * Returns the length; -ETIMEDOUT (its thread is lost until the read comes back), -EBUSY (all
 * threads are lost), or the -errno of the read. No allocation.
 */
ssize_t prober_read(struct prober *p, int fd, char *buf, size_t size, uint64_t wait_us);

/**
 * prober_read_on - the same by a thread that goes to @cpu first, -1: that of the caller
 * The stack of a task that is on a CPU cannot be unwound (since 4.14 it then reads as empty). A
 * thread of a higher class that comes to the same CPU pushes it off at its next preemption point.
 */
ssize_t prober_read_on(struct prober *p, int cpu, int fd, char *buf, size_t size, uint64_t wait_us);

unsigned int prober_lost(struct prober *p); /* threads that hang now */

#endif
