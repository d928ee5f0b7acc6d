/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Launches: one for each copy in each instance of its group. Every copy has a slot, a name and a
 * seed of its own from the start, so that the same scenario with the same seed makes the same
 * choices, whatever order the copies are scheduled in.
 */
#include <inttypes.h>
#include <string.h>

#include "base/braces.h"
#include "base/cleanup.h"
#include "scenario/demand.h"
#include "scenario/job.h"
#include "scenario/plan_parts.h"

#define SCRATCH_WORD "{scratch}"

/* splitmix64: neighbouring inputs give unrelated outputs, so slot numbers make good seeds. */
static uint64_t seed_of(uint64_t run_seed, unsigned int slot)
{
	uint64_t z = run_seed + (slot + 1) * 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* For braces_expand(): @ctx is the scratch folder. */
static int say_scratch(FILE *to, const struct brace_word *word, const void *ctx)
{
	return fputs(ctx, to) < 0 ? -ENOMEM : 0;
}

static bool given(char **args, const char *param)
{
	for (; *args; args++)
		if (!strncmp(*args, param, strlen(param)))
			return true;
	return false;
}

/* A stressor that writes files writes them in the scratch file system unless told otherwise. */
static bool wants_dir(const struct stressor_info *s, const struct run_spec *run)
{
	const json_t *dir = catalogue_param(s, "dir");
	const char *kind = json_string_value(json_object_get(dir, "kind"));

	return kind && !strcmp(kind, "path") && !given(run->args, "--dir=");
}

static int stressor_argv(const struct plan *p, const struct stressor_info *s,
			 const struct run_spec *run, char ***ret)
{
	size_t n = 0, i = 0;
	char **argv;
	int err;

	while (run->args[n])
		n++;
	argv = calloc(n + 3, sizeof(*argv));
	*ret = argv; /* the plan's even when incomplete */
	if (!argv)
		return -ENOMEM;
	argv[i] = strdup(s->program);
	if (!argv[i++])
		return -ENOMEM;
	for (char **arg = run->args; *arg; arg++) {
		err = braces_expand(*arg, SCRATCH_WORD, say_scratch, p->scratch_dir, &argv[i++]);
		if (err < 0)
			return err;
	}
	if (wants_dir(s, run) && asprintf(&argv[i], "--dir=%s", p->scratch_dir) < 0)
		return -ENOMEM;
	return 0;
}

/* Options before the job file are defaults for it, so a job's own randseed wins. */
static int fio_argv(const struct plan *p, const struct plan_launch *l, const char *out_dir,
		    char ***ret)
{
	char **argv = calloc(6, sizeof(*argv));

	*ret = argv;
	if (!argv)
		return -ENOMEM;
	argv[0] = strdup("fio");
	argv[1] = argv[0] ? strdup("--output-format=json+") : NULL;
	if (!argv[1] || asprintf(&argv[2], "--output=%s/out/%03u-fio.json", out_dir, l->slot) < 0)
		return -ENOMEM;
	if (asprintf(&argv[3], "--randseed=%" PRIu64, l->seed >> 1) < 0)
		return -ENOMEM;
	argv[4] = job_path(p->scenario->path, l->from->fio_job);
	return argv[4] ? 0 : -ENOMEM;
}

/* Findings and reports name a fio job by its file: "mixed.fio". */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int add_one(struct plan *p, const struct stressor_info *s, const struct run_spec *run,
		   unsigned int phase, unsigned int group, const char *out_dir)
{
	struct plan_launch *l = &p->launches[p->n_launches];
	const char *use = run->use ? run->use : "fio";
	const char *name = run->use ? run->use : base_name(run->fio_job);

	l->slot = p->n_launches++;
	l->phase = phase;
	l->group = group;
	l->is_fio = !run->use;
	l->keep = run->keep;
	l->oom_protected = run->oom_protected;
	l->from = run;
	l->seed = seed_of(p->seed, l->slot);
	snprintf(l->name, sizeof(l->name), "%.48s#%u", name, l->slot);
	snprintf(l->out, sizeof(l->out), "out/%03u-%s.log", l->slot, use);
	return l->is_fio ? fio_argv(p, l, out_dir, &l->argv) : stressor_argv(p, s, run, &l->argv);
}

static int add_run(struct plan *p, const struct catalogue *c, const struct run_spec *run,
		   unsigned int phase, const char *out_dir, struct diag *d)
{
	const struct stressor_info *s = run->use ? catalogue_find(c, run->use) : NULL;
	int err;

	if (run->use && !s)
		return diag_set_at(d, -EINVAL, run->line, run->column, "no stressor \"%s\" in %s",
				   run->use, c->dir);
	for (unsigned int g = 0; g < p->n_groups; g++) {
		if (strcmp(p->groups[g].spec, run->in))
			continue;
		for (unsigned int copy = 0; copy < run->copies; copy++) {
			err = add_one(p, s, run, phase, g, out_dir);
			if (err < 0)
				return err;
		}
	}
	return 0;
}

static uint64_t count_run(const struct plan *p, const struct run_spec *run)
{
	uint64_t instances = 0;

	for (unsigned int g = 0; g < p->n_groups; g++)
		instances += !strcmp(p->groups[g].spec, run->in);
	return instances * run->copies;
}

static uint64_t count_all(const struct plan *p)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < p->scenario->n_phases; i++)
		for (unsigned int j = 0; j < p->scenario->phases[i].n_runs; j++)
			total += count_run(p, &p->scenario->phases[i].runs[j]);
	return total;
}

static int check_pids(const struct scenario *s, const struct host *h, struct diag *d)
{
	for (unsigned int i = 0; i < s->n_phases; i++) {
		uint64_t wanted = demand_of_phase(s, i);
		const struct run_spec *run = s->phases[i].runs;

		if (wanted <= h->pid_max)
			continue;
		return diag_set_at(d, -EINVAL, s->phases[i].n_runs ? run->line : 0,
				   s->phases[i].n_runs ? run->column : 0,
				   "phase \"%s\" wants %" PRIu64
				   " copies at once; this machine has "
				   "%" PRIu64 " pids (sysctl kernel.pid_max)",
				   s->phases[i].name, wanted, h->pid_max);
	}
	return 0;
}

int plan_add_launches(struct plan *p, const struct host *h, const struct catalogue *c,
		      const char *out_dir, struct diag *d)
{
	const struct scenario *s = p->scenario;
	uint64_t total = count_all(p);
	int err;

	err = check_pids(s, h, d);
	if (err < 0)
		return err;
	if (total > LAUNCHES_MAX)
		return diag_set(d, -EINVAL, "the phases start %" PRIu64 " copies; at most %u fit",
				total, LAUNCHES_MAX);
	p->launches = calloc(total ? (size_t)total : 1, sizeof(*p->launches));
	if (!p->launches)
		return -ENOMEM;
	for (unsigned int i = 0; i < s->n_phases; i++)
		for (unsigned int j = 0; j < s->phases[i].n_runs; j++) {
			err = add_run(p, c, &s->phases[i].runs[j], i, out_dir, d);
			if (err < 0)
				return err;
		}
	return 0;
}
