/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading the crash kernel: kexec_file_load() takes the image and the ramdisk from the cargo disk
 * into the memory that "crashkernel=" kept free. In a child, beside the
 * start of the run; what came of it goes to the host as kdump.json.
 */
#include "vm/guest/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
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
#define SCRUB_BYTES (32u << 20)

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

/*
 * Pages just freed wait in lists of their CPU (28 MB of them on 6.1), where a dump's filter does
 * not know them as free: what lay in the cargo would go into every vmcore. Taken once more, they
 * are overwritten: those for movable data as user memory,
 */
static void scrub_movable(void)
{
	char *memory =
		mmap(NULL, SCRUB_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return;
	madvise(memory, SCRUB_BYTES, MADV_NOHUGEPAGE); /* huge pages come from elsewhere */
	for (size_t at = 0; at < SCRUB_BYTES; at += 4096)
		memory[at] = 0;
	munmap(memory, SCRUB_BYTES);
}

/* and those for the kernel's own (it kept a copy of the image there) as buffers of a pipe. */
static void scrub_unmovable(void)
{
	static const char zeros[64 << 10];
	_cleanup_close_ int in = -1, out = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	in = ends[0];
	out = ends[1];
	if (fcntl(out, F_SETPIPE_SZ, SCRUB_BYTES) < 0)
		return;
	while (write(out, zeros, sizeof(zeros)) > 0)
		;
}

/* Beside what comes next: a crash meanwhile only makes a larger vmcore. The child is on our CPU. */
static void scrub(void)
{
	if (fork() != 0)
		return;
	scrub_movable();
	scrub_unmovable();
	_exit(0);
}

/* One CPU does it all, so that what it freed can be scrubbed. Whom it may run on afterwards:
 * @ret_before. */
static void stay_here(cpu_set_t *ret_before)
{
	int here = sched_getcpu();
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)(here < 0 ? 0 : here), &one);
	sched_getaffinity(0, sizeof(*ret_before), ret_before);
	sched_setaffinity(0, sizeof(one), &one);
}

static void load_and_tell(const struct job *j)
{
	struct diag d = { 0 };
	uint64_t begin = now_us();
	cpu_set_t before;
	int err;

	stay_here(&before);
	err = unpack(&d);
	if (!err)
		err = load(j, &d);
	unlink(KERNEL); /* memory of the guest; the crash kernel has its copy */
	unlink(RAMDISK);
	answer(&d, err, now_us() - begin);
	scrub();
	sched_setaffinity(0, sizeof(before), &before);
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
