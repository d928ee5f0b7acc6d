/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup v2. A controller works in a group only when every group above hands it down in
 * cgroup.subtree_control, and a group that hands one down may hold no process itself: so the
 * processes of a group with groups inside live in a leaf of it. libcgroup 2.0 neither starts at the
 * mount's root nor knows the leaf rule, hence the files are written here.
 */
#include "cgroup/cgroup_ops.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/textfile.h"
#include "cgroup/cgfs.h"

/* The name begins with '_', which no group of a scenario can. */
#define LEAF "_own"

static int switch_on(const struct hierarchy *h, const char *group, const char *controller)
{
	char path[PATH_MAX], on[32];

	snprintf(path, sizeof(path), "%s/%s/cgroup.subtree_control", h->mount, group);
	snprintf(on, sizeof(on), "+%s", controller);
	return textfile_write_at(AT_FDCWD, path, on);
}

static bool is_on(const struct hierarchy *h, const char *group, const char *controller)
{
	char text[512], *save, *word;

	if (cgfs_read(h, group, "cgroup.subtree_control", text, sizeof(text)))
		return false;
	for (word = strtok_r(text, " \n", &save); word; word = strtok_r(NULL, " \n", &save))
		if (!strcmp(word, controller))
			return true;
	return false;
}

/* Hand @need down from @group. In the root it is noted, since that is not ours. */
static int hand_down(const struct hierarchy *h, const char *group, unsigned int need,
		     struct undo *u, struct diag *d)
{
	char path[PATH_MAX];
	int err = 0;

	for (int c = 0; c < CONTROLLER_COUNT && !err; c++) {
		const char *name = controller_name((enum controller)c, 2);

		if (!(need & (1u << c)) || is_on(h, group, name))
			continue;
		snprintf(path, sizeof(path), "%s/cgroup.subtree_control", h->mount);
		if (!*group)
			err = undo_add(u, "subtree-control", path, name);
		if (!err)
			err = switch_on(h, group, name);
		if (err)
			diag_set(d, err, "cannot hand the %s controller down in %s/%s: %s%s", name,
				 h->mount, group, strerror(-err),
				 err == -EBUSY
					 ? " (processes live in it: a container's or a unit's "
					   "own group; run hangar on the host)"
					 : "");
	}
	return err;
}

static int v2_prepare(const struct hierarchy *h, unsigned int need, struct undo *u, struct diag *d)
{
	return hand_down(h, "", need, u, d);
}

static int v2_begin(const struct hierarchy *h, const char *top, unsigned int need, struct undo *u,
		    struct diag *d)
{
	int err = cgfs_make(h, top);

	if (err)
		return cgroup_fail(d, err, "make", h, top);
	err = hand_down(h, CGROUP_TOP, need, NULL, d);
	return err ? err : hand_down(h, top, need, NULL, d);
}

static void v2_seat(const char *group, bool inner, char *buf, size_t size)
{
	snprintf(buf, size, inner ? "%s/" LEAF : "%s", group);
}

static int v2_make(const struct hierarchy *h, const char *group, bool inner, unsigned int need,
		   struct diag *d)
{
	char seat[512];
	int err;

	v2_seat(group, inner, seat, sizeof(seat));
	err = cgfs_make(h, seat); /* makes the group above the leaf, too */
	if (err)
		return cgroup_fail(d, err, "make", h, seat);
	return inner ? hand_down(h, group, need, NULL, d) : 0;
}

/*
 * memory.events counts what happens below as well, so a group would answer for the kills of those
 * inside it; the processes of a group with groups inside are counted in their leaf.
 */
static void open_own_events(struct cgroup_node *n, const char *dir)
{
	int fd = cgroup_open_file(dir, "memory.events.local", O_RDONLY);

	if (fd < 0)
		fd = cgroup_open_file(dir, "memory.events", O_RDONLY);
	if (fd >= 0)
		n->own_events_fd[n->n_own_events++] = fd;
}

static int v2_open(struct cgroup_node *n, const char *dir)
{
	char leaf[600];

	snprintf(leaf, sizeof(leaf), "%s/" LEAF, dir);
	if (access(leaf, F_OK) < 0)
		snprintf(leaf, sizeof(leaf), "%s", dir);
	n->tasks_fd = cgroup_open_file(leaf, "cgroup.threads", O_RDONLY);
	if (n->tasks_fd < 0)
		n->tasks_fd = cgroup_open_file(leaf, "cgroup.procs", O_RDONLY);
	if (n->tasks_fd < 0)
		return -errno;
	n->kill_fd = cgroup_open_file(leaf, "cgroup.kill", O_WRONLY);
	n->usage_fd = cgroup_open_file(dir, "memory.current", O_RDONLY);
	n->events_fd = cgroup_open_file(dir, "memory.events", O_RDONLY);
	open_own_events(n, dir);
	if (strcmp(leaf, dir))
		open_own_events(n, leaf);
	n->stat_fd = cgroup_open_file(dir, "memory.stat", O_RDONLY);
	return 0;
}

/* cgroup.kill also gets the children that are forked while it walks; the list below does not. */
static int v2_kill(const struct cgroup_node *n, int sig)
{
	int seen = cgroup_signal_each(n, sig == SIGKILL && n->kill_fd >= 0 ? 0 : sig);

	if (sig == SIGKILL && n->kill_fd >= 0 && write(n->kill_fd, "1", 1) < 0)
		return cgroup_signal_each(n, sig);
	return seen;
}

const struct cgroup_ops cgroup_v2 = {
	.name = "v2",
	.prepare = v2_prepare,
	.begin = v2_begin,
	.make = v2_make,
	.open = v2_open,
	.seat = v2_seat,
	.kill = v2_kill,
};
