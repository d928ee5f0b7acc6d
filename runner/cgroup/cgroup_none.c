/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No groups: no controller is mounted, or we are not root. Processes then run where the runner
 * runs, without limits, and are found again by the run's id in their environment.
 */
#include "cgroup/cgroup_ops.h"

#include <errno.h>

static int none_begin(const struct hierarchy *h, const char *top, unsigned int need, struct undo *u,
		      struct diag *d)
{
	/* "hangar/ID" */
	int err = undo_add(u, "processes", top + sizeof(CGROUP_TOP), NULL);

	return err ? diag_set(d, err, "cannot write the undo log") : 0;
}

static int none_make(const struct hierarchy *h, const char *group, bool inner, unsigned int need,
		     struct diag *d)
{
	return 0;
}

static int none_open(struct cgroup_node *n, const char *dir)
{
	return 0;
}

static void none_seat(const char *group, bool inner, char *buf, size_t size)
{
	if (size)
		buf[0] = '\0';
}

static int none_kill(const struct cgroup_node *n, int sig)
{
	return 0;
}

const struct cgroup_ops cgroup_none = {
	.name = "none",
	.begin = none_begin,
	.make = none_make,
	.open = none_open,
	.seat = none_seat,
	.kill = none_kill,
};
