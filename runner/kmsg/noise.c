/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words BUG, WARNING and INFO are used freely in the kernel. Each row here once cost somebody a
 * night's run that was called a failure; each has its line in tests/data/kmsg/noise.txt.
 */
#include "kmsg/noise.h"

#include "base/cleanup.h"
#include "kmsg/pattern.h"

const struct noise_row noise_rows[] = {
	{ "INFO: lockdep is turned off.", "said after another report" },
	{ "INFO: Stall ended before state dump start", "the stall was over" },
	{ "INFO: NMI handler ({*}) took too long to run:", "a slow host" },
	{ "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.", "boot" },
	{ "NMI watchdog: enabled", "boot" },
	{ "NMI watchdog: Perf NMI watchdog permanently disabled", "boot without a PMU" },
	{ "perf: interrupt took too long", "sampling rate was lowered" },
	{ "hrtimer: interrupt took {n} ns", "a slow host" },
	{ "sched: RT throttling activated", "a real-time task used its share" },
	{ "WARNING: {*} is deprecated", "user space uses an old interface" },
	{ "WARNING: Unprivileged eBPF is enabled with eIBRS", "mitigation advice" },
	{ "WARNING: workqueue cpumask: online intersect", "boot on few CPUs" },
	{ "EXT4-fs ({*}): initial error at time", "an old error told again at mount" },
	{ "EXT4-fs ({*}): last error at time", "an old error told again at mount" },
	{ "EXT4-fs ({*}): error count since last fsck", "an old error told again at mount" },
	{ "XFS ({*}): User initiated shutdown", "asked for" },
	{ "ACPI Error: ", "firmware" },
	{ "ACPI BIOS Error (bug): ", "firmware" },
	{ "[Firmware Bug]: ", "firmware" },
	{ "mce: [Hardware Error]: Machine check events logged", "corrected by the hardware" },
	{ "mce: CPU supports {n} MCE banks", "boot" },
	{ "BUG: Bad page state: {n} messages suppressed", "a count of others" },
	{ "OOM killer enabled.", "resume" },
	{ "OOM killer disabled.", "suspend" },
	{ "DEBUG: ", "a debug print" },
	{ "workqueue: {*} hogged CPU for ", "a hint about a slow work item" },
};

const unsigned int noise_count = ARRAY_SIZE(noise_rows);

bool noise_is(const char *text)
{
	struct kmsg_fields ignored;

	for (unsigned int i = 0; i < noise_count; i++)
		if (pattern_match(noise_rows[i].form, text, &ignored))
			return true;
	return false;
}
