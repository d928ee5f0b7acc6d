/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving a scenario back, also one that was read only in part. */
#include "base/cleanup.h"
#include "scenario/scenario.h"

static void free_texts(char **texts)
{
	for (char **t = texts; t && *t; t++)
		free(*t);
	free(texts);
}

static void clear_groups(struct group_spec *groups, unsigned int n)
{
	for (unsigned int i = 0; groups && i < n; i++) {
		free(groups[i].name);
		free(groups[i].cpuset);
		free(groups[i].io_device);
		clear_groups(groups[i].children, groups[i].n_children);
	}
	free(groups);
}

static void clear_condition(struct condition *c)
{
	for (unsigned int i = 0; c->parts && i < c->n_parts; i++)
		clear_condition(&c->parts[i]);
	free(c->parts);
	free(c->resource);
	free(c->group);
	free(c->use);
}

static void clear_phase(struct phase_spec *p)
{
	for (unsigned int i = 0; p->runs && i < p->n_runs; i++) {
		free(p->runs[i].use);
		free(p->runs[i].fio_job);
		free(p->runs[i].in);
		free_texts(p->runs[i].args);
	}
	free(p->runs);
	free(p->name);
	if (p->until)
		clear_condition(p->until);
	free(p->until);
}

static void clear_patterns(struct pattern *patterns, unsigned int n)
{
	for (unsigned int i = 0; patterns && i < n; i++) {
		free_texts(patterns[i].stack);
		free(patterns[i].text);
		free(patterns[i].comm);
		free(patterns[i].group);
	}
	free(patterns);
}

static void clear_needs(struct needs_spec *n)
{
	free_texts(n->controllers);
	free_texts(n->programs);
	free_texts(n->files);
	free(n->filesystem);
	free(n->kernel_min);
	free(n->kernel_max);
}

static void clear_vm(struct vm_spec *v)
{
	free(v->cache);
	free(v->plant);
	free_texts(v->kernel_args);
	free_texts(v->files);
	free_texts(v->modules);
}

static void clear_trace(struct trace_spec *t)
{
	free_texts(t->events);
	free_texts(t->functions);
}

static void clear_scratch(struct scratch_spec *s)
{
	free(s->filesystem);
	free(s->where);
	free_texts(s->mkfs);
	free(s->mount);
}

struct scenario *scenario_free(struct scenario *s)
{
	if (!s)
		return NULL;
	free(s->path);
	free(s->text);
	free(s->name);
	free(s->about);
	clear_needs(&s->needs);
	clear_vm(&s->vm);
	clear_trace(&s->trace);
	clear_scratch(&s->scratch);
	for (unsigned int i = 0; i < s->n_settings; i++) {
		free(s->settings[i].path);
		free(s->settings[i].value);
	}
	free(s->settings);
	clear_groups(s->groups, s->n_groups);
	for (unsigned int i = 0; s->phases && i < s->n_phases; i++)
		clear_phase(&s->phases[i]);
	free(s->phases);
	clear_patterns(s->expect.reproduce, s->expect.n_reproduce);
	clear_patterns(s->expect.allow, s->expect.n_allow);
	free_texts(s->on_match.evidence);
	free(s->on_match.dump);
	free(s);
	return NULL;
}
