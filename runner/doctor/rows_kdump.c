/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every kdump rests on: a crash kernel in memory that is large enough, and room for its dump.
 */
#include "doctor/rows.h"

#include <errno.h>
#include <string.h>

#define MIB (1ull << 20)
#define GIB (1ull << 30)

/* 96 MiB took the dump of a 1 GiB guest with an initramfs of its own; below that the crash kernel
 * dies in its own OOM kill. */
#define CRASH_LEAST (96 * MIB)

/* What distributions reserve by default for kdump, by the machine's memory. */
static const struct {
	uint64_t memory_below, reserve;
} usual[] = {
	{ 2 * GIB, 128 * MIB },
	{ 4 * GIB, 192 * MIB },
	{ 64 * GIB, 256 * MIB },
	{ UINT64_MAX, 512 * MIB },
};

static uint64_t usual_reserve(uint64_t memory_bytes)
{
	unsigned int i = 0;

	while (memory_bytes >= usual[i].memory_below)
		i++;
	return usual[i].reserve;
}

static enum doctor_verdict judge_crash_kernel(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->crash_loaded == 1)
		return row_say(r, DOCTOR_GOOD, "a crash kernel is loaded");
	if (f->crash_loaded == FACT_DENIED) {
		row_remedy(r, "run as root");
		return row_say(r, DOCTOR_UNKNOWN, "may not be read");
	}
	if (f->crash_loaded == FACT_ABSENT) {
		row_remedy(r, "take a kernel with CONFIG_KEXEC and CONFIG_CRASH_DUMP");
		return row_say(r, DOCTOR_BAD, "this kernel knows no crash kernel");
	}
	if (f->crash_size <= 0)
		row_remedy(r,
			   "install kdump-tools or kexec-tools, add crashkernel=%lluM to the "
			   "kernel's command line, boot again",
			   (unsigned long long)(usual_reserve(f->memory_bytes) / MIB));
	else
		row_remedy(r, "`kdump-config load`, `systemctl start kdump`, or `kexec -p -s "
			      "/boot/vmlinuz-RELEASE --initrd=INITRD --append=\"nr_cpus=1 "
			      "reset_devices\"`");
	return row_say(r, DOCTOR_BAD, "no crash kernel is loaded");
}

static enum doctor_verdict judge_crash_size(const struct doctor_facts *f, struct doctor_row *r)
{
	uint64_t reserve = usual_reserve(f->memory_bytes);
	const char *has = strstr(f->cmdline, "crashkernel=") ? "crashkernel= was not granted, or "
							       "too large"
							     : "no crashkernel= at boot";

	if (f->crash_size < 0)
		return row_say(r, DOCTOR_UNKNOWN, "cannot be read");
	if ((uint64_t)f->crash_size >= reserve)
		return row_say(r, DOCTOR_GOOD, "%ld MiB are reserved", f->crash_size >> 20);
	row_remedy(r, "crashkernel=%lluM on the kernel's command line, then boot again",
		   (unsigned long long)(reserve / MIB));
	if (f->crash_size == 0)
		return row_say(r, DOCTOR_BAD, "nothing is reserved: %s", has);
	if ((uint64_t)f->crash_size < CRASH_LEAST)
		return row_say(r, DOCTOR_BAD, "%ld MiB are reserved: too little for any dump",
			       f->crash_size >> 20);
	return row_say(r, DOCTOR_WARN, "%ld MiB are reserved, %llu MiB are usual for this machine",
		       f->crash_size >> 20, (unsigned long long)(reserve / MIB));
}

static enum doctor_verdict judge_kexec(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->crash_loaded == 1)
		return row_say(r, DOCTOR_GOOD, "one is loaded");
	if (f->kexec_disabled == FACT_ABSENT) {
		row_remedy(r, "take a kernel with CONFIG_KEXEC");
		return row_say(r, DOCTOR_BAD, "this kernel cannot load another");
	}
	if (f->kexec_disabled == 1) {
		row_remedy(r,
			   "leave kernel.kexec_load_disabled=1 out of /etc/sysctl.d, boot again: "
			   "it cannot be taken back");
		return row_say(r, DOCTOR_BAD, "kernel.kexec_load_disabled is 1");
	}
	return row_say(r, DOCTOR_GOOD, "one may be loaded");
}

