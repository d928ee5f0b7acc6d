/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading the crash kernel: kexec_file_load() takes the image and the ramdisk from the cargo disk
 * into the memory that "crashkernel=" kept free. In a child, beside the
 * start of the run; what came of it goes to the host as kdump.json.
 */
#include "vm/guest/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/jline.h"
#include "base/textfile.h"
#include "vm/guest/cargo.h"

#define FOLDER "/run/hangar/cargo"
#define KERNEL FOLDER "/vmlinuz"
#define RAMDISK FOLDER "/capture.cpio"
#define ANSWER "kdump.json"

#ifndef KEXEC_FILE_ON_CRASH
#define KEXEC_FILE_ON_CRASH 2 /* linux/kexec.h */
#endif

static const char *place(const char *path)
{
	return strncmp(path, "extra/", 6) == 0 ? "/job" : FOLDER;
}

static int unpack(struct diag *d)
{
	_cleanup_close_ int fd = -1;
	char disk[64];

	if (!disk_find(DISK_CARGO, disk, sizeof(disk)))
		return diag_set(d, -ENODEV, "there is no disk %s", DISK_CARGO);
	fd = open(disk, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return diag_set(d, -errno, "%s cannot be read: %s", disk, strerror(errno));
	return cargo_unpack(fd, place, d);
}

static const char *remedy(int err)
{
	switch (err) {
	case -EADDRNOTAVAIL:
	case -ENOMEM:
		return "; crashkernel= on the kernel's command line is missing or too small";
	case -ENOSYS:
		return "; this kernel was built without CONFIG_KEXEC_FILE";
	case -EPERM:
		return "; kexec is locked (kernel.kexec_load_disabled, or lockdown)";
	default:
		return "";
	}
}

static int load(const struct job *j, struct diag *d)
{
	_cleanup_close_ int kernel = open(KERNEL, O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int ramdisk = open(RAMDISK, O_RDONLY | O_CLOEXEC);
	int err;

	if (kernel < 0 || ramdisk < 0)
		return diag_set(d, -ENOENT, "%s holds no vmlinuz and capture.cpio", DISK_CARGO);
	if (syscall(SYS_kexec_file_load, kernel, ramdisk, strlen(j->capture_cmdline) + 1,
		    j->capture_cmdline, KEXEC_FILE_ON_CRASH) == 0)
		return 0;
	err = -errno;
	return diag_set(d, err, "the crash kernel cannot be loaded: %s%s", strerror(-err),
			remedy(err));
}

static void answer(const struct diag *d, int err, uint64_t took_us)
{
	_cleanup_close_ int folder = open(GUEST_TOLD_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct jline line;
	char text[1024];

	jline_begin(&line, text, sizeof(text));
	jline_bool(&line, "loaded", err == 0);
	jline_str(&line, "error", err ? d->message : NULL);
	jline_seconds(&line, "seconds", took_us);
	if (textfile_replace_at(folder, ANSWER, text, jline_end(&line)) < 0)
		guest_say("%s cannot be written", ANSWER);
	if (err)
		guest_say("%s", d->message);
}

static void load_and_tell(const struct job *j)
{
	struct diag d = { 0 };
	uint64_t begin = now_us();
	int err = unpack(&d);

	if (!err)
		err = load(j, &d);
	unlink(KERNEL); /* memory of the guest; the crash kernel has its copy */
	unlink(RAMDISK);
	answer(&d, err, now_us() - begin);
}

void kdump_start(const struct job *j)
{
	struct diag d = { 0 };
	pid_t pid = j->kdump_first ? 0 : fork();

	if (pid < 0)
		answer(&d,
		       diag_set(&d, -errno, "no process for the crash kernel: %s", strerror(errno)),
		       0);
	if (pid)
		return;
	load_and_tell(j);
	if (!j->kdump_first)
		_exit(0);
}
