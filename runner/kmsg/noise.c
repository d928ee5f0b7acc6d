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
	{ "INFO: Slab {*} objects=", "detail of a slab report" },
	{ "INFO: Object {*} @offset=", "detail of a slab report" },
	{ "BUG {*}ainted{*}): kasan: bad access detected", "detail of a KASAN report, 4.0 to 4.7" },
	{ "INFO: recovery required on readonly filesystem", "mount after a crash" },
	{ "INFO: rcu_{*} hit ", "a hint about a long grace period" },
	{ "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.", "boot" },
	{ "NMI watchdog: enabled", "boot" },
	{ "NMI watchdog: Perf NMI watchdog permanently disabled", "boot without a PMU" },
	{ "perf: interrupt took too long", "sampling rate was lowered" },
	{ "perf interrupt took too long", "sampling rate was lowered" },
	{ "hrtimer: interrupt took {n} ns", "a slow host" },
	{ "sched: RT throttling activated", "a real-time task used its share" },
	{ "WARNING: {*} is deprecated", "user space uses an old interface" },
	{ "WARNING: Unprivileged eBPF is enabled", "mitigation advice" },
	{ "WARNING: Spectre v2 mitigation leaves CPU vulnerable", "mitigation advice" },
	{ "WARNING: workqueue cpumask: online intersect", "boot on few CPUs" },
	{ "Warning: {*} unmaintained", "a driver out of support" },
	{ "Warning: Unmaintained driver is detected", "a driver out of support" },
	{ "WARNING! power/level is deprecated", "user space uses an old interface" },
	{ "EXT4-fs error: {n} callbacks suppressed", "how many lines were left out" },
	{ "EXT4-fs ({*}): initial error at time", "an old error told again at mount" },
	{ "EXT4-fs ({*}): last error at time", "an old error told again at mount" },
	{ "EXT4-fs ({*}): error count since last fsck", "an old error told again at mount" },
	{ "EXT4-fs ({*}): error count: ", "an old error told again at mount" },
	{ "EXT4-fs ({*}): warning: mounting fs with errors", "an old error told again at mount" },
	{ "EXT4-fs ({*}): warning: mounting unchecked fs", "advice" },
	{ "EXT3-fs ({*}): error: couldn't mount because of unsupported optional features",
	  "the root was tried as ext3 before ext4" },
	{ "EXT3-fs ({*}): error: can't find ext3 filesystem on dev ",
	  "mount tried one type after the other" },
	{ "BTRFS error (device {*}): unrecognized mount option", "a mistyped mount" },
	{ "XFS ({*}): User initiated shutdown", "asked for" },
	{ "XFS ({*}): xfs_do_force_shutdown(0x4) called from", "asked for: SHUTDOWN_FORCE_UMOUNT" },
	{ "end_request: I/O error, dev fd0, sector ", "a floppy drive without a disk, at boot" },
	{ "blk_update_request: I/O error, dev fd0, sector ", "a floppy drive without a disk" },
	{ "print_req_error: I/O error, dev fd0, sector ", "a floppy drive without a disk" },
	{ "I/O error, dev fd0, sector ", "a floppy drive without a disk" },
	{ "Buffer I/O error on device fd0, logical block ", "a floppy drive without a disk" },
	{ "Buffer I/O error on dev fd0, logical block ", "a floppy drive without a disk" },
	{ "Buffer I/O error on dev loop{n}, logical block {n}, async page read",
	  "a loop device was taken off while something looked for file systems" },
	{ "blk_update_request: I/O error, dev loop{n}, sector 0{end}", "the same" },
	{ "blk_update_request: I/O error, dev loop{n}, sector 0 op {x}:(READ)", "the same" },
	{ "print_req_error: I/O error, dev loop{n}, sector 0{end}", "the same" },
	{ "I/O error, dev loop{n}, sector 0 op {x}:(READ)", "the same" },
	/* What looks for a file system reads the first sector; the disc may be an audio or a blank
	   one. */
	{ "end_request: I/O error, dev sr{n}, sector 0", "no disc of data in the drive" },
	{ "blk_update_request: I/O error, dev sr{n}, sector 0", "no disc of data in the drive" },
	{ "print_req_error: I/O error, dev sr{n}, sector 0", "no disc of data in the drive" },
	{ "I/O error, dev sr{n}, sector 0", "no disc of data in the drive" },
	{ "Buffer I/O error on device sr{n}, logical block 0", "no disc of data in the drive" },
	{ "Buffer I/O error on dev sr{n}, logical block 0", "no disc of data in the drive" },
	{ "blk_update_request: operation not supported error, dev ",
	  "no discard or zeroing there: done another way" },
	{ "print_req_error: operation not supported error, dev ",
	  "no discard or zeroing there: done another way" },
	{ "operation not supported error, dev ", "no discard or zeroing there: done another way" },
	{ "ACPI Error: ", "firmware" },
	{ "ACPI Error (", "firmware" },
	{ "ACPI Warning: ", "firmware" },
	{ "ACPI Exception: ", "firmware" },
	{ "ACPI BIOS Error (bug): ", "firmware" },
	{ "ACPI BIOS Warning (bug): ", "firmware" },
	{ "Firmware Error (ACPI): ", "firmware" },
	{ "Firmware Warning (ACPI): ", "firmware" },
	{ "[Firmware Bug]: ", "firmware" },
	{ "[Firmware Warn]: ", "firmware" },
	{ "[Firmware Info]: ", "firmware" },
	{ "DMAR: [Firmware Bug]: ", "firmware" },
	{ "..MP-BIOS bug: 8254 timer not connected to IO-APIC", "firmware" },
	{ "mce: [Hardware Error]: Machine check events logged", "corrected by the hardware" },
	{ "[Hardware Error]: Machine check events logged", "corrected by the hardware" },
	{ "{{n}}[Hardware Error]: It has been corrected by h/w", "corrected by the hardware" },
	/* The status word: bit 63 valid, 62 overflow, 61 uncorrected, 60 enabled. */
	{ "mce: [Hardware Error]: CPU {n}: Machine Check: {x} Bank {n}: 8",
	  "corrected by the hardware" },
	{ "mce: [Hardware Error]: CPU {n}: Machine Check: {x} Bank {n}: 9",
	  "corrected by the hardware" },
	{ "mce: [Hardware Error]: CPU {n}: Machine Check: {x} Bank {n}: c",
	  "corrected by the hardware" },
	{ "mce: [Hardware Error]: CPU {n}: Machine Check: {x} Bank {n}: d",
	  "corrected by the hardware" },
	{ "EDAC {*}: {n} CE ", "corrected by the hardware" },
	{ "mce: CPU supports {n} MCE banks", "boot" },
	{ "MCE: In-kernel MCE decoding enabled.", "boot" },
	{ "Unhandled fault: alignment exception (",
	  "a program's; of the kernel's tells the die line" },
	{ "BUG: Bad page state: {n} messages suppressed", "a count of others" },
	{ "BUG: Bad page map: {n} messages suppressed", "a count of others" },
	{ "OOM killer enabled.", "resume" },
	{ "OOM killer disabled.", "suspend" },
	{ "DEBUG: ", "a debug print" },
	{ "Boot_DEBUG: ", "a debug print" },
	{ "ODEBUG: {n} of {n} active objects replaced", "boot" },
	{ "workqueue: {*} hogged CPU for ", "a hint about a slow work item" },
	{ "clocksource: timekeeping watchdog on CPU{n}: {*} wd-wd read-back delay of",
	  "a slow host" },
	{ "clocksource: timekeeping watchdog on CPU{n}: {*} retried {n} times", "a slow host" },
	{ "kmemleak: Kernel memory leak detector initialized", "boot" },
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
