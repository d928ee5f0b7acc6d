/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan cannot do on a machine: skipped with the reason, or gone without. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "plan_world.h"
#include "scenario/host.h"
#include "scenario/plan.h"
#include "scenario/plan_parts.h"

static void needs_that_are_met_are_silent(void **state)
{
	struct host h = machine("debian12-v2");

	expect_no_skip(PHASE, &h);
	expect_no_skip(
		"\"needs\":{\"root\":true,\"controllers\":[\"memory\",\"io\"],\"memory\":\"4G\","
		"\"cpus\":5,\"kernel\":{\"min\":\"4.5\",\"max\":\"6.1\"},\"cgroup\":\"v2\","
		"\"filesystem\":\"ext4\",\"files\":[\"/dev/kmsg\"]}," PHASE,
		&h);
}

static void needs_that_are_not_met_skip_the_run(void **state)
{
	struct host h = machine("hybrid");

	expect_skip("\"needs\":{\"controllers\":[\"memory\",\"cpuset\"]}," PHASE, &h,
		    "controller cpuset", true);
	expect_skip("\"needs\":{\"memory\":\"16G\"}," PHASE, &h, "memory", true);
	expect_skip("\"needs\":{\"cpus\":4}," PHASE, &h, "cpus", true);
	expect_skip("\"needs\":{\"kernel\":{\"min\":\"5.11\"}}," PHASE, &h, "kernel", true);
	expect_skip("\"needs\":{\"kernel\":{\"max\":\"5.9\"}}," PHASE, &h, "kernel", true);
	expect_skip("\"needs\":{\"cgroup\":\"v2\"}," PHASE, &h, "cgroup version", true);
	expect_skip("\"needs\":{\"filesystem\":\"xfs\"}," PHASE, &h, "file system xfs", true);
	expect_skip("\"needs\":{\"files\":[\"/dev/vfio\"]}," PHASE, &h, "file /dev/vfio", true);
	expect_skip("\"needs\":{\"programs\":[\"no-such-program\"]}," PHASE, &h,
		    "program no-such-program", true);
	h.root_user = false;
	expect_skip("\"needs\":{\"root\":true}," PHASE, &h, "root", true);
}

static void who_is_passed_over_by_the_oom_killer_needs_the_capability(void **state)
{
	static const char body[] =
		"\"phases\":[{\"name\":\"a\",\"for\":\"1s\",\"run\":["
		"{\"use\":\"alloc\"},{\"use\":\"alloc\",\"oom-protected\":true}]}]";
	struct host h = machine("debian12-v2");

	h.oom_protects = false;
	expect_skip(body, &h, "CAP_SYS_RESOURCE", true);
	expect_no_skip(PHASE, &h);
	h.oom_protects = true;
	expect_no_skip(body, &h);
}

static void what_hurts_the_machine_runs_in_a_guest_alone(void **state)
{
	static const char body[] = "\"needs\":{\"throwaway\":true}," PHASE;
	struct host h = machine("debian12-v2");

	expect_skip(body, &h, "throwaway machine", true);
	strcpy(h.cmdline, "console=ttyS0 hangar.throwaway=0 xhangar.throwaway");
	expect_skip(body, &h, "throwaway machine", true);
	h.cmdline[0] = '\0';
	expect_skip(body, &h, "throwaway machine", true);
	strcpy(h.cmdline, "console=ttyS0 hangar.throwaway quiet");
	expect_no_skip(body, &h);
}

static void releases_compare_as_numbers(void **state)
{
	assert_true(release_at_least("3.10.0-1160.el7.x86_64", "3.10"));
	assert_true(release_at_least("3.10.0", "3.9.99"));
	assert_false(release_at_least("3.10.0-1160.el7", "3.10.1"));
	assert_false(release_at_least("4.4.0", "4.10"));
	assert_true(release_at_most("4.5.9", "4.5"));
	assert_false(release_at_most("4.6.0", "4.5"));
	assert_true(release_at_most("6.1.0-18-amd64", "6.1.0"));
	assert_true(release_at_least("6.18-rc1", "6.18"));
	assert_true(release_at_least("5.4", NULL) && release_at_most("5.4", NULL));
}

