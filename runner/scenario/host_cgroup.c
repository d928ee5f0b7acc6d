/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which hierarchy carries which controller. A controller sits in exactly one, so a "hybrid" host
 * needs no guess: a v1 mount that names it wins, since cgroup.controllers of v2 then leaves it out.
 */
#include <dirent.h>
#include <string.h>

#include "base/cleanup.h"
#include "scenario/host_files.h"

static const struct {
	const char *v1, *v2;
	size_t offset;
} controllers[] = {
	{ "memory", "memory", offsetof(struct host, memory) },
	{ "cpu", "cpu", offsetof(struct host, cpu) },
	{ "cpuset", "cpuset", offsetof(struct host, cpuset) },
	{ "blkio", "io", offsetof(struct host, io) },
	{ "pids", "pids", offsetof(struct host, pids) },
};

static unsigned int *version_of(struct host *h, size_t controller)
{
	return (unsigned int *)(void *)((char *)h + controllers[controller].offset);
}

static void note_v1(struct host *h, const char *dir, const char *options)
{
	char path[768];

	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++)
		if (has_word(options, controllers[i].v1, ','))
			*version_of(h, i) = 1;
	if (!has_word(options, "memory", ','))
		return;
	snprintf(path, sizeof(path), "%s/memory.memsw.limit_in_bytes", dir);
	h->swap_accounting = host_has(h, path);
}

/*
 * The root group has no memory.swap.max, so any child with the memory controller is asked. Without
 * one only the kernel's command line can tell.
 */
static bool v2_swap(const struct host *h, const char *dir)
{
	_cleanup_closedir_ DIR *children = NULL;
	char path[1024];

	children = opendir(host_path(h, dir, path, sizeof(path)));
	for (struct dirent *e = NULL; children && (e = readdir(children));) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%.200s/memory.max", dir, e->d_name);
		if (!host_has(h, path))
			continue;
		snprintf(path, sizeof(path), "%s/%.200s/memory.swap.max", dir, e->d_name);
		return host_has(h, path);
	}
	return !has_word(h->cmdline, "swapaccount=0", ' ');
}

static void note_v2(struct host *h, const char *dir)
{
	char path[768], carried[512];

	snprintf(path, sizeof(path), "%s/cgroup.controllers", dir);
	if (!host_line(h, path, carried, sizeof(carried)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++)
		if (!*version_of(h, i) && has_word(carried, controllers[i].v2, ' '))
			*version_of(h, i) = 2;
	if (h->memory == 2)
		h->swap_accounting = v2_swap(h, dir);
}

/* One line of /proc/mounts: device, folder, type, options. */
static bool split_mount(char *line, char **dir, char **type, char **options)
{
	char *save = NULL;

	if (!strtok_r(line, " ", &save))
		return false;
	*dir = strtok_r(NULL, " ", &save);
	*type = strtok_r(NULL, " ", &save);
	*options = strtok_r(NULL, " ", &save);
	return *options != NULL;
}

void host_probe_cgroup(struct host *h)
{
	_cleanup_free_ char *mounts = host_text(h, "/proc/mounts");
	char *rest = mounts, *line, *dir, *type, *options, v2_dir[512] = "";
	bool v1 = false;

	while (rest && (line = strsep(&rest, "\n"))) {
		if (!split_mount(line, &dir, &type, &options))
			continue;
		if (!strcmp(type, "cgroup")) {
			v1 = true;
			note_v1(h, dir, options);
		} else if (!strcmp(type, "cgroup2") && !v2_dir[0]) {
			snprintf(v2_dir, sizeof(v2_dir), "%s", dir);
		}
	}
	if (v2_dir[0])
		note_v2(h, v2_dir); /* after all v1 mounts: see above */
	h->cgroup = v1 && v2_dir[0] ? CGROUP_HYBRID
		    : v1            ? CGROUP_V1
		    : v2_dir[0]     ? CGROUP_V2
				    : CGROUP_NONE;
}
