/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guest is to do: made by the host, put into the ramdisk as /job/job.json, read by the
 * first process. One JSON object whose members have the names below; unknown members are an error,
 * for both ends are one program.
 */
#ifndef HANGAR_GUEST_JOB_H
#define HANGAR_GUEST_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

/* Names of virtio-serial ports and disks: /dev/virtio-ports/NAME (or found in
 * /sys/class/virtio-ports/X/name), /sys/block/X/serial. */
#define PORT_JOURNAL "hangar.journal" /* opened by `hangar run --wire`: see wire.h */
#define PORT_FILES                                                                                 \
	"hangar.files" /* opened by the first process: files of the run directory, the vmcore */
#define DISK_SCRATCH                                                                               \
	"hangar-scratch" /* formatted where a scenario says "scratch": {"on": "loop"} */
#define DISK_CARGO                                                                                 \
	"hangar-cargo" /* read-only, a cpio archive: vmlinuz and capture.cpio for kexec, extra     \
			  files */
#define DISK_STATE                                                                                 \
	"hangar-state" /* ext4, kept between boots, mounted on /var/lib/hangar (for tests of two   \
			  boots) */

enum job_kind {
	JOB_PROBE,   /* say HELLO on PORT_FILES and power off: does an accelerator bring a guest to
			user space? */
	JOB_RUN,     /* run the scenario, send the run directory, power off */
	JOB_CAPTURE, /* the crash kernel: filter /proc/vmcore into PORT_FILES as "vmcore.flat",
			power off */
};

enum job_cgroup { JOB_CGROUP_V2, JOB_CGROUP_V1 };

struct job {
	enum job_kind kind;
	enum job_cgroup cgroup;
	char hostname[64];
	bool kdump;                /* load the crash kernel from DISK_CARGO, beside the run */
	bool kdump_first;          /* ... before the run, which relies on it */
	char capture_cmdline[512]; /* of the crash kernel */
	bool doctor;               /* ask `hangar doctor` first */
	bool nmi_panics;           /* kernel.unknown_nmi_panic and panic_on_unrecovered_nmi = 1 */
	bool watchdog;             /* feed the ib700 watchdog while the runner's loop ticks */
	unsigned int dump_level;   /* of makedumpfile -d: 31 */
	uint64_t clock_us;         /* CLOCK_REALTIME of the host, set before anything is stamped */
	char **run_args; /* argv of `hangar run` behind "run": options and the scenario's path in
			    the guest */
	char **sysctls;  /* "kernel.hung_task_timeout_secs=10" */
};

/* Text of the job, the caller's to free. 0 or -ENOMEM. */
int job_write(const struct job *j, char **ret_text);
/* 0 or -errno with @d (line, column). job_clear() frees what it points to. */
int job_read(const char *text, size_t size, struct job *ret, struct diag *d);
void job_clear(struct job *j);

#endif
