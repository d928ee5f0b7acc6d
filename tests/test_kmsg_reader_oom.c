/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reader of a kernel log makes of an OOM kill: whose it was, and who was killed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "kmsg_log.h"

static struct told t;

static void an_el7_group_oom_is_told_once_with_victim_group_and_invoker(void **state)
{
	told_file(&t, "kmsg/el7-memcg-oom.log");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[0].kind, FINDING_OOM_KILL);
	assert_string_equal(t.list[0].group, "/g1");
	assert_int_equal(t.list[0].more_of, 0);
	assert_int_equal(t.list[1].kind, FINDING_OOM_KILL);
	assert_int_equal(t.list[1].more_of, t.list[0].id);
	assert_int_equal(t.list[1].pid, 53); /* the killed one, not the selected 58 */
	assert_string_equal(t.list[1].comm, "extoom");
	assert_string_equal(t.list[1].group, "/g1");
	assert_string_equal(t.list[1].release, "3.10.0-1160.el7.x86_64");
	assert_non_null(strstr(t.list[1].text, "Killed process 53"));
	assert_non_null(strstr(t.list[1].text, "invoked by extoom, gfp_mask=0xd0, order=0"));
	assert_true(finding_stack_has(t.list[1].stack, "mem_cgroup_oom_synchronize"));
}

static void an_oom_of_6_18_is_told_by_its_constraint_line(void **state)
{
	told_file(&t, "kmsg/6.18-memcg-oom.log");
	assert_int_equal(t.count, 2);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(t.list[i].kind, FINDING_OOM_KILL);
		assert_string_equal(t.list[i].group, "/g1");
		assert_string_equal(t.list[i].comm, "python3");
		assert_int_equal(t.list[i].pid, 5491);
	}
	assert_int_equal(t.list[1].more_of, t.list[0].id);
	assert_true(finding_stack_has(t.list[1].stack, "try_charge_memcg"));
}

static void an_oom_of_the_machine_is_not_taken_for_a_groups(void **state)
{
	told_text(&t, "java invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0\n"
		      "Call Trace:\n [<ffffffff8134ed4b>] dump_stack+0x19/0x1b\nMem-Info:\n"
		      "Out of memory: Kill process 23195 (java) score 558 or sacrifice child\n"
		      "Killed process 23195 (java) total-vm:81176732kB, anon-rss:64507900kB, "
		      "file-rss:2604kB\n");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[0].kind, FINDING_GLOBAL_OOM);
	assert_int_equal(t.list[1].kind, FINDING_GLOBAL_OOM);
	assert_int_equal(t.list[1].pid, 23195);
	told_text(&t, "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, "
		      "oom_score_adj=0\nCall Trace:\n"
		      "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/"
		      ",mems_allowed=0,global_oom,task_memcg=/a,b,task=java,pid=23195,uid=0\n");
	assert_int_equal(t.list[0].kind, FINDING_GLOBAL_OOM);
	assert_string_equal(t.list[0].group, "/a,b");
	assert_int_equal(t.list[0].pid, 23195);
}

static void an_oom_asked_for_by_sysrq_is_told_to_nobody(void **state)
{
	told_text(&t, "kworker/0:1 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, "
		      "oom_score_adj=0\nMem-Info:\n"
		      "Out of memory: Killed process 12 (x) total-vm:1kB\n");
	assert_int_equal(t.count, 0);
}

static void a_kill_line_alone_is_an_oom_but_one_behind_an_oom_is_not(void **state)
{
	told_text(&t, "[   1.0] Killed process 11726, UID 498, (mysqld) total-vm:7823732kB\n");
	assert_int_equal(t.count, 1);
	assert_int_equal(t.list[0].kind, FINDING_OOM_KILL);
	assert_string_equal(t.list[0].comm, "mysqld");
	told_text(&t, "[   1.0] a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		      "[   1.0] Out of memory: Kill process 7 (a) score 1 or sacrifice child\n"
		      "[   1.0] Killed process 7 (a) total-vm:1kB\n"
		      "[   1.1] Killed process 8 (a) total-vm:1kB\n");
	for (unsigned int i = 0; i < t.count; i++)
		assert_int_not_equal(t.list[i].pid, 8);
}

static void a_line_without_a_time_does_not_end_a_report(void **state)
{
	told_text(&t, "[   12.577129] eater invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), "
		      "order=0, oom_score_adj=0\n[   12.579344] anon 16687104\n               "
		      "file 0\n[   12.579362] Tasks state (memory values in pages):\n"
		      "[   12.587427] Memory cgroup out of memory: Killed process 118 (eater)\n");
	assert_int_equal(t.count, 1);
	assert_non_null(strstr(t.list[0].text, "invoked by eater"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_el7_group_oom_is_told_once_with_victim_group_and_invoker),
		cmocka_unit_test(an_oom_of_6_18_is_told_by_its_constraint_line),
		cmocka_unit_test(an_oom_of_the_machine_is_not_taken_for_a_groups),
		cmocka_unit_test(an_oom_asked_for_by_sysrq_is_told_to_nobody),
		cmocka_unit_test(a_kill_line_alone_is_an_oom_but_one_behind_an_oom_is_not),
		cmocka_unit_test(a_line_without_a_time_does_not_end_a_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
