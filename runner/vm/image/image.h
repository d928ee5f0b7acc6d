/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Initial ramdisks (cpio newc, uncompressed: the guest unpacks them without a CPU that is fast). A
 * guest's ramdisk is several pieces behind one another, each padded to 512 bytes: programs (hangar
 * as /init, stressors, what a scenario needs, and every library of theirs), the kernel's modules in
 * loading order, and the job. The first two are cached by content; the last is made anew each time
 * and small.
 */
#ifndef HANGAR_IMAGE_H
#define HANGAR_IMAGE_H

#include <stdbool.h>

#include "base/diag.h"
#include "vm/kernel/kernel.h"

struct image_file {
	const char *path;   /* in the guest, absolute */
	const char *source; /* on this machine; NULL: @text */
	const char *text;
	unsigned int mode; /* 0644, 0755 */
};

/**
 * image_programs - a piece with /init (this very program), /stressors and @programs
 * @programs: names looked for in PATH and /sbin:/usr/sbin ("mkfs.ext4", "fio", "makedumpfile"),
 * NULL-terminated; they land in /bin, their libraries where the dynamic linker named them. The
 * absolute path of a library that is loaded late ("/usr/lib/libx.so.1") stays where it is
 * @stressors: with the folder of stressors as /stressors
 * @ret_path: the cached piece
 * Returns 0 or -errno with @d naming the program.
 */
int image_programs(const char *const *programs, bool stressors, char ret_path[4096],
		   struct diag *d);

/**
 * image_modules - a piece with /modules/NNN-name.ko, in loading order, plain (xz, zst and gz are
 * unpacked)
 * @wanted: module names; dependencies come from modules.dep by libkmod, built-ins are passed over;
 *   "lzo-rle|lzo" is the first of them that this kernel has
 * @optional: likewise, but one that this kernel does not have is passed over
 * Returns 0; -ENOENT with @d: "kernel R has neither module nor built-in virtio_blk"; -errno.
 */
int image_modules(const struct kernel *k, const char *const *wanted, const char *const *optional,
		  char ret_path[4096], struct diag *d);

/* A piece of @files in @fd (a memfd), for what is made anew; the same source for the same path is
 * taken once. 0 or -errno with @d. */
int image_files(const struct image_file *files, unsigned int count, int fd, struct diag *d);

/* Copy whole pieces behind one another into @fd, each padded to 512 bytes. 0 or -errno. */
int image_append(int fd, const char *path);

#endif
