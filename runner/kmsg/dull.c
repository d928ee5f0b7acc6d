/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions that stand on top of every stack and tell nothing: where a task sleeps, how the kernel
 * was entered, who prints. One table a reason. A name that ends in '*' stands for all that begin
 * so.
 */
#include "kmsg/frames.h"

#include <string.h>

#include "base/cleanup.h"

/* the scheduler and what waits in it */
static const char *const waiting[] = {
	"schedule*",        "__schedule*",         "io_schedule*",       "_cond_resched",
	"__cond_resched",   "preempt_schedule*",   "__switch_to*",       "wait_for_completion*",
	"wait_for_common*", "__wait_for_common",   "do_wait_for_common", "__wait_for_completion*",
	"bit_wait*",        "wait_on_bit*",        "__wait_on_bit*",     "out_of_line_wait_on_bit*",
	"sleep_on_page*",   "finish_task_switch*", "context_switch*"
};

/* locks */
static const char *const locking[] = { "mutex_lock*",   "__mutex_lock*",  "rwsem_*",
				       "__rwsem_*",     "call_rwsem_*",   "down",
				       "down_*",        "__down*",        "rt_mutex_*",
				       "__rt_mutex_*",  "rtlock_*",       "__rt_spin*",
				       "_raw_spin*",    "_raw_read*",     "_raw_write*",
				       "__raw_spin*",   "_spin_lock*",    "native_queued_spin*",
				       "queued_*",      "__pv_queued*",   "pv_queued*",
				       "percpu_down*",  "__percpu_down*", "lock_page",
				       "__lock_page*",  "lock_acquire*",  "__lock_acquire*",
				       "ww_mutex_lock*" };

/* entry, exit and interrupts */
static const char *const entering[] = {
	"entry_SYSCALL*", "do_syscall*",    "system_call*",  "sysenter*",        "tracesys",
	"x64_sys_call",   "ret_from_*",     "kthread",       "apic_timer_*",     "smp_apic_*",
	"__sysvec_*",     "sysvec_*",       "asm_*",         "irq_exit*",        "__irq_exit*",
	"el0*",           "el1*",           "call_on_stack", "common_interrupt", "do_softirq*",
	"__do_softirq",   "handle_softirqs"
};

/* unwinding and reporting */
static const char *const reporting[] = { "dump_stack*",
					 "__dump_stack",
					 "show_stack*",
					 "show_trace*",
					 "dump_trace",
					 "print_trace*",
					 "show_regs*",
					 "panic",
					 "__warn*",
					 "warn_slowpath*",
					 "report_bug",
					 "handle_bug",
					 "exc_*",
					 "do_invalid_op",
					 "invalid_op",
					 "do_error_trap",
					 "fixup_bug",
					 "die",
					 "__die*",
					 "oops_*",
					 "no_context",
					 "__bad_area*",
					 "bad_area*",
					 "do_page_fault",
					 "__do_page_fault",
					 "page_fault*",
					 "do_user_addr_fault",
					 "do_trap*",
					 "general_protection",
					 "do_general_protection",
					 "do_divide_error",
					 "divide_error",
					 "do_kern_addr_fault",
					 "page_fault_oops",
					 "kernelmode_fixup*",
					 "watchdog*",
					 "__run_hrtimer*",
					 "__hrtimer_run*",
					 "hrtimer_interrupt",
					 "nmi_*",
					 "default_do_nmi",
					 "do_nmi",
					 "end_repeat_nmi",
					 "trigger_*",
					 "arch_trigger_*",
					 "rcu_dump_*",
					 "rcu_check_*",
					 "rcu_sched_clock_irq",
					 "print_cpu_stall*",
					 "check_cpu_stall*",
					 "update_process_times",
					 "tick_sched_*",
					 "tick_nohz_*",
					 "dump_header*",
					 "oom_kill_process",
					 "out_of_memory",
					 "mem_cgroup_out_of_memory",
					 "warn_alloc*",
					 "panic_on_oom*",
					 "kasan_*",
					 "__kasan_*",
					 "print_report",
					 "print_address_*",
					 "check_memory_region*",
					 "__asan_*",
					 "kfence_*",
					 "kmsan_*",
					 "__msan_*",
					 "kcsan_*",
					 "__tsan_*",
					 "ubsan_*",
					 "__ubsan_*",
					 "print_circular_*",
					 "print_usage_bug*",
					 "check_prev_add",
					 "check_prevs_add",
					 "validate_chain*",
					 "mark_lock*",
					 "lockdep_*",
					 "debug_*",
					 "___might_sleep",
					 "__might_sleep",
					 "__might_resched",
					 "__schedule_bug",
					 "bad_page*",
					 "refcount_warn_*",
					 "refcount_*",
					 "__list_add*",
					 "__list_del*",
					 "list_del",
					 "print_bad_*",
					 "slab_err",
					 "slab_bug",
					 "object_err",
					 "print_trailer",
					 "check_bytes_and_report",
					 "check_object",
					 "free_debug_processing" };

static const struct {
	const char *const *names;
	size_t count;
} tables[] = {
	{ waiting, ARRAY_SIZE(waiting) },
	{ locking, ARRAY_SIZE(locking) },
	{ entering, ARRAY_SIZE(entering) },
	{ reporting, ARRAY_SIZE(reporting) },
};

static bool names(const char *pattern, const char *function)
{
	size_t n = strlen(pattern);

	if (n && pattern[n - 1] == '*')
		return !strncmp(pattern, function, n - 1);
	return !strcmp(pattern, function);
}

bool frame_is_dull(const char *function)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		for (size_t i = 0; i < tables[t].count; i++)
			if (names(tables[t].names[i], function))
				return true;
	return false;
}
