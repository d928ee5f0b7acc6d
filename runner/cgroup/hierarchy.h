/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where this host's controllers are mounted. On v1 each controller (or a few together) is a tree of
 * its own, on v2 one tree has all; a hybrid host has both kinds at once, and a controller is in
 * exactly one of them.
 */
#ifndef HANGAR_HIERARCHY_H
#define HANGAR_HIERARCHY_H

#include <stdbool.h>

#include "cgroup/knobs.h"

#define HIERARCHIES_MAX (CONTROLLER_COUNT + 1)

struct hierarchy {
	unsigned int version; /* 1 or 2 */
	char mount[256];      /* absolute, with the test's root in front */
	char base[256]; /* what the kernel puts before our paths in /proc/PID/cgroup; mostly "" */
	unsigned int controllers; /* bit 1 << enum controller */
	bool lib;                 /* libcgroup knows it too */
};

struct hierarchies {
	struct hierarchy list[HIERARCHIES_MAX];
	unsigned int n; /* those with a controller of ours, and the v2 tree in any case, which comes
			   first */
};

/**
 * hierarchies_find - the mounted hierarchies, by libcgroup and /proc/self/mountinfo
 * @root: "" on a live machine, else a folder that stands for /; then libcgroup, which knows no
 * other root, is not asked Returns 0 (with n = 0 where there are none) or -errno.
 */
int hierarchies_find(const char *root, struct hierarchies *ret);

/* The hierarchy that carries @controller, or NULL. */
const struct hierarchy *hierarchies_with(const struct hierarchies *h, enum controller controller);

#endif
