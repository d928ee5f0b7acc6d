/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups, limits and births on this host's own cgroup mounts. As root; every load is small and
 * inside a limit. */
#include "rig.h"

#include <sys/mount.h>

#define MIB (1024ull * 1024)

static void limits_are_set_and_read_back(void **state)
{
	struct group_spec *g = rig_group("limited", -1);

	g->knobs[KNOB_MEMORY] = 64 * MIB + 1;
	g->knobs[KNOB_SWAP] = 16 * MIB;
	g->knobs[KNOB_PIDS] = 20;
	g->knobs[KNOB_CPU] = 50;
	g->knobs[KNOB_CPU_WEIGHT] = 200;
	g->knobs[KNOB_SWAPPINESS] = 10;
	g->knobs[KNOB_OOM_KILL_DISABLE] = 1;
	g->cpuset = (char[]){ "0" };
	rig_make_groups();
	assert_string_equal(rig_knob(1, "memory", "memory.limit_in_bytes"), "67108864\n");
	assert_string_equal(rig_knob(1, "memory", "memory.memsw.limit_in_bytes"), "83886080\n");
	assert_string_equal(rig_knob(1, "memory", "memory.swappiness"), "10\n");
	assert_non_null(
		strstr(rig_knob(1, "memory", "memory.oom_control"), "oom_kill_disable 1\n"));
	assert_string_equal(rig_knob(1, "pids", "pids.max"), "20\n");
	assert_string_equal(rig_knob(1, "cpu", "cpu.cfs_quota_us"), "50000\n");
	assert_string_equal(rig_knob(1, "cpu", "cpu.shares"), "2048\n");
	assert_string_equal(rig_knob(1, "cpuset", "cpuset.cpus"), "0\n");
	/* "outside" is a group, too, but free */
	assert_string_equal(rig_knob(0, "pids", "pids.max"), "max\n");
}

static void io_limits_are_set_for_the_disk_of_the_scratch_folder(void **state)
{
	struct group_spec *g = rig_group("slow", -1);
	struct diag d = { 0 };

	rig.scenario.scratch = (struct scratch_spec){ .on = SCRATCH_LOOP,
						      .filesystem = (char[]){ "ext4" },
						      .size_bytes = 16 * MIB };
	if (scratch_make(&rig.scenario, &rig.dir, rig.undo, false, rig.plan.scratch_dir, &d))
		fail_msg("%s", d.message);
	g->knobs[KNOB_IO_READ_BPS] = 10 * MIB;
	g->knobs[KNOB_IO_WRITE_IOPS] = 500;
	rig_make_groups();
	assert_non_null(
		strstr(rig_knob(1, "blkio", "blkio.throttle.read_bps_device"), " 10485760\n"));
	assert_non_null(strstr(rig_knob(1, "blkio", "blkio.throttle.write_iops_device"), " 500\n"));
	assert_int_equal(rig_knob(1, "blkio", "blkio.throttle.read_bps_device")[0], '7');
}

static void a_limit_that_this_kernel_drops_is_noticed(void **state)
{
	struct group_spec *g = rig_group("kernel-memory", -1);
	struct diag d = { 0 };

	g->knobs[KNOB_KERNEL_MEMORY] = 32 * MIB;
	if (!cgroup_tree_make(&rig.plan, &rig.host, rig.dir.id, rig.undo, &rig.tree, &d)) {
		print_message("this kernel still limits kernel memory\n");
		return;
	}
	assert_non_null(strstr(d.message, "kernel-memory"));
	assert_non_null(strstr(d.message, "33554432"));
	assert_non_null(strstr(d.message, "memory.kmem.limit_in_bytes"));
}

static void children_are_in_their_groups_from_birth(void **state)
{
	char want[256];

	rig_group("victims.0", -1)->knobs[KNOB_MEMORY] = 64 * MIB;
	rig_group("victims.1", -1)->knobs[KNOB_PIDS] = 30;
	for (unsigned int g = 0; g < 3; g++)
		for (int i = 0; i < 5; i++)
			rig_add(g, "cat /proc/self/cgroup");
	rig_make_groups();
	rig_launch();
	rig_run_out();
	assert_int_equal(rig.exits[EXIT_DONE], 15);
	for (unsigned int i = 0; i < 15; i++) {
		char path[4200];

		assert_true(rig.l->copies[i].verified);
		snprintf(path, sizeof(path), "%s/%s", rig.dir.path, rig.launches[i].out);
		snprintf(want, sizeof(want), ":memory:/hangar/%s/%s\n", rig.dir.id,
			 rig.groups[i / 5].path);
		assert_non_null(strstr(rig_read(path), want));
		snprintf(want, sizeof(want), ":pids:/hangar/%s/%s\n", rig.dir.id,
			 rig.groups[i / 5].path);
		assert_non_null(strstr(rig_read(path), want));
	}
}

