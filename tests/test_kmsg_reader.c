/* SPDX-License-Identifier: GPL-2.0-or-later */
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

static void a_clock_gone_wild_is_told_as_that_with_its_warning_inside(void **state)
{
	told_file(&t, "kmsg/el6-ring-buffer.log");
	assert_int_equal(t.count, 4);
	assert_int_equal(t.list[0].kind, FINDING_CLOCK);
	assert_int_equal(t.list[1].kind, FINDING_CLOCK);
	assert_int_equal(t.list[1].more_of, t.list[0].id);
	assert_string_equal(t.list[1].function, "rb_reserve_next_event");
	assert_int_equal(t.list[1].pid, 5483);
	assert_string_equal(t.list[1].comm, "master");
	/* el6 marks every frame with "?": they are used when there are no others */
	assert_true(finding_stack_has(t.list[1].stack, "do_setitimer"));
	/* 4278190091 seconds: no lockup, the same clock */
	assert_int_equal(t.list[2].kind, FINDING_CLOCK);
	assert_string_equal(t.list[3].function, "do_setitimer");
	assert_string_equal(t.list[3].taint, "G        W  ----------------");
}

static void the_message_names_the_report_whichever_side_of_the_warning_it_is_on(void **state)
{
	static const char *const logs[] = {
		"------------[ cut here ]------------\nrefcount_t: underflow; use-after-free.\n"
		"WARNING: CPU: 1 PID: 1204 at lib/refcount.c:28 refcount_warn_saturate+0xba/0x110\n"
		"CPU: 1 PID: 1204 Comm: alloc Tainted: G        W  OE     5.10.13 #1\nRIP: "
		"0010:refcount_warn_saturate+0xba/0x110\n"
		"Call Trace:\n put_thing+0x12/0x20 [mod]\n---[ end trace 0123456789abcdef ]---\n",
		"------------[ cut here ]------------\n"
		"WARNING: CPU: 1 PID: 1204 at lib/refcount.c:28 "
		"refcount_warn_saturate+0xba/0x110\nrefcount_t: underflow; use-after-free.\n"
		"CPU: 1 PID: 1204 Comm: alloc Tainted: G        W  OE     5.10.13 #1\nRIP: "
		"0010:refcount_warn_saturate+0xba/0x110\n"
		"Call Trace:\n put_thing+0x12/0x20 [mod]\n---[ end trace 0123456789abcdef ]---\n",
	};

	for (unsigned int i = 0; i < 2; i++) {
		const struct finding *last;

		told_text(&t, logs[i]);
		assert_int_equal(t.count, 2);
		last = &t.list[1];
		assert_int_equal(last->kind, FINDING_REFCOUNT);
		assert_int_equal(last->more_of, t.list[0].id);
		assert_int_equal(last->pid, 1204);
		assert_string_equal(last->function, "put_thing");
		assert_string_equal(last->taint, "G        W  OE");
		assert_string_equal(last->release, "5.10.13");
	}
}

/* 4.x with panic_on_warn: the stack comes behind the panic alone. */
static void a_message_with_its_warning_takes_the_stack_of_the_panic_it_led_to(void **state)
{
	told_text(&t, "------------[ cut here ]------------\n"
		      "refcount_t: increment on 0; use-after-free.\n"
		      "WARNING: CPU: 1 PID: 3697 at lib/refcount.c:153 refcount_inc+0x47/0x50\n"
		      "Kernel panic - not syncing: panic_on_warn set ...\n"
		      "CPU: 1 PID: 3697 Comm: a Not tainted 4.15.0 #1\nCall Trace:\n"
		      " panic+0x1/0x2\n __warn+0x1/0x2\n report_bug+0x1/0x2\n"
		      "RIP: 0010:refcount_inc+0x47/0x50\n put_thing+0x9/0xe\n");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[1].kind, FINDING_REFCOUNT);
	assert_int_equal(t.list[1].more_of, t.list[0].id);
	assert_string_equal(t.list[1].function, "put_thing");
}

static void an_atomic_schedule_that_panics_at_the_way_out_is_one_with_its_place(void **state)
{
	told_text(&t, "BUG: scheduling while atomic: a/8444/0x00000002\n"
		      "Preemption disabled at:\n[<ffffffff812aa3e4>] fpu_begin+0x64/0x260\n"
		      "Kernel panic - not syncing: scheduling while atomic\n"
		      "CPU: 1 PID: 8444 Comm: a Not tainted 5.13.0 #0\nCall Trace:\n"
		      " dump_stack+0x1/0x2\n panic+0x1/0x2\n __schedule_bug.cold+0x1/0x2\n"
		      " __schedule+0x1/0x2\n schedule+0x1/0x2\n"
		      " exit_to_user_mode_prepare+0x1/0x2\n asm_exc_page_fault+0x1/0x2\n");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[1].kind, FINDING_ATOMIC_SLEEP);
	assert_string_equal(t.list[1].function, "exit_to_user_mode_prepare");
}

