/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups with all their counts, flat: parents before children, so that they can be made in this
 * order and removed in reverse. */
#include <string.h>

#include "base/cleanup.h"
#include "scenario/plan_parts.h"
#include "scenario/tree.h"

static struct plan_group *add(struct plan *p, const struct group_spec *from, int parent)
{
	struct plan_group *g = &p->groups[p->n_groups++];

	*g = (struct plan_group){ .parent = parent, .from = from };
	return g;
}

/* Four levels of names fit (see KEY_NAME_MAX); a cut path would be another group's. */
static int join(char *buf, size_t size, const char *above, const char *name)
{
	int length = snprintf(buf, size, "%s%s%s", above, *above ? "/" : "", name);

	return length < (int)size ? 0 : -ENAMETOOLONG;
}

static int add_instances(struct plan *p, const struct group_spec *specs, unsigned int n,
			 int parent);

static int add_instance(struct plan *p, const struct group_spec *spec, unsigned int number,
			int parent)
{
	/* "outside" is no folder that others lie in. */
	const char *path = parent < 0 ? "" : p->groups[parent].path;
	const char *names = parent < 0 ? "" : p->groups[parent].spec;
	int index = (int)p->n_groups, err;
	struct plan_group *g = add(p, spec, parent);
	char name[64];

	if (spec->count > 1)
		snprintf(name, sizeof(name), "%s.%u", spec->name, number);
	else
		snprintf(name, sizeof(name), "%s", spec->name);
	err = join(g->path, sizeof(g->path), path, name);
	if (!err)
		err = join(g->spec, sizeof(g->spec), names, spec->name);
	return err ? err : add_instances(p, spec->children, spec->n_children, index);
}

static int add_instances(struct plan *p, const struct group_spec *specs, unsigned int n, int parent)
{
	int err = 0;

	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < specs[i].count && !err; k++)
			err = add_instance(p, &specs[i], k, parent);
	return err;
}

int plan_add_groups(struct plan *p)
{
	const struct scenario *s = p->scenario;
	struct plan_group *outside;

	p->groups = calloc((size_t)group_total(s) + 1, sizeof(*p->groups));
	if (!p->groups)
		return -ENOMEM;
	outside = add(p, NULL, -1);
	strcpy(outside->path, "outside");
	strcpy(outside->spec, "outside");
	return add_instances(p, s->groups, s->n_groups, -1);
}
