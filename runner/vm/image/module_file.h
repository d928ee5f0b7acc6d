/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One kernel module as the kernel wants it: plain, whatever the distribution packed it with. */
#ifndef HANGAR_MODULE_FILE_H
#define HANGAR_MODULE_FILE_H

#include <stddef.h>

#include "base/diag.h"

/**
 * module_file_load - the module in @path, unpacked when it is .xz, .zst or .gz
 * Returns 0 with *ret the caller's to free; -EBADMSG (torn, or no ELF object inside), -EFBIG (past
 * 64 MiB), -errno;
 * @d names the file.
 */
int module_file_load(const char *path, void **ret, size_t *ret_size, struct diag *d);

#endif
