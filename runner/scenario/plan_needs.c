/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the scenario asks of the machine before anything is limited: its "needs", its scratch file
 * system, its settings. */
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "cgroup/knobs.h"
#include "scenario/host_files.h"
#include "scenario/plan_parts.h"

/* Behind $PATH: where mkfs lies for users whose PATH leaves it out. */
#define PATH_REST "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"

static bool in_path_list(const struct host *h, const char *list, const char *program)
{
	while (*list) {
		size_t length = strcspn(list, ":");
		char path[1024], full[1280];

		snprintf(path, sizeof(path), "%.*s/%s", (int)length, list, program);
		if (length && length < 512 &&
		    access(host_path(h, path, full, sizeof(full)), X_OK) == 0)
			return true;
		list += length + (list[length] == ':');
	}
	return false;
}

static bool has_program(const struct host *h, const char *program)
{
	const char *path = getenv("PATH");

	return (path && in_path_list(h, path, program)) || in_path_list(h, PATH_REST, program);
}

static int need_root(struct plan *p, const struct host *h, const char *why)
{
	if (h->root_user)
		return 0;
	return plan_say(p, true, "root", "run as root", "%s", why);
}

static int need_program(struct plan *p, const struct host *h, const char *program,
			const char *package)
{
	char what[128], remedy[128];

	if (has_program(h, program))
		return 0;
	snprintf(what, sizeof(what), "program %s", program);
	snprintf(remedy, sizeof(remedy), "install %s", package ? package : program);
	return plan_say(p, true, what, remedy, "it is not in PATH");
}

static int need_filesystem(struct plan *p, const struct host *h, const char *name)
{
	bool known = !strcmp(name, "ext4") ? h->ext4 : h->xfs;
	char what[64], mkfs[32];
	int err = 0;

	snprintf(what, sizeof(what), "file system %s", name);
	snprintf(mkfs, sizeof(mkfs), "mkfs.%s", name);
	if (!known)
		err = plan_say(p, true, what, "boot a kernel that has it, or install its module",
			       "this kernel does not know it");
	return err ? err
		   : need_program(p, h, mkfs, !strcmp(name, "ext4") ? "e2fsprogs" : "xfsprogs");
}

static int need_controllers(struct plan *p, const struct host *h)
{
	const struct {
		const char *name;
		unsigned int version;
	} all[] = {
		{ "memory", h->memory }, { "cpu", h->cpu },   { "cpuset", h->cpuset },
		{ "io", h->io },         { "pids", h->pids },
	};
	char what[64], remedy[128];
	int err = 0;

	for (char **c = p->scenario->needs.controllers; c && *c && !err; c++)
		for (size_t i = 0; i < ARRAY_SIZE(all) && !err; i++) {
			if (strcmp(*c, all[i].name) || all[i].version)
				continue;
			snprintf(what, sizeof(what), "controller %s", *c);
			snprintf(remedy, sizeof(remedy),
				 "mount cgroup v2, or boot with cgroup_enable=%s", *c);
			err = plan_say(p, true, what, remedy, "no cgroup hierarchy carries it");
		}
	return err;
}

static int need_size(struct plan *p, const struct host *h)
{
	const struct needs_spec *n = &p->scenario->needs;
	char wanted[32], is[32];
	int err = 0;

	if (n->memory_bytes != UNSET && h->memory_bytes < n->memory_bytes)
		err = plan_say(p, true, "memory", "use a larger machine",
			       "%s are needed, this machine has %s",
			       units_format_bytes(n->memory_bytes, wanted, sizeof(wanted)),
			       units_format_bytes(h->memory_bytes, is, sizeof(is)));
	if (!err && h->cpus < n->cpus)
		err = plan_say(p, true, "cpus", "use a larger machine",
			       "%u are needed, this machine has %u", n->cpus, h->cpus);
	return err;
}

