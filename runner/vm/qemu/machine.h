/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One QEMU: its command line from a plain struct, its process, its files. Sockets are pairs that
 * QEMU inherits, so none has a name; the process dies with its parent (PR_SET_PDEATHSIG), so a
 * killed hangar leaves none behind.
 */
#ifndef HANGAR_MACHINE_H
#define HANGAR_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "vm/qemu/qmp.h"

struct machine_disk {
	const char *path;   /* a raw image or block device */
	const char *serial; /* DISK_* of vm/guest/job.h, at most 20 characters */
	const char *cache;  /* "unsafe", "writeback", "none", "directsync", "writethrough"; NULL:
			       "unsafe" */
	bool readonly;
};

#define MACHINE_DISKS_MAX 8

/*
 * What every guest's kernel is told; a user's own arguments come behind it and win. Only what
 * changes nothing of what is tested; tests/bench/boot.sh measures it again.
 *
 * cryptomgr.notests: the self-tests of ciphers are a tenth of the CPU time of a boot.
 *
 * random.trust_cpu=on: Debian's own default; without it mkfs waits for noise.
 *
 * no_timer_check, under TCG: a busy host makes the kernel panic ("IO-APIC + timer doesn't work").
 *
 * tsc=reliable and tsc_early_khz=, under TCG, added where host_tsc_khz() knows the rate: the CPUs
 * share one TSC, which is the host's clock. Else the kernel reads the emulated HPET: 1400 ns and a
 * lock of QEMU for each clock_gettime(), not 130 ns; and a tenth of the boot. See host_tsc.h.
 *
 * Left out, for nothing was won: 8250.nr_uarts=1, i8042.noprobe, mitigations=off, lpj=; of QEMU:
 * q35, qboot, hpet=off (each within 5 %), microvm (did not always come up).
 */
#define DEFAULT_CMDLINE_KVM "console=ttyS0 quiet cryptomgr.notests random.trust_cpu=on"
#define DEFAULT_CMDLINE DEFAULT_CMDLINE_KVM " no_timer_check"

struct machine_spec {
	bool kvm;              /* else TCG, as vm/qemu/defects.h allows it */
	const char *kernel;    /* bzImage */
	int initrd_fd;         /* memfd with the pieces; stays the caller's; -1: none */
	const char *cmdline;   /* of the kernel; NULL: DEFAULT_CMDLINE or _KVM */
	uint64_t memory_bytes; /* a multiple of 1 MiB, at least 128 MiB */
	unsigned int cpus;     /* 1 to 255 */
	struct machine_disk disks[MACHINE_DISKS_MAX];
	unsigned int n_disks;
	int console_fd;  /* what the serial console says, appended; a file, pipe or terminal, no
			  * socket; stays the  caller's; -1: nobody listens */
	int errors_fd;   /* QEMU's own words (stderr), a file; stays the caller's; -1: kept for @d
			    only */
	bool vmcoreinfo; /* -device vmcoreinfo */
	bool pvpanic;    /* with -action panic=none: told, never stopped */
	bool watchdog;   /* ib700, its action inject-nmi */
	bool reboots;    /* without -no-reboot: a guest that reboots boots again */
	char *const *extra; /* further arguments of QEMU, NULL-terminated, or NULL */
};

struct machine {
	pid_t pid;       /* 0: not running */
	int exit_status; /* of waitpid(), once it has ended */
	int qmp_fd;      /* for poll(); sockets, non-blocking, close-on-exec; -1: none */
	int journal_fd;  /* PORT_JOURNAL */
	int files_fd;    /* PORT_FILES */
};

/* The QEMU to use: $HANGAR_QEMU, else qemu-system-x86_64 in PATH, else (also when that one runs
 * stale code) the one in the cache; its version. 0; -ENOENT, -ENOTSUP (older than 6.0, foreign
 * machine) with @d and the remedy. */
int machine_probe(char ret_path[4096], unsigned int ret_version[2], struct diag *d);

/**
 * machine_start - a QEMU whose guest has begun to run
 * @ret_qmp: its QMP, greeted; close it before machine_stop()
 * Call it from a thread that lives as long as the machine: Linux sends the parent's death signal
 * when the thread that forked ends. QEMU gets a session of its own, so Ctrl-C in the terminal
 * reaches hangar alone. Returns 0; -EINVAL (a member of @s), -ENOENT, -ENOTSUP (machine_probe),
 * -ECHILD (QEMU ended at once: @d has its last line), -ETIMEDOUT (QEMU said nothing for 30 s),
 * -errno. After a failure nothing is left to be stopped.
 */
int machine_start(const struct machine_spec *s, struct machine *ret, struct qmp **ret_qmp,
		  struct diag *d);
/* True when it has ended; reaps it. */
bool machine_ended(struct machine *m);
/* Ask by SIGTERM, then SIGKILL after @grace_us; reaps; closes the sockets. Of no effect when it was
 * done. */
void machine_stop(struct machine *m, uint64_t grace_us);

/* "ended with exit code 1", "was killed by signal 9 (Killed)". Returns @buf. */
const char *machine_how_ended(const struct machine *m, char *buf, size_t size);

/* Where QEMU finds what it inherits: the numbers in its command line. */
enum machine_fd {
	MACHINE_FD_INITRD = 3,
	MACHINE_FD_CONSOLE,
	MACHINE_FD_QMP,
	MACHINE_FD_JOURNAL,
	MACHINE_FD_FILES,
	MACHINE_FD_END
};

/**
 * machine_arguments - the command line of QEMU, the program first
 * @version: of QEMU: major, minor
 * @ret_argv: NULL-terminated; machine_arguments_free() it
 * Pure. 0, -ENOMEM, or -EINVAL with @d naming the member and what it may be.
 */
int machine_arguments(const struct machine_spec *s, const char *qemu, const unsigned int version[2],
		      char ***ret_argv, struct diag *d);
void machine_arguments_free(char **argv);

#endif
