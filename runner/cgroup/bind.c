/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stressor that moves between groups must be told their folders, and those have the run's id in
 * their names: the plan cannot know them. So its arguments carry words until the tree is made.
 */
#include "cgroup/bind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/braces.h"
#include "base/paths.h"

struct binding {
	const struct plan *plan;
	const struct cgroup_tree *tree;
	struct diag *diag;
};

/* node->expect ends with the place of the group's processes as the kernel spells it, the mount
 * shows what is below its base. */
static int folder_of(const struct cgroup_tree *t, const struct cgroup_node *n, char *buf,
		     size_t size)
{
	const struct hierarchy *h = &t->in_use.list[t->observed];
	const char *path = strchr(n->expect[t->observed], ':');

	if (!path)
		return -ENODEV;
	return path_format(buf, size, "%s%s", h->mount, path + 1 + strlen(h->base));
}

static int say_folder(FILE *to, const struct binding *b, unsigned int group, bool first)
{
	const char *name = b->plan->groups[group].path;
	char folder[1024];
	int err = b->tree->in_use.n
			  ? folder_of(b->tree, &b->tree->nodes[group], folder, sizeof(folder))
			  : -ENODEV;

	if (err)
		return diag_set(b->diag, err, "the group %s has no folder here: %s", name,
				strerror(-err));
	if (strchr(folder, ','))
		return diag_set(b->diag, -EINVAL,
				"%s, of the group %s, cannot be in a list: it has a comma", folder,
				name);
	if (fprintf(to, "%s%s", first ? "" : ",", folder) < 0)
		return -ENOMEM;
	if (ftell(to) >= (long)CGROUP_BIND_BYTES_MAX)
		return diag_set(b->diag, -E2BIG,
				"the folders of {group:%s} are longer than an argument can be "
				"(%u bytes): fewer instances fit",
				b->plan->groups[group].spec, CGROUP_BIND_BYTES_MAX);
	return 0;
}

/* For braces_expand(): the folders of all instances. */
static int say_group(FILE *to, const struct brace_word *word, const void *ctx)
{
	const struct binding *b = ctx;
	unsigned int said = 0;
	int err = 0;

	for (unsigned int i = 0; i < b->plan->n_groups && !err; i++)
		if (!strcmp(b->plan->groups[i].spec, word->name))
			err = say_folder(to, b, i, said++ == 0);
	if (!said)
		fwrite(word->begin, 1, (size_t)(word->end - word->begin), to);
	return err;
}

static int bind_launch(const struct plan_launch *l, const struct binding *b)
{
	for (char **arg = l->argv + 1; *arg; arg++) {
		struct brace_word word;
		char *bound;
		int err;

		if (braces_find(*arg, GROUP_OPENING, &word) <= 0)
			continue;
		err = braces_expand(*arg, GROUP_OPENING, say_group, b, &bound);
		if (err)
			return err;
		free(*arg);
		*arg = bound;
	}
	return 0;
}

int cgroup_bind(struct plan *p, const struct cgroup_tree *t, struct diag *d)
{
	const struct binding b = { p, t, d };
	int err = 0;

	for (unsigned int i = 0; i < p->n_launches && !err; i++)
		if (!p->launches[i].is_fio)
			err = bind_launch(&p->launches[i], &b);
	return err == -ENOMEM ? diag_set(d, err, "no memory for the arguments of the stressors")
			      : err;
}
