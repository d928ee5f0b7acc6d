/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits that are not kept, or that the host lacks. */
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
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "cgroup/cgroup_ops.h"
#include "cgroup/io_device.h"
#include "cgroup_world.h"

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
		TEST(a_limit_that_is_not_kept_names_group_knob_value_and_file),
		TEST(what_the_host_lacks_is_refused_with_the_remedy),
		TEST(an_optional_group_goes_without_and_says_so),
		TEST(a_knob_that_the_plan_goes_without_is_not_tried),
		TEST(without_root_the_same_calls_make_no_groups),
		TEST(io_limits_are_about_the_whole_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
