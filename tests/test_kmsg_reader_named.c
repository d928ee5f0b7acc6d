/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reader of a kernel log names a report by: its kind, its function and its task. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "kmsg_log.h"

static struct told t;

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_gone_wild_is_told_as_that_with_its_warning_inside),
		cmocka_unit_test(
			the_message_names_the_report_whichever_side_of_the_warning_it_is_on),
		cmocka_unit_test(a_message_with_its_warning_takes_the_stack_of_the_panic_it_led_to),
		cmocka_unit_test(
			an_atomic_schedule_that_panics_at_the_way_out_is_one_with_its_place),
		cmocka_unit_test(a_work_that_kept_a_lock_is_named_though_it_has_returned),
		cmocka_unit_test(who_asked_for_the_cpu_while_preemptible_is_named_on_the_next_line),
		cmocka_unit_test(a_trace_behind_the_cpu_line_of_another_pid_is_not_the_warnings),
		cmocka_unit_test(a_plain_warning_stays_one),
		cmocka_unit_test(a_null_pointer_is_told_from_other_faults_by_its_address),
		cmocka_unit_test(a_warning_in_the_file_of_a_checker_is_that_checkers),
		cmocka_unit_test(lockdep_names_who_takes_the_lock_not_who_held_it_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