static enum doctor_verdict judge_lockdown(const struct doctor_facts *f, struct doctor_row *r)
{
	if (!f->lockdown[0] || !strcmp(f->lockdown, "none"))
		return row_say(r, DOCTOR_GOOD, "not locked down");
	if (f->crash_loaded == 1)
		return row_say(r, DOCTOR_GOOD, "%s; the crash kernel is loaded all the same",
			       f->lockdown);
	row_remedy(r, "load a signed kernel with `kexec -p -s`, or turn Secure Boot off");
	return row_say(r, DOCTOR_WARN, "%s: unsigned crash kernels are refused", f->lockdown);
}

static enum doctor_verdict judge_room(const struct doctor_facts *f, struct doctor_row *r)
{
	uint64_t free_mib = f->crash_free_bytes / MIB, dump = f->kernel_bytes;

	if (f->throwaway)
		return row_say(r, DOCTOR_GOOD, "the host of this guest takes the dump");
	if (!f->crash_dir_known) {
		row_remedy(r, "make the folder that the kdump tools write to");
		return row_say(r, DOCTOR_UNKNOWN, "%s cannot be looked at", f->crash_dir);
	}
	if (f->crash_free_bytes >= f->memory_bytes)
		return row_say(r, DOCTOR_GOOD,
			       "%llu MiB are free for %s: as much as there is memory",
			       (unsigned long long)free_mib, f->crash_dir);
	row_remedy(r,
		   "make room, or set another folder: KDUMP_COREDIR in /etc/default/kdump-tools, "
		   "path in /etc/kdump.conf");
	if (f->crash_free_bytes >= 2 * dump && f->makedumpfile)
		return row_say(
			r, DOCTOR_WARN,
			"%llu MiB are free for %s: enough for a filtered dump (about %llu MiB "
			"now), not for all memory",
			(unsigned long long)free_mib, f->crash_dir,
			(unsigned long long)(dump / MIB));
	return row_say(
		r, DOCTOR_BAD, "%llu MiB are free for %s; a filtered dump takes about %llu MiB",
		(unsigned long long)free_mib, f->crash_dir, (unsigned long long)(dump / MIB));
}

static enum doctor_verdict judge_makedumpfile(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->makedumpfile)
		return row_say(r, DOCTOR_GOOD, "is there");
	row_remedy(r, "install makedumpfile (Debian: apt install makedumpfile; others have it in "
		      "kexec-tools)");
	return row_say(r, DOCTOR_WARN, "is missing: a dump would be all of memory, and slow");
}

static enum doctor_verdict judge_reboot(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->panic < 0 && f->panic != FACT_ABSENT && f->panic != FACT_DENIED)
		return row_say(r, DOCTOR_GOOD, "boots again at once after a panic");
	if (f->panic > 0)
		return row_say(r, DOCTOR_GOOD, "boots again %ld s after a panic", f->panic);
	if (f->crash_loaded == 1)
		return row_say(r, DOCTOR_GOOD, "the crash kernel boots the machine again");
	row_remedy(r, "`sysctl -w kernel.panic=10`");
	return row_say(r, DOCTOR_WARN, "after a panic the machine stands until somebody resets it");
}

const struct doctor_check check_crash_kernel = {
	"crash-kernel", "/sys/kernel/kexec_crash_loaded",
	"the kernel that takes over after a panic and writes the dump", FOR_KDUMP,
	judge_crash_kernel
};
const struct doctor_check check_crash_size = { "crash-kernel-size", "/sys/kernel/kexec_crash_size",
					       "memory kept back for it", FOR_KDUMP,
					       judge_crash_size };
const struct doctor_check check_kexec = { "kexec-allowed", "/proc/sys/kernel/kexec_load_disabled",
					  "loading a crash kernel", FOR_KDUMP, judge_kexec };
const struct doctor_check check_lockdown = { "lockdown", "/sys/kernel/security/lockdown",
					     "which kernels may be loaded", FOR_KDUMP,
					     judge_lockdown };
const struct doctor_check check_room = { "vmcore-room",
					 "/etc/default/kdump-tools, /etc/kdump.conf, /proc/meminfo",
					 "room for the dump", FOR_KDUMP, judge_room };
const struct doctor_check check_makedumpfile = { "makedumpfile", "/usr/bin/makedumpfile",
						 "leaves out what nobody reads", FOR_KDUMP,
						 judge_makedumpfile };
const struct doctor_check check_reboot = { "reboot-after-panic", "/proc/sys/kernel/panic",
					   "the machine comes back by itself",
					   FOR_KDUMP | FOR(PSTORE), judge_reboot };
