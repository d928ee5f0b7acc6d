/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a report begins and ends in a kernel log, and which reports are one event. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "kmsg_log.h"

static struct told t;

static void each_hung_task_of_the_freeze_is_one_finding_with_its_stack(void **state)
{
	static const struct {
		const char *comm, *function;
		int pid;
	} rows[] = {
		{ "kworker/u4:1", "wait_transaction_locked", 29 },
		{ "jbd2/vda-8", "jbd2_journal_commit_transaction", 42 },
		{ "extoom", "wait_transaction_locked", 47 },
		{ "extoom", "wait_transaction_locked", 50 },
	};

	told_file(&t, "kmsg/el7-ext4-hung.log");
	assert_int_equal(t.count, 8);
	for (unsigned int i = 0; i < 4; i++) {
		const struct finding *first = &t.list[2 * i], *whole = &t.list[2 * i + 1];

		assert_int_equal(first->kind, FINDING_HUNG_TASK);
		assert_int_equal(first->more_of, 0);
		assert_int_equal(first->pid, rows[i].pid);
		assert_float_equal(first->seconds, 20, 0.1);
		assert_int_equal(whole->more_of, first->id);
		assert_string_equal(whole->comm, rows[i].comm);
		assert_string_equal(whole->function, rows[i].function);
	}
	assert_true(finding_stack_has(t.list[7].stack, "ext4_unlink"));
	assert_false(finding_stack_has(t.list[7].stack, "bit_waitqueue")); /* "?" */
}

static void a_task_told_again_is_the_same_stall(void **state)
{
	told_text(&t, "[  100.0] INFO: task a:47 blocked for more than 120 seconds.\n[  100.1] "
		      "INFO: task b:48 blocked for more than 120 seconds.\n"
		      "[  220.0] INFO: task a:47 blocked for more than 241 seconds.\n");
	assert_int_equal(t.count, 3);
	assert_int_equal(t.list[1].more_of, 0);
	assert_int_equal(t.list[2].more_of, t.list[0].id);
}

static void blocker_lines_belong_to_the_open_report(void **state)
{
	told_text(&t,
		  "INFO: task cat:1204 blocked for more than 122 seconds.\n      Not tainted "
		  "6.17.0-rc1 #12\n"
		  "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"
		  "task:cat             state:D stack:0     pid:1204  tgid:1204  ppid:1180   "
		  "task_flags:0x400000 flags:0x00004002\n"
		  "Call Trace:\n <TASK>\n __schedule+0x491/0xbd0\n schedule+0x27/0xf0\n "
		  "hung_read+0x1a/0x40 [hung]\n </TASK>\n"
		  "INFO: task cat:1204 is blocked on a mutex likely owned by task insmod:1199.\n");
	assert_int_equal(t.count, 2);
	assert_non_null(strstr(t.list[1].text, "likely owned by task insmod:1199"));
	assert_string_equal(t.list[1].release, "6.17.0-rc1");
	assert_string_equal(t.list[1].function, "hung_read");
	assert_string_equal(t.list[1].signature, "hung-task|hung_read");
}

static void a_stall_that_two_cpus_notice_at_once_is_one(void **state)
{
	told_text(&t, "[  277.780013] INFO: rcu_sched self-detected stall on CPU\n"
		      "[  277.781045] INFO: rcu_sched detected stalls on CPUs/tasks:\n"
		      "[  277.781153] \t1-...: (65000 ticks this GP) idle=395/140000000000001/0\n"
		      "[  277.782014] Call Trace:\n[  277.782014]  write_space+0x1/0x2\n");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[1].more_of, t.list[0].id);
	assert_string_equal(t.list[1].function, "write_space");
	told_text(&t, "[  277.780013] INFO: rcu_sched self-detected stall on CPU\n"
		      "[  457.781045] INFO: rcu_sched self-detected stall on CPU\n");
	assert_int_not_equal(t.list[0].id, t.list[1].id);
	assert_int_equal(t.list[1].more_of, 0); /* three minutes later: one more */
}

