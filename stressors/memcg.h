/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One memory cgroup as a stressor uses it: its knobs under the names of either version. */
#ifndef HANGAR_MEMCG_H
#define HANGAR_MEMCG_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/types.h>

#define MEMCG_CHILD_NAME 96

struct memcg {
	int fd;       /* the folder */
	int procs_fd; /* cgroup.procs, open for writing: an open() may fail later, a write() not */
	bool v2;
	char limit[32]; /* what its limit was when it was opened, for memcg_squeeze() */
};

#define MEMCG_NONE                                                                                 \
	{                                                                                          \
		.fd = -1, .procs_fd = -1                                                           \
	}

/**
 * memcg_open - open the memory cgroup @path, relative to @dirfd (AT_FDCWD)
 * Returns 0 or -errno: -ENOENT, or -EOPNOTSUPP when it has no memory controller.
 */
int memcg_open(struct memcg *g, int dirfd, const char *path);
void memcg_close(struct memcg *g); /* accepts MEMCG_NONE */

/* Let groups be made in @g with limits of their own (v2: cgroup.subtree_control). 0 or -errno. */
int memcg_delegate(const struct memcg *g);

/* Move the calling process into it. 0 or -errno. */
int memcg_enter(const struct memcg *g);

/* Set its limit, 0: none. 0 or -errno (-EBUSY: v1, so much is in use). */
int memcg_limit(const struct memcg *g, uint64_t bytes);

/* What is in use. 0 or -errno. */
int memcg_usage(const struct memcg *g, uint64_t *ret_bytes);

/*
 * Reclaim by who is no member: @bytes through memory.reclaim (v2 since Linux 5.19), all that there
 * is through memory.force_empty (v1). 0, -EAGAIN (not so much could be had), -ENOENT (no such
 * knob), -errno.
 */
int memcg_reclaim(const struct memcg *g, uint64_t bytes);

/* Reclaim by a limit that is @bytes below what is in use, and put the old one back: memory.high
 * (v2), memory.limit_in_bytes (v1). 0 or -errno. */
int memcg_squeeze(const struct memcg *g, uint64_t bytes);

#endif
