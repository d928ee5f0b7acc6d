/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own detectors. Their limits should be ordered: an RCU stall names the CPU that a
 * soft lockup only suspects, and a soft lockup explains the hung tasks behind it. Where the last
 * fires first, the report shows a victim.
 */
#include "doctor/rows.h"

#include <string.h>

static enum doctor_verdict judge_hung_detector(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->hung_task_timeout == FACT_ABSENT) {
		row_remedy(r, "take a kernel with CONFIG_DETECT_HUNG_TASK; hangar's own watcher "
			      "\"tasks\" works without");
		return row_say(r, DOCTOR_BAD, "this kernel does not look for hung tasks");
	}
	if (f->hung_task_timeout < 0)
		return row_say(r, DOCTOR_UNKNOWN, "may not be read");
	if (f->hung_task_timeout == 0) {
		row_remedy(r, "`sysctl -w kernel.hung_task_timeout_secs=120`");
		return row_say(r, DOCTOR_BAD, "0: turned off");
	}
	if (f->hung_task_warnings == 0) {
		row_remedy(r, "`sysctl -w kernel.hung_task_warnings=-1`");
		return row_say(r, DOCTOR_WARN,
			       "no warnings are left: hung tasks are not told any more");
	}
	return row_say(r, DOCTOR_GOOD, "tells of a task that hangs for %ld to %ld s",
		       f->hung_task_timeout, 2 * f->hung_task_timeout);
}

static enum doctor_verdict judge_soft_detector(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->soft_watchdog == FACT_ABSENT) {
		row_remedy(r, "take a kernel with CONFIG_SOFTLOCKUP_DETECTOR");
		return row_say(r, DOCTOR_BAD, "this kernel does not look for soft lockups");
	}
	if (f->soft_watchdog == 0 || f->watchdog_thresh == 0) {
		row_remedy(r, "`sysctl -w kernel.soft_watchdog=1 kernel.watchdog_thresh=10`");
		return row_say(r, DOCTOR_BAD, "turned off");
	}
	if (f->soft_watchdog < 0 || f->watchdog_thresh < 0)
		return row_say(r, DOCTOR_UNKNOWN, "cannot be read");
	return row_say(r, DOCTOR_GOOD, "tells of a CPU that does not schedule for %ld s",
		       2 * f->watchdog_thresh);
}

static enum doctor_verdict judge_nmi_watchdog(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->nmi_watchdog == 1)
		return row_say(r, DOCTOR_GOOD, "tells of a CPU with interrupts off for %ld s",
			       f->watchdog_thresh);
	if (f->guest) {
		row_remedy(r, "nmi_watchdog=1 on the kernel's command line, and a virtual PMU from "
			      "the host; or a watchdog from outside (QEMU's ib700 with -action "
			      "watchdog=inject-nmi)");
		return row_say(r, DOCTOR_WARN,
			       "off, as in most guests: a hang with interrupts off "
			       "shows as an RCU stall at best");
	}
	row_remedy(r, "`sysctl -w kernel.nmi_watchdog=1`");
	return row_say(r, DOCTOR_WARN,
		       "off: a hang with interrupts off shows as an RCU stall at best");
}

static enum doctor_verdict judge_rcu_stall(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->rcu_timeout < 0)
		return row_say(r, DOCTOR_UNKNOWN, "cannot be read");
	if (f->rcu_suppress > 0) {
		row_remedy(r, "`echo 0 > /sys/module/rcupdate/parameters/rcu_cpu_stall_suppress`");
		return row_say(r, DOCTOR_BAD, "turned off");
	}
	return row_say(r, DOCTOR_GOOD, "tells of a grace period of %ld s", f->rcu_timeout);
}

static enum doctor_verdict judge_stall_order(const struct doctor_facts *f, struct doctor_row *r)
{
	long rcu = f->rcu_timeout, hung = f->hung_task_timeout;
	long soft = f->watchdog_thresh > 0 ? 2 * f->watchdog_thresh : 0;

	if (rcu <= 0 || soft <= 0 || hung <= 0)
		return row_say(r, DOCTOR_UNKNOWN, "one of the detectors is missing or off");
	if (rcu < soft && soft < hung)
		return row_say(r, DOCTOR_GOOD,
			       "RCU stall %ld s < soft lockup %ld s < hung task %ld s", rcu, soft,
			       hung);
	if (rcu >= soft && 3 <= rcu && soft > 3)
		row_remedy(
			r,
			"`echo %ld > /sys/module/rcupdate/parameters/rcu_cpu_stall_timeout`; and "
			"let hangar wait longer than all (\"progress\": {\"quiet-for\": \"%lds\"})",
			soft - 2 > 3 ? soft - 2 : 3, 2 * (hung > soft ? hung : 2 * soft));
	else
		row_remedy(r, "`sysctl -w kernel.hung_task_timeout_secs=%ld`", 2 * soft);
	return row_say(
		r, DOCTOR_WARN,
		"RCU stall %ld s, soft lockup %ld s, hung task %ld s: they should rise in this "
		"order, or the report shows a victim",
		rcu, soft, hung);
}

const struct doctor_check check_hung_detector = { "hung-task-detector",
						  "/proc/sys/kernel/hung_task_timeout_secs",
						  "khungtaskd", FOR(PANIC_HUNG_TASK),
						  judge_hung_detector };
const struct doctor_check check_soft_detector = { "softlockup-detector",
						  "/proc/sys/kernel/soft_watchdog, watchdog_thresh",
						  "a CPU that loops in the kernel",
						  FOR(PANIC_SOFT_LOCKUP), judge_soft_detector };
const struct doctor_check check_nmi_watchdog = { "nmi-watchdog", "/proc/sys/kernel/nmi_watchdog",
						 "a CPU that loops with interrupts off", 0,
						 judge_nmi_watchdog };
const struct doctor_check check_rcu_stall = { "rcu-stall-detector",
					      "/sys/module/rcupdate/parameters/rcu_cpu_stall_*",
					      "a CPU that holds up all others' frees", 0,
					      judge_rcu_stall };
const struct doctor_check check_stall_order = {
	"stall-order", "rcu_cpu_stall_timeout, watchdog_thresh, hung_task_timeout_secs",
	"the detector nearest to the cause speaks first", 0, judge_stall_order
};
