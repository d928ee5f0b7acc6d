/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One group, made: its folder in each hierarchy, the way in for its processes, and the files that
 * are read of it later. Everything is opened here because nothing may be opened once the storm is
 * on.
 */
#include "cgroup/cgroup_ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"

void cgroup_node_init(struct cgroup_node *n, const struct plan_group *g)
{
	n->group = g;
	n->limit_bytes = UNSET;
	n->ops = &cgroup_none;
	n->own_events_fd[0] = n->own_events_fd[1] = -1;
	n->memory_at = n->dir_fd = n->tasks_fd = n->tasks_dir_fd = -1;
	n->kill_fd = n->usage_fd = n->events_fd = n->stat_fd = -1;
	for (int i = 0; i < CGROUP_DIRS_MAX; i++)
		n->procs_fd[i] = -1;
}

static bool is_inner(const struct plan *p, unsigned int index)
{
	for (unsigned int i = 0; i < p->n_groups; i++)
		if (p->groups[i].parent == (int)index)
			return true;
	return false;
}

/* "memory" of "memory:/hangar/ID/x", or "" on v2. */
static const char *first_controller(const struct hierarchy *h)
{
	for (int c = 0; h->version == 1 && c < CONTROLLER_COUNT; c++)
		if (h->controllers & (1u << c))
			return controller_name((enum controller)c, 1);
	return "";
}

static int node_enter_fds(struct cgroup_node *n, const struct hierarchy *h, unsigned int at,
			  const char *seat)
{
	char dir[sizeof(n->dir[0]) + 16];
	int err = path_format(dir, sizeof(dir), "%s/%s", h->mount, seat);

	if (!err)
		err = path_format(n->expect[at], sizeof(n->expect[at]), "%s:%s/%s",
				  first_controller(h), h->base, seat);
	if (err)
		return err;
	n->procs_fd[at] = cgroup_open_file(dir, "cgroup.procs", O_WRONLY);
	if (n->procs_fd[at] < 0)
		return -errno;
	if (h->version == 2)
		n->dir_fd = cgroup_open_file(dir, ".", O_RDONLY | O_DIRECTORY);
	return h->version == 2 && n->dir_fd < 0 ? -errno : 0;
}

/* @n in hierarchy @at of the tree: its folder, the way in, and the observer's files if they are
 * there. */
static int node_make_in(const struct cgroup_tree *t, struct cgroup_node *n, unsigned int at,
			bool inner, unsigned int need, struct diag *d)
{
	const struct hierarchy *h = &t->in_use.list[at];
	const struct cgroup_ops *ops = cgroup_ops_of(h);
	char group[sizeof(n->dir[0])], seat[sizeof(n->dir[0])];
	int err = path_format(group, sizeof(group), "%s/%s", t->path, n->group->path);

	if (!err)
		err = path_format(n->dir[at], sizeof(n->dir[at]), "%s/%s", h->mount, group);
	if (err)
		return cgroup_fail(d, err, "make", h, n->group->path);
	err = ops->make(h, group, inner, need & h->controllers, d);
	if (err)
		return err;
	n->n_dirs = at + 1;
	ops->seat(group, inner, seat, sizeof(seat));
	err = node_enter_fds(n, h, at, seat);
	if (!err && at == t->observed) {
		n->ops = ops;
		n->memory_at = h->controllers & (1u << CONTROLLER_MEMORY) ? (int)at : -1;
		err = ops->open(n, n->dir[at]);
	}
	return err ? cgroup_fail(d, err, "open the files of", h, group) : 0;
}

int cgroup_node_make(struct cgroup_tree *t, unsigned int index, const struct plan *p,
		     const struct host *h, unsigned int need, struct diag *d)
{
	struct cgroup_node *n = &t->nodes[index];

	for (unsigned int i = 0; i < t->in_use.n; i++) {
		int err = node_make_in(t, n, i, is_inner(p, index), need, d);

		if (err)
			return err;
	}
	return cgroup_set_limits(t, n, p, h, d);
}

void cgroup_node_close(struct cgroup_node *n)
{
	for (int i = 0; i < CGROUP_DIRS_MAX; i++)
		n->procs_fd[i] = close_fd(n->procs_fd[i]);
	n->dir_fd = close_fd(n->dir_fd);
	n->tasks_fd = close_fd(n->tasks_fd);
	n->tasks_dir_fd = close_fd(n->tasks_dir_fd);
	n->kill_fd = close_fd(n->kill_fd);
	n->usage_fd = close_fd(n->usage_fd);
	n->events_fd = close_fd(n->events_fd);
	for (unsigned int i = 0; i < n->n_own_events; i++)
		n->own_events_fd[i] = close_fd(n->own_events_fd[i]);
	n->n_own_events = 0;
	n->stat_fd = close_fd(n->stat_fd);
}
