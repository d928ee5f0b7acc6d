/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading only. A knob that is missing says as much as its value would (no hung_task_timeout_secs,
 * no detector), so "absent" and "may not read" are values of their own.
 */
#include "doctor/facts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "doctor/facts_read.h"

ssize_t fact_text(const char *root, const char *path, char *buf, size_t size)
{
	char full[768];
	ssize_t n = path_format(full, sizeof(full), "%s%s", root, path);

	buf[0] = '\0';
	if (n == 0)
		n = textfile_read_at(AT_FDCWD, full, buf, size);
	if (n < 0) {
		buf[0] = '\0';
		return n;
	}
	while (n > 0 && strchr(" \t\n", buf[n - 1]))
		buf[--n] = '\0';
	return n;
}

long fact_number(const char *root, const char *path)
{
	char text[64], *end;
	ssize_t n = fact_text(root, path, text, sizeof(text));
	long value;

	if (n < 0)
		return n == -EACCES || n == -EPERM ? FACT_DENIED : FACT_ABSENT;
	if (!strcmp(text, "Y") || !strcmp(text, "N")) /* a module's boolean */
		return text[0] == 'Y';
	errno = 0;
	value = strtol(text, &end, 10);
	if (end == text || errno)
		return FACT_ABSENT;
	return value > FACT_MAX ? FACT_MAX : value < -FACT_MAX ? -FACT_MAX : value;
}

int fact_access(const char *root, const char *path, int mode)
{
	char full[768];
	int err = path_format(full, sizeof(full), "%s%s", root, path);

	return err < 0 ? err : access(full, mode) < 0 ? -errno : 0;
}

static const struct {
	const char *path;
	size_t at;
} numbers[] = {
#define FACT(path, field)                                                                          \
	{                                                                                          \
		path, offsetof(struct doctor_facts, field)                                         \
	}
	FACT("/sys/kernel/kexec_crash_loaded", crash_loaded),
	FACT("/sys/kernel/kexec_crash_size", crash_size),
	FACT("/proc/sys/kernel/kexec_load_disabled", kexec_disabled),
	FACT("/proc/sys/kernel/panic", panic),
	FACT("/proc/sys/kernel/panic_on_oops", panic_on_oops),
	FACT("/proc/sys/kernel/hung_task_panic", hung_task_panic),
	FACT("/proc/sys/kernel/softlockup_panic", softlockup_panic),
	FACT("/proc/sys/kernel/hardlockup_panic", hardlockup_panic),
	FACT("/proc/sys/kernel/unknown_nmi_panic", unknown_nmi_panic),
	FACT("/proc/sys/kernel/hung_task_timeout_secs", hung_task_timeout),
	FACT("/proc/sys/kernel/hung_task_warnings", hung_task_warnings),
	FACT("/proc/sys/kernel/soft_watchdog", soft_watchdog),
	FACT("/proc/sys/kernel/nmi_watchdog", nmi_watchdog),
	FACT("/proc/sys/kernel/watchdog_thresh", watchdog_thresh),
	FACT("/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout", rcu_timeout),
	FACT("/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress", rcu_suppress),
	FACT("/proc/sys/kernel/sysrq", sysrq),
	FACT("/proc/sys/kernel/printk", printk), /* the first of four: the console's level */
#undef FACT
};

static uint64_t meminfo_bytes(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line ? strtoull(line + strlen(key), NULL, 10) * 1024 : 0;
}

/*
 * makedumpfile -d 31 leaves out free, cache, and user pages. What it keeps is the kernel's own:
 * slab, stacks, page tables, per-CPU data, and struct page, 64 of each 4096 bytes.
 */
static uint64_t kernel_bytes(const char *text)
{
	return meminfo_bytes(text, "\nSlab:") + meminfo_bytes(text, "\nKernelStack:") +
	       meminfo_bytes(text, "\nPageTables:") + meminfo_bytes(text, "\nPercpu:") +
	       meminfo_bytes(text, "MemTotal:") / 64;
}

static int read_memory(struct doctor_facts *f)
{
	char text[8192], cpu[4096];
	ssize_t n = fact_text(f->root, "/proc/meminfo", text, sizeof(text));

	if (n < 0)
		return (int)n;
	f->memory_bytes = meminfo_bytes(text, "MemTotal:");
	f->kernel_bytes = kernel_bytes(text);
	fact_text(f->root, "/proc/cpuinfo", cpu, sizeof(cpu));
	f->guest = strstr(cpu, " hypervisor") != NULL;
	fact_text(f->root, "/proc/cmdline", f->cmdline, sizeof(f->cmdline));
	f->throwaway = strstr(f->cmdline, "hangar.throwaway") != NULL;
	return 0;
}

/* "none [integrity] confidentiality" */
static void read_lockdown(struct doctor_facts *f)
{
	char text[128];
	const char *open, *close;

	fact_text(f->root, "/sys/kernel/security/lockdown", text, sizeof(text));
	open = strchr(text, '[');
	close = open ? strchr(open, ']') : NULL;
	if (close)
		snprintf(f->lockdown, sizeof(f->lockdown), "%.*s", (int)(close - open - 1),
			 open + 1);
}

