/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions compare numbers that the kernel or the stressors count anyway. What cannot be read (no
 * PSI, no memory controller) never holds: a phase then ends by its time, and says so. A group name
 * stands for all its instances: "above" holds when any instance is, "below" when all are.
 */
#include "run/conditions.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "scenario/tree.h"
#include "watch/psi.h"

static const char *const psi_names[PSI_COUNT] = { "cpu", "memory", "io" };

void condition_source_open(struct condition_source *s, const struct host *h,
			   const struct launcher *l, const struct cgroup_tree *t)
{
	s->launcher = l;
	s->tree = t;
	for (int i = 0; i < PSI_COUNT; i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/proc/pressure/%s", h->root, psi_names[i]);
		s->psi_fd[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
}

void condition_source_close(struct condition_source *s)
{
	for (int i = 0; i < PSI_COUNT; i++)
		s->psi_fd[i] = close_fd(s->psi_fd[i]);
}

static uint64_t in_hundredths(double percent)
{
	return (uint64_t)(percent * 100 + 0.5);
}

static void read_psi(int fd, struct gauges *g, int i)
{
	struct psi_line some, full;
	char text[512];

	if (fd < 0 || textfile_read_fd(fd, text, sizeof(text)) <= 0)
		return;
	g->psi_known[i] = psi_parse(text, &some, &full) == 0;
	g->psi_some[i] = in_hundredths(some.avg10);
	g->psi_full[i] = in_hundredths(full.avg10);
}

/* Kills in @group (NULL: all) and in the groups in it, since each node counts its own tasks alone.
 * False: no node tells. */
static bool sum_kills(const struct cgroup_tree *t, const char *group, uint64_t *ret)
{
	bool known = false;

	*ret = 0;
	for (unsigned int i = 0; t && i < t->n_nodes; i++) {
		uint64_t kills;

		if (group && !group_within(group, t->nodes[i].group->spec))
			continue;
		kills = cgroup_oom_kills(&t->nodes[i]);
		if (kills == UNSET)
			continue;
		known = true;
		*ret += kills;
	}
	return known;
}

void gauges_read(const struct condition_source *s, struct gauges *g)
{
	memset(g, 0, sizeof(*g));
	for (int i = 0; i < PSI_COUNT; i++)
		read_psi(s->psi_fd[i], g, i);
	sum_kills(s->tree, NULL, &g->oom_kills);
}

static bool psi_value(const struct condition *c, const struct gauges *g, uint64_t *ret)
{
	for (int i = 0; i < PSI_COUNT; i++) {
		if (strcmp(c->resource, psi_names[i]) != 0 || !g->psi_known[i])
			continue;
		*ret = c->full ? g->psi_full[i] : g->psi_some[i];
		return true;
	}
	return false;
}

static uint64_t node_usage(const struct condition *c, const struct cgroup_node *n)
{
	uint64_t bytes = cgroup_usage(n);

	if (!c->is_percent || bytes == UNSET)
		return bytes;
	if (n->limit_bytes == UNSET || !n->limit_bytes)
		return UNSET;
	return bytes / (n->limit_bytes / 100 ? n->limit_bytes / 100 : 1);
}

/* The largest of the instances: 'above' holds when any is above, 'below' when even the largest is.
 */
static bool usage_value(const struct condition *c, const struct cgroup_tree *t, uint64_t *ret)
{
	bool known = false;

	*ret = 0;
	for (unsigned int i = 0; t && i < t->n_nodes; i++) {
		uint64_t value;

		if (c->group && strcmp(t->nodes[i].group->spec, c->group) != 0)
			continue;
		value = node_usage(c, &t->nodes[i]);
		if (value == UNSET)
			continue;
		known = true;
		*ret = value > *ret ? value : *ret;
	}
	return known;
}

static uint64_t base_of(const struct condition_base *base, const struct condition *leaf)
{
	for (unsigned int i = 0; i < base->count; i++)
		if (base->leaves[i].leaf == leaf)
			return base->leaves[i].value;
	return 0;
}

/* A counter's value since the run began. */
static bool counter_value(const struct condition *c, const struct condition_source *s,
			  uint64_t *ret)
{
	if (c->kind == COND_OOM_KILLS)
		return sum_kills(s->tree, c->group, ret);
	*ret = s->launcher ? launcher_steps(s->launcher, c->use) : 0;
	return s->launcher;
}

void condition_base_take(struct condition_base *base, const struct condition *c,
			 const struct condition_source *s)
{
	if (!c)
		return;
	for (unsigned int i = 0; i < c->n_parts; i++)
		condition_base_take(base, &c->parts[i], s);
	if ((c->kind != COND_STEPS && c->kind != COND_OOM_KILLS) ||
	    base->count >= CONDITION_LEAVES_MAX)
		return;
	base->leaves[base->count].leaf = c;
	base->leaves[base->count].value = 0;
	counter_value(c, s, &base->leaves[base->count++].value);
}

bool condition_value(const struct condition *c, const struct condition_source *s,
		     const struct gauges *g, const struct condition_base *base, uint64_t *ret)
{
	uint64_t began;

	switch (c->kind) {
	case COND_PSI:
		return psi_value(c, g, ret);
	case COND_USAGE:
		return usage_value(c, s->tree, ret);
	case COND_STEPS:
	case COND_OOM_KILLS:
		if (!counter_value(c, s, ret))
			return false;
		began = base_of(base, c);
		*ret = *ret > began ? *ret - began : 0;
		return true;
	case COND_ALL:
	case COND_ANY:
	default:
		return false;
	}
}

bool condition_holds(const struct condition *c, const struct condition_source *s,
		     const struct gauges *g, const struct condition_base *base)
{
	uint64_t value;

	if (c->kind == COND_ALL || c->kind == COND_ANY) {
		bool all = c->kind == COND_ALL;

		for (unsigned int i = 0; i < c->n_parts; i++)
			if (condition_holds(&c->parts[i], s, g, base) != all)
				return !all;
		return all;
	}
	if (!condition_value(c, s, g, base, &value))
		return false;
	return c->below ? value < c->value : value >= c->value;
}
