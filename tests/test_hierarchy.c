/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the controllers are mounted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "cgroup/cgroup_ops.h"
#include "cgroup_world.h"

static const struct found {
	const char *host;
	enum controller controller;
	unsigned int version; /* 0: nowhere */
	const char *mount, *base;
} finds[] = {
	{ "v1", CONTROLLER_MEMORY, 1, "/sys/fs/cgroup/memory", "" },
	{ "v1", CONTROLLER_CPU, 1, "/sys/fs/cgroup/cpu,cpuacct", "" },
	{ "v1", CONTROLLER_CPUSET, 1, "/sys/fs/cgroup/cpuset", "" },
	{ "v1", CONTROLLER_IO, 1, "/sys/fs/cgroup/blkio", "" },
	{ "v1", CONTROLLER_PIDS, 1, "/sys/fs/cgroup/pids", "" },
	{ "v2", CONTROLLER_MEMORY, 2, "/sys/fs/cgroup", "" },
	{ "v2", CONTROLLER_IO, 2, "/sys/fs/cgroup", "" },
	{ "hybrid", CONTROLLER_MEMORY, 1, "/sys/fs/cgroup/memory", "" },
	{ "hybrid", CONTROLLER_CPU, 2, "/sys/fs/cgroup/unified", "" },
	{ "hybrid", CONTROLLER_IO, 0, NULL, NULL },
	{ "container", CONTROLLER_MEMORY, 1, "/sys/fs/cgroup/memory", "/docker/4f1e0c" },
	{ "container", CONTROLLER_PIDS, 1, "/sys/fs/cgroup/pids", "" },
	{ "none", CONTROLLER_MEMORY, 0, NULL, NULL },
};

static void each_controller_is_found_where_it_is_mounted(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(finds); i++) {
		const struct hierarchy *at;
		struct hierarchies all;
		char root[512], want[1024];

		snprintf(root, sizeof(root), "%s/cgroup/%s", getenv("HANGAR_TEST_DATA"),
			 finds[i].host);
		assert_int_equal(hierarchies_find(root, &all), 0);
		at = hierarchies_with(&all, finds[i].controller);
		if (!finds[i].version) {
			assert_null(at);
			continue;
		}
		assert_non_null(at);
		snprintf(want, sizeof(want), "%s%s", root, finds[i].mount);
		assert_string_equal(at->mount, want);
		assert_string_equal(at->base, finds[i].base);
		assert_int_equal(at->version, finds[i].version);
		assert_false(at->lib);
	}
}

static void the_v2_tree_comes_first_and_a_second_mount_is_ignored(void **state)
{
	struct hierarchies all;
	char root[512];

	snprintf(root, sizeof(root), "%s/cgroup/hybrid", getenv("HANGAR_TEST_DATA"));
	assert_int_equal(hierarchies_find(root, &all), 0);
	assert_int_equal(all.n, 3);
	assert_int_equal(all.list[0].version, 2);
	snprintf(root, sizeof(root), "%s/cgroup/v1", getenv("HANGAR_TEST_DATA"));
	assert_int_equal(hierarchies_find(root, &all), 0);
	assert_int_equal(all.n, 5);
}

static void without_mountinfo_the_error_is_forwarded(void **state)
{
	struct hierarchies all;

	assert_int_equal(hierarchies_find("/nonexistent", &all), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_controller_is_found_where_it_is_mounted),
		cmocka_unit_test(the_v2_tree_comes_first_and_a_second_mount_is_ignored),
		cmocka_unit_test(without_mountinfo_the_error_is_forwarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
