/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers of an ELF core, read, changed and laid out anew in front of what they speak of. */
#ifndef HANGAR_VMCORE_SEGMENTS_H
#define HANGAR_VMCORE_SEGMENTS_H

#include <elf.h>

#include "vmcore/header.h"

/* A crash kernel has one range, or two (crashkernel=X,high with its low part). */
#define ELF_SPLITS_MAX 2

struct elf_table {
	Elf64_Ehdr head;
	Elf64_Phdr *segments;
	unsigned int count;
};

int elf_table_load(int fd, struct elf_table *ret, struct diag *d);
void elf_table_clear(struct elf_table *t);

/* Leave physical memory [@from, @to) out. The number of segments that were cut in two; at most one
 * each call. */
unsigned int elf_table_cut(struct elf_table *t, uint64_t from, uint64_t to);

/**
 * elf_table_store - write the headers, program headers right behind the ELF header, no sections
 * Returns 0; -ENOSPC: they do not fit before the first segment's data; -errno.
 */
int elf_table_store(int fd, const struct elf_table *t, struct diag *d);

#endif
