/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read from groups while they live. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cgroup/cgroup_ops.h"
#include "cgroup_world.h"

static void counters_are_read_from_both_versions_files(void **state)
{
	static const struct {
		const char *text;
		uint64_t kills;
	} cases[] = {
		{ "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n", 7 },
		{ "low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\noom_group_kill 0\n", 1 },
		{ "oom_kill_disable 0\nunder_oom 0\n", UNSET }, /* before 4.13 */
		{ "", UNSET },
	};
	char full[128];

	snprintf(full, sizeof(full), "%s/events", fake.root);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cgroup_node n = { .usage_fd = -1 };

		put("/events", cases[i].text);
		n.events_fd = open(full, O_RDONLY | O_CLOEXEC);
		assert_true(cgroup_oom_kills(&n) == cases[i].kills);
		close(n.events_fd);
	}
}

static void long_task_lists_are_read_to_their_end(void **state)
{
	struct cgroup_node n = { .tasks_dir_fd = -1 };
	char *text = calloc(1, 100000), full[128];

	for (int i = 0; i < 9000; i++)
		sprintf(text + strlen(text), "%d\n", 2000000 + i);
	put("/threads", text);
	snprintf(full, sizeof(full), "%s/threads", fake.root);
	n.tasks_fd = open(full, O_RDONLY | O_CLOEXEC);
	assert_int_equal(cgroup_task_count(&n), 9000);
	close(n.tasks_fd);
	free(text);
}

static void groups_are_told_by_the_kernels_path(void **state)
{
	static const struct {
		const char *path;
		int node; /* -1: not ours */
	} cases[] = {
		{ "/hangar/ID/victims.1", 0 },
		{ "/hangar/ID/victims.10", 1 },
		{ "/hangar/ID/victims.10/sub", 1 },
		{ "/hangar/ID/victims.100", -1 },
		{ "/hangar/ID/outer/inner", 3 },
		{ "/hangar/ID/outer/_own", 2 },
		{ "/hangar/ID", -1 },
		{ "/hangar/ID2/victims.1", -1 },
		{ "/", -1 },
		{ "/docker/x", -1 },
	};
	struct plan_group groups[] = { { .path = "victims.1" },
				       { .path = "victims.10" },
				       { .path = "outer" },
				       { .path = "outer/inner" } };
	struct cgroup_node nodes[4] = { { .group = &groups[0] },
					{ .group = &groups[1] },
					{ .group = &groups[2] },
					{ .group = &groups[3] } };
	struct cgroup_tree t = { .nodes = nodes, .n_nodes = 4, .kernel_path = "/hangar/ID" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_ptr_equal(cgroup_tree_find(&t, cases[i].path),
				 cases[i].node < 0 ? NULL : &nodes[cases[i].node]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counters_are_read_from_both_versions_files),
		TEST(long_task_lists_are_read_to_their_end),
		cmocka_unit_test(groups_are_told_by_the_kernels_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
