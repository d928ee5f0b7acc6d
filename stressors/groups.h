/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cgroups that children move themselves into: their cgroup.procs files, held open. */
#ifndef HANGAR_GROUPS_H
#define HANGAR_GROUPS_H

#include <stddef.h>

#define GROUPS_MAX 64

struct groups {
	int fds[GROUPS_MAX];
	size_t count;
};

/* @list: cgroup folders with ',' between them, "" for none. 0, or -errno with stressor_why() and
 * nothing left open. */
int groups_open(struct groups *g, const char *list);
void groups_close(struct groups *g);

/* Move the calling process into group @i. 0 or -errno. */
int groups_enter(const struct groups *g, size_t i);

#endif