static void an_oops_with_its_panic_is_one_event(void **state)
{
	told_text(&t, "[  10.0] BUG: kernel NULL pointer dereference, address: 0000000000000008\n[ "
		      " 10.0] #PF: supervisor read access in kernel mode\n"
		      "[  10.0] Oops: 0000 [#1] PREEMPT SMP NOPTI\n[  10.0] CPU: 0 PID: 77 Comm: "
		      "cat Not tainted 6.1.0 #1\n"
		      "[  10.0] RIP: 0010:planted_read+0x1/0x20 [planted]\n[  10.0] Call Trace:\n[ "
		      " 10.0]  <TASK>\n[  10.0]  vfs_read+0xbb/0x360\n"
		      "[  10.0] ---[ end trace 0000000000000000 ]---\n[  10.1] RIP: "
		      "0010:planted_read+0x1/0x20 [planted]\n"
		      "[  10.2] Kernel panic - not syncing: Fatal exception\n[  10.2] Kernel "
		      "Offset: disabled\n"
		      "[  10.3] ---[ end Kernel panic - not syncing: Fatal exception ]---\n");
	assert_int_equal(t.count, 3);
	assert_int_equal(t.list[0].kind, FINDING_NULL_DEREF);
	assert_string_equal(t.list[1].function, "planted_read");
	assert_int_equal(t.list[2].kind, FINDING_PANIC);
	assert_int_equal(t.list[2].more_of, t.list[0].id);
}

static void a_panic_alone_is_a_finding_of_its_own(void **state)
{
	told_text(&t, "[  10.0] BUG: kernel NULL pointer dereference, address: 0000000000000008\n"
		      "[  60.0] Kernel panic - not syncing: sysrq triggered crash\n");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[1].kind, FINDING_PANIC);
	assert_int_equal(t.list[1].more_of, 0);
}

static void reports_of_two_callers_are_kept_apart(void **state)
{
	told_text(&t,
		  "[  10.0][   T10] INFO: task a:10 blocked for more than 120 seconds.\n[  10.0][  "
		  "  C1] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [b:20]\n"
		  "[  10.0][   T10] Call Trace:\n[  10.0][    C1] RIP: 0010:spin_here+0x1/0x20\n[  "
		  "10.0][   T10]  wait_here+0x1/0x2\n[  10.0][    C1] Call Trace:\n"
		  "[  10.0][    C1]  called_by_b+0x1/0x2\n[  10.0][   T10]  called_by_a+0x1/0x2\n");
	assert_int_equal(t.count, 4);
	for (unsigned int i = 2; i < 4; i++) {
		const struct finding *f = &t.list[i];

		if (f->kind == FINDING_HUNG_TASK)
			assert_string_equal(f->stack, "wait_here+0x1/0x2\ncalled_by_a+0x1/0x2\n");
		else
			assert_string_equal(f->stack, "spin_here+0x1/0x20\ncalled_by_b+0x1/0x2\n");
	}
	assert_int_not_equal(t.list[2].kind, t.list[3].kind);
}

static void the_stack_of_another_cpu_is_set_apart(void **state)
{
	told_text(&t, "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\nCall Trace:\n "
		      "here+0x1/0x2\nNMI backtrace for cpu 1\nCall Trace:\n there+0x1/0x2\n");
	assert_int_equal(t.count, 2);
	assert_string_equal(t.list[1].stack, "here+0x1/0x2\n--\nthere+0x1/0x2\n");
	assert_string_equal(t.list[1].signature, "rcu-stall|here");
}

static void words_of_user_space_are_not_the_kernels(void **state)
{
	told_text(&t, "<12>[  10.0] BUG: soft lockup - CPU#0 stuck for 61s! [mv:5593]\n<12>[  "
		      "10.0] Kernel panic - not syncing: no\n");
	assert_int_equal(t.count, 0);
	told_text(&t, "<4>[  10.0] BUG: soft lockup - CPU#0 stuck for 61s! [mv:5593]\n");
	assert_int_equal(t.count, 1);
}

static void a_line_complete_in_itself_is_told_once(void **state)
{
	told_text(&t, "EXT4-fs error (device vda): ext4_lookup:1594: inode #2: comm ls: deleted "
		      "inode referenced: 12\nRandom text\n");
	assert_int_equal(t.count, 1);
	assert_int_equal(t.list[0].kind, FINDING_FS_ERROR);
}