static void a_work_that_kept_a_lock_is_named_though_it_has_returned(void **state)
{
	static const char *const logs[] = {
		"BUG: workqueue leaked lock or atomic: kworker/0:0/0x00000000/4\n"
		"     last function: dad_work\nCPU: 0 PID: 4 Comm: kworker/0:0 Not tainted 4.3.5 "
		"#1\n"
		"Call Trace:\n dump_stack+0x1/0x2\n process_one_work+0x1/0x2\n",
		"BUG: workqueue leaked atomic, lock or RCU: kworker/0:0[4]\n"
		"     preempt=0x00000000 lock=0->1 RCU=0->0 workfn=dad_work\n"
		"Call Trace:\n dump_stack+0x1/0x2\n process_one_work+0x1/0x2\n",
	};

	for (unsigned int i = 0; i < 2; i++) {
		told_text(&t, logs[i]);
		assert_int_equal(t.list[t.count - 1].kind, FINDING_BUG);
		assert_string_equal(t.list[t.count - 1].function, "dad_work");
	}
	told_text(&t, "BUG: spinlock bad magic on CPU#0, a/1\n last function: dad_work\n"
		      "Call Trace:\n own_thing+0x1/0x2\n");
	assert_string_equal(t.list[t.count - 1].function, "own_thing");
}

static void who_asked_for_the_cpu_while_preemptible_is_named_on_the_next_line(void **state)
{
	static const char trace[] = "Call Trace:\n dump_stack+0x1/0x2\n own_thing+0x1/0x2\n";
	char lines[256];

	snprintf(lines, sizeof(lines),
		 "BUG: using smp_processor_id() in preemptible [00000000] code: a/1\n"
		 "caller is radix_tree_node_alloc+0x1/0x2\n%s",
		 trace);
	told_text(&t, lines);
	assert_string_equal(t.list[t.count - 1].function, "radix_tree_node_alloc");
	snprintf(lines, sizeof(lines),
		 "BUG: spinlock bad magic on CPU#0, a/1\ncaller is b+0x1/0x2\n%s", trace);
	told_text(&t, lines);
	assert_string_equal(t.list[t.count - 1].function, "own_thing");
}

