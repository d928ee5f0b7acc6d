/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The subtree of one run, made from the plan. A run holds one folder in every hierarchy that it
 * uses; its name is the run's id, so that neither another run nor anybody else's group is ever
 * touched. The undo log knows that folder before it exists.
 */
#include "cgroup/cgroup_ops.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"

/* Another run that ends just now may take the shared "hangar" away between our two mkdir calls. */
#define BEGIN_TRIES 5

int cgroup_fail(struct diag *d, int err, const char *doing, const struct hierarchy *h,
		const char *group)
{
	return diag_set(d, err, "cannot %s the cgroup %s/%s: %s", doing, h->mount, group,
			strerror(-err));
}

const struct cgroup_ops *cgroup_ops_of(const struct hierarchy *h)
{
	return h->version == 2 ? &cgroup_v2 : &cgroup_v1;
}

/* Controllers that some group of the plan limits, and memory in any case: its files are watched. */
static unsigned int controllers_needed(const struct plan *p)
{
	unsigned int need = 1u << CONTROLLER_MEMORY;

	for (unsigned int i = 0; i < p->n_groups; i++) {
		const struct plan_group *g = &p->groups[i];

		for (int k = 0; g->from && k < KNOB_COUNT; k++) {
			bool set = k == KNOB_CPUSET ? g->from->cpuset != NULL
						    : g->from->knobs[k] != UNSET;

			if (set && !(g->without & (1u << k)))
				need |= 1u << knob_row((enum knob)k)->controller;
		}
	}
	return need;
}

/* Of @all keep those that carry a needed controller; if none does, the first, so that processes can
 * be found. */
static void select_hierarchies(const struct hierarchies *all, unsigned int need,
			       struct hierarchies *ret)
{
	ret->n = 0;
	for (unsigned int i = 0; i < all->n; i++)
		if (all->list[i].controllers & need)
			ret->list[ret->n++] = all->list[i];
	if (!ret->n && all->n)
		ret->list[ret->n++] = all->list[0];
}

static int begin_in(const struct hierarchy *h, const char *top, unsigned int need, struct undo *u,
		    struct diag *d)
{
	const struct cgroup_ops *ops = cgroup_ops_of(h);
	struct diag why = { .line = 0 };
	char path[1024];
	int err = ops->prepare ? ops->prepare(h, need & h->controllers, u, d) : 0;

	if (err)
		return err;
	err = path_format(path, sizeof(path), "%s/%s", h->mount, top);
	if (!err)
		err = undo_add(u, "cgroup", path, NULL);
	if (err)
		return diag_set(d, err, "cannot write the undo log: %s", strerror(-err));
	err = -ENOENT;
	for (int i = 0; err == -ENOENT && i < BEGIN_TRIES; i++) {
		why.message[0] = '\0';
		err = ops->begin(h, top, need & h->controllers, u, &why);
	}
	return err ? diag_set(d, err, "%s", why.message) : 0;
}

/* Where the memory controller is, else the first: there the observer's files are. */
static unsigned int observed(const struct hierarchies *h)
{
	for (unsigned int i = 0; i < h->n; i++)
		if (h->list[i].controllers & (1u << CONTROLLER_MEMORY))
			return i;
	return 0;
}

static int find_hierarchies(struct cgroup_tree *t, const struct host *h, unsigned int need,
			    struct diag *d)
{
	struct hierarchies all = { .n = 0 };
	int err = 0;

	t->mode = CGROUP_NONE;
	if (h->cgroup != CGROUP_NONE && h->root_user)
		err = hierarchies_find(h->root, &all);
	if (err)
		return diag_set(d, err, "cannot read %s/proc/self/mountinfo: %s", h->root,
				strerror(-err));
	select_hierarchies(&all, need, &t->in_use);
	t->observed = observed(&t->in_use);
	if (t->in_use.n)
		t->mode = h->cgroup;
	return path_format(t->kernel_path, sizeof(t->kernel_path), "%s/%s",
			   t->in_use.n ? t->in_use.list[t->observed].base : "", t->path);
}

static int make(struct cgroup_tree *t, const struct plan *p, const struct host *h, struct undo *u,
		struct diag *d)
{
	const unsigned int need = controllers_needed(p);
	int err = find_hierarchies(t, h, need, d);

	for (unsigned int i = 0; !err && i < t->in_use.n; i++)
		err = begin_in(&t->in_use.list[i], t->path, need, u, d);
	if (!err && !t->in_use.n)
		err = cgroup_none.begin(NULL, t->path, 0, u, d);
	/* A parent always comes before its children in the plan. */
	for (unsigned int i = 0; !err && i < t->n_nodes; i++)
		err = cgroup_node_make(t, i, p, h, need, d);
	return err;
}

int cgroup_tree_make(const struct plan *p, const struct host *h, const char *run_id, struct undo *u,
		     struct cgroup_tree **ret, struct diag *d)
{
	struct cgroup_tree *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->nodes = calloc(p->n_groups, sizeof(*t->nodes));
	if (!t->nodes) {
		free(t);
		return -ENOMEM;
	}
	t->n_nodes = p->n_groups;
	for (unsigned int i = 0; i < t->n_nodes; i++)
		cgroup_node_init(&t->nodes[i], &p->groups[i]);
	err = path_format(t->path, sizeof(t->path), "%s/%s", CGROUP_TOP, run_id);
	if (!err)
		err = make(t, p, h, u, d);
	if (err) {
		cgroup_tree_remove(t, 0, NULL);
		cgroup_tree_free(t);
		return err;
	}
	*ret = t;
	return 0;
}
