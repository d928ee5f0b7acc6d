/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else keeps a record: pstore, the host's dump of a guest, the log, pressure. */
#include "doctor/rows.h"

#include <errno.h>
#include <string.h>

/* Stack lines of reports are printed at KERN_WARNING (4), and shown below the console's level. */
#define PRINTK_STACKS 5

static enum doctor_verdict judge_pstore(const struct doctor_facts *f, struct doctor_row *r)
{
	if (!f->pstore[0]) {
		row_remedy(r, "`modprobe efi_pstore` (or erst), efi_pstore.pstore_disable=0; or "
			      "ramoops with reserve_mem= on the kernel's command line");
		return row_say(r, DOCTOR_BAD, "no backend keeps the log over a reset");
	}
	if (!f->pstore_mounted) {
		row_remedy(r, "`mount -t pstore pstore /sys/fs/pstore`");
		return row_say(r, DOCTOR_WARN, "backend %s, not mounted: nobody could read it",
			       f->pstore);
	}
	if (f->pstore_records) {
		row_remedy(r, "`hangar collect`, then remove /sys/fs/pstore/*");
		return row_say(
			r, DOCTOR_WARN,
			"backend %s, with %u records of earlier crashes that take up its room",
			f->pstore, f->pstore_records);
	}
	return row_say(r, DOCTOR_GOOD, "backend %s, empty and mounted", f->pstore);
}

static enum doctor_verdict judge_vmcoreinfo(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->vmcoreinfo)
		return row_say(r, DOCTOR_GOOD, "the host can take a dump that tools can read");
	if (!f->guest) {
		row_remedy(r, "`hangar vm` runs a scenario in a guest");
		return row_say(r, DOCTOR_BAD, "not a guest");
	}
	if (!f->fw_cfg) {
		row_remedy(r, "`modprobe qemu_fw_cfg`");
		return row_say(r, DOCTOR_BAD,
			       "the driver qemu_fw_cfg is not loaded, or this is no "
			       "QEMU: the host's dump tells not where the kernel lies");
	}
	row_remedy(r, "start QEMU with -device vmcoreinfo");
	return row_say(r, DOCTOR_BAD, "QEMU has no vmcoreinfo device");
}

static enum doctor_verdict judge_kernel_log(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->kmsg == 0)
		return row_say(r, DOCTOR_GOOD, "may be read");
	if (f->kmsg == -ENOENT) {
		row_remedy(r, "take a kernel with CONFIG_PRINTK, and a /dev that has kmsg");
		return row_say(r, DOCTOR_BAD, "is missing");
	}
	row_remedy(r, "run as root, or `sysctl -w kernel.dmesg_restrict=0`");
	return row_say(r, DOCTOR_BAD, "%s", strerror(-f->kmsg));
}

static enum doctor_verdict judge_printk(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->printk < 0)
		return row_say(r, DOCTOR_UNKNOWN, "cannot be read");
	if (f->printk >= PRINTK_STACKS)
		return row_say(r, DOCTOR_GOOD, "%ld: stacks reach the console", f->printk);
	row_remedy(r,
		   "`dmesg -n 7`; or loglevel=7, and no \"quiet\", on the kernel's command line");
	return row_say(r, DOCTOR_WARN,
		       "%ld: a console log has the headlines and no stacks (kmsg.log has all)",
		       f->printk);
}

static enum doctor_verdict judge_psi(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->psi)
		return row_say(r, DOCTOR_GOOD, "is there");
	row_remedy(r, "psi=1 on the kernel's command line; needs CONFIG_PSI and Linux 4.20");
	return row_say(r, DOCTOR_WARN, "is missing: the watcher \"pressure\" is blind");
}

const struct doctor_check check_pstore = { "pstore",
					   "/sys/module/pstore/parameters/backend, /sys/fs/pstore",
					   "the log's end survives a reset", FOR(PSTORE),
					   judge_pstore };
const struct doctor_check check_vmcoreinfo = { "vmcoreinfo",
					       "/sys/firmware/qemu_fw_cfg/by_name/etc/vmcoreinfo",
					       "makes a dump by QEMU readable", FOR(QMP),
					       judge_vmcoreinfo };
const struct doctor_check check_kernel_log = { "kernel-log", "/dev/kmsg",
					       "most findings come from it", 0, judge_kernel_log };
const struct doctor_check check_printk = { "console-level", "/proc/sys/kernel/printk",
					   "what a serial console shows", 0, judge_printk };
const struct doctor_check check_psi = { "pressure", "/proc/pressure/memory",
					"pressure stall information", 0, judge_psi };
