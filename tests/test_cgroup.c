/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups made on a fake machine, with their limits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "cgroup/cgroup_ops.h"
#include "cgroup_world.h"

static void fake_v2_group(const char *group)
{
	static const char *const files[] = { "cgroup.procs",   "cgroup.threads",
					     "cgroup.kill",    "cgroup.subtree_control",
					     "memory.max",     "memory.swap.max",
					     "memory.current", "memory.events",
					     "memory.stat",    "memory.events.local" };
	char path[512];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/%s", group, files[i]);
		put(path, "");
	}
}

static void fake_v2(void)
{
	put("/proc/self/mountinfo",
	    "35 31 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n");
	put("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
	put("/sys/fs/cgroup/cgroup.subtree_control", "");
	fake_v2_group("hangar");
	fake_v2_group("hangar/ID");
	fake_v2_group("hangar/ID/outside");
	fake_v2_group("hangar/ID/outer");
	fake_v2_group("hangar/ID/outer/_own");
	fake_v2_group("hangar/ID/outer/inner");
	fake.host.cgroup = CGROUP_V2;
}

static void v2_hands_controllers_down_and_seats_tasks_in_leaves(void **state)
{
	struct group_spec outer = { 0 }, inner = { 0 };
	struct plan_group groups[] = { { "outside", "outside", -1, NULL },
				       { "outer", "outer", -1, &outer },
				       { "outer/inner", "outer/inner", 1, &inner } };
	struct plan p = { .groups = groups, .n_groups = 3 };
	struct cgroup_tree *t = NULL;
	struct diag d = { 0 };
	char text[512];

	fake_v2();
	unset_all(&outer);
	unset_all(&inner);
	outer.knobs[KNOB_MEMORY] = 100 << 20;
	outer.knobs[KNOB_SWAP] = 0;
	inner.knobs[KNOB_MEMORY] = 50 << 20;
	if (cgroup_tree_make(&p, &fake.host, "ID", fake.undo, &t, &d))
		fail_msg("%s", d.message);
	assert_int_equal(t->mode, CGROUP_V2);
	assert_string_equal(t->kernel_path, "/hangar/ID");
	reads("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	reads("/sys/fs/cgroup/hangar/cgroup.subtree_control", "+memory");
	reads("/sys/fs/cgroup/hangar/ID/cgroup.subtree_control", "+memory");
	reads("/sys/fs/cgroup/hangar/ID/outer/cgroup.subtree_control", "+memory");
	reads("/sys/fs/cgroup/hangar/ID/outer/inner/cgroup.subtree_control", "");
	reads("/sys/fs/cgroup/hangar/ID/outer/memory.max", "104857600");
	reads("/sys/fs/cgroup/hangar/ID/outer/memory.swap.max", "0");
	reads("/sys/fs/cgroup/hangar/ID/outer/inner/memory.max", "52428800");
	assert_string_equal(t->nodes[0].expect[0], ":/hangar/ID/outside");
	assert_string_equal(t->nodes[1].expect[0], ":/hangar/ID/outer/_own");
	assert_string_equal(t->nodes[2].expect[0], ":/hangar/ID/outer/inner");
	assert_true(t->nodes[2].dir_fd >= 0 && t->nodes[2].usage_fd >= 0);
	assert_true(t->nodes[1].limit_bytes == 100 << 20 && t->nodes[0].limit_bytes == UNSET);
	assert_true(textfile_read_at(fake.dir.fd, UNDO_FILE, text, sizeof(text)) > 0);
	/* Undone last: the controller cannot go before the groups that use it. */
	assert_non_null(strstr(text, "subtree-control"));
	assert_non_null(strstr(strstr(text, "subtree-control"), "/sys/fs/cgroup/hangar/ID\""));
	cgroup_tree_free(t);
}

static void a_group_of_v2_answers_for_its_own_oom_kills_alone(void **state)
{
	struct group_spec outer = { 0 }, inner = { 0 };
	struct plan_group groups[] = { { "outside", "outside", -1, NULL },
				       { "outer", "outer", -1, &outer },
				       { "outer/inner", "outer/inner", 1, &inner } };
	struct plan p = { .groups = groups, .n_groups = 3 };
	struct cgroup_tree *t = NULL;
	struct diag d = { 0 };
	char text[512];

	fake_v2();
	unset_all(&outer);
	unset_all(&inner);
	put("/sys/fs/cgroup/hangar/ID/outer/memory.events", "oom 5\noom_kill 5\n");
	put("/sys/fs/cgroup/hangar/ID/outer/memory.events.local", "oom 2\noom_kill 0\n");
	put("/sys/fs/cgroup/hangar/ID/outer/_own/memory.events.local", "oom 0\noom_kill 2\n");
	put("/sys/fs/cgroup/hangar/ID/outer/inner/memory.events.local", "oom 3\noom_kill 3\n");
	assert_int_equal(cgroup_tree_make(&p, &fake.host, "ID", fake.undo, &t, &d), 0);
	assert_int_equal(cgroup_oom_kills(&t->nodes[1]), 2);
	assert_int_equal(cgroup_oom_kills(&t->nodes[2]), 3);
	assert_true(cgroup_read_events(&t->nodes[1], 1, text, sizeof(text)) > 0);
	assert_int_equal(cgroup_read_events(&t->nodes[2], 1, text, sizeof(text)), -ENOENT);
	cgroup_tree_free(t);
}

static void v1_uses_the_hierarchies_that_the_plan_needs_only(void **state)
{
	struct plan_group groups[2];
	struct group_spec spec = { .cpuset = (char[]){ "0-1" } };
	struct plan p = one_group(groups, &spec);
	struct cgroup_tree *t = NULL;
	struct diag d = { 0 };

	fake_v1();
	spec.knobs[KNOB_MEMORY] = 100 << 20;
	spec.knobs[KNOB_SWAP] = 1 << 20;
	if (cgroup_tree_make(&p, &fake.host, "ID", fake.undo, &t, &d))
		fail_msg("%s", d.message);
	assert_int_equal(t->in_use.n, 2); /* pids is not needed */
	reads("/sys/fs/cgroup/memory/hangar/ID/victims/memory.limit_in_bytes", "104857600");
	reads("/sys/fs/cgroup/memory/hangar/ID/victims/memory.memsw.limit_in_bytes", "105906176");
	/* every level got its parent's first, since no task may enter before */
	reads("/sys/fs/cgroup/cpuset/hangar/ID/outside/cpuset.cpus", "0-3");
	reads("/sys/fs/cgroup/cpuset/hangar/ID/outside/cpuset.mems", "0");
	assert_string_equal(t->nodes[1].expect[0], "memory:/hangar/ID/victims");
	assert_string_equal(t->nodes[1].expect[1], "cpuset:/hangar/ID/victims");
	assert_int_equal(t->nodes[1].dir_fd, -1);
	cgroup_tree_free(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(v2_hands_controllers_down_and_seats_tasks_in_leaves),
		TEST(a_group_of_v2_answers_for_its_own_oom_kills_alone),
		TEST(v1_uses_the_hierarchies_that_the_plan_needs_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