static int need_kernel(struct plan *p, const struct host *h)
{
	const struct needs_spec *n = &p->scenario->needs;
	int err = 0;

	if (!release_at_least(h->release, n->kernel_min))
		err = plan_say(p, true, "kernel", "boot a newer kernel",
			       "%s or newer is needed, this is %s", n->kernel_min, h->release);
	if (!err && !release_at_most(h->release, n->kernel_max))
		err = plan_say(p, true, "kernel", "boot an older kernel",
			       "%s or older is needed, this is %s", n->kernel_max, h->release);
	if (!err && n->cgroup && h->memory != n->cgroup)
		err = plan_say(
			p, true, "cgroup version",
			knob_row(n->cgroup == 2 ? KNOB_OOM_GROUP : KNOB_OOM_KILL_DISABLE)->remedy,
			"v%u is needed, the memory controller is on %s", n->cgroup,
			h->memory == 1   ? "v1"
			: h->memory == 2 ? "v2"
					 : "none");
	return err;
}

static int need_files(struct plan *p, const struct host *h)
{
	const struct needs_spec *n = &p->scenario->needs;
	char what[128];
	int err = 0;

	for (char **name = n->programs; name && *name && !err; name++)
		err = need_program(p, h, *name, NULL);
	for (char **path = n->files; path && *path && !err; path++) {
		if (host_has(h, *path))
			continue;
		snprintf(what, sizeof(what), "file %s", *path);
		err = plan_say(p, true, what, "see the scenario's \"about\"", "it does not exist");
	}
	return err;
}

static int need_scratch(struct plan *p, const struct host *h)
{
	const struct scratch_spec *s = &p->scenario->scratch;
	char what[128];
	int err = 0;

	if (s->where && !host_has(h, s->where)) {
		snprintf(what, sizeof(what), "scratch on %s", s->where);
		err = plan_say(p, true, what, "make it, or name another in the scenario",
			       "it does not exist");
	}
	if (err || s->on == SCRATCH_NONE || s->on == SCRATCH_DIRECTORY)
		return err;
	err = need_root(p, h, "a scratch file system must be mounted");
	if (!err)
		err = need_filesystem(p, h, s->filesystem);
	if (!err && s->on == SCRATCH_LOOP && !h->loop)
		err = plan_say(p, true, "loop devices", "modprobe loop",
			       "the scratch file system lies in a file");
	return err;
}

static int need_settings(struct plan *p, const struct host *h)
{
	const struct scenario *s = p->scenario;
	int err = 0;

	if (s->n_settings)
		err = need_root(p, h, "kernel settings are changed");
	for (unsigned int i = 0; i < s->n_settings && !err; i++)
		if (!host_has(h, s->settings[i].path))
			err = plan_say(p, true, s->settings[i].path,
				       "boot a kernel that has it, or take it out of the scenario",
				       "this kernel has no such setting");
	return err;
}

static bool uses_fio(const struct scenario *s)
{
	for (unsigned int i = 0; i < s->n_phases; i++)
		for (unsigned int j = 0; j < s->phases[i].n_runs; j++)
			if (s->phases[i].runs[j].fio_job)
				return true;
	return false;
}

static int need_protection(struct plan *p, const struct host *h)
{
	for (unsigned int i = 0; i < p->n_launches && !h->oom_protects; i++)
		if (p->launches[i].oom_protected)
			return plan_say(p, true, "CAP_SYS_RESOURCE",
					"run as root with all capabilities, or in a VM: hangar vm",
					"%s is to be passed over by the OOM killer",
					p->launches[i].name);
	return 0;
}

/* By the kernel's command line, which only who boots it can write. */
static int need_throwaway(struct plan *p, const struct host *h)
{
	if (has_word(h->cmdline, THROWAWAY_WORD, ' '))
		return 0;
	return plan_say(p, true, "throwaway machine", "run it with `hangar vm`",
			"it can crash or hang the machine that it runs on");
}

int plan_check_needs(struct plan *p, const struct host *h)
{
	const struct scenario *s = p->scenario;
	int err = 0;

	if (s->needs.throwaway)
		err = need_throwaway(p, h);
	if (!err && s->needs.root)
		err = need_root(p, h, "the scenario needs it");
	if (!err)
		err = need_controllers(p, h);
	if (!err)
		err = need_size(p, h);
	if (!err)
		err = need_kernel(p, h);
	if (!err)
		err = need_files(p, h);
	if (!err && s->needs.filesystem)
		err = need_filesystem(p, h, s->needs.filesystem);
	if (!err)
		err = need_scratch(p, h);
	if (!err)
		err = need_settings(p, h);
	if (!err)
		err = need_protection(p, h);
	return !err && uses_fio(s) ? need_program(p, h, "fio", NULL) : err;
}
