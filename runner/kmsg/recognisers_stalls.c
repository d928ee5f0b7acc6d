/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own stall detectors: khungtaskd, the soft and hard lockup watchdogs, RCU,
 * workqueues, CSD locks. They share one weakness, that they speak late (20 to 120 s), and one
 * strength: they name the task.
 */
#include "kmsg/recognisers.h"

#include "base/cleanup.h"

static const struct recogniser rows[] = {
	/* The seconds are the configured limit up to 5.x, the real time blocked later. */
	{ "hung-task",
	  FINDING_HUNG_TASK,
	  ROLE_REPORT,
	  "2.6.30 and later; I/O wait 7.1",
	  { "INFO: task {comm}:{pid} blocked for more than {seconds} seconds",
	    "INFO: task {comm}:{pid} blocked in I/O wait for more than {seconds} seconds",
	    "INFO: task {comm}:{pid} can't die for more than {seconds} seconds" } },
	{ "hung-task-blocker",
	  FINDING_HUNG_TASK,
	  ROLE_ATTR,
	  "6.16 and later, DETECT_HUNG_TASK_BLOCKER",
	  { "INFO: task {comm}:{pid} is blocked on a", "INFO: task {comm}:{pid} blocked on a",
	    "INFO: task {comm}:{pid} <reader> blocked on an",
	    "INFO: task {comm}:{pid} <writer> blocked on an" } },
	{ "soft-lockup",
	  FINDING_SOFT_LOCKUP,
	  ROLE_REPORT,
	  "bare to el6, NMI watchdog 3.x to 4.9, watchdog later",
	  { "BUG: soft lockup - CPU#{cpu} stuck for {seconds}s! [{comm}:{pid}]",
	    "NMI watchdog: BUG: soft lockup - CPU#{cpu} stuck for {seconds}s! [{comm}:{pid}]",
	    "watchdog: BUG: soft lockup - CPU#{cpu} stuck for {seconds}s! [{comm}:{pid}]",
	    "BUG: soft lockup detected on CPU#{cpu}!",
	    /* blanks that were lost on the way */
	    "BUG: softlockup - CPU#{cpu} stuck for {seconds}s! [{comm}:{pid}]" } },
	{ "hard-lockup",
	  FINDING_HARD_LOCKUP,
	  ROLE_REPORT,
	  "bare el6, NMI watchdog to 6.1, watchdog later; CPU in front powerpc and the buddy",
	  { "Watchdog detected hard LOCKUP on cpu {cpu}",
	    "NMI watchdog: Watchdog detected hard LOCKUP on cpu {cpu}",
	    "watchdog: Watchdog detected hard LOCKUP on cpu {cpu}",
	    "watchdog: CPU{n}: Watchdog detected hard LOCKUP on cpu {cpu}",
	    "BUG: NMI Watchdog detected LOCKUP on CPU{cpu}, ip",
	    "NMI Watchdog detected LOCKUP on CPU {cpu}",
	    "watchdog: CPU {cpu} self-detected hard LOCKUP",
	    "watchdog: CPU {n} detected hard LOCKUP on other CPUs {cpu}",
	    "watchdog: CPU {cpu} Hard LOCKUP", "Watchdog CPU:{cpu} Hard LOCKUP",
	    "Watchdog CPU:{n} detected Hard LOCKUP other CPUS:{cpu}" } },
	{ "rcu-stall",
	  FINDING_RCU_STALL,
	  ROLE_REPORT,
	  "el6 forms first, _state to 3.2; 'rcu: ' in front since 4.19",
	  { "INFO: RCU detected CPU stalls:", "INFO: RCU detected CPU {cpu} stall",
	    "INFO: {what} detected stall on CPU {cpu} (t=",
	    "INFO: {what} self-detected stall on CPU",
	    "rcu: INFO: {what} self-detected stall on CPU",
	    "INFO: {what} detected stalls on CPUs/tasks:",
	    "rcu: INFO: {what} detected stalls on CPUs/tasks:",
	    "INFO: {what} detected expedited stalls on CPUs/tasks:",
	    "rcu: INFO: {what} detected expedited stalls on CPUs/tasks:",
	    "INFO: {what} detected stalls on tasks:", "rcu: INFO: {what} detected stalls on tasks:",
	    "rcu: INFO: {what} detected stall, but suppressed full report due to a stuck "
	    "CSD-lock" } },
	{ "rcu-starved",
	  FINDING_RCU_STALL,
	  ROLE_ATTR,
	  "4.0 and later, after a stall; 'rcu: ' in front since 4.19",
	  { "rcu: {what} kthread starved for {n} jiffies!",
	    "rcu_sched kthread starved for {n} jiffies!",
	    "rcu_preempt kthread starved for {n} jiffies!",
	    "rcu: {what} kthread timer wakeup didn't happen for {n} jiffies!" } },
	{ "workqueue-lockup",
	  FINDING_WORKQUEUE_LOCKUP,
	  ROLE_REPORT,
	  "4.5 and later, late el7",
	  { "BUG: workqueue lockup - pool cpus={cpu} {*} stuck for {seconds}s!",
	    "BUG: workqueue lockup - pool {*} stuck for {seconds}s!",
	    "BUG: workqueue lockup - pool{*} stuck for {seconds}s!" } },
	/* A CPU that does not answer an IPI takes no interrupt: a hard lockup seen from the other
	   side. */
	{ "csd-lock",
	  FINDING_HARD_LOCKUP,
	  ROLE_REPORT,
	  "5.9 and later, CSD_LOCK_WAIT_DEBUG",
	  { "smp: csd: Detected non-responsive CSD lock (#{n}) on CPU#{n}, waiting {n} ns for "
	    "CPU#{cpu}",
	    "csd: Detected non-responsive CSD lock (#{n}) on CPU#{n}, waiting {n} ns for "
	    "CPU#{cpu}" } },
	{ "nmi-unknown",
	  FINDING_WARNING,
	  ROLE_LINE,
	  "'CPU' and its number since 2.6.2x",
	  { "Uhhuh. NMI received for unknown reason {x} on CPU {cpu}.",
	    "Uhhuh. NMI received for unknown reason {x}." } },
	{ "clocksource",
	  FINDING_CLOCK,
	  ROLE_BLOCK,
	  "bare to 4.x",
	  { "clocksource: timekeeping watchdog on CPU{cpu}: Marking clocksource '{what}' as "
	    "unstable",
	    "timekeeping watchdog on CPU{cpu}: Marking clocksource '{what}' as unstable",
	    "clocksource: timekeeping watchdog: Marking clocksource '{what}' as unstable",
	    "Clocksource {what} unstable (delta = " } },
};

const struct recogniser_family recognisers_stalls = { rows, ARRAY_SIZE(rows) };
