/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup v1. Two inheritances are missing there: before 5.11 a memory group does not count its
 * children unless memory.use_hierarchy says so, and a new cpuset group has no CPU and no memory
 * node, so that no task may enter until both are copied from its parent.
 */
#include "cgroup/cgroup_ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cgroup/cgfs.h"

static const char *const cpuset_files[] = { "cpuset.cpus", "cpuset.mems" };

static bool has(const struct hierarchy *h, enum controller c)
{
	return h->controllers & (1u << c);
}

/* Give @group its parent's CPUs and nodes where it has none. "" stands for the mount's root. */
static int inherit_cpuset(const struct hierarchy *h, const char *group)
{
	char parent[512], value[4096];
	char *slash;

	snprintf(parent, sizeof(parent), "%s", group);
	slash = strrchr(parent, '/');
	*(slash ? slash : parent) = '\0';
	for (int i = 0; i < 2; i++) {
		int err = cgfs_read(h, group, cpuset_files[i], value, sizeof(value));

		if (!err && value[0] != '\n' && value[0])
			continue;
		if (!err)
			err = cgfs_read(h, parent, cpuset_files[i], value, sizeof(value));
		value[strcspn(value, "\n")] = '\0';
		if (!err)
			err = cgfs_write(h, CONTROLLER_CPUSET, group, cpuset_files[i], value);
		if (err)
			return err;
	}
	return 0;
}

/* Refused (EBUSY, EINVAL) where the parent counts its children already, and gone in 6.x: then all
 * is well. */
static void count_children(const struct hierarchy *h, const char *group)
{
	char value[16];

	if (!cgfs_read(h, group, "memory.use_hierarchy", value, sizeof(value)) && value[0] == '0')
		cgfs_write(h, CONTROLLER_MEMORY, group, "memory.use_hierarchy", "1");
}

static int v1_make(const struct hierarchy *h, const char *group, bool inner, unsigned int need,
		   struct diag *d)
{
	int err = cgfs_make(h, group);

	if (!err && has(h, CONTROLLER_CPUSET))
		err = inherit_cpuset(h, group);
	if (!err && has(h, CONTROLLER_MEMORY))
		count_children(h, group);
	return err ? cgroup_fail(d, err, "make", h, group) : 0;
}

static int v1_begin(const struct hierarchy *h, const char *top, unsigned int need, struct undo *u,
		    struct diag *d)
{
	int err = v1_make(h, CGROUP_TOP, true, need, d);

	return err ? err : v1_make(h, top, true, need, d);
}

static void v1_seat(const char *group, bool inner, char *buf, size_t size)
{
	snprintf(buf, size, "%s", group);
}

static int v1_open(struct cgroup_node *n, const char *dir)
{
	n->tasks_fd = cgroup_open_file(dir, "tasks", O_RDONLY);
	n->tasks_dir_fd = cgroup_open_file(dir, ".", O_PATH | O_DIRECTORY);
	if (n->tasks_fd < 0 || n->tasks_dir_fd < 0)
		return -errno;
	n->usage_fd = cgroup_open_file(dir, "memory.usage_in_bytes", O_RDONLY);
	n->events_fd = cgroup_open_file(dir, "memory.oom_control", O_RDONLY);
	n->stat_fd = cgroup_open_file(dir, "memory.stat", O_RDONLY);
	return 0;
}

const struct cgroup_ops cgroup_v1 = {
	.name = "v1",
	.begin = v1_begin,
	.make = v1_make,
	.open = v1_open,
	.seat = v1_seat,
	.kill = cgroup_signal_each,
};