static void scratch_and_settings_need_root_and_their_files(void **state)
{
	struct host v2 = machine("debian12-v2"), none = machine("none");
	static const char loop[] =
		"\"scratch\":{\"on\":\"loop\",\"filesystem\":\"ext4\",\"size\":\"1G\"}," PHASE;

	expect_no_skip(loop, &v2);
	expect_skip(loop, &none, "file system ext4", true);
	none.ext4 = true;
	expect_skip(loop, &none, "loop devices", true);
	expect_skip("\"scratch\":{\"on\":{\"device\":\"/dev/vdz\"},\"filesystem\":\"ext4\"}," PHASE,
		    &v2, "scratch on /dev/vdz", true);
	expect_skip("\"scratch\":{\"on\":{\"directory\":\"/nothing\"}}," PHASE, &v2,
		    "scratch on /nothing", true);
	expect_skip("\"sysctls\":{\"vm.swappiness\":\"1\"}," PHASE, &v2, "/proc/sys/vm/swappiness",
		    true);
	expect_no_skip("\"sysctls\":{\"kernel.pid_max\":\"99999\"},\"thp\":{\"enabled\":\"always\"}"
		       "," PHASE,
		       &v2);
	v2.root_user = false;
	expect_skip(loop, &v2, "root", true);
	expect_skip("\"sysctls\":{\"kernel.pid_max\":\"99999\"}," PHASE, &v2, "root", true);
}

#define GROUP(knobs) "\"groups\":{\"g\":{" knobs "}}," PHASE

static void limits_that_the_host_has_are_silent(void **state)
{
	struct host v1 = machine("el7-v1"), v2 = machine("debian12-v2");

	v1.psi = true; /* the pressure watcher is not what is tested */
	expect_no_skip(
		GROUP("\"memory\":\"1G\",\"swap\":\"0\",\"kernel-memory\":\"32M\",\"pids\":10,"
		      "\"cpu\":\"50%\",\"cpu-weight\":10,\"cpuset\":\"0-1\",\"swappiness\":0,"
		      "\"io\":{\"read-bps\":\"1M\"},\"oom-kill-disable\":true"),
		&v1);
	expect_no_skip(GROUP("\"memory\":\"1G\",\"swap\":\"0\",\"high\":\"900M\",\"pids\":10,"
			     "\"cpu\":\"50%\","
			     "\"cpu-weight\":10,\"cpuset\":\"0,4\",\"io\":{\"write-iops\":5},"
			     "\"oom-group\":true"),
		       &v2);
}

static void limits_that_the_host_lacks_skip_the_run(void **state)
{
	struct host v1 = machine("el7-v1"), v2 = machine("debian12-v2"), hybrid = machine("hybrid");

	expect_skip(GROUP("\"high\":\"1G\""), &v1, "\"high\" of group \"g\"", true);
	expect_skip(GROUP("\"oom-group\":true"), &v1, "\"oom-group\" of group \"g\"", true);
	expect_skip(GROUP("\"kernel-memory\":\"32M\""), &v2, "\"kernel-memory\" of group \"g\"",
		    true);
	expect_skip(GROUP("\"swappiness\":0"), &v2, "\"swappiness\" of group \"g\"", true);
	expect_skip(GROUP("\"oom-kill-disable\":true"), &v2, "\"oom-kill-disable\" of group \"g\"",
		    true);
	expect_skip(GROUP("\"cpuset\":\"0-9\""), &v2, "\"cpuset\" of group \"g\"", true);
	expect_skip(GROUP("\"io\":{\"device\":\"/dev/vdz\",\"read-bps\":\"1M\"}"), &v2,
		    "\"io.read-bps\" of group \"g\"", true);
	expect_skip(GROUP("\"io\":{\"read-bps\":\"1M\"}"), &hybrid,
		    "\"io.read-bps\" of group \"g\"", true);
	expect_skip(GROUP("\"cpuset\":\"0\""), &hybrid, "\"cpuset\" of group \"g\"", true);
	expect_skip(GROUP("\"memory\":\"1G\",\"swap\":\"0\""), &hybrid, "\"swap\" of group \"g\"",
		    true);
	snprintf(v1.release, sizeof(v1.release), "5.16.0");
	expect_skip(GROUP("\"kernel-memory\":\"32M\""), &v1, "\"kernel-memory\" of group \"g\"",
		    true);
}

static void no_swap_at_all_needs_no_swap_limit(void **state)
{
	struct host hybrid = machine("hybrid");

	hybrid.swap_bytes = 0;
	expect_skip(GROUP("\"memory\":\"1G\",\"swap\":\"0\""), &hybrid, "\"swap\" of group \"g\"",
		    false);
	expect_skip(GROUP("\"memory\":\"1G\",\"swap\":\"1M\""), &hybrid, "\"swap\" of group \"g\"",
		    true);
}

static void optional_groups_go_without_what_is_lacking(void **state)
{
	struct host v1 = machine("el7-v1");
	struct laid laid = lay(GROUP("\"optional\":true,\"memory\":\"1G\",\"high\":\"900M\","
				     "\"groups\":{\"in\":{\"high\":\"1M\"}}"),
			       &v1);

	assert_false(plan_is_skipped(laid.plan));
	assert_non_null(skip_of(laid.plan, "\"high\" of group \"g\""));
	assert_non_null(skip_of(laid.plan, "\"high\" of group \"g/in\""));
	assert_int_equal(laid.plan->groups[1].without, 1u << KNOB_MEMORY_HIGH);
	assert_int_equal(laid.plan->groups[2].without, 1u << KNOB_MEMORY_HIGH);
	laid_free(&laid);
}

