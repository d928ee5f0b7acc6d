/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/cgroup: a fake /sys/fs/cgroup. */
#ifndef TESTS_CGROUP_WORLD_H
#define TESTS_CGROUP_WORLD_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "cgroup/cgroup_ops.h"

/* A folder that stands for /, with the files that the kernel would put into each group. */
static struct {
	char root[64];
	struct rundir dir;
	struct undo *undo;
	struct host host;
} fake;

static inline void put(const char *path, const char *text)
{
	char full[1024], *slash;

	snprintf(full, sizeof(full), "%s%s", fake.root, path);
	slash = strrchr(full, '/');
	*slash = '\0';
	path_make(full);
	*slash = '/';
	assert_int_equal(textfile_replace_at(AT_FDCWD, full, text, strlen(text)), 0);
}

static inline void reads(const char *path, const char *text)
{
	char full[1024], buf[256];

	snprintf(full, sizeof(full), "%s%s", fake.root, path);
	assert_true(textfile_read_at(AT_FDCWD, full, buf, sizeof(buf)) >= 0);
	assert_string_equal(buf, text);
}

static inline int setup(void **state)
{
	strcpy(fake.root, "/tmp/hangar-test-XXXXXX");
	assert_non_null(mkdtemp(fake.root));
	snprintf(fake.dir.path, sizeof(fake.dir.path), "%s", fake.root);
	fake.dir.fd = open(fake.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	memset(&fake.host, 0, sizeof(fake.host));
	snprintf(fake.host.root, sizeof(fake.host.root), "%s", fake.root);
	fake.host.root_user = true;
	fake.host.page_bytes = 4096;
	return undo_open(&fake.dir, &fake.undo);
}

static inline int teardown(void **state)
{
	char command[128];

	fake.undo = undo_close(fake.undo);
	close(fake.dir.fd);
	snprintf(command, sizeof(command), "rm -rf '%s'", fake.root);
	return system(command);
}

static inline void unset_all(struct group_spec *g)
{
	for (int k = 0; k < KNOB_COUNT; k++)
		g->knobs[k] = UNSET;
}

static inline void fake_v1(void)
{
	static const char *const groups[] = { "hangar", "hangar/ID", "hangar/ID/outside",
					      "hangar/ID/victims" };
	static const char *const files[] = { "tasks",
					     "cgroup.procs",
					     "memory.limit_in_bytes",
					     "memory.memsw.limit_in_bytes",
					     "memory.oom_control",
					     "memory.usage_in_bytes",
					     "memory.stat" };
	char path[512];

	put("/proc/self/mountinfo",
	    "27 24 0:33 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	    "28 24 0:34 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
	    "29 24 0:35 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n");
	put("/sys/fs/cgroup/cpuset/cpuset.cpus", "0-3\n");
	put("/sys/fs/cgroup/cpuset/cpuset.mems", "0\n");
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(files); j++) {
			snprintf(path, sizeof(path), "/sys/fs/cgroup/memory/%s/%s", groups[i],
				 files[j]);
			put(path, "");
		}
		snprintf(path, sizeof(path), "/sys/fs/cgroup/cpuset/%s/cpuset.cpus", groups[i]);
		put(path, "");
		snprintf(path, sizeof(path), "/sys/fs/cgroup/cpuset/%s/cpuset.mems", groups[i]);
		put(path, "");
		snprintf(path, sizeof(path), "/sys/fs/cgroup/cpuset/%s/cgroup.procs", groups[i]);
		put(path, "");
	}
	fake.host.cgroup = CGROUP_V1;
}

static inline struct plan one_group(struct plan_group *groups, struct group_spec *spec)
{
	struct plan p = { .groups = groups, .n_groups = 2 };

	unset_all(spec);
	groups[0] = (struct plan_group){ "outside", "outside", -1, NULL };
	groups[1] = (struct plan_group){ "victims", "victims", -1, spec };
	return p;
}

#endif