static void a_child_that_is_not_in_its_group_never_runs_its_program(void **state)
{
	rig_group("victims", -1)->knobs[KNOB_MEMORY] = 64 * MIB;
	rig_add(1, "echo ran");
	rig_make_groups();
	strcat(rig.tree->nodes[1].expect[0], "-elsewhere");
	assert_int_equal(launcher_open(&rig.plan, rig.tree, &rig.dir, NULL, &rig.l, NULL), 0);
	launcher_spawn_phase(rig.l, 0, NULL);
	rig_run_out();
	assert_int_equal(rig.exits[EXIT_FAILED], 1);
	assert_int_equal(rig.l->copies[0].start_stage, CHILD_VERIFY);
	assert_false(rig.l->copies[0].verified);
	assert_string_equal(rig_read(rig.plan.scratch_dir), "(unreadable)");
}

static void the_oom_killer_is_known_by_the_groups_count(void **state)
{
	struct group_spec *g = rig_group("victims", -1);

	g->knobs[KNOB_MEMORY] = 16 * MIB;
	g->knobs[KNOB_SWAP] = 0;
	rig.run.restart = (struct restart_spec){ RESTART_ON_OOM, 1000, 1000, 2 };
	rig_add(1, "exec tail /dev/zero"); /* keeps a line without end in memory */
	rig_make_groups();
	assert_true(rig.tree->nodes[1].limit_bytes == 16 * MIB);
	assert_true(cgroup_oom_kills(&rig.tree->nodes[1]) == 0);
	rig_launch();
	rig_run_out();
	assert_int_equal(rig.exits[EXIT_OOM_KILLED], 3);
	assert_int_equal(rig.l->restarts, 2);
	assert_true(cgroup_oom_kills(&rig.tree->nodes[1]) == 3);
	assert_true(cgroup_oom_kills(&rig.tree->nodes[0]) == 0);
	assert_true(cgroup_usage(&rig.tree->nodes[1]) <= 16 * MIB);
}

static void a_sigkill_from_anybody_else_is_a_failure(void **state)
{
	rig_group("victims", -1)->knobs[KNOB_MEMORY] = 16 * MIB;
	rig_add(1, "exec sleep 60");
	rig_make_groups();
	rig_launch();
	kill(rig.l->copies[0].pid, SIGKILL);
	rig_run_out();
	assert_int_equal(rig.exits[EXIT_FAILED], 1);
}

static void nested_groups_limit_together(void **state)
{
	rig_group("outer", -1)->knobs[KNOB_MEMORY] = 16 * MIB;
	rig_group("outer/inner", 1)->knobs[KNOB_MEMORY] = 64 * MIB;
	rig_add(2, "exec tail /dev/zero");
	rig_make_groups();
	rig_launch();
	rig_run_out();
	assert_int_equal(rig.exits[EXIT_OOM_KILLED], 1);
	assert_true(cgroup_oom_kills(&rig.tree->nodes[2]) == 1);
}

static void task_lists_are_fresh_and_orphans_do_not_survive(void **state)
{
	char path[1024];

	rig_group("victims", -1)->knobs[KNOB_MEMORY] = 64 * MIB;
	rig_add(1, "sleep 61 & sleep 62 & sleep 63 & exit 0");
	rig_make_groups();
	assert_int_equal(cgroup_task_count(&rig.tree->nodes[1]), 0);
	rig_launch();
	rig_run_out();
	assert_int_equal(rig.exits[EXIT_DONE], 1);
	assert_int_equal(cgroup_task_count(&rig.tree->nodes[1]), 3);
	rig_stop();
	assert_int_equal(cgroup_task_count(&rig.tree->nodes[1]), 0);
	assert_int_equal(cgroup_tree_remove(rig.tree, 1000000, NULL), 0);
	snprintf(path, sizeof(path), "/sys/fs/cgroup/memory/hangar/%s", rig.dir.id);
	assert_false(rig_exists(path));
}

