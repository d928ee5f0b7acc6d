// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults on demand, to prove that they are seen. For throwaway guests alone: it loads only where
 * the kernel's command line has the word hangar.throwaway. Writing a word of the table below to
 * /sys/module/hangar_fault/parameters/provoke makes that fault; the write returns when it has
 * begun. Everything that lasts is bounded by the parameter "seconds", and a machine that outlives
 * its fault is whole again. Linux 5.10 and newer.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>
#include <linux/string.h>

#define COMMAND_LINE_MAX 4096

static unsigned int seconds = 30;
static unsigned int records = 20000;

static unsigned int lasting(void)
{
	return clamp(seconds, 1u, 300u);
}

/* By the tick: reading a clock is an indirect call, and the stack in its thunk tells nobody's name.
 */
static __always_inline void spin(bool quiet)
{
	unsigned long end = jiffies + lasting() * HZ;

	while (time_before(jiffies, end)) {
		if (quiet)
			touch_softlockup_watchdog();
		cpu_relax();
	}
}

/* Without interrupts there may be no tick. */
static void spin_dark(void)
{
	ktime_t end = ktime_add_ms(ktime_get(), 1000 * (s64)lasting());

	while (ktime_before(ktime_get(), end))
		cpu_relax();
}

/* A CPU that does not schedule, but takes interrupts. */
static noinline int hangar_soft_lockup(void *unused)
{
	preempt_disable();
	spin(false);
	preempt_enable();
	return 0;
}

/* A reader that does not leave; the soft lockup detector is told that all is well. */
static noinline int hangar_rcu_stall(void *unused)
{
	rcu_read_lock();
	preempt_disable();
	spin(true);
	preempt_enable();
	rcu_read_unlock();
	return 0;
}

/* One CPU without interrupts: the NMI watchdog's, where there is one. */
static noinline int hangar_hard_lockup(void *unused)
{
	unsigned long flags;

	local_irq_save(flags);
	spin_dark();
	local_irq_restore(flags);
	return 0;
}

static int spin_on_each(void *unused)
{
	spin_dark();
	return 0;
}

/* All CPUs without interrupts: nothing inside can tell any more. */
static noinline int hangar_irqs_off(void *unused)
{
	return stop_machine(spin_on_each, NULL, cpu_online_mask);
}

/* A task in D state that nothing wakes before its time. */
static noinline int hangar_hung_task(void *unused)
{
	schedule_timeout_uninterruptible(lasting() * HZ);
	return 0;
}

static noinline int hangar_oops(void *unused)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, 1);
	return 0;
}

static noinline int hangar_bug(void *unused)
{
	BUG();
	return 0;
}

static noinline int hangar_warn(void *unused)
{
	WARN(1, "hangar_fault: a warning that was asked for\n");
	return 0;
}

static noinline int hangar_panic(void *unused)
{
	panic("hangar_fault: a panic that was asked for");
	return 0;
}

static int flood(void *unused)
{
	unsigned int count = clamp(records, 1u, 200000u), i;

	for (i = 1; i <= count; i++) {
		printk(KERN_DEBUG "hangar_fault: record %u of %u of a flood of the log\n", i,
		       count);
		if (i % 256 == 0)
			touch_nmi_watchdog();
	}
	return 0;
}

/* No CPU runs anything else meanwhile, so that no reader keeps up. */
static noinline int hangar_log_flood(void *unused)
{
	return stop_machine(flood, NULL, NULL);
}

static const struct fault {
	const char *name;
	int (*run)(void *unused);
} faults[] = {
	{ "soft-lockup", hangar_soft_lockup },
	{ "rcu-stall", hangar_rcu_stall },
	{ "hard-lockup", hangar_hard_lockup },
	{ "irqs-off", hangar_irqs_off },
	{ "hung-task", hangar_hung_task },
	{ "oops", hangar_oops },
	{ "bug", hangar_bug },
	{ "warn", hangar_warn },
	{ "panic", hangar_panic },
	{ "log-flood", hangar_log_flood },
};

/* In a thread of the kernel's: an oops ends it, and not the process that asked. */
static int provoke(const char *text, const struct kernel_param *kp)
{
	struct task_struct *task;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!sysfs_streq(text, faults[i].name))
			continue;
		task = kthread_run(faults[i].run, NULL, "hangar-fault");
		return PTR_ERR_OR_ZERO(task);
	}
	return -EINVAL;
}

static int tell(char *buf, const struct kernel_param *kp)
{
	int used = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		used += scnprintf(buf + used, PAGE_SIZE - used, "%s\n", faults[i].name);
	return used;
}

static const struct kernel_param_ops provoke_ops = { .set = provoke, .get = tell };

module_param(seconds, uint, 0600);
MODULE_PARM_DESC(seconds, "how long a fault lasts, 1 to 300; 30");
module_param(records, uint, 0600);
MODULE_PARM_DESC(records, "of log-flood, 1 to 200000; 20000");
module_param_cb(provoke, &provoke_ops, NULL, 0600);
MODULE_PARM_DESC(provoke, "write a fault's name; read: which there are");

/* The kernel keeps its command line to itself, but for this file. */
static int __init read_command_line(char *buf, size_t size)
{
	struct file *file = filp_open("/proc/cmdline", O_RDONLY, 0);
	loff_t at = 0;
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	n = kernel_read(file, buf, size - 1, &at);
	filp_close(file, NULL);
	buf[n > 0 ? n : 0] = '\0';
	return n < 0 ? n : 0;
}

/* Is the machine one that may be hurt? */
static int __init check_machine(void)
{
	char *line = kzalloc(COMMAND_LINE_MAX, GFP_KERNEL), *rest = line, *word;
	int err;

	if (!line)
		return -ENOMEM;
	err = read_command_line(line, COMMAND_LINE_MAX);
	if (!err)
		err = -EPERM;
	while (err == -EPERM && (word = strsep(&rest, " \n")))
		if (!strcmp(word, "hangar.throwaway"))
			err = 0;
	kfree(line);
	return err;
}

/* A thread may be in here at any time: it is never taken out again, and has no exit. */
static int __init hangar_fault_init(void)
{
	int err = check_machine();

	if (err == -EPERM)
		pr_err("hangar_fault: not loaded: the kernel's command line has no "
		       "hangar.throwaway\n");
	return err;
}
module_init(hangar_fault_init);

MODULE_DESCRIPTION("Faults on demand for throwaway machines");
MODULE_LICENSE("GPL");
