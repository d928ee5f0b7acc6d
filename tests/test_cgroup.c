/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding hierarchies, making groups in a folder that stands for cgroupfs, and telling groups by
 * their path. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
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
#include "cgroup/io_device.h"

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

/* A folder that stands for /, with the files that the kernel would put into each group. */
static struct {
	char root[64];
	struct rundir dir;
	struct undo *undo;
	struct host host;
} fake;

static void put(const char *path, const char *text)
{
	char full[1024], *slash;

	snprintf(full, sizeof(full), "%s%s", fake.root, path);
	slash = strrchr(full, '/');
	*slash = '\0';
	path_make(full);
	*slash = '/';
	assert_int_equal(textfile_replace_at(AT_FDCWD, full, text, strlen(text)), 0);
}

static void reads(const char *path, const char *text)
{
	char full[1024], buf[256];

	snprintf(full, sizeof(full), "%s%s", fake.root, path);
	assert_true(textfile_read_at(AT_FDCWD, full, buf, sizeof(buf)) >= 0);
	assert_string_equal(buf, text);
}

static int setup(void **state)
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

static int teardown(void **state)
{
	char command[128];

	fake.undo = undo_close(fake.undo);
	close(fake.dir.fd);
	snprintf(command, sizeof(command), "rm -rf '%s'", fake.root);
	return system(command);
}

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

