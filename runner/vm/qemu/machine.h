/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One QEMU: its command line from a plain struct, its process, its files. Sockets are pairs that QEMU inherits, so
 * none has a name; the process dies with its parent (PR_SET_PDEATHSIG), so a killed hangar leaves none behind.
 */
#ifndef HANGAR_MACHINE_H
#define HANGAR_MACHINE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"

struct machine_disk {
	const char *path;   /* raw; or "/dev/fd/N" of an inherited memfd is not possible: name a file */
	const char *serial; /* DISK_* of vm/guest/job.h */
	const char *cache;  /* "unsafe", "writeback", "none", "directsync" */
	bool readonly;
};

#define MACHINE_DISKS_MAX 8

struct machine_spec {
	bool kvm;              /* else tcg,thread=multi */
	const char *kernel;    /* bzImage */
	int initrd_fd;         /* memfd with the pieces; stays the caller's */
	const char *cmdline;   /* of the kernel */
	uint64_t memory_bytes;
	unsigned int cpus;
	struct machine_disk disks[MACHINE_DISKS_MAX];
	unsigned int n_disks;
	int console_fd;        /* what the serial console says, appended; stays the caller's */
	int errors_fd;         /* QEMU's own words (stderr); stays the caller's */
	bool vmcoreinfo;       /* -device vmcoreinfo */
	bool pvpanic;          /* with -action panic=none: told, never stopped */
	bool watchdog;         /* ib700, its action inject-nmi */
	bool reboots;          /* without -no-reboot: a guest that reboots boots again */
	char *const *extra;    /* further arguments of QEMU, NULL-terminated, or NULL */
};

struct machine {
	pid_t pid;       /* 0: not running */
	int exit_status; /* of waitpid(), once it has ended */
	int qmp_fd;      /* sockets, non-blocking, close-on-exec; -1: none */
	int journal_fd;  /* PORT_JOURNAL */
	int files_fd;    /* PORT_FILES */
};

/* The QEMU to use: $HANGAR_QEMU, else qemu-system-x86_64 in PATH; its version. 0; -ENOENT, -ENOTSUP (older than
 * 5.2, foreign machine) with @d and the remedy. */
int machine_probe(char ret_path[4096], unsigned int ret_version[2], struct diag *d);

int machine_start(const struct machine_spec *s, struct machine *ret, struct diag *d); /* 0 or -errno */
/* True when it has ended; reaps it. */
bool machine_ended(struct machine *m);
/* Ask by QMP-less SIGTERM, then SIGKILL after @grace_us; reaps; closes the sockets. */
void machine_stop(struct machine *m, uint64_t grace_us);

#endif