static void a_group_whose_tasks_wait_at_an_oom_is_removed_too(void **state)
{
	struct group_spec *g = rig_group("victims", -1);
	char path[1024];

	g->knobs[KNOB_MEMORY] = 16 * MIB;
	g->knobs[KNOB_SWAP] = 0;
	g->knobs[KNOB_OOM_KILL_DISABLE] = 1;
	rig_add(1, "exec tail /dev/zero");
	rig_make_groups();
	rig_launch();
	for (int i = 0; i < 200; i++) {
		if (strstr(rig_knob(1, "memory", "memory.oom_control"), "under_oom 1"))
			break;
		usleep(10000);
	}
	assert_non_null(strstr(rig_knob(1, "memory", "memory.oom_control"), "under_oom 1"));
	rig_stop();
	assert_int_equal(cgroup_tree_remove(rig.tree, 3000000, NULL), 0);
	snprintf(path, sizeof(path), "/sys/fs/cgroup/memory/hangar/%s", rig.dir.id);
	assert_false(rig_exists(path));
}

/*
 * Where the v2 tree has no memory controller (hybrid hosts), it still shows births, kills and
 * thread lists. A root folder of our own, whose mountinfo names nothing but the v2 tree, makes
 * hangar use it.
 */
static bool only_v2(void)
{
	char path[512], text[256];

	if (!rig_exists("/sys/fs/cgroup/unified/cgroup.procs"))
		return false;
	snprintf(rig.host.root, sizeof(rig.host.root), "%s/root", rig.state_home);
	snprintf(text, sizeof(text), "mkdir -p %s/proc/self %s/sys/fs", rig.host.root,
		 rig.host.root);
	assert_int_equal(system(text), 0);
	snprintf(path, sizeof(path), "%s/sys/fs/cgroup", rig.host.root);
	assert_int_equal(symlink("/sys/fs/cgroup/unified", path), 0);
	snprintf(path, sizeof(path), "%s/proc/self/mountinfo", rig.host.root);
	snprintf(text, sizeof(text), "30 24 0:25 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
	assert_int_equal(textfile_replace_at(AT_FDCWD, path, text, strlen(text)), 0);
	rig.host.cgroup = CGROUP_V2;
	return true;
}

/* The group has @tasks for a tenth of a second, within two seconds. */
static void settles_at(unsigned int group, int tasks)
{
	int steady = 0;

	for (int i = 0; i < 200 && steady < 10; i++) {
		steady = cgroup_task_count(&rig.tree->nodes[group]) == tasks ? steady + 1 : 0;
		usleep(10000);
	}
	assert_int_equal(cgroup_task_count(&rig.tree->nodes[group]), tasks);
}

static void v2_children_are_born_inside_and_killed_as_a_group(void **state)
{
	char want[256], path[4200];

	if (!only_v2())
		skip();
	rig_group("outer", -1);
	rig_group("outer/inner", 1);
	rig_add(1, "cat /proc/self/cgroup; sleep 61 & exec sleep 62");
	rig_add(2, "cat /proc/self/cgroup; exec sleep 63");
	rig_make_groups();
	assert_true(rig.tree->nodes[1].dir_fd >= 0 && rig.tree->nodes[1].kill_fd >= 0);
	rig_launch();
	settles_at(1, 2);
	settles_at(2, 1);
	launcher_reap(rig.l, now_us(), NULL, NULL);
	assert_true(rig.l->copies[0].verified && rig.l->copies[1].verified);
	snprintf(path, sizeof(path), "%s/out/000-sh.log", rig.dir.path);
	snprintf(want, sizeof(want), "0::/hangar/%s/outer/_own\n", rig.dir.id);
	assert_non_null(strstr(rig_read(path), want));
	cgroup_kill(&rig.tree->nodes[1], SIGKILL);
	settles_at(1, 0);
	settles_at(2, 1);
	rig_stop();
	assert_int_equal(cgroup_tree_remove(rig.tree, 1000000, NULL), 0);
	snprintf(path, sizeof(path), "/sys/fs/cgroup/unified/hangar/%s", rig.dir.id);
	assert_false(rig_exists(path));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_open, rig_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(limits_are_set_and_read_back),
		TEST(io_limits_are_set_for_the_disk_of_the_scratch_folder),
		TEST(a_limit_that_this_kernel_drops_is_noticed),
		TEST(children_are_in_their_groups_from_birth),
		TEST(a_child_that_is_not_in_its_group_never_runs_its_program),
		TEST(the_oom_killer_is_known_by_the_groups_count),
		TEST(a_sigkill_from_anybody_else_is_a_failure),
		TEST(nested_groups_limit_together),
		TEST(task_lists_are_fresh_and_orphans_do_not_survive),
		TEST(a_group_whose_tasks_wait_at_an_oom_is_removed_too),
		TEST(v2_children_are_born_inside_and_killed_as_a_group),
	};

	if (geteuid() != 0 || !rig_exists("/sys/fs/cgroup/memory/memory.limit_in_bytes")) {
		fprintf(stderr, "SKIP: needs root and the v1 memory controller\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
