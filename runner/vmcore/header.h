/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a vmcore says of itself before any page of it is looked at: its form, how long it must be,
 * the notes (VMCOREINFO, registers of each CPU). The file comes from a crashed or hostile guest:
 * every offset and size in it is held against the length of the file, and nothing is believed to
 * fit.
 */
#ifndef HANGAR_VMCORE_HEADER_H
#define HANGAR_VMCORE_HEADER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"

enum vmcore_kind {
	VMCORE_KDUMP, /* kdump-compressed, "KDUMP   ": makedumpfile's, 4.6 % of the memory and less
		       */
	VMCORE_ELF,   /* /proc/vmcore copied, or QEMU's dump-guest-memory */
	VMCORE_FLAT,  /* either of them flattened ("makedumpfile"), as it went through a pipe */
};

#define VMCORE_REGS 27 /* of x86-64, in the order of struct user_regs_struct */

struct vmcore_cpu {
	uint32_t pid; /* of the task that it ran; of QEMU's notes: its number from 1 */
	uint64_t regs[VMCORE_REGS]; /* x86-64 only */
};

struct vmcore_header {
	enum vmcore_kind kind;
	uint64_t file_bytes;
	uint64_t needed_bytes; /* up to where the header's own offsets point */
	bool by_qemu;          /* notes of QEMU: numbers of CPUs, not pids */
	bool x86_64;
	char release[66];   /* OSRELEASE of VMCOREINFO; "" when there is none */
	char build_id[129]; /* of the kernel, hex; VMCOREINFO has it since 5.9 */
	char *info;         /* VMCOREINFO, NUL-terminated; NULL: none */
	struct vmcore_cpu *cpus;
	unsigned int n_cpus;
};

/**
 * vmcore_header_load - read and check the header of @fd
 * A kdump-compressed file is checked page descriptor by page descriptor, an ELF core segment by
 * segment: one that was cut anywhere is found. Returns 0; -EBADMSG (no dump, torn, marked
 * incomplete), -ENOMEM, -errno; @d: one sentence without the file's name.
 */
int vmcore_header_load(int fd, struct vmcore_header *ret, struct diag *d);
void vmcore_header_clear(struct vmcore_header *h);

/* Value of the line KEY=VALUE in VMCOREINFO, cut to @size; false: no such line. */
bool vmcore_info(const struct vmcore_header *h, const char *key, char *buf, size_t size);

/* The parts, each in a file of its own. They fill what they know of @h. */
int kdump_load(int fd, struct vmcore_header *h, struct diag *d);
int elf_load(int fd, struct vmcore_header *h, struct diag *d);
int notes_load(int fd, uint64_t offset, uint64_t size, struct vmcore_header *h, struct diag *d);
int vmcore_take_info(struct vmcore_header *h, const char *text, size_t size);

/* All of @size bytes at @offset. 0; -EBADMSG: the file ends before; -errno. */
int vmcore_pread(int fd, void *buf, size_t size, uint64_t offset);

#endif