/* The value of @key at the beginning of a line, without quotes; false: there is none. */
static bool setting(const char *text, const char *key, char *ret, size_t size)
{
	size_t len = strlen(key);

	for (const char *line = text; line && *line;
	     line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		const char *value = line + len;

		if (strncmp(line, key, len) || !strchr(" =\t", *value))
			continue;
		value += strspn(value, " =\t\"");
		snprintf(ret, size, "%.*s", (int)strcspn(value, " \t\n\""), value);
		return *ret == '/';
	}
	return false;
}

/* Where kdump puts vmcores: Debian's, then Red Hat's setting, else what both have by default. */
static void read_crash_dir(struct doctor_facts *f)
{
	char text[8192], full[768];
	struct statvfs room;

	fact_text(f->root, "/etc/default/kdump-tools", text, sizeof(text));
	if (!setting(text, "KDUMP_COREDIR", f->crash_dir, sizeof(f->crash_dir))) {
		fact_text(f->root, "/etc/kdump.conf", text, sizeof(text));
		if (!setting(text, "path", f->crash_dir, sizeof(f->crash_dir)))
			snprintf(f->crash_dir, sizeof(f->crash_dir), "/var/crash");
	}
	snprintf(full, sizeof(full), "%s%s", f->root, f->crash_dir);
	while (statvfs(full, &room) < 0) { /* not made yet: its parent's room is what there is */
		char *slash = strrchr(full, '/');

		if (errno != ENOENT || !slash || slash < full + strlen(f->root))
			return;
		slash[slash == full] = '\0';
		if (!strcmp(full, "/") && statvfs(full, &room) < 0)
			return;
	}
	f->crash_free_bytes = (uint64_t)room.f_bavail * room.f_frsize;
	f->crash_dir_known = true;
}

static void read_pstore(struct doctor_facts *f)
{
	_cleanup_closedir_ DIR *dir = NULL;
	char text[8192], path[768];

	fact_text(f->root, "/sys/module/pstore/parameters/backend", f->pstore, sizeof(f->pstore));
	if (!strcmp(f->pstore, "(null)"))
		f->pstore[0] = '\0';
	fact_text(f->root, "/proc/mounts", text, sizeof(text));
	f->pstore_mounted = strstr(text, " /sys/fs/pstore pstore ") != NULL;
	snprintf(path, sizeof(path), "%s/sys/fs/pstore", f->root);
	dir = opendir(path);
	for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
		f->pstore_records += e->d_name[0] != '.';
}

static int open_for_reading(const char *root, const char *path)
{
	char full[768];
	int err = path_format(full, sizeof(full), "%s%s", root, path);
	int fd = err < 0 ? err : open(full, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return err < 0 ? err : -errno;
	close(fd);
	return 0;
}

static bool is_there(const struct doctor_facts *f, const char *path)
{
	return fact_access(f->root, path, F_OK) == 0;
}

int doctor_facts_read(const char *root, struct doctor_facts *ret)
{
	int err;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->root, sizeof(ret->root), "%s", root);
	err = read_memory(ret);
	if (err < 0)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		*(long *)((char *)ret + numbers[i].at) = fact_number(root, numbers[i].path);
	ret->root_user = geteuid() == 0;
	ret->sysrq_trigger = fact_access(root, "/proc/sysrq-trigger", W_OK);
	ret->kmsg = open_for_reading(root, "/dev/kmsg");
	ret->psi = is_there(ret, "/proc/pressure/memory");
	ret->ipmi = is_there(ret, "/dev/ipmi0") || is_there(ret, "/dev/ipmi/0");
	ret->makedumpfile = is_there(ret, "/usr/bin/makedumpfile") ||
			    is_there(ret, "/usr/sbin/makedumpfile") ||
			    is_there(ret, "/sbin/makedumpfile");
	ret->fw_cfg = is_there(ret, "/sys/firmware/qemu_fw_cfg/by_name");
	ret->vmcoreinfo = is_there(ret, "/sys/firmware/qemu_fw_cfg/by_name/etc/vmcoreinfo");
	read_lockdown(ret);
	read_crash_dir(ret);
	read_pstore(ret);
	fact_watchdogs(ret);
	return 0;
}

/*
 * Measured in 1 GiB guests under emulation: 5.5 s in all, 4 of them the boot. On metal the crash
 * kernel looks for its disks longer, makedumpfile scans some GiB a second, and a plain disk takes
 * 100 MiB/s.
 */
unsigned int doctor_dump_seconds(const struct doctor_facts *f)
{
	uint64_t boot = f->guest ? 6 : 15;

	return (unsigned int)(boot + (f->memory_bytes >> 31) + (f->kernel_bytes / (100u << 20)) +
			      1);
}