static void a_trace_behind_the_cpu_line_of_another_pid_is_not_the_warnings(void **state)
{
	static const char lines[] = "[  1.0] WARNING: CPU: 1 PID: 1798 at lib/thing.c:287 "
				    "debug_print_object+0x16a/0x250\n"
				    "[  1.0] CPU: %s PID: %s Comm: b Not tainted 4.14.90 #1\n"
				    "[  1.0] Call Trace:\n[  1.0]  other_thing+0x1/0x2\n"
				    "[  1.1] CPU: 1 PID: 1798 Comm: a Not tainted 4.14.90 #1\n"
				    "[  1.1] Call Trace:\n[  1.1]  own_thing+0x1/0x2\n";
	char text[sizeof(lines) + 16];

	snprintf(text, sizeof(text), lines, "0", "26531");
	told_text(&t, text);
	assert_string_equal(t.list[1].function, "own_thing");
	assert_false(finding_stack_has(t.list[1].stack, "other_thing"));
	snprintf(text, sizeof(text), lines, "1", "1798");
	told_text(&t, text);
	assert_string_equal(t.list[1].function, "other_thing");
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

static void a_plain_warning_stays_one(void **state)
{
	told_text(&t, "------------[ cut here ]------------\nWARNING: CPU: 1 PID: 1204 at "
		      "fs/ext4/inode.c:3612 ext4_dirty_folio+0x6c/0x80 [ext4]\n"
		      "CPU: 1 PID: 1204 Comm: alloc Not tainted 6.1.0 #1\nRIP: "
		      "0010:ext4_dirty_folio+0x6c/0x80 [ext4]\n"
		      "Call Trace:\n <TASK>\n folio_mark_dirty+0x2f/0x60\n </TASK>\n---[ end trace "
		      "0000000000000000 ]---\n");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[1].kind, FINDING_WARNING);
	assert_string_equal(t.list[1].signature, "warning|ext4_dirty_folio|folio_mark_dirty");
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

static void a_null_pointer_is_told_from_other_faults_by_its_address(void **state)
{
	static const struct {
		const char *line;
		enum finding_kind kind;
	} rows[] = {
		{ "Unable to handle kernel paging request for data at address 0x00000008",
		  FINDING_NULL_DEREF },
		{ "Unable to handle kernel paging request for data at address 0xc00a000000021f40",
		  FINDING_PAGING_FAULT },
		{ "CPU 0 Unable to handle kernel paging request at virtual address 00000004, epc "
		  "== "
		  "801526bc, ra == 80152680",
		  FINDING_NULL_DEREF },
		{ "BUG: unable to handle page fault for address: ffffc90000a3f000",
		  FINDING_PAGING_FAULT },
		{ "BUG: Unable to handle kernel data access on read at 0xc00a000000021f40",
		  FINDING_PAGING_FAULT },
		{ "Unable to handle kernel paging request", FINDING_PAGING_FAULT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		told_text(&t, rows[i].line);
		assert_int_equal(t.list[0].kind, rows[i].kind);
	}
	told_text(&t, "Unable to handle kernel pointer dereference in virtual kernel address "
		      "space\nFailing address: 0000000000000000 TEID: 0000000000000483\nOops: 0004 "
		      "ilc:2 [#1] SMP\n");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[1].kind, FINDING_NULL_DEREF);
}

static void a_warning_in_the_file_of_a_checker_is_that_checkers(void **state)
{
	told_text(&t, "------------[ cut here ]------------\nWARNING: CPU: 0 PID: 6 at "
		      "lib/refcount.c:28 refcount_warn_saturate+0xd8/0xe0\nCall Trace:\n "
		      "blkg_free+0x6c/0x80\n---[ end trace 0 ]---\n");
	assert_int_equal(t.list[1].kind, FINDING_REFCOUNT);
	assert_string_equal(t.list[1].function, "blkg_free");
	told_text(&t, "kernel BUG at lib/list_debug.c:53!\ninvalid opcode: 0000 [#1] SMP\n");
	assert_int_equal(t.list[0].kind, FINDING_LIST_CORRUPTION);
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

static void a_panic_that_only_follows_is_never_a_finding_of_its_own(void **state)
{
	told_text(&t, "[  10.0] INFO: task a:47 blocked for more than 120 seconds.\n"
		      "[  90.0] Kernel panic - not syncing: hung_task: blocked tasks\n");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.list[1].more_of, t.list[0].id);
}

static void lockdep_names_who_takes_the_lock_not_who_held_it_once(void **state)
{
	told_text(&t, "WARNING: bad unlock balance detected!\n5.4.96 #1 Tainted: G           "
		      "OE\n-----\na/3721 is trying to release lock (sk_lock) at:\n"
		      "[<ffffffff81210ea1>] sock_close+0x1/0x2\nbut there are no more locks to "
		      "release!\nstack backtrace:\nCall Trace:\n dump_stack+0x1/0x2\n "
		      "lock_release+0x1/0x2\n sock_close+0x1/0x2\n task_work_run+0x1/0x2\n");
	assert_int_equal(t.count, 2);
	assert_string_equal(t.list[1].function, "sock_close");
	assert_string_equal(t.list[1].signature, "lockdep|sock_close|task_work_run");
	assert_string_equal(t.list[1].release, "5.4.96");
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_el7_group_oom_is_told_once_with_victim_group_and_invoker),
		cmocka_unit_test(an_oom_of_6_18_is_told_by_its_constraint_line),
		cmocka_unit_test(an_oom_of_the_machine_is_not_taken_for_a_groups),
		cmocka_unit_test(an_oom_asked_for_by_sysrq_is_told_to_nobody),
		cmocka_unit_test(each_hung_task_of_the_freeze_is_one_finding_with_its_stack),
		cmocka_unit_test(a_task_told_again_is_the_same_stall),
		cmocka_unit_test(blocker_lines_belong_to_the_open_report),
		cmocka_unit_test(a_clock_gone_wild_is_told_as_that_with_its_warning_inside),
		cmocka_unit_test(
			the_message_names_the_report_whichever_side_of_the_warning_it_is_on),
		cmocka_unit_test(a_plain_warning_stays_one),
		cmocka_unit_test(a_message_with_its_warning_takes_the_stack_of_the_panic_it_led_to),
		cmocka_unit_test(
			an_atomic_schedule_that_panics_at_the_way_out_is_one_with_its_place),
		cmocka_unit_test(a_work_that_kept_a_lock_is_named_though_it_has_returned),
		cmocka_unit_test(who_asked_for_the_cpu_while_preemptible_is_named_on_the_next_line),
		cmocka_unit_test(a_trace_behind_the_cpu_line_of_another_pid_is_not_the_warnings),
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
		cmocka_unit_test(a_null_pointer_is_told_from_other_faults_by_its_address),
		cmocka_unit_test(a_warning_in_the_file_of_a_checker_is_that_checkers),
		cmocka_unit_test(a_line_without_a_time_does_not_end_a_report),
		cmocka_unit_test(a_kill_line_alone_is_an_oom_but_one_behind_an_oom_is_not),
		cmocka_unit_test(a_panic_that_only_follows_is_never_a_finding_of_its_own),
		cmocka_unit_test(
			a_tag_that_is_cut_in_its_bracket_is_read_to_its_end_and_no_further),
		cmocka_unit_test(lockdep_names_who_takes_the_lock_not_who_held_it_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
