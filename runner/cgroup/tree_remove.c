/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a run's groups, and finding a group by the path that the kernel spells. Groups go from
 * the leaves up, each only when its last task is gone; a killed task frees its memory first, which
 * takes its time.
 */
#include "cgroup/cgroup_ops.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cgroup/cgfs.h"

/* Between two looks at whether killed tasks are gone. */
#define LOOK_AGAIN_NS 10000000

/* Remove every folder of @n. 0 or the first -errno but "not there". */
static int remove_node(const struct cgroup_tree *t, const struct cgroup_node *n)
{
	char group[1024], seat[1024];
	int first = 0;

	for (unsigned int i = 0; i < t->in_use.n; i++) {
		const struct hierarchy *h = &t->in_use.list[i];
		int err = 0;

		snprintf(group, sizeof(group), "%s/%s", t->path, n->group->path);
		cgroup_ops_of(h)->seat(group, true, seat, sizeof(seat));
		if (strcmp(seat, group))
			err = cgfs_remove(h, seat);
		if (!err)
			err = cgfs_remove(h, group);
		if (!first)
			first = err;
	}
	return first;
}

/* One sweep, leaves first (children come later in the plan). The last node that would not go, or
 * NULL. */
static const struct cgroup_node *sweep(struct cgroup_tree *t)
{
	const struct cgroup_node *left = NULL;

	for (unsigned int i = t->n_nodes; i-- > 0;) {
		cgroup_kill(&t->nodes[i], SIGKILL);
		if (remove_node(t, &t->nodes[i]))
			left = &t->nodes[i];
	}
	return left;
}

static int remove_top(const struct cgroup_tree *t, struct diag *d)
{
	int first = 0;

	for (unsigned int i = 0; i < t->in_use.n; i++) {
		const struct hierarchy *h = &t->in_use.list[i];
		int err = cgfs_remove(h, t->path);

		if (err && !first)
			first = cgroup_fail(d, err, "remove", h, t->path);
		cgfs_remove(h, CGROUP_TOP); /* busy while another run is there */
	}
	return first;
}

int cgroup_tree_remove(struct cgroup_tree *t, uint64_t timeout_us, struct diag *d)
{
	const struct timespec pause = { 0, LOOK_AGAIN_NS };
	const uint64_t until = now_us() + timeout_us;
	const struct cgroup_node *left;
	char tasks[128];

	if (!t)
		return 0;
	while ((left = sweep(t)) && now_us() < until)
		nanosleep(&pause, NULL);
	if (!left)
		return remove_top(t, d);
	if (cgroup_read_tasks(left, tasks, sizeof(tasks), 0) < 0)
		tasks[0] = '\0';
	for (char *at = tasks; *at; at++)
		if (*at == '\n')
			*at = ' ';
	return diag_set(d, -EBUSY, "the cgroup %s cannot be removed, it holds the tasks %s",
			left->dir[0], tasks[0] ? tasks : "(none that can be seen)");
}

struct cgroup_tree *cgroup_tree_free(struct cgroup_tree *t)
{
	if (!t)
		return NULL;
	for (unsigned int i = 0; i < t->n_nodes; i++)
		cgroup_node_close(&t->nodes[i]);
	free(t->gone_without);
	free(t->nodes);
	free(t);
	return NULL;
}

const struct cgroup_node *cgroup_tree_find(const struct cgroup_tree *t, const char *path)
{
	const struct cgroup_node *best = NULL;
	size_t top = strlen(t->kernel_path), longest = 0;

	if (strncmp(path, t->kernel_path, top) || path[top] != '/')
		return NULL;
	path += top + 1;
	for (unsigned int i = 0; i < t->n_nodes; i++) {
		const char *name = t->nodes[i].group->path;
		size_t len = strlen(name);

		if (len > longest && !strncmp(path, name, len) &&
		    (!path[len] || path[len] == '/')) {
			best = &t->nodes[i];
			longest = len;
		}
	}
	return best;
}
