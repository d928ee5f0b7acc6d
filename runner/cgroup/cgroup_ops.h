/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between the versions. The tree (tree.c) calls these for each hierarchy and group in
 * turn. */
#ifndef HANGAR_CGROUP_OPS_H
#define HANGAR_CGROUP_OPS_H

#include "cgroup/cgroup.h"

#define CGROUP_TOP "hangar" /* the folder that all runs share */

struct cgroup_ops {
	const char *name;
	/* What must change above our groups, or NULL. It is undone after they are gone, since it is
	 * noted before them: a controller cannot be taken back while a group below hands it on. */
	int (*prepare)(const struct hierarchy *h, unsigned int need, struct undo *u,
		       struct diag *d);
	/* Once for each hierarchy, before its groups; @top is "hangar/ID", @need the controllers
	 * that are wanted in it. */
	int (*begin)(const struct hierarchy *h, const char *top, unsigned int need, struct undo *u,
		     struct diag *d);
	/* The folder of @node, "hangar/ID/GROUP"; @inner: other groups of the plan lie inside it.
	 */
	int (*make)(const struct hierarchy *h, const char *group, bool inner, unsigned int need,
		    struct diag *d);
	/* Open the observer's files of the folder; what the kernel does not have stays -1. */
	int (*open)(struct cgroup_node *node, const char *dir);
	/* Where tasks of @group go, relative to the mount: @group itself, on v2 its leaf when it is
	 * inner. */
	void (*seat)(const char *group, bool inner, char *buf, size_t size);
	int (*kill)(const struct cgroup_node *node, int sig);
};

extern const struct cgroup_ops cgroup_v1, cgroup_v2, cgroup_none;

/* Shared helpers. */
int cgroup_open_file(const char *dir, const char *file, int flags); /* fd, or -1 */
/* The number behind "key " at the start of a line of @text, or UNSET. */
uint64_t cgroup_key_value(const char *text, const char *key);
/* Signal each thread that cgroup_read_tasks() lists (0: only count them). Number seen or -errno. */
int cgroup_signal_each(const struct cgroup_node *node, int sig);
int cgroup_fail(struct diag *d, int err, const char *doing, const struct hierarchy *h,
		const char *group);

const struct cgroup_ops *cgroup_ops_of(const struct hierarchy *h);

void cgroup_node_init(struct cgroup_node *n, const struct plan_group *g);
int cgroup_node_make(struct cgroup_tree *t, unsigned int index, const struct plan *p,
		     const struct host *h, unsigned int need, struct diag *d);
void cgroup_node_close(struct cgroup_node *n);

/* Set the knobs of @node's group in the hierarchies in use; see cgroup_tree_make() for what is
 * refused. */
int cgroup_set_limits(struct cgroup_tree *t, struct cgroup_node *node, const struct plan *p,
		      const struct host *h, struct diag *d);

#endif
