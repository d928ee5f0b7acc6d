/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits that this host cannot set. A limit is what makes a storm a storm, so lacking one skips the
 * run, unless the author called the group optional. The table of knobs says which version has
 * which.
 */
#include <stdlib.h>
#include <string.h>

#include "base/braces.h"
#include "cgroup/knobs.h"
#include "scenario/host_files.h"
#include "scenario/plan_parts.h"

struct lack { /* why a knob cannot be set; why is NULL when it can */
	const char *why;
	const char *remedy;
	bool harmless; /* nothing is lost without it */
};

static unsigned int version_of(const struct host *h, enum controller controller)
{
	switch (controller) {
	case CONTROLLER_MEMORY:
		return h->memory;
	case CONTROLLER_CPU:
		return h->cpu;
	case CONTROLLER_CPUSET:
		return h->cpuset;
	case CONTROLLER_IO:
		return h->io;
	default:
		return h->pids;
	}
}

/* The highest CPU in a list like "0-1,4". */
static unsigned long last_cpu(const char *list)
{
	unsigned long last = 0;

	for (; *list; list += strcspn(list, ",-"), list += *list != '\0') {
		unsigned long cpu = strtoul(list, NULL, 10);

		last = cpu > last ? cpu : last;
	}
	return last;
}

static struct lack lack_swap(const struct host *h, const struct group_spec *g, const char *remedy)
{
	if (h->swap_accounting)
		return (struct lack){ 0 };
	if (!g->knobs[KNOB_SWAP] && !h->swap_bytes)
		return (struct lack){ "swap is not accounted, but there is none here",
				      "none is due", true };
	return (struct lack){ "swap is not accounted to groups here", remedy, false };
}

/* Knobs that depend on more than the version of their controller. */
static struct lack lack_special(const struct host *h, const struct group_spec *g, enum knob knob,
				const char *remedy)
{
	switch (knob) {
	case KNOB_SWAP:
		return lack_swap(h, g, remedy);
	case KNOB_KERNEL_MEMORY:
		/* memory.kmem.limit_in_bytes is EOPNOTSUPP or ignored since 5.16. */
		if (release_at_least(h->release, "5.16"))
			return (struct lack){ "kernels since 5.16 ignore it", remedy, false };
		break;
	case KNOB_OOM_GROUP:
		if (!release_at_least(h->release, "4.19"))
			return (struct lack){ "the kernel is older than 4.19", remedy, false };
		break;
	case KNOB_CPUSET:
		if (last_cpu(g->cpuset) >= h->cpus)
			return (struct lack){ "the list names CPUs that are not here",
					      "use a machine with more CPUs", false };
		break;
	case KNOB_IO_READ_BPS:
	case KNOB_IO_WRITE_BPS:
	case KNOB_IO_READ_IOPS:
	case KNOB_IO_WRITE_IOPS:
		if (g->io_device[0] == '/' && !host_has(h, g->io_device))
			return (struct lack){ "its device does not exist",
					      "name another \"device\"", false };
		break;
	default:
		break;
	}
	return (struct lack){ 0 };
}

static struct lack lack_of(const struct host *h, const struct group_spec *g, enum knob knob)
{
	const struct knob_row *row = knob_row(knob);
	unsigned int version = version_of(h, row->controller);

	if (!version)
		return (struct lack){ "no cgroup hierarchy carries its controller", row->remedy,
				      false };
	if (!knob_face(row, version))
		return (struct lack){ version == 1 ? "cgroup v1 has no such limit"
						   : "cgroup v2 has no such limit",
				      row->remedy, false };
	return lack_special(h, g, knob, row->remedy);
}

static bool is_optional(const struct plan *p, int group)
{
	for (; group > 0; group = p->groups[group].parent)
		if (p->groups[group].from->optional)
			return true;
	return false;
}

static int check_group(struct plan *p, const struct host *h, int index)
{
	struct plan_group *g = &p->groups[index];
	bool optional = is_optional(p, index);
	char what[128];
	int err = 0;

	for (int k = 0; k < KNOB_COUNT && !err; k++) {
		struct lack lack;

		if (g->from->knobs[k] == UNSET)
			continue;
		lack = lack_of(h, g->from, (enum knob)k);
		if (!lack.why)
			continue;
		g->without |= 1u << k;
		snprintf(what, sizeof(what), "\"%s\" of group \"%.80s\"",
			 knob_row((enum knob)k)->key, g->spec);
		err = plan_say(p, !optional && !lack.harmless, what, lack.remedy, "%s", lack.why);
	}
	return err;
}

static int say_no_groups(struct plan *p, const struct host *h, bool fatal, const char *what)
{
	if (!h->root_user)
		return plan_say(p, fatal, what, "run as root",
				"only root makes control groups here");
	return plan_say(p, fatal, what, "mount cgroup v2 on /sys/fs/cgroup",
			"no control groups are mounted");
}

static int check_none(struct plan *p, const struct host *h, int index)
{
	struct plan_group *g = &p->groups[index];
	char what[128];

	for (int k = 0; k < KNOB_COUNT; k++)
		if (g->from->knobs[k] != UNSET)
			g->without |= 1u << k;
	snprintf(what, sizeof(what), "group \"%.80s\"", g->spec);
	return say_no_groups(p, h, !is_optional(p, index), what);
}

/* A limit can be gone without; a parameter that names a folder of groups cannot. */
static int check_folders(struct plan *p, const struct host *h, const char *arg)
{
	struct brace_word word;
	char what[128];
	int err = 0;

	for (; !err && braces_find(arg, GROUP_OPENING, &word) > 0; arg = word.end) {
		snprintf(what, sizeof(what), "folder of group \"%.80s\"", word.name);
		err = say_no_groups(p, h, true, what);
	}
	return err;
}

static int check_arguments(struct plan *p, const struct host *h)
{
	const struct scenario *s = p->scenario;
	int err = 0;

	for (unsigned int i = 0; i < s->n_phases; i++)
		for (unsigned int j = 0; j < s->phases[i].n_runs; j++)
			for (char **arg = s->phases[i].runs[j].args; *arg && !err; arg++)
				err = check_folders(p, h, *arg);
	return err;
}

int plan_check_limits(struct plan *p, const struct host *h)
{
	int err = 0;

	for (unsigned int i = 1; i < p->n_groups && !err; i++)
		err = host_has_groups(h) ? check_group(p, h, (int)i) : check_none(p, h, (int)i);
	return err || host_has_groups(h) ? err : check_arguments(p, h);
}
