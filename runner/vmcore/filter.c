/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From QEMU's dump-guest-memory to what makedumpfile would have left in the guest. Measured with
 * QEMU 7.2 and a 1 GiB guest: elf, paging=false  1.07 GB, and from it kdump-compressed at level 31
 * in 0.3 s: 30 MB, which drgn and crash read elf, paging=true   1.07 GB; drgn reads it,
 * makedumpfile refuses it kdump-zlib         99 MB; neither drgn 0.0.22 (no utsname in it) nor
 * makedumpfile (bitmap) takes it So the first is the one to ask for. makedumpfile needs no vmlinux:
 * VMCOREINFO is in the notes. It wants the program headers right behind the ELF header, and the
 * crash kernel's memory is no part of the kernel that died.
 */
#include "vmcore/vmcore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "program/program.h"
#include "vmcore/crashkernel.h"
#include "vmcore/segments.h"
#include "vmcore/level.h"
#include "vmcore/log.h"

#define FILTER_MEMORY (4ull << 30) /* makedumpfile works in cycles of a few MiB of bitmap */

static bool laid_out(const struct elf_table *t)
{
	return t->head.e_phoff == sizeof(t->head) && t->head.e_ehsize == sizeof(t->head);
}

/* Without the log, or without room for the headers, the dump is only larger. */
static int leave_crashkernel_out(int fd, const char *path, struct elf_table *t)
{
	struct crash_range ranges[ELF_SPLITS_MAX];
	_cleanup_free_ char *log = NULL;
	unsigned int n, cuts = 0;

	if (vmcore_log(path, &log, NULL) < 0)
		return 0;
	n = crashkernel_ranges(log, ranges, ELF_SPLITS_MAX);
	for (unsigned int i = 0; i < n; i++)
		cuts += elf_table_cut(t, ranges[i].from, ranges[i].to);
	return cuts ? elf_table_store(fd, t, NULL) : 0;
}

static int prepare(const char *path, unsigned int *level, struct diag *d)
{
	_cleanup_(elf_table_clear) struct elf_table t = { 0 };
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	_cleanup_(vmcore_header_clear) struct vmcore_header h = { 0 };
	int err;

	if (fd < 0)
		return diag_set(d, -errno, "it cannot be opened: %s", strerror(errno));
	err = vmcore_header_load(fd, &h, d);
	if (err < 0)
		return err;
	*level = level_for(&h, *level);
	if (h.kind != VMCORE_ELF)
		return 0;
	if (!h.info)
		return diag_set(d, -EBADMSG,
				"it has no VMCOREINFO: give QEMU -device vmcoreinfo and let "
				"the guest load qemu_fw_cfg");
	err = elf_table_load(fd, &t, d);
	if (!err && !laid_out(&t))
		err = elf_table_store(fd, &t, d);
	if (!err && h.by_qemu)
		leave_crashkernel_out(fd, path, &t);
	return err;
}

static int run_makedumpfile(const char *in, const char *out, unsigned int level,
			    uint64_t timeout_us, struct diag *d)
{
	char level_text[16];
	const char *argv[] = { "makedumpfile", "-f", "-l", "-d", level_text, in, out, NULL };
	struct program program = { .argv = argv,
				   .timeout_us = timeout_us,
				   .output_max = 1 << 20,
				   .memory_bytes = FILTER_MEMORY };
	struct program_end result;
	int err;

	snprintf(level_text, sizeof(level_text), "%u", level);
	err = program_run(&program, &result, d);
	program_end_clear(&result);
	return err;
}

int vmcore_filter(const char *elf, const char *out, unsigned int level, uint64_t timeout_us,
		  struct diag *d)
{
	struct diag why = { 0 };
	int err = prepare(elf, &level, &why);

	if (!err)
		err = run_makedumpfile(elf, out, level, timeout_us, &why);
	if (err < 0) {
		unlink(out);
		return diag_set(d, err, "%s: %s", elf, why.message);
	}
	return 0;
}