static void a_quiet_report_is_closed_by_the_flush(void **state)
{
	struct kmsg_reader *r = kmsg_reader_new(told_take, &t);
	char text[] =
		"INFO: task a:47 blocked for more than 120 seconds.\nCall Trace:\n foo+0x1/0x2\n";

	t.count = 0;
	told_feed(r, text); /* at 5 s */
	assert_int_equal(t.count, 1);
	kmsg_reader_flush(r, 5100000, 200000);
	assert_int_equal(t.count, 1);
	kmsg_reader_flush(r, 5200000, 200000);
	assert_int_equal(t.count, 2);
	kmsg_reader_free(r);
}

static void what_another_cpu_prints_after_an_nmi_belongs_to_the_report(void **state)
{
	told_text(&t, "[  10.0][    C0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n"
		      "[  10.0][    C0] Sending NMI from CPU 0 to CPUs 3:\n"
		      "[  10.0][    C3] NMI backtrace for cpu 3\n"
		      "[  10.0][    C3] RIP: 0010:iwl_trans_tx+0x85/0xae0 [iwlwifi]\n"
		      "[  10.0][    C3] Call Trace:\n[  10.0][    C3]  iwl_mvm_tx+0x1f0/0x6c0\n");
	assert_int_equal(t.count, 2);
	assert_string_equal(t.list[1].function, "iwl_trans_tx");
	assert_string_equal(t.list[1].signature, "rcu-stall|iwl_trans_tx|iwl_mvm_tx");
}

static void another_cpu_that_cuts_into_a_frame_is_a_report_of_its_own(void **state)
{
	told_text(&t, "------------[ cut here ]------------\nWARNING: CPU: 1 PID: 4 at "
		      "fs/a.c:1 a_func+0x1/0x2\nINFO: task b:9 blocked for more than 120 "
		      "seconds.\nCall Trace:\n b_func+0x1/0x2\n");
	assert_int_equal(t.count, 3);
	assert_int_equal(t.list[0].kind, FINDING_WARNING);
	assert_int_equal(t.list[1].kind, FINDING_HUNG_TASK);
	assert_string_equal(t.list[2].function, "b_func");
}

static void a_panic_that_only_follows_is_never_a_finding_of_its_own(void **state)
{
	told_text(&t, "[  10.0] INFO: task a:47 blocked for more than 120 seconds.\n"
		      "[  90.0] Kernel panic - not syncing: hung_task: blocked tasks\n");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[1].more_of, t.list[0].id);
}

/* Found by fuzz_kmsg: exactly as long as its words, so that a sanitizer sees a read behind it. */
static void a_tag_that_is_cut_in_its_bracket_is_read_to_its_end_and_no_further(void **state)
{
	static const char line[] = "Apr 13 16:31:57 gw3 systemd-netwoDerkdlta[";
	char *exact = strdup(line);
	struct kmsg_record rec;

	kmsg_line_parse(exact, &rec);
	assert_in_range((uintptr_t)rec.text, (uintptr_t)exact, (uintptr_t)exact + strlen(line));
	free(exact);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_hung_task_of_the_freeze_is_one_finding_with_its_stack),
		cmocka_unit_test(a_task_told_again_is_the_same_stall),
		cmocka_unit_test(blocker_lines_belong_to_the_open_report),
		cmocka_unit_test(a_stall_that_two_cpus_notice_at_once_is_one),
		cmocka_unit_test(an_oops_with_its_panic_is_one_event),
		cmocka_unit_test(a_panic_alone_is_a_finding_of_its_own),
		cmocka_unit_test(reports_of_two_callers_are_kept_apart),
		cmocka_unit_test(the_stack_of_another_cpu_is_set_apart),
		cmocka_unit_test(words_of_user_space_are_not_the_kernels),
		cmocka_unit_test(a_line_complete_in_itself_is_told_once),
		cmocka_unit_test(a_quiet_report_is_closed_by_the_flush),
		cmocka_unit_test(what_another_cpu_prints_after_an_nmi_belongs_to_the_report),
		cmocka_unit_test(another_cpu_that_cuts_into_a_frame_is_a_report_of_its_own),
		cmocka_unit_test(a_panic_that_only_follows_is_never_a_finding_of_its_own),
		cmocka_unit_test(
			a_tag_that_is_cut_in_its_bracket_is_read_to_its_end_and_no_further),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
