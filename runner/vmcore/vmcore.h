/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a vmcore, and never believing it unchecked: an analyser that does not know a kernel's
 * structures can list three tasks of three hundred and exit 0. Every answer is held against what
 * the run itself recorded.
 */
#ifndef HANGAR_VMCORE_H
#define HANGAR_VMCORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

struct vmcore_facts { /* what the run knows, to check the answer against; 0 and NULL: not known */
	const char *release;
	unsigned int tasks_min; /* tasks (threads) alive when the dump was taken, at least */
	const char *run_dir;    /* roles of the run's tasks, the record; NULL: none */
};

/**
 * vmcore_test - the reading test of the ladder: seconds, and without debug symbols
 * A kdump-compressed file or ELF core whose header is whole, whose length fits its own header,
 * whose VMCOREINFO names @facts->release, and whose kernel log can be extracted (makedumpfile
 * --dump-dmesg). Returns 0; -EBADMSG (torn, empty, no dump), -ESTALE (of another kernel), -ENOENT,
 * -errno; @d: one sentence.
 */
int vmcore_test(const char *path, const struct vmcore_facts *facts, struct diag *d);

/*
 * @wanted (31), less the bits that makedumpfile gets wrong with that kernel: 23 since 6.10, whose
 * slab it takes for user data and leaves out. For whoever runs makedumpfile elsewhere, in a crash
 * kernel; vmcore_filter() sees to it itself.
 */
unsigned int vmcore_level(const char *release, unsigned int wanted);

/**
 * vmcore_filter - from QEMU's dump-guest-memory (paging=false, ELF) to a kdump-compressed file as
 * kdump leaves it
 * @elf: changed in place: its headers are laid out as makedumpfile wants them, and no longer speak
 * of the memory that the guest had set aside for a crash kernel
 * @level: of makedumpfile -d; 31 leaves out zero, cache, user and free pages
 * No debug symbols are needed. 0.3 s for 1 GiB. Returns 0; -EBADMSG (no whole dump, no VMCOREINFO:
 * the guest had not loaded qemu_fw_cfg), -ENOENT (no makedumpfile), -ECHILD (makedumpfile failed),
 * -ETIMEDOUT, -errno; @out is gone then.
 */
int vmcore_filter(const char *elf, const char *out, unsigned int level, uint64_t timeout_us,
		  struct diag *d);

/**
 * vmcore_unflatten - makedumpfile -F's (or QEMU's) flattened @flat as a vmcore @out
 * What follows the end record is not looked at: @flat may have been written to a disk. Holes become
 * holes. Returns 0, synced; -EBADMSG (not flattened, torn), -errno; @out is gone then.
 */
int vmcore_unflatten(const char *flat, const char *out, struct diag *d);

/**
 * vmcore_read - the whole reading; see `hangar vmcore --help`
 * @vmlinux: with DWARF; NULL: what notes and log tell
 * Writes vmcore.json (schema in hangar-vmcore(1)) and vmcore-dmesg.txt into @out_dir_fd. Analysers
 * are tried in the order drgn, crash; the first whose answer passes the check wins; each refusal is
 * in the JSON with its reason. Returns 0; 1: read without symbols' help only (reason in @d); -errno
 * with @d.
 */
int vmcore_read(const char *path, const char *vmlinux, const struct vmcore_facts *facts,
		int out_dir_fd, struct diag *d);

/* `hangar vmcore VMCORE [--vmlinux V] [--run DIR] [--json]`; the exit code. */
int vmcore_main(int argc, char **argv);

#endif
