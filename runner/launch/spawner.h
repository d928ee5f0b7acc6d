/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The spawner: a process of our own that clones the stressors, so that the observer never does. A
 * clone has to allocate kernel memory, holds the mmap lock and leaves copy-on-write behind: in a
 * machine short of memory each of them can make the caller wait for the file system under test. The
 * spawner is small, finds requests in a shared page and clones with CLONE_PARENT, so the children
 * are the runner's own: it reaps them, and they die with it.
 */
#ifndef HANGAR_SPAWNER_H
#define HANGAR_SPAWNER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "launch/child.h"

/* Shared by both; asking writes a byte and wakes, which neither allocates nor can fill up. */
struct spawner_page {
	uint32_t quit;
	uint32_t count;
	unsigned char wanted[]; /* by copy: 1 start it */
};

struct spawner {
	pid_t pid;   /* 0: none */
	int wake_fd; /* eventfd */
	struct spawner_page *page;
};

/**
 * spawner_open - fork it
 * @specs: @count of them
 * @keep: bit per descriptor (@keep_size bytes, bit fd % 8 of byte fd / 8) that it and its children
 * need; the rest is closed there, most of all the run directory's lock All that @c and @specs point
 * to must be final: the spawner has a copy of this moment. Returns 0 or -errno.
 */
int spawner_open(struct spawner *s, const struct child_common *c, const struct child_spec *specs,
		 uint32_t count, const unsigned char *keep, size_t keep_size);

/* Ask for a copy to be started; answered by a report with CHILD_BORN. Copies asked for at once
 * start in order of index. 0 or -EPIPE: the spawner is gone. */
int spawner_ask(const struct spawner *s, uint32_t index);

/* It ends by itself when told to; after 2 s it is killed. */
void spawner_close(struct spawner *s);

#endif
