/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bugs that were planted into this kernel on purpose (debugfs plant/): which are on, and how
 * often the planted path was taken. That tells a lost race from a storm that never got there. On
 * any other kernel there are none, and all of this does nothing.
 */
#ifndef HANGAR_PLANTS_H
#define HANGAR_PLANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "journal.h"

#define PLANTS_MAX 32

struct plant {
	char name[48];
	bool on;         /* in plant/enabled when last looked at */
	uint64_t base;   /* hits before the run */
	uint64_t hits;   /* since then */
	uint64_t told;   /* hits as last journalled */
	bool journalled; /* at least once */
};

struct plants {
	int enabled_fd, hits_fd; /* -1: this kernel has no plants */
	struct journal *journal;
	unsigned int count;
	uint64_t told_us;
	struct plant list[PLANTS_MAX];
};

/* Look at @root/sys/kernel/debug/plant and journal each plant that is on, with 0 hits. */
void plants_open(struct plants *p, const char *root, struct journal *j);
/*
 * With each tick: journals a plant again when it was hit since, at most every five seconds;
 * @at_once: now, for a machine that may not live that long. Reads a held file of debugfs that takes
 * no lock; allocates and opens nothing.
 */
void plants_tick(struct plants *p, uint64_t now, bool at_once);
/* The run is over: each plant that is on or was hit is journalled with its last count. */
void plants_close(struct plants *p);

#endif