static void groups_without_privilege_skip_the_run_unless_optional(void **state)
{
	struct host v2 = machine("debian12-v2"), none = machine("none");
	struct laid laid;

	v2.root_user = false;
	expect_skip(GROUP("\"memory\":\"1G\""), &v2, "group \"g\"", true);
	expect_skip(GROUP("\"memory\":\"1G\""), &none, "group \"g\"", true);
	expect_skip(GROUP("\"optional\":true,\"memory\":\"1G\""), &v2, "group \"g\"", false);
	laid = lay(GROUP("\"optional\":true,\"memory\":\"1G\",\"count\":3"), &v2);
	assert_int_equal(laid.plan->n_groups, 4); /* the groups are planned, without limits */
	assert_int_equal(laid.plan->groups[3].without, 1u << KNOB_MEMORY);
	laid_free(&laid);
}

static void a_folder_of_groups_cannot_be_gone_without(void **state)
{
	static const char body[] =
		"\"groups\":{\"g\":{\"optional\":true}},\"phases\":[{\"name\":\"a\","
		"\"for\":\"1s\",\"run\":[{\"use\":\"alloc\","
		"\"with\":{\"log\":\"{group:outside},{group:g}\"}}]}]";
	struct host v2 = machine("debian12-v2"), none = machine("none");

	expect_no_skip(body, &v2);
	expect_skip(body, &none, "folder of group \"g\"", true);
	expect_skip(body, &none, "folder of group \"outside\"", true);
	v2.root_user = false;
	expect_skip(body, &v2, "folder of group \"g\"", true);
}

static void one_skip_for_all_instances_of_a_group(void **state)
{
	struct host v1 = machine("el7-v1");
	struct laid laid = lay(GROUP("\"count\":50,\"high\":\"1G\""), &v1);

	v1.psi = true;
	assert_int_equal(laid.plan->n_skips, 2); /* and the pressure watcher */
	assert_int_equal(laid.plan->groups[50].without, 1u << KNOB_MEMORY_HIGH);
	laid_free(&laid);
}

static void watchers_that_see_nothing_are_gone_without(void **state)
{
	struct host el7 = machine("el7-v1"), v2 = machine("debian12-v2");

	expect_skip(PHASE, &el7, "watcher pressure", false);
	expect_no_skip("\"watch\":{\"tasks\":{}}," PHASE, &el7);
	v2.root_user = false;
	expect_skip(PHASE, &v2, "stacks of the tasks watcher", false);
}

static void a_bug_that_cannot_be_seen_skips_the_run(void **state)
{
	struct host h = machine("debian12-v2");

	h.kmsg = false;
	expect_skip(PHASE, &h, "watcher kmsg", false);
	expect_skip("\"expect\":{\"reproduce\":[\"stall\",\"oops\"]}," PHASE, &h, "watcher kmsg",
		    false);
	expect_skip("\"expect\":{\"reproduce\":[\"oom-kill\"]}," PHASE, &h, "watcher kmsg", false);
	expect_skip("\"expect\":{\"reproduce\":[\"hung-task\",\"oops\"]}," PHASE, &h,
		    "watcher kmsg", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(needs_that_are_met_are_silent),
		cmocka_unit_test(needs_that_are_not_met_skip_the_run),
		cmocka_unit_test(who_is_passed_over_by_the_oom_killer_needs_the_capability),
		cmocka_unit_test(what_hurts_the_machine_runs_in_a_guest_alone),
		cmocka_unit_test(releases_compare_as_numbers),
		cmocka_unit_test(scratch_and_settings_need_root_and_their_files),
		cmocka_unit_test(limits_that_the_host_has_are_silent),
		cmocka_unit_test(limits_that_the_host_lacks_skip_the_run),
		cmocka_unit_test(no_swap_at_all_needs_no_swap_limit),
		cmocka_unit_test(optional_groups_go_without_what_is_lacking),
		cmocka_unit_test(groups_without_privilege_skip_the_run_unless_optional),
		cmocka_unit_test(a_folder_of_groups_cannot_be_gone_without),
		cmocka_unit_test(one_skip_for_all_instances_of_a_group),
		cmocka_unit_test(watchers_that_see_nothing_are_gone_without),
		cmocka_unit_test(a_bug_that_cannot_be_seen_skips_the_run),
	};

	return cmocka_run_group_tests(tests, load_catalogue, free_catalogue);
}