static void unset_all(struct group_spec *g)
{
	for (int k = 0; k < KNOB_COUNT; k++)
		g->knobs[k] = UNSET;
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

static void fake_v1(void)
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

static struct plan one_group(struct plan_group *groups, struct group_spec *spec)
{
	struct plan p = { .groups = groups, .n_groups = 2 };

	unset_all(spec);
	groups[0] = (struct plan_group){ "outside", "outside", -1, NULL };
	groups[1] = (struct plan_group){ "victims", "victims", -1, spec };
	return p;
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

static void a_limit_that_is_not_kept_names_group_knob_value_and_file(void **state)
{
	struct plan_group groups[2];
	struct group_spec spec = { 0 };
	struct plan p = one_group(groups, &spec);
	struct cgroup_tree *t = NULL;
	struct diag d = { 0 };
	char path[256];

	fake_v1();
	snprintf(path, sizeof(path), "%s/sys/fs/cgroup/memory/hangar/ID/victims/%s", fake.root,
		 "memory.limit_in_bytes");
	unlink(path);
	assert_int_equal(symlink("/dev/null", path), 0); /* takes everything, keeps nothing */
	spec.knobs[KNOB_MEMORY] = 100 << 20;
	assert_int_equal(cgroup_tree_make(&p, &fake.host, "ID", fake.undo, &t, &d), -EINVAL);
	assert_null(t);
	assert_non_null(strstr(d.message, "group victims"));
	assert_non_null(strstr(d.message, "\"memory\""));
	assert_non_null(strstr(d.message, "104857600"));
	assert_non_null(strstr(d.message, "memory.limit_in_bytes"));
}

static const struct missing {
	enum knob knob;
	const char *why;
} missing[] = {
	{ KNOB_MEMORY_HIGH, "cgroup v1 has no such limit" },
	{ KNOB_OOM_GROUP, "cgroup v1 has no such limit" },
	{ KNOB_SWAP, "must limit \"memory\" as well" },
	{ KNOB_KERNEL_MEMORY, "has no memory.kmem.limit_in_bytes" },
	{ KNOB_CPU, "the cpu controller is not there" },
};

static void what_the_host_lacks_is_refused_with_the_remedy(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		struct plan_group groups[2];
		struct group_spec spec = { 0 };
		struct plan p = one_group(groups, &spec);
		struct cgroup_tree *t = NULL;
		struct diag d = { 0 };

		fake_v1();
		spec.knobs[missing[i].knob] = 1;
		assert_true(cgroup_tree_make(&p, &fake.host, "ID", fake.undo, &t, &d) < 0);
		assert_non_null(strstr(d.message, missing[i].why));
		assert_non_null(strstr(d.message, knob_row(missing[i].knob)->remedy));
	}
}

static void an_optional_group_goes_without_and_says_so(void **state)
{
	struct plan_group groups[2];
	struct group_spec spec = { .optional = true };
	struct plan p = one_group(groups, &spec);
	struct cgroup_tree *t = NULL;
	struct diag d = { 0 };

	fake_v1();
	spec.knobs[KNOB_MEMORY] = 100 << 20;
	spec.knobs[KNOB_OOM_GROUP] = 1;
	assert_int_equal(cgroup_tree_make(&p, &fake.host, "ID", fake.undo, &t, &d), 0);
	reads("/sys/fs/cgroup/memory/hangar/ID/victims/memory.limit_in_bytes", "104857600");
	assert_int_equal(t->n_gone_without, 1);
	assert_non_null(strstr(t->gone_without[0], "oom-group"));
	cgroup_tree_free(t);
}

static void a_knob_that_the_plan_goes_without_is_not_tried(void **state)
{
	struct plan_group groups[2];
	struct group_spec spec = { 0 };
	struct plan p = one_group(groups, &spec);
	struct cgroup_tree *t = NULL;
	struct diag d = { 0 };

	fake_v1();
	spec.knobs[KNOB_OOM_GROUP] = 1;
	groups[1].without = 1u << KNOB_OOM_GROUP;
	assert_int_equal(cgroup_tree_make(&p, &fake.host, "ID", fake.undo, &t, &d), 0);
	assert_int_equal(t->n_gone_without, 0);
	cgroup_tree_free(t);
}

static void without_root_the_same_calls_make_no_groups(void **state)
{
	struct plan_group groups[2];
	struct group_spec spec = { 0 };
	struct plan p = one_group(groups, &spec);
	struct cgroup_tree *t = NULL;
	struct diag d = { 0 };
	char text[256];

	fake_v1();
	fake.host.root_user = false;
	assert_int_equal(cgroup_tree_make(&p, &fake.host, "ID", fake.undo, &t, &d), 0);
	assert_int_equal(t->mode, CGROUP_NONE);
	assert_int_equal(t->nodes[1].n_dirs, 0);
	assert_true(cgroup_usage(&t->nodes[1]) == UNSET);
	assert_true(cgroup_oom_kills(&t->nodes[1]) == UNSET);
	assert_int_equal(cgroup_kill(&t->nodes[1], 9), 0);
	assert_true(textfile_read_at(fake.dir.fd, UNDO_FILE, text, sizeof(text)) > 0);
	assert_non_null(strstr(text, "{\"undo\":\"processes\",\"path\":\"ID\"}"));
	assert_int_equal(cgroup_tree_remove(t, 0, &d), 0);
	cgroup_tree_free(t);
}

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

static void io_limits_are_about_the_whole_disk(void **state)
{
	struct stat st;
	char number[32], path[256], got[32];

	assert_int_equal(stat("/dev/null", &st), 0);
	assert_int_equal(io_device_number(fake.root, "/nonexistent", got, sizeof(got)), -ENOENT);
	assert_int_equal(io_device_number(fake.root, "/proc", got, sizeof(got)), -ENOTBLK);
	if (stat("/", &st) || !major(st.st_dev))
		skip();
	snprintf(number, sizeof(number), "%u:%u", major(st.st_dev), minor(st.st_dev));
	assert_int_equal(io_device_number(fake.root, "/", got, sizeof(got)), 0);
	assert_string_equal(got, number);
	/* now let it be a partition of 8:0 */
	snprintf(path, sizeof(path), "/sys/devices/sda/sda1/partition");
	put(path, "1\n");
	put("/sys/devices/sda/dev", "8:0\n");
	put("/sys/dev/block/x", "");
	snprintf(path, sizeof(path), "%s/sys/dev/block/%s", fake.root, number);
	assert_int_equal(symlink("../../devices/sda/sda1", path), 0);
	assert_int_equal(io_device_number(fake.root, "/", got, sizeof(got)), 0);
	assert_string_equal(got, "8:0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_controller_is_found_where_it_is_mounted),
		cmocka_unit_test(the_v2_tree_comes_first_and_a_second_mount_is_ignored),
		cmocka_unit_test(without_mountinfo_the_error_is_forwarded),
		TEST(v2_hands_controllers_down_and_seats_tasks_in_leaves),
		TEST(a_group_of_v2_answers_for_its_own_oom_kills_alone),
		TEST(v1_uses_the_hierarchies_that_the_plan_needs_only),
		TEST(a_limit_that_is_not_kept_names_group_knob_value_and_file),
		TEST(what_the_host_lacks_is_refused_with_the_remedy),
		TEST(an_optional_group_goes_without_and_says_so),
		TEST(a_knob_that_the_plan_goes_without_is_not_tried),
		TEST(without_root_the_same_calls_make_no_groups),
		TEST(counters_are_read_from_both_versions_files),
		TEST(long_task_lists_are_read_to_their_end),
		cmocka_unit_test(groups_are_told_by_the_kernels_path),
		TEST(io_limits_are_about_the_whole_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
